// SPDX-License-Identifier: GPL-2.0
#include "steering.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "device.h"

struct tun_program {
	struct bpf_prog *prog;
	struct rcu_head rcu;
};

u32 tun_program_run(struct tun_program __rcu *const *program,
		    struct sk_buff *skb, u32 without)
{
	struct tun_program *running = rcu_dereference(*program);

	return running ? bpf_prog_run_clear_cb(running->prog, skb) : without;
}

static void program_free(struct rcu_head *rcu)
{
	struct tun_program *program = container_of(rcu, struct tun_program,
						   rcu);

	bpf_prog_destroy(program->prog);
	kfree(program);
}

static void program_replace(struct tun_program __rcu **place,
			    struct tun_program *program)
{
	struct tun_program *old;

	old = rcu_replace_pointer(*place, program, lockdep_rtnl_is_held());
	if (old)
		call_rcu(&old->rcu, program_free);
}

int tun_program_set(struct tun_device *device,
		    struct tun_program __rcu **place, const void __user *arg)
{
	struct tun_program *program;
	struct bpf_prog *prog;
	int fd;

	if (copy_from_user(&fd, arg, sizeof(fd)))
		return -EFAULT;
	if (fd == -1) {
		program_replace(place, NULL);
		return 0;
	}
	prog = bpf_prog_get_type(fd, BPF_PROG_TYPE_SOCKET_FILTER);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	program = kmalloc(sizeof(*program), GFP_KERNEL);
	if (!program) {
		bpf_prog_put(prog);
		return -ENOMEM;
	}
	program->prog = prog;
	program_replace(place, program);
	return 0;
}

void tun_program_destroy(struct tun_program __rcu **place)
{
	struct tun_program *old = rcu_dereference_protected(*place, 1);

	RCU_INIT_POINTER(*place, NULL);
	if (old)
		call_rcu(&old->rcu, program_free);
}
