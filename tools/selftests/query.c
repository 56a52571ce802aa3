// SPDX-License-Identifier: GPL-2.0-only
/* TDI_QUERY_INFORMATION (reference 2.14, 5.1, 5.2) */
#include "test.h"

#include "memory.h"

FIXTURE(query) {
	struct pair pair;
	uint8_t buffer[256];
	struct tdi_io io;
};

FAMILY_VARIANTS(query);

FIXTURE_SETUP(query)
{
	pair_open(&self->pair, variant->family);
}

FIXTURE_TEARDOWN(query)
{
	pair_close(&self->pair);
}

static uint32_t query(int fd, uint32_t type, void *buffer, size_t length,
		      struct tdi_io *io)
{
	return tdi_query_information(fd, type, buffer, length, 0, io);
}

/* What there is, and what is said of what there is not */
TEST_F(query, types)
{
	static const struct {
		uint32_t type, address, endpoint, control;
	} cases[] = {
		{ TDI_QUERY_ADDRESS_INFO, STATUS_SUCCESS, STATUS_SUCCESS,
		  STATUS_INVALID_DEVICE_REQUEST },
		{ TDI_QUERY_CONNECTION_INFO, STATUS_INVALID_CONNECTION,
		  STATUS_SUCCESS, STATUS_INVALID_CONNECTION },
		{ 0, STATUS_INVALID_DEVICE_REQUEST,
		  STATUS_INVALID_DEVICE_REQUEST,
		  STATUS_INVALID_DEVICE_REQUEST },
		{ 10, STATUS_INVALID_DEVICE_REQUEST,
		  STATUS_INVALID_DEVICE_REQUEST,
		  STATUS_INVALID_DEVICE_REQUEST },
		{ ~0U, STATUS_INVALID_DEVICE_REQUEST,
		  STATUS_INVALID_DEVICE_REQUEST,
		  STATUS_INVALID_DEVICE_REQUEST },
	};
	struct pair *pair = &self->pair;
	int control = open_control();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_STATUS(cases[i].address,
			      query(pair->address, cases[i].type, self->buffer,
				    sizeof(self->buffer), NULL));
		EXPECT_STATUS(cases[i].endpoint,
			      query(pair->endpoint, cases[i].type, self->buffer,
				    sizeof(self->buffer), NULL));
		EXPECT_STATUS(cases[i].control,
			      query(control, cases[i].type, self->buffer,
				    sizeof(self->buffer), NULL));
	}
}

/* Too little room: as much as fits, told so; the rest untouched */
TEST_F(query, little_room)
{
	const uint32_t types[] = { TDI_QUERY_ADDRESS_INFO,
				   TDI_QUERY_CONNECTION_INFO };
	struct pair *pair = &self->pair;
	uint8_t whole[256];

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t length;

		ASSERT_STATUS(STATUS_SUCCESS,
			      query(pair->endpoint, types[i], whole,
				    sizeof(whole), &self->io));
		length = self->io.information;
		ASSERT_STATUS(STATUS_SUCCESS,
			      query(pair->endpoint, types[i], whole, length,
				    &self->io));
		for (size_t room = 0; room < length; room++) {
			memset(self->buffer, 0xff, sizeof(self->buffer));
			EXPECT_STATUS(STATUS_BUFFER_OVERFLOW,
				      query(pair->endpoint, types[i],
					    self->buffer, room, &self->io));
			EXPECT_EQ(room, self->io.information);
			EXPECT_EQ(0, memcmp(self->buffer, whole, room));
			EXPECT_EQ(0xff, self->buffer[room]);
		}
	}
}

TEST_F(query, bad_pointers)
{
	void *bad[] = { NULL, memory_unmapped(), MEMORY_KERNEL,
			memory_at_edge(8), memory_read_only() };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      query(self->pair.endpoint,
				    TDI_QUERY_ADDRESS_INFO, bad[i], 64,
				    &self->io));
		EXPECT_EQ(0, self->io.information);
	}
}

/* TDI_ADDRESS_INFO byte by byte */
TEST_F(query, address_info)
{
	struct pair *pair = &self->pair;
	bool ip6 = variant->family == AF_INET6;
	const size_t body = ip6 ? TDI_ADDRESS_LENGTH_IP6 :
				  TDI_ADDRESS_LENGTH_IP;
	const uint32_t opens = 1;
	const int32_t count = 1;
	const uint16_t entry[2] = { body, ip6 ? TDI_ADDRESS_TYPE_IP6 :
						TDI_ADDRESS_TYPE_IP };

	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      query(pair->endpoint, TDI_QUERY_ADDRESS_INFO,
			    self->buffer, sizeof(self->buffer), &self->io));
	ASSERT_EQ(4 + 8 + body, self->io.information);
	EXPECT_EQ(0, memcmp(self->buffer, &opens, 4));
	EXPECT_EQ(0, memcmp(self->buffer + 4, &count, 4));
	EXPECT_EQ(0, memcmp(self->buffer + 8, entry, 4));
	EXPECT_EQ(0, memcmp(self->buffer + 4, pair->local.bytes,
			    pair->local.length));
}

/* Over a link that takes its time, and for a while loses everything */
TEST_F(query, connection_info)
{
	const char *far = variant->family == AF_INET6 ? "[fd09::2]:%u" :
							"10.9.0.2:%u";
	struct pair *pair = &self->pair;
	struct tdi_connection_info info;
	int there = net_enter();
	char text[64], bytes[8];

	close(pair->listener);
	pair->listener = plain_listen(variant->family, 5);
	snprintf(text, sizeof(text), far, plain_port(pair->listener));
	pair->remote = address_text(text);
	net_wire(pair->ns, there);
	net_run("tc qdisc add dev near root netem delay 20ms");
	pair_connect(pair);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_query_connection_info(pair->endpoint, &info, 0,
						NULL));
	EXPECT_EQ(TDI_STATE_CONNECTED, info.state);
	EXPECT_EQ(0, info.event);
	EXPECT_EQ(0, info.transmission_errors);
	EXPECT_EQ(0, info.receive_errors);
	/* 100 ns units, negative; more than 20 ms, less than 10 s */
	EXPECT_GE(-20 * 10000, info.delay);
	EXPECT_LT(-10000 * 10000, info.delay);
	EXPECT_LE(0, info.throughput);
	EXPECT_LT(0, info.send_buffer_size);
	EXPECT_LT(0, info.receive_buffer_size);
	EXPECT_EQ(0, info.unreliable);

	net_wire_break();
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send(pair->endpoint, "lost", 4, 0, NULL));
	ASSERT_SOON(!tdi_query_connection_info(pair->endpoint, &info, 0,
					       NULL) &&
		    info.transmission_errors > 0);
	net_switch(there);
	net_wire_mend();
	net_switch(pair->ns);
	plain_receive(pair->peer, bytes, 4);
	EXPECT_EQ(0, memcmp(bytes, "lost", 4));
	close(there);
}

TEST_HARNESS_MAIN
