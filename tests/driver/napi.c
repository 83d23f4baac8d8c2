// SPDX-License-Identifier: GPL-2.0-or-later
/* IFF_NAPI and IFF_NAPI_FRAGS: what is written goes through GRO. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "driver.h"
#include "ip.h"

#define FRAME_LEN	60
#define TAP		(IFF_TAP | IFF_NO_PI | IFF_NAPI)
#define FRAGS		(TAP | IFF_NAPI_FRAGS)
#define SEGMENTS_MAX	18	/* a linear part, and MAX_SKB_FRAGS */
#define VNET_LEN	((int)sizeof(struct virtio_net_hdr))

static void *volatile nowhere = (void *)16;
static uint8_t frame[80000], got[80000];

/* GRO sends on what it did not merge when the poll ends: no waiting here. */
static void expect_frame(int packet, int len)
{
	CHECK(wait_for(packet, POLLIN, PATIENCE));
	CHECK_INT(recv(packet, got, sizeof(got), MSG_DONTWAIT), len);
	CHECK_MEM(got, frame, len);
}

static void arrives(unsigned int flags)
{
	int fd = device_up("tap0", flags), packet;

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, FRAME_LEN, 1);
	CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
	expect_frame(packet, FRAME_LEN);
	node_close(packet);
	packet = packet_open("tap0", ETH_P_IP);
	CHECK_INT(write(fd, frame, tcp_frame(frame, ETH_HLEN, 100, 1, 7)),
		  154);
	expect_frame(packet, 154);
	node_close(fd);
}

static void test_arrives(void)
{
	arrives(TAP);
}

static void test_arrives_in_frags(void)
{
	arrives(FRAGS);
}

static void test_tun_arrives(void)
{
	int fd = device_up("tun0", IFF_TUN | IFF_NO_PI | IFF_NAPI);
	int packet = packet_open("tun0", ETH_P_IP);
	int len = tcp_frame(frame, 0, 100, 1, 7);

	CHECK_INT(write(fd, frame, len), len);
	expect_frame(packet, len);
}

/*
 * Segments that follow one another come out as one if GRO has time, which is
 * until the next jiffy: a slow machine may need to try again. The kernel's own
 * driver loses a socket, and with it the module, to each merged frame of a
 * non-blocking descriptor.
 */
static void test_merges(void)
{
	int fd = device_up("tap0", TAP), packet, on = 1, len, i;
	struct virtio_net_hdr *vnet = (void *)got;

	fd_flag(fd, O_NONBLOCK, ours());
	gro_hold("tap0");
	packet = packet_open("tap0", ETH_P_IP);
	CHECK_OK(setsockopt(packet, SOL_PACKET, PACKET_VNET_HDR, &on,
			    sizeof(on)));
	vnet->gso_type = VIRTIO_NET_HDR_GSO_NONE;
	for (i = 0; i < 50 && !vnet->gso_type; i++) {
		len = tcp_frame(frame, ETH_HLEN, 1000, 1 + i * 1000, 7);
		CHECK_INT(write(fd, frame, len), len);
		if (i)
			CHECK(wait_for(packet, POLLIN, PATIENCE));
		len = recv(packet, got, sizeof(got), MSG_DONTWAIT);
	}
	CHECK_INT(vnet->gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	CHECK_INT(vnet->gso_size, 1000);
	CHECK(len >= VNET_LEN + ETH_HLEN + TCP4_LEN + 2000);
}

/* Each write is a poll of its own, whatever the timeout. */
static void test_frags_are_not_held(void)
{
	int fd = device_up("tap0", FRAGS), packet, len, i;

	if_sysfs_write("tap0", "gro_flush_timeout", "2000000000");
	packet = packet_open("tap0", ETH_P_IP);
	for (i = 0; i < 3; i++) {
		len = tcp_frame(frame, ETH_HLEN, 1000, 1 + i * 1000, 7);
		CHECK_INT(write(fd, frame, len), len);
		CHECK_INT(recv(packet, got, sizeof(got), MSG_DONTWAIT), len);
		CHECK_MEM(got, frame, len);
	}
}

static void test_order_is_kept(void)
{
	int fd = device_up("tap0", TAP), packet, i;

	packet = packet_open("tap0", TEST_PROTO);
	for (i = 0; i < 200; i++) {
		frame_fill(frame, FRAME_LEN, i);
		CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
		expect_frame(packet, FRAME_LEN);
	}
}

static void test_detached_is_busy(void)
{
	static const unsigned int flags[] = { TAP, FRAGS };
	size_t i;

	for (i = 0; i < 2; i++) {
		int fd = device_up("tap0", flags[i] | IFF_MULTI_QUEUE);
		int packet = packet_open("tap0", TEST_PROTO);

		frame_fill(frame, FRAME_LEN, 1);
		CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
		CHECK_ERRNO(write(fd, frame, FRAME_LEN), EBUSY);
		CHECK_ERRNO(write(fd, frame, ETH_HLEN - 1), EINVAL);
		CHECK_OK(set_queue(fd, IFF_ATTACH_QUEUE));
		CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
		expect_frame(packet, FRAME_LEN);
		node_close(fd);
	}
}

static void test_down(void)
{
	static const unsigned int flags[] = { TAP, FRAGS };
	size_t i;

	frame_fill(frame, FRAME_LEN, 1);
	for (i = 0; i < 2; i++) {
		int fd = device_open("tap0", flags[i]);

		CHECK_ERRNO(write(fd, frame, FRAME_LEN), EIO);
		CHECK_ERRNO(write(fd, frame, ETH_HLEN - 1), EINVAL);
		node_close(fd);
	}
}

/* ---- Fragments ---- */

/* Writes count segments of this length, the first one head bytes long. */
static ssize_t write_segments(int fd, int count, int head, int len)
{
	struct iovec parts[SEGMENTS_MAX + 10];
	int i;

	parts[0] = (struct iovec){ frame, head };
	for (i = 1; i < count; i++)
		parts[i] = (struct iovec){
			frame + head + (size_t)(i - 1) * len, len,
		};
	return writev(fd, parts, count);
}

static void test_frags_arrive_whole(void)
{
	static const int heads[] = { 14, 60, 200, 3000 };
	int fd = device_up("tap0", FRAGS), packet, count;
	size_t i;

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, sizeof(frame), 1);
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		for (count = 1; count <= SEGMENTS_MAX; count++) {
			int len = heads[i] + (count - 1) * 700;

			CHECK_INT(write_segments(fd, count, heads[i], 700),
				  len);
			expect_frame(packet, len);
		}
	}
}

/* The header may be in pieces, too. */
static void test_frags_split_anywhere(void)
{
	int fd = device_up("tap0", FRAGS), packet, at;

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, FRAME_LEN, 1);
	for (at = 1; at < FRAME_LEN; at++) {
		CHECK_INT(write_segments(fd, 2, at, FRAME_LEN - at),
			  FRAME_LEN);
		expect_frame(packet, FRAME_LEN);
	}
}

static void test_frags_errors(void)
{
	int fd = device_up("tap0", FRAGS), packet;

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, sizeof(frame), 1);
	CHECK_ERRNO(write_segments(fd, SEGMENTS_MAX + 1, 60, 60), EMSGSIZE);
	CHECK_ERRNO(write_segments(fd, 3, 60, 4097), EINVAL);
	CHECK_ERRNO(write_segments(fd, SEGMENTS_MAX, 60, 4096), EMSGSIZE);
	CHECK_ERRNO(write_segments(fd, 3, 60, 0), EINVAL);
	/* With the headroom, offsets of 16 bits reach no farther. */
	CHECK_ERRNO(write(fd, frame, 65535), EMSGSIZE);
	CHECK_ERRNO(write(fd, frame, 65535 - 63), EMSGSIZE);
	CHECK_INT(write(fd, frame, 65535 - 64), 65535 - 64);
	expect_frame(packet, 65535 - 64);
	CHECK_INT(write_segments(fd, 3, 60, 4096), 60 + 2 * 4096);
	expect_frame(packet, 60 + 2 * 4096);
}

static void test_frags_bad_memory(void)
{
	int fd = device_up("tap0", FRAGS), packet;
	struct iovec parts[] = {
		{ frame, FRAME_LEN }, { nowhere, 100 },
	};

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, FRAME_LEN, 1);
	CHECK_ERRNO(writev(fd, parts, 2), EFAULT);
	CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
	expect_frame(packet, FRAME_LEN);
}

static const struct check_test tests[] = {
	{ "napi: a frame arrives", test_arrives },
	{ "napi: a frame arrives on tun", test_tun_arrives },
	{ "napi: merges", test_merges },
	{ "napi: order is kept", test_order_is_kept },
	{ "napi: a detached queue is busy", test_detached_is_busy },
	{ "napi: down", test_down },
	{ "napi: frags arrive", test_arrives_in_frags },
	{ "napi: frags are not held", test_frags_are_not_held },
	{ "napi: frags arrive whole", test_frags_arrive_whole },
	{ "napi: frags split anywhere", test_frags_split_anywhere },
	{ "napi: errors of frags", test_frags_errors },
	{ "napi: bad memory of frags", test_frags_bad_memory },
};

DRIVER_MAIN(tests)
