/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IFF_NAPI: what user space writes enters the stack from a NAPI poll, where GRO
 * may merge it. The life of the context is RTNL's; none may be called in
 * atomic context (from 6.17 on the core takes the device's mutex).
 */
#ifndef NAPI_H
#define NAPI_H

#include <linux/types.h>

struct sk_buff;
struct tun_device;
struct tun_queue;

/*
 * Has the skb wait for the poller, whom the caller schedules: how many wait, or
 * -EBUSY where NAPI is off (detached, or going), and the skb is freed. In any
 * context but hard interrupts.
 */
int tun_napi_add(struct tun_queue *queue, struct sk_buff *skb);

void tun_napi_init(struct tun_device *device, struct tun_queue *queue,
		   bool napi, bool frags);
void tun_napi_enable(struct tun_queue *queue);
void tun_napi_disable(struct tun_queue *queue);
void tun_napi_delete(struct tun_queue *queue);

#endif /* NAPI_H */
