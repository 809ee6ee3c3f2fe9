// SPDX-License-Identifier: GPL-2.0-only
// Which of the SAs of a rule carries new packets.
#include "choice.h"

#include <linux/rculist.h>
#include "acquire.h"
#include "bind.h"
#include "event.h"
#include "sa.h"
#include "spd.h"
#include "tunnel.h"

/* Newest outbound SA of the rule that can carry packets. */
static struct ipsecgw_sa *best_out(struct ipsecgw_policy *pol)
{
	struct ipsecgw_sa *sa;

	list_for_each_entry(sa, &pol->sas, policy_list)
		if (sa->dir == IPSECGW_DIR_OUT && !sa->dead &&
		    READ_ONCE(sa->state) != IPSECGW_SA_STATE_EXPIRED)
			return sa;
	return NULL;
}

/* Make @sa the one for new packets; NULL: none, packets are held or dropped. */
static void choose_out(struct ipsecgw_policy *pol, struct ipsecgw_sa *sa)
{
	struct ipsecgw_sa *old;

	old = rcu_dereference_protected(pol->out,
					lockdep_is_held(&pol->sa_lock));
	if (old && old != sa && old->state == IPSECGW_SA_STATE_ACTIVE)
		WRITE_ONCE(old->state, IPSECGW_SA_STATE_STANDBY);
	if (sa)
		WRITE_ONCE(sa->state, IPSECGW_SA_STATE_ACTIVE);
	rcu_assign_pointer(pol->out, sa);
	if (!old != !sa)
		ipsecgw_tunnel_line(pol, sa);
}

/**
 * ipsecgw_choice_activate() - send new packets with this SA from now on
 * @sa: outbound SA
 *
 * Packets that waited for one go at once.
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_choice_activate(struct ipsecgw_sa *sa)
{
	struct ipsecgw_policy *pol = sa->policy;

	if (!pol) {
		WRITE_ONCE(sa->state, IPSECGW_SA_STATE_ACTIVE);
		return;
	}
	spin_lock_bh(&pol->sa_lock);
	choose_out(pol, sa);
	spin_unlock_bh(&pol->sa_lock);
	ipsecgw_acquire_done(pol);
}

/**
 * ipsecgw_choice_link() - make an SA serve a rule
 * @sa: SA that no packet can find yet
 * @pol: rule
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_choice_link(struct ipsecgw_sa *sa, struct ipsecgw_policy *pol)
{
	sa->policy = ipsecgw_policy_hold(pol);
	sa->is_routed = pol->map->is_routed;
	spin_lock_bh(&pol->sa_lock);
	list_add_rcu(&sa->policy_list, &pol->sas);
	if (sa->dir == IPSECGW_DIR_IN)
		pol->n_in++;
	else
		pol->n_out++;
	spin_unlock_bh(&pol->sa_lock);
}

/**
 * ipsecgw_choice_unlink() - a deleted SA serves its rule no more
 * @sa: SA, marked dead
 *
 * It stays in the rule's list until it is freed, for its counters.
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_choice_unlink(struct ipsecgw_sa *sa)
{
	struct ipsecgw_policy *pol = sa->policy;

	if (!pol)
		return;
	spin_lock_bh(&pol->sa_lock);
	if (sa->dir == IPSECGW_DIR_IN)
		pol->n_in--;
	else
		pol->n_out--;
	if (rcu_access_pointer(pol->out) == sa)
		choose_out(pol, best_out(pol));
	spin_unlock_bh(&pol->sa_lock);
}

/**
 * ipsecgw_choice_expire() - end an SA because of a hard limit
 * @sa: SA
 * @limit: which limit
 *
 * It stays in the tables, so that its late packets are counted, and carries
 * nothing. Another SA of the rule takes over, if there is one.
 *
 * Context: any but hard interrupt.
 */
void ipsecgw_choice_expire(struct ipsecgw_sa *sa, enum ipsecgw_limit limit)
{
	struct ipsecgw_policy *pol = sa->policy;

	if (test_and_set_bit(IPSECGW_TOLD_HARD, &sa->life.told))
		return;
	WRITE_ONCE(sa->state, IPSECGW_SA_STATE_EXPIRED);
	if (pol && sa->dir == IPSECGW_DIR_OUT) {
		spin_lock_bh(&pol->sa_lock);
		if (rcu_access_pointer(pol->out) == sa)
			choose_out(pol, best_out(pol));
		spin_unlock_bh(&pol->sa_lock);
	}
	ipsecgw_event_expire(sa, true, limit);
}

/**
 * ipsecgw_choice_carries() - act on what a packet did to the lifetimes
 * @sa: SA
 * @verdict: what ipsecgw_lifetime_charge() said
 * @limit: which limit
 *
 * A soft limit raises its event, a hard one ends the SA.
 *
 * Context: any but hard interrupt.
 * Return: whether the SA carries the packet.
 */
bool ipsecgw_choice_carries(struct ipsecgw_sa *sa, enum ipsecgw_verdict verdict,
			    enum ipsecgw_limit limit)
{
	if (verdict == IPSECGW_LIFE_HARD)
		ipsecgw_choice_expire(sa, limit);
	else if (verdict == IPSECGW_LIFE_SOFT)
		ipsecgw_event_expire(sa, false, limit);
	return verdict != IPSECGW_LIFE_HARD;
}
