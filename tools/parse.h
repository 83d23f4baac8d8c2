/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option arguments. Each returns 0, or -EINVAL after having said what is wrong
 * on standard error in one line (message_error()).
 */
#ifndef PARSE_H
#define PARSE_H

#include <stdint.h>
#include <sys/types.h>

/* A user or group name, or a number. "no user 'x'" otherwise. */
int parse_user(const char *text, uid_t *uid);
int parse_group(const char *text, gid_t *gid);
/* A decimal number between min and max; what names it in the message. */
int parse_number(const char *what, const char *text, unsigned long min,
		 unsigned long max, unsigned long *value);
/* A time with a unit ms, s, m or h (s without one), in milliseconds. */
int parse_time(const char *what, const char *text, int64_t *milliseconds);
/* A decimal factor between a millionth and a million: 2, 0.5. */
int parse_factor(const char *what, const char *text, double *value);
/* Six colon-separated bytes in hex, not multicast, not all zero. */
int parse_mac(const char *text, uint8_t mac[6]);

/* "alice", or "1001" when the number has no name. Static storage. */
const char *user_name(uid_t uid);
const char *group_name(gid_t gid);

#endif /* PARSE_H */
