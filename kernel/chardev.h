/* SPDX-License-Identifier: GPL-2.0 */
/* The clone node: every open makes a queue. */
#ifndef CHARDEV_H
#define CHARDEV_H

#include <linux/fs.h>
#include <linux/miscdevice.h>

extern const struct file_operations tun_fops;
extern struct miscdevice tun_miscdev;

#endif /* CHARDEV_H */
