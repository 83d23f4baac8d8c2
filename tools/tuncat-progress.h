/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --progress: once a second, on standard error, how much passes. On a terminal
 * it is one line that is written again and again; anywhere else each is a line
 * of its own. The last one comes at the end, however short the run was.
 */
#ifndef TUNCAT_PROGRESS_H
#define TUNCAT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "tuncat-device.h"
#include "tuncat-output.h"
#include "tuncat-tally.h"

/* One way: '>' from the kernel of the first device, '<' to it. */
struct progress_way {
	char sign;
	const struct tally *tally;
	struct device *device;		/* counts its drops; may be NULL */
	uint64_t frames, bytes;		/* at the last line */
};

struct progress {
	bool on;
	bool terminal;
	bool shared;			/* with the output */
	struct progress_way ways[2];
	unsigned int count;		/* of ways */
	int64_t start, last, next;	/* ms of CLOCK_MONOTONIC */
	char line[256];
};

/* Does nothing further, like all below, unless wanted. */
void progress_start(struct progress *progress, bool wanted,
		    const struct output *output);
void progress_add(struct progress *progress, char sign,
		  const struct tally *tally, struct device *device);

/* Of a time left for poll(), what is left to the next line. */
int progress_left(const struct progress *progress, int left);
/* Prints the line if it is time. A batch of frames costs a look at a clock. */
void progress_tick(struct progress *progress);
/* Around what is written to the output, if that is a terminal too. */
void progress_hide(struct progress *progress);
void progress_show(struct progress *progress);
/* The last line, which stays: all of the run, of which dropped were lost. */
void progress_end(struct progress *progress, uint64_t dropped);

#endif /* TUNCAT_PROGRESS_H */
