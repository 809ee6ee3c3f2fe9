// SPDX-License-Identifier: GPL-2.0-or-later
// Another configuration while many tunnels are up: what it covers stays.

#include "../unit/ktap.h"
#include "world.h"

#define PEERS 100

/* Tunnels with all peers; the server is node 1. */
static void begin(struct world *w)
{
	unsigned int i;

	world_init(w, 71);
	world_many(w, PEERS);
	for (i = 0; i < PEERS; i++)
		world_traffic(w, 0, i);
	world_run(w, 10000);
}

static void some_flows(void)
{
	static struct world w;
	struct node *n = &w.node[1];
	unsigned int at_once;

	begin(&w);
	ike_reload(n->ike);
	ok(n->n_pairs == PEERS && world_sas(&w, 1) == PEERS,
	   "a change of nothing: all stay");
	n->many_new = 60;
	ike_reload(n->ike);
	at_once = PEERS - n->n_pairs;
	world_run(&w, 1000);
	ok(at_once && at_once < 60,
	   "60 of %u tunnels end in parts, not %u at once", PEERS, at_once);
	ok(n->n_pairs == 40 && w.node[0].n_pairs == 40 &&
		   world_sas(&w, 1) == PEERS,
	   "then all of them, and no other: %u and %u stay", n->n_pairs,
	   w.node[0].n_pairs);
	n->many_new = PEERS;
	ike_reload(n->ike);
	at_once = 40 - n->n_pairs;
	n->many_new = 60;
	ike_reload(n->ike);
	world_run(&w, 1000);
	ok(at_once < 40 && n->n_pairs == 40 - at_once,
	   "taken back before it was done: what has not ended stays: %u",
	   n->n_pairs);
	world_exit(&w);
}

/* The pairs stay, as long as the peer is there at all. */
static void peer(void)
{
	static struct world w;
	struct node *n = &w.node[1];

	begin(&w);
	n->peer.generation++;
	ike_reload(n->ike);
	/* The last one is among those whose turn comes late. */
	world_traffic(&w, 1, PEERS - 1);
	ok(world_sas(&w, 1) > PEERS / 2, "the ISAKMP SAs end in parts");
	world_run(&w, 10000);
	ok(world_sas(&w, 1) == 1 && world_sas(&w, 0) == 1,
	   "then all, but the one that was begun meanwhile: %u and %u",
	   world_sas(&w, 1), world_sas(&w, 0));
	ok(n->n_pairs == PEERS + 1,
	   "the pairs stay, and there is another one in it: %u", n->n_pairs);
	world_exit(&w);
}

static void both(void)
{
	static struct world w;
	struct node *n = &w.node[1];

	begin(&w);
	n->many_new = PEERS;
	n->peer.generation++;
	ike_reload(n->ike);
	world_run(&w, 1000);
	ok(!n->n_pairs && !world_sas(&w, 1), "nothing is left of it");
	ok(!w.node[0].n_pairs && !world_sas(&w, 0),
	   "the peers were told: they have %u pairs and %u ISAKMP SAs",
	   w.node[0].n_pairs, world_sas(&w, 0));
	world_exit(&w);
}

/* It may be shut down, and traffic may ask, before it is done. */
static void under_way(void)
{
	static struct world w;
	struct node *n = &w.node[1];
	unsigned int i;

	begin(&w);
	n->many_new = PEERS;
	n->peer.generation++;
	ike_reload(n->ike);
	world_clear(&w, 1, IKE_CLEAR_ISAKMP | IKE_CLEAR_IPSEC);
	for (i = 0; i < PEERS; i++)
		world_traffic(&w, 0, i);
	world_run(&w, 20000);
	ok(n->n_pairs == PEERS && world_sas(&w, 1) == PEERS,
	   "cleared before it was done, all come up anew: %u", n->n_pairs);
	ok(w.node[0].n_pairs == PEERS, "at the peers, too: %u",
	   w.node[0].n_pairs);
	world_exit(&w);
}

/* Views of one peer: its own, in parts and in order. */
struct seen {
	const struct addr *peer;
	uint64_t last;
	unsigned int n, room;
	bool bad;
};

static bool see(struct seen *s, uint64_t number, const struct ike_path *path)
{
	if (!s->room--)
		return false;
	s->bad |= number <= s->last || !addr_eq(&path->remote.addr, s->peer);
	s->last = number;
	s->n++;
	return true;
}

static bool see_sa(const struct ike_sa_info *i, void *arg)
{
	return see(arg, i->conn, &i->path);
}

static bool see_child(const struct ike_child_info *i, void *arg)
{
	return see(arg, i->order, &i->path);
}

static struct seen look(struct world *w, int i, const struct addr *peer,
			bool children)
{
	struct ike *ike = w->node[i].ike;
	struct seen s = { .peer = peer };
	unsigned int n;

	do {
		n = s.n;
		s.room = 7;
		if (children)
			ike_next_children(ike, s.last, peer, see_child, &s);
		else
			ike_next_sas(ike, s.last, peer, see_sa, &s);
	} while (s.n != n);
	return s;
}

static void of_peer(void)
{
	static struct world w;
	struct addr one = { 0 };
	struct seen sas, children;

	begin(&w);
	addr_parse("198.18.0.50", &one);
	sas = look(&w, 1, &one, false);
	children = look(&w, 1, &one, true);
	ok(sas.n == 1 && children.n == 1 && !sas.bad && !children.bad,
	   "one of many peers: %u ISAKMP SA, %u pair", sas.n, children.n);
	/* To node 0 all of them are one address. */
	sas = look(&w, 0, &w.node[1].addr, false);
	children = look(&w, 0, &w.node[1].addr, true);
	ok(sas.n == PEERS && children.n == PEERS && !sas.bad && !children.bad,
	   "all that one peer has, in order: %u and %u", sas.n, children.n);
	addr_parse("198.18.1.50", &one);
	ok(!look(&w, 1, &one, false).n && !look(&w, 1, &one, true).n,
	   "nothing of an address that nobody has");
	world_clear(&w, 1, IKE_CLEAR_ISAKMP | IKE_CLEAR_IPSEC);
	addr_parse("198.18.0.50", &one);
	ok(!look(&w, 1, &one, false).n && !look(&w, 1, &one, true).n,
	   "nor of one that has gone");
	world_exit(&w);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	some_flows();
	peer();
	both();
	under_way();
	of_peer();
	return ktap_end();
}
