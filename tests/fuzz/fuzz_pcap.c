// SPDX-License-Identifier: GPL-2.0-or-later
/* The input is a capture, pcap or pcapng, read for both kinds of device. */
#include "../streams.h"
#include "tunkit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool condition)
{
	if (!condition)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct tunkit_stream_opts o = TUNKIT_INIT(o);
	bool known = tunkit_format_guess(bytes, len) != TUNKIT_FORMAT_NONE;

	o.format = TUNKIT_FORMAT_PCAP;
	for (o.kind = TUNKIT_TUN; o.kind <= TUNKIT_TAP; o.kind++) {
		struct result whole = read_stream(&o, bytes, len, WHOLE, 0);
		struct result cut = read_stream(&o, bytes, len, FIXED, 13);
		size_t total = 0;

		must(same_result(&whole, &cut) && !whole.stuck);
		must(known || !whole.count);
		must(!whole.end || (*whole.error && whole.offset <= len));
		for (size_t i = 0; i < whole.count; i++)
			total += 16 + whole.frames[i].data.len;
		must(!total || 24 + total <= len);
		result_free(&whole);
		result_free(&cut);
	}
	return 0;
}
