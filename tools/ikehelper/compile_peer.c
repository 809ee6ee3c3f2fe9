// SPDX-License-Identifier: GPL-2.0-or-later
/* From the configuration to peers and the profiles that they may have. */
#include "compile_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/log.h"
#include "local.h"

#define MAX_POLICIES 60
#define DPD_RETRY 2 /* seconds, as routers do if nothing is said */

/* --- peers ------------------------------------------------------------- */

bool compile_name(const struct compile_names *names, const char *host,
		  struct addr *a)
{
	return names && host && names->resolve(names->arg, host, a);
}

/* A key for a name that has this address. */
static const struct cfg_key *key_by_name(const struct wants *w,
					 const struct cfg_tab *keys,
					 const struct addr *addr)
{
	const struct cfg_key *key;
	struct addr a;

	cfg_for_each(key, keys) if (!key->addr.family &&
				    compile_name(w->names, key->host, &a) &&
				    addr_eq(&a, addr)) return key;
	return NULL;
}

/* May the profile use keyring @ring, NULL for the global one? */
static bool may_use(const struct cfg_profile *p, const struct cfg_keyring *ring)
{
	const char *name = ring ? ring->obj.name : CFG_DEFAULT_KEYRING;
	uint32_t i;

	for (i = 0; i < p->keyrings.n; i++)
		if (!strcmp(p->keyrings.v[i], name))
			return true;
	return !p->keyrings.n && !ring;
}

/* A keyring is for peers in its own VRF only, the global one for all. */
static bool is_of_vrf(const struct wants *w, const struct cfg_keyring *ring,
		      uint32_t vrf)
{
	return vrf == (ring->vrf ? compile_vrf(w->names, ring->vrf) : 0);
}

/* A key for the address: of the keyrings of the profile, or of any. */
static const struct cfg_key *key_for(const struct wants *w,
				     const struct addr *peer, uint32_t vrf,
				     const struct cfg_profile *p)
{
	const struct cfg_key *key = NULL;
	const struct cfg *cfg = w->cfg;
	const struct cfg_keyring *ring;

	if (!p || may_use(p, NULL))
		key = cfg_key_by_addr(cfg, NULL, peer);
	if (!key && (!p || may_use(p, NULL)))
		key = key_by_name(w, &cfg->keys, peer);
	if (key)
		return key;
	cfg_for_each(ring, &cfg->keyrings)
	{
		if (!is_of_vrf(w, ring, vrf) || (p && !may_use(p, ring)))
			continue;
		key = cfg_key_by_addr(cfg, ring, peer);
		if (!key)
			key = key_by_name(w, &ring->keys, peer);
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
	bool can_sign = trust_files_can_sign(w->trusts, p->trust);

	p->p1 = v;
	if (!v)
		w->is_bad = true;
	while (v && p->n_p1 < MAX_POLICIES &&
	       (c = cfg_isakmp_policy_next(w->cfg, c))) {
		if (c->auth == CFG_AUTH_PSK ? !has_psk : !can_sign)
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

/* The trust point of the profile; one that does not exist is no other one. */
static void set_trust(const struct wants *w, const struct cfg_profile *prof,
		      struct ike_peer *p)
{
	if (!prof || !prof->trustpoint)
		return;
	p->trust = trust_files_ref(w->trusts, prof->trustpoint);
	if (!p->trust)
		p->trust = UINT32_MAX;
}

static void set_ident(struct ike_ident *id, uint8_t type, const char *text)
{
	size_t len = strlen(text);

	id->type = type;
	id->len = len < sizeof(id->data) ? len : sizeof(id->data);
	memcpy(id->data, text, id->len);
}

/* "hostname" with "ip domain name". */
static void set_own_name(const struct cfg *cfg, struct ike_ident *id)
{
	char host[256] = "", name[512];

	if (cfg->hostname)
		snprintf(host, sizeof(host), "%s", cfg->hostname);
	else
		gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%s%s%s", host, cfg->domain ? "." : "",
		 cfg->domain ? cfg->domain : "");
	set_ident(id, IKE_ID_FQDN, name);
}

/* What we say to be: by the peer, by its profile, or to everybody. */
static void set_local_id(const struct wants *w, const struct cfg_peer *known,
			 const struct cfg_profile *prof, struct ike_ident *id)
{
	if (known && known->aggr_id == CFG_ID_FQDN)
		set_ident(id, IKE_ID_FQDN, known->aggr_value);
	else if (known && known->aggr_id == CFG_ID_USER_FQDN)
		set_ident(id, IKE_ID_USER_FQDN, known->aggr_value);
	else if (prof && prof->self_id == CFG_ID_USER_FQDN)
		set_ident(id, IKE_ID_USER_FQDN, prof->self_value);
	else if (prof && prof->self_id == CFG_ID_FQDN && prof->self_value)
		set_ident(id, IKE_ID_FQDN, prof->self_value);
	else if (prof && prof->self_id ? prof->self_id == CFG_ID_FQDN :
					 w->cfg->isakmp.identity == CFG_ID_FQDN)
		set_own_name(w->cfg, id);
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

/* "crypto isakmp peer" that says how to begin with it. */
static const struct cfg_peer *known_peer(const struct wants *w,
					 const struct addr *a, uint32_t vrf)
{
	const struct cfg_peer *peer;

	cfg_for_each(peer, &w->cfg->peers)
	{
		struct addr own = peer->addr;

		if (peer->aggr_id && a->family &&
		    vrf == (peer->vrf ? compile_vrf(w->names, peer->vrf) : 0) &&
		    (own.family || compile_name(w->names, peer->host, &own)) &&
		    addr_eq(&own, a))
			return peer;
	}
	return NULL;
}

/* Dead peers: as the profile says, else as for all. */
static void set_dpd(const struct cfg *cfg, const struct cfg_profile *prof,
		    struct ike_peer *p)
{
	bool own = prof && prof->keepalive;

	p->dpd_interval = own ? prof->keepalive : cfg->isakmp.keepalive;
	p->dpd_retry = own ? prof->keepalive_retry :
			     cfg->isakmp.keepalive_retry;
	if (p->dpd_interval && !p->dpd_retry)
		p->dpd_retry = DPD_RETRY;
}

/* Addresses that a peer may come from; a mask of none is any. */
struct from {
	const struct addr *addr, *mask;
	uint32_t vrf;
};

/* Where the traffic of a profile belongs, if it says so. */
static uint32_t inside_of(struct wants *w, const struct cfg_profile *prof)
{
	uint32_t vrf = prof ? want_vrf(w, prof->vrf) : 0;

	if (vrf == VRF_NONE)
		log_warn(
			"crypto isakmp profile %s: there is no VRF device %s, its tunnels stay down",
			prof->obj.name, prof->vrf);
	return vrf;
}

static uint32_t ivrf_of(const struct wants *w, uint32_t profile)
{
	size_t i;

	for (i = 0; i < w->n_profiles; i++)
		if (w->profiles[i].ref == profile)
			return w->profiles[i].ivrf;
	return 0;
}

/* A peer at @from, with a profile or without; once only. */
static uint32_t want_peer(struct wants *w, struct refs *refs,
			  const struct from *from,
			  const struct cfg_profile *prof, bool has_psk)
{
	const struct addr *addr = from->addr;
	const struct cfg_peer *known = known_peer(w, addr, from->vrf);
	char place[500], a[ADDR_STR], b[ADDR_STR];
	struct plan_peer *pp;
	struct ike_peer *p;
	uint32_t ref;
	size_t i;

	snprintf(place, sizeof(place), "peer %s/%s%s%s%s%s", addr_fmt(addr, a),
		 addr_fmt(from->mask, b), prof ? " " : "",
		 prof ? prof->obj.name : "", from->vrf ? " vrf " : "",
		 want_vrf_name(w, from->vrf));
	ref = ref_of(refs, place);
	for (i = 0; i < w->n_peers; i++)
		if (w->peers[i].peer.ref == ref)
			return ref;
	pp = wants_more(w, &w->peers, &w->n_peers, &w->cap_peers, sizeof(*pp));
	if (!pp || !ref) {
		w->is_bad = true;
		return 0;
	}
	pp->addr = *addr;
	pp->mask = *from->mask;
	pp->vrf = from->vrf;
	p = &pp->peer;
	p->ref = ref;
	p->profile = prof ? ref_of_profile(refs, prof->obj.name) : 0;
	p->ivrf = ivrf_of(w, p->profile);
	p->generation = from->vrf + (p->ivrf << 16 | p->ivrf >> 16);
	p->flags = peer_flags(w->cfg);
	if (addr->family &&
	    addr_mask_len(from->mask) == (int)(8 * addr_len(addr->family)))
		p->flags |= IKE_PEER_STATIC;
	if (known || (prof && prof->initiate_aggressive))
		p->flags |= IKE_PEER_AGGRESSIVE;
	if (!known && !(prof && prof->self_id) &&
	    w->cfg->isakmp.identity == CFG_ID_DN)
		p->flags |= IKE_PEER_DN_ID;
	set_trust(w, prof, p);
	add_policies(w, p, has_psk || (known && known->aggr_key.text));
	set_local_id(w, known, prof, &p->local_id);
	set_dpd(w->cfg, prof, p);
	p->nat_keepalive = w->cfg->isakmp.nat_keepalive;
	return ref;
}

uint32_t want_host(struct wants *w, struct refs *refs, const struct addr *a,
		   uint32_t vrf, uint32_t profile)
{
	const struct cfg_profile *prof;
	struct addr mask;
	struct from from = { a, &mask, vrf };
	uint32_t ref, first;

	addr_mask(a->family, 8 * addr_len(a->family), &mask);
	first = want_peer(w, refs, &from, NULL, key_for(w, a, vrf, NULL));
	if (profile)
		first = UINT32_MAX; /* no peer, if there is no such profile */
	cfg_for_each(prof, &w->cfg->profiles)
	{
		bool has_psk = key_for(w, a, vrf, prof);
		bool is_own = profile == ref_of_profile(refs, prof->obj.name);

		if (!has_psk && !trust_files_can_sign(w->trusts, 0) && !is_own)
			continue;
		ref = want_peer(w, refs, &from, prof, has_psk);
		if (is_own)
			first = ref;
	}
	return first;
}

/* Whoever may come with this key; true if it is known by name only. */
static bool want_key(struct wants *w, struct refs *refs, uint32_t vrf,
		     const struct cfg_keyring *ring, const struct cfg_key *key)
{
	static const struct addr none;
	bool by_name = !key->addr.family;
	struct from from = { by_name ? &none : &key->addr,
			     by_name ? &none : &key->mask, vrf };
	const struct cfg_profile *prof;

	want_peer(w, refs, &from, NULL, true);
	cfg_for_each(prof, &w->cfg->profiles) if (may_use(prof, ring))
		want_peer(w, refs, &from, prof, true);
	return by_name;
}

void want_strangers(struct wants *w, struct refs *refs, uint32_t vrf)
{
	static const struct addr none;
	const struct from anywhere = { &none, &none, vrf };
	const struct cfg_profile *prof;
	const struct cfg_keyring *ring;
	const struct cfg_key *key;

	cfg_for_each(key, &w->cfg->keys) want_key(w, refs, vrf, NULL, key);
	cfg_for_each(ring, &w->cfg->keyrings) if (is_of_vrf(w, ring, vrf))
	{
		cfg_for_each(key, &ring->keys)
			want_key(w, refs, vrf, ring, key);
	}
	if (!trust_files_can_sign(w->trusts, 0))
		return;
	want_peer(w, refs, &anywhere, NULL, false);
	cfg_for_each(prof, &w->cfg->profiles)
		want_peer(w, refs, &anywhere, prof, false);
}

/* --- profiles ---------------------------------------------------------- */

struct addr compile_local(const struct cfg *cfg, const char *ifname,
			  const struct addr *a)
{
	struct addr own = { .family = AF_INET };
	char dev[IF_NAMESIZE];

	if (ifname)
		local_of_device(local_device(cfg, ifname, dev), AF_INET, &own);
	return ifname ? own : *a;
}

static void add_match(struct wants *w, struct profile_match *m,
		      const struct cfg_id_match *c)
{
	static const uint8_t kinds[] = {
		[CFG_ID_ADDRESS] = PROFILE_ADDRESS,
		[CFG_ID_FQDN] = PROFILE_HOST,
		[CFG_ID_FQDN_DOMAIN] = PROFILE_HOST_DOMAIN,
		[CFG_ID_USER_FQDN] = PROFILE_USER,
		[CFG_ID_USER_DOMAIN] = PROFILE_USER_DOMAIN,
		[CFG_ID_GROUP] = PROFILE_GROUP,
	};

	if (c->type < sizeof(kinds))
		m->kind = kinds[c->type];
	m->vrf = want_vrf(w, c->vrf);
	m->addr = c->addr;
	m->mask = c->mask;
	if (c->addr.family && !c->mask.family)
		addr_mask(c->addr.family, 8 * addr_len(c->addr.family),
			  &m->mask);
	m->text = wants_text(w, c->value ? c->value : "");
}

static void add_certmap(struct wants *w, struct certmap *to,
			const struct cfg_cert_map *map, uint32_t *entry)
{
	const struct cfg_cert_entry *e;
	const struct cfg_cert_rule *r;

	cfg_for_each(e, &map->entries)
	{
		if (!cfg_cert_entry_may_fit(e))
			continue;
		if (to->n + e->rules.n > CERTMAP_MAX) {
			log_warn("certificate map %s %u: too many lines, it "
				 "fits nobody",
				 map->obj.name, e->obj.num);
			continue;
		}
		(*entry)++;
		cfg_for_each(r, &e->rules)
			to->v[to->n++] = (struct certmap_rule){
			.entry = *entry,
			.field = r->field,
			.op = r->op,
			.text = wants_text(w, r->text),
		};
	}
}

static void add_certmaps(struct wants *w, struct profile *p,
			 const struct cfg_profile *c)
{
	const struct cfg_cert_map *map;
	uint32_t i, entry = 0;

	if (!c->cert_maps.n)
		return;
	p->cert.v = calloc(CERTMAP_MAX, sizeof(*p->cert.v));
	if (!p->cert.v) {
		w->is_bad = true;
		return;
	}
	for (i = 0; i < c->cert_maps.n; i++) {
		map = cfg_find(&w->cfg->cert_maps, c->cert_maps.v[i]);
		if (map)
			add_certmap(w, &p->cert, map, &entry);
	}
}

static void add_profile(struct wants *w, struct refs *refs,
			const struct cfg_profile *c)
{
	struct profile *p = wants_more(w, &w->profiles, &w->n_profiles,
				       &w->cap_profiles, sizeof(*p));
	const struct cfg_id_match *m;

	if (!p)
		return;
	p->ref = ref_of_profile(refs, c->obj.name);
	p->name = strdup(c->obj.name);
	p->ivrf = inside_of(w, c);
	p->local = compile_local(w->cfg, c->local_if, &c->local);
	p->local_vrf = want_vrf(w, c->local_vrf);
	p->match = calloc(c->match.n + 1, sizeof(*p->match));
	if (!p->match || !p->ref || !p->name) {
		w->is_bad = true;
		return;
	}
	cfg_for_each(m, &c->match) add_match(w, &p->match[p->n_match++], m);
	add_certmaps(w, p, c);
}

static int by_name(const void *a, const void *b)
{
	const struct cfg_profile *const *x = a, *const *y = b;

	return strcmp((*x)->obj.name, (*y)->obj.name);
}

/* Between those that fit equally, the name decides. */
void want_profiles(struct wants *w, struct refs *refs)
{
	const struct cfg_tab *t = &w->cfg->profiles;
	const struct cfg_profile **v = calloc(t->n + 1, sizeof(*v)), *p;
	size_t n = 0, i;

	if (!v) {
		w->is_bad = true;
		return;
	}
	cfg_for_each(p, t) v[n++] = p;
	qsort(v, n, sizeof(*v), by_name);
	for (i = 0; i < n; i++)
		add_profile(w, refs, v[i]);
	free(v);
}
