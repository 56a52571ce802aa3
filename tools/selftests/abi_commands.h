/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands, and what is to be said of each; included once, in abi.c */
#ifndef ABI_COMMANDS_H
#define ABI_COMMANDS_H

#include "test.h"

#define OUTCOME(_status, _error) { .status = (_status), .error = (_error) }
#define NOT_CONNECTION	OUTCOME(STATUS_INVALID_CONNECTION, ENOTCONN)
#define NOT_ADDRESS	OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD)
#define NOT_DATAGRAM	OUTCOME(STATUS_INVALID_ADDRESS, EADDRNOTAVAIL)
#define NO_REMOTE	OUTCOME(STATUS_INVALID_ADDRESS_COMPONENT, EAFNOSUPPORT)
#define INVALID		OUTCOME(STATUS_INVALID_PARAMETER, EINVAL)

/* @fd: a control channel */
FIXTURE(command) {
	int fd;
};

/**
 * One variant per command.
 * @cmd: its number
 * @size: of its argument
 * @flags: the flags that it knows
 * @control, @address, @endpoint: what an argument that is all zero comes to on
 *	a fresh file of that kind
 * @datagram: same, on an address of datagrams that must not wait
 * @reserved: offset of its own reserved field, if it has one
 * @device: it is a command of addresses of that device: flags and @reserved are
 *	looked at only there
 */
FIXTURE_VARIANT(command) {
	unsigned int cmd;
	unsigned int size;
	uint32_t flags;
	struct outcome control, address, endpoint, datagram;
	size_t reserved;
	const char *device;
};

FIXTURE_VARIANT_ADD(command, query_caps) {
	.cmd = TDI_IOC_QUERY_CAPS, .size = sizeof(struct tdi_query_caps),
};
FIXTURE_VARIANT_ADD(command, create) {
	.cmd = TDI_IOC_CREATE, .size = sizeof(struct tdi_create),
	.address = OUTCOME(STATUS_INVALID_DEVICE_STATE, EBUSY),
	.endpoint = OUTCOME(STATUS_INVALID_DEVICE_STATE, EBUSY),
	.datagram = OUTCOME(STATUS_INVALID_DEVICE_STATE, EBUSY),
	.reserved = offsetof(struct tdi_create, __reserved),
};
FIXTURE_VARIANT_ADD(command, cancel) {
	.cmd = TDI_IOC_CANCEL, .size = sizeof(struct tdi_cancel),
	.flags = TDI_CANCEL_ALL,
	.control = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
	.address = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
	.endpoint = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
	.datagram = OUTCOME(STATUS_OBJECT_NAME_NOT_FOUND, ENOENT),
};
FIXTURE_VARIANT_ADD(command, associate_address) {
	.cmd = TDI_IOC_ASSOCIATE_ADDRESS,
	.size = sizeof(struct tdi_associate_address),
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = OUTCOME(STATUS_INVALID_HANDLE, EBADF),
	.datagram = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_associate_address, __reserved),
};
FIXTURE_VARIANT_ADD(command, disassociate_address) {
	.cmd = TDI_IOC_DISASSOCIATE_ADDRESS,
	.size = sizeof(struct tdi_disassociate_address),
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = OUTCOME(STATUS_ADDRESS_NOT_ASSOCIATED, ENOTCONN),
	.datagram = NOT_CONNECTION,
};
FIXTURE_VARIANT_ADD(command, connect) {
	.cmd = TDI_IOC_CONNECT, .size = sizeof(struct tdi_connect),
	.flags = ~0U,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NO_REMOTE,
	.datagram = NO_REMOTE,
	.reserved = offsetof(struct tdi_connect, request.__reserved),
};
FIXTURE_VARIANT_ADD(command, listen) {
	.cmd = TDI_IOC_LISTEN, .size = sizeof(struct tdi_listen),
	.flags = TDI_QUERY_ACCEPT,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION, .datagram = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_listen, ret.__reserved),
};
FIXTURE_VARIANT_ADD(command, accept) {
	.cmd = TDI_IOC_ACCEPT, .size = sizeof(struct tdi_accept),
	.flags = TDI_ACCEPT_CONTEXT,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION, .datagram = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_accept, ret.__reserved),
};
FIXTURE_VARIANT_ADD(command, disconnect) {
	.cmd = TDI_IOC_DISCONNECT, .size = sizeof(struct tdi_disconnect),
	.flags = TDI_DISCONNECT_WAIT | TDI_DISCONNECT_ABORT |
		 TDI_DISCONNECT_RELEASE,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION, .datagram = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_disconnect, request.__reserved),
};
FIXTURE_VARIANT_ADD(command, send) {
	.cmd = TDI_IOC_SEND, .size = sizeof(struct tdi_data),
	.flags = TDI_SEND_EXPEDITED | TDI_SEND_PARTIAL |
		 TDI_SEND_NO_RESPONSE_EXPECTED | TDI_SEND_NON_BLOCKING |
		 TDI_SEND_AND_DISCONNECT,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION, .datagram = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_data, __reserved),
};
FIXTURE_VARIANT_ADD(command, receive) {
	.cmd = TDI_IOC_RECEIVE, .size = sizeof(struct tdi_data),
	.flags = TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL | TDI_RECEIVE_PEEK |
		 TDI_RECEIVE_EXPEDITED | TDI_RECEIVE_NO_RESPONSE_EXP,
	.control = NOT_CONNECTION, .address = NOT_CONNECTION,
	.endpoint = NOT_CONNECTION, .datagram = NOT_CONNECTION,
	.reserved = offsetof(struct tdi_data, __reserved),
};
/* All zero is a handler that is turned off, and was not on. */
FIXTURE_VARIANT_ADD(command, set_event_handler) {
	.cmd = TDI_IOC_SET_EVENT_HANDLER,
	.size = sizeof(struct tdi_set_event_handler),
	.flags = TDI_EVENT_HANDLER,
	.control = NOT_ADDRESS, .endpoint = NOT_ADDRESS,
};
FIXTURE_VARIANT_ADD(command, event_reply) {
	.cmd = TDI_IOC_EVENT_REPLY, .size = sizeof(struct tdi_event_reply),
	.control = NOT_ADDRESS, .endpoint = NOT_ADDRESS,
	.address = OUTCOME(STATUS_INVALID_PARAMETER, EINVAL),
	.datagram = INVALID,
	.reserved = offsetof(struct tdi_event_reply, __reserved),
	.device = "tcp",
};
FIXTURE_VARIANT_ADD(command, send_batch) {
	.cmd = TDI_IOC_SEND_BATCH, .size = sizeof(struct tdi_send_batch),
	.reserved = offsetof(struct tdi_send_batch, __reserved),
};
FIXTURE_VARIANT_ADD(command, query_information) {
	.cmd = TDI_IOC_QUERY_INFORMATION,
	.size = sizeof(struct tdi_query_information),
	.control = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
	.address = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
	.endpoint = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
	.datagram = OUTCOME(STATUS_INVALID_DEVICE_REQUEST, EBADFD),
};

FIXTURE_VARIANT_ADD(command, send_datagram) {
	.cmd = TDI_IOC_SEND_DATAGRAM, .size = sizeof(struct tdi_datagram),
	.control = NOT_DATAGRAM, .address = NOT_DATAGRAM,
	.endpoint = NOT_DATAGRAM,
	.datagram = NO_REMOTE,
	.reserved = offsetof(struct tdi_datagram, __reserved),
	.device = "udp",
};
FIXTURE_VARIANT_ADD(command, receive_datagram) {
	.cmd = TDI_IOC_RECEIVE_DATAGRAM, .size = sizeof(struct tdi_datagram),
	.flags = TDI_RECEIVE_NORMAL | TDI_RECEIVE_PARTIAL | TDI_RECEIVE_PEEK,
	.control = NOT_DATAGRAM, .address = NOT_DATAGRAM,
	.endpoint = NOT_DATAGRAM,
	.datagram = OUTCOME(STATUS_DEVICE_NOT_READY, EAGAIN),
	.reserved = offsetof(struct tdi_datagram, ret.__reserved),
	.device = "udp",
};
FIXTURE_VARIANT_ADD(command, set_information) {
	.cmd = TDI_IOC_SET_INFORMATION,
	.size = sizeof(struct tdi_set_information),
	.control = NOT_ADDRESS, .address = NOT_ADDRESS,
	.endpoint = NOT_ADDRESS, .datagram = NOT_ADDRESS,
};
/* No header, so none that is not implemented */
FIXTURE_VARIANT_ADD(command, action) {
	.cmd = TDI_IOC_ACTION, .size = sizeof(struct tdi_action),
	.control = INVALID, .address = INVALID,
	.endpoint = INVALID, .datagram = INVALID,
	.reserved = offsetof(struct tdi_action, __reserved),
};
FIXTURE_VARIANT_ADD(command, query_information_ex) {
	.cmd = TDI_IOC_QUERY_INFORMATION_EX,
	.size = sizeof(struct tdi_query_information_ex),
	.control = INVALID, .address = INVALID,
	.endpoint = INVALID, .datagram = INVALID,
};
FIXTURE_VARIANT_ADD(command, set_information_ex) {
	.cmd = TDI_IOC_SET_INFORMATION_EX,
	.size = sizeof(struct tdi_set_information_ex),
	.control = INVALID, .address = INVALID,
	.endpoint = INVALID, .datagram = INVALID,
};

#endif /* ABI_COMMANDS_H */
