/* SPDX-License-Identifier: GPL-2.0 */
/* eBPF programs of the device: which queue, and which frames. */
#ifndef STEERING_H
#define STEERING_H

#include <linux/types.h>

struct sk_buff;
struct tun_program;
struct tun_device;

/* The program's verdict, or that without one. Under rcu_read_lock(). */
u32 tun_program_run(struct tun_program __rcu *const *program,
		    struct sk_buff *skb, u32 without);
/* TUNSETSTEERINGEBPF, TUNSETFILTEREBPF: fd, -1 removes. Under RTNL. */
int tun_program_set(struct tun_device *device,
		    struct tun_program __rcu **program, const void __user *arg);
/* At the end of the device. */
void tun_program_destroy(struct tun_program __rcu **program);

#endif /* STEERING_H */
