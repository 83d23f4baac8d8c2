// SPDX-License-Identifier: GPL-2.0-or-later
/* One row per failure that users meet: facts in, texts and status out. */
#include "tunkit.h"

#include <errno.h>

#include "check.h"

#define NO_UID	((uid_t)-1)
#define NO_GID	((gid_t)-1)

/* No device stands for tap0, no owner or group for none. */
#define FAILURE(op, err, ...) {						\
	.size = sizeof(struct tunkit_failure),				\
	.operation = TUNKIT_OP_##op, .error = err, __VA_ARGS__ }

struct row {
	const char *name;
	struct tunkit_failure failure;
	struct tunkit_facts facts;
	enum tunkit_status status;
	const char *cause, *remedy;
};

static const struct tunkit_device tap = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true, .owner = 1001,
};
static const struct tunkit_device mine = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true, .owner = 1003,
};
static const struct tunkit_device multi = {
	.name = "tap0", .kind = TUNKIT_TAP, .multi_queue = true,
	.has_owner = true, .owner = 1001,
};
static const struct tunkit_device tun = {
	.name = "tap0", .kind = TUNKIT_TUN, .has_owner = true, .owner = 1001,
};
static const struct tunkit_device both = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true, .owner = 1001,
	.has_group = true, .group = 1002,
};
static const struct tunkit_device grouped = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_group = true, .group = 1002,
};
static const struct tunkit_device anyone = {
	.name = "tap0", .kind = TUNKIT_TAP, .carrier = true,
};
static const struct tunkit_device stale = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true, .offload = true,
};
static const struct tunkit_device idle = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true,
	.multi_queue = true,
};
static const struct tunkit_device is_up = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true, .up = true,
};
static const struct tunkit_device fine = {
	.name = "tap0", .kind = TUNKIT_TAP, .has_owner = true, .carrier = true,
};
static const struct tunkit_holder qemu[] = {
	{ .pid = 4711, .fd = 9, .uid = 1001, .command = "qemu-system-x86",
	  .device = "tap0", .state = TUNKIT_QUEUE_ATTACHED, .verified = true },
	{ .pid = 4711, .fd = 10, .uid = 1001, .command = "qemu-system-x86",
	  .device = "tap0", .state = TUNKIT_QUEUE_ATTACHED, .verified = true,
	  .queue = 1 },
	{ .pid = 4712, .fd = 3, .uid = 1001, .command = "x",
	  .device = "tap0", .verified = true, .queue = 2 },
};
static const struct tunkit_holder guess = {
	.pid = 5, .fd = 3, .uid = 7, .command = "evil\033[2J\n",
	.device = "tap0",
};

#define HELD_BY_QEMU(count)						\
	.holders = qemu, .holders_count = count, .holder_user = "alice"

static const struct row rows[] = {
	/* Busy: held, with the remedy that suits what was tried. */
	{ "delete of a held single-queue device",
	  FAILURE(DELETE, -EBUSY),
	  { .device = &tap, HELD_BY_QEMU(1), .net_admin = true },
	  TUNKIT_STATUS_STATE, "held by qemu-system-x86[4711] fd 9 (alice)",
	  "stop it, or use 'tunctl -d --force tap0'" },
	{ "delete of a held multi-queue device",
	  FAILURE(DELETE, -EBUSY),
	  { .device = &multi, HELD_BY_QEMU(3), .net_admin = true },
	  TUNKIT_STATUS_STATE,
	  "held by qemu-system-x86[4711] fd 9 (alice) and 2 more",
	  "stop it, or use 'tunctl -d --force tap0'" },
	{ "delete of a held device by its owner, who may not use force",
	  FAILURE(DELETE, -EBUSY), { .device = &tap, HELD_BY_QEMU(1) },
	  TUNKIT_STATUS_STATE, "held by qemu-system-x86[4711] fd 9 (alice)",
	  "stop it, or use 'sudo tunctl -d --force tap0'" },
	{ "open of a held single-queue device",
	  FAILURE(OPEN, -EBUSY), { .device = &tap, HELD_BY_QEMU(1) },
	  TUNKIT_STATUS_STATE, "held by qemu-system-x86[4711] fd 9 (alice)",
	  "stop it; a device that several may hold is multi-queue: tunctl -d tap0; tunctl -m -t tap0" },
	{ "new owner for a held single-queue device",
	  FAILURE(ADJUST, -EBUSY), { .device = &tap, HELD_BY_QEMU(1) },
	  TUNKIT_STATUS_STATE, "held by qemu-system-x86[4711] fd 9 (alice)",
	  "stop it first: owner and group of a single-queue device can only be changed while no process holds it" },
	{ "held by a guess with hostile name and nameless user",
	  FAILURE(OPEN, -EBUSY),
	  { .device = &multi, .holders = &guess, .holders_count = 1 },
	  TUNKIT_STATUS_STATE,
	  "probably held by evil\\x1b[2J\\x0a[5] fd 3 (uid 7)",
	  "stop it first" },
	{ "held by what cannot be seen",
	  FAILURE(OPEN, -EBUSY), { .device = &tap, .unreadable = 12 },
	  TUNKIT_STATUS_STATE,
	  "held by a process that you may not see (12 of them cannot be looked into)",
	  "sudo tunctl -l -v tap0 says who" },
	{ "held from outside of a container",
	  FAILURE(OPEN, -EBUSY), { .device = &tap },
	  TUNKIT_STATUS_STATE, "held, but by no process in sight",
	  "look outside this container: the holder may be in another PID namespace" },
	{ "link type of a device that is up",
	  FAILURE(ADJUST, -EBUSY), { .device = &is_up },
	  TUNKIT_STATUS_STATE,
	  "is up: the link type can only be changed while it is down",
	  "ip link set tap0 down" },

	/* It is there already, or is another thing. */
	{ "exists", FAILURE(CREATE, -EEXIST),
	  { .device = &tap, .owner_name = "alice" }, TUNKIT_STATUS_STATE,
	  "already exists (tap, owner alice, not held)",
	  "choose another name, or delete it: tunctl -d tap0" },
	{ "exists and is held", FAILURE(CREATE, -EEXIST),
	  { .device = &tun, HELD_BY_QEMU(1) }, TUNKIT_STATUS_STATE,
	  "already exists (tun, owner 1001, held by qemu-system-x86[4711] fd 9 (alice))",
	  "choose another name, or delete it: tunctl -d tap0" },
	{ "exists without owner", FAILURE(CREATE, -EEXIST),
	  { .device = &anyone }, TUNKIT_STATUS_STATE,
	  "already exists (tap, owner -, not held)",
	  "choose another name, or delete it: tunctl -d tap0" },
	{ "exists and is foreign", FAILURE(CREATE, -EEXIST, .device = "eth0"),
	  { .foreign = true }, TUNKIT_STATUS_STATE,
	  "already exists, and is not a TUN/TAP device",
	  "choose another name" },
	{ "wrong kind", FAILURE(CREATE, -EMEDIUMTYPE, .kind = TUNKIT_TAP),
	  { .device = &tun }, TUNKIT_STATUS_STATE,
	  "is a tun device, tap was asked",
	  "that cannot be changed; delete it first: tunctl -d tap0" },
	{ "not a TUN/TAP device", FAILURE(OPEN, -EMEDIUMTYPE, .device = "eth0"),
	  { .foreign = true }, TUNKIT_STATUS_STATE, "not a TUN/TAP device",
	  "'tunctl -l' lists those that are" },
	{ "absent", FAILURE(OPEN, -ENODEV, .kind = TUNKIT_TUN), { 0 },
	  TUNKIT_STATUS_STATE, "no such device",
	  "make it: tunctl -n -t tap0" },
	{ "absent on deletion", FAILURE(DELETE, -ENODEV), { 0 },
	  TUNKIT_STATUS_STATE, "no such device",
	  "'tunctl -l' lists those there are" },
	{ "absent, and its name is no word for a shell",
	  FAILURE(OPEN, -ENODEV, .device = "a;reboot"), { 0 },
	  TUNKIT_STATUS_STATE, "no such device", "make it: tunctl -t DEV" },

	/* Names. */
	{ "long name", FAILURE(CREATE, -ENAMETOOLONG,
			       .device = "abcdefghijklmnop"), { 0 },
	  TUNKIT_STATUS_USAGE, "16 characters; the limit is 15", "" },
	{ "slash", FAILURE(CREATE, -EINVAL, .device = "a/b"), { 0 },
	  TUNKIT_STATUS_USAGE, "'/' is not allowed in an interface name", "" },
	{ "colon", FAILURE(OPEN, -EINVAL, .device = "a:b"), { 0 },
	  TUNKIT_STATUS_USAGE, "':' is not allowed in an interface name", "" },
	{ "space", FAILURE(CREATE, -EINVAL, .device = "a b"), { 0 },
	  TUNKIT_STATUS_USAGE,
	  "white space is not allowed in an interface name", "" },
	{ "dots", FAILURE(CREATE, -EINVAL, .device = ".."), { 0 },
	  TUNKIT_STATUS_USAGE,
	  "'.' and '..' are not allowed in an interface name", "" },
	{ "two templates", FAILURE(CREATE, -EINVAL, .device = "a%d%d"), { 0 },
	  TUNKIT_STATUS_USAGE,
	  "'%' is only allowed as one %d in an interface name", "" },
	{ "template of an existing device",
	  FAILURE(OPEN, -EINVAL, .device = "a%d"), { 0 },
	  TUNKIT_STATUS_USAGE, "'%' is not allowed in an interface name", "" },

	/* Not permitted: which rule of which floor refused. */
	{ "not the owner", FAILURE(OPEN, -EPERM),
	  { .device = &tap, .owner_name = "alice", .uid = 1003 },
	  TUNKIT_STATUS_PERMISSION,
	  "not permitted: owned by uid 1001 (alice); you are uid 1003",
	  "run as its owner, or sudo" },
	{ "neither owner nor in the group", FAILURE(OPEN, -EPERM),
	  { .device = &both, .owner_name = "alice", .group_name = "bob",
	    .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted: owned by uid 1001 (alice) AND group 1002 (bob); you are uid 1003",
	  "run as its owner, or sudo" },
	{ "owner, but not in the group", FAILURE(OPEN, -EPERM),
	  { .device = &both, .owner_name = "alice", .group_name = "bob",
	    .uid = 1001 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted: owned by uid 1001 (alice) AND group 1002 (bob); you are uid 1001, not in that group",
	  "join the group (newgrp bob), or sudo" },
	{ "not in the group", FAILURE(ADJUST, -EPERM),
	  { .device = &grouped, .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted: owned by group 1002; you are uid 1003, not in that group",
	  "join the group (newgrp 1002), or sudo" },
	{ "deletion by a stranger", FAILURE(DELETE, -EPERM),
	  { .device = &tap, .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted: owned by uid 1001; you are uid 1003",
	  "run as its owner, or sudo" },
	{ "refused to its owner", FAILURE(OPEN, -EPERM),
	  { .device = &mine, .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted, though you may attach",
	  "a security module (SELinux, AppArmor) may deny it: see the audit log" },
	{ "refused though ownerless", FAILURE(OPEN, -EPERM),
	  { .device = &anyone, .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted, though any user may attach",
	  "a security module (SELinux, AppArmor) may deny it: see the audit log" },
	{ "creating as a user", FAILURE(CREATE, -EPERM), { .uid = 1003 },
	  TUNKIT_STATUS_PERMISSION, "creating needs CAP_NET_ADMIN",
	  "sudo, or 'unshare -Urn'" },
	{ "creating as a container's root", FAILURE(CREATE, -EPERM), { 0 },
	  TUNKIT_STATUS_PERMISSION, "creating needs CAP_NET_ADMIN",
	  "start the container with --cap-add NET_ADMIN" },
	{ "creating in a namespace of another user namespace",
	  FAILURE(CREATE, -EPERM), { .net_admin = true, .user_ns = true },
	  TUNKIT_STATUS_PERMISSION,
	  "creating needs CAP_NET_ADMIN in the user namespace that the network namespace belongs to, and yours is another",
	  "enter both, nsenter --preserve-credentials -U -n -t PID COMMAND, or make both, unshare -Urn" },
	{ "link up by the owner", FAILURE(LINK, -EPERM),
	  { .device = &mine, .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "changing the link, even for its owner, needs CAP_NET_ADMIN",
	  "sudo, or 'unshare -Urn'" },
	{ "uid not mapped", FAILURE(CREATE, -EOVERFLOW, .owner = 1000),
	  { .owner_unmapped = true, .user_ns = true }, TUNKIT_STATUS_USAGE,
	  "uid 1000 is not mapped in this user namespace (/proc/self/uid_map)",
	  "use an id that is, or map it: unshare --map-auto, newuidmap" },
	{ "gid not mapped", FAILURE(ADJUST, -EOVERFLOW, .group = 1000),
	  { .group_unmapped = true, .user_ns = true }, TUNKIT_STATUS_USAGE,
	  "gid 1000 is not mapped in this user namespace (/proc/self/gid_map)",
	  "use an id that is, or map it: unshare --map-auto, newuidmap" },

	/* The node and the driver. */
	{ "no node, driver there", FAILURE(CREATE, -ENOENT),
	  { .node_error = -ENOENT, .driver = true }, TUNKIT_STATUS_NO_DRIVER,
	  "no /dev/net/tun",
	  "mkdir -p /dev/net && mknod /dev/net/tun c 10 200; in a container: --device /dev/net/tun" },
	{ "no node, no driver", FAILURE(OPEN, -ENOENT),
	  { .node_error = -ENOENT }, TUNKIT_STATUS_NO_DRIVER,
	  "no /dev/net/tun",
	  "modprobe tun, or mkdir -p /dev/net && mknod /dev/net/tun c 10 200; in a container: --device /dev/net/tun" },
	{ "no node, modules gone", FAILURE(CREATE, -ENOENT),
	  { .node_error = -ENOENT, .modules_gone = true,
	    .release = "6.1.0-25-amd64" }, TUNKIT_STATUS_NO_DRIVER,
	  "no /dev/net/tun",
	  "the modules of the running kernel 6.1.0-25-amd64 are gone: reboot" },
	{ "no node in a user namespace", FAILURE(CREATE, -ENOENT),
	  { .node_error = -ENOENT, .user_ns = true }, TUNKIT_STATUS_NO_DRIVER,
	  "no /dev/net/tun",
	  "give it to the container from outside: --device /dev/net/tun" },
	{ "no node where -f says", FAILURE(CREATE, -ENOENT),
	  { .node_error = -ENOENT, .node = "/dev/nope" },
	  TUNKIT_STATUS_NO_DRIVER, "no /dev/nope",
	  "-f names the clone node, normally /dev/net/tun" },
	{ "no driver", FAILURE(CREATE, -ENODEV), { .node_error = -ENODEV },
	  TUNKIT_STATUS_NO_DRIVER, "no driver behind /dev/net/tun",
	  "modprobe tun; if that fails, the kernel was built without CONFIG_TUN" },
	{ "no driver, modules gone", FAILURE(CREATE, -ENODEV),
	  { .node_error = -ENODEV, .modules_gone = true, .release = "6.1" },
	  TUNKIT_STATUS_NO_DRIVER, "no driver behind /dev/net/tun",
	  "the modules of the running kernel 6.1 are gone: reboot" },
	{ "file mode of the node", FAILURE(CREATE, -EACCES),
	  { .node_error = -EACCES, .uid = 1003 }, TUNKIT_STATUS_PERMISSION,
	  "/dev/net/tun may not be opened: its file mode denies uid 1003",
	  "chmod 0666 /dev/net/tun (what udev does), or sudo" },
	{ "device cgroup", FAILURE(CREATE, -EPERM), { .node_error = -EPERM },
	  TUNKIT_STATUS_PERMISSION,
	  "/dev/net/tun may not be opened: the container's device cgroup denies it",
	  "start the container with --device /dev/net/tun" },
	{ "another device's node", FAILURE(CREATE, -ENOTTY),
	  { .node_error = -ENOTTY, .node = "/dev/kvm" },
	  TUNKIT_STATUS_NO_DRIVER,
	  "/dev/kvm is not the TUN driver's node (character device 10:200)",
	  "-f names the clone node, normally /dev/net/tun" },
	{ "a node that is amiss but is not what failed",
	  FAILURE(OPEN, -ENODEV), { .node_error = -EACCES },
	  TUNKIT_STATUS_STATE, "no such device", "make it: tunctl -t tap0" },

	/* Queues. */
	{ "257th queue", FAILURE(OPEN, -E2BIG), { .device = &multi },
	  TUNKIT_STATUS_STATE,
	  "256 queues is the limit, the detached ones included",
	  "'tunq list tap0' shows who holds them" },
	{ "several queues of a single-queue device", FAILURE(OPEN, -EINVAL),
	  { .device = &tap }, TUNKIT_STATUS_STATE,
	  "is single-queue: it has one queue, no more",
	  "that cannot be changed; make it anew: tunctl -d tap0; tunctl -m -t tap0" },
	{ "detaching the only queue", FAILURE(DETACH, -EINVAL),
	  { .device = &tap }, TUNKIT_STATUS_STATE,
	  "is single-queue: its queue cannot be attached or detached",
	  "that cannot be changed; make it anew: tunctl -d tap0; tunctl -m -t tap0" },
	{ "link down", FAILURE(WRITE, -EIO), { 0 }, TUNKIT_STATUS_FAILED,
	  "is down", "ip link set tap0 up" },
	{ "link down elsewhere", FAILURE(WRITE, -EIO, .where = "h1"), { 0 },
	  TUNKIT_STATUS_FAILED, "is down", "ip -n h1 link set tap0 up" },
	{ "deleted", FAILURE(READ, -EBADFD), { 0 }, TUNKIT_STATUS_STATE,
	  "was deleted", "" },
	{ "frame refused", FAILURE(WRITE, -EINVAL), { 0 },
	  TUNKIT_STATUS_FAILED, "the driver refuses the frame",
	  "a TUN device takes IP packets, a TAP device Ethernet frames of 14 bytes and more" },

	/* Queues of other processes. */
	{ "borrow from no process", FAILURE(BORROW, -ESRCH, .pid = 4711), { 0 },
	  TUNKIT_STATUS_STATE, "no process 4711", "" },
	{ "borrow of no descriptor",
	  FAILURE(BORROW, -EBADF, .pid = 4711, .fd = 9), { 0 },
	  TUNKIT_STATUS_STATE, "process 4711 has no descriptor 9",
	  "'tunq list' shows what there is" },
	{ "borrow of a file", FAILURE(BORROW, -ENOTTY, .pid = 4711, .fd = 9),
	  { 0 }, TUNKIT_STATUS_STATE,
	  "descriptor 9 of process 4711 is not a queue",
	  "'tunq list' shows what there is" },
	{ "borrow without device", FAILURE(BORROW, -EBADFD, .pid = 1, .fd = 9),
	  { 0 }, TUNKIT_STATUS_STATE, "descriptor 9 of process 1 has no device",
	  "'tunq list' shows what there is" },
	{ "borrow from another user", FAILURE(BORROW, -EPERM, .pid = 4711),
	  { .has_target = true, .target_uid = 1001, .target_user = "alice",
	    .uid = 1003, .yama = 1 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted: process 4711 is of uid 1001 (alice); you are uid 1003",
	  "run as that user, or with CAP_SYS_PTRACE (sudo)" },
	{ "borrow under Yama", FAILURE(BORROW, -EPERM, .pid = 4711),
	  { .has_target = true, .target_uid = 1003, .uid = 1003, .yama = 1 },
	  TUNKIT_STATUS_PERMISSION,
	  "not permitted: Yama keeps you from process 4711 (kernel.yama.ptrace_scope is 1)",
	  "sudo, or sysctl kernel.yama.ptrace_scope=0" },
	{ "borrow under Yama for good", FAILURE(BORROW, -EPERM, .pid = 4711),
	  { .has_target = true, .yama = 3 }, TUNKIT_STATUS_PERMISSION,
	  "not permitted: Yama keeps you from process 4711 (kernel.yama.ptrace_scope is 3)",
	  "scope 3 lasts until the next boot" },
	{ "borrow from a protected process",
	  FAILURE(BORROW, -EPERM, .pid = 4711),
	  { .has_target = true, .target_uid = 1003, .uid = 1003 },
	  TUNKIT_STATUS_PERMISSION,
	  "not permitted: process 4711 is protected (not dumpable, or it has more rights than you)",
	  "run with CAP_SYS_PTRACE (sudo)" },
	{ "kernel too old", FAILURE(BORROW, -ENOSYS, .pid = 4711), { 0 },
	  TUNKIT_STATUS_FAILED,
	  "this kernel is too old: queues of other processes need Linux 5.6",
	  "" },

	/* Namespaces. */
	{ "no such namespace", FAILURE(NS, -ENOENT, .where = "h1"), { 0 },
	  TUNKIT_STATUS_STATE, "no such network namespace 'h1'",
	  "'ip netns' lists those that have names" },
	{ "no such path", FAILURE(NS, -ENOENT, .where = "/run/x\n"), { 0 },
	  TUNKIT_STATUS_STATE, "no such network namespace '/run/x\\x0a'", "" },
	{ "no such process", FAILURE(NS, -ESRCH, .where = "pid:12"), { 0 },
	  TUNKIT_STATUS_STATE, "no such process 'pid:12'", "" },
	{ "namespace refused", FAILURE(NS, -EPERM, .where = "h1"), { 0 },
	  TUNKIT_STATUS_PERMISSION,
	  "the network namespace 'h1' may not be entered: that needs CAP_SYS_ADMIN in its user namespace and in yours",
	  "sudo; where the namespace is of 'unshare -Urn': nsenter --preserve-credentials -U -n -t PID COMMAND" },
	{ "process's namespace refused", FAILURE(NS, -EPERM, .where = "pid:12"),
	  { 0 }, TUNKIT_STATUS_PERMISSION,
	  "the network namespace 'pid:12' may not be entered: that needs CAP_SYS_ADMIN in its user namespace and in yours",
	  "sudo, or enter its user namespace first: nsenter --preserve-credentials -U -n -t 12 COMMAND" },
	{ "not a namespace", FAILURE(NS, -EINVAL, .where = "/etc/passwd"),
	  { 0 }, TUNKIT_STATUS_USAGE,
	  "not a network namespace '/etc/passwd'",
	  "a name of 'ip netns', pid:NUMBER or a path" },

	/* The link. */
	{ "bridge full", FAILURE(LINK, -EXFULL, .master = "br0"),
	  { .device = &tap }, TUNKIT_STATUS_STATE,
	  "bridge 'br0' is full: 1024 ports is the limit",
	  "delete devices that no process holds: tunctl -d --unused GLOB" },
	{ "no bridge", FAILURE(LINK, -ENODEV, .master = "br0"),
	  { .device = &tap }, TUNKIT_STATUS_STATE,
	  "no bridge or bond 'br0'", "" },
	{ "not a bridge", FAILURE(LINK, -EOPNOTSUPP, .master = "lo"),
	  { .device = &tap }, TUNKIT_STATUS_STATE,
	  "'lo' takes no members: not a bridge or bond", "" },
	{ "extended ACK", FAILURE(LINK, -EINVAL),
	  { .device = &tap,
	    .kernel_text = "mtu greater than device maximum" },
	  TUNKIT_STATUS_USAGE,
	  "refused by the kernel: mtu greater than device maximum",
	  "the least is 68, the most 65521 for a TAP and 65535 for a TUN device" },
	{ "extended ACK about something else", FAILURE(LINK, -EINVAL),
	  { .device = &tap, .kernel_text = "no such thing" },
	  TUNKIT_STATUS_FAILED, "refused by the kernel: no such thing", "" },

	{ "busy link", FAILURE(ADJUST, -EBUSY),
	  { .device = &tap, HELD_BY_QEMU(1), .kernel_text = "in use" },
	  TUNKIT_STATUS_STATE, "refused by the kernel: in use", "" },

	/* Without any fact the C library's text, as part of a line. */
	{ "plain", FAILURE(LIST, -ENOMEM), { 0 }, TUNKIT_STATUS_FAILED,
	  "cannot allocate memory", "" },
	{ "plain with an abbreviation", FAILURE(LIST, -EIO), { 0 },
	  TUNKIT_STATUS_FAILED, "input/output error", "" },
	{ "too many files", FAILURE(OPEN, -EMFILE), { .device = &tap },
	  TUNKIT_STATUS_FAILED, "too many open files",
	  "raise the limit: ulimit -n" },
	{ "unheard of", FAILURE(LIST, -4000), { 0 }, TUNKIT_STATUS_FAILED,
	  "error 4000", "" },

	/* Notes on a device that works. */
	{ "ownerless", FAILURE(LIST, 0), { .device = &anyone },
	  TUNKIT_STATUS_DONE, "owner -  (any user may attach)",
	  "give it an owner: tunctl -u USER -t tap0" },
	{ "stale offloads", FAILURE(LIST, 0), { .device = &stale },
	  TUNKIT_STATUS_DONE, "an earlier program left its offloads set",
	  "the next tuncat or tunq resets them" },
	{ "no carrier", FAILURE(LIST, 0), { .device = &idle },
	  TUNKIT_STATUS_DONE, "no carrier (no process attached)",
	  "to keep it without one: tunq hold tap0" },
	{ "nothing to note", FAILURE(LIST, 0), { .device = &fine },
	  TUNKIT_STATUS_DONE, "", "" },
};

static void explain(const struct row *row, struct tunkit_diagnosis *diagnosis)
{
	struct tunkit_failure failure = row->failure;
	struct tunkit_facts facts = row->facts;

	if (!failure.device)
		failure.device = "tap0";
	if (!failure.owner)
		failure.owner = NO_UID;
	if (!failure.group)
		failure.group = NO_GID;
	facts.size = sizeof(facts);
	facts.failure = &failure;
	memset(diagnosis, 0x55, sizeof(*diagnosis));
	tunkit_diagnose_facts(&facts, diagnosis);
}

static void each_failure_has_its_texts_and_status(void)
{
	struct tunkit_diagnosis diagnosis;
	size_t i, wrong = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		explain(row, &diagnosis);
		if (diagnosis.status == row->status &&
		    !strcmp(diagnosis.cause, row->cause) &&
		    !strcmp(diagnosis.remedy, row->remedy))
			continue;
		printf("# %s: %d \"%s\" / \"%s\"\n", row->name,
		       diagnosis.status, diagnosis.cause, diagnosis.remedy);
		wrong++;
	}
	CHECK_INT(wrong, 0);
}

static void texts_are_one_line_without_full_stop(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *texts[] = { rows[i].cause, rows[i].remedy };
		int j;

		for (j = 0; j < 2; j++) {
			size_t len = strlen(texts[j]);

			CHECK(!strchr(texts[j], '\n'));
			CHECK(!len || texts[j][len - 1] != '.');
		}
	}
}

static void overlong_text_is_cut(void)
{
	struct tunkit_failure failure = FAILURE(NS, -EPERM);
	struct tunkit_facts facts = TUNKIT_INIT(facts);
	struct tunkit_diagnosis diagnosis;
	char path[5000];

	memset(path, '\033', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	failure.where = path;
	facts.failure = &failure;
	facts.node = path;
	tunkit_diagnose_facts(&facts, &diagnosis);
	CHECK(strlen(diagnosis.cause) < sizeof(diagnosis.cause));
	CHECK(!strchr(diagnosis.cause, '\033'));
	CHECK_INT(diagnosis.status, TUNKIT_STATUS_PERMISSION);
}

static void missing_size_is_answered(void)
{
	struct tunkit_failure failure = FAILURE(NS, -ENOENT);
	struct tunkit_facts facts = { .failure = &failure };
	struct tunkit_diagnosis diagnosis;

	tunkit_diagnose_facts(&facts, &diagnosis);
	CHECK_INT(diagnosis.status, TUNKIT_STATUS_FAILED);
	CHECK_STR(diagnosis.cause, "invalid argument");
	facts.size = sizeof(facts);
	tunkit_diagnose_facts(&facts, &diagnosis);
	CHECK_STR(diagnosis.cause, "no such network namespace");
	failure.size = 0;
	tunkit_diagnose_facts(&facts, &diagnosis);
	CHECK_STR(diagnosis.cause, "invalid argument");
}

static void collected_without_a_namespace(void)
{
	/* The namespace's name begins the message already. */
	struct tunkit_failure failure = FAILURE(NS, -ENOENT, .where = "gone");
	struct tunkit_diagnosis diagnosis;

	tunkit_diagnose(NULL, &failure, &diagnosis);
	CHECK_INT(diagnosis.status, TUNKIT_STATUS_STATE);
	CHECK_STR(diagnosis.cause, "no such network namespace");
}

static const struct check_test tests[] = {
#define TEST(function) { #function, function }
	TEST(each_failure_has_its_texts_and_status),
	TEST(texts_are_one_line_without_full_stop),
	TEST(overlong_text_is_cut),
	TEST(missing_size_is_answered),
	TEST(collected_without_a_namespace),
};

CHECK_MAIN(tests)
