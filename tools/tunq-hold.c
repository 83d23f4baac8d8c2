// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq hold: a detached queue, which keeps the carrier. */
#include "tunq.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "message.h"
#include "option.h"
#include "parse.h"

enum { KEY_DAEMON = TUNQ_KEY_LONG, KEY_PIDFILE };

static const struct option_row rows[] = {
	{ 'n', "queues", OPTION_NUMBER, "N", "Hold N queues (1)", NULL, 0 },
	{ KEY_DAEMON, "daemon", OPTION_NONE, NULL,
	  "Go into the background once the hold is in force", NULL, 0 },
	{ KEY_PIDFILE, "pidfile", OPTION_FILE, "FILE",
	  "Write the process id to FILE once the hold is in force", NULL, 0 },
	TUNQ_ROW_NETNS,
	TUNQ_ROW_NODE,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq hold",
	.operands = "[NETNS/]DEV",
	.summary = "Keeps the carrier of the multi-queue device DEV with a "
		   "queue that gets no frames, until it is ended by a signal.",
	.operand_kind = OPTION_DEVICE,
	.rows = rows,
};

struct hold {
	struct tunq_common common;
	const char *spec;
	const char *pidfile;
	bool background;
	unsigned long count;
	char shown[4 * TUNKIT_NAME_SIZE];
	struct tunkit_queue *queues[TUNKIT_QUEUES_MAX];
};

static int detach_all(const struct hold *hold, const struct tunq_target *target)
{
	for (unsigned long i = 0; i < hold->count; i++) {
		int err = tunkit_queue_detach(hold->queues[i]);

		if (err)
			return tunq_target_failure(target, TUNKIT_OP_DETACH,
						   err);
	}
	return 0;
}

static int open_queues(struct hold *hold, const struct tunq_target *target)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	int err;

	err = tunkit_device_find(target->ns, target->device, 0, &device);
	if (err)
		return tunq_target_failure(target, TUNKIT_OP_OPEN, err);
	if (!device.multi_queue)
		return tunq_refuse(target->device, TUNKIT_STATUS_STATE,
				   "delete it and make it again with 'tunctl "
				   "-m'",
				   "is single-queue: holding it would take the "
				   "only queue");
	tunkit_escape(hold->shown, sizeof(hold->shown), device.name);
	/* What the device was made with outlasts the hold. */
	opts.flags = TUNKIT_QUEUE_KEEP_LAYOUT | TUNKIT_QUEUE_NONBLOCK;
	err = tunkit_queue_open(target->ns, target->device, &opts, hold->count,
				hold->queues);
	if (err)
		return tunq_target_failure(target, TUNKIT_OP_OPEN, err);
	return 0;
}

static void close_queues(struct hold *hold)
{
	for (unsigned long i = 0; i < hold->count; i++)
		tunkit_queue_close(hold->queues[i]);
}

static int deleted(const struct hold *hold, bool background)
{
	/* A daemon has no standard error any more. */
	if (background) {
		openlog("tunq", LOG_PID, LOG_DAEMON);
		syslog(LOG_ERR, "%s: was deleted", hold->shown);
		closelog();
	}
	message_error("%s: was deleted", hold->shown);
	return TUNKIT_STATUS_STATE;
}

/*
 * One queue after poll() reported something: gone, or attached by someone
 * else, who would have it swallow frames that nobody reads.
 */
static int look_after(const struct hold *hold, struct tunkit_queue *queue,
		      bool *gone)
{
	enum tunkit_queue_state state;
	int err;

	err = tunkit_queue_state(queue, &state);
	if (!err && state == TUNKIT_QUEUE_ATTACHED) {
		message_note("%s: a held queue was attached; detaching it",
			     hold->shown);
		err = tunkit_queue_detach(queue);
	}
	if (err == -EBADFD) {
		*gone = true;
		return 0;
	}
	if (!err)
		return 0;
	message_error("%s: %s", hold->shown, strerror(-err));
	return TUNKIT_STATUS_FAILED;
}

/* Until a signal: 0; or the exit status. */
static int wait_end(const struct hold *hold, int signals)
{
	struct pollfd fds[TUNKIT_QUEUES_MAX + 1];
	bool gone = false;
	int status = 0;

	fds[0].fd = signals;
	fds[0].events = POLLIN;
	for (unsigned long i = 0; i < hold->count; i++) {
		fds[i + 1].fd = tunkit_queue_fd(hold->queues[i]);
		/* Without POLLIN the kernel does not wake us for a deletion. */
		fds[i + 1].events = POLLIN;
	}
	while (!status && !gone) {
		if (poll(fds, hold->count + 1, -1) < 0) {
			if (errno == EINTR)
				continue;
			message_error("poll: %s", strerror(errno));
			return TUNKIT_STATUS_FAILED;
		}
		if (fds[0].revents)
			return 0;
		for (unsigned long i = 0; i < hold->count; i++)
			if (fds[i + 1].revents && !status)
				status = look_after(hold, hold->queues[i],
						    &gone);
	}
	return gone ? deleted(hold, hold->background) : status;
}

/* The queues are open and detached. */
static int keep(struct hold *hold, struct tunq_daemon *daemon)
{
	char text[128];
	int signals, status;

	status = tunq_keep_nothing();
	if (status)
		return status;
	if (hold->background) {
		status = tunq_daemon_fork(daemon);
		if (status)
			return status;
	}
	/* Before the pidfile: whoever reads it may send a signal at once. */
	signals = tunq_block_signals();
	if (signals < 0)
		return TUNKIT_STATUS_FAILED;
	snprintf(text, sizeof(text), "holds %lu queues of %s", hold->count,
		 hold->shown);
	message_verbose("%s", text);
	status = tunq_daemon_ready(daemon, text);
	if (!status) {
		status = wait_end(hold, signals);
		tunq_daemon_end(daemon);
	}
	close(signals);
	return status;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct hold *hold = state->input;

	switch (key) {
	case 'n':
		if (parse_number("number of queues", arg, 1, TUNKIT_QUEUES_MAX,
				 &hold->count))
			return EINVAL;
		return 0;
	case KEY_DAEMON:
		hold->background = true;
		return 0;
	case KEY_PIDFILE:
		hold->pidfile = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (hold->spec)
			argp_error(state, "one device can be held at a time");
		hold->spec = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which device?");
		return 0;
	default:
		return tunq_common_parse(key, arg, &hold->common);
	}
}

int tunq_hold(int argc, char **argv)
{
	struct tunq_daemon daemon;
	struct hold hold = { .count = 1 };
	struct tunq_target target;
	int status;

	if (option_parse(&tool, argc, argv, 0, handle, &hold))
		return TUNKIT_STATUS_USAGE;
	/* Whoever waits for the end of a pipe must not wait for a daemon. */
	if (hold.background)
		close_range(STDERR_FILENO + 1, ~0u, 0);
	status = tunq_daemon_prepare(&daemon, hold.pidfile);
	if (status)
		return status;
	status = tunq_target_open(&hold.common, hold.spec, &target);
	if (status)
		return status;
	status = open_queues(&hold, &target);
	if (!status)
		status = detach_all(&hold, &target);
	tunq_target_close(&target);
	if (!status)
		status = keep(&hold, &daemon);
	close_queues(&hold);
	return status;
}
