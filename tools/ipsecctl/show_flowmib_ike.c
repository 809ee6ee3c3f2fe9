// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show crypto mib isakmp flowmib ..." and failures of both phases. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "show_flowmib.h"

#define COLUMN 29
#define WIDE 34 /* of the table of sums */

void flowmib_line(struct out *o, const char *label, const char *fmt, ...)
{
	char name[64], value[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	snprintf(name, sizeof(name), "%s:", label);
	out_printf(o, "  %-*s%s%s\n", COLUMN, name,
		   strlen(name) >= COLUMN ? " " : "", value);
}

void flowmib_span(struct out *o, const char *label, long long s)
{
	flowmib_line(o, label, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60,
		     s % 60);
}

/* Nothing for what is not known. */
void flowmib_text(struct out *o, const char *label, row *r, const char *key)
{
	char a[ADDR_STR];
	const char *text = row_ios(r, key, a);

	if (row_has(r, key))
		flowmib_line(o, label, "%s",
			     *text ? text : daemon_text(r, key));
}

void flowmib_num(struct out *o, const char *label, row *r, const char *key)
{
	flowmib_line(o, label, "%lld", daemon_number(r, key));
}

/* --- why ----------------------------------------------------------------- */

struct word {
	const char *ours, *text;
};

static const char *word_of(const struct word *w, const char *ours)
{
	for (; w->ours; w++)
		if (!strcmp(w->ours, ours))
			return w->text;
	return "other";
}

const char *flowmib_end_reason(const char *reason)
{
	static const struct word words[] = {
		{ "lifetime", "normal" },
		{ "rekeyed", "normal" },
		{ "idle", "normal" },
		{ "duplicate", "normal" },
		{ "deleted by the peer", "peer delete request" },
		{ "peer dead", "peer lost" },
		{ "no answer", "peer lost" },
		{ "initial contact", "peer lost" },
		{ "cleared", "Operation request" },
		{ "configuration changed", "Operation request" },
		{ "shutdown", "Operation request" },
		{ "limit", "system capacity failure" },
		{ "kernel", "local failure" },
		{ NULL, NULL },
	};

	return word_of(words, reason);
}

/* Kinds of failures and notifications as the MIB calls them. */
static const char *failure_reason(row *r)
{
	static const struct word words[] = {
		{ "NO_PROPOSAL_CHOSEN", "proposal failure" },
		{ "NO-PROPOSAL-CHOSEN", "proposal failure" },
		{ "INVALID_ID_INFORMATION", "proposal failure" },
		{ "INVALID-ID-INFORMATION", "proposal failure" },
		{ "AUTHENTICATION_FAILED", "authentication failure" },
		{ "AUTHENTICATION-FAILED", "authentication failure" },
		{ "INVALID_SIGNATURE", "authentication failure" },
		{ "NO_PRESHARED_KEY", "authentication failure" },
		{ "INVALID_CERTIFICATE", "peer certificate not valid" },
		{ "INVALID_HASH_INFORMATION", "hash validation failure" },
		{ "PAYLOAD_MALFORMED", "peer encoding error" },
		{ "NO_ANSWER", "peer lost" },
		{ "DEAD_PEER", "peer lost" },
		{ "KERNEL", "local failure" },
		{ "LIMIT", "system capacity failure" },
		{ NULL, NULL },
	};
	const char *kind = daemon_text(r, "kind");

	if (row_has(r, "ended"))
		return flowmib_end_reason(daemon_text(r, "ended"));
	if (!strcmp(kind, "PEER_NOTIFY"))
		kind = daemon_text(r, "notify");
	return word_of(words, kind);
}

/* --- rows ---------------------------------------------------------------- */

static void copy(row *to, const char *name, row *from, const char *key)
{
	if (row_has(from, key))
		json_object_object_add(to, name,
				       json_object_get(row_get(from, key)));
}

static const char *addr_type(row *r, const char *key)
{
	return strchr(daemon_text(r, key), ':') ? "ID_IPV6_ADDR" :
						  "ID_IPV4_ADDR";
}

/* Type and value of an identity; the address stands for one not known. */
static void put_id(row *o, row *from, const char *side)
{
	char type[32], value[32], id_type[32], id[32];

	snprintf(type, sizeof(type), "%s_type", side);
	snprintf(value, sizeof(value), "%s_value", side);
	snprintf(id_type, sizeof(id_type), "%s_id_type", side);
	snprintf(id, sizeof(id), "%s_id", side);
	if (row_has(from, id_type)) {
		copy(o, type, from, id_type);
		copy(o, value, from, id);
	} else {
		row_text(o, type, addr_type(from, side));
	}
}

static row *failures_of(row *failures, int phase, void (*fill)(row *o, row *f))
{
	row *all = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < row_len(failures); i++) {
		row *f = row_at(failures, i);

		if (daemon_number(f, "phase") != phase)
			continue;
		o = json_object_new_object();
		row_num(o, "index", daemon_number(f, "number"));
		row_text(o, "reason", failure_reason(f));
		row_num(o, "since_reset", daemon_number(f, "uptime"));
		copy(o, "vrf", f, "fvrf");
		fill(o, f);
		json_object_array_add(all, o);
	}
	return all;
}

static void fill_ike(row *o, row *f)
{
	put_id(o, f, "local");
	put_id(o, f, "remote");
	copy(o, "local", f, "local");
	copy(o, "remote", f, "remote");
}

row *flowmib_ike_failures(row *failures)
{
	return failures_of(failures, 1, fill_ike);
}

static void fill_ipsec(row *o, row *f)
{
	copy(o, "local", f, "local");
	copy(o, "remote", f, "remote");
	/* It failed before there was one. */
	row_num(o, "spi", 0);
}

row *flowmib_ipsec_failures(row *failures)
{
	return failures_of(failures, 2, fill_ipsec);
}

static row *tunnel_row(row *sa, uint64_t index)
{
	static const char *const same[] = { "local", "remote",	 "aggressive",
					    "group", "encr",	 "hash",
					    "auth",  "lifetime", "policy",
					    "dpd",   "up",	 "counters" };
	row *o = json_object_new_object();
	size_t i;

	row_num(o, "index", index);
	copy(o, "vrf", sa, "fvrf");
	put_id(o, sa, "local");
	put_id(o, sa, "remote");
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		copy(o, same[i], sa, same[i]);
	return o;
}

row *flowmib_ike_tunnels(row *sas)
{
	row *all = json_object_new_array();
	size_t i;

	for (i = 0; i < row_len(sas); i++) {
		row *sa = row_at(sas, i);

		if (!strcmp(daemon_text(sa, "state"), "QM_IDLE") &&
		    !daemon_flag(sa, "deleted"))
			json_object_array_add(
				all, tunnel_row(sa, daemon_number(sa, "conn")));
	}
	return all;
}

row *flowmib_ike_history(row *history)
{
	row *all = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < row_len(history); i++) {
		row *r = row_at(history, i);

		o = tunnel_row(r, daemon_number(r, "number"));
		row_text(o, "reason",
			 flowmib_end_reason(daemon_text(r, "reason")));
		json_object_array_add(all, o);
	}
	return all;
}

static bool has_peer(row *all, row *sa)
{
	size_t i;

	for (i = 0; i < row_len(all); i++)
		if (!strcmp(daemon_text(row_at(all, i), "remote"),
			    daemon_text(sa, "remote")) &&
		    !strcmp(daemon_text(row_at(all, i), "vrf"),
			    daemon_text(sa, "vrf")) &&
		    !strcmp(daemon_text(row_at(all, i), "local"),
			    daemon_text(sa, "local")))
			return true;
	return false;
}

row *flowmib_ike_peers(row *sas)
{
	row *tunnels = flowmib_ike_tunnels(sas);
	row *all = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < row_len(tunnels); i++) {
		row *t = row_at(tunnels, i);

		if (has_peer(all, t))
			continue;
		o = json_object_new_object();
		row_num(o, "index", row_len(all) + 1);
		copy(o, "vrf", t, "vrf");
		copy(o, "local_type", t, "local_type");
		copy(o, "local", t, "local");
		copy(o, "remote_type", t, "remote_type");
		copy(o, "remote", t, "remote");
		json_object_array_add(all, o);
	}
	json_object_put(tunnels);
	return all;
}

/* --- text ---------------------------------------------------------------- */

void flowmib_print_ike_failures(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		flowmib_num(o, "Index", r, "index");
		flowmib_text(o, "Reason", r, "reason");
		flowmib_span(o, "Failure time since reset",
			     daemon_number(r, "since_reset"));
		flowmib_text(o, "Local type", r, "local_type");
		flowmib_text(o, "Local value", r, "local_value");
		flowmib_text(o, "Remote type", r, "remote_type");
		flowmib_text(o, "Remote Value", r, "remote_value");
		flowmib_text(o, "Local Address", r, "local");
		flowmib_text(o, "Remote Address", r, "remote");
		out_printf(o, "\n");
	}
}

void flowmib_print_ipsec_failures(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		flowmib_num(o, "Index", r, "index");
		flowmib_text(o, "Reason", r, "reason");
		flowmib_span(o, "Failure time since reset",
			     daemon_number(r, "since_reset"));
		flowmib_text(o, "Src address", r, "local");
		flowmib_text(o, "Destination address", r, "remote");
		flowmib_num(o, "SPI", r, "spi");
		out_printf(o, "\n");
	}
}

void flowmib_sums(struct out *o, row *r, const char *const (*line)[2], size_t n)
{
	char label[64];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(label, sizeof(label), "%s:", line[i][0]);
		out_printf(o, "  %-*s%lld\n", WIDE, label,
			   daemon_number(r, line[i][1]));
	}
}

void flowmib_print_ike_global(struct out *o, row *rows)
{
	static const char *const lines[][2] = {
		{ "Active Tunnels", "active" },
		{ "Previous Tunnels", "previous" },
		{ "In octets", "in_octets" },
		{ "Out octets", "out_octets" },
		{ "In packets", "in_packets" },
		{ "Out packets", "out_packets" },
		{ "In packets drop", "in_drops" },
		{ "Out packets drop", "out_drops" },
		{ "In notifys", "notifies_in" },
		{ "Out notifys", "notifies_out" },
		{ "In P2 exchg", "exchanges_in" },
		{ "Out P2 exchg", "exchanges_out" },
		{ "In P2 exchg invalids", "invalids_in" },
		{ "Out P2 exchg invalids", "invalids_out" },
		{ "In P2 exchg rejects", "rejects_in" },
		{ "Out P2 exchg rejects", "rejects_out" },
		{ "In IPSEC delete", "deletes_in" },
		{ "Out IPSEC delete", "deletes_out" },
		{ "SAs locally initiated", "initiated" },
		{ "SAs locally initiated failed", "initiated_failed" },
		{ "SAs remotely initiated failed", "answered_failed" },
		{ "System capacity failures", "limits" },
		{ "Authentication failures", "authentication_failures" },
		{ "Decrypt failures", "decrypt_failures" },
		{ "Hash failures", "hash_failures" },
		{ "Invalid SPI", "unknown_sa" },
	};

	flowmib_sums(o, row_at(rows, 0), lines,
		     sizeof(lines) / sizeof(lines[0]));
}

/* RFC 2409, appendix A. */
static const char *name_of(const char *const *names, size_t n, long long v)
{
	return v >= 0 && (size_t)v < n && names[v] ? names[v] : "none";
}

static void print_policy(struct out *o, row *r)
{
	static const char *const encr[] = {
		[1] = "des", [5] = "3des", [7] = "aes"
	};
	static const char *const hash[] = {
		[1] = "md5", [2] = "sha", [4] = "sha256", [5] = "sha384", [6] = "sha512"
	};
	static const char *const auth[] = {
		[1] = "psk", [3] = "rsig", [4] = "renc"
	};

	flowmib_line(o, "Negotiation mode", "%s Mode",
		     daemon_flag(r, "aggressive") ? "Aggressive" : "Main");
	flowmib_num(o, "Diffie Hellman Grp", r, "group");
	flowmib_line(o, "Encryption algo", "%s",
		     name_of(encr, 8, daemon_number(r, "encr")));
	flowmib_line(o, "Hash algo", "%s",
		     name_of(hash, 7, daemon_number(r, "hash")));
	flowmib_line(o, "Auth method", "%s",
		     name_of(auth, 5, daemon_number(r, "auth")));
	flowmib_num(o, "Lifetime", r, "lifetime");
	flowmib_span(o, "Active time", daemon_number(r, "up"));
	flowmib_num(o, "Policy priority", r, "policy");
	flowmib_line(o, "Keepalive enabled", "%s",
		     daemon_flag(r, "dpd") ? "Yes" : "No");
}

/* Of the peer: @mine, what is left of all: ours. */
static long long rest(row *c, const char *all, const char *mine)
{
	return daemon_number(c, all) - daemon_number(c, mine);
}

static void print_tunnel(struct out *o, row *r)
{
	row *c = row_get(r, "counters");

	flowmib_text(o, "Local type", r, "local_type");
	flowmib_text(o, "Local address", r, "local");
	flowmib_text(o, "Remote type", r, "remote_type");
	flowmib_text(o, "Remote address", r, "remote");
	print_policy(o, r);
	flowmib_num(o, "In octets", c, "in_octets");
	flowmib_num(o, "In packets", c, "in_packets");
	flowmib_num(o, "In drops", c, "in_drops");
	flowmib_num(o, "In notifys", c, "notifies_in");
	flowmib_num(o, "In P2 exchanges", c, "exchanges_in");
	flowmib_num(o, "In P2 exchg invalids", c, "invalids_in");
	flowmib_num(o, "In P2 exchg rejected", c, "rejects_in");
	flowmib_num(o, "In P2 SA delete reqs", c, "deletes_in");
	flowmib_num(o, "Out octets", c, "out_octets");
	flowmib_num(o, "Out packets", c, "out_packets");
	flowmib_num(o, "Out drops", c, "out_drops");
	flowmib_num(o, "Out notifys", c, "notifies_out");
	flowmib_line(o, "Out P2 exchgs", "%lld",
		     rest(c, "exchanges", "exchanges_in"));
	flowmib_line(o, "Out P2 exchg invalids", "%lld",
		     rest(c, "invalids", "invalids_in"));
	flowmib_line(o, "Out P2 exchg rejects", "%lld",
		     rest(c, "rejects", "rejects_in"));
	flowmib_num(o, "Out P2 Sa delete requests", c, "deletes_out");
	out_printf(o, "\n");
}

void flowmib_print_ike_tunnels(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		flowmib_num(o, "Index", row_at(rows, i), "index");
		print_tunnel(o, row_at(rows, i));
	}
}

void flowmib_print_ike_history(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		flowmib_text(o, "Reason", row_at(rows, i), "reason");
		flowmib_num(o, "Index", row_at(rows, i), "index");
		print_tunnel(o, row_at(rows, i));
	}
}

void flowmib_print_ike_peers(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		flowmib_num(o, "Index", r, "index");
		flowmib_text(o, "Local type", r, "local_type");
		flowmib_text(o, "Local address", r, "local");
		flowmib_text(o, "Remote type", r, "remote_type");
		flowmib_text(o, "Remote address", r, "remote");
		out_printf(o, "\n");
	}
}
