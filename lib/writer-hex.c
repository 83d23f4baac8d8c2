// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The layout of `od -Ax -tx1`, which text2pcap(1) reads, one comment line
 * before each frame and an empty one behind it, so that a reader need not wait
 * for the next frame to see the end of this one.
 */
#include "stream.h"

#define PER_LINE	16

static uint8_t *put_line(uint8_t *out, size_t offset, const uint8_t *bytes,
			 size_t count)
{
	static const char digits[16] = "0123456789abcdef";

	for (int shift = 20; shift >= 0; shift -= 4)
		*out++ = digits[offset >> shift & 15];
	for (size_t i = 0; i < count; i++) {
		*out++ = ' ';
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out++ = '\n';
	return out;
}

uint8_t *tk_hex_put(struct tunkit_writer *writer, uint8_t *out,
		    const struct tunkit_frame *frame,
		    enum tunkit_direction direction, uint64_t time_ns)
{
	/* The bytes to print wait behind the longest text that they can be. */
	size_t text = tk_hex_room(frame->len) - frame->len - TUNKIT_PI_SIZE;
	const uint8_t *bytes = out + text;
	size_t len = tk_writer_copy(writer, out + text, frame) - bytes;
	size_t offset = 0;

	*out++ = '#';
	*out++ = ' ';
	out += tk_writer_line(writer, (char *)out, true, frame, direction,
			      time_ns);
	*out++ = '\n';
	do {
		size_t left = len - offset;

		out = put_line(out, offset, bytes + offset,
			       left < PER_LINE ? left : PER_LINE);
		offset += PER_LINE;
	} while (offset < len);
	*out++ = '\n';
	return out;
}

size_t tk_hex_room(size_t len)
{
	size_t bytes = len + TUNKIT_PI_SIZE;
	size_t lines = bytes / PER_LINE + 1;

	return TK_LINE_SIZE + 4 + lines * 7 + bytes * 3 + lines + bytes;
}
