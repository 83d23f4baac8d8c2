// SPDX-License-Identifier: LGPL-2.1-or-later
/* What the frames of a capture begin with: https://www.tcpdump.org/linktypes.html */
#include "pcap.h"

#include <errno.h>

#include "bytes.h"
#include "internal.h"

static const struct tk_link_type link_types[] = {
	{ TK_LINK_ETHERNET, TUNKIT_TAP, 0, 0, "Ethernet frames" },
	{ TK_LINK_RAW, TUNKIT_TUN, 0, 0, "IP packets" },
	{ TK_LINK_RAW_BSD, TUNKIT_TUN, 0, 0, "IP packets" },
	{ TK_LINK_IPV4, TUNKIT_TUN, 0, 0, "IPv4 packets" },
	{ TK_LINK_IPV6, TUNKIT_TUN, 0, 0, "IPv6 packets" },
	{ TK_LINK_SLL, TUNKIT_TUN, TK_SLL_SIZE, 14, "cooked packets" },
	{ TK_LINK_SLL2, TUNKIT_TUN, TK_SLL2_SIZE, 0, "cooked packets" },
};

const struct tk_link_type *tk_link_type(unsigned int number)
{
	for (size_t i = 0; i < TK_COUNT(link_types); i++)
		if (link_types[i].number == number)
			return &link_types[i];
	return NULL;
}

int tk_link_check(struct tunkit_reader *reader, unsigned int number,
		  unsigned long long at, const char *what)
{
	const struct tk_link_type *link = tk_link_type(number);
	bool tun = reader->opts.kind == TUNKIT_TUN;

	if (!link)
		return tk_reader_refuse(reader, -EOPNOTSUPP, at,
					"%s has link type %u, neither Ethernet nor IP",
					what, number);
	if (link->kind != reader->opts.kind)
		return tk_reader_refuse(reader, -EMEDIUMTYPE, at,
					"%s holds %s (link type %u), a %s device takes %s",
					what, link->name, number,
					tun ? "TUN" : "TAP",
					tun ? "IP packets" : "Ethernet frames");
	return 0;
}

int tk_link_length(struct tunkit_reader *reader,
		   const struct tk_link_type *link, unsigned long long at,
		   uint32_t kept)
{
	if (kept > TK_FRAME_MAX + link->header)
		return tk_reader_break(reader, at,
				       "length %u at byte %llu is above %zu",
				       kept, at, TK_FRAME_MAX + link->header);
	if (kept < link->header)
		return tk_reader_break(reader, at,
				       "length %u at byte %llu is below that of its header",
				       kept, at);
	return 0;
}

void tk_link_give(const struct tk_link_type *link, const uint8_t *data,
		  uint32_t kept, uint32_t len, struct tunkit_frame *frame)
{
	*frame = (struct tunkit_frame){
		.data = data + link->header,
		.len = kept - link->header,
		.pi_flags = kept < len ? TUNKIT_PI_STRIP : 0,
	};
	if (!link->header)
		return;
	frame->has_pi = true;
	frame->pi_proto = tk_get_be16(data + link->protocol);
}
