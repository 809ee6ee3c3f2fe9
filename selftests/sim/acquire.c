// SPDX-License-Identifier: GPL-2.0-or-later
// Acquires: too many, crossing what is under way, late, again, of the responder.

#include <string.h>
#include <sys/socket.h>

#include "../unit/ktap.h"
#include "world.h"

/* Until a state was seen at a node. */
static void run_until(struct world *w, int i, enum ike_state state)
{
	const struct node *n = &w->node[i];
	unsigned int ms;

	for (ms = 0; ms < 90000; ms++) {
		if (n->n_states && n->states[n->n_states - 1] == state)
			return;
		world_run(w, 1);
	}
}

/* One pair came up, and no other was begun. */
static bool is_single(const struct world *w)
{
	return w->node[0].ups == 1 && w->node[1].ups == 1 &&
	       w->node[0].n_pairs == 1 && w->node[1].n_pairs == 1;
}

static void acquire_often(void)
{
	static struct world w;
	unsigned int i;

	world_init(&w, 11);
	w.delay_min = 20;
	w.delay_max = 20;
	for (i = 0; i < 10; i++) {
		world_acquire(&w, 0, 0, NULL);
		world_run(&w, 20);
	}
	world_run(&w, 3000);
	ok(is_single(&w) && world_is_up(&w),
	   "ten acquires of one flow make one pair, not %u", w.node[0].ups);
	world_exit(&w);

	world_init(&w, 11);
	w.delay_min = 20;
	w.delay_max = 20;
	world_add_flow(&w);
	for (i = 0; i < 10; i++) {
		world_acquire(&w, 0, i % 2, NULL);
		world_run(&w, 4);
	}
	world_run(&w, 3000);
	ok(w.node[0].ups == 2 && w.node[1].ups == 2 &&
		   world_pairs(&w, 0, 0) == 1 && world_pairs(&w, 1, 1) == 1,
	   "those of two flows make a pair each");
	world_exit(&w);
}

/* Traffic of the responder, once it can know that the peer is at it. */
static void acquire_responder(void)
{
	static const char *const what[] = {
		"while the peer does main mode", "once phase 1 is done",
		"in quick mode", "once phase 1 is done, aggressive mode"
	};
	static struct world w;
	unsigned int mode, ms;

	for (mode = 0; mode < 4; mode++) {
		world_init(&w, 12);
		w.delay_min = 20;
		w.delay_max = 20;
		if (mode == 3)
			w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
		world_acquire(&w, 0, 0, NULL);
		run_until(&w, 1, mode ? QM_IDLE : MM_KEY_EXCH);
		if (mode == 2)
			world_run(&w, 50);
		for (ms = 0; ms < 300; ms++) {
			world_acquire(&w, 1, 0, NULL);
			world_run(&w, 1);
		}
		world_run(&w, 3000);
		ok(is_single(&w) && world_is_up(&w),
		   "acquires of the responder, %s: %u pair", what[mode],
		   w.node[1].ups);
		world_exit(&w);
	}
}

static void packet_to(struct selector *s, unsigned int host)
{
	memset(s, 0, sizeof(*s));
	s->family = AF_INET;
	addr_parse("10.2.0.1", &s->src);
	addr_parse("10.1.0.0", &s->dst);
	s->dst.b[3] = host;
	addr_mask(AF_INET, 32, &s->src_mask);
	addr_mask(AF_INET, 32, &s->dst_mask);
	PUT(s, SEL_FAMILY);
	PUT(s, SEL_SRC);
	PUT(s, SEL_SRC_MASK);
	PUT(s, SEL_DST);
	PUT(s, SEL_DST_MASK);
}

static void acquire_late(void)
{
	static struct world w;
	struct selector packet;
	unsigned int i, sent;

	world_init(&w, 13);
	world_acquire(&w, 0, 0, NULL);
	while (!w.node[1].ups)
		world_run(&w, 1);
	for (i = 0; i < 4000; i++) {
		world_acquire(&w, i % 2, 0, NULL);
		world_run(&w, 1);
	}
	ok(is_single(&w) && world_is_up(&w),
	   "acquires that crossed the pair make no other");
	world_run(&w, 60000);
	world_acquire(&w, 1, 0, NULL);
	world_run(&w, 3000);
	ok(w.node[1].ups == 2 && world_is_up(&w),
	   "one that comes much later does: the kernel has lost its SA");
	world_exit(&w);

	/* The peer asked for half of what our flow covers. */
	world_init(&w, 13);
	addr_mask(AF_INET, 25, &w.node[0].flow[0].sel.src_mask);
	world_acquire(&w, 0, 0, NULL);
	while (!w.node[1].ups)
		world_run(&w, 1);
	sent = w.node[1].sent;
	packet_to(&packet, 5);
	world_acquire(&w, 1, 0, &packet);
	world_run(&w, 1000);
	ok(w.node[1].sent == sent, "the pair covers the packet: none is begun");
	packet_to(&packet, 200);
	world_acquire(&w, 1, 0, &packet);
	world_run(&w, 1000);
	ok(w.node[1].sent > sent, "it does not: one is begun");
	world_exit(&w);
}

static void acquire_again(void)
{
	static struct world w;
	unsigned int i;

	world_init(&w, 14);
	w.node[1].kernel_fails = true;
	world_acquire(&w, 0, 0, NULL);
	world_run(&w, 1000);
	w.node[1].kernel_fails = false;
	ok(w.node[1].failure.kind == IKE_FAIL_KERNEL && !w.node[0].n_pairs,
	   "a quick mode fails");
	world_acquire(&w, 0, 0, NULL);
	world_run(&w, 1000);
	ok(is_single(&w) && world_is_up(&w), "the next acquire begins another");
	world_exit(&w);

	for (i = 0; i < 2; i++) {
		world_init(&w, 14);
		w.delay_min = 20;
		w.delay_max = 20;
		world_acquire(&w, 0, 0, NULL);
		run_until(&w, 1, i ? QM_IDLE : MM_KEY_EXCH);
		world_acquire(&w, 1, 0, NULL);
		world_stop(&w, 0);
		world_start(&w, 0);
		world_run(&w, 7000);
		world_acquire(&w, 1, 0, NULL);
		world_run(&w, 90000);
		ok(is_single(&w) && world_is_up(&w),
		   "what a peer leaves unfinished holds nobody up (%u)", i);
		world_exit(&w);
	}
}

static bool drop_first_peer(struct world *w, int from,
			    const struct ike_path *path, const uint8_t *p,
			    size_t len, void *arg)
{
	(void)w;
	(void)from;
	(void)p;
	(void)len;
	return addr_eq(&path->remote.addr, arg);
}

/* Acquires name the first peer, also while the second one is in use. */
static void acquire_backup(void)
{
	static struct world w;
	struct addr peers[2];
	unsigned int i, sent;

	world_init(&w, 15);
	w.delay_min = 20;
	w.delay_max = 20;
	addr_parse("192.0.2.99", &peers[0]);
	peers[1] = w.node[1].addr;
	w.node[0].flow[0].peers = peers;
	w.node[0].flow[0].n_peers = 2;
	w.tap = drop_first_peer;
	w.tap_arg = &peers[0];
	world_acquire(&w, 0, 0, NULL);
	run_until(&w, 0, MM_KEY_EXCH);
	sent = w.node[0].sent;
	for (i = 0; i < 100; i++) {
		world_acquire(&w, 0, 0, NULL);
		world_run(&w, 10);
	}
	ok(is_single(&w) && w.node[0].sent == sent + 2,
	   "acquires while the second peer is in use: %u datagrams",
	   w.node[0].sent - sent);
	world_exit(&w);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	acquire_often();
	acquire_responder();
	acquire_late();
	acquire_again();
	acquire_backup();
	return ktap_end();
}
