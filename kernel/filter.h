/* SPDX-License-Identifier: GPL-2.0 */
/* What leaves the stack only if it is wanted: MAC filter, classic BPF. */
#ifndef FILTER_H
#define FILTER_H

#include <linux/types.h>

struct sk_buff;
struct sock_fprog;
struct tun_device;
struct tun_mac_filter;
struct tun_queue;

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
/*
 * Gives a queue that is attached what is in force: after changes that it has
 * missed. The instructions are read again where the program that set them had
 * them, as the kernel's own driver does; what is not there is no filter.
 */
void tun_classic_filter_restore(struct tun_device *device,
				struct tun_queue *queue);

#endif /* FILTER_H */
