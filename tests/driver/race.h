/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: functions called over and over by threads on different processors,
 * until their time is over. What they return to user space is mostly an error
 * and is not looked at; the kernel must stay silent, and all must end.
 *
 * Environment: RACE_SECONDS, the time of each race (default 3).
 */
#ifndef RACE_H
#define RACE_H

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

#define RACERS_MAX	3
#define RACE_GRACE	60	/* seconds until a race that hangs is ended */

typedef void (*race_step)(unsigned int round);

struct racer {
	race_step step;
	int cpu;
	unsigned int rounds;
	pthread_t thread;
};

static atomic_bool race_over;

static inline unsigned int race_seconds(void)
{
	const char *text = getenv("RACE_SECONDS");

	return text && atoi(text) > 0 ? atoi(text) : 3;
}

static inline void *racer_run(void *arg)
{
	struct racer *racer = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(racer->cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	while (!atomic_load(&race_over)) {
		racer->step(racer->rounds++);
		/* Or the grace periods of the others take for ever. */
		sched_yield();
	}
	return NULL;
}

/*
 * A third racer shares the second's processor and may be NULL. The first one
 * ends before the others are waited for, so that it may free a blocked one.
 */
static inline void race(race_step first, race_step second, race_step third)
{
	struct racer racers[RACERS_MAX] = {
		{ .step = first, .cpu = 0 },
		{ .step = second, .cpu = 1 },
		{ .step = third, .cpu = 1 },
	};
	struct timespec time = { .tv_sec = race_seconds() };
	int i, count = third ? 3 : 2;

	atomic_store(&race_over, false);
	alarm(race_seconds() + RACE_GRACE);
	for (i = 0; i < count; i++)
		if (pthread_create(&racers[i].thread, NULL, racer_run,
				   &racers[i]))
			FAIL("no thread");
	nanosleep(&time, NULL);
	atomic_store(&race_over, true);
	for (i = 0; i < count; i++)
		pthread_join(racers[i].thread, NULL);
	alarm(0);
	printf("# rounds: %u, %u, %u\n", racers[0].rounds, racers[1].rounds,
	       racers[2].rounds);
	for (i = 0; i < count; i++)
		CHECK(racers[i].rounds > 0);
}

#endif /* RACE_H */
