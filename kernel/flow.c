// SPDX-License-Identifier: GPL-2.0
#include "flow.h"

#include <linux/rculist.h>
#include <linux/slab.h>

#include "device.h"
#include "queue.h"

struct tun_flow {
	struct hlist_node node;
	struct rcu_head rcu;
	u32 hash;
	u32 rps_hash;
	u16 queue;
	unsigned long used ____cacheline_aligned_in_smp;	/* jiffies */
};

static struct hlist_head *flow_bucket(struct tun_device *device, u32 hash)
{
	return &device->flows[hash & (TUN_FLOW_BUCKETS - 1)];
}

static struct tun_flow *flow_lookup(struct hlist_head *bucket, u32 hash)
{
	struct tun_flow *flow;

	hlist_for_each_entry_rcu(flow, bucket, node)
		if (flow->hash == hash)
			return flow;
	return NULL;
}

static void flow_delete(struct tun_device *device, struct tun_flow *flow)
{
	lockdep_assert_held(&device->flow_lock);
	hlist_del_rcu(&flow->node);
	kfree_rcu(flow, rcu);
	device->flow_count--;
}

/*
 * Deletes the flows of a queue, or, where it is negative, those that are too
 * old; returns the time that the oldest left has.
 */
static unsigned long flow_sweep(struct tun_device *device, int queue,
				unsigned long now)
{
	unsigned long next = TUN_FLOW_AGE;
	struct hlist_node *tmp;
	struct tun_flow *flow;
	unsigned int i;

	for (i = 0; i < TUN_FLOW_BUCKETS; i++) {
		hlist_for_each_entry_safe(flow, tmp, &device->flows[i], node) {
			unsigned long end = READ_ONCE(flow->used) + TUN_FLOW_AGE;

			if (queue >= 0 ? flow->queue == queue :
					 time_after_eq(now, end))
				flow_delete(device, flow);
			else if (queue < 0)
				next = min(next, end - now);
		}
	}
	return next;
}

static void tun_flow_expire(struct timer_list *timer)
{
	struct tun_device *device = timer_container_of(device, timer,
						       flow_timer);
	unsigned long next;

	spin_lock(&device->flow_lock);
	next = flow_sweep(device, -1, jiffies);
	if (device->flow_count)
		mod_timer(&device->flow_timer, round_jiffies_up(jiffies + next));
	spin_unlock(&device->flow_lock);
}

void tun_flow_init(struct tun_device *device)
{
	unsigned int i;

	for (i = 0; i < TUN_FLOW_BUCKETS; i++)
		INIT_HLIST_HEAD(&device->flows[i]);
	device->flow_count = 0;
	timer_setup(&device->flow_timer, tun_flow_expire, 0);
}

void tun_flow_uninit(struct tun_device *device)
{
	struct hlist_node *tmp;
	struct tun_flow *flow;
	unsigned int i;

	timer_shutdown_sync(&device->flow_timer);
	spin_lock_bh(&device->flow_lock);
	for (i = 0; i < TUN_FLOW_BUCKETS; i++)
		hlist_for_each_entry_safe(flow, tmp, &device->flows[i], node)
			flow_delete(device, flow);
	spin_unlock_bh(&device->flow_lock);
}

static void flow_add(struct tun_device *device, struct hlist_head *bucket,
		     u32 hash, u16 queue)
{
	struct tun_flow *flow;

	spin_lock_bh(&device->flow_lock);
	if (!flow_lookup(bucket, hash) && device->flow_count < TUN_FLOW_MAX) {
		flow = kmalloc(sizeof(*flow), GFP_ATOMIC);
		if (flow) {
			flow->hash = hash;
			flow->rps_hash = 0;
			flow->queue = queue;
			flow->used = jiffies;
			hlist_add_head_rcu(&flow->node, bucket);
			device->flow_count++;
		}
	}
	/* An armed timer sees to the new flow as well. */
	if (device->flow_count && !timer_pending(&device->flow_timer))
		mod_timer(&device->flow_timer,
			  round_jiffies_up(jiffies + TUN_FLOW_AGE));
	spin_unlock_bh(&device->flow_lock);
}

void tun_flow_learn(struct tun_device *device, u32 hash,
		    const struct tun_queue *queue)
{
	struct hlist_head *bucket = flow_bucket(device, hash);
	u16 index = READ_ONCE(queue->index);
	struct tun_flow *flow;

	flow = flow_lookup(bucket, hash);
	if (!flow) {
		flow_add(device, bucket, hash, index);
		return;
	}
	if (READ_ONCE(flow->queue) != index)
		WRITE_ONCE(flow->queue, index);
	if (READ_ONCE(flow->used) != jiffies)
		WRITE_ONCE(flow->used, jiffies);
	sock_rps_record_flow_hash(READ_ONCE(flow->rps_hash));
}

int tun_flow_find(struct tun_device *device, u32 hash)
{
	struct tun_flow *flow = flow_lookup(flow_bucket(device, hash), hash);

	if (!flow)
		return -1;
	return READ_ONCE(flow->queue);
}

void tun_flow_record_rps(struct tun_device *device, u32 hash)
{
	struct tun_flow *flow = flow_lookup(flow_bucket(device, hash), hash);

	if (flow && READ_ONCE(flow->rps_hash) != hash)
		WRITE_ONCE(flow->rps_hash, hash);
}

void tun_flow_forget_queue(struct tun_device *device, u16 index)
{
	spin_lock_bh(&device->flow_lock);
	flow_sweep(device, index, jiffies);
	spin_unlock_bh(&device->flow_lock);
}
