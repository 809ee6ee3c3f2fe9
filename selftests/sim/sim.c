// SPDX-License-Identifier: GPL-2.0-or-later
// Simulation: two engines in a bad world, with what must hold afterwards.
//
// usage: [SEED=n [STEPS=n] [TRACE=1]] [SEEDS=n] sim
//
// Each seed is one history: loss, copies, reordering, outages, restarts with and
// without state, clock jumps, rekeys, both sides beginning at once. Then the
// network heals, and both must agree on exactly one pair of SAs for each flow.
// A seed that fails is cut to the fewest steps that still fail and its trace is
// printed; SEED=n STEPS=n plays it again.

#include <time.h>

#include "../unit/ktap.h"
#include "world.h"

#define DAY_MS 86400000ULL
#define MAX_STEPS 60
#define SLOW 120 /* how much more time passes in histories of months */

static uint64_t simulated;
static unsigned int pace; /* 1, or SLOW */

/* What a seed decides once. */
static void configure(struct world *w)
{
	static const uint32_t p1_life[] = { 400, 1500, 86400 };
	static const uint32_t p2_life[] = { 120, 600, 3600 };
	static const uint32_t p2_slow[] = { 3600, 28800, 86400 };
	bool aggressive = !world_below(w, 4), rsa = !world_below(w, 4);
	bool periodic = world_below(w, 2), frag = !world_below(w, 4);
	bool pfs = !world_below(w, 3);
	uint32_t s1 = p1_life[world_below(w, 3)];
	uint32_t s2 = p2_life[world_below(w, 3)];
	int i;

	/* Of every four histories one is of months, with the lives of routers. */
	pace = world_below(w, 4) ? 1 : SLOW;
	if (pace == SLOW) {
		s1 = s1 == 400 ? 28800 : 86400;
		s2 = p2_slow[world_below(w, 3)];
	}
	w->nat = !world_below(w, 5);
	if (!world_below(w, 3))
		world_add_flow(w);
	for (i = 0; i < 2; i++) {
		struct node *n = &w->node[i];

		n->p1[0].auth = rsa ? IKE_AUTH_RSA_SIG : IKE_AUTH_PSK;
		n->p1[0].seconds = s1 + world_below(w, 60);
		n->p2[0].seconds = s2 + world_below(w, 60);
		n->p2[0].group = pfs ? 19 : 0;
		if (aggressive)
			n->peer.flags |= IKE_PEER_AGGRESSIVE;
		if (periodic)
			n->peer.flags |= IKE_PEER_DPD_PERIODIC;
		if (frag)
			n->peer.flags |= IKE_PEER_FRAGMENT;
		n->peer.fragment_size = 256;
		n->peer.dpd_interval *= pace;
		n->peer.nat_keepalive *= pace;
	}
	world_log(w,
		  "aggressive %d rsa %d periodic %d frag %d pfs %d "
		  "lives %u %u flows %u pace %u",
		  aggressive, rsa, periodic, frag, pfs, s1, s2,
		  w->node[0].n_flows, pace);
}

static void weather(struct world *w)
{
	w->loss = world_below(w, 2) ? world_below(w, 300) : 0;
	w->dup = world_below(w, 2) ? world_below(w, 200) : 0;
	w->delay_min = 1 + world_below(w, 50);
	w->delay_max =
		w->delay_min + (world_below(w, 2) ? world_below(w, 3000) : 0);
	world_log(w, "weather: loss %u copies %u delay %u-%u", w->loss, w->dup,
		  w->delay_min, w->delay_max);
}

/* Time passes, with traffic or without. */
static void live_at(struct world *w, uint64_t ms, bool traffic,
		    unsigned int step)
{
	uint64_t end = w->now + ms;
	unsigned int f;

	while (w->now < end && !w->broken[0]) {
		for (f = 0; traffic && f < w->node[0].n_flows; f++) {
			if (world_below(w, 3))
				world_traffic(w, 0, f);
			if (world_below(w, 3))
				world_traffic(w, 1, f);
		}
		world_run(w,
			  traffic ? step * (1000 + world_below(w, 4000)) : ms);
	}
}

static void live(struct world *w, uint64_t ms, bool traffic)
{
	live_at(w, ms, traffic, 1);
}

static void jump(struct world *w, int i)
{
	int64_t by = (int64_t)world_below(w, 2 * DAY_MS) - (int64_t)DAY_MS;

	world_log(w, "clock of %d jumps by %lld ms", i, (long long)by);
	w->node[i].clock += by;
}

static void outage(struct world *w, int i)
{
	world_stop(w, i);
	live(w, world_below(w, 200000), true);
	world_start(w, i);
}

static void new_port(struct world *w)
{
	if (!w->nat)
		return;
	w->nat_port += 2;
	world_log(w, "the NAT takes port %u", w->nat_port);
}

static void clear_some(struct world *w, int i)
{
	world_log(w, "%d clears", i);
	world_clear(w, i, 1 + world_below(w, 3));
}

/* Both begin a new phase 2 for one flow, at once or almost. */
static void both_rekey(struct world *w)
{
	unsigned int f = world_below(w, w->node[0].n_flows);

	world_log(w, "both rekey flow %u", f);
	world_rekey(w, 0, f);
	if (world_below(w, 2))
		world_run(w, world_below(w, 40));
	world_rekey(w, 1, f);
}

static void both_clear(struct world *w)
{
	clear_some(w, 0);
	clear_some(w, 1);
	if (world_below(w, 2))
		world_run(w, world_below(w, 40));
	world_traffic(w, 0, 0);
	world_traffic(w, 1, 0);
}

static void step(struct world *w)
{
	int i = world_below(w, 2);

	switch (world_below(w, 14)) {
	case 0:
		weather(w);
		break;
	case 1:
		w->cut = true;
		world_log(w, "the network is down");
		live(w, world_below(w, 300000), true);
		w->cut = false;
		world_log(w, "the network is up");
		break;
	case 2:
		outage(w, i);
		break;
	case 3:
		/* Killed: what was saved last is some time old. */
		if (world_below(w, 2)) {
			world_save(w, i);
			live(w, world_below(w, 400000), true);
		}
		if (!world_restart(w, i))
			snprintf(w->broken, sizeof(w->broken),
				 "state was not taken over");
		break;
	case 4:
		jump(w, i);
		break;
	case 5:
		clear_some(w, i);
		break;
	case 6:
		new_port(w);
		break;
	case 7:
		both_rekey(w);
		break;
	case 8:
		both_clear(w);
		break;
	default:
		live_at(w, (uint64_t)pace * world_below(w, 2000000),
			world_below(w, 4), pace);
	}
	/* Both at once, as after a blink of the network. */
	if (!world_below(w, 3)) {
		world_traffic(w, 0, 0);
		world_traffic(w, 1, 0);
	}
}

static void heal(struct world *w)
{
	uint64_t until = w->now + 4200000;
	int i;

	w->loss = 0;
	w->dup = 0;
	w->cut = false;
	w->delay_min = 5;
	w->delay_max = 5;
	for (i = 0; i < 2; i++) {
		w->node[i].p1[0].seconds = 864000;
		w->node[i].p2[0].seconds = 864000;
	}
	world_log(w, "the network heals");
	/*
	 * As long as it takes for what each knows of the other to be put right:
	 * the longest life of the quick histories that was agreed before.
	 */
	while (w->now < until && !w->broken[0])
		live(w, 5000, true);
	live(w, 400000, true);
}

static void broken(struct world *w, const char *what, unsigned int f)
{
	if (!w->broken[0])
		snprintf(w->broken, sizeof(w->broken), "flow %u: %s", f, what);
}

static void check_flow(struct world *w, unsigned int f)
{
	struct wpair *a = world_active(w, 0, f), *b = world_active(w, 1, f);

	if (!a || !b)
		broken(w, "no outbound SA", f);
	else if (a->out_spi != b->in_spi || b->out_spi != a->in_spi)
		broken(w, "the two use different pairs", f);
	if (world_pairs(w, 0, f) > 1 || world_pairs(w, 1, f) > 1)
		broken(w, "more than one pair is left", f);
}

static void check(struct world *w)
{
	unsigned int f,
		before[2] = { w->node[0].delivered, w->node[1].delivered };
	int i;

	for (f = 0; f < w->node[0].n_flows; f++) {
		check_flow(w, f);
		world_traffic(w, 0, f);
		world_traffic(w, 1, f);
	}
	world_run(w, 1000);
	for (i = 0; i < 2; i++) {
		if (w->node[i].delivered != before[i] + w->node[i].n_flows)
			broken(w, "traffic does not pass", i);
		if (world_sas(w, i) > 1)
			broken(w, "more than one ISAKMP SA is left", i);
		if (w->node[i].max_pairs > 20)
			broken(w, "too many pairs at one time", i);
	}
}

/* One history; true if all that must hold does. */
static bool history(struct world *w, uint64_t seed, unsigned int steps,
		    bool trace)
{
	uint64_t start;
	unsigned int i;

	world_init(w, seed);
	w->trace = trace;
	start = w->now;
	configure(w);
	for (i = 0; i < steps && !w->broken[0]; i++)
		step(w);
	heal(w);
	check(w);
	simulated += w->now - start;
	if (trace)
		printf("# %s\n", w->broken[0] ? w->broken : "all is well");
	world_exit(w);
	return !w->broken[0];
}

static void shrink(struct world *w, uint64_t seed, unsigned int steps)
{
	unsigned int n;

	for (n = 0; n < steps; n++) {
		if (!history(w, seed, n, false))
			break;
	}
	printf("# seed %llu fails with %u steps: SEED=%llu STEPS=%u TRACE=1\n",
	       (unsigned long long)seed, n, (unsigned long long)seed, n);
	history(w, seed, n, getenv("TRACE"));
	printf("# %s\n", w->broken);
}

static unsigned long number(const char *name, unsigned long otherwise)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 10) : otherwise;
}

/*
 * Nothing bad happens but rekeys of both phases, with lives of minutes: of all
 * packets of a day not one may be lost.
 */
static void calm(struct world *w, unsigned int hours, bool pfs)
{
	uint64_t end;
	unsigned int sent = 0;
	int i;

	world_init(w, 5);
	for (i = 0; i < 2; i++) {
		w->node[i].p1[0].seconds = 900;
		w->node[i].p2[0].seconds = 150;
		w->node[i].p2[0].group = pfs ? 19 : 0;
	}
	world_traffic(w, 0, 0);
	world_run(w, 2000);
	end = w->now + hours * 3600000ULL;
	while (w->now < end) {
		world_traffic(w, 0, 0);
		world_traffic(w, 1, 0);
		sent++;
		world_run(w, 497);
	}
	world_run(w, 497);
	ok(w->node[0].delivered == sent && w->node[1].delivered == sent,
	   "%u hours of rekeys: %u and %u of %u packets pass", hours,
	   w->node[0].delivered, w->node[1].delivered, sent);
	ok(w->node[0].ups > hours * 20 && w->node[0].sa_ups > hours * 3,
	   "%u pairs and %u ISAKMP SAs came up", w->node[0].ups,
	   w->node[0].sa_ups);
	ok(w->node[0].max_pairs <= 4 && world_sas(w, 0) <= 3,
	   "at most %u pairs at one time", w->node[0].max_pairs);
	world_exit(w);
}

int main(void)
{
	static struct world w;
	unsigned long first = number("SEED", 1), i;
	unsigned long n = number("SEEDS", getenv("SEED") ? 1 : 150);
	unsigned int steps = number("STEPS", MAX_STEPS), failed = 0;
	clock_t begin = clock();

	setvbuf(stdout, NULL, _IOLBF, 0);
	calm(&w, 12, false);
	calm(&w, 12, true);
	for (i = first; i < first + n; i++) {
		if (history(&w, i, steps, getenv("TRACE") && n == 1))
			continue;
		failed++;
		printf("# seed %lu: %s\n", i, w.broken);
		if (failed <= 3 && n > 1)
			shrink(&w, i, steps);
	}
	ok(!failed, "seeds %lu to %lu hold, %.0f simulated days in %.1f s",
	   first, first + n - 1, simulated / (double)DAY_MS,
	   (clock() - begin) / (double)CLOCKS_PER_SEC);
	return ktap_end();
}
