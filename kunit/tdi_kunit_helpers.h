/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixtures of the suites.  Whatever a function below hands out ends with the
 * test, also when an assertion aborts it.
 */
#ifndef _TDI_KUNIT_HELPERS_H
#define _TDI_KUNIT_HELPERS_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/uio.h>

#include "address.h"
#include "connection.h"
#include "endpoint.h"
#include "file.h"
#include "info.h"
#include "listen.h"
#include "request.h"
#include "stream.h"
#include "taddr.h"

/* Far longer than anything takes: who has waited for this long has failed. */
#define TDI_KUNIT_PATIENCE	(20 * HZ)

/* Wait for a state that nobody is woken for; true once it is there. */
#define tdi_kunit_eventually(condition)					\
({									\
	unsigned long _end = jiffies + TDI_KUNIT_PATIENCE;		\
	bool _true;							\
									\
	while (!(_true = !!(condition)) && time_before(jiffies, _end))	\
		schedule_timeout_uninterruptible(1);			\
	_true;								\
})

/* What is to be done when the test ends, however it ends */
static inline void tdi_kunit_defer(struct kunit *test, kunit_action_t *action,
				   void *data)
{
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, action, data), 0);
}

int tdi_kunit_suite_init(struct kunit_suite *suite);
bool tdi_kunit_has_ipv6(void);
void tdi_kunit_need_ipv6(struct kunit *test);

/* For KUNIT_CASE_PARAM(): once with IPv4, once with IPv6 */
const void *tdi_kunit_family_gen_params(const void *prev, char *desc);
int tdi_kunit_family(struct kunit *test);

/* Addresses */
struct sockaddr_storage tdi_kunit_ip(u32 host, u16 port);
struct sockaddr_storage tdi_kunit_ip6(const struct in6_addr *host, u16 port);
struct sockaddr_storage tdi_kunit_loopback(int family, u16 port);
struct sockaddr_storage tdi_kunit_any(int family, u16 port);
u16 tdi_kunit_port(const struct sockaddr_storage *ss);
void tdi_kunit_set_port(struct sockaddr_storage *ss, u16 port);

/* File objects, of /dev/tdi/tcp unless a device is named */
size_t tdi_kunit_ea(u8 *buffer, const char *name, const void *value,
		    size_t length);
struct tdi_file *tdi_kunit_open_device(struct kunit *test, u32 device);
struct tdi_file *tdi_kunit_open(struct kunit *test);
u32 tdi_kunit_create_address(struct tdi_file *file,
			     const struct sockaddr_storage *local,
			     u32 share_access);
u32 tdi_kunit_create_endpoint(struct tdi_file *file, u64 context);
struct tdi_file *tdi_kunit_address(struct kunit *test,
				   const struct sockaddr_storage *local,
				   u32 share_access);
struct tdi_file *tdi_kunit_endpoint(struct kunit *test);
struct tdi_file *tdi_kunit_endpoint_on(struct kunit *test,
				       struct tdi_file *address);
void tdi_kunit_close(struct kunit *test, struct tdi_file *file);
void tdi_kunit_disown(struct kunit *test, struct tdi_file *file);
void tdi_kunit_local(struct kunit *test, struct tdi_file *file,
		     struct sockaddr_storage *local);
u32 tdi_kunit_state(struct tdi_file *endpoint);

/* What poll says, as numbers */
#define POLLED_IN	((__force u32)(EPOLLIN | EPOLLRDNORM))
#define POLLED_OUT	((__force u32)(EPOLLOUT | EPOLLWRNORM))
#define POLLED_HUP	((__force u32)EPOLLHUP)
#define POLLED_RDHUP	((__force u32)EPOLLRDHUP)

/* Requests */

/**
 * struct tdi_kunit_request - a request and who waits for it
 * @waiter: the request
 * @kvec: its buffer
 * @status: of the submission, then the result
 * @interrupted: a signal ended the wait
 * @thread: waits for it, or NULL
 * @done: @thread has the result
 */
struct tdi_kunit_request {
	struct tdi_waiter waiter;
	struct kvec kvec;
	u32 status;
	bool interrupted;
	struct task_struct *thread;
	struct completion done;
};

struct tdi_kunit_request *tdi_kunit_request(struct kunit *test,
					    struct tdi_file *file);
struct tdi_kunit_request *
tdi_kunit_connect(struct kunit *test, struct tdi_file *endpoint,
		  const struct sockaddr_storage *remote);
struct tdi_kunit_request *
tdi_kunit_listen(struct kunit *test, struct tdi_file *endpoint,
		 const struct sockaddr_storage *filter);
struct tdi_kunit_request *
tdi_kunit_disconnect(struct kunit *test, struct tdi_file *endpoint, u32 flags);
struct tdi_kunit_request *
tdi_kunit_send(struct kunit *test, struct tdi_file *endpoint, u32 flags,
	       const void *data, size_t length);
struct tdi_kunit_request *
tdi_kunit_receive(struct kunit *test, struct tdi_file *endpoint, u32 flags,
		  void *data, size_t length);
u32 tdi_kunit_result(struct tdi_kunit_request *request);
u32 tdi_kunit_connect_now(struct kunit *test, struct tdi_file *endpoint,
			  const struct sockaddr_storage *remote);
u32 tdi_kunit_release_now(struct kunit *test, struct tdi_file *endpoint);
u32 tdi_kunit_abort_now(struct kunit *test, struct tdi_file *endpoint);
u32 tdi_kunit_result_within(struct tdi_kunit_request *request, long timeout);
u64 tdi_kunit_information(const struct tdi_kunit_request *request);
void tdi_kunit_wait_in_thread(struct kunit *test,
			      struct tdi_kunit_request *request);

/**
 * struct tdi_kunit_thread - a thread beside the test
 * @run: what it does; must return by itself
 * @data: for @run
 * @task: the thread
 * @done: @run has returned
 */
struct tdi_kunit_thread {
	void (*run)(void *data);
	void *data;
	struct task_struct *task;
	struct completion done;
};

struct tdi_kunit_thread *tdi_kunit_thread(struct kunit *test,
					  void (*run)(void *data), void *data);
void tdi_kunit_join(struct kunit *test, struct tdi_kunit_thread *thread);

/* Ordinary sockets of init_net: the peers */
struct socket *tdi_kunit_socket_of(struct kunit *test, int family, int type,
				   int protocol);
struct socket *tdi_kunit_socket(struct kunit *test, int family);
struct socket *tdi_kunit_listener(struct kunit *test,
				  struct sockaddr_storage *local, int backlog);
struct sockaddr_storage tdi_kunit_full_listener(struct kunit *test);
struct socket *tdi_kunit_accept(struct kunit *test, struct socket *listener);
struct socket *tdi_kunit_connect_plain(struct kunit *test,
				       const struct sockaddr_storage *remote);
int tdi_kunit_bind(struct socket *sock, const struct sockaddr_storage *local);
int tdi_kunit_connect_socket(struct socket *sock,
			     const struct sockaddr_storage *remote, int flags);
int tdi_kunit_write(struct socket *sock, const void *data, size_t length);
int tdi_kunit_read(struct socket *sock, void *data, size_t length);
int tdi_kunit_read_to_end(struct kunit *test, struct socket *sock,
			  size_t *total);
void tdi_kunit_close_socket(struct kunit *test, struct socket *sock);
void tdi_kunit_reset_socket(struct kunit *test, struct socket *sock);
bool tdi_kunit_socket_closed(struct socket *sock);

/* Bytes that show where in a stream they belong */
u8 tdi_kunit_byte(size_t offset);
void *tdi_kunit_pattern(struct kunit *test, size_t offset, size_t length);
bool tdi_kunit_is_pattern(const u8 *data, size_t offset, size_t length);

/**
 * struct tdi_kunit_pair - an endpoint that is connected to an ordinary socket
 * @address: where the endpoint is associated
 * @endpoint: connected to @peer
 * @listener: @peer came from it
 * @peer: the other end
 * @local: address of @endpoint
 * @remote: address of @peer
 */
struct tdi_kunit_pair {
	struct tdi_file *address;
	struct tdi_file *endpoint;
	struct socket *listener;
	struct socket *peer;
	struct sockaddr_storage local;
	struct sockaddr_storage remote;
};

void tdi_kunit_connected(struct kunit *test, int family,
			 struct tdi_kunit_pair *pair);
void tdi_kunit_expect_works(struct kunit *test, struct tdi_file *endpoint,
			    struct socket *peer);
void tdi_kunit_expect_idle(struct kunit *test, struct tdi_file *endpoint);

#define TDI_KUNIT_LARGE		SZ_1M

size_t tdi_kunit_fill(struct kunit *test, struct tdi_file *endpoint);
void tdi_kunit_drain(struct kunit *test, struct socket *peer, size_t total);
struct tdi_kunit_request *tdi_kunit_send_large(struct kunit *test,
					       struct tdi_file *endpoint);
bool tdi_kunit_state_becomes(struct tdi_file *endpoint, u32 state);

/**
 * struct tdi_kunit_wire - what was seen on the loopback device
 * @tap: sees all that is sent there
 * @port: of one end
 * @last_from: the last FIN from @port, by its number
 * @last_to: the last FIN to @port
 * @fin_from: FINs from @port
 * @rst_from: segments with RST from @port
 * @fin_to: FINs to @port
 * @rst_to: segments with RST to @port
 */
struct tdi_kunit_wire {
	struct packet_type tap;
	__be16 port;
	atomic64_t last_from;
	atomic64_t last_to;
	atomic_t fin_from;
	atomic_t rst_from;
	atomic_t fin_to;
	atomic_t rst_to;
};

struct tdi_kunit_wire *tdi_kunit_wire(struct kunit *test,
				      const struct sockaddr_storage *end);
unsigned long tdi_kunit_resets_sent(void);

#endif /* _TDI_KUNIT_HELPERS_H */
