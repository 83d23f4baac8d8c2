// SPDX-License-Identifier: GPL-2.0
/* The network device: creation, net_device_ops, features, notifier. */
#include "device.h"

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/nsproxy.h>
#include <linux/rtnetlink.h>
#include <linux/security.h>
#include <net/ip_tunnels.h>
#include <net/net_namespace.h>

#include "ethtool.h"
#include "filter.h"
#include "flow.h"
#include "link.h"
#include "queue.h"
#include "steering.h"
#include "transmit.h"

bool tun_is_device(const struct net_device *dev)
{
	return dev->rtnl_link_ops == &tun_link_ops;
}

/* ---- net_device_ops ---- */

/*
 * The first queue is attached here: its security hook needs the device's blob,
 * and from now on ndo_uninit() takes the queue away, whatever fails.
 */
static int tun_ndo_init(struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);
	int err;

	err = compat_alloc_stats(dev);
	if (err)
		return err;
	err = security_tun_dev_alloc_security(&device->security);
	if (err)
		goto err_free_stats;
	tun_flow_init(device);
	err = tun_queue_attach(device, device->first_queue, false,
			       device->flags & IFF_NAPI,
			       device->flags & IFF_NAPI_FRAGS, false);
	if (err)
		goto err_uninit_flows;
	return 0;

err_uninit_flows:
	tun_flow_uninit(device);
	security_tun_dev_free_security(device->security);
err_free_stats:
	compat_free_stats(dev);
	return err;
}

/* The last reader is gone; also called when registration failed after init. */
static void tun_destructor(struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);

	tun_flow_uninit(device);
	security_tun_dev_free_security(device->security);
	compat_free_stats(dev);
	tun_program_destroy(&device->steering);
	tun_program_destroy(&device->ebpf_filter);
}

static void tun_ndo_uninit(struct net_device *dev)
{
	tun_queue_detach_all(netdev_priv(dev));
}

static int tun_ndo_open(struct net_device *dev)
{
	netif_tx_start_all_queues(dev);
	return 0;
}

static int tun_ndo_stop(struct net_device *dev)
{
	netif_tx_stop_all_queues(dev);
	return 0;
}

static netdev_features_t tun_ndo_fix_features(struct net_device *dev,
					      netdev_features_t features)
{
	struct tun_device *device = netdev_priv(dev);

	return (features & device->set_features) |
	       (features & ~(netdev_features_t)TUN_USER_FEATURES);
}

/* Bridges and tunnels ask for room in front of what user space writes. */
static void tun_ndo_set_rx_headroom(struct net_device *dev, int headroom)
{
	struct tun_device *device = netdev_priv(dev);

	/* A larger one would overflow the offsets of an skb. */
	headroom = clamp(headroom, NET_SKB_PAD, TUN_HEADROOM_MAX);
	WRITE_ONCE(device->align, headroom);
}

int tun_device_set_carrier(struct net_device *dev, bool on)
{
	struct tun_device *device = netdev_priv(dev);

	if (!on) {
		netif_carrier_off(dev);
		return 0;
	}
	if (!device->numqueues)
		return -EPERM;
	netif_carrier_on(dev);
	return 0;
}

/* The filter is TUNSETTXFILTER's; the stack only has to find the operation. */
static void tun_ndo_set_rx_mode(struct net_device *dev)
{
}

static const struct net_device_ops tun_netdev_ops = {
	.ndo_init		= tun_ndo_init,
	.ndo_uninit		= tun_ndo_uninit,
	.ndo_open		= tun_ndo_open,
	.ndo_stop		= tun_ndo_stop,
	.ndo_start_xmit		= tun_xmit,
	.ndo_select_queue	= tun_select_queue,
	.ndo_fix_features	= tun_ndo_fix_features,
	.ndo_set_rx_headroom	= tun_ndo_set_rx_headroom,
	.ndo_get_stats64	= tun_get_stats64,
	.ndo_change_carrier	= tun_device_set_carrier,
};

static const struct net_device_ops tap_netdev_ops = {
	.ndo_init		= tun_ndo_init,
	.ndo_uninit		= tun_ndo_uninit,
	.ndo_open		= tun_ndo_open,
	.ndo_stop		= tun_ndo_stop,
	.ndo_start_xmit		= tun_xmit,
	.ndo_select_queue	= tun_select_queue,
	.ndo_fix_features	= tun_ndo_fix_features,
	.ndo_set_rx_headroom	= tun_ndo_set_rx_headroom,
	.ndo_get_stats64	= dev_get_tstats64,
	.ndo_change_carrier	= tun_device_set_carrier,
	.ndo_set_rx_mode	= tun_ndo_set_rx_mode,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_features_check	= passthru_features_check,
};

/* ---- setup ---- */

void tun_device_setup(struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);

	device->owner = INVALID_UID;
	device->group = INVALID_GID;
	tun_ethtool_setup(dev);
	dev->needs_free_netdev = true;
	dev->priv_destructor = tun_destructor;
	dev->tx_queue_len = 500;	/* ether_setup() makes it 1000 on TAP */
}

void tun_device_init_ops(struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);

	if (device->flags & IFF_TUN) {
		dev->netdev_ops = &tun_netdev_ops;
		dev->header_ops = &ip_tunnel_header_ops;
		dev->hard_header_len = 0;
		dev->addr_len = 0;
		dev->mtu = 1500;
		dev->type = ARPHRD_NONE;
		dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	} else {
		dev->netdev_ops = &tap_netdev_ops;
		ether_setup(dev);
		dev->priv_flags &= ~IFF_TX_SKB_SHARING;
		dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
		eth_hw_addr_random(dev);
	}
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU - dev->hard_header_len;
}

static void tun_device_init_features(struct net_device *dev)
{
	dev->hw_features = NETIF_F_SG | NETIF_F_FRAGLIST | TUN_USER_FEATURES |
			   NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_STAG_TX;
	dev->features = dev->hw_features;
	compat_set_lltx(dev);
	dev->vlan_features = dev->features &
			     ~(NETIF_F_HW_VLAN_CTAG_TX |
			       NETIF_F_HW_VLAN_STAG_TX);
}

u32 tun_device_flags(const struct tun_device *device)
{
	return device->flags & (TUN_FEATURES | IFF_PERSIST | IFF_TUN | IFF_TAP);
}

void tun_device_set_flags(struct tun_device *device, u32 flags)
{
	WRITE_ONCE(device->flags, (device->flags & ~TUN_FEATURES) |
				  (flags & TUN_FEATURES));
	/* Also on an open device: its transmit queues may have been stopped. */
	if (netif_running(device->dev))
		netif_tx_wake_all_queues(device->dev);
}

void tun_device_update_queues(struct tun_device *device)
{
	netif_set_real_num_tx_queues(device->dev, device->numqueues);
	netif_set_real_num_rx_queues(device->dev, device->numqueues);
}

static void tun_device_init(struct tun_device *device, struct net_device *dev,
			    const struct ifreq *ifr)
{
	bool tun = ifr->ifr_flags & IFF_TUN;

	device->dev = dev;
	device->flags = tun ? IFF_TUN : IFF_TAP;
	device->flags |= ifr->ifr_flags & TUN_FEATURES;
	device->vnet_hdr_sz = sizeof(struct virtio_net_hdr);
	device->sndbuf = INT_MAX;
	device->align = NET_SKB_PAD;
	INIT_LIST_HEAD(&device->detached_queues);
	spin_lock_init(&device->flow_lock);
	tun_device_init_ops(dev);
	tun_device_init_features(dev);
}

int tun_device_create(struct net *net, struct file *file, struct ifreq *ifr,
		      struct tun_queue *queue)
{
	unsigned int queues = ifr->ifr_flags & IFF_MULTI_QUEUE ?
			      TUN_MAX_QUEUES : 1;
	const char *name = ifr->ifr_name;
	struct tun_device *device;
	struct net_device *dev;
	int err;

	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	err = security_tun_dev_create();
	if (err)
		return err;
	if (!(ifr->ifr_flags & (IFF_TUN | IFF_TAP)))
		return -EINVAL;
	if (!*name)
		name = ifr->ifr_flags & IFF_TUN ? "tun%d" : "tap%d";

	dev = alloc_netdev_mqs(sizeof(*device), name, NET_NAME_UNKNOWN,
			       tun_device_setup, queues, queues);
	if (!dev)
		return -ENOMEM;
	dev_net_set(dev, net);
	dev->rtnl_link_ops = &tun_link_ops;
	dev->ifindex = queue->ifindex;
	dev->sysfs_groups[0] = &tun_sysfs_group;
	device = netdev_priv(dev);
	tun_device_init(device, dev, ifr);
	device->first_queue = queue;

	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		return err;
	}
	/* Only now may the descriptor's other users find the device. */
	tun_queue_publish(device, queue);

	if (ifr->ifr_flags & IFF_NO_CARRIER)
		netif_carrier_off(dev);
	else
		netif_carrier_on(dev);
	strscpy(ifr->ifr_name, dev->name, sizeof(ifr->ifr_name));
	return 0;
}

/* ---- offloads ---- */

int tun_device_set_offload(struct tun_device *device, unsigned long bits)
{
	netdev_features_t features = 0;

	if (bits & TUN_F_CSUM) {
		features |= NETIF_F_HW_CSUM;
		bits &= ~TUN_F_CSUM;
		if (bits & (TUN_F_TSO4 | TUN_F_TSO6)) {
			if (bits & TUN_F_TSO_ECN)
				features |= NETIF_F_TSO_ECN;
			if (bits & TUN_F_TSO4)
				features |= NETIF_F_TSO;
			if (bits & TUN_F_TSO6)
				features |= NETIF_F_TSO6;
			bits &= ~(TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN);
		}
		/* Accepted for the programs that ask; UFO itself is gone. */
		bits &= ~TUN_F_UFO;
		features |= compat_uso_features(&bits);
	}
	/* What is left was not understood, or lacks what it depends on. */
	if (bits)
		return -EINVAL;

	device->set_features = features;
	device->dev->wanted_features &= ~TUN_USER_FEATURES;
	device->dev->wanted_features |= features;
	netdev_update_features(device->dev);
	return 0;
}

/* ---- notifier ---- */

static int tun_notify(struct notifier_block *block, unsigned long event,
		      void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct tun_device *device;
	unsigned int i;

	if (!tun_is_device(dev))
		return NOTIFY_DONE;
	device = netdev_priv(dev);

	switch (event) {
	case NETDEV_CHANGE_TX_QUEUE_LEN:
		if (tun_queue_resize_all(device))
			return NOTIFY_BAD;
		break;
	case NETDEV_UP:
		/* A down device is not writable: wake those who wait. */
		for (i = 0; i < device->numqueues; i++) {
			struct tun_queue *queue;

			queue = rtnl_dereference(device->queues[i]);
			queue->sk.sk_write_space(&queue->sk);
		}
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block tun_notifier = {
	.notifier_call = tun_notify,
};

int tun_notifier_register(void)
{
	return register_netdevice_notifier(&tun_notifier);
}

void tun_notifier_unregister(void)
{
	unregister_netdevice_notifier(&tun_notifier);
}
