// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that begin with "show": collect a view, print it. */
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "show_system.h"
#include "since_clear.h"
#include "view.h"

#include <json-c/json.h>

static const char *text_of(const struct cmd_match *m, const char *name)
{
	const struct cmd_arg *a = cmd_find(m, name);

	return a ? a->text : NULL;
}

static int collect(struct ctx *c, struct view *v, const struct addr *peer)
{
	struct gnl *g = ctl_gnl(c);

	if (!g)
		return FAILED;
	return view_collect_peer(g, v, peer) ? ctl_refused(c, "show") : DONE;
}

int do_show_ipsec_sa(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct cmd_arg *peer = cmd_find(m, "PEER");
	const struct cmd_arg *dst = cmd_find(m, "ADDRESS");
	struct view_filter f = {
		.map = text_of(m, "MAP"),
		.ifname = text_of(m, "IF"),
		.peer = peer ? &peer->v.addr : NULL,
		.port = cfg_num(m, "RPORT", 0),
		.is_ip6 = cmd_has(m, "ipv6"),
		.fvrf = text_of(m, "FVRF"),
		.vrf = text_of(m, "VRF"),
		.is_none = cmd_has(m, "standby"),
		.is_identity = cmd_has(m, "identity"),
		.is_detail = cmd_has(m, "detail"),
	};
	bool by_address = cmd_has(m, "address");
	struct view v;

	if (collect(c, &v, f.peer) != DONE)
		return FAILED;
	since_clear(&v);
	if (by_address && out_is_json(c->out))
		out_json(c->out, show_ipsec_sa_json_address(
					 &v, dst ? &dst->v.addr : NULL));
	else if (by_address)
		show_ipsec_sa_print_address(
			c->out, &v, dst ? &dst->v.addr : NULL, f.is_detail);
	else if (out_is_json(c->out))
		out_json(c->out, show_ipsec_sa_json(&v, &f));
	else
		show_ipsec_sa_print(c->out, &v, &f);
	view_free(&v);
	return DONE;
}

int do_show_ipsec_sa_count(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct view_count n;
	struct view v;

	if (collect(c, &v, NULL) != DONE)
		return FAILED;
	show_ipsec_sa_count(&v, text_of(m, "VRF"), &n);
	if (out_is_json(c->out))
		out_json(c->out, show_ipsec_sa_json_count(&n));
	else
		show_ipsec_sa_print_count(c->out, &n);
	view_free(&v);
	return DONE;
}

int do_show_engine_active(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	row *ikes = NULL;
	struct view v;

	(void)m;
	if (collect(c, &v, NULL) != DONE)
		return FAILED;
	if (!daemon_runs()) {
		log_warn("ikehelper does not run: there are no IKE SAs");
	} else if (daemon_call(daemon_request("isakmp-sa"), &ikes) != DONE) {
		view_free(&v);
		return FAILED;
	}
	if (out_is_json(c->out))
		out_json(c->out, show_engine_json_active(&v, ikes));
	else
		show_engine_print_active(c->out, &v, ikes);
	json_object_put(ikes);
	view_free(&v);
	return DONE;
}

int do_show_engine_dropped(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct view v;

	(void)m;
	if (collect(c, &v, NULL) != DONE)
		return FAILED;
	since_clear(&v);
	if (out_is_json(c->out))
		out_json(c->out, show_engine_json_dropped(&v));
	else
		show_engine_print_dropped(c->out, &v);
	view_free(&v);
	return DONE;
}

int do_show_ruleset(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct view v;
	row *rows;

	if (collect(c, &v, NULL) != DONE)
		return FAILED;
	rows = ruleset_rows(&v);
	view_free(&v);
	if (out_is_json(c->out))
		out_json(c->out, json_object_get(rows));
	else
		ruleset_print(c->out, rows, cmd_has(m, "detail"));
	json_object_put(rows);
	return DONE;
}
