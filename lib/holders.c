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

/* The queues of one device met so far, in the order that kcmp() has. */
struct known {
	const struct tunkit_holder **first;	/* one holder of each */
	size_t count;
};

/* 0: one queue, 1: a before b, 2: after; other: they may not be compared. */
static int compare_files(const struct tunkit_holder *a,
			 const struct tunkit_holder *b)
{
	return syscall(SYS_kcmp, a->pid, b->pid, KCMP_FILE, a->fd, b->fd);
}

/*
 * The holder met before that shares the queue, or NULL: then this one is kept
 * as the first. In a bridge of many processes all of them hold all queues, so
 * each is looked for by halves.
 */
static const struct tunkit_holder *meet(struct known *known,
					const struct tunkit_holder *holder)
{
	size_t low = 0, high = known->count;

	/* Who may not be looked at has no place in the order. */
	if (compare_files(holder, holder))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_files(holder, known->first[middle]);

		if (!order)
			return known->first[middle];
		if (order == 1)
			high = middle;
		else
			low = middle + 1;
	}
	memmove(known->first + low + 1, known->first + low,
		(known->count - low) * sizeof(*known->first));
	known->first[low] = holder;
	known->count++;
	return NULL;
}

/* dup() and fork() share one queue: each gets the number of the first. */
static int number(struct tunkit_holder *all, size_t count)
{
	struct known known = { 0 };
	unsigned int next = 0;
	size_t i;

	known.first = calloc(count + 1, sizeof(*known.first));
	if (!known.first)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		const struct tunkit_holder *first;

		if (i && strcmp(all[i].device, all[i - 1].device))
			known.count = next = 0;
		first = meet(&known, &all[i]);
		all[i].queue = first ? first->queue : next++;
	}
	free(known.first);
	return 0;
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
	if (!err && found->count) {
		qsort(found->all, found->count, sizeof(*found->all), compare);
		err = number(found->all, found->count);
	}
	if (err)
		tunkit_holders_free(found);
	else
		*holders = found;
	return err;
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
