// SPDX-License-Identifier: GPL-2.0-or-later
/* The length that an IP header claims. */
#include <tunkit.h>

#include <errno.h>

#include "check.h"

#define IPV4(first, length)	{ first, 0, (length) >> 8, (length) & 0xff }
#define IPV6(length, next)	{ 0x60, 0, 0, 0, (length) >> 8, (length) & 0xff, next }

static const struct {
	uint8_t bytes[8];
	size_t len;
	ssize_t length;
} rows[] = {
	{ { 0 }, 0, 0 },
	{ IPV4(0x45, 84), 1, 0 },
	{ IPV4(0x45, 84), 3, 0 },
	{ IPV4(0x45, 84), 4, 84 },
	{ IPV4(0x45, 20), 4, 20 },
	{ IPV4(0x4f, 60), 4, 60 },
	{ IPV4(0x45, 65535), 8, 65535 },
	{ IPV4(0x45, 19), 4, -EINVAL },
	{ IPV4(0x45, 0), 4, -EINVAL },
	{ IPV4(0x46, 23), 4, -EINVAL },
	{ IPV4(0x44, 84), 4, -EINVAL },
	{ IPV4(0x40, 84), 1, -EINVAL },
	{ IPV6(64, 58), 1, 0 },
	{ IPV6(64, 58), 5, 0 },
	{ IPV6(64, 58), 6, 104 },
	{ IPV6(65535, 6), 7, 65575 },
	{ IPV6(0, 59), 6, 0 },
	{ IPV6(0, 59), 7, 40 },
	{ IPV6(0, 0), 7, -EINVAL },
	{ IPV6(8, 0), 7, 48 },
	{ { 0x00 }, 8, -EINVAL },
	{ { 0x50 }, 1, -EINVAL },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 8, -EINVAL },
};

static void table(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ssize_t got = tunkit_packet_length(rows[i].bytes, rows[i].len);

		if (got != rows[i].length)
			FAIL("row %zu: %zd, not %zd", i, got, rows[i].length);
	}
}

static const struct check_test tests[] = {
	{ "lengths, cut headers, contradictions", table },
};

CHECK_MAIN(tests)
