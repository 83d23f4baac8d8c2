// SPDX-License-Identifier: LGPL-2.1-or-later
/* The lines that say more of a frame than its summary. */
#include "tunkit.h"

#include "summary.h"

#define INDENT		"    "
/* No line is longer than this, so the last that begins below the limit fits. */
#define LINE_MAX_SIZE	4096
#define LIMIT		(TUNKIT_DETAILS_SIZE - LINE_MAX_SIZE)

struct tk_text *tk_detail(struct tk_line *line, const char *words)
{
	struct tk_text *more = line->more;

	if (!more)
		return NULL;
	if (more->len)
		tk_text_char(more, '\n');
	tk_text_add(more, INDENT);
	if (more->len > LIMIT) {
		tk_text_add(more, "[more]");
		line->more = NULL;
		return NULL;
	}
	tk_text_add(more, words);
	return more;
}

static void packet_information(struct tk_line *line,
			       const struct tunkit_frame *frame)
{
	struct tk_text *more = tk_detail(line, "PI flags ");
	const char *name = tk_ethertype_name(frame->pi_proto);

	tk_text_hex(more, frame->pi_flags, 4);
	tk_text_add(more, ", protocol ");
	tk_text_hex(more, frame->pi_proto, 4);
	if (name) {
		tk_text_add(more, " (");
		tk_text_add(more, name);
		tk_text_char(more, ')');
	}
}

static bool says_nothing(const struct tunkit_vnet *vnet)
{
	return !(vnet->flags | vnet->gso_type | vnet->gso_size | vnet->hdr_len |
		 vnet->csum_start | vnet->csum_offset);
}

static void vnet_header(struct tk_line *line, const struct tunkit_vnet *vnet)
{
	struct tk_text *more;

	if (says_nothing(vnet))
		return;
	more = tk_detail(line, "virtio-net flags ");
	tk_text_hex(more, vnet->flags, 2);
	tk_text_add(more, ", gso type ");
	tk_text_hex(more, vnet->gso_type, 2);
	tk_text_field(more, " size ", vnet->gso_size);
	tk_text_field(more, ", header ", vnet->hdr_len);
	tk_text_field(more, ", csum start ", vnet->csum_start);
	tk_text_field(more, " offset ", vnet->csum_offset);
}

size_t tunkit_frame_details(enum tunkit_kind kind,
			    const struct tunkit_frame *frame, char *out,
			    size_t size)
{
	struct tk_text text = { out, size, 0 };
	struct tk_line line = { .more = &text };

	if (frame->has_pi)
		packet_information(&line, frame);
	if (frame->has_vnet)
		vnet_header(&line, &frame->vnet);
	tk_summary_frame(&line, kind, frame);
	if (text.len)
		tk_text_char(&text, '\n');
	return tk_text_end(&text);
}
