// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices that are there, given other owners and links. */
#include "tunkit.h"

#include <net/if_arp.h>
#include <sys/wait.h>

#include "devices.h"

/* A socket that hears of every change of a link. */
static int listen_to_links(void)
{
	struct sockaddr_nl group = {
		.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_ROUTE);

	CHECK_INT(bind(fd, (struct sockaddr *)&group, sizeof(group)), 0);
	return fd;
}

static int count_events(int fd)
{
	char buffer[65536];
	int n = 0;

	while (recv(fd, buffer, sizeof(buffer), 0) > 0)
		n++;
	return n;
}

static void what_is_so_already_is_left_alone(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	unsigned int changed = 99;
	int events;

	opts.set = TUNKIT_DEVICE_SET_OWNER | TUNKIT_DEVICE_SET_LINK;
	opts.owner = getuid();
	opts.link.set = TUNKIT_LINK_MTU | TUNKIT_LINK_UP | TUNKIT_LINK_QUIET;
	opts.link.up = opts.link.quiet = true;
	opts.link.mtu = 1400;
	create("same", &opts);
	events = listen_to_links();
	count_events(events);
	CHECK_INT(tunkit_device_adjust(ns, "same", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, 0);
	CHECK_STR(device.name, "same");
	CHECK_INT(count_events(events), 0);

	/* The link needs no attach, so the carrier does not show one. */
	opts.link.mtu = 1300;
	CHECK_INT(tunkit_device_adjust(ns, "same", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, TUNKIT_CHANGED_LINK);
	CHECK_INT(device.mtu, 1300);
	CHECK(!device.carrier);
	close(events);
	delete("same");
}

/* Below 1280 bytes there is no IPv6, and so nothing to compare with. */
static void quiet_outlives_a_small_mtu(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	unsigned int changed;

	opts.set = TUNKIT_DEVICE_SET_LINK;
	opts.link.set = TUNKIT_LINK_QUIET | TUNKIT_LINK_MTU;
	opts.link.quiet = true;
	opts.link.mtu = 1000;
	create("small", &opts);
	opts.link.mtu = 1500;
	CHECK_INT(tunkit_device_adjust(ns, "small", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, TUNKIT_CHANGED_LINK);
	CHECK_INT(tunkit_device_adjust(ns, "small", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, 0);
	delete("small");
}

static void an_attach_keeps_the_flags(void)
{
	unsigned int flags, changed;

	for (flags = 0; flags < 8; flags++) {
		struct tunkit_device_opts opts = TUNKIT_INIT(opts);
		struct tunkit_device device;

		opts.flags = flags;
		opts.set = TUNKIT_DEVICE_ANYONE;
		create("keep", &opts);
		opts.flags = 0;
		opts.set = TUNKIT_DEVICE_SET_OWNER | TUNKIT_DEVICE_SET_GROUP;
		opts.owner = getuid();
		opts.group = getgid();
		CHECK_INT(tunkit_device_adjust(ns, "keep", &opts, &changed,
					       &device), 0);
		CHECK_INT(changed, TUNKIT_CHANGED_OWNER | TUNKIT_CHANGED_GROUP);
		CHECK(device.has_owner && device.has_group && device.persist);
		CHECK_INT(device.pi, !!(flags & TUNKIT_DEVICE_PI));
		CHECK_INT(device.vnet_hdr, !!(flags & TUNKIT_DEVICE_VNET_HDR));
		CHECK_INT(device.multi_queue,
			  !!(flags & TUNKIT_DEVICE_MULTI_QUEUE));
		delete("keep");
	}
}

static void a_held_device(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	unsigned int changed;
	int fd;

	create("held", &opts);
	fd = netns_attach("held", IFF_TAP | IFF_NO_PI);
	opts.set = TUNKIT_DEVICE_SET_OWNER;
	opts.owner = getuid();
	CHECK_INT(tunkit_device_adjust(ns, "held", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, 0);
	opts.set = TUNKIT_DEVICE_SET_GROUP | TUNKIT_DEVICE_SET_LINK;
	opts.group = getgid();
	opts.link.set = TUNKIT_LINK_MTU;
	opts.link.mtu = 1300;
	CHECK_INT(tunkit_device_adjust(ns, "held", &opts, &changed, &device),
		  -EBUSY);
	CHECK_INT(find("held").mtu, 1500);
	opts.set = TUNKIT_DEVICE_SET_LINK;
	CHECK_INT(tunkit_device_adjust(ns, "held", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, TUNKIT_CHANGED_LINK);
	CHECK_INT(device.mtu, 1300);
	close(fd);
	delete("held");
}

static void a_held_multi_queue_device_is_adopted(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	int fd = netns_attach("adopt", IFF_TUN | IFF_MULTI_QUEUE);
	struct tunkit_device device;
	unsigned int changed;

	CHECK_INT(tunkit_device_adjust(ns, "adopt", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, TUNKIT_CHANGED_PERSIST);
	CHECK(device.persist && device.pi);
	CHECK_INT(device.queues, 1);
	close(fd);
	CHECK(exists("adopt"));
	delete("adopt");
}

static void what_cannot_be_adjusted(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	unsigned int changed;

	CHECK_INT(tunkit_device_adjust(ns, "nosuch", &opts, &changed, &device),
		  -ENODEV);
	CHECK_INT(tunkit_device_adjust(ns, "lo", &opts, &changed, &device),
		  -EMEDIUMTYPE);
	opts.kind = TUNKIT_TUN;
	create("fixed", &opts);
	CHECK_INT(netns_up("fixed"), 0);
	opts.set = TUNKIT_DEVICE_ANYONE;
	CHECK_INT(tunkit_device_adjust(ns, "fixed", &opts, &changed, &device),
		  -EINVAL);
	opts.set = TUNKIT_DEVICE_SET_OWNER;
	opts.owner = -1;
	CHECK_INT(tunkit_device_adjust(ns, "fixed", &opts, &changed, &device),
		  -EOVERFLOW);
	opts.set = TUNKIT_DEVICE_SET_LINK_TYPE;
	opts.link_type = ARPHRD_PPP;
	CHECK_INT(tunkit_device_adjust(ns, "fixed", &opts, &changed, &device),
		  -EBUSY);
	opts.set |= TUNKIT_DEVICE_SET_LINK;
	opts.link.set = TUNKIT_LINK_UP;
	CHECK_INT(tunkit_device_adjust(ns, "fixed", &opts, &changed, &device),
		  0);
	CHECK_INT(changed, TUNKIT_CHANGED_LINK_TYPE | TUNKIT_CHANGED_LINK);
	CHECK_INT(device.link_type, ARPHRD_PPP);
	CHECK(!device.up);
	delete("fixed");
}

/* Exit status: the number of the step that went wrong. */
static int without_capabilities(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device device;
	unsigned int changed;

	netns_drop_capabilities();
	if (tunkit_device_create(ns, "refused", &opts, &device) != -EPERM)
		return 1;
	opts.set = TUNKIT_DEVICE_SET_GROUP;
	opts.group = getgid();
	if (tunkit_device_adjust(ns, "mine", &opts, &changed, &device))
		return 2;
	if (tunkit_device_adjust(ns, "mine", &opts, &changed, &device) ||
	    changed)
		return 3;
	opts.set = TUNKIT_DEVICE_SET_LINK;
	opts.link.set = TUNKIT_LINK_UP;
	opts.link.up = true;
	if (tunkit_device_adjust(ns, "mine", &opts, &changed, &device) != -EPERM)
		return 4;
	return 0;
}

static void an_owner_without_privilege(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	int status;
	pid_t pid;

	create("mine", &opts);
	pid = fork();
	if (!pid)
		_exit(without_capabilities());
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	CHECK(!exists("refused"));
	CHECK(find("mine").has_group);
	delete("mine");
}

static const struct check_test tests[] = {
	{ "what is so already is left alone", what_is_so_already_is_left_alone },
	{ "quiet outlives a small MTU", quiet_outlives_a_small_mtu },
	{ "an attach keeps the flags", an_attach_keeps_the_flags },
	{ "a held device", a_held_device },
	{ "a held multi-queue device is adopted",
	  a_held_multi_queue_device_is_adopted },
	{ "what cannot be adjusted", what_cannot_be_adjusted },
	{ "an owner without privilege", an_owner_without_privilege },
};

DEVICES_MAIN(tests)
