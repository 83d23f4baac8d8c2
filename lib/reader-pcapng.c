// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pcapng: blocks of a type, a length, a body and the length again. Sections
 * have their own byte order and interfaces, interfaces their own link type and
 * unit of time. Blocks that hold no frame are passed over, however long.
 */
#include "pcap.h"

#include <byteswap.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

#define BLOCK_MIN	12u
#define SECTION_MIN	28u
#define INTERFACE_MIN	20u
#define INTERFACE_MAX	(64u << 10)	/* it has to be in the buffer whole */
#define PACKET_MIN	32u		/* enhanced and obsolete alike */
#define PACKET_HEAD	28u		/* what of it is before the frame */
#define SIMPLE_MIN	16u
#define SIMPLE_HEAD	12u
#define TRAILER		4u
#define INTERFACES_MAX	65536u

#define OPTION_END	0
#define OPTION_TSRESOL	9
#define OPTION_TSOFFSET	14

enum { MORE = 0, FRAME = 1, NO_FRAME = 2 };

struct tk_interface {
	unsigned int link_type;
	uint32_t snaplen;	/* 0: no limit */
	uint64_t per_second;	/* units of its times */
	int64_t offset;		/* seconds to add */
};

static uint16_t get16(const struct tunkit_reader *reader, const uint8_t *p)
{
	return tk_get_host16(p, reader->pcapng.swapped);
}

static uint32_t get32(const struct tunkit_reader *reader, const uint8_t *p)
{
	return tk_get_host32(p, reader->pcapng.swapped);
}

/* Nanoseconds since 1970, as near as they come. */
static uint64_t to_ns(const struct tk_interface *interface, uint64_t units)
{
	const uint64_t last = UINT64_MAX / TK_NS_PER_SECOND - 1;
	uint64_t per_second = interface->per_second;
	uint64_t seconds = units / per_second;
	uint64_t rest = units % per_second;
	uint64_t offset = interface->offset;

	if (per_second % TK_NS_PER_SECOND == 0) {
		rest /= per_second / TK_NS_PER_SECOND;
	} else {
		for (; per_second > UINT32_MAX; per_second >>= 1)
			rest >>= 1;
		rest = rest * TK_NS_PER_SECOND / per_second;
	}
	if (interface->offset < 0)
		seconds = seconds > -offset ? seconds + offset : 0;
	else if (__builtin_add_overflow(seconds, offset, &seconds))
		seconds = last;
	if (seconds > last)
		seconds = last;
	return seconds * TK_NS_PER_SECOND + rest;
}

/* The first used bytes of the block are done with, the rest is passed over. */
static void pass(struct tunkit_reader *reader, size_t used, uint32_t length)
{
	reader->begin += used;
	reader->pcapng.skip = length - TRAILER - used;
	reader->pcapng.length = length;
}

/* Gives a frame that begins head bytes into its block. */
static int give(struct tunkit_reader *reader, uint32_t length, size_t head,
		const struct tk_interface *interface, uint32_t kept,
		uint32_t len, struct tunkit_frame *frame)
{
	const uint8_t *data = reader->buffer + reader->begin + head;

	tk_link_give(tk_link_type(interface->link_type), data, kept, len,
		     frame);
	pass(reader, head + kept, length);
	return FRAME;
}

static int too_short(struct tunkit_reader *reader, uint32_t length)
{
	return tk_reader_break(reader, reader->pcapng.at,
			       "the block at byte %llu has length %u",
			       reader->pcapng.at, length);
}

/* The byte order of the section whose header is at p. */
static int read_order(struct tunkit_reader *reader, const uint8_t *p)
{
	for (int swapped = 0; swapped < 2; swapped++) {
		reader->pcapng.swapped = swapped;
		if (get32(reader, p + 8) == TK_PCAPNG_ORDER)
			return 0;
	}
	return tk_reader_break(reader, tk_reader_at(reader, p + 8),
			       "the section at byte %llu has no byte order",
			       reader->pcapng.at);
}

static int read_section(struct tunkit_reader *reader, const uint8_t *p,
			size_t have, uint32_t length)
{
	unsigned int major;

	if (length < SECTION_MIN)
		return too_short(reader, length);
	if (have < 16)
		return MORE;
	major = get16(reader, p + 12);
	if (major != 1)
		return tk_reader_refuse(reader, -EOPNOTSUPP,
					tk_reader_at(reader, p + 12),
					"the capture is of pcapng version %u.%u, only 1 is known",
					major, get16(reader, p + 14));
	reader->pcapng.count = 0;
	pass(reader, 16, length);
	return NO_FRAME;
}

static int read_resolution(struct tunkit_reader *reader, uint8_t resolution,
			   uint64_t *per_second)
{
	bool binary = resolution & 0x80;
	unsigned int exponent = resolution & 0x7f;

	if (exponent > (binary ? 63 : 19))
		return tk_reader_refuse(reader, -EOPNOTSUPP, reader->pcapng.at,
					"the interface at byte %llu has times in units of %u^-%u s",
					reader->pcapng.at, binary ? 2 : 10,
					exponent);
	for (*per_second = 1; exponent; exponent--)
		*per_second *= binary ? 2 : 10;
	return 0;
}

static int read_option(struct tunkit_reader *reader, unsigned int code,
		       const uint8_t *p, size_t len,
		       struct tk_interface *interface)
{
	uint64_t offset;

	if (code == OPTION_TSRESOL && len == 1)
		return read_resolution(reader, *p, &interface->per_second);
	if (code == OPTION_TSOFFSET && len == sizeof(offset)) {
		memcpy(&offset, p, sizeof(offset));
		interface->offset = reader->pcapng.swapped ?
				    bswap_64(offset) : offset;
		return 0;
	}
	if (code == OPTION_TSRESOL || code == OPTION_TSOFFSET)
		return tk_reader_break(reader, tk_reader_at(reader, p),
				       "option %u at byte %llu has length %zu",
				       code, tk_reader_at(reader, p), len);
	return 0;
}

static int read_options(struct tunkit_reader *reader, const uint8_t *p,
			const uint8_t *end, struct tk_interface *interface)
{
	int err = 0;

	while (!err && end - p >= 4) {
		unsigned int code = get16(reader, p);
		size_t len = get16(reader, p + 2);

		p += 4;
		if (code == OPTION_END)
			break;
		if (len > (size_t)(end - p))
			return tk_reader_break(reader, tk_reader_at(reader, p),
					       "option %u at byte %llu is longer than its block",
					       code, tk_reader_at(reader, p));
		err = read_option(reader, code, p, len, interface);
		/* Blocks and options are padded to four bytes alike. */
		p += (len + 3) & ~(size_t)3;
	}
	return err;
}

static int add_interface(struct tunkit_reader *reader,
			 const struct tk_interface *interface)
{
	struct tk_pcapng *ng = &reader->pcapng;
	struct tk_interface *more;
	size_t room;

	if (ng->count == INTERFACES_MAX)
		return tk_reader_refuse(reader, -EOPNOTSUPP, ng->at,
					"the capture has more than %u interfaces",
					INTERFACES_MAX);
	if (ng->count == ng->room) {
		room = ng->room ? 2 * ng->room : 4;
		more = realloc(ng->interfaces, room * sizeof(*more));
		if (!more)
			return tk_reader_refuse(reader, -ENOMEM, ng->at,
						"no memory for an interface");
		ng->interfaces = more;
		ng->room = room;
	}
	ng->interfaces[ng->count++] = *interface;
	return 0;
}

static int read_interface(struct tunkit_reader *reader, const uint8_t *p,
			  size_t have, uint32_t length)
{
	struct tk_interface interface = { .per_second = 1000000 };
	int err;

	if (length < INTERFACE_MIN || length > INTERFACE_MAX)
		return too_short(reader, length);
	if (have < length)
		return MORE;
	interface.link_type = get16(reader, p + 8);
	interface.snaplen = get32(reader, p + 12);
	err = read_options(reader, p + 16, p + length - TRAILER, &interface);
	if (!err)
		err = add_interface(reader, &interface);
	if (err)
		return err;
	pass(reader, 16, length);
	return NO_FRAME;
}

/*
 * The interface of a frame, which must fit the device. One without frames may
 * be of any kind: programs that capture list all that they listen on.
 */
static int find_interface(struct tunkit_reader *reader, uint32_t number,
			  const struct tk_interface **interface)
{
	struct tk_pcapng *ng = &reader->pcapng;
	char what[64] = "the capture";

	if (number >= ng->count)
		return tk_reader_break(reader, ng->at,
				       "the block at byte %llu is of interface %u, the section has %zu",
				       ng->at, number, ng->count);
	if (ng->count > 1)
		snprintf(what, sizeof(what), "interface %u of the capture",
			 number);
	*interface = &ng->interfaces[number];
	return tk_link_check(reader, (*interface)->link_type, ng->at, what);
}

/* Whether kept bytes are a frame that its block has room for. */
static int check_length(struct tunkit_reader *reader,
			const struct tk_interface *interface, uint32_t kept,
			uint32_t room)
{
	if (kept > room)
		return tk_reader_break(reader, reader->pcapng.at,
				       "length %u at byte %llu is above %u, what its block holds",
				       kept, reader->pcapng.at, room);
	return tk_link_length(reader, tk_link_type(interface->link_type),
			      reader->pcapng.at, kept);
}

static int read_packet(struct tunkit_reader *reader, const uint8_t *p,
		       size_t have, uint32_t type, uint32_t length,
		       struct tunkit_frame *frame)
{
	const struct tk_interface *interface;
	uint32_t kept;
	int err;

	if (length < PACKET_MIN)
		return too_short(reader, length);
	if (have < PACKET_HEAD)
		return MORE;
	err = find_interface(reader, type == TK_PCAPNG_PACKET ?
			     get16(reader, p + 8) : get32(reader, p + 8),
			     &interface);
	kept = get32(reader, p + 20);
	if (!err)
		err = check_length(reader, interface, kept,
				   length - PACKET_MIN);
	if (err)
		return err;
	if (have - PACKET_HEAD < kept)
		return MORE;
	reader->has_time = true;
	reader->time_ns = to_ns(interface, (uint64_t)get32(reader, p + 12) << 32 |
				get32(reader, p + 16));
	return give(reader, length, PACKET_HEAD, interface, kept,
		    get32(reader, p + 24), frame);
}

/* A frame of the first interface, without a time and the length kept of it. */
static int read_simple(struct tunkit_reader *reader, const uint8_t *p,
		       size_t have, uint32_t length, struct tunkit_frame *frame)
{
	const struct tk_interface *interface;
	uint32_t kept, len;
	int err;

	if (length < SIMPLE_MIN)
		return too_short(reader, length);
	if (have < SIMPLE_HEAD)
		return MORE;
	err = find_interface(reader, 0, &interface);
	if (err)
		return err;
	kept = len = get32(reader, p + 8);
	if (interface->snaplen && kept > interface->snaplen)
		kept = interface->snaplen;
	err = check_length(reader, interface, kept, length - SIMPLE_MIN);
	if (err)
		return err;
	if (have - SIMPLE_HEAD < kept)
		return MORE;
	reader->has_time = false;
	return give(reader, length, SIMPLE_HEAD, interface, kept, len, frame);
}

/* A negative error, or what of the block is there. */
static int read_block(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	const uint8_t *p = reader->buffer + reader->begin;
	size_t have = reader->end - reader->begin;
	uint32_t type, length;
	int err;

	if (have < BLOCK_MIN)
		return MORE;
	reader->pcapng.at = tk_reader_at(reader, p);
	type = get32(reader, p);
	if (type == TK_PCAPNG_SECTION) {
		err = read_order(reader, p);
		if (err)
			return err;
	}
	length = get32(reader, p + 4);
	if (length < BLOCK_MIN || length % 4)
		return too_short(reader, length);
	switch (type) {
	case TK_PCAPNG_SECTION:
		return read_section(reader, p, have, length);
	case TK_PCAPNG_INTERFACE:
		return read_interface(reader, p, have, length);
	case TK_PCAPNG_PACKET:
	case TK_PCAPNG_ENHANCED:
		return read_packet(reader, p, have, type, length, frame);
	case TK_PCAPNG_SIMPLE:
		return read_simple(reader, p, have, length, frame);
	}
	pass(reader, 8, length);
	return NO_FRAME;
}

/* Passes over what is left of a block: NO_FRAME, MORE or a negative error. */
static int leave_block(struct tunkit_reader *reader)
{
	struct tk_pcapng *ng = &reader->pcapng;
	size_t have = reader->end - reader->begin;
	size_t n = ng->skip < have ? ng->skip : have;
	uint32_t copy;

	if (!ng->length)
		return NO_FRAME;
	reader->begin += n;
	ng->skip -= n;
	if (have - n < TRAILER)
		return MORE;
	copy = get32(reader, reader->buffer + reader->begin);
	if (copy != ng->length)
		return tk_reader_break(reader, ng->at,
				       "the block at byte %llu has length %u, its end says %u",
				       ng->at, ng->length, copy);
	reader->begin += TRAILER;
	ng->length = 0;
	return NO_FRAME;
}

int tk_pcapng_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	int result;

	do {
		result = leave_block(reader);
		if (result == NO_FRAME)
			result = read_block(reader, frame);
	} while (result == NO_FRAME);
	return result;
}

int tk_pcapng_finish(struct tunkit_reader *reader)
{
	struct tk_pcapng *ng = &reader->pcapng;
	unsigned long long at = ng->at;

	if (!ng->length) {
		if (reader->begin == reader->end)
			return 0;
		at = tk_reader_at(reader, reader->buffer + reader->begin);
	}
	return tk_reader_break(reader, at,
			       "the input ends inside the block at byte %llu",
			       at);
}

void tk_pcapng_release(struct tunkit_reader *reader)
{
	free(reader->pcapng.interfaces);
}
