// SPDX-License-Identifier: GPL-2.0-or-later
/* The view "show crypto ruleset": what the module holds, in its order. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon.h"
#include "show_system.h"

/* --- rows ---------------------------------------------------------------- */

/* "ANY", "10.0.0.1", "10.0.0.0/8", with "/80" behind it for a port. */
static void put_side(row *o, const struct selector *s, bool dst)
{
	struct addr mask = dst ? s->dst_mask : s->src_mask;
	const struct addr *a = dst ? &s->dst : &s->src;
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;
	bool has_port = HAS(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN) &&
			(lo || hi != 65535);
	char text[192] = "ANY", as[ADDR_STR], ms[ADDR_STR];
	int len = addr_mask_len(&mask), n = 3;

	addr_fmt_ios(a, as);
	if (HAS(s, dst ? SEL_DST : SEL_SRC) && !addr_is_zero(&mask)) {
		if (len == (int)(8 * addr_len(a->family)))
			n = snprintf(text, sizeof(text), "%s", as);
		else if (len >= 0)
			n = snprintf(text, sizeof(text), "%s/%d", as, len);
		else
			n = snprintf(text, sizeof(text), "%s/%s", as,
				     addr_fmt_ios(&mask, ms));
	}
	if (has_port && lo == hi)
		snprintf(text + n, sizeof(text) - n, "/%u", lo);
	else if (has_port)
		snprintf(text + n, sizeof(text) - n, "/%u-%u", lo, hi);
	row_text(o, dst ? "destination" : "source", text);
}

static void add_rule(row *list, const struct view_flow *f)
{
	const struct policy *p = f->policy;
	row *o = json_object_new_object();

	row_num(o, "id", p->id);
	row_num(o, "protocol", p->sel.proto);
	put_side(o, &p->sel, false);
	put_side(o, &p->sel, true);
	row_text(o, "action",
		 p->action == ACTION_BYPASS  ? "DENY" :
		 p->action == ACTION_DISCARD ? "DROP" :
		 p->action == ACTION_NEXT    ? "NEXT" :
		 f->n_in + f->n_out	     ? "IPSec SA" :
					       "IPSec Cryptomap");
	row_text(o, "map", p->map);
	row_num(o, "seq", p->seq);
	if (p->out_spi)
		row_num(o, "out_spi", p->out_spi);
	row_num(o, "hits", p->stats.out_packets + p->stats.in_packets);
	json_object_array_add(list, o);
}

/* What no rule can touch: IPsec itself and IKE of this system. */
static void add_own(row *list, const struct addr *own)
{
	static const struct {
		unsigned int proto;
		const char *port;
	} what[] = { { 50, "" }, { 51, "" }, { 17, "/500" }, { 17, "/4500" } };
	char text[ADDR_STR + 8], a[ADDR_STR];
	size_t i;

	if (!own->family)
		return;
	for (i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		row *o = json_object_new_object();

		row_num(o, "protocol", what[i].proto);
		snprintf(text, sizeof(text), "ANY%s", what[i].port);
		row_text(o, "source", text);
		snprintf(text, sizeof(text), "%s%s", addr_fmt_ios(own, a),
			 what[i].port);
		row_text(o, "destination", text);
		row_text(o, "action", "DENY");
		json_object_array_add(list, o);
	}
}

row *ruleset_rows(const struct view *v)
{
	row *all = json_object_new_array(), *o, *list, *last;
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];

		o = json_object_new_object();
		row_text(o, "interface", b->ifname);
		list = row_list(o, "rules");
		add_own(list, &b->map.local4);
		add_own(list, &b->map.local6);
		for (k = 0; k < b->n; k++)
			add_rule(list, &b->flow[k]);
		last = json_object_new_object();
		row_text(last, "source", "ANY");
		row_text(last, "destination", "ANY");
		row_text(last, "action", "NONE");
		json_object_array_add(list, last);
		json_object_array_add(all, o);
	}
	return all;
}

/* --- text ---------------------------------------------------------------- */

static void print_rule(struct out *o, row *r, bool is_detail)
{
	if (is_detail)
		out_printf(o, "   %016llX", daemon_number(r, "id"));
	if (daemon_number(r, "protocol"))
		out_printf(o, "%s%lld", is_detail ? " " : "   ",
			   daemon_number(r, "protocol"));
	else
		out_printf(o, "%sIP", is_detail ? " " : "   ");
	out_printf(o, " %s %s %s", daemon_text(r, "source"),
		   daemon_text(r, "destination"), daemon_text(r, "action"));
	if (is_detail && row_has(r, "out_spi"))
		out_printf(o, " -> 0x%llX", daemon_number(r, "out_spi"));
	else if (is_detail && row_has(r, "map"))
		out_printf(o, " -> map %s %lld", daemon_text(r, "map"),
			   daemon_number(r, "seq"));
	if (is_detail && row_has(r, "hits"))
		out_printf(o, " hits %lld", daemon_number(r, "hits"));
	out_printf(o, "\n");
}

void ruleset_print(struct out *o, row *rows, bool is_detail)
{
	size_t i, k;

	for (i = 0; i < row_len(rows); i++) {
		row *rules = row_get(row_at(rows, i), "rules");

		out_printf(o, "%s:\n",
			   daemon_text(row_at(rows, i), "interface"));
		for (k = 0; k < row_len(rules); k++)
			print_rule(o, row_at(rules, k), is_detail);
	}
}
