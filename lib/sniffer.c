// SPDX-License-Identifier: LGPL-2.1-or-later
/* A copy of what passes through a device, by a packet socket (packet(7)). */
#include "tunkit.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"
#include "internal.h"
#include "ns.h"

#define VLAN_HLEN	4		/* bytes of a tag */
#define BUFFER_LEAST	64
#define SOCKET_BUFFER	(8 << 20)	/* bytes that may wait for us */
#define PROLOGUE	3		/* instructions before the caller's */

struct tunkit_sniffer {
	int fd;
	int ifindex;
	enum tunkit_kind kind;
	bool down;		/* since the last frame */
	uint64_t dropped;
};

struct request {
	struct tunkit_sniffer *sniffer;
	const struct tunkit_sniffer_opts *opts;
};

/*
 * The program does not see a tag, which the kernel keeps beside the frame: so
 * tagged frames are let through, for the caller to look at. What the kernel
 * does not take is left to the caller altogether.
 */
static void attach_filter(int fd, const struct tunkit_sniffer_opts *opts)
{
	const struct sock_filter prologue[PROLOGUE] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
			 SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_filter program[BPF_MAXINSNS];
	struct sock_fprog all = { .filter = program };

	if (!opts->filter || opts->filter_len > BPF_MAXINSNS - PROLOGUE)
		return;
	memcpy(program, prologue, sizeof(prologue));
	memcpy(program + PROLOGUE, opts->filter,
	       opts->filter_len * sizeof(*opts->filter));
	all.len = (unsigned short)(opts->filter_len + PROLOGUE);
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &all, sizeof(all));
}

static int set_option(int fd, int option)
{
	const int on = 1;

	return setsockopt(fd, SOL_PACKET, option, &on, sizeof(on)) ? -errno : 0;
}

static void enlarge(int fd)
{
	const int size = SOCKET_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/* Bound last: until then it has no protocol, so no foreign frame gets in. */
static int open_socket(void *arg)
{
	const struct request *request = arg;
	struct tunkit_sniffer *sniffer = request->sniffer;
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = sniffer->ifindex,
	};
	int err;

	sniffer->fd = socket(AF_PACKET,
			     SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sniffer->fd < 0)
		return -errno;
	err = set_option(sniffer->fd, PACKET_VNET_HDR);
	if (!err)
		err = set_option(sniffer->fd, PACKET_AUXDATA);
	if (err)
		return err;
	enlarge(sniffer->fd);
	attach_filter(sniffer->fd, request->opts);
	if (bind(sniffer->fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return 0;
}

int tunkit_sniffer_open(struct tunkit_ns *ns,
			const struct tunkit_device *device,
			const struct tunkit_sniffer_opts *opts,
			struct tunkit_sniffer **result)
{
	struct tunkit_sniffer_opts o;
	struct request request = { .opts = &o };
	struct tunkit_sniffer *sniffer;
	int err = tk_opts_read(&o, sizeof(o), opts);

	if (err)
		return err;
	sniffer = calloc(1, sizeof(*sniffer));
	if (!sniffer)
		return -ENOMEM;
	sniffer->fd = -1;
	sniffer->ifindex = device->ifindex;
	sniffer->kind = device->kind;
	request.sniffer = sniffer;
	err = tk_ns_run(ns, open_socket, &request);
	if (err) {
		tunkit_sniffer_close(sniffer);
		return err;
	}
	*result = sniffer;
	return 0;
}

void tunkit_sniffer_close(struct tunkit_sniffer *sniffer)
{
	if (!sniffer)
		return;
	if (sniffer->fd >= 0)
		close(sniffer->fd);
	free(sniffer);
}

int tunkit_sniffer_fd(const struct tunkit_sniffer *sniffer)
{
	return sniffer->fd;
}

/* The socket is unbound when its device goes; no error says so. */
static bool is_gone(const struct tunkit_sniffer *sniffer)
{
	struct sockaddr_ll address;
	socklen_t len = sizeof(address);

	return getsockname(sniffer->fd, (struct sockaddr *)&address, &len) ||
	       address.sll_ifindex != sniffer->ifindex;
}

static int failed(struct tunkit_sniffer *sniffer, int err)
{
	if (err == -ENETDOWN)
		sniffer->down = true;
	return sniffer->down && is_gone(sniffer) ? -EBADFD : err;
}

/* The tag that the kernel has taken off, NULL: none. */
static const struct tpacket_auxdata *tag_of(struct msghdr *message)
{
	struct cmsghdr *header;

	for (header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR(message, header)) {
		const struct tpacket_auxdata *aux =
			(const void *)CMSG_DATA(header);

		if (header->cmsg_level == SOL_PACKET &&
		    header->cmsg_type == PACKET_AUXDATA &&
		    aux->tp_status & TP_STATUS_VLAN_VALID)
			return aux;
	}
	return NULL;
}

/* Puts the tag where it was; VLAN_HLEN bytes are free before the frame. */
static void insert_tag(struct tunkit_frame *frame, uint8_t *data,
		       const struct tpacket_auxdata *tag)
{
	uint8_t *begin = data - VLAN_HLEN;
	bool typed = tag->tp_status & TP_STATUS_VLAN_TPID_VALID;

	memmove(begin, data, 2 * ETH_ALEN);
	tk_put_be16(begin + 2 * ETH_ALEN, typed ? tag->tp_vlan_tpid :
		    ETH_P_8021Q);
	tk_put_be16(begin + 2 * ETH_ALEN + 2, tag->tp_vlan_tci);
	frame->data = begin;
	frame->len += VLAN_HLEN;
	if (frame->vnet.flags & TUNKIT_VNET_NEEDS_CSUM)
		frame->vnet.csum_start += VLAN_HLEN;
	if (frame->vnet.gso_type)
		frame->vnet.hdr_len += VLAN_HLEN;
}

/* The packet socket's header is in the byte order of the machine. */
static void decode(const struct tunkit_sniffer *sniffer, const uint8_t *header,
		   struct tunkit_frame *frame)
{
	const struct tunkit_layout layout = {
		.kind = sniffer->kind,
		.vnet_hdr_size = TUNKIT_VNET_SIZE,
		.vnet_big_endian = htons(1) == 1,
	};

	tunkit_frame_decode(&layout, header, TUNKIT_VNET_SIZE, frame);
}

int tunkit_sniffer_receive(struct tunkit_sniffer *sniffer, void *buffer,
			   size_t size, struct tunkit_frame *frame,
			   enum tunkit_direction *direction)
{
	uint8_t header[TUNKIT_VNET_SIZE] = { 0 };
	uint8_t *data = (uint8_t *)buffer + VLAN_HLEN;
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct sockaddr_ll from = { 0 };
	struct iovec iov[] = {
		{ header, sizeof(header) }, { data, size - VLAN_HLEN },
	};
	struct msghdr message = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = iov, .msg_iovlen = 2,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	const struct tpacket_auxdata *tag;
	ssize_t n;

	if (size < BUFFER_LEAST)
		return -EINVAL;
	n = recvmsg(sniffer->fd, &message, 0);
	if (n < 0)
		return failed(sniffer, -errno);
	if (n < TUNKIT_VNET_SIZE)
		return -EINVAL;
	sniffer->down = false;
	decode(sniffer, header, frame);
	frame->data = data;
	frame->len = (size_t)n - sizeof(header);
	if (sniffer->kind == TUNKIT_TUN) {
		frame->has_pi = true;
		frame->pi_proto = ntohs(from.sll_protocol);
	}
	if (message.msg_flags & MSG_TRUNC)
		frame->pi_flags |= TUNKIT_PI_STRIP;
	tag = sniffer->kind == TUNKIT_TAP && frame->len >= ETH_HLEN ?
	      tag_of(&message) : NULL;
	if (tag)
		insert_tag(frame, data, tag);
	*direction = from.sll_pkttype == PACKET_OUTGOING ?
		     TUNKIT_FROM_KERNEL : TUNKIT_TO_KERNEL;
	return 0;
}

uint64_t tunkit_sniffer_dropped(struct tunkit_sniffer *sniffer)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);

	/* The kernel begins anew with each answer. */
	if (!getsockopt(sniffer->fd, SOL_PACKET, PACKET_STATISTICS, &stats,
			&len))
		sniffer->dropped += stats.tp_drops;
	return sniffer->dropped;
}
