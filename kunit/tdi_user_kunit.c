// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests with the memory of a user-space client: what is copied in and out,
 * and what happens when it cannot be.
 */
#include "tdi_kunit_datagram.h"
#include "tdi_kunit_user.h"

static void user_send_and_receive(struct kunit *test)
{
	struct tdi_data data = { .length = 5 };
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, 0, &peer);
	u8 got[8] = {};

	data.buffer = tdi_kunit_put_data(test, "hello", 5);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_SEND, data, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, data.head.information, 5);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 8), 5);
	KUNIT_EXPECT_STREQ(test, (char *)got, "hello");

	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, "world", 5), 5);
	data.length = 8;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_RECEIVE, data, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, data.head.information, 5);
	tdi_kunit_get_data(test, got, 5);
	KUNIT_EXPECT_STREQ(test, (char *)got, "world");
}

static void user_send_and_receive_vectors(struct kunit *test)
{
	struct iovec iov[2];
	struct tdi_data data = { .iov_count = 2 };
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, 0, &peer);
	u8 got[6];

	tdi_kunit_put_data(test, "abcdef", 6);
	iov[0].iov_base = tdi_kunit_page(test)->data + 4;
	iov[0].iov_len = 2;
	iov[1].iov_base = tdi_kunit_page(test)->data;
	iov[1].iov_len = 3;
	data.buffer = (uintptr_t)(tdi_kunit_page(test)->data + 64);
	KUNIT_ASSERT_EQ(test, copy_to_user(tdi_kunit_page(test)->data + 64, iov,
					   sizeof(iov)), 0);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_SEND, data, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 6), 5);
	KUNIT_EXPECT_MEMEQ(test, got, "efabc", 5);

	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, "12345", 5), 5);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_RECEIVE, data, STATUS_SUCCESS);
	tdi_kunit_get_data(test, got, 6);
	KUNIT_EXPECT_MEMEQ(test, got, "345d12", 6);
}

static void user_data_that_cannot_be(struct kunit *test)
{
	const unsigned int cmds[] = { TDI_IOC_SEND, TDI_IOC_RECEIVE };
	struct tdi_data good = { .length = 4 }, data;
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, 0, &peer);
	u8 byte;
	int i;

	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, "!", 1), 1);
	good.buffer = tdi_kunit_data(test);
	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		data = good;
		data.__reserved = 1;
		TDI_KUNIT_IOCTL(test, filp, cmds[i], data,
				STATUS_INVALID_PARAMETER);
		data = good;
		data.iov_count = 1;
		TDI_KUNIT_IOCTL(test, filp, cmds[i], data,
				STATUS_INVALID_PARAMETER);
		data = good;
		data.length = (u64)MAX_RW_COUNT + 1;
		TDI_KUNIT_IOCTL(test, filp, cmds[i], data,
				STATUS_INVALID_PARAMETER);
		data = good;
		data.buffer = tdi_kunit_bad_pointer(test);
		TDI_KUNIT_IOCTL(test, filp, cmds[i], data,
				STATUS_ACCESS_VIOLATION);
		KUNIT_EXPECT_EQ(test, data.head.information, 0);
		data.length = 0;
		data.iov_count = 1;
		TDI_KUNIT_IOCTL(test, filp, cmds[i], data,
				STATUS_ACCESS_VIOLATION);
		data.iov_count = UIO_MAXIOV + 1;
		TDI_KUNIT_IOCTL(test, filp, cmds[i], data,
				STATUS_INVALID_PARAMETER);
	}
	/* nothing went, nothing is lost */
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_RECEIVE, good, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, good.head.information, 1);
	tdi_kunit_get_data(test, &byte, 1);
	KUNIT_EXPECT_EQ(test, byte, '!');
}

/* Pages that end: what was copied before is received, what is left stays. */
static void user_receive_into_memory_that_ends(struct kunit *test)
{
	struct tdi_data data = { .length = 8 };
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, 0, &peer);
	u8 got[8];

	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, "12345678", 8), 8);
	data.buffer = tdi_kunit_bad_pointer(test) - 3;
	tdi_kunit_ioctl(test, filp, TDI_IOC_RECEIVE, &data, sizeof(data));
	if (data.head.status == STATUS_SUCCESS)
		KUNIT_EXPECT_EQ(test, data.head.information, 3);
	else
		KUNIT_EXPECT_EQ(test, data.head.status,
				STATUS_ACCESS_VIOLATION);

	/* no byte is skipped */
	data.length -= data.head.information;
	data.buffer = tdi_kunit_data(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_RECEIVE, data, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, data.head.information, data.length);
	tdi_kunit_get_data(test, got, data.length);
	KUNIT_EXPECT_MEMEQ(test, got, &"12345678"[8 - data.length],
			   data.length);
}

static void user_connect_returns_the_peer(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0), local;
	struct file *filp = tdi_kunit_associated_filp(test, 0, &local);
	u8 ta[TDI_TA_LENGTH_IP6], got[64];
	struct tdi_connect connect = {};

	tdi_kunit_listener(test, &remote, 1);
	memset(got, 0xee, sizeof(got));
	tdi_kunit_put_data(test, got, 64);
	connect.request.remote_address_length = tdi_taddr_build(&remote, ta);
	connect.request.remote_address = tdi_kunit_put_data(test, ta,
							    sizeof(ta));
	connect.ret.remote_address = tdi_kunit_data(test) + 40;
	connect.ret.remote_address_length = TDI_TA_LENGTH_IP - 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect, STATUS_SUCCESS);

	/* the whole length, and no more bytes than there is room for */
	KUNIT_EXPECT_EQ(test, connect.ret.remote_address_length,
			TDI_TA_LENGTH_IP);
	tdi_kunit_get_data(test, got, 64);
	KUNIT_EXPECT_MEMEQ(test, got + 40, ta, TDI_TA_LENGTH_IP - 1);
	KUNIT_EXPECT_EQ(test, got[40 + TDI_TA_LENGTH_IP - 1], 0xee);
}

static void user_connect_that_cannot_be(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0), local;
	struct file *filp = tdi_kunit_associated_filp(test, 0, &local);
	struct tdi_connect good = {}, connect;
	u8 ta[TDI_TA_LENGTH_IP6];

	tdi_kunit_listener(test, &remote, 1);
	good.request.remote_address_length = tdi_taddr_build(&remote, ta);
	good.request.remote_address = tdi_kunit_put_data(test, ta, sizeof(ta));

	connect = good;
	connect.request.user_data_length = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_INVALID_PARAMETER);
	connect = good;
	connect.ret.user_data_length = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_INVALID_PARAMETER);
	connect = good;
	connect.request.remote_address_length = 0;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_INVALID_ADDRESS_COMPONENT);
	connect = good;
	connect.request.remote_address = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_ACCESS_VIOLATION);
	connect = good;
	connect.ret.remote_address_length = 22;
	connect.ret.remote_address = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(tdi_kunit_file(filp)),
			TDI_STATE_ASSOCIATED);

	/* options without options, as clients pass them */
	good.request.options_length = 4;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, good, STATUS_SUCCESS);
}

static void user_connect_times_out(struct kunit *test)
{
	struct sockaddr_storage remote = tdi_kunit_full_listener(test), local;
	struct file *filp = tdi_kunit_associated_filp(test, 0, &local);
	struct tdi_connect connect = { .timeout = -100000 };
	u8 ta[TDI_TA_LENGTH_IP6];

	connect.request.remote_address_length = tdi_taddr_build(&remote, ta);
	connect.request.remote_address = tdi_kunit_put_data(test, ta,
							    sizeof(ta));
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_IO_TIMEOUT);
	/* in the past already */
	connect.timeout = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CONNECT, connect,
			STATUS_IO_TIMEOUT);
}

/**
 * struct user_peer - somebody who connects once an endpoint listens
 * @listening: the endpoint
 * @sock: what connects
 * @to: where to
 * @err: of the connect
 */
struct user_peer {
	struct tdi_file *listening;
	struct socket *sock;
	struct sockaddr_storage to;
	int err;
};

static void user_peer_run(void *data)
{
	struct user_peer *peer = data;

	peer->err = -ETIMEDOUT;
	if (tdi_kunit_state_becomes(peer->listening, TDI_STATE_LISTENING))
		peer->err = tdi_kunit_connect_socket(peer->sock, &peer->to, 0);
}

static void user_listen_and_disconnect(struct kunit *test)
{
	struct user_peer peer = { .sock = tdi_kunit_socket(test, AF_INET) };
	struct file *filp = tdi_kunit_associated_filp(test, 0, &peer.to);
	u8 ta[TDI_TA_LENGTH_IP6], got[TDI_TA_LENGTH_IP], byte;
	struct tdi_disconnect disconnect = {};
	struct tdi_listen listen = {};
	struct sockaddr_storage from;
	struct tdi_kunit_thread *thread;

	listen.request.user_data_length = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_LISTEN, listen,
			STATUS_INVALID_PARAMETER);
	listen.request.user_data_length = 0;
	listen.ret.remote_address = tdi_kunit_data(test);
	listen.ret.remote_address_length = sizeof(got);
	peer.listening = tdi_kunit_file(filp);
	thread = tdi_kunit_thread(test, user_peer_run, &peer);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_LISTEN, listen, STATUS_SUCCESS);
	tdi_kunit_join(test, thread);
	KUNIT_ASSERT_EQ(test, peer.err, 0);

	KUNIT_EXPECT_EQ(test, tdi_sock_local(peer.sock, &from), 0);
	tdi_taddr_build(&from, ta);
	tdi_kunit_get_data(test, got, sizeof(got));
	KUNIT_EXPECT_MEMEQ(test, got, ta, sizeof(got));

	disconnect.request.user_data_length = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_DISCONNECT, disconnect,
			STATUS_INVALID_PARAMETER);
	disconnect.request.user_data_length = 0;
	disconnect.head.flags = TDI_DISCONNECT_RELEASE;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_DISCONNECT, disconnect,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer.sock, &byte, 1), 0);
}

/* A filter of 256 bytes at most is looked at; more is not copied. */
static void user_listen_filters(struct kunit *test)
{
	struct sockaddr_storage local, remote = tdi_kunit_ip(0x7f000009, 0);
	struct file *filp = tdi_kunit_associated_filp(test, O_NONBLOCK, &local);
	u8 ta[TDI_TA_LENGTH_IP6] = {};
	struct tdi_listen listen = {};

	listen.request.remote_address = tdi_kunit_put_data(test, ta,
							   sizeof(ta));
	listen.request.remote_address_length = TDI_TA_LENGTH_IP;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_LISTEN, listen,
			STATUS_DEVICE_NOT_READY);
	tdi_taddr_build(&remote, ta);
	tdi_kunit_put_data(test, ta, sizeof(ta));
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_LISTEN, listen,
			STATUS_DEVICE_NOT_READY);
	listen.request.remote_address_length = TDI_TA_LENGTH_IP - 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_LISTEN, listen,
			STATUS_INVALID_ADDRESS_COMPONENT);
	listen.request.remote_address = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_LISTEN, listen,
			STATUS_ACCESS_VIOLATION);
}

static void user_query_with_little_room(struct kunit *test)
{
	struct sockaddr_storage local;
	struct file *filp = tdi_kunit_associated_filp(test, 0, &local);
	struct tdi_query_information query = {
		.query_type = TDI_QUERY_ADDRESS_INFO,
	};
	u8 whole[26], got[27];
	u32 length;

	query.buffer = tdi_kunit_data(test);
	query.length = sizeof(whole);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_QUERY_INFORMATION, query,
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, query.head.information, sizeof(whole));
	tdi_kunit_get_data(test, whole, sizeof(whole));

	for (length = 0; length < sizeof(whole); length++) {
		memset(got, 0xee, sizeof(got));
		tdi_kunit_put_data(test, got, sizeof(got));
		query.length = length;
		TDI_KUNIT_IOCTL(test, filp, TDI_IOC_QUERY_INFORMATION, query,
				STATUS_BUFFER_OVERFLOW);
		KUNIT_EXPECT_EQ(test, query.head.information, length);
		tdi_kunit_get_data(test, got, sizeof(got));
		KUNIT_EXPECT_MEMEQ(test, got, whole, length);
		KUNIT_EXPECT_EQ(test, got[length], 0xee);
	}
	query.length = sizeof(whole);
	query.buffer = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_QUERY_INFORMATION, query,
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, query.head.information, 0);
}

static void user_cancel(struct kunit *test)
{
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, 0, &peer);
	struct tdi_cancel cancel = { .target = 3 };
	struct tdi_kunit_request *receive[2];
	u8 got[2];
	int i;

	for (i = 0; i < 2; i++) {
		receive[i] = tdi_kunit_receive(test, tdi_kunit_file(filp), 0,
					       &got[i], 1);
		receive[i]->waiter.req.cookie = i + 3;
	}
	cancel.head.flags = 2;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CANCEL, cancel,
			STATUS_INVALID_PARAMETER);
	cancel.head.flags = 0;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CANCEL, cancel, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, cancel.head.information, 1);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CANCEL, cancel,
			STATUS_OBJECT_NAME_NOT_FOUND);
	cancel.head.flags = TDI_CANCEL_ALL;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_CANCEL, cancel, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, cancel.head.information, 1);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive[i]),
				STATUS_CANCELLED);
}

/* What a client has in its page: an address behind its data */
struct user_datagram {
	u8 data[40];
	u8 ta[TDI_TA_LENGTH_IP + 1];
};

static struct file *user_datagram_filp(struct kunit *test,
				       struct sockaddr_storage *local)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_UDP,
						O_NONBLOCK);

	*local = tdi_kunit_loopback(AF_INET, 0);
	KUNIT_ASSERT_EQ(test, tdi_kunit_create_address(tdi_kunit_file(filp),
						       local, 0),
			STATUS_SUCCESS);
	tdi_kunit_local(test, tdi_kunit_file(filp), local);
	return filp;
}

/* Out and back in, with the source and without, which has little room */
static void user_datagrams(struct kunit *test)
{
	struct user_datagram page = { .data = "hello" };
	struct tdi_datagram datagram = {}, receive = {};
	struct sockaddr_storage local;
	struct file *filp = user_datagram_filp(test, &local);
	u8 ta[TDI_TA_LENGTH_IP6];
	u32 room;

	tdi_taddr_build(&local, ta);
	for (room = 0; room <= TDI_TA_LENGTH_IP; room++) {
		memcpy(page.ta, ta, TDI_TA_LENGTH_IP);
		datagram.buffer = tdi_kunit_put_data(test, &page, sizeof(page));
		datagram.length = 5;
		datagram.request.remote_address = datagram.buffer +
					offsetof(struct user_datagram, ta);
		datagram.request.remote_address_length = TDI_TA_LENGTH_IP;
		TDI_KUNIT_IOCTL(test, filp, TDI_IOC_SEND_DATAGRAM, datagram,
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, datagram.head.information, 5);
		KUNIT_ASSERT_TRUE(test, tdi_kunit_datagram_comes(
						tdi_kunit_file(filp)));

		memset(page.ta, 0xee, sizeof(page.ta));
		receive.buffer = tdi_kunit_put_data(test, &page, sizeof(page));
		receive.length = 3;
		receive.ret.remote_address = datagram.request.remote_address;
		receive.ret.remote_address_length = room;
		TDI_KUNIT_IOCTL(test, filp, TDI_IOC_RECEIVE_DATAGRAM, receive,
				STATUS_BUFFER_OVERFLOW);
		KUNIT_EXPECT_EQ(test, receive.head.information, 3);
		KUNIT_EXPECT_EQ(test, receive.ret.remote_address_length,
				room ? TDI_TA_LENGTH_IP : 0);
		tdi_kunit_get_data(test, &page, sizeof(page));
		KUNIT_EXPECT_MEMEQ(test, page.ta, ta, room);
		KUNIT_EXPECT_EQ(test, page.ta[room], 0xee);
	}
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_RECEIVE_DATAGRAM, receive,
			STATUS_DEVICE_NOT_READY);
}

static void user_datagram_that_cannot_be(struct kunit *test)
{
	struct tdi_datagram good = {}, datagram;
	struct sockaddr_storage local;
	struct file *filp = user_datagram_filp(test, &local);
	u8 ta[TDI_TA_LENGTH_IP6];
	u64 bad = tdi_kunit_bad_pointer(test);

	good.request.remote_address_length = tdi_taddr_build(&local, ta);
	good.request.remote_address = tdi_kunit_put_data(test, ta, sizeof(ta));
	good.buffer = good.request.remote_address;
	good.length = 1;

#define REFUSED(_cmd, _field, _value, _status)				\
do {									\
	datagram = good;						\
	datagram._field = _value;					\
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_##_cmd, datagram, _status);	\
} while (0)

	REFUSED(SEND_DATAGRAM, __reserved, 1, STATUS_INVALID_PARAMETER);
	REFUSED(SEND_DATAGRAM, head.flags, 1, STATUS_INVALID_PARAMETER);
	REFUSED(SEND_DATAGRAM, ret.remote_address_length, 1,
		STATUS_INVALID_PARAMETER);
	REFUSED(SEND_DATAGRAM, request.user_data_length, 1,
		STATUS_INVALID_PARAMETER);
	REFUSED(SEND_DATAGRAM, iov_count, 1, STATUS_INVALID_PARAMETER);
	REFUSED(SEND_DATAGRAM, request.remote_address, bad,
		STATUS_ACCESS_VIOLATION);
	REFUSED(SEND_DATAGRAM, buffer, bad, STATUS_ACCESS_VIOLATION);
	REFUSED(SEND_DATAGRAM, request.remote_address_length, 21,
		STATUS_INVALID_ADDRESS_COMPONENT);
	REFUSED(RECEIVE_DATAGRAM, __reserved, 1, STATUS_INVALID_PARAMETER);
	REFUSED(RECEIVE_DATAGRAM, ret.remote_address_length, 1,
		STATUS_ACCESS_VIOLATION);
	REFUSED(RECEIVE_DATAGRAM, request.remote_address, bad,
		STATUS_ACCESS_VIOLATION);
	REFUSED(RECEIVE_DATAGRAM, request.remote_address_length, 21,
		STATUS_INVALID_ADDRESS_COMPONENT);
#undef REFUSED
	KUNIT_EXPECT_FALSE(test, tdi_sock_has_datagram(
				tdi_kunit_file(filp)->address.sock.socket));
}

static void user_query_ex_with_little_room(struct kunit *test)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct tdi_query_information_ex query = {
		.id = {
			.toi_class = TDI_INFO_CLASS_GENERIC,
			.toi_type = TDI_INFO_TYPE_PROVIDER,
			.toi_id = TDI_ENTITY_LIST_ID,
		},
	};
	u8 got[41];
	u32 length;

	query.buffer = tdi_kunit_data(test);
	for (length = 0; length < sizeof(got); length++) {
		memset(got, 0xee, sizeof(got));
		tdi_kunit_put_data(test, got, sizeof(got));
		query.length = length;
		TDI_KUNIT_IOCTL(test, filp, TDI_IOC_QUERY_INFORMATION_EX, query,
				STATUS_BUFFER_OVERFLOW);
		KUNIT_EXPECT_EQ(test, query.head.information, length);
		tdi_kunit_get_data(test, got, sizeof(got));
		KUNIT_EXPECT_EQ(test, got[length], 0xee);
	}
	query.buffer = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_QUERY_INFORMATION_EX, query,
			STATUS_ACCESS_VIOLATION);
	KUNIT_EXPECT_EQ(test, query.head.information, 0);
}

static void user_set_and_action_that_cannot_be(struct kunit *test)
{
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct tdi_set_information_ex set = { .length = 1025 };
	struct tdi_action action = { .length = 7 };

	set.buffer = tdi_kunit_data(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_SET_INFORMATION_EX, set,
			STATUS_INVALID_PARAMETER);
	set.length = 4;
	set.buffer = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_SET_INFORMATION_EX, set,
			STATUS_ACCESS_VIOLATION);
	action.buffer = tdi_kunit_data(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_ACTION, action,
			STATUS_INVALID_PARAMETER);
	action.length = 8;
	action.__reserved = 1;
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_ACTION, action,
			STATUS_INVALID_PARAMETER);
	action.__reserved = 0;
	action.buffer = tdi_kunit_bad_pointer(test);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_ACTION, action,
			STATUS_ACCESS_VIOLATION);
}

static u32 user_poll(struct file *filp)
{
	return (__force u32)vfs_poll(filp, NULL);
}

/* read(2), write(2) and poll(2), with and without O_NONBLOCK */
static void user_read_write_and_poll(struct kunit *test)
{
	struct file *control = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, O_NONBLOCK, &peer);
	loff_t pos = 0;
	u8 got[8];

	KUNIT_EXPECT_EQ(test, kernel_write(filp, "abc", 3, &pos), 3);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, got, 8), 3);
	KUNIT_EXPECT_EQ(test, kernel_read(filp, got, 8, &pos), -EAGAIN);
	KUNIT_EXPECT_EQ(test, user_poll(filp), POLLED_OUT);
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, "defg", 4), 4);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(user_poll(filp) &
						     POLLED_IN));
	KUNIT_EXPECT_EQ(test, kernel_read(filp, got, 3, &pos), 3);
	KUNIT_EXPECT_EQ(test, kernel_read(filp, got, 3, &pos), 1);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(peer, SHUT_WR), 0);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(user_poll(filp) &
						     POLLED_RDHUP));
	KUNIT_EXPECT_EQ(test, kernel_read(filp, got, 3, &pos), 0);

	KUNIT_EXPECT_EQ(test, kernel_write(control, "abc", 3, &pos), -EINVAL);
	KUNIT_EXPECT_EQ(test, kernel_read(control, got, 3, &pos), -EINVAL);
	KUNIT_EXPECT_EQ(test, user_poll(control), 0);
}

static void user_read_waits(struct kunit *test)
{
	struct socket *peer;
	struct file *filp = tdi_kunit_connected_filp(test, 0, &peer);
	struct tdi_kunit_request *receive;
	loff_t pos = 0;
	u8 got[2];

	/* one that came before it gets the first byte */
	receive = tdi_kunit_receive(test, tdi_kunit_file(filp), 0, &got[0], 1);
	tdi_kunit_wait_in_thread(test, receive);
	KUNIT_EXPECT_EQ(test, tdi_kunit_write(peer, "12", 2), 2);
	KUNIT_EXPECT_EQ(test, kernel_read(filp, &got[1], 1, &pos), 1);
	KUNIT_EXPECT_EQ(test, tdi_kunit_result(receive), STATUS_SUCCESS);
	KUNIT_EXPECT_MEMEQ(test, got, "12", 2);
}

static struct kunit_case tdi_user_cases[] = {
	KUNIT_CASE(user_send_and_receive),
	KUNIT_CASE(user_send_and_receive_vectors),
	KUNIT_CASE(user_data_that_cannot_be),
	KUNIT_CASE(user_receive_into_memory_that_ends),
	KUNIT_CASE(user_connect_returns_the_peer),
	KUNIT_CASE(user_connect_that_cannot_be),
	KUNIT_CASE(user_connect_times_out),
	KUNIT_CASE(user_listen_and_disconnect),
	KUNIT_CASE(user_listen_filters),
	KUNIT_CASE(user_query_with_little_room),
	KUNIT_CASE(user_datagrams),
	KUNIT_CASE(user_datagram_that_cannot_be),
	KUNIT_CASE(user_query_ex_with_little_room),
	KUNIT_CASE(user_set_and_action_that_cannot_be),
	KUNIT_CASE(user_cancel),
	KUNIT_CASE(user_read_write_and_poll),
	KUNIT_CASE(user_read_waits),
	{}
};

static struct kunit_suite tdi_user_suite = {
	.name = "tdi_user",
	.suite_init = tdi_kunit_suite_init,
	.init = tdi_kunit_user_init,
	.test_cases = tdi_user_cases,
};

kunit_test_suite(tdi_user_suite);
