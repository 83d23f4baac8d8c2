/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What reading and writing captures have in common: pcap-savefile(5). */
#ifndef TUNKIT_PCAP_H
#define TUNKIT_PCAP_H

#define TK_PCAP_MICRO		0xa1b2c3d4u
#define TK_PCAP_NANO		0xa1b23c4du
#define TK_PCAP_FILE_SIZE	24
#define TK_PCAP_RECORD_SIZE	16

#define TK_LINK_ETHERNET	1
#define TK_LINK_RAW_BSD		12	/* DLT_RAW, found in old files */
#define TK_LINK_RAW		101
#define TK_LINK_SLL		113
#define TK_LINK_IPV4		228
#define TK_LINK_IPV6		229
#define TK_LINK_SLL2		276

#define TK_SLL_SIZE		16
#define TK_SLL2_SIZE		20

#endif /* TUNKIT_PCAP_H */
