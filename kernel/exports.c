// SPDX-License-Identifier: GPL-2.0
/*
 * What vhost_net imports. A symbol's version is computed from the types that
 * are visible in this file, so its includes decide whether vhost_net finds the
 * versions that it was built with: they are the smallest set that gives the
 * kernel's own, found by removal. `make check-symbols` compares.
 */
#include <linux/bpf_trace.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/skb_array.h>
#include <linux/virtio_net.h>
#include <net/6lowpan.h>
#include <net/ax25.h>
#include <net/ip_tunnels.h>

#include "exports.h"

struct socket *tun_get_socket(struct file *file)
{
	return tun_file_socket(file);
}
EXPORT_SYMBOL_GPL(tun_get_socket);

struct ptr_ring *tun_get_tx_ring(struct file *file)
{
	return tun_file_ring(file);
}
EXPORT_SYMBOL_GPL(tun_get_tx_ring);

void tun_ptr_free(void *ptr)
{
	kfree_skb(ptr);
}
EXPORT_SYMBOL_GPL(tun_ptr_free);
