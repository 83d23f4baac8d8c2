/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_INTERNAL_H
#define TUNKIT_INTERNAL_H

#include <stddef.h>

#define TK_COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/*
 * Reads an option struct that begins with its size into *to, which has known
 * bytes of the library's own layout; from may be NULL: all zero. -EINVAL: the
 * size was not set. -E2BIG: a tail that the library does not know is in use.
 */
int tk_opts_read(void *to, size_t known, const void *from);

#endif /* TUNKIT_INTERNAL_H */
