// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq list: the holders of queues. */
#include "tunq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "message.h"
#include "option.h"
#include "parse.h"

enum { KEY_JSON = TUNQ_KEY_LONG };

static const struct option_row rows[] = {
	{ KEY_JSON, "json", OPTION_NONE, NULL, "Print JSON", NULL, 0 },
	TUNQ_ROW_NETNS,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq list",
	.operands = "[[NETNS/]DEV...]",
	.summary = "Shows which process holds which queue, and whether it is "
		   "attached.",
	.operand_kind = OPTION_DEVICE,
	.rest_kind = OPTION_DEVICE,
	.rows = rows,
};

struct list {
	struct tunq_common common;
	bool as_json;
	char **specs;		/* the operands */
	int count;
	struct json json;
	bool headed;		/* the line of column names is out */
	size_t unreadable;
	FILE *totals;		/* lines that follow the table */
};

static const char *state_name(enum tunkit_queue_state state)
{
	switch (state) {
	case TUNKIT_QUEUE_ATTACHED:
		return "attached";
	case TUNKIT_QUEUE_DETACHED:
		return "detached";
	default:
		return "unknown";
	}
}

/* Escaped, blanks too: a column must stay a column. */
static const char *column(char *out, size_t size, const char *text)
{
	char escaped[4 * 64 + 1];
	size_t used = 0;

	tunkit_escape(escaped, sizeof(escaped), text);
	for (const char *c = escaped; *c && used + 5 < size; c++) {
		if (*c == ' ')
			used += snprintf(out + used, size - used, "\\x20");
		else
			out[used++] = *c;
	}
	out[used] = '\0';
	return *out ? out : "-";
}

static void print_holder(const struct tunkit_holders *holders, size_t index,
			 const char *device)
{
	const struct tunkit_holder *holder = tunkit_holders_at(holders, index);
	size_t first = tunq_first_of_queue(holders, index);
	char command[300], user[300];

	printf("%-12s %7d %-15s %-10s %4d %s", device, (int)holder->pid,
	       column(command, sizeof(command), holder->command),
	       column(user, sizeof(user), user_name(holder->uid)), holder->fd,
	       holder->state == TUNKIT_QUEUE_UNKNOWN ? "?" :
	       state_name(holder->state));
	if (first != index)
		printf(" same=%d:%d",
		       (int)tunkit_holders_at(holders, first)->pid,
		       tunkit_holders_at(holders, first)->fd);
	printf("%s\n", holder->verified ? "" : " unverified");
}

static void print_totals(FILE *out, const char *device,
			 const struct tunq_tally *tally)
{
	if (tally->known)
		fprintf(out, "%s: %u attached, %u detached", device,
			tally->attached, tally->detached);
	else
		fprintf(out, "%s: single-queue, %s", device,
			tally->attached ? "held" : "not held");
	if (tally->unaccounted)
		fprintf(out, ", %u unaccounted", tally->unaccounted);
	if (tally->guesses)
		fprintf(out, ", %u by name only", tally->guesses);
	fprintf(out, "\n");
}

static void list_table(struct list *list, const struct tunq_target *target,
		       const struct tunkit_holders *holders,
		       const struct tunkit_device *device,
		       const struct tunq_tally *tally)
{
	char name[4 * TUNKIT_NAME_SIZE + 1], shown[512];

	column(name, sizeof(name), device->name);
	snprintf(shown, sizeof(shown), "%s", name);
	/* Where several namespaces may be listed, each row says its own. */
	if (target->device && *target->where) {
		char where[400];

		column(where, sizeof(where), target->where);
		snprintf(shown, sizeof(shown), "%s/%s", where, name);
	}
	if (!list->headed)
		printf("%-12s %7s %-15s %-10s %4s %s\n", "DEV", "PID",
		       "COMMAND", "USER", "FD", "STATE");
	list->headed = true;
	for (size_t i = 0; i < tunkit_holders_count(holders); i++)
		if (!strcmp(tunkit_holders_at(holders, i)->device,
			    device->name))
			print_holder(holders, i, shown);
	print_totals(list->totals, shown, tally);
}

static void json_holder(struct json *json, const struct tunkit_holder *holder)
{
	json_object(json, NULL);
	json_string(json, "name", holder->command);
	json_number(json, "pid", holder->pid);
	json_number(json, "fd", holder->fd);
	json_string(json, "user", user_name(holder->uid));
	json_string(json, "queue", state_name(holder->state));
	json_number(json, "queue_id", holder->queue);
	json_bool(json, "verified", holder->verified);
	json_object_end(json);
}

static void list_json(struct list *list, const struct tunq_target *target,
		      const struct tunkit_holders *holders,
		      const struct tunkit_device *device,
		      const struct tunq_tally *tally)
{
	struct json *json = &list->json;

	json_object(json, NULL);
	json_string(json, "ifname", device->name);
	json_number(json, "ifindex", device->ifindex);
	json_string(json, "netns", target->where);
	json_string(json, "kind", device->kind == TUNKIT_TUN ? "tun" : "tap");
	json_bool(json, "multi_queue", device->multi_queue);
	if (tally->known) {
		json_number(json, "queues", tally->attached);
		json_number(json, "queues_disabled", tally->detached);
	}
	json_number(json, "unaccounted", tally->unaccounted);
	json_array(json, "processes");
	for (size_t i = 0; i < tunkit_holders_count(holders); i++)
		if (!strcmp(tunkit_holders_at(holders, i)->device,
			    device->name))
			json_holder(json, tunkit_holders_at(holders, i));
	json_array_end(json);
	json_object_end(json);
}

static void list_device(struct list *list, const struct tunq_target *target,
			const struct tunkit_holders *holders,
			const struct tunkit_device *device)
{
	struct tunq_tally tally;

	tunq_tally(holders, device, &tally);
	if (list->as_json)
		list_json(list, target, holders, device, &tally);
	else
		list_table(list, target, holders, device, &tally);
}

/* One operand, or with spec NULL all devices of the namespace. */
static int list_spec(struct list *list, const char *spec)
{
	struct tunkit_device_list *devices = NULL;
	struct tunkit_holders *holders = NULL;
	const struct tunkit_device *device;
	struct tunkit_device one;
	struct tunq_target target;
	int err, status;

	status = tunq_target_open(&list->common, spec, &target);
	if (status)
		return status;

	err = spec ? tunkit_device_find(target.ns, target.device, 0, &one) :
		     tunkit_device_list(target.ns, 0, &devices);
	if (!err)
		err = tunkit_holders_scan(target.ns, target.device, &holders);
	if (err) {
		status = tunq_target_failure(&target, TUNKIT_OP_LIST, err);
		goto out;
	}

	if (list->unreadable < tunkit_holders_unreadable(holders))
		list->unreadable = tunkit_holders_unreadable(holders);
	if (spec)
		list_device(list, &target, holders, &one);
	for (size_t i = 0; devices &&
	     (device = tunkit_device_list_at(devices, i)); i++)
		list_device(list, &target, holders, device);
out:
	tunkit_holders_free(holders);
	tunkit_device_list_free(devices);
	tunq_target_close(&target);
	return status;
}

static int list_all(struct list *list)
{
	int status = 0;

	if (!list->count)
		return list_spec(list, NULL);
	for (int i = 0; i < list->count; i++) {
		int one = list_spec(list, list->specs[i]);

		if (!status)
			status = one;
	}
	return status;
}

static int run_table(struct list *list)
{
	char *totals = NULL;
	size_t size;
	int status;

	list->totals = open_memstream(&totals, &size);
	if (!list->totals) {
		message_error("%s", strerror(errno));
		return TUNKIT_STATUS_FAILED;
	}
	status = list_all(list);
	fclose(list->totals);
	if (list->headed)
		printf("\n%s", totals ? totals : "");
	if (list->unreadable)
		printf("%zu process%s could not be read\n", list->unreadable,
		       list->unreadable > 1 ? "es" : "");
	free(totals);
	return status;
}

static int run_json(struct list *list)
{
	int status;

	json_begin(&list->json, stdout);
	json_object(&list->json, NULL);
	json_array(&list->json, "devices");
	status = list_all(list);
	json_array_end(&list->json);
	json_number(&list->json, "unreadable_processes", list->unreadable);
	json_object_end(&list->json);
	json_end(&list->json);
	return status;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct list *list = state->input;

	switch (key) {
	case KEY_JSON:
		list->as_json = true;
		return 0;
	case ARGP_KEY_ARGS:
		list->specs = state->argv + state->next;
		list->count = state->argc - state->next;
		return 0;
	default:
		return tunq_common_parse(key, arg, &list->common);
	}
}

int tunq_list(int argc, char **argv)
{
	struct list list = { 0 };

	if (option_parse(&tool, argc, argv, 0, handle, &list))
		return TUNKIT_STATUS_USAGE;
	if (tunq_keep_switching())
		return TUNKIT_STATUS_FAILED;
	return list.as_json ? run_json(&list) : run_table(&list);
}
