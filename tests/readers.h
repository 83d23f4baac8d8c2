/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of readers share. */
#ifndef TESTS_READERS_H
#define TESTS_READERS_H

#include "check.h"
#include "streams.h"
#include "tunkit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline struct tunkit_stream_opts options(enum tunkit_format format,
						enum tunkit_kind kind, bool pi)
{
	struct tunkit_stream_opts o = TUNKIT_INIT(o);

	o.format = format;
	o.kind = kind;
	o.pi = pi;
	return o;
}

/* Reads in every way; the ways must agree. */
static inline struct result read_all_ways(const struct tunkit_stream_opts *o,
					  const void *bytes, size_t len)
{
	struct result whole = read_stream(o, bytes, len, WHOLE, 0);
	static const size_t chunks[] = { 1, 2, 7, 4096, 65536 };

	if (whole.stuck)
		FAIL("no space although no frame waits");
	for (size_t i = 0; i < 2 * COUNT(chunks); i++) {
		enum chunking how = i % 2 ? RANDOM : FIXED;
		struct result r = read_stream(o, bytes, len, how, chunks[i / 2]);

		if (r.stuck || !same_result(&whole, &r))
			FAIL("chunks of %zu: \"%s\" at %llu, not \"%s\" at %llu",
			     chunks[i / 2], r.error, (unsigned long long)r.offset,
			     whole.error, (unsigned long long)whole.offset);
		result_free(&r);
	}
	return whole;
}

#endif /* TESTS_READERS_H */
