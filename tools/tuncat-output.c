// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "tuncat-signals.h"

#define GATHER_MAX (64 * 1024)	/* bytes that may wait while frames come */
#define DRAIN_MS 1000

/*
 * A description of our own does not sleep, and nobody else's flags change. What
 * we have opened ourselves is one; a pipe that was handed to us can be opened
 * once more, as long as it has a reader and before privileges are given up.
 */
static void own_pipe(struct output *output)
{
	char path[32];
	int fd;

	output->way = OUTPUT_PIPE;
	if (output->fd > STDERR_FILENO) {
		if (!fcntl(output->fd, F_SETFL, O_NONBLOCK))
			output->way = OUTPUT_PIPE_OWN;
		return;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", output->fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	output->fd = fd;
	output->own = true;
	output->way = OUTPUT_PIPE_OWN;
}

static void choose_way(struct output *output, enum tunkit_format format)
{
	socklen_t len = sizeof(int);
	struct stat stat;
	int type;

	output->way = OUTPUT_FILE;
	if (fstat(output->fd, &stat))
		return;
	if (S_ISFIFO(stat.st_mode))
		own_pipe(output);
	else if (S_ISSOCK(stat.st_mode))
		output->way = OUTPUT_SOCKET;
	else if (S_ISCHR(stat.st_mode))
		output->per_frame = format == TUNKIT_FORMAT_RAW;
	if (output->way == OUTPUT_SOCKET &&
	    !getsockopt(output->fd, SOL_SOCKET, SO_TYPE, &type, &len))
		output->per_frame = type != SOCK_STREAM;
}

static bool in_use(const struct output *output)
{
	return output->writer && !output->error;
}

size_t output_waiting(const struct output *output)
{
	size_t len = 0;

	if (in_use(output))
		tunkit_writer_pending(output->writer, &len);
	return len;
}

int output_open(struct output *output, const char *name, int fd, bool both,
		const struct tunkit_stream_opts *opts)
{
	int err;

	*output = (struct output){
		.fd = fd,
		.both = both,
		.timed = opts->format == TUNKIT_FORMAT_PCAP ||
			 opts->format == TUNKIT_FORMAT_PCAPNG ||
			 opts->format == TUNKIT_FORMAT_TEXT ||
			 opts->format == TUNKIT_FORMAT_HEX,
	};
	tunkit_escape(output->name, sizeof(output->name), name);
	choose_way(output, opts->format);
	records_start(&output->records, output->fd);
	err = tunkit_writer_new(opts, &output->writer);
	if (err)
		output_close(output);
	else	/* The header of a capture. */
		records_put(&output->records, output_waiting(output));
	return err;
}

void output_close(struct output *output)
{
	tunkit_writer_free(output->writer);
	output->writer = NULL;
	records_free(&output->records);
	output->stalled = false;
	if (output->own)
		close(output->fd);
	output->own = false;
}

int output_failed(struct output *output, int error)
{
	if (error == -EAGAIN)
		message_error("%s: not read: %zu bytes of frames are lost",
			      output->name, output_waiting(output));
	else if (error && error != -EPIPE)
		message_error("%s: %s", output->name, strerror(-error));
	if (error && records_cut(&output->records, output->fd))
		message_error("%s: it ends inside a frame", output->name);
	if (error) {
		output->error = error;
		output->stalled = false;
	}
	return error;
}

static ssize_t write_now(struct output *output, const void *bytes, size_t len)
{
	struct iovec iov = { .iov_base = (void *)bytes, .iov_len = len };
	ssize_t n;

	switch (output->way) {
	case OUTPUT_SOCKET:
		return send(output->fd, bytes, len,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	case OUTPUT_PIPE:
		n = pwritev2(output->fd, &iov, 1, -1, RWF_NOWAIT);
		if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS))
			return n;
		output->way = OUTPUT_PIPE_SLOW;
		/* fall through */
	case OUTPUT_PIPE_SLOW:
		/* POLLOUT of a pipe promises room for this much. */
		if (poll(&(struct pollfd){ .fd = output->fd,
					   .events = POLLOUT }, 1, 0) == 0) {
			errno = EAGAIN;
			return -1;
		}
		return write(output->fd, bytes, len < PIPE_BUF ? len : PIPE_BUF);
	case OUTPUT_PIPE_OWN:
	case OUTPUT_FILE:
		break;
	}
	return write(output->fd, bytes, len);
}

int output_flush(struct output *output)
{
	if (!in_use(output))
		return 0;
	output->stalled = false;
	for (;;) {
		size_t len;
		const void *bytes = tunkit_writer_pending(output->writer, &len);
		ssize_t n;

		if (!len)
			return 0;
		n = write_now(output, bytes, len);
		if (n >= 0) {
			tunkit_writer_written(output->writer, n);
			records_written(&output->records, output->fd, n);
		} else if (errno == EAGAIN) {
			output->stalled = true;
			return 0;
		} else if (errno == EMSGSIZE) {
			tunkit_writer_written(output->writer, len);
			return -EMSGSIZE;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
}

static int wait_and_flush(struct output *output)
{
	struct pollfd fd = { .fd = output->fd, .events = POLLOUT };
	int n = poll(&fd, 1, DRAIN_MS);

	if (!n)
		return -EAGAIN;
	if (n < 0 && errno != EINTR)
		return -errno;
	return output_flush(output);
}

int output_drain(struct output *output, int signals, int *number)
{
	struct pollfd fds[] = {
		{ .fd = output->fd, .events = POLLOUT },
		{ .fd = signals, .events = POLLIN },
	};
	int err = output_flush(output);

	while (!err && output->stalled) {
		int n = poll(fds, 2, DRAIN_MS);
		int ending = signals_ending(signals);

		if (ending)
			*number = ending;
		if (!n || ending)
			err = -EAGAIN;
		else
			err = output_flush(output);
	}
	return err;
}

bool output_room(struct output *output, int *error)
{
	if (output_waiting(output) > GATHER_MAX || output->stalled)
		*error = output_flush(output);
	return !output->stalled;
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

int output_put(struct output *output, const struct tunkit_frame *frame,
	       enum tunkit_direction direction)
{
	uint64_t time_ns;
	int err;

	if (!in_use(output) ||
	    (direction == TUNKIT_TO_KERNEL && !output->both))
		return 0;
	time_ns = output->timed ? now() : 0;
	for (;;) {
		err = tunkit_writer_put(output->writer, frame, direction,
					time_ns);
		if (err != -ENOBUFS)
			break;
		err = wait_and_flush(output);
		if (err)
			return err;
	}
	if (!err)
		records_put(&output->records, output_waiting(output));
	if (!err && output->per_frame)
		err = output_flush(output);
	return err;
}

int output_drops(struct output *output, enum tunkit_direction direction,
		 uint64_t dropped)
{
	int err;

	if (!in_use(output))
		return 0;
	while ((err = tunkit_writer_drops(output->writer, direction, dropped,
					  now())) == -ENOBUFS) {
		err = wait_and_flush(output);
		if (err)
			break;
	}
	if (!err)
		records_put(&output->records, output_waiting(output));
	return err;
}

short output_events(const struct output *output)
{
	return output->stalled ? POLLOUT : 0;
}
