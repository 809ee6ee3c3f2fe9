// SPDX-License-Identifier: GPL-2.0-or-later
// The fake kernels of a world, its traffic, and the configuration of its nodes.

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/names.h"
#include "world_kernel.h"

static struct wpair *by_in(struct node *n, uint32_t spi)
{
	unsigned int i;

	for (i = 0; i < n->room; i++) {
		if (n->pair[i].used && n->pair[i].in_spi == spi)
			return &n->pair[i];
	}
	return NULL;
}

static void alloc_spi(struct node *n, struct krn_answer *a)
{
	do {
		a->in_spi = world_random(n->w) | 0x1000;
	} while (by_in(n, a->in_spi));
	n->reserved = a->in_spi;
}

static void only_active(struct node *n, struct wpair *p)
{
	unsigned int i;

	for (i = 0; i < n->room; i++) {
		if (n->pair[i].used && n->pair[i].rule == p->rule)
			n->pair[i].active = &n->pair[i] == p;
	}
}

static void add_pair(struct node *n, const struct krn_req *req,
		     struct krn_answer *a)
{
	struct wpair *p;
	unsigned int i;

	for (i = 0; i < n->room && n->pair[i].used; i++)
		;
	if (i == n->room || by_in(n, req->in_spi) || n->kernel_fails) {
		a->err = -ENOSPC;
		return;
	}
	p = &n->pair[i];
	*p = (struct wpair){ .used = true,
			     .proto = req->proto,
			     .in_spi = req->in_spi,
			     .out_spi = req->out_spi,
			     .rule = req->rule,
			     .path = req->path,
			     .p = *req->pair };
	if (!p->p.standby)
		only_active(n, p);
	a->in_id = i * 2 + 1;
	a->out_id = i * 2 + 2;
	if (++n->n_pairs > n->max_pairs)
		n->max_pairs = n->n_pairs;
}

void kernel_request(struct node *n, const struct krn_req *req,
		    struct krn_answer *a)
{
	struct wpair *p = req->in_spi ? by_in(n, req->in_spi) : NULL;

	/* An SPI is a number of its protocol. */
	if (p && p->proto != req->proto)
		p = NULL;
	switch (req->op) {
	case KRN_ALLOC_SPI:
		alloc_spi(n, a);
		break;
	case KRN_ADD_PAIR:
		add_pair(n, req, a);
		break;
	case KRN_ACTIVATE:
		if (p)
			only_active(n, p);
		break;
	case KRN_MOVE:
		if (p)
			p->path = req->path;
		break;
	case KRN_DELETE:
		if (p) {
			p->used = false;
			n->n_pairs--;
		}
		break;
	case KRN_QUERY:
		a->err = p ? 0 : -ENOENT;
		if (p) {
			a->in_packets = p->in_packets;
			a->out_packets = p->out_packets;
		}
		break;
	case KRN_ADD_RULE:
		a->rule = 1000 + ++n->next_rule;
		break;
	case KRN_DEL_RULE:
	case KRN_ADOPT:
		break;
	}
}

void kernel_receive(struct node *n, uint32_t spi, const struct krn_key *key,
		    const struct ike_path *path)
{
	struct krn_unknown_spi u = { .spi = spi, .path = *path };
	struct krn_mapping m = { .spi = spi, .remote = path->remote };
	struct wpair *p = by_in(n, spi);

	if (!p) {
		n->unknown++;
		if (n->ike)
			ike_unknown_spi(n->ike, &u);
		return;
	}
	if (p->p.in_cipher.len != key->len ||
	    memcmp(p->p.in_cipher.p, key->p, key->len))
		snprintf(n->w->broken, sizeof(n->w->broken),
			 "SPI %08x has other keys at node %d", spi, n->index);
	p->in_packets++;
	n->delivered++;
	if (p->p.encap &&
	    (p->path.remote.port != path->remote.port ||
	     !addr_eq(&p->path.remote.addr, &path->remote.addr)) &&
	    n->ike)
		ike_mapping(n->ike, &m);
}

void kernel_compare(struct node *n)
{
	struct ike_held *held = calloc(2 * n->room, sizeof(*held));
	unsigned int i, k = 0;

	if (!held)
		abort();
	for (i = 0; i < n->room; i++) {
		const struct wpair *p = &n->pair[i];

		if (!p->used)
			continue;
		held[k++] = (struct ike_held){ .spi = p->in_spi,
					       .dir = DIR_IN,
					       .proto = p->proto,
					       .is_ours = true,
					       .remote = p->path.remote.addr };
		held[k++] = (struct ike_held){ .spi = p->out_spi,
					       .dir = DIR_OUT,
					       .proto = p->proto,
					       .is_ours = true,
					       .remote = p->path.remote.addr };
	}
	ike_resume(n->ike, held, k);
	free(held);
}

void kernel_flush(struct node *n)
{
	memset(n->pair, 0, n->room * sizeof(*n->pair));
	n->n_pairs = 0;
}

struct wpair *world_active(struct world *w, int i, unsigned int f)
{
	struct node *n = &w->node[i];
	unsigned int k;

	for (k = 0; k < n->room; k++) {
		if (n->pair[k].used && n->pair[k].active &&
		    n->pair[k].rule == n->flow[f].rule)
			return &n->pair[k];
	}
	return NULL;
}

unsigned int world_pairs(const struct world *w, int i, unsigned int f)
{
	const struct node *n = &w->node[i];
	unsigned int count = 0;
	unsigned int k;

	for (k = 0; k < n->room; k++)
		count += n->pair[k].used && n->pair[k].rule == n->flow[f].rule;
	return count;
}

/* Peer @k of many. */
static struct addr many_addr(unsigned int k)
{
	struct addr a = { .family = AF_INET,
			  .b = { 198, 18 + (k >> 16), k >> 8, k } };

	return a;
}

const struct ike_flow *world_many_flow(struct node *n, uint32_t ref)
{
	struct ike_flow *f = &n->many_flow;
	struct selector *s = &f->sel;
	bool server = n->index == 1;

	if (!ref || ref > n->many)
		return NULL;
	*f = n->flow[0];
	f->ref = ref;
	f->rule = ref + 100;
	f->generation += ref <= n->many_new;
	n->many_addr = server ? many_addr(ref - 1) : n->w->node[1].addr;
	f->local = server ? n->addr : many_addr(ref - 1);
	f->peers = &n->many_addr;
	s->src.b[2] = server ? 0 : (ref - 1) >> 8;
	s->src.b[3] = server ? 0 : (ref - 1);
	s->dst.b[2] = server ? (ref - 1) >> 8 : 0;
	s->dst.b[3] = server ? (ref - 1) : 0;
	addr_mask(AF_INET, 32, server ? &s->dst_mask : &s->src_mask);
	return f;
}

/* The flow with a peer: all that node 1 has with an address. */
const struct ike_flow *
world_many_next(struct node *n, const struct ike_path *path, uint32_t ref)
{
	const uint8_t *b = n->index == 1 ? path->remote.addr.b :
					   path->local.addr.b;

	if (ref || b[0] != 198)
		return NULL;
	return world_many_flow(n, ((b[1] - 18) << 16 | b[2] << 8 | b[3]) + 1);
}

void world_many(struct world *w, unsigned int n)
{
	int i;

	for (i = 0; i < 2; i++) {
		free(w->node[i].pair);
		w->node[i].many = n;
		w->node[i].room = 2 * n + 64;
		w->node[i].pair = calloc(w->node[i].room, sizeof(struct wpair));
		if (!w->node[i].pair)
			abort();
	}
}

static void world_many_traffic(struct world *w, int i, unsigned int f)
{
	struct node *n = &w->node[i];
	const struct ike_flow *flow = world_many_flow(n, f + 1);
	struct krn_acquire a = { .rule = flow->rule };

	a.path.local.addr = flow->local.family ? flow->local : n->addr;
	ike_acquire(n->ike, &a);
}

void world_acquire(struct world *w, int i, unsigned int f,
		   const struct selector *packet)
{
	struct node *n = &w->node[i];
	struct krn_acquire a = { .rule = n->flow[f].rule };

	if (!n->ike)
		return;
	a.path.local.addr = n->addr;
	if (packet)
		a.flow = *packet;
	ike_acquire(n->ike, &a);
}

void world_rekey(struct world *w, int i, unsigned int f)
{
	struct node *n = &w->node[i];
	const struct wpair *p = n->ike ? world_active(w, i, f) : NULL;
	struct krn_expire e = { .dir = DIR_OUT, .limit = LIMIT_SECONDS };

	if (!p)
		return;
	e.spi = p->out_spi;
	e.remote = p->path.remote.addr;
	ike_expire(n->ike, &e);
}

static bool is_zero(const struct krn_key *k)
{
	unsigned int i;

	for (i = 0; i < k->len && !k->p[i]; i++)
		;
	return i == k->len;
}

/* Encrypted and signed, but for transforms that were asked not to encrypt. */
static bool is_sealed(const struct node *n, const struct wpair *p)
{
	uint8_t asked = n->p2[0].esp;

	if (n->p2[0].ah)
		return p->proto == PROTO_AH && !p->p.cipher && p->p.integ &&
		       !p->p.out_cipher.len && !is_zero(&p->p.out_integ);
	if (asked == IKE_ESP_NULL || asked == IKE_ESP_AES_GMAC)
		return names_is_null(p->p.cipher) &&
		       !is_zero(names_is_aead(p->p.cipher) ? &p->p.out_cipher :
							     &p->p.out_integ);
	if (names_is_null(p->p.cipher) || is_zero(&p->p.out_cipher))
		return false;
	return names_is_aead(p->p.cipher) ||
	       (p->p.integ && !is_zero(&p->p.out_integ));
}

/* What leaves is encrypted for the other one, with a key of this direction. */
static void never_clear(struct world *w, const struct node *n,
			const struct wpair *p, const struct ike_flow *flow)
{
	const char *what = NULL;

	if (!is_sealed(n, p))
		what = "clear text";
	else if (p->p.out_cipher.len &&
		 p->p.out_cipher.len == p->p.in_cipher.len &&
		 !memcmp(p->p.out_cipher.p, p->p.in_cipher.p,
			 p->p.in_cipher.len))
		what = "one key for both directions";
	else if (!addr_eq(&p->p.sel.src, &flow->sel.src) ||
		 !addr_eq(&p->p.sel.dst, &flow->sel.dst))
		what = "an SA of another flow is used";
	else if (!w->nat &&
		 !addr_eq(&p->path.remote.addr, &w->node[!n->index].addr))
		what = "packets go to somebody else";
	if (what && !w->broken[0])
		snprintf(w->broken, sizeof(w->broken), "node %d: %s", n->index,
			 what);
}

void world_traffic(struct world *w, int i, unsigned int f)
{
	struct node *n = &w->node[i];
	struct wpair *p;

	if (n->many) {
		world_many_traffic(w, i, f);
		return;
	}
	p = world_active(w, i, f);
	if (!p) {
		world_acquire(w, i, f, NULL);
		return;
	}
	never_clear(w, n, p, &n->flow[f]);
	p->out_packets++;
	world_esp(w, n, p);
}

bool world_is_up(struct world *w)
{
	struct wpair *a = world_active(w, 0, 0), *b = world_active(w, 1, 0);
	unsigned int d0 = w->node[0].delivered, d1 = w->node[1].delivered;

	if (!a || !b || a->in_spi != b->out_spi || a->out_spi != b->in_spi)
		return false;
	world_traffic(w, 0, 0);
	world_traffic(w, 1, 0);
	world_run(w, 200);
	return w->node[0].delivered == d0 + 1 &&
	       w->node[1].delivered == d1 + 1 && !w->broken[0];
}

void world_flow_of_gateways(struct world *w)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct selector *s = &w->node[i].flow[0].sel;

		s->src = w->node[i].addr;
		s->dst = w->node[!i].addr;
		addr_mask(s->family, 32, &s->src_mask);
		addr_mask(s->family, 32, &s->dst_mask);
	}
}

static void prefix(struct selector *s, bool dst, unsigned int site,
		   unsigned int net)
{
	struct addr *a = dst ? &s->dst : &s->src;

	a->family = AF_INET;
	a->b[0] = 10;
	a->b[1] = site + 1;
	a->b[2] = net;
	addr_mask(AF_INET, 24, dst ? &s->dst_mask : &s->src_mask);
	PUT(s, dst ? SEL_DST : SEL_SRC);
	PUT(s, dst ? SEL_DST_MASK : SEL_SRC_MASK);
}

void world_add_flow(struct world *w)
{
	int i;

	for (i = 0; i < 2; i++) {
		struct node *n = &w->node[i];
		unsigned int k = n->n_flows++;
		struct ike_flow *f = &n->flow[k];

		f->ref = k + 1;
		f->rule = k + 101;
		f->generation = 1;
		f->peer = n->peer.ref;
		f->peers = &w->node[!i].addr;
		f->n_peers = 1;
		f->p2 = n->p2;
		f->n_p2 = 1;
		f->sel.family = AF_INET;
		PUT(&f->sel, SEL_FAMILY);
		prefix(&f->sel, false, i, k);
		prefix(&f->sel, true, !i, k);
	}
}

void world_init(struct world *w, uint64_t seed)
{
	int i;

	memset(w, 0, sizeof(*w));
	w->rng = seed;
	w->now = 10000000000ULL; /* clocks may go back */
	w->delay_min = 5;
	w->delay_max = 5;
	w->nat_port = 14500;
	for (i = 0; i < 2; i++) {
		struct node *n = &w->node[i];

		n->w = w;
		n->room = WORLD_PAIRS;
		n->pair = calloc(n->room, sizeof(*n->pair));
		if (!n->pair)
			abort();
		n->index = i;
		addr_parse(i ? "192.0.2.2" : "192.0.2.1", &n->addr);
		snprintf(n->psk, sizeof(n->psk), "swordfish");
		n->p1[0] = (struct ike_p1_policy){ .priority = 10,
						   .encr = IKE_ENCR_AES,
						   .keylen = 128,
						   .hash = IKE_HASH_SHA1,
						   .auth = IKE_AUTH_PSK,
						   .group = 19,
						   .seconds = 86400 };
		n->p2[0] = (struct ike_p2_policy){ .name = "set",
						   .esp = IKE_ESP_AES_CBC,
						   .esp_keylen = 128,
						   .esp_auth = IKE_AUTHALG_SHA,
						   .encap = IKE_ENCAP_TUNNEL,
						   .seconds = 3600,
						   .kbytes = 4608000 };
		n->peer = (struct ike_peer){ .ref = 7,
					     .generation = 1,
					     .flags = IKE_PEER_STATIC |
						      IKE_PEER_INITIAL_CONTACT |
						      IKE_PEER_SPI_RECOVERY |
						      IKE_PEER_AGGRESSIVE_OK,
					     .p1 = n->p1,
					     .n_p1 = 1,
					     .dpd_interval = 10,
					     .dpd_retry = 2,
					     .nat_keepalive = 20 };
	}
	world_add_flow(w);
	world_start(w, 0);
	world_start(w, 1);
}
