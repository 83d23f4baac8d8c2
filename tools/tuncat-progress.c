// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-progress.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "message.h"

#define PERIOD_MS	1000
#define LATE_MS		10
#define COLUMNS		80	/* of a terminal that does not say */
#define CLEAR		"\r\033[K"

/* The line is on the terminal, behind the cursor; any thread may clear it. */
static atomic_bool visible;

static int64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * INT64_C(1000) + time.tv_nsec / 1000000;
}

/* Good enough, and cheaper: it is asked for each batch of frames. */
static int64_t about_now(void)
{
	return now(CLOCK_MONOTONIC_COARSE);
}

static void put(const char *text, size_t len)
{
	/* What does not get out now is not worth waiting for. */
	if (write(STDERR_FILENO, text, len) < 0)
		return;
}

static void clear(void)
{
	if (atomic_exchange(&visible, false))
		put(CLEAR, strlen(CLEAR));
}

void progress_start(struct progress *progress, bool wanted,
		    const struct output *output)
{
	*progress = (struct progress){ .on = wanted };
	if (!wanted)
		return;
	progress->terminal = isatty(STDERR_FILENO);
	progress->shared = progress->terminal && output->writer &&
			   isatty(output->fd);
	progress->start = now(CLOCK_MONOTONIC);
	progress->last = progress->start;
	progress->next = progress->last + PERIOD_MS;
	if (progress->terminal)
		message_prepare = clear;
}

void progress_add(struct progress *progress, char sign,
		  const struct tally *tally, struct device *device)
{
	progress->ways[progress->count++] = (struct progress_way){
		.sign = sign,
		.tally = tally,
		.device = device,
	};
}

int progress_left(const struct progress *progress, int left)
{
	int64_t mine;

	if (!progress->on)
		return left;
	/* The coarse clock is late by its tick; a line may be put off. */
	mine = progress->next - about_now() + LATE_MS;
	if (mine < LATE_MS)
		mine = LATE_MS;
	return left < 0 || left > mine ? (int)mine : left;
}

/* "812", "8.1k", "81.2M"; "8.1 MB" with a unit. */
static void quantity(char *out, size_t size, double value, const char *unit)
{
	static const char *const prefixes[] = { "", "k", "M", "G", "T" };
	size_t i = 0;

	while (value >= 999.5 && i + 1 < sizeof(prefixes) / sizeof(*prefixes)) {
		value /= 1000;
		i++;
	}
	snprintf(out, size, "%.*f%s%s%s", i && value < 99.95 ? 1 : 0, value,
		 *unit ? " " : "", prefixes[i], unit);
}

static size_t add_rate(char *out, size_t size, struct progress_way *way,
		       double seconds)
{
	uint64_t frames = tally_get(&way->tally->frames);
	uint64_t bytes = tally_get(&way->tally->bytes);
	char rate[32], bits[32];

	quantity(rate, sizeof(rate), (frames - way->frames) / seconds, "");
	quantity(bits, sizeof(bits), (bytes - way->bytes) * 8 / seconds,
		 "bit/s");
	way->frames = frames;
	way->bytes = bytes;
	return snprintf(out, size, "%c %s frames/s %s, ", way->sign, rate, bits);
}

static uint64_t count_dropped(const struct progress *progress)
{
	uint64_t dropped = 0;

	for (unsigned int i = 0; i < progress->count; i++)
		if (progress->ways[i].device)
			dropped += device_dropped(progress->ways[i].device);
	return dropped;
}

/* Puts the line together; the next one's rates begin here. */
static void compose(struct progress *progress, int64_t time, uint64_t dropped)
{
	int64_t ms = time > progress->last ? time - progress->last : 1;
	uint64_t frames = 0, bytes = 0;
	char total[32], octets[32];
	size_t len = 0;

	for (unsigned int i = 0; i < progress->count; i++) {
		struct progress_way *way = &progress->ways[i];

		len += add_rate(progress->line + len,
				sizeof(progress->line) - len, way, ms / 1000.0);
		frames += way->frames;
		bytes += way->bytes;
	}
	quantity(total, sizeof(total), frames, "");
	quantity(octets, sizeof(octets), bytes, "B");
	snprintf(progress->line + len, sizeof(progress->line) - len,
		 "%s frames %s, %llu dropped", total, octets,
		 (unsigned long long)dropped);
	progress->last = time;
}

static size_t columns(void)
{
	struct winsize window;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || !window.ws_col)
		return COLUMNS;
	return window.ws_col;
}

/* A line that wraps could not be written over. */
static void draw(const struct progress *progress)
{
	char text[sizeof(progress->line) + sizeof(CLEAR)];
	int len = snprintf(text, sizeof(text), CLEAR "%.*s",
			   (int)columns() - 1, progress->line);

	visible = true;
	put(text, len);
}

static void print(struct progress *progress, int64_t time)
{
	compose(progress, time, count_dropped(progress));
	if (progress->terminal)
		draw(progress);
	else
		message_error("%s", progress->line);
}

void progress_tick(struct progress *progress)
{
	int64_t time;

	if (!progress->on)
		return;
	time = about_now();
	if (time < progress->next)
		return;
	print(progress, time);
	progress->next += PERIOD_MS;
	/* Held up for longer: no lines in a row to make up for it. */
	if (progress->next <= time)
		progress->next = time + PERIOD_MS;
}

void progress_hide(struct progress *progress)
{
	if (progress->shared)
		clear();
}

void progress_show(struct progress *progress)
{
	if (progress->shared && *progress->line && !visible)
		draw(progress);
}

/* Its rates are those of the whole run: a moment's would say nothing. */
static void compose_last(struct progress *progress, uint64_t dropped)
{
	for (unsigned int i = 0; i < progress->count; i++) {
		progress->ways[i].frames = 0;
		progress->ways[i].bytes = 0;
	}
	progress->last = progress->start;
	compose(progress, now(CLOCK_MONOTONIC), dropped);
}

void progress_end(struct progress *progress, uint64_t dropped)
{
	if (!progress->on)
		return;
	compose_last(progress, dropped);
	if (progress->terminal) {
		draw(progress);
		put("\n", 1);
		visible = false;
	} else {
		message_error("%s", progress->line);
	}
	message_prepare = NULL;
}
