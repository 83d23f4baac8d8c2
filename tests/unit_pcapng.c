// SPDX-License-Identifier: GPL-2.0-or-later
/* pcapng as the specification has it, made by hand. */
#include "pcapng.h"

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

static const struct check_test tests[] = {
	{ "frames of every kind of block", test_blocks },
	{ "interfaces have their own times", test_interfaces },
	{ "sections", test_sections },
	{ "blocks longer than memory", test_long_blocks },
	{ "interfaces are limited", test_many_interfaces },
};

CHECK_MAIN(tests)
