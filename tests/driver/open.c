// SPDX-License-Identifier: GPL-2.0-or-later
/* The node without a device: what an unattached descriptor answers. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "driver.h"

#define FEATURES	0x7173

static void test_reads_and_writes_need_a_device(void)
{
	int fd = node_open(0);
	char byte = 0x45;

	CHECK_ERRNO(read(fd, &byte, 1), EBADFD);
	CHECK_ERRNO(write(fd, &byte, 1), EBADFD);
}

static void test_polls_as_an_error(void)
{
	CHECK_INT(wait_for(node_open(0), POLLIN | POLLOUT, 0), POLLERR);
}

static void test_tells_its_features(void)
{
	unsigned int features = 0;

	CHECK_OK(ioctl(node_open(0), TUNGETFEATURES, &features));
	CHECK_INT(features, FEATURES);
}

static void test_refuses_what_needs_a_device(void)
{
	int fd = node_open(0), value = 0;

	CHECK_INT(get_flags(fd), -1);
	CHECK_INT(errno, EBADFD);
	CHECK_ERRNO(ioctl(fd, TUNSETPERSIST, 1), EBADFD);
	CHECK_ERRNO(ioctl(fd, TUNSETOFFLOAD, 0), EBADFD);
	CHECK_ERRNO(ioctl(fd, TUNGETSNDBUF, &value), EBADFD);
	CHECK_ERRNO(ioctl(fd, FIONREAD, &value), EBADFD);
	CHECK_ERRNO(ioctl(fd, 0x5499, &value), EBADFD);
}

static void test_has_no_queue_to_set(void)
{
	int fd = node_open(0);

	CHECK_ERRNO(set_queue(fd, IFF_ATTACH_QUEUE), EINVAL);
	CHECK_ERRNO(set_queue(fd, IFF_DETACH_QUEUE), EINVAL);
}

static void test_unknown_ioctl_with_a_device(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI), value = 0;

	CHECK_ERRNO(ioctl(fd, FIONREAD, &value), EINVAL);
	CHECK_ERRNO(ioctl(fd, 0x5499, &value), EINVAL);
}

static void test_device_goes_with_its_descriptor(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI);

	CHECK(if_index("tap0") > 0);
	node_close(fd);
	CHECK_INT(if_index("tap0"), 0);
}

static const struct check_test tests[] = {
	{ "open: reads and writes need a device",
	  test_reads_and_writes_need_a_device },
	{ "open: polls as an error", test_polls_as_an_error },
	{ "open: tells its features", test_tells_its_features },
	{ "open: refuses what needs a device",
	  test_refuses_what_needs_a_device },
	{ "open: has no queue to set", test_has_no_queue_to_set },
	{ "open: unknown ioctl with a device",
	  test_unknown_ioctl_with_a_device },
	{ "open: a device goes with its descriptor",
	  test_device_goes_with_its_descriptor },
};

DRIVER_MAIN(tests)
