/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of tuncat. */
#ifndef TUNCAT_OPTIONS_H
#define TUNCAT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <tunkit.h>

struct options {
	const char *specs[2];		/* [NETNS/]DEV */
	unsigned int devices;		/* 1 or 2 */
	const char *netns;		/* for a spec without one; NULL: ours */
	const char *node;
	const char *user;
	const char *filter;		/* -f; NULL: every frame */
	enum tunkit_format format;	/* NONE: not said */
	const char *capture;		/* -w, "-" is standard output */
	const char *read;		/* -r, "-" is standard input; or NULL */
	double speed;			/* of -r, 0: as fast as it goes */
	uint64_t passes;		/* of -r, 0: for ever */
	bool paced;			/* --speed or --loop was given */
	unsigned int snaplen;		/* bytes, 0: all */
	uint64_t count;			/* frames, 0: no limit */
	int64_t idle_ms;		/* -1 in all three: no limit */
	int64_t run_ms;
	int64_t quit_ms;
	bool send_only;
	bool recv_only;
	bool sniff;
	bool progress;
	bool create;
	enum tunkit_kind kind;		/* with create; 0: by the name */
	bool pi;
	bool up;
	char **command;			/* --exec, ended by NULL; or NULL */
};

/* Fills options; wrong usage does not return. */
void options_parse(int argc, char **argv, struct options *options);

#endif /* TUNCAT_OPTIONS_H */
