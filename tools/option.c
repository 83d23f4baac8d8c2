// SPDX-License-Identifier: GPL-2.0-or-later
#include "option.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tunkit.h>

#include "message.h"

enum { KEY_LIST = 0x10000 };	/* --options; above every tool's own codes */

/* The lines of a batch have one table, so the last one is kept. */
struct table {
	const struct option_row *rows;	/* that it was made from */
	unsigned int flags;
	struct argp_option *options;
	bool has_h;		/* the table uses -h for something else */
};

struct call {
	const struct option_tool *tool;
	argp_parser_t handle;
	void *input;
	bool has_h;
};

static bool is_end(const struct option_row *row)
{
	return !row->key && !row->name && !row->help;
}

static bool is_heading(const struct option_row *row)
{
	return !row->key && !row->name && row->help;
}

/* The row that an alias is another name of. */
static const struct option_row *real_row(const struct option_row *row)
{
	while (row->flags & OPTION_ROW_ALIAS)
		row--;
	return row;
}

static const char *kind_name(enum option_kind kind)
{
	static const char *const names[] = {
		[OPTION_NONE] = "none", [OPTION_TEXT] = "text",
		[OPTION_NUMBER] = "number", [OPTION_TIME] = "time",
		[OPTION_USER] = "user", [OPTION_GROUP] = "group",
		[OPTION_DEVICE] = "device", [OPTION_LINK] = "link",
		[OPTION_NETNS] = "netns", [OPTION_FILE] = "file",
		[OPTION_CHOICE] = "choice", [OPTION_COMMAND] = "command",
		[OPTION_PROCESS] = "process", [OPTION_QUEUE] = "queue",
	};

	return names[kind];
}

static const char *flags_name(unsigned int flags)
{
	static const char *const names[] = {
		"-", "hidden", "alias", "hidden,alias", "optional",
		"hidden,optional", "alias,optional", "hidden,alias,optional",
	};

	return names[flags & (OPTION_ROW_HIDDEN | OPTION_ROW_ALIAS |
			      OPTION_ROW_OPTIONAL)];
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

/* Operands may have several forms, one a line; the table has one line a row. */
static void print_field(const char *text)
{
	for (text = or_dash(text); *text; text++)
		putchar(*text == '\n' ? '|' : *text);
	putchar('\t');
}

/* No field is empty ("-" stands for none), so that a shell can read them. */
static void print_row(const struct option_row *row)
{
	const struct option_row *real = real_row(row);
	char key[2] = "-";

	if (row->key > ' ' && row->key < 0x7f)
		key[0] = row->key;
	printf("%s\t%s\t%s\t", key, or_dash(row->name),
	       kind_name(real->kind));
	print_field(real->metavar);
	printf("%s\t%s\t%s\n", or_dash(real->choices),
	       flags_name(row->flags), or_dash(real->help));
}

/*
 * The rows that argp adds, then the first operand and the others as rows
 * without a name.
 */
static void print_table(const struct call *call)
{
	const struct option_row added[] = {
		{ .key = call->has_h ? 0 : 'h', .name = "help",
		  .help = "Give this help list" },
		{ .name = "usage", .help = "Give a short usage message" },
		{ .key = 'V', .name = "version",
		  .help = "Print program version" },
		{ .kind = call->tool->operand_kind,
		  .metavar = call->tool->operands,
		  .choices = call->tool->operand_choices,
		  .help = call->tool->summary },
		{ .kind = call->tool->rest_kind,
		  .metavar = call->tool->operands, .help = "the others" },
	};
	const struct option_row *row;
	size_t i;

	for (row = call->tool->rows; !is_end(row); row++) {
		if (!is_heading(row))
			print_row(row);
	}
	for (i = 0; i < sizeof(added) / sizeof(added[0]); i++)
		print_row(&added[i]);
}

static error_t parse_key(int key, char *argument, struct argp_state *state)
{
	struct call *call = state->input;
	error_t error;

	if (key == KEY_LIST) {
		print_table(call);
		exit(EXIT_SUCCESS);
	}
	if (key == 'h' && !call->has_h) {
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	}
	/* The hint at --help is for who typed the command. */
	if (key == ARGP_KEY_INIT && state->flags & ARGP_NO_HELP)
		state->err_stream = NULL;
	state->input = call->input;
	error = call->handle(key, argument, state);
	state->input = call;
	if (error == EINVAL && state->err_stream)
		argp_state_help(state, state->err_stream, ARGP_HELP_STD_ERR);
	return error;
}

static struct argp_option argp_row(const struct option_row *row, int group)
{
	struct argp_option option = {
		.name = row->name,
		.key = row->key,
		.arg = row->metavar,
		.doc = row->help,
		.group = group,
	};

	if (row->flags & OPTION_ROW_HIDDEN)
		option.flags |= OPTION_HIDDEN;
	if (row->flags & OPTION_ROW_OPTIONAL)
		option.flags |= OPTION_ARG_OPTIONAL;
	if (row->flags & OPTION_ROW_ALIAS) {
		option.flags |= OPTION_ALIAS;
		/* argp takes the key of the row before for a key of 0. */
		if (row->key == real_row(row)->key)
			option.key = 0;
	}
	return option;
}

/* argp's table from ours; options stays NULL without memory. */
static void make_table(struct table *table, const struct option_row *rows,
		       unsigned int flags)
{
	struct argp_option *options;
	size_t count = 0, i;
	int group = 0;

	*table = (struct table){ .rows = rows, .flags = flags };
	while (!is_end(&rows[count]))
		count++;
	options = calloc(count + 3, sizeof(*options));
	if (!options)
		return;
	for (i = 0; i < count; i++) {
		if (is_heading(&rows[i]))
			group++;
		table->has_h |= rows[i].key == 'h';
		options[i] = argp_row(&rows[i], group);
	}
	if (!(flags & ARGP_NO_HELP))
		options[i++] = (struct argp_option){
			.name = "options", .key = KEY_LIST,
			.flags = OPTION_HIDDEN,
		};
	if (!table->has_h && !(flags & ARGP_NO_HELP))
		options[i] = (struct argp_option){
			.key = 'h', .flags = OPTION_HIDDEN,
		};
	table->options = options;
}

static const struct table *get_table(const struct option_row *rows,
				     unsigned int flags)
{
	static struct table kept;

	if (kept.options && kept.rows == rows && kept.flags == flags)
		return &kept;
	free(kept.options);
	make_table(&kept, rows, flags);
	return &kept;
}

/* argp's doc string: the text after a vertical tab follows the options. */
static char *argp_text(const struct option_tool *tool)
{
	char *text;

	if (asprintf(&text, "%s%s%s", tool->summary, tool->footer ? "\v" : "",
		     tool->footer ? tool->footer : "") < 0)
		return NULL;
	return text;
}

static void set_version(const char *tool)
{
	static char version[80];

	snprintf(version, sizeof(version), "%.*s (tunkit) %s",
		 (int)strcspn(tool, " "), tool, tunkit_version());
	argp_program_version = version;
}

/*
 * A closed standard descriptor would be given to a queue or a file, and what
 * is written to it would become a frame. Opened the other way round, its use
 * fails as that of a closed one does.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			exit(TUNKIT_STATUS_FAILED);
	}
}

static bool parsing;

/* argp ends the process when it has printed what was asked for. */
static void finish_output(void)
{
	if (parsing && message_finish(EXIT_SUCCESS))
		_exit(TUNKIT_STATUS_FAILED);
}

int option_parse(const struct option_tool *tool, int argc, char **argv,
		 unsigned int flags, argp_parser_t handle, void *input)
{
	const struct table *table = get_table(tool->rows, flags);
	struct call call = {
		.tool = tool, .handle = handle, .input = input,
		.has_h = table->has_h,
	};
	/* What only --help shows, a line of a batch has no need of. */
	bool typed = !(flags & ARGP_NO_HELP);
	char *text = typed ? argp_text(tool) : NULL;
	struct argp argp = {
		.options = table->options,
		.parser = parse_key,
		.args_doc = tool->operands,
		.doc = text,
	};
	error_t error = ENOMEM;

	if (typed) {
		fill_standard_descriptors();
		argp_err_exit_status = TUNKIT_STATUS_USAGE;
		set_version(tool->name);
	}
	if (table->options && (text || !typed)) {
		/* argp's own messages begin with this. */
		if (argc > 0)
			argv[0] = (char *)tool->name;
		parsing = !atexit(finish_output);
		error = argp_parse(&argp, argc, argv, flags, NULL, &call);
		parsing = false;
	}
	free(text);
	return error;
}
