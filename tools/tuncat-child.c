// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "message.h"
#include "tuncat-signals.h"

#define GRACE_MS 1000		/* to end by itself, and after SIGTERM */
#define AS_NOBODY "it ran as nobody, without keys or files of its own; " \
		  "-U USER runs it as USER"
#define PIPE_BYTES (1 << 20)	/* what a user may have without privilege */

extern char **environ;

/* ends[0] is the one to read from. */
static int make_way(bool messages, int ends[2])
{
	if (messages)
		return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				  ends) ? -errno : 0;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	/* Fewer switches between the two; the usual size will do as well. */
	(void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
	return 0;
}

int child_prepare(struct child *child, const struct options *options,
		  enum tunkit_kind kind)
{
	bool messages = kind == TUNKIT_TAP &&
			(!options->format ||
			 options->format == TUNKIT_FORMAT_RAW);
	int ends[2], err;

	*child = (struct child)CHILD_NONE;
	if (!options->command)
		return 0;
	child->command = options->command;
	child->name = child->command[0];
	child->remedy = options->user ? NULL : AS_NOBODY;
	if (!options->send_only) {
		err = make_way(messages, ends);
		if (err)
			return err;
		child->theirs[0] = ends[0];
		child->input = ends[1];
	}
	if (!options->recv_only && !options->sniff) {
		err = make_way(messages, ends);
		if (err)
			return err;
		child->theirs[1] = ends[1];
		child->output = ends[0];
	}
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* As login does: a program looks for its files in HOME. */
static void set_environment(const struct privilege_user *user)
{
	const struct passwd *entry = user->change ? getpwuid(user->uid) : NULL;

	if (!entry)
		return;
	setenv("HOME", entry->pw_dir, 1);
	setenv("USER", entry->pw_name, 1);
	setenv("LOGNAME", entry->pw_name, 1);
}

static int spawn(struct child *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int err = posix_spawnattr_init(&attributes);

	if (err)
		return err;
	err = posix_spawn_file_actions_init(&actions);
	if (err) {
		posix_spawnattr_destroy(&attributes);
		return err;
	}
	for (int fd = 0; fd < 2 && !err; fd++)
		if (child->theirs[fd] >= 0)
			err = posix_spawn_file_actions_adddup2(&actions,
							child->theirs[fd], fd);
	if (!err)
		err = signals_restore(&attributes);
	if (!err)
		err = posix_spawnp(&child->pid, child->command[0], &actions,
				   &attributes, child->command, environ);
	if (err)
		child->pid = 0;
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return err;
}

int child_start(struct child *child, const struct privilege_user *user)
{
	int err;

	if (!child->command)
		return 0;
	if (!user->change)
		child->remedy = NULL;
	set_environment(user);
	err = spawn(child);
	close_fd(&child->theirs[0]);
	close_fd(&child->theirs[1]);
	if (!err)
		return 0;
	command_failed(child->name, err, child->remedy);
	return TUNKIT_STATUS_FAILED;
}

void child_reap(struct child *child)
{
	/* Whoever became tuncat by exec may have had children of its own. */
	if (child->pid <= 0 ||
	    waitpid(child->pid, &child->wait_status, WNOHANG) != child->pid)
		return;
	child->pid = 0;
	child->ended = true;
}

int child_status(const struct child *child)
{
	struct tunkit_diagnosis diagnosis = { .status = TUNKIT_STATUS_FAILED };
	char name[256];

	if (child->stopped || !child->wait_status)
		return 0;
	tunkit_escape(name, sizeof(name), child->name);
	if (WIFEXITED(child->wait_status))
		snprintf(diagnosis.cause, sizeof(diagnosis.cause),
			 "exited with status %d",
			 WEXITSTATUS(child->wait_status));
	else
		snprintf(diagnosis.cause, sizeof(diagnosis.cause),
			 "ended by signal %d (%s)",
			 WTERMSIG(child->wait_status),
			 strsignal(WTERMSIG(child->wait_status)));
	snprintf(diagnosis.remedy, sizeof(diagnosis.remedy), "%s",
		 child->remedy ? child->remedy : "");
	return message_diagnosis(name, &diagnosis);
}

/* Until the child ends, a signal, which is returned, or the time. */
static int wait_for_end(struct child *child, int signals)
{
	struct pollfd fd = { .fd = signals, .events = POLLIN };
	int number;

	while (child->pid > 0 && poll(&fd, 1, GRACE_MS) > 0) {
		number = signals_ending(signals);
		if (number)
			return number;
		child_reap(child);
	}
	return 0;
}

int child_finish(struct child *child, int signals, bool hurry)
{
	int number = 0;

	close_fd(&child->theirs[0]);
	close_fd(&child->theirs[1]);
	close_fd(&child->input);
	close_fd(&child->output);
	child_reap(child);
	if (child->pid > 0 && !hurry)
		number = wait_for_end(child, signals);
	if (child->pid > 0) {
		int later;

		child->stopped = true;
		kill(child->pid, SIGTERM);
		later = wait_for_end(child, signals);
		number = number ? number : later;
	}
	if (child->pid > 0) {
		kill(child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
		child->pid = 0;
	}
	return number;
}
