// SPDX-License-Identifier: GPL-2.0-only
// What becomes due in an SA: limits in seconds, idle time, NAT keepalives.
//
// One tree of deadlines and one delayed work per namespace, so that a timer is
// not paid for by each of 100,000 SAs. All in seconds of boot time: a step of
// the wall clock expires nothing.
#include "sadb_timer.h"

#include <linux/rbtree.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include "encap.h"
#include "event.h"
#include "priv.h"
#include "choice.h"
#include "sadb.h"

/* Done under the lock before others may have it. */
#define BATCH 256

/* Seconds since the last packet, or since the SA was added. */
static u64 idle_since(const struct ipsecgw_sa *sa, unsigned long last, u64 now)
{
	return last ? (jiffies - last) / HZ : now - sa->added;
}

static u64 idle_seconds(const struct ipsecgw_sa *sa, u64 now)
{
	return idle_since(sa, READ_ONCE(sa->last_used), now);
}

static void sooner(u64 *deadline, u64 when)
{
	if (!*deadline || when < *deadline)
		*deadline = when;
}

static u16 keepalive_of(const struct ipsecgw_sa *sa)
{
	if (sa->dir != IPSECGW_DIR_OUT || !sa->encap_local)
		return 0;
	return READ_ONCE(sa->out->keepalive);
}

static u64 next_deadline(const struct ipsecgw_sa *sa, u64 now)
{
	const struct ipsecgw_lifetime *life = &sa->life;
	u64 idle = idle_seconds(sa, now);
	u16 keepalive;
	u64 due = 0;

	if (sa->state == IPSECGW_SA_STATE_LARVAL)
		return sa->added + sa->ign->conf.larval_timeout;
	if (test_bit(IPSECGW_TOLD_HARD, &life->told))
		return 0;
	if (life->hard.seconds)
		sooner(&due, sa->added + life->hard.seconds);
	if (life->soft.seconds &&
	    !test_bit(IPSECGW_TOLD_SOFT_SECONDS, &life->told))
		sooner(&due, sa->added + life->soft.seconds);
	if (life->idle) {
		/* Told already: look again in case packets come back. */
		if (idle >= life->idle)
			sooner(&due, now + life->idle);
		else
			sooner(&due, now - idle + life->idle);
	}
	keepalive = keepalive_of(sa);
	if (keepalive)
		sooner(&due, idle >= keepalive ? now + keepalive :
						 now - idle + keepalive);
	/* Never now: a handler that changes nothing must not spin. */
	return due ? max(due, now + 1) : 0;
}

/* Once per silence: it is another one if a packet came in between. */
static void check_idle(struct ipsecgw_sa *sa, u64 now)
{
	unsigned long last = READ_ONCE(sa->last_used);

	if (!sa->life.idle || idle_since(sa, last, now) < sa->life.idle)
		return;
	if (test_and_set_bit(IPSECGW_TOLD_IDLE, &sa->life.told) &&
	    sa->idle_told == last)
		return;
	sa->idle_told = last;
	ipsecgw_event_expire(sa, false, IPSECGW_LIMIT_IDLE);
}

/* Handle what is due; false if the SA is no more. */
static bool handle(struct ipsecgw_sa *sa, u64 now)
{
	struct ipsecgw_lifetime *life = &sa->life;
	u64 age = now - sa->added;
	u64 idle = idle_seconds(sa, now);
	u16 keepalive;

	if (sa->state == IPSECGW_SA_STATE_LARVAL) {
		ipsecgw_sadb_remove(sa);
		return false;
	}
	/* First the soft limit, also when both are due because we are late. */
	if (life->soft.seconds && age >= life->soft.seconds &&
	    !test_and_set_bit(IPSECGW_TOLD_SOFT_SECONDS, &life->told))
		ipsecgw_event_expire(sa, false, IPSECGW_LIMIT_SECONDS);
	if (life->hard.seconds && age >= life->hard.seconds) {
		ipsecgw_choice_expire(sa, IPSECGW_LIMIT_SECONDS);
		return true;
	}
	check_idle(sa, now);
	keepalive = keepalive_of(sa);
	if (keepalive && idle >= keepalive)
		ipsecgw_encap_keepalive(sa);
	return true;
}

static struct ipsecgw_sa *first(struct ipsecgw_net *ign)
{
	return rb_entry_safe(rb_first_cached(&ign->sa_timers),
			     struct ipsecgw_sa, timer_node);
}

static void reschedule(struct ipsecgw_net *ign)
{
	struct ipsecgw_sa *sa = first(ign);
	u64 now = ktime_get_boottime_seconds();

	if (!sa || ign->exiting)
		return;
	mod_delayed_work(ipsecgw_wq, &ign->sa_timer_work,
			 sa->deadline <= now ? 0 : (sa->deadline - now) * HZ);
}

static bool earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct ipsecgw_sa, timer_node)->deadline <
	       rb_entry(b, struct ipsecgw_sa, timer_node)->deadline;
}

static void insert(struct ipsecgw_sa *sa)
{
	sa->deadline = next_deadline(sa, ktime_get_boottime_seconds());
	if (sa->deadline)
		rb_add_cached(&sa->timer_node, &sa->ign->sa_timers, earlier);
}

static void timer_work(struct work_struct *work)
{
	struct ipsecgw_net *ign =
		container_of(work, struct ipsecgw_net, sa_timer_work.work);
	u64 now = ktime_get_boottime_seconds();
	unsigned int n;

	mutex_lock(&ign->lock);
	for (n = 0; n < BATCH; n++) {
		struct ipsecgw_sa *sa = first(ign);

		if (!sa || sa->deadline > now)
			break;
		ipsecgw_sadb_timer_del(sa);
		if (handle(sa, now))
			insert(sa);
	}
	reschedule(ign);
	mutex_unlock(&ign->lock);
}

/**
 * ipsecgw_sadb_timer_arm() - work out anew when something is due
 * @sa: SA in the tables
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_sadb_timer_arm(struct ipsecgw_sa *sa)
{
	lockdep_assert_held(&sa->ign->lock);
	ipsecgw_sadb_timer_del(sa);
	insert(sa);
	if (sa->deadline && first(sa->ign) == sa)
		reschedule(sa->ign);
}

/**
 * ipsecgw_sadb_timer_del() - nothing is due any more
 * @sa: SA
 *
 * Context: ign->lock is held.
 */
void ipsecgw_sadb_timer_del(struct ipsecgw_sa *sa)
{
	if (RB_EMPTY_NODE(&sa->timer_node))
		return;
	rb_erase_cached(&sa->timer_node, &sa->ign->sa_timers);
	RB_CLEAR_NODE(&sa->timer_node);
}

/**
 * ipsecgw_sadb_timer_init() - set up the deadlines of a namespace
 * @ign: namespace
 */
void ipsecgw_sadb_timer_init(struct ipsecgw_net *ign)
{
	ign->sa_timers = RB_ROOT_CACHED;
	INIT_DELAYED_WORK(&ign->sa_timer_work, timer_work);
}

/**
 * ipsecgw_sadb_timer_exit() - stop
 * @ign: namespace, marked exiting
 *
 * Context: process, sleeps.
 */
void ipsecgw_sadb_timer_exit(struct ipsecgw_net *ign)
{
	cancel_delayed_work_sync(&ign->sa_timer_work);
}
