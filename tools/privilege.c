// SPDX-License-Identifier: GPL-2.0-or-later
#include "privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "message.h"
#include "parse.h"

#define ALL_SETS (CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT)

/* Without /proc everything counts as mapped: the change of ids will tell. */
static bool is_mapped(const char *map, unsigned int id)
{
	unsigned int inside, outside, count;
	FILE *file = fopen(map, "re");
	bool mapped = !file;

	while (!mapped && fscanf(file, "%u %u %u", &inside, &outside,
				 &count) == 3)
		mapped = id >= inside && id - inside < count;
	if (file)
		fclose(file);
	return mapped;
}

static bool is_reachable(const struct privilege_user *user)
{
	return is_mapped("/proc/self/uid_map", user->uid) &&
	       is_mapped("/proc/self/gid_map", user->gid);
}

/* An unprivileged user namespace may forbid setgroups() for ever. */
static bool groups_are_fixed(void)
{
	FILE *file = fopen("/proc/self/setgroups", "re");
	char word[8] = "";
	bool fixed;

	if (!file)
		return false;
	fixed = fscanf(file, "%7s", word) == 1 && !strcmp(word, "deny");
	fclose(file);
	return fixed;
}

static bool may_change_ids(void)
{
	return capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) &&
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID);
}

/* A number need not be in /etc/passwd: its group is then the same number. */
static int find_user(const char *name, struct privilege_user *user)
{
	const struct passwd *entry;
	int error;

	error = parse_user(name, &user->uid);
	if (error)
		return error;
	entry = getpwuid(user->uid);
	user->gid = entry ? entry->pw_gid : user->uid;
	snprintf(user->name, sizeof(user->name), "%s",
		 entry ? entry->pw_name : name);
	return 0;
}

/*
 * In a container the default must not be what stops the tool: whoever cannot
 * become nobody keeps the ids and loses the capabilities all the same.
 */
static int resolve_default(struct privilege_user *user)
{
	struct privilege_user nobody = { .change = true };

	if (geteuid() != 0 || !may_change_ids() || !getpwnam("nobody"))
		return 0;
	if (find_user("nobody", &nobody) == 0 && is_reachable(&nobody))
		*user = nobody;
	return 0;
}

static int refuse(const char *name)
{
	struct tunkit_diagnosis diagnosis = {
		.status = TUNKIT_STATUS_PERMISSION,
		.cause = "becoming another user needs root (CAP_SETUID, CAP_SETGID)",
		.remedy = "sudo, or leave out -U: no privilege is left either way",
	};
	char subject[128], shown[100];

	tunkit_escape(shown, sizeof(shown), name);
	snprintf(subject, sizeof(subject), "user '%s'", shown);
	message_diagnosis(subject, &diagnosis);
	return -EPERM;
}

int privilege_resolve(const char *name, struct privilege_user *user)
{
	int error;

	*user = (struct privilege_user){ .change = false };
	if (!name)
		return resolve_default(user);
	error = find_user(name, user);
	if (error)
		return error;
	user->change = user->uid != 0 && user->uid != getuid();
	if (!user->change)
		return 0;
	if (!is_reachable(user)) {
		message_error("user '%s': uid %u is not mapped in this user namespace (/proc/self/uid_map)",
			      name, user->uid);
		return -EINVAL;
	}
	if (!may_change_ids()) {
		return refuse(name);
	}
	return 0;
}

static int fail(const char *what)
{
	int error = errno ? errno : EPERM;

	message_error("cannot give up privileges: %s: %s", what,
		      strerror(error));
	return -error;
}

/* First, because CAP_SETPCAP does not outlive the change of ids. */
static int drop_bounding_set(void)
{
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return 0;
	capng_clear(CAPNG_SELECT_BOUNDS);
	if (capng_apply(CAPNG_SELECT_BOUNDS))
		return fail("capability bounding set");
	return 0;
}

static int change_ids(const struct privilege_user *user, uid_t uid, gid_t gid)
{
	if (user->change && setgroups(0, NULL) &&
	    !(errno == EPERM && groups_are_fixed()))
		return fail("setgroups");
	if (setresgid(gid, gid, gid))
		return fail("setgid");
	if (setresuid(uid, uid, uid))
		return fail("setuid");
	return 0;
}

static int verify(uid_t uid, gid_t gid)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	errno = 0;
	if (getresuid(&r, &e, &s) || r != uid || e != uid || s != uid)
		return fail("user ids did not change");
	if (getresgid(&rg, &eg, &sg) || rg != gid || eg != gid || sg != gid)
		return fail("group ids did not change");
	if (uid != 0 && setuid(0) == 0)
		return fail("root can be had back");
	errno = 0;
	if (capng_get_caps_process() ||
	    capng_have_capabilities(CAPNG_SELECT_CAPS) != CAPNG_NONE)
		return fail("capabilities are left");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return fail("no_new_privs is not set");
	return 0;
}

int privilege_drop(const struct privilege_user *user)
{
	uid_t uid = user->change ? user->uid : getuid();
	gid_t gid = user->change ? user->gid : getgid();
	int error;

	if (capng_get_caps_process())
		return fail("reading capabilities");
	error = drop_bounding_set();
	if (error)
		return error;
	error = change_ids(user, uid, gid);
	if (error)
		return error;
	if (capng_get_caps_process())
		return fail("reading capabilities");
	capng_clear(ALL_SETS);
	if (capng_apply(ALL_SETS))
		return fail("capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail("no_new_privs");
	return verify(uid, gid);
}

int privilege_keep(const int list[])
{
	capng_type_t both = CAPNG_EFFECTIVE | CAPNG_PERMITTED;
	bool have[CAP_LAST_CAP + 1] = { false };
	size_t i;

	if (capng_get_caps_process())
		return fail("reading capabilities");
	for (i = 0; list[i] >= 0; i++)
		have[list[i]] = capng_have_capability(CAPNG_PERMITTED, list[i]);
	capng_clear(ALL_SETS);
	for (i = 0; list[i] >= 0; i++) {
		if (have[list[i]])
			capng_update(CAPNG_ADD, both, list[i]);
	}
	if (capng_apply(ALL_SETS))
		return fail("capabilities");
	return 0;
}
