// SPDX-License-Identifier: LGPL-2.1-or-later
/* Neighbor discovery, RFC 4861; RDNSS of RFC 8106. */
#include <netinet/icmp6.h>
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define HEADER		8	/* bytes */
#define ADDRESS		16
#define RA_HEADER	16
#define PREFIX_SIZE	32
#define PREFIXES_SHOWN	3	/* so that the line stays a line */
#define RDNSS		25

/* The next option, whole; NULL: there is none. */
static const uint8_t *next_option(struct tk_slice *options)
{
	const uint8_t *option = options->p;
	size_t size = options->here >= 8 ? option[1] * 8u : 0;

	if (!size || size > options->here)
		return NULL;
	*options = tk_slice_after(*options, size);
	return option;
}

/* words and the Ethernet address in the option of this type, if there. */
static void link_address(struct tk_text *text, const char *words,
			 struct tk_slice options, uint8_t type)
{
	const uint8_t *option;

	while ((option = next_option(&options)))
		if (option[0] == type) {
			tk_text_add(text, words);
			tk_text_mac(text, option + 2);
			return;
		}
}

static void lifetime(struct tk_text *text, const char *words, uint32_t seconds)
{
	tk_text_add(text, words);
	if (seconds == UINT32_MAX) {
		tk_text_add(text, "for ever");
		return;
	}
	tk_text_number(text, seconds);
	tk_text_add(text, " s");
}

static bool is_prefix(const uint8_t *option)
{
	return option[0] == ND_OPT_PREFIX_INFORMATION &&
	       option[1] * 8u >= PREFIX_SIZE;
}

static void prefix(struct tk_text *text, const uint8_t *option)
{
	tk_text_add(text, " prefix ");
	tk_text_ipv6(text, option + 16);
	tk_text_field(text, "/", option[2]);
	lifetime(text, " lifetime ", tk_get_be32(option + 4));
}

static void prefixes(struct tk_text *text, struct tk_slice options)
{
	const uint8_t *option;
	unsigned int count = 0;

	while ((option = next_option(&options)))
		if (is_prefix(option) && count++ < PREFIXES_SHOWN)
			prefix(text, option);
	if (count > PREFIXES_SHOWN)
		tk_text_field(text, " more prefixes: ", count - PREFIXES_SHOWN);
}

static void router_advertisement(struct tk_text *text, const uint8_t *p,
				 struct tk_slice options)
{
	tk_text_field(text, " router advertisement lifetime ",
		      tk_get_be16(p + 6));
	tk_text_add(text, " s");
	if (p[5] & 0x80)
		tk_text_add(text, " managed");
	if (p[5] & 0x40)
		tk_text_add(text, " other-config");
	prefixes(text, options);
	link_address(text, " from ", options, ND_OPT_SOURCE_LINKADDR);
}

static void solicitation(struct tk_text *text, const uint8_t *p,
			 struct tk_slice options)
{
	tk_text_add(text, " neighbor solicitation who has ");
	tk_text_ipv6(text, p + HEADER);
	link_address(text, " from ", options, ND_OPT_SOURCE_LINKADDR);
}

static void advertisement(struct tk_text *text, const uint8_t *p,
			  struct tk_slice options)
{
	tk_text_add(text, " neighbor advertisement ");
	tk_text_ipv6(text, p + HEADER);
	link_address(text, " is at ", options, ND_OPT_TARGET_LINKADDR);
	if (p[4] & 0x80)
		tk_text_add(text, " router");
	if (p[4] & 0x40)
		tk_text_add(text, " solicited");
	if (p[4] & 0x20)
		tk_text_add(text, " override");
}

static void redirect(struct tk_text *text, const uint8_t *p,
		     struct tk_slice options)
{
	tk_text_add(text, " redirect to ");
	tk_text_ipv6(text, p + HEADER);
	tk_text_add(text, " for ");
	tk_text_ipv6(text, p + HEADER + ADDRESS);
	link_address(text, " is at ", options, ND_OPT_TARGET_LINKADDR);
}

/* ---- Details ---- */

static void prefix_detail(struct tk_text *more, const uint8_t *option)
{
	prefix(more, option);
	lifetime(more, ", preferred ", tk_get_be32(option + 8));
	if (option[3] & 0x80)
		tk_text_add(more, ", on-link");
	if (option[3] & 0x40)
		tk_text_add(more, ", autonomous");
}

static void name_servers(struct tk_text *more, const uint8_t *option)
{
	lifetime(more, " name servers for ", tk_get_be32(option + 4));
	for (size_t at = 8; at + ADDRESS <= option[1] * 8u; at += ADDRESS) {
		tk_text_add(more, at == 8 ? ": " : ", ");
		tk_text_ipv6(more, option + at);
		/* A line is a line: more than any router has. */
		if (at > 16 * ADDRESS)
			return;
	}
}

static void option_detail(struct tk_text *more, const uint8_t *option)
{
	tk_text_number(more, option[0]);
	if (is_prefix(option)) {
		prefix_detail(more, option);
		return;
	}
	switch (option[0]) {
	case ND_OPT_SOURCE_LINKADDR:
	case ND_OPT_TARGET_LINKADDR:
		tk_text_add(more, option[0] == ND_OPT_SOURCE_LINKADDR ?
			    " source " : " target ");
		tk_text_mac(more, option + 2);
		break;
	case ND_OPT_MTU:
		tk_text_field(more, " mtu ", tk_get_be32(option + 4));
		break;
	case RDNSS:
		name_servers(more, option);
		break;
	default:
		tk_text_field(more, ", bytes ", option[1] * 8u);
		break;
	}
}

static void details(struct tk_line *line, struct tk_slice slice,
		    struct tk_slice options)
{
	const uint8_t *p = slice.p;
	const uint8_t *option;
	struct tk_text *more;

	if (p[0] == ND_ROUTER_ADVERT && slice.here >= RA_HEADER) {
		more = tk_detail(line, "router");
		if (more) {
			tk_text_field(more, " hop limit ", p[4]);
			tk_text_add(more, ", flags ");
			tk_text_hex(more, p[5], 2);
			tk_text_field(more, ", reachable ", tk_get_be32(p + 8));
			tk_text_field(more, " ms, retransmit ",
				      tk_get_be32(p + 12));
			tk_text_add(more, " ms");
		}
	}
	while ((option = next_option(&options))) {
		more = tk_detail(line, "option ");
		if (!more)
			return;
		option_detail(more, option);
	}
}

/* Where the options begin. */
static size_t options_at(uint8_t type)
{
	switch (type) {
	case ND_ROUTER_SOLICIT:
		return HEADER;
	case ND_ROUTER_ADVERT:
		return RA_HEADER;
	case ND_REDIRECT:
		return HEADER + 2 * ADDRESS;
	default:
		return HEADER + ADDRESS;
	}
}

void tk_summary_nd(struct tk_line *line, struct tk_slice slice)
{
	size_t at = options_at(slice.p[0]);
	struct tk_slice options = tk_slice_after(slice, at < slice.here ? at :
						 slice.here);

	switch (slice.p[0]) {
	case ND_ROUTER_SOLICIT:
		tk_text_add(&line->text, " router solicitation");
		link_address(&line->text, " from ", options,
			     ND_OPT_SOURCE_LINKADDR);
		break;
	case ND_ROUTER_ADVERT:
		router_advertisement(&line->text, slice.p, options);
		break;
	case ND_NEIGHBOR_SOLICIT:
		solicitation(&line->text, slice.p, options);
		break;
	case ND_NEIGHBOR_ADVERT:
		advertisement(&line->text, slice.p, options);
		break;
	case ND_REDIRECT:
		redirect(&line->text, slice.p, options);
		break;
	}
	details(line, slice, options);
}
