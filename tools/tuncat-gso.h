/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams of --gso: what a device takes, and what two of them agree on. */
#ifndef TUNCAT_GSO_H
#define TUNCAT_GSO_H

#include <stdbool.h>

#include <tunkit.h>

#include "tuncat-device.h"

/* Milliseconds in which the hello of the other side must come. */
#define GSO_HELLO_MS 60000

/* The offloads (TUNKIT_OFFLOAD_*) of frames that the device takes. */
unsigned int gso_takes(const struct device *device);

/*
 * For who gets no answer: what any device with a virtio-net header takes.
 * Sets the device to that. Returns an exit status.
 */
int gso_one_way(struct device *device, unsigned int *offload);

/* Sets the device to what the peer takes as well; returns an exit status. */
int gso_agree(struct device *device, const struct tunkit_hello *peer);

/* Says that no hello came; an exit status. */
int gso_silent(const char *input);

#endif /* TUNCAT_GSO_H */
