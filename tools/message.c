// SPDX-License-Identifier: GPL-2.0-or-later
#include "message.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *message_tool = "tunkit";
int message_verbosity;
void (*message_prepare)(void);

/* One write for the whole line: several tools may share a terminal or log. */
__attribute__((format(printf, 1, 0)))
static void say(const char *format, va_list arguments)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, arguments);
	if (message_prepare)
		message_prepare();
	fprintf(stderr, "%s: %s\n", message_tool, text);
}

void message_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

void message_note(const char *format, ...)
{
	va_list arguments;

	if (message_verbosity < 0)
		return;
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

void message_verbose(const char *format, ...)
{
	va_list arguments;

	if (message_verbosity < 1)
		return;
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

int message_diagnosis(const char *subject,
		      const struct tunkit_diagnosis *diagnosis)
{
	if (subject && *subject)
		message_error("%s: %s", subject, diagnosis->cause);
	else
		message_error("%s", diagnosis->cause);
	if (*diagnosis->remedy &&
	    (message_verbosity > 0 || isatty(STDERR_FILENO)))
		fprintf(stderr, "  %s\n", diagnosis->remedy);
	return diagnosis->status;
}

int message_failure(struct tunkit_ns *ns, const struct tunkit_failure *failure)
{
	struct tunkit_diagnosis diagnosis;
	char subject[512] = "";

	tunkit_diagnose(ns, failure, &diagnosis);
	if (failure->device)
		tunkit_escape(subject, sizeof(subject), failure->device);
	else if (failure->where)
		tunkit_escape(subject, sizeof(subject), failure->where);
	return message_diagnosis(subject, &diagnosis);
}

/* errno may be that of a later call when an earlier flush failed. */
static bool reader_gone(void)
{
	struct pollfd fd = { .fd = STDOUT_FILENO };

	return errno == EPIPE ||
	       (poll(&fd, 1, 0) == 1 && fd.revents & (POLLERR | POLLHUP));
}

int message_finish(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (reader_gone())
		return status;
	message_error("standard output: %s",
		      errno ? strerror(errno) : "write error");
	return status ? status : TUNKIT_STATUS_FAILED;
}
