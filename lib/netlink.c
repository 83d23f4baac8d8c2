// SPDX-License-Identifier: LGPL-2.1-or-later
#include "netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "ns.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/* The kernel fills at most 32 KiB of a dump at a time. */
#define MESSAGE_SIZE	(64 * 1024)
#define BUFFER_SIZE	(1024 * 1024)
#define DUMP_ATTEMPTS	64

int tk_nl_open(struct nl_sock **result)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	struct nl_sock *sock;
	int fd, on = 1, size = BUFFER_SIZE, err;

	/* Not nl_connect(): its result does not keep errno. */
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&any, sizeof(any))) {
		err = -errno;
		goto err_close;
	}
	/* Older kernels lack these; nothing below depends on them. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	err = -ENOMEM;
	sock = nl_socket_alloc();
	if (!sock)
		goto err_close;
	if (nl_socket_set_fd(sock, NETLINK_ROUTE, fd))
		goto err_free;
	nl_socket_set_msg_buf_size(sock, MESSAGE_SIZE);
	nl_socket_disable_msg_peek(sock);
	*result = sock;
	return 0;

err_free:
	nl_socket_free(sock);
err_close:
	close(fd);
	return err;
}

struct exchange {
	struct tunkit_ns *ns;
	tk_nl_parse parse;
	void *arg;
	int err;		/* of the kernel or of parse */
	bool interrupted;	/* NLM_F_DUMP_INTR */
	bool done;
};

/* Keeps the text that follows len bytes of payload, if the kernel sent one. */
static void keep_text(struct tunkit_ns *ns, struct nlmsghdr *header,
		      size_t len)
{
	const struct nlattr *text;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    (size_t)nlmsg_datalen(header) < NLMSG_ALIGN(len))
		return;
	text = nlmsg_find_attr(header, len, NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(ns->error, sizeof(ns->error), "%.*s", nla_len(text),
			 (const char *)nla_data(text));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct nlmsghdr *header = (void *)((char *)error - NLMSG_HDRLEN);
	struct exchange *exchange = arg;
	size_t len = sizeof(*error);

	(void)from;
	exchange->err = error->error < 0 ? error->error : -EPROTO;
	exchange->done = true;
	if (!(header->nlmsg_flags & NLM_F_CAPPED) &&
	    error->msg.nlmsg_len > NLMSG_HDRLEN)
		len += error->msg.nlmsg_len - NLMSG_HDRLEN;
	keep_text(exchange->ns, header, len);
	return NL_STOP;
}

/* The last message of a dump that fails on its way has its error. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct exchange *exchange = arg;
	int err;

	exchange->done = true;
	if (nlmsg_datalen(header) < (int)sizeof(err))
		return NL_STOP;
	memcpy(&err, nlmsg_data(header), sizeof(err));
	if (err < 0 && !exchange->err) {
		exchange->err = err;
		keep_text(exchange->ns, header, sizeof(err));
	}
	return NL_STOP;
}

/* A failed parse does not end the reading: the rest of a dump must be taken. */
static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	if (exchange->parse && exchange->err >= 0)
		exchange->err = exchange->parse(nlmsg_hdr(msg), exchange->arg);
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	(void)msg;
	exchange->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	(void)msg;
	exchange->interrupted = true;
	return NL_OK;
}

static int receive(struct exchange *exchange, struct nl_sock *sock)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	if (!cb)
		return -ENOMEM;
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, exchange);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, exchange);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, exchange);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, exchange);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, exchange);
	/* An answer and its acknowledgement come one by one. */
	do {
		errno = 0;
		ret = nl_recvmsgs(sock, cb);
	} while (!exchange->done && (ret >= 0 || ret == -NLE_DUMP_INTR));
	nl_cb_put(cb);
	if (exchange->err < 0)
		return exchange->err;
	if (ret < 0 && ret != -NLE_DUMP_INTR)
		return errno ? -errno : -EPROTO;
	return exchange->interrupted ? -EAGAIN : 0;
}

int tk_nl_request(struct tunkit_ns *ns, struct nl_msg *msg, tk_nl_parse parse,
		  void *arg)
{
	struct exchange exchange = { .ns = ns, .parse = parse, .arg = arg };
	int ret;

	ns->error[0] = '\0';
	if (!msg)
		return -ENOMEM;
	errno = 0;
	ret = nl_send_auto(ns->socket, msg);
	nlmsg_free(msg);
	if (ret < 0)
		return errno ? -errno : -EPROTO;
	return receive(&exchange, ns->socket);
}

int tk_nl_dump(struct tunkit_ns *ns, struct nl_msg *(*build)(void *arg),
	       void (*restart)(void *arg), tk_nl_parse parse, void *arg)
{
	int attempt, err = -EAGAIN;

	for (attempt = 0; err == -EAGAIN && attempt < DUMP_ATTEMPTS; attempt++) {
		restart(arg);
		err = tk_nl_request(ns, build(arg), parse, arg);
	}
	return err;
}
