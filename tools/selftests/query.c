// SPDX-License-Identifier: GPL-2.0-only
/* TDI_QUERY_INFORMATION (reference 2.14, 5.1, 5.2) */
#include "test.h"

#include "memory.h"
#include "udp.h"

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

/**
 * struct question - something to be asked for, by one of the two queries
 * @fd: of whom
 * @type: TDI_QUERY_xxx; 0: @id, with @context
 */
struct question {
	int fd;
	uint32_t type;
	struct tdi_object_id id;
	uint32_t context;
};

static uint32_t ask(const struct question *question, void *buffer,
		    size_t length, struct tdi_io *io)
{
	uint8_t context[16] = { 0 };

	if (question->type)
		return query(question->fd, question->type, buffer, length, io);
	memcpy(context, &question->context, sizeof(question->context));
	return tdi_query_information_ex(question->fd, &question->id, context,
					buffer, length, 0, io);
}

/* Too little room: as much as fits, told so; the rest untouched */
static void check_room(struct __test_metadata *_metadata,
		       const struct question *question)
{
	uint8_t whole[1024], some[1024];
	struct tdi_io io = { 0 };
	size_t length;

	ASSERT_STATUS(STATUS_SUCCESS,
		      ask(question, whole, sizeof(whole), &io));
	length = io.information;
	ASSERT_LT(0, length);
	ASSERT_GT(sizeof(whole), length);
	EXPECT_STATUS(STATUS_SUCCESS, ask(question, whole, length, &io));
	EXPECT_EQ(length, io.information);
	for (size_t room = 0; room < length; room++) {
		memset(some, 0xff, sizeof(some));
		EXPECT_STATUS(STATUS_BUFFER_OVERFLOW,
			      ask(question, some, room, &io));
		EXPECT_EQ(room, io.information);
		EXPECT_EQ(0, memcmp(some, whole, room));
		EXPECT_EQ(0xff, some[room]);
	}
	/* no room at all needs no memory */
	EXPECT_STATUS(STATUS_BUFFER_OVERFLOW, ask(question, NULL, 0, &io));
	EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
		      ask(question, memory_unmapped(), length, &io));
	EXPECT_EQ(0, io.information);
}

TEST_F(query, little_room)
{
	const uint32_t of_a_channel[] = {
		TDI_QUERY_BROADCAST_ADDRESS, TDI_QUERY_PROVIDER_INFO,
		TDI_QUERY_PROVIDER_STATISTICS, TDI_QUERY_DATAGRAM_INFO,
		TDI_QUERY_DATA_LINK_ADDRESS, TDI_QUERY_NETWORK_ADDRESS,
		TDI_QUERY_MAX_DATAGRAM_INFO,
	};
	const uint32_t of_an_endpoint[] = {
		TDI_QUERY_ADDRESS_INFO, TDI_QUERY_CONNECTION_INFO,
	};
	struct question question = { .fd = open_control() };

	/* an interface with addresses that stay as they are */
	net_run("ip link add near type veth peer far");
	net_run("ip addr add 10.9.0.1/24 dev near");
	net_run("ip link set near addrgenmode none up");
	for (size_t i = 0; i < ARRAY_SIZE(of_a_channel); i++) {
		question.type = of_a_channel[i];
		check_room(_metadata, &question);
	}
	question.fd = self->pair.endpoint;
	for (size_t i = 0; i < ARRAY_SIZE(of_an_endpoint); i++) {
		question.type = of_an_endpoint[i];
		check_room(_metadata, &question);
	}
	question.fd = self->pair.address;
	question.type = TDI_QUERY_ADDRESS_INFO;
	check_room(_metadata, &question);
}

#define PROVIDER(_entity, _instance, _class, _id) { \
	.tei_entity = _entity, .tei_instance = _instance, .toi_class = _class, \
	.toi_type = TDI_INFO_TYPE_PROVIDER, .toi_id = _id }
#define OPTION(_type, _id) { \
	.tei_entity = TDI_ENTITY_CL_TL, .toi_class = TDI_INFO_CLASS_PROTOCOL, \
	.toi_type = _type, .toi_id = _id }

TEST_F(query, little_room_for_objects)
{
	const struct tdi_object_id of_any_file[] = {
		PROVIDER(TDI_ENTITY_GENERIC, 0, TDI_INFO_CLASS_GENERIC,
			 TDI_ENTITY_LIST_ID),
		PROVIDER(TDI_ENTITY_CO_TL, 0, TDI_INFO_CLASS_GENERIC,
			 TDI_ENTITY_TYPE_ID),
		PROVIDER(TDI_ENTITY_CL_NL, 0, TDI_INFO_CLASS_PROTOCOL,
			 TDI_IP_MIB_STATS_ID),
		PROVIDER(TDI_ENTITY_CL_NL, 0, TDI_INFO_CLASS_PROTOCOL,
			 TDI_IP_MIB_ADDRTABLE_ENTRY_ID),
		PROVIDER(TDI_ENTITY_CL_NL, 0, TDI_INFO_CLASS_PROTOCOL,
			 TDI_IP_INTFC_INFO_ID),
		PROVIDER(TDI_ENTITY_IF, 1, TDI_INFO_CLASS_PROTOCOL,
			 TDI_IF_MIB_STATS_ID),
	};
	const struct tdi_taddr local = address_local(variant->family, 0);
	struct question question = {
		.fd = open_control(), .context = htonl(INADDR_LOOPBACK),
	};

	for (size_t i = 0; i < ARRAY_SIZE(of_any_file); i++) {
		question.id = of_any_file[i];
		check_room(_metadata, &question);
	}
	question.fd = self->pair.endpoint;
	question.id = (struct tdi_object_id)
		OPTION(TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_KEEPALIVE_VALS);
	check_room(_metadata, &question);
	question.id.toi_id = TDI_TCP_SOCKET_NODELAY;
	check_room(_metadata, &question);
	question.fd = open_udp(&local, 0);
	question.id = (struct tdi_object_id)
		OPTION(TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_TTL);
	check_room(_metadata, &question);
}

static bool refuses(int fd, uint32_t type, uint32_t option, const void *value,
		    size_t length)
{
	const struct tdi_object_id id = OPTION(type, option);
	uint32_t status;

	status = tdi_set_information_ex(fd, &id, value, length, 0, NULL);
	return status == STATUS_INVALID_PARAMETER && errno == EINVAL;
}

TEST_F(query, bad_values)
{
	const struct tdi_taddr local = address_local(variant->family, 0);
	const struct {
		uint32_t type, id, value;
	} cases[] = {
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_TOS, 256 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_WINDOW, 0 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_WINDOW, ~0U },
		{ TDI_INFO_TYPE_CONNECTION, 0, 1 },
		{ TDI_INFO_TYPE_CONNECTION, 10, 1 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_TTL, 256 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_MCASTTTL, ~0U },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_TOS, 256 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_WINDOW, 0 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, 0, 1 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, 39, 1 },
	};
	int address = open_udp(&local, 0), fd;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fd = cases[i].type == TDI_INFO_TYPE_CONNECTION ?
		     self->pair.endpoint : address;
		EXPECT_TRUE(refuses(fd, cases[i].type, cases[i].id,
				    &cases[i].value, sizeof(cases[i].value)))
			TH_LOG("option %u", cases[i].id);
	}
}

/* All the lengths but the right one, for numbers and what is longer */
TEST_F(query, bad_lengths)
{
	const struct tdi_taddr local = address_local(variant->family, 0);
	bool ip6 = variant->family == AF_INET6;
	const struct {
		uint32_t type, id;
		size_t length;
	} cases[] = {
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_NODELAY, 4 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_KEEPALIVE, 4 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_OOBINLINE, 4 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_WINDOW, 4 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_TOS, 4 },
		{ TDI_INFO_TYPE_CONNECTION, TDI_TCP_SOCKET_KEEPALIVE_VALS,
		  sizeof(struct tdi_keepalive) },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_TTL, 4 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_MCASTIF, 4 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_INDEX_MCASTIF, 4 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_ADD_MCAST,
		  ip6 ? 20 : 8 },
		{ TDI_INFO_TYPE_ADDRESS_OBJECT, TDI_AO_OPTION_INDEX_ADD_MCAST,
		  ip6 ? 20 : 8 },
	};
	int address = open_udp(&local, 0), fd;
	uint8_t bytes[1025] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tdi_object_id id = OPTION(cases[i].type, cases[i].id);

		fd = cases[i].type == TDI_INFO_TYPE_CONNECTION ?
		     self->pair.endpoint : address;
		for (size_t length = 0; length < 32; length++) {
			if (length == cases[i].length)
				continue;
			EXPECT_TRUE(refuses(fd, cases[i].type, cases[i].id,
					    bytes, length))
				TH_LOG("option %u, %zu bytes", cases[i].id,
				       length);
		}
		/* longer than any option is */
		EXPECT_TRUE(refuses(fd, cases[i].type, cases[i].id, bytes,
				    sizeof(bytes)));
		EXPECT_STATUS(STATUS_ACCESS_VIOLATION,
			      tdi_set_information_ex(fd, &id, memory_unmapped(),
						     cases[i].length, 0, NULL));
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
