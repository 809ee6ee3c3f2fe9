/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told about SAs: snapshots for views, and events. */
#ifndef IKEHELPER_INFO_H
#define IKEHELPER_INFO_H

#include "peercfg.h"

struct ike;
struct ike_failure;

/* States of an ISAKMP SA, with the names that routers print. */
enum ike_state {
	MM_NO_STATE,
	MM_SA_SETUP,
	MM_KEY_EXCH,
	MM_KEY_AUTH,
	AG_NO_STATE,
	AG_INIT_EXCH,
	AG_AUTH,
	QM_IDLE,
};

const char *ike_state_name(enum ike_state state);

/* An ISAKMP SA. */
struct ike_sa_info {
	uint32_t conn; /* connection number */
	uint32_t peer; /* ref */
	enum ike_state state;
	bool is_initiator;
	bool is_aggressive;
	bool is_deleted; /* lives on only to be closed */
	bool natt, local_nat, remote_nat, frag, dpd; /* agreed with the peer */
	struct ike_path path;
	uint32_t ivrf; /* of what it protects, 0 global */
	struct ike_ident local_id, remote_id; /* type 0 while unknown */
	struct ike_p1_policy p1; /* what was agreed */
	uint64_t age; /* seconds since it began */
	uint64_t up; /* seconds since it was established, 0 before */
	uint64_t left; /* seconds of its life */
	uint32_t in_packets, out_packets;
	uint64_t in_octets, out_octets;
	uint32_t in_drops, retransmits;
	uint32_t n_exchanges, n_rejects; /* of phase 2 */
	uint32_t n_invalids; /* their messages that made no sense */
	uint32_t n_exchanges_in, n_rejects_in, n_invalids_in; /* peer's */
	uint32_t n_notifies_in, n_notifies_out, n_deletes_in, n_deletes_out;
	uint8_t icookie[8], rcookie[8];
};

/* A pair of IPsec SAs. */
struct ike_child_info {
	uint64_t order; /* when it came up among all */
	uint32_t conn; /* ISAKMP SA that made it; may be gone */
	uint32_t peer, flow, rule;
	uint32_t in_spi, out_spi, in_id, out_id;
	bool is_initiator;
	bool is_active; /* outbound traffic of its flow uses it */
	bool is_encap;
	struct ike_path path;
	uint32_t ivrf; /* of the inner traffic, 0 global */
	struct ike_p2_policy p2; /* agreed, with group and lives */
	uint64_t up, left; /* seconds */
	struct selector sel; /* source is our side */
	struct ike_ident remote_id; /* of phase 1 */
};

enum ike_event_kind {
	IKE_EVENT_SA_NEW = 1, /* first message sent or answered */
	IKE_EVENT_SA_STATE,
	IKE_EVENT_SA_UP,
	IKE_EVENT_SA_DOWN, /* reason */
	IKE_EVENT_CHILD_UP, /* replaces: spi of the pair it is a rekey of */
	IKE_EVENT_CHILD_DOWN, /* reason, last counters if known */
	IKE_EVENT_PEER_MOVED,
	IKE_EVENT_PEER_DEAD, /* by DPD or silence */
};

enum ike_reason {
	IKE_REASON_NONE,
	IKE_REASON_LIFETIME,
	IKE_REASON_REKEYED,
	IKE_REASON_PEER_DELETE,
	IKE_REASON_PEER_DEAD,
	IKE_REASON_RETRANSMIT, /* no answer */
	IKE_REASON_FAILED, /* the failure says why */
	IKE_REASON_INITIAL_CONTACT,
	IKE_REASON_CLEARED, /* by command */
	IKE_REASON_CONFIG,
	IKE_REASON_IDLE,
	IKE_REASON_DUPLICATE,
	IKE_REASON_LIMIT, /* half-open limit */
	IKE_REASON_SHUTDOWN,
	IKE_REASON_KERNEL,
};

const char *ike_reason_name(enum ike_reason reason);

struct ike_event {
	enum ike_event_kind kind;
	enum ike_reason reason;
	const struct ike_sa_info *sa; /* of the event, or NULL */
	const struct ike_child_info *child; /* or NULL */
	uint32_t replaces; /* in_spi of the pair that a new one supersedes */
	uint32_t heir; /* in_spi of the pair that carries its flow now, 0: none */
};

typedef void ike_sa_fn(const struct ike_sa_info *info, void *arg);
typedef void ike_child_fn(const struct ike_child_info *info, void *arg);

/* False: enough. */
typedef bool ike_next_sa_fn(const struct ike_sa_info *info, void *arg);
typedef bool ike_next_child_fn(const struct ike_child_info *info, void *arg);

/* Messages so far that belong to no SA and begin none. */
uint64_t ike_strays(const struct ike *ike);

#endif
