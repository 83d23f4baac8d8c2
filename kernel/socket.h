/* SPDX-License-Identifier: GPL-2.0 */
/* The socket that vhost_net drives a queue by, and its wake-ups. */
#ifndef SOCKET_H
#define SOCKET_H

struct file;
struct tun_queue;

void tun_socket_init(struct tun_queue *queue, struct file *file);
/* Whether a write would find room: half of the send buffer is free. */
bool tun_socket_writable(struct tun_queue *queue);

#endif /* SOCKET_H */
