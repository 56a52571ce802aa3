// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of a connection (reference 5.4).  An endpoint remembers what was set,
 * so that it holds for its next connections, too; what is asked for is what the
 * socket says, as long as there is a connection.
 */
#include <linux/tcp.h>
#include <net/tcp.h>

#include "connection.h"
#include "option.h"
#include "sock.h"
#include "status.h"

static int tdi_option_tos(struct socket *sock, int tos)
{
	return sock->sk->sk_family == AF_INET6 ?
	       tdi_sock_set(sock, SOL_IPV6, IPV6_TCLASS, tos) :
	       tdi_sock_set(sock, SOL_IP, IP_TOS, tos);
}

/* Milliseconds, which TCP has as seconds */
static int tdi_option_keepalive(struct socket *sock,
				const struct tdi_keepalive *keepalive)
{
	int err;

	err = tdi_sock_set(sock, SOL_SOCKET, SO_KEEPALIVE, keepalive->onoff);
	if (err || !keepalive->onoff)
		return err;
	err = tdi_sock_set(sock, SOL_TCP, TCP_KEEPIDLE,
			   DIV_ROUND_UP(keepalive->time, MSEC_PER_SEC));
	if (err)
		return err;
	return tdi_sock_set(sock, SOL_TCP, TCP_KEEPINTVL,
			    DIV_ROUND_UP(keepalive->interval, MSEC_PER_SEC));
}

static int tdi_option_set_one(struct socket *sock, u32 id,
			      const struct tdi_keepalive *value)
{
	switch (id) {
	case TDI_TCP_SOCKET_NODELAY:
		return tdi_sock_set(sock, SOL_TCP, TCP_NODELAY, value->onoff);
	case TDI_TCP_SOCKET_KEEPALIVE:
		return tdi_sock_set(sock, SOL_SOCKET, SO_KEEPALIVE, value->onoff);
	case TDI_TCP_SOCKET_OOBINLINE:
		return tdi_sock_set(sock, SOL_SOCKET, SO_OOBINLINE, value->onoff);
	case TDI_TCP_SOCKET_WINDOW:
		return tdi_sock_set(sock, SOL_SOCKET, SO_RCVBUF,
				    value->onoff);
	case TDI_TCP_SOCKET_KEEPALIVE_VALS:
		return tdi_option_keepalive(sock, value);
	case TDI_TCP_SOCKET_TOS:
		return tdi_option_tos(sock, value->onoff);
	default:
		return -EOPNOTSUPP;
	}
}

static u32 tdi_option_check(u32 id, const struct tdi_keepalive *value,
			    size_t length)
{
	switch (id) {
	case TDI_TCP_SOCKET_NODELAY:
	case TDI_TCP_SOCKET_KEEPALIVE:
	case TDI_TCP_SOCKET_OOBINLINE:
		return length == sizeof(u32) ? STATUS_SUCCESS :
					       STATUS_INVALID_PARAMETER;
	case TDI_TCP_SOCKET_WINDOW:
		return length == sizeof(u32) && value->onoff &&
		       value->onoff <= INT_MAX ? STATUS_SUCCESS :
						 STATUS_INVALID_PARAMETER;
	case TDI_TCP_SOCKET_TOS:
		return length == sizeof(u32) && value->onoff <= U8_MAX ?
		       STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	case TDI_TCP_SOCKET_KEEPALIVE_VALS:
		/* what TCP can have: 32767 seconds */
		return length == sizeof(*value) &&
		       (!value->onoff ||
			(value->time && value->interval &&
			 value->time <= 32767 * MSEC_PER_SEC &&
			 value->interval <= 32767 * MSEC_PER_SEC)) ?
		       STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
	case TDI_TCP_SOCKET_BSDURGENT:
	case TDI_TCP_SOCKET_ATMARK:
	case TDI_TCP_SOCKET_SCALE_CWIN:
		return STATUS_NOT_IMPLEMENTED;
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/* KEEPALIVE and the first of KEEPALIVE_VALS are the same. */
static void tdi_option_remember(struct tdi_options *options, u32 id,
				const struct tdi_keepalive *value)
{
	if (id == TDI_TCP_SOCKET_KEEPALIVE_VALS) {
		options->keepalive = *value;
		options->values[TDI_TCP_SOCKET_KEEPALIVE] = value->onoff;
		options->set |= BIT(TDI_TCP_SOCKET_KEEPALIVE);
	} else {
		options->values[id] = value->onoff;
		if (id == TDI_TCP_SOCKET_KEEPALIVE)
			options->keepalive.onoff = value->onoff;
	}
	options->set |= BIT(id);
}

/**
 * tdi_options_apply() - a new connection takes its endpoint's options on
 * @options: the endpoint's
 * @sock: its socket, which nobody else uses yet
 */
void tdi_options_apply(const struct tdi_options *options, struct socket *sock)
{
	struct tdi_keepalive value = {};
	u32 id;

	if (options->set & BIT(TDI_TCP_SOCKET_KEEPALIVE_VALS))
		tdi_option_keepalive(sock, &options->keepalive);
	for (id = 0; id < ARRAY_SIZE(options->values); id++) {
		if (!(options->set & BIT(id)) ||
		    id == TDI_TCP_SOCKET_KEEPALIVE_VALS)
			continue;
		value.onoff = options->values[id];
		tdi_option_set_one(sock, id, &value);
	}
}

/**
 * tdi_option_set_connection() - set an option of a connection
 * @ep: endpoint
 * @id: TDI_TCP_SOCKET_xxx
 * @value: an u32, or for TDI_TCP_SOCKET_KEEPALIVE_VALS a struct tdi_keepalive
 * @length: bytes at @value
 *
 * Return: STATUS_SUCCESS; STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER for a
 * bad value or option; what the socket said.
 */
u32 tdi_option_set_connection(struct tdi_endpoint *ep, u32 id,
			      const void *value, size_t length)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	struct tdi_keepalive copy = {};
	struct tdi_connection *conn;
	u32 status;
	int err;

	memcpy(&copy, value, min(length, sizeof(copy)));
	status = tdi_option_check(id, &copy, length);
	if (status)
		return status;

	mutex_lock(&file->mutex);
	conn = tdi_connection_get(ep);
	/* the next one takes it on */
	if (!conn)
		tdi_option_remember(&ep->options, id, &copy);
	mutex_unlock(&file->mutex);
	if (!conn)
		return STATUS_SUCCESS;

	err = tdi_option_set_one(conn->sock.socket, id, &copy);
	tdi_connection_put(conn);
	if (err)
		return tdi_status_from_errno(err);
	mutex_lock(&file->mutex);
	tdi_option_remember(&ep->options, id, &copy);
	mutex_unlock(&file->mutex);
	return STATUS_SUCCESS;
}

static void tdi_option_read(const struct sock *sk, struct tdi_options *options)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 *values = options->values;

	values[TDI_TCP_SOCKET_NODELAY] = !!(tp->nonagle & TCP_NAGLE_OFF);
	values[TDI_TCP_SOCKET_KEEPALIVE] = sock_flag(sk, SOCK_KEEPOPEN);
	values[TDI_TCP_SOCKET_OOBINLINE] = sock_flag(sk, SOCK_URGINLINE);
	values[TDI_TCP_SOCKET_WINDOW] = tdi_sock_window(sk);
	values[TDI_TCP_SOCKET_TOS] = sk->sk_family == AF_INET6 ?
				     inet6_sk(sk)->tclass :
				     READ_ONCE(inet_sk(sk)->tos);
	options->keepalive.onoff = sock_flag(sk, SOCK_KEEPOPEN);
	options->keepalive.time = jiffies_to_msecs(keepalive_time_when(tp));
	options->keepalive.interval =
		jiffies_to_msecs(keepalive_intvl_when(tp));
}

/* What a connection of nobody's has, for what was not set */
static void tdi_option_defaults(const struct net *net,
				struct tdi_options *options)
{
	u32 *values = options->values;

	if (!(options->set & BIT(TDI_TCP_SOCKET_WINDOW)))
		values[TDI_TCP_SOCKET_WINDOW] =
			READ_ONCE(net->ipv4.sysctl_tcp_rmem[1]) / 2;
	if (options->set & BIT(TDI_TCP_SOCKET_KEEPALIVE_VALS))
		return;
	options->keepalive.time = jiffies_to_msecs(
			READ_ONCE(net->ipv4.sysctl_tcp_keepalive_time));
	options->keepalive.interval = jiffies_to_msecs(
			READ_ONCE(net->ipv4.sysctl_tcp_keepalive_intvl));
}

/**
 * tdi_option_get_connection() - an option of a connection
 * @ep: endpoint
 * @id: TDI_TCP_SOCKET_xxx
 * @value: result; all of it for TDI_TCP_SOCKET_KEEPALIVE_VALS, else @onoff
 * @length: its bytes
 *
 * Return: as tdi_option_set_connection().
 */
u32 tdi_option_get_connection(struct tdi_endpoint *ep, u32 id,
			      struct tdi_keepalive *value, size_t *length)
{
	static const struct tdi_keepalive fits = { 1, 1, 1 };
	struct tdi_file *file = tdi_endpoint_file(ep);
	struct tdi_connection *conn;
	struct tdi_options options;
	u32 status;

	*length = id == TDI_TCP_SOCKET_KEEPALIVE_VALS ? sizeof(*value) :
							sizeof(u32);
	status = tdi_option_check(id, &fits, *length);
	if (status)
		return status;

	mutex_lock(&file->mutex);
	options = ep->options;
	conn = tdi_connection_get(ep);
	mutex_unlock(&file->mutex);
	tdi_option_defaults(file->net, &options);
	/* what has ended does not matter for the next one */
	if (conn && !tdi_connection_has_ended(conn))
		tdi_option_read(conn->sock.socket->sk, &options);
	if (conn)
		tdi_connection_put(conn);
	if (id == TDI_TCP_SOCKET_KEEPALIVE_VALS)
		*value = options.keepalive;
	else
		value->onoff = options.values[id];
	return STATUS_SUCCESS;
}
