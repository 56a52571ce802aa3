// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net.h"
#include "pair.h"
#include "udp.h"
#include "wait.h"

int open_udp(const struct tdi_taddr *address, uint32_t share)
{
	uint32_t status;
	int fd;

	status = tdi_open_address("udp", 0, address, share, &fd);
	if (status)
		die("open a datagram address: %s", tdi_status_name(status));
	return fd;
}

int plain_udp(const struct tdi_taddr *address, int reuse)
{
	int on = 1, only = !(reuse & DUAL_STACK), fd, error;
	struct sockaddr_storage ss;
	socklen_t length;

	NEED(!tdi_taddr_to_sockaddr(address, &ss, &length));
	fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	NEED(fd >= 0);
	NEED(!setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)));
	on = !!(reuse & REUSE_ADDR);
	NEED(!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	on = !!(reuse & REUSE_PORT);
	NEED(!setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)));
	if (ss.ss_family == AF_INET6)
		NEED(!setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &only,
				 sizeof(only)));
	if (!bind(fd, (struct sockaddr *)&ss, length))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

struct tdi_taddr udp_closed_port(int family)
{
	struct tdi_taddr local = address_local(family, 0), closed;
	int fd = plain_udp(&local, 0);

	NEED(fd >= 0);
	closed = address_of_socket(fd);
	close(fd);
	return closed;
}

void plain_say(int fd, const char *text, const struct tdi_taddr *to)
{
	struct sockaddr_storage ss;
	socklen_t length;

	NEED(!tdi_taddr_to_sockaddr(to, &ss, &length));
	NEED(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&ss,
		    length) == (ssize_t)strlen(text));
}

static bool is_text(const char *text, const char *bytes, size_t length)
{
	if (length == strlen(text) && !memcmp(bytes, text, length))
		return true;
	fprintf(stderr, "# not \"%s\": \"%.*s\"\n", text, (int)length, bytes);
	return false;
}

bool plain_hears(int fd, const char *text)
{
	char bytes[128];
	ssize_t n;

	if (!wait_events(fd, POLLIN))
		die("no datagram: %s", text);
	n = recv(fd, bytes, sizeof(bytes), 0);
	NEED(n >= 0);
	return is_text(text, bytes, n);
}

uint32_t say(int address, const char *text, const struct tdi_taddr *to)
{
	return tdi_send_datagram(address, text, strlen(text), to, 0, NULL);
}

bool hears_from(int address, const char *text, const struct tdi_taddr *source)
{
	struct tdi_io io = { 0 };
	struct tdi_taddr from;
	uint32_t status;
	char bytes[128];

	status = tdi_receive_datagram(address, bytes, sizeof(bytes), NULL,
				      &from, 0, &io);
	if (status) {
		fprintf(stderr, "# not \"%s\": %s\n", text,
			tdi_status_name(status));
		return false;
	}
	return is_text(text, bytes, io.information) &&
	       (!source || address_equal(source, &from));
}

bool hears(int address, const char *text)
{
	return hears_from(address, text, NULL);
}

bool hears_nothing(int address)
{
	bool blocking = !(fcntl(address, F_GETFL) & O_NONBLOCK);
	uint32_t status;
	char byte;

	set_nonblock(address, true);
	status = tdi_receive_datagram(address, &byte, 1, NULL, NULL,
				      TDI_RECEIVE_PEEK, NULL);
	if (blocking)
		set_nonblock(address, false);
	return status == STATUS_DEVICE_NOT_READY;
}

static struct tdi_object_id option_id(uint32_t id)
{
	return (struct tdi_object_id) {
		.tei_entity = TDI_ENTITY_CL_TL,
		.toi_class = TDI_INFO_CLASS_PROTOCOL,
		.toi_type = TDI_INFO_TYPE_ADDRESS_OBJECT,
		.toi_id = id,
	};
}

uint32_t set_option(int address, uint32_t id, const void *value, size_t length)
{
	struct tdi_set_information_ex arg = {
		.head.size = sizeof(arg),
		.head.status = ~0U,
		.id = option_id(id),
		.length = length,
		.buffer = (uintptr_t)value,
	};

	ioctl(address, TDI_IOC_SET_INFORMATION_EX, &arg);
	return arg.head.status;
}

uint32_t set_number(int address, uint32_t id, uint32_t value)
{
	return set_option(address, id, &value, sizeof(value));
}

uint32_t get_number(int address, uint32_t id, uint32_t *value)
{
	struct tdi_query_information_ex arg = {
		.head.size = sizeof(arg),
		.head.status = ~0U,
		.id = option_id(id),
		.length = sizeof(*value),
		.buffer = (uintptr_t)value,
	};

	ioctl(address, TDI_IOC_QUERY_INFORMATION_EX, &arg);
	return arg.head.status;
}
