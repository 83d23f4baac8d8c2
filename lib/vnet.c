// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a virtio-net header says about a frame: is it sane, and its checksum. */
#include "tunkit.h"

#include <errno.h>
#include <string.h>

#define TUNNEL_BITS	(TUNKIT_GSO_TUNNEL_IPV4 | TUNKIT_GSO_TUNNEL_IPV6)
#define UDP_CSUM_OFFSET	6	/* of the checksum in a UDP header */

/* NULL, or what is wrong with the segmentation that the header asks for. */
static const char *gso_fault(const struct tunkit_vnet *vnet)
{
	uint8_t base = vnet->gso_type & ~(TUNNEL_BITS | TUNKIT_GSO_ECN);
	bool tcp = base == TUNKIT_GSO_TCPV4 || base == TUNKIT_GSO_TCPV6;

	if (vnet->gso_type == TUNKIT_GSO_NONE)
		return NULL;
	if (!tcp && base != TUNKIT_GSO_UDP && base != TUNKIT_GSO_UDP_L4)
		return "unknown segmentation type";
	if ((vnet->gso_type & TUNKIT_GSO_ECN) && !tcp)
		return "ECN segmentation of something that is not TCP";
	if ((vnet->gso_type & TUNNEL_BITS) == TUNNEL_BITS)
		return "a tunnel over IPv4 and IPv6 at once";
	if (!vnet->gso_size)
		return "segments of size 0";
	return NULL;
}

static const char *vnet_fault(const struct tunkit_vnet *vnet, size_t len)
{
	size_t end = (size_t)vnet->csum_start + vnet->csum_offset + 2;

	if (vnet->hdr_len > len)
		return "header length past the end of the frame";
	if ((vnet->flags & TUNKIT_VNET_NEEDS_CSUM) && end > len)
		return "checksum past the end of the frame";
	return gso_fault(vnet);
}

int tunkit_vnet_check(const struct tunkit_vnet *vnet, size_t len,
		      const char **why)
{
	const char *fault = vnet_fault(vnet, len);

	if (!fault)
		return 0;
	if (why)
		*why = fault;
	return -EINVAL;
}

/*
 * The one's complement sum of RFC 1071, folded, in the byte order of memory: a
 * sum of words that were read in host order is stored in host order.
 */
static uint16_t ones_sum(const uint8_t *p, size_t len)
{
	uint64_t sum = 0;
	uint64_t sum2 = 0;
	uint32_t word[4];
	uint16_t rest = 0;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(word, p, sizeof(word));
		sum += (uint64_t)word[0] + word[1];
		sum2 += (uint64_t)word[2] + word[3];
	}
	for (; len >= sizeof(rest); p += sizeof(rest), len -= sizeof(rest)) {
		memcpy(&rest, p, sizeof(rest));
		sum += rest;
	}
	if (len) {
		rest = 0;
		memcpy(&rest, p, 1);
		sum += rest;
	}
	sum += sum2;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

int tunkit_frame_complete(struct tunkit_vnet *vnet, void *data, size_t len)
{
	uint8_t *start;
	uint16_t sum;

	if (vnet_fault(vnet, len))
		return -EINVAL;
	if (!(vnet->flags & TUNKIT_VNET_NEEDS_CSUM))
		return 0;
	start = (uint8_t *)data + vnet->csum_start;
	/* The field holds the pseudo header's sum; it is summed with the rest. */
	sum = (uint16_t)~ones_sum(start, len - vnet->csum_start);
	/* In UDP zero says that there is no checksum. */
	if (!sum && vnet->csum_offset == UDP_CSUM_OFFSET)
		sum = 0xffff;
	memcpy(start + vnet->csum_offset, &sum, sizeof(sum));
	vnet->flags &= (uint8_t)~TUNKIT_VNET_NEEDS_CSUM;
	return 0;
}
