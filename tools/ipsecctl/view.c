// SPDX-License-Identifier: GPL-2.0-or-later
/* What the views show: bindings, their rules, and the SAs of these. */
#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/names.h"
#include "../lib/rtnl.h"
#include "../lib/rule.h"
#include "print.h"

/* Room for one more element; false when there is no memory. */
static bool grow(void **p, uint32_t n, size_t size)
{
	void *new;

	if (n && (n & (n - 1)))
		return true;
	new = realloc(*p, (n ? 2 * (size_t)n : 1) * size);
	if (new)
		*p = new;
	return new;
}

/* Is it one of the rule's, or may any be? */
static bool is_of(const struct policy *p, const struct addr *peer)
{
	uint32_t i;

	for (i = 0; i < p->n_peers; i++)
		if (addr_eq(&p->peer[i], peer))
			return true;
	return !p->n_peers ||
	       (HAS(p, POLICY_OUT_REMOTE) && addr_eq(&p->out_remote, peer));
}

static int collect_policies(struct gnl *g, struct view *v,
			    const struct addr *peer, struct gnl_dump *d)
{
	struct policy none = { 0 }, p;
	int err = gnl_policy_dump(g, &none, d);

	if (err)
		return err;
	while (gnl_policy_next(d, &p)) {
		/* A change that waits for its commit is not in force. */
		if (HAS(&p, POLICY_STAGED) || (peer && !is_of(&p, peer)))
			continue;
		if (!grow((void **)&v->policy, v->n_policies, sizeof(p)))
			return -ENOMEM;
		v->policy[v->n_policies++] = p;
	}
	return 0;
}

/* A rule with several peers shows its SAs, whoever they are with. */
static bool is_alone(const struct view *v)
{
	uint32_t i;

	for (i = 0; i < v->n_policies; i++)
		if (v->policy[i].n_peers > 1)
			return false;
	return true;
}

static int collect_sas(struct gnl *g, struct view *v, const struct addr *peer,
		       struct gnl_dump *d)
{
	struct view_sa s = { 0 };
	struct sa which = { 0 };
	int err;

	if (peer && is_alone(v)) {
		which.remote = *peer;
		PUT(&which, SA_REMOTE);
	}
	err = gnl_sa_dump(g, &which, d);
	if (err)
		return err;
	while (gnl_sa_next(d, &s.sa)) {
		if (!grow((void **)&v->sa, v->n_sas, sizeof(s)))
			return -ENOMEM;
		v->sa[v->n_sas++] = s;
	}
	return 0;
}

static void set_fvrf(struct rtnl *r, struct view_binding *b)
{
	uint32_t vrf, table;

	*b->fvrf = '\0';
	if (r && rtnl_vrf(r, b->ifname, &vrf, &table))
		print_ifname(vrf, b->fvrf, sizeof(b->fvrf));
}

static int read_bindings(struct gnl *g, struct view *v, struct rtnl *r,
			 struct gnl_dump *d)
{
	struct view_binding b = { 0 };
	struct map none = { 0 };
	int err = gnl_map_dump(g, &none, d);

	if (err)
		return err;
	while (gnl_map_next(d, &b.map)) {
		if (!b.map.ifindex)
			continue;
		print_ifname(b.map.ifindex, b.ifname, sizeof(b.ifname));
		set_fvrf(r, &b);
		if (!grow((void **)&v->binding, v->n_bindings, sizeof(b)))
			return -ENOMEM;
		v->binding[v->n_bindings++] = b;
	}
	return 0;
}

static int collect_bindings(struct gnl *g, struct view *v, struct gnl_dump *d)
{
	struct rtnl *r = rtnl_open();
	int err = read_bindings(g, v, r, d);

	rtnl_close(r);
	return err;
}

int view_collect(struct gnl *g, struct view *v)
{
	return view_collect_peer(g, v, NULL);
}

int view_collect_peer(struct gnl *g, struct view *v, const struct addr *peer)
{
	struct gnl_dump d = { 0 };
	int err;

	memset(v, 0, sizeof(*v));
	err = collect_bindings(g, v, &d);
	if (!err)
		err = collect_policies(g, v, peer, &d);
	if (!err)
		err = collect_sas(g, v, peer, &d);
	if (!err)
		err = view_link(v);
	gnl_dump_free(&d);
	if (err)
		view_free(v);
	return err;
}

/* --- what belongs together --------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct view_sa *x = a, *y = b;

	return x->sa.id < y->sa.id ? -1 : x->sa.id > y->sa.id;
}

static int by_policy(const void *a, const void *b)
{
	const struct view_sa *x = *(struct view_sa *const *)a;
	const struct view_sa *y = *(struct view_sa *const *)b;

	if (x->sa.policy != y->sa.policy)
		return x->sa.policy < y->sa.policy ? -1 : 1;
	if (x->sa.dir != y->sa.dir)
		return x->sa.dir < y->sa.dir ? -1 : 1;
	return by_id(y, x);
}

static int by_place(const void *a, const void *b)
{
	return rule_cmp(a, b);
}

/* The first SA of a rule and direction in the sorted list. */
static uint32_t find_sas(const struct view *v, uint32_t policy, uint8_t dir,
			 uint32_t *n)
{
	uint32_t lo = 0, hi = v->n_linked, end;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		const struct sa *sa = &v->by_policy[mid]->sa;

		if (sa->policy < policy ||
		    (sa->policy == policy && sa->dir < dir))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < v->n_linked; end++)
		if (v->by_policy[end]->sa.policy != policy ||
		    v->by_policy[end]->sa.dir != dir)
			break;
	*n = end - lo;
	return lo;
}

static void set_roles(struct view_sa **list, uint32_t n, uint32_t current)
{
	uint32_t i, id = 0;

	for (i = 0; i < n; i++)
		if (list[i]->sa.spi == current)
			id = list[i]->sa.id;
	for (i = 0; i < n; i++) {
		if (list[i]->sa.spi == current || !id)
			list[i]->role = ROLE_CURRENT;
		else
			list[i]->role = list[i]->sa.id < id ? ROLE_REPLACED :
							      ROLE_NEXT;
	}
}

static bool has_auth(const struct sa *sa)
{
	return sa->integ || names_is_aead(sa->cipher);
}

/* Both of a pair end together, and are protected alike. */
static void join_pair(struct view_sa *in, struct view_sa *out)
{
	uint64_t age = in->age > out->age ? in->age : out->age;

	in->age = age;
	out->age = age;
	out->window = in->window;
	out->has_replay = out->window && has_auth(&out->sa);
}

static void join_pairs(struct view_flow *f)
{
	uint32_t i, k;

	for (i = 0; i < f->n_out; i++)
		for (k = 0; k < f->n_in; k++)
			if (f->in[k]->sa.spi == f->out[i]->sa.pair &&
			    f->in[k]->sa.proto == f->out[i]->sa.proto)
				join_pair(f->in[k], f->out[i]);
}

static void link_flow(struct view *v, const struct policy *p,
		      struct view_flow *f)
{
	uint32_t i, pair = 0;

	f->policy = p;
	f->in = v->by_policy + find_sas(v, p->id, DIR_IN, &f->n_in);
	f->out = v->by_policy + find_sas(v, p->id, DIR_OUT, &f->n_out);
	f->has_pairs = f->n_in > 1 || f->n_out > 1;
	for (i = 0; i < f->n_out; i++)
		if (f->out[i]->sa.spi == p->out_spi)
			pair = f->out[i]->sa.pair;
	set_roles(f->out, f->n_out, p->out_spi);
	set_roles(f->in, f->n_in, pair);
	join_pairs(f);
}

static bool link_binding(struct view *v, struct view_binding *b)
{
	uint32_t i;

	for (i = 0; i < v->n_policies; i++) {
		if (strcmp(v->policy[i].map, b->map.name))
			continue;
		if (!grow((void **)&b->flow, b->n, sizeof(*b->flow)))
			return false;
		memset(&b->flow[b->n], 0, sizeof(*b->flow));
		link_flow(v, &v->policy[i], &b->flow[b->n++]);
	}
	return true;
}

static const struct policy *find_policy(const struct view *v, uint32_t id)
{
	uint32_t i;

	for (i = 0; id && i < v->n_policies; i++)
		if (v->policy[i].id == id)
			return &v->policy[i];
	return NULL;
}

int view_link(struct view *v)
{
	uint32_t i;

	if (v->n_policies)
		qsort(v->policy, v->n_policies, sizeof(*v->policy), by_place);
	if (v->n_sas)
		qsort(v->sa, v->n_sas, sizeof(*v->sa), by_id);
	v->by_policy = calloc(v->n_sas + 1, sizeof(*v->by_policy));
	if (!v->by_policy)
		return -ENOMEM;
	for (i = 0; i < v->n_sas; i++) {
		struct view_sa *s = &v->sa[i];

		/* A reserved SPI is not an SA yet. */
		if (s->sa.state != STATE_LARVAL)
			v->by_policy[v->n_linked++] = s;
		s->window = s->sa.replay_window;
		s->has_replay = s->window && has_auth(&s->sa);
		s->role = ROLE_CURRENT;
		s->age = s->sa.age;
		s->used = s->sa.dir == DIR_OUT ? s->sa.stats.out_bytes :
						 s->sa.stats.in_bytes;
	}
	qsort(v->by_policy, v->n_linked, sizeof(*v->by_policy), by_policy);
	for (i = 0; i < v->n_linked; i++) {
		struct view_sa *s = v->by_policy[i];

		/* Neighbours mostly serve the same rule. */
		if (i && v->by_policy[i - 1]->sa.policy == s->sa.policy)
			s->policy = v->by_policy[i - 1]->policy;
		else
			s->policy = find_policy(v, s->sa.policy);
	}
	for (i = 0; i < v->n_bindings; i++)
		if (!link_binding(v, &v->binding[i]))
			return -ENOMEM;
	return 0;
}

const char *view_sa_vrf(const struct sa *sa, bool front, char buf[IF_NAMESIZE])
{
	uint32_t vrf = !front && HAS(sa, SA_IVRF) ? sa->ivrf : sa->fvrf;

	*buf = '\0';
	return vrf ? print_ifname(vrf, buf, IF_NAMESIZE) : buf;
}

const char *view_ivrf(const struct view_binding *b, const struct view_flow *f,
		      char buf[IF_NAMESIZE])
{
	const struct sa *sa = view_current_sa(f);

	if (HAS(f->policy, POLICY_IVRF))
		return print_ifname(f->policy->ivrf, buf, IF_NAMESIZE);
	if (sa && HAS(sa, SA_IVRF))
		return view_sa_vrf(sa, false, buf);
	return b->fvrf;
}

bool view_is_vrf(const char *vrf, const char *want)
{
	return !want || !strcmp(*vrf ? vrf : "Global", want);
}

bool view_has_peer(const struct view_flow *f, const struct addr *peer)
{
	uint32_t i;

	for (i = 0; i < f->policy->n_peers; i++)
		if (addr_eq(&f->policy->peer[i], peer))
			return true;
	for (i = 0; i < f->n_out; i++)
		if (addr_eq(&f->out[i]->sa.remote, peer))
			return true;
	for (i = 0; i < f->n_in; i++)
		if (addr_eq(&f->in[i]->sa.remote, peer))
			return true;
	return false;
}

const struct sa *view_current_sa(const struct view_flow *f)
{
	uint32_t i;

	for (i = 0; i < f->n_out; i++)
		if (f->out[i]->role == ROLE_CURRENT && f->policy->out_spi)
			return &f->out[i]->sa;
	if (f->n_out)
		return &f->out[0]->sa;
	return f->n_in ? &f->in[0]->sa : NULL;
}

void view_flow_ends(const struct view_binding *b, const struct view_flow *f,
		    struct addr *local, struct addr *remote)
{
	const struct policy *p = f->policy;
	const struct sa *sa = view_current_sa(f);
	static const struct addr zero = { .family = AF_INET };

	*remote = HAS(p, POLICY_OUT_REMOTE) && p->out_spi ? p->out_remote :
		  p->n_peers				  ? p->peer[0] :
		  sa					  ? sa->remote :
							    zero;
	if (sa)
		*local = sa->local;
	else
		*local = remote->family == zero.family ? b->map.local4 :
							 b->map.local6;
	if (!local->family)
		*local = zero;
}

void view_free(struct view *v)
{
	uint32_t i;

	for (i = 0; i < v->n_bindings; i++)
		free(v->binding[i].flow);
	free(v->binding);
	free(v->policy);
	free(v->sa);
	free(v->by_policy);
	memset(v, 0, sizeof(*v));
}
