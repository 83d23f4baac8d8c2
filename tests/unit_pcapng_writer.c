// SPDX-License-Identifier: GPL-2.0-or-later
/* pcapng as we write it. */
#include "pcapng.h"

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
	{ "writer: interfaces, directions, lengths, drops", test_writer },
	{ "writer: drops in other formats", test_drops_elsewhere },
	{ "writer: drops need room", test_drops_need_room },
};

CHECK_MAIN(tests)
