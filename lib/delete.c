// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delete.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attach.h"
#include "list.h"
#include "netlink.h"
#include "ns.h"

/* From here on a link group is faster than one at a time. */
#define GROUP_MIN	4

/* Descriptors that must stay free while queues are held. */
#define SPARE_FDS	8

struct deletion {
	struct tunkit_ns *ns;
	struct tk_victim *victims;	/* the chunk at hand */
	size_t count;
	bool force;
};

/* Reads the devices anew; a device named twice is gone the second time. */
static int look(struct deletion *d)
{
	struct tunkit_device_list *list;
	int err = tk_links_read(d->ns, &list);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < d->count; i++) {
		struct tk_victim *victim = &d->victims[i];
		struct tunkit_device *now =
			tk_list_by_index(list, victim->device.ifindex);

		if (!now || !now->kind ||
		    strcmp(now->name, victim->device.name)) {
			victim->result = -ENODEV;
			continue;
		}
		victim->device = *now;
		now->kind = 0;
	}
	tunkit_device_list_free(list);
	return 0;
}

static void let_go(struct tk_victim victims[], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (victims[i].fd >= 0)
			close(victims[i].fd);
		victims[i].fd = -1;
	}
}

/* Ends the chunk where descriptors run out, with some to spare. */
static bool cut_chunk(struct deletion *d, size_t at)
{
	size_t keep = at > SPARE_FDS ? at - SPARE_FDS : at;

	if (!keep)
		return false;
	let_go(d->victims + keep, at - keep);
	d->count = keep;
	return true;
}

/*
 * While we have the only queue of a single-queue device no one else can get
 * it, and while others have it we cannot: the one sure test.
 */
static int hold(void *arg)
{
	struct deletion *d = arg;
	size_t i;

	for (i = 0; i < d->count; i++) {
		struct tk_victim *victim = &d->victims[i];
		int fd;

		if (victim->result != TK_PENDING)
			continue;
		if (victim->device.multi_queue) {
			if (tk_victim_held(victim, &victim->device))
				victim->result = -EBUSY;
			continue;
		}
		fd = tk_attach(d->ns, &victim->device);
		if ((fd == -EMFILE || fd == -ENFILE) && cut_chunk(d, i))
			return 0;
		if (fd < 0)
			victim->result = fd;
		else
			victim->fd = fd;
	}
	return 0;
}

static int delete_link(struct tunkit_ns *ns, int ifindex)
{
	return tk_nl_request(ns, tk_link_message(RTM_DELLINK, 0, ifindex),
			     NULL, NULL);
}

/* Others get a queue of ours too: that is how an owner deletes. */
static void hold_late(struct deletion *d, struct tk_victim *victim)
{
	struct tk_link link;
	int fd = tk_attach(d->ns, &victim->device);
	int err;

	if (fd < 0) {
		victim->result = fd == -E2BIG ? -EBUSY : fd;
		return;
	}
	victim->fd = fd;
	err = tk_link_by_index(d->ns, victim->device.ifindex, &link);
	if (!err && victim->device.multi_queue &&
	    tk_victim_held(victim, &link.device))
		err = -EBUSY;
	if (err)
		victim->result = err;
}

/* -EPERM: not by netlink, but an owner may still. */
static void delete_forcibly(struct deletion *d, struct tk_victim *victim)
{
	int err = -ENODEV;

	if (tk_ifindex(d->ns, victim->device.name) == victim->device.ifindex)
		err = delete_link(d->ns, victim->device.ifindex);
	if (err != -EPERM)
		victim->result = err;
}

static int hold_rest(void *arg)
{
	struct deletion *d = arg;
	size_t i;

	for (i = 0; i < d->count; i++) {
		struct tk_victim *victim = &d->victims[i];

		if (victim->result == TK_PENDING && d->force)
			delete_forcibly(d, victim);
		if (victim->result == TK_PENDING && victim->fd < 0)
			hold_late(d, victim);
	}
	return 0;
}

/*
 * Whoever attached to a multi-queue device since we counted keeps it alive,
 * though no longer persistent.
 */
static void check_released(const struct deletion *d)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		struct tk_victim *victim = &d->victims[i];

		if (!victim->result && victim->device.multi_queue &&
		    tk_ifindex(d->ns, victim->device.name) ==
		    victim->device.ifindex)
			victim->result = -EBUSY;
	}
}

static size_t pending(const struct deletion *d)
{
	size_t i, n = 0;

	for (i = 0; i < d->count; i++)
		n += d->victims[i].result == TK_PENDING;
	return n;
}

static int delete_chunk(struct deletion *d)
{
	int err = look(d);

	if (!err && !d->force)
		err = tk_ns_run(d->ns, hold, d);
	if (err)
		return err;
	if (pending(d) >= GROUP_MIN)
		(void)tk_delete_group(d->ns, d->victims, d->count, d->force);
	if (pending(d))
		err = tk_ns_run(d->ns, hold_rest, d);
	if (!err)
		tk_delete_held(d->victims, d->count);
	check_released(d);
	let_go(d->victims, d->count);
	return err;
}

/* Returns the soft limit as it was, or 0: leave it alone. */
static rlim_t raise_limit(size_t count)
{
	struct rlimit limit;
	rlim_t before;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur >= limit.rlim_max || count < GROUP_MIN)
		return 0;
	before = limit.rlim_cur;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) ? 0 : before;
}

static void restore_limit(rlim_t before)
{
	struct rlimit limit;

	if (!before || getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = before;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void delete_all(struct tunkit_ns *ns, struct tk_victim victims[],
		       size_t count, bool force)
{
	size_t done, i;

	for (done = 0; done < count;) {
		struct deletion d = {
			.ns = ns,
			.victims = victims + done,
			.count = count - done,
			.force = force,
		};
		int err = delete_chunk(&d);

		for (i = 0; i < d.count; i++) {
			if (d.victims[i].result == TK_PENDING)
				d.victims[i].result = err ? err : -EIO;
		}
		done += d.count;
	}
}

int tunkit_device_delete(struct tunkit_ns *ns,
			 const struct tunkit_device *const devices[],
			 size_t count, unsigned int flags, int results[])
{
	struct tk_victim *victims;
	rlim_t limit;
	int first = 0;
	size_t i;

	if (flags & ~TUNKIT_DELETE_FORCE)
		return -EINVAL;
	victims = calloc(count ? count : 1, sizeof(*victims));
	if (!victims)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		victims[i].device = *devices[i];
		victims[i].fd = -1;
		victims[i].result = TK_PENDING;
	}
	limit = raise_limit(count);
	delete_all(ns, victims, count, flags & TUNKIT_DELETE_FORCE);
	restore_limit(limit);
	for (i = 0; i < count; i++) {
		results[i] = victims[i].result;
		if (!first)
			first = results[i];
	}
	free(victims);
	return first;
}
