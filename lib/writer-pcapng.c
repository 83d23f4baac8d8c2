// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pcapng, in the byte order of this machine: one section, an interface for the
 * device and one for its peer, enhanced packet blocks, at the end statistics.
 */
#include "pcap.h"

#include <string.h>

#define TEXT_SIZE	512	/* of a name, with the NUL */

#define OPTION_USERAPPL	4	/* of a section */
#define OPTION_NAME	2	/* of an interface */
#define OPTION_TSRESOL	9
#define OPTION_FLAGS	2	/* of a packet */
#define OPTION_IFRECV	4	/* of statistics */
#define OPTION_IFDROP	5

#define TSRESOL_NANO	9	/* 10^-9 s */
#define FLAG_INBOUND	1u	/* of OPTION_FLAGS */
#define FLAG_OUTBOUND	2u

static uint8_t *put(uint8_t *out, const void *bytes, size_t len)
{
	memcpy(out, bytes, len);
	return out + len;
}

static uint8_t *put16(uint8_t *out, uint16_t value)
{
	return put(out, &value, sizeof(value));
}

static uint8_t *put32(uint8_t *out, uint32_t value)
{
	return put(out, &value, sizeof(value));
}

static uint8_t *pad(uint8_t *out, size_t len)
{
	for (; len % 4; len++)
		*out++ = 0;
	return out;
}

static uint8_t *put_option(uint8_t *out, uint16_t code, const void *value,
			   size_t len)
{
	out = put16(out, code);
	out = put16(out, len);
	return pad(put(out, value, len), len);
}

/* Text from outside: what is read must not be able to harm a terminal. */
static uint8_t *put_text(uint8_t *out, uint16_t code, const char *text)
{
	char clean[TEXT_SIZE];

	if (!text)
		return out;
	tunkit_escape(clean, sizeof(clean), text);
	return put_option(out, code, clean, strlen(clean));
}

/* The end of the options and of the block that begins at block. */
static uint8_t *close_block(uint8_t *block, uint8_t *out)
{
	uint32_t length;

	out = put32(out, 0);
	length = out + sizeof(length) - block;
	put32(block + 4, length);
	return put32(out, length);
}

/* The type and room for the length. */
static uint8_t *open_block(uint8_t *block, uint32_t type)
{
	return put32(put32(block, type), 0);
}

static uint8_t *put_section(uint8_t *block)
{
	uint8_t *out = open_block(block, TK_PCAPNG_SECTION);

	out = put32(out, TK_PCAPNG_ORDER);
	out = put16(out, 1);
	out = put16(out, 0);
	/* The length of the section is not known. */
	out = put32(out, UINT32_MAX);
	out = put32(out, UINT32_MAX);
	out = put_text(out, OPTION_USERAPPL, "tunkit " TUNKIT_VERSION);
	return close_block(block, out);
}

static uint8_t *put_interface(struct tunkit_writer *writer, uint8_t *block,
			      const char *name)
{
	uint8_t *out = open_block(block, TK_PCAPNG_INTERFACE);
	uint8_t resolution = TSRESOL_NANO;
	uint32_t snaplen;

	out = put16(out, tk_pcap_link(writer, &snaplen));
	out = put16(out, 0);
	out = put32(out, snaplen);
	out = put_text(out, OPTION_NAME, name);
	out = put_option(out, OPTION_TSRESOL, &resolution, sizeof(resolution));
	writer->interfaces++;
	return close_block(block, out);
}

void tk_pcapng_start(struct tunkit_writer *writer)
{
	uint8_t *out = put_section(writer->buffer);

	out = put_interface(writer, out, writer->opts.name);
	if (writer->opts.peer)
		out = put_interface(writer, out, writer->opts.peer);
	writer->end = out - writer->buffer;
}

static unsigned int interface_of(const struct tunkit_writer *writer,
				 enum tunkit_direction direction)
{
	return writer->interfaces > 1 && direction == TUNKIT_TO_KERNEL;
}

static uint8_t *put_time(uint8_t *out, uint64_t time_ns)
{
	return put32(put32(out, time_ns >> 32), time_ns);
}

uint8_t *tk_pcapng_put(struct tunkit_writer *writer, uint8_t *block,
		       const struct tunkit_frame *frame,
		       enum tunkit_direction direction, uint64_t time_ns)
{
	unsigned int interface = interface_of(writer, direction);
	uint8_t *out = open_block(block, TK_PCAPNG_ENHANCED);
	uint8_t *lengths, *data;
	uint32_t flags, len;

	/* Each end of a pair sends what is recorded on it. */
	if (writer->interfaces > 1)
		direction = TUNKIT_FROM_KERNEL;
	flags = direction == TUNKIT_FROM_KERNEL ? FLAG_OUTBOUND : FLAG_INBOUND;
	out = put32(out, interface);
	lengths = put_time(out, time_ns);
	data = lengths + 8;
	out = tk_pcap_data(writer, data, frame, direction, &len);
	put32(put32(lengths, out - data), len);
	out = pad(out, out - data);
	out = put_option(out, OPTION_FLAGS, &flags, sizeof(flags));
	writer->frames[interface]++;
	return close_block(block, out);
}

uint8_t *tk_pcapng_drops(const struct tunkit_writer *writer, uint8_t *block,
			 enum tunkit_direction direction, uint64_t dropped,
			 uint64_t time_ns)
{
	unsigned int interface = interface_of(writer, direction);
	uint8_t *out = open_block(block, TK_PCAPNG_STATISTICS);
	uint64_t received = writer->frames[interface] + dropped;

	out = put_time(put32(out, interface), time_ns);
	out = put_option(out, OPTION_IFRECV, &received, sizeof(received));
	out = put_option(out, OPTION_IFDROP, &dropped, sizeof(dropped));
	return close_block(block, out);
}

size_t tk_pcapng_room(size_t len)
{
	/* The block, its padding and one option with the end of all. */
	return 32 + TK_SLL_SIZE + len + 3 + 8 + 4;
}
