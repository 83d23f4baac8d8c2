// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "message.h"

static void report_deleted(struct json *json, const char *label)
{
	if (json) {
		json_object(json, NULL);
		json_string(json, "ifname", label);
		json_bool(json, "deleted", true);
		json_object_end(json);
	} else if (message_verbosity >= 0) {
		/* uml-utilities prints the sentence with -b, too. */
		printf("Set '%s' nonpersistent\n", label);
	}
}

static int report(const struct request *request, struct json *json,
		  const struct selection *selection, size_t i, int result)
{
	const struct target *target = selection->targets[i];
	const char *name = selection->devices[i]->name;
	struct tunkit_failure failure;

	if (!result) {
		report_deleted(json, target_label(target, name));
		return 0;
	}
	if (result == -EBUSY && request->unused) {
		message_verbose("%s: is in use", target_label(target, name));
		return 0;
	}
	if (result == -ENODEV && !request->strict) {
		message_note("%s: is gone already", target_label(target, name));
		return 0;
	}
	failure = target_failure(request, target, TUNKIT_OP_DELETE, name,
				 result);
	return message_failure(selection->ns, &failure);
}

static void delete_selection(const struct request *request,
			     const struct selection *selection,
			     struct tally *tally, void *data)
{
	int *results = calloc(selection->count, sizeof(*results));
	size_t i;

	if (!results) {
		message_error("out of memory");
		tally_add(tally, TUNKIT_STATUS_FAILED);
		return;
	}
	/* What is not tried, for want of memory, is not done. */
	for (i = 0; i < selection->count; i++)
		results[i] = -ENOMEM;
	tunkit_device_delete(selection->ns, selection->devices,
			     selection->count,
			     request->force ? TUNKIT_DELETE_FORCE : 0, results);
	for (i = 0; i < selection->count; i++)
		tally_add(tally, report(request, data, selection, i,
					results[i]));
	free(results);
}

int delete_run(const struct request *request)
{
	struct json json;
	int status;

	if (!request->json)
		return select_devices(request, 0, request->strict,
				      delete_selection, NULL);
	json_begin(&json, stdout);
	json_array(&json, NULL);
	status = select_devices(request, 0, request->strict, delete_selection,
				&json);
	json_array_end(&json);
	json_end(&json);
	return status;
}
