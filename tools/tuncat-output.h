/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames to a descriptor. Its own flags are left alone, because they are
 * shared with whoever started us; it is written so that it does not sleep.
 */
#ifndef TUNCAT_OUTPUT_H
#define TUNCAT_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <tunkit.h>

#include "tuncat-records.h"

enum output_way {
	OUTPUT_FILE,		/* a file, a terminal: may sleep */
	OUTPUT_PIPE_OWN,	/* a pipe whose description is ours: O_NONBLOCK */
	OUTPUT_PIPE,		/* one that is shared */
	OUTPUT_PIPE_SLOW,	/* a FIFO that is, or a pipe before Linux 6.4 */
	OUTPUT_SOCKET,
};

struct output {
	struct tunkit_writer *writer;	/* NULL: not in use */
	char name[300];		/* for messages, escaped */
	int fd;
	bool own;		/* fd is closed with the output */
	enum output_way way;
	struct records records;
	bool timed;		/* frames carry the time */
	bool per_frame;		/* one write a frame: it keeps boundaries */
	bool both;		/* shows frames to the kernel, too */
	bool stalled;		/* wait for POLLOUT before more is put */
	int error;		/* nothing goes there any more, for this */
};

/* 0 or -errno. fd stays the caller's. */
int output_open(struct output *output, const char *name, int fd, bool both,
		const struct tunkit_stream_opts *opts);
void output_close(struct output *output);

/*
 * Says what a function below has failed with and gives the output up: what
 * else is put there is none the less fine. A regular file is cut back to its
 * last whole record. Silent for -EPIPE: the reader went away, that is how
 * `| head` ends a run, no failure. Returns the error.
 */
int output_failed(struct output *output, int error);
/* Bytes that wait to be written. */
size_t output_waiting(const struct output *output);

/*
 * Whether a frame can be put without waiting; writes out first when much has
 * gathered. An output not in use has room always.
 */
bool output_room(struct output *output, int *error);

/*
 * Takes a frame; it waits, for a moment, only in an output that says it has no
 * room. 0, -EMSGSIZE: the format cannot hold it, -EAGAIN: it was not read
 * meanwhile, or the errno of a write.
 */
int output_put(struct output *output, const struct tunkit_frame *frame,
	       enum tunkit_direction direction);

/*
 * At the end of a run: what the kernel dropped of the frames that went in that
 * direction, for formats that have a place for it. 0 or -errno.
 */
int output_drops(struct output *output, enum tunkit_direction direction,
		 uint64_t dropped);

/* Writes what has gathered; what does not go at once makes it stalled. */
int output_flush(struct output *output);
/*
 * The same at the end of a run: waits until all is out. -EAGAIN: nothing of it
 * was read for a moment, or a signal came (signals is signals_open()'s), which
 * is in *number then.
 */
int output_drain(struct output *output, int signals, int *number);

/* Bits for poll(): what wakes the caller as far as this output goes. */
short output_events(const struct output *output);

#endif /* TUNCAT_OUTPUT_H */
