// SPDX-License-Identifier: GPL-2.0-or-later
/* How the lines of a batch file are cut into words. */
#include "check.h"

#include <errno.h>

#include "../tools/words.h"

#define MAX 8

struct row {
	const char *line;
	int count;			/* as returned */
	const char *words[MAX];
};

static void check_row(const struct row *row)
{
	char line[256], *words[MAX];
	const char *why = NULL;
	int i, count;

	snprintf(line, sizeof(line), "%s", row->line);
	count = words_split(line, strlen(line), words, MAX, &why);
	if (count != row->count)
		FAIL("[%s] gives %d, not %d", row->line, count, row->count);
	if (count < 0)
		CHECK(why && *why);
	for (i = 0; i < count; i++)
		CHECK_STR(words[i], row->words[i]);
}

static void check_rows(const struct row rows[], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		check_row(&rows[i]);
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_blanks(void)
{
	static const struct row rows[] = {
		{ "", 0, { 0 } },
		{ " \t ", 0, { 0 } },
		{ "a", 1, { "a" } },
		{ "-t tap0", 2, { "-t", "tap0" } },
		{ " \t-t\t \ttap0  ", 2, { "-t", "tap0" } },
		{ "-t tap0\r", 2, { "-t", "tap0" } },
		{ "a b\r\n", 2, { "a", "b" } },
		{ "\xc3\xa4 \xff", 2, { "\xc3\xa4", "\xff" } },
	};

	CHECK_ROWS(rows);
}

static void test_comments(void)
{
	static const struct row rows[] = {
		{ "# all of it", 0, { 0 } },
		{ "  #", 0, { 0 } },
		{ "a # b", 1, { "a" } },
		{ "a#b", 1, { "a#b" } },
		{ "'#' \\# \"#\"", 3, { "#", "#", "#" } },
		{ "a # it's", 1, { "a" } },
	};

	CHECK_ROWS(rows);
}

static void test_single_quotes(void)
{
	static const struct row rows[] = {
		{ "'a b'", 1, { "a b" } },
		{ "''", 1, { "" } },
		{ "-t ''", 2, { "-t", "" } },
		{ "'' '' x", 3, { "", "", "x" } },
		{ "a'b c'd", 1, { "ab cd" } },
		{ "'\\' x", 2, { "\\", "x" } },
		{ "'\"'", 1, { "\"" } },
	};

	CHECK_ROWS(rows);
}

static void test_double_quotes(void)
{
	static const struct row rows[] = {
		{ "\"a b\"", 1, { "a b" } },
		{ "\"\"", 1, { "" } },
		{ "\"a\\\"b\"", 1, { "a\"b" } },
		{ "\"a\\\\\" b", 2, { "a\\", "b" } },
		{ "\"a\\nb\"", 1, { "a\\nb" } },
		{ "\"it's\"", 1, { "it's" } },
		{ "\"$HOME `id`\"", 1, { "$HOME `id`" } },
	};

	CHECK_ROWS(rows);
}

static void test_backslashes(void)
{
	static const struct row rows[] = {
		{ "a\\ b", 1, { "a b" } },
		{ "\\'", 1, { "'" } },
		{ "\\\\", 1, { "\\" } },
		{ "tap\\*", 1, { "tap*" } },
	};

	CHECK_ROWS(rows);
}

static void test_broken_quoting(void)
{
	static const struct row rows[] = {
		{ "'", -EINVAL, { 0 } },
		{ "a 'b", -EINVAL, { 0 } },
		{ "\"", -EINVAL, { 0 } },
		{ "\"a\\\"", -EINVAL, { 0 } },
		{ "\"a\\", -EINVAL, { 0 } },
		{ "a\\", -EINVAL, { 0 } },
		{ "a \\\n", -EINVAL, { 0 } },
	};

	CHECK_ROWS(rows);
}

static void test_too_many_words(void)
{
	static const struct row rows[] = {
		{ "1 2 3 4 5 6 7 8", 8,
		  { "1", "2", "3", "4", "5", "6", "7", "8" } },
		{ "1 2 3 4 5 6 7 8 # 9", 8,
		  { "1", "2", "3", "4", "5", "6", "7", "8" } },
		{ "1 2 3 4 5 6 7 8 9", -E2BIG, { 0 } },
	};

	CHECK_ROWS(rows);
}

static void test_nul_byte(void)
{
	char line[] = "-d tap\0 0", *words[MAX];
	const char *why = NULL;

	CHECK_INT(words_split(line, sizeof(line) - 1, words, MAX, &why),
		  -EINVAL);
	CHECK(why && *why);
}

static const struct check_test tests[] = {
	{ "blanks divide words", test_blanks },
	{ "a # begins a comment at the start of a word", test_comments },
	{ "single quotes take everything", test_single_quotes },
	{ "double quotes know two escapes", test_double_quotes },
	{ "a backslash takes the next byte", test_backslashes },
	{ "broken quoting is refused", test_broken_quoting },
	{ "too many words are refused", test_too_many_words },
	{ "a NUL byte is refused", test_nul_byte },
};

CHECK_MAIN(tests)
