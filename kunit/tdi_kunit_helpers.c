// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fixtures: addresses, file objects, requests.
 */
#include <linux/cred.h>
#include <linux/ipv6.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/signal.h>
#include <linux/version.h>
#include <net/ipv6.h>

#include "tdi_kunit_helpers.h"

/* The kernel under test may have no user space that did this. */
int tdi_kunit_suite_init(struct kunit_suite *suite)
{
	struct net_device *lo = init_net.loopback_dev;
	int err = 0;

	rtnl_lock();
	if (!(lo->flags & IFF_UP))
		err = dev_open(lo, NULL);
	rtnl_unlock();
	return err;
}

bool tdi_kunit_has_ipv6(void)
{
	return IS_ENABLED(CONFIG_IPV6) && ipv6_mod_enabled();
}

void tdi_kunit_need_ipv6(struct kunit *test)
{
	if (!tdi_kunit_has_ipv6())
		kunit_skip(test, "this kernel has no IPv6");
}

static const int tdi_kunit_families[] = { AF_INET, AF_INET6 };

static void tdi_kunit_family_desc(const int *family, char *desc)
{
	strscpy(desc, *family == AF_INET6 ? "IPv6" : "IPv4",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(families, tdi_kunit_families, tdi_kunit_family_desc);

const void *tdi_kunit_family_gen_params(const void *prev, char *desc)
{
	return families_gen_params(prev, desc);
}

/* The family that this run of a case is for */
int tdi_kunit_family(struct kunit *test)
{
	const int *family = test->param_value;

	if (*family == AF_INET6)
		tdi_kunit_need_ipv6(test);
	return *family;
}

struct sockaddr_storage tdi_kunit_ip(u32 host, u16 port)
{
	struct sockaddr_storage ss = {};
	struct sockaddr_in *sin = (struct sockaddr_in *)&ss;

	sin->sin_family = AF_INET;
	sin->sin_port = htons(port);
	sin->sin_addr.s_addr = htonl(host);
	return ss;
}

struct sockaddr_storage tdi_kunit_ip6(const struct in6_addr *host, u16 port)
{
	struct sockaddr_storage ss = {};
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&ss;

	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = htons(port);
	sin6->sin6_addr = *host;
	return ss;
}

struct sockaddr_storage tdi_kunit_loopback(int family, u16 port)
{
	return family == AF_INET6 ? tdi_kunit_ip6(&in6addr_loopback, port) :
				    tdi_kunit_ip(INADDR_LOOPBACK, port);
}

struct sockaddr_storage tdi_kunit_any(int family, u16 port)
{
	return family == AF_INET6 ? tdi_kunit_ip6(&in6addr_any, port) :
				    tdi_kunit_ip(INADDR_ANY, port);
}

u16 tdi_kunit_port(const struct sockaddr_storage *ss)
{
	return ntohs(tdi_taddr_port(ss));
}

void tdi_kunit_set_port(struct sockaddr_storage *ss, u16 port)
{
	if (ss->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)ss)->sin_port = htons(port);
}

/**
 * tdi_kunit_ea() - one FILE_FULL_EA_INFORMATION entry
 * @buffer: where to, no alignment needed
 * @name: of the attribute
 * @value: its value
 * @length: bytes of @value
 *
 * Return: bytes of the entry.
 */
size_t tdi_kunit_ea(u8 *buffer, const char *name, const void *value,
		    size_t length)
{
	struct tdi_full_ea_information entry = {
		.ea_name_length = strlen(name),
		.ea_value_length = length,
	};
	size_t offset = sizeof(entry);

	memcpy(buffer, &entry, sizeof(entry));
	memcpy(buffer + offset, name, strlen(name) + 1);
	offset += strlen(name) + 1;
	memcpy(buffer + offset, value, length);
	return offset + length;
}

KUNIT_DEFINE_ACTION_WRAPPER(tdi_kunit_close_action, tdi_file_close,
			    struct tdi_file *);

/* A control channel */
struct tdi_file *tdi_kunit_open_device(struct kunit *test, u32 device)
{
	struct tdi_file *file;

	file = tdi_file_open(&tdi_devices[device], &init_net);
	KUNIT_ASSERT_NOT_NULL(test, file);
	tdi_kunit_defer(test, tdi_kunit_close_action, file);
	return file;
}

struct tdi_file *tdi_kunit_open(struct kunit *test)
{
	return tdi_kunit_open_device(test, TDI_DEVICE_TCP);
}

/* Close now what tdi_kunit_open() opened. */
void tdi_kunit_close(struct kunit *test, struct tdi_file *file)
{
	kunit_release_action(test, tdi_kunit_close_action, file);
}

/* Somebody else closes what tdi_kunit_open() opened. */
void tdi_kunit_disown(struct kunit *test, struct tdi_file *file)
{
	kunit_remove_action(test, tdi_kunit_close_action, file);
}

u32 tdi_kunit_create_address(struct tdi_file *file,
			     const struct sockaddr_storage *local,
			     u32 share_access)
{
	u8 ta[TDI_TA_LENGTH_IP6], ea[64];
	size_t length = tdi_taddr_build(local, ta);

	length = tdi_kunit_ea(ea, TdiTransportAddress, ta, length);
	return tdi_file_create(file, ea, length, share_access, 0,
			       current_cred());
}

u32 tdi_kunit_create_endpoint(struct tdi_file *file, u64 context)
{
	u8 ea[64];
	size_t length;

	length = tdi_kunit_ea(ea, TdiConnectionContext, &context,
			      sizeof(context));
	return tdi_file_create(file, ea, length, 0, 0, current_cred());
}

struct tdi_file *tdi_kunit_address(struct kunit *test,
				   const struct sockaddr_storage *local,
				   u32 share_access)
{
	struct tdi_file *file = tdi_kunit_open(test);

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_address(file, local,
						       share_access),
			STATUS_SUCCESS);
	return file;
}

struct tdi_file *tdi_kunit_endpoint(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);

	KUNIT_ASSERT_EQ(test, tdi_kunit_create_endpoint(file, 0),
			STATUS_SUCCESS);
	return file;
}

/* An endpoint that is associated already */
struct tdi_file *tdi_kunit_endpoint_on(struct kunit *test,
				       struct tdi_file *address)
{
	struct tdi_file *file = tdi_kunit_endpoint(test);

	KUNIT_ASSERT_EQ(test, tdi_endpoint_associate(&file->endpoint, address),
			STATUS_SUCCESS);
	return file;
}

/* What TDI_QUERY_ADDRESS_INFO says */
void tdi_kunit_local(struct kunit *test, struct tdi_file *file,
		     struct sockaddr_storage *local)
{
	union tdi_information result;
	size_t head = offsetof(struct tdi_address_info, address);
	size_t length;

	KUNIT_ASSERT_EQ(test, tdi_query_information(file,
						    TDI_QUERY_ADDRESS_INFO,
						    &result, &length),
			STATUS_SUCCESS);
	KUNIT_ASSERT_GT(test, length, head);
	KUNIT_ASSERT_EQ(test, tdi_taddr_parse(result.address.info.address,
					      length - head, local),
			STATUS_SUCCESS);
}

/* What TDI_QUERY_CONNECTION_INFO says */
u32 tdi_kunit_state(struct tdi_file *endpoint)
{
	union tdi_information result;
	size_t length;

	if (tdi_query_information(endpoint, TDI_QUERY_CONNECTION_INFO, &result,
				  &length))
		return U32_MAX;
	return result.connection.state;
}

bool tdi_kunit_state_becomes(struct tdi_file *endpoint, u32 state)
{
	return tdi_kunit_eventually(tdi_kunit_state(endpoint) == state);
}

/* Nothing of it may be in use any more when its memory goes. */
static void tdi_kunit_request_end(void *data)
{
	struct tdi_kunit_request *request = data;
	struct tdi_file *file = request->waiter.req.file;

	if (request->waiter.req.operation)
		tdi_request_end(&request->waiter.req, STATUS_CANCELLED);
	if (request->thread)
		kthread_stop_put(request->thread);
	tdi_file_put(file);
}

/**
 * tdi_kunit_request() - a request that is not submitted yet
 * @test: the test, at whose end it is cancelled if it still pends
 * @file: what it goes to
 */
struct tdi_kunit_request *tdi_kunit_request(struct kunit *test,
					    struct tdi_file *file)
{
	struct tdi_kunit_request *request;

	request = kunit_kzalloc(test, sizeof(*request), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, request);
	tdi_waiter_init(&request->waiter, file);
	init_completion(&request->done);
	tdi_file_get(file);
	tdi_kunit_defer(test, tdi_kunit_request_end, request);
	return request;
}

struct tdi_kunit_request *
tdi_kunit_connect(struct kunit *test, struct tdi_file *endpoint,
		  const struct sockaddr_storage *remote)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, endpoint);

	request->waiter.req.remote = *remote;
	request->status = tdi_connect(&request->waiter.req);
	return request;
}

/* @filter: NULL for anyone */
struct tdi_kunit_request *
tdi_kunit_listen(struct kunit *test, struct tdi_file *endpoint,
		 const struct sockaddr_storage *filter)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, endpoint);

	if (filter)
		request->waiter.req.filter = *filter;
	request->status = tdi_listen(&request->waiter.req);
	return request;
}

struct tdi_kunit_request *
tdi_kunit_disconnect(struct kunit *test, struct tdi_file *endpoint, u32 flags)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, endpoint);

	request->waiter.req.flags = flags;
	request->status = tdi_disconnect(&request->waiter.req);
	return request;
}

struct tdi_kunit_request *
tdi_kunit_send(struct kunit *test, struct tdi_file *endpoint, u32 flags,
	       const void *data, size_t length)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, endpoint);
	struct tdi_request *req = &request->waiter.req;

	req->flags = flags;
	request->kvec.iov_base = (void *)data;
	request->kvec.iov_len = length;
	iov_iter_kvec(&req->msg.msg_iter, ITER_SOURCE, &request->kvec, 1,
		      length);
	request->status = tdi_send(req);
	return request;
}

struct tdi_kunit_request *
tdi_kunit_receive(struct kunit *test, struct tdi_file *endpoint, u32 flags,
		  void *data, size_t length)
{
	struct tdi_kunit_request *request = tdi_kunit_request(test, endpoint);
	struct tdi_request *req = &request->waiter.req;

	req->flags = flags;
	request->kvec.iov_base = data;
	request->kvec.iov_len = length;
	iov_iter_kvec(&req->msg.msg_iter, ITER_DEST, &request->kvec, 1, length);
	request->status = tdi_receive(req);
	return request;
}

/**
 * tdi_kunit_result_within() - wait for a request if it pends
 * @request: submitted
 * @timeout: jiffies; then it ends with STATUS_IO_TIMEOUT
 *
 * Return: its status.
 */
u32 tdi_kunit_result_within(struct tdi_kunit_request *request, long timeout)
{
	ktime_t deadline = ktime_add_ns(ktime_get(), jiffies_to_nsecs(timeout));

	if (request->thread)
		return wait_for_completion_timeout(&request->done, timeout) ?
		       request->status : STATUS_TIMEOUT;
	if (request->status == STATUS_PENDING)
		request->status = tdi_wait(&request->waiter, deadline,
					   &request->interrupted);
	return request->status;
}

u32 tdi_kunit_result(struct tdi_kunit_request *request)
{
	return tdi_kunit_result_within(request, TDI_KUNIT_PATIENCE);
}

/* Submit and wait */
u32 tdi_kunit_connect_now(struct kunit *test, struct tdi_file *endpoint,
			  const struct sockaddr_storage *remote)
{
	return tdi_kunit_result(tdi_kunit_connect(test, endpoint, remote));
}

u32 tdi_kunit_release_now(struct kunit *test, struct tdi_file *endpoint)
{
	return tdi_kunit_result(tdi_kunit_disconnect(test, endpoint,
						     TDI_DISCONNECT_RELEASE));
}

u32 tdi_kunit_abort_now(struct kunit *test, struct tdi_file *endpoint)
{
	return tdi_kunit_result(tdi_kunit_disconnect(test, endpoint,
						     TDI_DISCONNECT_ABORT));
}

u64 tdi_kunit_information(const struct tdi_kunit_request *request)
{
	return request->waiter.req.information;
}

static int tdi_kunit_request_thread(void *data)
{
	struct tdi_kunit_request *request = data;

	allow_signal(SIGUSR1);
	request->status = tdi_wait(&request->waiter, KTIME_MAX,
				   &request->interrupted);
	complete(&request->done);
	return 0;
}

/* Its thread does not sleep before it has tried. */
static bool tdi_kunit_tried(struct tdi_kunit_request *request)
{
	return completion_done(&request->done) ||
	       wq_has_sleeper(&request->waiter.wait);
}

/**
 * tdi_kunit_wait_in_thread() - have a thread wait for a request, as ioctl(2)
 *	does
 * @test: the test
 * @request: pends
 *
 * When this returns the request has been tried, and the thread sleeps.
 */
void tdi_kunit_wait_in_thread(struct kunit *test,
			      struct tdi_kunit_request *request)
{
	struct task_struct *thread;

	KUNIT_ASSERT_EQ(test, request->status, STATUS_PENDING);
	KUNIT_ASSERT_NULL(test, request->thread);
	thread = kthread_create(tdi_kunit_request_thread, request, "tdi_kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, thread);
	get_task_struct(thread);
	request->thread = thread;
	wake_up_process(thread);
	KUNIT_ASSERT_TRUE(test,
			  tdi_kunit_eventually(tdi_kunit_tried(request)));
}

static int tdi_kunit_thread_run(void *data)
{
	struct tdi_kunit_thread *thread = data;

	thread->run(thread->data);
	complete(&thread->done);
	return 0;
}

/* kthread_stop() would interrupt what it sleeps in: not before it is done */
static void tdi_kunit_thread_end(void *data)
{
	struct tdi_kunit_thread *thread = data;

	wait_for_completion(&thread->done);
	kthread_stop_put(thread->task);
}

struct tdi_kunit_thread *tdi_kunit_thread(struct kunit *test,
					  void (*run)(void *data), void *data)
{
	struct tdi_kunit_thread *thread;

	thread = kunit_kzalloc(test, sizeof(*thread), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, thread);
	thread->run = run;
	thread->data = data;
	init_completion(&thread->done);
	thread->task = kthread_create(tdi_kunit_thread_run, thread,
				      "tdi_kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, thread->task);
	get_task_struct(thread->task);
	wake_up_process(thread->task);
	tdi_kunit_defer(test, tdi_kunit_thread_end, thread);
	return thread;
}

/* Wait for its end now, and not at the end of the test. */
void tdi_kunit_join(struct kunit *test, struct tdi_kunit_thread *thread)
{
	kunit_release_action(test, tdi_kunit_thread_end, thread);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
#else
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
#endif
MODULE_DESCRIPTION("KUnit tests for the Transport Driver Interface");
MODULE_LICENSE("GPL");
