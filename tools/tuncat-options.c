// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "option.h"
#include "parse.h"

enum {
	KEY_CREATE = 256,
	KEY_PI,
	KEY_UP,
	KEY_QUIET,
	KEY_NODE,
	KEY_SNIFF,
	KEY_PROGRESS,
	KEY_GSO,
	KEY_EXEC,
	KEY_SPEED,
	KEY_LOOP,
	KEYS,
};

static const struct option_row rows[] = {
	{ .help = "Frames:" },
	{ 'F', "format", OPTION_CHOICE, "FORMAT",
	  "Format of standard output and input",
	  "text raw hex len16 len32 pcap pcapng gso", 0 },
	{ 'x', "hex", OPTION_NONE, NULL, "The same as -F hex", NULL, 0 },
	{ 'w', "write", OPTION_FILE, "FILE",
	  "Write a capture of both directions: pcapng with -F pcapng or a name "
	  "that ends so, else pcap; - is standard output", NULL, 0 },
	{ 'f', "filter", OPTION_TEXT, "EXPR",
	  "Show and inject only what this filter of pcap-filter(7) selects",
	  NULL, 0 },
	{ 's', "snaplen", OPTION_NUMBER, "BYTES",
	  "Show at most this much of each frame", NULL, 0 },
	{ KEY_PI, "pi", OPTION_NONE, NULL,
	  "Frames on standard output and input begin with packet information",
	  NULL, 0 },
	{ 'R', "recv-only", OPTION_NONE, NULL,
	  "Dump only, leave standard input alone", NULL, 0 },
	{ 'S', "send-only", OPTION_NONE, NULL,
	  "Inject only, end with standard input", NULL, 0 },
	{ KEY_SNIFF, "sniff", OPTION_NONE, NULL,
	  "Show a copy of what passes through a device that is held", NULL,
	  0 },
	{ KEY_GSO, "gso", OPTION_NONE, NULL,
	  "Whole segments to another tuncat with --gso (-F gso)", NULL, 0 },
	{ KEY_EXEC, "exec", OPTION_COMMAND, "COMMAND...",
	  "Run COMMAND, to the end of the line, as standard output and input",
	  NULL, 0 },
	{ .help = "Replay:" },
	{ 'r', "read", OPTION_FILE, "FILE",
	  "Send a capture at its original timing, and end; - is standard input",
	  NULL, 0 },
	{ KEY_SPEED, "speed", OPTION_TEXT, "FACTOR",
	  "With -r: this many times as fast, or max", NULL, 0 },
	{ KEY_LOOP, "loop", OPTION_NUMBER, "TIMES",
	  "With -r: send the file this often, 0 for ever", NULL, 0 },
	{ .help = "When to end:" },
	{ 'c', "count", OPTION_NUMBER, "FRAMES",
	  "End after this many frames", NULL, 0 },
	{ 'i', "idle", OPTION_TIME, "TIME",
	  "End when no frame has passed for TIME (10, 1.5s, 200ms, 3m, 1h)",
	  NULL, 0 },
	{ 'W', "time", OPTION_TIME, "TIME", "End after TIME", NULL, 0 },
	{ 'q', "quit", OPTION_TIME, "TIME",
	  "End TIME after the end of standard input", NULL, 0 },
	{ .help = "Devices:" },
	{ KEY_CREATE, "create", OPTION_NONE, NULL,
	  "Make an absent device; it goes when tuncat ends", NULL, 0 },
	{ 'n', "tun", OPTION_NONE, NULL, "With --create: a TUN device", NULL,
	  0 },
	{ 'p', "tap", OPTION_NONE, NULL, "With --create: a TAP device", NULL,
	  0 },
	{ KEY_UP, "up", OPTION_NONE, NULL, "Set the devices up", NULL, 0 },
	{ 'N', "netns", OPTION_NETNS, "NETNS",
	  "Namespace of devices that are written without one", NULL, 0 },
	{ KEY_NODE, "node", OPTION_FILE, "NODE",
	  "The clone node (default /dev/net/tun)", NULL, 0 },
	{ .help = "General:" },
	{ 'U', "user", OPTION_USER, "USER",
	  "Become USER once all is open; root: stay root", NULL, 0 },
	{ 'v', "verbose", OPTION_NONE, NULL, "Say more", NULL, 0 },
	{ KEY_PROGRESS, "progress", OPTION_NONE, NULL,
	  "Print once a second how much passes", NULL, 0 },
	{ KEY_QUIET, "quiet", OPTION_NONE, NULL, "Say errors only", NULL, 0 },
	OPTION_END,
};

static const struct option_tool tool = {
	.name = "tuncat",
	.operands = "[NETNS/]DEV [[NETNS/]DEV | --exec COMMAND...]",
	.summary = "Dump and inject the frames of a TUN or TAP device, or join "
		   "two devices.",
	.footer = "Started as root, tuncat becomes nobody before the first "
		  "frame.",
	.operand_kind = OPTION_DEVICE,
	.rest_kind = OPTION_DEVICE,
	.rows = rows,
};

static error_t operand(const char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	if (options->devices == 2)
		argp_error(state, "two devices at most, '%s' is too much", arg);
	options->specs[options->devices++] = arg;
	return 0;
}

static const char *option_name(int key)
{
	const struct option_row *row = rows;

	while (row->key != key)
		row++;
	return row->name;
}

/* One of two values would be lost without a word. */
static void check_repeated(struct argp_state *state, int key, const char *arg)
{
	static const char *given[KEYS];

	if (!arg || key <= 0 || key >= KEYS)
		return;
	if (given[key] && strcmp(given[key], arg))
		argp_error(state, "--%s is given twice, with different values",
			   option_name(key));
	given[key] = arg;
}

static void set_format(struct argp_state *state, enum tunkit_format format)
{
	struct options *options = state->input;

	if (options->format && options->format != format)
		argp_error(state, "-F, -x and --gso exclude each other: the "
			   "stream has one format");
	options->format = format;
}

static void format_option(struct argp_state *state, const char *arg)
{
	enum tunkit_format format;

	if (tunkit_format_parse(arg, &format))
		argp_error(state, "-F %s: no such format", arg);
	set_format(state, format);
}

static int count_option(const char *arg, uint64_t *count)
{
	unsigned long value;
	int err = parse_number("count", arg, 1, ULONG_MAX, &value);

	if (!err)
		*count = value;
	return err;
}

static int time_option(const char *arg, int64_t *run_ms)
{
	int err = parse_time("time", arg, run_ms);

	if (!err && !*run_ms) {
		message_error("time '%s': a time above 0 is needed", arg);
		err = -EINVAL;
	}
	return err;
}

static int snaplen_option(const char *arg, unsigned int *snaplen)
{
	unsigned long value;
	int err = parse_number("snaplen", arg, 1, UINT_MAX, &value);

	if (!err)
		*snaplen = value;
	return err;
}

/* -f was the clone node's once, as it is in tunctl and tunq. */
static int filter_option(const char *arg, const char **filter)
{
	if (*arg == '/') {
		message_error("-f %s: no filter begins with '/'; the clone "
			      "node is given by --node %s", arg, arg);
		return -EINVAL;
	}
	*filter = arg;
	return 0;
}

static int speed_option(const char *arg, struct options *options)
{
	options->paced = true;
	if (strcmp(arg, "max"))
		return parse_factor("speed", arg, &options->speed);
	options->speed = 0;
	return 0;
}

static int loop_option(const char *arg, struct options *options)
{
	unsigned long value;
	int err = parse_number("loop", arg, 0, ULONG_MAX, &value);

	options->paced = true;
	if (!err)
		options->passes = value;
	return err;
}

static error_t set_kind(struct options *options, enum tunkit_kind kind)
{
	if (options->kind && options->kind != kind) {
		message_error("-n (TUN) and -p (TAP) exclude each other");
		return EINVAL;
	}
	options->kind = kind;
	return 0;
}

/*
 * The rest of the line is the command's, options as well. It is copied: argp
 * moves the operands before it behind it.
 */
static error_t command(struct argp_state *state, char *arg,
		       struct options *options)
{
	char **rest = state->argv + state->next;
	size_t count = state->argc - state->next;

	if (!strcmp(arg, "--") && count) {
		arg = *rest++;
		count--;
	}
	if (!strcmp(arg, "--") || !*arg)
		argp_error(state, "--exec needs a command");
	options->command = calloc(count + 2, sizeof(char *));
	if (!options->command)
		return ENOMEM;
	options->command[0] = arg;
	memcpy(options->command + 1, rest, count * sizeof(char *));
	state->next = state->argc;
	return 0;
}

static void check_stream(struct argp_state *state,
			 const struct options *options)
{
	if (options->command && !options->recv_only && !options->sniff &&
	    options->format == TUNKIT_FORMAT_TEXT)
		argp_error(state, "--exec: text cannot be read back: use -R");
	if (options->format == TUNKIT_FORMAT_GSO &&
	    (options->snaplen || options->pi))
		argp_error(state, "--gso passes frames whole, with their "
			   "protocol: -s and --pi are for other formats");
	if (options->format == TUNKIT_FORMAT_GSO && options->capture &&
	    !strcmp(options->capture, "-") && !options->send_only)
		argp_error(state, "--gso has standard output: -w needs a file");
	if (options->format == TUNKIT_FORMAT_GSO && options->sniff)
		argp_error(state, "--sniff copies frames as they are: --gso "
			   "is for the holder of the device");
}

static void check_replay(struct argp_state *state, struct options *options)
{
	if (!options->read) {
		if (options->paced)
			argp_error(state, "--speed and --loop need -r FILE");
		return;
	}
	if (options->devices == 2 || options->recv_only || options->sniff ||
	    options->command)
		argp_error(state, "-r sends to one device: it does not go with "
			   "a second one, -R, --sniff or --exec");
	if (options->format && options->format != TUNKIT_FORMAT_PCAP &&
	    options->format != TUNKIT_FORMAT_PCAPNG)
		argp_error(state, "-r replays captures: -F is pcap or pcapng");
	options->send_only = true;
}

static void check(struct argp_state *state, struct options *options)
{
	check_stream(state, options);
	if (options->capture && !*options->capture)
		argp_error(state, "-w needs the name of a file");
	if (options->read && !*options->read)
		argp_error(state, "-r needs the name of a file");
	if (!options->devices)
		argp_error(state, options->command ?
			   "no device named: it comes before --exec, which "
			   "takes the rest of the line" : "no device named");
	if (options->send_only && options->recv_only)
		argp_error(state, "-S and -R exclude each other");
	check_replay(state, options);
	if (options->sniff && (options->send_only || options->create ||
			       options->up || options->quit_ms >= 0 ||
			       options->devices == 2))
		argp_error(state, "--sniff looks at one device that is there: "
			   "not with -S, -q, --create or --up");
	if (options->kind && !options->create)
		argp_error(state, "-n and -p need --create");
	if (options->devices == 1)
		return;
	if (options->send_only || options->recv_only || options->quit_ms >= 0)
		argp_error(state, "-S, -R and -q are for one device");
	if (!strcmp(options->specs[0], options->specs[1]))
		argp_error(state, "'%s' cannot be joined to itself",
			   options->specs[0]);
	if (options->format == TUNKIT_FORMAT_RAW ||
	    options->format == TUNKIT_FORMAT_LEN16 ||
	    options->format == TUNKIT_FORMAT_LEN32)
		argp_error(state, "two devices: show frames with -F text, "
			   "-F hex, -F pcap, -F pcapng or -w FILE");
	if (options->pi && !options->format && !options->capture)
		argp_error(state, "two devices: --pi is for what is shown or "
			   "recorded: add -F or -w");
	if (options->filter && !options->format && !options->capture &&
	    !options->count)
		argp_error(state, "two devices: -f selects what is shown or "
			   "counted, not what crosses: add -F, -w or -c");
	if (options->command)
		argp_error(state, "--exec is for one device");
	if (options->format == TUNKIT_FORMAT_GSO)
		argp_error(state, "two devices exchange whole segments by "
			   "themselves: --gso is for one");
}

/* Options that may be wrong by themselves. ARGP_ERR_UNKNOWN: not one of them. */
static error_t valued(int key, const char *arg, struct options *options)
{
	switch (key) {
	case 'f':
		return filter_option(arg, &options->filter);
	case 's':
		return snaplen_option(arg, &options->snaplen);
	case 'c':
		return count_option(arg, &options->count);
	case 'i':
		return parse_time("idle", arg, &options->idle_ms);
	case 'W':
		return time_option(arg, &options->run_ms);
	case 'q':
		return parse_time("quit", arg, &options->quit_ms);
	case KEY_SPEED:
		return speed_option(arg, options);
	case KEY_LOOP:
		return loop_option(arg, options);
	case 'n':
		return set_kind(options, TUNKIT_TUN);
	case 'p':
		return set_kind(options, TUNKIT_TAP);
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t plain(int key, const char *arg, struct options *options)
{
	switch (key) {
	case 'w':
		options->capture = arg;
		return 0;
	case 'r':
		options->read = arg;
		return 0;
	case 'R':
		options->recv_only = true;
		return 0;
	case 'S':
		options->send_only = true;
		return 0;
	case 'N':
		options->netns = arg;
		return 0;
	case KEY_NODE:
		options->node = arg;
		return 0;
	case 'U':
		options->user = arg;
		return 0;
	case 'v':
		message_verbosity++;
		return 0;
	case KEY_QUIET:
		message_verbosity = -1;
		return 0;
	case KEY_PROGRESS:
		options->progress = true;
		return 0;
	case KEY_SNIFF:
		options->sniff = true;
		return 0;
	case KEY_PI:
		options->pi = true;
		return 0;
	case KEY_CREATE:
		options->create = true;
		return 0;
	case KEY_UP:
		options->up = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t handle(int key, char *arg, struct argp_state *state)
{
	error_t err;

	check_repeated(state, key, arg);
	switch (key) {
	case ARGP_KEY_ARG:
		return operand(arg, state);
	case 'F':
		format_option(state, arg);
		return 0;
	case 'x':
		set_format(state, TUNKIT_FORMAT_HEX);
		return 0;
	case KEY_GSO:
		set_format(state, TUNKIT_FORMAT_GSO);
		return 0;
	case KEY_EXEC:
		return command(state, arg, state->input);
	case ARGP_KEY_END:
		check(state, state->input);
		return 0;
	}
	err = valued(key, arg, state->input);
	if (err == ARGP_ERR_UNKNOWN)
		return plain(key, arg, state->input);
	return err ? EINVAL : 0;
}

void options_parse(int argc, char **argv, struct options *options)
{
	*options = (struct options){
		.idle_ms = -1,
		.run_ms = -1,
		.quit_ms = -1,
		.speed = 1,
		.passes = 1,
	};
	if (option_parse(&tool, argc, argv, 0, handle, options))
		exit(TUNKIT_STATUS_USAGE);
}
