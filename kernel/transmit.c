// SPDX-License-Identifier: GPL-2.0
#include "transmit.h"

#include <linux/if_vlan.h>
#include <linux/net_tstamp.h>
#include <linux/skbuff.h>

#include "device.h"
#include "filter.h"
#include "flow.h"
#include "header.h"
#include "queue.h"
#include "steering.h"

/* ---- From the stack ---- */

/* With one queue no choice of queue has looked at the flow yet. */
static void xmit_record_rps(struct tun_device *device, struct sk_buff *skb)
{
	if (READ_ONCE(device->numqueues) == 1 && compat_rps_needed())
		tun_flow_record_rps(device, __skb_get_hash_symmetric(skb));
}

/* 0: pass, else why not. May cut the skb: the eBPF filter says how much. */
static enum skb_drop_reason xmit_filter(struct tun_device *device,
					struct tun_queue *queue,
					struct sk_buff *skb)
{
	unsigned int len;

	if (!tun_mac_filter_passes(&device->mac_filter, skb))
		return SKB_DROP_REASON_TAP_TXFILTER;
	if (rcu_access_pointer(queue->sk.sk_filter) &&
	    sk_filter(&queue->sk, skb))
		return SKB_DROP_REASON_SOCKET_FILTER;
	if (!rcu_access_pointer(device->ebpf_filter))
		return 0;
	len = tun_program_run(&device->ebpf_filter, skb, skb->len);
	if (!len)
		return SKB_DROP_REASON_TAP_FILTER;
	if (pskb_trim(skb, len))
		return SKB_DROP_REASON_NOMEM;
	return 0;
}

netdev_tx_t tun_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct tun_device *device = netdev_priv(dev);
	unsigned int txq = skb->queue_mapping;
	enum skb_drop_reason reason;
	struct netdev_queue *stack_queue;
	struct tun_queue *queue;

	rcu_read_lock();
	reason = SKB_DROP_REASON_DEV_READY;
	if (unlikely(txq >= TUN_MAX_QUEUES))
		goto drop;
	queue = rcu_dereference(device->queues[txq]);
	if (unlikely(!queue))
		goto drop;
	xmit_record_rps(device, skb);

	reason = xmit_filter(device, queue, skb);
	if (unlikely(reason))
		goto drop;
	reason = SKB_DROP_REASON_SKB_UCOPY_FAULT;
	if (unlikely(skb_orphan_frags_rx(skb, GFP_ATOMIC)))
		goto drop;
	skb_tx_timestamp(skb);
	/* It may wait for ever: neither socket nor conntrack is held by it. */
	skb_orphan(skb);
	nf_reset_ct(skb);

	reason = SKB_DROP_REASON_FULL_RING;
	if (unlikely(ptr_ring_produce(&queue->ring, skb)))
		goto drop;
	/* With lockless transmit nobody else does, and watchers look at it. */
	stack_queue = netdev_get_tx_queue(dev, txq);
	txq_trans_cond_update(stack_queue);

	if (queue->sigio)
		kill_fasync(&queue->fasync, SIGIO, POLL_IN);
	queue->sk.sk_data_ready(&queue->sk);
	rcu_read_unlock();
	return NETDEV_TX_OK;

drop:
	dev_core_stats_tx_dropped_inc(dev);
	skb_tx_error(skb);
	kfree_skb_reason(skb, reason);
	rcu_read_unlock();
	return NET_XMIT_DROP;
}

u16 tun_select_queue(struct net_device *dev, struct sk_buff *skb,
		     struct net_device *sb_dev)
{
	struct tun_device *device = netdev_priv(dev);
	unsigned int count = READ_ONCE(device->numqueues);
	int index;
	u32 hash;

	if (count <= 1 && !rcu_access_pointer(device->steering))
		return 0;
	rcu_read_lock();
	if (rcu_access_pointer(device->steering)) {
		index = count ?
			tun_program_run(&device->steering, skb, 0) % count : 0;
	} else {
		hash = __skb_get_hash_symmetric(skb);
		index = tun_flow_find(device, hash);
		/* A writer may have learned just before its queue left. */
		if (index < 0 || index >= (int)count)
			index = reciprocal_scale(hash, count);
		else
			tun_flow_record_rps(device, hash);
	}
	rcu_read_unlock();
	return index;
}

void tun_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct tun_device *device = netdev_priv(dev);

	dev_get_tstats64(dev, stats);
	stats->rx_frame_errors += atomic_long_read(&device->rx_frame_errors);
}

/* ---- To user space ---- */

/* The bytes from offset on; a linear frame needs no walk over fragments. */
static int put_payload(struct sk_buff *skb, unsigned int offset,
		       unsigned int len, struct iov_iter *to)
{
	if (likely(!skb_is_nonlinear(skb))) {
		len = min_t(size_t, len, iov_iter_count(to));
		return copy_to_iter(skb->data + offset, len, to) == len ?
		       0 : -EFAULT;
	}
	len = min_t(size_t, len, iov_iter_count(to));
	return skb_copy_datagram_iter(skb, offset, to, len);
}

/* The tag is out of line in the skb and goes where it is on the wire. */
static void put_tagged(struct sk_buff *skb, struct iov_iter *to)
{
	const unsigned int addresses = offsetof(struct vlan_ethhdr,
						h_vlan_proto);
	struct {
		__be16 proto;
		__be16 tci;
	} tag = {
		.proto = skb->vlan_proto,
		.tci = htons(skb_vlan_tag_get(skb)),
	};
	size_t len;

	if (put_payload(skb, 0, addresses, to) || !iov_iter_count(to))
		return;
	len = min_t(size_t, sizeof(tag), iov_iter_count(to));
	if (copy_to_iter(&tag, len, to) != len || !iov_iter_count(to))
		return;
	put_payload(skb, addresses, skb->len - addresses, to);
}

static ssize_t put_frame(struct tun_device *device, struct sk_buff *skb,
			 struct iov_iter *to)
{
	u32 flags = READ_ONCE(device->flags);
	int vlan = skb_vlan_tag_present(skb) ? VLAN_HLEN : 0;
	int vnet = flags & IFF_VNET_HDR ? READ_ONCE(device->vnet_hdr_sz) : 0;
	size_t total = skb->len + vlan + vnet;
	int err;

	if (!(flags & IFF_NO_PI)) {
		total += sizeof(struct tun_pi);
		err = tun_pi_put(skb->protocol, total, to);
		if (err)
			return err;
	}
	if (vnet) {
		err = tun_vnet_put(skb, vnet, tun_flags_little_endian(flags),
				   vlan, to);
		if (err)
			return err;
	}
	/* A fault here is the reader's own loss: the length is still told. */
	if (unlikely(vlan))
		put_tagged(skb, to);
	else
		put_payload(skb, 0, skb->len, to);
	tun_tx_add(device->dev, skb->len + vlan);
	return total;
}

/*
 * The reader holds the device, so it must not wait on when the descriptor has
 * been given another one in the meantime.
 */
static struct sk_buff *ring_wait(struct tun_device *device,
				 struct tun_queue *queue)
{
	DECLARE_WAITQUEUE(wait, current);
	struct sk_buff *skb;

	add_wait_queue(&queue->socket.wq.wait, &wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		skb = ptr_ring_consume(&queue->ring);
		if (skb)
			break;
		skb = ERR_PTR(-ERESTARTSYS);
		if (signal_pending(current))
			break;
		skb = ERR_PTR(-EFAULT);
		if (queue->sk.sk_shutdown & RCV_SHUTDOWN ||
		    rcu_access_pointer(queue->device) != device)
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(&queue->socket.wq.wait, &wait);
	return skb;
}

ssize_t tun_transmit(struct tun_device *device, struct tun_queue *queue,
		     struct iov_iter *to, bool noblock, struct sk_buff *skb)
{
	ssize_t len;

	if (!iov_iter_count(to)) {
		kfree_skb(skb);
		return 0;
	}
	if (!skb) {
		skb = ptr_ring_consume(&queue->ring);
		if (!skb)
			skb = noblock ? ERR_PTR(-EAGAIN) :
					ring_wait(device, queue);
		if (IS_ERR(skb))
			return PTR_ERR(skb);
	}
	len = put_frame(device, skb, to);
	if (unlikely(len < 0))
		kfree_skb(skb);
	else
		consume_skb(skb);
	return len;
}
