/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two devices, joined: what one kernel sends, the other receives. */
#ifndef TUNCAT_BRIDGE_H
#define TUNCAT_BRIDGE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "tuncat-device.h"
#include "tuncat-limits.h"
#include "tuncat-options.h"
#include "tuncat-output.h"
#include "tuncat-tally.h"

struct bridge;

/* One way through the bridge. */
struct lane {
	struct bridge *bridge;
	struct device *from;
	struct device *to;
	enum tunkit_direction direction;	/* as the first device sees it */
	bool same;		/* equal layouts: bytes pass as they are */
	bool told_down;
	struct tally tally;
	uint8_t *buffer;
	pthread_t thread;
};

struct bridge {
	const struct options *options;
	struct device *devices;		/* two, of one kind */
	struct output *output;		/* show the frames, or are not in use */
	struct output *capture;
	int signals;

	struct lane lanes[2];
	struct limits limits;
	bool threads;			/* one a lane; else one for both */
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

#endif /* TUNCAT_BRIDGE_H */
