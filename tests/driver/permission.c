// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may attach, who may create. Each test makes its devices, and one child
 * without privileges tries them all: forks cost.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"

#define TUN	(IFF_TUN | IFF_NO_PI)
#define TAP	(IFF_TAP | IFF_NO_PI)
#define USER	1000
#define OTHER	2000
#define NONE	(-1)

/* What a child tries, and what it must find; names[] end with NULL. */
struct attempt {
	const char *name;
	unsigned int flags;
	int expected;		/* errno; 0: it works */
	int fd;			/* opened by root: the node may be root's */
};

static int attempt_all(void *arg)
{
	struct attempt *attempt = arg;
	int number;

	for (number = 1; attempt->name; attempt++, number++) {
		char name[IFNAMSIZ] = "";

		strncpy(name, attempt->name, IFNAMSIZ - 1);
		errno = 0;
		set_iff(attempt->fd, name, attempt->flags);
		if (errno == attempt->expected)
			continue;
		printf("# %s 0x%x: %s, not %s\n", attempt->name, attempt->flags,
		       strerrorname_np(errno),
		       strerrorname_np(attempt->expected));
		fflush(stdout);
		return number;
	}
	return 0;
}

static void attempts_open(struct attempt *attempts)
{
	for (; attempts->name; attempts++)
		attempts->fd = node_open(0);
}

static void check_attempts(struct attempt *attempts)
{
	attempts_open(attempts);
	CHECK_INT(run_as(USER, USER, attempt_all, attempts), 0);
}

static void device_make_owned(const char *name, unsigned int flags, int owner,
			      int group)
{
	int fd = device_open(name, flags);

	if (owner != NONE)
		CHECK_OK(ioctl(fd, TUNSETOWNER, owner));
	if (group != NONE)
		CHECK_OK(ioctl(fd, TUNSETGROUP, group));
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	node_close(fd);
}

static void test_owner_and_group(void)
{
	static const int ids[] = { NONE, USER, OTHER };
	static char names[9][IFNAMSIZ];
	struct attempt attempts[10] = { 0 };
	int owner, group, i = 0;

	for (owner = 0; owner < 3; owner++) {
		for (group = 0; group < 3; group++, i++) {
			snprintf(names[i], IFNAMSIZ, "o%dg%d", owner, group);
			device_make_owned(names[i], TAP, ids[owner],
					  ids[group]);
			/* Both must match where both are set. */
			attempts[i] = (struct attempt){
				names[i], TAP,
				owner == 2 || group == 2 ? EPERM : 0, -1
			};
		}
	}
	check_attempts(attempts);
}

/* As run_as(), but with supplementary groups and a real uid of its own. */
static int run_with(uid_t real, uid_t effective, gid_t supplementary,
		    struct attempt *attempts)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (setgroups(1, &supplementary) || setresgid(1, 1, 1) ||
		    setresuid(real, effective, effective))
			_exit(250);
		_exit(attempt_all(attempts));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		FAIL("no child: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 251;
}

static void test_supplementary_group(void)
{
	struct attempt attempts[] = {
		{ "t0", TAP, 0, -1 }, { "t1", TAP, EPERM, -1 }, { 0 },
	};

	device_make_owned("t0", TAP, NONE, OTHER);
	device_make_owned("t1", TAP, NONE, USER);
	attempts_open(attempts);
	CHECK_INT(run_with(USER, USER, OTHER, attempts), 0);
}

static void test_effective_uid(void)
{
	struct attempt attempts[] = {
		{ "t0", TAP, 0, -1 }, { "t1", TAP, EPERM, -1 }, { 0 },
	};

	device_make_owned("t0", TAP, OTHER, NONE);
	device_make_owned("t1", TAP, USER, NONE);
	attempts_open(attempts);
	CHECK_INT(run_with(USER, OTHER, 1, attempts), 0);
}

static void test_creates_only_with_capability(void)
{
	struct attempt attempts[] = {
		{ "new0", TAP, EPERM, -1 },
		{ "", TUN, EPERM, -1 },
		{ "bad/name", TUN, EPERM, -1 },
		{ "new1", IFF_NO_PI, EPERM, -1 },
		{ 0 },
	};

	check_attempts(attempts);
	CHECK_INT(if_index("new0"), 0);
}

static void test_order_of_errors(void)
{
	struct attempt attempts[] = {
		{ "other", TUN, EINVAL, -1 },
		{ "other", TAP | IFF_MULTI_QUEUE, EINVAL, -1 },
		{ "other", TAP | IFF_TUN_EXCL, EBUSY, -1 },
		{ "other", TAP, EPERM, -1 },
		{ "busy", TAP, EPERM, -1 },
		{ "mine", TAP | IFF_NAPI_FRAGS, EPERM, -1 },
		{ "mine", TAP | IFF_NAPI | IFF_NAPI_FRAGS, EPERM, -1 },
		{ "mine", TAP | IFF_NAPI, 0, -1 },
		{ "lo", TAP, EINVAL, -1 },
		{ 0 },
	};
	int fd;

	device_make_owned("other", TAP, OTHER, NONE);
	device_make_owned("mine", TAP, USER, NONE);
	fd = device_open("busy", TAP);
	CHECK_OK(ioctl(fd, TUNSETOWNER, OTHER));
	check_attempts(attempts);
}

static void test_capability_overrides(void)
{
	device_make_owned("t0", TAP, OTHER, OTHER);
	device_open("t0", TAP);
}

static int drop_and_attempt(void *arg)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capset, &header, data))
		return 252;
	return attempt_all(arg);
}

static void test_root_without_capability(void)
{
	struct attempt attempts[] = {
		{ "t0", TAP, EPERM, -1 }, { "t1", TAP, 0, -1 },
		{ "new0", TAP, EPERM, -1 }, { 0 },
	};

	device_make_owned("t0", TAP, OTHER, NONE);
	device_make_owned("t1", TAP, 0, NONE);
	attempts_open(attempts);
	CHECK_INT(run_as(0, 0, drop_and_attempt, attempts), 0);
}

/* ---- User namespaces ---- */

static int user_namespace(int more)
{
	int fd;

	if (unshare(CLONE_NEWUSER | more))
		return -1;
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0 0 1", 5) != 5)
		return -1;
	return close(fd);
}

static int attempt_in_user_namespace(void *arg)
{
	if (user_namespace(0))
		return 249;
	return attempt_all(arg);
}

static void skip_without_user_namespaces(int status)
{
	if (status == 249)
		SKIP("no user namespaces");
}

static void test_other_user_namespace_has_no_say(void)
{
	struct attempt attempts[] = {
		{ "t0", TAP, EPERM, -1 }, { "new0", TAP, EPERM, -1 }, { 0 },
	};
	int status;

	device_make_owned("t0", TAP, OTHER, NONE);
	attempts_open(attempts);
	status = run_as(0, 0, attempt_in_user_namespace, attempts);
	skip_without_user_namespaces(status);
	CHECK_INT(status, 0);
}

static int create_in_own_namespaces(void *arg)
{
	struct attempt *attempt = arg;

	if (user_namespace(CLONE_NEWNET))
		return 249;
	/* The network namespace is that of the open. */
	for (; attempt->name; attempt++)
		attempt->fd = node_open(0);
	return attempt_all(arg);
}

static void test_own_namespaces(void)
{
	struct attempt attempts[] = {
		{ "new0", TAP, 0, -1 },
		{ "new1", TAP | IFF_NAPI, 0, -1 },
		{ "new2", TAP | IFF_NAPI | IFF_NAPI_FRAGS, EPERM, -1 },
		{ 0 },
	};
	int status = run_as(0, 0, create_in_own_namespaces, attempts);

	skip_without_user_namespaces(status);
	CHECK_INT(status, 0);
}

static int own_in_user_namespace(void *arg)
{
	int fd = *(int *)arg;

	if (user_namespace(0))
		return 249;
	if (!ioctl(fd, TUNSETOWNER, 5) || errno != EINVAL)
		return 1;
	if (!ioctl(fd, TUNSETGROUP, 0) || errno != EINVAL)
		return 2;
	return ioctl(fd, TUNSETOWNER, 0) ? 3 : 0;
}

static void test_ids_are_mapped(void)
{
	int fd = device_open("tap0", TAP), status;
	struct tun_link link;

	status = run_as(0, 0, own_in_user_namespace, &fd);
	skip_without_user_namespaces(status);
	CHECK_INT(status, 0);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.owner, 0);
	CHECK_INT(link.group, -1);
}

static void test_owner_cannot_be_taken_back(void)
{
	int fd = device_open("tap0", TAP);
	struct tun_link link;

	CHECK_OK(ioctl(fd, TUNSETOWNER, USER));
	CHECK_ERRNO(ioctl(fd, TUNSETOWNER, -1), EINVAL);
	CHECK_ERRNO(ioctl(fd, TUNSETGROUP, -1), EINVAL);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.owner, USER);
	CHECK_INT(link.group, -1);
}

/* ---- The descriptor is enough ---- */

static int change_by_descriptor(void *arg)
{
	struct ifreq ifr = { .ifr_hwaddr = { 1, "\2\0\0\0\0\5" } };
	int fd = *(int *)arg;

	if (ioctl(fd, TUNSETPERSIST, 1) || ioctl(fd, TUNSETOWNER, OTHER) ||
	    ioctl(fd, TUNSETGROUP, OTHER) || ioctl(fd, TUNSETOFFLOAD, 0) ||
	    ioctl(fd, TUNSETLINK, 1) || ioctl(fd, SIOCSIFHWADDR, &ifr))
		return 1;
	return ioctl(fd, TUNSETPERSIST, 0) ? 2 : 0;
}

static void test_descriptor_is_enough(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_INT(run_as(USER, USER, change_by_descriptor, &fd), 0);
}

static const struct check_test tests[] = {
	{ "permission: owner and group must both match",
	  test_owner_and_group },
	{ "permission: a supplementary group counts",
	  test_supplementary_group },
	{ "permission: the effective uid counts", test_effective_uid },
	{ "permission: only CAP_NET_ADMIN creates",
	  test_creates_only_with_capability },
	{ "permission: order of errors", test_order_of_errors },
	{ "permission: CAP_NET_ADMIN overrides the owner",
	  test_capability_overrides },
	{ "permission: root is not the capability",
	  test_root_without_capability },
	{ "permission: another user namespace has no say",
	  test_other_user_namespace_has_no_say },
	{ "permission: own namespaces, but no IFF_NAPI_FRAGS",
	  test_own_namespaces },
	{ "permission: ids are those of the user namespace",
	  test_ids_are_mapped },
	{ "permission: an owner cannot be taken back",
	  test_owner_cannot_be_taken_back },
	{ "permission: the descriptor is enough to change the device",
	  test_descriptor_is_enough },
};

DRIVER_MAIN(tests)
