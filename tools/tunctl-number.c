// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "lab%d" with its number; false: too long for a name. */
static bool number_name(const char *template, unsigned long number,
			char name[TUNKIT_NAME_SIZE])
{
	const char *mark = strstr(template, "%d");

	return snprintf(name, TUNKIT_NAME_SIZE, "%.*s%lu%s",
			(int)(mark - template), template, number,
			mark + 2) < TUNKIT_NAME_SIZE;
}

bool number_next(const char *template, char name[TUNKIT_NAME_SIZE])
{
	const char *mark = strstr(template, "%d");
	char digits[TUNKIT_NAME_SIZE], again[TUNKIT_NAME_SIZE];
	size_t before, other = strlen(template) - 2;
	unsigned long number;

	if (!mark || strlen(name) <= other)
		return false;
	before = mark - template;
	snprintf(digits, sizeof(digits), "%.*s", (int)(strlen(name) - other),
		 name + before);
	number = strtoul(digits, NULL, 10);
	/* A device that was renamed meanwhile does not tell. */
	return number_name(template, number, again) && !strcmp(again, name) &&
	       number_name(template, number + 1, name);
}
