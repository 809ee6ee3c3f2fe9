// SPDX-License-Identifier: GPL-2.0-or-later
/* What the engine knows, as frames of JSON for control clients. */
#include "rows.h"

#include <string.h>

#include <json-c/json.h>

#include "../lib/json.h"
#include "frame.h"
#include "history.h"
#include "id.h"
#include "ikename.h"
#include "plan.h"
#include "session.h"

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

static void add_vrfs(struct json_object *o, const struct plan *plan,
		     const struct ike_path *path, uint32_t ivrf)
{
	add_text(o, "fvrf", plan_vrf(plan, path->vrf));
	add_text(o, "ivrf", plan_vrf(plan, ivrf));
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

/* The rows behind a bound, which come in order, as many as go into a frame. */
struct batch {
	const struct plan *plan;
	unsigned int n;
	uint64_t last; /* key of the last one */
	bool more; /* others have higher keys */
	struct json_object *rows;
};

/* Room for one more; without, there are more. */
static bool has_room(struct batch *b)
{
	b->more = b->n == ROWS_AT_ONCE;
	return !b->more;
}

static void batch_add(struct batch *b, uint64_t key, struct json_object *row)
{
	json_object_array_add(b->rows, row);
	b->last = key;
	b->n++;
}

static char *batch_frame(struct batch *b, uint64_t *cursor)
{
	*cursor = b->more ? b->last : 0;
	return frame_rows(b->rows, b->more);
}

static struct batch batch_new(const struct plan *plan)
{
	return (struct batch){ .plan = plan, .rows = json_object_new_array() };
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
	add_num(o, "invalids", i->n_invalids);
	add_num(o, "exchanges_in", i->n_exchanges_in);
	add_num(o, "invalids_in", i->n_invalids_in);
	add_num(o, "rejects_in", i->n_rejects_in);
	add_num(o, "notifies_in", i->n_notifies_in);
	add_num(o, "notifies_out", i->n_notifies_out);
	add_num(o, "deletes_in", i->n_deletes_in);
	add_num(o, "deletes_out", i->n_deletes_out);
	return o;
}

static struct json_object *sa_row(const struct ike_sa_info *i,
				  const struct plan *plan)
{
	struct json_object *o = json_object_new_object();

	add_num(o, "conn", i->conn);
	add_text(o, "state", ike_state_name(i->state));
	add_bool(o, "initiator", i->is_initiator);
	add_bool(o, "aggressive", i->is_aggressive);
	add_bool(o, "deleted", i->is_deleted);
	add_path(o, &i->path);
	add_vrfs(o, plan, &i->path, i->ivrf);
	add_ident(o, "local_id", &i->local_id);
	add_ident(o, "remote_id", &i->remote_id);
	if (i->local_id.type)
		add_text(o, "local_id_type", id_type_name(i->local_id.type));
	if (i->remote_id.type)
		add_text(o, "remote_id_type", id_type_name(i->remote_id.type));
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

static bool on_sa(const struct ike_sa_info *info, void *arg)
{
	struct batch *b = arg;

	if (!has_room(b))
		return false;
	batch_add(b, info->conn, sa_row(info, b->plan));
	return true;
}

char *rows_isakmp_sa(struct ike *ike, const struct plan *plan,
		     const struct addr *peer, uint64_t *cursor)
{
	struct batch b = batch_new(plan);

	ike_next_sas(ike, *cursor, peer, on_sa, &b);
	return batch_frame(&b, cursor);
}

/* --- IPsec SAs --------------------------------------------------------- */

/* The transform set of the flow that was agreed on. */
static const char *set_name(const struct plan *plan,
			    const struct ike_child_info *i)
{
	const struct ike_flow *f = plan_flow(plan, i->flow);
	unsigned int k;

	for (k = 0; f && k < f->n_p2; k++)
		if (f->p2[k].esp == i->p2.esp &&
		    f->p2[k].esp_keylen == i->p2.esp_keylen &&
		    f->p2[k].esp_auth == i->p2.esp_auth &&
		    f->p2[k].ah == i->p2.ah)
			return f->p2[k].name;
	return NULL;
}

static struct json_object *child_row(const struct ike_child_info *i,
				     const struct plan *plan)
{
	const struct plan_flow *f = plan ? plan_flow_entry(plan, i->flow) :
					   NULL;
	struct json_object *o = json_object_new_object();

	add_num(o, "conn", i->conn);
	add_num(o, "in_spi", i->in_spi);
	add_num(o, "out_spi", i->out_spi);
	add_num(o, "in_id", i->in_id);
	add_num(o, "out_id", i->out_id);
	add_num(o, "rule", i->rule);
	if (f) {
		add_text(o, "map", f->map);
		add_num(o, "seq", f->seq);
		if (f->flow.is_dynamic) {
			add_text(o, "dynamic", f->dynamic);
			add_num(o, "dynamic_seq", f->dynamic_seq);
		}
		add_text(o, "transform_set", set_name(plan, i));
	}
	add_bool(o, "initiator", i->is_initiator);
	add_bool(o, "active", i->is_active);
	add_bool(o, "udp", i->is_encap);
	add_path(o, &i->path);
	add_vrfs(o, plan, &i->path, i->ivrf);
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

static bool on_child(const struct ike_child_info *info, void *arg)
{
	struct batch *b = arg;

	if (!has_room(b))
		return false;
	batch_add(b, info->order, child_row(info, b->plan));
	return true;
}

char *rows_ipsec_sa(struct ike *ike, const struct plan *plan,
		    const struct addr *peer, uint64_t *cursor)
{
	struct batch b = batch_new(plan);

	ike_next_children(ike, *cursor, peer, on_child, &b);
	return batch_frame(&b, cursor);
}

/* --- sessions ---------------------------------------------------------- */

static struct json_object *sums_of(const struct session_sums *s)
{
	struct json_object *o = json_object_new_object();

	add_num(o, "in_packets", s->in_packets);
	add_num(o, "in_bytes", s->in_bytes);
	add_num(o, "out_packets", s->out_packets);
	add_num(o, "out_bytes", s->out_bytes);
	return o;
}

static bool on_session(const struct session_info *i, void *arg)
{
	struct batch *b = arg;
	struct json_object *o;

	if (!has_room(b))
		return false;
	o = json_object_new_object();
	add_num(o, "id", i->id);
	add_path(o, &i->path);
	add_vrfs(o, b->plan, &i->path, i->ivrf);
	if (b->plan)
		add_text(o, "description", plan_note(b->plan, &i->path));
	add_ident(o, "remote_id", i->remote_id);
	add_bool(o, "up", i->is_up);
	add_num(o, "seconds", i->seconds);
	if (i->reason)
		add_text(o, "reason", ike_reason_name(i->reason));
	add_num(o, "ike_sas", i->n_ike);
	add_num(o, "pairs", i->n_pairs);
	add_num(o, "past_pairs", i->n_past);
	json_object_object_add(o, "past", sums_of(&i->past));
	batch_add(b, i->id, o);
	return true;
}

char *rows_session(const struct sessions *s, const struct plan *plan,
		   const struct addr *peer, uint64_t *cursor)
{
	struct batch b = batch_new(plan);

	session_next(s, *cursor, peer, on_session, &b);
	return batch_frame(&b, cursor);
}

/* --- failures ---------------------------------------------------------- */

static struct json_object *failure_row(const struct history_failure *r,
				       const struct plan *plan)
{
	struct json_object *o = json_object_new_object();
	const struct ike_failure *f = &r->f;

	add_num(o, "number", r->number);
	add_num(o, "time", r->when);
	add_num(o, "uptime", r->uptime);
	if (r->ended)
		add_text(o, "ended", ike_reason_name(r->ended));
	else
		add_text(o, "kind", ike_fail_name(f->kind));
	add_num(o, "phase", f->phase);
	add_bool(o, "initiator", f->is_initiator);
	add_text(o, "refused_by", f->local ? "us" : "peer");
	if (f->notify)
		add_text(o, "notify", ikename_notify(f->notify));
	add_num(o, "conn", f->conn);
	add_path(o, &f->path);
	add_text(o, "fvrf", plan_vrf(plan, f->path.vrf));
	if (f->remote_id.type)
		add_text(o, "remote_id_type", id_type_name(f->remote_id.type));
	add_ident(o, "remote_id", &f->remote_id);
	if (f->priority)
		add_num(o, "policy", f->priority);
	add_text(o, "attribute", f->attribute);
	add_text(o, "theirs", f->theirs);
	add_text(o, "ours", f->ours);
	add_text(o, "why", f->why);
	return o;
}

char *rows_failures(const struct history *h, const struct plan *plan,
		    bool with_ends, uint64_t *cursor)
{
	struct json_object *rows = json_object_new_array();
	const struct history_failure *f = NULL;
	unsigned int n = 0;

	while (n++ < ROWS_AT_ONCE && (f = history_next_failure(h, *cursor))) {
		if (with_ends || !f->ended)
			json_object_array_add(rows, failure_row(f, plan));
		*cursor = f->number;
	}
	if (!f)
		*cursor = 0;
	return frame_rows(rows, f);
}

/* --- what was ---------------------------------------------------------- */

char *rows_isakmp_history(const struct history *h, const struct plan *plan,
			  uint64_t *cursor)
{
	struct json_object *rows = json_object_new_array(), *o;
	const struct history_sa *r = NULL;
	unsigned int n = 0;

	while (n++ < ROWS_AT_ONCE && (r = history_next_sa(h, *cursor))) {
		o = sa_row(&r->info, plan);
		add_num(o, "number", r->number);
		add_text(o, "reason", ike_reason_name(r->reason));
		json_object_array_add(rows, o);
		*cursor = r->number;
	}
	if (!r)
		*cursor = 0;
	return frame_rows(rows, r);
}

struct global {
	struct history_sums sums;
	uint64_t active;
};

static void on_any(const struct ike_sa_info *i, void *arg)
{
	struct global *g = arg;

	history_add(&g->sums, i);
	g->active += i->state == QM_IDLE && !i->is_deleted;
}

char *rows_isakmp_global(const struct history *h, struct ike *ike)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	struct global g = { .sums = *history_sums(h) };
	const struct history_sums *s = &g.sums;

	ike_each_count(ike, on_any, &g);
	add_num(o, "active", g.active);
	add_num(o, "max", ike_max_sas(ike));
	add_num(o, "previous", s->previous);
	add_num(o, "in_octets", s->in_octets);
	add_num(o, "out_octets", s->out_octets);
	add_num(o, "in_packets", s->in_packets);
	add_num(o, "out_packets", s->out_packets);
	add_num(o, "in_drops", s->in_drops);
	add_num(o, "notifies_in", s->notifies_in);
	add_num(o, "notifies_out", s->notifies_out);
	add_num(o, "exchanges_in", s->exchanges_in);
	add_num(o, "exchanges_out", s->exchanges_out);
	add_num(o, "invalids_in", s->invalids_in);
	add_num(o, "invalids_out", s->invalids_out);
	add_num(o, "rejects_in", s->rejects_in);
	add_num(o, "rejects_out", s->rejects_out);
	add_num(o, "deletes_in", s->deletes_in);
	add_num(o, "deletes_out", s->deletes_out);
	add_num(o, "initiated", s->initiated);
	add_num(o, "initiated_failed", s->initiated_failed);
	add_num(o, "answered_failed", s->answered_failed);
	add_num(o, "limits", s->limits);
	add_num(o, "authentication_failures", s->authentication);
	add_num(o, "decrypt_failures", s->decrypt);
	add_num(o, "hash_failures", s->hash);
	add_num(o, "unknown_sa", s->strays + ike_strays(ike));
	add_num(o, "out_drops", s->out_drops);
	add_num(o, "previous_tunnels", s->previous_tunnels);
	json_object_array_add(rows, o);
	return frame_rows(rows, false);
}

/* --- phase 2 tunnels ------------------------------------------------------ */

/* Names are those of the module's counters. */
static struct json_object *stats_of(const struct stats *s)
{
	struct json_object *o = json_object_new_object();

	add_num(o, "out_packets", s->out_packets);
	add_num(o, "out_bytes", s->out_bytes);
	add_num(o, "out_wire_bytes", s->out_wire_bytes);
	add_num(o, "in_packets", s->in_packets);
	add_num(o, "in_bytes", s->in_bytes);
	add_num(o, "in_wire_bytes", s->in_wire_bytes);
	add_num(o, "send_errors", s->send_errors);
	add_num(o, "recv_errors", s->recv_errors);
	add_num(o, "err_encrypt", s->err_encrypt);
	add_num(o, "err_replay", s->err_replay);
	add_num(o, "err_auth", s->err_auth);
	add_num(o, "err_identity", s->err_identity);
	add_num(o, "err_proto", s->err_proto);
	add_num(o, "err_decaps", s->err_decaps);
	return o;
}

static struct json_object *tunnel_row(const struct tunnel_info *i,
				      const struct plan *plan)
{
	struct json_object *o = json_object_new_object();
	char a[ADDR_STR];

	add_num(o, "rule", i->rule);
	add_text(o, "local", addr_fmt(&i->local, a));
	add_text(o, "remote", addr_fmt(&i->remote, a));
	add_text(o, "fvrf", plan_vrf(plan, i->vrf));
	add_num(o, "esp", i->esp);
	add_num(o, "key_bits", i->key_bits);
	add_num(o, "integ", i->esp_auth);
	add_num(o, "pfs_group", i->group);
	add_num(o, "encap", i->encap);
	add_num(o, "seconds", i->seconds);
	add_num(o, "kilobytes", i->kbytes);
	add_num(o, "left_seconds", i->left_seconds);
	add_num(o, "left_kilobytes", i->left_kbytes);
	add_num(o, "up", i->up);
	add_num(o, "refreshes", i->refreshes);
	add_num(o, "expired", i->expired);
	add_num(o, "current", i->current);
	json_object_object_add(o, "past", stats_of(&i->past));
	return o;
}

static bool on_tunnel(const struct tunnel_info *info, void *arg)
{
	struct batch *b = arg;

	if (!has_room(b))
		return false;
	batch_add(b, info->order, tunnel_row(info, b->plan));
	return true;
}

char *rows_ipsec_tunnel(const struct history *h, const struct plan *plan,
			uint64_t *cursor)
{
	struct batch b = batch_new(plan);

	tunnel_next(history_tunnels(h), *cursor, on_tunnel, &b);
	return batch_frame(&b, cursor);
}

char *rows_ipsec_history(const struct history *h, const struct plan *plan,
			 uint64_t *cursor)
{
	struct json_object *rows = json_object_new_array(), *o;
	const struct history_tunnel *r = NULL;
	unsigned int n = 0;

	while (n++ < ROWS_AT_ONCE && (r = history_next_tunnel(h, *cursor))) {
		o = tunnel_row(&r->info, plan);
		add_num(o, "number", r->number);
		add_text(o, "reason", ike_reason_name(r->reason));
		json_object_array_add(rows, o);
		*cursor = r->number;
	}
	if (!r)
		*cursor = 0;
	return frame_rows(rows, r);
}
