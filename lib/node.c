// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NODE_TUN	"/dev/net/tun"
#define NODE_TUNKIT	"/dev/net/tunkit"
#define TUN_MINOR	200	/* <linux/miscdevice.h>, not in uapi */

/* The minor of the driver tunkit; -ENODEV: none; else no /proc/misc. */
static int tunkit_minor(void)
{
	char line[128], name[64];
	int number, found = -ENODEV;
	FILE *file = fopen("/proc/misc", "re");

	if (!file)
		return -errno;
	while (found < 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d %63s", &number, name) == 2 &&
		    number >= 0 && !strcmp(name, "tunkit"))
			found = number;
	}
	fclose(file);
	return found;
}

bool tk_node_has_tunkit(void)
{
	return tunkit_minor() != -ENODEV;
}

int tk_node_check(const struct stat *st)
{
	if (!S_ISCHR(st->st_mode) || major(st->st_rdev) != MISC_MAJOR)
		return -ENOTTY;
	if (minor(st->st_rdev) == TUN_MINOR ||
	    (int)minor(st->st_rdev) == tunkit_minor())
		return 0;
	return -ENOTTY;
}

/*
 * Looks before it opens, because opening acts on some devices (a watchdog is
 * armed), and again at what was opened.
 */
static int open_checked(const char *path)
{
	struct stat st;
	int fd, err;

	if (stat(path, &st))
		return -errno;
	err = tk_node_check(&st);
	if (err)
		return err;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno == ENXIO ? -ENODEV : -errno;
	err = fstat(fd, &st) ? -errno : tk_node_check(&st);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int tk_node_choose(struct tunkit_ns *ns, const char *path)
{
	if (path) {
		ns->node = ns->node_asked = strdup(path);
		return ns->node ? 0 : -ENOMEM;
	}
	ns->node = NODE_TUN;
	if (access(NODE_TUN, F_OK) && !access(NODE_TUNKIT, F_OK))
		ns->node = NODE_TUNKIT;
	return 0;
}

static int open_here(void *arg)
{
	struct tunkit_ns *ns = arg;
	int fd = open_checked(ns->node), other;

	if (fd != -ENOENT && fd != -ENODEV)
		return fd;
	if (ns->node_asked || !strcmp(ns->node, NODE_TUNKIT))
		return fd;
	other = open_checked(NODE_TUNKIT);
	if (other < 0)
		return fd;
	ns->node = NODE_TUNKIT;
	return other;
}

int tk_ns_open_node(struct tunkit_ns *ns)
{
	return tk_ns_run(ns, open_here, ns);
}
