/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of options a tool: argp's table, --help and the completions all
 * come from it, so that they cannot drift apart.
 */
#ifndef OPTION_H
#define OPTION_H

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>

/* What an option's argument is; a completion offers candidates by it. */
enum option_kind {
	OPTION_NONE,		/* the option takes no argument */
	OPTION_TEXT,
	OPTION_NUMBER,
	OPTION_TIME,		/* 10, 1.5s, 200ms, 3m, 1h */
	OPTION_USER,
	OPTION_GROUP,
	OPTION_DEVICE,		/* a TUN/TAP device, [NETNS/]DEV */
	OPTION_LINK,		/* what devices are put into: a bridge, a bond */
	OPTION_NETNS,
	OPTION_FILE,
	OPTION_CHOICE,		/* one of the words in choices */
	OPTION_COMMAND,		/* a command; its arguments follow */
	OPTION_PROCESS,		/* a process that holds queues */
	OPTION_QUEUE,		/* PID:FD, or a device after an OPTION_PROCESS */
};

#define OPTION_ROW_HIDDEN	0x1u	/* works, but is not shown */
#define OPTION_ROW_ALIAS	0x2u	/* another name of the row before */
#define OPTION_ROW_OPTIONAL	0x4u	/* the argument may be left out: -dNAME, -d */

/* One option. A row with neither key nor name begins a group: help is its
 * heading. A table ends with OPTION_END. */
struct option_row {
	int key;		/* short option, or a code above 255 */
	const char *name;	/* long option, NULL: only a short one */
	enum option_kind kind;
	const char *metavar;	/* shown for the argument: USER */
	const char *help;	/* one sentence without a full stop */
	const char *choices;	/* OPTION_CHOICE: words between blanks */
	unsigned int flags;	/* OPTION_ROW_* */
};
#define OPTION_END { 0, NULL, OPTION_NONE, NULL, NULL, NULL, 0 }

struct option_tool {
	const char *name;	/* "tunctl" */
	const char *operands;	/* argp's args_doc: "[NAME...]" */
	const char *summary;	/* argp's doc, before the options */
	const char *footer;	/* argp's doc, after the options; or NULL */
	enum option_kind operand_kind;	/* of the first operand */
	enum option_kind rest_kind;	/* of all others; OPTION_NONE: there are none */
	const char *operand_choices;	/* OPTION_CHOICE: words between blanks */
	const struct option_row *rows;
};

/*
 * Parses argv with argp: handle is argp's parser function and gets input as
 * state->input. --help (and -h where the table has no other -h), --usage,
 * --version and a hidden --options (the table as text, for the completions
 * and tests: one row a line, tab-separated; the last two are the first operand
 * and the others) are added here. Wrong usage exits
 * with 2; a handle that has said what is wrong returns EINVAL, and the hint at
 * --help follows its message. flags are argp's: ARGP_IN_ORDER, or ARGP_NO_EXIT and ARGP_NO_HELP for
 * arguments that no one typed as a command: the four above are wrong usage
 * then, and handle prints its messages itself. Returns argp_parse()'s error.
 * Comes, without ARGP_NO_HELP, before everything that opens descriptors:
 * standard ones that are closed are kept out of reach first.
 */
int option_parse(const struct option_tool *tool, int argc, char **argv,
		 unsigned int flags, argp_parser_t handle, void *input);

#endif /* OPTION_H */
