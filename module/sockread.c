// SPDX-License-Identifier: GPL-2.0-only
/*
 * The transport's data where it lies: of streams in linear runs, datagrams whole.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "sock.h"
#include "taddr.h"

/**
 * struct tdi_sock_reader - a tdi_sock_read() that goes on
 * @run: what is to be called
 * @arg: for @run
 * @stop: @run wants no more
 */
struct tdi_sock_reader {
	tdi_sock_run_t run;
	void *arg;
	bool stop;
};

/* sk_read_actor_t.  Return: bytes that were taken */
static int tdi_sock_read_skb(read_descriptor_t *desc, struct sk_buff *skb,
			     unsigned int offset, size_t length)
{
	struct tdi_sock_reader *reader = desc->arg.data;
	struct skb_seq_state state;
	unsigned int taken = 0, n;
	const u8 *data;

	length = min(length, desc->count);
	if (reader->stop)
		return 0;
	skb_prepare_seq_read(skb, offset, offset + length, &state);
	while (!reader->stop && taken < length &&
	       (n = skb_seq_read(taken, &data, &state))) {
		/* a block may be longer than what is asked for */
		n = min_t(size_t, n, length - taken);
		taken += reader->run(reader->arg, data, n, &reader->stop);
	}
	skb_abort_seq_read(&state);
	desc->count -= taken;
	return taken;
}

/* At an urgent byte, which was told for itself: behind it */
static bool tdi_sock_pass_urgent(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (!tp->urg_data || tp->copied_seq != tp->urg_seq ||
	    sock_flag(sk, SOCK_URGINLINE) || tp->rcv_nxt == tp->copied_seq)
		return false;
	tcp_read_done(sk, 1);
	WRITE_ONCE(tp->urg_data, 0);
	return true;
}

/**
 * tdi_sock_read() - show what has been received
 * @ts: a stream
 * @told: its urgent byte, if there is one, has been told of; else it ends this
 * @budget: bytes at most
 * @run: called with linear runs of it, in order, with the socket locked
 * @arg: for @run
 *
 * Urgent data is left out.  Process context.
 *
 * Return: bytes that were taken, which are gone from the socket; or a negative
 * errno.
 */
int tdi_sock_read(struct tdi_sock *ts, bool told, size_t budget,
		  tdi_sock_run_t run, void *arg)
{
	struct tdi_sock_reader reader = { .run = run, .arg = arg };
	read_descriptor_t desc = { .arg.data = &reader, .count = budget };
	struct sock *sk = ts->socket->sk;
	int total = 0, n;

	lock_sock(sk);
	do {
		n = tcp_read_sock(sk, &desc, tdi_sock_read_skb);
		if (n > 0)
			total += n;
	} while (!reader.stop && desc.count && (told || !tdi_sock_urgent(ts)) &&
		 tdi_sock_pass_urgent(sk));
	release_sock(sk);
	return total ? : n;
}

static void tdi_sock_source(const struct sock *sk, const struct sk_buff *skb,
			    struct sockaddr_storage *ss)
{
	__be16 port = sk->sk_type == SOCK_DGRAM ? udp_hdr(skb)->source : 0;
	struct sockaddr_in *sin = (struct sockaddr_in *)ss;
#if IS_ENABLED(CONFIG_IPV6)
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)ss;
#endif

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = sk->sk_family;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		sin6->sin6_addr = ipv6_hdr(skb)->saddr;
		sin6->sin6_port = port;
		sin6->sin6_scope_id = ipv6_iface_scope_id(&sin6->sin6_addr,
							  inet6_iif(skb));
		return;
	}
#endif
	sin->sin_addr.s_addr = ip_hdr(skb)->saddr;
	sin->sin_port = port;
}

/* TDI_RECEIVE_xxx, by where it was sent to */
static u32 tdi_sock_kind_of(const struct sock *sk, const struct sk_buff *skb)
{
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr) ?
		       TDI_RECEIVE_MULTICAST : 0;
	if (ipv4_is_multicast(ip_hdr(skb)->daddr))
		return TDI_RECEIVE_MULTICAST;
	return inet_addr_type(sock_net(sk), ip_hdr(skb)->daddr) ==
	       RTN_BROADCAST ? TDI_RECEIVE_BROADCAST : 0;
}

static struct sk_buff *tdi_sock_take_skb(struct sock *sk, int *err)
{
	return sk->sk_type == SOCK_DGRAM ?
	       skb_recv_udp(sk, MSG_DONTWAIT, err) :
	       skb_recv_datagram(sk, MSG_DONTWAIT, err);
}

/**
 * tdi_sock_take_datagram() - the next datagram itself
 * @sock: the socket
 * @source: where it came from
 * @flags: TDI_RECEIVE_MULTICAST, TDI_RECEIVE_BROADCAST are added
 * @err: without one: -EAGAIN, or what became of one that was sent
 *
 * Return: it, linear; tdi_sock_free_datagram() ends it; NULL: see @err.
 */
struct sk_buff *tdi_sock_take_datagram(struct socket *sock,
				       struct sockaddr_storage *source,
				       u32 *flags, int *err)
{
	struct sock *sk = sock->sk;
	struct sk_buff *skb;

	while ((skb = tdi_sock_take_skb(sk, err))) {
		if (!skb_linearize(skb) &&
		    (sk->sk_type != SOCK_DGRAM ||
		     !udp_lib_checksum_complete(skb)))
			break;
		atomic_inc(&sk->sk_drops);
		tdi_sock_free_datagram(sock, skb);
	}
	if (!skb)
		return NULL;
	tdi_sock_source(sk, skb, source);
	*flags |= tdi_sock_kind_of(sk, skb);
	return skb;
}

void tdi_sock_free_datagram(struct socket *sock, struct sk_buff *skb)
{
	if (sock->sk->sk_type == SOCK_DGRAM)
		skb_consume_udp(sock->sk, skb, skb->len);
	else
		skb_free_datagram(sock->sk, skb);
}
