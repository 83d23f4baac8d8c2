// SPDX-License-Identifier: GPL-2.0
#include "queue.h"

#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/security.h>
#include <linux/skbuff.h>

#include "device.h"
#include "filter.h"
#include "flow.h"
#include "napi.h"
#include "socket.h"

struct proto tun_proto = {
	.name		= "tun",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct tun_queue),
};

static void tun_ring_free(void *skb)
{
	kfree_skb(skb);
}

struct tun_device *tun_queue_device_get(struct tun_queue *queue)
{
	struct tun_device *device;

	rcu_read_lock();
	device = rcu_dereference(queue->device);
	if (device)
		dev_hold(device->dev);
	rcu_read_unlock();
	return device;
}

struct tun_queue *tun_queue_alloc(struct net *net, struct file *file)
{
	struct tun_queue *queue;

	queue = (struct tun_queue *)sk_alloc(net, AF_UNSPEC, GFP_KERNEL,
					     &tun_proto, 0);
	if (!queue)
		return NULL;
	/* Its size is the device's txqueuelen, known when it is attached. */
	if (ptr_ring_init(&queue->ring, 0, GFP_KERNEL)) {
		sk_free(&queue->sk);
		return NULL;
	}
	mutex_init(&queue->napi_mutex);
	RCU_INIT_POINTER(queue->device, NULL);
	INIT_LIST_HEAD(&queue->link);
	queue->detached_from = NULL;
	queue->detached = false;
	queue->sigio = false;
	queue->fasync = NULL;
	queue->ifindex = 0;
	queue->filter_serial = 0;
	queue->napi_enabled = false;
	queue->napi_frags_enabled = false;
	tun_socket_init(queue, file);
	return queue;
}

static void queue_drain(struct tun_queue *queue)
{
	struct sk_buff *skb;

	while ((skb = ptr_ring_consume(&queue->ring)))
		kfree_skb(skb);
	skb_queue_purge(&queue->sk.sk_write_queue);
	skb_queue_purge(&queue->sk.sk_error_queue);
}

/* Closes the hole that a queue leaves: the last one moves into it. */
static void queue_unlink(struct tun_device *device, struct tun_queue *queue)
{
	unsigned int last = device->numqueues - 1;
	struct tun_queue *mover;

	mover = rtnl_dereference(device->queues[last]);
	rcu_assign_pointer(device->queues[queue->index], mover);
	WRITE_ONCE(mover->index, queue->index);
	RCU_INIT_POINTER(device->queues[last], NULL);
	WRITE_ONCE(device->numqueues, last);
}

static void queue_link_detached(struct tun_device *device,
				struct tun_queue *queue)
{
	WRITE_ONCE(queue->detached, true);
	queue->detached_from = device;
	list_add_tail(&queue->link, &device->detached_queues);
	device->numdetached++;
}

static struct tun_device *queue_unlink_detached(struct tun_queue *queue)
{
	struct tun_device *device = queue->detached_from;

	queue->detached_from = NULL;
	list_del_init(&queue->link);
	device->numdetached--;
	return device;
}

int tun_queue_attach(struct tun_device *device, struct tun_queue *queue,
		     bool restore_filter, bool napi, bool napi_frags,
		     bool publish)
{
	bool again = queue->detached;
	int err;

	err = security_tun_dev_attach(&queue->sk, device->security);
	if (err)
		return err;
	if (rtnl_dereference(queue->device) && !again)
		return -EINVAL;
	if (!(device->flags & IFF_MULTI_QUEUE) && device->numqueues == 1)
		return -EBUSY;
	if (!again &&
	    device->numqueues + device->numdetached == TUN_MAX_QUEUES)
		return -E2BIG;

	if (!again) {
		err = ptr_ring_resize(&queue->ring, device->dev->tx_queue_len,
				      GFP_KERNEL, tun_ring_free);
		if (err)
			return err;
		queue->filter_serial = device->filter_serial - restore_filter;
	}
	tun_classic_filter_restore(device, queue);

	queue->sk.sk_shutdown &= ~RCV_SHUTDOWN;
	WRITE_ONCE(queue->index, device->numqueues);
	if (again) {
		queue_unlink_detached(queue);
		tun_napi_enable(queue);
		/* Under the lock that a write by NAPI tests it with. */
		spin_lock_bh(&queue->sk.sk_write_queue.lock);
		WRITE_ONCE(queue->detached, false);
		spin_unlock_bh(&queue->sk.sk_write_queue.lock);
	} else {
		sock_hold(&queue->sk);
		queue->ifindex = 0;	/* was for this device only */
		tun_napi_init(device, queue, napi, napi_frags);
	}

	if (publish)
		rcu_assign_pointer(queue->device, device);
	rcu_assign_pointer(device->queues[device->numqueues], queue);
	WRITE_ONCE(device->numqueues, device->numqueues + 1);
	tun_device_update_queues(device);
	return 0;
}

void tun_queue_publish(struct tun_device *device, struct tun_queue *queue)
{
	rcu_assign_pointer(queue->device, device);
}

void tun_queue_disable(struct tun_queue *queue)
{
	struct tun_device *device = rtnl_dereference(queue->device);
	u16 index = queue->index;

	tun_napi_disable(queue);
	queue_unlink(device, queue);
	spin_lock_bh(&queue->sk.sk_write_queue.lock);
	queue_link_detached(device, queue);
	spin_unlock_bh(&queue->sk.sk_write_queue.lock);
	synchronize_net();
	tun_flow_forget_queue(device, index);
	/* Flows of the queue that moved into the hole pointed past the end. */
	tun_flow_forget_queue(device, device->numqueues);
	queue_drain(queue);
	tun_device_update_queues(device);
}

/* The descriptor is closed: the queue leaves its device for good. */
static void queue_leave(struct tun_queue *queue)
{
	struct tun_device *device = rtnl_dereference(queue->device);
	u16 index = queue->index;

	if (!device)
		return;
	if (queue->detached) {
		queue_unlink_detached(queue);
		RCU_INIT_POINTER(queue->device, NULL);
	} else {
		tun_napi_disable(queue);
		queue_unlink(device, queue);
		RCU_INIT_POINTER(queue->device, NULL);
		synchronize_net();
		tun_flow_forget_queue(device, index);
		tun_flow_forget_queue(device, device->numqueues);
		tun_device_update_queues(device);
	}
	/* Frames that wait hold the socket, and would keep it for ever. */
	queue_drain(queue);
	tun_napi_delete(queue);
	sock_put(&queue->sk);

	if (!device->numqueues && !device->numdetached) {
		netif_carrier_off(device->dev);
		if (!(device->flags & IFF_PERSIST) &&
		    device->dev->reg_state == NETREG_REGISTERED) {
			unregister_netdevice(device->dev);
			return;
		}
	}
	netdev_state_change(device->dev);
}

void tun_queue_release(struct tun_queue *queue)
{
	rtnl_lock();
	queue_leave(queue);
	rtnl_unlock();

	ptr_ring_cleanup(&queue->ring, tun_ring_free);
	sock_put(&queue->sk);
}

/* Whoever sleeps on the queue must find out that its device has gone. */
static void queue_wake_for_good(struct tun_queue *queue)
{
	queue->sk.sk_shutdown = RCV_SHUTDOWN;
	queue->sk.sk_data_ready(&queue->sk);
	RCU_INIT_POINTER(queue->device, NULL);
}

static void queue_drop(struct tun_queue *queue)
{
	tun_napi_delete(queue);
	queue_drain(queue);
	sock_put(&queue->sk);
}

void tun_queue_detach_all(struct tun_device *device)
{
	unsigned int count = device->numqueues;
	struct tun_queue *queue, *tmp;
	unsigned int i;

	for (i = 0; i < count; i++) {
		queue = rtnl_dereference(device->queues[i]);
		tun_napi_disable(queue);
		queue_wake_for_good(queue);
	}
	list_for_each_entry(queue, &device->detached_queues, link)
		queue_wake_for_good(queue);
	WRITE_ONCE(device->numqueues, 0);
	synchronize_net();

	for (i = 0; i < count; i++) {
		queue = rtnl_dereference(device->queues[i]);
		RCU_INIT_POINTER(device->queues[i], NULL);
		queue_drop(queue);
	}
	list_for_each_entry_safe(queue, tmp, &device->detached_queues, link) {
		queue_unlink_detached(queue);
		WRITE_ONCE(queue->detached, false);
		queue_drop(queue);
	}
	if (device->flags & IFF_PERSIST)
		module_put(THIS_MODULE);
}

int tun_queue_resize_all(struct tun_device *device)
{
	unsigned int count = device->numqueues + device->numdetached;
	struct tun_queue *queue;
	struct ptr_ring **rings;
	unsigned int i;
	int err;

	rings = kmalloc_array(count, sizeof(*rings), GFP_KERNEL);
	if (!rings)
		return -ENOMEM;
	for (i = 0; i < device->numqueues; i++) {
		queue = rtnl_dereference(device->queues[i]);
		rings[i] = &queue->ring;
	}
	list_for_each_entry(queue, &device->detached_queues, link)
		rings[i++] = &queue->ring;
	err = compat_ring_resize(rings, count, device->dev->tx_queue_len,
				 GFP_KERNEL, tun_ring_free);
	kfree(rings);
	return err;
}

int tun_queue_set_attached(struct tun_queue *queue, bool attach)
{
	struct tun_device *device;
	int err;

	if (attach) {
		device = queue->detached_from;
		if (!device)
			return -EINVAL;
		err = security_tun_dev_attach_queue(device->security);
		if (err)
			return err;
		err = tun_queue_attach(device, queue, false,
				       device->flags & IFF_NAPI,
				       device->flags & IFF_NAPI_FRAGS, true);
		if (!err)
			netdev_state_change(device->dev);
		return err;
	}
	device = rtnl_dereference(queue->device);
	if (!device || !(device->flags & IFF_MULTI_QUEUE) || queue->detached)
		return -EINVAL;
	tun_queue_disable(queue);
	netdev_state_change(device->dev);
	return 0;
}
