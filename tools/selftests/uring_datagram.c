// SPDX-License-Identifier: GPL-2.0-only
/* Datagrams as commands of a ring, and their events read by one */
#include "datagram.h"

#include "indication.h"
#include "ring.h"

/* A datagram's request: the command's argument, which is also its tag */
static struct tdi_datagram request(void *buffer, size_t length,
				   const struct tdi_taddr *remote,
				   struct tdi_taddr *source)
{
	struct tdi_datagram datagram = {
		.head.size = sizeof(datagram),
		.buffer = (uintptr_t)buffer,
		.length = length,
	};

	if (remote) {
		datagram.request.remote_address = (uintptr_t)remote->bytes;
		datagram.request.remote_address_length = remote->length;
	}
	if (source) {
		datagram.ret.remote_address = (uintptr_t)source->bytes;
		datagram.ret.remote_address_length = sizeof(source->bytes);
	}
	return datagram;
}

#define BEGIN(ring, address, command, datagram)				\
	ring_command(ring, address, command, datagram, (uintptr_t)(datagram))
#define EXPECT_END(ring, datagram, want, bytes) do {			\
	struct completion __end = ring_wait(ring);			\
									\
	EXPECT_EQ((uintptr_t)(datagram), __end.tag);			\
	EXPECT_EQ((uint32_t)(want), __end.status);			\
	EXPECT_EQ(bytes, __end.result);					\
} while (0)

TEST_F(datagram, ring)
{
	struct tdi_taddr source = { .length = self->here_at.length };
	struct tdi_datagram in, out;
	struct io_uring ring;

	ring_open(&ring, IORING_SETUP_CQE32);
	in = request(self->bytes, 8, NULL, &source);
	BEGIN(&ring, self->there, TDI_IOC_RECEIVE_DATAGRAM, &in);
	EXPECT_TRUE(ring_is_idle(&ring));
	out = request("question", 8, &self->there_at, NULL);
	BEGIN(&ring, self->here, TDI_IOC_SEND_DATAGRAM, &out);
	EXPECT_END(&ring, &out, STATUS_SUCCESS, 8);
	EXPECT_END(&ring, &in, STATUS_SUCCESS, 8);
	EXPECT_EQ(0, memcmp(self->bytes, "question", 8));
	EXPECT_TRUE(address_equal(&self->here_at, &source));
	io_uring_queue_exit(&ring);
}

/* Several at a time, each with the sender that it waits for */
TEST_F(datagram, ring_filters)
{
	struct tdi_datagram mine, theirs;
	struct io_uring ring;
	char bytes[8];

	ring_open(&ring, IORING_SETUP_CQE32);
	theirs = request(bytes, 8, &self->plain_at, NULL);
	mine = request(self->bytes, 8, &self->here_at, NULL);
	BEGIN(&ring, self->there, TDI_IOC_RECEIVE_DATAGRAM, &theirs);
	BEGIN(&ring, self->there, TDI_IOC_RECEIVE_DATAGRAM, &mine);
	EXPECT_SAYS(self->here, "mine", &self->there_at);
	EXPECT_END(&ring, &mine, STATUS_SUCCESS, 4);
	plain_say(self->plain, "theirs", &self->there_at);
	EXPECT_END(&ring, &theirs, STATUS_SUCCESS, 6);
	EXPECT_EQ(0, memcmp(self->bytes, "mine", 4));
	EXPECT_EQ(0, memcmp(bytes, "theirs", 6));
	io_uring_queue_exit(&ring);
}

TEST_F(datagram, ring_truncated)
{
	struct tdi_datagram in;
	struct io_uring ring;

	ring_open(&ring, IORING_SETUP_CQE32);
	in = request(self->bytes, 4, NULL, NULL);
	BEGIN(&ring, self->there, TDI_IOC_RECEIVE_DATAGRAM, &in);
	EXPECT_SAYS(self->here, "longish", &self->there_at);
	EXPECT_END(&ring, &in, STATUS_BUFFER_OVERFLOW, -EMSGSIZE);
	EXPECT_EQ(0, memcmp(self->bytes, "long", 5));
	io_uring_queue_exit(&ring);
}

TEST_F(datagram, ring_no_route)
{
	bool ip6 = variant->family == AF_INET6;
	struct tdi_taddr any = address_any(variant->family, 0);
	struct tdi_taddr far = address_at(ip6 ? "2001:db8::9" : "192.0.2.9", 9);
	int address = open_udp(&any, 0);
	struct tdi_datagram out;
	struct io_uring ring;

	ring_open(&ring, IORING_SETUP_CQE32);
	out = request("x", 1, &far, NULL);
	BEGIN(&ring, address, TDI_IOC_SEND_DATAGRAM, &out);
	EXPECT_END(&ring, &out, STATUS_NETWORK_UNREACHABLE, -ENETUNREACH);
	net_run("ip route add unreachable 192.0.2.0/24 && "
		"ip route add unreachable 2001:db8::/32");
	BEGIN(&ring, address, TDI_IOC_SEND_DATAGRAM, &out);
	EXPECT_END(&ring, &out, STATUS_HOST_UNREACHABLE, -EHOSTUNREACH);
	io_uring_queue_exit(&ring);
	close(address);
}

TEST_F(datagram, ring_cancelled)
{
	struct tdi_datagram in;
	struct io_uring ring;

	ring_open(&ring, IORING_SETUP_CQE32);
	in = request(self->bytes, 8, NULL, NULL);
	in.head.cookie = 99;
	BEGIN(&ring, self->there, TDI_IOC_RECEIVE_DATAGRAM, &in);
	ASSERT_STATUS(STATUS_SUCCESS, tdi_cancel(self->there, 99, 0, NULL));
	EXPECT_END(&ring, &in, STATUS_CANCELLED, -ECANCELED);
	EXPECT_SAYS(self->here, "later", &self->there_at);
	EXPECT_HEARS(self->there, "later");
	EXPECT_EQ(0, self->bytes[0]);
	io_uring_queue_exit(&ring);
}

/* The file goes, and what waits on it; the ring holds it until then. */
TEST_F(datagram, ring_closed)
{
	struct tdi_datagram in;
	struct io_uring ring;

	ring_open(&ring, IORING_SETUP_CQE32);
	in = request(self->bytes, 8, NULL, NULL);
	BEGIN(&ring, self->there, TDI_IOC_RECEIVE_DATAGRAM, &in);
	io_uring_queue_exit(&ring);
	close(self->there);
	ASSERT_SOON((self->there = plain_udp(&self->there_at, 0)) >= 0);
}

/* Events are what a read of the file returns. */
TEST_F(datagram, ring_events)
{
	struct completion end;
	struct io_uring ring;
	_Alignas(8) char bytes[256];

	ASSERT_STATUS(STATUS_SUCCESS,
		      set_handler(self->there, TDI_EVENT_RECEIVE_DATAGRAM, 1,
				  64));
	ring_open(&ring, 0);
	io_uring_prep_read(ring_sqe(&ring), self->there, bytes, sizeof(bytes),
			   0);
	ring_submit(&ring);
	EXPECT_TRUE(ring_is_idle(&ring));
	EXPECT_SAYS(self->here, "told", &self->there_at);
	end = ring_wait(&ring);
	ASSERT_LT(0, end.result);
	EXPECT_EQ(4, ((struct tdi_event *)bytes)->bytes_available);
	EXPECT_EQ(0, memcmp(event_data((void *)bytes), "told", 4));
	io_uring_queue_exit(&ring);
}

TEST_HARNESS_MAIN
