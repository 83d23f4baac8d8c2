// SPDX-License-Identifier: LGPL-2.1-or-later
/* Where an IP packet ends in a stream of packets. */
#include "tunkit.h"

#include <errno.h>
#include <netinet/in.h>

#include "bytes.h"

#define IPV4_HEADER	20	/* bytes, without options */
#define IPV6_HEADER	40

static ssize_t ipv4_length(const uint8_t *p, size_t len)
{
	size_t header = (p[0] & 0x0f) * 4u;
	size_t total;

	if (header < IPV4_HEADER)
		return -EINVAL;
	if (len < 4)
		return 0;
	total = tk_get_be16(p + 2);
	return total < header ? -EINVAL : (ssize_t)total;
}

static ssize_t ipv6_length(const uint8_t *p, size_t len)
{
	size_t payload;

	if (len < 6)
		return 0;
	payload = tk_get_be16(p + 4);
	if (payload)
		return IPV6_HEADER + (ssize_t)payload;
	/* No payload, or a jumbogram: its length is in a hop-by-hop option. */
	if (len < 7)
		return 0;
	return p[6] == IPPROTO_HOPOPTS ? -EINVAL : IPV6_HEADER;
}

ssize_t tunkit_packet_length(const void *data, size_t len)
{
	const uint8_t *p = data;

	if (!len)
		return 0;
	switch (p[0] >> 4) {
	case 4:
		return ipv4_length(p, len);
	case 6:
		return ipv6_length(p, len);
	default:
		return -EINVAL;
	}
}
