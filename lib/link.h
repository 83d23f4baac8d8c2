/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef TUNKIT_LINK_H
#define TUNKIT_LINK_H

#include "tunkit.h"

struct tk_link;

/*
 * Clears in opts->set what link has already. -ENODEV: opts->master is not
 * there; -EINVAL: unknown bits in set.
 */
int tk_link_compare(struct tunkit_ns *ns, const struct tk_link *link,
		    struct tunkit_link_opts *opts);

#endif /* TUNKIT_LINK_H */
