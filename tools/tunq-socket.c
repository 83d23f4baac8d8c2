// SPDX-License-Identifier: GPL-2.0-or-later
/* A socket in the file system that appears all at once, and is removed. */
#include "tunq.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

enum {
	BACKLOG = 8,
	LOCK_PAUSE_US = 10000,
	LOCK_ATTEMPTS = 200,	/* two seconds */
};

static int fail(const char *path, const char *what)
{
	char shown[256];
	int err = errno;

	tunkit_escape(shown, sizeof(shown), path);
	message_error("%s: %s: %s", shown, what, strerror(err));
	return err == EACCES || err == EPERM ? TUNKIT_STATUS_PERMISSION :
					       TUNKIT_STATUS_FAILED;
}

int tunq_socket_address(const char *path, struct sockaddr_un *address)
{
	size_t len = strlen(path);

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (len && len < sizeof(address->sun_path)) {
		memcpy(address->sun_path, path, len);
		return 0;
	}
	message_error("the path of a socket has 1 to %zu bytes, not %zu",
		      sizeof(address->sun_path) - 1, len);
	return TUNKIT_STATUS_USAGE;
}

/* The length of path up to and with its last slash. */
static int folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (int)(slash + 1 - path) : 0;
}

/* Beside path, for what must not be seen there yet. */
static int beside(const char *path, char *out, size_t size)
{
	int len = snprintf(out, size, "%.*s.tunq.%d", folder_length(path), path,
			   (int)getpid());

	if (len > 0 && (size_t)len < size)
		return 0;
	message_error("the folder of the socket has a name that is too long");
	return TUNKIT_STATUS_USAGE;
}

/*
 * Whether nobody has the socket open. A socket of another type asks: whoever
 * listens does not see a visitor that wants nothing.
 */
static bool is_dead(const char *path)
{
	struct sockaddr_un address;
	int probe;
	bool dead;

	if (tunq_socket_address(path, &address))
		return false;
	probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return false;
	dead = connect(probe, (struct sockaddr *)&address, sizeof(address)) &&
	       errno == ECONNREFUSED;
	close(probe);
	return dead;
}

static int refuse_taken(const char *path, bool is_socket)
{
	char shown[256];

	tunkit_escape(shown, sizeof(shown), path);
	if (is_socket)
		message_error("%s: another process listens there", shown);
	else
		message_error("%s: is there already, and is not a socket",
			      shown);
	return TUNKIT_STATUS_STATE;
}

/*
 * Several that find a dead socket must not take away what one of them has put
 * in its place: they take turns by a lock on the folder. Descriptor of the
 * folder, or -1 after a message.
 */
static int lock_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int len = folder_length(path);
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", len ? len : 1,
		 len ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* The others hold it for a moment; a stranger could for ever. */
	for (int i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB); i++) {
		if (i == LOCK_ATTEMPTS || (errno != EWOULDBLOCK &&
					   errno != EINTR)) {
			close(fd);
			fd = -1;
			break;
		}
		usleep(LOCK_PAUSE_US);
	}
	if (fd < 0)
		fail(path, "the folder cannot be locked");
	return fd;
}

static int remove_dead(const char *path)
{
	struct stat file;

	if (lstat(path, &file))
		return errno == ENOENT ? 0 : fail(path, "cannot be looked at");
	if (!S_ISSOCK(file.st_mode) || !is_dead(path))
		return refuse_taken(path, S_ISSOCK(file.st_mode));
	if (unlink(path))
		return fail(path, "cannot be replaced");
	message_verbose("%s: nobody listened there any more", path);
	return 0;
}

/* By descriptor, so that nothing but our own new file changes hands. */
static int give(const struct tunq_socket *sock, uid_t owner)
{
	struct stat file;
	int status = 0;
	int fd;

	if (owner == geteuid())
		return 0;
	fd = open(sock->aside, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &file))
		status = fail(sock->path, "the new socket cannot be opened");
	else if (!S_ISSOCK(file.st_mode) || file.st_nlink != 1 ||
		 file.st_uid != geteuid())
		status = refuse_taken(sock->path, S_ISSOCK(file.st_mode));
	else if (fchownat(fd, "", owner, -1, AT_EMPTY_PATH))
		status = fail(sock->path, "only root (CAP_CHOWN) can serve another "
			      "user");
	if (fd >= 0)
		close(fd);
	return status;
}

static int bind_aside(struct tunq_socket *sock)
{
	struct sockaddr_un address;
	int status = tunq_socket_address(sock->aside, &address);
	mode_t mask;
	int err;

	if (status)
		return status;
	sock->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			  0);
	if (sock->fd < 0)
		return fail(sock->path, "socket");
	mask = umask(0177);
	err = bind(sock->fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (!err)
		return 0;
	status = fail(sock->path, "the socket cannot be made");
	/* Whatever is there is not ours. */
	sock->aside[0] = '\0';
	return status;
}

static int identify(struct tunq_socket *sock)
{
	struct stat file;

	if (lstat(sock->aside, &file))
		return fail(sock->aside, "cannot be looked at");
	sock->dev = file.st_dev;
	sock->ino = file.st_ino;
	return 0;
}

int tunq_socket_listen(struct tunq_socket *sock, const char *path, uid_t owner)
{
	struct sockaddr_un address;
	int status;

	*sock = (struct tunq_socket){ .path = path, .fd = -1 };
	status = tunq_socket_address(path, &address);
	if (!status)
		status = beside(path, sock->aside, sizeof(sock->aside));
	if (status)
		return status;
	status = bind_aside(sock);
	if (!status)
		status = give(sock, owner);
	if (!status)
		status = identify(sock);
	if (!status && listen(sock->fd, BACKLOG))
		status = fail(path, "listen");
	if (status)
		tunq_socket_close(sock);
	return status;
}

static bool move_there(struct tunq_socket *sock)
{
	if (renameat2(AT_FDCWD, sock->aside, AT_FDCWD, sock->path,
		      RENAME_NOREPLACE))
		return false;
	sock->aside[0] = '\0';
	return true;
}

int tunq_socket_publish(struct tunq_socket *sock)
{
	int lock, status;

	if (move_there(sock))
		return 0;
	if (errno != EEXIST)
		return fail(sock->path, "the socket cannot be made");
	lock = lock_folder(sock->path);
	if (lock < 0)
		return TUNKIT_STATUS_FAILED;
	status = remove_dead(sock->path);
	if (!status && !move_there(sock))
		status = fail(sock->path, "the socket cannot be made");
	close(lock);
	return status;
}

void tunq_socket_close(struct tunq_socket *sock)
{
	struct stat file;

	if (sock->fd < 0)
		return;
	if (*sock->aside)
		unlink(sock->aside);
	else if (!lstat(sock->path, &file) && file.st_dev == sock->dev &&
		 file.st_ino == sock->ino)
		unlink(sock->path);
	close(sock->fd);
	sock->fd = -1;
}
