/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_ATTACH_H
#define TUNKIT_ATTACH_H

#include "tunkit.h"

/*
 * A descriptor attached to this very device (its ifindex is looked at again)
 * with the flags that the device has, so that they stay. Never makes a device.
 * -ENODEV: gone, or the name is another's by now. -EBUSY: single-queue and
 * held. -E2BIG, -EPERM; the clone node's errors.
 */
int tk_attach(struct tunkit_ns *ns, const struct tunkit_device *device);

/* The IFF_* of TUNSETIFF that ask for these TUNKIT_DEVICE_*. */
short tk_attach_flags(enum tunkit_kind kind, unsigned int device_flags);

/* The ifindex that name has in ns now, or a negative errno. */
int tk_ifindex(struct tunkit_ns *ns, const char *name);

#endif /* TUNKIT_ATTACH_H */
