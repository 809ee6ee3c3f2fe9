// SPDX-License-Identifier: GPL-2.0-or-later
/* The running configuration and what it means to the other roles. */
#include "running.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/gnl.h"
#include "../lib/log.h"
#include "../lib/rtnl.h"
#include "../lib/secret.h"
#include "apply.h"
#include "compile.h"
#include "config.h"
#include "frame.h"
#include "instance.h"
#include "journal.h"
#include "leftover.h"
#include "local.h"
#include "manual.h"
#include "request.h"
#include "resolve.h"
#include "rri.h"
#include "sockets.h"
#include "vrf.h"
#include "vti.h"

#define LOG_LINES 500 /* in one frame */

struct running {
	struct running_ops ops;
	struct cfg *cfg;
	struct trust_files *trusts;
	struct compile_names names;
	struct refs *refs;
	struct wants *wants;
	struct manuals *manuals;
	struct rri *rri;
	struct rtnl *rtnl; /* NULL: no tunnel interfaces */
	char *maps; /* file that names those in the kernel */
	bool is_on; /* some interface has a crypto map */
};

/* --- what the roles are told --------------------------------------------- */

static void tell(struct running *r, enum role to, uint16_t type)
{
	struct msg m;

	msg_init(&m, type, 0);
	proc_send(r->ops.proc, to, &m);
}

static void tell_trusts(struct running *r, enum role to)
{
	const struct trust_info *info;
	struct msg m;
	size_t i;

	for (i = 0; (info = trust_files_at(r->trusts, i)); i++) {
		msg_init(&m, MSG_PLAN_TRUST, 0);
		trust_put(&m, info, to == ROLE_KEYS);
		proc_send(r->ops.proc, to, &m);
	}
}

static uint32_t at_most(uint32_t records)
{
	return records < CFG_HISTORY_MAX ? records : CFG_HISTORY_MAX;
}

static uint32_t peer_vrf(const struct running *r, const struct cfg_peer *peer)
{
	return peer->vrf ? compile_vrf(&r->names, peer->vrf) : 0;
}

static void tell_engine(struct running *r)
{
	const struct wants *w = r->wants;
	/* Without ISAKMP the rules stay: they let nothing out in the clear. */
	bool is_off = r->cfg->isakmp.is_off;
	const struct cfg_peer *peer;
	struct msg m;
	size_t i;

	tell(r, ROLE_ENGINE, MSG_PLAN_BEGIN);
	tell_trusts(r, ROLE_ENGINE);
	for (i = 0; i < w->n_vrfs; i++) {
		msg_init(&m, MSG_PLAN_VRF, 0);
		msg_put_u32(&m, w->vrfs[i].index);
		msg_put_text(&m, w->vrfs[i].name);
		proc_send(r->ops.proc, ROLE_ENGINE, &m);
	}
	for (i = 0; i < w->n_profiles; i++) {
		msg_init(&m, MSG_PLAN_PROFILE, 0);
		profile_put(&m, &w->profiles[i]);
		proc_send(r->ops.proc, ROLE_ENGINE, &m);
	}
	for (i = 0; i < w->n_peers && !is_off; i++) {
		msg_init(&m, MSG_PLAN_PEER, 0);
		plan_put_peer(&m, &w->peers[i]);
		proc_send(r->ops.proc, ROLE_ENGINE, &m);
	}
	for (i = 0; i < w->n_flows && !is_off; i++) {
		msg_init(&m, MSG_PLAN_FLOW, 0);
		plan_put_flow(&m, &w->flows[i]);
		proc_send(r->ops.proc, ROLE_ENGINE, &m);
	}
	cfg_for_each(peer, &r->cfg->peers)
	{
		if (!peer->addr.family || !peer->description)
			continue;
		msg_init(&m, MSG_PLAN_NOTE, 0);
		msg_put_addr(&m, &peer->addr);
		msg_put_u32(&m, peer_vrf(r, peer));
		msg_put_text(&m, peer->description);
		proc_send(r->ops.proc, ROLE_ENGINE, &m);
	}
	if (r->cfg->no_session_log)
		tell(r, ROLE_ENGINE, MSG_PLAN_SILENT);
	msg_init(&m, MSG_PLAN_HISTORY, 0);
	msg_put_u32(&m, at_most(r->cfg->ipsec.history_failures));
	msg_put_u32(&m, at_most(r->cfg->ipsec.history_tunnels));
	proc_send(r->ops.proc, ROLE_ENGINE, &m);
	tell(r, ROLE_ENGINE, MSG_PLAN_END);
}

static void send_key(struct running *r, const struct cfg_keyring *ring,
		     const struct cfg_key *key)
{
	struct addr local = { 0 };
	struct msg m;

	if (ring)
		local = compile_local(r->cfg, ring->local_if, &ring->local);
	msg_init(&m, MSG_PLAN_PSK, 0);
	msg_put_addr(&m, &key->addr);
	msg_put_addr(&m, &key->mask);
	msg_put_text(&m, key->host);
	msg_put_u32(&m, ring ? ref_of_ring(r->refs, ring->obj.name) : 0);
	msg_put_addr(&m, &local);
	msg_put_u32(&m,
		    ring && ring->vrf ? compile_vrf(&r->names, ring->vrf) : 0);
	msg_put_bytes(&m, key->key.text, strlen(key->key.text));
	proc_send(r->ops.proc, ROLE_KEYS, &m);
}

static void tell_key(struct running *r, const struct cfg_keyring *ring,
		     const struct cfg_key *key)
{
	struct cfg_key at = *key;

	if (!key->key.text)
		return;
	if (key->key.type) {
		log_error(
			"the key for %s is encrypted with a master key, which we do not have",
			key->obj.name);
		return;
	}
	send_key(r, ring, key);
	/* A name is told too late in main mode: then its address counts. */
	if (key->addr.family || !compile_name(&r->names, key->host, &at.addr))
		return;
	addr_mask(at.addr.family, 8 * addr_len(at.addr.family), &at.mask);
	at.host = NULL;
	send_key(r, ring, &at);
}

static void tell_use(struct running *r, uint32_t profile, uint32_t ring)
{
	struct msg m;

	msg_init(&m, MSG_PLAN_RINGS, 0);
	msg_put_u32(&m, profile);
	msg_put_u32(&m, ring);
	proc_send(r->ops.proc, ROLE_KEYS, &m);
}

static void tell_rings(struct running *r, const struct cfg_profile *p)
{
	uint32_t profile = ref_of_profile(r->refs, p->obj.name);
	uint32_t i;

	if (!p->keyrings.n)
		tell_use(r, profile, 0);
	for (i = 0; i < p->keyrings.n; i++)
		tell_use(r, profile,
			 strcmp(p->keyrings.v[i], CFG_DEFAULT_KEYRING) ?
				 ref_of_ring(r->refs, p->keyrings.v[i]) :
				 0);
}

/* "set aggressive-mode password" is a key for this one peer. */
static void tell_password(struct running *r, const struct cfg_peer *peer)
{
	struct cfg_key key = { .obj.name = peer->obj.name,
			       .addr = peer->addr,
			       .key = peer->aggr_key };

	if (!peer->aggr_key.text ||
	    (!key.addr.family &&
	     !compile_name(&r->names, peer->host, &key.addr)))
		return;
	addr_mask(key.addr.family, 8 * addr_len(key.addr.family), &key.mask);
	tell_key(r, NULL, &key);
}

/*
 * Between equals the first one wins: what is said of the peer itself, then the
 * global keyring.
 */
static void tell_keys(struct running *r)
{
	const struct cfg_profile *profile;
	const struct cfg_keyring *ring;
	const struct cfg_peer *peer;
	const struct cfg_key *key;

	tell(r, ROLE_KEYS, MSG_PLAN_BEGIN);
	cfg_for_each(peer, &r->cfg->peers) tell_password(r, peer);
	cfg_for_each(key, &r->cfg->keys) tell_key(r, NULL, key);
	cfg_for_each(ring, &r->cfg->keyrings) cfg_for_each(key, &ring->keys)
		tell_key(r, ring, key);
	cfg_for_each(profile, &r->cfg->profiles) tell_rings(r, profile);
	tell_trusts(r, ROLE_KEYS);
	tell(r, ROLE_KEYS, MSG_PLAN_END);
}

/* --- change -------------------------------------------------------------- */

/* With the first interface that has a crypto map, and with the last one. */
static void note_on(struct running *r)
{
	bool is_on = r->wants->n_binds && !r->cfg->isakmp.is_off;

	if (is_on != r->is_on)
		log_info("%%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is %s",
			 is_on ? "ON" : "OFF");
	r->is_on = is_on;
}

static unsigned int count_tunnels(const struct wants *w)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < w->n_binds; i++)
		n += !!w->binds[i].tunnel;
	return n;
}

/*
 * Go over to @cfg and the files of its trust points, which are taken over; the
 * old ones stay if that fails.
 */
static bool commit(struct running *r, struct cfg *cfg,
		   struct trust_files *trusts)
{
	struct wants *old = r->wants;
	struct wants *new = NULL;

	if (trusts)
		new = compile(cfg, trusts, &r->names, r->refs);
	if (!new) {
		log_error("out of memory: the configuration stays as it is");
		if (trusts != r->trusts)
			trust_files_free(trusts);
		if (cfg != r->cfg)
			cfg_free(cfg);
		return false;
	}
	if (!old)
		leftover_clear(r->maps, r->ops.gnl, new);
	apply_rules(r->ops.gnl, old, new);
	if (r->rtnl)
		vti_apply(r->rtnl, old, new);
	if (apply_binds(r->ops.gnl, old, new) +
	    sockets_use(r->ops.sockets, new->fronts, new->n_fronts) +
	    manuals_apply(r->manuals, r->ops.gnl, new) + count_tunnels(new))
		r->ops.missing(r->ops.arg);
	leftover_save(r->maps, new);
	rri_apply(r->rri, new);
	r->wants = new;
	wants_free(old);
	if (r->cfg != cfg)
		cfg_free(r->cfg);
	r->cfg = cfg;
	if (r->trusts != trusts)
		trust_files_free(r->trusts);
	r->trusts = trusts;
	note_on(r);
	/* Keys first: the engine asks for them at once. */
	tell_keys(r);
	tell_engine(r);
	resolve_round(r->ops.names);
	vrfs_round(r->ops.vrfs);
	return true;
}

void running_renew(struct running *r)
{
	commit(r, r->cfg, r->trusts);
}

/* No packet asks for it: a tunnel interface is up if it can be. */
static void want_sa(struct running *r, const struct want_rule *rule)
{
	const struct ike_flow *f = &r->wants->flows[rule->flow].flow;
	struct policy key = { .id = rule->id }, p;
	struct krn_acquire a = { .rule = rule->id };

	PUT(&key, POLICY_ID);
	if (gnl_policy_get(r->ops.gnl, &key, &p) || p.out_sas || !f->n_peers)
		return;
	a.path.remote.addr = f->peers[0];
	if (local_of_map(r->wants, rule->policy.map, f->peers[0].family,
			 &a.path.local.addr))
		r->ops.acquire(r->ops.arg, &a);
}

unsigned int running_want(struct running *r)
{
	const struct wants *w = r->wants;
	size_t i, j;

	for (i = 0; i < w->n_binds; i++)
		for (j = 0; w->binds[i].tunnel && j < w->n_rules; j++)
			if (w->rules[j].flow != UINT32_MAX &&
			    !strcmp(w->rules[j].policy.map, w->binds[i].map))
				want_sa(r, &w->rules[j]);
	return count_tunnels(w);
}

unsigned int running_bind(struct running *r)
{
	if (r->rtnl)
		vti_apply(r->rtnl, r->wants, r->wants);
	return apply_binds(r->ops.gnl, r->wants, r->wants) +
	       sockets_use(r->ops.sockets, r->wants->fronts,
			   r->wants->n_fronts) +
	       manuals_apply(r->manuals, r->ops.gnl, r->wants);
}

void running_sweep(struct running *r)
{
	instance_sweep(r->ops.gnl, r->wants);
	rri_sweep(r->rri);
}

bool running_reload(struct running *r)
{
	struct cfg *cfg = config_load(r->ops.path);
	struct trust_files *trusts;

	if (!cfg)
		return false;
	trusts = trust_files_read(cfg, r->trusts);
	if (r->cfg && cfg_equal(cfg, r->cfg) &&
	    trust_files_equal(trusts, r->trusts)) {
		trust_files_free(trusts);
		cfg_free(cfg);
		return true;
	}
	log_info("configuration of %s", r->ops.path);
	return commit(r, cfg, trusts);
}

struct running *running_new(const struct running_ops *ops)
{
	struct running *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->ops = *ops;
	r->names.resolve = resolve_get;
	r->names.arg = ops->names;
	r->names.vrf_named = vrfs_named;
	r->names.vrf_of = vrfs_of;
	r->names.vrf_arg = ops->vrfs;
	r->refs = refs_new();
	r->manuals = manuals_new();
	r->rri = rri_new();
	r->rtnl = rtnl_open();
	if (asprintf(&r->maps, "%s.maps", ops->state) < 0)
		r->maps = NULL;
	if (r->maps && r->refs && r->manuals && r->rri && running_reload(r))
		return r;
	running_free(r);
	return NULL;
}

void running_free(struct running *r)
{
	if (!r)
		return;
	wants_free(r->wants);
	manuals_free(r->manuals);
	rri_free(r->rri);
	rtnl_close(r->rtnl);
	refs_free(r->refs);
	trust_files_free(r->trusts);
	cfg_free(r->cfg);
	free(r->maps);
	free(r);
}

const struct plan_flow *running_flow(const struct running *r, uint32_t ref)
{
	size_t i;

	for (i = 0; r && i < r->wants->n_flows; i++)
		if (r->wants->flows[i].flow.ref == ref)
			return &r->wants->flows[i];
	return NULL;
}

void running_note(struct running *r, const struct krn_req *req)
{
	rri_note(r->rri, req);
}

/* --- clients ------------------------------------------------------------- */

static void answer(struct running *r, uint32_t id, char *frame, uint64_t cursor)
{
	struct answer a = {
		.cursor = cursor,
		.frame = frame ? frame : "{\"error\":\"out of memory\"}",
	};
	struct msg m;

	msg_init(&m, MSG_ANSWER, id);
	answer_put(&m, &a);
	proc_send(r->ops.proc, ROLE_CONTROL, &m);
	if (frame)
		secret_wipe(frame, strlen(frame));
	free(frame);
}

/* Text as one row. */
static char *text_frame(char *text)
{
	struct json_object *rows = json_object_new_array();

	if (text) {
		json_object_array_add(rows, json_object_new_string(text));
		secret_wipe(text, strlen(text));
	}
	free(text);
	return frame_rows(rows, false);
}

/* Change the configuration, or take another one in its place. */
static char *edit_frame(struct running *r, const struct request *req)
{
	struct json_object *rows = json_object_new_array();
	bool is_new = req->kind == REQ_REPLACE;
	struct cfg *empty = is_new ? cfg_new() : NULL;
	struct cfg *cfg = config_edit(is_new ? empty : r->cfg, req->text,
				      is_new || req->flags & REQ_FLAG_FILE,
				      rows);

	cfg_free(empty);

	if (!cfg) {
		json_object_put(rows);
		return frame_error("out of memory");
	}
	if (req->flags & REQ_FLAG_DRY || cfg_equal(cfg, r->cfg)) {
		cfg_free(cfg);
	} else if (!commit(r, cfg, trust_files_read(cfg, r->trusts))) {
		json_object_put(rows);
		return frame_error("out of memory");
	}
	return frame_rows(rows, false);
}

static char *save_frame(struct running *r)
{
	char text[256];
	int err = config_save(r->cfg, r->ops.path);

	if (!err)
		return frame_rows(json_object_new_array(), false);
	snprintf(text, sizeof(text), "%s: %s", r->ops.path, strerror(err));
	return frame_error(text);
}

static char *kept_frame(struct running *r)
{
	struct json_object *rows = json_object_new_array();
	const struct cfg_kept *k;

	cfg_for_each(k, &r->cfg->kept) json_object_array_add(
		rows, json_object_new_string(k->obj.name));
	return frame_rows(rows, false);
}

static char *log_frame(uint64_t *cursor)
{
	struct json_object *rows = json_object_new_array();
	const char *line = NULL;
	int i;

	for (i = 0; i < LOG_LINES && (line = journal_next(cursor)); i++)
		json_object_array_add(rows, json_object_new_string(line));
	if (!line)
		*cursor = 0;
	return frame_rows(rows, line);
}

static char *log_state_frame(void)
{
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	struct journal_state s = journal_state();

	json_object_object_add(o, "lines", json_object_new_uint64(s.lines));
	json_object_object_add(o, "dropped", json_object_new_uint64(s.dropped));
	json_object_object_add(o, "room", json_object_new_uint64(s.room));
	json_object_array_add(rows, o);
	return frame_rows(rows, false);
}

void running_request(struct running *r, uint32_t id, const struct request *req)
{
	uint64_t cursor = 0;
	char *frame;

	switch (req->kind) {
	case REQ_RUNNING_CONFIG:
		frame = text_frame(
			config_text(r->cfg, req->flags & REQ_FLAG_KEYS));
		break;
	case REQ_KEPT_LINES:
		frame = kept_frame(r);
		break;
	case REQ_APPLY:
	case REQ_REPLACE:
		frame = edit_frame(r, req);
		break;
	case REQ_SAVE:
		frame = save_frame(r);
		break;
	case REQ_RELOAD:
		frame = running_reload(r) ?
				frame_rows(json_object_new_array(), false) :
				frame_error("the file cannot be read");
		break;
	case REQ_CONFIGURED:
		log_info(
			"%%SYS-5-CONFIG_I: Configured from console by console");
		frame = frame_rows(json_object_new_array(), false);
		break;
	case REQ_LOG:
		cursor = req->cursor;
		frame = log_frame(&cursor);
		break;
	case REQ_LOG_STATE:
		frame = log_state_frame();
		break;
	case REQ_CLEAR_LOG:
		journal_clear();
		frame = frame_rows(json_object_new_array(), false);
		break;
	default:
		frame = frame_error("the daemon does not know this request");
	}
	answer(r, id, frame, cursor);
}
