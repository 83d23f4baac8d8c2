// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tunkit.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attach.h"
#include "internal.h"
#include "link.h"
#include "list.h"
#include "ns.h"
#include "queue.h"

#define KNOWN_SET (TUNKIT_DEVICE_SET_OWNER | TUNKIT_DEVICE_SET_GROUP | \
		   TUNKIT_DEVICE_SET_LINK_TYPE | TUNKIT_DEVICE_SET_LINK | \
		   TUNKIT_DEVICE_ANYONE)
#define KNOWN_FLAGS (TUNKIT_DEVICE_PI | TUNKIT_DEVICE_VNET_HDR | \
		     TUNKIT_DEVICE_MULTI_QUEUE | TUNKIT_DEVICE_BRIEF)
#define OWNERSHIP (TUNKIT_DEVICE_SET_OWNER | TUNKIT_DEVICE_SET_GROUP)

/* Renames that udev may do between two questions about one device. */
#define RENAMES_MAX	8

/*
 * The embedded struct ends the outer one, which has been read: what a later
 * version appends to it is known to be zero, and must not be looked for here.
 */
static int read_link_opts(struct tunkit_link_opts *link)
{
	struct tunkit_link_opts given = *link;
	int err;

	if (!given.size || given.size > sizeof(given))
		given.size = sizeof(given);
	err = tk_opts_read(link, sizeof(*link), &given);
	link->size = sizeof(*link);
	return err;
}

static int read_opts(const struct tunkit_device_opts *opts,
		     struct tunkit_device_opts *o)
{
	int err = tk_opts_read(o, sizeof(*o), opts);

	if (!err)
		err = read_link_opts(&o->link);
	if (err)
		return err;
	if (o->set & ~KNOWN_SET || o->flags & ~KNOWN_FLAGS ||
	    (o->set & TUNKIT_DEVICE_ANYONE && o->set & OWNERSHIP))
		return -EINVAL;
	if (!o->kind)
		o->kind = TUNKIT_TAP;
	if (o->kind != TUNKIT_TUN && o->kind != TUNKIT_TAP)
		return -EINVAL;
	if (!(o->set & TUNKIT_DEVICE_SET_LINK))
		o->link.set = 0;
	return 0;
}

/* The driver takes any number, so EINVAL is of the user namespace. */
static int set_owner(int fd, const struct tunkit_device_opts *o)
{
	if (o->set & TUNKIT_DEVICE_SET_OWNER &&
	    ioctl(fd, TUNSETOWNER, (unsigned long)o->owner))
		return errno == EINVAL ? -EOVERFLOW : -errno;
	if (o->set & TUNKIT_DEVICE_SET_GROUP &&
	    ioctl(fd, TUNSETGROUP, (unsigned long)o->group))
		return errno == EINVAL ? -EOVERFLOW : -errno;
	return 0;
}

static int set_link_type(int fd, const struct tunkit_device_opts *o)
{
	if (o->set & TUNKIT_DEVICE_SET_LINK_TYPE &&
	    ioctl(fd, TUNSETLINK, (unsigned long)o->link_type))
		return -errno;
	return 0;
}

/*
 * The attached device; it may be renamed at any time, and its name be given to
 * another, so the name must be the same before and after.
 */
static int ifindex_of(struct tunkit_ns *ns, int fd)
{
	char before[TUNKIT_NAME_SIZE], after[TUNKIT_NAME_SIZE];
	int i, ifindex = -ENODEV, err;

	for (i = 0; ifindex == -ENODEV && i < RENAMES_MAX; i++) {
		err = tk_queue_flags(fd, before);
		if (err < 0)
			return err == -EBADFD ? -ENODEV : err;
		ifindex = tk_ifindex(ns, before);
		if (tk_queue_flags(fd, after) < 0 || strcmp(before, after))
			ifindex = -ENODEV;
	}
	return ifindex;
}

static int read_back(struct tunkit_ns *ns, int ifindex,
		     struct tunkit_device *device)
{
	struct tk_link link;
	int err = tk_link_by_index(ns, ifindex, &link);

	if (err)
		return err;
	if (!link.device.kind)
		return -ENODEV;
	*device = link.device;
	return 0;
}

/* The kernel answers with the name that it made of a template. */
static int make(int fd, const char *name, const struct tunkit_device_opts *o,
		char made[TUNKIT_NAME_SIZE])
{
	struct ifreq ifr = {
		.ifr_flags = tk_attach_flags(o->kind, o->flags) | IFF_TUN_EXCL,
	};

	memcpy(ifr.ifr_name, name, strlen(name));
	if (ioctl(fd, TUNSETIFF, &ifr))
		return errno == EBUSY ? -EEXIST : -errno;
	memcpy(made, ifr.ifr_name, TUNKIT_NAME_SIZE);
	made[TUNKIT_NAME_SIZE - 1] = '\0';
	return 0;
}

/*
 * A multi-queue device is anyone's to attach until it has its owner: whoever
 * was quick enough would stay.
 */
static bool is_open_to_all(const struct tunkit_device_opts *o)
{
	return o->flags & TUNKIT_DEVICE_MULTI_QUEUE && o->set & OWNERSHIP;
}

static int check_alone(struct tunkit_ns *ns, int ifindex,
		       const struct tunkit_device_opts *o)
{
	struct tunkit_device device;
	int err;

	if (!is_open_to_all(o))
		return 0;
	err = read_back(ns, ifindex, &device);
	if (err)
		return err;
	return device.queues + device.queues_detached > 1 ? -EBUSY : 0;
}

/* What needs the device's ifindex: 0 for nothing of it. */
static int settle(struct tunkit_ns *ns, int fd,
		  const struct tunkit_device_opts *o)
{
	int ifindex, err;

	if (o->flags & TUNKIT_DEVICE_BRIEF && !o->link.set &&
	    !is_open_to_all(o))
		return 0;
	ifindex = ifindex_of(ns, fd);
	if (ifindex < 0)
		return ifindex;
	err = check_alone(ns, ifindex, o);
	if (!err && o->link.set)
		err = tunkit_link_set(ns, ifindex, &o->link);
	return err ? err : ifindex;
}

/* Persistence comes last: until then the device goes with its descriptor. */
static int make_and_keep(struct tunkit_ns *ns, int fd, const char *name,
			 const struct tunkit_device_opts *o,
			 char made[TUNKIT_NAME_SIZE])
{
	int err = make(fd, name, o, made), ifindex;

	if (!err)
		err = set_owner(fd, o);
	if (!err)
		err = set_link_type(fd, o);
	if (err)
		return err;
	ifindex = settle(ns, fd, o);
	if (ifindex >= 0 && ioctl(fd, TUNSETPERSIST, 1))
		return -errno;
	return ifindex;
}

/* Nobody else has had it: until it has its owner it is ours alone. */
static void describe(const struct tunkit_device_opts *o, const char *name,
		     struct tunkit_device *device)
{
	memset(device, 0, sizeof(*device));
	strcpy(device->name, name);
	device->kind = o->kind;
	device->pi = o->flags & TUNKIT_DEVICE_PI;
	device->vnet_hdr = o->flags & TUNKIT_DEVICE_VNET_HDR;
	device->multi_queue = o->flags & TUNKIT_DEVICE_MULTI_QUEUE;
	device->persist = true;
	device->has_owner = o->set & TUNKIT_DEVICE_SET_OWNER;
	device->has_group = o->set & TUNKIT_DEVICE_SET_GROUP;
	if (device->has_owner)
		device->owner = o->owner;
	if (device->has_group)
		device->group = o->group;
}

int tunkit_device_create(struct tunkit_ns *ns, const char *name,
			 const struct tunkit_device_opts *opts,
			 struct tunkit_device *device)
{
	struct tunkit_device_opts o;
	char made[TUNKIT_NAME_SIZE];
	int err = read_opts(opts, &o), fd, ifindex;

	if (err)
		return err;
	if (!name || !*name)
		name = o.kind == TUNKIT_TUN ? "tun%d" : "tap%d";
	err = tunkit_name_check(name, TUNKIT_NAME_TEMPLATE, NULL);
	if (err)
		return err;
	if (!(o.set & (OWNERSHIP | TUNKIT_DEVICE_ANYONE))) {
		o.set |= TUNKIT_DEVICE_SET_OWNER;
		o.owner = getuid();
	}
	ns->error[0] = '\0';
	fd = tk_ns_open_node(ns);
	if (fd < 0)
		return fd;
	ifindex = make_and_keep(ns, fd, name, &o, made);
	close(fd);
	if (ifindex < 0)
		return ifindex;
	if (!(o.flags & TUNKIT_DEVICE_BRIEF))
		return read_back(ns, ifindex, device);
	describe(&o, made, device);
	return 0;
}

/* Clears in o->set what the device has already. */
static int compare(struct tunkit_ns *ns, const struct tk_link *link,
		   struct tunkit_device_opts *o)
{
	const struct tunkit_device *device = &link->device;

	/* The driver has no way to take an owner off. */
	if (o->set & TUNKIT_DEVICE_ANYONE &&
	    (device->has_owner || device->has_group))
		return -EINVAL;
	if (device->has_owner && device->owner == o->owner)
		o->set &= ~TUNKIT_DEVICE_SET_OWNER;
	if (device->has_group && device->group == o->group)
		o->set &= ~TUNKIT_DEVICE_SET_GROUP;
	if (device->link_type == o->link_type)
		o->set &= ~TUNKIT_DEVICE_SET_LINK_TYPE;
	/* Known beforehand, so better than half way through. */
	if (o->set & TUNKIT_DEVICE_SET_LINK_TYPE && device->up &&
	    (!(o->link.set & TUNKIT_LINK_UP) || o->link.up))
		return -EBUSY;
	return tk_link_compare(ns, link, &o->link);
}

static unsigned int changes(const struct tunkit_device_opts *o, bool persist)
{
	unsigned int changed = 0;

	if (o->set & TUNKIT_DEVICE_SET_OWNER)
		changed |= TUNKIT_CHANGED_OWNER;
	if (o->set & TUNKIT_DEVICE_SET_GROUP)
		changed |= TUNKIT_CHANGED_GROUP;
	if (o->set & TUNKIT_DEVICE_SET_LINK_TYPE)
		changed |= TUNKIT_CHANGED_LINK_TYPE;
	if (o->link.set)
		changed |= TUNKIT_CHANGED_LINK;
	if (persist)
		changed |= TUNKIT_CHANGED_PERSIST;
	return changed;
}

/*
 * The link goes down before its type changes and its other settings follow,
 * so that a device asked to be up comes up with all else in force.
 */
static int adjust_attached(struct tunkit_ns *ns, int fd, int ifindex,
			   const struct tunkit_device_opts *o)
{
	struct tunkit_link_opts down = TUNKIT_INIT(down);
	int err = set_owner(fd, o);

	down.set = TUNKIT_LINK_UP;
	if (!err && o->link.set & TUNKIT_LINK_UP && !o->link.up)
		err = tunkit_link_set(ns, ifindex, &down);
	if (!err)
		err = set_link_type(fd, o);
	if (!err && o->link.set)
		err = tunkit_link_set(ns, ifindex, &o->link);
	if (!err && ioctl(fd, TUNSETPERSIST, 1))
		err = -errno;
	return err;
}

static int adjust(struct tunkit_ns *ns, const struct tunkit_device *device,
		  const struct tunkit_device_opts *o, unsigned int changed)
{
	int err, fd;

	if (!changed)
		return 0;
	if (changed == TUNKIT_CHANGED_LINK)
		return tunkit_link_set(ns, device->ifindex, &o->link);
	fd = tk_attach(ns, device);
	if (fd < 0)
		return fd;
	err = adjust_attached(ns, fd, device->ifindex, o);
	close(fd);
	return err;
}

int tunkit_device_adjust(struct tunkit_ns *ns, const char *name,
			 const struct tunkit_device_opts *opts,
			 unsigned int *changed, struct tunkit_device *device)
{
	struct tunkit_device_opts o;
	struct tk_link link;
	unsigned int todo;
	int err = read_opts(opts, &o);

	if (!err)
		err = tk_link_by_name(ns, name, &link);
	if (!err && !link.device.kind)
		err = -EMEDIUMTYPE;
	if (!err)
		err = compare(ns, &link, &o);
	if (err)
		return err;
	todo = changes(&o, !link.device.persist);
	err = adjust(ns, &link.device, &o, todo);
	if (!err)
		err = read_back(ns, link.device.ifindex, device);
	if (!err)
		*changed = todo;
	return err;
}
