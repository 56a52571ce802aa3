// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport addresses: the table of each namespace, sharing (S8), and the port
 * (S7).
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/hashtable.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/netns/generic.h>

#include "address.h"
#include "datagram.h"
#include "event.h"
#include "listen.h"
#include "offer.h"
#include "request.h"
#include "status.h"
#include "taddr.h"

#define TDI_NET_HASH_BITS	8

/*
 * Closed connections hold their port for a while: FIN_WAIT and LAST_ACK by
 * TCP's limit for orphans, then TIME_WAIT.
 */
#define TDI_RECENT_JIFFIES	(5 * 60 * HZ)

/**
 * struct tdi_net - what a namespace has
 * @mutex: the two tables; struct tdi_address's @opens
 * @addresses: open addresses, by port
 * @recents: ports that closed connections of ours may hold, by port
 */
struct tdi_net {
	struct mutex mutex;
	DECLARE_HASHTABLE(addresses, TDI_NET_HASH_BITS);
	DECLARE_HASHTABLE(recents, TDI_NET_HASH_BITS);
};

struct tdi_recent {
	struct hlist_node link;
	unsigned long expires;
	const struct tdi_device *device;
	sa_family_t family;
	__be16 port;
};

static unsigned int tdi_net_id;

static struct tdi_net *tdi_net(const struct net *net)
{
	return net_generic(net, tdi_net_id);
}

/* Also sweeps out of the bucket what has expired. */
static struct tdi_recent *tdi_recent_find(struct tdi_net *tn,
					  const struct tdi_address *address)
{
	__be16 port = tdi_taddr_port(&address->local);
	struct tdi_recent *recent, *found = NULL;
	struct hlist_node *next;

	hash_for_each_possible_safe(tn->recents, recent, next, link,
				    (__force u16)port) {
		if (time_after(jiffies, recent->expires)) {
			hash_del(&recent->link);
			kfree(recent);
		} else if (recent->port == port &&
			   recent->family == address->local.ss_family &&
			   recent->device == address->device) {
			found = recent;
		}
	}
	return found;
}

/* The address's last connections may hold its port a while longer. */
static void tdi_recent_remember(struct tdi_net *tn, struct tdi_address *address)
{
	struct tdi_recent *recent = tdi_recent_find(tn, address);

	if (recent) {
		kfree(address->recent);
	} else {
		recent = address->recent;
		recent->device = address->device;
		recent->family = address->local.ss_family;
		recent->port = tdi_taddr_port(&address->local);
		hash_add(tn->recents, &recent->link,
			 (__force u16)recent->port);
	}
	address->recent = NULL;
	recent->expires = jiffies + TDI_RECENT_JIFFIES;
}

static struct tdi_address *tdi_address_find(struct tdi_net *tn,
					    const struct tdi_device *device,
					    const struct sockaddr_storage *local)
{
	struct tdi_address *address;

	if (!tdi_taddr_port(local))
		return NULL;
	hash_for_each_possible(tn->addresses, address, link,
			       (__force u16)tdi_taddr_port(local))
		if (address->device == device &&
		    tdi_taddr_overlaps(&address->local, local))
			return address;
	return NULL;
}

/* A failed bind, in TDI's words */
static u32 tdi_address_bind_status(int err, bool any_port)
{
	if (err == -EADDRINUSE && any_port)
		return STATUS_TOO_MANY_ADDRESSES;
	return tdi_status_from_errno(err);
}

static void tdi_address_free(struct tdi_address *address)
{
	if (address->anchor)
		sock_release(address->anchor);
	put_cred(address->cred);
	kfree(address->recent);
	kfree_rcu(address, rcu);
}

/* Takes the port.  A raw address has none; its number is the protocol's. */
static int tdi_address_bind(struct tdi_net *tn, struct tdi_address *address,
			    struct tdi_file *file)
{
	int err;

	if (address->device->type != SOCK_STREAM)
		return tdi_datagram_open(file, address, &address->local,
					 address->cred);

	err = tdi_sock_create(address->device, address->net,
			      address->local.ss_family, &address->anchor);
	if (err)
		return err;
	return tdi_sock_bind_anchor(address->device, address->anchor,
				    &address->local, address->cred,
				    tdi_recent_find(tn, address));
}

static u32 tdi_address_create(struct tdi_net *tn, struct tdi_file *file,
			      const struct sockaddr_storage *local, bool shared,
			      u8 protocol, const struct cred *cred)
{
	bool any_port = !tdi_taddr_port(local);
	struct tdi_address *address;
	int err;

	address = kzalloc(sizeof(*address), GFP_KERNEL_ACCOUNT);
	if (!address)
		return STATUS_INSUFFICIENT_RESOURCES;
	address->device = file->device;
	address->protocol = protocol;
	address->net = file->net;
	address->cred = get_cred(cred);
	address->local = *local;
	address->opens = 1;
	address->shared = shared;
	mutex_init(&address->mutex);
	spin_lock_init(&address->lock);
	INIT_LIST_HEAD(&address->files);
	INIT_LIST_HEAD(&address->listens);
	tdi_offers_init(address);

	err = tdi_address_bind(tn, address, file);
	if (err) {
		tdi_address_free(address);
		return tdi_address_bind_status(err, any_port);
	}

	hash_add(tn->addresses, &address->link,
		 (__force u16)tdi_taddr_port(&address->local));
	file->address.address = address;
	return STATUS_SUCCESS;
}

/*
 * Who may open it too: as with SO_REUSEPORT the same user, since connections
 * and datagrams of the one can reach the other; and a privileged port stays one.
 */
static bool tdi_address_may_share(const struct tdi_address *address,
				  const struct cred *cred)
{
	u16 port = ntohs(tdi_taddr_port(&address->local));
	const struct cred *old;
	bool may;

	if (!uid_eq(address->cred->fsuid, cred->fsuid))
		return false;
	if (!inet_port_requires_bind_service(address->net, port))
		return true;

	old = override_creds(cred);
	may = ns_capable(address->net->user_ns, CAP_NET_BIND_SERVICE);
	revert_creds(old);
	return may;
}

static void tdi_address_add_file(struct tdi_file *file,
				 struct tdi_events *events)
{
	struct tdi_address *address = file->address.address;

	events->file = file;
	WRITE_ONCE(file->address.events, events);
	spin_lock_bh(&address->lock);
	list_add_tail_rcu(&file->address.link, &address->files);
	spin_unlock_bh(&address->lock);
}

/* May one more socket be bound to the port? */
static void tdi_address_let_in(struct tdi_address *address, bool on)
{
	struct tdi_address_file *open;

	spin_lock_bh(&address->lock);
	list_for_each_entry(open, &address->files, link)
		open->sock.socket->sk->sk_reuseport = on;
	spin_unlock_bh(&address->lock);
}

/* One more open of an address that is there */
static u32 tdi_address_share(struct tdi_file *file, struct tdi_address *address,
			     const struct cred *cred)
{
	struct sockaddr_storage local = address->local;
	int err = 0;

	if (!tdi_address_may_share(address, cred))
		return STATUS_ACCESS_DENIED;
	if (address->opens >= TDI_OPENS_MAX)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (address->device->type != SOCK_STREAM) {
		tdi_address_let_in(address, true);
		err = tdi_datagram_open(file, address, &local, cred);
		tdi_address_let_in(address, false);
	}
	if (err)
		return tdi_status_from_errno(err);
	address->opens++;
	file->address.address = address;
	return STATUS_SUCCESS;
}

/**
 * tdi_address_open() - open a transport address
 * @file: becomes one open of it; its mutex is held
 * @ta: TRANSPORT_ADDRESS
 * @length: bytes at @ta
 * @share_access: 0 or TDI_FILE_SHARE_xxx
 * @protocol: IP protocol of a raw address
 * @cred: of the opener
 *
 * The same address is shared if both opens allow it and are the same user's.
 * Another address that overlaps (wildcard and specific) never is.
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER or STATUS_INVALID_ADDRESS for
 * what is no local address; STATUS_ADDRESS_ALREADY_EXISTS, STATUS_SHARING_VIOLATION
 * or STATUS_ACCESS_DENIED for one that is taken; what the bind said otherwise.
 */
u32 tdi_address_open(struct tdi_file *file, const void *ta, size_t length,
		     u32 share_access, u32 protocol, const struct cred *cred)
{
	struct tdi_net *tn = tdi_net(file->net);
	struct sockaddr_storage local;
	struct tdi_address *address;
	struct tdi_events *events;
	u32 status;

	if (tdi_taddr_parse(ta, length, &local))
		return STATUS_INVALID_PARAMETER;
	if (file->device->type == SOCK_STREAM &&
	    tdi_sock_is_group(file->net, &local))
		return STATUS_INVALID_ADDRESS;
	if (file->device->type == SOCK_RAW)
		tdi_taddr_set_port(&local, 0);
	/* a broadcast address is nobody's alone (reference 1.4) */
	if (tdi_sock_is_broadcast(file->net, &local))
		share_access |= TDI_FILE_SHARE_READ;

	INIT_LIST_HEAD(&file->address.endpoints);
	events = tdi_events_alloc();
	if (!events)
		return STATUS_INSUFFICIENT_RESOURCES;
	mutex_lock(&tn->mutex);
	address = tdi_address_find(tn, file->device, &local);
	if (!address) {
		status = tdi_address_create(tn, file, &local, share_access,
					    protocol, cred);
	} else if (!tdi_taddr_equal(&address->local, &local)) {
		status = STATUS_ADDRESS_ALREADY_EXISTS;
	} else if (!address->shared || !share_access) {
		status = STATUS_SHARING_VIOLATION;
	} else {
		status = tdi_address_share(file, address, cred);
	}
	if (status)
		kfree(events);
	else
		tdi_address_add_file(file, events);
	mutex_unlock(&tn->mutex);
	return status;
}

/**
 * tdi_address_cleanup() - nobody has a handle of one open of an address any more
 * @file: that open
 *
 * It tells nothing any more, and does not listen; its connections stay.
 */
void tdi_address_cleanup(struct tdi_file *file)
{
	LIST_HEAD(ended);

	mutex_lock(&file->address.address->mutex);
	file->address.cleaned = true;
	mutex_unlock(&file->address.address->mutex);
	tdi_event_off(file);
	tdi_listen_end(file);
	if (file->address.address->device->type == SOCK_STREAM)
		return;
	mutex_lock(&file->mutex);
	tdi_file_end_requests(file, STATUS_CANCELLED, &ended);
	mutex_unlock(&file->mutex);
	tdi_requests_complete(&ended);
}

/**
 * tdi_address_close() - one open of an address goes
 * @file: that open, its endpoints are disassociated
 */
void tdi_address_close(struct tdi_file *file)
{
	struct tdi_address *address = file->address.address;
	struct tdi_net *tn = tdi_net(address->net);

	spin_lock_bh(&address->lock);
	/* until it is released */
	if (address->device->type != SOCK_STREAM)
		file->address.sock.socket->sk->sk_reuseport = 1;
	list_del_rcu(&file->address.link);
	spin_unlock_bh(&address->lock);
	/* nothing queues it any more, when that is unhooked */
	WRITE_ONCE(file->address.events->handled, false);
	if (address->device->type != SOCK_STREAM)
		tdi_sock_unhook(&file->address.sock);
	cancel_work_sync(&file->address.events->work);
	if (address->device->type != SOCK_STREAM)
		tdi_sock_release_datagram(file->address.sock.socket);

	mutex_lock(&tn->mutex);
	if (--address->opens == 0) {
		WARN_ON_ONCE(!list_empty(&address->listens));
		tdi_offers_exit(address);
		hash_del(&address->link);
		if (address->recent)
			tdi_recent_remember(tn, address);
		tdi_address_free(address);
	}
	mutex_unlock(&tn->mutex);
}

unsigned int tdi_address_opens(struct tdi_address *address)
{
	struct tdi_net *tn = tdi_net(address->net);
	unsigned int opens;

	mutex_lock(&tn->mutex);
	opens = address->opens;
	mutex_unlock(&tn->mutex);
	return opens;
}

static u32 tdi_address_used_locked(struct tdi_address *address)
{
	lockdep_assert_held(&address->mutex);

	if (!address->recent)
		address->recent = kzalloc(sizeof(*address->recent),
					  GFP_KERNEL_ACCOUNT);
	return address->recent ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Sockets are the client's, who may have a work item make them. */
static const struct cred *tdi_address_begin_work(struct tdi_address *address)
{
	return current->flags & PF_KTHREAD ? override_creds(address->cred) :
					     NULL;
}

static void tdi_address_end_work(const struct cred *old)
{
	if (old)
		revert_creds(old);
}

static int tdi_address_socket(struct tdi_address *address, struct socket **sock)
{
	const struct cred *old = tdi_address_begin_work(address);
	int err;

	err = tdi_sock_create(address->device, address->net,
			      address->local.ss_family, sock);
	tdi_address_end_work(old);
	return err;
}

/**
 * tdi_address_accept() - take one connection off the listener, without waiting
 * @address: its mutex is held, it has a listener
 * @sock: result
 *
 * Return: as tdi_sock_accept().
 */
int tdi_address_accept(struct tdi_address *address, struct socket **sock)
{
	const struct cred *old;
	int err;

	lockdep_assert_held(&address->mutex);

	old = tdi_address_begin_work(address);
	err = tdi_sock_accept(&address->listener, sock);
	tdi_address_end_work(old);
	return err;
}

/**
 * tdi_address_connection_socket() - a socket for an endpoint to connect with
 * @address: where it leaves from
 * @sock: result
 *
 * Return: STATUS_SUCCESS, or why there is none.
 */
u32 tdi_address_connection_socket(struct tdi_address *address,
				  struct socket **sock)
{
	u32 status;
	int err;

	mutex_lock(&address->mutex);
	status = tdi_address_used_locked(address);
	mutex_unlock(&address->mutex);
	if (status)
		return status;

	err = tdi_address_socket(address, sock);
	if (err)
		return tdi_status_from_errno(err);
	err = tdi_sock_bind_connection(*sock, &address->local, address->cred);
	if (err)
		sock_release(*sock);
	return tdi_status_from_errno(err);
}

/**
 * tdi_address_start_listener() - let connections come in
 * @address: its mutex is held
 * @event: told when there is one to accept
 *
 * Return: STATUS_SUCCESS, also if it is there already, or why there is none.
 */
u32 tdi_address_start_listener(struct tdi_address *address,
			       tdi_sock_event_t event)
{
	struct socket *sock;
	u32 status;
	int err;

	lockdep_assert_held(&address->mutex);

	if (address->listener.socket)
		return STATUS_SUCCESS;

	status = tdi_address_used_locked(address);
	if (status)
		return status;
	err = tdi_address_socket(address, &sock);
	if (err)
		return tdi_status_from_errno(err);

	err = tdi_sock_hook(&address->listener, sock, event);
	if (!err)
		err = tdi_sock_listen(sock, &address->local, address->cred);
	if (err)
		tdi_address_stop_listener(address);
	return tdi_status_from_errno(err);
}

/* Connections that nobody accepted are refused, by RST. */
void tdi_address_stop_listener(struct tdi_address *address)
{
	lockdep_assert_held(&address->mutex);

	if (!address->listener.socket)
		return;
	tdi_sock_unhook(&address->listener);
	sock_release(address->listener.socket);
	address->listener.socket = NULL;
}

static int __net_init tdi_net_init(struct net *net)
{
	struct tdi_net *tn = tdi_net(net);

	mutex_init(&tn->mutex);
	hash_init(tn->addresses);
	hash_init(tn->recents);
	return 0;
}

/* Files pin their namespace: no address is left. */
static void __net_exit tdi_net_exit(struct net *net)
{
	struct tdi_net *tn = tdi_net(net);
	struct tdi_recent *recent;
	struct hlist_node *next;
	int bucket;

	WARN_ON_ONCE(!hash_empty(tn->addresses));
	hash_for_each_safe(tn->recents, bucket, next, recent, link) {
		hash_del(&recent->link);
		kfree(recent);
	}
}

static struct pernet_operations tdi_net_ops = {
	.init	= tdi_net_init,
	.exit	= tdi_net_exit,
	.id	= &tdi_net_id,
	.size	= sizeof(struct tdi_net),
};

int tdi_address_init(void)
{
	return register_pernet_subsys(&tdi_net_ops);
}

void tdi_address_exit(void)
{
	unregister_pernet_subsys(&tdi_net_ops);
}
