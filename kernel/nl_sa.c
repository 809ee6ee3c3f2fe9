// SPDX-License-Identifier: GPL-2.0-only
// Netlink commands of SAs; SAs to attributes.
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "compat.h"
#include "netlink.h"
#include "priv.h"
#include "sadb.h"

/**
 * ipsecgw_nl_read_ends() - the addresses of an SA; they may move while we look
 * @sa: SA that is not larval
 * @local: set to ours
 * @remote: set to the peer's
 */
void ipsecgw_nl_read_ends(const struct ipsecgw_sa *sa,
			  union ipsecgw_addr *local, union ipsecgw_addr *remote)
{
	unsigned int seq;

	if (sa->dir == IPSECGW_DIR_IN) {
		*local = sa->local;
		*remote = sa->remote;
		return;
	}
	do {
		seq = read_seqcount_begin(&sa->out->header_seq);
		*local = sa->local;
		*remote = sa->remote;
	} while (read_seqcount_retry(&sa->out->header_seq, seq));
}

/**
 * ipsecgw_nl_put_sa_name() - write what every answer and event says of an SA
 * @skb: message
 * @sa: SA
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_sa_name(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	u8 state = READ_ONCE(sa->state);
	union ipsecgw_addr local, remote;

	if (nla_put_u32(skb, IPSECGW_A_SA_ID, sa->id) ||
	    nla_put_u32(skb, IPSECGW_A_SA_SPI, ntohl(sa->spi)) ||
	    nla_put_u8(skb, IPSECGW_A_SA_PROTO, sa->proto) ||
	    nla_put_u8(skb, IPSECGW_A_SA_DIR, sa->dir) ||
	    nla_put_u8(skb, IPSECGW_A_SA_STATE, state))
		return -EMSGSIZE;
	if (sa->policy &&
	    nla_put_u32(skb, IPSECGW_A_SA_POLICY, sa->policy->cfg.key.id))
		return -EMSGSIZE;
	/* The rest of a reserved SPI is not known yet. */
	if (state == IPSECGW_SA_STATE_LARVAL)
		return sa->family ?
			       ipsecgw_nl_put_addr(skb, IPSECGW_A_SA_REMOTE,
						   sa->family, &sa->remote) :
			       0;
	ipsecgw_nl_read_ends(sa, &local, &remote);
	if (nla_put_u8(skb, IPSECGW_A_SA_MODE, sa->mode) ||
	    ipsecgw_nl_put_addr(skb, IPSECGW_A_SA_LOCAL, sa->family, &local) ||
	    ipsecgw_nl_put_addr(skb, IPSECGW_A_SA_REMOTE, sa->family, &remote))
		return -EMSGSIZE;
	if (sa->dir == IPSECGW_DIR_OUT && sa->out->pair)
		return nla_put_u32(skb, IPSECGW_A_SA_PAIR,
				   ntohl(sa->out->pair));
	return 0;
}

/**
 * ipsecgw_nl_put_sa_stats() - write the counters and the age of an SA
 * @skb: message
 * @sa: SA
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_sa_stats(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	struct ipsecgw_sum sum = {};
	u64 now = ktime_get_boottime_seconds();

	if (READ_ONCE(sa->state) != IPSECGW_SA_STATE_LARVAL) {
		ipsecgw_sa_sum(sa, &sum);
		if (ipsecgw_nl_put_sum(skb, IPSECGW_A_SA_STATS, &sum))
			return -EMSGSIZE;
	}
	return nla_put_u64_64bit(skb, IPSECGW_A_SA_AGE, now - sa->added,
				 IPSECGW_A_SA_PAD);
}

static int put_limits(struct sk_buff *skb, int type,
		      const struct ipsecgw_limits *limits)
{
	struct nlattr *nest;

	if (!limits->bytes && !limits->packets && !limits->seconds)
		return 0;
	nest = nla_nest_start(skb, type);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, IPSECGW_A_LIMITS_BYTES, limits->bytes,
			      IPSECGW_A_LIMITS_PAD) ||
	    nla_put_u64_64bit(skb, IPSECGW_A_LIMITS_PACKETS, limits->packets,
			      IPSECGW_A_LIMITS_PAD) ||
	    nla_put_u64_64bit(skb, IPSECGW_A_LIMITS_SECONDS, limits->seconds,
			      IPSECGW_A_LIMITS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_transform(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	const char *driver = ipsecgw_sa_driver(sa);

	if ((sa->cipher && nla_put_u8(skb, IPSECGW_A_SA_CIPHER, sa->cipher)) ||
	    nla_put_u8(skb, IPSECGW_A_SA_INTEG, sa->integ) ||
	    nla_put_u8(skb, IPSECGW_A_SA_ICV_LEN, sa->icv_len) ||
	    nla_put_u32(skb, IPSECGW_A_SA_KEY_BITS, sa->key_bits))
		return -EMSGSIZE;
	return driver ? nla_put_string(skb, IPSECGW_A_SA_DRIVER, driver) : 0;
}

static int put_encap(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	if (!sa->encap_local)
		return 0;
	if (nla_put_u16(skb, IPSECGW_A_SA_ENCAP_LOCAL_PORT,
			ntohs(sa->encap_local)))
		return -EMSGSIZE;
	return nla_put_u16(skb, IPSECGW_A_SA_ENCAP_REMOTE_PORT,
			   ntohs(READ_ONCE(sa->encap_remote)));
}

static int put_dir(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	u16 keepalive;
	u32 mtu;

	if (sa->dir == IPSECGW_DIR_IN)
		return nla_put_u32(skb, IPSECGW_A_SA_REPLAY_WINDOW,
				   sa->in->replay.window);
	keepalive = READ_ONCE(sa->out->keepalive);
	if (keepalive && nla_put_u16(skb, IPSECGW_A_SA_KEEPALIVE, keepalive))
		return -EMSGSIZE;
	mtu = READ_ONCE(sa->out->path_mtu);
	if (!mtu)
		return 0;
	if (nla_put_u32(skb, IPSECGW_A_SA_PATH_MTU, mtu))
		return -EMSGSIZE;
	return nla_put_u32(skb, IPSECGW_A_SA_PLAIN_MTU,
			   ipsecgw_sa_plain_mtu(sa, mtu));
}

static int put_handling(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	int i;

	if (nla_put_u32(skb, IPSECGW_A_SA_FLAGS, sa->flags) ||
	    nla_put_u8(skb, IPSECGW_A_SA_DF, sa->df) ||
	    ipsecgw_nl_put_vrf(skb, IPSECGW_A_SA_FVRF, sa->fvrf) ||
	    ipsecgw_nl_put_vrf(skb, IPSECGW_A_SA_IVRF, sa->ivrf))
		return -EMSGSIZE;
	/* Kept as it goes into the header. */
	if (sa->flags & IPSECGW_SA_FLAGS_SET_DSCP &&
	    nla_put_u8(skb, IPSECGW_A_SA_DSCP, sa->dscp >> 2))
		return -EMSGSIZE;
	if ((sa->how.mss && nla_put_u16(skb, IPSECGW_A_SA_MSS, sa->how.mss)) ||
	    (sa->how.tfc_pad &&
	     nla_put_u16(skb, IPSECGW_A_SA_TFC_PAD, sa->how.tfc_pad)) ||
	    (sa->how.mark &&
	     nla_put_u32(skb, IPSECGW_A_SA_OUT_MARK, sa->how.mark)))
		return -EMSGSIZE;
	for (i = 0; i < sa->n_sel; i++)
		if (ipsecgw_nl_put_selector(skb, IPSECGW_A_SA_SELECTOR,
					    &sa->sel[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_use(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	unsigned long used = READ_ONCE(sa->last_used);
	u32 idle = READ_ONCE(sa->life.idle);

	if (put_limits(skb, IPSECGW_A_SA_SOFT, &sa->life.soft) ||
	    put_limits(skb, IPSECGW_A_SA_HARD, &sa->life.hard) ||
	    (idle && nla_put_u32(skb, IPSECGW_A_SA_IDLE, idle)) ||
	    nla_put_u64_64bit(skb, IPSECGW_A_SA_SEQ, ipsecgw_sa_seq(sa),
			      IPSECGW_A_SA_PAD))
		return -EMSGSIZE;
	if (!used)
		return 0;
	return nla_put_u64_64bit(skb, IPSECGW_A_SA_UNUSED,
				 (jiffies - used) / HZ, IPSECGW_A_SA_PAD);
}

static int put_sa(struct sk_buff *skb, const struct ipsecgw_sa *sa)
{
	if (ipsecgw_nl_put_sa_name(skb, sa) || ipsecgw_nl_put_sa_stats(skb, sa))
		return -EMSGSIZE;
	if (READ_ONCE(sa->state) == IPSECGW_SA_STATE_LARVAL)
		return 0;
	if (put_transform(skb, sa) || put_encap(skb, sa) || put_dir(skb, sa) ||
	    put_handling(skb, sa) || put_use(skb, sa))
		return -EMSGSIZE;
	return 0;
}

/* --- commands ------------------------------------------------------------- */

/**
 * ipsecgw_nl_sa_add_doit() - sa-add: add an SA, or complete a reserved one
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_nl_reply reply;
	struct ipsecgw_sa_config *cfg;
	u32 id = 0;
	int err;

	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	if (!cfg)
		return -ENOMEM;
	err = ipsecgw_nl_get_sa_config(info, cfg, info->extack);
	if (err)
		goto out_free;
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		goto out_free;
	err = ipsecgw_sadb_add(ign, cfg, &id, info->extack);
	if (!err &&
	    (nla_put_u32(reply.skb, IPSECGW_A_SA_ID, id) ||
	     nla_put_u32(reply.skb, IPSECGW_A_SA_SPI, ntohl(cfg->key.spi))))
		err = -EMSGSIZE;
	err = ipsecgw_nl_reply_end(&reply, info, err);
out_free:
	kfree(cfg);
	return err;
}

/**
 * ipsecgw_nl_sa_update_doit() - sa-update: change a live SA
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_update_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_sa_change chg = {};
	struct ipsecgw_sa_key key = {};
	int err;

	err = ipsecgw_nl_get_sa_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	err = ipsecgw_nl_get_sa_change(info->attrs, &key, &chg, info->extack);
	if (err)
		return err;
	return ipsecgw_sadb_update(ign, &key, &chg, info->extack);
}

/**
 * ipsecgw_nl_sa_del_doit() - sa-del: delete an SA
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_sa_key key = {};
	int err;

	err = ipsecgw_nl_get_sa_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	return ipsecgw_sadb_del(ign, &key, info->extack);
}

/**
 * ipsecgw_nl_sa_get_doit() - sa-get: one SA
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_nl_reply reply;
	struct ipsecgw_sa_key key = {};
	struct ipsecgw_sa *sa;
	int err;

	err = ipsecgw_nl_get_sa_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	sa = ipsecgw_sadb_get(ign, &key, info->extack);
	if (IS_ERR(sa))
		return PTR_ERR(sa);
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (!err)
		err = ipsecgw_nl_reply_end(&reply, info, put_sa(reply.skb, sa));
	ipsecgw_sa_put(sa);
	return err;
}

/**
 * struct sa_cursor - where a dump of SAs stands
 * @filter: which ones
 * @id: connection number of the last one sent
 *
 * SAs come in order of their number, so that the walk goes on behind an SA that
 * is gone meanwhile.
 */
struct sa_cursor {
	struct ipsecgw_sa_filter filter;
	u32 id;
};

/**
 * ipsecgw_nl_sa_get_start() - sa-get: begin a dump
 * @cb: dump
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_get_start(struct netlink_callback *cb)
{
	struct sa_cursor *cursor;
	int err;

	err = ipsecgw_nl_start(cb);
	if (err)
		return err;
	cursor = kzalloc(sizeof(*cursor), GFP_KERNEL);
	if (!cursor)
		return -ENOMEM;
	err = ipsecgw_nl_get_sa_filter(genl_info_dump(cb)->attrs,
				       &cursor->filter, cb->extack);
	if (err) {
		kfree(cursor);
		return err;
	}
	ipsecgw_nl_ctx(cb)->cursor = cursor;
	return 0;
}

/**
 * ipsecgw_nl_sa_get_dumpit() - sa-get: go on with a dump
 * @skb: answer
 * @cb: dump
 *
 * Return: octets, 0 at the end, or a negative errno.
 */
int ipsecgw_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(skb->sk));
	struct sa_cursor *cursor = ipsecgw_nl_ctx(cb)->cursor;
	u32 id = cursor->id;
	struct ipsecgw_sa *sa;
	void *hdr;
	int err;

	while ((sa = ipsecgw_sadb_next(ign, &id, &cursor->filter))) {
		hdr = ipsecgw_nl_dump_put(skb, cb);
		err = hdr ? put_sa(skb, sa) : -EMSGSIZE;
		ipsecgw_sa_put(sa);
		if (err) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			/* Nothing fits into an empty buffer: give up. */
			return skb->len ?: err;
		}
		genlmsg_end(skb, hdr);
		cursor->id = id;
	}
	return skb->len;
}

/**
 * ipsecgw_nl_sa_flush_doit() - sa-flush: delete many SAs
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_sa_filter filter = {};
	struct ipsecgw_nl_reply reply;
	int err;

	err = ipsecgw_nl_get_sa_filter(info->attrs, &filter, info->extack);
	if (err)
		return err;
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		return err;
	err = nla_put_u32(reply.skb, IPSECGW_A_SA_COUNT,
			  ipsecgw_sadb_flush(ign, &filter));
	return ipsecgw_nl_reply_end(&reply, info, err);
}

/**
 * ipsecgw_nl_sa_alloc_spi_doit() - sa-alloc-spi: reserve an inbound SPI
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_sa_alloc_spi_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_spi_range range = {};
	struct ipsecgw_nl_reply reply;
	__be32 spi = 0;
	u32 id = 0;
	int err;

	err = ipsecgw_nl_get_spi_range(info->attrs, &range, info->extack);
	if (err)
		return err;
	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		return err;
	err = ipsecgw_sadb_alloc_spi(ign, &range, &spi, &id, info->extack);
	if (!err && (nla_put_u32(reply.skb, IPSECGW_A_SA_SPI, ntohl(spi)) ||
		     nla_put_u32(reply.skb, IPSECGW_A_SA_ID, id)))
		err = -EMSGSIZE;
	return ipsecgw_nl_reply_end(&reply, info, err);
}
