/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the driver's interface share. They see what any program
 * sees: the node, the ioctls of <linux/if_tun.h>, sockets, rtnetlink. Each test
 * runs in a network namespace of its own and may leave anything behind in it.
 *
 * Environment: TUNKIT_NODE (default /dev/net/tun), TUNKIT_DRIVER ("ours" or
 * "kernel": where docs/deviations.md lists a difference, a test asks ours()),
 * TEST_SLOWNESS (default 1, see slowness()).
 */
#ifndef DRIVER_H
#define DRIVER_H

#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../check.h"

/* The driver under test is ours, not the kernel's own. */
bool ours(void);
/* The release of the running kernel is at least this. */
bool kernel_at_least(unsigned int major, unsigned int minor);

/*
 * The numbers of these ioctls hold the size of a pointer: they are not there
 * for 32-bit programs.
 */
#define NEEDS_SOCKET_FILTERS() do {					\
	if (sizeof(void *) < 8)						\
		SKIP("32-bit programs attach no socket filters");	\
} while (0)

/* Runs a table like check_main(), every test in a fresh network namespace. */
int driver_main(const struct check_test tests[], size_t count, int argc,
		char **argv);
#define DRIVER_MAIN(tests)						\
int main(int argc, char **argv)						\
{									\
	return driver_main(tests, sizeof(tests) / sizeof((tests)[0]),	\
			   argc, argv);					\
}

/* Fails the test unless the call failed with this errno. */
#define CHECK_ERRNO(call, expected) do {				\
	errno = 0;							\
	if ((long)(call) != -1)						\
		FAIL("%s did not fail", #call);				\
	if (errno != (expected))					\
		FAIL("%s: %s, not %s", #call,				\
		     strerrorname_np(errno), strerrorname_np(expected));	\
} while (0)

/* Fails the test unless the call gave 0 or more. */
#define CHECK_OK(call) do {						\
	if ((long)(call) < 0)						\
		FAIL("%s: %s", #call, strerrorname_np(errno));		\
} while (0)

/* ---- Descriptors. Those made here are closed when the test ends. ---- */

/* The node, opened O_RDWR | flags; the test fails when that fails. */
int node_open(int flags);
/* TUNSETIFF; name may be NULL or "", and gets the device's name back. */
int set_iff(int fd, char name[IFNAMSIZ], unsigned int flags);
/* node_open() and set_iff(); the test fails when either fails. */
int device_open(const char *name, unsigned int flags);
/* The same, up, and the descriptor O_NONBLOCK. */
int device_up(const char *name, unsigned int flags);
/* Sets or takes away a flag of F_SETFL. */
void fd_flag(int fd, int flag, bool on);
/* TUNGETIFF's flags, -1 with errno. */
int get_flags(int fd);
/* TUNSETQUEUE with IFF_ATTACH_QUEUE or IFF_DETACH_QUEUE. */
int set_queue(int fd, unsigned int flags);
/* Persistent, and closed. */
void device_make(const char *name, unsigned int flags);
/* Closes one of the above before the test's end. */
void node_close(int fd);

/* ---- The interface ---- */

/* 0: none of that name here. */
int if_index(const char *name);
int if_up(const char *name);
int if_down(const char *name);
int if_flags(const char *name);
int if_set_mtu(const char *name, int mtu);
int if_delete(const char *name);
/* No IPv6 addresses, no router solicitations: nothing is sent by itself. */
void if_quiet(void);
/* The value of a file of NAME in sysfs, INT64_MIN when there is none. */
int64_t if_sysfs(const char *name, const char *file);
/* Sets one; failure shows when it is read back. */
void if_sysfs_write(const char *name, const char *file, const char *value);

/* What rtnetlink tells of a TUN device; -1 where an attribute is absent. */
struct tun_link {
	int64_t owner, group;
	int type, pi, vnet_hdr, persist, multi_queue;
	int queues, queues_detached;
	int carrier;
	unsigned int mtu, tx_queue_len;
	uint64_t rx_packets, tx_packets, rx_dropped, tx_dropped;
};
int tun_link_get(const char *name, struct tun_link *link);

/* ---- Frames ---- */

#define TEST_PROTO	0x88b5	/* local experimental EtherType 1 */

/* A packet socket bound to the device; proto in host order, 0: sends only. */
int packet_open(const char *name, int proto);
/* An Ethernet frame of len bytes, numbered: to a multicast address. */
void frame_fill(uint8_t *frame, size_t len, unsigned int number);
/*
 * Sends one to the device, past the queueing discipline: it is queued, or
 * dropped, when this returns. -1 with errno.
 */
int frame_send(int packet, size_t len, unsigned int number);

struct bpf_insn;

/* Loads a program of this type; -1 with errno. */
int program_of(const struct bpf_insn *code, size_t count, int type);
/* A socket filter that returns number, as a steering program a queue. */
int program_load(int number);

/* ---- Time ---- */

/*
 * How many times slower than usual this machine is. A period that must not be
 * over too soon is so many times longer, and what is done very often to find
 * a rare thing is done so many times less often.
 */
unsigned int slowness(void);
/* For what comes at once or never. */
#define PATIENCE	(5000 * (int)slowness())	/* ms */
/* Milliseconds. poll() for events; its revents, 0: nothing came. */
short wait_for(int fd, short events, int timeout);
/* Lets GRO hold what is written with IFF_NAPI: 100 ms on a usual machine. */
void gro_hold(const char *name);

/* ---- Others ---- */

/* Runs fn in a child with these ids and no capabilities; its status. */
int run_as(uid_t uid, gid_t gid, int (*fn)(void *), void *arg);

#endif /* DRIVER_H */
