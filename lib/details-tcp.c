// SPDX-License-Identifier: LGPL-2.1-or-later
/* The fields of a TCP header that the summary leaves out, and its options. */
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define TCP_HEADER	20	/* bytes, without options */

enum { END, NOP, MSS, WINDOW_SCALE, SACK_PERMITTED, SACK, TIMESTAMPS = 8 };

static void sack(struct tk_text *more, const uint8_t *p, size_t size)
{
	tk_text_add(more, " sack");
	for (size_t at = 2; at + 8 <= size; at += 8) {
		tk_text_field(more, " ", tk_get_be32(p + at));
		tk_text_field(more, "-", tk_get_be32(p + at + 4));
	}
}

/* An option of at least two bytes. */
static void option(struct tk_text *more, const uint8_t *p, size_t size)
{
	if (p[0] == MSS && size == 4) {
		tk_text_field(more, " mss ", tk_get_be16(p + 2));
	} else if (p[0] == WINDOW_SCALE && size == 3) {
		tk_text_field(more, " window-scale ", p[2]);
	} else if (p[0] == SACK_PERMITTED && size == 2) {
		tk_text_add(more, " sack-permitted");
	} else if (p[0] == SACK) {
		sack(more, p, size);
	} else if (p[0] == TIMESTAMPS && size == 10) {
		tk_text_field(more, " timestamps ", tk_get_be32(p + 2));
		tk_text_field(more, " ", tk_get_be32(p + 6));
	} else {
		tk_text_field(more, " option ", p[0]);
		tk_text_add(more, size > 2 ? " 0x" : "");
		for (size_t i = 2; i < size; i++)
			tk_text_byte(more, p[i]);
	}
}

static void options(struct tk_line *line, const uint8_t *p, size_t len)
{
	struct tk_text *more = tk_detail(line, "TCP options");

	while (more && len && *p != END) {
		size_t size = 1;

		if (*p == NOP) {
			tk_text_add(more, " nop");
		} else if (len < 2 || p[1] < 2 || p[1] > len) {
			tk_text_add(more, " [malformed]");
			return;
		} else {
			size = p[1];
			option(more, p, size);
		}
		p += size;
		len -= size;
	}
}

void tk_details_tcp(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *more = tk_detail(line, "TCP seq ");
	const uint8_t *p = slice.p;
	size_t header = (p[12] >> 4) * 4u;

	if (!more)
		return;
	tk_text_number(more, tk_get_be32(p + 4));
	tk_text_field(more, ", ack ", tk_get_be32(p + 8));
	tk_text_add(more, ", flags ");
	tk_text_hex(more, p[13], 2);
	tk_text_field(more, ", window ", tk_get_be16(p + 14));
	tk_text_field(more, ", urgent ", tk_get_be16(p + 18));
	tk_text_field(more, ", header ", header);
	tk_text_add(more, ", checksum ");
	tk_text_hex(more, tk_get_be16(p + 16), 4);
	if (header > TCP_HEADER && header <= slice.here)
		options(line, p + TCP_HEADER, header - TCP_HEADER);
}
