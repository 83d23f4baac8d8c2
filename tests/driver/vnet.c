// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The virtio-net header of what is written: what is refused, and what the
 * stack makes of the rest, as a packet socket with PACKET_VNET_HDR sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"
#include "ip.h"

#define PAYLOAD		1000
#define VNET_LEN	((int)sizeof(struct virtio_net_hdr))
#define CSUM		VIRTIO_NET_HDR_F_NEEDS_CSUM
#define VALID		VIRTIO_NET_HDR_F_DATA_VALID
#define NONE		VIRTIO_NET_HDR_GSO_NONE
#define TCP4		VIRTIO_NET_HDR_GSO_TCPV4
#define TCP6		VIRTIO_NET_HDR_GSO_TCPV6
#define UFO		VIRTIO_NET_HDR_GSO_UDP
#define USO		5	/* linux/virtio_net.h of 6.2 */
#define ECN		VIRTIO_NET_HDR_GSO_ECN
#define LINK		ETH_HLEN
#define TCP_AT		(LINK + 20)
#define DATA_AT		(LINK + TCP4_LEN)
#define LEN		(DATA_AT + PAYLOAD)

static uint8_t buffer[80000], got[80000];

/*
 * A header for the frame of LEN bytes, and what comes of it: an errno, or the
 * header that the stack has. On TUN all offsets are less by LINK.
 */
struct row {
	uint8_t flags, gso_type;
	uint16_t hdr_len, gso_size, start, offset;
	int error;
	uint8_t out_flags, out_type;
	uint16_t out_size;
};

static const struct row rows[] = {
	/* No offload: only the length counts. */
	{ 0, NONE, 0, 0, 0, 0, 0, 0, NONE, 0 },
	{ 0, NONE, LINK + 1, 0, 0, 0, 0, 0, NONE, 0 },
	{ 0, NONE, DATA_AT, 0, 0, 0, 0, 0, NONE, 0 },
	{ 0, NONE, LEN, 0, 0, 0, 0, 0, NONE, 0 },
	{ 0, NONE, LEN + 1, 0, 0, 0, EINVAL, 0, 0, 0 },
	{ 0, NONE, 65535, 0, 0, 0, EINVAL, 0, 0, 0 },
	{ 0, NONE, 0, 65535, 65535, 65535, 0, 0, NONE, 0 },
	{ VALID, NONE, 0, 0, 0, 0, 0, 0, NONE, 0 },
	{ 0x80, NONE, 0, 0, 0, 0, 0, 0, NONE, 0 },
	/* A checksum to be filled in: behind a network header, in the frame. */
	{ CSUM, NONE, 0, 0, TCP_AT, 16, 0, CSUM, NONE, 0 },
	{ CSUM | VALID, NONE, 0, 0, TCP_AT, 16, 0, CSUM, NONE, 0 },
	{ CSUM, NONE, DATA_AT, 0, TCP_AT, 16, 0, CSUM, NONE, 0 },
	{ CSUM, NONE, LEN, 0, TCP_AT, 16, 0, CSUM, NONE, 0 },
	{ CSUM, NONE, LEN + 1, 0, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ CSUM, NONE, 0, 0, LEN - 2, 0, 0, CSUM, NONE, 0 },
	{ CSUM, NONE, 0, 0, LEN - 1, 0, EINVAL, 0, 0, 0 },
	{ CSUM, NONE, 0, 0, TCP_AT, LEN - TCP_AT - 2, 0, CSUM, NONE, 0 },
	{ CSUM, NONE, 0, 0, TCP_AT, LEN - TCP_AT - 1, EINVAL, 0, 0, 0 },
	{ CSUM, NONE, 0, 0, 65535, 0, EINVAL, 0, 0, 0 },
	{ CSUM, NONE, 0, 0, TCP_AT, 65535, EINVAL, 0, 0, 0 },
	{ CSUM, NONE, 0, 0, 65535, 65535, EINVAL, 0, 0, 0 },
	/* Segments. */
	{ CSUM, TCP4, DATA_AT, 500, TCP_AT, 16, 0, CSUM, TCP4, 500 },
	{ CSUM, TCP4, 0, 500, TCP_AT, 16, 0, CSUM, TCP4, 500 },
	{ CSUM, TCP4 | ECN, DATA_AT, 500, TCP_AT, 16, 0, CSUM, TCP4 | ECN,
	  500 },
	{ CSUM, TCP6, DATA_AT, 500, TCP_AT + 20, 16, 0, CSUM, TCP6, 500 },
	{ 0, TCP4, DATA_AT, 500, 0, 0, 0, 0, TCP4, 500 },
	{ CSUM, TCP4, DATA_AT, 8, TCP_AT, 16, 0, CSUM, TCP4, 8 },
	{ CSUM, TCP4, DATA_AT, PAYLOAD - 1, TCP_AT, 16, 0, CSUM, TCP4,
	  PAYLOAD - 1 },
	/* One that fits is none. */
	{ CSUM, TCP4, DATA_AT, PAYLOAD, TCP_AT, 16, 0, CSUM, NONE, 0 },
	{ CSUM, TCP4, DATA_AT, 65534, TCP_AT, 16, 0, CSUM, NONE, 0 },
	{ CSUM, TCP4, DATA_AT, 0, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ CSUM, TCP4, DATA_AT, 65535, TCP_AT, 16, EINVAL, 0, 0, 0 },
	/* Not TCP's checksum, or no room for TCP's header. */
	{ CSUM, TCP4, DATA_AT, 500, TCP_AT, 6, EINVAL, 0, 0, 0 },
	{ CSUM, TCP4, DATA_AT, 500, LEN - 19, 16, EINVAL, 0, 0, 0 },
	/* Kinds that there are not. */
	{ CSUM, ECN, DATA_AT, 500, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ CSUM, 2, DATA_AT, 500, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ CSUM, 6, DATA_AT, 500, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ CSUM, 0x7f, DATA_AT, 500, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ 0, 0xff, 0, 500, 0, 0, EINVAL, 0, 0, 0 },
	/* Datagrams: the checksum of UDP, and of no TCP. */
	{ CSUM, USO, DATA_AT, 500, TCP_AT, 16, EINVAL, 0, 0, 0 },
	{ 0, USO, DATA_AT, 500, 0, 0, EINVAL, 0, 0, 0 },
	{ CSUM, UFO, DATA_AT, 0, TCP_AT, 6, EINVAL, 0, 0, 0 },
};

static uint16_t less(uint16_t value, int link)
{
	int shift = LINK - link;

	return value == 65535 || value < shift ? value : value - shift;
}

static void run_row(const struct row *row, int fd, int packet, int link,
		    int header)
{
	struct virtio_net_hdr in = {
		.flags = row->flags, .gso_type = row->gso_type,
		.hdr_len = less(row->hdr_len, link),
		.gso_size = row->gso_size,
		.csum_start = less(row->start, link),
		.csum_offset = row->offset,
	}, out;
	int number = row - rows, len = LEN - LINK + link, ret;

	memset(buffer, 0xff, header);
	memcpy(buffer, &in, VNET_LEN);
	CHECK_INT(tcp_frame(buffer + header, link, PAYLOAD, 1, 9), len);
	errno = 0;
	ret = write(fd, buffer, header + len);
	if (errno != row->error || ret != (errno ? -1 : header + len))
		FAIL("row %d gave %d, %s", number, ret,
		     strerrorname_np(errno));
	ret = recv(packet, got, sizeof(got), MSG_DONTWAIT);
	if (ret != (row->error ? -1 : VNET_LEN + len))
		FAIL("row %d arrived as %d bytes", number, ret);
	if (row->error)
		return;
	if (memcmp(got + VNET_LEN, buffer + header, len))
		FAIL("row %d: the frame differs", number);
	memcpy(&out, got, VNET_LEN);
	if (out.flags != row->out_flags || out.gso_type != row->out_type ||
	    out.gso_size != row->out_size)
		FAIL("row %d: flags %d type %d size %d", number, out.flags,
		     out.gso_type, out.gso_size);
	if (out.flags & CSUM && (out.csum_start != in.csum_start ||
				 out.csum_offset != in.csum_offset))
		FAIL("row %d: checksum at %d + %d", number, out.csum_start,
		     out.csum_offset);
}

static int packet_with_header(const char *name)
{
	int packet = packet_open(name, ETH_P_IP), on = 1;

	CHECK_OK(setsockopt(packet, SOL_PACKET, PACKET_VNET_HDR, &on,
			    sizeof(on)));
	return packet;
}

static void run_rows(int fd, const char *name, int link)
{
	static const int sizes[] = { 10, 12, 20, 24 };
	int packet = packet_with_header(name), le;
	size_t i, j;

	for (i = 0; i < 4; i++) {
		for (le = 0; le < 2; le++) {
			CHECK_OK(ioctl(fd, TUNSETVNETHDRSZ, &sizes[i]));
			CHECK_OK(ioctl(fd, TUNSETVNETLE, &le));
			for (j = 0; j < sizeof(rows) / sizeof(rows[0]); j++)
				run_row(&rows[j], fd, packet, link, sizes[i]);
		}
	}
}

static void test_tap(void)
{
	run_rows(device_up("tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR),
		 "tap0", LINK);
}

static void test_tap_blocking(void)
{
	int fd = device_up("tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);

	fd_flag(fd, O_NONBLOCK, false);
	run_rows(fd, "tap0", LINK);
}

static void test_tun(void)
{
	run_rows(device_up("tun0", IFF_TUN | IFF_NO_PI | IFF_VNET_HDR),
		 "tun0", 0);
}

/* On TAP the part to be linear has the Ethernet header, or is not told. */
static void test_header_length(void)
{
	int fd = device_up("tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
	struct virtio_net_hdr *vnet = (void *)buffer;
	int hdr_len;

	memset(buffer, 0, 200);
	for (hdr_len = 1; hdr_len < ETH_HLEN; hdr_len++) {
		vnet->hdr_len = hdr_len;
		CHECK_ERRNO(write(fd, buffer, 200), EINVAL);
	}
	vnet->hdr_len = ETH_HLEN;
	CHECK_INT(write(fd, buffer, 200), 200);
	node_close(fd);

	fd = device_up("tun0", IFF_TUN | IFF_NO_PI | IFF_VNET_HDR);
	buffer[VNET_LEN] = 0x45;
	for (hdr_len = 0; hdr_len < 20; hdr_len++) {
		vnet->hdr_len = hdr_len;
		CHECK_INT(write(fd, buffer, 200), 200);
	}
}

/* Much to be linear, and little of much: what arrives is the same. */
static void test_large(void)
{
	static const int hdr_lens[] = { 0, DATA_AT, 4000, 20000, 60000 };
	struct virtio_net_hdr vnet = {
		.flags = CSUM, .gso_type = TCP4, .gso_size = 1400,
		.csum_start = TCP_AT, .csum_offset = 16,
	}, out;
	int fd = device_up("tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
	int packet = packet_with_header("tap0"), len;
	size_t i;

	len = tcp_frame(buffer + VNET_LEN, LINK, 65000, 1, 9);
	for (i = 0; i < 2 * sizeof(hdr_lens) / sizeof(hdr_lens[0]); i++) {
		fd_flag(fd, O_NONBLOCK, i % 2);
		vnet.hdr_len = hdr_lens[i / 2];
		memcpy(buffer, &vnet, VNET_LEN);
		CHECK_INT(write(fd, buffer, VNET_LEN + len), VNET_LEN + len);
		CHECK_INT(recv(packet, got, sizeof(got), MSG_DONTWAIT),
			  VNET_LEN + len);
		memcpy(&out, got, VNET_LEN);
		CHECK_INT(out.gso_size, 1400);
		CHECK(out.hdr_len >= vnet.hdr_len || vnet.hdr_len > 3000);
		CHECK_MEM(got + VNET_LEN, buffer + VNET_LEN, len);
	}
}

static void test_little_endian_is_kept(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
	int le = -1;

	CHECK_OK(ioctl(fd, TUNGETVNETLE, &le));
	CHECK_INT(le, 0);
	le = 5;
	CHECK_OK(ioctl(fd, TUNSETVNETLE, &le));
	CHECK_OK(ioctl(fd, TUNGETVNETLE, &le));
	CHECK_INT(le, 1);
	/* The other order is not built in by distributions. */
	CHECK_ERRNO(ioctl(fd, TUNGETVNETBE, &le), EINVAL);
	CHECK_ERRNO(ioctl(fd, TUNSETVNETBE, &le), EINVAL);
}

static const struct check_test tests[] = {
	{ "vnet: on tap", test_tap },
	{ "vnet: on tap, blocking", test_tap_blocking },
	{ "vnet: on tun", test_tun },
	{ "vnet: the header's length", test_header_length },
	{ "vnet: large frames", test_large },
	{ "vnet: little endian is kept", test_little_endian_is_kept },
};

DRIVER_MAIN(tests)
