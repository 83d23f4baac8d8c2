/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the frames of a capture are due. All deadlines count from the first
 * frame, so that being late with one makes no other late.
 */
#ifndef TUNCAT_REPLAY_H
#define TUNCAT_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

struct replay {
	double speed;		/* 0: all at once */
	uint64_t passes;	/* still to come, with this one; 0: for ever */
	uint64_t pass;		/* this one, from 1 */

	bool begun;		/* start holds */
	bool any;		/* frames in this pass */
	bool timed;		/* latest holds, and is of this pass */
	uint64_t start;		/* all four in nanoseconds: CLOCK_MONOTONIC, */
	uint64_t latest;	/* of the capture, */
	uint64_t elapsed;	/* of captures since the start, */
	uint64_t due;		/* CLOCK_MONOTONIC; UINT64_MAX: never */
	uint64_t late_most;
	double late_sum;
	uint64_t sent;		/* frames */
};

void replay_start(struct replay *replay, double speed, uint64_t passes);

/*
 * The next frame is of that time in the capture; NULL: of none. It is due at
 * once when it is not later than one before it.
 */
void replay_frame(struct replay *replay, const uint64_t *time_ns);
/* Nanoseconds before that frame is due, 0: it is. */
uint64_t replay_left(const struct replay *replay);
/* It has been sent. */
void replay_sent(struct replay *replay);

/*
 * At the end of the capture: whether it is to be sent again. One without a
 * frame to send is not: that would be for ever in vain.
 */
bool replay_again(struct replay *replay);

/* With -v, if a frame was sent: how long it took, and how late it ran. name is
 * the capture's. */
void replay_report(const struct replay *replay, const char *name);

#endif /* TUNCAT_REPLAY_H */
