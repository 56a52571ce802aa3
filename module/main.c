// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport Driver Interface: set-up, and its exact reverse.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "address.h"
#include "chardev.h"
#include "client.h"
#include "info.h"
#include "notify.h"
#include "proc.h"
#include "statistics.h"

static int __init tdi_init(void)
{
	int err;

	tdi_info_init();
	err = tdi_statistics_init();
	if (err)
		return err;
	err = tdi_client_init();
	if (err)
		goto err_statistics;
	err = tdi_address_init();
	if (err)
		goto err_client;
	err = tdi_proc_init();
	if (err)
		goto err_address;
	err = tdi_notify_init();
	if (err)
		goto err_proc;
	err = tdi_chardev_init();
	if (err)
		goto err_notify;
	return 0;

err_notify:
	tdi_notify_exit();
err_proc:
	tdi_proc_exit();
err_address:
	tdi_address_exit();
err_client:
	tdi_client_exit();
err_statistics:
	tdi_statistics_exit();
	return err;
}

static void __exit tdi_exit(void)
{
	tdi_chardev_exit();
	tdi_notify_exit();
	tdi_proc_exit();
	tdi_address_exit();
	/* socket callbacks that still run */
	synchronize_rcu();
	tdi_client_exit();
	tdi_statistics_exit();
}

module_init(tdi_init);
module_exit(tdi_exit);

MODULE_DESCRIPTION("Transport Driver Interface");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
