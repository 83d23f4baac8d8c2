// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * gso: a hello, then frames with their virtio-net header. Nothing that comes
 * out asks for an offload that the device does not have.
 */
#include "stream.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "gso.h"

#define NO_GSO	"the other side does not speak --gso: its stream begins with "
#define SHOWN	8	/* bytes of a wrong beginning, up to a NUL */

static int no_hello(struct tunkit_reader *reader, unsigned long long at,
		    const uint8_t *p, size_t have)
{
	char bytes[SHOWN + 1] = "", text[4 * SHOWN + 1];

	if (!*p)
		return tk_reader_break(reader, at, NO_GSO "a byte of 0");
	memcpy(bytes, p, have < SHOWN ? have : SHOWN);
	tunkit_escape(text, sizeof(text), bytes);
	return tk_reader_break(reader, at, NO_GSO "'%s'", text);
}

static const char *kind_name(enum tunkit_kind kind)
{
	return kind == TUNKIT_TUN ? "TUN" : "TAP";
}

/* Whether what the peer says of itself fits what we have. */
static int check_hello(struct tunkit_reader *reader, unsigned long long at)
{
	const struct tunkit_hello *peer = &reader->gso.peer;
	unsigned int lacks = peer->offload & ~reader->opts.offload;

	if (peer->kind != reader->opts.kind)
		return tk_reader_refuse(reader, -EMEDIUMTYPE, at,
					"the other side has a %s device, this one a %s device",
					kind_name(peer->kind),
					kind_name(reader->opts.kind));
	if (peer->one_way && lacks)
		return tk_reader_refuse(reader, -EOPNOTSUPP, at,
					"the other side sends one way, with offloads that this device does not take (0x%x)",
					lacks);
	return 1;
}

/* 1: the hello is behind us. */
static int take_hello(struct tunkit_reader *reader)
{
	const uint8_t *p = reader->buffer + reader->begin;
	size_t have = reader->end - reader->begin;
	unsigned long long at = tk_reader_at(reader, p);
	int result = tk_gso_hello_get(p, have, &reader->gso.peer);

	if (result == -EPROTO)
		return no_hello(reader, at, p, have);
	if (result == -EPROTONOSUPPORT)
		return tk_reader_refuse(reader, -EOPNOTSUPP, at,
					"the other side speaks another version of --gso: update the older one");
	if (result == 1)
		result = check_hello(reader, at);
	if (result != 1)
		return result;
	reader->begin += TK_GSO_HELLO_SIZE;
	reader->gso.started = true;
	return 1;
}

static int check_frame(struct tunkit_reader *reader, unsigned long long at,
		       const struct tunkit_frame *frame)
{
	unsigned int needs;
	const char *why;

	if (tunkit_vnet_check(&frame->vnet, frame->len, &why))
		return tk_reader_break(reader, at,
				       "the header at byte %llu is wrong: %s",
				       at, why);
	if (frame->vnet.flags & ~(TUNKIT_VNET_NEEDS_CSUM |
				  TUNKIT_VNET_DATA_VALID))
		return tk_reader_break(reader, at,
				       "the header at byte %llu has unknown flags: 0x%x",
				       at, frame->vnet.flags);
	if (tunkit_vnet_offload(&frame->vnet, &needs) ||
	    needs & ~reader->opts.offload)
		return tk_reader_break(reader, at,
				       "the frame at byte %llu needs an offload that was not agreed on: type 0x%x, flags 0x%x",
				       at, frame->vnet.gso_type,
				       frame->vnet.flags);
	return 1;
}

int tk_gso_next(struct tunkit_reader *reader, struct tunkit_frame *frame)
{
	static const struct tunkit_layout layout = {
		.vnet_hdr_size = TUNKIT_VNET_SIZE,
	};
	struct tunkit_frame result;
	unsigned long long at;
	const uint8_t *p;
	uint32_t len;
	int err;

	if (!reader->gso.started) {
		err = take_hello(reader);
		if (err != 1)
			return err;
	}
	p = reader->buffer + reader->begin;
	at = tk_reader_at(reader, p);
	if (reader->end - reader->begin < TK_GSO_HEAD_SIZE)
		return 0;
	len = tk_get_le32(p);
	if (len > TK_FRAME_MAX)
		return tk_reader_break(reader, at,
				       "length %u at byte %llu is above %u",
				       len, at, TK_FRAME_MAX);
	if (reader->end - reader->begin - TK_GSO_HEAD_SIZE < len)
		return 0;
	tunkit_frame_decode(&layout, p + 4, TUNKIT_VNET_SIZE, &result);
	result.data = p + TK_GSO_HEAD_SIZE;
	result.len = len;
	result.pi_proto = tk_get_le16(p + 4 + TUNKIT_VNET_SIZE);
	result.has_pi = result.pi_proto;
	err = check_frame(reader, at, &result);
	if (err != 1)
		return err;
	reader->begin += TK_GSO_HEAD_SIZE + len;
	*frame = result;
	return 1;
}

int tk_gso_finish(struct tunkit_reader *reader)
{
	if (reader->gso.started || reader->begin == reader->end)
		return tk_reader_end(reader);
	return tk_reader_break(reader, tunkit_reader_offset(reader),
			       "the other side ended inside its hello");
}

int tunkit_reader_hello(const struct tunkit_reader *reader,
			struct tunkit_hello *hello)
{
	if (reader->opts.format != TUNKIT_FORMAT_GSO)
		return -EOPNOTSUPP;
	if (!reader->gso.started)
		return -EAGAIN;
	*hello = reader->gso.peer;
	return 0;
}
