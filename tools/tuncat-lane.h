/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One way through a bridge. */
#ifndef TUNCAT_LANE_H
#define TUNCAT_LANE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "tuncat-device.h"
#include "tuncat-tally.h"

struct bridge;

struct lane {
	struct bridge *bridge;
	struct device *from;
	struct device *to;
	enum tunkit_direction direction;	/* as the first device sees it */
	bool same;		/* equal layouts: bytes pass as they are */
	struct tally tally;
	uint8_t *buffer;
	pthread_t thread;
};

/* Forwards until the run ends; the body of a thread. */
void *lane_run(void *lane);

#endif /* TUNCAT_LANE_H */
