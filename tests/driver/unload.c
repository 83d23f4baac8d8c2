// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unload against open, in the test machine only. The node is one of our own,
 * which outlives the module: an open of it while the driver is not there makes
 * the kernel load it, by its alias.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "race.h"

#define NODE		"/dev/shm/tun"
#define NODE_DEVICE	makedev(10, 200)
/* The guest's start leaves the name of the module's file here. */
#define MODULE_NAMED	"/run/out/module"
#define UNLOAD_TRIES	10000

static char module_file[512];
static atomic_uint unloads;

/* That it is there already is no news: an open may have loaded it. */
static void load(void)
{
	char *argv[] = { "insmod", module_file, NULL };
	posix_spawn_file_actions_t quiet;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	if (!posix_spawnp(&pid, argv[0], &quiet, NULL, argv, NULL))
		waitpid(pid, NULL, 0);
	posix_spawn_file_actions_destroy(&quiet);
}

static void unload_and_load(unsigned int round)
{
	int i;

	(void)round;
	for (i = 0; i < UNLOAD_TRIES; i++) {
		if (!syscall(SYS_delete_module, "tun", O_NONBLOCK)) {
			atomic_fetch_add(&unloads, 1);
			load();
			return;
		}
	}
}

/*
 * Mostly without a device, whose end takes long, and with a pause after it, each
 * time another, in which the driver is free.
 */
static void open_and_create(unsigned int round)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	const struct timespec pause = { .tv_nsec = round % 16 * 50000 };
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	if (round % 16 == 0)
		ioctl(fd, TUNSETIFF, &ifr);
	close(fd);
	nanosleep(&pause, NULL);
}

static bool in_test_machine(void)
{
	FILE *file = fopen(MODULE_NAMED, "r");
	bool found = file && fgets(module_file, sizeof(module_file), file);

	if (file)
		fclose(file);
	module_file[strcspn(module_file, "\n")] = '\0';
	return found;
}

static void test_against_open(void)
{
	if (!in_test_machine())
		SKIP("only in the test machine: it unloads the driver");
	unlink(NODE);
	CHECK_OK(mknod(NODE, S_IFCHR | 0600, NODE_DEVICE));
	race(unload_and_load, open_and_create, NULL);
	unlink(NODE);
	printf("# %u unloads\n", unloads);
	CHECK(unloads > 0);
	load();
	CHECK_OK(chmod("/dev/net/tun", 0666));
	device_open("", IFF_TAP | IFF_NO_PI);
}

static const struct check_test tests[] = {
	{ "unload: against open", test_against_open },
};

DRIVER_MAIN(tests)
