/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the kernel's SA database, as the engine makes them. */
#ifndef IKEHELPER_KRN_H
#define IKEHELPER_KRN_H

#include <stdbool.h>

#include "../lib/model_rule.h"

#define VRF_NONE UINT32_MAX /* one that does not exist: nobody's */

/* One end of a datagram. */
struct ike_end {
	struct addr addr;
	uint16_t port;
};

/*
 * Between whom, as seen from here; @vrf is the front-door VRF: the index of its
 * device, 0 global.
 */
struct ike_path {
	struct ike_end local;
	struct ike_end remote;
	uint32_t vrf;
};

/*
 * Every request with an id is answered once with ike_krn_done(), never from
 * within the call; one with id 0 wants no answer. They are carried out in order.
 */
enum krn_op {
	KRN_ALLOC_SPI = 1, /* path, proto: answer has in_spi */
	KRN_ADD_PAIR, /* sa: both directions, or neither; in_spi was reserved */
	KRN_ACTIVATE, /* out_spi: choose it for new packets of its rule */
	KRN_MOVE, /* both: path has the peer's new address and port */
	KRN_DELETE, /* both, or the one that is not 0 */
	KRN_QUERY, /* both: counters */
	KRN_ADD_RULE, /* temporary rule of a dynamic map: sel, peer, flow */
	KRN_DEL_RULE, /* rule */
	KRN_ADOPT, /* the kernel has the pair of an earlier run: flow, sel */
};

struct krn_key {
	uint8_t p[MAX_KEY];
	uint16_t len;
};

/* A pair of SAs. The algorithms have the numbers of lib/model.h. */
struct krn_pair {
	uint8_t mode; /* MODE_ */
	uint8_t cipher; /* CIPHER_, 0 with AH */
	uint8_t integ; /* INTEG_ */
	uint8_t icv_len;
	struct sa_handling how;
	bool esn;
	bool standby; /* outbound waits for KRN_ACTIVATE */
	bool encap; /* UDP, ports of the path */
	uint32_t replay_window;
	uint32_t idle; /* seconds, 0 never */
	uint16_t keepalive; /* seconds between NAT keepalives, 0 none */
	uint64_t soft_seconds, hard_seconds; /* 0 none */
	uint64_t soft_bytes, hard_bytes;
	struct selector sel; /* source is our side */
	/* Cipher key (with its salt at the end), then integrity key. */
	struct krn_key in_cipher, in_integ;
	struct krn_key out_cipher, out_integ;
};

struct krn_req {
	uint32_t id; /* of the request; the answer has the same */
	enum krn_op op;
	uint8_t proto; /* PROTO_ESP or PROTO_AH */
	uint32_t rule; /* the kernel's rule that the pair belongs to */
	uint32_t flow; /* KRN_ADD_RULE: the template it is made from */
	uint32_t ivrf; /* of the inner traffic; 0: that of the path */
	uint32_t in_spi;
	uint32_t out_spi;
	struct ike_path path;
	const struct krn_pair *pair; /* KRN_ADD_PAIR, only during the call */
	struct selector sel; /* KRN_ADD_RULE, KRN_ADOPT: source is our side */
};

struct krn_answer {
	uint32_t id;
	int err; /* 0 or a negative errno */
	uint32_t in_spi; /* KRN_ALLOC_SPI */
	uint32_t rule; /* KRN_ADD_RULE */
	uint32_t in_id, out_id; /* KRN_ADD_PAIR: connection numbers */
	/* KRN_QUERY */
	uint64_t in_packets, in_bytes, out_packets, out_bytes;
};

/* A packet that needs an SA of rule @rule. */
struct krn_acquire {
	uint32_t rule;
	struct ike_path path; /* remote.addr none: any peer of the flow */
	struct selector flow; /* the packet */
};

/* An SA reached a limit (LIMIT_). */
struct krn_expire {
	uint32_t spi;
	uint8_t dir; /* DIR_ */
	bool is_hard;
	uint8_t limit;
	struct addr remote; /* of the SA */
};

/* The peer of an inbound SA was seen, authenticated, elsewhere. */
struct krn_mapping {
	uint32_t spi;
	struct ike_end remote;
};

/* An SA was deleted; what it has carried. */
struct krn_gone {
	uint32_t spi;
	uint8_t dir; /* DIR_ */
	struct addr remote;
	struct stats stats;
};

/* A protected packet that no inbound SA is for. */
struct krn_unknown_spi {
	uint32_t spi;
	struct ike_path path;
};

#endif
