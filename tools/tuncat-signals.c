// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-signals.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 };

static sigset_t inherited;		/* what was blocked before */
/* What a write would end us by; it fails instead. */
static const int writing[] = { SIGPIPE, SIGXFSZ };
static sigset_t not_ignored;		/* of these, before */

/* A parent that ignores SIGCHLD takes the status of our children away. */
static void expect_children(sigset_t *set)
{
	signal(SIGCHLD, SIG_DFL);
	sigaddset(set, SIGCHLD);
}

static void ignore_writing(void)
{
	sigemptyset(&not_ignored);
	for (size_t i = 0; i < sizeof(writing) / sizeof(writing[0]); i++)
		if (signal(writing[i], SIG_IGN) != SIG_IGN)
			sigaddset(&not_ignored, writing[i]);
}

int signals_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	expect_children(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		struct sigaction old;

		if (!sigaction(caught[i], NULL, &old) &&
		    old.sa_handler != SIG_IGN)
			sigaddset(&set, caught[i]);
	}
	ignore_writing();
	if (sigprocmask(SIG_BLOCK, &set, &inherited))
		return -errno;
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int signals_restore(posix_spawnattr_t *child)
{
	int err = posix_spawnattr_setsigdefault(child, &not_ignored);

	if (!err)
		err = posix_spawnattr_setsigmask(child, &inherited);
	if (!err)
		err = posix_spawnattr_setflags(child, POSIX_SPAWN_SETSIGDEF |
					       POSIX_SPAWN_SETSIGMASK);
	return err;
}

int signals_take(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return info.ssi_signo;
}

int signals_ending(int fd)
{
	int number;

	do {
		number = signals_take(fd);
	} while (number == SIGCHLD || number == SIGUSR1);
	return number;
}

void signals_raise(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	raise(number);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
