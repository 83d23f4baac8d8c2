// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-lane.h"

#include <errno.h>
#include <poll.h>

#include "tuncat-bridge.h"

#define BATCH 64	/* frames before what is shown is written out */
#define RETRIES 10	/* while the kernel has no memory for a frame, */
#define RETRY_MS 10	/* this far apart */

/* Makes a frame of one layout fit the other. */
static int convert(struct lane *lane, struct tunkit_frame *frame)
{
	int err;

	if (frame->has_vnet &&
	    !tunkit_queue_layout(lane->to->queue)->vnet_hdr_size) {
		if (frame->vnet.gso_type != TUNKIT_GSO_NONE)
			return -EINVAL;
		err = tunkit_frame_complete(&frame->vnet, (void *)frame->data,
					    frame->len);
		if (err)
			return err;
		frame->has_vnet = false;
	}
	return tunkit_queue_send(lane->to->queue, frame);
}

static int pass_once(struct lane *lane, struct tunkit_frame *frame, size_t len)
{
	if (lane->same)
		return tunkit_queue_write(lane->to->queue, lane->buffer, len);
	return convert(lane, frame);
}

static int pass(struct lane *lane, struct tunkit_frame *frame, size_t len)
{
	struct pollfd fd = {
		.fd = tunkit_queue_fd(lane->to->queue),
		.events = POLLOUT,
	};
	int err;

	for (int i = 0; i < RETRIES; i++) {
		err = pass_once(lane, frame, len);
		if (err != -EAGAIN && err != -ENOMEM && err != -ENOBUFS &&
		    err != -EINTR)
			break;
		/* POLLOUT may hold already when memory is what lacks. */
		poll(&fd, err == -EAGAIN, RETRY_MS);
	}
	return err;
}

/* A lab bridge outlives a link that is taken down for a while. */
static void write_failed(struct lane *lane, int err)
{
	tally_add(&lane->tally.refused, 1);
	if (err == -EBADFD) {
		bridge_failed(lane->bridge, lane->to, TUNKIT_OP_WRITE, err);
	} else if (err == -EIO) {
		device_say_down(lane->to);
	}
}

/* False: -c has been reached and the last frame is taken already. */
static bool spend(struct bridge *bridge)
{
	uint64_t left;

	if (!bridge->options->count)
		return true;
	left = atomic_load(&bridge->budget);
	while (left && !atomic_compare_exchange_weak(&bridge->budget, &left,
						     left - 1))
		;
	return left;
}

static void forward(struct lane *lane, struct tunkit_frame *frame, size_t len)
{
	int err = pass(lane, frame, len);

	if (err)
		write_failed(lane, err);
	else
		lane->to->told_down = false;
}

/* False: -c has been reached before this frame. */
static bool take(struct lane *lane, size_t len)
{
	struct bridge *bridge = lane->bridge;
	bool decode = !lane->same || bridge->filter || bridge_shows(bridge);
	bool selected = true;
	struct tunkit_frame frame;
	int err = 0;

	if (decode)
		err = tunkit_frame_decode(
			tunkit_queue_layout(lane->from->queue), lane->buffer,
			len, &frame);
	if (decode && !err)
		selected = filter_matches(bridge->filter, &frame);
	if (selected && !spend(bridge))
		return false;
	tally_add(&lane->tally.frames, 1);
	tally_add(&lane->tally.bytes, len);
	if (err) {
		write_failed(lane, err);
		return true;
	}
	if (decode && frame.pi_flags & TUNKIT_PI_STRIP)
		tally_add(&lane->tally.truncated, 1);
	if (selected && bridge_shows(bridge))
		bridge_show(lane, &frame);
	forward(lane, &frame, len);
	return true;
}

/* Forwards until the device has no more, up to a batch; true: it may have. */
static bool drain(struct lane *lane)
{
	struct bridge *bridge = lane->bridge;
	int i;

	for (i = 0; i < BATCH && !bridge->done; i++) {
		ssize_t len = tunkit_queue_read(lane->from->queue,
						lane->buffer,
						TUNKIT_BUFFER_SIZE);

		if (len == -EAGAIN || len == -EINTR)
			break;
		if (len < 0) {
			bridge_failed(bridge, lane->from, TUNKIT_OP_READ, len);
			break;
		}
		if (!take(lane, len))
			break;
		if (bridge->options->count && !bridge->budget)
			bridge_finish(bridge, 0);
	}
	if (i) {
		bridge_flush(bridge);
		limits_touch(&bridge->limits);
	}
	return i == BATCH;
}

void *lane_run(void *argument)
{
	struct lane *lane = argument;
	struct pollfd fds[] = {
		{ .fd = tunkit_queue_fd(lane->from->queue), .events = POLLIN },
		{ .fd = lane->bridge->stop, .events = POLLIN },
	};

	while (!lane->bridge->done)
		if (!drain(lane))
			poll(fds, 2, -1);
	return NULL;
}
