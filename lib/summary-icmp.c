// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/icmp.h>

#include "bytes.h"
#include "summary.h"

#define ICMP_HEADER	8	/* bytes */
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char *const unreachables[] = {
	"network", "host", "protocol", "port", "fragmentation needed",
	"source route failed", "network unknown", "host unknown",
	"source isolated", "network prohibited", "host prohibited",
	"network for type of service", "host for type of service",
	"filtered", "precedence violation", "precedence cutoff",
};

static const char *const redirects[] = {
	"network", "host", "network and type of service",
	"host and type of service",
};

static const char *const timeouts[] = { "in transit", "in reassembly" };

static const char *const problems[] = {
	"bad header", "option missing", "bad length",
};

void tk_summary_code(struct tk_text *text, const char *const names[],
		     size_t count, uint8_t number)
{
	if (number < count)
		tk_text_word(text, names[number]);
	else
		tk_text_field(text, " code ", number);
}

void tk_summary_echo(struct tk_text *text, const char *what, const uint8_t *p)
{
	tk_text_add(text, what);
	tk_text_field(text, " id ", tk_get_be16(p + 4));
	tk_text_field(text, " seq ", tk_get_be16(p + 6));
}

/* The errors, which quote the packet that they are about. */
static void error(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;
	const uint8_t *p = slice.p;

	switch (p[0]) {
	case ICMP_DEST_UNREACH:
		tk_text_add(text, " unreachable");
		tk_summary_code(text, unreachables, COUNT(unreachables), p[1]);
		if (p[1] == ICMP_FRAG_NEEDED)
			tk_text_field(text, " mtu ", tk_get_be16(p + 6));
		break;
	case ICMP_REDIRECT:
		tk_text_add(text, " redirect");
		tk_summary_code(text, redirects, COUNT(redirects), p[1]);
		tk_text_add(text, " to ");
		tk_text_ipv4(text, p + 4);
		break;
	case ICMP_TIME_EXCEEDED:
		tk_text_add(text, " time exceeded");
		tk_summary_code(text, timeouts, COUNT(timeouts), p[1]);
		break;
	case ICMP_PARAMETERPROB:
		tk_text_add(text, " parameter problem");
		tk_summary_code(text, problems, COUNT(problems), p[1]);
		tk_text_field(text, " at ", p[4]);
		break;
	default:
		tk_text_add(text, " source quench");
		break;
	}
	tk_summary_quoted(line, tk_slice_after(slice, ICMP_HEADER));
}

void tk_summary_icmp(struct tk_line *line, struct tk_slice slice)
{
	struct tk_text *text = &line->text;

	if (slice.here < ICMP_HEADER) {
		tk_summary_cut(line, slice);
		return;
	}
	switch (slice.p[0]) {
	case ICMP_ECHO:
		tk_summary_echo(text, " echo request", slice.p);
		break;
	case ICMP_ECHOREPLY:
		tk_summary_echo(text, " echo reply", slice.p);
		break;
	case ICMP_TIMESTAMP:
		tk_summary_echo(text, " timestamp request", slice.p);
		break;
	case ICMP_TIMESTAMPREPLY:
		tk_summary_echo(text, " timestamp reply", slice.p);
		break;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_REDIRECT:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		error(line, slice);
		break;
	case 9:
		tk_text_add(text, " router advertisement");
		break;
	case 10:
		tk_text_add(text, " router solicitation");
		break;
	default:
		tk_text_field(text, " type ", slice.p[0]);
		tk_text_field(text, " code ", slice.p[1]);
		break;
	}
	tk_summary_bytes(line, slice.claimed);
}
