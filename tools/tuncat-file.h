/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of -w. */
#ifndef TUNCAT_FILE_H
#define TUNCAT_FILE_H

#include "tuncat-device.h"

/*
 * Opens it, made anew if it is absent, to be written without sleeping; a FIFO
 * when it has a reader. The wait for one ends by a signal, which is in *number
 * then, or with one of the devices (those not open are all zero). Returns an
 * exit status, after a message unless a signal came.
 */
int file_open(const char *path, struct device devices[2], int signals,
	      int *fd, int *number);

#endif /* TUNCAT_FILE_H */
