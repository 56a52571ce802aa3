// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_QUERY_INFORMATION (reference 2.14, 5.1, 5.2)
 */
#include <linux/ktime.h>
#include <linux/udp.h>

#include "address.h"
#include "call.h"
#include "connection.h"
#include "endpoint.h"
#include "info.h"
#include "object.h"
#include "statistics.h"
#include "status.h"

static void tdi_address_information(unsigned int opens,
				    const struct sockaddr_storage *local,
				    union tdi_information *result,
				    size_t *length)
{
	result->address.info.activity_count = opens;
	*length = offsetof(struct tdi_address_info, address) +
		  tdi_taddr_build(local, result->address.info.address);
}

/* A connected endpoint has its connection's address, concrete. */
static u32 tdi_endpoint_address_information(struct tdi_endpoint *ep,
					    union tdi_information *result,
					    size_t *length)
{
	struct tdi_file *file = tdi_endpoint_file(ep);
	struct sockaddr_storage local;
	struct tdi_connection *conn = NULL;
	struct tdi_address *address;
	unsigned int opens;

	mutex_lock(&file->mutex);
	if (!ep->address) {
		mutex_unlock(&file->mutex);
		return STATUS_ADDRESS_NOT_ASSOCIATED;
	}
	address = ep->address->address.address;
	local = address->local;
	opens = tdi_address_opens(address);
	if (tdi_endpoint_state(ep) >= TDI_STATE_CONNECTED)
		conn = tdi_connection_get(ep);
	mutex_unlock(&file->mutex);

	if (conn) {
		tdi_sock_local(conn->sock.socket, &local);
		tdi_connection_put(conn);
	}
	tdi_address_information(opens, &local, result, length);
	return STATUS_SUCCESS;
}

static u32 tdi_query_address_info(struct tdi_file *file,
				  union tdi_information *result, size_t *length)
{
	struct tdi_address *address;

	switch (tdi_file_kind(file)) {
	case TDI_TRANSPORT_ADDRESS_FILE:
		address = file->address.address;
		tdi_address_information(tdi_address_opens(address),
					&address->local, result, length);
		return STATUS_SUCCESS;
	case TDI_CONNECTION_FILE:
		return tdi_endpoint_address_information(&file->endpoint,
							result, length);
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

static u32 tdi_query_connection_info(struct tdi_file *file,
				     union tdi_information *result,
				     size_t *length)
{
	struct tdi_connection *conn;

	if (tdi_file_kind(file) != TDI_CONNECTION_FILE)
		return STATUS_INVALID_CONNECTION;

	mutex_lock(&file->mutex);
	result->connection.state = tdi_endpoint_state(&file->endpoint);
	conn = tdi_connection_get(&file->endpoint);
	mutex_unlock(&file->mutex);

	if (conn) {
		tdi_sock_information(conn->sock.socket, &result->connection);
		tdi_connection_put(conn);
	}
	*length = sizeof(result->connection);
	return STATUS_SUCCESS;
}

/* What Windows reports, of its three devices alike */
#define TDI_PROVIDER_FLAGS						\
	(TDI_SERVICE_CONNECTION_MODE | TDI_SERVICE_ORDERLY_RELEASE |	\
	 TDI_SERVICE_CONNECTIONLESS_MODE |				\
	 TDI_SERVICE_ERROR_FREE_DELIVERY |				\
	 TDI_SERVICE_BROADCAST_SUPPORTED |				\
	 TDI_SERVICE_DELAYED_ACCEPTANCE | TDI_SERVICE_EXPEDITED_DATA |	\
	 TDI_SERVICE_NO_ZERO_LENGTH | TDI_SERVICE_DGRAM_CONNECTION |	\
	 TDI_SERVICE_FORCE_ACCESS_CHECK |				\
	 TDI_SERVICE_SEND_AND_DISCONNECT |				\
	 TDI_SERVICE_ACCEPT_LOCAL_ADDR | TDI_SERVICE_ADDRESS_SECURITY |	\
	 TDI_SERVICE_PREPOST_RECVS | TDI_SERVICE_NO_PUSH)

static_assert(TDI_PROVIDER_FLAGS == 0x007b89af);
static_assert(sizeof(struct tdi_provider_info) == 40);

static s64 tdi_start_time;

static void tdi_query_provider_info(union tdi_information *result,
				    size_t *length)
{
	result->provider = (struct tdi_provider_info) {
		.version = 0x0100,
		.max_send_size = U32_MAX,
		.max_datagram_size = TDI_DATAGRAM_LONGEST,
		.service_flags = TDI_PROVIDER_FLAGS,
		.minimum_lookahead_data = 1,
		.maximum_lookahead_data = 65535,
		.start_time = tdi_start_time,
	};
	*length = sizeof(result->provider);
}

static void tdi_query_datagram_info(const struct tdi_file *file,
				    union tdi_information *result,
				    size_t *length)
{
	u32 bytes = SK_RMEM_MAX;

	if (tdi_file_is_datagram(file))
		bytes = READ_ONCE(file->address.sock.socket->sk->sk_rcvbuf);
	result->datagram.maximum_datagram_bytes = bytes;
	result->datagram.maximum_datagram_count = bytes / SKB_TRUESIZE(0);
	*length = sizeof(result->datagram);
}

static u32 tdi_query_max_datagram_info(const struct tdi_file *file,
				       union tdi_information *result,
				       size_t *length)
{
	u32 size = TDI_DATAGRAM_LONGEST;

	/*
	 * clients ask it of a connection for the size of its window; a raw
	 * datagram comes with its header
	 */
	if (file->device->type != SOCK_DGRAM)
		size = 65535;
	else if (tdi_file_is_datagram(file) &&
		 file->address.address->local.ss_family == AF_INET6)
		size = 65535 - sizeof(struct udphdr);
	result->max_datagram.max_datagram_size = size;
	*length = sizeof(result->max_datagram);
	return STATUS_SUCCESS;
}

static void tdi_query_broadcast_address(union tdi_information *result,
					size_t *length)
{
	struct sockaddr_storage ss = {};
	struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(INADDR_BROADCAST);
	*length = tdi_taddr_build(&ss, result->ta);
}

/* Of a control channel's namespace, or of any file's of it */
static u32 tdi_query_of_provider(struct tdi_file *file, u32 type,
				 union tdi_information *result, size_t *length)
{
	if (tdi_file_kind(file) != TDI_CONTROL_CHANNEL_FILE &&
	    type != TDI_QUERY_PROVIDER_INFO)
		return STATUS_INVALID_DEVICE_REQUEST;
	switch (type) {
	case TDI_QUERY_PROVIDER_INFO:
		tdi_query_provider_info(result, length);
		break;
	case TDI_QUERY_PROVIDER_STATISTICS:
		tdi_statistics_read(file->net, &result->statistics);
		*length = sizeof(result->statistics);
		break;
	case TDI_QUERY_BROADCAST_ADDRESS:
		tdi_query_broadcast_address(result, length);
		break;
	case TDI_QUERY_NETWORK_ADDRESS:
		*length = tdi_netdev_addresses(file->net, result->ta);
		break;
	case TDI_QUERY_DATA_LINK_ADDRESS:
		*length = tdi_netdev_link_address(file->net, result->ta);
		if (!*length)
			return STATUS_NOT_SUPPORTED;
		break;
	}
	return STATUS_SUCCESS;
}

bool tdi_query_exists(u32 type)
{
	return (type >= TDI_QUERY_BROADCAST_ADDRESS &&
		type <= TDI_QUERY_MAX_DATAGRAM_INFO) ||
	       type == TDI_QUERY_ADAPTER_STATUS ||
	       type == TDI_QUERY_SESSION_STATUS ||
	       type == TDI_QUERY_FIND_NAME;
}

/**
 * tdi_query_information() - TDI_QUERY_INFORMATION
 * @file: any kind
 * @type: TDI_QUERY_xxx
 * @result: all of the answer
 * @length: its bytes
 *
 * Return: STATUS_SUCCESS; STATUS_NOT_IMPLEMENTED for a type of NetBIOS;
 * STATUS_INVALID_DEVICE_REQUEST for one that TDI has not or that does not go with
 * the kind of file; STATUS_INVALID_CONNECTION, STATUS_ADDRESS_NOT_ASSOCIATED;
 * STATUS_NOT_SUPPORTED if there is no such address.
 */
u32 tdi_query_information(struct tdi_file *file, u32 type,
			  union tdi_information *result, size_t *length)
{
	memset(result, 0, sizeof(*result));
	*length = 0;

	switch (type) {
	case TDI_QUERY_ADDRESS_INFO:
		return tdi_query_address_info(file, result, length);
	case TDI_QUERY_CONNECTION_INFO:
		return tdi_query_connection_info(file, result, length);
	case TDI_QUERY_PROVIDER_INFO:
	case TDI_QUERY_PROVIDER_STATISTICS:
	case TDI_QUERY_BROADCAST_ADDRESS:
	case TDI_QUERY_NETWORK_ADDRESS:
	case TDI_QUERY_DATA_LINK_ADDRESS:
		return tdi_query_of_provider(file, type, result, length);
	case TDI_QUERY_DATAGRAM_INFO:
		tdi_query_datagram_info(file, result, length);
		return STATUS_SUCCESS;
	case TDI_QUERY_MAX_DATAGRAM_INFO:
		return tdi_query_max_datagram_info(file, result, length);
	default:
		return tdi_query_exists(type) ? STATUS_NOT_IMPLEMENTED :
						STATUS_INVALID_DEVICE_REQUEST;
	}
}

/* The provider starts. */
void tdi_info_init(void)
{
	tdi_start_time = TDI_NT_EPOCH + div_s64(ktime_get_real_ns(), 100);
}
