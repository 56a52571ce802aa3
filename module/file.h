/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TDI file objects, and the rules of locking and lifetime for all of tdi.ko.
 *
 * Locks, outermost first
 * ----------------------
 *   tdi_proc_net->mutex	files of a namespace, for /proc/net/tdi
 *   file->mutex		what a file is, and the control operations of an
 *				endpoint (associate to disconnect, cleanup).
 *				Never two at once.
 *   tdi_net->mutex		table of addresses of a namespace
 *   address->mutex		sockets of an address, accepting
 *   lock_sock(), slock		the socket's own
 *   sk_callback_lock		the socket's own; held (read) in tdi_sock_event_t
 *   address->lock		(BH) files, endpoints and listens of an address
 *   file->lock			(BH) requests of a file; an endpoint's connection
 *   events->lock		(BH) what an address file wants to know, and from whom
 *   notify->lock		what a control channel wants to know
 *   tdi_notify_net->lock	(BH) control channels that do; alone, and in notifiers
 *   waiter->lock, uring->lock (IRQ) innermost
 *
 * Outside all of them is struct tdi_reading, held by read(2) of an address file or
 * a control channel: events are copied to user memory under it.  Turning a handler
 * off waits for it with no other lock.
 *
 * No network event is ever waited for under a mutex, nor is a connection's
 * socket locked under one as long as others can use it (a send or receive may
 * be stuck in a page fault with the socket locked); so each is held for a
 * bounded time.  No lock of ours is held when tdi_request.done runs;
 * tdi_request.kick runs under file->lock and only wakes, or schedules work.
 * Handlers of clients in the kernel are called with a connection's socket locked,
 * and may submit requests: that locks file->lock at most.
 *
 * Sending and receiving take none of them as long as nothing waits: the
 * connection is found under RCU and pinned by a reference, and
 * TDI_ENDPOINT_SENDING keeps the bytes of two sends apart.
 *
 * Who can still hold an object
 * ----------------------------
 *   struct tdi_file	its users (one reference for all), which are its
 *			descriptors and clients in the kernel; each endpoint
 *			associated with an address file; whoever walks
 *			address->endpoints, for as long as that takes.  A
 *			request holds none: it belongs to somebody who has the
 *			file open.  Freed after RCU: the socket of a datagram
 *			address, and whoever fans a datagram out, know it by
 *			address->files without a reference.  /proc/net/tdi has
 *			it until release takes it off its list.
 *   struct tdi_offer	address->offers: whoever takes it off there, under
 *			address->mutex, has it.  offer_work expires it, and
 *			makes offers of what nobody has read of; it is ended by
 *			the last close of the address.
 *   struct tdi_address	its opens, counted under tdi_net->mutex.  Gone with
 *			the last one; endpoints reach it through their address
 *			file and are disassociated before.  Freed after RCU, as
 *			files are.
 *   struct tdi_connection
 *			its endpoint (one reference); each send, receive, query
 *			and abort, whoever announces it, and a reader of events,
 *			while they run.  The last reference is always dropped in
 *			process context, and releases the socket.  Socket
 *			callbacks hold none: tdi_sock_unhook() ends them before
 *			the endpoint's reference goes.
 *   struct tdi_request	its submitter, from submission until done() was
 *			called.  Queues and callbacks reach it only under
 *			file->lock; whoever takes it off its queue there
 *			completes it, so it is completed once.
 *   struct tdi_uring	io_uring's command, from its submission until
 *			io_uring_cmd_done(), which is called once, in task work
 *			or where it was submitted; the command holds the file.
 *			Its timer is ended before.
 *   struct tdi_client	its file, until that is freed; after RCU, as tdi_submit()
 *			and tdi_submit_wait() may not have returned yet.  Its
 *			work item is ended by tdi_close(), which waits for
 *			handlers, completions and threads that wait.
 *   the module		open files; files of clients in the kernel, until
 *			Close.  Callbacks of sockets that outlive their
 *			file are not ours (tdi_sock_release()); main.c waits for
 *			those that run.
 *
 * Teardown of a file
 * ------------------
 *  0. tdi_close(), of a client in the kernel: take no more requests, turn handlers
 *     off, end what was submitted, wait for completions.
 *  1. release: no ioctl, read or write is running, and none will come.
 *  2. Under file->mutex end what is pending.
 *  3. Endpoint: withdraw its listen and its offer; take the connection off
 *     (RCU), unhook its socket, drop the reference: FIN.  Take it off
 *     address->endpoints and the ready list, drop the address file.
 *     Address: do 2 and 3 to each of its endpoints, under their mutex; then
 *     drop the open.  The last open releases listener and anchor.
 *  4. Drop the reference of the open file; the last one frees, and lets the
 *     namespace go.
 */
#ifndef _TDI_FILE_H
#define _TDI_FILE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <net/net_namespace.h>

#include "ea.h"
#include "sock.h"

struct tdi_address;
struct tdi_client;
struct tdi_connection;
struct tdi_events;
struct tdi_file;
struct tdi_notify;
struct tdi_offer;
struct tdi_request;

/* Queues of pending requests.  Sends and receives run one at a time, in order. */
enum tdi_queue {
	TDI_QUEUE_SEND,
	TDI_QUEUE_RECEIVE,
	TDI_QUEUE_EXPEDITED,	/* receives of expedited data alone */
	TDI_QUEUE_CONTROL,
	TDI_QUEUES,
};

/**
 * struct tdi_address_file - one open of a transport address
 * @address: the address, shared with its other opens
 * @link: on address->files; written under address->lock, read under RCU
 * @endpoints: associated endpoints; address->lock
 * @events: what this open wants to know; freed with the file
 * @sock: for datagrams: each open has a socket of its own
 * @cleaned: nobody has a handle any more: no listener; address->mutex
 * @ifindex: interface that @sock is bound to, whatever its remote; or 0
 * @sent: bytes of datagrams
 * @received: bytes of datagrams
 */
struct tdi_address_file {
	struct tdi_address *address;
	struct list_head link;
	struct list_head endpoints;
	struct tdi_events *events;
	struct tdi_sock sock;
	bool cleaned;
	int ifindex;
	atomic64_t sent;
	atomic64_t received;
};

/**
 * struct tdi_options - what was set of the options of connections
 * @set: bit n: option n
 * @values: by TDI_TCP_SOCKET_xxx
 * @keepalive: TDI_TCP_SOCKET_KEEPALIVE_VALS
 */
struct tdi_options {
	u32 set;
	u32 values[TDI_TCP_SOCKET_SCALE_CWIN];
	struct tdi_keepalive keepalive;
};

/* Bits of flags */
#define TDI_ENDPOINT_SENDING	0	/* somebody puts bytes in */
#define TDI_ENDPOINT_WANTED	1	/* somebody wants to know when they are done */

/**
 * struct tdi_endpoint - connection endpoint
 * @context: the client's
 * @address: address file it is associated with, a reference; written under
 *	file->mutex and file->lock
 * @address_link: on @address->endpoints; address->lock
 * @wanted: events that @address wants; file->lock
 * @ready_link: on @address's events->ready; events->lock
 * @listen: its pending listen; file->mutex
 * @offer: what its listen with TDI_QUERY_ACCEPT was offered; address->mutex
 * @offer_lost: that was refused by its time limit; address->mutex
 * @connection: of this epoch; written under file->mutex and file->lock
 * @epoch: number of the connection, from 1; file->lock
 * @last_epoch: number of the last connection that was dropped; file->lock
 * @last_status: how it ended; file->lock
 * @flags: TDI_ENDPOINT_xxx
 * @options: of its connections; file->mutex
 */
struct tdi_endpoint {
	u64 context;
	struct tdi_file *address;
	struct list_head address_link;
	u32 wanted;
	struct list_head ready_link;
	struct tdi_request *listen;
	struct tdi_offer *offer;
	bool offer_lost;
	struct tdi_connection __rcu *connection;
	u32 epoch;
	u32 last_epoch;
	u32 last_status;
	unsigned long flags;
	struct tdi_options options;
};

/**
 * struct tdi_file - TDI file object
 * @device: row of its device
 * @net: namespace of whoever opened it, pinned
 * @ns_tracker: of that pin, for debug kernels
 * @refs: see above
 * @handles: descriptors and clients in the kernel; the last one's end is TDI's
 *	Cleanup
 * @users: references of clients, and one of all @handles; the last one's end is
 *	TDI's Close
 * @in_kernel: a client in the kernel has opened it
 * @client: of clients in the kernel, one at a time; @mutex, does not change again
 * @mutex: see above
 * @lock: see above
 * @kind: enum tdi_file_kind; written once by create, published last
 * @created: a create came; @mutex
 * @pending: requests on @queue; @lock
 * @queue: pending requests; @lock
 * @wait: pollers, and cancellers of running requests
 * @notify: kind TDI_CONTROL_CHANNEL_FILE: what it wants to know of local
 *	addresses; @mutex, does not change again
 * @proc_link: in /proc/net/tdi, until it is closed
 * @pid: process that opened it
 * @uid: user that opened it
 * @rcu: datagrams look for all opens of an address under RCU
 * @address: kind TDI_TRANSPORT_ADDRESS_FILE
 * @endpoint: kind TDI_CONNECTION_FILE
 */
struct tdi_file {
	const struct tdi_device *device;
	struct net *net;
	netns_tracker ns_tracker;
	refcount_t refs;
	refcount_t handles;
	refcount_t users;
	bool in_kernel;
	struct tdi_client *client;
	struct mutex mutex;
	spinlock_t lock;
	u8 kind;
	bool created;
	unsigned int pending;
	struct list_head queue[TDI_QUEUES];
	wait_queue_head_t wait;
	struct tdi_notify *notify;
	struct list_head proc_link;
	struct pid *pid;
	kuid_t uid;
	struct rcu_head rcu;
	union {
		struct tdi_address_file address;
		struct tdi_endpoint endpoint;
	};
};

#define tdi_endpoint_file(ep)	container_of(ep, struct tdi_file, endpoint)
#define tdi_address_file(open)	container_of(open, struct tdi_file, address)

static inline enum tdi_file_kind tdi_file_kind(const struct tdi_file *file)
{
	return smp_load_acquire(&file->kind);
}

/* An address that sends and receives by itself */
static inline bool tdi_file_is_datagram(const struct tdi_file *file)
{
	return tdi_file_kind(file) == TDI_TRANSPORT_ADDRESS_FILE &&
	       file->device->type != SOCK_STREAM;
}

/* What a request is sent to */
#define TDI_ON_ENDPOINT		BIT(0)
#define TDI_ON_DATAGRAM		BIT(1)	/* an address of a datagram device */

struct tdi_file *tdi_file_open(const struct tdi_device *device, struct net *net);
void tdi_file_close(struct tdi_file *file);
void tdi_file_unuse(struct tdi_file *file);
u32 tdi_file_check(const struct tdi_file *file, u8 files);
void tdi_file_get(struct tdi_file *file);
void tdi_file_put(struct tdi_file *file);
u32 tdi_file_create(struct tdi_file *file, const void *ea, size_t ea_length,
		    u32 share_access, u32 protocol, const struct cred *cred);

#endif /* _TDI_FILE_H */
