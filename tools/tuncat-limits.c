// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-limits.h"

#include <limits.h>
#include <time.h>

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

static int64_t after(int64_t ms)
{
	int64_t start = now();

	return ms < 0 || ms > INT64_MAX - start ? INT64_MAX : start + ms;
}

void limits_start(struct limits *limits, const struct options *options)
{
	limits->idle_ms = options->idle_ms;
	limits->run_end = after(options->run_ms);
	limits->idle_end = after(options->idle_ms);
	limits->quit_end = INT64_MAX;
	limits->hello_end = INT64_MAX;
}

void limits_touch(struct limits *limits)
{
	if (limits->idle_ms >= 0)
		limits->idle_end = after(limits->idle_ms);
}

void limits_quit(struct limits *limits, const struct options *options)
{
	limits->quit_end = after(options->quit_ms);
}

void limits_hello(struct limits *limits, int64_t ms)
{
	limits->hello_end = after(ms);
}

int limits_left(const struct limits *limits)
{
	int64_t end = limits->run_end;
	int64_t left;

	if (limits->idle_end < end)
		end = limits->idle_end;
	if (limits->quit_end < end)
		end = limits->quit_end;
	if (limits->hello_end < end)
		end = limits->hello_end;
	if (end == INT64_MAX)
		return -1;
	left = end - now();
	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : left;
}
