// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_ether.h>
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "summary.h"

#define VLAN_HLEN	4	/* bytes of a tag */
#define VLANS_SHOWN	3	/* so that the line stays a line */
#define LLC_HLEN	3
#define LLC_STP		0x42
#define LLC_SNAP	0xaa
#define SNAP_HLEN	8	/* LLC included */

static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ ETH_P_IP, "IPv4" },
	{ ETH_P_IPV6, "IPv6" },
	{ ETH_P_ARP, "ARP" },
	{ ETH_P_RARP, "RARP" },
	{ ETH_P_8021Q, "VLAN" },
	{ ETH_P_8021AD, "S-VLAN" },
	{ ETH_P_802_2, "802.3" },
	{ ETH_P_MPLS_UC, "MPLS" },
	{ ETH_P_MPLS_MC, "MPLS multicast" },
	{ ETH_P_PPP_DISC, "PPPoE discovery" },
	{ ETH_P_PPP_SES, "PPPoE session" },
	{ ETH_P_PAE, "EAPOL" },
	{ ETH_P_SLOW, "LACP" },
	{ ETH_P_LLDP, "LLDP" },
	{ ETH_P_MACSEC, "MACsec" },
	{ ETH_P_1588, "PTP" },
	{ ETH_P_CFM, "CFM" },
	{ ETH_P_BATMAN, "batman-adv" },
	{ ETH_P_AOE, "AoE" },
	{ ETH_P_LOOPBACK, "loopback" },
};

const char *tk_ethertype_name(uint16_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].name;
	return NULL;
}

void tk_summary_type(struct tk_line *line, uint16_t type, struct tk_slice slice)
{
	const char *name;

	switch (type) {
	case ETH_P_IP:
		tk_summary_ipv4(line, slice);
		return;
	case ETH_P_IPV6:
		tk_summary_ipv6(line, slice);
		return;
	case ETH_P_ARP:
		tk_summary_arp(line, slice);
		return;
	case ETH_P_MPLS_UC:
	case ETH_P_MPLS_MC:
		tk_text_word(&line->text, tk_ethertype_name(type));
		tk_summary_mpls(line, slice);
		return;
	}
	name = tk_ethertype_name(type);
	if (name) {
		tk_text_word(&line->text, name);
	} else {
		tk_text_word(&line->text, "type ");
		tk_text_hex(&line->text, type, 4);
	}
	tk_summary_bytes(line, slice.claimed);
	tk_summary_truncated(line, slice);
}

/* IEEE 802.3: a length where Ethernet II has its type, then LLC. */
static void llc(struct tk_line *line, uint16_t length, struct tk_slice slice)
{
	struct tk_text *text = &line->text;

	if (slice.here > length)
		slice.here = length;
	slice.claimed = length;
	if (slice.here < LLC_HLEN) {
		tk_text_add(text, " 802.3");
		tk_summary_cut(line, slice);
		return;
	}
	if (slice.p[0] == LLC_STP && slice.p[1] == LLC_STP) {
		tk_text_add(text, " STP");
	} else if (slice.p[0] == LLC_SNAP && slice.here >= SNAP_HLEN) {
		tk_text_add(text, " SNAP ");
		tk_text_hex(text, tk_get_be32(slice.p + 2) & 0xffffff, 6);
		tk_text_add(text, " type ");
		tk_text_hex(text, tk_get_be16(slice.p + 6), 4);
	} else {
		tk_text_add(text, " LLC ");
		tk_text_hex(text, slice.p[1], 2);
		tk_text_add(text, " > ");
		tk_text_hex(text, slice.p[0], 2);
	}
	tk_summary_bytes(line, length);
	tk_summary_truncated(line, slice);
}

static bool is_tag(uint16_t type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD;
}

static void vlan_tag(struct tk_text *text, uint16_t type, uint16_t tci)
{
	tk_text_field(text, type == ETH_P_8021Q ? " VLAN " : " S-VLAN ",
		      tci & 0x0fff);
	if (tci >> 13)
		tk_text_field(text, " priority ", tci >> 13);
	if (tci & 0x1000)
		tk_text_add(text, " drop-eligible");
}

/* words, the addresses at mac unless it is NULL, and the type. */
static void type_detail(struct tk_line *line, const char *words,
			const uint8_t *mac, uint16_t type)
{
	struct tk_text *more = tk_detail(line, words);
	const char *name = tk_ethertype_name(type);

	if (!more)
		return;
	if (mac) {
		tk_text_mac(more, mac + ETH_ALEN);
		tk_text_add(more, " > ");
		tk_text_mac(more, mac);
		tk_text_add(more, ", ");
	}
	tk_text_add(more, type < ETH_P_802_3_MIN ? "length " : "type ");
	tk_text_hex(more, type, 4);
	if (!name || type < ETH_P_802_3_MIN)
		return;
	tk_text_add(more, " (");
	tk_text_add(more, name);
	tk_text_char(more, ')');
}

/* Takes the tags off; returns the type behind the last. */
static uint16_t vlan_tags(struct tk_line *line, uint16_t type,
			  struct tk_slice *slice)
{
	for (unsigned int n = 0; is_tag(type); n++) {
		if (n == VLANS_SHOWN || slice->here < VLAN_HLEN)
			break;
		vlan_tag(&line->text, type, tk_get_be16(slice->p));
		type_detail(line, "VLAN tag, then ", NULL,
			    tk_get_be16(slice->p + 2));
		type = tk_get_be16(slice->p + 2);
		*slice = tk_slice_after(*slice, VLAN_HLEN);
	}
	return type;
}

static void address(struct tk_text *text, const uint8_t *mac)
{
	static const uint8_t broadcast[ETH_ALEN] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};

	if (memcmp(mac, broadcast, ETH_ALEN))
		tk_text_mac(text, mac);
	else
		tk_text_add(text, "broadcast");
}

void tk_summary_ethernet(struct tk_line *line, struct tk_slice slice)
{
	uint16_t type;

	if (slice.here < ETH_HLEN) {
		tk_text_word(&line->text, "Ethernet");
		tk_summary_cut(line, slice);
		return;
	}
	tk_text_word(&line->text, "");
	address(&line->text, slice.p + ETH_ALEN);
	tk_text_add(&line->text, " > ");
	address(&line->text, slice.p);
	type = tk_get_be16(slice.p + 2 * ETH_ALEN);
	type_detail(line, "Ethernet ", slice.p, type);
	slice = tk_slice_after(slice, ETH_HLEN);
	type = vlan_tags(line, type, &slice);
	if (type < ETH_P_802_3_MIN)
		llc(line, type, slice);
	else
		tk_summary_type(line, type, slice);
}
