// SPDX-License-Identifier: GPL-2.0-or-later
/* The line that a frame gives, and that no frame gives a harmful one. */
#include <tunkit.h>

#include "check.h"
#include "frames.h"
#include "summary-frames.h"

/* Summarises the first len bytes; -1: too short for the headers. */
static int summarise(const struct tunkit_layout *layout, const uint8_t *bytes,
		     size_t len, char *out, size_t size)
{
	struct tunkit_frame frame;

	if (decode_guarded(layout, bytes, len, &frame))
		return -1;
	return (int)tunkit_frame_summary(layout->kind, &frame, out, size);
}

static void exact_lines(void)
{
	uint8_t bytes[FRAME_MAX];
	char line[TUNKIT_SUMMARY_SIZE];

	for (size_t i = 0; i < COUNT(frames); i++) {
		struct tunkit_layout layout = layout_of(frames[i].layout);
		size_t len = from_hex(frames[i].hex, bytes);
		int got = summarise(&layout, bytes, len, line, sizeof(line));

		CHECK_STR(line, frames[i].line);
		CHECK_INT(got, strlen(frames[i].line));
	}
}

static void check_clean(const char *line, int len, size_t frame, size_t cut)
{
	if (len < 1 || len >= TUNKIT_SUMMARY_SIZE || (size_t)len != strlen(line))
		FAIL("frame %zu cut at %zu: length %d", frame, cut, len);
	for (const char *c = line; *c; c++)
		if (*c < ' ' || *c > '~')
			FAIL("frame %zu cut at %zu: byte %d", frame, cut, *c);
}

static void every_cut(void)
{
	static const char *const layouts[] = { "tun", "tap", "tunP", "tapPV" };
	uint8_t bytes[FRAME_MAX];
	char line[TUNKIT_SUMMARY_SIZE];

	for (size_t i = 0; i < COUNT(frames); i++) {
		size_t len = from_hex(frames[i].hex, bytes);

		for (size_t l = 0; l < COUNT(layouts); l++)
			for (size_t cut = 0; cut <= len; cut++) {
				struct tunkit_layout layout = layout_of(layouts[l]);
				int got = summarise(&layout, bytes, cut, line,
						    sizeof(line));

				if (got >= 0)
					check_clean(line, got, i, cut);
			}
	}
}

/* Each byte in turn takes values that lengths and types are likely to trip on. */
static void every_byte_changed(void)
{
	static const uint8_t values[] = { 0, 1, 0x40, 0x7f, 0x80, 0xff };
	uint8_t bytes[FRAME_MAX];
	char line[TUNKIT_SUMMARY_SIZE];

	for (size_t i = 0; i < COUNT(frames); i++) {
		struct tunkit_layout layout = layout_of(frames[i].layout);
		size_t len = from_hex(frames[i].hex, bytes);

		for (size_t at = 0; at < len; at++)
			for (size_t v = 0; v < COUNT(values); v++) {
				uint8_t before = bytes[at];
				int got;

				bytes[at] = values[v];
				got = summarise(&layout, bytes, len, line,
						sizeof(line));
				check_clean(line, got, i, at);
				bytes[at] = before;
			}
	}
}

/* Like snprintf: the length of the whole, the beginning that fits, a NUL. */
static void small_buffers(void)
{
	uint8_t bytes[FRAME_MAX];

	for (size_t i = 0; i < COUNT(frames); i++) {
		struct tunkit_layout layout = layout_of(frames[i].layout);
		size_t len = from_hex(frames[i].hex, bytes);
		int whole = (int)strlen(frames[i].line);

		CHECK_INT(summarise(&layout, bytes, len, NULL, 0), whole);
		for (size_t size = 1; size < (size_t)whole + 2; size++) {
			char line[TUNKIT_SUMMARY_SIZE];
			size_t kept = size <= (size_t)whole ? size - 1 : (size_t)whole;

			memset(line, 0x7e, sizeof(line));
			CHECK_INT(summarise(&layout, bytes, len, line, size), whole);
			CHECK_INT(strlen(line), kept);
			CHECK_MEM(line, frames[i].line, kept);
			CHECK_INT(line[size], 0x7e);
		}
	}
}

/* 64 KiB from a segmenting sender: its lengths are no contradiction. */
static void large_segments(void)
{
	static uint8_t data[20 + 20 + 65000] = {
		0x45, 0, 0xfe, 0x10, 0, 1, 0x40, 0, 64, 6, 0, 0,
		10, 0, 0, 1, 10, 0, 0, 2,
		0x9c, 0x40, 0x13, 0x89, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 1, 0,
	};
	struct tunkit_frame frame = {
		.has_vnet = true,
		.vnet = {
			.flags = TUNKIT_VNET_NEEDS_CSUM,
			.gso_type = TUNKIT_GSO_TCPV4, .gso_size = 1448,
			.hdr_len = 40, .csum_start = 20, .csum_offset = 16,
		},
		.data = data, .len = sizeof(data),
	};
	const char *expected =
		"IPv4 10.0.0.1 > 10.0.0.2 TCP 40000 > 5001 ACK seq 1 ack 1 win 256, "
		"65000 bytes [gso tcp4 1448, csum partial]";
	char line[TUNKIT_SUMMARY_SIZE];

	tunkit_frame_summary(TUNKIT_TUN, &frame, line, sizeof(line));
	CHECK_STR(line, expected);
	/* A total length of 0 is what more than 64 KiB look like. */
	data[2] = data[3] = 0;
	tunkit_frame_summary(TUNKIT_TUN, &frame, line, sizeof(line));
	CHECK_STR(line, expected);
}

static void empty_frames(void)
{
	struct tunkit_frame frame = { 0 };
	char line[TUNKIT_SUMMARY_SIZE];

	CHECK_INT(tunkit_frame_summary(TUNKIT_TUN, &frame, line, sizeof(line)), 11);
	CHECK_STR(line, "empty frame");
	tunkit_frame_summary(TUNKIT_TAP, &frame, line, sizeof(line));
	CHECK_STR(line, "empty frame");
}

static const struct check_test tests[] = {
	{ "exact lines", exact_lines },
	{ "every frame cut at every length", every_cut },
	{ "every byte changed", every_byte_changed },
	{ "buffers too small", small_buffers },
	{ "segments of 64 KiB", large_segments },
	{ "empty frames", empty_frames },
};

CHECK_MAIN(tests)
