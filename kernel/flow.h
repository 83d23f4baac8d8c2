/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which queue a flow was last written on, so that its replies leave by the
 * same one. Readers under RCU; writers hold device->flow_lock.
 */
#ifndef FLOW_H
#define FLOW_H

#include <linux/types.h>

struct tun_device;
struct tun_queue;

void tun_flow_init(struct tun_device *device);
void tun_flow_uninit(struct tun_device *device);

/* A frame of the flow hash was written on queue. Under rcu_read_lock(). */
void tun_flow_learn(struct tun_device *device, u32 hash,
		    const struct tun_queue *queue);
/* The queue of a flow, or -1. Under rcu_read_lock(). */
int tun_flow_find(struct tun_device *device, u32 hash);
/* Tells RFS which flow a reader of the queue is about to handle. */
void tun_flow_record_rps(struct tun_device *device, u32 hash);
/* Forgets what leads to a queue. Under RTNL. */
void tun_flow_forget_queue(struct tun_device *device, u16 index);

#endif /* FLOW_H */
