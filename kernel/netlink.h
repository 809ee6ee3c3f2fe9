/* SPDX-License-Identifier: GPL-2.0-only */
/* Netlink family: registration, and what the nl_* files share. */
#ifndef IPSECGW_NETLINK_H
#define IPSECGW_NETLINK_H

#include <net/genetlink.h>
#include "nl_gen.h"
#include "spd.h"

struct ipsecgw_acquire_info;
struct ipsecgw_sa;
struct ipsecgw_sa_change;
struct ipsecgw_sa_config;
struct ipsecgw_sa_filter;
struct ipsecgw_sa_key;
struct ipsecgw_spi_range;

/* Multicast groups, in the order of the family's table. */
enum {
	IPSECGW_NL_EVENTS,
};

extern struct genl_family ipsecgw_nl_family;

int ipsecgw_netlink_init(void);
void ipsecgw_netlink_exit(void);
bool ipsecgw_nl_listens(struct net *net);

/* Addresses, selectors, names: nl_attr.c. */
int ipsecgw_nl_get_addr(const struct nlattr *attr, u8 *family,
			union ipsecgw_addr *addr,
			struct netlink_ext_ack *extack);
int ipsecgw_nl_get_host(const struct nlattr *attr, u8 *family,
			union ipsecgw_addr *addr,
			struct netlink_ext_ack *extack);
int ipsecgw_nl_get_selector(const struct nlattr *attr,
			    struct ipsecgw_selector *sel,
			    struct netlink_ext_ack *extack);
int ipsecgw_nl_get_name(const struct nlattr *attr, char *name,
			struct netlink_ext_ack *extack);
int ipsecgw_nl_put_addr(struct sk_buff *skb, int type, u8 family,
			const union ipsecgw_addr *addr);
int ipsecgw_nl_put_selector(struct sk_buff *skb, int type,
			    const struct ipsecgw_selector *sel);
int ipsecgw_nl_put_flow(struct sk_buff *skb, int type,
			const struct ipsecgw_flow *flow);

/* Requests about SAs: nl_sa_config.c. */
u32 ipsecgw_nl_get_vrf(const struct nlattr *attr);
int ipsecgw_nl_put_vrf(struct sk_buff *skb, int type, u32 vrf);
int ipsecgw_nl_get_sa_key(struct nlattr **attrs, struct ipsecgw_sa_key *key,
			  struct netlink_ext_ack *extack);
int ipsecgw_nl_get_sa_filter(struct nlattr **attrs,
			     struct ipsecgw_sa_filter *filter,
			     struct netlink_ext_ack *extack);
int ipsecgw_nl_get_sa_config(const struct genl_info *info,
			     struct ipsecgw_sa_config *cfg,
			     struct netlink_ext_ack *extack);
int ipsecgw_nl_get_sa_change(struct nlattr **attrs,
			     const struct ipsecgw_sa_key *key,
			     struct ipsecgw_sa_change *chg,
			     struct netlink_ext_ack *extack);
int ipsecgw_nl_get_spi_range(struct nlattr **attrs,
			     struct ipsecgw_spi_range *range,
			     struct netlink_ext_ack *extack);

/* Parts of messages that answers and events share. */
void ipsecgw_nl_read_ends(const struct ipsecgw_sa *sa,
			  union ipsecgw_addr *local,
			  union ipsecgw_addr *remote);
int ipsecgw_nl_put_sa_name(struct sk_buff *skb, const struct ipsecgw_sa *sa);
int ipsecgw_nl_put_sa_stats(struct sk_buff *skb, const struct ipsecgw_sa *sa);
int ipsecgw_nl_put_sum(struct sk_buff *skb, int type,
		       const struct ipsecgw_sum *sum);
int ipsecgw_nl_put_acquire(struct sk_buff *skb,
			   const struct ipsecgw_acquire_info *info);

/**
 * struct ipsecgw_nl_reply - an answer that is being built
 * @skb: buffer
 * @hdr: its message
 */
struct ipsecgw_nl_reply {
	struct sk_buff *skb;
	void *hdr;
};

int ipsecgw_nl_reply_begin(struct ipsecgw_nl_reply *reply,
			   struct genl_info *info);
int ipsecgw_nl_reply_end(struct ipsecgw_nl_reply *reply, struct genl_info *info,
			 int err);

/**
 * struct ipsecgw_nl_ctx - where a dump stands, in netlink_callback.ctx
 * @cursor: for more than a number; freed with the dump
 * @pos: for a number
 */
struct ipsecgw_nl_ctx {
	void *cursor;
	unsigned int pos;
};

void *ipsecgw_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb);

/**
 * ipsecgw_nl_ctx() - where a dump stands
 * @cb: dump
 *
 * Return: its context.
 */
static inline struct ipsecgw_nl_ctx *ipsecgw_nl_ctx(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct ipsecgw_nl_ctx) > sizeof(cb->ctx));
	return (struct ipsecgw_nl_ctx *)cb->ctx;
}

/**
 * ipsecgw_nl_refuse() - refuse a request because of one attribute
 * @extack: report to the caller, may be NULL
 * @attr: attribute at fault, or NULL
 * @why: sentence, constant
 *
 * Return: -EINVAL.
 */
static inline int ipsecgw_nl_refuse(struct netlink_ext_ack *extack,
				    const struct nlattr *attr, const char *why)
{
	if (extack) {
		extack->_msg = why;
		extack->bad_attr = attr;
	}
	return -EINVAL;
}

/**
 * ipsecgw_nl_missing() - refuse a request because an attribute is not there
 * @extack: report to the caller, may be NULL
 * @type: number of the attribute
 * @why: sentence, constant
 *
 * Return: -EINVAL.
 */
static inline int ipsecgw_nl_missing(struct netlink_ext_ack *extack, int type,
				     const char *why)
{
	NL_SET_ERR_ATTR_MISS(extack, NULL, type);
	return ipsecgw_nl_refuse(extack, NULL, why);
}

#endif
