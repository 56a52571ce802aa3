/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _TDI_CONNECTION_H
#define _TDI_CONNECTION_H

#include "file.h"
#include "request.h"
#include "statistics.h"

/* Bits of flags */
#define TDI_CONNECTION_SEND_FAILED	0	/* SEND_POSSIBLE is owed */
#define TDI_CONNECTION_SILENT		1	/* no RECEIVE event until a TDI_RECEIVE */
#define TDI_CONNECTION_URGENT_TOLD	2	/* nor one of expedited data */

/**
 * struct tdi_connection - one connection of an endpoint, from connect or accept
 *	until the next one, disassociation or close
 * @sock: its socket, released with the last reference
 * @endpoint: whose; valid as long as @sock is hooked
 * @refs: see file.h
 * @rcu: for those who look it up
 * @epoch: its number, see struct tdi_endpoint
 * @status: how it ended, final once @ended is set; file->lock, as all below
 * @established: it was connected
 * @releasing: local releases that were asked for; if any, no more sends
 * @fin_sent: the socket is shut down for sending
 * @released: the peer has our FIN
 * @peer_released: we have the peer's FIN
 * @remote_first: before we sent ours
 * @ended: nothing more will happen; what was received can still be read
 * @reported: the connect that failed knows of it
 * @announced: the client knows that it is connected: events may come
 * @told_end: the DISCONNECT event was told, or is not owed
 * @flags: TDI_CONNECTION_xxx
 * @sequence: number that no other connection has
 */
struct tdi_connection {
	struct tdi_sock sock;
	struct tdi_endpoint *endpoint;
	refcount_t refs;
	struct rcu_head rcu;
	u32 epoch;
	u32 status;
	unsigned int releasing;
	bool established;
	bool fin_sent;
	bool released;
	bool peer_released;
	bool remote_first;
	bool ended;
	bool reported;
	bool announced;
	bool told_end;
	unsigned long flags;
	u64 sequence;
};

/* Without file->lock: has it ended, and if so is @status there to be read? */
static inline bool tdi_connection_has_ended(const struct tdi_connection *conn)
{
	return smp_load_acquire(&conn->ended);
}

/* Is it still the endpoint's? */
static inline bool tdi_connection_is_current(const struct tdi_connection *conn)
{
	return rcu_access_pointer(conn->endpoint->connection) == conn;
}

static inline struct tdi_connection *
tdi_connection_locked(struct tdi_endpoint *ep)
{
	return rcu_dereference_protected(ep->connection,
			lockdep_is_held(&tdi_endpoint_file(ep)->lock) ||
			lockdep_is_held(&tdi_endpoint_file(ep)->mutex));
}

/* Of its namespace's statistics */
static inline void tdi_connection_count(const struct tdi_connection *conn,
					enum tdi_counter counter, s64 n)
{
	tdi_count(sock_net(conn->sock.socket->sk), counter, n);
}

static inline void
tdi_connection_count_received(const struct tdi_connection *conn, int n)
{
	tdi_connection_count(conn, TDI_COUNT_RECEIVES, 1);
	tdi_connection_count(conn, TDI_COUNT_BYTES_RECEIVED, n);
}

struct tdi_connection *tdi_connection_get(struct tdi_endpoint *ep);
void tdi_connection_put(struct tdi_connection *conn);
u32 tdi_connection_adopt(struct tdi_endpoint *ep, struct socket *sock);
u32 tdi_connection_lost(struct tdi_endpoint *ep);
void tdi_connection_announce(struct tdi_endpoint *ep, u32 epoch);
void tdi_connection_drop(struct tdi_endpoint *ep);

u32 tdi_connect(struct tdi_request *req);
u32 tdi_disconnect(struct tdi_request *req);

#endif /* _TDI_CONNECTION_H */
