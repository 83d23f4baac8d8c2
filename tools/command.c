// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tunkit.h>

#include "message.h"

/*
 * execvp() says EACCES, too, when the command is nowhere and a folder of PATH
 * may not be searched.
 */
static bool is_in_path(const char *command)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	if (!path || strchr(command, '/'))
		return true;
	while (*path) {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)(len ? len : 1),
			 len ? path : ".", command);
		if (!access(file, F_OK))
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

int command_failed(const char *command, int error, const char *remedy)
{
	struct tunkit_diagnosis diagnosis = { .status = TUNKIT_STATUS_FAILED };
	char shown[256];

	if (error == EACCES && !is_in_path(command))
		error = ENOENT;
	tunkit_escape(shown, sizeof(shown), command);
	snprintf(diagnosis.cause, sizeof(diagnosis.cause), "%s",
		 error == ENOENT ? "command not found" : strerror(error));
	snprintf(diagnosis.remedy, sizeof(diagnosis.remedy), "%s",
		 remedy ? remedy : "");
	message_diagnosis(shown, &diagnosis);
	return error;
}
