// SPDX-License-Identifier: GPL-2.0-or-later
// ESP with an SPI that nobody has: who is told, how often, and what is not begun.

#include <string.h>
#include <sys/socket.h>

#include "../unit/ktap.h"
#include "world.h"

static struct world w;

/* Somebody sends ESP to node @i, in the name of the other node; what comes of it. */
static unsigned int forge(int i, uint32_t spi)
{
	struct krn_unknown_spi u = { .spi = spi };
	unsigned int sent = w.node[i].sent;

	u.path.local.addr = w.node[i].addr;
	u.path.remote.addr = w.node[!i].addr;
	ike_unknown_spi(w.node[i].ike, &u);
	return w.node[i].sent - sent;
}

static void bring_up(uint64_t seed)
{
	world_init(&w, seed);
	world_traffic(&w, 0, 0);
	world_run(&w, 3000);
}

/* The peer is told in the ISAKMP SA that there is, with the command or without. */
static void told(void)
{
	struct wpair *p;
	int i;

	for (i = 0; i < 2; i++) {
		bring_up(41 + i);
		if (i)
			w.node[1].peer.flags &= ~IKE_PEER_SPI_RECOVERY;
		p = world_active(&w, 0, 0);
		if (!ok(p, "a pair is up"))
			return;
		ok(!forge(1, p->out_spi), "the SPI of a pair is not unknown");
		ok(forge(1, 0x5000) == 1, "one datagram for an unknown one");
		ok(!forge(1, 0x5001), "and no other for the next");
		world_run(&w, 1001);
		ok(forge(1, 0x5002) == 1, "until a second is over");
		world_run(&w, 1000);
		ok(world_is_up(&w), "nothing that is in use is lost");
		w.cut = true;
		world_clear(&w, 1, IKE_CLEAR_IPSEC);
		world_run(&w, 1000);
		w.cut = false;
		ok(w.node[0].n_pairs == 1, "one end is deleted, nobody knows");
		world_traffic(&w, 0, 0);
		world_run(&w, 1000);
		ok(!w.node[0].n_pairs, "until the other one uses its pair");
		world_exit(&w);
	}
}

static void begun(void)
{
	static const struct {
		unsigned int without;
		bool begins;
		const char *what;
	} c[] = {
		{ 0, true, "with the command, a new ISAKMP SA" },
		{ IKE_PEER_SPI_RECOVERY, false, "without it, nothing" },
		{ IKE_PEER_STATIC, false, "to no address that has no peer" },
	};
	unsigned int i, n;

	for (i = 0; i < 3; i++) {
		world_init(&w, 43);
		w.node[1].peer.flags &= ~c[i].without;
		n = forge(1, 0x5000);
		ok(!!n == c[i].begins, "%s: %u datagrams", c[i].what, n);
		if (n)
			ok(!forge(1, 0x5001), "only one is begun");
		world_exit(&w);
	}
	world_init(&w, 43);
	w.node[1].peer.ref = 0;
	ok(!forge(1, 0x5000), "a stranger gets nothing");
	world_exit(&w);
}

/* The peer has its keys already, and sends. */
static void early(void)
{
	unsigned int ms, asked = 0, sent = 0;

	world_init(&w, 44);
	w.delay_min = 20;
	w.delay_max = 20;
	world_traffic(&w, 0, 0);
	for (ms = 0; ms < 2000; ms++) {
		world_run(&w, 1);
		if (!w.node[0].reserved || w.node[0].ups)
			continue;
		asked++;
		sent += forge(0, w.node[0].reserved);
	}
	ok(asked && !sent && world_is_up(&w),
	   "packets before the keys that they need (%u) do no harm", asked);
	world_exit(&w);
}

static void logged(void)
{
	unsigned int i;

	world_init(&w, 45);
	w.node[1].peer.ref = 0;
	forge(1, 0x33c701ea);
	is(w.node[1].warning,
	   "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has "
	   "invalid spi for destaddr=192.0.2.2, prot=50, "
	   "spi=0x33C701EA(868680170), srcaddr=192.0.2.1",
	   "the line");
	for (i = 0; i < 50; i++)
		forge(1, 0x5000 + i);
	ok(w.node[1].warnings == 1, "one in a second, not %u",
	   w.node[1].warnings);
	world_run(&w, 1001);
	forge(1, 0x6000);
	ok(w.node[1].warnings == 3, "then how many there were, and the next");
	world_exit(&w);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	told();
	begun();
	early();
	logged();
	return ktap_end();
}
