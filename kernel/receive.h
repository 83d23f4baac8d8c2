/* SPDX-License-Identifier: GPL-2.0 */
/* User space to stack. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <linux/types.h>

struct iov_iter;
struct tun_device;
struct tun_queue;
struct ubuf_info;
struct xdp_buff;

/*
 * Sends the frame in from into the stack. Returns the bytes taken or a
 * negative errno. more: another frame follows at once (MSG_MORE). uarg: the
 * frame may be used in place, the caller is told when it is free (vhost's
 * zero copy), or NULL. Process context; the caller holds a device reference.
 */
ssize_t tun_receive(struct tun_device *device, struct tun_queue *queue,
		    struct ubuf_info *uarg, struct iov_iter *from,
		    bool noblock, bool more);

/*
 * vhost's batch: each page is consumed, whatever becomes of its frame.
 * Context: process, bottom halves enabled.
 */
void tun_receive_batch(struct tun_device *device, struct tun_queue *queue,
		       struct xdp_buff *frames, unsigned int count);

#endif /* RECEIVE_H */
