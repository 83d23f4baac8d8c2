// SPDX-License-Identifier: GPL-2.0-or-later
/* The carrier, and who is told of what: notifications of rtnetlink. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define TAP	(IFF_TAP | IFF_NO_PI)
#define MANY	(TAP | IFF_MULTI_QUEUE)

static int carrier(const char *name)
{
	struct tun_link link;

	CHECK_OK(tun_link_get(name, &link));
	return link.carrier;
}

static int set_carrier(int fd, int on)
{
	return ioctl(fd, TUNSETCARRIER, &on);
}

static void test_of_a_new_device(void)
{
	device_open("tap0", TAP);
	device_open("tap1", TAP | IFF_NO_CARRIER);
	CHECK_INT(carrier("tap0"), 1);
	CHECK_INT(carrier("tap1"), 0);
}

static void test_set_by_descriptor(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(set_carrier(fd, 0));
	CHECK_INT(carrier("tap0"), 0);
	CHECK_OK(set_carrier(fd, 0));
	CHECK_OK(set_carrier(fd, 7));
	CHECK_INT(carrier("tap0"), 1);
	CHECK_ERRNO(ioctl(fd, TUNSETCARRIER, 8), EFAULT);
}

static void test_of_a_closed_device(void)
{
	device_make("tap0", TAP);
	CHECK_INT(carrier("tap0"), 0);
	node_close(device_open("tap0", TAP | IFF_NO_CARRIER));
	CHECK_INT(carrier("tap0"), 0);
	device_open("tap0", TAP);
	CHECK_INT(carrier("tap0"), 1);
}

static void test_without_carrier_attach(void)
{
	device_make("tap0", TAP);
	device_open("tap0", TAP | IFF_NO_CARRIER);
	CHECK_INT(carrier("tap0"), 0);
}

/* A further queue leaves it as it is. */
static void test_of_further_queues(void)
{
	int first = device_open("tap0", MANY | IFF_NO_CARRIER), second;

	second = device_open("tap0", MANY);
	CHECK_INT(carrier("tap0"), 0);
	CHECK_OK(set_carrier(second, 1));
	CHECK_OK(set_queue(second, IFF_DETACH_QUEUE));
	node_close(first);
	CHECK_INT(carrier("tap0"), 1);
	CHECK_ERRNO(set_carrier(second, 1), EPERM);
	CHECK_OK(set_carrier(second, 0));
	CHECK_OK(set_queue(second, IFF_ATTACH_QUEUE));
	CHECK_INT(carrier("tap0"), 0);
}

/* ---- Notifications ---- */

static int watch_open(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_ROUTE);

	CHECK_OK(fd);
	CHECK_OK(bind(fd, (void *)&address, sizeof(address)));
	return fd;
}

/* How many messages came since; all of them must be of this type. */
static int watch_count(int fd, int type)
{
	static char text[32768];
	struct nlmsghdr *header;
	int count = 0;
	ssize_t len;

	while ((len = recv(fd, text, sizeof(text), 0)) > 0)
		for (header = (void *)text; NLMSG_OK(header, len);
		     header = NLMSG_NEXT(header, len), count++)
			CHECK_INT(header->nlmsg_type, type);
	return count;
}

/* Once tap0 is up and what that leads to has been told. */
static int watch_open_up(void)
{
	int watch = watch_open();

	CHECK_OK(if_up("tap0"));
	while (wait_for(watch, POLLIN, 1000))
		watch_count(watch, RTM_NEWLINK);
	return watch;
}

static void test_told_of_settings(void)
{
	int fd = device_open("tap0", TAP), watch = watch_open();

	/* The stack tells of a device that is up only. */
	CHECK_OK(ioctl(fd, TUNSETOWNER, 1));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 0);
	close(watch);
	watch = watch_open_up();
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 0);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 0));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 0));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 0);
	CHECK_OK(ioctl(fd, TUNSETOWNER, 1));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_OK(ioctl(fd, TUNSETGROUP, 1));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_ERRNO(ioctl(fd, TUNSETOWNER, -1), EINVAL);
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 0);
	CHECK_OK(ioctl(fd, TUNSETDEBUG, 1));
	CHECK_OK(ioctl(fd, TUNSETNOCSUM, 1));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 0);
	close(watch);
}

static void test_told_of_queues(void)
{
	int first = device_open("tap0", MANY), watch = watch_open_up(), second;

	second = device_open("tap0", MANY);
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_OK(set_queue(second, IFF_DETACH_QUEUE));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_OK(set_queue(second, IFF_ATTACH_QUEUE));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	node_close(second);
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	second = device_open("tap0", MANY);
	CHECK_OK(set_queue(second, IFF_DETACH_QUEUE));
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 2);
	node_close(second);
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 1);
	CHECK_ERRNO(set_queue(first, IFF_ATTACH_QUEUE), EINVAL);
	CHECK_INT(watch_count(watch, RTM_NEWLINK), 0);
	close(watch);
}

static void test_told_of_attaching(void)
{
	int fd = device_open("tap0", TAP), watch;

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	node_close(fd);
	watch = watch_open_up();
	device_open("tap0", TAP);
	CHECK(watch_count(watch, RTM_NEWLINK) >= 1);
	close(watch);
}

static void test_told_of_carrier(void)
{
	int fd = device_open("tap0", TAP), watch;

	CHECK_OK(if_up("tap0"));
	watch = watch_open();
	CHECK_OK(set_carrier(fd, 0));
	CHECK_INT(wait_for(watch, POLLIN, PATIENCE), POLLIN);
	CHECK(watch_count(watch, RTM_NEWLINK) >= 1);
	CHECK_INT(if_flags("tap0") & IFF_RUNNING, 0);
	/* By a worker, once a second at most. */
	CHECK_OK(set_carrier(fd, 1));
	CHECK_INT(wait_for(watch, POLLIN, PATIENCE), POLLIN);
	CHECK_INT(if_flags("tap0") & IFF_RUNNING, IFF_RUNNING);
	close(watch);
}

static void test_told_of_making_and_deleting(void)
{
	int watch = watch_open(), fd = device_open("tap0", TAP), count;

	count = watch_count(watch, RTM_NEWLINK);
	CHECK_INT(count, 1);
	node_close(fd);
	CHECK_INT(watch_count(watch, RTM_DELLINK), 1);
	close(watch);
}

static const struct check_test tests[] = {
	{ "carrier: of a new device", test_of_a_new_device },
	{ "carrier: set by a descriptor", test_set_by_descriptor },
	{ "carrier: of a closed device", test_of_a_closed_device },
	{ "carrier: IFF_NO_CARRIER on a device that is there",
	  test_without_carrier_attach },
	{ "carrier: further queues leave it", test_of_further_queues },
	{ "carrier: rtnetlink tells of settings", test_told_of_settings },
	{ "carrier: rtnetlink tells of queues", test_told_of_queues },
	{ "carrier: rtnetlink tells of an attach", test_told_of_attaching },
	{ "carrier: rtnetlink tells of the carrier", test_told_of_carrier },
	{ "carrier: rtnetlink tells of a device's life",
	  test_told_of_making_and_deleting },
};

DRIVER_MAIN(tests)
