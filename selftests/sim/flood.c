// SPDX-License-Identifier: GPL-2.0-or-later
// Very many peers: strangers who only begin, and real ones all at once.

#include <stdlib.h>
#include <string.h>

#include "hostile.h"

#define MESSAGES 20000

struct first {
	uint8_t data[1024];
	size_t len;
};

static bool take_first(struct world *w, int from, const struct ike_path *path,
		       const uint8_t *p, size_t len, void *arg)
{
	struct first *f = arg;

	(void)w;
	(void)from;
	(void)path;
	if (!f->len && len <= sizeof(f->data)) {
		memcpy(f->data, p, len);
		f->len = len;
	}
	return true;
}

/* A first message with another cookie from an address that is nobody's. */
static void stranger(struct world *w, struct first *f, unsigned int hosts)
{
	struct ike_path path = { .local = { w->node[1].addr, 500 },
				 .remote = { { .family = 2 }, 500 } };
	uint32_t host = world_below(w, hosts);
	uint64_t cookie = world_random(w);

	path.remote.addr.b[0] = 240;
	memcpy(path.remote.addr.b + 1, &host, 3);
	memcpy(f->data, &cookie, sizeof(cookie));
	ike_packet(w->node[1].ike, &path, f->data, f->len);
}

static bool drop_strangers(struct world *w, int from,
			   const struct ike_path *path, const uint8_t *p,
			   size_t len, void *arg)
{
	uint64_t *octets = arg;

	(void)w;
	(void)from;
	(void)p;
	if (path->remote.addr.b[0] != 240)
		return false;
	*octets += len;
	return true;
}

static void count(const struct ike_sa_info *info, void *arg)
{
	(void)info;
	++*(unsigned int *)arg;
}

/* Start node 1 again with such a limit. */
static void set_limit(struct world *w, unsigned int half_open)
{
	world_stop(w, 1);
	w->node[1].limits.max_half_open = half_open;
	world_start(w, 1);
}

/*
 * Node 1 answers anybody. Node 0 has begun once and forgotten it: what it sent is
 * what strangers send.
 */
static void begin(struct world *w, uint64_t seed, unsigned int half_open,
		  struct first *f, uint64_t *octets)
{
	world_init(w, seed);
	if (half_open)
		set_limit(w, half_open);
	w->node[1].stranger = w->node[1].peer;
	w->node[1].stranger.ref = 9;
	w->node[1].stranger.flags &= ~IKE_PEER_STATIC;
	w->tap = take_first;
	w->tap_arg = f;
	world_traffic(w, 0, 0);
	ike_shutdown(w->node[0].ike);
	w->tap = drop_strangers;
	w->tap_arg = octets;
}

void flood(unsigned int hosts, struct flood_result *r)
{
	static struct world w;
	struct first f = { .len = 0 };
	uint64_t in = 0;
	unsigned int i;

	memset(r, 0, sizeof(*r));
	begin(&w, 400, 0, &f, &r->octets_out);
	for (i = 0; i < MESSAGES; i++) {
		stranger(&w, &f, hosts);
		in += f.len;
		if (i % 10 == 0)
			world_run(&w, 1);
		/* In the thick of it somebody real comes. */
		if (i == MESSAGES / 2)
			world_traffic(&w, 0, 0);
	}
	r->octets_in = in;
	r->real_is_up = world_active(&w, 0, 0) && world_active(&w, 1, 0);
	ike_each_sa(w.node[1].ike, count, &r->sas);
	i = w.node[1].sent;
	world_run(&w, 25000);
	r->sent_later = w.node[1].sent - i;
	world_run(&w, 60000);
	r->left = 0;
	ike_each_sa(w.node[1].ike, count, &r->left);
	world_exit(&w);
}

bool up_in_flood(unsigned int per_second, unsigned int half_open,
		 unsigned int ms)
{
	static struct world w;
	struct first f = { .len = 0 };
	uint64_t out = 0;
	unsigned int i;
	bool is_up;

	begin(&w, 401, half_open, &f, &out);
	w.node[1].peer.flags &= ~IKE_PEER_STATIC;
	/* Long enough for the first ones to be known for what they are. */
	for (i = 0; i < 25000 + ms; i++) {
		if (i * per_second / 1000 != (i + 1) * per_second / 1000)
			stranger(&w, &f, 1 << 24);
		if (i == 25000)
			world_traffic(&w, 0, 0);
		world_run(&w, 1);
	}
	is_up = world_active(&w, 0, 0) && world_active(&w, 1, 0);
	world_exit(&w);
	return is_up;
}

void all_at_once(unsigned int peers, unsigned int cost_us,
		 unsigned int half_open, struct crowd_result *r)
{
	static struct world w;
	unsigned int i;

	memset(r, 0, sizeof(*r));
	world_init(&w, 500);
	set_limit(&w, half_open);
	world_many(&w, peers);
	/* The hub does not know where they come from. */
	w.node[1].peer.flags &= ~IKE_PEER_STATIC;
	w.cost_us = cost_us;
	for (i = 0; i < peers; i++)
		world_traffic(&w, 0, i);
	while (w.node[1].ups < peers && r->ms < 600000) {
		world_run(&w, 100);
		r->ms += 100;
	}
	r->up = w.node[1].ups;
	world_run(&w, 120000);
	r->gave_up = w.node[0].failures + w.node[1].failures;
	world_exit(&w);
}
