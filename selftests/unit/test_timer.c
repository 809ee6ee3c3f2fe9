// SPDX-License-Identifier: GPL-2.0-or-later
// Timers and hash tables of the IKE engine.

#include "ktap.h"

#include "ikehelper/htab.h"
#include "ikehelper/timer.h"

#define N 3000

struct entry {
	struct timer t;
	struct hnode node;
	uint64_t at;
	bool fired;
};

static struct entry entry[N];
static uint64_t last;
static unsigned int fired, early;

static void fire(void *arg, struct timer *t)
{
	struct entry *e = container_of(t, struct entry, t);
	struct timers *h = arg;

	if (e->at < last)
		early++;
	last = e->at;
	e->fired = true;
	fired++;
	/* A function may stop others: every tenth stops its neighbour. */
	if ((e - entry) % 10 == 0)
		timer_stop(h, &entry[e - entry + 1].t);
}

static void timers(void)
{
	struct timers h = { 0 };
	unsigned int i, pending = 0, n;

	srand(7);
	for (i = 0; i < N; i++) {
		entry[i].at = rand() % 100000;
		timer_set(&h, &entry[i].t, entry[i].at + 5, fire);
		/* Set anew, to another time. */
		timer_set(&h, &entry[i].t, entry[i].at, fire);
	}
	for (i = 0; i < N; i += 3)
		timer_stop(&h, &entry[i].t);
	n = timer_run(&h, 50000, 100, &h);
	ok(n == 100 && fired == 100, "at most so many at a time as asked for");
	while (timer_run(&h, 50000, 100, &h))
		;
	for (i = 0; i < N; i++) {
		if (entry[i].t.is_set && entry[i].at <= 50000)
			pending++;
	}
	ok(!pending && timer_next(&h) > 50000, "what is due has fired");
	while (timer_run(&h, 200000, 1000, &h))
		;
	ok(!early && timer_next(&h) == UINT64_MAX, "in order, and all");
	for (i = 0, n = 0; i < N; i += 3)
		n += entry[i].fired;
	ok(!n, "what was stopped did not fire");
}

static void tables(void)
{
	struct htab h;
	unsigned int i, found = 0, same = 0;
	struct hnode *n;

	ok(!htab_init(&h), "a table");
	for (i = 0; i < N; i++)
		htab_add(&h, &entry[i].node, i / 2);
	for (i = 0; i < N; i++) {
		for (n = htab_first(&h, i / 2); n; n = htab_same(n)) {
			same += n->hash == i / 2;
			found += n == &entry[i].node;
		}
	}
	ok(found == N && same == 2 * N, "each is found, and its like");
	for (i = 0; i < N; i += 2)
		htab_del(&h, &entry[i].node);
	htab_del(&h, &entry[0].node);
	for (i = 0, found = 0; i < N; i++) {
		for (n = htab_first(&h, i / 2); n; n = htab_same(n))
			found += n == &entry[i].node;
	}
	ok(found == N / 2 && h.count == N / 2, "half of them are gone");
	htab_exit(&h);
}

/* Vector of the paper: key 00..0f, message 00..0e. */
static void hash(void)
{
	uint64_t key[2] = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };
	uint8_t m[15];
	unsigned int i;

	for (i = 0; i < sizeof(m); i++)
		m[i] = i;
	ok(siphash(key, m, sizeof(m)) == 0xa129ca6149be45e5ULL,
	   "SipHash-2-4 as published");
}

int main(void)
{
	timers();
	tables();
	hash();
	return ktap_end();
}
