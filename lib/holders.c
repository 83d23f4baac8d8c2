// SPDX-License-Identifier: LGPL-2.1-or-later
#include "holders.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct tunkit_holder *tk_holders_append(struct tunkit_holders *found)
{
	struct tunkit_holder *grown;
	size_t room = found->room ? 2 * found->room : 16;

	if (found->count == found->room) {
		grown = reallocarray(found->all, room, sizeof(*grown));
		if (!grown)
			return NULL;
		found->all = grown;
		found->room = room;
	}
	grown = &found->all[found->count++];
	memset(grown, 0, sizeof(*grown));
	return grown;
}

static int compare(const void *left, const void *right)
{
	const struct tunkit_holder *a = left, *b = right;
	int order = strcmp(a->device, b->device);

	if (!order)
		order = (a->pid > b->pid) - (a->pid < b->pid);
	return order ? order : (a->fd > b->fd) - (a->fd < b->fd);
}

static bool is_same_file(const struct tunkit_holder *a,
			 const struct tunkit_holder *b)
{
	return !syscall(SYS_kcmp, a->pid, b->pid, KCMP_FILE, a->fd, b->fd);
}

/* dup() and fork() share one queue: each gets the number of the first. */
static void number(struct tunkit_holder *all, size_t count)
{
	unsigned int next = 0;
	size_t i, j, begin = 0;

	for (i = 0; i < count; i++) {
		if (strcmp(all[i].device, all[begin].device)) {
			begin = i;
			next = 0;
		}
		for (j = begin; j < i; j++)
			if (is_same_file(&all[j], &all[i]))
				break;
		all[i].queue = j < i ? all[j].queue : next++;
	}
}

int tunkit_holders_scan(struct tunkit_ns *ns, const char *device,
			struct tunkit_holders **holders)
{
	struct tunkit_device_list *list = NULL;
	struct tunkit_holders *found;
	int err;

	err = device ? 0 : tunkit_device_list(ns, 0, &list);
	if (err)
		return err;
	found = calloc(1, sizeof(*found));
	err = found ? tk_holders_collect(ns, device, list, found) : -ENOMEM;
	tunkit_device_list_free(list);
	if (err) {
		tunkit_holders_free(found);
		return err;
	}
	if (found->count)
		qsort(found->all, found->count, sizeof(*found->all), compare);
	number(found->all, found->count);
	*holders = found;
	return 0;
}

size_t tunkit_holders_count(const struct tunkit_holders *holders)
{
	return holders->count;
}

const struct tunkit_holder *
tunkit_holders_at(const struct tunkit_holders *holders, size_t index)
{
	return index < holders->count ? &holders->all[index] : NULL;
}

size_t tunkit_holders_unreadable(const struct tunkit_holders *holders)
{
	return holders->unreadable;
}

void tunkit_holders_free(struct tunkit_holders *holders)
{
	if (!holders)
		return;
	free(holders->all);
	free(holders);
}
