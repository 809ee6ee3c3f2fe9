// SPDX-License-Identifier: GPL-2.0-or-later
/* The view "top": what each tunnel does now. */
#include "top.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/sel.h"
#include "daemon.h"

struct top_flow {
	uint32_t id; /* of the rule */
	uint32_t seq, sas;
	uint64_t in_packets, in_bytes, out_packets, out_bytes, drops;
	bool has_clock;
	uint64_t left; /* seconds that the outbound SA may live */
	struct addr peer;
	char map[MAP_NAME_SIZE];
	char ifname[IF_NAMESIZE];
	char text[SEL_STR];
};

/* --- samples ------------------------------------------------------------------ */

static void take(struct top_flow *t, const struct view_binding *b,
		 const struct view_flow *f)
{
	const struct policy *p = f->policy;
	const struct stats *st = &p->stats;
	struct addr local;

	*t = (struct top_flow){
		.id = p->id,
		.seq = p->seq,
		.sas = f->n_in + f->n_out,
		.in_packets = st->in_packets,
		.in_bytes = st->in_bytes,
		.out_packets = st->out_packets,
		.out_bytes = st->out_bytes,
		.drops = st->send_errors + st->recv_errors,
	};
	view_flow_ends(b, f, &local, &t->peer);
	snprintf(t->map, sizeof(t->map), "%s", p->map);
	snprintf(t->ifname, sizeof(t->ifname), "%s", b->ifname);
	sel_fmt(&p->sel, t->text);
	if (f->n_out && f->out[0]->sa.hard.seconds) {
		uint64_t limit = f->out[0]->sa.hard.seconds;

		t->has_clock = true;
		t->left = limit > f->out[0]->age ? limit - f->out[0]->age : 0;
	}
}

static int by_id(const void *a, const void *b)
{
	const struct top_flow *x = a, *y = b;
	int c = x->id < y->id ? -1 : x->id > y->id;

	return c ? c : strcmp(x->ifname, y->ifname);
}

int top_sample(struct top_sample *s, const struct view *v, uint64_t ms)
{
	uint32_t i, k, n = 0;

	for (i = 0; i < v->n_bindings; i++)
		n += v->binding[i].n;
	*s = (struct top_sample){ .ms = ms };
	s->flow = calloc(n + 1, sizeof(*s->flow));
	if (!s->flow)
		return -ENOMEM;
	for (i = 0; i < v->n_bindings; i++)
		for (k = 0; k < v->binding[i].n; k++)
			if (v->binding[i].flow[k].policy->action ==
			    ACTION_PROTECT)
				take(&s->flow[s->n++], &v->binding[i],
				     &v->binding[i].flow[k]);
	qsort(s->flow, s->n, sizeof(*s->flow), by_id);
	return 0;
}

void top_sample_free(struct top_sample *s)
{
	free(s->flow);
	*s = (struct top_sample){ 0 };
}

/* --- rates -------------------------------------------------------------------- */

/* A second, of what grew by @now - @before in @ms; a new counter begins at 0. */
static uint64_t rate(uint64_t before, uint64_t now, uint64_t ms)
{
	double grown = now >= before ? now - before : now;

	return ms ? (uint64_t)(grown * 1000 / ms + 0.5) : 0;
}

static row *flow_row(const struct top_flow *t)
{
	row *o = json_object_new_object();

	row_text(o, "interface", t->ifname);
	row_addr(o, "peer", &t->peer);
	row_text(o, "map", t->map);
	row_num(o, "seq", t->seq);
	row_text(o, "flow", t->text);
	row_num(o, "sas", t->sas);
	if (t->has_clock)
		row_num(o, "seconds_left", t->left);
	row_num(o, "drops", t->drops);
	return o;
}

static void add_rates(row *o, const struct top_flow *a,
		      const struct top_flow *b, uint64_t ms)
{
	row_num(o, "out_packets_per_second",
		rate(a->out_packets, b->out_packets, ms));
	row_num(o, "out_bits_per_second",
		rate(8 * a->out_bytes, 8 * b->out_bytes, ms));
	row_num(o, "in_packets_per_second",
		rate(a->in_packets, b->in_packets, ms));
	row_num(o, "in_bits_per_second",
		rate(8 * a->in_bytes, 8 * b->in_bytes, ms));
	row_num(o, "drops_per_second", rate(a->drops, b->drops, ms));
}

row *top_rows(const struct top_sample *before, const struct top_sample *now)
{
	row *all = json_object_new_array(), *o;
	const struct top_flow *old;
	uint32_t i;

	for (i = 0; i < now->n; i++) {
		o = flow_row(&now->flow[i]);
		old = before && before->n ?
			      bsearch(&now->flow[i], before->flow, before->n,
				      sizeof(*before->flow), by_id) :
			      NULL;
		if (old)
			add_rates(o, old, &now->flow[i], now->ms - before->ms);
		json_object_array_add(all, o);
	}
	return all;
}

/* --- order -------------------------------------------------------------------- */

static char sort_key;
static bool sort_reversed;

static long long traffic(row *o)
{
	return daemon_number(o, "out_bits_per_second") +
	       daemon_number(o, "in_bits_per_second");
}

/* Without a clock nothing is due. */
static long long clock_of(row *o)
{
	return row_has(o, "seconds_left") ? daemon_number(o, "seconds_left") :
					    INT64_MAX;
}

static int by_number(long long a, long long b)
{
	return a < b ? -1 : a > b;
}

static int by_peer(row *a, row *b)
{
	struct addr x = { 0 }, y = { 0 };

	addr_parse(daemon_text(a, "peer"), &x);
	addr_parse(daemon_text(b, "peer"), &y);
	return addr_cmp(&x, &y);
}

static int by_map(row *a, row *b)
{
	int c = strcmp(daemon_text(a, "interface"),
		       daemon_text(b, "interface"));

	if (!c)
		c = strcmp(daemon_text(a, "map"), daemon_text(b, "map"));
	return c ? c :
		   by_number(daemon_number(a, "seq"), daemon_number(b, "seq"));
}

static int by_key(row *a, row *b)
{
	int c;

	switch (sort_key) {
	case 'd':
		c = by_number(daemon_number(b, "drops_per_second"),
			      daemon_number(a, "drops_per_second"));
		return c ? c :
			   by_number(daemon_number(b, "drops"),
				     daemon_number(a, "drops"));
	case 'p':
		return by_peer(a, b);
	case 'c':
		return by_number(clock_of(a), clock_of(b));
	case 'm':
		return 0;
	default:
		return by_number(traffic(b), traffic(a));
	}
}

static int compare(const void *a, const void *b)
{
	row *x = *(row *const *)a, *y = *(row *const *)b;
	int c = by_key(x, y);

	if (!c)
		c = by_map(x, y);
	return sort_reversed ? -c : c;
}

void top_sort(row *rows, char key, bool is_reversed)
{
	sort_key = key;
	sort_reversed = is_reversed;
	json_object_array_sort(rows, compare);
}

/* --- text --------------------------------------------------------------------- */

/* Three digits and a unit: "1.23M". */
static const char *short_number(long long v, char buf[16])
{
	static const char units[] = " kMGTPE";
	double d = v;
	int i = 0;

	while (d >= 1000 && units[i + 1]) {
		d /= 1000;
		i++;
	}
	if (!i)
		snprintf(buf, 16, "%lld", v);
	else
		snprintf(buf, 16, "%.*f%c",
			 d < 10	 ? 2 :
			 d < 100 ? 1 :
				   0,
			 d, units[i]);
	return buf;
}

static void print_rate(struct out *o, row *r, const char *key)
{
	char buf[16];

	out_printf(o, " %7s",
		   row_has(r, key) ? short_number(daemon_number(r, key), buf) :
				     "-");
}

void top_print(struct out *o, row *rows)
{
	static const char *const rates[] = { "out_packets_per_second",
					     "out_bits_per_second",
					     "in_packets_per_second",
					     "in_bits_per_second",
					     "drops_per_second" };
	char peer[ADDR_STR], buf[16], span[FMT_SPAN];
	size_t i, k;
	row *r;

	out_printf(o, "%-15s %-8s %7s %7s %7s %7s %7s %7s %3s %-8s %s\n",
		   "peer", "if", "out p/s", "out b/s", "in p/s", "in b/s",
		   "drop/s", "drops", "SAs", "rekey in", "flow");
	for (i = 0; i < row_len(rows); i++) {
		r = row_at(rows, i);
		out_printf(o, "%-15s %-8s", row_ios(r, "peer", peer),
			   daemon_text(r, "interface"));
		for (k = 0; k < sizeof(rates) / sizeof(rates[0]); k++)
			print_rate(o, r, rates[k]);
		out_printf(o, " %7s %3lld %-8s %s\n",
			   short_number(daemon_number(r, "drops"), buf),
			   daemon_number(r, "sas"),
			   row_has(r, "seconds_left") ?
				   fmt_uptime(daemon_number(r, "seconds_left"),
					      span) :
				   "-",
			   daemon_text(r, "flow"));
	}
}
