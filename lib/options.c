// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#include <errno.h>
#include <string.h>

int tk_opts_read(void *to, size_t known, const void *from)
{
	const unsigned char *bytes = from;
	size_t size, i;

	memset(to, 0, known);
	if (!from)
		return 0;
	memcpy(&size, from, sizeof(size));
	if (size < sizeof(size))
		return -EINVAL;
	for (i = known; i < size; i++) {
		if (bytes[i])
			return -E2BIG;
	}
	memcpy(to, from, size < known ? size : known);
	return 0;
}
