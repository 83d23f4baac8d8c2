/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures in pcapng made by hand, block by block, in either byte order. */
#ifndef PCAPNG_H
#define PCAPNG_H

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

static inline void start(bool is_big)
{
	out.len = 0;
	big = is_big;
}

static inline void put(uint64_t value, size_t size)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = value >> 8 * (big ? size - 1 - i : i);
	bytes_add(&out, bytes, size);
}

static inline void put_data(const void *data, size_t len)
{
	bytes_add(&out, data, len);
	while (out.len % 4)
		bytes_add(&out, "", 1);
}

static inline void open_block(uint32_t type)
{
	block = out.len;
	put(type, 4);
	put(0, 4);
}

static inline void close_block(void)
{
	size_t end = out.len + 4;

	put(end - block, 4);
	out.len = block + 4;
	put(end - block, 4);
	out.len = end;
}

static inline void section(void)
{
	open_block(SECTION);
	put(0x1a2b3c4d, 4);
	put(1, 2);
	put(0, 2);
	put(UINT64_MAX, 8);
	close_block();
}

static inline void option(unsigned int code, const void *value, size_t len)
{
	put(code, 2);
	put(len, 2);
	put_data(value, len);
}

/* resolution 0 and offset 0: the options are left out. */
static inline void interface(unsigned int link_type, uint32_t snaplen,
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

static inline void enhanced(uint32_t number, uint64_t time, const void *data,
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

static inline void obsolete(uint16_t number, uint64_t time, const void *data,
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

static inline void simple(const void *data, uint32_t kept, uint32_t len)
{
	open_block(SIMPLE);
	put(len, 4);
	put_data(data, kept);
	close_block();
}

static inline struct result read_out(enum tunkit_kind kind)
{
	struct tunkit_stream_opts o = options(TUNKIT_FORMAT_PCAPNG, kind,
					      false);

	return read_all_ways(&o, out.at, out.len);
}

#endif /* PCAPNG_H */
