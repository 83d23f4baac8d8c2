// SPDX-License-Identifier: GPL-2.0-or-later
/* poll(), epoll and SIGIO: what wakes whom, and when. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define TAP		(IFF_TAP | IFF_NO_PI)
#define READABLE	(POLLIN | POLLRDNORM)
#define WRITABLE	(POLLOUT | POLLWRNORM)

static uint8_t buffer[2000];

static int edge_open(int fd)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
	};
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	CHECK_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	return epoll;
}

/* The next event's bits, 0 when there is none. */
static int edge(int epoll)
{
	struct epoll_event event;

	return epoll_wait(epoll, &event, 1, 0) == 1 ? (int)event.events : 0;
}

static void test_level(void)
{
	int fd = device_open("tap0", TAP), all = READABLE | WRITABLE, packet;

	CHECK_INT(wait_for(fd, all, 0), 0);
	CHECK_OK(if_up("tap0"));
	CHECK_INT(wait_for(fd, all, 0), WRITABLE);
	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(wait_for(fd, all, 0), READABLE | WRITABLE);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), FRAME_LEN);
	CHECK_INT(wait_for(fd, all, 0), WRITABLE);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_OK(if_down("tap0"));
	CHECK_INT(wait_for(fd, all, 0), READABLE);
}

static void test_an_edge_a_frame(void)
{
	int fd = device_up("tap0", TAP), epoll = edge_open(fd), packet, i;

	packet = packet_open("tap0", 0);
	CHECK_INT(edge(epoll), EPOLLOUT);
	CHECK_INT(edge(epoll), 0);
	for (i = 0; i < 3; i++) {
		CHECK_OK(frame_send(packet, FRAME_LEN, i));
		CHECK_INT(edge(epoll), EPOLLIN | EPOLLOUT);
		CHECK_INT(edge(epoll), 0);
	}
	for (i = 0; i < 3; i++)
		CHECK_INT(read(fd, buffer, sizeof(buffer)), FRAME_LEN);
	CHECK_INT(edge(epoll), 0);
	close(epoll);
}

static void test_up_wakes_writers(void)
{
	int fd = device_open("tap0", TAP), epoll = edge_open(fd);

	CHECK_INT(edge(epoll), 0);
	CHECK_OK(if_up("tap0"));
	CHECK_INT(edge(epoll), EPOLLOUT);
	close(epoll);
}

static void test_deletion_wakes_all(void)
{
	int fd = device_up("tap0", TAP), epoll = edge_open(fd);

	CHECK_INT(edge(epoll), EPOLLOUT);
	CHECK_OK(if_delete("tap0"));
	CHECK_INT(edge(epoll), EPOLLERR);
	CHECK_INT(wait_for(fd, POLLIN | POLLOUT, 0), POLLERR);
	close(epoll);
}

static void test_detached_queue_has_nothing(void)
{
	int fd = device_up("tap0", TAP | IFF_MULTI_QUEUE), packet;

	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(wait_for(fd, POLLIN, 0), POLLIN);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	CHECK_INT(wait_for(fd, POLLIN | POLLOUT, 0), POLLOUT);
}

/* ---- SIGIO ---- */

/* The band of a SIGIO that is pending, 0 when none is. */
static int signalled(void)
{
	const struct timespec now = { 0 };
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	return sigtimedwait(&set, &info, &now) == SIGIO ? info.si_band : 0;
}

static void sigio_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void test_signal_a_frame(void)
{
	int fd = device_up("tap0", TAP), packet;

	sigio_block();
	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 0));
	CHECK_INT(signalled(), 0);
	fd_flag(fd, O_ASYNC, true);
	CHECK_INT(fcntl(fd, F_GETOWN), getpid());
	CHECK_OK(fcntl(fd, F_SETSIG, SIGIO));
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK(signalled() & POLLIN);
	CHECK_OK(frame_send(packet, FRAME_LEN, 2));
	CHECK(signalled() & POLLIN);
	fd_flag(fd, O_ASYNC, false);
	CHECK_OK(frame_send(packet, FRAME_LEN, 3));
	CHECK_INT(signalled(), 0);
}

static void test_signal_by_fioasync(void)
{
	int fd = device_up("tap0", TAP), on = 1, packet;

	sigio_block();
	packet = packet_open("tap0", 0);
	CHECK_OK(ioctl(fd, FIOASYNC, &on));
	CHECK(fcntl(fd, F_GETFL) & O_ASYNC);
	CHECK_OK(fcntl(fd, F_SETSIG, SIGIO));
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK(signalled() & POLLIN);
}

static void test_signal_before_the_device(void)
{
	char name[IFNAMSIZ] = "tap0";
	int fd = node_open(O_NONBLOCK), packet;

	sigio_block();
	fd_flag(fd, O_ASYNC, true);
	CHECK_OK(fcntl(fd, F_SETSIG, SIGIO));
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	while (signalled())
		;
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK(signalled() & POLLIN);
}

static void test_signal_when_writable(void)
{
	int fd = device_open("tap0", TAP);

	sigio_block();
	fd_flag(fd, O_ASYNC, true);
	CHECK_OK(fcntl(fd, F_SETSIG, SIGIO));
	CHECK_INT(wait_for(fd, POLLOUT, 0), 0);
	CHECK_OK(if_up("tap0"));
	CHECK(signalled() & POLLOUT);
}

static const struct check_test tests[] = {
	{ "poll: levels", test_level },
	{ "poll: an edge a frame", test_an_edge_a_frame },
	{ "poll: up wakes writers", test_up_wakes_writers },
	{ "poll: deletion wakes all", test_deletion_wakes_all },
	{ "poll: a detached queue has nothing to read",
	  test_detached_queue_has_nothing },
	{ "poll: a signal a frame", test_signal_a_frame },
	{ "poll: a signal by FIOASYNC", test_signal_by_fioasync },
	{ "poll: a signal asked for before the device",
	  test_signal_before_the_device },
	{ "poll: a signal when writable", test_signal_when_writable },
};

DRIVER_MAIN(tests)
