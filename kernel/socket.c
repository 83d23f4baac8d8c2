// SPDX-License-Identifier: GPL-2.0
#include "socket.h"

#include <linux/errqueue.h>
#include <linux/if_tun.h>
#include <linux/net.h>
#include <linux/socket.h>

#include "device.h"
#include "queue.h"
#include "receive.h"
#include "transmit.h"

bool tun_socket_writable(struct tun_queue *queue)
{
	return queue->sk.sk_sndbuf == INT_MAX || sock_writeable(&queue->sk);
}

/*
 * Called when a frame that user space wrote has been freed by the stack. Who
 * waits said so by a bit: poll() by SOCKWQ_ASYNC_NOSPACE, a blocked write() by
 * SOCK_NOSPACE.
 */
static void tun_write_space(struct sock *sk)
{
	const unsigned long nospace = BIT(SOCKWQ_ASYNC_NOSPACE) |
				      BIT(SOCK_NOSPACE);
	struct tun_queue *queue = container_of(sk, struct tun_queue, sk);
	unsigned long *flags = &sk->sk_socket->flags;
	wait_queue_head_t *wait;

	if (!sock_writeable(sk) || !(READ_ONCE(*flags) & nospace))
		return;
	clear_bit(SOCKWQ_ASYNC_NOSPACE, flags);
	clear_bit(SOCK_NOSPACE, flags);
	/* A waiter sets its bit anew before it looks again. */
	smp_mb__after_atomic();
	wait = sk_sleep(sk);
	if (wait && waitqueue_active(wait))
		wake_up_interruptible_sync_poll(wait, EPOLLOUT |
						EPOLLWRNORM | EPOLLWRBAND);
	kill_fasync(&queue->fasync, SIGIO, POLL_OUT);
}

/* The last reference: what NAPI never took may still wait here. */
static void tun_sock_destruct(struct sock *sk)
{
	skb_queue_purge(&sk->sk_write_queue);
	skb_queue_purge(&sk->sk_error_queue);
}

static int tun_send(struct tun_device *device, struct tun_queue *queue,
		    const struct tun_msg_ctl *ctl, struct msghdr *msg,
		    size_t len)
{
	struct ubuf_info *uarg = NULL;

	if (ctl && ctl->type == TUN_MSG_PTR) {
		tun_receive_batch(device, queue, ctl->ptr, ctl->num);
		return len;
	}
	if (ctl && ctl->type == TUN_MSG_UBUF)
		uarg = ctl->ptr;
	return tun_receive(device, queue, uarg, &msg->msg_iter,
			   msg->msg_flags & MSG_DONTWAIT,
			   msg->msg_flags & MSG_MORE);
}

static int tun_sendmsg(struct socket *socket, struct msghdr *msg, size_t len)
{
	struct tun_queue *queue = tun_queue_of(socket);
	const struct tun_msg_ctl *ctl = msg->msg_control;
	struct tun_device *device;
	int ret;

	device = tun_queue_device_get(queue);
	/* The pages of a batch stay the caller's. */
	if (!device)
		return -EBADFD;
	ret = tun_send(device, queue, ctl, msg, len);
	dev_put(device->dev);
	return ret;
}

static int tun_recvmsg(struct socket *socket, struct msghdr *msg, size_t len,
		       int flags)
{
	struct tun_queue *queue = tun_queue_of(socket);
	struct sk_buff *skb = msg->msg_control;
	struct tun_device *device;
	int ret;

	device = tun_queue_device_get(queue);
	if (!device) {
		kfree_skb(skb);
		return -EBADFD;
	}
	if (flags & ~(MSG_DONTWAIT | MSG_TRUNC | MSG_ERRQUEUE)) {
		kfree_skb(skb);
		ret = -EINVAL;
		goto out;
	}
	if (flags & MSG_ERRQUEUE) {
		kfree_skb(skb);
		ret = sock_recv_errqueue(&queue->sk, msg, len, SOL_PACKET,
					 TUN_TX_TIMESTAMP);
		goto out;
	}
	ret = tun_transmit(device, queue, &msg->msg_iter,
			   flags & MSG_DONTWAIT, skb);
	if (ret > (ssize_t)len) {
		msg->msg_flags |= MSG_TRUNC;
		ret = flags & MSG_TRUNC ? ret : len;
	}
out:
	dev_put(device->dev);
	return ret;
}

static int skb_wire_len(void *ptr)
{
	struct sk_buff *skb = ptr;

	if (!skb)
		return 0;
	return skb->len + (skb_vlan_tag_present(skb) ? VLAN_HLEN : 0);
}

static int tun_peek_len(struct socket *socket)
{
	struct tun_queue *queue = tun_queue_of(socket);
	struct tun_device *device = tun_queue_device_get(queue);
	int len;

	if (!device)
		return 0;
	len = PTR_RING_PEEK_CALL(&queue->ring, skb_wire_len);
	dev_put(device->dev);
	return len;
}

static const struct proto_ops tun_socket_ops = {
	.peek_len	= tun_peek_len,
	.sendmsg	= tun_sendmsg,
	.recvmsg	= tun_recvmsg,
};

void tun_socket_init(struct tun_queue *queue, struct file *file)
{
	struct sock *sk = &queue->sk;

	init_waitqueue_head(&queue->socket.wq.wait);
	queue->socket.file = file;
	queue->socket.ops = &tun_socket_ops;
	/* Routing rules by uid see the opener's, not root's. */
	sock_init_data_uid(&queue->socket, sk, current_fsuid());
	sk->sk_write_space = tun_write_space;
	sk->sk_destruct = tun_sock_destruct;
	sk->sk_sndbuf = INT_MAX;
	sock_set_flag(sk, SOCK_ZEROCOPY);
}
