/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals as a descriptor, so that a loop ends between two frames. */
#ifndef TUNCAT_SIGNALS_H
#define TUNCAT_SIGNALS_H

/*
 * Blocks the signals that end tuncat and SIGUSR1, for all threads made later,
 * and ignores SIGPIPE. What the parent ignores (nohup) stays ignored. Returns
 * a non-blocking descriptor that is readable when one waits, or -errno.
 */
int signals_open(void);

/* The next signal, 0: none. */
int signals_take(int fd);

/* Ends the process by the signal, so that a shell sees what ended it. */
void signals_raise(int number);

#endif /* TUNCAT_SIGNALS_H */
