// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands "show crypto mib ...". */
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "cmds.h"
#include "config.h"
#include "daemon.h"
#include "show_flowmib.h"

#define MIB_LEVEL 1 /* cipSecMibLevel */

/* A table of the daemon's rows; @make NULL: they are the table. */
struct table {
	const char *word, *request;
	row *(*make)(row *rows);
	void (*print)(struct out *o, row *rows);
};

static row *only(row *rows, const struct cmd_match *m)
{
	const struct cmd_arg *index = cmd_find(m, "INDEX");
	row *some = json_object_new_array(), *r;
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		r = row_at(rows, i);
		if ((!index ||
		     daemon_number(r, "index") == (long long)index->v.num) &&
		    view_is_vrf(daemon_text(r, "vrf"), cfg_text(m, "VRF")))
			json_object_array_add(some, json_object_get(r));
	}
	json_object_put(rows);
	return some;
}

/* Those of one VRF, "" the global table. */
static row *of_vrf(row *rows, const char *vrf)
{
	row *some = json_object_new_array();
	size_t i;

	for (i = 0; i < row_len(rows); i++)
		if (!strcmp(daemon_text(row_at(rows, i), "vrf"), vrf))
			json_object_array_add(some,
					      json_object_get(row_at(rows, i)));
	return some;
}

/* The first VRF by name behind @last; NULL: no more. */
static const char *next_vrf(row *rows, const char *last)
{
	const char *best = NULL, *vrf;
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		vrf = daemon_text(row_at(rows, i), "vrf");
		if (strcmp(vrf, last) > 0 && (!best || strcmp(vrf, best) < 0))
			best = vrf;
	}
	return best;
}

static void print_vrf(struct ctx *c, row *rows, const char *vrf,
		      void (*print)(struct out *o, row *rows))
{
	row *some = of_vrf(rows, vrf);

	out_printf(c->out, "vrf %s\n", *vrf ? vrf : "Global");
	print(c->out, some);
	json_object_put(some);
}

/* Takes over @rows. Those that have entries by name, the global table last. */
static int show(struct ctx *c, const struct cmd_match *m, row *rows,
		void (*print)(struct out *o, row *rows))
{
	const char *vrf = "";

	rows = only(rows, m);
	if (out_is_json(c->out)) {
		out_json(c->out, rows);
		return DONE;
	}
	while ((vrf = next_vrf(rows, vrf)))
		print_vrf(c, rows, vrf, print);
	if (view_is_vrf("", cfg_text(m, "VRF")))
		print_vrf(c, rows, "", print);
	json_object_put(rows);
	return DONE;
}

static int show_table(struct ctx *c, const struct cmd_match *m,
		      const struct table *t)
{
	row *rows, *made;

	if (daemon_call(daemon_request(t->request), &rows) != DONE)
		return FAILED;
	if (!t->make)
		return show(c, m, rows, t->print);
	made = t->make(rows);
	json_object_put(rows);
	return show(c, m, made, t->print);
}

int do_show_mib_isakmp(void *ctx, const struct cmd_match *m)
{
	static const struct table tables[] = {
		{ "failure", "mib-failures", flowmib_ike_failures,
		  flowmib_print_ike_failures },
		{ "global", "isakmp-global", NULL, flowmib_print_ike_global },
		{ "history", "isakmp-history", flowmib_ike_history,
		  flowmib_print_ike_history },
		{ "peer", "isakmp-sa", flowmib_ike_peers,
		  flowmib_print_ike_peers },
		{ "tunnel", "isakmp-sa", flowmib_ike_tunnels,
		  flowmib_print_ike_tunnels },
	};
	size_t i = 0;

	while (!cmd_has(m, tables[i].word))
		i++;
	return show_table(ctx, m, &tables[i]);
}

/* Rows of the daemon; NULL if it does not run. */
static row *ask(const char *request)
{
	row *rows = NULL;

	if (daemon_runs())
		daemon_call(daemon_request(request), &rows);
	return rows;
}

/* Of the module: endpoints, SPIs, tunnels, sums. */
static int show_flows(struct ctx *c, const struct cmd_match *m)
{
	static struct ns ns;
	struct gnl *g = ctl_gnl(c);
	row *rows, *known = NULL;
	void (*print)(struct out * o, row * r);
	struct view v;

	if (!g)
		return FAILED;
	if (view_collect(g, &v))
		return ctl_refused(c, "show");
	if (cmd_has(m, "spi")) {
		rows = flowmib_spis(&v);
		print = flowmib_print_spis;
	} else if (cmd_has(m, "endpoint")) {
		rows = flowmib_endpoints(&v);
		print = flowmib_print_endpoints;
	} else if (cmd_has(m, "tunnel")) {
		known = ask("ipsec-tunnel");
		rows = flowmib_tunnels(&v, known);
		print = flowmib_print_tunnels;
	} else if (!gnl_stats_get(g, &ns)) {
		known = ask("isakmp-global");
		rows = flowmib_ipsec_global(&v, &ns, known);
		print = flowmib_print_ipsec_global;
	} else {
		view_free(&v);
		return ctl_refused(c, "show");
	}
	json_object_put(known);
	view_free(&v);
	return show(c, m, rows, print);
}

static int show_number(struct ctx *c, const char *label, const char *key,
		       uint64_t n)
{
	row *o;

	if (!out_is_json(c->out)) {
		out_printf(c->out, "%s: %llu\n", label, (unsigned long long)n);
		return DONE;
	}
	o = json_object_new_object();
	row_num(o, key, n);
	out_json(c->out, o);
	return DONE;
}

/* How many records are kept. */
static int show_size(struct ctx *c, const struct cmd_match *m)
{
	struct cfg *cfg = config_in_force(c);
	uint32_t failures, tunnels;

	if (!cfg)
		return FAILED;
	failures = cfg->ipsec.history_failures;
	tunnels = cfg->ipsec.history_tunnels;
	cfg_free(cfg);
	return cmd_has(m, "failure") ?
		       show_number(c, "IPSec Failure Window Size", "size",
				   failures) :
		       show_number(c, "IPSec History Window Size", "size",
				   tunnels);
}

int do_show_mib_ipsec(void *ctx, const struct cmd_match *m)
{
	static const struct table failures = { "failure", "mib-failures",
					       flowmib_ipsec_failures,
					       flowmib_print_ipsec_failures };
	static const struct table history = { "history", "ipsec-history",
					      flowmib_ipsec_history,
					      flowmib_print_ipsec_history };

	if (cmd_has(m, "version"))
		return show_number(ctx, "IPSec Flow MIB version", "version",
				   MIB_LEVEL);
	if (cmd_has(m, "size"))
		return show_size(ctx, m);
	if (cmd_has(m, "history"))
		return show_table(ctx, m, &history);
	return cmd_has(m, "failure") ? show_table(ctx, m, &failures) :
				       show_flows(ctx, m);
}
