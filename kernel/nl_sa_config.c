// SPDX-License-Identifier: GPL-2.0-only
// Attributes of SAs to config structs: checks of combinations, no effects.
#include <linux/in.h>
#include "alg.h"
#include "netlink.h"
#include "sadb.h"

#define DEFAULT_REPLAY_WINDOW 64
#define MIN_REPLAY_WINDOW 32
#define MIN_SPI 256

/**
 * ipsecgw_nl_get_sa_key() - read the name of an SA
 * @attrs: of the request
 * @key: zeroed, filled
 * @extack: report to the caller
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_nl_get_sa_key(struct nlattr **attrs, struct ipsecgw_sa_key *key,
			  struct netlink_ext_ack *extack)
{
	if (!attrs[IPSECGW_A_SA_SPI])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_SPI,
					  "spi is missing");
	if (!attrs[IPSECGW_A_SA_PROTO])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_PROTO,
					  "security protocol is missing");
	if (!attrs[IPSECGW_A_SA_DIR])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_DIR,
					  "direction is missing");
	key->spi = htonl(nla_get_u32(attrs[IPSECGW_A_SA_SPI]));
	key->proto = nla_get_u8(attrs[IPSECGW_A_SA_PROTO]);
	key->dir = nla_get_u8(attrs[IPSECGW_A_SA_DIR]);
	if (!attrs[IPSECGW_A_SA_REMOTE])
		return 0;
	return ipsecgw_nl_get_host(attrs[IPSECGW_A_SA_REMOTE], &key->family,
				   &key->remote, extack);
}

/**
 * ipsecgw_nl_get_sa_filter() - read which SAs are meant
 * @attrs: of the request
 * @filter: zeroed, filled
 * @extack: report to the caller
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_nl_get_sa_filter(struct nlattr **attrs,
			     struct ipsecgw_sa_filter *filter,
			     struct netlink_ext_ack *extack)
{
	if (attrs[IPSECGW_A_SA_DIR])
		filter->dir = nla_get_u8(attrs[IPSECGW_A_SA_DIR]);
	if (attrs[IPSECGW_A_SA_POLICY]) {
		filter->policy = nla_get_u32(attrs[IPSECGW_A_SA_POLICY]);
		if (!filter->policy)
			return ipsecgw_nl_refuse(extack,
						 attrs[IPSECGW_A_SA_POLICY],
						 "rule number is 0");
	}
	if (!attrs[IPSECGW_A_SA_REMOTE])
		return 0;
	return ipsecgw_nl_get_host(attrs[IPSECGW_A_SA_REMOTE], &filter->family,
				   &filter->remote, extack);
}

static int get_limits(const struct nlattr *attr, struct ipsecgw_limits *limits,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECGW_A_LIMITS_MAX + 1];
	int err;

	memset(limits, 0, sizeof(*limits));
	if (!attr)
		return 0;
	err = nla_parse_nested(tb, ARRAY_SIZE(ipsecgw_nl_limits_policy) - 1,
			       attr, ipsecgw_nl_limits_policy, extack);
	if (err)
		return err;
	if (tb[IPSECGW_A_LIMITS_BYTES])
		limits->bytes = nla_get_u64(tb[IPSECGW_A_LIMITS_BYTES]);
	if (tb[IPSECGW_A_LIMITS_PACKETS])
		limits->packets = nla_get_u64(tb[IPSECGW_A_LIMITS_PACKETS]);
	if (tb[IPSECGW_A_LIMITS_SECONDS])
		limits->seconds = nla_get_u64(tb[IPSECGW_A_LIMITS_SECONDS]);
	if (limits->seconds > U32_MAX)
		return ipsecgw_nl_refuse(
			extack, tb[IPSECGW_A_LIMITS_SECONDS],
			"lifetime is not 0 to 4294967295 seconds");
	return 0;
}

static bool is_above(u64 soft, u64 hard)
{
	return hard && soft > hard;
}

static int get_both_limits(struct nlattr **attrs, struct ipsecgw_limits *soft,
			   struct ipsecgw_limits *hard,
			   struct netlink_ext_ack *extack)
{
	int err;

	err = get_limits(attrs[IPSECGW_A_SA_SOFT], soft, extack);
	if (err)
		return err;
	err = get_limits(attrs[IPSECGW_A_SA_HARD], hard, extack);
	if (err)
		return err;
	if (is_above(soft->bytes, hard->bytes) ||
	    is_above(soft->packets, hard->packets) ||
	    is_above(soft->seconds, hard->seconds))
		return ipsecgw_nl_refuse(extack, attrs[IPSECGW_A_SA_SOFT],
					 "soft limit is above the hard limit");
	return 0;
}

static int get_addresses(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
			 struct netlink_ext_ack *extack)
{
	u8 family;
	int err;

	if (!attrs[IPSECGW_A_SA_LOCAL])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_LOCAL,
					  "local address is missing");
	if (!attrs[IPSECGW_A_SA_REMOTE])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_REMOTE,
					  "remote address is missing");
	err = ipsecgw_nl_get_host(attrs[IPSECGW_A_SA_LOCAL], &family,
				  &cfg->local, extack);
	if (err)
		return err;
	if (family != cfg->key.family)
		return ipsecgw_nl_refuse(
			extack, attrs[IPSECGW_A_SA_LOCAL],
			"local and remote address are of different families");
	return 0;
}

static int get_integ(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *key = attrs[IPSECGW_A_SA_INTEG_KEY];

	if (cfg->integ == IPSECGW_INTEG_NONE) {
		if (key)
			return ipsecgw_nl_refuse(
				extack, key,
				"integrity key without an integrity algorithm");
		return 0;
	}
	if (!key)
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_INTEG_KEY,
					  "integrity key is missing");
	cfg->integ_key = nla_data(key);
	cfg->integ_key_len = nla_len(key);
	return 0;
}

/* AH authenticates and does nothing else (RFC 4302). */
static int get_transform_ah(struct nlattr **attrs,
			    struct ipsecgw_sa_config *cfg,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[IPSECGW_A_SA_CIPHER];

	if (!attr)
		attr = attrs[IPSECGW_A_SA_CIPHER_KEY];
	if (attr)
		return ipsecgw_nl_refuse(extack, attr, "ah has no cipher");
	attr = attrs[IPSECGW_A_SA_ICV_LEN];
	if (attr)
		return ipsecgw_nl_refuse(
			extack, attr,
			"only a combined cipher has a choice of icv length");
	attr = attrs[IPSECGW_A_SA_ENCAP_LOCAL_PORT];
	if (attr)
		return ipsecgw_nl_refuse(
			extack, attr,
			"ah cannot pass a nat and has no udp encapsulation");
	attr = attrs[IPSECGW_A_SA_INTEG];
	if (attr)
		cfg->integ = nla_get_u8(attr);
	if (cfg->integ == IPSECGW_INTEG_NONE)
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_INTEG,
					  "ah needs an integrity algorithm");
	return get_integ(attrs, cfg, extack);
}

/* Which keys belong together; their lengths are for the transform to judge. */
static int get_transform(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *key = attrs[IPSECGW_A_SA_CIPHER_KEY];
	const struct ipsecgw_alg_cipher *alg;
	bool combined;

	if (!attrs[IPSECGW_A_SA_CIPHER])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_CIPHER,
					  "cipher is missing");
	cfg->cipher = nla_get_u8(attrs[IPSECGW_A_SA_CIPHER]);
	if (attrs[IPSECGW_A_SA_INTEG])
		cfg->integ = nla_get_u8(attrs[IPSECGW_A_SA_INTEG]);
	if (attrs[IPSECGW_A_SA_ICV_LEN])
		cfg->icv_len = nla_get_u8(attrs[IPSECGW_A_SA_ICV_LEN]);
	alg = ipsecgw_alg_cipher(cfg->cipher);
	if (!alg)
		return ipsecgw_nl_refuse(extack, attrs[IPSECGW_A_SA_CIPHER],
					 "cipher is not supported");
	combined = alg->layout != IPSECGW_LAYOUT_AUTHENC;
	if (combined && cfg->integ != IPSECGW_INTEG_NONE)
		return ipsecgw_nl_refuse(
			extack, attrs[IPSECGW_A_SA_INTEG],
			"a combined cipher takes no integrity algorithm");
	if (!combined && cfg->integ == IPSECGW_INTEG_NONE)
		return ipsecgw_nl_missing(
			extack, IPSECGW_A_SA_INTEG,
			"this cipher needs an integrity algorithm");
	if (!combined && attrs[IPSECGW_A_SA_ICV_LEN])
		return ipsecgw_nl_refuse(
			extack, attrs[IPSECGW_A_SA_ICV_LEN],
			"only a combined cipher has a choice of icv length");
	if (cfg->cipher == IPSECGW_CIPHER_NULL) {
		if (key)
			return ipsecgw_nl_refuse(
				extack, key, "the null cipher takes no key");
	} else {
		if (!key)
			return ipsecgw_nl_missing(extack,
						  IPSECGW_A_SA_CIPHER_KEY,
						  "cipher key is missing");
		cfg->cipher_key = nla_data(key);
		cfg->cipher_key_len = nla_len(key);
	}
	return get_integ(attrs, cfg, extack);
}

static int get_sequence(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[IPSECGW_A_SA_REPLAY_WINDOW];
	bool esn = cfg->flags & IPSECGW_SA_FLAGS_ESN;

	cfg->replay_window = attr ? nla_get_u32(attr) : DEFAULT_REPLAY_WINDOW;
	if (cfg->replay_window && cfg->replay_window < MIN_REPLAY_WINDOW)
		return ipsecgw_nl_refuse(
			extack, attr,
			"replay window is not 0 or 32 to 4096 packets");
	/* RFC 4303, 3.4.3: the receiver needs the window to infer the rest. */
	if (!cfg->replay_window && esn && cfg->key.dir == IPSECGW_DIR_IN)
		return ipsecgw_nl_refuse(
			extack, attr,
			"extended sequence numbers need a replay window");
	attr = attrs[IPSECGW_A_SA_SEQ];
	if (!attr)
		return 0;
	cfg->seq = nla_get_u64(attr);
	if (!esn && cfg->seq > U32_MAX)
		return ipsecgw_nl_refuse(
			extack, attr,
			"sequence number is above 4294967295 without flag esn");
	return 0;
}

static int get_flags(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[IPSECGW_A_SA_FLAGS];
	const struct nlattr *dscp = attrs[IPSECGW_A_SA_DSCP];

	if (attr)
		cfg->flags = nla_get_u32(attr);
	if (cfg->flags & IPSECGW_SA_FLAGS_WEAK)
		return ipsecgw_nl_refuse(extack, attr,
					 "flag weak is read only");
	if (cfg->flags & IPSECGW_SA_FLAGS_STANDBY &&
	    cfg->key.dir != IPSECGW_DIR_OUT)
		return ipsecgw_nl_refuse(extack, attr,
					 "flag standby is for outbound sas");
	if (cfg->flags & IPSECGW_SA_FLAGS_FRAG_AFTER &&
	    cfg->key.dir != IPSECGW_DIR_OUT)
		return ipsecgw_nl_refuse(extack, attr,
					 "flag frag-after is for outbound sas");
	if (cfg->flags & IPSECGW_SA_FLAGS_SET_DSCP && !dscp)
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_DSCP,
					  "flag set-dscp without a dscp");
	if (!dscp)
		return 0;
	if (!(cfg->flags & IPSECGW_SA_FLAGS_SET_DSCP))
		return ipsecgw_nl_refuse(extack, dscp,
					 "dscp without flag set-dscp");
	cfg->dscp = nla_get_u8(dscp);
	return 0;
}

static int get_encap(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *local = attrs[IPSECGW_A_SA_ENCAP_LOCAL_PORT];
	const struct nlattr *remote = attrs[IPSECGW_A_SA_ENCAP_REMOTE_PORT];
	const struct nlattr *keepalive = attrs[IPSECGW_A_SA_KEEPALIVE];

	if (!local && remote)
		return ipsecgw_nl_missing(
			extack, IPSECGW_A_SA_ENCAP_LOCAL_PORT,
			"local port of udp encapsulation is missing");
	if (local && !remote)
		return ipsecgw_nl_missing(
			extack, IPSECGW_A_SA_ENCAP_REMOTE_PORT,
			"remote port of udp encapsulation is missing");
	if (local) {
		cfg->encap_local = htons(nla_get_u16(local));
		cfg->encap_remote = htons(nla_get_u16(remote));
	}
	if (keepalive)
		cfg->keepalive = nla_get_u16(keepalive);
	if (cfg->keepalive && !local)
		return ipsecgw_nl_refuse(
			extack, keepalive,
			"keepalives without udp encapsulation");
	if (cfg->keepalive && cfg->key.dir != IPSECGW_DIR_OUT)
		return ipsecgw_nl_refuse(extack, keepalive,
					 "keepalives are for outbound sas");
	return 0;
}

/* What becomes of packets beside their protection. */
static int get_handling(struct nlattr **attrs, struct ipsecgw_sa_config *cfg,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *tfc = attrs[IPSECGW_A_SA_TFC_PAD];
	const struct nlattr *mark = attrs[IPSECGW_A_SA_OUT_MARK];
	bool is_out = cfg->key.dir == IPSECGW_DIR_OUT;

	if (attrs[IPSECGW_A_SA_DF])
		cfg->df = nla_get_u8(attrs[IPSECGW_A_SA_DF]);
	if (attrs[IPSECGW_A_SA_MSS])
		cfg->how.mss = nla_get_u16(attrs[IPSECGW_A_SA_MSS]);
	if (tfc)
		cfg->how.tfc_pad = nla_get_u16(tfc);
	if (mark)
		cfg->how.mark = nla_get_u32(mark);
	/* RFC 4303, 2.7: only an inner IP header says where padding begins. */
	if (cfg->how.tfc_pad && (!is_out || cfg->mode != IPSECGW_MODE_TUNNEL ||
				 cfg->key.proto != IPSECGW_PROTO_ESP))
		return ipsecgw_nl_refuse(
			extack, tfc,
			"tfc padding is for outbound sas of esp in tunnel mode");
	if (cfg->how.mark && !is_out)
		return ipsecgw_nl_refuse(extack, mark,
					 "an output mark is for outbound sas");
	return 0;
}

static int get_selectors(const struct genl_info *info,
			 struct ipsecgw_sa_config *cfg,
			 struct netlink_ext_ack *extack)
{
	struct ipsecgw_selector *sel;
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != IPSECGW_A_SA_SELECTOR)
			continue;
		if (cfg->n_sel == IPSECGW_MAX_SELECTORS)
			return ipsecgw_nl_refuse(extack, attr,
						 "more than 4 selectors");
		sel = &cfg->sel[cfg->n_sel++];
		err = ipsecgw_nl_get_selector(attr, sel, extack);
		if (err)
			return err;
		if (cfg->mode == IPSECGW_MODE_TRANSPORT && sel->family &&
		    sel->family != cfg->key.family)
			return ipsecgw_nl_refuse(
				extack, attr,
				"selector of a transport mode sa is of another family than its addresses");
	}
	return 0;
}

/**
 * ipsecgw_nl_get_sa_config() - read the description of an SA
 * @info: request
 * @cfg: zeroed, filled; the keys point into the request
 * @extack: report to the caller
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_nl_get_sa_config(const struct genl_info *info,
			     struct ipsecgw_sa_config *cfg,
			     struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = info->attrs;
	int err;

	err = ipsecgw_nl_get_sa_key(attrs, &cfg->key, extack);
	if (err)
		return err;
	if (!attrs[IPSECGW_A_SA_MODE])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_MODE,
					  "mode is missing");
	cfg->mode = nla_get_u8(attrs[IPSECGW_A_SA_MODE]);
	if (attrs[IPSECGW_A_SA_POLICY])
		cfg->policy = nla_get_u32(attrs[IPSECGW_A_SA_POLICY]);
	if (attrs[IPSECGW_A_SA_PAIR])
		cfg->pair = htonl(nla_get_u32(attrs[IPSECGW_A_SA_PAIR]));
	if (cfg->pair && cfg->key.dir != IPSECGW_DIR_OUT)
		return ipsecgw_nl_refuse(extack, attrs[IPSECGW_A_SA_PAIR],
					 "only an outbound sa names its pair");
	if (cfg->pair && ntohl(cfg->pair) < MIN_SPI)
		return ipsecgw_nl_refuse(extack, attrs[IPSECGW_A_SA_PAIR],
					 "spi of the pair is below 256");
	if (attrs[IPSECGW_A_SA_IDLE])
		cfg->idle = nla_get_u32(attrs[IPSECGW_A_SA_IDLE]);
	cfg->fvrf = ipsecgw_nl_get_vrf(attrs[IPSECGW_A_SA_FVRF]);
	cfg->ivrf = ipsecgw_nl_get_vrf(attrs[IPSECGW_A_SA_IVRF]);

	err = get_addresses(attrs, cfg, extack);
	if (!err)
		err = get_flags(attrs, cfg, extack);
	if (!err)
		err = get_sequence(attrs, cfg, extack);
	if (!err && cfg->key.proto == IPSECGW_PROTO_AH)
		err = get_transform_ah(attrs, cfg, extack);
	else if (!err)
		err = get_transform(attrs, cfg, extack);
	if (!err)
		err = get_encap(attrs, cfg, extack);
	if (!err)
		err = get_handling(attrs, cfg, extack);
	if (!err)
		err = get_both_limits(attrs, &cfg->soft, &cfg->hard, extack);
	if (!err)
		err = get_selectors(info, cfg, extack);
	return err;
}

static int get_new_addresses(struct nlattr **attrs,
			     struct ipsecgw_sa_change *chg,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *remote = attrs[IPSECGW_A_SA_NEW_REMOTE];
	const struct nlattr *local = attrs[IPSECGW_A_SA_LOCAL];
	int err = 0;

	if (remote)
		err = ipsecgw_nl_get_host(remote, &chg->new_family,
					  &chg->new_remote, extack);
	if (!err && local)
		err = ipsecgw_nl_get_host(local, &chg->local_family,
					  &chg->new_local, extack);
	return err;
}

/**
 * ipsecgw_nl_get_sa_change() - read what shall change in an SA
 * @attrs: of the request
 * @key: name of the SA
 * @chg: zeroed, filled
 * @extack: report to the caller
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_nl_get_sa_change(struct nlattr **attrs,
			     const struct ipsecgw_sa_key *key,
			     struct ipsecgw_sa_change *chg,
			     struct netlink_ext_ack *extack)
{
	const struct nlattr *state = attrs[IPSECGW_A_SA_STATE];
	const struct nlattr *keepalive = attrs[IPSECGW_A_SA_KEEPALIVE];
	const struct nlattr *port = attrs[IPSECGW_A_SA_ENCAP_REMOTE_PORT];
	int err;

	err = get_new_addresses(attrs, chg, extack);
	if (err)
		return err;
	if (state) {
		chg->state = nla_get_u8(state);
		if (chg->state != IPSECGW_SA_STATE_ACTIVE)
			return ipsecgw_nl_refuse(
				extack, state, "only state active can be set");
		if (key->dir != IPSECGW_DIR_OUT)
			return ipsecgw_nl_refuse(
				extack, state,
				"only the state of an outbound sa can be set");
	}
	if (port)
		chg->encap_remote = htons(nla_get_u16(port));
	chg->has_idle = attrs[IPSECGW_A_SA_IDLE];
	if (chg->has_idle)
		chg->idle = nla_get_u32(attrs[IPSECGW_A_SA_IDLE]);
	chg->has_keepalive = keepalive;
	if (keepalive) {
		chg->keepalive = nla_get_u16(keepalive);
		if (key->dir != IPSECGW_DIR_OUT)
			return ipsecgw_nl_refuse(
				extack, keepalive,
				"keepalives are for outbound sas");
	}
	chg->has_soft = attrs[IPSECGW_A_SA_SOFT];
	chg->has_hard = attrs[IPSECGW_A_SA_HARD];
	if (!state && !port && !chg->new_family && !chg->local_family &&
	    !chg->has_idle && !keepalive && !chg->has_soft && !chg->has_hard)
		return ipsecgw_nl_refuse(extack, NULL, "nothing to change");
	return get_both_limits(attrs, &chg->soft, &chg->hard, extack);
}

/**
 * ipsecgw_nl_get_spi_range() - read what an SPI reservation asks for
 * @attrs: of the request
 * @range: filled
 * @extack: report to the caller
 *
 * Return: 0 or a negative error.
 */
int ipsecgw_nl_get_spi_range(struct nlattr **attrs,
			     struct ipsecgw_spi_range *range,
			     struct netlink_ext_ack *extack)
{
	if (!attrs[IPSECGW_A_SA_PROTO])
		return ipsecgw_nl_missing(extack, IPSECGW_A_SA_PROTO,
					  "security protocol is missing");
	range->proto = nla_get_u8(attrs[IPSECGW_A_SA_PROTO]);
	range->min = MIN_SPI;
	range->max = U32_MAX;
	if (attrs[IPSECGW_A_SA_MIN_SPI])
		range->min = nla_get_u32(attrs[IPSECGW_A_SA_MIN_SPI]);
	if (attrs[IPSECGW_A_SA_MAX_SPI])
		range->max = nla_get_u32(attrs[IPSECGW_A_SA_MAX_SPI]);
	if (range->min > range->max)
		return ipsecgw_nl_refuse(extack, attrs[IPSECGW_A_SA_MIN_SPI],
					 "lowest spi is above the highest");
	if (!attrs[IPSECGW_A_SA_REMOTE])
		return 0;
	return ipsecgw_nl_get_host(attrs[IPSECGW_A_SA_REMOTE], &range->family,
				   &range->remote, extack);
}
