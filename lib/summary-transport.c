// SPDX-License-Identifier: LGPL-2.1-or-later
#include <netinet/in.h>
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define TCP_HEADER	20	/* bytes, without options */
#define UDP_HEADER	8
#define TCP_OPTION_MSS	2
#define DNS_HEADER	12
#define DHCP_HEADER	240
#define DHCPV6_HEADER	4

static const struct {
	uint8_t protocol;
	const char *name;
} protocols[] = {
	{ IPPROTO_HOPOPTS, "hop-by-hop" },
	{ IPPROTO_ICMP, "ICMP" },
	{ IPPROTO_IGMP, "IGMP" },
	{ IPPROTO_IPIP, "IPv4 inside" },
	{ IPPROTO_TCP, "TCP" },
	{ IPPROTO_UDP, "UDP" },
	{ IPPROTO_DCCP, "DCCP" },
	{ IPPROTO_IPV6, "IPv6 inside" },
	{ IPPROTO_ROUTING, "routing" },
	{ IPPROTO_FRAGMENT, "fragment" },
	{ IPPROTO_RSVP, "RSVP" },
	{ IPPROTO_GRE, "GRE" },
	{ IPPROTO_ESP, "ESP" },
	{ IPPROTO_AH, "AH" },
	{ IPPROTO_ICMPV6, "ICMPv6" },
	{ IPPROTO_NONE, "no next header" },
	{ IPPROTO_DSTOPTS, "destination-options" },
	{ 88, "EIGRP" },
	{ 89, "OSPF" },
	{ IPPROTO_PIM, "PIM" },
	{ IPPROTO_COMP, "IPComp" },
	{ 112, "VRRP" },
	{ 115, "L2TP" },
	{ IPPROTO_SCTP, "SCTP" },
	{ IPPROTO_UDPLITE, "UDP-Lite" },
};

void tk_summary_protocol(struct tk_line *line, uint8_t protocol)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].protocol == protocol) {
			tk_text_word(&line->text, protocols[i].name);
			return;
		}
	tk_text_field(&line->text, " protocol ", protocol);
}

void tk_summary_ports(struct tk_line *line, struct tk_slice slice)
{
	if (slice.here < 4)
		return;
	tk_text_field(&line->text, " ", tk_get_be16(slice.p));
	tk_text_field(&line->text, " > ", tk_get_be16(slice.p + 2));
}

static void tcp_flags(struct tk_text *text, uint8_t flags)
{
	static const char *const names[] = {
		" FIN", " SYN", " RST", " PSH", " ACK", " URG", " ECE", " CWR",
	};
	/* As people say them: SYN ACK, FIN ACK, PSH ACK. */
	static const uint8_t order[] = { 1, 0, 2, 3, 4, 5, 6, 7 };

	if (!flags)
		tk_text_add(text, " no-flags");
	for (size_t i = 0; i < sizeof(order); i++)
		if (flags & 1u << order[i])
			tk_text_add(text, names[order[i]]);
}

/* The one option that explains more tunnel troubles than any other. */
static void tcp_mss(struct tk_text *text, const uint8_t *p, const uint8_t *end)
{
	while (end - p >= 2) {
		if (*p == 0)
			return;
		if (*p == 1) {
			p++;
			continue;
		}
		if (p[1] < 2 || p[1] > end - p)
			return;
		if (p[0] == TCP_OPTION_MSS && p[1] == 4)
			tk_text_field(text, " mss ", tk_get_be16(p + 2));
		p += p[1];
	}
}

static void tcp(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	const uint8_t *p = slice.p;
	size_t header;
	uint8_t flags;

	tk_summary_ports(line, slice);
	if (slice.here < TCP_HEADER) {
		tk_summary_cut(line, slice);
		return;
	}
	tk_details_tcp(line, slice);
	flags = p[13];
	header = (p[12] >> 4) * 4u;
	tcp_flags(text, flags);
	tk_text_field(text, " seq ", tk_get_be32(p + 4));
	if (flags & 0x10)
		tk_text_field(text, " ack ", tk_get_be32(p + 8));
	tk_text_field(text, " win ", tk_get_be16(p + 14));
	if (flags & 0x20)
		tk_text_field(text, " urgent ", tk_get_be16(p + 18));
	if (header < TCP_HEADER || header > slice.claimed) {
		tk_text_field(text, " [header claims ", header);
		tk_text_field(text, " of ", slice.claimed);
		tk_text_add(text, " bytes]");
		return;
	}
	if (flags & 0x02)
		tcp_mss(text, p + TCP_HEADER,
			p + (header < slice.here ? header : slice.here));
	tk_summary_bytes(line, slice.claimed - header);
}

static bool is_port(struct tk_slice udp, uint16_t port)
{
	return tk_get_be16(udp.p) == port || tk_get_be16(udp.p + 2) == port;
}

/* What the ports promise; a payload too short for it is left alone. */
static void application(struct tk_line *line, struct tk_slice udp)
{
	struct tk_slice payload = tk_slice_after(udp, UDP_HEADER);

	if (payload.claimed < DNS_HEADER) {
		if ((is_port(udp, 546) || is_port(udp, 547)) &&
		    payload.claimed >= DHCPV6_HEADER)
			tk_summary_dhcpv6(line, payload);
	} else if (is_port(udp, 53)) {
		tk_summary_dns(line, "DNS", payload);
	} else if (is_port(udp, 5353)) {
		tk_summary_dns(line, "mDNS", payload);
	} else if (is_port(udp, 5355)) {
		tk_summary_dns(line, "LLMNR", payload);
	} else if (is_port(udp, 546) || is_port(udp, 547)) {
		tk_summary_dhcpv6(line, payload);
	} else if ((is_port(udp, 67) || is_port(udp, 68)) &&
		   payload.claimed >= DHCP_HEADER) {
		tk_summary_dhcp(line, payload);
	}
}

static void udp_detail(struct tk_line *line, const uint8_t *p)
{
	struct tk_text *more = tk_detail(line, "UDP length ");

	if (!more)
		return;
	tk_text_number(more, tk_get_be16(p + 4));
	tk_text_add(more, ", checksum ");
	tk_text_hex(more, tk_get_be16(p + 6), 4);
}

static void udp(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	size_t length;

	tk_summary_ports(line, slice);
	if (slice.here < UDP_HEADER) {
		tk_summary_cut(line, slice);
		return;
	}
	udp_detail(line, slice.p);
	application(line, slice);
	tk_summary_bytes(line, slice.claimed - UDP_HEADER);
	/* Of a datagram that is not here whole, its own length is no contradiction. */
	length = tk_get_be16(slice.p + 4);
	if (length == slice.claimed || line->fragment || line->gso)
		return;
	tk_text_field(text, " [length ", slice.claimed);
	tk_text_field(text, " claims ", length);
	tk_text_char(text, ']');
}

static void other(struct tk_line *line, uint8_t protocol, struct tk_slice slice)
{
	if (protocol == IPPROTO_ESP && slice.here >= 4) {
		tk_text_add(&line->text, " spi ");
		tk_text_hex(&line->text, tk_get_be32(slice.p), 8);
	}
	if (protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP ||
	    protocol == IPPROTO_UDPLITE)
		tk_summary_ports(line, slice);
	tk_summary_bytes(line, slice.claimed);
}

/* ICMP and ICMPv6 begin alike. */
static void icmp_detail(struct tk_line *line, const char *words,
			struct tk_slice slice)
{
	struct tk_text *more = slice.here < 4 ? NULL : tk_detail(line, words);

	if (!more)
		return;
	tk_text_number(more, slice.p[0]);
	tk_text_field(more, ", code ", slice.p[1]);
	tk_text_add(more, ", checksum ");
	tk_text_hex(more, tk_get_be16(slice.p + 2), 4);
}

void tk_summary_transport(struct tk_line *line, uint8_t protocol,
			  struct tk_slice slice)
{
	tk_summary_protocol(line, protocol);
	switch (protocol) {
	case IPPROTO_TCP:
		tcp(line, slice);
		break;
	case IPPROTO_UDP:
		udp(line, slice);
		break;
	case IPPROTO_ICMP:
		icmp_detail(line, "ICMP type ", slice);
		tk_summary_icmp(line, slice);
		break;
	case IPPROTO_ICMPV6:
		icmp_detail(line, "ICMPv6 type ", slice);
		tk_summary_icmpv6(line, slice);
		break;
	default:
		other(line, protocol, slice);
		break;
	}
}
