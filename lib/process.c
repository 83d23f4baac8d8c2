// SPDX-License-Identifier: LGPL-2.1-or-later
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KERNEL_THREAD	0x00200000u	/* PF_KTHREAD in /proc/PID/stat */

ssize_t tk_proc_read(int dirfd, const char *path, char *text, size_t size)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t part;

	if (fd < 0)
		return -errno;
	do {
		part = read(fd, text + len, size - 1 - len);
		if (part > 0)
			len += part;
	} while (part > 0 && len < size - 1);
	if (part < 0)
		part = -errno;
	close(fd);
	text[len] = '\0';
	return part < 0 ? part : (ssize_t)len;
}

pid_t tk_proc_pid(const char *name)
{
	char *end;
	long pid;

	if (*name < '1' || *name > '9')
		return 0;
	errno = 0;
	pid = strtol(name, &end, 10);
	return errno || *end || pid > INT_MAX ? 0 : pid;
}

bool tk_proc_is_hollow(int proc, pid_t pid)
{
	char path[32], text[1024], *rest;
	unsigned int flags;
	char state;

	snprintf(path, sizeof(path), "%d/stat", pid);
	if (tk_proc_read(proc, path, text, sizeof(text)) < 0)
		return true;
	/* The name stands in parentheses and may hold some of its own. */
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %u", &state,
			    &flags) != 2)
		return false;
	return state == 'Z' || state == 'X' || flags & KERNEL_THREAD;
}

bool tk_proc_identity(int proc, pid_t pid, uid_t *uid, char *command,
		      size_t size)
{
	char path[32], text[4096], *line;
	ssize_t len;

	snprintf(path, sizeof(path), "%d/comm", pid);
	len = tk_proc_read(proc, path, command, size);
	if (len < 0)
		return false;
	if (len && command[len - 1] == '\n')
		command[len - 1] = '\0';
	snprintf(path, sizeof(path), "%d/status", pid);
	if (tk_proc_read(proc, path, text, sizeof(text)) < 0)
		return false;
	/* A line of its own: the name's control bytes are escaped there. */
	line = strstr(text, "\nUid:");
	return line && sscanf(line, "\nUid: %u", uid) == 1;
}
