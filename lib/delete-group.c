// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delete.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <netlink/socket.h>

#include "list.h"
#include "netlink.h"
#include "ns.h"

/* People number their groups from 0, so look for a free one far from there. */
#define GROUP_BASE	0x80000000u

#define EVENT_SIZE	(64 * 1024)

struct removal {
	struct tunkit_ns *ns;
	struct tk_victim *victims;
	size_t count;
	bool force;
	uint32_t group;
	struct nl_sock *monitor;	/* tells of links that join the group */
	struct tunkit_device_list *after;	/* links once the group is set */
};

static bool group_in_use(const struct tunkit_device_list *list, uint32_t group)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (list->devices[i].link_group == group)
			return true;
	}
	return false;
}

static int choose_group(struct removal *r)
{
	struct tunkit_device_list *list;
	int err = tk_links_read(r->ns, &list);

	if (err)
		return err;
	do {
		if (getrandom(&r->group, sizeof(r->group), 0) !=
		    sizeof(r->group))
			err = -EIO;
		r->group |= GROUP_BASE;
	} while (!err && group_in_use(list, r->group));
	tunkit_device_list_free(list);
	return err;
}

static int set_group(struct tunkit_ns *ns, int ifindex, uint32_t group)
{
	struct nl_msg *msg = tk_link_message(RTM_SETLINK, 0, ifindex);

	if (msg && nla_put_u32(msg, IFLA_GROUP, group)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return tk_nl_request(ns, msg, NULL, NULL);
}

static int delete_group(struct tunkit_ns *ns, uint32_t group)
{
	struct nl_msg *msg = tk_link_message(RTM_DELLINK, 0, 0);

	if (msg && nla_put_u32(msg, IFLA_GROUP, group)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return tk_nl_request(ns, msg, NULL, NULL);
}

static void leave_group(struct removal *r, struct tk_victim *victim)
{
	(void)set_group(r->ns, victim->device.ifindex,
			victim->device.link_group);
	victim->member = false;
}

static int gather(struct removal *r)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		struct tk_victim *victim = &r->victims[i];
		int err;

		if (victim->result != TK_PENDING)
			continue;
		err = set_group(r->ns, victim->device.ifindex, r->group);
		if (err == -ENODEV)
			victim->result = err;
		else if (err)
			return err;
		else
			victim->member = true;
	}
	return 0;
}

/* Whether what is known of a member now still lets it be deleted. */
static int check_member(const struct removal *r, const struct tk_victim *victim,
			const struct tunkit_device *now)
{
	if (!now || !now->kind || strcmp(now->name, victim->device.name))
		return -ENODEV;
	if (!r->force && now->multi_queue && tk_victim_held(victim, now))
		return -EBUSY;
	return 0;
}

/* Every link in the group must be one that was put there. */
static int check_group(struct removal *r)
{
	size_t i, strangers = 0;
	int err = tk_links_read(r->ns, &r->after);

	if (err)
		return err;
	for (i = 0; i < r->after->count; i++)
		strangers += r->after->devices[i].link_group == r->group;
	for (i = 0; i < r->count; i++) {
		struct tk_victim *victim = &r->victims[i];
		const struct tunkit_device *now;

		if (!victim->member)
			continue;
		now = tk_list_by_index(r->after, victim->device.ifindex);
		if (now && now->link_group != r->group)
			return -EAGAIN;
		strangers -= now != NULL;
		err = check_member(r, victim, now);
		if (err) {
			victim->result = err;
			leave_group(r, victim);
		}
	}
	return strangers ? -EAGAIN : 0;
}

static int check_event(const struct removal *r, struct nlmsghdr *header)
{
	const struct tunkit_device *known;
	struct tk_link link;

	if (header->nlmsg_type != RTM_NEWLINK)
		return 0;
	if (tk_link_parse(header, &link))
		return -EAGAIN;
	if (link.device.link_group != r->group)
		return 0;
	known = tk_list_by_index(r->after, link.device.ifindex);
	if (!known || known->link_group != r->group ||
	    strcmp(known->name, link.device.name))
		return -EAGAIN;
	return !r->force && link.device.queues > known->queues ? -EAGAIN : 0;
}

/*
 * The list is old by the time that it has been looked through. Events since
 * then are in the monitor, which was there before the list was asked for: new
 * links, new names, and of links that are up every change. That a link which
 * is down joins the group in this moment is left to the odds of its number.
 */
static int check_events(const struct removal *r)
{
	char *buffer = malloc(EVENT_SIZE);
	ssize_t len = 0;
	int err = buffer ? 0 : -ENOMEM;

	while (!err && len >= 0) {
		struct nlmsghdr *header = (void *)buffer;
		int rest;

		len = recv(nl_socket_get_fd(r->monitor), buffer, EVENT_SIZE,
			   MSG_DONTWAIT | MSG_TRUNC);
		if (len > EVENT_SIZE || (len < 0 && errno != EAGAIN))
			err = -EAGAIN;	/* an event was lost */
		for (rest = len; !err && nlmsg_ok(header, rest);
		     header = nlmsg_next(header, &rest))
			err = check_event(r, header);
	}
	free(buffer);
	return err;
}

/* Runs with all signals blocked: what is in the group must not stay there. */
static int remove_all(struct removal *r)
{
	int err = gather(r);
	size_t i;

	if (!err && nl_socket_add_membership(r->monitor, RTNLGRP_LINK))
		err = -EAGAIN;
	if (!err)
		err = check_group(r);
	if (!err)
		err = check_events(r);
	if (!err)
		err = delete_group(r->ns, r->group);
	for (i = 0; i < r->count; i++) {
		struct tk_victim *victim = &r->victims[i];

		if (victim->member && err)
			leave_group(r, victim);
		else if (victim->member)
			victim->result = 0;
	}
	return err;
}

static int open_monitor(void *arg)
{
	struct removal *r = arg;

	return tk_nl_open(&r->monitor);
}

int tk_delete_group(struct tunkit_ns *ns, struct tk_victim victims[],
		    size_t count, bool force)
{
	struct removal r = {
		.ns = ns,
		.victims = victims,
		.count = count,
		.force = force,
	};
	sigset_t all, before;
	int err = tk_ns_run(ns, open_monitor, &r);

	if (!err)
		err = choose_group(&r);
	if (!err) {
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		err = remove_all(&r);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	tunkit_device_list_free(r.after);
	nl_socket_free(r.monitor);
	return err;
}
