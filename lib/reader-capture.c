// SPDX-License-Identifier: LGPL-2.1-or-later
/* A capture is pcap or pcapng, whichever was asked for: its first bytes say. */
#include "stream.h"

#define MAGIC_SIZE 4

int tk_capture_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	const uint8_t *p = reader->buffer + reader->begin;

	if (!reader->capture) {
		if (reader->end - reader->begin < MAGIC_SIZE)
			return 0;
		reader->capture = tunkit_format_guess(p, MAGIC_SIZE);
		/* What is neither, pcap explains. */
		if (reader->capture != TUNKIT_FORMAT_PCAPNG)
			reader->capture = TUNKIT_FORMAT_PCAP;
	}
	if (reader->capture == TUNKIT_FORMAT_PCAPNG)
		return tk_pcapng_next(reader, frame);
	return tk_pcap_next(reader, frame);
}

int tk_capture_finish(struct tunkit_reader *reader)
{
	if (reader->capture == TUNKIT_FORMAT_PCAPNG)
		return tk_pcapng_finish(reader);
	return tk_reader_end(reader);
}

void tk_capture_release(struct tunkit_reader *reader)
{
	if (reader->capture == TUNKIT_FORMAT_PCAPNG)
		tk_pcapng_release(reader);
}
