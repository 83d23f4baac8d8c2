// SPDX-License-Identifier: GPL-2.0-or-later
#include "tuncat-filter.h"

#include "message.h"

#ifdef HAVE_PCAP

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SNAPLEN		TUNKIT_BUFFER_SIZE
#define LENGTH_MAX	65536	/* instructions; more is no filter but a mistake */

/* What the compiling process sends for each kind; its instructions follow. */
struct answer {
	unsigned int length;	/* instructions, 0: error says why not */
	char error[PCAP_ERRBUF_SIZE];
};

struct kind_program {
	struct answer answer;
	struct bpf_insn *code;
};

struct filter {
	const char *expression;
	struct kind_program kinds[2];	/* TUN, TAP */
	struct bpf_program program;	/* the chosen one; owns nothing */
};

static const int link_types[2] = { DLT_RAW, DLT_EN10MB };

static bool write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

static bool read_all(int fd, void *bytes, size_t len)
{
	char *p = bytes;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

/*
 * "inbound" asks the kernel, beside the packet: frames from a queue or a
 * capture cannot tell, and the program would match none of them.
 */
static bool asks_the_kernel(const struct bpf_program *program)
{
	for (unsigned int i = 0; i < program->bf_len; i++) {
		const struct bpf_insn *insn = &program->bf_insns[i];

		if (BPF_CLASS(insn->code) == BPF_LD &&
		    BPF_MODE(insn->code) == BPF_ABS &&
		    insn->k > INT32_MAX)
			return true;
	}
	return false;
}

static bool compile_for(int link_type, const char *expression, int fd)
{
	pcap_t *pcap = pcap_open_dead(link_type, SNAPLEN);
	struct bpf_program program = { 0 };
	struct answer answer = { 0 };
	bool sent;

	if (!pcap) {
		strcpy(answer.error, "no memory");
		return write_all(fd, &answer, sizeof(answer));
	}
	if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN))
		strncpy(answer.error, pcap_geterr(pcap),
			sizeof(answer.error) - 1);
	else if (asks_the_kernel(&program))
		strcpy(answer.error, "inbound and outbound are not in a frame");
	else
		answer.length = program.bf_len;
	sent = write_all(fd, &answer, sizeof(answer)) &&
	       write_all(fd, program.bf_insns,
			 answer.length * sizeof(*program.bf_insns));
	pcap_freecode(&program);
	pcap_close(pcap);
	return sent;
}

/* The body of the process that sees the expression. */
static int compile_all(const char *expression,
		       const struct privilege_user *user, int fd)
{
	if (privilege_drop(user))
		return TUNKIT_STATUS_PERMISSION;
	for (int i = 0; i < 2; i++)
		if (!compile_for(link_types[i], expression, fd))
			return TUNKIT_STATUS_FAILED;
	return 0;
}

static bool take_program(int fd, struct kind_program *kind)
{
	size_t length;

	if (!read_all(fd, &kind->answer, sizeof(kind->answer)))
		return false;
	kind->answer.error[sizeof(kind->answer.error) - 1] = '\0';
	length = kind->answer.length;
	if (!length)
		return true;
	if (length > LENGTH_MAX)
		return false;
	kind->code = calloc(length, sizeof(*kind->code));
	return kind->code &&
	       read_all(fd, kind->code, length * sizeof(*kind->code)) &&
	       bpf_validate(kind->code, (int)length);
}

/* Returns the exit status of the process; 1 when it ended in another way. */
static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return TUNKIT_STATUS_FAILED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : TUNKIT_STATUS_FAILED;
}

/* Exit status; a message has been given for PERMISSION alone. */
static int ask_compiler(struct filter *filter,
			const struct privilege_user *user)
{
	bool taken = true;
	int status;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return TUNKIT_STATUS_FAILED;
	/* Ignored by our parent, it would take the status away. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		status = compile_all(filter->expression, user, fds[1]);
		filter_free(filter);
		_exit(status);
	}
	close(fds[1]);
	for (int i = 0; i < 2 && pid > 0; i++)
		taken = taken && take_program(fds[0], &filter->kinds[i]);
	close(fds[0]);
	status = pid > 0 ? status_of(pid) : TUNKIT_STATUS_FAILED;
	return status || taken ? status : TUNKIT_STATUS_FAILED;
}

static int refuse(const struct filter *filter, const char *reason)
{
	char expression[512], why[512];

	tunkit_escape(expression, sizeof(expression), filter->expression);
	tunkit_escape(why, sizeof(why), reason);
	message_error("filter '%s': %s", expression, why);
	return TUNKIT_STATUS_USAGE;
}

int filter_compile(const char *expression, const struct privilege_user *user,
		   struct filter **result)
{
	struct filter *filter;
	int status = TUNKIT_STATUS_FAILED;

	*result = NULL;
	if (!expression)
		return 0;
	filter = calloc(1, sizeof(*filter));
	if (filter) {
		filter->expression = expression;
		status = ask_compiler(filter, user);
	}
	if (status == TUNKIT_STATUS_FAILED)
		message_error("the filter could not be compiled: its compiler "
			      "did not run to its end");
	else if (!status && !filter->kinds[0].answer.length &&
		 !filter->kinds[1].answer.length)
		status = refuse(filter, filter->kinds[1].answer.error);
	if (status) {
		filter_free(filter);
		return status;
	}
	*result = filter;
	return 0;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	free(filter->kinds[0].code);
	free(filter->kinds[1].code);
	free(filter);
}

int filter_choose(struct filter *filter, enum tunkit_kind kind)
{
	struct kind_program *chosen;
	char reason[PCAP_ERRBUF_SIZE + 64];

	if (!filter)
		return 0;
	chosen = &filter->kinds[kind == TUNKIT_TAP];
	if (!chosen->answer.length) {
		snprintf(reason, sizeof(reason), "no filter for %s: %s",
			 kind == TUNKIT_TAP ? "Ethernet frames" :
			 "the IP packets of a TUN device",
			 chosen->answer.error);
		return refuse(filter, reason);
	}
	filter->program = (struct bpf_program){
		.bf_len = chosen->answer.length,
		.bf_insns = chosen->code,
	};
	return 0;
}

bool filter_matches(const struct filter *filter,
		    const struct tunkit_frame *frame)
{
	struct pcap_pkthdr header;

	if (!filter)
		return true;
	header.len = header.caplen = frame->len;
	return pcap_offline_filter(&filter->program, &header, frame->data);
}

const void *filter_program(const struct filter *filter, size_t *length)
{
	*length = filter ? filter->program.bf_len : 0;
	return filter ? filter->program.bf_insns : NULL;
}

#else /* HAVE_PCAP */

int filter_compile(const char *expression, const struct privilege_user *user,
		   struct filter **filter)
{
	(void)user;
	*filter = NULL;
	if (!expression)
		return 0;
	message_error("-f: built without libpcap, which compiles filters");
	return TUNKIT_STATUS_USAGE;
}

void filter_free(struct filter *filter)
{
	(void)filter;
}

int filter_choose(struct filter *filter, enum tunkit_kind kind)
{
	(void)filter;
	(void)kind;
	return 0;
}

bool filter_matches(const struct filter *filter,
		    const struct tunkit_frame *frame)
{
	(void)filter;
	(void)frame;
	return true;
}

const void *filter_program(const struct filter *filter, size_t *length)
{
	(void)filter;
	*length = 0;
	return NULL;
}

#endif /* HAVE_PCAP */
