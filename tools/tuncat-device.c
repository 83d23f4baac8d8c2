// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-device.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"

#define OFFLOADS (TUNKIT_OFFLOAD_CSUM | TUNKIT_OFFLOAD_TSO4 | \
		  TUNKIT_OFFLOAD_TSO6 | TUNKIT_OFFLOAD_TSO_ECN | \
		  TUNKIT_OFFLOAD_USO4 | TUNKIT_OFFLOAD_USO6)

/*
 * The ways of a bridge and its first thread may ask about one device at once;
 * a tunkit_ns is for one thread at a time.
 */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

static int ask(const struct device *device, unsigned int flags,
	       struct tunkit_device *now)
{
	int err;

	pthread_mutex_lock(&asking);
	err = tunkit_device_find(device->ns, device->name, flags, now);
	pthread_mutex_unlock(&asking);
	return err;
}

/* Who only wants to look need not stop the holder. */
static int held(const struct device *device,
		const struct tunkit_failure *failure)
{
	struct tunkit_diagnosis diagnosis;
	char subject[4 * TUNKIT_NAME_SIZE];
	size_t len;

	tunkit_diagnose(device->ns, failure, &diagnosis);
	len = strlen(diagnosis.remedy);
	snprintf(diagnosis.remedy + len, sizeof(diagnosis.remedy) - len,
		 "%s'tuncat --sniff %s' shows a copy of its frames",
		 len ? "; " : "", device->label);
	tunkit_escape(subject, sizeof(subject), device->name);
	return message_diagnosis(subject, &diagnosis);
}

static int failed(struct device *device, const struct options *options,
		  enum tunkit_operation operation, int error)
{
	struct tunkit_failure failure = {
		.size = sizeof(failure),
		.operation = operation,
		.error = error,
		.device = device->name,
		.where = tunkit_ns_name(device->ns),
		.node = options ? options->node : NULL,
		.kind = options ? options->kind : 0,
		.owner = -1,
		.group = -1,
		.fd = -1,
	};
	int status;

	if (error == -EBUSY && operation == TUNKIT_OP_OPEN)
		return held(device, &failure);
	pthread_mutex_lock(&asking);
	status = message_failure(device->ns, &failure);
	pthread_mutex_unlock(&asking);
	return status;
}

/* What sets the device up, to be typed as it is. */
static void up_command(const struct device *device, char *out, size_t size)
{
	const char *where = tunkit_ns_name(device->ns);
	bool named = *where && !strpbrk(where, ":/");
	char name[4 * TUNKIT_NAME_SIZE];

	tunkit_escape(name, sizeof(name), device->name);
	snprintf(out, size, "ip %s%s%slink set %s up", named ? "-n " : "",
		 named ? where : "", named ? " " : "", name);
}

/*
 * Who forgets -r names the capture where the device belongs; 0 if spec is no
 * file. That of a namespace (nsfs) has no size.
 */
static int refuse_file(const struct device *device, const char *spec)
{
	struct stat file;

	if (stat(spec, &file) || !S_ISREG(file.st_mode) || !file.st_size)
		return 0;
	message_error("%s is a file, not a device: 'tuncat -r %s DEV' sends a "
		      "capture", device->label, device->label);
	return TUNKIT_STATUS_USAGE;
}

static int name_device(struct device *device, const char *spec,
		       const struct options *options)
{
	const char *why;
	int status, err;

	tunkit_escape(device->label, sizeof(device->label), spec);
	err = tunkit_ns_split(spec, &device->where, &device->name);
	if (!err)
		err = tunkit_name_check(device->name, options->create ?
					TUNKIT_NAME_TEMPLATE : 0, &why);
	else
		why = "no device is named";
	if (!err)
		return 0;
	status = refuse_file(device, spec);
	if (!status)
		message_error("%s%s%s", device->label, *spec ? ": " : "", why);
	return TUNKIT_STATUS_USAGE;
}

static int enter(struct device *device, const char *spec,
		 const struct options *options)
{
	struct tunkit_ns_opts opts = TUNKIT_INIT(opts);
	const char *where = *device->where ? device->where : options->netns;
	int err;

	opts.node = options->node;
	err = tunkit_ns_open(where, &opts, &device->ns);
	if (err) {
		struct tunkit_failure failure = {
			.size = sizeof(failure),
			.operation = TUNKIT_OP_NS,
			.error = err,
			.where = where,
			.owner = -1,
			.group = -1,
		};
		int status = refuse_file(device, spec);

		return status ? status : message_failure(NULL, &failure);
	}
	return 0;
}

/* What to create: as asked, else what a device of that name usually is. */
static enum tunkit_kind creation_kind(const struct device *device,
				      const struct options *options)
{
	if (options->kind)
		return options->kind;
	return strncmp(device->name, "tun", 3) ? TUNKIT_TAP : TUNKIT_TUN;
}

static int find(struct device *device, const char *spec,
		const struct options *options)
{
	int err = tunkit_device_find(device->ns, device->name, 0,
				     &device->facts);
	int status;

	if (err == -ENODEV && options->create) {
		device->facts.kind = creation_kind(device, options);
		return 0;
	}
	status = err == -ENODEV ? refuse_file(device, spec) : 0;
	if (status)
		return status;
	if (err)
		return failed(device, options, TUNKIT_OP_OPEN, err);
	if (!options->kind || options->kind == device->facts.kind)
		return 0;
	message_error("%s: is a %s device, %s was asked", device->label,
		      device->facts.kind == TUNKIT_TUN ? "tun" : "tap",
		      options->kind == TUNKIT_TUN ? "tun" : "tap");
	return TUNKIT_STATUS_STATE;
}

/*
 * A TUN device is asked for packet information, so that protocols other than
 * IP keep their name; a TAP frame has its EtherType anyhow.
 */
static int attach(struct device *device, const struct options *options,
		  bool offload)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	int err;

	opts.kind = device->facts.kind;
	opts.flags = TUNKIT_QUEUE_NONBLOCK;
	if (opts.kind == TUNKIT_TUN || options->pi)
		opts.flags |= TUNKIT_QUEUE_PI;
	if (options->create)
		opts.flags |= TUNKIT_QUEUE_CREATE;
	if (offload) {
		opts.flags |= TUNKIT_QUEUE_VNET_HDR;
		opts.offload = OFFLOADS;
	}
	err = tunkit_queue_open(device->ns, device->name, &opts, 1,
				&device->queue);
	if (err)
		return failed(device, options, options->create ?
			      TUNKIT_OP_CREATE : TUNKIT_OP_OPEN, err);
	return 0;
}

static int set_up(struct device *device)
{
	struct tunkit_link_opts opts = TUNKIT_INIT(opts);
	int err;

	opts.set = TUNKIT_LINK_UP;
	opts.up = true;
	err = tunkit_link_set(device->ns, device->facts.ifindex, &opts);
	if (err)
		return failed(device, NULL, TUNKIT_OP_LINK, err);
	device->facts.up = true;
	return 0;
}

/* The facts once attached: a template has its number now. */
static int settle(struct device *device, const struct options *options)
{
	int err = tunkit_device_find(device->ns,
				     tunkit_queue_device(device->queue),
				     TUNKIT_LIST_STATS | TUNKIT_LIST_OFFLOAD,
				     &device->facts);

	if (err)
		return failed(device, options, TUNKIT_OP_OPEN, err);
	if (strchr(device->name, '%'))
		tunkit_escape(device->label, sizeof(device->label),
			      device->facts.name);
	device->name = tunkit_queue_device(device->queue);
	if (options->up && !device->facts.up)
		return set_up(device);
	return 0;
}

int device_locate(struct device *device, const char *spec,
		  const struct options *options)
{
	int status = name_device(device, spec, options);

	if (!status)
		status = enter(device, spec, options);
	if (!status)
		status = find(device, spec, options);
	return status;
}

int device_open(struct device *device, const char *spec,
		const struct options *options, bool offload)
{
	int status = device_locate(device, spec, options);

	if (!status)
		status = attach(device, options, offload);
	if (!status)
		status = settle(device, options);
	return status;
}

void device_close(struct device *device)
{
	tunkit_queue_close(device->queue);
	tunkit_sniffer_close(device->sniffer);
	tunkit_ns_close(device->ns);
	free(device->where);
	*device = (struct device){ .queue = NULL };
}

int device_fd(const struct device *device)
{
	return device->sniffer ? tunkit_sniffer_fd(device->sniffer) :
				 tunkit_queue_fd(device->queue);
}

int device_receive(struct device *device, void *buffer, size_t size,
		   struct tunkit_frame *frame,
		   enum tunkit_direction *direction)
{
	if (device->sniffer)
		return tunkit_sniffer_receive(device->sniffer, buffer, size,
					      frame, direction);
	*direction = TUNKIT_FROM_KERNEL;
	return tunkit_queue_receive(device->queue, buffer, size, frame);
}

/* To ask the kernel for a device that is being deleted waits until it is. */
bool device_gone(const struct device *device)
{
	struct pollfd fd = { .fd = device_fd(device) };
	struct tunkit_device now;

	return ask(device, 0, &now) == -ENODEV &&
	       poll(&fd, 1, 0) == 1 && fd.revents & POLLERR;
}

void device_say_down(struct device *device)
{
	char command[128];

	if (device->told_down || device_gone(device))
		return;
	device->told_down = true;
	up_command(device, command, sizeof(command));
	message_note("%s is down: no frame passes before '%s'", device->label,
		     command);
}

int device_failed(struct device *device, enum tunkit_operation operation,
		  int error)
{
	char command[128];

	if (error == -EBADFD || (error == -EIO && device_gone(device))) {
		message_error("%s was deleted", device->label);
		return TUNKIT_STATUS_STATE;
	}
	if (error == -EIO) {
		up_command(device, command, sizeof(command));
		message_error("%s is down: '%s'", device->label, command);
		return TUNKIT_STATUS_FAILED;
	}
	return failed(device, NULL, operation, error);
}

uint64_t device_dropped(struct device *device)
{
	struct tunkit_device now;

	if (device->sniffer)
		return tunkit_sniffer_dropped(device->sniffer);
	if (ask(device, TUNKIT_LIST_STATS, &now) ||
	    now.ifindex != device->facts.ifindex)
		return 0;
	return now.tx_dropped - device->facts.tx_dropped;
}
