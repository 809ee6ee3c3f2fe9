// SPDX-License-Identifier: GPL-2.0-or-later
/* All counters as metric families in the text format of Prometheus. */
#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/names.h"
#include "../lib/sel.h"
#include "daemon.h"

/* --- families ------------------------------------------------------------- */

#define COUNTER "counter"
#define GAUGE "gauge"

/* A new family; its samples. */
static row *family(row *all, const char *name, const char *type,
		   const char *help)
{
	row *o = json_object_new_object();

	row_text(o, "name", name);
	row_text(o, "type", type);
	row_text(o, "help", help);
	json_object_array_add(all, o);
	return row_list(o, "samples");
}

/* A new sample with that value; its labels, to which more may be added. */
static row *sample(row *samples, uint64_t value)
{
	row *o = json_object_new_object(), *labels = json_object_new_object();

	json_object_object_add(o, "labels", labels);
	row_num(o, "value", value);
	json_object_array_add(samples, o);
	return labels;
}

static void single(row *all, const char *name, const char *type,
		   const char *help, uint64_t value)
{
	sample(family(all, name, type, help), value);
}

static void label_num(row *labels, const char *key, uint64_t v)
{
	char buf[24];

	snprintf(buf, sizeof(buf), "%" PRIu64, v);
	row_text(labels, key, buf);
}

/* --- the namespace ---------------------------------------------------------- */

static const struct {
	size_t offset;
	const char *name, *help;
} ns_counters[] = {
#define NS(field, name, help)                          \
	{                                              \
		offsetof(struct ns, field), name, help \
	}
	NS(out_packets, "ipsecgw_out_packets_total",
	   "Packets that were protected and sent."),
	NS(out_bytes, "ipsecgw_out_bytes_total",
	   "Octets of these before encapsulation."),
	NS(in_packets, "ipsecgw_in_packets_total",
	   "Protected packets that were accepted."),
	NS(in_bytes, "ipsecgw_in_bytes_total",
	   "Octets of these after decapsulation."),
	NS(bypassed, "ipsecgw_bypassed_packets_total",
	   "Packets that a rule let pass in clear."),
	NS(keepalives_in, "ipsecgw_nat_keepalives_in_total",
	   "NAT keepalives received."),
	NS(keepalives_out, "ipsecgw_nat_keepalives_out_total",
	   "NAT keepalives sent."),
	NS(acquires, "ipsecgw_acquires_total",
	   "SAs that traffic has asked for."),
	NS(deferred, "ipsecgw_deferred_packets_total",
	   "Packets whose cryptography was finished later."),
#undef NS
};

static void add_ns(row *all, const struct ns *ns)
{
	char reason[32];
	const char *name;
	row *drops;
	uint32_t i;

	for (i = 0; i < sizeof(ns_counters) / sizeof(ns_counters[0]); i++)
		single(all, ns_counters[i].name, COUNTER, ns_counters[i].help,
		       *(const uint64_t *)((const char *)ns +
					   ns_counters[i].offset));
	single(all, "ipsecgw_rules", GAUGE, "Rules of all crypto maps.",
	       ns->policies);
	single(all, "ipsecgw_maps", GAUGE, "Crypto maps.", ns->maps);
	single(all, "ipsecgw_acquires_pending", GAUGE,
	       "Flows that wait for an SA.", ns->pending);
	drops = family(all, "ipsecgw_drops_total", COUNTER,
		       "Packets that were dropped, by reason.");
	for (i = 0; i < ns->n_drops; i++) {
		name = names_drop(ns->drops[i].reason);
		if (!name) {
			snprintf(reason, sizeof(reason), "reason-%u",
				 ns->drops[i].reason);
			name = reason;
		}
		row_text(sample(drops, ns->drops[i].packets), "reason", name);
	}
}

/* --- interfaces --------------------------------------------------------------- */

static void add_bindings(row *all, const struct view *v)
{
	row *no_sa = family(all, "ipsecgw_interface_no_sa_drops_total", COUNTER,
			    "Packets dropped for want of an SA.");
	row *clear = family(all, "ipsecgw_interface_clear_drops_total", COUNTER,
			    "Packets that should have been protected and came "
			    "in clear.");
	row *mtu = family(all, "ipsecgw_interface_mtu_bytes", GAUGE,
			  "MTU of an interface with a crypto map.");
	row *labels[3];
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++) {
		const struct map *m = &v->binding[i].map;

		labels[0] = sample(no_sa, m->no_sa_drops);
		labels[1] = sample(clear, m->clear_drops);
		labels[2] = sample(mtu, m->mtu);
		for (k = 0; k < 3; k++) {
			row_text(labels[k], "interface", v->binding[i].ifname);
			row_text(labels[k], "map", m->name);
		}
	}
}

/* --- rules -------------------------------------------------------------------- */

#define STAT(field) offsetof(struct stats, field)

static uint64_t stat_of(const struct stats *s, size_t offset)
{
	return *(const uint64_t *)((const char *)s + offset);
}

static row *rule_sample(row *samples, const struct policy *p, uint64_t value)
{
	row *labels = sample(samples, value);

	row_text(labels, "map", p->map);
	label_num(labels, "seq", p->seq);
	label_num(labels, "index", p->index);
	return labels;
}

/* What a rule has done, both ways: of all its SAs, also those that have gone. */
static void add_rule_sums(row *all, const struct view *v)
{
	static const struct {
		size_t out, in;
		const char *name, *help;
	} sums[] = {
		{ STAT(out_packets), STAT(in_packets),
		  "ipsecgw_rule_packets_total",
		  "Packets of a rule of a crypto map entry, of all SAs that it "
		  "has had." },
		{ STAT(out_bytes), STAT(in_bytes), "ipsecgw_rule_bytes_total",
		  "Octets of these without the encapsulation." },
		{ STAT(out_wire_bytes), STAT(in_wire_bytes),
		  "ipsecgw_rule_wire_bytes_total",
		  "Octets of these with the encapsulation." },
	};
	row *samples;
	uint32_t i, k;

	for (k = 0; k < sizeof(sums) / sizeof(sums[0]); k++) {
		samples = family(all, sums[k].name, COUNTER, sums[k].help);
		for (i = 0; i < v->n_policies; i++) {
			const struct policy *p = &v->policy[i];

			if (p->action != ACTION_PROTECT)
				continue;
			row_text(rule_sample(samples, p,
					     stat_of(&p->stats, sums[k].out)),
				 "direction", "out");
			row_text(rule_sample(samples, p,
					     stat_of(&p->stats, sums[k].in)),
				 "direction", "in");
		}
	}
}

static void add_rule_errors(row *all, const struct view *v)
{
	static const struct {
		size_t offset;
		const char *way, *cause;
	} errors[] = {
		{ STAT(send_errors), "out", "any" },
		{ STAT(recv_errors), "in", "any" },
		{ STAT(err_no_sa), "out", "no-sa" },
		{ STAT(err_send), "out", "send" },
		{ STAT(err_encrypt), "out", "encrypt" },
		{ STAT(err_send_internal), "out", "internal" },
		{ STAT(err_seq), "out", "sequence" },
		{ STAT(err_replay), "in", "replay" },
		{ STAT(err_auth), "in", "authentication" },
		{ STAT(err_length), "in", "length" },
		{ STAT(err_identity), "in", "identity" },
		{ STAT(err_proto), "in", "protocol" },
		{ STAT(err_decaps), "in", "decapsulation" },
		{ STAT(err_invalid_sa), "in", "invalid-sa" },
		{ STAT(err_recv_internal), "in", "internal" },
	};
	row *samples = family(all, "ipsecgw_rule_errors_total", COUNTER,
			      "Packets of a rule that were dropped, by cause; "
			      "\"any\" is the sum.");
	uint32_t i, k;

	for (i = 0; i < v->n_policies; i++) {
		const struct policy *p = &v->policy[i];

		for (k = 0; k < sizeof(errors) / sizeof(errors[0]) &&
			    p->action == ACTION_PROTECT;
		     k++) {
			row *labels = rule_sample(samples, p,
						  stat_of(&p->stats,
							  errors[k].offset));

			row_text(labels, "direction", errors[k].way);
			row_text(labels, "cause", errors[k].cause);
		}
	}
}

static void add_rules(row *all, const struct view *v)
{
	row *info = family(all, "ipsecgw_rule_info", GAUGE,
			   "What a rule of a crypto map entry is about; always "
			   "1.");
	row *sas = family(all, "ipsecgw_rule_sas", GAUGE, "SAs of a rule.");
	row *held = family(all, "ipsecgw_rule_held_packets", GAUGE,
			   "Packets that are held until there is an SA.");
	char text[SEL_STR], a[ADDR_STR];
	row *labels;
	uint32_t i;

	for (i = 0; i < v->n_policies; i++) {
		const struct policy *p = &v->policy[i];

		labels = rule_sample(info, p, 1);
		row_text(labels, "action",
			 names_str(names_acl_action, p->action));
		row_text(labels, "flow", sel_fmt(&p->sel, text));
		if (p->n_peers)
			row_text(labels, "peer", addr_fmt(&p->peer[0], a));
		if (p->action != ACTION_PROTECT)
			continue;
		row_text(rule_sample(sas, p, p->in_sas), "direction", "in");
		row_text(rule_sample(sas, p, p->out_sas), "direction", "out");
		rule_sample(held, p, p->held);
	}
	add_rule_sums(all, v);
	add_rule_errors(all, v);
}

/* --- SAs ---------------------------------------------------------------------- */

/* Sums over the SAs there are: single ones come and go too often for a series. */
static void add_sas(row *all, const struct view *v)
{
	static const uint8_t states[] = { STATE_LARVAL, STATE_STANDBY,
					  STATE_ACTIVE, STATE_EXPIRED };
	row *samples = family(all, "ipsecgw_sas", GAUGE,
			      "SAs, by direction and state."),
	    *labels;
	uint64_t n[3][5] = { 0 }, packets[3] = { 0 }, bytes[3] = { 0 };
	uint32_t i, k;

	for (i = 0; i < v->n_sas; i++) {
		const struct sa *sa = &v->sa[i].sa;

		if (sa->dir > DIR_OUT || sa->state > STATE_EXPIRED)
			continue;
		n[sa->dir][sa->state]++;
		packets[sa->dir] +=
			sa->stats.out_packets + sa->stats.in_packets;
		bytes[sa->dir] += sa->stats.out_bytes + sa->stats.in_bytes;
	}
	for (i = DIR_IN; i <= DIR_OUT; i++)
		for (k = 0; k < sizeof(states); k++) {
			labels = sample(samples, n[i][states[k]]);
			row_text(labels, "direction", names_str(names_dir, i));
			row_text(labels, "state",
				 names_str(names_state, states[k]));
		}
	samples = family(all, "ipsecgw_live_sa_packets", GAUGE,
			 "Packets of the SAs that exist now.");
	for (i = DIR_IN; i <= DIR_OUT; i++)
		row_text(sample(samples, packets[i]), "direction",
			 names_str(names_dir, i));
	samples = family(all, "ipsecgw_live_sa_bytes", GAUGE,
			 "Octets of the SAs that exist now.");
	for (i = DIR_IN; i <= DIR_OUT; i++)
		row_text(sample(samples, bytes[i]), "direction",
			 names_str(names_dir, i));
}

/* --- sessions ----------------------------------------------------------------- */

static row *session_sample(row *samples, row *s, uint64_t value)
{
	static const char *const keys[] = { "interface", "local", "remote" };
	row *labels = sample(samples, value);
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		row_text(labels, keys[i], daemon_text(s, keys[i]));
	label_num(labels, "remote_port", daemon_number(s, "remote_port"));
	return labels;
}

static uint64_t flows_sum(row *s, const char *key)
{
	row *flows = row_get(s, "flows");
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < row_len(flows); i++)
		sum += daemon_number(row_at(flows, i), key);
	return sum;
}

static void add_session_sums(row *all, row *sessions)
{
	static const struct {
		const char *out, *in, *name, *help;
	} sums[] = {
		{ "out_packets", "in_packets", "ipsecgw_session_packets_total",
		  "Packets of the flows of a session." },
		{ "out_bytes", "in_bytes", "ipsecgw_session_bytes_total",
		  "Octets of these without the encapsulation." },
		{ "out_drops", "in_drops", "ipsecgw_session_drops_total",
		  "Packets of the flows of a session that were dropped." },
	};
	row *samples;
	size_t i, k;

	for (k = 0; k < sizeof(sums) / sizeof(sums[0]); k++) {
		samples = family(all, sums[k].name, COUNTER, sums[k].help);
		for (i = 0; i < row_len(sessions); i++) {
			row *s = row_at(sessions, i);

			row_text(session_sample(samples, s,
						flows_sum(s, sums[k].out)),
				 "direction", "out");
			row_text(session_sample(samples, s,
						flows_sum(s, sums[k].in)),
				 "direction", "in");
		}
	}
}

static void add_session_info(row *all, row *sessions)
{
	static const char *const keys[] = { "status", "description",
					    "remote_id", "username" };
	row *info = family(all, "ipsecgw_session_info", GAUGE,
			   "Status of a session and who the peer is; always "
			   "1."),
	    *labels;
	size_t i, k;

	for (i = 0; i < row_len(sessions); i++) {
		labels = session_sample(info, row_at(sessions, i), 1);
		for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
			row_text(labels, keys[k],
				 daemon_text(row_at(sessions, i), keys[k]));
	}
}

/* Seconds since it came up, 0 while it is down; of what the daemon told. */
static void add_session_clocks(row *all, row *sessions)
{
	static const struct {
		const char *key, *name, *help;
	} clocks[] = {
		{ "uptime", "ipsecgw_session_uptime_seconds",
		  "How long a session is up." },
		{ "down_for", "ipsecgw_session_down_seconds",
		  "How long a session that was up is down." },
	};
	row *samples;
	size_t i, k;

	for (k = 0; k < sizeof(clocks) / sizeof(clocks[0]); k++) {
		samples = family(all, clocks[k].name, GAUGE, clocks[k].help);
		for (i = 0; i < row_len(sessions); i++) {
			row *s = row_at(sessions, i);

			if (row_has(s, clocks[k].key))
				session_sample(samples, s,
					       daemon_number(s, clocks[k].key));
		}
	}
}

static void add_sessions(row *all, row *sessions)
{
	static const char *const statuses[] = { "UP-ACTIVE", "UP-IDLE",
						"UP-NO-IKE", "DOWN-NEGOTIATING",
						"DOWN" };
	row *counts =
		family(all, "ipsecgw_sessions", GAUGE, "Sessions, by status.");
	row *up = family(all, "ipsecgw_session_up", GAUGE,
			 "Can traffic of the session flow?");
	size_t i, k;
	uint64_t n;

	for (k = 0; k < sizeof(statuses) / sizeof(statuses[0]); k++) {
		n = 0;
		for (i = 0; i < row_len(sessions); i++)
			n += !strcmp(daemon_text(row_at(sessions, i), "status"),
				     statuses[k]);
		row_text(sample(counts, n), "status", statuses[k]);
	}
	for (i = 0; i < row_len(sessions); i++) {
		row *s = row_at(sessions, i);
		const char *status = daemon_text(s, "status");

		session_sample(up, s, !strncmp(status, "UP-", 3));
	}
	add_session_info(all, sessions);
	add_session_sums(all, sessions);
	add_session_clocks(all, sessions);
}

/* --- IKE ---------------------------------------------------------------------- */

static const struct {
	const char *key, *name, *help;
} ike_counters[] = {
#define IKE(key, help)                                   \
	{                                                \
#key, "ipsecgw_ike_" #key "_total", help \
	}
	IKE(in_packets, "IKE packets received."),
	IKE(out_packets, "IKE packets sent."),
	{ "in_octets", "ipsecgw_ike_in_bytes_total",
	  "Octets of IKE packets received." },
	{ "out_octets", "ipsecgw_ike_out_bytes_total",
	  "Octets of IKE packets sent." },
	IKE(in_drops, "IKE packets that were ignored."),
	IKE(out_drops, "IKE packets that could not be sent."),
	IKE(notifies_in, "Notifications received."),
	IKE(notifies_out, "Notifications sent."),
	IKE(exchanges_in, "Phase 2 exchanges that peers have begun."),
	IKE(exchanges_out, "Phase 2 exchanges that were begun here."),
	IKE(invalids_in, "Phase 2 exchanges received that were invalid."),
	IKE(invalids_out, "Phase 2 exchanges sent that were invalid."),
	IKE(rejects_in, "Phase 2 exchanges of peers that were refused."),
	IKE(rejects_out, "Phase 2 exchanges that peers have refused."),
	IKE(deletes_in, "Delete requests received."),
	IKE(deletes_out, "Delete requests sent."),
	IKE(initiated, "ISAKMP SAs that were begun here."),
	IKE(initiated_failed, "ISAKMP SAs begun here that have failed."),
	IKE(answered_failed, "ISAKMP SAs begun by peers that have failed."),
	IKE(limits, "Negotiations refused for a limit."),
	IKE(authentication_failures, "Authentications that have failed."),
	IKE(decrypt_failures, "IKE packets that could not be decrypted."),
	IKE(hash_failures, "IKE packets with a wrong hash."),
	IKE(unknown_sa, "IKE packets of no ISAKMP SA."),
	{ "previous", "ipsecgw_ike_sas_ended_total",
	  "ISAKMP SAs that have gone." },
#undef IKE
};

static void add_ike(row *all, row *sums)
{
	size_t i;

	single(all, "ipsecgw_ike_sas", GAUGE, "ISAKMP SAs that are up.",
	       daemon_number(sums, "active"));
	for (i = 0; i < sizeof(ike_counters) / sizeof(ike_counters[0]); i++)
		if (row_has(sums, ike_counters[i].key))
			single(all, ike_counters[i].name, COUNTER,
			       ike_counters[i].help,
			       daemon_number(sums, ike_counters[i].key));
}

row *metrics_rows(const struct metrics_facts *f)
{
	row *all = json_object_new_array();

	single(all, "ipsecgw_module_up", GAUGE, "Is the module loaded?",
	       f->view != NULL);
	single(all, "ipsecgw_daemon_up", GAUGE, "Does the IKE daemon answer?",
	       f->has_daemon);
	if (f->ns)
		add_ns(all, f->ns);
	if (f->view) {
		add_bindings(all, f->view);
		add_rules(all, f->view);
		add_sas(all, f->view);
	}
	if (f->sessions)
		add_sessions(all, f->sessions);
	if (f->ike)
		add_ike(all, f->ike);
	return all;
}

/* --- text --------------------------------------------------------------------- */

/*
 * The value of a label in quotes. What else could steer a terminal is replaced
 * as on every line that goes out.
 */
static void print_value(struct out *o, const char *text)
{
	char *quoted = malloc(2 * strlen(text) + 3), *p = quoted;

	if (!quoted) {
		out_printf(o, "\"\"");
		return;
	}
	*p++ = '"';
	for (; *text; text++) {
		if (*text == '\n' || *text == '\\' || *text == '"')
			*p++ = '\\';
		*p++ = *text == '\n' ? 'n' : *text;
	}
	*p++ = '"';
	*p = '\0';
	out_printf(o, "%s", quoted);
	free(quoted);
}

static void print_sample(struct out *o, const char *name, row *s)
{
	char sep = '{';

	out_printf(o, "%s", name);
	json_object_object_foreach(row_get(s, "labels"), key, value) {
		out_printf(o, "%c%s=", sep, key);
		print_value(o, json_object_get_string(value));
		sep = ',';
	}
	out_printf(o, "%s %" PRIu64 "\n", sep == ',' ? "}" : "",
		   json_object_get_uint64(row_get(s, "value")));
}

void metrics_print(struct out *o, row *families)
{
	row *f, *samples;
	size_t i, k;

	for (i = 0; i < row_len(families); i++) {
		f = row_at(families, i);
		samples = row_get(f, "samples");
		if (!row_len(samples))
			continue;
		out_printf(o, "# HELP %s %s\n# TYPE %s %s\n",
			   daemon_text(f, "name"), daemon_text(f, "help"),
			   daemon_text(f, "name"), daemon_text(f, "type"));
		for (k = 0; k < row_len(samples); k++)
			print_sample(o, daemon_text(f, "name"),
				     row_at(samples, k));
	}
}
