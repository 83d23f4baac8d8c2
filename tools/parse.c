// SPDX-License-Identifier: GPL-2.0-or-later
#include "parse.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "message.h"

/* Decimal digits and nothing else; strtoul() takes blanks and signs. */
static bool read_decimal(const char *text, unsigned long *value)
{
	unsigned long result = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' ||
		    __builtin_mul_overflow(result, 10, &result) ||
		    __builtin_add_overflow(result, *text - '0', &result))
			return false;
	}
	*value = result;
	return true;
}

/* The highest id is the kernel's word for "no id". */
static bool read_id(const char *text, unsigned int *id)
{
	unsigned long value;

	if (!read_decimal(text, &value) || value >= UINT32_MAX)
		return false;
	*id = value;
	return true;
}

/*
 * The lines of a batch name the same user again and again, and a look into the
 * account files takes longer than all else about a line. For the rest of a
 * second the answer holds.
 */
struct account {
	char name[64];
	unsigned int id;
	time_t second;
};

static time_t this_second(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return time.tv_sec;
}

static bool recall(const struct account *account, const char *name,
		   unsigned int *id)
{
	if (!*account->name || strcmp(account->name, name) ||
	    account->second != this_second())
		return false;
	*id = account->id;
	return true;
}

static void remember(struct account *account, const char *name,
		     unsigned int id)
{
	if (strlen(name) >= sizeof(account->name))
		return;
	strcpy(account->name, name);
	account->id = id;
	account->second = this_second();
}

int parse_user(const char *text, uid_t *uid)
{
	static struct account last;
	const struct passwd *entry;

	if (recall(&last, text, uid))
		return 0;
	entry = getpwnam(text);
	if (entry) {
		*uid = entry->pw_uid;
		remember(&last, text, *uid);
		return 0;
	}
	if (read_id(text, uid))
		return 0;
	message_error("no user '%s'", text);
	return -EINVAL;
}

int parse_group(const char *text, gid_t *gid)
{
	static struct account last;
	const struct group *entry;

	if (recall(&last, text, gid))
		return 0;
	entry = getgrnam(text);
	if (entry) {
		*gid = entry->gr_gid;
		remember(&last, text, *gid);
		return 0;
	}
	if (read_id(text, gid))
		return 0;
	message_error("no group '%s'", text);
	return -EINVAL;
}

int parse_number(const char *what, const char *text, unsigned long min,
		 unsigned long max, unsigned long *value)
{
	unsigned long result;

	if (!read_decimal(text, &result) || result < min || result > max) {
		message_error("%s '%s': a number from %lu to %lu is needed",
			      what, text, min, max);
		return -EINVAL;
	}
	*value = result;
	return 0;
}

/* "1.5" of a unit of that many milliseconds; returns what follows, or NULL. */
static const char *read_fraction(const char *text, double *value)
{
	double digit = 1;
	bool any = false;

	for (*value = 0; *text >= '0' && *text <= '9'; text++, any = true)
		*value = *value * 10 + (*text - '0');
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9'; text++, any = true)
			*value += (*text - '0') * (digit /= 10);
	}
	return any ? text : NULL;
}

int parse_time(const char *what, const char *text, int64_t *milliseconds)
{
	static const struct {
		const char *name;
		double milliseconds;
	} units[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 },
		{ "m", 60 * 1000 }, { "h", 60 * 60 * 1000 },
	};
	const double longest = 1000.0 * 60 * 60 * 24 * 365 * 100;
	const char *unit;
	double value;
	size_t i;

	unit = read_fraction(text, &value);
	for (i = 0; unit && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name))
			continue;
		value *= units[i].milliseconds;
		if (value > longest)
			break;
		*milliseconds = value + 0.5;
		return 0;
	}
	message_error("%s '%s': a time such as 10, 1.5s, 200ms, 3m or 1h is needed",
		      what, text);
	return -EINVAL;
}

int parse_factor(const char *what, const char *text, double *value)
{
	const char *end;
	double factor;

	end = read_fraction(text, &factor);
	if (!end || *end || factor < 1e-6 || factor > 1e6) {
		message_error("%s '%s': a factor such as 2 or 0.5 is needed",
			      what, text);
		return -EINVAL;
	}
	*value = factor;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_mac(const char *text, uint8_t mac[6])
{
	size_t i;

	for (i = 0; i < 6; i++) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0 || text[2] != (i < 5 ? ':' : '\0'))
			return false;
		mac[i] = high << 4 | low;
		text += 3;
	}
	return true;
}

int parse_mac(const char *text, uint8_t mac[6])
{
	static const uint8_t zero[6];
	uint8_t bytes[6];

	if (!read_mac(text, bytes)) {
		message_error("MAC address '%s': six bytes such as 02:00:00:00:00:01 are needed",
			      text);
		return -EINVAL;
	}
	if (bytes[0] & 1 || !memcmp(bytes, zero, sizeof(zero))) {
		message_error("MAC address '%s': %s", text,
			      bytes[0] & 1 ? "a multicast address cannot be a device's own"
					   : "all zero is not an address");
		return -EINVAL;
	}
	memcpy(mac, bytes, sizeof(bytes));
	return 0;
}

/* In a list most names are alike, and each look-up reads a file or asks. */
const char *user_name(uid_t uid)
{
	static char name[64];
	static uid_t last;
	const struct passwd *entry;

	if (*name && uid == last)
		return name;
	last = uid;
	entry = getpwuid(uid);
	if (entry)
		snprintf(name, sizeof(name), "%s", entry->pw_name);
	else
		snprintf(name, sizeof(name), "%u", uid);
	return name;
}

const char *group_name(gid_t gid)
{
	static char name[64];
	static gid_t last;
	const struct group *entry;

	if (*name && gid == last)
		return name;
	last = gid;
	entry = getgrgid(gid);
	if (entry)
		snprintf(name, sizeof(name), "%s", entry->gr_name);
	else
		snprintf(name, sizeof(name), "%u", gid);
	return name;
}
