/* SPDX-License-Identifier: GPL-2.0-only */
/* TDI files, and the usual set-up: an endpoint here, a plain socket there */
#ifndef PAIR_H
#define PAIR_H

#include <stdbool.h>
#include <stdint.h>
#include <libtdi.h>

/* These abort the test when they fail. */
int open_control(void);
int open_address(const struct tdi_taddr *address);
int open_endpoint(void);
int open_associated(int address);
struct tdi_taddr local_address(int fd);
uint16_t local_port(int fd);
void set_nonblock(int fd, bool on);

/* enum tdi_connection_state of an endpoint, -1 if there is no telling */
int endpoint_state(int endpoint);
/* How many files of the module are open, anywhere; nothing closes meanwhile */
int module_files(void);
/* What the module is held by, more than one for each file */
int module_references(void);

/**
 * struct pair - an endpoint and somebody to talk to, alone in a namespace
 * @family: AF_INET or AF_INET6
 * @ns: the namespace
 * @address: transport address, any local host and a free port
 * @endpoint: associated with it
 * @listener: plain socket that listens
 * @remote: where the listener is
 * @local: where the endpoint comes from, seen by the listener
 * @peer: plain end of the connection, -1 before pair_connect()
 */
struct pair {
	int family;
	int ns;
	int address;
	int endpoint;
	int listener;
	struct tdi_taddr remote;
	struct tdi_taddr local;
	int peer;
};

void pair_open(struct pair *pair, int family);
/* Two ends with small buffers; before pair_connect() */
void pair_small_buffers(struct pair *pair);
void pair_connect(struct pair *pair);
void pair_close(struct pair *pair);
/*
 * After pair_small_buffers(): sends until there is no room, which is more than
 * the peer takes before it reads.  Bytes that went, as pattern_fill()
 */
size_t pair_stuff(struct pair *pair);
/* An idle endpoint can be used (once more): connects, talks, aborts */
bool pair_usable(struct pair *pair, int endpoint);

#endif /* PAIR_H */
