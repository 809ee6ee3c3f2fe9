// SPDX-License-Identifier: GPL-2.0-or-later
/* Reverse routes: to what lies behind a peer, while there are SAs with it. */
#include "rri.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "../lib/log.h"
#include "compile.h"
#include "htab.h"
#include "../lib/rtnl.h"

#define FIRST_DISTANCE 1 /* of a route that says nothing of it */

/* One in the kernel, for as many as want the same. */
struct hold {
	struct hnode node;
	TAILQ_ENTRY(hold) in_all;
	struct rtnl_route route;
	unsigned int users;
	bool is_there; /* it is ours; not if another one was in the way */
};

#define MAX_HOLDS 2 /* the network and the peer itself */

/* A pair of SAs, or a line of an access list with "static". */
struct user {
	struct hnode node; /* by in_spi */
	TAILQ_ENTRY(user) in_all;
	uint32_t in_spi;
	uint32_t flow;
	uint32_t ivrf;
	bool is_up;
	struct addr dst, mask;
	struct ike_path path;
	struct hold *hold[MAX_HOLDS];
};

TAILQ_HEAD(users, user);

struct rri {
	struct rtnl *rtnl;
	const struct wants *wants;
	struct htab by_spi, by_dst;
	struct users pairs;
	struct users lines; /* static */
	TAILQ_HEAD(, hold) holds;
};

/* --- routes in the kernel ---------------------------------------------- */

static uint64_t hash_of(const struct rtnl_route *r)
{
	uint64_t h = r->table;
	unsigned int i;

	for (i = 0; i < addr_len(r->dst.family); i++)
		h = h * 31 + r->dst.b[i];
	return h * 31 + addr_mask_len(&r->mask);
}

static bool same_key(const struct rtnl_route *a, const struct rtnl_route *b)
{
	return a->table == b->table && a->metric == b->metric &&
	       addr_eq(&a->dst, &b->dst) && addr_eq(&a->mask, &b->mask);
}

static struct hold *find_hold(const struct rri *r, const struct rtnl_route *rt)
{
	struct hnode *n = htab_first(&r->by_dst, hash_of(rt));

	for (; n; n = htab_same(n)) {
		struct hold *h = container_of(n, struct hold, node);

		if (same_key(&h->route, rt))
			return h;
	}
	return NULL;
}

static struct hold *new_hold(struct rri *r, const struct rtnl_route *rt)
{
	struct hold *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->route = *rt;
	htab_add(&r->by_dst, &h->node, hash_of(rt));
	TAILQ_INSERT_TAIL(&r->holds, h, in_all);
	return h;
}

static void drop_hold(struct rri *r, struct hold *h)
{
	if (h->users && --h->users)
		return;
	if (h->is_there)
		rtnl_del(r->rtnl, &h->route);
	htab_del(&r->by_dst, &h->node);
	TAILQ_REMOVE(&r->holds, h, in_all);
	free(h);
}

static void say(const struct rtnl_route *rt, const char *what, int err)
{
	char dst[ADDR_STR];

	log_warn("reverse route to %s/%d: %s: %s", addr_fmt(&rt->dst, dst),
		 addr_mask_len(&rt->mask), what, strerror(-err));
}

/* The same for one more; the newest one says where it leads. */
static struct hold *take_hold(struct rri *r, const struct rtnl_route *rt)
{
	struct hold *h = find_hold(r, rt);
	bool is_same;
	int err;

	if (!h)
		h = new_hold(r, rt);
	if (!h)
		return NULL;
	h->users++;
	is_same = h->is_there && h->route.device == rt->device &&
		  addr_eq(&h->route.via, &rt->via);
	if (is_same)
		return h;
	err = rtnl_add(r->rtnl, rt, h->is_there);
	if (err == -EEXIST)
		say(rt, "there is one of somebody else, which stays", err);
	else if (err)
		say(rt, "the kernel refuses it", err);
	h->is_there |= !err;
	if (!err)
		h->route = *rt;
	return h;
}

/* --- what an entry wants ----------------------------------------------- */

static const struct plan_flow *flow_of(const struct wants *w, uint32_t ref)
{
	size_t i;

	for (i = 0; w && w->has_rri && i < w->n_flows; i++)
		if (w->flows[i].flow.ref == ref)
			return &w->flows[i];
	return NULL;
}

static const char *device_of(const struct wants *w, const char *map)
{
	size_t i;

	for (i = 0; i < w->n_binds; i++)
		if (!strcmp(w->binds[i].map, map))
			return w->binds[i].dev;
	return NULL;
}

static uint32_t table_of(struct rri *r, uint32_t vrf)
{
	char dev[IF_NAMESIZE];
	uint32_t table, index;

	if (!vrf || !if_indextoname(vrf, dev) ||
	    !rtnl_vrf(r->rtnl, dev, &index, &table))
		return RT_TABLE_MAIN;
	return table;
}

static bool is_peer_itself(const struct user *u)
{
	return addr_eq(&u->dst, &u->path.remote.addr) &&
	       addr_mask_len(&u->mask) == (int)(8 * addr_len(u->dst.family));
}

static void install(struct rri *r, struct user *u, const struct plan_flow *pf)
{
	const struct cfg_entry *e = pf->entry;
	const struct addr *hop = &u->path.remote.addr;
	struct rtnl_route net = { 0 }, host, way;
	uint32_t vrf = pf->flow.vrf;
	int err;

	if (e->set_rri_gateway.family)
		hop = &e->set_rri_gateway;
	else if (e->rri_gateway.family)
		hop = &e->rri_gateway;
	net.metric = e->rri_distance ? e->rri_distance : FIRST_DISTANCE;
	net.dst = u->dst;
	net.mask = u->mask;
	host = net;
	/* Its packets come from the inside VRF; the way to the peer is outside. */
	host.table = table_of(r, vrf);
	net.table = u->ivrf ? table_of(r, u->ivrf) : host.table;
	err = rtnl_resolve(r->rtnl, hop, vrf, &way);
	if (err) {
		say(&net, "the next hop cannot be reached", err);
		return;
	}
	net.via = way.via.family ? way.via : *hop;
	net.device = way.device;
	if (!is_peer_itself(u))
		u->hold[0] = take_hold(r, &net);
	if (!e->rri_remote_peer)
		return;
	host.dst = u->path.remote.addr;
	addr_mask(host.dst.family, 8 * addr_len(host.dst.family), &host.mask);
	host.via = net.via;
	host.device = net.device;
	u->hold[1] = take_hold(r, &host);
}

static void uninstall(struct rri *r, struct user *u)
{
	int i;

	for (i = 0; i < MAX_HOLDS; i++) {
		if (u->hold[i])
			drop_hold(r, u->hold[i]);
		u->hold[i] = NULL;
	}
}

/* As the configuration is now; a route that stays is never away. */
static void refresh(struct rri *r, struct user *u)
{
	const struct plan_flow *pf = flow_of(r->wants, u->flow);
	struct user old = *u;

	memset(u->hold, 0, sizeof(u->hold));
	if (u->is_up && pf && pf->entry->rri)
		install(r, u, pf);
	uninstall(r, &old);
}

/* --- pairs of SAs ------------------------------------------------------ */

static struct user *find_pair(const struct rri *r, uint32_t in_spi)
{
	struct hnode *n = htab_first(&r->by_spi, in_spi);

	return n ? container_of(n, struct user, node) : NULL;
}

static void free_pair(struct rri *r, struct user *u)
{
	uninstall(r, u);
	htab_del(&r->by_spi, &u->node);
	TAILQ_REMOVE(&r->pairs, u, in_all);
	free(u);
}

static struct user *new_pair(struct rri *r, const struct krn_req *req,
			     const struct selector *s)
{
	struct user *u = find_pair(r, req->in_spi);

	if (u)
		free_pair(r, u);
	u = calloc(1, sizeof(*u));
	if (!u) {
		log_error("out of memory: no reverse route");
		return NULL;
	}
	u->in_spi = req->in_spi;
	u->flow = req->flow;
	u->ivrf = req->ivrf;
	u->path = req->path;
	u->dst = s->dst;
	u->mask = s->dst_mask;
	if (!HAS(s, SEL_DST))
		u->dst = (struct addr){ .family = s->family };
	if (!HAS(s, SEL_DST_MASK))
		addr_mask(s->family, 0, &u->mask);
	htab_add(&r->by_spi, &u->node, u->in_spi);
	TAILQ_INSERT_TAIL(&r->pairs, u, in_all);
	return u;
}

void rri_note(struct rri *r, const struct krn_req *req)
{
	struct user *u;

	if (req->op == KRN_ADD_PAIR && req->pair) {
		new_pair(r, req, &req->pair->sel);
		return;
	}
	u = req->op == KRN_ADOPT ? new_pair(r, req, &req->sel) :
				   find_pair(r, req->in_spi);
	if (!u)
		return;
	if (req->op == KRN_DELETE) {
		free_pair(r, u);
		return;
	}
	if (req->op == KRN_ADOPT || (req->op == KRN_ACTIVATE && !u->is_up))
		u->is_up = true;
	else if (req->op == KRN_MOVE)
		u->path = req->path;
	else
		return;
	refresh(r, u);
}

/* --- static ones, and all at once -------------------------------------- */

static void want_line(struct rri *r, struct users *lines,
		      const struct want_rule *rule)
{
	const struct plan_flow *pf = &r->wants->flows[rule->flow];
	const struct selector *s = &rule->policy.sel;
	struct user *u;

	if (pf->entry->rri != CFG_RRI_STATIC || !rule->policy.n_peers ||
	    !device_of(r->wants, pf->map))
		return;
	u = calloc(1, sizeof(*u));
	if (!u)
		return;
	u->flow = pf->flow.ref;
	u->ivrf = rule->policy.ivrf;
	u->path.remote.addr = rule->policy.peer[0];
	u->dst = s->dst;
	u->mask = s->dst_mask;
	if (!HAS(s, SEL_DST))
		u->dst = (struct addr){ .family = u->path.remote.addr.family };
	if (!HAS(s, SEL_DST_MASK))
		addr_mask(u->dst.family, 0, &u->mask);
	TAILQ_INSERT_TAIL(lines, u, in_all);
	install(r, u, pf);
}

static void free_lines(struct rri *r, struct users *lines)
{
	struct user *u;

	while ((u = TAILQ_FIRST(lines))) {
		TAILQ_REMOVE(lines, u, in_all);
		uninstall(r, u);
		free(u);
	}
}

void rri_apply(struct rri *r, const struct wants *w)
{
	struct users lines = TAILQ_HEAD_INITIALIZER(lines);
	struct user *u;
	size_t i;

	r->wants = w;
	for (i = 0; w->has_rri && i < w->n_rules; i++)
		if (w->rules[i].flow != UINT32_MAX)
			want_line(r, &lines, &w->rules[i]);
	TAILQ_FOREACH(u, &r->pairs, in_all)
	{
		refresh(r, u);
	}
	free_lines(r, &r->lines);
	TAILQ_CONCAT(&r->lines, &lines, in_all);
}

static void found(void *arg, const struct rtnl_route *route)
{
	struct rri *r = arg;
	struct hold *h = find_hold(r, route) ? NULL : new_hold(r, route);

	if (h)
		h->is_there = true;
}

void rri_sweep(struct rri *r)
{
	struct hold *h, *next;

	for (h = TAILQ_FIRST(&r->holds); h; h = next) {
		next = TAILQ_NEXT(h, in_all);
		if (!h->users)
			drop_hold(r, h);
	}
}

struct rri *rri_new(void)
{
	struct rri *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	TAILQ_INIT(&r->pairs);
	TAILQ_INIT(&r->lines);
	TAILQ_INIT(&r->holds);
	r->rtnl = rtnl_open();
	if (!r->rtnl || htab_init(&r->by_spi) || htab_init(&r->by_dst) ||
	    rtnl_each(r->rtnl, found, r)) {
		log_error("cannot work with routes: %s", strerror(errno));
		rri_free(r);
		return NULL;
	}
	return r;
}

void rri_free(struct rri *r)
{
	struct user *u;
	struct hold *h;

	if (!r)
		return;
	while ((u = TAILQ_FIRST(&r->pairs))) {
		TAILQ_REMOVE(&r->pairs, u, in_all);
		free(u);
	}
	while ((u = TAILQ_FIRST(&r->lines))) {
		TAILQ_REMOVE(&r->lines, u, in_all);
		free(u);
	}
	while ((h = TAILQ_FIRST(&r->holds))) {
		TAILQ_REMOVE(&r->holds, h, in_all);
		free(h);
	}
	htab_exit(&r->by_spi);
	htab_exit(&r->by_dst);
	rtnl_close(r->rtnl);
	free(r);
}
