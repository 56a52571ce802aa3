// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cred.h>
#include <linux/in.h>
#include <linux/tcp.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/tcp.h>

#include "compat.h"
#include "sock.h"
#include "statistics.h"
#include "taddr.h"

const struct tdi_device tdi_devices[TDI_DEVICES] = {
	[TDI_DEVICE_TCP] = {
		.name = "tcp", .id = TDI_DEVICE_TCP,
		.type = SOCK_STREAM, .protocol = IPPROTO_TCP, .present = true,
	},
	[TDI_DEVICE_UDP] = {
		.name = "udp", .id = TDI_DEVICE_UDP,
		.type = SOCK_DGRAM, .protocol = IPPROTO_UDP, .present = true,
	},
	[TDI_DEVICE_RAWIP] = {
		.name = "rawip", .id = TDI_DEVICE_RAWIP,
		.type = SOCK_RAW, .present = true,
	},
};

/**
 * tdi_sock_create() - a socket of a device
 * @device: row of the device
 * @net: the address's network namespace
 * @family: AF_INET or AF_INET6
 * @sock: result, NULL on errors
 *
 * The socket holds its namespace (kern = 0), or its last FIN would not be
 * retransmitted once it is released.  IPv6 sockets never take IPv4 (S13).
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_create(const struct tdi_device *device, struct net *net,
		    int family, struct socket **sock)
{
	int err;

	*sock = NULL;
	err = __sock_create(net, family, device->type, device->protocol, sock,
			    0);
	if (!err && family == AF_INET6)
		err = ip6_sock_set_v6only((*sock)->sk);
	if (err && *sock) {
		sock_release(*sock);
		*sock = NULL;
	}
	return err;
}

static int tdi_sock_bind(struct socket *sock, const struct sockaddr_storage *ss,
			 const struct cred *cred, unsigned char reuse)
{
	const struct cred *old = override_creds(cred);
	struct sockaddr_storage local = *ss;
	int err;

	sock->sk->sk_reuse = reuse;
	err = kernel_bind(sock, (struct sockaddr *)&local,
			  tdi_taddr_length(ss));
	revert_creds(old);
	return err;
}

/*
 * Opening an address again (S7)
 *
 * A connection that was closed holds its port a while longer: in FIN_WAIT, in
 * TIME_WAIT.  A socket that has the port meanwhile is none of ours, and has to
 * stay in its own; a plain bind tells neither from the other.  So:
 *
 *  1. Connections carry sk_reuse and sk_reuseport (tdi_sock_mark()).  No socket
 *     of anyone else gains from that while the anchor is there, which has
 *     neither.
 *  2. The last close of an address that had connections leaves its port in the
 *     table of recents, for as long as TCP may keep one (address.c).
 *  3. When the anchor's bind fails, and the port is in that table, a probe is
 *     bound that gets past marked sockets only (tdi_sock_only_ours()); if it
 *     does, the anchor is bound over them.  The namespace's table of addresses
 *     is locked all the while.
 */
static void tdi_sock_mark(struct sock *sk)
{
	sk->sk_reuse = SK_CAN_REUSE;
	sk->sk_reuseport = 1;
}

/*
 * Is a port held by nothing but what tdi_sock_mark() has marked?  Without
 * sk_reuse a bind gets past sockets that have sk_reuseport and either are in
 * TIME_WAIT or belong to the same user, which for those without a file is root.
 */
static int tdi_sock_only_ours(const struct tdi_device *device, struct net *net,
			      const struct sockaddr_storage *ss,
			      const struct cred *cred)
{
	struct socket *probe;
	int err;

	err = tdi_sock_create(device, net, ss->ss_family, &probe);
	if (err)
		return err;
	SOCK_INODE(probe)->i_uid = GLOBAL_ROOT_UID;
	probe->sk->sk_reuseport = 1;
	err = tdi_sock_bind(probe, ss, cred, SK_NO_REUSE);
	sock_release(probe);
	return err;
}

/**
 * tdi_sock_bind_anchor() - take a port for an address
 * @device: row of the device
 * @sock: the anchor, which never connects nor listens
 * @ss: address to bind; on success the bound one
 * @cred: whoever opened the address, as the port may be privileged
 * @reuse: connections of ours that are closing may hold the port (S7)
 *
 * No socket of anyone else can bind the port while the anchor is there: it
 * allows no reuse once it is bound.  With @reuse one socket of others is not
 * noticed: root's, with both SO_REUSEADDR and SO_REUSEPORT, not listening.
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_bind_anchor(const struct tdi_device *device, struct socket *sock,
			 struct sockaddr_storage *ss, const struct cred *cred,
			 bool reuse)
{
	int err;

	err = tdi_sock_bind(sock, ss, cred, SK_NO_REUSE);
	if (err == -EADDRINUSE && reuse) {
		err = tdi_sock_only_ours(device, sock_net(sock->sk), ss, cred);
		if (!err)
			err = tdi_sock_bind(sock, ss, cred, SK_CAN_REUSE);
		sock->sk->sk_reuse = SK_NO_REUSE;
	}
	return err ? err : tdi_sock_local(sock, ss);
}

/**
 * tdi_sock_bind_connection() - bind a connection to an anchor's port
 * @sock: the socket
 * @ss: the anchor's address
 * @cred: whoever opened the address
 *
 * SK_FORCE_REUSE is on for the bind alone: left on, any socket with
 * SO_REUSEADDR could take the port.
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_bind_connection(struct socket *sock,
			     const struct sockaddr_storage *ss,
			     const struct cred *cred)
{
	int err;

	err = tdi_sock_bind(sock, ss, cred, SK_FORCE_REUSE);
	tdi_sock_mark(sock->sk);
	return err;
}

/**
 * tdi_sock_listen() - listen on an anchor's port
 * @sock: the socket
 * @ss: the anchor's address
 * @cred: whoever opened the address
 *
 * Conflicts are looked for by the bind, and by the listen once more.  The
 * backlog is set later.
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_listen(struct socket *sock, const struct sockaddr_storage *ss,
		    const struct cred *cred)
{
	const struct cred *old = override_creds(cred);
	int err;

	err = tdi_sock_bind(sock, ss, cred, SK_FORCE_REUSE);
	if (!err)
		err = kernel_listen(sock, 0);
	sock->sk->sk_reuse = SK_CAN_REUSE;
	revert_creds(old);
	return err;
}

/* Return: 0, -EINPROGRESS while it is on its way, or why it cannot be. */
int tdi_sock_connect(struct socket *sock, const struct sockaddr_storage *ss)
{
	struct sockaddr_storage remote = *ss;

	return kernel_connect(sock, (struct sockaddr *)&remote,
			      tdi_taddr_length(&remote), O_NONBLOCK);
}

/* FIN, behind all that was sent */
void tdi_sock_shutdown(struct socket *sock)
{
	kernel_sock_shutdown(sock, SHUT_WR);
}

/**
 * tdi_sock_state() - what a socket's state says of its connection
 * @sock: the socket, locked by somebody or not
 * @err: errno that it ended with, 0 for a release of both sides
 *
 * Return: TDI_SOCK_xxx.
 */
unsigned int tdi_sock_state(const struct socket *sock, int *err)
{
	const struct sock *sk = sock->sk;

	*err = 0;
	switch (READ_ONCE(sk->sk_state)) {
	case TCP_ESTABLISHED:
	case TCP_FIN_WAIT1:
		return TDI_SOCK_CONNECTED;
	case TCP_FIN_WAIT2:
		return TDI_SOCK_CONNECTED | TDI_SOCK_RELEASED;
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
	case TCP_CLOSING:
		return TDI_SOCK_CONNECTED | TDI_SOCK_PEER_RELEASED;
	case TCP_CLOSE:
		*err = -READ_ONCE(sk->sk_err);
		return TDI_SOCK_ENDED;
	default:
		return 0;
	}
}

/* A listener may hold one connection more than its sk_max_ack_backlog. */
void tdi_sock_set_backlog(struct socket *sock, int backlog)
{
	WRITE_ONCE(sock->sk->sk_max_ack_backlog, backlog);
}

/* Not inherited by a listener's children */
static void *tdi_sock_user_data(const struct tdi_sock *ts)
{
	return (void *)((uintptr_t)ts | SK_USER_DATA_NOCOPY);
}

/*
 * A receive that comes to urgent data nobody has taken skips it, and it is gone.
 * So it is put aside when it comes: TCP tells of it with the socket held, before
 * anybody can read that far.  A newer byte replaces an older one.
 */
static void tdi_sock_keep_urgent(struct sock *sk, struct tdi_sock *ts)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u16 urgent;

	if (sk->sk_type != SOCK_STREAM || sock_flag(sk, SOCK_URGINLINE))
		return;
	urgent = READ_ONCE(tp->urg_data);
	if (!(urgent & TCP_URG_VALID))
		return;
	WRITE_ONCE(tp->urg_data, TCP_URG_READ);
	WRITE_ONCE(ts->urgent, urgent & 0xff);
}

/*
 * Children of a listener run these too before they are accepted; they have no
 * sk_user_data of ours (SK_USER_DATA_NOCOPY), and whoever accepts them looks
 * for what came before.  A BPF sockmap may have given them one, which its flags
 * tell.
 */
static void tdi_sock_report(struct sock *sk, unsigned int events)
{
	struct tdi_sock *ts;
	uintptr_t data;

	read_lock_bh(&sk->sk_callback_lock);
	data = (uintptr_t)sk->sk_user_data;
	if ((data & ~SK_USER_DATA_PTRMASK) == SK_USER_DATA_NOCOPY) {
		ts = (void *)(data & SK_USER_DATA_PTRMASK);
		if (events & TDI_SOCK_READABLE)
			tdi_sock_keep_urgent(sk, ts);
		ts->event(ts, events);
	}
	read_unlock_bh(&sk->sk_callback_lock);
}

static void tdi_sock_data_ready(struct sock *sk)
{
	trace_sk_data_ready(sk);
	tdi_sock_report(sk, TDI_SOCK_READABLE);
}

static void tdi_sock_state_change(struct sock *sk)
{
	tdi_sock_report(sk, TDI_SOCK_STATE | TDI_SOCK_READABLE |
			    TDI_SOCK_WRITEABLE);
}

static void tdi_sock_write_space(struct sock *sk)
{
	bool writeable = sk->sk_type == SOCK_STREAM ?
			 sk_stream_is_writeable(sk) : sock_writeable(sk);
	struct socket *sock;

	/* of datagrams it may come late, from the device that has sent one */
	rcu_read_lock();
	sock = READ_ONCE(sk->sk_socket);
	if (sock && writeable)
		clear_bit(SOCK_NOSPACE, &sock->flags);
	rcu_read_unlock();
	if (sock && writeable)
		tdi_sock_report(sk, TDI_SOCK_WRITEABLE);
}

static void tdi_sock_error_report(struct sock *sk)
{
	tdi_sock_report(sk, TDI_SOCK_READABLE | TDI_SOCK_WRITEABLE);
}

/* The socket's own callbacks again, where they are ours */
static void tdi_sock_restore_locked(struct sock *sk, const struct tdi_sock *ts)
{
	if (sk->sk_data_ready == tdi_sock_data_ready)
		WRITE_ONCE(sk->sk_data_ready, ts->data_ready);
	if (sk->sk_state_change == tdi_sock_state_change)
		WRITE_ONCE(sk->sk_state_change, ts->state_change);
	if (sk->sk_write_space == tdi_sock_write_space)
		WRITE_ONCE(sk->sk_write_space, ts->write_space);
	if (sk->sk_error_report == tdi_sock_error_report)
		WRITE_ONCE(sk->sk_error_report, ts->error_report);
}

/**
 * tdi_sock_accept() - take one connection off a listener, without waiting
 * @listener: the listener
 * @sock: result; its callbacks are the socket's own
 *
 * Return: 0, -EAGAIN, -EBUSY if somebody else has laid hands on the connection
 * (a BPF sockmap), which is reset, or why there will be none.
 */
int tdi_sock_accept(struct tdi_sock *listener, struct socket **sock)
{
	struct sock *sk;
	bool foreign;
	int err;

	err = kernel_accept(listener->socket, sock, O_NONBLOCK);
	if (err)
		return err;

	/* a child is a clone of its listener */
	sk = (*sock)->sk;
	write_lock_bh(&sk->sk_callback_lock);
	foreign = sk->sk_user_data;
	tdi_sock_restore_locked(sk, listener);
	write_unlock_bh(&sk->sk_callback_lock);
	tdi_sock_mark(sk);
	if (!foreign)
		return 0;
	tdi_sock_reset(*sock);
	return -EBUSY;
}

int tdi_sock_local(struct socket *sock, struct sockaddr_storage *ss)
{
	int length;

	memset(ss, 0, sizeof(*ss));
	length = kernel_getsockname(sock, (struct sockaddr *)ss);
	return length < 0 ? length : 0;
}

int tdi_sock_peer(struct socket *sock, struct sockaddr_storage *ss)
{
	int length;

	memset(ss, 0, sizeof(*ss));
	length = kernel_getpeername(sock, (struct sockaddr *)ss);
	return length < 0 ? length : 0;
}

bool tdi_sock_is_broadcast(struct net *net, const struct sockaddr_storage *ss)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

	return ss->ss_family == AF_INET && !tdi_taddr_is_any(ss) &&
	       inet_addr_type(net, in->sin_addr.s_addr) == RTN_BROADCAST;
}

/**
 * tdi_sock_is_group() - an address that is no end of a connection?
 * @net: namespace, whose subnets have broadcast addresses
 * @ss: the address
 *
 * Return: whether it is multicast or broadcast.
 */
bool tdi_sock_is_group(struct net *net, const struct sockaddr_storage *ss)
{
	return tdi_taddr_is_group(ss) || tdi_sock_is_broadcast(net, ss);
}

/**
 * tdi_sock_hook() - have a socket report to its owner
 * @ts: the owner's
 * @sock: becomes the owner's; nobody else uses it yet
 * @event: what to call
 *
 * Look at the socket once after this: what came before was not reported.  What
 * changes its state holds the socket, or its spinlock: with it locked here,
 * either that sees the hook or the look sees the change.
 *
 * Return: 0, or -EBUSY if somebody else has hooked it.
 */
int tdi_sock_hook(struct tdi_sock *ts, struct socket *sock,
		  tdi_sock_event_t event)
{
	struct sock *sk = sock->sk;

	int err = -EBUSY;

	ts->socket = sock;
	ts->event = event;

	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	if (!sk->sk_user_data) {
		ts->data_ready = sk->sk_data_ready;
		ts->state_change = sk->sk_state_change;
		ts->write_space = sk->sk_write_space;
		ts->error_report = sk->sk_error_report;
		ts->urgent = -1;
		tdi_sock_keep_urgent(sk, ts);
		sk->sk_user_data = tdi_sock_user_data(ts);
		WRITE_ONCE(sk->sk_data_ready, tdi_sock_data_ready);
		WRITE_ONCE(sk->sk_state_change, tdi_sock_state_change);
		WRITE_ONCE(sk->sk_write_space, tdi_sock_write_space);
		WRITE_ONCE(sk->sk_error_report, tdi_sock_error_report);
		err = 0;
	}
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
	return err;
}

/**
 * tdi_sock_unhook() - stop reporting
 * @ts: the owner's; @ts->socket stays
 *
 * On return @ts->event is not running and will not be called; for datagrams that
 * is so after tdi_sock_release_datagram().
 */
void tdi_sock_unhook(struct tdi_sock *ts)
{
	struct sock *sk = ts->socket->sk;

	write_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_user_data == tdi_sock_user_data(ts)) {
		/* others get their copies until the port is given back */
		if (sk->sk_type == SOCK_STREAM)
			sk->sk_user_data = NULL;
		tdi_sock_restore_locked(sk, ts);
	}
	write_unlock_bh(&sk->sk_callback_lock);
}

__poll_t tdi_sock_poll(struct socket *sock)
{
	/* no table: waiting is on the endpoint, which outlives the socket */
	return READ_ONCE(sock->ops)->poll(NULL, sock, NULL);
}

bool tdi_sock_readable(struct socket *sock)
{
	return tdi_sock_poll(sock) & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
}

/* TCP's one byte of urgent data is there. */
bool tdi_sock_urgent(const struct tdi_sock *ts)
{
	return READ_ONCE(ts->urgent) >= 0;
}

/* Return: the byte, or -1. */
int tdi_sock_take_urgent(struct tdi_sock *ts, bool peek)
{
	return peek ? READ_ONCE(ts->urgent) : xchg(&ts->urgent, -1);
}

/* It could not be given to anybody; a newer one may have come. */
void tdi_sock_return_urgent(struct tdi_sock *ts, int byte)
{
	cmpxchg(&ts->urgent, -1, byte);
}

/* A receive stops before urgent data, and the next one goes on behind it. */
static u32 tdi_sock_behind_urgent(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 n;

	/* in line it counts as the rest does */
	if (sock_flag(sk, SOCK_URGINLINE) || !tp->urg_data || before(tp->urg_seq, tp->copied_seq) ||
	    !before(tp->urg_seq, tp->rcv_nxt))
		return 0;
	n = tp->rcv_nxt - tp->urg_seq - 1;
	return n && sock_flag(sk, SOCK_DONE) ? n - 1 : n;
}

/* Bytes that can be received now, urgent ones apart */
u32 tdi_sock_available(struct socket *sock)
{
	struct sock *sk = sock->sk;
	bool slow;
	u32 n;

	slow = lock_sock_fast(sk);
	n = tcp_inq(sk) + tdi_sock_behind_urgent(sk);
	unlock_sock_fast(sk, slow);
	return n;
}

/* Bytes that can be sent now; 0 unless that is worth while, then we are told */
u32 tdi_sock_space(struct socket *sock)
{
	return tdi_sock_poll(sock) & EPOLLOUT ?
	       max(sk_stream_wspace(sock->sk), 0) : 0;
}

/* RST if there is a peer to tell; the socket stays, closed */
void tdi_sock_abort(struct socket *sock)
{
	if (READ_ONCE(sock->sk->sk_state) != TCP_CLOSE)
		tcp_abort(sock->sk, ECONNABORTED);
}

/* Release with RST: an offer that nobody takes */
void tdi_sock_reset(struct socket *sock)
{
	tdi_count(sock_net(sock->sk), TDI_COUNT_NO_ENDPOINT, 1);
	sock_no_linger(sock->sk);
	sock_release(sock);
}

/*
 * A connection that nobody can read any more: take what comes.  Unlike
 * tcp_read_sock() this does not stop at urgent data.  Called with the socket
 * locked, one way or the other.
 */
static void tdi_sock_discard(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (sk->sk_state != TCP_CLOSE && tp->rcv_nxt != tp->copied_seq)
		tcp_read_done(sk, tp->rcv_nxt - tp->copied_seq);
}

static void tdi_sock_discard_ready(struct sock *sk)
{
	trace_sk_data_ready(sk);
	tdi_sock_discard(sk);
}

/**
 * tdi_sock_release() - release, with FIN where there is a connection (S1)
 * @sock: unhooked, and nobody else is using it
 *
 * TCP answers a close with unread data by RST.  So what is unread goes first,
 * and what still comes until the close has the socket's lock is discarded on
 * arrival.  Unsent data is TCP's to send, then its FIN.
 */
void tdi_sock_release(struct socket *sock)
{
	void (*data_ready)(struct sock *sk);
	struct sock *sk = sock->sk;

	sock_hold(sk);
	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	data_ready = sk->sk_data_ready;
	WRITE_ONCE(sk->sk_data_ready, tdi_sock_discard_ready);
	write_unlock_bh(&sk->sk_callback_lock);
	tdi_sock_discard(sk);
	release_sock(sk);

	sock_release(sock);

	/* An orphan may still call it, and this module be gone by then. */
	write_lock_bh(&sk->sk_callback_lock);
	WRITE_ONCE(sk->sk_data_ready, data_ready);
	write_unlock_bh(&sk->sk_callback_lock);
	sock_put(sk);
}
