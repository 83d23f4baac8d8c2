/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_QUEUE_H
#define TUNKIT_QUEUE_H

#include <stdatomic.h>

#include "tunkit.h"

/*
 * What one tunkit_queue_open() changed on the device, shared by its queues:
 * the last of them to close takes it back, as the settings are the device's.
 */
struct tk_queue_group {
	atomic_uint users;
	atomic_bool offload;
	bool header_size;
	/* With header_size on a multi-queue device: to see who came since. */
	struct tunkit_ns *ns;
	int ifindex;
};

struct tunkit_queue {
	int fd;
	char device[TUNKIT_NAME_SIZE];
	struct tunkit_layout layout;
	unsigned int offload;
	struct tk_queue_group *group;	/* NULL: nothing is taken back */
};

/* Whether the settings of the device are no one's but its one queue's. */
static inline bool tk_queue_is_alone(const struct tunkit_device *device)
{
	return !device->multi_queue ||
	       device->queues + device->queues_detached <= 1;
}

/* TUNGETIFF: IFF_* as an unsigned number, or -errno; name may be NULL. */
int tk_queue_flags(int fd, char name[TUNKIT_NAME_SIZE]);

/*
 * The layout of an attached descriptor, flags being what TUNGETIFF says. Not
 * known by ioctl, and left alone: pi.
 */
int tk_queue_read_layout(int fd, int flags, struct tunkit_layout *layout);

/* 0, or -ENOTTY when fd is not a TUN clone node; no ioctl is sent to it. */
int tk_queue_check_node(int fd);

/*
 * A copy of another process's descriptor that has been checked to be a TUN
 * clone node, or -errno as for tunkit_queue_borrow(); -EBADFD is not checked.
 */
int tk_queue_copy(int pidfd, int fd);

/*
 * Resets what an earlier program left on the device (byte order, header size,
 * offloads) and sets what opts asks for, noting it in the queue's group. For
 * the only queue of a device; vnet_hdr says whether it has headers.
 */
int tk_queue_set_up(struct tunkit_queue *queue,
		    const struct tunkit_queue_opts *opts, bool vnet_hdr);

#endif /* TUNKIT_QUEUE_H */
