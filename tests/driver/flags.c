// SPDX-License-Identifier: GPL-2.0-or-later
/* What a device tells of itself: TUNGETIFF, sysfs, rtnetlink, fdinfo agree. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

static void check_agreement(unsigned int flags)
{
	int fd = device_open("x0", flags);
	struct tun_link link;

	CHECK_INT(if_sysfs("x0", "tun_flags"), flags);
	/* Without a socket filter the bit of IFF_NO_PI is always set. */
	CHECK_INT(get_flags(fd), flags | IFF_NOFILTER);
	CHECK_OK(tun_link_get("x0", &link));
	CHECK_INT(link.type, flags & (IFF_TUN | IFF_TAP));
	CHECK_INT(link.pi, !(flags & IFF_NO_PI));
	CHECK_INT(link.vnet_hdr, !!(flags & IFF_VNET_HDR));
	CHECK_INT(link.multi_queue, !!(flags & IFF_MULTI_QUEUE));
	CHECK_INT(link.queues, flags & IFF_MULTI_QUEUE ? 1 : -1);
	CHECK_INT(link.queues_detached, flags & IFF_MULTI_QUEUE ? 0 : -1);
	CHECK_INT(link.persist, 0);
	node_close(fd);
}

static void test_agreement(void)
{
	static const unsigned int flags[] = {
		IFF_TUN, IFF_TAP, IFF_TUN | IFF_NO_PI, IFF_TAP | IFF_NO_PI,
		IFF_TUN | IFF_VNET_HDR, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR,
		IFF_TAP | IFF_MULTI_QUEUE, IFF_TUN | IFF_NO_PI | IFF_NAPI,
		IFF_TAP | IFF_NAPI | IFF_NAPI_FRAGS,
		IFF_TUN | IFF_ONE_QUEUE,
		IFF_TAP | IFF_NO_PI | IFF_ONE_QUEUE | IFF_VNET_HDR |
			IFF_MULTI_QUEUE | IFF_NAPI,
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		check_agreement(flags[i]);
}

static void test_other_bits_are_dropped(void)
{
	int fd = device_open("x0", IFF_TAP | IFF_TUN_EXCL | IFF_PERSIST |
			     IFF_ATTACH_QUEUE | IFF_DETACH_QUEUE |
			     IFF_NO_CARRIER | 0x0c);

	CHECK_INT(if_sysfs("x0", "tun_flags"), IFF_TAP);
	CHECK_INT(get_flags(fd), IFF_TAP | IFF_NOFILTER);
}

static void test_filter_clears_the_ambiguous_bit(void)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0x40000);
	struct sock_fprog program = { .len = 1, .filter = &all };
	int fd = device_open("tap0", IFF_TAP);

	NEEDS_SOCKET_FILTERS();
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, &program));
	CHECK_INT(get_flags(fd), IFF_TAP);
	CHECK_OK(ioctl(fd, TUNDETACHFILTER, &program));
	CHECK_INT(get_flags(fd), IFF_TAP | IFF_NOFILTER);
}

static void test_filter_cannot_hide_no_pi(void)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0x40000);
	struct sock_fprog program = { .len = 1, .filter = &all };
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI);

	NEEDS_SOCKET_FILTERS();
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, &program));
	CHECK_INT(get_flags(fd), IFF_TAP | IFF_NO_PI);
}

static void test_detached_queue(void)
{
	unsigned int flags = IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE;
	int first = device_open("tap0", flags);
	int second = device_open("tap0", flags);

	CHECK_OK(set_queue(second, IFF_DETACH_QUEUE));
	CHECK_INT(get_flags(second), flags | IFF_DETACH_QUEUE);
	CHECK_INT(get_flags(first), flags);
	CHECK_INT(if_sysfs("tap0", "tun_flags"), flags);
	CHECK_OK(set_queue(second, IFF_ATTACH_QUEUE));
	CHECK_INT(get_flags(second), flags);
}

static void test_persistent(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI);
	struct tun_link link;

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_INT(get_flags(fd), IFF_TAP | IFF_NO_PI | IFF_PERSIST);
	CHECK_INT(if_sysfs("tap0", "tun_flags"),
		  IFF_TAP | IFF_NO_PI | IFF_PERSIST);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.persist, 1);
}

static void test_owner_and_group(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI);
	struct tun_link link;

	CHECK_INT(if_sysfs("tap0", "owner"), -1);
	CHECK_INT(if_sysfs("tap0", "group"), -1);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.owner, -1);
	CHECK_INT(link.group, -1);

	CHECK_OK(ioctl(fd, TUNSETOWNER, 1000));
	CHECK_OK(ioctl(fd, TUNSETGROUP, 3000000000u));
	CHECK_INT(if_sysfs("tap0", "owner"), 1000);
	CHECK_INT(if_sysfs("tap0", "group"), 3000000000u);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.owner, 1000);
	CHECK_INT(link.group, 3000000000u);
}

static const char *fdinfo(int fd)
{
	static char text[512];
	const char *line;
	ssize_t len;
	int info;

	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
	info = open(text, O_RDONLY | O_CLOEXEC);
	CHECK_OK(info);
	len = read(info, text, sizeof(text) - 1);
	close(info);
	CHECK(len > 0);
	text[len] = '\0';
	line = strstr(text, "iff:");
	return line ? line : "";
}

static void test_fdinfo(void)
{
	int fd = node_open(0);
	char name[IFNAMSIZ] = "tap0";

	CHECK_STR(fdinfo(fd), "iff:\t\n");
	CHECK_OK(set_iff(fd, name, IFF_TAP | IFF_NO_PI));
	CHECK_STR(fdinfo(fd), "iff:\ttap0\n");
	CHECK_OK(if_delete("tap0"));
	CHECK_STR(fdinfo(fd), "iff:\t\n");
}

static void test_renamed(void)
{
	struct ifreq ifr = { .ifr_name = "tap0", .ifr_newname = "new0" };
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI);
	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CHECK_OK(ioctl(control, SIOCSIFNAME, &ifr));
	close(control);
	CHECK_STR(fdinfo(fd), "iff:\tnew0\n");
	memset(&ifr, 0, sizeof(ifr));
	CHECK_OK(ioctl(fd, TUNGETIFF, &ifr));
	CHECK_STR(ifr.ifr_name, "new0");
}

static void test_name_only_fills_its_request(void)
{
	int fd = device_open("x", IFF_TAP | IFF_NO_PI);
	struct ifreq ifr, zero = { .ifr_name = "x" };

	memset(&ifr, 0xa5, sizeof(ifr));
	CHECK_OK(ioctl(fd, TUNGETIFF, &ifr));
	CHECK_MEM(ifr.ifr_name, zero.ifr_name, IFNAMSIZ);
	/* The rest of the request, and nothing of the kernel's stack. */
	memset(&ifr.ifr_flags, 0, sizeof(ifr.ifr_flags));
	CHECK_MEM(&ifr, &zero, sizeof(ifr));
	CHECK_ERRNO(ioctl(fd, TUNGETIFF, 8), EFAULT);
}

static const struct check_test tests[] = {
	{ "flags: all ways to ask agree", test_agreement },
	{ "flags: other bits are dropped", test_other_bits_are_dropped },
	{ "flags: a socket filter clears the ambiguous bit",
	  test_filter_clears_the_ambiguous_bit },
	{ "flags: but not IFF_NO_PI", test_filter_cannot_hide_no_pi },
	{ "flags: a detached queue", test_detached_queue },
	{ "flags: a persistent device", test_persistent },
	{ "flags: owner and group", test_owner_and_group },
	{ "flags: fdinfo names the device", test_fdinfo },
	{ "flags: a renamed device", test_renamed },
	{ "flags: TUNGETIFF leaves nothing unset",
	  test_name_only_fills_its_request },
};

DRIVER_MAIN(tests)
