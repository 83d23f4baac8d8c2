// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq receive: a command with the queues that a socket gives. */
#include "tunq.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "message.h"
#include "option.h"

enum { KEY_SOCKET = TUNQ_KEY_LONG };

static const struct option_row rows[] = {
	{ KEY_SOCKET, "socket", OPTION_FILE, "PATH",
	  "The UNIX socket where 'tunq pass' waits", NULL, 0 },
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq receive",
	.operands = "--socket PATH -- COMMAND [ARGUMENT...]",
	.summary = "Takes queues from a UNIX socket and becomes COMMAND, which "
		   "inherits them as from 'tunq run'.",
	.operand_kind = OPTION_COMMAND,
	.rest_kind = OPTION_COMMAND,
	.rows = rows,
};

struct receive {
	struct tunq_common common;
	const char *path;
	char **command;
	int first_fd;
	unsigned int count;
	char shown[256];	/* path, for messages */
	char device[TUNKIT_NAME_SIZE];
	char flags[64];
	int fds[TUNKIT_QUEUES_MAX];
};

static int fail(const struct receive *receive, int err)
{
	message_error("%s: %s", receive->shown, strerror(-err));
	if (err == -EACCES)
		return TUNKIT_STATUS_PERMISSION;
	return err == -ENOENT || err == -ECONNREFUSED ? TUNKIT_STATUS_STATE :
							TUNKIT_STATUS_FAILED;
}

/* Socket or negative: -status after a message. */
static int open_socket(const struct receive *receive)
{
	struct sockaddr_un address;
	int fd, err, status;

	status = tunq_socket_address(receive->path, &address);
	if (status)
		return -status;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	err = -errno;
	if (fd >= 0)
		close(fd);
	return -fail(receive, err);
}

static int take_all(struct receive *receive, int socket)
{
	int fd;

	while ((fd = tunq_rights_receive(socket)) >= 0) {
		if (receive->count == TUNKIT_QUEUES_MAX) {
			close(fd);
			return fail(receive, -E2BIG);
		}
		receive->fds[receive->count++] = fd;
	}
	if (fd == -ENODATA && receive->count)
		return 0;
	if (fd == -ENODATA) {
		message_error("%s: it gave no queues", receive->shown);
		return TUNKIT_STATUS_STATE;
	}
	return fail(receive, fd);
}

/* What comes from outside must be what the command is told that it is. */
static int check_queues(struct receive *receive)
{
	for (unsigned int i = 0; i < receive->count; i++) {
		struct tunkit_queue *queue;
		int err = tunkit_queue_from_fd(NULL, receive->fds[i], &queue);

		if (err) {
			message_error("%s: what it gave is not a queue: %s",
				      receive->shown, strerror(-err));
			return TUNKIT_STATUS_STATE;
		}
		strcpy(receive->device, tunkit_queue_device(queue));
		/* More than one are of a multi-queue device by necessity. */
		tunq_describe(tunkit_queue_layout(queue), receive->count > 1,
			      receive->flags, sizeof(receive->flags));
		receive->fds[i] = tunkit_queue_release(queue);
	}
	return 0;
}

static int take(struct receive *receive)
{
	int fd, status;

	fd = open_socket(receive);
	if (fd < 0)
		return -fd;
	status = take_all(receive, fd);
	close(fd);
	return status ? status : check_queues(receive);
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct receive *receive = state->input;

	switch (key) {
	case KEY_SOCKET:
		receive->path = arg;
		return 0;
	case ARGP_KEY_ARG:
		/* The rest is the command's, options as well. */
		receive->command = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!receive->path || !receive->command)
			argp_error(state, "--socket and a command are needed");
		return 0;
	default:
		return tunq_common_parse(key, arg, &receive->common);
	}
}

int tunq_receive(int argc, char **argv)
{
	struct receive receive = { .count = 0 };
	struct tunq_handover handover = {
		.device = receive.device, .flags = receive.flags,
	};
	int err, status;

	if (option_parse(&tool, argc, argv, ARGP_IN_ORDER, handle, &receive))
		return TUNKIT_STATUS_USAGE;
	tunkit_escape(receive.shown, sizeof(receive.shown), receive.path);
	status = take(&receive);
	receive.first_fd = tunq_find_gap(receive.count);
	if (!status)
		status = tunq_substitute_all(receive.command,
					     receive.first_fd, receive.count);
	if (status)
		return status;
	err = tunq_place(receive.fds, receive.count, receive.first_fd);
	if (err)
		return fail(&receive, err);
	handover.first_fd = receive.first_fd;
	handover.count = receive.count;
	return tunq_become(&handover, receive.command);
}
