// SPDX-License-Identifier: LGPL-2.1-or-later
/* The namespace and the clone node: what stands before any device. */
#include "diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_NODE	"/dev/net/tun"

/* With a device, that is what a message begins with: name the namespace too. */
static struct tk_shown ns_label(const struct tunkit_failure *failure)
{
	struct tk_shown out = { "" };

	if (failure->device && failure->where)
		snprintf(out.text, sizeof(out.text), " '%.150s'",
			 tk_shown(failure->where).text);
	return out;
}

static bool ns_refused(const struct tunkit_failure *failure,
		       struct tunkit_diagnosis *diagnosis)
{
	tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
		 "the network namespace%s may not be entered: that needs CAP_SYS_ADMIN in its user namespace and in yours",
		 ns_label(failure).text);
	if (failure->where && !strncmp(failure->where, "pid:", 4))
		tk_remedy(diagnosis,
			  "sudo, or enter its user namespace first: nsenter --preserve-credentials -U -n -t %s COMMAND",
			  tk_word(failure->where + 4).text);
	else
		tk_remedy(diagnosis,
			  "sudo; where the namespace is of 'unshare -Urn': nsenter --preserve-credentials -U -n -t PID COMMAND");
	return true;
}

bool tk_diagnose_ns(const struct tunkit_facts *facts,
		    struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_failure *failure = facts->failure;
	struct tk_shown label = ns_label(failure);

	if (failure->operation != TUNKIT_OP_NS)
		return false;
	switch (failure->error) {
	case -ENOENT:
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "no such network namespace%s", label.text);
		if (failure->where && !strchr(failure->where, '/'))
			tk_remedy(diagnosis,
				  "'ip netns' lists those that have names");
		return true;
	case -ESRCH:
		return tk_cause(diagnosis, TUNKIT_STATUS_STATE,
				"no such process%s", label.text);
	case -EPERM:
	case -EACCES:
		return ns_refused(failure, diagnosis);
	case -EINVAL:
		tk_cause(diagnosis, TUNKIT_STATUS_USAGE,
			 "not a network namespace%s", label.text);
		tk_remedy(diagnosis,
			  "a name of 'ip netns', pid:NUMBER or a path");
		return true;
	default:
		return false;
	}
}

static bool no_node(const struct tunkit_facts *facts, const char *node,
		    struct tunkit_diagnosis *diagnosis)
{
	tk_cause(diagnosis, TUNKIT_STATUS_NO_DRIVER, "no %s", node);
	if (strcmp(node, DEFAULT_NODE))
		tk_remedy(diagnosis, "-f names the clone node, normally "
			  DEFAULT_NODE);
	else if (facts->user_ns)
		tk_remedy(diagnosis,
			  "give it to the container from outside: --device "
			  DEFAULT_NODE);
	else if (facts->driver)
		tk_remedy(diagnosis, "mkdir -p /dev/net && mknod " DEFAULT_NODE
			  " c 10 200; in a container: --device " DEFAULT_NODE);
	else if (facts->modules_gone)
		tk_remedy(diagnosis,
			  "the modules of the running kernel %s are gone: reboot",
			  tk_shown(facts->release).text);
	else
		tk_remedy(diagnosis, "modprobe tun, or mkdir -p /dev/net && mknod "
			  DEFAULT_NODE " c 10 200; in a container: --device "
			  DEFAULT_NODE);
	return true;
}

static bool no_driver(const struct tunkit_facts *facts, const char *node,
		      struct tunkit_diagnosis *diagnosis)
{
	tk_cause(diagnosis, TUNKIT_STATUS_NO_DRIVER, "no driver behind %s",
		 node);
	if (facts->modules_gone)
		tk_remedy(diagnosis,
			  "the modules of the running kernel %s are gone: reboot",
			  tk_shown(facts->release).text);
	else
		tk_remedy(diagnosis,
			  "modprobe tun; if that fails, the kernel was built without CONFIG_TUN");
	return true;
}

bool tk_diagnose_node(const struct tunkit_facts *facts,
		      struct tunkit_diagnosis *diagnosis)
{
	struct tk_shown node = tk_shown(facts->node ? facts->node : DEFAULT_NODE);

	/* That it cannot be opened matters where that is what failed. */
	if (!facts->node_error || facts->node_error != facts->failure->error)
		return false;
	switch (facts->node_error) {
	case -ENOENT:
	case -ENOTDIR:
		return no_node(facts, node.text, diagnosis);
	case -ENODEV:
	case -ENXIO:
		return no_driver(facts, node.text, diagnosis);
	case -EACCES:
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "%s may not be opened: its file mode denies uid %u",
			 node.text, facts->uid);
		tk_remedy(diagnosis, "chmod 0666 %s (what udev does), or sudo",
			  tk_word(node.text).text);
		return true;
	case -EPERM:
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "%s may not be opened: the container's device cgroup denies it",
			 node.text);
		tk_remedy(diagnosis, "start the container with --device %s",
			  tk_word(node.text).text);
		return true;
	case -ENOTTY:
		tk_cause(diagnosis, TUNKIT_STATUS_NO_DRIVER,
			 "%s is not the TUN driver's node (character device 10:200)",
			 node.text);
		tk_remedy(diagnosis, "-f names the clone node, normally "
			  DEFAULT_NODE);
		return true;
	default:
		return false;
	}
}
