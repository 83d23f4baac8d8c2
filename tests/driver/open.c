// SPDX-License-Identifier: GPL-2.0-or-later
/* The node without a device: what an unattached descriptor answers. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
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

/* Nothing of a file: neither position, nor size, nor pages. */
static void test_is_no_file(void)
{
	int fd = device_open("tap0", IFF_TAP | IFF_NO_PI), pipes[2];

	CHECK_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE);
	CHECK_ERRNO(ftruncate(fd, 0), EINVAL);
	CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	CHECK_INT(errno, ENODEV);
	CHECK_OK(pipe2(pipes, O_CLOEXEC));
	CHECK_INT(write(pipes[1], "x", 1), 1);
	CHECK_ERRNO(splice(pipes[0], NULL, fd, NULL, 1, 0), EINVAL);
	CHECK_ERRNO(splice(fd, NULL, pipes[1], NULL, 1, SPLICE_F_NONBLOCK),
		    EINVAL);
	close(pipes[0]);
	close(pipes[1]);
}

static void test_access_mode(void)
{
	const char *node = getenv("TUNKIT_NODE");
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	char byte = 0x45;
	int fd = open(node ? node : "/dev/net/tun", O_RDONLY);

	CHECK_OK(fd);
	CHECK_OK(ioctl(fd, TUNSETIFF, &ifr));
	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, 0));
	CHECK_ERRNO(write(fd, &byte, 1), EBADF);
	close(fd);
}

/* Returns the uid of the socket that a frame comes from. */
static int program_of_uid(void)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_socket_uid },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return program_of(code, 2, BPF_PROG_TYPE_SOCKET_FILTER);
}

/* Rules by uid see who opened the node, as the file system saw it. */
static void test_socket_is_the_openers(void)
{
	int fd, packet, program = program_of_uid(), len = 1500;
	char name[IFNAMSIZ] = "tap0";
	uint8_t frame[1500];

	if (program < 0)
		SKIP("no eBPF: %s", strerror(errno));
	setfsuid(1234);
	fd = node_open(0);
	setfsuid(0);
	CHECK_OK(set_iff(fd, name, IFF_TAP | IFF_NO_PI));
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", TEST_PROTO);
	CHECK_OK(setsockopt(packet, SOL_SOCKET, SO_ATTACH_BPF, &program,
			    sizeof(program)));
	close(program);
	frame_fill(frame, len, 1);
	CHECK_INT(write(fd, frame, len), len);
	/* So much of the frame as the program says. */
	CHECK_INT(recv(packet, frame, len, MSG_DONTWAIT), 1234);
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
	{ "open: is no file", test_is_no_file },
	{ "open: for reading only", test_access_mode },
	{ "open: the socket is the opener's", test_socket_is_the_openers },
};

DRIVER_MAIN(tests)
