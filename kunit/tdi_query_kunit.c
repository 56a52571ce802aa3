// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_QUERY_INFORMATION: every type of reference 5.1 on every kind of file, and
 * what is counted.
 */
#include <linux/cred.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/unaligned.h>

#include "call.h"
#include "tdi_kunit_datagram.h"

enum query_file {
	QUERY_CONTROL, QUERY_ADDRESS, QUERY_ENDPOINT,
	QUERY_FILES,
};

struct query_type_param {
	const char *desc;
	u32 type;
	u32 status[QUERY_FILES];
	/* of the answer, 0 if that depends */
	size_t length;
};

#define ROW(_type, _length, ...)					\
	{								\
		.desc = #_type, .type = TDI_QUERY_##_type,		\
		.status = { __VA_ARGS__ }, .length = _length,		\
	}
#define ANY	STATUS_SUCCESS, STATUS_SUCCESS, STATUS_SUCCESS
#define CHANNEL	STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST,		\
		STATUS_INVALID_DEVICE_REQUEST
#define NETBIOS	STATUS_NOT_IMPLEMENTED, STATUS_NOT_IMPLEMENTED,		\
		STATUS_NOT_IMPLEMENTED
#define NONE(_type)							\
	{								\
		.desc = "none: " #_type, .type = _type,			\
		.status = {						\
			STATUS_INVALID_DEVICE_REQUEST,			\
			STATUS_INVALID_DEVICE_REQUEST,			\
			STATUS_INVALID_DEVICE_REQUEST			\
		},							\
	}

static const struct query_type_param query_type_params[] = {
	ROW(BROADCAST_ADDRESS, 22, CHANNEL),
	ROW(PROVIDER_INFO, 40, ANY),
	ROW(ADDRESS_INFO, 26, STATUS_INVALID_DEVICE_REQUEST, STATUS_SUCCESS,
	    STATUS_ADDRESS_NOT_ASSOCIATED),
	ROW(CONNECTION_INFO, 56, STATUS_INVALID_CONNECTION,
	    STATUS_INVALID_CONNECTION, STATUS_SUCCESS),
	ROW(PROVIDER_STATISTICS, sizeof(struct tdi_provider_statistics),
	    CHANNEL),
	ROW(DATAGRAM_INFO, 8, ANY),
	ROW(DATA_LINK_ADDRESS, 0, CHANNEL),
	ROW(NETWORK_ADDRESS, 0, CHANNEL),
	ROW(MAX_DATAGRAM_INFO, 4, ANY),
	ROW(ADAPTER_STATUS, 0, NETBIOS),
	ROW(SESSION_STATUS, 0, NETBIOS),
	ROW(FIND_NAME, 0, NETBIOS),
	NONE(0), NONE(10), NONE(0xff), NONE(0x101), NONE(0x400),
	NONE(0xffffffff),
};

KUNIT_ARRAY_PARAM_DESC(query_type, query_type_params, desc);

static struct tdi_file *query_file(struct kunit *test, u32 device,
				   enum query_file kind)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open_device(test, device);
	u32 status = STATUS_SUCCESS;

	if (kind == QUERY_ADDRESS && device == TDI_DEVICE_RAWIP)
		status = tdi_kunit_create_raw(file, &local, 253,
					      current_cred());
	else if (kind == QUERY_ADDRESS)
		status = tdi_kunit_create_address(file, &local, 0);
	else if (kind == QUERY_ENDPOINT)
		status = tdi_kunit_create_endpoint(file, 0);
	KUNIT_ASSERT_EQ(test, status, STATUS_SUCCESS);
	return file;
}

static bool query_ethernet(void)
{
	struct net_device *dev;
	bool found = false;

	rtnl_lock();
	for_each_netdev(&init_net, dev)
		found |= dev->type == ARPHRD_ETHER;
	rtnl_unlock();
	return found;
}

static void query_every_type_on_every_file(struct kunit *test)
{
	const struct query_type_param *param = test->param_value;
	union tdi_information result;
	enum query_file kind;
	u32 device, status;
	size_t length;

	for (device = 0; device < TDI_DEVICES; device++) {
		for (kind = 0; kind < QUERY_FILES; kind++) {
			if (kind == QUERY_ENDPOINT && device != TDI_DEVICE_TCP)
				continue;
			status = param->status[kind];
			if (param->type == TDI_QUERY_DATA_LINK_ADDRESS &&
			    !status && !query_ethernet())
				status = STATUS_NOT_SUPPORTED;
			KUNIT_EXPECT_EQ(test, tdi_query_information(
						query_file(test, device, kind),
						param->type, &result, &length),
					status);
			if (status)
				KUNIT_EXPECT_EQ(test, length, 0);
			else if (param->length)
				KUNIT_EXPECT_EQ(test, length, param->length);
		}
	}
}

static void query(struct kunit *test, struct tdi_file *file, u32 type,
		  union tdi_information *result)
{
	size_t length;

	KUNIT_ASSERT_EQ(test, tdi_query_information(file, type, result,
						    &length),
			STATUS_SUCCESS);
}

/* The table of reference 5.2, on each device */
static void query_provider_info_is_that_of_windows(struct kunit *test)
{
	static const u8 windows[32] = {
		0x00, 0x01, 0x00, 0x00,		/* Version */
		0xff, 0xff, 0xff, 0xff,		/* MaxSendSize */
		0x00, 0x00, 0x00, 0x00,		/* MaxConnectionUserData */
		0xe3, 0xff, 0x00, 0x00,		/* MaxDatagramSize */
		0xaf, 0x89, 0x7b, 0x00,		/* ServiceFlags */
		0x01, 0x00, 0x00, 0x00,		/* MinimumLookaheadData */
		0xff, 0xff, 0x00, 0x00,		/* MaximumLookaheadData */
		0x00, 0x00, 0x00, 0x00,		/* NumberOfResources */
	};
	s64 now = TDI_NT_EPOCH + div_s64(ktime_get_real_ns(), 100);
	union tdi_information result;
	u32 device;

	for (device = 0; device < TDI_DEVICES; device++) {
		query(test, tdi_kunit_open_device(test, device),
		      TDI_QUERY_PROVIDER_INFO, &result);
		KUNIT_EXPECT_MEMEQ(test, (u8 *)&result, windows,
				   sizeof(windows));
		KUNIT_EXPECT_GT(test, result.provider.start_time, TDI_NT_EPOCH);
		KUNIT_EXPECT_LE(test, result.provider.start_time, now);
	}
}

static void query_broadcast_address(struct kunit *test)
{
	static const u8 windows[22] = {
		1, 0, 0, 0, 14, 0, TDI_ADDRESS_TYPE_IP, 0, 0, 0,
		0xff, 0xff, 0xff, 0xff,
	};
	union tdi_information result;

	query(test, tdi_kunit_open_device(test, TDI_DEVICE_UDP),
	      TDI_QUERY_BROADCAST_ADDRESS, &result);
	KUNIT_EXPECT_MEMEQ(test, result.ta, windows, sizeof(windows));
}

/* As many entries as it says, none of them the loopback's */
static void query_network_address(struct kunit *test)
{
	union tdi_information result;
	size_t length, offset = 4;
	struct tdi_file *file = tdi_kunit_open(test);
	u32 i;

	KUNIT_ASSERT_EQ(test, tdi_query_information(file,
						    TDI_QUERY_NETWORK_ADDRESS,
						    &result, &length),
			STATUS_SUCCESS);
	for (i = 0; i < get_unaligned_le32(result.ta); i++) {
		KUNIT_ASSERT_LE(test, offset + 4, length);
		if (get_unaligned_le16(result.ta + offset + 2) ==
		    TDI_ADDRESS_TYPE_IP)
			KUNIT_EXPECT_NE(test, result.ta[offset + 6], 127);
		offset += 4 + get_unaligned_le16(result.ta + offset);
	}
	KUNIT_EXPECT_EQ(test, offset, length);
}

static void query_connection_info_of_a_connection(struct kunit *test)
{
	union tdi_information result;
	struct tdi_kunit_pair pair;
	struct socket *sock;

	tdi_kunit_connected(test, tdi_kunit_family(test), &pair);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
	sock = tdi_kunit_own_socket(test, pair.endpoint);
	query(test, pair.endpoint, TDI_QUERY_CONNECTION_INFO, &result);
	KUNIT_EXPECT_EQ(test, result.connection.state, TDI_STATE_CONNECTED);
	/* a round trip, negative, and no more than a second */
	KUNIT_EXPECT_LT(test, result.connection.delay, 0);
	KUNIT_EXPECT_GT(test, result.connection.delay, -10000000);
	KUNIT_EXPECT_EQ(test, result.connection.send_buffer_size,
			sock->sk->sk_sndbuf);
	KUNIT_EXPECT_EQ(test, result.connection.receive_buffer_size,
			sock->sk->sk_rcvbuf);
	KUNIT_EXPECT_EQ(test, result.connection.unreliable, 0);
	KUNIT_EXPECT_EQ(test, result.connection.transmission_errors, 0);

	tdi_kunit_abort_now(test, pair.endpoint);
	query(test, pair.endpoint, TDI_QUERY_CONNECTION_INFO, &result);
	KUNIT_EXPECT_EQ(test, result.connection.state, TDI_STATE_ASSOCIATED);
}

static u32 query_longest(struct kunit *test, struct tdi_file *file)
{
	union tdi_information result;

	query(test, file, TDI_QUERY_MAX_DATAGRAM_INFO, &result);
	return result.max_datagram.max_datagram_size;
}

static void query_max_datagram_info(struct kunit *test)
{
	struct sockaddr_storage v4 = tdi_kunit_loopback(AF_INET, 0);
	struct sockaddr_storage v6 = tdi_kunit_loopback(AF_INET6, 0);

	KUNIT_EXPECT_EQ(test, query_longest(test, tdi_kunit_endpoint(test)),
			65535);
	KUNIT_EXPECT_EQ(test, query_longest(test, query_file(test,
						TDI_DEVICE_UDP, QUERY_CONTROL)),
			65507);
	KUNIT_EXPECT_EQ(test, query_longest(test, tdi_kunit_datagrams(test, &v4,
								      0)),
			65507);
	/* with their header */
	KUNIT_EXPECT_EQ(test, query_longest(test, query_file(test,
						TDI_DEVICE_RAWIP,
						QUERY_CONTROL)),
			65535);
	tdi_kunit_need_ipv6(test);
	KUNIT_EXPECT_EQ(test, query_longest(test, tdi_kunit_datagrams(test, &v6,
								      0)),
			65527);
}

static void query_datagram_info(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_datagrams(test, &local, 0);
	union tdi_information result;

	query(test, file, TDI_QUERY_DATAGRAM_INFO, &result);
	KUNIT_EXPECT_EQ(test, result.datagram.maximum_datagram_bytes,
			file->address.sock.socket->sk->sk_rcvbuf);
	KUNIT_EXPECT_GT(test, result.datagram.maximum_datagram_count, 0);
	KUNIT_EXPECT_LT(test, result.datagram.maximum_datagram_count,
			result.datagram.maximum_datagram_bytes);
}

static void query_statistics(struct kunit *test,
			     struct tdi_provider_statistics *statistics)
{
	union tdi_information result;

	query(test, tdi_kunit_open(test), TDI_QUERY_PROVIDER_STATISTICS,
	      &result);
	*statistics = result.statistics;
}

static void query_statistics_of_a_connection(struct kunit *test)
{
	struct tdi_provider_statistics before, during, after;
	struct tdi_kunit_pair pair;

	query_statistics(test, &before);
	KUNIT_EXPECT_EQ(test, before.version, 0x0100);
	tdi_kunit_connected(test, AF_INET, &pair);
	tdi_kunit_expect_works(test, pair.endpoint, pair.peer);
	query_statistics(test, &during);
	KUNIT_EXPECT_EQ(test, during.open_connections,
			before.open_connections + 1);
	KUNIT_EXPECT_EQ(test, during.connections_after_no_retry,
			before.connections_after_no_retry + 1);
	KUNIT_EXPECT_EQ(test, during.data_frames_sent,
			before.data_frames_sent + 1);
	KUNIT_EXPECT_EQ(test, during.data_frame_bytes_sent,
			before.data_frame_bytes_sent + 1);
	KUNIT_EXPECT_EQ(test, during.data_frames_received,
			before.data_frames_received + 1);
	KUNIT_EXPECT_EQ(test, during.data_frame_bytes_received,
			before.data_frame_bytes_received + 1);

	tdi_kunit_abort_now(test, pair.endpoint);
	query_statistics(test, &after);
	KUNIT_EXPECT_EQ(test, after.open_connections, before.open_connections);
	KUNIT_EXPECT_EQ(test, after.local_disconnects,
			before.local_disconnects + 1);
	KUNIT_EXPECT_EQ(test, after.remote_disconnects,
			before.remote_disconnects);
}

/* Each of them is told by the counter that is about it. */
static void query_statistics_of_ends(struct kunit *test)
{
	struct sockaddr_storage nobody = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_provider_statistics before, after;
	struct tdi_kunit_pair pair;
	struct socket *sock;

	tdi_kunit_connected(test, AF_INET, &pair);
	query_statistics(test, &before);
	tdi_kunit_reset_socket(test, pair.peer);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_ended(pair.endpoint));
	query_statistics(test, &after);
	KUNIT_EXPECT_EQ(test, after.remote_disconnects,
			before.remote_disconnects + 1);
	KUNIT_EXPECT_EQ(test, after.open_connections + 1,
			before.open_connections);

	sock = tdi_kunit_listener(test, &nobody, 1);
	tdi_kunit_close_socket(test, sock);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_now(test, pair.endpoint,
						    &nobody),
			STATUS_CONNECTION_REFUSED);
	before = after;
	query_statistics(test, &after);
	KUNIT_EXPECT_EQ(test, after.no_listen_failures,
			before.no_listen_failures + 1);
	KUNIT_EXPECT_EQ(test, after.open_connections, before.open_connections);
	KUNIT_EXPECT_EQ(test, after.connections_after_no_retry,
			before.connections_after_no_retry);
}

static void query_statistics_of_datagrams(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_datagrams(test, &local, 0);
	struct tdi_provider_statistics before, after;

	query_statistics(test, &before);
	KUNIT_EXPECT_EQ(test, tdi_kunit_send_datagram(test, file, &local,
						      "hello", 5)->status,
			STATUS_SUCCESS);
	tdi_kunit_expect_datagram(test, file, "hello", &local);
	query_statistics(test, &after);
	KUNIT_EXPECT_EQ(test, after.datagrams_sent, before.datagrams_sent + 1);
	KUNIT_EXPECT_EQ(test, after.datagram_bytes_sent,
			before.datagram_bytes_sent + 5);
	KUNIT_EXPECT_EQ(test, after.datagrams_received,
			before.datagrams_received + 1);
	KUNIT_EXPECT_EQ(test, after.datagram_bytes_received,
			before.datagram_bytes_received + 5);
	KUNIT_EXPECT_EQ(test, after.open_connections, before.open_connections);
}

static struct kunit_case tdi_query_cases[] = {
	KUNIT_CASE_PARAM(query_every_type_on_every_file, query_type_gen_params),
	KUNIT_CASE(query_provider_info_is_that_of_windows),
	KUNIT_CASE(query_broadcast_address),
	KUNIT_CASE(query_network_address),
	KUNIT_CASE_PARAM(query_connection_info_of_a_connection,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(query_max_datagram_info),
	KUNIT_CASE(query_datagram_info),
	KUNIT_CASE(query_statistics_of_a_connection),
	KUNIT_CASE(query_statistics_of_ends),
	KUNIT_CASE(query_statistics_of_datagrams),
	{}
};

static struct kunit_suite tdi_query_suite = {
	.name = "tdi_query",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_query_cases,
};

kunit_test_suite(tdi_query_suite);
