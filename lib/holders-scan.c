// SPDX-License-Identifier: LGPL-2.1-or-later
#include "holders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ns.h"
#include "process.h"
#include "queue.h"

struct scan {
	struct tunkit_holders *found;
	const char *device;	/* NULL: any of list */
	const struct tunkit_device_list *list;
	int proc;
	bool has_ns;
	struct stat ns;
};

/* What is read of the process at hand, once it turns out to hold a queue. */
struct process {
	pid_t pid;
	int pidfd;		/* -1: not opened yet, or refused */
	bool unreadable;	/* a descriptor that may be a queue is */
	bool known;
	uid_t uid;
	char command[64];
};

static bool is_wanted(const struct scan *scan, const char *name)
{
	size_t i, count;

	if (scan->device)
		return !strcmp(name, scan->device);
	count = tunkit_device_list_count(scan->list);
	for (i = 0; i < count; i++)
		if (!strcmp(name, tunkit_device_list_at(scan->list, i)->name))
			return true;
	return false;
}

/* 1: the descriptor's device is in the namespace, 0: in another, -1: unknown. */
static int is_in_ns(const struct scan *scan, int fd)
{
	struct stat st;
	int ns, err;

	if (!scan->has_ns)
		return -1;
	ns = ioctl(fd, TUNGETDEVNETNS);
	if (ns < 0)
		return -1;
	err = fstat(ns, &st);
	close(ns);
	if (err)
		return -1;
	return st.st_dev == scan->ns.st_dev && st.st_ino == scan->ns.st_ino;
}

/*
 * Asks a copy of the descriptor, which is closed at once lest it keep the
 * queue. False: it is another device's, or no longer attached.
 */
static bool inspect(const struct scan *scan, struct process *process,
		    struct tunkit_holder *holder)
{
	char name[TUNKIT_NAME_SIZE];
	int fd, flags, in_ns;

	if (process->pidfd < 0)
		process->pidfd = syscall(SYS_pidfd_open, process->pid, 0);
	if (process->pidfd < 0)
		return true;
	fd = tk_queue_copy(process->pidfd, holder->fd);
	if (fd < 0)
		return fd != -EBADF && fd != -ENOTTY && fd != -ESRCH;
	flags = tk_queue_flags(fd, name);
	in_ns = is_in_ns(scan, fd);
	close(fd);
	if (flags < 0 || strcmp(name, holder->device) || !in_ns)
		return false;
	holder->verified = in_ns > 0;
	holder->state = flags & IFF_DETACH_QUEUE ? TUNKIT_QUEUE_DETACHED :
						   TUNKIT_QUEUE_ATTACHED;
	return true;
}

/* The name after "iff:" in fdinfo; false: none, so no device. */
static bool read_name(const struct scan *scan, struct process *process, int fd,
		      char name[TUNKIT_NAME_SIZE])
{
	char path[64], text[512], *line;
	ssize_t len;

	snprintf(path, sizeof(path), "%d/fdinfo/%d", process->pid, fd);
	len = tk_proc_read(scan->proc, path, text, sizeof(text));
	if (len == -EACCES || len == -EPERM)
		process->unreadable = true;
	if (len < 0)
		return false;
	line = strstr(text, "\niff:\t");
	return line && sscanf(line + 6, "%15s", name) == 1;
}

static int add(struct scan *scan, struct process *process, int fd)
{
	struct tunkit_holder holder = { .pid = process->pid, .fd = fd };
	struct tunkit_holder *slot;

	if (!read_name(scan, process, fd, holder.device) ||
	    !is_wanted(scan, holder.device) ||
	    !inspect(scan, process, &holder))
		return 0;
	if (!process->known &&
	    !tk_proc_identity(scan->proc, process->pid, &process->uid,
			      process->command, sizeof(process->command)))
		return 0;
	process->known = true;
	holder.uid = process->uid;
	memcpy(holder.command, process->command, sizeof(holder.command));
	slot = tk_holders_append(scan->found);
	if (!slot)
		return -ENOMEM;
	*slot = holder;
	return 0;
}

/*
 * One statx() a descriptor costs half of what opening its fdinfo does, and
 * asks no file server: only clone nodes are looked at closer, and what may be
 * one because the question is refused (SELinux denies it file by file).
 */
static bool may_be_clone_node(int dir, const char *name)
{
	struct stat st = { 0 };
	struct statx stx;

	if (statx(dir, name, AT_STATX_DONT_SYNC, STATX_TYPE, &stx))
		return errno == EACCES || errno == EPERM;
	if (!S_ISCHR(stx.stx_mode))
		return false;
	st.st_mode = stx.stx_mode;
	st.st_rdev = makedev(stx.stx_rdev_major, stx.stx_rdev_minor);
	return !tk_node_check(&st);
}

/* fdinfo: the entries say nothing of the descriptors' type. */
static int scan_descriptors(struct scan *scan, pid_t pid, DIR *stream,
			    bool fdinfo)
{
	struct process process = { .pid = pid, .pidfd = -1 };
	struct dirent *entry;
	int err = 0;

	while (!err && (entry = readdir(stream)))
		if (*entry->d_name != '.' &&
		    (fdinfo || may_be_clone_node(dirfd(stream), entry->d_name)))
			err = add(scan, &process, atoi(entry->d_name));
	scan->found->unreadable += process.unreadable;
	if (process.pidfd >= 0)
		close(process.pidfd);
	return err;
}

static int scan_process(struct scan *scan, pid_t pid)
{
	char path[32];
	bool fdinfo = false;
	DIR *stream;
	int dir, err;

	snprintf(path, sizeof(path), "%d/fd", pid);
	dir = openat(scan->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 && errno == EACCES) {
		/* Since Linux 5.14 this one asks for CAP_SYS_PTRACE alone. */
		fdinfo = true;
		snprintf(path, sizeof(path), "%d/fdinfo", pid);
		dir = openat(scan->proc, path,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (dir < 0) {
		err = errno;
		if ((err == EACCES || err == EPERM) &&
		    !tk_proc_is_hollow(scan->proc, pid))
			scan->found->unreadable++;
		return err == EMFILE || err == ENFILE ? -err : 0;
	}
	stream = fdopendir(dir);
	if (!stream) {
		close(dir);
		return -ENOMEM;
	}
	err = scan_descriptors(scan, pid, stream, fdinfo);
	closedir(stream);
	return err;
}

static int scan_proc(struct scan *scan)
{
	DIR *stream = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	if (!stream)
		return -errno;
	scan->proc = dirfd(stream);
	while (!err && (entry = readdir(stream))) {
		pid_t pid = tk_proc_pid(entry->d_name);

		if (pid)
			err = scan_process(scan, pid);
	}
	closedir(stream);
	return err;
}

int tk_holders_collect(struct tunkit_ns *ns, const char *device,
		       const struct tunkit_device_list *list,
		       struct tunkit_holders *found)
{
	struct scan scan = { .found = found, .device = device, .list = list };

	scan.has_ns = ns->fd >= 0 && !fstat(ns->fd, &scan.ns);
	return scan_proc(&scan);
}
