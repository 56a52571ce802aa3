// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures of the suites about clients in the kernel.
 */
#include <linux/fdtable.h>
#include <linux/file.h>

#include "tdi_kunit_client.h"

static void tdi_kunit_submitted_complete(struct tdi_request *req)
{
	struct tdi_kunit_submitted *submitted = req->context;

	WRITE_ONCE(submitted->completed, true);
	complete(&submitted->done);
}

/* Before each use of it */
void tdi_kunit_submitted(struct tdi_kunit_submitted *submitted)
{
	init_completion(&submitted->done);
	submitted->completed = false;
	submitted->req.complete = tdi_kunit_submitted_complete;
	submitted->req.context = submitted;
}

/* Wait for it.  Return: its status, STATUS_PENDING if it does not come */
u32 tdi_kunit_completed(struct tdi_kunit_submitted *submitted)
{
	if (!wait_for_completion_timeout(&submitted->done, TDI_KUNIT_PATIENCE))
		return STATUS_PENDING;
	return submitted->req.status;
}

/* A request with a completion, as long as the test lasts */
struct tdi_kunit_submitted *tdi_kunit_new_request(struct kunit *test)
{
	struct tdi_kunit_submitted *submitted;

	submitted = kunit_kzalloc(test, sizeof(*submitted), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, submitted);
	tdi_kunit_submitted(submitted);
	return submitted;
}

static void tdi_kunit_client_close(void *file)
{
	tdi_close(file);
}

void tdi_kunit_client_close_now(struct kunit *test, struct tdi_file *file)
{
	kunit_release_action(test, tdi_kunit_client_close, file);
}

/* @local becomes the bound one */
struct tdi_file *tdi_kunit_client_address(struct kunit *test, u32 device,
					  struct sockaddr_storage *local,
					  u32 share_access)
{
	struct tdi_file *file;

	KUNIT_ASSERT_EQ(test, tdi_open_address(&init_net, device, local,
					       share_access, 0, &file),
			STATUS_SUCCESS);
	tdi_kunit_defer(test, tdi_kunit_client_close, file);
	tdi_kunit_local(test, file, local);
	return file;
}

struct tdi_file *tdi_kunit_client_raw(struct kunit *test,
				      const struct sockaddr_storage *local,
				      u32 protocol)
{
	struct tdi_file *file;

	KUNIT_ASSERT_EQ(test, tdi_open_address(&init_net, TDI_DEVICE_RAWIP,
					       local, 0, protocol, &file),
			STATUS_SUCCESS);
	tdi_kunit_defer(test, tdi_kunit_client_close, file);
	return file;
}

static void tdi_kunit_client_fput(void *filp)
{
	__fput_sync(filp);
}

/* What user space has of it, with O_NONBLOCK */
struct file *tdi_kunit_client_filp(struct kunit *test, struct tdi_file *file)
{
	int fd = tdi_file_to_fd(file, O_NONBLOCK);
	struct file *filp;

	KUNIT_ASSERT_GE(test, fd, 0);
	filp = fget(fd);
	close_fd(fd);
	tdi_kunit_defer(test, tdi_kunit_client_fput, filp);
	return filp;
}

/* @address: NULL for none yet */
struct tdi_file *tdi_kunit_client_endpoint(struct kunit *test,
					   struct tdi_file *address,
					   void *context)
{
	struct tdi_request req;
	struct tdi_file *file;

	KUNIT_ASSERT_EQ(test, tdi_open_endpoint(&init_net, TDI_DEVICE_TCP,
						context, &file),
			STATUS_SUCCESS);
	tdi_kunit_defer(test, tdi_kunit_client_close, file);
	if (!address)
		return file;
	tdi_build_associate(&req, file, address);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	return file;
}

/* Both are closed when the test ends. */
void tdi_kunit_client(struct kunit *test, int family,
		      struct tdi_kunit_client *client)
{
	client->accept = tdi_kunit_new_request(test);
	client->local = tdi_kunit_loopback(family, 0);
	client->address = tdi_kunit_client_address(test, TDI_DEVICE_TCP,
						   &client->local, 0);
	client->endpoint = tdi_kunit_client_endpoint(test, client->address,
						     client);
}

/* To an ordinary socket, which is returned */
struct socket *tdi_kunit_client_connect(struct kunit *test,
					struct tdi_file *endpoint, int family)
{
	struct sockaddr_storage remote = tdi_kunit_loopback(family, 0);
	struct socket *listener = tdi_kunit_listener(test, &remote, 1);
	struct tdi_request req;

	tdi_build_connect(&req, endpoint, &remote, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	return tdi_kunit_accept(test, listener);
}

void tdi_kunit_handle(struct kunit *test, struct tdi_file *file, u32 type,
		      tdi_handler_t handler, void *context)
{
	KUNIT_ASSERT_EQ(test, tdi_set_event_handler(file, type, handler,
						    context),
			STATUS_SUCCESS);
}

/* tdi_receive_handler_t; its context is the test's, as is the connection's */
u32 tdi_kunit_take(void *event_context, void *connection_context,
		   u32 receive_flags, u32 bytes_indicated, u32 bytes_available,
		   u32 *bytes_taken, const void *tsdu,
		   struct tdi_request **receive)
{
	struct tdi_kunit_served *served = event_context;
	struct tdi_kunit_answer answer = served->answer;

	if (connection_context != served || !in_softirq() ||
	    bytes_indicated != bytes_available || !bytes_indicated ||
	    !tdi_kunit_is_pattern(tsdu, served->offset, bytes_indicated))
		served->wrong = true;
	tdi_kunit_answer_next(served, STATUS_SUCCESS, TDI_KUNIT_ALL, NULL);
	served->indicated = bytes_indicated;
	served->flags = receive_flags;
	if (answer.taken == TDI_KUNIT_ALL)
		answer.taken = bytes_indicated;
	*bytes_taken = answer.taken;
	*receive = answer.request;
	served->offset += min(answer.taken, bytes_indicated);
	if (served->later)
		served->later(served);
	/* pairs with who waits for it */
	smp_store_release(&served->calls, served->calls + 1);
	return answer.status;
}

/* The same for a byte of expedited data */
u32 tdi_kunit_take_expedited(void *event_context, void *connection_context,
			     u32 receive_flags, u32 bytes_indicated,
			     u32 bytes_available, u32 *bytes_taken,
			     const void *tsdu, struct tdi_request **receive)
{
	struct tdi_kunit_served *served = event_context;
	struct tdi_kunit_answer answer = served->expedited_answer;

	if (!(receive_flags & TDI_RECEIVE_EXPEDITED))
		return tdi_kunit_take(event_context, connection_context,
				      receive_flags, bytes_indicated,
				      bytes_available, bytes_taken, tsdu,
				      receive);
	served->flags = receive_flags;
	served->byte = *(const u8 *)tsdu;
	served->expedited_at = served->offset;
	*bytes_taken = answer.taken == TDI_KUNIT_ALL ? bytes_indicated :
						       answer.taken;
	*receive = answer.request;
	tdi_kunit_answer_expedited(served, STATUS_SUCCESS, TDI_KUNIT_ALL, NULL);
	smp_store_release(&served->expedited,
			  served->expedited + bytes_indicated);
	return answer.status;
}

/* tdi_disconnect_handler_t */
u32 tdi_kunit_see_end(void *event_context, void *connection_context,
		      int disconnect_data_length, const void *disconnect_data,
		      int disconnect_information_length,
		      const void *disconnect_information, u32 flags)
{
	struct tdi_kunit_served *served = event_context;

	served->end_flags = flags;
	served->end_offset = served->offset;
	smp_store_release(&served->ends, served->ends + 1);
	return STATUS_SUCCESS;
}

static u32 tdi_kunit_see_space(void *event_context, void *connection_context,
			       u32 bytes_available)
{
	struct tdi_kunit_served *served = event_context;

	smp_store_release(&served->spaces, served->spaces + 1);
	return STATUS_SUCCESS;
}

/* Files and handlers, but for the context of @served's own endpoint no more */
void tdi_kunit_serve(struct kunit *test, struct tdi_kunit_served *served,
		     int family)
{
	struct tdi_kunit_client *client = &served->client;

	tdi_kunit_answer_next(served, STATUS_SUCCESS, TDI_KUNIT_ALL, NULL);
	tdi_kunit_answer_expedited(served, STATUS_SUCCESS, TDI_KUNIT_ALL, NULL);
	client->accept = tdi_kunit_new_request(test);
	client->local = tdi_kunit_loopback(family, 0);
	client->address = tdi_kunit_client_address(test, TDI_DEVICE_TCP,
						   &client->local, 0);
	client->endpoint = tdi_kunit_client_endpoint(test, client->address,
						     served);
	tdi_kunit_handle(test, client->address, TDI_EVENT_RECEIVE,
			 tdi_kunit_take, served);
	tdi_kunit_handle(test, client->address, TDI_EVENT_DISCONNECT,
			 tdi_kunit_see_end, served);
	tdi_kunit_handle(test, client->address, TDI_EVENT_SEND_POSSIBLE,
			 tdi_kunit_see_space, served);
}

/* Connected, its events handled */
struct tdi_kunit_served *tdi_kunit_served(struct kunit *test, int family)
{
	struct tdi_kunit_served *served;

	served = kunit_kzalloc(test, sizeof(*served), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, served);
	tdi_kunit_serve(test, served, family);
	served->peer = tdi_kunit_client_connect(test, served->client.endpoint,
						family);
	return served;
}

void tdi_kunit_answer_next(struct tdi_kunit_served *served, u32 status,
			   u32 taken, struct tdi_request *request)
{
	served->answer.status = status;
	served->answer.taken = taken;
	served->answer.request = request;
}

/* The same for the next byte of expedited data */
void tdi_kunit_answer_expedited(struct tdi_kunit_served *served, u32 status,
				u32 taken, struct tdi_request *request)
{
	served->expedited_answer = (struct tdi_kunit_answer){
		.status = status, .taken = taken, .request = request,
	};
}

/* The peer sends that part of the pattern. */
void tdi_kunit_feed(struct kunit *test, struct tdi_kunit_served *served,
		    size_t offset, size_t length)
{
	void *data = tdi_kunit_pattern(test, offset, length);

	KUNIT_ASSERT_EQ(test, tdi_kunit_write(served->peer, data, length),
			length);
}

bool tdi_kunit_has_taken(struct tdi_kunit_served *served, size_t offset)
{
	return tdi_kunit_eventually(READ_ONCE(served->offset) >= offset) &&
	       served->offset == offset && !served->wrong;
}

/* Whatever is to be handled now has been when this returns. */
void tdi_kunit_settle(struct tdi_kunit_served *served)
{
	while (flush_work(&served->client.address->address.events->work))
		;
}

/* Reset, maybe before connect(2) has seen that it was through */
void tdi_kunit_expect_refused(struct kunit *test,
			      const struct sockaddr_storage *local)
{
	struct socket *peer = tdi_kunit_socket(test, local->ss_family);
	int err = tdi_kunit_connect_socket(peer, local, 0);
	u8 byte;

	if (!err)
		err = tdi_kunit_read(peer, &byte, 1);
	KUNIT_EXPECT_EQ(test, err, -ECONNRESET);
}
