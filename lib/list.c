// SPDX-License-Identifier: LGPL-2.1-or-later
#include "list.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <netlink/socket.h>

#include "netlink.h"
#include "ns.h"

struct nl_msg *tk_link_message(int type, int flags, int ifindex)
{
	struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | flags);

	if (msg && nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static struct nl_msg *get_message(int flags, int ifindex, bool stats)
{
	struct nl_msg *msg = tk_link_message(RTM_GETLINK, flags, ifindex);

	if (msg && !stats &&
	    nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static int parse_one(struct nlmsghdr *header, void *arg)
{
	return tk_link_parse(header, arg);
}

static int get_one(struct tunkit_ns *ns, int ifindex, const char *name,
		   bool stats, struct tk_link *link)
{
	struct nl_msg *msg = get_message(0, ifindex, stats);
	int err;

	if (msg && name && nla_put_string(msg, IFLA_IFNAME, name)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	link->device.ifindex = 0;
	err = tk_nl_request(ns, msg, parse_one, link);
	return err ? err : link->device.ifindex ? 0 : -EPROTO;
}

int tk_link_by_index(struct tunkit_ns *ns, int ifindex, struct tk_link *link)
{
	return ifindex > 0 ? get_one(ns, ifindex, NULL, false, link) : -ENODEV;
}

static int by_name(struct tunkit_ns *ns, const char *name, bool stats,
		   struct tk_link *link)
{
	if (!*name || strlen(name) >= TUNKIT_NAME_SIZE)
		return -ENODEV;
	return get_one(ns, 0, name, stats, link);
}

int tk_link_by_name(struct tunkit_ns *ns, const char *name,
		    struct tk_link *link)
{
	return by_name(ns, name, false, link);
}

/*
 * TUNSETOFFLOAD without TUN_F_CSUM sets nothing, so one feature tells. Any
 * socket answers for its own namespace. A device gone meanwhile has none.
 */
static void read_offload(struct tunkit_ns *ns, struct tunkit_device *device)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GTXCSUM };
	struct ifreq ifr = { .ifr_data = (void *)&value };

	memcpy(ifr.ifr_name, device->name, sizeof(device->name));
	if (!ioctl(nl_socket_get_fd(ns->socket), SIOCETHTOOL, &ifr))
		device->offload = value.data;
}

int tunkit_device_find(struct tunkit_ns *ns, const char *name,
		       unsigned int flags, struct tunkit_device *device)
{
	struct tk_link link;
	int err = by_name(ns, name, flags & TUNKIT_LIST_STATS, &link);

	if (err)
		return err;
	if (!link.device.kind)
		return -EMEDIUMTYPE;
	if (flags & TUNKIT_LIST_OFFLOAD)
		read_offload(ns, &link.device);
	*device = link.device;
	return 0;
}

struct reading {
	struct tunkit_device_list *list;
	const char *kind;	/* rtnetlink kind to ask for, NULL: any */
	bool foreign;		/* keep what is no TUN/TAP device */
	bool stats;
	size_t kept;		/* of an earlier reading */
};

static int append(struct tunkit_device_list *list,
		  const struct tunkit_device *device)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 64;
		void *grown = reallocarray(list->devices, capacity,
					   sizeof(*list->devices));

		if (!grown)
			return -ENOMEM;
		list->devices = grown;
		list->capacity = capacity;
	}
	list->devices[list->count++] = *device;
	return 0;
}

static struct nl_msg *build_dump(void *arg)
{
	const struct reading *reading = arg;
	struct nl_msg *msg = get_message(NLM_F_DUMP, 0, reading->stats);
	struct nlattr *info;

	if (!msg || !reading->kind)
		return msg;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info || nla_put_string(msg, IFLA_INFO_KIND, reading->kind)) {
		nlmsg_free(msg);
		return NULL;
	}
	nla_nest_end(msg, info);
	return msg;
}

static void restart(void *arg)
{
	struct reading *reading = arg;

	reading->list->count = reading->kept;
}

static int keep(struct nlmsghdr *header, void *arg)
{
	struct reading *reading = arg;
	struct tk_link link;
	int err = tk_link_parse(header, &link);

	if (err || (!link.device.kind && !reading->foreign))
		return err;
	/* The filter is void for a kind that the kernel does not know. */
	if (reading->kind && strcmp(link.device.driver, reading->kind))
		return 0;
	return append(reading->list, &link.device);
}

static int compare(const void *a, const void *b)
{
	int x = ((const struct tunkit_device *)a)->ifindex;
	int y = ((const struct tunkit_device *)b)->ifindex;

	return (x > y) - (x < y);
}

static int read_list(struct tunkit_ns *ns, struct reading *reading,
		     const char *const kinds[], size_t count)
{
	struct tunkit_device_list *list = reading->list;
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		reading->kind = kinds[i];
		reading->kept = list->count;
		err = tk_nl_dump(ns, build_dump, restart, keep, reading);
		if (err)
			return err;
	}
	if (list->count)
		qsort(list->devices, list->count, sizeof(*list->devices),
		      compare);
	return 0;
}

int tk_links_read(struct tunkit_ns *ns, struct tunkit_device_list **result)
{
	struct reading reading = { .foreign = true };
	int err;

	reading.list = calloc(1, sizeof(*reading.list));
	if (!reading.list)
		return -ENOMEM;
	err = read_list(ns, &reading, (const char *[]){ NULL }, 1);
	if (err)
		tunkit_device_list_free(reading.list);
	else
		*result = reading.list;
	return err;
}

int tunkit_device_list(struct tunkit_ns *ns, unsigned int flags,
		       struct tunkit_device_list **result)
{
	static const char *const kinds[] = { "tun", "tunkit" };
	struct reading reading = { .stats = flags & TUNKIT_LIST_STATS };
	size_t i;
	int err;

	reading.list = calloc(1, sizeof(*reading.list));
	if (!reading.list)
		return -ENOMEM;
	err = read_list(ns, &reading, kinds, tk_node_has_tunkit() ? 2 : 1);
	if (err) {
		tunkit_device_list_free(reading.list);
		return err;
	}
	for (i = 0; flags & TUNKIT_LIST_OFFLOAD && i < reading.list->count; i++)
		read_offload(ns, &reading.list->devices[i]);
	*result = reading.list;
	return 0;
}

struct tunkit_device *tk_list_by_index(const struct tunkit_device_list *list,
				       int ifindex)
{
	struct tunkit_device key = { .ifindex = ifindex };

	return list->count ? bsearch(&key, list->devices, list->count,
				     sizeof(key), compare) : NULL;
}

size_t tunkit_device_list_count(const struct tunkit_device_list *list)
{
	return list->count;
}

const struct tunkit_device *
tunkit_device_list_at(const struct tunkit_device_list *list, size_t index)
{
	return index < list->count ? &list->devices[index] : NULL;
}

void tunkit_device_list_free(struct tunkit_device_list *list)
{
	if (!list)
		return;
	free(list->devices);
	free(list);
}
