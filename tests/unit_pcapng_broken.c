// SPDX-License-Identifier: GPL-2.0-or-later
/* pcapng that is cut or lies: refused, with the place and the reason. */
#include "pcapng.h"

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

static const struct check_test tests[] = {
	{ "cut at every byte", test_cut },
	{ "what is refused", test_refused },
};

CHECK_MAIN(tests)
