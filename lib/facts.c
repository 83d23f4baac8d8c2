// SPDX-License-Identifier: LGPL-2.1-or-later
/* Collects the facts of a failure; whatever cannot be had is left out. */
#include "tunkit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "internal.h"
#include "ns.h"
#include "process.h"

struct name {
	char text[64];
};

/* What struct tunkit_facts points to. */
struct collection {
	struct tunkit_facts facts;
	struct tunkit_device device;
	struct tunkit_holders *holders;
	struct utsname system;
	char kernel_text[256];
	struct name owner, group, holder, target;
};

static const char *user_name(uid_t uid, struct name *name)
{
	char buffer[4096];
	struct passwd entry, *found;

	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) || !found)
		return NULL;
	snprintf(name->text, sizeof(name->text), "%s", found->pw_name);
	return name->text;
}

static const char *group_name(gid_t gid, struct name *name)
{
	char buffer[8192];
	struct group entry, *found;

	if (getgrgid_r(gid, &entry, buffer, sizeof(buffer), &found) || !found)
		return NULL;
	snprintf(name->text, sizeof(name->text), "%s", found->gr_name);
	return name->text;
}

static bool is_in_group(gid_t group)
{
	return getegid() == group || group_member(group);
}

/* Whether a line of uid_map or gid_map covers id; unreadable: yes. */
static bool is_mapped(const char *path, unsigned int id)
{
	unsigned int first, outside, count;
	FILE *file = fopen(path, "re");
	bool mapped = !file;

	while (!mapped && fscanf(file, "%u %u %u", &first, &outside,
				 &count) == 3)
		mapped = id >= first && id - first < count;
	if (file)
		fclose(file);
	return mapped;
}

static bool has_net_admin(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	return !syscall(SYS_capget, &header, sets) &&
	       sets[CAP_TO_INDEX(CAP_NET_ADMIN)].effective &
	       CAP_TO_MASK(CAP_NET_ADMIN);
}

static void collect_caller(struct tunkit_facts *facts)
{
	const struct tunkit_failure *failure = facts->failure;

	facts->uid = geteuid();
	facts->user_ns = !is_mapped("/proc/self/uid_map", 0xfffffffeu);
	facts->owner_unmapped = failure->owner != (uid_t)-1 &&
		!is_mapped("/proc/self/uid_map", failure->owner);
	facts->group_unmapped = failure->group != (gid_t)-1 &&
		!is_mapped("/proc/self/gid_map", failure->group);
	facts->net_admin = has_net_admin();
}

/* /proc/misc holds the driver's line from its registration on. */
static bool has_driver(void)
{
	char text[8192];

	return tk_proc_read(AT_FDCWD, "/proc/misc", text, sizeof(text)) > 0 &&
	       (strstr(text, " tun\n") || strstr(text, " tunkit\n"));
}

static void collect_driver(struct collection *all)
{
	char path[sizeof(all->system.release) + 16];

	all->facts.driver = has_driver();
	if (uname(&all->system))
		return;
	all->facts.release = all->system.release;
	snprintf(path, sizeof(path), "/lib/modules/%s", all->system.release);
	all->facts.modules_gone = !all->facts.driver && access(path, F_OK);
}

static void collect_node(struct collection *all, struct tunkit_ns *ns)
{
	int fd;

	switch (all->facts.failure->operation) {
	case TUNKIT_OP_CREATE:
	case TUNKIT_OP_ADJUST:
	case TUNKIT_OP_DELETE:
	case TUNKIT_OP_OPEN:
		break;
	default:
		return;
	}
	fd = tk_ns_open_node(ns);
	if (fd >= 0)
		close(fd);
	else
		all->facts.node_error = fd;
	all->facts.node = tunkit_ns_node(ns);
	collect_driver(all);
}

static void collect_holders(struct collection *all, struct tunkit_ns *ns)
{
	struct tunkit_facts *facts = &all->facts;

	if (tunkit_holders_scan(ns, facts->device->name, &all->holders))
		return;
	facts->unreadable = tunkit_holders_unreadable(all->holders);
	facts->holders_count = tunkit_holders_count(all->holders);
	if (!facts->holders_count)
		return;
	facts->holders = tunkit_holders_at(all->holders, 0);
	facts->holder_user = user_name(facts->holders->uid, &all->holder);
}

static void collect_device(struct collection *all, struct tunkit_ns *ns)
{
	struct tunkit_facts *facts = &all->facts;
	const char *name = facts->failure->device;
	int error = facts->failure->error, err;

	if (!name || tunkit_name_check(name, 0, NULL))
		return;
	err = tunkit_device_find(ns, name, 0, &all->device);
	facts->foreign = err == -EMEDIUMTYPE;
	if (err)
		return;
	facts->device = &all->device;
	if (all->device.has_owner)
		facts->owner_name = user_name(all->device.owner, &all->owner);
	if (all->device.has_group) {
		facts->group_name = group_name(all->device.group, &all->group);
		facts->in_group = is_in_group(all->device.group);
	}
	if (error == -EBUSY || error == -EEXIST)
		collect_holders(all, ns);
}

static void collect_target(struct collection *all)
{
	struct tunkit_facts *facts = &all->facts;
	char text[64], command[64];
	int proc;

	if (facts->failure->operation != TUNKIT_OP_BORROW)
		return;
	proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return;
	facts->has_target = tk_proc_identity(proc, facts->failure->pid,
					     &facts->target_uid, command,
					     sizeof(command));
	if (facts->has_target)
		facts->target_user = user_name(facts->target_uid,
					       &all->target);
	if (tk_proc_read(proc, "sys/kernel/yama/ptrace_scope", text,
			 sizeof(text)) > 0)
		facts->yama = atoi(text);
	close(proc);
}

void tunkit_diagnose(struct tunkit_ns *ns,
		     const struct tunkit_failure *given,
		     struct tunkit_diagnosis *diagnosis)
{
	struct collection all = { .facts.size = sizeof(all.facts) };
	struct tunkit_failure failure;

	if (!tk_opts_read(&failure, sizeof(failure), given)) {
		all.facts.failure = &failure;
		/* Requests of our own would replace the kernel's text. */
		if (ns && tunkit_ns_error(ns)) {
			snprintf(all.kernel_text, sizeof(all.kernel_text),
				 "%s", tunkit_ns_error(ns));
			all.facts.kernel_text = all.kernel_text;
		}
		collect_caller(&all.facts);
		collect_target(&all);
		if (ns) {
			collect_node(&all, ns);
			collect_device(&all, ns);
		}
	}
	tunkit_diagnose_facts(&all.facts, diagnosis);
	tunkit_holders_free(all.holders);
}
