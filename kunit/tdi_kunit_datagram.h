/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures of the suites about datagrams.
 */
#ifndef _TDI_KUNIT_DATAGRAM_H
#define _TDI_KUNIT_DATAGRAM_H

#include "datagram.h"
#include "tdi_kunit_event.h"

#define TDI_KUNIT_SHARED	(TDI_FILE_SHARE_READ | TDI_FILE_SHARE_WRITE)

u32 tdi_kunit_create_raw(struct tdi_file *file,
			 const struct sockaddr_storage *local, u32 protocol,
			 const struct cred *cred);
struct tdi_file *tdi_kunit_datagrams(struct kunit *test,
				     struct sockaddr_storage *local,
				     u32 share_access);
struct socket *tdi_kunit_udp(struct kunit *test,
			     struct sockaddr_storage *local);
int tdi_kunit_sendto(struct socket *sock, const struct sockaddr_storage *remote,
		     const void *data, size_t length);
int tdi_kunit_recvfrom(struct socket *sock, struct sockaddr_storage *source,
		       void *data, size_t length);

struct tdi_kunit_request *
tdi_kunit_send_datagram(struct kunit *test, struct tdi_file *file,
			const struct sockaddr_storage *remote,
			const void *data, size_t length);
struct tdi_kunit_request *
tdi_kunit_receive_datagram(struct kunit *test, struct tdi_file *file,
			   const struct sockaddr_storage *filter, u32 flags,
			   void *data, size_t length);
u32 tdi_kunit_receive_datagram_now(struct kunit *test, struct tdi_file *file,
				   const struct sockaddr_storage *filter,
				   void *data, size_t length);
bool tdi_kunit_datagram_comes(struct tdi_file *file);
void tdi_kunit_expect_datagram(struct kunit *test, struct tdi_file *file,
			       const char *text,
			       const struct sockaddr_storage *source);

#endif /* _TDI_KUNIT_DATAGRAM_H */
