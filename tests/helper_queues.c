// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Holds queues for the shell tests: helper_queues DEV [COUNT [FLAGS]].
 * FLAGS: m multi-queue, t TUN, p packet information, v virtio-net header.
 * COUNT 2 and more implies m.
 *
 * It says "pid PID fds FD FD ..." on standard output, then obeys one command a
 * line from standard input (or from the FIFO that HELPER_COMMANDS names: a
 * shell's background process has no standard input) and answers each with one
 * line:
 *   detach I, attach I	switch queue I (from 0)
 *   dup I		the new descriptor's number
 *   fork		the pid of a child that shares every queue
 *   hide		not dumpable any more: nobody may look into it
 *   read I		"frame LEN", or the error
 *   quit		also the end of input
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_QUEUES 256

static int fds[MAX_QUEUES];
static int count = 1;

static void die(const char *what)
{
	printf("error %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_queue(const char *device, int flags)
{
	struct ifreq request = { 0 };
	int fd = open("/dev/net/tun", O_RDWR);

	if (fd < 0)
		die("/dev/net/tun");
	snprintf(request.ifr_name, IFNAMSIZ, "%s", device);
	request.ifr_flags = flags;
	if (ioctl(fd, TUNSETIFF, &request))
		die("TUNSETIFF");
	return fd;
}

static int parse_flags(const char *letters)
{
	int flags = IFF_TAP | IFF_NO_PI;

	if (count > 1 || strchr(letters, 'm'))
		flags |= IFF_MULTI_QUEUE;
	if (strchr(letters, 't'))
		flags = (flags & ~IFF_TAP) | IFF_TUN;
	if (strchr(letters, 'p'))
		flags &= ~IFF_NO_PI;
	if (strchr(letters, 'v'))
		flags |= IFF_VNET_HDR;
	return flags;
}

static int set_queue(int index, int flags)
{
	struct ifreq request = { 0 };

	request.ifr_flags = flags;
	return ioctl(fds[index], TUNSETQUEUE, &request);
}

static void answer(int result)
{
	if (result < 0)
		printf("error %s\n", strerror(errno));
	else
		printf("ok %d\n", result);
}

static void read_frame(int index)
{
	struct pollfd ready = { .fd = fds[index], .events = POLLIN };
	char frame[65536];
	ssize_t len;

	if (poll(&ready, 1, 5000) != 1) {
		printf("error no frame\n");
		return;
	}
	len = read(fds[index], frame, sizeof(frame));
	if (len < 0)
		answer(-1);
	else
		printf("frame %zd\n", len);
}

static pid_t fork_idle(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static void obey(const char *line)
{
	char word[16] = "";
	int index = 0;

	if (sscanf(line, "%15s %d", word, &index) < 1 || index < 0 ||
	    index >= count)
		printf("error command\n");
	else if (!strcmp(word, "quit"))
		exit(0);
	else if (!strcmp(word, "detach"))
		answer(set_queue(index, IFF_DETACH_QUEUE));
	else if (!strcmp(word, "attach"))
		answer(set_queue(index, IFF_ATTACH_QUEUE));
	else if (!strcmp(word, "dup"))
		answer(dup(fds[index]));
	else if (!strcmp(word, "fork"))
		answer(fork_idle());
	else if (!strcmp(word, "hide"))
		answer(prctl(PR_SET_DUMPABLE, 0));
	else if (!strcmp(word, "read"))
		read_frame(index);
	else
		printf("error command\n");
}

int main(int argc, char **argv)
{
	const char *letters = argc > 3 ? argv[3] : "";
	const char *commands = getenv("HELPER_COMMANDS");
	char line[128];
	int flags;

	/* For writing too, so that the end of one writer is not the end. */
	if (commands && !freopen(commands, "r+e", stdin))
		die(commands);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		return 2;
	if (argc > 2)
		count = atoi(argv[2]);
	if (count < 1 || count > MAX_QUEUES)
		return 2;
	flags = parse_flags(letters);
	for (int i = 0; i < count; i++)
		fds[i] = open_queue(argv[1], flags);
	printf("pid %d fds", (int)getpid());
	for (int i = 0; i < count; i++)
		printf(" %d", fds[i]);
	printf("\n");
	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}
