// SPDX-License-Identifier: GPL-2.0-or-later
/* pcapng as the specification has it, made by hand; and what we write. */
#include <errno.h>

#include "readers.h"

#define SECTION		0x0a0d0d0a
#define INTERFACE	1
#define PACKET		2
#define SIMPLE		3
#define NAMES		4
#define STATISTICS	5
#define ENHANCED	6

#define ETHERNET	1
#define RAW		101

/* 2026-01-02 03:04:05 UTC */
#define SECONDS 1767323045u

/* A capture in the making, in one of the byte orders. */
static struct bytes out;
static bool big;
static size_t block;

static void start(bool is_big)
{
	out.len = 0;
	big = is_big;
}

static void put(uint64_t value, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = value >> 8 * (big ? size - 1 - i : i);
	bytes_add(&out, bytes, size);
}

static void put_data(const void *data, size_t len)
{
	bytes_add(&out, data, len);
	while (out.len % 4)
		bytes_add(&out, "", 1);
}

static void open_block(uint32_t type)
{
	block = out.len;
	put(type, 4);
	put(0, 4);
}

static void close_block(void)
{
	size_t end = out.len + 4;

	put(end - block, 4);
	out.len = block + 4;
	put(end - block, 4);
	out.len = end;
}

static void section(void)
{
	open_block(SECTION);
	put(0x1a2b3c4d, 4);
	put(1, 2);
	put(0, 2);
	put(UINT64_MAX, 8);
	close_block();
}

static void option(unsigned int code, const void *value, size_t len)
{
	put(code, 2);
	put(len, 2);
	put_data(value, len);
}

/* resolution 0 and offset 0: the options are left out. */
static void interface(unsigned int link_type, uint32_t snaplen,
		      uint8_t resolution, int64_t offset)
{
	open_block(INTERFACE);
	put(link_type, 2);
	put(0, 2);
	put(snaplen, 4);
	option(2, "eth0", 4);
	if (resolution)
		option(9, &resolution, 1);
	if (offset) {
		put(14, 2);
		put(8, 2);
		put(offset, 8);
	}
	option(0, "", 0);
	/* What comes after the end of the options does not count. */
	option(9, "\xff", 1);
	close_block();
}

static void enhanced(uint32_t number, uint64_t time, const void *data,
		     uint32_t kept, uint32_t len)
{
	open_block(ENHANCED);
	put(number, 4);
	put(time >> 32, 4);
	put(time, 4);
	put(kept, 4);
	put(len, 4);
	put_data(data, kept);
	option(1, "a comment", 9);
	option(0, "", 0);
	close_block();
}

static void obsolete(uint16_t number, uint64_t time, const void *data,
		     uint32_t kept, uint32_t len)
{
	open_block(PACKET);
	put(number, 2);
	put(0xffff, 2);
	put(time >> 32, 4);
	put(time, 4);
	put(kept, 4);
	put(len, 4);
	put_data(data, kept);
	close_block();
}

static void simple(const void *data, uint32_t kept, uint32_t len)
{
	open_block(SIMPLE);
	put(len, 4);
	put_data(data, kept);
	close_block();
}

static struct result read_out(enum tunkit_kind kind)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAPNG, kind, false);

	return read_all_ways(&o, out.at, out.len);
}

static void check_frame(const struct result *r, size_t i, const void *data,
			size_t len, uint64_t time_ns)
{
	CHECK(i < r->count);
	CHECK_INT(r->frames[i].data.len, len);
	CHECK_MEM(r->frames[i].data.at, data, len);
	CHECK_INT(r->frames[i].has_time, time_ns != 0);
	CHECK_INT(r->frames[i].time_ns, time_ns);
}

static void test_blocks(void)
{
	static const uint8_t text[] = "a frame of thirty bytes, cut 30";
	const uint64_t micro = SECONDS * UINT64_C(1000000) + 123456;
	const uint64_t micro_ns = micro * 1000;

	for (int order = 0; order < 2; order++) {
		struct result r;

		start(order);
		section();
		interface(ETHERNET, 20, 0, 0);
		enhanced(0, micro, text, 30, 30);
		open_block(NAMES);
		option(1, "\12\0\0\1host", 9);
		close_block();
		enhanced(0, micro, text, 17, 30);
		obsolete(0, micro, text, 30, 30);
		simple(text, 20, 30);
		simple(text, 11, 11);
		enhanced(0, micro, text, 0, 0);
		open_block(0x80000bad);
		close_block();
		open_block(STATISTICS);
		put(0, 4);
		put(0, 8);
		close_block();
		r = read_out(TUNKIT_TAP);
		CHECK_STR(r.error, "");
		CHECK_INT(r.count, 6);
		check_frame(&r, 0, text, 30, micro_ns);
		check_frame(&r, 1, text, 17, micro_ns);
		check_frame(&r, 2, text, 30, micro_ns);
		check_frame(&r, 3, text, 20, 0);
		check_frame(&r, 4, text, 11, 0);
		check_frame(&r, 5, text, 0, micro_ns);
		CHECK_INT(r.frames[0].pi_flags, 0);
		CHECK_INT(r.frames[1].pi_flags, TUNKIT_PI_STRIP);
		CHECK_INT(r.frames[3].pi_flags, TUNKIT_PI_STRIP);
		CHECK_INT(r.frames[4].pi_flags, 0);
		result_free(&r);
	}
}

/* Each interface has its own unit of time, its own zero and its own kind. */
static void test_interfaces(void)
{
	static const uint8_t cooked[] = {
		0, 4, 0xff, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x06, 'x',
	};
	static const struct {
		uint8_t resolution;
		int64_t offset;
		uint64_t units, time_ns;
	} rows[] = {
		{ 0, 0, 1500000, 1500000000 },
		{ 6, 0, 1500000, 1500000000 },
		{ 9, 0, 1500000001, 1500000001 },
		{ 3, 0, 1500, 1500000000 },
		{ 12, 0, 1500000001999, 1500000001 },
		{ 19, 0, 15000000010000000000u, 1500000001 },
		{ 0x80, 0, 3, 3000000000 },
		{ 0x81, 0, 3, 1500000000 },
		{ 0x80 | 30, 0, 3u << 29, 1500000000 },
		{ 0x80 | 63, 0, 3u * (UINT64_C(1) << 62), 1500000000 },
		{ 6, SECONDS, 1500000, (SECONDS + 1) * 1000000000ull + 500000000 },
		{ 6, -1, 1500000, 500000000 },
		/* Before 1970, and after 2554: the nearest that can be said. */
		{ 6, -5, 1500000, 500000000 },
		{ 0x80, INT64_MAX, UINT64_MAX, 18446744072000000000u },
		{ 0x80, 0, UINT64_MAX, 18446744072000000000u },
	};

	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		size_t row = i / 2;
		struct result r;

		start(i % 2);
		section();
		interface(ETHERNET, 0, 0, 0);
		interface(113, 0, rows[row].resolution, rows[row].offset);
		interface(RAW, 0, 9, 0);
		enhanced(1, rows[row].units, cooked, 17, 17);
		enhanced(2, 1, "y", 1, 1);
		r = read_out(TUNKIT_TUN);
		CHECK_STR(r.error, "");
		CHECK_INT(r.count, 2);
		if (r.frames[0].time_ns != rows[row].time_ns)
			FAIL("row %zu: %llu", row,
			     (unsigned long long)r.frames[0].time_ns);
		check_frame(&r, 0, "x", 1, rows[row].time_ns);
		CHECK(r.frames[0].has_pi);
		CHECK_INT(r.frames[0].pi_proto, 0x0806);
		check_frame(&r, 1, "y", 1, 1);
		CHECK(!r.frames[1].has_pi);
		result_free(&r);
	}
}

/* A section has its own byte order, and knows no interface of the one before. */
static void test_sections(void)
{
	struct result r;

	start(false);
	section();
	interface(RAW, 0, 0, 0);
	interface(ETHERNET, 0, 9, 0);
	enhanced(1, 7, "one", 3, 3);
	big = true;
	section();
	interface(ETHERNET, 0, 9, 0);
	enhanced(0, 8, "two", 3, 3);
	big = false;
	section();
	section();
	interface(ETHERNET, 0, 9, 0);
	enhanced(0, 9, "three", 5, 5);
	r = read_out(TUNKIT_TAP);
	CHECK_STR(r.error, "");
	CHECK_INT(r.count, 3);
	check_frame(&r, 0, "one", 3, 7);
	check_frame(&r, 1, "two", 3, 8);
	check_frame(&r, 2, "three", 5, 9);
	result_free(&r);

	enhanced(1, 9, "x", 1, 1);
	r = read_out(TUNKIT_TAP);
	CHECK_INT(r.end, -EPROTO);
	CHECK_INT(r.count, 3);
	result_free(&r);
}

/* Whatever there is beside frames, however long, needs no memory. */
static void test_long_blocks(void)
{
	static uint8_t zeros[1 << 20];
	static uint8_t longest[65555];
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAPNG, TUNKIT_TAP,
					      false);
	struct result r;

	start(false);
	section();
	interface(ETHERNET, 0, 9, 0);
	open_block(0xbad);
	put_data(zeros, sizeof(zeros));
	close_block();
	open_block(ENHANCED);
	put(0, 4);
	put(0, 4);
	put(1, 4);
	put(65554, 4);
	put(65554, 4);
	put_data(longest, 65554);
	for (int i = 0; i < 8; i++)
		option(1, zeros, 65000);
	close_block();
	enhanced(0, 2, "x", 1, 1);
	r = read_stream(&o, out.at, out.len, FIXED, 10000);
	CHECK(!r.stuck);
	CHECK_STR(r.error, "");
	CHECK_INT(r.count, 2);
	check_frame(&r, 0, longest, 65554, 1);
	check_frame(&r, 1, "x", 1, 2);
	result_free(&r);
}

static void test_cut(void)
{
	size_t ends[8], count = 0, whole;

	start(true);
	section();
	ends[count++] = out.len;
	interface(ETHERNET, 0, 0, 0);
	ends[count++] = out.len;
	enhanced(0, 1, "abcde", 5, 5);
	ends[count++] = out.len;
	obsolete(0, 1, "abc", 3, 3);
	ends[count++] = out.len;
	simple("a", 1, 1);
	ends[count++] = out.len;
	open_block(0xbad);
	put(0, 4);
	close_block();
	ends[count++] = out.len;
	whole = out.len;
	for (out.len = 4; out.len < whole; out.len++) {
		struct result r = read_out(TUNKIT_TAP);
		char error[64];
		size_t begin = 0;

		for (size_t i = 0; i < count && ends[i] <= out.len; i++)
			begin = ends[i];
		snprintf(error, sizeof(error),
			 "the input ends inside the block at byte %zu", begin);
		CHECK_STR(r.error, begin == out.len ? "" : error);
		CHECK_INT(r.end, begin == out.len ? 0 : -EPROTO);
		result_free(&r);
	}
}

/* What each refused capture has behind its section (and interface). */
static void long_frame(void)
{
	open_block(ENHANCED);
	put(0, 4);
	put(0, 8);
	put(65555, 4);
	put(65555, 4);
	for (int i = 0; i < 65556; i += 4)
		put(0, 4);
	close_block();
}

static void lying_frame(void)
{
	open_block(ENHANCED);
	put(0, 4);
	put(0, 8);
	put(5, 4);
	put(5, 4);
	put_data("abcd", 4);
	close_block();
}

static void huge_frame(void)
{
	open_block(ENHANCED);
	put(0, 4);
	put(0, 8);
	put(0xffffffff, 4);
	put(0xffffffff, 4);
	put_data("abcd", 4);
	close_block();
}

static void lying_simple_frame(void)
{
	open_block(SIMPLE);
	put(9, 4);
	put_data("abcdefgh", 8);
	close_block();
}

static void bodiless_frame(void)
{
	open_block(ENHANCED);
	put(0, 4);
	put(0, 8);
	close_block();
}

static void unknown_interface(void)
{
	obsolete(1, 0, "a", 1, 1);
}

static void lying_end(void)
{
	enhanced(0, 0, "a", 1, 1);
	out.at[out.len - (big ? 1 : 4)] += 4;
}

static void odd_length(void)
{
	open_block(0xbad);
	put(13, 4);
	out.at[block + (big ? 7 : 4)] = 13;
}

static void short_length(void)
{
	open_block(0xbad);
	put(8, 4);
	out.at[block + (big ? 7 : 4)] = 8;
}

static void empty_simple(void)
{
	open_block(SIMPLE);
	close_block();
}

static void interface_of_times(uint8_t resolution)
{
	open_block(INTERFACE);
	put(ETHERNET, 2);
	put(0, 2);
	put(0, 4);
	option(9, &resolution, 1);
	close_block();
}

static void too_fine_decimal(void)
{
	interface_of_times(20);
}

static void too_fine_binary(void)
{
	interface_of_times(0x80 | 64);
}

static void option_over_the_end(void)
{
	open_block(INTERFACE);
	put(ETHERNET, 2);
	put(0, 2);
	put(0, 4);
	put(2, 2);
	put(5, 2);
	put(0, 4);
	close_block();
}

static void option_of_wrong_length(void)
{
	open_block(INTERFACE);
	put(ETHERNET, 2);
	put(0, 2);
	put(0, 4);
	option(14, "abcd", 4);
	close_block();
}

static void short_interface(void)
{
	open_block(INTERFACE);
	put(ETHERNET, 4);
	close_block();
}

static void long_interface(void)
{
	open_block(INTERFACE);
	put(ETHERNET, 4);
	for (int i = 0; i < 70000; i += 4)
		put(0, 4);
	close_block();
}

static void short_section(void)
{
	open_block(SECTION);
	put(0x1a2b3c4d, 4);
	put(1, 4);
	close_block();
}

static void section_without_order(void)
{
	open_block(SECTION);
	put(0x1a2b3c4e, 4);
	put(0, 8);
	close_block();
}

static void later_version(void)
{
	open_block(SECTION);
	put(0x1a2b3c4d, 4);
	put(2, 2);
	put(7, 2);
	put(0, 8);
	close_block();
}

static void of_another_kind(void)
{
	interface(RAW, 0, 0, 0);
	enhanced(0, 0, "a", 1, 1);
	enhanced(1, 0, "a", 1, 1);
}

static void of_no_kind(void)
{
	interface(127, 0, 0, 0);
	enhanced(1, 0, "a", 1, 1);
}

static const struct {
	void (*rest)(void);
	size_t frames, offset;
	int end;
	const char *error;
} refused[] = {
	{ long_frame, 0, 68, -EPROTO, "length 65555 at byte 68 is above 65554" },
	{ lying_frame, 0, 68, -EPROTO,
	  "length 5 at byte 68 is above 4, what its block holds" },
	{ huge_frame, 0, 68, -EPROTO,
	  "length 4294967295 at byte 68 is above 4, what its block holds" },
	{ lying_simple_frame, 0, 68, -EPROTO,
	  "length 9 at byte 68 is above 8, what its block holds" },
	{ bodiless_frame, 0, 68, -EPROTO, "the block at byte 68 has length 24" },
	{ unknown_interface, 0, 68, -EPROTO,
	  "the block at byte 68 is of interface 1, the section has 1" },
	{ lying_end, 1, 68, -EPROTO,
	  "the block at byte 68 has length 56, its end says 60" },
	{ odd_length, 0, 68, -EPROTO, "the block at byte 68 has length 13" },
	{ short_length, 0, 68, -EPROTO, "the block at byte 68 has length 8" },
	{ empty_simple, 0, 68, -EPROTO, "the block at byte 68 has length 12" },
	{ too_fine_decimal, 0, 68, -EOPNOTSUPP,
	  "the interface at byte 68 has times in units of 10^-20 s" },
	{ too_fine_binary, 0, 68, -EOPNOTSUPP,
	  "the interface at byte 68 has times in units of 2^-64 s" },
	{ option_over_the_end, 0, 88, -EPROTO,
	  "option 2 at byte 88 is longer than its block" },
	{ option_of_wrong_length, 0, 88, -EPROTO,
	  "option 14 at byte 88 has length 4" },
	{ short_interface, 0, 68, -EPROTO, "the block at byte 68 has length 16" },
	{ long_interface, 0, 68, -EPROTO,
	  "the block at byte 68 has length 70016" },
	{ short_section, 0, 68, -EPROTO, "the block at byte 68 has length 20" },
	{ section_without_order, 0, 76, -EPROTO,
	  "the section at byte 68 has no byte order" },
	{ later_version, 0, 80, -EOPNOTSUPP,
	  "the capture is of pcapng version 2.7, only 1 is known" },
	{ of_another_kind, 1, 164, -EMEDIUMTYPE,
	  "interface 1 of the capture holds IP packets (link type 101), a TAP device takes Ethernet frames" },
	{ of_no_kind, 0, 108, -EOPNOTSUPP,
	  "interface 1 of the capture has link type 127, neither Ethernet nor IP" },
};

static void test_refused(void)
{
	for (size_t i = 0; i < 2 * COUNT(refused); i++) {
		size_t row = i / 2;
		struct result r;

		start(i % 2);
		section();
		interface(ETHERNET, 0, 0, 0);
		refused[row].rest();
		r = read_out(TUNKIT_TAP);
		if (strcmp(r.error, refused[row].error))
			FAIL("row %zu says \"%s\"", row, r.error);
		if (r.end != refused[row].end || r.count != refused[row].frames ||
		    r.offset != refused[row].offset)
			FAIL("row %zu: %d, %zu frames, offset %llu", row, r.end,
			     r.count, (unsigned long long)r.offset);
		result_free(&r);
	}
}

static void test_many_interfaces(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAPNG, TUNKIT_TAP,
					      false);
	struct result r;

	start(false);
	section();
	for (int i = 0; i < 65536; i++)
		interface(ETHERNET, 0, 0, 0);
	enhanced(65535, 1, "x", 1, 1);
	r = read_stream(&o, out.at, out.len, WHOLE, 0);
	CHECK_STR(r.error, "");
	CHECK_INT(r.count, 1);
	result_free(&r);
	interface(ETHERNET, 0, 0, 0);
	r = read_stream(&o, out.at, out.len, WHOLE, 0);
	CHECK_INT(r.end, -EOPNOTSUPP);
	CHECK_STR(r.error, "the capture has more than 65536 interfaces");
	result_free(&r);
}

/* ---- Writing ---- */

/* A word of what was written, in the byte order of this machine. */
static uint32_t word(const uint8_t *at, size_t offset)
{
	uint32_t value;

	memcpy(&value, at + offset, 4);
	return value;
}

/* The block at number, from 0. */
static const uint8_t *block_of(const uint8_t *at, size_t len, size_t number)
{
	size_t offset = 0;

	for (;; number--) {
		if (offset + 12 > len)
			FAIL("no block %zu more", number);
		if (!number)
			return at + offset;
		offset += word(at, offset + 4);
	}
}

static void test_writer(void)
{
	static const struct {
		const char *peer;
		enum tunkit_direction direction;
		uint32_t interface, flags;
	} rows[] = {
		{ NULL, TUNKIT_FROM_KERNEL, 0, 2 },
		{ NULL, TUNKIT_TO_KERNEL, 0, 1 },
		{ "h2/tap0", TUNKIT_FROM_KERNEL, 0, 2 },
		{ "h2/tap0", TUNKIT_TO_KERNEL, 1, 2 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAPNG,
						      TUNKIT_TAP, false);
		struct tunkit_frame f = { .data = (const uint8_t *)"abcdefgh",
					  .len = 8 };
		size_t blocks = rows[i].peer ? 3 : 2, len;
		struct tunkit_writer *w;
		const uint8_t *at, *b;

		o.snaplen = 5;
		o.name = "h1/\033[2J";
		o.peer = rows[i].peer;
		CHECK_INT(tunkit_writer_new(&o, &w), 0);
		/* It is there at once: the other end may wait for it. */
		at = tunkit_writer_pending(w, &len);
		CHECK_INT(word(at, 0), SECTION);
		b = block_of(at, len, 1);
		CHECK_INT(word(b, 0), INTERFACE);
		CHECK_INT(word(b, 8), ETHERNET);
		CHECK_INT(word(b, 12), 5);
		CHECK_MEM(b + 20, "h1/\\x1b[2J", 10);
		if (rows[i].peer)
			CHECK_MEM(block_of(at, len, 2) + 20, "h2/tap0", 7);
		CHECK_INT(tunkit_writer_put(w, &f, rows[i].direction, 0), 0);
		CHECK_INT(tunkit_writer_put(w, &f, rows[i].direction,
					    UINT64_C(1) << 32 | 3), 0);
		CHECK_INT(tunkit_writer_drops(w, rows[i].direction, 40, 0), 0);
		at = tunkit_writer_pending(w, &len);
		b = block_of(at, len, blocks + 1);
		CHECK_INT(word(b, 0), ENHANCED);
		CHECK_INT(word(b, 8), rows[i].interface);
		CHECK_INT(word(b, 12), 1);
		CHECK_INT(word(b, 16), 3);
		CHECK_INT(word(b, 20), 5);
		CHECK_INT(word(b, 24), 8);
		CHECK_MEM(b + 28, "abcde\0\0", 8);
		CHECK_INT(word(b, 36), 4 << 16 | 2);
		CHECK_INT(word(b, 40), rows[i].flags);
		b = block_of(at, len, blocks + 2);
		CHECK_INT(word(b, 0), STATISTICS);
		CHECK_INT(word(b, 8), rows[i].interface);
		CHECK_INT(word(b, 20), 8 << 16 | 4);
		CHECK_INT(word(b, 24), 42);
		CHECK_INT(word(b, 32), 8 << 16 | 5);
		CHECK_INT(word(b, 36), 40);
		tunkit_writer_free(w);
	}
}

/* A format without a place for drops has nothing of them. */
static void test_drops_elsewhere(void)
{
	for (int format = TUNKIT_FORMAT_TEXT; format <= TUNKIT_FORMAT_PCAP;
	     format++) {
		struct tunkit_stream_opts o = options(format, TUNKIT_TUN, false);
		struct tunkit_writer *w;
		size_t before, after;

		CHECK_INT(tunkit_writer_new(&o, &w), 0);
		tunkit_writer_pending(w, &before);
		CHECK_INT(tunkit_writer_drops(w, TUNKIT_FROM_KERNEL, 3, 0), 0);
		tunkit_writer_pending(w, &after);
		CHECK_INT(after, before);
		tunkit_writer_free(w);
	}
}

static void test_drops_need_room(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAPNG, TUNKIT_TUN,
					      false);
	struct tunkit_writer *w;
	int drops = 0;

	CHECK_INT(tunkit_writer_new(&o, &w), 0);
	while (!tunkit_writer_drops(w, TUNKIT_FROM_KERNEL, 3, 0))
		drops++;
	CHECK_INT(tunkit_writer_drops(w, TUNKIT_FROM_KERNEL, 3, 0), -ENOBUFS);
	CHECK(drops > 1000);
	tunkit_writer_written(w, 10000);
	CHECK_INT(tunkit_writer_drops(w, TUNKIT_FROM_KERNEL, 3, 0), 0);
	tunkit_writer_free(w);
}

static const struct check_test tests[] = {
	{ "frames of every kind of block", test_blocks },
	{ "interfaces have their own times", test_interfaces },
	{ "sections", test_sections },
	{ "blocks longer than memory", test_long_blocks },
	{ "cut at every byte", test_cut },
	{ "what is refused", test_refused },
	{ "interfaces are limited", test_many_interfaces },
	{ "writer: interfaces, directions, lengths, drops", test_writer },
	{ "writer: drops in other formats", test_drops_elsewhere },
	{ "writer: drops need room", test_drops_need_room },
};

CHECK_MAIN(tests)
