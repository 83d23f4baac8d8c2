// SPDX-License-Identifier: GPL-2.0-or-later
/* tunq: queues of TUN/TAP devices. Chooses the verb. */
#include "tunq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "option.h"

static const struct verb {
	const char *name;
	char *full;		/* argv[0] of the verb, for its messages */
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "list", "tunq list", tunq_list },
	{ "attach", "tunq attach", tunq_attach },
	{ "detach", "tunq detach", tunq_detach },
	{ "set", "tunq set", tunq_set },
	{ "run", "tunq run", tunq_run },
	{ "hold", "tunq hold", tunq_hold },
	{ "pass", "tunq pass", tunq_pass },
	{ "receive", "tunq receive", tunq_receive },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct option_row rows[] = {
	TUNQ_ROW_NETNS,
	TUNQ_ROWS_TALK,
	OPTION_END
};

static const struct option_tool tool = {
	.name = "tunq",
	.operands = "VERB [ARGUMENT...]",
	.summary = "Queues of TUN/TAP devices: who holds them, and which are "
		   "attached.",
	.footer = "Verbs:\n"
		  "  list     show the holders of queues\n"
		  "  attach   let queues of running processes get frames\n"
		  "  detach   let them get no frames; the carrier stays\n"
		  "  set      keep a number of queues attached\n"
		  "  run      run a command with queues as descriptors\n"
		  "  hold     keep the carrier of a device\n"
		  "  pass     hand queues over through a UNIX socket\n"
		  "  receive  run a command with queues that were handed over\n"
		  "'tunq VERB --help' tells the options of a verb.",
	.operand_kind = OPTION_CHOICE,
	.operand_choices = "list attach detach set run hold pass receive",
	.rows = rows,
};

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* Edit distance of two words, where a swap of neighbours counts once. */
static int distance(const char *a, const char *b)
{
	enum { LONGEST = 15 };
	int d[LONGEST + 1][LONGEST + 1];
	int la = strlen(a), lb = strlen(b);

	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (int i = 0; i <= la; i++) {
		for (int j = 0; j <= lb; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = smaller(smaller(d[i - 1][j], d[i][j - 1]) + 1,
					  d[i - 1][j - 1] +
					  (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[la][lb];
}

static void unknown_verb(const char *word)
{
	const struct verb *best = NULL;
	char shown[128];
	int nearest = 3;

	for (size_t i = 0; i < VERBS; i++) {
		int d = distance(word, verbs[i].name);

		if (d < nearest) {
			nearest = d;
			best = &verbs[i];
		}
	}
	tunkit_escape(shown, sizeof(shown), word);
	if (best)
		message_error("'%s' is not a verb; did you mean '%s'?", shown,
			      best->name);
	else
		message_error("'%s' is not a verb; 'tunq --help' lists them",
			      shown);
}

struct command {
	int verb;		/* its index in argv, 0: none yet */
	bool quoted;		/* it follows a "--" */
};

static error_t handle(int key, char *arg, struct argp_state *state)
{
	struct command *command = state->input;

	(void)arg;
	switch (key) {
	case 'N':
	case 'q':
	case 'v':
		/* The verb parses it: it goes on to there. */
		return 0;
	case ARGP_KEY_ARG:
		/* What follows is the verb's to parse. */
		command->verb = state->next - 1;
		command->quoted = state->quoted;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which verb? list, attach, detach, set, "
			   "run, hold, pass or receive");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The options before the verb go behind it, a "--" between them goes. */
static int run(const struct verb *verb, const struct command *command,
	       int argc, char **argv)
{
	int options = command->verb - 1 - command->quoted;
	int first = command->verb - options;

	memmove(&argv[first + 1], &argv[1], options * sizeof(*argv));
	argv[first] = verb->full;
	return verb->run(argc - first, argv + first);
}

int main(int argc, char **argv)
{
	struct command command = { 0 };

	message_tool = "tunq";
	if (option_parse(&tool, argc, argv, ARGP_IN_ORDER, handle, &command) ||
	    !command.verb)
		return TUNKIT_STATUS_USAGE;

	for (size_t i = 0; i < VERBS; i++) {
		if (!strcmp(argv[command.verb], verbs[i].name))
			return message_finish(run(&verbs[i], &command, argc,
						  argv));
	}
	unknown_verb(argv[command.verb]);
	return TUNKIT_STATUS_USAGE;
}
