/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the records of an output end, so that a regular file on a disk that
 * gets full can be cut back to the last whole one: a capture that ends inside a
 * frame is not read.
 */
#ifndef TUNCAT_RECORDS_H
#define TUNCAT_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes count from the first one that this run has written. */
struct records {
	bool on;		/* the output is a regular file */
	uint64_t written;
	uint64_t whole;		/* of these belong to whole records */
	off_t end;		/* in the file, of what is not whole */
	uint64_t *ends;		/* of records that wait */
	size_t count, size;
};

/* All zero is a struct records that is not on: nothing below does anything. */
void records_start(struct records *records, int fd);
void records_free(struct records *records);

/* A record ends where the bytes that wait to be written end. */
void records_put(struct records *records, size_t waiting);
void records_written(struct records *records, int fd, size_t len);
/*
 * Takes the beginning of a record off the end of the file, unless somebody else
 * has written behind it. 0 or -errno.
 */
int records_cut(const struct records *records, int fd);

#endif /* TUNCAT_RECORDS_H */
