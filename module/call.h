/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands of <linux/tdi.h> on their way between user memory and requests, for
 * both front ends: ioctl(2), which waits, and io_uring, which does not.
 */
#ifndef _TDI_CALL_H
#define _TDI_CALL_H

#include <linux/ktime.h>
#include <linux/uio.h>

#include "file.h"
#include "request.h"

union tdi_argument {
	struct tdi_head head;
	struct tdi_create create;
	struct tdi_associate_address associate;
	struct tdi_disassociate_address disassociate;
	struct tdi_connect connect;
	struct tdi_listen listen;
	struct tdi_accept accept;
	struct tdi_disconnect disconnect;
	struct tdi_data data;
	struct tdi_datagram datagram;
	struct tdi_set_event_handler event;
	struct tdi_event_reply reply;
	struct tdi_send_batch batch;
	struct tdi_query_information query;
	struct tdi_set_information set;
	struct tdi_action action;
	struct tdi_query_information_ex query_ex;
	struct tdi_set_information_ex set_ex;
	struct tdi_cancel cancel;
	struct tdi_query_caps caps;
};

/**
 * struct tdi_call - one command on its way
 * @filp: open file
 * @file: its TDI file object
 * @command: row of the table
 * @user: the caller's argument
 * @size: bytes of it that we know
 * @arg: our copy
 * @interrupted: errno if a signal ended it
 * @deadline: of a request that pends, or KTIME_MAX
 * @iov: of a vector that did not fit into @fast, or NULL
 * @fast: usual ones do
 */
struct tdi_call {
	struct file *filp;
	struct tdi_file *file;
	const struct tdi_command *command;
	void __user *user;
	size_t size;
	union tdi_argument arg;
	int interrupted;
	ktime_t deadline;
	struct iovec *iov;
	struct iovec fast[UIO_FASTIOV];
};

/**
 * struct tdi_command - row of the command table
 * @cmd: the whole command
 * @min_size: of its argument, in the first version
 * @size: of its argument
 * @any_flags: the request looks at the flags itself
 * @files: TDI_ON_xxx, for a request that can pend
 * @call: does it at once; or, for a request that can pend:
 * @prepare: checks and copies what the request needs
 * @submit: the request
 * @finish: it has succeeded: returns what the caller wants; in the caller's
 *	context.  NULL if that is nothing but status and information
 */
struct tdi_command {
	unsigned int cmd;
	unsigned int min_size;
	unsigned int size;
	bool any_flags;
	u8 files;
	u32 (*call)(struct tdi_call *call);
	u32 (*prepare)(struct tdi_call *call, struct tdi_request *req);
	u32 (*submit)(struct tdi_request *req);
	u32 (*finish)(struct tdi_call *call, struct tdi_request *req);
};

/* 1601 to 1970, in NT's units of 100 ns */
#define TDI_NT_EPOCH		116444736000000000LL

ktime_t tdi_deadline(s64 timeout);

int tdi_call_begin(struct tdi_call *call, struct file *filp, unsigned int cmd,
		   void __user *user);
u32 tdi_call_check(const struct tdi_call *call);
int tdi_call_write_back(struct tdi_call *call, u32 status);
u32 tdi_call_prepare(struct tdi_call *call, struct tdi_request *req);
void tdi_call_end(struct tdi_call *call);

struct tdi_endpoint *tdi_call_endpoint(struct tdi_call *call);
u32 tdi_call_check_information(const struct tdi_connection_information *ci);
u32 tdi_call_probe_return(const struct tdi_connection_information *ret);
u32 tdi_call_return_address(const struct tdi_connection_information *ret,
			    struct tdi_connection_information __user *user,
			    const struct sockaddr_storage *peer);

u32 tdi_call_connect(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_connected(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_listen(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_listened(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_disconnect(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_send(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_receive(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_send_datagram(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_receive_datagram(struct tdi_call *call, struct tdi_request *req);
u32 tdi_call_received_datagram(struct tdi_call *call, struct tdi_request *req);

u32 tdi_call_send_batch(struct tdi_call *call);

#endif /* _TDI_CALL_H */
