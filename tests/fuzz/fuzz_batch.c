// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a batch file: every word lies in the line, and ends there. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/words.h"

#define MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), *words[MAX], *end;
	const char *why = NULL;
	int i, count;

	if (!line)
		return 0;
	if (size)
		memcpy(line, data, size);
	line[size] = '\0';
	count = words_split(line, size, words, MAX, &why);
	if (count > MAX || (count < 0 && !why))
		abort();
	if (count < 0 && count != -EINVAL && count != -E2BIG)
		abort();
	/* In order, without overlap, each closed within the line. */
	end = line;
	for (i = 0; i < count; i++) {
		if (words[i] < end)
			abort();
		end = words[i] + strlen(words[i]) + 1;
		if (end > line + size + 1)
			abort();
	}
	free(line);
	return 0;
}
