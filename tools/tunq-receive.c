// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq receive: a command with the queues that a socket gives. */
#include "tunq.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "option.h"
#include "parse.h"

enum {
	KEY_SOCKET = TUNQ_KEY_LONG,
	KEY_TIMEOUT,
};

enum { RETRY_US = 20000 };

static const struct option_row rows[] = {
	{ KEY_SOCKET, "socket", OPTION_FILE, "PATH",
	  "The UNIX socket where 'tunq pass' waits", NULL, 0 },
	{ KEY_TIMEOUT, "timeout", OPTION_TIME, "TIME",
	  "Wait for the socket, too, and give up when the queues did not come "
	  "in TIME (10, 1.5s, 200ms, 3m, 1h)", NULL, 0 },
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
	int64_t timeout_ms;	/* -1: none */
	struct tunq_deadline deadline;
	char **command;
	int first_fd;
	unsigned int count;
	char shown[256];	/* path, for messages */
	char device[TUNKIT_NAME_SIZE];
	char flags[64];
	int fds[TUNKIT_QUEUES_MAX];
};

/* A file of another type refuses as well. */
static bool is_socket(const char *path)
{
	struct stat file;

	return stat(path, &file) || S_ISSOCK(file.st_mode);
}

static const char *reason(const struct receive *receive, int err)
{
	switch (err) {
	case -ETIMEDOUT:
		return "no queues came in time";
	case -ECONNREFUSED:
		return is_socket(receive->path) ? "nobody listens there" :
						  "is not a socket";
	case -ECONNRESET:
		return "who listened there went before it gave the queues";
	case -ENODATA:
		return "it gave no queues";
	case -EPROTO:
		return "what came is not from 'tunq pass'";
	case -EPROTOTYPE:
		return "who listens there is not 'tunq pass'";
	}
	return strerror(-err);
}

static int fail(const struct receive *receive, int err)
{
	message_error("%s: %s", receive->shown, reason(receive, err));
	switch (err) {
	case -EACCES:
		return TUNKIT_STATUS_PERMISSION;
	case -ENOENT:
	case -ECONNREFUSED:
	case -ECONNRESET:
	case -ENODATA:
	case -EPROTO:
	case -EPROTOTYPE:
		return TUNKIT_STATUS_STATE;
	}
	return TUNKIT_STATUS_FAILED;
}

/* Socket, or a negative errno; -EAGAIN: those that listen have a queue. */
static int try_connect(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* What may be another a moment later: 'tunq pass' begins, or has served one. */
static bool may_pass(const struct receive *receive, int err)
{
	return err == -EAGAIN || (receive->deadline.set &&
				  (err == -ENOENT || err == -ECONNREFUSED));
}

/* Socket or negative: -status after a message. */
static int open_socket(const struct receive *receive)
{
	struct sockaddr_un address;
	bool waits = false;
	int fd, status;

	status = tunq_socket_address(receive->path, &address);
	if (status)
		return -status;
	while ((fd = try_connect(&address)) < 0) {
		if (!may_pass(receive, fd) ||
		    !tunq_deadline_left(&receive->deadline))
			return -fail(receive, fd);
		if (!waits)
			message_verbose("waits for somebody who listens at %s",
					receive->shown);
		waits = true;
		usleep(RETRY_US);
	}
	return fd;
}

/* As tunq_rights_receive(); -ETIMEDOUT: nothing came in time. */
static int take_one(const struct receive *receive, int socket)
{
	struct pollfd poll_fd = { .fd = socket, .events = POLLIN };
	int fd, ready;

	while ((fd = tunq_rights_receive(socket)) == -EAGAIN) {
		ready = poll(&poll_fd, 1,
			     tunq_deadline_left(&receive->deadline));
		if (!ready)
			return -ETIMEDOUT;
		if (ready < 0 && errno != EINTR)
			return -errno;
	}
	return fd;
}

static int take_all(struct receive *receive, int socket)
{
	int fd;

	while ((fd = take_one(receive, socket)) >= 0) {
		if (receive->count == TUNKIT_QUEUES_MAX) {
			close(fd);
			return fail(receive, -E2BIG);
		}
		receive->fds[receive->count++] = fd;
	}
	return fd == -ENODATA && receive->count ? 0 : fail(receive, fd);
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
	case KEY_TIMEOUT:
		if (parse_time("timeout", arg, &receive->timeout_ms))
			return EINVAL;
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
	struct receive receive = { .timeout_ms = -1 };
	struct tunq_handover handover = {
		.device = receive.device, .flags = receive.flags,
	};
	int err, status;

	if (option_parse(&tool, argc, argv, ARGP_IN_ORDER, handle, &receive))
		return TUNKIT_STATUS_USAGE;
	tunkit_escape(receive.shown, sizeof(receive.shown), receive.path);
	tunq_deadline_start(&receive.deadline, receive.timeout_ms);
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
