/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One device: its frames to standard output, those of standard input to it; or
 * a copy of its frames of both directions.
 */
#ifndef TUNCAT_RELAY_H
#define TUNCAT_RELAY_H

#include <stdbool.h>

#include "tuncat-child.h"
#include "tuncat-device.h"
#include "tuncat-filter.h"
#include "tuncat-input.h"
#include "tuncat-limits.h"
#include "tuncat-options.h"
#include "tuncat-progress.h"
#include "tuncat-replay.h"
#include "tuncat-show.h"
#include "tuncat-tally.h"

struct relay {
	const struct options *options;
	struct device *device;
	const struct filter *filter;	/* NULL: every frame */
	struct show show;
	struct input *input;
	struct child *child;		/* without a command: at neither end */
	struct replay *replay;		/* of input; NULL: frames are not timed */
	int signals;			/* signals_open() */

	struct tally out;		/* the device's frames */
	struct tally in;		/* standard input's, or the holder's */
	struct limits limits;
	struct progress progress;
	uint8_t *buffer;
	bool hot;			/* more frames may wait in the device */
	bool resting;			/* leaves the device alone a moment */
	bool down;			/* the link of a sniffed device */
	bool holding;			/* held is to be written again */
	bool full;			/* for room: POLLOUT tells, not of memory */
	bool early;			/* held is not due yet */
	struct tunkit_frame held;
	bool strange;			/* --gso: the peer's hello is to come */
	bool deaf;			/* nobody wants the device's frames */
	bool left;			/* the other end of our socket has */
	bool cut;			/* the end came from outside */
	bool done;
	int signal;			/* what ended the run, or 0 */
	int status;			/* exit status */
};

/*
 * Runs to the end; returns the exit status. The caller sets the pointers and
 * those of show, but for the tally.
 */
int relay_run(struct relay *relay);

#endif /* TUNCAT_RELAY_H */
