/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals as a descriptor, so that a loop ends between two frames. */
#ifndef TUNCAT_SIGNALS_H
#define TUNCAT_SIGNALS_H

#include <spawn.h>

/*
 * Blocks the signals that end tuncat, SIGUSR1 and SIGCHLD, for all threads made
 * later, and ignores SIGPIPE and SIGXFSZ. What the parent ignores (nohup) stays
 * ignored. Returns a non-blocking descriptor that is readable when one waits,
 * or -errno.
 */
int signals_open(void);

/* A child gets back what the above has changed. 0 or an errno. */
int signals_restore(posix_spawnattr_t *child);

/* The next signal, 0: none. */
int signals_take(int fd);
/* The same, but those that end nothing are passed over. */
int signals_ending(int fd);

/* Ends the process by the signal, so that a shell sees what ended it. */
void signals_raise(int number);

#endif /* TUNCAT_SIGNALS_H */
