// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whoever calls is connected with the target, several at a time.  A work item does
 * what sleeps, completions all else: there is one request for each way.
 */
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/tdi.h>

static char *local[2] = { "127.0.0.1", "7" }, *remote[2] = { "127.0.0.1", "80" };
module_param_array(local, charp, NULL, 0444);	/* local=ADDRESS,PORT */
module_param_array(remote, charp, NULL, 0444);

enum step { LISTEN, RECEIVE, SEND, RELEASE, ABORT_FROM, ABORT_TO };

static struct relay {
	struct tdi_file *file[2];	/* to the caller, to the target; */
	struct tdi_file *address;	/* from where that is called */
	struct work_struct work;
	atomic_t users;			/* ways that are open */
	struct way {
		struct relay *relay;
		enum step step;
		struct tdi_request io;
		char data[4096];
	} way[2];			/* from that file to the other one */
} relays[16];
static struct tdi_file *listener;
static struct sockaddr_storage target;
static struct net *net;			/* @listener holds it */

static void way_done(struct tdi_request *io);

static void way_begin(struct way *way, enum step step, size_t length)
{
	bool back = way == &way->relay->way[1];
	struct tdi_file *from = way->relay->file[back], *dest = way->relay->file[!back];
	u32 status;

	way->step = step;
	way->io.complete = way_done;
	way->io.context = way;
	if (step == LISTEN)
		tdi_build_listen(&way->io, from, NULL, 0);
	else if (step == RECEIVE)
		tdi_build_receive(&way->io, from, way->data, sizeof(way->data), 0);
	else if (step == SEND)
		tdi_build_send(&way->io, dest, way->data, length, 0);
	else if (step == RELEASE)
		tdi_build_disconnect(&way->io, dest, 0, TDI_DISCONNECT_RELEASE);
	else
		tdi_build_disconnect(&way->io, step == ABORT_FROM ? from : dest, 0,
				     TDI_DISCONNECT_ABORT);
	status = tdi_submit(&way->io);
	if (status != STATUS_PENDING) {		/* no completion comes */
		way->io.status = status;
		way_done(&way->io);
	}
}

/* The next step is submitted by the completion of the last. */
static void way_done(struct tdi_request *io)
{
	struct way *way = io->context;

	if (way->step >= ABORT_FROM || (way->step == RELEASE && !io->status)) {
		if (atomic_dec_and_test(&way->relay->users))
			way_begin(way->relay->way, LISTEN, 0);
	} else if (way->step == LISTEN) {
		if (!io->status)
			schedule_work(&way->relay->work);
	} else if (io->status) {	/* the other side has to know */
		way_begin(way, way->step == SEND ? ABORT_FROM : ABORT_TO, 0);
	} else if (way->step == SEND) {
		way_begin(way, RECEIVE, 0);
	} else {			/* no bytes: the end of this half */
		way_begin(way, io->information ? SEND : RELEASE, io->information);
	}
}

/* From a port of its own each time: the target is always the same. */
static void relay_work(struct work_struct *work)
{
	struct relay *relay = container_of(work, struct relay, work);
	const struct sockaddr_storage any = { .ss_family = target.ss_family };
	struct tdi_request req;
	u32 status;

	tdi_close(relay->file[1]);
	tdi_close(relay->address);
	relay->file[1] = NULL;
	status = tdi_open_address(net, TDI_DEVICE_TCP, &any, 0, 0, &relay->address) ?:
		 tdi_open_endpoint(net, TDI_DEVICE_TCP, NULL, &relay->file[1]);
	if (!status) {
		tdi_build_associate(&req, relay->file[1], relay->address);
		tdi_submit_wait(&req);
		tdi_build_connect(&req, relay->file[1], &target, TDI_TIMEOUT_MS(5000));
		status = tdi_submit_wait(&req);
	}
	atomic_set(&relay->users, 2);
	way_begin(&relay->way[0], status ? ABORT_FROM : RECEIVE, 0);
	way_begin(&relay->way[1], status ? ABORT_TO : RECEIVE, 0);
}

/* Completions submit to either file: both are closed before one of them is gone. */
static void relay_exit(void)
{
	for (int i = 0; i < ARRAY_SIZE(relays) && relays[i].file[0]; i++) {
		struct tdi_file *caller = tdi_reference(relays[i].file[0]);

		tdi_close(caller);
		cancel_work_sync(&relays[i].work);
		tdi_close(relays[i].file[1]);
		tdi_close(relays[i].address);
		tdi_dereference(caller);
	}
	tdi_close(listener);
}

static int __init relay_init(void)
{
	struct sockaddr_storage here;
	u32 status;

	net = current->nsproxy->net_ns;		/* insmod's */
	if (inet_pton_with_scope(net, AF_UNSPEC, local[0], local[1], &here) ||
	    inet_pton_with_scope(net, AF_UNSPEC, remote[0], remote[1], &target))
		return -EINVAL;
	status = tdi_open_address(net, TDI_DEVICE_TCP, &here, 0, 0, &listener);
	for (struct relay *relay = relays; !status && relay < relays + ARRAY_SIZE(relays); relay++) {
		INIT_WORK(&relay->work, relay_work);
		relay->way[0].relay = relay->way[1].relay = relay;
		status = tdi_open_endpoint(net, TDI_DEVICE_TCP, NULL, &relay->file[0]);
		if (status)
			break;
		tdi_build_associate(&relay->way[0].io, relay->file[0], listener);
		tdi_submit_wait(&relay->way[0].io);
		way_begin(&relay->way[0], LISTEN, 0);
	}
	if (status)
		relay_exit();
	return tdi_status_to_errno(status);
}

module_init(relay_init);
module_exit(relay_exit);
MODULE_DESCRIPTION("TDI example: a relay");
MODULE_LICENSE("GPL");
