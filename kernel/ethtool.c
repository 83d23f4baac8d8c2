// SPDX-License-Identifier: GPL-2.0
#include "ethtool.h"

#include <linux/ethtool.h>
#include <linux/netdevice.h>

#include "device.h"

static void tun_get_drvinfo(struct net_device *dev,
			    struct ethtool_drvinfo *info)
{
	struct tun_device *device = netdev_priv(dev);

	strscpy(info->driver, "tun", sizeof(info->driver));
	strscpy(info->version, TUN_VERSION, sizeof(info->version));
	strscpy(info->bus_info, device->flags & IFF_TUN ? "tun" : "tap",
		sizeof(info->bus_info));
}

static u32 tun_get_msglevel(struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);

	return device->msg_enable;
}

static void tun_set_msglevel(struct net_device *dev, u32 value)
{
	struct tun_device *device = netdev_priv(dev);

	device->msg_enable = value;
}

static int tun_get_coalesce(struct net_device *dev,
			    struct ethtool_coalesce *coalesce,
			    struct kernel_ethtool_coalesce *kernel_coalesce,
			    struct netlink_ext_ack *extack)
{
	struct tun_device *device = netdev_priv(dev);

	coalesce->rx_max_coalesced_frames = device->rx_batched;
	return 0;
}

static int tun_set_coalesce(struct net_device *dev,
			    struct ethtool_coalesce *coalesce,
			    struct kernel_ethtool_coalesce *kernel_coalesce,
			    struct netlink_ext_ack *extack)
{
	struct tun_device *device = netdev_priv(dev);

	WRITE_ONCE(device->rx_batched,
		   min_t(u32, coalesce->rx_max_coalesced_frames,
			 TUN_RX_BATCH_MAX));
	return 0;
}

/* There is no link to speak of: what is set is told, nothing else. */
static int tun_get_link_ksettings(struct net_device *dev,
				  struct ethtool_link_ksettings *settings)
{
	struct tun_device *device = netdev_priv(dev);

	memcpy(settings, &device->link_ksettings, sizeof(*settings));
	return 0;
}

static int tun_set_link_ksettings(struct net_device *dev,
				  const struct ethtool_link_ksettings *settings)
{
	struct tun_device *device = netdev_priv(dev);

	memcpy(&device->link_ksettings, settings, sizeof(*settings));
	return 0;
}

static void __maybe_unused
tun_get_channels(struct net_device *dev, struct ethtool_channels *channels)
{
	struct tun_device *device = netdev_priv(dev);

	channels->combined_count = device->numqueues;
	channels->max_combined = device->flags & IFF_MULTI_QUEUE ?
				 TUN_MAX_QUEUES : 1;
}

static const struct ethtool_ops tun_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_MAX_FRAMES,
	.get_drvinfo		= tun_get_drvinfo,
	.get_msglevel		= tun_get_msglevel,
	.set_msglevel		= tun_set_msglevel,
	.get_link		= ethtool_op_get_link,
	.get_channels		= compat_channels(tun_get_channels),
	.get_ts_info		= ethtool_op_get_ts_info,
	.get_coalesce		= tun_get_coalesce,
	.set_coalesce		= tun_set_coalesce,
	.get_link_ksettings	= tun_get_link_ksettings,
	.set_link_ksettings	= tun_set_link_ksettings,
};

void tun_ethtool_setup(struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);
	struct ethtool_link_ksettings *settings = &device->link_ksettings;

	ethtool_link_ksettings_zero_link_mode(settings, supported);
	ethtool_link_ksettings_zero_link_mode(settings, advertising);
	settings->base.speed = COMPAT_LINK_SPEED;
	settings->base.duplex = DUPLEX_FULL;
	settings->base.port = PORT_TP;
	settings->base.autoneg = AUTONEG_DISABLE;
	dev->ethtool_ops = &tun_ethtool_ops;
}
