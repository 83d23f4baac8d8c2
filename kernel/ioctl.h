/* SPDX-License-Identifier: GPL-2.0 */
#ifndef IOCTL_H
#define IOCTL_H

struct file;

long tun_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
long tun_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* IOCTL_H */
