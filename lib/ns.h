/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_NS_H
#define TUNKIT_NS_H

#include "tunkit.h"

struct nl_sock;
struct stat;

struct tunkit_ns {
	char *name;		/* as the caller gave it */
	const char *node;	/* the clone node that is, or would be, opened */
	char *node_asked;	/* NULL: one of the default nodes */
	int fd;			/* of nsfs; -1: no /proc, the caller's own */
	struct nl_sock *socket;	/* NETLINK_ROUTE, opened in the namespace */
	char error[256];	/* extended ACK; "" when the kernel gave none */
};

/*
 * Runs fn(arg) with the namespace as the network namespace of the running
 * thread: in the caller's when it is there already, else in a helper thread
 * with all signals blocked. Returns what fn returns, or why the namespace
 * cannot be entered.
 */
int tk_ns_run(struct tunkit_ns *ns, int (*fn)(void *), void *arg);

/*
 * A second one of the same namespace, for requests of another object's. It has
 * no name and no node.
 */
int tk_ns_copy(struct tunkit_ns *ns, struct tunkit_ns **copy);

/*
 * Opens the clone node in the namespace (TUNSETIFF acts in the namespace that
 * its descriptor was opened in). Returns a close-on-exec, blocking descriptor
 * or: -ENOENT, -EACCES, -EPERM, -ENODEV no driver, -ENOTTY not a TUN node.
 */
int tk_ns_open_node(struct tunkit_ns *ns);

/* 0, or -ENOTTY: not the node of a TUN driver. */
int tk_node_check(const struct stat *st);

/* Sets ns->node: path, or the default that is there when path is NULL. */
int tk_node_choose(struct tunkit_ns *ns, const char *path);

/* Whether a driver named tunkit may be there: /proc/misc has it, or is not. */
bool tk_node_has_tunkit(void);

#endif /* TUNKIT_NS_H */
