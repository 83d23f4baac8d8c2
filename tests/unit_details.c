// SPDX-License-Identifier: GPL-2.0-or-later
/* The further lines of a frame: what they say, and that none is harmful. */
#include <tunkit.h>

#include "check.h"
#include "details-frames.h"
#include "frames.h"
#include "summary-frames.h"

static char text[TUNKIT_DETAILS_SIZE];

/* -1: too short for the headers. */
static int details(const struct tunkit_layout *layout, const uint8_t *bytes,
		   size_t len, char *out, size_t size)
{
	struct tunkit_frame frame;

	if (decode_guarded(layout, bytes, len, &frame))
		return -1;
	return (int)tunkit_frame_details(layout->kind, &frame, out, size);
}

static void exact_texts(void)
{
	uint8_t bytes[FRAME_MAX];

	for (size_t i = 0; i < COUNT(detailed); i++) {
		struct tunkit_layout layout = layout_of(detailed[i].layout);
		size_t len = from_hex(detailed[i].hex, bytes);
		int got = details(&layout, bytes, len, text, sizeof(text));

		CHECK_STR(text, detailed[i].text);
		CHECK_INT(got, strlen(detailed[i].text));
	}
}

/* Indented lines, each with an end, of visible characters and blanks. */
static void check_clean(int len, size_t frame, size_t at)
{
	if (len < 0)
		return;
	if (len >= TUNKIT_DETAILS_SIZE || (size_t)len != strlen(text))
		FAIL("frame %zu at %zu: length %d", frame, at, len);
	for (const char *c = text; *c; c++) {
		bool begins = c == text || c[-1] == '\n';

		if ((*c < ' ' || *c > '~') && *c != '\n')
			FAIL("frame %zu at %zu: byte %d", frame, at, *c);
		if (begins && strncmp(c, "    ", 4))
			FAIL("frame %zu at %zu: not indented", frame, at);
	}
	if (len && text[len - 1] != '\n')
		FAIL("frame %zu at %zu: no end of line", frame, at);
}

static void every_cut(void)
{
	static const char *const layouts[] = { "tun", "tap", "tunP", "tapPV" };
	uint8_t bytes[FRAME_MAX];

	for (size_t i = 0; i < COUNT(frames); i++) {
		size_t len = from_hex(frames[i].hex, bytes);

		for (size_t l = 0; l < COUNT(layouts); l++) {
			struct tunkit_layout layout = layout_of(layouts[l]);

			for (size_t cut = 0; cut <= len; cut++)
				check_clean(details(&layout, bytes, cut, text,
						    sizeof(text)), i, cut);
		}
	}
}

static void every_byte_changed(void)
{
	static const uint8_t values[] = { 0, 1, 0x40, 0x7f, 0xc0, 0xff };
	uint8_t bytes[FRAME_MAX];

	for (size_t i = 0; i < COUNT(frames); i++) {
		struct tunkit_layout layout = layout_of(frames[i].layout);
		size_t len = from_hex(frames[i].hex, bytes);

		for (size_t at = 0; at < len; at++) {
			uint8_t before = bytes[at];

			for (size_t v = 0; v < COUNT(values); v++) {
				bytes[at] = values[v];
				check_clean(details(&layout, bytes, len, text,
						    sizeof(text)), i, at);
			}
			bytes[at] = before;
		}
	}
}

/* Like snprintf: the length of the whole, the beginning that fits, a NUL. */
static void small_buffers(void)
{
	uint8_t bytes[FRAME_MAX];

	for (size_t i = 0; i < COUNT(detailed); i++) {
		struct tunkit_layout layout = layout_of(detailed[i].layout);
		size_t len = from_hex(detailed[i].hex, bytes);
		int whole = (int)strlen(detailed[i].text);

		CHECK_INT(details(&layout, bytes, len, NULL, 0), whole);
		for (size_t size = 1; size < (size_t)whole + 2; size += 7) {
			size_t kept = size <= (size_t)whole ? size - 1 : (size_t)whole;

			text[size] = 0x7e;
			CHECK_INT(details(&layout, bytes, len, text, size),
				  whole);
			CHECK_INT(strlen(text), kept);
			CHECK_MEM(text, detailed[i].text, kept);
			CHECK_INT(text[size], 0x7e);
		}
	}
}

/* As many records as a datagram holds: the text ends where it says so. */
static void more_than_can_be_shown(void)
{
	static uint8_t data[20 + 8 + 12 + 4000 * 16] = {
		0x45, 0, 0xfa, 0x28, 0, 1, 0, 0, 64, 17, 0, 0,
		10, 0, 0, 1, 10, 0, 0, 2,
		0, 53, 0x9c, 0x40, 0xfa, 0x14, 0, 0,
		0, 1, 0x80, 0, 0, 0, 0x0f, 0xa0,
	};
	static const uint8_t record[] = {
		1, 'a', 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 3, 9, 9, 9,
	};
	struct tunkit_frame frame = { .data = data, .len = sizeof(data) };
	const char *end = "    [more]\n";
	size_t len;

	for (size_t at = 40; at < sizeof(data); at += sizeof(record))
		memcpy(data + at, record, sizeof(record));
	len = tunkit_frame_details(TUNKIT_TUN, &frame, text, sizeof(text));
	check_clean((int)len, 0, 0);
	CHECK_STR(text + len - strlen(end), end);
}

static void empty_frames(void)
{
	struct tunkit_frame frame = { 0 };

	CHECK_INT(tunkit_frame_details(TUNKIT_TUN, &frame, text, sizeof(text)),
		  0);
	CHECK_STR(text, "");
}

/* The writer puts them behind the line, for text alone and if asked. */
static void written_behind_the_line(void)
{
	struct tunkit_stream_opts opts = TUNKIT_INIT(opts);
	uint8_t bytes[FRAME_MAX];
	struct tunkit_layout layout = layout_of(detailed[0].layout);
	size_t len = from_hex(detailed[0].hex, bytes);
	struct tunkit_writer *writer;
	struct tunkit_frame frame;
	const char *out, *end;
	size_t size;

	opts.format = TUNKIT_FORMAT_TEXT;
	opts.kind = layout.kind;
	for (int wanted = 0; wanted < 2; wanted++) {
		opts.details = wanted;
		CHECK_INT(decode_guarded(&layout, bytes, len, &frame), 0);
		CHECK_INT(tunkit_writer_new(&opts, &writer), 0);
		CHECK_INT(tunkit_writer_put(writer, &frame, TUNKIT_FROM_KERNEL,
					    0), 0);
		out = tunkit_writer_pending(writer, &size);
		end = memchr(out, '\n', size);
		CHECK(end);
		CHECK_INT(out + size - (end + 1),
			  wanted ? strlen(detailed[0].text) : 0);
		CHECK_MEM(end + 1, detailed[0].text, out + size - (end + 1));
		tunkit_writer_free(writer);
	}
}

static const struct check_test tests[] = {
	{ "exact texts", exact_texts },
	{ "every frame cut at every length", every_cut },
	{ "every byte changed", every_byte_changed },
	{ "buffers too small", small_buffers },
	{ "more than can be shown", more_than_can_be_shown },
	{ "empty frames", empty_frames },
	{ "written behind the line", written_behind_the_line },
};

CHECK_MAIN(tests)
