// SPDX-License-Identifier: GPL-2.0-only
// The tables of SAs: by SPI, by peer and SPI; add, delete, lookup, walk.
#include "sadb.h"

#include <linux/jhash.h>
#include <linux/netlink.h>
#include <linux/rhashtable.h>
#include "bind.h"
#include "choice.h"
#include "encap.h"
#include "event.h"
#include "priv.h"
#include "sadb_timer.h"
#include "spd.h"

/* Connection numbers start where operators know them. */
#define FIRST_ID 2000
#define LAST_ID (INT_MAX - 1)

struct in_key {
	__be32 spi;
	u8 proto;
};

struct out_key {
	__be32 spi;
	u8 proto;
	u8 family;
	const union ipsecgw_addr *remote;
};

static u32 hash_in_key(const void *data, u32 len, u32 seed)
{
	const struct in_key *k = data;

	return jhash_2words((__force u32)k->spi, k->proto, seed);
}

static u32 hash_in_obj(const void *data, u32 len, u32 seed)
{
	const struct ipsecgw_sa *sa = data;

	return jhash_2words((__force u32)sa->spi, sa->proto, seed);
}

static int cmp_in(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct in_key *k = arg->key;
	const struct ipsecgw_sa *sa = obj;

	return sa->spi != k->spi || sa->proto != k->proto;
}

static u32 hash_out(__be32 spi, u8 proto, const union ipsecgw_addr *remote,
		    u32 seed)
{
	u32 h = jhash2((__force const u32 *)remote->w, 4, seed);

	return jhash_2words((__force u32)spi, proto, h);
}

static u32 hash_out_key(const void *data, u32 len, u32 seed)
{
	const struct out_key *k = data;

	return hash_out(k->spi, k->proto, k->remote, seed);
}

static u32 hash_out_obj(const void *data, u32 len, u32 seed)
{
	const struct ipsecgw_sa *sa = data;

	return hash_out(sa->spi, sa->proto, &sa->remote, seed);
}

static int cmp_out(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct out_key *k = arg->key;
	const struct ipsecgw_sa *sa = obj;

	return sa->spi != k->spi || sa->proto != k->proto ||
	       sa->family != k->family ||
	       !ipsecgw_addr_equal(&sa->remote, k->remote);
}

static const struct rhashtable_params params_in = {
	.key_len = sizeof(struct in_key),
	.head_offset = offsetof(struct ipsecgw_sa, node),
	.hashfn = hash_in_key,
	.obj_hashfn = hash_in_obj,
	.obj_cmpfn = cmp_in,
	.automatic_shrinking = true,
};

static const struct rhashtable_params params_out = {
	.key_len = sizeof(struct out_key),
	.head_offset = offsetof(struct ipsecgw_sa, node),
	.hashfn = hash_out_key,
	.obj_hashfn = hash_out_obj,
	.obj_cmpfn = cmp_out,
	.automatic_shrinking = true,
};

/**
 * ipsecgw_sadb_lookup_in() - find the SA of a received packet
 * @ign: namespace
 * @spi: from the packet
 * @proto: enum ipsecgw_proto
 *
 * Context: RCU read side.
 * Return: SA without a reference, or NULL.
 */
struct ipsecgw_sa *ipsecgw_sadb_lookup_in(struct ipsecgw_net *ign, __be32 spi,
					  u8 proto)
{
	struct in_key key = { .spi = spi, .proto = proto };

	return rhashtable_lookup(&ign->sa_in, &key, params_in);
}

/**
 * ipsecgw_sadb_lookup_out() - find an outbound SA
 * @ign: namespace
 * @spi: chosen by the peer
 * @proto: enum ipsecgw_proto
 * @family: of @remote
 * @remote: peer
 *
 * Context: RCU read side.
 * Return: SA without a reference, or NULL.
 */
struct ipsecgw_sa *ipsecgw_sadb_lookup_out(struct ipsecgw_net *ign, __be32 spi,
					   u8 proto, u8 family,
					   const union ipsecgw_addr *remote)
{
	struct out_key key = {
		.spi = spi,
		.proto = proto,
		.family = family,
		.remote = remote,
	};

	return rhashtable_lookup(&ign->sa_out, &key, params_out);
}

/**
 * ipsecgw_sadb_find() - find an SA by name
 * @ign: namespace
 * @key: name
 *
 * Context: process, ign->lock is held.
 * Return: SA without a reference, or NULL.
 */
struct ipsecgw_sa *ipsecgw_sadb_find(struct ipsecgw_net *ign,
				     const struct ipsecgw_sa_key *key)
{
	struct ipsecgw_sa *sa;

	lockdep_assert_held(&ign->lock);
	rcu_read_lock();
	if (key->dir == IPSECGW_DIR_IN)
		sa = ipsecgw_sadb_lookup_in(ign, key->spi, key->proto);
	else
		sa = ipsecgw_sadb_lookup_out(ign, key->spi, key->proto,
					     key->family, &key->remote);
	rcu_read_unlock();
	/* Unlinking needs the lock that we hold, so it stays valid. */
	return sa;
}

static struct ipsecgw_sa *find_or_say(struct ipsecgw_net *ign,
				      const struct ipsecgw_sa_key *key,
				      struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa *sa;

	if (key->dir == IPSECGW_DIR_OUT && !key->family) {
		NL_SET_ERR_MSG(
			extack,
			"an outbound sa is named by spi and remote address, remote is missing");
		return ERR_PTR(-EINVAL);
	}
	sa = ipsecgw_sadb_find(ign, key);
	if (!sa) {
		NL_SET_ERR_MSG(
			extack,
			"no sa with that direction, spi and remote address");
		return ERR_PTR(-ENOENT);
	}
	return sa;
}

static int table_insert(struct ipsecgw_sa *sa)
{
	if (sa->dir == IPSECGW_DIR_IN)
		return rhashtable_insert_fast(&sa->ign->sa_in, &sa->node,
					      params_in);
	return rhashtable_insert_fast(&sa->ign->sa_out, &sa->node, params_out);
}

static void table_remove(struct ipsecgw_sa *sa)
{
	if (sa->dir == IPSECGW_DIR_IN)
		rhashtable_remove_fast(&sa->ign->sa_in, &sa->node, params_in);
	else
		rhashtable_remove_fast(&sa->ign->sa_out, &sa->node, params_out);
}

static int take_id(struct ipsecgw_sa *sa, u32 id)
{
	int got = idr_alloc(&sa->ign->sa_ids, sa, id, id + 1, GFP_KERNEL);

	if (got < 0)
		return got;
	sa->id = got;
	return 0;
}

/* Even numbers inbound, odd outbound; both of a pair next to each other. */
static int give_id(struct ipsecgw_sa *sa)
{
	struct ipsecgw_net *ign = sa->ign;
	bool out = sa->dir == IPSECGW_DIR_OUT;
	int err;

	if (out && sa->out->pair) {
		struct ipsecgw_sa_key key = {
			.spi = sa->out->pair,
			.proto = sa->proto,
			.dir = IPSECGW_DIR_IN,
		};
		struct ipsecgw_sa *in = ipsecgw_sadb_find(ign, &key);

		if (in && !take_id(sa, in->id + 1))
			return 0;
	}
	do {
		if (ign->sa_next_id > LAST_ID)
			ign->sa_next_id = FIRST_ID;
		err = take_id(sa, ign->sa_next_id + out);
		ign->sa_next_id += 2;
	} while (err == -ENOSPC);
	return err;
}

/*
 * Out of the tables, dead, out of the timers, then put. After a grace period no
 * packet can find it; those that did have finished with it, or are counted in
 * sa->inflight, for which the free waits.
 */
static void unlink_sa(struct ipsecgw_sa *sa)
{
	struct ipsecgw_net *ign = sa->ign;

	lockdep_assert_held(&ign->lock);
	table_remove(sa);
	idr_remove(&ign->sa_ids, sa->id);
	ign->sa_count--;
	ipsecgw_sadb_timer_del(sa);
	WRITE_ONCE(sa->dead, true);
	if (sa->state != IPSECGW_SA_STATE_LARVAL) {
		WRITE_ONCE(sa->state, IPSECGW_SA_STATE_EXPIRED);
		ipsecgw_event_sa_del(sa);
	}
	ipsecgw_choice_unlink(sa);
	ipsecgw_sa_put(sa);
}

/**
 * ipsecgw_sadb_remove() - delete an SA that a timer found to be over
 * @sa: SA in the tables
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_sadb_remove(struct ipsecgw_sa *sa)
{
	unlink_sa(sa);
}

/**
 * ipsecgw_sadb_link() - put an SA into the tables
 * @sa: SA
 * @larval: reservation that it completes and whose number it takes, or NULL
 *
 * Context: process, ign->lock is held.
 * Return: 0 or a negative error.
 */
int ipsecgw_sadb_link(struct ipsecgw_sa *sa, struct ipsecgw_sa *larval)
{
	struct ipsecgw_net *ign = sa->ign;
	int err;

	if (larval) {
		sa->id = larval->id;
		err = rhashtable_replace_fast(&ign->sa_in, &larval->node,
					      &sa->node, params_in);
		if (err)
			return err;
		idr_replace(&ign->sa_ids, sa, sa->id);
		ipsecgw_sadb_timer_del(larval);
		WRITE_ONCE(larval->dead, true);
		ipsecgw_sa_put(larval);
		return 0;
	}
	if (ign->sa_count >= ign->conf.max_sas)
		return -ENOSPC;
	err = give_id(sa);
	if (err)
		return err;
	err = table_insert(sa);
	if (err) {
		idr_remove(&ign->sa_ids, sa->id);
		return err;
	}
	ign->sa_count++;
	return 0;
}

static int add_locked(struct ipsecgw_sa *sa, struct ipsecgw_policy *pol,
		      const struct ipsecgw_sa_config *cfg,
		      struct netlink_ext_ack *extack)
{
	struct ipsecgw_net *ign = sa->ign;
	struct ipsecgw_sa *old;
	int err;

	if (ign->exiting)
		return -ENODEV;
	old = ipsecgw_sadb_find(ign, &cfg->key);
	if (old && old->state != IPSECGW_SA_STATE_LARVAL) {
		NL_SET_ERR_MSG(
			extack,
			"an sa with that direction, spi and remote address exists");
		return -EEXIST;
	}
	if (pol && pol->dead) {
		NL_SET_ERR_MSG(extack, "the rule was deleted meanwhile");
		return -ENOENT;
	}
	if (pol && pol->map->is_routed && sa->mode != IPSECGW_MODE_TUNNEL) {
		NL_SET_ERR_MSG(
			extack,
			"the rule is of a tunnel interface, which wants tunnel mode");
		return -EINVAL;
	}
	if (sa->encap_local &&
	    !ipsecgw_encap_has_port(ign, sa->family, sa->encap_local,
				    sa->fvrf)) {
		NL_SET_ERR_MSG(
			extack,
			"no udp socket with that local port was handed over, see encap");
		return -ENOTCONN;
	}
	/* Before a packet can find it: without its rule it would let all in. */
	if (pol)
		ipsecgw_choice_link(sa, pol);
	err = ipsecgw_sadb_link(sa, old);
	if (err) {
		WRITE_ONCE(sa->dead, true);
		ipsecgw_choice_unlink(sa);
		if (err == -ENOSPC)
			NL_SET_ERR_MSG(
				extack,
				"the table of sas is full, see conf max-sas");
		else
			NL_SET_ERR_MSG(extack, "out of memory");
		return err;
	}
	if (sa->dir == IPSECGW_DIR_OUT &&
	    !(cfg->flags & IPSECGW_SA_FLAGS_STANDBY))
		ipsecgw_choice_activate(sa);
	ipsecgw_event_sa_add(sa);
	ipsecgw_sadb_timer_arm(sa);
	return 0;
}

/**
 * ipsecgw_sadb_add() - add an SA, or complete a reserved one
 * @ign: namespace
 * @cfg: description
 * @id: set to the connection number
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_sadb_add(struct ipsecgw_net *ign,
		     const struct ipsecgw_sa_config *cfg, u32 *id,
		     struct netlink_ext_ack *extack)
{
	struct ipsecgw_policy *pol = NULL;
	struct ipsecgw_sa *sa;
	int err;

	if (cfg->policy) {
		struct ipsecgw_policy_key key = { .id = cfg->policy };

		pol = ipsecgw_spd_find(ign, &key);
		if (!pol) {
			NL_SET_ERR_MSG(extack, "no rule with that number");
			return -ENOENT;
		}
	}
	/* Outside the lock, because it may have to load a cipher's module. */
	sa = ipsecgw_sa_create(ign, cfg, extack);
	if (IS_ERR(sa)) {
		err = PTR_ERR(sa);
		goto out_put_policy;
	}
	mutex_lock(&ign->lock);
	err = add_locked(sa, pol, cfg, extack);
	if (!err)
		*id = sa->id;
	mutex_unlock(&ign->lock);
	if (err)
		ipsecgw_sa_put(sa);
out_put_policy:
	if (pol)
		ipsecgw_policy_put(pol);
	return err;
}

static int change_state(struct ipsecgw_sa *sa, u8 state,
			struct netlink_ext_ack *extack)
{
	if (state != IPSECGW_SA_STATE_ACTIVE || sa->dir != IPSECGW_DIR_OUT) {
		NL_SET_ERR_MSG(
			extack,
			"only state active can be asked for, of an outbound sa");
		return -EINVAL;
	}
	if (sa->state == IPSECGW_SA_STATE_EXPIRED) {
		NL_SET_ERR_MSG(extack, "the sa is expired");
		return -EINVAL;
	}
	ipsecgw_choice_activate(sa);
	return 0;
}

static int change_endpoint(struct ipsecgw_sa *sa,
			   const struct ipsecgw_sa_change *chg,
			   struct netlink_ext_ack *extack)
{
	union ipsecgw_addr remote = sa->remote;
	union ipsecgw_addr local = sa->local;
	__be16 port = chg->encap_remote ?: sa->encap_remote;

	if ((chg->new_family && chg->new_family != sa->family) ||
	    (chg->local_family && chg->local_family != sa->family)) {
		NL_SET_ERR_MSG(extack,
			       "the new address is of the other family");
		return -EINVAL;
	}
	if (chg->new_family)
		remote = chg->new_remote;
	if (chg->local_family)
		local = chg->new_local;
	if (chg->encap_remote && !sa->encap_local) {
		NL_SET_ERR_MSG(extack, "the sa has no udp encapsulation");
		return -EINVAL;
	}
	if (sa->dir == IPSECGW_DIR_IN) {
		sa->encap_remote = port;
		sa->remote = remote;
		sa->local = local;
		return 0;
	}
	return ipsecgw_sadb_move(sa, &local, &remote, port, extack);
}

/**
 * ipsecgw_sadb_move() - give an outbound SA other addresses or another port
 * @sa: outbound SA in the tables
 * @local: our address
 * @remote: the peer's
 * @port: UDP port, ignored without UDP encapsulation
 * @extack: takes the sentence on failure
 *
 * Context: process, ign->lock is held.
 * Return: 0 or a negative error; the SA is then as before.
 */
int ipsecgw_sadb_move(struct ipsecgw_sa *sa, const union ipsecgw_addr *local,
		      const union ipsecgw_addr *remote, __be16 port,
		      struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa_key key = {
		.spi = sa->spi,
		.proto = sa->proto,
		.dir = IPSECGW_DIR_OUT,
		.family = sa->family,
		.remote = *remote,
	};
	struct ipsecgw_sa *other = ipsecgw_sadb_find(sa->ign, &key);
	union ipsecgw_addr was, was_local;
	__be16 was_port;
	int err;

	if (other && other != sa) {
		NL_SET_ERR_MSG(extack,
			       "an sa with that spi and remote address exists");
		return -EEXIST;
	}
	if (other == sa) {
		ipsecgw_sa_set_endpoint(sa, local, remote, port);
		return 0;
	}
	/* The address is part of the key: the data path keeps its pointer. */
	was = sa->remote;
	was_local = sa->local;
	was_port = sa->encap_remote;
	table_remove(sa);
	ipsecgw_sa_set_endpoint(sa, local, remote, port);
	err = table_insert(sa);
	if (!err)
		return 0;
	/*
	 * Back to where it was. Should even that fail, requests still find the
	 * SA by its number and delete it, and packets by its rule.
	 */
	ipsecgw_sa_set_endpoint(sa, &was_local, &was, was_port);
	table_insert(sa);
	NL_SET_ERR_MSG(extack, "out of memory");
	return err;
}

/**
 * ipsecgw_sadb_update() - change what may change in a live SA
 * @ign: namespace
 * @key: name
 * @chg: changes
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_sadb_update(struct ipsecgw_net *ign,
			const struct ipsecgw_sa_key *key,
			const struct ipsecgw_sa_change *chg,
			struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa *sa;
	int err = 0;

	mutex_lock(&ign->lock);
	sa = find_or_say(ign, key, extack);
	if (IS_ERR(sa)) {
		err = PTR_ERR(sa);
		goto out_unlock;
	}
	if (sa->state == IPSECGW_SA_STATE_LARVAL) {
		NL_SET_ERR_MSG(extack, "the spi is only reserved, add the sa");
		err = -EINVAL;
		goto out_unlock;
	}
	if (chg->has_keepalive && sa->dir != IPSECGW_DIR_OUT) {
		NL_SET_ERR_MSG(extack, "only an outbound sa sends keepalives");
		err = -EINVAL;
		goto out_unlock;
	}
	if (chg->encap_remote || chg->new_family || chg->local_family)
		err = change_endpoint(sa, chg, extack);
	if (!err && chg->state)
		err = change_state(sa, chg->state, extack);
	if (err)
		goto out_unlock;
	if (chg->has_keepalive)
		WRITE_ONCE(sa->out->keepalive, chg->keepalive);
	if (chg->has_idle)
		sa->life.idle = chg->idle;
	if (chg->has_soft || chg->has_hard)
		ipsecgw_sa_set_limits(sa, chg->has_soft ? &chg->soft : NULL,
				      chg->has_hard ? &chg->hard : NULL);
	ipsecgw_sadb_timer_arm(sa);
out_unlock:
	mutex_unlock(&ign->lock);
	return err;
}

/**
 * ipsecgw_sadb_del() - delete an SA
 * @ign: namespace
 * @key: name
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: 0 or a negative error.
 */
int ipsecgw_sadb_del(struct ipsecgw_net *ign, const struct ipsecgw_sa_key *key,
		     struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa *sa;
	int err = 0;

	mutex_lock(&ign->lock);
	sa = find_or_say(ign, key, extack);
	if (IS_ERR(sa))
		err = PTR_ERR(sa);
	else
		unlink_sa(sa);
	mutex_unlock(&ign->lock);
	return err;
}

static bool matches(const struct ipsecgw_sa *sa,
		    const struct ipsecgw_sa_filter *f)
{
	if (f->dir && sa->dir != f->dir)
		return false;
	if (f->policy && (!sa->policy || sa->policy->cfg.key.id != f->policy))
		return false;
	return !f->family || (sa->family == f->family &&
			      ipsecgw_addr_equal(&sa->remote, &f->remote));
}

/**
 * ipsecgw_sadb_flush() - delete many SAs
 * @ign: namespace
 * @filter: which
 *
 * Context: process, takes ign->lock.
 * Return: how many.
 */
u32 ipsecgw_sadb_flush(struct ipsecgw_net *ign,
		       const struct ipsecgw_sa_filter *filter)
{
	struct ipsecgw_sa *sa;
	u32 count = 0;
	int id;

	mutex_lock(&ign->lock);
	idr_for_each_entry(&ign->sa_ids, sa, id) {
		if (matches(sa, filter)) {
			unlink_sa(sa);
			count++;
		}
		if (need_resched())
			cond_resched();
	}
	mutex_unlock(&ign->lock);
	return count;
}

/**
 * ipsecgw_sadb_policy_gone() - delete the SAs of a rule that is gone
 * @pol: rule, marked dead, or of a tunnel interface that is
 *
 * Context: process, ign->lock is held.
 */
void ipsecgw_sadb_policy_gone(struct ipsecgw_policy *pol)
{
	struct ipsecgw_sa *sa;

	lockdep_assert_held(&pol->ign->lock);
	/*
	 * An SA leaves the list when it is freed, which takes sa_lock; only
	 * those not yet dead are unlinked, and that needs ign->lock.
	 */
	rcu_read_lock();
	list_for_each_entry_rcu(sa, &pol->sas, policy_list)
		if (!sa->dead)
			unlink_sa(sa);
	rcu_read_unlock();
}

/**
 * ipsecgw_sadb_get() - one SA by name
 * @ign: namespace
 * @key: name
 * @extack: takes the sentence on failure
 *
 * Context: process, takes ign->lock.
 * Return: SA with a reference, or ERR_PTR.
 */
struct ipsecgw_sa *ipsecgw_sadb_get(struct ipsecgw_net *ign,
				    const struct ipsecgw_sa_key *key,
				    struct netlink_ext_ack *extack)
{
	struct ipsecgw_sa *sa;

	mutex_lock(&ign->lock);
	sa = find_or_say(ign, key, extack);
	if (!IS_ERR(sa))
		ipsecgw_sa_hold(sa);
	mutex_unlock(&ign->lock);
	return sa;
}

/**
 * ipsecgw_sadb_next() - step of a walk over all SAs
 * @ign: namespace
 * @id: connection number of the last one, 0 at first; set to that of the next
 * @filter: which
 *
 * SAs come in order of their number, so that a walk sees each SA that lives
 * throughout exactly once, whatever is added and deleted meanwhile.
 *
 * Context: process, takes ign->lock.
 * Return: SA with a reference, or NULL at the end.
 */
struct ipsecgw_sa *ipsecgw_sadb_next(struct ipsecgw_net *ign, u32 *id,
				     const struct ipsecgw_sa_filter *filter)
{
	struct ipsecgw_sa *sa;
	int next = *id + 1;

	mutex_lock(&ign->lock);
	while ((sa = idr_get_next(&ign->sa_ids, &next))) {
		if (matches(sa, filter)) {
			ipsecgw_sa_hold(sa);
			*id = next;
			break;
		}
		next++;
	}
	mutex_unlock(&ign->lock);
	return sa;
}

/**
 * ipsecgw_sadb_net_init() - empty tables
 * @ign: namespace
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_sadb_net_init(struct ipsecgw_net *ign)
{
	int err;

	idr_init(&ign->sa_ids);
	ign->sa_next_id = FIRST_ID;
	ipsecgw_sadb_timer_init(ign);
	err = rhashtable_init(&ign->sa_in, &params_in);
	if (err)
		return err;
	err = rhashtable_init(&ign->sa_out, &params_out);
	if (err)
		rhashtable_destroy(&ign->sa_in);
	return err;
}

/**
 * ipsecgw_sadb_net_exit() - delete all SAs and wait until they are freed
 * @ign: namespace, marked exiting
 *
 * Context: process, sleeps.
 */
void ipsecgw_sadb_net_exit(struct ipsecgw_net *ign)
{
	static const struct ipsecgw_sa_filter all;

	ipsecgw_sadb_flush(ign, &all);
	ipsecgw_sadb_timer_exit(ign);
	ipsecgw_sa_drain(ign);
	rhashtable_destroy(&ign->sa_in);
	rhashtable_destroy(&ign->sa_out);
	idr_destroy(&ign->sa_ids);
}
