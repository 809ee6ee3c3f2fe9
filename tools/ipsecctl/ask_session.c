// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands about sessions: show them, clear some. */
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "../lib/log.h"
#include "cmds.h"
#include "daemon.h"
#include "show_session.h"

static struct session_query query_of(const struct cmd_match *m)
{
	return (struct session_query){
		.ifname = cfg_text(m, "IF"),
		.local = cfg_addr(m, "LOCAL"),
		.remote = cfg_addr(m, "PEER"),
		.local_port = cfg_num(m, "LPORT", 0),
		.remote_port = cfg_num(m, "RPORT", 0),
		.fvrf = cfg_text(m, "FVRF"),
		.ivrf = cfg_text(m, "VRF"),
		.group = cfg_text(m, "GROUP"),
		.profile = cfg_text(m, "NAME"),
		.username = cfg_text(m, "USER"),
		.is_standby = cmd_has(m, "standby"),
	};
}

/* A peer is not searched for among all of them here. */
static row *request(const char *name, const struct addr *peer)
{
	row *o = daemon_request(name);

	if (peer)
		row_addr(o, "address", peer);
	return o;
}

/* Without the daemon there is still what the module does. */
static int ask_daemon(const struct addr *peer, row **ikes, row **sessions)
{
	*ikes = NULL;
	*sessions = NULL;
	if (!daemon_runs()) {
		log_warn("ikehelper does not run: IKE SAs and the state of "
			 "sessions are not known, the module's part follows");
		return DONE;
	}
	if (daemon_call(request("isakmp-sa", peer), ikes) == DONE &&
	    daemon_call(request("session", peer), sessions) == DONE)
		return DONE;
	json_object_put(*ikes);
	return FAILED;
}

/* The sessions that a command is about; NULL after it has said why not. */
static row *collect(struct ctx *c, const struct session_query *q)
{
	row *ikes, *sessions, *rows;
	struct gnl *g = ctl_gnl(c);
	struct view v;

	if (!g)
		return NULL;
	if (view_collect_peer(g, &v, q->remote)) {
		ctl_refused(c, "show");
		return NULL;
	}
	if (ask_daemon(q->remote, &ikes, &sessions) != DONE) {
		view_free(&v);
		return NULL;
	}
	rows = session_rows(&v, ikes, sessions);
	json_object_put(ikes);
	json_object_put(sessions);
	view_free(&v);
	return session_select(rows, q);
}

int do_show_session(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct session_query q = query_of(m);
	row *rows = collect(c, &q);

	if (!rows)
		return FAILED;
	if (out_is_json(c->out))
		out_json(c->out, json_object_get(rows));
	else if (cmd_has(m, "brief"))
		session_print_brief(c->out, rows);
	else
		session_print(c->out, rows, cmd_has(m, "detail"));
	json_object_put(rows);
	return DONE;
}

/* "groups" or "summary [ GROUP ]" */
int do_show_session_groups(void *ctx, const struct cmd_match *m)
{
	static const struct session_query all;
	struct ctx *c = ctx;
	row *rows = collect(c, &all), *groups;

	if (!rows)
		return FAILED;
	groups = session_groups(rows, cfg_text(m, "GROUP"));
	if (out_is_json(c->out))
		out_json(c->out, json_object_get(groups));
	else if (cmd_has(m, "groups"))
		session_print_groups(c->out, groups);
	else
		session_print_summary(c->out, groups);
	json_object_put(groups);
	json_object_put(rows);
	return DONE;
}

/* --- clear --------------------------------------------------------------- */

static int clear_one(row *r)
{
	row *o = daemon_request("clear-session");

	row_text(o, "address", daemon_text(r, "remote"));
	row_text(o, "name", daemon_text(r, "local"));
	row_text(o, "text", daemon_text(r, "fvrf"));
	json_object_object_add(
		o, "number",
		json_object_new_int64(daemon_number(r, "remote_port")));
	return daemon_call(o, NULL);
}

/* All at once, else those that the view would show; silent if it worked. */
int do_clear_session(void *ctx, const struct cmd_match *m)
{
	struct session_query q = query_of(m);
	int status = DONE;
	row *rows, *r;
	size_t i;

	if (!cmd_has(m, "interface") && !cmd_has(m, "local") &&
	    !cmd_has(m, "remote") && !cmd_has(m, "fvrf") &&
	    !cmd_has(m, "ivrf") && !cmd_has(m, "isakmp") &&
	    !cmd_has(m, "username"))
		return daemon_call(daemon_request("clear-session"), NULL);
	rows = collect(ctx, &q);
	if (!rows)
		return FAILED;
	for (i = 0; i < row_len(rows) && status == DONE; i++) {
		r = row_at(rows, i);
		if (strcmp(daemon_text(r, "status"), "DOWN"))
			status = clear_one(r);
	}
	json_object_put(rows);
	return status;
}
