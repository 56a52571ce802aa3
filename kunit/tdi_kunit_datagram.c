// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures: addresses that send and receive datagrams, and their peers.
 */
#include <linux/cred.h>
#include <net/ipv6.h>

#include "tdi_kunit_datagram.h"

u32 tdi_kunit_create_raw(struct tdi_file *file,
			 const struct sockaddr_storage *local, u32 protocol,
			 const struct cred *cred)
{
	u8 ta[TDI_TA_LENGTH_IP6], ea[64];
	size_t length = tdi_taddr_build(local, ta);

	length = tdi_kunit_ea(ea, TdiTransportAddress, ta, length);
	return tdi_file_create(file, ea, length, 0, protocol, cred);
}

/* An address of /dev/tdi/udp; @local becomes the bound one */
struct tdi_file *tdi_kunit_datagrams(struct kunit *test,
				     struct sockaddr_storage *local,
				     u32 share_access)
{
	struct tdi_file *file = tdi_kunit_open_device(test, TDI_DEVICE_UDP);

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_address(file, local,
						       share_access),
			STATUS_SUCCESS);
	tdi_kunit_local(test, file, local);
	return file;
}

/* An ordinary socket; @local becomes the bound one */
struct socket *tdi_kunit_udp(struct kunit *test, struct sockaddr_storage *local)
{
	struct socket *sock = tdi_kunit_socket_of(test, local->ss_family,
						  SOCK_DGRAM, IPPROTO_UDP);

	KUNIT_ASSERT_EQ(test, 0, tdi_kunit_bind(sock, local));
	KUNIT_ASSERT_EQ(test, 0, tdi_sock_local(sock, local));
	return sock;
}

int tdi_kunit_sendto(struct socket *sock, const struct sockaddr_storage *remote,
		     const void *data, size_t length)
{
	struct kvec kvec = { .iov_base = (void *)data, .iov_len = length };
	struct sockaddr_storage ss = *remote;
	struct msghdr msg = {
		.msg_name = &ss, .msg_namelen = tdi_taddr_length(&ss),
	};

	return kernel_sendmsg(sock, &msg, &kvec, 1, length);
}

int tdi_kunit_recvfrom(struct socket *sock, struct sockaddr_storage *source,
		       void *data, size_t length)
{
	struct kvec kvec = { .iov_base = data, .iov_len = length };
	struct msghdr msg = { .msg_name = source };

	memset(source, 0, sizeof(*source));
	return kernel_recvmsg(sock, &msg, &kvec, 1, length, 0);
}

/* @remote: NULL for none */
struct tdi_kunit_request *
tdi_kunit_send_datagram(struct kunit *test, struct tdi_file *file,
			const struct sockaddr_storage *remote,
			const void *data, size_t length)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, file);
	struct tdi_request *req = &request->waiter.req;

	if (remote)
		req->remote = *remote;
	request->kvec.iov_base = (void *)data;
	request->kvec.iov_len = length;
	iov_iter_kvec(&req->msg.msg_iter, ITER_SOURCE, &request->kvec, 1,
		      length);
	request->status = tdi_send_datagram(req);
	return request;
}

static struct tdi_kunit_request *
tdi_kunit_prepare_receive(struct kunit *test, struct tdi_file *file,
			  void *data, size_t length)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, file);

	request->kvec.iov_base = data;
	request->kvec.iov_len = length;
	iov_iter_kvec(&request->waiter.req.msg.msg_iter, ITER_DEST,
		      &request->kvec, 1, length);
	return request;
}

/* @filter: NULL for anyone */
struct tdi_kunit_request *
tdi_kunit_receive_datagram(struct kunit *test, struct tdi_file *file,
			   const struct sockaddr_storage *filter, u32 flags,
			   void *data, size_t length)
{
	struct tdi_kunit_request *request;

	request = tdi_kunit_prepare_receive(test, file, data, length);
	if (filter)
		request->waiter.req.remote = *filter;
	request->waiter.req.flags = flags;
	request->status = tdi_receive_datagram(&request->waiter.req);
	return request;
}

/* With O_NONBLOCK */
u32 tdi_kunit_receive_datagram_now(struct kunit *test, struct tdi_file *file,
				   const struct sockaddr_storage *filter,
				   void *data, size_t length)
{
	struct tdi_kunit_request *request;

	request = tdi_kunit_prepare_receive(test, file, data, length);
	request->waiter.req.nonblock = true;
	if (filter)
		request->waiter.req.remote = *filter;
	return tdi_receive_datagram(&request->waiter.req);
}

/* Is there one that nobody waits for, now or soon? */
bool tdi_kunit_datagram_comes(struct tdi_file *file)
{
	return tdi_kunit_eventually((__force u32)tdi_event_poll(file) &
				    (__force u32)EPOLLRDBAND);
}

/* The next one must be this. */
void tdi_kunit_expect_datagram(struct kunit *test, struct tdi_file *file,
			       const char *text,
			       const struct sockaddr_storage *source)
{
	struct tdi_kunit_request *request;
	char got[32] = {};

	request = tdi_kunit_receive_datagram(test, file, NULL, 0, got,
					     sizeof(got) - 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(request), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_information(request), strlen(text));
	KUNIT_EXPECT_STREQ(test, got, text);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&request->waiter.req.remote,
						source));
}
