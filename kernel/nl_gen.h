/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies and commands of the netlink family. */
/* Made by Documentation/netlink/regen.sh, do not edit. */
#ifndef IPSECGW_NL_GEN_H
#define IPSECGW_NL_GEN_H

#include <net/genetlink.h>
#include <net/netlink.h>
#include <uapi/linux/ipsecgw.h>

/**
 * struct ipsecgw_nl_accept - attributes of each kind of request, by bits
 * @doit: of a do request, 0 for all of the policy
 * @dumpit: of a dump request
 */
struct ipsecgw_nl_accept {
	u64 doit;
	u64 dumpit;
};

/* clang-format off */
extern const struct nla_policy
ipsecgw_nl_limits_policy[IPSECGW_A_LIMITS_SECONDS + 1];
extern const struct nla_policy
ipsecgw_nl_selector_policy[IPSECGW_A_SELECTOR_DPORT_NOT + 1];
extern const struct genl_ops ipsecgw_nl_ops[21];
extern const struct ipsecgw_nl_accept
ipsecgw_nl_accept[__IPSECGW_CMD_MAX];

int ipsecgw_nl_start(struct netlink_callback *cb);
int ipsecgw_nl_done(struct netlink_callback *cb);
int ipsecgw_nl_sa_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_sa_update_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_sa_get_start(struct netlink_callback *cb);
int ipsecgw_nl_sa_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ipsecgw_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_sa_alloc_spi_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_policy_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_policy_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_policy_get_start(struct netlink_callback *cb);
int ipsecgw_nl_policy_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ipsecgw_nl_policy_flush_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_map_bind_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_map_unbind_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_map_get_start(struct netlink_callback *cb);
int ipsecgw_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int ipsecgw_nl_map_commit_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_encap_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_encap_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_encap_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int ipsecgw_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_conf_set_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_conf_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecgw_nl_acquire_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
/* clang-format on */

#endif
