// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a socket tells of itself.  Except for tdi_sock_information() none of it
 * locks the socket, which somebody may hold for long; so of two numbers one may
 * be older than the other.
 */
#include <linux/tcp.h>
#include <net/tcp.h>

#include "sock.h"
#include "taddr.h"

static void tdi_sock_end(struct sockaddr_storage *ss, sa_family_t family,
			 const struct in6_addr *ip6, __be32 ip, __be16 port)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = family;
	if (family == AF_INET6)
		sin6->sin6_addr = *ip6;
	else
		sin->sin_addr.s_addr = ip;
	tdi_taddr_set_port(ss, port);
}

/**
 * tdi_sock_ends() - both ends of a connection, for people
 * @sock: the socket
 * @local: its own end, or NULL
 * @remote: the other one
 */
void tdi_sock_ends(const struct socket *sock, struct sockaddr_storage *local,
		   struct sockaddr_storage *remote)
{
	const struct sock *sk = sock->sk;
	const struct inet_sock *inet = inet_sk(sk);
	const struct in6_addr *ip6 = NULL, *peer6 = NULL;

#if IS_ENABLED(CONFIG_IPV6)
	ip6 = &sk->sk_v6_rcv_saddr;
	peer6 = &sk->sk_v6_daddr;
#endif
	if (local)
		tdi_sock_end(local, sk->sk_family, ip6, inet->inet_saddr,
			     inet->inet_sport);
	tdi_sock_end(remote, sk->sk_family, peer6, inet->inet_daddr,
		     inet->inet_dport);
}

/* Bytes of a stream: queued, and those that its ends have had */
static void tdi_sock_traffic_stream(const struct sock *sk,
				    struct tdi_sock_traffic *traffic)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	traffic->unread = max_t(int, READ_ONCE(tp->rcv_nxt) -
				     READ_ONCE(tp->copied_seq), 0);
	traffic->unsent = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_una);
	traffic->sent = READ_ONCE(tp->bytes_acked);
	traffic->received = READ_ONCE(tp->bytes_received);
}

/**
 * tdi_sock_traffic() - what is queued, and what has passed
 * @sock: the socket
 * @traffic: result; @sent and @received of a stream only
 */
void tdi_sock_traffic(const struct socket *sock,
		      struct tdi_sock_traffic *traffic)
{
	const struct sock *sk = sock->sk;

	traffic->dropped = atomic_read(&sk->sk_drops);
	if (sk->sk_type == SOCK_STREAM) {
		tdi_sock_traffic_stream(sk, traffic);
		return;
	}
	traffic->unread = sk_rmem_alloc_get(sk);
	traffic->unsent = sk_wmem_alloc_get(sk);
}

/* The part of TDI_CONNECTION_INFO that the transport knows */
void tdi_sock_information(struct socket *sock, struct tdi_connection_info *info)
{
	struct sock *sk = sock->sk;
	struct tcp_info tcp;

	tcp_get_info(sk, &tcp);
	info->transmission_errors = tcp.tcpi_total_retrans;
	info->receive_errors = atomic_read(&sk->sk_drops);
	info->throughput = tcp.tcpi_delivery_rate;
	info->delay = -10 * (s64)tcp.tcpi_rtt;
	info->send_buffer_size = READ_ONCE(sk->sk_sndbuf);
	info->receive_buffer_size = READ_ONCE(sk->sk_rcvbuf);
}
