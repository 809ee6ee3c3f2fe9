// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to the kernel, its answers and events, as messages. */
#include "krn_msg.h"

#include <string.h>

#include "../lib/stats.h"

/* --- parts ------------------------------------------------------------- */

static void put_end(struct msg *m, const struct ike_end *e)
{
	msg_put_addr(m, &e->addr);
	msg_put_u16(m, e->port);
}

static void get_end(struct msg *m, struct ike_end *e)
{
	msg_get_addr(m, &e->addr);
	e->port = msg_get_u16(m);
}

void krn_put_path(struct msg *m, const struct ike_path *path)
{
	put_end(m, &path->local);
	put_end(m, &path->remote);
	msg_put_u32(m, path->vrf);
}

void krn_get_path(struct msg *m, struct ike_path *path)
{
	get_end(m, &path->local);
	get_end(m, &path->remote);
	path->vrf = msg_get_u32(m);
}

void krn_put_sel(struct msg *m, const struct selector *s)
{
	msg_put_u64(m, s->set);
	msg_put_u8(m, s->family);
	msg_put_u8(m, s->proto);
	msg_put_addr(m, &s->src);
	msg_put_addr(m, &s->src_mask);
	msg_put_addr(m, &s->dst);
	msg_put_addr(m, &s->dst_mask);
	msg_put_u16(m, s->sport_min);
	msg_put_u16(m, s->sport_max);
	msg_put_u16(m, s->dport_min);
	msg_put_u16(m, s->dport_max);
}

void krn_get_sel(struct msg *m, struct selector *s)
{
	s->set = msg_get_u64(m);
	s->family = msg_get_u8(m);
	s->proto = msg_get_u8(m);
	msg_get_addr(m, &s->src);
	msg_get_addr(m, &s->src_mask);
	msg_get_addr(m, &s->dst);
	msg_get_addr(m, &s->dst_mask);
	s->sport_min = msg_get_u16(m);
	s->sport_max = msg_get_u16(m);
	s->dport_min = msg_get_u16(m);
	s->dport_max = msg_get_u16(m);
}

void krn_put_stats(struct msg *m, const struct stats *s)
{
	unsigned int i;

	for (i = 0; i < STATS_COUNTERS; i++)
		msg_put_u64(m, stats_at(s, i));
}

void krn_get_stats(struct msg *m, struct stats *s)
{
	unsigned int i;

	s->set = 0;
	for (i = 0; i < STATS_COUNTERS; i++)
		stats_set(s, i, msg_get_u64(m));
}

static void put_key(struct msg *m, const struct krn_key *k)
{
	msg_put_bytes(m, k->p, k->len);
}

static void get_key(struct msg *m, struct krn_key *k)
{
	size_t len;
	const uint8_t *p = msg_get_bytes(m, &len);

	if (len > sizeof(k->p)) {
		m->is_bad = true;
		len = 0;
	}
	if (len)
		memcpy(k->p, p, len);
	k->len = len;
}

void krn_put_handling(struct msg *m, const struct sa_handling *how)
{
	msg_put_u8(m, how->df);
	msg_put_u8(m, how->frag_after);
	msg_put_u16(m, how->mss);
}

void krn_get_handling(struct msg *m, struct sa_handling *how)
{
	how->df = msg_get_u8(m);
	how->frag_after = msg_get_u8(m);
	how->mss = msg_get_u16(m);
}

/* --- requests ---------------------------------------------------------- */

static void put_pair(struct msg *m, const struct krn_pair *p)
{
	msg_put_u8(m, p->mode);
	msg_put_u8(m, p->cipher);
	msg_put_u8(m, p->integ);
	msg_put_u8(m, p->icv_len);
	msg_put_u8(m, p->esn);
	msg_put_u8(m, p->standby);
	msg_put_u8(m, p->encap);
	msg_put_u32(m, p->replay_window);
	msg_put_u32(m, p->idle);
	msg_put_u16(m, p->keepalive);
	msg_put_u64(m, p->soft_seconds);
	msg_put_u64(m, p->hard_seconds);
	msg_put_u64(m, p->soft_bytes);
	msg_put_u64(m, p->hard_bytes);
	krn_put_sel(m, &p->sel);
	krn_put_handling(m, &p->how);
	put_key(m, &p->in_cipher);
	put_key(m, &p->in_integ);
	put_key(m, &p->out_cipher);
	put_key(m, &p->out_integ);
}

static void get_pair(struct msg *m, struct krn_pair *p)
{
	p->mode = msg_get_u8(m);
	p->cipher = msg_get_u8(m);
	p->integ = msg_get_u8(m);
	p->icv_len = msg_get_u8(m);
	p->esn = msg_get_u8(m);
	p->standby = msg_get_u8(m);
	p->encap = msg_get_u8(m);
	p->replay_window = msg_get_u32(m);
	p->idle = msg_get_u32(m);
	p->keepalive = msg_get_u16(m);
	p->soft_seconds = msg_get_u64(m);
	p->hard_seconds = msg_get_u64(m);
	p->soft_bytes = msg_get_u64(m);
	p->hard_bytes = msg_get_u64(m);
	krn_get_sel(m, &p->sel);
	krn_get_handling(m, &p->how);
	get_key(m, &p->in_cipher);
	get_key(m, &p->in_integ);
	get_key(m, &p->out_cipher);
	get_key(m, &p->out_integ);
}

void krn_put_req(struct msg *m, const struct krn_req *req)
{
	msg_put_u32(m, req->id);
	msg_put_u8(m, req->op);
	msg_put_u8(m, req->proto);
	msg_put_u32(m, req->rule);
	msg_put_u32(m, req->flow);
	msg_put_u32(m, req->ivrf);
	msg_put_u32(m, req->in_spi);
	msg_put_u32(m, req->out_spi);
	krn_put_path(m, &req->path);
	krn_put_sel(m, &req->sel);
	if (req->op == KRN_ADD_PAIR)
		put_pair(m, req->pair);
}

bool krn_get_req(struct msg *m, struct krn_req *req, struct krn_pair *pair)
{
	*req = (struct krn_req){ .id = msg_get_u32(m), .op = msg_get_u8(m) };
	req->proto = msg_get_u8(m);
	req->rule = msg_get_u32(m);
	req->flow = msg_get_u32(m);
	req->ivrf = msg_get_u32(m);
	req->in_spi = msg_get_u32(m);
	req->out_spi = msg_get_u32(m);
	krn_get_path(m, &req->path);
	krn_get_sel(m, &req->sel);
	if (req->op == KRN_ADD_PAIR) {
		get_pair(m, pair);
		req->pair = pair;
	}
	return msg_close(m) && req->op >= KRN_ALLOC_SPI && req->op <= KRN_ADOPT;
}

void krn_put_answer(struct msg *m, const struct krn_answer *a)
{
	msg_put_u32(m, a->id);
	msg_put_u32(m, -a->err);
	msg_put_u32(m, a->in_spi);
	msg_put_u32(m, a->rule);
	msg_put_u32(m, a->in_id);
	msg_put_u32(m, a->out_id);
	msg_put_u64(m, a->in_packets);
	msg_put_u64(m, a->in_bytes);
	msg_put_u64(m, a->out_packets);
	msg_put_u64(m, a->out_bytes);
}

bool krn_get_answer(struct msg *m, struct krn_answer *a)
{
	a->id = msg_get_u32(m);
	a->err = -(int)msg_get_u32(m);
	a->in_spi = msg_get_u32(m);
	a->rule = msg_get_u32(m);
	a->in_id = msg_get_u32(m);
	a->out_id = msg_get_u32(m);
	a->in_packets = msg_get_u64(m);
	a->in_bytes = msg_get_u64(m);
	a->out_packets = msg_get_u64(m);
	a->out_bytes = msg_get_u64(m);
	return msg_close(m);
}

/* --- events ------------------------------------------------------------ */

void krn_put_acquire(struct msg *m, const struct krn_acquire *a)
{
	msg_put_u32(m, a->rule);
	krn_put_path(m, &a->path);
	krn_put_sel(m, &a->flow);
}

bool krn_get_acquire(struct msg *m, struct krn_acquire *a)
{
	a->rule = msg_get_u32(m);
	krn_get_path(m, &a->path);
	krn_get_sel(m, &a->flow);
	return msg_close(m);
}

void krn_put_expire(struct msg *m, const struct krn_expire *e)
{
	msg_put_u32(m, e->spi);
	msg_put_u8(m, e->dir);
	msg_put_u8(m, e->is_hard);
	msg_put_u8(m, e->limit);
	msg_put_addr(m, &e->remote);
}

bool krn_get_expire(struct msg *m, struct krn_expire *e)
{
	e->spi = msg_get_u32(m);
	e->dir = msg_get_u8(m);
	e->is_hard = msg_get_u8(m);
	e->limit = msg_get_u8(m);
	msg_get_addr(m, &e->remote);
	return msg_close(m);
}

void krn_put_mapping(struct msg *m, const struct krn_mapping *map)
{
	msg_put_u32(m, map->spi);
	put_end(m, &map->remote);
}

bool krn_get_mapping(struct msg *m, struct krn_mapping *map)
{
	map->spi = msg_get_u32(m);
	get_end(m, &map->remote);
	return msg_close(m);
}

void krn_put_gone(struct msg *m, const struct krn_gone *g)
{
	msg_put_u32(m, g->spi);
	msg_put_u8(m, g->dir);
	msg_put_addr(m, &g->remote);
	krn_put_stats(m, &g->stats);
}

bool krn_get_gone(struct msg *m, struct krn_gone *g)
{
	g->spi = msg_get_u32(m);
	g->dir = msg_get_u8(m);
	msg_get_addr(m, &g->remote);
	krn_get_stats(m, &g->stats);
	return msg_close(m);
}

void krn_put_unknown(struct msg *m, const struct krn_unknown_spi *u)
{
	msg_put_u32(m, u->spi);
	krn_put_path(m, &u->path);
}

bool krn_get_unknown(struct msg *m, struct krn_unknown_spi *u)
{
	u->spi = msg_get_u32(m);
	krn_get_path(m, &u->path);
	return msg_close(m);
}
