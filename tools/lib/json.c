// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects of the module as JSON, by the names of the contract. */
#include "json.h"

#include <json-c/json.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "gnl_attr.h"
#include "sel.h"

static json_object *from_table(const struct gnl_attr *table, const void *obj);

static uint64_t number(const struct gnl_attr *a, const unsigned char *p)
{
	switch (a->size) {
	case 1:
		return *p;
	case 2:
		return *(const uint16_t *)p;
	case 4:
		return *(const uint32_t *)p;
	default:
		return *(const uint64_t *)p;
	}
}

static json_object *from_flags(const struct name *n, uint64_t bits)
{
	json_object *list = json_object_new_array();

	for (; n->name; n++)
		if (bits & n->value)
			json_object_array_add(list,
					      json_object_new_string(n->name));
	return list;
}

static json_object *from_one(const struct gnl_attr *a, const unsigned char *p)
{
	char buf[ADDR_STR];

	switch (a->kind) {
	case GNL_FLAG:
		return json_object_new_boolean(true);
	case GNL_STRING:
		return json_object_new_string((const char *)p);
	case GNL_ADDR:
		addr_fmt((const struct addr *)p, buf);
		return json_object_new_string(buf);
	case GNL_NEST:
		return from_table(a->nest, p);
	case GNL_BLOB:
		return NULL;
	}
	if (a->is_flags)
		return from_flags(a->names, number(a, p));
	if (a->names)
		return json_object_new_string(
			names_str(a->names, number(a, p)));
	return json_object_new_uint64(number(a, p));
}

static json_object *from_array(const struct gnl_attr *a,
			       const unsigned char *obj)
{
	uint32_t i, n = *(const uint32_t *)(obj + a->n_offset);
	json_object *list = json_object_new_array();

	for (i = 0; i < n; i++)
		json_object_array_add(
			list, from_one(a, obj + a->offset + i * a->size));
	return list;
}

static void add(json_object *o, const char *name, json_object *v)
{
	char key[64], *p;

	strncpy(key, name, sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	for (p = key; *p; p++)
		if (*p == '-')
			*p = '_';
	json_object_object_add(o, key, v);
}

/* What a number means to people goes beside it. */
static void add_meaning(json_object *o, const struct gnl_attr *table,
			const void *obj)
{
	char buf[SEL_STR];

	if (table == gnl_selector)
		add(o, "text", json_object_new_string(sel_fmt(obj, buf)));
	if (table == gnl_sa)
		add(o, "weak",
		    json_object_new_boolean(((const struct sa *)obj)->flags &
					    SA_FLAG_WEAK));
}

static json_object *from_table(const struct gnl_attr *table, const void *obj)
{
	const unsigned char *p = obj;
	json_object *o = json_object_new_object();
	uint64_t set = *(const uint64_t *)obj;
	const struct gnl_attr *a;
	char name[IF_NAMESIZE];

	for (a = table; a->name; a++) {
		if (!(set >> a->field & 1) || a->kind == GNL_BLOB)
			continue;
		if (a->max)
			add(o, a->name, from_array(a, p));
		else
			add(o, a->name, from_one(a, p + a->offset));
		if (!strcmp(a->name, "ifindex") &&
		    if_indextoname(number(a, p + a->offset), name))
			add(o, "interface", json_object_new_string(name));
	}
	add_meaning(o, table, obj);
	return o;
}

struct json_object *json_sa(const struct sa *sa)
{
	return from_table(gnl_sa, sa);
}

struct json_object *json_policy(const struct policy *p)
{
	return from_table(gnl_policy, p);
}

struct json_object *json_map(const struct map *map)
{
	return from_table(gnl_map, map);
}

struct json_object *json_encap(const struct encap *e)
{
	return from_table(gnl_encap, e);
}

struct json_object *json_conf(const struct conf *conf)
{
	return from_table(gnl_conf, conf);
}

struct json_object *json_selector(const struct selector *s)
{
	return from_table(gnl_selector, s);
}

struct json_object *json_stats(const struct stats *s)
{
	return from_table(gnl_stats, s);
}

/* Counters by the name of their reason, not a list of pairs. */
struct json_object *json_ns(const struct ns *ns)
{
	json_object *o, *drops = json_object_new_object();
	struct ns plain = *ns;
	uint32_t i;

	plain.set &= ~(1ULL << NS_DROPS);
	o = from_table(gnl_ns, &plain);
	for (i = 0; i < ns->n_drops; i++) {
		const char *name = names_drop(ns->drops[i].reason);
		char buf[32];

		if (!name) {
			snprintf(buf, sizeof(buf), "reason-%u",
				 ns->drops[i].reason);
			name = buf;
		}
		add(drops, name, json_object_new_uint64(ns->drops[i].packets));
	}
	if (HAS(ns, NS_DROPS))
		add(o, "drops", drops);
	else
		json_object_put(drops);
	if (HAS(ns, NS_REASON) && names_drop(ns->reason))
		add(o, "reason",
		    json_object_new_string(names_drop(ns->reason)));
	return o;
}
