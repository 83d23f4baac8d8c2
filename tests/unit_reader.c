// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "readers.h"

#define IPV4(len)	0x45, 0, (len) >> 8, (len) & 0xff, 0, 0, 0, 0, 64, 17, \
			0, 0, 10, 0, 0, 1, 10, 0, 0, 2
#define BYTES(...)	(const uint8_t []){ __VA_ARGS__ }, \
			sizeof((const uint8_t []){ __VA_ARGS__ })

static const struct {
	enum tunkit_format format;
	enum tunkit_kind kind;
	bool pi;
	const uint8_t *bytes;
	size_t len;
	size_t frames;		/* before the damage */
	uint64_t offset;
	const char *error;	/* NULL: none */
} broken[] = {
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TAP, false, NULL, 0, 0, 0, NULL },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TAP, false,
	  BYTES(0, 0, 0, 1, 'x'), 2, 5, NULL },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TAP, false,
	  BYTES(0, 1, 'x', 0), 1, 3,
	  "the input ends inside a frame, after 1 of its bytes" },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TAP, false,
	  BYTES(0, 2, 'x', 'y', 0, 5, 'x', 'y'), 1, 4,
	  "the input ends inside a frame, after 4 of its bytes" },
	{ TUNKIT_FORMAT_LEN16, TUNKIT_TUN, true,
	  BYTES(0, 5, 0, 0, 8, 0, 'x', 0, 3, 0, 0, 8), 1, 7,
	  "the frame at byte 7 is too short for packet information: length 3" },
	{ TUNKIT_FORMAT_LEN32, TUNKIT_TAP, false,
	  BYTES(0, 0, 0, 1, 'x', 0, 1, 0x11, 0x70), 1, 5,
	  "length 70000 at byte 5 is above 65554" },
	{ TUNKIT_FORMAT_LEN32, TUNKIT_TAP, false,
	  BYTES(0, 1, 0, 0x13), 0, 0,
	  "length 65555 at byte 0 is above 65554" },
	{ TUNKIT_FORMAT_LEN32, TUNKIT_TAP, true,
	  BYTES(0, 1, 0, 0x17), 0, 0,
	  "length 65559 at byte 0 is above 65558" },
	{ TUNKIT_FORMAT_LEN32, TUNKIT_TAP, false,
	  BYTES(0xff, 0xff, 0xff, 0xff), 0, 0,
	  "length 4294967295 at byte 0 is above 65554" },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, false,
	  BYTES(IPV4(20), IPV4(21), 'x'), 2, 41, NULL },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, false,
	  BYTES(IPV4(20), 0x45, 0, 0), 1, 20,
	  "the input ends inside a frame, after 3 of its bytes" },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, false,
	  BYTES(IPV4(20), 'P', 'O', 'S', 'T'), 1, 20,
	  "no IPv4 or IPv6 packet begins at byte 20" },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, false, BYTES(IPV4(19)), 0, 0,
	  "no IPv4 or IPv6 packet begins at byte 0" },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, false,
	  BYTES(0x60, 0, 0, 0, 0xff, 0xff, 59, 0), 0, 0,
	  "length 65575 at byte 0 is above 65554" },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, true,
	  BYTES(0, 0, 8, 0, IPV4(20), 0, 0, 0x88, 0x47, 0), 1, 28,
	  "no IPv4 or IPv6 packet begins at byte 28" },
	{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, true,
	  BYTES(0, 0, 8, 0), 0, 0,
	  "the input ends inside a frame, after 4 of its bytes" },
	{ TUNKIT_FORMAT_HEX, TUNKIT_TUN, true,
	  (const uint8_t *)"# x\n000000\n\n", 12, 0, 4,
	  "the frame at byte 4 is too short for packet information: length 0" },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TAP, false, NULL, 0, 0, 0, NULL },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TAP, false,
	  BYTES('G', 'E', 'T', ' '), 0, 0,
	  "no capture begins with 47 45 54 20" },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TAP, false,
	  BYTES(0x0a, 0x0d, 0x0d, 0x0a), 0, 0,
	  "the input ends inside the block at byte 0" },
	{ TUNKIT_FORMAT_PCAPNG, TUNKIT_TAP, false,
	  BYTES(0xa1, 0xb2, 0xc3), 0, 0,
	  "the input ends inside a frame, after 3 of its bytes" },
	{ TUNKIT_FORMAT_PCAPNG, TUNKIT_TAP, false,
	  BYTES('P', 'O', 'S', 'T'), 0, 0,
	  "no capture begins with 50 4f 53 54" },
	{ TUNKIT_FORMAT_PCAP, TUNKIT_TAP, false,
	  BYTES(0xa1, 0xb2, 0xc3, 0xd4, 0, 2), 0, 0,
	  "the input ends inside a frame, after 6 of its bytes" },
};

static void test_broken(void)
{
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct tunkit_stream_opts o = options(broken[i].format, broken[i].kind,
						      broken[i].pi);
		struct result r = read_all_ways(&o, broken[i].bytes, broken[i].len);

		if (r.end != (broken[i].error ? -EPROTO : 0))
			FAIL("row %zu ends with %d", i, r.end);
		if (broken[i].error && strcmp(r.error, broken[i].error))
			FAIL("row %zu says \"%s\"", i, r.error);
		if (r.count != broken[i].frames || r.offset != broken[i].offset)
			FAIL("row %zu: %zu frames, offset %llu", i, r.count,
			     (unsigned long long)r.offset);
		result_free(&r);
	}
}

/* An error is final: good bytes behind it are not looked at. */
static void test_final(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_LEN32, TUNKIT_TAP,
					      false);
	struct tunkit_reader *reader;
	struct tunkit_frame f;
	size_t size;

	CHECK_INT(tunkit_reader_new(&o, &reader), 0);
	memcpy(tunkit_reader_space(reader, &size), "\xff\xff\xff\xff", 4);
	tunkit_reader_filled(reader, 4);
	CHECK_INT(tunkit_reader_next(reader, &f), -EPROTO);
	memcpy(tunkit_reader_space(reader, &size), "\0\0\0\1x", 5);
	tunkit_reader_filled(reader, 5);
	CHECK_INT(tunkit_reader_next(reader, &f), -EPROTO);
	CHECK_INT(tunkit_reader_finish(reader), -EPROTO);
	CHECK_INT(tunkit_reader_offset(reader), 0);
	tunkit_reader_free(reader);
}

/* Frames that nobody takes fill the buffer, which does not grow. */
static void test_bounded(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_LEN16, TUNKIT_TAP,
					      false);
	struct tunkit_reader *reader;
	struct tunkit_frame f;
	size_t size, filled = 0, frames = 0;

	CHECK_INT(tunkit_reader_new(&o, &reader), 0);
	for (;;) {
		void *to = tunkit_reader_space(reader, &size);

		if (!size)
			break;
		memset(to, 0, size);
		tunkit_reader_filled(reader, size + 1000);
		filled += size;
		CHECK(filled < 1 << 20);
	}
	while (tunkit_reader_next(reader, &f) == 1)
		frames++;
	CHECK_INT(frames, filled / 2);
	tunkit_reader_free(reader);
}

static void put32(struct bytes *b, uint32_t value, bool big)
{
	uint8_t bytes[4];

	for (int i = 0; i < 4; i++)
		bytes[i] = value >> 8 * (big ? 3 - i : i);
	bytes_add(b, bytes, 4);
}

static void put_capture(struct bytes *b, uint32_t magic, bool big,
			uint32_t link_type)
{
	put32(b, magic, big);
	put32(b, big ? 0x00020004 : 0x00040002, big);
	put32(b, 0, big);
	put32(b, 0, big);
	put32(b, 262144, big);
	put32(b, link_type, big);
}

static void put_record(struct bytes *b, bool big, const void *data,
		       uint32_t kept, uint32_t len)
{
	put32(b, 1700000000, big);
	put32(b, 999999, big);
	put32(b, kept, big);
	put32(b, len, big);
	bytes_add(b, data, kept);
}

static void test_captures(void)
{
	static const uint8_t packet[80] = { IPV4(80) };
	static const struct {
		uint32_t link_type;
		enum tunkit_kind kind;
		size_t header, protocol;
	} links[] = {
		{ 1, TUNKIT_TAP, 0, 0 }, { 101, TUNKIT_TUN, 0, 0 },
		{ 12, TUNKIT_TUN, 0, 0 }, { 228, TUNKIT_TUN, 0, 0 },
		{ 229, TUNKIT_TUN, 0, 0 }, { 113, TUNKIT_TUN, 16, 14 },
		{ 276, TUNKIT_TUN, 20, 0 },
		/* With the length of a frame check sequence. */
		{ 0x24000001, TUNKIT_TAP, 0, 0 },
	};

	for (size_t i = 0; i < 4 * COUNT(links); i++) {
		size_t l = i / 4, header = links[l].header;
		uint32_t magic = i & 1 ? 0xa1b2c3d4 : 0xa1b23c4d;
		/* Either name of the two reads both. */
		struct tunkit_stream_opts o = options(l % 2 ?
						      TUNKIT_FORMAT_PCAPNG :
						      TUNKIT_FORMAT_PCAP,
						      links[l].kind, false);
		uint8_t frame[100] = { 0 };
		struct bytes b = { 0 };
		bool big = i & 2;
		struct result r;

		memcpy(frame + header, packet, 80);
		if (header) {
			frame[links[l].protocol] = 0x08;
			frame[links[l].protocol + 1] = 0x06;
		}
		put_capture(&b, magic, big, links[l].link_type);
		CHECK_INT(tunkit_format_guess(b.at, 4), TUNKIT_FORMAT_PCAP);
		put_record(&b, big, frame, header + 80, header + 80);
		put_record(&b, big, frame, header + 33, header + 80);
		put_record(&b, big, frame, header, header);
		r = read_all_ways(&o, b.at, b.len);
		if (r.end)
			FAIL("row %zu: %s", i, r.error);
		CHECK_INT(r.count, 3);
		CHECK_INT(r.frames[0].data.len, 80);
		CHECK_MEM(r.frames[0].data.at, packet, 80);
		CHECK_INT(r.frames[0].has_pi, header != 0);
		CHECK_INT(r.frames[0].pi_proto, header ? 0x0806 : 0);
		CHECK_INT(r.frames[0].pi_flags, 0);
		CHECK(r.frames[0].has_time);
		CHECK_INT(r.frames[0].time_ns, 1700000000000000000 +
			  (i & 1 ? 999999000 : 999999));
		CHECK_INT(r.frames[1].data.len, 33);
		CHECK_INT(r.frames[1].pi_flags, TUNKIT_PI_STRIP);
		CHECK_INT(r.frames[2].data.len, 0);
		result_free(&r);
		free(b.at);
	}
}

static void test_captures_refused(void)
{
	static const struct {
		uint32_t link_type;
		enum tunkit_kind kind;
		uint32_t kept;
		uint64_t offset;
		int end;
		const char *error;
	} rows[] = {
		{ 1, TUNKIT_TUN, 0, 20, -EMEDIUMTYPE,
		  "the capture holds Ethernet frames (link type 1), a TUN device takes IP packets" },
		{ 101, TUNKIT_TAP, 0, 20, -EMEDIUMTYPE,
		  "the capture holds IP packets (link type 101), a TAP device takes Ethernet frames" },
		{ 113, TUNKIT_TAP, 0, 20, -EMEDIUMTYPE,
		  "the capture holds cooked packets (link type 113), a TAP device takes Ethernet frames" },
		{ 127, TUNKIT_TAP, 0, 20, -EOPNOTSUPP,
		  "the capture has link type 127, neither Ethernet nor IP" },
		{ 1, TUNKIT_TAP, 65555, 24, -EPROTO,
		  "length 65555 at byte 24 is above 65554" },
		{ 1, TUNKIT_TAP, 0xffffffff, 24, -EPROTO,
		  "length 4294967295 at byte 24 is above 65554" },
		{ 113, TUNKIT_TUN, 65571, 24, -EPROTO,
		  "length 65571 at byte 24 is above 65570" },
		{ 113, TUNKIT_TUN, 15, 24, -EPROTO,
		  "length 15 at byte 24 is below that of its header" },
		{ 276, TUNKIT_TUN, 19, 24, -EPROTO,
		  "length 19 at byte 24 is below that of its header" },
		{ 1, TUNKIT_TAP, 100, 24, -EPROTO,
		  "the input ends inside a frame, after 16 of its bytes" },
	};

	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		size_t row = i / 2;
		struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAP,
						      rows[row].kind, false);
		struct bytes b = { 0 };
		struct result r;
		bool big = i % 2;

		put_capture(&b, 0xa1b2c3d4, big, rows[row].link_type);
		put32(&b, 0, big);
		put32(&b, 0, big);
		put32(&b, rows[row].kept, big);
		put32(&b, rows[row].kept, big);
		r = read_all_ways(&o, b.at, b.len);
		CHECK_INT(r.end, rows[row].end);
		CHECK_INT(r.count, 0);
		CHECK_STR(r.error, rows[row].error);
		CHECK_INT(r.offset, rows[row].offset);
		result_free(&r);
		free(b.at);
	}
}

/* The same 20 bytes, then the same 3 bytes, as various programs print them. */
static void test_hex_dialects(void)
{
	static const uint8_t first[] = "0123456789abcdef\x12\x34\xab\xcd";
	static const char *const dumps[] = {
		/* od -Ax -tx1 -v, with the length behind it */
		"000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n"
		"000010 12 34 ab cd\n000014\n000000 30 31 32\n000003\n",
		/* no line end at the end */
		"000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n"
		"000010 12 34 AB CD\n000000 30 31 32",
		/* ours */
		"# 12:00:00 face off\n"
		"000000 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66\n"
		"000010 12 34 ab cd\n\n# 000000 00\n000000 30 31 32\n\n",
		/* tcpdump -xx */
		"12:00:00.000000 IP a > b: UDP\n"
		"\t0x0000:  3031 3233 3435 3637 3839 6162 6364 6566\n"
		"\t0x0010:  1234 abcd\n"
		"12:00:00.000001 IP a > b: UDP\n\t0x0000:  3031 32\n",
		/* tcpdump -X: characters that look like bytes */
		"\t0x0000:  3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n"
		"\t0x0010:  1234 abcd                                abcd\n"
		"\t0x0000:  3031 32                                  0123\n",
		/* xxd */
		"00000000: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n"
		"00000010: 1234 abcd                                abcd\n"
		"00000000: 3031 32                                  ab\n",
		/* hexdump -C */
		"00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
		"00000010  12 34 ab cd                                       |.4..|\n"
		"00000014\n"
		"00000000  30 31 32                                          |012|\n"
		"00000003\n",
		/* Wireshark, with CR LF */
		"0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66   0123456789abcdef\r\n"
		"0010  12 34 ab cd                                        .4..\r\n\r\n"
		"0000  30 31 32                                           012\r\n",
		/* short lines, comments between, words behind */
		"some words\n000 30 31 32 33 34 35 36 37\n# 008 ff\n"
		"008 38 39 61 62 63 64 65 66 and so on\n  # x\n010 12\n011 34 ab cd\n"
		"\n\n\nbad news\ndecade\n\n000 303132 and\n",
	};

	for (size_t i = 0; i < COUNT(dumps); i++) {
		struct tunkit_stream_opts o = options(TUNKIT_FORMAT_HEX,
						      TUNKIT_TAP, false);
		struct result r = read_all_ways(&o, dumps[i], strlen(dumps[i]));

		if (r.end || r.count != 2)
			FAIL("dump %zu: %zu frames, \"%s\"", i, r.count, r.error);
		if (r.frames[0].data.len != 20 ||
		    memcmp(r.frames[0].data.at, first, 20) ||
		    r.frames[1].data.len != 3 ||
		    memcmp(r.frames[1].data.at, "012", 3))
			FAIL("dump %zu: wrong bytes, %zu and %zu", i,
			     r.frames[0].data.len, r.frames[1].data.len);
		result_free(&r);
	}
}

static void test_hex_broken(void)
{
	static const struct {
		const char *text;
		size_t frames;
		uint64_t offset;
		const char *error;
	} rows[] = {
		{ "0000 11 22\n0003 44\n", 0, 11,
		  "offset 0x3 at byte 11, where 0x2 is due" },
		{ "0000 11\n\n0001 44\n", 1, 9,
		  "offset 0x1 at byte 9, where 0x0 is due" },
		{ "0010 11 22\n", 0, 0, "offset 0x10 at byte 0, where 0x0 is due" },
		{ "ffffffffffffffff0 11 22\n", 0, 0,
		  "offset 0xfffffff0 at byte 0, where 0x0 is due" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_stream_opts o = options(TUNKIT_FORMAT_HEX,
						      TUNKIT_TAP, false);
		struct result r = read_all_ways(&o, rows[i].text,
						strlen(rows[i].text));

		CHECK_INT(r.end, -EPROTO);
		CHECK_STR(r.error, rows[i].error);
		CHECK_INT(r.count, rows[i].frames);
		CHECK_INT(r.offset, rows[i].offset);
		result_free(&r);
	}
}

/* A blank line ends a frame at once, without the next one. */
static void test_hex_at_once(void)
{
	static const char dump[] = "0000 11 22\n\n";
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_HEX, TUNKIT_TAP,
					      false);
	struct tunkit_reader *reader;
	struct tunkit_frame f;
	size_t size;

	CHECK_INT(tunkit_reader_new(&o, &reader), 0);
	memcpy(tunkit_reader_space(reader, &size), dump, strlen(dump));
	tunkit_reader_filled(reader, strlen(dump));
	CHECK_INT(tunkit_reader_next(reader, &f), 1);
	CHECK_INT(f.len, 2);
	CHECK_INT(tunkit_reader_next(reader, &f), 0);
	tunkit_reader_free(reader);
}

static void test_hex_huge(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_HEX, TUNKIT_TAP,
					      false);
	struct bytes b = { 0 };
	char line[64];
	struct result r;

	/* A line without an end. */
	for (int i = 0; i < 300000; i++)
		bytes_add(&b, "x", 1);
	r = read_stream(&o, b.at, b.len, FIXED, 5000);
	CHECK_INT(r.end, -EPROTO);
	CHECK(!r.stuck);
	result_free(&r);

	/* 65554 bytes with as much text as anyone might put beside them. */
	for (int pass = 0; pass < 2; pass++) {
		b.len = 0;
		for (int i = 0; i < 65554 + pass; i++) {
			int n = sprintf(line, "\t0x%05x:  %02x     (some words)\n",
					i, i & 0xff);

			bytes_add(&b, line, n);
		}
		r = read_stream(&o, b.at, b.len, FIXED, 10000);
		CHECK(!r.stuck);
		CHECK_INT(r.end, pass ? -EPROTO : 0);
		CHECK_INT(r.count, !pass);
		for (int i = 0; !pass && i < 65554; i++)
			CHECK_INT(r.frames[0].data.at[i], i & 0xff);
		result_free(&r);
	}
	free(b.at);
}

static void test_options(void)
{
	static const struct {
		enum tunkit_format format;
		enum tunkit_kind kind;
		int result;
	} rows[] = {
		{ TUNKIT_FORMAT_NONE, TUNKIT_TUN, -EINVAL },
		{ TUNKIT_FORMAT_TEXT, TUNKIT_TUN, -EOPNOTSUPP },
		{ TUNKIT_FORMAT_RAW, TUNKIT_TAP, -EOPNOTSUPP },
		{ TUNKIT_FORMAT_RAW, TUNKIT_TUN, 0 },
		{ TUNKIT_FORMAT_LEN16, 0, -EINVAL },
		{ TUNKIT_FORMAT_LEN16, 3, -EINVAL },
		{ TUNKIT_FORMAT_GSO + 1, TUNKIT_TUN, -EINVAL },
	};
	struct {
		struct tunkit_stream_opts o;
		char newer;
	} large = { .newer = 1 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_stream_opts o = options(rows[i].format,
						      rows[i].kind, false);
		struct tunkit_reader *reader = NULL;

		CHECK_INT(tunkit_reader_new(&o, &reader), rows[i].result);
		tunkit_reader_free(reader);
	}
	large.o = options(TUNKIT_FORMAT_LEN16, TUNKIT_TAP, false);
	large.o.size = sizeof(large);
	CHECK_INT(tunkit_reader_new(&large.o, &(struct tunkit_reader *){ NULL }),
		  -E2BIG);
}

static void test_names(void)
{
	static const char *const names[] = {
		"text", "raw", "hex", "len16", "len32", "pcap", "pcapng", "gso",
	};
	enum tunkit_format format;

	for (size_t i = 0; i < COUNT(names); i++) {
		CHECK_INT(tunkit_format_parse(names[i], &format), 0);
		CHECK_INT(format, TUNKIT_FORMAT_TEXT + i);
		CHECK_STR(tunkit_format_name(format), names[i]);
	}
	CHECK_INT(tunkit_format_parse("pcapngs", &format), -EINVAL);
	CHECK_INT(tunkit_format_parse("", &format), -EINVAL);
	CHECK_STR(tunkit_format_name(TUNKIT_FORMAT_NONE), "none");
	CHECK_STR(tunkit_format_name(-1), "none");
	CHECK_INT(tunkit_format_guess("\xa1\xb2\xc3\xd4", 3), TUNKIT_FORMAT_NONE);
	CHECK_INT(tunkit_format_guess("\xa1\xb2\xcd\x34", 4), TUNKIT_FORMAT_NONE);
	CHECK_INT(tunkit_format_guess("\x45\x00\x00\x54", 4), TUNKIT_FORMAT_NONE);
	CHECK_INT(tunkit_format_guess("\x0a\x0d\x0d\x0a", 4), TUNKIT_FORMAT_PCAPNG);
}

static const struct check_test tests[] = {
	{ "broken and cut streams", test_broken },
	{ "an error is final", test_final },
	{ "memory is bounded", test_bounded },
	{ "pcap: all link types and byte orders", test_captures },
	{ "pcap: what is refused", test_captures_refused },
	{ "hex: dialects", test_hex_dialects },
	{ "hex: offsets that do not fit", test_hex_broken },
	{ "hex: an empty line ends a frame", test_hex_at_once },
	{ "hex: long frames and lines", test_hex_huge },
	{ "options", test_options },
	{ "names and guesses", test_names },
};

CHECK_MAIN(tests)
