// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <cap-ng.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "message.h"
#include "parse.h"

static bool in_group(const char *user, gid_t primary, gid_t group)
{
	gid_t groups[1024];
	int i, count = 1024;

	if (primary == group)
		return true;
	if (getgrouplist(user, primary, groups, &count) < 0)
		return true;	/* too many to tell: no false alarm */
	for (i = 0; i < count; i++) {
		if (groups[i] == group)
			return true;
	}
	return false;
}

void warn_lockout(const struct tunkit_device *device, const char *label)
{
	const struct passwd *owner;

	if (!device->has_owner || !device->has_group || !device->owner)
		return;
	owner = getpwuid(device->owner);
	if (!owner || in_group(owner->pw_name, owner->pw_gid, device->group))
		return;
	message_error("%s: owner AND group must match, and %s is not in group %s: only root can attach",
		      label, owner->pw_name, group_name(device->group));
}

bool may_attach(const struct tunkit_device *device)
{
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN))
		return true;
	if (device->has_owner && device->owner != geteuid())
		return false;
	return !device->has_group || getegid() == device->group ||
	       group_member(device->group);
}
