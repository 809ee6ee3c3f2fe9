/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the views show: bindings, their rules, and the SAs of these. */
#ifndef IPSECCTL_VIEW_H
#define IPSECCTL_VIEW_H

#include <net/if.h>

#include "../lib/fmt.h"
#include "../lib/gnl.h"
#include "../lib/model_ns.h"

struct json_object;

/* Which SA of a flow it is while there are several. */
enum view_role { ROLE_CURRENT, ROLE_REPLACED, ROLE_NEXT };

struct view_sa {
	struct sa sa;
	const struct policy *policy; /* NULL for none */
	enum view_role role;
	bool has_replay; /* replay protection of the pair */
	uint32_t window;
	uint64_t age; /* of the older one of the pair */
	uint64_t used; /* octets of its life, whatever was cleared */
};

/* One rule of a binding, with its SAs, newest first. */
struct view_flow {
	const struct policy *policy;
	struct view_sa **in;
	struct view_sa **out;
	uint32_t n_in, n_out;
	bool has_pairs; /* more than one pair of SAs exists */
};

struct view_binding {
	struct map map;
	char ifname[IF_NAMESIZE];
	char fvrf[IF_NAMESIZE]; /* VRF of the interface, "" global */
	struct view_flow *flow;
	uint32_t n;
};

/* A copy of what the module had. */
struct view {
	struct policy *policy;
	struct view_sa *sa;
	struct view_sa **by_policy; /* by rule, then newest first; no larval */
	struct view_binding *binding;
	uint32_t n_policies, n_sas, n_bindings, n_linked;
};

/* Read everything. 0 or a negative errno with the sentence in @g. */
int view_collect(struct gnl *g, struct view *v);

/* Only rules and SAs that may be @peer's; NULL: all. */
int view_collect_peer(struct gnl *g, struct view *v, const struct addr *peer);

/*
 * The same from arrays that the caller fills (v->policy, v->sa[].sa,
 * v->binding[].map and ifname with their numbers): find out what belongs
 * together. 0 or -ENOMEM.
 */
int view_link(struct view *v);
void view_free(struct view *v);

/* Is @peer one of the rule or of an SA? */
bool view_has_peer(const struct view_flow *f, const struct addr *peer);

/* The outbound SA of new packets; without it the newest SA there is. */
const struct sa *view_current_sa(const struct view_flow *f);

/* Our outer address of a flow, and that of its peer. */
void view_flow_ends(const struct view_binding *b, const struct view_flow *f,
		    struct addr *local, struct addr *remote);

/* The VRF of what a flow protects, "" for the global table. */
const char *view_ivrf(const struct view_binding *b, const struct view_flow *f,
		      char buf[IF_NAMESIZE]);

/* The same of a single SA; @front: that of its addresses. */
const char *view_sa_vrf(const struct sa *sa, bool front, char buf[IF_NAMESIZE]);

/* Is it the one that was asked for (NULL: any), where "Global" is the other? */
bool view_is_vrf(const char *vrf, const char *want);

/* What "show crypto ipsec sa" is asked for. */
struct view_filter {
	const char *map;
	const char *ifname;
	const struct addr *peer;
	uint32_t port; /* of the peer, 0: any */
	bool is_ip6; /* peers with an IPv6 address */
	const char *fvrf; /* front-door VRF of the peer, NULL: any */
	const char *vrf; /* inside VRF, NULL: any */
	bool is_none; /* of a standby unit: there are none */
	bool is_identity; /* without the SA lists */
	bool is_detail;
};

/* Does a flow pass, does a binding with its flows? */
bool view_wants_flow(const struct view_binding *b, const struct view_flow *f,
		     const struct view_filter *filter);
bool view_wants_binding(const struct view_binding *b,
			const struct view_filter *f);

/* --- show_ipsec_sa.c ---------------------------------------------------- */

void show_ipsec_sa_print(struct out *o, const struct view *v,
			 const struct view_filter *f);
struct json_object *show_ipsec_sa_json(const struct view *v,
				       const struct view_filter *f);

/* By outer destination; only @dst when it is not NULL. */
void show_ipsec_sa_print_address(struct out *o, const struct view *v,
				 const struct addr *dst, bool is_detail);
struct json_object *show_ipsec_sa_json_address(const struct view *v,
					       const struct addr *dst);

/* One SA, indented as in the lists. */
void show_ipsec_sa_print_one(struct out *o, const struct view_sa *s,
			     bool is_detail);

struct view_count {
	uint32_t total, active, rekeying, unused, invalid;
};

/* Those of an inside VRF; NULL: all. */
void show_ipsec_sa_count(const struct view *v, const char *vrf,
			 struct view_count *n);
void show_ipsec_sa_print_count(struct out *o, const struct view_count *n);
struct json_object *show_ipsec_sa_json_count(const struct view_count *n);

/* --- show_engine.c ------------------------------------------------------ */

/* @ikes: ISAKMP SAs of the daemon, NULL without one. */
void show_engine_print_active(struct out *o, const struct view *v,
			      struct json_object *ikes);
struct json_object *show_engine_json_active(const struct view *v,
					    struct json_object *ikes);
void show_engine_print_dropped(struct out *o, const struct view *v);
struct json_object *show_engine_json_dropped(const struct view *v);

#endif
