// SPDX-License-Identifier: LGPL-2.1-or-later
#include "delete.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Waiting, not work: far more threads than processors pay. */
#define THREADS_MAX	64
#define STACK_SIZE	(64 * 1024)

struct crowd {
	struct tk_victim *victims;
	size_t count;
	atomic_size_t next;
};

static void release(struct tk_victim *victim)
{
	if (ioctl(victim->fd, TUNSETPERSIST, 0))
		victim->result = errno == EBADFD ? -ENODEV : -errno;
	else
		victim->result = 0;
	close(victim->fd);
	victim->fd = -1;
}

static void *release_some(void *arg)
{
	struct crowd *crowd = arg;
	size_t i;

	while ((i = atomic_fetch_add(&crowd->next, 1)) < crowd->count) {
		struct tk_victim *victim = &crowd->victims[i];

		if (victim->result == TK_PENDING && victim->fd >= 0)
			release(victim);
	}
	return NULL;
}

/* As many as there are to be had: the caller's thread works too. */
static size_t start(pthread_t threads[], size_t count, struct crowd *crowd)
{
	pthread_attr_t attr;
	sigset_t all, before;
	size_t started = 0;

	if (pthread_attr_init(&attr))
		return 0;
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < count && !pthread_create(&threads[started], &attr,
						  release_some, crowd))
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return started;
}

void tk_delete_held(struct tk_victim victims[], size_t count)
{
	struct crowd crowd = { .victims = victims, .count = count };
	pthread_t threads[THREADS_MAX];
	size_t i, helpers = 0, wanted = 0;

	for (i = 0; i < count && wanted <= THREADS_MAX; i++)
		wanted += victims[i].result == TK_PENDING && victims[i].fd >= 0;
	if (wanted > 1)
		helpers = start(threads, wanted - 1, &crowd);
	release_some(&crowd);
	for (i = 0; i < helpers; i++)
		pthread_join(threads[i], NULL);
}
