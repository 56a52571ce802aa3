// SPDX-License-Identifier: GPL-2.0-only
/*
 * The transport, where it is datagrams: each open of an address has a socket of
 * its own, so that a connect, options and groups are that open's alone.
 *
 * All sockets of one address are bound to the same port.  sk_reuseport lets them,
 * and nobody else in: it asks for the same user, and they have one that nobody
 * can be.  It is on while one more is bound, and not longer: it would have the
 * kernel give a multicast for one of them to another.
 *
 * Multicasts and broadcasts reach every socket by themselves, and raw sockets get
 * everything; a unicast to a UDP port is given to one of its sockets, and the
 * others get their copy from tdi_sock_fan_out().
 */
#include <linux/cred.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/rculist.h>
#include <linux/udp.h>
#include <net/icmp.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp.h>

#include "address.h"
#include "compat.h"
#include "sock.h"
#include "taddr.h"

/* A raw socket may have UDP's number */
static bool tdi_sock_is_udp(const struct sock *sk)
{
	return sk->sk_type == SOCK_DGRAM && sk->sk_protocol == IPPROTO_UDP;
}

/**
 * tdi_sock_create_datagram() - a socket for one open of an address
 * @device: row of the device
 * @protocol: of a raw socket
 * @net: the address's network namespace
 * @family: AF_INET or AF_INET6
 * @cred: whoever opened the file: a raw socket is a matter of privilege
 * @sock: result, NULL on errors
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_create_datagram(const struct tdi_device *device, int protocol,
			     struct net *net, int family,
			     const struct cred *cred, struct socket **sock)
{
	const struct cred *old = override_creds(cred);
	int err;

	*sock = NULL;
	err = __sock_create(net, family, device->type,
			    device->protocol ? : protocol, sock, 0);
	/* a raw socket never gets anything of IPv4 */
	if (!err && family == AF_INET6 && device->type == SOCK_DGRAM)
		err = ip6_sock_set_v6only((*sock)->sk);
	revert_creds(old);
	if (err && *sock) {
		sock_release(*sock);
		*sock = NULL;
	}
	if (err)
		return err;

	/* a datagram needs no option to be a broadcast (reference 2.11) */
	sock_set_flag((*sock)->sk, SOCK_BROADCAST);
	/* of groups, an open gets those that it has joined */
	if (family == AF_INET6)
		return tdi_sock_set(*sock, SOL_IPV6, IPV6_MULTICAST_ALL, 0);
	return tdi_sock_set(*sock, SOL_IP, IP_MULTICAST_ALL, 0);
}

/* A socket option; SOL_SOCKET is none of the protocol's */
int tdi_sock_set_bytes(struct socket *sock, int level, int name,
		       const void *value, size_t length)
{
	sockptr_t optval = KERNEL_SOCKPTR((void *)value);

	return level == SOL_SOCKET ?
	       sock_setsockopt(sock, level, name, optval, length) :
	       READ_ONCE(sock->ops)->setsockopt(sock, level, name, optval,
						length);
}

/* One that is an int */
int tdi_sock_set(struct socket *sock, int level, int name, int value)
{
	return tdi_sock_set_bytes(sock, level, name, &value, sizeof(value));
}

/**
 * tdi_sock_bind_datagram() - bind the socket of one open of an address
 * @sock: the socket
 * @ss: address to bind; on success the bound one
 * @cred: whoever opened the address
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_bind_datagram(struct socket *sock, struct sockaddr_storage *ss,
			   const struct cred *cred)
{
	const struct cred *old;
	int err;

	SOCK_INODE(sock)->i_uid = INVALID_UID;
	/* a port that is chosen is none of another address's */
	sock->sk->sk_reuseport = tdi_taddr_port(ss) != 0;
	old = override_creds(cred);
	err = kernel_bind(sock, (struct sockaddr *)ss, tdi_taddr_length(ss));
	revert_creds(old);
	sock->sk->sk_reuseport = 0;
	if (err)
		return err;
	/* a disconnect gives back no port, wherever it came from */
	sock->sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	return tdi_sock_local(sock, ss);
}

/**
 * tdi_sock_disconnect() - the remote of a connected datagram address is forgotten
 * @sock: the socket
 * @ifindex: interface that it is bound to besides, or 0
 *
 * Return: 0 or a negative errno.
 */
int tdi_sock_disconnect(struct socket *sock, int ifindex)
{
	struct sockaddr any = { .sa_family = AF_UNSPEC };
	int err;

	err = kernel_connect(sock, &any, sizeof(any), 0);
	if (!err && ifindex)
		err = sock_bindtoindex(sock->sk, ifindex, true);
	return err;
}

/**
 * tdi_sock_release_datagram() - release the socket of one open of an address
 * @sock: unhooked
 *
 * It stays hashed, and fans out, until it is released.  A datagram that waits
 * elsewhere (a netfilter queue) may bring it back later: then it is nobody's.
 */
void tdi_sock_release_datagram(struct socket *sock)
{
	struct sock *sk = sock->sk;
	bool shared = tdi_sock_is_udp(sk) && udp_sk(sk)->encap_rcv;

	sock_hold(sk);
	sock_release(sock);
	/* who found it before that gives the others their copies */
	if (shared)
		synchronize_rcu();
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
	if (shared)
		WRITE_ONCE(udp_sk(sk)->encap_rcv, NULL);
	sock_put(sk);
}

/* By the interface that it is bound to, if any */
static bool tdi_sock_hears(const struct sock *sk, const struct sk_buff *skb)
{
	bool is_ip6 = sk->sk_family == AF_INET6;

	return udp_sk_bound_dev_eq(sock_net(sk),
				   READ_ONCE(sk->sk_bound_dev_if),
				   is_ip6 ? inet6_iif(skb) : inet_iif(skb),
				   is_ip6 ? inet6_sdif(skb) : inet_sdif(skb));
}

/* Would the socket have got it, had it been the only one? */
static bool tdi_sock_wants(const struct sock *sk, const struct sk_buff *skb)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (!tdi_sock_hears(sk, skb))
		return false;
	if (READ_ONCE(sk->sk_state) != TCP_ESTABLISHED)
		return true;
	if (inet->inet_dport != udp_hdr(skb)->source)
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_equal(&sk->sk_v6_daddr,
				       &ipv6_hdr(skb)->saddr) &&
		       ipv6_addr_equal(&sk->sk_v6_rcv_saddr,
				       &ipv6_hdr(skb)->daddr);
#endif
	return inet->inet_daddr == ip_hdr(skb)->saddr &&
	       inet->inet_rcv_saddr == ip_hdr(skb)->daddr;
}

static void tdi_sock_copy(struct sock *sk, const struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);

	if (!copy) {
		atomic_inc(&sk->sk_drops);
		return;
	}
	skb_dst_drop(copy);
	if (sk_filter_trim_cap(sk, copy, sizeof(struct udphdr))) {
		kfree_skb(copy);
		return;
	}
	udp_csum_pull_header(copy);
	if (__udp_enqueue_schedule_skb(sk, copy))
		kfree_skb(copy);
}

/* The kernel gives it to every socket that is to have it. */
static bool tdi_sock_is_everybodys(const struct sk_buff *skb)
{
	const struct rtable *rt;

	if (skb->protocol == htons(ETH_P_IPV6))
		return ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
	if (ipv4_is_multicast(ip_hdr(skb)->daddr))
		return true;
	rt = skb_rtable(skb);
	return rt && rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

/* The address that a socket is one of; RCU */
static const struct tdi_address *tdi_sock_address(const struct sock *sk)
{
	struct tdi_sock *ts = rcu_dereference_sk_user_data(sk);
	struct tdi_address_file *open;

	if (!ts)
		return NULL;
	open = container_of(ts, struct tdi_address_file, sock);
	return READ_ONCE(open->address);
}

/*
 * udp_sock.encap_rcv of a shared address: softirq, RCU.  An open that is being
 * closed is off the list before its socket goes; a reader that has found it
 * before that finds a socket that is freed after RCU, and so are its file and
 * its address: until then the socket knows them, though it is unhooked, and
 * after that none (tdi_sock_release_datagram()).
 */
static int tdi_sock_fan_out(struct sock *sk, struct sk_buff *skb)
{
	const struct tdi_address *address = tdi_sock_address(sk);
	struct tdi_address_file *open;
	struct sock *other;

	if (!address || tdi_sock_is_everybodys(skb))
		return 1;
	list_for_each_entry_rcu(open, &address->files, link) {
		other = READ_ONCE(open->sock.socket->sk);
		if (other && other != sk && tdi_sock_wants(other, skb))
			tdi_sock_copy(other, skb);
	}
	return 1;
}

#if TDI_HAVE_ENCAP_ERR
/* Does it end a connected socket's request?  As the kernel decides it */
static bool tdi_sock_is_fatal(const struct sock *sk, const struct sk_buff *skb)
{
	const struct icmphdr *icmp = icmp_hdr(skb);
#if IS_ENABLED(CONFIG_IPV6)
	const struct icmp6hdr *icmp6 = icmp6_hdr(skb);
	int err;

	if (sk->sk_family == AF_INET6)
		return icmp6->icmp6_type == ICMPV6_PKT_TOOBIG ?
		       inet6_sk(sk)->pmtudisc != IPV6_PMTUDISC_DONT :
		       icmpv6_err_convert(icmp6->icmp6_type, icmp6->icmp6_code,
					  &err);
#endif
	if (icmp->type == ICMP_PARAMETERPROB)
		return true;
	return icmp->type == ICMP_DEST_UNREACH &&
	       (icmp->code == ICMP_FRAG_NEEDED ||
		(icmp->code <= NR_ICMP_UNREACH &&
		 icmp_err_convert[icmp->code].fatal));
}

/* ICMP's word on a datagram, as the kernel gives it to a socket of UDP */
static void tdi_sock_copy_error(struct sock *sk, struct sk_buff *skb, int err,
				__be16 port, u32 info, u8 *payload)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	bool connected = READ_ONCE(sk->sk_state) == TCP_ESTABLISHED;
	bool is_ip6 = sk->sk_family == AF_INET6;

	if (connected && (inet_sk(sk)->inet_dport != port ||
			  (is_ip6 ? !ipv6_addr_equal(&sk->sk_v6_daddr,
						     &ip6->daddr) :
				    inet_sk(sk)->inet_daddr != ip->daddr)))
		return;
	if (is_ip6 && inet6_test_bit(RECVERR6, sk))
		ipv6_icmp_error(sk, skb, err, port, info, payload);
	else if (!is_ip6 && inet_test_bit(RECVERR, sk))
		ip_icmp_error(sk, skb, err, port, info, payload);
	else if (!connected || !tdi_sock_is_fatal(sk, skb))
		return;
	WRITE_ONCE(sk->sk_err, err);
	sk_error_report(sk);
}

/*
 * udp_sock.encap_err_rcv: any of the opens may have sent it.  A socket with
 * encap_rcv is told of errors in no other way.
 */
static void tdi_sock_fan_out_error(struct sock *sk, struct sk_buff *skb, int err,
				   __be16 port, u32 info, u8 *payload)
{
	const struct tdi_address *address = tdi_sock_address(sk);
	struct tdi_address_file *open;
	struct sock *other;

	if (!address)
		return;
	list_for_each_entry_rcu(open, &address->files, link) {
		other = READ_ONCE(open->sock.socket->sk);
		if (other)
			tdi_sock_copy_error(other, skb, err, port, info,
					    payload);
	}
}
#endif

/*
 * UDP looks at encap_rcv from here on.  Once and for all: switching that on and
 * off patches the kernel's code, which is no matter for every open and close.
 */
static void tdi_sock_enable_encap(const struct sock *sk)
{
	static atomic_t enabled, enabled6;

	if (!atomic_xchg(&enabled, 1))
		udp_encap_enable();
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !atomic_xchg(&enabled6, 1))
		ipv6_stub->udpv6_encap_enable();
#endif
}

/* From here on the other opens of the address get what @ts gets. */
void tdi_sock_share(struct tdi_sock *ts)
{
	struct sock *sk = ts->socket->sk;

	if (!tdi_sock_is_udp(sk))
		return;
	udp_sk(sk)->encap_rcv = tdi_sock_fan_out;
#if TDI_HAVE_ENCAP_ERR
	udp_sk(sk)->encap_err_rcv = tdi_sock_fan_out_error;
#endif
	/* not one of those that the kernel knows */
	WRITE_ONCE(udp_sk(sk)->encap_type, U8_MAX);
	tdi_sock_enable_encap(sk);
}

/* Keep what ICMP says of datagrams that were sent, for tdi_sock_take_error() */
int tdi_sock_want_errors(struct socket *sock, bool on)
{
	return sock->sk->sk_family == AF_INET6 ?
	       tdi_sock_set(sock, SOL_IPV6, IPV6_RECVERR, on) :
	       tdi_sock_set(sock, SOL_IP, IP_RECVERR, on);
}

/* Where to a datagram came comes with it. */
int tdi_sock_want_destination(struct socket *sock, bool on)
{
	return sock->sk->sk_family == AF_INET6 ?
	       tdi_sock_set(sock, SOL_IPV6, IPV6_RECVPKTINFO, on) :
	       tdi_sock_set(sock, SOL_IP, IP_PKTINFO, on);
}

bool tdi_sock_has_datagram(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	return !skb_queue_empty_lockless(&sk->sk_receive_queue) ||
	       (tdi_sock_is_udp(sk) &&
		!skb_queue_empty_lockless(&udp_sk(sk)->reader_queue));
}

bool tdi_sock_has_error(const struct socket *sock)
{
	return !skb_queue_empty_lockless(&sock->sk->sk_error_queue);
}

/* What ICMP said, and nobody has been told */
void tdi_sock_forget_error(struct socket *sock)
{
	sock_error(sock->sk);
}

/* Told to somebody whom it does not concern; there may be a newer one */
void tdi_sock_return_error(struct socket *sock, int err)
{
	cmpxchg(&sock->sk->sk_err, 0, -err);
}

/**
 * tdi_sock_take_error() - what became of a datagram that was sent
 * @sock: see tdi_sock_want_errors()
 * @remote: where it was to go
 *
 * Return: an errno (positive), 0 if there is none to tell, or why it cannot be
 * read.
 */
int tdi_sock_take_error(struct socket *sock, struct sockaddr_storage *remote)
{
	/* where it went to may come before it, see tdi_sock_want_destination() */
	u8 control[CMSG_SPACE(sizeof(struct in6_pktinfo)) +
		   CMSG_SPACE(sizeof(struct sock_extended_err) +
			      sizeof(struct sockaddr_in6))] __aligned(8) = {};
	struct msghdr msg = {
		.msg_name = remote, .msg_namelen = sizeof(*remote),
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	const struct sock_extended_err *error;
	struct cmsghdr *cmsg;
	int err;

	memset(remote, 0, sizeof(*remote));
	iov_iter_kvec(&msg.msg_iter, ITER_DEST, NULL, 0, 0);
	err = sock_recvmsg(sock, &msg, MSG_DONTWAIT | MSG_ERRQUEUE);
	if (err < 0)
		return err == -EAGAIN ? 0 : err;
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control) - msg.msg_controllen;
	for_each_cmsghdr(cmsg, &msg) {
		if ((cmsg->cmsg_level == SOL_IP &&
		     cmsg->cmsg_type == IP_RECVERR) ||
		    (cmsg->cmsg_level == SOL_IPV6 &&
		     cmsg->cmsg_type == IPV6_RECVERR)) {
			error = CMSG_DATA(cmsg);
			/* whoever sent it knows already */
			return error->ee_origin == SO_EE_ORIGIN_LOCAL ? 0 :
			       error->ee_errno;
		}
	}
	return EIO;
}

/* Multicast, broadcast: TDI_RECEIVE_xxx, by the destination that came along */
static u32 tdi_sock_kind(const struct cmsghdr *cmsg, struct net *net)
{
	const struct in6_pktinfo *info6 = CMSG_DATA(cmsg);
	const struct in_pktinfo *info = CMSG_DATA(cmsg);

	if (!cmsg->cmsg_len)
		return 0;
	if (cmsg->cmsg_level == SOL_IPV6)
		return ipv6_addr_is_multicast(&info6->ipi6_addr) ?
		       TDI_RECEIVE_MULTICAST : 0;
	if (ipv4_is_multicast(info->ipi_addr.s_addr))
		return TDI_RECEIVE_MULTICAST;
	return inet_addr_type(net, info->ipi_addr.s_addr) == RTN_BROADCAST ?
	       TDI_RECEIVE_BROADCAST : 0;
}

/**
 * tdi_sock_receive_datagram() - take one, or look at it, without waiting
 * @sock: see tdi_sock_want_destination() for @kind
 * @msg: where to
 * @flags: MSG_xxx
 * @kind: TDI_RECEIVE_xxx, or NULL
 *
 * Return: the datagram's whole length, of which no more than there is room for
 * was copied; or a negative errno.
 */
int tdi_sock_receive_datagram(struct socket *sock, struct msghdr *msg,
			      unsigned int flags, u32 *kind)
{
	u8 control[CMSG_SPACE(sizeof(struct in6_pktinfo))] __aligned(8) = {};
	int n;

	if (kind) {
		msg->msg_control = control;
		msg->msg_controllen = sizeof(control);
	}
	n = sock_recvmsg(sock, msg, MSG_DONTWAIT | MSG_TRUNC | flags);
	if (kind && n >= 0)
		*kind |= tdi_sock_kind((const struct cmsghdr *)control,
				       sock_net(sock->sk));
	return n;
}
