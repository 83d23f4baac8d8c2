// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-bridge.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "message.h"
#include "tuncat-signals.h"

/*
 * Lanes that wait for the reader of a show do not see a device go, and the
 * driver wakes only those who wait for frames.
 */
#define LOOK_MS 500

static void wake_all(struct bridge *bridge)
{
	uint64_t one = 1;

	if (write(bridge->stop, &one, sizeof(one)) < 0)
		message_error("eventfd: %s", strerror(errno));
}

void bridge_finish(struct bridge *bridge, int status)
{
	if (atomic_exchange(&bridge->done, true))
		return;
	bridge->status = status;
	wake_all(bridge);
}

void bridge_failed(struct bridge *bridge, struct device *device,
		   enum tunkit_operation operation, int error)
{
	if (atomic_exchange(&bridge->done, true))
		return;
	bridge->status = device_failed(device, operation, error);
	wake_all(bridge);
}

static void show_failed(struct bridge *bridge, struct output *output, int err)
{
	output_failed(output, err);
	bridge_finish(bridge, err == -EPIPE ? 0 : TUNKIT_STATUS_FAILED);
}

/*
 * A show that is not read holds the frames up rather than losing some of
 * them, but it does not hold up the end of the run.
 */
static void wait_for(struct bridge *bridge, struct output *output)
{
	struct pollfd fds[] = {
		{ .fd = output->fd, .events = POLLOUT },
		{ .fd = bridge->stop, .events = POLLIN },
	};
	int err = 0;

	while (!err && output->stalled && !bridge->done) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			err = -errno;
		else
			err = output_flush(output);
	}
	if (err)
		show_failed(bridge, output, err);
}

/* A frame that crosses is shown, though the end of the run came meanwhile. */
static void show_on(struct bridge *bridge, struct output *output,
		    const struct tunkit_frame *frame,
		    enum tunkit_direction direction)
{
	int err = 0;

	if (!output_room(output, &err) && !err)
		wait_for(bridge, output);
	if (!err)
		err = output_put(output, frame, direction);
	if (err && err != -EMSGSIZE)
		show_failed(bridge, output, err);
}

bool bridge_shows(const struct bridge *bridge)
{
	return bridge->output->writer || bridge->capture->writer;
}

void bridge_show(struct lane *lane, const struct tunkit_frame *frame)
{
	struct bridge *bridge = lane->bridge;

	pthread_mutex_lock(&bridge->lock);
	progress_hide(&bridge->progress);
	show_on(bridge, bridge->output, frame, lane->direction);
	show_on(bridge, bridge->capture, frame, lane->direction);
	pthread_mutex_unlock(&bridge->lock);
}

void bridge_flush(struct bridge *bridge)
{
	struct output *outputs[] = { bridge->output, bridge->capture };

	if (!bridge_shows(bridge))
		return;
	pthread_mutex_lock(&bridge->lock);
	progress_hide(&bridge->progress);
	for (int i = 0; i < 2; i++) {
		int err = output_flush(outputs[i]);

		if (err)
			show_failed(bridge, outputs[i], err);
		wait_for(bridge, outputs[i]);
	}
	progress_show(&bridge->progress);
	pthread_mutex_unlock(&bridge->lock);
}

/* Of the frames that each device has handed out. */
static void count_drops(struct bridge *bridge, uint64_t dropped[2])
{
	for (int i = 0; i < 2; i++)
		dropped[i] = device_dropped(bridge->lanes[i].from);
}

static void report(struct bridge *bridge, const uint64_t dropped[2],
		   void (*print)(const char *from, const char *to,
				 const struct tally *tally, uint64_t dropped))
{
	for (int i = 0; i < 2; i++) {
		struct lane *lane = &bridge->lanes[i];

		print(lane->from->label, lane->to->label, &lane->tally,
		      dropped[i]);
	}
}

static void take_signals(struct bridge *bridge)
{
	uint64_t dropped[2];
	int number;

	while ((number = signals_take(bridge->signals))) {
		if (number == SIGUSR1) {
			count_drops(bridge, dropped);
			report(bridge, dropped, tally_print);
			continue;
		}
		if (number == SIGCHLD)
			continue;
		bridge->signal = number;
		bridge_finish(bridge, 0);
	}
}

/* Whoever reads the frames shown may leave while none comes. */
static bool reader_left(const struct pollfd fds[2])
{
	return (fds[0].revents | fds[1].revents) & (POLLERR | POLLHUP);
}

/* A show that waits for its reader has the lock: no line is worth that. */
static void tick(struct bridge *bridge)
{
	if (pthread_mutex_trylock(&bridge->lock))
		return;
	progress_tick(&bridge->progress);
	pthread_mutex_unlock(&bridge->lock);
}

static int time_left(const struct bridge *bridge)
{
	int left = progress_left(&bridge->progress,
				 limits_left(&bridge->limits));

	if (bridge_shows(bridge) && (left < 0 || left > LOOK_MS))
		return LOOK_MS;
	return left;
}

static void look(struct bridge *bridge, const struct pollfd fds[2])
{
	for (int i = 0; i < 2; i++)
		if (fds[i].revents & POLLERR)
			bridge_failed(bridge, &bridge->devices[i],
				      TUNKIT_OP_READ, -EBADFD);
}

static void supervise(struct bridge *bridge)
{
	struct pollfd fds[] = {
		{ .fd = bridge->output->writer ? bridge->output->fd : -1 },
		{ .fd = bridge->capture->writer ? bridge->capture->fd : -1 },
		{ .fd = bridge->signals, .events = POLLIN },
		{ .fd = bridge->stop, .events = POLLIN },
		{ .fd = device_fd(&bridge->devices[0]) },
		{ .fd = device_fd(&bridge->devices[1]) },
	};

	while (!bridge->done) {
		poll(fds, 6, time_left(bridge));
		take_signals(bridge);
		look(bridge, &fds[4]);
		tick(bridge);
		if (!limits_left(&bridge->limits) || reader_left(fds))
			bridge_finish(bridge, 0);
	}
}

static bool same_layout(const struct tunkit_layout *a,
			const struct tunkit_layout *b)
{
	return a->kind == b->kind && a->pi == b->pi && a->pi >= 0 &&
	       a->vnet_hdr_size == b->vnet_hdr_size &&
	       a->vnet_big_endian == b->vnet_big_endian;
}

/* Why what the device hands out is plain, or NULL. */
static const char *why_plain(const struct device *device)
{
	bool shared = device->facts.queues + device->facts.queues_detached > 1;

	if (!tunkit_queue_layout(device->queue)->vnet_hdr_size)
		return shared ? "another program holds a queue of it, with "
				"frames without a virtio-net header" :
				"its driver gives frames no virtio-net header";
	if (tunkit_queue_offload(device->queue) || device->facts.offload)
		return NULL;
	return shared ? "another program holds a queue of it and has set no "
			"offload" : "its driver has no offload";
}

static void say_agreed(const struct bridge *bridge, bool segments)
{
	message_verbose(segments ? "joined with segmentation and checksum "
			"offload" : "joined without offload: plain frames");
	for (int i = 0; i < 2; i++) {
		const struct device *device = &bridge->devices[i];
		const char *why = why_plain(device);

		if (why)
			message_verbose("%s hands out plain frames: %s",
					device->label, why);
	}
}

static int agree(struct bridge *bridge)
{
	struct tunkit_queue *queues[2];
	bool segments = true;
	int err = 0;

	for (int i = 0; i < 2; i++) {
		queues[i] = bridge->devices[i].queue;
		if (!tunkit_queue_layout(queues[i])->vnet_hdr_size)
			segments = false;
	}
	say_agreed(bridge, segments);
	for (int i = 0; i < 2 && !segments && !err; i++)
		if (tunkit_queue_offload(queues[i]))
			err = tunkit_queue_set_offload(queues[i], 0);
	if (err) {
		message_error("cannot take offloads back: %s", strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	return 0;
}

int bridge_prepare(struct bridge *bridge)
{
	struct device *devices = bridge->devices;

	if (devices[0].facts.kind != devices[1].facts.kind) {
		message_error("%s and %s are not of one kind: a TUN device "
			      "carries IP packets, a TAP device Ethernet frames",
			      devices[0].label, devices[1].label);
		return TUNKIT_STATUS_STATE;
	}
	return agree(bridge);
}

static int set_up(struct bridge *bridge)
{
	bridge->stop = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (bridge->stop < 0)
		return -errno;
	for (int i = 0; i < 2; i++) {
		struct lane *lane = &bridge->lanes[i];

		lane->bridge = bridge;
		lane->from = &bridge->devices[i];
		lane->to = &bridge->devices[!i];
		lane->direction = i ? TUNKIT_TO_KERNEL : TUNKIT_FROM_KERNEL;
		lane->same = same_layout(tunkit_queue_layout(lane->from->queue),
					 tunkit_queue_layout(lane->to->queue));
		lane->buffer = malloc(TUNKIT_BUFFER_SIZE);
		if (!lane->buffer)
			return -ENOMEM;
	}
	pthread_mutex_init(&bridge->lock, NULL);
	bridge->budget = bridge->options->count;
	limits_start(&bridge->limits, bridge->options);
	progress_start(&bridge->progress, bridge->options->progress,
		       bridge->output);
	for (int i = 0; i < 2; i++)
		progress_add(&bridge->progress, i ? '<' : '>',
			     &bridge->lanes[i].tally, bridge->lanes[i].from);
	return 0;
}

static int start_lanes(struct bridge *bridge)
{
	int err;

	for (int i = 0; i < 2; i++) {
		err = pthread_create(&bridge->lanes[i].thread, NULL, lane_run,
				     &bridge->lanes[i]);
		if (!err)
			continue;
		bridge_finish(bridge, TUNKIT_STATUS_FAILED);
		if (i)
			pthread_join(bridge->lanes[0].thread, NULL);
		return -err;
	}
	return 0;
}

static void end_output(struct bridge *bridge, struct output *output,
		       const uint64_t dropped[2])
{
	int err = 0;

	for (int i = 0; i < 2 && !err; i++)
		err = output_drops(output, bridge->lanes[i].direction,
				   dropped[i]);
	if (!err)
		err = output_drain(output, bridge->signals, &bridge->signal);
	output_failed(output, err);
	if (output->error && output->error != -EPIPE && !bridge->status)
		bridge->status = TUNKIT_STATUS_FAILED;
}

/* What is dropped while a slow reader takes the rest is no part of the run. */
static void end_lanes(struct bridge *bridge)
{
	uint64_t dropped[2];

	for (int i = 0; i < 2; i++)
		pthread_join(bridge->lanes[i].thread, NULL);
	progress_hide(&bridge->progress);
	count_drops(bridge, dropped);
	end_output(bridge, bridge->output, dropped);
	end_output(bridge, bridge->capture, dropped);
	progress_end(&bridge->progress, dropped[0] + dropped[1]);
	report(bridge, dropped, tally_print_end);
}

int bridge_run(struct bridge *bridge)
{
	int err = set_up(bridge);

	if (!err)
		err = start_lanes(bridge);
	if (err) {
		message_error("cannot join the devices: %s", strerror(-err));
		bridge->status = TUNKIT_STATUS_FAILED;
	} else {
		supervise(bridge);
		end_lanes(bridge);
	}
	free(bridge->lanes[0].buffer);
	free(bridge->lanes[1].buffer);
	if (bridge->stop >= 0)
		close(bridge->stop);
	return bridge->status;
}
