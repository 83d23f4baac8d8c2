/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device that somebody else holds, looked at. */
#ifndef TUNCAT_SNIFF_H
#define TUNCAT_SNIFF_H

#include "tuncat-device.h"
#include "tuncat-filter.h"
#include "tuncat-options.h"

/*
 * Opens a copy of what passes through the device that spec names; what the
 * filter does not select stays in the kernel, where that can tell. Returns an
 * exit status, after a message when it is not 0. device_close() ends it.
 */
int sniff_open(struct device *device, const char *spec,
	       const struct options *options, struct filter *filter);

#endif /* TUNCAT_SNIFF_H */
