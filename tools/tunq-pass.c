// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq pass: queues for the first client of a UNIX socket. */
#include "tunq.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "message.h"
#include "option.h"
#include "parse.h"
#include "privilege.h"

enum {
	KEY_SOCKET = TUNQ_KEY_LONG,
	KEY_FD,
	KEY_TIMEOUT,
	KEY_BRIDGE,
	KEY_USE_VNET,
};

static const struct option_row rows[] = {
	{ KEY_SOCKET, "socket", OPTION_FILE, "PATH",
	  "Wait for a client at a new UNIX socket PATH", NULL, 0 },
	{ KEY_FD, "fd", OPTION_NUMBER, "FD",
	  "Pass them through the open socket FD, as QEMU's helper does", NULL,
	  0 },
	{ 'U', "user", OPTION_USER, "USER",
	  "The client may be USER, too, and gets the socket", NULL, 0 },
	{ KEY_TIMEOUT, "timeout", OPTION_TIME, "TIME",
	  "Give up when no client was served for TIME (10, 1.5s, 200ms, 3m, 1h)",
	  NULL, 0 },
	TUNQ_ROWS_OPENING,
	TUNQ_ROW_NETNS,
	TUNQ_ROW_NODE,
	TUNQ_ROWS_TALK,
	/* What QEMU says to its helper. */
	{ KEY_USE_VNET, "use-vnet", OPTION_NONE, NULL,
	  "The same as --vnet-hdr", NULL, OPTION_ROW_HIDDEN },
	{ KEY_BRIDGE, "br", OPTION_LINK, "BRIDGE",
	  "Nothing: the device is where 'tunctl --master' put it", NULL,
	  OPTION_ROW_HIDDEN },
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq pass",
	.operands = "[NETNS/]DEV --socket PATH\n[NETNS/]DEV --fd FD",
	.summary = "Opens queues of DEV and hands them to the first client of "
		   "a UNIX socket.",
	.operand_kind = OPTION_DEVICE,
	.rows = rows,
};

struct pass {
	struct tunq_common common;
	const char *spec;
	const char *path;
	unsigned long fd;	/* ULONG_MAX: none, path is used */
	uid_t user;
	int64_t timeout_ms;	/* -1: none */
	struct tunq_deadline deadline;
	struct tunq_opening opening;
	int signals;
	int signal;		/* that ended it */
	bool late;		/* the deadline has passed */
	bool gone;		/* the device was deleted */
	struct tunq_socket socket;
};

static bool is_over(const struct pass *pass)
{
	return pass->signal || pass->late || pass->gone;
}

/* Nobody is there yet to whom these frames would mean anything. */
static void discard(struct pass *pass, struct tunkit_queue *queue)
{
	char frame[256];
	ssize_t len;

	for (int i = 0; i < 64; i++) {
		len = tunkit_queue_read(queue, frame, sizeof(frame));
		if (len == -EBADFD)
			pass->gone = true;
		if (len < 0)
			return;
	}
}

static void take_signal(struct pass *pass)
{
	struct signalfd_siginfo info;

	if (read(pass->signals, &info, sizeof(info)) == sizeof(info))
		pass->signal = info.ssi_signo;
}

/*
 * Waits for events on fd, and keeps the queues empty as long as their reads do
 * not block. True when fd is ready, false when is_over() or poll() failed.
 */
static bool wait_ready(struct pass *pass, int fd, short events, bool drain)
{
	unsigned long count = drain ? pass->opening.count : 0;
	struct pollfd fds[TUNKIT_QUEUES_MAX + 2] = {
		{ .fd = fd, .events = events },
		{ .fd = pass->signals, .events = POLLIN },
	};

	for (unsigned long i = 0; i < count; i++) {
		fds[i + 2].fd = tunkit_queue_fd(pass->opening.queues[i]);
		fds[i + 2].events = POLLIN;
	}
	while (!is_over(pass)) {
		int left = tunq_deadline_left(&pass->deadline);

		if (!left) {
			pass->late = true;
			break;
		}
		if (poll(fds, count + 2, left) < 0) {
			if (errno == EINTR)
				continue;
			message_error("poll: %s", strerror(errno));
			return false;
		}
		for (unsigned long i = 0; i < count; i++)
			if (fds[i + 2].revents)
				discard(pass, pass->opening.queues[i]);
		if (fds[1].revents)
			take_signal(pass);
		else if (fds[0].revents && !pass->gone)
			return true;
	}
	return false;
}

static int set_blocking(const struct pass *pass, bool blocking)
{
	for (unsigned long i = 0; i < pass->opening.count; i++) {
		int fd = tunkit_queue_fd(pass->opening.queues[i]);
		int flags = fcntl(fd, F_GETFL);

		if (flags < 0)
			return -errno;
		flags = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
		if (fcntl(fd, F_SETFL, flags))
			return -errno;
	}
	return 0;
}

/* All queues to one client. -ECANCELED: is_over(). */
static int give(struct pass *pass, int client)
{
	int err = set_blocking(pass, true);

	for (unsigned long i = 0; !err && i < pass->opening.count; i++) {
		int fd = tunkit_queue_fd(pass->opening.queues[i]);

		do
			err = wait_ready(pass, client, POLLOUT, false) ?
			      tunq_rights_send(client, fd) : -ECANCELED;
		while (err == -EAGAIN);
	}
	if (err)
		set_blocking(pass, false);
	return err;
}

static bool is_welcome(const struct pass *pass, int client)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &len)) {
		message_error("a client without credentials: refused");
		return false;
	}
	if (!peer.uid || peer.uid == geteuid() || peer.uid == pass->user)
		return true;
	message_error("process %d of %s: refused, the queues are not for it",
		      (int)peer.pid, user_name(peer.uid));
	return false;
}

/* One client. True when it has the queues or nobody will. */
static bool serve(struct pass *pass, int *status)
{
	int client, err;

	client = accept4(pass->socket.fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0)
		return false;
	err = is_welcome(pass, client) ? give(pass, client) : -EACCES;
	close(client);
	switch (err) {
	case 0:
		*status = 0;
		return true;
	case -EACCES:
		return false;
	case -EPIPE:
	case -ECONNRESET:
		message_note("a client went before it had the queues");
		return false;
	case -ECANCELED:
		return true;
	}
	message_error("%s: %s", pass->path, strerror(-err));
	return true;
}

/* What ended the wait; the exit status. */
static int explain(const struct pass *pass)
{
	if (pass->gone)
		return tunq_refuse(pass->opening.device, TUNKIT_STATUS_STATE,
				   NULL, "was deleted");
	if (pass->late)
		message_error("no client took the queues in time");
	return TUNKIT_STATUS_FAILED;
}

/* Until somebody has the queues, or it is over. */
static int serve_first(struct pass *pass)
{
	int status = TUNKIT_STATUS_FAILED;

	message_verbose("waits at %s", pass->path);
	while (wait_ready(pass, pass->socket.fd, POLLIN, true) &&
	       !serve(pass, &status))
		;
	return is_over(pass) ? explain(pass) : status;
}

static int serve_path(struct pass *pass)
{
	static const int chown_alone[] = { CAP_CHOWN, -1 };
	struct tunq_daemon daemon;
	int status;

	/* What could not be removed without rights is not made with them. */
	if (privilege_keep(chown_alone))
		return TUNKIT_STATUS_FAILED;
	status = tunq_socket_listen(&pass->socket, pass->path, pass->user);
	if (status)
		return status;
	status = tunq_keep_nothing();
	if (!status)
		status = tunq_socket_publish(&pass->socket);
	if (!status)
		status = tunq_daemon_prepare(&daemon, NULL);
	if (!status)
		status = tunq_daemon_ready(&daemon, "waits for a client");
	if (!status)
		status = serve_first(pass);
	tunq_socket_close(&pass->socket);
	return status;
}

static bool is_unix_socket(int fd)
{
	socklen_t len = sizeof(int);
	int domain;

	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
	       domain == AF_UNIX;
}

static int serve_descriptor(struct pass *pass)
{
	int err;

	if (tunq_keep_nothing())
		return TUNKIT_STATUS_FAILED;
	err = give(pass, (int)pass->fd);
	if (err == -ECANCELED)
		return explain(pass);
	if (!err)
		return 0;
	message_error("descriptor %lu: %s", pass->fd, strerror(-err));
	return TUNKIT_STATUS_FAILED;
}

static int open_queues(struct pass *pass)
{
	struct tunq_target target;
	int status, err;

	status = tunq_target_open(&pass->common, pass->spec, &target);
	if (status)
		return status;
	status = tunq_opening_open(&pass->opening, &target);
	tunq_target_close(&target);
	err = status ? 0 : set_blocking(pass, false);
	if (err) {
		message_error("%s", strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	return status;
}

/*
 * Those that were passed are in use: a close through the library would take
 * back what their new holder may have set on the device.
 */
static void let_go(struct pass *pass)
{
	for (unsigned long i = 0; i < pass->opening.count; i++)
		close(tunkit_queue_release(pass->opening.queues[i]));
}

static void finish_options(const struct pass *pass, struct argp_state *state)
{
	if (!pass->spec)
		argp_error(state, "which device?");
	if (pass->path && pass->fd != ULONG_MAX)
		argp_error(state, "--socket and --fd exclude each other");
	if (!pass->path && pass->fd == ULONG_MAX)
		argp_error(state, "one of --socket and --fd is needed");
	if (!pass->path && pass->user != geteuid())
		argp_error(state, "--user goes with --socket");
}

/* Options of pass alone. ARGP_ERR_UNKNOWN: not one of them. */
static error_t own_option(int key, char *arg, struct pass *pass)
{
	int err = 0;

	switch (key) {
	case KEY_SOCKET:
		pass->path = arg;
		break;
	case KEY_FD:
		err = parse_number("descriptor", arg, 0, INT_MAX, &pass->fd);
		break;
	case KEY_TIMEOUT:
		err = parse_time("timeout", arg, &pass->timeout_ms);
		break;
	case 'U':
		err = parse_user(arg, &pass->user);
		break;
	case KEY_USE_VNET:
		pass->opening.flags |= TUNKIT_QUEUE_VNET_HDR;
		break;
	case KEY_BRIDGE:
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return err ? EINVAL : 0;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct pass *pass = state->input;
	error_t err;

	switch (key) {
	case ARGP_KEY_ARG:
		if (pass->spec)
			argp_error(state, "one device can be passed at a time");
		pass->spec = arg;
		return 0;
	case ARGP_KEY_END:
		finish_options(pass, state);
		break;
	}
	err = own_option(key, arg, pass);
	if (err == ARGP_ERR_UNKNOWN)
		err = tunq_opening_parse(key, arg, state, &pass->opening);
	if (err == ARGP_ERR_UNKNOWN)
		err = tunq_common_parse(key, arg, &pass->common);
	return err;
}

int tunq_pass(int argc, char **argv)
{
	struct pass pass = {
		.fd = ULONG_MAX,
		.user = geteuid(),
		.timeout_ms = -1,
		.opening = { .count = 1 },
	};
	int status;

	if (option_parse(&tool, argc, argv, 0, handle, &pass))
		return TUNKIT_STATUS_USAGE;
	if (!pass.path && !is_unix_socket((int)pass.fd)) {
		message_error("descriptor %lu is not a UNIX socket", pass.fd);
		return TUNKIT_STATUS_USAGE;
	}
	/* A signal must not come between a file and its removal. */
	pass.signals = tunq_block_signals();
	if (pass.signals < 0)
		return TUNKIT_STATUS_FAILED;
	tunq_deadline_start(&pass.deadline, pass.timeout_ms);
	status = open_queues(&pass);
	if (status) {
		tunq_opening_close(&pass.opening);
		return status;
	}
	status = pass.path ? serve_path(&pass) : serve_descriptor(&pass);
	if (status)
		tunq_opening_close(&pass.opening);
	else
		let_go(&pass);
	if (pass.signal)
		tunq_die(pass.signal);
	return status;
}
