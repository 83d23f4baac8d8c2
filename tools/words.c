// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Where the line is read and, never ahead of that, where words are written. */
struct cursor {
	const char *in;
	char *out;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The rest of a quoted part; 0 or -EINVAL: it never ends. */
static int copy_quoted(struct cursor *at, char quote)
{
	while (*at->in != quote) {
		if (!*at->in)
			return -EINVAL;
		if (quote == '"' && *at->in == '\\' &&
		    (at->in[1] == '"' || at->in[1] == '\\'))
			at->in++;
		*at->out++ = *at->in++;
	}
	at->in++;
	return 0;
}

/* Copies one word to at->out, without its quotes, and ends it. */
static int copy_word(struct cursor *at, const char **why)
{
	while (*at->in && !is_blank(*at->in)) {
		char c = *at->in++;

		if (c == '\'' || c == '"') {
			if (copy_quoted(at, c)) {
				*why = "a quote is not closed";
				return -EINVAL;
			}
			continue;
		}
		if (c == '\\') {
			c = *at->in;
			if (!c || c == '\n') {
				*why = "nothing follows the backslash";
				return -EINVAL;
			}
			at->in++;
		}
		*at->out++ = c;
	}
	/* The NUL may land on the blank that ended the word: step over it. */
	if (*at->in)
		at->in++;
	*at->out++ = '\0';
	return 0;
}

int words_split(char *line, size_t len, char **words, size_t max,
		const char **why)
{
	struct cursor at = { .in = line, .out = line };
	size_t count = 0;

	if (memchr(line, '\0', len)) {
		*why = "it has a NUL byte";
		return -EINVAL;
	}
	for (;;) {
		while (is_blank(*at.in))
			at.in++;
		if (!*at.in || *at.in == '#')
			return (int)count;
		if (count == max) {
			*why = "it has too many words";
			return -E2BIG;
		}
		words[count++] = at.out;
		if (copy_word(&at, why))
			return -EINVAL;
	}
}
