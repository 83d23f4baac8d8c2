/* SPDX-License-Identifier: GPL-2.0 */
/* Stack to user space. */
#ifndef TRANSMIT_H
#define TRANSMIT_H

#include <linux/netdevice.h>

struct iov_iter;
struct tun_device;
struct tun_queue;

netdev_tx_t tun_xmit(struct sk_buff *skb, struct net_device *dev);
u16 tun_select_queue(struct net_device *dev, struct sk_buff *skb,
		     struct net_device *sb_dev);
void tun_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats);

/*
 * One frame from the queue to user space. skb is one that vhost_net has taken
 * off the ring already, consumed here on every path, or NULL. Returns the
 * length of frame and headers, which may be more than there was room for.
 * Process context; the caller holds a device reference.
 */
ssize_t tun_transmit(struct tun_device *device, struct tun_queue *queue,
		     struct iov_iter *to, bool noblock, struct sk_buff *skb);

#endif /* TRANSMIT_H */
