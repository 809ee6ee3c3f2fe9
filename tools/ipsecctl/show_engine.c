// SPDX-License-Identifier: GPL-2.0-or-later
/* The views "show crypto engine connections ...". */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "../lib/names.h"
#include "daemon.h"
#include "row.h"
#include "view.h"

#define ALGORITHM_WIDTH 18 /* longer names are cut */

/* The interface that the map of the SA's rule is bound to. */
static const char *sa_ifname(const struct view *v, const struct view_sa *s)
{
	uint32_t i;

	for (i = 0; s->policy && i < v->n_bindings; i++)
		if (!strcmp(v->binding[i].map.name, s->policy->map))
			return v->binding[i].ifname;
	return "";
}

static void engine_name(const struct sa *sa, char *buf, size_t size)
{
	if (sa->state == STATE_LARVAL)
		buf[0] = '\0';
	else
		names_engine(sa->cipher, sa->integ, buf, size);
	buf[ALGORITHM_WIDTH] = '\0';
}

/* --- ISAKMP SAs ---------------------------------------------------------- */

/* RFC 2409, appendix A. */
static void ike_name(row *sa, char *buf, size_t size)
{
	static const char *const hash[] = { [1] = "HMAC_MD5",
					    [2] = "HMAC_SHA",
					    [4] = "HMAC_SHA256",
					    [5] = "HMAC_SHA384",
					    [6] = "HMAC_SHA512" };
	static const char *const encr[] = {
		[1] = "DES_56_CBC", [5] = "3DES_56_CBC", [7] = "AES_CBC"
	};
	long long h = daemon_number(sa, "hash"), e = daemon_number(sa, "encr");

	buf[0] = '\0';
	if (h > 0 && h < 7 && hash[h] && e > 0 && e < 8 && encr[e])
		snprintf(buf, size, "%s+%s", hash[h], encr[e]);
	buf[ALGORITHM_WIDTH] = '\0';
}

/* Phase 1 has got far enough to have keys. */
static bool has_keys(row *sa)
{
	const char *state = daemon_text(sa, "state");

	return !strcmp(state, "QM_IDLE") || strstr(state, "_KEY_") ||
	       strstr(state, "_AUTH");
}

static int oldest_first(const void *a, const void *b)
{
	row *const *x = a, *const *y = b;
	long long i = daemon_number(*x, "conn"), j = daemon_number(*y, "conn");

	return i < j ? -1 : i > j;
}

/* Packets are IPsec's: an ISAKMP SA has none. */
static void print_ikes(struct out *o, row *ikes)
{
	char name[64];
	size_t i;

	if (ikes)
		json_object_array_sort(ikes, oldest_first);
	for (i = 0; i < row_len(ikes); i++) {
		row *sa = row_at(ikes, i);

		ike_name(sa, name, sizeof(name));
		out_printf(o, "%4lld %-15s %-15s %-6s %-18s %8d %8d\n",
			   daemon_number(sa, "conn"), "", "",
			   has_keys(sa) ? "set" : "alloc", name, 0, 0);
	}
}

static void json_ikes(json_object *list, row *ikes)
{
	char name[64];
	size_t i;

	for (i = 0; i < row_len(ikes); i++) {
		row *sa = row_at(ikes, i), *o = json_object_new_object();

		ike_name(sa, name, sizeof(name));
		row_num(o, "id", daemon_number(sa, "conn"));
		row_text(o, "state", has_keys(sa) ? "set" : "alloc");
		row_text(o, "algorithm", name);
		row_num(o, "encrypt", 0);
		row_num(o, "decrypt", 0);
		json_object_array_add(list, o);
	}
}

/* --- connections --------------------------------------------------------- */

void show_engine_print_active(struct out *o, const struct view *v, row *ikes)
{
	char addr[ADDR_STR], name[64];
	uint32_t i;

	out_printf(o, "%4s %-15s %-15s %-6s %-18s %8s %8s\n", "ID", "Interface",
		   "IP-Address", "State", "Algorithm", "Encrypt", "Decrypt");
	print_ikes(o, ikes);
	for (i = 0; i < v->n_sas; i++) {
		const struct sa *sa = &v->sa[i].sa;

		engine_name(sa, name, sizeof(name));
		if (sa->local.family)
			addr_fmt_ios(&sa->local, addr);
		else
			addr[0] = '\0';
		out_printf(o,
			   "%4u %-15s %-15s %-6s %-18s %8" PRIu64 " %8" PRIu64
			   "\n",
			   sa->id, sa_ifname(v, &v->sa[i]), addr,
			   sa->state == STATE_LARVAL ? "alloc" : "set", name,
			   sa->stats.out_packets, sa->stats.in_packets);
	}
}

static void add_string(json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_object_new_string(value));
}

struct json_object *show_engine_json_active(const struct view *v, row *ikes)
{
	json_object *list = json_object_new_array();
	char addr[ADDR_STR], name[64];
	uint32_t i;

	json_ikes(list, ikes);
	for (i = 0; i < v->n_sas; i++) {
		const struct sa *sa = &v->sa[i].sa;
		json_object *o = json_object_new_object();

		names_engine(sa->cipher, sa->integ, name, sizeof(name));
		json_object_object_add(o, "id", json_object_new_int64(sa->id));
		add_string(o, "interface", sa_ifname(v, &v->sa[i]));
		if (sa->local.family)
			add_string(o, "address", addr_fmt(&sa->local, addr));
		add_string(o, "state",
			   sa->state == STATE_LARVAL ? "alloc" : "set");
		if (sa->state != STATE_LARVAL)
			add_string(o, "algorithm", name);
		json_object_object_add(
			o, "encrypt",
			json_object_new_uint64(sa->stats.out_packets));
		json_object_object_add(
			o, "decrypt",
			json_object_new_uint64(sa->stats.in_packets));
		json_object_array_add(list, o);
	}
	return list;
}

static const struct addr *map_addr(const struct map *map)
{
	return map->local4.family ? &map->local4 : &map->local6;
}

void show_engine_print_dropped(struct out *o, const struct view *v)
{
	char buf[ADDR_STR];
	uint32_t i;

	out_printf(o,
		   "Packets dropped because of connection not established:\n");
	out_printf(o, "%-20s %-15s %10s\n", "Interface", "IP-Address",
		   "Drop Count");
	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];

		if (b->map.no_sa_drops)
			out_printf(o, "%-20s %-15s %10" PRIu64 "\n", b->ifname,
				   addr_fmt_ios(map_addr(&b->map), buf),
				   b->map.no_sa_drops);
	}
}

struct json_object *show_engine_json_dropped(const struct view *v)
{
	json_object *list = json_object_new_array();
	char buf[ADDR_STR];
	uint32_t i;

	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];
		json_object *o;

		if (!b->map.no_sa_drops)
			continue;
		o = json_object_new_object();
		add_string(o, "interface", b->ifname);
		add_string(o, "address", addr_fmt(map_addr(&b->map), buf));
		json_object_object_add(
			o, "drops", json_object_new_uint64(b->map.no_sa_drops));
		json_object_array_add(list, o);
	}
	return list;
}
