/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between kernels, forced into each file by Kbuild. A block
 * says what changed and when; the driver is written for the newer form. No
 * other file asks for a version.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include <linux/version.h>
#include <linux/file.h>
#include <linux/if_tun.h>
#include <linux/netdevice.h>
#include <linux/ptr_ring.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/uio.h>
#include <net/sock.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "Linux 6.1 is the oldest kernel that this driver is built for"
#endif

/* 6.2: USO, both address families or none. */
#ifdef TUN_F_USO4
#define COMPAT_NETIF_USO	NETIF_F_GSO_UDP_L4
static inline netdev_features_t compat_uso_features(unsigned long *bits)
{
	const unsigned long both = TUN_F_USO4 | TUN_F_USO6;

	if ((*bits & both) != both)
		return 0;
	*bits &= ~both;
	return NETIF_F_GSO_UDP_L4;
}
#else
#define COMPAT_NETIF_USO	0
static inline netdev_features_t compat_uso_features(unsigned long *bits)
{
	return 0;
}
#endif

/* 6.12: lockless transmit is a bit of the device, no longer a feature. */
static inline void compat_set_lltx(struct net_device *dev)
{
#ifdef NETIF_F_LLTX
	dev->features |= NETIF_F_LLTX;
#else
	dev->lltx = true;
#endif
}

/*
 * The core allocates dev->tstats from 6.11 on; what it needs to be told has
 * been there since 5.19, but was not acted on in all releases.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
static inline int compat_alloc_stats(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static inline void compat_free_stats(struct net_device *dev)
{
	free_percpu(dev->tstats);
}
#else
static inline int compat_alloc_stats(struct net_device *dev)
{
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	return 0;
}

static inline void compat_free_stats(struct net_device *dev)
{
}
#endif

/* 6.16: from_timer() became timer_container_of(). */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

/* 6.9: <net/rps.h> was split off; before, the key is in netdevice.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#include <net/rps.h>
#endif
static inline bool compat_rps_needed(void)
{
#ifdef CONFIG_RPS
	return static_branch_unlikely(&rps_needed);
#else
	return false;
#endif
}

/* 6.13: bottom halves are disabled by the helper itself. */
static inline int compat_ring_resize(struct ptr_ring **rings,
				     unsigned int count, int size, gfp_t gfp,
				     void (*destroy)(void *))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0) && \
	!defined(HAVE_PTR_RING_RESIZE_BH)
	return ptr_ring_resize_multiple(rings, count, size, gfp, destroy);
#else
	return ptr_ring_resize_multiple_bh(rings, count, size, gfp, destroy);
#endif
}

/* 6.12: SIGIO's owner is allocated on first use. */
static inline int compat_file_owner(struct file *file)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	return file_f_owner_allocate(file);
#else
	return 0;
#endif
}

/* 6.10: the callback of a pinned buffer moved to an operations table. */
static inline void compat_ubuf_done(struct ubuf_info *uarg, bool zerocopy)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	uarg->ops->complete(NULL, uarg, zerocopy);
#else
	uarg->callback(NULL, uarg, zerocopy);
#endif
}

/* 6.4: a single buffer is an iterator of its own kind, without segments. */
static inline unsigned int compat_iter_segments(const struct iov_iter *iter)
{
	return iter_is_iovec(iter) ? iter->nr_segs : 1;
}

static inline size_t compat_iter_segment(const struct iov_iter *iter,
					 unsigned int index)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return iter_iov(iter)[index].iov_len;
#else
	return iter->iov[index].iov_len;
#endif
}

/* 7.0: the bytes of a longer header that the kernel does not fill are zero. */
static inline int compat_vnet_pad(struct iov_iter *to, size_t len)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return iov_iter_zero(len, to) == len ? 0 : -EFAULT;
#else
	iov_iter_advance(to, len);
	return 0;
#endif
}

/* 6.12: larger pages for blocking writes, 10 Gb/s, channels in ethtool. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define TUN_PSKB_ORDER		PAGE_ALLOC_COSTLY_ORDER
#define COMPAT_LINK_SPEED	SPEED_10000
#define compat_channels(op)	(op)
#else
#define TUN_PSKB_ORDER		0
#define COMPAT_LINK_SPEED	SPEED_10
#define compat_channels(op)	NULL
#endif

/* 6.16: the address became a sockaddr_storage. */
static inline int compat_set_mac_address(struct net_device *dev,
					 struct sockaddr *addr)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return dev_set_mac_address_user(dev, (struct sockaddr_storage *)addr,
					NULL);
#else
	return dev_set_mac_address_user(dev, addr, NULL);
#endif
}

/* The most that a master or a tunnel may ask to have in front of a frame. */
#define TUN_HEADROOM_MAX	2048

#endif /* COMPAT_H */
