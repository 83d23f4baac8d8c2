/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_DELETE_H
#define TUNKIT_DELETE_H

#include "tunkit.h"

/* One device on its way out. */
struct tk_victim {
	struct tunkit_device device;	/* as read last; kind 0: not yet */
	int fd;			/* the attached queue that keeps others off */
	bool member;		/* in the link group that is to be deleted */
	int result;		/* TK_PENDING until decided */
};

#define TK_PENDING	1

/* Whether a multi-queue device has queues, ours not counted. */
static inline bool tk_victim_held(const struct tk_victim *victim,
				  const struct tunkit_device *now)
{
	return now->queues + now->queues_detached > (victim->fd >= 0);
}

/*
 * Deletes those that are pending in one message by a link group that no other
 * link is in, nor comes into. Decides all of them and returns 0, or leaves
 * undecided ones as they were (-EPERM, -EAGAIN: another link appeared in the
 * group, netlink errors).
 */
int tk_delete_group(struct tunkit_ns *ns, struct tk_victim victims[],
		    size_t count, bool force);

/*
 * Deletes those that are pending and have a queue of ours, by taking their
 * persistence and closing; in parallel, since each close waits for the kernel.
 */
void tk_delete_held(struct tk_victim victims[], size_t count);

#endif /* TUNKIT_DELETE_H */
