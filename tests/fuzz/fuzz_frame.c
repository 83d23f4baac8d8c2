// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frames in any layout: decode, encode, check, complete, summarise, detail.
 * Input: one byte of layout (see layout_of()), then what a queue gave.
 */
#include <tunkit.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct tunkit_layout layout_of(uint8_t byte)
{
	static const unsigned int sizes[] = { 0, 10, 12, 20, 24, 11, 64, 9 };

	return (struct tunkit_layout){
		.kind = byte & 1 ? TUNKIT_TAP : TUNKIT_TUN,
		.pi = byte & 2 ? 1 : byte & 0x80 ? -1 : 0,
		.vnet_hdr_size = sizes[byte >> 2 & 7],
		.vnet_big_endian = byte & 0x20,
	};
}

static void require(int truth)
{
	if (!truth)
		abort();
}

static void summarise(enum tunkit_kind kind, const struct tunkit_frame *frame)
{
	/* On the heap, where a byte too many is seen. */
	char *large = malloc(TUNKIT_SUMMARY_SIZE);
	size_t whole = tunkit_frame_summary(kind, frame, large,
					    TUNKIT_SUMMARY_SIZE);
	size_t size = whole / 2 + 1;
	char *small = malloc(size);

	require(whole > 0 && whole < TUNKIT_SUMMARY_SIZE);
	require(strlen(large) == whole);
	for (size_t i = 0; i < whole; i++)
		require(large[i] >= ' ' && large[i] <= '~');
	require(tunkit_frame_summary(kind, frame, small, size) == whole);
	require(strlen(small) == size - 1 && !memcmp(small, large, size - 1));
	require(tunkit_frame_summary(kind, frame, NULL, 0) == whole);
	free(small);
	free(large);
}

/* Indented lines of visible characters, each ended. */
static void detail(enum tunkit_kind kind, const struct tunkit_frame *frame)
{
	char *large = malloc(TUNKIT_DETAILS_SIZE);
	size_t whole = tunkit_frame_details(kind, frame, large,
					    TUNKIT_DETAILS_SIZE);
	size_t size = whole / 2 + 1;
	char *small = malloc(size);

	require(whole < TUNKIT_DETAILS_SIZE && strlen(large) == whole);
	require(!whole || large[whole - 1] == '\n');
	for (size_t i = 0; i < whole; i++)
		require((large[i] >= ' ' && large[i] <= '~') ||
			large[i] == '\n');
	require(tunkit_frame_details(kind, frame, small, size) == whole);
	require(strlen(small) == size - 1 && !memcmp(small, large, size - 1));
	free(small);
	free(large);
}

/* Decoded and encoded again, a header is what it was, but for its padding. */
static void encode(const struct tunkit_layout *layout,
		   const struct tunkit_frame *frame)
{
	uint8_t first[TUNKIT_PI_SIZE + 64], second[TUNKIT_PI_SIZE + 64];
	ssize_t size = tunkit_frame_encode(layout, frame, first, sizeof(first));
	struct tunkit_frame again;

	require(size >= 0);
	require(!tunkit_frame_decode(layout, first, (size_t)size, &again));
	require(again.has_pi == frame->has_pi && again.has_vnet == frame->has_vnet);
	require(tunkit_frame_encode(layout, &again, second, (size_t)size) == size);
	require(!memcmp(first, second, (size_t)size));
	require(!size || tunkit_frame_encode(layout, frame, first,
					     (size_t)size - 1) < 0);
}

static void complete(const struct tunkit_frame *frame)
{
	struct tunkit_vnet vnet = frame->vnet;
	uint8_t *data = malloc(frame->len + 1);
	int checked = tunkit_vnet_check(&vnet, frame->len, NULL);

	memcpy(data, frame->data, frame->len);
	require(tunkit_frame_complete(&vnet, data, frame->len) == checked);
	require(checked || !(vnet.flags & TUNKIT_VNET_NEEDS_CSUM));
	if (checked || !(frame->vnet.flags & TUNKIT_VNET_NEEDS_CSUM))
		require(!memcmp(data, frame->data, frame->len));
	free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct tunkit_layout layout;
	struct tunkit_frame frame;
	ssize_t length;

	if (!len)
		return 0;
	layout = layout_of(bytes[0]);
	if (tunkit_frame_decode(&layout, bytes + 1, len - 1, &frame))
		return 0;
	require(frame.data >= bytes + 1 && frame.data + frame.len == bytes + len);
	summarise(layout.kind, &frame);
	detail(layout.kind, &frame);
	encode(&layout, &frame);
	complete(&frame);
	length = tunkit_packet_length(frame.data, frame.len);
	require(length <= 40 + 65535 && (length >= 20 || length <= 0));
	return 0;
}
