// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <errno.h>
#include <stdlib.h>

#include "message.h"
#include "option.h"
#include "parse.h"

enum {
	KEY_ANYONE = 0x100, KEY_BATCH, KEY_COUNT, KEY_FORCE, KEY_JSON, KEY_MAC,
	KEY_MASTER, KEY_MTU, KEY_PI, KEY_QUIET_LINK, KEY_STRICT, KEY_UNUSED,
	KEY_UP, KEY_VNET_HDR,
};

static const struct option_row rows[] = {
	{ .help = "What to do (otherwise: make or adjust devices)" },
	{ 'd', "delete", OPTION_DEVICE, "NAME",
	  "Delete the devices; the name may stand anywhere", NULL,
	  OPTION_ROW_OPTIONAL },
	{ 'l', "list", OPTION_NONE, NULL, "List devices", NULL, 0 },
	{ KEY_BATCH, "batch", OPTION_FILE, "FILE",
	  "Carry out each line of FILE (- is standard input)", NULL, 0 },

	{ .help = "Which devices" },
	{ 't', "name", OPTION_DEVICE, "NAME",
	  "The same as NAME without an option", NULL, 0 },
	{ KEY_COUNT, "count", OPTION_NUMBER, "N",
	  "Make N devices from a template such as lab%d", NULL, 0 },
	{ 'N', "netns", OPTION_NETNS, "NETNS",
	  "Work in a network namespace: a name, pid:NUMBER or a path", NULL, 0 },
	{ 'f', "node", OPTION_FILE, "NODE",
	  "The clone node (default /dev/net/tun)", NULL, 0 },

	{ .help = "Making and adjusting" },
	{ 'u', "user", OPTION_USER, "USER",
	  "The owner (default at creation, without -g: you)", NULL, 0 },
	{ 'g', "group", OPTION_GROUP, "GROUP",
	  "The group; with an owner, both must match", NULL, 0 },
	{ KEY_ANYONE, "anyone", OPTION_NONE, NULL,
	  "Make it without owner: any user may attach", NULL, 0 },
	{ 'n', "tun", OPTION_NONE, NULL, "Make a TUN device (IP packets)", NULL, 0 },
	{ 'p', "tap", OPTION_NONE, NULL,
	  "Make a TAP device (Ethernet frames; the default)", NULL, 0 },
	{ 'm', "multi-queue", OPTION_NONE, NULL,
	  "Several queues may be attached at once", NULL, 0 },
	{ KEY_PI, "pi", OPTION_NONE, NULL,
	  "Frames begin with packet information", NULL, 0 },
	{ KEY_VNET_HDR, "vnet-hdr", OPTION_NONE, NULL,
	  "Frames begin with a virtio-net header", NULL, 0 },
	{ KEY_UP, "up", OPTION_NONE, NULL, "Set the link up", NULL, 0 },
	{ KEY_MTU, "mtu", OPTION_NUMBER, "BYTES", "Set the MTU", NULL, 0 },
	{ KEY_MAC, "mac", OPTION_TEXT, "MAC",
	  "Set the hardware address of a TAP", NULL, 0 },
	{ KEY_MASTER, "master", OPTION_LINK, "LINK",
	  "Put it into a bridge or bond ('': take it out)", NULL, 0 },
	{ KEY_QUIET_LINK, "quiet-link", OPTION_NONE, NULL,
	  "No automatic IPv6 address, so no traffic of its own", NULL, 0 },

	{ .help = "How" },
	{ KEY_STRICT, "strict", OPTION_NONE, NULL,
	  "Fail when the device to make exists, or the one to delete does not",
	  NULL, 0 },
	{ KEY_UNUSED, "unused", OPTION_NONE, NULL,
	  "With -d: pass over devices that a process holds", NULL, 0 },
	{ KEY_FORCE, "force", OPTION_NONE, NULL,
	  "With -d: held devices too; with --batch: go on after a failure",
	  NULL, 0 },
	{ 'b', "brief", OPTION_NONE, NULL, "Print names only", NULL, 0 },
	{ KEY_JSON, "json", OPTION_NONE, NULL, "Print JSON", NULL, 0 },
	{ 'v', "verbose", OPTION_NONE, NULL,
	  "Say more; with -l: who holds the devices", NULL, 0 },
	{ 'q', "quiet", OPTION_NONE, NULL,
	  "No notes and no sentences", NULL, 0 },
	OPTION_END
};

static const struct option_tool tunctl = {
	.name = "tunctl",
	.operands = "[[NETNS/]NAME...]",
	.summary = "Make, adjust, list and delete persistent TUN/TAP devices.",
	.footer = "A NAME may be a template to make devices (lab%d), and a "
		  "pattern for -d and -l ('lab*').",
	.operand_kind = OPTION_DEVICE,
	.rest_kind = OPTION_DEVICE,
	.rows = rows,
};

static int add_name(struct request *request, const char *name)
{
	const char **names;

	names = reallocarray(request->names, request->name_count + 1,
			     sizeof(*names));
	if (!names)
		return ENOMEM;
	request->names = names;
	names[request->name_count++] = name;
	return 0;
}

static int set_verb(struct request *request, enum verb verb)
{
	if (request->verb != VERB_CREATE && request->verb != verb) {
		message_error("only one of -d, -l and --batch");
		return EINVAL;
	}
	request->verb = verb;
	return 0;
}

static int set_kind(struct request *request, enum tunkit_kind kind)
{
	if (request->device.kind && request->device.kind != kind) {
		message_error("-n (TUN) and -p (TAP) exclude each other");
		return EINVAL;
	}
	request->device.kind = kind;
	request->creating = kind == TUNKIT_TUN ? "tun" : "tap";
	return 0;
}

/* uml-utilities took an empty -u or -g for 0, and its callers rely on it. */
static int set_owner(struct tunkit_device_opts *device, const char *text)
{
	device->set |= TUNKIT_DEVICE_SET_OWNER;
	device->owner = 0;
	return *text && parse_user(text, &device->owner) ? EINVAL : 0;
}

static int set_group(struct tunkit_device_opts *device, const char *text)
{
	device->set |= TUNKIT_DEVICE_SET_GROUP;
	device->group = 0;
	return *text && parse_group(text, &device->group) ? EINVAL : 0;
}

static int set_mtu(struct tunkit_link_opts *link, const char *text)
{
	unsigned long mtu;

	if (parse_number("MTU", text, 68, 65535, &mtu))
		return EINVAL;
	link->mtu = mtu;
	link->set |= TUNKIT_LINK_MTU;
	return 0;
}

/* Options that have no meaning for devices that are there already. */
static int parse_flag(int key, struct tunkit_device_opts *device)
{
	switch (key) {
	case 'm':
		device->flags |= TUNKIT_DEVICE_MULTI_QUEUE;
		return 0;
	case KEY_PI:
		device->flags |= TUNKIT_DEVICE_PI;
		return 0;
	case KEY_VNET_HDR:
		device->flags |= TUNKIT_DEVICE_VNET_HDR;
		return 0;
	case KEY_ANYONE:
		device->set |= TUNKIT_DEVICE_ANYONE;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int parse_link(int key, char *text, struct tunkit_link_opts *link)
{
	switch (key) {
	case KEY_UP:
		link->up = true;
		link->set |= TUNKIT_LINK_UP;
		return 0;
	case KEY_MTU:
		return set_mtu(link, text);
	case KEY_MAC:
		link->set |= TUNKIT_LINK_MAC;
		return parse_mac(text, link->mac) ? EINVAL : 0;
	case KEY_MASTER:
		link->master = text;
		link->set |= TUNKIT_LINK_MASTER;
		return 0;
	case KEY_QUIET_LINK:
		link->quiet = true;
		link->set |= TUNKIT_LINK_QUIET;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const char *option_name(int key)
{
	const struct option_row *row;

	for (row = rows; row->key || row->name || row->help; row++) {
		if (row->key == key)
			return row->name;
	}
	return "";
}

static int parse_creation(int key, char *text, struct request *request)
{
	int error = parse_flag(key, &request->device);

	if (error == ARGP_ERR_UNKNOWN)
		error = parse_link(key, text, &request->device.link);
	if (!error)
		request->creating = option_name(key);
	return error;
}

/* What is wrong with the options together, or NULL. */
static const char *find_conflict(const struct request *request)
{
	const unsigned int owned = TUNKIT_DEVICE_SET_OWNER |
				   TUNKIT_DEVICE_SET_GROUP;
	unsigned int set = request->device.set;
	enum verb verb = request->verb;

	if (verb == VERB_DELETE && !request->name_count)
		return "-d needs the name of a device";
	if (verb == VERB_BATCH && request->name_count)
		return "--batch takes its names from the file";
	if (request->unused && verb != VERB_DELETE)
		return "--unused goes with -d";
	if (request->force && verb != VERB_DELETE && verb != VERB_BATCH)
		return "--force goes with -d or --batch";
	if (request->unused && request->force)
		return "--unused and --force exclude each other";
	if (request->device.kind == TUNKIT_TUN &&
	    request->device.link.set & TUNKIT_LINK_MAC)
		return "--mac is for TAP devices: a TUN device has no address";
	if ((set & TUNKIT_DEVICE_ANYONE) && (set & owned))
		return "--anyone excludes -u and -g";
	/* uml-utilities let -u and -g pass with -d. */
	if ((verb == VERB_LIST || verb == VERB_BATCH) && (set & owned))
		return "-u and -g are for making and adjusting";
	if (request->brief && request->json)
		return "-b and --json exclude each other";
	return NULL;
}

static error_t check(const struct request *request)
{
	const char *conflict = find_conflict(request);

	if (conflict) {
		message_error("%s", conflict);
		return EINVAL;
	}
	if (request->creating && request->verb != VERB_CREATE) {
		message_error("--%s is for making and adjusting",
			      request->creating);
		return EINVAL;
	}
	return 0;
}

static error_t parse_key(int key, char *text, struct argp_state *state)
{
	struct request *request = state->input;

	switch (key) {
	case 'd':
		if (text && add_name(request, text))
			return ENOMEM;
		return set_verb(request, VERB_DELETE);
	case 'l':
		return set_verb(request, VERB_LIST);
	case KEY_BATCH:
		request->batch = text;
		return set_verb(request, VERB_BATCH);
	case 't':
	case ARGP_KEY_ARG:
		return add_name(request, text);
	case ARGP_KEY_END:
		return check(request);
	case KEY_COUNT:
		request->creating = "count";
		return parse_number("--count", text, 1, 1000000,
				    &request->copies) ? EINVAL : 0;
	case 'N':
		request->where = text;
		return 0;
	case 'f':
		request->node = text;
		return 0;
	case 'u':
		return set_owner(&request->device, text);
	case 'g':
		return set_group(&request->device, text);
	case 'n':
		return set_kind(request, TUNKIT_TUN);
	case 'p':
		return set_kind(request, TUNKIT_TAP);
	case KEY_STRICT:
		request->strict = true;
		return 0;
	case KEY_UNUSED:
		request->unused = true;
		return 0;
	case KEY_FORCE:
		request->force = true;
		return 0;
	case 'b':
		request->brief = true;
		return 0;
	case KEY_JSON:
		request->json = true;
		return 0;
	case 'v':
		message_verbosity = message_verbosity < 0 ? 1 : message_verbosity + 1;
		return 0;
	case 'q':
		message_verbosity = -1;
		return 0;
	}
	return parse_creation(key, text, request);
}

int request_parse(int argc, char **argv, unsigned int flags,
		  struct request *request)
{
	struct option_tool tool = tunctl;

	tool.name = message_tool;
	request->device.size = sizeof(request->device);
	request->device.link.size = sizeof(request->device.link);
	if (option_parse(&tool, argc, argv, flags, parse_key, request))
		return TUNKIT_STATUS_USAGE;
	if (request->device.link.set)
		request->device.set |= TUNKIT_DEVICE_SET_LINK;
	return 0;
}

void request_free(struct request *request)
{
	free(request->names);
	request->names = NULL;
	request->name_count = 0;
}
