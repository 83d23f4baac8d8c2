// SPDX-License-Identifier: GPL-2.0-or-later
/* What rtnetlink does with a device: refuses to make one, renames, deletes. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"

#define TAP	(IFF_TAP | IFF_NO_PI)

struct request {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char attrs[256];
};

static struct rtattr *attr_begin(struct request *request, int type)
{
	struct rtattr *attr = (void *)((char *)request +
				       request->header.nlmsg_len);

	*attr = (struct rtattr){ RTA_LENGTH(0), type };
	request->header.nlmsg_len += RTA_LENGTH(0);
	return attr;
}

static void attr_end(struct request *request, struct rtattr *attr)
{
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len);
	attr->rta_len = (char *)request + request->header.nlmsg_len -
			(char *)attr;
}

static void attr_put(struct request *request, int type, const void *data,
		     size_t len)
{
	struct rtattr *attr = attr_begin(request, type);

	memcpy(RTA_DATA(attr), data, len);
	attr->rta_len = RTA_LENGTH(len);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len +
						len);
}

/* The kind of the driver under test. */
static const char *kind(void)
{
	const char *node = getenv("TUNKIT_NODE");

	return node && strstr(node, "tunkit") ? "tunkit" : "tun";
}

/* RTM_NEWLINK; the error, and the words of the extended one. */
static int link_make(const char *name, bool data, char *words, size_t size)
{
	struct request request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			.nlmsg_type = RTM_NEWLINK,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
				       NLM_F_CREATE | NLM_F_EXCL,
		},
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	const uint8_t tap = IFF_TAP;
	char answer[1024];
	struct nlmsghdr *header = (void *)answer;
	struct nlmsgerr *error = NLMSG_DATA(header);
	struct rtattr *info, *more, *attr;
	int on = 1, len;

	attr_put(&request, IFLA_IFNAME, name, strlen(name) + 1);
	info = attr_begin(&request, IFLA_LINKINFO);
	attr_put(&request, IFLA_INFO_KIND, kind(), strlen(kind()));
	if (data) {
		more = attr_begin(&request, IFLA_INFO_DATA);
		attr_put(&request, IFLA_TUN_TYPE, &tap, sizeof(tap));
		attr_end(&request, more);
	}
	attr_end(&request, info);

	CHECK_OK(setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on,
			    sizeof(on)));
	CHECK_OK(setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on,
			    sizeof(on)));
	CHECK_OK(send(fd, &request, request.header.nlmsg_len, 0));
	len = recv(fd, answer, sizeof(answer), 0);
	close(fd);
	CHECK(len >= (int)NLMSG_LENGTH(sizeof(*error)));
	words[0] = '\0';
	attr = (void *)(error + 1);
	len -= NLMSG_LENGTH(sizeof(*error));
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len))
		if (attr->rta_type == NLMSGERR_ATTR_MSG)
			snprintf(words, size, "%s", (char *)RTA_DATA(attr));
	return error->error;
}

static void test_makes_none(void)
{
	char words[256];

	/* The driver has to be there: nothing loads it by its kind. */
	node_open(0);
	CHECK_INT(link_make("x0", false, words, sizeof(words)), -EOPNOTSUPP);
	CHECK(words[0]);
	CHECK_INT(link_make("x0", true, words, sizeof(words)), -EOPNOTSUPP);
	CHECK(words[0]);
	CHECK_INT(if_index("x0"), 0);
}

static void test_name_in_use_makes_no_difference(void)
{
	int fd = device_open("tap0", TAP);
	char words[256];

	CHECK_INT(link_make("tap0", true, words, sizeof(words)), -EOPNOTSUPP);
	CHECK_INT(get_flags(fd) & IFF_TAP, IFF_TAP);
}

static void test_deletes(void)
{
	int fd = device_open("tap0", TAP);

	CHECK_OK(if_delete("tap0"));
	CHECK_INT(if_index("tap0"), 0);
	CHECK_INT(get_flags(fd), -1);
	CHECK_INT(errno, EBADFD);
}

static void test_deletes_while_frames_wait(void)
{
	int packet;

	device_open("tap0", TAP);
	CHECK_OK(if_up("tap0"));
	packet = packet_open("tap0", 0);
	CHECK_OK(frame_send(packet, 60, 1));
	CHECK_OK(if_delete("tap0"));
	CHECK_INT(frame_send(packet, 60, 1), -1);
}

static void test_shows_numbers_of_many_queues_only(void)
{
	struct tun_link link;

	device_open("tap0", TAP);
	CHECK_OK(tun_link_get("tap0", &link));
	CHECK_INT(link.queues, -1);
	CHECK_INT(link.queues_detached, -1);
	device_open("tap1", TAP | IFF_MULTI_QUEUE);
	CHECK_OK(tun_link_get("tap1", &link));
	CHECK_INT(link.queues, 1);
	CHECK_INT(link.queues_detached, 0);
}

static const struct check_test tests[] = {
	{ "rtnetlink: makes no device, and says why", test_makes_none },
	{ "rtnetlink: a name in use makes no difference",
	  test_name_in_use_makes_no_difference },
	{ "rtnetlink: deletes a device", test_deletes },
	{ "rtnetlink: deletes a device while frames wait",
	  test_deletes_while_frames_wait },
	{ "rtnetlink: shows the number of many queues only",
	  test_shows_numbers_of_many_queues_only },
};

DRIVER_MAIN(tests)
