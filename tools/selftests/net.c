// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net.h"
#include "wait.h"

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	NEED(fd >= 0);
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	NEED(!ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

int net_enter(void)
{
	int ns;

	NEED(!unshare(CLONE_NEWNET));
	lo_up();
	ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	NEED(ns >= 0);
	return ns;
}

void net_switch(int ns)
{
	NEED(!setns(ns, CLONE_NEWNET));
}

void net_run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		die("failed: %s", command);
}

void net_sysctl(const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die("%s = %s: %m", path, value);
	close(fd);
}

/* A link that has just come up has no routes yet. */
static void wait_for_route(const struct tdi_taddr *ta)
{
	struct deadline deadline = deadline_in(PATIENCE_MS);
	struct sockaddr_storage ss;
	char text[TDI_TADDR_STRLEN];
	socklen_t length;
	int fd;

	NEED(!tdi_taddr_to_sockaddr(ta, &ss, &length));
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	NEED(fd >= 0);
	while (connect(fd, (struct sockaddr *)&ss, length)) {
		if (deadline_passed(&deadline)) {
			tdi_taddr_format(ta, text, sizeof(text));
			die("no route to %s: %m", text);
		}
		pace();
	}
	close(fd);
}

/* One end; @link makes both */
static void wire_end(const char *link, const char *device, int subnet, int host)
{
	net_run("ip -batch - <<-END\n"
		"%s\n"
		"addr add 10.%d.0.%d/24 dev %s\n"
		"addr add fd0%d::%d/64 dev %s nodad\n"
		"link set %s up\n"
		"END", link, subnet, host, device, subnet, host, device, device);
}

static void wait_for_wire(int subnet, int host)
{
	struct tdi_taddr ip, ip6;
	char text[32];

	snprintf(text, sizeof(text), "10.%d.0.%d", subnet, host);
	ip = address_at(text, 9);
	snprintf(text, sizeof(text), "fd0%d::%d", subnet, host);
	ip6 = address_at(text, 9);
	wait_for_route(&ip);
	wait_for_route(&ip6);
}

static void add_wire(int here, int there, const char *near, const char *far,
		     int subnet)
{
	char link[160];

	/* of an end that has its peer's index the kernel hears a second later */
	snprintf(link, sizeof(link),
		 "link add %s index %d address 02:00:00:00:00:01 type veth"
		 " peer name %s index %d netns /proc/%d/fd/%d", near,
		 subnet * 10 + 1, far, subnet * 10 + 2, getpid(), there);
	net_switch(here);
	wire_end(link, near, subnet, 1);
	net_switch(there);
	wire_end("", far, subnet, 2);
	wait_for_wire(subnet, 1);
	net_switch(here);
	wait_for_wire(subnet, 2);
}

void net_wire(int here, int there)
{
	add_wire(here, there, "near", "far", 9);
}

void net_second_wire(int here, int there)
{
	add_wire(here, there, "near2", "far2", 8);
}

void net_wire_break(void)
{
	net_run("ip -batch - <<-END\n"
		"neigh replace 10.9.0.2 lladdr 02:00:00:00:00:99 dev near\n"
		"neigh replace fd09::2 lladdr 02:00:00:00:00:99 dev near\n"
		"END");
}

void net_wire_mend(void)
{
	/* which makes it forget its neighbour */
	net_run("ip -batch - <<-END\n"
		"link set far address 02:00:00:00:00:99\n"
		"neigh replace 10.9.0.1 lladdr 02:00:00:00:00:01 dev far\n"
		"neigh replace fd09::1 lladdr 02:00:00:00:00:01 dev far\n"
		"END");
}

void net_may(int capability, bool may)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	NEED(!syscall(SYS_capget, &header, data));
	data[0].effective &= ~(1U << capability);
	if (may)
		data[0].effective |= 1U << capability;
	NEED(!syscall(SYS_capset, &header, data));
}

int net_sockets(void)
{
	FILE *file = fopen("/proc/thread-self/net/sockstat", "re");
	int count;

	NEED(file);
	NEED(fscanf(file, "sockets: used %d", &count) == 1);
	fclose(file);
	return count;
}

int net_diag(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	NEED(fd >= 0);
	return fd;
}

static void diag_end(const struct tdi_taddr *ta, uint32_t *address,
		     uint16_t *port)
{
	struct sockaddr_storage ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
	struct sockaddr_in *in = (struct sockaddr_in *)&ss;

	NEED(!tdi_taddr_to_sockaddr(ta, &ss, NULL));
	*port = in->sin_port;
	if (ss.ss_family == AF_INET6)
		memcpy(address, &in6->sin6_addr, sizeof(in6->sin6_addr));
	else
		memcpy(address, &in->sin_addr, sizeof(in->sin_addr));
}

void net_destroy(int diag, const struct tdi_taddr *local,
		 const struct tdi_taddr *remote)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header.nlmsg_len = sizeof(message),
		.header.nlmsg_type = SOCK_DESTROY,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.request.sdiag_protocol = IPPROTO_TCP,
		.request.sdiag_family = local->length == TDI_TA_LENGTH_IP6 ?
					AF_INET6 : AF_INET,
		.request.idiag_states = -1,
		.request.id.idiag_cookie = { INET_DIAG_NOCOOKIE,
					     INET_DIAG_NOCOOKIE },
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	struct inet_diag_sockid *id = &message.request.id;

	diag_end(local, id->idiag_src, &id->idiag_sport);
	if (remote)
		diag_end(remote, id->idiag_dst, &id->idiag_dport);
	NEED(send(diag, &message, sizeof(message), 0) == sizeof(message));
	NEED(recv(diag, &answer, sizeof(answer), 0) > 0);
	/* it may not be there, or no more */
	if (answer.error.error && answer.error.error != -ENOENT)
		die("SOCK_DESTROY: %s", strerror(-answer.error.error));
}

struct tdi_taddr address_text(const char *text)
{
	struct tdi_taddr ta;

	if (tdi_taddr_parse(&ta, text))
		die("no address: %s", text);
	return ta;
}

struct tdi_taddr address_at(const char *host, uint16_t port)
{
	char text[TDI_TADDR_STRLEN];

	snprintf(text, sizeof(text), strchr(host, ':') ? "[%s]:%u" : "%s:%u",
		 host, port);
	return address_text(text);
}

struct tdi_taddr address_local(int family, uint16_t port)
{
	return address_at(family == AF_INET6 ? "::1" : "127.0.0.1", port);
}

struct tdi_taddr address_any(int family, uint16_t port)
{
	return address_at(family == AF_INET6 ? "::" : "0.0.0.0", port);
}

static struct tdi_taddr address_get(int fd, int (*get)(int fd,
						       struct sockaddr *sa,
						       socklen_t *salen))
{
	struct sockaddr_storage ss;
	socklen_t length = sizeof(ss);
	struct tdi_taddr ta;

	NEED(!get(fd, (struct sockaddr *)&ss, &length));
	NEED(!tdi_taddr_from_sockaddr(&ta, (struct sockaddr *)&ss, length));
	return ta;
}

struct tdi_taddr address_of_socket(int fd)
{
	return address_get(fd, getsockname);
}

struct tdi_taddr address_of_peer(int fd)
{
	return address_get(fd, getpeername);
}

bool address_equal(const struct tdi_taddr *a, const struct tdi_taddr *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}

static void set_option(int fd, int level, int name, int value)
{
	NEED(!setsockopt(fd, level, name, &value, sizeof(value)));
}

int plain_socket(int family, int flags)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	NEED(fd >= 0);
	return fd;
}

int plain_bind(const struct tdi_taddr *address, int reuse)
{
	struct sockaddr_storage ss;
	socklen_t length;
	int fd, error;

	NEED(!tdi_taddr_to_sockaddr(address, &ss, &length));
	fd = plain_socket(ss.ss_family, 0);
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, !!(reuse & REUSE_ADDR));
	set_option(fd, SOL_SOCKET, SO_REUSEPORT, !!(reuse & REUSE_PORT));
	if (ss.ss_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY,
			   !(reuse & DUAL_STACK));
	if (!bind(fd, (struct sockaddr *)&ss, length))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int plain_connect_from(int fd, const struct tdi_taddr *remote)
{
	struct sockaddr_storage ss;
	socklen_t length;

	NEED(!tdi_taddr_to_sockaddr(remote, &ss, &length));
	return connect(fd, (struct sockaddr *)&ss, length);
}

int plain_connect(const struct tdi_taddr *remote)
{
	struct sockaddr_storage ss;
	socklen_t length;
	int fd, error;

	NEED(!tdi_taddr_to_sockaddr(remote, &ss, &length));
	fd = plain_socket(ss.ss_family, 0);
	if (!connect(fd, (struct sockaddr *)&ss, length))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int plain_listen(int family, int backlog)
{
	struct tdi_taddr any = address_any(family, 0);
	int fd = plain_bind(&any, 0);

	NEED(fd >= 0);
	NEED(!listen(fd, backlog));
	return fd;
}

int plain_accept(int listener)
{
	int fd;

	if (!wait_events(listener, POLLIN))
		die("nobody came to the listener");
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	NEED(fd >= 0);
	return fd;
}

uint16_t plain_port(int fd)
{
	struct tdi_taddr ta = address_of_socket(fd);

	return tdi_taddr_port(&ta);
}

/* One connection more than its backlog of 0, which nobody accepts */
int plain_deaf(int family)
{
	int listener = plain_listen(family, 0);
	struct tdi_taddr ta = address_local(family, plain_port(listener));

	NEED(plain_connect(&ta) >= 0);
	return listener;
}

void plain_send(int fd, const void *buffer, size_t length)
{
	ssize_t n;

	for (; length; buffer = (const char *)buffer + n, length -= n) {
		if (!wait_events(fd, POLLOUT))
			die("the peer cannot send on");
		n = send(fd, buffer, length, MSG_NOSIGNAL);
		NEED(n > 0);
	}
}

void plain_receive(int fd, void *buffer, size_t length)
{
	ssize_t n;

	for (; length; buffer = (char *)buffer + n, length -= n) {
		if (!wait_events(fd, POLLIN))
			die("the peer gets no more, %zu bytes are missing",
			    length);
		n = recv(fd, buffer, length, 0);
		NEED(n >= 0);
		if (!n)
			die("end of file, %zu bytes are missing", length);
	}
}

int plain_end(int fd)
{
	char byte;
	ssize_t n;

	if (!wait_events(fd, POLLIN))
		die("the connection does not end");
	n = recv(fd, &byte, 1, 0);
	if (n > 0)
		die("data where the connection should have ended");
	NEED(!n || errno == ECONNRESET);
	return n;
}

void plain_reset(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	NEED(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	close(fd);
}

bool plain_all_acked(int fd)
{
	int queued;

	NEED(!ioctl(fd, SIOCOUTQ, &queued));
	return !queued;
}

/* No period that a page or a segment could hide */
static unsigned char pattern_at(uint64_t offset)
{
	return (offset * 167 + offset / 251) >> 2;
}

void pattern_fill(void *buffer, size_t length, uint64_t offset)
{
	unsigned char *byte = buffer;

	for (size_t i = 0; i < length; i++)
		byte[i] = pattern_at(offset + i);
}

bool pattern_check(const void *buffer, size_t length, uint64_t offset)
{
	const unsigned char *byte = buffer;

	for (size_t i = 0; i < length; i++) {
		if (byte[i] == pattern_at(offset + i))
			continue;
		fprintf(stderr, "# byte %llu is wrong\n",
			(unsigned long long)offset + i);
		return false;
	}
	return true;
}
