// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <time.h>

#include "check.h"
#include "streams.h"
#include "tunkit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 2026-01-02 03:04:05.678901234 UTC */
#define TIME_NS 1767323045678901234u

static struct tunkit_writer *writer;

static void open_writer(const struct tunkit_stream_opts *opts)
{
	tunkit_writer_free(writer);
	writer = NULL;
	CHECK_INT(tunkit_writer_new(opts, &writer), 0);
}

static struct tunkit_stream_opts options(enum tunkit_format format,
					 enum tunkit_kind kind)
{
	struct tunkit_stream_opts o = TUNKIT_INIT(o);

	o.format = format;
	o.kind = kind;
	return o;
}

/* Moves up to max bytes that wait to b. */
static void drain(struct bytes *b, size_t max)
{
	const void *at;
	size_t len;

	at = tunkit_writer_pending(writer, &len);
	if (len > max)
		len = max;
	bytes_add(b, at, len);
	tunkit_writer_written(writer, len);
}

static int put(const void *data, size_t len)
{
	struct tunkit_frame f = { .data = data, .len = len };

	return tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL, TIME_NS);
}

static const struct {
	enum tunkit_format format;
	enum tunkit_kind kind;
	bool pi;
} shapes[] = {
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, false },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, true },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TUN, false },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TUN, true },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TAP, false },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TAP, true },
	{ TUNKIT_FORMAT_LEN32, TUNKIT_TUN, true },
	{ TUNKIT_FORMAT_LEN32, TUNKIT_TAP, false },
	{ TUNKIT_FORMAT_HEX, TUNKIT_TUN, false },
	{ TUNKIT_FORMAT_HEX, TUNKIT_TAP, true },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TUN, false },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TUN, true },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TAP, false },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TAP, true },
	{ TUNKIT_FORMAT_PCAPNG, TUNKIT_TUN, false },
	{ TUNKIT_FORMAT_PCAPNG, TUNKIT_TUN, true },
	{ TUNKIT_FORMAT_PCAPNG, TUNKIT_TAP, false },
};

static void test_read_back(void)
{
	static const size_t lengths[] = {
		40, 41, 55, 56, 57, 64, 1500, 1514, 9000, 65530, 65531, 48,
	};
	static uint8_t frames[COUNT(lengths)][65536];

	for (size_t s = 0; s < COUNT(shapes); s++) {
		struct tunkit_stream_opts o = options(shapes[s].format,
						      shapes[s].kind);
		struct bytes b = { 0 };
		struct result r;

		o.pi = shapes[s].pi;
		open_writer(&o);
		for (size_t i = 0; i < COUNT(lengths); i++) {
			make_packet(frames[i], lengths[i], i % 2 ? 4 : 6);
			CHECK_INT(put(frames[i], lengths[i]), 0);
			drain(&b, SIZE_MAX);
		}
		for (size_t c = 0; c < 3; c++) {
			r = read_stream(&o, b.at, b.len, c, c == FIXED ? 1 : 9999);
			if (r.end || r.stuck)
				FAIL("shape %zu chunking %zu: %s", s, c, r.error);
			CHECK_INT(r.count, COUNT(lengths));
			for (size_t i = 0; i < r.count; i++) {
				CHECK_INT(r.frames[i].data.len, lengths[i]);
				CHECK_MEM(r.frames[i].data.at, frames[i],
					  lengths[i]);
				if (!o.pi || o.kind == TUNKIT_TAP)
					continue;
				CHECK(r.frames[i].has_pi);
				CHECK_INT(r.frames[i].pi_proto,
					  i % 2 ? 0x0800 : 0x86dd);
			}
			result_free(&r);
		}
		free(b.at);
	}
}

/* What PI says survives, whatever the frame looks like. */
static void test_foreign_protocol(void)
{
	static const enum tunkit_format formats[] = {
		TUNKIT_FORMAT_LEN16, TUNKIT_FORMAT_LEN32, TUNKIT_FORMAT_HEX,
		TUNKIT_FORMAT_PCAP, TUNKIT_FORMAT_PCAPNG,
	};
	struct tunkit_frame f = {
		.has_pi = true,
		.pi_proto = 0x8847,
		.data = (const uint8_t *)"mpls",
		.len = 4,
	};

	for (size_t i = 0; i < COUNT(formats); i++) {
		struct tunkit_stream_opts o = options(formats[i], TUNKIT_TUN);
		struct bytes b = { 0 };
		struct result r;

		o.pi = true;
		open_writer(&o);
		CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_TO_KERNEL, 0), 0);
		drain(&b, SIZE_MAX);
		r = read_stream(&o, b.at, b.len, WHOLE, 0);
		CHECK_INT(r.end, 0);
		CHECK_INT(r.count, 1);
		CHECK_INT(r.frames[0].pi_proto, 0x8847);
		CHECK_INT(r.frames[0].data.len, 4);
		CHECK_MEM(r.frames[0].data.at, "mpls", 4);
		result_free(&r);
		free(b.at);
	}
}

static void test_lengths(void)
{
	static uint8_t zeros[65600];
	static const struct {
		enum tunkit_format format;
		bool pi;
		size_t len;
		int result;
	} rows[] = {
		{ TUNKIT_FORMAT_LEN16, false, 0, 0 },
		{ TUNKIT_FORMAT_LEN16, false, 1, 0 },
		{ TUNKIT_FORMAT_LEN16, false, 65535, 0 },
		{ TUNKIT_FORMAT_LEN16, false, 65536, -EMSGSIZE },
		{ TUNKIT_FORMAT_LEN16, true, 65531, 0 },
		{ TUNKIT_FORMAT_LEN16, true, 65532, -EMSGSIZE },
		{ TUNKIT_FORMAT_LEN32, false, 0, 0 },
		{ TUNKIT_FORMAT_LEN32, false, 65536, 0 },
		{ TUNKIT_FORMAT_LEN32, true, 65554, 0 },
		{ TUNKIT_FORMAT_HEX, false, 0, 0 },
		{ TUNKIT_FORMAT_HEX, false, 1, 0 },
		{ TUNKIT_FORMAT_HEX, false, 65554, 0 },
		{ TUNKIT_FORMAT_PCAP, false, 0, 0 },
		{ TUNKIT_FORMAT_PCAP, false, 65554, 0 },
		{ TUNKIT_FORMAT_PCAPNG, false, 0, 0 },
		{ TUNKIT_FORMAT_PCAPNG, false, 65554, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_stream_opts o = options(rows[i].format, TUNKIT_TAP);
		struct bytes b = { 0 };
		struct result r;
		int err;

		o.pi = rows[i].pi;
		open_writer(&o);
		err = put(zeros, rows[i].len);
		if (err != rows[i].result)
			FAIL("row %zu gives %d", i, err);
		CHECK_INT(put("x", 1), 0);
		drain(&b, SIZE_MAX);
		r = read_stream(&o, b.at, b.len, FIXED, 1000);
		if (r.end)
			FAIL("row %zu: %s", i, r.error);
		CHECK_INT(r.count, err ? 1 : 2);
		if (!err)
			CHECK_INT(r.frames[0].data.len, rows[i].len);
		CHECK_INT(r.frames[r.count - 1].data.len, 1);
		result_free(&r);
		free(b.at);
	}
}

/* Many frames through a buffer that fills, emptied in uneven pieces. */
static void test_full_buffer(void)
{
	static uint8_t data[65000];

	for (size_t s = 0; s < COUNT(shapes); s++) {
		struct tunkit_stream_opts o = options(shapes[s].format,
						      shapes[s].kind);
		struct bytes b = { 0 };
		size_t full = 0, wait;
		struct result r;

		o.pi = shapes[s].pi;
		srand(1);
		open_writer(&o);
		for (size_t i = 0; i < 100; i++) {
			size_t len = 20 + i * 640;

			make_packet(data, len, 4);
			while (put(data, len) == -ENOBUFS) {
				full++;
				tunkit_writer_pending(writer, &wait);
				CHECK(wait > 256 * 1024 ||
				      b.len + wait > 256 * 1024);
				drain(&b, 1 + rand() % 100000);
			}
		}
		drain(&b, SIZE_MAX);
		CHECK(full > 10);
		r = read_stream(&o, b.at, b.len, RANDOM, 70000);
		CHECK_INT(r.end, 0);
		CHECK_INT(r.count, 100);
		for (size_t i = 0; i < 100; i++) {
			make_packet(data, 20 + i * 640, 4);
			CHECK_INT(r.frames[i].data.len, 20 + i * 640);
			CHECK_MEM(r.frames[i].data.at, data, 20 + i * 640);
		}
		result_free(&r);
		free(b.at);
	}
}

static void test_gathers_256k(void)
{
	static uint8_t data[1514];

	for (size_t s = 0; s < COUNT(shapes); s++) {
		struct tunkit_stream_opts o = options(shapes[s].format,
						      shapes[s].kind);
		size_t wait;

		o.pi = shapes[s].pi;
		open_writer(&o);
		while (!put(data, sizeof(data)))
			;
		tunkit_writer_pending(writer, &wait);
		CHECK(wait >= 256 * 1024);
	}
}

static void test_reserve(void)
{
	static const enum tunkit_format formats[] = {
		TUNKIT_FORMAT_RAW, TUNKIT_FORMAT_LEN16, TUNKIT_FORMAT_LEN32,
	};
	static uint8_t data[65535];

	for (size_t i = 0; i < COUNT(formats); i++) {
		struct tunkit_stream_opts o = options(formats[i], TUNKIT_TUN);
		struct bytes copied = { 0 }, in_place = { 0 };
		size_t len, room = 0;
		void *to;

		open_writer(&o);
		for (len = 20; len <= sizeof(data); len = len * 2 + 1) {
			make_packet(data, len, 4);
			CHECK_INT(put(data, len), 0);
		}
		drain(&copied, SIZE_MAX);
		for (len = 20; len <= sizeof(data); len = len * 2 + 1) {
			to = tunkit_writer_reserve(writer, TUNKIT_BUFFER_SIZE);
			CHECK(to);
			CHECK_INT(tunkit_writer_commit(writer, 0), 0);
			to = tunkit_writer_reserve(writer, TUNKIT_BUFFER_SIZE);
			make_packet(to, len, 4);
			CHECK_INT(tunkit_writer_commit(writer, len), 0);
		}
		drain(&in_place, SIZE_MAX);
		CHECK_INT(in_place.len, copied.len);
		CHECK_MEM(in_place.at, copied.at, copied.len);
		free(copied.at);
		free(in_place.at);

		while ((to = tunkit_writer_reserve(writer, TUNKIT_BUFFER_SIZE))) {
			memset(to, 0, TUNKIT_BUFFER_SIZE);
			CHECK_INT(tunkit_writer_commit(writer, 1500), 0);
			room += 1500;
		}
		CHECK(room >= 256 * 1024 - 1500);
	}
}

static void test_reserve_refused(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_LEN16, TUNKIT_TAP);
	size_t len;

	open_writer(&o);
	CHECK(!tunkit_writer_reserve(writer, 0));
	CHECK(!tunkit_writer_reserve(writer, 1 << 30));
	CHECK_INT(tunkit_writer_commit(writer, 1), -EINVAL);
	CHECK(tunkit_writer_reserve(writer, 100));
	CHECK_INT(tunkit_writer_commit(writer, 101), -EINVAL);
	CHECK(tunkit_writer_reserve(writer, 65536));
	CHECK_INT(tunkit_writer_commit(writer, 65536), -EMSGSIZE);
	/* Another call withdraws what was reserved. */
	CHECK(tunkit_writer_reserve(writer, 100));
	tunkit_writer_written(writer, 0);
	CHECK_INT(tunkit_writer_commit(writer, 1), -EINVAL);
	tunkit_writer_pending(writer, &len);
	CHECK_INT(len, 0);

	o.snaplen = 64;
	open_writer(&o);
	CHECK(!tunkit_writer_reserve(writer, 100));
	o = options(TUNKIT_FORMAT_HEX, TUNKIT_TAP);
	open_writer(&o);
	CHECK(!tunkit_writer_reserve(writer, 100));
	o = options(TUNKIT_FORMAT_PCAP, TUNKIT_TAP);
	open_writer(&o);
	CHECK(!tunkit_writer_reserve(writer, 100));
}

static void test_snaplen(void)
{
	static uint8_t data[1500];
	uint32_t kept, original;

	make_packet(data, sizeof(data), 4);
	for (size_t s = 0; s < COUNT(shapes); s++) {
		struct tunkit_stream_opts o = options(shapes[s].format,
						      shapes[s].kind);
		size_t head = o.kind == TUNKIT_TUN && shapes[s].pi ? 16 : 0;
		struct bytes b = { 0 };
		struct result r;

		/* A cut packet cannot be found in raw again. */
		if (o.format == TUNKIT_FORMAT_RAW)
			continue;
		o.pi = shapes[s].pi;
		o.snaplen = 64;
		open_writer(&o);
		CHECK_INT(put(data, sizeof(data)), 0);
		CHECK_INT(put(data, 40), 0);
		drain(&b, SIZE_MAX);
		r = read_stream(&o, b.at, b.len, WHOLE, 0);
		CHECK_INT(r.end, 0);
		CHECK_INT(r.count, 2);
		CHECK_INT(r.frames[0].data.len, 64);
		CHECK_MEM(r.frames[0].data.at, data, 64);
		CHECK_INT(r.frames[1].data.len, 40);
		if (o.format == TUNKIT_FORMAT_PCAP) {
			memcpy(&kept, b.at + 32, 4);
			memcpy(&original, b.at + 36, 4);
			CHECK_INT(kept, head + 64);
			CHECK_INT(original, head + 1500);
		}
		if (o.format >= TUNKIT_FORMAT_PCAP) {
			CHECK_INT(r.frames[0].pi_flags, TUNKIT_PI_STRIP);
			CHECK_INT(r.frames[1].pi_flags, 0);
			CHECK_INT(r.frames[0].time_ns, TIME_NS);
		}
		result_free(&r);
		free(b.at);
	}
}

/* IPv4, UDP to port 9, its checksum left to the receiver. */
static const uint8_t unfinished[] = {
	0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0x66, 0xcb, 10, 0, 0, 1, 10, 0, 0, 2,
	0x04, 0xd2, 0, 9, 0, 12, 0x14, 0x20, 'a', 'b', 'c', 'd',
};

/* The sum by the definition of RFC 768, over pseudo header and datagram. */
static unsigned int udp_sum(const uint8_t *packet)
{
	unsigned int sum = 17 + 12;

	for (size_t i = 12; i < 32; i += 2)
		sum += packet[i] << 8 | packet[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void test_checksum(void)
{
	uint8_t original[sizeof(unfinished)];
	struct tunkit_frame f = {
		.has_vnet = true,
		.vnet = {
			.flags = TUNKIT_VNET_NEEDS_CSUM,
			.csum_start = 20,
			.csum_offset = 6,
		},
		.data = original,
		.len = sizeof(original),
	};

	memcpy(original, unfinished, sizeof(original));
	CHECK(udp_sum(original) != 0xffff);
	for (size_t s = 0; s < COUNT(shapes); s++) {
		struct tunkit_stream_opts o = options(shapes[s].format,
						      shapes[s].kind);
		uint8_t copy[sizeof(original)];
		struct bytes b = { 0 };
		struct result r;

		o.pi = shapes[s].pi;
		open_writer(&o);
		CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL, 0), 0);
		drain(&b, SIZE_MAX);
		r = read_stream(&o, b.at, b.len, WHOLE, 0);
		CHECK_INT(r.count, 1);
		/* The virtio-net header is left out. */
		CHECK_INT(r.frames[0].data.len, sizeof(original));
		CHECK_INT(udp_sum(r.frames[0].data.at), 0xffff);
		memcpy(copy, r.frames[0].data.at, sizeof(copy));
		result_free(&r);
		b.len = 0;
		CHECK_MEM(original, unfinished, sizeof(original));

		/* A cut frame carries the checksum of the whole one. */
		if (o.format == TUNKIT_FORMAT_RAW) {
			free(b.at);
			continue;
		}
		o.snaplen = 28;
		open_writer(&o);
		CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL, 0), 0);
		drain(&b, SIZE_MAX);
		r = read_stream(&o, b.at, b.len, WHOLE, 0);
		CHECK_INT(r.count, 1);
		CHECK_INT(r.frames[0].data.len, 28);
		CHECK_MEM(r.frames[0].data.at, copy, 28);
		result_free(&r);
		free(b.at);
	}
}

/* A header that makes no sense leaves the frame as it is. */
static void test_checksum_hostile(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_LEN16, TUNKIT_TUN);
	struct tunkit_frame f = {
		.has_vnet = true,
		.vnet = {
			.flags = TUNKIT_VNET_NEEDS_CSUM,
			.csum_start = 65535,
			.csum_offset = 65535,
		},
		.data = unfinished,
		.len = sizeof(unfinished),
	};
	const uint8_t *at;
	size_t len;

	open_writer(&o);
	CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL, 0), 0);
	at = tunkit_writer_pending(writer, &len);
	CHECK_INT(len, 2 + sizeof(unfinished));
	CHECK_MEM(at + 2, unfinished, sizeof(unfinished));
}

static void test_pcap_header(void)
{
	static const struct {
		enum tunkit_kind kind;
		bool pi;
		unsigned int snaplen, link_type, snaplen_said;
	} rows[] = {
		{ TUNKIT_TAP, false, 0, 1, 262144 },
		{ TUNKIT_TAP, true, 96, 1, 96 },
		{ TUNKIT_TUN, false, 0, 101, 262144 },
		{ TUNKIT_TUN, true, 0, 113, 262160 },
		{ TUNKIT_TUN, true, 96, 113, 112 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAP,
						      rows[i].kind);
		uint32_t words[10];
		const void *at;
		size_t len;

		o.pi = rows[i].pi;
		o.snaplen = rows[i].snaplen;
		open_writer(&o);
		/* It is there at once: the other end may wait for it. */
		at = tunkit_writer_pending(writer, &len);
		CHECK_INT(len, 24);
		CHECK_INT(tunkit_format_guess(at, len), TUNKIT_FORMAT_PCAP);
		CHECK_INT(put("x", 1), 0);
		at = tunkit_writer_pending(writer, &len);
		memcpy(words, at, sizeof(words));
		CHECK_INT(words[0], 0xa1b23c4d);
		CHECK_INT(words[4], rows[i].snaplen_said);
		CHECK_INT(words[5], rows[i].link_type);
		CHECK_INT(words[6], TIME_NS / 1000000000);
		CHECK_INT(words[7], TIME_NS % 1000000000);
	}
}

static void test_cooked_direction(void)
{
	static const uint8_t sent[16] = {
		0, 4, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0,
	};
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAP, TUNKIT_TUN);
	struct tunkit_frame f = {
		.has_pi = true,
		.pi_flags = 0xffff,
		.pi_proto = 0x0800,
		.data = unfinished,
		.len = sizeof(unfinished),
	};
	const uint8_t *at;
	size_t len;

	o.pi = true;
	open_writer(&o);
	CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL, 0), 0);
	CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_TO_KERNEL, 0), 0);
	at = tunkit_writer_pending(writer, &len);
	CHECK_MEM(at + 24 + 16, sent, 16);
	CHECK_INT(at[24 + 16 + 16 + sizeof(unfinished) + 16 + 1], 0);
}

static const char *text_of(const struct tunkit_stream_opts *o,
			   const struct tunkit_frame *f,
			   enum tunkit_direction direction)
{
	static char text[4096];
	const void *at;
	size_t len;

	open_writer(o);
	CHECK_INT(tunkit_writer_put(writer, f, direction, TIME_NS), 0);
	at = tunkit_writer_pending(writer, &len);
	CHECK(len < sizeof(text));
	memcpy(text, at, len);
	text[len] = '\0';
	return text;
}

static void test_text(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_TEXT, TUNKIT_TUN);
	struct tunkit_frame f = { .data = unfinished, .len = sizeof(unfinished) };
	char summary[TUNKIT_SUMMARY_SIZE], line[TUNKIT_SUMMARY_SIZE + 64];

	tunkit_frame_summary(TUNKIT_TUN, &f, summary, sizeof(summary));
	snprintf(line, sizeof(line), "03:04:05.678901 > 32: %s\n", summary);
	CHECK_STR(text_of(&o, &f, TUNKIT_FROM_KERNEL), line);
	o.name = "tap0";
	snprintf(line, sizeof(line), "03:04:05.678901 tap0 < 32: %s\n", summary);
	CHECK_STR(text_of(&o, &f, TUNKIT_TO_KERNEL), line);
	o.name = "t\033[2J";
	snprintf(line, sizeof(line), "03:04:05.678901 t\\x1b[2J > 32: %s\n",
		 summary);
	CHECK_STR(text_of(&o, &f, TUNKIT_FROM_KERNEL), line);
}

/* As the other formats have it: large, maybe, but with its checksum. */
static void test_text_completed(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_TEXT, TUNKIT_TUN);
	struct tunkit_frame f = {
		.has_vnet = true,
		.vnet = {
			.flags = TUNKIT_VNET_NEEDS_CSUM,
			.gso_type = TUNKIT_GSO_UDP_L4,
			.gso_size = 2,
			.csum_start = 20,
			.csum_offset = 6,
		},
		.data = unfinished,
		.len = sizeof(unfinished),
	};
	const char *text = text_of(&o, &f, TUNKIT_FROM_KERNEL);

	CHECK(strstr(text, " [gso udp 2]\n"));
	CHECK(!strstr(text, "csum"));
	f.vnet.gso_type = TUNKIT_GSO_NONE;
	CHECK(!strchr(text_of(&o, &f, TUNKIT_FROM_KERNEL), '['));
	f.vnet.csum_start = 32;
	text = text_of(&o, &f, TUNKIT_FROM_KERNEL);
	CHECK(strstr(text, "[bad virtio-net header: checksum past"));
}

/* Each line has the time of its own second. */
static void test_text_time(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_TEXT, TUNKIT_TUN);
	struct tunkit_frame f = { .data = unfinished, .len = sizeof(unfinished) };
	static const struct {
		uint64_t time_ns;
		const char *text;
	} rows[] = {
		{ 0, "00:00:00.000000 " },
		{ 999999999, "00:00:00.999999 " },
		{ 1000000000, "00:00:01.000000 " },
		{ 86399000001000, "23:59:59.000001 " },
		{ 86400000000000, "00:00:00.000000 " },
		{ UINT64_MAX, "23:34:33.709551 " },
	};

	open_writer(&o);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *at;
		size_t len;

		CHECK_INT(tunkit_writer_put(writer, &f, TUNKIT_TO_KERNEL,
					    rows[i].time_ns), 0);
		at = tunkit_writer_pending(writer, &len);
		CHECK_MEM(at, rows[i].text, strlen(rows[i].text));
		tunkit_writer_written(writer, len);
	}
}

static void test_hex(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_HEX, TUNKIT_TUN);
	struct tunkit_frame f = { .data = unfinished, .len = sizeof(unfinished) };
	char summary[TUNKIT_SUMMARY_SIZE], dump[TUNKIT_SUMMARY_SIZE + 512];

	tunkit_frame_summary(TUNKIT_TUN, &f, summary, sizeof(summary));
	o.name = "tun0";
	snprintf(dump, sizeof(dump),
		 "# 2026-01-02 03:04:05.678901 tun0 > 32: %s\n"
		 "000000 45 00 00 20 00 00 00 00 40 11 66 cb 0a 00 00 01\n"
		 "000010 0a 00 00 02 04 d2 00 09 00 0c 14 20 61 62 63 64\n"
		 "\n", summary);
	CHECK_STR(text_of(&o, &f, TUNKIT_FROM_KERNEL), dump);
}

static void test_options(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_NONE, TUNKIT_TUN);
	struct tunkit_writer *w;

	CHECK_INT(tunkit_writer_new(&o, &w), -EINVAL);
	o.format = 77;
	CHECK_INT(tunkit_writer_new(&o, &w), -EINVAL);
	o = options(TUNKIT_FORMAT_RAW, 0);
	CHECK_INT(tunkit_writer_new(&o, &w), -EINVAL);
	CHECK_INT(tunkit_writer_new(NULL, &w), -EINVAL);
	tunkit_writer_free(NULL);
}

static const struct check_test tests[] = {
	{ "what is written is read back, in any chunks", test_read_back },
	{ "a protocol that is not IP survives", test_foreign_protocol },
	{ "frames of every length", test_lengths },
	{ "a full buffer loses nothing", test_full_buffer },
	{ "256 KiB are gathered", test_gathers_256k },
	{ "reserve and commit give the same bytes", test_reserve },
	{ "reserve and commit refuse", test_reserve_refused },
	{ "snaplen cuts", test_snaplen },
	{ "checksums are completed in the copy", test_checksum },
	{ "a hostile virtio-net header does no harm", test_checksum_hostile },
	{ "pcap: file header", test_pcap_header },
	{ "pcap: cooked packets have a direction", test_cooked_direction },
	{ "text", test_text },
	{ "text: checksums are completed", test_text_completed },
	{ "text: time", test_text_time },
	{ "hex", test_hex },
	{ "options", test_options },
};

int main(int argc, char **argv)
{
	int status;

	setenv("TZ", "UTC", 1);
	status = check_main(tests, COUNT(tests), argc, argv);
	tunkit_writer_free(writer);
	return status;
}
