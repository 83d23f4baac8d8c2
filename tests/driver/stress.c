// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What happens at once on two processors. Each test is a pair of actions that
 * meet in the driver: see race.h for how they are run and what is checked.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "race.h"

#define TAP	(IFF_TAP | IFF_NO_PI)
#define TAP_MQ	(TAP | IFF_MULTI_QUEUE)

/* What the racers of a test share. */
static int queue_a, queue_b, packet, netns_here;

/* ---- Steps that several races take ---- */

static int node_open_quietly(void)
{
	const char *node = getenv("TUNKIT_NODE");

	return open(node ? node : "/dev/net/tun",
		    O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static int attach(int fd, const char *name, unsigned int flags)
{
	char buffer[IFNAMSIZ] = "";

	strncpy(buffer, name, IFNAMSIZ - 1);
	return set_iff(fd, buffer, flags);
}

static void set_nonblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void drain(int fd)
{
	char buffer[2048];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
}

static void read_both(unsigned int round)
{
	drain(round & 1 ? queue_a : queue_b);
}

static void send_one(unsigned int round)
{
	frame_send(packet, 60 + round % 1400, round);
}

static void write_frame(int fd, unsigned int round)
{
	uint8_t frame[2048];
	size_t head = round % 3 * 10, len = 60 + round % 1400;

	memset(frame, 0, head);
	frame_fill(frame + head, len, round);
	(void)!write(fd, frame, head + len);
}

/* Two segments, as a writer of fragments has them. */
static void write_fragments(int fd, unsigned int round)
{
	uint8_t frame[1024];
	struct iovec iov[] = {
		{ .iov_base = frame, .iov_len = 64 },
		{ .iov_base = frame + 64, .iov_len = 1 + round % 900 },
	};

	frame_fill(frame, sizeof(frame), round);
	(void)!writev(fd, iov, 2);
}

static void write_both(unsigned int round)
{
	int fd = round & 1 ? queue_a : queue_b;

	if (round & 2)
		write_frame(fd, round);
	else
		write_fragments(fd, round);
}

/* All that a descriptor can be asked without changing its device's life. */
static void ask(int fd, unsigned int round)
{
	struct ifreq ifr = { 0 };
	char path[64], text[256];
	int value = 0, other;

	switch (round % 9) {
	case 0:
		ioctl(fd, TUNGETIFF, &ifr);
		break;
	case 1:
		wait_for(fd, POLLIN | POLLOUT, 0);
		break;
	case 2:
		(void)!read(fd, text, sizeof(text));
		break;
	case 3:
		write_frame(fd, round);
		break;
	case 4:
		other = ioctl(fd, TUNGETDEVNETNS);
		if (other >= 0)
			close(other);
		break;
	case 5:
		ioctl(fd, SIOCGIFHWADDR, &ifr);
		break;
	case 6:
		value = 1 << (12 + round % 8);
		ioctl(fd, TUNSETSNDBUF, &value);
		break;
	case 7:
		ioctl(fd, TUNSETPERSIST, round & 1);
		break;
	case 8:
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		other = open(path, O_RDONLY | O_CLOEXEC);
		(void)!read(other, text, sizeof(text));
		close(other);
		break;
	}
}

static void ask_one(unsigned int round)
{
	ask(queue_a, round);
}

static void device_pair(unsigned int flags)
{
	queue_a = device_open("tap0", flags | IFF_MULTI_QUEUE);
	queue_b = device_open("tap0", flags | IFF_MULTI_QUEUE);
	set_nonblock(queue_a);
	set_nonblock(queue_b);
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
}

/* ---- The life of queues ---- */

static void switch_both(unsigned int round)
{
	set_queue(queue_a, round & 1 ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE);
	set_queue(queue_b, round & 2 ? IFF_ATTACH_QUEUE : IFF_DETACH_QUEUE);
}

/* In the slot of queue_a: the other racer's ioctls meet the close. */
static void reopen(unsigned int round)
{
	int fd = node_open_quietly();

	attach(fd, "tap0", TAP_MQ | (round & 1 ? IFF_NAPI : 0));
	dup3(fd, queue_a, O_CLOEXEC);
	close(fd);
}

static void test_close_against_set_queue(void)
{
	device_pair(TAP);
	race(reopen, switch_both, send_one);
}

static void test_attach_and_detach_against_traffic(void)
{
	device_pair(TAP);
	race(switch_both, send_one, read_both);
}

static void test_napi_against_write(void)
{
	device_pair(TAP | IFF_NAPI);
	race(switch_both, write_both, NULL);
}

static void test_napi_fragments_against_write(void)
{
	device_pair(TAP | IFF_NAPI | IFF_NAPI_FRAGS);
	race(switch_both, write_both, NULL);
}

static void delete_device(unsigned int round)
{
	if (round % 4 == 0)
		if_delete("tap0");
	else
		attach(queue_b, "tap0", TAP_MQ);
}

static void test_close_delete_and_detach(void)
{
	device_pair(TAP);
	race(reopen, delete_device, switch_both);
}

enum { CLOSE, DELETE, DETACH, ACTIONS };

static void act(int action)
{
	switch (action) {
	case CLOSE:
		node_close(queue_a);
		break;
	case DELETE:
		CHECK_OK(if_delete("tap0"));
		break;
	case DETACH:
		set_queue(queue_a, IFF_DETACH_QUEUE);
		break;
	}
}

/* With frames in both directions that nobody has taken. */
static void orders_with(unsigned int flags)
{
	static const int orders[][ACTIONS] = {
		{ CLOSE, DELETE, DETACH }, { CLOSE, DETACH, DELETE },
		{ DELETE, CLOSE, DETACH }, { DELETE, DETACH, CLOSE },
		{ DETACH, CLOSE, DELETE }, { DETACH, DELETE, CLOSE },
	};
	size_t i, j;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		device_pair(flags);
		send_one(i);
		write_both(i);
		for (j = 0; j < ACTIONS; j++)
			act(orders[i][j]);
		CHECK_INT(if_index("tap0"), 0);
		node_close(queue_b);
		node_close(packet);
	}
}

static void test_every_order(void)
{
	orders_with(TAP);
	orders_with(TAP | IFF_NAPI);
	orders_with(TAP | IFF_NAPI | IFF_NAPI_FRAGS);
}

/* ---- The life of devices ---- */

static void make_and_delete(unsigned int round)
{
	attach(queue_a, "tap0", TAP);
	if (round & 1)
		if_up("tap0");
	if_delete("tap0");
}

static void read_blocking(unsigned int round)
{
	char byte;

	(void)round;
	(void)!read(queue_a, &byte, 1);
}

static void test_delete_against_blocked_read(void)
{
	queue_a = node_open(0);
	race(make_and_delete, read_blocking, NULL);
}

static void make_with_other_layout(unsigned int round)
{
	static const unsigned int layouts[] = {
		IFF_TAP, TAP, TAP | IFF_VNET_HDR, IFF_TAP | IFF_VNET_HDR,
		TAP | IFF_NAPI, TAP | IFF_NAPI | IFF_NAPI_FRAGS,
		IFF_TUN, IFF_TUN | IFF_NO_PI, TAP_MQ | IFF_VNET_HDR,
	};
	int size = round & 1 ? 12 : 20, i;

	attach(queue_a, "tap0", layouts[round % 9]);
	if_up("tap0");
	for (i = 0; i < 20; i++) {
		size = size == 12 ? 20 : 12;
		ioctl(queue_a, TUNSETVNETHDRSZ, &size);
		drain(queue_a);
	}
	if_delete("tap0");
}

static void write_layouts(unsigned int round)
{
	if (round & 1)
		write_fragments(queue_a, round);
	else
		write_frame(queue_a, round);
}

static void test_other_layout_against_traffic(void)
{
	queue_a = node_open(O_NONBLOCK);
	race(make_with_other_layout, write_layouts, ask_one);
}

/* The loopback's index: registration fails late. */
static void attach_in_vain(unsigned int round)
{
	unsigned int index = round & 1 ? 1 : 0;

	ioctl(queue_a, TUNSETIFINDEX, &index);
	attach(queue_a, round & 2 ? "lo" : "tap0",
	       TAP | (round & 4 ? IFF_NAPI : 0));
	if_delete("tap0");
}

static void test_failing_attach_against_others(void)
{
	queue_a = node_open(O_NONBLOCK);
	race(attach_in_vain, ask_one, NULL);
}

static void open_and_close(unsigned int round)
{
	(void)round;
	close(node_open_quietly());
}

static void open_and_make(unsigned int round)
{
	int fd = node_open_quietly();

	attach(fd, "", round & 1 ? TAP : IFF_TUN);
	close(fd);
}

static void test_open_against_create(void)
{
	race(open_and_close, open_and_make, NULL);
}

/* ---- Namespaces and names ---- */

static void move_device(const char *name, int netns)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
		struct rtattr attr;
		int netns;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.info.ifi_index = if_index(name),
		.attr = { RTA_LENGTH(sizeof(int)), IFLA_NET_NS_FD },
		.netns = netns,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (request.info.ifi_index)
		(void)!send(fd, &request, sizeof(request), 0);
	close(fd);
}

static int netns_open(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* Into a namespace that ends at once, and the device with it. */
static void end_namespace(unsigned int round)
{
	int netns;

	attach(queue_a, "tap0", TAP | (round & 1 ? IFF_NAPI : 0));
	if (unshare(CLONE_NEWNET))
		return;
	netns = netns_open();
	setns(netns_here, CLONE_NEWNET);
	move_device("tap0", netns);
	setns(netns, CLONE_NEWNET);
	if_up("tap0");
	setns(netns_here, CLONE_NEWNET);
	close(netns);
}

static void test_namespace_exit_against_write(void)
{
	netns_here = netns_open();
	queue_a = node_open(O_NONBLOCK);
	race(end_namespace, write_layouts, NULL);
	close(netns_here);
}

static void rename_device(const char *from, const char *to)
{
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(ifr.ifr_name, from);
	strcpy(ifr.ifr_newname, to);
	ioctl(fd, SIOCSIFNAME, &ifr);
	close(fd);
}

static void rename_and_move(unsigned int round)
{
	static __thread int netns = -1;

	if (netns < 0) {
		unshare(CLONE_NEWNET);
		netns = netns_open();
	}
	setns(netns_here, CLONE_NEWNET);
	rename_device("tap0", "tap1");
	rename_device("tap1", "tap0");
	if (round % 4)
		return;
	move_device("tap0", netns);
	setns(netns, CLONE_NEWNET);
	move_device("tap0", netns_here);
}

static void test_rename_and_move_against_ioctl(void)
{
	netns_here = netns_open();
	queue_a = device_open("tap0", TAP);
	set_nonblock(queue_a);
	race(rename_and_move, ask_one, NULL);
	ioctl(queue_a, TUNSETPERSIST, 0);
	close(netns_here);
}

/* ---- What a device is set to ---- */

static void resize(unsigned int round)
{
	struct ifreq ifr = { .ifr_name = "tap0", .ifr_qlen = round % 1000 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ioctl(fd, SIOCSIFTXQLEN, &ifr);
	close(fd);
}

static void test_resize_against_transmit(void)
{
	device_pair(TAP);
	race(resize, send_one, read_both);
}

static void set_program(unsigned long call, int result)
{
	int none = -1, program = program_load(result);

	ioctl(queue_a, call, &program);
	close(program);
	if (result & 1)
		ioctl(queue_a, call, &none);
}

static void set_mac_filter(unsigned int round)
{
	struct {
		struct tun_filter head;
		uint8_t addr[12][ETH_ALEN];
	} filter = { .head.count = round % 13 };
	int i;

	for (i = 0; i < 12; i++) {
		filter.addr[i][0] = 3;
		filter.addr[i][5] = i;
	}
	ioctl(queue_a, TUNSETTXFILTER, &filter);
}

static void set_filters(unsigned int round)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, round);
	struct sock_fprog fprog = { .len = 1, .filter = &code };

	switch (round % 5) {
	case 0:
		set_mac_filter(round);
		break;
	case 1:
		ioctl(queue_a, TUNATTACHFILTER, &fprog);
		break;
	case 2:
		ioctl(queue_a, TUNDETACHFILTER, &fprog);
		break;
	case 3:
		set_program(TUNSETFILTEREBPF, round % 100);
		break;
	case 4:
		set_program(TUNSETSTEERINGEBPF, round % 100);
		break;
	}
}

static void test_filters_against_traffic(void)
{
	device_pair(TAP);
	race(set_filters, send_one, read_both);
}

/* Three segments of 1000 bytes, if the device cannot take them in one. */
static void send_large(unsigned int round)
{
	static uint8_t frame[10 + ETH_HLEN + 40 + 3000] = {
		VIRTIO_NET_HDR_F_NEEDS_CSUM, VIRTIO_NET_HDR_GSO_TCPV4,
		54, 0, 1000 & 0xff, 1000 >> 8, 34, 0, 16, 0,
		[10] = 2, 0, 0, 0, 0, 1,  2, 0, 0, 0, 0, 2,  8, 0,
		[24] = 0x45, 0, (40 + 3000) >> 8, (40 + 3000) & 0xff,
		[32] = 64, 6,  [36] = 10, 0, 0, 1,  10, 0, 0, 2,
		[44] = 0, 1, 0, 2,  [56] = 0x50, 0x10,
	};

	(void)round;
	(void)!send(packet, frame, sizeof(frame), 0);
}

static void set_offload(unsigned int round)
{
	static const unsigned int offloads[] = {
		0, TUN_F_CSUM, TUN_F_CSUM | TUN_F_TSO4,
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN,
	};

	ioctl(queue_a, TUNSETOFFLOAD, offloads[round % 4]);
}

static void test_offload_against_traffic(void)
{
	int on = 1;

	device_pair(TAP | IFF_VNET_HDR);
	CHECK_OK(setsockopt(packet, SOL_PACKET, PACKET_VNET_HDR, &on,
			    sizeof(on)));
	race(set_offload, send_large, read_both);
}

static void set_signals(unsigned int round)
{
	int on = round & 1;

	ioctl(queue_a, FIOASYNC, &on);
	fcntl(queue_a, F_SETOWN, getpid());
}

static void test_signals_against_transmit(void)
{
	signal(SIGIO, SIG_IGN);
	device_pair(TAP);
	race(set_signals, send_one, read_both);
}

static const struct check_test tests[] = {
	{ "stress: close against TUNSETQUEUE", test_close_against_set_queue },
	{ "stress: attach and detach against traffic",
	  test_attach_and_detach_against_traffic },
	{ "stress: NAPI off and on against write", test_napi_against_write },
	{ "stress: NAPI off and on against fragments",
	  test_napi_fragments_against_write },
	{ "stress: close, delete and detach at once",
	  test_close_delete_and_detach },
	{ "stress: close, delete and detach in every order", test_every_order },
	{ "stress: delete against a blocked read",
	  test_delete_against_blocked_read },
	{ "stress: another layout against traffic",
	  test_other_layout_against_traffic },
	{ "stress: an attach that fails against all else",
	  test_failing_attach_against_others },
	{ "stress: open against create", test_open_against_create },
	{ "stress: namespace exit against write",
	  test_namespace_exit_against_write },
	{ "stress: rename and move against ioctl",
	  test_rename_and_move_against_ioctl },
	{ "stress: txqueuelen against transmit", test_resize_against_transmit },
	{ "stress: filters against traffic", test_filters_against_traffic },
	{ "stress: offload against traffic", test_offload_against_traffic },
	{ "stress: signals against transmit", test_signals_against_transmit },
};

DRIVER_MAIN(tests)
