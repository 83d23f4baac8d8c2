// SPDX-License-Identifier: LGPL-2.1-or-later
/* Packet information and virtio-net header: off a frame, and on it again. */
#include "tunkit.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>

#include "bytes.h"

/* -EINVAL: the length of the headers cannot be known. */
static ssize_t headers_size(const struct tunkit_layout *layout)
{
	if (layout->pi < 0)
		return -EINVAL;
	if (layout->vnet_hdr_size && layout->vnet_hdr_size < TUNKIT_VNET_SIZE)
		return -EINVAL;
	return (layout->pi ? TUNKIT_PI_SIZE : 0) + (ssize_t)layout->vnet_hdr_size;
}

/*
 * The byte order of the device (TUNSETVNETBE) covers what legacy virtio had;
 * hash and tunnel fields are little-endian always.
 */
static void vnet_decode(const uint8_t *p, size_t size, bool big_endian,
			struct tunkit_vnet *vnet)
{
	vnet->flags = p[0];
	vnet->gso_type = p[1];
	vnet->hdr_len = tk_get_16(p + 2, big_endian);
	vnet->gso_size = tk_get_16(p + 4, big_endian);
	vnet->csum_start = tk_get_16(p + 6, big_endian);
	vnet->csum_offset = tk_get_16(p + 8, big_endian);
	if (size >= TUNKIT_VNET_SIZE_MRG)
		vnet->num_buffers = tk_get_16(p + 10, big_endian);
	if (size >= TUNKIT_VNET_SIZE_HASH) {
		vnet->hash_value = tk_get_le32(p + 12);
		vnet->hash_report = tk_get_le16(p + 16);
	}
	if (size >= TUNKIT_VNET_SIZE_TUNNEL) {
		vnet->outer_th_offset = tk_get_le16(p + 20);
		vnet->inner_nh_offset = tk_get_le16(p + 22);
	}
}

static void vnet_encode(const struct tunkit_vnet *vnet, uint8_t *p, size_t size,
			bool big_endian)
{
	p[0] = vnet->flags;
	p[1] = vnet->gso_type;
	tk_put_16(p + 2, vnet->hdr_len, big_endian);
	tk_put_16(p + 4, vnet->gso_size, big_endian);
	tk_put_16(p + 6, vnet->csum_start, big_endian);
	tk_put_16(p + 8, vnet->csum_offset, big_endian);
	if (size >= TUNKIT_VNET_SIZE_MRG)
		tk_put_16(p + 10, vnet->num_buffers, big_endian);
	if (size >= TUNKIT_VNET_SIZE_HASH) {
		tk_put_le32(p + 12, vnet->hash_value);
		tk_put_le16(p + 16, vnet->hash_report);
	}
	if (size >= TUNKIT_VNET_SIZE_TUNNEL) {
		tk_put_le16(p + 20, vnet->outer_th_offset);
		tk_put_le16(p + 22, vnet->inner_nh_offset);
	}
}

int tunkit_frame_decode(const struct tunkit_layout *layout, const void *bytes,
			size_t len, struct tunkit_frame *frame)
{
	ssize_t headers = headers_size(layout);
	struct tunkit_frame result = { 0 };
	const uint8_t *p = bytes;

	if (headers < 0 || len < (size_t)headers)
		return -EINVAL;
	if (layout->pi) {
		result.has_pi = true;
		/* The driver writes its flags in host order. */
		memcpy(&result.pi_flags, p, sizeof(result.pi_flags));
		result.pi_proto = tk_get_be16(p + 2);
		p += TUNKIT_PI_SIZE;
	}
	if (layout->vnet_hdr_size) {
		result.has_vnet = true;
		vnet_decode(p, layout->vnet_hdr_size, layout->vnet_big_endian,
			    &result.vnet);
		p += layout->vnet_hdr_size;
	}
	result.data = p;
	result.len = len - (size_t)headers;
	*frame = result;
	return 0;
}

/* What the driver would write as packet information; 0 where it cannot tell. */
static uint16_t protocol_of(enum tunkit_kind kind, const uint8_t *data,
			    size_t len)
{
	uint16_t type;

	if (kind == TUNKIT_TAP) {
		if (len < ETH_HLEN)
			return 0;
		type = tk_get_be16(data + 2 * ETH_ALEN);
		return type < ETH_P_802_3_MIN ? ETH_P_802_2 : type;
	}
	if (!len)
		return 0;
	switch (data[0] >> 4) {
	case 4:
		return ETH_P_IP;
	case 6:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

static void pi_encode(enum tunkit_kind kind, const struct tunkit_frame *frame,
		      uint8_t *p)
{
	uint16_t flags = 0;
	uint16_t proto;

	if (frame->has_pi) {
		flags = frame->pi_flags;
		proto = frame->pi_proto;
	} else {
		proto = protocol_of(kind, frame->data, frame->len);
	}
	memcpy(p, &flags, sizeof(flags));
	tk_put_be16(p + 2, proto);
}

ssize_t tunkit_frame_encode(const struct tunkit_layout *layout,
			    const struct tunkit_frame *frame, void *out,
			    size_t size)
{
	ssize_t headers = headers_size(layout);
	uint8_t *p = out;

	if (headers < 0)
		return headers;
	if (size < (size_t)headers)
		return -ENOSPC;
	if (layout->pi) {
		pi_encode(layout->kind, frame, p);
		p += TUNKIT_PI_SIZE;
	}
	if (layout->vnet_hdr_size) {
		memset(p, 0, layout->vnet_hdr_size);
		if (frame->has_vnet)
			vnet_encode(&frame->vnet, p, layout->vnet_hdr_size,
				    layout->vnet_big_endian);
	}
	return headers;
}
