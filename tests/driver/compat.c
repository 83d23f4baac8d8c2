// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ioctls of a 32-bit program: a shorter ifreq, pointers of 32 bits. They
 * are made by the system call of such programs, which a 64-bit one may use as
 * long as its arguments lie below 4 GiB: no second C library is needed.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"

#define TAP	(IFF_TAP | IFF_NO_PI)

#ifdef __x86_64__

#define IA32_IOCTL	54

struct ifreq32 {
	char name[IFNAMSIZ];
	union {
		int16_t flags;
		struct sockaddr address;
		char bytes[16];
	};
};
_Static_assert(sizeof(struct ifreq32) == 32, "ifreq of 32-bit programs");

static int ioctl32(int fd, uint32_t request, uint32_t arg)
{
	long ret;

	asm volatile("int $0x80"
		     : "=a" (ret)
		     : "a" (IA32_IOCTL), "b" (fd), "c" (request), "d" (arg)
		     : "memory", "r8", "r9", "r10", "r11");
	/* 32 bits came back. */
	ret = (int)ret;
	if (ret < 0 && ret > -4096) {
		errno = -ret;
		return -1;
	}
	return ret;
}

/* A page that a 32-bit pointer reaches; what follows it is not there. */
static uint8_t *low;

#define PAGE	4096

static uint32_t at(const void *pointer)
{
	return (uintptr_t)pointer;
}

/* The last len bytes before the hole: one byte too many is a fault. */
static void *low_end(size_t len)
{
	return low + PAGE - len;
}

static void crash(int signal)
{
	(void)signal;
	_exit(1);
}

/* Without 32-bit emulation the instruction ends the process. */
static bool emulated(void)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGSEGV, crash);
		_exit(ioctl32(-1, 0, 0) != -1 || errno != EBADF);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

static void set_up(void)
{
	static int has = -1;

	if (has < 0)
		has = emulated();
	if (!has)
		SKIP("the kernel runs no 32-bit programs");
	if (!low) {
		low = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		CHECK(low != MAP_FAILED);
		CHECK_OK(mprotect(low + PAGE, PAGE, PROT_NONE));
	}
	memset(low, 0xa5, PAGE);
}

static int open32(const char *name, unsigned int flags)
{
	struct ifreq32 *ifr = low_end(sizeof(*ifr));
	int fd = node_open(0);

	memset(ifr, 0, sizeof(*ifr));
	strncpy(ifr->name, name, IFNAMSIZ - 1);
	ifr->flags = flags;
	CHECK_OK(ioctl32(fd, TUNSETIFF, at(ifr)));
	return fd;
}

static void test_set_and_get(void)
{
	struct ifreq32 *ifr;
	int fd;

	set_up();
	fd = open32("vpn%d", TAP);
	ifr = low_end(sizeof(*ifr));
	CHECK_STR(ifr->name, "vpn0");
	CHECK_INT(ifr->flags, TAP);
	CHECK(if_index("vpn0") > 0);

	memset(ifr, 0xa5, sizeof(*ifr));
	CHECK_OK(ioctl32(fd, TUNGETIFF, at(ifr)));
	CHECK_STR(ifr->name, "vpn0");
	CHECK_INT(ifr->flags, TAP);
	/* No byte before or after. */
	CHECK_INT(low[PAGE - sizeof(*ifr) - 1], 0xa5);
	CHECK_ERRNO(ioctl32(fd, TUNGETIFF, at(ifr) + 1), EFAULT);
	CHECK_ERRNO(ioctl32(fd, TUNSETIFF, at(ifr)), EEXIST);
}

static void test_queue(void)
{
	struct ifreq32 *ifr;
	int fd;

	set_up();
	fd = open32("tap0", TAP | IFF_MULTI_QUEUE);
	ifr = low_end(sizeof(*ifr));
	ifr->flags = IFF_DETACH_QUEUE;
	CHECK_OK(ioctl32(fd, TUNSETQUEUE, at(ifr)));
	CHECK_INT(get_flags(fd) & IFF_DETACH_QUEUE, IFF_DETACH_QUEUE);
	ifr->flags = IFF_ATTACH_QUEUE;
	CHECK_OK(ioctl32(fd, TUNSETQUEUE, at(ifr)));
}

static void test_features(void)
{
	uint32_t *features;

	set_up();
	features = low_end(sizeof(*features));
	CHECK_OK(ioctl32(node_open(0), TUNGETFEATURES, at(features)));
	CHECK_INT(*features, 0x7173);
}

static void test_integers(void)
{
	int *value, fd;

	set_up();
	fd = open32("tap0", TAP);
	value = low_end(sizeof(*value));
	*value = 12345;
	CHECK_OK(ioctl32(fd, TUNSETSNDBUF, at(value)));
	*value = 0;
	CHECK_OK(ioctl32(fd, TUNGETSNDBUF, at(value)));
	CHECK_INT(*value, 12345);
	*value = 12;
	CHECK_OK(ioctl32(fd, TUNSETVNETHDRSZ, at(value)));
	*value = 0;
	CHECK_OK(ioctl32(fd, TUNGETVNETHDRSZ, at(value)));
	CHECK_INT(*value, 12);
	*value = 1;
	CHECK_OK(ioctl32(fd, TUNSETVNETLE, at(value)));
	*value = 0;
	CHECK_OK(ioctl32(fd, TUNSETCARRIER, at(value)));
	CHECK_OK(ioctl32(fd, TUNGETVNETLE, at(value)));
	CHECK_INT(*value, 1);
	CHECK_ERRNO(ioctl32(fd, TUNGETSNDBUF, 8), EFAULT);
}

static void test_values(void)
{
	struct tun_link link;
	int fd;

	set_up();
	fd = open32("tap0", TAP);
	CHECK_OK(ioctl32(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl32(fd, TUNSETOWNER, 3000000000u));
	CHECK_OK(ioctl32(fd, TUNSETGROUP, 7));
	CHECK_ERRNO(ioctl32(fd, TUNSETOWNER, -1), EINVAL);
	CHECK_OK(ioctl32(fd, TUNSETOFFLOAD, TUN_F_CSUM));
	CHECK_ERRNO(ioctl32(fd, TUNSETOFFLOAD, 0x80000000u), EINVAL);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.persist, 1);
	CHECK_INT(link.owner, 3000000000u);
	CHECK_INT(link.group, 7);
}

static void test_mac_filter(void)
{
	static const struct tun_filter head = { .count = 2 };
	uint8_t *filter;
	int fd;

	set_up();
	fd = open32("tap0", TAP);
	filter = low_end(sizeof(head) + 2 * ETH_ALEN);
	memcpy(filter, &head, sizeof(head));
	memset(filter + sizeof(head), 2, 2 * ETH_ALEN);
	CHECK_INT(ioctl32(fd, TUNSETTXFILTER, at(filter)), 2);
	CHECK_ERRNO(ioctl32(fd, TUNSETTXFILTER, at(filter) + 1), EFAULT);
}

static void test_hardware_address(void)
{
	static const char address[ETH_ALEN] = { 2, 1, 2, 3, 4, 5 };
	struct ifreq32 *ifr;
	int fd;

	set_up();
	fd = open32("tap0", TAP);
	ifr = low_end(sizeof(*ifr));
	memset(ifr, 0, sizeof(*ifr));
	ifr->address.sa_family = 1;
	memcpy(ifr->address.sa_data, address, ETH_ALEN);
	CHECK_OK(ioctl32(fd, SIOCSIFHWADDR, at(ifr)));
	memset(ifr, 0xa5, sizeof(*ifr));
	CHECK_OK(ioctl32(fd, SIOCGIFHWADDR, at(ifr)));
	CHECK_INT(ifr->address.sa_family, 1);
	CHECK_MEM(ifr->address.sa_data, address, ETH_ALEN);
}

static void test_interface_index(void)
{
	struct ifreq32 *ifr;
	uint32_t *index;
	int fd;

	set_up();
	fd = node_open(0);
	index = low_end(sizeof(*index));
	*index = 7777;
	CHECK_OK(ioctl32(fd, TUNSETIFINDEX, at(index)));
	ifr = low_end(sizeof(*ifr));
	memset(ifr, 0, sizeof(*ifr));
	strcpy(ifr->name, "tap0");
	ifr->flags = TAP;
	CHECK_OK(ioctl32(fd, TUNSETIFF, at(ifr)));
	CHECK_INT(if_index("tap0"), 7777);
}

/* The number of an ioctl holds the size of sock_fprog, which is another. */
static void test_socket_filter_has_another_number(void)
{
	const uint32_t attach32 = _IOC(_IOC_WRITE, 'T', 213, 8);
	int fd;

	set_up();
	fd = open32("tap0", TAP);
	CHECK_ERRNO(ioctl32(fd, attach32, at(low)), EINVAL);
	CHECK_ERRNO(ioctl32(fd, 0x5499, 0), EINVAL);
	CHECK_ERRNO(ioctl32(node_open(0), attach32, at(low)), EBADFD);
}

static void test_namespace(void)
{
	int fd, got;

	set_up();
	fd = open32("tap0", TAP);
	got = ioctl32(fd, TUNGETDEVNETNS, 0);
	CHECK_OK(got);
	close(got);
}

static const struct check_test tests[] = {
	{ "compat: a device is made and told of", test_set_and_get },
	{ "compat: TUNSETQUEUE", test_queue },
	{ "compat: features", test_features },
	{ "compat: pointers to integers", test_integers },
	{ "compat: plain values", test_values },
	{ "compat: filter of addresses", test_mac_filter },
	{ "compat: hardware address", test_hardware_address },
	{ "compat: interface index", test_interface_index },
	{ "compat: socket filters have another number",
	  test_socket_filter_has_another_number },
	{ "compat: TUNGETDEVNETNS", test_namespace },
};

#else

static void test_none(void)
{
	SKIP("written for x86-64");
}

static const struct check_test tests[] = {
	{ "compat: 32-bit programs", test_none },
};

#endif

DRIVER_MAIN(tests)
