// SPDX-License-Identifier: GPL-2.0-or-later
/* What was: ISAKMP SAs and tunnels that have gone, failures, sums over all. */
#include "history.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/stats.h"
#include "window.h"

enum { SAS, TUNNELS, FAILURES, KINDS };

struct history {
	uint64_t (*now)(void *ctx);
	void *ctx;
	struct history_sums sums;
	struct tunnels *tunnels;
	struct window window[KINDS];
	uint64_t changes;
	history_keep_fn *keep;
	void *keep_ctx;
};

/* Numbered when it is put in; forgotten when there is no memory. */
static void *record_add(struct history *h, unsigned int kind, size_t size)
{
	void *r = calloc(1, size);

	h->changes++;
	/* Each begins with its number. */
	if (r)
		*(uint64_t *)r = window_add(&h->window[kind], r);
	return r;
}

void history_add(struct history_sums *s, const struct ike_sa_info *i)
{
	s->in_packets += i->in_packets;
	s->out_packets += i->out_packets;
	s->in_octets += i->in_octets;
	s->out_octets += i->out_octets;
	s->in_drops += i->in_drops;
	s->notifies_in += i->n_notifies_in;
	s->notifies_out += i->n_notifies_out;
	s->deletes_in += i->n_deletes_in;
	s->deletes_out += i->n_deletes_out;
	s->exchanges_in += i->n_exchanges_in;
	s->exchanges_out += i->n_exchanges - i->n_exchanges_in;
	s->invalids_in += i->n_invalids_in;
	s->invalids_out += i->n_invalids - i->n_invalids_in;
	s->rejects_in += i->n_rejects_in;
	s->rejects_out += i->n_rejects - i->n_rejects_in;
}

static void ends(struct history *h, const struct ike_event *ev)
{
	struct history_sa *r;

	h->changes++;
	history_add(&h->sums, ev->sa);
	if (ev->sa->state != QM_IDLE) {
		if (ev->sa->is_initiator)
			h->sums.initiated_failed++;
		else
			h->sums.answered_failed++;
		return;
	}
	h->sums.previous++;
	r = record_add(h, SAS, sizeof(*r));
	if (!r)
		return;
	r->reason = ev->reason;
	r->info = *ev->sa;
}

void history_event(struct history *h, const struct ike_event *ev)
{
	switch (ev->kind) {
	case IKE_EVENT_SA_NEW:
		h->sums.initiated += ev->sa->is_initiator;
		break;
	case IKE_EVENT_SA_DOWN:
		ends(h, ev);
		break;
	case IKE_EVENT_CHILD_UP:
		tunnel_up(h->tunnels, ev->child, ev->replaces);
		break;
	case IKE_EVENT_CHILD_DOWN:
		tunnel_down(h->tunnels, ev->child, ev->reason);
		break;
	default:
		break;
	}
}

/* --- tunnels ------------------------------------------------------------- */

/* Those that did not end as was agreed are failures, too. */
static bool is_failure(enum ike_reason reason)
{
	switch (reason) {
	case IKE_REASON_PEER_DEAD:
	case IKE_REASON_RETRANSMIT:
	case IKE_REASON_FAILED:
	case IKE_REASON_CLEARED:
	case IKE_REASON_CONFIG:
	case IKE_REASON_LIMIT:
	case IKE_REASON_KERNEL:
		return true;
	default:
		return false;
	}
}

static void tunnel_failed(struct history *h, const struct tunnel_info *info,
			  enum ike_reason reason)
{
	struct history_failure *r = record_add(h, FAILURES, sizeof(*r));

	if (!r)
		return;
	r->when = time(NULL);
	r->uptime = h->now(h->ctx) / 1000;
	r->ended = reason;
	r->f.phase = 2;
	r->f.path.local.addr = info->local;
	r->f.path.remote.addr = info->remote;
}

static uint64_t on_now(void *ctx)
{
	struct history *h = ctx;

	return h->now(h->ctx);
}

static uint64_t on_ended(void *ctx, const struct tunnel_info *info,
			 enum ike_reason reason)
{
	struct history *h = ctx;
	struct history_tunnel *r = record_add(h, TUNNELS, sizeof(*r));

	h->sums.previous_tunnels++;
	if (is_failure(reason))
		tunnel_failed(h, info, reason);
	if (!r)
		return 0;
	r->reason = reason;
	r->info = *info;
	return r->number;
}

static void on_more(void *ctx, uint64_t record, const struct stats *stats)
{
	struct history *h = ctx;
	struct history_tunnel *r = window_get(&h->window[TUNNELS], record);

	h->changes++;
	if (r)
		stats_add(&r->info.past, stats);
}

static void on_keep(void *ctx, uint64_t order, const struct ike_blob *record)
{
	const struct history *h = ctx;

	if (h->keep)
		h->keep(h->keep_ctx, order, record);
}

void history_on_keep(struct history *h, history_keep_fn *keep, void *ctx)
{
	h->keep = keep;
	h->keep_ctx = ctx;
}

struct tunnels *history_live(struct history *h)
{
	return h->tunnels;
}

void history_gone(struct history *h, const struct krn_gone *gone)
{
	tunnel_gone(h->tunnels, gone);
}

const struct tunnels *history_tunnels(const struct history *h)
{
	return h->tunnels;
}

/* --- failures ------------------------------------------------------------ */

void history_failure(struct history *h, const struct ike_failure *f)
{
	struct history_failure *r = record_add(h, FAILURES, sizeof(*r));

	if (r) {
		r->when = time(NULL);
		r->uptime = h->now(h->ctx) / 1000;
		r->f = *f;
	}
	switch (f->kind) {
	case IKE_FAIL_AUTHENTICATION:
	case IKE_FAIL_INVALID_SIGNATURE:
	case IKE_FAIL_INVALID_CERTIFICATE:
	case IKE_FAIL_NO_KEY:
		h->sums.authentication++;
		break;
	case IKE_FAIL_INVALID_HASH:
		h->sums.hash++;
		break;
	case IKE_FAIL_PAYLOAD_MALFORMED:
		h->sums.decrypt++;
		break;
	case IKE_FAIL_LIMIT:
	case IKE_FAIL_KERNEL:
		h->sums.limits++;
		break;
	default:
		break;
	}
}

const struct history_sums *history_sums(const struct history *h)
{
	return &h->sums;
}

void history_out_drop(struct history *h)
{
	h->sums.out_drops++;
}

uint64_t history_changes(const struct history *h)
{
	return h->changes;
}

/* --- records ------------------------------------------------------------- */

const struct history_sa *history_next_sa(const struct history *h,
					 uint64_t after)
{
	return window_next(&h->window[SAS], &after);
}

const struct history_tunnel *history_next_tunnel(const struct history *h,
						 uint64_t after)
{
	return window_next(&h->window[TUNNELS], &after);
}

const struct history_failure *history_next_failure(const struct history *h,
						   uint64_t after)
{
	return window_next(&h->window[FAILURES], &after);
}

static bool restore(struct history *h, unsigned int kind, const void *from,
		    size_t size)
{
	uint64_t number = *(const uint64_t *)from;
	void *r = malloc(size);

	if (!r)
		return false;
	memcpy(r, from, size);
	/* The next one is numbered as it was. */
	h->window[kind].last = number - 1;
	window_add(&h->window[kind], r);
	return true;
}

bool history_restore_sa(struct history *h, const struct history_sa *r)
{
	return restore(h, SAS, r, sizeof(*r));
}

bool history_restore_tunnel(struct history *h, const struct history_tunnel *r)
{
	return restore(h, TUNNELS, r, sizeof(*r));
}

bool history_restore_failure(struct history *h, const struct history_failure *r)
{
	return restore(h, FAILURES, r, sizeof(*r));
}

void history_restore_sums(struct history *h, const struct history_sums *s)
{
	h->sums = *s;
}

void history_forget(struct history *h)
{
	unsigned int i;

	h->sums = (struct history_sums){ 0 };
	for (i = 0; i < KINDS; i++) {
		uint32_t size = h->window[i].size;
		struct window empty = { 0 };

		/* Without memory for another one the old one stays. */
		if (window_resize(&empty, size))
			continue;
		window_free(&h->window[i]);
		h->window[i] = empty;
	}
}

void history_resize(struct history *h, uint32_t failures, uint32_t tunnels)
{
	if (h->window[FAILURES].size != failures)
		window_resize(&h->window[FAILURES], failures);
	if (h->window[SAS].size != tunnels)
		window_resize(&h->window[SAS], tunnels);
	if (h->window[TUNNELS].size != tunnels)
		window_resize(&h->window[TUNNELS], tunnels);
}

/* --- begin and end ------------------------------------------------------- */

struct history *history_new(uint64_t (*now)(void *ctx), void *ctx,
			    const uint64_t key[2])
{
	struct history *h = calloc(1, sizeof(*h));
	const struct tunnel_ops ops = { on_now, on_ended, on_more, on_keep, h };
	unsigned int i;
	int err = 0;

	if (!h)
		return NULL;
	h->now = now;
	h->ctx = ctx;
	for (i = 0; i < KINDS && !err; i++)
		err = window_resize(&h->window[i], HISTORY_SIZE);
	h->tunnels = err ? NULL : tunnels_new(&ops, key);
	if (h->tunnels)
		return h;
	history_free(h);
	return NULL;
}

void history_free(struct history *h)
{
	unsigned int i;

	if (!h)
		return;
	tunnels_free(h->tunnels);
	for (i = 0; i < KINDS; i++)
		window_free(&h->window[i]);
	free(h);
}
