/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving up privileges, with libcap-ng. */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

/* Who to become; resolved while /etc/passwd can still be read. */
struct privilege_user {
	bool change;		/* false: keep the caller's ids */
	uid_t uid;
	gid_t gid;
	char name[64];
};

/*
 * name NULL: "nobody" when the effective uid is 0 and that user is mapped
 * here, else no change. "root" or the caller's own name: no change of ids.
 * After a message: -EINVAL, no such user; -EPERM, not for this caller.
 */
int privilege_resolve(const char *name, struct privilege_user *user);

/*
 * For ever: setgroups, setgid, setuid (all three ids), then the effective,
 * permitted, inheritable and ambient sets are emptied, the bounding set where
 * CAP_SETPCAP allows, and no_new_privs is set. Checks that it took effect.
 * Call after the devices and files are open and before the first byte of
 * data. 0 or a negative errno after a message; the caller must then exit.
 */
int privilege_drop(const struct privilege_user *user);

/*
 * Keeps only the capabilities of list (CAP_*, ended by -1) that are there, in
 * effective and permitted; for tools that go on needing some.
 */
int privilege_keep(const int list[]);

#endif /* PRIVILEGE_H */
