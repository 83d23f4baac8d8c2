// SPDX-License-Identifier: GPL-2.0-or-later
/* A bridge that sleeps until SIGIO says that a device has something. */
#include "bridge.h"

#include <signal.h>

static void wake_up(int number)
{
	(void)number;
}

static void ask_for_signals(int fd)
{
	if (fcntl(fd, F_SETOWN, getpid()) < 0 ||
	    fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK) < 0) {
		perror("fcntl");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = wake_up };
	sigset_t blocked, others;
	int fds[2];

	/* One that comes while frames pass waits for sigsuspend(). */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGIO);
	sigprocmask(SIG_BLOCK, &blocked, &others);
	sigaction(SIGIO, &action, NULL);
	bridge_arguments(argc, argv, fds);
	ask_for_signals(fds[0]);
	ask_for_signals(fds[1]);
	for (;;) {
		while (bridge_pass(fds[0], fds[1]) | bridge_pass(fds[1], fds[0]))
			;
		sigsuspend(&others);
	}
}
