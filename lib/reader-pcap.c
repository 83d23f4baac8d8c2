// SPDX-License-Identifier: LGPL-2.1-or-later
/* libpcap's savefile format: pcap-savefile(5), https://www.tcpdump.org/linktypes.html */
#include "stream.h"

#include <byteswap.h>
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "pcap.h"

static const struct link_type {
	unsigned int type;
	enum tunkit_kind kind;
	size_t header;
	size_t protocol;	/* offset of the EtherType in header */
	const char *name;
} link_types[] = {
	{ TK_LINK_ETHERNET, TUNKIT_TAP, 0, 0, "Ethernet frames" },
	{ TK_LINK_RAW, TUNKIT_TUN, 0, 0, "IP packets" },
	{ TK_LINK_RAW_BSD, TUNKIT_TUN, 0, 0, "IP packets" },
	{ TK_LINK_IPV4, TUNKIT_TUN, 0, 0, "IPv4 packets" },
	{ TK_LINK_IPV6, TUNKIT_TUN, 0, 0, "IPv6 packets" },
	{ TK_LINK_SLL, TUNKIT_TUN, TK_SLL_SIZE, 14, "cooked packets" },
	{ TK_LINK_SLL2, TUNKIT_TUN, TK_SLL2_SIZE, 0, "cooked packets" },
};

static uint32_t get32(const struct tk_pcap *pcap, const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return pcap->swapped ? bswap_32(value) : value;
}

static int read_magic(struct tunkit_reader *reader, const uint8_t *p)
{
	static const uint8_t pcapng[4] = { 0x0a, 0x0d, 0x0d, 0x0a };
	struct tk_pcap *pcap = &reader->pcap;

	for (int swapped = 0; swapped < 2; swapped++) {
		pcap->swapped = swapped;
		if (get32(pcap, p) == TK_PCAP_MICRO ||
		    get32(pcap, p) == TK_PCAP_NANO)
			return 0;
	}
	if (!memcmp(p, pcapng, sizeof(pcapng)))
		return tk_reader_refuse(reader, -EOPNOTSUPP,
					tk_reader_at(reader, p),
					"a pcapng capture cannot be read, pcap can (editcap -F pcap)");
	return tk_reader_break(reader, tk_reader_at(reader, p),
			       "no capture begins with %02x %02x %02x %02x",
			       p[0], p[1], p[2], p[3]);
}

static int read_link_type(struct tunkit_reader *reader, const uint8_t *p)
{
	bool tun = reader->opts.kind == TUNKIT_TUN;
	/* The upper bits tell of a frame check sequence. */
	unsigned int type = get32(&reader->pcap, p) & 0x03ffffff;
	unsigned long long at = tk_reader_at(reader, p);
	const struct link_type *l;

	for (l = link_types; l < link_types + TK_COUNT(link_types); l++)
		if (l->type == type)
			break;
	if (l == link_types + TK_COUNT(link_types))
		return tk_reader_refuse(reader, -EOPNOTSUPP, at,
					"the capture has link type %u, neither Ethernet nor IP",
					type);
	if (l->kind != reader->opts.kind)
		return tk_reader_refuse(reader, -EMEDIUMTYPE, at,
					"the capture holds %s (link type %u), a %s device takes %s",
					l->name, type, tun ? "TUN" : "TAP",
					tun ? "IP packets" : "Ethernet frames");
	reader->pcap.link_type = l - link_types;
	return 0;
}

static int start(struct tunkit_reader *reader)
{
	const uint8_t *p = reader->buffer + reader->begin;
	size_t have = reader->end - reader->begin;
	int err;

	/* A wrong magic must not wait for bytes that may never come. */
	if (have < 4)
		return 0;
	err = read_magic(reader, p);
	if (err || have < TK_PCAP_FILE_SIZE)
		return err;
	err = read_link_type(reader, p + 20);
	if (err)
		return err;
	reader->pcap.started = true;
	reader->begin += TK_PCAP_FILE_SIZE;
	return 0;
}

int tk_pcap_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	const struct link_type *l;
	unsigned long long at;
	uint32_t kept, len;
	const uint8_t *p;
	size_t have;
	int err;

	if (!reader->pcap.started) {
		err = start(reader);
		if (err || !reader->pcap.started)
			return err;
	}
	l = &link_types[reader->pcap.link_type];
	p = reader->buffer + reader->begin;
	at = tk_reader_at(reader, p);
	have = reader->end - reader->begin;
	if (have < TK_PCAP_RECORD_SIZE)
		return 0;
	kept = get32(&reader->pcap, p + 8);
	len = get32(&reader->pcap, p + 12);
	if (kept > TK_FRAME_MAX + l->header)
		return tk_reader_break(reader, at,
				       "length %u at byte %llu is above %zu",
				       kept, at, TK_FRAME_MAX + l->header);
	if (kept < l->header)
		return tk_reader_break(reader, at,
				       "length %u at byte %llu is below that of its header",
				       kept, at);
	if (have - TK_PCAP_RECORD_SIZE < kept)
		return 0;
	reader->begin += TK_PCAP_RECORD_SIZE + kept;
	p += TK_PCAP_RECORD_SIZE;
	*frame = (struct tunkit_frame){
		.data = p + l->header,
		.len = kept - l->header,
		.pi_flags = kept < len ? TUNKIT_PI_STRIP : 0,
	};
	if (l->header) {
		frame->has_pi = true;
		frame->pi_proto = p[l->protocol] << 8 | p[l->protocol + 1];
	}
	return 1;
}
