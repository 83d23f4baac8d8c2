// SPDX-License-Identifier: LGPL-2.1-or-later
/* DHCP (RFC 2131, options of RFC 2132) and the types of DHCPv6 (RFC 8415). */
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "summary.h"

/* Offsets in a message. */
enum {
	XID = 4, CIADDR = 12, YIADDR = 16, SIADDR = 20, GIADDR = 24,
	CHADDR = 28, COOKIE = 236, OPTIONS = 240,
};

enum {
	PAD = 0, MASK = 1, ROUTER = 3, SERVERS = 6, HOST_NAME = 12,
	DOMAIN = 15, MTU = 26, BROADCAST = 28, REQUESTED = 50, LEASE = 51,
	TYPE = 53, SERVER = 54, PARAMETERS = 55, MESSAGE = 56, MAX_SIZE = 57,
	RENEWAL = 58, REBINDING = 59, VENDOR = 60, CLIENT = 61, END = 255,
};

#define NAME_SHOWN	64	/* bytes of a name in the summary */
#define V6_HEADER	4
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct option {
	uint8_t code;
	uint8_t len;
	const uint8_t *p;
};

/* False: that was the last, or it is cut. */
static bool next_option(struct tk_slice *rest, struct option *option)
{
	while (rest->here && rest->p[0] == PAD)
		*rest = tk_slice_after(*rest, 1);
	if (rest->here < 2 || rest->p[0] == END || rest->p[1] > rest->here - 2)
		return false;
	option->code = rest->p[0];
	option->len = rest->p[1];
	option->p = rest->p + 2;
	*rest = tk_slice_after(*rest, 2u + option->len);
	return true;
}

static bool find(struct tk_slice options, uint8_t code, uint8_t least,
		 struct option *option)
{
	while (next_option(&options, option))
		if (option->code == code && option->len >= least)
			return true;
	return false;
}

static void type_name(struct tk_text *text, uint8_t type)
{
	static const char *const names[] = {
		NULL, " discover", " offer", " request", " decline", " ack",
		" nak", " release", " inform",
	};

	if (type < COUNT(names) && names[type])
		tk_text_add(text, names[type]);
	else
		tk_text_field(text, " type ", type);
}

/* words and the address, if there is one. */
static void address(struct tk_text *text, const char *words, const uint8_t *p)
{
	if (!tk_get_be32(p))
		return;
	tk_text_add(text, words);
	tk_text_ipv4(text, p);
}

static void client(struct tk_text *text, const uint8_t *p)
{
	if (p[2] != 6)
		return;
	tk_text_char(text, ' ');
	tk_text_mac(text, p + CHADDR);
}

static void from_options(struct tk_text *text, struct tk_slice options)
{
	struct option option;

	if (find(options, REQUESTED, 4, &option))
		address(text, " wants ", option.p);
	if (find(options, SERVER, 4, &option))
		address(text, " server ", option.p);
	if (find(options, LEASE, 4, &option)) {
		tk_text_field(text, " lease ", tk_get_be32(option.p));
		tk_text_add(text, " s");
	}
	if (!find(options, HOST_NAME, 1, &option))
		return;
	tk_text_add(text, " name ");
	tk_text_escaped(text, option.p, option.len < NAME_SHOWN ? option.len :
			NAME_SHOWN, "");
	if (option.len > NAME_SHOWN)
		tk_text_add(text, "...");
}

/* ---- Details ---- */

enum form { ADDRESSES, SECONDS, NUMBERS, TEXT, BYTES };

static const struct {
	uint8_t code;
	enum form form;
	const char *name;
} known[] = {
	{ MASK, ADDRESSES, "mask" }, { ROUTER, ADDRESSES, "router" },
	{ SERVERS, ADDRESSES, "name server" }, { HOST_NAME, TEXT, "name" },
	{ DOMAIN, TEXT, "domain" }, { MTU, BYTES, "mtu" },
	{ BROADCAST, ADDRESSES, "broadcast" },
	{ REQUESTED, ADDRESSES, "requested address" },
	{ LEASE, SECONDS, "lease" }, { TYPE, NUMBERS, "message type" },
	{ SERVER, ADDRESSES, "server" },
	{ PARAMETERS, NUMBERS, "requested options" },
	{ MESSAGE, TEXT, "message" }, { MAX_SIZE, BYTES, "largest message" },
	{ RENEWAL, SECONDS, "renewal" }, { REBINDING, SECONDS, "rebinding" },
	{ VENDOR, TEXT, "vendor class" }, { CLIENT, BYTES, "client id" },
};

static void value(struct tk_text *text, enum form form,
		  const struct option *option)
{
	unsigned int i;

	switch (form) {
	case ADDRESSES:
		for (i = 0; i + 4 <= option->len; i += 4) {
			tk_text_char(text, ' ');
			tk_text_ipv4(text, option->p + i);
		}
		return;
	case SECONDS:
		if (option->len != 4)
			break;
		tk_text_field(text, " ", tk_get_be32(option->p));
		tk_text_add(text, " s");
		return;
	case NUMBERS:
		for (i = 0; i < option->len; i++)
			tk_text_field(text, " ", option->p[i]);
		return;
	case TEXT:
		tk_text_add(text, " \"");
		tk_text_escaped(text, option->p, option->len, "\"");
		tk_text_char(text, '"');
		return;
	case BYTES:
		break;
	}
	tk_text_add(text, " 0x");
	for (i = 0; i < option->len; i++)
		tk_text_byte(text, option->p[i]);
}

static void option_detail(struct tk_line *line, const struct option *option)
{
	struct tk_text *more = tk_detail(line, "option ");

	if (!more)
		return;
	tk_text_number(more, option->code);
	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i].code == option->code) {
			tk_text_char(more, ' ');
			tk_text_add(more, known[i].name);
			value(more, known[i].form, option);
			return;
		}
	value(more, BYTES, option);
}

static void details(struct tk_line *line, struct tk_slice slice,
		    struct tk_slice options)
{
	struct tk_text *more = tk_detail(line, "DHCP id ");
	const uint8_t *p = slice.p;
	struct option option;

	if (!more)
		return;
	tk_text_hex(more, tk_get_be32(p + XID), 8);
	tk_text_field(more, ", op ", p[0]);
	tk_text_field(more, ", hops ", p[3]);
	tk_text_field(more, ", secs ", tk_get_be16(p + 8));
	tk_text_add(more, ", flags ");
	tk_text_hex(more, tk_get_be16(p + 10), 4);
	address(more, ", client ", p + CIADDR);
	address(more, ", yours ", p + YIADDR);
	address(more, ", next server ", p + SIADDR);
	address(more, ", relay ", p + GIADDR);
	while (next_option(&options, &option))
		option_detail(line, &option);
}

void tk_summary_dhcp(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	struct tk_slice options;
	struct option option;

	if (slice.here < OPTIONS) {
		tk_text_word(text, "DHCP");
		tk_summary_cut(line, slice);
		return;
	}
	options = tk_slice_after(slice, OPTIONS);
	if (memcmp(slice.p + COOKIE, "\x63\x82\x53\x63", 4)) {
		tk_text_word(text, "BOOTP");
		options.here = 0;
	} else {
		tk_text_word(text, "DHCP");
	}
	if (find(options, TYPE, 1, &option))
		type_name(text, option.p[0]);
	else
		tk_text_add(text, slice.p[0] == 1 ? " request" : " reply");
	client(text, slice.p);
	address(text, " has ", slice.p + CIADDR);
	address(text, " gets ", slice.p + YIADDR);
	from_options(text, options);
	details(line, slice, options);
}

static void v6_details(struct tk_line *line, struct tk_slice options)
{
	while (options.here >= 4) {
		size_t size = tk_get_be16(options.p + 2) + 4u;
		struct tk_text *more = tk_detail(line, "option ");

		if (!more)
			return;
		tk_text_number(more, tk_get_be16(options.p));
		tk_text_field(more, ", bytes ", size - 4);
		if (size > options.here)
			return;
		options = tk_slice_after(options, size);
	}
}

void tk_summary_dhcpv6(struct tk_line *line, struct tk_slice slice)
{
	static const char *const names[] = {
		NULL, " solicit", " advertise", " request", " confirm",
		" renew", " rebind", " reply", " release", " decline",
		" reconfigure", " information-request", " relay-forward",
		" relay-reply",
	};
	struct tk_text *text = &line->text;

	tk_text_word(text, "DHCPv6");
	if (slice.here < V6_HEADER) {
		tk_summary_cut(line, slice);
		return;
	}
	if (slice.p[0] < COUNT(names) && names[slice.p[0]])
		tk_text_add(text, names[slice.p[0]]);
	else
		tk_text_field(text, " type ", slice.p[0]);
	/* A relay's message has hops and addresses there, and no id. */
	if (slice.p[0] == 12 || slice.p[0] == 13)
		return;
	tk_text_add(text, " id ");
	tk_text_hex(text, tk_get_be32(slice.p) & 0xffffff, 6);
	v6_details(line, tk_slice_after(slice, V6_HEADER));
}
