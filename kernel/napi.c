// SPDX-License-Identifier: GPL-2.0
#include "napi.h"

#include <linux/skbuff.h>

#include "device.h"
#include "queue.h"

static int tun_napi_receive(struct napi_struct *napi, int budget)
{
	struct tun_queue *queue = container_of(napi, struct tun_queue, napi);
	struct sk_buff_head *waiting = &queue->sk.sk_write_queue;
	struct sk_buff_head batch;
	struct sk_buff *skb;
	int received = 0;

	__skb_queue_head_init(&batch);
	spin_lock(&waiting->lock);
	skb_queue_splice_tail_init(waiting, &batch);
	spin_unlock(&waiting->lock);

	while (received < budget && (skb = __skb_dequeue(&batch))) {
		napi_gro_receive(napi, skb);
		received++;
	}

	if (!skb_queue_empty(&batch)) {
		spin_lock(&waiting->lock);
		skb_queue_splice(&batch, waiting);
		spin_unlock(&waiting->lock);
	}
	return received;
}

static int tun_napi_poll(struct napi_struct *napi, int budget)
{
	int received = tun_napi_receive(napi, budget);

	if (received < budget)
		napi_complete_done(napi, received);
	return received;
}

int tun_napi_add(struct tun_queue *queue, struct sk_buff *skb)
{
	struct sk_buff_head *waiting = &queue->sk.sk_write_queue;
	int length;

	/* Or GRO merges it and forgets what it holds of the send buffer. */
	skb_prepare_for_gro(skb);
	spin_lock_bh(&waiting->lock);
	if (unlikely(queue->detached)) {
		spin_unlock_bh(&waiting->lock);
		kfree_skb(skb);
		return -EBUSY;
	}
	__skb_queue_tail(waiting, skb);
	length = skb_queue_len(waiting);
	spin_unlock_bh(&waiting->lock);
	return length;
}

void tun_napi_init(struct tun_device *device, struct tun_queue *queue,
		   bool napi, bool frags)
{
	queue->napi_enabled = napi;
	queue->napi_frags_enabled = napi && frags;
	if (!napi)
		return;
	netif_napi_add_tx(device->dev, &queue->napi, tun_napi_poll);
	napi_enable(&queue->napi);
}

void tun_napi_enable(struct tun_queue *queue)
{
	if (queue->napi_enabled)
		napi_enable(&queue->napi);
}

void tun_napi_disable(struct tun_queue *queue)
{
	if (queue->napi_enabled && !queue->detached)
		napi_disable(&queue->napi);
}

void tun_napi_delete(struct tun_queue *queue)
{
	/* A writer may still be filling the context's skb. */
	mutex_lock(&queue->napi_mutex);
	if (queue->napi_enabled)
		netif_napi_del(&queue->napi);
	queue->napi_enabled = false;
	WRITE_ONCE(queue->napi_frags_enabled, false);
	mutex_unlock(&queue->napi_mutex);
}
