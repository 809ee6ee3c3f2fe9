// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show crypto mib ipsec flowmib ..." of the module's flows. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon.h"
#include "show_flowmib.h"

/* --- rows ---------------------------------------------------------------- */

/* "Single IP address" or "Subnet", with "network mask". */
static void put_end(row *o, const struct selector *s, bool dst)
{
	struct addr a = { .family = s->family ? s->family : AF_INET };
	struct addr mask = a;
	char text[2 * ADDR_STR], as[ADDR_STR], ms[ADDR_STR];
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;
	bool is_one;

	if (HAS(s, dst ? SEL_DST : SEL_SRC)) {
		a = dst ? s->dst : s->src;
		mask = dst ? s->dst_mask : s->src_mask;
	}
	is_one = addr_mask_len(&mask) == (int)(8 * addr_len(a.family));
	row_text(o, dst ? "remote_type" : "local_type",
		 is_one ? "Single IP address" : "Subnet");
	addr_fmt_ios(&a, as);
	if (is_one)
		snprintf(text, sizeof(text), "%s", as);
	else
		snprintf(text, sizeof(text), "%s %s", as,
			 addr_fmt_ios(&mask, ms));
	row_text(o, dst ? "remote" : "local", text);
	row_num(o, dst ? "remote_port" : "local_port", lo == hi ? lo : 0);
}

void flowmib_each_flow(const struct view *v,
		       void (*fn)(const struct view_binding *b,
				  const struct view_flow *f, void *arg),
		       void *arg)
{
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];

		/* A map on several interfaces: its flows are the same. */
		for (k = 0; k < i; k++)
			if (!strcmp(v->binding[k].map.name, b->map.name))
				break;
		if (k < i)
			continue;
		for (k = 0; k < b->n; k++)
			if (b->flow[k].n_in || b->flow[k].n_out)
				fn(b, &b->flow[k], arg);
	}
}

static row *new_row(row *all, const struct view_binding *b,
		    const struct view_flow *f)
{
	row *o = json_object_new_object();

	row_num(o, "index", f->policy->id);
	row_text(o, "vrf", b->fvrf);
	json_object_array_add(all, o);
	return o;
}

static void add_endpoint(const struct view_binding *b,
			 const struct view_flow *f, void *arg)
{
	row *o = new_row(arg, b, f);

	put_end(o, &f->policy->sel, false);
	row_num(o, "protocol", f->policy->sel.proto);
	put_end(o, &f->policy->sel, true);
}

row *flowmib_endpoints(const struct view *v)
{
	row *all = json_object_new_array();

	flowmib_each_flow(v, add_endpoint, all);
	return all;
}

static void add_spis(row *list, struct view_sa *const *sas, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		row *o = json_object_new_object();

		row_num(o, "index", row_len(list) + 1);
		row_num(o, "spi", sas[i]->sa.spi);
		row_text(o, "direction",
			 sas[i]->sa.dir == DIR_IN ? "In" : "Out");
		row_text(o, "protocol", "ESP");
		row_text(o, "status",
			 sas[i]->role == ROLE_REPLACED ? "Expiring" : "Active");
		json_object_array_add(list, o);
	}
}

static void add_flow_spis(const struct view_binding *b,
			  const struct view_flow *f, void *arg)
{
	row *list = row_list(new_row(arg, b, f), "spis");

	add_spis(list, f->in, f->n_in);
	add_spis(list, f->out, f->n_out);
}

row *flowmib_spis(const struct view *v)
{
	row *all = json_object_new_array();

	flowmib_each_flow(v, add_flow_spis, all);
	return all;
}

/* --- text ---------------------------------------------------------------- */

void flowmib_print_endpoints(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		flowmib_line(o, "Index", "%lld", daemon_number(r, "index"));
		flowmib_line(o, "Local type", "%s",
			     daemon_text(r, "local_type"));
		flowmib_line(o, "Local address", "%s", daemon_text(r, "local"));
		flowmib_line(o, "Protocol", "%lld",
			     daemon_number(r, "protocol"));
		flowmib_line(o, "Local port", "%lld",
			     daemon_number(r, "local_port"));
		flowmib_line(o, "Remote type", "%s",
			     daemon_text(r, "remote_type"));
		flowmib_line(o, "Remote address", "%s",
			     daemon_text(r, "remote"));
		flowmib_line(o, "Remote port", "%lld",
			     daemon_number(r, "remote_port"));
		out_printf(o, "\n");
	}
}

void flowmib_print_spis(struct out *o, row *rows)
{
	size_t i, k;

	for (i = 0; i < row_len(rows); i++) {
		row *spis = row_get(row_at(rows, i), "spis");

		flowmib_line(o, "Tunnel Index", "%lld",
			     daemon_number(row_at(rows, i), "index"));
		for (k = 0; k < row_len(spis); k++) {
			row *r = row_at(spis, k);

			flowmib_line(o, "SPI Index", "%lld",
				     daemon_number(r, "index"));
			flowmib_line(o, "SPI Value", "0x%llX",
				     daemon_number(r, "spi"));
			flowmib_line(o, "SPI Direction", "%s",
				     daemon_text(r, "direction"));
			flowmib_line(o, "SPI Protocol", "%s",
				     daemon_text(r, "protocol"));
			flowmib_line(o, "SPI Status", "%s",
				     daemon_text(r, "status"));
		}
		out_printf(o, "\n");
	}
}
