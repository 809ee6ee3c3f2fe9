// SPDX-License-Identifier: GPL-2.0-only
// Netlink commands of rules, bindings and acquires.
#include <linux/slab.h>
#include "acquire.h"
#include "compat.h"
#include "map.h"
#include "netlink.h"
#include "priv.h"
#include "sa.h"
#include "spd.h"

/* --- attributes to structs ------------------------------------------------- */

static int get_place(struct nlattr **attrs, struct ipsecgw_policy_key *key,
		     struct netlink_ext_ack *extack)
{
	if (!attrs[IPSECGW_A_POLICY_MAP])
		return ipsecgw_nl_missing(extack, IPSECGW_A_POLICY_MAP,
					  "map name is missing");
	if (!attrs[IPSECGW_A_POLICY_SEQ])
		return ipsecgw_nl_missing(extack, IPSECGW_A_POLICY_SEQ,
					  "sequence number is missing");
	if (!attrs[IPSECGW_A_POLICY_INDEX])
		return ipsecgw_nl_missing(extack, IPSECGW_A_POLICY_INDEX,
					  "index is missing");
	key->seq = nla_get_u32(attrs[IPSECGW_A_POLICY_SEQ]);
	key->index = nla_get_u32(attrs[IPSECGW_A_POLICY_INDEX]);
	return ipsecgw_nl_get_name(attrs[IPSECGW_A_POLICY_MAP], key->map,
				   extack);
}

/* A rule is named by its number or by its place. */
static int get_key(struct nlattr **attrs, struct ipsecgw_policy_key *key,
		   struct netlink_ext_ack *extack)
{
	const struct nlattr *id = attrs[IPSECGW_A_POLICY_ID];

	if (!id)
		return get_place(attrs, key, extack);
	key->id = nla_get_u32(id);
	if (!key->id)
		return ipsecgw_nl_refuse(extack, id, "rule number is 0");
	if (attrs[IPSECGW_A_POLICY_MAP] || attrs[IPSECGW_A_POLICY_SEQ] ||
	    attrs[IPSECGW_A_POLICY_INDEX])
		return ipsecgw_nl_refuse(
			extack, id,
			"name the rule by its number or by map, sequence number and index, not both");
	return 0;
}

static int get_peers(const struct genl_info *info,
		     struct ipsecgw_policy_config *cfg,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err, i, n;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != IPSECGW_A_POLICY_PEER)
			continue;
		n = cfg->n_peers;
		if (n == IPSECGW_MAX_PEERS)
			return ipsecgw_nl_refuse(extack, attr,
						 "more than 8 peers");
		err = ipsecgw_nl_get_host(attr, &cfg->peer_family[n],
					  &cfg->peers[n], extack);
		if (err)
			return err;
		for (i = 0; i < n; i++)
			if (cfg->peer_family[i] == cfg->peer_family[n] &&
			    ipsecgw_addr_equal(&cfg->peers[i], &cfg->peers[n]))
				return ipsecgw_nl_refuse(extack, attr,
							 "peer is named twice");
		cfg->n_peers++;
	}
	return 0;
}

static int get_config(const struct genl_info *info,
		      struct ipsecgw_policy_config *cfg,
		      struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = get_place(attrs, &cfg->key, extack);
	if (err)
		return err;
	if (attrs[IPSECGW_A_POLICY_ID])
		cfg->key.id = nla_get_u32(attrs[IPSECGW_A_POLICY_ID]);
	if (!attrs[IPSECGW_A_POLICY_ACTION])
		return ipsecgw_nl_missing(extack, IPSECGW_A_POLICY_ACTION,
					  "action is missing");
	if (!attrs[IPSECGW_A_POLICY_SELECTOR])
		return ipsecgw_nl_missing(extack, IPSECGW_A_POLICY_SELECTOR,
					  "selector is missing");
	cfg->action = nla_get_u8(attrs[IPSECGW_A_POLICY_ACTION]);
	cfg->ivrf = ipsecgw_nl_get_vrf(attrs[IPSECGW_A_POLICY_IVRF]);
	err = ipsecgw_nl_get_selector(attrs[IPSECGW_A_POLICY_SELECTOR],
				      &cfg->sel, extack);
	if (err)
		return err;
	if (attrs[IPSECGW_A_POLICY_PEER] &&
	    cfg->action != IPSECGW_ACTION_PROTECT)
		return ipsecgw_nl_refuse(
			extack, attrs[IPSECGW_A_POLICY_PEER],
			"only a rule with action protect has peers");
	return get_peers(info, cfg, extack);
}

/* --- structs to attributes ------------------------------------------------- */

static int put_place(struct sk_buff *skb, const struct ipsecgw_policy_key *key)
{
	if (nla_put_u32(skb, IPSECGW_A_POLICY_ID, key->id) ||
	    nla_put_string(skb, IPSECGW_A_POLICY_MAP, key->map) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_SEQ, key->seq) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_INDEX, key->index))
		return -EMSGSIZE;
	return 0;
}

/* A rule that is added again may bring other peers to the one in force. */
static int put_peers(struct sk_buff *skb, struct ipsecgw_policy *pol)
{
	int i, err = 0;

	spin_lock_bh(&pol->sa_lock);
	for (i = 0; i < pol->cfg.n_peers && !err; i++)
		err = ipsecgw_nl_put_addr(skb, IPSECGW_A_POLICY_PEER,
					  pol->cfg.peer_family[i],
					  &pol->cfg.peers[i]);
	spin_unlock_bh(&pol->sa_lock);
	return err;
}

static int put_config(struct sk_buff *skb, struct ipsecgw_policy *pol)
{
	if (put_place(skb, &pol->cfg.key) ||
	    ipsecgw_nl_put_selector(skb, IPSECGW_A_POLICY_SELECTOR,
				    &pol->cfg.sel))
		return -EMSGSIZE;
	return put_peers(skb, pol);
}

/*
 * All that the rule's SAs ever counted: those that are gone, those that live or
 * wait to be freed, and what no SA can be blamed for. An SA moves from the list
 * to @past under the lock, so it counts exactly once.
 */
static void policy_sum(struct ipsecgw_policy *pol, struct ipsecgw_sum *sum)
{
	struct ipsecgw_sa *sa;
	unsigned int i;

	spin_lock_bh(&pol->sa_lock);
	*sum = pol->past;
	list_for_each_entry(sa, &pol->sas, policy_list) {
		struct ipsecgw_sum one = {};

		ipsecgw_sa_sum(sa, &one);
		ipsecgw_stats_merge(sum, &one);
	}
	spin_unlock_bh(&pol->sa_lock);
	for (i = 0; i < IPSECGW_ERR_MAX; i++)
		sum->err[i] += atomic64_read(&pol->err[i]);
}

static int put_out(struct sk_buff *skb, struct ipsecgw_policy *pol)
{
	union ipsecgw_addr local, remote;
	struct ipsecgw_sa *sa;
	u8 family = 0;
	u32 spi = 0;

	rcu_read_lock();
	sa = rcu_dereference(pol->out);
	if (sa) {
		spi = ntohl(sa->spi);
		family = sa->family;
		ipsecgw_nl_read_ends(sa, &local, &remote);
	}
	rcu_read_unlock();
	if (nla_put_u32(skb, IPSECGW_A_POLICY_OUT_SPI, spi))
		return -EMSGSIZE;
	if (!family)
		return 0;
	return ipsecgw_nl_put_addr(skb, IPSECGW_A_POLICY_OUT_REMOTE, family,
				   &remote);
}

static int put_policy(struct sk_buff *skb, struct ipsecgw_policy *pol)
{
	struct ipsecgw_sum sum;

	policy_sum(pol, &sum);
	if (put_config(skb, pol) ||
	    nla_put_u8(skb, IPSECGW_A_POLICY_ACTION, pol->cfg.action) ||
	    ipsecgw_nl_put_vrf(skb, IPSECGW_A_POLICY_IVRF, pol->cfg.ivrf) ||
	    (READ_ONCE(pol->staged) &&
	     nla_put_flag(skb, IPSECGW_A_POLICY_STAGED)) ||
	    ipsecgw_nl_put_sum(skb, IPSECGW_A_POLICY_STATS, &sum) ||
	    put_out(skb, pol) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_IN_SAS, READ_ONCE(pol->n_in)) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_OUT_SAS, READ_ONCE(pol->n_out)) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_HELD, ipsecgw_acquire_held(pol)))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipsecgw_nl_put_acquire() - write a question for an SA
 * @skb: message
 * @info: question
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_acquire(struct sk_buff *skb,
			   const struct ipsecgw_acquire_info *info)
{
	if (put_config(skb, info->pol) ||
	    ipsecgw_nl_put_flow(skb, IPSECGW_A_POLICY_FLOW, &info->flow) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_IFINDEX, info->ifindex) ||
	    nla_put_u32(skb, IPSECGW_A_POLICY_ATTEMPTS, info->attempts))
		return -EMSGSIZE;
	if (!info->local_family)
		return 0;
	return ipsecgw_nl_put_addr(skb, IPSECGW_A_POLICY_LOCAL,
				   info->local_family, &info->local);
}

static int put_map(struct sk_buff *skb, const struct ipsecgw_map_info *map)
{
	if (nla_put_string(skb, IPSECGW_A_MAP_NAME, map->name) ||
	    nla_put_u32(skb, IPSECGW_A_MAP_POLICIES, map->policies) ||
	    nla_put_u32(skb, IPSECGW_A_MAP_STAGED, map->staged))
		return -EMSGSIZE;
	if (!map->ifindex)
		return 0;
	if (nla_put_u32(skb, IPSECGW_A_MAP_IFINDEX, map->ifindex) ||
	    nla_put_u32(skb, IPSECGW_A_MAP_MTU, map->mtu) ||
	    nla_put_u64_64bit(skb, IPSECGW_A_MAP_NO_SA_DROPS, map->no_sa_drops,
			      IPSECGW_A_MAP_PAD) ||
	    nla_put_u64_64bit(skb, IPSECGW_A_MAP_CLEAR_DROPS, map->clear_drops,
			      IPSECGW_A_MAP_PAD))
		return -EMSGSIZE;
	if (!ipsecgw_addr_any(&map->local4) &&
	    ipsecgw_nl_put_addr(skb, IPSECGW_A_MAP_LOCAL4, AF_INET,
				&map->local4))
		return -EMSGSIZE;
	if (ipsecgw_addr_any(&map->local6))
		return 0;
	return ipsecgw_nl_put_addr(skb, IPSECGW_A_MAP_LOCAL6, AF_INET6,
				   &map->local6);
}

/* --- rules ------------------------------------------------------------------ */

/**
 * ipsecgw_nl_policy_add_doit() - policy-add: add a rule to a crypto map
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	bool staged = info->attrs[IPSECGW_A_POLICY_STAGED];
	struct ipsecgw_policy_config *cfg;
	struct ipsecgw_nl_reply reply;
	u32 id = 0;
	int err;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	if (!cfg)
		return -ENOMEM;
	err = get_config(info, cfg, info->extack);
	if (err)
		goto out_free;
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		goto out_free;
	err = ipsecgw_spd_add(ign, cfg, staged, &id, info->extack);
	if (!err)
		err = nla_put_u32(reply.skb, IPSECGW_A_POLICY_ID, id);
	err = ipsecgw_nl_reply_end(&reply, info, err);
out_free:
	kfree(cfg);
	return err;
}

/**
 * ipsecgw_nl_policy_del_doit() - policy-del: delete a rule
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	bool staged = info->attrs[IPSECGW_A_POLICY_STAGED];
	struct ipsecgw_policy_key key = {};
	int err;

	err = get_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	return ipsecgw_spd_del(ign, &key, staged, info->extack);
}

/**
 * ipsecgw_nl_policy_get_doit() - policy-get: one rule
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_policy_key key = {};
	struct ipsecgw_nl_reply reply;
	struct ipsecgw_policy *pol;
	int err;

	err = get_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	pol = ipsecgw_spd_find(ign, &key);
	if (!pol) {
		NL_SET_ERR_MSG(info->extack, "no such rule");
		return -ENOENT;
	}
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (!err)
		err = ipsecgw_nl_reply_end(&reply, info,
					   put_policy(reply.skb, pol));
	ipsecgw_policy_put(pol);
	return err;
}

/**
 * struct policy_cursor - where a dump of rules stands
 * @map: only this crypto map, or empty
 * @last: rule sent last
 *
 * Rules come in order, so the walk goes on behind a rule that is gone
 * meanwhile.
 */
struct policy_cursor {
	char map[IPSECGW_MAP_NAME_SIZE];
	struct ipsecgw_policy_key last;
};

/**
 * ipsecgw_nl_policy_get_start() - policy-get: begin a dump
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_policy_get_start(struct netlink_callback *cb)
{
	const struct nlattr *map;
	struct policy_cursor *cursor;
	int err;

	err = ipsecgw_nl_start(cb);
	if (err)
		return err;
	cursor = kzalloc(sizeof(*cursor), GFP_KERNEL);
	if (!cursor)
		return -ENOMEM;
	map = genl_info_dump(cb)->attrs[IPSECGW_A_POLICY_MAP];
	if (map) {
		err = ipsecgw_nl_get_name(map, cursor->map, cb->extack);
		if (err) {
			kfree(cursor);
			return err;
		}
	}
	ipsecgw_nl_ctx(cb)->cursor = cursor;
	return 0;
}

/**
 * ipsecgw_nl_policy_get_dumpit() - policy-get: go on with a dump
 * @skb: answer
 * @cb: dump
 *
 * Return: octets, 0 at the end, or a negative errno.
 */
int ipsecgw_nl_policy_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(skb->sk));
	struct policy_cursor *cursor = ipsecgw_nl_ctx(cb)->cursor;
	struct ipsecgw_policy *pol;
	void *hdr;
	int err;

	while ((pol = ipsecgw_spd_next(ign, &cursor->last))) {
		hdr = NULL;
		err = 0;
		if (!*cursor->map || !strcmp(cursor->map, pol->cfg.key.map)) {
			hdr = ipsecgw_nl_dump_put(skb, cb);
			err = hdr ? put_policy(skb, pol) : -EMSGSIZE;
		}
		if (err) {
			ipsecgw_policy_put(pol);
			if (hdr)
				genlmsg_cancel(skb, hdr);
			/* Nothing fits into an empty buffer: give up. */
			return skb->len ?: err;
		}
		if (hdr)
			genlmsg_end(skb, hdr);
		cursor->last = pol->cfg.key;
		ipsecgw_policy_put(pol);
	}
	return skb->len;
}

/**
 * ipsecgw_nl_policy_flush_doit() - policy-flush: delete many rules
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_policy_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	bool staged = info->attrs[IPSECGW_A_POLICY_STAGED];
	const struct nlattr *map = info->attrs[IPSECGW_A_POLICY_MAP];
	char name[IPSECGW_MAP_NAME_SIZE];
	struct ipsecgw_nl_reply reply;
	u32 count = 0;
	int err;

	if (map) {
		err = ipsecgw_nl_get_name(map, name, info->extack);
		if (err)
			return err;
	}
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		return err;
	err = ipsecgw_spd_flush(ign, map ? name : NULL, staged, &count,
				info->extack);
	if (!err)
		err = nla_put_u32(reply.skb, IPSECGW_A_POLICY_COUNT, count);
	return ipsecgw_nl_reply_end(&reply, info, err);
}

/* --- bindings ---------------------------------------------------------------- */

static int get_ifindex(struct nlattr **attrs, u32 *ifindex,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[IPSECGW_A_MAP_IFINDEX];

	if (!attr)
		return ipsecgw_nl_missing(extack, IPSECGW_A_MAP_IFINDEX,
					  "interface is missing");
	*ifindex = nla_get_u32(attr);
	if (*ifindex > INT_MAX)
		return ipsecgw_nl_refuse(
			extack, attr,
			"interface number is not 1 to 2147483647");
	return 0;
}

static int get_map_name(struct nlattr **attrs, char *name,
			struct netlink_ext_ack *extack)
{
	if (!attrs[IPSECGW_A_MAP_NAME])
		return ipsecgw_nl_missing(extack, IPSECGW_A_MAP_NAME,
					  "map name is missing");
	return ipsecgw_nl_get_name(attrs[IPSECGW_A_MAP_NAME], name, extack);
}

static int get_map_config(struct nlattr **attrs, struct ipsecgw_map_config *cfg,
			  struct netlink_ext_ack *extack)
{
	const struct nlattr *local4 = attrs[IPSECGW_A_MAP_LOCAL4];
	const struct nlattr *local6 = attrs[IPSECGW_A_MAP_LOCAL6];
	u8 family;
	int err;

	err = get_map_name(attrs, cfg->name, extack);
	if (!err)
		err = get_ifindex(attrs, &cfg->ifindex, extack);
	if (!err && local4)
		err = ipsecgw_nl_get_host(local4, &family, &cfg->local4,
					  extack);
	if (!err && local6)
		err = ipsecgw_nl_get_host(local6, &family, &cfg->local6,
					  extack);
	cfg->has_local4 = local4;
	cfg->has_local6 = local6;
	return err;
}

/**
 * ipsecgw_nl_map_bind_doit() - map-bind: bind a crypto map to an interface
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_map_bind_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_map_config cfg = {};
	int err;

	err = get_map_config(info->attrs, &cfg, info->extack);
	if (err)
		return err;
	return ipsecgw_map_bind(ign, &cfg, info->extack);
}

/**
 * ipsecgw_nl_map_unbind_doit() - map-unbind: free an interface of its map
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_map_unbind_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	u32 ifindex;
	int err;

	err = get_ifindex(info->attrs, &ifindex, info->extack);
	if (err)
		return err;
	return ipsecgw_map_unbind(ign, ifindex, info->extack);
}

/**
 * ipsecgw_nl_map_commit_doit() - map-commit: publish staged changes
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_map_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	char name[IPSECGW_MAP_NAME_SIZE];
	int err;

	err = get_map_name(info->attrs, name, info->extack);
	if (err)
		return err;
	return ipsecgw_spd_commit(ign, name, info->extack);
}

/**
 * ipsecgw_nl_map_get_doit() - map-get: the binding of an interface
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_nl_reply reply;
	struct ipsecgw_map_info map;
	u32 ifindex;
	int err;

	err = get_ifindex(info->attrs, &ifindex, info->extack);
	if (err)
		return err;
	err = ipsecgw_map_info(ign, ifindex, &map);
	if (err) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[IPSECGW_A_MAP_IFINDEX],
				    "no crypto map on that interface");
		return err;
	}
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		return err;
	return ipsecgw_nl_reply_end(&reply, info, put_map(reply.skb, &map));
}

/**
 * ipsecgw_nl_map_get_start() - map-get: begin a dump
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_map_get_start(struct netlink_callback *cb)
{
	const struct nlattr *attr;
	char *name;
	int err;

	err = ipsecgw_nl_start(cb);
	if (err)
		return err;
	attr = genl_info_dump(cb)->attrs[IPSECGW_A_MAP_NAME];
	if (!attr)
		return 0;
	name = kzalloc(IPSECGW_MAP_NAME_SIZE, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	err = ipsecgw_nl_get_name(attr, name, cb->extack);
	if (err) {
		kfree(name);
		return err;
	}
	ipsecgw_nl_ctx(cb)->cursor = name;
	return 0;
}

/**
 * ipsecgw_nl_map_get_dumpit() - map-get: go on with a dump
 * @skb: answer
 * @cb: dump
 *
 * Return: octets, 0 at the end, or a negative errno.
 */
int ipsecgw_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(skb->sk));
	struct ipsecgw_nl_ctx *ctx = ipsecgw_nl_ctx(cb);
	const char *name = ctx->cursor;
	unsigned int pos = ctx->pos;
	struct ipsecgw_map_info map;
	void *hdr;

	while (!ipsecgw_map_walk(ign, &pos, &map)) {
		if (name && strcmp(name, map.name)) {
			ctx->pos = pos;
			continue;
		}
		hdr = ipsecgw_nl_dump_put(skb, cb);
		if (!hdr || put_map(skb, &map)) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
		ctx->pos = pos;
	}
	return skb->len;
}

/* --- acquires ---------------------------------------------------------------- */

/**
 * ipsecgw_nl_acquire_get_dumpit() - acquire-get: questions without an answer
 * @skb: answer
 * @cb: dump
 *
 * Return: octets, 0 at the end, or a negative errno.
 */
int ipsecgw_nl_acquire_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(skb->sk));
	struct ipsecgw_nl_ctx *ctx = ipsecgw_nl_ctx(cb);
	struct ipsecgw_acquire_info info;
	unsigned int pos = ctx->pos;
	void *hdr;
	int err;

	while (!ipsecgw_acquire_walk(ign, &pos, &info)) {
		hdr = ipsecgw_nl_dump_put(skb, cb);
		err = hdr ? ipsecgw_nl_put_acquire(skb, &info) : -EMSGSIZE;
		ipsecgw_policy_put(info.pol);
		if (err) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			return skb->len ?: err;
		}
		genlmsg_end(skb, hdr);
		ctx->pos = pos;
	}
	return skb->len;
}
