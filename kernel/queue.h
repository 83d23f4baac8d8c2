/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue: the socket behind one descriptor of the clone node. It is attached
 * to a device by TUNSETIFF, may be detached and attached again by TUNSETQUEUE
 * (multi-queue), and lives until its descriptor is closed and no one who looked
 * it up under RCU can still use it.
 *
 * Locking
 *
 * RTNL protects every binding: queue->device, device->queues[], ->numqueues,
 * ->detached, the filters and the NAPI context's life.
 *
 * RCU readers (transmit, poll, read, write) see either a queue that is wholly
 * set up or NULL: a queue is published last, and taken away first, with
 * synchronize_net() before its ring is drained.
 *
 * ring.producer_lock is taken in softirq by transmit, ring.consumer_lock in
 * process context by read; a resize takes both and runs under RTNL.
 *
 * sk.sk_write_queue.lock protects the frames that wait for NAPI; `detached` is
 * tested under it, so no frame enters a queue whose NAPI is off.
 *
 * Order: RTNL, lock_sock, napi_mutex, the spinlocks above, the flow lock.
 *
 * References: one on the socket for the descriptor, one for the attachment.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <linux/if_tun.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/ptr_ring.h>
#include <net/sock.h>

struct tun_device;

struct tun_queue {
	struct sock sk;			/* first: sk_alloc() makes the whole */

	/* Needed by transmit. */
	struct tun_device __rcu *device;
	u16 index;			/* in device->queues[] */
	bool sigio;			/* FASYNC is on */
	struct fasync_struct *fasync;
	struct ptr_ring ring;		/* of skbs, towards the reader */

	/* Needed by write. */
	struct napi_struct napi;
	bool napi_enabled;
	bool napi_frags_enabled;
	bool detached;			/* by TUNSETQUEUE; still owned */
	struct mutex napi_mutex;	/* one writer builds napi.skb */

	/* Needed by attach and detach. */
	struct socket socket;
	struct list_head link;		/* device->detached_queues */
	struct tun_device *detached_from;	/* while detached */
	u32 ifindex;			/* TUNSETIFINDEX, for the next device */
	u32 filter_serial;		/* of the filter that it has; RTNL */
};

/* The device of a descriptor, with a reference, or NULL. Any context. */
struct tun_device *tun_queue_device_get(struct tun_queue *queue);

/* Makes the queue of a new descriptor. */
struct tun_queue *tun_queue_alloc(struct net *net, struct file *file);
/* Ends it with its descriptor; takes RTNL, may unregister the device. */
void tun_queue_release(struct tun_queue *queue);

/*
 * All below: under RTNL.
 *
 * Attaches a fresh or detached queue. A fresh one gets the classic filter that is
 * in force only where restore_filter says so; one that was detached has kept what
 * it had, and what has changed since is made up for. publish is false while the
 * device is not registered yet: the caller calls tun_queue_publish() afterwards.
 */
int tun_queue_attach(struct tun_device *device, struct tun_queue *queue,
		     bool restore_filter, bool napi, bool napi_frags,
		     bool publish);
void tun_queue_publish(struct tun_device *device, struct tun_queue *queue);

/* Takes the queue out of the device's service; it stays the device's. */
void tun_queue_disable(struct tun_queue *queue);
/* Takes all queues from a device that goes away and wakes their sleepers. */
void tun_queue_detach_all(struct tun_device *device);

/* Resizes the rings of all queues to dev->tx_queue_len. */
int tun_queue_resize_all(struct tun_device *device);

/* From TUNSETQUEUE. */
int tun_queue_set_attached(struct tun_queue *queue, bool attach);

extern struct proto tun_proto;

static inline struct tun_queue *tun_queue_of(struct socket *socket)
{
	return container_of(socket, struct tun_queue, socket);
}

#endif /* QUEUE_H */
