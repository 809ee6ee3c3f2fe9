// SPDX-License-Identifier: GPL-2.0-only
// Netlink commands of counters, settings and UDP sockets.
#include <net/sock.h>
#include "acquire.h"
#include "encap.h"
#include "netlink.h"
#include "priv.h"
#include "stats.h"

/* Far above what memory allows; keeps numbers and sums from overflowing. */
#define MAX_SAS BIT(24)
#define MAX_POLICIES BIT(20)
#define MAX_ACQUIRES BIT(20)

static const u8 err_attr[IPSECGW_ERR_MAX] = {
	[IPSECGW_ERR_NO_SA] = IPSECGW_A_STATS_ERR_NO_SA,
	[IPSECGW_ERR_SEND] = IPSECGW_A_STATS_ERR_SEND,
	[IPSECGW_ERR_ENCRYPT] = IPSECGW_A_STATS_ERR_ENCRYPT,
	[IPSECGW_ERR_SEND_INTERNAL] = IPSECGW_A_STATS_ERR_SEND_INTERNAL,
	[IPSECGW_ERR_SEQ] = IPSECGW_A_STATS_ERR_SEQ,
	[IPSECGW_ERR_REPLAY] = IPSECGW_A_STATS_ERR_REPLAY,
	[IPSECGW_ERR_AUTH] = IPSECGW_A_STATS_ERR_AUTH,
	[IPSECGW_ERR_LENGTH] = IPSECGW_A_STATS_ERR_LENGTH,
	[IPSECGW_ERR_IDENTITY] = IPSECGW_A_STATS_ERR_IDENTITY,
	[IPSECGW_ERR_PROTO] = IPSECGW_A_STATS_ERR_PROTO,
	[IPSECGW_ERR_DECAPS] = IPSECGW_A_STATS_ERR_DECAPS,
	[IPSECGW_ERR_INVALID_SA] = IPSECGW_A_STATS_ERR_INVALID_SA,
	[IPSECGW_ERR_RECV_INTERNAL] = IPSECGW_A_STATS_ERR_RECV_INTERNAL,
};

static int put_count(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, IPSECGW_A_STATS_PAD);
}

static int put_errors(struct sk_buff *skb, const struct ipsecgw_sum *sum)
{
	u64 send = 0, recv = 0;
	unsigned int i;

	for (i = 0; i < IPSECGW_ERR_MAX; i++) {
		if (put_count(skb, err_attr[i], sum->err[i]))
			return -EMSGSIZE;
		/* The inbound classes come last. */
		if (i < IPSECGW_ERR_REPLAY)
			send += sum->err[i];
		else
			recv += sum->err[i];
	}
	if (put_count(skb, IPSECGW_A_STATS_SEND_ERRORS, send))
		return -EMSGSIZE;
	return put_count(skb, IPSECGW_A_STATS_RECV_ERRORS, recv);
}

/**
 * ipsecgw_nl_put_sum() - write the counters of an SA or a rule
 * @skb: message
 * @type: attribute
 * @sum: counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int ipsecgw_nl_put_sum(struct sk_buff *skb, int type,
		       const struct ipsecgw_sum *sum)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (put_count(skb, IPSECGW_A_STATS_OUT_PACKETS, sum->out.packets) ||
	    put_count(skb, IPSECGW_A_STATS_OUT_BYTES, sum->out.bytes) ||
	    put_count(skb, IPSECGW_A_STATS_OUT_WIRE_BYTES,
		      sum->out.wire_bytes) ||
	    put_count(skb, IPSECGW_A_STATS_IN_PACKETS, sum->in.packets) ||
	    put_count(skb, IPSECGW_A_STATS_IN_BYTES, sum->in.bytes) ||
	    put_count(skb, IPSECGW_A_STATS_IN_WIRE_BYTES, sum->in.wire_bytes) ||
	    put_errors(skb, sum))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* --- the namespace ----------------------------------------------------------- */

static int put_drop(struct sk_buff *skb, enum ipsecgw_drop why, u64 packets)
{
	struct nlattr *nest = nla_nest_start(skb, IPSECGW_A_NS_DROPS);

	if (!nest || nla_put_u32(skb, IPSECGW_A_COUNTER_REASON, why) ||
	    nla_put_u64_64bit(skb, IPSECGW_A_COUNTER_PACKETS, packets,
			      IPSECGW_A_COUNTER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_counters(struct sk_buff *skb, const struct ipsecgw_net *ign)
{
	static const u8 attr[IPSECGW_COUNT_MAX] = {
		[IPSECGW_COUNT_OUT_PACKETS] = IPSECGW_A_NS_OUT_PACKETS,
		[IPSECGW_COUNT_OUT_BYTES] = IPSECGW_A_NS_OUT_BYTES,
		[IPSECGW_COUNT_OUT_WIRE_BYTES] = IPSECGW_A_NS_OUT_WIRE_BYTES,
		[IPSECGW_COUNT_IN_PACKETS] = IPSECGW_A_NS_IN_PACKETS,
		[IPSECGW_COUNT_IN_BYTES] = IPSECGW_A_NS_IN_BYTES,
		[IPSECGW_COUNT_IN_WIRE_BYTES] = IPSECGW_A_NS_IN_WIRE_BYTES,
		[IPSECGW_COUNT_BYPASSED] = IPSECGW_A_NS_BYPASSED,
		[IPSECGW_COUNT_KEEPALIVES_IN] = IPSECGW_A_NS_KEEPALIVES_IN,
		[IPSECGW_COUNT_KEEPALIVES_OUT] = IPSECGW_A_NS_KEEPALIVES_OUT,
		[IPSECGW_COUNT_ACQUIRES] = IPSECGW_A_NS_ACQUIRES,
		[IPSECGW_COUNT_DEFERRED] = IPSECGW_A_NS_DEFERRED,
	};
	unsigned int i;

	/* Every reason, also at zero, so that the list is the same each time. */
	for (i = IPSECGW_DROP_NONE + 1; i <= IPSECGW_DROP_MAX; i++)
		if (put_drop(skb, i, ipsecgw_stats_drops(ign, i)))
			return -EMSGSIZE;
	for (i = 0; i < IPSECGW_COUNT_MAX; i++)
		if (nla_put_u64_64bit(skb, attr[i], ipsecgw_stats_get(ign, i),
				      IPSECGW_A_NS_PAD))
			return -EMSGSIZE;
	return 0;
}

static int put_sizes(struct sk_buff *skb, struct ipsecgw_net *ign)
{
	u32 sas, policies, maps = 0;
	struct list_head *pos;

	mutex_lock(&ign->lock);
	sas = ign->sa_count;
	policies = ign->policy_count;
	list_for_each(pos, &ign->maps)
		maps++;
	mutex_unlock(&ign->lock);

	if (nla_put_u32(skb, IPSECGW_A_NS_SAS, sas) ||
	    nla_put_u32(skb, IPSECGW_A_NS_POLICIES, policies) ||
	    nla_put_u32(skb, IPSECGW_A_NS_MAPS, maps) ||
	    nla_put_u32(skb, IPSECGW_A_NS_PENDING,
			ipsecgw_acquire_pending(ign)))
		return -EMSGSIZE;
	return 0;
}

/**
 * ipsecgw_nl_stats_get_doit() - stats-get: counters of the namespace
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_nl_reply reply;
	int err;

	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		return err;
	err = put_counters(reply.skb, ign);
	if (!err)
		err = put_sizes(reply.skb, ign);
	return ipsecgw_nl_reply_end(&reply, info, err);
}

/* --- settings ---------------------------------------------------------------- */

/**
 * struct setting - one number of struct ipsecgw_conf
 * @offset: where it is
 * @min: lowest value
 * @max: highest value
 * @limits_memory: only the initial user namespace may say how much memory a
 *	namespace takes
 * @range: sentence for a value outside
 */
struct setting {
	size_t offset;
	u32 min;
	u32 max;
	bool limits_memory;
	const char *range;
};

#define SETTING(name, ...)                                                 \
	{                                                                  \
		.offset = offsetof(struct ipsecgw_conf, name), __VA_ARGS__ \
	}

/* Bounds that are not here are in the policy. */
static const struct setting settings[] = {
	[IPSECGW_A_CONF_MAX_SAS] = SETTING(max_sas, 0, MAX_SAS, true,
					   "most sas is not 0 to 16777216"),
	[IPSECGW_A_CONF_MAX_POLICIES] =
		SETTING(max_policies, 0, MAX_POLICIES, true,
			"most rules is not 0 to 1048576"),
	[IPSECGW_A_CONF_MAX_ACQUIRES] =
		SETTING(max_acquires, 0, MAX_ACQUIRES, true,
			"most acquires is not 0 to 1048576"),
	[IPSECGW_A_CONF_HOLD_PACKETS] = SETTING(hold_packets, 0, U32_MAX, true),
	[IPSECGW_A_CONF_ACQUIRE_TIMEOUT] =
		SETTING(acquire_timeout, 0, U32_MAX, false),
	[IPSECGW_A_CONF_LARVAL_TIMEOUT] =
		SETTING(larval_timeout, 0, U32_MAX, false),
	[IPSECGW_A_CONF_DROP_THRESHOLD] =
		SETTING(drop_threshold, 0, U32_MAX, false),
};

static u32 *setting_of(struct ipsecgw_conf *conf, unsigned int type)
{
	return (void *)conf + settings[type].offset;
}

static bool is_number(unsigned int type)
{
	return type != IPSECGW_A_CONF_EXCLUSIVE;
}

static int check_setting(const struct nlattr *attr, const struct sk_buff *skb,
			 struct netlink_ext_ack *extack)
{
	const struct setting *s = &settings[nla_type(attr)];
	u32 value = nla_get_u32(attr);

	if (value < s->min || value > s->max)
		return ipsecgw_nl_refuse(extack, attr, s->range);
	if (!s->limits_memory || netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	NL_SET_ERR_MSG_ATTR(
		extack, attr,
		"limits are for the administrator of the initial user namespace to set");
	return -EPERM;
}

/**
 * ipsecgw_nl_conf_set_doit() - conf-set: change settings, all or none
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_conf_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct nlattr **attrs = info->attrs;
	unsigned int i, given = 0;
	int err;

	for (i = 1; i <= IPSECGW_A_CONF_MAX; i++) {
		given += !!attrs[i];
		if (!attrs[i] || !is_number(i))
			continue;
		err = check_setting(attrs[i], skb, info->extack);
		if (err)
			return err;
	}
	if (!given)
		return ipsecgw_nl_refuse(info->extack, NULL,
					 "nothing to change");
	mutex_lock(&ign->lock);
	if (attrs[IPSECGW_A_CONF_EXCLUSIVE])
		WRITE_ONCE(ign->conf.exclusive,
			   nla_get_u8(attrs[IPSECGW_A_CONF_EXCLUSIVE]));
	for (i = 1; i <= IPSECGW_A_CONF_MAX; i++)
		if (attrs[i] && is_number(i))
			WRITE_ONCE(*setting_of(&ign->conf, i),
				   nla_get_u32(attrs[i]));
	mutex_unlock(&ign->lock);
	return 0;
}

/**
 * ipsecgw_nl_conf_get_doit() - conf-get: all settings
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_conf_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	struct ipsecgw_nl_reply reply;
	struct ipsecgw_conf conf;
	unsigned int i;
	int err;

	mutex_lock(&ign->lock);
	conf = ign->conf;
	mutex_unlock(&ign->lock);

	err = ipsecgw_nl_reply_begin(&reply, info);
	if (err)
		return err;
	err = nla_put_u8(reply.skb, IPSECGW_A_CONF_EXCLUSIVE, conf.exclusive);
	for (i = 1; !err && i <= IPSECGW_A_CONF_MAX; i++)
		if (is_number(i))
			err = nla_put_u32(reply.skb, i, *setting_of(&conf, i));
	return ipsecgw_nl_reply_end(&reply, info, err);
}

/* --- UDP sockets ------------------------------------------------------------- */

static int get_fd(struct nlattr **attrs, int *fd,
		  struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[IPSECGW_A_ENCAP_FD];

	if (!attr)
		return ipsecgw_nl_missing(extack, IPSECGW_A_ENCAP_FD,
					  "socket is missing");
	if (nla_get_u32(attr) > INT_MAX)
		return ipsecgw_nl_refuse(
			extack, attr, "file descriptor is not 0 to 2147483647");
	*fd = nla_get_u32(attr);
	return 0;
}

/**
 * ipsecgw_nl_encap_add_doit() - encap-add: take a socket over
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_encap_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	int err, fd;

	err = get_fd(info->attrs, &fd, info->extack);
	if (err)
		return err;
	return ipsecgw_encap_add(ign, fd, info->extack);
}

/**
 * ipsecgw_nl_encap_del_doit() - encap-del: give a socket back
 * @skb: request
 * @info: its attributes
 *
 * Return: 0 or a negative errno.
 */
int ipsecgw_nl_encap_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipsecgw_net *ign = ipsecgw_net(genl_info_net(info));
	int err, fd;

	err = get_fd(info->attrs, &fd, info->extack);
	if (err)
		return err;
	return ipsecgw_encap_del(ign, fd, info->extack);
}

/**
 * ipsecgw_nl_encap_get_dumpit() - encap-get: the sockets
 * @skb: answer
 * @cb: dump
 *
 * Return: octets, 0 at the end, or a negative errno.
 */
int ipsecgw_nl_encap_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct ipsecgw_net *ign = ipsecgw_net(sock_net(skb->sk));
	struct ipsecgw_nl_ctx *ctx = ipsecgw_nl_ctx(cb);
	struct ipsecgw_encap_info encap;
	unsigned int pos = ctx->pos;
	void *hdr;

	while (!ipsecgw_encap_walk(ign, &pos, &encap)) {
		hdr = ipsecgw_nl_dump_put(skb, cb);
		if (!hdr ||
		    ipsecgw_nl_put_addr(skb, IPSECGW_A_ENCAP_LOCAL,
					encap.family, &encap.local) ||
		    nla_put_u16(skb, IPSECGW_A_ENCAP_PORT, ntohs(encap.port))) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
		ctx->pos = pos;
	}
	return skb->len;
}
