// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <errno.h>

#include "check.h"

static void names_as_the_kernel_takes_them(void)
{
	static const struct {
		const char *name;
		unsigned int flags;
		int result;
	} table[] = {
		{ "tap0", 0, 0 },
		{ "a", 0, 0 },
		{ "fifteen_bytes_x", 0, 0 },
		{ "sixteen_bytes_xx", 0, -ENAMETOOLONG },
		{ "", 0, -EINVAL },
		{ ".", 0, -EINVAL },
		{ "..", 0, -EINVAL },
		{ "...", 0, 0 },
		{ "a/b", 0, -EINVAL },
		{ "a:b", 0, -EINVAL },
		{ "a b", 0, -EINVAL },
		{ "a\tb", 0, -EINVAL },
		{ "a\vb", 0, -EINVAL },
		{ "a\nb", 0, -EINVAL },
		{ "\xc3\xa0", 0, -EINVAL },	/* a grave: 0xa0 */
		{ "\xc3\xa9", 0, 0 },
		{ "\x1b[2J", 0, 0 },
		{ "tap%d", 0, -EINVAL },
		{ "tap%d", TUNKIT_NAME_TEMPLATE, 0 },
		{ "%d", TUNKIT_NAME_TEMPLATE, 0 },
		{ "%dx", TUNKIT_NAME_TEMPLATE, 0 },
		{ "tap%", TUNKIT_NAME_TEMPLATE, -EINVAL },
		{ "tap%s", TUNKIT_NAME_TEMPLATE, -EINVAL },
		{ "tap%%d", TUNKIT_NAME_TEMPLATE, -EINVAL },
		{ "t%d%d", TUNKIT_NAME_TEMPLATE, -EINVAL },
		{ "t%d%", TUNKIT_NAME_TEMPLATE, -EINVAL },
		{ "t/%d", TUNKIT_NAME_TEMPLATE, -EINVAL },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *why = NULL;
		int result = tunkit_name_check(table[i].name, table[i].flags,
					       &why);

		if (result != table[i].result)
			FAIL("row %zu: \"%s\": %d, not %d", i, table[i].name,
			     result, table[i].result);
		if (!why != !result)
			FAIL("row %zu: reason and result disagree", i);
	}
	CHECK_INT(tunkit_name_check("a/b", 0, NULL), -EINVAL);
}

static void escape_leaves_nothing_that_acts(void)
{
	static const struct {
		const char *text, *result;
	} table[] = {
		{ "", "" },
		{ "tap0", "tap0" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "a\nb\x7f", "a\\x0ab\\x7f" },
		{ "back\\slash", "back\\x5cslash" },
		{ "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7",
		  "\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7" },
		{ "\xc2\x9b", "\\xc2\\x9b" },		/* C1: CSI */
		{ "\xc2\xa1", "\xc2\xa1" },
		{ "\xc3", "\\xc3" },			/* cut short */
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc3(", "\\xc3(" },
		{ "\xc0\xaf", "\\xc0\\xaf" },		/* overlong */
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
		{ "\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },	/* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xff\xfe", "\\xff\\xfe" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char out[64];
		size_t len = tunkit_escape(out, sizeof(out), table[i].text);

		if (strcmp(out, table[i].result))
			FAIL("row %zu: \"%s\"", i, out);
		if (len != strlen(table[i].result))
			FAIL("row %zu: length %zu", i, len);
	}
}

static void escape_counts_what_does_not_fit(void)
{
	char out[8] = "unused";

	CHECK_INT(tunkit_escape(NULL, 0, "a\nb"), 6);
	CHECK_INT(tunkit_escape(out, 1, "a\nb"), 6);
	CHECK_STR(out, "");
	CHECK_INT(tunkit_escape(out, 5, "a\nb"), 6);
	CHECK_STR(out, "a");
	CHECK_INT(tunkit_escape(out, 6, "a\nb"), 6);
	CHECK_STR(out, "a\\x0a");
	CHECK_INT(tunkit_escape(out, 3, "a\xc3\xa9"), 3);
	CHECK_STR(out, "a");
}

static void split_at_the_last_slash(void)
{
	static const struct {
		const char *spec, *where, *device;
	} table[] = {
		{ "tap0", "", "tap0" },
		{ "h1/tap0", "h1", "tap0" },
		{ "pid:12/tap0", "pid:12", "tap0" },
		{ "/run/netns/h1/tap0", "/run/netns/h1", "tap0" },
		{ "./ns/tap0", "./ns", "tap0" },
	};
	const char *device;
	char *where;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CHECK_INT(tunkit_ns_split(table[i].spec, &where, &device), 0);
		CHECK_STR(where, table[i].where);
		CHECK_STR(device, table[i].device);
		free(where);
	}
	CHECK_INT(tunkit_ns_split("", &where, &device), -EINVAL);
	CHECK_INT(tunkit_ns_split("h1/", &where, &device), -EINVAL);
	CHECK_INT(tunkit_ns_split("/", &where, &device), -EINVAL);
}

static const struct check_test tests[] = {
	{ "names as the kernel takes them", names_as_the_kernel_takes_them },
	{ "escape leaves nothing that acts", escape_leaves_nothing_that_acts },
	{ "escape counts what does not fit", escape_counts_what_does_not_fit },
	{ "split at the last slash", split_at_the_last_slash },
};

CHECK_MAIN(tests)
