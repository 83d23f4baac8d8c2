// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tunkit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum tunkit_status status_of(int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return TUNKIT_STATUS_PERMISSION;
	case -EBUSY:
	case -EEXIST:
	case -ENODEV:
	case -EMEDIUMTYPE:
		return TUNKIT_STATUS_STATE;
	case -ENOENT:
	case -ENOTTY:
		return TUNKIT_STATUS_NO_DRIVER;
	default:
		return TUNKIT_STATUS_FAILED;
	}
}

void tunkit_diagnose(struct tunkit_ns *ns,
		     const struct tunkit_failure *failure,
		     struct tunkit_diagnosis *diagnosis)
{
	(void)ns;
	memset(diagnosis, 0, sizeof(*diagnosis));
	diagnosis->status = status_of(failure->error);
	snprintf(diagnosis->cause, sizeof(diagnosis->cause), "%s",
		 strerrordesc_np(-failure->error) ?: "unknown error");
}
