// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"
#include "netns.h"

#define NOBODY	65534
#define TAP	(IFF_TAP | IFF_NO_PI)

static struct tunkit_ns *ns;

/* A process that holds queues; what it runs returns 0 once they are held. */
struct child {
	pid_t pid;
	int done;		/* closing it ends the child */
};

static struct child start(int (*hold)(void))
{
	int ready[2], done[2];
	struct child child;
	char byte = 1;

	CHECK(!pipe2(ready, O_CLOEXEC) && !pipe2(done, O_CLOEXEC));
	child.pid = fork();
	if (!child.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(done[1]);
		byte = hold();
		if (write(ready[1], &byte, 1) == 1)
			byte = read(done[0], &byte, 1);
		_exit(0);
	}
	close(ready[1]);
	close(done[0]);
	child.done = done[1];
	CHECK_INT(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	if (byte)
		kill(child.pid, SIGKILL);
	CHECK_INT(byte, 0);
	return child;
}

static void stop(struct child child)
{
	close(child.done);
	CHECK_INT(waitpid(child.pid, NULL, 0), child.pid);
}

static struct tunkit_holders *scan(const char *device)
{
	struct tunkit_holders *holders = NULL;

	CHECK_INT(tunkit_holders_scan(ns, device, &holders), 0);
	return holders;
}

/* Without them namespace and state stay unknown, as the contract has it. */
static bool has_pidfd(void)
{
	int fd = syscall(SYS_pidfd_open, getpid(), 0), copy = -1;

	if (fd >= 0)
		copy = syscall(SYS_pidfd_getfd, fd, 0, 0);
	if (fd >= 0)
		close(fd);
	if (copy >= 0)
		close(copy);
	return copy >= 0;
}

static int hold_one(void)
{
	return netns_attach("one0", TAP) < 0;
}

static void holder_is_named_in_full(void)
{
	struct tunkit_holders *holders;
	const struct tunkit_holder *one;
	struct child child;

	prctl(PR_SET_NAME, "odd) \n\033[2J");
	child = start(hold_one);
	prctl(PR_SET_NAME, "unit_holders");
	holders = scan("one0");
	CHECK_INT(tunkit_holders_count(holders), 1);
	one = tunkit_holders_at(holders, 0);
	CHECK_INT(one->pid, child.pid);
	CHECK_INT(one->uid, getuid());
	CHECK_STR(one->command, "odd) \n\033[2J");
	CHECK_STR(one->device, "one0");
	CHECK_INT(one->state, TUNKIT_QUEUE_ATTACHED);
	CHECK(one->verified);
	CHECK(!tunkit_holders_at(holders, 1));
	tunkit_holders_free(holders);
	stop(child);
}

static void the_scan_leaves_no_copy_behind(void)
{
	struct child child = start(hold_one);
	struct tunkit_device device;

	tunkit_holders_free(scan(NULL));
	stop(child);
	CHECK_INT(tunkit_device_find(ns, "one0", 0, &device), -ENODEV);
}

static int hold_several(void)
{
	int first = netns_attach("mq0", TAP | IFF_MULTI_QUEUE);
	int second = netns_attach("mq0", TAP | IFF_MULTI_QUEUE);
	struct ifreq ifr = { .ifr_flags = IFF_DETACH_QUEUE };

	if (first < 0 || second < 0 || dup(first) < 0)
		return 1;
	return !!ioctl(second, TUNSETQUEUE, &ifr);
}

static void shared_queues_have_one_number(void)
{
	struct child child = start(hold_several);
	struct tunkit_holders *holders = scan("mq0");
	const struct tunkit_holder *first, *second, *copy;

	CHECK_INT(tunkit_holders_count(holders), 3);
	first = tunkit_holders_at(holders, 0);
	second = tunkit_holders_at(holders, 1);
	copy = tunkit_holders_at(holders, 2);
	CHECK(first->fd < second->fd && second->fd < copy->fd);
	CHECK_INT(first->queue, 0);
	CHECK_INT(second->queue, 1);
	CHECK_INT(copy->queue, 0);
	CHECK_INT(first->state, TUNKIT_QUEUE_ATTACHED);
	CHECK_INT(second->state, TUNKIT_QUEUE_DETACHED);
	tunkit_holders_free(holders);
	stop(child);
}

static int hold_nothing(void)
{
	return 0;
}

/* Opened and inherited in one order, kept in memory in any. */
static void each_of_many_shared_queues_has_its_number(void)
{
	enum { QUEUES = 32 };
	struct tunkit_holders *holders;
	struct child child;
	int fds[QUEUES], i;

	for (i = 0; i < QUEUES; i++) {
		fds[i] = netns_attach("mq0", TAP | IFF_MULTI_QUEUE);
		CHECK(fds[i] >= 0);
	}
	child = start(hold_nothing);
	holders = scan("mq0");
	CHECK_INT(tunkit_holders_count(holders), 2 * QUEUES);
	for (i = 0; i < 2 * QUEUES; i++)
		CHECK_INT(tunkit_holders_at(holders, i)->queue, i % QUEUES);
	tunkit_holders_free(holders);
	stop(child);
	for (i = 0; i < QUEUES; i++)
		close(fds[i]);
}

static void fork_shares_the_queue(void)
{
	struct tunkit_holders *holders;
	int fd = netns_attach("one0", TAP);
	struct child child = start(hold_nothing);

	holders = scan("one0");
	CHECK_INT(tunkit_holders_count(holders), 2);
	CHECK_INT(tunkit_holders_at(holders, 0)->pid, getpid());
	CHECK_INT(tunkit_holders_at(holders, 1)->pid, child.pid);
	CHECK_INT(tunkit_holders_at(holders, 1)->queue, 0);
	tunkit_holders_free(holders);
	stop(child);
	close(fd);
}

static int hold_elsewhere(void)
{
	if (unshare(CLONE_NEWNET))
		return 2;
	return netns_attach("twin0", TAP) < 0 ||
	       netns_attach("theirs0", TAP) < 0;
}

static void twin_in_another_namespace_is_left_out(void)
{
	struct child child = start(hold_elsewhere);
	struct tunkit_holders *holders = scan("twin0");
	int fd;

	CHECK_INT(tunkit_holders_count(holders), 0);
	tunkit_holders_free(holders);
	fd = netns_attach("twin0", TAP);
	holders = scan("twin0");
	CHECK_INT(tunkit_holders_count(holders), 1);
	CHECK_INT(tunkit_holders_at(holders, 0)->pid, getpid());
	tunkit_holders_free(holders);
	holders = scan(NULL);
	CHECK_INT(tunkit_holders_count(holders), 1);
	tunkit_holders_free(holders);
	close(fd);
	stop(child);
}

static void all_devices_are_in_order(void)
{
	int b = netns_attach("b0", TAP), a = netns_attach("a0", TAP);
	struct child child = start(hold_several);
	struct tunkit_holders *holders = scan(NULL);

	/* The child has its copies of ours. */
	CHECK_INT(tunkit_holders_count(holders), 7);
	CHECK_STR(tunkit_holders_at(holders, 0)->device, "a0");
	CHECK_STR(tunkit_holders_at(holders, 2)->device, "b0");
	CHECK_INT(tunkit_holders_at(holders, 2)->queue, 0);
	CHECK_STR(tunkit_holders_at(holders, 6)->device, "mq0");
	tunkit_holders_free(holders);
	stop(child);
	close(a);
	close(b);
}

/* Runs test in a process of the user nobody; its result is the exit status. */
static int as_nobody(int (*test)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		if (setresgid(NOBODY, NOBODY, NOBODY) ||
		    setresuid(NOBODY, NOBODY, NOBODY))
			_exit(77);
		prctl(PR_SET_DUMPABLE, 1);
		_exit(test());
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		SKIP("needs a second user: run as root");
	return WEXITSTATUS(status);
}

static int sees_only_a_count(void)
{
	struct tunkit_holders *holders;

	if (tunkit_holders_scan(ns, "one0", &holders))
		return 1;
	if (tunkit_holders_count(holders))
		return 2;
	return tunkit_holders_unreadable(holders) < 1 ? 3 : 0;
}

static void unreadable_processes_are_counted(void)
{
	struct child child = start(hold_one);

	CHECK_INT(as_nobody(sees_only_a_count), 0);
	stop(child);
}

/* Its own queue, which it may copy; the namespace is not its to ask for. */
static int sees_a_guess(void)
{
	const struct tunkit_holder *one;
	struct tunkit_holders *holders;

	if (tunkit_holders_scan(ns, "guess0", &holders) ||
	    tunkit_holders_count(holders) != 1)
		return 1;
	one = tunkit_holders_at(holders, 0);
	if (one->pid != getpid() || one->uid != NOBODY)
		return 2;
	return one->verified || one->state != TUNKIT_QUEUE_ATTACHED ? 3 : 0;
}

static void name_without_namespace_is_a_guess(void)
{
	int fd = netns_attach("guess0", TAP), result;

	CHECK(fd >= 0);
	result = as_nobody(sees_a_guess);
	close(fd);
	CHECK_INT(result, 0);
}

static const struct check_test tests[] = {
#define TEST(function) { #function, function }
	TEST(holder_is_named_in_full),
	TEST(the_scan_leaves_no_copy_behind),
	TEST(shared_queues_have_one_number),
	TEST(each_of_many_shared_queues_has_its_number),
	TEST(fork_shares_the_queue),
	TEST(twin_in_another_namespace_is_left_out),
	TEST(all_devices_are_in_order),
	TEST(unreadable_processes_are_counted),
	TEST(name_without_namespace_is_a_guess),
};

int main(int argc, char **argv)
{
	if (!has_pidfd()) {
		printf("1..0 # SKIP no pidfd_getfd(): Linux 5.6 has it, valgrind has not\n");
		return EXIT_SUCCESS;
	}
	if (!netns_enter() || tunkit_ns_open(NULL, NULL, &ns)) {
		printf("1..0 # SKIP no network namespace, or no /dev/net/tun\n");
		return EXIT_SUCCESS;
	}
	alarm(120 * check_slowness());
	argc = check_main(tests, sizeof(tests) / sizeof(tests[0]), argc, argv);
	tunkit_ns_close(ns);
	return argc;
}
