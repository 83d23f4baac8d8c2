// SPDX-License-Identifier: LGPL-2.1-or-later
#include "diagnosis.h"

#include <errno.h>

/* A driver's rule: owner AND group, where both are set. */
static bool not_yours(const struct tunkit_facts *facts,
		      struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_device *device = facts->device;
	struct tk_shown owner = tk_id(device->owner, facts->owner_name);
	struct tk_shown group = tk_id(device->group, facts->group_name);
	bool is_owner = device->has_owner && device->owner == facts->uid;
	const char *outside = facts->in_group ? "" : ", not in that group";

	if (device->has_owner && device->has_group)
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "not permitted: owned by uid %s AND group %s; you are uid %u%s",
			 owner.text, group.text, facts->uid,
			 is_owner ? outside : "");
	else if (device->has_owner)
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "not permitted: owned by uid %s; you are uid %u",
			 owner.text, facts->uid);
	else
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "not permitted: owned by group %s; you are uid %u%s",
			 group.text, facts->uid, outside);
	if (device->has_owner && !is_owner)
		tk_remedy(diagnosis, "run as its owner, or sudo");
	else
		tk_remedy(diagnosis, "join the group (newgrp %s), or sudo",
			  facts->group_name ? tk_word(facts->group_name).text :
					      group.text);
	return true;
}

/* What the caller has a right to by owner and group, and was refused. */
static bool denied_to_owner(const struct tunkit_facts *facts,
			    struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_device *device = facts->device;
	bool open = !device->has_owner && !device->has_group;

	tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
		 "not permitted, though %s may attach",
		 open ? "any user" : "you");
	tk_remedy(diagnosis,
		  "a security module (SELinux, AppArmor) may deny it: see the audit log");
	return true;
}

static bool lacks_net_admin(const struct tunkit_facts *facts, const char *what,
			    struct tunkit_diagnosis *diagnosis)
{
	if (facts->net_admin && facts->user_ns) {
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "%s needs CAP_NET_ADMIN in the user namespace that the network namespace belongs to, and yours is another",
			 what);
		tk_remedy(diagnosis,
			  "enter both, nsenter --preserve-credentials -U -n -t PID COMMAND, or make both, unshare -Urn");
		return true;
	}
	tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION, "%s needs CAP_NET_ADMIN",
		 what);
	if (!facts->uid)
		tk_remedy(diagnosis,
			  "start the container with --cap-add NET_ADMIN");
	else
		tk_remedy(diagnosis, "sudo, or 'unshare -Urn'");
	return true;
}

static bool is_mine(const struct tunkit_facts *facts)
{
	const struct tunkit_device *device = facts->device;

	return (!device->has_owner || device->owner == facts->uid) &&
	       (!device->has_group || facts->in_group);
}

static bool unmapped(const struct tunkit_facts *facts,
		     struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_failure *failure = facts->failure;

	if (facts->owner_unmapped)
		tk_cause(diagnosis, TUNKIT_STATUS_USAGE,
			 "uid %u is not mapped in this user namespace (/proc/self/uid_map)",
			 failure->owner);
	else if (facts->group_unmapped)
		tk_cause(diagnosis, TUNKIT_STATUS_USAGE,
			 "gid %u is not mapped in this user namespace (/proc/self/gid_map)",
			 failure->group);
	else
		return false;
	tk_remedy(diagnosis,
		  "use an id that is, or map it: unshare --map-auto, newuidmap");
	return true;
}

bool tk_diagnose_permission(const struct tunkit_facts *facts,
			    struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_failure *failure = facts->failure;

	if (failure->error == -EOVERFLOW)
		return unmapped(facts, diagnosis);
	if (failure->error != -EPERM && failure->error != -EACCES)
		return false;
	switch (failure->operation) {
	case TUNKIT_OP_LINK:
		return lacks_net_admin(facts, facts->device ?
				       "changing the link, even for its owner," :
				       "changing the link", diagnosis);
	case TUNKIT_OP_CREATE:
	case TUNKIT_OP_OPEN:
	case TUNKIT_OP_ADJUST:
	case TUNKIT_OP_DELETE:
	case TUNKIT_OP_ATTACH:
		break;
	default:
		return false;
	}
	if (!facts->device)
		return lacks_net_admin(facts, "creating", diagnosis);
	if (!is_mine(facts))
		return not_yours(facts, diagnosis);
	/* Adjusting may set the link, which the owner alone may not. */
	if (failure->operation == TUNKIT_OP_ADJUST)
		return lacks_net_admin(facts, "changing the link, even for its owner,",
				       diagnosis);
	return denied_to_owner(facts, diagnosis);
}
