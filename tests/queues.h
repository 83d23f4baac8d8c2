/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of queues share. */
#ifndef QUEUES_H
#define QUEUES_H

#include "devices.h"

#define OFFLOAD (TUNKIT_OFFLOAD_CSUM | TUNKIT_OFFLOAD_TSO4)

static inline int open_count(const char *name, unsigned int flags,
			     size_t count, struct tunkit_queue **queues)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);

	opts.flags = flags;
	return tunkit_queue_open(ns, name, &opts, count, queues);
}

static inline int open_one(const char *name, unsigned int flags,
			   struct tunkit_queue **queue)
{
	return open_count(name, flags, 1, queue);
}

static inline int open_offload(const char *name, unsigned int flags,
			       struct tunkit_queue **queue)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);

	opts.flags = flags | TUNKIT_QUEUE_VNET_HDR;
	opts.vnet_hdr_size = TUNKIT_VNET_SIZE_MRG;
	opts.offload = OFFLOAD;
	return tunkit_queue_open(ns, name, &opts, 1, queue);
}

static inline int header_size(int fd)
{
	int size = 0;

	return ioctl(fd, TUNGETVNETHDRSZ, &size) ? -errno : size;
}

/* Persistent devices of one test must not meet those of the next. */
static inline void clear(void)
{
	struct tunkit_device_list *list;
	size_t i;

	CHECK_INT(tunkit_device_list(ns, 0, &list), 0);
	for (i = 0; i < tunkit_device_list_count(list); i++)
		netns_delete(tunkit_device_list_at(list, i)->ifindex);
	tunkit_device_list_free(list);
}

static inline int queues_main(const struct check_test tests[], size_t count,
			      int argc, char **argv)
{
	int status;

	if (!netns_enter() || tunkit_ns_open(NULL, NULL, &ns)) {
		printf("1..0 # SKIP no network namespace, or no /dev/net/tun\n");
		return EXIT_SUCCESS;
	}
	alarm(120);
	status = check_main(tests, count, argc, argv);
	tunkit_ns_close(ns);
	return status;
}

#endif /* QUEUES_H */
