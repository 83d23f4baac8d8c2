// SPDX-License-Identifier: LGPL-2.1-or-later
/* The fields of an IP header that the summary leaves out. */
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define IPV4_HEADER	20	/* bytes, without options */
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct {
	uint8_t type;
	const char *name;
} option_names[] = {
	{ 1, "nop" }, { 7, "record-route" }, { 68, "timestamp" },
	{ 130, "security" }, { 131, "loose-source-route" },
	{ 137, "strict-source-route" }, { 148, "router-alert" },
};

static void option_name(struct tk_text *more, uint8_t type)
{
	for (size_t i = 0; i < COUNT(option_names); i++)
		if (option_names[i].type == type) {
			tk_text_word(more, option_names[i].name);
			return;
		}
	tk_text_field(more, " option ", type);
}

static void options(struct tk_line *line, const uint8_t *p, size_t len)
{
	struct tk_text *more = tk_detail(line, "IPv4 options");

	while (more && len && *p) {
		size_t size = 1;

		option_name(more, *p);
		if (*p != 1) {
			if (len < 2 || p[1] < 2 || p[1] > len) {
				tk_text_add(more, " [malformed]");
				return;
			}
			size = p[1];
			tk_text_add(more, size > 2 ? " 0x" : "");
			for (size_t i = 2; i < size; i++)
				tk_text_byte(more, p[i]);
		}
		p += size;
		len -= size;
	}
}

void tk_details_ipv4(struct tk_line *line, struct tk_slice packet)
{
	struct tk_text *more = tk_detail(line, "IPv4 ttl ");
	const uint8_t *p = packet.p;
	size_t header = (p[0] & 0x0f) * 4u;
	uint16_t fragments = tk_get_be16(p + 6);

	if (!more)
		return;
	tk_text_number(more, p[8]);
	tk_text_add(more, ", tos ");
	tk_text_hex(more, p[1], 2);
	tk_text_field(more, ", id ", tk_get_be16(p + 4));
	tk_text_add(more, ", flags");
	tk_text_add(more, fragments & 0x4000 ? " DF" : "");
	tk_text_add(more, fragments & 0x2000 ? " MF" : "");
	tk_text_add(more, fragments & 0xe000 ? "" : " none");
	tk_text_add(more, fragments & 0x8000 ? " reserved" : "");
	tk_text_field(more, ", offset ", (fragments & 0x1fff) * 8u);
	tk_text_field(more, ", protocol ", p[9]);
	tk_text_field(more, ", header ", header);
	tk_text_field(more, ", packet ", tk_get_be16(p + 2));
	tk_text_add(more, ", checksum ");
	tk_text_hex(more, tk_get_be16(p + 10), 4);
	if (header > IPV4_HEADER && header <= packet.here)
		options(line, p + IPV4_HEADER, header - IPV4_HEADER);
}

void tk_details_ipv6(struct tk_line *line, struct tk_slice packet)
{
	struct tk_text *more = tk_detail(line, "IPv6 hop limit ");
	uint32_t first = tk_get_be32(packet.p);

	if (!more)
		return;
	tk_text_number(more, packet.p[7]);
	tk_text_add(more, ", class ");
	tk_text_hex(more, first >> 20 & 0xff, 2);
	tk_text_add(more, ", flow ");
	tk_text_hex(more, first & 0xfffff, 5);
	tk_text_field(more, ", next header ", packet.p[6]);
	tk_text_field(more, ", payload ", tk_get_be16(packet.p + 4));
}
