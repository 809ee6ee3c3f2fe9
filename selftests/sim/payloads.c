// SPDX-License-Identifier: GPL-2.0-or-later
// A peer that has all keys and leaves out or doubles a payload of a message.

#include <stdlib.h>
#include <string.h>

#include "hostile.h"
#include "ikehelper/crypto.h"
#include "ikehelper/encode.h"
#include "ikehelper/sa.h"

#define MAX_PARTS 24
#define MAX_CHAINS 32

struct part {
	uint8_t type;
	struct bytes body;
};

/* The last cipher block of each exchange, by message id. */
struct chain {
	uint32_t msgid;
	uint8_t iv[IKE_BLOCK_MAX];
	bool used;
};

struct change {
	unsigned int message, part; /* which one */
	bool twice;
	unsigned int seen;
	bool done; /* there was such a payload */
	struct chain chain[MAX_CHAINS];
	struct octets ni;
};

static struct chain *chain_of(struct change *c, uint32_t msgid)
{
	unsigned int i;

	for (i = 0; i < MAX_CHAINS - 1; i++) {
		if (!c->chain[i].used || c->chain[i].msgid == msgid)
			break;
	}
	return &c->chain[i];
}

static struct sa *sa_of(struct node *n, const struct ike_hdr *h)
{
	return sa_find(n->ike, h->icookie, h->rcookie);
}

/* The IV before this message. */
static bool start_iv(struct change *c, struct sa *sa, const struct ike_hdr *h,
		     uint8_t *iv)
{
	struct chain *ch = chain_of(c, h->msgid);
	struct sa_setup *s = sa->setup;
	const struct octets *i, *r;

	if (ch->used) {
		memcpy(iv, ch->iv, IKE_BLOCK_MAX);
		return true;
	}
	if (h->msgid)
		return !keymat_iv2(&sa->km, sa->iv, h->msgid, iv);
	if (!s)
		return false;
	i = sa->initiator ? &s->own_ke : &s->peer_ke;
	r = sa->initiator ? &s->peer_ke : &s->own_ke;
	return !keymat_iv1(&sa->km, octets_bytes(i), octets_bytes(r), iv);
}

static void note_iv(struct change *c, struct sa *sa, const struct ike_hdr *h,
		    const uint8_t *p, size_t len)
{
	struct chain *ch = chain_of(c, h->msgid);
	size_t block = crypto_block_len(sa->km.encr);

	ch->used = true;
	ch->msgid = h->msgid;
	memcpy(ch->iv, p + len - block, block);
}

static unsigned int split(uint8_t next, const uint8_t *p, size_t len,
			  struct part *part)
{
	unsigned int n = 0;

	while (next && len >= 4 && n < MAX_PARTS) {
		size_t l = get_be16(p + 2);

		if (l < 4 || l > len)
			break;
		part[n].type = next;
		part[n++].body = bytes_of(p + 4, l - 4);
		next = p[0];
		p += l;
		len -= l;
	}
	return n;
}

/* Build it again without, or with twice, the chosen payload. */
static size_t rebuild(struct change *c, struct sa *sa, const struct ike_hdr *h,
		      const struct part *part, unsigned int n, uint8_t *out)
{
	size_t at = 0, from;
	struct bytes ni = bytes_of(NULL, 0);
	struct enc e;
	unsigned int i;

	enc_start(&e, out, 4096, h);
	for (i = 0; i < n; i++) {
		unsigned int times = i != c->part ? 1 : c->twice ? 2 : 0;

		while (times--) {
			if (h->msgid && part[i].type == IKE_PL_HASH && !at)
				at = e.len + 4;
			enc_payload(&e, part[i].type, part[i].body);
		}
	}
	if (at && h->exchange == IKE_EX_QUICK && c->ni.p &&
	    chain_of(c, h->msgid)->used)
		ni = octets_bytes(&c->ni);
	from = at + sa->km.len;
	if (at && n > 1 && !e.overflow)
		keymat_hash12(&sa->km, h->msgid, ni,
			      bytes_of(out + from, e.len - from), out + at);
	if (h->flags & IKE_F_ENC)
		enc_pad(&e, crypto_block_len(sa->km.encr));
	return enc_finish(&e);
}

static size_t alter(struct world *w, int from, struct change *c, uint8_t *data,
		    size_t len, uint8_t *out)
{
	struct part part[MAX_PARTS];
	uint8_t iv[IKE_BLOCK_MAX], keep[IKE_BLOCK_MAX];
	struct ike_hdr h;
	struct sa *sa;
	unsigned int n, i;
	bool mine = c->seen++ == c->message;

	if (ike_hdr_parse(bytes_of(data, len), &h))
		return 0;
	sa = sa_of(&w->node[from], &h);
	if (!sa)
		return 0;
	if (h.flags & IKE_F_ENC) {
		bool known = start_iv(c, sa, &h, iv);

		memcpy(keep, iv, sizeof(keep));
		i = mine ? 0 : 1;
		if (!known)
			return 0;
		keymat_decrypt(&sa->km, iv, data + 28, len - 28);
	}
	n = split(h.next, data + 28, len - 28, part);
	for (i = 0; i < n; i++) {
		if (part[i].type == IKE_PL_NONCE && h.msgid &&
		    !chain_of(c, h.msgid)->used)
			octets_set(&c->ni, part[i].body.p, part[i].body.len);
	}
	len = mine && c->part < n ? rebuild(c, sa, &h, part, n, out) : 0;
	c->done = c->done || len;
	if (len && h.flags & IKE_F_ENC)
		keymat_encrypt(&sa->km, keep, out + 28, len - 28);
	return len;
}

static bool tap(struct world *w, int from, const struct ike_path *path,
		const uint8_t *p, size_t len, void *arg)
{
	struct change *c = arg;
	uint8_t data[4096], out[4096];
	struct ike_hdr h;
	struct sa *sa;
	size_t n;

	if (len > sizeof(data))
		return false;
	memcpy(data, p, len);
	n = alter(w, from, c, data, len, out);
	if (!ike_hdr_parse(bytes_of(p, len), &h) && h.flags & IKE_F_ENC) {
		sa = sa_of(&w->node[from], &h);
		if (sa)
			note_iv(c, sa, &h, n ? out : p, n ? n : len);
	}
	if (!n)
		return false;
	world_log(w, "message %u is changed: payload %u %s", c->message,
		  c->part, c->twice ? "twice" : "left out");
	world_inject(w, !from, path, out, n);
	return true;
}

/* True if there was such a payload; then *good tells how it ended. */
static bool one(unsigned int mode, const struct change *what, bool *good)
{
	static struct world w;
	struct change c = *what;
	unsigned int d;
	int i;

	world_init(&w, 300);
	w.trace = getenv("TRACE");
	for (i = 0; i < 2; i++) {
		if (mode & 1)
			w.node[i].peer.flags |= IKE_PEER_AGGRESSIVE;
		if (mode & 2)
			w.node[i].p1[0].auth = IKE_AUTH_RSA_SIG;
		w.node[i].p2[0].group = mode & 4 ? 19 : 0;
	}
	w.tap = tap;
	w.tap_arg = &c;
	world_traffic(&w, 0, 0);
	world_run(&w, 3000);
	world_clear(&w, 0, IKE_CLEAR_IPSEC);
	world_run(&w, 1000);
	w.tap = NULL;
	octets_free(&c.ni);
	/* Then both forget it and go on. */
	world_run(&w, 120000);
	world_clear(&w, 0, IKE_CLEAR_IPSEC | IKE_CLEAR_ISAKMP);
	world_clear(&w, 1, IKE_CLEAR_IPSEC | IKE_CLEAR_ISAKMP);
	world_run(&w, 60000);
	d = w.node[1].delivered;
	world_traffic(&w, 0, 0);
	world_run(&w, 5000);
	world_traffic(&w, 0, 0);
	world_run(&w, 5000);
	*good = w.node[1].delivered == d + 1 && !w.broken[0] &&
		w.node[0].n_pairs == 1 && w.node[1].n_pairs == 1;
	world_exit(&w);
	return c.done;
}

void payloads_left_out(unsigned int *tried, unsigned int *fine_in_the_end)
{
	struct change c = { 0 };
	unsigned int mode, n = 0, good = 0;

	for (mode = 0; mode < 8; mode++) {
		for (c.message = 0; c.message < 12; c.message++) {
			for (c.part = 0; c.part < MAX_PARTS; c.part++) {
				bool fine[2];

				c.twice = false;
				if (!one(mode, &c, &fine[0]))
					break;
				c.twice = true;
				one(mode, &c, &fine[1]);
				n += 2;
				good += fine[0] + fine[1];
				if (!fine[0] || !fine[1])
					printf("# mode %u message %u part %u\n",
					       mode, c.message, c.part);
			}
		}
	}
	*tried = n;
	*fine_in_the_end = good;
}
