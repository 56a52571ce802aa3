// SPDX-License-Identifier: GPL-2.0-only
/*
 * TDI_QUERY_INFORMATION (reference 2.14, 5.1, 5.2)
 */
#include "address.h"
#include "connection.h"
#include "endpoint.h"
#include "info.h"
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

/**
 * tdi_query_information() - TDI_QUERY_INFORMATION
 * @file: any kind
 * @type: TDI_QUERY_xxx
 * @result: all of the answer
 * @length: its bytes
 *
 * Return: STATUS_SUCCESS; STATUS_NOT_IMPLEMENTED for a type that TDI has,
 * STATUS_INVALID_DEVICE_REQUEST for one that it has not or that does not go with
 * the kind of file; STATUS_INVALID_CONNECTION, STATUS_ADDRESS_NOT_ASSOCIATED.
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
	case TDI_QUERY_BROADCAST_ADDRESS:
	case TDI_QUERY_PROVIDER_INFO:
	case TDI_QUERY_PROVIDER_STATISTICS:
	case TDI_QUERY_DATAGRAM_INFO:
	case TDI_QUERY_DATA_LINK_ADDRESS:
	case TDI_QUERY_NETWORK_ADDRESS:
	case TDI_QUERY_MAX_DATAGRAM_INFO:
		return STATUS_NOT_IMPLEMENTED;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}
