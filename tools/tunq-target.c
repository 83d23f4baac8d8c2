// SPDX-License-Identifier: GPL-2.0-or-later
/* The device that a verb works on, its namespace, and the rights kept. */
#include "tunq.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "privilege.h"

error_t tunq_common_parse(int key, char *arg, struct tunq_common *common)
{
	switch (key) {
	case 'N':
		common->netns = arg;
		return 0;
	case 'f':
		common->node = arg;
		return 0;
	case 'q':
		message_verbosity = -1;
		return 0;
	case 'v':
		message_verbosity++;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int tunq_keep_switching(void)
{
	/*
	 * Other processes' descriptors: CAP_SYS_PTRACE; their /proc folders
	 * before Linux 5.14: CAP_DAC_READ_SEARCH; the namespace of a
	 * descriptor's device and attaching a foreign queue: CAP_NET_ADMIN;
	 * entering the namespace of a device: CAP_SYS_ADMIN.
	 */
	static const int list[] = {
		CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_NET_ADMIN,
		CAP_SYS_ADMIN, -1
	};

	return privilege_keep(list) ? TUNKIT_STATUS_FAILED : 0;
}

int tunq_keep_nothing(void)
{
	static const int list[] = { -1 };

	return privilege_keep(list) ? TUNKIT_STATUS_FAILED : 0;
}

/* [NETNS/]DEV: what the operand says goes before -N. */
static int split(const struct tunq_common *common, const char *spec,
		 struct tunq_target *target)
{
	int err;

	if (!spec) {
		target->where = strdup(common->netns ? common->netns : "");
		return target->where ? 0 : -ENOMEM;
	}
	err = tunkit_ns_split(spec, &target->where, &target->device);
	if (err || *target->where || !common->netns)
		return err;

	/* One allocation again: the namespace, then the device. */
	char *both = malloc(strlen(common->netns) + strlen(target->device) + 2);

	if (!both)
		return -ENOMEM;
	strcpy(both, common->netns);
	target->device = strcpy(both + strlen(both) + 1, target->device);
	free(target->where);
	target->where = both;
	return 0;
}

int tunq_target_open(const struct tunq_common *common, const char *spec,
		     struct tunq_target *target)
{
	struct tunkit_ns_opts opts = TUNKIT_INIT(opts);
	char shown[128];
	int err, status;

	memset(target, 0, sizeof(*target));
	target->node = opts.node = common->node;
	err = split(common, spec, target);
	if (err == -EINVAL) {
		tunkit_escape(shown, sizeof(shown), spec);
		message_error("'%s': no device is named after the slash",
			      shown);
		status = TUNKIT_STATUS_USAGE;
		goto fail;
	}
	if (!err)
		err = tunkit_ns_open(target->where, &opts, &target->ns);
	if (err) {
		/* Of the namespace alone, in the same words as the other tools. */
		target->device = NULL;
		status = tunq_target_failure(target, TUNKIT_OP_NS, err);
		goto fail;
	}
	return 0;
fail:
	tunq_target_close(target);
	return status;
}

void tunq_target_close(struct tunq_target *target)
{
	tunkit_ns_close(target->ns);
	free(target->where);
	memset(target, 0, sizeof(*target));
}

int tunq_target_failure(const struct tunq_target *target,
			enum tunkit_operation operation, int error)
{
	struct tunkit_failure failure = TUNKIT_INIT(failure);

	failure.operation = operation;
	failure.error = error;
	failure.device = target->device;
	failure.where = target->where;
	failure.node = target->node;
	failure.owner = (uid_t)-1;
	failure.group = (gid_t)-1;
	failure.fd = -1;
	return message_failure(target->ns, &failure);
}

int tunq_refuse(const char *subject, enum tunkit_status status,
		const char *remedy, const char *cause, ...)
{
	struct tunkit_diagnosis diagnosis = { .status = status };
	char shown[4 * TUNKIT_NAME_SIZE];
	va_list args;

	va_start(args, cause);
	vsnprintf(diagnosis.cause, sizeof(diagnosis.cause), cause, args);
	va_end(args);
	snprintf(diagnosis.remedy, sizeof(diagnosis.remedy), "%s",
		 remedy ? remedy : "");
	tunkit_escape(shown, sizeof(shown), subject);
	return message_diagnosis(shown, &diagnosis);
}
