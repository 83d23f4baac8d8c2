// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Security modules are asked at the right moments, and what they refuse does
 * not happen. The security module here is a BPF program a hook, which counts
 * its calls and refuses when it is told to.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "driver.h"

#define ONE	(IFF_TAP | IFF_NO_PI)
#define MANY	(ONE | IFF_MULTI_QUEUE)

/* What the driver itself never returns. */
#define REFUSED	EXDEV

enum hook { CREATE, ALLOC, OPEN, ATTACH, ATTACH_QUEUE, HOOKS };

static const char *const functions[HOOKS] = {
	[CREATE]	= "bpf_lsm_tun_dev_create",
	[ALLOC]		= "bpf_lsm_tun_dev_alloc_security",
	[OPEN]		= "bpf_lsm_tun_dev_open",
	[ATTACH]	= "bpf_lsm_tun_dev_attach",
	[ATTACH_QUEUE]	= "bpf_lsm_tun_dev_attach_queue",
};

/* The one value of the map that the programs and the test share. */
struct shared {
	uint32_t clock;
	struct {
		uint32_t calls;
		uint32_t last;		/* the clock at the last call */
		uint32_t refuse;
	} hooks[HOOKS];
};

static volatile struct shared *shared;

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* ---- The type of a hook's function, from what the kernel tells of itself ---- */

static uint8_t *types_read(size_t *len)
{
	static uint8_t bytes[16 << 20];
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	*len = 0;
	while (fd >= 0 && *len < sizeof(bytes)) {
		got = read(fd, bytes + *len, sizeof(bytes) - *len);
		if (got <= 0)
			break;
		*len += got;
	}
	if (fd >= 0)
		close(fd);
	return *len < sizeof(bytes) ? bytes : NULL;
}

/* The bytes that follow a type of this kind. */
static size_t type_extra(uint32_t info)
{
	const size_t count = BTF_INFO_VLEN(info);

	switch (BTF_INFO_KIND(info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return count * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return count * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return count * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return count * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return count * sizeof(struct btf_var_secinfo);
	}
	return 0;
}

/* 0: there is none. */
static uint32_t function_id(const char *name)
{
	size_t len, at, end, strings, wanted = strlen(name) + 1;
	const uint8_t *bytes = types_read(&len);
	const struct btf_header *header = (const void *)bytes;
	uint32_t id;

	if (!bytes || len < sizeof(*header) || header->magic != BTF_MAGIC)
		return 0;
	at = (size_t)header->hdr_len + header->type_off;
	end = at + header->type_len;
	strings = (size_t)header->hdr_len + header->str_off;
	if (end > len || strings + header->str_len > len)
		return 0;
	for (id = 1; at + sizeof(struct btf_type) <= end; id++) {
		const struct btf_type *type = (const void *)(bytes + at);

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    (size_t)type->name_off + wanted <= header->str_len &&
		    !memcmp(bytes + strings + type->name_off, name, wanted))
			return id;
		at += sizeof(*type) + type_extra(type->info);
	}
	return 0;
}

/* ---- The security module ---- */

static bool kernel_asks_programs(void)
{
	int context = fsopen("securityfs", FSOPEN_CLOEXEC), mount, fd = -1;
	char text[256] = "";

	if (context < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return false;
	mount = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (mount >= 0)
		fd = openat(mount, "lsm", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0)
		text[sizeof(text) - 1] = '\0';
	close(fd);
	close(mount);
	close(context);
	return strstr(text, "bpf");
}

static int map_make(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(struct shared),
		.max_entries = 1,
		.map_flags = BPF_F_MMAPABLE,
	};

	return bpf(BPF_MAP_CREATE, &attr);
}

#define LOAD(to, from, at)	{ BPF_LDX | BPF_MEM | BPF_W, to, from, at, 0 }
#define STORE(to, at, from)	{ BPF_STX | BPF_MEM | BPF_W, to, from, at, 0 }
#define SET(to, value)		{ BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value }
#define ADD(to, value)		{ BPF_ALU64 | BPF_ADD | BPF_K, to, 0, 0, value }

/* Counts, notes the time, and answers. */
static int program_load_hook(enum hook hook, int map, uint32_t function)
{
	const size_t at = offsetof(struct shared, hooks) +
			  hook * sizeof(shared->hooks[0]);
	struct bpf_insn code[] = {
		{ BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_VALUE, 0, map },
		{ 0 },
		LOAD(2, 1, 0), ADD(2, 1), STORE(1, 0, 2), STORE(1, at + 4, 2),
		LOAD(2, 1, at), ADD(2, 1), STORE(1, at, 2),
		SET(0, 0), LOAD(2, 1, at + 8),
		{ BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 1, 0 },
		SET(0, -REFUSED),
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_LSM,
		.expected_attach_type = BPF_LSM_MAC,
		.attach_btf_id = function,
		.insns = (uintptr_t)code,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.license = (uintptr_t)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

static void module_load(enum hook hook, int map)
{
	uint32_t function = function_id(functions[hook]);
	union bpf_attr attr = { 0 };
	int program, link;

	if (!function)
		SKIP("the kernel does not tell of %s", functions[hook]);
	program = program_load_hook(hook, map, function);
	if (program < 0)
		SKIP("no program for %s: %s", functions[hook], strerror(errno));
	attr.raw_tracepoint.prog_fd = program;
	/* In force as long as it is open: to the end of this process. */
	link = bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
	if (link < 0)
		SKIP("no link to %s: %s", functions[hook], strerror(errno));
	close(program);
}

static void set_up(void)
{
	int map, i;

	if (!shared) {
		if (!kernel_asks_programs())
			SKIP("the kernel asks no BPF programs: lsm=...,bpf");
		map = map_make();
		CHECK_OK(map);
		for (i = 0; i < HOOKS; i++)
			module_load(i, map);
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED, map, 0);
		CHECK(shared != MAP_FAILED);
	}
	memset((void *)shared, 0, sizeof(*shared));
}

/* Those in order, each once, and no other; HOOKS ends the list. */
static void check_asked(const enum hook *order)
{
	uint32_t count = 0, i;

	for (i = 0; order[i] < HOOKS; i++) {
		if (shared->hooks[order[i]].calls != 1)
			FAIL("%s was called %u times", functions[order[i]],
			     shared->hooks[order[i]].calls);
		CHECK_INT(shared->hooks[order[i]].last, i + 1);
		count++;
	}
	CHECK_INT(shared->clock, count);
	memset((void *)shared, 0, sizeof(*shared));
}

#define CHECK_ASKED(...) \
	check_asked((const enum hook[]){ __VA_ARGS__ __VA_OPT__(,) HOOKS })

static int attach(int fd, unsigned int flags)
{
	char name[IFNAMSIZ] = "tap0";

	return set_iff(fd, name, flags);
}

/* ---- The tests ---- */

static void test_create(void)
{
	set_up();
	device_open("tap0", ONE);
	CHECK_ASKED(CREATE, ALLOC, ATTACH);
}

static void test_attach(void)
{
	set_up();
	device_make("tap0", ONE);
	memset((void *)shared, 0, sizeof(*shared));
	device_open("tap0", ONE);
	CHECK_ASKED(OPEN, ATTACH);
}

static void test_queues(void)
{
	int fd;

	set_up();
	device_open("tap0", MANY);
	CHECK_ASKED(CREATE, ALLOC, ATTACH);
	fd = device_open("tap0", MANY);
	CHECK_ASKED(OPEN, ATTACH);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	CHECK_ASKED();
	CHECK_OK(set_queue(fd, IFF_ATTACH_QUEUE));
	CHECK_ASKED(ATTACH_QUEUE, ATTACH);
	CHECK_ERRNO(set_queue(fd, IFF_ATTACH_QUEUE), EINVAL);
	CHECK_ASKED();
}

static void test_refused_create(void)
{
	static const enum hook hooks[] = { CREATE, ALLOC, ATTACH };
	size_t i;
	int fd;

	set_up();
	fd = node_open(0);
	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		shared->hooks[hooks[i]].refuse = 1;
		CHECK_ERRNO(attach(fd, ONE), REFUSED);
		CHECK_INT(if_index("tap0"), 0);
		CHECK_ERRNO(get_flags(fd), EBADFD);
		/* Nobody is asked after a refusal. */
		CHECK_INT(shared->clock, i + 1);
		memset((void *)shared, 0, sizeof(*shared));
	}
	CHECK_OK(attach(fd, ONE));
	CHECK_ASKED(CREATE, ALLOC, ATTACH);
}

static void check_refused_attach(enum hook hook, unsigned int flags)
{
	int64_t before = if_sysfs("tap0", "tun_flags");
	int fd = node_open(0);

	memset((void *)shared, 0, sizeof(*shared));
	shared->hooks[hook].refuse = 1;
	CHECK_ERRNO(attach(fd, flags | IFF_VNET_HDR), REFUSED);
	CHECK_ERRNO(get_flags(fd), EBADFD);
	CHECK_INT(if_sysfs("tap0", "tun_flags"), before);
	shared->hooks[hook].refuse = 0;
	CHECK_OK(attach(fd, flags | IFF_VNET_HDR));
	CHECK_INT(if_sysfs("tap0", "tun_flags"), before | IFF_VNET_HDR);
}

static void test_refused_attach(void)
{
	struct tun_link link;

	set_up();
	device_make("tap0", ONE);
	check_refused_attach(OPEN, ONE);
	if_delete("tap0");
	device_make("tap0", MANY);
	check_refused_attach(ATTACH, MANY);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.queues, 1);
}

static void test_refused_queue(void)
{
	static const enum hook hooks[] = { ATTACH_QUEUE, ATTACH };
	struct tun_link link;
	size_t i;
	int fd;

	set_up();
	fd = device_open("tap0", MANY);
	CHECK_OK(set_queue(fd, IFF_DETACH_QUEUE));
	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		shared->hooks[hooks[i]].refuse = 1;
		CHECK_ERRNO(set_queue(fd, IFF_ATTACH_QUEUE), REFUSED);
		CHECK_OK(tun_link_get("tap0", &link));
		CHECK_INT(link.queues, 0);
		CHECK_INT(link.queues_detached, 1);
		shared->hooks[hooks[i]].refuse = 0;
	}
	CHECK_OK(set_queue(fd, IFF_ATTACH_QUEUE));
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.queues, 1);
}

/* Whoever may not attach anyway learns nothing from a security module. */
static void test_after_the_other_checks(void)
{
	int fd;

	set_up();
	device_open("tap0", ONE);
	fd = node_open(0);
	memset((void *)shared, 0, sizeof(*shared));
	CHECK_ERRNO(attach(fd, IFF_TUN | IFF_NO_PI), EINVAL);
	CHECK_ERRNO(attach(fd, MANY), EINVAL);
	CHECK_ERRNO(attach(fd, ONE | IFF_TUN_EXCL), EBUSY);
	CHECK_ASKED();
	/* That it is busy shows when the queue is attached. */
	CHECK_ERRNO(attach(fd, ONE), EBUSY);
	CHECK_ASKED(OPEN, ATTACH);
}

static int is_denied(void *arg)
{
	return attach(*(int *)arg, ONE) != -1 || errno != EPERM;
}

static void test_after_permission(void)
{
	int fd;

	set_up();
	fd = node_open(0);
	CHECK_INT(run_as(1000, 1000, is_denied, &fd), 0);
	CHECK_ASKED();
	fd = device_open("tap0", ONE);
	CHECK_OK(ioctl(fd, TUNSETOWNER, 1));
	memset((void *)shared, 0, sizeof(*shared));
	fd = node_open(0);
	CHECK_INT(run_as(1000, 1000, is_denied, &fd), 0);
	CHECK_ASKED();
}

static const struct check_test tests[] = {
	{ "lsm: a device is made", test_create },
	{ "lsm: a device is attached to", test_attach },
	{ "lsm: a queue comes and goes", test_queues },
	{ "lsm: a refusal makes no device", test_refused_create },
	{ "lsm: a refusal changes no device", test_refused_attach },
	{ "lsm: a refusal leaves the queue detached", test_refused_queue },
	{ "lsm: the driver's own checks come first",
	  test_after_the_other_checks },
	{ "lsm: permission comes first", test_after_permission },
};

DRIVER_MAIN(tests)
