/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two devices, joined: what one kernel sends, the other receives. Each way has
 * a thread, because the receiving stack does its work inside write(); measured
 * in one run it was never slower than one loop for both, and 1.5 times as fast
 * for plain frames. The first thread waits for signals and time limits.
 */
#ifndef TUNCAT_BRIDGE_H
#define TUNCAT_BRIDGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tuncat-device.h"
#include "tuncat-filter.h"
#include "tuncat-lane.h"
#include "tuncat-limits.h"
#include "tuncat-options.h"
#include "tuncat-output.h"
#include "tuncat-progress.h"

struct bridge {
	const struct options *options;
	struct device *devices;		/* two, of one kind */
	struct output *output;		/* show the frames, or are not in use */
	struct output *capture;
	const struct filter *filter;	/* of these, and of -c; or NULL */
	int signals;

	struct lane lanes[2];
	struct limits limits;
	struct progress progress;	/* printed under the lock */
	int stop;			/* eventfd: readable when done */
	pthread_mutex_t lock;		/* output, capture, done, status */
	atomic_bool done;
	_Atomic uint64_t budget;	/* frames before -c ends the run */
	int signal;			/* what ended the run, or 0 */
	int status;
};

/*
 * Agrees on what the two devices exchange (64 KiB segments with unfinished
 * checksums, or plain frames). Returns an exit status.
 */
int bridge_prepare(struct bridge *bridge);

/* Runs to the end; returns the exit status. */
int bridge_run(struct bridge *bridge);

/* For the lanes, from any thread. */

/* Ends the run; the first status counts. */
void bridge_finish(struct bridge *bridge, int status);
/* The same by what a device has failed with, which is said. */
void bridge_failed(struct bridge *bridge, struct device *device,
		   enum tunkit_operation operation, int error);
/* Whether frames are shown, and shows one; waits for a reader that is slow. */
bool bridge_shows(const struct bridge *bridge);
void bridge_show(struct lane *lane, const struct tunkit_frame *frame);
void bridge_flush(struct bridge *bridge);

#endif /* TUNCAT_BRIDGE_H */
