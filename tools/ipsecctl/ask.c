// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands that the daemon carries out or answers. */
#include <json-c/json.h>
#include <string.h>

#include "../lib/cfg_cmd.h"
#include "cmds.h"
#include "daemon.h"
#include "row.h"
#include "show_isakmp.h"
#include "view.h"

/* --- show ---------------------------------------------------------------- */

int do_show_isakmp_sa(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	const struct cmd_arg *peer = cmd_find(m, "PEER");
	struct isakmp_filter f = {
		.peer = peer ? &peer->v.addr : NULL,
		.port = cfg_num(m, "RPORT", 0),
		.vrf = cfg_text(m, "VRF"),
		.is_standby = cmd_has(m, "standby"),
		.is_nat = cmd_has(m, "nat"),
	};
	struct json_object *all, *rows;

	if (daemon_call(daemon_request("isakmp-sa"), &all) != DONE)
		return FAILED;
	rows = show_isakmp_select(all, &f);
	json_object_put(all);
	if (out_is_json(c->out)) {
		out_json(c->out, cmd_has(m, "count") ?
					 show_isakmp_json_count(rows) :
					 json_object_get(rows));
	} else if (cmd_has(m, "count")) {
		show_isakmp_print_count(c->out, rows);
	} else if (cmd_has(m, "detail")) {
		show_isakmp_print_detail(c->out, rows);
	} else {
		show_isakmp_print(c->out, rows, f.is_nat);
	}
	json_object_put(rows);
	return DONE;
}

/* One line each, its parts behind it. */
static void print_failure(struct out *o, row *r)
{
	static const char *const parts[] = { "attribute", "theirs", "ours",
					     "why" };
	size_t i;

	out_printf(o, "%lld %s phase %lld with %s:%lld, refused by %s\n",
		   daemon_number(r, "number"), daemon_text(r, "kind"),
		   daemon_number(r, "phase"), daemon_text(r, "remote"),
		   daemon_number(r, "remote_port"),
		   daemon_text(r, "refused_by"));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (*daemon_text(r, parts[i]))
			out_printf(o, "    %s: %s\n", parts[i],
				   daemon_text(r, parts[i]));
}

int do_show_failures(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct json_object *rows;
	size_t i;

	(void)m;
	if (daemon_call(daemon_request("failures"), &rows) != DONE)
		return FAILED;
	if (out_is_json(c->out)) {
		out_json(c->out, rows);
		return DONE;
	}
	for (i = 0; i < json_object_array_length(rows); i++)
		print_failure(c->out, json_object_array_get_idx(rows, i));
	json_object_put(rows);
	return DONE;
}

static void print_log_head(struct out *o, row *state)
{
	out_printf(
		o,
		"Syslog logging: enabled (%lld messages dropped, 0 flushes, "
		"0 overruns)\n"
		"    Buffer logging:  level debugging, %lld messages logged\n\n"
		"Log Buffer (%lld bytes):\n\n",
		daemon_number(state, "dropped"), daemon_number(state, "lines"),
		daemon_number(state, "room"));
}

/* Lines of text, as they are. */
int do_show_logging(void *ctx, const struct cmd_match *m)
{
	struct ctx *c = ctx;
	struct json_object *rows, *state;
	size_t i;

	(void)m;
	if (daemon_call(daemon_request("log"), &rows) != DONE)
		return FAILED;
	if (out_is_json(c->out)) {
		out_json(c->out, rows);
		return DONE;
	}
	if (daemon_call(daemon_request("log-state"), &state) == DONE) {
		if (row_len(state))
			print_log_head(c->out, row_at(state, 0));
		json_object_put(state);
	}
	for (i = 0; i < json_object_array_length(rows); i++)
		out_printf(c->out, "%s\n",
			   json_object_get_string(
				   json_object_array_get_idx(rows, i)));
	json_object_put(rows);
	return DONE;
}

/* --- clear --------------------------------------------------------------- */

/* What is cleared by number, by peer, or all of it; silent if it worked. */
static int clear(const char *request, const struct cmd_match *m)
{
	struct json_object *o = daemon_request(request);
	const struct cmd_arg *number = cmd_find(m, "CONN");
	const struct cmd_arg *peer = cmd_find(m, "PEER");
	char a[ADDR_STR];

	if (number)
		json_object_object_add(o, "number",
				       json_object_new_int64(number->v.num));
	if (peer)
		json_object_object_add(
			o, "address",
			json_object_new_string(addr_fmt(&peer->v.addr, a)));
	return daemon_call(o, NULL);
}

int do_clear_isakmp(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	/* There is no standby unit, so it has nothing to clear. */
	return cmd_has(m, "standby") ? DONE : clear("clear-isakmp", m);
}

int do_clear_logging(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	return clear("clear-log", m);
}

/* Is the pair the one of "entry": with that SPI at that end? */
static bool is_entry(struct json_object *r, const struct cmd_match *m)
{
	const struct cmd_arg *spi = cmd_find(m, "SPI");
	const struct cmd_arg *end = cmd_find(m, "ADDRESS");
	bool is_in = daemon_number(r, "in_spi") == (long long)spi->v.num;
	bool is_out = daemon_number(r, "out_spi") == (long long)spi->v.num;
	struct addr a;

	if (is_in && addr_parse(daemon_text(r, "local"), &a) &&
	    addr_eq(&a, &end->v.addr))
		return true;
	return is_out && addr_parse(daemon_text(r, "remote"), &a) &&
	       addr_eq(&a, &end->v.addr);
}

/* Is the pair one that the command names: by map, entry, peer, VRF? */
static bool is_named(struct json_object *r, const struct cmd_match *m)
{
	const struct cmd_arg *map = cmd_find(m, "MAP");
	const struct cmd_arg *peer = cmd_find(m, "PEER");
	bool is_front = peer || cmd_has(m, "entry");
	struct addr a;

	if (!view_is_vrf(daemon_text(r, is_front ? "fvrf" : "ivrf"),
			 cfg_text(m, "VRF")))
		return false;
	if (map && strcmp(daemon_text(r, "map"), map->text))
		return false;
	if (peer && (!addr_parse(daemon_text(r, "remote"), &a) ||
		     !addr_eq(&a, &peer->v.addr)))
		return false;
	return !cmd_has(m, "entry") || is_entry(r, m);
}

/* Each by its inbound SPI. */
static int clear_pairs(const struct cmd_match *m)
{
	struct json_object *rows, *o;
	int status = DONE;
	size_t i;

	if (daemon_call(daemon_request("ipsec-sa"), &rows) != DONE)
		return FAILED;
	for (i = 0; i < json_object_array_length(rows) && status == DONE; i++) {
		struct json_object *r = json_object_array_get_idx(rows, i);

		if (!is_named(r, m))
			continue;
		o = daemon_request("clear-sa");
		json_object_object_add(
			o, "number",
			json_object_new_int64(daemon_number(r, "in_spi")));
		status = daemon_call(o, NULL);
	}
	json_object_put(rows);
	return status;
}

int do_clear_sa(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	/* None are of a standby unit, or protected by AH. */
	if (cmd_has(m, "standby") || cmd_has(m, "ah"))
		return DONE;
	return cmd_has(m, "map") || cmd_has(m, "entry") || cmd_has(m, "vrf") ?
		       clear_pairs(m) :
		       clear("clear-sa", m);
}

/* The module counts on: the daemon remembers from where views count. */
int do_clear_counters(void *ctx, const struct cmd_match *m)
{
	(void)ctx;
	(void)m;
	return daemon_call(daemon_request("clear-counters"), NULL);
}
