// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of an address (reference 5.4), each a socket option of the open's own
 * socket.
 */
#include <linux/igmp.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "address.h"
#include "compat.h"
#include "object.h"
#include "option.h"
#include "sock.h"
#include "status.h"

#define TDI_OPTION_UDP		BIT(0)
#define TDI_OPTION_RAW		BIT(1)
#define TDI_OPTION_BOTH		(TDI_OPTION_UDP | TDI_OPTION_RAW)

/**
 * struct tdi_option - one option
 * @id: TDI_AO_OPTION_xxx
 * @devices: those that have it
 * @ip: its IPv4 socket option, level and name; or none
 * @ip6: same, IPv6
 * @max: it is a number, no greater; 1: it is on or off
 * @set: for one that is more than the socket option
 * @get: its value, an int; or NULL for one that cannot be asked
 */
struct tdi_option {
	u32 id;
	u8 devices;
	struct {
		int level;
		int name;
	} ip, ip6;
	u32 max;
	int (*set)(struct socket *sock, int level, int name, void *value,
		   size_t length);
	int (*get)(const struct sock *sk);
};

static bool tdi_sk_is_ip6(const struct sock *sk)
{
	return IS_ENABLED(CONFIG_IPV6) && sk->sk_family == AF_INET6;
}

static int tdi_get_ttl(const struct sock *sk)
{
	int ttl = tdi_sk_is_ip6(sk) ? inet6_sk(sk)->hop_limit :
				      READ_ONCE(inet_sk(sk)->uc_ttl);

	if (ttl >= 0)
		return ttl;
	return tdi_sk_is_ip6(sk) ?
	       READ_ONCE(sock_net(sk)->ipv6.devconf_all->hop_limit) :
	       READ_ONCE(sock_net(sk)->ipv4.sysctl_ip_default_ttl);
}

static int tdi_get_group_ttl(const struct sock *sk)
{
	int ttl = tdi_sk_is_ip6(sk) ? inet6_sk(sk)->mcast_hops :
				      READ_ONCE(inet_sk(sk)->mc_ttl);

	/* of IPv6: the default, which is 1 */
	return ttl < 0 ? 1 : ttl;
}

/* An address of IPv4, an index of IPv6 */
static int tdi_get_group_interface(const struct sock *sk)
{
	return tdi_sk_is_ip6(sk) ? READ_ONCE(inet6_sk(sk)->mcast_oif) :
	       (__force int)READ_ONCE(inet_sk(sk)->mc_addr);
}

static int tdi_get_group_index(const struct sock *sk)
{
	return tdi_sk_is_ip6(sk) ? READ_ONCE(inet6_sk(sk)->mcast_oif) :
				   READ_ONCE(inet_sk(sk)->mc_index);
}

static int tdi_get_loop(const struct sock *sk)
{
	return tdi_sk_is_ip6(sk) ? tdi_inet6_mc_loop(sk) : tdi_inet_mc_loop(sk);
}

static int tdi_get_checksum(const struct sock *sk)
{
	return !sk->sk_no_check_tx;
}

static int tdi_get_tos(const struct sock *sk)
{
	return tdi_sk_is_ip6(sk) ? inet6_sk(sk)->tclass :
				   READ_ONCE(inet_sk(sk)->tos);
}

static int tdi_get_dont_fragment(const struct sock *sk)
{
	return tdi_sk_is_ip6(sk) ? tdi_inet6_dontfrag(sk) :
	       READ_ONCE(inet_sk(sk)->pmtudisc) == IP_PMTUDISC_DO;
}

static int tdi_get_broadcast(const struct sock *sk)
{
	return sock_flag(sk, SOCK_BROADCAST);
}

static int tdi_get_header_included(const struct sock *sk)
{
	return tdi_inet_hdrincl(sk);
}

static int tdi_get_interface(const struct sock *sk)
{
	return tdi_sk_is_ip6(sk) ? READ_ONCE(inet6_sk(sk)->ucast_oif) :
				   READ_ONCE(inet_sk(sk)->uc_index);
}

static int tdi_get_bound_interface(const struct sock *sk)
{
	return READ_ONCE(sk->sk_bound_dev_if);
}

static int tdi_get_window(const struct sock *sk)
{
	return tdi_sock_window(sk);
}

/* IPv4: an address; IPv6: an interface index */
static int tdi_set_group_interface(struct socket *sock, int level, int name,
				   void *value, size_t length)
{
	return length == sizeof(u32) ?
	       tdi_sock_set_bytes(sock, level, name, value, length) : -EINVAL;
}

static int tdi_set_group_index(struct socket *sock, int level, int name,
			       void *value, size_t length)
{
	struct ip_mreqn mreq = {};

	if (length != sizeof(u32))
		return -EINVAL;
	if (level == SOL_IPV6)
		return tdi_sock_set_bytes(sock, level, name, value, length);
	memcpy(&mreq.imr_ifindex, value, sizeof(u32));
	return tdi_sock_set_bytes(sock, level, name, &mreq, sizeof(mreq));
}

/* The opposite of the socket option */
static int tdi_set_checksum(struct socket *sock, int level, int name,
			    void *value, size_t length)
{
	u32 on;

	memcpy(&on, value, sizeof(on));
	return tdi_sock_set(sock, level, name, !on);
}

static int tdi_set_dont_fragment(struct socket *sock, int level, int name,
				 void *value, size_t length)
{
	u32 on;

	memcpy(&on, value, sizeof(on));
	if (level == SOL_IP)
		on = on ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT;
	return tdi_sock_set(sock, level, name, on);
}

/* Options as they stand in the header, of which there are 40 bytes */
static int tdi_set_ip_options(struct socket *sock, int level, int name,
			      void *value, size_t length)
{
	return length <= MAX_IPOPTLEN ?
	       tdi_sock_set_bytes(sock, level, name, value, length) : -EINVAL;
}

/* Of an interface by its index, in network order */
static int tdi_set_interface(struct socket *sock, int level, int name,
			     void *value, size_t length)
{
	u32 index;

	memcpy(&index, value, sizeof(index));
	return tdi_sock_set(sock, level, name, (__force int)htonl(index));
}

/* The socket takes any number; 0 is any interface */
static int tdi_set_bound_interface(struct socket *sock, int level, int name,
				   void *value, size_t length)
{
	u32 index;

	memcpy(&index, value, sizeof(index));
	if (index && !tdi_mib_has_interface(sock_net(sock->sk), index))
		return -ENODEV;
	return tdi_sock_set(sock, level, name, index);
}

static int tdi_set_window(struct socket *sock, int level, int name, void *value,
			  size_t length)
{
	int window;

	memcpy(&window, value, sizeof(window));
	return window ? tdi_sock_set(sock, level, name, window) : -EINVAL;
}

/* {group, address of the interface}; IPv6: {group, index} */
static int tdi_set_group(struct socket *sock, int level, int name, void *value,
			 size_t length)
{
	if (length != (level == SOL_IPV6 ? sizeof(struct ipv6_mreq) :
					   sizeof(struct ip_mreq)))
		return -EINVAL;
	return tdi_sock_set_bytes(sock, level, name, value, length);
}

/* {group, index of the interface} */
static int tdi_set_group_by_index(struct socket *sock, int level, int name,
				  void *value, size_t length)
{
	struct ip_mreqn mreq = {};

	if (level == SOL_IPV6)
		return tdi_set_group(sock, level, name, value, length);
	if (length != sizeof(mreq.imr_multiaddr) + sizeof(u32))
		return -EINVAL;
	memcpy(&mreq.imr_multiaddr, value, sizeof(mreq.imr_multiaddr));
	memcpy(&mreq.imr_ifindex, value + sizeof(mreq.imr_multiaddr),
	       sizeof(u32));
	return tdi_sock_set_bytes(sock, level, name, &mreq, sizeof(mreq));
}

/* {group, source, address of the interface}: Linux has the latter first */
static int tdi_set_source(struct socket *sock, int level, int name, void *value,
			  size_t length)
{
	struct ip_mreq_source mreq;
	__be32 fields[3];

	if (length != sizeof(fields))
		return -EINVAL;
	memcpy(fields, value, sizeof(fields));
	mreq.imr_multiaddr = fields[0];
	mreq.imr_sourceaddr = fields[1];
	mreq.imr_interface = fields[2];
	return tdi_sock_set_bytes(sock, level, name, &mreq, sizeof(mreq));
}

/* {group, address of the interface, mode, count, sources}; the modes differ */
static int tdi_set_filter(struct socket *sock, int level, int name, void *value,
			  size_t length)
{
	struct ip_msfilter *filter = value;

	if (length < IP_MSFILTER_SIZE(0) || filter->imsf_fmode > 1 ||
	    filter->imsf_numsrc > (length - IP_MSFILTER_SIZE(0)) / sizeof(__be32))
		return -EINVAL;
	filter->imsf_fmode = filter->imsf_fmode ? MCAST_EXCLUDE : MCAST_INCLUDE;
	return tdi_sock_set_bytes(sock, level, name, value, length);
}

#define IP(_name)	.ip = { SOL_IP, _name }
#define IP6(_name)	.ip6 = { SOL_IPV6, _name }
#define SOCKET(_name)	.ip = { SOL_SOCKET, _name }, .ip6 = { SOL_SOCKET, _name }

static const struct tdi_option tdi_options[] = {
	{ TDI_AO_OPTION_TTL, TDI_OPTION_BOTH, IP(IP_TTL),
	  IP6(IPV6_UNICAST_HOPS), U8_MAX, .get = tdi_get_ttl },
	{ TDI_AO_OPTION_MCASTTTL, TDI_OPTION_BOTH, IP(IP_MULTICAST_TTL),
	  IP6(IPV6_MULTICAST_HOPS), U8_MAX, .get = tdi_get_group_ttl },
	{ TDI_AO_OPTION_MCASTIF, TDI_OPTION_BOTH, IP(IP_MULTICAST_IF),
	  IP6(IPV6_MULTICAST_IF), .set = tdi_set_group_interface,
	  .get = tdi_get_group_interface },
	/* IPv6 has no datagram without one */
	{ TDI_AO_OPTION_XSUM, TDI_OPTION_UDP,
	  .ip = { SOL_SOCKET, SO_NO_CHECK }, .max = 1, .set = tdi_set_checksum,
	  .get = tdi_get_checksum },
	{ TDI_AO_OPTION_IPOPTIONS, TDI_OPTION_BOTH, IP(IP_OPTIONS),
	  .set = tdi_set_ip_options },
	{ TDI_AO_OPTION_ADD_MCAST, TDI_OPTION_BOTH, IP(IP_ADD_MEMBERSHIP),
	  IP6(IPV6_ADD_MEMBERSHIP), .set = tdi_set_group },
	{ TDI_AO_OPTION_DEL_MCAST, TDI_OPTION_BOTH, IP(IP_DROP_MEMBERSHIP),
	  IP6(IPV6_DROP_MEMBERSHIP), .set = tdi_set_group },
	{ TDI_AO_OPTION_TOS, TDI_OPTION_BOTH, IP(IP_TOS), IP6(IPV6_TCLASS),
	  U8_MAX, .get = tdi_get_tos },
	{ TDI_AO_OPTION_IP_DONTFRAGMENT, TDI_OPTION_BOTH, IP(IP_MTU_DISCOVER),
	  IP6(IPV6_DONTFRAG), 1, tdi_set_dont_fragment, tdi_get_dont_fragment },
	{ TDI_AO_OPTION_MCASTLOOP, TDI_OPTION_BOTH, IP(IP_MULTICAST_LOOP),
	  IP6(IPV6_MULTICAST_LOOP), 1, .get = tdi_get_loop },
	{ TDI_AO_OPTION_BROADCAST, TDI_OPTION_BOTH, SOCKET(SO_BROADCAST), 1,
	  .get = tdi_get_broadcast },
	{ TDI_AO_OPTION_IP_HDRINCL, TDI_OPTION_RAW, IP(IP_HDRINCL),
	  IP6(IPV6_HDRINCL), 1, .get = tdi_get_header_included },
	{ TDI_AO_OPTION_IP_UCASTIF, TDI_OPTION_BOTH, IP(IP_UNICAST_IF),
	  IP6(IPV6_UNICAST_IF), INT_MAX, tdi_set_interface,
	  tdi_get_interface },
	{ TDI_AO_OPTION_INDEX_BIND, TDI_OPTION_BOTH, SOCKET(SO_BINDTOIFINDEX),
	  INT_MAX, tdi_set_bound_interface, tdi_get_bound_interface },
	{ TDI_AO_OPTION_INDEX_MCASTIF, TDI_OPTION_BOTH, IP(IP_MULTICAST_IF),
	  IP6(IPV6_MULTICAST_IF), .set = tdi_set_group_index,
	  .get = tdi_get_group_index },
	{ TDI_AO_OPTION_INDEX_ADD_MCAST, TDI_OPTION_BOTH, IP(IP_ADD_MEMBERSHIP),
	  IP6(IPV6_ADD_MEMBERSHIP), .set = tdi_set_group_by_index },
	{ TDI_AO_OPTION_INDEX_DEL_MCAST, TDI_OPTION_BOTH, IP(IP_DROP_MEMBERSHIP),
	  IP6(IPV6_DROP_MEMBERSHIP), .set = tdi_set_group_by_index },
	/* TDI has the values of those below for IPv4 alone */
	{ TDI_AO_OPTION_ADD_MCAST_SRC, TDI_OPTION_BOTH,
	  IP(IP_ADD_SOURCE_MEMBERSHIP), .set = tdi_set_source },
	{ TDI_AO_OPTION_DEL_MCAST_SRC, TDI_OPTION_BOTH,
	  IP(IP_DROP_SOURCE_MEMBERSHIP), .set = tdi_set_source },
	{ TDI_AO_OPTION_MCAST_FILTER, TDI_OPTION_BOTH, IP(IP_MSFILTER),
	  .set = tdi_set_filter },
	{ TDI_AO_OPTION_BLOCK_MCAST_SRC, TDI_OPTION_BOTH, IP(IP_BLOCK_SOURCE),
	  .set = tdi_set_source },
	{ TDI_AO_OPTION_UNBLOCK_MCAST_SRC, TDI_OPTION_BOTH,
	  IP(IP_UNBLOCK_SOURCE), .set = tdi_set_source },
	{ TDI_AO_OPTION_WINDOW, TDI_OPTION_BOTH, SOCKET(SO_RCVBUF),
	  INT_MAX, tdi_set_window, tdi_get_window },
};

/* Return: the option, or NULL and why there is none */
static const struct tdi_option *tdi_option_find(const struct tdi_file *file,
						u32 id, u32 *status)
{
	u8 device = file->device->type == SOCK_RAW ? TDI_OPTION_RAW :
						     TDI_OPTION_UDP;
	int i;

	*status = STATUS_INVALID_ADDRESS;
	if (tdi_file_kind(file) != TDI_TRANSPORT_ADDRESS_FILE)
		return NULL;
	*status = id && id <= TDI_AO_OPTION_PROTECT ?
		  STATUS_NOT_IMPLEMENTED : STATUS_INVALID_PARAMETER;
	if (!tdi_file_is_datagram(file))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(tdi_options); i++)
		if (tdi_options[i].id == id && tdi_options[i].devices & device)
			return &tdi_options[i];
	return NULL;
}

/* Which socket option it is of this one; none: STATUS_NOT_IMPLEMENTED */
static u32 tdi_option_name(const struct tdi_option *option,
			   const struct sock *sk, int *level, int *name)
{
	bool is_ip6 = tdi_sk_is_ip6(sk);

	*level = is_ip6 ? option->ip6.level : option->ip.level;
	*name = is_ip6 ? option->ip6.name : option->ip.name;
	return *level || *name ? STATUS_SUCCESS : STATUS_NOT_IMPLEMENTED;
}

/* A number that it can be; what turns something on is 1 */
static int tdi_option_check_number(const struct tdi_option *option, void *value,
				   size_t length)
{
	u32 number;

	if (length != sizeof(number))
		return -EINVAL;
	memcpy(&number, value, sizeof(number));
	if (option->max == 1)
		number = !!number;
	memcpy(value, &number, sizeof(number));
	return number <= option->max ? 0 : -EINVAL;
}

/**
 * tdi_option_set_address() - set an option of an address
 * @file: an open of the address; the option is this open's alone
 * @id: TDI_AO_OPTION_xxx
 * @value: its value, which is not the same any more after this
 * @length: bytes at @value
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_ADDRESS for what is no address, or an
 * interface that is not there; STATUS_NOT_IMPLEMENTED; STATUS_INVALID_PARAMETER for
 * a bad value or option; what the socket said.
 */
u32 tdi_option_set_address(struct tdi_file *file, u32 id, void *value,
			   size_t length)
{
	struct socket *sock = file->address.sock.socket;
	const struct tdi_option *option;
	int level, name, err = 0;
	u32 status;

	option = tdi_option_find(file, id, &status);
	if (!option)
		return status;
	status = tdi_option_name(option, sock->sk, &level, &name);
	if (status)
		return status;

	if (option->max)
		err = tdi_option_check_number(option, value, length);
	if (!err && option->set)
		err = option->set(sock, level, name, value, length);
	else if (!err)
		err = tdi_sock_set_bytes(sock, level, name, value, length);
	return tdi_status_from_errno(err);
}

/**
 * tdi_option_get_address() - an option of an address
 * @file: an open of the address
 * @id: TDI_AO_OPTION_xxx
 * @value: result
 *
 * Return: as tdi_option_set_address(); STATUS_NOT_IMPLEMENTED also for one that
 * has no value, but an effect.
 */
u32 tdi_option_get_address(struct tdi_file *file, u32 id, u32 *value)
{
	const struct tdi_option *option;
	int level, name;
	u32 status;

	option = tdi_option_find(file, id, &status);
	if (!option)
		return status;
	status = tdi_option_name(option, file->address.sock.socket->sk, &level,
				 &name);
	if (status)
		return status;
	if (!option->get)
		return STATUS_NOT_IMPLEMENTED;
	*value = option->get(file->address.sock.socket->sk);
	return STATUS_SUCCESS;
}
