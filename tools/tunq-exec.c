// SPDX-License-Identifier: GPL-2.0-or-later
/* Becoming a command that has queues as descriptors. */
#include "tunq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "message.h"

enum {
	STATUS_CANNOT_RUN = 126,	/* as in a shell */
	STATUS_NOT_FOUND = 127,
};

void tunq_describe(const struct tunkit_layout *layout, bool multi_queue,
		   char *out, size_t size)
{
	snprintf(out, size, "%s%s%s%s",
		 layout->kind == TUNKIT_TUN ? "tun" : "tap",
		 multi_queue ? ",multi_queue" : "", layout->pi > 0 ? ",pi" : "",
		 layout->vnet_hdr_size ? ",vnet_hdr" : "");
}

static int set_number(const char *name, unsigned long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", value);
	return setenv(name, text, 1);
}

/* systemd's way to hand over descriptors, which begins at 3 by definition. */
static int set_listen(const struct tunq_handover *handover)
{
	char names[TUNKIT_QUEUES_MAX * TUNKIT_NAME_SIZE], *end = names;

	if (handover->first_fd != TUNQ_FIRST_FD) {
		message_note("there is no room at descriptor %d: the queues "
			     "begin at %d, and LISTEN_FDS is not set",
			     TUNQ_FIRST_FD, handover->first_fd);
		return unsetenv("LISTEN_FDS") || unsetenv("LISTEN_PID") ||
		       unsetenv("LISTEN_FDNAMES");
	}
	for (unsigned int i = 0; i < handover->count; i++)
		end += sprintf(end, "%s%s", i ? ":" : "", handover->device);
	return set_number("LISTEN_FDS", handover->count) ||
	       set_number("LISTEN_PID", getpid()) ||
	       setenv("LISTEN_FDNAMES", names, 1);
}

static int set_environment(const struct tunq_handover *handover)
{
	char *fds = tunq_substitute("{fds}", handover->first_fd,
				    handover->count);
	int err;

	if (!fds)
		return -ENOMEM;
	err = set_listen(handover) || setenv("TUNQ_FDS", fds, 1) ||
	      setenv("TUNQ_DEV", handover->device, 1) ||
	      setenv("TUNQ_FLAGS", handover->flags, 1);
	free(fds);
	return err ? -ENOMEM : 0;
}

int tunq_become(const struct tunq_handover *handover, char **command)
{
	int err;

	err = -set_environment(handover);
	if (err) {
		message_error("%s", strerror(err));
		return TUNKIT_STATUS_FAILED;
	}
	execvp(command[0], command);
	err = command_failed(command[0], errno, NULL);
	return err == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}
