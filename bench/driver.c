// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions per operation of two TUN drivers that are loaded side by side,
 * in a guest whose clock counts instructions (vm/run -i): reading and writing
 * frames of 64 and 1500 bytes, and making a device. With --wall, in any other
 * guest: the time of the clock, the shortest of many. Prints a table.
 *
 * usage: driver [--wall] NODE NODE     the kernel's own, ours
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_INSTRUCTION	2	/* -icount shift=1 */
#define REPETITIONS		5	/* the first one warms up */
#define WALL_REPETITIONS	12
#define BURST			256	/* frames that fit the queue */
#define BURSTS			16

struct row {
	const char *name;
	unsigned int flags;	/* IFF_* beside the kind and IFF_NO_PI */
	bool pi;
	int open_flags;
	double (*measure)(const struct row *row, const char *node, size_t len);
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void link_up(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq ifr = { 0 };

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFFLAGS, &ifr))
		die("SIOCGIFFLAGS");
	ifr.ifr_flags |= IFF_UP | IFF_NOARP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		die("SIOCSIFFLAGS");
	close(fd);
}

/* A link that comes up would send neighbour discovery between our frames. */
static void silence(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);

	if (fd >= 0 && write(fd, "1", 1) != 1)
		die("disable_ipv6");
	close(fd);
}

static int attach(const char *node, unsigned int flags, int open_flags)
{
	struct ifreq ifr = { .ifr_flags = flags };
	int fd = open(node, O_RDWR | open_flags);

	if (fd < 0)
		die(node);
	strcpy(ifr.ifr_name, "bench0");
	if (ioctl(fd, TUNSETIFF, &ifr))
		die("TUNSETIFF");
	return fd;
}

static int device(const struct row *row, const char *node)
{
	unsigned int flags = IFF_TAP | row->flags | (row->pi ? 0 : IFF_NO_PI);
	int fd = attach(node, flags, row->open_flags);

	link_up("bench0");
	return fd;
}

static int packet_socket(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex("bench0"),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1;

	if (fd < 0 || bind(fd, (void *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		die("packet socket");
	return fd;
}

/* An Ethernet frame that no protocol takes: it ends in the stack's entry. */
static void fill(uint8_t *frame, size_t len)
{
	memset(frame, 0, len);
	frame[0] = 0x02;
	frame[6] = 0x02;
	frame[11] = 1;
	frame[12] = 0x88;
	frame[13] = 0xb5;
}

static size_t headers(const struct row *row)
{
	return (row->pi ? sizeof(struct tun_pi) : 0) +
	       (row->flags & IFF_VNET_HDR ? 10 : 0);
}

static double measure_read(const struct row *row, const char *node, size_t len)
{
	static uint8_t frame[2048], buffer[2048];
	int fd = device(row, node), packet = packet_socket(), i, burst;
	double spent = 0, start;

	fill(frame, len);
	for (burst = 0; burst < BURSTS; burst++) {
		for (i = 0; i < BURST; i++)
			if (send(packet, frame, len, 0) != (ssize_t)len)
				die("send");
		start = now();
		for (i = 0; i < BURST; i++)
			if (read(fd, buffer, sizeof(buffer)) < (ssize_t)len)
				die("read");
		spent += now() - start;
	}
	close(packet);
	close(fd);
	return spent / (BURST * BURSTS);
}

static double measure_send(const struct row *row, const char *node, size_t len)
{
	static uint8_t frame[2048], buffer[2048];
	int fd = device(row, node), packet = packet_socket(), i, burst;
	double spent = 0, start;

	fill(frame, len);
	for (burst = 0; burst < BURSTS; burst++) {
		start = now();
		for (i = 0; i < BURST; i++)
			if (send(packet, frame, len, 0) != (ssize_t)len)
				die("send");
		spent += now() - start;
		for (i = 0; i < BURST; i++)
			if (read(fd, buffer, sizeof(buffer)) < (ssize_t)len)
				die("read");
	}
	close(packet);
	close(fd);
	return spent / (BURST * BURSTS);
}

static double measure_write(const struct row *row, const char *node, size_t len)
{
	static uint8_t bytes[2048];
	size_t head = headers(row);
	int fd = device(row, node), i;
	double start;

	memset(bytes, 0, head);
	if (row->pi) {
		bytes[2] = 0x88;
		bytes[3] = 0xb5;
	}
	fill(bytes + head, len);
	start = now();
	for (i = 0; i < BURST * BURSTS; i++)
		if (write(fd, bytes, head + len) != (ssize_t)(head + len))
			die("write");
	start = now() - start;
	close(fd);
	return start / (BURST * BURSTS);
}

/* Making a device, its end is not measured: it waits for RCU. */
static double measure_create(const struct row *row, const char *node,
			     size_t len)
{
	double spent = 0, start;
	int fd, i;

	(void)len;
	for (i = 0; i < 8; i++) {
		start = now();
		fd = attach(node, IFF_TAP | IFF_NO_PI | row->flags, 0);
		spent += now() - start;
		close(fd);
	}
	return spent / 8;
}

/* ---- Two processors at once: only a clock on the wall sees them ---- */

struct worker {
	pthread_t thread;
	int cpu, fd;
	size_t len;
};

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set))
		die("pthread_setaffinity_np");
}

static void *work_send(void *arg)
{
	struct worker *worker = arg;
	uint8_t frame[2048];
	int i = 0;

	stay_on(worker->cpu);
	fill(frame, worker->len);
	while (i < BURST * BURSTS) {
		if (send(worker->fd, frame, worker->len, 0) > 0)
			i++;
		else if (errno != ENOBUFS)
			die("send");
		else
			sched_yield();	/* the queue is full */
	}
	return NULL;
}

static void *work_read(void *arg)
{
	struct worker *worker = arg;
	uint8_t buffer[2048];
	int i;

	stay_on(worker->cpu);
	for (i = 0; i < BURST * BURSTS; i++)
		if (read(worker->fd, buffer, sizeof(buffer)) < 0)
			die("read");
	return NULL;
}

static void *work_write(void *arg)
{
	struct worker *worker = arg;
	uint8_t frame[2048];
	int i;

	stay_on(worker->cpu);
	fill(frame, worker->len);
	for (i = 0; i < BURST * BURSTS; i++)
		if (write(worker->fd, frame, worker->len) < 0)
			die("write");
	return NULL;
}

/* The time that both need, for as many operations as one of them does. */
static double work_both(void *(*first)(void *), int first_fd,
			void *(*second)(void *), int second_fd, size_t len)
{
	struct worker a = { .cpu = 0, .fd = first_fd, .len = len };
	struct worker b = { .cpu = 1, .fd = second_fd, .len = len };
	double start = now();

	if (pthread_create(&a.thread, NULL, first, &a) ||
	    pthread_create(&b.thread, NULL, second, &b))
		die("pthread_create");
	pthread_join(a.thread, NULL);
	pthread_join(b.thread, NULL);
	return (now() - start) / (BURST * BURSTS);
}

static double measure_through(const struct row *row, const char *node,
			      size_t len)
{
	int fd = device(row, node), packet = packet_socket();
	double spent = work_both(work_send, packet, work_read, fd, len);

	close(packet);
	close(fd);
	return spent;
}

static double measure_write_both(const struct row *row, const char *node,
				 size_t len)
{
	int fd = device(row, node), other = device(row, node);
	double spent = work_both(work_write, fd, work_write, other, len);

	close(fd);
	close(other);
	return spent;
}

static const struct row rows_wall[] = {
	{ "read", 0, false, 0, measure_read },
	{ "write", 0, false, 0, measure_write },
	{ "transmit (send to the device)", 0, false, 0, measure_send },
	{ "sent by one processor, read by the other", 0, false, 0,
	  measure_through },
	{ "write, a queue a processor", IFF_MULTI_QUEUE, false, 0,
	  measure_write_both },
};

static const struct row rows[] = {
	{ "read", 0, false, 0, measure_read },
	{ "read, O_NONBLOCK", 0, false, O_NONBLOCK, measure_read },
	{ "read, PI", 0, true, 0, measure_read },
	{ "read, virtio-net header", IFF_VNET_HDR, false, 0, measure_read },
	{ "read, multi-queue", IFF_MULTI_QUEUE, false, 0, measure_read },
	{ "write", 0, false, 0, measure_write },
	{ "write, O_NONBLOCK", 0, false, O_NONBLOCK, measure_write },
	{ "write, PI", 0, true, 0, measure_write },
	{ "write, virtio-net header", IFF_VNET_HDR, false, 0, measure_write },
	{ "write, multi-queue", IFF_MULTI_QUEUE, false, 0, measure_write },
	{ "transmit (send to the device)", 0, false, 0, measure_send },
	{ "transmit, multi-queue", IFF_MULTI_QUEUE, false, 0, measure_send },
	{ "create", 0, false, 0, measure_create },
	{ "create, multi-queue", IFF_MULTI_QUEUE, false, 0, measure_create },
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void measure_wall(const struct row *row, char **nodes, size_t len)
{
	double ns, least[2] = { 1e12, 1e12 };
	int i, node;

	for (i = 0; i < WALL_REPETITIONS; i++) {
		for (node = 0; node < 2; node++) {
			ns = row->measure(row, nodes[node], len);
			if (ns < least[node])
				least[node] = ns;
		}
	}
	printf("| %s | %zu | %.0f | %.0f | %.2f |\n", row->name, len, least[0],
	       least[1], least[1] / least[0]);
}

static void measure(const struct row *row, char **nodes, size_t len)
{
	double ns[2][REPETITIONS], median[2];
	int i, node;

	for (i = 0; i < REPETITIONS; i++)
		for (node = 0; node < 2; node++)
			ns[node][i] = row->measure(row, nodes[node], len);
	for (node = 0; node < 2; node++) {
		qsort(ns[node] + 1, REPETITIONS - 1, sizeof(double), compare);
		median[node] = (ns[node][REPETITIONS / 2] +
				ns[node][REPETITIONS / 2 + 1]) / 2 /
			       NS_PER_INSTRUCTION;
	}
	printf("| %s | %s | %.0f | %.0f | %.3f |\n", row->name,
	       row->measure == measure_create ? "-" : len == 64 ? "64" : "1500",
	       median[0], median[1], median[1] / median[0]);
}

int main(int argc, char **argv)
{
	static const size_t lengths[] = { 64, 1500 };
	bool wall = argc == 4 && !strcmp(argv[1], "--wall");
	size_t i, j;

	if (argc != 3 && !wall) {
		fprintf(stderr, "usage: driver [--wall] NODE NODE\n");
		return 2;
	}
	if (unshare(CLONE_NEWNET))
		die("unshare");
	silence();
	printf("| operation | bytes | kernel's own | tunkit | ratio |\n");
	printf("|---|---|---|---|---|\n");
	for (i = 0; wall && i < sizeof(rows_wall) / sizeof(rows_wall[0]); i++)
		measure_wall(&rows_wall[i], argv + 2, 1500);
	if (wall)
		return 0;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (j = 0; j < 2; j++)
			if (!j || rows[i].measure != measure_create)
				measure(&rows[i], argv + 1, lengths[j]);
	return 0;
}
