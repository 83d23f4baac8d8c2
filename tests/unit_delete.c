// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "netns.h"

#define MANY	60
#define ROUNDS	6
#define TIME_LIMIT	120	/* seconds */
#define LAST_MULTI_QUEUE	(MANY - 3)

static struct tunkit_ns *ns;
static struct tunkit_device devices[MANY];
static const struct tunkit_device *pointers[MANY];
static int results[MANY];

/* Makes count devices of all kinds: tun, tap, multi-queue. */
static void create_some(size_t count)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	size_t i;

	/* Up: the kernel tells of a down link's group to no one. */
	opts.set = TUNKIT_DEVICE_SET_LINK;
	opts.link.set = TUNKIT_LINK_UP | TUNKIT_LINK_QUIET;
	opts.link.up = opts.link.quiet = true;
	for (i = 0; i < count; i++) {
		opts.kind = i % 2 ? TUNKIT_TUN : TUNKIT_TAP;
		opts.flags = i % 3 ? 0 : TUNKIT_DEVICE_MULTI_QUEUE;
		CHECK_INT(tunkit_device_create(ns, "some%d", &opts,
					       &devices[i]), 0);
		pointers[i] = &devices[i];
		results[i] = 99;
	}
}

static int delete_some(size_t count, unsigned int flags)
{
	return tunkit_device_delete(ns, pointers, count, flags, results);
}

static size_t count_left(void)
{
	struct tunkit_device_list *list;
	size_t count;

	CHECK_INT(tunkit_device_list(ns, 0, &list), 0);
	count = tunkit_device_list_count(list);
	tunkit_device_list_free(list);
	return count;
}

static void check_all(size_t count, int expected)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (results[i] != expected)
			FAIL("results[%zu] is %d, not %d", i, results[i],
			     expected);
	}
}

static int hold(size_t i)
{
	const struct tunkit_device *device = &devices[i];
	int flags = device->kind == TUNKIT_TUN ? IFF_TUN : IFF_TAP;

	if (device->multi_queue)
		flags |= IFF_MULTI_QUEUE;
	return netns_attach(device->name, flags | IFF_NO_PI);
}

static void few_and_many(void)
{
	static const size_t counts[] = { 0, 1, 2, 3, 4, 5, MANY };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		create_some(counts[i]);
		CHECK_INT(delete_some(counts[i], 0), 0);
		check_all(counts[i], 0);
		CHECK_INT(count_left(), 0);
	}
}

/* Single-queue, multi-queue, and multi-queue with its only queue detached. */
static void check_held(size_t count)
{
	struct ifreq ifr = { .ifr_flags = IFF_DETACH_QUEUE };
	int fds[3], i;

	create_some(count);
	for (i = 0; i < 3; i++)
		fds[i] = hold(i);
	CHECK_INT(devices[0].multi_queue, 1);
	CHECK_INT(devices[1].multi_queue, 0);
	ifr.ifr_flags = IFF_DETACH_QUEUE;
	CHECK_INT(ioctl(fds[0], TUNSETQUEUE, &ifr), 0);
	CHECK_INT(delete_some(count, 0), -EBUSY);
	for (i = 0; i < 3; i++) {
		struct tunkit_device device;

		CHECK_INT(results[i], -EBUSY);
		CHECK_INT(tunkit_device_find(ns, devices[i].name, 0, &device),
			  0);
		CHECK_INT(device.ifindex, devices[i].ifindex);
		CHECK_INT(device.link_group, 0);
		CHECK(device.persist);
		CHECK(!ioctl(fds[i], TUNGETIFF, &ifr));
	}
	for (; i < (int)count; i++)
		CHECK_INT(results[i], 0);
	CHECK_INT(count_left(), 3);
	CHECK_INT(delete_some(3, TUNKIT_DELETE_FORCE), 0);
	CHECK_INT(count_left(), 0);
	for (i = 0; i < 3; i++)
		close(fds[i]);
}

static void held_ones_are_refused(void)
{
	check_held(MANY);
}

static void held_ones_of_few_are_refused(void)
{
	check_held(3);
}

static void force_takes_all(void)
{
	int fd;

	create_some(MANY);
	fd = hold(0);
	CHECK_INT(delete_some(MANY, TUNKIT_DELETE_FORCE), 0);
	check_all(MANY, 0);
	CHECK_INT(count_left(), 0);
	close(fd);
	create_some(1);
	CHECK_INT(delete_some(1, 0x80), -EINVAL);
	CHECK_INT(delete_some(1, 0), 0);
}

static void check_gone(size_t count, unsigned int flags)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	struct tunkit_device replaced;
	size_t i;

	create_some(count);
	/* One is gone, one is another by the same name, one is named twice. */
	CHECK_INT(netns_delete(devices[0].ifindex), 0);
	CHECK_INT(netns_delete(devices[1].ifindex), 0);
	CHECK_INT(tunkit_device_create(ns, devices[1].name, &opts, &replaced),
		  0);
	pointers[2] = &devices[3];
	CHECK_INT(delete_some(count, flags), -ENODEV);
	CHECK_INT(results[0], -ENODEV);
	CHECK_INT(results[1], -ENODEV);
	CHECK_INT(results[2] + results[3], -ENODEV);
	for (i = 4; i < count; i++)
		CHECK_INT(results[i], 0);
	CHECK_INT(count_left(), 2);
	pointers[0] = &replaced;
	pointers[1] = &devices[2];
	CHECK_INT(delete_some(2, flags), 0);
	CHECK_INT(count_left(), 0);
}

static void what_is_no_longer_there(void)
{
	check_gone(4, 0);
	check_gone(MANY, 0);
	check_gone(MANY, TUNKIT_DELETE_FORCE);
}

/* A link that is up keeps its name before Linux 6.2. */
static void rename_link(const char *from, const char *to)
{
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	strcpy(ifr.ifr_name, from);
	ioctl(fd, SIOCSIFFLAGS, &ifr);
	strcpy(ifr.ifr_newname, to);
	err = ioctl(fd, SIOCSIFNAME, &ifr);
	close(fd);
	CHECK_INT(err, 0);
}

static void a_renamed_one_is_another(void)
{
	create_some(6);
	rename_link(devices[2].name, "renamed");
	CHECK_INT(delete_some(6, 0), -ENODEV);
	CHECK_INT(results[2], -ENODEV);
	CHECK_INT(count_left(), 1);
	strcpy(devices[2].name, "renamed");
	CHECK_INT(delete_some(6, 0), -ENODEV);
	CHECK_INT(results[2], 0);
	CHECK_INT(count_left(), 0);
}

/* ---- A foreign link that comes into the group ---------------------------- */

struct request {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char attributes[128];
};

static struct rtattr *put(struct request *r, int type, const void *data,
			  size_t len)
{
	struct rtattr *attr = (void *)((char *)r +
				       NLMSG_ALIGN(r->header.nlmsg_len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attr), data, len);
	r->header.nlmsg_len = NLMSG_ALIGN(r->header.nlmsg_len) +
		RTA_ALIGN(attr->rta_len);
	return attr;
}

static int ask(int fd, struct request *r)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[1024];
	} answer = { .error.error = -EPROTO };

	r->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, r, r->header.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		return -errno;
	return answer.error.error;
}

static int routing_socket(unsigned int groups)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK, .nl_groups = groups,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		FAIL("bind: %s", strerror(errno));
	return fd;
}

static int make_veth(const char *name)
{
	struct request r = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(r.info)),
			    .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
	};
	int fd = routing_socket(0), err;
	struct rtattr *info;

	put(&r, IFLA_IFNAME, name, strlen(name) + 1);
	info = put(&r, IFLA_LINKINFO, NULL, 0);
	put(&r, IFLA_INFO_KIND, "veth", sizeof("veth"));
	info->rta_len = (char *)&r + r.header.nlmsg_len - (char *)info;
	err = ask(fd, &r);
	close(fd);
	return err;
}

static int set_group(int fd, int ifindex, uint32_t group)
{
	struct request r = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(r.info)),
			    .nlmsg_type = RTM_SETLINK },
		.info = { .ifi_index = ifindex },
	};

	put(&r, IFLA_GROUP, &group, sizeof(group));
	return ask(fd, &r);
}

static uint32_t group_of(const void *message, size_t len)
{
	const struct nlmsghdr *header = message;
	const struct rtattr *attr;
	int rest;

	if (!NLMSG_OK(header, len) || header->nlmsg_type != RTM_NEWLINK)
		return 0;
	attr = IFLA_RTA(NLMSG_DATA(header));
	rest = IFLA_PAYLOAD(header);
	for (; RTA_OK(attr, rest); attr = RTA_NEXT(attr, rest)) {
		if (attr->rta_type == IFLA_GROUP)
			return *(const uint32_t *)RTA_DATA(attr);
	}
	return 0;
}

static atomic_int joined, stop, late_fd;
static int foreign, foreign_events, foreign_requests;
static int join_after;		/* events of the group to let pass */

/*
 * Follows whatever group others use, and puts the foreign link into it or,
 * without one, attaches to the last multi-queue device.
 */
static void *follow(void *arg)
{
	char buffer[16384];
	int passed = 0;

	(void)arg;
	while (!stop) {
		ssize_t len = recv(foreign_events, buffer, sizeof(buffer), 0);
		uint32_t group = len > 0 ? group_of(buffer, len) : 0;

		if (group < 0x80000000u || passed++ < join_after || joined)
			continue;
		if (!foreign)
			joined = late_fd = hold(LAST_MULTI_QUEUE);
		else if (!set_group(foreign_requests, foreign, group))
			joined = 1;
	}
	return NULL;
}

static void delete_beside_a_follower(int after)
{
	struct timeval patience = { .tv_usec = 20000 };
	pthread_t thread;

	create_some(MANY);
	foreign_requests = routing_socket(0);
	foreign_events = routing_socket(RTMGRP_LINK);
	setsockopt(foreign_events, SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	joined = stop = 0;
	join_after = after;
	CHECK_INT(pthread_create(&thread, NULL, follow, NULL), 0);
	delete_some(MANY, 0);
	stop = 1;
	pthread_join(thread, NULL);
	close(foreign_events);
	close(foreign_requests);
}

static void a_foreign_link_in_the_group_survives(void)
{
	struct tunkit_device device;
	int fd, round, hits = 0;

	if (make_veth("foreign"))
		SKIP("no veth here");
	foreign = if_nametoindex("foreign");
	CHECK(foreign > 0);
	CHECK_INT(netns_up("foreign"), 0);
	for (round = 0; round < ROUNDS; round++) {
		delete_beside_a_follower(round * MANY / 2 / ROUNDS);
		hits += joined;
		check_all(MANY, 0);
		CHECK_INT(count_left(), 0);
		CHECK_INT(tunkit_device_find(ns, "foreign", 0, &device),
			  -EMEDIUMTYPE);
		fd = routing_socket(0);
		CHECK_INT(set_group(fd, foreign, 0), 0);
		close(fd);
	}
	printf("# in the group in %d of %d rounds\n", hits, round);
	CHECK_INT(netns_delete(foreign), 0);
	if (!hits)
		SKIP("the foreign link was never quick enough");
}

/*
 * A multi-queue device that someone attaches to in the last moment either
 * stays, as it was, or is gone.
 */
static void a_late_attach_is_seen(void)
{
	int round, hits = 0;

	foreign = 0;
	for (round = 0; round < ROUNDS; round++) {
		int *result = &results[LAST_MULTI_QUEUE];
		struct tunkit_device device;

		delete_beside_a_follower(round);
		if (*result) {
			hits++;
			CHECK_INT(*result, -EBUSY);
			CHECK_INT(tunkit_device_find(ns, "some57", 0, &device),
				  0);
			CHECK_INT(device.link_group, 0);
			CHECK(device.persist);
			CHECK_INT(device.queues, 1);
			CHECK_INT(netns_delete(device.ifindex), 0);
			*result = 0;
		}
		if (joined > 0)
			close(late_fd);
		check_all(MANY, 0);
		CHECK_INT(count_left(), 0);
	}
	if (!hits)
		SKIP("the attach was never quick enough");
}

/* ---- Without privilege --------------------------------------------------- */

static int as_owner(size_t count)
{
	size_t i;

	netns_drop_capabilities();
	if (delete_some(count, 0) != -EBUSY || results[0] != -EBUSY)
		return 1;
	if (results[1] != -EBUSY)
		return 2;
	for (i = 2; i < count; i++) {
		if (results[i])
			return 3;
	}
	/* Force needs CAP_NET_ADMIN where another holds the device. */
	return delete_some(2, TUNKIT_DELETE_FORCE) == -EBUSY ? 0 : 4;
}

static void run_child(int (*run)(size_t), size_t count)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(run(count));
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
}

static void owners_need_no_privilege(void)
{
	static const size_t counts[] = { 3, MANY };
	size_t i;

	for (i = 0; i < 2; i++) {
		int single, multi;

		create_some(counts[i]);
		multi = hold(0);
		single = hold(1);
		run_child(as_owner, counts[i]);
		CHECK_INT(count_left(), 2);
		close(multi);
		close(single);
		CHECK_INT(delete_some(2, 0), 0);
		CHECK_INT(count_left(), 0);
	}
}

static int as_stranger(size_t count)
{
	size_t i;

	netns_drop_capabilities();
	if (delete_some(count, 0) != -EPERM)
		return 1;
	for (i = 0; i < count; i++) {
		if (results[i] != -EPERM)
			return 2;
	}
	return delete_some(count, TUNKIT_DELETE_FORCE) == -EPERM ? 0 : 3;
}

static void strangers_may_not(void)
{
	struct tunkit_device_opts opts = TUNKIT_INIT(opts);
	unsigned int changed;
	int i, err;

	create_some(6);
	opts.set = TUNKIT_DEVICE_SET_OWNER;
	opts.owner = 60002;
	for (i = 0; i < 6; i++) {
		err = tunkit_device_adjust(ns, devices[i].name, &opts, &changed,
					   &devices[i]);
		if (err == -EOVERFLOW) {
			CHECK_INT(delete_some(6, 0), 0);
			SKIP("one user only in this user namespace");
		}
		CHECK_INT(err, 0);
	}
	run_child(as_stranger, 6);
	CHECK_INT(count_left(), 6);
	CHECK_INT(delete_some(6, 0), 0);
}

/* ---- Limits -------------------------------------------------------------- */

static int with_few_descriptors(size_t count)
{
	struct rlimit limit = { 16, 32 };
	size_t i;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return 1;
	if (delete_some(count, 0))
		return 2;
	for (i = 0; i < count; i++) {
		if (results[i])
			return 3;
	}
	return getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur != 16 ? 4 : 0;
}

static void more_devices_than_descriptors(void)
{
	create_some(MANY);
	run_child(with_few_descriptors, MANY);
	CHECK_INT(count_left(), 0);
}

static void on_alarm(int number)
{
	(void)number;
}

static void signals_do_not_interrupt(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { 0 };

	create_some(MANY);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	delete_some(MANY, 0);
	setitimer(ITIMER_REAL, &never, NULL);
	alarm(TIME_LIMIT * check_slowness());
	check_all(MANY, 0);
	CHECK_INT(count_left(), 0);
}

static const struct check_test tests[] = {
	{ "few and many", few_and_many },
	{ "held ones are refused", held_ones_are_refused },
	{ "held ones of few are refused", held_ones_of_few_are_refused },
	{ "force takes all", force_takes_all },
	{ "what is no longer there", what_is_no_longer_there },
	{ "a renamed one is another", a_renamed_one_is_another },
	{ "a foreign link in the group survives",
	  a_foreign_link_in_the_group_survives },
	{ "a late attach is seen", a_late_attach_is_seen },
	{ "owners need no privilege", owners_need_no_privilege },
	{ "strangers may not", strangers_may_not },
	{ "more devices than descriptors", more_devices_than_descriptors },
	{ "signals do not interrupt", signals_do_not_interrupt },
};

int main(int argc, char **argv)
{
	int result;

	if (!netns_enter() || tunkit_ns_open(NULL, NULL, &ns)) {
		printf("1..0 # SKIP no network namespace or no driver\n");
		return EXIT_SUCCESS;
	}
	alarm(TIME_LIMIT * check_slowness());
	result = check_main(tests, sizeof(tests) / sizeof(tests[0]), argc,
			    argv);
	tunkit_ns_close(ns);
	return result;
}
