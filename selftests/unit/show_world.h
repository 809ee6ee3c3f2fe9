/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of the kernel for the transcripts of views. */
#ifndef UNIT_SHOW_WORLD_H
#define UNIT_SHOW_WORLD_H

#include "mock_gnl.h"
#include "lib/names.h"
#include "lib/sel.h"

static void world_addr(struct addr *a, const char *text)
{
	addr_parse(text, a);
}

/* A map on an interface. */
static void world_map(const char *name, uint32_t ifindex, const char *local)
{
	struct map *m = &mock_list_map.v[mock_list_map.n++];

	*m = (struct map){ .ifindex = ifindex, .mtu = 1500 };
	snprintf(m->name, sizeof(m->name), "%s", name);
	world_addr(&m->local4, local);
	m->set = 1ULL << MAP_NAME | 1ULL << MAP_IFINDEX | 1ULL << MAP_LOCAL4;
}

/* A rule with counters. */
static struct policy *world_rule(uint32_t id, const char *map, uint32_t seq,
				 const char *peer)
{
	struct policy *p = &mock_list_policy.v[mock_list_policy.n++];

	*p = (struct policy){
		.id = id, .seq = seq, .index = 10, .action = ACTION_PROTECT
	};
	snprintf(p->map, sizeof(p->map), "%s", map);
	if (peer) {
		world_addr(&p->peer[0], peer);
		p->n_peers = 1;
	}
	p->set = 1ULL << POLICY_ID | 1ULL << POLICY_MAP | 1ULL << POLICY_SEQ |
		 1ULL << POLICY_STATS | 1ULL << POLICY_SELECTOR;
	return p;
}

static void world_sel(struct policy *p, uint32_t proto, const char *src,
		      const char *dst)
{
	struct sel_build b;
	struct addr a, m;

	sel_start(&b, proto);
	if (addr_parse_prefix(src, &a, &m))
		sel_addr(&b, false, &a, &m);
	if (addr_parse_prefix(dst, &a, &m))
		sel_addr(&b, true, &a, &m);
	sel_end(&b, &p->sel);
}

static struct sa *world_sa(const struct policy *p, uint32_t id, uint8_t dir,
			   uint32_t spi)
{
	struct sa *sa = &mock_list_sa.v[mock_list_sa.n++];

	*sa = (struct sa){
		.id = id,
		.dir = dir,
		.spi = spi,
		.policy = p->id,
		.state = STATE_ACTIVE,
		.mode = MODE_TUNNEL,
		.cipher = CIPHER_AES_CBC,
		.integ = INTEG_SHA1_96,
		.replay_window = dir == DIR_IN ? 64 : 0,
		.hard = { .bytes = 4608000ULL * 1024, .seconds = 3600 },
		.age = 651,
		.key_bits = 128,
		.icv_len = 12,
	};
	world_addr(&sa->local, "172.0.0.1");
	sa->remote = p->peer[0];
	sa->set = 1ULL << SA_ID | 1ULL << SA_SPI | 1ULL << SA_DIR |
		  1ULL << SA_AGE | 1ULL << SA_FLAGS | 1ULL << SA_CIPHER;
	return sa;
}

static void world_pair(struct policy *p, uint32_t id, uint32_t in, uint32_t out)
{
	struct sa *sa = world_sa(p, id, DIR_IN, in);

	sa->stats.in_packets = p->stats.in_packets;
	sa->stats.in_bytes = p->stats.in_bytes;
	sa = world_sa(p, id + 1, DIR_OUT, out);
	sa->pair = in;
	sa->stats.out_packets = p->stats.out_packets;
	sa->stats.out_bytes = p->stats.out_bytes;
	p->out_spi = out;
	p->out_remote = p->peer[0];
	PUT(p, POLICY_OUT_REMOTE);
}

/* The two gateways of the guide's first sample. */
static void world_up(void)
{
	struct policy *p;

	world_map("vpn", 1, "172.0.0.1");
	p = world_rule(1, "vpn", 10, "172.0.0.2");
	world_sel(p, 0, "10.10.10.0/24", "10.30.30.0/24");
	p->stats.in_packets = 4;
	p->stats.out_packets = 5;
	p->stats.send_errors = 1;
	p->stats.in_bytes = 400;
	p->stats.out_bytes = 600;
	world_pair(p, 2000, 0x5A48ACC4, 0xEB99FB6C);
	p = world_rule(2, "vpn", 20, "172.0.0.3");
	world_sel(p, 47, "172.0.0.1/32", "172.0.0.3/32");
}

/* The detailed sample of the guide, S2: two pairs while one replaces the other. */
static void world_guide(void)
{
	struct policy *p;
	struct sa *sa;
	uint32_t i;

	world_map("vpn", 1, "10.1.1.4");
	p = world_rule(1, "vpn", 10, "10.1.1.3");
	world_sel(p, 47, "10.1.1.4/32", "10.1.1.3/32");
	p = world_rule(2, "vpn", 20, "10.1.1.3");
	world_sel(p, 0, "10.1.1.4/32", "10.1.1.3/32");
	p->stats.in_packets = 4;
	p->stats.out_packets = 4;
	p->stats.send_errors = 1;
	p->stats.in_bytes = p->stats.out_bytes = 2335 * 1024;
	world_pair(p, 2000, 0x1000, 0x2000);
	world_pair(p, 2002, 0x1001, 0x2001);
	for (i = 0; i < mock_list_sa.n; i++) {
		sa = &mock_list_sa.v[i];
		world_addr(&sa->local, "10.1.1.4");
	}
}

/* One session in each status; the last two peers share an address. */
static void world_sessions(void)
{
	static const char *const peers[] = {
		"10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5",
		"10.0.0.6", "10.0.0.7", "10.0.0.7",
	};
	struct policy *p;
	uint32_t i;

	world_map("vpn", 1, "10.0.0.1");
	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		p = world_rule(i + 1, "vpn", i < 5 ? 10 * (i + 1) : 65531 + i,
			       i < 5 ? peers[i] : NULL);
		world_sel(p, i == 4 ? 17 : 0, "10.1.0.0/16", "10.2.0.0/16");
		if (i == 4) {
			p->sel.dport_min = p->sel.dport_max = 53;
			PUT(&p->sel, SEL_DPORT_MIN);
			PUT(&p->sel, SEL_DPORT_MAX);
		}
		if (i == 1 || i == 2 || i == 4)
			continue;
		world_addr(&p->peer[0], peers[i]);
		world_pair(p, 2000 + 2 * i, 0x1000 + i, 0x2000 + i);
		world_addr(&mock_list_sa.v[mock_list_sa.n - 1].local,
			   "10.0.0.1");
		world_addr(&mock_list_sa.v[mock_list_sa.n - 2].local,
			   "10.0.0.1");
		if (i < 5)
			continue;
		mock_list_sa.v[mock_list_sa.n - 1].encap_remote = 56000 + i;
		mock_list_sa.v[mock_list_sa.n - 1].hard.bytes = 0;
		mock_list_sa.v[mock_list_sa.n - 2].encap_remote = 56000 + i;
	}
}

static void world_drop(const char *name, uint64_t packets)
{
	struct counter *c = &mock_ns.drops[mock_ns.n_drops++];

	while (names_drop(++c->reason) && strcmp(names_drop(c->reason), name))
		;
	c->packets = packets;
}

/* The samples of the tables, S2: a tunnel, and sums of all there were. */
static void world_mib(void)
{
	struct policy *p;
	struct stats *s;
	uint32_t i;

	world_map("vpn", 1, "192.0.2.1");
	p = world_rule(1, "vpn", 10, "192.0.2.2");
	world_sel(p, 0, "192.1.2.1/32", "192.1.2.2/32");
	world_pair(p, 2000, 0xCC57D053, 0x68612DF);
	world_pair(p, 2002, 0x56947526, 0x8D7C2204);
	for (i = 0; i < mock_list_sa.n; i++) {
		world_addr(&mock_list_sa.v[i].local, "192.0.2.1");
		mock_list_sa.v[i].cipher = CIPHER_DES_CBC;
	}
	s = &mock_list_sa.v[0].stats;
	s->in_packets = 3;
	s->in_bytes = 300;
	s->in_wire_bytes = 528;
	s->recv_errors = 9;
	s->err_replay = 4;
	s->err_auth = 2;
	s->err_decaps = 3;
	s = &mock_list_sa.v[1].stats;
	s->out_packets = 3;
	s->out_bytes = 300;
	s->out_wire_bytes = 528;
	s->send_errors = 1;
	/* The same map elsewhere: its flows are not counted twice. */
	world_map("vpn", 2, "192.0.2.1");
	mock_ns.in_packets = 8;
	mock_ns.in_bytes = 800;
	mock_ns.in_wire_bytes = 1400;
	mock_ns.out_packets = 9;
	mock_ns.out_bytes = 900;
	mock_ns.out_wire_bytes = 1408;
	world_drop("out-no-sa", 2);
	world_drop("out-crypto", 1);
	world_drop("in-auth", 3);
	world_drop("in-replay-old", 4);
	world_drop("in-padding", 5);
	world_drop("in-selector", 6);
	world_drop("in-unknown-spi", 7);
	world_drop("in-clear", 100);
}

/* Connections of the classic sample. */
static void world_classic(void)
{
	struct policy *p;
	uint32_t i;

	world_map("TUNNELMAP", 1, "172.22.1.3");
	p = world_rule(1, "TUNNELMAP", 10, "172.22.1.4");
	p->stats.in_packets = 5;
	p->stats.out_packets = 202;
	world_pair(p, 2088, 0x1000, 0x2000);
	for (i = 0; i < mock_list_sa.n; i++) {
		world_addr(&mock_list_sa.v[i].local, "172.22.1.3");
		mock_list_sa.v[i].cipher = CIPHER_DES3_CBC;
	}
}

/* Is the module there, and with what? */
static bool world_kernel(const char *name)
{
	if (!strncmp(name, "up", 2))
		world_up();
	if (!strncmp(name, "mib", 3))
		world_mib();
	if (!strcmp(name, "classic"))
		world_classic();
	if (!strcmp(name, "guide"))
		world_guide();
	if (!strncmp(name, "sessions", 8))
		world_sessions();
	return strcmp(name, "nothing");
}

#endif
