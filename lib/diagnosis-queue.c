// SPDX-License-Identifier: LGPL-2.1-or-later
/* Queues: of other processes, attached and detached, read and written. */
#include "diagnosis.h"

#include <errno.h>
#include <string.h>

static bool borrow_refused(const struct tunkit_facts *facts,
			   struct tunkit_diagnosis *diagnosis)
{
	int pid = facts->failure->pid;

	if (facts->has_target && facts->target_uid != facts->uid) {
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "not permitted: process %d is of uid %s; you are uid %u",
			 pid, tk_id(facts->target_uid, facts->target_user).text,
			 facts->uid);
		tk_remedy(diagnosis,
			  "run as that user, or with CAP_SYS_PTRACE (sudo)");
	} else if (facts->yama > 0) {
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "not permitted: Yama keeps you from process %d (kernel.yama.ptrace_scope is %d)",
			 pid, facts->yama);
		tk_remedy(diagnosis, facts->yama > 2 ?
			  "scope 3 lasts until the next boot" :
			  "sudo, or sysctl kernel.yama.ptrace_scope=0");
	} else {
		tk_cause(diagnosis, TUNKIT_STATUS_PERMISSION,
			 "not permitted: process %d is protected (not dumpable, or it has more rights than you)",
			 pid);
		tk_remedy(diagnosis, "run with CAP_SYS_PTRACE (sudo)");
	}
	return true;
}

bool tk_diagnose_borrow(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_failure *failure = facts->failure;

	if (failure->operation != TUNKIT_OP_BORROW)
		return false;
	switch (failure->error) {
	case -ESRCH:
		return tk_cause(diagnosis, TUNKIT_STATUS_STATE,
				"no process %d", failure->pid);
	case -EBADF:
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "process %d has no descriptor %d", failure->pid,
			 failure->fd);
		break;
	case -ENOTTY:
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "descriptor %d of process %d is not a queue",
			 failure->fd, failure->pid);
		break;
	case -EBADFD:
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "descriptor %d of process %d has no device",
			 failure->fd, failure->pid);
		break;
	case -ENOSYS:
		tk_cause(diagnosis, TUNKIT_STATUS_FAILED,
			 "this kernel is too old: queues of other processes need Linux 5.6");
		return true;
	case -EPERM:
	case -EACCES:
		return borrow_refused(facts, diagnosis);
	default:
		return false;
	}
	tk_remedy(diagnosis, "'tunq list' shows what there is");
	return true;
}

static bool single_queue(const struct tunkit_facts *facts, const char *what,
			 struct tunkit_diagnosis *diagnosis)
{
	struct tk_shown name = tk_word(facts->failure->device);

	tk_cause(diagnosis, TUNKIT_STATUS_STATE, "is single-queue: %s", what);
	tk_remedy(diagnosis,
		  "that cannot be changed; make it anew: tunctl -d %s; tunctl -m -t %s",
		  name.text, name.text);
	return true;
}

static bool is_down(const struct tunkit_failure *failure,
		    struct tunkit_diagnosis *diagnosis)
{
	const char *where = failure->where;
	bool named = where && *where && !strchr(where, '/') &&
		     strncmp(where, "pid:", 4);

	tk_cause(diagnosis, TUNKIT_STATUS_FAILED, "is down");
	tk_remedy(diagnosis, "ip %s%s%slink set %s up", named ? "-n " : "",
		  named ? tk_word(where).text : "", named ? " " : "",
		  tk_word(failure->device).text);
	return true;
}

bool tk_diagnose_queue(const struct tunkit_facts *facts,
		       struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_failure *failure = facts->failure;
	enum tunkit_operation operation = failure->operation;
	bool single = facts->device && !facts->device->multi_queue;
	bool io = operation == TUNKIT_OP_READ || operation == TUNKIT_OP_WRITE;
	bool change = operation == TUNKIT_OP_ATTACH ||
		      operation == TUNKIT_OP_DETACH;

	if (failure->error == -EBADFD && (io || change))
		return tk_cause(diagnosis, TUNKIT_STATUS_STATE, "was deleted");
	if (failure->error == -EIO && io)
		return is_down(failure, diagnosis);
	if (failure->error == -EINVAL && operation == TUNKIT_OP_WRITE) {
		tk_cause(diagnosis, TUNKIT_STATUS_FAILED,
			 "the driver refuses the frame");
		tk_remedy(diagnosis,
			  "a TUN device takes IP packets, a TAP device Ethernet frames of 14 bytes and more");
		return true;
	}
	if (failure->error == -EINVAL && change)
		return single_queue(facts, "its queue cannot be attached or detached",
				    diagnosis);
	if (failure->error == -EINVAL && operation == TUNKIT_OP_OPEN && single)
		return single_queue(facts, "it has one queue, no more",
				    diagnosis);
	if (failure->error == -E2BIG && !io) {
		tk_cause(diagnosis, TUNKIT_STATUS_STATE,
			 "256 queues is the limit, the detached ones included");
		tk_remedy(diagnosis, "'tunq list %s' shows who holds them",
			  tk_word(failure->device).text);
		return true;
	}
	return false;
}
