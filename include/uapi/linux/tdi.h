/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Transport Driver Interface for Linux: the interface of /dev/tdi/.
 */
#ifndef _UAPI_LINUX_TDI_H
#define _UAPI_LINUX_TDI_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/tdi_status.h>

/**
 * DOC: Rules that hold for every command
 *
 * open(2) of a node below /dev/tdi gives a control channel.  TDI_IOC_CREATE
 * turns it, once, into a transport address or a connection endpoint.
 *
 * Every argument begins with struct tdi_head.  @size is the caller's
 * sizeof: no less than the command's first version (TDI_xxx_SIZE_VER0), and
 * what lies past the one that the kernel knows must be zero.  No more than
 * @size is ever written.  Flags that are not defined (TDI_IOC_CONNECT
 * ignores all) and reserved fields that are not zero are refused.  ioctl(2)
 * returns 0 or -1 with errno; @status and @information are written whenever
 * @size is good, also on errors, and @status always agrees with errno.
 *
 * Errors that concern the call itself:
 *
 * ========== ================================= ==============================
 * errno      status                            meaning
 * ========== ================================= ==============================
 * ENOTTY     (nothing written)                 unknown command
 * EINVAL     (nothing written)                 @size too small
 * EFAULT     STATUS_ACCESS_VIOLATION           bad pointer
 * E2BIG      STATUS_INVALID_PARAMETER          non-zero bytes past the kernel's
 *                                              structure, or @size is more than
 *                                              a page
 * EINVAL     STATUS_INVALID_PARAMETER          unknown flag, reserved field, bad
 *                                              value
 * EBADFD     STATUS_INVALID_DEVICE_REQUEST     request does not fit this kind of
 *                                              file (requests on connections
 *                                              say STATUS_INVALID_CONNECTION,
 *                                              ENOTCONN, instead)
 * EBADF      STATUS_INVALID_HANDLE             not an address of this device
 * EACCES     STATUS_ACCESS_DENIED              a send on a file that was not
 *                                              opened for writing, a receive on
 *                                              one not opened for reading; all
 *                                              else works either way
 * ========== ================================= ==============================
 *
 * Errors of a request; several statuses can share an errno:
 *
 * ================ ==========================================================
 * errno            status
 * ================ ==========================================================
 * 0                STATUS_SUCCESS
 * EINPROGRESS      STATUS_PENDING
 * EMSGSIZE         STATUS_BUFFER_OVERFLOW (truncated), STATUS_INVALID_BUFFER_SIZE
 * EINVAL           STATUS_INVALID_PARAMETER, STATUS_INVALID_EA_NAME,
 *                  STATUS_NONEXISTENT_EA_ENTRY
 * EBUSY            STATUS_INVALID_DEVICE_STATE, STATUS_SHARING_VIOLATION
 * EOPNOTSUPP       STATUS_NOT_IMPLEMENTED, STATUS_NOT_SUPPORTED
 * EACCES           STATUS_ACCESS_DENIED
 * EADDRINUSE       STATUS_ADDRESS_ALREADY_EXISTS, STATUS_TOO_MANY_ADDRESSES
 * EADDRNOTAVAIL    STATUS_INVALID_ADDRESS
 * EAFNOSUPPORT     STATUS_INVALID_ADDRESS_COMPONENT
 * ENOTCONN         STATUS_INVALID_CONNECTION, STATUS_ADDRESS_NOT_ASSOCIATED
 * EISCONN          STATUS_CONNECTION_ACTIVE, STATUS_ADDRESS_ALREADY_ASSOCIATED
 * ECONNREFUSED     STATUS_CONNECTION_REFUSED, STATUS_REMOTE_NOT_LISTENING,
 *                  STATUS_PORT_UNREACHABLE
 * ECONNRESET       STATUS_CONNECTION_RESET, STATUS_REMOTE_DISCONNECT
 * ECONNABORTED     STATUS_CONNECTION_ABORTED, STATUS_LOCAL_DISCONNECT
 * EPIPE            STATUS_GRACEFUL_DISCONNECT
 * ETIMEDOUT        STATUS_IO_TIMEOUT
 * ENETUNREACH      STATUS_NETWORK_UNREACHABLE
 * EHOSTUNREACH     STATUS_HOST_UNREACHABLE
 * EHOSTDOWN        STATUS_HOST_DOWN
 * ENOPROTOOPT      STATUS_PROTOCOL_UNREACHABLE
 * EAGAIN           STATUS_DEVICE_NOT_READY (O_NONBLOCK, and nothing to be had)
 * ECANCELED, EINTR STATUS_CANCELLED (TDI_IOC_CANCEL, a signal)
 * ENOENT           STATUS_OBJECT_NAME_NOT_FOUND
 * ENOMEM           STATUS_INSUFFICIENT_RESOURCES
 * EFAULT           STATUS_ACCESS_VIOLATION
 * EIO              every other one
 * ================ ==========================================================
 *
 * What a socket says in any other errno becomes the nearest status, and the errno
 * of that: ENODEV (no such interface) is STATUS_INVALID_ADDRESS, ENETDOWN is
 * STATUS_NETWORK_UNREACHABLE, ENONET (a host that ICMP calls isolated) is
 * STATUS_HOST_UNREACHABLE, EPROTO is STATUS_PROTOCOL_UNREACHABLE, EPROTONOSUPPORT
 * (a family or protocol that this kernel has not) is STATUS_NOT_IMPLEMENTED.
 */

/**
 * DOC: Asynchronous requests
 *
 * Where TDI_IOC_QUERY_CAPS says TDI_CAP_URING, the requests that can pend
 * (CONNECT, LISTEN, ACCEPT, DISCONNECT, SEND, RECEIVE, and those of datagrams) are
 * io_uring commands, too: IORING_OP_URING_CMD on the file, with the command in cmd_op and the
 * address of its argument in the first 8 bytes of the command area.  The
 * argument and all that it points to, but for buffers of data and the return
 * address, are read when the command is issued, and not written later: the
 * result is the completion's res, which is the byte count or a negative errno;
 * rings with IORING_SETUP_CQE32 get the NTSTATUS in big_cqe[0].  O_NONBLOCK
 * makes no difference.  TDI_IOC_CANCEL ends such a request, by its cookie; so
 * does the end of the ring or of the task that submitted it.
 */

/* Extended attributes of TDI_IOC_CREATE (reference 1.2, 1.3) */

#define TdiTransportAddress		"TransportAddress"
#define TdiConnectionContext		"ConnectionContext"
#define TDI_TRANSPORT_ADDRESS_LENGTH	16
#define TDI_CONNECTION_CONTEXT_LENGTH	17

/**
 * struct tdi_full_ea_information - FILE_FULL_EA_INFORMATION
 * @next_entry_offset: bytes from this entry to the next, 0 in the last
 * @flags: 0, or FILE_NEED_EA (0x80), which makes no difference here
 * @ea_name_length: bytes of the name, without its NUL
 * @ea_value_length: bytes of the value
 * @ea_name: the name, its NUL, and right behind that (unaligned) the value
 */
struct tdi_full_ea_information {
	__u32 next_entry_offset;
	__u8  flags;
	__u8  ea_name_length;
	__u16 ea_value_length;
	char  ea_name[];
};

/* Values of share_access (reference 1.4); 0 is exclusive */
#define TDI_FILE_SHARE_READ		0x00000001
#define TDI_FILE_SHARE_WRITE		0x00000002

/* Addresses (reference 1.5): byte-packed, ports and addresses big-endian */

#define TDI_ADDRESS_TYPE_UNSPEC		0
#define TDI_ADDRESS_TYPE_IP		2
#define TDI_ADDRESS_TYPE_IP6		23

/** struct tdi_address_ip - TDI_ADDRESS_IP, the body of a TDI_ADDRESS_TYPE_IP */
struct tdi_address_ip {
	__be16 sin_port;
	__be32 in_addr;
	__u8   sin_zero[8];
} __attribute__((packed));

/** struct tdi_address_ip6 - TDI_ADDRESS_IP6, the body of a TDI_ADDRESS_TYPE_IP6 */
struct tdi_address_ip6 {
	__be16 sin6_port;
	__be32 sin6_flowinfo;
	__u8   sin6_addr[16];
	__u32  sin6_scope_id;
} __attribute__((packed));

#define TDI_ADDRESS_LENGTH_IP		14
#define TDI_ADDRESS_LENGTH_IP6		26

/**
 * struct tdi_ta_address - TA_ADDRESS, one entry of a transport address
 * @address_length: bytes of @address alone
 * @address_type: TDI_ADDRESS_TYPE_xxx
 * @address: the body
 */
struct tdi_ta_address {
	__u16 address_length;
	__u16 address_type;
	__u8  address[];
} __attribute__((packed));

/**
 * struct tdi_transport_address - TRANSPORT_ADDRESS
 * @ta_address_count: number of entries
 * @address: the entries, one right behind the other
 */
struct tdi_transport_address {
	__s32 ta_address_count;
	__u8  address[];
} __attribute__((packed));

/* A whole TRANSPORT_ADDRESS with one entry: 22 and 34 bytes */
#define TDI_TA_LENGTH_IP		(4 + 4 + TDI_ADDRESS_LENGTH_IP)
#define TDI_TA_LENGTH_IP6		(4 + 4 + TDI_ADDRESS_LENGTH_IP6)

/**
 * struct tdi_connection_information - TDI_CONNECTION_INFORMATION (reference 1.7)
 * @user_data_length: must be 0, TCP carries no connect data
 * @options_length: ignored on input (clients pass one without options)
 * @remote_address_length: bytes at @remote_address; 0 is no address.  In a
 *	return structure: room on input; on output the length of the whole
 *	address, of which no more than the room was written
 * @__reserved: 0
 * @user_data: ignored
 * @options: ignored
 * @remote_address: a struct tdi_transport_address
 *
 * All zero is TDI's NULL pointer.  Of a return structure the address and
 * @remote_address_length are written just before the request completes with
 * success, and nothing otherwise.
 */
struct tdi_connection_information {
	__u32 user_data_length;
	__u32 options_length;
	__u32 remote_address_length;
	__u32 __reserved;
	__aligned_u64 user_data;
	__aligned_u64 options;
	__aligned_u64 remote_address;
};

/* TDI's own numbers of its requests (reference 2.1) */
#define TDI_ASSOCIATE_ADDRESS		0x01
#define TDI_DISASSOCIATE_ADDRESS	0x02
#define TDI_CONNECT			0x03
#define TDI_LISTEN			0x04
#define TDI_ACCEPT			0x05
#define TDI_DISCONNECT			0x06
#define TDI_SEND			0x07
#define TDI_RECEIVE			0x08
#define TDI_SEND_DATAGRAM		0x09
#define TDI_RECEIVE_DATAGRAM		0x0a
#define TDI_SET_EVENT_HANDLER		0x0b
#define TDI_QUERY_INFORMATION		0x0c
#define TDI_SET_INFORMATION		0x0d
#define TDI_ACTION			0x0e

/* Request flags (reference 2.2), passed in @flags of struct tdi_head */
#define TDI_QUERY_ACCEPT		0x00000001

#define TDI_SEND_EXPEDITED		0x00000020
#define TDI_SEND_PARTIAL		0x00000040
#define TDI_SEND_NO_RESPONSE_EXPECTED	0x00000080
#define TDI_SEND_NON_BLOCKING		0x00000100
#define TDI_SEND_AND_DISCONNECT		0x00000200

#define TDI_RECEIVE_BROADCAST		0x00000004
#define TDI_RECEIVE_MULTICAST		0x00000008
#define TDI_RECEIVE_PARTIAL		0x00000010
#define TDI_RECEIVE_NORMAL		0x00000020
#define TDI_RECEIVE_EXPEDITED		0x00000040
#define TDI_RECEIVE_PEEK		0x00000080
#define TDI_RECEIVE_NO_RESPONSE_EXP	0x00000100
#define TDI_RECEIVE_COPY_LOOKAHEAD	0x00000200
#define TDI_RECEIVE_ENTIRE_MESSAGE	0x00000400
#define TDI_RECEIVE_AT_DISPATCH_LEVEL	0x00000800
#define TDI_RECEIVE_CONTROL_INFO	0x00001000

#define TDI_DISCONNECT_WAIT		0x00000001
#define TDI_DISCONNECT_ABORT		0x00000002
#define TDI_DISCONNECT_RELEASE		0x00000004

/* Flags of TDI_IOC_ACCEPT */
#define TDI_ACCEPT_CONTEXT		0x00000001

/* Events of an address (reference 3.2): values of @event_type */
#define TDI_EVENT_CONNECT		0
#define TDI_EVENT_DISCONNECT		1
#define TDI_EVENT_ERROR			2
#define TDI_EVENT_RECEIVE		3
#define TDI_EVENT_RECEIVE_DATAGRAM	4
#define TDI_EVENT_RECEIVE_EXPEDITED	5
#define TDI_EVENT_SEND_POSSIBLE		6
#define TDI_EVENT_CHAINED_RECEIVE	7
#define TDI_EVENT_CHAINED_RECEIVE_DATAGRAM	8
#define TDI_EVENT_CHAINED_RECEIVE_EXPEDITED	9
#define TDI_EVENT_ERROR_EX		10

/*
 * Events of a control channel: TDI's AddAddress and DelAddress handlers.  The
 * highest bit of a TDI event says that it is the provider's own (reference 2.13).
 */
#define TDI_EVENT_ADD_ADDRESS		0x80000000
#define TDI_EVENT_DEL_ADDRESS		0x80000001

/* Flag of TDI_IOC_SET_EVENT_HANDLER: without it the handler is TDI's NULL */
#define TDI_EVENT_HANDLER		0x00000001

/* Query types (reference 5.1) */
#define TDI_QUERY_BROADCAST_ADDRESS	1
#define TDI_QUERY_PROVIDER_INFO		2
#define TDI_QUERY_ADDRESS_INFO		3
#define TDI_QUERY_CONNECTION_INFO	4
#define TDI_QUERY_PROVIDER_STATISTICS	5
#define TDI_QUERY_DATAGRAM_INFO		6
#define TDI_QUERY_DATA_LINK_ADDRESS	7
#define TDI_QUERY_NETWORK_ADDRESS	8
#define TDI_QUERY_MAX_DATAGRAM_INFO	9
/* of NetBIOS */
#define TDI_QUERY_ADAPTER_STATUS	0x100
#define TDI_QUERY_SESSION_STATUS	0x200
#define TDI_QUERY_FIND_NAME		0x300

/**
 * struct tdi_address_info - TDI_ADDRESS_INFO, result of TDI_QUERY_ADDRESS_INFO
 * @activity_count: opens of the address
 * @address: struct tdi_transport_address; on a connected endpoint the
 *	connection's own local address
 */
struct tdi_address_info {
	__u32 activity_count;
	__u8  address[];
};

/**
 * enum tdi_connection_state - values of @state in struct tdi_connection_info
 * @TDI_STATE_OPENED: not associated
 * @TDI_STATE_ASSOCIATED: associated and idle; the last connection, if there
 *	was one, has ended
 * @TDI_STATE_CONNECTING: a connect is on its way
 * @TDI_STATE_LISTENING: a listen is pending
 * @TDI_STATE_CONNECTED: connected both ways
 * @TDI_STATE_LOCAL_RELEASED: released from this side, data can still come in
 * @TDI_STATE_REMOTE_RELEASED: released by the peer, data can still go out
 * @TDI_STATE_OFFERED: a listen with TDI_QUERY_ACCEPT has found a peer, which
 *	waits for TDI_IOC_ACCEPT or TDI_IOC_DISCONNECT
 *
 * TDI leaves these numbers open (reference 5.2); they are this project's.
 */
enum tdi_connection_state {
	TDI_STATE_OPENED		= 0,
	TDI_STATE_ASSOCIATED		= 1,
	TDI_STATE_CONNECTING		= 2,
	TDI_STATE_LISTENING		= 3,
	TDI_STATE_CONNECTED		= 4,
	TDI_STATE_LOCAL_RELEASED	= 5,
	TDI_STATE_REMOTE_RELEASED	= 6,
	TDI_STATE_OFFERED		= 7,
};

/**
 * struct tdi_connection_info - TDI_CONNECTION_INFO
 * @state: enum tdi_connection_state
 * @event: 0
 * @transmitted_tsdus: 0, a stream has none
 * @received_tsdus: 0, a stream has none
 * @transmission_errors: segments retransmitted
 * @receive_errors: segments that came and were dropped here, for want of room
 *	or as none of this connection's
 * @throughput: bytes per second, 0 if unknown
 * @delay: round trip in negative 100 ns units, 0 if unknown
 * @send_buffer_size: bytes
 * @receive_buffer_size: bytes
 * @unreliable: 0
 * @__reserved: 0
 */
struct tdi_connection_info {
	__u32 state;
	__u32 event;
	__u32 transmitted_tsdus;
	__u32 received_tsdus;
	__u32 transmission_errors;
	__u32 receive_errors;
	__s64 throughput;
	__s64 delay;
	__u32 send_buffer_size;
	__u32 receive_buffer_size;
	__u8  unreliable;
	__u8  __reserved[7];
};

/**
 * struct tdi_provider_info - TDI_PROVIDER_INFO (reference 5.2)
 * @version: 0x0100
 * @max_send_size: bytes of one send
 * @max_connection_user_data: 0
 * @max_datagram_size: bytes of one datagram
 * @service_flags: TDI_SERVICE_xxx
 * @minimum_lookahead_data: bytes
 * @maximum_lookahead_data: bytes
 * @number_of_resources: 0
 * @start_time: when the module was loaded, in 100 ns since 1601
 *
 * All but @start_time are those that Windows reports, on every device.
 */
struct tdi_provider_info {
	__u32 version;
	__u32 max_send_size;
	__u32 max_connection_user_data;
	__u32 max_datagram_size;
	__u32 service_flags;
	__u32 minimum_lookahead_data;
	__u32 maximum_lookahead_data;
	__u32 number_of_resources;
	__s64 start_time;
};

#define TDI_SERVICE_CONNECTION_MODE	0x00000001
#define TDI_SERVICE_ORDERLY_RELEASE	0x00000002
#define TDI_SERVICE_CONNECTIONLESS_MODE	0x00000004
#define TDI_SERVICE_ERROR_FREE_DELIVERY	0x00000008
#define TDI_SERVICE_SECURITY_LEVEL	0x00000010
#define TDI_SERVICE_BROADCAST_SUPPORTED	0x00000020
#define TDI_SERVICE_MULTICAST_SUPPORTED	0x00000040
#define TDI_SERVICE_DELAYED_ACCEPTANCE	0x00000080
#define TDI_SERVICE_EXPEDITED_DATA	0x00000100
#define TDI_SERVICE_INTERNAL_BUFFERING	0x00000200
#define TDI_SERVICE_ROUTE_DIRECTED	0x00000400
#define TDI_SERVICE_NO_ZERO_LENGTH	0x00000800
#define TDI_SERVICE_POINT_TO_POINT	0x00001000
#define TDI_SERVICE_MESSAGE_MODE	0x00002000
#define TDI_SERVICE_HALF_DUPLEX		0x00004000
#define TDI_SERVICE_DGRAM_CONNECTION	0x00008000
#define TDI_SERVICE_FORCE_ACCESS_CHECK	0x00010000
#define TDI_SERVICE_SEND_AND_DISCONNECT	0x00020000
#define TDI_SERVICE_DIRECT_ACCEPT	0x00040000
#define TDI_SERVICE_ACCEPT_LOCAL_ADDR	0x00080000
#define TDI_SERVICE_ADDRESS_SECURITY	0x00100000
#define TDI_SERVICE_PREPOST_RECVS	0x00200000
#define TDI_SERVICE_NO_PUSH		0x00400000

/**
 * struct tdi_provider_statistics - TDI_PROVIDER_STATISTICS (reference 5.2)
 *
 * Of all files of the module in the namespace, since it was made.  What is not
 * counted is 0, as are the number of resources and what it stands for.
 */
struct tdi_provider_statistics {
	/* private: TDI's names, in small letters */
	__u32 version;
	__u32 open_connections;
	__u32 connections_after_no_retry;
	__u32 connections_after_retry;
	__u32 local_disconnects;
	__u32 remote_disconnects;
	__u32 link_failures;
	__u32 adapter_failures;
	__u32 session_timeouts;
	__u32 cancelled_connections;
	__u32 remote_resource_failures;
	__u32 local_resource_failures;
	__u32 not_found_failures;
	__u32 no_listen_failures;
	__u32 datagrams_sent;
	__u32 __pad0;
	__aligned_u64 datagram_bytes_sent;
	__u32 datagrams_received;
	__u32 __pad1;
	__aligned_u64 datagram_bytes_received;
	__u32 packets_sent;
	__u32 packets_received;
	__u32 data_frames_sent;
	__u32 __pad2;
	__aligned_u64 data_frame_bytes_sent;
	__u32 data_frames_received;
	__u32 __pad3;
	__aligned_u64 data_frame_bytes_received;
	__u32 data_frames_resent;
	__u32 __pad4;
	__aligned_u64 data_frame_bytes_resent;
	__u32 data_frames_rejected;
	__u32 __pad5;
	__aligned_u64 data_frame_bytes_rejected;
	__u32 response_timer_expirations;
	__u32 ack_timer_expirations;
	__u32 maximum_send_window;
	__u32 average_send_window;
	__u32 piggyback_ack_queued;
	__u32 piggyback_ack_timeouts;
	__aligned_u64 wasted_packet_space;
	__u32 wasted_space_packets;
	__u32 number_of_resources;
};

/**
 * struct tdi_datagram_info - TDI_DATAGRAM_INFO
 * @maximum_datagram_bytes: that an address keeps until they are received
 * @maximum_datagram_count: of such datagrams, with no data
 */
struct tdi_datagram_info {
	__u32 maximum_datagram_bytes;
	__u32 maximum_datagram_count;
};

/**
 * struct tdi_max_datagram_info - TDI_MAX_DATAGRAM_INFO
 * @max_datagram_size: bytes of one datagram
 */
struct tdi_max_datagram_info {
	__u32 max_datagram_size;
};

/* TDI_ADDRESS_8022, of TDI_QUERY_DATA_LINK_ADDRESS */
#define TDI_ADDRESS_TYPE_8022		18
#define TDI_ADDRESS_LENGTH_8022		6

/* Entries in the answer to TDI_QUERY_NETWORK_ADDRESS, at most */
#define TDI_NETWORK_ADDRESSES		32

/**
 * struct tdi_head - beginning of every command's argument
 * @size: bytes of the whole argument, in
 * @flags: the request's own flags (TDI_xxx), in
 * @cookie: names the request for TDI_IOC_CANCEL, in; need not be unique
 * @information: byte count, out
 * @status: NTSTATUS, out
 * @__reserved: 0
 */
struct tdi_head {
	__u32 size;
	__u32 flags;
	__aligned_u64 cookie;
	__aligned_u64 information;
	__u32 status;
	__u32 __reserved;
};

/**
 * struct tdi_create - TDI_IOC_CREATE: decide what this file is
 * @head: no flags
 * @ea_buffer: FILE_FULL_EA_INFORMATION entries; one named TransportAddress
 *	makes a transport address, one named ConnectionContext (value: the
 *	client's context, 4 or 8 bytes) a connection endpoint
 * @ea_length: bytes at @ea_buffer, TDI_EA_MAX at most; 0 leaves the file a
 *	control channel, for good
 * @share_access: TDI_FILE_SHARE_xxx, for an address; it is shared with the
 *	same user only, others are refused with STATUS_ACCESS_DENIED
 * @protocol: IP protocol number, /dev/tdi/rawip only, else 0
 * @__reserved: 0
 *
 * A file's kind is decided once: again is EBUSY, STATUS_INVALID_DEVICE_STATE.
 * Connection endpoints are of /dev/tdi/tcp alone: STATUS_INVALID_PARAMETER.
 */
struct tdi_create {
	struct tdi_head head;
	__aligned_u64 ea_buffer;
	__u32 ea_length;
	__u32 share_access;
	__u32 protocol;
	__u32 __reserved;
};

#define TDI_EA_MAX			4096

/**
 * struct tdi_associate_address - TDI_IOC_ASSOCIATE_ADDRESS (reference 2.3)
 * @head: no flags
 * @address_handle: descriptor of a transport address of the same device
 * @__reserved: 0
 */
struct tdi_associate_address {
	struct tdi_head head;
	__s32 address_handle;
	__u32 __reserved;
};

/**
 * struct tdi_disassociate_address - TDI_IOC_DISASSOCIATE_ADDRESS (reference 2.4)
 * @head: no flags
 */
struct tdi_disassociate_address {
	struct tdi_head head;
};

/**
 * struct tdi_connect - TDI_IOC_CONNECT (reference 2.5)
 * @head: flags are ignored, as TDI says
 * @timeout: in 100 ns units; 0: TCP's own; negative: from now; positive:
 *	system time since 1601
 * @request: remote address, mandatory
 * @ret: receives the peer's address, or all zero
 *
 * On an address of /dev/tdi/udp or /dev/tdi/rawip: from here on it has this one
 * remote.  Only what that sends is received, but for what has come before; a send
 * needs no address; what ICMP says of a datagram is the status of the next
 * request.  @timeout does not matter, it never waits.  A second connect replaces
 * the remote, or leaves it as it was if it fails.
 */
struct tdi_connect {
	struct tdi_head head;
	__s64 timeout;
	struct tdi_connection_information request;
	struct tdi_connection_information ret;
};

/**
 * struct tdi_listen - TDI_IOC_LISTEN (reference 2.6)
 * @head: flags 0: the endpoint is connected when this completes; or
 *	TDI_QUERY_ACCEPT: it has been offered a connection then, to be answered
 *	by TDI_IOC_ACCEPT (@offer 0) or TDI_IOC_DISCONNECT within
 *	TDI_OFFER_TIMEOUT_MS
 * @request: remote address to wait for; none or all zero is anyone.  An
 *	address with port 0 is that host with any port
 * @ret: receives the peer's address, or all zero
 */
struct tdi_listen {
	struct tdi_head head;
	struct tdi_connection_information request;
	struct tdi_connection_information ret;
};

/*
 * An offer that is not answered for that long is refused; if nobody read of it,
 * a quarter later at most.
 */
#define TDI_OFFER_TIMEOUT_MS		5000
/* Offers of an address that may wait for their answer */
#define TDI_OFFERS_MAX			128

/*
 * Opens that one address can have at a time, each with its copy of datagrams; one
 * more is STATUS_INSUFFICIENT_RESOURCES.
 */
#define TDI_OPENS_MAX			256

/**
 * struct tdi_accept - TDI_IOC_ACCEPT (reference 2.7)
 * @head: 0, or TDI_ACCEPT_CONTEXT: @connection_context replaces the endpoint's
 * @offer: @cookie of the TDI_EVENT_CONNECT to accept; the endpoint is idle and
 *	associated with the same address.  0: what its own listen with
 *	TDI_QUERY_ACCEPT was offered
 * @connection_context: see @head, else 0
 * @request: no user data, as in struct tdi_connect; the address is ignored
 * @ret: receives the peer's address, or all zero
 *
 * STATUS_CONNECTION_ABORTED: the offer was refused, by its time limit or
 * somebody else's answer; STATUS_CONNECTION_RESET: the peer has gone.
 */
struct tdi_accept {
	struct tdi_head head;
	__aligned_u64 offer;
	__aligned_u64 connection_context;
	struct tdi_connection_information request;
	struct tdi_connection_information ret;
};

/**
 * struct tdi_disconnect - TDI_IOC_DISCONNECT (reference 2.8)
 * @head: TDI_DISCONNECT_RELEASE or TDI_DISCONNECT_ABORT (also 0), not both;
 *	TDI_DISCONNECT_WAIT makes no difference
 * @timeout: of a release, as in struct tdi_connect; 0 is
 *	TDI_DISCONNECT_TIMEOUT_MS
 * @request: no user data, as in struct tdi_connect; the address is ignored
 * @ret: same; left as it is, TCP carries no disconnect data
 *
 * On a connected address of /dev/tdi/udp or /dev/tdi/rawip: it has no remote any
 * more, at once, whichever flag it is; nothing is sent.  On one that is not
 * connected: STATUS_INVALID_CONNECTION.
 */
struct tdi_disconnect {
	struct tdi_head head;
	__s64 timeout;
	struct tdi_connection_information request;
	struct tdi_connection_information ret;
};

#define TDI_DISCONNECT_TIMEOUT_MS	120000

/**
 * struct tdi_data - TDI_IOC_SEND, TDI_IOC_RECEIVE (reference 2.9, 2.10)
 * @head: TDI_SEND_xxx or TDI_RECEIVE_xxx; @information is the byte count
 * @buffer: the bytes, or with @iov_count an array of struct iovec as for
 *	readv(2)
 * @length: bytes at @buffer; 0 when @iov_count is not 0
 * @iov_count: entries of the array, UIO_MAXIOV at most
 * @__reserved: 0
 *
 * A send completes when all bytes are in the transport's buffer; less are
 * reported as success with a smaller count only where the send must not wait
 * (O_NONBLOCK, TDI_SEND_NON_BLOCKING) or was cancelled on its way.  A receive
 * completes with what is there, once anything is; success with 0 bytes is the
 * peer's release.
 */
struct tdi_data {
	struct tdi_head head;
	__aligned_u64 buffer;
	__aligned_u64 length;
	__u32 iov_count;
	__u32 __reserved;
};

/**
 * struct tdi_datagram - TDI_IOC_SEND_DATAGRAM, TDI_IOC_RECEIVE_DATAGRAM
 *	(reference 2.11, 2.12)
 * @head: send: no flags.  Receive: TDI_RECEIVE_NORMAL and TDI_RECEIVE_PARTIAL
 *	make no difference; TDI_RECEIVE_PEEK leaves it there
 * @buffer: the bytes, or with @iov_count an array of struct iovec
 * @length: bytes at @buffer; 0 when @iov_count is not 0
 * @iov_count: entries of the array, UIO_MAXIOV at most
 * @__reserved: 0
 * @request: send: where to; none if the address is connected.  Receive: who may
 *	have sent it, as in struct tdi_listen
 * @ret: receive: who has; or all zero.  Send: all zero
 *
 * On an address of /dev/tdi/udp or /dev/tdi/rawip.  A datagram that is longer
 * than there is room for is received with STATUS_BUFFER_OVERFLOW, and the rest of
 * it is lost.  It goes to the first receive that waits for its source; a receive
 * that waits for others discards it, unless TDI_EVENT_RECEIVE_DATAGRAM is on and
 * not silent, which gets it then.  So does one that must not wait (O_NONBLOCK):
 * what others have sent before the first of its source, or all of it if there is
 * none, is discarded before it returns.  On any other file:
 * STATUS_INVALID_ADDRESS.
 */
struct tdi_datagram {
	struct tdi_head head;
	__aligned_u64 buffer;
	__aligned_u64 length;
	__u32 iov_count;
	__u32 __reserved;
	struct tdi_connection_information request;
	struct tdi_connection_information ret;
};

/**
 * struct tdi_set_event_handler - TDI_IOC_SET_EVENT_HANDLER (reference 2.13)
 * @head: TDI_EVENT_HANDLER turns the event on for this open of an address, or for
 *	this control channel; 0 turns it off
 * @event_context: the client's TdiEventContext, comes with each event
 * @event_type: TDI_EVENT_xxx
 * @lookahead: TDI_EVENT_RECEIVE, TDI_EVENT_RECEIVE_EXPEDITED: as many bytes as
 *	come with the event at most; what comes with it is taken.  0: the event
 *	tells of data once, and is silent until a TDI_IOC_RECEIVE.
 *	TDI_EVENT_RECEIVE_DATAGRAM: the same, with TDI_IOC_RECEIVE_DATAGRAM; what
 *	is longer than that loses the rest.  Else 0
 *
 * What happens is told by read(2) of that file, as struct tdi_event.  The chained
 * events are refused (STATUS_NOT_IMPLEMENTED).
 *
 * A control channel has TDI_EVENT_ADD_ADDRESS and TDI_EVENT_DEL_ADDRESS; events of
 * addresses are STATUS_INVALID_DEVICE_REQUEST there, and those two
 * STATUS_INVALID_PARAMETER on an address.  An endpoint has no events:
 * STATUS_INVALID_DEVICE_REQUEST.  Each time that TDI_EVENT_ADD_ADDRESS is turned
 * on, all local addresses of the file's namespace are told of, once more, and then
 * those that come.  One of IPv6 is told of when duplicate address detection is
 * over, if no other host has it.  Once one of the two was on, the file stays a
 * control channel: TDI_IOC_CREATE is STATUS_INVALID_DEVICE_STATE.
 */
struct tdi_set_event_handler {
	struct tdi_head head;
	__aligned_u64 event_context;
	__u32 event_type;
	__u32 lookahead;
};

/**
 * struct tdi_event - what read(2) of an address file or a control channel
 *	returns, one or more
 * @size: bytes of this one, a multiple of 8
 * @event_type: TDI_EVENT_xxx
 * @event_context: of the handler
 * @connection_context: the endpoint's; 0 where there is none
 * @sequence: number of the connection, never used twice: tells events of the
 *	last connection of an endpoint, or of the last endpoint with the same
 *	context, from those of this one; 0 where there is none
 * @cookie: TDI_EVENT_CONNECT: names the offer, for TDI_IOC_ACCEPT or
 *	TDI_IOC_EVENT_REPLY
 * @status: TDI_EVENT_ERROR: what happened; TDI_EVENT_ERROR_EX: what became of a
 *	datagram
 * @flags: TDI_EVENT_DISCONNECT: TDI_DISCONNECT_RELEASE or
 *	TDI_DISCONNECT_ABORT.  TDI_EVENT_RECEIVE(_EXPEDITED): TDI_RECEIVE_NORMAL
 *	or TDI_RECEIVE_EXPEDITED, with TDI_RECEIVE_ENTIRE_MESSAGE if all there
 *	was has come with it.  TDI_EVENT_RECEIVE_DATAGRAM: the latter, with
 *	TDI_RECEIVE_MULTICAST or TDI_RECEIVE_BROADCAST if it was one
 * @bytes_indicated: of the data that follows
 * @bytes_available: of data, with the above; TDI_EVENT_SEND_POSSIBLE: room
 * @address_length: of @address: TDI_EVENT_CONNECT: the peer's;
 *	TDI_EVENT_RECEIVE_DATAGRAM: the source; TDI_EVENT_ERROR_EX:
 *	where the datagram was to go; TDI_EVENT_ADD_ADDRESS, TDI_EVENT_DEL_ADDRESS:
 *	that one; else 0
 * @data_offset: where the data is, from the beginning of this
 * @address: a struct tdi_transport_address
 *
 * A read returns whole ones, as many as there are and fit; it waits for the
 * first, if the file is not O_NONBLOCK.  The first does not fit: EMSGSIZE, and
 * nothing is lost.  A control channel that never had an event on: EINVAL.  A
 * local address has no port; one that went and came back between two reads is
 * told of twice, as gone and as come.
 */
struct tdi_event {
	__u32 size;
	__u32 event_type;
	__aligned_u64 event_context;
	__aligned_u64 connection_context;
	__aligned_u64 sequence;
	__aligned_u64 cookie;
	__u32 status;
	__u32 flags;
	__u32 bytes_indicated;
	__u32 bytes_available;
	__u32 address_length;
	__u32 data_offset;
	__u8  address[];
};

/**
 * struct tdi_event_reply - TDI_IOC_EVENT_REPLY: refuse an offer
 * @head: no flags
 * @cookie: of the TDI_EVENT_CONNECT
 * @status: STATUS_CONNECTION_REFUSED or STATUS_INSUFFICIENT_RESOURCES; the peer
 *	sees RST
 * @__reserved: 0
 *
 * ENOENT: there is no such offer, or no more.
 */
struct tdi_event_reply {
	struct tdi_head head;
	__aligned_u64 cookie;
	__u32 status;
	__u32 __reserved;
};

/**
 * struct tdi_batch_entry - one send of a batch
 * @endpoint: descriptor of an endpoint, open for writing, of any device node
 * @flags: TDI_SEND_xxx
 * @buffer: the bytes
 * @length: bytes at @buffer
 * @information: bytes sent, out
 * @status: as TDI_IOC_SEND with TDI_SEND_NON_BLOCKING would say, out;
 *	STATUS_INVALID_HANDLE if @endpoint is none
 * @__reserved: 0
 */
struct tdi_batch_entry {
	__s32 endpoint;
	__u32 flags;
	__aligned_u64 buffer;
	__aligned_u64 length;
	__aligned_u64 information;
	__u32 status;
	__u32 __reserved;
};

/**
 * struct tdi_send_batch - TDI_IOC_SEND_BATCH: sends on many endpoints
 * @head: no flags; @information is the number of entries that were looked at,
 *	each of which has its own status
 * @entries: array of struct tdi_batch_entry
 * @count: its length, TDI_BATCH_MAX at most
 * @__reserved: 0
 *
 * On any file of the module.  None of the sends waits.  An entry that cannot
 * be read or written ends the batch with STATUS_ACCESS_VIOLATION, a signal with
 * STATUS_CANCELLED; those before it have been done.
 */
struct tdi_send_batch {
	struct tdi_head head;
	__aligned_u64 entries;
	__u32 count;
	__u32 __reserved;
};

#define TDI_BATCH_MAX			1024

/**
 * struct tdi_query_information - TDI_IOC_QUERY_INFORMATION (reference 2.14)
 * @head: no flags; @information is the number of bytes written
 * @buffer: result
 * @length: room at @buffer; too little is STATUS_BUFFER_OVERFLOW (EMSGSIZE),
 *	with as much as fits written
 * @query_type: TDI_QUERY_xxx
 *
 * ============================= ============================================
 * type                          of which files; what is said of others
 * ============================= ============================================
 * TDI_QUERY_PROVIDER_INFO       any
 * TDI_QUERY_DATAGRAM_INFO       any; of an address of datagrams its own buffer
 * TDI_QUERY_MAX_DATAGRAM_INFO   any; by device and family
 * TDI_QUERY_ADDRESS_INFO        addresses and associated endpoints; endpoint
 *                               with no address: STATUS_ADDRESS_NOT_ASSOCIATED;
 *                               control channel: STATUS_INVALID_DEVICE_REQUEST
 * TDI_QUERY_CONNECTION_INFO     endpoints; else STATUS_INVALID_CONNECTION
 * TDI_QUERY_PROVIDER_STATISTICS control channels; else
 *                               STATUS_INVALID_DEVICE_REQUEST, as those below
 * TDI_QUERY_BROADCAST_ADDRESS   255.255.255.255
 * TDI_QUERY_NETWORK_ADDRESS     of interfaces that are up, but the loopback's;
 *                               TDI_NETWORK_ADDRESSES at most
 * TDI_QUERY_DATA_LINK_ADDRESS   of the first Ethernet interface, as
 *                               TDI_ADDRESS_TYPE_8022; there is none:
 *                               STATUS_NOT_SUPPORTED
 * those of NetBIOS              none: STATUS_NOT_IMPLEMENTED
 * any other                     none: STATUS_INVALID_DEVICE_REQUEST
 * ============================= ============================================
 */
struct tdi_query_information {
	struct tdi_head head;
	__aligned_u64 buffer;
	__u32 length;
	__u32 query_type;
};

/**
 * struct tdi_set_information - TDI_IOC_SET_INFORMATION (reference 2.14, 5.3)
 * @head: no flags
 * @buffer: what to set
 * @length: bytes at @buffer
 * @set_type: TDI_QUERY_xxx
 *
 * There is nothing in TDI that could be set: STATUS_NOT_IMPLEMENTED, and
 * STATUS_INVALID_DEVICE_REQUEST for a type that TDI has not.
 */
struct tdi_set_information {
	struct tdi_head head;
	__aligned_u64 buffer;
	__u32 length;
	__u32 set_type;
};

/**
 * struct tdi_action_header - TDI_ACTION_HEADER
 * @transport_id: four characters
 * @action_code: the provider's
 * @reserved: ignored
 */
struct tdi_action_header {
	__u32 transport_id;
	__u16 action_code;
	__u16 reserved;
};

/**
 * struct tdi_action - TDI_IOC_ACTION (reference 2.14)
 * @head: no flags
 * @buffer: a struct tdi_action_header, and what belongs to it
 * @length: bytes at @buffer
 * @__reserved: 0
 *
 * This provider has no actions: STATUS_NOT_IMPLEMENTED.
 */
struct tdi_action {
	struct tdi_head head;
	__aligned_u64 buffer;
	__u32 length;
	__u32 __reserved;
};

/**
 * struct tdi_object_id - TDIObjectID (reference 5.4)
 * @tei_entity: TDI_ENTITY_xxx
 * @tei_instance: which of them
 * @toi_class: TDI_INFO_CLASS_xxx
 * @toi_type: TDI_INFO_TYPE_xxx
 * @toi_id: what of it
 */
struct tdi_object_id {
	__u32 tei_entity;
	__u32 tei_instance;
	__u32 toi_class;
	__u32 toi_type;
	__u32 toi_id;
};

/**
 * struct tdi_query_information_ex - TDI_IOC_QUERY_INFORMATION_EX: what Windows
 *	calls IOCTL_TCP_QUERY_INFORMATION_EX (reference 5.4)
 * @head: no flags; @information is the number of bytes written
 * @id: what is asked for
 * @length: room at @buffer; too little is STATUS_BUFFER_OVERFLOW (EMSGSIZE),
 *	with as much as fits written, TDI_ANSWER_MAX bytes at most
 * @buffer: result
 * @context: TDI_IP_INTFC_INFO_ID: which interface; else ignored, an answer is
 *	never in pieces
 *
 * On any kind of file; what belongs to a connection on its endpoint
 * (else STATUS_INVALID_CONNECTION), what belongs to an address on one of its opens
 * (else STATUS_INVALID_ADDRESS).  What there is elsewhere in TDI, but not here:
 * STATUS_NOT_IMPLEMENTED; an entity, instance, class or type that there is not:
 * STATUS_INVALID_PARAMETER.
 */
struct tdi_query_information_ex {
	struct tdi_head head;
	struct tdi_object_id id;
	__u32 length;
	__aligned_u64 buffer;
	__u8  context[16];
};

/**
 * struct tdi_set_information_ex - TDI_IOC_SET_INFORMATION_EX: what Windows calls
 *	IOCTL_TCP_SET_INFORMATION_EX (reference 5.4)
 * @head: no flags
 * @id: what is set: an option, see below
 * @length: bytes at @buffer, 1 to TDI_OPTION_MAX
 * @buffer: the value
 */
struct tdi_set_information_ex {
	struct tdi_head head;
	struct tdi_object_id id;
	__u32 length;
	__aligned_u64 buffer;
};

/* The longest value of an option, and the longest answer */
#define TDI_OPTION_MAX			1024
#define TDI_ANSWER_MAX			65536

/* Entities (reference 5.4) */
#define TDI_ENTITY_GENERIC		0x000
#define TDI_ENTITY_IF			0x200
#define TDI_ENTITY_AT			0x280
#define TDI_ENTITY_CO_NL		0x300
#define TDI_ENTITY_CL_NL		0x301
#define TDI_ENTITY_ER			0x380
#define TDI_ENTITY_CO_TL		0x400
#define TDI_ENTITY_CL_TL		0x401

/* What an entity says that it is */
#define TDI_TYPE_IF_MIB			0x202
#define TDI_TYPE_AT_ARP			0x280
#define TDI_TYPE_CL_NL_IP		0x303
#define TDI_TYPE_ER_ICMP		0x380
#define TDI_TYPE_CL_TL_UDP		0x403
#define TDI_TYPE_CO_TL_TCP		0x404

#define TDI_INFO_CLASS_GENERIC		0x100
#define TDI_INFO_CLASS_PROTOCOL		0x200
#define TDI_INFO_CLASS_IMPLEMENTATION	0x300

#define TDI_INFO_TYPE_PROVIDER		0x100
#define TDI_INFO_TYPE_ADDRESS_OBJECT	0x200
#define TDI_INFO_TYPE_CONNECTION	0x300

/* @toi_id of TDI_INFO_CLASS_GENERIC */
#define TDI_ENTITY_LIST_ID		0
#define TDI_ENTITY_TYPE_ID		1

/* @toi_id of TDI_INFO_CLASS_PROTOCOL, TDI_INFO_TYPE_PROVIDER */
#define TDI_IF_MIB_STATS_ID		1
#define TDI_IP_MIB_STATS_ID		1
#define TDI_IP_MIB_ADDRTABLE_ENTRY_ID	0x102
#define TDI_IP_INTFC_INFO_ID		0x103

/**
 * struct tdi_entity_id - TDIEntityID, one of the answer to TDI_ENTITY_LIST_ID
 * @tei_entity: TDI_ENTITY_xxx
 * @tei_instance: 0; of TDI_ENTITY_IF the interface's index
 */
struct tdi_entity_id {
	__u32 tei_entity;
	__u32 tei_instance;
};

/**
 * struct tdi_ip_snmp_info - IPSNMPInfo: the ip group of RFC 1213, in its order
 * @ipsi_forwarding: 1 forwarding, 2 not
 * @ipsi_defaultttl: of datagrams that ask for no other
 * @ipsi_inreceives: ipInReceives, and so on
 * @ipsi_inhdrerrors: see RFC 1213
 * @ipsi_inaddrerrors: see RFC 1213
 * @ipsi_forwdatagrams: see RFC 1213
 * @ipsi_inunknownprotos: see RFC 1213
 * @ipsi_indiscards: see RFC 1213
 * @ipsi_indelivers: see RFC 1213
 * @ipsi_outrequests: see RFC 1213
 * @ipsi_routingdiscards: 0
 * @ipsi_outdiscards: see RFC 1213
 * @ipsi_outnoroutes: see RFC 1213
 * @ipsi_reasmtimeout: s
 * @ipsi_reasmreqds: see RFC 1213
 * @ipsi_reasmoks: see RFC 1213
 * @ipsi_reasmfails: see RFC 1213
 * @ipsi_fragoks: see RFC 1213
 * @ipsi_fragfails: see RFC 1213
 * @ipsi_fragcreates: see RFC 1213
 * @ipsi_numif: interfaces
 * @ipsi_numaddr: IPv4 addresses
 * @ipsi_numroutes: 0, unknown
 */
struct tdi_ip_snmp_info {
	__u32 ipsi_forwarding;
	__u32 ipsi_defaultttl;
	__u32 ipsi_inreceives;
	__u32 ipsi_inhdrerrors;
	__u32 ipsi_inaddrerrors;
	__u32 ipsi_forwdatagrams;
	__u32 ipsi_inunknownprotos;
	__u32 ipsi_indiscards;
	__u32 ipsi_indelivers;
	__u32 ipsi_outrequests;
	__u32 ipsi_routingdiscards;
	__u32 ipsi_outdiscards;
	__u32 ipsi_outnoroutes;
	__u32 ipsi_reasmtimeout;
	__u32 ipsi_reasmreqds;
	__u32 ipsi_reasmoks;
	__u32 ipsi_reasmfails;
	__u32 ipsi_fragoks;
	__u32 ipsi_fragfails;
	__u32 ipsi_fragcreates;
	__u32 ipsi_numif;
	__u32 ipsi_numaddr;
	__u32 ipsi_numroutes;
};

/**
 * struct tdi_ip_addr_entry - IPAddrEntry, one of the address table
 * @iae_addr: IPv4 address
 * @iae_index: of its interface
 * @iae_mask: network mask
 * @iae_bcastaddr: 1: the last bit of the broadcast address
 * @iae_reasmsize: longest datagram that can be reassembled
 * @iae_context: 0
 * @iae_pad: 0
 */
struct tdi_ip_addr_entry {
	__be32 iae_addr;
	__u32  iae_index;
	__be32 iae_mask;
	__u32  iae_bcastaddr;
	__u32  iae_reasmsize;
	__u16  iae_context;
	__u16  iae_pad;
};

#define TDI_MAX_PHYSADDR_SIZE		8
#define TDI_MAX_IFDESCR_LEN		256

/**
 * struct tdi_if_entry - IFEntry: a row of RFC 1213's ifTable, in its order
 * @if_index: see RFC 1213, as all of these
 * @if_type: 6 Ethernet, 24 loopback, 1 other
 * @if_mtu: bytes
 * @if_speed: 0: not told
 * @if_physaddrlen: bytes of @if_physaddr
 * @if_physaddr: link address
 * @if_adminstatus: 1 up, 2 down
 * @if_operstatus: 1 up, 2 down
 * @if_lastchange: 0
 * @if_inoctets: see RFC 1213
 * @if_inucastpkts: see RFC 1213
 * @if_innucastpkts: multicasts
 * @if_indiscards: see RFC 1213
 * @if_inerrors: see RFC 1213
 * @if_inunknownprotos: see RFC 1213
 * @if_outoctets: see RFC 1213
 * @if_outucastpkts: all that were sent
 * @if_outnucastpkts: 0
 * @if_outdiscards: see RFC 1213
 * @if_outerrors: see RFC 1213
 * @if_outqlen: 0: not told
 * @if_descrlen: bytes of @if_descr, its NUL included
 * @if_descr: the interface's name; the answer ends with its NUL
 */
struct tdi_if_entry {
	__u32 if_index;
	__u32 if_type;
	__u32 if_mtu;
	__u32 if_speed;
	__u32 if_physaddrlen;
	__u8  if_physaddr[TDI_MAX_PHYSADDR_SIZE];
	__u32 if_adminstatus;
	__u32 if_operstatus;
	__u32 if_lastchange;
	__u32 if_inoctets;
	__u32 if_inucastpkts;
	__u32 if_innucastpkts;
	__u32 if_indiscards;
	__u32 if_inerrors;
	__u32 if_inunknownprotos;
	__u32 if_outoctets;
	__u32 if_outucastpkts;
	__u32 if_outnucastpkts;
	__u32 if_outdiscards;
	__u32 if_outerrors;
	__u32 if_outqlen;
	__u32 if_descrlen;
	char  if_descr[];
};

/**
 * struct tdi_ip_interface_info - IPInterfaceInfo, of the interface that has the
 *	IPv4 address in the first four bytes of the query's context
 * @iii_flags: 1: it has no link addresses (point to point)
 * @iii_mtu: bytes
 * @iii_speed: 0: not told
 * @iii_addrlength: bytes of @iii_addr
 * @iii_addr: link address
 */
struct tdi_ip_interface_info {
	__u32 iii_flags;
	__u32 iii_mtu;
	__u32 iii_speed;
	__u32 iii_addrlength;
	__u8  iii_addr[];
};

/**
 * DOC: Options
 *
 * @toi_class TDI_INFO_CLASS_PROTOCOL, @tei_entity TDI_ENTITY_CO_TL or
 * TDI_ENTITY_CL_TL, which makes no difference.  A number is an __u32, and so is
 * the index of an interface, in the machine's byte order; addresses are big-endian,
 * an __be32 or 16 bytes.  Fields lie side by side.  What is on or off is on for any
 * number but 0, and is 1 when it is read back.  A value of another length, or one
 * that cannot be: STATUS_INVALID_PARAMETER, and nothing happens; an interface or
 * address that is not there: STATUS_INVALID_ADDRESS; an option that is not in
 * these tables, or not of that device or family, or that cannot be read back:
 * STATUS_NOT_IMPLEMENTED; a number that TDI has no option of:
 * STATUS_INVALID_PARAMETER.
 *
 * Of a connection (@toi_type TDI_INFO_TYPE_CONNECTION), on its endpoint, which
 * remembers them for its next connections; all can be read back:
 *
 * =================== ======================================================
 * TDI_TCP_SOCKET_     value
 * =================== ======================================================
 * NODELAY             on or off
 * KEEPALIVE           on or off
 * KEEPALIVE_VALS      struct tdi_keepalive, times of 1 to 32767000 if it is on
 * OOBINLINE           on or off
 * WINDOW              bytes that wait to be received, more than 0
 * TOS                 type of service or traffic class, 0 to 255
 * =================== ======================================================
 *
 * Of an address of /dev/tdi/udp or /dev/tdi/rawip (@toi_type
 * TDI_INFO_TYPE_ADDRESS_OBJECT): of this open of it, and gone with that.  A group is
 * heard by the opens that have joined it, on the interface named; 0 for an
 * interface is the one that the route to the group takes.
 *
 * =================== ====== =======================================
 * TDI_AO_OPTION_      read   value
 * =================== ====== =======================================
 * TTL                 yes    number, to 255; IPv4 from 1, IPv6 from 0
 * MCASTTTL            yes    number, 0 to 255: that of groups
 * MCASTIF             yes    where to send to groups: address of an
 *                            interface; IPv6: its index
 * INDEX_MCASTIF       yes    same, index
 * MCASTLOOP           yes    on or off: hear what is sent to groups here
 * BROADCAST           yes    on or off; on from the start
 * XSUM                yes    on or off: checksums; udp, IPv4
 * TOS                 yes    type of service or traffic class, 0 to 255
 * IP_DONTFRAGMENT     yes    on or off
 * IP_HDRINCL          yes    on or off: what is sent begins with its IP
 *                            header; rawip
 * IP_UCASTIF          yes    index: interface to send to single hosts from
 * INDEX_BIND          yes    index: send and receive there alone; 0: anywhere
 * WINDOW              yes    bytes that wait to be received, more than 0
 * IPOPTIONS           no     options as they stand in the header, 40 bytes at
 *                            most; IPv4
 * ADD_MCAST,          no     { group, address of an interface }, to join and
 * DEL_MCAST                  to leave; IPv6: { group, index }
 * INDEX_ADD_MCAST,    no     { group, index }
 * INDEX_DEL_MCAST
 * ADD_MCAST_SRC,      no     { group, source, address of an interface }: the
 * DEL_MCAST_SRC              group from that source alone; IPv4
 * BLOCK_MCAST_SRC,    no     same: the group, but not from that source; IPv4
 * UNBLOCK_MCAST_SRC
 * MCAST_FILTER        no     { group, address of an interface, mode, count,
 *                            source, ... }: of a group that has been joined;
 *                            mode 0: from these alone, 1: from all but these;
 *                            mode and count are numbers; IPv4
 * =================== ====== =======================================
 */

/* @toi_id of TDI_INFO_CLASS_PROTOCOL, TDI_INFO_TYPE_CONNECTION */
#define TDI_TCP_SOCKET_NODELAY		1
#define TDI_TCP_SOCKET_KEEPALIVE	2
#define TDI_TCP_SOCKET_OOBINLINE	3
#define TDI_TCP_SOCKET_BSDURGENT	4
#define TDI_TCP_SOCKET_ATMARK		5
#define TDI_TCP_SOCKET_WINDOW		6
#define TDI_TCP_SOCKET_KEEPALIVE_VALS	7
#define TDI_TCP_SOCKET_TOS		8
#define TDI_TCP_SOCKET_SCALE_CWIN	9

/**
 * struct tdi_keepalive - value of TDI_TCP_SOCKET_KEEPALIVE_VALS
 * @onoff: 0 turns it off
 * @time: ms without data before the first probe
 * @interval: ms between probes
 *
 * Rounded up to seconds, which is what TCP has.
 */
struct tdi_keepalive {
	__u32 onoff;
	__u32 time;
	__u32 interval;
};

/* @toi_id of TDI_INFO_CLASS_PROTOCOL, TDI_INFO_TYPE_ADDRESS_OBJECT */
#define TDI_AO_OPTION_TTL		1
#define TDI_AO_OPTION_MCASTTTL		2
#define TDI_AO_OPTION_MCASTIF		3
#define TDI_AO_OPTION_XSUM		4
#define TDI_AO_OPTION_IPOPTIONS		5
#define TDI_AO_OPTION_ADD_MCAST		6
#define TDI_AO_OPTION_DEL_MCAST		7
#define TDI_AO_OPTION_TOS		8
#define TDI_AO_OPTION_IP_DONTFRAGMENT	9
#define TDI_AO_OPTION_MCASTLOOP		10
#define TDI_AO_OPTION_BROADCAST		11
#define TDI_AO_OPTION_IP_HDRINCL	12
#define TDI_AO_OPTION_RCVALL		13
#define TDI_AO_OPTION_RCVALL_MCAST	14
#define TDI_AO_OPTION_RCVALL_IGMPMCAST	15
#define TDI_AO_OPTION_UNNUMBEREDIF	16
#define TDI_AO_OPTION_IP_UCASTIF	17
#define TDI_AO_OPTION_ABSORB_RTRALERT	18
#define TDI_AO_OPTION_LIMIT_BCASTS	19
#define TDI_AO_OPTION_INDEX_BIND	20
#define TDI_AO_OPTION_INDEX_MCASTIF	21
#define TDI_AO_OPTION_INDEX_ADD_MCAST	22
#define TDI_AO_OPTION_INDEX_DEL_MCAST	23
#define TDI_AO_OPTION_IFLIST		24
#define TDI_AO_OPTION_ADD_IFLIST	25
#define TDI_AO_OPTION_DEL_IFLIST	26
#define TDI_AO_OPTION_IP_PKTINFO	27
#define TDI_AO_OPTION_ADD_MCAST_SRC	28
#define TDI_AO_OPTION_DEL_MCAST_SRC	29
#define TDI_AO_OPTION_MCAST_FILTER	30
#define TDI_AO_OPTION_BLOCK_MCAST_SRC	31
#define TDI_AO_OPTION_UNBLOCK_MCAST_SRC	32
#define TDI_AO_OPTION_UDP_CKSUM_COVER	33
#define TDI_AO_OPTION_WINDOW		34
#define TDI_AO_OPTION_SCALE_CWIN	35
#define TDI_AO_OPTION_RCV_HOPLIMIT	36
#define TDI_AO_OPTION_UNBIND		37
#define TDI_AO_OPTION_PROTECT		38

/**
 * struct tdi_cancel - TDI_IOC_CANCEL (reference 2.15)
 * @head: 0, or TDI_CANCEL_ALL; @information is the number of requests found
 * @target: cookie of the requests of this file to cancel
 *
 * When it returns, no cancelled request touches its buffers any more; but for
 * EINTR, a signal before that was certain: call it again.  A request that was
 * already done, or that has not had to wait yet, completes as it would have.
 * No pending request with that cookie: ENOENT (never with TDI_CANCEL_ALL).
 */
struct tdi_cancel {
	struct tdi_head head;
	__aligned_u64 target;
};

#define TDI_CANCEL_ALL			0x00000001

/**
 * struct tdi_query_caps - TDI_IOC_QUERY_CAPS: what this module can do
 * @head: no flags
 * @abi_version: TDI_ABI_VERSION
 * @device: TDI_DEVICE_xxx
 * @capabilities: TDI_CAP_xxx
 * @commands: bit n is set when command TDI_IOC_BASE + n is there
 */
struct tdi_query_caps {
	struct tdi_head head;
	__u32 abi_version;
	__u32 device;
	__aligned_u64 capabilities;
	__aligned_u64 commands;
};

/*
 * Sizes of the arguments in the first version; later ones only grow, at their
 * end.
 */
#define TDI_CREATE_SIZE_VER0		56
#define TDI_ASSOCIATE_ADDRESS_SIZE_VER0	40
#define TDI_DISASSOCIATE_ADDRESS_SIZE_VER0	32
#define TDI_CONNECT_SIZE_VER0		120
#define TDI_LISTEN_SIZE_VER0		112
#define TDI_ACCEPT_SIZE_VER0		128
#define TDI_DISCONNECT_SIZE_VER0	120
#define TDI_DATA_SIZE_VER0		56
#define TDI_DATAGRAM_SIZE_VER0		136
#define TDI_SET_EVENT_HANDLER_SIZE_VER0	48
#define TDI_EVENT_REPLY_SIZE_VER0	48
#define TDI_SEND_BATCH_SIZE_VER0	48
#define TDI_QUERY_INFORMATION_SIZE_VER0	48
#define TDI_SET_INFORMATION_SIZE_VER0	48
#define TDI_ACTION_SIZE_VER0		48
#define TDI_QUERY_INFORMATION_EX_SIZE_VER0	80
#define TDI_SET_INFORMATION_EX_SIZE_VER0	64
#define TDI_CANCEL_SIZE_VER0		40
#define TDI_QUERY_CAPS_SIZE_VER0	56

#define TDI_ABI_VERSION			1

#define TDI_DEVICE_TCP			0
#define TDI_DEVICE_UDP			1
#define TDI_DEVICE_RAWIP		2

#define TDI_CAP_IPV6			0x0000000000000001ULL
#define TDI_CAP_URING			0x0000000000000002ULL

/* 0xD1 and these numbers are free in ioctl-number.rst */
#define TDI_IOC_MAGIC			0xD1
#define TDI_IOC_BASE			0x80
#define TDI_IOC(nr)			_IO(TDI_IOC_MAGIC, TDI_IOC_BASE + (nr))

#define TDI_IOC_QUERY_CAPS		TDI_IOC(0x00)
#define TDI_IOC_CREATE			TDI_IOC(0x10)
#define TDI_IOC_CANCEL			TDI_IOC(0x11)
#define TDI_IOC_EVENT_REPLY		TDI_IOC(0x12)
#define TDI_IOC_SEND_BATCH		TDI_IOC(0x13)
#define TDI_IOC_QUERY_INFORMATION_EX	TDI_IOC(0x14)
#define TDI_IOC_SET_INFORMATION_EX	TDI_IOC(0x15)
/* a TDI request's command is its TDI number */
#define TDI_IOC_ASSOCIATE_ADDRESS	TDI_IOC(TDI_ASSOCIATE_ADDRESS)
#define TDI_IOC_DISASSOCIATE_ADDRESS	TDI_IOC(TDI_DISASSOCIATE_ADDRESS)
#define TDI_IOC_CONNECT			TDI_IOC(TDI_CONNECT)
#define TDI_IOC_LISTEN			TDI_IOC(TDI_LISTEN)
#define TDI_IOC_ACCEPT			TDI_IOC(TDI_ACCEPT)
#define TDI_IOC_DISCONNECT		TDI_IOC(TDI_DISCONNECT)
#define TDI_IOC_SEND			TDI_IOC(TDI_SEND)
#define TDI_IOC_RECEIVE			TDI_IOC(TDI_RECEIVE)
#define TDI_IOC_SEND_DATAGRAM		TDI_IOC(TDI_SEND_DATAGRAM)
#define TDI_IOC_RECEIVE_DATAGRAM	TDI_IOC(TDI_RECEIVE_DATAGRAM)
#define TDI_IOC_SET_EVENT_HANDLER	TDI_IOC(TDI_SET_EVENT_HANDLER)
#define TDI_IOC_QUERY_INFORMATION	TDI_IOC(TDI_QUERY_INFORMATION)
#define TDI_IOC_SET_INFORMATION		TDI_IOC(TDI_SET_INFORMATION)
#define TDI_IOC_ACTION			TDI_IOC(TDI_ACTION)

#endif /* _UAPI_LINUX_TDI_H */
