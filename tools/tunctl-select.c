// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

static bool matches(const struct target *target, const char *name)
{
	if (!*target->device || !strcmp(target->device, name))
		return true;
	return is_pattern(target->device) && !fnmatch(target->device, name, 0);
}

/* Adds what target matches; taken[] marks devices that are in already. */
static bool add_matches(struct selection *selection,
			const struct target *target, bool taken[])
{
	size_t i, count = tunkit_device_list_count(selection->list);
	bool any = false;

	for (i = 0; i < count; i++) {
		const struct tunkit_device *device =
			tunkit_device_list_at(selection->list, i);

		if (!matches(target, device->name))
			continue;
		any = true;
		if (taken[i])
			continue;
		taken[i] = true;
		selection->devices[selection->count] = device;
		selection->targets[selection->count++] = target;
	}
	return any;
}

/* Nothing matched: 0 after a note, or the status after a message. */
static int explain_absent(const struct request *request,
			  const struct target *target, bool missing)
{
	struct tunkit_failure failure;
	struct tunkit_device device;
	int error = -ENODEV;

	if (!*target->device)
		return 0;
	if (!is_pattern(target->device))
		error = tunkit_device_find(target->ns, target->device, 0,
					   &device);
	if (error == -ENODEV && !missing) {
		message_note("%s: %s", target_label(target, target->device),
			     is_pattern(target->device)
			     ? "no device matches" : "is not there");
		return 0;
	}
	if (error == -ENODEV && is_pattern(target->device)) {
		message_error("%s: no device matches",
			      target_label(target, target->device));
		return TUNKIT_STATUS_STATE;
	}
	failure = target_failure(request, target,
				 request->verb == VERB_DELETE ? TUNKIT_OP_DELETE
							      : TUNKIT_OP_LIST,
				 target->device, error ? error : -EAGAIN);
	return message_failure(target->ns, &failure);
}

static void selection_free(struct selection *selection)
{
	free(selection->devices);
	free(selection->targets);
	tunkit_device_list_free(selection->list);
}

/* The dump of one namespace, with room for a selection of all of it. */
static int selection_open(struct tunkit_ns *ns, unsigned int flags,
			  struct selection *selection, bool **taken)
{
	size_t count;
	int error;

	*selection = (struct selection){ .ns = ns };
	*taken = NULL;
	error = tunkit_device_list(ns, flags, &selection->list);
	if (error)
		return error;
	count = tunkit_device_list_count(selection->list) + 1;
	selection->devices = calloc(count, sizeof(*selection->devices));
	selection->targets = calloc(count, sizeof(*selection->targets));
	*taken = calloc(count, sizeof(**taken));
	if (selection->devices && selection->targets && *taken)
		return 0;
	free(*taken);
	selection_free(selection);
	return -ENOMEM;
}

/* All targets of one namespace; first is the index of the first of them. */
static void select_in(const struct request *request, unsigned int flags,
		      bool missing, const struct target targets[],
		      size_t first, size_t count, struct selection *selection,
		      struct tally *tally)
{
	struct tunkit_ns *ns = targets[first].ns;
	bool *taken;
	size_t i;
	int error = selection_open(ns, flags, selection, &taken);

	if (error) {
		struct tunkit_failure failure = target_failure(
			request, &targets[first], TUNKIT_OP_LIST, NULL, error);

		tally_add(tally, message_failure(ns, &failure));
		*selection = (struct selection){ .ns = ns };
		return;
	}
	for (i = first; i < count; i++) {
		if (targets[i].ns == ns &&
		    !add_matches(selection, &targets[i], taken))
			tally_add(tally, explain_absent(request, &targets[i],
							missing));
	}
	free(taken);
}

static bool is_first_of_ns(const struct target targets[], size_t index)
{
	size_t i;

	for (i = 0; i < index; i++) {
		if (targets[i].ns == targets[index].ns)
			return false;
	}
	return true;
}

int select_devices(const struct request *request, unsigned int flags,
		   bool missing,
		   void (*visit)(const struct request *request,
				 const struct selection *selection,
				 struct tally *tally, void *data),
		   void *data)
{
	struct tally tally = { 0 };
	struct selection selection;
	struct target *targets;
	size_t count, i;
	int status = targets_open(request, 0, &targets, &count);

	if (status)
		return status;
	for (i = 0; i < count; i++) {
		if (!targets[i].ns) {
			tally_add(&tally, targets[i].status);
			continue;
		}
		if (!is_first_of_ns(targets, i))
			continue;
		select_in(request, flags, missing, targets, i, count,
			  &selection, &tally);
		if (selection.count)
			visit(request, &selection, &tally, data);
		selection_free(&selection);
	}
	targets_free(targets, count);
	return tally_status(&tally);
}
