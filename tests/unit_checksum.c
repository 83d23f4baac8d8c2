// SPDX-License-Identifier: GPL-2.0-or-later
/* Checksum completion, against a sum made byte by byte. */
#include <tunkit.h>

#include <errno.h>

#include "check.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static uint32_t random_state = 1;

static uint8_t random_byte(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint8_t)(random_state >> 24);
}

/* RFC 1071 as it reads: big-endian words, the carry added at every step. */
static uint16_t slow_sum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return (uint16_t)sum;
}

static struct tunkit_vnet partial(uint16_t start, uint16_t offset)
{
	return (struct tunkit_vnet){
		.flags = TUNKIT_VNET_NEEDS_CSUM,
		.csum_start = start, .csum_offset = offset,
	};
}

/* Completes random bytes and compares all of them with the oracle's. */
static void check_random(size_t len, uint16_t start, uint16_t offset)
{
	static uint8_t data[70000], expected[70000];
	struct tunkit_vnet vnet = partial(start, offset);
	uint16_t sum;

	for (size_t i = 0; i < len; i++)
		data[i] = random_byte();
	memcpy(expected, data, len);
	sum = (uint16_t)~slow_sum(data + start, len - start);
	if (!sum && offset == 6)
		sum = 0xffff;
	expected[start + offset] = (uint8_t)(sum >> 8);
	expected[start + offset + 1] = (uint8_t)sum;

	CHECK_INT(tunkit_frame_complete(&vnet, data, len), 0);
	if (memcmp(data, expected, len))
		FAIL("length %zu, start %u, offset %u: %02x%02x, not %04x", len,
		     start, offset, data[start + offset],
		     data[start + offset + 1], sum);
	CHECK_INT(vnet.flags, 0);
}

static void every_small_length(void)
{
	for (size_t len = 2; len < 200; len++)
		for (uint16_t start = 0; start + 2u <= len; start += 3) {
			check_random(len, start, 0);
			check_random(len, start, (uint16_t)(len - start - 2));
		}
}

static void large_frames(void)
{
	static const size_t lens[] = { 1500, 9001, 65535, 65549, 65550 };

	for (size_t i = 0; i < COUNT(lens); i++) {
		check_random(lens[i], 34, 16);
		check_random(lens[i], 35, 6);
	}
}

/* All ones carry at every step; the sum of them is zero again. */
static void carries(void)
{
	static uint8_t data[65550];
	struct tunkit_vnet vnet = partial(0, 16);

	memset(data, 0xff, sizeof(data));
	CHECK_INT(tunkit_frame_complete(&vnet, data, sizeof(data)), 0);
	CHECK_INT(data[16], 0);
	CHECK_INT(data[17], 0);
}

/* The offset tells UDP from the rest: there zero means "no checksum". */
static void udp_zero(void)
{
	static const struct {
		uint16_t offset;
		uint8_t expected;
	} rows[] = { { 6, 0xff }, { 16, 0 }, { 2, 0 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_vnet vnet = partial(0, rows[i].offset);
		uint8_t data[20] = { 0 };

		data[0] = 0x12;
		data[1] = 0x34;
		data[18] = 0xed;
		data[19] = 0xcb;
		CHECK_INT(tunkit_frame_complete(&vnet, data, sizeof(data)), 0);
		CHECK_INT(data[rows[i].offset], rows[i].expected);
		CHECK_INT(data[rows[i].offset + 1], rows[i].expected);
	}
}

static void known_packet(void)
{
	/* UDP 10.0.0.1:4660 > 10.0.0.2:53, "hi!"; pseudo header sum in place */
	uint8_t data[] = {
		0x12, 0x34, 0x00, 0x35, 0x00, 0x0b, 0x14, 0x1f, 'h', 'i', '!',
	};
	struct tunkit_vnet vnet = partial(0, 6);

	CHECK_INT(tunkit_frame_complete(&vnet, data, sizeof(data)), 0);
	CHECK_INT(data[6] << 8 | data[7], 0x5003);
}

static void done_frames_are_left_alone(void)
{
	uint8_t data[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct tunkit_vnet vnet = {
		.flags = TUNKIT_VNET_DATA_VALID, .csum_offset = 2,
	};

	CHECK_INT(tunkit_frame_complete(&vnet, data, sizeof(data)), 0);
	CHECK_INT(data[2] << 8 | data[3], 0x0304);
	CHECK_INT(vnet.flags, TUNKIT_VNET_DATA_VALID);

	vnet.flags |= TUNKIT_VNET_NEEDS_CSUM;
	CHECK_INT(tunkit_frame_complete(&vnet, data, sizeof(data)), 0);
	CHECK_INT(vnet.flags, TUNKIT_VNET_DATA_VALID);
}

#define GSO(type, size)	{ .gso_type = (type), .gso_size = (size) }
#define CSUM(start, off) { .flags = 1, .csum_start = (start), .csum_offset = (off) }

static const struct {
	struct tunkit_vnet vnet;
	size_t len;
	const char *why;	/* NULL: a good header */
} headers[] = {
	{ { 0 }, 0, NULL },
	{ { .hdr_len = 54 }, 54, NULL },
	{ { .hdr_len = 55 }, 54, "header length past the end of the frame" },
	{ CSUM(34, 16), 52, NULL },
	{ CSUM(34, 16), 51, "checksum past the end of the frame" },
	{ CSUM(0, 0), 1, "checksum past the end of the frame" },
	{ CSUM(65535, 65535), 65536, "checksum past the end of the frame" },
	{ CSUM(65535, 1), 65538, NULL },
	{ { .csum_start = 65535 }, 60, NULL },
	{ GSO(TUNKIT_GSO_TCPV4, 1448), 60, NULL },
	{ GSO(TUNKIT_GSO_TCPV4 | TUNKIT_GSO_ECN, 1448), 60, NULL },
	{ GSO(TUNKIT_GSO_TCPV6 | TUNKIT_GSO_TUNNEL_IPV4, 1448), 60, NULL },
	{ GSO(TUNKIT_GSO_UDP, 1480), 60, NULL },
	{ GSO(TUNKIT_GSO_UDP_L4, 1), 60, NULL },
	{ GSO(TUNKIT_GSO_NONE, 1448), 60, NULL },
	{ GSO(TUNKIT_GSO_TCPV4, 0), 60, "segments of size 0" },
	{ GSO(2, 1448), 60, "unknown segmentation type" },
	{ GSO(6, 1448), 60, "unknown segmentation type" },
	{ GSO(0x11, 1448), 60, "unknown segmentation type" },
	{ GSO(TUNKIT_GSO_ECN, 1448), 60, "unknown segmentation type" },
	{ GSO(TUNKIT_GSO_UDP_L4 | TUNKIT_GSO_ECN, 1448), 60,
	  "ECN segmentation of something that is not TCP" },
	{ GSO(TUNKIT_GSO_TCPV4 | 0x60, 1448), 60,
	  "a tunnel over IPv4 and IPv6 at once" },
};

static void header_check(void)
{
	for (size_t i = 0; i < COUNT(headers); i++) {
		const struct tunkit_vnet *vnet = &headers[i].vnet;
		const char *why = NULL;
		int got = tunkit_vnet_check(vnet, headers[i].len, &why);

		if (got != (headers[i].why ? -EINVAL : 0))
			FAIL("row %zu: %d", i, got);
		CHECK_STR(why ? why : "", headers[i].why ? headers[i].why : "");
		CHECK_INT(tunkit_vnet_check(vnet, headers[i].len, NULL), got);
	}
}

static void refused_headers_change_nothing(void)
{
	static const struct tunkit_vnet bad[] = {
		CSUM(2, 5), CSUM(8, 0), CSUM(60000, 0),
		{ .flags = 1, .hdr_len = 9 },
		{ .flags = 1, .gso_type = 2, .gso_size = 1 },
		{ .flags = 1, .gso_type = 1 },
	};
	static const uint8_t before[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct tunkit_vnet vnet = bad[i];
		uint8_t data[8];

		memcpy(data, before, sizeof(data));
		CHECK_INT(tunkit_frame_complete(&vnet, data, sizeof(data)), -EINVAL);
		CHECK_MEM(data, before, sizeof(data));
		CHECK_INT(vnet.flags, bad[i].flags);
	}
}

static const struct check_test tests[] = {
	{ "every small length, start and edge", every_small_length },
	{ "frames of 64 KiB", large_frames },
	{ "carries", carries },
	{ "zero is sent as ffff in UDP only", udp_zero },
	{ "a packet known by heart", known_packet },
	{ "finished frames are left alone", done_frames_are_left_alone },
	{ "headers good and bad", header_check },
	{ "a refused header changes nothing", refused_headers_change_nothing },
};

CHECK_MAIN(tests)
