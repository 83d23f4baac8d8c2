/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet information and virtio-net header, in and out of an iov_iter. They
 * take the few values they need, not the device, so that one snapshot of the
 * layout serves the whole frame.
 */
#ifndef HEADER_H
#define HEADER_H

#include <linux/if_tun.h>
#include <linux/if_vlan.h>
#include <linux/uio.h>
#include <linux/virtio_net.h>

static inline int tun_pi_get(struct tun_pi *pi, struct iov_iter *from)
{
	if (iov_iter_count(from) < sizeof(*pi))
		return -EINVAL;
	if (!copy_from_iter_full(pi, sizeof(*pi), from))
		return -EFAULT;
	return 0;
}

/*
 * size is the device's header size, at least that of the struct; hdr_len is
 * raised to cover the checksum field and comes back in *hdr_len, host order.
 */
static inline int tun_vnet_get(struct virtio_net_hdr *vnet, int size, bool le,
			       struct iov_iter *from, unsigned int *hdr_len)
{
	unsigned int len;

	if (iov_iter_count(from) < size)
		return -EINVAL;
	if (!copy_from_iter_full(vnet, sizeof(*vnet), from))
		return -EFAULT;
	iov_iter_advance(from, size - sizeof(*vnet));

	len = __virtio16_to_cpu(le, vnet->hdr_len);
	if (vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		unsigned int end;

		end = __virtio16_to_cpu(le, vnet->csum_start) +
		      __virtio16_to_cpu(le, vnet->csum_offset) + 2;
		/* What does not fit the field is judged with the frame. */
		if (end > len && end <= U16_MAX) {
			len = end;
			vnet->hdr_len = __cpu_to_virtio16(le, len);
		}
	}
	if (len > iov_iter_count(from))
		return -EINVAL;
	*hdr_len = len;
	return 0;
}

/* total: the bytes that header and frame have together. */
static inline int tun_pi_put(__be16 proto, size_t total, struct iov_iter *to)
{
	struct tun_pi pi = { .proto = proto };

	if (iov_iter_count(to) < sizeof(pi))
		return -EINVAL;
	if (iov_iter_count(to) < total)
		pi.flags |= TUN_PKT_STRIP;
	if (copy_to_iter(&pi, sizeof(pi), to) != sizeof(pi))
		return -EFAULT;
	return 0;
}

static inline int tun_vnet_put(const struct sk_buff *skb, int size, bool le,
			       int vlan_hlen, struct iov_iter *to)
{
	struct virtio_net_hdr vnet;

	if (iov_iter_count(to) < size)
		return -EINVAL;
	if (virtio_net_hdr_from_skb(skb, &vnet, le, true, vlan_hlen))
		return -EINVAL;
	if (copy_to_iter(&vnet, sizeof(vnet), to) != sizeof(vnet))
		return -EFAULT;
	return compat_vnet_pad(to, size - sizeof(vnet));
}

#endif /* HEADER_H */
