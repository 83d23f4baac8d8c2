// SPDX-License-Identifier: GPL-2.0-or-later
/* A process in the background that says when it is ready. */
#include "tunq.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "message.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What the pidfile says, or 0. */
static pid_t read_pid(const struct tunq_daemon *daemon)
{
	char text[16] = "";
	int fd = openat(daemon->dir, base_name(daemon->pidfile),
			O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t len;
	long pid;

	if (fd < 0)
		return 0;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return 0;
	pid = strtol(text, NULL, 10);
	return pid > 0 && pid <= INT_MAX ? pid : 0;
}

/* A number in an old file may belong to anyone by now. */
static bool is_tunq(pid_t pid)
{
	char path[40], comm[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(comm, sizeof(comm), file))
		comm[0] = '\0';
	fclose(file);
	return !strcmp(comm, "tunq\n");
}

int tunq_daemon_prepare(struct tunq_daemon *daemon, const char *pidfile)
{
	char folder[PATH_MAX], shown[256];
	size_t len;
	pid_t pid;

	daemon->pidfile = pidfile;
	daemon->dir = daemon->ready = -1;
	if (!pidfile)
		return 0;
	tunkit_escape(shown, sizeof(shown), pidfile);
	len = base_name(pidfile) - pidfile;
	if (!*base_name(pidfile) || len >= sizeof(folder)) {
		message_error("'%s' is not the name of a file", shown);
		return TUNKIT_STATUS_USAGE;
	}
	/* Kept open: a relative name stays right after chdir(). */
	snprintf(folder, sizeof(folder), "%.*s", (int)len, len ? pidfile : "");
	daemon->dir = open(len ? folder : ".",
			   O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (daemon->dir < 0 || faccessat(daemon->dir, ".", W_OK, AT_EACCESS)) {
		message_error("%s: %s", shown, strerror(errno));
		return TUNKIT_STATUS_FAILED;
	}
	pid = read_pid(daemon);
	if (!pid || !is_tunq(pid))
		return 0;
	return tunq_refuse(pidfile, TUNKIT_STATUS_STATE,
			   "stop it, or name another file",
			   "belongs to process %d, which runs", (int)pid);
}

/* The process that was started waits here for the one that stays. */
static void wait_ready(int fd)
{
	unsigned char status;
	ssize_t got;

	do
		got = read(fd, &status, 1);
	while (got < 0 && errno == EINTR);
	/* Without an answer it died, having said why if it could. */
	_exit(got == 1 ? status : TUNKIT_STATUS_FAILED);
}

static int to_null(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (int std = 0; std <= 2; std++)
		if (dup2(fd, std) < 0)
			return -errno;
	if (fd > 2)
		close(fd);
	return 0;
}

int tunq_daemon_fork(struct tunq_daemon *daemon)
{
	int fds[2];
	pid_t pid;

	fflush(NULL);
	if (pipe2(fds, O_CLOEXEC))
		goto fail;
	pid = fork();
	if (pid < 0)
		goto fail;
	if (pid) {
		close(fds[1]);
		wait_ready(fds[0]);
	}
	close(fds[0]);
	daemon->ready = fds[1];
	/* A session of its own, and no leader: it never gets a terminal. */
	if (setsid() < 0)
		goto fail;
	pid = fork();
	if (pid < 0)
		goto fail;
	if (pid)
		_exit(0);
	return 0;
fail:
	message_error("cannot go into the background: %s", strerror(errno));
	return TUNKIT_STATUS_FAILED;
}

/* A reader sees no file, or the whole of it: written aside, then renamed. */
static int write_pidfile(const struct tunq_daemon *daemon)
{
	const char *name = base_name(daemon->pidfile);
	char aside[NAME_MAX + 32];
	int fd, err = 0;

	snprintf(aside, sizeof(aside), ".%.200s.%d", name, (int)getpid());
	unlinkat(daemon->dir, aside, 0);
	fd = openat(daemon->dir, aside,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%d\n", (int)getpid()) < 0)
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && renameat(daemon->dir, aside, daemon->dir, name))
		err = -errno;
	if (err)
		unlinkat(daemon->dir, aside, 0);
	return err;
}

/* sd_notify(3) in one datagram; nobody listening is no failure. */
static void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char message[256];
	socklen_t len;
	int fd;

	if (!path || (*path != '/' && *path != '@') || !path[1] ||
	    strlen(path) >= sizeof(to.sun_path))
		return;
	len = offsetof(struct sockaddr_un, sun_path) + strlen(path);
	memcpy(to.sun_path, path, strlen(path));
	if (*path == '@')
		to.sun_path[0] = '\0';
	snprintf(message, sizeof(message), "READY=1\nMAINPID=%d\nSTATUS=%s\n",
		 (int)getpid(), text);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, message, strlen(message), MSG_NOSIGNAL,
		   (struct sockaddr *)&to, len) < 0)
		message_verbose("NOTIFY_SOCKET: %s", strerror(errno));
	close(fd);
}

int tunq_daemon_ready(struct tunq_daemon *daemon, const char *text)
{
	unsigned char status = 0;
	char shown[256];
	int err = 0;

	if (daemon->pidfile) {
		err = write_pidfile(daemon);
		tunkit_escape(shown, sizeof(shown), daemon->pidfile);
	}
	if (err) {
		message_error("%s: %s", shown, strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	notify(text);
	if (daemon->ready < 0)
		return 0;

	err = to_null();
	if (!err && chdir("/"))
		err = -errno;
	if (err) {
		message_error("cannot go into the background: %s",
			      strerror(-err));
		tunq_daemon_end(daemon);
		return TUNKIT_STATUS_FAILED;
	}
	if (write(daemon->ready, &status, 1) != 1)
		message_verbose("the process that started this one is gone");
	close(daemon->ready);
	daemon->ready = -1;
	return 0;
}

void tunq_daemon_end(struct tunq_daemon *daemon)
{
	/* Another one may have taken the file over. */
	if (daemon->pidfile && read_pid(daemon) == getpid())
		unlinkat(daemon->dir, base_name(daemon->pidfile), 0);
}
