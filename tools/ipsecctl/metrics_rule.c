// SPDX-License-Identifier: GPL-2.0-or-later
/* Metrics of the module: interfaces, rules, SAs. */
#include "metrics_part.h"

#include <stddef.h>

#include "../lib/names.h"
#include "../lib/sel.h"

/* --- interfaces --------------------------------------------------------------- */

static void add_bindings(row *all, const struct view *v)
{
	row *no_sa = metrics_family(all, "ipsecgw_interface_no_sa_drops_total",
				    METRICS_COUNTER,
				    "Packets dropped for want of an SA.");
	row *clear = metrics_family(
		all, "ipsecgw_interface_clear_drops_total", METRICS_COUNTER,
		"Packets that should have been protected and came "
		"in clear.");
	row *mtu = metrics_family(all, "ipsecgw_interface_mtu_bytes",
				  METRICS_GAUGE,
				  "MTU of an interface with a crypto map.");
	row *labels[3];
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++) {
		const struct map *m = &v->binding[i].map;

		labels[0] = metrics_sample(no_sa, m->no_sa_drops);
		labels[1] = metrics_sample(clear, m->clear_drops);
		labels[2] = metrics_sample(mtu, m->mtu);
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
	row *labels = metrics_sample(samples, value);

	row_text(labels, "map", p->map);
	metrics_label(labels, "seq", p->seq);
	metrics_label(labels, "index", p->index);
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
		samples = metrics_family(all, sums[k].name, METRICS_COUNTER,
					 sums[k].help);
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
	row *samples = metrics_family(
		all, "ipsecgw_rule_errors_total", METRICS_COUNTER,
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
	row *info = metrics_family(
		all, "ipsecgw_rule_info", METRICS_GAUGE,
		"What a rule of a crypto map entry is about; always "
		"1.");
	row *sas = metrics_family(all, "ipsecgw_rule_sas", METRICS_GAUGE,
				  "SAs of a rule.");
	row *held =
		metrics_family(all, "ipsecgw_rule_held_packets", METRICS_GAUGE,
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
	row *samples = metrics_family(all, "ipsecgw_sas", METRICS_GAUGE,
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
			labels = metrics_sample(samples, n[i][states[k]]);
			row_text(labels, "direction", names_str(names_dir, i));
			row_text(labels, "state",
				 names_str(names_state, states[k]));
		}
	samples = metrics_family(all, "ipsecgw_live_sa_packets", METRICS_GAUGE,
				 "Packets of the SAs that exist now.");
	for (i = DIR_IN; i <= DIR_OUT; i++)
		row_text(metrics_sample(samples, packets[i]), "direction",
			 names_str(names_dir, i));
	samples = metrics_family(all, "ipsecgw_live_sa_bytes", METRICS_GAUGE,
				 "Octets of the SAs that exist now.");
	for (i = DIR_IN; i <= DIR_OUT; i++)
		row_text(metrics_sample(samples, bytes[i]), "direction",
			 names_str(names_dir, i));
}

void metrics_add_view(row *all, const struct view *v)
{
	add_bindings(all, v);
	add_rules(all, v);
	add_sas(all, v);
}
