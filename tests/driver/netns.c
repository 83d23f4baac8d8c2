// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptors and devices in different network namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"

#define TAP	(IFF_TAP | IFF_NO_PI)

/* A descriptor of the namespace that the test is in. */
static int namespace_here(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	CHECK_OK(fd);
	return fd;
}

static bool same_namespace(int one, int other)
{
	struct stat a, b;

	CHECK_OK(fstat(one, &a));
	CHECK_OK(fstat(other, &b));
	return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Leaves for a new one; the old one's descriptor. */
static int leave(void)
{
	int old = namespace_here();

	CHECK_OK(unshare(CLONE_NEWNET));
	if_quiet();
	return old;
}

static void enter(int namespace)
{
	CHECK_OK(setns(namespace, CLONE_NEWNET));
}

/* Moves a device of this namespace. */
static void device_move(const char *name, int namespace)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
		struct rtattr attr;
		int value;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		},
		.info.ifi_index = if_index(name),
		.attr = { RTA_LENGTH(sizeof(int)), IFLA_NET_NS_FD },
		.value = namespace,
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[256];
	} answer = { 0 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	CHECK_INT(send(fd, &request, sizeof(request), 0), sizeof(request));
	CHECK(recv(fd, &answer, sizeof(answer), 0) > 0);
	close(fd);
	CHECK_INT(answer.error.error, 0);
}

static void test_opener_decides(void)
{
	char name[IFNAMSIZ] = "tap0";
	int fd = node_open(0), old = leave();

	CHECK_OK(set_iff(fd, name, TAP));
	CHECK_INT(if_index("tap0"), 0);
	enter(old);
	CHECK(if_index("tap0") > 0);
	close(old);
}

static void test_moved_device_works(void)
{
	int fd = device_open("tap0", TAP), here, there, packet;
	struct ifreq ifr = { 0 };
	char frame[128];

	here = leave();
	there = namespace_here();
	enter(here);
	device_move("tap0", there);
	CHECK_INT(if_index("tap0"), 0);
	CHECK_OK(ioctl(fd, TUNGETIFF, &ifr));
	CHECK_STR(ifr.ifr_name, "tap0");

	enter(there);
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", TEST_PROTO);
	CHECK_OK(frame_send(packet, 60, 1));
	CHECK_INT(wait_for(fd, POLLIN, PATIENCE), POLLIN);
	CHECK_INT(read(fd, frame, sizeof(frame)), 60);
	CHECK_INT(write(fd, frame, 60), 60);
	CHECK_INT(wait_for(packet, POLLIN, PATIENCE), POLLIN);
	close(here);
	close(there);
}

static void test_which_namespaces(void)
{
	int fd = device_open("tap0", TAP), here, there, got;

	here = leave();
	there = namespace_here();
	enter(here);
	got = ioctl(fd, TUNGETDEVNETNS);
	CHECK_OK(got);
	CHECK(same_namespace(got, here));
	close(got);

	device_move("tap0", there);
	got = ioctl(fd, TUNGETDEVNETNS);
	CHECK_OK(got);
	CHECK(same_namespace(got, there));
	close(got);
	got = ioctl(fd, SIOCGSKNS);
	CHECK_OK(got);
	CHECK(same_namespace(got, here));
	close(got);
	close(here);
	close(there);
}

static void test_without_a_device(void)
{
	int fd = node_open(0), here = namespace_here(), got;

	CHECK_ERRNO(ioctl(fd, TUNGETDEVNETNS), EBADFD);
	/* It takes no argument: none is looked at. */
	got = ioctl(fd, SIOCGSKNS, 8);
	CHECK_OK(got);
	CHECK(same_namespace(got, here));
	close(got);
	close(here);
}

static int ask_namespaces(void *arg)
{
	int fd = *(int *)arg;

	if (ioctl(fd, TUNGETDEVNETNS) != -1 || errno != EPERM)
		return 1;
	return ioctl(fd, SIOCGSKNS) != -1 || errno != EPERM ? 2 : 0;
}

static void test_namespaces_need_capability(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_INT(run_as(1000, 1000, ask_namespaces, &fd), 0);
}

static void test_attaches_only_where_it_was_opened(void)
{
	char name[IFNAMSIZ] = "tap0";
	int fd = node_open(0), old;

	old = leave();
	device_make("tap0", TAP);
	CHECK_OK(set_iff(fd, name, TAP | IFF_TUN_EXCL));
	enter(old);
	CHECK(if_index("tap0") > 0);
	close(old);
}

static void test_deleted_namespace(void)
{
	int fd = device_open("tap0", TAP), here, there;
	char name[IFNAMSIZ] = "tap0", frame[60] = "";

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	here = leave();
	there = namespace_here();
	enter(here);
	device_move("tap0", there);
	/* Nobody is in it: it goes, and the device with it. */
	close(there);
	CHECK_INT(wait_for(fd, POLLIN, PATIENCE), POLLERR);
	/* Under RTNL, as the end of the device: that is over when this ends. */
	CHECK_ERRNO(get_flags(fd), EBADFD);
	CHECK_ERRNO(read(fd, frame, sizeof(frame)), EBADFD);
	CHECK_INT(if_index("tap0"), 0);
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK(if_index("tap0") > 0);
	close(here);
}

/* The descriptor keeps the namespace that it was opened in. */
static void test_descriptor_keeps_its_namespace(void)
{
	int fd = device_open("tap0", TAP), got;

	CHECK_OK(unshare(CLONE_NEWNET));
	got = ioctl(fd, SIOCGSKNS);
	CHECK_OK(got);
	enter(got);
	close(got);
	CHECK(if_index("tap0") > 0);
}

static void test_hardware_address_of_a_moved_device(void)
{
	static const char address[ETH_ALEN] = { 2, 1, 2, 3, 4, 5 };
	struct ifreq ifr = { .ifr_hwaddr.sa_family = 1 }, got = { 0 };
	int fd = device_open("tap0", TAP), here, there;

	memcpy(ifr.ifr_hwaddr.sa_data, address, ETH_ALEN);
	CHECK_OK(ioctl(fd, SIOCSIFHWADDR, &ifr));
	here = leave();
	there = namespace_here();
	enter(here);
	device_move("tap0", there);
	CHECK_OK(ioctl(fd, SIOCGIFHWADDR, &got));
	CHECK_MEM(got.ifr_hwaddr.sa_data, address, ETH_ALEN);
	close(here);
	close(there);
}

static const struct check_test tests[] = {
	{ "netns: the open decides where a device is made",
	  test_opener_decides },
	{ "netns: a moved device works", test_moved_device_works },
	{ "netns: a descriptor's and its device's", test_which_namespaces },
	{ "netns: without a device", test_without_a_device },
	{ "netns: asking needs CAP_NET_ADMIN",
	  test_namespaces_need_capability },
	{ "netns: a device elsewhere is not found",
	  test_attaches_only_where_it_was_opened },
	{ "netns: a device goes with its namespace",
	  test_deleted_namespace },
	{ "netns: a descriptor keeps its namespace",
	  test_descriptor_keeps_its_namespace },
	{ "netns: the hardware address of a moved device",
	  test_hardware_address_of_a_moved_device },
};

DRIVER_MAIN(tests)
