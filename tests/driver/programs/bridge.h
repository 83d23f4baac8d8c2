/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the two bridges of the driver's document share: two devices, with the
 * packet information, as its examples open them, and a frame from one to the
 * other.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static inline int bridge_open(const char *kind, const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN };
	int fd = open("/dev/net/tun", O_RDWR);

	if (!strcmp(kind, "tap"))
		request.ifr_flags = IFF_TAP;
	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		perror(name);
		exit(1);
	}
	return fd;
}

/* bridge-... tun|tap DEVICE DEVICE */
static inline void bridge_arguments(int argc, char **argv, int fds[2])
{
	if (argc != 4) {
		fprintf(stderr, "usage: %s tun|tap DEVICE DEVICE\n", argv[0]);
		exit(2);
	}
	fds[0] = bridge_open(argv[1], argv[2]);
	fds[1] = bridge_open(argv[1], argv[3]);
}

/* False when there is none. A device that is down loses it, like any cable. */
static inline bool bridge_pass(int from, int to)
{
	char frame[65536];
	ssize_t len = read(from, frame, sizeof(frame));

	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (len < 0) {
		perror("read");
		exit(1);
	}
	if (write(to, frame, len) != len && errno != EIO) {
		perror("write");
		exit(1);
	}
	return true;
}

#endif /* BRIDGE_H */
