// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures: ordinary sockets as peers, the bytes they exchange, and a look at
 * the wire between them.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "tdi_kunit_helpers.h"

KUNIT_DEFINE_ACTION_WRAPPER(tdi_kunit_release_action, sock_release,
			    struct socket *);

static void tdi_kunit_manage_socket(struct kunit *test, struct socket *sock)
{
	sock->sk->sk_rcvtimeo = TDI_KUNIT_PATIENCE;
	sock->sk->sk_sndtimeo = TDI_KUNIT_PATIENCE;
	tdi_kunit_defer(test, tdi_kunit_release_action, sock);
}

struct socket *tdi_kunit_socket_of(struct kunit *test, int family, int type,
				   int protocol)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0, sock_create_kern(&init_net, family, type,
						  protocol, &sock));
	tdi_kunit_manage_socket(test, sock);
	/* a raw one has it refused */
	if (family == AF_INET6 && type != SOCK_RAW)
		KUNIT_ASSERT_EQ(test, 0, ip6_sock_set_v6only(sock->sk));
	return sock;
}

struct socket *tdi_kunit_socket(struct kunit *test, int family)
{
	return tdi_kunit_socket_of(test, family, SOCK_STREAM, IPPROTO_TCP);
}

int tdi_kunit_bind(struct socket *sock, const struct sockaddr_storage *local)
{
	struct sockaddr_storage ss = *local;

	return kernel_bind(sock, (struct sockaddr *)&ss, tdi_taddr_length(&ss));
}

/**
 * tdi_kunit_listener() - a listening socket
 * @test: the test
 * @local: where; port 0 is replaced by the real one
 * @backlog: connections that may wait, less one
 */
struct socket *tdi_kunit_listener(struct kunit *test,
				  struct sockaddr_storage *local, int backlog)
{
	struct socket *sock = tdi_kunit_socket(test, local->ss_family);

	KUNIT_ASSERT_EQ(test, 0, tdi_kunit_bind(sock, local));
	KUNIT_ASSERT_EQ(test, 0, kernel_listen(sock, backlog));
	KUNIT_ASSERT_GT(test,
			kernel_getsockname(sock, (struct sockaddr *)local), 0);
	return sock;
}

/* One that takes no more connections: a connect stays on its way. */
struct sockaddr_storage tdi_kunit_full_listener(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);

	tdi_kunit_listener(test, &local, 0);
	tdi_kunit_connect_plain(test, &local);
	return local;
}

struct socket *tdi_kunit_accept(struct kunit *test, struct socket *listener)
{
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0, kernel_accept(listener, &sock, 0));
	tdi_kunit_manage_socket(test, sock);
	return sock;
}

int tdi_kunit_connect_socket(struct socket *sock,
			     const struct sockaddr_storage *remote, int flags)
{
	struct sockaddr_storage ss = *remote;

	return kernel_connect(sock, (struct sockaddr *)&ss,
			      tdi_taddr_length(&ss), flags);
}

/* The kernel's handshake needs nobody to accept. */
struct socket *tdi_kunit_connect_plain(struct kunit *test,
				       const struct sockaddr_storage *remote)
{
	struct socket *sock = tdi_kunit_socket(test, remote->ss_family);

	KUNIT_ASSERT_EQ(test, 0, tdi_kunit_connect_socket(sock, remote, 0));
	return sock;
}

/* All of it, or less with an error that the next call tells */
int tdi_kunit_write(struct socket *sock, const void *data, size_t length)
{
	struct kvec kvec = { .iov_base = (void *)data, .iov_len = length };
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };

	return kernel_sendmsg(sock, &msg, &kvec, 1, length);
}

int tdi_kunit_read(struct socket *sock, void *data, size_t length)
{
	struct kvec kvec = { .iov_base = data, .iov_len = length };
	struct msghdr msg = {};

	return kernel_recvmsg(sock, &msg, &kvec, 1, length, 0);
}

/**
 * tdi_kunit_read_to_end() - read what comes, which must be the pattern
 * @test: the test
 * @sock: a peer
 * @total: bytes that came
 *
 * Return: 0 at the end of file, or the error that ended it.
 */
int tdi_kunit_read_to_end(struct kunit *test, struct socket *sock,
			  size_t *total)
{
	u8 *buffer = kunit_kmalloc(test, SZ_16K, GFP_KERNEL);
	int n;

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	*total = 0;
	while ((n = tdi_kunit_read(sock, buffer, SZ_16K)) > 0) {
		KUNIT_EXPECT_TRUE(test,
				  tdi_kunit_is_pattern(buffer, *total, n));
		*total += n;
	}
	return n;
}

void tdi_kunit_close_socket(struct kunit *test, struct socket *sock)
{
	kunit_release_action(test, tdi_kunit_release_action, sock);
}

/* Close with RST */
void tdi_kunit_reset_socket(struct kunit *test, struct socket *sock)
{
	sock_no_linger(sock->sk);
	tdi_kunit_close_socket(test, sock);
}

/* Both ends have released, and each knows of it. */
bool tdi_kunit_socket_closed(struct socket *sock)
{
	return tdi_kunit_eventually(READ_ONCE(sock->sk->sk_state) == TCP_CLOSE);
}

u8 tdi_kunit_byte(size_t offset)
{
	return offset * 7 + (offset >> 8) * 13 + (offset >> 16);
}

void *tdi_kunit_pattern(struct kunit *test, size_t offset, size_t length)
{
	u8 *data = kunit_kmalloc(test, length, GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	for (i = 0; i < length; i++)
		data[i] = tdi_kunit_byte(offset + i);
	return data;
}

bool tdi_kunit_is_pattern(const u8 *data, size_t offset, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (data[i] != tdi_kunit_byte(offset + i))
			return false;
	return true;
}

/* An endpoint connects to an ordinary listener on loopback. */
void tdi_kunit_connected(struct kunit *test, int family,
			 struct tdi_kunit_pair *pair)
{
	struct tdi_kunit_request *request;

	pair->remote = tdi_kunit_loopback(family, 0);
	pair->listener = tdi_kunit_listener(test, &pair->remote, 8);
	pair->local = tdi_kunit_loopback(family, 0);
	pair->address = tdi_kunit_address(test, &pair->local, 0);
	tdi_kunit_local(test, pair->address, &pair->local);
	pair->endpoint = tdi_kunit_endpoint_on(test, pair->address);

	request = tdi_kunit_connect(test, pair->endpoint, &pair->remote);
	KUNIT_ASSERT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	pair->peer = tdi_kunit_accept(test, pair->listener);
}

/* One byte each way */
void tdi_kunit_expect_works(struct kunit *test, struct tdi_file *endpoint,
			    struct socket *peer)
{
	struct tdi_kunit_request *receive;
	u8 byte = 0x5a, got = 0;

	KUNIT_EXPECT_EQ(test, tdi_kunit_send(test, endpoint, 0, &byte,
					     1)->status, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &got, 1), 1);
	KUNIT_EXPECT_EQ(test, got, 0x5a);
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, &byte, 1), 1);
	receive = tdi_kunit_receive(test, endpoint, 0, &got, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
}

/* Idle, and fit for another connection */
void tdi_kunit_expect_idle(struct kunit *test, struct tdi_file *endpoint)
{
	struct sockaddr_storage remote;

	KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), TDI_STATE_ASSOCIATED);
	tdi_kunit_local(test, endpoint, &remote);
	remote = tdi_kunit_loopback(remote.ss_family, 0);
	tdi_kunit_listener(test, &remote, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, endpoint, &remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), TDI_STATE_CONNECTED);
}

/*
 * Send until no more goes.  It is full when there is more than the peer has room
 * for, and then nothing more went: a rest of the window is filled later, by TCP's
 * timer, which leaves room for a little in the last buffer.
 */
static bool tdi_kunit_fill_up(struct kunit *test, struct tdi_file *endpoint,
			      struct sock *sk, size_t *total)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct tdi_kunit_request *send;
	size_t sent = *total;
	bool full;

	lock_sock(sk);
	full = !tp->packets_out && after(tp->write_seq, tcp_wnd_end(tp)) &&
	       tp->snd_nxt == tcp_wnd_end(tp);
	release_sock(sk);
	do {
		send = tdi_kunit_send(test, endpoint, TDI_SEND_NON_BLOCKING,
				      tdi_kunit_pattern(test, *total, SZ_16K),
				      SZ_16K);
		*total += tdi_kunit_information(send);
	} while (send->status == STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, send->status, STATUS_DEVICE_NOT_READY);

	return full && *total == sent;
}

/* The send buffer does not grow, so that it is full after a few sends. */
static void tdi_kunit_limit_buffer(struct sock *sk)
{
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(sk->sk_sndbuf, SZ_64K);
}

/**
 * tdi_kunit_fill() - fill the buffers towards a peer that does not read
 * @test: the test
 * @endpoint: connected, nothing sent yet
 *
 * Return: bytes of the pattern that were sent.
 */
size_t tdi_kunit_fill(struct kunit *test, struct tdi_file *endpoint)
{
	struct tdi_connection *conn = tdi_connection_get(&endpoint->endpoint);
	size_t total = 0;
	struct sock *sk;
	bool full;

	KUNIT_ASSERT_NOT_NULL(test, conn);
	sk = conn->sock.socket->sk;
	tdi_kunit_limit_buffer(sk);
	full = tdi_kunit_eventually(tdi_kunit_fill_up(test, endpoint, sk,
						      &total));
	tdi_connection_put(conn);
	KUNIT_ASSERT_TRUE(test, full);
	return total;
}

/* What was filled in is read. */
void tdi_kunit_drain(struct kunit *test, struct socket *peer, size_t total)
{
	u8 *data = kunit_kmalloc(test, SZ_16K, GFP_KERNEL);
	int n;

	KUNIT_ASSERT_NOT_NULL(test, data);
	while (total) {
		n = tdi_kunit_read(peer, data, SZ_16K);
		KUNIT_ASSERT_GT(test, n, 0);
		total -= n;
	}
}

/**
 * tdi_kunit_send_large() - send more than the buffers hold
 * @test: the test
 * @endpoint: connected to a peer that does not read
 *
 * Return: TDI_KUNIT_LARGE bytes of the pattern, some of them sent; a thread
 * waits for the rest.
 */
struct tdi_kunit_request *tdi_kunit_send_large(struct kunit *test,
					       struct tdi_file *endpoint)
{
	struct tdi_connection *conn = tdi_connection_get(&endpoint->endpoint);
	struct tdi_kunit_request *send;

	KUNIT_ASSERT_NOT_NULL(test, conn);
	tdi_kunit_limit_buffer(conn->sock.socket->sk);
	tdi_connection_put(conn);
	send = tdi_kunit_send(test, endpoint, 0,
			      tdi_kunit_pattern(test, 0, TDI_KUNIT_LARGE),
			      TDI_KUNIT_LARGE);
	tdi_kunit_wait_in_thread(test, send);
	return send;
}

static const struct tcphdr *tdi_kunit_tcp(struct sk_buff *skb,
					  struct tcphdr *buffer, u32 *end)
{
	int offset = skb_network_offset(skb);
	const struct tcphdr *tcp;

	if (skb->protocol == htons(ETH_P_IP) &&
	    ip_hdr(skb)->protocol == IPPROTO_TCP)
		offset += ip_hdrlen(skb);
	else if (skb->protocol == htons(ETH_P_IPV6) &&
		 ipv6_hdr(skb)->nexthdr == IPPROTO_TCP)
		offset += sizeof(struct ipv6hdr);
	else
		return NULL;
	tcp = skb_header_pointer(skb, offset, sizeof(*buffer), buffer);
	if (tcp)
		*end = ntohl(tcp->seq) + skb->len - offset - tcp->doff * 4;
	return tcp;
}

/* TCP may send one again, when nobody acknowledges it in time. */
static void tdi_kunit_saw_fin(const struct tcphdr *tcp, u32 end,
			      atomic64_t *last, atomic_t *count)
{
	s64 fin = BIT_ULL(32) | end;

	if (tcp->fin && atomic64_xchg(last, fin) != fin)
		atomic_inc(count);
}

/* Once for each segment, on its way out */
static int tdi_kunit_wire_saw(struct sk_buff *skb, struct net_device *dev,
			      struct packet_type *tap, struct net_device *orig)
{
	struct tdi_kunit_wire *wire = container_of(tap, struct tdi_kunit_wire,
						   tap);
	const struct tcphdr *tcp;
	struct tcphdr buffer;
	u32 end;

	if (skb->pkt_type != PACKET_OUTGOING)
		goto out;
	tcp = tdi_kunit_tcp(skb, &buffer, &end);
	if (!tcp)
		goto out;
	if (tcp->source == wire->port) {
		tdi_kunit_saw_fin(tcp, end, &wire->last_from, &wire->fin_from);
		atomic_add(tcp->rst, &wire->rst_from);
	} else if (tcp->dest == wire->port) {
		tdi_kunit_saw_fin(tcp, end, &wire->last_to, &wire->fin_to);
		atomic_add(tcp->rst, &wire->rst_to);
	}
out:
	kfree_skb(skb);
	return 0;
}

KUNIT_DEFINE_ACTION_WRAPPER(tdi_kunit_untap_action, dev_remove_pack,
			    struct packet_type *);

/* Counts from now on what @end sends and gets. */
struct tdi_kunit_wire *tdi_kunit_wire(struct kunit *test,
				      const struct sockaddr_storage *end)
{
	struct tdi_kunit_wire *wire;

	wire = kunit_kzalloc(test, sizeof(*wire), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, wire);
	wire->port = tdi_taddr_port(end);
	wire->tap.type = htons(ETH_P_ALL);
	wire->tap.dev = init_net.loopback_dev;
	wire->tap.func = tdi_kunit_wire_saw;
	dev_add_pack(&wire->tap);
	tdi_kunit_defer(test, tdi_kunit_untap_action, &wire->tap);
	return wire;
}

/* Tcp: OutRsts */
unsigned long tdi_kunit_resets_sent(void)
{
	return snmp_fold_field(init_net.mib.tcp_statistics, TCP_MIB_OUTRSTS);
}
