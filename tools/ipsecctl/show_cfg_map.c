// SPDX-License-Identifier: GPL-2.0-or-later
/* The views of crypto maps: what is configured, and instances that live. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/cfg_cmd.h"
#include "../lib/names.h"
#include "daemon.h"
#include "show_cfg.h"

#define NO_PEER "0.0.0.0"
#define MAX_INSTANCES 10000 /* of dynamic entries, sequence numbers */

/* --- lines of access lists ----------------------------------------------- */

static size_t put_side(const struct selector *s, bool dst, char *buf,
		       size_t size)
{
	const struct addr *a = dst ? &s->dst : &s->src;
	struct addr mask = dst ? s->dst_mask : s->src_mask;
	char as[ADDR_STR], ms[ADDR_STR];
	int len = addr_mask_len(&mask);

	if (!HAS(s, dst ? SEL_DST : SEL_SRC) || addr_is_zero(&mask))
		return snprintf(buf, size, " any");
	addr_fmt_ios(a, as);
	if (len == (int)(8 * addr_len(a->family)))
		return snprintf(buf, size, " host %s", as);
	if (a->family == AF_INET6 && len >= 0)
		return snprintf(buf, size, " %s/%d", as, len);
	addr_invert(&mask);
	return snprintf(buf, size, " %s %s", as, addr_fmt_ios(&mask, ms));
}

/* Views write "port = 80" where the configuration has "eq 80". */
static size_t put_port(const struct selector *s, bool dst, char *buf,
		       size_t size)
{
	unsigned int lo = dst ? s->dport_min : s->sport_min;
	unsigned int hi = dst ? s->dport_max : s->sport_max;
	bool is_not = HAS(s, dst ? SEL_DPORT_NOT : SEL_SPORT_NOT);

	if (!HAS(s, dst ? SEL_DPORT_MIN : SEL_SPORT_MIN) ||
	    (!lo && hi == 65535 && !is_not))
		return 0;
	if (lo == hi)
		return snprintf(buf, size, " port %s %u", is_not ? "!=" : "=",
				lo);
	return snprintf(buf, size, " port %srange %u %u",
			is_not ? "not in " : "", lo, hi);
}

static void selector_text(const struct selector *s, char *buf, size_t size)
{
	const char *name = names_str(names_ip_proto, s->proto);
	size_t n;

	if (!s->proto)
		name = s->family == AF_INET6 ? "ipv6" : "ip";
	if (!strcmp(name, "unknown"))
		n = snprintf(buf, size, "%u", s->proto);
	else
		n = snprintf(buf, size, "%s", name);
	n += put_side(s, false, buf + n, size - n);
	n += put_port(s, false, buf + n, size - n);
	n += put_side(s, true, buf + n, size - n);
	put_port(s, true, buf + n, size - n);
}

static void ace_row(row *list, const struct cfg_ace *ace)
{
	row *o = json_object_new_object();
	char text[SEL_STR];

	selector_text(&ace->sel, text, sizeof(text));
	row_text(o, "action",
		 ace->action == CFG_ACE_PERMIT ? "permit" : "deny");
	row_text(o, "text", text);
	json_object_array_add(list, o);
}

/* --- rows ---------------------------------------------------------------- */

static void put_peers(row *o, const struct cfg_entry *e)
{
	const struct cfg_set_peer *p;
	row *list = row_list(o, "peers");
	char a[ADDR_STR];

	cfg_for_each(p, &e->peers) row_list_text(
		list, p->addr.family ? addr_fmt(&p->addr, a) : p->obj.name);
}

static void put_acl(row *o, const struct cfg *cfg, const struct cfg_entry *e)
{
	const struct cfg_acl *acl = e->acl ? cfg_find(&cfg->acls, e->acl) :
					     NULL;
	const struct cfg_ace *ace;
	row *list;

	row_text(o, "access_list", e->acl);
	list = row_list(o, "lines");
	if (!acl)
		return;
	cfg_for_each(ace, &acl->aces)
	{
		if (ace->action != CFG_ACE_REMARK)
			ace_row(list, ace);
	}
}

static void put_sets(row *o, const struct cfg *cfg, const struct cfg_entry *e)
{
	const struct cfg_transform_set *t;
	row *list = row_list(o, "transform_sets");
	unsigned int i = 0;

	while ((t = cfg_entry_transform(cfg, e, i++)))
		json_object_array_add(list, view_transform_row(t));
	row_bool(o, "default_transform_sets", !e->transform_sets.n);
}

static void put_sa(row *o, const struct cfg_sa_opts *sa)
{
	row_num(o, "seconds", sa->seconds);
	if (sa->kilobytes != CFG_NO_LIMIT)
		row_num(o, "kilobytes", sa->kilobytes);
	if (sa->idle)
		row_num(o, "idle", sa->idle);
}

static row *entry_row(const struct cfg *cfg, const struct cfg_map *map,
		      const struct cfg_entry *e)
{
	struct cfg_sa_opts sa = cfg_entry_sa(cfg, e);
	row *o = json_object_new_object();

	row_text(o, "map", map->obj.name);
	row_num(o, "seq", e->obj.num);
	row_text(o, "type",
		 e->type == CFG_MAP_TEMPLATE ? "template" :
		 e->type == CFG_MAP_MANUAL   ? "ipsec-manual" :
					       "ipsec-isakmp");
	row_text(o, "description", e->description);
	if (e->type == CFG_MAP_DYNAMIC) {
		row_text(o, "dynamic", e->dynamic);
		return o;
	}
	put_peers(o, e);
	row_text(o, "isakmp_profile",
		 e->isakmp_profile ? e->isakmp_profile : map->isakmp_profile);
	row_text(o, "ikev2_profile", e->ikev2_profile);
	put_acl(o, cfg, e);
	put_sa(o, &sa);
	if (e->pfs)
		row_num(o, "pfs_group", e->pfs);
	put_sets(o, cfg, e);
	row_bool(o, "reverse_route", e->rri);
	return o;
}

/* --- the live part ------------------------------------------------------- */

static bool is_of(row *sa, const char *map, long long seq)
{
	return !strcmp(daemon_text(sa, "map"), map) &&
	       daemon_number(sa, "seq") == seq;
}

/* The peer that a pair of SAs is with, else the first one configured. */
static void put_current(row *o, row *live)
{
	row *peers = row_get(o, "peers");
	const char *peer = row_len(peers) ?
				   json_object_get_string(row_at(peers, 0)) :
				   NO_PEER;
	size_t i;

	for (i = 0; i < row_len(live); i++) {
		row *sa = row_at(live, i);

		if (is_of(sa, daemon_text(o, "map"), daemon_number(o, "seq")) &&
		    daemon_flag(sa, "active"))
			peer = daemon_text(sa, "remote");
	}
	if (peer)
		row_text(o, "current_peer", peer);
}

/* Members that an instance has from the entry it was made from. */
static void inherit(row *o, row *from)
{
	static const char *const keys[] = { "isakmp_profile", "idle",
					    "pfs_group", "reverse_route" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (row_has(from, keys[i]))
			json_object_object_add(
				o, keys[i],
				json_object_get(row_get(from, keys[i])));
}

/* The transform set that was agreed, by its name. */
static void put_agreed(row *o, row *from, row *sa)
{
	row *sets = row_get(from, "transform_sets");
	row *list = row_list(o, "transform_sets");
	size_t i;

	for (i = 0; i < row_len(sets); i++) {
		row *t = row_at(sets, i);

		if (!strcmp(daemon_text(t, "name"),
			    daemon_text(sa, "transform_set")))
			json_object_array_add(list, json_object_get(t));
	}
	json_object_object_add(
		o, "default_transform_sets",
		json_object_get(row_get(from, "default_transform_sets")));
}

/*
 * An instance of a dynamic entry: exists as long as a pair of SAs of it, with
 * the traffic that was agreed as its only line.
 */
static row *instance_row(row *sa, const char *map, uint32_t seq, row *from)
{
	row *o = json_object_new_object(), *list, *ace;
	char text[160];

	row_text(o, "map", map);
	row_num(o, "seq", seq);
	row_text(o, "type", "ipsec-isakmp");
	list = row_list(o, "peers");
	row_list_text(list, daemon_text(sa, "remote"));
	list = row_list(o, "lines");
	ace = json_object_new_object();
	row_text(ace, "action", "permit");
	row_text(ace, "text", daemon_text(row_get(sa, "selector"), "text"));
	json_object_array_add(list, ace);
	snprintf(text, sizeof(text), "%s/%lld", daemon_text(from, "map"),
		 daemon_number(from, "seq"));
	row_text(o, "created_from", text);
	row_num(o, "seconds", daemon_number(sa, "seconds"));
	if (daemon_number(sa, "kilobytes"))
		row_num(o, "kilobytes", daemon_number(sa, "kilobytes"));
	inherit(o, from);
	put_agreed(o, from, sa);
	row_text(o, "current_peer", daemon_text(sa, "remote"));
	return o;
}

/* Is it of template @e of @dyn, which @map refers to? */
static bool is_made_from(row *sa, const struct cfg_map *map,
			 const struct cfg_map *dyn, const struct cfg_entry *e)
{
	return !strcmp(daemon_text(sa, "map"), map->obj.name) &&
	       !strcmp(daemon_text(sa, "dynamic"), dyn->obj.name) &&
	       daemon_number(sa, "dynamic_seq") == e->obj.num;
}

/*
 * The entries of the dynamic map @ref that have SAs, as instances of @map, which
 * has @n of them already. How many it has then.
 */
static uint32_t add_instances(row *all, const struct cfg *cfg,
			      const struct cfg_map *map, const char *ref,
			      row *live, uint32_t n)
{
	const struct cfg_map *dyn = cfg_find(&cfg->dynamic_maps, ref);
	const struct cfg_entry *e;
	size_t i;

	for (i = 0; dyn && i < row_len(live) && n < MAX_INSTANCES; i++) {
		row *sa = row_at(live, i);
		row *from;

		if (!daemon_flag(sa, "active"))
			continue;
		cfg_for_each(e, &dyn->entries)
		{
			if (!is_made_from(sa, map, dyn, e))
				continue;
			from = entry_row(cfg, dyn, e);
			json_object_array_add(
				all, instance_row(sa, map->obj.name,
						  CFG_SEQ_MAX + ++n, from));
			json_object_put(from);
		}
	}
	return n;
}

static void put_interfaces(row *o, const struct cfg *cfg, const char *map)
{
	row *list = row_list(o, "interfaces");
	const struct cfg_if *ifc;

	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (ifc->crypto_map && !strcmp(ifc->crypto_map, map))
			row_list_text(list, ifc->device ? ifc->device :
							  ifc->obj.name);
	}
}

static bool is_on(const struct cfg *cfg, const struct cfg_map *map,
		  const char *ifname)
{
	const struct cfg_if *ifc;

	cfg_for_each(ifc, &cfg->interfaces)
	{
		if (!ifc->crypto_map || strcmp(ifc->crypto_map, map->obj.name))
			continue;
		if (!strcmp(ifc->obj.name, ifname) ||
		    (ifc->device && !strcmp(ifc->device, ifname)))
			return true;
	}
	return false;
}

/* One object per map, with its entries. */
static row *map_row(const struct cfg *cfg, const struct cfg_map *map, row *live)
{
	row *o = json_object_new_object(), *list, *e_row;
	const struct cfg_entry *e;
	uint32_t n = 0;

	row_text(o, "name", map->obj.name);
	list = row_list(o, "entries");
	cfg_for_each(e, &map->entries)
	{
		if (e->type == CFG_MAP_NONE)
			continue;
		e_row = entry_row(cfg, map, e);
		if (e->type != CFG_MAP_DYNAMIC)
			put_current(e_row, live);
		json_object_array_add(list, e_row);
	}
	cfg_for_each(e, &map->entries)
	{
		if (e->type == CFG_MAP_DYNAMIC && e->dynamic)
			n = add_instances(list, cfg, map, e->dynamic, live, n);
	}
	put_interfaces(o, cfg, map->obj.name);
	return o;
}

static row *map_rows(const struct cfg *cfg, const struct cfg_query *q,
		     row *live)
{
	row *all = json_object_new_array();
	const struct cfg_map *map;

	cfg_for_each(map, &cfg->maps)
	{
		if (q->name && strcmp(q->name, map->obj.name))
			continue;
		if (q->ifname && !is_on(cfg, map, q->ifname))
			continue;
		json_object_array_add(all, map_row(cfg, map, live));
	}
	return all;
}

static row *dynamic_rows(const struct cfg *cfg, const struct cfg_query *q,
			 row *live)
{
	row *all = json_object_new_array(), *o;
	const struct cfg_entry *e;
	const struct cfg_map *map;

	(void)live;
	cfg_for_each(map, &cfg->dynamic_maps)
	{
		if (q->name && strcmp(q->name, map->obj.name))
			continue;
		cfg_for_each(e, &map->entries)
		{
			o = entry_row(cfg, map, e);
			row_text(o, "current_peer", NO_PEER);
			json_object_array_add(all, o);
		}
	}
	return all;
}

/* --- text ---------------------------------------------------------------- */

static void print_lines(struct out *o, row *r)
{
	row *lines = row_get(r, "lines");
	const char *name = daemon_text(r, "access_list");
	const char *gap = *name ? " " : "";
	bool is_instance = row_has(r, "created_from");
	size_t i;

	if (!*name && !is_instance) {
		out_printf(o, "\tNo matching address list set.\n");
		return;
	}
	out_printf(o, "\tExtended IP access list%s%s\n", gap, name);
	for (i = 0; i < row_len(lines); i++)
		out_printf(o, "\t    access-list%s%s %s %s\n", gap, name,
			   daemon_text(row_at(lines, i), "action"),
			   daemon_text(row_at(lines, i), "text"));
	if (is_instance)
		out_printf(o, "\t    dynamic (created from dynamic map %s)\n",
			   daemon_text(r, "created_from"));
}

static void print_sets(struct out *o, row *r)
{
	row *sets = row_get(r, "transform_sets");
	size_t i;

	if (!daemon_flag(r, "default_transform_sets")) {
		out_printf(o, "\tTransform sets={ ");
		for (i = 0; i < row_len(sets); i++)
			out_printf(o, "%s, ",
				   daemon_text(row_at(sets, i), "name"));
		out_printf(o, "}\n");
		return;
	}
	out_printf(o, "\tTransform sets={\n");
	for (i = 0; i < row_len(sets); i++)
		out_printf(o, "\t\t%s: { %s } ,\n",
			   daemon_text(row_at(sets, i), "name"),
			   daemon_text(row_at(sets, i), "transforms"));
	out_printf(o, "\t}\n");
}

static void print_life(struct out *o, row *r)
{
	char a[ADDR_STR];
	const char *peer = row_ios(r, "current_peer", a);

	out_printf(o, "\tCurrent peer: %s\n",
		   *peer ? peer : daemon_text(r, "current_peer"));
	if (row_has(r, "kilobytes"))
		out_printf(
			o,
			"\tSecurity association lifetime: %lld kilobytes/%lld seconds\n",
			daemon_number(r, "kilobytes"),
			daemon_number(r, "seconds"));
	else
		out_printf(
			o,
			"\tSecurity association lifetime: (kilobytes disabled)/%lld seconds\n",
			daemon_number(r, "seconds"));
	if (row_has(r, "idle"))
		out_printf(o, "\tSecurity association idletime: %lld seconds\n",
			   daemon_number(r, "idle"));
	if (row_has(r, "pfs_group"))
		out_printf(o, "\tPFS (Y/N): Y\n\tDH group:  group%lld\n",
			   daemon_number(r, "pfs_group"));
	else
		out_printf(o, "\tPFS (Y/N): N\n");
}

/* All of an entry but its first line. */
static void print_body(struct out *o, row *r)
{
	row *peers = row_get(r, "peers");
	size_t i;

	if (row_has(r, "description"))
		out_printf(o, "\tDescription: %s\n",
			   daemon_text(r, "description"));
	if (row_has(r, "dynamic")) {
		out_printf(o, "\tDynamic map template tag: %s\n",
			   daemon_text(r, "dynamic"));
		return;
	}
	for (i = 0; i < row_len(peers); i++) {
		const char *text = json_object_get_string(row_at(peers, i));
		char buf[ADDR_STR];
		struct addr a;

		out_printf(o, "\tPeer = %s\n",
			   addr_parse(text, &a) ? addr_fmt_ios(&a, buf) : text);
	}
	if (row_has(r, "isakmp_profile"))
		out_printf(o, "\tISAKMP Profile: %s\n",
			   daemon_text(r, "isakmp_profile"));
	if (row_has(r, "ikev2_profile"))
		out_printf(o, "\tIKEv2 Profile: %s\n",
			   daemon_text(r, "ikev2_profile"));
	print_lines(o, r);
	print_life(o, r);
	print_sets(o, r);
	if (daemon_flag(r, "reverse_route"))
		out_printf(o, "\tReverse Route Injection Enabled\n");
}

static void print_maps(struct out *o, row *rows)
{
	size_t i, k;

	if (!row_len(rows))
		out_printf(o, "No crypto maps found.\n");
	for (i = 0; i < row_len(rows); i++) {
		row *map = row_at(rows, i), *entries, *ifs;

		entries = row_get(map, "entries");
		for (k = 0; k < row_len(entries); k++) {
			row *r = row_at(entries, k);

			out_printf(o, "Crypto Map \"%s\" %lld %s\n",
				   daemon_text(r, "map"),
				   daemon_number(r, "seq"),
				   daemon_text(r, "type"));
			print_body(o, r);
		}
		ifs = row_get(map, "interfaces");
		out_printf(o, "\tInterfaces using crypto map %s:\n",
			   daemon_text(map, "name"));
		for (k = 0; k < row_len(ifs); k++)
			out_printf(o, "\t\t%s\n",
				   json_object_get_string(row_at(ifs, k)));
		out_printf(o, "\n");
	}
}

const struct cfg_view view_map = { map_rows, print_maps, "ipsec-sa" };

static void print_templates(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		out_printf(o, "Crypto Map Template\"%s\" %lld\n",
			   daemon_text(r, "map"), daemon_number(r, "seq"));
		print_body(o, r);
		out_printf(o, "\n");
	}
	if (!i)
		out_printf(o, "No crypto maps found.\n");
}

const struct cfg_view view_dynamic_map = { dynamic_rows, print_templates,
					   NULL };
