// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunkit.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "queues.h"

static void nonblocking_read_finds_nothing(void)
{
	struct tunkit_queue *queue;
	char buffer[64];

	CHECK_INT(open_one("nb0", TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_NONBLOCK,
			   &queue), 0);
	CHECK_INT(tunkit_queue_read(queue, buffer, sizeof(buffer)), -EAGAIN);
	tunkit_queue_close(queue);
}

struct reader {
	struct tunkit_queue *queue;
	pid_t tid;
	ssize_t result;
};

static void *read_one(void *arg)
{
	struct reader *reader = arg;
	char buffer[64];

	__atomic_store_n(&reader->tid, gettid(), __ATOMIC_RELEASE);
	reader->result = tunkit_queue_read(reader->queue, buffer,
					   sizeof(buffer));
	return NULL;
}

/* Until the thread sleeps in the kernel; state S of /proc/TID/stat. */
static void wait_for_sleep(struct reader *reader)
{
	struct timespec pause_time = { .tv_nsec = 1000000 };
	char path[64], state = 0;
	int i;

	for (i = 0; i < 5000 && state != 'S'; i++) {
		pid_t tid = __atomic_load_n(&reader->tid, __ATOMIC_ACQUIRE);
		FILE *file;

		nanosleep(&pause_time, NULL);
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
		file = tid ? fopen(path, "re") : NULL;
		if (!file)
			continue;
		if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		fclose(file);
	}
	CHECK_INT(state, 'S');
}

static void deletion_wakes_a_sleeping_read(void)
{
	struct reader reader = { 0 };
	pthread_t thread;
	char byte = 0x45;

	CHECK_INT(open_one("gone0", TUNKIT_QUEUE_CREATE, &reader.queue), 0);
	CHECK(!pthread_create(&thread, NULL, read_one, &reader));
	wait_for_sleep(&reader);
	CHECK_INT(netns_delete(find("gone0").ifindex), 0);
	CHECK(!pthread_join(thread, NULL));
	CHECK_INT(reader.result, -EBADFD);
	CHECK_INT(tunkit_queue_read(reader.queue, &byte, 1), -EBADFD);
	CHECK_INT(tunkit_queue_write(reader.queue, &byte, 1), -EBADFD);
	tunkit_queue_close(reader.queue);
}

static void write_needs_the_link_up(void)
{
	static const uint8_t packet[20] = { 0x45 };
	struct tunkit_frame frame = { .data = packet, .len = sizeof(packet) };
	struct tunkit_queue *queue;

	CHECK_INT(netns_make("up0", IFF_TUN | IFF_NO_PI), 0);
	CHECK_INT(open_one("up0", TUNKIT_QUEUE_PI | TUNKIT_QUEUE_VNET_HDR,
			   &queue), 0);
	CHECK_INT(tunkit_queue_send(queue, &frame), -EIO);
	CHECK_INT(netns_up("up0"), 0);
	CHECK_INT(tunkit_queue_send(queue, &frame), 0);
	tunkit_queue_close(queue);
	clear();
}

static void truncated_read_sets_strip(void)
{
	struct tunkit_frame frame;
	struct tunkit_queue *queue;
	uint8_t buffer[24];

	/* A link that comes up sends IPv6 multicast of its own accord. */
	CHECK_INT(open_one("cut0", TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_PI,
			   &queue), 0);
	CHECK_INT(netns_up("cut0"), 0);
	alarm(10 * check_slowness());
	CHECK_INT(tunkit_queue_receive(queue, buffer, sizeof(buffer), &frame),
		  0);
	alarm(0);
	CHECK(frame.has_pi);
	CHECK_INT(frame.pi_flags, TUNKIT_PI_STRIP);
	CHECK_INT(frame.pi_proto, 0x86dd);
	CHECK_INT(frame.len, sizeof(buffer) - TUNKIT_PI_SIZE);
	tunkit_queue_close(queue);
}

static void header_fields_are_of_this_frame(void)
{
	struct tunkit_queue_opts opts = TUNKIT_INIT(opts);
	struct tunkit_frame frame;
	struct tunkit_queue *queue;
	uint8_t buffer[2048];

	opts.flags = TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_VNET_HDR;
	opts.vnet_hdr_size = TUNKIT_VNET_SIZE_TUNNEL;
	CHECK_INT(tunkit_queue_open(ns, "field0", &opts, 1, &queue), 0);
	CHECK_INT(netns_up("field0"), 0);
	memset(buffer, 0xff, sizeof(buffer));
	alarm(10 * check_slowness());
	CHECK_INT(tunkit_queue_receive(queue, buffer, sizeof(buffer), &frame),
		  0);
	alarm(0);
	CHECK(frame.has_vnet && !frame.vnet.gso_type);
	CHECK_INT(frame.vnet.num_buffers, 0);
	CHECK_INT(frame.vnet.hash_value, 0);
	CHECK_INT(frame.vnet.hash_report, 0);
	CHECK_INT(frame.vnet.outer_th_offset, 0);
	CHECK_INT(frame.vnet.inner_nh_offset, 0);
	tunkit_queue_close(queue);
}

static void queues_attach_and_detach(void)
{
	enum tunkit_queue_state state = TUNKIT_QUEUE_UNKNOWN;
	struct tunkit_queue *queues[2], *single;

	CHECK_INT(open_count("mq0", TUNKIT_QUEUE_CREATE | TUNKIT_QUEUE_MULTI,
			     2, queues), 0);
	CHECK_INT(tunkit_queue_attach(queues[1]), 0);
	CHECK_INT(tunkit_queue_detach(queues[1]), 0);
	CHECK_INT(tunkit_queue_detach(queues[1]), 0);
	CHECK_INT(tunkit_queue_state(queues[1], &state), 0);
	CHECK_INT(state, TUNKIT_QUEUE_DETACHED);
	CHECK_INT(find("mq0").queues_detached, 1);
	CHECK_INT(tunkit_queue_attach(queues[1]), 0);
	CHECK_INT(find("mq0").queues, 2);
	tunkit_queue_close(queues[0]);
	tunkit_queue_close(queues[1]);
	CHECK_INT(open_one("s0", TUNKIT_QUEUE_CREATE, &single), 0);
	CHECK_INT(tunkit_queue_detach(single), -EINVAL);
	tunkit_queue_close(single);
}

static void descriptors_from_elsewhere_are_checked(void)
{
	struct tunkit_queue *queue = NULL;
	int node = open("/dev/net/tun", O_RDWR | O_CLOEXEC), fd;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	CHECK_INT(tunkit_queue_from_fd(ns, null, &queue), -ENOTTY);
	CHECK_INT(tunkit_queue_from_fd(ns, -1, &queue), -EBADF);
	CHECK_INT(tunkit_queue_from_fd(ns, node, &queue), -EBADFD);
	CHECK_INT(fcntl(node, F_GETFD), FD_CLOEXEC);
	close(node);
	close(null);
	fd = netns_attach("else0", IFF_TAP | IFF_VNET_HDR);
	CHECK(fd >= 0);
	CHECK_INT(tunkit_queue_from_fd(NULL, fd, &queue), 0);
	CHECK_INT(tunkit_queue_layout(queue)->pi, -1);
	CHECK_INT(tunkit_queue_release(queue), fd);
	CHECK_INT(tunkit_queue_from_fd(ns, fd, &queue), 0);
	CHECK_INT(tunkit_queue_layout(queue)->pi, 1);
	CHECK_INT(tunkit_queue_layout(queue)->vnet_hdr_size, 10);
	tunkit_queue_close(queue);
}

static void queues_of_others_are_borrowed(void)
{
	enum tunkit_queue_state state = TUNKIT_QUEUE_UNKNOWN;
	int pipes[2], info[2] = { -1, -1 };
	struct tunkit_queue *queue = NULL;
	pid_t pid;
	int err;

	CHECK(!pipe(pipes));
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		info[0] = netns_attach("theirs0", IFF_TAP | IFF_MULTI_QUEUE);
		info[1] = open("/dev/null", O_RDWR);
		if (write(pipes[1], info, sizeof(info)) != sizeof(info))
			_exit(1);
		pause();
		_exit(1);
	}
	CHECK_INT(read(pipes[0], info, sizeof(info)), sizeof(info));
	err = tunkit_queue_borrow(pid, info[1], &queue);
	if (err == -ENOSYS)
		SKIP("no pidfd_getfd(): Linux 5.6 has it, valgrind has not");
	CHECK_INT(err, -ENOTTY);
	CHECK_INT(tunkit_queue_borrow(pid, 999, &queue), -EBADF);
	CHECK_INT(tunkit_queue_borrow(pid, info[0], &queue), 0);
	CHECK_STR(tunkit_queue_device(queue), "theirs0");
	CHECK_INT(tunkit_queue_detach(queue), 0);
	CHECK_INT(tunkit_queue_state(queue, &state), 0);
	CHECK_INT(state, TUNKIT_QUEUE_DETACHED);
	tunkit_queue_close(queue);
	CHECK_INT(find("theirs0").queues_detached, 1);
	kill(pid, SIGKILL);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	CHECK_INT(tunkit_queue_borrow(pid, info[0], &queue), -ESRCH);
	close(pipes[0]);
	close(pipes[1]);
}

static const struct check_test tests[] = {
#define TEST(function) { #function, function }
	TEST(nonblocking_read_finds_nothing),
	TEST(deletion_wakes_a_sleeping_read),
	TEST(write_needs_the_link_up),
	TEST(truncated_read_sets_strip),
	TEST(header_fields_are_of_this_frame),
	TEST(queues_attach_and_detach),
	TEST(descriptors_from_elsewhere_are_checked),
	TEST(queues_of_others_are_borrowed),
};

int main(int argc, char **argv)
{
	return queues_main(tests, sizeof(tests) / sizeof(tests[0]), argc,
			   argv);
}
