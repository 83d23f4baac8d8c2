// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-show.h"

#include <errno.h>

#include "message.h"

bool show_left(struct show *show, struct output *output)
{
	if (!show->optional || output != show->output)
		return true;
	output_close(output);
	return false;
}

/* A command takes what it likes. */
static int failed_command(struct output *output, int err)
{
	if (err == -EAGAIN)
		message_note("%s: does not read: %zu bytes of frames are lost; "
			     "-S gives it none", output->name,
			     output_waiting(output));
	output_close(output);
	return 0;
}

static int failed(struct show *show, struct output *output, int err)
{
	if ((err == -EPIPE || err == -EAGAIN) && show->optional &&
	    output == show->output)
		return failed_command(output, err);
	return output_failed(output, err);
}

/* Of two errors the one that is a failure. */
static int worse(int a, int b)
{
	return !a || (a == -EPIPE && b) ? b : a;
}

static bool takes(const struct output *output, enum tunkit_direction direction)
{
	return output->writer &&
	       (direction == TUNKIT_FROM_KERNEL || output->both);
}

static int put(struct show *show, struct output *output,
	       const struct tunkit_frame *frame,
	       enum tunkit_direction direction)
{
	int err;

	if (!takes(output, direction))
		return 0;
	err = output_put(output, frame, direction);
	if (!err)
		return 0;
	if (err != -EMSGSIZE && err != -EOPNOTSUPP)
		return failed(show, output, err);
	tally_add(&show->tally->refused, 1);
	return 0;
}

/* One that fails does not keep the frame from the other. */
int show_frame(struct show *show, const struct tunkit_frame *frame,
	       enum tunkit_direction direction)
{
	int err = put(show, show->output, frame, direction);
	int err2 = put(show, show->capture, frame, direction);

	return worse(err, err2);
}

int show_flush(struct show *show)
{
	int err = failed(show, show->output, output_flush(show->output));
	int err2 = failed(show, show->capture, output_flush(show->capture));

	return worse(err, err2);
}

int show_drops(struct show *show, uint64_t dropped)
{
	struct output *outputs[] = { show->output, show->capture };
	int err = 0;

	for (int i = 0; i < 2; i++) {
		int err2 = output_drops(outputs[i], TUNKIT_FROM_KERNEL, dropped);

		err = worse(err, failed(show, outputs[i], err2));
	}
	return err;
}

int show_drain(struct show *show, int signals, int *number)
{
	int err = failed(show, show->output,
			 output_drain(show->output, signals, number));
	int err2 = failed(show, show->capture,
			  output_drain(show->capture, signals, number));

	return worse(err, err2);
}

bool show_room(struct show *show, enum tunkit_direction direction, int *error)
{
	struct output *outputs[] = { show->output, show->capture };
	bool room = true;

	*error = 0;
	for (int i = 0; i < 2 && !*error; i++) {
		if (!takes(outputs[i], direction))
			continue;
		room &= output_room(outputs[i], error);
		if (*error)
			*error = failed(show, outputs[i], *error);
	}
	return room && !*error;
}

bool show_stalled(const struct show *show, enum tunkit_direction direction)
{
	return (takes(show->output, direction) && show->output->stalled) ||
	       (takes(show->capture, direction) && show->capture->stalled);
}
