// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices that stay: what survives a close, what the next program changes. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"

#define TAP	(IFF_TAP | IFF_NO_PI)
#define MANY	(TAP | IFF_MULTI_QUEUE)

static void test_stays_and_goes(void)
{
	int fd = device_open("tap0", TAP);
	struct tun_link link;

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	node_close(fd);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.persist, 1);
	CHECK_INT(link.carrier, 0);

	fd = device_open("tap0", TAP);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 0));
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 0));
	CHECK(if_index("tap0") > 0);
	node_close(fd);
	CHECK_INT(if_index("tap0"), 0);
}

static void test_last_queue_takes_it_along(void)
{
	int first = device_open("tap0", MANY), second;

	second = device_open("tap0", MANY);
	node_close(first);
	CHECK(if_index("tap0") > 0);
	CHECK_OK(set_queue(second, IFF_DETACH_QUEUE));
	CHECK(if_index("tap0") > 0);
	node_close(second);
	CHECK_INT(if_index("tap0"), 0);
}

static void test_flags_are_replaced(void)
{
	struct tun_link link;

	device_make("tap0", TAP | IFF_VNET_HDR | IFF_NAPI);
	CHECK_INT(if_sysfs("tap0", "tun_flags"),
		  TAP | IFF_VNET_HDR | IFF_NAPI | IFF_PERSIST);
	node_close(device_open("tap0", IFF_TAP | IFF_ONE_QUEUE));
	CHECK_INT(if_sysfs("tap0", "tun_flags"),
		  IFF_TAP | IFF_ONE_QUEUE | IFF_PERSIST);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.pi, 1);
	CHECK_INT(link.vnet_hdr, 0);
}

static void test_flags_of_a_free_multi_queue_device(void)
{
	device_make("tap0", MANY);
	node_close(device_open("tap0",
			       IFF_TAP | IFF_MULTI_QUEUE | IFF_VNET_HDR));
	CHECK_INT(if_sysfs("tap0", "tun_flags"),
		  IFF_TAP | IFF_MULTI_QUEUE | IFF_VNET_HDR | IFF_PERSIST);
}

static int get_int(int fd, unsigned long request)
{
	int value = -1;

	CHECK_OK(ioctl(fd, request, &value));
	return value;
}

static void set_int(int fd, unsigned long request, int value)
{
	CHECK_OK(ioctl(fd, request, &value));
}

static int get_tso(const char *name)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GTSO };
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	CHECK_OK(ioctl(fd, SIOCETHTOOL, &ifr));
	close(fd);
	return value.data;
}

static void test_settings_survive(void)
{
	unsigned int flags = TAP | IFF_VNET_HDR;
	int fd = device_open("tap0", flags);
	struct ifreq before = { 0 }, after = { 0 };
	struct tun_link link;

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNSETOWNER, 7));
	CHECK_OK(ioctl(fd, TUNSETGROUP, 8));
	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4));
	set_int(fd, TUNSETVNETHDRSZ, 12);
	set_int(fd, TUNSETVNETLE, 1);
	CHECK_OK(if_set_mtu("tap0", 1400));
	CHECK_OK(ioctl(fd, SIOCGIFHWADDR, &before));
	node_close(fd);

	fd = device_open("tap0", flags);
	CHECK_INT(get_int(fd, TUNGETVNETHDRSZ), 12);
	CHECK_INT(get_int(fd, TUNGETVNETLE), 1);
	CHECK_INT(get_tso("tap0"), 1);
	CHECK_OK(ioctl(fd, SIOCGIFHWADDR, &after));
	CHECK_MEM(before.ifr_hwaddr.sa_data, after.ifr_hwaddr.sa_data,
		  ETH_ALEN);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.owner, 7);
	CHECK_INT(link.group, 8);
	CHECK_INT(link.mtu, 1400);
}

static void test_byte_order_outlives_the_header(void)
{
	int fd = device_open("tap0", TAP | IFF_VNET_HDR);

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	set_int(fd, TUNSETVNETLE, 1);
	node_close(fd);
	node_close(device_open("tap0", TAP));
	fd = device_open("tap0", TAP | IFF_VNET_HDR);
	CHECK_INT(get_int(fd, TUNGETVNETLE), 1);
}

static void test_send_buffer_is_the_descriptors(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	set_int(fd, TUNSETSNDBUF, 5000);
	CHECK_INT(get_int(fd, TUNGETSNDBUF), 5000);
	node_close(fd);
	fd = device_open("tap0", TAP);
	CHECK_INT(get_int(fd, TUNGETSNDBUF), INT_MAX);
}

static void test_frames_do_not_survive(void)
{
	int fd = device_open("tap0", TAP), packet;

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, 60, 1));
	node_close(fd);
	fd = device_open("tap0", TAP);
	CHECK_INT(wait_for(fd, POLLIN, 0), 0);
	CHECK_OK(frame_send(packet, 60, 2));
	CHECK_INT(wait_for(fd, POLLIN, PATIENCE), POLLIN);
}

static void test_deleted_by_rtnetlink(void)
{
	device_make("tap0", TAP);
	CHECK_OK(if_delete("tap0"));
	CHECK_INT(if_index("tap0"), 0);
}

/* ---- References to the module ---- */

static const char *module_name(void)
{
	const char *node = getenv("TUNKIT_NODE");

	return node && strstr(node, "tunkit") ? "tunkit" : "tun";
}

static int module_references(void)
{
	char path[64], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", module_name());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		SKIP("the driver is built in");
	CHECK(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	return atoi(text);
}

static int module_holders(void)
{
	char path[64];
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/module/%s/holders", module_name());
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return count;
}

/* Workers may still take apart what the tests before have left. */
static int module_references_idle(void)
{
	int tries;

	for (tries = 0; module_references() != module_holders(); tries++) {
		if (tries * 10 > PATIENCE)
			SKIP("others use the driver");
		poll(NULL, 0, 10);
	}
	return module_references();
}

static void test_module_references(void)
{
	int idle = module_references_idle(), fd = node_open(0), open;
	char name[IFNAMSIZ] = "tap0";

	open = module_references();
	CHECK(open > idle);
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK_INT(module_references(), open);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_INT(module_references(), open + 1);
	node_close(fd);
	CHECK_INT(module_references(), idle + 1);

	fd = device_open("tap0", TAP);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 0));
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 0));
	CHECK_INT(module_references(), open);
	node_close(fd);
	CHECK_INT(module_references(), idle);
}

static void test_module_reference_of_a_deleted_device(void)
{
	int idle = module_references_idle();

	device_make("tap0", TAP);
	CHECK_INT(module_references(), idle + 1);
	CHECK_OK(if_delete("tap0"));
	CHECK_INT(module_references(), idle);
}

static void test_module_reference_of_a_deleted_namespace(void)
{
	int idle = module_references_idle(), tries;

	device_make("tap0", TAP);
	CHECK_INT(module_references(), idle + 1);
	/* Out of it: a worker takes it apart. */
	CHECK_OK(unshare(CLONE_NEWNET));
	for (tries = 0; tries * 10 < PATIENCE && module_references() != idle;
	     tries++)
		poll(NULL, 0, 10);
	CHECK_INT(module_references(), idle);
}

static void test_module_stays_while_in_use(void)
{
	module_references();
	node_open(0);
	CHECK_ERRNO(syscall(SYS_delete_module, module_name(), O_NONBLOCK),
		    EWOULDBLOCK);
}

static const struct check_test tests[] = {
	{ "persist: stays, and goes", test_stays_and_goes },
	{ "persist: without it the last queue takes the device along",
	  test_last_queue_takes_it_along },
	{ "persist: the next program's flags replace them",
	  test_flags_are_replaced },
	{ "persist: also those of a free multi-queue device",
	  test_flags_of_a_free_multi_queue_device },
	{ "persist: settings survive", test_settings_survive },
	{ "persist: the byte order outlives the header",
	  test_byte_order_outlives_the_header },
	{ "persist: the send buffer is the descriptor's",
	  test_send_buffer_is_the_descriptors },
	{ "persist: frames do not survive", test_frames_do_not_survive },
	{ "persist: deleted by rtnetlink", test_deleted_by_rtnetlink },
	{ "persist: references to the module", test_module_references },
	{ "persist: a deleted device has no reference",
	  test_module_reference_of_a_deleted_device },
	{ "persist: nor has one of a deleted namespace",
	  test_module_reference_of_a_deleted_namespace },
	{ "persist: the module stays while it is in use",
	  test_module_stays_while_in_use },
};

DRIVER_MAIN(tests)
