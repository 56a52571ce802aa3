/* SPDX-License-Identifier: GPL-2.0-only */
/* Network namespaces, and the plain sockets that stand on the other side */
#ifndef NET_H
#define NET_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <libtdi.h>

/* ---- Namespaces ---- */

/* A namespace of the caller's own, its loopback up; descriptor of it */
int net_enter(void);
void net_switch(int ns);
/* A wire from here to namespace @there: devices "near" and "far", up, with
 * 10.9.0.1 and fd09::1 here, 10.9.0.2 and fd09::2 there
 */
void net_wire(int here, int there);
/* Another one: "near2" and "far2", 10.8.0.1 ... fd08::2 */
void net_second_wire(int here, int there);
/* Called on the near side: what goes out gets lost, by a wrong link address */
void net_wire_break(void);
/* Called on the far side: takes that address on */
void net_wire_mend(void);
/* Runs ip(8), tc(8) */
__attribute__((format(printf, 1, 2)))
void net_run(const char *format, ...);
void net_sysctl(const char *name, const char *value);
/* Takes a capability, CAP_xxx, off the caller, or gives it back */
void net_may(int capability, bool may);
/* Sockets of the namespace, whoever has them, also those that nobody has */
int net_sockets(void);
/* Descriptor for net_destroy() */
int net_diag(void);
/* What "ss -K" does to a connection, or with @remote NULL to a listener */
void net_destroy(int diag, const struct tdi_taddr *local,
		 const struct tdi_taddr *remote);

/* ---- Addresses ---- */

struct tdi_taddr address_text(const char *text);
/* A host, which may have a %scope, and a port */
struct tdi_taddr address_at(const char *host, uint16_t port);
/* 127.0.0.1 or ::1 */
struct tdi_taddr address_local(int family, uint16_t port);
struct tdi_taddr address_any(int family, uint16_t port);
struct tdi_taddr address_of_socket(int fd);
struct tdi_taddr address_of_peer(int fd);
bool address_equal(const struct tdi_taddr *a, const struct tdi_taddr *b);

/* ---- Plain sockets (all close-on-exec) ---- */

#define REUSE_ADDR	1
#define REUSE_PORT	2
#define DUAL_STACK	4

int plain_socket(int family, int flags);
/* -1 and errno if the kernel does not let it */
int plain_bind(const struct tdi_taddr *address, int reuse);
int plain_connect(const struct tdi_taddr *remote);
int plain_connect_from(int fd, const struct tdi_taddr *remote);
/* These abort the test instead. */
int plain_listen(int family, int backlog);
int plain_accept(int listener);
uint16_t plain_port(int fd);
/* A listener that lets nobody in any more: it drops every SYN */
int plain_deaf(int family);

/* Whole buffers */
void plain_send(int fd, const void *buffer, size_t length);
void plain_receive(int fd, void *buffer, size_t length);
/* Waits: 0 end of file, -1 reset (or none of both in time: aborts) */
int plain_end(int fd);
void plain_reset(int fd);
/* Nothing that it sent is unacknowledged, nothing unread */
bool plain_all_acked(int fd);

/* ---- Bytes that tell where they belong ---- */

void pattern_fill(void *buffer, size_t length, uint64_t offset);
bool pattern_check(const void *buffer, size_t length, uint64_t offset);

#endif /* NET_H */
