// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local addresses that come and go, as events of a control channel: TDI's
 * AddAddress and DelAddress; read, and as handlers.
 */
#include <linux/if.h>
#include <linux/ipv6.h>
#include <linux/sockios.h>
#include <net/ipv6.h>

#include "notify.h"
#include "tdi_kunit_client.h"
#include "tdi_kunit_datagram.h"
#include "tdi_kunit_user.h"

#define ADD	TDI_EVENT_ADD_ADDRESS
#define DEL	TDI_EVENT_DEL_ADDRESS
#define HOST	0x7f00004d	/* 127.0.0.77 */

static u32 notify_set(struct tdi_file *file, u32 type, bool on)
{
	const struct tdi_event_handler handler = {
		.context = TDI_KUNIT_EVENT_CONTEXT + type,
	};

	return tdi_notify_set_handler(file, type, on, &handler);
}

static ssize_t notify_read(struct tdi_file *file, void *data, size_t length)
{
	struct kvec kvec = { .iov_base = data, .iov_len = length };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, length);
	return tdi_notify_read(file, &iter, true);
}

/* How often one read tells @type of @host; -EAGAIN if there is nothing */
static int notify_told(struct kunit *test, struct tdi_file *file, u32 type,
		       u32 host)
{
	struct sockaddr_storage ss, wanted = tdi_kunit_ip(host, 0);
	u8 *data = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	const struct tdi_event *event;
	ssize_t n, offset;
	int count = 0;

	KUNIT_ASSERT_NOT_NULL(test, data);
	n = notify_read(file, data, SZ_4K);
	for (offset = 0; offset < n; offset += event->size) {
		event = (const struct tdi_event *)(data + offset);
		KUNIT_ASSERT_LE(test, offset + event->size, n);
		KUNIT_ASSERT_GT(test, event->size, sizeof(*event));
		KUNIT_EXPECT_EQ(test, event->event_context,
				TDI_KUNIT_EVENT_CONTEXT + event->event_type);
		KUNIT_ASSERT_EQ(test, tdi_taddr_parse(event->address,
						      event->address_length,
						      &ss),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, tdi_kunit_port(&ss), 0);
		count += event->event_type == type &&
			 tdi_taddr_equal(&ss, &wanted);
	}
	return n < 0 ? n : count;
}

/* What ifconfig does */
static int notify_ifreq(struct kunit *test, unsigned int cmd,
			const struct sockaddr_storage *ss)
{
	struct socket *sock = tdi_kunit_socket(test, AF_INET);
	struct ifreq ifr = { .ifr_name = "lo:tdi" };

	if (ss)
		memcpy(&ifr.ifr_addr, ss, sizeof(ifr.ifr_addr));
	return sock->ops->ioctl(sock, cmd, tdi_kunit_put_data(test, &ifr,
							      sizeof(ifr)));
}

/* One that a test has left there is the same again. */
static void notify_add(struct kunit *test)
{
	struct sockaddr_storage ss = tdi_kunit_ip(HOST, 0);

	KUNIT_ASSERT_EQ(test, notify_ifreq(test, SIOCSIFADDR, &ss), 0);
}

static void notify_del(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, notify_ifreq(test, SIOCSIFFLAGS, NULL), 0);
}

static void notify_replays_what_there_is(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);
	u8 byte;

	KUNIT_EXPECT_EQ(test, notify_read(file, &byte, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD, true), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_notify_poll(file), POLLED_IN);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, INADDR_LOOPBACK), 1);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_notify_poll(file), 0);
	KUNIT_EXPECT_EQ(test, notify_read(file, NULL, 0), -EAGAIN);

	/* set again it is no news, turned on again it is */
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD, true), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, notify_read(file, NULL, 0), -EAGAIN);
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD, false), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, notify_read(file, NULL, 0), -EAGAIN);
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD, true), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, INADDR_LOOPBACK), 1);
}

static void notify_addresses_come_and_go(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);

	notify_set(file, ADD, true);
	notify_set(file, DEL, true);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, HOST), 0);
	notify_add(test);
	KUNIT_EXPECT_EQ(test, (__force u32)tdi_notify_poll(file), POLLED_IN);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, HOST), 1);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, HOST), -EAGAIN);
	notify_del(test);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, DEL, HOST), 1);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, DEL, HOST), -EAGAIN);

	/* what went before anybody read of it was never there */
	notify_add(test);
	notify_del(test);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, HOST), -EAGAIN);
}

static void notify_only_what_is_wanted(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);

	KUNIT_EXPECT_EQ(test, notify_set(file, DEL, true), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, notify_read(file, NULL, 0), -EAGAIN);
	notify_add(test);
	KUNIT_EXPECT_EQ(test, notify_read(file, NULL, 0), -EAGAIN);
	notify_del(test);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, DEL, HOST), 1);

	/* also of one that was there before */
	notify_add(test);
	file = tdi_kunit_open(test);
	KUNIT_EXPECT_EQ(test, notify_set(file, DEL, true), STATUS_SUCCESS);
	notify_del(test);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, DEL, HOST), 1);
}

static void notify_record_that_does_not_fit(struct kunit *test)
{
	struct tdi_file *file = tdi_kunit_open(test);
	u8 data[sizeof(struct tdi_event) + 16];

	notify_set(file, ADD, true);
	KUNIT_EXPECT_EQ(test, notify_read(file, data, sizeof(data)), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, notify_read(file, NULL, 0), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, notify_told(test, file, ADD, INADDR_LOOPBACK), 1);
}

static void notify_that_cannot_be(struct kunit *test)
{
	struct sockaddr_storage local = tdi_kunit_loopback(AF_INET, 0);
	struct tdi_file *file = tdi_kunit_open(test);
	struct tdi_event_handler handler = { .lookahead = 1 };

	KUNIT_EXPECT_EQ(test, notify_set(file, DEL + 1, true),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD - 1, true),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, tdi_notify_set_handler(file, ADD, true, &handler),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, notify_set(tdi_kunit_endpoint(test), ADD, true),
			STATUS_INVALID_DEVICE_STATE);

	/* turned off it makes no difference, turned on it stays a channel */
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD, false), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, notify_set(file, ADD, true), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, tdi_kunit_create_address(file, &local, 0),
			STATUS_INVALID_DEVICE_STATE);
}

static struct sockaddr_storage notify_host(int family)
{
	struct sockaddr_storage ss = {};
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&ss;

	if (family == AF_INET)
		return tdi_kunit_ip(HOST, 0);
	sin6->sin6_family = AF_INET6;
	ipv6_addr_set(&sin6->sin6_addr, htonl(0x20010db8), 0, 0, htonl(7));
	return ss;
}

static void notify_change_ip6(struct kunit *test, unsigned int cmd)
{
	struct sockaddr_storage ss = notify_host(AF_INET6);
	struct socket *sock = tdi_kunit_socket(test, AF_INET6);
	struct in6_ifreq ifr = {
		.ifr6_addr = ((struct sockaddr_in6 *)&ss)->sin6_addr,
		.ifr6_prefixlen = 128,
		.ifr6_ifindex = init_net.loopback_dev->ifindex,
	};

	KUNIT_ASSERT_EQ(test, sock->ops->ioctl(sock, cmd,
				tdi_kunit_put_data(test, &ifr, sizeof(ifr))),
			0);
}

/* HOST, or one of IPv6: the two tell of changes in different contexts */
static void notify_alter(struct kunit *test, int family, bool add)
{
	if (family == AF_INET6)
		notify_change_ip6(test, add ? SIOCSIFADDR : SIOCDIFADDR);
	else if (add)
		notify_add(test);
	else
		notify_del(test);
}

/* What the handlers of a client in the kernel were told of @host, and in all */
struct notify_handled {
	struct sockaddr_storage host;
	int added, removed, all;
	bool wrong;
};

static bool notify_is_host(struct notify_handled *handled, int address_length,
			   const void *address)
{
	struct sockaddr_storage ss;

	if (!in_softirq() || tdi_taddr_parse(address, address_length, &ss))
		handled->wrong = true;
	WRITE_ONCE(handled->all, handled->all + 1);
	return tdi_taddr_equal(&ss, &handled->host);
}

static u32 notify_added(void *event_context, int address_length,
			const void *address)
{
	struct notify_handled *handled = event_context;

	handled->added += notify_is_host(handled, address_length, address);
	return STATUS_SUCCESS;
}

static u32 notify_removed(void *event_context, int address_length,
			  const void *address)
{
	struct notify_handled *handled = event_context;

	handled->removed += notify_is_host(handled, address_length, address);
	return STATUS_SUCCESS;
}

static void notify_close(void *file)
{
	tdi_close(file);
}

static struct tdi_file *notify_client(struct kunit *test)
{
	struct tdi_file *file;

	KUNIT_ASSERT_EQ(test, tdi_open_control(&init_net, TDI_DEVICE_TCP,
					       &file), STATUS_SUCCESS);
	tdi_kunit_defer(test, notify_close, file);
	return file;
}

/* Those that there are when the handler is turned on, then what changes */
static void notify_calls_handlers(struct kunit *test)
{
	int family = tdi_kunit_family(test);
	struct notify_handled handled = { .host = notify_host(family) };
	struct tdi_file *file = notify_client(test);
	int replayed;

	notify_alter(test, family, true);
	tdi_kunit_handle(test, file, ADD, notify_added, &handled);
	tdi_kunit_handle(test, file, DEL, notify_removed, &handled);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				READ_ONCE(handled.added) == 1));
	replayed = handled.all;
	KUNIT_EXPECT_GE(test, replayed, tdi_kunit_has_ipv6() ? 3 : 2);
	notify_alter(test, family, false);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				READ_ONCE(handled.removed) == 1));
	notify_alter(test, family, true);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				READ_ONCE(handled.added) == 2));
	KUNIT_EXPECT_EQ(test, handled.all, replayed + 2);

	/* turned off, and on again: all of them once more */
	tdi_kunit_handle(test, file, ADD, NULL, NULL);
	tdi_kunit_handle(test, file, ADD, notify_added, &handled);
	KUNIT_EXPECT_EQ(test, handled.all, 2 * replayed + 2);
	notify_alter(test, family, false);
	KUNIT_EXPECT_TRUE(test, tdi_kunit_eventually(
				READ_ONCE(handled.removed) == 2));
	KUNIT_EXPECT_FALSE(test, handled.wrong);
}

/* Not after they were turned off, or their file closed */
static void notify_calls_nobody(struct kunit *test)
{
	struct notify_handled handled = { .host = notify_host(AF_INET) };
	struct tdi_file *file = notify_client(test);
	int all;

	KUNIT_EXPECT_EQ(test, tdi_set_event_handler(file, TDI_EVENT_RECEIVE,
						    tdi_kunit_take, NULL),
			STATUS_INVALID_DEVICE_REQUEST);
	tdi_kunit_handle(test, file, ADD, notify_added, &handled);
	tdi_kunit_handle(test, file, ADD, NULL, NULL);
	all = handled.all;
	notify_add(test);
	tdi_kunit_handle(test, file, DEL, notify_removed, &handled);
	kunit_release_action(test, notify_close, file);
	notify_del(test);
	KUNIT_EXPECT_EQ(test, handled.all, all);
}

static struct kunit_case tdi_notify_cases[] = {
	KUNIT_CASE(notify_replays_what_there_is),
	KUNIT_CASE(notify_addresses_come_and_go),
	KUNIT_CASE(notify_only_what_is_wanted),
	KUNIT_CASE(notify_record_that_does_not_fit),
	KUNIT_CASE(notify_that_cannot_be),
	KUNIT_CASE_PARAM(notify_calls_handlers, tdi_kunit_family_gen_params),
	KUNIT_CASE(notify_calls_nobody),
	{}
};

static struct kunit_suite tdi_notify_suite = {
	.name = "tdi_notify",
	.suite_init = tdi_kunit_suite_init,
	.init = tdi_kunit_user_init,
	.test_cases = tdi_notify_cases,
};

kunit_test_suite(tdi_notify_suite);
