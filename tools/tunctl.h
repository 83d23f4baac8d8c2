/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of tunctl share: the request, and the devices it is about. */
#ifndef TUNCTL_H
#define TUNCTL_H

#include <stdbool.h>
#include <stddef.h>

#include <tunkit.h>

#include "json.h"

/* ---- The request: one argument list ------------------------------------- */

enum verb {
	VERB_CREATE,		/* or adjust; when no other is asked for */
	VERB_DELETE,
	VERB_LIST,
	VERB_BATCH,
};

struct request {
	enum verb verb;
	const char **names;	/* [NETNS/]DEV as written; "": any free name */
	size_t name_count;
	const char *where;	/* -N, NULL: the caller's namespace */
	const char *node;	/* -f, NULL: the default */
	const char *batch;	/* the file, "-": standard input */
	const char *creating;	/* an option that only creation has, or NULL */
	struct tunkit_device_opts device;
	unsigned long copies;	/* --count, 0: not given */
	bool brief, json, strict, force, unused;
};

/*
 * Parses one argument list into *request, whose where, node and brief are the
 * defaults. flags are argp's. 0, or the usage status after a message; ends
 * the program only without ARGP_NO_EXIT. Then request_free().
 */
int request_parse(int argc, char **argv, unsigned int flags,
		  struct request *request);
void request_free(struct request *request);
/* Carries it out; returns the exit status. */
int request_run(const struct request *request);

int create_run(const struct request *request);
int delete_run(const struct request *request);
int list_run(const struct request *request);
int batch_run(const struct request *request);

/* ---- The exit status of several steps ----------------------------------- */

struct tally {
	size_t done, failed;
	int status;		/* of the failures; 1 when they differ */
};

void tally_add(struct tally *tally, int status);
/* One cause for all: its status. Some done, or several causes: 1. */
int tally_status(const struct tally *tally);

/* ---- Targets: the names of a request, looked up ------------------------- */

struct target {
	const char *spec;	/* as written */
	size_t prefix;		/* bytes of spec that name the namespace */
	char *where;		/* "": the request's own namespace */
	const char *device;	/* name, template or pattern; "": any */
	bool named;		/* the request has names */
	struct tunkit_ns *ns;	/* NULL: it could not be opened, see status */
	int status;
};

/*
 * Splits and checks every name (flags: those of tunkit_name_check()), then
 * opens the namespaces, each once. Without names there is one target: any
 * device of the request's namespace. 0, or the usage status after a message
 * and before anything was opened.
 */
int targets_open(const struct request *request, unsigned int flags,
		 struct target **targets, size_t *count);
void targets_free(struct target *targets, size_t count);

/* A device as its target wrote it, "h1/tap0", fit to print. Static storage. */
const char *target_label(const struct target *target, const char *device);
/* Whether text has a wildcard of fnmatch(3). */
bool is_pattern(const char *text);

/* A failure of request about target; device may be NULL. */
struct tunkit_failure target_failure(const struct request *request,
				     const struct target *target,
				     enum tunkit_operation operation,
				     const char *device, int error);

/*
 * Turns name, which the kernel made of template, into the next of the row.
 * false: there is none, or name is not of template; name is void then.
 */
bool number_next(const char *template, char name[TUNKIT_NAME_SIZE]);

/* ---- Namespaces: opened once, kept to the end --------------------------- */

/* where "" is the caller's. 0, or the exit status after a message. */
int netns_get(const char *where, const char *node, struct tunkit_ns **ns);
void netns_close_all(void);

/* ---- Selections: existing devices that targets match -------------------- */

struct selection {
	struct tunkit_ns *ns;
	struct tunkit_device_list *list;
	/* Each device once, in the order of the targets. */
	const struct tunkit_device **devices;
	const struct target **targets;	/* the one that named devices[i] */
	size_t count;
};

/*
 * Calls visit for each namespace with what request's targets match there;
 * flags are those of tunkit_device_list(). A name that is not there is an
 * error when missing says so, and a note otherwise.
 */
int select_devices(const struct request *request, unsigned int flags,
		   bool missing,
		   void (*visit)(const struct request *request,
				 const struct selection *selection,
				 struct tally *tally, void *data),
		   void *data);

/* ---- Who may attach ----------------------------------------------------- */

/* The driver's rule for the caller and a device that exists. */
bool may_attach(const struct tunkit_device *device);
/*
 * Owner and group must both match, which many read as "either": warns when
 * the owner is not in the group. label is the device as printed.
 */
void warn_lockout(const struct tunkit_device *device, const char *label);

/* ---- How a device is shown ---------------------------------------------- */

/* One JSON object in the open array; left open. holders may be NULL. */
void show_json(struct json *json, const struct target *target,
	       const struct tunkit_device *device,
	       const struct tunkit_holders *holders);

/* Offloads left behind by a program that is gone. */
bool is_stale(const struct tunkit_device *device);

#endif /* TUNCTL_H */
