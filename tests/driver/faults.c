// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation and every copy from and to user space of an action fails
 * once. After each fault there is no half device, and the same action works
 * when nothing fails. What the kernel must not do meanwhile (leak, use what is
 * freed, sleep under a lock) is seen in its log and by kmemleak.
 *
 * It takes a kernel with fault injection (vm/build-debug).
 *
 * Environment: FAULTS, at most so many places of an action (default: all).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"

#define DEBUGFS		"/sys/kernel/debug"
#define TAP		(IFF_TAP | IFF_NO_PI)
#define FAR_AWAY	1000000	/* no action has so many places */
#define FIRST		24	/* places that always fail, at the start */
#define LAST		8	/* and at the end */

/* One action: each function works on `fd`, which the first one opens. */
struct faulty {
	void (*prepare)(void);
	int (*act)(void);		/* 0 or more, or -1 with errno */
	void (*again)(void);		/* before a second try; may be NULL */
};

static int fd, second, program;
static unsigned int flags;

/* ---- Injection ---- */

static bool put_text(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = file < 0 ? -1 : write(file, text, strlen(text));

	close(file);
	return len > 0;
}

/* All faults may hit, also where the caller could wait; none is logged. */
static void faults_set_up(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	char path[128];
	size_t i;

	mount("debugfs", DEBUGFS, "debugfs", 0, NULL);
	if (access("/proc/thread-self/fail-nth", W_OK))
		SKIP("the kernel has no fault injection");
	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s/ignore-gfp-wait",
			 kinds[i]);
		if (!put_text(path, "N"))
			SKIP("%s: %s", path, strerror(errno));
		snprintf(path, sizeof(path), DEBUGFS "/%s/verbose", kinds[i]);
		put_text(path, "0");
	}
	put_text(DEBUGFS "/fail_page_alloc/min-order", "0");
	put_text(DEBUGFS "/fail_usercopy/verbose", "0");
}

static void arm(int file, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(file, text, len, 0) != len)
		FAIL("fail-nth: %s", strerror(errno));
}

/* How many places were left until the fault; 0: it was injected. */
static unsigned int disarm(int file)
{
	char text[16] = "";
	bool hit_us = pread(file, text, sizeof(text) - 1, 0) <= 0;

	while (pwrite(file, "0", 1, 0) != 1)
		;
	return hit_us ? 1 : strtoul(text, NULL, 10);
}

static void clean_up(void)
{
	node_close(second);
	node_close(fd);
	close(program);
	second = fd = program = -1;
	if_delete("tap0");
	CHECK_INT(if_index("tap0"), 0);
}

/* What a sweep has come to so far. */
struct tally {
	unsigned int places, injected, failed;
};

static void fault_once(const struct faulty *faulty, int file, unsigned int nth,
		       struct tally *tally)
{
	int before, ret;

	faulty->prepare();
	before = if_index("tap0");
	arm(file, nth);
	ret = faulty->act();
	tally->injected += disarm(file) == 0;
	if (ret < 0) {
		bool half = get_flags(fd) >= 0;

		tally->failed++;
		if (!half)
			CHECK_INT(if_index("tap0"), before);
		if (faulty->again)
			faulty->again();
		/* The device was made, only its name could not be told. */
		if (faulty->act() < 0 && !(half && errno == EEXIST))
			FAIL("fault %u: the second try: %s", nth,
			     strerrorname_np(errno));
	}
	clean_up();
}

/* The second time: the first one allocates what the kernel keeps. */
static unsigned int count_places(const struct faulty *faulty, int file)
{
	unsigned int left = FAR_AWAY;
	int i;

	for (i = 0; i < 2; i++) {
		faulty->prepare();
		arm(file, FAR_AWAY);
		CHECK_OK(faulty->act());
		left = disarm(file);
		clean_up();
	}
	return FAR_AWAY - left;
}

static unsigned int common_divisor(unsigned int a, unsigned int b)
{
	return b ? common_divisor(b, a % b) : a;
}

/*
 * Each place once. The driver's own are at the ends; those between, mostly of
 * the stack, are spread evenly for a sweep that does not come to all.
 */
static unsigned int place_at(unsigned int i, unsigned int places)
{
	unsigned int middle, stride;

	if (i < FIRST || places <= FIRST + LAST)
		return i + 1;
	i -= FIRST;
	if (i < LAST)
		return places - i;
	i -= LAST;
	middle = places - FIRST - LAST;
	stride = middle * 5 / 8 + 1;
	while (common_divisor(stride, middle) > 1)
		stride++;
	return FIRST + 1 + i * stride % middle;
}

static unsigned int faults_wanted(unsigned int places)
{
	const char *text = getenv("FAULTS");
	unsigned int most = text ? strtoul(text, NULL, 10) : 0;

	return most && most < places ? most : places;
}

static void sweep(const struct faulty *faulty)
{
	static struct tally tally;
	static unsigned int i, count;
	static int file;

	faults_set_up();
	file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	CHECK_OK(file);
	second = fd = program = -1;
	tally = (struct tally){ .places = count_places(faulty, file) };
	count = faults_wanted(tally.places);
	for (i = 0; i < count; i++)
		fault_once(faulty, file, place_at(i, tally.places), &tally);
	close(file);
	printf("# %u places, %u faults injected, %u of them made it fail\n",
	       tally.places, tally.injected, tally.failed);
	CHECK(tally.injected > 0);
}

/* ---- Open, create, attach ---- */

static void prepare_nothing(void)
{
}

static int act_open(void)
{
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	return fd;
}

static void prepare_node(void)
{
	fd = node_open(O_NONBLOCK);
}

static int act_attach(void)
{
	char name[IFNAMSIZ] = "tap0";

	return set_iff(fd, name, flags);
}

static void prepare_persistent(void)
{
	device_make("tap0", flags);
	prepare_node();
}

static void prepare_first_queue(void)
{
	second = device_open("tap0", flags);
	prepare_node();
}

static void test_open(void)
{
	static const struct faulty faulty = { prepare_nothing, act_open, NULL };

	sweep(&faulty);
}

static void test_create(void)
{
	static const struct faulty faulty = { prepare_node, act_attach, NULL };

	flags = TAP;
	sweep(&faulty);
}

static void test_create_with_napi(void)
{
	static const struct faulty faulty = { prepare_node, act_attach, NULL };

	flags = IFF_TUN | IFF_NAPI | IFF_MULTI_QUEUE;
	sweep(&faulty);
}

static void test_attach(void)
{
	static const struct faulty faulty = {
		prepare_persistent, act_attach, NULL
	};

	flags = TAP | IFF_VNET_HDR;
	sweep(&faulty);
}

static void test_second_queue(void)
{
	static const struct faulty faulty = {
		prepare_first_queue, act_attach, NULL
	};

	flags = TAP | IFF_MULTI_QUEUE | IFF_NAPI;
	sweep(&faulty);
}

/* ---- Settings of a device ---- */

static void prepare_device(void)
{
	fd = device_open("tap0", flags);
	CHECK_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	CHECK_OK(if_up("tap0"));
}

static void sweep_setting(int (*act)(void))
{
	struct faulty faulty = { prepare_device, act, NULL };

	flags = TAP | IFF_MULTI_QUEUE;
	sweep(&faulty);
}

static int act_classic_filter(void)
{
	/* Read again for each descriptor that attaches later. */
	static struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 1000);
	struct sock_fprog fprog = { .len = 1, .filter = &code };

	return ioctl(fd, TUNATTACHFILTER, &fprog);
}

static void test_classic_filter(void)
{
	sweep_setting(act_classic_filter);
}

/* The old filter stays, and further queues get it. */
static void expect_filter(void)
{
	second = device_open("tap0", flags);
	CHECK_INT(get_flags(second) & IFF_NOFILTER, 0);
}

static void prepare_filter(void)
{
	prepare_device();
	CHECK_OK(act_classic_filter());
}

static void test_further_filter(void)
{
	static const struct faulty faulty = {
		prepare_filter, act_classic_filter, expect_filter
	};

	/* With packet information: IFF_NO_PI and IFF_NOFILTER are one bit. */
	flags = IFF_TAP | IFF_MULTI_QUEUE;
	sweep(&faulty);
}

static int act_mac_filter(void)
{
	static const struct {
		struct tun_filter head;
		uint8_t addr[2][ETH_ALEN];
	} filter = { .head.count = 2, .addr[0] = { 3 } };

	return ioctl(fd, TUNSETTXFILTER, &filter);
}

static void test_mac_filter(void)
{
	sweep_setting(act_mac_filter);
}

static void prepare_program(void)
{
	prepare_device();
	program = program_load(100);
	CHECK_OK(program);
}

static int act_program(void)
{
	return ioctl(fd, TUNSETFILTEREBPF, &program);
}

static void test_program(void)
{
	static const struct faulty faulty = {
		prepare_program, act_program, NULL
	};

	flags = TAP;
	sweep(&faulty);
}

static void prepare_socket(void)
{
	prepare_device();
	second = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int act_resize(void)
{
	static int length = 100;
	struct ifreq ifr = { .ifr_name = "tap0", .ifr_qlen = length++ };

	return ioctl(second, SIOCSIFTXQLEN, &ifr);
}

static void test_resize(void)
{
	static const struct faulty faulty = { prepare_socket, act_resize, NULL };

	flags = TAP | IFF_MULTI_QUEUE;
	sweep(&faulty);
}

static int act_persist(void)
{
	int ret = ioctl(fd, TUNSETPERSIST, 1);

	return ret ? ret : ioctl(fd, TUNSETPERSIST, 0);
}

static void test_persist(void)
{
	sweep_setting(act_persist);
}

static int act_switch(void)
{
	int ret = set_queue(fd, IFF_DETACH_QUEUE);

	return ret ? ret : set_queue(fd, IFF_ATTACH_QUEUE);
}

/* The fault may have come after the first half. */
static void attach_again(void)
{
	set_queue(fd, IFF_ATTACH_QUEUE);
}

static void test_switch(void)
{
	static const struct faulty faulty = {
		prepare_device, act_switch, attach_again
	};

	flags = TAP | IFF_MULTI_QUEUE | IFF_NAPI;
	sweep(&faulty);
}

static int act_signals(void)
{
	int on = 1;

	return ioctl(fd, FIOASYNC, &on);
}

static void test_signals(void)
{
	sweep_setting(act_signals);
}

/* ---- Frames ---- */

static uint8_t frame[40000];

static int act_write(void)
{
	size_t head = flags & IFF_VNET_HDR ? sizeof(struct virtio_net_hdr) : 0;
	size_t len = flags & IFF_VNET_HDR ? sizeof(frame) : 1000;

	memset(frame, 0, head);
	frame_fill(frame + head, len - head, 1);
	return write(fd, frame, len);
}

static void sweep_write(unsigned int with)
{
	static const struct faulty faulty = { prepare_device, act_write, NULL };

	flags = with;
	sweep(&faulty);
}

static void test_write(void)
{
	sweep_write(TAP);
}

static void test_write_large(void)
{
	sweep_write(TAP | IFF_VNET_HDR);
}

static void test_write_napi(void)
{
	sweep_write(TAP | IFF_NAPI);
}

static void test_write_fragments(void)
{
	sweep_write(TAP | IFF_NAPI | IFF_NAPI_FRAGS);
}

static void queue_frame(void)
{
	CHECK_OK(frame_send(second, 200, 1));
}

static void prepare_frame(void)
{
	prepare_device();
	second = packet_open("tap0", 0);
	queue_frame();
}

static int act_read(void)
{
	return read(fd, frame, sizeof(frame));
}

static void test_read(void)
{
	static const struct faulty faulty = {
		prepare_frame, act_read, queue_frame
	};

	flags = IFF_TAP | IFF_VNET_HDR;
	sweep(&faulty);
}

static int act_send(void)
{
	return frame_send(second, 200, 2);
}

static void prepare_sender(void)
{
	prepare_device();
	second = packet_open("tap0", 0);
}

static void test_send(void)
{
	static const struct faulty faulty = { prepare_sender, act_send, NULL };

	flags = TAP;
	sweep(&faulty);
}

static const struct check_test tests[] = {
	{ "faults: open", test_open },
	{ "faults: create", test_create },
	{ "faults: create with NAPI", test_create_with_napi },
	{ "faults: attach", test_attach },
	{ "faults: attach a second queue", test_second_queue },
	{ "faults: detach and attach a queue", test_switch },
	{ "faults: classic filter", test_classic_filter },
	{ "faults: another classic filter", test_further_filter },
	{ "faults: MAC filter", test_mac_filter },
	{ "faults: eBPF filter", test_program },
	{ "faults: txqueuelen", test_resize },
	{ "faults: persistence", test_persist },
	{ "faults: signals", test_signals },
	{ "faults: write", test_write },
	{ "faults: write a large frame", test_write_large },
	{ "faults: write with NAPI", test_write_napi },
	{ "faults: write fragments", test_write_fragments },
	{ "faults: read", test_read },
	{ "faults: transmit", test_send },
};

DRIVER_MAIN(tests)
