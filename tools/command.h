/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of the user that a tool runs. */
#ifndef COMMAND_H
#define COMMAND_H

/*
 * Says why exec failed with that errno, in one line, and then what helps;
 * remedy may be NULL. Returns ENOENT when the
 * command is nowhere, whatever exec called it; the errno otherwise.
 */
int command_failed(const char *command, int error, const char *remedy);

#endif /* COMMAND_H */
