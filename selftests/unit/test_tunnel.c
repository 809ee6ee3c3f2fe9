// SPDX-License-Identifier: GPL-2.0-or-later
/* Phase 2 tunnels that another run of the daemon goes on with. */
#include <stdlib.h>
#include <string.h>

#include "ktap.h"

#include "history_pairs.h"

#define KEPT 256 /* records of the test */
#define MANY 40

static uint64_t clock_ms = 1000000;
static uint8_t *kept[KEPT];
static size_t kept_len[KEPT];

static uint64_t now(void *ctx)
{
	(void)ctx;
	return clock_ms;
}

static void keep(void *ctx, uint64_t order, const struct ike_blob *record)
{
	(void)ctx;
	if (order >= KEPT)
		abort();
	free(kept[order]);
	kept[order] = NULL;
	if (!record)
		return;
	kept[order] = malloc(record->len);
	if (!kept[order])
		abort();
	memcpy(kept[order], record->p, record->len);
	kept_len[order] = record->len;
}

static unsigned int n_kept(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < KEPT; i++)
		n += kept[i] != NULL;
	return n;
}

static void start(void)
{
	h = history_new(now, NULL, key);
	if (!h)
		abort();
	history_on_keep(h, keep, NULL);
}

/* Killed; the next one finds what was kept, in an order of its own. */
static void restart(void)
{
	struct ike_blob b;
	int i;

	history_free(h);
	start();
	for (i = KEPT - 1; i >= 0; i--) {
		b = (struct ike_blob){ kept[i], kept_len[i] };
		if (kept[i])
			tunnel_restore(history_live(h), &b);
	}
}

static struct tunnel_info up[MANY + 1];
static unsigned int n_up;

static bool note(const struct tunnel_info *i, void *arg)
{
	(void)arg;
	up[n_up++] = *i;
	return n_up <= MANY;
}

static unsigned int look(void)
{
	n_up = 0;
	tunnel_next(history_tunnels(h), 0, note, NULL);
	return n_up;
}

static void adopt(uint32_t rule, uint32_t spi, uint64_t seconds)
{
	struct ike_child_info c = child(rule, spi);

	c.up = seconds;
	tunnel_adopt(history_live(h), &c);
}

static void test_figures(void)
{
	const struct history_tunnel *r;

	pair(IKE_EVENT_CHILD_UP, 5, 100, 0, IKE_REASON_NONE);
	clock_ms += 60000;
	pair(IKE_EVENT_CHILD_UP, 5, 200, 100, IKE_REASON_NONE);
	gone(100, DIR_IN, 10);
	pair(IKE_EVENT_CHILD_DOWN, 5, 100, 0, IKE_REASON_LIFETIME);
	gone(101, DIR_OUT, 7);
	clock_ms += 40000;
	restart();
	adopt(5, 200, 40);
	tunnel_adopted(history_live(h));
	ok(look() == 1 && up[0].up == 100 && up[0].refreshes == 1 &&
		   up[0].expired == 2 && up[0].current == 2 &&
		   up[0].past.in_packets == 10 && up[0].past.out_packets == 7 &&
		   up[0].esp == 12,
	   "it goes on with its time, rekeys and figures");
	ok(!history_next_tunnel(h, 0) && !history_next_failure(h, 0) &&
		   !history_sums(h)->previous_tunnels,
	   "nothing has ended");
	gone(100, DIR_IN, 10);
	ok(look() && up[0].past.in_packets == 10, "no figure counts twice");
	pair(IKE_EVENT_CHILD_DOWN, 5, 200, 0, IKE_REASON_LIFETIME);
	gone(200, DIR_IN, 3);
	r = history_next_tunnel(h, 0);
	ok(r && r->info.up == 100 && r->info.past.in_packets == 13 &&
		   history_sums(h)->previous_tunnels == 1 && !look(),
	   "its end is recorded once, with all of it");
	ok(!n_kept(), "and nothing is kept any more");
}

static void test_lost(void)
{
	const struct history_tunnel *r;

	pair(IKE_EVENT_CHILD_UP, 6, 300, 0, IKE_REASON_NONE);
	pair(IKE_EVENT_CHILD_UP, 7, 400, 0, IKE_REASON_NONE);
	restart();
	adopt(7, 400, 0);
	tunnel_adopted(history_live(h));
	r = history_next_tunnel(h, 0);
	ok(look() == 1 && up[0].rule == 7 && r && r->info.rule == 6 &&
		   r->reason == IKE_REASON_KERNEL && n_kept() == 1,
	   "one whose pairs are lost has ended");
	pair(IKE_EVENT_CHILD_DOWN, 7, 400, 0, IKE_REASON_LIFETIME);
	gone(400, DIR_IN, 1);
	gone(401, DIR_OUT, 1);
}

static void test_order(void)
{
	unsigned int i, bad = 0;
	uint64_t last;

	for (i = 0; i < MANY; i++)
		pair(IKE_EVENT_CHILD_UP, 100 + i, 1000 + 2 * i, 0,
		     IKE_REASON_NONE);
	look();
	last = up[MANY - 1].order;
	restart();
	for (i = MANY; i--;)
		adopt(100 + i, 1000 + 2 * i, 0);
	tunnel_adopted(history_live(h));
	ok(look() == MANY, "many");
	for (i = 0; i < MANY; i++)
		bad += up[i].rule != 100 + i ||
		       (i && up[i].order <= up[i - 1].order);
	ok(!bad && up[MANY - 1].order == last,
	   "in the order in which they came up, with their numbers");
	pair(IKE_EVENT_CHILD_DOWN, 100, 1000, 0, IKE_REASON_LIFETIME);
	pair(IKE_EVENT_CHILD_UP, 99, 5000, 0, IKE_REASON_NONE);
	ok(look() == MANY && up[MANY - 1].order == last + 1,
	   "a new one has a new number");
}

static void test_damage(void)
{
	struct ike_blob b = { kept[1], 7 };
	unsigned int i;

	for (i = 0; i < KEPT; i++) {
		free(kept[i]);
		kept[i] = NULL;
	}
	restart();
	kept[0] = calloc(1, 4096);
	b.p = kept[0];
	for (b.len = 0; b.len <= 4096; b.len++)
		tunnel_restore(history_live(h), &b);
	ok(!look(), "what is no record is passed over");
	adopt(9, 700, 30);
	tunnel_adopted(history_live(h));
	ok(look() == 1 && up[0].up == 30 && !up[0].refreshes,
	   "without a record it is up for as long as its SAs");
}

int main(void)
{
	unsigned int i;

	start();
	test_figures();
	test_lost();
	test_order();
	test_damage();
	history_free(h);
	for (i = 0; i < KEPT; i++)
		free(kept[i]);
	return ktap_end();
}
