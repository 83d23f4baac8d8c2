// SPDX-License-Identifier: GPL-2.0-or-later
/* TUNSETLINK: the link type and its address; the hardware address. */
#include <errno.h>
#include <linux/if_arp.h>
#include <sys/ioctl.h>

#include "driver.h"

#define TUN	(IFF_TUN | IFF_NO_PI)
#define TAP	(IFF_TAP | IFF_NO_PI)

static const struct link_type {
	unsigned short type;
	unsigned char address_len;
} link_types[] = {
	{ ARPHRD_NETROM,	7 },
	{ ARPHRD_ETHER,		6 },
	{ ARPHRD_LOOPBACK,	0 },
	{ ARPHRD_AX25,		0 },
	{ ARPHRD_DLCI,		0 },
	{ ARPHRD_IEEE1394,	0 },
	{ ARPHRD_INFINIBAND,	0 },
	{ ARPHRD_ROSE,		5 },
	{ ARPHRD_TUNNEL,	4 },
	{ ARPHRD_SIT,		4 },
	{ ARPHRD_IPGRE,		4 },
	{ ARPHRD_TUNNEL6,	16 },
	{ ARPHRD_IP6GRE,	16 },
	{ ARPHRD_FDDI,		6 },
	{ ARPHRD_HIPPI,		6 },
	{ ARPHRD_IEEE802,	6 },
	{ ARPHRD_LOCALTLK,	1 },
	{ ARPHRD_IEEE802154,	8 },
	{ ARPHRD_IEEE802154_MONITOR, 8 },
	{ ARPHRD_6LOWPAN,	8 },
	{ ARPHRD_NONE,		0 },
	{ ARPHRD_VOID,		0 },
	{ ARPHRD_PPP,		0 },
	{ ARPHRD_PHONET,	0 },
	{ ARPHRD_SLIP,		0 },
	{ ARPHRD_CAN,		0 },
	{ ARPHRD_RAWHDLC,	0 },
	{ 12345,		0 },
};

static void check_types(int fd, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++) {
		const struct link_type *link = &link_types[i];

		CHECK_OK(ioctl(fd, TUNSETLINK, link->type));
		CHECK_INT(if_sysfs(name, "type"), link->type);
		if (if_sysfs(name, "addr_len") != link->address_len)
			FAIL("type %d: %d bytes, not %d", link->type,
			     (int)if_sysfs(name, "addr_len"),
			     link->address_len);
	}
}

static void test_types(void)
{
	check_types(device_open("tap0", TAP), "tap0");
	check_types(device_open("tun0", TUN), "tun0");
}

static void test_only_when_down(void)
{
	int fd = device_open("tun0", TUN);

	CHECK_OK(if_up("tun0"));
	CHECK_ERRNO(ioctl(fd, TUNSETLINK, ARPHRD_ETHER), EBUSY);
	CHECK_INT(if_sysfs("tun0", "type"), ARPHRD_NONE);
	CHECK_OK(if_down("tun0"));
	CHECK_OK(ioctl(fd, TUNSETLINK, ARPHRD_ETHER));
}

static void test_type_survives(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNSETLINK, ARPHRD_IEEE802154));
	node_close(fd);
	device_open("tap0", TAP);
	CHECK_INT(if_sysfs("tap0", "type"), ARPHRD_IEEE802154);
}

/* ---- Hardware address ---- */

static struct ifreq address_of(int fd)
{
	struct ifreq ifr;

	memset(&ifr, 0xa5, sizeof(ifr));
	CHECK_OK(ioctl(fd, SIOCGIFHWADDR, &ifr));
	return ifr;
}

static int set_address(int fd, int family, const char *address)
{
	struct ifreq ifr = { .ifr_hwaddr.sa_family = family };

	memcpy(ifr.ifr_hwaddr.sa_data, address, ETH_ALEN);
	return ioctl(fd, SIOCSIFHWADDR, &ifr);
}

static void test_address_of_tap(void)
{
	static const char address[14] = "\2\1\2\3\4\5";
	int fd = device_open("tap0", TAP);
	struct ifreq ifr;

	CHECK_OK(set_address(fd, ARPHRD_ETHER, address));
	ifr = address_of(fd);
	CHECK_INT(ifr.ifr_hwaddr.sa_family, ARPHRD_ETHER);
	CHECK_MEM(ifr.ifr_hwaddr.sa_data, address, ETH_ALEN);
	/* Set by someone; no longer random. */
	CHECK_INT(if_sysfs("tap0", "addr_assign_type"), 3);
}

static void test_address_while_up(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(if_up("tap0"));
	CHECK_OK(set_address(fd, ARPHRD_ETHER, "\2\1\2\3\4\5"));
	CHECK_MEM(address_of(fd).ifr_hwaddr.sa_data, "\2\1\2\3\4\5", ETH_ALEN);
}

/* What the request has beyond the address comes back as it was. */
static void test_address_fills_no_more(void)
{
	int tap = device_open("tap0", TAP), tun = device_open("tun0", TUN);
	struct ifreq ifr = address_of(tap);

	CHECK_MEM(ifr.ifr_hwaddr.sa_data + ETH_ALEN,
		  "\xa5\xa5\xa5\xa5\xa5\xa5\xa5\xa5", 8);
	ifr = address_of(tun);
	CHECK_MEM(ifr.ifr_hwaddr.sa_data, "\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
}

static void test_address_refused(void)
{
	int fd = device_open("tap0", TAP);
	struct ifreq before = address_of(fd), after;

	CHECK_ERRNO(set_address(fd, ARPHRD_NONE, "\2\1\2\3\4\5"), EINVAL);
	CHECK_ERRNO(set_address(fd, ARPHRD_ETHER, "\3\1\2\3\4\5"),
		    EADDRNOTAVAIL);
	CHECK_ERRNO(set_address(fd, ARPHRD_ETHER, "\0\0\0\0\0\0"),
		    EADDRNOTAVAIL);
	CHECK_ERRNO(ioctl(fd, SIOCSIFHWADDR, 8), EFAULT);
	CHECK_ERRNO(ioctl(fd, SIOCGIFHWADDR, 8), EFAULT);
	after = address_of(fd);
	CHECK_MEM(&before.ifr_hwaddr, &after.ifr_hwaddr,
		  sizeof(after.ifr_hwaddr));
}

static void test_address_of_tun(void)
{
	static const char none[14];
	int fd = device_open("tun0", TUN);
	struct ifreq ifr = address_of(fd);

	CHECK_INT(ifr.ifr_hwaddr.sa_family, ARPHRD_NONE);
	CHECK_MEM(ifr.ifr_hwaddr.sa_data, none, sizeof(none));
	CHECK_ERRNO(set_address(fd, ARPHRD_NONE, "\2\1\2\3\4\5"), EOPNOTSUPP);
	CHECK_ERRNO(set_address(fd, ARPHRD_ETHER, "\2\1\2\3\4\5"), EOPNOTSUPP);
}

static void test_address_of_another_type(void)
{
	int fd = device_open("tun0", TUN);
	struct ifreq ifr;

	CHECK_OK(ioctl(fd, TUNSETLINK, ARPHRD_IEEE802154));
	ifr = address_of(fd);
	CHECK_INT(ifr.ifr_hwaddr.sa_family, ARPHRD_IEEE802154);
	CHECK_MEM(ifr.ifr_hwaddr.sa_data, "\0\0\0\0\0\0\0\0", 8);
}

static void test_longest_address(void)
{
	int fd = device_open("tap0", TAP);
	struct ifreq ifr;

	/* Two bytes longer than there is room for. */
	CHECK_OK(ioctl(fd, TUNSETLINK, ARPHRD_TUNNEL6));
	ifr = address_of(fd);
	CHECK_INT(ifr.ifr_hwaddr.sa_family, ARPHRD_TUNNEL6);
	CHECK_STR(ifr.ifr_name, address_of(fd).ifr_name);
}

static const struct check_test tests[] = {
	{ "link: each type has its length of address", test_types },
	{ "link: the type changes only when down", test_only_when_down },
	{ "link: the type survives a close", test_type_survives },
	{ "link: address of a TAP device", test_address_of_tap },
	{ "link: the address changes while up", test_address_while_up },
	{ "link: an address fills no more than its length",
	  test_address_fills_no_more },
	{ "link: address refused", test_address_refused },
	{ "link: a TUN device has no address", test_address_of_tun },
	{ "link: address of another type", test_address_of_another_type },
	{ "link: an address longer than its room", test_longest_address },
};

DRIVER_MAIN(tests)
