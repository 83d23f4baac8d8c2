/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc says of other processes, which may end at any moment. */
#ifndef TUNKIT_PROCESS_H
#define TUNKIT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* At most size - 1 bytes of a file, NUL-terminated; their count or -errno. */
ssize_t tk_proc_read(int dirfd, const char *path, char *text, size_t size);

/* The process number that a name in /proc is, or 0. */
pid_t tk_proc_pid(const char *name);

/* Whether it could have no descriptors anyway: a kernel thread, a zombie. */
bool tk_proc_is_hollow(int proc, pid_t pid);

/* Real uid and name; false: it is gone. */
bool tk_proc_identity(int proc, pid_t pid, uid_t *uid, char *command,
		      size_t size);

#endif /* TUNKIT_PROCESS_H */
