// SPDX-License-Identifier: GPL-2.0-or-later
/* Many queues: their number, TUNSETQUEUE, who gets which frame. */
#include <errno.h>
#include <linux/filter.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define MANY	(IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE)

static void check_counts(int attached, int detached)
{
	struct tun_link link;

	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.queues, attached);
	CHECK_INT(link.queues_detached, detached);
}

static bool stack_has_queue(unsigned int index)
{
	char tx[64], rx[64];
	bool has_tx, has_rx;

	snprintf(tx, sizeof(tx), "queues/tx-%u/tx_timeout", index);
	snprintf(rx, sizeof(rx), "queues/rx-%u/rps_flow_cnt", index);
	has_tx = if_sysfs("tap0", tx) >= 0;
	has_rx = if_sysfs("tap0", rx) >= 0;
	CHECK_INT(has_tx, has_rx);
	return has_tx;
}

static void test_number_of_queues(void)
{
	char name[IFNAMSIZ] = "tap0";
	int fd[256], i;

	for (i = 0; i < 256; i++)
		fd[i] = device_open("tap0", MANY);
	check_counts(256, 0);
	CHECK(stack_has_queue(255));
	CHECK_ERRNO(set_iff(node_open(0), name, MANY), E2BIG);
	/* Those that are detached count. */
	CHECK_OK(set_queue(fd[17], IFF_DETACH_QUEUE));
	check_counts(255, 1);
	CHECK_ERRNO(set_iff(node_open(0), name, MANY), E2BIG);
	CHECK_OK(set_queue(fd[17], IFF_ATTACH_QUEUE));
	node_close(fd[99]);
	CHECK_OK(set_iff(node_open(0), name, MANY));
	check_counts(256, 0);
}

static void test_stack_follows(void)
{
	int first = device_open("tap0", MANY), second;

	CHECK(stack_has_queue(0) && !stack_has_queue(1));
	second = device_open("tap0", MANY);
	CHECK(stack_has_queue(1) && !stack_has_queue(2));
	CHECK_OK(set_queue(first, IFF_DETACH_QUEUE));
	CHECK(stack_has_queue(0) && !stack_has_queue(1));
	CHECK_OK(set_queue(first, IFF_ATTACH_QUEUE));
	CHECK(stack_has_queue(1));
	node_close(second);
	CHECK(stack_has_queue(0) && !stack_has_queue(1));
}

static void test_rules(void)
{
	int fd = device_open("tap0", MANY);
	const unsigned int both = IFF_ATTACH_QUEUE | IFF_DETACH_QUEUE;

	CHECK_ERRNO(set_queue(fd, 0), EINVAL);
	CHECK_ERRNO(set_queue(fd, IFF_TAP), EINVAL);
	CHECK_ERRNO(set_queue(fd, IFF_ATTACH_QUEUE), EINVAL);
	CHECK_ERRNO(set_queue(fd, both), EINVAL);
	CHECK_ERRNO(ioctl(fd, TUNSETQUEUE, 8), EFAULT);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	check_counts(0, 1);
	CHECK_ERRNO(set_queue(fd, IFF_DETACH_QUEUE), EINVAL);
	CHECK_OK(set_queue(fd, both));
	check_counts(1, 0);
}

static void test_single_queue_cannot(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI);

	CHECK_ERRNO(set_queue(fd, IFF_DETACH_QUEUE), EINVAL);
	CHECK_ERRNO(set_queue(fd, IFF_ATTACH_QUEUE), EINVAL);
}

/* ---- Which queue gets a frame: a program says, the test knows. ---- */

static void steer(int fd, int number)
{
	int program = program_load(number);

	if (program < 0)
		SKIP("no eBPF: %s", strerror(errno));
	CHECK_OK(ioctl(fd, TUNSETSTEERINGEBPF, &program));
	close(program);
}

/* Sends a frame to the queue of that index; fails unless fd gets it. */
static void check_index(int packet, int fd, int index)
{
	uint8_t frame[128];

	steer(fd, index);
	CHECK_OK(frame_send(packet, 60, index));
	if (!wait_for(fd, POLLIN, PATIENCE))
		FAIL("queue %d is not this descriptor's", index);
	CHECK_INT(read(fd, frame, sizeof(frame)), 60);
}

static int open_up(int fd[], int count)
{
	int i;

	for (i = 0; i < count; i++)
		fd[i] = device_open("tap0", MANY);
	CHECK_OK(if_up("tap0"));
	return packet_open("tap0", 0);
}

static void test_indices(void)
{
	int fd[3], packet = open_up(fd, 3);

	check_index(packet, fd[0], 0);
	check_index(packet, fd[1], 1);
	check_index(packet, fd[2], 2);
	check_index(packet, fd[1], 4);
}

static void test_last_moves_into_the_hole(void)
{
	int fd[4], packet = open_up(fd, 4);

	CHECK_OK(set_queue(fd[0], IFF_DETACH_QUEUE));
	check_index(packet, fd[3], 0);
	check_index(packet, fd[1], 1);
	check_index(packet, fd[2], 2);
	/* Attached again it is the last. */
	CHECK_OK(set_queue(fd[0], IFF_ATTACH_QUEUE));
	check_index(packet, fd[0], 3);
	node_close(fd[1]);
	check_index(packet, fd[0], 1);
	check_index(packet, fd[2], 2);
}

static void test_closing_a_detached_one_moves_none(void)
{
	int fd[3], packet = open_up(fd, 3);

	CHECK_OK(set_queue(fd[0], IFF_DETACH_QUEUE));
	node_close(fd[0]);
	check_counts(2, 0);
	check_index(packet, fd[2], 0);
	check_index(packet, fd[1], 1);
}

static void test_detached_queue_gets_nothing(void)
{
	int fd[2], packet = open_up(fd, 2), i;

	CHECK_OK(set_queue(fd[1], IFF_DETACH_QUEUE));
	steer(fd[0], 1);
	for (i = 0; i < 8; i++)
		CHECK_OK(frame_send(packet, 60, i));
	CHECK_INT(wait_for(fd[1], POLLIN, 0), 0);
	CHECK_INT(wait_for(fd[0], POLLIN, PATIENCE), POLLIN);
}

static void test_detaching_drops_what_waits(void)
{
	int fd[2], packet = open_up(fd, 2);

	steer(fd[0], 1);
	CHECK_OK(frame_send(packet, 60, 1));
	CHECK_INT(wait_for(fd[1], POLLIN, PATIENCE), POLLIN);
	CHECK_OK(set_queue(fd[1], IFF_DETACH_QUEUE));
	CHECK_INT(wait_for(fd[1], POLLIN, 0), 0);
	CHECK_OK(set_queue(fd[1], IFF_ATTACH_QUEUE));
	CHECK_INT(wait_for(fd[1], POLLIN, 0), 0);
	check_index(packet, fd[1], 1);
}

static void test_nobody_attached(void)
{
	struct tun_link before, after;
	int fd[1], packet = open_up(fd, 1), on = 1;

	CHECK_OK(set_queue(fd[0], IFF_DETACH_QUEUE));
	CHECK_OK(tun_link_get("tap0", &before));
	CHECK_INT(before.carrier, 1);
	CHECK_ERRNO(ioctl(fd[0], TUNSETCARRIER, &on), EPERM);
	frame_send(packet, 60, 1);
	CHECK_OK(tun_link_get("tap0", &after));
	CHECK_INT(after.tx_dropped - before.tx_dropped, 1);
	CHECK_OK(set_queue(fd[0], IFF_ATTACH_QUEUE));
	CHECK_OK(frame_send(packet, 60, 2));
	CHECK_INT(wait_for(fd[0], POLLIN, PATIENCE), POLLIN);
}

/* ---- Writes on a detached queue ---- */

static void check_write(int fd, int watch)
{
	uint8_t frame[60], got[128];

	frame_fill(frame, sizeof(frame), 9);
	CHECK_INT(write(fd, frame, sizeof(frame)), sizeof(frame));
	CHECK_INT(wait_for(watch, POLLIN, PATIENCE), POLLIN);
	CHECK_INT(recv(watch, got, sizeof(got), 0), sizeof(frame));
	CHECK_MEM(frame, got, sizeof(frame));
}

static void test_detached_queue_writes(void)
{
	int fd[2], watch;

	open_up(fd, 2);
	watch = packet_open("tap0", TEST_PROTO);
	CHECK_OK(set_queue(fd[1], IFF_DETACH_QUEUE));
	check_write(fd[1], watch);
	CHECK_INT(wait_for(fd[1], POLLOUT, 0), POLLOUT);
}

static void test_detached_napi_queue_does_not(void)
{
	int fd = device_open("tap0", MANY | IFF_NAPI), watch;
	uint8_t frame[60];

	CHECK_OK(if_up("tap0"));
	watch = packet_open("tap0", TEST_PROTO);
	check_write(fd, watch);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	frame_fill(frame, sizeof(frame), 1);
	CHECK_ERRNO(write(fd, frame, sizeof(frame)), EBUSY);
	CHECK_OK(set_queue(fd, IFF_ATTACH_QUEUE));
	check_write(fd, watch);
	CHECK_INT(wait_for(watch, POLLIN, 0), 0);
}

/* ---- Which queue the stack is told of ---- */

/* As much of each frame is received as the number of its queue, plus one. */
static int watch_queue_numbers(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_QUEUE),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = { .len = 2, .filter = code };
	int watch = packet_open("tap0", TEST_PROTO);

	CHECK_OK(setsockopt(watch, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			    sizeof(program)));
	return watch;
}

static void check_number(int fd, int watch, int number)
{
	uint8_t frame[60];

	frame_fill(frame, sizeof(frame), 1);
	CHECK_INT(write(fd, frame, sizeof(frame)), sizeof(frame));
	CHECK_INT(wait_for(watch, POLLIN, 1000), POLLIN);
	CHECK_INT(recv(watch, frame, sizeof(frame), 0), number + 1);
}

static void test_stack_is_told_of_the_queue(void)
{
	int fd[4], i, watch;

	open_up(fd, 4);
	watch = watch_queue_numbers();
	for (i = 0; i < 4; i++)
		check_number(fd[i], watch, i);
	CHECK_OK(set_queue(fd[1], IFF_DETACH_QUEUE));
	check_number(fd[3], watch, 1);
	node_close(fd[0]);
	check_number(fd[2], watch, 0);
	CHECK_OK(set_queue(fd[1], IFF_ATTACH_QUEUE));
	check_number(fd[1], watch, 2);
}

static const struct check_test tests[] = {
	{ "queues: at most 256, the detached ones too",
	  test_number_of_queues },
	{ "queues: the stack has as many", test_stack_follows },
	{ "queues: rules of TUNSETQUEUE", test_rules },
	{ "queues: a single queue stays attached", test_single_queue_cannot },
	{ "queues: indices are in the order of attaching", test_indices },
	{ "queues: the last moves into the hole",
	  test_last_moves_into_the_hole },
	{ "queues: a detached one leaves no hole",
	  test_closing_a_detached_one_moves_none },
	{ "queues: a detached one gets nothing",
	  test_detached_queue_gets_nothing },
	{ "queues: detaching drops what waits",
	  test_detaching_drops_what_waits },
	{ "queues: the stack is told of a frame's queue",
	  test_stack_is_told_of_the_queue },
	{ "queues: nobody attached", test_nobody_attached },
	{ "queues: a detached one writes", test_detached_queue_writes },
	{ "queues: a detached one with NAPI does not",
	  test_detached_napi_queue_does_not },
};

DRIVER_MAIN(tests)
