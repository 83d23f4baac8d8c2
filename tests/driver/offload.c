// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TUNSETOFFLOAD: what is refused, which features it gives, and what then comes
 * out of the device when programs of this machine send through it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/ipv6.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"
#include "ip.h"

#define TUN_F_USO		0x60	/* both; linux/if_tun.h of 6.2 */
#define TUN_F_TUNNEL		0x80	/* and of 6.17 */
#define TUN_F_TUNNEL_CSUM	0x100
#define GSO_UDP_L4		5	/* linux/virtio_net.h of 6.2 */
#define VNET_LEN		((int)sizeof(struct virtio_net_hdr))
#define FLAGS			(IFF_NO_PI | IFF_VNET_HDR)

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

static uint8_t buffer[80000];

/* ---- The bits ---- */

static bool has_uso(void)
{
	return kernel_at_least(6, 2);
}

static bool understood(unsigned int bits)
{
	const unsigned int tso = TUN_F_TSO4 | TUN_F_TSO6;
	unsigned int uso = bits & TUN_F_USO;

	if (!bits)
		return true;
	if (!(bits & TUN_F_CSUM))
		return false;
	if (bits & TUN_F_TSO_ECN && !(bits & tso))
		return false;
	if (uso && (uso != TUN_F_USO || !has_uso()))
		return false;
	if (!(bits & (TUN_F_TUNNEL | TUN_F_TUNNEL_CSUM)))
		return true;
	return kernel_at_least(6, 17) && bits & TUN_F_TUNNEL &&
	       (bits & tso || uso);
}

/* ---- Features, as ethtool -k has them ---- */

struct feature_names {
	struct ethtool_gstrings head;
	char name[128][ETH_GSTRING_LEN];
};

struct feature_values {
	struct ethtool_gfeatures head;
	struct ethtool_get_features_block block[4];
};

static int ethtool(const char *name, void *data)
{
	struct ifreq ifr = { .ifr_data = data };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), ret;

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	ret = ioctl(fd, SIOCETHTOOL, &ifr);
	close(fd);
	return ret;
}

static unsigned int feature_count(void)
{
	struct {
		struct ethtool_sset_info head;
		uint32_t count;
	} info = {
		.head = {
			.cmd = ETHTOOL_GSSET_INFO,
			.sset_mask = 1ull << ETH_SS_FEATURES,
		},
	};

	CHECK_OK(ethtool("tap0", &info));
	CHECK(info.count > 0 && info.count <= 128);
	return info.count;
}

static bool feature(const char *name)
{
	static struct feature_names names;
	struct feature_values values = {
		.head = { .cmd = ETHTOOL_GFEATURES, .size = 4 },
	};
	unsigned int i;

	if (!names.head.len) {
		names.head.cmd = ETHTOOL_GSTRINGS;
		names.head.string_set = ETH_SS_FEATURES;
		names.head.len = feature_count();
		CHECK_OK(ethtool("tap0", &names));
	}
	CHECK_OK(ethtool("tap0", &values));
	for (i = 0; i < names.head.len; i++)
		if (!strncmp(names.name[i], name, ETH_GSTRING_LEN))
			return values.block[i / 32].active >> i % 32 & 1;
	FAIL("no feature %s", name);
	return false;
}

static void check_features(unsigned int bits)
{
	CHECK_INT(feature("tx-checksum-ip-generic"), !!(bits & TUN_F_CSUM));
	CHECK_INT(feature("tx-tcp-segmentation"), !!(bits & TUN_F_TSO4));
	CHECK_INT(feature("tx-tcp6-segmentation"), !!(bits & TUN_F_TSO6));
	CHECK_INT(feature("tx-tcp-ecn-segmentation"),
		  !!(bits & TUN_F_TSO_ECN));
	CHECK_INT(feature("tx-udp-segmentation"), !!(bits & TUN_F_USO));
	CHECK(feature("tx-scatter-gather"));
	CHECK(feature("tx-vlan-hw-insert"));
}

static void test_all_bits(void)
{
	int fd = device_open("tap0", IFF_TAP | FLAGS);
	unsigned int bits, in_force = 0;

	check_features(0);
	for (bits = 0; bits < 512; bits++) {
		int ret = ioctl(fd, TUNSETOFFLOAD, bits), err = errno;

		if (ret != (understood(bits) ? 0 : -1))
			FAIL("bits 0x%x gave %d", bits, ret);
		if (!ret)
			in_force = bits;
		else
			CHECK_INT(err, EINVAL);
		/* What is refused changes nothing. */
		if (!ret || bits % 16 == 2)
			check_features(in_force);
	}
	CHECK_ERRNO(ioctl(fd, TUNSETOFFLOAD, 0x200), EINVAL);
	CHECK_ERRNO(ioctl(fd, TUNSETOFFLOAD, 0x80000001ul), EINVAL);
}

static void test_survives_the_descriptor(void)
{
	int fd = device_open("tap0", IFF_TAP | FLAGS);

	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4));
	node_close(fd);
	device_open("tap0", IFF_TAP | IFF_NO_PI);
	check_features(TUN_F_CSUM | TUN_F_TSO4);
}

/* ethtool may switch off what TUNSETOFFLOAD allows, and no more on. */
static void test_limits_ethtool(void)
{
	int fd = device_open("tap0", IFF_TAP | FLAGS);
	struct ethtool_value tso = { .cmd = ETHTOOL_STSO, .data = 1 };

	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM));
	ethtool("tap0", &tso);
	CHECK(!feature("tx-tcp-segmentation"));
	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4));
	CHECK(feature("tx-tcp-segmentation"));
	tso.data = 0;
	CHECK_OK(ethtool("tap0", &tso));
	CHECK(!feature("tx-tcp-segmentation"));
	tso.data = 1;
	CHECK_OK(ethtool("tap0", &tso));
	CHECK(feature("tx-tcp-segmentation"));
}

/* ---- Traffic: this machine is 10.0.0.1 and fd00::1, the device's end .2 ---- */

static void address4(const char *name)
{
	struct sockaddr_in *addr;
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	addr = (void *)&ifr.ifr_addr;
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(0x0a000001);
	CHECK_OK(ioctl(fd, SIOCSIFADDR, &ifr));
	addr->sin_addr.s_addr = htonl(0xffffff00);
	CHECK_OK(ioctl(fd, SIOCSIFNETMASK, &ifr));
	close(fd);
}

static void address6(const char *name)
{
	struct in6_ifreq request = {
		.ifr6_prefixlen = 64, .ifr6_ifindex = if_index(name),
	};
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };
	char path[100];
	int fd;

	snprintf(path, sizeof(path),
		 "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		SKIP("no IPv6");
	close(fd);
	fd = socket(AF_INET6, SOCK_DGRAM, 0);
	inet_pton(AF_INET6, "fd00::1", &request.ifr6_addr);
	CHECK_OK(ioctl(fd, SIOCSIFADDR, &request));
	/* The address is there once a work item of the kernel's has run. */
	addr.sin6_addr = request.ifr6_addr;
	while (bind(fd, (void *)&addr, sizeof(addr)))
		sched_yield();
	close(fd);
}

static socklen_t peer(int family, struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *v6 = (void *)addr;
	struct sockaddr_in *v4 = (void *)addr;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = family;
	if (family == AF_INET) {
		v4->sin_port = htons(80);
		v4->sin_addr.s_addr = htonl(0x0a000002);
		return sizeof(*v4);
	}
	v6->sin6_port = htons(80);
	inet_pton(AF_INET6, "fd00::2", &v6->sin6_addr);
	return sizeof(*v6);
}

static int tunnel(int family, unsigned int bits)
{
	int fd = device_up("tun0", IFF_TUN | FLAGS);

	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, bits));
	if (family == AF_INET)
		address4("tun0");
	else
		address6("tun0");
	return fd;
}

/*
 * Reads until a packet of this protocol comes; its length without the network
 * header, which is in buffer, and *l4 its transport header.
 */
static int read_packet(int fd, int proto, uint8_t **l4)
{
	uint8_t *ip = buffer + VNET_LEN;
	ssize_t len;

	while (wait_for(fd, POLLIN, PATIENCE)) {
		len = read(fd, buffer, sizeof(buffer));
		CHECK(len > VNET_LEN);
		*l4 = ip + (ip[0] >> 4 == 4 ? 20 : 40);
		if (proto == (ip[0] >> 4 == 4 ? ip[9] : ip[6]))
			return len - VNET_LEN;
	}
	FAIL("no packet of protocol %d", proto);
	return 0;
}

/* Whether the checksum over the pseudo header and the rest comes out. */
static bool finished(const uint8_t *l4, int len)
{
	const uint8_t *ip = buffer + VNET_LEN;
	size_t rest = len - (l4 - ip);
	int proto = ip[0] >> 4 == 4 ? ip[9] : ip[6];

	return !ip_fold(ip_sum(ip_pseudo(ip, proto, rest), l4, rest));
}

/* Answers the SYN in buffer, as the other end, with one that has an MSS. */
static void answer_syn(int fd, const uint8_t *l4)
{
	uint8_t reply[VNET_LEN + 40 + 24] = { 0 }, *ip = reply + VNET_LEN;
	const uint8_t *from = buffer + VNET_LEN;
	bool v4 = from[0] >> 4 == 4;
	uint8_t *at = ip + (v4 ? 20 : 40);
	struct tcphdr tcp, syn;

	memcpy(&syn, l4, sizeof(syn));
	memset(&tcp, 0, sizeof(tcp));
	tcp.source = syn.dest;
	tcp.dest = syn.source;
	tcp.seq = htonl(1000);
	tcp.ack_seq = htonl(ntohl(syn.seq) + 1);
	tcp.doff = 6;
	tcp.syn = tcp.ack = 1;
	tcp.window = htons(65535);
	if (v4) {
		ip4_header(ip, IPPROTO_TCP, 44);
	} else {
		memcpy(ip, from, 40);
		ip[4] = 0;
		ip[5] = 24;
		memcpy(ip + 8, from + 24, 16);
		memcpy(ip + 24, from + 8, 16);
	}
	memcpy(at, &tcp, sizeof(tcp));
	at[20] = 2;
	at[21] = 4;
	at[22] = 1000 >> 8;
	at[23] = 1000 & 0xff;
	tcp.check = ip_fold(ip_sum(ip_pseudo(ip, IPPROTO_TCP, 24), at, 24));
	memcpy(at, &tcp, sizeof(tcp));
	CHECK_OK(write(fd, reply, at + 24 - reply));
}

/*
 * A connected TCP socket, its end at the device played by the test. It ends with
 * a reset: one that goes on sending what was not acknowledged keeps its
 * namespace, and a persistent device in it, for minutes.
 */
static int tcp_connect(int fd, int family)
{
	static const struct linger at_once = { .l_onoff = 1 };
	int sock = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_storage addr;
	socklen_t len = peer(family, &addr);
	uint8_t *l4;

	CHECK_OK(setsockopt(sock, SOL_SOCKET, SO_LINGER, &at_once,
			    sizeof(at_once)));
	CHECK_ERRNO(connect(sock, (void *)&addr, len), EINPROGRESS);
	read_packet(fd, IPPROTO_TCP, &l4);
	answer_syn(fd, l4);
	CHECK(wait_for(sock, POLLOUT, PATIENCE) == POLLOUT);
	return sock;
}

/* A segment with data in it, from a socket that sends a lot at once. */
static int tcp_send_much(int fd, int sock, uint8_t **l4)
{
	static const uint8_t data[20000];
	int len, header;

	CHECK_OK(send(sock, data, sizeof(data), 0));
	do {
		len = read_packet(fd, IPPROTO_TCP, l4);
		header = *l4 - (buffer + VNET_LEN) + ((*l4)[12] >> 4) * 4;
	} while (len == header);
	return len;
}

static void tcp_segments(int family, unsigned int bits, int gso_type)
{
	const struct virtio_net_hdr *vnet = (void *)buffer;
	int fd = tunnel(family, bits), sock, len, start;
	uint8_t *l4;

	sock = tcp_connect(fd, family);
	len = tcp_send_much(fd, sock, &l4);
	start = family == AF_INET ? 20 : 40;
	CHECK_INT(vnet->gso_type, gso_type);
	if (gso_type) {
		CHECK(len > 2000);
		CHECK_INT(vnet->gso_size, 1000);
		CHECK(vnet->hdr_len >= start + 20);
	} else {
		CHECK(len <= 1500);
		CHECK_INT(vnet->gso_size, 0);
		CHECK_INT(vnet->hdr_len, 0);
	}
	if (bits & TUN_F_CSUM) {
		CHECK_INT(vnet->flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
		CHECK_INT(vnet->csum_start, start);
		CHECK_INT(vnet->csum_offset, 16);
		CHECK(!finished(l4, len));
	} else {
		CHECK_INT(vnet->flags, 0);
		CHECK(finished(l4, len));
	}
	close(sock);
	node_close(fd);
}

static void test_tcp4(void)
{
	tcp_segments(AF_INET, 0, VIRTIO_NET_HDR_GSO_NONE);
	tcp_segments(AF_INET, TUN_F_CSUM, VIRTIO_NET_HDR_GSO_NONE);
	tcp_segments(AF_INET, TUN_F_CSUM | TUN_F_TSO6,
		     VIRTIO_NET_HDR_GSO_NONE);
	tcp_segments(AF_INET, TUN_F_CSUM | TUN_F_TSO4,
		     VIRTIO_NET_HDR_GSO_TCPV4);
}

static void test_tcp6(void)
{
	tcp_segments(AF_INET6, 0, VIRTIO_NET_HDR_GSO_NONE);
	tcp_segments(AF_INET6, TUN_F_CSUM | TUN_F_TSO4,
		     VIRTIO_NET_HDR_GSO_NONE);
	tcp_segments(AF_INET6, TUN_F_CSUM | TUN_F_TSO6,
		     VIRTIO_NET_HDR_GSO_TCPV6);
}

/* Without a header to tell of it user space gets the large frame all the same. */
static void test_without_a_header(void)
{
	int fd = tunnel(AF_INET, TUN_F_CSUM | TUN_F_TSO4), sock;
	char name[IFNAMSIZ] = "tun0";
	uint8_t *l4;
	ssize_t len;

	sock = tcp_connect(fd, AF_INET);
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	CHECK_OK(ioctl(fd, TUNSETPERSIST, 1));
	node_close(fd);
	fd = node_open(0);
	CHECK_OK(set_iff(fd, name, IFF_TUN | IFF_NO_PI));
	CHECK_OK(send(sock, buffer, 20000, 0));
	l4 = buffer;
	do {
		CHECK(wait_for(fd, POLLIN, PATIENCE));
		len = read(fd, l4, sizeof(buffer));
	} while (len <= 1500);
	CHECK_INT(len, (buffer[2] << 8) + buffer[3]);
	close(sock);
}

static void udp_send(int family, size_t len, int segment)
{
	int sock = socket(family, SOCK_DGRAM, 0);
	struct sockaddr_storage addr;
	socklen_t addr_len = peer(family, &addr);
	static const uint8_t data[10000];

	CHECK_OK(connect(sock, (void *)&addr, addr_len));
	if (segment && setsockopt(sock, IPPROTO_UDP, UDP_SEGMENT, &segment,
				  sizeof(segment)))
		SKIP("no UDP_SEGMENT");
	CHECK_INT(send(sock, data, len, 0), (int)len);
	close(sock);
}

static void udp_datagrams(int family)
{
	const struct virtio_net_hdr *vnet = (void *)buffer;
	int fd = tunnel(family, 0), header = family == AF_INET ? 28 : 48;
	uint8_t *l4;

	udp_send(family, 100, 0);
	CHECK_INT(read_packet(fd, IPPROTO_UDP, &l4), header + 100);
	CHECK_INT(vnet->flags, 0);
	CHECK(finished(l4, header + 100));
	CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM));
	udp_send(family, 100, 0);
	CHECK_INT(read_packet(fd, IPPROTO_UDP, &l4), header + 100);
	CHECK_INT(vnet->flags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	CHECK_INT(vnet->gso_type, 0);
	CHECK_INT(vnet->csum_start, header - 8);
	CHECK_INT(vnet->csum_offset, 6);

	/* Segmented by the stack, or left to the device where it can say so. */
	udp_send(family, 5000, 1000);
	CHECK_INT(read_packet(fd, IPPROTO_UDP, &l4), header + 1000);
	CHECK_INT(vnet->gso_type, 0);
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	if (has_uso()) {
		CHECK_OK(ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_USO));
		udp_send(family, 5000, 1000);
		CHECK_INT(read_packet(fd, IPPROTO_UDP, &l4), header + 5000);
		CHECK_INT(vnet->gso_type, GSO_UDP_L4);
		CHECK_INT(vnet->gso_size, 1000);
	}
	node_close(fd);
}

static void test_udp4(void)
{
	udp_datagrams(AF_INET);
}

static void test_udp6(void)
{
	udp_datagrams(AF_INET6);
}

static const struct check_test tests[] = {
	{ "offload: all bits", test_all_bits },
	{ "offload: survives the descriptor", test_survives_the_descriptor },
	{ "offload: limits ethtool", test_limits_ethtool },
	{ "offload: TCP over IPv4", test_tcp4 },
	{ "offload: TCP over IPv6", test_tcp6 },
	{ "offload: without a header to tell of it", test_without_a_header },
	{ "offload: UDP over IPv4", test_udp4 },
	{ "offload: UDP over IPv6", test_udp6 },
};

DRIVER_MAIN(tests)
