/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_HOLDERS_H
#define TUNKIT_HOLDERS_H

#include "tunkit.h"

struct tunkit_holders {
	struct tunkit_holder *all;
	size_t count, room, unreadable;
};

/* A zeroed entry at the end, valid until the next; NULL: no memory. */
struct tunkit_holder *tk_holders_append(struct tunkit_holders *found);

/*
 * Appends, in the order of /proc, who holds queues of device, or with NULL of
 * any in list. Queue numbers are left at 0.
 */
int tk_holders_collect(struct tunkit_ns *ns, const char *device,
		       const struct tunkit_device_list *list,
		       struct tunkit_holders *found);

#endif /* TUNKIT_HOLDERS_H */
