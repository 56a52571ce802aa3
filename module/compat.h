/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernels older than the newest one that this source is written for lack,
 * each with the release that brought it.
 */
#ifndef _TDI_COMPAT_H
#define _TDI_COMPAT_H

#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
/* 9b13df3fb64e "timers: Rename del_timer_sync() to timer_delete_sync()" */
#define tdi_timer_delete_sync(timer) del_timer_sync(timer)
#else
#define tdi_timer_delete_sync(timer) timer_delete_sync(timer)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
/* 40e0b0908142 "net/sock: Introduce trace_sk_data_ready()" */
#define trace_sk_data_ready(sk) do { } while (0)
#else
#include <trace/events/sock.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
/* 1aaba11da9aa "driver core: class: remove module * from class_create()" */
#define tdi_class_create(name) class_create(THIS_MODULE, name)
#else
#define tdi_class_create(name) class_create(name)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
/* 2ad9bd8332ac "iov: add import_ubuf()" */
static inline int import_ubuf(int direction, void __user *buffer, size_t length,
			      struct iov_iter *iter)
{
	if (unlikely(!access_ok(buffer, length)))
		return -EFAULT;
	iov_iter_ubuf(iter, direction, buffer, length);
	return 0;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
/* ff62b8e6588f "driver core: make struct class.devnode() take a const *" */
#define TDI_DEVNODE_CONST
#else
#define TDI_DEVNODE_CONST const
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
/* c274af224269 "inet: introduce inet->inet_flags" */
#define tdi_inet_mc_loop(sk) (inet_sk(sk)->mc_loop)
#define tdi_inet_hdrincl(sk) (inet_sk(sk)->hdrincl)
#else
#define tdi_inet_mc_loop(sk) inet_test_bit(MC_LOOP, sk)
#define tdi_inet_hdrincl(sk) inet_test_bit(HDRINCL, sk)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
/* d986f52124e0 "ipv6: lockless IPV6_MULTICAST_LOOP implementation" */
#define tdi_inet6_mc_loop(sk) (inet6_sk(sk)->mc_loop)
#define tdi_inet6_dontfrag(sk) (inet6_sk(sk)->dontfrag)
#else
#define tdi_inet6_mc_loop(sk) inet6_test_bit(MC6_LOOP, sk)
#define tdi_inet6_dontfrag(sk) inet6_test_bit(DONTFRAG, sk)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
/* b4a11b2033b7 "net: fix IPSTATS_MIB_OUTPKGS increment in OutForwDatagrams" */
#define TDI_IPSTATS_OUTREQUESTS IPSTATS_MIB_OUTPKTS
#else
#define TDI_IPSTATS_OUTREQUESTS IPSTATS_MIB_OUTREQUESTS
#endif

/* ac56a0b48da8 "rxrpc: Fix ICMP/ICMP6 error handling", and what it needs (6.6) */
#define TDI_HAVE_ENCAP_ERR (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0))

#endif /* _TDI_COMPAT_H */
