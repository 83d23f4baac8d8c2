/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of devices have in common: they work in one namespace. */
#ifndef DEVICES_H
#define DEVICES_H

#include "check.h"
#include "netns.h"
#include "tunkit.h"

/* Of the test program's own namespace: its main() opens it. */
static struct tunkit_ns *ns;

static inline struct tunkit_device find(const char *name)
{
	struct tunkit_device device;
	int err = tunkit_device_find(ns, name, TUNKIT_LIST_OFFLOAD, &device);

	if (err)
		FAIL("%s: %s", name, strerror(-err));
	return device;
}

static inline bool exists(const char *name)
{
	struct tunkit_device device;

	return tunkit_device_find(ns, name, 0, &device) != -ENODEV;
}

static inline void delete(const char *name)
{
	CHECK_INT(netns_delete(find(name).ifindex), 0);
}

static inline void create(const char *name,
			  const struct tunkit_device_opts *opts)
{
	struct tunkit_device device;

	CHECK_INT(tunkit_device_create(ns, name, opts, &device), 0);
}

/* In a namespace of their own; skipped where that or a device may not be. */
static inline int devices_main(const struct check_test tests[], size_t count,
			       int argc, char **argv)
{
	int result;

	if (!netns_enter() || tunkit_ns_open(NULL, NULL, &ns)) {
		printf("1..0 # SKIP no network namespace or no driver\n");
		return EXIT_SUCCESS;
	}
	alarm(120 * check_slowness());
	result = check_main(tests, count, argc, argv);
	tunkit_ns_close(ns);
	return result;
}

#define DEVICES_MAIN(tests)						\
int main(int argc, char **argv)						\
{									\
	return devices_main(tests, sizeof(tests) / sizeof((tests)[0]),	\
			    argc, argv);				\
}

#endif /* DEVICES_H */
