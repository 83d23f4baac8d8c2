// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq set: a number of attached queues over all holders of a device. */
#include "tunq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "option.h"
#include "parse.h"

static const struct option_row rows[] = {
	TUNQ_ROW_NETNS,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq set",
	.operands = "[NETNS/]DEV N",
	.summary = "Keeps exactly N queues of DEV attached, over all the "
		   "processes that hold it.",
	.operand_kind = OPTION_DEVICE,
	.rest_kind = OPTION_NUMBER,
	.rows = rows,
};

struct request {
	struct tunq_common common;
	const char *spec;
	unsigned long wanted;
	int operands;
};

/* What can be done about a device's queues. */
struct plan {
	struct tunq_change *changes;	/* the queues that may be switched */
	size_t count;
	unsigned int attached;		/* of them */
	unsigned int fixed;		/* attached, and not to be switched */
	unsigned int out_of_reach;	/* for want of a right */
};

/*
 * A queue of `tunq hold` is there to get no frames; it is known by its
 * command's name, which at worst leaves a queue alone.
 */
static bool is_hold(const struct tunkit_holder *holder)
{
	return !strcmp(holder->command, "tunq");
}

static int plan_make(struct plan *plan, const struct tunkit_device *device,
		     const struct tunkit_holders *holders)
{
	size_t count = tunkit_holders_count(holders);

	memset(plan, 0, sizeof(*plan));
	plan->changes = calloc(count + 1, sizeof(*plan->changes));
	if (!plan->changes)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct tunkit_holder *holder = tunkit_holders_at(holders, i);
		struct tunq_change *change = &plan->changes[plan->count];

		if (tunq_first_of_queue(holders, i) != i)
			continue;
		if (holder->state == TUNKIT_QUEUE_UNKNOWN) {
			plan->out_of_reach++;
			continue;
		}
		if (is_hold(holder) &&
		    holder->state == TUNKIT_QUEUE_DETACHED)
			continue;
		plan->attached += holder->state == TUNKIT_QUEUE_ATTACHED;
		change->pid = holder->pid;
		change->fd = holder->fd;
		plan->count++;
	}
	/* Those that the kernel counts and that were not found as well. */
	if (device->queues > plan->attached)
		plan->fixed = device->queues - plan->attached;
	return 0;
}

static void name_fixed(const struct tunkit_holders *holders,
		       const struct tunq_tally *tally)
{
	for (size_t i = 0; i < tunkit_holders_count(holders); i++) {
		const struct tunkit_holder *holder = tunkit_holders_at(holders, i);
		char command[4 * sizeof(holder->command) + 1];

		if (holder->state != TUNKIT_QUEUE_UNKNOWN ||
		    tunq_first_of_queue(holders, i) != i)
			continue;
		tunkit_escape(command, sizeof(command), holder->command);
		message_verbose("%d:%d (%s, %s) may not be touched",
				(int)holder->pid, holder->fd, command,
				user_name(holder->uid));
	}
	if (tally->unaccounted)
		message_verbose("queues in processes that could not be read: "
				"%u (processes: %zu)", tally->unaccounted,
				tunkit_holders_unreadable(holders));
}

static int refuse(const struct request *request, const char *device,
		  const struct plan *plan, const struct tunq_tally *tally,
		  const struct tunkit_holders *holders)
{
	unsigned long most = plan->fixed + plan->count;
	unsigned int hidden = plan->out_of_reach + tally->unaccounted;
	char rest[80] = "";

	if (!hidden)
		return tunq_refuse(device, TUNKIT_STATUS_STATE,
				   "the processes that hold it must open more "
				   "queues",
				   "has %lu queues, so %lu cannot be attached",
				   most, request->wanted);
	name_fixed(holders, tally);
	if (plan->count)
		snprintf(rest, sizeof(rest),
			 "; without them %u to %lu can be attached",
			 plan->fixed, most);
	return tunq_refuse(device, TUNKIT_STATUS_PERMISSION,
			   "run it as root or with CAP_SYS_PTRACE",
			   "not permitted: %u %s in %s that you may not "
			   "touch%s", hidden,
			   hidden == 1 ? "queue is" : "queues are",
			   hidden == 1 ? "a process" : "processes", rest);
}

/* Another program may have changed its queues in between. */
static int verify(const struct tunq_target *target, unsigned long wanted)
{
	struct tunkit_device device;
	int err;

	err = tunkit_device_find(target->ns, target->device, 0, &device);
	if (err)
		return tunq_target_failure(target, TUNKIT_OP_LIST, err);
	if (device.queues == wanted)
		return 0;
	return tunq_refuse(target->device, TUNKIT_STATUS_FAILED,
			   "'tunq list' shows who",
			   "a process changed its queues meanwhile: %u are "
			   "attached", device.queues);
}

static int set_holders(const struct request *request,
		       const struct tunq_target *target,
		       const struct tunkit_device *device,
		       const struct tunkit_holders *holders)
{
	struct tunq_tally tally;
	struct plan plan;
	int err, status;

	err = plan_make(&plan, device, holders);
	if (err) {
		message_error("%s", strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	tunq_tally(holders, device, &tally);
	status = tunq_tally_check(device, &tally);
	if (status)
		goto out;
	if (request->wanted < plan.fixed ||
	    request->wanted - plan.fixed > plan.count) {
		status = refuse(request, target->device, &plan, &tally,
				holders);
		goto out;
	}
	/* Holders come by pid and descriptor: the lowest are attached. */
	for (size_t i = 0; i < plan.count; i++)
		plan.changes[i].want = i < request->wanted - plan.fixed ?
				       TUNKIT_QUEUE_ATTACHED :
				       TUNKIT_QUEUE_DETACHED;
	status = tunq_switch(plan.changes, plan.count, target->device);
	if (!status)
		status = verify(target, request->wanted);
out:
	free(plan.changes);
	return status;
}

static int set(const struct request *request, const struct tunq_target *target)
{
	struct tunkit_holders *holders = NULL;
	struct tunkit_device device;
	int err, status;

	err = tunkit_device_find(target->ns, target->device, 0, &device);
	if (err)
		return tunq_target_failure(target, TUNKIT_OP_LIST, err);
	if (!device.multi_queue)
		return tunq_refuse(target->device, TUNKIT_STATUS_STATE,
				   "delete it and make it again with 'tunctl "
				   "-m'",
				   "is single-queue: its queue cannot be "
				   "switched");
	err = tunkit_holders_scan(target->ns, target->device, &holders);
	if (err)
		return tunq_target_failure(target, TUNKIT_OP_LIST, err);
	status = set_holders(request, target, &device, holders);
	tunkit_holders_free(holders);
	return status;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (request->operands == 0)
			request->spec = arg;
		else if (request->operands > 1)
			argp_error(state, "too many operands");
		else if (parse_number("number of queues", arg, 0,
				      TUNKIT_QUEUES_MAX, &request->wanted))
			return EINVAL;
		request->operands++;
		return 0;
	case ARGP_KEY_END:
		if (request->operands < 2)
			argp_error(state, "a device and a number are needed");
		return 0;
	default:
		return tunq_common_parse(key, arg, &request->common);
	}
}

int tunq_set(int argc, char **argv)
{
	struct request request = { 0 };
	struct tunq_target target;
	int status;

	if (option_parse(&tool, argc, argv, 0, handle, &request))
		return TUNKIT_STATUS_USAGE;
	if (tunq_keep_switching())
		return TUNKIT_STATUS_FAILED;
	status = tunq_target_open(&request.common, request.spec, &target);
	if (status)
		return status;
	status = set(&request, &target);
	tunq_target_close(&target);
	return status;
}
