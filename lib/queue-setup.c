// SPDX-License-Identifier: LGPL-2.1-or-later
#include "queue.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include "internal.h"

#define OFFLOAD_USO	(TUNKIT_OFFLOAD_USO4 | TUNKIT_OFFLOAD_USO6)

static int reset_byte_order(int fd)
{
	int set = 0;

	/* EINVAL: the kernel has no big-endian choice, so none is left. */
	if (!ioctl(fd, TUNGETVNETBE, &set) && set) {
		set = 0;
		if (ioctl(fd, TUNSETVNETBE, &set))
			return -errno;
	}
	set = 0;
	return ioctl(fd, TUNSETVNETLE, &set) ? -errno : 0;
}

/* The newest offloads are dropped first where the kernel refuses the set. */
static int offer_offload(int fd, unsigned int asked, unsigned int *offload)
{
	static const unsigned int without[] = {
		0, OFFLOAD_USO, OFFLOAD_USO | TUNKIT_OFFLOAD_TSO_ECN,
		~(unsigned int)TUNKIT_OFFLOAD_CSUM, ~0u,
	};
	size_t i;

	for (i = 0; i < TK_COUNT(without); i++) {
		*offload = asked & ~without[i];
		if (!ioctl(fd, TUNSETOFFLOAD, *offload))
			return 0;
		if (errno != EINVAL)
			return -errno;
	}
	return -EINVAL;
}

int tk_queue_set_up(struct tunkit_queue *queue,
		    const struct tunkit_queue_opts *opts, bool vnet_hdr)
{
	struct tk_queue_group *group = queue->group;
	int size = TUNKIT_VNET_SIZE, err = reset_byte_order(queue->fd);

	if (err)
		return err;
	if (vnet_hdr && opts->vnet_hdr_size)
		size = opts->vnet_hdr_size;
	if (ioctl(queue->fd, TUNSETVNETHDRSZ, &size))
		return -errno;
	group->header_size = size != TUNKIT_VNET_SIZE;
	err = offer_offload(queue->fd, vnet_hdr ? opts->offload : 0,
			    &queue->offload);
	atomic_store(&group->offload, !err && queue->offload);
	return err;
}
