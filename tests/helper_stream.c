// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * helper_stream FROM TO tun|tap [pi]: frames from standard input in one format
 * to standard output in another.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tunkit.h"

static void die(const char *what, const char *why)
{
	fprintf(stderr, "helper_stream: %s: %s\n", what, why);
	exit(1);
}

static void flush(struct tunkit_writer *writer)
{
	const void *at;
	size_t len;
	ssize_t n;

	for (;;) {
		at = tunkit_writer_pending(writer, &len);
		if (!len)
			return;
		n = write(STDOUT_FILENO, at, len);
		if (n < 0)
			die("write", strerror(errno));
		tunkit_writer_written(writer, n);
	}
}

static void pass(struct tunkit_reader *reader, struct tunkit_writer *writer)
{
	struct tunkit_frame f;
	int err;

	while ((err = tunkit_reader_next(reader, &f)) == 1) {
		err = tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL,
					1767323045678901234);
		if (err == -ENOBUFS) {
			flush(writer);
			err = tunkit_writer_put(writer, &f, TUNKIT_FROM_KERNEL,
						1767323045678901234);
		}
		if (err)
			die("put", strerror(-err));
	}
	if (err)
		die("read", tunkit_reader_error(reader));
	flush(writer);
}

int main(int argc, char **argv)
{
	struct tunkit_stream_opts in = TUNKIT_INIT(in), out;
	struct tunkit_reader *reader;
	struct tunkit_writer *writer;
	ssize_t n;

	if (argc < 4)
		die("usage", "helper_stream FROM TO tun|tap [pi]");
	in.kind = strcmp(argv[3], "tun") ? TUNKIT_TAP : TUNKIT_TUN;
	in.pi = argc > 4;
	out = in;
	if (tunkit_format_parse(argv[1], &in.format) ||
	    tunkit_format_parse(argv[2], &out.format))
		die("usage", "no such format");
	if (tunkit_reader_new(&in, &reader) || tunkit_writer_new(&out, &writer))
		die("usage", "no such combination");
	for (;;) {
		size_t size;
		void *space = tunkit_reader_space(reader, &size);

		n = read(STDIN_FILENO, space, size);
		if (n <= 0)
			break;
		tunkit_reader_filled(reader, n);
		pass(reader, writer);
	}
	if (n < 0)
		die("read", strerror(errno));
	if (tunkit_reader_finish(reader))
		die("read", tunkit_reader_error(reader));
	pass(reader, writer);
	tunkit_reader_free(reader);
	tunkit_writer_free(writer);
	return 0;
}
