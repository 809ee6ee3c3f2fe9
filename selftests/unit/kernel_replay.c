// SPDX-License-Identifier: GPL-2.0-only
/* The replay window against a model that remembers every number. */
#include "ktap.h"

#include "replay.c"

/* Numbers that the model remembers, around where a test plays. */
#define SPAN (1 << 24)
/* Steps of a random walk. */
#define STEPS 5000

/**
 * struct model - what a receiver must do, as simple as can be
 * @base: number of bit 0
 * @top: highest number
 * @start: all up to it count as seen
 * @window: packets
 * @n_marked: entries in @marked
 * @marked: numbers that were accepted, to forget them again
 * @seen: one octet a number
 */
struct model {
	u64 base;
	u64 top;
	u64 start;
	u32 window;
	unsigned int n_marked;
	u32 marked[STEPS];
	u8 seen[SPAN];
};

static struct model model;

static enum ipsecgw_replay_verdict model_check(u64 seq)
{
	if (!seq)
		return IPSECGW_REPLAY_ZERO;
	if (!model.window || seq > model.top)
		return IPSECGW_REPLAY_OK;
	if (model.top - seq >= model.window)
		return IPSECGW_REPLAY_OLD;
	if (seq <= model.start || model.seen[seq - model.base])
		return IPSECGW_REPLAY_SEEN;
	return IPSECGW_REPLAY_OK;
}

static void model_commit(u64 seq)
{
	if (model.window) {
		model.seen[seq - model.base] = 1;
		model.marked[model.n_marked++] = seq - model.base;
	}
	if (seq > model.top)
		model.top = seq;
}

static struct ipsecgw_replay *window_new(u32 window, bool esn, u64 top)
{
	unsigned int blocks = ipsecgw_replay_blocks(window);
	struct ipsecgw_replay *r;

	/* Exactly as long as said, so that a touch beyond it is seen. */
	r = malloc(sizeof(*r) + blocks * sizeof(r->ring[0]));
	if (!r)
		abort();
	memset(r, 0xa5, sizeof(*r) + blocks * sizeof(r->ring[0]));
	ipsecgw_replay_init(r, window, esn, top);
	while (model.n_marked)
		model.seen[model.marked[--model.n_marked]] = 0;
	model.base = top > SPAN / 2 ? top - SPAN / 2 : 0;
	model.top = top;
	model.start = top;
	model.window = window;
	return r;
}

static u64 rnd(u64 below)
{
	return ((u64)rand() << 31 | rand()) % below;
}

static u64 next_number(u64 top, u32 window)
{
	u64 seq;

	switch (rnd(8)) {
	case 0:
	case 1:
	case 2:
		return top + 1;
	case 3:
		return top + 1 + rnd(3 * window + 2);
	case 4:
		seq = top - window + rnd(5) - 2;
		break;
	case 5:
		return top + 64 - rnd(128) % 64;
	default:
		seq = top - rnd(window + 70);
	}
	return seq > top ? 1 : seq;
}

/* Window and model agree on one number; not authentic, nothing may change. */
static bool agree(struct ipsecgw_replay *r, u64 seq, bool authentic)
{
	enum ipsecgw_replay_verdict want = model_check(seq), got;

	got = ipsecgw_replay_check(r, seq);
	if (got == want && authentic) {
		got = ipsecgw_replay_commit(r, seq);
		if (want == IPSECGW_REPLAY_OK)
			model_commit(seq);
	}
	if (got == want && r->top == model.top)
		return true;
	printf("# %llu after %llu: want %d, got %d\n", (unsigned long long)seq,
	       (unsigned long long)model.top, want, got);
	return false;
}

static bool walk(u32 window, u64 start)
{
	struct ipsecgw_replay *r = window_new(window, true, start);
	bool good = true;
	unsigned int i;

	for (i = 0; i < STEPS && good; i++) {
		u64 seq = next_number(r->top, window);

		if (seq >= model.base && seq - model.base < SPAN)
			good = agree(r, seq, rnd(8));
	}
	free(r);
	return good;
}

static void test_walks(void)
{
	static const u64 starts[] = { 0,
				      1,
				      62,
				      63,
				      64,
				      65,
				      4095,
				      123456789,
				      0xffffffffULL,
				      0x100000000ULL,
				      0x123456789abcdefULL };
	static const u32 sizes[] = { 32,  33,	63,   64,   65,	 127,
				     128, 1000, 1024, 4095, 4096 };
	unsigned int i, k;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		bool good = true;

		for (k = 0; k < sizeof(starts) / sizeof(starts[0]); k++)
			good &= walk(sizes[i], starts[k]);
		ok(good, "random walks with a window of %u", sizes[i]);
	}
}

/* A small window, every sequence of 6 out of 8 interesting steps. */
static void test_all(void)
{
	static const int offsets[] = { 1, 2, 33, 64, -1, -31, -32, 95 };
	unsigned int n, i, x;
	bool good = true;

	for (n = 0; n < 1 << 18 && good; n++) {
		struct ipsecgw_replay *r = window_new(32, false, 0);

		for (i = 0, x = n; i < 6 && good; i++, x /= 8) {
			s64 seq = (s64)r->top + offsets[x % 8];

			if (seq >= 0)
				good = agree(r, seq, true);
		}
		free(r);
	}
	ok(good, "all sequences of 6 out of 8 steps");
}

static void test_edges(void)
{
	struct ipsecgw_replay *r = window_new(64, false, 0);

	ok(ipsecgw_replay_check(r, 0) == IPSECGW_REPLAY_ZERO,
	   "0 is never sent");
	ok(ipsecgw_replay_commit(r, 1) == IPSECGW_REPLAY_OK, "1 is the first");
	ok(ipsecgw_replay_commit(r, 1) == IPSECGW_REPLAY_SEEN, "once");
	ok(ipsecgw_replay_commit(r, 65) == IPSECGW_REPLAY_OK, "a jump to 65");
	ok(ipsecgw_replay_check(r, 2) == IPSECGW_REPLAY_OK, "left edge");
	ok(ipsecgw_replay_check(r, 1) == IPSECGW_REPLAY_OLD, "left of it");
	ok(ipsecgw_replay_commit(r, U64_MAX) == IPSECGW_REPLAY_OK &&
		   ipsecgw_replay_check(r, U64_MAX) == IPSECGW_REPLAY_SEEN &&
		   ipsecgw_replay_check(r, U64_MAX - 63) == IPSECGW_REPLAY_OK &&
		   ipsecgw_replay_check(r, U64_MAX - 64) == IPSECGW_REPLAY_OLD,
	   "the last of all numbers");
	free(r);

	r = window_new(0, false, 0);
	ok(ipsecgw_replay_commit(r, 7) == IPSECGW_REPLAY_OK &&
		   ipsecgw_replay_commit(r, 7) == IPSECGW_REPLAY_OK &&
		   ipsecgw_replay_commit(r, 3) == IPSECGW_REPLAY_OK &&
		   r->top == 7,
	   "no window: everything passes");
	ok(ipsecgw_replay_check(r, 0) == IPSECGW_REPLAY_ZERO, "but 0");
	free(r);
	ok(!ipsecgw_replay_blocks(0) && ipsecgw_replay_blocks(32) == 2 &&
		   ipsecgw_replay_blocks(64) == 2 &&
		   ipsecgw_replay_blocks(65) == 4 &&
		   ipsecgw_replay_blocks(4096) == 128,
	   "blocks");
}

/*
 * RFC 4303, appendix A2: of all numbers with that low half the one that lies
 * from one window below top on upwards.
 */
static u64 infer_model(u64 top, u32 window, u32 low)
{
	u64 bottom = top - window + 1;
	u64 seq = (bottom & ~0xffffffffULL) | low;

	return seq < bottom ? seq + (1ULL << 32) : seq;
}

static void test_infer(void)
{
	struct ipsecgw_replay r = { .window = 64, .esn = true };
	static const u32 around[] = { 0,	  1,	      62,
				      63,	  64,	      65,
				      0x7fffffff, 0x80000000, 0xfffffffe,
				      0xffffffff };
	unsigned int i, k, h, n = 0;
	bool good = true;

	for (h = 1; h < 5; h++)
		for (i = 0; i < 10; i++)
			for (k = 0; k < 10; k++) {
				u32 low = around[k] + (u32)rnd(3);

				r.top = (u64)h << 32 | around[i];
				good &= ipsecgw_replay_infer(&r, low) ==
					infer_model(r.top, r.window, low);
				n++;
			}
	for (i = 0; i < 1000000; i++) {
		u32 low = rnd(1ULL << 32);

		r.window = 32 + rnd(4065);
		r.top = (1ULL << 32) + rnd(1ULL << 62);
		if (i & 1)
			low = (u32)r.top - r.window - 5 + rnd(r.window + 10);
		good &= ipsecgw_replay_infer(&r, low) ==
			infer_model(r.top, r.window, low);
	}
	ok(good, "upper half of %u near and a million random numbers", n);

	/* Before the first round is over there is nothing below it. */
	r.window = 64;
	for (good = true, i = 0; i < 200; i++) {
		r.top = i;
		good &= ipsecgw_replay_infer(&r, i + 1) == i + 1 &&
			ipsecgw_replay_infer(&r, i + 1000) == i + 1000 &&
			ipsecgw_replay_infer(&r, 1) ==
				(i < 65 ? 1 : 1 | 1ULL << 32);
	}
	ok(good, "the first numbers of all");
	r.esn = false;
	r.top = 5ULL << 32;
	ok(ipsecgw_replay_infer(&r, 77) == 77, "without ESN the number itself");
}

int main(void)
{
	srand(1);
	test_edges();
	test_infer();
	test_walks();
	test_all();
	return ktap_end();
}
