/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames to write, and a reader driven to the end of its input. */
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include <stdlib.h>
#include <string.h>

#include "tunkit.h"

struct bytes {
	uint8_t *at;
	size_t len, room;
};

static inline void bytes_add(struct bytes *b, const void *from, size_t len)
{
	if (b->len + len >= b->room) {
		b->room = 2 * (b->len + len) + 16;
		b->at = realloc(b->at, b->room);
		if (!b->at)
			abort();
	}
	if (len)
		memcpy(b->at + b->len, from, len);
	b->len += len;
}

/* An IPv4 or IPv6 packet of exactly len bytes (40 and more for IPv6). */
static inline void make_packet(uint8_t *out, size_t len, int version)
{
	for (size_t i = 0; i < len; i++)
		out[i] = i * 7 + len;
	if (version == 4) {
		out[0] = 0x45;
		out[2] = len >> 8;
		out[3] = len;
	} else {
		out[0] = 0x60;
		out[4] = (len - 40) >> 8;
		out[5] = len - 40;
	}
}

struct received {
	bool has_pi;
	uint16_t pi_flags, pi_proto;
	bool has_time;
	uint64_t time_ns;
	struct bytes data;
};

struct result {
	size_t count;
	struct received *frames;
	int end;		/* 0 or the error */
	char error[256];
	uint64_t offset;
	bool stuck;		/* no space although all frames were taken */
};

static inline void result_free(struct result *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->frames[i].data.at);
	free(r->frames);
	memset(r, 0, sizeof(*r));
}

/* Takes all frames that wait; every byte of them is looked at. */
static inline int take(struct tunkit_reader *reader, struct result *r)
{
	struct tunkit_frame f;
	struct received *to;
	int err;

	while ((err = tunkit_reader_next(reader, &f)) == 1) {
		r->frames = realloc(r->frames,
				    (r->count + 1) * sizeof(*r->frames));
		if (!r->frames)
			abort();
		to = &r->frames[r->count++];
		*to = (struct received){
			.has_pi = f.has_pi,
			.pi_flags = f.pi_flags,
			.pi_proto = f.pi_proto,
		};
		to->has_time = !tunkit_reader_time(reader, &to->time_ns);
		bytes_add(&to->data, f.data, f.len);
	}
	return err;
}

/* Bytes a turn: as many as fit; chunk; up to chunk, at random. */
enum chunking { WHOLE, FIXED, RANDOM };

static inline struct result read_stream(const struct tunkit_stream_opts *opts,
					const void *bytes, size_t len,
					enum chunking how, size_t chunk)
{
	struct tunkit_reader *reader;
	const uint8_t *from = bytes;
	struct result r = { 0 };

	r.end = tunkit_reader_new(opts, &reader);
	if (r.end)
		return r;
	while (len && !r.end) {
		size_t size, n = chunk;
		void *space = tunkit_reader_space(reader, &size);

		if (!size) {
			r.stuck = true;
			break;
		}
		if (how == RANDOM)
			n = 1 + rand() % chunk;
		if (how == WHOLE || n > size)
			n = size;
		if (n > len)
			n = len;
		memcpy(space, from, n);
		tunkit_reader_filled(reader, n);
		from += n;
		len -= n;
		r.end = take(reader, &r);
	}
	if (!r.end)
		r.end = tunkit_reader_finish(reader);
	if (!r.end)
		r.end = take(reader, &r);
	strcpy(r.error, tunkit_reader_error(reader));
	r.offset = tunkit_reader_offset(reader);
	tunkit_reader_free(reader);
	return r;
}

static inline bool same_result(const struct result *a, const struct result *b)
{
	if (a->count != b->count || a->end != b->end ||
	    strcmp(a->error, b->error) || (a->end && a->offset != b->offset))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct received *x = &a->frames[i], *y = &b->frames[i];

		if (x->has_pi != y->has_pi || x->pi_flags != y->pi_flags ||
		    x->pi_proto != y->pi_proto ||
		    x->has_time != y->has_time || x->time_ns != y->time_ns ||
		    x->data.len != y->data.len ||
		    memcmp(x->data.at, y->data.at, x->data.len))
			return false;
	}
	return true;
}

#endif /* TESTS_STREAMS_H */
