// SPDX-License-Identifier: GPL-2.0-or-later
/* VLAN tags: out of line in the kernel, inline for user space. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define TAG_LEN		4
#define TAGGED_LEN	(FRAME_LEN + TAG_LEN)
#define ADDRESSES_LEN	12
#define VNET_LEN	((int)sizeof(struct virtio_net_hdr))
#define PI_LEN		((int)sizeof(struct tun_pi))
#define TAP		(IFF_TAP | IFF_NO_PI)

static uint8_t buffer[2000], tagged[TAGGED_LEN];

/* The VLAN device tap0.5, up. */
static void vlan_add(void)
{
	struct vlan_ioctl_args args = {
		.cmd = ADD_VLAN_CMD, .device1 = "tap0", .u.VID = 5,
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), ret;

	args.cmd = SET_VLAN_NAME_TYPE_CMD;
	args.u.name_type = VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD;
	ret = ioctl(fd, SIOCSIFVLAN, &args);
	args.cmd = ADD_VLAN_CMD;
	args.u.VID = 5;
	if (!ret)
		ret = ioctl(fd, SIOCSIFVLAN, &args);
	close(fd);
	if (ret)
		SKIP("no VLAN device: %s", strerror(errno));
	CHECK_OK(if_up("tap0.5"));
}

static void tagged_fill(unsigned int number)
{
	static const uint8_t tag[TAG_LEN] = { 0x81, 0, 0, 5 };
	uint8_t plain[FRAME_LEN];

	frame_fill(plain, FRAME_LEN, number);
	memcpy(tagged, plain, ADDRESSES_LEN);
	memcpy(tagged + ADDRESSES_LEN, tag, TAG_LEN);
	memcpy(tagged + ADDRESSES_LEN + TAG_LEN, plain + ADDRESSES_LEN,
	       FRAME_LEN - ADDRESSES_LEN);
}

static void test_tag_is_inline(void)
{
	int fd = device_up("tap0", TAP), packet;

	vlan_add();
	packet = packet_open("tap0.5", 0);
	tagged_fill(1);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, buffer, sizeof(buffer)), TAGGED_LEN);
	CHECK_MEM(buffer, tagged, TAGGED_LEN);
}

static void test_cut_anywhere(void)
{
	int fd = device_up("tap0", TAP), packet, len;

	vlan_add();
	packet = packet_open("tap0.5", 0);
	tagged_fill(1);
	for (len = 1; len <= TAGGED_LEN; len++) {
		memset(buffer, 0xaa, sizeof(buffer));
		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_INT(read(fd, buffer, len), len);
		CHECK_MEM(buffer, tagged, len);
		CHECK_INT(buffer[len], 0xaa);
	}
}

static void test_split_anywhere(void)
{
	int fd = device_up("tap0", TAP), packet, at;

	vlan_add();
	packet = packet_open("tap0.5", 0);
	tagged_fill(1);
	for (at = 0; at <= TAGGED_LEN; at++) {
		uint8_t first[TAGGED_LEN], second[TAGGED_LEN];
		struct iovec parts[] = {
			{ first, at }, { second, TAGGED_LEN - at },
		};

		CHECK_OK(frame_send(packet, FRAME_LEN, 1));
		CHECK_INT(readv(fd, parts, 2), TAGGED_LEN);
		CHECK_MEM(first, tagged, at);
		CHECK_MEM(second, tagged + at, TAGGED_LEN - at);
	}
}

static void test_information_counts_the_tag(void)
{
	int fd = device_up("tap0", IFF_TAP), packet;
	struct tun_pi *pi = (void *)buffer;

	vlan_add();
	packet = packet_open("tap0.5", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, buffer, PI_LEN + FRAME_LEN), PI_LEN + FRAME_LEN);
	CHECK_INT(pi->flags, TUN_PKT_STRIP);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, buffer, PI_LEN + TAGGED_LEN),
		  PI_LEN + TAGGED_LEN);
	CHECK_INT(pi->flags, 0);
	CHECK_INT(ntohs(pi->proto), TEST_PROTO);
}

/* A frame whose checksum is left to the device, through a packet socket. */
static void send_unfinished(int packet)
{
	struct virtio_net_hdr vnet = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = 34, .csum_offset = 6,
	};
	uint8_t frame[FRAME_LEN];
	struct iovec parts[] = {
		{ &vnet, sizeof(vnet) }, { frame, sizeof(frame) },
	};
	int on = 1;

	CHECK_OK(setsockopt(packet, SOL_PACKET, PACKET_VNET_HDR, &on,
			    sizeof(on)));
	frame_fill(frame, FRAME_LEN, 1);
	/* Only of an IP packet does the stack leave it to the device. */
	frame[12] = ETH_P_IP >> 8;
	frame[13] = ETH_P_IP & 0xff;
	CHECK_INT(writev(packet, parts, 2), VNET_LEN + FRAME_LEN);
}

static void test_checksum_start_is_past_the_tag(void)
{
	int fd = device_up("tap0", TAP | IFF_VNET_HDR), packet;
	struct virtio_net_hdr *vnet = (void *)buffer;

	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM));
	vlan_add();
	packet = packet_open("tap0.5", 0);
	send_unfinished(packet);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), VNET_LEN + TAGGED_LEN);
	CHECK_INT(vnet->flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	CHECK_INT(vnet->csum_start, 34 + TAG_LEN);
	CHECK_INT(vnet->csum_offset, 6);
	CHECK_INT(buffer[VNET_LEN + ADDRESSES_LEN], 0x81);

	node_close(packet);
	packet = packet_open("tap0", 0);
	send_unfinished(packet);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), VNET_LEN + FRAME_LEN);
	CHECK_INT(vnet->csum_start, 34);
}

static void test_tagged_frame_finds_its_device(void)
{
	int fd = device_up("tap0", TAP), packet;
	uint8_t plain[FRAME_LEN];

	vlan_add();
	packet = packet_open("tap0.5", TEST_PROTO);
	tagged_fill(7);
	frame_fill(plain, FRAME_LEN, 7);
	CHECK_INT(write(fd, tagged, TAGGED_LEN), TAGGED_LEN);
	CHECK_INT(recv(packet, buffer, sizeof(buffer), MSG_DONTWAIT),
		  FRAME_LEN);
	CHECK_MEM(buffer, plain, FRAME_LEN);
	tagged[ADDRESSES_LEN + 3] = 6;
	CHECK_INT(write(fd, tagged, TAGGED_LEN), TAGGED_LEN);
	CHECK_ERRNO(recv(packet, buffer, sizeof(buffer), MSG_DONTWAIT),
		    EAGAIN);
}

static void test_statistics_count_the_tag(void)
{
	int fd = device_up("tap0", TAP), packet;

	vlan_add();
	packet = packet_open("tap0.5", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, buffer, 10), 10);
	CHECK_INT(if_sysfs("tap0", "statistics/tx_bytes"), TAGGED_LEN);
}

static const struct check_test tests[] = {
	{ "vlan: the tag is inline", test_tag_is_inline },
	{ "vlan: cut anywhere", test_cut_anywhere },
	{ "vlan: split anywhere", test_split_anywhere },
	{ "vlan: packet information counts the tag",
	  test_information_counts_the_tag },
	{ "vlan: the checksum's start is past the tag",
	  test_checksum_start_is_past_the_tag },
	{ "vlan: a tagged frame finds its device",
	  test_tagged_frame_finds_its_device },
	{ "vlan: statistics count the tag", test_statistics_count_the_tag },
};

DRIVER_MAIN(tests)
