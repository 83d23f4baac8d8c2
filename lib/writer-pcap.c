// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pcap.h"

#include <net/if_arp.h>
#include <linux/if_packet.h>
#include <string.h>

/* Cooked, so that a packet that is not IP keeps its protocol. */
static bool cooked(const struct tunkit_writer *writer)
{
	return writer->opts.kind == TUNKIT_TUN && writer->opts.pi;
}

unsigned int tk_pcap_link(struct tunkit_writer *writer, uint32_t *snaplen)
{
	*snaplen = TK_PCAP_SNAPLEN;
	if (writer->opts.snaplen && writer->opts.snaplen < *snaplen)
		*snaplen = writer->opts.snaplen;
	if (cooked(writer)) {
		*snaplen += TK_SLL_SIZE;
		return TK_LINK_SLL;
	}
	writer->opts.pi = false;
	return writer->opts.kind == TUNKIT_TUN ? TK_LINK_RAW : TK_LINK_ETHERNET;
}

void tk_pcap_start(struct tunkit_writer *writer)
{
	struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snaplen, link_type;
	} header = {
		.magic = TK_PCAP_NANO,
		.major = 2,
		.minor = 4,
	};

	header.link_type = tk_pcap_link(writer, &header.snaplen);
	memcpy(writer->buffer, &header, sizeof(header));
	writer->end = sizeof(header);
}

/* The protocol comes from PI, so it is where tk_writer_copy() wrote it. */
static void put_cooked(uint8_t *out, enum tunkit_direction direction)
{
	bool sent = direction == TUNKIT_FROM_KERNEL;

	memset(out, 0, TK_SLL_SIZE - TUNKIT_PI_SIZE);
	out[1] = sent ? PACKET_OUTGOING : PACKET_HOST;
	out[2] = ARPHRD_NONE >> 8;
	out[3] = ARPHRD_NONE & 0xff;
}

uint8_t *tk_pcap_data(const struct tunkit_writer *writer, uint8_t *out,
		      const struct tunkit_frame *frame,
		      enum tunkit_direction direction, uint32_t *len)
{
	uint8_t *pi = out + TK_SLL_SIZE - TUNKIT_PI_SIZE;
	uint8_t *end;

	*len = frame->len;
	if (!cooked(writer))
		return tk_writer_copy(writer, out, frame);
	end = tk_writer_copy(writer, pi, frame);
	put_cooked(out, direction);
	/* PI's flags are the end of the unused address field. */
	memset(pi, 0, 2);
	*len += TK_SLL_SIZE;
	return end;
}

uint8_t *tk_pcap_put(struct tunkit_writer *writer, uint8_t *out,
		     const struct tunkit_frame *frame,
		     enum tunkit_direction direction, uint64_t time_ns)
{
	uint8_t *data = out + TK_PCAP_RECORD_SIZE;
	struct {
		uint32_t seconds, nanoseconds, kept, len;
	} record = {
		.seconds = time_ns / TK_NS_PER_SECOND,
		.nanoseconds = time_ns % TK_NS_PER_SECOND,
	};
	uint8_t *end = tk_pcap_data(writer, data, frame, direction,
				    &record.len);

	record.kept = end - data;
	memcpy(out, &record, sizeof(record));
	return end;
}

size_t tk_pcap_room(size_t len)
{
	return TK_PCAP_RECORD_SIZE + TK_SLL_SIZE + len;
}
