// SPDX-License-Identifier: LGPL-2.1-or-later
/* len16 and len32: a big-endian length before each frame. */
#include "stream.h"

static uint32_t big_endian(const uint8_t *p, size_t size)
{
	uint32_t value = 0;

	while (size--)
		value = value << 8 | *p++;
	return value;
}

int tk_length_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	const uint8_t *p = reader->buffer + reader->begin;
	size_t have = reader->end - reader->begin;
	unsigned long long at = tk_reader_at(reader, p);
	size_t head = reader->format->length_size;
	uint32_t max = TK_FRAME_MAX;
	uint32_t len;
	int result;

	if (have < head)
		return 0;
	len = big_endian(p, head);
	if (reader->opts.pi)
		max += TUNKIT_PI_SIZE;
	if (len > max)
		return tk_reader_break(reader, at,
				       "length %u at byte %llu is above %u",
				       len, at, max);
	if (have - head < len)
		return 0;
	result = tk_reader_give(reader, at, p + head, len, frame);
	if (result == 1)
		reader->begin += head + len;
	return result;
}
