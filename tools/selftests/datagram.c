// SPDX-License-Identifier: GPL-2.0-only
/* TDI_SEND_DATAGRAM and TDI_RECEIVE_DATAGRAM (reference 2.11, 2.12) */
#include "datagram.h"

#include <sys/epoll.h>

TEST_F(datagram, there_and_back)
{
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send_datagram(self->here, "question", 8,
					&self->there_at, 0, &self->io));
	EXPECT_EQ(8, self->io.information);
	EXPECT_HEARS_FROM(self->there, "question", &self->here_at);

	EXPECT_SAYS(self->here, "plainly", &self->plain_at);
	EXPECT_TRUE(plain_hears(self->plain, "plainly"));
	plain_say(self->plain, "answer", &self->here_at);
	EXPECT_HEARS_FROM(self->here, "answer", &self->plain_at);
}

/* An address of every host of this machine hears what comes to any of them. */
TEST_F(datagram, wildcard)
{
	struct tdi_taddr any = address_any(variant->family, 0), at;
	int address = open_udp(&any, 0);

	at = address_local(variant->family, local_port(address));
	plain_say(self->plain, "somewhere", &at);
	EXPECT_HEARS_FROM(address, "somewhere", &self->plain_at);
	EXPECT_SAYS(address, "from there", &self->plain_at);
	EXPECT_TRUE(plain_hears(self->plain, "from there"));
	close(address);
}

TEST_F(datagram, zero_length)
{
	EXPECT_SAYS(self->here, "", &self->there_at);
	EXPECT_SAYS(self->here, "more", &self->there_at);
	EXPECT_HEARS_FROM(self->there, "", &self->here_at);
	EXPECT_HEARS(self->there, "more");
	/* without room all of it is lost, and that of nothing is nothing */
	EXPECT_SAYS(self->here, "lost", &self->there_at);
	EXPECT_SAYS(self->here, "", &self->there_at);
	EXPECT_STATUS(STATUS_BUFFER_OVERFLOW,
		      tdi_receive_datagram(self->there, NULL, 0, NULL, NULL, 0,
					   NULL));
	EXPECT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, NULL, 0, NULL, NULL, 0,
					   NULL));
	EXPECT_NOTHING(self->there);
}

/* As TDI_QUERY_MAX_DATAGRAM_INFO says, and what would be too much */
TEST_F(datagram, longest)
{
	const size_t longest = variant->family == AF_INET6 ? 65527 : 65507;
	struct tdi_max_datagram_info info;
	static char sent[65536], came[65536];

	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_query_information(self->here,
					    TDI_QUERY_MAX_DATAGRAM_INFO, &info,
					    sizeof(info), 0, NULL));
	EXPECT_EQ(longest, info.max_datagram_size);
	pattern_fill(sent, longest + 1, 0);
	EXPECT_STATUS(STATUS_INVALID_BUFFER_SIZE,
		      tdi_send_datagram(self->here, sent, longest + 1,
					&self->there_at, 0, &self->io));
	EXPECT_EQ(0, self->io.information);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_send_datagram(self->here, sent, longest,
					&self->there_at, 0, &self->io));
	EXPECT_EQ(longest, self->io.information);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, came, sizeof(came),
					   NULL, NULL, 0, &self->io));
	EXPECT_EQ(longest, self->io.information);
	EXPECT_TRUE(pattern_check(came, longest, 0));
}

/* Longer than the room: the rest is lost, the next one is whole */
TEST_F(datagram, truncated)
{
	struct tdi_taddr source;

	EXPECT_SAYS(self->here, "longish", &self->there_at);
	EXPECT_SAYS(self->here, "next", &self->there_at);
	memset(self->bytes, 'x', sizeof(self->bytes));
	ASSERT_STATUS(STATUS_BUFFER_OVERFLOW,
		      tdi_receive_datagram(self->there, self->bytes, 4, NULL,
					   &source, 0, &self->io));
	EXPECT_EQ(4, self->io.information);
	EXPECT_EQ(0, memcmp(self->bytes, "longx", 5));
	EXPECT_TRUE(address_equal(&source, &self->here_at));
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, self->bytes, 4, NULL,
					   NULL, 0, &self->io));
	EXPECT_EQ(4, self->io.information);
	EXPECT_EQ(0, memcmp(self->bytes, "next", 4));
}

TEST_F(datagram, peek)
{
	EXPECT_SAYS(self->here, "still there", &self->there_at);
	ASSERT_STATUS(STATUS_BUFFER_OVERFLOW,
		      tdi_receive_datagram(self->there, self->bytes, 5, NULL,
					   NULL, TDI_RECEIVE_PEEK, &self->io));
	EXPECT_EQ(5, self->io.information);
	EXPECT_EQ(0, memcmp(self->bytes, "still", 5));
	EXPECT_HEARS(self->there, "still there");
}

/* No remote, one of the other family, one without a port, a malformed one */
TEST_F(datagram, bad_remotes)
{
	struct tdi_taddr remotes[] = {
		{ 0 },
		address_local(variant->family == AF_INET ? AF_INET6 : AF_INET,
			      tdi_taddr_port(&self->there_at)),
		address_local(variant->family, 0),
		self->there_at,
	};

	remotes[3].length -= 1;
	for (size_t i = 0; i < ARRAY_SIZE(remotes); i++)
		EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
			      say(self->here, "nowhere", &remotes[i]));
	/* nobody whom a receive could wait for */
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      tdi_receive_datagram(self->there, self->bytes, 8,
					   &remotes[1], NULL, 0, NULL));
	EXPECT_NOTHING(self->there);
}

/* Nobody has to answer for it; nor is that a way for IPv4 */
TEST_F(datagram, no_route)
{
	bool ip6 = variant->family == AF_INET6;
	struct tdi_taddr any = address_any(variant->family, 0);
	struct tdi_taddr far = address_at(ip6 ? "2001:db8::9" : "192.0.2.9", 9);
	struct tdi_taddr mapped = address_at("::ffff:127.0.0.1", 9);
	int address = open_udp(&any, 0);

	EXPECT_STATUS(STATUS_NETWORK_UNREACHABLE, say(address, "x", &far));
	EXPECT_STATUS(STATUS_NETWORK_UNREACHABLE,
		      tdi_connect(address, &far, 0, NULL, 0, NULL));
	if (ip6)
		EXPECT_STATUS(STATUS_NETWORK_UNREACHABLE,
			      say(address, "x", &mapped));
	net_run("ip route add unreachable 192.0.2.0/24 && "
		"ip route add unreachable 2001:db8::/32");
	EXPECT_STATUS(STATUS_HOST_UNREACHABLE, say(address, "x", &far));
	EXPECT_STATUS(STATUS_HOST_UNREACHABLE,
		      tdi_connect(address, &far, 0, NULL, 0, NULL));
	EXPECT_NOTHING(address);
	EXPECT_SAYS(address, "you", &self->there_at);
	EXPECT_HEARS(self->there, "you");
	close(address);
}

TEST_F(datagram, nonblock)
{
	set_nonblock(self->there, true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive_datagram(self->there, self->bytes, 8, NULL,
					   NULL, 0, NULL));
	EXPECT_SAYS(self->here, "now", &self->there_at);
	EXPECT_HEARS(self->there, "now");
	/* not for that one: it is lost */
	EXPECT_SAYS(self->here, "other", &self->there_at);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive_datagram(self->there, self->bytes, 8,
					   &self->plain_at, NULL, 0, NULL));
	EXPECT_NOTHING(self->there);
}

TEST_F(datagram, waits)
{
	struct job job;

	receive(&job, self->there, NULL);
	EXPECT_SAYS(self->here, "at last", &self->there_at);
	EXPECT_RECEIVED(&job, "at last", &self->here_at);
}

TEST_F(datagram, cancelled)
{
	struct job job;

	receive(&job, self->there, NULL);
	job_cancel(&job);
	EXPECT_OUTCOME(STATUS_CANCELLED, job_end(&job));
	EXPECT_EQ(0, job.io.information);
	/* nobody waits for it any more */
	EXPECT_SAYS(self->here, "later", &self->there_at);
	EXPECT_HEARS(self->there, "later");
	EXPECT_EQ(0, ((char *)job.buffer)[0]);
}

/* The receive of one source: what others say meanwhile is nobody's. */
TEST_F(datagram, filter)
{
	struct job job;

	receive(&job, self->there, &self->plain_at);
	EXPECT_SAYS(self->here, "unwanted", &self->there_at);
	plain_say(self->plain, "wanted", &self->there_at);
	EXPECT_RECEIVED(&job, "wanted", &self->plain_at);
	EXPECT_NOTHING(self->there);
}

/* A host, whatever the port; and what has come before */
TEST_F(datagram, filter_by_host)
{
	struct tdi_taddr host = address_local(variant->family, 0);
	struct tdi_taddr other = address_text(variant->family == AF_INET6 ?
					      "[fd09::7]:0" : "10.9.0.7:0");

	EXPECT_SAYS(self->here, "here", &self->there_at);
	ASSERT_STATUS(STATUS_SUCCESS,
		      tdi_receive_datagram(self->there, self->bytes, 8, &host,
					   NULL, 0, &self->io));
	EXPECT_EQ(0, memcmp(self->bytes, "here", 4));
	EXPECT_SAYS(self->here, "here", &self->there_at);
	set_nonblock(self->there, true);
	EXPECT_STATUS(STATUS_DEVICE_NOT_READY,
		      tdi_receive_datagram(self->there, self->bytes, 8, &other,
					   NULL, 0, NULL));
}

/* Of those that want it the first one has it. */
TEST_F(datagram, filters_in_order)
{
	struct job jobs[4];

	receive(&jobs[0], self->there, &self->plain_at);
	receive(&jobs[1], self->there, &self->here_at);
	receive(&jobs[2], self->there, NULL);
	receive(&jobs[3], self->there, &self->plain_at);
	EXPECT_SAYS(self->here, "one", &self->there_at);
	EXPECT_RECEIVED(&jobs[1], "one", &self->here_at);
	EXPECT_SAYS(self->here, "two", &self->there_at);
	EXPECT_RECEIVED(&jobs[2], "two", &self->here_at);
	EXPECT_SAYS(self->here, "lost", &self->there_at);
	plain_say(self->plain, "three", &self->there_at);
	EXPECT_RECEIVED(&jobs[0], "three", &self->plain_at);
	plain_say(self->plain, "four", &self->there_at);
	EXPECT_RECEIVED(&jobs[3], "four", &self->plain_at);
	EXPECT_NOTHING(self->there);
}

#define SPACE	(EPOLLOUT | EPOLLWRNORM)

/* EPOLLIN is of events; a datagram that waits is EPOLLRDBAND. */
TEST_F(datagram, polled)
{
	const short all = POLLIN | POLLRDNORM | POLLRDBAND | POLLOUT |
			  POLLWRNORM;

	EXPECT_EQ(SPACE, look_events(self->there, all));
	EXPECT_SAYS(self->here, "look", &self->there_at);
	EXPECT_EQ(POLLRDBAND, wait_events(self->there, POLLRDBAND));
	EXPECT_EQ(SPACE | EPOLLRDBAND, look_events(self->there, all));
	EXPECT_HEARS(self->there, "look");
	EXPECT_EQ(SPACE, look_events(self->there, all));
}

static void job_poll(struct job *job)
{
	job->io.information = wait_events(job->fd, POLLRDBAND);
}

TEST_F(datagram, poll_wakes)
{
	struct job job = { .call = job_poll, .fd = self->there };

	job_start(&job);
	ASSERT_SOON(is_polling(job.id));
	EXPECT_SAYS(self->here, "wake up", &self->there_at);
	job_end(&job);
	EXPECT_EQ(POLLRDBAND, job.io.information);
}

/* ---- Connected ---- */

#define CONNECT(address, remote)					\
	ASSERT_STATUS(STATUS_SUCCESS,					\
		      tdi_connect(address, remote, 0, NULL, 0, NULL))

/* It hears nobody else, and need not say to whom. */
TEST_F(datagram, connected)
{
	CONNECT(self->there, &self->plain_at);
	EXPECT_SAYS(self->here, "unheard", &self->there_at);
	plain_say(self->plain, "heard", &self->there_at);
	EXPECT_HEARS_FROM(self->there, "heard", &self->plain_at);
	EXPECT_SAYS(self->there, "to you", NULL);
	EXPECT_TRUE(plain_hears(self->plain, "to you"));
	EXPECT_SAYS(self->there, "to another", &self->here_at);
	EXPECT_HEARS_FROM(self->here, "to another", &self->there_at);

	/* another connect replaces it */
	CONNECT(self->there, &self->here_at);
	plain_say(self->plain, "unheard", &self->there_at);
	EXPECT_SAYS(self->here, "now me", &self->there_at);
	EXPECT_HEARS(self->there, "now me");
	EXPECT_SAYS(self->there, "and you", NULL);
	EXPECT_HEARS(self->here, "and you");
}

TEST_F(datagram, disconnected)
{
	struct tdi_taddr after;

	EXPECT_STATUS(STATUS_INVALID_CONNECTION,
		      tdi_disconnect(self->there, 0, 0, NULL));
	CONNECT(self->there, &self->plain_at);
	ASSERT_STATUS(STATUS_SUCCESS, tdi_disconnect(self->there, 0, 0, NULL));
	after = local_address(self->there);
	EXPECT_TRUE(address_equal(&after, &self->there_at));
	EXPECT_EQ(-1, plain_udp(&self->there_at, REUSE_ADDR | REUSE_PORT));
	EXPECT_SAYS(self->here, "heard again", &self->there_at);
	EXPECT_HEARS_FROM(self->there, "heard again", &self->here_at);
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      say(self->there, "to whom", NULL));
}

TEST_F(datagram, bad_connects)
{
	struct tdi_taddr any = address_any(variant->family, 9);
	struct tdi_taddr none = address_local(variant->family, 0);
	struct tdi_taddr other = address_local(variant->family == AF_INET ?
					       AF_INET6 : AF_INET, 9);
	const struct tdi_taddr *bad[] = { &any, &none, &other };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
			      tdi_connect(self->here, bad[i], 0, NULL, 0,
					  NULL));
	EXPECT_STATUS(STATUS_INVALID_ADDRESS_COMPONENT,
		      say(self->here, "to whom", NULL));
}

/* There is no way to it: the remote is the one that it was. */
TEST_F(datagram, failed_connect)
{
	struct tdi_taddr nowhere = address_text(variant->family == AF_INET ?
						"192.0.2.1:9" :
						"[2001:db8::1]:9");

	CONNECT(self->here, &self->there_at);
	EXPECT_STATUS(STATUS_NETWORK_UNREACHABLE,
		      tdi_connect(self->here, &nowhere, 0, NULL, 0, NULL));
	EXPECT_SAYS(self->here, "still you", NULL);
	EXPECT_HEARS_FROM(self->there, "still you", &self->here_at);
	EXPECT_SAYS(self->there, "heard", &self->here_at);
	EXPECT_HEARS(self->here, "heard");
	plain_say(self->plain, "unheard", &self->here_at);
	EXPECT_NOTHING(self->here);
}

/* What the remote's host answers is told once, also to one that waits. */
TEST_F(datagram, port_unreachable)
{
	struct tdi_taddr closed = udp_closed_port(variant->family);
	struct job job;

	CONNECT(self->here, &closed);
	EXPECT_SAYS(self->here, "anybody", NULL);
	EXPECT_TRUE(look_events(self->here, POLLIN) & POLLERR);
	EXPECT_STATUS(STATUS_PORT_UNREACHABLE, say(self->here, "there", NULL));
	EXPECT_NOTHING(self->here);

	receive(&job, self->here, NULL);
	EXPECT_SAYS(self->here, "once more", NULL);
	EXPECT_OUTCOME(STATUS_PORT_UNREACHABLE, job_end(&job));
}

/* An address that sends to many is not told in a request of another remote's. */
TEST_F(datagram, port_unreachable_unconnected)
{
	struct tdi_taddr closed = udp_closed_port(variant->family);

	EXPECT_SAYS(self->here, "anybody", &closed);
	EXPECT_SAYS(self->here, "you", &self->there_at);
	EXPECT_HEARS(self->there, "you");
	EXPECT_SAYS(self->here, "anybody", &closed);
	EXPECT_NOTHING(self->here);
	EXPECT_SAYS(self->there, "me", &self->here_at);
	EXPECT_HEARS(self->here, "me");
}

TEST_HARNESS_MAIN
