// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams: sending (reference 2.11), receiving (2.12), connected addresses,
 * raw ones.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ip.h>
#include <net/ipv6.h>

#include "tdi_kunit_datagram.h"

/* What no family can send, and what both can */
#define TOO_LONG	65536
#define LONGEST		TDI_DATAGRAM_LONGEST

/**
 * struct datagram_pair - an address and an ordinary socket
 * @file: the address
 * @local: where it is
 * @peer: the socket
 * @remote: where that is
 */
struct datagram_pair {
	struct tdi_file *file;
	struct sockaddr_storage local;
	struct socket *peer;
	struct sockaddr_storage remote;
};

static void datagram_pair(struct kunit *test, int family,
			  struct datagram_pair *pair)
{
	pair->local = tdi_kunit_loopback(family, 0);
	pair->file = tdi_kunit_datagrams(test, &pair->local, 0);
	pair->remote = tdi_kunit_loopback(family, 0);
	pair->peer = tdi_kunit_udp(test, &pair->remote);
}

static void datagram_send_lengths(struct kunit *test)
{
	static const size_t lengths[] = { 0, 1, 1500, LONGEST };
	struct tdi_kunit_request *send;
	struct sockaddr_storage source;
	struct datagram_pair pair;
	u8 *data, *got;
	int i;

	datagram_pair(test, tdi_kunit_family(test), &pair);
	data = tdi_kunit_pattern(test, 0, TOO_LONG);
	got = kunit_kzalloc(test, TOO_LONG, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, got);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		send = tdi_kunit_send_datagram(test, pair.file, &pair.remote,
					       data, lengths[i]);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(send), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(send), lengths[i]);
		KUNIT_ASSERT_EQ(test, tdi_kunit_recvfrom(pair.peer, &source,
							 got, TOO_LONG),
				lengths[i]);
		KUNIT_EXPECT_TRUE(test, tdi_kunit_is_pattern(got, 0,
							     lengths[i]));
		KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&source, &pair.local));
	}
	send = tdi_kunit_send_datagram(test, pair.file, &pair.remote, data,
				       TOO_LONG);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_INVALID_BUFFER_SIZE);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(send), 0);
}

static void datagram_send_that_cannot_be(struct kunit *test)
{
	struct sockaddr_storage v6 = tdi_kunit_loopback(AF_INET6, 9);
	struct tdi_kunit_request *send;
	struct datagram_pair pair;

	datagram_pair(test, AF_INET, &pair);
	send = tdi_kunit_send_datagram(test, pair.file, NULL, "a", 1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_INVALID_ADDRESS_COMPONENT);
	send = tdi_kunit_send_datagram(test, pair.file, &v6, "a", 1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_INVALID_ADDRESS_COMPONENT);
	tdi_kunit_set_port(&pair.remote, 0);
	send = tdi_kunit_send_datagram(test, pair.file, &pair.remote, "a", 1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_INVALID_ADDRESS_COMPONENT);
	pair.remote = tdi_kunit_any(AF_INET, 9);
	send = tdi_kunit_send_datagram(test, pair.file, &pair.remote, "a", 1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_INVALID_ADDRESS_COMPONENT);

	send = tdi_kunit_request(test, pair.file);
	send->waiter.req.remote = pair.local;
	send->waiter.req.flags = TDI_SEND_EXPEDITED;
	KUNIT_EXPECT_EQ(test, tdi_send_datagram(&send->waiter.req),
			STATUS_INVALID_PARAMETER);
}

/* It says so, and does not try for ever: no route, IPv4 from an IPv6 address. */
static void datagram_send_that_goes_nowhere(struct kunit *test)
{
	struct sockaddr_storage to = tdi_kunit_ip(0xc0000201, 9), local, v6;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&v6;
	struct tdi_kunit_request *send;

	local = tdi_kunit_any(AF_INET, 0);
	send = tdi_kunit_send_datagram(test, tdi_kunit_datagrams(test, &local,
								 0),
				       &to, "a", 1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_NETWORK_UNREACHABLE);

	tdi_kunit_need_ipv6(test);
	local = tdi_kunit_any(AF_INET6, 0);
	v6 = tdi_kunit_loopback(AF_INET6, 9);
	ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK), &sin6->sin6_addr);
	send = tdi_kunit_send_datagram(test, tdi_kunit_datagrams(test, &local,
								 0),
				       &v6, "a", 1);
	KUNIT_EXPECT_EQ(test, send->status, STATUS_NETWORK_UNREACHABLE);
}

static void datagram_receive_waits(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_pair pair;
	char got[8] = {};

	datagram_pair(test, tdi_kunit_family(test), &pair);
	receive = tdi_kunit_receive_datagram(test, pair.file, NULL, 0, got, 8);
	tdi_kunit_wait_in_thread(test, receive);
	KUNIT_EXPECT_EQ(test, tdi_kunit_sendto(pair.peer, &pair.local, "one",
					       3), 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), 3);
	KUNIT_EXPECT_STREQ(test, got, "one");
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&receive->waiter.req.remote,
						&pair.remote));

	/* those that come before it are kept, one by one */
	tdi_kunit_sendto(pair.peer, &pair.local, "two", 3);
	tdi_kunit_sendto(pair.peer, &pair.local, "", 0);
	tdi_kunit_sendto(pair.peer, &pair.local, "three", 5);
	tdi_kunit_expect_datagram(test, pair.file, "two", &pair.remote);
	tdi_kunit_expect_datagram(test, pair.file, "", &pair.remote);
	tdi_kunit_expect_datagram(test, pair.file, "three", &pair.remote);
}

/* With less room than it takes the rest is lost (2.12). */
static void datagram_that_is_too_long_is_cut(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_pair pair;
	size_t room;
	u8 got[6];

	datagram_pair(test, AF_INET, &pair);
	for (room = 0; room <= 5; room++) {
		memset(got, 0xee, sizeof(got));
		tdi_kunit_sendto(pair.peer, &pair.local, "12345", 5);
		receive = tdi_kunit_receive_datagram(test, pair.file, NULL, 0,
						     got, room);
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
				room < 5 ? STATUS_BUFFER_OVERFLOW :
					   STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive), room);
		KUNIT_EXPECT_MEMEQ(test, got, "12345", room);
		KUNIT_EXPECT_EQ(test, got[room], 0xee);
	}
	tdi_kunit_sendto(pair.peer, &pair.local, "next", 4);
	tdi_kunit_expect_datagram(test, pair.file, "next", &pair.remote);
}

static void datagram_peek_leaves_it(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_pair pair;
	char got[8] = {};

	datagram_pair(test, AF_INET, &pair);
	tdi_kunit_sendto(pair.peer, &pair.local, "peek", 4);
	receive = tdi_kunit_receive_datagram(test, pair.file, NULL,
					     TDI_RECEIVE_PEEK, got, 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
			STATUS_BUFFER_OVERFLOW);
	KUNIT_EXPECT_STREQ(test, got, "pee");
	tdi_kunit_expect_datagram(test, pair.file, "peek", &pair.remote);
}

static void datagram_receive_flags(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_pair pair;
	u32 flag, good;
	u8 got[8];

	datagram_pair(test, AF_INET, &pair);
	good = TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL | TDI_RECEIVE_PEEK;
	for (flag = 1; flag; flag <<= 1) {
		receive = tdi_kunit_receive_datagram(test, pair.file, NULL,
						     flag, got, 8);
		KUNIT_EXPECT_EQ(test, receive->status, flag & good ?
				STATUS_PENDING : STATUS_INVALID_PARAMETER);
	}
}

static void datagram_receives_are_served_in_order(struct kunit *test)
{
	struct tdi_kunit_request *receive[3];
	struct datagram_pair pair;
	char got[3] = {};
	int i;

	datagram_pair(test, AF_INET, &pair);
	for (i = 0; i < 3; i++)
		receive[i] = tdi_kunit_receive_datagram(test, pair.file, NULL,
							0, &got[i], 1);
	for (i = 0; i < 3; i++)
		tdi_kunit_sendto(pair.peer, &pair.local, &"abc"[i], 1);
	/* who waits first is not who asked first */
	tdi_kunit_wait_in_thread(test, receive[2]);
	tdi_kunit_wait_in_thread(test, receive[1]);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[i]),
				STATUS_SUCCESS);
	KUNIT_EXPECT_MEMEQ(test, got, "abc", 3);
}

/* A datagram goes to the first receive that waits for its source. */
static void datagram_source_filters(struct kunit *test)
{
	struct sockaddr_storage others = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_request *one, *two, *three;
	struct sockaddr_storage second, host;
	struct socket *other, *another;
	struct datagram_pair pair;
	char got[3][8] = {};

	datagram_pair(test, AF_INET, &pair);
	second = tdi_kunit_loopback(AF_INET, 0);
	other = tdi_kunit_udp(test, &second);
	another = tdi_kunit_udp(test, &others);
	host = tdi_kunit_any(AF_INET, tdi_kunit_port(&second));

	one = tdi_kunit_receive_datagram(test, pair.file, &pair.remote, 0,
					 got[0], 7);
	two = tdi_kunit_receive_datagram(test, pair.file, &host, 0, got[1], 7);
	three = tdi_kunit_receive_datagram(test, pair.file, &second, 0, got[2],
					   7);
	tdi_kunit_wait_in_thread(test, one);
	tdi_kunit_wait_in_thread(test, two);
	tdi_kunit_wait_in_thread(test, three);

	/* of nobody's source: discarded */
	tdi_kunit_sendto(another, &pair.local, "lost", 4);
	tdi_kunit_sendto(other, &pair.local, "two", 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(two), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got[1], "two");
	tdi_kunit_sendto(other, &pair.local, "three", 5);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(three), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got[2], "three");
	KUNIT_EXPECT_FALSE(test, completion_done(&one->done));
	tdi_kunit_sendto(pair.peer, &pair.local, "one", 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(one), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got[0], "one");

	tdi_kunit_sendto(another, &pair.local, "kept", 4);
	tdi_kunit_expect_datagram(test, pair.file, "kept", &others);
}

/* A host with any port */
static void datagram_filter_without_port(struct kunit *test)
{
	struct sockaddr_storage host = tdi_kunit_ip(0x7f000002, 0), filter;
	struct tdi_kunit_request *receive;
	struct datagram_pair pair;
	struct socket *other;
	char got[8] = {};

	datagram_pair(test, AF_INET, &pair);
	filter = host;
	other = tdi_kunit_udp(test, &host);
	receive = tdi_kunit_receive_datagram(test, pair.file, &filter, 0, got,
					     7);
	tdi_kunit_wait_in_thread(test, receive);
	tdi_kunit_sendto(pair.peer, &pair.local, "no", 2);
	tdi_kunit_sendto(other, &pair.local, "yes", 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, got, "yes");
}

static void datagram_receive_without_waiting(struct kunit *test)
{
	struct datagram_pair pair;
	u8 got[8] = {};

	datagram_pair(test, AF_INET, &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_receive_datagram_now(test, pair.file,
							     NULL, got, 8),
			STATUS_DEVICE_NOT_READY);
	tdi_kunit_sendto(pair.peer, &pair.local, "now", 3);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_datagram_comes(pair.file));
	KUNIT_EXPECT_EQ(test, tdi_kunit_receive_datagram_now(test, pair.file,
							     NULL, got, 8),
			STATUS_SUCCESS);
	KUNIT_EXPECT_MEMEQ(test, got, "now", 4);

	/* those that wait go first */
	tdi_kunit_receive_datagram(test, pair.file, NULL, 0, got, 8);
	tdi_kunit_sendto(pair.peer, &pair.local, "theirs", 6);
	KUNIT_EXPECT_EQ(test, tdi_kunit_receive_datagram_now(test, pair.file,
							     NULL, got, 8),
			STATUS_DEVICE_NOT_READY);
}

static void datagram_receive_is_cancelled(struct kunit *test)
{
	struct tdi_kunit_request *receive[3];
	struct datagram_pair pair;
	u8 got[3] = {};
	u64 count;
	int i;

	datagram_pair(test, AF_INET, &pair);
	for (i = 0; i < 3; i++) {
		receive[i] = tdi_kunit_receive_datagram(test, pair.file, NULL,
							0, &got[i], 1);
		receive[i]->waiter.req.cookie = i + 1;
	}
	tdi_kunit_wait_in_thread(test, receive[1]);
	KUNIT_EXPECT_EQ(test, tdi_file_cancel(pair.file, false, 2, &count),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[1]), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(receive[1]), 0);

	/* the others go on waiting, until the close */
	tdi_kunit_sendto(pair.peer, &pair.local, "a", 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, got[0], 'a');
	tdi_kunit_close(test, pair.file);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[2]), STATUS_CANCELLED);
}

static void datagram_connect(struct kunit *test)
{
	struct sockaddr_storage stranger, source;
	struct datagram_pair pair;
	struct socket *other;
	char got[8] = {};

	datagram_pair(test, tdi_kunit_family(test), &pair);
	stranger = tdi_kunit_loopback(pair.local.ss_family, 0);
	other = tdi_kunit_udp(test, &stranger);

	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.file,
						    &pair.remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, pair.file, NULL,
						      "to", 2)->status,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_recvfrom(pair.peer, &source, got, 8),
			2);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&source, &pair.local));
	tdi_kunit_sendto(other, &pair.local, "lost", 4);
	tdi_kunit_sendto(pair.peer, &pair.local, "from", 4);
	tdi_kunit_expect_datagram(test, pair.file, "from", &pair.remote);

	/* to another one, and to none */
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.file,
						    &stranger),
			STATUS_SUCCESS);
	tdi_kunit_sendto(pair.peer, &pair.local, "lost", 4);
	tdi_kunit_sendto(other, &pair.local, "mine", 4);
	tdi_kunit_expect_datagram(test, pair.file, "mine", &stranger);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.file),
			STATUS_SUCCESS);
	tdi_kunit_sendto(pair.peer, &pair.local, "again", 5);
	tdi_kunit_expect_datagram(test, pair.file, "again", &pair.remote);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, pair.file, NULL,
						      "to", 2)->status,
			STATUS_INVALID_ADDRESS_COMPONENT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_abort_now(test, pair.file),
			STATUS_INVALID_CONNECTION);
}

/* A wildcard stays one, with its port, also after a disconnect. */
static void datagram_connect_of_a_wildcard(struct kunit *test)
{
	struct sockaddr_storage local, remote, bound;
	struct tdi_file *file;
	struct socket *peer;

	local = tdi_kunit_any(tdi_kunit_family(test), 0);
	remote = tdi_kunit_loopback(local.ss_family, 0);
	file = tdi_kunit_datagrams(test, &local, 0);
	peer = tdi_kunit_udp(test, &remote);

	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, file),
			STATUS_SUCCESS);
	tdi_kunit_local(test, file, &bound);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&bound, &local));
	bound = tdi_kunit_loopback(local.ss_family, tdi_kunit_port(&local));
	tdi_kunit_sendto(peer, &bound, "here", 4);
	tdi_kunit_expect_datagram(test, file, "here", &remote);
}

static void datagram_connect_that_cannot_be(struct kunit *test)
{
	struct sockaddr_storage v6 = tdi_kunit_loopback(AF_INET6, 9);
	struct sockaddr_storage any = tdi_kunit_any(AF_INET, 9);
	struct sockaddr_storage port_0 = tdi_kunit_loopback(AF_INET, 0);
	struct datagram_pair pair;

	datagram_pair(test, AF_INET, &pair);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.file, &v6),
			STATUS_INVALID_ADDRESS_COMPONENT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.file, &any),
			STATUS_INVALID_ADDRESS_COMPONENT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.file, &port_0),
			STATUS_INVALID_ADDRESS_COMPONENT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_release_now(test, pair.file),
			STATUS_INVALID_CONNECTION);
}

/* Nobody is there: a connected address is told by its next request. */
static void datagram_port_unreachable(struct kunit *test)
{
	struct tdi_kunit_request *receive;
	struct datagram_pair pair;
	u8 got[8];

	datagram_pair(test, tdi_kunit_family(test), &pair);
	tdi_kunit_close_socket(test, pair.peer);
	receive = tdi_kunit_receive_datagram(test, pair.file, NULL, 0, got, 8);
	tdi_kunit_wait_in_thread(test, receive);
	/* not connected: no answer to that */
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, pair.file,
						      &pair.remote, "a",
						      1)->status,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.file,
						    &pair.remote),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, pair.file, NULL,
						      "a", 1)->status,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive),
			STATUS_PORT_UNREACHABLE);
}

/* An endpoint has no place on a device of datagrams. */
/* Whoever asks for it alone does not have it alone (reference 1.4). */
static void datagram_broadcast_is_nobodys_alone(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_ip(INADDR_BROADCAST, 0);

	tdi_kunit_datagrams(test, &local, 0);
	tdi_kunit_datagrams(test, &local, 0);
	local = tdi_kunit_loopback(AF_INET, 0);
	tdi_kunit_datagrams(test, &local, 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(
				tdi_kunit_open_device(test, TDI_DEVICE_UDP),
				&local, 0),
			STATUS_SHARING_VIOLATION);
}

static void datagram_device_has_no_endpoints(struct kunit *test)
{
	u32 device;

	for (device = TDI_DEVICE_UDP; device < TDI_DEVICES; device++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_create_endpoint(
					tdi_kunit_open_device(test, device), 0),
				STATUS_INVALID_PARAMETER);
}

/* 253 is for experiments (RFC 3692). */
static void datagram_raw(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open_device(test, TDI_DEVICE_RAWIP);
	struct tdi_kunit_request *receive;
	u8 got[64];

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_raw(file, &local, 253,
						   current_cred()),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, file, &local,
						      "raw", 3)->status,
			STATUS_SUCCESS);
	receive = tdi_kunit_receive_datagram(test, file, NULL, 0, got,
					     sizeof(got));
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	/* IPv4 gives its header, too */
	KUNIT_ASSERT_EQ(test, tdi_kunit_information(receive),
			sizeof(struct iphdr) + 3);
	KUNIT_EXPECT_EQ(test, ((struct iphdr *)got)->protocol, 253);
	KUNIT_EXPECT_MEMEQ(test, got + sizeof(struct iphdr), "raw", 3);
	tdi_kunit_local(test, file, &local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_port(&local), 0);
}

static void datagram_raw_needs_privilege(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open_device(test, TDI_DEVICE_RAWIP);
	struct cred *cred = prepare_creds();
	u32 status;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_clear(cred->cap_effective);
	status = tdi_kunit_create_raw(file, &local, 253, cred);
	put_cred(cred);
	KUNIT_EXPECT_EQ(test, status, STATUS_ACCESS_DENIED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_raw(file, &local, 256,
						   current_cred()),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_raw(file, &local, 0,
						   current_cred()),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_file_kind(file), TDI_CONTROL_CHANNEL_FILE);
}

static struct kunit_case tdi_datagram_cases[] = {
	KUNIT_CASE_PARAM(datagram_send_lengths, tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_send_that_cannot_be),
	KUNIT_CASE(datagram_send_that_goes_nowhere),
	KUNIT_CASE_PARAM(datagram_receive_waits, tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_that_is_too_long_is_cut),
	KUNIT_CASE(datagram_peek_leaves_it),
	KUNIT_CASE(datagram_receive_flags),
	KUNIT_CASE(datagram_receives_are_served_in_order),
	KUNIT_CASE(datagram_source_filters),
	KUNIT_CASE(datagram_filter_without_port),
	KUNIT_CASE(datagram_receive_without_waiting),
	KUNIT_CASE(datagram_receive_is_cancelled),
	KUNIT_CASE_PARAM(datagram_connect, tdi_kunit_family_gen_params),
	KUNIT_CASE_PARAM(datagram_connect_of_a_wildcard,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_connect_that_cannot_be),
	KUNIT_CASE_PARAM(datagram_port_unreachable,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(datagram_broadcast_is_nobodys_alone),
	KUNIT_CASE(datagram_device_has_no_endpoints),
	KUNIT_CASE(datagram_raw),
	KUNIT_CASE(datagram_raw_needs_privilege),
	{}
};

static struct kunit_suite tdi_datagram_suite = {
	.name = "tdi_datagram",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_datagram_cases,
};

kunit_test_suite(tdi_datagram_suite);
