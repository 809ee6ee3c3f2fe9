// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands that show the configuration in force. */
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "../lib/cfg_load.h"
#include "../lib/cfg_tunnel.h"
#include "../lib/log.h"
#include "cmds.h"
#include "config.h"
#include "daemon.h"
#include "show_cfg.h"

struct cfg *config_in_force(struct ctx *c)
{
	struct cfg_load l = { 0 };
	char *text;
	int err;

	if (c->in_shell && c->config && !c->config->applied) {
		l.cfg = cfg_copy(c->config->cfg);
		err = l.cfg ? 0 : -1;
	} else {
		text = daemon_running(true);
		if (!text)
			return NULL;
		l.cfg = cfg_new();
		err = l.cfg ? cfg_load_text(&l, text, strlen(text)) : -1;
		secret_wipe(text, strlen(text));
		free(text);
	}
	if (!err)
		err = cfg_tunnel_maps(l.cfg);
	if (!err)
		return l.cfg;
	log_error("out of memory");
	cfg_free(l.cfg);
	return NULL;
}

static int show(struct ctx *c, const struct cmd_match *m,
		const struct cfg_view *view, bool only_default)
{
	struct cfg_query q = {
		.name = cfg_text(m, "NAME"),
		.ifname = cfg_text(m, "IF"),
		.vrf = cfg_text(m, "VRF"),
		.peer = cfg_addr(m, "PEER"),
		.only_default = only_default,
	};
	struct cfg *cfg = config_in_force(c);
	row *live = NULL, *rows;

	if (!cfg)
		return FAILED;
	if (view->live && daemon_runs() &&
	    daemon_call(daemon_request(view->live), &live) != DONE) {
		cfg_free(cfg);
		return FAILED;
	}
	rows = view->rows(cfg, &q, live);
	if (out_is_json(c->out))
		out_json(c->out, json_object_get(rows));
	else
		view->print(c->out, rows);
	json_object_put(rows);
	json_object_put(live);
	cfg_free(cfg);
	return DONE;
}

int do_show_isakmp_policy(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_isakmp_policy, false);
}

int do_show_isakmp_default(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_isakmp_policy, true);
}

int do_show_isakmp_key(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_isakmp_key, false);
}

int do_show_isakmp_peers(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;

	/* No peer is ever given attributes. */
	if (cmd_has(m, "config")) {
		if (out_is_json(c->out))
			out_json(c->out, json_object_new_array());
		return DONE;
	}
	return show(ctx, m, &view_isakmp_peers, false);
}

int do_show_isakmp_profile(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_isakmp_profile, false);
}

int do_show_transform(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_transform_set, false);
}

int do_show_transform_default(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_transform_set, true);
}

int do_show_ipsec_profile(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_ipsec_profile, false);
}

/* With "lifetime" only that. */
int do_show_sa_lifetime(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_sa_lifetime, cmd_has(m, "lifetime"));
}

int do_show_map(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_map, false);
}

int do_show_dynamic_map(void *ctx, const struct cmd_match *m)
{
	return show(ctx, m, &view_dynamic_map, false);
}
