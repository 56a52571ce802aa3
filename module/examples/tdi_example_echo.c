// SPDX-License-Identifier: GPL-2.0-only
/*
 * An echo server of handlers and completions, without a thread or a lock.  Its
 * endpoints are open before anybody calls: a handler must not sleep.
 */
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <linux/tdi.h>

static char *address = "127.0.0.1", *port = "7";
module_param(address, charp, 0444);
module_param(port, charp, 0444);
static unsigned int pool = 64;		/* connections at a time */
module_param(pool, uint, 0444);

enum step { ACCEPT, RECEIVE, SEND, RELEASE };

static struct echo {
	struct tdi_file *endpoint;	/* its context is this */
	atomic_t users;		/* the connection, and @io's work; 0: idle */
	enum step step;		/* of @io's work, read beside it; ACCEPT: it has none yet */
	struct tdi_request io;
	char data[2048];
} *echoes;
static struct tdi_file *listener;

static void echo_begin(struct echo *echo, enum step step, size_t length)
{
	WRITE_ONCE(echo->step, step);
	if (step == RECEIVE)
		tdi_build_receive(&echo->io, echo->endpoint, echo->data, sizeof(echo->data), 0);
	else if (step == SEND)
		tdi_build_send(&echo->io, echo->endpoint, echo->data, length, 0);
	else
		tdi_build_disconnect(&echo->io, echo->endpoint, 0, TDI_DISCONNECT_RELEASE);
	if (tdi_submit(&echo->io) != STATUS_PENDING)
		atomic_dec(&echo->users);	/* echo_done() is not called */
}

/* Sends and receives take turns: who does not read is not read. */
static void echo_done(struct tdi_request *io)
{
	struct echo *echo = io->context;

	if (io->status || echo->step == RELEASE)
		atomic_dec(&echo->users);
	else if (echo->step == SEND)
		echo_begin(echo, RECEIVE, 0);
	else if (echo->step == RECEIVE)		/* no bytes: the peer's release */
		echo_begin(echo, io->information ? SEND : RELEASE, io->information);
}

static u32 echo_connect(void *event_context, int remote_length, const void *remote,
			int data_length, const void *data, int options_length,
			const void *options, void **context, struct tdi_request **accept)
{
	struct echo *echo;

	for (echo = echoes; echo < echoes + pool; echo++) {
		if (atomic_cmpxchg(&echo->users, 0, 1))
			continue;
		WRITE_ONCE(echo->step, ACCEPT);
		tdi_build_accept(&echo->io, echo->endpoint, NULL);
		*accept = &echo->io;
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	return STATUS_CONNECTION_REFUSED;
}

/* The first data is copied from where it lies.  What is refused waits for a receive. */
static u32 echo_receive(void *event_context, void *context, u32 flags, u32 indicated,
			u32 available, u32 *taken, const void *tsdu,
			struct tdi_request **receive)
{
	struct echo *echo = context;

	if (READ_ONCE(echo->step) != ACCEPT)
		return STATUS_DATA_NOT_ACCEPTED;
	atomic_inc(&echo->users);
	*taken = min_t(u32, indicated, sizeof(echo->data));
	memcpy(echo->data, tsdu, *taken);
	echo_begin(echo, SEND, *taken);
	return STATUS_SUCCESS;
}

/* A connection's last event.  @io sees the end by itself, if it works. */
static u32 echo_disconnect(void *event_context, void *context, int data_length,
			   const void *data, int length, const void *information, u32 flags)
{
	struct echo *echo = context;

	if (flags & TDI_DISCONNECT_RELEASE && READ_ONCE(echo->step) == ACCEPT)
		echo_begin(echo, RELEASE, 0);
	else
		atomic_dec(&echo->users);
	return STATUS_SUCCESS;
}

/* After tdi_close() none of the file's handlers and completions runs. */
static void echo_exit(void)
{
	tdi_close(listener);
	for (unsigned int i = 0; i < pool; i++)
		tdi_close(echoes[i].endpoint);
	kvfree(echoes);
}

static u32 echo_open(struct net *net, struct echo *echo)
{
	u32 status;

	echo->io.complete = echo_done;
	echo->io.context = echo;
	status = tdi_open_endpoint(net, TDI_DEVICE_TCP, echo, &echo->endpoint);
	if (status)
		return status;
	tdi_build_associate(&echo->io, echo->endpoint, listener);
	return tdi_submit_wait(&echo->io);
}

static int __init echo_init(void)
{
	struct net *net = current->nsproxy->net_ns;	/* insmod's */
	struct sockaddr_storage local;
	u32 status;

	if (inet_pton_with_scope(net, AF_UNSPEC, address, port, &local))
		return -EINVAL;
	echoes = kvcalloc(pool, sizeof(*echoes), GFP_KERNEL);
	if (!echoes)
		return -ENOMEM;
	status = tdi_open_address(net, TDI_DEVICE_TCP, &local, 0, 0, &listener);
	for (unsigned int i = 0; i < pool && !status; i++)
		status = echo_open(net, &echoes[i]);
	status = status ?:
		 tdi_set_event_handler(listener, TDI_EVENT_RECEIVE, echo_receive, NULL) ?:
		 tdi_set_event_handler(listener, TDI_EVENT_DISCONNECT, echo_disconnect, NULL) ?:
		 tdi_set_event_handler(listener, TDI_EVENT_CONNECT, echo_connect, NULL);
	if (status)
		echo_exit();
	return tdi_status_to_errno(status);
}

module_init(echo_init);
module_exit(echo_exit);
MODULE_DESCRIPTION("TDI example: an echo server");
MODULE_LICENSE("GPL");
