/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device that tuncat reads and writes, with what it needs to explain it. */
#ifndef TUNCAT_DEVICE_H
#define TUNCAT_DEVICE_H

#include <tunkit.h>

#include "tuncat-options.h"

struct device {
	char label[300];		/* as the user wrote it, escaped */
	char *where;			/* owns name */
	const char *name;
	struct tunkit_ns *ns;
	struct tunkit_queue *queue;	/* NULL with a sniffer */
	struct tunkit_sniffer *sniffer;	/* --sniff, or NULL */
	struct tunkit_device facts;	/* as of the open */
	bool told_down;			/* the user knows that the link is */
};

/*
 * Opens one queue of what spec names, non-blocking. offload: with virtio-net
 * header and the TUNKIT_OFFLOAD_* that the device can, if it can. Returns an
 * exit status, after a message when it is not 0.
 */
int device_open(struct device *device, const char *spec,
		const struct options *options, bool offload);
/* The same up to the attach: its namespace and facts, for others to open. */
int device_locate(struct device *device, const char *spec,
		  const struct options *options);
/* Resets the device and closes it; a device never opened may be all zero. */
void device_close(struct device *device);

int device_fd(const struct device *device);
/* The next frame: 0 or the error of the queue or sniffer. */
int device_receive(struct device *device, void *buffer, size_t size,
		   struct tunkit_frame *frame,
		   enum tunkit_direction *direction);

/*
 * Whether a device that gives errors has been deleted: it goes down before it
 * goes away, and both look alike.
 */
bool device_gone(const struct device *device);

/*
 * A note that the link is down, with the command that helps; unless it is told
 * already, or the device is gone.
 */
void device_say_down(struct device *device);

/* Explains a failed read or write. Returns the exit status. */
int device_failed(struct device *device, enum tunkit_operation operation,
		  int error);

/* Frames that the kernel has dropped since the open for want of a reader. */
uint64_t device_dropped(struct device *device);

#endif /* TUNCAT_DEVICE_H */
