// SPDX-License-Identifier: GPL-2.0-or-later
/* New devices: their names, kinds, and what they are like. */
#include <errno.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>

#include "driver.h"

#define TUN	(IFF_TUN | IFF_NO_PI)
#define TAP	(IFF_TAP | IFF_NO_PI)

static void check_named(const char *asked, unsigned int flags,
			const char *expected)
{
	char name[IFNAMSIZ] = "";

	memcpy(name, asked, strnlen(asked, IFNAMSIZ));
	CHECK_OK(set_iff(node_open(0), name, flags));
	CHECK_STR(name, expected);
	CHECK(if_index(expected) > 0);
}

static void test_empty_name(void)
{
	check_named("", TUN, "tun0");
	check_named("", TAP, "tap0");
	check_named("", TUN, "tun1");
}

static void test_template(void)
{
	int fd;

	check_named("a%db", TUN, "a0b");
	fd = device_open("a%db", TUN);
	check_named("a%db", TUN, "a2b");
	node_close(fd);
	check_named("a%db", TAP, "a1b");
}

static void test_longest_name(void)
{
	check_named("abcdefghijklmno", TUN, "abcdefghijklmno");
	check_named("pqrstuvwxyzabcdX", TUN, "pqrstuvwxyzabcd");
}

static void test_invalid_names(void)
{
	static const char *const names[] = {
		"a%db%d", "%s", "a%", "%%d", "/", "a/b", ".", "..", "a b",
		"a:b", "a\tb",
	};
	int fd = node_open(0);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[IFNAMSIZ] = "";

		strcpy(name, names[i]);
		errno = 0;
		if (set_iff(fd, name, TUN) != -1 || errno != EINVAL)
			FAIL("\"%s\": %s", names[i], strerrorname_np(errno));
	}
	CHECK_OK(set_iff(fd, NULL, TUN));
}

static void test_needs_a_kind(void)
{
	char name[IFNAMSIZ] = "x0";

	CHECK_ERRNO(set_iff(node_open(0), name, IFF_NO_PI), EINVAL);
	CHECK_INT(if_index("x0"), 0);
}

static void test_both_kinds_make_tun(void)
{
	char name[IFNAMSIZ] = "";
	struct tun_link link;

	CHECK_OK(set_iff(node_open(0), name, IFF_TUN | IFF_TAP));
	CHECK_STR(name, "tun0");
	CHECK_OK(tun_link_get("tun0", &link));
	CHECK_INT(link.type, IFF_TUN);
}

static void test_flags_come_back_unchanged(void)
{
	struct ifreq ifr = {
		.ifr_flags = (short)(TUN | IFF_TUN_EXCL | IFF_ONE_QUEUE),
	};

	CHECK_OK(ioctl(node_open(0), TUNSETIFF, &ifr));
	CHECK_INT((unsigned short)ifr.ifr_flags,
		  TUN | IFF_TUN_EXCL | IFF_ONE_QUEUE);
}

static void test_unreadable_request(void)
{
	int fd = node_open(0);

	CHECK_ERRNO(ioctl(fd, TUNSETIFF, 8), EFAULT);
	CHECK_INT(get_flags(fd), -1);
}

static int hardware_type(const char *name)
{
	return if_sysfs(name, "type");
}

static void test_what_tun_is_like(void)
{
	struct tun_link link;

	device_open("tun0", TUN);
	CHECK_OK(tun_link_get("tun0", &link));
	CHECK_INT(hardware_type("tun0"), ARPHRD_NONE);
	CHECK_INT(if_sysfs("tun0", "addr_len"), 0);
	CHECK_INT(if_flags("tun0"),
		  IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST);
	CHECK_INT(link.mtu, 1500);
	CHECK_INT(link.tx_queue_len, 500);
	CHECK_INT(link.carrier, 1);
	CHECK_INT(link.multi_queue, 0);
	CHECK_INT(link.queues, -1);
}

static void test_what_tap_is_like(void)
{
	struct ifreq ifr = { 0 };
	struct tun_link link;
	int fd = device_open("tap0", TAP);

	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(hardware_type("tap0"), ARPHRD_ETHER);
	CHECK_INT(if_sysfs("tap0", "addr_len"), ETH_ALEN);
	CHECK_INT(if_flags("tap0"), IFF_BROADCAST | IFF_MULTICAST);
	CHECK_INT(link.mtu, 1500);
	CHECK_INT(link.tx_queue_len, 1000);
	/* Locally administered, unicast, and told to be random. */
	CHECK_OK(ioctl(fd, SIOCGIFHWADDR, &ifr));
	CHECK_INT(ifr.ifr_hwaddr.sa_data[0] & 3, 2);
	CHECK_INT(if_sysfs("tap0", "addr_assign_type"), 1);
}

static void test_mtu_limits(void)
{
	device_open("tun0", TUN);
	device_open("tap0", TAP);
	CHECK_ERRNO(if_set_mtu("tun0", 67), EINVAL);
	CHECK_OK(if_set_mtu("tun0", 68));
	CHECK_OK(if_set_mtu("tun0", 65535));
	CHECK_ERRNO(if_set_mtu("tun0", 65536), EINVAL);
	CHECK_ERRNO(if_set_mtu("tap0", 67), EINVAL);
	CHECK_OK(if_set_mtu("tap0", 68));
	CHECK_OK(if_set_mtu("tap0", 65521));
	CHECK_ERRNO(if_set_mtu("tap0", 65522), EINVAL);
}

static void test_interface_name_is_not_its_driver(void)
{
	/* NET_NAME_UNKNOWN: the attribute tells nothing, by EINVAL. */
	device_open("tap0", TAP);
	CHECK_INT(if_sysfs("tap0", "name_assign_type"), INT64_MIN);
}

static const struct check_test tests[] = {
	{ "create: an empty name gets a number", test_empty_name },
	{ "create: a template takes the first free number", test_template },
	{ "create: a name has at most 15 bytes", test_longest_name },
	{ "create: invalid names", test_invalid_names },
	{ "create: a device is TUN or TAP", test_needs_a_kind },
	{ "create: both kinds make a TUN device", test_both_kinds_make_tun },
	{ "create: flags come back unchanged",
	  test_flags_come_back_unchanged },
	{ "create: a request that cannot be read", test_unreadable_request },
	{ "create: what a TUN device is like", test_what_tun_is_like },
	{ "create: what a TAP device is like", test_what_tap_is_like },
	{ "create: limits of the MTU", test_mtu_limits },
	{ "create: nothing tells where the name is from",
	  test_interface_name_is_not_its_driver },
};

DRIVER_MAIN(tests)
