// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_SECOND	1000000000u

/* Local time asks the time zone's tables: once a second is enough. */
static const char *clock_text(struct tunkit_writer *writer, time_t second)
{
	struct tm tm;

	if (writer->second == second)
		return writer->clock;
	if (!localtime_r(&second, &tm) ||
	    !strftime(writer->clock, sizeof(writer->clock), "%F %T", &tm))
		strcpy(writer->clock, "0000-00-00 00:00:00");
	writer->second = second;
	return writer->clock;
}

/*
 * The frame as the other formats have it, with its checksum completed; a
 * header that does not allow for that is shown as it is.
 */
static struct tunkit_frame completed(const struct tunkit_frame *frame)
{
	struct tunkit_frame out = *frame;

	if (frame->has_vnet && !tunkit_vnet_check(&frame->vnet, frame->len, NULL))
		out.vnet.flags &= (uint8_t)~TUNKIT_VNET_NEEDS_CSUM;
	return out;
}

size_t tk_writer_line(struct tunkit_writer *writer, char *out, bool date,
		      const struct tunkit_frame *frame,
		      enum tunkit_direction direction, uint64_t time_ns)
{
	struct tunkit_frame whole = completed(frame);
	const char *clock = clock_text(writer, time_ns / NS_PER_SECOND);
	size_t time_at = strlen(clock) - strlen("00:00:00");
	size_t len, room;

	/* "tap0 >" gives a frame as a shell's file does, "tap0 <" takes one. */
	len = snprintf(out, TK_LINE_SIZE, "%s.%06u %s%c %zu: ",
		       date ? clock : clock + time_at,
		       (unsigned int)(time_ns % NS_PER_SECOND / 1000),
		       writer->name,
		       direction == TUNKIT_FROM_KERNEL ? '>' : '<', frame->len);
	room = TK_LINE_SIZE - len;
	len += tunkit_frame_summary(writer->opts.kind, &whole, out + len, room);
	return len < TK_LINE_SIZE ? len : TK_LINE_SIZE - 1;
}

uint8_t *tk_text_put(struct tunkit_writer *writer, uint8_t *out,
		     const struct tunkit_frame *frame,
		     enum tunkit_direction direction, uint64_t time_ns)
{
	out += tk_writer_line(writer, (char *)out, false, frame, direction,
			      time_ns);
	*out++ = '\n';
	/* As the driver gave it: an unfinished checksum is worth seeing. */
	if (writer->opts.details)
		out += tunkit_frame_details(writer->opts.kind, frame,
					    (char *)out, TUNKIT_DETAILS_SIZE);
	return out;
}

size_t tk_text_room(size_t len)
{
	(void)len;
	return TK_LINE_SIZE + 1 + TUNKIT_DETAILS_SIZE;
}
