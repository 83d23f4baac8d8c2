// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-gso.h"

#include <stdio.h>
#include <string.h>

#include "message.h"

/* As old as the header itself; USO came with Linux 6.2. */
#define OFFLOADS_OF_ALL (TUNKIT_OFFLOAD_CSUM | TUNKIT_OFFLOAD_TSO4 | \
			 TUNKIT_OFFLOAD_TSO6 | TUNKIT_OFFLOAD_TSO_ECN)

unsigned int gso_takes(const struct device *device)
{
	unsigned int ours = tunkit_queue_offload(device->queue);

	if (!tunkit_queue_layout(device->queue)->vnet_hdr_size)
		return 0;
	/* Set by another holder, or not: it hinders no frame that comes in. */
	return ours ? ours : OFFLOADS_OF_ALL;
}

/* "csum tso4 tso6", or "none". */
static void name_offloads(unsigned int offload, char *out, size_t size)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ TUNKIT_OFFLOAD_CSUM, "csum" }, { TUNKIT_OFFLOAD_TSO4, "tso4" },
		{ TUNKIT_OFFLOAD_TSO6, "tso6" },
		{ TUNKIT_OFFLOAD_TSO_ECN, "ecn" },
		{ TUNKIT_OFFLOAD_USO4, "uso4" }, { TUNKIT_OFFLOAD_USO6, "uso6" },
	};
	size_t len = 0;

	snprintf(out, size, "none");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (offload & names[i].bit)
			len += snprintf(out + len, size - len, "%s%s",
					len ? " " : "", names[i].name);
}

static void say_agreed(const struct device *device, unsigned int common,
		       unsigned int theirs)
{
	unsigned int ours = gso_takes(device);
	char names[64];

	name_offloads(common, names, sizeof(names));
	message_verbose("gso stream with offloads: %s", names);
	if (ours & ~theirs) {
		name_offloads(ours & ~theirs, names, sizeof(names));
		message_verbose("the other side cannot: %s", names);
	}
	if (theirs & ~ours) {
		name_offloads(theirs & ~ours, names, sizeof(names));
		message_verbose("%s cannot: %s", device->label, names);
	}
}

/* What another holder has set stays: what does not fit is not sent then. */
static int set_device(struct device *device, unsigned int offload)
{
	unsigned int ours = tunkit_queue_offload(device->queue);
	int err;

	if (!ours || ours == offload)
		return 0;
	err = tunkit_queue_set_offload(device->queue, offload);
	if (!err)
		return 0;
	message_error("%s: cannot set offloads: %s", device->label,
		      strerror(-err));
	return TUNKIT_STATUS_FAILED;
}

int gso_one_way(struct device *device, unsigned int *offload)
{
	*offload = gso_takes(device) & OFFLOADS_OF_ALL;
	say_agreed(device, *offload, OFFLOADS_OF_ALL);
	return set_device(device, *offload);
}

int gso_agree(struct device *device, const struct tunkit_hello *peer)
{
	unsigned int common = gso_takes(device) & peer->offload;

	if (peer->one_way) {
		message_verbose("the other side sends only");
		return set_device(device, 0);
	}
	say_agreed(device, common, peer->offload);
	return set_device(device, common);
}

int gso_silent(const char *input)
{
	message_error("%s: no hello from the other side: does it run tuncat with --gso?",
		      input);
	return TUNKIT_STATUS_FAILED;
}
