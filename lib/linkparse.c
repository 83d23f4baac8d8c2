// SPDX-License-Identifier: LGPL-2.1-or-later
#include "list.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

static struct nla_policy link_policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = TUNKIT_NAME_SIZE },
	[IFLA_MTU] = { .type = NLA_U32 },
	[IFLA_MASTER] = { .type = NLA_U32 },
	[IFLA_TXQLEN] = { .type = NLA_U32 },
	[IFLA_GROUP] = { .type = NLA_U32 },
	[IFLA_CARRIER] = { .type = NLA_U8 },
	[IFLA_LINKINFO] = { .type = NLA_NESTED },
	[IFLA_AF_SPEC] = { .type = NLA_NESTED },
};

static struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
	[IFLA_INFO_KIND] = { .type = NLA_STRING },
};

static struct nla_policy tun_policy[IFLA_TUN_MAX + 1] = {
	[IFLA_TUN_OWNER] = { .type = NLA_U32 },
	[IFLA_TUN_GROUP] = { .type = NLA_U32 },
	[IFLA_TUN_TYPE] = { .type = NLA_U8 },
	[IFLA_TUN_PI] = { .type = NLA_U8 },
	[IFLA_TUN_VNET_HDR] = { .type = NLA_U8 },
	[IFLA_TUN_PERSIST] = { .type = NLA_U8 },
	[IFLA_TUN_MULTI_QUEUE] = { .type = NLA_U8 },
	[IFLA_TUN_NUM_QUEUES] = { .type = NLA_U32 },
	[IFLA_TUN_NUM_DISABLED_QUEUES] = { .type = NLA_U32 },
};

static bool get_flag(const struct nlattr *attr)
{
	return attr && nla_get_u8(attr);
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static int parse_tun(struct nlattr *data, struct tunkit_device *device)
{
	struct nlattr *tb[IFLA_TUN_MAX + 1];

	if (nla_parse_nested(tb, IFLA_TUN_MAX, data, tun_policy) < 0 ||
	    !tb[IFLA_TUN_TYPE])
		return -EPROTO;
	device->kind = nla_get_u8(tb[IFLA_TUN_TYPE]);
	if (device->kind != TUNKIT_TUN && device->kind != TUNKIT_TAP)
		return -EPROTO;
	device->pi = get_flag(tb[IFLA_TUN_PI]);
	device->vnet_hdr = get_flag(tb[IFLA_TUN_VNET_HDR]);
	device->multi_queue = get_flag(tb[IFLA_TUN_MULTI_QUEUE]);
	device->persist = get_flag(tb[IFLA_TUN_PERSIST]);
	device->has_owner = tb[IFLA_TUN_OWNER];
	device->owner = get_u32(tb[IFLA_TUN_OWNER]);
	device->has_group = tb[IFLA_TUN_GROUP];
	device->group = get_u32(tb[IFLA_TUN_GROUP]);
	device->queues = get_u32(tb[IFLA_TUN_NUM_QUEUES]);
	device->queues_detached = get_u32(tb[IFLA_TUN_NUM_DISABLED_QUEUES]);
	return 0;
}

static int parse_info(struct nlattr *info, struct tunkit_device *device)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];
	const char *kind;

	if (nla_parse_nested(tb, IFLA_INFO_MAX, info, info_policy) < 0)
		return -EPROTO;
	if (!tb[IFLA_INFO_KIND])
		return 0;
	kind = nla_data(tb[IFLA_INFO_KIND]);
	if (strcmp(kind, "tun") && strcmp(kind, "tunkit"))
		return 0;
	strcpy(device->driver, kind);
	if (!tb[IFLA_INFO_DATA])
		return -EPROTO;
	return parse_tun(tb[IFLA_INFO_DATA], device);
}

static int parse_addrgen(struct nlattr *af_spec)
{
	struct nlattr *inet6, *mode;

	inet6 = nla_find(nla_data(af_spec), nla_len(af_spec), AF_INET6);
	if (!inet6)
		return TK_ADDRGEN_UNKNOWN;
	mode = nla_find(nla_data(inet6), nla_len(inet6),
			IFLA_INET6_ADDR_GEN_MODE);
	return mode && nla_len(mode) >= 1 ? nla_get_u8(mode) :
		TK_ADDRGEN_UNKNOWN;
}

/* The structure grows with the kernel's versions: what is missing stays 0. */
static void parse_stats(const struct nlattr *attr, struct tunkit_device *device)
{
	struct rtnl_link_stats64 stats = { 0 };

	nla_memcpy(&stats, attr, sizeof(stats));
	device->rx_packets = stats.rx_packets;
	device->tx_packets = stats.tx_packets;
	device->rx_dropped = stats.rx_dropped;
	device->tx_dropped = stats.tx_dropped;
	device->rx_bytes = stats.rx_bytes;
	device->tx_bytes = stats.tx_bytes;
}

int tk_link_parse(struct nlmsghdr *header, struct tk_link *link)
{
	struct tunkit_device *device = &link->device;
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *ifi = nlmsg_data(header);

	memset(link, 0, sizeof(*link));
	link->addrgen = TK_ADDRGEN_UNKNOWN;
	if (header->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(header, sizeof(*ifi), tb, IFLA_MAX, link_policy) < 0 ||
	    !tb[IFLA_IFNAME] || ifi->ifi_index <= 0)
		return -EPROTO;
	nla_strlcpy(device->name, tb[IFLA_IFNAME], sizeof(device->name));
	device->ifindex = ifi->ifi_index;
	device->up = ifi->ifi_flags & IFF_UP;
	device->link_type = ifi->ifi_type;
	device->carrier = get_flag(tb[IFLA_CARRIER]);
	device->mtu = get_u32(tb[IFLA_MTU]);
	device->link_group = get_u32(tb[IFLA_GROUP]);
	device->master = get_u32(tb[IFLA_MASTER]);
	device->tx_queue_len = get_u32(tb[IFLA_TXQLEN]);
	if (tb[IFLA_ADDRESS])
		device->mac_len = nla_memcpy(device->mac, tb[IFLA_ADDRESS],
					     sizeof(device->mac));
	if (tb[IFLA_STATS64])
		parse_stats(tb[IFLA_STATS64], device);
	if (tb[IFLA_AF_SPEC])
		link->addrgen = parse_addrgen(tb[IFLA_AF_SPEC]);
	return tb[IFLA_LINKINFO] ? parse_info(tb[IFLA_LINKINFO], device) : 0;
}
