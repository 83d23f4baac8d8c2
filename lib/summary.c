// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One line that says what a frame is. Fixed words, numbers and addresses are
 * written; bytes of the frame (names of hosts) only by tk_text_escaped(), so
 * the line is printable ASCII.
 */
#include "tunkit.h"

#include <linux/if_ether.h>

#include "bytes.h"
#include "summary.h"

void tk_summary_bytes(struct tk_line *line, size_t bytes)
{
	tk_text_field(&line->text, ", ", bytes);
	tk_text_add(&line->text, bytes == 1 ? " byte" : " bytes");
}

void tk_summary_cut(struct tk_line *line, struct tk_slice slice)
{
	tk_text_field(&line->text, " [header cut: ", slice.here);
	tk_text_add(&line->text, slice.here == 1 ? " byte]" : " bytes]");
}

void tk_summary_truncated(struct tk_line *line, struct tk_slice slice)
{
	if (slice.here >= slice.claimed)
		return;
	tk_text_field(&line->text, " [truncated: ", slice.here);
	tk_text_field(&line->text, " of ", slice.claimed);
	tk_text_add(&line->text, " bytes]");
}

static void packet_information(struct tk_line *line,
			       const struct tunkit_frame *frame)
{
	struct tk_text *text = &line->text;
	const char *name = tk_ethertype_name(frame->pi_proto);
	uint16_t others = frame->pi_flags & (uint16_t)~TUNKIT_PI_STRIP;

	tk_text_add(text, "PI ");
	if (name)
		tk_text_add(text, name);
	else
		tk_text_hex(text, frame->pi_proto, 4);
	if (frame->pi_flags & TUNKIT_PI_STRIP)
		tk_text_add(text, " [cut]");
	if (others) {
		tk_text_add(text, " [flags ");
		tk_text_hex(text, others, 4);
		tk_text_char(text, ']');
	}
	tk_text_char(text, ':');
}

static const char *gso_name(uint8_t gso_type)
{
	switch (gso_type & ~(TUNKIT_GSO_ECN | TUNKIT_GSO_TUNNEL_IPV4 |
			     TUNKIT_GSO_TUNNEL_IPV6)) {
	case TUNKIT_GSO_TCPV4:
		return "tcp4";
	case TUNKIT_GSO_TCPV6:
		return "tcp6";
	case TUNKIT_GSO_UDP:
		return "ufo";
	default:
		return "udp";
	}
}

/* " [gso tcp4 1448 ecn, csum partial]", of a header that passed the check. */
static void offload(struct tk_line *line, const struct tunkit_vnet *vnet)
{
	struct tk_text *text = &line->text;
	const char *separator = " [";

	if (vnet->gso_type != TUNKIT_GSO_NONE) {
		tk_text_add(text, " [gso ");
		tk_text_add(text, gso_name(vnet->gso_type));
		tk_text_field(text, " ", vnet->gso_size);
		if (vnet->gso_type & TUNKIT_GSO_ECN)
			tk_text_add(text, " ecn");
		if (vnet->gso_type & TUNKIT_GSO_TUNNEL_IPV4)
			tk_text_add(text, " tunnel4");
		if (vnet->gso_type & TUNKIT_GSO_TUNNEL_IPV6)
			tk_text_add(text, " tunnel6");
		separator = ", ";
	}
	if (vnet->flags & TUNKIT_VNET_NEEDS_CSUM) {
		tk_text_add(text, separator);
		tk_text_add(text, "csum partial");
		separator = ", ";
	}
	if (separator[0] == ',')
		tk_text_char(text, ']');
}

static void vnet_header(struct tk_line *line, const struct tunkit_frame *frame)
{
	const char *why;

	if (!tunkit_vnet_check(&frame->vnet, frame->len, &why)) {
		offload(line, &frame->vnet);
		return;
	}
	tk_text_add(&line->text, " [bad virtio-net header: ");
	tk_text_add(&line->text, why);
	tk_text_char(&line->text, ']');
}

static void tun_packet(struct tk_line *line, const struct tunkit_frame *frame,
		       struct tk_slice slice)
{
	uint8_t version = slice.p[0] >> 4;

	if (frame->has_pi && frame->pi_proto)
		tk_summary_type(line, frame->pi_proto, slice);
	else if (version == 4)
		tk_summary_ipv4(line, slice);
	else if (version == 6)
		tk_summary_ipv6(line, slice);
	else {
		tk_text_word(&line->text, "not IP, begins with ");
		tk_text_hex(&line->text, slice.p[0], 2);
		tk_summary_bytes(line, slice.here);
	}
}

void tk_summary_frame(struct tk_line *line, enum tunkit_kind kind,
		      const struct tunkit_frame *frame)
{
	struct tk_slice slice = { frame->data, frame->len, frame->len };

	line->padded = kind == TUNKIT_TAP && frame->len <= ETH_ZLEN;
	line->gso = frame->has_vnet && frame->vnet.gso_type;
	if (!frame->len)
		tk_text_word(&line->text, "empty frame");
	else if (kind == TUNKIT_TAP)
		tk_summary_ethernet(line, slice);
	else
		tun_packet(line, frame, slice);
}

size_t tunkit_frame_summary(enum tunkit_kind kind,
			    const struct tunkit_frame *frame, char *out,
			    size_t size)
{
	struct tk_line line = { .text = { out, size, 0 } };

	if (frame->has_pi)
		packet_information(&line, frame);
	tk_summary_frame(&line, kind, frame);
	if (frame->has_vnet)
		vnet_header(&line, frame);
	return tk_text_end(&line.text);
}
