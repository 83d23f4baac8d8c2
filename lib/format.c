// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream.h"

#include <errno.h>
#include <string.h>

#include "internal.h"

static const struct tk_format formats[] = {
	[TUNKIT_FORMAT_TEXT] = {
		.name = "text",
		.put = tk_text_put,
		.room = tk_text_room,
	},
	[TUNKIT_FORMAT_RAW] = {
		.name = "raw",
		.next = tk_raw_next,
		.put = tk_length_put,
		.room = tk_length_room,
		.in_place = true,
	},
	[TUNKIT_FORMAT_HEX] = {
		.name = "hex",
		.next = tk_hex_next,
		.finish = tk_hex_finish,
		.put = tk_hex_put,
		.room = tk_hex_room,
	},
	[TUNKIT_FORMAT_LEN16] = {
		.name = "len16",
		.next = tk_length_next,
		.put = tk_length_put,
		.room = tk_length_room,
		.length_size = 2,
		.in_place = true,
	},
	[TUNKIT_FORMAT_LEN32] = {
		.name = "len32",
		.next = tk_length_next,
		.put = tk_length_put,
		.room = tk_length_room,
		.length_size = 4,
		.in_place = true,
	},
	[TUNKIT_FORMAT_PCAP] = {
		.name = "pcap",
		.next = tk_capture_next,
		.finish = tk_capture_finish,
		.release = tk_capture_release,
		.start = tk_pcap_start,
		.put = tk_pcap_put,
		.room = tk_pcap_room,
	},
	[TUNKIT_FORMAT_PCAPNG] = {
		.name = "pcapng",
		.next = tk_capture_next,
		.finish = tk_capture_finish,
		.release = tk_capture_release,
		.start = tk_pcapng_start,
		.put = tk_pcapng_put,
		.room = tk_pcapng_room,
		.drops = tk_pcapng_drops,
	},
	[TUNKIT_FORMAT_GSO] = {
		.name = "gso",
		.next = tk_gso_next,
		.finish = tk_gso_finish,
		.start = tk_gso_start,
		.admit = tk_gso_admit,
		.put = tk_gso_put,
		.room = tk_gso_room,
	},
};

const struct tk_format *tk_format(enum tunkit_format format)
{
	if ((size_t)format >= TK_COUNT(formats) || !formats[format].name)
		return NULL;
	return &formats[format];
}

const char *tunkit_format_name(enum tunkit_format format)
{
	const struct tk_format *f = tk_format(format);

	return f ? f->name : "none";
}

int tunkit_format_parse(const char *name, enum tunkit_format *format)
{
	for (size_t i = 0; i < TK_COUNT(formats); i++) {
		if (!formats[i].name || strcmp(formats[i].name, name))
			continue;
		*format = i;
		return 0;
	}
	return -EINVAL;
}

enum tunkit_format tunkit_format_guess(const void *bytes, size_t len)
{
	/* Micro- and nanoseconds, both byte orders. */
	static const struct {
		uint8_t bytes[4];
		enum tunkit_format format;
	} magics[] = {
		{ { 0xa1, 0xb2, 0xc3, 0xd4 }, TUNKIT_FORMAT_PCAP },
		{ { 0xd4, 0xc3, 0xb2, 0xa1 }, TUNKIT_FORMAT_PCAP },
		{ { 0xa1, 0xb2, 0x3c, 0x4d }, TUNKIT_FORMAT_PCAP },
		{ { 0x4d, 0x3c, 0xb2, 0xa1 }, TUNKIT_FORMAT_PCAP },
		{ { 0x0a, 0x0d, 0x0d, 0x0a }, TUNKIT_FORMAT_PCAPNG },
	};

	for (size_t i = 0; i < TK_COUNT(magics); i++)
		if (len >= 4 && !memcmp(bytes, magics[i].bytes, 4))
			return magics[i].format;
	return TUNKIT_FORMAT_NONE;
}

int tk_stream_opts(struct tunkit_stream_opts *to,
		   const struct tunkit_stream_opts *from)
{
	int err = tk_opts_read(to, sizeof(*to), from);

	if (err)
		return err;
	if (!tk_format(to->format))
		return -EINVAL;
	if (to->kind != TUNKIT_TUN && to->kind != TUNKIT_TAP)
		return -EINVAL;
	return 0;
}
