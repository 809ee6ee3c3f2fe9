// SPDX-License-Identifier: GPL-2.0-only
// Packets that wait for an SA, and the question to userland.
//
// One question per rule at a time, asked again after 1 s, 2 s, 4 s ... 60 s for
// as long as packets want it. An answered one is remembered until it might have
// been asked again, so that an SA which does not fit leads to no storm.
#include "acquire.h"

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "bind.h"
#include "drop.h"
#include "hook_out.h"
#include "priv.h"
#include "spd.h"

#define FIRST_INTERVAL HZ
#define LAST_INTERVAL (60 * HZ)
#define TICK (HZ / 2)
/* Memory that packets of one rule may hold, whatever their number. */
#define MAX_HELD_BYTES (256 * 1024)

/**
 * struct ipsecgw_acquire - a question to userland, and who waits for the answer
 * @list: in ign->acquires
 * @pol: rule; a reference is held
 * @flow: packet that asked first
 * @ifindex: interface that it was to leave through
 * @attempts: how often asked
 * @ask_at: jiffies when it may be asked again
 * @interval: jiffies from then until the next time
 * @bytes: memory in @queue
 * @ready: there is an SA; @queue can go
 * @answered: nobody waits
 * @queue: packets
 *
 * ign->acquire_lock protects all of it.
 */
struct ipsecgw_acquire {
	struct list_head list;
	struct ipsecgw_policy *pol;
	struct ipsecgw_flow flow;
	u32 ifindex;
	u32 attempts;
	unsigned long ask_at;
	unsigned long interval;
	unsigned int bytes;
	bool ready;
	bool answered;
	struct sk_buff_head queue;
};

/**
 * struct held_cb - rides behind IP's own part of skb->cb
 * @reserved: IP's part
 * @since: jiffies when it came
 * @ifindex: interface that it was to leave through
 */
struct held_cb {
	u8 reserved[40];
	u32 since;
	u32 ifindex;
};

static struct held_cb *held_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct held_cb) > sizeof(skb->cb));
	BUILD_BUG_ON(sizeof(struct inet_skb_parm) > 40);
	BUILD_BUG_ON(sizeof(struct inet6_skb_parm) > 40);
	return (struct held_cb *)skb->cb;
}

static struct ipsecgw_acquire *acquire_of(struct ipsecgw_policy *pol)
{
	return rcu_dereference_protected(
		pol->acq, lockdep_is_held(&pol->ign->acquire_lock));
}

/*
 * Not our own workqueue: the work is waited for with ign->lock held, which
 * others in that queue take.
 */
static void kick(struct ipsecgw_net *ign)
{
	mod_delayed_work(system_unbound_wq, &ign->acquire_work, 0);
}

static void tick(struct ipsecgw_net *ign)
{
	queue_delayed_work(system_unbound_wq, &ign->acquire_work, TICK);
}

static void count_no_sa(struct ipsecgw_net *ign, u32 ifindex)
{
	struct ipsecgw_bind *bind;

	rcu_read_lock();
	bind = ipsecgw_bind_lookup(ign, ifindex);
	if (bind)
		atomic64_inc(&bind->no_sa_drops);
	rcu_read_unlock();
}

static void drop_list(struct ipsecgw_net *ign, struct sk_buff_head *list,
		      enum ipsecgw_drop why)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(list))) {
		count_no_sa(ign, held_cb(skb)->ifindex);
		ipsecgw_drop(ign, NULL, skb, why);
	}
}

/* With the lock held; the packets go to @list. */
static void forget(struct ipsecgw_net *ign, struct ipsecgw_acquire *acq,
		   struct sk_buff_head *list)
{
	skb_queue_splice_tail_init(&acq->queue, list);
	RCU_INIT_POINTER(acq->pol->acq, NULL);
	list_del(&acq->list);
	ign->acquire_count--;
	ipsecgw_policy_put(acq->pol);
	kfree(acq);
}

/* --- asking ------------------------------------------------------------------ */

static void fill_info(struct ipsecgw_net *ign,
		      const struct ipsecgw_acquire *acq,
		      struct ipsecgw_acquire_info *info)
{
	struct ipsecgw_policy *pol = acq->pol;
	struct ipsecgw_bind *bind;
	u8 family = acq->flow.family;

	*info = (struct ipsecgw_acquire_info){
		.pol = pol,
		.flow = acq->flow,
		.ifindex = acq->ifindex,
		.attempts = acq->attempts,
	};
	/* The address is for speaking with the peer, not for the packet. */
	spin_lock_bh(&pol->sa_lock);
	if (pol->cfg.n_peers)
		family = pol->cfg.peer_family[0];
	spin_unlock_bh(&pol->sa_lock);
	rcu_read_lock();
	bind = ipsecgw_bind_lookup(ign, acq->ifindex);
	if (bind && ipsecgw_bind_local(bind, family, &info->local))
		info->local_family = family;
	rcu_read_unlock();
}

static void ask_if_due(struct ipsecgw_net *ign, struct ipsecgw_acquire *acq)
{
	struct ipsecgw_acquire_info info;

	if (time_before(jiffies, acq->ask_at))
		return;
	acq->attempts++;
	acq->ask_at = jiffies + acq->interval;
	acq->interval = min(2 * acq->interval, (unsigned long)LAST_INTERVAL);
	fill_info(ign, acq, &info);
	ipsecgw_stats_add(ign, IPSECGW_COUNT_ACQUIRES, 1);
	ipsecgw_event_acquire(ign, &info);
}

/* --- holding ----------------------------------------------------------------- */

static struct ipsecgw_acquire *acquire_get(struct ipsecgw_policy *pol,
					   const struct ipsecgw_flow *flow,
					   u32 ifindex, enum ipsecgw_drop *why)
{
	struct ipsecgw_acquire *acq = acquire_of(pol);
	struct ipsecgw_net *ign = pol->ign;

	if (acq)
		return acq;
	*why = IPSECGW_DROP_OUT_NO_SA;
	/* Set before the rule's acquires are cancelled, under our lock. */
	if (READ_ONCE(pol->dead))
		return NULL;
	*why = IPSECGW_DROP_OUT_ACQUIRE_FULL;
	if (ign->acquire_count >= READ_ONCE(ign->conf.max_acquires))
		return NULL;
	*why = IPSECGW_DROP_OUT_NO_MEMORY;
	acq = kzalloc(sizeof(*acq), GFP_ATOMIC);
	if (!acq)
		return NULL;
	if (!ipsecgw_policy_tryhold(pol)) {
		kfree(acq);
		return NULL;
	}
	acq->pol = pol;
	acq->flow = *flow;
	acq->ifindex = ifindex;
	acq->ask_at = jiffies;
	acq->interval = FIRST_INTERVAL;
	__skb_queue_head_init(&acq->queue);
	list_add_tail(&acq->list, &ign->acquires);
	ign->acquire_count++;
	rcu_assign_pointer(pol->acq, acq);
	tick(ign);
	return acq;
}

static enum ipsecgw_drop enqueue(struct ipsecgw_acquire *acq, u32 ifindex,
				 struct sk_buff *skb)
{
	u32 limit = READ_ONCE(acq->pol->ign->conf.hold_packets);

	if (!limit)
		return IPSECGW_DROP_OUT_NO_SA;
	if (skb_queue_len(&acq->queue) >= limit ||
	    acq->bytes + skb->truesize > MAX_HELD_BYTES)
		return IPSECGW_DROP_OUT_HOLD_FULL;
	if (!skb_dst_force(skb))
		return IPSECGW_DROP_OUT_NO_ROUTE;
	/* Its sender shall not wait for us, nor we keep its socket alive. */
	skb_orphan(skb);
	held_cb(skb)->since = jiffies;
	held_cb(skb)->ifindex = ifindex;
	acq->bytes += skb->truesize;
	__skb_queue_tail(&acq->queue, skb);
	return IPSECGW_DROP_NONE;
}

/**
 * ipsecgw_acquire_hold() - keep a packet until there is an SA, and ask for one
 * @pol: rule that protects it
 * @bind: interface
 * @flow: packet
 * @skb: packet, consumed
 *
 * When the queue is full, the packets that came first stay.
 *
 * Context: RCU read side, any but hard interrupt.
 */
void ipsecgw_acquire_hold(struct ipsecgw_policy *pol, struct ipsecgw_bind *bind,
			  const struct ipsecgw_flow *flow, struct sk_buff *skb)
{
	struct ipsecgw_net *ign = pol->ign;
	enum ipsecgw_drop why = IPSECGW_DROP_NONE;
	struct ipsecgw_acquire *acq;

	spin_lock_bh(&ign->acquire_lock);
	acq = acquire_get(pol, flow, bind->ifindex, &why);
	if (acq) {
		why = enqueue(acq, bind->ifindex, skb);
		acq->answered = false;
		if (!why && ipsecgw_hook_out_select(pol, flow)) {
			/* It came between the look at it and our lock. */
			acq->ready = true;
			kick(ign);
		} else {
			ask_if_due(ign, acq);
		}
	}
	spin_unlock_bh(&ign->acquire_lock);
	if (!why)
		return;
	atomic64_inc(&bind->no_sa_drops);
	ipsecgw_drop_policy(ign, pol, skb, why);
}

/**
 * ipsecgw_acquire_done() - a rule has an outbound SA: send what waited for it
 * @pol: rule
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_acquire_done(struct ipsecgw_policy *pol)
{
	struct ipsecgw_net *ign = pol->ign;
	struct ipsecgw_acquire *acq;

	spin_lock_bh(&ign->acquire_lock);
	acq = acquire_of(pol);
	if (acq) {
		acq->ready = true;
		list_move(&acq->list, &ign->acquires);
		kick(ign);
	}
	spin_unlock_bh(&ign->acquire_lock);
}

/**
 * ipsecgw_acquire_cancel() - a rule is gone: nothing waits for it any more
 * @pol: rule, marked dead
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_acquire_cancel(struct ipsecgw_policy *pol)
{
	struct ipsecgw_net *ign = pol->ign;
	struct ipsecgw_acquire *acq;
	struct sk_buff_head list;

	__skb_queue_head_init(&list);
	spin_lock_bh(&ign->acquire_lock);
	acq = acquire_of(pol);
	if (acq)
		forget(ign, acq, &list);
	spin_unlock_bh(&ign->acquire_lock);
	drop_list(ign, &list, IPSECGW_DROP_OUT_NO_SA);
}

/* --- answers and time ---------------------------------------------------------- */

static void take_matching(struct ipsecgw_acquire *acq, u32 ifindex,
			  struct sk_buff_head *list)
{
	struct sk_buff *skb, *next;

	skb_queue_walk_safe(&acq->queue, skb, next) {
		if (held_cb(skb)->ifindex != ifindex)
			continue;
		__skb_unlink(skb, &acq->queue);
		acq->bytes -= skb->truesize;
		__skb_queue_tail(list, skb);
	}
}

static void take_old(struct ipsecgw_acquire *acq, u32 timeout,
		     struct sk_buff_head *list)
{
	struct sk_buff *skb;

	while ((skb = skb_peek(&acq->queue)) &&
	       (u32)jiffies - held_cb(skb)->since >= timeout) {
		__skb_unlink(skb, &acq->queue);
		acq->bytes -= skb->truesize;
		atomic64_inc(&acq->pol->err[IPSECGW_ERR_NO_SA]);
		__skb_queue_tail(list, skb);
	}
}

static bool is_over(const struct ipsecgw_acquire *acq)
{
	unsigned long keep = acq->answered ? 0 : LAST_INTERVAL;

	return skb_queue_empty(&acq->queue) &&
	       time_after_eq(jiffies, acq->ask_at + keep);
}

static void look_after(struct ipsecgw_net *ign, struct ipsecgw_acquire *acq,
		       struct sk_buff_head *ready, struct sk_buff_head *old)
{
	if (acq->ready) {
		skb_queue_splice_tail_init(&acq->queue, ready);
		acq->bytes = 0;
		acq->ready = false;
		acq->answered = true;
	}
	take_old(acq, READ_ONCE(ign->conf.acquire_timeout) * HZ, old);
	if (is_over(acq))
		forget(ign, acq, old);
	else if (!skb_queue_empty(&acq->queue))
		ask_if_due(ign, acq);
}

static void acquire_work(struct work_struct *work)
{
	struct ipsecgw_net *ign = container_of(
		to_delayed_work(work), struct ipsecgw_net, acquire_work);
	struct ipsecgw_acquire *acq, *next;
	struct sk_buff_head ready, old;
	struct sk_buff *skb;

	__skb_queue_head_init(&ready);
	__skb_queue_head_init(&old);
	spin_lock_bh(&ign->acquire_lock);
	list_for_each_entry_safe(acq, next, &ign->acquires, list)
		look_after(ign, acq, &ready, &old);
	if (!list_empty(&ign->acquires))
		tick(ign);
	spin_unlock_bh(&ign->acquire_lock);
	drop_list(ign, &old, IPSECGW_DROP_OUT_HOLD_TIMEOUT);
	while ((skb = __skb_dequeue(&ready))) {
		ipsecgw_hook_out_resume(ign, held_cb(skb)->ifindex, skb);
		cond_resched();
	}
}

/**
 * ipsecgw_acquire_unbind() - an interface goes: drop what was to leave there
 * @ign: namespace
 * @ifindex: interface, no longer bound, and no hook sees its binding
 *
 * Held packets point to the interface without a reference. When this returns,
 * none is left, nor one on its way from here.
 *
 * Context: process, sleeps; rtnl and ign->lock may be held, which the work does
 * not take.
 */
void ipsecgw_acquire_unbind(struct ipsecgw_net *ign, u32 ifindex)
{
	struct ipsecgw_acquire *acq, *next;
	struct sk_buff_head list;

	__skb_queue_head_init(&list);
	spin_lock_bh(&ign->acquire_lock);
	list_for_each_entry_safe(acq, next, &ign->acquires, list) {
		take_matching(acq, ifindex, &list);
		if (acq->ifindex == ifindex && skb_queue_empty(&acq->queue))
			forget(ign, acq, &list);
	}
	spin_unlock_bh(&ign->acquire_lock);
	drop_list(ign, &list, IPSECGW_DROP_SHUTDOWN);
	flush_work(&ign->acquire_work.work);
}

/* --- what requests see ----------------------------------------------------------- */

/**
 * ipsecgw_acquire_held() - how many packets wait
 * @pol: rule
 *
 * Context: any but hard interrupt.
 * Return: packets.
 */
u32 ipsecgw_acquire_held(struct ipsecgw_policy *pol)
{
	struct ipsecgw_acquire *acq;
	u32 held = 0;

	spin_lock_bh(&pol->ign->acquire_lock);
	acq = acquire_of(pol);
	if (acq)
		held = skb_queue_len(&acq->queue);
	spin_unlock_bh(&pol->ign->acquire_lock);
	return held;
}

/**
 * ipsecgw_acquire_pending() - how many acquires have no answer
 * @ign: namespace
 *
 * An answered one is remembered for a while: see the head of this file.
 *
 * Context: any but hard interrupt.
 * Return: acquires.
 */
u32 ipsecgw_acquire_pending(struct ipsecgw_net *ign)
{
	const struct ipsecgw_acquire *acq;
	u32 pending = 0;

	spin_lock_bh(&ign->acquire_lock);
	list_for_each_entry(acq, &ign->acquires, list)
		pending += !acq->answered;
	spin_unlock_bh(&ign->acquire_lock);
	return pending;
}

/**
 * ipsecgw_acquire_walk() - step of a walk over acquires without an answer
 * @ign: namespace
 * @pos: 0 at first; advanced
 * @info: filled in; the caller puts @info->pol
 *
 * Context: process.
 * Return: 0, or -ENOENT at the end.
 */
int ipsecgw_acquire_walk(struct ipsecgw_net *ign, unsigned int *pos,
			 struct ipsecgw_acquire_info *info)
{
	const struct ipsecgw_acquire *acq;
	unsigned int skip = *pos;
	int err = -ENOENT;

	spin_lock_bh(&ign->acquire_lock);
	list_for_each_entry(acq, &ign->acquires, list) {
		if (acq->answered || skip--)
			continue;
		fill_info(ign, acq, info);
		ipsecgw_policy_hold(info->pol);
		++*pos;
		err = 0;
		break;
	}
	spin_unlock_bh(&ign->acquire_lock);
	return err;
}

/**
 * ipsecgw_acquire_net_init() - nothing waits
 * @ign: namespace
 *
 * Return: 0.
 */
int ipsecgw_acquire_net_init(struct ipsecgw_net *ign)
{
	INIT_LIST_HEAD(&ign->acquires);
	spin_lock_init(&ign->acquire_lock);
	INIT_DELAYED_WORK(&ign->acquire_work, acquire_work);
	return 0;
}

/**
 * ipsecgw_acquire_net_exit() - nothing waits any more
 * @ign: namespace, without bindings and rules
 *
 * Context: process, sleeps.
 */
void ipsecgw_acquire_net_exit(struct ipsecgw_net *ign)
{
	WARN_ON_ONCE(!list_empty(&ign->acquires));
	cancel_delayed_work_sync(&ign->acquire_work);
}
