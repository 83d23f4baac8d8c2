// SPDX-License-Identifier: LGPL-2.1-or-later
#include <netinet/in.h>
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define IPV4_HEADER	20	/* bytes, without options */
#define IPV6_HEADER	40
#define EXTENSION	8	/* bytes that every extension header has */
#define EXTENSIONS_MAX	8	/* more than any host sends */

/*
 * Cuts slice to the length that its header claims, total bytes. What follows
 * is padding of a short Ethernet frame, or worth a word at the line's end.
 */
static size_t cut_to(struct tk_slice *slice, size_t total)
{
	size_t beyond = 0;

	if (slice->here > total) {
		beyond = slice->here - total;
		slice->here = total;
	}
	slice->claimed = total;
	return beyond;
}

static void lengths(struct tk_line *line, struct tk_slice packet, size_t beyond)
{
	tk_summary_truncated(line, packet);
	if (!beyond || line->padded)
		return;
	tk_text_field(&line->text, " [", beyond);
	tk_text_add(&line->text, beyond == 1 ? " byte after the packet]"
					     : " bytes after the packet]");
}

/* A lifetime that ends here, except where it should: link-local multicast. */
static void lifetime(struct tk_line *line, const char *words, uint8_t hops,
		     bool multicast)
{
	if (hops <= 1 && !multicast)
		tk_text_field(&line->text, words, hops);
}

static void fragment(struct tk_line *line, uint32_t id, size_t offset,
		     bool more)
{
	tk_text_field(&line->text, " fragment id ", id);
	tk_text_field(&line->text, " offset ", offset);
	if (more)
		tk_text_add(&line->text, " more");
	line->fragment = true;
}

/* A later fragment has no transport header. */
static void later_fragment(struct tk_line *line, uint8_t protocol,
			   struct tk_slice slice)
{
	tk_summary_protocol(line, protocol);
	tk_summary_bytes(line, slice.claimed);
}

static void ipv4_payload(struct tk_line *line, struct tk_slice packet,
			 size_t header)
{
	uint16_t fragments = tk_get_be16(packet.p + 6);
	struct tk_slice payload = tk_slice_after(packet, header);
	bool more = fragments & 0x2000;
	size_t offset = (fragments & 0x1fff) * 8u;

	if (header > IPV4_HEADER) {
		tk_text_field(&line->text, " options ", header - IPV4_HEADER);
		tk_text_add(&line->text, " bytes");
	}
	if (more || offset)
		fragment(line, tk_get_be16(packet.p + 4), offset, more);
	if (offset)
		later_fragment(line, packet.p[9], payload);
	else
		tk_summary_transport(line, packet.p[9], payload);
}

static void ipv4_addresses(struct tk_text *text, const uint8_t *p)
{
	tk_text_char(text, ' ');
	tk_text_ipv4(text, p + 12);
	tk_text_add(text, " > ");
	tk_text_ipv4(text, p + 16);
}

void tk_summary_ipv4(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	size_t header, total, beyond;

	tk_text_word(text, "IPv4");
	if (slice.here < IPV4_HEADER) {
		tk_summary_cut(line, slice);
		return;
	}
	if (slice.p[0] >> 4 != 4) {
		tk_text_field(text, " [version ", slice.p[0] >> 4);
		tk_text_char(text, ']');
		return;
	}
	ipv4_addresses(text, slice.p);
	tk_details_ipv4(line, slice);
	lifetime(line, " ttl ", slice.p[8], slice.p[16] >> 4 == 14);
	header = (slice.p[0] & 0x0f) * 4u;
	total = tk_get_be16(slice.p + 2);
	/* Segments of more than 64 KiB say 0 (BIG TCP). */
	if (!total && line->gso)
		total = slice.here;
	if (header < IPV4_HEADER || total < header) {
		tk_text_field(text, " [header claims ", header);
		tk_text_field(text, " bytes, packet ", total);
		tk_text_char(text, ']');
		return;
	}
	beyond = cut_to(&slice, total);
	if (slice.here < header)
		tk_text_add(text, " [options cut]");
	else
		ipv4_payload(line, slice, header);
	lengths(line, slice, beyond);
}

/* The length of the extension header at p; 0: it is not one. */
static size_t extension_size(uint8_t type, const uint8_t *p)
{
	switch (type) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return (p[1] + 1u) * 8;
	case IPPROTO_FRAGMENT:
		return EXTENSION;
	case IPPROTO_AH:
		return (p[1] + 2u) * 4;
	default:
		return 0;
	}
}

static bool is_extension(uint8_t type)
{
	static const uint8_t any[EXTENSION];

	return extension_size(type, any) != 0;
}

/* Returns the offset of a fragment in bytes, 0 with all other headers. */
static size_t extension(struct tk_line *line, uint8_t type, const uint8_t *p)
{
	struct tk_text *text = &line->text;
	size_t offset = 0;

	switch (type) {
	case IPPROTO_HOPOPTS:
		tk_text_add(text, " hop-by-hop");
		break;
	case IPPROTO_DSTOPTS:
		tk_text_add(text, " destination-options");
		break;
	case IPPROTO_ROUTING:
		tk_text_field(text, " routing type ", p[2]);
		tk_text_field(text, " left ", p[3]);
		break;
	case IPPROTO_AH:
		tk_text_add(text, " AH spi ");
		tk_text_hex(text, tk_get_be32(p + 4), 8);
		break;
	case IPPROTO_FRAGMENT:
		offset = tk_get_be16(p + 2) & 0xfff8;
		fragment(line, tk_get_be32(p + 4), offset, p[3] & 1);
		break;
	}
	return offset;
}

static void ipv6_payload(struct tk_line *line, uint8_t next,
			 struct tk_slice slice)
{
	size_t offset, size;

	for (int n = 0; is_extension(next); n++) {
		if (n == EXTENSIONS_MAX) {
			tk_text_add(&line->text, " [more headers]");
			return;
		}
		if (slice.here < EXTENSION ||
		    slice.here < extension_size(next, slice.p)) {
			tk_summary_protocol(line, next);
			tk_summary_cut(line, slice);
			return;
		}
		size = extension_size(next, slice.p);
		offset = extension(line, next, slice.p);
		next = slice.p[0];
		slice = tk_slice_after(slice, size);
		if (offset) {
			later_fragment(line, next, slice);
			return;
		}
	}
	tk_summary_transport(line, next, slice);
}

static void ipv6_addresses(struct tk_text *text, const uint8_t *p)
{
	tk_text_char(text, ' ');
	tk_text_ipv6(text, p + 8);
	tk_text_add(text, " > ");
	tk_text_ipv6(text, p + 24);
}

void tk_summary_ipv6(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	size_t total, beyond;

	tk_text_word(text, "IPv6");
	if (slice.here < IPV6_HEADER) {
		tk_summary_cut(line, slice);
		return;
	}
	if (slice.p[0] >> 4 != 6) {
		tk_text_field(text, " [version ", slice.p[0] >> 4);
		tk_text_char(text, ']');
		return;
	}
	ipv6_addresses(text, slice.p);
	tk_details_ipv6(line, slice);
	lifetime(line, " hop limit ", slice.p[7], slice.p[24] == 0xff);
	total = IPV6_HEADER + tk_get_be16(slice.p + 4);
	/* A jumbogram, its length in an option; or BIG TCP, with or without. */
	if (total == IPV6_HEADER &&
	    (line->gso || slice.p[6] == IPPROTO_HOPOPTS))
		total = slice.here;
	beyond = cut_to(&slice, total);
	ipv6_payload(line, slice.p[6], tk_slice_after(slice, IPV6_HEADER));
	lengths(line, slice, beyond);
}

void tk_summary_quoted(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	uint8_t version = slice.here ? slice.p[0] >> 4 : 0;
	size_t header = IPV6_HEADER;
	uint8_t protocol;

	if (version == 4)
		header = (slice.p[0] & 0x0f) * 4u;
	else if (version != 6)
		return;
	if (header < IPV4_HEADER || slice.here < header)
		return;
	tk_text_add(text, " for");
	if (version == 4)
		ipv4_addresses(text, slice.p);
	else
		ipv6_addresses(text, slice.p);
	protocol = slice.p[version == 4 ? 9 : 6];
	tk_summary_protocol(line, protocol);
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		tk_summary_ports(line, tk_slice_after(slice, header));
}
