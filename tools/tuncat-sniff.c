// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-sniff.h"

#include <errno.h>
#include <string.h>

#include "message.h"

static int refused(const struct device *device)
{
	const struct tunkit_diagnosis diagnosis = {
		.status = TUNKIT_STATUS_PERMISSION,
		.cause = "not permitted: a copy of its frames needs "
			 "CAP_NET_RAW in its network namespace",
		.remedy = "sudo; it is given up once the copy is open",
	};

	return message_diagnosis(device->label, &diagnosis);
}

int sniff_open(struct device *device, const char *spec,
	       const struct options *options, struct filter *filter)
{
	struct tunkit_sniffer_opts opts = TUNKIT_INIT(opts);
	int status = device_locate(device, spec, options);
	int err;

	if (!status)
		status = filter_choose(filter, device->facts.kind);
	if (status)
		return status;
	opts.filter = filter_program(filter, &opts.filter_len);
	err = tunkit_sniffer_open(device->ns, &device->facts, &opts,
				  &device->sniffer);
	if (err == -EPERM)
		return refused(device);
	if (err == -ENODEV)
		return device_failed(device, TUNKIT_OP_OPEN, -EBADFD);
	if (err) {
		message_error("%s: no copy of its frames: %s", device->label,
			      strerror(-err));
		return TUNKIT_STATUS_FAILED;
	}
	return 0;
}
