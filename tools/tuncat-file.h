/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of -w and -r. */
#ifndef TUNCAT_FILE_H
#define TUNCAT_FILE_H

#include "tuncat-device.h"

/* Says why one is of no use; the path is escaped. Returns status. */
int file_failed(const char *path, const char *why, int status);

/*
 * Opens that of -w, made anew if it is absent, to be written without sleeping; a FIFO
 * when it has a reader. The wait for one ends by a signal, which is in *number
 * then, or with one of the devices (those not open are all zero). Returns an
 * exit status, after a message unless a signal came.
 */
int file_open(const char *path, struct device devices[2], int signals,
	      int *fd, int *number);

#endif /* TUNCAT_FILE_H */
