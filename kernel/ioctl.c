// SPDX-License-Identifier: GPL-2.0
/* The ioctls of a descriptor, and who may use them. */
#include "ioctl.h"

#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/rtnetlink.h>
#include <linux/security.h>
#include <linux/sockios.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "address.h"
#include "device.h"
#include "filter.h"
#include "queue.h"
#include "steering.h"

/* What one ioctl works on. device is NULL where the fd has none. */
struct tun_call {
	struct file *file;
	struct tun_queue *queue;
	struct tun_device *device;
	unsigned long arg;
	void __user *argp;
	struct ifreq ifr;
	unsigned int ifreq_len;		/* shorter in a 32-bit caller */
};

static int call_get_int(const struct tun_call *call, int *value)
{
	return copy_from_user(value, call->argp, sizeof(*value)) ? -EFAULT : 0;
}

static int call_put_int(const struct tun_call *call, int value)
{
	return copy_to_user(call->argp, &value, sizeof(value)) ? -EFAULT : 0;
}

static int call_get_ifreq(struct tun_call *call)
{
	memset(&call->ifr, 0, sizeof(call->ifr));
	return copy_from_user(&call->ifr, call->argp, call->ifreq_len) ?
	       -EFAULT : 0;
}

static int call_put_ifreq(const struct tun_call *call)
{
	return copy_to_user(call->argp, &call->ifr, call->ifreq_len) ?
	       -EFAULT : 0;
}

/* ---- TUNSETIFF ---- */

/* Owner and group must both match where both are set. */
static bool attach_permitted(const struct tun_device *device)
{
	const struct cred *cred = current_cred();

	if ((!uid_valid(device->owner) || uid_eq(cred->euid, device->owner)) &&
	    (!gid_valid(device->group) || in_egroup_p(device->group)))
		return true;
	return ns_capable(dev_net(device->dev)->user_ns, CAP_NET_ADMIN);
}

static int attach_existing(struct tun_call *call, struct net_device *dev)
{
	unsigned int flags = call->ifr.ifr_flags;
	struct tun_device *device;
	int err;

	if (flags & IFF_TUN_EXCL)
		return -EBUSY;
	if (!tun_is_device(dev))
		return -EINVAL;
	device = netdev_priv(dev);
	/* With both bits set either kind will do. */
	if (!(device->flags & flags & (IFF_TUN | IFF_TAP)))
		return -EINVAL;
	if (!!(flags & IFF_MULTI_QUEUE) !=
	    !!(device->flags & IFF_MULTI_QUEUE))
		return -EINVAL;
	if (!attach_permitted(device))
		return -EPERM;
	err = security_tun_dev_open(device->security);
	if (err < 0)
		return err;
	err = tun_queue_attach(device, call->queue, !(flags & IFF_NOFILTER),
			       flags & IFF_NAPI, flags & IFF_NAPI_FRAGS, true);
	if (err < 0)
		return err;

	strscpy(call->ifr.ifr_name, dev->name, sizeof(call->ifr.ifr_name));
	/* A further queue does not change what the first one chose. */
	if (device->flags & IFF_MULTI_QUEUE &&
	    device->numqueues + device->numdetached > 1) {
		netdev_state_change(dev);
		return 0;
	}
	tun_device_set_flags(device, flags);
	netdev_state_change(dev);
	if (flags & IFF_NO_CARRIER)
		netif_carrier_off(dev);
	else
		netif_carrier_on(dev);
	return 0;
}

static long ioctl_set_iff(struct tun_call *call)
{
	struct net *net = sock_net(&call->queue->sk);
	unsigned int flags;
	struct net_device *dev;
	int err;

	if (call->device)
		return -EEXIST;
	call->ifr.ifr_name[IFNAMSIZ - 1] = '\0';
	flags = call->ifr.ifr_flags;
	if (flags & IFF_NAPI_FRAGS) {
		/* It lets the caller feed the stack malformed frames. */
		if (!capable(CAP_NET_ADMIN))
			return -EPERM;
		if (!(flags & IFF_NAPI) ||
		    (flags & (IFF_TUN | IFF_TAP)) != IFF_TAP)
			return -EINVAL;
	}
	dev = __dev_get_by_name(net, call->ifr.ifr_name);
	if (dev)
		err = attach_existing(call, dev);
	else
		err = tun_device_create(net, call->file, &call->ifr,
					call->queue);
	return err ? err : call_put_ifreq(call);
}

static long ioctl_set_ifindex(struct tun_call *call)
{
	u32 ifindex;

	if (call->device)
		return -EPERM;
	if (copy_from_user(&ifindex, call->argp, sizeof(ifindex)))
		return -EFAULT;
	if ((int)ifindex < 0)
		return -EINVAL;
	call->queue->ifindex = ifindex;
	return 0;
}

static long ioctl_get_iff(struct tun_call *call)
{
	struct tun_queue *queue = call->queue;
	u32 flags = tun_device_flags(call->device);

	strscpy(call->ifr.ifr_name, call->device->dev->name,
		sizeof(call->ifr.ifr_name));
	if (queue->detached)
		flags |= IFF_DETACH_QUEUE;
	/* The bit is IFF_NO_PI's too; programs know it to be ambiguous. */
	if (!rcu_access_pointer(queue->sk.sk_filter))
		flags |= IFF_NOFILTER;
	call->ifr.ifr_flags = flags;
	return call_put_ifreq(call);
}

/* ---- Persistence, owner, link ---- */

static long ioctl_set_persist(struct tun_call *call)
{
	struct tun_device *device = call->device;

	if (call->arg && !(device->flags & IFF_PERSIST)) {
		WRITE_ONCE(device->flags, device->flags | IFF_PERSIST);
		__module_get(THIS_MODULE);
	} else if (!call->arg && device->flags & IFF_PERSIST) {
		WRITE_ONCE(device->flags, device->flags & ~IFF_PERSIST);
		module_put(THIS_MODULE);
	} else {
		return 0;
	}
	netif_info(device, drv, device->dev, "persistent: %s\n",
		   device->flags & IFF_PERSIST ? "yes" : "no");
	netdev_state_change(device->dev);
	return 0;
}

static long ioctl_set_owner(struct tun_call *call)
{
	kuid_t owner = make_kuid(current_user_ns(), call->arg);

	if (!uid_valid(owner))
		return -EINVAL;
	call->device->owner = owner;
	netif_info(call->device, drv, call->device->dev, "owner: %u\n",
		   from_kuid(&init_user_ns, owner));
	netdev_state_change(call->device->dev);
	return 0;
}

static long ioctl_set_group(struct tun_call *call)
{
	kgid_t group = make_kgid(current_user_ns(), call->arg);

	if (!gid_valid(group))
		return -EINVAL;
	call->device->group = group;
	netif_info(call->device, drv, call->device->dev, "group: %u\n",
		   from_kgid(&init_user_ns, group));
	netdev_state_change(call->device->dev);
	return 0;
}

static long ioctl_set_link(struct tun_call *call)
{
	struct net_device *dev = call->device->dev;
	int err;

	if (dev->flags & IFF_UP)
		return -EBUSY;
	err = call_netdevice_notifiers(NETDEV_PRE_TYPE_CHANGE, dev);
	err = notifier_to_errno(err);
	if (err)
		return err;
	dev->type = (unsigned short)call->arg;
	dev->addr_len = tun_address_len(dev->type);
	netif_info(call->device, drv, dev, "link type: %d\n", dev->type);
	call_netdevice_notifiers(NETDEV_POST_TYPE_CHANGE, dev);
	return 0;
}

static long ioctl_set_carrier(struct tun_call *call)
{
	int err, on;

	err = call_get_int(call, &on);
	return err ? err : tun_device_set_carrier(call->device->dev, on);
}

/* ---- Send buffer, header size and byte order ---- */

static void device_apply_sndbuf(struct tun_device *device)
{
	unsigned int i;

	for (i = 0; i < device->numqueues; i++) {
		struct tun_queue *queue = rtnl_dereference(device->queues[i]);

		queue->sk.sk_sndbuf = device->sndbuf;
	}
}

static long ioctl_set_sndbuf(struct tun_call *call)
{
	int err, sndbuf;

	err = call_get_int(call, &sndbuf);
	if (err)
		return err;
	if (sndbuf <= 0)
		return -EINVAL;
	call->device->sndbuf = sndbuf;
	device_apply_sndbuf(call->device);
	return 0;
}

static long ioctl_set_vnet_hdr_sz(struct tun_call *call)
{
	int err, size;

	err = call_get_int(call, &size);
	if (err)
		return err;
	if (size < (int)sizeof(struct virtio_net_hdr))
		return -EINVAL;
	WRITE_ONCE(call->device->vnet_hdr_sz, size);
	return 0;
}

static long ioctl_set_byte_order(struct tun_call *call, u32 bit)
{
	u32 flags = call->device->flags;
	int err, on;

	err = call_get_int(call, &on);
	if (err)
		return err;
	flags = on ? flags | bit : flags & ~bit;
	WRITE_ONCE(call->device->flags, flags);
	return 0;
}

static long ioctl_byte_order_be(struct tun_call *call, bool set)
{
	if (!IS_ENABLED(CONFIG_TUN_VNET_CROSS_LE))
		return -EINVAL;
	if (set)
		return ioctl_set_byte_order(call, TUN_VNET_BE);
	return call_put_int(call, !!(call->device->flags & TUN_VNET_BE));
}

/* ---- Filters ---- */

static long ioctl_classic_filter(struct tun_call *call, unsigned int cmd)
{
	struct tun_device *device = call->device;

	if (!(device->flags & IFF_TAP))
		return -EINVAL;
	switch (cmd) {
	case TUNATTACHFILTER:
		return tun_classic_filter_attach(device, call->argp);
	case TUNDETACHFILTER:
		tun_classic_filter_detach(device);
		return 0;
	}
	return copy_to_user(call->argp, &device->fprog,
			    sizeof(device->fprog)) ? -EFAULT : 0;
}

/* ---- Hardware address, namespaces ---- */

static long ioctl_get_hwaddr(struct tun_call *call)
{
	struct net_device *dev = call->device->dev;
	struct sockaddr *addr = &call->ifr.ifr_hwaddr;
	const size_t room = sizeof(*addr) - offsetof(struct sockaddr, sa_data);

	/* What is beyond the address stays as the caller had it. */
	if (!dev->addr_len)
		memset(addr->sa_data, 0, room);
	addr->sa_family = dev->type;
	memcpy(addr->sa_data, dev->dev_addr, min_t(size_t, room, dev->addr_len));
	return call_put_ifreq(call);
}

static long ioctl_set_hwaddr(struct tun_call *call)
{
	return compat_set_mac_address(call->device->dev,
				      &call->ifr.ifr_hwaddr);
}

static long open_netns(struct net *net)
{
	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	return open_related_ns(&net->ns, get_net_ns);
}

/* ---- Dispatch ---- */

/* Under RTNL, with an attached descriptor. */
static long ioctl_device(struct tun_call *call, unsigned int cmd)
{
	struct tun_device *device = call->device;

	switch (cmd) {
	case TUNGETIFF:
		return ioctl_get_iff(call);
	case TUNSETNOCSUM:
		return 0;
	case TUNSETPERSIST:
		return ioctl_set_persist(call);
	case TUNSETOWNER:
		return ioctl_set_owner(call);
	case TUNSETGROUP:
		return ioctl_set_group(call);
	case TUNSETLINK:
		return ioctl_set_link(call);
	case TUNSETDEBUG:
		device->msg_enable = (u32)call->arg;
		return 0;
	case TUNSETOFFLOAD:
		return tun_device_set_offload(device, call->arg);
	case TUNSETTXFILTER:
		if (!(device->flags & IFF_TAP))
			return -EINVAL;
		return tun_mac_filter_set(device, call->argp);
	case SIOCGIFHWADDR:
		return ioctl_get_hwaddr(call);
	case SIOCSIFHWADDR:
		return ioctl_set_hwaddr(call);
	case TUNGETSNDBUF:
		return call_put_int(call, call->queue->sk.sk_sndbuf);
	case TUNSETSNDBUF:
		return ioctl_set_sndbuf(call);
	case TUNGETVNETHDRSZ:
		return call_put_int(call, device->vnet_hdr_sz);
	case TUNSETVNETHDRSZ:
		return ioctl_set_vnet_hdr_sz(call);
	case TUNGETVNETLE:
		return call_put_int(call, !!(device->flags & TUN_VNET_LE));
	case TUNSETVNETLE:
		return ioctl_set_byte_order(call, TUN_VNET_LE);
	case TUNGETVNETBE:
	case TUNSETVNETBE:
		return ioctl_byte_order_be(call, cmd == TUNSETVNETBE);
	case TUNATTACHFILTER:
	case TUNDETACHFILTER:
	case TUNGETFILTER:
		return ioctl_classic_filter(call, cmd);
	case TUNSETSTEERINGEBPF:
		return tun_program_set(device, &device->steering, call->argp);
	case TUNSETFILTEREBPF:
		return tun_program_set(device, &device->ebpf_filter,
				       call->argp);
	case TUNSETCARRIER:
		return ioctl_set_carrier(call);
	case TUNGETDEVNETNS:
		return open_netns(dev_net(device->dev));
	}
	return -EINVAL;
}

static long ioctl_set_queue(struct tun_call *call)
{
	unsigned int flags = call->ifr.ifr_flags;
	long ret;

	if (!(flags & (IFF_ATTACH_QUEUE | IFF_DETACH_QUEUE)))
		return -EINVAL;
	rtnl_lock();
	ret = tun_queue_set_attached(call->queue, flags & IFF_ATTACH_QUEUE);
	rtnl_unlock();
	return ret;
}

static bool ioctl_takes_ifreq(unsigned int cmd)
{
	return cmd == TUNSETIFF || cmd == TUNSETQUEUE ||
	       (_IOC_TYPE(cmd) == SOCK_IOC_TYPE && cmd != SIOCGSKNS);
}

static long ioctl_call(struct file *file, unsigned int cmd, unsigned long arg,
		       unsigned int ifreq_len)
{
	struct tun_call call = {
		.file = file,
		.queue = file->private_data,
		.arg = arg,
		.argp = (void __user *)arg,
		.ifreq_len = ifreq_len,
	};
	long ret;

	if (ioctl_takes_ifreq(cmd) && call_get_ifreq(&call))
		return -EFAULT;
	switch (cmd) {
	case TUNGETFEATURES:
		return call_put_int(&call, IFF_TUN | IFF_TAP | TUN_FEATURES |
				    IFF_NO_CARRIER);
	case TUNSETQUEUE:
		return ioctl_set_queue(&call);
	case SIOCGSKNS:
		return open_netns(sock_net(&call.queue->sk));
	}

	rtnl_lock();
	call.device = tun_queue_device_get(call.queue);
	if (cmd == TUNSETIFF)
		ret = ioctl_set_iff(&call);
	else if (cmd == TUNSETIFINDEX)
		ret = ioctl_set_ifindex(&call);
	else
		ret = call.device ? ioctl_device(&call, cmd) : -EBADFD;
	rtnl_unlock();
	if (call.device)
		dev_put(call.device->dev);
	return ret;
}

long tun_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return ioctl_call(file, cmd, arg, sizeof(struct ifreq));
}

#ifdef CONFIG_COMPAT
long tun_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case TUNSETIFF:
	case TUNGETIFF:
	case TUNSETTXFILTER:
	case TUNGETSNDBUF:
	case TUNSETSNDBUF:
	case SIOCGIFHWADDR:
	case SIOCSIFHWADDR:
		arg = (unsigned long)compat_ptr(arg);
		break;
	default:
		arg = (compat_ulong_t)arg;
		break;
	}
	return ioctl_call(file, cmd, arg, sizeof(struct compat_ifreq));
}
#endif
