// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tunkit.h"

const char *tunkit_version(void)
{
	return TUNKIT_VERSION;
}
