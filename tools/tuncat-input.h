/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames from standard input or a file, if frames can come from there. */
#ifndef TUNCAT_INPUT_H
#define TUNCAT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <tunkit.h>

#include "tuncat-device.h"
#include "tuncat-options.h"

struct input {
	int fd;				/* -1: not read, or at its end */
	char name[128];			/* of it, escaped */
	bool replayed;			/* -r: a capture, nothing else */
	bool text;			/* -F text, which is for output alone */
	bool guessed;			/* raw, as nothing says otherwise */
	bool socket;
	bool messages;			/* a read is a frame */
	bool ended;			/* all bytes are in the reader */
	bool finished;			/* and it has been told so */
	bool more;			/* the reader may hold whole frames */
	bool found;			/* at least one frame */
	const char *device;		/* the label of where the frames go */
	struct tunkit_stream_opts opts;
	struct tunkit_reader *reader;	/* NULL before the format is known */
	uint64_t time_ns;		/* of the last frame, or not set */
	uint8_t head[4];		/* by which a capture is known */
	size_t head_len;
	uint8_t *message;		/* TUNKIT_BUFFER_SIZE */
	size_t message_len;
};

/*
 * Looks at fd, which stays the caller's: standard input, the file of -r, or our
 * end of what the command of --exec writes. Only pipes, sockets and regular
 * files carry frames. format is what -F said, NONE or TEXT: recognise it. 0 or
 * -ENOMEM.
 */
int input_open(struct input *input, int fd, const struct options *options,
	       const struct device *device);
void input_close(struct input *input);

/* Goes back to the beginning of a file. 0 or -errno. */
int input_rewind(struct input *input);

/* Reads once; does not sleep when poll() saw POLLIN. 0 or exit status. */
int input_fill(struct input *input);

/*
 * The next frame: 1; 0: fill first, or, when ended, no more; negative: the
 * input is no good: an exit status, negated, which has been explained. The bytes
 * of the frame stay valid until the next call of fill.
 */
int input_next(struct input *input, struct tunkit_frame *frame);
/* When the frame that was given last was captured; NULL: that is not known. */
const uint64_t *input_time(struct input *input);

/* Once there is no more: says if it was in vain. Returns the exit status. */
int input_finish(const struct input *input);

#endif /* TUNCAT_INPUT_H */
