// SPDX-License-Identifier: GPL-2.0-or-later
/* What is counted, when, and why a frame was dropped. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define TAP		(IFF_TAP | IFF_NO_PI)
#define TUN		(IFF_TUN | IFF_NO_PI)

static void *volatile nowhere = (void *)16;
static uint8_t frame[2000];

struct counts {
	long rx_packets, rx_bytes, rx_dropped, rx_frame_errors;
	long tx_packets, tx_bytes, tx_dropped;
};

static struct counts counted(const char *name)
{
	return (struct counts){
		.rx_packets = if_sysfs(name, "statistics/rx_packets"),
		.rx_bytes = if_sysfs(name, "statistics/rx_bytes"),
		.rx_dropped = if_sysfs(name, "statistics/rx_dropped"),
		.rx_frame_errors = if_sysfs(name,
					    "statistics/rx_frame_errors"),
		.tx_packets = if_sysfs(name, "statistics/tx_packets"),
		.tx_bytes = if_sysfs(name, "statistics/tx_bytes"),
		.tx_dropped = if_sysfs(name, "statistics/tx_dropped"),
	};
}

static void expect_counts(const char *name, struct counts expected)
{
	struct counts is = counted(name);

	CHECK_INT(is.rx_packets, expected.rx_packets);
	CHECK_INT(is.rx_bytes, expected.rx_bytes);
	CHECK_INT(is.rx_dropped, expected.rx_dropped);
	CHECK_INT(is.rx_frame_errors, expected.rx_frame_errors);
	CHECK_INT(is.tx_packets, expected.tx_packets);
	CHECK_INT(is.tx_bytes, expected.tx_bytes);
	CHECK_INT(is.tx_dropped, expected.tx_dropped);
}

static void test_sent_when_read(void)
{
	int fd = device_up("tap0", TAP), packet;

	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_OK(frame_send(packet, 1000, 2));
	expect_counts("tap0", (struct counts){ 0 });
	CHECK_INT(read(fd, frame, sizeof(frame)), FRAME_LEN);
	expect_counts("tap0", (struct counts){
		.tx_packets = 1, .tx_bytes = FRAME_LEN });
	/* Cut or not, the frame is counted whole. */
	CHECK_INT(read(fd, frame, 20), 20);
	expect_counts("tap0", (struct counts){
		.tx_packets = 2, .tx_bytes = FRAME_LEN + 1000 });
}

static void test_lost_at_read(void)
{
	int fd = device_up("tap0", IFF_TAP | IFF_VNET_HDR), packet;

	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_ERRNO(read(fd, frame, 5), EINVAL);
	expect_counts("tap0", (struct counts){ 0 });
	/* Headers are no part of what is counted. */
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, frame, sizeof(frame)), FRAME_LEN + 14);
	expect_counts("tap0", (struct counts){
		.tx_packets = 1, .tx_bytes = FRAME_LEN });
}

static void test_received_when_written(void)
{
	int fd = device_up("tap0", TAP), tun;

	/* What nobody wants the stack counts as dropped. */
	packet_open("tap0", ETH_P_ALL);
	frame_fill(frame, 1000, 1);
	CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
	CHECK_INT(write(fd, frame, 1000), 1000);
	expect_counts("tap0", (struct counts){
		.rx_packets = 2, .rx_bytes = FRAME_LEN + 1000 });
	tun = device_up("tun0", IFF_TUN | IFF_VNET_HDR);
	packet_open("tun0", ETH_P_ALL);
	memset(frame, 0, sizeof(frame));
	CHECK_INT(write(tun, frame, 14 + 30), 14 + 30);
	expect_counts("tun0", (struct counts){
		.rx_packets = 1, .rx_bytes = 30 });
}

static void test_malformed(void)
{
	int fd = device_up("tap0", TAP), tun = device_up("tun0", TUN);

	CHECK_ERRNO(write(fd, frame, 13), EINVAL);
	CHECK_ERRNO(write(fd, frame, 0), EINVAL);
	expect_counts("tap0", (struct counts){ 0 });
	CHECK_ERRNO(write(tun, "\x10", 1), EINVAL);
	expect_counts("tun0", (struct counts){ .rx_dropped = 1 });
}

static void test_bad_memory(void)
{
	int fd = device_up("tap0", TAP);

	CHECK_ERRNO(write(fd, nowhere, FRAME_LEN), EFAULT);
	expect_counts("tap0", (struct counts){ .rx_dropped = 1 });
	fd_flag(fd, O_NONBLOCK, false);
	CHECK_ERRNO(write(fd, nowhere, FRAME_LEN), EFAULT);
	expect_counts("tap0", (struct counts){ .rx_dropped = 2 });
}

static void test_down(void)
{
	int fd = device_open("tap0", TAP);

	frame_fill(frame, FRAME_LEN, 1);
	CHECK_ERRNO(write(fd, frame, FRAME_LEN), EIO);
	expect_counts("tap0", (struct counts){ .rx_dropped = 1 });
}

static void test_bad_network_header(void)
{
	struct virtio_net_hdr *vnet = (void *)frame;
	int tun = device_up("tun0", TUN | IFF_VNET_HDR);
	int tap = device_up("tap0", TAP | IFF_VNET_HDR);

	memset(frame, 0, sizeof(frame));
	frame[sizeof(*vnet)] = 0x45;
	vnet->gso_type = 0x7f;
	CHECK_ERRNO(write(tun, frame, 100), EINVAL);
	expect_counts("tun0", (struct counts){ .rx_frame_errors = 1 });
	/* What is refused before the frame is looked at counts as nothing. */
	vnet->gso_type = 0;
	vnet->hdr_len = 200;
	CHECK_ERRNO(write(tun, frame, 100), EINVAL);
	CHECK_ERRNO(write(tun, frame, 9), EINVAL);
	expect_counts("tun0", (struct counts){ .rx_frame_errors = 1 });
	/* A checksum beyond 16 bits is looked for in the frame. */
	vnet->hdr_len = 0;
	vnet->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	vnet->csum_start = 65000;
	vnet->csum_offset = 1000;
	CHECK_ERRNO(write(tun, frame, 1000), EINVAL);
	expect_counts("tun0", (struct counts){ .rx_frame_errors = 2 });
	/* A TAP device does not show what it counts. */
	vnet->gso_type = 0x7f;
	vnet->flags = 0;
	CHECK_ERRNO(write(tap, frame, 100), EINVAL);
	expect_counts("tap0", (struct counts){ 0 });
}

/* ---- Why ---- */

#define TRACING		"/sys/kernel/tracing/"
#define KFREE_SKB	TRACING "events/skb/kfree_skb/enable"

static void trace_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		SKIP("no tracing: %s", strerror(errno));
	close(fd);
}

static void trace_start(void)
{
	if (access(KFREE_SKB, F_OK) &&
	    mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL))
		SKIP("no tracefs: %s", strerror(errno));
	trace_write(KFREE_SKB, "1");
	trace_write(TRACING "trace", "");
}

/* Whether a frame was dropped for this reason since trace_start(). */
static bool traced(const char *reason)
{
	static char text[1 << 18];
	int fd = open(TRACING "trace", O_RDONLY | O_CLOEXEC);
	ssize_t len = 0, part;
	char wanted[64];

	while ((part = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += part;
	close(fd);
	text[len] = '\0';
	snprintf(wanted, sizeof(wanted), "reason: %s\n", reason);
	trace_write(KFREE_SKB, "0");
	return strstr(text, wanted);
}

static void test_why_filtered(void)
{
	struct {
		struct tun_filter head;
		uint8_t addr[ETH_ALEN];
	} filter = { .head.count = 1, .addr = { 2, 2, 2, 2, 2, 2 } };
	int fd = device_up("tap0", TAP), packet;

	packet = packet_open("tap0", 0);
	CHECK_INT(ioctl(fd, TUNSETTXFILTER, &filter), 1);
	trace_start();
	frame_send(packet, FRAME_LEN, 1);
	CHECK(traced("TAP_TXFILTER"));
	expect_counts("tap0", (struct counts){ .tx_dropped = 1 });
}

static void test_why_socket_filter(void)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog prog = { .len = 1, .filter = code };
	int fd = device_up("tap0", TAP), packet;

	packet = packet_open("tap0", 0);
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, &prog));
	trace_start();
	frame_send(packet, FRAME_LEN, 1);
	CHECK(traced("SOCKET_FILTER"));
	expect_counts("tap0", (struct counts){ .tx_dropped = 1 });
}

static void test_why_program(void)
{
	int fd = device_up("tap0", TAP), packet, program = program_load(0);

	if (program < 0)
		SKIP("no eBPF: %s", strerror(errno));
	packet = packet_open("tap0", 0);
	CHECK_OK(ioctl(fd, TUNSETFILTEREBPF, &program));
	close(program);
	trace_start();
	frame_send(packet, FRAME_LEN, 1);
	CHECK(traced("TAP_FILTER"));
	expect_counts("tap0", (struct counts){ .tx_dropped = 1 });
}

static void test_why_full(void)
{
	int fd = device_up("tap0", TAP), packet, i;
	int room = if_sysfs("tap0", "tx_queue_len");

	packet = packet_open("tap0", 0);
	for (i = 0; i < room; i++)
		CHECK_OK(frame_send(packet, FRAME_LEN, i));
	trace_start();
	frame_send(packet, FRAME_LEN, i);
	CHECK(traced("FULL_RING"));
	expect_counts("tap0", (struct counts){ .tx_dropped = 1 });
	CHECK_INT(wait_for(fd, POLLIN, 0), POLLIN);
}

static void test_why_no_queue(void)
{
	int fd = device_up("tap0", TAP | IFF_MULTI_QUEUE), packet;

	packet = packet_open("tap0", 0);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	trace_start();
	frame_send(packet, FRAME_LEN, 1);
	CHECK(traced("DEV_READY"));
	expect_counts("tap0", (struct counts){ .tx_dropped = 1 });
}

static void test_why_bad_memory(void)
{
	int fd = device_up("tap0", TAP);

	fd_flag(fd, O_NONBLOCK, false);
	trace_start();
	/* Large enough for an skb to be there before the copy. */
	CHECK_ERRNO(write(fd, nowhere, 9000), EFAULT);
	CHECK(traced("SKB_UCOPY_FAULT"));
}

static void test_why_down(void)
{
	int fd = device_open("tap0", TAP);

	frame_fill(frame, FRAME_LEN, 1);
	trace_start();
	CHECK_ERRNO(write(fd, frame, FRAME_LEN), EIO);
	CHECK(traced("DEV_READY"));
}

/* ---- rx-frames ---- */

static int coalesce(uint32_t cmd, uint32_t frames)
{
	struct ethtool_coalesce data = {
		.cmd = cmd, .rx_max_coalesced_frames = frames,
	};
	struct ifreq ifr = { .ifr_name = "tap0", .ifr_data = (void *)&data };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), ret;

	ret = ioctl(fd, SIOCETHTOOL, &ifr);
	close(fd);
	if (ret || cmd == ETHTOOL_SCOALESCE)
		return ret;
	return data.rx_max_coalesced_frames;
}

/* A write() is a batch of its own: it never waits for another. */
static void test_batches(void)
{
	static const uint32_t values[][2] = {
		{ 0, 0 }, { 1, 1 }, { 64, 64 }, { 65, 64 }, { ~0u, 64 },
	};
	int fd = device_up("tap0", TAP), packet;
	size_t i;

	packet = packet_open("tap0", TEST_PROTO);
	frame_fill(frame, FRAME_LEN, 1);
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		CHECK_OK(coalesce(ETHTOOL_SCOALESCE, values[i][0]));
		CHECK_INT(coalesce(ETHTOOL_GCOALESCE, 0), values[i][1]);
		CHECK_INT(write(fd, frame, FRAME_LEN), FRAME_LEN);
		CHECK_INT(recv(packet, frame, sizeof(frame), MSG_DONTWAIT),
			  FRAME_LEN);
	}
}

static const struct check_test tests[] = {
	{ "stats: sent when it is read", test_sent_when_read },
	{ "stats: lost at read", test_lost_at_read },
	{ "stats: received when it is written", test_received_when_written },
	{ "stats: malformed", test_malformed },
	{ "stats: bad memory", test_bad_memory },
	{ "stats: down", test_down },
	{ "stats: a bad network header", test_bad_network_header },
	{ "stats: dropped for the MAC filter", test_why_filtered },
	{ "stats: dropped for the classic filter", test_why_socket_filter },
	{ "stats: dropped for the eBPF filter", test_why_program },
	{ "stats: dropped for a full ring", test_why_full },
	{ "stats: dropped for want of a queue", test_why_no_queue },
	{ "stats: dropped for bad memory", test_why_bad_memory },
	{ "stats: dropped for a device that is down", test_why_down },
	{ "stats: batches of rx-frames", test_batches },
};

DRIVER_MAIN(tests)
