// SPDX-License-Identifier: GPL-2.0-or-later
/* All counters as metric families in the text format of Prometheus. */
#include "metrics_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/names.h"
#include "daemon.h"

/* --- families ------------------------------------------------------------- */

row *metrics_family(row *all, const char *name, const char *type,
		    const char *help)
{
	row *o = json_object_new_object();

	row_text(o, "name", name);
	row_text(o, "type", type);
	row_text(o, "help", help);
	json_object_array_add(all, o);
	return row_list(o, "samples");
}

row *metrics_sample(row *samples, uint64_t value)
{
	row *o = json_object_new_object(), *labels = json_object_new_object();

	json_object_object_add(o, "labels", labels);
	row_num(o, "value", value);
	json_object_array_add(samples, o);
	return labels;
}

void metrics_single(row *all, const char *name, const char *type,
		    const char *help, uint64_t value)
{
	metrics_sample(metrics_family(all, name, type, help), value);
}

void metrics_label(row *labels, const char *key, uint64_t v)
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
		metrics_single(all, ns_counters[i].name, METRICS_COUNTER,
			       ns_counters[i].help,
			       *(const uint64_t *)((const char *)ns +
						   ns_counters[i].offset));
	metrics_single(all, "ipsecgw_rules", METRICS_GAUGE,
		       "Rules of all crypto maps.", ns->policies);
	metrics_single(all, "ipsecgw_maps", METRICS_GAUGE, "Crypto maps.",
		       ns->maps);
	metrics_single(all, "ipsecgw_acquires_pending", METRICS_GAUGE,
		       "Flows that wait for an SA.", ns->pending);
	drops = metrics_family(all, "ipsecgw_drops_total", METRICS_COUNTER,
			       "Packets that were dropped, by reason.");
	for (i = 0; i < ns->n_drops; i++) {
		name = names_drop(ns->drops[i].reason);
		if (!name) {
			snprintf(reason, sizeof(reason), "reason-%u",
				 ns->drops[i].reason);
			name = reason;
		}
		row_text(metrics_sample(drops, ns->drops[i].packets), "reason",
			 name);
	}
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

	metrics_single(all, "ipsecgw_ike_sas", METRICS_GAUGE,
		       "ISAKMP SAs that are up.",
		       daemon_number(sums, "active"));
	for (i = 0; i < sizeof(ike_counters) / sizeof(ike_counters[0]); i++)
		if (row_has(sums, ike_counters[i].key))
			metrics_single(all, ike_counters[i].name,
				       METRICS_COUNTER, ike_counters[i].help,
				       daemon_number(sums,
						     ike_counters[i].key));
}

row *metrics_rows(const struct metrics_facts *f)
{
	row *all = json_object_new_array();

	metrics_single(all, "ipsecgw_module_up", METRICS_GAUGE,
		       "Is the module loaded?", f->view != NULL);
	metrics_single(all, "ipsecgw_daemon_up", METRICS_GAUGE,
		       "Does the IKE daemon answer?", f->has_daemon);
	if (f->ns)
		add_ns(all, f->ns);
	if (f->view)
		metrics_add_view(all, f->view);
	if (f->sessions)
		metrics_add_sessions(all, f->sessions);
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
