// SPDX-License-Identifier: GPL-2.0-or-later
/* Replies follow the queue that their flow was written on. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"

#define MANY	(IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE)
#define QUEUES	4
#define FLOWS_MAX	4096
#define FLOW_AGE	2.9	/* seconds; its end is rounded to jiffies */

struct packet {
	uint8_t ethernet[ETH_HLEN];
	struct iphdr ip;
	struct udphdr udp;
	uint8_t payload[18];
} __attribute__((packed));

struct set_up {
	int fd[QUEUES];
	int packet;
};

static void open_up(struct set_up *up)
{
	int i;

	for (i = 0; i < QUEUES; i++)
		up->fd[i] = device_open("tap0", MANY);
	CHECK_OK(if_up("tap0"));
	up->packet = packet_open("tap0", 0);
}

/* One way of flow number n, or, as a reply, the other. */
static void packet_fill(struct packet *packet, unsigned int n, bool reply)
{
	uint32_t here = htonl(0x0a000001), there = htonl(0x0a000002);
	uint16_t port = htons(1000 + n), service = htons(53);

	memset(packet, 0, sizeof(*packet));
	frame_fill(packet->ethernet, ETH_HLEN, 0);
	packet->ethernet[12] = 0x08;
	packet->ethernet[13] = 0x00;
	packet->ip.version = 4;
	packet->ip.ihl = 5;
	packet->ip.ttl = 64;
	packet->ip.protocol = IPPROTO_UDP;
	packet->ip.tot_len = htons(sizeof(*packet) - ETH_HLEN);
	packet->ip.saddr = reply ? there : here;
	packet->ip.daddr = reply ? here : there;
	packet->udp.source = reply ? service : port;
	packet->udp.dest = reply ? port : service;
	packet->udp.len = htons(sizeof(*packet) - ETH_HLEN - 20);
}

static void flow_write(int fd, unsigned int n)
{
	struct packet packet;

	packet_fill(&packet, n, false);
	CHECK_INT(write(fd, &packet, sizeof(packet)), sizeof(packet));
}

/* Sends one frame of the flow out of the device; which queue gets it? */
static int flow_queue(struct set_up *up, unsigned int n, bool reply)
{
	struct pollfd pollers[QUEUES];
	struct packet packet;
	int i;

	packet_fill(&packet, n, reply);
	CHECK_INT(send(up->packet, &packet, sizeof(packet), 0),
		  sizeof(packet));
	for (i = 0; i < QUEUES; i++)
		pollers[i] = (struct pollfd){ up->fd[i], POLLIN, 0 };
	CHECK(poll(pollers, QUEUES, PATIENCE) == 1);
	for (i = 0; !(pollers[i].revents & POLLIN); i++)
		;
	CHECK_INT(read(up->fd[i], &packet, sizeof(packet)), sizeof(packet));
	return i;
}

static void test_reply_follows(void)
{
	struct set_up up;
	int n;

	open_up(&up);
	for (n = 0; n < 32; n++)
		flow_write(up.fd[n % QUEUES], n);
	for (n = 0; n < 32; n++)
		CHECK_INT(flow_queue(&up, n, true), n % QUEUES);
}

static void test_flow_moves(void)
{
	struct set_up up;
	int i;

	open_up(&up);
	for (i = 0; i < 2 * QUEUES; i++) {
		flow_write(up.fd[i % QUEUES], 1);
		CHECK_INT(flow_queue(&up, 1, true), i % QUEUES);
	}
}

static void test_hash_decides_without(void)
{
	int n, queue, used = 0;
	struct set_up up;

	open_up(&up);
	for (n = 0; n < 64; n++) {
		queue = flow_queue(&up, n, true);
		used |= 1 << queue;
		CHECK_INT(flow_queue(&up, n, true), queue);
		/* Either direction has the same hash. */
		CHECK_INT(flow_queue(&up, n, false), queue);
	}
	CHECK_INT(used, (1 << QUEUES) - 1);
}

static void test_one_queue_learns_nothing(void)
{
	struct set_up up;
	int i, before;

	open_up(&up);
	before = flow_queue(&up, 1, true);
	for (i = 1; i < QUEUES; i++)
		CHECK_OK(set_queue(up.fd[i], IFF_DETACH_QUEUE));
	flow_write(up.fd[0], 1);
	flow_write(up.fd[0], 2);
	for (i = 1; i < QUEUES; i++)
		CHECK_OK(set_queue(up.fd[i], IFF_ATTACH_QUEUE));
	CHECK_INT(flow_queue(&up, 1, true), before);
}

static void test_detached_queue_learns_nothing(void)
{
	struct set_up up;
	int before, other;

	open_up(&up);
	CHECK_OK(set_queue(up.fd[3], IFF_DETACH_QUEUE));
	before = flow_queue(&up, 1, true);
	flow_write(up.fd[3], 1);
	CHECK_INT(flow_queue(&up, 1, true), before);
	other = (before + 1) % 3;
	flow_write(up.fd[other], 1);
	CHECK_INT(flow_queue(&up, 1, true), other);
}

static void test_program_learns_nothing(void)
{
	int program = program_load(2), none = -1, before;
	struct set_up up;

	if (program < 0)
		SKIP("no eBPF: %s", strerror(errno));
	open_up(&up);
	before = flow_queue(&up, 1, true);
	CHECK_OK(ioctl(up.fd[0], TUNSETSTEERINGEBPF, &program));
	close(program);
	flow_write(up.fd[(before + 1) % QUEUES], 1);
	CHECK_INT(flow_queue(&up, 1, true), 2);
	CHECK_OK(ioctl(up.fd[0], TUNSETSTEERINGEBPF, &none));
	CHECK_INT(flow_queue(&up, 1, true), before);
}

static void test_detached_queue_is_forgotten(void)
{
	struct set_up up;
	int n, got = 0;

	open_up(&up);
	for (n = 0; n < 16; n++)
		flow_write(up.fd[3], n);
	CHECK_OK(set_queue(up.fd[3], IFF_DETACH_QUEUE));
	for (n = 0; n < 16; n++)
		CHECK(flow_queue(&up, n, true) != 3);
	/*
	 * Attached again it gets what the hash gives it. docs/deviations.md:
	 * the kernel's own forgets the flows of another index.
	 */
	CHECK_OK(set_queue(up.fd[3], IFF_ATTACH_QUEUE));
	for (n = 0; n < 16; n++)
		got += flow_queue(&up, n, true) == 3;
	CHECK_INT(got == 16, !ours());
}

/* A queue that moves into the hole takes no flow of another along. */
static void test_hole_gets_no_flows(void)
{
	struct set_up up;
	int n, got = 0;

	open_up(&up);
	for (n = 0; n < 32; n++)
		flow_write(up.fd[0], n);
	CHECK_OK(set_queue(up.fd[0], IFF_DETACH_QUEUE));
	for (n = 0; n < 32; n++)
		got += flow_queue(&up, n, true) == 3;
	CHECK_INT(got == 32, !ours());
}

/* Nor is it known by the index that it had. */
static void test_mover_learns_by_its_new_index(void)
{
	struct set_up up;
	int n;

	open_up(&up);
	CHECK_OK(set_queue(up.fd[0], IFF_DETACH_QUEUE));
	for (n = 0; n < 32; n++)
		flow_write(up.fd[3], n);
	for (n = 0; n < 32; n++)
		CHECK_INT(flow_queue(&up, n, true), 3);
	/* The same when a queue goes for good. */
	node_close(up.fd[3]);
	up.fd[3] = up.fd[0];
	for (n = 0; n < 32; n++)
		flow_write(up.fd[2], n);
	for (n = 0; n < 32; n++)
		CHECK_INT(flow_queue(&up, n, true), 2);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* A flow for which there is no room stays with the queue that its hash has. */
static bool room_kept(struct set_up *up)
{
	bool kept = true;
	int n, queue;

	for (n = FLOWS_MAX; n < FLOWS_MAX + 16; n++) {
		queue = flow_queue(up, n, true);
		flow_write(up->fd[(queue + 1) % QUEUES], n);
		kept &= flow_queue(up, n, true) == queue;
	}
	for (n = 0; n < FLOWS_MAX; n += 64)
		kept &= flow_queue(up, n, true) == 0;
	return kept;
}

/* What takes longer than flows live says nothing: another try. */
static void test_room_for_flows(void)
{
	int n, tries = 3;
	struct set_up up;
	double start;
	bool kept;

	while (tries--) {
		open_up(&up);
		start = now();
		for (n = 0; n < FLOWS_MAX; n++)
			flow_write(up.fd[0], n);
		kept = room_kept(&up);
		if (now() - start < FLOW_AGE) {
			CHECK(kept);
			return;
		}
		for (n = 0; n < QUEUES; n++)
			node_close(up.fd[n]);
		node_close(up.packet);
	}
	SKIP("this machine needs longer for 4096 flows than they live");
}

static void test_ageing(void)
{
	struct set_up up;
	double start, kept;
	int hash, queue;

	open_up(&up);
	hash = flow_queue(&up, 1, true);
	queue = (hash + 1) % QUEUES;
	flow_write(up.fd[queue], 1);
	start = now();
	do {
		/* Only what is written keeps a flow, not what is read. */
		poll(NULL, 0, 50);
		kept = now() - start;
		if (kept > 20)
			FAIL("the flow is there still");
	} while (flow_queue(&up, 1, true) == queue);
	if (kept < FLOW_AGE)
		FAIL("the flow was kept %.1f s only", kept);
}

static const struct check_test tests[] = {
	{ "flow: a reply follows", test_reply_follows },
	{ "flow: a flow moves to another queue", test_flow_moves },
	{ "flow: without one the hash decides", test_hash_decides_without },
	{ "flow: a single queue learns nothing",
	  test_one_queue_learns_nothing },
	{ "flow: nor does a detached one",
	  test_detached_queue_learns_nothing },
	{ "flow: nor is it learned beside a program",
	  test_program_learns_nothing },
	{ "flow: a detached queue's flows are forgotten",
	  test_detached_queue_is_forgotten },
	{ "flow: who moves into its place gets none of them",
	  test_hole_gets_no_flows },
	{ "flow: who moves learns by its new index",
	  test_mover_learns_by_its_new_index },
	{ "flow: at most 4096 are remembered", test_room_for_flows },
	{ "flow: after three seconds it is forgotten", test_ageing },
};

DRIVER_MAIN(tests)
