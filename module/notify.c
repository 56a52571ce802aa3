// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local addresses that come and go: TDI's AddAddress and DelAddress, as events of
 * a control channel.
 *
 * Nothing is queued: a channel remembers the addresses that it has told of, and a
 * read compares them with those that there are.  One that went and came back in
 * between is told to have done so, by the time when it was made.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/netns/generic.h>

#include "client.h"
#include "indication.h"
#include "notify.h"
#include "notify_walk.h"
#include "status.h"
#include "taddr.h"

#define TDI_NOTIFY_EVENTS	2

/* After that it looks whether an address has become ready. */
#define TDI_NOTIFY_JIFFIES	(HZ / 2)

/**
 * struct tdi_notify - what a control channel wants to know
 * @link: in its namespace's list; tdi_notify_net->lock
 * @file: the control channel
 * @lock: @wanted, @handlers
 * @wanted: bit n: event TDI_EVENT_ADD_ADDRESS + n is on
 * @handlers: of those
 * @reading: one reader at a time: @told
 * @told: addresses that it knows of
 * @seen: changes of the namespace's addresses that it knows of
 * @replay: it wants to know of all once more
 * @handled: @handlers are functions, which @work calls
 * @work: looks what there is to tell of
 */
struct tdi_notify {
	struct list_head link;
	struct tdi_file *file;
	spinlock_t lock;
	u32 wanted;
	struct tdi_event_handler handlers[TDI_NOTIFY_EVENTS];
	struct tdi_reading reading;
	struct list_head told;
	int seen;
	bool replay;
	bool handled;
	struct work_struct work;
};

/**
 * struct tdi_notify_net - what a namespace has
 * @net: the namespace
 * @lock: (BH) @channels
 * @channels: control channels that want to know
 * @changes: of its addresses, counted
 * @look: some addresses were not ready
 */
struct tdi_notify_net {
	struct net *net;
	spinlock_t lock;
	struct list_head channels;
	atomic_t changes;
	struct delayed_work look;
};

static unsigned int tdi_notify_net_id;

static struct tdi_notify_net *tdi_notify_net(const struct net *net)
{
	return net_generic(net, tdi_notify_net_id);
}

static void tdi_notify_wake(struct tdi_notify *notify)
{
	if (READ_ONCE(notify->handled))
		queue_work(tdi_workqueue, &notify->work);
	else
		wake_up_interruptible_poll(&notify->file->wait,
					   EPOLLIN | EPOLLRDNORM);
}

static void tdi_notify_changed(struct net *net)
{
	struct tdi_notify_net *nn = tdi_notify_net(net);
	struct tdi_notify *notify;

	/* the address is there, or dead; pairs with tdi_notify_read_some() */
	smp_mb__before_atomic();
	atomic_inc(&nn->changes);
	spin_lock_bh(&nn->lock);
	list_for_each_entry(notify, &nn->channels, link)
		tdi_notify_wake(notify);
	spin_unlock_bh(&nn->lock);
}

static void tdi_notify_look_again(struct work_struct *work)
{
	struct tdi_notify_net *nn = container_of(to_delayed_work(work),
						 struct tdi_notify_net, look);

	tdi_notify_changed(nn->net);
}

static int tdi_notify_inet(struct notifier_block *nb, unsigned long event,
			   void *data)
{
	const struct in_ifaddr *ifa = data;

	tdi_notify_changed(dev_net(ifa->ifa_dev->dev));
	return NOTIFY_DONE;
}

static struct notifier_block tdi_notify_inet_block = {
	.notifier_call = tdi_notify_inet,
};

#if IS_ENABLED(CONFIG_IPV6)
static int tdi_notify_inet6(struct notifier_block *nb, unsigned long event,
			    void *data)
{
	const struct inet6_ifaddr *ifa = data;

	tdi_notify_changed(dev_net(ifa->idev->dev));
	return NOTIFY_DONE;
}

static struct notifier_block tdi_notify_inet6_block = {
	.notifier_call = tdi_notify_inet6,
};
#endif

static int tdi_notify_look(struct tdi_notify_walk *walk,
			   struct tdi_notify *notify)
{
	int err = tdi_notify_walk(walk, notify->file->net, &notify->told);

	/* nobody tells when they are ready */
	if (walk->again)
		schedule_delayed_work(&tdi_notify_net(notify->file->net)->look,
				      TDI_NOTIFY_JIFFIES);
	return err;
}

/* To a client in the kernel */
static void tdi_notify_call(const struct tdi_event_handler *handler,
			    const struct sockaddr_storage *ss)
{
	u8 ta[TDI_TA_LENGTH_IP6];
	size_t length = tdi_taddr_build(ss, ta);

	local_bh_disable();
	handler->function.address((void *)(uintptr_t)handler->context, length,
				  ta);
	local_bh_enable();
}

/*
 * @type's event of an address, if it is on.  Return: bytes, 0 or why not.  @iter
 * is NULL for a client in the kernel.
 */
static ssize_t tdi_notify_put(struct tdi_notify *notify, u32 type,
			      const struct tdi_notify_address *address,
			      struct iov_iter *iter)
{
	u32 bit = type - TDI_EVENT_ADD_ADDRESS;
	struct tdi_event_handler handler;
	struct tdi_event event;
	bool wanted;

	spin_lock(&notify->lock);
	wanted = notify->wanted & BIT(bit);
	handler = notify->handlers[bit];
	spin_unlock(&notify->lock);
	if (!wanted || !iter != handler.called)
		return 0;
	if (!iter) {
		tdi_notify_call(&handler, &address->ss);
		return 0;
	}
	tdi_event_init(&event, type, &handler);
	tdi_event_init_address(&event, address->ss.ss_family);
	return tdi_event_put_address(iter, &event, &address->ss);
}

/* Those that have gone, then those that have come; as many as fit */
static ssize_t tdi_notify_tell(struct tdi_notify *notify,
			       struct tdi_notify_walk *walk,
			       struct iov_iter *iter, bool *all)
{
	struct tdi_notify_address *address, *next;
	ssize_t total = 0, n;

	list_for_each_entry_safe(address, next, &notify->told, link) {
		n = tdi_notify_put(notify, TDI_EVENT_DEL_ADDRESS, address, iter);
		if (n < 0)
			return total ? : n;
		total += n;
		list_del(&address->link);
		kfree(address);
	}
	list_for_each_entry_safe(address, next, &walk->fresh, link) {
		n = tdi_notify_put(notify, TDI_EVENT_ADD_ADDRESS, address, iter);
		if (n < 0)
			return total ? : n;
		total += n;
		list_move_tail(&address->link, &walk->there);
	}
	*all = true;
	return total;
}

static bool tdi_notify_may_read(struct tdi_notify *notify)
{
	return READ_ONCE(notify->wanted) &&
	       (READ_ONCE(notify->replay) || READ_ONCE(notify->seen) !=
		atomic_read(&tdi_notify_net(notify->file->net)->changes));
}

static ssize_t tdi_notify_read_some(struct tdi_notify *notify,
				    struct iov_iter *iter)
{
	int changes = atomic_read(&tdi_notify_net(notify->file->net)->changes);
	struct tdi_notify_walk walk;
	bool all = false;
	ssize_t n;

	if (!tdi_notify_may_read(notify))
		return 0;
	/* what is counted was done before; pairs with tdi_notify_changed() */
	smp_rmb();
	if (xchg(&notify->replay, false)) {
		tdi_notify_free(&notify->told);
		/* until all is told */
		WRITE_ONCE(notify->seen, changes - 1);
	}
	n = tdi_notify_look(&walk, notify);
	if (n)
		return n;
	n = tdi_notify_tell(notify, &walk, iter, &all);
	if (all)
		WRITE_ONCE(notify->seen, changes);
	/* what has not been told of has still to go, or is as if never seen */
	list_splice(&walk.there, &notify->told);
	tdi_notify_free(&walk.fresh);
	return n;
}

static void tdi_notify_work(struct work_struct *work)
{
	struct tdi_notify *notify = container_of(work, struct tdi_notify, work);

	mutex_lock(&notify->reading.mutex);
	if (READ_ONCE(notify->handled) && tdi_notify_read_some(notify, NULL))
		/* no memory: once more, later */
		schedule_delayed_work(&tdi_notify_net(notify->file->net)->look,
				      TDI_NOTIFY_JIFFIES);
	tdi_reading_end(&notify->reading);
}

static struct tdi_notify *tdi_notify_of(struct tdi_file *file)
{
	return smp_load_acquire(&file->notify);
}

/**
 * tdi_notify_read() - read(2) of a control channel
 * @file: control channel
 * @iter: where to
 * @nonblock: do not wait
 *
 * Return: bytes of whole records; -EINVAL if no event is on; -EAGAIN, -EMSGSIZE,
 * -EFAULT, -ENOMEM, -ERESTARTSYS.
 */
ssize_t tdi_notify_read(struct tdi_file *file, struct iov_iter *iter,
			bool nonblock)
{
	struct tdi_notify *notify = tdi_notify_of(file);
	ssize_t n;

	if (!notify)
		return -EINVAL;
	do {
		if (nonblock && !tdi_reading_try(&notify->reading))
			return -EAGAIN;
		if (!nonblock &&
		    mutex_lock_interruptible(&notify->reading.mutex))
			return -ERESTARTSYS;
		n = READ_ONCE(notify->handled) ? -EINVAL :
		    tdi_notify_read_some(notify, iter);
		if (tdi_reading_end(&notify->reading) &&
		    tdi_notify_may_read(notify))
			wake_up_interruptible_poll(&file->wait,
						   EPOLLIN | EPOLLRDNORM);
		if (n)
			return n;
		if (nonblock)
			return -EAGAIN;
		cond_resched();
	} while (!signal_pending(current) &&
		 !wait_event_interruptible(file->wait,
					   tdi_notify_may_read(notify)));
	return -ERESTARTSYS;
}

__poll_t tdi_notify_poll(struct tdi_file *file)
{
	struct tdi_notify *notify = tdi_notify_of(file);

	return notify && !READ_ONCE(notify->handled) &&
	       tdi_notify_may_read(notify) ? EPOLLIN | EPOLLRDNORM : 0;
}

static u32 tdi_notify_start(struct tdi_file *file)
{
	struct tdi_notify_net *nn = tdi_notify_net(file->net);
	struct tdi_notify_walk walk;
	struct tdi_notify *notify;

	lockdep_assert_held(&file->mutex);

	notify = kzalloc(sizeof(*notify), GFP_KERNEL_ACCOUNT);
	if (!notify)
		return STATUS_INSUFFICIENT_RESOURCES;
	notify->file = file;
	spin_lock_init(&notify->lock);
	tdi_reading_init(&notify->reading);
	INIT_WORK(&notify->work, tdi_notify_work);
	INIT_LIST_HEAD(&notify->told);
	notify->seen = atomic_read(&nn->changes);
	/* what there is can go, whether or not it is told of */
	if (tdi_notify_look(&walk, notify)) {
		kfree(notify);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	list_splice(&walk.fresh, &notify->told);
	spin_lock_bh(&nn->lock);
	list_add_tail(&notify->link, &nn->channels);
	spin_unlock_bh(&nn->lock);
	/* pairs with tdi_notify_of() */
	smp_store_release(&file->notify, notify);
	/* it stays a control channel */
	file->created = true;
	return STATUS_SUCCESS;
}

/**
 * tdi_notify_set_handler() - TDI_SET_EVENT_HANDLER of a control channel
 * @file: control channel, which it stays
 * @type: TDI_EVENT_ADD_ADDRESS or TDI_EVENT_DEL_ADDRESS
 * @on: the handler is not NULL
 * @handler: with @on
 *
 * Turning TDI_EVENT_ADD_ADDRESS on tells of all addresses that there are.
 *
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another event or a
 * lookahead; STATUS_INVALID_DEVICE_STATE if the file became something else;
 * STATUS_INSUFFICIENT_RESOURCES.
 */
u32 tdi_notify_set_handler(struct tdi_file *file, u32 type, bool on,
			   const struct tdi_event_handler *handler)
{
	u32 bit = type - TDI_EVENT_ADD_ADDRESS;
	struct tdi_notify *notify;
	u32 status = STATUS_SUCCESS;

	if (bit >= TDI_NOTIFY_EVENTS || handler->lookahead)
		return STATUS_INVALID_PARAMETER;

	mutex_lock(&file->mutex);
	if (file->kind != TDI_CONTROL_CHANNEL_FILE)
		status = STATUS_INVALID_DEVICE_STATE;
	else if (!file->notify && on)
		status = tdi_notify_start(file);
	notify = file->notify;
	/* they are both called, or both read */
	if (!status && notify && notify->wanted &&
	    notify->handled != handler->called)
		status = STATUS_INVALID_DEVICE_STATE;
	if (!status && notify) {
		spin_lock(&notify->lock);
		/* turned on: all that there is, once more */
		if (on && type == TDI_EVENT_ADD_ADDRESS &&
		    !(notify->wanted & BIT(bit)))
			WRITE_ONCE(notify->replay, true);
		notify->handlers[bit] = *handler;
		if (on)
			WRITE_ONCE(notify->handled, handler->called);
		if (on)
			WRITE_ONCE(notify->wanted, notify->wanted | BIT(bit));
		else
			WRITE_ONCE(notify->wanted, notify->wanted & ~BIT(bit));
		spin_unlock(&notify->lock);
		tdi_notify_wake(notify);
	}
	mutex_unlock(&file->mutex);
	/* what began before may still tell of it: not after this (S16) */
	if (!status && notify)
		flush_work(&notify->work);
	if (!status && notify && !on)
		tdi_reading_wait(&notify->reading);
	return status;
}

/* Both, of a client in the kernel; on return none of them runs. */
void tdi_notify_off(struct tdi_file *file)
{
	const struct tdi_event_handler none = { .called = true };
	struct tdi_notify *notify = tdi_notify_of(file);

	if (notify && READ_ONCE(notify->handled)) {
		tdi_notify_set_handler(file, TDI_EVENT_ADD_ADDRESS, false,
				       &none);
		tdi_notify_set_handler(file, TDI_EVENT_DEL_ADDRESS, false,
				       &none);
	}
	if (notify)
		flush_work(&notify->work);
}

/* The file is being released: nobody reads. */
void tdi_notify_close(struct tdi_file *file)
{
	struct tdi_notify_net *nn = tdi_notify_net(file->net);
	struct tdi_notify *notify = file->notify;

	if (!notify)
		return;
	spin_lock_bh(&nn->lock);
	list_del(&notify->link);
	spin_unlock_bh(&nn->lock);
	cancel_work_sync(&notify->work);
	tdi_notify_free(&notify->told);
	kfree(notify);
	file->notify = NULL;
}

static int __net_init tdi_notify_net_init(struct net *net)
{
	struct tdi_notify_net *nn = tdi_notify_net(net);

	spin_lock_init(&nn->lock);
	INIT_LIST_HEAD(&nn->channels);
	INIT_DELAYED_WORK(&nn->look, tdi_notify_look_again);
	nn->net = net;
	return 0;
}

static void __net_exit tdi_notify_net_exit(struct net *net)
{
	cancel_delayed_work_sync(&tdi_notify_net(net)->look);
}

static struct pernet_operations tdi_notify_net_ops = {
	.init	= tdi_notify_net_init,
	.exit	= tdi_notify_net_exit,
	.id	= &tdi_notify_net_id,
	.size	= sizeof(struct tdi_notify_net),
};

int tdi_notify_init(void)
{
	int err;

	err = register_pernet_subsys(&tdi_notify_net_ops);
	if (err)
		return err;
	err = register_inetaddr_notifier(&tdi_notify_inet_block);
	if (err)
		goto err_net;
#if IS_ENABLED(CONFIG_IPV6)
	err = register_inet6addr_notifier(&tdi_notify_inet6_block);
	if (err)
		goto err_inet;
#endif
	return 0;

#if IS_ENABLED(CONFIG_IPV6)
err_inet:
	unregister_inetaddr_notifier(&tdi_notify_inet_block);
#endif
err_net:
	unregister_pernet_subsys(&tdi_notify_net_ops);
	return err;
}

void tdi_notify_exit(void)
{
#if IS_ENABLED(CONFIG_IPV6)
	unregister_inet6addr_notifier(&tdi_notify_inet6_block);
#endif
	unregister_inetaddr_notifier(&tdi_notify_inet_block);
	unregister_pernet_subsys(&tdi_notify_net_ops);
}
