// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int tunkit_writer_new(const struct tunkit_stream_opts *opts,
		      struct tunkit_writer **writer)
{
	struct tunkit_stream_opts o;
	struct tunkit_writer *w;
	int err;

	err = tk_stream_opts(&o, opts);
	if (err)
		return err;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->format = tk_format(o.format);
	w->opts = o;
	/* Whatever waits, less than TK_GATHER leaves room for any frame. */
	w->size = TK_GATHER + w->format->room(TUNKIT_BUFFER_SIZE);
	w->buffer = malloc(w->size);
	if (!w->buffer) {
		free(w);
		return -ENOMEM;
	}
	if (o.name) {
		tunkit_escape(w->name, sizeof(w->name) - 1, o.name);
		strcat(w->name, " ");
	}
	w->second = -1;
	if (w->format->start)
		w->format->start(w);
	w->opts.name = w->opts.peer = NULL;
	*writer = w;
	return 0;
}

void tunkit_writer_free(struct tunkit_writer *writer)
{
	if (!writer)
		return;
	free(writer->buffer);
	free(writer);
}

/* Where size bytes are free, or NULL. */
static uint8_t *make_room(struct tunkit_writer *writer, size_t size)
{
	size_t waits = writer->end - writer->begin;

	if (size > writer->size - waits)
		return NULL;
	if (size > writer->size - writer->end) {
		memmove(writer->buffer, writer->buffer + writer->begin, waits);
		writer->begin = 0;
		writer->end = waits;
	}
	return writer->buffer + writer->end;
}

int tunkit_writer_put(struct tunkit_writer *writer,
		      const struct tunkit_frame *frame,
		      enum tunkit_direction direction, uint64_t time_ns)
{
	uint8_t *out;

	writer->reserved = 0;
	if (frame->len > TUNKIT_BUFFER_SIZE)
		return -EMSGSIZE;
	if (writer->format->admit) {
		int err = writer->format->admit(writer, frame);

		if (err)
			return err;
	}
	out = make_room(writer, writer->format->room(frame->len));
	if (!out)
		return -ENOBUFS;
	out = writer->format->put(writer, out, frame, direction, time_ns);
	if (!out)
		return -EMSGSIZE;
	writer->end = out - writer->buffer;
	return 0;
}

int tunkit_writer_drops(struct tunkit_writer *writer,
			enum tunkit_direction direction, uint64_t dropped,
			uint64_t time_ns)
{
	uint8_t *out;

	writer->reserved = 0;
	if (!writer->format->drops)
		return 0;
	out = make_room(writer, TK_DROPS_ROOM);
	if (!out)
		return -ENOBUFS;
	out = writer->format->drops(writer, out, direction, dropped, time_ns);
	writer->end = out - writer->buffer;
	return 0;
}

void *tunkit_writer_reserve(struct tunkit_writer *writer, size_t size)
{
	uint8_t *out;

	writer->reserved = 0;
	if (!writer->format->in_place || writer->opts.snaplen || !size)
		return NULL;
	if (size > TUNKIT_BUFFER_SIZE)
		return NULL;
	out = make_room(writer, writer->format->length_size + size);
	if (!out)
		return NULL;
	writer->reserved = size;
	return out + writer->format->length_size;
}

int tunkit_writer_commit(struct tunkit_writer *writer, size_t len)
{
	size_t size = writer->format->length_size;
	uint8_t *out = writer->buffer + writer->end;
	size_t reserved = writer->reserved;

	writer->reserved = 0;
	if (!len)
		return 0;
	if (len > reserved)
		return -EINVAL;
	if (size == 2 && len > UINT16_MAX)
		return -EMSGSIZE;
	for (size_t i = 0; i < size; i++)
		out[i] = len >> 8 * (size - 1 - i);
	writer->end += size + len;
	return 0;
}

const void *tunkit_writer_pending(struct tunkit_writer *writer, size_t *len)
{
	*len = writer->end - writer->begin;
	return writer->buffer + writer->begin;
}

void tunkit_writer_written(struct tunkit_writer *writer, size_t len)
{
	writer->reserved = 0;
	if (len > writer->end - writer->begin)
		len = writer->end - writer->begin;
	writer->begin += len;
	if (writer->begin == writer->end)
		writer->begin = writer->end = 0;
}

size_t tk_writer_kept(const struct tunkit_writer *writer,
		      const struct tunkit_frame *frame)
{
	size_t snaplen = writer->opts.snaplen;

	return snaplen && snaplen < frame->len ? snaplen : frame->len;
}

uint8_t *tk_writer_copy(const struct tunkit_writer *writer, uint8_t *out,
			const struct tunkit_frame *frame)
{
	struct tunkit_layout layout = {
		.kind = writer->opts.kind,
		.pi = writer->opts.pi,
	};
	size_t kept = tk_writer_kept(writer, frame);
	struct tunkit_vnet vnet = frame->vnet;

	if (layout.pi) {
		tunkit_frame_encode(&layout, frame, out, TUNKIT_PI_SIZE);
		out += TUNKIT_PI_SIZE;
	}
	if (!kept)
		return out;
	if (!frame->has_vnet || !(vnet.flags & TUNKIT_VNET_NEEDS_CSUM)) {
		memcpy(out, frame->data, kept);
		return out + kept;
	}
	/* The sum is over the whole frame: cut afterwards. */
	memcpy(out, frame->data, frame->len);
	tunkit_frame_complete(&vnet, out, frame->len);
	return out + kept;
}
