// SPDX-License-Identifier: GPL-2.0-or-later
/* tunctl: makes, adjusts, lists and deletes persistent TUN/TAP devices. */
#include "tunctl.h"

#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>

#include "message.h"
#include "privilege.h"

void tally_add(struct tally *tally, int status)
{
	if (!status) {
		tally->done++;
		return;
	}
	if (!tally->failed++)
		tally->status = status;
	else if (tally->status != status)
		tally->status = TUNKIT_STATUS_FAILED;
}

int tally_status(const struct tally *tally)
{
	if (tally->done && tally->failed)
		return TUNKIT_STATUS_FAILED;
	return tally->status;
}

int request_run(const struct request *request)
{
	switch (request->verb) {
	case VERB_DELETE:
		return delete_run(request);
	case VERB_LIST:
		return list_run(request);
	case VERB_BATCH:
		return batch_run(request);
	default:
		return create_run(request);
	}
}

/*
 * CAP_SYS_ADMIN enters namespaces. The last two look into other users'
 * processes: for the holders in a list, to name who keeps a device busy, and
 * to reach the namespace of a process.
 */
static int keep_privileges(const struct request *request)
{
	static const int all[] = {
		CAP_NET_ADMIN, CAP_SYS_ADMIN, CAP_SYS_PTRACE,
		CAP_DAC_READ_SEARCH, -1,
	};
	static const int plain[] = { CAP_NET_ADMIN, CAP_SYS_ADMIN, -1 };
	bool looks = request->verb != VERB_LIST || message_verbosity > 0 ||
		     request->where || request->name_count;

	return privilege_keep(looks ? all : plain);
}

int main(int argc, char **argv)
{
	struct request request = { 0 };
	int status;

	message_tool = "tunctl";
	/* A reader that goes away must not leave half of the work undone. */
	signal(SIGPIPE, SIG_IGN);
	status = request_parse(argc, argv, 0, &request);
	if (!status && keep_privileges(&request))
		status = TUNKIT_STATUS_FAILED;
	if (!status)
		status = request_run(&request);
	netns_close_all();
	request_free(&request);
	return message_finish(status);
}
