/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools say on standard error, and the exit status that goes with it. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <tunkit.h>

/* Set first thing in main(); the prefix of every line. */
extern const char *message_tool;
/* -q: -1 (notes are silent), default 0, -v: 1 and more. */
extern int message_verbosity;

/* Called before each line, if set: clears what is in its way. Any thread. */
extern void (*message_prepare)(void);

/* "tool: text". An error or a warning; always printed. */
void message_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* A note: printed unless -q. */
void message_note(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* Printed with -v. */
void message_verbose(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * "tool: subject: cause", then "  remedy" on a terminal or with -v. Returns
 * the exit status of the failure's class. subject may be NULL.
 */
int message_diagnosis(const char *subject,
		      const struct tunkit_diagnosis *diagnosis);
/* The same from a failure: tunkit_diagnose() and message_diagnosis(). */
int message_failure(struct tunkit_ns *ns,
		    const struct tunkit_failure *failure);

/*
 * Flushes standard output; a write error there is reported. Returns status,
 * or 1 when status was 0 and the output did not get out. EPIPE is silent.
 */
int message_finish(int status);

#endif /* MESSAGE_H */
