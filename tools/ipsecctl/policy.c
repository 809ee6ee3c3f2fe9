// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that begin with "policy", and "acquire list". */
#include <string.h>

#include "../lib/json.h"
#include "../lib/log.h"
#include "args.h"
#include "cmds.h"
#include "print.h"

#include <json-c/json.h>

static int take_peer(struct policy *p, const struct cmd_arg *a)
{
	if (p->n_peers == MAX_PEERS) {
		log_error("a rule has at most %d peers", MAX_PEERS);
		return USAGE;
	}
	p->peer[p->n_peers++] = a->v.addr;
	PUT(p, POLICY_PEER);
	return DONE;
}

/* Everything after the key. */
static int take_rule(const struct cmd_match *m, struct policy *p)
{
	int i = 0, status = DONE;

	while (i < m->n && status == DONE) {
		const struct cmd_arg *a = &m->arg[i];

		if (!strcmp(a->name, "PROTO")) {
			status = args_selector(m, &i, &p->sel);
			PUT(p, POLICY_SELECTOR);
			continue;
		}
		if (!strcmp(a->name, "ACTION")) {
			p->action = a->v.num;
			PUT(p, POLICY_ACTION);
		} else if (!strcmp(a->name, "PEER")) {
			status = take_peer(p, a);
		} else if (!strcmp(a->name, "staged")) {
			PUT(p, POLICY_STAGED);
		} else if (!strcmp(a->name, "VRF")) {
			status = args_vrf(a, &p->ivrf);
			PUT(p, POLICY_IVRF);
		}
		i++;
	}
	return status;
}

int do_policy_add(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct policy p = { 0 }, reply;
	struct gnl *g;
	int status;

	args_policy_key(m, &p);
	status = take_rule(m, &p);
	if (status != DONE)
		return status;
	g = ctl_gnl(c);
	if (!g)
		return FAILED;
	c->rule.id = 0;
	if (gnl_policy_add(g, &p, &reply))
		return ctl_refused(c, "policy add");
	if (out_is_json(c->out))
		out_json(c->out, json_policy(&reply));
	else if (!c->in_batch)
		out_printf(c->out, "policy id %u\n", reply.id);
	return DONE;
}

int do_policy_delete(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct policy key = { 0 };
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	args_policy_key(m, &key);
	if (cmd_has(m, "staged"))
		PUT(&key, POLICY_STAGED);
	c->rule.id = 0;
	return gnl_policy_del(g, &key) ? ctl_refused(c, "policy delete") : DONE;
}

static void show_policy(struct ctx *c, const struct policy *p)
{
	if (out_is_json(c->out))
		out_json(c->out, json_policy(p));
	else
		print_policy(c->out, p);
}

int do_policy_get(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct policy key = { 0 }, p;
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	args_policy_key(m, &key);
	if (gnl_policy_get(g, &key, &p))
		return ctl_refused(c, "policy get");
	show_policy(c, &p);
	return DONE;
}

int do_policy_list(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl_dump d = { 0 };
	struct policy filter = { 0 }, p;
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	args_policy_key(m, &filter);
	if (gnl_policy_dump(g, &filter, &d)) {
		gnl_dump_free(&d);
		return ctl_refused(c, "policy list");
	}
	ctl_check_dump(&d);
	if (out_is_json(c->out))
		out_list_begin(c->out);
	while (gnl_policy_next(&d, &p))
		show_policy(c, &p);
	if (out_is_json(c->out))
		out_list_end(c->out);
	gnl_dump_free(&d);
	return DONE;
}

int do_policy_flush(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct policy filter = { 0 }, reply;
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	args_policy_key(m, &filter);
	if (cmd_has(m, "staged"))
		PUT(&filter, POLICY_STAGED);
	c->rule.id = 0;
	if (gnl_policy_flush(g, &filter, &reply))
		return ctl_refused(c, "policy flush");
	if (out_is_json(c->out))
		out_json(c->out, json_policy(&reply));
	else if (c->verbose)
		out_printf(c->out, "%u rules deleted\n", reply.count);
	return DONE;
}

int do_acquire_list(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct gnl_dump d = { 0 };
	struct gnl *g = ctl_gnl(c);
	struct policy p;

	(void)m;
	if (!g)
		return FAILED;
	if (gnl_acquire_dump(g, &d)) {
		gnl_dump_free(&d);
		return ctl_refused(c, "acquire list");
	}
	ctl_check_dump(&d);
	if (out_is_json(c->out))
		out_list_begin(c->out);
	while (gnl_policy_next(&d, &p)) {
		if (out_is_json(c->out))
			out_json(c->out, json_policy(&p));
		else
			print_acquire(c->out, &p);
	}
	if (out_is_json(c->out))
		out_list_end(c->out);
	gnl_dump_free(&d);
	return DONE;
}
