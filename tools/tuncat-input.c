// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-input.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "tuncat-gso.h"

static bool is_directory(int fd)
{
	struct stat stat;

	return !fstat(fd, &stat) && S_ISDIR(stat.st_mode);
}

static bool carries_frames(struct input *input, int fd)
{
	socklen_t len = sizeof(int);
	struct stat stat;
	int type;

	if (fstat(fd, &stat))
		return false;
	if (S_ISREG(stat.st_mode) || S_ISFIFO(stat.st_mode))
		return true;
	if (!S_ISSOCK(stat.st_mode) ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len))
		return false;
	input->socket = true;
	input->messages = type != SOCK_STREAM && !input->replayed;
	return true;
}

static bool known(enum tunkit_format format)
{
	return format != TUNKIT_FORMAT_NONE && format != TUNKIT_FORMAT_TEXT;
}

static void name_input(struct input *input, const struct options *options)
{
	const char *name = options->read;

	if (options->command)
		name = "the command's output";
	else if (!name || !strcmp(name, "-"))
		name = "standard input";
	tunkit_escape(input->name, sizeof(input->name), name);
}

int input_open(struct input *input, int fd, const struct options *options,
	       const struct device *device)
{
	/* The format of a replay is what the capture begins as. */
	enum tunkit_format format = options->read ? TUNKIT_FORMAT_NONE :
						    options->format;

	*input = (struct input){ .fd = -1, .opts = TUNKIT_INIT(input->opts) };
	input->replayed = options->read;
	input->text = format == TUNKIT_FORMAT_TEXT;
	name_input(input, options);
	if (is_directory(fd))
		return -EISDIR;
	if (!carries_frames(input, fd))
		return 0;
	input->fd = fd;
	input->opts.format = format;
	input->device = device->label;
	if (format == TUNKIT_FORMAT_GSO)
		input->opts.offload = gso_takes(device);
	input->opts.kind = device->facts.kind;
	input->opts.pi = options->pi;
	if (!known(format))
		input->opts.format = input->messages ? TUNKIT_FORMAT_RAW :
						       TUNKIT_FORMAT_NONE;
	input->messages &= input->opts.format == TUNKIT_FORMAT_RAW;
	if (!input->messages)
		return 0;
	input->message = malloc(TUNKIT_BUFFER_SIZE);
	return input->message ? 0 : -ENOMEM;
}

void input_close(struct input *input)
{
	tunkit_reader_free(input->reader);
	free(input->message);
	*input = (struct input){ .fd = -1 };
}

static ssize_t read_some(struct input *input, void *bytes, size_t size)
{
	ssize_t n;

	do {
		n = input->socket ? recv(input->fd, bytes, size, MSG_DONTWAIT) :
				    read(input->fd, bytes, size);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno != EAGAIN)
		message_error("%s: %s", input->name, strerror(errno));
	return -errno;
}

static int no_boundaries(const struct input *input)
{
	message_error("%s: a stream does not keep the boundaries "
		      "of raw Ethernet frames: use -F len16 on both sides, "
		      "or -R to leave it alone", input->name);
	return TUNKIT_STATUS_USAGE;
}

static int no_capture(const struct input *input)
{
	message_error("%s is no capture: pcap and pcapng are replayed",
		      input->name);
	return TUNKIT_STATUS_FAILED;
}

/* The format is known: makes the reader and hands it the first bytes. */
static int start(struct input *input)
{
	size_t size;
	int err;

	if (!known(input->opts.format))
		input->opts.format = tunkit_format_guess(input->head,
							 input->head_len);
	if (!known(input->opts.format) && input->replayed)
		return no_capture(input);
	input->guessed = !known(input->opts.format);
	if (input->guessed)
		input->opts.format = TUNKIT_FORMAT_RAW;
	err = tunkit_reader_new(&input->opts, &input->reader);
	if (err == -EOPNOTSUPP)
		return no_boundaries(input);
	if (err) {
		message_error("%s: %s", input->name, strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	memcpy(tunkit_reader_space(input->reader, &size), input->head,
	       input->head_len);
	tunkit_reader_filled(input->reader, input->head_len);
	input->more = true;
	return 0;
}

static int fill_head(struct input *input)
{
	ssize_t n = read_some(input, input->head + input->head_len,
			      sizeof(input->head) - input->head_len);

	if (n < 0)
		return n == -EAGAIN ? 0 : TUNKIT_STATUS_FAILED;
	input->head_len += n;
	input->ended = !n;
	if (input->head_len == sizeof(input->head) ||
	    (input->ended && input->head_len))
		return start(input);
	return 0;
}

/* An empty datagram is not the end of anything. */
static bool hung_up(const struct input *input)
{
	struct pollfd fd = { .fd = input->fd, .events = POLLRDHUP };

	return poll(&fd, 1, 0) > 0 && fd.revents & (POLLHUP | POLLRDHUP);
}

static int fill_message(struct input *input)
{
	ssize_t n = read_some(input, input->message, TUNKIT_BUFFER_SIZE);

	if (n < 0)
		return n == -EAGAIN ? 0 : TUNKIT_STATUS_FAILED;
	input->ended = !n && hung_up(input);
	input->message_len = n;
	input->more = n > 0;
	return 0;
}

int input_fill(struct input *input)
{
	int status = 0;
	size_t size;
	ssize_t n;
	void *space;

	if (input->messages)
		return fill_message(input);
	/* A wrong peer is shown by as much as it has said. */
	if (!input->reader && input->opts.format == TUNKIT_FORMAT_GSO)
		status = start(input);
	if (status || !input->reader)
		return status ? status : fill_head(input);
	space = tunkit_reader_space(input->reader, &size);
	n = read_some(input, space, size);
	if (n < 0)
		return n == -EAGAIN ? 0 : TUNKIT_STATUS_FAILED;
	tunkit_reader_filled(input->reader, n);
	input->ended = !n;
	input->more = true;
	return 0;
}

/* A capture of IP packets for a TAP device, or of Ethernet for a TUN. */
static int wrong_kind(const struct input *input)
{
	bool tap = input->opts.kind == TUNKIT_TAP;
	struct tunkit_diagnosis diagnosis = { .status = TUNKIT_STATUS_STATE };

	snprintf(diagnosis.cause, sizeof(diagnosis.cause),
		 "%s is a capture of %s, %s takes %s", input->name,
		 tap ? "IP packets" : "Ethernet frames", input->device,
		 tap ? "Ethernet frames" : "IP packets");
	snprintf(diagnosis.remedy, sizeof(diagnosis.remedy), tap ?
		 "inject it into a TUN device: tunctl -n --up DEV" :
		 "inject it into a TAP device, or take the Ethernet headers off: editcap -F pcap -L -C 14 -T rawip - -");
	return message_diagnosis(NULL, &diagnosis);
}

static int unsupported(const struct input *input, int status)
{
	message_error("%s: %s", input->name,
		      tunkit_reader_error(input->reader));
	return status;
}

static int bad_framing(const struct input *input)
{
	if (input->replayed) {
		message_error("%s is broken at byte %" PRIu64 ": %s",
			      input->name, tunkit_reader_offset(input->reader),
			      tunkit_reader_error(input->reader));
		return TUNKIT_STATUS_FAILED;
	}
	if (input->guessed) {
		message_error("%s: %s so it was taken for raw packets: use -F "
			      "hex, len16 or len32 for another format (%s)",
			      input->name, input->text ?
			      "text cannot be read," :
			      "no -F says what it is,",
			      tunkit_reader_error(input->reader));
		return TUNKIT_STATUS_FAILED;
	}
	message_error("%s: bad framing at byte %" PRIu64 ": is the "
		      "peer using the same -F? (%s)", input->name,
		      tunkit_reader_offset(input->reader),
		      tunkit_reader_error(input->reader));
	return TUNKIT_STATUS_FAILED;
}

static int bad_peer(const struct input *input)
{
	message_error("%s: %s", input->name,
		      tunkit_reader_error(input->reader));
	return TUNKIT_STATUS_FAILED;
}

static int refused(const struct input *input, int error)
{
	if (input->opts.format == TUNKIT_FORMAT_GSO)
		return bad_peer(input);
	switch (error) {
	case -EMEDIUMTYPE:
		/* One of several interfaces: the others' frames did fit. */
		if (input->found)
			return unsupported(input, TUNKIT_STATUS_STATE);
		return wrong_kind(input);
	case -EOPNOTSUPP:
	case -ENOMEM:
		return unsupported(input, TUNKIT_STATUS_FAILED);
	default:
		return bad_framing(input);
	}
}

static int next_message(struct input *input, struct tunkit_frame *frame)
{
	struct tunkit_layout layout = {
		.kind = input->opts.kind,
		.pi = input->opts.pi,
	};

	input->more = false;
	if (tunkit_frame_decode(&layout, input->message, input->message_len,
				frame))
		*frame = (struct tunkit_frame){ .data = input->message };
	return 1;
}

int input_next(struct input *input, struct tunkit_frame *frame)
{
	int n;

	if (!input->more)
		return 0;
	if (input->messages)
		return next_message(input, frame);
	n = tunkit_reader_next(input->reader, frame);
	if (!n && input->ended && !input->finished) {
		input->finished = true;
		n = tunkit_reader_finish(input->reader);
		if (!n)
			n = tunkit_reader_next(input->reader, frame);
	}
	if (n < 0)
		return -refused(input, n);
	input->found |= n;
	input->more = n;
	return n;
}

const uint64_t *input_time(struct input *input)
{
	if (!input->reader || tunkit_reader_time(input->reader, &input->time_ns))
		return NULL;
	return &input->time_ns;
}

int input_rewind(struct input *input)
{
	if (lseek(input->fd, 0, SEEK_SET) < 0)
		return -errno;
	tunkit_reader_free(input->reader);
	input->reader = NULL;
	input->head_len = 0;
	input->opts.format = TUNKIT_FORMAT_NONE;
	input->ended = input->finished = input->more = input->found = false;
	return 0;
}

int input_finish(const struct input *input)
{
	if (!input->reader && input->replayed)
		return no_capture(input);
	/* Without a reader it had no byte: whoever feeds us had no frame. */
	if (input->found || !input->reader)
		return 0;
	if (input->opts.format == TUNKIT_FORMAT_HEX) {
		message_error("%s held no frame: no line of it is "
			      "one of a hex dump", input->name);
		return TUNKIT_STATUS_FAILED;
	}
	message_note("%s held no frame", input->name);
	return 0;
}
