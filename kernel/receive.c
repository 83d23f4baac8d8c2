// SPDX-License-Identifier: GPL-2.0
#include "receive.h"

#include <linux/etherdevice.h>
#include <linux/skbuff.h>
#include <linux/uio.h>
#include <linux/virtio_net.h>

#include "device.h"
#include "flow.h"
#include "header.h"
#include "napi.h"
#include "queue.h"

/* A frame that is shorter than this is not worth pinning. */
#define TUN_GOODCOPY_LEN	128

/* One frame on its way in, with the layout that it is read by. */
struct tun_frame_in {
	struct tun_device *device;
	struct tun_queue *queue;
	u32 flags;
	struct tun_pi pi;
	struct virtio_net_hdr vnet;
	unsigned int hdr_len;		/* to be linear, 0: whatever */
	unsigned int headroom;
	size_t len;			/* payload */
	bool noblock;
	bool frags;			/* napi_mutex is held */
};

static int frame_get_headers(struct tun_frame_in *frame, struct iov_iter *from)
{
	int err;

	if (!(frame->flags & IFF_NO_PI)) {
		err = tun_pi_get(&frame->pi, from);
		if (err)
			return err;
	}
	if (frame->flags & IFF_VNET_HDR) {
		int size = READ_ONCE(frame->device->vnet_hdr_sz);

		err = tun_vnet_get(&frame->vnet, size,
				   tun_flags_little_endian(frame->flags), from,
				   &frame->hdr_len);
		if (err)
			return err;
	}
	frame->len = iov_iter_count(from);
	if (frame->flags & IFF_TAP) {
		frame->headroom += NET_IP_ALIGN;
		if (unlikely(frame->len < ETH_HLEN ||
			     (frame->hdr_len && frame->hdr_len < ETH_HLEN)))
			return -EINVAL;
	}
	return 0;
}

/* ---- Making the skb ---- */

/* The buffer that a frame of this size needs, if it is to be one fragment. */
static size_t frame_build_size(const struct tun_frame_in *frame)
{
	return SKB_DATA_ALIGN(frame->len + frame->headroom) +
	       SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
}

/*
 * Whether the frame can be copied straight into a page fragment of the task.
 * Nothing waits for send buffer there, so the buffer must not be limited.
 */
static bool frame_can_build(const struct tun_frame_in *frame)
{
	return frame->queue->sk.sk_sndbuf == INT_MAX &&
	       frame->len + frame->headroom < PAGE_SIZE &&
	       frame_build_size(frame) <= PAGE_SIZE;
}

static struct sk_buff *frame_build_skb(const struct tun_frame_in *frame,
				       struct iov_iter *from)
{
	struct page_frag *frag = &current->task_frag;
	size_t size = frame_build_size(frame);
	struct sk_buff *skb;
	char *buffer;

	frag->offset = ALIGN(frag->offset, SMP_CACHE_BYTES);
	if (unlikely(!skb_page_frag_refill(size, frag, GFP_KERNEL)))
		return ERR_PTR(-ENOMEM);
	buffer = (char *)page_address(frag->page) + frag->offset;
	if (!copy_from_iter_full(buffer + frame->headroom, frame->len, from))
		return ERR_PTR(-EFAULT);

	skb = build_skb(buffer, size);
	if (unlikely(!skb))
		return ERR_PTR(-ENOMEM);
	get_page(frag->page);
	frag->offset += size;
	skb_reserve(skb, frame->headroom);
	skb_put(skb, frame->len);
	skb_set_owner_w(skb, &frame->queue->sk);
	return skb;
}

static struct sk_buff *frame_alloc_skb(const struct tun_frame_in *frame,
				       size_t len, size_t linear)
{
	struct sock *sk = &frame->queue->sk;
	struct sk_buff *skb;
	int err;

	/* Below a page the split is not worth it. */
	if (frame->headroom + len < PAGE_SIZE || !linear)
		linear = len;
	/* Before 6.12 all that follows announced headers has to fit in pages. */
	if ((TUN_PSKB_ORDER || !frame->hdr_len) &&
	    len - linear > MAX_SKB_FRAGS * (PAGE_SIZE << TUN_PSKB_ORDER))
		linear = len - MAX_SKB_FRAGS * (PAGE_SIZE << TUN_PSKB_ORDER);
	skb = sock_alloc_send_pskb(sk, frame->headroom + linear, len - linear,
				   frame->noblock, &err, TUN_PSKB_ORDER);
	if (!skb)
		return ERR_PTR(err);
	skb_reserve(skb, frame->headroom);
	skb_put(skb, linear);
	skb->data_len = len - linear;
	skb->len += len - linear;
	return skb;
}

static struct sk_buff *frame_copy_skb(const struct tun_frame_in *frame,
				      struct iov_iter *from)
{
	size_t good = SKB_MAX_HEAD(frame->headroom);
	size_t linear = frame->hdr_len;
	struct sk_buff *skb;
	int err;

	if (linear > good)
		linear = good;
	else if (!linear && frame->len > good)
		linear = good;
	skb = frame_alloc_skb(frame, frame->len, linear);
	if (IS_ERR(skb))
		return skb;
	err = skb_copy_datagram_from_iter(skb, 0, from, frame->len);
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SKB_UCOPY_FAULT);
		return ERR_PTR(-EFAULT);
	}
	return skb;
}

/* Whether so much of the frame is left over after the headers to pin it. */
static bool frame_can_pin(const struct tun_frame_in *frame,
			  const struct iov_iter *from, size_t *copied)
{
	struct iov_iter rest = *from;

	*copied = frame->hdr_len ? frame->hdr_len : TUN_GOODCOPY_LEN;
	*copied = min_t(size_t, *copied, SKB_MAX_HEAD(frame->headroom));
	if (*copied >= frame->len)
		return false;
	iov_iter_advance(&rest, *copied);
	return iov_iter_npages(&rest, INT_MAX) <= MAX_SKB_FRAGS;
}

static struct sk_buff *frame_pin_skb(const struct tun_frame_in *frame,
				     struct iov_iter *from, size_t copied)
{
	struct sk_buff *skb;
	int err;

	skb = frame_alloc_skb(frame, copied, copied);
	if (IS_ERR(skb))
		return skb;
	err = zerocopy_sg_from_iter(skb, from);
	if (err) {
		kfree_skb_reason(skb, SKB_DROP_REASON_SKB_UCOPY_FAULT);
		return ERR_PTR(-EFAULT);
	}
	return skb;
}

/*
 * IFF_NAPI_FRAGS: each segment of the vector becomes a fragment, so that a
 * test can feed the stack any shape of frame. Called with napi_mutex held;
 * the skb stays the NAPI context's until it is received.
 */
static struct sk_buff *frame_frags_skb(const struct tun_frame_in *frame,
				       struct iov_iter *from)
{
	struct napi_struct *napi = &frame->queue->napi;
	struct iov_iter rest = *from;
	unsigned int i, segments = compat_iter_segments(from);
	size_t linear = iov_iter_single_seg_count(from);
	struct sk_buff *skb;
	int err = -ENOMEM;

	/* The offsets of its headers count the headroom and have 16 bits. */
	if (segments > MAX_SKB_FRAGS + 1 ||
	    frame->len > ETH_MAX_MTU - NET_SKB_PAD - NET_IP_ALIGN)
		return ERR_PTR(-EMSGSIZE);
	for (i = 1; i < segments; i++)
		if (!compat_iter_segment(from, i))
			return ERR_PTR(-EINVAL);
	local_bh_disable();
	skb = napi_get_frags(napi);
	local_bh_enable();
	if (!skb)
		return ERR_PTR(-ENOMEM);

	if (__skb_grow(skb, linear))
		goto err_free;
	iov_iter_advance(&rest, linear);
	for (i = 0; iov_iter_count(&rest); i++) {
		size_t size = iov_iter_single_seg_count(&rest);
		struct page *page;
		void *data;

		err = -EINVAL;
		if (size > PAGE_SIZE || i == MAX_SKB_FRAGS)
			goto err_free;
		err = -ENOMEM;
		local_bh_disable();
		data = napi_alloc_frag(size);
		local_bh_enable();
		if (!data)
			goto err_free;
		page = virt_to_head_page(data);
		skb_fill_page_desc(skb, i, page, data - page_address(page),
				   size);
		iov_iter_advance(&rest, size);
	}
	skb->len = frame->len;
	skb->data_len = frame->len - linear;
	skb->truesize += skb->data_len;

	err = -EFAULT;
	if (skb_copy_datagram_from_iter(skb, 0, from, frame->len))
		goto err_free;
	return skb;

err_free:
	napi_free_frags(napi);
	return ERR_PTR(err);
}

/* ---- Handing it to the stack ---- */

static void receive_batched(struct tun_device *device, struct tun_queue *queue,
			    struct sk_buff *skb, bool more)
{
	struct sk_buff_head *waiting = &queue->sk.sk_write_queue;
	u32 limit = READ_ONCE(device->rx_batched);
	struct sk_buff_head batch;

	if (!limit || (!more && skb_queue_empty(waiting))) {
		local_bh_disable();
		netif_receive_skb(skb);
		local_bh_enable();
		return;
	}

	__skb_queue_head_init(&batch);
	spin_lock_bh(&waiting->lock);
	__skb_queue_tail(waiting, skb);
	if (!more || skb_queue_len(waiting) >= limit)
		skb_queue_splice_tail_init(waiting, &batch);
	spin_unlock_bh(&waiting->lock);

	local_bh_disable();
	while ((skb = __skb_dequeue(&batch)))
		netif_receive_skb(skb);
	local_bh_enable();
}

static int receive_napi(struct tun_queue *queue, struct sk_buff *skb, bool more)
{
	int length = tun_napi_add(queue, skb);

	if (unlikely(length < 0))
		return length;
	if (!more || length > NAPI_POLL_WEIGHT) {
		local_bh_disable();
		napi_schedule(&queue->napi);
		local_bh_enable();
	}
	return 0;
}

/*
 * GRO's lists are the poller's: this is one, if no other is. A context that is
 * off (the queue is detached) cannot be had either.
 */
static int receive_frags(struct tun_queue *queue, struct sk_buff *skb)
{
	struct napi_struct *napi = &queue->napi;

	local_bh_disable();
	if (unlikely(!napi_schedule_prep(napi))) {
		local_bh_enable();
		napi_free_frags(napi);
		return -EBUSY;
	}
	/* napi_gro_frags() wants the Ethernet header where it was. */
	skb_push(skb, ETH_HLEN);
	napi_gro_frags(napi);
	napi_complete(napi);
	local_bh_enable();
	return 0;
}

/* The protocol of a frame on TUN without packet information. */
static int frame_ip_protocol(struct sk_buff *skb, __be16 *proto)
{
	if (!pskb_may_pull(skb, 1))
		return -EINVAL;
	switch (skb->data[0] >> 4) {
	case 4:
		*proto = htons(ETH_P_IP);
		return 0;
	case 6:
		*proto = htons(ETH_P_IPV6);
		return 0;
	}
	return -EINVAL;
}

/*
 * Offload metadata, link header and protocol. The skb stays the caller's; reason
 * is changed where it has one.
 */
static int frame_set_up(const struct tun_frame_in *frame, struct sk_buff *skb,
			enum skb_drop_reason *reason)
{
	struct net_device *dev = frame->device->dev;
	__be16 proto = frame->pi.proto;

	/* The checks of GSO headers look at the device and the protocol. */
	skb->dev = dev;
	if (frame->flags & IFF_VNET_HDR &&
	    virtio_net_hdr_to_skb(skb, &frame->vnet,
				  tun_flags_little_endian(frame->flags))) {
		atomic_long_inc(&frame->device->rx_frame_errors);
		return -EINVAL;
	}
	if (frame->flags & IFF_TUN) {
		if (frame->flags & IFF_NO_PI &&
		    frame_ip_protocol(skb, &proto)) {
			dev_core_stats_rx_dropped_inc(dev);
			return -EINVAL;
		}
		skb_reset_mac_header(skb);
		skb->protocol = proto;
	} else {
		if (!pskb_may_pull(skb, ETH_HLEN)) {
			*reason = SKB_DROP_REASON_HDR_TRUNC;
			dev_core_stats_rx_dropped_inc(dev);
			return -ENOMEM;
		}
		skb->protocol = eth_type_trans(skb, dev);
	}
	skb_reset_network_header(skb);
	/*
	 * Only offloads look at the transport header before the protocol
	 * itself sets it; finding it costs a flow dissection.
	 */
	if (frame->flags & IFF_VNET_HDR)
		skb_probe_transport_header(skb);
	skb_record_rx_queue(skb, READ_ONCE(frame->queue->index));
	return 0;
}

/* Whether flows matter: there is a choice of queues, and no program makes it. */
static bool receive_learns(struct tun_device *device, struct tun_queue *queue)
{
	return READ_ONCE(device->numqueues) > 1 && !queue->detached &&
	       !rcu_access_pointer(device->steering);
}

static void frame_free_skb(const struct tun_frame_in *frame,
			   struct sk_buff *skb, enum skb_drop_reason reason)
{
	/* The context forgets it, and does not free it without a reason. */
	if (frame->frags)
		frame->queue->napi.skb = NULL;
	kfree_skb_reason(skb, reason);
}

/* Consumes the skb; 0 or an errno for the writer. */
static int receive_skb(const struct tun_frame_in *frame, struct sk_buff *skb,
		       bool more)
{
	struct tun_device *device = frame->device;
	struct tun_queue *queue = frame->queue;
	struct net_device *dev = device->dev;
	bool learn = receive_learns(device, queue);
	u32 hash = learn ? __skb_get_hash_symmetric(skb) : 0;
	int err = 0;

	rcu_read_lock();
	if (unlikely(!(dev->flags & IFF_UP))) {
		rcu_read_unlock();
		dev_core_stats_rx_dropped_inc(dev);
		frame_free_skb(frame, skb, SKB_DROP_REASON_DEV_READY);
		return -EIO;
	}
	if (frame->frags)
		err = receive_frags(queue, skb);
	else if (queue->napi_enabled)
		err = receive_napi(queue, skb, more);
	else
		receive_batched(device, queue, skb, more);
	if (!err) {
		tun_rx_add(dev, frame->len);
		if (learn)
			tun_flow_learn(device, hash, queue);
	}
	rcu_read_unlock();
	return err;
}

/* uarg is told at once when the frame was copied, or with the skb's end. */
static struct sk_buff *frame_make_skb(const struct tun_frame_in *frame,
				      struct ubuf_info *uarg,
				      struct iov_iter *from)
{
	struct sk_buff *skb;
	size_t copied;

	if (frame->frags)
		return frame_frags_skb(frame, from);
	if (unlikely(uarg)) {
		if (frame_can_pin(frame, from, &copied)) {
			skb = frame_pin_skb(frame, from, copied);
			if (!IS_ERR(skb))
				skb_zcopy_init(skb, uarg);
			return skb;
		}
		skb = frame_copy_skb(frame, from);
		if (!IS_ERR(skb))
			compat_ubuf_done(uarg, false);
		return skb;
	}
	if (frame_can_build(frame))
		return frame_build_skb(frame, from);
	return frame_copy_skb(frame, from);
}

static ssize_t receive_frame(struct tun_frame_in *frame, struct ubuf_info *uarg,
			     struct iov_iter *from, bool more)
{
	enum skb_drop_reason reason = SKB_DROP_REASON_NOT_SPECIFIED;
	struct sk_buff *skb;
	int err;

	skb = frame_make_skb(frame, uarg, from);
	if (IS_ERR(skb)) {
		if (PTR_ERR(skb) != -EAGAIN)
			dev_core_stats_rx_dropped_inc(frame->device->dev);
		return PTR_ERR(skb);
	}
	err = frame_set_up(frame, skb, &reason);
	if (err) {
		frame_free_skb(frame, skb, reason);
		return err;
	}
	return receive_skb(frame, skb, more);
}

ssize_t tun_receive(struct tun_device *device, struct tun_queue *queue,
		    struct ubuf_info *uarg, struct iov_iter *from,
		    bool noblock, bool more)
{
	size_t total = iov_iter_count(from);
	struct tun_frame_in frame = {
		.device = device,
		.queue = queue,
		.flags = READ_ONCE(device->flags),
		.headroom = READ_ONCE(device->align),
		.noblock = noblock,
	};
	ssize_t err;

	err = frame_get_headers(&frame, from);
	if (err)
		return err;
	if (!READ_ONCE(queue->napi_frags_enabled)) {
		err = receive_frame(&frame, uarg, from, more);
		return err ? err : total;
	}
	/* Until it is held the device may go, and the context with it. */
	mutex_lock(&queue->napi_mutex);
	frame.frags = queue->napi_frags_enabled;
	err = frame.frags ? receive_frame(&frame, uarg, from, more) : -EIO;
	mutex_unlock(&queue->napi_mutex);
	return err ? err : total;
}
