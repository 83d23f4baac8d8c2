// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq run: a command that inherits queues. */
#include "tunq.h"

#include <string.h>

#include "message.h"
#include "option.h"

static const struct option_row rows[] = {
	TUNQ_ROWS_OPENING,
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
	.rest_kind = OPTION_COMMAND,
	.rows = rows,
};

struct run {
	struct tunq_common common;
	const char *spec;
	char **command;
	struct tunq_opening opening;
	int first_fd;
};

/* Opens, and says in flags what the queues are. */
static int open_queues(struct run *run, const struct tunq_target *target,
		       char *flags, size_t size)
{
	struct tunq_opening *opening = &run->opening;
	struct tunkit_device device;
	int status = tunq_opening_open(opening, target);

	if (status)
		return status;
	if (tunkit_device_find(target->ns, opening->device, 0, &device))
		device.multi_queue = opening->count > 1;
	tunq_describe(tunkit_queue_layout(opening->queues[0]),
		      device.multi_queue, flags, size);
	return 0;
}

/* Gives the descriptors their places; the queues are the command's then. */
static int place_queues(struct run *run)
{
	int fds[TUNKIT_QUEUES_MAX];

	for (unsigned long i = 0; i < run->opening.count; i++) {
		fds[i] = tunkit_queue_release(run->opening.queues[i]);
		run->opening.queues[i] = NULL;
	}
	return tunq_place(fds, run->opening.count, run->first_fd);
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct run *run = state->input;
	error_t err;

	switch (key) {
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
		break;
	}
	err = tunq_opening_parse(key, arg, state, &run->opening);
	return err == ARGP_ERR_UNKNOWN ?
	       tunq_common_parse(key, arg, &run->common) : err;
}

int tunq_run(int argc, char **argv)
{
	struct run run = { .opening = { .count = 1 } };
	char flags[64];
	struct tunq_handover handover = {
		.device = run.opening.device, .flags = flags
	};
	struct tunq_target target;
	int err, status;

	if (option_parse(&tool, argc, argv, ARGP_IN_ORDER, handle, &run))
		return TUNKIT_STATUS_USAGE;
	handover.count = run.opening.count;
	handover.first_fd = run.first_fd = tunq_find_gap(handover.count);
	/* Before a device is made or its carrier comes up for nothing. */
	status = tunq_substitute_all(run.command, run.first_fd,
				     handover.count);
	if (status)
		return status;

	/*
	 * Capabilities are left alone in this verb: the command runs with
	 * what the caller has.
	 */
	status = tunq_target_open(&run.common, run.spec, &target);
	if (status)
		return status;
	status = open_queues(&run, &target, flags, sizeof(flags));
	tunq_target_close(&target);
	if (status) {
		tunq_opening_close(&run.opening);
		return status;
	}
	err = place_queues(&run);
	if (err) {
		message_error("%s", strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	return tunq_become(&handover, run.command);
}
