/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration as the engine needs it: peers, flows, how to find them. */
#ifndef IKEHELPER_PLAN_H
#define IKEHELPER_PLAN_H

#include "msg.h"
#include "peercfg.h"
#include "profile.h"

struct cfg_entry;

/* A peer and the addresses that it may have; mask of none: any address. */
struct plan_peer {
	struct ike_peer peer;
	struct addr addr;
	struct addr mask;
	uint32_t vrf; /* of these, 0 global */
	struct plan_peer *next; /* of the same bucket */
};

/* Exceptions of one flow; a message has room for them. */
#define PLAN_MAX_EXCEPT 30000

struct plan_flow {
	struct ike_flow flow;
	uint32_t seq; /* of the entry, for who asks for one */
	const char *map;
	uint32_t dynamic_seq; /* of the template, */
	const char *dynamic; /* of which map, or "" */
	const struct cfg_entry *entry; /* the parent's only */
};

struct plan;

struct plan *plan_new(void);
void plan_free(struct plan *p);

/* Side by side: the parent puts, the engine adds what it got. */
bool plan_add_profile(struct plan *p, struct msg *m);
void plan_put_peer(struct msg *m, const struct plan_peer *peer);
bool plan_add_peer(struct plan *p, struct msg *m);
void plan_put_flow(struct msg *m, const struct plan_flow *flow);
bool plan_add_flow(struct plan *p, struct msg *m);

/* What an operator calls the peer at an address. */
bool plan_add_note(struct plan *p, struct msg *m);
const char *plan_note(const struct plan *p, const struct ike_path *path);

/* The name of a VRF by its device; NULL for the global table. */
bool plan_add_vrf(struct plan *p, struct msg *m);
const char *plan_vrf(const struct plan *p, uint32_t vrf);

/* The other way round; "Global" is 0, one that is not known VRF_NONE. */
uint32_t plan_vrf_named(const struct plan *p, const char *name);

/* Sessions are not logged. */
void plan_set_silent(struct plan *p);
bool plan_is_silent(const struct plan *p);

/* All was added; now it can be searched. */
bool plan_finish(struct plan *p);

/*
 * The peer at this address, the one with the longest mask, in the profile that
 * its identity fits, or its certificate (absent if there is none). NULL also if
 * that profile has no key for it.
 */
const struct ike_peer *plan_peer_find(const struct plan *p,
				      const struct ike_path *path,
				      const struct ike_ident *id,
				      struct bytes cert);
const struct ike_peer *plan_peer(const struct plan *p, uint32_t ref);
const struct ike_flow *plan_flow(const struct plan *p, uint32_t ref);
const struct ike_flow *plan_flow_by_rule(const struct plan *p, uint32_t rule);

/*
 * Next flow behind @ref (0: the first) that may be between these, and with
 * the profile of @peer.
 */
const struct ike_flow *plan_flow_next(const struct plan *p,
				      const struct ike_path *path,
				      uint32_t peer, uint32_t ref);

/* What the configuration calls a profile, or NULL. */
const char *plan_profile_name(const struct plan *p, uint32_t ref);

/* A flow with the crypto map entry that it is of, or NULL. */
const struct plan_flow *plan_flow_entry(const struct plan *p, uint32_t ref);

#endif
