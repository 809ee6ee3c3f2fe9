// SPDX-License-Identifier: GPL-2.0-or-later
// Questions to the kernel and to the key role that have no answer yet.

#include "wait.h"
#include "ike_priv.h"

static struct wait *find(struct ike *ike, uint32_t id)
{
	struct hnode *n = htab_first(&ike->waits, id);

	return n ? container_of(n, struct wait, node) : NULL;
}

static uint32_t new_id(struct ike *ike)
{
	do {
		ike->next_req++;
	} while (!ike->next_req || find(ike, ike->next_req));
	return ike->next_req;
}

void wait_for_krn(struct ike *ike, struct wait *w, struct krn_req *req,
		  wait_krn_fn *fn)
{
	wait_cancel(ike, w);
	w->id = new_id(ike);
	w->krn = fn;
	htab_add(&ike->waits, &w->node, w->id);
	req->id = w->id;
	keep_sync(ike);
	ike->ops->krn(ike->ctx, req);
}

void wait_for_key(struct ike *ike, struct wait *w, struct ike_key_req *req,
		  wait_key_fn *fn)
{
	wait_cancel(ike, w);
	w->id = new_id(ike);
	w->key = fn;
	htab_add(&ike->waits, &w->node, w->id);
	req->id = w->id;
	ike->ops->key(ike->ctx, req);
}

void wait_cancel(struct ike *ike, struct wait *w)
{
	htab_del(&ike->waits, &w->node);
	w->id = 0;
	w->krn = NULL;
	w->key = NULL;
}

void ike_krn_done(struct ike *ike, const struct krn_answer *a)
{
	struct wait *w;
	wait_krn_fn *fn;

	ike_enter(ike);
	w = find(ike, a->id);
	if (w && w->krn) {
		fn = w->krn;
		wait_cancel(ike, w);
		fn(ike, w->owner, a);
	} else if (!a->err && a->in_spi) {
		/* Who wanted this SPI has gone. */
		struct krn_req req = { .op = KRN_DELETE,
				       .proto = PROTO_ESP,
				       .in_spi = a->in_spi };

		ike->ops->krn(ike->ctx, &req);
	} else if (!a->err && a->rule) {
		struct krn_req req = { .op = KRN_DEL_RULE, .rule = a->rule };

		ike->ops->krn(ike->ctx, &req);
	}
	ike_leave(ike);
}

void ike_key_done(struct ike *ike, const struct ike_key_answer *a)
{
	struct wait *w;
	wait_key_fn *fn;

	ike_enter(ike);
	w = find(ike, a->id);
	if (w && w->key) {
		fn = w->key;
		wait_cancel(ike, w);
		fn(ike, w->owner, a);
	}
	ike_leave(ike);
}
