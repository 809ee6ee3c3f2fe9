// SPDX-License-Identifier: GPL-2.0-or-later
/* What the engine knows, as frames of JSON for control clients. */
#include "rows.h"

#include <string.h>

#include <json-c/json.h>

#include "../lib/json.h"
#include "frame.h"
#include "id.h"
#include "ikename.h"
#include "plan.h"

/* --- values ------------------------------------------------------------ */

static void add_text(struct json_object *o, const char *key, const char *text)
{
	if (text && *text)
		json_object_object_add(o, key, json_object_new_string(text));
}

static void add_num(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

static void add_bool(struct json_object *o, const char *key, bool v)
{
	json_object_object_add(o, key, json_object_new_boolean(v));
}

static void add_path(struct json_object *o, const struct ike_path *path)
{
	char a[ADDR_STR];

	add_text(o, "local", addr_fmt(&path->local.addr, a));
	add_num(o, "local_port", path->local.port);
	add_text(o, "remote", addr_fmt(&path->remote.addr, a));
	add_num(o, "remote_port", path->remote.port);
}

static void add_ident(struct json_object *o, const char *key,
		      const struct ike_ident *id)
{
	struct ike_id i = id_of(id->type, id->data, id->len);
	char buf[IKE_ID_STR];

	if (id->type)
		add_text(o, key, id_fmt(&i, buf));
}

static void add_hex(struct json_object *o, const char *key, const uint8_t *p,
		    size_t len)
{
	static const char digit[] = "0123456789abcdef";
	char buf[65];
	size_t i;

	for (i = 0; i < len && i < 32; i++) {
		buf[2 * i] = digit[p[i] >> 4];
		buf[2 * i + 1] = digit[p[i] & 15];
	}
	buf[2 * i] = '\0';
	add_text(o, key, buf);
}

/* --- the next few of many ---------------------------------------------- */

/* The lowest keys above a bound, in order, with a row each. */
struct batch {
	uint64_t after;
	const struct plan *plan;
	unsigned int n;
	bool more; /* others have higher keys */
	uint64_t key[ROWS_AT_ONCE];
	struct json_object *row[ROWS_AT_ONCE];
};

/* Where @key belongs, after others were moved; ROWS_AT_ONCE: not in it. */
static unsigned int batch_place(struct batch *b, uint64_t key)
{
	unsigned int at = b->n;

	if (key <= b->after)
		return ROWS_AT_ONCE;
	while (at && b->key[at - 1] > key)
		at--;
	if (b->n == ROWS_AT_ONCE) {
		b->more = true;
		if (at == ROWS_AT_ONCE)
			return at;
		json_object_put(b->row[--b->n]);
	}
	memmove(&b->key[at + 1], &b->key[at], (b->n - at) * sizeof(b->key[0]));
	memmove(&b->row[at + 1], &b->row[at], (b->n - at) * sizeof(b->row[0]));
	b->n++;
	b->key[at] = key;
	return at;
}

static char *batch_frame(struct batch *b, uint64_t *cursor)
{
	struct json_object *rows = json_object_new_array();
	unsigned int i;

	for (i = 0; i < b->n; i++)
		json_object_array_add(rows, b->row[i]);
	*cursor = b->more ? b->key[b->n - 1] : 0;
	return frame_rows(rows, b->more);
}

/* --- ISAKMP SAs -------------------------------------------------------- */

static struct json_object *counters_of(const struct ike_sa_info *i)
{
	struct json_object *o = json_object_new_object();

	add_num(o, "in_packets", i->in_packets);
	add_num(o, "out_packets", i->out_packets);
	add_num(o, "in_octets", i->in_octets);
	add_num(o, "out_octets", i->out_octets);
	add_num(o, "in_drops", i->in_drops);
	add_num(o, "retransmits", i->retransmits);
	add_num(o, "exchanges", i->n_exchanges);
	add_num(o, "rejects", i->n_rejects);
	add_num(o, "notifies_in", i->n_notifies_in);
	add_num(o, "notifies_out", i->n_notifies_out);
	add_num(o, "deletes_in", i->n_deletes_in);
	add_num(o, "deletes_out", i->n_deletes_out);
	return o;
}

static struct json_object *sa_row(const struct ike_sa_info *i)
{
	struct json_object *o = json_object_new_object();

	add_num(o, "conn", i->conn);
	add_text(o, "state", ike_state_name(i->state));
	add_bool(o, "initiator", i->is_initiator);
	add_bool(o, "aggressive", i->is_aggressive);
	add_bool(o, "deleted", i->is_deleted);
	add_path(o, &i->path);
	add_ident(o, "local_id", &i->local_id);
	add_ident(o, "remote_id", &i->remote_id);
	if (i->p1.encr) {
		add_num(o, "policy", i->p1.priority);
		add_num(o, "encr", i->p1.encr);
		add_num(o, "key_bits", i->p1.keylen);
		add_num(o, "hash", i->p1.hash);
		add_num(o, "auth", i->p1.auth);
		add_num(o, "group", i->p1.group);
		add_num(o, "lifetime", i->p1.seconds);
	}
	add_bool(o, "nat_t", i->natt);
	add_bool(o, "local_nat", i->local_nat);
	add_bool(o, "remote_nat", i->remote_nat);
	add_bool(o, "dpd", i->dpd);
	add_bool(o, "fragmentation", i->frag);
	add_num(o, "age", i->age);
	add_num(o, "up", i->up);
	add_num(o, "left", i->left);
	add_hex(o, "initiator_cookie", i->icookie, sizeof(i->icookie));
	add_hex(o, "responder_cookie", i->rcookie, sizeof(i->rcookie));
	json_object_object_add(o, "counters", counters_of(i));
	return o;
}

static void on_sa(const struct ike_sa_info *info, void *arg)
{
	struct batch *b = arg;
	unsigned int at = batch_place(b, (uint64_t)info->conn + 1);

	if (at < ROWS_AT_ONCE)
		b->row[at] = sa_row(info);
}

char *rows_isakmp_sa(struct ike *ike, uint64_t *cursor)
{
	struct batch b = { .after = *cursor };

	ike_each_sa(ike, on_sa, &b);
	return batch_frame(&b, cursor);
}

/* --- IPsec SAs --------------------------------------------------------- */

static struct json_object *child_row(const struct ike_child_info *i,
				     const struct plan *plan)
{
	struct json_object *o = json_object_new_object();
	const char *map;
	uint32_t seq;

	add_num(o, "conn", i->conn);
	add_num(o, "in_spi", i->in_spi);
	add_num(o, "out_spi", i->out_spi);
	add_num(o, "in_id", i->in_id);
	add_num(o, "out_id", i->out_id);
	add_num(o, "rule", i->rule);
	if (plan && plan_flow_entry(plan, i->flow, &map, &seq)) {
		add_text(o, "map", map);
		add_num(o, "seq", seq);
	}
	add_bool(o, "initiator", i->is_initiator);
	add_bool(o, "active", i->is_active);
	add_bool(o, "udp", i->is_encap);
	add_path(o, &i->path);
	add_ident(o, "remote_id", &i->remote_id);
	add_num(o, "esp", i->p2.esp);
	add_num(o, "key_bits", i->p2.esp_keylen);
	add_num(o, "integ", i->p2.esp_auth);
	add_num(o, "encap", i->p2.encap);
	add_num(o, "pfs_group", i->p2.group);
	add_num(o, "up", i->up);
	add_num(o, "left", i->left);
	add_num(o, "seconds", i->p2.seconds);
	add_num(o, "kilobytes", i->p2.kbytes);
	json_object_object_add(o, "selector", json_selector(&i->sel));
	return o;
}

static void on_child(const struct ike_child_info *info, void *arg)
{
	struct batch *b = arg;
	unsigned int at = batch_place(b, info->in_spi);

	if (at < ROWS_AT_ONCE)
		b->row[at] = child_row(info, b->plan);
}

char *rows_ipsec_sa(struct ike *ike, const struct plan *plan, uint64_t *cursor)
{
	struct batch b = { .after = *cursor, .plan = plan };

	ike_each_child(ike, on_child, &b);
	return batch_frame(&b, cursor);
}

/* --- failures ---------------------------------------------------------- */

struct json_object *rows_failure(const struct ike_failure *f, uint64_t number,
				 int64_t when)
{
	struct json_object *o = json_object_new_object();

	add_num(o, "number", number);
	add_num(o, "time", when);
	add_text(o, "kind", ike_fail_name(f->kind));
	add_num(o, "phase", f->phase);
	add_bool(o, "initiator", f->is_initiator);
	add_text(o, "refused_by", f->local ? "us" : "peer");
	if (f->notify)
		add_text(o, "notify", ikename_notify(f->notify));
	add_num(o, "conn", f->conn);
	add_path(o, &f->path);
	add_ident(o, "remote_id", &f->remote_id);
	if (f->priority)
		add_num(o, "policy", f->priority);
	add_text(o, "attribute", f->attribute);
	add_text(o, "theirs", f->theirs);
	add_text(o, "ours", f->ours);
	add_text(o, "why", f->why);
	return o;
}
