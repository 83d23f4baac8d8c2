/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers in frames: any alignment, a given byte order. */
#ifndef TUNKIT_BYTES_H
#define TUNKIT_BYTES_H

#include <byteswap.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t tk_get_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t tk_get_be32(const uint8_t *p)
{
	return (uint32_t)tk_get_be16(p) << 16 | tk_get_be16(p + 2);
}

static inline uint16_t tk_get_le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t tk_get_le32(const uint8_t *p)
{
	return (uint32_t)tk_get_le16(p + 2) << 16 | tk_get_le16(p);
}

static inline void tk_put_be16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static inline void tk_put_le16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)value;
	p[1] = (uint8_t)(value >> 8);
}

static inline void tk_put_le32(uint8_t *p, uint32_t value)
{
	tk_put_le16(p, (uint16_t)value);
	tk_put_le16(p + 2, (uint16_t)(value >> 16));
}

static inline uint16_t tk_get_16(const uint8_t *p, bool big_endian)
{
	return big_endian ? tk_get_be16(p) : tk_get_le16(p);
}

/* In the byte order of this machine, or swapped. */
static inline uint16_t tk_get_host16(const uint8_t *p, bool swapped)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return swapped ? bswap_16(value) : value;
}

static inline uint32_t tk_get_host32(const uint8_t *p, bool swapped)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return swapped ? bswap_32(value) : value;
}

static inline void tk_put_16(uint8_t *p, uint16_t value, bool big_endian)
{
	if (big_endian)
		tk_put_be16(p, value);
	else
		tk_put_le16(p, value);
}

#endif /* TUNKIT_BYTES_H */
