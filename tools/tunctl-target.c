// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

bool is_pattern(const char *text)
{
	return strpbrk(text, "*?[\\") != NULL;
}

const char *target_label(const struct target *target, const char *device)
{
	static char *label;
	char name[4 * TUNKIT_NAME_SIZE + 1];

	tunkit_escape(name, sizeof(name), device);
	free(label);
	if (asprintf(&label, "%.*s%s", (int)target->prefix, target->spec,
		     name) < 0)
		label = NULL;
	return label ? label : "?";
}

struct tunkit_failure target_failure(const struct request *request,
				     const struct target *target,
				     enum tunkit_operation operation,
				     const char *device, int error)
{
	struct tunkit_failure failure = TUNKIT_INIT(failure);
	const struct tunkit_device_opts *opts = &request->device;
	const struct tunkit_link_opts *link = &opts->link;

	failure.operation = operation;
	failure.error = error;
	failure.device = device;
	failure.where = target->where;
	failure.node = request->node;
	failure.kind = opts->kind;
	failure.owner = opts->set & TUNKIT_DEVICE_SET_OWNER ? opts->owner
							    : (uid_t)-1;
	failure.group = opts->set & TUNKIT_DEVICE_SET_GROUP ? opts->group
							    : (gid_t)-1;
	failure.master = link->set & TUNKIT_LINK_MASTER ? link->master : NULL;
	return failure;
}

/* A pattern is only held against names: no rule of the kernel's binds it. */
static int check_name(const struct target *target, unsigned int flags,
		      bool patterns)
{
	const char *name = target->device, *why = NULL;
	char text[256];
	int error;

	/* An unset variable in a script must not become "any device". */
	if (!*name && target->named) {
		message_error("an empty name is no device");
		return TUNKIT_STATUS_USAGE;
	}
	if (!*name || (patterns && is_pattern(name)))
		return 0;
	tunkit_escape(text, sizeof(text), name);
	error = tunkit_name_check(name, flags, &why);
	if (error == -ENAMETOOLONG)
		message_error("'%s': %zu characters; the limit is %d", text,
			      strlen(name), TUNKIT_NAME_SIZE - 1);
	else if (error)
		message_error("'%s': %s in an interface name", text, why);
	else if (is_pattern(name))
		message_error("'%s': a pattern is for -l and -d", text);
	else
		return 0;
	return TUNKIT_STATUS_USAGE;
}

static int split(const struct request *request, const char *spec,
		 struct target *target)
{
	const char *where = request->where ? request->where : "";
	int error;

	target->spec = spec;
	if (!*spec || !strchr(spec, '/')) {
		target->where = strdup(where);
		target->device = spec;
		error = target->where ? 0 : -ENOMEM;
	} else {
		error = tunkit_ns_split(spec, &target->where, &target->device);
		if (!error)
			target->prefix = strlen(spec) - strlen(target->device);
	}
	if (error == -EINVAL) {
		message_error("'%s': no device name after the slash", spec);
		return TUNKIT_STATUS_USAGE;
	}
	if (error) {
		message_error("out of memory");
		return TUNKIT_STATUS_FAILED;
	}
	return 0;
}

int targets_open(const struct request *request, unsigned int flags,
		 struct target **targets, size_t *count)
{
	size_t i, wanted = request->name_count ? request->name_count : 1;
	struct target *all = calloc(wanted, sizeof(*all));
	int status = all ? 0 : TUNKIT_STATUS_FAILED;

	if (!all)
		message_error("out of memory");
	for (i = 0; !status && i < wanted; i++) {
		const char *spec = request->name_count ? request->names[i] : "";

		all[i].named = request->name_count > 0;
		status = split(request, spec, &all[i]);
		if (!status)
			status = check_name(&all[i], flags,
					    request->verb != VERB_CREATE);
	}
	if (status) {
		targets_free(all, all ? wanted : 0);
		return status;
	}
	for (i = 0; i < wanted; i++)
		all[i].status = netns_get(all[i].where, request->node,
					  &all[i].ns);
	*targets = all;
	*count = wanted;
	return 0;
}

void targets_free(struct target *targets, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(targets[i].where);
	free(targets);
}
