// SPDX-License-Identifier: GPL-2.0-or-later
/* A time limit over several waits. */
#include "tunq.h"

#include <limits.h>
#include <time.h>

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void tunq_deadline_start(struct tunq_deadline *deadline, int64_t timeout_ms)
{
	deadline->set = timeout_ms >= 0;
	deadline->at_ms = deadline->set ? now_ms() + timeout_ms : 0;
}

int tunq_deadline_left(const struct tunq_deadline *deadline)
{
	int64_t left;

	if (!deadline->set)
		return -1;
	left = deadline->at_ms - now_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}
