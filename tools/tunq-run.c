// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq run: a command that inherits queues. */
#include "tunq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "option.h"
#include "parse.h"

enum {
	KEY_VNET_HDR = TUNQ_KEY_LONG,
	KEY_PI,
	KEY_CREATE,
	KEY_TUN,
};

static const struct option_row rows[] = {
	{ 'n', "queues", OPTION_NUMBER, "N", "Open N queues (1)", NULL, 0 },
	{ KEY_VNET_HDR, "vnet-hdr", OPTION_NONE, NULL,
	  "Frames begin with a virtio-net header (QEMU needs it)", NULL, 0 },
	{ KEY_PI, "pi", OPTION_NONE, NULL,
	  "Frames begin with packet information", NULL, 0 },
	{ KEY_CREATE, "create", OPTION_NONE, NULL,
	  "Make the device if it is absent; it goes with the command", NULL,
	  0 },
	{ KEY_TUN, "tun", OPTION_NONE, NULL,
	  "With --create, make a TUN device, not a TAP device", NULL, 0 },
	TUNQ_ROW_NETNS,
	TUNQ_ROW_NODE,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq run",
	.operands = "[NETNS/]DEV -- COMMAND [ARGUMENT...]",
	.summary = "Opens queues of DEV and becomes COMMAND, which inherits "
		   "them from descriptor 3 on.",
	.footer = "In the arguments {fds} becomes the descriptors with colons "
		  "between, {fd0}, {fd1}... each of them, and {n} their "
		  "number.",
	.operand_kind = OPTION_DEVICE,
	.rows = rows,
};

struct run {
	struct tunq_common common;
	const char *spec;
	char **command;
	unsigned long count;
	unsigned int flags;	/* TUNKIT_QUEUE_* */
	bool tun;
	int first_fd;
	char device[TUNKIT_NAME_SIZE];
	struct tunkit_queue *queues[TUNKIT_QUEUES_MAX];
};

/*
 * The first gap of count descriptors, from 3 on. Called before anything is
 * opened, so that what is open now is the command's inheritance.
 */
static int find_gap(unsigned int count)
{
	int limit = sysconf(_SC_OPEN_MAX), first = TUNQ_FIRST_FD;

	for (int fd = TUNQ_FIRST_FD; fd < limit && fd - first < (int)count; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			first = fd + 1;
	return first;
}

static int refuse_layout(const struct run *run,
			 const struct tunkit_layout *layout)
{
	bool vnet = run->flags & TUNKIT_QUEUE_VNET_HDR;
	bool pi = run->flags & TUNKIT_QUEUE_PI;
	bool has_vnet = layout->vnet_hdr_size > 0;

	if (vnet == has_vnet && (layout->pi < 0 || pi == layout->pi))
		return 0;
	/* The command would take headers for frames, or frames for headers. */
	return tunq_refuse(run->device, TUNKIT_STATUS_STATE,
			   "ask for the same, or stop the processes that "
			   "'tunq list' shows",
			   "is held, and its frames have %s virtio-net header "
			   "and %s packet information",
			   has_vnet ? "a" : "no", layout->pi ? "" : "no");
}

static int open_queues(struct run *run, const struct tunq_target *target)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	int err;

	err = tunkit_device_find(target->ns, target->device, 0, &device);
	if (!err && run->count > 1 && !device.multi_queue)
		return tunq_refuse(target->device, TUNKIT_STATUS_STATE,
				   "take one queue, or delete it and make it "
				   "again with 'tunctl -m'",
				   "is single-queue, and %lu queues were asked",
				   run->count);
	if (!err && run->tun && device.kind != TUNKIT_TUN)
		return tunq_refuse(target->device, TUNKIT_STATUS_STATE, NULL,
				   "is a tap device, tun was asked");
	opts.kind = run->tun ? TUNKIT_TUN : TUNKIT_TAP;
	opts.flags = run->flags;
	if (run->count > 1)
		opts.flags |= TUNKIT_QUEUE_MULTI;
	err = tunkit_queue_open(target->ns, target->device, &opts, run->count,
				run->queues);
	if (err)
		return tunq_target_failure(target,
					   err == -ENODEV || !(run->flags &
					   TUNKIT_QUEUE_CREATE) ?
					   TUNKIT_OP_OPEN : TUNKIT_OP_CREATE,
					   err);
	snprintf(run->device, sizeof(run->device), "%s",
		 tunkit_queue_device(run->queues[0]));
	return refuse_layout(run, tunkit_queue_layout(run->queues[0]));
}

static void close_queues(struct run *run)
{
	for (unsigned long i = 0; i < run->count; i++)
		tunkit_queue_close(run->queues[i]);
}

/*
 * Puts the queues to their places. Each is first copied above all places, for
 * one queue may stand where another has to go.
 */
static int place_queues(struct run *run)
{
	int fds[TUNKIT_QUEUES_MAX];
	int above = run->first_fd + (int)run->count;

	for (unsigned long i = 0; i < run->count; i++) {
		int fd = tunkit_queue_release(run->queues[i]);

		run->queues[i] = NULL;
		fds[i] = fcntl(fd, F_DUPFD_CLOEXEC, above);
		if (fds[i] < 0) {
			int err = -errno;

			close(fd);
			return err;
		}
		close(fd);
	}
	for (unsigned long i = 0; i < run->count; i++) {
		if (dup2(fds[i], run->first_fd + (int)i) < 0)
			return -errno;
		close(fds[i]);
	}
	return 0;
}

/* Substitutes in all arguments, not in the command's name. */
static int substitute(struct run *run)
{
	for (char **arg = run->command + 1; *arg; arg++) {
		char *text = tunq_substitute(*arg, run->first_fd, run->count);

		if (!text && !errno)
			return TUNKIT_STATUS_USAGE;
		if (!text) {
			message_error("%s", strerror(ENOMEM));
			return TUNKIT_STATUS_FAILED;
		}
		*arg = text;
	}
	return 0;
}

/* "tap,multi_queue,vnet_hdr", by what the device has. */
static void describe(const struct tunkit_layout *layout, bool multi_queue,
		     char *out, size_t size)
{
	snprintf(out, size, "%s%s%s%s",
		 layout->kind == TUNKIT_TUN ? "tun" : "tap",
		 multi_queue ? ",multi_queue" : "", layout->pi > 0 ? ",pi" : "",
		 layout->vnet_hdr_size ? ",vnet_hdr" : "");
}

static int run_in(struct run *run, const struct tunq_target *target,
		  char *flags, size_t size)
{
	struct tunkit_device device;
	int status = open_queues(run, target);

	if (status)
		return status;
	if (tunkit_device_find(target->ns, run->device, 0, &device))
		device.multi_queue = run->count > 1;
	describe(tunkit_queue_layout(run->queues[0]), device.multi_queue,
		 flags, size);
	return 0;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct run *run = state->input;

	switch (key) {
	case 'n':
		if (parse_number("number of queues", arg, 1, TUNKIT_QUEUES_MAX,
				 &run->count))
			exit(TUNKIT_STATUS_USAGE);
		return 0;
	case KEY_VNET_HDR:
		run->flags |= TUNKIT_QUEUE_VNET_HDR;
		return 0;
	case KEY_PI:
		run->flags |= TUNKIT_QUEUE_PI;
		return 0;
	case KEY_CREATE:
		run->flags |= TUNKIT_QUEUE_CREATE;
		return 0;
	case KEY_TUN:
		run->tun = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!run->spec) {
			run->spec = arg;
			return 0;
		}
		/* The rest is the command's, options as well. */
		run->command = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!run->spec || !run->command)
			argp_error(state, "a device and a command are needed");
		if (run->tun && !(run->flags & TUNKIT_QUEUE_CREATE))
			argp_error(state, "--tun needs --create");
		return 0;
	default:
		return tunq_common_parse(key, arg, &run->common);
	}
}

int tunq_run(int argc, char **argv)
{
	struct run run = { .count = 1 };
	char flags[64];
	struct tunq_handover handover = {
		.device = run.device, .flags = flags
	};
	struct tunq_target target;
	int err, status;

	if (option_parse(&tool, argc, argv, ARGP_IN_ORDER, handle, &run))
		return TUNKIT_STATUS_USAGE;
	run.first_fd = find_gap(run.count);
	/* Before a device is made or its carrier comes up for nothing. */
	status = substitute(&run);
	if (status)
		return status;

	/*
	 * Capabilities are left alone in this verb: the command runs with
	 * what the caller has.
	 */
	status = tunq_target_open(&run.common, run.spec, &target);
	if (status)
		return status;
	status = run_in(&run, &target, flags, sizeof(flags));
	tunq_target_close(&target);
	if (status) {
		close_queues(&run);
		return status;
	}
	err = place_queues(&run);
	if (err) {
		message_error("%s", strerror(-err));
		close_queues(&run);
		return TUNKIT_STATUS_FAILED;
	}
	handover.first_fd = run.first_fd;
	handover.count = run.count;
	return tunq_become(&handover, run.command);
}
