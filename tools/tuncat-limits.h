/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a run ends by itself: -W, -i and -q. */
#ifndef TUNCAT_LIMITS_H
#define TUNCAT_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "tuncat-options.h"

/* Times of CLOCK_MONOTONIC in milliseconds, INT64_MAX: never. */
struct limits {
	int64_t idle_ms;
	int64_t run_end;
	_Atomic int64_t idle_end;	/* set by any thread */
	int64_t quit_end;
	int64_t hello_end;	/* the other side has spoken by then */
};

void limits_start(struct limits *limits, const struct options *options);
/* A frame has passed. */
void limits_touch(struct limits *limits);
/* Standard input has ended. */
void limits_quit(struct limits *limits, const struct options *options);
/* Who joined must speak within ms; negative: it has. */
void limits_hello(struct limits *limits, int64_t ms);
/* For poll(): milliseconds to the next limit, 0: reached, -1: there is none. */
int limits_left(const struct limits *limits);

#endif /* TUNCAT_LIMITS_H */
