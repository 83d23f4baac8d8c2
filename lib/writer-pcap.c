// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream.h"

#include <net/if_arp.h>
#include <linux/if_packet.h>
#include <string.h>

#include "pcap.h"

#define NS_PER_SECOND	1000000000u

/* Cooked, so that a packet that is not IP keeps its protocol. */
static bool cooked(const struct tunkit_writer *writer)
{
	return writer->opts.kind == TUNKIT_TUN && writer->opts.pi;
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
		.snaplen = 262144,
		.link_type = TK_LINK_ETHERNET,
	};

	if (writer->opts.snaplen && writer->opts.snaplen < header.snaplen)
		header.snaplen = writer->opts.snaplen;
	if (writer->opts.kind == TUNKIT_TUN)
		header.link_type = TK_LINK_RAW;
	if (cooked(writer)) {
		header.link_type = TK_LINK_SLL;
		header.snaplen += TK_SLL_SIZE;
	} else {
		writer->opts.pi = false;
	}
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

uint8_t *tk_pcap_put(struct tunkit_writer *writer, uint8_t *out,
		     const struct tunkit_frame *frame,
		     enum tunkit_direction direction, uint64_t time_ns)
{
	uint8_t *data = out + TK_PCAP_RECORD_SIZE;
	struct {
		uint32_t seconds, nanoseconds, kept, len;
	} record = {
		.seconds = time_ns / NS_PER_SECOND,
		.nanoseconds = time_ns % NS_PER_SECOND,
		.len = frame->len,
	};
	uint8_t *end;

	if (cooked(writer)) {
		end = tk_writer_copy(writer, data + TK_SLL_SIZE - TUNKIT_PI_SIZE,
				     frame);
		put_cooked(data, direction);
		/* PI's flags are the end of the unused address field. */
		memset(data + TK_SLL_SIZE - TUNKIT_PI_SIZE, 0, 2);
		record.len += TK_SLL_SIZE;
	} else {
		end = tk_writer_copy(writer, data, frame);
	}
	record.kept = end - data;
	memcpy(out, &record, sizeof(record));
	return end;
}

size_t tk_pcap_room(size_t len)
{
	return TK_PCAP_RECORD_SIZE + TK_SLL_SIZE + len;
}
