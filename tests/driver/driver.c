// SPDX-License-Identifier: GPL-2.0-or-later
#include "driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS_MAX	1024

static int descriptors[DESCRIPTORS_MAX];
static size_t descriptors_count;

/* What the running test is, for the wrapper that driver_main() puts round it. */
static const struct check_test *tests_real;
static size_t tests_at;

bool ours(void)
{
	const char *driver = getenv("TUNKIT_DRIVER");

	return driver && !strcmp(driver, "ours");
}

bool kernel_at_least(unsigned int major, unsigned int minor)
{
	unsigned int is_major = 0, is_minor = 0;
	struct utsname name;

	uname(&name);
	sscanf(name.release, "%u.%u", &is_major, &is_minor);
	return is_major > major || (is_major == major && is_minor >= minor);
}

static int remember(int fd)
{
	if (fd >= 0 && descriptors_count < DESCRIPTORS_MAX)
		descriptors[descriptors_count++] = fd;
	return fd;
}

static void forget_all(void)
{
	while (descriptors_count)
		close(descriptors[--descriptors_count]);
}

void node_close(int fd)
{
	size_t i;

	for (i = 0; i < descriptors_count; i++)
		if (descriptors[i] == fd)
			descriptors[i] = descriptors[--descriptors_count];
	close(fd);
}

static void run_in_namespace(void)
{
	forget_all();
	if (unshare(CLONE_NEWNET))
		SKIP("no network namespace: %s", strerror(errno));
	if_quiet();
	tests_real[tests_at].run();
}

int driver_main(const struct check_test tests[], size_t count, int argc,
		char **argv)
{
	static volatile int failed;

	printf("1..%zu\n", count);
	tests_real = tests;
	for (tests_at = 0; tests_at < count; tests_at++) {
		const char *name = tests[tests_at].name;
		int how;

		if (argc > 1 && !strstr(name, argv[1]))
			continue;
		fflush(stdout);
		how = setjmp(check_return);
		if (how == CHECK_PASSED)
			run_in_namespace();
		forget_all();
		failed |= how == CHECK_FAILED;
		printf("%s %zu - %s%s%s\n", how == CHECK_FAILED ? "not ok" : "ok",
		       tests_at + 1, name,
		       how == CHECK_SKIPPED ? " # SKIP " : "",
		       how == CHECK_SKIPPED ? check_reason : "");
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- Descriptors ---- */

int node_open(int flags)
{
	const char *node = getenv("TUNKIT_NODE");
	int fd = open(node ? node : "/dev/net/tun", O_RDWR | flags);

	if (fd < 0)
		FAIL("the node does not open: %s", strerror(errno));
	return remember(fd);
}

int set_iff(int fd, char name[IFNAMSIZ], unsigned int flags)
{
	struct ifreq ifr = { .ifr_flags = flags };
	int ret;

	if (name)
		memcpy(ifr.ifr_name, name, IFNAMSIZ);
	ret = ioctl(fd, TUNSETIFF, &ifr);
	if (!ret && name)
		memcpy(name, ifr.ifr_name, IFNAMSIZ);
	return ret;
}

int device_open(const char *name, unsigned int flags)
{
	char buffer[IFNAMSIZ] = "";
	int fd = node_open(0);

	if (name)
		strncpy(buffer, name, IFNAMSIZ - 1);
	if (set_iff(fd, buffer, flags))
		FAIL("TUNSETIFF %s 0x%x: %s", buffer, flags,
		     strerrorname_np(errno));
	return fd;
}

void fd_flag(int fd, int flag, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	CHECK_OK(fcntl(fd, F_SETFL, on ? flags | flag : flags & ~flag));
}

int device_up(const char *name, unsigned int flags)
{
	int fd = device_open(name, flags);

	CHECK_OK(if_up(name));
	fd_flag(fd, O_NONBLOCK, true);
	return fd;
}

int get_flags(int fd)
{
	struct ifreq ifr = { 0 };

	if (ioctl(fd, TUNGETIFF, &ifr))
		return -1;
	return (unsigned short)ifr.ifr_flags;
}

int set_queue(int fd, unsigned int flags)
{
	struct ifreq ifr = { .ifr_flags = flags };

	return ioctl(fd, TUNSETQUEUE, &ifr);
}

void device_make(const char *name, unsigned int flags)
{
	int fd = device_open(name, flags);

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	node_close(fd);
}

/* ---- The interface ---- */

static int ifreq_call(const char *name, unsigned long call, struct ifreq *ifr)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret, err;

	strncpy(ifr->ifr_name, name, IFNAMSIZ - 1);
	ret = ioctl(fd, call, ifr);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

/* Not by ioctl: asked for what is not there, that runs modprobe, twice. */
int if_index(const char *name)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
		struct rtattr attr;
		char name[IFNAMSIZ];
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.attr = { RTA_LENGTH(IFNAMSIZ), IFLA_IFNAME },
	};
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t len = -1;

	strncpy(request.name, name, IFNAMSIZ - 1);
	if (send(fd, &request, sizeof(request), 0) == sizeof(request))
		len = recv(fd, &answer, sizeof(answer), 0);
	close(fd);
	if (len != sizeof(answer) || answer.header.nlmsg_type != RTM_NEWLINK)
		return 0;
	return answer.info.ifi_index;
}

int if_flags(const char *name)
{
	struct ifreq ifr = { 0 };

	if (ifreq_call(name, SIOCGIFFLAGS, &ifr))
		return -1;
	return (unsigned short)ifr.ifr_flags;
}

static int if_change(const char *name, int set, int clear)
{
	struct ifreq ifr = { 0 };
	int flags = if_flags(name);

	if (flags < 0)
		return -1;
	ifr.ifr_flags = (flags | set) & ~clear;
	return ifreq_call(name, SIOCSIFFLAGS, &ifr);
}

int if_up(const char *name)
{
	return if_change(name, IFF_UP, 0);
}

int if_down(const char *name)
{
	return if_change(name, 0, IFF_UP);
}

int if_set_mtu(const char *name, int mtu)
{
	struct ifreq ifr = { .ifr_mtu = mtu };

	return ifreq_call(name, SIOCSIFMTU, &ifr);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		printf("# %s: %s\n", path, strerror(errno));
	close(fd);
}

void if_quiet(void)
{
	write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
}

/* The mounted sysfs shows the devices of the namespace that mounted it. */
static int sysfs_of_namespace(void)
{
	int context = fsopen("sysfs", FSOPEN_CLOEXEC), mount = -1;

	if (context < 0)
		return -1;
	if (!fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		mount = fsmount(context, FSMOUNT_CLOEXEC, 0);
	close(context);
	return mount;
}

static int sysfs_file(const char *name, const char *file, int flags)
{
	int mount = sysfs_of_namespace(), fd;
	char path[128];

	snprintf(path, sizeof(path), "class/net/%s/%s", name, file);
	fd = openat(mount, path, flags | O_CLOEXEC);
	close(mount);
	return fd;
}

int64_t if_sysfs(const char *name, const char *file)
{
	int fd = sysfs_file(name, file, O_RDONLY);
	char text[64] = "";
	ssize_t len;

	if (fd < 0)
		return INT64_MIN;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	return len > 0 ? strtoll(text, NULL, 0) : INT64_MIN;
}

void if_sysfs_write(const char *name, const char *file, const char *value)
{
	int fd = sysfs_file(name, file, O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		printf("# %s: %s\n", file, strerror(errno));
	close(fd);
}

/* ---- rtnetlink, by hand: the tests must not lean on what is under test ---- */

struct link_request {
	struct nlmsghdr header;
	struct ifinfomsg info;
};

static int link_request(const char *name, int type, int flags, char *answer,
			size_t size)
{
	struct link_request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | flags,
		},
		.info.ifi_index = if_index(name),
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct nlmsghdr *header = (void *)answer;
	ssize_t len = -1;

	errno = ENODEV;
	if (request.info.ifi_index &&
	    send(fd, &request, sizeof(request), 0) == sizeof(request))
		len = recv(fd, answer, size, 0);
	close(fd);
	if (len < (ssize_t)sizeof(*header))
		return -1;
	if (header->nlmsg_type == NLMSG_ERROR) {
		errno = -((struct nlmsgerr *)NLMSG_DATA(header))->error;
		return errno ? -1 : 0;
	}
	return len;
}

int if_delete(const char *name)
{
	char answer[1024];

	return link_request(name, RTM_DELLINK, NLM_F_ACK, answer,
			    sizeof(answer));
}

static uint32_t attr_value(const struct rtattr *attr)
{
	return RTA_PAYLOAD(attr) == 1 ? *(uint8_t *)RTA_DATA(attr) :
					*(uint32_t *)RTA_DATA(attr);
}

static void link_read_tun(const struct rtattr *attr, int len,
			  struct tun_link *link)
{
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		uint32_t value = attr_value(attr);

		switch (attr->rta_type) {
		case IFLA_TUN_OWNER:
			link->owner = value;
			break;
		case IFLA_TUN_GROUP:
			link->group = value;
			break;
		case IFLA_TUN_TYPE:
			link->type = value;
			break;
		case IFLA_TUN_PI:
			link->pi = value;
			break;
		case IFLA_TUN_VNET_HDR:
			link->vnet_hdr = value;
			break;
		case IFLA_TUN_PERSIST:
			link->persist = value;
			break;
		case IFLA_TUN_MULTI_QUEUE:
			link->multi_queue = value;
			break;
		case IFLA_TUN_NUM_QUEUES:
			link->queues = value;
			break;
		case IFLA_TUN_NUM_DISABLED_QUEUES:
			link->queues_detached = value;
			break;
		}
	}
}

static void link_read_info(const struct rtattr *attr, int len,
			   struct tun_link *link)
{
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len))
		if (attr->rta_type == IFLA_INFO_DATA)
			link_read_tun(RTA_DATA(attr), RTA_PAYLOAD(attr), link);
}

static void link_read_stats(const struct rtattr *attr, struct tun_link *link)
{
	struct rtnl_link_stats64 stats;

	memcpy(&stats, RTA_DATA(attr), sizeof(stats));
	link->rx_packets = stats.rx_packets;
	link->tx_packets = stats.tx_packets;
	link->rx_dropped = stats.rx_dropped;
	link->tx_dropped = stats.tx_dropped;
}

int tun_link_get(const char *name, struct tun_link *link)
{
	static char answer[32768];
	int len = link_request(name, RTM_GETLINK, 0, answer, sizeof(answer));
	struct nlmsghdr *header = (void *)answer;
	struct rtattr *attr;

	memset(link, 0xff, sizeof(*link));
	if (len < 0)
		return -1;
	attr = IFLA_RTA(NLMSG_DATA(header));
	len = IFLA_PAYLOAD(header);
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		switch (attr->rta_type) {
		case IFLA_LINKINFO:
			link_read_info(RTA_DATA(attr), RTA_PAYLOAD(attr), link);
			break;
		case IFLA_CARRIER:
			link->carrier = attr_value(attr);
			break;
		case IFLA_MTU:
			link->mtu = attr_value(attr);
			break;
		case IFLA_TXQLEN:
			link->tx_queue_len = attr_value(attr);
			break;
		case IFLA_STATS64:
			link_read_stats(attr, link);
			break;
		}
	}
	return 0;
}

/* ---- Frames ---- */

int packet_open(const char *name, int proto)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(proto),
		.sll_ifindex = if_index(name),
	};
	int fd = remember(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
	int on = 1;

	CHECK_OK(fd);
	CHECK_OK(bind(fd, (void *)&address, sizeof(address)));
	CHECK_OK(setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on,
			    sizeof(on)));
	return fd;
}

void frame_fill(uint8_t *frame, size_t len, unsigned int number)
{
	static const uint8_t head[ETH_HLEN] = {
		0x03, 0, 0, 0, 0, 1,  0x02, 0, 0, 0, 0, 1,
		TEST_PROTO >> 8, TEST_PROTO & 0xff,
	};
	size_t i;

	for (i = 0; i < len; i++)
		frame[i] = i < sizeof(head) ? head[i] : number + i;
}

int frame_send(int packet, size_t len, unsigned int number)
{
	static uint8_t frame[65536 + ETH_HLEN];

	frame_fill(frame, len, number);
	return send(packet, frame, len, 0) == (ssize_t)len ? 0 : -1;
}

int program_of(const struct bpf_insn *code, size_t count, int type)
{
	union bpf_attr attr = {
		.prog_type = type,
		.insns = (uintptr_t)code,
		.insn_cnt = count,
		.license = (uintptr_t)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

int program_load(int number)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = number },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return program_of(code, 2, BPF_PROG_TYPE_SOCKET_FILTER);
}

/* ---- Time ---- */

short wait_for(int fd, short events, int timeout)
{
	struct pollfd poller = { .fd = fd, .events = events };

	return poll(&poller, 1, timeout) > 0 ? poller.revents : 0;
}

unsigned int slowness(void)
{
	return check_slowness();
}

void gro_hold(const char *name)
{
	long hold = 100000000L * slowness();	/* ns */
	char text[32];

	snprintf(text, sizeof(text), "%ld", hold);
	if_sysfs_write(name, "gro_flush_timeout", text);
	if (if_sysfs(name, "gro_flush_timeout") != hold)
		SKIP("gro_flush_timeout cannot be set");
}

/* ---- Others ---- */

int run_as(uid_t uid, gid_t gid, int (*fn)(void *), void *arg)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (setgroups(0, NULL) || setresgid(gid, gid, gid) ||
		    setresuid(uid, uid, uid))
			_exit(250);
		_exit(fn(arg));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		FAIL("no child: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 251;
}
