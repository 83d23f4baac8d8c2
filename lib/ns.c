// SPDX-License-Identifier: LGPL-2.1-or-later
#include "ns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netlink/socket.h>

#include "internal.h"
#include "netlink.h"

#define OWN_NS		"/proc/thread-self/ns/net"
#define NAMED_NS	"/var/run/netns"

/* /proc/PID/ns/net of "pid:NUMBER"; false: not a process number. */
static bool pid_path(const char *number, char *path, size_t size)
{
	char *end;
	long pid;

	if (*number < '0' || *number > '9')
		return false;
	errno = 0;
	pid = strtol(number, &end, 10);
	if (errno || *end || pid < 1 || pid > INT_MAX)
		return false;
	snprintf(path, size, "/proc/%ld/ns/net", pid);
	return true;
}

static int open_nsfs(const char *where)
{
	struct stat st;
	char path[PATH_MAX];
	bool process = !strncmp(where, "pid:", 4) && !strchr(where, '/');
	int fd;

	if (process) {
		if (!pid_path(where + 4, path, sizeof(path)))
			return -EINVAL;
	} else if (snprintf(path, sizeof(path), strchr(where, '/') ? "%s%s" :
			    NAMED_NS "/%s%s", where, "") >= (int)sizeof(path)) {
		return -ENAMETOOLONG;
	}
	/* Opening must not block or act, as it does on a FIFO or a watchdog. */
	if (stat(path, &st))
		return process && errno == ENOENT ? -ESRCH : -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return process && errno == ENOENT ? -ESRCH : -errno;
	if (ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return fd;
	close(fd);
	return -EINVAL;
}

/* The thread may have moved since the namespace was opened: look each time. */
static bool is_here(const struct tunkit_ns *ns)
{
	struct stat here, there;

	if (ns->fd < 0)
		return true;
	return !stat(OWN_NS, &here) && !fstat(ns->fd, &there) &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

struct call {
	int fd;
	int (*fn)(void *arg);
	void *arg;
	int result;
};

static void *enter_and_call(void *arg)
{
	struct call *call = arg;

	if (setns(call->fd, CLONE_NEWNET))
		call->result = -errno;
	else
		call->result = call->fn(call->arg);
	return NULL;
}

int tk_ns_run(struct tunkit_ns *ns, int (*fn)(void *), void *arg)
{
	struct call call = { .fd = ns->fd, .fn = fn, .arg = arg };
	sigset_t all, before;
	pthread_t thread;
	int err;

	if (is_here(ns))
		return fn(arg);
	/* The application's signal handlers never run on our thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&thread, NULL, enter_and_call, &call);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	return call.result;
}

static int open_socket(void *arg)
{
	struct tunkit_ns *ns = arg;

	return tk_nl_open(&ns->socket);
}

static int open_where(struct tunkit_ns *ns, const char *where)
{
	ns->name = strdup(where);
	if (!ns->name)
		return -ENOMEM;
	if (!*where) {
		ns->fd = open(OWN_NS, O_RDONLY | O_CLOEXEC);
	} else {
		ns->fd = open_nsfs(where);
		if (ns->fd < 0)
			return ns->fd;
	}
	return tk_ns_run(ns, open_socket, ns);
}

int tunkit_ns_open(const char *where, const struct tunkit_ns_opts *opts,
		   struct tunkit_ns **result)
{
	struct tunkit_ns_opts o;
	struct tunkit_ns *ns;
	int err = tk_opts_read(&o, sizeof(o), opts);

	if (err)
		return err;
	ns = calloc(1, sizeof(*ns));
	if (!ns)
		return -ENOMEM;
	ns->fd = -1;
	err = tk_node_choose(ns, o.node);
	if (!err)
		err = open_where(ns, where ? where : "");
	if (err) {
		tunkit_ns_close(ns);
		return err;
	}
	*result = ns;
	return 0;
}

int tk_ns_copy(struct tunkit_ns *ns, struct tunkit_ns **result)
{
	struct tunkit_ns *copy = calloc(1, sizeof(*copy));
	int err = 0;

	if (!copy)
		return -ENOMEM;
	copy->fd = -1;
	if (ns->fd >= 0) {
		copy->fd = fcntl(ns->fd, F_DUPFD_CLOEXEC, 0);
		err = copy->fd < 0 ? -errno : 0;
	}
	if (!err)
		err = tk_ns_run(copy, open_socket, copy);
	if (err)
		tunkit_ns_close(copy);
	else
		*result = copy;
	return err;
}

void tunkit_ns_close(struct tunkit_ns *ns)
{
	if (!ns)
		return;
	nl_socket_free(ns->socket);
	if (ns->fd >= 0)
		close(ns->fd);
	free(ns->node_asked);
	free(ns->name);
	free(ns);
}

const char *tunkit_ns_name(const struct tunkit_ns *ns)
{
	return ns->name;
}

const char *tunkit_ns_node(const struct tunkit_ns *ns)
{
	return ns->node;
}

const char *tunkit_ns_error(const struct tunkit_ns *ns)
{
	return *ns->error ? ns->error : NULL;
}
