// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gso.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"

#define VERSION		1
#define AT_VERSION	8
#define AT_KIND		9
#define AT_FLAGS	10
#define AT_OFFLOAD	12

#define FLAG_ONE_WAY	0x0001

#define OFFLOAD_TSO	(TUNKIT_OFFLOAD_TSO4 | TUNKIT_OFFLOAD_TSO6)
#define OFFLOAD_USO	(TUNKIT_OFFLOAD_USO4 | TUNKIT_OFFLOAD_USO6)

/*
 * No text begins so, and the line end shows a terminal in between, which
 * changes it.
 */
static const uint8_t magic[AT_VERSION] = {
	0x89, 'T', 'K', 'G', 'S', 'O', '\r', '\n',
};

unsigned int tk_gso_sane(unsigned int offload)
{
	offload &= TUNKIT_OFFLOAD_CSUM | OFFLOAD_TSO | TUNKIT_OFFLOAD_TSO_ECN |
		   OFFLOAD_USO;
	if (!(offload & TUNKIT_OFFLOAD_CSUM))
		return 0;
	if (!(offload & OFFLOAD_TSO))
		offload &= ~(unsigned int)TUNKIT_OFFLOAD_TSO_ECN;
	if ((offload & OFFLOAD_USO) != OFFLOAD_USO)
		offload &= ~(unsigned int)OFFLOAD_USO;
	return offload;
}

void tk_gso_hello_put(const struct tunkit_hello *hello, uint8_t *out)
{
	memcpy(out, magic, sizeof(magic));
	out[AT_VERSION] = VERSION;
	out[AT_KIND] = (uint8_t)hello->kind;
	tk_put_le16(out + AT_FLAGS, hello->one_way ? FLAG_ONE_WAY : 0);
	tk_put_le32(out + AT_OFFLOAD, hello->offload);
}

int tk_gso_hello_get(const uint8_t *bytes, size_t len,
		     struct tunkit_hello *hello)
{
	uint16_t flags;

	if (memcmp(bytes, magic, len < sizeof(magic) ? len : sizeof(magic)))
		return -EPROTO;
	if (len > AT_VERSION && bytes[AT_VERSION] != VERSION)
		return -EPROTONOSUPPORT;
	if (len < TK_GSO_HELLO_SIZE)
		return 0;
	flags = tk_get_le16(bytes + AT_FLAGS);
	if (flags & ~FLAG_ONE_WAY)
		return -EPROTONOSUPPORT;
	if (bytes[AT_KIND] != TUNKIT_TUN && bytes[AT_KIND] != TUNKIT_TAP)
		return -EPROTO;
	hello->kind = bytes[AT_KIND];
	hello->one_way = flags & FLAG_ONE_WAY;
	hello->offload = tk_gso_sane(tk_get_le32(bytes + AT_OFFLOAD));
	return 1;
}

/* 0 for what no offload allows, to be told from a frame that needs none. */
static unsigned int segments_offload(uint8_t gso_type)
{
	unsigned int ecn = 0;

	if (gso_type & TUNKIT_GSO_ECN)
		ecn = TUNKIT_OFFLOAD_TSO_ECN;
	switch (gso_type & ~TUNKIT_GSO_ECN) {
	case TUNKIT_GSO_TCPV4:
		return TUNKIT_OFFLOAD_TSO4 | ecn;
	case TUNKIT_GSO_TCPV6:
		return TUNKIT_OFFLOAD_TSO6 | ecn;
	case TUNKIT_GSO_UDP_L4:
		return ecn ? 0 : OFFLOAD_USO;
	default:
		return 0;
	}
}

int tunkit_vnet_offload(const struct tunkit_vnet *vnet, unsigned int *offload)
{
	unsigned int needs = 0;

	if (vnet->gso_type != TUNKIT_GSO_NONE) {
		needs = segments_offload(vnet->gso_type);
		if (!needs)
			return -EOPNOTSUPP;
		needs |= TUNKIT_OFFLOAD_CSUM;
	}
	if (vnet->flags & TUNKIT_VNET_NEEDS_CSUM)
		needs |= TUNKIT_OFFLOAD_CSUM;
	*offload = needs;
	return 0;
}
