/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors, rules and crypto maps as plain structs. */
#ifndef LIB_MODEL_RULE_H
#define LIB_MODEL_RULE_H

#include "model.h"

enum {
	SEL_FAMILY,
	SEL_PROTO,
	SEL_SRC,
	SEL_SRC_MASK,
	SEL_DST,
	SEL_DST_MASK,
	SEL_SPORT_MIN,
	SEL_SPORT_MAX,
	SEL_DPORT_MIN,
	SEL_DPORT_MAX,
	SEL_SPORT_NOT,
	SEL_DPORT_NOT,
};

/* Traffic; a missing address or port means any. ICMP: type and code. */
struct selector {
	uint64_t set;
	uint8_t family;
	uint8_t proto;
	struct addr src;
	struct addr src_mask;
	struct addr dst;
	struct addr dst_mask;
	uint16_t sport_min;
	uint16_t sport_max;
	uint16_t dport_min;
	uint16_t dport_max;
};

enum {
	POLICY_ID,
	POLICY_MAP,
	POLICY_SEQ,
	POLICY_INDEX,
	POLICY_ACTION,
	POLICY_SELECTOR,
	POLICY_PEER,
	POLICY_STAGED,
	POLICY_STATS,
	POLICY_OUT_SPI,
	POLICY_OUT_REMOTE,
	POLICY_IN_SAS,
	POLICY_OUT_SAS,
	POLICY_HELD,
	POLICY_COUNT,
	POLICY_FLOW,
	POLICY_IFINDEX,
	POLICY_LOCAL,
	POLICY_ATTEMPTS,
	POLICY_IVRF,
};

/* A rule of a crypto map; also what an acquire says about one. */
struct policy {
	uint64_t set;
	uint32_t id;
	uint32_t seq;
	uint32_t index;
	uint8_t action;
	uint32_t n_peers;
	uint32_t out_spi;
	uint32_t in_sas;
	uint32_t out_sas;
	uint32_t held;
	uint32_t count;
	uint32_t ifindex;
	uint32_t attempts;
	uint32_t ivrf; /* device of the VRF */
	struct addr out_remote;
	struct addr local;
	struct addr peer[MAX_PEERS];
	struct selector sel;
	struct selector flow;
	struct stats stats;
	char map[MAP_NAME_SIZE];
};

enum {
	MAP_NAME,
	MAP_IFINDEX,
	MAP_LOCAL4,
	MAP_LOCAL6,
	MAP_POLICIES,
	MAP_STAGED,
	MAP_MTU,
	MAP_NO_SA_DROPS,
	MAP_CLEAR_DROPS,
};

/* A crypto map on an interface, or without one. */
struct map {
	uint64_t set;
	char name[MAP_NAME_SIZE];
	uint32_t ifindex;
	uint32_t policies;
	uint32_t staged;
	uint32_t mtu;
	uint64_t no_sa_drops;
	uint64_t clear_drops;
	struct addr local4;
	struct addr local6;
};

#endif
