/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What reading and writing captures have in common: pcap-savefile(5),
 * https://www.tcpdump.org/linktypes.html and, for pcapng,
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/.
 */
#ifndef TUNKIT_PCAP_H
#define TUNKIT_PCAP_H

#include "stream.h"

#define TK_PCAP_MICRO		0xa1b2c3d4u
#define TK_PCAP_NANO		0xa1b23c4du
#define TK_PCAP_FILE_SIZE	24
#define TK_PCAP_RECORD_SIZE	16
#define TK_PCAP_SNAPLEN		262144	/* said where nothing is cut */

#define TK_PCAPNG_SECTION	0x0a0d0d0au	/* the same in both byte orders */
#define TK_PCAPNG_INTERFACE	1u
#define TK_PCAPNG_PACKET	2u	/* obsolete */
#define TK_PCAPNG_SIMPLE	3u
#define TK_PCAPNG_STATISTICS	5u
#define TK_PCAPNG_ENHANCED	6u
#define TK_PCAPNG_ORDER		0x1a2b3c4du

#define TK_LINK_ETHERNET	1
#define TK_LINK_RAW_BSD		12	/* DLT_RAW, found in old files */
#define TK_LINK_RAW		101
#define TK_LINK_SLL		113
#define TK_LINK_IPV4		228
#define TK_LINK_IPV6		229
#define TK_LINK_SLL2		276

#define TK_SLL_SIZE		16
#define TK_SLL2_SIZE		20

#define TK_NS_PER_SECOND	1000000000u

struct tk_link_type {
	unsigned int number;
	enum tunkit_kind kind;
	size_t header;
	size_t protocol;	/* offset of the EtherType in header */
	const char *name;
};

/* NULL for what is neither Ethernet nor IP. */
const struct tk_link_type *tk_link_type(unsigned int number);
/*
 * Whether frames of that link type go into the reader's device: 0, or
 * tk_reader_refuse() at that offset. what holds them: "the capture".
 */
int tk_link_check(struct tunkit_reader *reader, unsigned int number,
		  unsigned long long at, const char *what);
/* Whether kept bytes can be a frame of it: 0 or tk_reader_break(). */
int tk_link_length(struct tunkit_reader *reader,
		   const struct tk_link_type *link, unsigned long long at,
		   uint32_t kept);
/* The frame in the first kept bytes of one that had len of them. */
void tk_link_give(const struct tk_link_type *link, const uint8_t *data,
		  uint32_t kept, uint32_t len, struct tunkit_frame *frame);

/*
 * The link type of what the writer's captures hold, and the most bytes that
 * they hold of a frame; PI that such a capture has no place for is given up.
 */
unsigned int tk_pcap_link(struct tunkit_writer *writer, uint32_t *snaplen);
/*
 * Writes a frame as that link type has it to out, where tk_pcap_room() bytes
 * are free. Returns its end; *len is what it was before it was cut.
 */
uint8_t *tk_pcap_data(const struct tunkit_writer *writer, uint8_t *out,
		      const struct tunkit_frame *frame,
		      enum tunkit_direction direction, uint32_t *len);

#endif /* TUNKIT_PCAP_H */
