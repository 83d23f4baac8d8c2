// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "message.h"
#include "words.h"

#define WORDS_MAX	4096	/* in one line */

struct batch {
	const struct request *outer;	/* gives each line its defaults */
	const char *path;		/* as given, or "stdin" */
	const char *file;		/* its last part: begins a line's message */
	char **words;			/* WORDS_MAX and the closing NULL */
	unsigned long number;		/* of the line, from 1 */
	bool answers;			/* someone may wait for each line's result */
};

static int run_request(struct batch *batch, int argc)
{
	struct request request = {
		.where = batch->outer->where,
		.node = batch->outer->node,
		.brief = batch->outer->brief,
	};
	int status = request_parse(argc, batch->words,
				   ARGP_NO_EXIT | ARGP_NO_HELP, &request);

	if (!status && request.verb == VERB_BATCH) {
		message_error("--batch inside a batch");
		status = TUNKIT_STATUS_USAGE;
	}
	if (!status)
		status = request_run(&request);
	request_free(&request);
	if (batch->answers)
		fflush(stdout);
	return status;
}

/* A line copied from a script may begin with the name of the program. */
static int run_words(struct batch *batch, char *prefix, int count)
{
	if (!strcmp(batch->words[1], "tunctl")) {
		count--;
		memmove(batch->words + 1, batch->words + 2,
			count * sizeof(*batch->words));
	}
	/* words[0] stands for the program, as in every argument list. */
	batch->words[0] = prefix;
	batch->words[count + 1] = NULL;
	return run_request(batch, count + 1);
}

static int run_line(struct batch *batch, char *line, size_t len)
{
	int verbosity = message_verbosity, status, count;
	const char *tool = message_tool, *why;
	char prefix[256];

	snprintf(prefix, sizeof(prefix), "%s: %s:%lu", tool, batch->file,
		 batch->number);
	message_tool = prefix;
	count = words_split(line, len, batch->words + 1, WORDS_MAX - 1, &why);
	if (count < 0) {
		message_error("%s", why);
		status = TUNKIT_STATUS_USAGE;
	} else if (count) {
		status = run_words(batch, prefix, count);
	} else {
		status = 0;
	}
	message_tool = tool;
	message_verbosity = verbosity;
	return status;
}

static int run_lines(struct batch *batch, FILE *in)
{
	struct tally tally = { 0 };
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, in)) >= 0) {
		if (len && line[len - 1] == '\n')
			line[--len] = '\0';
		batch->number++;
		tally_add(&tally, run_line(batch, line, len));
		if (tally.failed && !batch->outer->force)
			break;
	}
	free(line);
	if (ferror(in)) {
		message_error("%s: %s", batch->path, strerror(errno));
		tally_add(&tally, TUNKIT_STATUS_FAILED);
	}
	/* Stopped: the failure of that line is the failure of all. */
	return batch->outer->force ? tally_status(&tally) : tally.status;
}

/* argp cuts program names at the last slash, so the path must not have one. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/*
 * Whoever drives us through two pipes waits for the result of a line before
 * giving the next. A file is all there, and its results may go out together.
 */
static bool is_driven(FILE *in)
{
	struct stat st;

	return fstat(fileno(in), &st) || !S_ISREG(st.st_mode);
}

/* So that a message does not overtake the results of earlier lines. */
static void flush_results(void)
{
	fflush(stdout);
}

int batch_run(const struct request *request)
{
	bool standard = !strcmp(request->batch, "-");
	struct batch batch = {
		.outer = request,
		.path = standard ? "stdin" : request->batch,
		.file = standard ? "stdin" : base_name(request->batch),
	};
	FILE *in = standard ? stdin : fopen(request->batch, "re");
	int status = TUNKIT_STATUS_FAILED;

	if (!in) {
		message_error("%s: %s", batch.path, strerror(errno));
		return status;
	}
	batch.answers = is_driven(in);
	message_prepare = flush_results;
	batch.words = calloc(WORDS_MAX + 1, sizeof(*batch.words));
	if (batch.words)
		status = run_lines(&batch, in);
	else
		message_error("out of memory");
	message_prepare = NULL;
	free(batch.words);
	if (!standard)
		fclose(in);
	return status;
}
