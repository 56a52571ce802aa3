/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of connect, listen and events, each opening told as a call */
#ifndef PAIR_H
#define PAIR_H

#include "tdictl.h"

/* A transport address and an endpoint associated with it */
struct pair {
	int address, endpoint;
};

/* What kept an attempt to connect from succeeding */
struct failure {
	const char	*call;
	uint32_t	 status;
	int		 error;
	struct tdi_taddr remote;
};

void close_file(int fd);
void close_pair(struct pair *pair);
bool failed(struct failure *failure, const char *call, uint32_t status);
uint32_t open_address(const char *device, const struct tdi_taddr *local,
		      int *fd);
bool open_endpoint(struct pair *pair, int oflags, uint64_t context,
		   struct failure *failure);
bool open_pair(struct pair *pair, const struct tdi_taddr *local,
	       struct failure *failure);
void print_address(const char *what, const struct tdi_taddr *ta);
void print_local(int fd, const char *what);
bool parse_local(struct tdi_taddr *ta, const char *text);
int resolve_address(const char *host, const char *port,
		    struct tdi_taddr *address);

/*
 * accept.c: the three ways to a connection that somebody else begins.  @call is
 * the one that failed, if one did.
 */
enum accept_way { ACCEPT_LISTEN, ACCEPT_QUERY, ACCEPT_EVENT };

bool accept_way_parse(const char *text, enum accept_way *way);
uint32_t accept_prepare(enum accept_way way, int address);
void accept_end(enum accept_way way, int address);
uint32_t accept_caller(enum accept_way way, int address, int endpoint,
		       struct tdi_taddr *peer, const char **call);

#endif /* PAIR_H */
