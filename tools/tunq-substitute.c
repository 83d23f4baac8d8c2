// SPDX-License-Identifier: GPL-2.0-or-later
/* {fds}, {fd0} and {n} in the arguments of a command. */
#include "tunq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/*
 * What text, which begins with a brace, stands for; the length of the word
 * with its braces, or 0 when it is none of ours.
 */
static size_t match(const char *text, bool *all, long *index)
{
	size_t digits;

	*all = !strncmp(text, "{fds}", 5);
	*index = -1;
	if (*all)
		return 5;
	if (!strncmp(text, "{n}", 3))
		return 3;
	if (strncmp(text, "{fd", 3))
		return 0;
	digits = strspn(text + 3, "0123456789");
	if (!digits || text[3 + digits] != '}')
		return 0;
	/* Ten digits do not fit a count of queues; any large value will do. */
	*index = digits < 10 ? strtol(text + 3, NULL, 10) : 999999999;
	return digits + 4;
}

static bool write_value(FILE *out, int first_fd, unsigned int count, bool all,
			long index)
{
	if (all) {
		for (unsigned int i = 0; i < count; i++)
			fprintf(out, "%s%u", i ? ":" : "", first_fd + i);
		return true;
	}
	if (index < 0) {
		fprintf(out, "%u", count);
		return true;
	}
	if (index >= (long)count) {
		message_error("{fd%ld}: there are %u queues, from {fd0} to "
			      "{fd%u}", index, count, count - 1);
		return false;
	}
	fprintf(out, "%ld", first_fd + index);
	return true;
}

static bool write_all(FILE *out, const char *text, int first_fd,
		      unsigned int count)
{
	char before = '\0';

	while (*text) {
		bool all;
		long index;
		size_t len = *text == '{' ? match(text, &all, &index) : 0;

		/* A dollar sign before it: a parameter of a shell. */
		if (len && before != '$') {
			if (!write_value(out, first_fd, count, all, index))
				return false;
			text += len;
			before = '}';
			continue;
		}
		/* A doubled brace is one, and the word is left as it is. */
		len = *text == '{' ? match(text + 1, &all, &index) : 0;
		if (len) {
			text++;
			fwrite(text, len, 1, out);
			text += len;
			before = '}';
			continue;
		}
		before = *text;
		fputc(*text++, out);
	}
	return true;
}

char *tunq_substitute(const char *text, int first_fd, unsigned int count)
{
	char *result = NULL;
	size_t size;
	bool good;
	FILE *out;

	out = open_memstream(&result, &size);
	if (!out) {
		errno = ENOMEM;
		return NULL;
	}
	good = write_all(out, text, first_fd, count);
	if (fclose(out)) {
		free(result);
		errno = ENOMEM;
		return NULL;
	}
	if (good)
		return result;
	free(result);
	errno = 0;
	return NULL;
}

int tunq_substitute_all(char **command, int first_fd, unsigned int count)
{
	for (char **arg = command + 1; *arg; arg++) {
		char *text = tunq_substitute(*arg, first_fd, count);

		if (!text && !errno)
			return TUNKIT_STATUS_USAGE;
		if (!text) {
			message_error("%s", strerror(ENOMEM));
			return TUNKIT_STATUS_FAILED;
		}
		*arg = text;
	}
	return 0;
}
