// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vhost_net on the driver: a virtio network card whose rings are in this
 * program. What is put in the transmit ring goes through the driver's batch
 * path into the stack; what the stack sends comes back in the receive ring
 * straight from the driver's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define RING_SIZE	64
#define BUFFER_SIZE	2048
#define HEADER_SIZE	((int)sizeof(struct virtio_net_hdr))

enum { RECEIVE, TRANSMIT, RINGS };

struct ring {
	struct vring_desc desc[RING_SIZE];
	struct {
		struct vring_avail avail;
		uint16_t avail_ring[RING_SIZE];
	};
	uint8_t pad[4096];
	struct {
		struct vring_used used;
		struct vring_used_elem used_ring[RING_SIZE];
	} __attribute__((aligned(4096)));
	uint8_t buffer[RING_SIZE][BUFFER_SIZE];
};

struct card {
	int vhost, tap;
	struct ring *rings;
	int kick[RINGS], call[RINGS];
	uint16_t seen;
};

static void ring_setup(struct card *card, unsigned int index)
{
	struct ring *ring = &card->rings[index];
	struct vhost_vring_state size = { index, RING_SIZE };
	struct vhost_vring_state base = { index, 0 };
	struct vhost_vring_addr address = {
		.index = index,
		.desc_user_addr = (uintptr_t)ring->desc,
		.avail_user_addr = (uintptr_t)&ring->avail,
		.used_user_addr = (uintptr_t)&ring->used,
	};
	struct vhost_vring_file file = { .index = index };

	CHECK_OK(ioctl(card->vhost, VHOST_SET_VRING_NUM, &size));
	CHECK_OK(ioctl(card->vhost, VHOST_SET_VRING_BASE, &base));
	CHECK_OK(ioctl(card->vhost, VHOST_SET_VRING_ADDR, &address));
	file.fd = card->kick[index] = eventfd(0, EFD_CLOEXEC);
	CHECK_OK(ioctl(card->vhost, VHOST_SET_VRING_KICK, &file));
	file.fd = card->call[index] = eventfd(0, EFD_CLOEXEC);
	CHECK_OK(ioctl(card->vhost, VHOST_SET_VRING_CALL, &file));
}

static int card_backend(struct card *card, int fd)
{
	struct vhost_vring_file file = { .fd = fd };
	unsigned int i;

	for (i = 0; i < RINGS; i++) {
		file.index = i;
		if (ioctl(card->vhost, VHOST_NET_SET_BACKEND, &file))
			return -1;
	}
	return 0;
}

/* Guest addresses are this program's own. */
static void card_set_memory(struct card *card)
{
	struct {
		struct vhost_memory head;
		struct vhost_memory_region region;
	} memory = {
		.head.nregions = 1,
		.region = {
			.guest_phys_addr = (uintptr_t)card->rings,
			.userspace_addr = (uintptr_t)card->rings,
			.memory_size = RINGS * sizeof(struct ring),
		},
	};

	CHECK_OK(ioctl(card->vhost, VHOST_SET_MEM_TABLE, &memory));
}

static void card_open(struct card *card)
{
	uint64_t features = 0;
	unsigned int i;

	memset(card, 0, sizeof(*card));
	card->vhost = open("/dev/vhost-net", O_RDWR | O_CLOEXEC);
	if (card->vhost < 0)
		SKIP("no /dev/vhost-net: %s", strerror(errno));
	card->rings = mmap(NULL, RINGS * sizeof(struct ring),
			   PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(card->rings != MAP_FAILED);
	CHECK_OK(ioctl(card->vhost, VHOST_SET_OWNER, 0));
	CHECK_OK(ioctl(card->vhost, VHOST_SET_FEATURES, &features));
	card_set_memory(card);
	for (i = 0; i < RINGS; i++)
		ring_setup(card, i);
}

static void card_plug(struct card *card, const char *name, unsigned int flags)
{
	card_open(card);
	card->tap = device_open(name, flags | IFF_NO_PI | IFF_VNET_HDR);
	CHECK_OK(if_up(name));
	CHECK_OK(card_backend(card, card->tap));
}

static void card_unplug(struct card *card)
{
	unsigned int i;

	card_backend(card, -1);
	close(card->vhost);
	for (i = 0; i < RINGS; i++) {
		close(card->kick[i]);
		close(card->call[i]);
	}
	munmap(card->rings, RINGS * sizeof(struct ring));
}

/* Puts buffer number slot in the ring; len counts the virtio-net header. */
static void ring_offer(struct ring *ring, uint16_t slot, size_t len, int flags)
{
	ring->desc[slot] = (struct vring_desc) {
		.addr = (uintptr_t)ring->buffer[slot],
		.len = len,
		.flags = flags,
	};
	ring->avail.ring[ring->avail.idx % RING_SIZE] = slot;
	atomic_thread_fence(memory_order_release);
	ring->avail.idx++;
}

static void card_kick(struct card *card, unsigned int index)
{
	uint64_t one = 1;

	CHECK(write(card->kick[index], &one, sizeof(one)) == sizeof(one));
}

/* Until the ring has used count buffers. */
static void card_wait(struct card *card, unsigned int index, uint16_t count)
{
	volatile uint16_t *used = &card->rings[index].used.idx;
	uint64_t calls;

	while (*used != count) {
		if (!(wait_for(card->call[index], POLLIN, PATIENCE) & POLLIN))
			FAIL("%u of %u buffers used", *used, count);
		CHECK(read(card->call[index], &calls, sizeof(calls)) > 0);
	}
	atomic_thread_fence(memory_order_acquire);
}

static void card_send(struct card *card, uint16_t slot, size_t len)
{
	struct ring *ring = &card->rings[TRANSMIT];

	memset(ring->buffer[slot], 0, HEADER_SIZE);
	frame_fill(ring->buffer[slot] + HEADER_SIZE, len, slot);
	ring_offer(ring, slot, HEADER_SIZE + len, 0);
}

static void expect_frames(int packet, unsigned int first, unsigned int count,
			  size_t len)
{
	uint8_t expected[BUFFER_SIZE], frame[BUFFER_SIZE];
	unsigned int i;

	for (i = first; i < first + count; i++) {
		if (!(wait_for(packet, POLLIN, PATIENCE) & POLLIN))
			FAIL("frame %u did not arrive", i);
		CHECK_INT(recv(packet, frame, sizeof(frame), 0), len);
		frame_fill(expected, len, i);
		CHECK_MEM(frame, expected, len);
	}
}

static void test_batch_reaches_the_stack(void)
{
	struct card card;
	unsigned int i;
	int packet;

	card_plug(&card, "tap0", IFF_TAP);
	packet = packet_open("tap0", TEST_PROTO);
	for (i = 0; i < RING_SIZE; i++)
		card_send(&card, i, 60);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, RING_SIZE);
	expect_frames(packet, 0, RING_SIZE, 60);
	card_unplug(&card);
}

/* The kernel's own counts what the stack then drops as received. */
static void test_batch_of_a_device_that_is_down(void)
{
	struct tun_link link;
	struct card card;
	unsigned int i;

	card_plug(&card, "tap0", IFF_TAP);
	CHECK_OK(if_down("tap0"));
	for (i = 0; i < 8; i++)
		card_send(&card, i, 60);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, 8);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.rx_packets, ours() ? 0 : 8);
	CHECK_INT(link.rx_dropped, 8);
	card_unplug(&card);
}

/* Through GRO, which the poller feeds; without it nothing gets in. */
static void test_batch_is_polled(void)
{
	struct card card;
	unsigned int i;
	int packet;

	card_plug(&card, "tap0", IFF_TAP | IFF_NAPI | IFF_MULTI_QUEUE);
	packet = packet_open("tap0", TEST_PROTO);
	for (i = 0; i < RING_SIZE / 2; i++)
		card_send(&card, i, 60);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, RING_SIZE / 2);
	expect_frames(packet, 0, RING_SIZE / 2, 60);
	CHECK_OK(set_queue(card.tap, IFF_DETACH_QUEUE));
	for (; i < RING_SIZE; i++)
		card_send(&card, i, 60);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, RING_SIZE);
	CHECK(!wait_for(packet, POLLIN, 0));
	card_unplug(&card);
}

static void test_large_frames_reach_the_stack(void)
{
	struct card card;
	int packet;

	card_plug(&card, "tap0", IFF_TAP);
	packet = packet_open("tap0", TEST_PROTO);
	card_send(&card, 0, 1514);
	card_send(&card, 1, 1514);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, 2);
	expect_frames(packet, 0, 2, 1514);
	card_unplug(&card);
}

/* Shorter than an Ethernet header: dropped, and what follows is not harmed. */
static void test_short_frames_are_dropped(void)
{
	struct card card;
	unsigned int i;
	int packet;

	card_plug(&card, "tap0", IFF_TAP);
	packet = packet_open("tap0", TEST_PROTO);
	for (i = 1; i < ETH_HLEN; i++)
		card_send(&card, i, i);
	card_send(&card, 20, 60);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, ETH_HLEN);
	expect_frames(packet, 20, 1, 60);
	card_unplug(&card);
}

/* A limited send buffer takes the path of one frame a call. */
static void test_limited_send_buffer(void)
{
	int sndbuf = 1 << 20, packet;
	struct card card;

	card_open(&card);
	card.tap = device_open("tap0", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
	CHECK_OK(ioctl(card.tap, TUNSETSNDBUF, &sndbuf));
	CHECK_OK(if_up("tap0"));
	CHECK_OK(card_backend(&card, card.tap));
	packet = packet_open("tap0", TEST_PROTO);
	card_send(&card, 0, 60);
	card_send(&card, 1, 60);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, 2);
	expect_frames(packet, 0, 2, 60);
	card_unplug(&card);
}

static void test_stack_reaches_the_card(void)
{
	struct card card;
	struct ring *ring;
	uint8_t expected[60];
	unsigned int i;
	int packet;

	card_plug(&card, "tap0", IFF_TAP);
	ring = &card.rings[RECEIVE];
	for (i = 0; i < RING_SIZE; i++)
		ring_offer(ring, i, BUFFER_SIZE, VRING_DESC_F_WRITE);
	card_kick(&card, RECEIVE);
	packet = packet_open("tap0", 0);
	for (i = 0; i < RING_SIZE / 2; i++)
		CHECK_OK(frame_send(packet, sizeof(expected), i));
	card_wait(&card, RECEIVE, RING_SIZE / 2);
	for (i = 0; i < RING_SIZE / 2; i++) {
		CHECK_INT(ring->used.ring[i].len,
			  HEADER_SIZE + sizeof(expected));
		frame_fill(expected, sizeof(expected), i);
		CHECK_MEM(ring->buffer[ring->used.ring[i].id] + HEADER_SIZE,
			  expected, sizeof(expected));
	}
	card_unplug(&card);
}

/* The kernel's own takes an IP packet for an Ethernet frame here. */
static void test_packets_of_a_tun(void)
{
	static const uint8_t packet_bytes[] = {
		0x45, 0, 0, 20, 0, 0, 0, 0, 64, 253, 0, 0,
		192, 0, 2, 1, 192, 0, 2, 2,
	};
	struct ring *ring;
	uint8_t got[64];
	struct card card;
	int packet;

	if (!ours())
		SKIP("the kernel's own reads Ethernet here (deviations.md)");
	card_plug(&card, "tun0", IFF_TUN);
	packet = packet_open("tun0", ETH_P_IP);
	ring = &card.rings[TRANSMIT];
	memcpy(ring->buffer[0] + HEADER_SIZE, packet_bytes,
	       sizeof(packet_bytes));
	ring_offer(ring, 0, HEADER_SIZE + sizeof(packet_bytes), 0);
	card_kick(&card, TRANSMIT);
	card_wait(&card, TRANSMIT, 1);
	CHECK(wait_for(packet, POLLIN, PATIENCE) & POLLIN);
	CHECK_INT(recv(packet, got, sizeof(got), 0), sizeof(packet_bytes));
	CHECK_MEM(got, packet_bytes, sizeof(packet_bytes));
	card_unplug(&card);
}

static void test_other_files_are_no_backend(void)
{
	struct card card;
	int pipes[2];

	card_open(&card);
	CHECK_OK(pipe(pipes));
	CHECK_INT(card_backend(&card, pipes[0]), -1);
	CHECK_INT(errno, ENOTSOCK);
	close(pipes[0]);
	close(pipes[1]);
	card_unplug(&card);
}

static void test_device_deleted_under_the_card(void)
{
	struct card card;
	unsigned int i;

	card_plug(&card, "tap0", IFF_TAP);
	CHECK_OK(if_delete("tap0"));
	for (i = 0; i < RING_SIZE; i++)
		card_send(&card, i, 60);
	card_kick(&card, TRANSMIT);
	CHECK_INT(get_flags(card.tap), -1);
	CHECK_INT(errno, EBADFD);
	/* Waits for vhost to be done with what it was kicked for. */
	card_unplug(&card);
}

static const struct check_test tests[] = {
	{ "vhost: a batch reaches the stack", test_batch_reaches_the_stack },
	{ "vhost: a batch of a device that is down",
	  test_batch_of_a_device_that_is_down },
	{ "vhost: a batch is polled", test_batch_is_polled },
	{ "vhost: large frames reach the stack",
	  test_large_frames_reach_the_stack },
	{ "vhost: short frames are dropped", test_short_frames_are_dropped },
	{ "vhost: a limited send buffer", test_limited_send_buffer },
	{ "vhost: the stack reaches the card", test_stack_reaches_the_card },
	{ "vhost: packets of a tun", test_packets_of_a_tun },
	{ "vhost: other files are no backend",
	  test_other_files_are_no_backend },
	{ "vhost: a device deleted under the card",
	  test_device_deleted_under_the_card },
};

DRIVER_MAIN(tests)
