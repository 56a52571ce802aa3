// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/tdi: a line for each open file of the namespace; and what
 * /proc/PID/fdinfo says of one.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/netns/generic.h>

#include "address.h"
#include "connection.h"
#include "datagram.h"
#include "endpoint.h"
#include "proc.h"
#include "sock.h"
#include "taddr.h"

/**
 * struct tdi_proc_net - what a namespace has
 * @mutex: @files
 * @files: open ones
 */
struct tdi_proc_net {
	struct mutex mutex;
	struct list_head files;
};

static unsigned int tdi_proc_net_id;

static struct tdi_proc_net *tdi_proc_net(const struct net *net)
{
	return net_generic(net, tdi_proc_net_id);
}

/*
 * What a line says.  Not under file->mutex: whoever has that may wait for a
 * socket, and nobody else may wait for them.
 */
struct tdi_proc_line {
	const char *kind;
	const char *state;
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
	u64 context;
	unsigned int pending;
	struct tdi_sock_traffic traffic;
};

static const char *tdi_proc_state(enum tdi_connection_state state)
{
	static const char *const names[] = {
		[TDI_STATE_OPENED]		= "opened",
		[TDI_STATE_ASSOCIATED]		= "associated",
		[TDI_STATE_CONNECTING]		= "connecting",
		[TDI_STATE_LISTENING]		= "listening",
		[TDI_STATE_CONNECTED]		= "connected",
		[TDI_STATE_LOCAL_RELEASED]	= "local-released",
		[TDI_STATE_REMOTE_RELEASED]	= "remote-released",
		[TDI_STATE_OFFERED]		= "offered",
	};

	return names[state];
}

static void tdi_proc_endpoint(struct tdi_file *file, struct tdi_proc_line *line)
{
	struct tdi_endpoint *ep = &file->endpoint;
	enum tdi_connection_state state;
	struct tdi_connection *conn;

	spin_lock_bh(&file->lock);
	state = tdi_endpoint_state_locked(ep);
	line->context = READ_ONCE(ep->context);
	if (ep->address)
		line->local = ep->address->address.address->local;
	conn = tdi_connection_get(ep);
	spin_unlock_bh(&file->lock);

	line->kind = "endpoint";
	line->state = tdi_proc_state(state);
	if (!conn)
		return;
	if (state >= TDI_STATE_CONNECTED)
		tdi_sock_ends(conn->sock.socket, &line->local, &line->remote);
	tdi_sock_traffic(conn->sock.socket, &line->traffic);
	tdi_connection_put(conn);
}

/* As ss(8) shows a listener: @unread is how many wait to be accepted. */
static void tdi_proc_listener(struct tdi_address *address,
			      struct tdi_proc_line *line)
{
	const struct sock *sk;

	mutex_lock(&address->mutex);
	line->traffic.unread = address->offered;
	if (address->listener.socket) {
		sk = address->listener.socket->sk;
		line->state = "listening";
		line->traffic.unread += READ_ONCE(sk->sk_ack_backlog);
		line->traffic.dropped = atomic_read(&sk->sk_drops);
	}
	mutex_unlock(&address->mutex);
}

static void tdi_proc_datagrams(struct tdi_file *file, struct tdi_proc_line *line)
{
	struct socket *sock = file->address.sock.socket;

	if (tdi_datagram_is_connected(file)) {
		tdi_sock_ends(sock, NULL, &line->remote);
		line->state = "connected";
	}
	tdi_sock_traffic(sock, &line->traffic);
	line->traffic.sent = atomic64_read(&file->address.sent);
	line->traffic.received = atomic64_read(&file->address.received);
}

static void tdi_proc_address(struct tdi_file *file, struct tdi_proc_line *line)
{
	struct tdi_address *address = file->address.address;

	line->kind = "address";
	line->local = address->local;
	if (address->device->type == SOCK_STREAM)
		tdi_proc_listener(address, line);
	else
		tdi_proc_datagrams(file, line);
}

static void tdi_proc_look(struct tdi_file *file, struct tdi_proc_line *line)
{
	memset(line, 0, sizeof(*line));
	line->kind = "control";
	line->state = "open";
	line->pending = READ_ONCE(file->pending);
	switch (tdi_file_kind(file)) {
	case TDI_TRANSPORT_ADDRESS_FILE:
		tdi_proc_address(file, line);
		break;
	case TDI_CONNECTION_FILE:
		tdi_proc_endpoint(file, line);
		break;
	default:
		break;
	}
}

static void tdi_proc_show_address(struct seq_file *m,
				  const struct sockaddr_storage *ss)
{
	if (ss->ss_family)
		seq_printf(m, "%pISpc", ss);
	else
		seq_puts(m, "-");
}

static bool tdi_proc_may_see(struct seq_file *m, const struct tdi_file *file)
{
	return uid_eq(m->file->f_cred->euid, file->uid) ||
	       file_ns_capable(m->file, file->net->user_ns, CAP_NET_ADMIN);
}

static int tdi_proc_show(struct seq_file *m, void *v)
{
	struct tdi_proc_line line;
	struct tdi_file *file;

	if (v == &tdi_proc_net(seq_file_net(m))->files) {
		seq_puts(m, "kind device local remote state context pid uid pending unread unsent sent received dropped\n");
		return 0;
	}
	file = list_entry(v, struct tdi_file, proc_link);
	tdi_proc_look(file, &line);
	/* may be an address of the client's */
	if (!tdi_proc_may_see(m, file))
		line.context = 0;
	seq_printf(m, "%s %s ", line.kind, file->device->name);
	tdi_proc_show_address(m, &line.local);
	seq_putc(m, ' ');
	tdi_proc_show_address(m, &line.remote);
	seq_printf(m, " %s 0x%llx %d %u %u %u %u %llu %llu %u\n", line.state,
		   line.context,
		   pid_nr_ns(file->pid, proc_pid_ns(file_inode(m->file)->i_sb)),
		   from_kuid_munged(seq_user_ns(m), file->uid), line.pending,
		   line.traffic.unread, line.traffic.unsent, line.traffic.sent,
		   line.traffic.received, line.traffic.dropped);
	return 0;
}

/* /proc/PID/fdinfo/FD */
void tdi_proc_show_file(struct seq_file *m, struct tdi_file *file)
{
	struct tdi_proc_line line;
	const struct tdi_sock_traffic *traffic = &line.traffic;

	tdi_proc_look(file, &line);
	seq_printf(m, "tdi-kind:\t%s\ntdi-device:\t%s\ntdi-state:\t%s\n",
		   line.kind, file->device->name, line.state);
	seq_puts(m, "tdi-local:\t");
	tdi_proc_show_address(m, &line.local);
	seq_puts(m, "\ntdi-remote:\t");
	tdi_proc_show_address(m, &line.remote);
	seq_printf(m, "\ntdi-context:\t0x%llx\ntdi-pending:\t%u\n",
		   line.context, line.pending);
	seq_printf(m, "tdi-unread:\t%u\ntdi-unsent:\t%u\ntdi-sent:\t%llu\n",
		   traffic->unread, traffic->unsent, traffic->sent);
	seq_printf(m, "tdi-received:\t%llu\ntdi-dropped:\t%u\n",
		   traffic->received, traffic->dropped);
}

static void *tdi_proc_start(struct seq_file *m, loff_t *pos)
{
	struct tdi_proc_net *pn = tdi_proc_net(seq_file_net(m));

	mutex_lock(&pn->mutex);
	return seq_list_start_head(&pn->files, *pos);
}

static void *tdi_proc_next(struct seq_file *m, void *v, loff_t *pos)
{
	return seq_list_next(v, &tdi_proc_net(seq_file_net(m))->files, pos);
}

static void tdi_proc_stop(struct seq_file *m, void *v)
{
	mutex_unlock(&tdi_proc_net(seq_file_net(m))->mutex);
}

static const struct seq_operations tdi_proc_seq_ops = {
	.start	= tdi_proc_start,
	.next	= tdi_proc_next,
	.stop	= tdi_proc_stop,
	.show	= tdi_proc_show,
};

/* Whoever opened @file sees it, and everybody else, in the list. */
void tdi_proc_add(struct tdi_file *file)
{
	struct tdi_proc_net *pn = tdi_proc_net(file->net);

	file->pid = get_pid(task_tgid(current));
	file->uid = current_uid();
	mutex_lock(&pn->mutex);
	list_add_tail(&file->proc_link, &pn->files);
	mutex_unlock(&pn->mutex);
}

/* On return nobody looks at it any more. */
void tdi_proc_remove(struct tdi_file *file)
{
	struct tdi_proc_net *pn = tdi_proc_net(file->net);

	mutex_lock(&pn->mutex);
	list_del(&file->proc_link);
	mutex_unlock(&pn->mutex);
	put_pid(file->pid);
}

static int __net_init tdi_proc_net_init(struct net *net)
{
	struct tdi_proc_net *pn = tdi_proc_net(net);

	mutex_init(&pn->mutex);
	INIT_LIST_HEAD(&pn->files);
	if (!proc_create_net("tdi", 0444, net->proc_net, &tdi_proc_seq_ops,
			     sizeof(struct seq_net_private)))
		return -ENOMEM;
	return 0;
}

static void __net_exit tdi_proc_net_exit(struct net *net)
{
	remove_proc_entry("tdi", net->proc_net);
}

static struct pernet_operations tdi_proc_net_ops = {
	.init	= tdi_proc_net_init,
	.exit	= tdi_proc_net_exit,
	.id	= &tdi_proc_net_id,
	.size	= sizeof(struct tdi_proc_net),
};

int tdi_proc_init(void)
{
	return register_pernet_subsys(&tdi_proc_net_ops);
}

void tdi_proc_exit(void)
{
	unregister_pernet_subsys(&tdi_proc_net_ops);
}
