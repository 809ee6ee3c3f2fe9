// SPDX-License-Identifier: GPL-2.0-or-later
// Complete state of what is established, to be taken over by another engine.

#include "child.h"

#include <errno.h>

#define MAGIC 0x494b4531 /* "IKE1" */
#define FORMAT 1
/* Another one cannot be read: then all is negotiated anew. */
#define LAYOUT ((uint32_t)(sizeof(struct sa) << 16 | sizeof(struct child)))

/*
 * A list of numbers and octets in a fixed order; the caller seals it, so what
 * comes back is what was written, or an older version of it. Lengths are still
 * checked.
 */
struct out {
	uint8_t *p;
	size_t len, cap;
	bool failed;
};

struct src {
	struct bytes rest;
	bool failed;
};

static void put(struct out *o, const void *p, size_t len)
{
	if (o->failed)
		return;
	if (o->len + len > o->cap) {
		size_t cap = (o->len + len) * 2;
		uint8_t *n = malloc(cap);

		if (!n) {
			o->failed = true;
			return;
		}
		if (o->len)
			memcpy(n, o->p, o->len);
		if (o->p)
			secret_wipe(o->p, o->cap);
		free(o->p);
		o->p = n;
		o->cap = cap;
	}
	if (len)
		memcpy(o->p + o->len, p, len);
	o->len += len;
}

static void take(struct src *s, void *p, size_t len)
{
	struct bytes b;

	if (s->failed || !bytes_take(&s->rest, len, &b)) {
		s->failed = true;
		memset(p, 0, len);
		return;
	}
	memcpy(p, b.p, len);
}

/* A field, written or read: one list of fields serves both. */
struct io {
	struct out *out; /* or */
	struct src *in;
	struct ike *ike;
};

static void field(struct io *io, void *p, size_t len)
{
	if (io->out)
		put(io->out, p, len);
	else
		take(io->in, p, len);
}

#define FIELD(io, f) field(io, &(f), sizeof(f))

static void bool_field(struct io *io, bool *b)
{
	uint8_t v = io->out ? *b : 0;

	FIELD(io, v);
	*b = v;
}

static void id_field(struct io *io, struct ike_id *id)
{
	uint8_t buf[IKE_IDENT_MAX];
	uint16_t len = id->data.len;
	struct ike_id read;

	FIELD(io, id->type);
	FIELD(io, id->protocol);
	FIELD(io, id->port);
	FIELD(io, len);
	if (io->out) {
		put(io->out, id->data.p, len);
		return;
	}
	read = *id;
	memset(id, 0, sizeof(*id));
	if (len > sizeof(buf)) {
		io->in->failed = true;
		return;
	}
	take(io->in, buf, len);
	read.data = bytes_of(buf, len);
	if (io->in->failed || id_copy(id, &read))
		io->in->failed = true;
}

static void seen_field(struct io *io, struct sa_seen *s)
{
	unsigned int n = s->n < SA_SEEN ? s->n : SA_SEEN, i;
	uint32_t id;

	FIELD(io, n);
	for (i = 0; i < n && !(io->in && io->in->failed); i++) {
		id = io->out ? s->id[i] : 0;
		FIELD(io, id);
		if (io->in)
			sa_msgid_new(s, id);
	}
}

/* Times are kept as distances, as the clock may be another one. */
static void time_field(struct io *io, uint64_t *t)
{
	int64_t d = *t - io->ike->now;

	FIELD(io, d);
	if (io->in)
		*t = d < 0 && (uint64_t)-d > io->ike->now ? 1 :
							    io->ike->now + d;
}

static void path_field(struct io *io, struct ike_path *p)
{
	FIELD(io, p->local.addr);
	FIELD(io, p->local.port);
	FIELD(io, p->remote.addr);
	FIELD(io, p->remote.port);
	FIELD(io, p->vrf);
}

static void sa_fields(struct io *io, struct sa *sa)
{
	FIELD(io, sa->conn);
	bool_field(io, &sa->initiator);
	bool_field(io, &sa->aggressive);
	bool_field(io, &sa->is_static);
	FIELD(io, sa->icookie);
	FIELD(io, sa->rcookie);
	path_field(io, &sa->path);
	FIELD(io, sa->peer);
	FIELD(io, sa->generation);
	FIELD(io, sa->p1);
	FIELD(io, sa->km);
	FIELD(io, sa->iv);
	id_field(io, &sa->local_id);
	id_field(io, &sa->remote_id);
	FIELD(io, sa->vids);
	FIELD(io, sa->natt);
	bool_field(io, &sa->local_nat);
	bool_field(io, &sa->remote_nat);
	FIELD(io, sa->frag_id);
	FIELD(io, sa->dpd.seq);
	seen_field(io, &sa->quick_seen);
	seen_field(io, &sa->info_seen);
	time_field(io, &sa->created);
	time_field(io, &sa->established);
	time_field(io, &sa->heard);
	time_field(io, &sa->expires);
	FIELD(io, sa->stats);
}

static void child_fields(struct io *io, struct child *c)
{
	bool_field(io, &c->is_initiator);
	bool_field(io, &c->is_active);
	bool_field(io, &c->is_superseded);
	bool_field(io, &c->own_rule);
	bool_field(io, &c->is_encap);
	FIELD(io, c->conn);
	FIELD(io, c->peer);
	FIELD(io, c->flow);
	FIELD(io, c->generation);
	FIELD(io, c->rule);
	FIELD(io, c->in_spi);
	FIELD(io, c->out_spi);
	FIELD(io, c->in_id);
	FIELD(io, c->out_id);
	FIELD(io, c->order);
	path_field(io, &c->path);
	id_field(io, &c->local_id);
	id_field(io, &c->remote_id);
	FIELD(io, c->agreed);
	FIELD(io, c->sel);
	time_field(io, &c->created);
	time_field(io, &c->expires);
	FIELD(io, c->in_packets);
	FIELD(io, c->out_packets);
}

static void head_fields(struct io *io, uint32_t head[6])
{
	field(io, head, 6 * sizeof(*head));
	FIELD(io, io->ike->next_order);
}

void *ike_export(struct ike *ike, size_t *len)
{
	uint32_t head[6] = { MAGIC, FORMAT, 0, 0, ike->next_conn, LAYOUT };
	struct out o = { 0 };
	struct io io = { .out = &o, .ike = ike };
	struct child *c;
	struct sa *sa;

	ike_enter(ike);
	TAILQ_FOREACH(sa, &ike->sas, in_all)
	head[2] += sa->state == QM_IDLE;
	TAILQ_FOREACH(c, &ike->children, in_all)
	head[3]++;
	head_fields(&io, head);
	TAILQ_FOREACH(sa, &ike->sas, in_all)
	{
		if (sa->state == QM_IDLE)
			sa_fields(&io, sa);
	}
	TAILQ_FOREACH(c, &ike->children, in_all)
	child_fields(&io, c);
	ike_leave(ike);
	if (o.failed) {
		ike_export_free(o.p, o.cap);
		return NULL;
	}
	*len = o.len;
	return o.p;
}

void ike_export_free(void *p, size_t len)
{
	if (!p)
		return;
	secret_wipe(p, len);
	free(p);
}

static int read_sa(struct io *io)
{
	struct sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		return -ENOMEM;
	sa_fields(io, sa);
	sa->state = QM_IDLE;
	sa->has_keys = true;
	if (io->in->failed || sa_adopt(io->ike, sa)) {
		sa->host = NULL;
		sa_free(io->ike, sa);
		return -EINVAL;
	}
	return 0;
}

static int read_child(struct io *io)
{
	struct child *c = calloc(1, sizeof(*c));
	struct host *h = NULL;

	if (!c)
		return -ENOMEM;
	child_fields(io, c);
	c->agreed.name = NULL;
	if (!io->in->failed && !child_by_in(io->ike, c->in_spi))
		h = host_get(io->ike, &c->path);
	if (!h) {
		child_free(io->ike, c);
		return -EINVAL;
	}
	child_add(io->ike, c, h);
	child_start_life(io->ike, c);
	return 0;
}

/* What was taken over already, without a word. */
static void forget(struct ike *ike)
{
	struct child *c;
	struct sa *sa;

	while ((c = TAILQ_FIRST(&ike->children)))
		child_forget(ike, c);
	while ((sa = TAILQ_FIRST(&ike->sas)))
		sa_kill(ike, sa, IKE_REASON_NONE);
}

int ike_import(struct ike *ike, const void *p, size_t len)
{
	uint32_t head[6] = { 0 };
	struct src s = { .rest = bytes_of(p, len) };
	struct io io = { .in = &s, .ike = ike };
	int err = 0;

	ike_enter(ike);
	head_fields(&io, head);
	if (s.failed || head[0] != MAGIC || head[1] != FORMAT ||
	    head[5] != LAYOUT)
		err = -EINVAL;
	while (!err && head[2]--)
		err = read_sa(&io);
	while (!err && head[3]--)
		err = read_child(&io);
	if (!err && s.rest.len)
		err = -EINVAL;
	if (err)
		forget(ike);
	else
		ike->next_conn = head[4];
	ike_leave(ike);
	return err;
}
