// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * helper_stream FROM TO tun|tap [pi] [peer]: frames from standard input in one
 * format to standard output in another, with their times if FROM has them; peer
 * makes every second one that of another device, and counts drops.
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

/* 2026-01-02 03:04:05.678901234 UTC */
#define TIME_NS 1767323045678901234u

static bool has_peer;

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
	enum tunkit_direction direction = TUNKIT_FROM_KERNEL;
	struct tunkit_frame f;
	int err;

	while ((err = tunkit_reader_next(reader, &f)) == 1) {
		uint64_t time_ns = TIME_NS;

		tunkit_reader_time(reader, &time_ns);
		err = tunkit_writer_put(writer, &f, direction, time_ns);
		if (err == -ENOBUFS) {
			flush(writer);
			err = tunkit_writer_put(writer, &f, direction, time_ns);
		}
		if (has_peer)
			direction = !direction;
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
		die("usage", "helper_stream FROM TO tun|tap [pi] [peer]");
	in.kind = strcmp(argv[3], "tun") ? TUNKIT_TAP : TUNKIT_TUN;
	for (int i = 4; i < argc; i++) {
		in.pi |= !strcmp(argv[i], "pi");
		has_peer |= !strcmp(argv[i], "peer");
	}
	out = in;
	if (has_peer) {
		out.name = "h1/dev0";
		out.peer = "h2/dev0";
	}
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
	if (has_peer) {
		tunkit_writer_drops(writer, TUNKIT_FROM_KERNEL, 5, TIME_NS);
		tunkit_writer_drops(writer, TUNKIT_TO_KERNEL, 7, TIME_NS);
		flush(writer);
	}
	tunkit_reader_free(reader);
	tunkit_writer_free(writer);
	return 0;
}
