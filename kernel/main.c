// SPDX-License-Identifier: GPL-2.0
/* Universal TUN/TAP device driver: init and exit, in order. */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "chardev.h"
#include "device.h"
#include "link.h"
#include "node.h"

#define TUN_DESCRIPTION	"Universal TUN/TAP device driver"

static int __init tun_init(void)
{
	int err;

	err = rtnl_link_register(&tun_link_ops);
	if (err)
		return err;
	err = tun_notifier_register();
	if (err)
		goto err_unregister_link;
	/* Last: from here on the node can be opened. */
	err = misc_register(&tun_miscdev);
	if (err)
		goto err_unregister_notifier;
	/* The kernel's own says so too; here it can be told which one it is. */
	pr_info("%s: %s, " TUN_VERSION " (tunkit)\n", KBUILD_MODNAME,
		TUN_DESCRIPTION);
	return 0;

err_unregister_notifier:
	tun_notifier_unregister();
err_unregister_link:
	rtnl_link_unregister(&tun_link_ops);
	return err;
}

static void __exit tun_exit(void)
{
	misc_deregister(&tun_miscdev);
	tun_notifier_unregister();
	rtnl_link_unregister(&tun_link_ops);
	/* eBPF programs of devices gone by now are freed by our callback. */
	rcu_barrier();
}

module_init(tun_init);
module_exit(tun_exit);
MODULE_DESCRIPTION(TUN_DESCRIPTION);
MODULE_AUTHOR("The tunkit authors");
MODULE_LICENSE("GPL");
#ifndef TUN_BESIDE
MODULE_ALIAS_MISCDEV(TUN_MINOR);
MODULE_ALIAS("devname:" TUN_NODE_PATH);
#endif
