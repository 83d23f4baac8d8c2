// SPDX-License-Identifier: GPL-2.0-or-later
/* What write() takes: headers, sizes, errors and what they count as. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define PI_LEN		((int)sizeof(struct tun_pi))
#define VNET_LEN	((int)sizeof(struct virtio_net_hdr))
#define TAP		(IFF_TAP | IFF_NO_PI)
#define TUN		(IFF_TUN | IFF_NO_PI)

static void *volatile nowhere = (void *)16;
static uint8_t buffer[200000], frame[200000], got[200000];

/* The next frame that the stack was given has these bytes. */
static void expect_frame(int packet, const uint8_t *expected, int len)
{
	CHECK_INT(recv(packet, got, sizeof(got), MSG_DONTWAIT), len);
	CHECK_MEM(got, expected, len);
}

static void expect_nothing(int packet)
{
	CHECK_ERRNO(recv(packet, got, sizeof(got), MSG_DONTWAIT), EAGAIN);
}

static int packet_with_room(const char *name, int proto)
{
	int packet = packet_open(name, proto), room = 4 << 20;

	CHECK_OK(setsockopt(packet, SOL_SOCKET, SO_RCVBUFFORCE, &room,
			    sizeof(room)));
	return packet;
}

static void test_frames_arrive_whole(void)
{
	static const int lens[] = {
		14, 15, 59, 60, 127, 128, 129, 1514, 2000, 3700, 3800, 3900,
		4000, 4095, 4096, 4097, 8192, 9014, 16384, 32768, 65535,
	};
	int fd = device_up("tap0", TAP), packet;
	size_t i;

	packet = packet_with_room("tap0", TEST_PROTO);
	for (i = 0; i < 2 * sizeof(lens) / sizeof(lens[0]); i++) {
		int len = lens[i / 2];

		/* Blocking writes may be copied in another way. */
		fd_flag(fd, O_NONBLOCK, i % 2);
		frame_fill(frame, len, i);
		CHECK_INT(write(fd, frame, len), len);
		expect_frame(packet, frame, len);
	}
}

static void test_every_length_round_a_page(void)
{
	int fd = device_up("tap0", TAP), packet, len;

	packet = packet_with_room("tap0", TEST_PROTO);
	for (len = 3500; len < 4200; len += 7) {
		fd_flag(fd, O_NONBLOCK, len & 1);
		frame_fill(frame, len, len);
		CHECK_INT(write(fd, frame, len), len);
		expect_frame(packet, frame, len);
	}
}

/* Nothing looks at the MTU: what is larger than any IP packet goes in too. */
static void test_larger_than_any_packet(void)
{
	static const int lens[] = { 65536, 65549, 66000 };
	int fd = device_up("tap0", TAP), packet;
	size_t i;

	packet = packet_with_room("tap0", TEST_PROTO);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		frame_fill(frame, lens[i], i);
		CHECK_INT(write(fd, frame, lens[i]), lens[i]);
		expect_frame(packet, frame, lens[i]);
	}
}

/*
 * Before Linux 6.12 what follows announced headers has to fit in as many pages
 * as an skb has fragments.
 */
static void test_large_with_announced_headers(void)
{
	struct virtio_net_hdr *vnet = (void *)frame;
	int fd = device_up("tap0", TAP | IFF_VNET_HDR), len = 80000, packet;

	packet = packet_with_room("tap0", TEST_PROTO);
	frame_fill(frame + sizeof(*vnet), 60000, 0);
	memset(vnet, 0, sizeof(*vnet));
	vnet->hdr_len = FRAME_LEN;
	CHECK_INT(write(fd, frame, 60000), 60000);
	expect_frame(packet, frame + sizeof(*vnet), 60000 - sizeof(*vnet));
	if (kernel_at_least(6, 12))
		CHECK_INT(write(fd, frame, len), len);
	else
		CHECK_ERRNO(write(fd, frame, len), EMSGSIZE);
}

static void test_needs_an_ethernet_header(void)
{
	int fd = device_up("tap0", TAP), len;

	frame_fill(frame, FRAME_LEN, 0);
	for (len = 0; len < ETH_HLEN; len++)
		CHECK_ERRNO(write(fd, frame, len), EINVAL);
}

static void test_first_nibble_tells_the_protocol(void)
{
	int fd = device_up("tun0", TUN), v4, v6, nibble;

	v4 = packet_open("tun0", ETH_P_IP);
	v6 = packet_open("tun0", ETH_P_IPV6);
	CHECK_ERRNO(write(fd, frame, 0), EINVAL);
	for (nibble = 0; nibble < 16; nibble++) {
		uint8_t byte = nibble << 4 | 5;

		if (nibble != 4 && nibble != 6) {
			CHECK_ERRNO(write(fd, &byte, 1), EINVAL);
			continue;
		}
		CHECK_INT(write(fd, &byte, 1), 1);
		expect_frame(nibble == 4 ? v4 : v6, &byte, 1);
	}
	expect_nothing(v4);
	expect_nothing(v6);
}

static void test_information_tells_the_protocol(void)
{
	static const int protos[] = { 0x8137, ETH_P_IP, TEST_PROTO };
	struct tun_pi *pi = (void *)buffer;
	int fd = device_up("tun0", IFF_TUN);
	size_t i;

	for (i = 0; i < sizeof(protos) / sizeof(protos[0]); i++) {
		int packet = packet_open("tun0", protos[i]);

		memset(buffer, 0xff, 40);
		pi->flags = i;
		pi->proto = htons(protos[i]);
		CHECK_INT(write(fd, buffer, 40), 40);
		expect_frame(packet, buffer + PI_LEN, 40 - PI_LEN);
		CHECK_INT(write(fd, buffer, PI_LEN), PI_LEN);
		/* Taken, though packet sockets do not tell of an empty one. */
		expect_nothing(packet);
	}
	pi->proto = 0;
	CHECK_INT(write(fd, buffer, 40), 40);
	CHECK_INT(write(fd, buffer, PI_LEN), PI_LEN);
}

static void refused_below(unsigned int flags, int least)
{
	int fd = device_up("tap0", flags), len;

	memset(buffer, 0, sizeof(buffer));
	for (len = 0; len < least; len++)
		CHECK_ERRNO(write(fd, buffer, len), EINVAL);
	CHECK_INT(write(fd, buffer, least), least);
	node_close(fd);
}

static void test_headers_alone_are_refused(void)
{
	refused_below(IFF_TAP, PI_LEN + ETH_HLEN);
	refused_below(TAP | IFF_VNET_HDR, VNET_LEN + ETH_HLEN);
	refused_below(IFF_TAP | IFF_VNET_HDR, PI_LEN + VNET_LEN + ETH_HLEN);
	refused_below(IFF_TUN, PI_LEN);
	refused_below(IFF_TUN | IFF_VNET_HDR, PI_LEN + VNET_LEN);
}

static void test_larger_network_header(void)
{
	static const int sizes[] = { 10, 11, 12, 20, 24, 70000 };
	int fd = device_up("tap0", TAP | IFF_VNET_HDR), packet;
	size_t i;

	packet = packet_open("tap0", TEST_PROTO);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int size = sizes[i];

		CHECK_OK(ioctl(fd, TUNSETVNETHDRSZ, &size));
		memset(buffer, 0xaa, size);
		memset(buffer, 0, VNET_LEN);
		frame_fill(buffer + size, FRAME_LEN, i);
		CHECK_ERRNO(write(fd, buffer, size - 1), EINVAL);
		CHECK_ERRNO(write(fd, buffer, size + ETH_HLEN - 1), EINVAL);
		CHECK_INT(write(fd, buffer, size + FRAME_LEN),
			  size + FRAME_LEN);
		expect_frame(packet, buffer + size, FRAME_LEN);
	}
}

static void test_vector_split_anywhere(void)
{
	int fd = device_up("tap0", IFF_TAP | IFF_VNET_HDR);
	int total = PI_LEN + VNET_LEN + FRAME_LEN, at, packet;

	packet = packet_open("tap0", TEST_PROTO);
	memset(buffer, 0, total);
	frame_fill(buffer + PI_LEN + VNET_LEN, FRAME_LEN, 3);
	for (at = 0; at <= total; at++) {
		struct iovec parts[] = {
			{ buffer, at }, { NULL, 0 },
			{ buffer + at, total - at },
		};

		CHECK_INT(writev(fd, parts, 3), total);
		expect_frame(packet, buffer + PI_LEN + VNET_LEN, FRAME_LEN);
	}
}

static void test_vector_of_bytes(void)
{
	int fd = device_up("tap0", TAP), packet, i;
	struct iovec parts[FRAME_LEN];

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, FRAME_LEN, 3);
	for (i = 0; i < FRAME_LEN; i++)
		parts[i] = (struct iovec){ frame + i, 1 };
	CHECK_INT(writev(fd, parts, FRAME_LEN), FRAME_LEN);
	expect_frame(packet, frame, FRAME_LEN);
}

static void test_bad_memory(void)
{
	struct iovec parts[] = { { frame, ETH_HLEN }, { nowhere, 100 } };
	int fd = device_up("tap0", TAP), packet;

	packet = packet_open("tap0", TEST_PROTO);
	CHECK_ERRNO(write(fd, nowhere, 100), EFAULT);
	frame_fill(frame, ETH_HLEN, 0);
	CHECK_ERRNO(writev(fd, parts, 2), EFAULT);
	fd_flag(fd, O_NONBLOCK, false);
	CHECK_ERRNO(writev(fd, parts, 2), EFAULT);
	expect_nothing(packet);
}

static void test_down_is_an_input_error(void)
{
	int fd = device_up("tap0", TAP), packet;

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, FRAME_LEN, 0);
	CHECK_OK(if_down("tap0"));
	CHECK_ERRNO(write(fd, frame, FRAME_LEN), EIO);
	CHECK_ERRNO(write(fd, frame, ETH_HLEN - 1), EINVAL);
	CHECK_ERRNO(write(fd, nowhere, FRAME_LEN), EFAULT);
	CHECK_OK(if_up("tap0"));
	CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
	CHECK(wait_for(packet, POLLIN, 0));
}

static void test_down_after_the_nibble(void)
{
	int fd = device_open("tun0", TUN);

	CHECK_ERRNO(write(fd, "\x10", 1), EINVAL);
	CHECK_ERRNO(write(fd, "\x45", 1), EIO);
}

static void test_carrier_and_mtu_do_not_matter(void)
{
	int fd = device_up("tap0", TAP), packet, off = 0;

	packet = packet_open("tap0", TEST_PROTO);
	CHECK_OK(if_set_mtu("tap0", 68));
	CHECK_OK(ioctl(fd, TUNSETCARRIER, &off));
	frame_fill(frame, 9014, 1);
	CHECK_INT(write(fd, frame, 9014), 9014);
	expect_frame(packet, frame, 9014);
}

static void test_detached_queue_still_writes(void)
{
	int fd = device_up("tap0", TAP | IFF_MULTI_QUEUE), packet;

	device_open("tap0", TAP | IFF_MULTI_QUEUE);
	packet = packet_open("tap0", TEST_PROTO);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	frame_fill(frame, FRAME_LEN, 1);
	CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
	expect_frame(packet, frame, FRAME_LEN);
}

static const struct check_test tests[] = {
	{ "write: frames arrive whole", test_frames_arrive_whole },
	{ "write: every length round a page", test_every_length_round_a_page },
	{ "write: larger than any packet", test_larger_than_any_packet },
	{ "write: large, with announced headers",
	  test_large_with_announced_headers },
	{ "write: needs an Ethernet header", test_needs_an_ethernet_header },
	{ "write: the first nibble tells the protocol",
	  test_first_nibble_tells_the_protocol },
	{ "write: packet information tells the protocol",
	  test_information_tells_the_protocol },
	{ "write: headers alone are refused", test_headers_alone_are_refused },
	{ "write: a larger network header", test_larger_network_header },
	{ "write: a vector split anywhere", test_vector_split_anywhere },
	{ "write: a vector of bytes", test_vector_of_bytes },
	{ "write: bad memory", test_bad_memory },
	{ "write: down is an input/output error",
	  test_down_is_an_input_error },
	{ "write: down comes after the nibble", test_down_after_the_nibble },
	{ "write: carrier and MTU do not matter",
	  test_carrier_and_mtu_do_not_matter },
	{ "write: a detached queue still writes",
	  test_detached_queue_still_writes },
};

DRIVER_MAIN(tests)
