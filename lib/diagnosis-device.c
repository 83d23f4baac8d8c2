// SPDX-License-Identifier: LGPL-2.1-or-later
/* The device itself: its name, its kind, who has it. */
#include "diagnosis.h"

#include <errno.h>
#include <string.h>

static const char *kind_name(enum tunkit_kind kind)
{
	return kind == TUNKIT_TUN ? "tun" : "tap";
}

/* A remedy for each way in which a queue that is taken gets in the way. */
static void held_remedy(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis)
{
	enum tunkit_operation operation = facts->failure->operation;
	bool multi = facts->device && facts->device->multi_queue;
	struct tk_shown name = tk_word(facts->failure->device);

	if (operation == TUNKIT_OP_DELETE)
		tk_remedy(diagnosis, "stop it, or use '%stunctl -d --force %s'",
			  facts->net_admin ? "" : "sudo ", name.text);
	else if (operation == TUNKIT_OP_ADJUST)
		tk_remedy(diagnosis,
			  "stop it first: owner and group of a single-queue device can only be changed while no process holds it");
	else if (multi)
		tk_remedy(diagnosis, "stop it first");
	else
		tk_remedy(diagnosis,
			  "stop it; a device that several may hold is multi-queue: tunctl -d %s; tunctl -m -t %s",
			  name.text, name.text);
}

static bool held(const struct tunkit_facts *facts,
		 struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_device *device = facts->device;

	if (facts->holders_count) {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE, "%sheld by %s",
			 facts->holders->verified ? "" : "probably ",
			 tk_holders_text(facts).text);
	} else if (facts->unreadable) {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "held by a process that you may not see (%zu of them cannot be looked into)",
			 facts->unreadable);
		tk_remedy(diagnosis, "sudo tunctl -l -v %s says who",
			  tk_word(facts->failure->device).text);
		return true;
	} else if (facts->failure->operation == TUNKIT_OP_ADJUST && device &&
		   device->up) {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "is up: the link type can only be changed while it is down");
		tk_remedy(diagnosis, "ip link set %s down",
			  tk_word(device->name).text);
		return true;
	} else {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "held, but by no process in sight");
		tk_remedy(diagnosis,
			  "look outside this container: the holder may be in another PID namespace");
		return true;
	}
	held_remedy(facts, diagnosis);
	return true;
}

static bool exists(const struct tunkit_facts *facts,
		   struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_device *device = facts->device;
	struct tk_shown owner = { "-" }, holders = { "not held" };
	const char *by = "";

	if (!device) {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE, facts->foreign ?
			 "already exists, and is not a TUN/TAP device" :
			 "already exists");
		tk_remedy(diagnosis, "choose another name");
		return true;
	}
	if (device->has_owner && facts->owner_name)
		owner = tk_shown(facts->owner_name);
	else if (device->has_owner)
		owner = tk_id(device->owner, NULL);
	if (facts->holders_count) {
		by = "held by ";
		holders = tk_holders_text(facts);
	}
	tk_cause(diagnosis, TUNKIT_STATUS_STATE,
		 "already exists (%s, owner %s, %s%s)", kind_name(device->kind),
		 owner.text, by, holders.text);
	tk_remedy(diagnosis, "choose another name, or delete it: tunctl -d %s",
		  tk_word(device->name).text);
	return true;
}

static bool bad_name(const struct tunkit_failure *failure,
		     struct tunkit_diagnosis *diagnosis)
{
	const char *why = "";
	int err;

	if (!failure->device)
		return false;
	err = tunkit_name_check(failure->device,
				failure->operation == TUNKIT_OP_CREATE ?
				TUNKIT_NAME_TEMPLATE : 0, &why);
	if (err == -ENAMETOOLONG)
		return tk_cause(diagnosis, TUNKIT_STATUS_USAGE,
				"%zu characters; the limit is %d",
				strlen(failure->device), TUNKIT_NAME_SIZE - 1);
	if (err)
		return tk_cause(diagnosis, TUNKIT_STATUS_USAGE,
				"%s in an interface name", why);
	return false;
}

static bool wrong_kind(const struct tunkit_facts *facts,
		       struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_device *device = facts->device;
	enum tunkit_kind asked = facts->failure->kind;

	if (!device || !asked || device->kind == asked) {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "not a TUN/TAP device");
		tk_remedy(diagnosis, "'tunctl -l' lists those that are");
		return true;
	}
	tk_cause(diagnosis, TUNKIT_STATUS_STATE, "is a %s device, %s was asked",
		 kind_name(device->kind), kind_name(asked));
	tk_remedy(diagnosis, "that cannot be changed; delete it first: tunctl -d %s",
		  tk_word(device->name).text);
	return true;
}

static bool absent(const struct tunkit_failure *failure,
		   struct tunkit_diagnosis *diagnosis)
{
	tk_cause(diagnosis, TUNKIT_STATUS_STATE, "no such device");
	if (failure->operation == TUNKIT_OP_OPEN)
		tk_remedy(diagnosis, "make it: tunctl %s-t %s",
			  failure->kind == TUNKIT_TUN ? "-n " : "",
			  tk_word(failure->device).text);
	else
		tk_remedy(diagnosis, "'tunctl -l' lists those there are");
	return true;
}

bool tk_diagnose_master(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis)
{
	const char *name = facts->failure->master;
	struct tk_shown master = tk_shown(name);

	if (!name || !*name)
		return false;
	switch (facts->failure->error) {
	case -ENODEV:
		if (!facts->device &&
		    facts->failure->operation != TUNKIT_OP_CREATE)
			return false;
		return tk_cause(diagnosis, TUNKIT_STATUS_STATE,
				"no bridge or bond '%s'", master.text);
	case -EXFULL:
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "bridge '%s' is full: 1024 ports is the limit",
			 master.text);
		tk_remedy(diagnosis,
			  "delete devices that no process holds: tunctl -d --unused GLOB");
		return true;
	case -EOPNOTSUPP:
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "'%s' takes no members: not a bridge or bond",
			 master.text);
		return true;
	default:
		return false;
	}
}

/* Netlink's words, so that another kernel's leave the plain diagnosis. */
static bool bad_mtu(const struct tunkit_facts *facts,
		    struct tunkit_diagnosis *diagnosis)
{
	const char *text = facts->kernel_text;

	if (!text || strncmp(text, "mtu ", 4))
		return false;
	tk_cause(diagnosis, TUNKIT_STATUS_USAGE, "refused by the kernel: %s",
		 tk_shown(text).text);
	tk_remedy(diagnosis,
		  "the least is 68, the most 65521 for a TAP and 65535 for a TUN device");
	return true;
}

bool tk_diagnose_device(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_failure *failure = facts->failure;

	switch (failure->error) {
	case -EBUSY:
		/* Of the link, not of its queue, when netlink says it. */
		if (failure->operation == TUNKIT_OP_LINK || facts->kernel_text)
			return false;
		return held(facts, diagnosis);
	case -EEXIST:
		return exists(facts, diagnosis);
	case -EMEDIUMTYPE:
		return wrong_kind(facts, diagnosis);
	case -ENODEV:
		return failure->device && absent(failure, diagnosis);
	case -EINVAL:
	case -ENAMETOOLONG:
		return bad_name(failure, diagnosis) ||
		       bad_mtu(facts, diagnosis);
	default:
		return false;
	}
}
