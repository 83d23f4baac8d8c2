// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every format. The first three bytes choose format, kind with PI, and chunk
 * size; the rest is the stream. However it is cut into chunks the same frames
 * come out, and what can be written is read back.
 */
#include <errno.h>

#include "../streams.h"
#include "tunkit.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool condition)
{
	if (!condition)
		abort();
}

static void write_back(const struct tunkit_stream_opts *opts,
		       const struct result *r)
{
	struct tunkit_writer *writer;
	struct bytes b = { 0 };
	struct result again;
	size_t taken = 0;

	must(!tunkit_writer_new(opts, &writer));
	while (taken < r->count) {
		const struct received *from = &r->frames[taken];
		struct tunkit_frame f = {
			.has_pi = from->has_pi,
			.pi_flags = from->pi_flags,
			.pi_proto = from->pi_proto,
			.data = from->data.at,
			.len = from->data.len,
		};
		const void *at;
		size_t n;
		int err;

		err = tunkit_writer_put(writer, &f, taken & 1, taken);
		must(!err || err == -ENOBUFS);
		at = tunkit_writer_pending(writer, &n);
		bytes_add(&b, at, n);
		tunkit_writer_written(writer, n);
		taken += !err;
	}
	tunkit_writer_free(writer);

	again = read_stream(opts, b.at, b.len, WHOLE, 0);
	must(!again.end && again.count == r->count);
	for (size_t i = 0; i < r->count; i++) {
		const struct bytes *x = &r->frames[i].data;
		const struct bytes *y = &again.frames[i].data;

		must(x->len == y->len && !memcmp(x->at, y->at, x->len));
		if (opts->format == TUNKIT_FORMAT_PCAPNG)
			must(again.frames[i].has_time &&
			     again.frames[i].time_ns == i);
	}
	result_free(&again);
	free(b.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const enum tunkit_format formats[] = {
		TUNKIT_FORMAT_RAW, TUNKIT_FORMAT_HEX, TUNKIT_FORMAT_LEN16,
		TUNKIT_FORMAT_LEN32, TUNKIT_FORMAT_PCAP, TUNKIT_FORMAT_PCAPNG,
	};
	struct tunkit_stream_opts o = TUNKIT_INIT(o);
	struct result whole, chunked;

	if (len < 3)
		return 0;
	o.format = formats[bytes[0] % 6];
	o.kind = bytes[1] & 1 ? TUNKIT_TAP : TUNKIT_TUN;
	o.pi = bytes[1] & 2;
	whole = read_stream(&o, bytes + 3, len - 3, WHOLE, 0);
	if (whole.end == -EOPNOTSUPP)
		return 0;
	must(!whole.stuck);
	must(!whole.end || (*whole.error && whole.offset <= len - 3));
	chunked = read_stream(&o, bytes + 3, len - 3, FIXED, 1 + bytes[2]);
	must(same_result(&whole, &chunked));
	result_free(&chunked);
	write_back(&o, &whole);
	result_free(&whole);
	return 0;
}
