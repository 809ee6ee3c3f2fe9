// SPDX-License-Identifier: GPL-2.0-or-later
/* SAs of crypto map entries whose keys are configured, in the kernel. */
#include "manual.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cfg_policy.h"
#include "../lib/gnl.h"
#include "../lib/handling.h"
#include "../lib/log.h"
#include "compile.h"
#include "krn_run.h"
#include "local.h"

struct manual {
	uint32_t rule;
	struct cfg_manual sas;
	bool is_wanted, is_there;
};

struct manuals {
	struct manual *v;
	size_t n, cap;
};

struct manuals *manuals_new(void)
{
	return calloc(1, sizeof(struct manuals));
}

static void clear(struct manuals *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		cfg_manual_free(&m->v[i].sas);
	free(m->v);
	*m = (struct manuals){ 0 };
}

void manuals_free(struct manuals *m)
{
	if (!m)
		return;
	clear(m);
	free(m);
}

static struct manual *one_more(struct manuals *m)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? 2 * m->cap : 8;
		struct manual *v = realloc(m->v, cap * sizeof(*v));

		if (!v)
			return NULL;
		m->v = v;
		m->cap = cap;
	}
	return memset(&m->v[m->n++], 0, sizeof(*m->v));
}

/* --- what is wanted ---------------------------------------------------- */

/* Only one line of the access list of such an entry is protected. */
static const struct want_rule *rule_of(const struct wants *w, const char *map,
				       uint32_t seq)
{
	size_t i;

	for (i = 0; i < w->n_rules; i++) {
		const struct want_rule *r = &w->rules[i];

		if (!strcmp(r->policy.map, map) && r->policy.seq == seq &&
		    r->policy.action == ACTION_PROTECT)
			return r;
	}
	return NULL;
}

static bool is_host(const struct selector *s, bool dst, const struct addr *a)
{
	const struct addr *mask = dst ? &s->dst_mask : &s->src_mask;

	return HAS(s, dst ? SEL_DST_MASK : SEL_SRC_MASK) &&
	       addr_mask_len(mask) == (int)(8 * addr_len(a->family)) &&
	       addr_eq(dst ? &s->dst : &s->src, a);
}

/* What the entry itself does not say, the rule and the whole do. */
static void complete(struct sa *sa, const struct wants *w,
		     const struct want_rule *r, const struct cfg_manual *pair)
{
	const struct selector *sel = &r->policy.sel;
	bool is_in = sa->dir == DIR_IN;
	struct sa_handling how;

	sa->policy = r->id;
	PUT(sa, SA_POLICY);
	sa->fvrf = want_front(w, r->policy.map);
	PUT(sa, SA_FVRF);
	/* Only between the gateways themselves; else tunnel mode is meant. */
	if (!is_host(sel, false, &sa->local) ||
	    !is_host(sel, true, &sa->remote))
		sa->mode = MODE_TUNNEL;
	sa->sel[0] = is_in ? krn_mirror(sel) : *sel;
	sa->n_sel = 1;
	PUT(sa, SA_SELECTOR);
	how = cfg_map_handling(w->cfg, r->policy.map);
	handling_set(sa, &how);
	if (is_in) {
		/* Fixed keys have no check of replays (RFC 4303 2.2). */
		sa->replay_window = 0;
		PUT(sa, SA_REPLAY_WINDOW);
		return;
	}
	sa->pair = pair->in.spi;
	PUT(sa, SA_PAIR);
}

/* False while the interface has no address. */
static bool want_entry(struct manuals *m, const struct wants *w,
		       const struct cfg_map *map, const struct cfg_entry *e)
{
	const struct want_rule *r = rule_of(w, map->obj.name, e->obj.num);
	const struct cfg_set_peer *peer = (const void *)e->peers.first;
	struct addr local = { .family = peer ? peer->addr.family : 0 };
	struct manual *man;
	const char *why;

	if (!r || !r->id)
		return true;
	if (local.family &&
	    !local_of_map(w, map->obj.name, local.family, &local))
		return false;
	man = one_more(m);
	if (!man) {
		log_error("crypto map %s %u: out of memory", map->obj.name,
			  e->obj.num);
		return true;
	}
	man->rule = r->id;
	why = cfg_manual_build(&man->sas, w->cfg, e, &local);
	if (why) {
		log_warn("crypto map %s %u: %s", map->obj.name, e->obj.num,
			 why);
		cfg_manual_free(&man->sas);
		m->n--;
		return true;
	}
	complete(&man->sas.in, w, r, &man->sas);
	complete(&man->sas.out, w, r, &man->sas);
	return true;
}

static unsigned int want_all(struct manuals *m, const struct wants *w)
{
	const struct cfg_map *map;
	const struct cfg_entry *e;
	unsigned int waiting = 0;

	cfg_for_each(map, &w->cfg->maps) cfg_for_each(e, &map->entries)
	{
		if (e->type == CFG_MAP_MANUAL && !cfg_entry_inactive(w->cfg, e))
			waiting += !want_entry(m, w, map, e);
	}
	return waiting;
}

/* --- difference -------------------------------------------------------- */

static bool same_sa(const struct sa *a, const struct sa *b)
{
	return a->spi == b->spi && a->proto == b->proto && a->mode == b->mode &&
	       a->cipher == b->cipher && a->integ == b->integ &&
	       a->df == b->df && a->fvrf == b->fvrf && a->flags == b->flags &&
	       a->mss == b->mss && addr_eq(&a->local, &b->local) &&
	       addr_eq(&a->remote, &b->remote);
}

static bool is_same(const struct manual *a, const struct manual *b)
{
	int i;

	if (a->rule != b->rule || !same_sa(&a->sas.in, &b->sas.in) ||
	    !same_sa(&a->sas.out, &b->sas.out))
		return false;
	for (i = 0; i < 4; i++)
		if (!secret_equal(&a->sas.key[i], &b->sas.key[i]))
			return false;
	return true;
}

static void take_over(struct manuals *old, struct manuals *new)
{
	size_t i, j;

	for (i = 0; i < new->n; i++) {
		for (j = 0; j < old->n; j++) {
			if (!old->v[j].is_there ||
			    !is_same(&new->v[i], &old->v[j]))
				continue;
			new->v[i].is_there = true;
			old->v[j].is_wanted = true;
		}
	}
}

static int del_sa(struct gnl *g, const struct sa *sa)
{
	struct sa key = {
		.spi = sa->spi,
		.proto = sa->proto,
		.dir = sa->dir,
		.remote = sa->remote,
	};

	PUT(&key, SA_SPI);
	PUT(&key, SA_PROTO);
	PUT(&key, SA_DIR);
	PUT(&key, SA_REMOTE);
	return gnl_sa_del(g, &key);
}

static int add_sa(struct gnl *g, const struct sa *sa)
{
	struct sa reply;
	int err = gnl_sa_add(g, sa, &reply);

	/* It is from an earlier run, and may have other keys. */
	if (err == -EEXIST && !del_sa(g, sa))
		err = gnl_sa_add(g, sa, &reply);
	return err;
}

static void add_pair(struct gnl *g, struct manual *man)
{
	const struct cfg_manual *s = &man->sas;
	char peer[ADDR_STR];
	int err = add_sa(g, &s->in);

	if (!err) {
		err = add_sa(g, &s->out);
		if (err)
			del_sa(g, &s->in);
	}
	man->is_there = !err;
	if (err)
		log_error(
			"the module refuses the SAs with fixed keys for %s: %s",
			addr_fmt(&s->out.remote, peer), gnl_error(g));
}

unsigned int manuals_apply(struct manuals *m, struct gnl *g,
			   const struct wants *w)
{
	struct manuals new = { 0 };
	unsigned int waiting = want_all(&new, w);
	size_t i;

	take_over(m, &new);
	for (i = 0; i < m->n; i++) {
		if (m->v[i].is_wanted || !m->v[i].is_there)
			continue;
		/* Those whose rule is gone have gone with it. */
		del_sa(g, &m->v[i].sas.in);
		del_sa(g, &m->v[i].sas.out);
	}
	for (i = 0; i < new.n; i++)
		if (!new.v[i].is_there)
			add_pair(g, &new.v[i]);
	clear(m);
	*m = new;
	return waiting;
}
