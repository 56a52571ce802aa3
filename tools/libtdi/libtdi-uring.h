/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtdi over liburing: TDI requests that nobody waits for.
 *
 * Conventions, beside those of libtdi.h:
 *
 * - tdi_prep_xxx() fills in a submission as liburing's io_uring_prep_xxx() do,
 *   and takes what tdi_xxx() takes: statuses and all else are described there.
 *   liburing submits it, and waits.  As many requests as there is memory for
 *   may be under way on one file; sends and receives are served in order.
 * - A struct tdi_request is the caller's, as an IRP or OVERLAPPED would be.
 *   Until its completion was seen it stays where it is and as it is, and so do
 *   buffers, vectors and addresses that it was given.
 * - The completion has the request as its data.  tdi_complete() makes an
 *   NTSTATUS of it: the request's own in rings with IORING_SETUP_CQE32, else
 *   what comes nearest to the errno.
 * - O_NONBLOCK makes no difference: what cannot be done at once pends.
 * - tdi_cancel(fd, request->io.cookie, 0, NULL) ends a request that pends; so
 *   does the end of the ring, or of the thread that submitted it.  Cancels and
 *   linked timeouts of io_uring's own do not reach one that has begun.
 * - Flags for the submission (IOSQE_xxx), or other data than the request, are
 *   set after tdi_prep_xxx().
 *
 * All else on TDI files is ordinary.  Events of an address are read with
 * io_uring_prep_read() or, where liburing and kernel have it (6.7),
 * io_uring_prep_read_multishot(); tdi_complete() takes their completions, too,
 * and struct tdi_events takes buffer and byte count.
 */
#ifndef LIBTDI_URING_H
#define LIBTDI_URING_H

#include <liburing.h>
#include "libtdi.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct tdi_request - a request in a ring
 * @io: as for a call; a @cookie of 0 becomes the address of this structure.
 *	The results are there from tdi_complete() on
 * @peer: for the library
 * @room: same
 * @argument: what the kernel reads
 *
 * Initialise it to zero.  It can be used again once it was completed.
 */
struct tdi_request {
	struct tdi_io io;
	struct tdi_taddr *peer;
	uint64_t room;
	union {
		struct tdi_head head;
		struct tdi_connect connect;
		struct tdi_listen listen;
		struct tdi_accept accept;
		struct tdi_disconnect disconnect;
		struct tdi_data data;
		struct tdi_datagram datagram;
	} argument;
};

/**
 * tdi_query_uring() - can requests be submitted to a ring?
 * @fd: any file of a device
 *
 * Return: STATUS_SUCCESS; STATUS_NOT_SUPPORTED (EOPNOTSUPP) on kernels before
 * 6.12; or the statuses of tdi_query_caps().
 */
uint32_t tdi_query_uring(int fd);

/**
 * tdi_prep_connect() - tdi_connect() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_connect()
 * @remote: as for tdi_connect()
 * @timeout: as for tdi_connect(); runs from the submission on
 * @peer: as for tdi_connect(), valid once completed
 * @flags: as for tdi_connect()
 */
void tdi_prep_connect(struct io_uring_sqe *sqe, struct tdi_request *request,
		      int endpoint, const struct tdi_taddr *remote,
		      int64_t timeout, struct tdi_taddr *peer, uint32_t flags);

/**
 * tdi_prep_listen() - tdi_listen() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_listen()
 * @from: as for tdi_listen()
 * @peer: as for tdi_listen(), valid once completed
 * @flags: as for tdi_listen()
 */
void tdi_prep_listen(struct io_uring_sqe *sqe, struct tdi_request *request,
		     int endpoint, const struct tdi_taddr *from,
		     struct tdi_taddr *peer, uint32_t flags);

/**
 * tdi_prep_accept() - tdi_accept() in a ring; it never pends
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_accept()
 * @offer: as for tdi_accept()
 * @context: as for tdi_accept()
 * @peer: as for tdi_accept(), valid once completed
 * @flags: as for tdi_accept()
 */
void tdi_prep_accept(struct io_uring_sqe *sqe, struct tdi_request *request,
		     int endpoint, uint64_t offer, uint64_t context,
		     struct tdi_taddr *peer, uint32_t flags);

/**
 * tdi_prep_disconnect() - tdi_disconnect() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_disconnect()
 * @timeout: as for tdi_disconnect(); runs from the submission on
 * @flags: as for tdi_disconnect()
 */
void tdi_prep_disconnect(struct io_uring_sqe *sqe, struct tdi_request *request,
			 int endpoint, int64_t timeout, uint32_t flags);

/**
 * tdi_prep_send() - tdi_send() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_send()
 * @buffer: as for tdi_send(); not to be changed before the completion
 * @length: as for tdi_send()
 * @flags: as for tdi_send()
 */
void tdi_prep_send(struct io_uring_sqe *sqe, struct tdi_request *request,
		   int endpoint, const void *buffer, size_t length,
		   uint32_t flags);

/**
 * tdi_prep_sendv() - tdi_sendv() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_sendv()
 * @iov: as for tdi_sendv(); a @count of 0 completes as it would return
 * @count: as for tdi_sendv()
 * @flags: as for tdi_sendv()
 */
void tdi_prep_sendv(struct io_uring_sqe *sqe, struct tdi_request *request,
		    int endpoint, const struct iovec *iov, unsigned int count,
		    uint32_t flags);

/**
 * tdi_prep_receive() - tdi_receive() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_receive()
 * @buffer: as for tdi_receive()
 * @length: as for tdi_receive()
 * @flags: as for tdi_receive()
 */
void tdi_prep_receive(struct io_uring_sqe *sqe, struct tdi_request *request,
		      int endpoint, void *buffer, size_t length,
		      uint32_t flags);

/**
 * tdi_prep_receivev() - tdi_receivev() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @endpoint: as for tdi_receivev()
 * @iov: as for tdi_receivev(); a @count of 0 completes as it would return
 * @count: as for tdi_receivev()
 * @flags: as for tdi_receivev()
 */
void tdi_prep_receivev(struct io_uring_sqe *sqe, struct tdi_request *request,
		       int endpoint, const struct iovec *iov,
		       unsigned int count, uint32_t flags);

/**
 * tdi_prep_send_datagram() - tdi_send_datagram() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @address: as for tdi_send_datagram()
 * @buffer: as for tdi_send_datagram(); not to be changed before the completion
 * @length: as for tdi_send_datagram()
 * @remote: as for tdi_send_datagram()
 * @flags: as for tdi_send_datagram()
 */
void tdi_prep_send_datagram(struct io_uring_sqe *sqe,
			    struct tdi_request *request, int address,
			    const void *buffer, size_t length,
			    const struct tdi_taddr *remote, uint32_t flags);

/**
 * tdi_prep_receive_datagram() - tdi_receive_datagram() in a ring
 * @sqe: submission to be filled in
 * @request: the request; the completion's data
 * @address: as for tdi_receive_datagram()
 * @buffer: as for tdi_receive_datagram()
 * @length: as for tdi_receive_datagram()
 * @from: as for tdi_receive_datagram()
 * @source: as for tdi_receive_datagram(), valid once completed
 * @flags: as for tdi_receive_datagram()
 */
void tdi_prep_receive_datagram(struct io_uring_sqe *sqe,
			       struct tdi_request *request, int address,
			       void *buffer, size_t length,
			       const struct tdi_taddr *from,
			       struct tdi_taddr *source, uint32_t flags);

/**
 * tdi_prep_command() - any TDI_IOC_xxx that a ring takes
 * @sqe: submission to be filled in; without data
 * @fd: file
 * @command: TDI_IOC_xxx
 * @argument: its argument, all of it filled in
 *
 * What the functions above are made of, for arguments made by hand.
 */
void tdi_prep_command(struct io_uring_sqe *sqe, int fd, uint32_t command,
		      const void *argument);

/**
 * tdi_complete() - what a request came to
 * @ring: where it was submitted
 * @cqe: its completion
 * @request: the completion's data: @io but for the cookie, and the peer's
 *	address, are filled in; NULL for other operations on TDI files, such as
 *	a read
 *
 * The completion is still to be marked as seen.
 *
 * Return: the request's status, as its call would return it.
 */
uint32_t tdi_complete(const struct io_uring *ring,
		      const struct io_uring_cqe *cqe,
		      struct tdi_request *request);

#ifdef __cplusplus
}
#endif

#endif /* LIBTDI_URING_H */
