/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transport Driver Interface for clients in the kernel.
 *
 * The numbers, the structures of queries and the statuses are those of
 * <uapi/linux/tdi.h>.  A client opens files, has requests carried out on them,
 * and is called when something happens: by requests that have completed, and by
 * event handlers of its addresses (reference 3).
 */
#ifndef _LINUX_TDI_H
#define _LINUX_TDI_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/socket.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <uapi/linux/tdi.h>

struct net;
struct tdi_file;
struct tdi_operation;
struct tdi_request;

/**
 * DOC: Contexts
 *
 * "Process context": may sleep, no spinlock is held, and it is neither a handler
 * nor a completion.  "Any context": also with bottom halves off, in handlers and
 * in completions; not with interrupts off.
 *
 * Handlers and completions are called with bottom halves off, and must not
 * sleep.  They may call whatever is for any context, also for the same file: no
 * lock is held then that this would take.  (What is held is the socket of a
 * connection while its data is indicated, as it is shown where it lies; and what
 * keeps readers of a control channel apart while addresses are told of.)  They
 * never run after the function has returned that says so.
 *
 * Statuses are NTSTATUS; tdi_status_to_errno() has the errno.
 */

/* A time limit of @ms from now, as tdi_build_connect() and others take it */
#define TDI_TIMEOUT_MS(ms)	(-(s64)(ms) * 10000)

/**
 * struct tdi_request - what Windows calls an IRP
 * @complete: called once, when the request is done that tdi_submit() has taken;
 *	the request is the client's again then, and may be freed, or built and
 *	submitted anew
 * @context: the client's, for @complete
 * @cookie: the client's name for it, for TDI_IOC_CANCEL of whoever shares the file;
 *	set by tdi_build_xxx() to 0
 * @status: result
 * @information: result: bytes
 * @remote: result: the peer, of CONNECT, LISTEN, ACCEPT; the source of a
 *	datagram
 *
 * Its memory is the client's, and must stay until it is done; no stack's if it has a
 * time limit, as each disconnect has, and is given to tdi_submit().  It is made by one
 * of tdi_build_xxx(), before each time that it is submitted, which need no more than
 * that memory.  @complete and @context are the client's to set, and stay over
 * tdi_build_xxx().
 */
struct tdi_request {
	void (*complete)(struct tdi_request *req);
	void *context;
	u64 cookie;
	u32 status;
	u64 information;
	struct sockaddr_storage remote;

	/* private: of module/request.h */
	struct tdi_file *file;
	const struct tdi_operation *operation;
	void (*kick)(struct tdi_request *req);
	void (*done)(struct tdi_request *req);
	struct list_head link;
	u32 flags;
	u8 queue;
	u8 state;
	bool kicked;
	bool nonblock;
	bool overtakes;
	u32 end_status;
	u32 epoch;
	union {
		struct msghdr msg;
		struct {
			struct sockaddr_storage filter;
			struct list_head listen_link;
			struct socket *accepted;
		};
		struct {
			u64 offer;
			void *connection_context;
			bool has_context;
		};
		struct tdi_file *address;
	};
	/* private: of module/client.h */
	const struct tdi_post *post;
	struct kvec kvec;
	s64 timeout;
	ktime_t deadline;
	struct timer_list timer;
	bool timed_out;
	u64 ticket;
	struct list_head client_link;
	struct list_head kick_link;
};

/*
 * Files.  All in process context.
 */

u32 tdi_open_control(struct net *net, u32 device, struct tdi_file **file);
u32 tdi_open_address(struct net *net, u32 device,
		     const struct sockaddr_storage *local, u32 share_access,
		     u32 protocol, struct tdi_file **file);
u32 tdi_open_endpoint(struct net *net, u32 device, void *context,
		      struct tdi_file **file);
void tdi_close(struct tdi_file *file);

struct tdi_file *tdi_reference(struct tdi_file *file);
void tdi_dereference(struct tdi_file *file);

struct tdi_file *tdi_file_from_fd(int fd, void *context);
int tdi_file_to_fd(struct tdi_file *file, int flags);

/* Requests on one file that are not done yet, at most */
#define TDI_PENDING_MAX	1024

/*
 * Requests, built in any context.  The data that is sent or received stays where
 * it is until they are done; addresses are copied, and may be a request's own
 * @remote.  Their statuses are those of the reference and of "What is settled" in
 * the project's README; common to all are STATUS_CANCELLED, STATUS_IO_TIMEOUT
 * where there is a time limit, STATUS_LOCAL_DISCONNECT when the address is closed,
 * and those of tdi_submit().
 */

void tdi_build_associate(struct tdi_request *req, struct tdi_file *endpoint,
			 struct tdi_file *address);
void tdi_build_disassociate(struct tdi_request *req, struct tdi_file *endpoint);
void tdi_build_connect(struct tdi_request *req, struct tdi_file *file,
		       const struct sockaddr_storage *remote, s64 timeout);
void tdi_build_listen(struct tdi_request *req, struct tdi_file *endpoint,
		      const struct sockaddr_storage *filter, u32 flags);
void tdi_build_accept(struct tdi_request *req, struct tdi_file *endpoint,
		      void *const *context);
void tdi_build_disconnect(struct tdi_request *req, struct tdi_file *file,
			  s64 timeout, u32 flags);
void tdi_build_send(struct tdi_request *req, struct tdi_file *endpoint,
		    const void *data, size_t length, u32 flags);
void tdi_build_receive(struct tdi_request *req, struct tdi_file *endpoint,
		       void *data, size_t length, u32 flags);
void tdi_build_send_datagram(struct tdi_request *req, struct tdi_file *address,
			     const struct sockaddr_storage *remote,
			     const void *data, size_t length);
void tdi_build_receive_datagram(struct tdi_request *req,
				struct tdi_file *address,
				const struct sockaddr_storage *source,
				void *data, size_t length, u32 flags);
void tdi_set_iter(struct tdi_request *req, const struct iov_iter *iter);

u32 tdi_submit(struct tdi_request *req);
u32 tdi_submit_wait(struct tdi_request *req);
u32 tdi_cancel(struct tdi_request *req);
u64 tdi_cancel_all(struct tdi_file *file);

/*
 * Queries and options.  Process context.
 */

u32 tdi_query(struct tdi_file *file, u32 type, void *buffer, size_t size,
	      size_t *length);
u32 tdi_query_ex(struct tdi_file *file, const struct tdi_object_id *id,
		 const u8 context[16], void *buffer, size_t size,
		 size_t *length);
u32 tdi_set_ex(struct tdi_file *file, const struct tdi_object_id *id,
	       const void *value, size_t length);

/*
 * Event handlers, with TDI's arguments (reference 3.2).  @event_context is
 * tdi_set_event_handler()'s, @connection_context the endpoint's; both are used
 * until the handler is turned off, or the file closed.  Addresses are struct
 * tdi_transport_address, tdi_taddr_parse() makes a sockaddr of them; they and data
 * are there for the call only.
 *
 * A request that a handler returns is the module's as if it were submitted, and
 * completed once: with STATUS_INVALID_PARAMETER if it is not what the handler can
 * return, with STATUS_INVALID_HANDLE if its file is being closed.
 */

/*
 * TDI_EVENT_CONNECT.  STATUS_MORE_PROCESSING_REQUIRED with *@accept: a request of
 * tdi_build_accept() for an idle endpoint that is associated with this file, and that
 * nobody is about to close or to disassociate; *@connection_context replaces its
 * context, if it is not NULL.  All else refuses.
 */
typedef u32 (*tdi_connect_handler_t)(void *event_context,
				     int remote_address_length,
				     const void *remote_address,
				     int user_data_length,
				     const void *user_data,
				     int options_length, const void *options,
				     void **connection_context,
				     struct tdi_request **accept);

/* TDI_EVENT_DISCONNECT: its last one.  @flags: TDI_DISCONNECT_RELEASE or _ABORT */
typedef u32 (*tdi_disconnect_handler_t)(void *event_context,
					void *connection_context,
					int disconnect_data_length,
					const void *disconnect_data,
					int disconnect_information_length,
					const void *disconnect_information,
					u32 flags);

/* TDI_EVENT_ERROR: the address's listener has ended */
typedef u32 (*tdi_error_handler_t)(void *event_context, u32 status);

/*
 * TDI_EVENT_RECEIVE, TDI_EVENT_RECEIVE_EXPEDITED.  @tsdu are @bytes_indicated
 * bytes, all of @bytes_available.  Without a handler of its own, expedited data
 * comes to that of TDI_EVENT_RECEIVE, with TDI_RECEIVE_EXPEDITED in
 * @receive_flags.  Returns (reference 3.5)
 *
 * STATUS_SUCCESS: *@bytes_taken are the client's; others are indicated again, if it
 *	took any, and refused if not.
 * STATUS_DATA_NOT_ACCEPTED, and whatever is not named here: the same, but if
 *	bytes are left they are refused: silence until a TDI_RECEIVE.
 * STATUS_MORE_PROCESSING_REQUIRED: those that are left are *@receive's, a request
 *	of tdi_build_receive() for this endpoint, before all that wait.  It is done
 *	as soon as it has some.
 */
typedef u32 (*tdi_receive_handler_t)(void *event_context,
				     void *connection_context,
				     u32 receive_flags, u32 bytes_indicated,
				     u32 bytes_available, u32 *bytes_taken,
				     const void *tsdu,
				     struct tdi_request **receive);

/*
 * TDI_EVENT_RECEIVE_DATAGRAM.  Bytes that are not taken are lost, unless
 * STATUS_MORE_PROCESSING_REQUIRED has them put into *@receive, a request of
 * tdi_build_receive_datagram() for this address.
 */
typedef u32 (*tdi_receive_datagram_handler_t)(void *event_context,
					      int source_address_length,
					      const void *source_address,
					      int options_length,
					      const void *options,
					      u32 receive_flags,
					      u32 bytes_indicated,
					      u32 bytes_available,
					      u32 *bytes_taken,
					      const void *tsdu,
					      struct tdi_request **receive);

/* TDI_EVENT_SEND_POSSIBLE: after a send with TDI_SEND_NON_BLOCKING did not go */
typedef u32 (*tdi_send_possible_handler_t)(void *event_context,
					   void *connection_context,
					   u32 bytes_available);

/* TDI_EVENT_ERROR_EX: what became of a datagram to @remote_address */
typedef u32 (*tdi_error_ex_handler_t)(void *event_context, u32 status,
				      int remote_address_length,
				      const void *remote_address);

/* TDI_EVENT_ADD_ADDRESS, TDI_EVENT_DEL_ADDRESS, of a control channel */
typedef u32 (*tdi_address_handler_t)(void *event_context, int address_length,
				     const void *address);

typedef union {
	tdi_connect_handler_t connect;
	tdi_disconnect_handler_t disconnect;
	tdi_error_handler_t error;
	tdi_receive_handler_t receive;
	tdi_receive_datagram_handler_t receive_datagram;
	tdi_send_possible_handler_t send_possible;
	tdi_error_ex_handler_t error_ex;
	tdi_address_handler_t address;
} tdi_handler_t __attribute__((__transparent_union__));

u32 tdi_set_event_handler(struct tdi_file *file, u32 type,
			  tdi_handler_t handler, void *event_context);

/* Any context */
u32 tdi_taddr_parse(const void *ta, size_t length, struct sockaddr_storage *ss);
int tdi_status_to_errno(u32 status);
u32 tdi_status_from_errno(int err);

#endif /* _LINUX_TDI_H */
