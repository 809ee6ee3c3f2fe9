// SPDX-License-Identifier: GPL-2.0-or-later
// Two engines, one exchange after the other, message by message.

#include <sys/socket.h>

#include "../unit/ktap.h"
#include "world.h"

static void main_and_quick(void)
{
	struct world w;
	static const enum ike_state initiator[] = { MM_SA_SETUP, MM_KEY_EXCH,
						    MM_KEY_AUTH, QM_IDLE };
	struct wpair *a, *b;

	world_init(&w, 1);
	w.trace = getenv("TRACE");
	world_traffic(&w, 0, 0);
	world_run(&w, 5000);
	a = world_active(&w, 0, 0);
	b = world_active(&w, 1, 0);
	ok(a && b, "main and quick mode bring up a pair");
	ok(a && b && a->in_spi == b->out_spi && a->out_spi == b->in_spi,
	   "the SPIs are those of the other side");
	ok(a && b &&
		   !memcmp(&a->p.in_cipher, &b->p.out_cipher,
			   sizeof(struct krn_key)) &&
		   !memcmp(&a->p.out_integ, &b->p.in_integ,
			   sizeof(struct krn_key)),
	   "both have the same keys");
	ok(w.node[0].n_states == 4 &&
		   !memcmp(w.node[0].states, initiator, sizeof(initiator)),
	   "the states are MM_SA_SETUP MM_KEY_EXCH MM_KEY_AUTH QM_IDLE");
	world_traffic(&w, 0, 0);
	world_traffic(&w, 1, 0);
	world_run(&w, 100);
	ok(w.node[0].delivered == 1 && w.node[1].delivered == 1,
	   "packets pass both ways");
	world_exit(&w);
}

static void bring_up(struct world *w)
{
	world_traffic(w, 0, 0);
	world_run(w, 3000);
}

static void aggressive(void)
{
	static const enum ike_state want[] = { AG_INIT_EXCH, AG_AUTH, QM_IDLE };
	static struct world w;
	unsigned int rsa;

	for (rsa = 0; rsa < 2; rsa++) {
		world_init(&w, 2);
		w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
		w.node[0].p1[0].auth = rsa ? IKE_AUTH_RSA_SIG : IKE_AUTH_PSK;
		w.node[1].p1[0].auth = w.node[0].p1[0].auth;
		bring_up(&w);
		ok(world_is_up(&w), "aggressive mode, %s",
		   rsa ? "signatures" : "pre-shared key");
		ok(w.node[0].n_states == 3 &&
			   !memcmp(w.node[0].states, want, sizeof(want)),
		   "the states are AG_INIT_EXCH AG_AUTH QM_IDLE");
		world_exit(&w);
	}
	world_init(&w, 2);
	w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
	w.node[1].peer.flags &= ~IKE_PEER_AGGRESSIVE_OK;
	bring_up(&w);
	ok(!w.node[1].sent &&
		   w.node[1].failure.kind == IKE_FAIL_UNSUPPORTED_EXCHANGE,
	   "it is not answered where it is not allowed");
	world_exit(&w);
}

static void natt(void)
{
	static struct world w;
	struct wpair *a, *b;
	unsigned int mode;

	for (mode = 0; mode < 3; mode++) {
		world_init(&w, 3);
		w.trace = getenv("TRACE");
		w.nat = true;
		if (mode == 1)
			w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
		if (mode == 2) {
			w.node[0].p2[0].encap = IKE_ENCAP_TRANSPORT;
			w.node[1].p2[0].encap = IKE_ENCAP_TRANSPORT;
			world_flow_of_gateways(&w);
		}
		bring_up(&w);
		a = world_active(&w, 0, 0);
		b = world_active(&w, 1, 0);
		if (!ok(a && b, "a pair comes up behind a NAT (%u)", mode)) {
			world_exit(&w);
			continue;
		}
		ok(world_is_up(&w) && a->p.encap && b->p.encap &&
			   b->path.remote.port == 14500 &&
			   a->path.local.port == 4500,
		   "behind a NAT ESP is in UDP, on the port of the NAT (%u)",
		   mode);
		world_run(&w, 61000);
		ok(w.node[0].keepalives >= 3 && !w.node[1].keepalives,
		   "keepalives come from behind the NAT only");
		w.nat_port = 24500;
		world_traffic(&w, 0, 0);
		world_run(&w, 100);
		ok(b->path.remote.port == 24500 && world_is_up(&w),
		   "both ways go on when the NAT changes its port");
		world_exit(&w);
	}
	world_init(&w, 3);
	w.node[0].peer.flags |= IKE_PEER_FORCE_ENCAP;
	bring_up(&w);
	a = world_active(&w, 0, 0);
	ok(world_is_up(&w) && a->p.encap, "encapsulation can be forced");
	world_exit(&w);
	world_init(&w, 3);
	w.node[1].peer.flags |= IKE_PEER_NO_NATT;
	bring_up(&w);
	a = world_active(&w, 0, 0);
	ok(world_is_up(&w) && !a->p.encap, "and NAT traversal be switched off");
	world_exit(&w);
}

static void count_fragments(const struct ike_sa_info *info, void *arg)
{
	*(bool *)arg = info->frag;
}

static void fragments(void)
{
	static struct world w;
	bool frag = false;
	int i;

	world_init(&w, 4);
	w.delay_max = 40;
	for (i = 0; i < 2; i++) {
		w.node[i].peer.flags |= IKE_PEER_FRAGMENT;
		w.node[i].peer.fragment_size = 256;
		w.node[i].p1[0].group = 16;
		w.node[i].p2[0].group = 16;
	}
	bring_up(&w);
	ike_each_sa(w.node[0].ike, count_fragments, &frag);
	ok(frag && world_is_up(&w),
	   "long messages pass in fragments, out of order");
	ok(w.node[0].sent > 8, "%u datagrams were sent", w.node[0].sent);
	world_exit(&w);
}

static uint64_t left_of;

static void child_seconds(const struct ike_child_info *info, void *arg)
{
	(void)arg;
	left_of = info->p2.seconds;
}

static void lifetimes(void)
{
	static struct world w;
	struct wpair *a;

	world_init(&w, 5);
	w.node[0].p2[0].seconds = 3600;
	w.node[1].p2[0].seconds = 1800;
	w.node[1].p2[0].kbytes = 1000;
	bring_up(&w);
	a = world_active(&w, 0, 0);
	ike_each_child(w.node[0].ike, child_seconds, NULL);
	ok(world_is_up(&w) && left_of == 1800 && a->p.hard_seconds == 1800 &&
		   a->p.hard_bytes == 1024000 &&
		   a->p.soft_bytes < a->p.hard_bytes,
	   "the shorter lives of the responder are told and used");
	world_exit(&w);
}

/* The side that began a pair goes on with the old one for a while. */
static void switches(void)
{
	static struct world w;
	struct wpair *old, *now;
	struct krn_expire e = { .dir = DIR_OUT };
	struct ike_which which = { 0 };
	uint64_t from = 0;
	uint32_t in[2];

	world_init(&w, 1);
	bring_up(&w);
	old = world_active(&w, 0, 0);
	e.spi = old->out_spi;
	e.remote = w.node[1].addr;
	ike_expire(w.node[0].ike, &e);
	world_run(&w, 1000);
	ok(world_pairs(&w, 0, 0) == 2 && world_active(&w, 0, 0) == old,
	   "until the peer has surely read message 3, the old pair is used");
	world_run(&w, 2000);
	now = world_active(&w, 0, 0);
	ok(now && now != old && world_is_up(&w), "then the new one");
	in[0] = old->in_spi;
	in[1] = old->out_spi;
	which.in_spi = now->in_spi;
	ike_clear(w.node[0].ike, &which, IKE_CLEAR_IPSEC, &from);
	world_run(&w, 1000);
	ok(world_active(&w, 0, 0) == old && w.node[0].heir == in[0] &&
		   w.node[1].heir == in[1],
	   "when that is deleted, the old one goes on, which is told");
	which.in_spi = old->in_spi;
	ike_clear(w.node[0].ike, &which, IKE_CLEAR_IPSEC, &from);
	world_run(&w, 1000);
	ok(!w.node[0].heir && !w.node[1].heir, "no other one goes on for it");
	world_exit(&w);
}

/* Of the octets of a pair the last ninth or nineteenth may not last so long. */
static void switches_early(void)
{
	static struct world w;
	struct wpair *old;
	struct krn_expire e = { .dir = DIR_OUT, .limit = LIMIT_BYTES };
	unsigned int by;

	for (by = 0; by < 2; by++) {
		world_init(&w, 1);
		bring_up(&w);
		world_run(&w, 13000);
		old = world_active(&w, by, 0);
		e.spi = old->out_spi;
		e.remote = w.node[!by].addr;
		ike_expire(w.node[by].ike, &e);
		world_run(&w, by ? 500 : 1000);
		ok(world_pairs(&w, by, 0) == 2 &&
			   world_active(&w, by, 0) == old,
		   "the old pair is used as long as its octets should last");
		world_run(&w, by ? 300 : 700);
		ok(world_active(&w, by, 0) != old, "and no longer");
		world_exit(&w);
	}
}

static void failures(void)
{
	static struct world w;
	char line[1024];
	struct ike_failure *f = &w.node[1].failure;

	world_init(&w, 6);
	w.node[1].p1[0].group = 14;
	bring_up(&w);
	ike_failure_line(f, line, sizeof(line));
	ok(w.node[1].failures == 1 && f->kind == IKE_FAIL_NO_PROPOSAL &&
		   f->local && f->priority == 10 && f->notify == 14 &&
		   !strcmp(f->attribute, "group") && f->theirs[0] && f->ours[0],
	   "phase 1: %s", line);
	ok(w.node[0].failure.kind == IKE_FAIL_NO_PROPOSAL &&
		   !w.node[0].failure.local,
	   "the initiator has a record too");
	world_exit(&w);

	world_init(&w, 6);
	w.node[1].p2[0].esp_auth = IKE_AUTHALG_MD5;
	bring_up(&w);
	ike_failure_line(f, line, sizeof(line));
	ok(w.node[1].failures == 1 && f->kind == IKE_FAIL_NO_PROPOSAL &&
		   f->phase == 2 && f->attribute[0] && f->flow == 1,
	   "phase 2: %s", line);
	ok(w.node[0].failure.kind == IKE_FAIL_NO_PROPOSAL &&
		   w.node[0].failure.phase == 2,
	   "the peer's refusal ends the exchange at once");
	ok(!w.node[0].n_pairs && !w.node[1].n_pairs, "nothing is left behind");
	world_exit(&w);

	world_init(&w, 6);
	w.node[1].flow[0].sel.dst.b[1] = 77;
	bring_up(&w);
	ike_failure_line(f, line, sizeof(line));
	ok(w.node[1].failures == 1 && f->kind == IKE_FAIL_INVALID_ID &&
		   f->notify == 18 && f->theirs[0] && f->ours[0] &&
		   w.node[0].failure.kind == IKE_FAIL_INVALID_ID,
	   "proxies: %s", line);
	world_exit(&w);

	world_init(&w, 6);
	strcpy(w.node[1].psk, "another");
	bring_up(&w);
	ike_failure_line(f, line, sizeof(line));
	ok(w.node[1].failures == 1 && f->kind == IKE_FAIL_AUTHENTICATION &&
		   !w.node[0].sa_ups && !w.node[1].sa_ups,
	   "keys: %s", line);
	world_run(&w, 120000);
	ok(!w.node[0].n_pairs && w.node[0].sa_downs == 1 &&
		   w.node[1].sa_downs == 1,
	   "both give up");
	world_exit(&w);

	world_init(&w, 6);
	w.node[0].p1[0].auth = IKE_AUTH_RSA_SIG;
	w.node[1].p1[0].auth = IKE_AUTH_RSA_SIG;
	strcpy(w.node[1].psk, "another");
	bring_up(&w);
	ike_failure_line(f, line, sizeof(line));
	ok(w.node[1].failures == 1 && f->kind == IKE_FAIL_AUTHENTICATION &&
		   !w.node[1].sa_ups,
	   "signature: %s", line);
	world_exit(&w);

	world_init(&w, 6);
	w.node[1].peer.ref = 0;
	bring_up(&w);
	ok(f->kind == IKE_FAIL_NO_PEER && !w.node[1].sent,
	   "a stranger gets no answer");
	world_run(&w, 60000);
	ok(w.node[0].failure.kind == IKE_FAIL_NO_ANSWER &&
		   w.node[0].sent == 5 && w.node[0].sa_downs == 1,
	   "a silent peer is asked 5 times, then given up");
	world_exit(&w);

	world_init(&w, 6);
	w.node[1].kernel_fails = true;
	bring_up(&w);
	ok(f->kind == IKE_FAIL_KERNEL && !w.node[0].n_pairs &&
		   !w.node[1].n_pairs,
	   "a kernel that refuses is reported");
	world_exit(&w);

	world_init(&w, 6);
	w.node[1].remote_id[0] =
		(struct ike_ident){ .type = 2, .len = 3, .data = "foo" };
	w.node[1].peer.remote_id = w.node[1].remote_id;
	w.node[1].peer.n_remote_id = 1;
	bring_up(&w);
	ike_failure_line(f, line, sizeof(line));
	ok(f->kind == IKE_FAIL_INVALID_ID && !w.node[1].sa_ups, "identity: %s",
	   line);
	world_exit(&w);
}

static void ends(void)
{
	static struct world w;
	unsigned int i, k;

	world_init(&w, 7);
	bring_up(&w);
	world_clear(&w, 1, IKE_CLEAR_IPSEC);
	world_run(&w, 50);
	ok(!w.node[0].n_pairs && !w.node[1].n_pairs && world_sas(&w, 0) == 1,
	   "a delete takes the pair at the peer, not the ISAKMP SA");
	world_traffic(&w, 1, 0);
	world_run(&w, 100);
	ok(world_is_up(&w) && w.node[0].sa_ups == 1,
	   "the responder begins the next one in the same ISAKMP SA");
	world_clear(&w, 1, IKE_CLEAR_ISAKMP);
	world_run(&w, 50);
	ok(!world_sas(&w, 0) && world_is_up(&w),
	   "the pair outlives its ISAKMP SA");
	ike_shutdown(w.node[0].ike);
	world_run(&w, 50);
	ok(!w.node[0].n_pairs, "shutdown leaves nothing");
	world_exit(&w);

	for (i = 0; i < 2; i++) {
		world_init(&w, 7);
		if (i)
			w.node[0].peer.flags |= IKE_PEER_DPD_PERIODIC;
		bring_up(&w);
		world_run(&w, 60000);
		ok(world_is_up(&w), "a live peer stays");
		world_stop(&w, 1);
		for (k = 0; k < 10; k++) {
			world_traffic(&w, 0, 0);
			world_run(&w, 6000);
		}
		ok(!w.node[0].n_pairs && w.node[0].sa_downs == 1,
		   "DPD, %s, finds a dead peer", i ? "periodic" : "on demand");
		world_exit(&w);
	}

	world_init(&w, 7);
	bring_up(&w);
	world_stop(&w, 1);
	world_start(&w, 1);
	world_traffic(&w, 0, 0);
	world_run(&w, 3000);
	world_traffic(&w, 0, 0);
	world_run(&w, 3000);
	ok(world_is_up(&w) && w.node[0].n_pairs == 1,
	   "a peer that lost all says so when it sees an unknown SPI");
	world_exit(&w);

	world_init(&w, 7);
	bring_up(&w);
	ok(world_restart(&w, 0) && world_is_up(&w) && w.node[1].ups == 1,
	   "a restart with state is not noticed");
	world_clear(&w, 0, IKE_CLEAR_IPSEC);
	world_run(&w, 50);
	world_traffic(&w, 0, 0);
	world_run(&w, 3000);
	ok(world_is_up(&w) && w.node[1].sa_ups == 1,
	   "and the ISAKMP SA goes on being used");
	world_exit(&w);
}

static void dynamic(void)
{
	static struct world w;
	struct krn_acquire a = { .rule = 1001 };
	struct wpair *b;
	struct krn_pair *p;

	world_init(&w, 8);
	w.node[1].flow[0].is_dynamic = true;
	w.node[1].flow[0].rule = 0;
	w.node[1].flow[0].any_sel = true;
	w.node[1].flow[0].sel = (struct selector){ 0 };
	bring_up(&w);
	b = &w.node[1].pair[0];
	p = &b->p;
	ok(b->used && b->rule == 1001 && p->sel.dst.b[1] == 1 &&
		   w.node[0].ups == 1,
	   "a dynamic map gets a rule for what the peer asked for");
	world_run(&w, 3500000);
	ok(w.node[1].n_pairs == 1 && b->rule == 1001 && w.node[0].ups == 2,
	   "its rekey has the same rule");
	/* The kernel lost the SA of the rule: whoever answered begins. */
	ike_acquire(w.node[1].ike, &a);
	world_run(&w, 3000);
	ok(w.node[1].n_pairs == 2 && w.node[0].ups == 3 &&
		   w.node[1].pair[1].rule == 1001 &&
		   w.node[1].pair[1].p.sel.dst.b[1] == 1,
	   "an acquire of the rule brings up the same again");
	world_run(&w, 120000);
	ok(w.node[1].n_pairs == 1 && w.node[0].n_pairs == 1,
	   "which takes the place of the other");
	world_exit(&w);
}

/* Lines before that of the flow: what they have is not negotiated. */
static void denied(void)
{
	struct ike_except x = { .line = 10, .action = 4 };
	struct ike_except y = { .line = 20, .action = 4 };
	const struct ike_except lines[] = { x, y };
	static struct world w;
	struct selector *sel;
	unsigned int i;

	/* 0: other traffic, 1: all of it, 2: a part, 3: all, of a static map */
	for (i = 0; i < 4; i++) {
		struct ike_except v[2] = { lines[0], lines[1] };

		world_init(&w, 21);
		sel = &w.node[1].flow[0].sel;
		w.node[1].flow[0].acl = "L";
		w.node[1].flow[0].is_dynamic = i != 3;
		if (i != 3)
			w.node[1].flow[0].rule = 0;
		v[0].sel = *sel;
		v[1].sel = *sel;
		v[0].sel.src.b[1]++;
		if (i == 0)
			v[1].sel.dst.b[1]++;
		if (i == 2)
			addr_mask(sel->family, 25, &v[1].sel.dst_mask);
		w.node[1].flow[0].except = v;
		w.node[1].flow[0].n_except = 2;
		bring_up(&w);
		if (i == 0 || i == 2) {
			ok(w.node[1].n_pairs == 1 && w.node[0].n_pairs == 1,
			   "%s of it is denied: it comes up",
			   i ? "a part" : "nothing");
			world_exit(&w);
			continue;
		}
		ok(!w.node[1].n_pairs && !w.node[0].n_pairs &&
			   w.node[1].failure.kind == IKE_FAIL_INVALID_ID &&
			   w.node[1].failure.flow == w.node[1].flow[0].ref,
		   "all of it is denied: refused%s",
		   i == 3 ? ", by a static map too" : "");
		ok(w.node[0].failure.notify == IKE_N_INVALID_ID_INFORMATION,
		   "the peer is told");
		is(w.node[1].failure.ours,
		   "line 20 of access list L: deny ip 10.2.0.0 0.0.0.255 "
		   "10.1.0.0 0.0.0.255",
		   "and the record names the line");
		world_exit(&w);
	}
}

/* A line that is before one entry does not count for the next. */
static void denied_here(void)
{
	struct ike_except x = { .line = 10, .action = 4 };
	static struct world w;

	world_init(&w, 22);
	world_add_flow(&w);
	w.node[1].flow[1].sel = w.node[1].flow[0].sel;
	w.node[1].flow[1].any_sel = true;
	w.node[1].flow[1].is_dynamic = true;
	w.node[1].flow[1].rule = 0;
	x.sel = w.node[1].flow[0].sel;
	w.node[1].flow[0].except = &x;
	w.node[1].flow[0].n_except = 1;
	bring_up(&w);
	ok(w.node[1].n_pairs == 1 && w.node[1].pair[0].rule == 1001,
	   "a deny leads to the next entry");
	world_exit(&w);
}

static void transport(void)
{
	static struct world w;
	int i;

	world_init(&w, 9);
	world_flow_of_gateways(&w);
	for (i = 0; i < 2; i++) {
		/* GRE between the two. */
		w.node[i].p2[0].encap = IKE_ENCAP_TRANSPORT;
		w.node[i].flow[0].sel.proto = 47;
		PUT(&w.node[i].flow[0].sel, SEL_PROTO);
	}
	bring_up(&w);
	ok(world_is_up(&w) && w.node[0].pair[0].p.mode == MODE_TRANSPORT &&
		   w.node[1].pair[0].p.sel.proto == 47,
	   "transport mode for GRE");
	world_exit(&w);
	/* Networks behind the gateways: never, with nothing else to offer. */
	world_init(&w, 9);
	for (i = 0; i < 2; i++)
		w.node[i].p2[0].encap = IKE_ENCAP_TRANSPORT;
	bring_up(&w);
	ok(!world_active(&w, 0, 0) && !world_active(&w, 1, 0),
	   "no transport mode for networks");
	world_exit(&w);
}

/* Sealed state is not to be trusted further than its seal. */
static void imports(void)
{
	static struct world w;
	unsigned int i, taken = 0, cut = 0;
	uint8_t *p, *copy;
	size_t len, n;

	world_init(&w, 10);
	bring_up(&w);
	p = ike_export(w.node[0].ike, &len);
	copy = malloc(len);
	if (!p || !copy)
		abort();
	for (n = 0; n < len; n++) {
		world_stop(&w, 1);
		world_start(&w, 1);
		memcpy(copy, p, n);
		cut += !ike_import(w.node[1].ike, copy, n);
	}
	ok(!cut, "state that is cut short is refused, %zu octets", len);
	for (i = 0; i < 2000; i++) {
		world_stop(&w, 1);
		world_start(&w, 1);
		memcpy(copy, p, len);
		copy[world_below(&w, len)] ^= 1 << world_below(&w, 8);
		taken += !ike_import(w.node[1].ike, copy, len);
		world_run(&w, 10);
	}
	ok(taken < 2000, "with a wrong bit some is refused, nothing crashes");
	free(copy);
	ike_export_free(p, len);
	world_exit(&w);
}

/* The key of main mode must be one of the profile that the identity fits. */
static void profile_keys(void)
{
	static struct world w;

	world_init(&w, 18);
	w.node[1].profile = 5;
	w.node[1].profile_psk = w.node[1].psk;
	bring_up(&w);
	ok(world_is_up(&w), "a key that the profile of the peer has too");
	world_exit(&w);

	world_init(&w, 18);
	w.node[1].profile = 5;
	w.node[1].profile_psk = "another key";
	bring_up(&w);
	ok(!w.node[1].sa_ups && !world_pairs(&w, 1, 0) &&
		   w.node[1].failure.kind == IKE_FAIL_AUTHENTICATION,
	   "one of another keyring is refused");
	world_exit(&w);
}

static void keep_left(const struct ike_sa_info *info, void *arg)
{
	*(uint64_t *)arg = info->left;
}

/* The responder's shorter life is told, and holds for both. */
static void short_life(bool aggressive)
{
	static struct world w;
	uint64_t left = 0;
	unsigned int i;

	world_init(&w, 16);
	for (i = 0; i < 4; i++)
		w.node[1].p1[i].seconds = 1000;
	if (aggressive) {
		w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
		w.node[1].peer.flags |= IKE_PEER_AGGRESSIVE_OK;
	}
	bring_up(&w);
	ike_each_sa(w.node[0].ike, keep_left, &left);
	ok(left && left <= 1000,
	   "%s mode: the initiator keeps to the responder's life",
	   aggressive ? "aggressive" : "main");
	world_exit(&w);
}

static uint8_t connected[2000];
static size_t connected_len;

/* Node 1 sets the commit bit in message 2; it lies outside of the hash. */
static bool set_commit(struct world *w, int from, const struct ike_path *path,
		       const uint8_t *p, size_t len, void *arg)
{
	unsigned int *n = arg;
	uint8_t copy[2000];

	if (from != 1 || p[18] != IKE_EX_QUICK || len > sizeof(copy) || (*n)++)
		return false;
	memcpy(copy, p, len);
	copy[19] |= IKE_F_COMMIT;
	world_inject(w, 0, path, copy, len);
	copy[len - 1] ^= 1;
	memcpy(connected, copy, len);
	connected_len = len;
	return true;
}

/* Whatever comes behind message 3 in the same exchange. */
static void say_connected(struct world *w)
{
	struct ike_path from = {
		.local = { .addr = w->node[1].addr, .port = 500 },
		.remote = { .addr = w->node[0].addr, .port = 500 }
	};
	world_inject(w, 0, &from, connected, connected_len);
	world_run(w, 100);
}

static void commit_bit(void)
{
	static struct world w;
	unsigned int n = 0;

	world_init(&w, 17);
	w.tap = set_commit;
	w.tap_arg = &n;
	world_traffic(&w, 0, 0);
	world_run(&w, 1000);
	ok(w.node[0].n_pairs == 1 && w.node[0].pair[0].p.standby &&
		   !world_active(&w, 0, 0),
	   "commit bit: the pair is not used at once");
	world_run(&w, 2000);
	ok(world_is_up(&w), "but soon, if nothing is said");
	world_exit(&w);

	n = 0;
	world_init(&w, 17);
	w.tap = set_commit;
	w.tap_arg = &n;
	world_traffic(&w, 0, 0);
	world_run(&w, 1000);
	say_connected(&w);
	ok(world_active(&w, 0, 0), "at once when CONNECTED is said");
	world_exit(&w);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	main_and_quick();
	aggressive();
	natt();
	fragments();
	lifetimes();
	switches();
	switches_early();
	failures();
	ends();
	dynamic();
	denied();
	denied_here();
	transport();
	imports();
	profile_keys();
	short_life(false);
	short_life(true);
	commit_bit();
	return ktap_end();
}
