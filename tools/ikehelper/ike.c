// SPDX-License-Identifier: GPL-2.0-or-later
// The IKE engine: life of one, its clock, what it logs.

#include "ike.h"
#include "child.h"
#include "crypto.h"
#include "dpd.h"
#include "v1.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define LINES_PER_SECOND 20
#define RUN_MS 3 /* of timers, then others have their turn */

static const uint32_t default_steps[IKE_RETRANS_STEPS] = { 2000, 4000, 8000,
							   16000, 16000 };

static void set_limits(struct ike *ike, const struct ike_limits *l)
{
	if (l)
		ike->limits = *l;
	if (!ike->limits.max_half_open)
		ike->limits.max_half_open = 4000;
	if (!ike->limits.max_sas)
		ike->limits.max_sas = 20000;
	if (!ike->limits.retransmit_ms[0])
		memcpy(ike->limits.retransmit_ms, default_steps,
		       sizeof(default_steps));
}

struct ike *ike_new(const struct ike_ops *ops, void *ctx,
		    const struct ike_limits *limits)
{
	struct ike *ike = calloc(1, sizeof(*ike));
	int err;

	if (!ike)
		return NULL;
	ike->ops = ops;
	ike->ctx = ctx;
	set_limits(ike, limits);
	ops->random(ctx, ike->hash_key, sizeof(ike->hash_key));
	ike->next_conn = 1000;
	TAILQ_INIT(&ike->sas);
	TAILQ_INIT(&ike->half_open);
	TAILQ_INIT(&ike->children);
	TAILQ_INIT(&ike->dead_sas);
	TAILQ_INIT(&ike->dead_children);
	TAILQ_INIT(&ike->dead_xchgs);
	TAILQ_INIT(&ike->dirty);
	err = crypto_init(NULL);
	if (!err)
		err = dh_init();
	if (err || htab_init(&ike->by_cookie) || htab_init(&ike->by_first) ||
	    htab_init(&ike->hosts) || htab_init(&ike->by_remote) ||
	    htab_init(&ike->by_in) || htab_init(&ike->by_out) ||
	    htab_init(&ike->waits)) {
		ike_free(ike);
		errno = err ? -err : ENOMEM;
		return NULL;
	}
	return ike;
}

static void reap(struct ike *ike)
{
	struct xchg *x;
	struct child *c;
	struct sa *sa;

	while ((x = TAILQ_FIRST(&ike->dead_xchgs))) {
		TAILQ_REMOVE(&ike->dead_xchgs, x, in_sa);
		keep_drop(ike, &x->keep);
		xchg_free(ike, x);
	}
	while ((c = TAILQ_FIRST(&ike->dead_children))) {
		TAILQ_REMOVE(&ike->dead_children, c, in_all);
		keep_drop(ike, &c->keep);
		child_free(ike, c);
	}
	while ((sa = TAILQ_FIRST(&ike->dead_sas))) {
		TAILQ_REMOVE(&ike->dead_sas, sa, in_all);
		keep_drop(ike, &sa->keep);
		sa_free(ike, sa);
	}
}

/* Without a word to anybody: neither events nor requests. */
uint32_t ike_max_sas(const struct ike *ike)
{
	return ike->limits.max_sas;
}

void ike_free(struct ike *ike)
{
	struct child *c;
	struct sa *sa;
	struct xchg *x;

	if (!ike)
		return;
	reap(ike);
	while ((c = TAILQ_FIRST(&ike->children))) {
		TAILQ_REMOVE(&ike->children, c, in_all);
		child_free(ike, c);
	}
	while ((sa = TAILQ_FIRST(&ike->sas))) {
		TAILQ_REMOVE(&ike->sas, sa, in_all);
		while ((x = TAILQ_FIRST(&sa->xchgs))) {
			TAILQ_REMOVE(&sa->xchgs, x, in_sa);
			xchg_free(ike, x);
		}
		octets_free(&sa->rt.msg);
		sa_free(ike, sa);
	}
	htab_exit(&ike->by_cookie);
	htab_exit(&ike->by_first);
	htab_exit(&ike->hosts);
	htab_exit(&ike->by_remote);
	htab_exit(&ike->by_in);
	htab_exit(&ike->by_out);
	htab_exit(&ike->waits);
	secret_wipe(ike, sizeof(*ike));
	free(ike);
}

/* The engine's time: what it counts with goes on even if a clock does not. */
static void read_clock(struct ike *ike)
{
	uint64_t t = ike->ops->now(ike->ctx);

	if (t + ike->skew < ike->now)
		ike->skew = ike->now - t;
	ike->now = t + ike->skew;
}

void ike_enter(struct ike *ike)
{
	if (!ike->depth++)
		read_clock(ike);
}

void ike_leave(struct ike *ike)
{
	/* What begins is written before what ends is wiped. */
	if (ike->depth == 1) {
		keep_sync(ike);
		reap(ike);
	}
	ike->depth--;
}

uint64_t ike_next(const struct ike *ike)
{
	uint64_t at = timer_next(&ike->timers);
	uint64_t t = ike->ops->now(ike->ctx), skew = ike->skew;

	if (at == UINT64_MAX)
		return at;
	/* The clock may have gone back since the last call. */
	if (t + skew < ike->now)
		skew = ike->now - t;
	return at > skew ? at - skew : 0;
}

void ike_caught_up(struct ike *ike)
{
	ike_enter(ike);
	ike->caught_up = ike->now;
	ike_leave(ike);
}

void ike_run(struct ike *ike)
{
	uint64_t end = ike->ops->now(ike->ctx) + RUN_MS;
	unsigned int n = 0;

	ike_enter(ike);
	while (timer_run(&ike->timers, ike->now, 1, ike) && ++n < IKE_RUN_MAX &&
	       ike->ops->now(ike->ctx) < end)
		;
	ike_leave(ike);
}

uint32_t ike_random32(struct ike *ike)
{
	uint32_t v;

	do {
		ike->ops->random(ike->ctx, &v, sizeof(v));
	} while (!v);
	return v;
}

uint32_t ike_random_below(struct ike *ike, uint32_t n)
{
	return n ? ike_random32(ike) % n : 0;
}

bool ike_may_log(struct ike *ike)
{
	uint64_t second = ike->now / 1000;

	if (second != ike->log_second) {
		ike->log_second = second;
		ike->log_count = 0;
	}
	return ike->log_count++ < LINES_PER_SECOND;
}

void ike_log(struct ike *ike, enum ike_log_level level,
	     const struct ike_path *path, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ike->ops->log(ike->ctx, level, path, text);
}
