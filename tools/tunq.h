/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of tunq share. */
#ifndef TUNQ_H
#define TUNQ_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>
#include <tunkit.h>

/* Options that every verb has; TUNQ_COMMON_ROWS goes into its table. */
struct tunq_common {
	const char *netns;
	const char *node;
};

#define TUNQ_KEY_LONG	256	/* keys of options without a short form */

#define TUNQ_ROW_NETNS							\
	{ 'N', "netns", OPTION_NETNS, "NETNS",				\
	  "Devices of the network namespace NETNS: a name, pid:NUMBER "	\
	  "or a path", NULL, 0 }
#define TUNQ_ROW_NODE							\
	{ 'f', "node", OPTION_FILE, "NODE",				\
	  "Open NODE instead of /dev/net/tun", NULL, 0 }
#define TUNQ_ROWS_TALK							\
	{ 'q', "quiet", OPTION_NONE, NULL, "Print no notes", NULL, 0 },	\
	{ 'v', "verbose", OPTION_NONE, NULL,				\
	  "Say what is done, and what helps after a failure", NULL, 0 }

/* Handles the keys of the rows above; ARGP_ERR_UNKNOWN for others. */
error_t tunq_common_parse(int key, char *arg, struct tunq_common *common);

/* A device as it was named on the command line, in its namespace. */
struct tunq_target {
	struct tunkit_ns *ns;
	const char *device;	/* NULL: all */
	char *where;		/* owns device's storage, too */
	const char *node;
};

/*
 * Opens the namespace of spec, [NETNS/]DEV, or with spec NULL of -N. 0, or the
 * exit status after a message; target is then empty.
 */
int tunq_target_open(const struct tunq_common *common, const char *spec,
		     struct tunq_target *target);
void tunq_target_close(struct tunq_target *target);
/* Explains an error that target's device gave; returns the exit status. */
int tunq_target_failure(const struct tunq_target *target,
			enum tunkit_operation operation, int error);
/* A failure that tunq found out by itself: text as in a diagnosis. */
int tunq_refuse(const char *subject, enum tunkit_status status,
		const char *remedy, const char *cause, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Give up the capabilities that are not needed to look at queues and switch
 * them, or all. 0 or the exit status.
 */
int tunq_keep_switching(void);
int tunq_keep_nothing(void);

/* ---- Holders of one device, counted ------------------------------------- */

struct tunq_tally {
	/* What the kernel counts; known is false on single-queue devices. */
	bool known;
	unsigned int attached, detached;
	unsigned int seen;	/* queues of the holders that were found */
	/* Queues that no holder seen accounts for. */
	unsigned int unaccounted;
	/* Holders found by the device's name alone. */
	unsigned int guesses;
};

void tunq_tally(const struct tunkit_holders *holders,
		const struct tunkit_device *device, struct tunq_tally *tally);
/*
 * Whether more queues were found than the device has, so that some of those
 * found by name belong to another device: then none may be switched. 0, or the
 * exit status after a message.
 */
int tunq_tally_check(const struct tunkit_device *device,
		     const struct tunq_tally *tally);
/* The first holder of the queue that holder index has; index: none before. */
size_t tunq_first_of_queue(const struct tunkit_holders *holders, size_t index);

/* ---- Switching queues of other processes -------------------------------- */

struct tunq_change {
	pid_t pid;
	int fd;
	enum tunkit_queue_state want;	/* ATTACHED or DETACHED */
	struct tunkit_queue *queue;	/* borrowed; set by tunq_switch() */
	bool switched;
};

/*
 * Brings all queues to the state that is wanted, or none: everything is
 * borrowed before the first is switched, and a failure switches back what was
 * done. Attaches before it detaches, so that the device is not without a
 * queue in between. device: what the queues must belong to, or NULL.
 * Returns 0, or the exit status after a message for each failure.
 */
int tunq_switch(struct tunq_change changes[], size_t count,
		const char *device);

/* ---- Queues for another program: run and pass --------------------------- */

enum {
	TUNQ_KEY_VNET_HDR = 0x200,
	TUNQ_KEY_PI,
	TUNQ_KEY_CREATE,
	TUNQ_KEY_TUN,
};

#define TUNQ_ROWS_OPENING						\
	{ 'n', "queues", OPTION_NUMBER, "N", "Open N queues (1)", NULL, 0 }, \
	{ TUNQ_KEY_VNET_HDR, "vnet-hdr", OPTION_NONE, NULL,		\
	  "Frames begin with a virtio-net header (QEMU needs it)", NULL, 0 }, \
	{ TUNQ_KEY_PI, "pi", OPTION_NONE, NULL,				\
	  "Frames begin with packet information", NULL, 0 },		\
	{ TUNQ_KEY_CREATE, "create", OPTION_NONE, NULL,			\
	  "Make the device if it is absent; it goes with its last queue", \
	  NULL, 0 },							\
	{ TUNQ_KEY_TUN, "tun", OPTION_NONE, NULL,			\
	  "With --create, make a TUN device, not a TAP device", NULL, 0 }

/* What the rows above ask for; begin with a count of 1. */
struct tunq_opening {
	unsigned long count;
	unsigned int flags;	/* TUNKIT_QUEUE_* */
	bool tun;
	char device[TUNKIT_NAME_SIZE];
	struct tunkit_queue *queues[TUNKIT_QUEUES_MAX];
};

/* Handles the keys of the rows above; ARGP_ERR_UNKNOWN for others. */
error_t tunq_opening_parse(int key, char *arg, struct argp_state *state,
			   struct tunq_opening *opening);
/*
 * Opens the queues and makes sure that their frames have the headers that were
 * asked for. 0, or the exit status after a message.
 */
int tunq_opening_open(struct tunq_opening *opening,
		      const struct tunq_target *target);
void tunq_opening_close(struct tunq_opening *opening);

/* ---- Becoming a command that has queues: run and receive ---------------- */

/*
 * text with {fds}, {fdN} and {n} replaced, allocated. NULL with errno 0 after
 * a message ({fd9} of 4 queues), or with ENOMEM.
 */
char *tunq_substitute(const char *text, int first_fd, unsigned int count);

enum { TUNQ_FIRST_FD = 3 };	/* SD_LISTEN_FDS_START */

/* The first gap of count descriptors, from 3 on, between those inherited. */
int tunq_find_gap(unsigned int count);
/* Moves fds[] to first_fd and what follows; 0 or a negative errno. */
int tunq_place(int fds[], unsigned int count, int first_fd);
/*
 * tunq_substitute() in all arguments of command, not in its name. 0, or the
 * exit status after a message.
 */
int tunq_substitute_all(char **command, int first_fd, unsigned int count);
/* "tap,multi_queue,vnet_hdr". */
void tunq_describe(const struct tunkit_layout *layout, bool multi_queue,
		   char *out, size_t size);

/* What the command is told about the queues that it inherits. */
struct tunq_handover {
	int first_fd;
	unsigned int count;
	const char *device;
	const char *flags;	/* "tap,multi_queue" */
};

/*
 * Sets the environment and becomes the command. Returns on failure alone, with
 * the exit status after a message.
 */
int tunq_become(const struct tunq_handover *handover, char **command);

/* ---- Signals: hold and pass ---------------------------------------------- */

/* SIGTERM, SIGINT and SIGHUP as a descriptor, or -1 after a message. */
int tunq_block_signals(void);
/* Ends the process by the signal, so that a shell sees what ended it. */
void tunq_die(int number);

/* ---- A time limit: pass and receive ------------------------------------- */

struct tunq_deadline {
	bool set;
	int64_t at_ms;		/* of CLOCK_MONOTONIC */
};

/* timeout_ms from now; negative: never. */
void tunq_deadline_start(struct tunq_deadline *deadline, int64_t timeout_ms);
/* What poll() may wait: milliseconds, 0 once it is late, -1 for ever. */
int tunq_deadline_left(const struct tunq_deadline *deadline);

/* ---- A UNIX socket for descriptors: pass and receive -------------------- */

struct tunq_socket {
	const char *path;
	/* Where it is until it is published, "": no more. */
	char aside[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int fd;
	dev_t dev;		/* the file that is ours */
	ino_t ino;
};

/* The address of path; 0, or the exit status after a message. */
int tunq_socket_address(const char *path, struct sockaddr_un *address);
/*
 * A socket of mode 0600 that listens and belongs to owner, which may need
 * CAP_CHOWN. It is beside path, and close removes it. 0, or the exit status
 * after a message.
 */
int tunq_socket_listen(struct tunq_socket *socket, const char *path,
		       uid_t owner);
/*
 * Moves it to path, in the place of a socket that nobody listens at, and of
 * nothing else. 0, or the exit status after a message.
 */
int tunq_socket_publish(struct tunq_socket *socket);
/* Removes the file if it is ours still. */
void tunq_socket_close(struct tunq_socket *socket);

/*
 * One descriptor with one byte of zero, as qemu-bridge-helper sends it. 0 or a
 * negative errno: -EAGAIN, -EPIPE.
 */
int tunq_rights_send(int socket, int fd);
/* The descriptor (close-on-exec), -ENODATA at the end, or a negative errno;
 * -EPROTO: a message without exactly one descriptor. */
int tunq_rights_receive(int socket);

/* ---- tunq hold ----------------------------------------------------------- */

struct tunq_daemon {
	const char *pidfile;	/* as given, NULL: none */
	int dir;		/* its directory */
	int ready;		/* pipe to the process that waits, or -1 */
};

/* Opens the pidfile's directory, refuses when its process lives. 0 or exit
 * status after a message. */
int tunq_daemon_prepare(struct tunq_daemon *daemon, const char *pidfile);
/* Goes into the background; the caller's process waits for tunq_daemon_ready()
 * and ends with its status. Returns 0 in the daemon. */
int tunq_daemon_fork(struct tunq_daemon *daemon);
/* Writes the pidfile and tells NOTIFY_SOCKET and the waiting process. */
int tunq_daemon_ready(struct tunq_daemon *daemon, const char *text);
/* Removes the pidfile. */
void tunq_daemon_end(struct tunq_daemon *daemon);

/* ---- Verbs: argv[0] is "tunq VERB"; the exit status --------------------- */

int tunq_list(int argc, char **argv);
int tunq_attach(int argc, char **argv);
int tunq_detach(int argc, char **argv);
int tunq_set(int argc, char **argv);
int tunq_run(int argc, char **argv);
int tunq_hold(int argc, char **argv);
int tunq_pass(int argc, char **argv);
int tunq_receive(int argc, char **argv);

#endif /* TUNQ_H */
