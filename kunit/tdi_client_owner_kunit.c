// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients in the kernel: whose is what.  Sockets that work items make are the
 * opener's; contexts of handlers are the client's, numbers are user space's.
 */
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/file.h>

#include "tdi_kunit_client.h"
#include "tdi_kunit_user.h"

#define OWNER	4711

/* A user without privilege */
static const struct cred *owner_cred(struct kunit *test)
{
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->fsuid = KUIDT_INIT(OWNER);
	cred->euid = cred->fsuid;
	cap_clear(cred->cap_effective);
	return cred;
}

static u32 owner_open(struct kunit *test, struct sockaddr_storage *local,
		      struct tdi_file **address)
{
	const struct cred *cred = owner_cred(test);
	const struct cred *old = override_creds(cred);
	u32 status = tdi_open_address(&init_net, TDI_DEVICE_TCP, local, 0, 0,
				      address);

	revert_creds(old);
	put_cred(cred);
	return status;
}

static void owner_close(void *file)
{
	tdi_close(file);
}

/* As tdi_kunit_client(), but with an address of that user's */
static void owner_client(struct kunit *test, int family,
			 struct tdi_kunit_client *client)
{
	client->accept = tdi_kunit_new_request(test);
	client->local = tdi_kunit_loopback(family, 0);
	KUNIT_ASSERT_EQ(test, owner_open(test, &client->local,
					 &client->address), STATUS_SUCCESS);
	tdi_kunit_defer(test, owner_close, client->address);
	tdi_kunit_local(test, client->address, &client->local);
	client->endpoint = tdi_kunit_client_endpoint(test, client->address,
						     client);
}

static void owner_submit(struct kunit *test, struct tdi_kunit_client *client)
{
	KUNIT_ASSERT_EQ(test, tdi_submit(&client->accept->req), STATUS_PENDING);
}

static void owner_connects(struct kunit *test, struct tdi_kunit_client *client)
{
	struct sockaddr_storage remote;

	remote = tdi_kunit_loopback(client->local.ss_family, 0);
	tdi_kunit_listener(test, &remote, 1);
	tdi_build_connect(&client->accept->req, client->endpoint, &remote, 0);
	owner_submit(test, client);
}

static void owner_listens(struct kunit *test, struct tdi_kunit_client *client)
{
	tdi_build_listen(&client->accept->req, client->endpoint, NULL, 0);
	owner_submit(test, client);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(client->endpoint,
							TDI_STATE_LISTENING));
	tdi_kunit_connect_plain(test, &client->local);
}

static void owner_is_asked(struct kunit *test, struct tdi_kunit_client *client)
{
	tdi_build_listen(&client->accept->req, client->endpoint, NULL,
			 TDI_QUERY_ACCEPT);
	owner_submit(test, client);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(client->endpoint,
							TDI_STATE_LISTENING));
	tdi_kunit_connect_plain(test, &client->local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(client->accept),
			STATUS_SUCCESS);
	tdi_kunit_submitted(client->accept);
	tdi_build_accept(&client->accept->req, client->endpoint, NULL);
	owner_submit(test, client);
}

static u32 owner_accepts(void *event_context, int remote_address_length,
			 const void *remote_address, int user_data_length,
			 const void *user_data, int options_length,
			 const void *options, void **connection_context,
			 struct tdi_request **accept)
{
	struct tdi_kunit_client *client = event_context;

	tdi_build_accept(&client->accept->req, client->endpoint, NULL);
	*accept = &client->accept->req;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void owner_handles(struct kunit *test, struct tdi_kunit_client *client)
{
	tdi_kunit_handle(test, client->address, TDI_EVENT_CONNECT,
			 owner_accepts, client);
	tdi_kunit_connect_plain(test, &client->local);
}

static const struct owner_param {
	const char *desc;
	void (*connect)(struct kunit *test, struct tdi_kunit_client *client);
} owner_params[] = {
	{ "connect", owner_connects },
	{ "listen", owner_listens },
	{ "listen and accept", owner_is_asked },
	{ "connect handler", owner_handles },
};

KUNIT_ARRAY_PARAM_DESC(owner, owner_params, desc);

static void owner_expect(struct kunit *test, struct socket *sock)
{
	KUNIT_EXPECT_EQ(test, __kuid_val(sock->sk->sk_uid), OWNER);
	KUNIT_EXPECT_EQ(test, __kuid_val(SOCK_INODE(sock)->i_uid), OWNER);
}

/* Not the work item's, who is root */
static void owner_of_sockets(struct kunit *test)
{
	const struct owner_param *param = test->param_value;
	struct tdi_kunit_client client;
	struct tdi_address *address;

	owner_client(test, AF_INET, &client);
	param->connect(test, &client);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(client.accept),
			STATUS_SUCCESS);
	owner_expect(test, tdi_kunit_own_socket(test, client.endpoint));
	address = client.address->address.address;
	owner_expect(test, address->anchor);
	if (address->listener.socket)
		owner_expect(test, address->listener.socket);
}

static void owner_may_not_have_a_privileged_port(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 997);
	struct tdi_file *file;

	KUNIT_EXPECT_EQ(test, owner_open(test, &local, &file),
			STATUS_ACCESS_DENIED);
	KUNIT_EXPECT_NULL(test, file);
}

static int owner_install(struct kunit *test, struct tdi_file *file)
{
	int fd = tdi_file_to_fd(file, O_CLOEXEC);

	KUNIT_ASSERT_GE(test, fd, 0);
	return fd;
}

/* A user's TDI_ACCEPT has a number with it, which is not the handlers' pointer. */
static void owner_of_the_context_accepts_by_a_descriptor(struct kunit *test)
{
	struct tdi_kunit_submitted *listen = tdi_kunit_new_request(test);
	struct tdi_accept accept = {
		.head.flags = TDI_ACCEPT_CONTEXT,
		.connection_context = 0xdeadbeef,
	};
	struct tdi_kunit_served *served;
	struct tdi_file *endpoint;
	struct file *filp;
	int fd;

	tdi_kunit_user_init(test);
	served = kunit_kzalloc(test, sizeof(*served), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, served);
	tdi_kunit_serve(test, served, AF_INET);
	endpoint = served->client.endpoint;
	tdi_build_listen(&listen->req, endpoint, NULL, TDI_QUERY_ACCEPT);
	KUNIT_ASSERT_EQ(test, tdi_submit(&listen->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(endpoint,
							TDI_STATE_LISTENING));
	served->peer = tdi_kunit_connect_plain(test, &served->client.local);
	KUNIT_ASSERT_EQ(test, tdi_kunit_completed(listen), STATUS_SUCCESS);
	fd = owner_install(test, endpoint);
	filp = fget(fd);
	TDI_KUNIT_IOCTL(test, filp, TDI_IOC_ACCEPT, accept, STATUS_SUCCESS);
	fput(filp);
	close_fd(fd);
	KUNIT_EXPECT_EQ(test, endpoint->endpoint.context, 0xdeadbeef);
	/* tdi_kunit_take() looks at it */
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
}

/* Of an endpoint of user space's, which has a number, and a client in the kernel */
static void owner_of_the_context_has_it_from_a_descriptor(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_file *file = tdi_kunit_open(test);
	struct tdi_request req;
	int fd;

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_endpoint(file, 0xdeadbeef),
			STATUS_SUCCESS);
	fd = tdi_kunit_install(test, tdi_kunit_filp(test, file));
	KUNIT_ASSERT_PTR_EQ(test, tdi_file_from_fd(fd, served), file);
	tdi_kunit_defer(test, owner_close, file);
	tdi_build_associate(&req, file, served->client.address);
	KUNIT_ASSERT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	served->peer = tdi_kunit_client_connect(test, file, AF_INET);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 10));
	KUNIT_EXPECT_EQ(test, file->endpoint.context, 0xdeadbeef);
}

static struct kunit_case tdi_client_owner_cases[] = {
	KUNIT_CASE_PARAM(owner_of_sockets, owner_gen_params),
	KUNIT_CASE(owner_may_not_have_a_privileged_port),
	KUNIT_CASE(owner_of_the_context_accepts_by_a_descriptor),
	KUNIT_CASE(owner_of_the_context_has_it_from_a_descriptor),
	{}
};

static struct kunit_suite tdi_client_owner_suite = {
	.name = "tdi_client_owner",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_owner_cases,
};

kunit_test_suite(tdi_client_owner_suite);
