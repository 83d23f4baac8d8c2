/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames that -f selects, by an expression in libpcap's language. */
#ifndef TUNCAT_FILTER_H
#define TUNCAT_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include <tunkit.h>

#include "privilege.h"

struct filter;

/*
 * Compiles the expression for both kinds of devices, because which it is to
 * be is not known before one is open. The compiler sees the text in a process
 * of its own that has become user; its program is checked before it is used.
 * expression NULL: *filter is NULL, which matches every frame. Returns an exit
 * status: 2, after a message, when it is good for neither kind, or when
 * tuncat was built without libpcap.
 */
int filter_compile(const char *expression, const struct privilege_user *user,
		   struct filter **filter);
void filter_free(struct filter *filter);

/* From now on the kind counts. Exit status 2: it is no filter for that one. */
int filter_choose(struct filter *filter, enum tunkit_kind kind);

bool filter_matches(const struct filter *filter,
		    const struct tunkit_frame *frame);

/* The program, for a socket; its length in instructions, 0: none. */
const void *filter_program(const struct filter *filter, size_t *length);

#endif /* TUNCAT_FILTER_H */
