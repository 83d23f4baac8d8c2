// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

/* A batch names few namespaces in many lines. */
struct place {
	struct place *next;
	char *where, *node;
	struct tunkit_ns *ns;
	int status;
};

static struct place *places;

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void open_place(struct place *place)
{
	struct tunkit_ns_opts opts = TUNKIT_INIT(opts);
	struct tunkit_failure failure = TUNKIT_INIT(failure);
	int error;

	opts.node = place->node;
	error = tunkit_ns_open(place->where, &opts, &place->ns);
	if (!error)
		return;
	failure.operation = TUNKIT_OP_NS;
	failure.error = error;
	failure.where = place->where;
	failure.node = place->node;
	failure.owner = -1;
	failure.group = -1;
	place->ns = NULL;
	place->status = message_failure(NULL, &failure);
}

static struct place *new_place(const char *where, const char *node)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return NULL;
	place->where = strdup(where);
	place->node = node ? strdup(node) : NULL;
	if (!place->where || (node && !place->node)) {
		free(place->where);
		free(place->node);
		free(place);
		return NULL;
	}
	place->next = places;
	places = place;
	return place;
}

int netns_get(const char *where, const char *node, struct tunkit_ns **ns)
{
	struct place *place = places;

	while (place && (!same_text(place->where, where) ||
			 !same_text(place->node, node)))
		place = place->next;
	if (!place) {
		place = new_place(where, node);
		if (!place) {
			message_error("out of memory");
			return TUNKIT_STATUS_FAILED;
		}
		open_place(place);
	}
	*ns = place->ns;
	return place->status;
}

void netns_close_all(void)
{
	while (places) {
		struct place *place = places;

		places = place->next;
		tunkit_ns_close(place->ns);
		free(place->where);
		free(place->node);
		free(place);
	}
}
