/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The transport: the only code that creates sockets and looks into struct sock.
 */
#ifndef _TDI_SOCK_H
#define _TDI_SOCK_H

#include <linux/bits.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <net/sock.h>
#include <uapi/linux/tdi.h>

struct cred;
struct tdi_sock;

/**
 * struct tdi_device - one row per device node
 * @name: node below /dev/tdi
 * @id: TDI_DEVICE_xxx, also its minor number
 * @type: of its sockets
 * @protocol: of its sockets
 * @present: the node is there
 */
struct tdi_device {
	const char *name;
	u32 id;
	int type;
	int protocol;
	bool present;
};

extern const struct tdi_device tdi_devices[];
#define TDI_DEVICES	3

/* What a struct tdi_sock reports */
#define TDI_SOCK_READABLE	BIT(0)
#define TDI_SOCK_WRITEABLE	BIT(1)
#define TDI_SOCK_STATE		BIT(2)

/* What tdi_sock_state() knows of a connection */
#define TDI_SOCK_CONNECTED	BIT(0)	/* it is, or was and has not ended */
#define TDI_SOCK_RELEASED	BIT(1)	/* the peer has our FIN */
#define TDI_SOCK_PEER_RELEASED	BIT(2)	/* we have the peer's FIN */
#define TDI_SOCK_ENDED		BIT(3)	/* nothing more will happen */

/**
 * typedef tdi_sock_event_t - something happened on a socket
 * @ts: the socket
 * @events: TDI_SOCK_xxx
 *
 * Called from the socket's callbacks: bottom halves off, sk_callback_lock held
 * for reading, a connection's socket locked by somebody.  Must not sleep nor
 * lock the socket.
 */
typedef void (*tdi_sock_event_t)(struct tdi_sock *ts, unsigned int events);

/**
 * struct tdi_sock - a socket that reports to its owner
 * @socket: owned
 * @event: see above; not called any more once tdi_sock_unhook() has returned
 * @urgent: byte of urgent data that nobody has taken yet, or -1
 * @data_ready: the socket's own callback, as the three below
 * @state_change: same
 * @write_space: same
 * @error_report: same
 */
struct tdi_sock {
	struct socket *socket;
	tdi_sock_event_t event;
	int urgent;
	void (*data_ready)(struct sock *sk);
	void (*state_change)(struct sock *sk);
	void (*write_space)(struct sock *sk);
	void (*error_report)(struct sock *sk);
};

int tdi_sock_create(const struct tdi_device *device, struct net *net,
		    int family, struct socket **sock);
int tdi_sock_create_datagram(const struct tdi_device *device, int protocol,
			     struct net *net, int family,
			     const struct cred *cred, struct socket **sock);
int tdi_sock_bind_datagram(struct socket *sock, struct sockaddr_storage *ss,
			   const struct cred *cred);
int tdi_sock_set_bytes(struct socket *sock, int level, int name,
		       const void *value, size_t length);
int tdi_sock_set(struct socket *sock, int level, int name, int value);
void tdi_sock_share(struct tdi_sock *ts);
int tdi_sock_want_errors(struct socket *sock, bool on);
int tdi_sock_want_destination(struct socket *sock, bool on);
bool tdi_sock_has_datagram(const struct socket *sock);
bool tdi_sock_has_error(const struct socket *sock);
void tdi_sock_forget_error(struct socket *sock);
void tdi_sock_return_error(struct socket *sock, int err);
int tdi_sock_take_error(struct socket *sock, struct sockaddr_storage *remote);
int tdi_sock_receive_datagram(struct socket *sock, struct msghdr *msg,
			      unsigned int flags, u32 *kind);
int tdi_sock_bind_anchor(const struct tdi_device *device, struct socket *sock,
			 struct sockaddr_storage *ss, const struct cred *cred,
			 bool reuse);
int tdi_sock_bind_connection(struct socket *sock,
			     const struct sockaddr_storage *ss,
			     const struct cred *cred);
int tdi_sock_listen(struct socket *sock, const struct sockaddr_storage *ss,
		    const struct cred *cred);
int tdi_sock_connect(struct socket *sock, const struct sockaddr_storage *ss);
int tdi_sock_disconnect(struct socket *sock, int ifindex);
void tdi_sock_release_datagram(struct socket *sock);
void tdi_sock_shutdown(struct socket *sock);
unsigned int tdi_sock_state(const struct socket *sock, int *err);
void tdi_sock_set_backlog(struct socket *sock, int backlog);
int tdi_sock_accept(struct tdi_sock *listener, struct socket **sock);
int tdi_sock_local(struct socket *sock, struct sockaddr_storage *ss);
int tdi_sock_peer(struct socket *sock, struct sockaddr_storage *ss);
bool tdi_sock_is_broadcast(struct net *net, const struct sockaddr_storage *ss);
bool tdi_sock_is_group(struct net *net, const struct sockaddr_storage *ss);

int tdi_sock_hook(struct tdi_sock *ts, struct socket *sock,
		  tdi_sock_event_t event);
void tdi_sock_unhook(struct tdi_sock *ts);

u32 tdi_sock_available(struct socket *sock);
u32 tdi_sock_space(struct socket *sock);
bool tdi_sock_urgent(const struct tdi_sock *ts);
int tdi_sock_take_urgent(struct tdi_sock *ts, bool peek);
void tdi_sock_return_urgent(struct tdi_sock *ts, int byte);
bool tdi_sock_readable(struct socket *sock);
__poll_t tdi_sock_poll(struct socket *sock);

/**
 * struct tdi_sock_traffic - what is queued in a socket, and what has passed it
 * @unread: bytes that were not read yet; of datagrams the memory that they take
 * @unsent: bytes that the peer has not acknowledged; of datagrams the memory
 *	of those that have not left
 * @sent: bytes that have
 * @received: bytes that came
 * @dropped: times that something came and was dropped
 */
struct tdi_sock_traffic {
	u32 unread;
	u32 unsent;
	u64 sent;
	u64 received;
	u32 dropped;
};

/* The kernel keeps as much again for what is around the data. */
static inline u32 tdi_sock_window(const struct sock *sk)
{
	return READ_ONCE(sk->sk_rcvbuf) / 2;
}

void tdi_sock_ends(const struct socket *sock, struct sockaddr_storage *local,
		   struct sockaddr_storage *remote);
void tdi_sock_traffic(const struct socket *sock,
		      struct tdi_sock_traffic *traffic);
void tdi_sock_information(struct socket *sock, struct tdi_connection_info *info);

/**
 * typedef tdi_sock_run_t - bytes that lie one behind the other
 * @arg: of tdi_sock_read()
 * @data: the bytes
 * @length: how many
 * @stop: set it, and this is not called any more
 *
 * Return: how many were taken.
 */
typedef size_t (*tdi_sock_run_t)(void *arg, const void *data, size_t length,
				 bool *stop);

int tdi_sock_read(struct tdi_sock *ts, bool told, size_t budget,
		  tdi_sock_run_t run, void *arg);
struct sk_buff *tdi_sock_take_datagram(struct socket *sock,
				       struct sockaddr_storage *source,
				       u32 *flags, int *err);
void tdi_sock_free_datagram(struct socket *sock, struct sk_buff *skb);

void tdi_sock_abort(struct socket *sock);
void tdi_sock_reset(struct socket *sock);
void tdi_sock_release(struct socket *sock);

#endif /* _TDI_SOCK_H */
