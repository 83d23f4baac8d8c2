// SPDX-License-Identifier: GPL-2.0-or-later
/* TUNSETIFF on what exists: who is refused, and which error comes first. */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "driver.h"

#define TUN	(IFF_TUN | IFF_NO_PI)
#define TAP	(IFF_TAP | IFF_NO_PI)
#define MANY	(TAP | IFF_MULTI_QUEUE)

/* TUNSETIFF on a fresh descriptor. */
static int attach(const char *to, unsigned int flags)
{
	char name[IFNAMSIZ] = "";

	strncpy(name, to, IFNAMSIZ - 1);
	return set_iff(node_open(0), name, flags);
}

static void test_one_device_a_descriptor(void)
{
	int fd = device_open("tap0", TAP);
	char name[IFNAMSIZ] = "tap1";

	CHECK_ERRNO(set_iff(fd, name, TAP), EEXIST);
	strcpy(name, "tap0");
	CHECK_ERRNO(set_iff(fd, name, TAP), EEXIST);
	CHECK_ERRNO(set_iff(fd, name, 0), EEXIST);
	CHECK_ERRNO(ioctl(fd, TUNSETIFF, 8), EFAULT);
}

static void test_detached_queue_is_attached_still(void)
{
	int fd = device_open("tap0", MANY);
	char name[IFNAMSIZ] = "tap0";

	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	CHECK_ERRNO(set_iff(fd, name, MANY), EEXIST);
	strcpy(name, "tap1");
	CHECK_ERRNO(set_iff(fd, name, MANY), EEXIST);
}

static void test_busy(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_ERRNO(attach("tap0", TAP), EBUSY);
	node_close(fd);
	CHECK_OK(attach("tap0", TAP));
}

static void test_duplicate_descriptor_keeps_it(void)
{
	int fd = device_open("tap0", TAP), copy = dup(fd);

	node_close(fd);
	CHECK_ERRNO(attach("tap0", TAP), EBUSY);
	CHECK_INT(get_flags(copy) & IFF_TAP, IFF_TAP);
	close(copy);
	CHECK_INT(if_index("tap0"), 0);
}

static void test_exclusive(void)
{
	device_make("tap0", TAP);
	CHECK_OK(attach("tap1", TAP | IFF_TUN_EXCL));
	CHECK_ERRNO(attach("tap0", TAP | IFF_TUN_EXCL), EBUSY);
	/* Before all that is wrong with the device. */
	CHECK_ERRNO(attach("tap0", TUN | IFF_TUN_EXCL), EBUSY);
	CHECK_ERRNO(attach("tap0", MANY | IFF_TUN_EXCL), EBUSY);
	CHECK_ERRNO(attach("lo", TAP | IFF_TUN_EXCL), EBUSY);
	CHECK_OK(attach("tap0", TAP));
}

static void test_exclusive_is_of_one_call(void)
{
	int fd = device_open("tap0", MANY | IFF_TUN_EXCL);

	CHECK_OK(attach("tap0", MANY));
	CHECK_INT(get_flags(fd) & IFF_TUN_EXCL, 0);
}

static void test_other_drivers_device(void)
{
	CHECK_ERRNO(attach("lo", TAP), EINVAL);
	CHECK_ERRNO(attach("lo", TUN), EINVAL);
}

static void test_kind(void)
{
	device_make("tap0", TAP);
	device_make("tun0", TUN);
	CHECK_ERRNO(attach("tap0", TUN), EINVAL);
	CHECK_ERRNO(attach("tun0", TAP), EINVAL);
	CHECK_ERRNO(attach("tun0", IFF_NO_PI), EINVAL);
	CHECK_OK(attach("tap0", TUN | TAP));
	CHECK_OK(attach("tun0", TUN | TAP));
}

static void test_queues_as_made(void)
{
	device_make("tap0", TAP);
	device_make("tap1", MANY);
	CHECK_ERRNO(attach("tap0", MANY), EINVAL);
	CHECK_ERRNO(attach("tap1", TAP), EINVAL);
	CHECK_OK(attach("tap0", TAP));
	CHECK_OK(attach("tap1", MANY));
}

static void test_mismatch_before_busy(void)
{
	device_open("tap0", TAP);
	CHECK_ERRNO(attach("tap0", TUN), EINVAL);
	CHECK_ERRNO(attach("tap0", MANY), EINVAL);
}

static void test_fragments_before_the_name(void)
{
	device_open("tap0", TAP);
	CHECK_ERRNO(attach("tap0", TAP | IFF_NAPI_FRAGS | IFF_TUN_EXCL),
		    EINVAL);
	CHECK_ERRNO(attach("tap0", TUN | IFF_NAPI | IFF_NAPI_FRAGS), EINVAL);
	CHECK_ERRNO(attach("tap0", IFF_TUN | TAP | IFF_NAPI | IFF_NAPI_FRAGS),
		    EINVAL);
	CHECK_ERRNO(attach("tap0", TAP | IFF_NAPI | IFF_NAPI_FRAGS), EBUSY);
}

static void test_refused_descriptor_is_free(void)
{
	char name[IFNAMSIZ] = "tap0";
	int fd = node_open(0);

	device_open("tap0", TAP);
	CHECK_ERRNO(set_iff(fd, name, TAP), EBUSY);
	CHECK_INT(get_flags(fd), -1);
	CHECK_INT(errno, EBADFD);
	strcpy(name, "tap1");
	CHECK_OK(set_iff(fd, name, TAP));
}

static void test_further_queue_changes_no_flags(void)
{
	int first = device_open("tap0", MANY), size = 0, second;
	struct tun_link link;

	second = device_open("tap0", IFF_TAP | IFF_MULTI_QUEUE | IFF_VNET_HDR);
	CHECK_INT(get_flags(first), get_flags(second));
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.pi, 0);
	CHECK_INT(link.vnet_hdr, 0);
	CHECK_OK(ioctl(second, TUNGETVNETHDRSZ, &size));
	CHECK_INT(size, 10);
}

static void test_further_queue_of_detached_ones(void)
{
	int first = device_open("tap0", MANY);
	struct tun_link link;

	CHECK_OK(set_queue(first, IFF_DETACH_QUEUE));
	device_open("tap0", IFF_TAP | IFF_MULTI_QUEUE | IFF_VNET_HDR);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.vnet_hdr, 0);
	CHECK_INT(link.queues, 1);
	CHECK_INT(link.queues_detached, 1);
}

static const struct check_test tests[] = {
	{ "attach: one device a descriptor", test_one_device_a_descriptor },
	{ "attach: a detached queue is attached still",
	  test_detached_queue_is_attached_still },
	{ "attach: a device with one queue is busy", test_busy },
	{ "attach: a duplicate descriptor keeps the device",
	  test_duplicate_descriptor_keeps_it },
	{ "attach: IFF_TUN_EXCL wants a new device", test_exclusive },
	{ "attach: IFF_TUN_EXCL binds nobody else",
	  test_exclusive_is_of_one_call },
	{ "attach: another driver's device", test_other_drivers_device },
	{ "attach: the kind is the device's", test_kind },
	{ "attach: one queue or many, as it was made", test_queues_as_made },
	{ "attach: a mismatch comes before busy", test_mismatch_before_busy },
	{ "attach: IFF_NAPI_FRAGS comes before the name",
	  test_fragments_before_the_name },
	{ "attach: a refused descriptor is free", test_refused_descriptor_is_free },
	{ "attach: a further queue changes no flags",
	  test_further_queue_changes_no_flags },
	{ "attach: neither beside detached ones",
	  test_further_queue_of_detached_ones },
};

DRIVER_MAIN(tests)
