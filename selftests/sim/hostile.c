// SPDX-License-Identifier: GPL-2.0-or-later
// Every message lost, doubled, late, changed, replayed, reflected.

#include "../unit/ktap.h"
#include "hostile.h"
#include "ikehelper/encode.h"
#include "ikehelper/payload.h"

#define MAX_RECORDED 64

struct recorded {
	int from;
	struct ike_path path;
	size_t len;
	uint8_t data[2048];
};

/* What a tap does with message @nth that is sent. */
enum deed { DROP, DOUBLE, LATE, REVERSE, SILENT };

struct plan {
	enum deed deed;
	unsigned int nth, count;
	struct recorded rec[MAX_RECORDED];
	unsigned int n_rec;
};

static struct plan plan;

static void keep(struct plan *p, int from, const struct ike_path *path,
		 const uint8_t *data, size_t len)
{
	struct recorded *r = &p->rec[p->n_rec];

	if (p->n_rec == MAX_RECORDED || len > sizeof(r->data))
		return;
	r->from = from;
	r->path = *path;
	r->len = len;
	memcpy(r->data, data, len);
	p->n_rec++;
}

static bool disturb(struct world *w, int from, const struct ike_path *path,
		    const uint8_t *p, size_t len, void *arg)
{
	struct plan *pl = arg;
	unsigned int min = w->delay_min, max = w->delay_max;

	if (pl->deed == SILENT)
		return pl->count++ >= pl->nth;
	if (pl->count++ != pl->nth)
		return false;
	switch (pl->deed) {
	case DROP:
		return true;
	case DOUBLE:
		world_inject(w, !from, path, p, len);
		world_inject(w, !from, path, p, len);
		return true;
	case LATE:
		w->delay_min = 5000;
		w->delay_max = 5000;
		world_inject(w, !from, path, p, len);
		w->delay_min = min;
		w->delay_max = max;
		return true;
	case REVERSE:
		/* Back to who sent it, and to the other one too. */
		world_inject(w, from, path, p, len);
		return false;
	case SILENT:
		break;
	}
	return false;
}

static void prepare(struct world *w, unsigned int mode)
{
	int i;

	world_init(w, 100 + mode);
	w->trace = getenv("TRACE");
	for (i = 0; i < 2; i++) {
		if (mode & 1)
			w->node[i].peer.flags |= IKE_PEER_AGGRESSIVE;
		if (mode & 2)
			w->node[i].p1[0].auth = IKE_AUTH_RSA_SIG;
		if (mode & 4)
			w->node[i].p2[0].group = 19;
	}
}

/* One pair at both, with traffic; nothing else left. */
static bool is_good(struct world *w)
{
	struct wpair *a = world_active(w, 0, 0), *b = world_active(w, 1, 0);
	unsigned int d = w->node[1].delivered;

	if (!a || !b || a->in_spi != b->out_spi || a->out_spi != b->in_spi)
		return false;
	world_traffic(w, 0, 0);
	world_run(w, 300);
	return w->node[1].delivered == d + 1 && !w->broken[0] &&
	       world_sas(w, 0) == 1 && world_sas(w, 1) == 1;
}

static void every_message(void)
{
	static const char *const names[] = { "lost", "doubled", "late",
					     "sent back" };
	static struct world w;
	unsigned int mode, deed, nth;

	for (deed = DROP; deed <= REVERSE; deed++) {
		unsigned int good = 0, n = 0;

		for (mode = 0; mode < 8; mode++) {
			for (nth = 0; nth < 9; nth++) {
				prepare(&w, mode);
				plan = (struct plan){ .deed = deed,
						      .nth = nth };
				w.tap = disturb;
				w.tap_arg = &plan;
				world_traffic(&w, 0, 0);
				world_run(&w, 60000);
				n++;
				if (is_good(&w))
					good++;
				else
					printf("# mode %u message %u %s\n",
					       mode, nth, names[deed]);
				world_exit(&w);
			}
		}
		ok(good == n, "each message %s: %u of %u come up", names[deed],
		   good, n);
	}
}

/*
 * From some message on there is silence. Whoever waits says so, once for each
 * attempt: where quick mode gets no answer the ISAKMP SA is in doubt, and another
 * one is tried. All is well when the peers hear each other again.
 */
static void silence(void)
{
	static struct world w;
	unsigned int mode, nth, told = 0, good = 0, n = 0, i;

	for (mode = 0; mode < 4; mode++) {
		for (nth = 0; nth < (mode & 1 ? 6 : 9); nth++) {
			unsigned int want;
			bool fine;

			prepare(&w, mode);
			plan = (struct plan){ .deed = SILENT, .nth = nth };
			w.tap = disturb;
			w.tap_arg = &plan;
			world_traffic(&w, 0, 0);
			world_run(&w, 180000);
			want = nth < (mode & 1 ? 2 : 6) ? 1 : 2;
			/* Message 3 of quick mode: only the responder waits. */
			if (w.node[0].n_pairs)
				want = 0;
			fine = w.node[0].failures == want &&
			       w.node[1].failures <= 1 &&
			       (want || w.node[1].failures);
			for (i = 0; i < 2; i++) {
				const struct node *node = &w.node[i];

				fine = fine && (!node->failures ||
						(node->failure.kind ==
							 IKE_FAIL_NO_ANSWER &&
						 node->failure.why[0]));
			}
			n++;
			told += fine;
			w.tap = NULL;
			/* The first packet may be what shows an SPI unknown. */
			for (i = 0; i < 2; i++) {
				world_traffic(&w, 0, 0);
				world_run(&w, 60000);
			}
			good += is_good(&w);
			world_exit(&w);
		}
	}
	ok(told == n, "silence at %u steps: told at %u", n, told);
	ok(good == n, "and %u come up afterwards", good);
}

static bool record(struct world *w, int from, const struct ike_path *path,
		   const uint8_t *p, size_t len, void *arg)
{
	(void)w;
	keep(arg, from, path, p, len);
	return false;
}

/* All that was recorded, to both ends. */
static void replay(struct world *w, struct plan *p)
{
	unsigned int i, n = p->n_rec;

	for (i = 0; i < n; i++) {
		struct recorded *r = &p->rec[i];

		world_inject(w, 0, &r->path, r->data, r->len);
		world_inject(w, 1, &r->path, r->data, r->len);
		world_run(w, 50);
	}
}

/*
 * The messages of an exchange again after each step of it, and when all is
 * done, to the one they were for and to the one who sent them.
 */
static void replays(void)
{
	static struct world w;
	unsigned int mode, at, good = 0, n = 0, sent;

	for (mode = 0; mode < 8; mode++) {
		for (at = 1; at <= 60; at += 6) {
			prepare(&w, mode);
			plan = (struct plan){ 0 };
			w.tap = record;
			w.tap_arg = &plan;
			world_traffic(&w, 0, 0);
			world_run(&w, at);
			replay(&w, &plan);
			world_run(&w, 60000);
			n++;
			good += is_good(&w);
			if (!is_good(&w))
				printf("# mode %u replay after %u ms\n", mode,
				       at);
			world_exit(&w);
		}
	}
	ok(good == n, "replays at %u moments: %u come up", n, good);

	prepare(&w, 0);
	plan = (struct plan){ 0 };
	w.tap = record;
	w.tap_arg = &plan;
	world_traffic(&w, 0, 0);
	world_run(&w, 90000);
	w.tap = NULL;
	sent = w.node[1].sent;
	replay(&w, &plan);
	world_run(&w, 1000);
	ok(is_good(&w) && w.node[0].ups == 1 && w.node[1].ups == 1 &&
		   w.node[1].sa_ups == 1,
	   "nothing comes of a replay of all %u messages", plan.n_rec);
	/* Only the very first message can begin something. */
	ok(w.node[1].sent <= sent + 2, "it is answered with %u messages",
	   w.node[1].sent - sent);
	world_exit(&w);
}

/* Of random octets and of messages with some changed nothing may come. */
static bool garble(struct world *w, int from, const struct ike_path *path,
		   const uint8_t *p, size_t len, void *arg)
{
	uint8_t copy[4096];
	unsigned int i, k;

	(void)arg;
	if (len > sizeof(copy))
		return false;
	for (i = 0; i < 20; i++) {
		size_t n = len;

		memcpy(copy, p, len);
		for (k = world_below(w, 4); k < 4; k++)
			copy[world_below(w, len)] ^= 1 << world_below(w, 8);
		if (!world_below(w, 4))
			n = world_below(w, len);
		world_inject(w, !from, path, copy, n);
		world_inject(w, from, path, copy, n);
	}
	return false;
}

static void garbage(void)
{
	static struct world w;
	unsigned int i, up = 0, n = 0;

	for (i = 0; i < 40; i++) {
		prepare(&w, i % 8);
		if (getenv("RUN"))
			w.trace = i == (unsigned int)atoi(getenv("RUN"));
		w.tap = garble;
		w.rng += i;
		world_traffic(&w, 0, 0);
		world_run(&w, 10000);
		w.tap = NULL;
		world_run(&w, 60000);
		world_traffic(&w, 0, 0);
		world_run(&w, 90000);
		n++;
		up += world_active(&w, 0, 0) && world_active(&w, 1, 0) &&
		      !w.broken[0];
		if (!world_active(&w, 0, 0) || !world_active(&w, 1, 0))
			printf("# run %u is not up\n", i);
		world_exit(&w);
	}
	ok(up == n, "with changed copies of each message %u of %u come up", up,
	   n);
}

static void floods(void)
{
	static const unsigned int hosts[] = { 1, 100, 1 << 24 };
	struct flood_result r;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		flood(hosts[i], &r);
		ok(r.octets_out <= r.octets_in && !r.sent_later,
		   "%u strangers: %llu octets in, %llu out, none later",
		   hosts[i], (unsigned long long)r.octets_in,
		   (unsigned long long)r.octets_out);
		ok(r.sas <= 4010 && r.left <= 2, "%u SAs, then %u", r.sas,
		   r.left);
		ok(r.real_is_up, "a real peer comes up meanwhile");
	}
}

static void crowd(void)
{
	struct crowd_result r;

	all_at_once(2000, 1000, 0, &r);
	/* Five messages of 1 ms each at the one, so 10 s at best. */
	ok(r.up == 2000 && !r.gave_up && r.ms < 20000,
	   "2000 peers at once: %u up in %llu ms, %u gave up", r.up,
	   (unsigned long long)r.ms, r.gave_up);
	/* Whoever has begun goes on; the others wait for their turn: 6 s at best. */
	all_at_once(600, 2000, 200, &r);
	ok(r.up == 600 && !r.gave_up && r.ms < 18000,
	   "600 peers at once, room for 200: %u up in %llu ms, %u gave up",
	   r.up, (unsigned long long)r.ms, r.gave_up);
	ok(up_in_flood(500, 400, 2000),
	   "a peer that nobody has configured comes up in a flood");
}

/* Many tunnels go a part at a time; what comes up meanwhile stays. */
static void clear_many(void)
{
	const struct ike_which all = { 0 };
	const unsigned int what = IKE_CLEAR_ISAKMP | IKE_CLEAR_IPSEC;
	static struct world w;
	unsigned int i, n, most, sum;
	uint64_t from = 0;

	world_init(&w, 501);
	world_many(&w, 150);
	for (i = 0; i < 100; i++)
		world_traffic(&w, 0, i);
	world_run(&w, 10000);
	sum = ike_clear(w.node[1].ike, &all, what, &from);
	ok(from && sum < 100, "a part of 100 tunnels is cleared: %u", sum);
	most = sum;
	for (; i < 150; i++)
		world_traffic(&w, 0, i);
	world_run(&w, 10000);
	while (from) {
		n = ike_clear(w.node[1].ike, &all, what, &from);
		most = n > most ? n : most;
		sum += n;
	}
	world_run(&w, 1000);
	ok(most < 100 && sum == 200,
	   "then the others and their ISAKMP SAs: %u in all, %u at once", sum,
	   most);
	ok(w.node[1].n_pairs == 50 && world_sas(&w, 1) == 50,
	   "what came up meanwhile stays: %u tunnels, %u ISAKMP SAs",
	   w.node[1].n_pairs, world_sas(&w, 1));
	world_exit(&w);
}

int main(void)

{
	unsigned int tried, fine;

	setvbuf(stdout, NULL, _IOLBF, 0);
	every_message();
	silence();
	replays();
	garbage();
	payloads_left_out(&tried, &fine);
	ok(tried > 200 && fine == tried,
	   "payloads left out or doubled: %u of %u end well", fine, tried);
	floods();
	crowd();
	clear_many();
	return ktap_end();
}
