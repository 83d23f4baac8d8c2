/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of format gso, as docs/gso-stream.md has them. */
#ifndef TUNKIT_GSO_H
#define TUNKIT_GSO_H

#include "tunkit.h"

#define TK_GSO_HELLO_SIZE	16u
#define TK_GSO_HEAD_SIZE	16u	/* of a record, before its frame */

/* out has TK_GSO_HELLO_SIZE bytes. */
void tk_gso_hello_put(const struct tunkit_hello *hello, uint8_t *out);

/*
 * Reads len bytes of a hello. 1: whole. 0: good so far, more are needed.
 * -EPROTO: it is not one, as the first wrong byte already tells.
 * -EPROTONOSUPPORT: of another version or with flags that we do not know.
 */
int tk_gso_hello_get(const uint8_t *bytes, size_t len,
		     struct tunkit_hello *hello);

/* What is left of a set when what the driver refuses alone is taken off. */
unsigned int tk_gso_sane(unsigned int offload);

#endif /* TUNKIT_GSO_H */
