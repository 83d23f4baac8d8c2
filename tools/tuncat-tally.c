// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-tally.h"

#include <inttypes.h>

#include "message.h"

void tally_print(const char *from, const char *to, const struct tally *tally,
		 uint64_t dropped)
{
	uint64_t frames = tally_get(&tally->frames);

	message_error("%s > %s: %" PRIu64 " frame%s, %" PRIu64 " bytes, %"
		      PRIu64 " dropped, %" PRIu64 " truncated, %" PRIu64
		      " refused", from, to, frames, frames == 1 ? "" : "s",
		      tally_get(&tally->bytes), dropped,
		      tally_get(&tally->truncated), tally_get(&tally->refused));
}

void tally_print_end(const char *from, const char *to,
		     const struct tally *tally, uint64_t dropped)
{
	uint64_t lost = dropped + tally_get(&tally->truncated) +
			tally_get(&tally->refused);

	if (message_verbosity > 0 || (lost && message_verbosity >= 0))
		tally_print(from, to, tally, dropped);
}
