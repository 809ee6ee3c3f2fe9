// SPDX-License-Identifier: GPL-2.0-or-later
/* The command "explain": collect what is known, say what is wrong. */
#include <string.h>
#include <time.h>

#include "../lib/cfg_cmd.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "diagnose.h"

/* Ask the kernel; nothing is sent to anybody. */
static void ask_route(void *arg, const struct addr *dst, const char *ifname,
		      struct diagnose_route *out)
{
	struct rtnl *r = arg;
	uint32_t vrf = 0, table;
	struct rtnl_route route;

	*out = (struct diagnose_route){ 0 };
	if (!r)
		return;
	if (*ifname && !rtnl_vrf(r, ifname, &vrf, &table))
		vrf = 0;
	out->is_known = true;
	out->err = rtnl_resolve(r, dst, vrf, &route);
	if (out->err)
		return;
	out->via = route.via;
	if (!if_indextoname(route.device, out->dev))
		out->dev[0] = '\0';
	out->neighbour = rtnl_neighbour(r, route.via.family ? &route.via : dst,
					route.device);
}

static int ask_daemon(struct diagnose_facts *f)
{
	f->has_daemon = daemon_runs();
	if (!f->has_daemon)
		return DONE;
	if (daemon_call(daemon_request("isakmp-sa"), &f->ikes) != DONE ||
	    daemon_call(daemon_request("session"), &f->sessions) != DONE ||
	    daemon_call(daemon_request("failures"), &f->failures) != DONE)
		return FAILED;
	return DONE;
}

static void forget(struct diagnose_facts *f, struct view *v)
{
	json_object_put(f->ikes);
	json_object_put(f->sessions);
	json_object_put(f->failures);
	rtnl_close(f->arg);
	view_free(v);
}

/* False after a sentence: the addresses must be of one family. */
static bool read_target(const struct cmd_match *m, struct diagnose_target *t)
{
	const struct addr *first = cfg_addr(m, "END");
	const struct addr *dst = cfg_addr(m, "DST");

	*t = (struct diagnose_target){ .proto = cfg_num(m, "PROTO", 0),
				       .port = cfg_num(m, "PORT", 0) };
	if (!dst) {
		t->peer = *first;
		return true;
	}
	t->src = *first;
	t->dst = *dst;
	/* The names of the table that mean any protocol. */
	if (t->proto >= IP_PROTO_V6)
		t->proto = 0;
	if (first->family == dst->family)
		return true;
	log_error("source and destination are of different families");
	return false;
}

int do_explain(void *ctx, const struct cmd_match *m)
{
	struct diagnose_facts f = { .now = time(NULL), .route = ask_route };
	struct diagnose_target t;
	struct ctx *c = ctx;
	static struct ns ns;
	struct view v = { 0 };
	struct gnl *g;
	int status;
	row *all;

	if (!read_target(m, &t))
		return USAGE;
	g = ctl_gnl(c);
	if (g && (gnl_stats_get(g, &ns) || view_collect(g, &v)))
		return ctl_refused(c, "explain");
	f.view = g ? &v : NULL;
	f.ns = g ? &ns : NULL;
	f.arg = rtnl_open();
	status = ask_daemon(&f);
	if (status == DONE) {
		all = diagnose(&f, &t);
		status = diagnose_is_bad(all) ? FAILED : DONE;
		if (out_is_json(c->out))
			out_json(c->out, json_object_get(all));
		else
			diagnose_print(c->out, all);
		json_object_put(all);
	}
	forget(&f, &v);
	return status;
}
