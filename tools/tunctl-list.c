// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "parse.h"

enum {
	COLUMN_NAME, COLUMN_KIND, COLUMN_OWNER, COLUMN_GROUP, COLUMN_FLAGS,
	COLUMN_QUEUES, COLUMN_CARRIER, COLUMN_HOLDERS, COLUMN_NOTES, COLUMNS,
};

struct row {
	char *cells[COLUMNS];	/* NULL: the column is not shown */
};

struct listing {
	struct row *rows;
	size_t count;
	struct json *json;
	bool holders;		/* asked for */
};

static const char *or_dash(const char *text)
{
	return *text ? text : "-";
}

/* One word each: a blank in a command name would shift the columns. */
static void print_word(FILE *out, const char *text)
{
	char safe[4 * 64 + 1], *c;

	tunkit_escape(safe, sizeof(safe), text);
	for (c = safe; *c; c++) {
		if (*c == ' ')
			fputs("\\x20", out);
		else
			fputc(*c, out);
	}
}

static char *flags_cell(const struct tunkit_device *device)
{
	const char *words[] = {
		device->pi ? "pi" : NULL,
		device->vnet_hdr ? "vnet_hdr" : NULL,
		device->multi_queue ? "multi_queue" : NULL,
		device->persist ? NULL : "transient",
		device->up ? NULL : "down",
		!device->offload ? NULL : is_stale(device) ? "offload!"
							   : "offload",
	};
	char text[80] = "";
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!words[i])
			continue;
		if (*text)
			strcat(text, ",");
		strcat(text, words[i]);
	}
	return strdup(or_dash(text));
}

static char *queues_cell(const struct tunkit_device *device)
{
	char *cell;

	if (!device->multi_queue)
		return strdup("-");
	if (asprintf(&cell, "%u+%u", device->queues,
		     device->queues_detached) < 0)
		return NULL;
	return cell;
}

/* Queues that process has of the device; one shared by dup() counts once. */
static unsigned int count_queues(const struct tunkit_holders *holders,
				 const struct tunkit_holder *process)
{
	size_t i, j, count = tunkit_holders_count(holders);
	unsigned int queues = 0;

	for (i = 0; i < count; i++) {
		const struct tunkit_holder *a = tunkit_holders_at(holders, i);
		bool seen = false;

		if (a->pid != process->pid ||
		    strcmp(a->device, process->device))
			continue;
		for (j = 0; j < i && !seen; j++) {
			const struct tunkit_holder *b =
				tunkit_holders_at(holders, j);

			seen = b->pid == a->pid && b->queue == a->queue &&
			       !strcmp(b->device, a->device);
		}
		queues += !seen;
	}
	return queues;
}

static void print_holder(FILE *out, const struct tunkit_holders *holders,
			 const struct tunkit_holder *holder)
{
	unsigned int queues = count_queues(holders, holder);

	print_word(out, holder->command);
	fprintf(out, "[%d]", holder->pid);
	if (queues > 1)
		fprintf(out, "x%u", queues);
	/* Known by the device's name only: it may be of another namespace. */
	if (!holder->verified)
		fputc('?', out);
}

static char *holders_cell(const struct tunkit_device *device,
			  const struct tunkit_holders *holders)
{
	size_t i, len, count = tunkit_holders_count(holders);
	char *cell = NULL;
	FILE *out = open_memstream(&cell, &len);
	pid_t last = 0;

	if (!out)
		return NULL;
	for (i = 0; i < count; i++) {
		const struct tunkit_holder *holder =
			tunkit_holders_at(holders, i);

		if (strcmp(holder->device, device->name) || holder->pid == last)
			continue;
		if (last)
			fputc(',', out);
		print_holder(out, holders, holder);
		last = holder->pid;
	}
	if (!last)
		fputc('-', out);
	return fclose(out) ? NULL : cell;
}

static int add_row(struct listing *listing, const struct target *target,
		   const struct tunkit_device *device,
		   const struct tunkit_holders *holders)
{
	bool open = !device->has_owner && !device->has_group;
	struct row *row = &listing->rows[listing->count++];
	int i;

	row->cells[COLUMN_NAME] = strdup(target_label(target, device->name));
	row->cells[COLUMN_KIND] = strdup(device->kind == TUNKIT_TUN ? "tun"
								    : "tap");
	row->cells[COLUMN_OWNER] = strdup(device->has_owner
					  ? user_name(device->owner) : "-");
	row->cells[COLUMN_GROUP] = strdup(device->has_group
					  ? group_name(device->group) : "-");
	row->cells[COLUMN_FLAGS] = flags_cell(device);
	row->cells[COLUMN_QUEUES] = queues_cell(device);
	row->cells[COLUMN_CARRIER] = strdup(device->carrier ? "up"
							    : "no-carrier");
	row->cells[COLUMN_NOTES] = strdup(open ? "any user may attach" : "");
	if (listing->holders)
		row->cells[COLUMN_HOLDERS] = holders
			? holders_cell(device, holders) : strdup("?");
	for (i = 0; i < COLUMNS; i++) {
		if (!row->cells[i] && (i != COLUMN_HOLDERS || listing->holders))
			return -ENOMEM;
	}
	return 0;
}

static int list_device(const struct request *request, struct listing *listing,
		       const struct target *target,
		       const struct tunkit_device *device,
		       const struct tunkit_holders *holders)
{
	if (listing->json) {
		show_json(listing->json, target, device, holders);
		json_object_end(listing->json);
		return 0;
	}
	if (request->brief) {
		printf("%s\n", target_label(target, device->name));
		return 0;
	}
	return add_row(listing, target, device, holders);
}

/* NULL when they are not asked for, or after a message. */
static struct tunkit_holders *find_holders(const struct listing *listing,
					   const struct selection *selection)
{
	const char *only = selection->count == 1 ? selection->devices[0]->name
						 : NULL;
	struct tunkit_holders *holders;
	size_t unreadable;
	int error;

	if (!listing->holders)
		return NULL;
	error = tunkit_holders_scan(selection->ns, only, &holders);
	if (error) {
		message_error("holders: /proc cannot be read: %s",
			      strerror(-error));
		return NULL;
	}
	unreadable = tunkit_holders_unreadable(holders);
	if (unreadable)
		message_note("holders: %zu %s could not be looked into",
			     unreadable,
			     unreadable == 1 ? "process" : "processes");
	return holders;
}

static void list_selection(const struct request *request,
			   const struct selection *selection,
			   struct tally *tally, void *data)
{
	struct listing *listing = data;
	struct tunkit_holders *holders = find_holders(listing, selection);
	struct row *rows;
	size_t i;
	int error = 0;

	rows = reallocarray(listing->rows, listing->count + selection->count,
			    sizeof(*rows));
	if (rows) {
		listing->rows = rows;
		memset(rows + listing->count, 0,
		       selection->count * sizeof(*rows));
	}
	for (i = 0; rows && !error && i < selection->count; i++)
		error = list_device(request, listing, selection->targets[i],
				    selection->devices[i], holders);
	if (!rows || error)
		message_error("out of memory");
	tally_add(tally, !rows || error ? TUNKIT_STATUS_FAILED : 0);
	tunkit_holders_free(holders);
}

static void print_row(const struct row *row, const int widths[COLUMNS])
{
	int i, pad = 0;

	for (i = 0; i < COLUMNS; i++) {
		/* No blanks at the end of a line. */
		if (!row->cells[i] || !*row->cells[i])
			continue;
		printf("%*s%s", pad, "", row->cells[i]);
		pad = widths[i] - (int)strlen(row->cells[i]) + 2;
	}
	putchar('\n');
}

static void print_rows(const struct listing *listing)
{
	struct row heading = { {
		"NAME", "KIND", "OWNER", "GROUP", "FLAGS", "QUEUES", "CARRIER",
		listing->holders ? "HOLDERS" : NULL, "NOTES",
	} };
	bool shown = isatty(STDOUT_FILENO);
	int i, widths[COLUMNS] = { 0 };
	size_t r;

	for (i = 0; i < COLUMNS; i++) {
		if (shown && heading.cells[i])
			widths[i] = strlen(heading.cells[i]);
		for (r = 0; r < listing->count; r++) {
			const char *cell = listing->rows[r].cells[i];
			int len = cell ? strlen(cell) : 0;

			if (len > widths[i])
				widths[i] = len;
		}
	}
	if (shown && listing->count)
		print_row(&heading, widths);
	for (r = 0; r < listing->count; r++)
		print_row(&listing->rows[r], widths);
}

static void free_rows(struct listing *listing)
{
	size_t r;
	int i;

	for (r = 0; r < listing->count; r++) {
		for (i = 0; i < COLUMNS; i++)
			free(listing->rows[r].cells[i]);
	}
	free(listing->rows);
}

int list_run(const struct request *request)
{
	struct listing listing = { .holders = message_verbosity > 0 };
	struct json json;
	int status;

	if (request->json) {
		json_begin(&json, stdout);
		json_array(&json, NULL);
		listing.json = &json;
	}
	status = select_devices(request, TUNKIT_LIST_OFFLOAD, true,
				list_selection, &listing);
	if (request->json) {
		json_array_end(&json);
		json_end(&json);
	} else {
		print_rows(&listing);
	}
	free_rows(&listing);
	return status;
}
