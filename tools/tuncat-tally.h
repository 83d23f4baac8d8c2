/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What has passed one way, and what was lost on it. */
#ifndef TUNCAT_TALLY_H
#define TUNCAT_TALLY_H

#include <stdatomic.h>
#include <stdint.h>

/* Counted by one thread, read by any. All but bytes in frames. */
struct tally {
	_Atomic uint64_t frames;
	_Atomic uint64_t bytes;
	_Atomic uint64_t truncated;	/* the driver cut it */
	_Atomic uint64_t refused;	/* the other side does not take it */
};

/* One writer a tally: an atomic addition would lock the bus for nothing. */
static inline void tally_add(_Atomic uint64_t *counter, uint64_t value)
{
	atomic_store_explicit(counter, value +
		atomic_load_explicit(counter, memory_order_relaxed),
		memory_order_relaxed);
}

static inline uint64_t tally_get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

/*
 * "from > to: 12 frames, 1008 bytes, 0 dropped, ...". dropped is the kernel's
 * figure. At the end of a run a line without losses needs -v.
 */
void tally_print(const char *from, const char *to, const struct tally *tally,
		 uint64_t dropped);
void tally_print_end(const char *from, const char *to,
		     const struct tally *tally, uint64_t dropped);

#endif /* TUNCAT_TALLY_H */
