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
	mock_ns.set = 1ULL << NS_IN_PACKETS | 1ULL << NS_IN_BYTES |
		      1ULL << NS_IN_WIRE_BYTES | 1ULL << NS_OUT_PACKETS |
		      1ULL << NS_OUT_BYTES | 1ULL << NS_OUT_WIRE_BYTES |
		      1ULL << NS_DROPS;
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

/* --- everything that an object can have ---------------------------------- */

static void world_full_sel(struct selector *s)
{
	*s = (struct selector){ .family = AF_INET,
				.proto = 17,
				.sport_max = 65535,
				.dport_min = 53,
				.dport_max = 53 };
	world_addr(&s->src, "10.10.10.0");
	world_addr(&s->src_mask, "255.255.255.0");
	world_addr(&s->dst, "10.30.30.0");
	world_addr(&s->dst_mask, "255.255.255.0");
	s->set = (1ULL << (SEL_DPORT_MAX + 1)) - 1;
}

/* All that sa-get sends. */
static void world_full_sa(struct sa *sa, uint8_t dir)
{
	static const uint64_t requests =
		1ULL << SA_CIPHER_KEY | 1ULL << SA_INTEG_KEY |
		1ULL << SA_MIN_SPI | 1ULL << SA_MAX_SPI | 1ULL << SA_COUNT |
		1ULL << SA_IS_HARD | 1ULL << SA_LIMIT | 1ULL << SA_NEW_REMOTE |
		1ULL << SA_NEW_PORT;

	*sa = (struct sa){ .id = 2000 + (dir == DIR_OUT),
			   .spi = 4096,
			   .proto = PROTO_ESP,
			   .dir = dir,
			   .mode = MODE_TUNNEL,
			   .policy = 1,
			   .pair = 4096,
			   .cipher = CIPHER_DES_CBC,
			   .integ = INTEG_SHA1_96,
			   .key_bits = 56,
			   .icv_len = 12,
			   .flags = SA_FLAG_ESN | SA_FLAG_WEAK,
			   .replay_window = 64,
			   .df = DF_SET,
			   .dscp = 46,
			   .encap_local = 4500,
			   .encap_remote = 61001,
			   .keepalive = 20,
			   .soft = { .set = 7, .seconds = 3000 },
			   .hard = { .set = 7, .seconds = 3600 },
			   .idle = 60,
			   .seq = UINT64_MAX,
			   .state = STATE_ACTIVE,
			   .stats = { .set = 1, .out_packets = 3 },
			   .age = 651,
			   .n_sel = 1,
			   .driver = "cbc(des-generic)",
			   .path_mtu = 1500,
			   .plain_mtu = 1438 };
	world_full_sel(&sa->sel[0]);
	world_addr(&sa->local, "172.0.0.1");
	world_addr(&sa->remote, "2001:db8::2");
	sa->set = ((1ULL << (SA_KEY_BITS + 1)) - 1) & ~requests;
}

static void world_full_rule(struct policy *p)
{
	*p = (struct policy){ .id = 1,
			      .seq = 10,
			      .index = 1,
			      .action = ACTION_PROTECT,
			      .map = "vpn",
			      .stats = { .set = 1, .out_bytes = 7 },
			      .n_peers = 2,
			      .out_spi = 4096,
			      .in_sas = 1,
			      .out_sas = 1,
			      .held = 2 };
	world_full_sel(&p->sel);
	world_addr(&p->peer[0], "172.0.0.2");
	world_addr(&p->peer[1], "2001:db8::2");
	world_addr(&p->out_remote, "172.0.0.2");
	p->set = (1ULL << (POLICY_HELD + 1)) - 1;
}

static void world_full(void)
{
	struct sa *sa;
	int i;

	world_full_rule(&mock_list_policy.v[0]);
	mock_list_policy.v[1] = mock_list_policy.v[0];
	mock_list_policy.v[1].id = 2;
	/* The second one waits for a commit. */
	mock_list_policy.v[0].set &= ~(1ULL << POLICY_STAGED);
	mock_list_policy.n = 2;
	for (i = 0; i < 3; i++) {
		sa = &mock_list_sa.v[i];
		world_full_sa(sa, i ? DIR_OUT : DIR_IN);
		/* Only its SPI is reserved. */
		if (i == 2)
			*sa = (struct sa){ .set = 1 << SA_ID | 1 << SA_SPI |
						  1 << SA_PROTO | 1 << SA_DIR |
						  1ULL << SA_STATE |
						  1ULL << SA_AGE,
					   .id = 2002,
					   .spi = 4097,
					   .proto = PROTO_ESP,
					   .dir = DIR_IN,
					   .state = STATE_LARVAL };
	}
	mock_list_sa.n = 3;
	world_map("vpn", 1, "172.0.0.1");
	mock_list_map.v[0].set = (1ULL << (MAP_CLEAR_DROPS + 1)) - 1;
	mock_list_map.v[0].no_sa_drops = 4;
	world_addr(&mock_list_map.v[0].local6, "2001:db8::1");
	world_map("spare", 0, "172.0.0.1");
	mock_list_map.v[1].set = 1 << MAP_NAME | 1 << MAP_POLICIES |
				 1 << MAP_STAGED;
	mock_list_encap.v[0] =
		(struct encap){ .set = 1 << ENCAP_LOCAL | 1 << ENCAP_PORT,
				.port = 4500 };
	world_addr(&mock_list_encap.v[0].local, "0.0.0.0");
	mock_list_encap.n = 1;
	mock_ns.set = (1ULL << (NS_PENDING + 1)) - 1;
	world_drop("in-replay-old", 4);
	mock_ns.drops[mock_ns.n_drops++] = (struct counter){ .reason = 999 };
	mock_conf.set = (1ULL << CONF_N) - 1;
	mock_sa_reply = mock_list_sa.v[0];
	mock_policy_reply = mock_list_policy.v[0];
}

static void world_full_event(enum event_type type, uint64_t more)
{
	static const uint64_t name = 1ULL << SA_ID | 1ULL << SA_SPI |
				     1ULL << SA_PROTO | 1ULL << SA_DIR |
				     1ULL << SA_MODE | 1ULL << SA_LOCAL |
				     1ULL << SA_REMOTE | 1ULL << SA_POLICY |
				     1ULL << SA_PAIR | 1ULL << SA_STATE;
	struct event *ev = &mock_events.v[mock_events.n++];

	ev->type = type;
	if (type == EVENT_ACQUIRE || type == EVENT_DROP || type == EVENT_LOST)
		return;
	world_full_sa(&ev->sa, DIR_OUT);
	world_addr(&ev->sa.new_remote, "172.0.0.9");
	ev->sa.limit = LIMIT_BYTES;
	ev->sa.set = type == EVENT_UNKNOWN_SPI ? more : name | more;
}

/* A rule for which packets wait, and one event of each kind. */
static void world_waiting(void)
{
	struct policy *p = &mock_list_policy.v[0];
	struct ns *ns;

	world_full_rule(p);
	p->flow = p->sel;
	p->ifindex = 1;
	p->attempts = 2;
	world_addr(&p->local, "172.0.0.1");
	p->set = 1ULL << POLICY_ID | 1ULL << POLICY_MAP | 1ULL << POLICY_SEQ |
		 1ULL << POLICY_INDEX | 1ULL << POLICY_SELECTOR |
		 1ULL << POLICY_PEER | 1ULL << POLICY_FLOW |
		 1ULL << POLICY_IFINDEX | 1ULL << POLICY_LOCAL |
		 1ULL << POLICY_ATTEMPTS;
	mock_list_policy.n = 1;
	world_full_event(EVENT_SA_ADD, 1ULL << SA_CIPHER | 1ULL << SA_INTEG |
					       1ULL << SA_FLAGS);
	world_full_event(EVENT_SA_DEL, 1ULL << SA_STATS | 1ULL << SA_AGE);
	world_full_event(EVENT_ACQUIRE, 0);
	mock_events.v[mock_events.n - 1].policy = *p;
	world_full_event(EVENT_EXPIRE, 1ULL << SA_IS_HARD | 1ULL << SA_LIMIT |
					       1ULL << SA_STATS |
					       1ULL << SA_AGE);
	world_full_event(EVENT_MAPPING,
			 1ULL << SA_NEW_REMOTE | 1ULL << SA_NEW_PORT);
	world_full_event(EVENT_DROP, 0);
	ns = &mock_events.v[mock_events.n - 1].ns;
	*ns = (struct ns){ .set = 1 << NS_REASON | 1 << NS_PACKETS,
			   .reason = 1,
			   .packets = 100 };
	world_full_event(EVENT_UNKNOWN_SPI,
			 1ULL << SA_SPI | 1ULL << SA_PROTO | 1ULL << SA_LOCAL |
				 1ULL << SA_REMOTE | 1ULL << SA_ENCAP_LOCAL |
				 1ULL << SA_ENCAP_REMOTE);
	world_full_event(EVENT_LOST, 0);
}

/* What the module says of a change: the new numbers, how many are gone. */
static void world_changed(bool is_flush)
{
	mock_sa_reply = (struct sa){ .id = 2000, .spi = 4096, .count = 3 };
	mock_sa_reply.set = is_flush ? 1ULL << SA_COUNT :
				       1ULL << SA_ID | 1ULL << SA_SPI;
	mock_policy_reply = (struct policy){ .count = 3 };
	mock_policy_reply.set = is_flush ? 1ULL << POLICY_COUNT :
					   1ULL << POLICY_ID;
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
	if (!strcmp(name, "full"))
		world_full();
	if (!strcmp(name, "waiting"))
		world_waiting();
	if (!strcmp(name, "added") || !strcmp(name, "flushed"))
		world_changed(!strcmp(name, "flushed"));
	return strcmp(name, "nothing");
}

#endif
