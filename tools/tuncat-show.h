/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a relay shows frames: standard output and the capture of -w. */
#ifndef TUNCAT_SHOW_H
#define TUNCAT_SHOW_H

#include <stdbool.h>

#include "tuncat-output.h"
#include "tuncat-tally.h"

struct show {
	struct output *output;		/* standard output */
	struct output *capture;		/* -w */
	struct tally *tally;		/* counts what an output cannot hold */
	bool optional;			/* output may close, the run goes on */
};

/*
 * An error that these return ends the run. It has been said, but for -EPIPE:
 * the reader went away, that is how `| head` ends a run, no failure.
 */

int show_frame(struct show *show, const struct tunkit_frame *frame,
	       enum tunkit_direction direction);
int show_flush(struct show *show);
/* At the end: what the kernel dropped of the device's frames. */
int show_drops(struct show *show, uint64_t dropped);
/* At the end: output_drain() of both. */
int show_drain(struct show *show, int signals, int *number);

/*
 * Whether frames of that direction can be shown without waiting; an output
 * that does not show frames to the kernel does not hold them up.
 */
bool show_room(struct show *show, enum tunkit_direction direction, int *error);
/* The same as of the last attempt. */
bool show_stalled(const struct show *show, enum tunkit_direction direction);

/*
 * The reader of that output has gone. True: that ends the run; otherwise the
 * output is not in use from now on.
 */
bool show_left(struct show *show, struct output *output);

#endif /* TUNCAT_SHOW_H */
