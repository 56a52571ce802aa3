/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtdi: the Transport Driver Interface from C.
 *
 * Conventions, the same for every function:
 *
 * - It returns an NTSTATUS.  STATUS_SUCCESS is success; with anything else
 *   errno is set to what <linux/tdi.h> lists beside that status.  On success
 *   errno is left alone.  (The few functions that cannot fail return their
 *   value.)
 * - Requests end in (flags, io): the request's own TDI_xxx flags, and a
 *   struct tdi_io, which may be NULL.
 * - Nothing is allocated; every buffer is the caller's and is not used after
 *   the call has returned.  There is no global state: any thread may call
 *   anything, several requests of one file may be under way at once.
 * - A request blocks until it completes.  A signal, or tdi_cancel() from
 *   another thread, ends it with STATUS_CANCELLED.  On a file opened with
 *   O_NONBLOCK it does not block: STATUS_DEVICE_NOT_READY (EAGAIN), and from
 *   tdi_connect() and a release that is on its way STATUS_PENDING
 *   (EINPROGRESS), then poll(2).
 * - Files are plain descriptors, close-on-exec, closed with close(2).  On a
 *   connected endpoint read(2), write(2) and poll(2) work too.
 */
#ifndef LIBTDI_H
#define LIBTDI_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <linux/tdi.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct tdi_io - what goes along with a request, and what came of it
 * @cookie: in: names the request for tdi_cancel(); need not be unique
 * @information: out: byte count (or what the request counts)
 * @status: out: NTSTATUS, the same as the return value
 * @error: out: errno that belongs to @status, 0 on success
 *
 * Initialise it to zero.  Where a request is passed NULL in its place, the
 * cookie is 0 and the byte count is lost.
 */
struct tdi_io {
	uint64_t cookie;
	uint64_t information;
	uint32_t status;
	int	 error;
};

/* ---- Addresses ---- */

/* Room in a struct tdi_taddr, and for the text of one with its NUL */
#define TDI_TADDR_MAX	256
#define TDI_TADDR_STRLEN 80

/**
 * struct tdi_taddr - a TRANSPORT_ADDRESS, as requests take and return it
 * @length: bytes used, 0 if there is no address
 * @bytes: the TRANSPORT_ADDRESS itself, see struct tdi_transport_address
 *
 * Made by one of the functions below, or by hand where the bytes have to be
 * just so; requests pass on what is in it without looking.
 */
struct tdi_taddr {
	uint32_t length;
	uint8_t	 bytes[TDI_TADDR_MAX];
};

/**
 * tdi_taddr_from_sockaddr() - TRANSPORT_ADDRESS with one entry
 * @ta: result
 * @sa: AF_INET or AF_INET6 address
 * @salen: bytes at @sa
 *
 * Return: STATUS_SUCCESS, or STATUS_INVALID_ADDRESS_COMPONENT for another
 * family or a short @salen.
 */
uint32_t tdi_taddr_from_sockaddr(struct tdi_taddr *ta,
				 const struct sockaddr *sa, socklen_t salen);

/**
 * tdi_taddr_to_sockaddr() - first IPv4 or IPv6 entry of a TRANSPORT_ADDRESS
 * @ta: the address
 * @ss: result
 * @salen: its length, may be NULL
 *
 * Every length inside @ta is checked against @ta->length.
 *
 * Return: STATUS_SUCCESS, or STATUS_INVALID_ADDRESS_COMPONENT where there is
 * no such entry or the bytes are malformed.
 */
uint32_t tdi_taddr_to_sockaddr(const struct tdi_taddr *ta,
			       struct sockaddr_storage *ss, socklen_t *salen);

/**
 * tdi_taddr_parse() - TRANSPORT_ADDRESS from numeric text
 * @ta: result
 * @text: "127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80"; "*:80" is 0.0.0.0
 *
 * Return: STATUS_SUCCESS or STATUS_INVALID_ADDRESS_COMPONENT.
 */
uint32_t tdi_taddr_parse(struct tdi_taddr *ta, const char *text);

/**
 * tdi_taddr_format() - the text of an address, as tdi_taddr_parse() takes it
 * @ta: the address
 * @text: result; TDI_TADDR_STRLEN is always enough
 * @size: room at @text
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_ADDRESS_COMPONENT as for
 * tdi_taddr_to_sockaddr(), @text is "-" then; STATUS_INVALID_BUFFER_SIZE if
 * @size is too small.
 */
uint32_t tdi_taddr_format(const struct tdi_taddr *ta, char *text, size_t size);

/**
 * tdi_taddr_port() - port of an address
 * @ta: the address
 *
 * Return: port in host byte order, 0 if @ta holds none.
 */
uint16_t tdi_taddr_port(const struct tdi_taddr *ta);

/* ---- Extended attributes ---- */

/**
 * struct tdi_ea - a FILE_FULL_EA_INFORMATION buffer being built
 * @buffer: the caller's buffer, any alignment
 * @size: room at @buffer
 * @length: bytes used so far: what tdi_create() wants as its length
 * @last: offset of the entry added last
 */
struct tdi_ea {
	void  *buffer;
	size_t size;
	size_t length;
	size_t last;
};

/**
 * tdi_ea_init() - begin an empty buffer
 * @ea: to be initialised
 * @buffer: room for the entries; stays the caller's
 * @size: bytes at @buffer
 */
void tdi_ea_init(struct tdi_ea *ea, void *buffer, size_t size);

/**
 * tdi_ea_add() - append an entry
 * @ea: the buffer
 * @name: EaName, 255 bytes at most
 * @value: its value
 * @value_length: bytes at @value, 65535 at most
 *
 * The entry before it is padded to a multiple of four and linked to it.
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_EA_NAME, STATUS_INVALID_PARAMETER if
 * name or value is too long; STATUS_INVALID_BUFFER_SIZE if the buffer is full.
 * Without success the buffer is as it was.
 */
uint32_t tdi_ea_add(struct tdi_ea *ea, const char *name,
		    const void *value, size_t value_length);

/**
 * tdi_ea_add_address() - append the TransportAddress entry
 * @ea: the buffer
 * @address: value
 *
 * Return: as tdi_ea_add().
 */
uint32_t tdi_ea_add_address(struct tdi_ea *ea, const struct tdi_taddr *address);

/**
 * tdi_ea_add_context() - append the ConnectionContext entry
 * @ea: the buffer
 * @context: value, eight bytes
 *
 * Return: as tdi_ea_add().
 */
uint32_t tdi_ea_add_context(struct tdi_ea *ea, uint64_t context);

/* ---- Opening ---- */

/**
 * tdi_open() - open a device: a control channel
 * @device: "tcp", "udp", "rawip", or a path if there is a slash in it
 * @oflags: 0 or O_NONBLOCK, added to O_RDWR | O_CLOEXEC
 * @fd: result, -1 without success
 *
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND (ENOENT: module not
 * loaded), STATUS_ACCESS_DENIED (EACCES, EPERM), STATUS_DEVICE_DOES_NOT_EXIST
 * (ENXIO, ENODEV), or what else open(2) fails with.
 */
uint32_t tdi_open(const char *device, int oflags, int *fd);

/**
 * tdi_create() - decide what an open file is, TDI_IOC_CREATE
 * @fd: from tdi_open()
 * @ea: FILE_FULL_EA_INFORMATION entries; may be NULL with @ea_length 0
 * @ea_length: bytes at @ea, TDI_EA_MAX at most
 * @share_access: of an address: 0 or TDI_FILE_SHARE_xxx
 * @protocol: /dev/tdi/rawip: IP protocol number, else 0
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS; without it the file is a control channel as before,
 * still open.
 */
uint32_t tdi_create(int fd, const void *ea, size_t ea_length,
		    uint32_t share_access, uint32_t protocol,
		    uint32_t flags, struct tdi_io *io);

/**
 * tdi_open_address() - open a transport address
 * @device: as for tdi_open()
 * @oflags: as for tdi_open()
 * @address: local address; port 0 lets the transport choose
 * @share_access: 0 (exclusive) or TDI_FILE_SHARE_xxx
 * @fd: result, -1 without success
 *
 * Return: STATUS_SUCCESS, the statuses of tdi_open(), or of the create, such
 * as STATUS_ADDRESS_ALREADY_EXISTS, STATUS_SHARING_VIOLATION,
 * STATUS_INVALID_ADDRESS (not a local one), STATUS_ACCESS_DENIED (port below
 * 1024 without the privilege).
 */
uint32_t tdi_open_address(const char *device, int oflags,
			  const struct tdi_taddr *address,
			  uint32_t share_access, int *fd);

/**
 * tdi_open_raw_address() - open a transport address of an IP protocol
 * @device: "rawip", as for tdi_open()
 * @oflags: as for tdi_open()
 * @address: local address, its port is 0
 * @protocol: number of the IP protocol
 * @share_access: as for tdi_open_address()
 * @fd: result, -1 without success
 *
 * Return: as tdi_open_address(); STATUS_ACCESS_DENIED without CAP_NET_RAW.
 */
uint32_t tdi_open_raw_address(const char *device, int oflags,
			      const struct tdi_taddr *address,
			      uint32_t protocol, uint32_t share_access,
			      int *fd);

/**
 * tdi_open_endpoint() - open a connection endpoint
 * @device: as for tdi_open()
 * @oflags: as for tdi_open()
 * @context: any value; comes back in the endpoint's events
 * @fd: result, -1 without success
 *
 * Return: STATUS_SUCCESS, or the statuses of tdi_open() and the create.
 */
uint32_t tdi_open_endpoint(const char *device, int oflags, uint64_t context,
			   int *fd);

/* ---- Requests ---- */

/**
 * tdi_associate_address() - TDI_ASSOCIATE_ADDRESS
 * @endpoint: connection endpoint, not associated
 * @address: transport address of the same device
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS, STATUS_ADDRESS_ALREADY_ASSOCIATED,
 * STATUS_INVALID_HANDLE (@address is no such thing),
 * STATUS_INVALID_CONNECTION (@endpoint is none).
 */
uint32_t tdi_associate_address(int endpoint, int address,
			       uint32_t flags, struct tdi_io *io);

/**
 * tdi_disassociate_address() - TDI_DISASSOCIATE_ADDRESS
 * @endpoint: associated endpoint without a live connection
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS, STATUS_ADDRESS_NOT_ASSOCIATED,
 * STATUS_CONNECTION_ACTIVE, STATUS_INVALID_CONNECTION.
 */
uint32_t tdi_disassociate_address(int endpoint,
				  uint32_t flags, struct tdi_io *io);

/**
 * tdi_timeout_ms() - a relative time, as tdi_connect() takes it
 * @ms: milliseconds from now, more than 0
 *
 * Return: negative count of 100 ns units, no less than INT64_MIN.
 */
static inline int64_t tdi_timeout_ms(uint64_t ms)
{
	return ms > INT64_MAX / 10000 ? INT64_MIN : -(int64_t)(ms * 10000);
}

/**
 * tdi_connect() - TDI_CONNECT
 * @endpoint: associated, idle endpoint; or address of "udp" or "rawip", which has
 *	this one remote from then on, instead of another that it may have
 * @remote: address to connect to
 * @timeout: 100 ns units; 0 TCP's own, negative from now (tdi_timeout_ms()),
 *	positive system time since 1601
 * @peer: the peer's address as the transport has it, may be NULL;
 *	@peer->length is 0 without success
 * @flags: ignored by TDI
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_CONNECTION (not associated),
 * STATUS_CONNECTION_ACTIVE (not idle), STATUS_CONNECTION_REFUSED,
 * STATUS_IO_TIMEOUT, STATUS_xxx_UNREACHABLE, STATUS_ADDRESS_ALREADY_EXISTS,
 * STATUS_CANCELLED, STATUS_PENDING (O_NONBLOCK).  After a failure the endpoint
 * is associated and idle again.
 */
uint32_t tdi_connect(int endpoint, const struct tdi_taddr *remote,
		     int64_t timeout, struct tdi_taddr *peer,
		     uint32_t flags, struct tdi_io *io);

/**
 * tdi_listen() - TDI_LISTEN: become the next connection that comes in
 * @endpoint: associated, idle endpoint
 * @from: wait for this caller only (port 0: any port); NULL for anyone
 * @peer: the caller's address, may be NULL
 * @flags: 0: the endpoint is connected then; TDI_QUERY_ACCEPT: it is offered
 *	the connection, and answers with tdi_accept() or tdi_disconnect()
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_CONNECTION (not associated),
 * STATUS_CONNECTION_ACTIVE (not idle), STATUS_CANCELLED,
 * STATUS_CONNECTION_ABORTED (local abort), STATUS_LOCAL_DISCONNECT (the address
 * was closed).
 */
uint32_t tdi_listen(int endpoint, const struct tdi_taddr *from,
		    struct tdi_taddr *peer, uint32_t flags, struct tdi_io *io);

/**
 * tdi_accept() - TDI_ACCEPT: become the connection that was offered
 * @endpoint: with @offer an associated, idle endpoint of the address; else one
 *	whose listen with TDI_QUERY_ACCEPT has succeeded
 * @offer: @cookie of a TDI_EVENT_CONNECT; 0: what that listen was offered
 * @context: with TDI_ACCEPT_CONTEXT the endpoint's from here on, else 0
 * @peer: the caller's address, may be NULL; @peer->length is 0 without success
 * @flags: 0 or TDI_ACCEPT_CONTEXT
 * @io: see struct tdi_io
 *
 * An offer waits for TDI_OFFER_TIMEOUT_MS.
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_CONNECTION (never offered that, or not
 * associated), STATUS_CONNECTION_ACTIVE (not idle), STATUS_CONNECTION_ABORTED
 * (the offer was answered or refused before), STATUS_CONNECTION_RESET (the
 * caller has gone).  After a failure of the last two the endpoint is idle.
 */
uint32_t tdi_accept(int endpoint, uint64_t offer, uint64_t context,
		    struct tdi_taddr *peer, uint32_t flags, struct tdi_io *io);

/**
 * tdi_disconnect() - TDI_DISCONNECT
 * @endpoint: connection endpoint; or connected address of "udp" or "rawip", which
 *	has no remote any more, whichever flag it is
 * @timeout: of a release, as for tdi_connect(); 0: TDI_DISCONNECT_TIMEOUT_MS
 * @flags: TDI_DISCONNECT_RELEASE: send what is queued, then FIN; completes
 *	when the peer has acknowledged it, receiving goes on.
 *	TDI_DISCONNECT_ABORT, also 0: RST, pending requests end
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS (also if the connection has ended already),
 * STATUS_INVALID_CONNECTION (never connected), STATUS_IO_TIMEOUT,
 * STATUS_INVALID_PARAMETER (flags), STATUS_CANCELLED; how the connection ended
 * meanwhile: STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED,
 * STATUS_LOCAL_DISCONNECT; with O_NONBLOCK STATUS_PENDING when the FIN is sent,
 * STATUS_DEVICE_NOT_READY while it has to wait for sends.
 */
uint32_t tdi_disconnect(int endpoint, int64_t timeout,
			uint32_t flags, struct tdi_io *io);

/**
 * tdi_send() - TDI_SEND
 * @endpoint: connected endpoint
 * @buffer: bytes to send
 * @length: how many
 * @flags: TDI_SEND_xxx
 * @io: @io->information is the number of bytes taken, all of them unless the
 *	send must not wait or was cancelled on its way
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_CONNECTION, STATUS_GRACEFUL_DISCONNECT
 * (after a release from this side), STATUS_CONNECTION_RESET,
 * STATUS_CONNECTION_ABORTED, STATUS_LOCAL_DISCONNECT, STATUS_DEVICE_NOT_READY
 * (no room, and must not wait), STATUS_CANCELLED.
 */
uint32_t tdi_send(int endpoint, const void *buffer, size_t length,
		  uint32_t flags, struct tdi_io *io);

/**
 * tdi_sendv() - TDI_SEND from several buffers
 * @endpoint: connected endpoint
 * @iov: the buffers, in order
 * @count: how many, 1 to 1024
 * @flags: TDI_SEND_xxx
 * @io: as for tdi_send()
 *
 * Return: as tdi_send(); STATUS_INVALID_PARAMETER for a @count of 0.
 */
uint32_t tdi_sendv(int endpoint, const struct iovec *iov, unsigned int count,
		   uint32_t flags, struct tdi_io *io);

/**
 * tdi_receive() - TDI_RECEIVE
 * @endpoint: connected endpoint
 * @buffer: room for the data
 * @length: bytes at @buffer
 * @flags: TDI_RECEIVE_xxx
 * @io: @io->information is the number of bytes received; STATUS_SUCCESS with 0
 *	is the peer's release, after all data.  Waits for the first byte only
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_CONNECTION, STATUS_CONNECTION_RESET,
 * STATUS_CONNECTION_ABORTED, STATUS_LOCAL_DISCONNECT, STATUS_DEVICE_NOT_READY
 * (nothing there, and O_NONBLOCK), STATUS_CANCELLED.
 */
uint32_t tdi_receive(int endpoint, void *buffer, size_t length,
		     uint32_t flags, struct tdi_io *io);

/**
 * tdi_receivev() - TDI_RECEIVE into several buffers
 * @endpoint: connected endpoint
 * @iov: the buffers, in order
 * @count: how many, 1 to 1024
 * @flags: TDI_RECEIVE_xxx
 * @io: as for tdi_receive()
 *
 * Return: as tdi_receive(); STATUS_INVALID_PARAMETER for a @count of 0.
 */
uint32_t tdi_receivev(int endpoint, const struct iovec *iov,
		      unsigned int count, uint32_t flags, struct tdi_io *io);

/* ---- Datagrams: on addresses of "udp" and "rawip" ---- */

/**
 * tdi_send_datagram() - TDI_SEND_DATAGRAM
 * @address: transport address
 * @buffer: the datagram
 * @length: bytes at @buffer
 * @remote: where to; NULL: to whom tdi_connect() has connected the address
 * @flags: 0
 * @io: @io->information is the number of bytes sent
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_ADDRESS_COMPONENT (no remote, or none
 * that can be), STATUS_INVALID_BUFFER_SIZE (too long),
 * STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE, STATUS_DEVICE_NOT_READY (no
 * room, and O_NONBLOCK), STATUS_CANCELLED.  Of a connected address also what the
 * remote's host said of an earlier one: STATUS_PORT_UNREACHABLE.
 */
uint32_t tdi_send_datagram(int address, const void *buffer, size_t length,
			   const struct tdi_taddr *remote,
			   uint32_t flags, struct tdi_io *io);

/**
 * tdi_receive_datagram() - TDI_RECEIVE_DATAGRAM
 * @address: transport address
 * @buffer: room for one datagram
 * @length: bytes at @buffer
 * @from: who may have sent it, NULL for anybody; what others have sent before or
 *	send meanwhile is discarded, unless another receive or
 *	TDI_EVENT_RECEIVE_DATAGRAM wants it, with O_NONBLOCK, too
 * @source: who has sent it, or NULL
 * @flags: TDI_RECEIVE_PEEK or 0
 * @io: @io->information is the number of bytes received
 *
 * Return: STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (it was longer, the rest is
 * lost), STATUS_DEVICE_NOT_READY (none there, and O_NONBLOCK),
 * STATUS_PORT_UNREACHABLE (see tdi_send_datagram()), STATUS_CANCELLED.
 */
uint32_t tdi_receive_datagram(int address, void *buffer, size_t length,
			      const struct tdi_taddr *from,
			      struct tdi_taddr *source,
			      uint32_t flags, struct tdi_io *io);

/**
 * tdi_cancel() - end requests that another thread waits for
 * @fd: file they belong to
 * @cookie: @cookie of their struct tdi_io
 * @flags: TDI_CANCEL_ALL: all requests of the file, whatever their cookie
 * @io: @io->information is the number cancelled
 *
 * On return no cancelled request touches its buffers any more; its caller gets
 * STATUS_CANCELLED.
 *
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND if no request with that
 * cookie is pending.
 */
uint32_t tdi_cancel(int fd, uint64_t cookie, uint32_t flags,
		    struct tdi_io *io);

/* ---- Events ---- */

/**
 * tdi_set_event_handler() - TDI_SET_EVENT_HANDLER: which events a file has
 * @address: transport address; this open of it.  TDI_EVENT_ADD_ADDRESS and
 *	TDI_EVENT_DEL_ADDRESS: control channel
 * @type: TDI_EVENT_xxx
 * @context: any value, comes back in each event of the type
 * @lookahead: of TDI_EVENT_RECEIVE and TDI_EVENT_RECEIVE_EXPEDITED: as many
 *	bytes as an event brings at most, and takes from the endpoint; with 0 it
 *	tells of data, which stays, and not again before a tdi_receive().
 *	TDI_EVENT_RECEIVE_DATAGRAM: the same with tdi_receive_datagram(); of what
 *	is longer the rest is lost.  Else 0
 * @flags: TDI_EVENT_HANDLER turns the event on, 0 turns it off
 * @io: see struct tdi_io
 *
 * TDI_EVENT_CONNECT makes the address listen.  TDI_EVENT_ADD_ADDRESS tells of all
 * local addresses that there are each time it is turned on; those of IPv6 when
 * they may be used.
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no such event, or a
 * lookahead that it does not have), STATUS_NOT_IMPLEMENTED (chained events),
 * STATUS_INVALID_DEVICE_REQUEST (no address; of a control channel: an event of
 * addresses).
 */
uint32_t tdi_set_event_handler(int address, uint32_t type, uint64_t context,
			       uint32_t lookahead, uint32_t flags,
			       struct tdi_io *io);

/**
 * tdi_event_reply() - refuse the connection that an event offers
 * @address: transport address that the event came from
 * @offer: @cookie of the TDI_EVENT_CONNECT
 * @reply: STATUS_CONNECTION_REFUSED or STATUS_INSUFFICIENT_RESOURCES
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS, STATUS_INVALID_PARAMETER (another @reply),
 * STATUS_OBJECT_NAME_NOT_FOUND (no such offer, or no more),
 * STATUS_INVALID_DEVICE_REQUEST (no address).
 */
uint32_t tdi_event_reply(int address, uint64_t offer, uint32_t reply,
			 uint32_t flags, struct tdi_io *io);

/**
 * struct tdi_events - what is left of the events of one read
 * @next: the caller's buffer, from the next struct tdi_event on; any alignment
 * @left: bytes at @next
 *
 * Made by tdi_read_events(), or by hand where the bytes come from elsewhere.
 */
struct tdi_events {
	const void *next;
	size_t	    left;
};

/**
 * struct tdi_event_info - one event
 * @type: TDI_EVENT_xxx; there may be new ones
 * @status: TDI_EVENT_ERROR: what happened; TDI_EVENT_ERROR_EX: what became of a
 *	datagram
 * @flags: TDI_DISCONNECT_xxx, TDI_RECEIVE_xxx
 * @bytes_available: of data, @length included; TDI_EVENT_SEND_POSSIBLE: room
 * @event_context: what tdi_set_event_handler() was given
 * @connection_context: the endpoint's, as tdi_open_endpoint() was given it
 * @sequence: number of the connection, never used twice
 * @offer: TDI_EVENT_CONNECT: for tdi_accept() or tdi_event_reply()
 * @peer: TDI_EVENT_CONNECT: the caller's address; TDI_EVENT_RECEIVE_DATAGRAM: the
 *	source; TDI_EVENT_ERROR_EX: where the datagram was to go;
 *	TDI_EVENT_ADD_ADDRESS, TDI_EVENT_DEL_ADDRESS: the local address that has
 *	come or gone; else its length is 0
 * @data: what came with the event, in the buffer that was read into
 * @length: bytes at @data
 */
struct tdi_event_info {
	uint32_t	 type;
	uint32_t	 status;
	uint32_t	 flags;
	uint32_t	 bytes_available;
	uint64_t	 event_context;
	uint64_t	 connection_context;
	uint64_t	 sequence;
	uint64_t	 offer;
	struct tdi_taddr peer;
	const void	*data;
	size_t		 length;
};

/**
 * tdi_read_events() - wait for events of a file, and take those there are
 * @address: transport address, or control channel
 * @buffer: for the events; 128 bytes hold any one of them, of those with data a
 *	part
 * @size: bytes at @buffer
 * @events: result, for tdi_next_event(); empty without success
 *
 * Return: STATUS_SUCCESS; STATUS_DEVICE_NOT_READY (none, and O_NONBLOCK);
 * STATUS_CANCELLED (a signal); STATUS_BUFFER_OVERFLOW if the next one does not
 * fit, nothing is lost then.
 */
uint32_t tdi_read_events(int address, void *buffer, size_t size,
			 struct tdi_events *events);

/**
 * tdi_next_event() - take an event out of those that were read
 * @events: from tdi_read_events()
 * @event: result, zero without success
 *
 * Every length is checked against what is there.
 *
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND when there is no more;
 * STATUS_INVALID_PARAMETER if the bytes are malformed, and then each time.
 */
uint32_t tdi_next_event(struct tdi_events *events,
			struct tdi_event_info *event);

/**
 * tdi_event_name() - name of an event
 * @type: any value
 *
 * Return: "TDI_EVENT_CONNECT" and so on, "unknown event" for one that TDI does
 * not have; a constant string, never NULL.
 */
const char *tdi_event_name(uint32_t type);

/* ---- Queries ---- */

/**
 * tdi_query_information() - TDI_QUERY_INFORMATION
 * @fd: file
 * @query_type: TDI_QUERY_xxx
 * @buffer: result
 * @length: room at @buffer, 4 GiB - 1 at most
 * @flags: 0
 * @io: @io->information is the number of bytes written
 *
 * Return: STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (as much as fits was
 * written), STATUS_INVALID_DEVICE_REQUEST (unknown type, or not of this kind of
 * file), STATUS_INVALID_CONNECTION (TDI_QUERY_CONNECTION_INFO of what is no
 * endpoint), STATUS_ADDRESS_NOT_ASSOCIATED, STATUS_NOT_SUPPORTED (there is no such
 * address), STATUS_NOT_IMPLEMENTED (of NetBIOS).  <linux/tdi.h> has the table.
 */
uint32_t tdi_query_information(int fd, uint32_t query_type,
			       void *buffer, size_t length,
			       uint32_t flags, struct tdi_io *io);

/**
 * tdi_query_address_info() - TDI_QUERY_ADDRESS_INFO
 * @fd: address, or associated endpoint
 * @activity_count: opens of the address, may be NULL
 * @address: local address, of the connection itself once connected; may be NULL
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: as tdi_query_information().
 */
uint32_t tdi_query_address_info(int fd, uint32_t *activity_count,
				struct tdi_taddr *address,
				uint32_t flags, struct tdi_io *io);

/**
 * tdi_query_connection_info() - TDI_QUERY_CONNECTION_INFO
 * @endpoint: connection endpoint
 * @info: result
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: as tdi_query_information().
 */
uint32_t tdi_query_connection_info(int endpoint,
				   struct tdi_connection_info *info,
				   uint32_t flags, struct tdi_io *io);

/**
 * tdi_query_caps() - what the module behind a file can do
 * @fd: any file of a device
 * @caps: result; its @head is of no interest
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_SUCCESS.
 */
uint32_t tdi_query_caps(int fd, struct tdi_query_caps *caps,
			uint32_t flags, struct tdi_io *io);

/**
 * tdi_set_information() - TDI_SET_INFORMATION
 * @fd: file
 * @set_type: TDI_QUERY_xxx
 * @buffer: what to set
 * @length: bytes at @buffer, 4 GiB - 1 at most
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_NOT_IMPLEMENTED, as there is nothing in TDI that could be set;
 * STATUS_INVALID_DEVICE_REQUEST (unknown type).
 */
uint32_t tdi_set_information(int fd, uint32_t set_type,
			     const void *buffer, size_t length,
			     uint32_t flags, struct tdi_io *io);

/**
 * tdi_action() - TDI_ACTION
 * @fd: file
 * @buffer: a struct tdi_action_header, and what belongs to it
 * @length: bytes at @buffer, 4 GiB - 1 at most
 * @flags: 0
 * @io: see struct tdi_io
 *
 * Return: STATUS_NOT_IMPLEMENTED, as this provider has no actions;
 * STATUS_INVALID_PARAMETER (no whole header).
 */
uint32_t tdi_action(int fd, const void *buffer, size_t length,
		    uint32_t flags, struct tdi_io *io);

/**
 * tdi_query_information_ex() - IOCTL_TCP_QUERY_INFORMATION_EX
 * @fd: any file; what belongs to a connection on its endpoint, what belongs to
 *	an address on one of its opens
 * @id: what is asked for
 * @context: 16 bytes, or NULL for zeroes; TDI_IP_INTFC_INFO_ID: begins with the
 *	IPv4 address of the interface
 * @buffer: result
 * @length: room at @buffer, 4 GiB - 1 at most
 * @flags: 0
 * @io: @io->information is the number of bytes written
 *
 * Return: STATUS_SUCCESS, STATUS_BUFFER_OVERFLOW (as much as fits was written),
 * STATUS_INVALID_PARAMETER (there is no such thing), STATUS_NOT_IMPLEMENTED (there
 * is, elsewhere), STATUS_INVALID_CONNECTION or STATUS_INVALID_ADDRESS (the wrong
 * kind of file).
 */
uint32_t tdi_query_information_ex(int fd, const struct tdi_object_id *id,
				  const void *context,
				  void *buffer, size_t length,
				  uint32_t flags, struct tdi_io *io);

/**
 * tdi_set_information_ex() - IOCTL_TCP_SET_INFORMATION_EX
 * @fd: address or endpoint
 * @id: what is set
 * @buffer: its value, as <linux/tdi.h> has it under "Options"
 * @length: bytes at @buffer, 1 to TDI_OPTION_MAX
 * @flags: 0
 * @io: see struct tdi_io
 *
 * An option of an endpoint holds for its next connections, too.
 *
 * Return: as tdi_query_information_ex(), STATUS_INVALID_PARAMETER also for a bad
 * value.
 */
uint32_t tdi_set_information_ex(int fd, const struct tdi_object_id *id,
				const void *buffer, size_t length,
				uint32_t flags, struct tdi_io *io);

/* ---- Statuses ---- */

/**
 * tdi_status_name() - name of an NTSTATUS
 * @status: any value
 *
 * Return: "STATUS_SUCCESS" and so on, "unknown NTSTATUS" for one that TDI does
 * not use; a constant string, never NULL.
 */
const char *tdi_status_name(uint32_t status);

/**
 * tdi_status_from_name() - NTSTATUS of a name
 * @name: with or without "STATUS_"
 * @status: result
 *
 * Return: STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND.
 */
uint32_t tdi_status_from_name(const char *name, uint32_t *status);

/**
 * tdi_status_to_errno() - errno that <linux/tdi.h> lists for an NTSTATUS
 * @status: any value
 *
 * Return: errno; 0 for STATUS_SUCCESS, EIO for what is not listed.
 */
int tdi_status_to_errno(uint32_t status);

/**
 * tdi_status_from_errno() - NTSTATUS that comes nearest to an errno
 * @error: errno
 *
 * For the calls where there is only an errno, such as read(2) on an endpoint.
 *
 * Return: NTSTATUS, STATUS_UNSUCCESSFUL for an errno that is not listed.
 */
uint32_t tdi_status_from_errno(int error);

#ifdef __cplusplus
}
#endif

#endif /* LIBTDI_H */
