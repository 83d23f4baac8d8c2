// SPDX-License-Identifier: LGPL-2.1-or-later
/* libpcap's savefile format: pcap-savefile(5) */
#include "pcap.h"

#include <errno.h>

#include "bytes.h"

static uint32_t get32(const struct tk_pcap *pcap, const uint8_t *p)
{
	return tk_get_host32(p, pcap->swapped);
}

static int read_magic(struct tunkit_reader *reader, const uint8_t *p)
{
	struct tk_pcap *pcap = &reader->pcap;

	for (int swapped = 0; swapped < 2; swapped++) {
		uint32_t magic = tk_get_host32(p, swapped);

		pcap->swapped = swapped;
		pcap->tick_ns = magic == TK_PCAP_NANO ? 1 : 1000;
		if (magic == TK_PCAP_NANO || magic == TK_PCAP_MICRO)
			return 0;
	}
	return tk_reader_break(reader, tk_reader_at(reader, p),
			       "no capture begins with %02x %02x %02x %02x",
			       p[0], p[1], p[2], p[3]);
}

static int start(struct tunkit_reader *reader)
{
	const uint8_t *p = reader->buffer + reader->begin;
	size_t have = reader->end - reader->begin;
	unsigned int type;
	int err;

	/* A wrong magic must not wait for bytes that may never come. */
	if (have < 4)
		return 0;
	err = read_magic(reader, p);
	if (err || have < TK_PCAP_FILE_SIZE)
		return err;
	/* The upper bits tell of a frame check sequence. */
	type = get32(&reader->pcap, p + 20) & 0x03ffffff;
	err = tk_link_check(reader, type, tk_reader_at(reader, p + 20),
			    "the capture");
	if (err)
		return err;
	reader->pcap.link = tk_link_type(type);
	reader->pcap.started = true;
	reader->begin += TK_PCAP_FILE_SIZE;
	return 0;
}

int tk_pcap_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	struct tk_pcap *pcap = &reader->pcap;
	const uint8_t *p;
	uint32_t kept;
	size_t have;
	int err;

	if (!pcap->started) {
		err = start(reader);
		if (err || !pcap->started)
			return err;
	}
	p = reader->buffer + reader->begin;
	have = reader->end - reader->begin;
	if (have < TK_PCAP_RECORD_SIZE)
		return 0;
	kept = get32(pcap, p + 8);
	err = tk_link_length(reader, pcap->link, tk_reader_at(reader, p), kept);
	if (err)
		return err;
	if (have - TK_PCAP_RECORD_SIZE < kept)
		return 0;
	reader->begin += TK_PCAP_RECORD_SIZE + kept;
	reader->has_time = true;
	reader->time_ns = (uint64_t)get32(pcap, p) * TK_NS_PER_SECOND +
			  (uint64_t)get32(pcap, p + 4) * pcap->tick_ns;
	tk_link_give(pcap->link, p + TK_PCAP_RECORD_SIZE, kept,
		     get32(pcap, p + 12), frame);
	return 1;
}
