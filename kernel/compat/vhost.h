/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private header of vhost_net's batches. Where <linux/if_tun.h> has struct
 * tun_xdp_hdr (found by the build, HAVE_TUN_XDP_HDR) the buffer's length
 * stands before the virtio-net header; later kernels have the bare header and
 * the length in frame_sz. A wrong guess corrupts memory, so nothing is guessed.
 */
#ifndef COMPAT_VHOST_H
#define COMPAT_VHOST_H

#include <linux/if_tun.h>
#include <net/xdp.h>

#ifdef HAVE_TUN_XDP_HDR
static inline struct virtio_net_hdr *compat_vhost_vnet(struct xdp_buff *frame)
{
	return &((struct tun_xdp_hdr *)frame->data_hard_start)->gso;
}

static inline unsigned int compat_vhost_buflen(struct xdp_buff *frame)
{
	return ((struct tun_xdp_hdr *)frame->data_hard_start)->buflen;
}
#else
static inline struct virtio_net_hdr *compat_vhost_vnet(struct xdp_buff *frame)
{
	return frame->data_hard_start;
}

static inline unsigned int compat_vhost_buflen(struct xdp_buff *frame)
{
	return frame->frame_sz;
}
#endif

#endif /* COMPAT_VHOST_H */
