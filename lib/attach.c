// SPDX-License-Identifier: LGPL-2.1-or-later
#include "attach.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <netlink/socket.h>

#include "ns.h"

/* The loopback's ifindex in every namespace: always taken. */
#define TAKEN_IFINDEX	1

short tk_attach_flags(enum tunkit_kind kind, unsigned int device_flags)
{
	int flags = kind == TUNKIT_TUN ? IFF_TUN : IFF_TAP;

	if (!(device_flags & TUNKIT_DEVICE_PI))
		flags |= IFF_NO_PI;
	if (device_flags & TUNKIT_DEVICE_VNET_HDR)
		flags |= IFF_VNET_HDR;
	if (device_flags & TUNKIT_DEVICE_MULTI_QUEUE)
		flags |= IFF_MULTI_QUEUE;
	return flags;
}

static short flags_of(const struct tunkit_device *device)
{
	unsigned int flags = 0;

	if (device->pi)
		flags |= TUNKIT_DEVICE_PI;
	if (device->vnet_hdr)
		flags |= TUNKIT_DEVICE_VNET_HDR;
	if (device->multi_queue)
		flags |= TUNKIT_DEVICE_MULTI_QUEUE;
	return tk_attach_flags(device->kind, flags);
}

int tk_ifindex(struct tunkit_ns *ns, const char *name)
{
	struct ifreq ifr = { 0 };

	/* The ioctl cuts at a colon (aliases), we at the size: both find others. */
	if (strlen(name) >= IFNAMSIZ || strchr(name, ':'))
		return -ENODEV;
	memcpy(ifr.ifr_name, name, strlen(name));
	if (ioctl(nl_socket_get_fd(ns->socket), SIOCGIFINDEX, &ifr))
		return -errno;
	return ifr.ifr_ifindex;
}

/*
 * TUNSETIFF makes the device that it does not find. Asking for an ifindex
 * that is taken makes that, and only that, fail.
 */
static int attach(int fd, const struct tunkit_device *device, short flags)
{
	struct ifreq ifr = { .ifr_flags = flags };
	int taken = TAKEN_IFINDEX;

	memcpy(ifr.ifr_name, device->name, sizeof(device->name));
	if (ioctl(fd, TUNSETIFINDEX, &taken) || ioctl(fd, TUNSETIFF, &ifr))
		return -errno;
	/* A TAP with a stored filter: success, but nothing is attached. */
	return ioctl(fd, TUNGETIFF, &ifr) ? -errno : 0;
}

static int attach_node(struct tunkit_ns *ns, const struct tunkit_device *device,
		       short flags)
{
	int fd = tk_ns_open_node(ns), err;

	if (fd < 0)
		return fd;
	err = attach(fd, device, flags);
	if (tk_ifindex(ns, device->name) != device->ifindex)
		err = -ENODEV;
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int tk_attach(struct tunkit_ns *ns, const struct tunkit_device *device)
{
	short flags = flags_of(device);
	int fd = attach_node(ns, device, flags);

	/*
	 * IFF_NO_PI and IFF_NOFILTER are one bit: a stored filter can only be
	 * attached with it.
	 */
	if (fd == -EBADFD && !(flags & IFF_NO_PI))
		fd = attach_node(ns, device, flags | IFF_NO_PI);
	return fd;
}
