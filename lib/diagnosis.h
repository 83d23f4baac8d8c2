/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of tunkit_diagnose_facts(): each explains one field, or passes. */
#ifndef TUNKIT_DIAGNOSIS_H
#define TUNKIT_DIAGNOSIS_H

#include "tunkit.h"

/* Large enough for any name or path that is worth showing. */
struct tk_shown {
	char text[160];
};

/* Escaped, and cut where it is longer. NULL becomes "?". */
struct tk_shown tk_shown(const char *hostile);

/*
 * A name as part of a command to be typed: one that a shell would not take as
 * it stands is written as the placeholder DEV.
 */
struct tk_shown tk_word(const char *name);

/* "1001 (alice)", or "1001" without a name. */
struct tk_shown tk_id(unsigned int id, const char *name);

/* "qemu[4711] fd 9 (alice) and 2 more" */
struct tk_shown tk_holders_text(const struct tunkit_facts *facts);

/* Sets cause and status; true, so that a caller can return it. */
bool tk_cause(struct tunkit_diagnosis *diagnosis, enum tunkit_status status,
	      const char *format, ...) __attribute__((format(printf, 3, 4)));
void tk_remedy(struct tunkit_diagnosis *diagnosis, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* False: the failure is of another field, nothing was written. */
bool tk_diagnose_ns(const struct tunkit_facts *facts,
		    struct tunkit_diagnosis *diagnosis);
bool tk_diagnose_node(const struct tunkit_facts *facts,
		      struct tunkit_diagnosis *diagnosis);
bool tk_diagnose_borrow(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis);
bool tk_diagnose_permission(const struct tunkit_facts *facts,
			    struct tunkit_diagnosis *diagnosis);
bool tk_diagnose_queue(const struct tunkit_facts *facts,
		       struct tunkit_diagnosis *diagnosis);
bool tk_diagnose_master(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis);
bool tk_diagnose_device(const struct tunkit_facts *facts,
			struct tunkit_diagnosis *diagnosis);

#endif /* TUNKIT_DIAGNOSIS_H */
