// SPDX-License-Identifier: GPL-2.0-or-later
/* How many queues a device has against how many of them were found. */
#include "tunq.h"

#include <string.h>

size_t tunq_first_of_queue(const struct tunkit_holders *holders, size_t index)
{
	const struct tunkit_holder *holder = tunkit_holders_at(holders, index);

	for (size_t i = index; i-- > 0;) {
		const struct tunkit_holder *before = tunkit_holders_at(holders, i);

		/* Queues are numbered device by device. */
		if (strcmp(before->device, holder->device))
			break;
		if (before->queue == holder->queue)
			return tunq_first_of_queue(holders, i);
	}
	return index;
}

void tunq_tally(const struct tunkit_holders *holders,
		const struct tunkit_device *device, struct tunq_tally *tally)
{
	unsigned int total;

	memset(tally, 0, sizeof(*tally));
	for (size_t i = 0; i < tunkit_holders_count(holders); i++) {
		const struct tunkit_holder *holder = tunkit_holders_at(holders, i);

		if (strcmp(holder->device, device->name) ||
		    tunq_first_of_queue(holders, i) != i)
			continue;
		tally->seen++;
		tally->guesses += !holder->verified;
	}

	tally->known = device->multi_queue;
	tally->attached = device->queues;
	tally->detached = device->queues_detached;
	/*
	 * A single-queue device has no counters, but it cannot have a carrier
	 * without a queue.
	 */
	if (!tally->known)
		tally->attached = tally->seen || device->carrier;
	total = tally->attached + tally->detached;
	tally->unaccounted = total > tally->seen ? total - tally->seen : 0;
}

int tunq_tally_check(const struct tunkit_device *device,
		     const struct tunq_tally *tally)
{
	if (!tally->guesses || tally->seen <= tally->attached + tally->detached)
		return 0;
	return tunq_refuse(device->name, TUNKIT_STATUS_PERMISSION,
			   "name the queues as PID:FD, or run it with "
			   "CAP_NET_ADMIN, which can tell them apart",
			   "another namespace has a device of this name, and "
			   "whose queues are whose cannot be seen");
}
