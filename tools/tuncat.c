// SPDX-License-Identifier: GPL-2.0-or-later
/* tuncat: dump and inject frames of a TUN/TAP device, or join two. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tunkit.h>

#include "message.h"
#include "privilege.h"
#include "tuncat-bridge.h"
#include "tuncat-child.h"
#include "tuncat-device.h"
#include "tuncat-file.h"
#include "tuncat-filter.h"
#include "tuncat-gso.h"
#include "tuncat-input.h"
#include "tuncat-options.h"
#include "tuncat-output.h"
#include "tuncat-relay.h"
#include "tuncat-signals.h"
#include "tuncat-sniff.h"

struct session {
	struct options options;
	struct device devices[2];
	struct output output;
	struct output capture;
	struct input input;
	struct filter *filter;	/* NULL: every frame */
	struct child child;
	int capture_fd;		/* -1: none of its own */
	int read_fd;		/* the same */
	struct replay replay;
	int signals;
	int signal;		/* that ended the run */
};

static int system_failure(const char *what, int err)
{
	message_error("%s: %s", what, strerror(-err));
	return TUNKIT_STATUS_FAILED;
}

/* Standard output shows frames unless -w takes its place or -S is given. */
static enum tunkit_format output_format(const struct options *options)
{
	if (options->send_only || (!options->command && options->capture &&
				   !strcmp(options->capture, "-")))
		return TUNKIT_FORMAT_NONE;
	if (options->format)
		return options->format;
	if (options->command)
		return TUNKIT_FORMAT_RAW;
	if (options->capture || options->devices == 2)
		return TUNKIT_FORMAT_NONE;
	return isatty(STDOUT_FILENO) ? TUNKIT_FORMAT_TEXT : TUNKIT_FORMAT_RAW;
}

static void stream_opts(const struct session *session,
			enum tunkit_format format,
			struct tunkit_stream_opts *opts)
{
	*opts = (struct tunkit_stream_opts)TUNKIT_INIT(*opts);
	opts->format = format;
	opts->kind = session->devices[0].facts.kind;
	opts->pi = session->options.pi;
	opts->snaplen = session->options.snaplen;
	opts->details = message_verbosity > 0;
	if (session->options.devices == 2 || format == TUNKIT_FORMAT_PCAPNG)
		opts->name = session->devices[0].label;
	if (session->options.devices == 2)
		opts->peer = session->devices[1].label;
}

/* Without an input no answer comes: what we send must suit every device. */
static int prepare_gso(struct session *session, int fd,
		       struct tunkit_stream_opts *opts)
{
	if (isatty(fd)) {
		message_error("--gso: standard output is a terminal: pipe it "
			      "to the other side, or use -S");
		return TUNKIT_STATUS_USAGE;
	}
	opts->one_way = session->input.fd < 0;
	opts->offload = gso_takes(&session->devices[0]);
	if (!opts->one_way)
		return 0;
	return gso_one_way(&session->devices[0], &opts->offload);
}

static int open_output(struct session *session)
{
	enum tunkit_format format = output_format(&session->options);
	struct tunkit_stream_opts opts;
	const char *name = "standard output";
	int fd = STDOUT_FILENO;
	int err;

	if (format == TUNKIT_FORMAT_NONE)
		return 0;
	stream_opts(session, format, &opts);
	if (session->child.input >= 0) {
		fd = session->child.input;
		name = session->child.name;
	}
	if (format == TUNKIT_FORMAT_GSO) {
		int status = prepare_gso(session, fd, &opts);

		if (status)
			return status;
	}
	err = output_open(&session->output, name, fd,
			  format == TUNKIT_FORMAT_TEXT ||
			  session->options.sniff ||
			  session->options.devices == 2, &opts);
	return err ? system_failure(session->output.name, err) : 0;
}

/* pcapng if the name says so, or -F. */
static enum tunkit_format capture_format(const struct options *options)
{
	const char *end = strrchr(options->capture, '.');

	if (options->format == TUNKIT_FORMAT_PCAPNG ||
	    (end && !strcmp(end, ".pcapng")))
		return TUNKIT_FORMAT_PCAPNG;
	return TUNKIT_FORMAT_PCAP;
}

/* Writing would empty the file that is to be read. */
static bool is_read_too(const struct session *session)
{
	struct stat ours, theirs;

	return session->input.fd >= 0 && !fstat(session->input.fd, &ours) &&
	       !stat(session->options.capture, &theirs) &&
	       S_ISREG(ours.st_mode) && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

static int open_capture(struct session *session)
{
	const char *path = session->options.capture;
	struct tunkit_stream_opts opts;
	int fd = STDOUT_FILENO;
	int status, err;

	if (!path)
		return 0;
	if (strcmp(path, "-")) {
		if (is_read_too(session))
			return file_failed(path,
					   "is read, and cannot be written",
					   TUNKIT_STATUS_USAGE);
		status = file_open(path, session->devices, session->signals,
				   &fd, &session->signal);
		if (status)
			return status;
		session->capture_fd = fd;
	}
	stream_opts(session, capture_format(&session->options), &opts);
	err = output_open(&session->capture, fd == STDOUT_FILENO ?
			  "standard output" : path, fd, true, &opts);
	return err ? system_failure(session->capture.name, err) : 0;
}

/* A run that cannot begin leaves what the file had. */
static int empty_capture(const struct session *session)
{
	struct stat stat;

	if (session->capture_fd < 0 || fstat(session->capture_fd, &stat) ||
	    !S_ISREG(stat.st_mode) || !ftruncate(session->capture_fd, 0))
		return 0;
	return file_failed(session->options.capture, strerror(errno),
			   TUNKIT_STATUS_FAILED);
}

/*
 * Nothing can go wrong any more that has another cause. A link that is down
 * fails the first frame of -S, and that says it.
 */
static int begin(struct session *session)
{
	int status = empty_capture(session);

	for (unsigned int i = 0; i < session->options.devices && !status; i++)
		if (!session->devices[i].facts.up &&
		    !session->options.send_only)
			device_say_down(&session->devices[i]);
	return status;
}

static int open_input(struct session *session)
{
	const struct options *options = &session->options;
	int fd = session->read_fd >= 0 ? session->read_fd :
		 session->child.output >= 0 ? session->child.output :
					      STDIN_FILENO;
	int err;

	session->input.fd = -1;
	if (options->recv_only || options->sniff || options->devices == 2)
		return 0;
	err = input_open(&session->input, fd, options, &session->devices[0]);
	return err ? system_failure(session->input.name, err) : 0;
}

/* A FIFO without a writer must not keep signals from ending the open. */
static int open_replay(struct session *session)
{
	const struct options *options = &session->options;
	const char *path = options->read;
	int status;

	if (strcmp(path, "-")) {
		session->read_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (session->read_fd < 0)
			return file_failed(path, strerror(errno),
					   TUNKIT_STATUS_FAILED);
	}
	status = open_input(session);
	if (status)
		return status;
	if (session->input.fd < 0) {
		message_error("%s: no file, pipe or socket",
			      session->input.name);
		return TUNKIT_STATUS_FAILED;
	}
	if (options->passes != 1 && lseek(session->input.fd, 0, SEEK_CUR) < 0) {
		message_error("%s: no file: it can be sent once only, without "
			      "--loop", session->input.name);
		return TUNKIT_STATUS_USAGE;
	}
	replay_start(&session->replay, options->speed, options->passes);
	return 0;
}

static int open_child(struct session *session)
{
	int err = child_prepare(&session->child, &session->options,
				session->devices[0].facts.kind);

	return err ? system_failure("the command", err) : 0;
}

static int open_devices(struct session *session)
{
	const struct options *options = &session->options;
	bool offload = options->devices == 2 ||
		       options->format == TUNKIT_FORMAT_GSO;
	int status = 0;

	if (options->sniff)
		return sniff_open(&session->devices[0], options->specs[0],
				  options, session->filter);
	for (unsigned int i = 0; i < options->devices && !status; i++)
		status = device_open(&session->devices[i], options->specs[i],
				     options, offload);
	return status;
}

static int open_all(struct session *session)
{
	int status;

	session->signals = signals_open();
	if (session->signals < 0)
		return system_failure("signalfd", session->signals);
	status = open_devices(session);
	if (!status)
		status = filter_choose(session->filter,
				       session->devices[0].facts.kind);
	if (!status)
		status = open_child(session);
	if (!status)
		status = session->options.read ? open_replay(session) :
						 open_input(session);
	if (!status)
		status = open_output(session);
	if (!status)
		status = open_capture(session);
	return status;
}

/* The first one counts. */
static void note_signal(struct session *session, int number)
{
	if (!session->signal)
		session->signal = number;
}

static int run_relay(struct session *session)
{
	struct relay relay = {
		.options = &session->options,
		.device = &session->devices[0],
		.filter = session->filter,
		.show = {
			.output = &session->output,
			.capture = &session->capture,
			.optional = session->child.command,
		},
		.input = &session->input,
		.replay = session->options.read ? &session->replay : NULL,
		.child = &session->child,
		.signals = session->signals,
		.strange = session->options.format == TUNKIT_FORMAT_GSO &&
			   session->input.fd >= 0,
	};
	int status = begin(session);

	if (!status)
		status = relay_run(&relay);
	session->signal = relay.signal;
	note_signal(session, child_finish(&session->child, session->signals,
					  relay.signal));
	/* One that tuncat has ended, or taken its ways from, did no wrong. */
	if (status || relay.cut)
		return status;
	status = child_status(&session->child);
	if (!status && relay.strange && session->child.command)
		status = gso_silent(session->input.name);
	return status;
}

static int run_bridge(struct session *session)
{
	struct bridge bridge = {
		.options = &session->options,
		.devices = session->devices,
		.filter = session->filter,
		.output = &session->output,
		.capture = &session->capture,
		.signals = session->signals,
		.stop = -1,
	};
	int status = bridge_prepare(&bridge);

	if (!status)
		status = begin(session);
	if (!status)
		status = bridge_run(&bridge);
	session->signal = bridge.signal;
	return status;
}

static void close_all(struct session *session)
{
	note_signal(session, child_finish(&session->child, session->signals,
					  true));
	input_close(&session->input);
	output_close(&session->output);
	output_close(&session->capture);
	if (session->capture_fd >= 0)
		close(session->capture_fd);
	if (session->read_fd >= 0)
		close(session->read_fd);
	device_close(&session->devices[0]);
	device_close(&session->devices[1]);
	filter_free(session->filter);
	free(session->options.command);
}

int main(int argc, char **argv)
{
	struct session session = {
		.capture_fd = -1,
		.read_fd = -1,
		.signals = -1,
		.child = CHILD_NONE,
	};
	struct privilege_user user;
	int status;

	message_tool = "tuncat";
	options_parse(argc, argv, &session.options);
	status = privilege_resolve(session.options.user, &user);
	if (status)
		return status == -EPERM ? TUNKIT_STATUS_PERMISSION :
					  TUNKIT_STATUS_USAGE;
	status = filter_compile(session.options.filter, &user, &session.filter);
	if (!status)
		status = open_all(&session);
	if (!status && privilege_drop(&user))
		status = TUNKIT_STATUS_PERMISSION;
	if (!status)
		status = child_start(&session.child, &user);
	if (!status)
		status = session.options.devices == 2 ? run_bridge(&session) :
							run_relay(&session);
	close_all(&session);
	note_signal(&session, signals_ending(session.signals));
	if (session.signal)
		signals_raise(session.signal);
	return status;
}
