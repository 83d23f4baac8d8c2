// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <net/if_arp.h>
#include <poll.h>
#include <time.h>

#include "devices.h"

#define MANY	1000

/* An MLD report of a host that has no address: IPv6 from ::, hop-by-hop. */
static bool is_addressless_report(const uint8_t *frame)
{
	static const uint8_t unspecified[16];

	return frame[12] == 0x86 && frame[13] == 0xdd && frame[20] == 0 &&
		!memcmp(frame + 22, unspecified, sizeof(unspecified));
}

static int count_frames(int fd, bool reports)
{
	uint8_t buffer[65536];
	int n = 0;

	while (read(fd, buffer, sizeof(buffer)) > 0)
		n += reports || !is_addressless_report(buffer);
	return n;
}

static void no_name_is_the_next_free_one(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;

	CHECK_INT(tunkit_device_create(ns, NULL, &opts, &device), 0);
	CHECK_STR(device.name, "tap0");
	CHECK_INT(device.kind, TUNKIT_TAP);
	CHECK(device.persist && !device.pi && !device.vnet_hdr);
	CHECK(!device.multi_queue && !device.up && !device.carrier);
	CHECK_INT(device.mtu, 1500);
	CHECK_INT(device.mac_len, 6);
	CHECK_INT(device.link_type, ARPHRD_ETHER);
	CHECK_INT(tunkit_device_create(ns, "", &opts, &device), 0);
	CHECK_STR(device.name, "tap1");
	opts.kind = TUNKIT_TUN;
	CHECK_INT(tunkit_device_create(ns, "", &opts, &device), 0);
	CHECK_STR(device.name, "tun0");
	CHECK_INT(device.kind, TUNKIT_TUN);
	CHECK_INT(device.mac_len, 0);
	CHECK_INT(tunkit_device_create(ns, "x%dy", &opts, &device), 0);
	CHECK_STR(device.name, "x0y");
	delete("tap0");
	delete("tap1");
	delete("tun0");
	delete("x0y");
}

static void flags_are_kept(void)
{
	unsigned int flags;

	for (flags = 0; flags < 8; flags++) {
		struct tunkit_device_opts opts = TUNKIT_INIT(opts);
		struct tunkit_device device;

		opts.flags = flags;
		opts.kind = flags & 1 ? TUNKIT_TUN : TUNKIT_TAP;
		create("flags", &opts);
		device = find("flags");
		CHECK_INT(device.kind, opts.kind);
		CHECK_INT(device.pi, !!(flags & TUNKIT_DEVICE_PI));
		CHECK_INT(device.vnet_hdr, !!(flags & TUNKIT_DEVICE_VNET_HDR));
		CHECK_INT(device.multi_queue,
			  !!(flags & TUNKIT_DEVICE_MULTI_QUEUE));
		CHECK_INT(device.queues + device.queues_detached, 0);
		delete("flags");
	}
}

/* What is filled in is what a look at the device says. */
static void brief_is_the_truth(void)
{
	unsigned int flags;

	for (flags = 0; flags < 8; flags++) {
		struct tunkit_device_opts opts = TUNKIT_INIT(opts);
		struct tunkit_device brief, device;

		memset(&brief, 0xff, sizeof(brief));
		opts.flags = flags | TUNKIT_DEVICE_BRIEF;
		opts.kind = flags & 1 ? TUNKIT_TUN : TUNKIT_TAP;
		opts.set = flags & 4 ? TUNKIT_DEVICE_SET_GROUP :
			TUNKIT_DEVICE_SET_OWNER;
		CHECK_INT(tunkit_device_create(ns, "brief%d", &opts, &brief), 0);
		CHECK_STR(brief.name, "brief0");
		CHECK_INT(brief.ifindex, 0);
		device = find("brief0");
		CHECK_INT(brief.kind, device.kind);
		CHECK_INT(brief.pi, device.pi);
		CHECK_INT(brief.vnet_hdr, device.vnet_hdr);
		CHECK_INT(brief.multi_queue, device.multi_queue);
		CHECK_INT(brief.persist, device.persist);
		CHECK_INT(brief.has_owner, device.has_owner);
		CHECK_INT(brief.has_group, device.has_group);
		CHECK_INT(brief.owner, device.owner);
		CHECK_INT(brief.group, device.group);
		delete("brief0");
	}
}

static void bad_options(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;

	opts.kind = 3;
	CHECK_INT(tunkit_device_create(ns, "bad", &opts, &device), -EINVAL);
	opts.kind = 0;
	opts.flags = 0x80;
	CHECK_INT(tunkit_device_create(ns, "bad", &opts, &device), -EINVAL);
	opts.flags = 0;
	opts.set = 0x80;
	CHECK_INT(tunkit_device_create(ns, "bad", &opts, &device), -EINVAL);
	opts.set = TUNKIT_DEVICE_SET_LINK;
	opts.link.set = 0x80;
	CHECK_INT(tunkit_device_create(ns, "bad", &opts, &device), -EINVAL);
	opts.set = 0;
	CHECK_INT(tunkit_device_create(ns, "b/d", &opts, &device), -EINVAL);
	CHECK_INT(tunkit_device_create(ns, "sixteen_bytes_xx", &opts, &device),
		  -ENAMETOOLONG);
	CHECK(!exists("bad"));
}

/* As a program does that was built with a later header. */
static void options_of_another_version(void)
{
	struct {
		struct tunkit_device_opts known;
		size_t later;
	} opts = { .known.size = sizeof(opts) };
	struct tunkit_device device;

	opts.known.set = TUNKIT_DEVICE_SET_LINK;
	opts.known.link.size = sizeof(opts.known.link) + sizeof(opts.later);
	opts.known.link.set = TUNKIT_LINK_MTU;
	opts.known.link.mtu = 1400;
	CHECK_INT(tunkit_device_create(ns, "later", &opts.known, &device), 0);
	CHECK_INT(device.mtu, 1400);
	delete("later");
	opts.later = 1;
	CHECK_INT(tunkit_device_create(ns, "later", &opts.known, &device),
		  -E2BIG);
	/* One built with a header before any of its fields. */
	opts.known.size = sizeof(opts.known);
	opts.known.link.size = sizeof(size_t);
	CHECK_INT(tunkit_device_create(ns, "later", &opts.known, &device), 0);
	CHECK_INT(device.mtu, 1500);
	delete("later");
}

static void a_name_that_is_taken(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;

	create("taken", &opts);
	CHECK_INT(tunkit_device_create(ns, "taken", &opts, &device), -EEXIST);
	CHECK_INT(tunkit_device_create(ns, "lo", &opts, &device), -EEXIST);
	delete("taken");
}

/* Every name of one odd byte, asked of the library and of the driver. */
static void the_driver_agrees_on_names(void)
{
	unsigned int byte;

	for (byte = 1; byte < 256; byte++) {
		char name[4] = { 'n', byte, 'm', '\0' };
		int mine = tunkit_name_check(name, TUNKIT_NAME_TEMPLATE, NULL);
		int fd = netns_attach(name, IFF_TAP | IFF_NO_PI);

		if (fd >= 0)
			close(fd);
		if ((fd < 0) != (mine < 0))
			FAIL("byte 0x%02x: driver %d, library %d", byte, fd,
			     mine);
	}
}

static void ownerless_by_request_alone(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;

	create("owned", &opts);
	device = find("owned");
	CHECK(device.has_owner && !device.has_group);
	CHECK_INT(device.owner, getuid());
	delete("owned");

	opts.set = TUNKIT_DEVICE_SET_GROUP;
	opts.group = getgid();
	create("owned", &opts);
	device = find("owned");
	CHECK(!device.has_owner && device.has_group);
	CHECK_INT(device.group, getgid());
	delete("owned");

	opts.set = TUNKIT_DEVICE_ANYONE;
	create("owned", &opts);
	device = find("owned");
	CHECK(!device.has_owner && !device.has_group);
	delete("owned");

	opts.set = TUNKIT_DEVICE_ANYONE | TUNKIT_DEVICE_SET_OWNER;
	CHECK_INT(tunkit_device_create(ns, "owned", &opts, &device), -EINVAL);

	/* A number that the user namespace does not have must not mean none. */
	opts.set = TUNKIT_DEVICE_SET_OWNER;
	opts.owner = -1;
	CHECK_INT(tunkit_device_create(ns, "owned", &opts, &device),
		  -EOVERFLOW);
	opts.set = TUNKIT_DEVICE_SET_GROUP;
	opts.group = -1;
	CHECK_INT(tunkit_device_create(ns, "owned", &opts, &device),
		  -EOVERFLOW);
	CHECK(!exists("owned"));
}

static void link_settings_are_in_force(void)
{
	static const uint8_t mac[6] = { 2, 0, 0, 1, 2, 3 };
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;

	opts.set = TUNKIT_DEVICE_SET_LINK | TUNKIT_DEVICE_SET_LINK_TYPE;
	opts.link_type = ARPHRD_ETHER;
	opts.link.set = TUNKIT_LINK_UP | TUNKIT_LINK_MTU | TUNKIT_LINK_MAC |
		TUNKIT_LINK_QUIET;
	opts.link.up = true;
	opts.link.quiet = true;
	opts.link.mtu = 9000;
	memcpy(opts.link.mac, mac, sizeof(mac));
	CHECK_INT(tunkit_device_create(ns, "set", &opts, &device), 0);
	CHECK(device.up);
	CHECK_INT(device.mtu, 9000);
	CHECK_MEM(device.mac, mac, sizeof(mac));
	delete("set");

	opts.kind = TUNKIT_TUN;
	opts.set = TUNKIT_DEVICE_SET_LINK_TYPE;
	opts.link_type = ARPHRD_PPP;
	CHECK_INT(tunkit_device_create(ns, "set", &opts, &device), 0);
	CHECK_INT(device.link_type, ARPHRD_PPP);
	delete("set");
}

static void a_failure_leaves_nothing(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;

	opts.set = TUNKIT_DEVICE_SET_LINK;
	opts.link.set = TUNKIT_LINK_MASTER | TUNKIT_LINK_UP;
	opts.link.up = true;
	opts.link.master = "nosuchbridge";
	CHECK_INT(tunkit_device_create(ns, "left", &opts, &device), -ENODEV);
	CHECK(!exists("left"));
	/* Neither is cut to the name of a link that is there. */
	opts.link.master = "lo:1";
	CHECK_INT(tunkit_device_create(ns, "left", &opts, &device), -ENODEV);
	CHECK_INT(netns_make("fifteen.letters", IFF_TAP | IFF_NO_PI), 0);
	opts.link.master = "fifteen.letters.and.more";
	CHECK_INT(tunkit_device_create(ns, "left", &opts, &device), -ENODEV);
	delete("fifteen.letters");
	opts.link.master = "lo";
	CHECK(tunkit_device_create(ns, "left", &opts, &device) < 0);
	CHECK(!exists("left"));
	opts.link.set = TUNKIT_LINK_MTU;
	opts.link.mtu = 70000;
	CHECK_INT(tunkit_device_create(ns, "left", &opts, &device), -EINVAL);
	CHECK(!exists("left"));
	opts.kind = TUNKIT_TUN;
	opts.link.set = TUNKIT_LINK_MAC;
	CHECK(tunkit_device_create(ns, "left", &opts, &device) < 0);
	CHECK(!exists("left"));
}

/*
 * Both are up with a queue attached. When the other has sent its duplicate
 * address detection, its router solicitation and its reports, the quiet one
 * has had time for the same.
 */
static void check_quiet(bool reports)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	int loud, quiet, i, heard = 0, quiet_frames = 0;

	opts.set = TUNKIT_DEVICE_SET_LINK;
	opts.link.set = TUNKIT_LINK_UP | TUNKIT_LINK_QUIET;
	opts.link.up = true;
	opts.link.quiet = true;
	create("quiet", &opts);
	opts.link.set = TUNKIT_LINK_UP;
	create("loud", &opts);
	quiet = netns_attach("quiet", IFF_TAP | IFF_NO_PI);
	loud = netns_attach("loud", IFF_TAP | IFF_NO_PI);
	fcntl(quiet, F_SETFL, O_RDWR | O_NONBLOCK);
	fcntl(loud, F_SETFL, O_RDWR | O_NONBLOCK);
	for (i = 0; i < 100 && heard < 4; i++) {
		struct pollfd pollfd = { .fd = loud, .events = POLLIN };

		poll(&pollfd, 1, 100);
		heard += count_frames(loud, true);
	}
	quiet_frames = count_frames(quiet, reports);
	close(quiet);
	close(loud);
	delete("quiet");
	delete("loud");
	if (heard < 4)
		SKIP("no IPv6: %d frames even without quiet", heard);
	CHECK_INT(quiet_frames, 0);
}

static void a_quiet_link_sends_nothing(void)
{
	check_quiet(true);
}

/* The kernel tells that it listens to ff02::2, and nothing hinders it. */
static void a_quiet_link_of_a_router_sends_reports_alone(void)
{
	netns_write("/proc/sys/net/ipv6/conf/default/forwarding", "1");
	netns_write("/proc/sys/net/ipv6/conf/all/forwarding", "1");
	check_quiet(false);
	netns_write("/proc/sys/net/ipv6/conf/all/forwarding", "0");
}

static void finding_what_is_there(void)
{
	struct tunkit_device device;

	CHECK_INT(tunkit_device_find(ns, "lo", 0, &device), -EMEDIUMTYPE);
	CHECK_INT(tunkit_device_find(ns, "nosuch", 0, &device), -ENODEV);
	CHECK_INT(tunkit_device_find(ns, "", 0, &device), -ENODEV);
	CHECK_INT(tunkit_device_find(ns, "a_name_far_too_long_for_a_device", 0,
				     &device), -ENODEV);
}

static void the_list_has_every_fact(void)
{
	int fd = netns_attach("mq", IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE |
			      IFF_VNET_HDR);
	int off = netns_attach("mq", IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE |
			       IFF_VNET_HDR);
	struct ifreq ifr = { .ifr_flags = IFF_DETACH_QUEUE };
	struct tunkit_device_list *list;
	const struct tunkit_device *device;

	CHECK_INT(netns_make("second", IFF_TUN), 0);
	CHECK_INT(ioctl(off, TUNSETQUEUE, &ifr), 0);
	CHECK_INT(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4), 0);
	CHECK_INT(tunkit_device_list(ns, TUNKIT_LIST_OFFLOAD |
				     TUNKIT_LIST_STATS, &list), 0);
	CHECK_INT(tunkit_device_list_count(list), 2);
	device = tunkit_device_list_at(list, 0);
	CHECK_STR(device->name, "mq");
	CHECK(!strncmp(device->driver, "tun", 3));
	CHECK(device->multi_queue && device->vnet_hdr && !device->persist);
	CHECK(device->carrier && device->offload);
	CHECK(!device->has_owner && !device->has_group);
	CHECK_INT(device->queues, 1);
	CHECK_INT(device->queues_detached, 1);
	device = tunkit_device_list_at(list, 1);
	CHECK_STR(device->name, "second");
	CHECK(device->pi && device->persist && !device->offload);
	CHECK(!tunkit_device_list_at(list, 2));
	tunkit_device_list_free(list);
	tunkit_device_list_free(NULL);
	close(off);
	close(fd);
	delete("second");
}

static void stats_on_request(void)
{
	static const uint8_t frame[60] = { 255, 255, 255, 255, 255, 255 };
	int fd = netns_attach("stats", IFF_TAP | IFF_NO_PI);
	struct tunkit_device device;

	CHECK_INT(netns_up("stats"), 0);
	CHECK_INT(write(fd, frame, sizeof(frame)), sizeof(frame));
	CHECK_INT(tunkit_device_find(ns, "stats", TUNKIT_LIST_STATS, &device),
		  0);
	CHECK_INT(device.rx_packets, 1);
	CHECK_INT(device.rx_bytes, sizeof(frame));
	close(fd);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static void a_thousand(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device_list *list;
	const struct tunkit_device *devices[MANY];
	static int results[MANY];
	double start = now_ms(), made, listed;
	int i;

	for (i = 0; i < MANY; i++)
		create("many%d", &opts);
	made = now_ms();
	CHECK_INT(tunkit_device_list(ns, TUNKIT_LIST_OFFLOAD, &list), 0);
	listed = now_ms();
	CHECK_INT(tunkit_device_list_count(list), MANY);
	for (i = 0; i < MANY; i++) {
		devices[i] = tunkit_device_list_at(list, i);
		CHECK(!i || devices[i]->ifindex > devices[i - 1]->ifindex);
	}
	CHECK_INT(tunkit_device_delete(ns, devices, MANY, 0, results), 0);
	printf("# %d devices: create %.0f ms, list %.0f ms, delete %.0f ms\n",
	       MANY, made - start, listed - made, now_ms() - listed);
	tunkit_device_list_free(list);
	CHECK_INT(tunkit_device_list(ns, 0, &list), 0);
	CHECK_INT(tunkit_device_list_count(list), 0);
	tunkit_device_list_free(list);
}

static const struct check_test tests[] = {
	{ "no name is the next free one", no_name_is_the_next_free_one },
	{ "flags are kept", flags_are_kept },
	{ "brief is the truth", brief_is_the_truth },
	{ "bad options", bad_options },
	{ "options of another version", options_of_another_version },
	{ "a name that is taken", a_name_that_is_taken },
	{ "the driver agrees on names", the_driver_agrees_on_names },
	{ "ownerless by request alone", ownerless_by_request_alone },
	{ "link settings are in force", link_settings_are_in_force },
	{ "a failure leaves nothing", a_failure_leaves_nothing },
	{ "a quiet link sends nothing", a_quiet_link_sends_nothing },
	{ "a quiet link of a router sends reports alone",
	  a_quiet_link_of_a_router_sends_reports_alone },
	{ "finding what is there", finding_what_is_there },
	{ "the list has every fact", the_list_has_every_fact },
	{ "stats on request", stats_on_request },
	{ "a thousand", a_thousand },
};

DEVICES_MAIN(tests)
