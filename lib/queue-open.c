// SPDX-License-Identifier: LGPL-2.1-or-later
#include "queue.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"
#include "ns.h"

/* How often a device may come or go under our hands before we give up. */
#define ATTEMPTS	8

/* One tunkit_queue_open() under way. */
struct opening {
	struct tunkit_ns *ns;
	char name[TUNKIT_NAME_SIZE];
	struct tunkit_queue_opts opts;
	size_t count;
	bool found;		/* the device was there before */
	struct tunkit_device device;
	struct tk_queue_group *group;
};

static int check_opts(const char *name, size_t count,
		      const struct tunkit_queue_opts *opts)
{
	bool create = opts->flags & TUNKIT_QUEUE_CREATE;

	if (count < 1 || count > TUNKIT_QUEUES_MAX)
		return count ? -E2BIG : -EINVAL;
	if (opts->kind && opts->kind != TUNKIT_TUN && opts->kind != TUNKIT_TAP)
		return -EINVAL;
	if (opts->vnet_hdr_size && opts->vnet_hdr_size < TUNKIT_VNET_SIZE)
		return -EINVAL;
	if (!name || !*name)
		return create ? 0 : -EINVAL;
	return tunkit_name_check(name, create ? TUNKIT_NAME_TEMPLATE : 0, NULL);
}

/* The driver fills in names of its own and templates: those are never found. */
static int find(struct opening *o)
{
	unsigned int flags = o->opts.flags;
	int err = -ENODEV;
	bool multi;

	if (*o->name && !strchr(o->name, '%'))
		err = tunkit_device_find(o->ns, o->name, 0, &o->device);
	o->found = !err;
	if (err == -ENODEV && flags & TUNKIT_QUEUE_CREATE)
		err = 0;
	else if (flags & TUNKIT_QUEUE_EXCLUSIVE && (!err || err == -EMEDIUMTYPE))
		err = -EEXIST;
	multi = o->found ? o->device.multi_queue : flags & TUNKIT_QUEUE_MULTI;
	return !err && o->count > 1 && !multi ? -EINVAL : err;
}

/* An absent device is made with EXCL, so that no one else's is joined blindly. */
static unsigned int attach_flags(const struct opening *o)
{
	const struct tunkit_device *device = &o->device;
	unsigned int asked = o->opts.flags, flags = 0;
	bool keep = o->found && asked & TUNKIT_QUEUE_KEEP_LAYOUT;

	if (o->found) {
		flags |= device->kind == TUNKIT_TUN ? IFF_TUN : IFF_TAP;
		flags |= device->multi_queue ? IFF_MULTI_QUEUE : 0;
	} else {
		flags |= o->opts.kind == TUNKIT_TUN ? IFF_TUN : IFF_TAP;
		flags |= asked & TUNKIT_QUEUE_MULTI ? IFF_MULTI_QUEUE : 0;
		flags |= IFF_TUN_EXCL;
	}
	if (!(keep ? device->pi : asked & TUNKIT_QUEUE_PI))
		flags |= IFF_NO_PI;
	if (keep ? device->vnet_hdr : asked & TUNKIT_QUEUE_VNET_HDR)
		flags |= IFF_VNET_HDR;
	return flags;
}

static int set_iff(int fd, char name[TUNKIT_NAME_SIZE], unsigned int flags)
{
	struct ifreq ifr = { .ifr_flags = flags };

	memcpy(ifr.ifr_name, name, TUNKIT_NAME_SIZE);
	if (ioctl(fd, TUNSETIFF, &ifr))
		return -errno;
	memcpy(name, ifr.ifr_name, TUNKIT_NAME_SIZE);
	return 0;
}

/*
 * Attaches a new descriptor; name becomes the device's. Where a TAP has a
 * classic filter stored, TUNSETIFF without the bit of IFF_NO_PI and
 * IFF_NOFILTER succeeds and leaves the descriptor unattached: then a device
 * without PI is better than none, and the layout tells.
 */
static int attach_fd(const struct opening *o, char name[TUNKIT_NAME_SIZE])
{
	unsigned int flags = attach_flags(o);

	for (;;) {
		int fd = tk_ns_open_node(o->ns), err = 0;

		if (fd < 0)
			return fd;
		if (o->opts.flags & TUNKIT_QUEUE_NONBLOCK &&
		    fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK))
			err = -errno;
		if (!err)
			err = set_iff(fd, name, flags);
		if (!err)
			err = tk_queue_flags(fd, name);
		if (err >= 0)
			return fd;
		close(fd);
		if (err != -EBADFD || flags & IFF_NO_PI)
			return err;
		flags |= IFF_NO_PI;
	}
}

/*
 * One attempt at the first descriptor. -EAGAIN: the device came, went or
 * became another one between the question and the attach.
 */
static int attach_once(struct opening *o)
{
	char name[TUNKIT_NAME_SIZE];
	int err = find(o), fd, ifindex;

	if (err)
		return err;
	ifindex = o->device.ifindex;
	memcpy(name, o->name, sizeof(name));
	fd = attach_fd(o, name);
	if (fd == -EBUSY && !o->found)
		return -EAGAIN;
	if (fd < 0)
		return fd;
	err = tunkit_device_find(o->ns, name, 0, &o->device);
	/* Deleted after we looked: what we have is a device just made. */
	if (err == -ENODEV || (o->found && ifindex != o->device.ifindex))
		err = -EAGAIN;
	if (err) {
		close(fd);
		return err;
	}
	memcpy(o->name, name, sizeof(name));
	return fd;
}

static int attach_first(struct opening *o)
{
	int attempt, fd = -EAGAIN;

	for (attempt = 0; fd == -EAGAIN && attempt < ATTEMPTS; attempt++)
		fd = attach_once(o);
	/* Of another kind by now, or gone: netlink knows which. */
	if (fd == -EINVAL)
		fd = find(o) ?: -EINVAL;
	return fd;
}

/* Takes fd over, also when there is no memory: NULL. */
static struct tunkit_queue *queue_new(struct opening *o, int fd)
{
	struct tunkit_queue *queue = calloc(1, sizeof(*queue));

	if (!queue) {
		close(fd);
		return NULL;
	}
	queue->fd = fd;
	queue->group = o->group;
	atomic_fetch_add(&o->group->users, 1);
	memcpy(queue->device, o->name, sizeof(queue->device));
	return queue;
}

static int set_up(struct opening *o, struct tunkit_queue *queue)
{
	int err;

	if (!tk_queue_is_alone(&o->device))
		return 0;
	err = tk_queue_set_up(queue, &o->opts, o->device.vnet_hdr);
	if (err || !o->group->header_size || !o->device.multi_queue)
		return err;
	o->group->ifindex = o->device.ifindex;
	return tk_ns_copy(o->ns, &o->group->ns);
}

static int open_first(struct opening *o, struct tunkit_queue **result)
{
	int fd = attach_first(o), err, flags;
	struct tunkit_queue *queue;

	if (fd < 0)
		return fd;
	o->group = calloc(1, sizeof(*o->group));
	if (!o->group) {
		close(fd);
		return -ENOMEM;
	}
	queue = queue_new(o, fd);
	if (!queue) {
		free(o->group);
		return -ENOMEM;
	}
	err = set_up(o, queue);
	flags = tk_queue_flags(fd, NULL);
	if (!err)
		err = flags < 0 ? flags :
			tk_queue_read_layout(fd, flags, &queue->layout);
	queue->layout.pi = o->device.pi;
	if (err)
		tunkit_queue_close(queue);
	else
		*result = queue;
	return err;
}

static int open_next(struct opening *o, const struct tunkit_queue *first,
		     struct tunkit_queue **result)
{
	char name[TUNKIT_NAME_SIZE];
	struct tunkit_queue *queue;
	int fd;

	memcpy(name, o->name, sizeof(name));
	fd = attach_fd(o, name);
	if (fd < 0)
		return fd;
	queue = queue_new(o, fd);
	if (!queue)
		return -ENOMEM;
	queue->layout = first->layout;
	queue->offload = first->offload;
	*result = queue;
	return 0;
}

int tunkit_queue_open(struct tunkit_ns *ns, const char *device,
		      const struct tunkit_queue_opts *opts, size_t count,
		      struct tunkit_queue *queues[])
{
	struct tunkit_queue *opened[TUNKIT_QUEUES_MAX];
	struct opening o = { .ns = ns, .count = count };
	size_t done;
	int err = tk_opts_read(&o.opts, sizeof(o.opts), opts);

	ns->error[0] = '\0';
	if (!err)
		err = check_opts(device, count, &o.opts);
	if (err)
		return err;
	if (device)
		strcpy(o.name, device);
	err = open_first(&o, &opened[0]);
	if (err)
		return err;
	o.found = true;
	for (done = 1; done < count; done++) {
		err = open_next(&o, opened[0], &opened[done]);
		if (err)
			break;
	}
	while (err && done)
		tunkit_queue_close(opened[--done]);
	if (!err)
		memcpy(queues, opened, count * sizeof(*queues));
	return err;
}
