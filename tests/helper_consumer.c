// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads one frame from each of its queues: helper_consumer FD:FD... or, without
 * an argument, the descriptors that LISTEN_FDS and LISTEN_PID give. It says
 * "ready", then "FD LEN" for each frame in the order of the descriptors.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fds[256];

static int from_argument(char *list)
{
	int count = 0;

	for (char *word = strtok(list, ":"); word && count < 256;
	     word = strtok(NULL, ":"))
		fds[count++] = atoi(word);
	return count;
}

static int from_environment(void)
{
	const char *pid = getenv("LISTEN_PID"), *number = getenv("LISTEN_FDS");
	int count;

	if (!pid || !number || atoi(pid) != getpid())
		return 0;
	count = atoi(number);
	for (int i = 0; i < count && i < 256; i++)
		fds[i] = 3 + i;
	return count < 256 ? count : 256;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? from_argument(argv[1]) : from_environment();
	char frame[65536];

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!count) {
		printf("no descriptors\n");
		return 1;
	}
	printf("ready\n");
	for (int i = 0; i < count; i++) {
		struct pollfd ready = { .fd = fds[i], .events = POLLIN };
		ssize_t len;

		if (poll(&ready, 1, 10000) != 1) {
			printf("%d none\n", fds[i]);
			return 1;
		}
		len = read(fds[i], frame, sizeof(frame));
		if (len < 0) {
			printf("%d %s\n", fds[i], strerror(errno));
			return 1;
		}
		printf("%d %zd\n", fds[i], len);
	}
	return 0;
}
