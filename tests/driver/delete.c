// SPDX-License-Identifier: GPL-2.0-or-later
/* A device goes while programs have it; and TUNSETIFINDEX for the next one. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "driver.h"

#define TAP	(IFF_TAP | IFF_NO_PI)
#define MANY	(TAP | IFF_MULTI_QUEUE)

/* ---- A thread that sleeps in the driver ---- */

struct sleeper {
	pthread_t thread;
	int fd, result, error;
	pid_t tid;
	bool polls;
};

static void *sleeper_run(void *arg)
{
	struct sleeper *sleeper = arg;
	char frame[128];

	__atomic_store_n(&sleeper->tid, gettid(), __ATOMIC_RELEASE);
	if (sleeper->polls)
		sleeper->result = wait_for(sleeper->fd, POLLIN, PATIENCE);
	else
		sleeper->result = read(sleeper->fd, frame, sizeof(frame));
	sleeper->error = errno;
	return NULL;
}

static bool is_asleep(pid_t tid)
{
	char path[64], text[128] = "", *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	state = strrchr(text, ')');
	return state && state[1] && state[2] == 'S';
}

static void sleeper_start(struct sleeper *sleeper)
{
	pid_t tid;

	sleeper->tid = 0;
	CHECK_INT(pthread_create(&sleeper->thread, NULL, sleeper_run,
				 sleeper), 0);
	do {
		sched_yield();
		tid = __atomic_load_n(&sleeper->tid, __ATOMIC_ACQUIRE);
	} while (!tid || !is_asleep(tid));
}

static void test_blocked_reader(void)
{
	struct sleeper sleeper = { .fd = device_open("tap0", TAP) };
	char byte;

	sleeper_start(&sleeper);
	CHECK_OK(if_delete("tap0"));
	pthread_join(sleeper.thread, NULL);
	CHECK_INT(sleeper.result, -1);
	CHECK_INT(sleeper.error, EFAULT);
	CHECK_ERRNO(read(sleeper.fd, &byte, 1), EBADFD);
}

static void test_blocked_reader_of_a_detached_queue(void)
{
	struct sleeper sleeper = { .fd = device_open("tap0", MANY) };

	CHECK_OK(set_queue(sleeper.fd, IFF_DETACH_QUEUE));
	sleeper_start(&sleeper);
	CHECK_OK(if_delete("tap0"));
	pthread_join(sleeper.thread, NULL);
	CHECK_INT(sleeper.result, -1);
	CHECK_INT(sleeper.error, EFAULT);
}

static void test_poll_wakes(void)
{
	struct sleeper sleeper = {
		.fd = device_open("tap0", TAP), .polls = true,
	};

	sleeper_start(&sleeper);
	CHECK_OK(if_delete("tap0"));
	pthread_join(sleeper.thread, NULL);
	CHECK_INT(sleeper.result, POLLERR);
}

static void test_descriptor_without_its_device(void)
{
	int fd = device_open("tap0", TAP);
	char frame[60] = "";

	CHECK_OK(if_delete("tap0"));
	CHECK_INT(wait_for(fd, POLLIN | POLLOUT, 0), POLLERR);
	CHECK_ERRNO(read(fd, frame, sizeof(frame)), EBADFD);
	CHECK_ERRNO(write(fd, frame, sizeof(frame)), EBADFD);
	CHECK_INT(get_flags(fd), -1);
	CHECK_INT(errno, EBADFD);
}

static void check_works(int fd, const char *name)
{
	char frame[128];
	int packet;

	CHECK_OK(if_up(name));
	packet = packet_open(name, 0);
	CHECK_OK(frame_send(packet, 61, 1));
	CHECK_INT(wait_for(fd, POLLIN, PATIENCE), POLLIN);
	CHECK_INT(read(fd, frame, sizeof(frame)), 61);
}

static void test_descriptor_is_used_again(void)
{
	int fd = device_open("tap0", TAP), packet;
	char name[IFNAMSIZ] = "tap1";

	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, 60, 1));
	CHECK_OK(if_delete("tap0"));
	CHECK_OK(set_iff(fd, name, TAP));
	/* Nothing is left of the old device's frames. */
	CHECK_INT(wait_for(fd, POLLIN, 0), 0);
	check_works(fd, "tap1");
}

static void test_detached_descriptor_is_used_again(void)
{
	int fd = device_open("tap0", MANY);
	char name[IFNAMSIZ] = "tap1";

	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	CHECK_OK(if_delete("tap0"));
	CHECK_ERRNO(set_queue(fd, IFF_ATTACH_QUEUE), EINVAL);
	CHECK_ERRNO(set_queue(fd, IFF_DETACH_QUEUE), EINVAL);
	CHECK_OK(set_iff(fd, name, TAP));
	check_works(fd, "tap1");
}

static void test_reader_waits_again(void)
{
	struct sleeper sleeper = { .fd = device_open("tap0", TAP) };
	char name[IFNAMSIZ] = "tap1";

	CHECK_OK(if_delete("tap0"));
	CHECK_OK(set_iff(sleeper.fd, name, TAP));
	CHECK_OK(if_up("tap1"));
	sleeper_start(&sleeper);
	CHECK_OK(frame_send(packet_open("tap1", 0), 62, 1));
	pthread_join(sleeper.thread, NULL);
	CHECK_INT(sleeper.result, 62);
}

static void test_all_queues_go(void)
{
	int fd[8], i;

	for (i = 0; i < 8; i++)
		fd[i] = device_open("tap0", MANY);
	CHECK_OK(set_queue(fd[3], IFF_DETACH_QUEUE));
	CHECK_OK(if_delete("tap0"));
	for (i = 0; i < 8; i++) {
		CHECK_INT(get_flags(fd[i]), -1);
		CHECK_INT(errno, EBADFD);
	}
	CHECK_INT(if_index("tap0"), 0);
}

/* ---- TUNSETIFINDEX ---- */

static int set_ifindex(int fd, int ifindex)
{
	return ioctl(fd, TUNSETIFINDEX, &ifindex);
}

static void test_ifindex(void)
{
	int fd = node_open(0);
	char name[IFNAMSIZ] = "tap0";

	CHECK_OK(set_ifindex(fd, 5555));
	CHECK_OK(set_ifindex(fd, 7777));
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK_INT(if_index("tap0"), 7777);
}

static void test_ifindex_refused(void)
{
	int fd = node_open(0);

	CHECK_ERRNO(set_ifindex(fd, -1), EINVAL);
	CHECK_ERRNO(ioctl(fd, TUNSETIFINDEX, 8), EFAULT);
	fd = device_open("tap0", TAP);
	CHECK_ERRNO(set_ifindex(fd, 7777), EPERM);
	CHECK_ERRNO(set_ifindex(fd, -1), EPERM);
}

static void test_ifindex_taken(void)
{
	int fd = node_open(0);
	char name[IFNAMSIZ] = "tap1";

	device_open("tap0", TAP);
	CHECK_OK(set_ifindex(fd, if_index("tap0")));
	CHECK_ERRNO(set_iff(fd, name, TAP), EBUSY);
	CHECK_INT(get_flags(fd), -1);
	CHECK_INT(if_index("tap1"), 0);
	/* Used up: now the stack chooses. */
	CHECK_OK(set_iff(fd, name, TAP));
}

static void test_ifindex_of_a_device_that_is_there(void)
{
	int fd = node_open(0), before;
	char name[IFNAMSIZ] = "tap0";

	device_make("tap0", TAP);
	before = if_index("tap0");
	CHECK_OK(set_ifindex(fd, 7777));
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK_INT(if_index("tap0"), before);
	CHECK_OK(if_delete("tap0"));
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK(if_index("tap0") != 7777);
}

static void test_ifindex_is_used_once(void)
{
	int fd = node_open(0);
	char name[IFNAMSIZ] = "a/b";

	CHECK_OK(set_ifindex(fd, 7777));
	CHECK_ERRNO(set_iff(fd, name, TAP), EINVAL);
	strcpy(name, "tap0");
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK_INT(if_index("tap0"), 7777);
	CHECK_OK(if_delete("tap0"));
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK(if_index("tap0") != 7777);
}

/*
 * The descriptor of a second queue asks for no interface index. The kernel's own
 * driver takes the number that the queue had for one, which here is lo's.
 */
static void test_second_queue_makes_another(void)
{
	char name[IFNAMSIZ] = "tap1";
	int queues[2], i;

	for (i = 0; i < 2; i++)
		queues[i] = device_open("tap0", TAP | IFF_MULTI_QUEUE);
	CHECK_OK(if_delete("tap0"));
	if (ours())
		CHECK_OK(set_iff(queues[1], name, TAP));
	else
		CHECK_ERRNO(set_iff(queues[1], name, TAP), EBUSY);
}

static const struct check_test tests[] = {
	{ "delete: a blocked reader returns", test_blocked_reader },
	{ "delete: also that of a detached queue",
	  test_blocked_reader_of_a_detached_queue },
	{ "delete: poll() wakes", test_poll_wakes },
	{ "delete: a descriptor without its device",
	  test_descriptor_without_its_device },
	{ "delete: a descriptor is used again",
	  test_descriptor_is_used_again },
	{ "delete: also a detached one",
	  test_detached_descriptor_is_used_again },
	{ "delete: a reader waits again", test_reader_waits_again },
	{ "delete: all queues go", test_all_queues_go },
	{ "delete: TUNSETIFINDEX", test_ifindex },
	{ "delete: TUNSETIFINDEX is refused", test_ifindex_refused },
	{ "delete: TUNSETIFINDEX of an index that is taken",
	  test_ifindex_taken },
	{ "delete: TUNSETIFINDEX leaves a device that is there",
	  test_ifindex_of_a_device_that_is_there },
	{ "delete: TUNSETIFINDEX is used once", test_ifindex_is_used_once },
	{ "delete: a second queue makes another device",
	  test_second_queue_makes_another },
};

DRIVER_MAIN(tests)
