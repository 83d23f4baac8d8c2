// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq attach, tunq detach: named queues, or those of one process. */
#include "tunq.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "option.h"
#include "parse.h"

enum { KEY_KEEP = TUNQ_KEY_LONG };

#define ROW_PID								\
	{ 'p', "pid", OPTION_PROCESS, "PID",				\
	  "All queues that process PID holds of DEV", NULL, 0 }

static const struct option_row attach_rows[] = {
	ROW_PID,
	TUNQ_ROW_NETNS,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_row detach_rows[] = {
	ROW_PID,
	{ KEY_KEEP, "keep", OPTION_NUMBER, "N",
	  "With --pid, leave its first N attached queues attached", NULL, 0 },
	TUNQ_ROW_NETNS,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool attach_tool = {
	.name = "tunq attach",
	.operands = "PID:FD...\n--pid PID [NETNS/]DEV",
	.summary = "Lets queues of running processes get frames.",
	.operand_kind = OPTION_QUEUE,
	.rest_kind = OPTION_QUEUE,
	.rows = attach_rows,
};

static const struct option_tool detach_tool = {
	.name = "tunq detach",
	.operands = "PID:FD...\n--pid PID [--keep N] [NETNS/]DEV",
	.summary = "Lets queues of running processes get no frames, and drops "
		   "those that wait in them; the carrier stays.",
	.operand_kind = OPTION_QUEUE,
	.rest_kind = OPTION_QUEUE,
	.rows = detach_rows,
};

struct request {
	struct tunq_common common;
	enum tunkit_queue_state want;
	unsigned long pid;	/* 0: the operands are PID:FD */
	unsigned long keep;
	bool has_keep;
	char **operands;
	int count;
};

/* PID:FD, both decimal and nothing else. */
static bool parse_queue(const char *text, struct tunq_change *change)
{
	unsigned long pid, fd;
	char *end;

	if (*text < '1' || *text > '9')
		return false;
	errno = 0;
	pid = strtoul(text, &end, 10);
	if (errno || pid > INT_MAX || *end != ':' || end[1] < '0' ||
	    end[1] > '9')
		return false;
	fd = strtoul(end + 1, &end, 10);
	if (errno || fd > INT_MAX || *end)
		return false;
	change->pid = pid;
	change->fd = fd;
	return true;
}

static int switch_named(const struct request *request)
{
	struct tunq_change *changes;
	int status = TUNKIT_STATUS_USAGE;

	changes = calloc(request->count, sizeof(*changes));
	if (!changes) {
		message_error("%s", strerror(ENOMEM));
		return TUNKIT_STATUS_FAILED;
	}
	for (int i = 0; i < request->count; i++) {
		char shown[128];

		changes[i].want = request->want;
		if (parse_queue(request->operands[i], &changes[i]))
			continue;
		tunkit_escape(shown, sizeof(shown), request->operands[i]);
		message_error("'%s' is not PID:FD, as 'tunq list' shows them",
			      shown);
		goto out;
	}
	status = tunq_switch(changes, request->count, NULL);
out:
	free(changes);
	return status;
}

/* The queues of the process that are not in the wanted state yet. */
static int switch_holders(const struct request *request,
			  const char *device,
			  const struct tunkit_holders *holders)
{
	size_t count = tunkit_holders_count(holders), wanted = 0;
	unsigned long keep = request->keep, seen = 0;
	struct tunq_change *changes;
	int status;

	changes = calloc(count + 1, sizeof(*changes));
	if (!changes) {
		message_error("%s", strerror(ENOMEM));
		return TUNKIT_STATUS_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		const struct tunkit_holder *holder = tunkit_holders_at(holders, i);
		bool done = false;

		if ((unsigned long)holder->pid != request->pid)
			continue;
		seen++;
		/* A dup() of a descriptor before is the same queue. */
		for (size_t j = 0; j < i; j++) {
			const struct tunkit_holder *before =
				tunkit_holders_at(holders, j);

			done |= before->pid == holder->pid &&
				before->queue == holder->queue;
		}
		if (done || holder->state == request->want)
			continue;
		if (keep && request->want == TUNKIT_QUEUE_DETACHED) {
			keep--;
			continue;
		}
		changes[wanted].pid = holder->pid;
		changes[wanted].fd = holder->fd;
		changes[wanted++].want = request->want;
	}
	if (seen)
		status = tunq_switch(changes, wanted, device);
	else
		status = tunq_refuse(device, TUNKIT_STATUS_STATE,
				     "'tunq list' shows the processes that do",
				     "process %lu holds no queue that can be "
				     "seen", request->pid);
	free(changes);
	return status;
}

static int switch_process(const struct request *request)
{
	struct tunkit_holders *holders = NULL;
	struct tunkit_device device;
	struct tunq_target target;
	struct tunq_tally tally;
	int err, status;

	status = tunq_target_open(&request->common, request->operands[0],
				  &target);
	if (status)
		return status;
	err = tunkit_device_find(target.ns, target.device, 0, &device);
	if (!err)
		err = tunkit_holders_scan(target.ns, target.device, &holders);
	if (err) {
		status = tunq_target_failure(&target, TUNKIT_OP_LIST, err);
		goto out;
	}
	tunq_tally(holders, &device, &tally);
	status = tunq_tally_check(&device, &tally);
	if (!status)
		status = switch_holders(request, target.device, holders);
out:
	tunkit_holders_free(holders);
	tunq_target_close(&target);
	return status;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case 'p':
		if (parse_number("process", arg, 1, INT_MAX, &request->pid))
			return EINVAL;
		return 0;
	case KEY_KEEP:
		if (parse_number("--keep", arg, 0, TUNKIT_QUEUES_MAX,
				 &request->keep))
			return EINVAL;
		request->has_keep = true;
		return 0;
	case ARGP_KEY_ARGS:
		request->operands = state->argv + state->next;
		request->count = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which queue? PID:FD as 'tunq list' shows "
			   "them, or --pid PID DEV");
		return 0;
	case ARGP_KEY_END:
		if (request->has_keep && !request->pid)
			argp_error(state, "--keep needs --pid");
		if (request->pid && request->count != 1)
			argp_error(state, "--pid takes one device");
		return 0;
	default:
		return tunq_common_parse(key, arg, &request->common);
	}
}

static int tunq_attach_detach(const struct option_tool *tool, int argc,
			      char **argv, enum tunkit_queue_state want)
{
	struct request request = { .want = want };

	if (option_parse(tool, argc, argv, 0, handle, &request))
		return TUNKIT_STATUS_USAGE;
	if (tunq_keep_switching())
		return TUNKIT_STATUS_FAILED;
	return request.pid ? switch_process(&request) : switch_named(&request);
}

int tunq_attach(int argc, char **argv)
{
	return tunq_attach_detach(&attach_tool, argc, argv,
				  TUNKIT_QUEUE_ATTACHED);
}

int tunq_detach(int argc, char **argv)
{
	return tunq_attach_detach(&detach_tool, argc, argv,
				  TUNKIT_QUEUE_DETACHED);
}
