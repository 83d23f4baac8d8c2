// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <stdio.h>
#include <string.h>

#include "parse.h"

bool is_stale(const struct tunkit_device *device)
{
	bool held = device->multi_queue
		? device->queues || device->queues_detached : device->carrier;

	return device->offload && !held;
}

/* iproute2's words and, apart from offload, its order. */
static void show_flags(struct json *json, const struct tunkit_device *device)
{
	json_array(json, "flags");
	json_string(json, NULL, device->kind == TUNKIT_TUN ? "tun" : "tap");
	if (device->pi)
		json_string(json, NULL, "pi");
	if (device->multi_queue)
		json_string(json, NULL, "multi_queue");
	if (device->vnet_hdr)
		json_string(json, NULL, "vnet_hdr");
	if (device->persist)
		json_string(json, NULL, "persist");
	/* IFF_NO_PI and IFF_NOFILTER are one bit, and iproute2 prints both. */
	if (device->pi)
		json_string(json, NULL, "filter");
	json_array_end(json);
}

static void show_access(struct json *json, const struct tunkit_device *device)
{
	if (device->has_owner) {
		json_number(json, "user", device->owner);
		json_string(json, "owner", user_name(device->owner));
	} else {
		json_null(json, "owner");
	}
	if (device->has_group) {
		json_number(json, "group", device->group);
		json_string(json, "group_name", group_name(device->group));
	}
}

static void show_link(struct json *json, const struct tunkit_device *device)
{
	char mac[3 * TUNKIT_MAC_SIZE] = "";
	unsigned int i;

	json_bool(json, "up", device->up);
	json_bool(json, "carrier", device->carrier);
	json_number(json, "mtu", device->mtu);
	for (i = 0; i < device->mac_len && i < TUNKIT_MAC_SIZE; i++)
		snprintf(mac + (i ? 3 * i - 1 : 0), 4, "%s%02x", i ? ":" : "",
			 device->mac[i]);
	if (*mac)
		json_string(json, "address", mac);
	json_number(json, "link_type", device->link_type);
	json_number(json, "txqlen", device->tx_queue_len);
	if (device->master)
		json_number(json, "master", device->master);
}

static const char *state_name(enum tunkit_queue_state state)
{
	if (state == TUNKIT_QUEUE_ATTACHED)
		return "attached";
	return state == TUNKIT_QUEUE_DETACHED ? "detached" : "unknown";
}

static void show_holders(struct json *json, const char *device,
			 const struct tunkit_holders *holders)
{
	size_t i, count = tunkit_holders_count(holders);

	json_array(json, "processes");
	for (i = 0; i < count; i++) {
		const struct tunkit_holder *holder =
			tunkit_holders_at(holders, i);

		if (strcmp(holder->device, device))
			continue;
		json_object(json, NULL);
		json_string(json, "name", holder->command);
		json_number(json, "pid", holder->pid);
		json_number(json, "fd", holder->fd);
		json_number(json, "user", holder->uid);
		json_string(json, "queue", state_name(holder->state));
		json_number(json, "queue_id", holder->queue);
		json_bool(json, "verified", holder->verified);
		json_object_end(json);
	}
	json_array_end(json);
}

void show_json(struct json *json, const struct target *target,
	       const struct tunkit_device *device,
	       const struct tunkit_holders *holders)
{
	json_object(json, NULL);
	json_string(json, "ifname", device->name);
	if (*target->where)
		json_string(json, "netns", target->where);
	json_number(json, "ifindex", device->ifindex);
	json_string(json, "kind", device->kind == TUNKIT_TUN ? "tun" : "tap");
	show_flags(json, device);
	show_access(json, device);
	json_bool(json, "pi", device->pi);
	json_bool(json, "vnet_hdr", device->vnet_hdr);
	json_bool(json, "multi_queue", device->multi_queue);
	json_bool(json, "persist", device->persist);
	if (device->multi_queue) {
		json_number(json, "queues", device->queues);
		json_number(json, "queues_disabled", device->queues_detached);
	}
	json_bool(json, "offload", device->offload);
	json_bool(json, "offload_stale", is_stale(device));
	show_link(json, device);
	json_string(json, "driver", device->driver);
	if (holders)
		show_holders(json, device->name, holders);
}
