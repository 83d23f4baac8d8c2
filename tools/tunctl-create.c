// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

/* One device on its way through this file. */
struct work {
	const struct request *request;
	const struct target *target;
	struct json *json;	/* NULL: sentences */
	char *next;		/* name to try first, "": none */
	struct tunkit_device device;
	unsigned int changed;	/* TUNKIT_CHANGED_* */
	bool created;
};

static int fail(const struct work *work, enum tunkit_operation operation,
		int error)
{
	const char *name = *work->target->device ? work->target->device : NULL;
	struct tunkit_failure failure = target_failure(
		work->request, work->target, operation, name, error);

	if (!failure.kind)
		failure.kind = TUNKIT_TAP;
	return message_failure(work->target->ns, &failure);
}

static int refuse(const struct work *work, const char *cause,
		  const char *remedy)
{
	struct tunkit_diagnosis diagnosis = { .status = TUNKIT_STATUS_STATE };

	snprintf(diagnosis.cause, sizeof(diagnosis.cause), "%s", cause);
	snprintf(diagnosis.remedy, sizeof(diagnosis.remedy), "%s", remedy);
	return message_diagnosis(target_label(work->target, work->device.name),
				 &diagnosis);
}

/* Headers are no lasting property: the next program to attach decides. */
static void note_headers(const struct work *work, const char *label)
{
	unsigned int flags = work->request->device.flags;
	const struct tunkit_device *device = &work->device;

	if ((flags & TUNKIT_DEVICE_PI) && !device->pi)
		message_note("%s: has no packet information now; the program that attaches decides",
			     label);
	if ((flags & TUNKIT_DEVICE_VNET_HDR) && !device->vnet_hdr)
		message_note("%s: has no virtio-net header now; the program that attaches decides",
			     label);
}

static void note_result(const struct work *work, const char *label)
{
	const struct tunkit_device *device = &work->device;

	if (!work->created && !work->changed)
		message_note("%s: unchanged", label);
	if (!work->created)
		note_headers(work, label);
	if (!device->has_owner && !device->has_group)
		message_note("%s: any user may attach", label);
	warn_lockout(device, label);
}

static void print_sentence(const struct tunkit_device *device,
			   const char *label)
{
	printf("Set '%s' persistent and owned by", label);
	if (device->has_owner)
		printf(" uid %u", device->owner);
	if (device->has_group)
		printf(" gid %u", device->group);
	printf("%s\n", device->has_owner || device->has_group ? "" : " no one");
}

static void print_result(const struct work *work)
{
	const struct tunkit_device *device = &work->device;
	const char *label = target_label(work->target, device->name);

	if (work->json) {
		show_json(work->json, work->target, device, NULL);
		json_bool(work->json, "created", work->created);
		json_bool(work->json, "changed",
			  work->created || work->changed);
		json_object_end(work->json);
	} else if (work->request->brief) {
		printf("%s\n", label);
	} else if (message_verbosity >= 0) {
		print_sentence(device, label);
	}
	note_result(work, label);
}

/* What cannot be changed on a device: 0 or the status after a message. */
static int check_existing(const struct work *work)
{
	const struct tunkit_device_opts *opts = &work->request->device;
	const struct tunkit_device *device = &work->device;
	enum tunkit_kind kind = opts->kind ? opts->kind : TUNKIT_TAP;

	if (device->kind != kind)
		return kind == TUNKIT_TAP
			? refuse(work, "is a tun device, tap was asked",
				 "use -n, or delete it first")
			: refuse(work, "is a tap device, tun was asked",
				 "leave out -n, or delete it first");
	if ((opts->flags & TUNKIT_DEVICE_MULTI_QUEUE) && !device->multi_queue)
		return refuse(work, "is single-queue, multi-queue was asked",
			      "it cannot be changed, delete it first");
	if ((opts->set & TUNKIT_DEVICE_ANYONE) &&
	    (device->has_owner || device->has_group))
		return refuse(work, "has an owner or group, which cannot be taken off",
			      "delete it first, or give it another owner with -u");
	return 0;
}

static int adopt(struct work *work)
{
	int status, error;

	if (work->request->strict)
		return fail(work, TUNKIT_OP_CREATE, -EEXIST);
	status = check_existing(work);
	if (status)
		return status;
	/*
	 * uml-utilities took the device over or failed. Who may not do so
	 * must not be told that all is well.
	 */
	error = may_attach(&work->device) ? 0 : -EPERM;
	if (!error)
		error = tunkit_device_adjust(work->target->ns,
					     work->device.name,
					     &work->request->device,
					     &work->changed, &work->device);
	return error ? fail(work, TUNKIT_OP_ADJUST, error) : 0;
}

/* uml-utilities makes a TAP of any name, vde's tunctl a TUN of this one. */
static void warn_tun_name(const struct work *work)
{
	static bool warned;

	if (warned || work->request->device.kind ||
	    strncmp(work->target->device, "tun", 3) || !isatty(STDERR_FILENO))
		return;
	warned = true;
	message_note("%s: is a TAP device in spite of its name; -n makes a TUN",
		     target_label(work->target, work->target->device));
}

static int create_named(struct work *work, const char *name)
{
	struct tunkit_device_opts opts = work->request->device;

	/* A sentence says no more than what was asked for. */
	if (!work->json)
		opts.flags |= TUNKIT_DEVICE_BRIEF;
	return tunkit_device_create(work->target->ns, name, &opts,
				    &work->device);
}

/*
 * Of a template the kernel compares the names of all devices each time. What
 * follows the one that it chose last is free as a rule.
 */
static int create(struct work *work)
{
	const char *template = work->target->device;
	int error = -EEXIST;

	if (*work->next)
		error = create_named(work, work->next);
	if (error == -EEXIST)
		error = create_named(work, template);
	if (error)
		return error;
	work->created = true;
	if (!*template)
		template = work->request->device.kind == TUNKIT_TUN ? "tun%d" :
			"tap%d";
	strcpy(work->next, work->device.name);
	if (!number_next(template, work->next))
		*work->next = '\0';
	warn_tun_name(work);
	return 0;
}

/*
 * Whether the device is there although it could not be made; a missing node
 * does not matter then. Another request would replace what the kernel says.
 */
static int look(struct work *work)
{
	const struct target *target = work->target;

	if (!*target->device || strchr(target->device, '%') ||
	    tunkit_ns_error(target->ns))
		return -ENODEV;
	return tunkit_device_find(target->ns, target->device, 0, &work->device);
}

/* Most often it is not there, so the look comes after the leap. */
static int create_or_adopt(struct work *work)
{
	int error = 0, found, tries;

	if (!work->target->ns)
		return work->target->status;
	/* Someone else may delete the device between the two. */
	for (tries = 0; tries < 3; tries++) {
		error = create(work);
		if (!error)
			return 0;
		found = look(work);
		if (!found)
			return adopt(work);
		if (found != -ENODEV)
			error = found;
		if (error != -EEXIST)
			break;
	}
	return fail(work, TUNKIT_OP_CREATE, error);
}

static void create_all(const struct request *request,
		       const struct target targets[], size_t count,
		       struct json *json, struct tally *tally)
{
	unsigned long copy, copies = request->copies ? request->copies : 1;
	size_t i;

	for (i = 0; i < count; i++) {
		char next[TUNKIT_NAME_SIZE] = "";

		for (copy = 0; copy < copies; copy++) {
			struct work work = {
				.request = request,
				.target = &targets[i],
				.json = json,
				.next = next,
			};
			int status = create_or_adopt(&work);

			tally_add(tally, status);
			if (status)
				break;	/* the next copy fails alike */
			print_result(&work);
		}
	}
}

static int check_copies(const struct request *request)
{
	size_t i;

	for (i = 0; request->copies > 1 && i < request->name_count; i++) {
		if (!*request->names[i] || strchr(request->names[i], '%'))
			continue;
		message_error("--count: '%s' has no %%d to number the devices by",
			      request->names[i]);
		return TUNKIT_STATUS_USAGE;
	}
	return 0;
}

int create_run(const struct request *request)
{
	struct tally tally = { 0 };
	struct target *targets;
	struct json json;
	size_t count;
	int status = check_copies(request);

	if (!status)
		status = targets_open(request, TUNKIT_NAME_TEMPLATE, &targets,
				      &count);
	if (status)
		return status;
	if (request->json) {
		json_begin(&json, stdout);
		json_array(&json, NULL);
	}
	create_all(request, targets, count, request->json ? &json : NULL,
		   &tally);
	if (request->json) {
		json_array_end(&json);
		json_end(&json);
	}
	targets_free(targets, count);
	return tally_status(&tally);
}
