// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration as the engine needs it: peers, flows, how to find them. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "key_msg.h"
#include "krn_msg.h"

#define MAX_LIST 64 /* policies, transform sets, peers, identities of one */

struct index {
	uint32_t key;
	uint32_t at;
};

struct note {
	struct addr addr;
	uint32_t vrf;
	char *text;
};

struct vrf {
	uint32_t index;
	char *name;
};

struct plan {
	struct profile *profiles;
	uint32_t n_profiles, cap_profiles;
	struct plan_peer *peers;
	uint32_t n_peers, cap_peers;
	struct plan_flow *flows;
	uint32_t n_flows, cap_flows;
	struct note *notes; /* by address */
	uint32_t n_notes, cap_notes;
	struct vrf *vrfs;
	uint32_t n_vrfs, cap_vrfs;
	bool is_silent;
	/* made by plan_finish() */
	struct plan_peer **bucket; /* of peers with one address */
	uint32_t n_buckets;
	struct plan_peer *wide; /* the others, longest mask first */
	struct index *by_peer_ref, *by_flow_ref, *by_rule;
	uint32_t n_rules;
};

struct plan *plan_new(void)
{
	return calloc(1, sizeof(struct plan));
}

static void flow_free(struct plan_flow *f)
{
	unsigned int i;

	for (i = 0; i < f->flow.n_p2; i++)
		free((void *)f->flow.p2[i].name);
	free((void *)f->flow.p2);
	free((void *)f->flow.peers);
	free((void *)f->flow.acl);
	free((void *)f->flow.except);
	free((void *)f->map);
	free((void *)f->dynamic);
}

void plan_free(struct plan *p)
{
	uint32_t i;

	if (!p)
		return;
	for (i = 0; i < p->n_profiles; i++)
		profile_free(&p->profiles[i]);
	free(p->profiles);
	for (i = 0; i < p->n_peers; i++) {
		free((void *)p->peers[i].peer.p1);
		free((void *)p->peers[i].peer.remote_id);
	}
	for (i = 0; i < p->n_flows; i++)
		flow_free(&p->flows[i]);
	for (i = 0; i < p->n_notes; i++)
		free(p->notes[i].text);
	for (i = 0; i < p->n_vrfs; i++)
		free(p->vrfs[i].name);
	free(p->vrfs);
	free(p->notes);
	free(p->peers);
	free(p->flows);
	free(p->bucket);
	free(p->by_peer_ref);
	free(p->by_flow_ref);
	free(p->by_rule);
	free(p);
}

/* Room for one more of @size octets; the new one is zero. NULL: no memory. */
static void *one_more(void **array, uint32_t *n, uint32_t *cap, size_t size)
{
	if (*n == *cap) {
		uint32_t more = *cap ? 2 * *cap : 16;
		void *new = realloc(*array, more * size);

		if (!new)
			return NULL;
		*array = new;
		*cap = more;
	}
	return memset((char *)*array + (*n)++ * size, 0, size);
}

/* The number of a list and memory for it. */
static void *list_of(struct msg *m, unsigned int *n, size_t size)
{
	void *p;

	*n = msg_get_u8(m);
	p = *n <= MAX_LIST ? calloc(*n ? *n : 1, size) : NULL;
	if (!p) {
		m->is_bad = true;
		*n = 0;
	}
	return p;
}

bool plan_add_profile(struct plan *plan, struct msg *m)
{
	struct profile *p = one_more((void **)&plan->profiles,
				     &plan->n_profiles, &plan->cap_profiles,
				     sizeof(*p));

	return p && profile_get(m, p);
}

/* --- peers ------------------------------------------------------------- */

static void put_p1(struct msg *m, const struct ike_p1_policy *p1)
{
	msg_put_u32(m, p1->priority);
	msg_put_u16(m, p1->encr);
	msg_put_u16(m, p1->keylen);
	msg_put_u16(m, p1->hash);
	msg_put_u16(m, p1->auth);
	msg_put_u16(m, p1->group);
	msg_put_u32(m, p1->seconds);
	msg_put_u32(m, p1->kbytes);
}

static void get_p1(struct msg *m, struct ike_p1_policy *p1)
{
	p1->priority = msg_get_u32(m);
	p1->encr = msg_get_u16(m);
	p1->keylen = msg_get_u16(m);
	p1->hash = msg_get_u16(m);
	p1->auth = msg_get_u16(m);
	p1->group = msg_get_u16(m);
	p1->seconds = msg_get_u32(m);
	p1->kbytes = msg_get_u32(m);
}

void plan_put_peer(struct msg *m, const struct plan_peer *pp)
{
	const struct ike_peer *p = &pp->peer;
	unsigned int i;

	msg_put_u32(m, p->ref);
	msg_put_u32(m, p->generation);
	msg_put_u32(m, p->flags);
	msg_put_u32(m, p->profile);
	msg_put_u32(m, p->ivrf);
	msg_put_u8(m, p->n_p1);
	for (i = 0; i < p->n_p1; i++)
		put_p1(m, &p->p1[i]);
	key_put_ident(m, &p->local_id);
	msg_put_u8(m, p->n_remote_id);
	for (i = 0; i < p->n_remote_id; i++)
		key_put_ident(m, &p->remote_id[i]);
	msg_put_u32(m, p->trust);
	msg_put_u32(m, p->dpd_interval);
	msg_put_u32(m, p->dpd_retry);
	msg_put_u32(m, p->dpd_tries);
	msg_put_u32(m, p->nat_keepalive);
	msg_put_u16(m, p->fragment_size);
	msg_put_addr(m, &pp->addr);
	msg_put_addr(m, &pp->mask);
	msg_put_u32(m, pp->vrf);
}

bool plan_add_peer(struct plan *plan, struct msg *m)
{
	struct plan_peer *pp = one_more((void **)&plan->peers, &plan->n_peers,
					&plan->cap_peers, sizeof(*pp));
	struct ike_peer *p;
	struct ike_ident *id;
	struct ike_p1_policy *p1;
	unsigned int i;

	if (!pp)
		return false;
	p = &pp->peer;
	p->ref = msg_get_u32(m);
	p->generation = msg_get_u32(m);
	p->flags = msg_get_u32(m);
	p->profile = msg_get_u32(m);
	p->ivrf = msg_get_u32(m);
	p1 = list_of(m, &p->n_p1, sizeof(*p1));
	p->p1 = p1;
	for (i = 0; i < p->n_p1; i++)
		get_p1(m, &p1[i]);
	key_get_ident(m, &p->local_id);
	id = list_of(m, &p->n_remote_id, sizeof(*id));
	p->remote_id = id;
	for (i = 0; i < p->n_remote_id; i++)
		key_get_ident(m, &id[i]);
	p->trust = msg_get_u32(m);
	p->dpd_interval = msg_get_u32(m);
	p->dpd_retry = msg_get_u32(m);
	p->dpd_tries = msg_get_u32(m);
	p->nat_keepalive = msg_get_u32(m);
	p->fragment_size = msg_get_u16(m);
	msg_get_addr(m, &pp->addr);
	msg_get_addr(m, &pp->mask);
	pp->vrf = msg_get_u32(m);
	return msg_close(m) && p->ref;
}

/* --- flows ------------------------------------------------------------- */

static void put_p2(struct msg *m, const struct ike_p2_policy *p2)
{
	msg_put_text(m, p2->name);
	msg_put_u8(m, p2->esp);
	msg_put_u16(m, p2->esp_keylen);
	msg_put_u16(m, p2->esp_auth);
	msg_put_u8(m, p2->ah);
	msg_put_u16(m, p2->ah_auth);
	msg_put_u16(m, p2->encap);
	msg_put_u16(m, p2->group);
	msg_put_u32(m, p2->seconds);
	msg_put_u32(m, p2->kbytes);
}

static void get_p2(struct msg *m, struct ike_p2_policy *p2)
{
	p2->name = strdup(msg_get_text(m));
	if (!p2->name)
		m->is_bad = true;
	p2->esp = msg_get_u8(m);
	p2->esp_keylen = msg_get_u16(m);
	p2->esp_auth = msg_get_u16(m);
	p2->ah = msg_get_u8(m);
	p2->ah_auth = msg_get_u16(m);
	p2->encap = msg_get_u16(m);
	p2->group = msg_get_u16(m);
	p2->seconds = msg_get_u32(m);
	p2->kbytes = msg_get_u32(m);
}

static void put_excepts(struct msg *m, const struct ike_flow *f)
{
	unsigned int i;

	msg_put_text(m, f->acl);
	msg_put_u32(m, f->n_except);
	for (i = 0; i < f->n_except; i++) {
		krn_put_sel(m, &f->except[i].sel);
		msg_put_u32(m, f->except[i].line);
		msg_put_u8(m, f->except[i].action);
		msg_put_u8(m, f->except[i].is_permit);
	}
}

static bool get_excepts(struct msg *m, struct ike_flow *f)
{
	struct ike_except *x;
	unsigned int i;

	f->acl = strdup(msg_get_text(m));
	f->n_except = msg_get_u32(m);
	x = f->n_except <= PLAN_MAX_EXCEPT ?
		    calloc(f->n_except ? f->n_except : 1, sizeof(*x)) :
		    NULL;
	f->except = x;
	for (i = 0; x && i < f->n_except; i++) {
		krn_get_sel(m, &x[i].sel);
		x[i].line = msg_get_u32(m);
		x[i].action = msg_get_u8(m);
		x[i].is_permit = msg_get_u8(m);
	}
	return f->acl && x;
}

void plan_put_flow(struct msg *m, const struct plan_flow *pf)
{
	const struct ike_flow *f = &pf->flow;
	unsigned int i;

	msg_put_u32(m, f->ref);
	msg_put_u32(m, f->rule);
	msg_put_u32(m, f->generation);
	msg_put_u32(m, f->peer);
	msg_put_u32(m, f->profile);
	msg_put_u32(m, f->vrf);
	msg_put_u8(m, f->is_dynamic);
	msg_put_u8(m, f->any_sel);
	krn_put_sel(m, &f->sel);
	put_excepts(m, f);
	msg_put_u8(m, f->n_peers);
	for (i = 0; i < f->n_peers; i++)
		msg_put_addr(m, &f->peers[i]);
	msg_put_u8(m, f->n_p2);
	for (i = 0; i < f->n_p2; i++)
		put_p2(m, &f->p2[i]);
	msg_put_u32(m, f->idle);
	msg_put_u32(m, f->replay_window);
	krn_put_handling(m, &f->how);
	msg_put_u32(m, pf->seq);
	msg_put_text(m, pf->map);
	msg_put_u32(m, pf->dynamic_seq);
	msg_put_text(m, pf->dynamic);
}

bool plan_add_flow(struct plan *plan, struct msg *m)
{
	struct plan_flow *pf = one_more((void **)&plan->flows, &plan->n_flows,
					&plan->cap_flows, sizeof(*pf));
	struct ike_flow *f;
	struct addr *peers;
	struct ike_p2_policy *p2;
	unsigned int i;

	if (!pf)
		return false;
	f = &pf->flow;
	f->ref = msg_get_u32(m);
	f->rule = msg_get_u32(m);
	f->generation = msg_get_u32(m);
	f->peer = msg_get_u32(m);
	f->profile = msg_get_u32(m);
	f->vrf = msg_get_u32(m);
	f->is_dynamic = msg_get_u8(m);
	f->any_sel = msg_get_u8(m);
	krn_get_sel(m, &f->sel);
	if (!get_excepts(m, f))
		return false;
	peers = list_of(m, &f->n_peers, sizeof(*peers));
	f->peers = peers;
	for (i = 0; i < f->n_peers; i++)
		msg_get_addr(m, &peers[i]);
	p2 = list_of(m, &f->n_p2, sizeof(*p2));
	f->p2 = p2;
	for (i = 0; i < f->n_p2; i++)
		get_p2(m, &p2[i]);
	f->idle = msg_get_u32(m);
	f->replay_window = msg_get_u32(m);
	krn_get_handling(m, &f->how);
	pf->seq = msg_get_u32(m);
	pf->map = strdup(msg_get_text(m));
	pf->dynamic_seq = msg_get_u32(m);
	pf->dynamic = strdup(msg_get_text(m));
	return pf->map && pf->dynamic && msg_close(m) && f->ref;
}

/* --- search ------------------------------------------------------------ */

static uint32_t hash_addr(const struct addr *a)
{
	uint32_t h = 2166136261u;
	unsigned int i;

	for (i = 0; i < addr_len(a->family); i++)
		h = (h ^ a->b[i]) * 16777619u;
	return h;
}

static bool is_single(const struct plan_peer *p)
{
	return p->addr.family &&
	       addr_mask_len(&p->mask) == (int)(8 * addr_len(p->addr.family));
}

static bool is_within(const struct addr *a, uint32_t vrf,
		      const struct plan_peer *p)
{
	unsigned int i;

	if (p->vrf != vrf)
		return false;
	if (!p->addr.family)
		return true;
	if (a->family != p->addr.family)
		return false;
	for (i = 0; i < addr_len(a->family); i++)
		if ((a->b[i] ^ p->addr.b[i]) & p->mask.b[i])
			return false;
	return true;
}

/* The list of wide ones is short: keyrings with masks, dynamic maps. */
static void add_wide(struct plan *plan, struct plan_peer *p)
{
	struct plan_peer **at = &plan->wide;
	int len = p->addr.family ? addr_mask_len(&p->mask) : -1;

	while (*at && (*at)->addr.family && addr_mask_len(&(*at)->mask) >= len)
		at = &(*at)->next;
	p->next = *at;
	*at = p;
}

static int cmp_index(const void *a, const void *b)
{
	const struct index *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static bool make_indexes(struct plan *p)
{
	uint32_t i;

	p->by_peer_ref = calloc(p->n_peers + 1, sizeof(struct index));
	p->by_flow_ref = calloc(p->n_flows + 1, sizeof(struct index));
	p->by_rule = calloc(p->n_flows + 1, sizeof(struct index));
	if (!p->by_peer_ref || !p->by_flow_ref || !p->by_rule)
		return false;
	for (i = 0; i < p->n_peers; i++)
		p->by_peer_ref[i] = (struct index){ p->peers[i].peer.ref, i };
	for (i = 0; i < p->n_flows; i++) {
		const struct ike_flow *f = &p->flows[i].flow;

		p->by_flow_ref[i] = (struct index){ f->ref, i };
		if (f->rule)
			p->by_rule[p->n_rules++] = (struct index){ f->rule, i };
	}
	qsort(p->by_peer_ref, p->n_peers, sizeof(struct index), cmp_index);
	qsort(p->by_flow_ref, p->n_flows, sizeof(struct index), cmp_index);
	qsort(p->by_rule, p->n_rules, sizeof(struct index), cmp_index);
	return true;
}

static int cmp_note(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	if (x->vrf != y->vrf)
		return x->vrf < y->vrf ? -1 : 1;
	return addr_cmp(&x->addr, &y->addr);
}

bool plan_add_note(struct plan *p, struct msg *m)
{
	struct note *n = one_more((void **)&p->notes, &p->n_notes,
				  &p->cap_notes, sizeof(*n));

	if (!n)
		return false;
	msg_get_addr(m, &n->addr);
	n->vrf = msg_get_u32(m);
	n->text = strdup(msg_get_text(m));
	return msg_close(m) && n->text;
}

bool plan_add_vrf(struct plan *p, struct msg *m)
{
	struct vrf *v = one_more((void **)&p->vrfs, &p->n_vrfs, &p->cap_vrfs,
				 sizeof(*v));

	if (!v)
		return false;
	v->index = msg_get_u32(m);
	v->name = strdup(msg_get_text(m));
	return msg_close(m) && v->name;
}

/* Routers call one that is gone so. */
const char *plan_vrf(const struct plan *p, uint32_t vrf)
{
	uint32_t i;

	if (!vrf)
		return NULL;
	for (i = 0; p && i < p->n_vrfs; i++)
		if (p->vrfs[i].index == vrf)
			return p->vrfs[i].name;
	return "???";
}

uint32_t plan_vrf_named(const struct plan *p, const char *name)
{
	uint32_t i;

	if (!strcmp(name, "Global"))
		return 0;
	for (i = 0; p && i < p->n_vrfs; i++)
		if (!strcmp(p->vrfs[i].name, name))
			return p->vrfs[i].index;
	return VRF_NONE;
}

const char *plan_note(const struct plan *p, const struct ike_path *path)
{
	const struct note want = { .addr = path->remote.addr,
				   .vrf = path->vrf };
	const struct note *n = p->n_notes ? bsearch(&want, p->notes, p->n_notes,
						    sizeof(want), cmp_note) :
					    NULL;

	return n ? n->text : NULL;
}

void plan_set_silent(struct plan *p)
{
	p->is_silent = true;
}

bool plan_is_silent(const struct plan *p)
{
	return p->is_silent;
}

bool plan_finish(struct plan *p)
{
	uint32_t i;

	if (p->n_notes)
		qsort(p->notes, p->n_notes, sizeof(*p->notes), cmp_note);
	for (p->n_buckets = 16; p->n_buckets < p->n_peers; p->n_buckets *= 2)
		;
	p->bucket = calloc(p->n_buckets, sizeof(struct plan_peer *));
	if (!p->bucket || !make_indexes(p))
		return false;
	for (i = 0; i < p->n_peers; i++) {
		struct plan_peer *pp = &p->peers[i], **b;

		if (!is_single(pp)) {
			add_wide(p, pp);
			continue;
		}
		b = &p->bucket[hash_addr(&pp->addr) & (p->n_buckets - 1)];
		pp->next = *b;
		*b = pp;
	}
	return true;
}

static bool look_up(const struct index *v, uint32_t n, uint32_t key,
		    uint32_t *at)
{
	const struct index want = { .key = key };
	const struct index *found =
		n ? bsearch(&want, v, n, sizeof(want), cmp_index) : NULL;

	if (found)
		*at = found->at;
	return found;
}

const struct ike_peer *plan_peer_find(const struct plan *p,
				      const struct ike_path *path,
				      const struct ike_ident *id,
				      struct bytes cert)
{
	const struct addr *remote = &path->remote.addr;
	const struct profile *own =
		id ? profile_find(p->profiles, p->n_profiles, path, id, cert) :
		     NULL;
	uint32_t profile = own ? own->ref : 0;
	const struct plan_peer *pp;

	for (pp = p->bucket[hash_addr(remote) & (p->n_buckets - 1)]; pp;
	     pp = pp->next)
		if (addr_eq(&pp->addr, remote) && pp->vrf == path->vrf &&
		    pp->peer.profile == profile)
			return &pp->peer;
	for (pp = p->wide; pp; pp = pp->next)
		if (is_within(remote, path->vrf, pp) &&
		    pp->peer.profile == profile)
			return &pp->peer;
	return NULL;
}

const struct ike_peer *plan_peer(const struct plan *p, uint32_t ref)
{
	uint32_t at;

	return look_up(p->by_peer_ref, p->n_peers, ref, &at) ?
		       &p->peers[at].peer :
		       NULL;
}

const struct ike_flow *plan_flow(const struct plan *p, uint32_t ref)
{
	uint32_t at;

	return look_up(p->by_flow_ref, p->n_flows, ref, &at) ?
		       &p->flows[at].flow :
		       NULL;
}

const struct ike_flow *plan_flow_by_rule(const struct plan *p, uint32_t rule)
{
	uint32_t at;

	return look_up(p->by_rule, p->n_rules, rule, &at) ? &p->flows[at].flow :
							    NULL;
}

static bool may_be_with(const struct ike_flow *f, const struct addr *remote)
{
	unsigned int i;

	for (i = 0; i < f->n_peers; i++)
		if (addr_eq(&f->peers[i], remote))
			return true;
	return f->is_dynamic && !f->n_peers;
}

const struct ike_flow *plan_flow_next(const struct plan *p,
				      const struct ike_path *path,
				      uint32_t peer, uint32_t ref)
{
	const struct ike_peer *who = plan_peer(p, peer);
	uint32_t profile = who ? who->profile : 0;
	uint32_t at = 0;

	if (ref) {
		if (!look_up(p->by_flow_ref, p->n_flows, ref, &at))
			return NULL;
		at++;
	}
	for (; at < p->n_flows; at++) {
		const struct ike_flow *f = &p->flows[at].flow;

		if ((!f->profile || f->profile == profile) &&
		    f->vrf == path->vrf && may_be_with(f, &path->remote.addr))
			return f;
	}
	return NULL;
}

const struct plan_flow *plan_flow_entry(const struct plan *p, uint32_t ref)
{
	uint32_t at;

	if (!look_up(p->by_flow_ref, p->n_flows, ref, &at))
		return NULL;
	return &p->flows[at];
}

const char *plan_profile_name(const struct plan *p, uint32_t ref)
{
	uint32_t i;

	for (i = 0; i < p->n_profiles; i++)
		if (p->profiles[i].ref == ref)
			return p->profiles[i].name;
	return NULL;
}
