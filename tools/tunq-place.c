// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptors at the places where a command finds them. */
#include "tunq.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What the tools open themselves is closed on exec, what they inherit is not. */
static bool is_inherited(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && !(flags & FD_CLOEXEC);
}

int tunq_find_gap(unsigned int count)
{
	int limit = sysconf(_SC_OPEN_MAX), first = TUNQ_FIRST_FD;

	for (int fd = TUNQ_FIRST_FD; fd < limit && fd - first < (int)count; fd++)
		if (is_inherited(fd))
			first = fd + 1;
	return first;
}

/*
 * Each is first copied above all places, for one descriptor may stand where
 * another has to go.
 */
int tunq_place(int fds[], unsigned int count, int first_fd)
{
	int above = first_fd + (int)count;

	for (unsigned int i = 0; i < count; i++) {
		int copy = fcntl(fds[i], F_DUPFD_CLOEXEC, above);

		if (copy < 0)
			return -errno;
		close(fds[i]);
		fds[i] = copy;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (dup2(fds[i], first_fd + (int)i) < 0)
			return -errno;
		close(fds[i]);
	}
	return 0;
}
