// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * frames send DEV BYTES SECONDS [bypass|qdisc]: Ethernet frames of an unassigned
 *	type as fast as they go; prints how many, and how many of them were
 *	dropped because the device's queue was full
 * frames count: reads standard input to its end; prints bytes
 * frames hold DEV...: has a queue of each; prints a line, waits to be killed
 * frames loop DEV: one read and one write a frame, the plain way to dump
 * frames join DEV DEV: poll, read and write, the plain way to bridge
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ETHERTYPE	0x88b5	/* for experiments: nobody takes it */
#define FRAME_MAX	2048
#define SLOTS		256
#define DATA_OFFSET	(TPACKET2_HDRLEN - sizeof(struct sockaddr_ll))

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

struct flood {
	int fd;
	uint8_t *ring;
	size_t slot;		/* bytes of a frame with its header */
	unsigned int slots;
};

static int open_packet(const char *device, int bypass)
{
	const int version = TPACKET_V2, header = 1;
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE),
		.sll_ifindex = if_nametoindex(device),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die(device);
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass,
		       sizeof(bypass)))
		die("PACKET_QDISC_BYPASS");
	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version,
		       sizeof(version)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &header,
		       sizeof(header)))
		die("PACKET_VNET_HDR");
	return fd;
}

/*
 * Each slot has the same frame for good. All of it is "header", which is
 * copied: of the rest the kernel would lend its reader the pages of the ring,
 * at a price that frames of other senders do not have.
 */
static void fill_ring(struct flood *flood, size_t len)
{
	static const uint8_t start[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2,
					 ETHERTYPE >> 8, ETHERTYPE & 255 };
	const struct virtio_net_hdr vnet = { .hdr_len = len };

	for (unsigned int i = 0; i < flood->slots; i++) {
		struct tpacket2_hdr *slot = (void *)(flood->ring +
						     i * flood->slot);
		uint8_t *data = (uint8_t *)slot + DATA_OFFSET;

		slot->tp_len = sizeof(vnet) + len;
		memcpy(data, &vnet, sizeof(vnet));
		memcpy(data + sizeof(vnet), start, sizeof(start));
	}
}

/* The ring costs a sender the least: it is to be faster than any reader. */
static void open_flood(struct flood *flood, const char *device, size_t len,
		       int bypass)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct tpacket_req request = { .tp_block_nr = 1 };

	flood->fd = open_packet(device, bypass);
	flood->slot = TPACKET_ALIGN(DATA_OFFSET + sizeof(struct virtio_net_hdr)
				    + len);
	request.tp_frame_size = flood->slot;
	request.tp_block_size = (SLOTS * flood->slot + page - 1) / page * page;
	request.tp_frame_nr = request.tp_block_size / flood->slot;
	flood->slots = request.tp_frame_nr;
	if (setsockopt(flood->fd, SOL_PACKET, PACKET_TX_RING, &request,
		       sizeof(request)))
		die("PACKET_TX_RING");
	flood->ring = mmap(NULL, request.tp_block_size,
			   PROT_READ | PROT_WRITE, MAP_SHARED, flood->fd, 0);
	if (flood->ring == MAP_FAILED)
		die("mmap");
	fill_ring(flood, len);
}

/* Hands all free slots to the kernel; returns how many. */
static unsigned long offer(struct flood *flood)
{
	unsigned long count = 0;

	for (unsigned int i = 0; i < flood->slots; i++) {
		volatile struct tpacket2_hdr *slot =
			(void *)(flood->ring + i * flood->slot);

		if (slot->tp_status != TP_STATUS_AVAILABLE)
			continue;
		slot->tp_status = TP_STATUS_SEND_REQUEST;
		count++;
	}
	return count;
}

static int send_frames(const char *device, size_t len, double seconds,
		       int bypass)
{
	unsigned long offered = 0, dropped = 0;
	struct flood flood;
	bool again = false;
	double end;

	if (len < ETH_HLEN || len > FRAME_MAX) {
		errno = EMSGSIZE;
		die("send");
	}
	open_flood(&flood, device, len, bypass);
	for (end = now() + seconds; now() < end;) {
		if (!again)
			offered += offer(&flood);
		/* A frame that is dropped keeps its slot, to be sent again. */
		again = send(flood.fd, NULL, 0, MSG_DONTWAIT) < 0;
		if (again && errno != ENOBUFS)
			die("send");
		dropped += again;
	}
	printf("%lu %lu\n", offered + dropped, dropped);
	return 0;
}

static int count_bytes(void)
{
	static char buffer[256 * 1024];
	unsigned long total = 0;
	ssize_t n;

	while ((n = read(0, buffer, sizeof(buffer))) > 0)
		total += n;
	printf("%lu\n", total);
	return 0;
}

static int open_tap(const char *device)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR);

	if (strncmp(device, "tun", 3) == 0)
		request.ifr_flags = IFF_TUN | IFF_NO_PI;
	strncpy(request.ifr_name, device, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		die(device);
	return fd;
}

static int hold(char **devices)
{
	while (*devices)
		open_tap(*devices++);
	puts("held");
	fflush(stdout);
	pause();
	return 0;
}

static int loop(const char *device)
{
	static char buffer[65536];
	int fd = open_tap(device);
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		if (write(1, buffer, n) != n)
			return 0;
	return 1;
}

static int join(const char *a, const char *b)
{
	static char buffer[65536];
	struct pollfd fds[] = {
		{ .fd = open_tap(a), .events = POLLIN },
		{ .fd = open_tap(b), .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0)
		for (int i = 0; i < 2; i++) {
			ssize_t n;

			if (!fds[i].revents)
				continue;
			n = read(fds[i].fd, buffer, sizeof(buffer));
			if (n < 0)
				return 1;
			/* A link that is not up yet refuses frames. */
			if (write(fds[!i].fd, buffer, n) < 0 && errno != EIO)
				return 1;
		}
	return 1;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "send"))
		return send_frames(argv[2], strtoul(argv[3], NULL, 10),
				   strtod(argv[4], NULL),
				   argc > 5 && !strcmp(argv[5], "bypass"));
	if (argc == 2 && !strcmp(argv[1], "count"))
		return count_bytes();
	if (argc >= 3 && !strcmp(argv[1], "hold"))
		return hold(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "loop"))
		return loop(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "join"))
		return join(argv[2], argv[3]);
	fprintf(stderr, "usage: frames send DEV BYTES SECONDS [bypass|qdisc] | "
		"count | hold DEV... | loop DEV | join DEV DEV\n");
	return 2;
}
