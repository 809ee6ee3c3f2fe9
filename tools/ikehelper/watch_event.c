// SPDX-License-Identifier: GPL-2.0-or-later
/* What happens to tunnels, for those who monitor. */
#include "watch_event.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "../lib/fmt.h"
#include "../lib/sel.h"
#include "id.h"

/* Others may have made it: no control characters. */
static void put_text(struct json_object *o, const char *key, const char *text)
{
	char clean[IKE_FAIL_TEXT];

	if (!text || !*text)
		return;
	snprintf(clean, sizeof(clean), "%s", text);
	fmt_clean(clean, strlen(clean));
	json_object_object_add(o, key, json_object_new_string(clean));
}

static void put_num(struct json_object *o, const char *key, uint64_t v)
{
	if (v)
		json_object_object_add(o, key, json_object_new_uint64(v));
}

static struct json_object *new_event(const char *name,
				     const struct ike_path *path,
				     const struct ike_ident *remote_id)
{
	struct ike_id id =
		id_of(remote_id->type, remote_id->data, remote_id->len);
	struct json_object *o = json_object_new_object();
	char a[ADDR_STR], text[IKE_ID_STR];

	put_text(o, "event", name);
	if (path->local.addr.family)
		put_text(o, "local", addr_fmt(&path->local.addr, a));
	put_num(o, "local_port", path->local.port);
	if (path->remote.addr.family)
		put_text(o, "remote", addr_fmt(&path->remote.addr, a));
	put_num(o, "remote_port", path->remote.port);
	if (remote_id->type)
		put_text(o, "remote_id", id_fmt(&id, text));
	return o;
}

static void tell_sa(struct watch *w, const struct ike_event *ev,
		    const char *name)
{
	const struct ike_sa_info *i = ev->sa;
	struct json_object *o = new_event(name, &i->path, &i->remote_id);

	put_num(o, "conn", i->conn);
	if (ev->reason)
		put_text(o, "reason", ike_reason_name(ev->reason));
	watch_object(w, o);
}

static void tell_child(struct watch *w, const struct ike_event *ev,
		       const char *name)
{
	const struct ike_child_info *c = ev->child;
	struct json_object *o = new_event(name, &c->path, &c->remote_id);
	char sel[SEL_STR];

	put_num(o, "conn", c->conn);
	put_num(o, "rule", c->rule);
	put_num(o, "in_spi", c->in_spi);
	put_num(o, "out_spi", c->out_spi);
	put_num(o, "replaces", ev->replaces);
	put_text(o, "selector", sel_fmt(&c->sel, sel));
	if (ev->reason)
		put_text(o, "reason", ike_reason_name(ev->reason));
	watch_object(w, o);
}

void watch_tunnel(struct watch *w, const struct ike_event *ev)
{
	if (!watch_wants(w, TRACE_EVENT))
		return;
	switch (ev->kind) {
	case IKE_EVENT_SA_UP:
		tell_sa(w, ev, "isakmp-up");
		break;
	case IKE_EVENT_SA_DOWN:
		/* One that never was up is a negotiation that failed. */
		if (ev->sa->state == QM_IDLE)
			tell_sa(w, ev, "isakmp-down");
		break;
	case IKE_EVENT_PEER_DEAD:
		tell_sa(w, ev, "peer-dead");
		break;
	case IKE_EVENT_CHILD_UP:
		tell_child(w, ev, ev->replaces ? "tunnel-rekey" : "tunnel-up");
		break;
	case IKE_EVENT_CHILD_DOWN:
		/*
		 * Nothing went down with a pair that had been replaced, or
		 * whose predecessor goes on.
		 */
		if (ev->reason != IKE_REASON_REKEYED && ev->child->is_active &&
		    !ev->heir)
			tell_child(w, ev, "tunnel-down");
		break;
	default:
		break;
	}
}

void watch_failed(struct watch *w, const struct ike_failure *f)
{
	struct json_object *o;

	/* Of a dead peer there is an event of its own. */
	if (!watch_wants(w, TRACE_EVENT) || f->kind == IKE_FAIL_DPD)
		return;
	o = new_event("negotiation-failed", &f->path, &f->remote_id);
	put_num(o, "conn", f->conn);
	put_num(o, "phase", f->phase);
	put_text(o, "kind", ike_fail_name(f->kind));
	put_text(o, "refused_by", f->local ? "us" : "peer");
	put_text(o, "attribute", f->attribute);
	put_text(o, "theirs", f->theirs);
	put_text(o, "ours", f->ours);
	put_text(o, "why", f->why);
	watch_object(w, o);
}
