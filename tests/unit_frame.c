// SPDX-License-Identifier: GPL-2.0-or-later
/* Packet information and virtio-net headers: bytes to struct and back. */
#include <tunkit.h>

#include <errno.h>
#include <stdio.h>

#include "check.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const uint8_t ipv4[20] = { 0x45 };
static const uint8_t ipv6[40] = { 0x60 };
static const uint8_t ether[14] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x06,
};

static const struct tunkit_vnet full = {
	.flags = TUNKIT_VNET_NEEDS_CSUM,
	.gso_type = TUNKIT_GSO_TCPV4 | TUNKIT_GSO_ECN,
	.hdr_len = 0x0142,
	.gso_size = 0x05a8,
	.csum_start = 0x0122,
	.csum_offset = 0x0310,
	.num_buffers = 0x0102,
	.hash_value = 0x0a0b0c0d,
	.hash_report = 0x0506,
	.outer_th_offset = 0x0708,
	.inner_nh_offset = 0x090a,
};

/* The same header on the wire; every size is a prefix. */
static const uint8_t little[24] = {
	0x01, 0x81, 0x42, 0x01, 0xa8, 0x05, 0x22, 0x01, 0x10, 0x03,
	0x02, 0x01, 0x0d, 0x0c, 0x0b, 0x0a, 0x06, 0x05, 0x00, 0x00,
	0x08, 0x07, 0x0a, 0x09,
};

/* The device's byte order does not reach the hash and the tunnel offsets. */
static const uint8_t big[24] = {
	0x01, 0x81, 0x01, 0x42, 0x05, 0xa8, 0x01, 0x22, 0x03, 0x10,
	0x01, 0x02, 0x0d, 0x0c, 0x0b, 0x0a, 0x06, 0x05, 0x00, 0x00,
	0x08, 0x07, 0x0a, 0x09,
};

/* Sizes between the known ones hold what fits whole; the rest is zero. */
static const unsigned int sizes[] = { 10, 11, 12, 16, 20, 22, 24, 25, 64, 200 };

static size_t known_bytes(unsigned int size)
{
	return size < 12 ? 10 : size < 20 ? 12 : size < 24 ? 20 : 24;
}

static void check_vnet(const struct tunkit_vnet *vnet, unsigned int size)
{
	CHECK_INT(vnet->flags, full.flags);
	CHECK_INT(vnet->gso_type, full.gso_type);
	CHECK_INT(vnet->hdr_len, full.hdr_len);
	CHECK_INT(vnet->gso_size, full.gso_size);
	CHECK_INT(vnet->csum_start, full.csum_start);
	CHECK_INT(vnet->csum_offset, full.csum_offset);
	CHECK_INT(vnet->num_buffers, size >= 12 ? full.num_buffers : 0);
	CHECK_INT(vnet->hash_value, size >= 20 ? full.hash_value : 0);
	CHECK_INT(vnet->hash_report, size >= 20 ? full.hash_report : 0);
	CHECK_INT(vnet->outer_th_offset, size >= 24 ? full.outer_th_offset : 0);
	CHECK_INT(vnet->inner_nh_offset, size >= 24 ? full.inner_nh_offset : 0);
}

/* One header size: encodes, compares with the bytes, decodes. */
static void check_size(unsigned int size, bool big_endian, int pi)
{
	struct tunkit_layout layout = {
		.kind = TUNKIT_TUN, .pi = pi, .vnet_hdr_size = size,
		.vnet_big_endian = big_endian,
	};
	struct tunkit_frame frame = {
		.has_vnet = true, .vnet = full, .data = ipv4, .len = sizeof(ipv4),
	};
	uint8_t expected[200] = { 0 };
	size_t headers = size + (pi ? TUNKIT_PI_SIZE : 0);
	uint8_t bytes[300];

	memcpy(expected, big_endian ? big : little, known_bytes(size));
	memset(bytes, 0xee, sizeof(bytes));
	CHECK_INT(tunkit_frame_encode(&layout, &frame, bytes, headers), headers);
	CHECK_MEM(bytes + headers - size, expected, size);
	CHECK_INT(bytes[headers], 0xee);
	memcpy(bytes + headers, ipv4, sizeof(ipv4));
	memset(&frame, 0xee, sizeof(frame));
	CHECK_INT(tunkit_frame_decode(&layout, bytes, headers + sizeof(ipv4), &frame), 0);
	CHECK_INT(frame.has_pi, pi);
	CHECK_INT(frame.has_vnet, true);
	check_vnet(&frame.vnet, size);
	CHECK(frame.data == bytes + headers);
	CHECK_INT(frame.len, sizeof(ipv4));
}

static void vnet_headers(void)
{
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (int pi = 0; pi <= 1; pi++) {
			check_size(sizes[i], false, pi);
			check_size(sizes[i], true, pi);
		}
}

static void packet_information(void)
{
	static const uint8_t bytes[] = { 0, 0, 0x86, 0xdd, 0x60 };
	struct tunkit_layout layout = { .kind = TUNKIT_TUN, .pi = 1 };
	struct tunkit_frame frame;
	uint16_t strip = TUNKIT_PI_STRIP;
	uint8_t cut[4] = { 0, 0, 0x08, 0x00 };
	uint8_t out[4];

	CHECK_INT(tunkit_frame_decode(&layout, bytes, sizeof(bytes), &frame), 0);
	CHECK_INT(frame.has_pi, true);
	CHECK_INT(frame.has_vnet, false);
	CHECK_INT(frame.pi_flags, 0);
	CHECK_INT(frame.pi_proto, 0x86dd);
	CHECK_INT(frame.len, 1);

	memcpy(cut, &strip, sizeof(strip));
	CHECK_INT(tunkit_frame_decode(&layout, cut, sizeof(cut), &frame), 0);
	CHECK_INT(frame.pi_flags, TUNKIT_PI_STRIP);
	CHECK_INT(frame.len, 0);
	CHECK_INT(tunkit_frame_encode(&layout, &frame, out, sizeof(out)), 4);
	CHECK_MEM(out, cut, sizeof(out));
}

static void derived_protocol(void)
{
	static const uint8_t llc[14] = { [12] = 0x00, [13] = 0x26 };
	static const uint8_t junk[4] = { 0x50 };
	static const struct {
		enum tunkit_kind kind;
		const uint8_t *data;
		size_t len;
		uint16_t proto;
	} rows[] = {
		{ TUNKIT_TUN, ipv4, sizeof(ipv4), 0x0800 },
		{ TUNKIT_TUN, ipv6, sizeof(ipv6), 0x86dd },
		{ TUNKIT_TUN, ipv6, 1, 0x86dd },
		{ TUNKIT_TUN, junk, sizeof(junk), 0 },
		{ TUNKIT_TUN, ipv4, 0, 0 },
		{ TUNKIT_TUN, NULL, 0, 0 },
		{ TUNKIT_TAP, ether, sizeof(ether), 0x0806 },
		{ TUNKIT_TAP, ether, 13, 0 },
		{ TUNKIT_TAP, llc, sizeof(llc), 0x0004 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_layout layout = { .kind = rows[i].kind, .pi = 1 };
		struct tunkit_frame frame = {
			.data = rows[i].data, .len = rows[i].len,
		};
		uint8_t out[4];

		CHECK_INT(tunkit_frame_encode(&layout, &frame, out, 4), 4);
		if (out[0] || out[1] || (out[2] << 8 | out[3]) != rows[i].proto)
			FAIL("row %zu: protocol %02x%02x", i, out[2], out[3]);
	}
}

static void no_header_struct_is_zeroes(void)
{
	static const uint8_t zeroes[24];
	struct tunkit_layout layout = { .kind = TUNKIT_TAP, .vnet_hdr_size = 24 };
	struct tunkit_frame frame = {
		.vnet = full, .data = ether, .len = sizeof(ether),
	};
	uint8_t out[24];

	memset(out, 0xee, sizeof(out));
	CHECK_INT(tunkit_frame_encode(&layout, &frame, out, sizeof(out)), 24);
	CHECK_MEM(out, zeroes, sizeof(out));
}

static void plain_frames_have_no_header(void)
{
	struct tunkit_layout layout = { .kind = TUNKIT_TUN };
	struct tunkit_frame frame;

	CHECK_INT(tunkit_frame_decode(&layout, ipv4, sizeof(ipv4), &frame), 0);
	CHECK(frame.data == ipv4 && frame.len == sizeof(ipv4));
	CHECK(!frame.has_pi && !frame.has_vnet);
	CHECK_INT(tunkit_frame_encode(&layout, &frame, NULL, 0), 0);
	CHECK_INT(tunkit_frame_decode(&layout, ipv4, 0, &frame), 0);
	CHECK_INT(frame.len, 0);
}

static void malformed(void)
{
	static const struct {
		int pi;
		unsigned int vnet_hdr_size;
		size_t size;
		int decode, encode;
	} rows[] = {
		{ 0, 10, 9, -EINVAL, -ENOSPC },
		{ 1, 0, 3, -EINVAL, -ENOSPC },
		{ 1, 0, 0, -EINVAL, -ENOSPC },
		{ 1, 12, 15, -EINVAL, -ENOSPC },
		{ 0, 200, 199, -EINVAL, -ENOSPC },
		{ -1, 0, 64, -EINVAL, -EINVAL },
		{ -1, 10, 64, -EINVAL, -EINVAL },
		{ 0, 1, 64, -EINVAL, -EINVAL },
		{ 0, 9, 64, -EINVAL, -EINVAL },
		{ 1, 0xffffffff, 64, -EINVAL, -ENOSPC },
	};
	uint8_t bytes[200] = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_layout layout = {
			.kind = TUNKIT_TUN, .pi = rows[i].pi,
			.vnet_hdr_size = rows[i].vnet_hdr_size,
		};
		struct tunkit_frame frame = { .len = 4711 };
		int got = tunkit_frame_decode(&layout, bytes, rows[i].size, &frame);

		if (got != rows[i].decode || frame.len != 4711)
			FAIL("row %zu: decode %d, length %zu", i, got, frame.len);
		frame.len = 0;
		got = (int)tunkit_frame_encode(&layout, &frame, bytes, rows[i].size);
		if (got != rows[i].encode)
			FAIL("row %zu: encode %d", i, got);
	}
}

static const struct check_test tests[] = {
	{ "virtio-net headers of every size, both byte orders", vnet_headers },
	{ "packet information and its flags", packet_information },
	{ "a protocol derived from the frame", derived_protocol },
	{ "a frame without header struct gets zeroes", no_header_struct_is_zeroes },
	{ "a plain frame has no header", plain_frames_have_no_header },
	{ "short and impossible layouts are refused", malformed },
};

CHECK_MAIN(tests)
