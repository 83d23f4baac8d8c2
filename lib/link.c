// SPDX-License-Identifier: LGPL-2.1-or-later
#include "link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "attach.h"
#include "internal.h"
#include "list.h"
#include "netlink.h"
#include "ns.h"

#define KNOWN_SET (TUNKIT_LINK_UP | TUNKIT_LINK_CARRIER | TUNKIT_LINK_MTU | \
		   TUNKIT_LINK_MAC | TUNKIT_LINK_MASTER | TUNKIT_LINK_QUIET)

static int master_index(struct tunkit_ns *ns, const struct tunkit_link_opts *o)
{
	return o->master && *o->master ? tk_ifindex(ns, o->master) : 0;
}

static int set_flags(struct tunkit_ns *ns, int ifindex, bool up)
{
	struct ifinfomsg ifi = {
		.ifi_index = ifindex,
		.ifi_flags = up ? IFF_UP : 0,
		.ifi_change = IFF_UP,
	};
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_REQUEST);

	if (msg && nlmsg_append(msg, &ifi, sizeof(ifi), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return tk_nl_request(ns, msg, NULL, NULL);
}

static int set_attribute(struct tunkit_ns *ns, int ifindex, int type,
			 const void *data, int len)
{
	struct nl_msg *msg = tk_link_message(RTM_NEWLINK, 0, ifindex);

	if (msg && nla_put(msg, type, len, data)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return tk_nl_request(ns, msg, NULL, NULL);
}

/* A link without IPv6 is as quiet as can be. */
static int set_quiet(struct tunkit_ns *ns, int ifindex, bool quiet)
{
	struct nl_msg *msg = tk_link_message(RTM_NEWLINK, 0, ifindex);
	struct nlattr *spec = NULL, *inet6 = NULL;
	int err;

	if (!msg)
		return -ENOMEM;
	spec = nla_nest_start(msg, IFLA_AF_SPEC);
	if (spec)
		inet6 = nla_nest_start(msg, AF_INET6);
	if (!inet6 || nla_put_u8(msg, IFLA_INET6_ADDR_GEN_MODE,
				 quiet ? IN6_ADDR_GEN_MODE_NONE :
				 IN6_ADDR_GEN_MODE_EUI64)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nla_nest_end(msg, inet6);
	nla_nest_end(msg, spec);
	err = tk_nl_request(ns, msg, NULL, NULL);
	return err == -EAFNOSUPPORT && quiet ? 0 : err;
}

static int set_master(struct tunkit_ns *ns, int ifindex,
		      const struct tunkit_link_opts *o)
{
	int index = master_index(ns, o);
	uint32_t value = index;

	if (index < 0)
		return index;
	return set_attribute(ns, ifindex, IFLA_MASTER, &value, sizeof(value));
}

/*
 * One message each: within a message the kernel raises the link before it
 * looks at the carrier and at IPv6. Below 1280 bytes there is no IPv6 to be
 * quieted, hence the MTU first.
 */
static int set_down_side(struct tunkit_ns *ns, int ifindex,
			 const struct tunkit_link_opts *o)
{
	uint32_t mtu = o->mtu;
	int err = 0;

	if (o->set & TUNKIT_LINK_UP && !o->up)
		err = set_flags(ns, ifindex, false);
	if (!err && o->set & TUNKIT_LINK_MTU)
		err = set_attribute(ns, ifindex, IFLA_MTU, &mtu, sizeof(mtu));
	if (!err && o->set & TUNKIT_LINK_QUIET)
		err = set_quiet(ns, ifindex, o->quiet);
	if (!err && o->set & TUNKIT_LINK_MAC)
		err = set_attribute(ns, ifindex, IFLA_ADDRESS, o->mac,
				    sizeof(o->mac));
	if (!err && o->set & TUNKIT_LINK_MASTER)
		err = set_master(ns, ifindex, o);
	return err;
}

int tunkit_link_set(struct tunkit_ns *ns, int ifindex,
		    const struct tunkit_link_opts *opts)
{
	struct tunkit_link_opts o;
	int err = tk_opts_read(&o, sizeof(o), opts);
	uint8_t carrier = o.carrier;

	ns->error[0] = '\0';
	if (err)
		return err;
	if (o.set & ~KNOWN_SET)
		return -EINVAL;
	if (ifindex <= 0)
		return -ENODEV;
	err = set_down_side(ns, ifindex, &o);
	if (!err && o.set & TUNKIT_LINK_CARRIER)
		err = set_attribute(ns, ifindex, IFLA_CARRIER, &carrier,
				    sizeof(carrier));
	if (!err && o.set & TUNKIT_LINK_UP && o.up)
		err = set_flags(ns, ifindex, true);
	return err;
}

int tk_link_compare(struct tunkit_ns *ns, const struct tk_link *link,
		    struct tunkit_link_opts *opts)
{
	const struct tunkit_device *device = &link->device;
	bool quiet = link->addrgen == TK_ADDRGEN_UNKNOWN ||
		link->addrgen == IN6_ADDR_GEN_MODE_NONE;
	int master = 0;

	if (opts->set & ~KNOWN_SET)
		return -EINVAL;
	if (opts->set & TUNKIT_LINK_MASTER)
		master = master_index(ns, opts);
	if (master < 0)
		return master;
	if (device->up == opts->up)
		opts->set &= ~TUNKIT_LINK_UP;
	if (device->carrier == opts->carrier)
		opts->set &= ~TUNKIT_LINK_CARRIER;
	if (device->mtu == opts->mtu)
		opts->set &= ~TUNKIT_LINK_MTU;
	if (device->mac_len == sizeof(opts->mac) &&
	    !memcmp(device->mac, opts->mac, sizeof(opts->mac)))
		opts->set &= ~TUNKIT_LINK_MAC;
	if (device->master == master)
		opts->set &= ~TUNKIT_LINK_MASTER;
	/* A larger MTU may bring IPv6 to a link that had none. */
	if (quiet == opts->quiet && (link->addrgen != TK_ADDRGEN_UNKNOWN ||
				     !(opts->set & TUNKIT_LINK_MTU)))
		opts->set &= ~TUNKIT_LINK_QUIET;
	return 0;
}
