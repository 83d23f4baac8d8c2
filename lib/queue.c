// SPDX-License-Identifier: LGPL-2.1-or-later
#include "queue.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "list.h"
#include "ns.h"

/* Room for PI and any header size in use; the driver sets no upper bound. */
#define HEADERS_MAX	256

int tk_queue_flags(int fd, char name[TUNKIT_NAME_SIZE])
{
	struct ifreq ifr = { 0 };

	if (ioctl(fd, TUNGETIFF, &ifr))
		return -errno;
	if (name) {
		memcpy(name, ifr.ifr_name, TUNKIT_NAME_SIZE);
		name[TUNKIT_NAME_SIZE - 1] = '\0';
	}
	return (unsigned short)ifr.ifr_flags;
}

/* Without a choice the header is in the host's order: virtio's "legacy". */
static bool is_big_endian(int fd)
{
	int set = 0;

	if (!ioctl(fd, TUNGETVNETLE, &set) && set)
		return false;
	if (!ioctl(fd, TUNGETVNETBE, &set) && set)
		return true;
	return __BYTE_ORDER == __BIG_ENDIAN;
}

int tk_queue_read_layout(int fd, int flags, struct tunkit_layout *layout)
{
	int size = 0;

	layout->kind = flags & IFF_TUN ? TUNKIT_TUN : TUNKIT_TAP;
	layout->vnet_hdr_size = 0;
	layout->vnet_big_endian = is_big_endian(fd);
	if (!(flags & IFF_VNET_HDR))
		return 0;
	if (ioctl(fd, TUNGETVNETHDRSZ, &size))
		return -errno;
	if (size < TUNKIT_VNET_SIZE)
		return -EPROTO;
	layout->vnet_hdr_size = size;
	return 0;
}

int tk_queue_check_node(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -errno : tk_node_check(&st);
}

int tk_queue_copy(int pidfd, int fd)
{
	int copy = syscall(SYS_pidfd_getfd, pidfd, fd, 0), err;

	if (copy < 0)
		return -errno;
	err = tk_queue_check_node(copy);
	if (err) {
		close(copy);
		return err;
	}
	return copy;
}

/* Without ns, or when it does not have the device, PI stays unknown. */
static int pi_of(struct tunkit_ns *ns, const char *name)
{
	struct tunkit_device device;

	if (!ns || tunkit_device_find(ns, name, 0, &device))
		return -1;
	return device.pi;
}

int tunkit_queue_from_fd(struct tunkit_ns *ns, int fd,
			 struct tunkit_queue **result)
{
	struct tunkit_queue *queue;
	int err = tk_queue_check_node(fd), flags;

	if (err)
		return err;
	queue = calloc(1, sizeof(*queue));
	if (!queue)
		return -ENOMEM;
	flags = tk_queue_flags(fd, queue->device);
	err = flags < 0 ? flags :
		tk_queue_read_layout(fd, flags, &queue->layout);
	if (err) {
		free(queue);
		return err;
	}
	queue->layout.pi = pi_of(ns, queue->device);
	queue->fd = fd;
	*result = queue;
	return 0;
}

int tunkit_queue_borrow(pid_t pid, int fd, struct tunkit_queue **queue)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), copy, err;

	if (pidfd < 0)
		return -errno;
	copy = tk_queue_copy(pidfd, fd);
	close(pidfd);
	if (copy < 0)
		return copy;
	err = tunkit_queue_from_fd(NULL, copy, queue);
	if (err)
		close(copy);
	return err;
}

/* Whoever attached since reads headers of the size that was in force then. */
static bool is_shared(const struct tk_queue_group *group)
{
	struct tk_link link;

	return group->ns &&
	       !tk_link_by_index(group->ns, group->ifindex, &link) &&
	       !tk_queue_is_alone(&link.device);
}

/*
 * A later program on the same persistent device would otherwise read
 * segments of 64 KiB, or a header that it does not know of. Nothing helps
 * when this fails, and on a deleted device it does.
 */
static void take_back(int fd, struct tk_queue_group *group)
{
	int size = TUNKIT_VNET_SIZE;

	if (atomic_load(&group->offload))
		(void)ioctl(fd, TUNSETOFFLOAD, 0);
	if (group->header_size && !is_shared(group))
		(void)ioctl(fd, TUNSETVNETHDRSZ, &size);
}

static void group_free(struct tk_queue_group *group)
{
	tunkit_ns_close(group->ns);
	free(group);
}

void tunkit_queue_close(struct tunkit_queue *queue)
{
	struct tk_queue_group *group;

	if (!queue)
		return;
	group = queue->group;
	if (group && atomic_fetch_sub(&group->users, 1) == 1) {
		take_back(queue->fd, group);
		group_free(group);
	}
	close(queue->fd);
	free(queue);
}

int tunkit_queue_release(struct tunkit_queue *queue)
{
	struct tk_queue_group *group = queue->group;
	int fd = queue->fd;

	if (group && atomic_fetch_sub(&group->users, 1) == 1)
		group_free(group);
	free(queue);
	return fd;
}

int tunkit_queue_fd(const struct tunkit_queue *queue)
{
	return queue->fd;
}

const char *tunkit_queue_device(const struct tunkit_queue *queue)
{
	return queue->device;
}

const struct tunkit_layout *
tunkit_queue_layout(const struct tunkit_queue *queue)
{
	return &queue->layout;
}

unsigned int tunkit_queue_offload(const struct tunkit_queue *queue)
{
	return queue->offload;
}

int tunkit_queue_set_offload(struct tunkit_queue *queue, unsigned int offload)
{
	if (ioctl(queue->fd, TUNSETOFFLOAD, offload))
		return -errno;
	queue->offload = offload;
	if (queue->group)
		atomic_store(&queue->group->offload, true);
	return 0;
}

int tunkit_queue_state(const struct tunkit_queue *queue,
		       enum tunkit_queue_state *state)
{
	int flags = tk_queue_flags(queue->fd, NULL);

	if (flags < 0)
		return flags;
	*state = flags & IFF_DETACH_QUEUE ? TUNKIT_QUEUE_DETACHED :
					    TUNKIT_QUEUE_ATTACHED;
	return 0;
}

/* The driver says EINVAL to what is so already: ask before. */
static int set_state(struct tunkit_queue *queue,
		     enum tunkit_queue_state wanted)
{
	struct ifreq ifr = {
		.ifr_flags = wanted == TUNKIT_QUEUE_ATTACHED ?
			     IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE,
	};
	enum tunkit_queue_state state;
	int err = tunkit_queue_state(queue, &state);

	if (err || state == wanted)
		return err;
	return ioctl(queue->fd, TUNSETQUEUE, &ifr) ? -errno : 0;
}

int tunkit_queue_attach(struct tunkit_queue *queue)
{
	return set_state(queue, TUNKIT_QUEUE_ATTACHED);
}

int tunkit_queue_detach(struct tunkit_queue *queue)
{
	return set_state(queue, TUNKIT_QUEUE_DETACHED);
}

/*
 * Older drivers fill the first 10 bytes of a longer header and skip the rest,
 * where what the buffer had before would be taken for fields.
 */
static void clear_headers(const struct tunkit_layout *layout, void *buffer,
			  size_t size)
{
	size_t headers = TUNKIT_PI_SIZE + (size_t)layout->vnet_hdr_size;

	if (layout->vnet_hdr_size > TUNKIT_VNET_SIZE)
		memset(buffer, 0, headers < size ? headers : size);
}

ssize_t tunkit_queue_read(struct tunkit_queue *queue, void *buffer,
			  size_t size)
{
	ssize_t len;
	int err;

	clear_headers(&queue->layout, buffer, size);
	len = read(queue->fd, buffer, size);
	if (len >= 0)
		return len;
	err = -errno;
	/* A reader that slept while its device was deleted gets EFAULT. */
	if (err == -EFAULT && tk_queue_flags(queue->fd, NULL) == -EBADFD)
		return -EBADFD;
	return err;
}

int tunkit_queue_write(struct tunkit_queue *queue, const void *bytes,
		       size_t len)
{
	return write(queue->fd, bytes, len) < 0 ? -errno : 0;
}

int tunkit_queue_receive(struct tunkit_queue *queue, void *buffer,
			 size_t size, struct tunkit_frame *frame)
{
	ssize_t len = tunkit_queue_read(queue, buffer, size);

	if (len < 0)
		return len;
	return tunkit_frame_decode(&queue->layout, buffer, len, frame);
}

int tunkit_queue_send(struct tunkit_queue *queue,
		      const struct tunkit_frame *frame)
{
	uint8_t headers[HEADERS_MAX];
	ssize_t len = tunkit_frame_encode(&queue->layout, frame, headers,
					  sizeof(headers));
	struct iovec parts[] = {
		{ .iov_base = headers, .iov_len = len },
		{ .iov_base = (void *)frame->data, .iov_len = frame->len },
	};

	if (len < 0)
		return len;
	return writev(queue->fd, parts, 2) < 0 ? -errno : 0;
}
