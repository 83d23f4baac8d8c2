// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "summary.h"

/* Offsets in an ARP message of IPv4 over Ethernet, RFC 826. */
enum {
	ARP_FIXED = 8,
	ARP_SENDER_MAC = 8,
	ARP_SENDER = 14,
	ARP_TARGET_MAC = 18,
	ARP_TARGET = 24,
	ARP_SIZE = 28,
};

static void request(struct tk_text *text, const uint8_t *p)
{
	static const uint8_t none[4];
	const uint8_t *sender = p + ARP_SENDER;
	const uint8_t *target = p + ARP_TARGET;

	if (!memcmp(sender, none, sizeof(none))) {
		tk_text_add(text, " probe ");
		tk_text_ipv4(text, target);
		return;
	}
	if (!memcmp(sender, target, sizeof(none))) {
		tk_text_add(text, " announcement ");
		tk_text_ipv4(text, target);
		return;
	}
	tk_text_add(text, " request who has ");
	tk_text_ipv4(text, target);
	tk_text_add(text, ", tell ");
	tk_text_ipv4(text, sender);
}

static void reply(struct tk_text *text, const uint8_t *p)
{
	tk_text_add(text, " reply ");
	tk_text_ipv4(text, p + ARP_SENDER);
	tk_text_add(text, " is at ");
	tk_text_mac(text, p + ARP_SENDER_MAC);
}

static bool is_ipv4_over_ethernet(const uint8_t *p)
{
	return tk_get_be16(p) == ARPHRD_ETHER &&
	       tk_get_be16(p + 2) == ETH_P_IP && p[4] == ETH_ALEN && p[5] == 4;
}

static void detail(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *more = tk_detail(line, "ARP hardware ");
	const uint8_t *p = slice.p;

	if (!more)
		return;
	tk_text_number(more, tk_get_be16(p));
	tk_text_add(more, ", protocol ");
	tk_text_hex(more, tk_get_be16(p + 2), 4);
	tk_text_field(more, ", operation ", tk_get_be16(p + 6));
	if (!is_ipv4_over_ethernet(p) || slice.here < ARP_SIZE)
		return;
	tk_text_add(more, ", sender ");
	tk_text_mac(more, p + ARP_SENDER_MAC);
	tk_text_char(more, ' ');
	tk_text_ipv4(more, p + ARP_SENDER);
	tk_text_add(more, ", target ");
	tk_text_mac(more, p + ARP_TARGET_MAC);
	tk_text_char(more, ' ');
	tk_text_ipv4(more, p + ARP_TARGET);
}

void tk_summary_arp(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	uint16_t operation;

	tk_text_word(text, "ARP");
	if (slice.here < ARP_FIXED) {
		tk_summary_cut(line, slice);
		return;
	}
	operation = tk_get_be16(slice.p + 6);
	detail(line, slice);
	if (!is_ipv4_over_ethernet(slice.p)) {
		tk_text_field(text, " hardware ", tk_get_be16(slice.p));
		tk_text_add(text, " protocol ");
		tk_text_hex(text, tk_get_be16(slice.p + 2), 4);
		tk_text_field(text, " operation ", operation);
		return;
	}
	if (slice.here < ARP_SIZE)
		tk_summary_cut(line, slice);
	else if (operation == ARPOP_REQUEST)
		request(text, slice.p);
	else if (operation == ARPOP_REPLY)
		reply(text, slice.p);
	else
		tk_text_field(text, " operation ", operation);
}
