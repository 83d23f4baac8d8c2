// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "gso.h"

void tk_gso_start(struct tunkit_writer *writer)
{
	struct tunkit_hello hello = {
		.kind = writer->opts.kind,
		.offload = tk_gso_sane(writer->opts.offload),
		.one_way = writer->opts.one_way,
	};

	tk_gso_hello_put(&hello, writer->buffer);
	writer->end = TK_GSO_HELLO_SIZE;
	/* Whoever waits for no answer sends what it has announced. */
	writer->agreed = hello.one_way;
	writer->peer_offload = hello.offload;
}

int tunkit_writer_agree(struct tunkit_writer *writer, unsigned int offload)
{
	if (writer->opts.format != TUNKIT_FORMAT_GSO)
		return -EOPNOTSUPP;
	writer->agreed = true;
	writer->peer_offload = tk_gso_sane(offload);
	return 0;
}

int tk_gso_admit(const struct tunkit_writer *writer,
		 const struct tunkit_frame *frame)
{
	unsigned int needs = 0;

	if (!writer->agreed)
		return -EAGAIN;
	if (frame->len > TK_FRAME_MAX)
		return -EMSGSIZE;
	if (!frame->has_vnet)
		return 0;
	if (tunkit_vnet_check(&frame->vnet, frame->len, NULL) ||
	    tunkit_vnet_offload(&frame->vnet, &needs))
		return -EOPNOTSUPP;
	/* A checksum alone is filled in, segments are not cut. */
	if (frame->vnet.gso_type != TUNKIT_GSO_NONE &&
	    needs & ~writer->peer_offload)
		return -EOPNOTSUPP;
	return 0;
}

uint8_t *tk_gso_put(struct tunkit_writer *writer, uint8_t *out,
		    const struct tunkit_frame *frame,
		    enum tunkit_direction direction, uint64_t time_ns)
{
	static const struct tunkit_layout layout = {
		.vnet_hdr_size = TUNKIT_VNET_SIZE,
	};
	struct tunkit_frame head = *frame;
	uint8_t *data = out + TK_GSO_HEAD_SIZE;

	(void)direction;
	(void)time_ns;
	if (frame->len)
		memcpy(data, frame->data, frame->len);
	head.vnet.flags &= TUNKIT_VNET_NEEDS_CSUM | TUNKIT_VNET_DATA_VALID;
	if (head.has_vnet && !(writer->peer_offload & TUNKIT_OFFLOAD_CSUM))
		tunkit_frame_complete(&head.vnet, data, frame->len);
	tk_put_le32(out, (uint32_t)frame->len);
	tunkit_frame_encode(&layout, &head, out + 4, TUNKIT_VNET_SIZE);
	tk_put_le16(out + 4 + TUNKIT_VNET_SIZE,
		    frame->has_pi ? frame->pi_proto : 0);
	return data + frame->len;
}

size_t tk_gso_room(size_t len)
{
	return TK_GSO_HEAD_SIZE + len;
}
