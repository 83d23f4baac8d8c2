/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the parts of the frame summary share. Every function appends to the
 * line what its protocol says and reads no byte past slice.here.
 */
#ifndef TUNKIT_SUMMARY_H
#define TUNKIT_SUMMARY_H

#include <stdbool.h>

#include "text.h"
#include "tunkit.h"

/* The rest of a frame, as one protocol sees it. */
struct tk_slice {
	const uint8_t *p;
	size_t here;	/* bytes that may be read */
	size_t claimed;	/* that the headers before it promise; never less */
};

struct tk_line {
	struct tk_text text;
	bool padded;	/* short Ethernet frame: bytes after the packet */
	bool gso;	/* lengths may be those of no real packet */
	bool fragment;	/* the message goes on in other packets */
	struct tk_text *more;	/* takes the details; NULL: none are wanted */
};

/* n <= slice.here */
static inline struct tk_slice tk_slice_after(struct tk_slice slice, size_t n)
{
	slice.p += n;
	slice.here -= n;
	slice.claimed -= n;
	return slice;
}

/*
 * Begins a line of details with words and returns where it goes on; NULL when
 * none is wanted. A line is at most 4 KiB.
 */
struct tk_text *tk_detail(struct tk_line *line, const char *words);

/* The packet or frame, without the headers of the device. */
void tk_summary_frame(struct tk_line *line, enum tunkit_kind kind,
		      const struct tunkit_frame *frame);

/* ", N bytes" */
void tk_summary_bytes(struct tk_line *line, size_t bytes);
/* " [header cut: N bytes]": the end of a line that cannot go on. */
void tk_summary_cut(struct tk_line *line, struct tk_slice slice);
/* " [truncated: HERE of CLAIMED bytes]", where so. */
void tk_summary_truncated(struct tk_line *line, struct tk_slice slice);

/* Ethernet II and 802.3 frames with their tags. */
void tk_summary_ethernet(struct tk_line *line, struct tk_slice slice);
/* What an EtherType names. */
void tk_summary_type(struct tk_line *line, uint16_t type, struct tk_slice slice);
/* NULL: no name is known. */
const char *tk_ethertype_name(uint16_t type);

void tk_summary_mpls(struct tk_line *line, struct tk_slice slice);
void tk_summary_arp(struct tk_line *line, struct tk_slice slice);
void tk_summary_ipv4(struct tk_line *line, struct tk_slice slice);
void tk_summary_ipv6(struct tk_line *line, struct tk_slice slice);
/* The packet that an ICMP error is about: addresses, protocol, ports. */
void tk_summary_quoted(struct tk_line *line, struct tk_slice slice);

/* What an IP protocol number names, past all extension headers. */
void tk_summary_transport(struct tk_line *line, uint8_t protocol,
			  struct tk_slice slice);
/* Its name or number alone. */
void tk_summary_protocol(struct tk_line *line, uint8_t protocol);
void tk_summary_ports(struct tk_line *line, struct tk_slice slice);

/* The word that names[number] is for an ICMP code, or the number. */
void tk_summary_code(struct tk_text *text, const char *const names[],
		     size_t count, uint8_t number);
/* what, and the identifier and sequence number of 8 bytes at p. */
void tk_summary_echo(struct tk_text *text, const char *what, const uint8_t *p);
void tk_summary_icmp(struct tk_line *line, struct tk_slice slice);
void tk_summary_icmpv6(struct tk_line *line, struct tk_slice slice);
/* Neighbor discovery: a message whose fixed part is there. */
void tk_summary_nd(struct tk_line *line, struct tk_slice slice);

/* What a datagram of UDP carries; name: DNS, mDNS, LLMNR. */
void tk_summary_dns(struct tk_line *line, const char *name,
		    struct tk_slice message);
void tk_summary_dhcp(struct tk_line *line, struct tk_slice slice);
void tk_summary_dhcpv6(struct tk_line *line, struct tk_slice slice);

/* A header of which the fixed part is there: its details alone. */
void tk_details_ipv4(struct tk_line *line, struct tk_slice packet);
void tk_details_ipv6(struct tk_line *line, struct tk_slice packet);
void tk_details_tcp(struct tk_line *line, struct tk_slice slice);

#endif /* TUNKIT_SUMMARY_H */
