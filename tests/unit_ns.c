// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <signal.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "check.h"
#include "netns.h"

static pid_t other;		/* a process in a namespace of its own */
static char other_pid[32], other_path[64];

static void start_other(void)
{
	int ready[2];
	char byte;

	if (pipe(ready))
		exit(EXIT_FAILURE);
	other = fork();
	if (!other) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) || write(ready[1], "x", 1) != 1)
			_exit(EXIT_FAILURE);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		exit(EXIT_FAILURE);
	close(ready[0]);
	snprintf(other_pid, sizeof(other_pid), "pid:%d", other);
	snprintf(other_path, sizeof(other_path), "/proc/%d/ns/net", other);
}

static ino_t here(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

/* Makes a device in where and looks for it there and here. */
static void check_lands_in(const char *where, const char *name)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_ns *there, *own;
	struct tunkit_device device;
	const struct tunkit_device *made = &device;
	ino_t before = here();
	int result;

	CHECK_INT(tunkit_ns_open(where, NULL, &there), 0);
	CHECK_STR(tunkit_ns_name(there), where);
	CHECK_INT(tunkit_device_create(there, name, &opts, &device), 0);
	CHECK(before && here() == before);
	CHECK_INT(tunkit_ns_open(NULL, NULL, &own), 0);
	CHECK_INT(tunkit_device_find(there, name, 0, &device), 0);
	CHECK_INT(tunkit_device_find(own, name, 0, &device), -ENODEV);
	CHECK_INT(tunkit_device_delete(there, &made, 1, 0, &result), 0);
	CHECK_INT(tunkit_device_find(there, name, 0, &device), -ENODEV);
	CHECK(here() == before);
	tunkit_ns_close(own);
	tunkit_ns_close(there);
}

static void own_namespace(void)
{
	struct tunkit_ns *ns;

	CHECK_INT(tunkit_ns_open("", NULL, &ns), 0);
	CHECK_STR(tunkit_ns_name(ns), "");
	CHECK(!strncmp(tunkit_ns_node(ns), "/dev/net/tun", 12));
	CHECK(!tunkit_ns_error(ns));
	tunkit_ns_close(ns);
	tunkit_ns_close(NULL);
}

static void by_process(void)
{
	check_lands_in(other_pid, "byprocess");
}

static void by_path(void)
{
	check_lands_in(other_path, "bypath");
}

static void by_name(void)
{
	struct tunkit_ns *ns = NULL;

	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", "", MS_REC | MS_PRIVATE, "") ||
	    mount("none", "/var/run/", "tmpfs", 0, ""))
		SKIP("no mount namespace here: %s", strerror(errno));
	CHECK_INT(mkdir("/var/run/netns", 0755), 0);
	CHECK_INT(mknod("/var/run/netns/h1", S_IFREG | 0600, 0), 0);
	CHECK_INT(mknod("/var/run/netns/left", S_IFREG | 0600, 0), 0);
	CHECK_INT(mount(other_path, "/var/run/netns/h1", "", MS_BIND, ""),
		  0);
	check_lands_in("h1", "byname");
	CHECK_INT(tunkit_ns_open("left", NULL, &ns), -EINVAL);
	CHECK_INT(tunkit_ns_open("h2", NULL, &ns), -ENOENT);
}

static void a_thread_that_moved(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	int before = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	struct tunkit_device device;
	struct tunkit_ns *ns, *now;

	CHECK_INT(tunkit_ns_open(NULL, NULL, &ns), 0);
	CHECK_INT(unshare(CLONE_NEWNET), 0);
	CHECK_INT(tunkit_device_create(ns, "before", &opts, &device), 0);
	CHECK_INT(tunkit_ns_open(NULL, NULL, &now), 0);
	CHECK_INT(tunkit_device_find(now, "before", 0, &device), -ENODEV);
	CHECK_INT(setns(before, CLONE_NEWNET), 0);
	CHECK_INT(netns_delete(tunkit_device_find(ns, "before", 0, &device) ?
			       0 : device.ifindex), 0);
	tunkit_ns_close(now);
	tunkit_ns_close(ns);
	close(before);
}

static void what_is_no_namespace(void)
{
	char fifo[] = "/tmp/tunkit-ns-XXXXXX", event[512];
	struct tunkit_ns *ns = NULL;
	static const struct {
		const char *where;
		int result;
	} table[] = {
		{ "nosuchnamespace", -ENOENT },
		{ "/nosuch/path", -ENOENT },
		{ "pid:2147483647", -ESRCH },
		{ "pid:0", -EINVAL },
		{ "pid:", -EINVAL },
		{ "pid:-1", -EINVAL },
		{ "pid:1x", -EINVAL },
		{ "pid:99999999999999999999", -EINVAL },
		{ "/etc/passwd", -EINVAL },
		{ "/", -EINVAL },
		{ "/dev/null", -EINVAL },
		{ "/proc/self/ns/mnt", -EINVAL },
	};
	int opens;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int result = tunkit_ns_open(table[i].where, NULL, &ns);

		if (result != table[i].result)
			FAIL("\"%s\": %d, not %d", table[i].where, result,
			     table[i].result);
	}
	/* What is no regular file is not opened at all: some act on it. */
	CHECK(mkdtemp(fifo));
	CHECK_INT(rmdir(fifo), 0);
	CHECK_INT(mkfifo(fifo, 0600), 0);
	opens = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	i = inotify_add_watch(opens, fifo, IN_OPEN) > 0 &&
	    tunkit_ns_open(fifo, NULL, &ns) == -EINVAL &&
	    read(opens, event, sizeof(event)) < 0;
	unlink(fifo);
	close(opens);
	CHECK(i);
	CHECK(!ns);
}

static int create_on_node(const char *node)
{
	struct tunkit_ns_opts ns_opts = TUNKIT_INIT(ns_opts);
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	struct tunkit_ns *ns;
	int err;

	ns_opts.node = node;
	CHECK_INT(tunkit_ns_open(NULL, &ns_opts, &ns), 0);
	CHECK_STR(tunkit_ns_node(ns), node);
	err = tunkit_device_create(ns, "never", &opts, &device);
	tunkit_ns_close(ns);
	return err;
}

static void only_the_driver_s_node(void)
{
	CHECK_INT(create_on_node("/dev/null"), -ENOTTY);
	CHECK_INT(create_on_node("/etc/passwd"), -ENOTTY);
	CHECK_INT(create_on_node("/"), -ENOTTY);
	CHECK_INT(create_on_node("/dev/nosuchnode"), -ENOENT);
	CHECK_INT(create_on_node("/etc/passwd/tun"), -ENOTDIR);
}

static void absent_default_node(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device_list *list;
	struct tunkit_device device;
	struct tunkit_ns *ns;
	int err;

	if (unshare(CLONE_NEWNS) ||
	    mount("none", "/", "", MS_REC | MS_PRIVATE, "") ||
	    mount("none", "/dev/net", "tmpfs", 0, ""))
		SKIP("no mount namespace here: %s", strerror(errno));
	/* Listing needs no node. */
	CHECK_INT(tunkit_ns_open(NULL, NULL, &ns), 0);
	CHECK_STR(tunkit_ns_node(ns), "/dev/net/tun");
	CHECK_INT(tunkit_device_list(ns, 0, &list), 0);
	tunkit_device_list_free(list);
	err = tunkit_device_create(ns, NULL, &opts, &device);
	tunkit_ns_close(ns);
	umount("/dev/net");
	CHECK_INT(err, -ENOENT);
}

static void the_kernel_s_own_words(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_link_opts link = TUNKIT_INIT(link);
	struct tunkit_queue *queue;
	struct tunkit_device device;
	struct tunkit_ns *ns;

	CHECK_INT(tunkit_ns_open(NULL, NULL, &ns), 0);
	CHECK_INT(tunkit_device_create(ns, "words", &opts, &device), 0);
	link.set = TUNKIT_LINK_MTU;
	link.mtu = 1;
	CHECK_INT(tunkit_link_set(ns, device.ifindex, &link), -EINVAL);
	CHECK(tunkit_ns_error(ns));
	CHECK(strstr(tunkit_ns_error(ns), "mtu"));
	/* They are of that failure, not of a later one without words. */
	CHECK_INT(tunkit_queue_open(ns, NULL, NULL, 1, &queue), -EINVAL);
	CHECK(!tunkit_ns_error(ns));
	CHECK_INT(tunkit_link_set(ns, device.ifindex, &link), -EINVAL);
	CHECK(tunkit_ns_error(ns));
	CHECK_INT(tunkit_link_set(ns, 0, &link), -ENODEV);
	CHECK(!tunkit_ns_error(ns));
	link.mtu = 1400;
	CHECK_INT(tunkit_link_set(ns, device.ifindex, &link), 0);
	CHECK(!tunkit_ns_error(ns));
	CHECK_INT(netns_delete(device.ifindex), 0);
	tunkit_ns_close(ns);
}

static void options_of_another_version(void)
{
	struct {
		struct tunkit_ns_opts known;
		size_t later;
	} opts = { .known.size = sizeof(opts) };
	struct tunkit_ns *ns = NULL;

	CHECK_INT(tunkit_ns_open(NULL, &opts.known, &ns), 0);
	tunkit_ns_close(ns);
	opts.later = 1;
	CHECK_INT(tunkit_ns_open(NULL, &opts.known, &ns), -E2BIG);
	opts.known.size = 0;
	CHECK_INT(tunkit_ns_open(NULL, &opts.known, &ns), -EINVAL);
	opts.known.size = sizeof(size_t);
	opts.known.node = "/not/to/be/read";
	CHECK_INT(tunkit_ns_open(NULL, &opts.known, &ns), 0);
	CHECK(strcmp(tunkit_ns_node(ns), opts.known.node));
	tunkit_ns_close(ns);
}

static const struct check_test tests[] = {
	{ "own namespace", own_namespace },
	{ "by process", by_process },
	{ "by path", by_path },
	{ "by name", by_name },
	{ "a thread that moved", a_thread_that_moved },
	{ "what is no namespace", what_is_no_namespace },
	{ "only the driver's node", only_the_driver_s_node },
	{ "absent default node", absent_default_node },
	{ "the kernel's own words", the_kernel_s_own_words },
	{ "options of another version", options_of_another_version },
};

int main(int argc, char **argv)
{
	int result;

	if (!netns_enter()) {
		printf("1..0 # SKIP no network namespace or no driver\n");
		return EXIT_SUCCESS;
	}
	alarm(120 * check_slowness());
	start_other();
	result = check_main(tests, sizeof(tests) / sizeof(tests[0]), argc,
			    argv);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return result;
}
