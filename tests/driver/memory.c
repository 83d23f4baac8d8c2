// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory of the caller's that ends in the middle of a large frame. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define PAGE	4096
#define PAGES	20
#define PI_LEN	((int)sizeof(struct tun_pi))
#define TAP	(IFF_TAP | IFF_NO_PI)

/* Where a copy stops may be a few bytes before the fault. */
#define SLACK	64

static const int lens[] = { 3000, 9000, 65535 };
static uint8_t expected[65536];
static uint8_t *memory;

/* Pages, of which the one of that number is not there. */
static uint8_t *memory_with_hole(int number)
{
	if (!memory)
		memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(memory != MAP_FAILED);
	CHECK_OK(mprotect(memory, PAGES * PAGE, PROT_READ | PROT_WRITE));
	memset(memory, 0xaa, PAGES * PAGE);
	CHECK_OK(mprotect(memory + number * PAGE, PAGE, PROT_NONE));
	return memory;
}

/* The frame begins so that the hole is at this offset of it. */
static uint8_t *hole_at(int offset)
{
	int page = (offset + PAGE - 1) / PAGE;

	return memory_with_hole(page) + page * PAGE - offset;
}

static int64_t dropped(const char *name)
{
	struct tun_link link;

	CHECK_OK(tun_link_get(name, &link));
	return link.rx_dropped;
}

static void check_write(int fd, const char *name, int packet, int len, int at)
{
	int64_t before = dropped(name);

	CHECK_ERRNO(write(fd, hole_at(at), len), EFAULT);
	CHECK_INT(dropped(name) - before, 1);
	CHECK_INT(wait_for(packet, POLLIN, 0), 0);
}

static void check_writes(int fd, const char *name, int least)
{
	int packet = packet_open(name, ETH_P_ALL), mode;
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		for (mode = 0; mode < 2; mode++) {
			fd_flag(fd, O_NONBLOCK, mode);
			check_write(fd, name, packet, lens[i], least);
			check_write(fd, name, packet, lens[i], lens[i] / 2);
			check_write(fd, name, packet, lens[i], lens[i] - 1);
		}
	}
	frame_fill(expected, 9000, 1);
	expected[0] = 0x45;
	CHECK_INT(write(fd, expected, 9000), 9000);
	CHECK_INT(wait_for(packet, POLLIN, 0), POLLIN);
}

static void test_writes(void)
{
	check_writes(device_up("tap0", TAP), "tap0", 1);
	check_writes(device_up("tun0", IFF_TUN | IFF_NO_PI), "tun0", 1);
	check_writes(device_up("tap1", IFF_TAP | IFF_NAPI | IFF_NO_PI), "tap1",
		     1);
	check_writes(device_up("tun1", IFF_TUN), "tun1", PI_LEN);
}

/* A header that cannot be read is an error before there is a frame. */
static void test_header_of_a_write(void)
{
	const unsigned int flags = IFF_TAP | IFF_VNET_HDR;
	int fd = device_up("tap0", flags), packet, at;

	packet = packet_open("tap0", TEST_PROTO);
	for (at = 1; at < PI_LEN + (int)sizeof(struct virtio_net_hdr); at++)
		CHECK_ERRNO(write(fd, hole_at(at), 9000), EFAULT);
	CHECK_INT(dropped("tap0"), 0);
	CHECK_INT(wait_for(packet, POLLIN, 0), 0);
}

static int have_one(int packet, int len)
{
	frame_fill(expected, len, 7);
	return frame_send(packet, len, 7);
}

static void check_read(int fd, int packet, int len, int at)
{
	uint8_t *to;

	CHECK_OK(have_one(packet, len));
	to = hole_at(at);
	/* A fault there is the reader's own loss, and is not told. */
	CHECK_INT(read(fd, to, len), len);
	if (at > SLACK)
		CHECK_MEM(to, expected, at - SLACK);
	/* Nothing is written past the hole. */
	CHECK_INT(to[at + PAGE], 0xaa);
	CHECK_ERRNO(read(fd, to, 1), EAGAIN);
}

static void test_reads(void)
{
	int fd = device_up("tap0", TAP), packet = packet_open("tap0", 0);
	size_t i;

	CHECK_OK(if_set_mtu("tap0", 65521));
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		check_read(fd, packet, lens[i], 1);
		check_read(fd, packet, lens[i], lens[i] / 2);
		check_read(fd, packet, lens[i], lens[i] - 1);
		CHECK_OK(have_one(packet, lens[i]));
		CHECK_INT(read(fd, memory_with_hole(PAGES - 1), lens[i]),
			  lens[i]);
		CHECK_MEM(memory, expected, lens[i]);
	}
}

/* Without its headers a frame is lost. */
static void test_header_of_a_read(void)
{
	int headers = PI_LEN + (int)sizeof(struct virtio_net_hdr), at;
	int fd = device_up("tap0", IFF_TAP | IFF_VNET_HDR);
	int packet = packet_open("tap0", 0);

	for (at = 1; at < headers; at++) {
		CHECK_OK(have_one(packet, 1000));
		CHECK_ERRNO(read(fd, hole_at(at), 2000), EFAULT);
		CHECK_ERRNO(read(fd, expected, 2000), EAGAIN);
	}
	CHECK_OK(have_one(packet, 1000));
	CHECK_INT(read(fd, hole_at(headers), 2000), headers + 1000);
}

static const struct check_test tests[] = {
	{ "memory: a large write with a hole", test_writes },
	{ "memory: a hole in the headers of a write",
	  test_header_of_a_write },
	{ "memory: a large read with a hole", test_reads },
	{ "memory: a hole in the headers of a read", test_header_of_a_read },
};

DRIVER_MAIN(tests)
