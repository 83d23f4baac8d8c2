/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_NETLINK_H
#define TUNKIT_NETLINK_H

#include <netlink/attr.h>
#include <netlink/msg.h>

struct nl_sock;
struct tunkit_ns;

/* A routing socket in the caller's network namespace; nl_socket_free() it. */
int tk_nl_open(struct nl_sock **socket);

/*
 * Called for each message of an answer; a negative result is remembered and
 * ends the request with it.
 */
typedef int (*tk_nl_parse)(struct nlmsghdr *header, void *arg);

/*
 * Sends a request and waits for its end: acknowledgement, error, or all parts
 * of a dump. msg is used up, NULL stands for no memory (-ENOMEM), so that a
 * caller may pass what it built without a check. parse may be NULL. Errors are
 * the kernel's own, its text in ns->error.
 */
int tk_nl_request(struct tunkit_ns *ns, struct nl_msg *msg, tk_nl_parse parse,
		  void *arg);

/*
 * The same for a dump that a concurrent change made inconsistent: begins anew,
 * calling restart(arg) before each attempt. -EAGAIN: changes never cease.
 */
int tk_nl_dump(struct tunkit_ns *ns, struct nl_msg *(*build)(void *arg),
	       void (*restart)(void *arg), tk_nl_parse parse, void *arg);

#endif /* TUNKIT_NETLINK_H */
