// SPDX-License-Identifier: GPL-2.0-or-later
/* From the configuration to rules of the kernel, peers, flows and keys. */
#include "compile.h"
#include "compile_peer.h"
#include "krn_msg.h"
#include "local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/cfg_policy.h"
#include "../lib/cfg_tunnel.h"
#include "../lib/log.h"
#include "../lib/rule.h"
#include "../lib/sel_set.h"

#define MAX_TRANSFORMS 30

/* --- lists ------------------------------------------------------------- */

void *wants_more(struct wants *w, void *array, size_t *n, size_t *cap,
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

char *wants_text(struct wants *w, const char *text)
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
		free((void *)f->acl);
		free((void *)f->except);
		free((void *)w->flows[i].map);
		free((void *)w->flows[i].dynamic);
	}
	for (i = 0; i < w->n_profiles; i++)
		profile_free(&w->profiles[i]);
	free(w->profiles);
	cfg_free(w->own);
	free(w->rules);
	free(w->binds);
	free(w->vrfs);
	free(w->fronts);
	free(w->peers);
	free(w->flows);
	free(w);
}

/* --- VRFs -------------------------------------------------------------- */

uint32_t compile_vrf(const struct compile_names *names, const char *name)
{
	return names && names->vrf_named ?
		       names->vrf_named(names->vrf_arg, name) :
		       VRF_NONE;
}

static void know_vrf(struct wants *w, uint32_t index, const char *name)
{
	struct want_vrf *v;
	size_t i;

	for (i = 0; i < w->n_vrfs; i++)
		if (w->vrfs[i].index == index)
			return;
	v = wants_more(w, &w->vrfs, &w->n_vrfs, &w->cap_vrfs, sizeof(*v));
	if (!v)
		return;
	v->index = index;
	snprintf(v->name, sizeof(v->name), "%s", name);
}

uint32_t want_vrf(struct wants *w, const char *name)
{
	uint32_t vrf = name ? compile_vrf(w->names, name) : 0;

	if (vrf && vrf != VRF_NONE)
		know_vrf(w, vrf, name);
	return vrf;
}

const char *want_vrf_name(const struct wants *w, uint32_t vrf)
{
	size_t i;

	for (i = 0; i < w->n_vrfs; i++)
		if (w->vrfs[i].index == vrf)
			return w->vrfs[i].name;
	return "";
}

uint32_t want_front(const struct wants *w, const char *map)
{
	size_t i;

	for (i = 0; i < w->n_binds; i++)
		if (!strcmp(w->binds[i].map, map))
			return w->binds[i].vrf;
	return 0;
}

/* Its flows are in one VRF; on other wires the module lets none of it out. */
static void check_front(const struct wants *w, const struct want_bind *b)
{
	if (b->vrf != want_front(w, b->map))
		log_warn(
			"interface %s: crypto map %s is on an interface of another VRF, where its tunnels are; give each VRF a map of its own",
			b->dev, b->map);
}

/* Is the interface where the configuration says? */
static void check_forwarding(const struct cfg_if *i, const struct want_bind *b,
			     const char *name)
{
	if (i->vrf && strcmp(i->vrf, name))
		log_warn("interface %s: the device is not in VRF %s%s%s",
			 b->dev, i->vrf, *name ? " but in " : "", name);
}

static void set_front(struct wants *w, const struct cfg_if *i,
		      struct want_bind *b)
{
	char name[IF_NAMESIZE] = "";
	uint32_t *front;
	size_t k;

	/* A tunnel interface is inside; its outside names a VRF itself. */
	if (b->tunnel) {
		b->vrf = want_vrf(w, i->tunnel_vrf);
		snprintf(name, sizeof(name), "%s", want_vrf_name(w, b->vrf));
	} else {
		if (w->names && w->names->vrf_of)
			b->vrf = w->names->vrf_of(w->names->vrf_arg, b->dev,
						  name);
		check_forwarding(i, b, name);
	}
	check_front(w, b);
	if (!b->vrf)
		return;
	know_vrf(w, b->vrf, name);
	for (k = 0; k < w->n_fronts; k++)
		if (w->fronts[k] == b->vrf)
			return;
	front = wants_more(w, &w->fronts, &w->n_fronts, &w->cap_fronts,
			   sizeof(*front));
	if (front)
		*front = b->vrf;
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

static uint16_t auth_of(uint8_t integ)
{
	switch (integ) {
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

/* RFC 2407, 4.4.3: the transform of AH has a number of its own. */
static uint8_t ah_of(const struct cfg_transform_set *t)
{
	switch (t->ah) {
	case INTEG_MD5_96:
		return IKE_AH_MD5;
	case INTEG_SHA1_96:
		return IKE_AH_SHA;
	case INTEG_SHA256_128:
		return IKE_AH_SHA256;
	case INTEG_SHA384_192:
		return IKE_AH_SHA384;
	case INTEG_SHA512_256:
		return IKE_AH_SHA512;
	default:
		return 0;
	}
}

/* Can the module do it, and IKEv1 say it? comp-lzs is left out of the set. */
static bool is_possible(const struct cfg_transform_set *t)
{
	return !t->cipher ? t->ah : esp_of(t) && !t->ah;
}

static void add_p2(struct wants *w, struct ike_flow *f,
		   const struct cfg_entry *e, const struct cfg_transform_set *t,
		   uint16_t encap)
{
	struct ike_p2_policy *p2 = (void *)&f->p2[f->n_p2++];
	struct cfg_sa_opts sa = cfg_entry_sa(w->cfg, e);

	*p2 = (struct ike_p2_policy){
		.name = wants_text(w, t->obj.name ? t->obj.name : ""),
		.esp = esp_of(t),
		.esp_auth = auth_of(t->integ),
		.ah = ah_of(t),
		.ah_auth = auth_of(t->ah),
		.encap = encap,
		.group = e->pfs,
		.seconds = sa.seconds,
		.kbytes = sa.kilobytes == CFG_NO_LIMIT ? 0 : sa.kilobytes,
	};
	if (p2->esp && has_key_length(p2->esp))
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
	uint32_t vrf; /* of the interfaces that have it */
	const struct cfg_entry *entry;
	const char *profile; /* that the peer must have, or NULL */
	const char *dynamic; /* the map that the template is of, else NULL */
};

/* The entry's own one, else that of the whole map. */
static void set_profile(struct at *at, const struct cfg_map *map)
{
	at->profile = map->isakmp_profile;
	if (at->entry && at->entry->isakmp_profile)
		at->profile = at->entry->isakmp_profile;
}

/* The VRF whose packets an entry protects, 0 any: that of its profile. */
static uint32_t inside_of(struct wants *w, const char *profile)
{
	const struct cfg_profile *p =
		profile ? cfg_find(&w->cfg->profiles, profile) : NULL;
	uint32_t vrf = p ? want_vrf(w, p->vrf) : 0;

	return vrf == VRF_NONE ? 0 : vrf;
}

/* A new flow of an entry; NULL: no memory. @line 0: whatever the peer wants. */
static struct ike_flow *want_flow(struct wants *w, struct refs *refs,
				  const struct at *at, uint32_t line)
{
	struct plan_flow *pf = wants_more(w, &w->flows, &w->n_flows,
					  &w->cap_flows, sizeof(*pf));
	struct cfg_sa_opts sa = cfg_entry_sa(w->cfg, at->entry);
	struct ike_flow *f;
	char place[256];

	if (!pf)
		return NULL;
	f = &pf->flow;
	snprintf(place, sizeof(place), "flow %u %u %u %d %s", at->seq,
		 at->entry->obj.num, line, !!at->dynamic, at->map);
	f->ref = ref_of(refs, place);
	f->vrf = at->vrf;
	f->generation = at->vrf;
	f->is_dynamic = at->dynamic;
	if (at->profile)
		f->profile = ref_of_profile(refs, at->profile);
	f->any_sel = !line;
	f->idle = sa.idle;
	f->replay_window = sa.replay_off ? 0 : sa.replay_window;
	f->how = cfg_map_handling(w->cfg, at->map);
	pf->seq = at->seq;
	pf->map = wants_text(w, at->map);
	if (at->dynamic) {
		pf->dynamic = wants_text(w, at->dynamic);
		pf->dynamic_seq = at->entry->obj.num;
	}
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
		ref = want_host(w, refs, &v[i], f->vrf, f->profile);
		if (!i)
			f->peer = ref;
	}
}

/* --- what earlier lines take away ---------------------------------------- */

/* Of the entry that is worked on, so far. */
struct excepts {
	struct ike_except *v;
	size_t n, cap;
};

static void add_except(struct wants *w, struct excepts *all,
		       const struct cfg_ace *ace)
{
	struct ike_except *x =
		wants_more(w, &all->v, &all->n, &all->cap, sizeof(*x));

	if (x)
		*x = (struct ike_except){
			.sel = cfg_ace_selector(ace),
			.line = ace->obj.num,
			.action = cfg_ace_action(w->cfg, ace),
			.is_permit = ace->action == CFG_ACE_PERMIT,
		};
}

/* Only those that the flow overlaps matter to it. */
static void set_excepts(struct wants *w, struct ike_flow *f, const char *acl,
			const struct excepts *all)
{
	struct ike_except *v = NULL;
	size_t n = 0, cap = 0, i;

	f->acl = wants_text(w, acl);
	for (i = 0; i < all->n && n < PLAN_MAX_EXCEPT; i++) {
		struct ike_except *x;

		if (!sel_overlap(&all->v[i].sel, &f->sel))
			continue;
		x = wants_more(w, &v, &n, &cap, sizeof(*x));
		if (!x)
			break;
		*x = all->v[i];
	}
	f->except = v;
	f->n_except = n;
}

/*
 * Temporary entries are made of what it was when they were: another number ends
 * their tunnels.
 */
static void set_generation(struct wants *w, struct ike_flow *f)
{
	uint32_t h = 2166136261u;
	struct msg m;
	size_t i;

	msg_init(&m, 0, 0);
	krn_put_sel(&m, &f->sel);
	msg_put_u32(&m, f->vrf);
	for (i = 0; i < f->n_except; i++) {
		krn_put_sel(&m, &f->except[i].sel);
		msg_put_u8(&m, f->except[i].action);
	}
	for (i = 0; i < m.len; i++)
		h = (h ^ m.p[i]) * 16777619u;
	w->is_bad |= m.is_bad;
	f->generation = h;
	msg_free(&m);
}

/* --- static entries ------------------------------------------------------ */

/* The line of the access list that a rule is made of. */
static const struct cfg_ace *line_of(const struct wants *w,
				     const struct cfg_entry *e, uint32_t index)
{
	const struct cfg_acl *acl =
		e && e->acl ? cfg_find(&w->cfg->acls, e->acl) : NULL;

	return acl ? cfg_find_num(&acl->aces, index) : NULL;
}

static void add_rule(struct wants *w, struct refs *refs,
		     const struct cfg_map *map, const struct policy *p,
		     struct excepts *all)
{
	struct want_rule *r = wants_more(w, &w->rules, &w->n_rules,
					 &w->cap_rules, sizeof(*r));
	struct at at = { .map = map->obj.name,
			 .seq = p->seq,
			 .vrf = want_front(w, map->obj.name) };
	const struct cfg_ace *ace;
	struct ike_flow *f;

	if (!r)
		return;
	r->policy = *p;
	r->flow = UINT32_MAX;
	at.entry = cfg_find_num(&map->entries, p->seq);
	set_profile(&at, map);
	r->policy.ivrf = inside_of(w, at.profile);
	if (!at.entry || at.entry->type != CFG_MAP_ISAKMP)
		return;
	if (p->action != ACTION_PROTECT) {
		ace = line_of(w, at.entry, p->index);
		if (ace)
			add_except(w, all, ace);
		return;
	}
	f = want_flow(w, refs, &at, p->index);
	if (!f)
		return;
	r->flow = w->n_flows - 1;
	f->sel = p->sel;
	set_excepts(w, f, at.entry->acl, all);
	set_peers(w, refs, f, p->peer, p->n_peers);
	add_transforms(w, f, at.entry);
}

static void add_rules(struct wants *w, struct refs *refs,
		      const struct cfg_map *map)
{
	cfg_resolve resolve = w->names ? w->names->resolve : NULL;
	struct excepts all = { 0 };
	struct cfg_rules rules;
	size_t i;

	if (cfg_rules_build(&rules, w->cfg, map, resolve,
			    w->names ? w->names->arg : NULL))
		w->is_bad = true;
	for (i = 0; i < rules.n; i++) {
		if (i && rules.v[i].seq != rules.v[i - 1].seq)
			all.n = 0;
		add_rule(w, refs, map, &rules.v[i], &all);
	}
	free(all.v);
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
	struct excepts all = { 0 };
	uint32_t n = 0;

	/* Whatever the peer wants: only if there is no list at all. */
	if (e->acl && (!ace || acl->is_standard))
		return;
	cfg_for_each(peer, &e->peers)
	{
		struct addr a = peer->addr;

		if (n < MAX_PEERS &&
		    (a.family || compile_name(w->names, peer->obj.name, &a)))
			peers[n++] = a;
	}
	do {
		struct ike_flow *f;

		if (ace && ace->action == CFG_ACE_REMARK)
			continue;
		/* Proxy identities would be wider than such a line. */
		if (ace && cfg_ace_action(w->cfg, ace) != ACTION_PROTECT) {
			add_except(w, &all, ace);
			continue;
		}
		f = want_flow(w, refs, at, ace ? ace->obj.num : 0);
		if (!f)
			break;
		if (ace)
			f->sel = cfg_ace_selector(ace);
		set_excepts(w, f, e->acl ? e->acl : "", &all);
		set_generation(w, f);
		set_peers(w, refs, f, peers, n);
		add_transforms(w, f, e);
	} while (ace && (ace = (void *)ace->obj.next));
	free(all.v);
}

static void add_dynamic(struct wants *w, struct refs *refs,
			const struct cfg_map *map, const struct cfg_entry *e)
{
	struct at at = { .map = map->obj.name,
			 .seq = e->obj.num,
			 .vrf = want_front(w, map->obj.name),
			 .dynamic = e->dynamic };
	const struct cfg_map *dynamic =
		cfg_find(&w->cfg->dynamic_maps, e->dynamic);

	if (!dynamic)
		return;
	cfg_for_each(at.entry, &dynamic->entries)
	{
		set_profile(&at, map);
		add_template(w, refs, &at);
	}
	want_strangers(w, refs, at.vrf);
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
	char dev[IF_NAMESIZE];
	const char *why;

	why = i->protection ? cfg_tunnel_inactive(w->cfg, i) : NULL;
	if (why)
		log_warn("interface %s: %s", i->obj.name, why);
	if (!i->crypto_map || i->is_shut)
		return;
	/* One that is called alike is somebody else's. */
	if (i->protection && !why && !i->device)
		snprintf(dev, sizeof(dev), "%s", i->obj.name);
	else
		local_device(w->cfg, i->obj.name, dev);
	b = wants_more(w, &w->binds, &w->n_binds, &w->cap_binds, sizeof(*b));
	if (!b)
		return;
	snprintf(b->dev, sizeof(b->dev), "%s", dev);
	snprintf(b->map, sizeof(b->map), "%s", i->crypto_map);
	if (i->protection && !why)
		b->tunnel = i;
	set_front(w, i, b);
}

static bool has_tunnels(const struct cfg *cfg)
{
	const struct cfg_if *i;

	cfg_for_each(i, &cfg->interfaces)
	{
		if (i->protection)
			return true;
	}
	return false;
}

static int by_place(const void *a, const void *b)
{
	return rule_cmp(&((const struct want_rule *)a)->policy,
			&((const struct want_rule *)b)->policy);
}

struct wants *compile(const struct cfg *cfg, const struct trust_files *trusts,
		      const struct compile_names *names, struct refs *refs)
{
	struct wants *w = calloc(1, sizeof(*w));
	const struct cfg_map *map;
	const struct cfg_if *i;

	if (!w)
		return NULL;
	w->cfg = cfg;
	if (has_tunnels(cfg)) {
		w->own = cfg_copy(cfg);
		if (!w->own || cfg_tunnel_maps(w->own)) {
			wants_free(w);
			return NULL;
		}
		w->cfg = w->own;
	}
	cfg = w->cfg;
	w->trusts = trusts;
	w->names = names;
	cfg_for_each(i, &cfg->interfaces) add_interface(w, i);
	want_profiles(w, refs);
	cfg_for_each(map, &cfg->maps) add_map(w, refs, map);
	if (w->is_bad) {
		wants_free(w);
		return NULL;
	}
	if (w->n_rules)
		qsort(w->rules, w->n_rules, sizeof(*w->rules), by_place);
	return w;
}
