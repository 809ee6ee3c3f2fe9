// SPDX-License-Identifier: GPL-2.0-or-later
/* "show crypto ipsec sa" as JSON. */
#include <json-c/json.h>
#include <string.h>

#include "../lib/json.h"
#include "../lib/names.h"
#include "view.h"

static const char *const roles[] = {
	[ROLE_CURRENT] = "active",
	[ROLE_REPLACED] = "replaced",
	[ROLE_NEXT] = "next",
};

/* By its name; nothing of the global table. */
static void put_vrf(json_object *o, const char *key, const char *vrf)
{
	json_object_object_del(o, key);
	if (*vrf)
		json_object_object_add(o, key, json_object_new_string(vrf));
}

static json_object *sa_json(const struct view_sa *s)
{
	json_object *o = json_sa(&s->sa);
	char buf[96];

	put_vrf(o, "fvrf", view_sa_vrf(&s->sa, true, buf));
	put_vrf(o, "ivrf", view_sa_vrf(&s->sa, false, buf));
	names_transform(s->sa.cipher, s->sa.integ, s->sa.key_bits, buf,
			sizeof(buf));
	json_object_object_add(o, "transform", json_object_new_string(buf));
	json_object_object_add(o, "role",
			       json_object_new_string(roles[s->role]));
	if (s->policy)
		json_object_object_add(o, "map",
				       json_object_new_string(s->policy->map));
	return o;
}

static json_object *list_json(struct view_sa *const *list, uint32_t n,
			      uint8_t proto)
{
	json_object *o = json_object_new_array();
	uint32_t i;

	for (i = 0; i < n; i++)
		if ((list[i]->sa.proto == PROTO_AH) == (proto == PROTO_AH))
			json_object_array_add(o, sa_json(list[i]));
	return o;
}

static json_object *flow_json(const struct view_binding *b,
			      const struct view_flow *f,
			      const struct view_filter *filter)
{
	json_object *o = json_policy(f->policy);
	char name[IF_NAMESIZE];

	put_vrf(o, "ivrf", view_ivrf(b, f, name));

	if (filter->is_identity)
		return o;
	json_object_object_add(o, "inbound_esp_sas",
			       list_json(f->in, f->n_in, PROTO_ESP));
	json_object_object_add(o, "outbound_esp_sas",
			       list_json(f->out, f->n_out, PROTO_ESP));
	json_object_object_add(o, "inbound_ah_sas",
			       list_json(f->in, f->n_in, PROTO_AH));
	json_object_object_add(o, "outbound_ah_sas",
			       list_json(f->out, f->n_out, PROTO_AH));
	return o;
}

struct json_object *show_ipsec_sa_json(const struct view *v,
				       const struct view_filter *f)
{
	json_object *list = json_object_new_array();
	uint32_t i, k;

	for (i = 0; i < v->n_bindings; i++) {
		const struct view_binding *b = &v->binding[i];
		json_object *o, *flows;

		if (!view_wants_binding(b, f))
			continue;
		o = json_map(&b->map);
		flows = json_object_new_array();
		for (k = 0; k < b->n; k++)
			if (view_wants_flow(b, &b->flow[k], f))
				json_object_array_add(
					flows, flow_json(b, &b->flow[k], f));
		json_object_object_add(o, "interface",
				       json_object_new_string(b->ifname));
		put_vrf(o, "fvrf", b->fvrf);
		json_object_object_add(o, "flows", flows);
		json_object_array_add(list, o);
	}
	return list;
}

struct json_object *show_ipsec_sa_json_address(const struct view *v,
					       const struct addr *dst)
{
	json_object *list = json_object_new_array();
	uint32_t i;

	for (i = 0; i < v->n_sas; i++) {
		const struct sa *sa = &v->sa[i].sa;

		if (dst &&
		    !addr_eq(sa->dir == DIR_OUT ? &sa->remote : &sa->local,
			     dst))
			continue;
		if (sa->state != STATE_LARVAL)
			json_object_array_add(list, sa_json(&v->sa[i]));
	}
	return list;
}

struct json_object *show_ipsec_sa_json_count(const struct view_count *n)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, "total", json_object_new_int64(n->total));
	json_object_object_add(o, "active", json_object_new_int64(n->active));
	json_object_object_add(o, "rekeying",
			       json_object_new_int64(n->rekeying));
	json_object_object_add(o, "unused", json_object_new_int64(n->unused));
	json_object_object_add(o, "invalid", json_object_new_int64(n->invalid));
	return o;
}
