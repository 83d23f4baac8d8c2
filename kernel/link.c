// SPDX-License-Identifier: GPL-2.0
#include "link.h"

#include <linux/device.h>
#include <linux/if_link.h>
#include <linux/netdevice.h>

#include "device.h"
#include "node.h"

/* ---- rtnetlink ---- */

static int tun_link_validate(struct nlattr *tb[], struct nlattr *data[],
			     struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG(extack,
		       "a device is created by TUNSETIFF, not by rtnetlink");
	return -EOPNOTSUPP;
}

static size_t tun_link_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(uid_t)) +		/* OWNER */
	       nla_total_size(sizeof(gid_t)) +		/* GROUP */
	       5 * nla_total_size(sizeof(u8)) +		/* TYPE ... */
	       2 * nla_total_size(sizeof(u32));		/* NUM_*_QUEUES */
}

static int tun_link_fill_flags(struct sk_buff *skb, u32 flags)
{
	return nla_put_u8(skb, IFLA_TUN_TYPE, flags & (IFF_TUN | IFF_TAP)) ||
	       nla_put_u8(skb, IFLA_TUN_PI, !(flags & IFF_NO_PI)) ||
	       nla_put_u8(skb, IFLA_TUN_VNET_HDR, !!(flags & IFF_VNET_HDR)) ||
	       nla_put_u8(skb, IFLA_TUN_PERSIST, !!(flags & IFF_PERSIST)) ||
	       nla_put_u8(skb, IFLA_TUN_MULTI_QUEUE,
			  !!(flags & IFF_MULTI_QUEUE));
}

static int tun_link_fill(struct sk_buff *skb, const struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);
	u32 flags = READ_ONCE(device->flags);

	if (tun_link_fill_flags(skb, flags))
		return -EMSGSIZE;
	if (uid_valid(device->owner) &&
	    nla_put_u32(skb, IFLA_TUN_OWNER,
			from_kuid_munged(current_user_ns(), device->owner)))
		return -EMSGSIZE;
	if (gid_valid(device->group) &&
	    nla_put_u32(skb, IFLA_TUN_GROUP,
			from_kgid_munged(current_user_ns(), device->group)))
		return -EMSGSIZE;
	if (!(flags & IFF_MULTI_QUEUE))
		return 0;
	if (nla_put_u32(skb, IFLA_TUN_NUM_QUEUES, device->numqueues) ||
	    nla_put_u32(skb, IFLA_TUN_NUM_DISABLED_QUEUES,
			device->numdetached))
		return -EMSGSIZE;
	return 0;
}

struct rtnl_link_ops tun_link_ops __read_mostly = {
	.kind		= TUN_LINK_KIND,
	.priv_size	= sizeof(struct tun_device),
	.setup		= tun_device_setup,
	.validate	= tun_link_validate,
	.get_size	= tun_link_size,
	.fill_info	= tun_link_fill,
};

/* ---- sysfs ---- */

static struct tun_device *sysfs_device(struct device *dev)
{
	return netdev_priv(to_net_dev(dev));
}

static ssize_t tun_flags_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "0x%x\n", tun_device_flags(sysfs_device(dev)));
}

static ssize_t owner_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	kuid_t owner = sysfs_device(dev)->owner;

	if (!uid_valid(owner))
		return sysfs_emit(buf, "-1\n");
	return sysfs_emit(buf, "%u\n",
			  from_kuid_munged(current_user_ns(), owner));
}

static ssize_t group_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	kgid_t group = sysfs_device(dev)->group;

	if (!gid_valid(group))
		return sysfs_emit(buf, "-1\n");
	return sysfs_emit(buf, "%u\n",
			  from_kgid_munged(current_user_ns(), group));
}

static DEVICE_ATTR_RO(tun_flags);
static DEVICE_ATTR_RO(owner);
static DEVICE_ATTR_RO(group);

static struct attribute *tun_sysfs_attrs[] = {
	&dev_attr_tun_flags.attr,
	&dev_attr_owner.attr,
	&dev_attr_group.attr,
	NULL
};

const struct attribute_group tun_sysfs_group = {
	.attrs = tun_sysfs_attrs,
};
