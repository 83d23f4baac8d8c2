// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Hex dumps: lines of an offset and bytes, as od, text2pcap, tcpdump -x and
 * -X, xxd, hexdump -C and Wireshark print them. Offset 0 begins a frame. Lines
 * that begin with '#' do not count; any other text, or an empty line, ends the
 * frame. What looks like a dump but does not continue the frame is an error,
 * never a guess.
 *
 * Bytes are decoded to where the frame's text was: reader->begin and hex.len
 * hold the frame, the text not yet read follows it without a gap.
 */
#include "stream.h"

#include <string.h>

#define GAP_WIDE	3	/* columns that end the bytes of a line, */
#define GAP_FULL	2	/* the same after FULL bytes */
#define FULL		16

static int digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The offset that begins a line: three digits and more, or with 0x, one. */
static const uint8_t *parse_offset(const uint8_t *p, const uint8_t *end,
				   size_t *offset)
{
	int digits = 0, needed = 3;
	size_t value = 0;

	while (p < end && blank(*p))
		p++;
	if (end - p > 2 && p[0] == '0' && p[1] == 'x') {
		needed = 1;
		p += 2;
	}
	for (; p < end && digit(*p) >= 0; p++, digits++)
		value = (value & 0xfffffff) << 4 | digit(*p);
	if (digits < needed)
		return NULL;
	if (p < end && *p == ':')
		p++;
	else if (p < end && !blank(*p))
		return NULL;
	*offset = value;
	return p;
}

/* Digits in a row, if they are whole bytes and stand alone; 0 otherwise. */
static size_t group_length(const uint8_t *p, const uint8_t *end)
{
	const uint8_t *q = p;

	while (q < end && digit(*q) >= 0)
		q++;
	if ((q - p) % 2 || (q < end && !blank(*q)))
		return 0;
	return q - p;
}

/*
 * Decodes the bytes of a line to out, which is not behind p. A column of
 * characters may look like bytes, but a wide gap comes before it.
 */
static size_t parse_bytes(const uint8_t *p, const uint8_t *end, uint8_t *out)
{
	size_t count = 0;

	for (;;) {
		size_t gap = 0, digits;

		for (; p < end && blank(*p); p++)
			gap += *p == '\t' ? GAP_WIDE : 1;
		if (count && gap >= (count >= FULL ? GAP_FULL : GAP_WIDE))
			return count;
		digits = group_length(p, end);
		if (!digits)
			return count;
		for (; digits; digits -= 2, p += 2)
			out[count++] = digit(p[0]) << 4 | digit(p[1]);
	}
}

/* Gives the open frame; the text behind it begins at text. */
static int give(struct tunkit_reader *reader, const uint8_t *text,
		struct tunkit_frame *frame)
{
	const uint8_t *data = reader->buffer + reader->begin;
	size_t len = reader->hex.len;

	reader->begin = text - reader->buffer;
	reader->hex.len = 0;
	reader->hex.open = false;
	return tk_reader_give(reader, reader->hex.at, data, len, frame);
}

/* A line that begins with an offset; results as read_line(). */
static int read_dump(struct tunkit_reader *reader, const uint8_t *line,
		     const uint8_t *bytes, const uint8_t *end, size_t offset)
{
	unsigned long long at = tk_reader_at(reader, line);
	struct tk_hex *hex = &reader->hex;
	uint8_t *out = reader->buffer + reader->begin + hex->len;
	const uint8_t *first = bytes;

	if (!offset && hex->open)
		return 1;
	while (first < end && blank(*first))
		first++;
	/* od ends with the length alone; other such lines are text. */
	if (offset && !group_length(first, end))
		return hex->open;
	if (offset != hex->len)
		return tk_reader_break(reader, at,
				       "offset 0x%zx at byte %llu, where 0x%zx is due",
				       offset, at, hex->len);
	if (!hex->open)
		hex->at = at;
	hex->open = true;
	hex->len += parse_bytes(first, end, out);
	return 0;
}

/* 0: the line is used up; 1: the frame ended before it. */
static int read_line(struct tunkit_reader *reader, const uint8_t *line,
		     const uint8_t *end)
{
	const uint8_t *p = line;
	size_t offset;

	while (p < end && blank(*p))
		p++;
	if (p < end && *p == '#')
		return 0;
	p = parse_offset(p, end, &offset);
	if (!p)
		return reader->hex.open;
	return read_dump(reader, line, p, end, offset);
}

static int check_length(struct tunkit_reader *reader)
{
	size_t max = TK_FRAME_MAX + (reader->opts.pi ? TUNKIT_PI_SIZE : 0);

	if (reader->hex.len <= max)
		return 0;
	return tk_reader_break(reader, reader->hex.at,
			       "the frame at byte %llu is longer than %zu",
			       reader->hex.at, max);
}

/* No whole line is left: what there is of one moves up to the frame. */
static int wait_for_more(struct tunkit_reader *reader, const uint8_t *text)
{
	unsigned long long at = tk_reader_at(reader, text);
	size_t left = reader->buffer + reader->end - text;
	size_t held = reader->begin + reader->hex.len;

	if (left > reader->size / 2)
		return tk_reader_break(reader, at,
				       "the line at byte %llu is longer than %zu",
				       at, reader->size / 2);
	memmove(reader->buffer + held, text, left);
	reader->end = held + left;
	return 0;
}

int tk_hex_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	const uint8_t *text = reader->buffer + reader->begin + reader->hex.len;
	const uint8_t *end;
	int result;

	for (;;) {
		size_t left = reader->buffer + reader->end - text;

		end = memchr(text, '\n', left);
		if (!end && !reader->hex.ended)
			return wait_for_more(reader, text);
		if (!left)
			return reader->hex.open ?
				give(reader, text, frame) : 0;
		if (!end)
			end = text + left;
		result = read_line(reader, text, end);
		if (result < 0)
			return result;
		if (result)
			return give(reader, text, frame);
		text = end < reader->buffer + reader->end ? end + 1 : end;
		result = check_length(reader);
		if (result)
			return result;
	}
}

int tk_hex_finish(struct tunkit_reader *reader)
{
	reader->hex.ended = true;
	return 0;
}
