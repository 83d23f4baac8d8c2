// SPDX-License-Identifier: LGPL-2.1-or-later
/* raw, len16 and len32: a big-endian length of 0, 2 or 4 bytes, the frame. */
#include "stream.h"

uint8_t *tk_length_put(struct tunkit_writer *writer, uint8_t *out,
		       const struct tunkit_frame *frame,
		       enum tunkit_direction direction, uint64_t time_ns)
{
	size_t size = writer->format->length_size;
	size_t len = tk_writer_kept(writer, frame);

	(void)direction;
	(void)time_ns;
	if (writer->opts.pi)
		len += TUNKIT_PI_SIZE;
	if (size == 2 && len > UINT16_MAX)
		return NULL;
	for (size_t i = 0; i < size; i++)
		*out++ = len >> 8 * (size - 1 - i);
	return tk_writer_copy(writer, out, frame);
}

size_t tk_length_room(size_t len)
{
	return 4 + TUNKIT_PI_SIZE + len;
}
