// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers each datagram with the same in capitals, by the RECEIVE_DATAGRAM handler.
 */
#include <linux/ctype.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/tdi.h>

static char *address = "127.0.0.1", *port = "7";
module_param(address, charp, 0444);
module_param(port, charp, 0444);

/* Answers that are under way at a time; what comes when all are is lost */
static struct answer {
	atomic_t busy;
	struct tdi_request io;		/* receive, then send, of @data */
	char data[2048];
} answers[64];
static struct tdi_file *file;

/* The data is @io's until now, and the sender's address was copied. */
static void answer_sent(struct tdi_request *io)
{
	struct answer *answer = io->context;

	atomic_set(&answer->busy, 0);
}

static void answer_received(struct tdi_request *io)
{
	struct answer *answer = io->context;
	/* tdi_build_xxx() begins a new request: what it needs of the old one */
	const struct sockaddr_storage source = io->remote;
	size_t length = io->information;

	if (!io->status) {		/* else it is longer than @data */
		for (size_t i = 0; i < length; i++)
			answer->data[i] = toupper(answer->data[i]);
		tdi_build_send_datagram(io, file, &source, answer->data, length);
		io->complete = answer_sent;
		if (tdi_submit(io) == STATUS_PENDING)
			return;
	}
	atomic_set(&answer->busy, 0);
}

/*
 * The datagram lies at @tsdu, for the time of this call.  Here it is not taken from
 * there: the request that is returned gets it, and its source in a form that can be
 * sent to.  It is completed at once.
 */
static u32 responder_receive(void *event_context, int source_length, const void *source,
			     int options_length, const void *options, u32 flags,
			     u32 indicated, u32 available, u32 *taken, const void *tsdu,
			     struct tdi_request **receive)
{
	for (struct answer *answer = answers; answer < answers + ARRAY_SIZE(answers); answer++) {
		if (atomic_cmpxchg(&answer->busy, 0, 1))
			continue;
		tdi_build_receive_datagram(&answer->io, file, NULL, answer->data,
					   sizeof(answer->data), 0);
		answer->io.complete = answer_received;
		answer->io.context = answer;
		*receive = &answer->io;
		return STATUS_MORE_PROCESSING_REQUIRED;
	}
	return STATUS_DATA_NOT_ACCEPTED;
}

static int __init responder_init(void)
{
	struct net *net = current->nsproxy->net_ns;	/* insmod's */
	struct sockaddr_storage local;
	u32 status;

	if (inet_pton_with_scope(net, AF_UNSPEC, address, port, &local))
		return -EINVAL;
	status = tdi_open_address(net, TDI_DEVICE_UDP, &local, 0, 0, &file);
	if (status)
		return tdi_status_to_errno(status);
	status = tdi_set_event_handler(file, TDI_EVENT_RECEIVE_DATAGRAM, responder_receive, NULL);
	if (status)
		tdi_close(file);
	return tdi_status_to_errno(status);
}

/* Handler and completions have run when tdi_close() returns. */
static void __exit responder_exit(void)
{
	tdi_close(file);
}

module_init(responder_init);
module_exit(responder_exit);
MODULE_DESCRIPTION("TDI example: answers datagrams");
MODULE_LICENSE("GPL");
