/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cutting one line of a batch file into words. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

/*
 * Cuts line (len bytes and a NUL after them; changed in place) into at most
 * max words, which point into it. Returns their number, 0 for a blank line or
 * a comment. -EINVAL: the quoting is broken; -E2BIG: more than max words; *why
 * is then a phrase of static storage.
 *
 * Blanks divide words. Between '...' every byte stands for itself; between
 * "..." a backslash takes the quote and the backslash, and is itself before
 * anything else; outside quotes it takes the next byte, whatever it is. A #
 * that begins a word begins a comment. Nothing is expanded: no variables, no
 * patterns, no continuation lines.
 */
int words_split(char *line, size_t len, char **words, size_t max,
		const char **why);

#endif /* WORDS_H */
