// SPDX-License-Identifier: GPL-2.0-or-later
/* Waiting or not: O_NONBLOCK, RWF_NOWAIT, signals, io_uring. */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "driver.h"

#define FRAME_LEN	60
#define TAP		(IFF_TAP | IFF_NO_PI)

static uint8_t buffer[2000];
static volatile int ticks, packet;

/* The kernel's own driver has not allowed RWF_NOWAIT before 6.12. */
static bool knows_nowait(void)
{
	return ours() || kernel_at_least(6, 12);
}

static ssize_t read_nowait(int fd)
{
	struct iovec part = { buffer, sizeof(buffer) };

	return preadv2(fd, &part, 1, -1, RWF_NOWAIT);
}

static void test_nonblocking_descriptor(void)
{
	int fd = device_up("tap0", TAP);

	packet = packet_open("tap0", 0);
	CHECK_ERRNO(read(fd, buffer, sizeof(buffer)), EAGAIN);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read(fd, buffer, sizeof(buffer)), FRAME_LEN);
	CHECK_ERRNO(read(fd, buffer, sizeof(buffer)), EAGAIN);
}

static void test_nonblocking_down(void)
{
	int fd = device_up("tap0", TAP);

	CHECK_OK(if_down("tap0"));
	CHECK_ERRNO(read(fd, buffer, sizeof(buffer)), EAGAIN);
}

static void test_nowait(void)
{
	int fd = device_up("tap0", TAP);
	struct iovec part = { buffer, FRAME_LEN };

	packet = packet_open("tap0", TEST_PROTO);
	fd_flag(fd, O_NONBLOCK, false);
	if (!knows_nowait()) {
		CHECK_ERRNO(read_nowait(fd), EOPNOTSUPP);
		return;
	}
	CHECK_ERRNO(read_nowait(fd), EAGAIN);
	CHECK_OK(frame_send(packet, FRAME_LEN, 1));
	CHECK_INT(read_nowait(fd), FRAME_LEN);
	CHECK_INT(pwritev2(fd, &part, 1, -1, RWF_NOWAIT), FRAME_LEN);
	CHECK_INT(recv(packet, buffer, sizeof(buffer), MSG_DONTWAIT),
		  FRAME_LEN);
}

/* ---- Signals ---- */

static void tick(int signal)
{
	(void)signal;
	ticks++;
	if (ticks == 2)
		frame_send(packet, FRAME_LEN, 1);
}

static void tick_every(long milliseconds, int flags)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = flags };
	struct itimerval timer = {
		.it_value.tv_usec = milliseconds * 1000,
		.it_interval.tv_usec = milliseconds * 1000,
	};

	ticks = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void test_signal_interrupts(void)
{
	int fd = device_up("tap0", TAP);
	ssize_t ret;
	int err;

	packet = packet_open("tap0", 0);
	fd_flag(fd, O_NONBLOCK, false);
	tick_every(10, 0);
	ret = read(fd, buffer, sizeof(buffer));
	err = errno;
	tick_every(0, 0);
	CHECK_INT(ret, -1);
	CHECK_INT(err, EINTR);
}

static void test_signal_restarts(void)
{
	int fd = device_up("tap0", TAP), seen;
	ssize_t ret;

	packet = packet_open("tap0", 0);
	fd_flag(fd, O_NONBLOCK, false);
	tick_every(10, SA_RESTART);
	ret = read(fd, buffer, sizeof(buffer));
	seen = ticks;
	tick_every(0, 0);
	CHECK_INT(ret, FRAME_LEN);
	CHECK(seen >= 2);
}

/* ---- Another thread ---- */

static void *send_later(void *arg)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	(void)arg;
	nanosleep(&pause, NULL);
	frame_send(packet, FRAME_LEN, 7);
	return NULL;
}

static void test_frame_ends_the_wait(void)
{
	int fd = device_up("tap0", TAP);
	pthread_t thread;

	packet = packet_open("tap0", 0);
	fd_flag(fd, O_NONBLOCK, false);
	CHECK_INT(pthread_create(&thread, NULL, send_later, NULL), 0);
	CHECK_INT(read(fd, buffer, sizeof(buffer)), FRAME_LEN);
	pthread_join(thread, NULL);
	CHECK_INT(buffer[ETH_HLEN], 7 + ETH_HLEN);
}

/* ---- io_uring, by hand ---- */

#define RING_ENTRIES	4

struct ring {
	int fd;
	struct io_uring_params params;
	uint8_t *sq, *cq;
	struct io_uring_sqe *sqes;
};

static void *ring_map(const struct ring *ring, size_t size, off_t offset)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, ring->fd, offset);

	if (map == MAP_FAILED)
		FAIL("io_uring mmap: %s", strerrorname_np(errno));
	return map;
}

static void ring_open(struct ring *ring)
{
	struct io_uring_params *params = &ring->params;

	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, RING_ENTRIES, params);
	if (ring->fd < 0)
		SKIP("no io_uring: %s", strerrorname_np(errno));
	ring->sq = ring_map(ring, params->sq_off.array +
			    params->sq_entries * sizeof(uint32_t),
			    IORING_OFF_SQ_RING);
	ring->cq = ring_map(ring, params->cq_off.cqes + params->cq_entries *
			    sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring->sqes = ring_map(ring, params->sq_entries *
			      sizeof(struct io_uring_sqe), IORING_OFF_SQES);
}

static void ring_submit(struct ring *ring, int op, int fd, size_t len)
{
	uint32_t *tail = (void *)(ring->sq + ring->params.sq_off.tail);
	uint32_t *array = (void *)(ring->sq + ring->params.sq_off.array);
	uint32_t at = *tail & (ring->params.sq_entries - 1);

	ring->sqes[at] = (struct io_uring_sqe){
		.opcode = op, .fd = fd, .off = -1,
		.addr = (uintptr_t)buffer, .len = len,
	};
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	CHECK_INT(syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0), 1);
}

static bool ring_has_result(struct ring *ring)
{
	uint32_t *head = (void *)(ring->cq + ring->params.cq_off.head);
	uint32_t *tail = (void *)(ring->cq + ring->params.cq_off.tail);

	return *head != __atomic_load_n(tail, __ATOMIC_ACQUIRE);
}

static int ring_result(struct ring *ring)
{
	uint32_t *head = (void *)(ring->cq + ring->params.cq_off.head);
	struct io_uring_cqe *cqes = (void *)(ring->cq +
					     ring->params.cq_off.cqes);
	int result;

	CHECK_OK(syscall(SYS_io_uring_enter, ring->fd, 0, 1,
			 IORING_ENTER_GETEVENTS, NULL, 0));
	CHECK(ring_has_result(ring));
	result = cqes[*head & (ring->params.cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static void ring_close(struct ring *ring)
{
	struct io_uring_params *params = &ring->params;

	munmap(ring->sq, params->sq_off.array +
	       params->sq_entries * sizeof(uint32_t));
	munmap(ring->cq, params->cq_off.cqes +
	       params->cq_entries * sizeof(struct io_uring_cqe));
	munmap(ring->sqes, params->sq_entries * sizeof(struct io_uring_sqe));
	close(ring->fd);
}

static void test_ring_reads_what_is_there(void)
{
	int fd = device_up("tap0", TAP);
	struct ring ring;

	ring_open(&ring);
	packet = packet_open("tap0", 0);
	fd_flag(fd, O_NONBLOCK, false);
	CHECK_OK(frame_send(packet, FRAME_LEN, 5));
	ring_submit(&ring, IORING_OP_READ, fd, sizeof(buffer));
	CHECK_INT(ring_result(&ring), FRAME_LEN);
	CHECK_INT(buffer[ETH_HLEN], 5 + ETH_HLEN);
	ring_close(&ring);
}

static void test_ring_sleeps_until_a_frame(void)
{
	int fd = device_up("tap0", TAP);
	struct ring ring;

	ring_open(&ring);
	packet = packet_open("tap0", 0);
	fd_flag(fd, O_NONBLOCK, false);
	ring_submit(&ring, IORING_OP_READ, fd, sizeof(buffer));
	CHECK(!ring_has_result(&ring));
	CHECK_OK(frame_send(packet, FRAME_LEN, 6));
	CHECK_INT(ring_result(&ring), FRAME_LEN);
	CHECK_INT(buffer[ETH_HLEN], 6 + ETH_HLEN);
	ring_close(&ring);
}

static void test_ring_writes(void)
{
	int fd = device_up("tap0", TAP);
	struct ring ring;

	ring_open(&ring);
	packet = packet_open("tap0", TEST_PROTO);
	fd_flag(fd, O_NONBLOCK, false);
	frame_fill(buffer, FRAME_LEN, 9);
	ring_submit(&ring, IORING_OP_WRITE, fd, FRAME_LEN);
	CHECK_INT(ring_result(&ring), FRAME_LEN);
	CHECK_INT(recv(packet, buffer, sizeof(buffer), MSG_DONTWAIT),
		  FRAME_LEN);
	CHECK_INT(buffer[ETH_HLEN], 9 + ETH_HLEN);
	ring_submit(&ring, IORING_OP_WRITE, fd, ETH_HLEN - 1);
	CHECK_INT(ring_result(&ring), -EINVAL);
	ring_close(&ring);
}

/* The end of the device is the end of a read that waits for its frames. */
static void test_ring_hears_of_the_deletion(void)
{
	int fd = device_up("tap0", TAP), result;
	struct ring ring;

	ring_open(&ring);
	fd_flag(fd, O_NONBLOCK, false);
	ring_submit(&ring, IORING_OP_READ, fd, sizeof(buffer));
	CHECK_OK(if_delete("tap0"));
	result = ring_result(&ring);
	ring_close(&ring);
	CHECK(result == -EFAULT || result == -EBADFD);
}

static const struct check_test tests[] = {
	{ "nonblock: a non-blocking descriptor", test_nonblocking_descriptor },
	{ "nonblock: of a device that is down", test_nonblocking_down },
	{ "nonblock: RWF_NOWAIT", test_nowait },
	{ "nonblock: a signal interrupts", test_signal_interrupts },
	{ "nonblock: a signal restarts", test_signal_restarts },
	{ "nonblock: a frame ends the wait", test_frame_ends_the_wait },
	{ "nonblock: a ring reads what is there",
	  test_ring_reads_what_is_there },
	{ "nonblock: a ring sleeps until a frame",
	  test_ring_sleeps_until_a_frame },
	{ "nonblock: a ring writes", test_ring_writes },
	{ "nonblock: a ring hears of the deletion",
	  test_ring_hears_of_the_deletion },
};

DRIVER_MAIN(tests)
