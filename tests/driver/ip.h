/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that the stack looks into: IPv4 and IPv6, TCP and UDP. */
#ifndef IP_H
#define IP_H

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <string.h>

#define TCP4_LEN	40	/* headers without options */

/* The one's complement sum of bytes, continued from sum. */
static inline uint32_t ip_sum(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? byte[i] : byte[i] << 8;
	return sum;
}

static inline uint16_t ip_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

/* The sum over the pseudo header of IPv4 or IPv6. */
static inline uint32_t ip_pseudo(const uint8_t *ip, int proto, size_t len)
{
	if (ip[0] >> 4 == 4)
		return ip_sum(proto + len, ip + 12, 8);
	return ip_sum(proto + len, ip + 8, 32);
}

/* An Ethernet header where link is ETH_HLEN; nothing where it is 0. */
static inline void ip_link(uint8_t *frame, int link, uint16_t proto)
{
	if (!link)
		return;
	memset(frame, 0, ETH_HLEN);
	frame[0] = frame[6] = 2;
	frame[5] = 1;
	frame[11] = 2;
	frame[12] = proto >> 8;
	frame[13] = proto & 0xff;
}

static inline void ip4_header(uint8_t *packet, int proto, size_t total)
{
	struct iphdr ip = {
		.version = 4, .ihl = 5, .ttl = 64, .protocol = proto,
		.tot_len = htons(total), .frag_off = htons(0x4000),
		.saddr = htonl(0x0a000002), .daddr = htonl(0x0a000001),
	};

	ip.check = ip_fold(ip_sum(0, &ip, sizeof(ip)));
	memcpy(packet, &ip, sizeof(ip));
}

/*
 * A TCP segment from 10.0.0.2 to 10.0.0.1 with this much payload, checksums
 * right. Returns the frame's length.
 */
static inline size_t tcp_frame(uint8_t *frame, int link, size_t payload,
			       uint32_t seq, uint16_t port)
{
	uint8_t *ip = frame + link, *at = ip + sizeof(struct iphdr);
	size_t len = sizeof(struct tcphdr) + payload;
	struct tcphdr tcp = {
		.source = htons(port), .dest = htons(80), .seq = htonl(seq),
		.ack_seq = htonl(1), .doff = 5, .ack = 1,
		.window = htons(1000),
	};

	ip_link(frame, link, ETH_P_IP);
	ip4_header(ip, IPPROTO_TCP, sizeof(struct iphdr) + len);
	memset(at + sizeof(tcp), 'x', payload);
	memcpy(at, &tcp, sizeof(tcp));
	tcp.check = ip_fold(ip_sum(ip_pseudo(ip, IPPROTO_TCP, len), at, len));
	memcpy(at, &tcp, sizeof(tcp));
	return link + sizeof(struct iphdr) + len;
}

#endif /* IP_H */
