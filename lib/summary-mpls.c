// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/if_ether.h>
#include <stdbool.h>

#include "bytes.h"
#include "summary.h"

#define ENTRY		4	/* bytes of a label stack entry, RFC 3032 */
#define SHOWN		3	/* so that the line stays a line */
#define DEPTH_MAX	32	/* more than any router pushes */

static void entry(struct tk_text *text, uint32_t value)
{
	tk_text_field(text, " label ", value >> 12);
	if (value >> 9 & 7)
		tk_text_field(text, " class ", value >> 9 & 7);
	tk_text_field(text, " ttl ", value & 0xff);
}

/* No field says what is behind the last label: routers look, so do we. */
static void inside(struct tk_line *line, struct tk_slice slice)
{
	uint8_t version = slice.here ? slice.p[0] >> 4 : 0;

	if (version == 4) {
		tk_summary_ipv4(line, slice);
	} else if (version == 6) {
		tk_summary_ipv6(line, slice);
	} else {
		tk_summary_bytes(line, slice.claimed);
		tk_summary_truncated(line, slice);
	}
}

void tk_summary_mpls(struct tk_line *line, struct tk_slice slice)
{
	bool last = false;
	int n;

	for (n = 0; !last && n < DEPTH_MAX; n++) {
		struct tk_text *more;
		uint32_t value;

		if (slice.here < ENTRY) {
			tk_summary_cut(line, slice);
			return;
		}
		value = tk_get_be32(slice.p);
		last = value & 0x100;
		if (n < SHOWN)
			entry(&line->text, value);
		more = tk_detail(line, "MPLS");
		if (more) {
			entry(more, value);
			tk_text_add(more, last ? ", the last" : "");
		}
		slice = tk_slice_after(slice, ENTRY);
	}
	if (n > SHOWN)
		tk_text_add(&line->text, " [more labels]");
	inside(line, slice);
}
