// SPDX-License-Identifier: GPL-2.0-or-later
/* The length of the queues towards user space. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define TUN	(IFF_TUN | IFF_NO_PI)
#define TAP	(IFF_TAP | IFF_NO_PI)
#define MANY	(TAP | IFF_MULTI_QUEUE)

static int set_length(const char *name, int length)
{
	struct ifreq ifr = { .ifr_qlen = length };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret, err;

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	ret = ioctl(fd, SIOCSIFTXQLEN, &ifr);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

static uint64_t dropped(const char *name)
{
	struct tun_link link;

	CHECK_OK(tun_link_get(name, &link));
	return link.tx_dropped;
}

/* Sends frames; how many of them were queued. */
static int send_many(int packet, int count)
{
	int i, sent = 0;

	for (i = 0; i < count; i++)
		sent += !frame_send(packet, 60, i);
	return sent;
}

/* Reads all there is; frames must come in order and without a hole. */
static int read_all(int fd, int first)
{
	uint8_t frame[128], expected[60];
	int count = 0;

	while (wait_for(fd, POLLIN, 0)) {
		CHECK_INT(read(fd, frame, sizeof(frame)), 60);
		frame_fill(expected, sizeof(expected), first + count++);
		CHECK_MEM(frame, expected, sizeof(expected));
	}
	return count;
}

static void check_capacity(const char *name, int fd, int length)
{
	int packet = packet_open(name, 0);
	uint64_t before = dropped(name);

	send_many(packet, length + 10);
	CHECK_INT(dropped(name) - before, 10);
	CHECK_INT(read_all(fd, 0), length);
}

static void test_default_of_tap(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(if_up("tap0"));
	check_capacity("tap0", fd, 1000);
}

static void test_default_of_tun(void)
{
	int fd = device_open("tun0", TUN);

	CHECK_OK(if_up("tun0"));
	check_capacity("tun0", fd, 500);
}

static void test_full_ring_drops_the_newest(void)
{
	int fd = device_open("tap0", TAP), packet;

	CHECK_OK(if_up("tap0"));
	CHECK_OK(set_length("tap0", 8));
	packet = packet_open("tap0", 0);
	CHECK_INT(send_many(packet, 8), 8);
	CHECK_ERRNO(frame_send(packet, 60, 8), ENOBUFS);
	CHECK_INT(dropped("tap0"), 1);
	CHECK_INT(read_all(fd, 0), 8);
	CHECK_OK(frame_send(packet, 60, 0));
}

static void test_longer_keeps_what_waits(void)
{
	int fd = device_open("tap0", TAP), packet;

	CHECK_OK(if_up("tap0"));
	CHECK_OK(set_length("tap0", 16));
	packet = packet_open("tap0", 0);
	send_many(packet, 16);
	CHECK_OK(set_length("tap0", 32));
	CHECK_INT(read_all(fd, 0), 16);
	check_capacity("tap0", fd, 32);
}

static void test_shorter_keeps_the_oldest(void)
{
	int fd = device_open("tap0", TAP), packet;

	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	send_many(packet, 100);
	CHECK_OK(set_length("tap0", 10));
	CHECK_INT(read_all(fd, 0), 10);
	check_capacity("tap0", fd, 10);
}

static void test_all_queues_change(void)
{
	int fd[3], i;

	for (i = 0; i < 3; i++)
		fd[i] = device_open("tap0", MANY);
	CHECK_OK(if_up("tap0"));
	CHECK_OK(set_queue(fd[1], IFF_DETACH_QUEUE));
	CHECK_OK(set_length("tap0", 12));
	CHECK_OK(set_queue(fd[1], IFF_ATTACH_QUEUE));
	node_close(fd[0]);
	node_close(fd[2]);
	check_capacity("tap0", fd[1], 12);
}

static void test_length_at_attach(void)
{
	int fd;

	device_make("tap0", TAP);
	CHECK_OK(set_length("tap0", 20));
	fd = device_open("tap0", TAP);
	CHECK_OK(if_up("tap0"));
	check_capacity("tap0", fd, 20);
}

static void test_no_length(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(if_up("tap0"));
	CHECK_OK(set_length("tap0", 0));
	check_capacity("tap0", fd, 0);
	CHECK_OK(set_length("tap0", 4));
	check_capacity("tap0", fd, 4);
}

static void test_a_length_too_long_changes_nothing(void)
{
	int fd = device_open("tap0", TAP), packet;
	struct tun_link link;

	CHECK_OK(if_up("tap0"));
	CHECK_OK(set_length("tap0", 8));
	packet = packet_open("tap0", 0);
	send_many(packet, 8);
	CHECK_INT(set_length("tap0", 0x7fffffff), -1);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.tx_queue_len, 8);
	CHECK_INT(read_all(fd, 0), 8);
	check_capacity("tap0", fd, 8);
}

/* What waits for a reader takes nothing of its sender's buffer. */
static void test_not_the_senders(void)
{
	int packet, room = 2048;

	device_up("tap0", TAP);
	packet = packet_open("tap0", 0);
	CHECK_OK(setsockopt(packet, SOL_SOCKET, SO_SNDBUF, &room,
			    sizeof(room)));
	fd_flag(packet, O_NONBLOCK, true);
	CHECK_INT(send_many(packet, 100), 100);
}

static const struct check_test tests[] = {
	{ "txqueuelen: 1000 frames on TAP", test_default_of_tap },
	{ "txqueuelen: 500 frames on TUN", test_default_of_tun },
	{ "txqueuelen: the newest is dropped and counted",
	  test_full_ring_drops_the_newest },
	{ "txqueuelen: longer keeps what waits",
	  test_longer_keeps_what_waits },
	{ "txqueuelen: shorter keeps the oldest",
	  test_shorter_keeps_the_oldest },
	{ "txqueuelen: all queues change", test_all_queues_change },
	{ "txqueuelen: a queue has the length at its attach",
	  test_length_at_attach },
	{ "txqueuelen: what waits is not the sender's",
	  test_not_the_senders },
	{ "txqueuelen: none at all", test_no_length },
	{ "txqueuelen: one too long changes nothing",
	  test_a_length_too_long_changes_nothing },
};

DRIVER_MAIN(tests)
