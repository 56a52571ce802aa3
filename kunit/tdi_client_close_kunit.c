// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of clients in the kernel: Cleanup and Close, descriptors, namespaces.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/user_namespace.h>

#include "tdi_kunit_client.h"
#include "tdi_kunit_user.h"

static void close_dereference(void *file)
{
	tdi_dereference(file);
}

/* Of what tdi_close() would not leave */
static void close_reference(struct kunit *test, struct tdi_file *file)
{
	KUNIT_EXPECT_PTR_EQ(test, tdi_reference(file), file);
	tdi_kunit_defer(test, close_dereference, file);
}

static void close_drop(struct kunit *test, struct tdi_file *file)
{
	kunit_release_action(test, close_dereference, file);
}

static u32 close_open(const struct sockaddr_storage *local)
{
	struct tdi_file *file;
	u32 status;

	status = tdi_open_address(&init_net, TDI_DEVICE_TCP, local, 0, 0,
				  &file);
	if (!status)
		tdi_close(file);
	return status;
}

/* The last handle ends handlers and listening; the last reference the rest (S6). */
static void close_an_address_that_is_referenced(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test,
						tdi_kunit_family(test));
	struct tdi_kunit_submitted *listen = served->client.accept;
	struct tdi_file *address = served->client.address, *listener;
	struct socket *peer;
	u8 byte;

	tdi_kunit_submitted(listen);
	listener = tdi_kunit_client_endpoint(test, address, NULL);
	tdi_build_listen(&listen->req, listener, NULL, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&listen->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(listener,
							TDI_STATE_LISTENING));
	close_reference(test, address);
	tdi_kunit_client_close_now(test, address);

	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(listen),
			STATUS_LOCAL_DISCONNECT);
	peer = tdi_kunit_socket(test, served->client.local.ss_family);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer,
						       &served->client.local,
						       0), -ECONNREFUSED);
	tdi_kunit_feed(test, served, 0, 10);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	/* the connection lives, and the port is held */
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(served->client.endpoint),
			TDI_STATE_CONNECTED);
	tdi_kunit_expect_works(test, served->client.endpoint, served->peer);
	KUNIT_EXPECT_NE(test, close_open(&served->client.local),
			STATUS_SUCCESS);

	close_drop(test, address);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(served->client.endpoint),
			TDI_STATE_OPENED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(served->peer, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	KUNIT_EXPECT_EQ(test, served->ends, 0);
}

/* What is refused after Cleanup, and what goes on until Close */
static void close_an_address_that_is_used_after_that(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_file *late = tdi_kunit_client_endpoint(test, NULL, NULL);
	struct tdi_kunit_client client;
	struct sockaddr_storage from;
	struct socket *peer;
	u8 byte;

	tdi_kunit_client(test, AF_INET, &client);
	close_reference(test, client.address);
	tdi_kunit_client_close_now(test, client.address);
	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(client.address,
						    TDI_EVENT_RECEIVE,
						    tdi_kunit_take, NULL),
			STATUS_INVALID_HANDLE);
	tdi_build_listen(&r->req, client.endpoint, NULL, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_INVALID_CONNECTION);
	peer = tdi_kunit_socket(test, AF_INET);
	KUNIT_EXPECT_EQ(test, tdi_kunit_connect_socket(peer, &client.local, 0),
			-ECONNREFUSED);

	tdi_build_associate(&r->req, late, client.address);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req), STATUS_SUCCESS);
	peer = tdi_kunit_client_connect(test, client.endpoint, AF_INET);
	KUNIT_ASSERT_EQ(test, tdi_sock_peer(peer, &from), 0);
	KUNIT_EXPECT_TRUE(test, tdi_taddr_equal(&from, &client.local));

	close_drop(test, client.address);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(late), TDI_STATE_OPENED);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, close_open(&client.local), STATUS_SUCCESS);
}

/* Datagrams have no connection that could outlive the handle. */
static void close_an_address_of_datagrams_that_is_referenced(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_file *address;

	address = tdi_kunit_client_address(test, TDI_DEVICE_UDP, &local, 0);
	tdi_build_receive_datagram(&r->req, address, NULL, r->data, 1, 0);
	KUNIT_ASSERT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	close_reference(test, address);
	tdi_kunit_client_close_now(test, address);
	KUNIT_EXPECT_TRUE(test, r->completed);
	KUNIT_EXPECT_EQ(test, r->req.status, STATUS_CANCELLED);
	tdi_build_send_datagram(&r->req, address, &local, "x", 1);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&r->req), STATUS_INVALID_HANDLE);
	close_drop(test, address);
}

/* Its connection ends with its last handle. */
static void close_an_endpoint_that_is_referenced(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_file *endpoint = served->client.endpoint;
	struct tdi_request req;
	u8 byte;

	close_reference(test, endpoint);
	tdi_kunit_client_close_now(test, endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(served->peer, &byte, 1), 0);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), TDI_STATE_OPENED);
	tdi_build_associate(&req, endpoint, served->client.address);
	KUNIT_EXPECT_EQ(test, tdi_submit(&req), STATUS_INVALID_HANDLE);
	close_drop(test, endpoint);
}

static int close_module_refcount(void)
{
#ifdef CONFIG_MODULE_UNLOAD
	if (tdi_fops.owner)
		return module_refcount(tdi_fops.owner);
#endif
	return 0;
}

/* Each file holds the module, until Close. */
static void close_lets_the_module_go(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	int before = close_module_refcount();
	struct tdi_file *files[3];
	int i;

	if (!tdi_fops.owner)
		kunit_skip(test, "built in");
	files[0] = tdi_kunit_client_address(test, TDI_DEVICE_TCP, &local, 0);
	files[1] = tdi_kunit_client_endpoint(test, NULL, NULL);
	files[2] = tdi_kunit_client_endpoint(test, files[0], NULL);
	KUNIT_EXPECT_EQ(test, close_module_refcount(), before + 3);
	/* a file that could not be opened holds nothing */
	KUNIT_EXPECT_NE(test, close_open(&local), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, close_module_refcount(), before + 3);
	for (i = 0; i < 3; i++) {
		close_reference(test, files[i]);
		tdi_kunit_client_close_now(test, files[i]);
		KUNIT_EXPECT_EQ(test, close_module_refcount(), before + 3 - i);
		close_drop(test, files[i]);
		KUNIT_EXPECT_EQ(test, close_module_refcount(), before + 2 - i);
	}
}

static int close_install(struct kunit *test, struct tdi_file *file)
{
	int fd = tdi_file_to_fd(file, O_CLOEXEC);

	KUNIT_ASSERT_GE(test, fd, 0);
	return fd;
}

/* A descriptor is a handle of its own: the last of both ends the connection. */
static void close_one_of_two_handles(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_file *endpoint = served->client.endpoint;
	int fd = close_install(test, endpoint);
	u8 byte;

	KUNIT_EXPECT_EQ(test, PTR_ERR(tdi_file_from_fd(fd, NULL)), -EBUSY);
	tdi_kunit_client_close_now(test, endpoint);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(endpoint), TDI_STATE_CONNECTED);
	/* nobody is called for it any more */
	tdi_kunit_feed(test, served, 0, 10);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	tdi_kunit_expect_works(test, endpoint, served->peer);
	close_fd(fd);
	flush_delayed_fput();
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(served->peer, &byte, 1), 0);
}

static void close_descriptors_that_cannot_be(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_endpoint(test);
	int fd = tdi_kunit_install(test, tdi_kunit_filp(test, file));
	struct tdi_request req;

	KUNIT_EXPECT_EQ(test, PTR_ERR(tdi_file_from_fd(-1, NULL)), -EBADF);
	/* nobody in the kernel has a handle of it */
	tdi_build_listen(&req, file, NULL, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&req), STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(file, TDI_EVENT_RECEIVE,
						    tdi_kunit_take, NULL),
			STATUS_INVALID_HANDLE);
	KUNIT_EXPECT_PTR_EQ(test, tdi_file_from_fd(fd, NULL), file);
	KUNIT_EXPECT_EQ(test, PTR_ERR(tdi_file_from_fd(fd, NULL)), -EBUSY);
	tdi_close(file);
	KUNIT_EXPECT_EQ(test, tdi_kunit_state(file), TDI_STATE_OPENED);
}

/* What user space has opened, used in the kernel, and given back */
static void close_a_descriptors_file(struct kunit *test)
{
	struct tdi_kunit_submitted *r = tdi_kunit_new_request(test);
	struct tdi_file *file;
	struct file *filp;
	struct socket *peer;
	u8 got[4];
	int fd;

	filp = tdi_kunit_connected_filp(test, 0, &peer);
	fd = tdi_kunit_install(test, filp);
	file = tdi_file_from_fd(fd, NULL);
	KUNIT_ASSERT_PTR_EQ(test, file, tdi_kunit_file(filp));
	tdi_kunit_uninstall(test, fd);
	tdi_build_receive(&r->req, file, got, 4, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	tdi_kunit_write(peer, "four", 4);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(r), STATUS_SUCCESS);
	KUNIT_EXPECT_MEMEQ(test, got, "four", 4);
	tdi_kunit_submitted(r);
	tdi_build_receive(&r->req, file, got, 4, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&r->req), STATUS_PENDING);
	tdi_close(file);
	KUNIT_EXPECT_TRUE(test, completion_done(&r->done));
	KUNIT_EXPECT_EQ(test, r->req.status, STATUS_CANCELLED);
	tdi_kunit_expect_works(test, file, peer);
}

/* A number that user space has chosen is never a handler's pointer. */
static void close_users_context_is_nobodys(struct kunit *test)
{
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	struct tdi_file *file = tdi_kunit_open(test);
	struct sockaddr_storage remote;
	struct socket *listener;

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_endpoint(file, 0xdeadbeef),
			STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, tdi_endpoint_associate(&file->endpoint,
						     served->client.address),
			STATUS_SUCCESS);
	remote = tdi_kunit_loopback(AF_INET, 0);
	listener = tdi_kunit_listener(test, &remote, 1);
	KUNIT_ASSERT_EQ(test, tdi_kunit_connect_now(test, file, &remote),
			STATUS_SUCCESS);
	tdi_connection_announce(&file->endpoint,
				file->endpoint.epoch);
	served->peer = tdi_kunit_accept(test, listener);
	tdi_kunit_feed(test, served, 0, 10);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_readable(file));
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 0);
	tdi_kunit_close_socket(test, served->peer);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(file,
						TDI_STATE_REMOTE_RELEASED));
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->ends, 0);
}

/* Whoever does not do their part does not keep others from anything. */
static void close_beside_an_offer_nobody_takes(struct kunit *test)
{
	struct tdi_kunit_submitted *listen = tdi_kunit_new_request(test);
	struct tdi_kunit_client client;
	struct socket *peer;
	struct tdi_request req;
	u8 byte;

	tdi_kunit_client(test, AF_INET, &client);
	client.address->address.address->offer_timeout = 2;
	tdi_build_listen(&listen->req, client.endpoint, NULL, TDI_QUERY_ACCEPT);
	KUNIT_ASSERT_EQ(test, tdi_submit(&listen->req), STATUS_PENDING);
	KUNIT_ASSERT_TRUE(test, tdi_kunit_state_becomes(client.endpoint,
							TDI_STATE_LISTENING));
	peer = tdi_kunit_connect_plain(test, &client.local);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(listen), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_read(peer, &byte, 1), -ECONNRESET);
	tdi_build_accept(&req, client.endpoint, NULL);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_CONNECTION_ABORTED);
}

static const struct close_untaken_param {
	const char *desc;
	bool aborted;
} close_untaken_params[] = {
	{ "close", false }, { "abort", true },
};

KUNIT_ARRAY_PARAM_DESC(close_untaken, close_untaken_params, desc);

/* It stays in the socket, and the peer's window closes. */
static void close_beside_data_nobody_takes(struct kunit *test)
{
	const struct close_untaken_param *param = test->param_value;
	struct tdi_kunit_served *served = tdi_kunit_served(test, AF_INET);
	void *data = tdi_kunit_pattern(test, 0, SZ_64K);
	struct kvec kvec = { .iov_base = data, .iov_len = SZ_64K };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	struct tdi_request req;
	size_t total = 0;
	int n;

	tdi_kunit_answer_next(served, STATUS_DATA_NOT_ACCEPTED, 0, NULL);
	do {
		n = kernel_sendmsg(served->peer, &msg, &kvec, 1, SZ_64K);
		total += n > 0 ? n : 0;
	} while (n > 0 && total < SZ_64M);
	KUNIT_EXPECT_EQ(test, n, -EAGAIN);
	tdi_kunit_settle(served);
	KUNIT_EXPECT_EQ(test, served->calls, 1);
	if (param->aborted) {
		tdi_build_disconnect(&req, served->client.endpoint, 0,
				     TDI_DISCONNECT_ABORT);
		KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_read(served->peer, data, 1),
				-ECONNRESET);
	}
	tdi_kunit_client_close_now(test, served->client.endpoint);
	KUNIT_EXPECT_EQ(test, served->calls, 1);
	KUNIT_EXPECT_EQ(test, served->ends, 0);
}

#if IS_ENABLED(CONFIG_NET_NS) && !defined(MODULE)
static struct net *close_new_net(struct kunit *test)
{
	struct net *net = copy_net_ns(CLONE_NEWNET, &init_user_ns, &init_net);
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, net);
	rtnl_lock();
	err = dev_open(net->loopback_dev, NULL);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
	/* its memory, to look whether it is gone */
	refcount_inc(&net->passive);
	return net;
}

static void close_forget_net(struct net *net)
{
	net_drop_ns(net);
}
#else
/* What makes one is not exported. */
static struct net *close_new_net(struct kunit *test)
{
	kunit_skip(test, "no namespace for a module");
	return NULL;
}

static void close_forget_net(struct net *net)
{
}
#endif

static struct tdi_kunit_served *close_served(struct kunit *test)
{
	struct tdi_kunit_served *served;

	served = kunit_kzalloc(test, sizeof(*served), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, served);
	tdi_kunit_answer_next(served, STATUS_SUCCESS, TDI_KUNIT_ALL, NULL);
	return served;
}

/* Files hold their namespace when it has no name any more, and let it go then. */
static void close_in_a_namespace_that_is_deleted(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 4711);
	struct tdi_kunit_submitted *pending = tdi_kunit_new_request(test);
	struct tdi_kunit_served *served = close_served(test);
	struct tdi_file *address, *far, *ends[2];
	struct net *net = close_new_net(test);
	struct tdi_request req;
	int i;

	KUNIT_ASSERT_EQ(test, tdi_open_address(net, TDI_DEVICE_TCP, &local, 0,
					       0, &address), STATUS_SUCCESS);
	local = tdi_kunit_loopback(AF_INET, 0);
	KUNIT_ASSERT_EQ(test, tdi_open_address(net, TDI_DEVICE_TCP, &local, 0,
					       0, &far), STATUS_SUCCESS);
	local = tdi_kunit_loopback(AF_INET, 4711);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, tdi_open_endpoint(net, TDI_DEVICE_TCP,
							served, &ends[i]),
				STATUS_SUCCESS);
		tdi_build_associate(&req, ends[i], i ? far : address);
		KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	}
	tdi_kunit_handle(test, address, TDI_EVENT_RECEIVE, tdi_kunit_take,
			 served);
	put_net(net);
	tdi_build_listen(&pending->req, ends[0], NULL, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&pending->req), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_state_becomes(ends[0],
							TDI_STATE_LISTENING));
	tdi_build_connect(&req, ends[1], &local, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(pending), STATUS_SUCCESS);
	tdi_build_send(&req, ends[1], tdi_kunit_pattern(test, 0, 4), 4, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit_wait(&req), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_has_taken(served, 4));
	tdi_kunit_submitted(pending);
	tdi_build_receive(&pending->req, ends[1], pending->data, 1, 0);
	KUNIT_EXPECT_EQ(test, tdi_submit(&pending->req), STATUS_PENDING);
	/* of this one the port is another */
	KUNIT_EXPECT_EQ(test, close_open(&local), STATUS_SUCCESS);

	tdi_close(far);
	KUNIT_EXPECT_EQ(test, tdi_kunit_completed(pending),
			STATUS_LOCAL_DISCONNECT);
	tdi_close(address);
	tdi_close(ends[0]);
	KUNIT_EXPECT_TRUE(test, check_net(net));
	tdi_close(ends[1]);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(!check_net(net)));
	close_forget_net(net);
}

static struct kunit_case tdi_client_close_cases[] = {
	KUNIT_CASE_PARAM(close_an_address_that_is_referenced,
			 tdi_kunit_family_gen_params),
	KUNIT_CASE(close_an_address_that_is_used_after_that),
	KUNIT_CASE(close_an_address_of_datagrams_that_is_referenced),
	KUNIT_CASE(close_an_endpoint_that_is_referenced),
	KUNIT_CASE(close_lets_the_module_go),
	KUNIT_CASE(close_one_of_two_handles),
	KUNIT_CASE(close_descriptors_that_cannot_be),
	KUNIT_CASE(close_a_descriptors_file),
	KUNIT_CASE(close_users_context_is_nobodys),
	KUNIT_CASE(close_beside_an_offer_nobody_takes),
	KUNIT_CASE_PARAM(close_beside_data_nobody_takes,
			 close_untaken_gen_params),
	KUNIT_CASE(close_in_a_namespace_that_is_deleted),
	{}
};

static struct kunit_suite tdi_client_close_suite = {
	.name = "tdi_client_close",
	.suite_init = tdi_kunit_suite_init,
	.test_cases = tdi_client_close_cases,
};

kunit_test_suite(tdi_client_close_suite);
