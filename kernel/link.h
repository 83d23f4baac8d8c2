/* SPDX-License-Identifier: GPL-2.0 */
/* What rtnetlink and sysfs show of a device. */
#ifndef LINK_H
#define LINK_H

#include <linux/sysfs.h>
#include <net/rtnetlink.h>

extern struct rtnl_link_ops tun_link_ops;
extern const struct attribute_group tun_sysfs_group;

#endif /* LINK_H */
