/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Readers and writers inside. reader.c and writer.c hold the buffers, each
 * reader-*.c and writer-*.c one family of formats, format.c the table.
 */
#ifndef TUNKIT_STREAM_H
#define TUNKIT_STREAM_H

#include <time.h>

#include "tunkit.h"

/* The longest frame that any device takes: 65536 and two VLAN-tagged headers */
#define TK_FRAME_MAX	65554u
/* What a writer gathers before it says -ENOBUFS. */
#define TK_GATHER	(256u << 10)
#define TK_DROPS_ROOM	64u

struct tk_format {
	const char *name;
	/*
	 * Gives the frame at reader->begin and moves begin behind it: 1, 0 or
	 * tk_reader_break(). NULL: the format cannot be read.
	 */
	int (*next)(struct tunkit_reader *reader, struct tunkit_frame *frame);
	/* At the end of input; NULL: bytes that are left over are an error. */
	int (*finish)(struct tunkit_reader *reader);
	/* Gives back what the reader's part of this format owns; may be NULL. */
	void (*release)(struct tunkit_reader *reader);

	/* Puts what comes before the first frame; may be NULL. */
	void (*start)(struct tunkit_writer *writer);
	/*
	 * Writes a frame to out, where room(len) bytes are free; returns the
	 * end of what it wrote, NULL for a frame that does not fit the format.
	 */
	uint8_t *(*put)(struct tunkit_writer *writer, uint8_t *out,
			const struct tunkit_frame *frame,
			enum tunkit_direction direction, uint64_t time_ns);
	size_t (*room)(size_t len);
	/* Whether a frame can be put now: 0, or the error of put; or NULL. */
	int (*admit)(const struct tunkit_writer *writer,
		     const struct tunkit_frame *frame);
	/*
	 * Writes what the kernel has dropped to out, where TK_DROPS_ROOM bytes
	 * are free; returns its end. NULL: the format has no place for that.
	 */
	uint8_t *(*drops)(const struct tunkit_writer *writer, uint8_t *out,
			  enum tunkit_direction direction, uint64_t dropped,
			  uint64_t time_ns);
	/* Bytes of length before each frame; with in_place reserve works. */
	size_t length_size;
	bool in_place;
};

/* NULL for what is not a format. */
const struct tk_format *tk_format(enum tunkit_format format);

int tk_stream_opts(struct tunkit_stream_opts *to,
		   const struct tunkit_stream_opts *from);

/* ---- Reading ---- */

struct tk_pcap {
	bool started;		/* the file header is behind us */
	bool swapped;
	unsigned int tick_ns;	/* nanoseconds in the unit of its times */
	const struct tk_link_type *link;
};

struct tk_interface;

struct tk_pcapng {
	bool swapped;		/* in this section */
	struct tk_interface *interfaces;	/* of this section; owned */
	size_t count, room;
	/* The block that the reader is in: */
	unsigned long long at;
	uint32_t skip;		/* bytes to pass over, to its length's copy */
	uint32_t length;	/* 0: in none */
};

struct tk_hex {
	bool open;		/* a frame's first line is behind us */
	bool ended;		/* end of input */
	size_t len;		/* its decoded bytes, kept at reader->begin */
	unsigned long long at;	/* where its first line is */
};

struct tk_gso {
	bool started;		/* the hello is behind us */
	struct tunkit_hello peer;
};

struct tunkit_reader {
	const struct tk_format *format;
	struct tunkit_stream_opts opts;
	uint8_t *buffer;
	size_t size;
	size_t begin, end;	/* the bytes not yet given out */
	uint64_t total;		/* bytes ever filled in */
	union {
		struct tk_pcap pcap;
		struct tk_pcapng pcapng;
		struct tk_hex hex;
		struct tk_gso gso;
	};
	enum tunkit_format capture;	/* PCAP or PCAPNG, once that is known */
	bool has_time;		/* of the frame given out last */
	uint64_t time_ns;
	int error;		/* final */
	uint64_t error_offset;
	char text[192];
};

/* Offset in the stream of a byte that has not been moved or decoded. */
unsigned long long tk_reader_at(const struct tunkit_reader *reader,
				const void *byte);
/* Ends the stream with a text on what is wrong at that offset; -EPROTO. */
int tk_reader_break(struct tunkit_reader *reader, unsigned long long at,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for a stream that is sound but not for us, with that error. */
int tk_reader_refuse(struct tunkit_reader *reader, int error,
		     unsigned long long at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/*
 * Takes PI, if the stream has it, off a whole frame, which begins at that
 * offset. 1 or tk_reader_break().
 */
int tk_reader_give(struct tunkit_reader *reader, unsigned long long at,
		   const uint8_t *data, size_t len,
		   struct tunkit_frame *frame);

/* At the end of input: 0, or tk_reader_break() when bytes are left over. */
int tk_reader_end(struct tunkit_reader *reader);

int tk_raw_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_length_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_capture_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_capture_finish(struct tunkit_reader *reader);
void tk_capture_release(struct tunkit_reader *reader);
int tk_pcap_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_pcapng_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_pcapng_finish(struct tunkit_reader *reader);
void tk_pcapng_release(struct tunkit_reader *reader);
int tk_hex_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_hex_finish(struct tunkit_reader *reader);
int tk_gso_next(struct tunkit_reader *reader, struct tunkit_frame *frame);
int tk_gso_finish(struct tunkit_reader *reader);

/* ---- Writing ---- */

struct tunkit_writer {
	const struct tk_format *format;
	struct tunkit_stream_opts opts;
	uint8_t *buffer;
	size_t size;
	size_t begin, end;	/* the bytes that wait */
	size_t reserved;	/* bytes promised by reserve, 0: none */
	time_t second;		/* clock is its local time */
	char clock[32];		/* "2026-01-31 23:59:59" */
	char name[64];		/* escaped, with a space behind it; or "" */
	bool agreed;		/* gso: what the peer takes is known, */
	unsigned int peer_offload;	/* this */
	unsigned int interfaces;	/* pcapng: 1, or 2 with a peer */
	uint64_t frames[2];	/* pcapng: written of each */
};

/* Bytes of a frame that the options let through. */
size_t tk_writer_kept(const struct tunkit_writer *writer,
		      const struct tunkit_frame *frame);
/*
 * Copies PI, if the stream has it, and the frame with its checksum completed
 * to out, where frame->len + 4 bytes are free. Returns the end of what snaplen
 * leaves of it.
 */
uint8_t *tk_writer_copy(const struct tunkit_writer *writer, uint8_t *out,
			const struct tunkit_frame *frame);
/*
 * The line of format text without a line end, at most TK_LINE_SIZE bytes with
 * the NUL; date puts the day before the time. Returns its length.
 */
#define TK_LINE_SIZE	(TUNKIT_SUMMARY_SIZE + 160)
size_t tk_writer_line(struct tunkit_writer *writer, char *out, bool date,
		      const struct tunkit_frame *frame,
		      enum tunkit_direction direction, uint64_t time_ns);

uint8_t *tk_length_put(struct tunkit_writer *writer, uint8_t *out,
		       const struct tunkit_frame *frame,
		       enum tunkit_direction direction, uint64_t time_ns);
size_t tk_length_room(size_t len);
void tk_pcap_start(struct tunkit_writer *writer);
uint8_t *tk_pcap_put(struct tunkit_writer *writer, uint8_t *out,
		     const struct tunkit_frame *frame,
		     enum tunkit_direction direction, uint64_t time_ns);
size_t tk_pcap_room(size_t len);
void tk_pcapng_start(struct tunkit_writer *writer);
uint8_t *tk_pcapng_put(struct tunkit_writer *writer, uint8_t *out,
		       const struct tunkit_frame *frame,
		       enum tunkit_direction direction, uint64_t time_ns);
uint8_t *tk_pcapng_drops(const struct tunkit_writer *writer, uint8_t *out,
			 enum tunkit_direction direction, uint64_t dropped,
			 uint64_t time_ns);
size_t tk_pcapng_room(size_t len);
uint8_t *tk_hex_put(struct tunkit_writer *writer, uint8_t *out,
		    const struct tunkit_frame *frame,
		    enum tunkit_direction direction, uint64_t time_ns);
size_t tk_hex_room(size_t len);
uint8_t *tk_text_put(struct tunkit_writer *writer, uint8_t *out,
		     const struct tunkit_frame *frame,
		     enum tunkit_direction direction, uint64_t time_ns);
size_t tk_text_room(size_t len);
void tk_gso_start(struct tunkit_writer *writer);
int tk_gso_admit(const struct tunkit_writer *writer,
		 const struct tunkit_frame *frame);
uint8_t *tk_gso_put(struct tunkit_writer *writer, uint8_t *out,
		    const struct tunkit_frame *frame,
		    enum tunkit_direction direction, uint64_t time_ns);
size_t tk_gso_room(size_t len);

#endif /* TUNKIT_STREAM_H */
