// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"
#include "tuncat-signals.h"

#define LOOK_MS 50	/* nothing tells that a FIFO has got a reader */

int file_failed(const char *path, const char *why, int status)
{
	char name[300];

	tunkit_escape(name, sizeof(name), path);
	message_error("%s: %s", name, why);
	return status;
}

/* A socket that is a file gives the same error. */
static bool lacks_reader(const char *path, int error)
{
	struct stat file;

	return error == ENXIO && !stat(path, &file) &&
	       S_ISFIFO(file.st_mode);
}

static void say_waits(const char *path, bool *said)
{
	char name[300];

	if (*said)
		return;
	*said = true;
	tunkit_escape(name, sizeof(name), path);
	message_note("%s: waits for a reader", name);
}

/* A moment. What has ended the wait: an exit status, or 0: it goes on. */
static int wait_a_moment(struct device devices[2], int signals, int *number)
{
	struct pollfd fds[] = {
		{ .fd = devices[0].queue ? device_fd(&devices[0]) : -1 },
		{ .fd = devices[1].queue ? device_fd(&devices[1]) : -1 },
		{ .fd = signals, .events = POLLIN },
	};

	poll(fds, 3, LOOK_MS);
	*number = signals_ending(signals);
	if (*number)
		return TUNKIT_STATUS_FAILED;
	for (int i = 0; i < 2; i++)
		if (fds[i].revents & POLLERR)
			return device_failed(&devices[i], TUNKIT_OP_READ,
					     -EBADFD);
	return 0;
}

int file_open(const char *path, struct device devices[2], int signals,
	      int *fd, int *number)
{
	bool said = false;
	int status = 0;

	while (!status) {
		*fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK,
			   0666);
		if (*fd >= 0)
			return 0;
		if (!lacks_reader(path, errno))
			return file_failed(path, strerror(errno),
					   TUNKIT_STATUS_FAILED);
		say_waits(path, &said);
		status = wait_a_moment(devices, signals, number);
	}
	return status;
}
