// SPDX-License-Identifier: GPL-2.0-or-later
/* Bring the kernel from what one configuration wants to what another wants. */
#include "apply.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/gnl.h"
#include "../lib/log.h"
#include "../lib/rule.h"
#include "compile.h"
#include "instance.h"
#include "local.h"

/* --- rules ------------------------------------------------------------- */

static bool stage_add(struct gnl *g, struct want_rule *r)
{
	struct policy p = r->policy, reply;

	PUT(&p, POLICY_STAGED);
	if (p.ivrf)
		PUT(&p, POLICY_IVRF);
	if (gnl_policy_add(g, &p, &reply)) {
		log_error("crypto map %s %u, line %u: %s", p.map, p.seq,
			  p.index, gnl_error(g));
		return false;
	}
	r->id = reply.id;
	return true;
}

static bool stage_del(struct gnl *g, const struct want_rule *r)
{
	struct policy p = r->policy;

	p.set = 0;
	PUT(&p, POLICY_MAP);
	PUT(&p, POLICY_SEQ);
	PUT(&p, POLICY_INDEX);
	PUT(&p, POLICY_STAGED);
	if (!gnl_policy_del(g, &p))
		return true;
	log_error("crypto map %s %u, line %u: cannot remove it: %s", p.map,
		  p.seq, p.index, gnl_error(g));
	return false;
}

static bool commit(struct gnl *g, const char *name)
{
	struct map m = { 0 };

	snprintf(m.name, sizeof(m.name), "%s", name);
	PUT(&m, MAP_NAME);
	if (!gnl_map_commit(g, &m))
		return true;
	log_error("crypto map %s: %s", name, gnl_error(g));
	return false;
}

/* Stage that all rules of an earlier run go; those added again stay. */
static void stage_flush(struct gnl *g, const char *name)
{
	struct policy p = { 0 }, reply;

	snprintf(p.map, sizeof(p.map), "%s", name);
	PUT(&p, POLICY_MAP);
	PUT(&p, POLICY_STAGED);
	/* There is no such map the first time. */
	gnl_policy_flush(g, &p, &reply);
}

/* One map: rules [@i, @i_end) of @old become [@j, @j_end) of @new. */
struct range {
	size_t i, i_end, j, j_end;
};

static unsigned int apply_map(struct gnl *g, const struct wants *old,
			      struct wants *new, struct range r)
{
	const char *map = r.j < r.j_end ? new->rules[r.j].policy.map :
					  old->rules[r.i].policy.map;
	unsigned int bad = 0, changes = 0;

	if (!old) {
		stage_flush(g, map);
		instance_keep(g, map);
		changes++;
	}
	while (r.i < r.i_end || r.j < r.j_end) {
		int c = r.i == r.i_end ? 1 :
			r.j == r.j_end ? -1 :
					 rule_cmp(&old->rules[r.i].policy,
						  &new->rules[r.j].policy);

		if (!c && rule_same(&old->rules[r.i].policy,
				    &new->rules[r.j].policy)) {
			new->rules[r.j++].id = old->rules[r.i++].id;
			continue;
		}
		changes++;
		if (c < 0) {
			bad += !stage_del(g, &old->rules[r.i++]);
			continue;
		}
		bad += !stage_add(g, &new->rules[r.j++]);
		r.i += !c;
	}
	if (changes)
		bad += !commit(g, map);
	return bad;
}

static size_t end_of_map(const struct wants *w, size_t i)
{
	size_t end = i;

	while (end < w->n_rules &&
	       !strcmp(w->rules[end].policy.map, w->rules[i].policy.map))
		end++;
	return end;
}

/* The number of each rule goes to its flow, for the engine. */
static void tell_flows(struct wants *w)
{
	size_t i;

	for (i = 0; i < w->n_rules; i++)
		if (w->rules[i].flow != UINT32_MAX)
			w->flows[w->rules[i].flow].flow.rule = w->rules[i].id;
}

unsigned int apply_rules(struct gnl *g, const struct wants *old,
			 struct wants *new)
{
	size_t n_old = old ? old->n_rules : 0;
	struct range r = { 0 };
	unsigned int bad = 0;
	int c;

	while (r.i < n_old || r.j < new->n_rules) {
		c = r.i == n_old	? 1 :
		    r.j == new->n_rules ? -1 :
					  strcmp(old->rules[r.i].policy.map,
						 new->rules[r.j].policy.map);
		r.i_end = c <= 0 ? end_of_map(old, r.i) : r.i;
		r.j_end = c >= 0 ? end_of_map(new, r.j) : r.j;
		bad += apply_map(g, old, new, r);
		r.i = r.i_end;
		r.j = r.j_end;
	}
	tell_flows(new);
	return bad;
}

/* --- interfaces -------------------------------------------------------- */

static const struct want_bind *bind_of(const struct wants *w, const char *dev)
{
	size_t i;

	for (i = 0; w && i < w->n_binds; i++)
		if (!strcmp(w->binds[i].dev, dev))
			return &w->binds[i];
	return NULL;
}

/* "crypto map M local-address IF": the addresses of that interface. */
static void set_local(const struct wants *w, const char *name, struct map *m)
{
	const struct cfg_map *map = cfg_find(&w->cfg->maps, name);
	char dev[IF_NAMESIZE];

	if (!map)
		return;
	if (map->local.family == AF_INET) {
		m->local4 = map->local;
		PUT(m, MAP_LOCAL4);
	} else if (map->local.family == AF_INET6) {
		m->local6 = map->local;
		PUT(m, MAP_LOCAL6);
	}
	if (!map->local_if)
		return;
	local_device(w->cfg, map->local_if, dev);
	if (local_of_device(dev, AF_INET, &m->local4))
		PUT(m, MAP_LOCAL4);
	if (local_of_device(dev, AF_INET6, &m->local6))
		PUT(m, MAP_LOCAL6);
}

static bool is_bound(struct gnl *g, uint32_t ifindex, const char *name)
{
	struct gnl_dump d = { 0 };
	struct map m;
	bool found = false;

	if (gnl_map_dump(g, NULL, &d))
		return false;
	while (gnl_map_next(&d, &m))
		found |= HAS(&m, MAP_IFINDEX) && m.ifindex == ifindex &&
			 !strcmp(m.name, name);
	gnl_dump_free(&d);
	return found;
}

/*
 * The peer may have made some since the interface went; it takes no map with SAs,
 * as they would have been for another interface.
 */
static void flush_sas(struct gnl *g, const struct wants *w, const char *map)
{
	struct sa reply;
	size_t i;

	for (i = 0; i < w->n_rules; i++) {
		struct sa filter = { .policy = w->rules[i].id };

		PUT(&filter, SA_POLICY);
		/* Without a number all would go. */
		if (filter.policy && !strcmp(w->rules[i].policy.map, map))
			gnl_sa_flush(g, &filter, &reply);
	}
}

static bool bind_one(struct gnl *g, const struct wants *w,
		     const struct want_bind *b)
{
	struct map m = { .ifindex = if_nametoindex(b->dev) };

	if (!m.ifindex)
		return false;
	if (b->is_foreign || is_bound(g, m.ifindex, b->map))
		return true;
	snprintf(m.name, sizeof(m.name), "%s", b->map);
	PUT(&m, MAP_NAME);
	PUT(&m, MAP_IFINDEX);
	set_local(w, b->map, &m);
	if (b->tunnel)
		flush_sas(g, w, b->map);
	if (gnl_map_bind(g, &m))
		log_error("interface %s: crypto map %s: %s", b->dev, b->map,
			  gnl_error(g));
	return true;
}

static void unbind_one(struct gnl *g, const struct want_bind *b)
{
	struct map m = { .ifindex = if_nametoindex(b->dev) };

	PUT(&m, MAP_IFINDEX);
	if (m.ifindex && gnl_map_unbind(g, &m))
		log_error("interface %s: %s", b->dev, gnl_error(g));
}

unsigned int apply_binds(struct gnl *g, const struct wants *old,
			 const struct wants *new)
{
	unsigned int missing = 0;
	size_t i;

	for (i = 0; old && i < old->n_binds; i++)
		if (!bind_of(new, old->binds[i].dev))
			unbind_one(g, &old->binds[i]);
	for (i = 0; i < new->n_binds; i++) {
		if (bind_one(g, new, &new->binds[i]))
			continue;
		missing++;
		/* Said once, not each time that it is tried again. */
		if (old != new)
			log_warn("interface %s: there is no such device (yet)",
				 new->binds[i].dev);
	}
	return missing;
}
