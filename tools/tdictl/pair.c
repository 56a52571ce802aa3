// SPDX-License-Identifier: GPL-2.0-only
/* Files of connect, listen and events, each opening told as a call */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
#include "pair.h"

void close_file(int fd)
{
	struct call call;

	if (fd < 0)
		return;
	call_begin(&call, "close fd:%d", fd);
	close(fd);
	call_tell(&call, "ok");
}

void close_pair(struct pair *pair)
{
	close_file(pair->endpoint);
	close_file(pair->address);
	pair->endpoint = pair->address = -1;
}

bool failed(struct failure *failure, const char *call, uint32_t status)
{
	failure->call = call;
	failure->status = status;
	failure->error = errno;
	return false;
}

bool open_endpoint(struct pair *pair, int oflags, uint64_t context,
		   struct failure *failure)
{
	struct call call;
	uint32_t status;

	call_begin(&call, "open-endpoint");
	status = tdi_open_endpoint("tcp", oflags, context, &pair->endpoint);
	call_end(&call, status, "fd:%d", pair->endpoint);
	if (status != STATUS_SUCCESS)
		return failed(failure, "open endpoint", status);
	call_begin(&call, "TDI_ASSOCIATE_ADDRESS fd:%d fd:%d", pair->endpoint,
		   pair->address);
	status = tdi_associate_address(pair->endpoint, pair->address, 0, NULL);
	call_end(&call, status, NULL);
	if (status != STATUS_SUCCESS)
		return failed(failure, "TDI_ASSOCIATE_ADDRESS", status);
	return true;
}

uint32_t open_address(const char *device, const struct tdi_taddr *local,
		      int *fd)
{
	char text[TDI_TADDR_STRLEN];
	struct call call;
	uint32_t status;

	tdi_taddr_format(local, text, sizeof(text));
	call_begin(&call, "open-address %s", text);
	status = tdi_open_address(device, 0, local, 0, fd);
	return call_end(&call, status, "fd:%d", *fd);
}

bool open_pair(struct pair *pair, const struct tdi_taddr *local,
	       struct failure *failure)
{
	uint32_t status;

	status = open_address("tcp", local, &pair->address);
	if (status != STATUS_SUCCESS)
		return failed(failure, "open address", status);
	return open_endpoint(pair, 0, 0, failure);
}

void print_address(const char *what, const struct tdi_taddr *ta)
{
	char text[TDI_TADDR_STRLEN];

	tdi_taddr_format(ta, text, sizeof(text));
	fprintf(stderr, "tdictl: %s %s\n", what, text);
}

void print_local(int fd, const char *what)
{
	struct tdi_taddr ta;
	struct call call;
	uint32_t status;

	call_begin(&call, "TDI_QUERY_INFORMATION fd:%d", fd);
	status = tdi_query_address_info(fd, NULL, &ta, 0, NULL);
	if (call_end(&call, status, NULL) == STATUS_SUCCESS)
		print_address(what, &ta);
}

/* LOCAL or LOCAL:PORT; the port, if missing, is 0 */
bool parse_local(struct tdi_taddr *ta, const char *text)
{
	const char *last = strrchr(text, ']');
	char with_port[TDI_TADDR_STRLEN];

	if (strchr(last ? last : text, ':'))
		return !tdi_taddr_parse(ta, text);
	if (strlen(text) + sizeof(":0") > sizeof(with_port))
		return false;
	snprintf(with_port, sizeof(with_port), "%s:0", text);
	return !tdi_taddr_parse(ta, with_port);
}

/* ADDR and PORT of a command line; returns the exit code */
int resolve_address(const char *host, const char *port, struct tdi_taddr *address)
{
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list;
	int error;

	error = getaddrinfo(strcmp(host, "*") ? host : "0.0.0.0", port, &hints,
			    &list);
	if (error) {
		fprintf(stderr, "tdictl: %s port %s: %s\n", host, port,
			gai_strerror(error));
		return EXIT_FAILED;
	}
	tdi_taddr_from_sockaddr(address, list->ai_addr, list->ai_addrlen);
	freeaddrinfo(list);
	return EXIT_OK;
}
