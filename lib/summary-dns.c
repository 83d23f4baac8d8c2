// SPDX-License-Identifier: LGPL-2.1-or-later
/* DNS (RFC 1035), multicast DNS (RFC 6762) and LLMNR (RFC 4795). */
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "dns.h"
#include "summary.h"

#define ANSWERS_SHOWN	3	/* so that the line stays a line */
#define FLAG_RESPONSE	0x8000
#define FLAG_TRUNCATED	0x0200
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char *const opcodes[] = {
	NULL, " inverse", " status", NULL, " notify", " update",
};

static const char *const rcodes[] = {
	NULL, " FORMERR", " SERVFAIL", " NXDOMAIN", " NOTIMP", " REFUSED",
	" YXDOMAIN", " YXRRSET", " NXRRSET", " NOTAUTH", " NOTZONE",
};

static void word_or_number(struct tk_text *text, const char *const words[],
			   size_t count, const char *otherwise,
			   unsigned int number)
{
	if (number < count && words[number])
		tk_text_add(text, words[number]);
	else if (number)
		tk_text_field(text, otherwise, number);
}

static void opcode_and_rcode(struct tk_text *text, uint16_t flags)
{
	word_or_number(text, opcodes, COUNT(opcodes), " opcode ",
		       flags >> 11 & 15);
	word_or_number(text, rcodes, COUNT(rcodes), " rcode ", flags & 15);
}

/* Of records without a question before them the owner's name says much. */
static void answers(struct tk_text *text, struct tk_slice message, size_t at,
		    unsigned int count, bool owner)
{
	struct tk_dns_record record;
	unsigned int shown = count < ANSWERS_SHOWN ? count : ANSWERS_SHOWN;

	for (unsigned int i = 0; i < shown; i++) {
		tk_text_add(text, i ? ", " : ": ");
		if (!tk_dns_record(message, &at, &record)) {
			tk_text_add(text, tk_dns_fault(message));
			return;
		}
		if (owner) {
			tk_dns_name(text, message, record.name, TK_DNS_SHORT);
			tk_text_char(text, ' ');
		}
		tk_dns_type(text, record.type);
		tk_dns_data(text, message, &record, TK_DNS_SHORT);
	}
	if (count > shown)
		tk_text_field(text, ", more: ", count - shown);
}

static void flags_detail(struct tk_line *line, const char *name,
			 struct tk_slice message)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} bits[] = {
		{ 0x0400, ", authoritative" }, { FLAG_TRUNCATED, ", truncated" },
		{ 0x0100, ", recursion desired" },
		{ 0x0080, ", recursion available" },
		{ 0x0020, ", authentic" }, { 0x0010, ", checking disabled" },
	};
	struct tk_text *more = tk_detail(line, name);
	uint16_t flags = tk_get_be16(message.p + 2);

	if (!more)
		return;
	tk_text_field(more, " id ", tk_get_be16(message.p));
	tk_text_add(more, ", flags ");
	tk_text_hex(more, flags, 4);
	tk_text_add(more, flags & FLAG_RESPONSE ? ": response" : ": query");
	for (size_t i = 0; i < COUNT(bits); i++)
		if (flags & bits[i].bit)
			tk_text_add(more, bits[i].name);
	if (flags >> 11 & 15 || flags & 15)
		tk_text_char(more, ',');
	opcode_and_rcode(more, flags);
}

/* Returns the offset behind the questions; 0: they are broken. */
static size_t question_details(struct tk_line *line, struct tk_slice message)
{
	size_t at = TK_DNS_HEADER;

	for (unsigned int n = tk_get_be16(message.p + 4); n; n--) {
		struct tk_text *more = tk_detail(line, "question ");
		struct tk_dns_record question;

		if (!more)
			return 0;
		if (!tk_dns_question(message, &at, &question)) {
			tk_text_add(more, tk_dns_fault(message));
			return 0;
		}
		tk_dns_name(more, message, question.name, TK_DNS_LONG);
		tk_text_char(more, ' ');
		tk_dns_type(more, question.type);
		tk_dns_class(more, question.class);
	}
	return at;
}

static void record_details(struct tk_line *line, struct tk_slice message,
			   size_t at)
{
	static const char *const sections[] = {
		"answer ", "authority ", "additional ",
	};

	for (size_t s = 0; s < COUNT(sections); s++)
		for (unsigned int n = tk_get_be16(message.p + 6 + 2 * s); n; n--) {
			struct tk_text *more = tk_detail(line, sections[s]);
			struct tk_dns_record record;

			if (!more)
				return;
			if (!tk_dns_record(message, &at, &record)) {
				tk_text_add(more, tk_dns_fault(message));
				return;
			}
			tk_dns_name(more, message, record.name, TK_DNS_LONG);
			tk_text_char(more, ' ');
			tk_dns_type(more, record.type);
			tk_dns_data(more, message, &record, TK_DNS_LONG);
			if (record.type == TK_DNS_OPT)
				continue;
			tk_dns_class(more, record.class);
			tk_text_field(more, " ttl ", record.ttl);
			tk_text_add(more, " s");
		}
}

static void details(struct tk_line *line, const char *name,
		    struct tk_slice message)
{
	size_t at;

	if (!line->more)
		return;
	flags_detail(line, name, message);
	at = question_details(line, message);
	if (at)
		record_details(line, message, at);
}

void tk_summary_dns(struct tk_line *line, const char *name,
		    struct tk_slice message)
{
	struct tk_text *text = &line->text;
	struct tk_dns_record question;
	size_t at = TK_DNS_HEADER;
	unsigned int questions, id;
	uint16_t flags;

	tk_text_word(text, name);
	if (message.here < TK_DNS_HEADER) {
		tk_summary_cut(line, message);
		return;
	}
	id = tk_get_be16(message.p);
	flags = tk_get_be16(message.p + 2);
	questions = tk_get_be16(message.p + 4);
	tk_text_add(text, flags & FLAG_RESPONSE ? " response" : " query");
	/* Multicast answers have none. */
	if (id)
		tk_text_field(text, " id ", id);
	opcode_and_rcode(text, flags);
	if (flags & FLAG_TRUNCATED)
		tk_text_add(text, " truncated");
	details(line, name, message);
	for (unsigned int i = 0; i < questions; i++) {
		if (!tk_dns_question(message, &at, &question)) {
			tk_text_char(text, ' ');
			tk_text_add(text, tk_dns_fault(message));
			return;
		}
		if (i)
			continue;
		tk_text_char(text, ' ');
		tk_dns_type(text, question.type);
		tk_text_char(text, ' ');
		tk_dns_name(text, message, question.name, TK_DNS_SHORT);
	}
	if (questions > 1)
		tk_text_field(text, ", more questions: ", questions - 1);
	answers(text, message, at, tk_get_be16(message.p + 6), !questions);
}
