/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What exports.c needs of the driver, without its types: every type that is
 * visible there changes the versions of the exported symbols.
 */
#ifndef EXPORTS_H
#define EXPORTS_H

struct file;
struct ptr_ring;
struct socket;

/* Of an open clone node; ERR_PTR(-EINVAL) of any other file. */
struct socket *tun_file_socket(struct file *file);
struct ptr_ring *tun_file_ring(struct file *file);

#endif /* EXPORTS_H */
