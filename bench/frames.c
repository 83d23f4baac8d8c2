// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * frames send DEV BYTES SECONDS [bypass]: Ethernet frames of an unassigned
 *	type as fast as they go; prints frames and frames a second
 * frames count: reads standard input to its end; prints bytes
 * frames loop DEV: one read and one write a frame, the plain way to dump
 * frames join DEV DEV: poll, read and write, the plain way to bridge
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64

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

static int open_packet(const char *device, int bypass)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(device),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die(device);
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass,
		       sizeof(bypass)))
		die("PACKET_QDISC_BYPASS");
	return fd;
}

static int send_frames(const char *device, size_t len, double seconds,
		       int bypass)
{
	static unsigned char frame[65536] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0,
					      2, 0x88, 0xb5 };
	struct iovec iov = { .iov_base = frame, .iov_len = len };
	int fd = open_packet(device, bypass);
	struct mmsghdr messages[BATCH] = { 0 };
	double start = now(), end;
	unsigned long sent = 0;

	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &iov,
						       .msg_iovlen = 1 };
	do {
		int n = sendmmsg(fd, messages, BATCH, 0);

		if (n > 0)
			sent += n;
		else if (errno != ENOBUFS)
			die("sendmmsg");
		end = now();
	} while (end - start < seconds);
	printf("%lu %.0f\n", sent, sent / (end - start));
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
				   strtod(argv[4], NULL), argc > 5);
	if (argc == 2 && !strcmp(argv[1], "count"))
		return count_bytes();
	if (argc == 3 && !strcmp(argv[1], "loop"))
		return loop(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "join"))
		return join(argv[2], argv[3]);
	fprintf(stderr, "usage: frames send DEV BYTES SECONDS [bypass] | "
		"count | loop DEV | join DEV DEV\n");
	return 2;
}
