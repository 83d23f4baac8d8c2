// SPDX-License-Identifier: GPL-2.0-or-later
/* Streams of format gso, byte by byte as docs/gso-stream.md says. */
#include <errno.h>

#include "check.h"
#include "streams.h"
#include "tunkit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define CSUM	TUNKIT_OFFLOAD_CSUM
#define TSO4	TUNKIT_OFFLOAD_TSO4
#define TSO6	TUNKIT_OFFLOAD_TSO6
#define ECN	TUNKIT_OFFLOAD_TSO_ECN
#define USO	(TUNKIT_OFFLOAD_USO4 | TUNKIT_OFFLOAD_USO6)
#define ALL	(CSUM | TSO4 | TSO6 | ECN | USO)

#define MAGIC	0x89, 'T', 'K', 'G', 'S', 'O', '\r', '\n'
#define HELLO(kind, flags, offload) \
	MAGIC, 1, kind, flags, 0, offload, 0, 0, 0
#define TAP_HELLO	HELLO(TUNKIT_TAP, 0, ALL)
/* Of a frame without a header of its own. */
#define PLAIN(len)	len, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define BYTES(...)	(const uint8_t []){ __VA_ARGS__ }, \
			sizeof((const uint8_t []){ __VA_ARGS__ })

static struct tunkit_stream_opts options(enum tunkit_kind kind,
					 unsigned int offload)
{
	struct tunkit_stream_opts o = TUNKIT_INIT(o);

	o.format = TUNKIT_FORMAT_GSO;
	o.kind = kind;
	o.offload = offload;
	return o;
}

/* ---- Reading ------------------------------------------------------------ */

static const struct {
	const uint8_t *bytes;
	size_t len;
	size_t frames;		/* before the damage */
	int end;
	uint64_t offset;
	const char *error;
} rows[] = {
	{ NULL, 0, 0, 0, 0, "" },
	{ BYTES(TAP_HELLO), 0, 0, 16, "" },
	{ BYTES(TAP_HELLO, PLAIN(1), 'x', PLAIN(0)), 2, 0, 49, "" },
	/* Who does not speak it. */
	{ BYTES('W', 'e', 'l', 'c', 'o', 'm', 'e', '!', '?'), 0, -EPROTO, 0,
	  "the other side does not speak --gso: its stream begins with 'Welcome!'" },
	{ BYTES(0, 42, 0xff, 0xff), 0, -EPROTO, 0,
	  "the other side does not speak --gso: its stream begins with a byte of 0" },
	{ BYTES(0x89, 'T', 'K', 'G', 'S', 'O', '\r', '\r', '\n'), 0, -EPROTO, 0,
	  "the other side does not speak --gso: its stream begins with '\\x89TKGSO\\x0d\\x0d'" },
	{ BYTES(MAGIC, 1, 2), 0, -EPROTO, 0,
	  "the other side ended inside its hello" },
	{ BYTES(MAGIC, 2), 0, -EOPNOTSUPP, 0,
	  "the other side speaks another version of --gso: update the older one" },
	{ BYTES(HELLO(TUNKIT_TAP, 2, 0)), 0, -EOPNOTSUPP, 0,
	  "the other side speaks another version of --gso: update the older one" },
	{ BYTES(HELLO(3, 0, 0)), 0, -EPROTO, 0,
	  "the other side does not speak --gso: its stream begins with '\\x89TKGSO\\x0d\\x0a'" },
	{ BYTES(HELLO(TUNKIT_TUN, 0, ALL)), 0, -EMEDIUMTYPE, 0,
	  "the other side has a TUN device, this one a TAP device" },
	/* What it sends one way must be what is taken here: all but USO. */
	{ BYTES(HELLO(TUNKIT_TAP, 1, CSUM | TSO4), PLAIN(0)), 1, 0, 32, "" },
	{ BYTES(HELLO(TUNKIT_TAP, 1, ALL)), 0, -EOPNOTSUPP, 0,
	  "the other side sends one way, with offloads that this device does not take (0x60)" },
	/* Lengths. */
	{ BYTES(TAP_HELLO, PLAIN(2), 'x'), 0, -EPROTO, 16,
	  "the input ends inside a frame, after 17 of its bytes" },
	{ BYTES(TAP_HELLO, 0x13, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
	  0, -EPROTO, 16, "length 65555 at byte 16 is above 65554" },
	{ BYTES(TAP_HELLO, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0),
	  0, -EPROTO, 16, "length 4294967295 at byte 16 is above 65554" },
	/* Headers: flags, type, hdr_len, gso_size, csum_start, csum_offset. */
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16,
	  "the header at byte 16 is wrong: checksum past the end of the frame" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff,
		0xff, 0, 0, 'x', 'y'),
	  0, -EPROTO, 16,
	  "the header at byte 16 is wrong: checksum past the end of the frame" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16,
	  "the header at byte 16 is wrong: header length past the end of the frame" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16,
	  "the header at byte 16 is wrong: segments of size 0" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 1, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16,
	  "the header at byte 16 is wrong: unknown segmentation type" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16, "the header at byte 16 has unknown flags: 0x4" },
	/* Sound, but not agreed on. */
	{ BYTES(TAP_HELLO, PLAIN(0), 2, 0, 0, 0, 1, 5, 0, 0, 1, 0, 0, 0, 0, 0,
		0, 0, 'x', 'y'),
	  1, -EPROTO, 32,
	  "the frame at byte 32 needs an offload that was not agreed on: type 0x5, flags 0x1" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 1, 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16,
	  "the frame at byte 16 needs an offload that was not agreed on: type 0x3, flags 0x1" },
	{ BYTES(TAP_HELLO, 2, 0, 0, 0, 1, 0x21, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		'x', 'y'),
	  0, -EPROTO, 16,
	  "the frame at byte 16 needs an offload that was not agreed on: type 0x21, flags 0x1" },
};

static void test_rows(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_TAP, ALL & ~USO);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct result r = read_stream(&o, rows[i].bytes, rows[i].len,
					      WHOLE, 0);
		struct result s = read_stream(&o, rows[i].bytes, rows[i].len,
					      FIXED, 1);

		if (r.end != rows[i].end || strcmp(r.error, rows[i].error))
			FAIL("row %zu ends with %d: \"%s\"", i, r.end, r.error);
		if (r.count != rows[i].frames || r.offset != rows[i].offset)
			FAIL("row %zu: %zu frames, offset %llu", i, r.count,
			     (unsigned long long)r.offset);
		/* Whoever sends the wrong beginning in bits is shown by fewer. */
		if (s.end != r.end || s.count != r.count)
			FAIL("row %zu by bytes ends with %d", i, s.end);
		result_free(&r);
		result_free(&s);
	}
}

/* A device without a virtio-net header takes no unfinished checksum. */
static void test_nothing_agreed_on(void)
{
	static const uint8_t bytes[] = {
		TAP_HELLO, PLAIN(1), 'x',
		2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x', 'y',
	};
	struct tunkit_stream_opts o = options(TUNKIT_TAP, 0);
	struct result r = read_stream(&o, bytes, sizeof(bytes), WHOLE, 0);

	CHECK_INT(r.count, 1);
	CHECK_INT(r.end, -EPROTO);
	result_free(&r);
}

static unsigned int heard(unsigned int said)
{
	uint8_t bytes[] = { HELLO(TUNKIT_TUN, 0, 0) };
	struct tunkit_stream_opts o = options(TUNKIT_TUN, ALL);
	struct tunkit_hello hello = { .offload = ~0u };
	struct tunkit_reader *reader;
	struct tunkit_frame frame;
	size_t size;

	for (int i = 0; i < 4; i++)
		bytes[12 + i] = said >> 8 * i;
	CHECK_INT(tunkit_reader_new(&o, &reader), 0);
	CHECK_INT(tunkit_reader_hello(reader, &hello), -EAGAIN);
	memcpy(tunkit_reader_space(reader, &size), bytes, sizeof(bytes));
	tunkit_reader_filled(reader, sizeof(bytes));
	CHECK_INT(tunkit_reader_next(reader, &frame), 0);
	CHECK_INT(tunkit_reader_hello(reader, &hello), 0);
	CHECK_INT(hello.kind, TUNKIT_TUN);
	CHECK(!hello.one_way);
	tunkit_reader_free(reader);
	return hello.offload;
}

/* What comes out can be set on a device, whatever the peer says. */
static void test_hello_is_made_sane(void)
{
	CHECK_INT(heard(0), 0);
	CHECK_INT(heard(ALL), ALL);
	CHECK_INT(heard(0xffffffff), ALL);
	CHECK_INT(heard(ALL & ~CSUM), 0);
	CHECK_INT(heard(CSUM | ECN), CSUM);
	CHECK_INT(heard(CSUM | TSO6 | ECN), CSUM | TSO6 | ECN);
	CHECK_INT(heard(CSUM | TSO4 | TUNKIT_OFFLOAD_USO4), CSUM | TSO4);
	CHECK_INT(heard(CSUM | 0x10), CSUM);
}

static void test_hello_of_another_format(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_TAP, 0);
	struct tunkit_hello hello;
	struct tunkit_reader *reader;
	struct tunkit_writer *writer;

	o.format = TUNKIT_FORMAT_LEN16;
	CHECK_INT(tunkit_reader_new(&o, &reader), 0);
	CHECK_INT(tunkit_reader_hello(reader, &hello), -EOPNOTSUPP);
	tunkit_reader_free(reader);
	CHECK_INT(tunkit_writer_new(&o, &writer), 0);
	CHECK_INT(tunkit_writer_agree(writer, 0), -EOPNOTSUPP);
	tunkit_writer_free(writer);
}

/* ---- Writing ------------------------------------------------------------ */

static const uint8_t *written(struct tunkit_writer *writer, size_t expected)
{
	size_t len;
	const uint8_t *at = tunkit_writer_pending(writer, &len);

	CHECK_INT(len, expected);
	return at;
}

static int put(struct tunkit_writer *writer, const struct tunkit_frame *frame)
{
	return tunkit_writer_put(writer, frame, TUNKIT_FROM_KERNEL, 0);
}

static void test_bytes_of_a_stream(void)
{
	static const uint8_t expected[] = {
		HELLO(TUNKIT_TUN, 0, CSUM | TSO4),
		3, 0, 0, 0, 0x01, 0x81, 2, 0, 0x34, 0x12, 1, 0, 0, 0,
		0xdd, 0x86, 'a', 'b', 'c',
	};
	struct tunkit_stream_opts o = options(TUNKIT_TUN, CSUM | TSO4);
	struct tunkit_frame f = {
		.has_pi = true, .pi_proto = 0x86dd,
		.has_vnet = true,
		.vnet = {
			.flags = TUNKIT_VNET_NEEDS_CSUM,
			.gso_type = TUNKIT_GSO_TCPV4 | TUNKIT_GSO_ECN,
			.hdr_len = 2, .gso_size = 0x1234, .csum_start = 1,
		},
		.data = (const uint8_t *)"abc", .len = 3,
	};
	struct tunkit_writer *writer;

	CHECK_INT(tunkit_writer_new(&o, &writer), 0);
	CHECK_MEM(written(writer, 16), expected, 16);
	CHECK_INT(put(writer, &f), -EAGAIN);
	CHECK_INT(tunkit_writer_agree(writer, ALL), 0);
	CHECK_INT(put(writer, &f), 0);
	CHECK_MEM(written(writer, sizeof(expected)), expected,
		  sizeof(expected));
	tunkit_writer_free(writer);
}

static void test_one_way_writes_at_once(void)
{
	static const uint8_t expected[] = {
		HELLO(TUNKIT_TAP, 1, CSUM), PLAIN(1), 'x',
	};
	struct tunkit_stream_opts o = options(TUNKIT_TAP, CSUM);
	struct tunkit_frame f = { .data = (const uint8_t *)"x", .len = 1 };
	struct tunkit_writer *writer;

	o.one_way = true;
	CHECK_INT(tunkit_writer_new(&o, &writer), 0);
	CHECK_INT(put(writer, &f), 0);
	CHECK_MEM(written(writer, sizeof(expected)), expected,
		  sizeof(expected));
	tunkit_writer_free(writer);
}

static const struct {
	uint8_t flags, gso_type;
	unsigned int needs;	/* 0 and a type: never */
} needs[] = {
	{ 0, 0, 0 },
	{ TUNKIT_VNET_DATA_VALID, 0, 0 },
	{ TUNKIT_VNET_NEEDS_CSUM, 0, CSUM },
	{ 1, TUNKIT_GSO_TCPV4, CSUM | TSO4 },
	{ 0, TUNKIT_GSO_TCPV6, CSUM | TSO6 },
	{ 1, TUNKIT_GSO_TCPV4 | TUNKIT_GSO_ECN, CSUM | TSO4 | ECN },
	{ 1, TUNKIT_GSO_TCPV6 | TUNKIT_GSO_ECN, CSUM | TSO6 | ECN },
	{ 1, TUNKIT_GSO_UDP_L4, CSUM | USO },
	{ 1, TUNKIT_GSO_UDP_L4 | TUNKIT_GSO_ECN, 0 },
	{ 1, TUNKIT_GSO_UDP, 0 },
	{ 1, TUNKIT_GSO_ECN, 0 },
	{ 1, TUNKIT_GSO_TCPV4 | TUNKIT_GSO_TUNNEL_IPV4, 0 },
	{ 1, TUNKIT_GSO_UDP_L4 | TUNKIT_GSO_TUNNEL_IPV6, 0 },
	{ 1, 2, 0 },
};

/* Segments go out to whom has all that they need, and to no one else. */
static void test_segments_need_an_agreement(void)
{
	static const unsigned int sets[] = {
		0, CSUM, CSUM | TSO4, CSUM | TSO6, CSUM | TSO4 | ECN,
		ALL & ~USO, CSUM | USO, ALL,
	};
	struct tunkit_stream_opts o = options(TUNKIT_TAP, ALL);

	for (size_t i = 0; i < COUNT(needs) * COUNT(sets); i++) {
		unsigned int need = needs[i % COUNT(needs)].needs, found = ~0u;
		unsigned int set = sets[i / COUNT(needs)];
		uint8_t type = needs[i % COUNT(needs)].gso_type;
		struct tunkit_frame f = {
			.has_vnet = true,
			.vnet = {
				.flags = needs[i % COUNT(needs)].flags,
				.gso_type = type, .gso_size = 1,
			},
			.data = (const uint8_t *)"xy", .len = 2,
		};
		struct tunkit_writer *writer;
		bool never = type && !need;
		/* A checksum alone is filled in for those who cannot. */
		bool passes = !type || (!never && !(need & ~set));

		CHECK_INT(tunkit_vnet_offload(&f.vnet, &found),
			  never ? -EOPNOTSUPP : 0);
		CHECK_INT(found, never ? ~0u : need);
		CHECK_INT(tunkit_writer_new(&o, &writer), 0);
		tunkit_writer_agree(writer, set);
		CHECK_INT(put(writer, &f), passes ? 0 : -EOPNOTSUPP);
		written(writer, passes ? 16 + 16 + 2 : 16);
		tunkit_writer_free(writer);
	}
}

static void test_checksums_are_filled_in_for_a_plain_peer(void)
{
	static const uint8_t expected[] = { PLAIN(4), 1, 2, 0xfe, 0xfd };
	struct tunkit_stream_opts o = options(TUNKIT_TAP, ALL);
	struct tunkit_frame f = {
		.has_vnet = true,
		.vnet = { .flags = TUNKIT_VNET_NEEDS_CSUM, .csum_offset = 2 },
		.data = (const uint8_t []){ 1, 2, 0, 0 }, .len = 4,
	};
	struct tunkit_writer *writer;
	const uint8_t *at;

	CHECK_INT(tunkit_writer_new(&o, &writer), 0);
	CHECK_INT(tunkit_writer_agree(writer, 0), 0);
	CHECK_INT(put(writer, &f), 0);
	at = written(writer, 16 + sizeof(expected)) + 16;
	CHECK_INT(at[4] & TUNKIT_VNET_NEEDS_CSUM, 0);
	CHECK_MEM(at + 16, expected + 16, 4);
	tunkit_writer_free(writer);
}

/* A header from a driver gone wrong does not go out. */
static void test_a_wrong_header_is_not_written(void)
{
	struct tunkit_stream_opts o = options(TUNKIT_TAP, ALL);
	struct tunkit_frame f = {
		.has_vnet = true,
		.vnet = { .flags = TUNKIT_VNET_NEEDS_CSUM, .csum_start = 60000 },
		.data = (const uint8_t *)"x", .len = 1,
	};
	struct tunkit_writer *writer;

	CHECK_INT(tunkit_writer_new(&o, &writer), 0);
	CHECK_INT(tunkit_writer_agree(writer, ALL), 0);
	CHECK_INT(put(writer, &f), -EOPNOTSUPP);
	tunkit_writer_free(writer);
}

/* ---- Both --------------------------------------------------------------- */

static void test_read_back(void)
{
	static uint8_t data[65554];
	struct tunkit_stream_opts o = options(TUNKIT_TUN, ALL);
	struct tunkit_frame f = {
		.has_pi = true, .pi_proto = 0x8847, .has_vnet = true,
		.vnet = {
			.flags = TUNKIT_VNET_NEEDS_CSUM,
			.gso_type = TUNKIT_GSO_TCPV6, .hdr_len = 74,
			.gso_size = 1448, .csum_start = 40, .csum_offset = 16,
		},
		.data = data, .len = sizeof(data),
	}, g;
	struct tunkit_reader *reader;
	struct tunkit_writer *writer;
	const void *at;
	size_t size, len;

	make_packet(data, 65000, 6);
	CHECK_INT(tunkit_reader_new(&o, &reader), 0);
	CHECK_INT(tunkit_writer_new(&o, &writer), 0);
	CHECK_INT(tunkit_writer_agree(writer, ALL), 0);
	CHECK_INT(put(writer, &f), 0);
	f.len++;
	CHECK_INT(put(writer, &f), -EMSGSIZE);
	f.len--;
	at = tunkit_writer_pending(writer, &len);
	memcpy(tunkit_reader_space(reader, &size), at, len);
	CHECK(size >= len);
	tunkit_reader_filled(reader, len);
	CHECK_INT(tunkit_reader_next(reader, &g), 1);
	CHECK_INT(g.len, f.len);
	CHECK_MEM(g.data, f.data, f.len);
	CHECK(g.has_pi && g.pi_proto == f.pi_proto);
	CHECK(g.has_vnet);
	CHECK_INT(g.vnet.flags, f.vnet.flags);
	CHECK_INT(g.vnet.gso_type, f.vnet.gso_type);
	CHECK_INT(g.vnet.hdr_len, f.vnet.hdr_len);
	CHECK_INT(g.vnet.gso_size, f.vnet.gso_size);
	CHECK_INT(g.vnet.csum_start, f.vnet.csum_start);
	CHECK_INT(g.vnet.csum_offset, f.vnet.csum_offset);
	CHECK_INT(tunkit_reader_next(reader, &g), 0);
	CHECK_INT(tunkit_reader_finish(reader), 0);
	tunkit_reader_free(reader);
	tunkit_writer_free(writer);
}

static const struct check_test tests[] = {
	{ "streams and what is wrong with them", test_rows },
	{ "no unfinished checksum for a plain device", test_nothing_agreed_on },
	{ "a hello is made sane", test_hello_is_made_sane },
	{ "other formats have no hello", test_hello_of_another_format },
	{ "the bytes of a stream", test_bytes_of_a_stream },
	{ "one way there is no answer", test_one_way_writes_at_once },
	{ "segments need an agreement", test_segments_need_an_agreement },
	{ "a plain peer gets whole checksums",
	  test_checksums_are_filled_in_for_a_plain_peer },
	{ "a wrong header is not written", test_a_wrong_header_is_not_written },
	{ "what is written is read back", test_read_back },
};

CHECK_MAIN(tests)
