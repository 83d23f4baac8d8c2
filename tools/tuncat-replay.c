// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-replay.h"

#include <inttypes.h>
#include <sys/prctl.h>
#include <time.h>

#include "message.h"

#define NS_PER_SECOND	UINT64_C(1000000000)
#define NS_PER_MS	1000000.0
/*
 * Frames of several queues are captured a little out of order; a step back
 * that is larger than this is a clock that was set, or captures end to end.
 */
#define DISORDER	NS_PER_SECOND

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

void replay_start(struct replay *replay, double speed, uint64_t passes)
{
	*replay = (struct replay){
		.speed = speed,
		.passes = passes,
		.pass = 1,
	};
	/* A timer may be late by 50 microseconds otherwise. */
	prctl(PR_SET_TIMERSLACK, 1);
}

/* Counts the time that the capture has gone on. */
static void advance(struct replay *replay, uint64_t time_ns)
{
	if (!replay->timed)
		replay->latest = time_ns;
	replay->timed = true;
	if (time_ns > replay->latest)
		replay->elapsed = add(replay->elapsed,
				      time_ns - replay->latest);
	else if (replay->latest - time_ns <= DISORDER)
		return;
	replay->latest = time_ns;
}

/* How much of our time the elapsed time of the capture takes. */
static uint64_t scaled(const struct replay *replay)
{
	double value = replay->elapsed / replay->speed;

	if (replay->speed == 1)
		return replay->elapsed;
	return value < (double)(UINT64_MAX / 2) ? value : UINT64_MAX;
}

void replay_frame(struct replay *replay, const uint64_t *time_ns)
{
	if (!replay->begun)
		replay->start = now();
	replay->begun = replay->any = true;
	if (!replay->speed)
		return;
	if (time_ns)
		advance(replay, *time_ns);
	replay->due = add(replay->start, scaled(replay));
}

uint64_t replay_left(const struct replay *replay)
{
	uint64_t time = now();

	return replay->due > time ? replay->due - time : 0;
}

void replay_sent(struct replay *replay)
{
	uint64_t late = now() - replay->due;

	replay->sent++;
	replay->late_sum += late;
	if (late > replay->late_most)
		replay->late_most = late;
}

bool replay_again(struct replay *replay)
{
	if (!replay->any || (replay->passes && !--replay->passes))
		return false;
	replay->pass++;
	replay->any = replay->timed = false;
	return true;
}

void replay_report(const struct replay *replay, const char *name)
{
	double took = now() - replay->start;
	double mean;

	if (!replay->sent)
		return;
	mean = replay->late_sum / replay->sent;
	if (!replay->speed) {
		message_verbose("%s: %" PRIu64 " time%s in %.3f ms, as fast as "
				"it goes", name, replay->pass,
				replay->pass == 1 ? "" : "s", took / NS_PER_MS);
		return;
	}
	message_verbose("%s: %" PRIu64 " time%s, %.3f ms of it in %.3f ms, "
			"frames %.3f ms late, %.3f ms at most", name,
			replay->pass, replay->pass == 1 ? "" : "s",
			replay->elapsed / NS_PER_MS, took / NS_PER_MS,
			mean / NS_PER_MS, replay->late_most / NS_PER_MS);
}
