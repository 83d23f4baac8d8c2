// SPDX-License-Identifier: LGPL-2.1-or-later
/* IP packets end to end: each packet's own header says where it ends. */
#include "stream.h"

int tk_raw_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	const uint8_t *p = reader->buffer + reader->begin;
	size_t have = reader->end - reader->begin;
	unsigned long long at = tk_reader_at(reader, p);
	size_t head = reader->opts.pi ? TUNKIT_PI_SIZE : 0;
	ssize_t len;
	int result;

	if (have <= head)
		return 0;
	len = tunkit_packet_length(p + head, have - head);
	if (len < 0)
		return tk_reader_break(reader, at + head,
				       "no IPv4 or IPv6 packet begins at byte %llu",
				       at + head);
	if (len > TK_FRAME_MAX)
		return tk_reader_break(reader, at,
				       "length %zd at byte %llu is above %u",
				       len, at, TK_FRAME_MAX);
	if (!len || have - head < (size_t)len)
		return 0;
	result = tk_reader_give(reader, at, p, head + len, frame);
	if (result == 1)
		reader->begin += head + len;
	return result;
}
