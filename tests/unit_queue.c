// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "queues.h"

static void check_layout(enum tunkit_kind kind, unsigned int flags)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	const struct tunkit_layout *layout;
	struct tunkit_device device;
	struct tunkit_queue *queue;

	opts.kind = kind;
	opts.flags = flags | TUNKIT_QUEUE_CREATE;
	CHECK_INT(tunkit_queue_open(ns, "lay0", &opts, 1, &queue), 0);
	layout = tunkit_queue_layout(queue);
	CHECK_INT(layout->kind, kind);
	CHECK_INT(layout->pi, !!(flags & TUNKIT_QUEUE_PI));
	CHECK_INT(layout->vnet_hdr_size,
		  flags & TUNKIT_QUEUE_VNET_HDR ? TUNKIT_VNET_SIZE : 0);
	CHECK_INT(layout->vnet_big_endian, __BYTE_ORDER == __BIG_ENDIAN);
	device = find("lay0");
	CHECK_INT(device.pi, !!(flags & TUNKIT_QUEUE_PI));
	CHECK_INT(device.multi_queue, !!(flags & TUNKIT_QUEUE_MULTI));
	CHECK_STR(tunkit_queue_device(queue), "lay0");
	tunkit_queue_close(queue);
	CHECK_INT(tunkit_device_find(ns, "lay0", 0, &device), -ENODEV);
}

static void layout_is_what_was_asked_of_a_new_device(void)
{
	static const unsigned int bits[] = {
		TUNKIT_QUEUE_PI, TUNKIT_QUEUE_VNET_HDR, TUNKIT_QUEUE_MULTI,
	};
	unsigned int set, i, flags;

	for (set = 0; set < 8; set++) {
		for (flags = 0, i = 0; i < 3; i++)
			flags |= set & 1u << i ? bits[i] : 0;
		check_layout(TUNKIT_TUN, flags);
		check_layout(TUNKIT_TAP, flags);
	}
}

static void names_are_picked_by_the_kernel(void)
{
	struct tunkit_queue *first, *second;

	CHECK_INT(open_one(NULL, TUNKIT_QUEUE_CREATE, &first), 0);
	CHECK_STR(tunkit_queue_device(first), "tap0");
	CHECK_INT(open_one("lab%d", TUNKIT_QUEUE_CREATE, &second), 0);
	CHECK_STR(tunkit_queue_device(second), "lab0");
	tunkit_queue_close(first);
	tunkit_queue_close(second);
}

static void second_queue_has_the_layout_of_the_device(void)
{
	struct tunkit_queue *first, *second;
	unsigned int make = TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_MULTI;

	CHECK_INT(open_one("mq0", make | TUNKIT_QUEUE_PI, &first), 0);
	CHECK_INT(open_one("mq0", TUNKIT_QUEUE_VNET_HDR, &second), 0);
	CHECK_INT(tunkit_queue_layout(second)->pi, 1);
	CHECK_INT(tunkit_queue_layout(second)->vnet_hdr_size, 0);
	tunkit_queue_close(first);
	tunkit_queue_close(second);
}

static void second_queue_leaves_the_settings_alone(void)
{
	struct tunkit_queue *first, *second;
	unsigned int make = TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_MULTI;

	CHECK_INT(open_offload("mq0", make, &first), 0);
	CHECK_INT(open_one("mq0", TUNKIT_QUEUE_VNET_HDR, &second), 0);
	CHECK_INT(tunkit_queue_layout(second)->vnet_hdr_size, 12);
	CHECK(find("mq0").offload);
	tunkit_queue_close(second);
	CHECK(find("mq0").offload);
	CHECK_INT(header_size(tunkit_queue_fd(first)), 12);
	tunkit_queue_close(first);
}

static void keep_layout_takes_what_the_device_has(void)
{
	struct tunkit_queue *queue;

	CHECK_INT(netns_make("keep0", IFF_TUN | IFF_VNET_HDR), 0);
	CHECK_INT(open_one("keep0", TUNKIT_QUEUE_KEEP_LAYOUT, &queue), 0);
	CHECK_INT(tunkit_queue_layout(queue)->kind, TUNKIT_TUN);
	CHECK_INT(tunkit_queue_layout(queue)->pi, 1);
	CHECK_INT(tunkit_queue_layout(queue)->vnet_hdr_size, 10);
	tunkit_queue_close(queue);
	CHECK_INT(open_one("keep0", 0, &queue), 0);
	CHECK_INT(tunkit_queue_layout(queue)->pi, 0);
	CHECK_INT(tunkit_queue_layout(queue)->vnet_hdr_size, 0);
	tunkit_queue_close(queue);
	clear();
}

static void close_resets_offload_and_header_size(void)
{
	struct tunkit_queue *queue;
	int fd;

	CHECK_INT(netns_make("off0", IFF_TAP | IFF_NO_PI), 0);
	CHECK_INT(open_offload("off0", 0, &queue), 0);
	CHECK_INT(tunkit_queue_offload(queue), OFFLOAD);
	CHECK_INT(tunkit_queue_layout(queue)->vnet_hdr_size, 12);
	CHECK(find("off0").offload);
	tunkit_queue_close(queue);
	CHECK(!find("off0").offload);
	fd = netns_attach("off0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
	CHECK(fd >= 0);
	CHECK_INT(header_size(fd), 10);
	close(fd);
	clear();
}

static void last_queue_of_an_open_resets(void)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_queue *queues[3];

	CHECK_INT(netns_make("mq0", IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE), 0);
	opts.flags = TUNKIT_QUEUE_VNET_HDR;
	opts.offload = OFFLOAD;
	CHECK_INT(tunkit_queue_open(ns, "mq0", &opts, 3, queues), 0);
	CHECK_INT(find("mq0").queues, 3);
	tunkit_queue_close(queues[0]);
	tunkit_queue_close(queues[2]);
	CHECK(find("mq0").offload);
	tunkit_queue_close(queues[1]);
	CHECK(!find("mq0").offload);
	clear();
}

static void header_size_stays_while_others_read_by_it(void)
{
	struct tunkit_queue *queue, *other;
	int fd;

	CHECK_INT(netns_make("mq0", IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE), 0);
	CHECK_INT(open_offload("mq0", 0, &queue), 0);
	CHECK_INT(open_one("mq0", TUNKIT_QUEUE_VNET_HDR, &other), 0);
	CHECK_INT(tunkit_queue_layout(other)->vnet_hdr_size, 12);
	tunkit_queue_close(queue);
	CHECK_INT(header_size(tunkit_queue_fd(other)), 12);
	tunkit_queue_close(other);
	CHECK_INT(open_offload("mq0", 0, &queue), 0);
	tunkit_queue_close(queue);
	fd = netns_attach("mq0", IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE |
				 IFF_VNET_HDR);
	CHECK_INT(header_size(fd), 10);
	close(fd);
	clear();
}

static void set_offload_is_taken_back_too(void)
{
	struct tunkit_queue *queue;

	CHECK_INT(netns_make("off0", IFF_TAP | IFF_NO_PI), 0);
	CHECK_INT(open_one("off0", TUNKIT_QUEUE_VNET_HDR, &queue), 0);
	CHECK_INT(tunkit_queue_set_offload(queue, TUNKIT_OFFLOAD_TSO4),
		  -EINVAL);
	CHECK_INT(tunkit_queue_set_offload(queue, OFFLOAD), 0);
	CHECK_INT(tunkit_queue_offload(queue), OFFLOAD);
	tunkit_queue_close(queue);
	CHECK(!find("off0").offload);
	clear();
}

/* What a program leaves that is killed while it bridges. */
static void leave_stale(const char *name)
{
	struct tunkit_queue *queue;
	int pipes[2], one = 1;
	char byte;
	pid_t pid;

	CHECK(!pipe(pipes));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (open_offload(name, 0, &queue) ||
		    ioctl(tunkit_queue_fd(queue), TUNSETVNETLE, &one) ||
		    write(pipes[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	close(pipes[1]);
	CHECK_INT(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	kill(pid, SIGKILL);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
}

static void open_resets_what_a_killed_program_left(void)
{
	struct tunkit_queue *queue;
	int set = -1;

	CHECK_INT(netns_make("off0", IFF_TAP | IFF_NO_PI), 0);
	leave_stale("off0");
	CHECK(find("off0").offload);
	CHECK_INT(open_one("off0", TUNKIT_QUEUE_VNET_HDR, &queue), 0);
	CHECK(!find("off0").offload);
	CHECK_INT(tunkit_queue_offload(queue), 0);
	CHECK_INT(tunkit_queue_layout(queue)->vnet_hdr_size, 10);
	CHECK_INT(ioctl(tunkit_queue_fd(queue), TUNGETVNETLE, &set), 0);
	CHECK_INT(set, 0);
	tunkit_queue_close(queue);
	clear();
}

static void unknown_offloads_are_left_out(void)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_queue *queue;

	opts.flags = TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_VNET_HDR;
	opts.offload = OFFLOAD | TUNKIT_OFFLOAD_USO4;	/* USO6 is missing */
	CHECK_INT(tunkit_queue_open(ns, "off0", &opts, 1, &queue), 0);
	CHECK_INT(tunkit_queue_offload(queue), OFFLOAD);
	tunkit_queue_close(queue);
	opts.flags = TUNKIT_QUEUE_CREATE;	/* no virtio-net header */
	CHECK_INT(tunkit_queue_open(ns, "off0", &opts, 1, &queue), 0);
	CHECK_INT(tunkit_queue_offload(queue), 0);
	CHECK(!find("off0").offload);
	tunkit_queue_close(queue);
}

static void count_is_all_or_none(void)
{
	struct tunkit_queue *queues[8] = { NULL };
	struct rlimit before, few;
	int fd;

	CHECK_INT(netns_make("all0", IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE), 0);
	getrlimit(RLIMIT_NOFILE, &before);
	fd = dup(0);
	close(fd);
	few = before;
	few.rlim_cur = fd + 5;
	setrlimit(RLIMIT_NOFILE, &few);
	CHECK_INT(open_count("all0", 0, 8, queues), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &before);
	CHECK(!queues[0]);
	CHECK_INT(find("all0").queues, 0);
	CHECK_INT(dup(0), fd);
	close(fd);
	CHECK_INT(open_count("all0", 0, 8, queues), 0);
	CHECK_INT(find("all0").queues, 8);
	for (fd = 0; fd < 8; fd++)
		tunkit_queue_close(queues[fd]);
	clear();
}

static void queue_257_is_refused(void)
{
	static struct tunkit_queue *queues[TUNKIT_QUEUES_MAX + 1];
	size_t i;

	CHECK_INT(open_count("full0", TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_MULTI,
			     TUNKIT_QUEUES_MAX, queues), 0);
	CHECK_INT(open_one("full0", 0, &queues[TUNKIT_QUEUES_MAX]), -E2BIG);
	CHECK_INT(open_count("full0", 0, TUNKIT_QUEUES_MAX + 1, queues),
		  -E2BIG);
	for (i = 0; i < TUNKIT_QUEUES_MAX; i++)
		tunkit_queue_close(queues[i]);
}

static void errors_tell_the_device_apart(void)
{
	struct tunkit_queue *queue, *other;

	CHECK_INT(open_one("no0", 0, &queue), -ENODEV);
	CHECK_INT(open_one("lo", 0, &queue), -EMEDIUMTYPE);
	CHECK_INT(open_one("lo", TUNKIT_QUEUE_CREATE, &queue), -EMEDIUMTYPE);
	CHECK_INT(open_one("lo", TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_EXCLUSIVE,
			   &queue), -EEXIST);
	CHECK_INT(open_one(NULL, 0, &queue), -EINVAL);
	CHECK_INT(open_one("a/b", TUNKIT_QUEUE_CREATE, &queue), -EINVAL);
	CHECK_INT(open_one("sixteen-letters0", 0, &queue), -ENAMETOOLONG);
	CHECK_INT(open_count("s0", TUNKIT_QUEUE_CREATE, 2, &queue), -EINVAL);
	CHECK_INT(open_one("s0", TUNKIT_QUEUE_CREATE, &queue), 0);
	CHECK_INT(open_one("s0", 0, &other), -EBUSY);
	CHECK_INT(open_one("s0", TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_EXCLUSIVE,
			   &other), -EEXIST);
	tunkit_queue_close(queue);
}

static void kind_and_multi_queue_are_the_devices(void)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_queue *queue;

	CHECK_INT(netns_make("tun7", IFF_TUN | IFF_MULTI_QUEUE), 0);
	opts.kind = TUNKIT_TAP;
	opts.flags = TUNKIT_QUEUE_CREATE;
	CHECK_INT(tunkit_queue_open(ns, "tun7", &opts, 1, &queue), 0);
	CHECK_INT(tunkit_queue_layout(queue)->kind, TUNKIT_TUN);
	tunkit_queue_close(queue);
	clear();
}

/*
 * The driver leaves a TAP's descriptor unattached, with success, when it
 * restores a stored classic filter: the queue must be a working one.
 */
static void stored_filter_does_not_unattach(void)
{
	static struct sock_filter accept = { 0x06, 0, 0, 0xffff };
	static struct sock_fprog program = { .len = 1, .filter = &accept };
	struct tunkit_queue *queue = NULL;
	char buffer[64];
	int fd;

	CHECK_INT(netns_make("filter0", IFF_TAP), 0);
	fd = netns_attach("filter0", IFF_TAP);
	CHECK(fd >= 0);
	CHECK_INT(ioctl(fd, TUNATTACHFILTER, &program), 0);
	close(fd);
	CHECK_INT(open_one("filter0", TUNKIT_QUEUE_PI | TUNKIT_QUEUE_NONBLOCK,
			   &queue), 0);
	CHECK_INT(tunkit_queue_read(queue, buffer, sizeof(buffer)), -EAGAIN);
	CHECK_INT(tunkit_queue_layout(queue)->pi, find("filter0").pi);
	tunkit_queue_close(queue);
	clear();
}

static const struct check_test tests[] = {
#define TEST(function) { #function, function }
	TEST(layout_is_what_was_asked_of_a_new_device),
	TEST(names_are_picked_by_the_kernel),
	TEST(second_queue_has_the_layout_of_the_device),
	TEST(second_queue_leaves_the_settings_alone),
	TEST(keep_layout_takes_what_the_device_has),
	TEST(close_resets_offload_and_header_size),
	TEST(last_queue_of_an_open_resets),
	TEST(header_size_stays_while_others_read_by_it),
	TEST(set_offload_is_taken_back_too),
	TEST(open_resets_what_a_killed_program_left),
	TEST(unknown_offloads_are_left_out),
	TEST(count_is_all_or_none),
	TEST(queue_257_is_refused),
	TEST(errors_tell_the_device_apart),
	TEST(kind_and_multi_queue_are_the_devices),
	TEST(stored_filter_does_not_unattach),
};

int main(int argc, char **argv)
{
	return queues_main(tests, sizeof(tests) / sizeof(tests[0]), argc,
			   argv);
}
