// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies of the frames of a device that somebody else holds. */
#include "tunkit.h"

#include <linux/filter.h>
#include <poll.h>

#include "queues.h"

#define TYPE 0x88b5	/* for experiments: nobody in the kernel answers */

static struct tunkit_queue *holder;
static struct tunkit_sniffer *sniffer;
static uint8_t buffer[TUNKIT_BUFFER_SIZE];

static const uint8_t plain[60] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, TYPE >> 8, TYPE & 0xff, 1, 2, 3,
};
static const uint8_t tagged[64] = {
	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0x20, 5,
	TYPE >> 8, TYPE & 0xff, 1, 2, 3,
};

/* A device that is up, its holder, and a copy of it. */
static void begin(const char *name, int kind,
		  const struct tunkit_sniffer_opts *opts)
{
	struct tunkit_device device;

	CHECK_INT(netns_make(name, kind | IFF_NO_PI), 0);
	CHECK_INT(open_one(name, TUNKIT_QUEUE_NONBLOCK, &holder), 0);
	CHECK_INT(netns_up(name), 0);
	device = find(name);
	CHECK_INT(tunkit_sniffer_open(ns, &device, opts, &sniffer), 0);
}

static void end(void)
{
	tunkit_sniffer_close(sniffer);
	tunkit_queue_close(holder);
	clear();
}

static void give(const uint8_t *data, size_t len)
{
	struct tunkit_frame frame = { .data = data, .len = len };

	CHECK_INT(tunkit_queue_send(holder, &frame), 0);
}

/* The next frame of that way; a link that comes up sends of its own accord. */
static struct tunkit_frame take(size_t size, enum tunkit_direction wanted)
{
	struct pollfd fd = {
		.fd = tunkit_sniffer_fd(sniffer), .events = POLLIN,
	};
	enum tunkit_direction direction;
	struct tunkit_frame frame;
	int err;

	for (;;) {
		err = tunkit_sniffer_receive(sniffer, buffer, size, &frame,
					     &direction);
		if (err == -EAGAIN && poll(&fd, 1, 5000) == 1)
			continue;
		CHECK_INT(err, 0);
		if (direction == wanted)
			return frame;
	}
}

static void both_ways(void)
{
	struct tunkit_frame frame;

	begin("tap0", IFF_TAP, NULL);
	give(plain, sizeof(plain));
	frame = take(sizeof(buffer), TUNKIT_TO_KERNEL);
	CHECK_INT(frame.len, sizeof(plain));
	CHECK_MEM(frame.data, plain, sizeof(plain));
	CHECK(frame.has_vnet && !frame.has_pi && !frame.pi_flags);
	/* The kernel's own: IPv6 multicast. */
	frame = take(sizeof(buffer), TUNKIT_FROM_KERNEL);
	CHECK_INT(frame.data[0], 0x33);
	end();
}

static void protocol_of_a_packet(void)
{
	static const uint8_t packet[20] = { 0x45, 0, 0, 20 };
	struct tunkit_frame frame;

	begin("tun0", IFF_TUN, NULL);
	give(packet, sizeof(packet));
	frame = take(sizeof(buffer), TUNKIT_TO_KERNEL);
	CHECK(frame.has_pi);
	CHECK_INT(frame.pi_proto, 0x0800);
	CHECK_MEM(frame.data, packet, sizeof(packet));
	end();
}

static void tags_are_put_back(void)
{
	struct tunkit_frame frame;

	begin("tap0", IFF_TAP, NULL);
	give(tagged, sizeof(tagged));
	frame = take(sizeof(buffer), TUNKIT_TO_KERNEL);
	CHECK_INT(frame.len, sizeof(tagged));
	CHECK_MEM(frame.data, tagged, sizeof(tagged));
	end();
}

/* Nothing is selected, but for tags, which the program does not see. */
static void a_program_that_selects_nothing(void)
{
	struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct tunkit_sniffer_opts opts = TUNKIT_INIT(opts);
	struct tunkit_frame frame;

	opts.filter = none;
	opts.filter_len = 1;
	begin("tap0", IFF_TAP, &opts);
	give(plain, sizeof(plain));
	give(tagged, sizeof(tagged));
	frame = take(sizeof(buffer), TUNKIT_TO_KERNEL);
	CHECK_INT(frame.len, sizeof(tagged));
	end();
}

static void short_buffers(void)
{
	static uint8_t large[1000] = { 2, 0, 0, 0, 0, 1, 2, [12] = 0x88, 0xb5 };
	enum tunkit_direction direction;
	struct tunkit_frame frame;

	begin("tap0", IFF_TAP, NULL);
	CHECK_INT(tunkit_sniffer_receive(sniffer, buffer, 63, &frame,
					 &direction), -EINVAL);
	give(large, sizeof(large));
	frame = take(100, TUNKIT_TO_KERNEL);
	CHECK_INT(frame.pi_flags, TUNKIT_PI_STRIP);
	CHECK(frame.len <= 100 && frame.data + frame.len <= buffer + 100);
	end();
}

static void frames_that_were_lost(void)
{
	begin("tap0", IFF_TAP, NULL);
	CHECK_INT(tunkit_sniffer_dropped(sniffer), 0);
	/* The socket holds some MiB, each frame costs it more than its bytes. */
	for (int i = 0; i < 40000; i++)
		give(plain, sizeof(plain));
	CHECK(tunkit_sniffer_dropped(sniffer) > 0);
	end();
}

static void a_device_that_goes(void)
{
	enum tunkit_direction direction;
	struct tunkit_frame frame;
	int err;

	begin("tap0", IFF_TAP, NULL);
	CHECK_INT(netns_delete(find("tap0").ifindex), 0);
	do {
		err = tunkit_sniffer_receive(sniffer, buffer, sizeof(buffer),
					     &frame, &direction);
	} while (!err);
	CHECK_INT(err, -EBADFD);
	end();
}

static void a_device_that_is_not_there(void)
{
	struct tunkit_device device = { .ifindex = 4711, .kind = TUNKIT_TAP };

	CHECK_INT(tunkit_sniffer_open(ns, &device, NULL, &sniffer), -ENODEV);
	tunkit_sniffer_close(NULL);
}

static const struct check_test tests[] = {
#define TEST(function) { #function, function }
	TEST(both_ways),
	TEST(protocol_of_a_packet),
	TEST(tags_are_put_back),
	TEST(a_program_that_selects_nothing),
	TEST(short_buffers),
	TEST(frames_that_were_lost),
	TEST(a_device_that_goes),
	TEST(a_device_that_is_not_there),
};

int main(int argc, char **argv)
{
	return queues_main(tests, sizeof(tests) / sizeof(tests[0]), argc,
			   argv);
}
