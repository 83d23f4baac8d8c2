// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tunkit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The length of the well-formed UTF-8 sequence that begins here, 0 if none
 * does: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
static size_t utf8_length(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	for (i = 1; i < len; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return len;
}

/* C0, DEL, and C1 as UTF-8 has it: terminals obey U+009B like ESC [. */
static bool is_control(const unsigned char *s)
{
	return s[0] < 0x20 || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

size_t tunkit_escape(char *out, size_t size, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	size_t total = 0, used = 0;
	bool fits = size > 0;

	while (*s) {
		char hex[4] = { '\\', 'x', digits[*s >> 4], digits[*s & 15] };
		size_t take = utf8_length(s), len = take;
		const void *from = s;

		if (!take || is_control(s) || *s == '\\') {
			take = 1;
			len = sizeof(hex);
			from = hex;
		}
		/* What does not fit whole is left out, with all after it. */
		fits = fits && used + len < size;
		if (fits) {
			memcpy(out + used, from, len);
			used += len;
		}
		total += len;
		s += take;
	}
	if (size)
		out[used] = '\0';
	return total;
}

/* As the kernel's isspace(), for which Latin-1's no-break space is one. */
static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0;
}

static const char *bad_byte(const char *name)
{
	for (; *name; name++) {
		if (*name == '/')
			return "'/' is not allowed";
		if (*name == ':')
			return "':' is not allowed";
		if ((unsigned char)*name == 0xa0)
			return "the kernel takes the byte 0xa0 for white space";
		if (is_space(*name))
			return "white space is not allowed";
	}
	return NULL;
}

static const char *bad_percent(const char *name, unsigned int flags)
{
	const char *percent = strchr(name, '%');

	if (!percent)
		return NULL;
	if (!(flags & TUNKIT_NAME_TEMPLATE))
		return "'%' is not allowed";
	if (percent[1] != 'd' || strchr(percent + 1, '%'))
		return "'%' is only allowed as one %d";
	return NULL;
}

int tunkit_name_check(const char *name, unsigned int flags, const char **why)
{
	const char *problem;
	int err = -EINVAL;

	if (!*name) {
		problem = "the name is empty";
	} else if (strlen(name) >= TUNKIT_NAME_SIZE) {
		problem = "the limit is 15 bytes";
		err = -ENAMETOOLONG;
	} else if (!strcmp(name, ".") || !strcmp(name, "..")) {
		problem = "'.' and '..' are not allowed";
	} else {
		problem = bad_byte(name);
		if (!problem)
			problem = bad_percent(name, flags);
		if (!problem)
			return 0;
	}
	if (why)
		*why = problem;
	return err;
}

int tunkit_ns_split(const char *spec, char **where, const char **device)
{
	const char *slash = strrchr(spec, '/');
	size_t len = slash ? slash - spec : 0;
	const char *name = slash ? slash + 1 : spec;
	char *copy;

	if (!*name)
		return -EINVAL;
	copy = malloc(len + strlen(name) + 2);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, spec, len);
	copy[len] = '\0';
	strcpy(copy + len + 1, name);
	*where = copy;
	*device = copy + len + 1;
	return 0;
}
