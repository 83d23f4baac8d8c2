// SPDX-License-Identifier: LGPL-2.1-or-later
#include <netinet/icmp6.h>
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define ICMPV6_HEADER	8	/* bytes */
#define ADDRESS		16
#define MLD2_REPORT	143
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char *const unreachables[] = {
	"no route", "prohibited", "beyond scope", "address", "port",
	"source policy", "route rejected",
};

static const char *const timeouts[] = { "in transit", "in reassembly" };

static const char *const problems[] = {
	"bad header", "unknown next header", "unknown option",
};

static void error(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	const uint8_t *p = slice.p;

	switch (p[0]) {
	case ICMP6_DST_UNREACH:
		tk_text_add(text, " unreachable");
		tk_summary_code(text, unreachables, COUNT(unreachables), p[1]);
		break;
	case ICMP6_PACKET_TOO_BIG:
		tk_text_field(text, " packet too big mtu ", tk_get_be32(p + 4));
		break;
	case ICMP6_TIME_EXCEEDED:
		tk_text_add(text, " time exceeded");
		tk_summary_code(text, timeouts, COUNT(timeouts), p[1]);
		break;
	default:
		tk_text_add(text, " parameter problem");
		tk_summary_code(text, problems, COUNT(problems), p[1]);
		tk_text_field(text, " at ", tk_get_be32(p + 4));
		break;
	}
	tk_summary_quoted(line, tk_slice_after(slice, ICMPV6_HEADER));
}

static void mld(struct tk_text *text, const char *what, struct tk_slice slice)
{
	static const uint8_t all[ADDRESS];
	const uint8_t *group = slice.p + ICMPV6_HEADER;
	bool general = true;

	for (size_t i = 0; i < sizeof(all); i++)
		general &= !group[i];
	tk_text_add(text, what);
	if (general)
		return;
	tk_text_char(text, ' ');
	tk_text_ipv6(text, group);
}

/* The bytes that a message of this type has at least. */
static size_t least(uint8_t type)
{
	switch (type) {
	case ND_NEIGHBOR_SOLICIT:
	case ND_NEIGHBOR_ADVERT:
	case MLD_LISTENER_QUERY:
	case MLD_LISTENER_REPORT:
	case MLD_LISTENER_REDUCTION:
		return ICMPV6_HEADER + ADDRESS;
	case ND_REDIRECT:
		return ICMPV6_HEADER + 2 * ADDRESS;
	default:
		return ICMPV6_HEADER;
	}
}

static void message(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;

	switch (slice.p[0]) {
	case ICMP6_DST_UNREACH:
	case ICMP6_PACKET_TOO_BIG:
	case ICMP6_TIME_EXCEEDED:
	case ICMP6_PARAM_PROB:
		error(line, slice);
		break;
	case ICMP6_ECHO_REQUEST:
		tk_summary_echo(text, " echo request", slice.p);
		break;
	case ICMP6_ECHO_REPLY:
		tk_summary_echo(text, " echo reply", slice.p);
		break;
	case MLD_LISTENER_QUERY:
		mld(text, " MLD query", slice);
		break;
	case MLD_LISTENER_REPORT:
		mld(text, " MLD report", slice);
		break;
	case MLD_LISTENER_REDUCTION:
		mld(text, " MLD done", slice);
		break;
	case MLD2_REPORT:
		tk_text_field(text, " MLDv2 report groups ",
			      tk_get_be16(slice.p + 6));
		break;
	case ND_ROUTER_SOLICIT:
	case ND_ROUTER_ADVERT:
	case ND_NEIGHBOR_SOLICIT:
	case ND_NEIGHBOR_ADVERT:
	case ND_REDIRECT:
		tk_summary_nd(line, slice);
		break;
	default:
		tk_text_field(text, " type ", slice.p[0]);
		tk_text_field(text, " code ", slice.p[1]);
		break;
	}
}

void tk_summary_icmpv6(struct tk_line *line, struct tk_slice slice)
{
	if (slice.here < ICMPV6_HEADER || slice.here < least(slice.p[0])) {
		tk_summary_cut(line, slice);
		return;
	}
	message(line, slice);
	tk_summary_bytes(line, slice.claimed);
}
