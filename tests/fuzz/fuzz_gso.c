// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A hostile peer. The first byte chooses the kind of device, the second what
 * it takes, the third the size of chunks; the rest is what the peer sends.
 * However it comes, no frame is given out that the device did not agree to,
 * and one that was given out can be sent on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tunkit.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(int truth)
{
	if (!truth)
		abort();
}

static void send_on(const struct tunkit_stream_opts *opts,
		    const struct tunkit_frame *frame)
{
	struct tunkit_writer *writer;
	size_t len;

	must(!tunkit_writer_new(opts, &writer));
	must(tunkit_writer_put(writer, frame, TUNKIT_FROM_KERNEL, 0) == -EAGAIN);
	must(!tunkit_writer_agree(writer, opts->offload));
	must(!tunkit_writer_put(writer, frame, TUNKIT_FROM_KERNEL, 0));
	tunkit_writer_pending(writer, &len);
	must(len == 16 + 16 + frame->len);
	tunkit_writer_free(writer);
}

static void look_at(const struct tunkit_stream_opts *opts,
		    const struct tunkit_frame *frame)
{
	unsigned int needs = ~0u;
	volatile uint8_t byte;

	must(frame->has_vnet && frame->len <= 65554);
	must(!tunkit_vnet_check(&frame->vnet, frame->len, NULL));
	must(!tunkit_vnet_offload(&frame->vnet, &needs));
	must(!(needs & ~opts->offload));
	for (size_t i = 0; i < frame->len; i++)
		byte = frame->data[i];
	(void)byte;
	send_on(opts, frame);
}

static int take(struct tunkit_reader *reader,
		const struct tunkit_stream_opts *opts)
{
	struct tunkit_frame frame;
	int n;

	while ((n = tunkit_reader_next(reader, &frame)) == 1)
		look_at(opts, &frame);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	/* What a driver has: all, without USO, checksums alone, nothing. */
	static const unsigned int sets[] = { 0x6f, 0x0f, 0x01, 0 };
	struct tunkit_stream_opts o = TUNKIT_INIT(o);
	struct tunkit_reader *reader;
	struct tunkit_hello hello;
	size_t chunk;
	int end = 0;

	if (len < 3)
		return 0;
	o.format = TUNKIT_FORMAT_GSO;
	o.kind = bytes[0] & 1 ? TUNKIT_TAP : TUNKIT_TUN;
	o.offload = sets[bytes[1] & 3];
	chunk = 1 + bytes[2];
	must(!tunkit_reader_new(&o, &reader));
	for (bytes += 3, len -= 3; len && !end; ) {
		size_t size, n = chunk < len ? chunk : len;
		void *space = tunkit_reader_space(reader, &size);

		must(size > 0);
		if (n > size)
			n = size;
		memcpy(space, bytes, n);
		tunkit_reader_filled(reader, n);
		bytes += n;
		len -= n;
		end = take(reader, &o);
	}
	must(!end || *tunkit_reader_error(reader));
	if (!end)
		tunkit_reader_finish(reader);
	if (!tunkit_reader_hello(reader, &hello))
		must(hello.kind == o.kind && !(hello.offload & ~0x6fu));
	tunkit_reader_free(reader);
	return 0;
}
