/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_LIST_H
#define TUNKIT_LIST_H

#include "tunkit.h"

struct nl_msg;
struct nlmsghdr;

/* IFLA_INET6_ADDR_GEN_MODE of a link without IPv6 */
#define TK_ADDRGEN_UNKNOWN	(-1)

struct tk_link {
	struct tunkit_device device;	/* kind 0: not a TUN/TAP device */
	int addrgen;			/* IN6_ADDR_GEN_MODE_*, or the above */
};

struct tunkit_device_list {
	struct tunkit_device *devices;
	size_t count, capacity;
};

/* Takes apart an RTM_NEWLINK message. -EPROTO: malformed. */
int tk_link_parse(struct nlmsghdr *header, struct tk_link *link);

/* An RTM_GETLINK, RTM_SETLINK... of one link, 0: of none; NULL: no memory. */
struct nl_msg *tk_link_message(int type, int flags, int ifindex);

/* One link of any kind. By name: altnames count too. -ENODEV. */
int tk_link_by_index(struct tunkit_ns *ns, int ifindex, struct tk_link *link);
int tk_link_by_name(struct tunkit_ns *ns, const char *name,
		    struct tk_link *link);

/* Every link of the namespace, the foreign ones too, by ascending ifindex. */
int tk_links_read(struct tunkit_ns *ns, struct tunkit_device_list **list);

/* The link with this ifindex, or NULL. */
struct tunkit_device *tk_list_by_index(const struct tunkit_device_list *list,
				       int ifindex);

#endif /* TUNKIT_LIST_H */
