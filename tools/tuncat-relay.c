// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "message.h"
#include "tuncat-gso.h"
#include "tuncat-signals.h"

#define BATCH 64	/* frames of one way before the other has its turn, */
#define ALONE 256	/* and before a look for signals if there is no other */
/*
 * After a batch of REST_AFTER frames more are on their way. Whoever sleeps in
 * poll() right then is woken for each of them, and the waking is paid by the
 * sender: on a machine where it is dear, batching lost to a plain loop by it.
 * So the device is left alone for a moment, if its ring has room for that.
 */
#define REST_AFTER 4
#define REST_US 50
#define REST_RING 256
#define RETRY_MS 10	/* after the kernel had no memory for a frame */
#define DOWN_MS 200	/* between looks at a device that may be gone */
/*
 * A device that goes wakes those who wait for frames. Who does not, because
 * nothing is dumped now, has to look.
 */
#define LOOK_MS 500

enum { AT_DEVICE, AT_OUTPUT, AT_CAPTURE, AT_INPUT, AT_SIGNALS, AT_COUNT };

static void finish(struct relay *relay, int status)
{
	relay->done = true;
	if (!relay->status)
		relay->status = status;
}

/* By what is not in the frames' way: a limit, a signal. */
static void cut_short(struct relay *relay)
{
	if (!relay->done && relay->strange && !relay->signal)
		relay->status = gso_silent(relay->input->name);
	relay->cut = true;
	finish(relay, 0);
}

static void shown(struct relay *relay, int err)
{
	if (err)
		finish(relay, err == -EPIPE ? 0 : TUNKIT_STATUS_FAILED);
}

static bool room(struct relay *relay, enum tunkit_direction direction)
{
	int err;
	bool free = show_room(&relay->show, direction, &err);

	shown(relay, err);
	return free;
}

static void count(struct relay *relay, struct tally *tally,
		  const struct tunkit_frame *frame)
{
	uint64_t total;

	tally_add(&tally->frames, 1);
	tally_add(&tally->bytes, frame->len);
	total = tally_get(&tally->frames);
	if (relay->device->sniffer)
		total = tally_get(&relay->out.frames) +
			tally_get(&relay->in.frames);
	if (total == relay->options->count)
		cut_short(relay);
}

/* False: nothing more for now. */
static bool receive(struct relay *relay, struct tunkit_frame *frame,
		    enum tunkit_direction *direction)
{
	int err = device_receive(relay->device, relay->buffer,
				 TUNKIT_BUFFER_SIZE, frame, direction);

	if (!err) {
		relay->down = relay->device->told_down = false;
		return true;
	}
	/* A device that is deleted goes down first: look again, then say so. */
	if (err == -EAGAIN && relay->down)
		device_say_down(relay->device);
	if (err == -ENETDOWN) {
		relay->down = true;
	} else if (err == -EINVAL && relay->device->sniffer) {
		tally_add(&relay->out.refused, 1);
	} else if (err != -EAGAIN && err != -EINTR) {
		finish(relay, device_failed(relay->device, TUNKIT_OP_READ,
					    err));
	}
	return false;
}

/* Takes frames from the device until it has none, up to a batch. */
static void dump(struct relay *relay)
{
	enum tunkit_direction direction;
	struct tunkit_frame frame;
	struct tally *tally;
	int batch = relay->input->fd < 0 ? ALONE : BATCH;
	bool passed = false;
	int i;

	for (i = 0; i < batch && !relay->done &&
	     room(relay, TUNKIT_FROM_KERNEL); i++) {
		if (!receive(relay, &frame, &direction))
			break;
		if (!filter_matches(relay->filter, &frame))
			continue;
		if (!passed)
			progress_hide(&relay->progress);
		passed = true;
		tally = direction == TUNKIT_FROM_KERNEL ? &relay->out :
							  &relay->in;
		if (frame.pi_flags & TUNKIT_PI_STRIP)
			tally_add(&tally->truncated, 1);
		shown(relay, show_frame(&relay->show, &frame, direction));
		count(relay, tally, &frame);
	}
	relay->hot = i == batch;
	relay->resting = i >= REST_AFTER && i < batch &&
			 relay->device->facts.tx_queue_len >= REST_RING;
	/*
	 * While frames wait what has been read gathers, up to what output_room()
	 * lets: each write wakes the reader. A line of progress is kept apart.
	 */
	if (!relay->hot || relay->options->progress)
		shown(relay, show_flush(&relay->show));
	if (!passed)
		return;
	progress_show(&relay->progress);
	limits_touch(&relay->limits);
}

/* Once the hello of a gso stream is read: frames may flow both ways. */
static bool greet(struct relay *relay)
{
	struct tunkit_hello peer;
	int status;

	if (!relay->strange || !relay->input->reader ||
	    tunkit_reader_hello(relay->input->reader, &peer))
		return true;
	if (relay->options->send_only && !peer.one_way) {
		message_error("%s: the other side waits for an answer, which "
			      "-S does not give: use -R there",
			      relay->input->name);
		finish(relay, TUNKIT_STATUS_FAILED);
		return false;
	}
	relay->strange = false;
	relay->deaf |= peer.one_way;
	limits_hello(&relay->limits, -1);
	status = gso_agree(relay->device, &peer);
	if (status)
		finish(relay, status);
	else if (relay->show.output->writer)
		tunkit_writer_agree(relay->show.output->writer, peer.offload);
	return !status;
}

/* Writes a frame to the device. False: it is held, nothing more for now. */
static bool inject_frame(struct relay *relay, const struct tunkit_frame *frame)
{
	/* With packet information the driver takes even nothing for a packet. */
	int err = !frame->len ? -EINVAL :
		  tunkit_queue_send(relay->device->queue, frame);

	relay->holding = err == -EAGAIN || err == -ENOMEM || err == -ENOBUFS ||
			 err == -EINTR;
	relay->full = err == -EAGAIN;
	if (relay->holding) {
		relay->held = *frame;
		return false;
	}
	if (err == -EINVAL || err == -EMSGSIZE) {
		tally_add(&relay->in.refused, 1);
		message_verbose("%s: a frame of %zu bytes is refused",
				relay->device->label, frame->len);
		return true;
	}
	if (err) {
		finish(relay, device_failed(relay->device, TUNKIT_OP_WRITE,
					    err));
		return false;
	}
	if (relay->replay)
		replay_sent(relay->replay);
	if (frame->pi_flags & TUNKIT_PI_STRIP)
		tally_add(&relay->in.truncated, 1);
	shown(relay, show_frame(&relay->show, frame, TUNKIT_TO_KERNEL));
	if (relay->options->send_only)
		count(relay, &relay->in, frame);
	else {
		tally_add(&relay->in.frames, 1);
		tally_add(&relay->in.bytes, frame->len);
	}
	return !relay->done;
}

/* Whether a frame may go now; if not it is held until it is due. */
static bool is_due(struct relay *relay, const struct tunkit_frame *frame)
{
	if (!relay->replay)
		return true;
	replay_frame(relay->replay, input_time(relay->input));
	relay->early = replay_left(relay->replay);
	if (relay->early)
		relay->held = *frame;
	return !relay->early;
}

/* Writes the frame that is held. False: it is still. */
static bool inject_held(struct relay *relay)
{
	if (relay->early && replay_left(relay->replay))
		return false;
	relay->early = false;
	if (!inject_frame(relay, &relay->held))
		return false;
	limits_touch(&relay->limits);
	return true;
}

/* Begins the capture again, if it is to be. */
static bool begin_again(struct relay *relay)
{
	int err;

	if (!relay->replay || !replay_again(relay->replay))
		return false;
	err = input_rewind(relay->input);
	if (!err)
		return true;
	message_error("%s: %s", relay->input->name, strerror(-err));
	finish(relay, TUNKIT_STATUS_FAILED);
	return false;
}

static void input_ended(struct relay *relay)
{
	relay->input->fd = -1;
	/* A command says by its own end what it is. */
	if (relay->strange && !relay->child->command)
		finish(relay, gso_silent(relay->input->name));
	if (!relay->status && !relay->strange)
		relay->status = input_finish(relay->input);
	if (relay->options->send_only || relay->left ||
	    (relay->deaf && !relay->child->command))
		finish(relay, 0);
	limits_quit(&relay->limits, relay->options);
}

/* Writes what standard input has brought, up to a batch. */
static void inject(struct relay *relay)
{
	struct input *input = relay->input;
	struct tunkit_frame frame;
	int n = 1;

	progress_hide(&relay->progress);
	if ((relay->holding || relay->early) && !inject_held(relay)) {
		progress_show(&relay->progress);
		return;
	}
	for (int i = 0; i < BATCH && room(relay, TUNKIT_TO_KERNEL); i++) {
		n = input_next(input, &frame);
		if (!greet(relay))
			break;
		if (n > 0 && !filter_matches(relay->filter, &frame))
			continue;
		if (n <= 0 || !is_due(relay, &frame) ||
		    !inject_frame(relay, &frame))
			break;
		limits_touch(&relay->limits);
	}
	shown(relay, show_flush(&relay->show));
	progress_show(&relay->progress);
	if (n < 0)
		finish(relay, -n);
	else if (!n && input->ended && !begin_again(relay))
		input_ended(relay);
}

static void fill(struct relay *relay)
{
	int status = input_fill(relay->input);

	if (status)
		finish(relay, status);
}

static uint64_t dropped(const struct relay *relay)
{
	return relay->options->send_only ? 0 : device_dropped(relay->device);
}

static void report(struct relay *relay, uint64_t dropped,
		   void (*print)(const char *from, const char *to,
				 const struct tally *tally, uint64_t dropped))
{
	const char *label = relay->device->label;
	const char *to = relay->child->input >= 0 ? "the command" :
			 relay->show.output->writer || relay->left ||
			 !relay->show.capture->writer ? "standard output" :
			 relay->show.capture->name;

	if (!relay->options->send_only)
		print(label, to, &relay->out, dropped);
	if (tally_get(&relay->in.frames) || tally_get(&relay->in.refused))
		print(relay->device->sniffer ? "its holder" :
		      relay->input->name, label, &relay->in, 0);
}

static void take_signals(struct relay *relay)
{
	int number;

	while ((number = signals_take(relay->signals))) {
		if (number == SIGUSR1) {
			report(relay, dropped(relay), tally_print);
			continue;
		}
		if (number == SIGCHLD) {
			child_reap(relay->child);
			continue;
		}
		relay->signal = number;
		cut_short(relay);
	}
}

static bool wants_input(const struct relay *relay)
{
	return relay->input->fd >= 0 && !relay->input->more &&
	       !relay->holding && !show_stalled(&relay->show, TUNKIT_TO_KERNEL);
}

static bool wants_frames(const struct relay *relay)
{
	const struct show *show = &relay->show;
	bool wanted = !relay->deaf &&
		      (show->output->writer || show->capture->writer);

	return !relay->options->send_only && !relay->strange && wanted &&
	       !show_stalled(show, TUNKIT_FROM_KERNEL);
}

static struct pollfd watch(const struct output *output)
{
	return (struct pollfd){
		.fd = output->writer ? output->fd : -1,
		.events = output_events(output),
	};
}

/* The error of a sniffer that is down is there until it is received. */
static bool rests(const struct relay *relay)
{
	return (relay->resting && !relay->holding) ||
	       (relay->device->sniffer && !wants_frames(relay));
}

static void prepare(const struct relay *relay, struct pollfd fds[AT_COUNT])
{
	fds[AT_DEVICE] = (struct pollfd){
		.fd = rests(relay) ? -1 : device_fd(relay->device),
		.events = (wants_frames(relay) ? POLLIN : 0) |
			  (relay->holding && relay->full ? POLLOUT : 0),
	};
	fds[AT_OUTPUT] = watch(relay->show.output);
	fds[AT_CAPTURE] = watch(relay->show.capture);
	fds[AT_INPUT] = (struct pollfd){
		.fd = wants_input(relay) ? relay->input->fd : -1,
		.events = POLLIN,
	};
	fds[AT_SIGNALS] = (struct pollfd){
		.fd = relay->signals,
		.events = POLLIN,
	};
}

/* Milliseconds for poll(). */
static int timeout(const struct relay *relay)
{
	int left = progress_left(&relay->progress,
				 limits_left(&relay->limits));

	if (!wants_frames(relay) && (left < 0 || left > LOOK_MS))
		left = LOOK_MS;
	if (relay->hot && wants_frames(relay))
		return 0;
	if (relay->input->more && !relay->holding && !relay->early &&
	    !show_stalled(&relay->show, TUNKIT_TO_KERNEL))
		return 0;
	if (relay->holding && (left < 0 || left > RETRY_MS))
		return RETRY_MS;
	if (relay->down && (left < 0 || left > DOWN_MS))
		return DOWN_MS;
	return left;
}

/* The same until the frame that is held is due, to the nanosecond. */
static int wait_until_due(struct relay *relay, struct pollfd fds[AT_COUNT],
			  int ms)
{
	uint64_t left = replay_left(relay->replay);
	struct timespec rest;

	if (ms >= 0 && left > (uint64_t)ms * 1000000)
		left = (uint64_t)ms * 1000000;
	rest.tv_sec = left / 1000000000;
	rest.tv_nsec = left % 1000000000;
	return ppoll(fds, AT_COUNT, &rest, NULL);
}

static int wait_for_events(struct relay *relay, struct pollfd fds[AT_COUNT])
{
	const struct timespec rest = { .tv_nsec = REST_US * 1000 };
	bool resting = relay->resting;
	int ms = timeout(relay);

	relay->resting = false;
	relay->hot |= resting;
	if (relay->early)
		return wait_until_due(relay, fds, ms);
	if (!resting || !ms)
		return poll(fds, AT_COUNT, ms);
	return ppoll(fds, AT_COUNT, &rest, NULL);
}

/*
 * Whether the end of who reads that output is the end of all. A pipe tells by
 * POLLERR that its reader has closed it, a socket by POLLHUP; what came through
 * the same socket before is still injected.
 */
static bool left(struct relay *relay, struct output *output,
		 const struct pollfd *fd)
{
	if (!(fd->revents & (POLLERR | POLLHUP)) ||
	    !show_left(&relay->show, output))
		return false;
	if (fd->revents & POLLERR || output == relay->show.capture ||
	    relay->input->fd < 0) {
		output_failed(output, -EPIPE);
		return true;
	}
	output_close(output);
	relay->left = true;
	relay->deaf = !relay->show.capture->writer;
	return false;
}

static bool input_waits(const struct input *input)
{
	struct pollfd fd = { .fd = input->fd, .events = POLLIN };

	return input->fd >= 0 && (input->more || poll(&fd, 1, 0) > 0);
}

/* The end of the command is ours, once all that it has written is in. */
static void follow_child(struct relay *relay)
{
	if (relay->child->ended && !relay->holding &&
	    !input_waits(relay->input))
		finish(relay, 0);
}

static void serve(struct relay *relay, const struct pollfd fds[AT_COUNT])
{
	if (fds[AT_SIGNALS].revents)
		take_signals(relay);
	if (left(relay, relay->show.output, &fds[AT_OUTPUT]) ||
	    left(relay, relay->show.capture, &fds[AT_CAPTURE]))
		finish(relay, 0);
	if (fds[AT_OUTPUT].revents | fds[AT_CAPTURE].revents)
		shown(relay, show_flush(&relay->show));
	if (!relay->done && wants_frames(relay) &&
	    (fds[AT_DEVICE].revents & (POLLIN | POLLERR) || relay->hot ||
	     relay->down))
		dump(relay);
	if (!relay->done && fds[AT_DEVICE].revents & POLLERR &&
	    !relay->device->sniffer)
		finish(relay, device_failed(relay->device, TUNKIT_OP_READ,
					    -EBADFD));
	if (!relay->done && fds[AT_INPUT].revents)
		fill(relay);
	if (!relay->done && relay->input->fd >= 0 &&
	    (relay->input->more || relay->input->ended || relay->holding))
		inject(relay);
}

/* The error of a sniffer that rests is not seen otherwise. */
static void look(struct relay *relay)
{
	if (relay->device->sniffer && !wants_frames(relay) &&
	    device_gone(relay->device))
		finish(relay, device_failed(relay->device, TUNKIT_OP_READ,
					    -EBADFD));
}

static void loop(struct relay *relay)
{
	struct pollfd fds[AT_COUNT];
	int ready;

	shown(relay, show_flush(&relay->show));
	while (!relay->done) {
		prepare(relay, fds);
		ready = wait_for_events(relay, fds);
		if (ready < 0 && errno != EINTR) {
			message_error("poll: %s", strerror(errno));
			finish(relay, TUNKIT_STATUS_FAILED);
			break;
		}
		if (!ready)
			look(relay);
		serve(relay, fds);
		progress_tick(&relay->progress);
		follow_child(relay);
		if (!limits_left(&relay->limits))
			cut_short(relay);
	}
}

static void start_progress(struct relay *relay)
{
	struct progress *progress = &relay->progress;

	progress_start(progress, relay->options->progress,
		       relay->show.output);
	if (!relay->options->send_only)
		progress_add(progress, '>', &relay->out, relay->device);
	if (relay->input->fd >= 0 || relay->device->sniffer)
		progress_add(progress, '<', &relay->in, NULL);
}

/* What is dropped while a slow reader takes the rest is no part of the run. */
static void end(struct relay *relay)
{
	uint64_t drops = dropped(relay);

	progress_hide(&relay->progress);
	if (!relay->options->send_only)
		shown(relay, show_drops(&relay->show, drops));
	shown(relay, show_drain(&relay->show, relay->signals, &relay->signal));
	progress_end(&relay->progress, drops);
	report(relay, drops, tally_print_end);
	if (relay->replay)
		replay_report(relay->replay, relay->input->name);
}

int relay_run(struct relay *relay)
{
	relay->buffer = malloc(TUNKIT_BUFFER_SIZE);
	if (!relay->buffer) {
		message_error("%s", strerror(ENOMEM));
		return TUNKIT_STATUS_FAILED;
	}
	relay->show.tally = &relay->out;
	limits_start(&relay->limits, relay->options);
	start_progress(relay);
	if (relay->strange)
		limits_hello(&relay->limits, GSO_HELLO_MS);
	if (relay->options->send_only && relay->input->fd < 0)
		finish(relay, 0);
	loop(relay);
	end(relay);
	free(relay->buffer);
	return relay->status;
}
