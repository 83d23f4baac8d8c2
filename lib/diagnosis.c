// SPDX-License-Identifier: LGPL-2.1-or-later
#include "diagnosis.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

struct tk_shown tk_shown(const char *hostile)
{
	struct tk_shown out;

	tunkit_escape(out.text, sizeof(out.text), hostile ? hostile : "?");
	return out;
}

struct tk_shown tk_word(const char *name)
{
	const char *at = name;

	while (at && *at && (isalnum((unsigned char)*at) ||
			     strchr("._-+@%/:", *at)))
		at++;
	return tk_shown(at && at != name && !*at && *name != '-' ? name : "DEV");
}

struct tk_shown tk_id(unsigned int id, const char *name)
{
	struct tk_shown out;

	if (name)
		snprintf(out.text, sizeof(out.text), "%u (%.100s)", id,
			 tk_shown(name).text);
	else
		snprintf(out.text, sizeof(out.text), "%u", id);
	return out;
}

struct tk_shown tk_holders_text(const struct tunkit_facts *facts)
{
	const struct tunkit_holder *first = facts->holders;
	struct tk_shown out, user = { "" };
	int len;

	if (facts->holder_user)
		snprintf(user.text, sizeof(user.text), "%.32s",
			 tk_shown(facts->holder_user).text);
	else
		snprintf(user.text, sizeof(user.text), "uid %u", first->uid);
	len = snprintf(out.text, sizeof(out.text), "%.64s[%d] fd %d (%s)",
		       tk_shown(first->command).text, first->pid, first->fd,
		       user.text);
	if (facts->holders_count > 1 && len < (int)sizeof(out.text))
		snprintf(out.text + len, sizeof(out.text) - len,
			 " and %zu more", facts->holders_count - 1);
	return out;
}

bool tk_cause(struct tunkit_diagnosis *diagnosis, enum tunkit_status status,
	      const char *format, ...)
{
	va_list arguments;

	diagnosis->status = status;
	va_start(arguments, format);
	vsnprintf(diagnosis->cause, sizeof(diagnosis->cause), format,
		  arguments);
	va_end(arguments);
	return true;
}

void tk_remedy(struct tunkit_diagnosis *diagnosis, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(diagnosis->remedy, sizeof(diagnosis->remedy), format,
		  arguments);
	va_end(arguments);
}

/* The first that applies; what is not the device's fault comes first. */
static bool (*const parts[])(const struct tunkit_facts *facts,
			     struct tunkit_diagnosis *diagnosis) = {
	tk_diagnose_ns,
	tk_diagnose_borrow,
	tk_diagnose_node,
	tk_diagnose_queue,
	tk_diagnose_permission,
	tk_diagnose_master,
	tk_diagnose_device,
};

static enum tunkit_status plain_status(int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return TUNKIT_STATUS_PERMISSION;
	case -EBUSY:
	case -EEXIST:
	case -ENODEV:
	case -EMEDIUMTYPE:
		return TUNKIT_STATUS_STATE;
	default:
		return TUNKIT_STATUS_FAILED;
	}
}

/* The kernel's own words, else the C library's, begun in lower case. */
static void plain(const struct tunkit_facts *facts,
		  struct tunkit_diagnosis *diagnosis)
{
	int error = facts->failure->error;
	enum tunkit_status status = plain_status(error);
	const char *text = strerrordesc_np(-error);
	char *cause = diagnosis->cause;

	if (facts->kernel_text) {
		tk_cause(diagnosis, status, "refused by the kernel: %s",
			 tk_shown(facts->kernel_text).text);
	} else if (text) {
		tk_cause(diagnosis, status, "%s", text);
		if (islower((unsigned char)cause[1]))
			cause[0] = tolower((unsigned char)cause[0]);
	} else {
		tk_cause(diagnosis, status, "error %d", -error);
	}
	if (error == -EMFILE)
		tk_remedy(diagnosis, "raise the limit: ulimit -n");
}

static void note(const struct tunkit_facts *facts,
		 struct tunkit_diagnosis *diagnosis)
{
	const struct tunkit_device *device = facts->device;

	if (!device)
		return;
	if (!device->has_owner && !device->has_group) {
		tk_cause(diagnosis, TUNKIT_STATUS_DONE,
			 "owner -  (any user may attach)");
		tk_remedy(diagnosis, "give it an owner: tunctl -u USER -t %s",
			  tk_word(device->name).text);
	} else if (device->offload && !device->carrier) {
		tk_cause(diagnosis, TUNKIT_STATUS_DONE,
			 "an earlier program left its offloads set");
		tk_remedy(diagnosis, "the next tuncat or tunq resets them");
	} else if (!device->carrier) {
		tk_cause(diagnosis, TUNKIT_STATUS_DONE,
			 "no carrier (no process attached)");
		tk_remedy(diagnosis, device->multi_queue ?
			  "to keep it without one: tunq hold %s" :
			  "a reader gives it one: tuncat %s",
			  tk_word(device->name).text);
	}
}

void tunkit_diagnose_facts(const struct tunkit_facts *given,
			   struct tunkit_diagnosis *diagnosis)
{
	struct tunkit_failure failure;
	struct tunkit_facts facts;
	size_t i;

	memset(diagnosis, 0, sizeof(*diagnosis));
	if (tk_opts_read(&facts, sizeof(facts), given) || !facts.failure ||
	    tk_opts_read(&failure, sizeof(failure), facts.failure)) {
		tk_cause(diagnosis, TUNKIT_STATUS_FAILED, "invalid argument");
		return;
	}
	facts.failure = &failure;
	if (!failure.error) {
		note(&facts, diagnosis);
		return;
	}
	for (i = 0; i < TK_COUNT(parts); i++)
		if (parts[i](&facts, diagnosis))
			return;
	plain(&facts, diagnosis);
}
