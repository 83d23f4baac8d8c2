/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame of the C tests: a table of named functions, one line of TAP each.
 * A failed check ends its test, not the program.
 */
#ifndef CHECK_H
#define CHECK_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check_test {
	const char *name;
	void (*run)(void);
};

/* One for the whole program, also where it has several files. */
jmp_buf check_return __attribute__((weak));
char check_reason[1024] __attribute__((weak));
enum { CHECK_PASSED, CHECK_FAILED, CHECK_SKIPPED };

#define CHECK_LEAVE(how, ...) do {					\
	printf("# %s:%d: ", __FILE__, __LINE__);			\
	printf(__VA_ARGS__);						\
	printf("\n");							\
	longjmp(check_return, how);					\
} while (0)

#define FAIL(...) CHECK_LEAVE(CHECK_FAILED, __VA_ARGS__)
#define SKIP(...) do {							\
	snprintf(check_reason, sizeof(check_reason), __VA_ARGS__);	\
	CHECK_LEAVE(CHECK_SKIPPED, "%s", check_reason);			\
} while (0)

#define CHECK(condition) do {						\
	if (!(condition))						\
		FAIL("not true: %s", #condition);			\
} while (0)

#define CHECK_INT(actual, expected) do {				\
	long long check_a = (actual), check_e = (expected);		\
	if (check_a != check_e)						\
		FAIL("%s is %lld, not %lld", #actual, check_a, check_e);	\
} while (0)

#define CHECK_STR(actual, expected) do {				\
	const char *check_a = (actual), *check_e = (expected);		\
	if (strcmp(check_a, check_e))					\
		FAIL("%s is \"%s\", not \"%s\"", #actual, check_a, check_e);	\
} while (0)

#define CHECK_MEM(actual, expected, len) do {				\
	if (memcmp(actual, expected, len))				\
		FAIL("%s differs from %s", #actual, #expected);		\
} while (0)

/*
 * How many times slower than usual this machine is (TEST_SLOWNESS): 10 in the
 * test machine, which is emulated.
 */
static inline unsigned int check_slowness(void)
{
	const char *text = getenv("TEST_SLOWNESS");

	return text && atoi(text) > 0 ? atoi(text) : 1;
}

/* Runs the table; only tests whose name contains argv[1], if given. */
static inline int check_main(const struct check_test tests[], size_t count,
			     int argc, char **argv)
{
	static volatile size_t i;
	static volatile int failed;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", count);
	for (i = 0; i < count; i++) {
		const char *name = tests[i].name;
		int how;

		if (argc > 1 && !strstr(name, argv[1]))
			continue;
		how = setjmp(check_return);
		if (how == CHECK_PASSED)
			tests[i].run();
		failed |= how == CHECK_FAILED;
		printf("%s %zu - %s%s%s\n", how == CHECK_FAILED ? "not ok" : "ok",
		       i + 1, name, how == CHECK_SKIPPED ? " # SKIP " : "",
		       how == CHECK_SKIPPED ? check_reason : "");
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define CHECK_MAIN(tests)						\
int main(int argc, char **argv)						\
{									\
	return check_main(tests, sizeof(tests) / sizeof((tests)[0]),	\
			  argc, argv);					\
}

#endif /* CHECK_H */
