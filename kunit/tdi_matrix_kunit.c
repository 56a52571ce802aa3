// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every request in every state of an endpoint, of an address, and of a file that
 * is neither, by ioctl(2): tdi_matrix_*.h has what comes of it, kunit/README.md
 * shows the same as tables.
 */
#include "call.h"
#include "tdi_kunit_user.h"
#include "tdi_matrix.h"

enum matrix_request {
	CREATE, ASSOCIATE, DISASSOCIATE, CONNECT, LISTEN, QUERY_LISTEN,
	ACCEPT, ACCEPT_OFFER,
	SEND, SEND_EXPEDITED, SEND_AND_DISCONNECT, SEND_BATCH,
	RECEIVE, RECEIVE_EXPEDITED, RELEASE, ABORT,
	SET_HANDLER, CLEAR_HANDLER, EVENT_REPLY,
	QUERY_ADDRESS, QUERY_CONNECTION, CANCEL, CANCEL_ALL, QUERY_CAPS,
	SEND_DATAGRAM, RECEIVE_DATAGRAM, SET_INFORMATION, ACTION,
	QUERY_EX, SET_EX,
	MATRIX_REQUESTS,
};

struct matrix_cell {
	const char *desc;
	enum matrix_state state;
	enum matrix_request request;
	u32 status;
	int err;
	enum matrix_state then;
};

#define CELL(_state, _request, _status, _err, _then)			\
	{								\
		.desc = #_request " in " #_state,			\
		.state = _state, .request = _request,			\
		.status = STATUS_##_status, .err = _err,		\
		.then = _then,						\
	}
#define OPEN(_state, _request, _status, _err, _then, _settled)		\
	CELL(_state, _request, _status, _err, _then)

static const struct matrix_cell matrix_cells[] = {
#include "tdi_matrix_endpoint.h"
#include "tdi_matrix_address.h"
};

KUNIT_ARRAY_PARAM_DESC(matrix, matrix_cells, desc);

/**
 * struct matrix_try - a request of the matrix
 * @filp: file in a state
 * @offer: cookie of an offer that waits, or of none
 * @arg: argument of the command
 */
struct matrix_try {
	struct file *filp;
	u64 offer;
	union tdi_argument arg;
};

static void matrix_create(struct kunit *test, struct matrix_try *try)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	u8 ta[TDI_TA_LENGTH_IP6], ea[64];
	size_t length = tdi_taddr_build(&local, ta);

	length = tdi_kunit_ea(ea, TdiTransportAddress, ta, length);
	try->arg.create.ea_buffer = tdi_kunit_put_data(test, ea, length);
	try->arg.create.ea_length = length;
}

/* With an address that nobody uses */
static void matrix_associate(struct kunit *test, struct matrix_try *try)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct file *filp = tdi_kunit_open_filp(test, TDI_DEVICE_TCP, 0);

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_address(tdi_kunit_file(filp),
						       &local, 0),
			STATUS_SUCCESS);
	try->arg.associate.address_handle = tdi_kunit_install(test, filp);
}

static void matrix_connect(struct kunit *test, struct matrix_try *try)
{
	struct tdi_connection_information *request = &try->arg.connect.request;
	struct sockaddr_storage remote = tdi_kunit_loopback(AF_INET, 0);
	u8 ta[TDI_TA_LENGTH_IP6];

	tdi_kunit_listener(test, &remote, 1);
	request->remote_address_length = tdi_taddr_build(&remote, ta);
	request->remote_address = tdi_kunit_put_data(test, ta, sizeof(ta));
}

static void matrix_accept(struct kunit *test, struct matrix_try *try)
{
	try->arg.accept.offer = try->offer;
}

static void matrix_data(struct kunit *test, struct matrix_try *try)
{
	try->arg.data.buffer = tdi_kunit_data(test);
	try->arg.data.length = 1;
}

static void matrix_batch(struct kunit *test, struct matrix_try *try)
{
	struct tdi_batch_entry entry = {
		.endpoint = tdi_kunit_install(test, try->filp),
		.buffer = tdi_kunit_data(test), .length = 1,
	};

	try->arg.batch.entries = tdi_kunit_put_data(test, &entry, sizeof(entry));
	try->arg.batch.count = 1;
}

static void matrix_handler(struct kunit *test, struct matrix_try *try)
{
	try->arg.event.event_type = TDI_EVENT_CONNECT;
}

static void matrix_reply(struct kunit *test, struct matrix_try *try)
{
	try->arg.reply.cookie = try->offer;
	try->arg.reply.status = STATUS_CONNECTION_REFUSED;
}

static void matrix_query_address(struct kunit *test, struct matrix_try *try)
{
	try->arg.query.query_type = TDI_QUERY_ADDRESS_INFO;
	try->arg.query.buffer = tdi_kunit_data(test);
	try->arg.query.length = sizeof(union tdi_information);
}

static void matrix_query_connection(struct kunit *test, struct matrix_try *try)
{
	matrix_query_address(test, try);
	try->arg.query.query_type = TDI_QUERY_CONNECTION_INFO;
}

static void matrix_set(struct kunit *test, struct matrix_try *try)
{
	try->arg.set.set_type = TDI_QUERY_ADDRESS_INFO;
}

static void matrix_action(struct kunit *test, struct matrix_try *try)
{
	struct tdi_action_header header = {};

	try->arg.action.buffer = tdi_kunit_put_data(test, &header,
						    sizeof(header));
	try->arg.action.length = sizeof(header);
}

static void matrix_query_ex(struct kunit *test, struct matrix_try *try)
{
	try->arg.query_ex.id = (struct tdi_object_id) {
		.toi_class = TDI_INFO_CLASS_GENERIC,
		.toi_type = TDI_INFO_TYPE_PROVIDER,
		.toi_id = TDI_ENTITY_LIST_ID,
	};
	try->arg.query_ex.buffer = tdi_kunit_data(test);
	try->arg.query_ex.length = sizeof_field(struct tdi_kunit_page, data);
}

static void matrix_set_ex(struct kunit *test, struct matrix_try *try)
{
	u32 on = 1;

	try->arg.set_ex.id = (struct tdi_object_id) {
		.tei_entity = TDI_ENTITY_CO_TL,
		.toi_class = TDI_INFO_CLASS_PROTOCOL,
		.toi_type = TDI_INFO_TYPE_CONNECTION,
		.toi_id = TDI_TCP_SOCKET_NODELAY,
	};
	try->arg.set_ex.buffer = tdi_kunit_put_data(test, &on, sizeof(on));
	try->arg.set_ex.length = sizeof(on);
}

struct matrix_command {
	unsigned int cmd;
	u32 flags;
	void (*fill)(struct kunit *test, struct matrix_try *try);
};

/* CANCEL is by the cookie 0, which the requests of the states have. */
static const struct matrix_command matrix_commands[MATRIX_REQUESTS] = {
	[CREATE]	= { TDI_IOC_CREATE, 0, matrix_create },
	[ASSOCIATE]	= { TDI_IOC_ASSOCIATE_ADDRESS, 0, matrix_associate },
	[DISASSOCIATE]	= { TDI_IOC_DISASSOCIATE_ADDRESS },
	[CONNECT]	= { TDI_IOC_CONNECT, 0, matrix_connect },
	[LISTEN]	= { TDI_IOC_LISTEN },
	[QUERY_LISTEN]	= { TDI_IOC_LISTEN, TDI_QUERY_ACCEPT },
	[ACCEPT]	= { TDI_IOC_ACCEPT },
	[ACCEPT_OFFER]	= { TDI_IOC_ACCEPT, 0, matrix_accept },
	[SEND]		= { TDI_IOC_SEND, 0, matrix_data },
	[SEND_EXPEDITED] = { TDI_IOC_SEND, TDI_SEND_EXPEDITED, matrix_data },
	[SEND_AND_DISCONNECT] = { TDI_IOC_SEND, TDI_SEND_AND_DISCONNECT,
				  matrix_data },
	[SEND_BATCH]	= { TDI_IOC_SEND_BATCH, 0, matrix_batch },
	[RECEIVE]	= { TDI_IOC_RECEIVE, 0, matrix_data },
	[RECEIVE_EXPEDITED] = { TDI_IOC_RECEIVE, TDI_RECEIVE_EXPEDITED,
				matrix_data },
	[RELEASE]	= { TDI_IOC_DISCONNECT, TDI_DISCONNECT_RELEASE },
	[ABORT]		= { TDI_IOC_DISCONNECT, TDI_DISCONNECT_ABORT },
	[SET_HANDLER]	= { TDI_IOC_SET_EVENT_HANDLER, TDI_EVENT_HANDLER,
			    matrix_handler },
	[CLEAR_HANDLER]	= { TDI_IOC_SET_EVENT_HANDLER, 0, matrix_handler },
	[EVENT_REPLY]	= { TDI_IOC_EVENT_REPLY, 0, matrix_reply },
	[QUERY_ADDRESS]	= { TDI_IOC_QUERY_INFORMATION, 0,
			    matrix_query_address },
	[QUERY_CONNECTION] = { TDI_IOC_QUERY_INFORMATION, 0,
			       matrix_query_connection },
	[CANCEL]	= { TDI_IOC_CANCEL },
	[CANCEL_ALL]	= { TDI_IOC_CANCEL, TDI_CANCEL_ALL },
	[QUERY_CAPS]	= { TDI_IOC_QUERY_CAPS },
	[SEND_DATAGRAM]	= { TDI_IOC_SEND_DATAGRAM },
	[RECEIVE_DATAGRAM] = { TDI_IOC_RECEIVE_DATAGRAM },
	[SET_INFORMATION] = { TDI_IOC_SET_INFORMATION, 0, matrix_set },
	[ACTION]	= { TDI_IOC_ACTION, 0, matrix_action },
	[QUERY_EX]	= { TDI_IOC_QUERY_INFORMATION_EX, 0, matrix_query_ex },
	[SET_EX]	= { TDI_IOC_SET_INFORMATION_EX, 0, matrix_set_ex },
};

/**
 * struct matrix_watch - somebody who cancels a call that waits
 * @file: whose
 * @pending: requests that it had before
 * @expected: it is to wait
 * @done: the call has returned
 * @waited: it has not before it was cancelled
 * @then: state of @file while it waited
 */
struct matrix_watch {
	struct tdi_file *file;
	unsigned int pending;
	bool expected;
	struct completion done;
	bool waited;
	enum matrix_state then;
};

static bool matrix_waits(struct matrix_watch *watch)
{
	return READ_ONCE(watch->file->pending) > watch->pending;
}

static void matrix_watch_run(void *data)
{
	struct matrix_watch *watch = data;
	u64 count;

	if (watch->expected)
		tdi_kunit_eventually(matrix_waits(watch) ||
				     completion_done(&watch->done));
	else
		wait_for_completion_timeout(&watch->done, TDI_KUNIT_PATIENCE);
	watch->waited = matrix_waits(watch);
	if (!watch->waited)
		return;
	watch->then = matrix_state(watch->file);
	tdi_file_cancel(watch->file, true, 0, &count);
}

/* What is told of a batch is told of its entry. */
static u32 matrix_status(struct kunit *test, const struct matrix_try *try,
			 enum matrix_request request)
{
	struct tdi_batch_entry entry;

	if (request != SEND_BATCH)
		return try->arg.head.status;
	tdi_kunit_get_data(test, &entry, sizeof(entry));
	return entry.status;
}

static void matrix(struct kunit *test)
{
	const struct matrix_cell *cell = test->param_value;
	const struct matrix_command *command = &matrix_commands[cell->request];
	struct matrix_watch watch = { .expected = cell->status == STATUS_PENDING };
	struct matrix_try try = { .offer = U64_MAX };
	struct tdi_kunit_thread *thread;
	long err;

	watch.file = matrix_arrange(test, cell->state, &try.offer);
	watch.pending = watch.file->pending;
	init_completion(&watch.done);
	try.filp = tdi_kunit_filp(test, watch.file);
	try.arg.head.flags = command->flags;
	if (command->fill)
		command->fill(test, &try);

	thread = tdi_kunit_thread(test, matrix_watch_run, &watch);
	err = tdi_kunit_ioctl(test, try.filp, command->cmd, &try.arg,
			      sizeof(try.arg));
	complete(&watch.done);
	tdi_kunit_join(test, thread);

	KUNIT_EXPECT_EQ(test, watch.waited, watch.expected);
	KUNIT_EXPECT_EQ(test, err, -cell->err);
	KUNIT_EXPECT_EQ(test, matrix_status(test, &try, cell->request),
			watch.expected ? STATUS_CANCELLED : cell->status);
	if (!watch.waited)
		tdi_kunit_eventually((watch.then = matrix_state(watch.file)) ==
				     cell->then);
	KUNIT_EXPECT_EQ(test, watch.then, cell->then);
}

/* No cell is left out, and none is there twice. */
static void matrix_is_complete(struct kunit *test)
{
	unsigned long seen[MATRIX_STATES] = {};
	int i;

	for (i = 0; i < ARRAY_SIZE(matrix_cells); i++) {
		KUNIT_EXPECT_FALSE(test, seen[matrix_cells[i].state] &
					 BIT(matrix_cells[i].request));
		seen[matrix_cells[i].state] |= BIT(matrix_cells[i].request);
	}
	for (i = 0; i < MATRIX_STATES; i++)
		KUNIT_EXPECT_EQ(test, seen[i], BIT(MATRIX_REQUESTS) - 1);
}

static struct kunit_case tdi_matrix_cases[] = {
	KUNIT_CASE(matrix_is_complete),
	KUNIT_CASE_PARAM(matrix, matrix_gen_params),
	{}
};

static struct kunit_suite tdi_matrix_suite = {
	.name		= "tdi_matrix",
	.suite_init	= tdi_kunit_suite_init,
	.init		= tdi_kunit_user_init,
	.test_cases	= tdi_matrix_cases,
};

kunit_test_suite(tdi_matrix_suite);
