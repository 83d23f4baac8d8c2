/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races: functions called over and over by threads on different processors,
 * until their time is over. What they return to user space is mostly an error
 * and is not looked at; the kernel must stay silent, and all must end.
 *
 * Environment: RACE_SECONDS, the time of each race (default 3); on a machine
 * that comes to few rounds in it, up to ten times as long.
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
#define RACE_ROUNDS	20	/* of each racer, before it is enough */

typedef void (*race_step)(unsigned int round);

struct racer {
	race_step step;
	int cpu;
	atomic_uint rounds;
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
		racer->step(atomic_fetch_add(&racer->rounds, 1));
		/* Or the grace periods of the others take for ever. */
		sched_yield();
	}
	return NULL;
}

/* Until its time is over and all have had their rounds, or too much time. */
static inline void race_wait(struct racer racers[], int count)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	unsigned int tenths = 0;
	int slowest = 0;

	while (tenths < race_seconds() * 10 ||
	       (tenths < race_seconds() * 100 && slowest < count)) {
		nanosleep(&tenth, NULL);
		tenths++;
		while (slowest < count &&
		       atomic_load(&racers[slowest].rounds) >= RACE_ROUNDS)
			slowest++;
	}
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
	int i, count = third ? 3 : 2;

	atomic_store(&race_over, false);
	alarm(race_seconds() * 10 + RACE_GRACE * slowness());
	for (i = 0; i < count; i++)
		if (pthread_create(&racers[i].thread, NULL, racer_run,
				   &racers[i]))
			FAIL("no thread");
	race_wait(racers, count);
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
