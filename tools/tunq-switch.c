// SPDX-License-Identifier: GPL-2.0-or-later
/* Switching queues of other processes: all of a list, or none. */
#include "tunq.h"

#include <stdio.h>
#include <string.h>

#include "message.h"

static int change_failure(const struct tunq_change *change,
			  enum tunkit_operation operation, int error)
{
	struct tunkit_failure failure = TUNKIT_INIT(failure);

	failure.operation = operation;
	failure.error = error;
	failure.owner = (uid_t)-1;
	failure.group = (gid_t)-1;
	failure.pid = change->pid;
	failure.fd = change->fd;
	if (change->queue)
		failure.device = tunkit_queue_device(change->queue);
	return message_failure(NULL, &failure);
}

static int borrow(struct tunq_change *change, const char *device)
{
	char subject[40];
	int err;

	err = tunkit_queue_borrow(change->pid, change->fd, &change->queue);
	if (err) {
		change->queue = NULL;
		return change_failure(change, TUNKIT_OP_BORROW, err);
	}
	if (!device || !strcmp(tunkit_queue_device(change->queue), device))
		return 0;
	snprintf(subject, sizeof(subject), "%d:%d", (int)change->pid,
		 change->fd);
	return tunq_refuse(subject, TUNKIT_STATUS_STATE, NULL,
			   "is not a queue of the device any more");
}

static int apply(struct tunkit_queue *queue, enum tunkit_queue_state want)
{
	return want == TUNKIT_QUEUE_ATTACHED ? tunkit_queue_attach(queue) :
					       tunkit_queue_detach(queue);
}

static int switch_one(struct tunq_change *change)
{
	bool attach = change->want == TUNKIT_QUEUE_ATTACHED;
	const char *word = attach ? "attached" : "detached";
	enum tunkit_operation operation = attach ? TUNKIT_OP_ATTACH :
						   TUNKIT_OP_DETACH;
	enum tunkit_queue_state state;
	int err;

	err = tunkit_queue_state(change->queue, &state);
	if (!err && state == change->want) {
		message_verbose("%d:%d: is %s already", (int)change->pid,
				change->fd, word);
		return 0;
	}
	if (!err)
		err = apply(change->queue, change->want);
	if (err)
		return change_failure(change, operation, err);
	change->switched = true;
	message_verbose("%d:%d: %s", (int)change->pid, change->fd, word);
	return 0;
}

static int switch_to(struct tunq_change changes[], size_t count,
		     enum tunkit_queue_state want)
{
	for (size_t i = 0; i < count; i++) {
		int status;

		if (changes[i].want != want)
			continue;
		status = switch_one(&changes[i]);
		if (status)
			return status;
	}
	return 0;
}

static void restore(struct tunq_change changes[], size_t count)
{
	for (size_t i = count; i-- > 0;) {
		struct tunq_change *change = &changes[i];
		bool attach = change->want != TUNKIT_QUEUE_ATTACHED;

		if (change->switched &&
		    apply(change->queue, attach ? TUNKIT_QUEUE_ATTACHED :
						  TUNKIT_QUEUE_DETACHED))
			message_error("%d:%d: could not be %s again",
				      (int)change->pid, change->fd,
				      attach ? "attached" : "detached");
	}
}

int tunq_switch(struct tunq_change changes[], size_t count, const char *device)
{
	int status = 0;

	/* Every queue that cannot be had is named, not the first alone. */
	for (size_t i = 0; i < count; i++) {
		int one = borrow(&changes[i], device);

		if (!status)
			status = one;
	}
	if (!status)
		status = switch_to(changes, count, TUNKIT_QUEUE_ATTACHED);
	if (!status)
		status = switch_to(changes, count, TUNKIT_QUEUE_DETACHED);
	if (status)
		restore(changes, count);
	for (size_t i = 0; i < count; i++)
		tunkit_queue_close(changes[i].queue);
	return status;
}
