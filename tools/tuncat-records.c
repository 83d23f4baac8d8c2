// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-records.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void records_start(struct records *records, int fd)
{
	struct stat stat;

	*records = (struct records){
		.on = !fstat(fd, &stat) && S_ISREG(stat.st_mode),
	};
}

void records_free(struct records *records)
{
	free(records->ends);
	*records = (struct records){ 0 };
}

static int make_room(struct records *records)
{
	size_t size = records->size ? 2 * records->size : 64;
	uint64_t *ends;

	if (records->count < records->size)
		return 0;
	ends = reallocarray(records->ends, size, sizeof(*ends));
	if (!ends)
		return -ENOMEM;
	records->ends = ends;
	records->size = size;
	return 0;
}

void records_put(struct records *records, size_t waiting)
{
	/* An end that is not known costs the record, if it comes to that. */
	if (records->on && !make_room(records))
		records->ends[records->count++] = records->written + waiting;
}

/* Of len bytes of a record just written, or -1: others stand in between. */
static off_t find_end(const struct records *records, int fd, size_t len)
{
	off_t end = lseek(fd, 0, SEEK_CUR);
	bool begun = records->written - records->whole > len;

	return begun && end - (off_t)len != records->end ? -1 : end;
}

void records_written(struct records *records, int fd, size_t len)
{
	size_t i = records->count;

	if (!records->on)
		return;
	records->written += len;
	while (i && records->ends[i - 1] > records->written)
		i--;
	if (i)
		records->whole = records->ends[i - 1];
	if (records->written != records->whole)
		records->end = find_end(records, fd, len);
	/* More is written only when the disk was full, and then no more. */
	if (i == records->count)
		records->count = 0;
}

int records_cut(const struct records *records, int fd)
{
	off_t end = records->end;
	off_t whole = end - (off_t)(records->written - records->whole);
	struct stat stat;

	if (!records->on || records->written == records->whole)
		return 0;
	if (fstat(fd, &stat))
		return -errno;
	if (stat.st_size != end || lseek(fd, 0, SEEK_CUR) != end)
		return -EBUSY;
	/* Whoever shares the description goes on there, not behind a hole. */
	if (ftruncate(fd, whole) || lseek(fd, whole, SEEK_SET) < 0)
		return -errno;
	return 0;
}
