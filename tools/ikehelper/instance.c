// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Temporary entries of dynamic maps in the kernel. They have numbers between those
 * of the configuration and those of the rules that drop what nobody has negotiated.
 */
#include "instance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/gnl.h"
#include "../lib/log.h"
#include "../lib/sel_set.h"
#include "compile.h"

#define FIRST 65536
#define INSTANCES 65536

static int complain(struct gnl *g, const struct policy *p, int err)
{
	if (err)
		log_warn("temporary crypto map %s %u: %s", p->map, p->seq,
			 gnl_error(g));
	return err;
}

static int commit(struct gnl *g, const struct policy *p)
{
	struct map m = { 0 };

	snprintf(m.name, sizeof(m.name), "%s", p->map);
	PUT(&m, MAP_NAME);
	return complain(g, p, gnl_map_commit(g, &m));
}

/* --- one entry ----------------------------------------------------------- */

/* The next number that is free; its index is 1. */
static int find_place(struct gnl *g, const char *map, struct policy *p)
{
	static uint32_t next;
	struct policy key, reply;
	int tries;

	*p = (struct policy){ .index = 1 };
	snprintf(p->map, sizeof(p->map), "%s", map);
	PUT(p, POLICY_MAP);
	PUT(p, POLICY_SEQ);
	PUT(p, POLICY_INDEX);
	for (tries = 0; tries < INSTANCES; tries++) {
		p->seq = FIRST + next++ % INSTANCES;
		key = *p;
		if (gnl_policy_get(g, &key, &reply))
			return 0;
	}
	return -ENOSPC;
}

/* What is at @at: it, or all up to it. */
static int del_rules(struct gnl *g, const struct policy *at)
{
	struct policy key = { .seq = at->seq, .index = at->index };
	bool staged = at->index > 1;
	int err = 0, one;

	snprintf(key.map, sizeof(key.map), "%s", at->map);
	PUT(&key, POLICY_MAP);
	PUT(&key, POLICY_SEQ);
	PUT(&key, POLICY_INDEX);
	if (staged)
		PUT(&key, POLICY_STAGED);
	for (; key.index; key.index--) {
		one = gnl_policy_del(g, &key);
		err = err ? err : one;
	}
	one = staged ? commit(g, at) : 0;
	return err ? err : one;
}

static int add_one(struct gnl *g, struct policy *p, uint32_t *id)
{
	struct policy reply;
	int err;

	PUT(p, POLICY_ACTION);
	PUT(p, POLICY_SELECTOR);
	err = complain(g, p, gnl_policy_add(g, p, &reply));
	if (!err)
		*id = reply.id;
	return err;
}

/* Those of the template's lines that the peer's proxies overlap. */
static int stage_excepts(struct gnl *g, const struct ike_flow *f,
			 const struct selector *sel, struct policy *p)
{
	unsigned int i;
	uint32_t id;
	int err = 0;

	for (i = 0; i < f->n_except && !err; i++) {
		if (!sel_overlap(sel, &f->except[i].sel))
			continue;
		PUT(p, POLICY_STAGED);
		p->sel = f->except[i].sel;
		p->action = f->except[i].action;
		err = add_one(g, p, &id);
		p->index += !err;
	}
	return err;
}

int instance_add(struct gnl *g, const struct plan_flow *from,
		 const struct krn_req *req, uint32_t *rule)
{
	struct policy p;
	int err = find_place(g, from->map, &p);

	if (req->ivrf && req->ivrf != VRF_NONE) {
		p.ivrf = req->ivrf;
		PUT(&p, POLICY_IVRF);
	}
	if (!err)
		err = stage_excepts(g, &from->flow, &req->sel, &p);
	if (!err) {
		p.action = ACTION_PROTECT;
		p.sel = req->sel;
		p.peer[0] = req->path.remote.addr;
		p.n_peers = 1;
		PUT(&p, POLICY_PEER);
		err = add_one(g, &p, rule);
	}
	if (HAS(&p, POLICY_STAGED)) {
		if (!err)
			err = commit(g, &p);
		if (err)
			del_rules(g, &p);
	}
	return err;
}

int instance_del(struct gnl *g, uint32_t rule)
{
	struct policy key = { .id = rule }, at;
	int err;

	PUT(&key, POLICY_ID);
	err = gnl_policy_get(g, &key, &at);
	if (err)
		return err;
	return del_rules(g, &at);
}

/* --- those of an earlier run ---------------------------------------------- */

static bool is_instance(const struct policy *p)
{
	return p->seq >= FIRST && p->seq - FIRST < INSTANCES;
}

void instance_keep(struct gnl *g, const char *map)
{
	struct gnl_dump d = { 0 };
	struct policy p, reply;

	if (gnl_policy_dump(g, NULL, &d))
		return;
	while (gnl_policy_next(&d, &p)) {
		if (!is_instance(&p) || strcmp(p.map, map))
			continue;
		p.set = 0;
		PUT(&p, POLICY_MAP);
		PUT(&p, POLICY_SEQ);
		PUT(&p, POLICY_INDEX);
		PUT(&p, POLICY_ACTION);
		PUT(&p, POLICY_SELECTOR);
		PUT(&p, POLICY_STAGED);
		if (p.n_peers)
			PUT(&p, POLICY_PEER);
		if (p.ivrf)
			PUT(&p, POLICY_IVRF);
		complain(g, &p, gnl_policy_add(g, &p, &reply));
	}
	gnl_dump_free(&d);
}

static bool is_wanted(const struct wants *w, const struct policy *p)
{
	size_t i;

	for (i = 0; i < w->n_rules; i++)
		if (!strcmp(p->map, w->rules[i].policy.map))
			return true;
	return false;
}

void instance_sweep(struct gnl *g, const struct wants *w)
{
	struct policy p, first = { 0 };
	struct gnl_dump d = { 0 };
	bool is_used = true, more;

	if (gnl_policy_dump(g, NULL, &d))
		return;
	/* They come in order: the rules of an entry one behind the other. */
	do {
		more = gnl_policy_next(&d, &p);
		if (more && is_instance(&p) && p.seq == first.seq &&
		    !strcmp(p.map, first.map)) {
			is_used = is_used || p.in_sas || p.out_sas;
			first.index = p.index;
			continue;
		}
		if (!is_used && is_wanted(w, &first))
			del_rules(g, &first);
		first = p;
		is_used = !more || !is_instance(&p) || p.in_sas || p.out_sas;
	} while (more);
	gnl_dump_free(&d);
}
