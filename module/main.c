// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport Driver Interface: set-up, and its exact reverse.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "address.h"
#include "chardev.h"

static int __init tdi_init(void)
{
	int err;

	err = tdi_address_init();
	if (err)
		return err;
	err = tdi_chardev_init();
	if (err)
		goto err_address;
	return 0;

err_address:
	tdi_address_exit();
	return err;
}

static void __exit tdi_exit(void)
{
	tdi_chardev_exit();
	tdi_address_exit();
	/* socket callbacks that still run */
	synchronize_rcu();
}

module_init(tdi_init);
module_exit(tdi_exit);

MODULE_DESCRIPTION("Transport Driver Interface");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
