// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs of the device: classic filter, eBPF filter, eBPF steering. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define TAP		(IFF_TAP)	/* IFF_NO_PI would be IFF_NOFILTER */
#define PI_LEN		((int)sizeof(struct tun_pi))

static uint8_t buffer[2000];
static int packet;

/* Sends the frame of this number; the length that is read, -1 when dropped. */
static int through(int fd, unsigned int number)
{
	frame_send(packet, FRAME_LEN, number);
	return read(fd, buffer, sizeof(buffer));
}

/* ---- Classic ---- */

/* Passes frames whose byte is above the limit. */
static struct sock_fprog *classic(unsigned int limit)
{
	static struct sock_filter code[4];
	static struct sock_fprog prog = { .len = 4, .filter = code };
	const struct sock_filter fresh[4] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, limit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};

	memcpy(code, fresh, sizeof(code));
	return &prog;
}

static void test_classic_drops(void)
{
	int fd = device_up("tap0", TAP);

	packet = packet_open("tap0", 0);
	CHECK_INT(through(fd, 1), PI_LEN + FRAME_LEN);
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, classic(50)));
	CHECK_INT(through(fd, 1), -1);
	CHECK_INT(through(fd, 100), PI_LEN + FRAME_LEN);
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, classic(0)));
	CHECK_INT(through(fd, 1), PI_LEN + FRAME_LEN);
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, classic(50)));
	CHECK_OK(ioctl(fd, TUNDETACHFILTER, 0));
	CHECK_INT(through(fd, 1), PI_LEN + FRAME_LEN);
	CHECK_OK(ioctl(fd, TUNDETACHFILTER, 0));
}

/* It trims, too: what a classic filter returns is the length to keep. */
static void test_classic_cuts(void)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 20) };
	struct sock_fprog prog = { .len = 1, .filter = code };
	int fd = device_up("tap0", TAP);

	packet = packet_open("tap0", 0);
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, &prog));
	CHECK_INT(through(fd, 1), PI_LEN + 20);
}

static void test_classic_is_told(void)
{
	struct sock_fprog *prog = classic(50), told = { 0 };
	int fd = device_open("tap0", TAP);

	CHECK_OK(ioctl(fd, TUNGETFILTER, &told));
	CHECK_INT(told.len, 0);
	CHECK(get_flags(fd) & IFF_NOFILTER);
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, prog));
	CHECK(!(get_flags(fd) & IFF_NOFILTER));
	CHECK_OK(ioctl(fd, TUNGETFILTER, &told));
	CHECK_INT(told.len, prog->len);
	CHECK(told.filter == prog->filter);
	CHECK_OK(ioctl(fd, TUNDETACHFILTER, 0));
	CHECK(get_flags(fd) & IFF_NOFILTER);
}

static void test_classic_errors(void)
{
	struct sock_filter code[] = { BPF_STMT(BPF_LD | BPF_IMM, 1) };
	struct sock_fprog prog = { .len = 1, .filter = code };
	int fd = device_up("tap0", TAP), tun;

	packet = packet_open("tap0", 0);
	CHECK_ERRNO(ioctl(fd, TUNATTACHFILTER, &prog), EINVAL);
	prog.len = 0;
	CHECK_ERRNO(ioctl(fd, TUNATTACHFILTER, &prog), EINVAL);
	CHECK_ERRNO(ioctl(fd, TUNATTACHFILTER, 16), EFAULT);
	CHECK_INT(through(fd, 1), PI_LEN + FRAME_LEN);

	tun = device_open("tun0", IFF_TUN);
	CHECK_ERRNO(ioctl(tun, TUNATTACHFILTER, classic(1)), EINVAL);
	CHECK_ERRNO(ioctl(tun, TUNDETACHFILTER, 0), EINVAL);
	CHECK_ERRNO(ioctl(tun, TUNGETFILTER, &prog), EINVAL);
}

static void test_classic_of_the_attached_queues(void)
{
	int queues[3], i;

	for (i = 0; i < 2; i++)
		queues[i] = device_open("tap0", TAP | IFF_MULTI_QUEUE);
	CHECK_OK(set_queue(queues[1], IFF_DETACH_QUEUE));
	CHECK_OK(ioctl(queues[0], TUNATTACHFILTER, classic(50)));
	CHECK(!(get_flags(queues[0]) & IFF_NOFILTER));
	CHECK(get_flags(queues[1]) & IFF_NOFILTER);
}

/*
 * A stored filter comes back with the next descriptor. The kernel's own driver
 * then says that the descriptor is attached, and it is not.
 */
static void test_classic_comes_back(void)
{
	int fd = device_open("tap0", TAP);
	char name[IFNAMSIZ] = "tap0";

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, classic(50)));
	node_close(fd);
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	fd = node_open(O_NONBLOCK);
	CHECK_OK(set_iff(fd, name, TAP));
	if (!ours()) {
		CHECK_INT(get_flags(fd), -1);
		CHECK_INT(errno, EBADFD);
		return;
	}
	CHECK(!(get_flags(fd) & IFF_NOFILTER));
	CHECK_INT(through(fd, 1), -1);
	CHECK_INT(through(fd, 100), PI_LEN + FRAME_LEN);
}

static void test_classic_is_not_restored(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, classic(50)));
	node_close(fd);
	fd = device_up("tap0", TAP | IFF_NOFILTER);
	packet = packet_open("tap0", 0);
	CHECK(get_flags(fd) & IFF_NOFILTER);
	CHECK_INT(through(fd, 1), FRAME_LEN);
}

/*
 * The kernel keeps where the instructions are, not what they are: a program that
 * has other memory there attaches without them.
 */
static void test_classic_of_another_program(void)
{
	const size_t page = 4096;
	struct sock_fprog prog = *classic(50);
	int fd = device_open("tap0", TAP);
	char name[IFNAMSIZ] = "tap0";
	void *memory;

	memory = mmap(NULL, page, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(memory != MAP_FAILED);
	prog.filter = memcpy(memory, prog.filter,
			     prog.len * sizeof(*prog.filter));
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNATTACHFILTER, &prog));
	node_close(fd);
	munmap(memory, page);
	fd = node_open(O_NONBLOCK);
	CHECK_OK(set_iff(fd, name, TAP));
	CHECK(get_flags(fd) & IFF_NOFILTER);
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	CHECK_INT(through(fd, 1), PI_LEN + FRAME_LEN);
}

/*
 * What has changed while a queue was detached it learns when it is attached. On
 * the kernel's own driver it stays detached then, and nothing says so.
 */
static void test_classic_changed_meanwhile(void)
{
	int queues[2], i;

	for (i = 0; i < 2; i++)
		queues[i] = device_open("tap0", TAP | IFF_MULTI_QUEUE);
	CHECK_OK(set_queue(queues[1], IFF_DETACH_QUEUE));
	CHECK_OK(ioctl(queues[0], TUNATTACHFILTER, classic(50)));
	CHECK_OK(set_queue(queues[1], IFF_ATTACH_QUEUE));
	if (!ours()) {
		CHECK(get_flags(queues[1]) & IFF_DETACH_QUEUE);
		return;
	}
	CHECK(!(get_flags(queues[1]) & (IFF_DETACH_QUEUE | IFF_NOFILTER)));
	/* As it was: not even read again. */
	CHECK_OK(set_queue(queues[1], IFF_DETACH_QUEUE));
	CHECK_OK(set_queue(queues[1], IFF_ATTACH_QUEUE));
	CHECK(!(get_flags(queues[1]) & IFF_NOFILTER));
	CHECK_OK(set_queue(queues[1], IFF_DETACH_QUEUE));
	CHECK_OK(ioctl(queues[0], TUNDETACHFILTER, 0));
	CHECK_OK(set_queue(queues[1], IFF_ATTACH_QUEUE));
	CHECK(get_flags(queues[1]) & IFF_NOFILTER);
}

/* ---- eBPF ---- */

static int prog_load(const struct bpf_insn *code, size_t count, int type)
{
	int fd = program_of(code, count, type);

	if (fd < 0)
		SKIP("no eBPF: %s", strerrorname_np(errno));
	return fd;
}

#define INSN(op, dst, src, o, i) ((struct bpf_insn){			\
	.code = (op), .dst_reg = (dst), .src_reg = (src), .off = (o),	\
	.imm = (i) })

/* Always returns the value. */
static int prog_constant(int value)
{
	const struct bpf_insn code[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, value),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return prog_load(code, 2, BPF_PROG_TYPE_SOCKET_FILTER);
}

/* Returns the first byte of the payload. */
static int prog_payload(void)
{
	const struct bpf_insn code[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_6, BPF_REG_1, 0, 0),
		INSN(BPF_LD | BPF_ABS | BPF_B, 0, 0, 0, ETH_HLEN),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	return prog_load(code, 3, BPF_PROG_TYPE_SOCKET_FILTER);
}

/* The device keeps the program, not the descriptor. */
static int give(int fd, unsigned long call, int prog)
{
	int ret = ioctl(fd, call, &prog), err = errno;

	if (prog >= 0)
		close(prog);
	errno = err;
	return ret;
}

static void test_extended_cuts_and_drops(void)
{
	static const int keeps[] = { 1, ETH_HLEN, 59, 60, 61, 70000, -1 };
	int fd = device_up("tap0", TAP);
	size_t i;

	packet = packet_open("tap0", 0);
	for (i = 0; i < sizeof(keeps) / sizeof(keeps[0]); i++) {
		unsigned int keep = keeps[i];

		CHECK_OK(give(fd, TUNSETFILTEREBPF, prog_constant(keep)));
		CHECK_INT(through(fd, 1), PI_LEN +
			  (keep < FRAME_LEN ? (int)keep : FRAME_LEN));
	}
	CHECK_OK(give(fd, TUNSETFILTEREBPF, prog_constant(0)));
	CHECK_INT(through(fd, 1), -1);
	CHECK_OK(give(fd, TUNSETFILTEREBPF, -1));
	CHECK_INT(through(fd, 1), PI_LEN + FRAME_LEN);
	CHECK_OK(give(fd, TUNSETFILTEREBPF, -1));
}

static void test_extended_sees_the_frame(void)
{
	int fd = device_up("tap0", TAP), i;

	packet = packet_open("tap0", 0);
	CHECK_OK(give(fd, TUNSETFILTEREBPF, prog_payload()));
	for (i = 0; i < 40; i++)
		CHECK_INT(through(fd, i), PI_LEN + ETH_HLEN + i);
}

static void test_extended_on_tun(void)
{
	int fd = device_up("tun0", IFF_TUN | IFF_NO_PI);

	packet = packet_open("tun0", TEST_PROTO);
	CHECK_OK(give(fd, TUNSETFILTEREBPF, prog_constant(30)));
	CHECK_INT(through(fd, 1), 30);
}

static void test_extended_outlives_its_descriptor(void)
{
	int fd;

	fd = device_open("tap0", TAP);
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(give(fd, TUNSETFILTEREBPF, prog_constant(20)));
	node_close(fd);
	fd = device_up("tap0", TAP);
	packet = packet_open("tap0", 0);
	CHECK_INT(through(fd, 1), PI_LEN + 20);
}

static void test_extended_errors(void)
{
	const struct bpf_insn code[] = {
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	static const unsigned long calls[] = {
		TUNSETFILTEREBPF, TUNSETSTEERINGEBPF,
	};
	int fd = device_open("tap0", TAP);
	size_t i;

	for (i = 0; i < 2; i++) {
		CHECK_ERRNO(give(fd, calls[i], 9999), EBADF);
		CHECK_ERRNO(give(fd, calls[i], -2), EBADF);
		CHECK_ERRNO(give(fd, calls[i], dup(fd)), EINVAL);
		CHECK_ERRNO(give(fd, calls[i],
				 prog_load(code, 2, BPF_PROG_TYPE_XDP)),
			    EINVAL);
		CHECK_ERRNO(ioctl(fd, calls[i], 16), EFAULT);
	}
}

/* ---- Steering ---- */

#define QUEUES	4

/* Which queue the frame came out of, -1: none. */
static int came_from(int *queues, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (read(queues[i], buffer, sizeof(buffer)) > 0)
			return i;
	return -1;
}

static void test_steering_is_modulo_queues(void)
{
	int queues[QUEUES], count, number;

	for (count = 1; count <= QUEUES; count++) {
		queues[count - 1] = device_up("tap0", TAP | IFF_MULTI_QUEUE);
		if (count == 1)
			packet = packet_open("tap0", 0);
		CHECK_OK(give(queues[0], TUNSETSTEERINGEBPF,
			      prog_payload()));
		for (number = 0; number < 2 * QUEUES; number++) {
			frame_send(packet, FRAME_LEN, number);
			CHECK_INT(came_from(queues, count),
				  (number + ETH_HLEN) % count);
		}
	}
	CHECK_OK(give(queues[0], TUNSETSTEERINGEBPF, -1));
	frame_send(packet, FRAME_LEN, 1);
	number = came_from(queues, QUEUES);
	CHECK(number >= 0);
	/* Without a program it is by flow, and all these frames are one. */
	frame_send(packet, FRAME_LEN, 2);
	CHECK_INT(came_from(queues, QUEUES), number);
}

static void test_steering_follows_detachment(void)
{
	int queues[2], i;

	for (i = 0; i < 2; i++)
		queues[i] = device_up("tap0", TAP | IFF_MULTI_QUEUE);
	packet = packet_open("tap0", 0);
	CHECK_OK(give(queues[0], TUNSETSTEERINGEBPF, prog_constant(1)));
	frame_send(packet, FRAME_LEN, 1);
	CHECK_INT(came_from(queues, 2), 1);
	CHECK_OK(set_queue(queues[1], IFF_DETACH_QUEUE));
	frame_send(packet, FRAME_LEN, 1);
	CHECK_INT(came_from(queues, 2), 0);
	CHECK_OK(give(queues[0], TUNSETSTEERINGEBPF, prog_constant(-1)));
	CHECK_OK(set_queue(queues[1], IFF_ATTACH_QUEUE));
	frame_send(packet, FRAME_LEN, 1);
	CHECK_INT(came_from(queues, 2), 1);
}

static const struct check_test tests[] = {
	{ "filter: a classic one drops", test_classic_drops },
	{ "filter: a classic one cuts", test_classic_cuts },
	{ "filter: a classic one is told", test_classic_is_told },
	{ "filter: errors of a classic one", test_classic_errors },
	{ "filter: a classic one is of the attached queues",
	  test_classic_of_the_attached_queues },
	{ "filter: a classic one comes back", test_classic_comes_back },
	{ "filter: a classic one is not restored",
	  test_classic_is_not_restored },
	{ "filter: a classic one of another program",
	  test_classic_of_another_program },
	{ "filter: a classic one that changed meanwhile",
	  test_classic_changed_meanwhile },
	{ "filter: an eBPF one cuts and drops",
	  test_extended_cuts_and_drops },
	{ "filter: an eBPF one sees the frame", test_extended_sees_the_frame },
	{ "filter: an eBPF one on tun", test_extended_on_tun },
	{ "filter: an eBPF one outlives its descriptor",
	  test_extended_outlives_its_descriptor },
	{ "filter: errors of an eBPF one", test_extended_errors },
	{ "filter: steering is modulo queues",
	  test_steering_is_modulo_queues },
	{ "filter: steering follows detachment",
	  test_steering_follows_detachment },
};

DRIVER_MAIN(tests)
