// SPDX-License-Identifier: GPL-2.0-or-later
/* A bridge that waits for both devices by select(). */
#include "bridge.h"

#include <sys/select.h>

int main(int argc, char **argv)
{
	int fds[2], most;

	bridge_arguments(argc, argv, fds);
	most = fds[0] > fds[1] ? fds[0] : fds[1];
	for (;;) {
		fd_set ready;

		FD_ZERO(&ready);
		FD_SET(fds[0], &ready);
		FD_SET(fds[1], &ready);
		if (select(most + 1, &ready, NULL, NULL, NULL) < 0) {
			perror("select");
			return 1;
		}
		if (FD_ISSET(fds[0], &ready))
			bridge_pass(fds[0], fds[1]);
		if (FD_ISSET(fds[1], &ready))
			bridge_pass(fds[1], fds[0]);
	}
}
