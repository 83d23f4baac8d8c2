// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dns.h"

#include "bytes.h"

#define NAME_MAX_BYTES	255	/* RFC 1035, 2.3.4 */
#define TEXT_SHOWN	64	/* bytes of a TXT record's first string */
#define POINTER		0xc0

enum { A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, MX = 15, TXT = 16,
	AAAA = 28, SRV = 33, DNAME = 39 };

static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ A, "A" }, { NS, "NS" }, { CNAME, "CNAME" }, { SOA, "SOA" },
	{ PTR, "PTR" }, { 13, "HINFO" }, { MX, "MX" }, { TXT, "TXT" },
	{ AAAA, "AAAA" }, { SRV, "SRV" }, { 35, "NAPTR" }, { DNAME, "DNAME" },
	{ TK_DNS_OPT, "EDNS" }, { 43, "DS" }, { 46, "RRSIG" }, { 47, "NSEC" },
	{ 48, "DNSKEY" }, { 52, "TLSA" }, { 64, "SVCB" }, { 65, "HTTPS" },
	{ 251, "IXFR" }, { 252, "AXFR" }, { 255, "ANY" }, { 257, "CAA" },
};

/*
 * Writes the name at *at and moves *at behind it. A pointer must lead to
 * before all that has been read of the name: so it ends, whatever it is.
 */
static bool read_name(struct tk_text *text, struct tk_slice message,
		      size_t *at)
{
	size_t p = *at, before = *at, total = 0;
	bool jumped = false;

	for (;;) {
		uint8_t size;

		if (p >= message.here)
			return false;
		size = message.p[p++];
		if (size >= POINTER) {
			if (p >= message.here)
				return false;
			if (!jumped)
				*at = p + 1;
			jumped = true;
			p = (size & 0x3fu) << 8 | message.p[p];
			if (p >= before)
				return false;
			before = p;
			continue;
		}
		if (!size)
			break;
		if (size & POINTER || size > message.here - p)
			return false;
		if (total)
			tk_text_char(text, '.');
		total += size + 1u;
		if (total > NAME_MAX_BYTES)
			return false;
		tk_text_escaped(text, message.p + p, size, ".");
		p += size;
	}
	if (!total)
		tk_text_char(text, '.');
	if (!jumped)
		*at = p;
	return true;
}

static bool skip_name(struct tk_slice message, size_t *at)
{
	struct tk_text nowhere = { NULL, 0, 0 };

	return read_name(&nowhere, message, at);
}

bool tk_dns_question(struct tk_slice message, size_t *at,
		     struct tk_dns_record *question)
{
	*question = (struct tk_dns_record){ .name = *at };
	if (!skip_name(message, at) || message.here - *at < 4)
		return false;
	question->type = tk_get_be16(message.p + *at);
	question->class = tk_get_be16(message.p + *at + 2);
	*at += 4;
	return true;
}

bool tk_dns_record(struct tk_slice message, size_t *at,
		   struct tk_dns_record *record)
{
	if (!tk_dns_question(message, at, record) || message.here - *at < 6)
		return false;
	record->ttl = tk_get_be32(message.p + *at);
	record->len = tk_get_be16(message.p + *at + 4);
	record->data = *at + 6;
	if (record->len > message.here - record->data)
		return false;
	*at = record->data + record->len;
	return true;
}

const char *tk_dns_fault(struct tk_slice message)
{
	return message.here < message.claimed ? "[cut]" : "[malformed]";
}

void tk_dns_name(struct tk_text *text, struct tk_slice message, size_t at,
		 size_t most)
{
	char name[TK_DNS_LONG + 1];
	struct tk_text whole = { name, most + 1, 0 };

	if (!read_name(&whole, message, &at)) {
		tk_text_add(text, tk_dns_fault(message));
		return;
	}
	tk_text_end(&whole);
	tk_text_add(text, name);
	if (whole.len > most)
		tk_text_add(text, "...");
}

void tk_dns_type(struct tk_text *text, uint16_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type) {
			tk_text_add(text, types[i].name);
			return;
		}
	tk_text_field(text, "type ", type);
}

void tk_dns_class(struct tk_text *text, uint16_t class)
{
	/* The high bit is multicast DNS's: unicast answer, cache flush. */
	if ((class & 0x7fff) != 1)
		tk_text_field(text, " class ", class);
}

static void txt(struct tk_text *text, const uint8_t *p, size_t len)
{
	size_t size = len ? p[0] : 0;

	if (size > len - 1)
		size = len - 1;
	tk_text_add(text, " \"");
	tk_text_escaped(text, p + 1, size < TEXT_SHOWN ? size : TEXT_SHOWN,
			"\"");
	tk_text_add(text, size > TEXT_SHOWN ? "...\"" : "\"");
}

/* Numbers that stand before a name, each after a blank; then the name. */
static void numbers_and_name(struct tk_text *text, struct tk_slice message,
			     const struct tk_dns_record *record,
			     unsigned int numbers, size_t most)
{
	size_t at = record->data;

	for (; numbers; numbers--, at += 2)
		tk_text_field(text, " ", tk_get_be16(message.p + at));
	tk_text_char(text, ' ');
	tk_dns_name(text, message, at, most);
}

/* The least length of data that can be shown, of a type that can. */
static size_t least(uint16_t type)
{
	switch (type) {
	case A:
		return 4;
	case AAAA:
		return 16;
	case MX:
		return 3;
	case SRV:
		return 7;
	default:
		return 1;
	}
}

void tk_dns_data(struct tk_text *text, struct tk_slice message,
		 const struct tk_dns_record *record, size_t most)
{
	const uint8_t *p = message.p + record->data;
	uint16_t type = record->len < least(record->type) ? 0 : record->type;

	switch (type) {
	case A:
		tk_text_char(text, ' ');
		tk_text_ipv4(text, p);
		break;
	case AAAA:
		tk_text_char(text, ' ');
		tk_text_ipv6(text, p);
		break;
	case NS:
	case CNAME:
	case SOA:
	case PTR:
	case DNAME:
		numbers_and_name(text, message, record, 0, most);
		break;
	case MX:
		numbers_and_name(text, message, record, 1, most);
		break;
	case SRV:
		numbers_and_name(text, message, record, 3, most);
		break;
	case TXT:
		txt(text, p, record->len);
		break;
	default:
		/* Of EDNS the class is how much the sender can take. */
		if (record->type == TK_DNS_OPT)
			tk_text_field(text, " size ", record->class);
		else
			tk_text_field(text, " bytes ", record->len);
		break;
	}
}
