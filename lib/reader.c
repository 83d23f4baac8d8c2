// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Room for the longest unfinished unit of any format and a good read behind
 * it. A frame in hex is decoded in place, so text of any length fits.
 */
#define READER_SIZE	(256u << 10)

int tunkit_reader_new(const struct tunkit_stream_opts *opts,
		      struct tunkit_reader **reader)
{
	struct tunkit_stream_opts o;
	struct tunkit_reader *r;
	int err;

	err = tk_stream_opts(&o, opts);
	if (err)
		return err;
	if (!tk_format(o.format)->next)
		return -EOPNOTSUPP;
	if (o.format == TUNKIT_FORMAT_RAW && o.kind != TUNKIT_TUN)
		return -EOPNOTSUPP;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->size = READER_SIZE;
	r->buffer = malloc(r->size);
	if (!r->buffer) {
		free(r);
		return -ENOMEM;
	}
	r->format = tk_format(o.format);
	r->opts = o;
	r->opts.name = r->opts.peer = NULL;
	*reader = r;
	return 0;
}

void tunkit_reader_free(struct tunkit_reader *reader)
{
	if (!reader)
		return;
	if (reader->format->release)
		reader->format->release(reader);
	free(reader->buffer);
	free(reader);
}

void *tunkit_reader_space(struct tunkit_reader *reader, size_t *size)
{
	/* Moving is put off until it pays: few bytes for much room. */
	if (reader->begin == reader->end ||
	    reader->size - reader->end < reader->size / 2) {
		memmove(reader->buffer, reader->buffer + reader->begin,
			reader->end - reader->begin);
		reader->end -= reader->begin;
		reader->begin = 0;
	}
	*size = reader->size - reader->end;
	return reader->buffer + reader->end;
}

void tunkit_reader_filled(struct tunkit_reader *reader, size_t len)
{
	if (len > reader->size - reader->end)
		len = reader->size - reader->end;
	reader->end += len;
	reader->total += len;
}

int tunkit_reader_next(struct tunkit_reader *reader,
		       struct tunkit_frame *frame)
{
	if (reader->error)
		return reader->error;
	return reader->format->next(reader, frame);
}

int tunkit_reader_time(const struct tunkit_reader *reader, uint64_t *time_ns)
{
	if (!reader->has_time)
		return -ENODATA;
	*time_ns = reader->time_ns;
	return 0;
}

int tunkit_reader_finish(struct tunkit_reader *reader)
{
	if (reader->error)
		return reader->error;
	if (reader->format->finish)
		return reader->format->finish(reader);
	return tk_reader_end(reader);
}

int tk_reader_end(struct tunkit_reader *reader)
{
	if (reader->begin == reader->end)
		return 0;
	return tk_reader_break(reader, tunkit_reader_offset(reader),
			       "the input ends inside a frame, after %zu of its bytes",
			       reader->end - reader->begin);
}

const char *tunkit_reader_error(const struct tunkit_reader *reader)
{
	return reader->text;
}

uint64_t tunkit_reader_offset(const struct tunkit_reader *reader)
{
	if (reader->error)
		return reader->error_offset;
	return tk_reader_at(reader, reader->buffer + reader->begin);
}

unsigned long long tk_reader_at(const struct tunkit_reader *reader,
				const void *byte)
{
	/* Whatever was moved or given out, the last byte is the last filled. */
	return reader->total -
	       (reader->buffer + reader->end - (const uint8_t *)byte);
}

__attribute__((format(printf, 4, 0)))
static int end(struct tunkit_reader *reader, int error, unsigned long long at,
	       const char *format, va_list args)
{
	vsnprintf(reader->text, sizeof(reader->text), format, args);
	reader->error_offset = at;
	reader->error = error;
	return error;
}

int tk_reader_break(struct tunkit_reader *reader, unsigned long long at,
		    const char *format, ...)
{
	va_list args;
	int error;

	va_start(args, format);
	error = end(reader, -EPROTO, at, format, args);
	va_end(args);
	return error;
}

int tk_reader_refuse(struct tunkit_reader *reader, int error,
		     unsigned long long at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error = end(reader, error, at, format, args);
	va_end(args);
	return error;
}

int tk_reader_give(struct tunkit_reader *reader, unsigned long long at,
		   const uint8_t *data, size_t len, struct tunkit_frame *frame)
{
	struct tunkit_layout layout = {
		.kind = reader->opts.kind,
		.pi = reader->opts.pi,
	};

	if (!layout.pi) {
		*frame = (struct tunkit_frame){ .data = data, .len = len };
		return 1;
	}
	if (tunkit_frame_decode(&layout, data, len, frame))
		return tk_reader_break(reader, at,
				       "the frame at byte %llu is too short for packet information: length %zu",
				       at, len);
	return 1;
}
