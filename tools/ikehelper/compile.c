// SPDX-License-Identifier: GPL-2.0-or-later
/* From the configuration to rules of the kernel, peers, flows and keys. */
#include "compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/cfg_policy.h"
#include "../lib/log.h"
#include "../lib/rule.h"

#define MAX_POLICIES 60
#define MAX_TRANSFORMS 30
#define DPD_RETRY 2 /* seconds, as routers do if nothing is said */

/* --- numbers of places ------------------------------------------------- */

struct ref {
	char *place;
	uint32_t ref;
};

struct refs {
	struct ref *v; /* by place */
	size_t n, cap;
	uint32_t last;
};

struct refs *refs_new(void)
{
	return calloc(1, sizeof(struct refs));
}

void refs_free(struct refs *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->n; i++)
		free(r->v[i].place);
	free(r->v);
	free(r);
}

/* Index of the place, or where it belongs. */
static size_t ref_at(const struct refs *r, const char *place, bool *is_there)
{
	size_t lo = 0, hi = r->n;

	*is_there = false;
	while (lo < hi && !*is_there) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(place, r->v[mid].place);

		*is_there = !c;
		if (c < 0)
			hi = mid;
		else
			lo = c ? mid + 1 : mid;
	}
	return lo;
}

/* The number of a place, a new one if it has none yet; 0: no memory. */
static uint32_t ref_of(struct refs *r, const char *place)
{
	bool is_there;
	size_t at = ref_at(r, place, &is_there);
	char *copy;

	if (is_there)
		return r->v[at].ref;
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		struct ref *v = realloc(r->v, cap * sizeof(*v));

		if (!v)
			return 0;
		r->v = v;
		r->cap = cap;
	}
	copy = strdup(place);
	if (!copy)
		return 0;
	memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof(*r->v));
	r->v[at] = (struct ref){ copy, ++r->last };
	r->n++;
	return r->last;
}

/* --- lists ------------------------------------------------------------- */

static void *one_more(struct wants *w, void *array, size_t *n, size_t *cap,
		      size_t size)
{
	void **at = array;

	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 16;
		void *new = realloc(*at, more * size);

		if (!new) {
			w->is_bad = true;
			return NULL;
		}
		*at = new;
		*cap = more;
	}
	return memset((char *)*at + (*n)++ * size, 0, size);
}

static char *copy_text(struct wants *w, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		w->is_bad = true;
	return copy;
}

void wants_free(struct wants *w)
{
	size_t i, j;

	if (!w)
		return;
	for (i = 0; i < w->n_peers; i++)
		free((void *)w->peers[i].peer.p1);
	for (i = 0; i < w->n_flows; i++) {
		const struct ike_flow *f = &w->flows[i].flow;

		for (j = 0; j < f->n_p2; j++)
			free((void *)f->p2[j].name);
		free((void *)f->p2);
		free((void *)f->peers);
		free((void *)w->flows[i].map);
	}
	free(w->rules);
	free(w->binds);
	free(w->peers);
	free(w->flows);
	free(w);
}

/* --- peers ------------------------------------------------------------- */

static const struct cfg_key *key_for(const struct cfg *cfg,
				     const struct addr *peer)
{
	const struct cfg_key *key = cfg_key_by_addr(cfg, NULL, peer);
	const struct cfg_keyring *ring;

	if (key)
		return key;
	cfg_for_each(ring, &cfg->keyrings)
	{
		key = cfg_key_by_addr(cfg, ring, peer);
		if (key)
			return key;
	}
	return NULL;
}

/* Policies whose means of authentication we have. */
static void add_policies(struct wants *w, struct ike_peer *p, bool has_psk)
{
	const struct cfg_isakmp_policy *c = NULL;
	struct ike_p1_policy *v = calloc(MAX_POLICIES, sizeof(*v));

	p->p1 = v;
	if (!v)
		w->is_bad = true;
	while (v && p->n_p1 < MAX_POLICIES &&
	       (c = cfg_isakmp_policy_next(w->cfg, c))) {
		if (c->auth == CFG_AUTH_PSK ? !has_psk : !w->cfg->trustpoints.n)
			continue;
		v[p->n_p1++] = (struct ike_p1_policy){
			.priority = c->obj.num,
			.encr = c->encr,
			.keylen = c->key_bits,
			.hash = c->hash,
			.auth = c->auth,
			.group = c->group,
			.seconds = c->lifetime,
		};
	}
}

static void set_local_id(struct wants *w, struct ike_ident *id)
{
	const struct cfg *cfg = w->cfg;
	char host[256] = "";
	int n;

	if (cfg->isakmp.identity != CFG_ID_FQDN)
		return;
	if (cfg->hostname)
		snprintf(host, sizeof(host), "%s", cfg->hostname);
	else
		gethostname(host, sizeof(host) - 1);
	n = snprintf((char *)id->data, sizeof(id->data), "%s%s%s", host,
		     cfg->domain ? "." : "", cfg->domain ? cfg->domain : "");
	id->type = IKE_ID_FQDN;
	id->len = n < (int)sizeof(id->data) ? n : (int)sizeof(id->data);
}

static uint32_t peer_flags(const struct cfg *cfg)
{
	const struct cfg_isakmp *i = &cfg->isakmp;

	return IKE_PEER_INITIAL_CONTACT | IKE_PEER_ANY_ID |
	       (i->no_aggressive ? 0 : IKE_PEER_AGGRESSIVE_OK) |
	       (cfg->ipsec.no_udp_encap ? IKE_PEER_NO_NATT : 0) |
	       (i->fragmentation ? IKE_PEER_FRAGMENT : 0) |
	       (i->periodic ? IKE_PEER_DPD_PERIODIC : 0) |
	       (i->invalid_spi_recovery ? IKE_PEER_SPI_RECOVERY : 0);
}

static bool begins_aggressive(const struct cfg *cfg, const struct addr *a)
{
	const struct cfg_profile *p;
	const struct cfg_peer *peer;

	cfg_for_each(peer, &cfg->peers) if (addr_eq(&peer->addr, a) &&
					    peer->aggr_id) return true;
	cfg_for_each(p, &cfg->profiles) if (p->initiate_aggressive) return true;
	return false;
}

/* A peer at @addr, which may be none for any; once only. */
static uint32_t want_peer(struct wants *w, struct refs *refs,
			  const struct addr *addr, const struct addr *mask,
			  bool has_psk)
{
	char place[160], a[ADDR_STR], b[ADDR_STR];
	struct plan_peer *pp;
	struct ike_peer *p;
	uint32_t ref;
	size_t i;

	snprintf(place, sizeof(place), "peer %s/%s", addr_fmt(addr, a),
		 addr_fmt(mask, b));
	ref = ref_of(refs, place);
	for (i = 0; i < w->n_peers; i++)
		if (w->peers[i].peer.ref == ref)
			return ref;
	pp = one_more(w, &w->peers, &w->n_peers, &w->cap_peers, sizeof(*pp));
	if (!pp || !ref) {
		w->is_bad = true;
		return 0;
	}
	pp->addr = *addr;
	pp->mask = *mask;
	p = &pp->peer;
	p->ref = ref;
	p->flags = peer_flags(w->cfg);
	if (addr->family &&
	    addr_mask_len(mask) == (int)(8 * addr_len(addr->family)))
		p->flags |= IKE_PEER_STATIC;
	if (begins_aggressive(w->cfg, addr))
		p->flags |= IKE_PEER_AGGRESSIVE;
	add_policies(w, p, has_psk);
	set_local_id(w, &p->local_id);
	p->dpd_interval = w->cfg->isakmp.keepalive;
	p->dpd_retry = w->cfg->isakmp.keepalive_retry;
	if (p->dpd_interval && !p->dpd_retry)
		p->dpd_retry = DPD_RETRY;
	p->nat_keepalive = w->cfg->isakmp.nat_keepalive;
	return ref;
}

static uint32_t want_host(struct wants *w, struct refs *refs,
			  const struct addr *a)
{
	struct addr mask;

	addr_mask(a->family, 8 * addr_len(a->family), &mask);
	return want_peer(w, refs, a, &mask, key_for(w->cfg, a));
}

/* Whoever may come to a dynamic map: all who have a key, or a certificate. */
static void want_strangers(struct wants *w, struct refs *refs)
{
	static const struct addr none;
	const struct cfg_keyring *ring;
	const struct cfg_key *key;
	bool by_name = false;

	cfg_for_each(key, &w->cfg->keys)
	{
		by_name |= !key->addr.family;
		if (key->addr.family)
			want_peer(w, refs, &key->addr, &key->mask, true);
	}
	cfg_for_each(ring, &w->cfg->keyrings)
	{
		cfg_for_each(key, &ring->keys)
		{
			by_name |= !key->addr.family;
			if (key->addr.family)
				want_peer(w, refs, &key->addr, &key->mask,
					  true);
		}
	}
	if (by_name || w->cfg->trustpoints.n)
		want_peer(w, refs, &none, &none, by_name);
}

/* --- transform sets ---------------------------------------------------- */

static uint8_t esp_of(const struct cfg_transform_set *t)
{
	switch (t->cipher) {
	case CIPHER_NULL:
		return IKE_ESP_NULL;
	case CIPHER_DES_CBC:
		return IKE_ESP_DES;
	case CIPHER_DES3_CBC:
		return IKE_ESP_3DES;
	case CIPHER_AES_CBC:
		return IKE_ESP_AES_CBC;
	case CIPHER_AES_CTR:
		return IKE_ESP_AES_CTR;
	case CIPHER_AES_GCM:
		return IKE_ESP_AES_GCM_16;
	case CIPHER_AES_CCM:
		return IKE_ESP_AES_CCM_16;
	case CIPHER_AES_GMAC:
		return IKE_ESP_AES_GMAC;
	default:
		return 0;
	}
}

static bool has_key_length(uint8_t esp)
{
	return esp != IKE_ESP_NULL && esp != IKE_ESP_DES && esp != IKE_ESP_3DES;
}

static uint16_t auth_of(const struct cfg_transform_set *t)
{
	switch (t->integ) {
	case INTEG_MD5_96:
		return IKE_AUTHALG_MD5;
	case INTEG_SHA1_96:
		return IKE_AUTHALG_SHA;
	case INTEG_SHA256_128:
		return IKE_AUTHALG_SHA256;
	case INTEG_SHA384_192:
		return IKE_AUTHALG_SHA384;
	case INTEG_SHA512_256:
		return IKE_AUTHALG_SHA512;
	default:
		return IKE_AUTHALG_NONE;
	}
}

/* Is it a transform that the module can do by itself? */
static bool is_possible(const struct cfg_transform_set *t)
{
	return esp_of(t) && t->ah == INTEG_NONE && !t->comp_lzs;
}

static void add_p2(struct wants *w, struct ike_flow *f,
		   const struct cfg_entry *e, const struct cfg_transform_set *t,
		   uint16_t encap)
{
	struct ike_p2_policy *p2 = (void *)&f->p2[f->n_p2++];
	struct cfg_sa_opts sa = cfg_entry_sa(w->cfg, e);

	*p2 = (struct ike_p2_policy){
		.name = copy_text(w, t->obj.name ? t->obj.name : ""),
		.esp = esp_of(t),
		.esp_auth = auth_of(t),
		.encap = encap,
		.group = e->pfs,
		.seconds = sa.seconds,
		.kbytes = sa.kilobytes == CFG_NO_LIMIT ? 0 : sa.kilobytes,
	};
	if (has_key_length(p2->esp))
		p2->esp_keylen = t->key_bits;
}

/* Source and destination are single hosts: transport mode makes sense. */
static bool is_between_hosts(const struct selector *s)
{
	int bits = 8 * addr_len(s->family);

	return HAS(s, SEL_SRC_MASK) && HAS(s, SEL_DST_MASK) && bits &&
	       addr_mask_len(&s->src_mask) == bits &&
	       addr_mask_len(&s->dst_mask) == bits;
}

/*
 * A set in transport mode is for traffic between the gateways themselves; for
 * other traffic, and if the peer wants it, it means tunnel mode.
 */
static void add_transforms(struct wants *w, struct ike_flow *f,
			   const struct cfg_entry *e)
{
	const struct cfg_transform_set *t;
	unsigned int i;

	f->p2 = calloc(2 * MAX_TRANSFORMS, sizeof(*f->p2));
	if (!f->p2) {
		w->is_bad = true;
		return;
	}
	for (i = 0; i < MAX_TRANSFORMS; i++) {
		t = cfg_entry_transform(w->cfg, e, i);
		if (!t)
			break;
		if (!is_possible(t))
			continue;
		if (t->mode == MODE_TRANSPORT &&
		    (f->any_sel || f->is_dynamic || is_between_hosts(&f->sel)))
			add_p2(w, f, e, t, IKE_ENCAP_TRANSPORT);
		if (t->mode != MODE_TRANSPORT || !t->require)
			add_p2(w, f, e, t, IKE_ENCAP_TUNNEL);
	}
}

/* --- flows ------------------------------------------------------------- */

/* An entry of a map, or a template that it refers to. */
struct at {
	const char *map;
	uint32_t seq; /* of the map */
	const struct cfg_entry *entry;
	bool is_template;
};

/* A new flow of an entry; NULL: no memory. @line 0: whatever the peer wants. */
static struct ike_flow *want_flow(struct wants *w, struct refs *refs,
				  const struct at *at, uint32_t line)
{
	struct plan_flow *pf =
		one_more(w, &w->flows, &w->n_flows, &w->cap_flows, sizeof(*pf));
	struct cfg_sa_opts sa = cfg_entry_sa(w->cfg, at->entry);
	struct ike_flow *f;
	char place[256];

	if (!pf)
		return NULL;
	f = &pf->flow;
	snprintf(place, sizeof(place), "flow %u %u %u %d %s", at->seq,
		 at->entry->obj.num, line, at->is_template, at->map);
	f->ref = ref_of(refs, place);
	f->is_dynamic = at->is_template;
	f->any_sel = !line;
	f->idle = sa.idle;
	f->replay_window = sa.replay_off ? 0 : sa.replay_window;
	f->df = w->cfg->ipsec.df;
	pf->seq = at->seq;
	pf->map = copy_text(w, at->map);
	pf->entry = at->entry;
	w->has_rri |= at->entry->rri;
	if (f->ref && pf->map)
		return f;
	w->is_bad = true;
	return NULL;
}

/* Its peers; for each of them there is one to speak with. */
static void set_peers(struct wants *w, struct refs *refs, struct ike_flow *f,
		      const struct addr *v, uint32_t n)
{
	struct addr *peers = calloc(n + 1, sizeof(*peers));
	uint32_t i, ref;

	f->peers = peers;
	if (!peers) {
		w->is_bad = true;
		return;
	}
	f->n_peers = n;
	for (i = 0; i < n; i++) {
		peers[i] = v[i];
		ref = want_host(w, refs, &v[i]);
		if (!i)
			f->peer = ref;
	}
}

/* --- static entries ------------------------------------------------------ */

static void add_rule(struct wants *w, struct refs *refs,
		     const struct cfg_map *map, const struct policy *p)
{
	struct want_rule *r =
		one_more(w, &w->rules, &w->n_rules, &w->cap_rules, sizeof(*r));
	struct at at = { .map = map->obj.name, .seq = p->seq };
	struct ike_flow *f;

	if (!r)
		return;
	r->policy = *p;
	r->flow = UINT32_MAX;
	at.entry = cfg_find_num(&map->entries, p->seq);
	if (p->action != ACTION_PROTECT || !at.entry ||
	    at.entry->type != CFG_MAP_ISAKMP)
		return;
	f = want_flow(w, refs, &at, p->index);
	if (!f)
		return;
	r->flow = w->n_flows - 1;
	f->sel = p->sel;
	set_peers(w, refs, f, p->peer, p->n_peers);
	add_transforms(w, f, at.entry);
}

static void add_rules(struct wants *w, struct refs *refs,
		      const struct cfg_map *map)
{
	struct cfg_rules rules;
	size_t i;

	if (cfg_rules_build(&rules, w->cfg, map, NULL, NULL))
		w->is_bad = true;
	for (i = 0; i < rules.n; i++)
		add_rule(w, refs, map, &rules.v[i]);
	cfg_rules_free(&rules);
}

/* --- dynamic entries ----------------------------------------------------- */

static void add_template(struct wants *w, struct refs *refs,
			 const struct at *at)
{
	const struct cfg_entry *e = at->entry;
	const struct cfg_acl *acl = e->acl ? cfg_find(&w->cfg->acls, e->acl) :
					     NULL;
	const struct cfg_ace *ace = acl ? (void *)acl->aces.first : NULL;
	const struct cfg_set_peer *peer;
	struct addr peers[MAX_PEERS];
	uint32_t n = 0;

	if (e->acl && !acl)
		return;
	cfg_for_each(peer, &e->peers) if (peer->addr.family && n < MAX_PEERS)
		peers[n++] = peer->addr;
	do {
		struct ike_flow *f;

		if (ace && ace->action != CFG_ACE_PERMIT)
			continue;
		f = want_flow(w, refs, at, ace ? ace->obj.num : 0);
		if (!f)
			return;
		if (ace)
			f->sel = ace->sel;
		set_peers(w, refs, f, peers, n);
		add_transforms(w, f, e);
	} while (ace && (ace = (void *)ace->obj.next));
}

static void add_dynamic(struct wants *w, struct refs *refs,
			const struct cfg_map *map, const struct cfg_entry *e)
{
	struct at at = { .map = map->obj.name,
			 .seq = e->obj.num,
			 .is_template = true };
	const struct cfg_map *dynamic =
		cfg_find(&w->cfg->dynamic_maps, e->dynamic);

	if (!dynamic)
		return;
	cfg_for_each(at.entry, &dynamic->entries) add_template(w, refs, &at);
	want_strangers(w, refs);
}

static void add_map(struct wants *w, struct refs *refs,
		    const struct cfg_map *map)
{
	const struct cfg_entry *e;

	add_rules(w, refs, map);
	cfg_for_each(e, &map->entries)
	{
		const char *why = cfg_entry_inactive(w->cfg, e);

		if (why)
			log_warn("crypto map %s %u: %s", map->obj.name,
				 e->obj.num, why);
		else if (e->type == CFG_MAP_DYNAMIC)
			add_dynamic(w, refs, map, e);
	}
}

static void add_interface(struct wants *w, const struct cfg_if *i)
{
	struct want_bind *b;
	const char *dev = i->device ? i->device : i->obj.name;

	if (!i->crypto_map || i->is_shut)
		return;
	b = one_more(w, &w->binds, &w->n_binds, &w->cap_binds, sizeof(*b));
	if (!b)
		return;
	snprintf(b->dev, sizeof(b->dev), "%s", dev);
	snprintf(b->map, sizeof(b->map), "%s", i->crypto_map);
}

static int by_place(const void *a, const void *b)
{
	return rule_cmp(&((const struct want_rule *)a)->policy,
			&((const struct want_rule *)b)->policy);
}

struct wants *compile(const struct cfg *cfg, struct refs *refs)
{
	struct wants *w = calloc(1, sizeof(*w));
	const struct cfg_map *map;
	const struct cfg_if *i;

	if (!w)
		return NULL;
	w->cfg = cfg;
	cfg_for_each(map, &cfg->maps) add_map(w, refs, map);
	cfg_for_each(i, &cfg->interfaces) add_interface(w, i);
	if (w->is_bad) {
		wants_free(w);
		return NULL;
	}
	qsort(w->rules, w->n_rules, sizeof(*w->rules), by_place);
	return w;
}
