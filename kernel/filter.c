// SPDX-License-Identifier: GPL-2.0
#include "filter.h"

#include <linux/crc32.h>
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"
#include "queue.h"

/* ---- MAC addresses ---- */

static unsigned int mac_hash_bit(const u8 *addr)
{
	return ether_crc(ETH_ALEN, addr) >> 26;
}

static void mac_hash_add(u32 *mask, const u8 *addr)
{
	unsigned int bit = mac_hash_bit(addr);

	mask[bit >> 5] |= 1u << (bit & 31);
}

static bool mac_hash_has(const u32 *mask, const u8 *addr)
{
	unsigned int bit = mac_hash_bit(addr);

	return mask[bit >> 5] & (1u << (bit & 31));
}

bool tun_mac_filter_passes(const struct tun_mac_filter *filter,
			   const struct sk_buff *skb)
{
	unsigned int i, count = smp_load_acquire(&filter->count);
	const u8 *dest = skb->data;

	if (likely(!count))
		return true;
	for (i = 0; i < count; i++)
		if (ether_addr_equal(dest, filter->addr[i]))
			return true;
	return is_multicast_ether_addr(dest) && mac_hash_has(filter->hash, dest);
}

/* What is past the exact ones goes by hash, which only multicast may. */
static bool mac_filter_fill(struct tun_mac_filter *filter,
			    const struct tun_filter *head, const u8 *addr)
{
	unsigned int i;

	memset(filter->hash, 0, sizeof(filter->hash));
	for (i = 0; i < head->count; i++, addr += ETH_ALEN) {
		if (i < TUN_MAC_EXACT_MAX) {
			memcpy(filter->addr[i], addr, ETH_ALEN);
			continue;
		}
		if (!is_multicast_ether_addr(addr))
			return false;
		mac_hash_add(filter->hash, addr);
	}
	if (head->flags & TUN_FLT_ALLMULTI)
		memset(filter->hash, ~0, sizeof(filter->hash));
	return true;
}

int tun_mac_filter_set(struct tun_device *device, const void __user *arg)
{
	struct tun_mac_filter *filter = &device->mac_filter;
	struct tun_filter head;
	unsigned int count = 0;
	u8 *addr;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (!head.count) {
		WRITE_ONCE(filter->count, 0);
		return 0;
	}
	addr = memdup_user(arg + sizeof(head), head.count * ETH_ALEN);
	if (IS_ERR(addr))
		return PTR_ERR(addr);

	/* Transmit looks at addr[] only below count: off while it changes. */
	WRITE_ONCE(filter->count, 0);
	synchronize_net();
	if (mac_filter_fill(filter, &head, addr))
		count = min_t(unsigned int, head.count, TUN_MAC_EXACT_MAX);
	smp_store_release(&filter->count, count);
	kfree(addr);
	return count;
}

/* ---- Classic BPF ---- */

void tun_classic_filter_detach(struct tun_device *device)
{
	unsigned int i;

	device->filter_serial++;
	for (i = 0; i < device->numqueues; i++) {
		struct tun_queue *queue = rtnl_dereference(device->queues[i]);

		lock_sock(&queue->sk);
		sk_detach_filter(&queue->sk);
		release_sock(&queue->sk);
		queue->filter_serial = device->filter_serial;
	}
	device->classic_filter = false;
}

int tun_classic_filter_attach(struct tun_device *device,
			      const void __user *arg)
{
	struct sock_fprog fprog;
	unsigned int i;
	int err;

	if (copy_from_user(&fprog, arg, sizeof(fprog)))
		return -EFAULT;
	for (i = 0; i < device->numqueues; i++) {
		struct tun_queue *queue = rtnl_dereference(device->queues[i]);

		lock_sock(&queue->sk);
		err = sk_attach_filter(&fprog, &queue->sk);
		release_sock(&queue->sk);
		if (err) {
			/* All have the old one still, or else none has any. */
			if (i)
				tun_classic_filter_detach(device);
			return err;
		}
	}
	device->filter_serial++;
	for (i = 0; i < device->numqueues; i++) {
		struct tun_queue *queue = rtnl_dereference(device->queues[i]);

		queue->filter_serial = device->filter_serial;
	}
	device->fprog = fprog;
	device->classic_filter = true;
	return 0;
}

void tun_classic_filter_restore(struct tun_device *device,
				struct tun_queue *queue)
{
	int err = -ENOENT;

	if (queue->filter_serial == device->filter_serial)
		return;
	lock_sock(&queue->sk);
	if (device->classic_filter)
		err = sk_attach_filter(&device->fprog, &queue->sk);
	if (err)
		sk_detach_filter(&queue->sk);
	release_sock(&queue->sk);
	queue->filter_serial = device->filter_serial;
}
