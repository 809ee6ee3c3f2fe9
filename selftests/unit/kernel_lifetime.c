// SPDX-License-Identifier: GPL-2.0-only
/* Lifetimes: what CPUs withdraw and use never exceeds a hard limit. */
#include "ktap.h"

#include <pthread.h>
#include "lifetime.c"

#define N_CPUS 4

/**
 * struct cpu - what one CPU does to an SA
 * @credit: its credit
 * @packets: carried
 * @bytes: carried
 * @refused: not carried
 * @soft: verdicts
 */
struct cpu {
	struct ipsecgw_credit credit;
	u64 packets;
	u64 bytes;
	u64 refused;
	u64 soft;
};

static struct ipsecgw_lifetime life;
static struct cpu cpus[N_CPUS];

static u64 rnd(u64 below)
{
	return ((u64)rand() << 31 | rand()) % below;
}

static void start(u64 soft_packets, u64 hard_packets, u64 soft_bytes,
		  u64 hard_bytes)
{
	struct ipsecgw_limits soft = { soft_bytes, soft_packets, 0 };
	struct ipsecgw_limits hard = { hard_bytes, hard_packets, 0 };

	memset(&life, 0, sizeof(life));
	memset(cpus, 0, sizeof(cpus));
	ipsecgw_lifetime_init(&life, &soft, &hard, 0);
}

static enum ipsecgw_verdict charge(struct cpu *cpu, u64 bytes, u8 *limit)
{
	enum ipsecgw_verdict v =
		ipsecgw_lifetime_charge(&life, &cpu->credit, bytes, limit);

	if (v == IPSECGW_LIFE_HARD) {
		cpu->refused++;
		return v;
	}
	cpu->packets++;
	cpu->bytes += bytes;
	cpu->soft += v == IPSECGW_LIFE_SOFT;
	return v;
}

static struct cpu total(void)
{
	struct cpu sum = {};
	int i;

	for (i = 0; i < N_CPUS; i++) {
		sum.packets += cpus[i].packets;
		sum.bytes += cpus[i].bytes;
		sum.refused += cpus[i].refused;
		sum.soft += cpus[i].soft;
	}
	return sum;
}

static void test_none(void)
{
	bool good = true;
	unsigned int i;
	u8 limit = 0;

	start(0, 0, 0, 0);
	for (i = 0; i < 1000; i++)
		good &= charge(cpus, 1 << 20, &limit) == IPSECGW_LIFE_OK;
	ok(good && !limit, "no limits: everything passes");
}

static void test_packets(void)
{
	unsigned int i, first_soft = 0, first_hard = 0;
	u8 limit = 0, soft_limit = 0;

	start(700, 1000, 0, 0);
	for (i = 1; i <= 1010; i++) {
		switch (charge(cpus, 100, &limit)) {
		case IPSECGW_LIFE_SOFT:
			first_soft = first_soft ?: i;
			soft_limit = limit;
			break;
		case IPSECGW_LIFE_HARD:
			first_hard = first_hard ?: i;
			break;
		case IPSECGW_LIFE_OK:
			break;
		}
	}
	ok(cpus[0].packets == 1000 && first_hard == 1001,
	   "exactly 1000 packets (%llu, refused from %u on)",
	   (unsigned long long)cpus[0].packets, first_hard);
	ok(cpus[0].soft == 1 && first_soft == 701, "soft once, at 701 (%u)",
	   first_soft);
	ok(soft_limit == IPSECGW_LIMIT_PACKETS &&
		   limit == IPSECGW_LIMIT_PACKETS,
	   "both say packets");
}

static void test_bytes(void)
{
	u8 limit = 0;

	start(0, 0, 5000, 10000);
	while (charge(cpus, 100, &limit) != IPSECGW_LIFE_HARD)
		;
	ok(cpus[0].bytes == 10000 && limit == IPSECGW_LIMIT_BYTES,
	   "exactly 10000 octets (%llu)", (unsigned long long)cpus[0].bytes);
	ok(cpus[0].soft == 1, "soft once");
	start(0, 0, 0, 10000);
	ok(charge(cpus, 10001, &limit) == IPSECGW_LIFE_HARD,
	   "a packet longer than the limit");
	ok(charge(cpus, 10000, &limit) == IPSECGW_LIFE_OK &&
		   charge(cpus, 1, &limit) == IPSECGW_LIFE_HARD,
	   "one just as long");
	start(0, 0, 0, U64_MAX / 2);
	ok(charge(cpus, 65535, &limit) == IPSECGW_LIFE_OK, "a huge limit");
}

/* CPUs by turns, in all proportions: never over, hardly under. */
static void test_turns(void)
{
	u64 worst = 0, over = 0, early = 0;
	unsigned int round, i;
	u8 limit;

	for (round = 0; round < 300; round++) {
		u64 hard_packets = 1 + rnd(round < 100 ? 50 : 100000);
		u64 hard_bytes = 1 + rnd(50000000);
		struct cpu sum;

		start(rnd(hard_packets), hard_packets, rnd(hard_bytes),
		      hard_bytes);
		for (i = 0; i < 300000; i++) {
			u64 bytes = 20 + rnd(1481);

			if (charge(&cpus[rnd(N_CPUS)], bytes, &limit) ==
			    IPSECGW_LIFE_HARD)
				break;
		}
		sum = total();
		over += sum.packets > hard_packets || sum.bytes > hard_bytes;
		over += sum.soft > 2;
		/* What other CPUs hold: one sixteenth of the rest at most. */
		if (sum.packets * 10 < hard_packets * 8 &&
		    sum.bytes * 10 < hard_bytes * 8 && hard_packets > 100 &&
		    hard_bytes > 100000)
			early++;
		worst = sum.refused > worst ? sum.refused : worst;
	}
	ok(!over, "4 CPUs by turns: never over a limit");
	ok(!early, "and never ended before 80 per cent (%llu times)",
	   (unsigned long long)early);
}

static void *run(void *arg)
{
	struct cpu *cpu = arg;
	unsigned int seed = cpu - cpus, i;
	u8 limit;

	for (i = 0; i < 200000; i++)
		if (charge(cpu, 20 + rand_r(&seed) % 1481, &limit) ==
		    IPSECGW_LIFE_HARD)
			break;
	return NULL;
}

static void test_threads(void)
{
	pthread_t t[N_CPUS];
	u64 over = 0, soft = 0;
	int round, i;

	for (round = 0; round < 30; round++) {
		struct cpu sum;

		start(20000, 100000, 0, 70000000);
		for (i = 0; i < N_CPUS; i++)
			if (pthread_create(&t[i], NULL, run, &cpus[i]))
				abort();
		for (i = 0; i < N_CPUS; i++)
			pthread_join(t[i], NULL);
		sum = total();
		over += sum.packets > 100000 || sum.bytes > 70000000;
		soft += sum.soft != 1;
	}
	ok(!over, "4 threads at once: never over a limit");
	ok(!soft, "and the soft limit is told once");
}

static void test_change(void)
{
	struct ipsecgw_limits soft = { .packets = 20 };
	struct ipsecgw_limits hard = { .packets = 30 };
	struct ipsecgw_traffic used = { .packets = 10, .bytes = 1000 };
	u8 limit;
	int i;

	start(3, 1000000, 0, 0);
	for (i = 0; i < 10; i++)
		charge(&cpus[i % N_CPUS], 100, &limit);
	ok(total().soft == 1, "an old soft limit is told");
	ipsecgw_lifetime_change(&life, &soft, &hard, &used);
	for (i = 0; i < 1000; i++)
		charge(&cpus[i % N_CPUS], 100, &limit);
	ok(total().packets == 30, "a tightened limit holds at once (%llu)",
	   (unsigned long long)total().packets);
	ok(total().soft == 2, "the new soft one is told too");

	start(0, 0, 0, 0);
	for (i = 0; i < 10; i++)
		charge(cpus, 100, &limit);
	ipsecgw_lifetime_change(&life, &soft, &hard, &used);
	for (i = 0; i < 100; i++)
		charge(cpus, 100, &limit);
	ok(total().packets == 30, "so does the first one");
}

int main(void)
{
	srand(1);
	test_none();
	test_packets();
	test_bytes();
	test_turns();
	test_threads();
	test_change();
	return ktap_end();
}
