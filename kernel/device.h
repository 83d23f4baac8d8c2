/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device: the network interface whose wire is the queues.
 *
 * RTNL protects all writers. The fields of the first group are read by
 * transmit, read and write without it: each is one word, written with
 * WRITE_ONCE(), read once a frame with READ_ONCE() and passed down, so that a
 * frame is handled by one view of the layout even while a second descriptor
 * changes it.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/timer.h>
#include <linux/virtio_net.h>

struct tun_queue;
struct tun_program;

/* Of the interface, as ethtool and the log tell it. */
#define TUN_VERSION		"1.6"

#define TUN_MAX_QUEUES		256
#define TUN_FLOW_BUCKETS	1024
#define TUN_FLOW_MAX		4096
#define TUN_FLOW_AGE		(3 * HZ)
#define TUN_RX_BATCH_MAX	NAPI_POLL_WEIGHT
#define TUN_MAC_EXACT_MAX	8

/* Private bits beside those of TUNSETIFF in device->flags. */
#define TUN_VNET_LE		0x80000000u
#define TUN_VNET_BE		0x40000000u

/* What TUNSETIFF chooses for the device's life, and with it tells. */
#define TUN_FEATURES (IFF_NO_PI | IFF_ONE_QUEUE | IFF_VNET_HDR | \
		      IFF_MULTI_QUEUE | IFF_NAPI | IFF_NAPI_FRAGS)

#define TUN_USER_FEATURES (NETIF_F_HW_CSUM | NETIF_F_TSO_ECN | NETIF_F_TSO | \
			   NETIF_F_TSO6 | COMPAT_NETIF_USO)

/* TUNSETTXFILTER: exact addresses first, the rest as a hash of 64 bits. */
struct tun_mac_filter {
	unsigned int count;		/* of addr[]; 0: all pass */
	u32 hash[2];
	u8 addr[TUN_MAC_EXACT_MAX][ETH_ALEN];
};

struct tun_device {
	/* Read for each frame. */
	u32 flags;			/* IFF_*, TUN_VNET_LE, TUN_VNET_BE */
	int vnet_hdr_sz;		/* bytes */
	unsigned int numqueues;
	int sndbuf;			/* bytes; INT_MAX: not limited */
	unsigned int align;		/* NET_IP_ALIGN on TAP + headroom */
	u32 rx_batched;			/* ethtool rx-max-frames */
	struct net_device *dev;
	struct tun_program __rcu *steering;
	struct tun_program __rcu *ebpf_filter;
	struct tun_mac_filter mac_filter;
	bool classic_filter;		/* fprog is in force */
	u32 filter_serial;		/* counts its changes; RTNL */
	atomic_long_t rx_frame_errors;
	struct tun_queue __rcu *queues[TUN_MAX_QUEUES];

	/* Learned flows, see flow.c. */
	spinlock_t flow_lock;
	unsigned int flow_count;
	struct timer_list flow_timer;
	struct hlist_head flows[TUN_FLOW_BUCKETS];

	/* Seldom used. */
	kuid_t owner;
	kgid_t group;
	netdev_features_t set_features;	/* what TUNSETOFFLOAD allowed */
	unsigned int numdetached;
	struct list_head detached_queues;
	struct sock_fprog fprog;
	u32 msg_enable;
	void *security;
	struct tun_queue *first_queue;	/* for ndo_init() only */
	struct ethtool_link_ksettings link_ksettings;
};

/* Called by TUNSETIFF, under RTNL. */
int tun_device_create(struct net *net, struct file *file, struct ifreq *ifr,
		      struct tun_queue *queue);
/* Replaces the feature flags with those of TUNSETIFF. */
void tun_device_set_flags(struct tun_device *device, u32 flags);
u32 tun_device_flags(const struct tun_device *device);
/* TUNSETOFFLOAD; -EINVAL when a bit or a combination is not known. */
int tun_device_set_offload(struct tun_device *device, unsigned long bits);
/* ndo_change_carrier and TUNSETCARRIER: -EPERM without an attached queue. */
int tun_device_set_carrier(struct net_device *dev, bool on);
void tun_device_update_queues(struct tun_device *device);
/* net_device setup, also the link ops'. */
void tun_device_setup(struct net_device *dev);
void tun_device_init_ops(struct net_device *dev);

/* Counts are a processor's: the task must not go on on another meanwhile. */
static inline void tun_rx_add(struct net_device *dev, unsigned int len)
{
	preempt_disable();
	dev_sw_netstats_rx_add(dev, len);
	preempt_enable();
}

static inline void tun_tx_add(struct net_device *dev, unsigned int len)
{
	preempt_disable();
	dev_sw_netstats_tx_add(dev, 1, len);
	preempt_enable();
}

bool tun_is_device(const struct net_device *dev);

int tun_notifier_register(void);
void tun_notifier_unregister(void);

/* What the byte order of the virtio-net header is, by flags. */
static inline bool tun_flags_little_endian(u32 flags)
{
	if (flags & TUN_VNET_BE)
		return false;
	return (flags & TUN_VNET_LE) || virtio_legacy_is_little_endian();
}

#endif /* DEVICE_H */
