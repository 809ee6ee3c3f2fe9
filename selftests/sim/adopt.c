// SPDX-License-Identifier: GPL-2.0-or-later
// An engine is killed at each of its datagrams, and another one goes on.
//
// Whatever moment it is, the other one must go on so that nobody notices: no
// packet is lost, nothing is left over in a kernel, both use the same pair.

#include <stdlib.h>

#include "../unit/ktap.h"
#include "world.h"

#define DOWN_MS 1500 /* until it is started again */
#define STEP_MS 497
#define LIFE_MS 700000

struct life {
	uint32_t p1, p2;
	bool aggressive, nat, pfs, dpd;
	unsigned int loss;
};

struct count {
	unsigned int sent, delivered[2];
};

static void setup(struct world *w, const struct life *l)
{
	int i;

	world_init(w, 11);
	w->nat = l->nat;
	for (i = 0; i < 2; i++) {
		struct node *n = &w->node[i];

		n->p1[0].seconds = l->p1;
		n->p2[0].seconds = l->p2;
		n->p2[0].group = l->pfs ? 19 : 0;
		if (l->aggressive)
			n->peer.flags |= IKE_PEER_AGGRESSIVE;
		if (l->dpd)
			n->peer.flags |= IKE_PEER_DPD_PERIODIC;
	}
}

static void packets(struct world *w, struct count *c)
{
	world_traffic(w, 0, 0);
	world_traffic(w, 1, 0);
	c->sent++;
}

static bool is_agreed(struct world *w)
{
	struct wpair *a = world_active(w, 0, 0), *b = world_active(w, 1, 0);

	return a && b && a->out_spi == b->in_spi && b->out_spi == a->in_spi;
}

/* Until @end; the engine that is killed comes back. True if it was. */
static bool run(struct world *w, int who, uint64_t end)
{
	struct node *n = &w->node[who];
	bool was_killed = false;

	for (;;) {
		uint64_t at = n->ike || n->back > end ? end : n->back;

		world_run(w, at - w->now);
		if (n->is_killed && n->ike) {
			world_kill(w, who);
			n->back = w->now + DOWN_MS;
			was_killed = true;
		} else if (w->now == end) {
			return was_killed;
		} else if (!world_restart(w, who)) {
			snprintf(w->broken, sizeof(w->broken),
				 "the state is refused");
		}
	}
}

/* A life of some rekeys. True if the kill took place. */
static bool live(struct world *w, int who, struct count *c)
{
	uint64_t end = w->now + LIFE_MS;
	bool killed = false, was_up = false;
	int i;

	while (w->now < end) {
		packets(w, c);
		killed |= run(w, who, w->now + STEP_MS);
		if (was_up || !is_agreed(w))
			continue;
		was_up = true;
		c->sent = 0;
		for (i = 0; i < 2; i++)
			c->delivered[i] = w->node[i].delivered;
	}
	return killed;
}

static void broken(struct world *w, const char *what)
{
	if (!w->broken[0])
		snprintf(w->broken, sizeof(w->broken), "%s", what);
}

static void check(struct world *w, const struct count *c)
{
	int i;

	if (!is_agreed(w))
		broken(w, "the two use different pairs, or none");
	for (i = 0; i < 2; i++) {
		if (w->node[i].n_pairs > 2)
			broken(w, "pairs are left over");
		if (world_sas(w, i) > 2)
			broken(w, "ISAKMP SAs are left over");
		if (w->node[i].delivered - c->delivered[i] != c->sent)
			snprintf(w->broken, sizeof(w->broken),
				 "%u packets are lost at %d",
				 c->sent - (w->node[i].delivered -
					    c->delivered[i]),
				 i);
	}
}

/* One life for each datagram of node @who; how many failed. */
static void all_moments(const char *name, const struct life *l, int who,
			bool late)
{
	static struct world w;
	unsigned int n, failed = 0;
	bool killed = true;

	for (n = 1; killed && n < 500; n++) {
		struct count c = { 0 };

		setup(&w, l);
		w.trace = getenv("TRACE") && atoi(getenv("TRACE")) == (int)n;
		w.node[who].kill_in = n;
		w.node[who].kill_late = late;
		killed = live(&w, who, &c);
		world_run(&w, STEP_MS);
		check(&w, &c);
		if (w.broken[0] && failed++ < 5)
			printf("# killed %s datagram %u: %s\n",
			       late ? "behind" : "before", n, w.broken);
		world_exit(&w);
	}
	ok(!failed && n > 10, "%s, node %d, %s each of %u datagrams", name, who,
	   late ? "behind" : "before", n - 2);
}

/* --- a long absence ------------------------------------------------------ */

#define AWAY_MS 23000
#define FLOWS 4

/* What is listed comes in the order of these numbers, also when it was taken over. */
struct order {
	uint64_t last;
	unsigned int n;
	bool bad;
};

static bool next_sa(const struct ike_sa_info *i, void *arg)
{
	struct order *o = arg;

	o->bad |= i->conn <= o->last;
	o->last = i->conn;
	o->n++;
	return true;
}

static bool next_child(const struct ike_child_info *i, void *arg)
{
	struct order *o = arg;

	o->bad |= i->order <= o->last;
	o->last = i->order;
	o->n++;
	return true;
}

static bool is_ordered(struct world *w, int i)
{
	struct order sas = { 0 }, children = { 0 };

	ike_next_sas(w->node[i].ike, 0, NULL, next_sa, &sas);
	ike_next_children(w->node[i].ike, 0, NULL, next_child, &children);
	return sas.n && children.n >= FLOWS && !sas.bad && !children.bad;
}

static void flows(struct world *w, uint64_t ms)
{
	uint64_t end = w->now + ms;
	unsigned int f;

	while (w->now < end) {
		for (f = 0; f < FLOWS; f++) {
			world_traffic(w, 0, f);
			world_traffic(w, 1, f);
		}
		world_run(w, STEP_MS);
	}
}

/* Dead peer detection every @interval seconds, then @retry for an answer. */
static void absent(const char *what, int who, uint32_t interval, uint32_t retry,
		   bool lives)
{
	const struct life l = { .p1 = 9000, .p2 = 3000, .dpd = true };
	static struct world w;
	uint32_t spi[FLOWS];
	unsigned int f, same = 0;
	bool taken, ordered;
	int i;

	setup(&w, &l);
	for (i = 0; i < 2; i++) {
		w.node[i].peer.dpd_interval = interval;
		w.node[i].peer.dpd_retry = retry;
	}
	for (f = 1; f < FLOWS; f++)
		world_add_flow(&w);
	flows(&w, 20000);
	for (f = 0; f < FLOWS; f++)
		spi[f] = world_active(&w, 0, f) ?
				 world_active(&w, 0, f)->in_spi :
				 0;
	world_kill(&w, who);
	flows(&w, AWAY_MS);
	taken = world_restart(&w, who);
	ordered = is_ordered(&w, who);
	flows(&w, 60000);
	for (f = 0; f < FLOWS; f++)
		same += spi[f] && world_active(&w, 0, f) &&
			world_active(&w, 0, f)->in_spi == spi[f];
	ok(taken && ordered && !w.broken[0] && is_agreed(&w) &&
		   same == (lives ? FLOWS : 0),
	   "node %d is away for %u seconds, %s", who, AWAY_MS / 1000, what);
	if (w.broken[0])
		printf("# %s\n", w.broken);
	world_exit(&w);
}

int main(void)
{
	static const struct {
		const char *name;
		struct life l;
	} lives[] = {
		{ "main mode", { .p1 = 900, .p2 = 300 } },
		{ "PFS, periodic DPD",
		  { .p1 = 900, .p2 = 300, .pfs = true, .dpd = true } },
		{ "aggressive mode",
		  { .p1 = 900, .p2 = 300, .aggressive = true } },
		{ "a NAT", { .p1 = 900, .p2 = 300, .nat = true } },
	};
	size_t i;
	int k;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < sizeof(lives) / sizeof(lives[0]); i++)
		for (k = 0; k < 4; k++)
			all_moments(lives[i].name, &lives[i].l, k & 1, k & 2);
	for (k = 0; k < 2; k++) {
		absent("longer than the other one waits", k, 10, 2, false);
		absent("not so long", k, 20, 20, true);
	}
	return ktap_end();
}
