// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening queues for another program, with the headers that it expects. */
#include "tunq.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "parse.h"

error_t tunq_opening_parse(int key, char *arg, struct argp_state *state,
			   struct tunq_opening *opening)
{
	switch (key) {
	case 'n':
		if (parse_number("number of queues", arg, 1, TUNKIT_QUEUES_MAX,
				 &opening->count))
			return EINVAL;
		return 0;
	case TUNQ_KEY_VNET_HDR:
		opening->flags |= TUNKIT_QUEUE_VNET_HDR;
		return 0;
	case TUNQ_KEY_PI:
		opening->flags |= TUNKIT_QUEUE_PI;
		return 0;
	case TUNQ_KEY_CREATE:
		opening->flags |= TUNKIT_QUEUE_CREATE;
		return 0;
	case TUNQ_KEY_TUN:
		opening->tun = true;
		return 0;
	case ARGP_KEY_END:
		if (opening->tun && !(opening->flags & TUNKIT_QUEUE_CREATE))
			argp_error(state, "--tun needs --create");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int refuse_layout(const struct tunq_opening *opening,
			 const struct tunkit_layout *layout)
{
	bool vnet = opening->flags & TUNKIT_QUEUE_VNET_HDR;
	bool pi = opening->flags & TUNKIT_QUEUE_PI;
	bool has_vnet = layout->vnet_hdr_size > 0;

	if (vnet == has_vnet && (layout->pi < 0 || pi == layout->pi))
		return 0;
	/* The program would take headers for frames, or frames for headers. */
	return tunq_refuse(opening->device, TUNKIT_STATUS_STATE,
			   "ask for the same, or stop the processes that "
			   "'tunq list' shows",
			   "is held, and its frames have %s virtio-net header "
			   "and %spacket information",
			   has_vnet ? "a" : "no", layout->pi ? "" : "no ");
}

int tunq_opening_open(struct tunq_opening *opening,
		      const struct tunq_target *target)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	int err;

	err = tunkit_device_find(target->ns, target->device, 0, &device);
	if (!err && opening->count > 1 && !device.multi_queue)
		return tunq_refuse(target->device, TUNKIT_STATUS_STATE,
				   "take one queue, or delete it and make it "
				   "again with 'tunctl -m'",
				   "is single-queue, and %lu queues were asked",
				   opening->count);
	if (!err && opening->tun && device.kind != TUNKIT_TUN)
		return tunq_refuse(target->device, TUNKIT_STATUS_STATE, NULL,
				   "is a tap device, tun was asked");
	opts.kind = opening->tun ? TUNKIT_TUN : TUNKIT_TAP;
	opts.flags = opening->flags;
	if (opening->count > 1)
		opts.flags |= TUNKIT_QUEUE_MULTI;
	err = tunkit_queue_open(target->ns, target->device, &opts,
				opening->count, opening->queues);
	if (err)
		return tunq_target_failure(target,
					   err == -ENODEV || !(opening->flags &
					   TUNKIT_QUEUE_CREATE) ?
					   TUNKIT_OP_OPEN : TUNKIT_OP_CREATE,
					   err);
	snprintf(opening->device, sizeof(opening->device), "%s",
		 tunkit_queue_device(opening->queues[0]));
	return refuse_layout(opening, tunkit_queue_layout(opening->queues[0]));
}

void tunq_opening_close(struct tunq_opening *opening)
{
	for (unsigned long i = 0; i < opening->count; i++)
		tunkit_queue_close(opening->queues[i]);
}
