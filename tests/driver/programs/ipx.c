// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The document's IPX over a TUN device: what a packet socket sends arrives with
 * that protocol in the packet information, and what is written with it arrives
 * at the socket. Status 0: both; the device is made here.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define IPX_ETHERTYPE	0x8137

/* No checksum, 32 bytes long, a broadcast to the echo socket, two bytes. */
static const uint8_t ipx_packet[32] = {
	0xff, 0xff, 0x00, 0x20, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x40, 0x02,
	0x00, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0x40, 0x03,
	'h', 'i',
};

static int check(int result, const char *what)
{
	if (result >= 0)
		return result;
	perror(what);
	exit(1);
}

static bool complain(const char *what)
{
	fprintf(stderr, "ipx: %s\n", what);
	return false;
}

static int device_up(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN };
	int fd = check(open("/dev/net/tun", O_RDWR | O_NONBLOCK), "open");
	int any = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");

	strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
	check(ioctl(fd, TUNSETIFF, &request), "TUNSETIFF");
	check(ioctl(any, SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
	request.ifr_flags |= IFF_UP;
	check(ioctl(any, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
	close(any);
	return fd;
}

static bool readable(int fd)
{
	struct pollfd wanted = { .fd = fd, .events = POLLIN };

	return poll(&wanted, 1, 2000) == 1 && wanted.revents & POLLIN;
}

static bool passes_to_program(int fd, int packet, const struct sockaddr_ll *to)
{
	struct {
		struct tun_pi pi;
		uint8_t data[100];
	} frame;
	ssize_t len;

	check(sendto(packet, ipx_packet, sizeof(ipx_packet), 0,
		     (const struct sockaddr *)to, sizeof(*to)), "sendto");
	/* IPv6 speaks on its own on a device that comes up. */
	do {
		if (!readable(fd))
			return complain("nothing to read");
		len = check(read(fd, &frame, sizeof(frame)), "read");
	} while (ntohs(frame.pi.proto) == ETH_P_IPV6);
	if (ntohs(frame.pi.proto) != IPX_ETHERTYPE || frame.pi.flags)
		return complain("other packet information");
	if (len != sizeof(frame.pi) + sizeof(ipx_packet) ||
	    memcmp(frame.data, ipx_packet, sizeof(ipx_packet)))
		return complain("another packet was read");
	return true;
}

static bool passes_to_socket(int fd, int packet)
{
	struct {
		struct tun_pi pi;
		uint8_t data[sizeof(ipx_packet)];
	} frame = { .pi.proto = htons(IPX_ETHERTYPE) };
	struct sockaddr_ll from;
	socklen_t from_len = sizeof(from);
	uint8_t data[100];
	ssize_t len;

	memcpy(frame.data, ipx_packet, sizeof(ipx_packet));
	check(write(fd, &frame, sizeof(frame)), "write");
	if (!readable(packet))
		return complain("nothing arrives at the socket");
	len = check(recvfrom(packet, data, sizeof(data), 0,
			     (struct sockaddr *)&from, &from_len), "recvfrom");
	if (ntohs(from.sll_protocol) != IPX_ETHERTYPE)
		return complain("another protocol arrives");
	if (len != sizeof(ipx_packet) || memcmp(data, ipx_packet, len))
		return complain("another packet arrives");
	return true;
}

int main(void)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(IPX_ETHERTYPE),
	};
	int fd = device_up("ipx0");
	int packet = check(socket(AF_PACKET, SOCK_DGRAM, 0), "socket");

	address.sll_ifindex = if_nametoindex("ipx0");
	check(bind(packet, (struct sockaddr *)&address, sizeof(address)), "bind");
	return passes_to_program(fd, packet, &address) &&
	       passes_to_socket(fd, packet) ? 0 : 1;
}
