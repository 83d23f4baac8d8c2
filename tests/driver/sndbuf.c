// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The send buffer: how much of what was written the stack may still hold. GRO
 * is made to hold a frame: it keeps a TCP segment for gro_flush_timeout.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "driver.h"
#include "ip.h"

#define TAP	(IFF_TAP | IFF_NO_PI)
#define SMALL	1000		/* bytes; one frame fills it */

static uint8_t frame[2000];

static int get_sndbuf(int fd)
{
	int value = -2;

	CHECK_OK(ioctl(fd, TUNGETSNDBUF, &value));
	return value;
}

static void test_is_not_limited_at_first(void)
{
	CHECK_INT(get_sndbuf(device_open("tap0", TAP)), INT_MAX);
}

static void test_is_positive(void)
{
	static const int good[] = { 1, 2, 4096, INT_MAX - 1, INT_MAX };
	static const int bad[] = { 0, -1, INT_MIN };
	int fd = device_open("tap0", TAP), value;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		value = good[i];
		CHECK_OK(ioctl(fd, TUNSETSNDBUF, &value));
		CHECK_INT(get_sndbuf(fd), good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		value = bad[i];
		CHECK_ERRNO(ioctl(fd, TUNSETSNDBUF, &value), EINVAL);
		CHECK_INT(get_sndbuf(fd), INT_MAX);
	}
}

/* What is set concerns the queues that are attached then, no other. */
static void test_of_the_attached_queues(void)
{
	int queues[4], value = 4096, i;

	for (i = 0; i < 3; i++)
		queues[i] = device_open("tap0", TAP | IFF_MULTI_QUEUE);
	CHECK_OK(set_queue(queues[2], IFF_DETACH_QUEUE));
	CHECK_OK(ioctl(queues[0], TUNSETSNDBUF, &value));
	queues[3] = device_open("tap0", TAP | IFF_MULTI_QUEUE);
	CHECK_INT(get_sndbuf(queues[0]), 4096);
	CHECK_INT(get_sndbuf(queues[1]), 4096);
	CHECK_INT(get_sndbuf(queues[2]), INT_MAX);
	CHECK_INT(get_sndbuf(queues[3]), INT_MAX);
	CHECK_OK(set_queue(queues[2], IFF_ATTACH_QUEUE));
	CHECK_INT(get_sndbuf(queues[2]), INT_MAX);
}

/* A device whose buffer is filled by one frame, which GRO holds. */
static int full_device(void)
{
	int fd = device_up("tap0", TAP | IFF_NAPI), value = SMALL;
	size_t len = tcp_frame(frame, ETH_HLEN, 1400, 1, 500);

	gro_hold("tap0");
	CHECK_OK(ioctl(fd, TUNSETSNDBUF, &value));
	CHECK_INT(write(fd, frame, len), (int)len);
	return fd;
}

static void test_full_refuses(void)
{
	int fd = full_device();
	struct tun_link before, after;

	CHECK_OK(tun_link_get("tap0", &before));
	CHECK_ERRNO(write(fd, frame, 60), EAGAIN);
	CHECK_OK(tun_link_get("tap0", &after));
	CHECK_INT(after.rx_dropped, before.rx_dropped);
	CHECK_INT(after.rx_packets, before.rx_packets);
}

static void test_writable_when_drained(void)
{
	int fd = full_device(), value = 1000000;

	CHECK_INT(wait_for(fd, POLLOUT, 0), 0);
	/* Half of it must be free. */
	CHECK_OK(ioctl(fd, TUNSETSNDBUF, &value));
	CHECK_INT(wait_for(fd, POLLOUT, 0), POLLOUT);
	value = SMALL;
	CHECK_OK(ioctl(fd, TUNSETSNDBUF, &value));
	CHECK_INT(wait_for(fd, POLLOUT, 0), 0);
	CHECK_INT(wait_for(fd, POLLOUT, PATIENCE), POLLOUT);
	CHECK_INT(write(fd, frame, 60), 60);
}

static volatile sig_atomic_t alarmed;

static void on_alarm(int signal)
{
	alarmed = signal;
}

/*
 * What drains wakes who waits. In the kernel's own driver it wakes only those
 * in poll(): a write sleeps on until a signal or a frame from the stack.
 */
static void test_full_blocks(void)
{
	const struct itimerval timer = {
		.it_value.tv_sec = slowness(),
	};
	struct sigaction action = { .sa_handler = on_alarm };
	int fd = full_device();

	alarmed = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	fd_flag(fd, O_NONBLOCK, false);
	CHECK_INT(write(fd, frame, 60), 60);
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	CHECK_INT(alarmed, ours() ? 0 : SIGALRM);
}

static const struct check_test tests[] = {
	{ "sndbuf: not limited at first", test_is_not_limited_at_first },
	{ "sndbuf: positive", test_is_positive },
	{ "sndbuf: of the attached queues", test_of_the_attached_queues },
	{ "sndbuf: a full one refuses", test_full_refuses },
	{ "sndbuf: writable when drained", test_writable_when_drained },
	{ "sndbuf: a full one blocks", test_full_blocks },
};

DRIVER_MAIN(tests)
