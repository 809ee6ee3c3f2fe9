// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show crypto session ...". */
#include "show_session.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "daemon.h"

#define NONE "(none)"

/* --- plain and in detail -------------------------------------------------- */

static const char *or_none(row *o, const char *key)
{
	return row_has(o, key) ? daemon_text(o, key) : NONE;
}

/* Lines that are there only when they are known. */
static void print_known(struct out *o, row *r, bool is_detail)
{
	static const char *const lines[][2] = {
		{ "username", "Username" },
		{ "profile", "Profile" },
		{ "group", "Group" },
		{ "assigned", "Assigned address" },
	};
	char span[FMT_SPAN];
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (row_has(r, lines[i][0]))
			out_printf(o, "%s: %s\n", lines[i][1],
				   daemon_text(r, lines[i][0]));
	if (is_detail && row_has(r, "uptime"))
		out_printf(o, "Uptime: %s\n",
			   fmt_uptime(daemon_number(r, "uptime"), span));
}

static void print_ike(struct out *o, row *sa, bool is_detail)
{
	char l[ADDR_STR], p[ADDR_STR], left[32] = "0";
	long long s = daemon_number(sa, "left");
	bool is_up = daemon_flag(sa, "active");

	out_printf(o, "  IKE SA: local %s/%lld remote %s/%lld %s\n",
		   row_ios(sa, "local", l), daemon_number(sa, "local_port"),
		   row_ios(sa, "remote", p), daemon_number(sa, "remote_port"),
		   is_up ? "Active" : "Inactive");
	if (!is_detail)
		return;
	if (is_up)
		snprintf(left, sizeof(left), "%02lld:%02lld:%02lld", s / 3600,
			 s / 60 % 60, s % 60);
	out_printf(o, "    Capabilities:%s connid:%lld lifetime:%s\n",
		   or_none(sa, "capabilities"),
		   is_up ? daemon_number(sa, "conn") : 0, left);
}

static void print_way(struct out *o, row *f, const char *way)
{
	bool is_in = *way == 'i';
	char key[32], left[64];

	snprintf(key, sizeof(key), "%s_seconds_left", way);
	if (!row_has(f, key)) {
		snprintf(left, sizeof(left), "0/0");
	} else {
		long long s = daemon_number(f, key);

		snprintf(key, sizeof(key), "%s_kilobytes_left", way);
		if (row_has(f, key))
			snprintf(left, sizeof(left), "%lld/%lld",
				 daemon_number(f, key), s);
		else
			snprintf(left, sizeof(left),
				 "KB Vol Rekey Disabled/%lld", s);
	}
	out_printf(
		o, "    %s #pkts %s %lld drop %lld life (KB/Sec) %s\n",
		is_in ? "Inbound: " : "Outbound:", is_in ? "dec'ed" : "enc'ed",
		daemon_number(f, is_in ? "in_packets" : "out_packets"),
		daemon_number(f, is_in ? "in_drops" : "out_drops"), left);
}

static void print_flow(struct out *o, row *f, bool is_detail)
{
	out_printf(o, "  IPSEC FLOW: %s\n", daemon_text(f, "flow"));
	out_printf(o, "    Active SAs: %lld, origin: %s\n",
		   daemon_number(f, "active_sas"), daemon_text(f, "origin"));
	if (!is_detail)
		return;
	print_way(o, f, "in");
	print_way(o, f, "out");
}

static void print_peer(struct out *o, row *r, bool is_detail)
{
	char a[ADDR_STR];

	if (!is_detail) {
		out_printf(o, "Peer: %s/%lld\n", row_ios(r, "remote", a),
			   daemon_number(r, "remote_port"));
		return;
	}
	out_printf(o, "Peer: %s port %lld fvrf: %s ivrf: %s\n",
		   row_ios(r, "remote", a), daemon_number(r, "remote_port"),
		   or_none(r, "fvrf"), or_none(r, "ivrf"));
	if (row_has(r, "description"))
		out_printf(o, "  Desc: %s\n", daemon_text(r, "description"));
	out_printf(o, "  Phase1_id: %s\n", or_none(r, "remote_id"));
}

static void print_one(struct out *o, row *r, bool is_detail)
{
	row *ikes = row_get(r, "ike_sas"), *flows = row_get(r, "flows");
	size_t i;

	out_printf(o, "Interface: %s\n", daemon_text(r, "interface"));
	print_known(o, r, is_detail);
	out_printf(o, "Session status: %s\n", daemon_text(r, "status"));
	print_peer(o, r, is_detail);
	for (i = 0; i < row_len(ikes); i++)
		print_ike(o, row_at(ikes, i), is_detail);
	for (i = 0; i < row_len(flows); i++)
		print_flow(o, row_at(flows, i), is_detail);
	out_printf(o, "\n");
}

void session_print(struct out *o, row *rows, bool is_detail)
{
	size_t i;

	if (!is_detail)
		out_printf(o, "Crypto session current status\n\n");
	for (i = 0; i < row_len(rows); i++)
		print_one(o, row_at(rows, i), is_detail);
}

/* --- brief ---------------------------------------------------------------- */

/* "Fa0/1"; names of the system stay as they are. */
static const char *short_name(const char *name, char *buf, size_t size)
{
	size_t n = 0;

	while (isalpha((unsigned char)name[n]))
		n++;
	if (!isupper((unsigned char)*name) || n < 3)
		return name;
	snprintf(buf, size, "%.2s%s", name, name + n);
	return buf;
}

static const char *code_of(row *r)
{
	static const char *const codes[][2] = {
		{ "UP-ACTIVE", "UA" },	      { "UP-IDLE", "UI" },
		{ "UP-NO-IKE", "UK" },	      { "UP-STANDBY", "US" },
		{ "DOWN-NEGOTIATING", "DN" },
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(daemon_text(r, "status"), codes[i][0]))
			return codes[i][1];
	return "D";
}

static void print_brief(struct out *o, row *r)
{
	char a[ADDR_STR], name[64], span[FMT_SPAN] = "";

	if (row_has(r, "uptime"))
		fmt_uptime(daemon_number(r, "uptime"), span);
	out_printf(o, "%15s %7s %15s %24s %8s %5s\n", row_ios(r, "remote", a),
		   short_name(daemon_text(r, "interface"), name, sizeof(name)),
		   daemon_text(r, "username"),
		   daemon_text(r, row_has(r, "group") ? "group" : "remote_id"),
		   span, code_of(r));
}

static const char *vrf_of(row *rows, size_t i)
{
	return daemon_text(row_at(rows, i), "ivrf");
}

/* Is a row before it of the same inside VRF? */
static bool is_seen(row *rows, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (!strcmp(vrf_of(rows, k), vrf_of(rows, i)))
			return true;
	return false;
}

void session_print_brief(struct out *o, row *rows)
{
	size_t i, k;

	out_printf(
		o,
		"Status: A- Active, U - Up, D - Down, I - Idle, S - Standby, N - Negotiating\n"
		"        K - No IKE\n");
	for (i = 0; i < row_len(rows); i++) {
		if (is_seen(rows, i))
			continue;
		out_printf(o, "ivrf = %s\n%15s %7s %15s %24s %8s %5s\n",
			   or_none(row_at(rows, i), "ivrf"), "Peer", "I/F",
			   "Username", "Group/Phase1_id", "Uptime", "Status");
		for (k = i; k < row_len(rows); k++)
			if (!strcmp(vrf_of(rows, i), vrf_of(rows, k)))
				print_brief(o, row_at(rows, k));
	}
}

/* --- groups --------------------------------------------------------------- */

static row *group_of(row *groups, const char *name)
{
	row *o;
	size_t i;

	for (i = 0; i < row_len(groups); i++)
		if (!strcmp(daemon_text(row_at(groups, i), "group"), name))
			return row_at(groups, i);
	o = json_object_new_object();
	row_text(o, "group", name);
	row_num(o, "connections", 0);
	json_object_object_add(o, "users", json_object_new_object());
	json_object_array_add(groups, o);
	return o;
}

row *session_groups(row *rows, const char *group)
{
	row *groups = json_object_new_array();
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i), *g, *users;
		const char *name = daemon_text(r, "group");
		const char *user = daemon_text(r, "username");

		if (!*name || (group && strcmp(group, name)))
			continue;
		g = group_of(groups, name);
		row_num(g, "connections", daemon_number(g, "connections") + 1);
		users = row_get(g, "users");
		if (*user)
			row_num(users, user, daemon_number(users, user) + 1);
	}
	return groups;
}

void session_print_groups(struct out *o, row *groups)
{
	size_t i;

	for (i = 0; i < row_len(groups); i++)
		out_printf(o, "Group: Connections\n%s: %lld\n\n",
			   daemon_text(row_at(groups, i), "group"),
			   daemon_number(row_at(groups, i), "connections"));
}

void session_print_summary(struct out *o, row *groups)
{
	size_t i;

	for (i = 0; i < row_len(groups); i++) {
		row *g = row_at(groups, i);

		out_printf(o, "Group %s has %lld connections\n",
			   daemon_text(g, "group"),
			   daemon_number(g, "connections"));
		out_printf(o, "    User (Logins)\n");
		json_object_object_foreach(row_get(g, "users"), user, n) {
			out_printf(o, "    %s (%s)\n", user,
				   json_object_get_string(n));
		}
		out_printf(o, "\n");
	}
}
