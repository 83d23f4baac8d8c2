// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that vhost_net hands over in batches, each in a page of its own. The
 * page is ours from the call on, whatever is wrong with the frame: vhost frees
 * them itself only when the whole call fails.
 */
#include "receive.h"

#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <linux/virtio_net.h>
#include <net/xdp.h>

#include "compat/vhost.h"
#include "device.h"
#include "flow.h"
#include "napi.h"
#include "queue.h"

static bool batch_set_protocol(struct tun_device *device, u32 flags,
			       struct sk_buff *skb)
{
	if (flags & IFF_TAP) {
		skb->protocol = eth_type_trans(skb, device->dev);
		return true;
	}
	switch (skb->data[0] >> 4) {
	case 4:
		skb->protocol = htons(ETH_P_IP);
		break;
	case 6:
		skb->protocol = htons(ETH_P_IPV6);
		break;
	default:
		return false;
	}
	skb_reset_mac_header(skb);
	return true;
}

/* Consumes the page of frame; NULL when nothing came of it. */
static struct sk_buff *batch_build_skb(struct tun_device *device, u32 flags,
				       struct xdp_buff *frame)
{
	struct virtio_net_hdr *vnet = compat_vhost_vnet(frame);
	unsigned int len = frame->data_end - frame->data;
	struct sk_buff *skb;

	if (unlikely(len < (flags & IFF_TAP ? ETH_HLEN : 1)))
		goto err_put_page;
	skb = build_skb(frame->data_hard_start, compat_vhost_buflen(frame));
	if (unlikely(!skb))
		goto err_put_page;
	skb_reserve(skb, frame->data - frame->data_hard_start);
	skb_put(skb, len);
	skb->dev = device->dev;
	if (virtio_net_hdr_to_skb(skb, vnet, tun_flags_little_endian(flags))) {
		atomic_long_inc(&device->rx_frame_errors);
		goto err_free_skb;
	}
	if (!batch_set_protocol(device, flags, skb))
		goto err_free_skb;
	skb_reset_network_header(skb);
	skb_probe_transport_header(skb);
	return skb;

err_free_skb:
	kfree_skb(skb);
	dev_core_stats_rx_dropped_inc(device->dev);
	return NULL;
err_put_page:
	put_page(virt_to_head_page(frame->data));
	dev_core_stats_rx_dropped_inc(device->dev);
	return NULL;
}

/* Where it waits for the poller, it is one more in *waiting. */
static void batch_receive(struct tun_device *device, struct tun_queue *queue,
			  u32 flags, struct xdp_buff *frame,
			  unsigned int *waiting)
{
	unsigned int len = frame->data_end - frame->data;
	struct sk_buff *skb;
	bool learn;
	u32 hash;

	if (unlikely(!(device->dev->flags & IFF_UP))) {
		put_page(virt_to_head_page(frame->data));
		dev_core_stats_rx_dropped_inc(device->dev);
		return;
	}
	skb = batch_build_skb(device, flags, frame);
	if (!skb)
		return;
	skb_record_rx_queue(skb, READ_ONCE(queue->index));
	learn = READ_ONCE(device->numqueues) > 1 && !queue->detached &&
		!rcu_access_pointer(device->steering);
	hash = learn ? __skb_get_hash_symmetric(skb) : 0;
	if (!queue->napi_enabled) {
		netif_receive_skb(skb);
	} else if (tun_napi_add(queue, skb) < 0) {
		dev_core_stats_rx_dropped_inc(device->dev);
		return;
	} else {
		++*waiting;
	}
	tun_rx_add(device->dev, len);
	if (learn)
		tun_flow_learn(device, hash, queue);
}

void tun_receive_batch(struct tun_device *device, struct tun_queue *queue,
		       struct xdp_buff *frames, unsigned int count)
{
	u32 flags = READ_ONCE(device->flags);
	unsigned int i, waiting = 0;

	local_bh_disable();
	rcu_read_lock();
	for (i = 0; i < count; i++)
		batch_receive(device, queue, flags, &frames[i], &waiting);
	if (waiting)
		napi_schedule(&queue->napi);
	rcu_read_unlock();
	local_bh_enable();
}
