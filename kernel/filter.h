/* SPDX-License-Identifier: GPL-2.0 */
/* What leaves the stack only if it is wanted: MAC filter, classic BPF. */
#ifndef FILTER_H
#define FILTER_H

#include <linux/types.h>

struct sk_buff;
struct sock_fprog;
struct tun_device;
struct tun_mac_filter;

bool tun_mac_filter_passes(const struct tun_mac_filter *filter,
			   const struct sk_buff *skb);
/*
 * TUNSETTXFILTER. Returns the number of exact addresses, 0 when the filter is
 * off: none given, or more unicast addresses than can be matched exactly.
 */
int tun_mac_filter_set(struct tun_device *device, const void __user *arg);

/* TUNATTACHFILTER, TUNDETACHFILTER: on all attached queues, or on none. */
int tun_classic_filter_attach(struct tun_device *device,
			      const void __user *arg);
void tun_classic_filter_detach(struct tun_device *device);

#endif /* FILTER_H */
