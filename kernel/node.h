/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the driver is called: `tun`, the drop-in, or `tunkit` (NAME=tunkit),
 * which loads beside the kernel's own.
 */
#ifndef NODE_H
#define NODE_H

#include <linux/miscdevice.h>

#ifdef TUN_BESIDE
#define TUN_NODE_MINOR	MISC_DYNAMIC_MINOR
#define TUN_NODE_NAME	"tunkit"
#define TUN_NODE_PATH	"net/tunkit"
#define TUN_LINK_KIND	"tunkit"
#else
#define TUN_NODE_MINOR	TUN_MINOR
#define TUN_NODE_NAME	"tun"
#define TUN_NODE_PATH	"net/tun"
#define TUN_LINK_KIND	"tun"
#endif

#endif /* NODE_H */
