// SPDX-License-Identifier: GPL-2.0-or-later
/* Choose from what a peer offers, check what it answers, say why not. */
#include "proposal_match.h"

#include "attr.h"

static uint32_t lower(uint32_t a, uint32_t b)
{
	/* 0 is "none said": a peer that echoes 0 does not mean at once. */
	return !a || (b && b < a) ? b : a;
}

/* Keep the nearest miss; the first of those that are equally near. */
static bool is_nearer(const struct ike_explain *x, enum ike_diff diff)
{
	return x->diff < diff;
}

static void differ(struct ike_explain *x, enum ike_diff diff, uint32_t offered,
		   uint32_t ours)
{
	x->diff = diff;
	x->offered = offered;
	x->ours = ours;
}

static void explain_start(struct ike_explain *x, uint8_t phase,
			  const struct ike_sa_offer *o, unsigned int n)
{
	memset(x, 0, sizeof(*x));
	x->phase = phase;
	x->n_offers = o->n_tf;
	x->n_policies = n;
	if (!n)
		x->diff = IKE_DIFF_NO_POLICY;
	else if (!o->n_tf)
		x->diff = IKE_DIFF_NO_OFFER;
}

/* One pair of values that have to be equal, in the order of comparison. */
struct pair {
	enum ike_diff diff;
	uint32_t offered, ours;
};

static enum ike_diff first_difference(const struct pair *p, unsigned int n,
				      struct ike_explain *x)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (p[i].offered != p[i].ours) {
			differ(x, p[i].diff, p[i].offered, p[i].ours);
			return p[i].diff;
		}
	}
	return IKE_DIFF_NONE;
}

/* A longer life than ours is a difference only when asked for. */
static void life_pair(struct pair *p, uint32_t offered, uint32_t ours,
		      bool strict)
{
	*p = (struct pair){ IKE_DIFF_LIFE, offered, ours };
	if (!strict || !ours || (offered && offered <= ours))
		p->offered = ours;
}

static enum ike_diff diff_p1(const struct ike_transform *t,
			     const struct ike_p1_policy *pol, bool strict_life,
			     struct ike_explain *x)
{
	const struct ike_p1_policy *o = &t->p1;
	struct pair p[] = {
		{ IKE_DIFF_ATTR, t->unknown, 0 },
		{ IKE_DIFF_TRANSFORM, t->id, IKE_TRANSFORM_KEY_IKE },
		{ IKE_DIFF_ENCR, o->encr, pol->encr },
		{ IKE_DIFF_KEYLEN, o->keylen, pol->keylen },
		{ IKE_DIFF_HASH, o->hash, pol->hash },
		{ IKE_DIFF_AUTH, o->auth, pol->auth },
		{ IKE_DIFF_GROUP, o->group, pol->group },
		{ IKE_DIFF_LIFE, 0, 0 },
	};

	life_pair(&p[7], o->seconds, pol->seconds, strict_life);
	return first_difference(p, sizeof(p) / sizeof(p[0]), x);
}

enum ike_diff proposal_diff_p1(const struct ike_transform *t,
			       const struct ike_p1_policy *pol)
{
	struct ike_explain x;

	return diff_p1(t, pol, false, &x);
}

static void choose_p1(struct ike_p1_choice *c, const struct ike_proposal *prop,
		      const struct ike_transform *t,
		      const struct ike_p1_policy *pol, unsigned int index)
{
	c->policy = index;
	c->prop = prop;
	c->tf = t;
	c->offered = t->p1;
	c->agreed = *pol;
	c->agreed.seconds = lower(t->p1.seconds, pol->seconds);
	c->agreed.kbytes = lower(t->p1.kbytes, pol->kbytes);
}

/* Hold every offer against one policy. */
static bool try_p1(const struct ike_sa_offer *o,
		   const struct ike_p1_policy *pol, unsigned int index,
		   bool strict_life, struct ike_p1_choice *c,
		   struct ike_explain *x)
{
	struct ike_explain now = { 0 };
	unsigned int i, k;

	for (i = 0; i < o->n_prop; i++) {
		const struct ike_proposal *prop = &o->prop[i];

		for (k = prop->first; k < prop->first + prop->n; k++) {
			const struct ike_transform *t = &o->tf[k];
			enum ike_diff d = diff_p1(t, pol, strict_life, &now);

			if (d == IKE_DIFF_NONE) {
				choose_p1(c, prop, t, pol, index);
				return true;
			}
			if (!is_nearer(x, d))
				continue;
			differ(x, d, now.offered, now.ours);
			x->policy = index;
			x->proposal = prop->number;
			x->transform = t->number;
			x->p1 = t->p1;
			x->p1_ours = *pol;
		}
	}
	return false;
}

int proposal_match_p1(const struct ike_sa_offer *o,
		      const struct ike_p1_policy *pol, unsigned int n,
		      const struct ike_match_opts *opt, struct ike_p1_choice *c,
		      struct ike_explain *x)
{
	unsigned int i;

	explain_start(x, 1, o, n);
	for (i = 0; i < n; i++) {
		if (try_p1(o, &pol[i], i, opt->strict_life, c, x)) {
			x->diff = IKE_DIFF_NONE;
			return 0;
		}
	}
	return IKE_N_NO_PROPOSAL_CHOSEN;
}

int proposal_check_p1(const struct ike_sa_offer *o,
		      const struct ike_p1_policy *pol, unsigned int n,
		      struct ike_p1_choice *c, struct ike_explain *x)
{
	static const struct ike_match_opts opt;

	explain_start(x, 1, o, n);
	if (o->n_prop != 1 || o->n_tf != 1) {
		x->diff = IKE_DIFF_SYNTAX;
		return IKE_N_BAD_PROPOSAL_SYNTAX;
	}
	return proposal_match_p1(o, pol, n, &opt, c, x);
}

static uint16_t encap_on_wire(uint16_t encap, uint16_t udp)
{
	/* 3 and 61443 are "tunnel", the number behind each "transport". */
	return udp ? udp + (encap - IKE_ENCAP_TUNNEL) : encap;
}

unsigned int proposal_parts(const struct ike_p2_policy *p, uint16_t encap_udp,
			    struct p2_part part[3])
{
	struct ike_p2_attrs a = { .encap = encap_on_wire(p->encap, encap_udp),
				  .group = p->group,
				  .seconds = p->seconds,
				  .kbytes = p->kbytes };
	unsigned int n = 0;

	if (p->ah) {
		part[n] = (struct p2_part){ IKE_PROTO_AH, p->ah, a };
		part[n++].attrs.auth = p->ah_auth;
	}
	if (p->esp) {
		part[n] = (struct p2_part){ IKE_PROTO_ESP, p->esp, a };
		part[n].attrs.auth = p->esp_auth;
		part[n++].attrs.keylen = p->esp_keylen;
	}
	if (p->ipcomp)
		part[n++] = (struct p2_part){ IKE_PROTO_IPCOMP, p->ipcomp, a };
	return n;
}

struct bytes proposal_spi_bytes(uint8_t protocol, const struct ike_p2_spis *s,
				size_t size, uint8_t buf[4])
{
	bool short_cpi = protocol == IKE_PROTO_IPCOMP && size != 4;

	put_be32(buf, protocol == IKE_PROTO_IPCOMP ? s->cpi :
		      protocol == IKE_PROTO_AH	   ? s->ah :
						     s->esp);
	return short_cpi ? bytes_of(buf + 2, 2) : bytes_of(buf, 4);
}

static void note_spi(struct ike_p2_spis *s, const struct ike_proposal *p)
{
	if (p->protocol == IKE_PROTO_IPCOMP)
		s->cpi = get_be16(p->spi.p + p->spi.len - 2);
	else if (p->protocol == IKE_PROTO_AH)
		s->ah = get_be32(p->spi.p);
	else
		s->esp = get_be32(p->spi.p);
}

/* What the peer's group is held against: with none of ours, any we can do. */
static uint32_t want_group(uint16_t offered, uint16_t ours, bool strict)
{
	return !ours && !strict && attr_group_ok(offered) ? offered : ours;
}

/* Mode not said: tunnel (RFC 2407, 4.5 leaves it to the host). */
static uint16_t offered_encap(const struct ike_p2_attrs *o,
			      const struct p2_part *w)
{
	if (o->encap)
		return o->encap;
	return w->protocol == IKE_PROTO_IPCOMP ? w->attrs.encap :
						 IKE_ENCAP_TUNNEL;
}

static enum ike_diff diff_p2(const struct ike_transform *t,
			     const struct p2_part *w,
			     const struct ike_match_opts *opt,
			     struct ike_explain *x)
{
	const struct ike_p2_attrs *o = &t->p2;
	struct pair p[] = {
		{ IKE_DIFF_ATTR, t->unknown, 0 },
		{ IKE_DIFF_TRANSFORM, t->id, w->transform },
		{ IKE_DIFF_KEYLEN, o->keylen, w->attrs.keylen },
		{ IKE_DIFF_AUTH, o->auth, w->attrs.auth },
		{ IKE_DIFF_GROUP, o->group,
		  want_group(o->group, w->attrs.group, opt->strict_pfs) },
		{ IKE_DIFF_ENCAP, offered_encap(o, w), w->attrs.encap },
		{ IKE_DIFF_ESN, o->esn, w->attrs.esn },
		{ IKE_DIFF_LIFE, 0, 0 },
		{ IKE_DIFF_LIFE, 0, 0 },
	};

	life_pair(&p[7], o->seconds, w->attrs.seconds, opt->strict_life);
	life_pair(&p[8], o->kbytes, w->attrs.kbytes,
		  opt->strict_life && o->kbytes);
	return first_difference(p, sizeof(p) / sizeof(p[0]), x);
}

/* A phase 2 comparison: one policy against one group of proposals. */
struct attempt {
	const struct ike_sa_offer *o;
	const struct ike_p2_policy *pol;
	unsigned int index; /* of the policy */
	unsigned int first, n; /* proposals with the same number */
	const struct ike_match_opts *opt;
};

/* The offer as a policy, for people: one transform of each protocol. */
static void shown_offer(const struct attempt *a, unsigned int prop,
			const struct ike_transform *t, struct ike_p2_policy *p)
{
	unsigned int i;

	memset(p, 0, sizeof(*p));
	for (i = a->first; i < a->first + a->n; i++) {
		const struct ike_proposal *q = &a->o->prop[i];
		const struct ike_transform *u = i == prop ? t :
							    &a->o->tf[q->first];

		if (q->protocol == IKE_PROTO_AH) {
			p->ah = u->id;
			p->ah_auth = u->p2.auth;
		} else if (q->protocol == IKE_PROTO_ESP) {
			p->esp = u->id;
			p->esp_keylen = u->p2.keylen;
			p->esp_auth = u->p2.auth;
		} else {
			p->ipcomp = u->id;
		}
	}
	p->encap = t->p2.encap;
	p->group = t->p2.group;
	p->seconds = t->p2.seconds;
	p->kbytes = t->p2.kbytes;
}

static void miss(const struct attempt *a, unsigned int prop,
		 const struct ike_transform *t, struct ike_explain *x)
{
	x->policy = a->index;
	x->proposal = a->o->prop[prop].number;
	x->transform = t->number;
	x->p2_ours = *a->pol;
	shown_offer(a, prop, t, &x->p2);
}

/* The first transform of proposal @prop that is what @w wants. */
static const struct ike_transform *find_transform(const struct attempt *a,
						  unsigned int prop,
						  const struct p2_part *w,
						  struct ike_explain *x)
{
	const struct ike_proposal *p = &a->o->prop[prop];
	struct ike_explain now = { 0 };
	unsigned int k;

	for (k = p->first; k < p->first + p->n; k++) {
		const struct ike_transform *t = &a->o->tf[k];
		enum ike_diff d = diff_p2(t, w, a->opt, &now);

		if (d == IKE_DIFF_NONE)
			return t;
		if (!is_nearer(x, d))
			continue;
		differ(x, d, now.offered, now.ours);
		miss(a, prop, t, x);
	}
	return NULL;
}

static const struct p2_part *part_of(const struct p2_part *part, unsigned int n,
				     uint8_t protocol)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (part[i].protocol == protocol)
			return &part[i];
	return NULL;
}

/* Protocols of the group and of the policy as bits, for the explanation. */
static bool same_protocols(const struct attempt *a, const struct p2_part *part,
			   unsigned int n, struct ike_explain *x)
{
	uint32_t theirs = 0, ours = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		ours |= 1u << part[i].protocol;
	for (i = a->first; i < a->first + a->n; i++)
		theirs |= 1u << a->o->prop[i].protocol;
	if (theirs == ours)
		return true;
	if (is_nearer(x, IKE_DIFF_PROTOCOL)) {
		differ(x, IKE_DIFF_PROTOCOL, theirs, ours);
		miss(a, a->first, &a->o->tf[a->o->prop[a->first].first], x);
	}
	return false;
}

/* Fill @c from the transforms found; false if they disagree on the group. */
static bool choose_p2(const struct attempt *a, struct ike_p2_choice *c)
{
	struct ike_p2_policy *g = &c->agreed;
	unsigned int i;

	*g = *a->pol;
	c->policy = a->index;
	c->n = a->n;
	c->offered = c->tf[0]->p2;
	for (i = 0; i < c->n; i++) {
		const struct ike_p2_attrs *o = &c->tf[i]->p2;

		if (o->group != c->offered.group)
			return false;
		c->prop[i] = &a->o->prop[a->first + i];
		note_spi(&c->spis, c->prop[i]);
		c->offered.seconds = lower(c->offered.seconds, o->seconds);
		c->offered.kbytes = lower(c->offered.kbytes, o->kbytes);
		if (o->encap)
			c->encap = o->encap;
	}
	if (!c->encap)
		c->encap = IKE_ENCAP_TUNNEL;
	g->group = c->offered.group;
	g->seconds = lower(c->offered.seconds, g->seconds);
	g->kbytes = lower(c->offered.kbytes, g->kbytes);
	return true;
}

static bool try_p2(const struct attempt *a, struct ike_p2_choice *c,
		   struct ike_explain *x)
{
	struct p2_part part[3];
	unsigned int parts = proposal_parts(a->pol, a->opt->encap_udp, part);
	unsigned int i;

	memset(c, 0, sizeof(*c));
	if (!same_protocols(a, part, parts, x))
		return false;
	for (i = 0; i < a->n; i++) {
		unsigned int prop = a->first + i;
		const struct p2_part *w =
			part_of(part, parts, a->o->prop[prop].protocol);

		c->tf[i] = find_transform(a, prop, w, x);
		if (!c->tf[i])
			return false;
	}
	if (choose_p2(a, c))
		return true;
	if (is_nearer(x, IKE_DIFF_GROUP)) {
		differ(x, IKE_DIFF_GROUP, c->offered.group, a->pol->group);
		miss(a, a->first, c->tf[0], x);
	}
	return false;
}

int proposal_match_p2(const struct ike_sa_offer *o,
		      const struct ike_p2_policy *pol, unsigned int n,
		      const struct ike_match_opts *opt, struct ike_p2_choice *c,
		      struct ike_explain *x)
{
	struct attempt a = { .o = o, .opt = opt };

	explain_start(x, 2, o, n);
	for (a.index = 0; a.index < n; a.index++) {
		a.pol = &pol[a.index];
		for (a.first = 0; a.first < o->n_prop; a.first += a.n) {
			uint8_t number = o->prop[a.first].number;

			a.n = 1;
			while (a.first + a.n < o->n_prop &&
			       o->prop[a.first + a.n].number == number)
				a.n++;
			if (try_p2(&a, c, x)) {
				x->diff = IKE_DIFF_NONE;
				return 0;
			}
		}
	}
	return IKE_N_NO_PROPOSAL_CHOSEN;
}

int proposal_check_p2(const struct ike_sa_offer *o,
		      const struct ike_p2_policy *pol, unsigned int n,
		      uint16_t encap_udp, struct ike_p2_choice *c,
		      struct ike_explain *x)
{
	struct ike_match_opts opt = { .strict_pfs = true,
				      .encap_udp = encap_udp };
	unsigned int i;

	explain_start(x, 2, o, n);
	for (i = 0; i < o->n_prop; i++) {
		if (o->prop[i].n != 1 ||
		    o->prop[i].number != o->prop[0].number) {
			x->diff = IKE_DIFF_SYNTAX;
			return IKE_N_BAD_PROPOSAL_SYNTAX;
		}
	}
	return proposal_match_p2(o, pol, n, &opt, c, x);
}
