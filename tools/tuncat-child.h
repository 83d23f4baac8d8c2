/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command of --exec: its standard input gets frames, its standard output
 * gives some. It has the rights of tuncat once those are given up: none.
 */
#ifndef TUNCAT_CHILD_H
#define TUNCAT_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "privilege.h"
#include "tuncat-options.h"

struct child {
	char **command;		/* NULL: there is none */
	const char *name;	/* of the command, for messages */
	int input;		/* our end of its standard input, -1: it has */
	int output;		/* and output                     ours */
	int theirs[2];		/* its ends, before it is started */
	const char *remedy;	/* for its failure, NULL: none is known */
	pid_t pid;		/* 0: not started, or gone */
	bool ended;
	bool stopped;		/* that was our doing */
	int wait_status;	/* once ended */
};

#define CHILD_NONE { .input = -1, .output = -1, .theirs = { -1, -1 } }

/*
 * Makes the ways to the command: pipes, and for raw Ethernet frames sockets
 * that keep them apart. -S leaves it our standard input, -R our standard
 * output. Before privileges are given up. 0 or -errno.
 */
int child_prepare(struct child *child, const struct options *options,
		  enum tunkit_kind kind);

/* Runs it; after privileges are given up. Returns an exit status. */
int child_start(struct child *child, const struct privilege_user *user);

/* Upon SIGCHLD: whether it was this child. */
void child_reap(struct child *child);

/* Of one that has ended by itself: 0, or 1 after a message how. */
int child_status(const struct child *child);

/*
 * Closes the ways, so that the command reads and writes no more; waits a
 * moment for its end, then ends it: at once when hurry is set or a signal
 * comes (signals is signals_open()'s). Nothing is left of it. Returns the
 * signal that came meanwhile, or 0.
 */
int child_finish(struct child *child, int signals, bool hurry);

#endif /* TUNCAT_CHILD_H */
