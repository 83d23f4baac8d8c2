// SPDX-License-Identifier: GPL-2.0-or-later
/* What read() gives: headers, sizes, what is lost and what stays queued. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define PI_LEN		((int)sizeof(struct tun_pi))
#define VNET_LEN	((int)sizeof(struct virtio_net_hdr))
#define TAP		(IFF_TAP | IFF_NO_PI)

static void *volatile nowhere = (void *)16;
static uint8_t buffer[80000], frame[FRAME_LEN];
static int fd, packet;

/* A device with the frames 1 and 2 in its queue. */
static void have_two(unsigned int flags)
{
	fd = device_up("tap0", flags);
	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_OK(frame_send(packet, FRAME_LEN, 2));
	memset(buffer, 0xaa, sizeof(buffer));
	frame_fill(frame, FRAME_LEN, 1);
}

/* The number of the next frame in the queue, after headers of this length. */
static int next_number(int header)
{
	if (read(fd, buffer, sizeof(buffer)) != header + FRAME_LEN)
		return -1;
	return buffer[header + ETH_HLEN] - ETH_HLEN;
}

static void test_no_room_takes_nothing(void)
{
	have_two(TAP);
	CHECK_INT(read(fd, buffer, 0), 0);
	CHECK_INT(next_number(0), 1);
	CHECK_INT(next_number(0), 2);
	CHECK_ERRNO(read(fd, buffer, 1), EAGAIN);
	fd_flag(fd, O_NONBLOCK, false);
	CHECK_INT(read(fd, buffer, 0), 0);
}

static void test_one_frame_a_read(void)
{
	have_two(TAP);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), FRAME_LEN);
	CHECK_MEM(buffer, frame, FRAME_LEN);
	CHECK_INT(buffer[FRAME_LEN], 0xaa);
	CHECK_INT(next_number(0), 2);
}

static void test_the_rest_is_lost(void)
{
	int len;

	have_two(TAP);
	CHECK_INT(read(fd, buffer, 1), 1);
	CHECK_INT(buffer[1], 0xaa);
	CHECK_INT(next_number(0), 2);
	for (len = 1; len < FRAME_LEN; len++) {
		memset(buffer, 0xaa, sizeof(buffer));
		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_INT(read(fd, buffer, len), len);
		CHECK_MEM(buffer, frame, len);
		CHECK_INT(buffer[len], 0xaa);
	}
	CHECK_ERRNO(read(fd, buffer, 1), EAGAIN);
}

static void test_information_tells_the_protocol(void)
{
	struct tun_pi *pi = (void *)buffer;

	have_two(IFF_TAP);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), PI_LEN + FRAME_LEN);
	CHECK_INT(pi->flags, 0);
	CHECK_INT(ntohs(pi->proto), TEST_PROTO);
	CHECK_MEM(buffer + PI_LEN, frame, FRAME_LEN);
}

static void test_information_on_tun(void)
{
	static const uint8_t ipx[30] = { 0xff, 0xff, 0, 30 };
	struct tun_pi *pi = (void *)buffer;

	fd = device_up("tun0", IFF_TUN);
	packet = packet_open("tun0", 0x8137);
	CHECK_INT(send(packet, ipx, sizeof(ipx), 0), sizeof(ipx));
	CHECK_INT(read(fd, buffer, sizeof(buffer)),
		  PI_LEN + (int)sizeof(ipx));
	CHECK_INT(pi->flags, 0);
	CHECK_INT(ntohs(pi->proto), 0x8137);
	CHECK_MEM(buffer + PI_LEN, ipx, sizeof(ipx));
}

/* Who sends a packet without saying what it is has the device look. */
static void test_information_from_the_packet(void)
{
	static const uint8_t firsts[] = { 0x45, 0x60 };
	static const int protos[] = { ETH_P_IP, ETH_P_IPV6 };
	struct tun_pi *pi = (void *)buffer;
	uint8_t ip[40] = { 0 };
	size_t i;

	fd = device_up("tun0", IFF_TUN);
	packet = packet_open("tun0", 0);
	for (i = 0; i < 2; i++) {
		ip[0] = firsts[i];
		CHECK_INT(send(packet, ip, sizeof(ip), 0), sizeof(ip));
		CHECK_INT(read(fd, buffer, sizeof(buffer)),
			  PI_LEN + (int)sizeof(ip));
		CHECK_INT(ntohs(pi->proto), protos[i]);
	}
}

static void test_information_tells_of_a_loss(void)
{
	struct tun_pi *pi = (void *)buffer;
	int len, total = PI_LEN + FRAME_LEN;

	have_two(IFF_TAP);
	CHECK_INT(next_number(PI_LEN), 1);
	CHECK_INT(next_number(PI_LEN), 2);
	for (len = PI_LEN; len <= total + 1; len++) {
		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_INT(read(fd, buffer, len), len < total ? len : total);
		CHECK_INT(pi->flags, len < total ? TUN_PKT_STRIP : 0);
		CHECK_INT(ntohs(pi->proto), TEST_PROTO);
	}
}

static void lost_without_room_for(unsigned int flags, int header)
{
	int len;

	have_two(flags);
	CHECK_INT(next_number(header), 1);
	CHECK_INT(next_number(header), 2);
	for (len = 1; len < header; len++) {
		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_ERRNO(read(fd, buffer, len), EINVAL);
		CHECK_ERRNO(read(fd, buffer, header), EAGAIN);
	}
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, buffer, header), header);
}

static void test_headers_need_room(void)
{
	lost_without_room_for(IFF_TAP, PI_LEN);
	node_close(fd);
	lost_without_room_for(TAP | IFF_VNET_HDR, VNET_LEN);
	node_close(fd);
	lost_without_room_for(IFF_TAP | IFF_VNET_HDR, PI_LEN + VNET_LEN);
}

static void test_loss_counts_all_headers(void)
{
	struct tun_pi *pi = (void *)buffer;
	int total = PI_LEN + VNET_LEN + FRAME_LEN;

	have_two(IFF_TAP | IFF_VNET_HDR);
	CHECK_INT(read(fd, buffer, total - 1), total - 1);
	CHECK_INT(pi->flags, TUN_PKT_STRIP);
	CHECK_INT(read(fd, buffer, total), total);
	CHECK_INT(pi->flags, 0);
}

static void test_network_header_is_zero(void)
{
	static const struct virtio_net_hdr zero;

	have_two(TAP | IFF_VNET_HDR);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), VNET_LEN + FRAME_LEN);
	CHECK_MEM(buffer, &zero, VNET_LEN);
	CHECK_MEM(buffer + VNET_LEN, frame, FRAME_LEN);
}

static void test_larger_network_header(void)
{
	static const int sizes[] = { 11, 12, 20, 24, 70000 };
	size_t i;
	int j;

	have_two(TAP | IFF_VNET_HDR);
	CHECK_INT(next_number(VNET_LEN), 1);
	CHECK_INT(next_number(VNET_LEN), 2);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int size = sizes[i];
		/* What the kernel does not fill it left alone before 7.0. */
		int pad = kernel_at_least(7, 0) ? 0 : 0xaa;

		CHECK_OK(ioctl(fd, TUNSETVNETHDRSZ, &size));
		memset(buffer, 0xaa, sizeof(buffer));
		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_OK(frame_send(packet, FRAME_LEN, 2));
		CHECK_INT(read(fd, buffer, sizeof(buffer)), size + FRAME_LEN);
		for (j = 0; j < VNET_LEN; j++)
			CHECK_INT(buffer[j], 0);
		if (!kernel_at_least(6, 13) || kernel_at_least(7, 0))
			for (; j < size; j++)
				CHECK_INT(buffer[j], pad);
		CHECK_MEM(buffer + size, frame, FRAME_LEN);
		CHECK_ERRNO(read(fd, buffer, size - 1), EINVAL);
	}
}

static void test_vector_split_anywhere(void)
{
	int total = PI_LEN + VNET_LEN + FRAME_LEN, at;
	uint8_t whole[PI_LEN + VNET_LEN + FRAME_LEN];

	have_two(IFF_TAP | IFF_VNET_HDR);
	CHECK_INT(read(fd, whole, sizeof(whole)), total);
	CHECK_INT(next_number(PI_LEN + VNET_LEN), 2);
	for (at = 0; at <= total; at++) {
		uint8_t first[sizeof(whole)], second[sizeof(whole)];
		struct iovec parts[] = {
			{ first, at }, { NULL, 0 }, { second, total - at },
		};

		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_INT(readv(fd, parts, 3), total);
		CHECK_MEM(first, whole, at);
		CHECK_MEM(second, whole + at, total - at);
	}
}

static void test_vector_of_bytes(void)
{
	struct iovec parts[FRAME_LEN];
	int i;

	have_two(TAP);
	for (i = 0; i < FRAME_LEN; i++)
		parts[i] = (struct iovec){ buffer + FRAME_LEN - 1 - i, 1 };
	CHECK_INT(readv(fd, parts, FRAME_LEN), FRAME_LEN);
	for (i = 0; i < FRAME_LEN; i++)
		CHECK_INT(buffer[FRAME_LEN - 1 - i], frame[i]);
}

/* A program that hands over bad memory loses the frame, and is not told. */
static void test_bad_memory(void)
{
	struct iovec parts[] = { { buffer, PI_LEN }, { nowhere, 100 } };

	have_two(IFF_TAP);
	CHECK_INT(readv(fd, parts, 2), PI_LEN + FRAME_LEN);
	CHECK_ERRNO(read(fd, nowhere, 100), EFAULT);
	CHECK_ERRNO(read(fd, buffer, 100), EAGAIN);
}

static void test_large_frames(void)
{
	static const int lens[] = {
		1514, 4096, 9000, 32768, 65535,
	};
	static uint8_t large[65535];
	size_t i;

	fd = device_up("tap0", TAP);
	CHECK_OK(if_set_mtu("tap0", 65521));
	packet = packet_open("tap0", 0);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		frame_fill(large, lens[i], i);
		CHECK_OK(frame_send(packet, lens[i], i));
		CHECK_INT(read(fd, buffer, sizeof(buffer)), lens[i]);
		CHECK_MEM(buffer, large, lens[i]);
	}
}

static void test_offset_means_nothing(void)
{
	have_two(TAP);
	CHECK_INT(pread(fd, buffer, sizeof(buffer), 1000), FRAME_LEN);
	CHECK_INT(pread(fd, buffer, sizeof(buffer), 0), FRAME_LEN);
	CHECK_INT(buffer[ETH_HLEN], 2 + ETH_HLEN);
}

static const struct check_test tests[] = {
	{ "read: no room takes nothing", test_no_room_takes_nothing },
	{ "read: one frame a read", test_one_frame_a_read },
	{ "read: the rest is lost", test_the_rest_is_lost },
	{ "read: packet information tells the protocol",
	  test_information_tells_the_protocol },
	{ "read: packet information on tun", test_information_on_tun },
	{ "read: packet information from the packet",
	  test_information_from_the_packet },
	{ "read: packet information tells of a loss",
	  test_information_tells_of_a_loss },
	{ "read: headers need room", test_headers_need_room },
	{ "read: a loss counts all headers", test_loss_counts_all_headers },
	{ "read: the network header is zero", test_network_header_is_zero },
	{ "read: a larger network header", test_larger_network_header },
	{ "read: a vector split anywhere", test_vector_split_anywhere },
	{ "read: a vector of bytes", test_vector_of_bytes },
	{ "read: bad memory", test_bad_memory },
	{ "read: large frames", test_large_frames },
	{ "read: an offset means nothing", test_offset_means_nothing },
};

DRIVER_MAIN(tests)
