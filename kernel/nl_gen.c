// SPDX-License-Identifier: GPL-2.0-only
// Policies and commands of the netlink family.
// Made by Documentation/netlink/regen.sh, do not edit.
#include "nl_gen.h"

// clang-format off
const struct nla_policy
ipsecgw_nl_limits_policy[IPSECGW_A_LIMITS_SECONDS + 1] = {
	[IPSECGW_A_LIMITS_BYTES] = { .type = NLA_U64 },
	[IPSECGW_A_LIMITS_PACKETS] = { .type = NLA_U64 },
	[IPSECGW_A_LIMITS_SECONDS] = { .type = NLA_U64 },
};

const struct nla_policy
ipsecgw_nl_selector_policy[IPSECGW_A_SELECTOR_DPORT_NOT + 1] = {
	[IPSECGW_A_SELECTOR_FAMILY] = { .type = NLA_U8 },
	[IPSECGW_A_SELECTOR_PROTO] = { .type = NLA_U8 },
	[IPSECGW_A_SELECTOR_SRC] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SELECTOR_SRC_MASK] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SELECTOR_DST] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SELECTOR_DST_MASK] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SELECTOR_SPORT_MIN] = { .type = NLA_U16 },
	[IPSECGW_A_SELECTOR_SPORT_MAX] = { .type = NLA_U16 },
	[IPSECGW_A_SELECTOR_DPORT_MIN] = { .type = NLA_U16 },
	[IPSECGW_A_SELECTOR_DPORT_MAX] = { .type = NLA_U16 },
	[IPSECGW_A_SELECTOR_SPORT_NOT] = { .type = NLA_FLAG },
	[IPSECGW_A_SELECTOR_DPORT_NOT] = { .type = NLA_FLAG },
};

static const struct nla_policy sa_add_policy[IPSECGW_A_SA_OUT_MARK + 1] = {
	[IPSECGW_A_SA_SPI] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECGW_A_SA_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECGW_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPSECGW_A_SA_MODE] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPSECGW_A_SA_LOCAL] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_POLICY] = { .type = NLA_U32 },
	[IPSECGW_A_SA_PAIR] = { .type = NLA_U32 },
	[IPSECGW_A_SA_CIPHER] = NLA_POLICY_RANGE(NLA_U8, 1, 9),
	[IPSECGW_A_SA_INTEG] = NLA_POLICY_MAX(NLA_U8, 5),
	[IPSECGW_A_SA_CIPHER_KEY] =
		NLA_POLICY_RANGE(NLA_BINARY, 1, IPSECGW_MAX_KEY),
	[IPSECGW_A_SA_INTEG_KEY] =
		NLA_POLICY_RANGE(NLA_BINARY, 1, IPSECGW_MAX_KEY),
	[IPSECGW_A_SA_ICV_LEN] = { .type = NLA_U8 },
	[IPSECGW_A_SA_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1ff),
	[IPSECGW_A_SA_REPLAY_WINDOW] = NLA_POLICY_MAX(NLA_U32, 4096),
	[IPSECGW_A_SA_DF] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPSECGW_A_SA_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[IPSECGW_A_SA_ENCAP_LOCAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPSECGW_A_SA_ENCAP_REMOTE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPSECGW_A_SA_KEEPALIVE] = { .type = NLA_U16 },
	[IPSECGW_A_SA_SOFT] = NLA_POLICY_NESTED(ipsecgw_nl_limits_policy),
	[IPSECGW_A_SA_HARD] = NLA_POLICY_NESTED(ipsecgw_nl_limits_policy),
	[IPSECGW_A_SA_IDLE] = { .type = NLA_U32 },
	[IPSECGW_A_SA_SEQ] = { .type = NLA_U64 },
	[IPSECGW_A_SA_SELECTOR] = NLA_POLICY_NESTED(ipsecgw_nl_selector_policy),
	[IPSECGW_A_SA_FVRF] = { .type = NLA_U32 },
	[IPSECGW_A_SA_IVRF] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPSECGW_A_SA_MSS] = { .type = NLA_U16 },
	[IPSECGW_A_SA_TFC_PAD] = { .type = NLA_U16 },
	[IPSECGW_A_SA_OUT_MARK] = { .type = NLA_U32 },
};

static const struct nla_policy sa_update_policy[IPSECGW_A_SA_NEW_REMOTE + 1] = {
	[IPSECGW_A_SA_SPI] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECGW_A_SA_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECGW_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPSECGW_A_SA_LOCAL] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_ENCAP_REMOTE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPSECGW_A_SA_KEEPALIVE] = { .type = NLA_U16 },
	[IPSECGW_A_SA_SOFT] = NLA_POLICY_NESTED(ipsecgw_nl_limits_policy),
	[IPSECGW_A_SA_HARD] = NLA_POLICY_NESTED(ipsecgw_nl_limits_policy),
	[IPSECGW_A_SA_IDLE] = { .type = NLA_U32 },
	[IPSECGW_A_SA_STATE] = NLA_POLICY_RANGE(NLA_U8, 1, 4),
	[IPSECGW_A_SA_NEW_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

static const struct nla_policy sa_del_policy[IPSECGW_A_SA_REMOTE + 1] = {
	[IPSECGW_A_SA_SPI] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECGW_A_SA_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECGW_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPSECGW_A_SA_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

static const struct nla_policy sa_get_policy[IPSECGW_A_SA_POLICY + 1] = {
	[IPSECGW_A_SA_SPI] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECGW_A_SA_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECGW_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPSECGW_A_SA_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_POLICY] = { .type = NLA_U32 },
};

static const struct nla_policy sa_flush_policy[IPSECGW_A_SA_POLICY + 1] = {
	[IPSECGW_A_SA_DIR] = NLA_POLICY_RANGE(NLA_U8, 1, 2),
	[IPSECGW_A_SA_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_POLICY] = { .type = NLA_U32 },
};

static const struct nla_policy sa_alloc_spi_policy[IPSECGW_A_SA_MAX_SPI + 1] = {
	[IPSECGW_A_SA_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECGW_A_SA_REMOTE] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_SA_MIN_SPI] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECGW_A_SA_MAX_SPI] = NLA_POLICY_MIN(NLA_U32, 256),
};

static const struct nla_policy policy_add_policy[IPSECGW_A_POLICY_IVRF + 1] = {
	[IPSECGW_A_POLICY_ID] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_MAP] = { .type = NLA_NUL_STRING, .len = 63 },
	[IPSECGW_A_POLICY_SEQ] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_INDEX] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_ACTION] = NLA_POLICY_RANGE(NLA_U8, 1, 4),
	[IPSECGW_A_POLICY_SELECTOR] =
		NLA_POLICY_NESTED(ipsecgw_nl_selector_policy),
	[IPSECGW_A_POLICY_PEER] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[IPSECGW_A_POLICY_STAGED] = { .type = NLA_FLAG },
	[IPSECGW_A_POLICY_IVRF] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy
policy_del_policy[IPSECGW_A_POLICY_STAGED + 1] = {
	[IPSECGW_A_POLICY_ID] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_MAP] = { .type = NLA_NUL_STRING, .len = 63 },
	[IPSECGW_A_POLICY_SEQ] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_INDEX] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_STAGED] = { .type = NLA_FLAG },
};

static const struct nla_policy policy_get_policy[IPSECGW_A_POLICY_INDEX + 1] = {
	[IPSECGW_A_POLICY_ID] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_MAP] = { .type = NLA_NUL_STRING, .len = 63 },
	[IPSECGW_A_POLICY_SEQ] = { .type = NLA_U32 },
	[IPSECGW_A_POLICY_INDEX] = { .type = NLA_U32 },
};

static const struct nla_policy
policy_flush_policy[IPSECGW_A_POLICY_STAGED + 1] = {
	[IPSECGW_A_POLICY_MAP] = { .type = NLA_NUL_STRING, .len = 63 },
	[IPSECGW_A_POLICY_STAGED] = { .type = NLA_FLAG },
};

static const struct nla_policy map_bind_policy[IPSECGW_A_MAP_LOCAL6 + 1] = {
	[IPSECGW_A_MAP_NAME] = { .type = NLA_NUL_STRING, .len = 63 },
	[IPSECGW_A_MAP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPSECGW_A_MAP_LOCAL4] = NLA_POLICY_EXACT_LEN(4),
	[IPSECGW_A_MAP_LOCAL6] = NLA_POLICY_EXACT_LEN(16),
};

static const struct nla_policy map_unbind_policy[IPSECGW_A_MAP_IFINDEX + 1] = {
	[IPSECGW_A_MAP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy map_get_policy[IPSECGW_A_MAP_IFINDEX + 1] = {
	[IPSECGW_A_MAP_NAME] = { .type = NLA_NUL_STRING, .len = 63 },
	[IPSECGW_A_MAP_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy map_commit_policy[IPSECGW_A_MAP_NAME + 1] = {
	[IPSECGW_A_MAP_NAME] = { .type = NLA_NUL_STRING, .len = 63 },
};

static const struct nla_policy encap_add_policy[IPSECGW_A_ENCAP_FD + 1] = {
	[IPSECGW_A_ENCAP_FD] = { .type = NLA_U32 },
};

static const struct nla_policy encap_del_policy[IPSECGW_A_ENCAP_FD + 1] = {
	[IPSECGW_A_ENCAP_FD] = { .type = NLA_U32 },
};

static const struct nla_policy
conf_set_policy[IPSECGW_A_CONF_DROP_THRESHOLD + 1] = {
	[IPSECGW_A_CONF_EXCLUSIVE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPSECGW_A_CONF_MAX_SAS] = { .type = NLA_U32 },
	[IPSECGW_A_CONF_MAX_POLICIES] = { .type = NLA_U32 },
	[IPSECGW_A_CONF_MAX_ACQUIRES] = { .type = NLA_U32 },
	[IPSECGW_A_CONF_HOLD_PACKETS] = NLA_POLICY_MAX(NLA_U32, 1024),
	[IPSECGW_A_CONF_ACQUIRE_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 600),
	[IPSECGW_A_CONF_LARVAL_TIMEOUT] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[IPSECGW_A_CONF_DROP_THRESHOLD] = { .type = NLA_U32 },
};

const struct genl_ops ipsecgw_nl_ops[21] = {
	{
		.cmd = IPSECGW_CMD_SA_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_sa_add_doit,
		.policy = sa_add_policy,
		.maxattr = IPSECGW_A_SA_OUT_MARK,
	},
	{
		.cmd = IPSECGW_CMD_SA_UPDATE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_sa_update_doit,
		.policy = sa_update_policy,
		.maxattr = IPSECGW_A_SA_NEW_REMOTE,
	},
	{
		.cmd = IPSECGW_CMD_SA_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_sa_del_doit,
		.policy = sa_del_policy,
		.maxattr = IPSECGW_A_SA_REMOTE,
	},
	{
		.cmd = IPSECGW_CMD_SA_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_sa_get_doit,
		.start = ipsecgw_nl_sa_get_start,
		.dumpit = ipsecgw_nl_sa_get_dumpit,
		.done = ipsecgw_nl_done,
		.policy = sa_get_policy,
		.maxattr = IPSECGW_A_SA_POLICY,
	},
	{
		.cmd = IPSECGW_CMD_SA_FLUSH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_sa_flush_doit,
		.policy = sa_flush_policy,
		.maxattr = IPSECGW_A_SA_POLICY,
	},
	{
		.cmd = IPSECGW_CMD_SA_ALLOC_SPI,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_sa_alloc_spi_doit,
		.policy = sa_alloc_spi_policy,
		.maxattr = IPSECGW_A_SA_MAX_SPI,
	},
	{
		.cmd = IPSECGW_CMD_POLICY_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_policy_add_doit,
		.policy = policy_add_policy,
		.maxattr = IPSECGW_A_POLICY_IVRF,
	},
	{
		.cmd = IPSECGW_CMD_POLICY_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_policy_del_doit,
		.policy = policy_del_policy,
		.maxattr = IPSECGW_A_POLICY_STAGED,
	},
	{
		.cmd = IPSECGW_CMD_POLICY_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_policy_get_doit,
		.start = ipsecgw_nl_policy_get_start,
		.dumpit = ipsecgw_nl_policy_get_dumpit,
		.done = ipsecgw_nl_done,
		.policy = policy_get_policy,
		.maxattr = IPSECGW_A_POLICY_INDEX,
	},
	{
		.cmd = IPSECGW_CMD_POLICY_FLUSH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_policy_flush_doit,
		.policy = policy_flush_policy,
		.maxattr = IPSECGW_A_POLICY_STAGED,
	},
	{
		.cmd = IPSECGW_CMD_MAP_BIND,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_map_bind_doit,
		.policy = map_bind_policy,
		.maxattr = IPSECGW_A_MAP_LOCAL6,
	},
	{
		.cmd = IPSECGW_CMD_MAP_UNBIND,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_map_unbind_doit,
		.policy = map_unbind_policy,
		.maxattr = IPSECGW_A_MAP_IFINDEX,
	},
	{
		.cmd = IPSECGW_CMD_MAP_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_map_get_doit,
		.start = ipsecgw_nl_map_get_start,
		.dumpit = ipsecgw_nl_map_get_dumpit,
		.done = ipsecgw_nl_done,
		.policy = map_get_policy,
		.maxattr = IPSECGW_A_MAP_IFINDEX,
	},
	{
		.cmd = IPSECGW_CMD_MAP_COMMIT,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_map_commit_doit,
		.policy = map_commit_policy,
		.maxattr = IPSECGW_A_MAP_NAME,
	},
	{
		.cmd = IPSECGW_CMD_ENCAP_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_encap_add_doit,
		.policy = encap_add_policy,
		.maxattr = IPSECGW_A_ENCAP_FD,
	},
	{
		.cmd = IPSECGW_CMD_ENCAP_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_encap_del_doit,
		.policy = encap_del_policy,
		.maxattr = IPSECGW_A_ENCAP_FD,
	},
	{
		.cmd = IPSECGW_CMD_ENCAP_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = ipsecgw_nl_start,
		.dumpit = ipsecgw_nl_encap_get_dumpit,
		.done = ipsecgw_nl_done,
	},
	{
		.cmd = IPSECGW_CMD_STATS_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_stats_get_doit,
	},
	{
		.cmd = IPSECGW_CMD_CONF_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_conf_set_doit,
		.policy = conf_set_policy,
		.maxattr = IPSECGW_A_CONF_DROP_THRESHOLD,
	},
	{
		.cmd = IPSECGW_CMD_CONF_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = ipsecgw_nl_conf_get_doit,
	},
	{
		.cmd = IPSECGW_CMD_ACQUIRE_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.start = ipsecgw_nl_start,
		.dumpit = ipsecgw_nl_acquire_get_dumpit,
		.done = ipsecgw_nl_done,
	},
};

/* A command has one policy; do and dump need not accept the same. */
const struct ipsecgw_nl_accept
ipsecgw_nl_accept[__IPSECGW_CMD_MAX] = {
	[IPSECGW_CMD_SA_GET] = {
		.doit = 0x9c,
		.dumpit = 0x190,
	},
	[IPSECGW_CMD_POLICY_GET] = {
		.doit = 0x1e,
		.dumpit = 0x4,
	},
	[IPSECGW_CMD_MAP_GET] = {
		.doit = 0x4,
		.dumpit = 0x2,
	},
};

// clang-format on
