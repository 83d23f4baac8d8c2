/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and records in a DNS message, RFC 1035. */
#ifndef TUNKIT_DNS_H
#define TUNKIT_DNS_H

#include <stdbool.h>

#include "summary.h"

#define TK_DNS_HEADER	12	/* bytes */
#define TK_DNS_SHORT	64	/* characters of a name in the summary */
#define TK_DNS_LONG	1024	/* any name, also with each byte escaped */
#define TK_DNS_OPT	41	/* EDNS(0), RFC 6891: no record but options */

/* A question, or a record of the other sections. */
struct tk_dns_record {
	size_t name;		/* offset of the owner's */
	uint16_t type;
	uint16_t class;
	uint32_t ttl;		/* seconds */
	size_t data;		/* offset */
	size_t len;		/* bytes; all of them are there */
};

/* Both move *at behind what they read. False: it is broken, or not all here. */
bool tk_dns_question(struct tk_slice message, size_t *at,
		     struct tk_dns_record *question);
bool tk_dns_record(struct tk_slice message, size_t *at,
		   struct tk_dns_record *record);
/* What it is when they say false. */
const char *tk_dns_fault(struct tk_slice message);

/* At most `most` characters of the name at that offset. */
void tk_dns_name(struct tk_text *text, struct tk_slice message, size_t at,
		 size_t most);
void tk_dns_type(struct tk_text *text, uint16_t type);
/* " class N", where it is not the Internet. */
void tk_dns_class(struct tk_text *text, uint16_t class);
/* " 10.0.0.1": what the record says, as its type has it. */
void tk_dns_data(struct tk_text *text, struct tk_slice message,
		 const struct tk_dns_record *record, size_t most);

#endif /* TUNKIT_DNS_H */
