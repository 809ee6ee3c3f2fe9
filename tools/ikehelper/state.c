// SPDX-License-Identifier: GPL-2.0-or-later
// Objects as records, and the complete state that is made of them.

#include "state.h"
#include "child.h"
#include "sorted.h"
#include "v1.h"

#include <errno.h>

#define MAGIC 0x494b4531 /* "IKE1" */
#define FORMAT 2
#define RECORD_HEAD 5 /* length of what follows, kind */

/* Fields are written as they lie in memory; another layout cannot be read. */
#define LAYOUT                                           \
	((uint32_t)(sizeof(struct ike_path) << 24 ^      \
		    sizeof(struct ike_p1_policy) << 20 ^ \
		    sizeof(struct keymat) << 16 ^        \
		    sizeof(struct sa_stats) << 12 ^      \
		    sizeof(struct ike_p2_policy) << 8 ^  \
		    sizeof(struct selector) << 2 ^ sizeof(enum vid_natt)))

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
	uint64_t base; /* the engine's time when it was written */
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

/* A peer that is not answered yet repeats its question to the next engine. */
static bool is_unanswered(struct sa *sa, uint32_t msgid)
{
	const struct xchg *x = xchg_find(sa, msgid);

	return x && !x->initiator && x->state < XCHG_SENT_2;
}

static void seen_field(struct io *io, struct sa *sa, struct sa_seen *s)
{
	unsigned int n = s->n < SA_SEEN ? s->n : SA_SEEN, i;
	uint32_t id;

	FIELD(io, n);
	for (i = 0; i < n && !(io->in && io->in->failed); i++) {
		/* Message ids are never 0. */
		id = io->in || is_unanswered(sa, s->id[i]) ? 0 : s->id[i];
		FIELD(io, id);
		if (io->in && id)
			sa_msgid_new(s, id);
	}
}

/* What the clock says when it is written; the time that has passed counts. */
static void clock_field(struct io *io)
{
	uint64_t clock = io->ike->now - io->ike->skew, then = clock;

	FIELD(io, then);
	io->base = io->ike->now;
	if (io->in && clock > then)
		io->base -= clock - then;
}

static void time_field(struct io *io, uint64_t *t)
{
	int64_t d = *t - io->base;

	FIELD(io, d);
	if (io->in)
		*t = d < 0 && -(uint64_t)d > io->base ? 1 : io->base + d;
}

static void octets_field(struct io *io, struct octets *o)
{
	uint32_t len = o->len;
	struct bytes b;

	FIELD(io, len);
	if (io->out) {
		put(io->out, o->p, len);
		return;
	}
	if (io->in->failed || !bytes_take(&io->in->rest, len, &b) ||
	    (len && !octets_set(o, b.p, len)))
		io->in->failed = true;
}

/* The last message, for copies of what it answers. */
static void retrans_field(struct io *io, struct retrans *r)
{
	octets_field(io, &r->msg);
	FIELD(io, r->in_hash);
	bool_field(io, &r->has_in);
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
	clock_field(io);
	FIELD(io, sa->conn);
	bool_field(io, &sa->is_ending);
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
	seen_field(io, sa, &sa->quick_seen);
	seen_field(io, sa, &sa->info_seen);
	time_field(io, &sa->created);
	time_field(io, &sa->established);
	time_field(io, &sa->heard);
	time_field(io, &sa->expires);
	FIELD(io, sa->stats);
	retrans_field(io, &sa->rt);
}

static void child_fields(struct io *io, struct child *c)
{
	clock_field(io);
	bool_field(io, &c->is_ending);
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

/* Quick mode that waits for message 3, or has a message 3 to repeat. */
static void xchg_fields(struct io *io, struct xchg *x)
{
	FIELD(io, x->state);
	bool_field(io, &x->initiator);
	FIELD(io, x->msgid);
	FIELD(io, x->iv);
	FIELD(io, x->flow);
	FIELD(io, x->peer);
	FIELD(io, x->rule);
	bool_field(io, &x->own_rule);
	path_field(io, &x->path);
	octets_field(io, &x->ni);
	octets_field(io, &x->nr);
	FIELD(io, x->agreed);
	FIELD(io, x->udp);
	FIELD(io, x->in_spi);
	FIELD(io, x->out_spi);
	FIELD(io, x->sel);
	FIELD(io, x->in_id);
	FIELD(io, x->out_id);
	retrans_field(io, &x->rt);
}

/* --- write ----------------------------------------------------------------- */

static bool is_wanted(const struct xchg *x)
{
	return !x->is_dead &&
	       ((x->state == XCHG_SENT_2 && !x->initiator) ||
		(x->state == XCHG_DONE && x->initiator && x->rt.msg.p));
}

static bool fill(struct io *io, struct keep *k)
{
	struct child *c;
	struct xchg *x;
	struct sa *sa;

	switch (k->kind) {
	case IKE_KEEP_SA:
		sa = container_of(k, struct sa, keep);
		if (sa->state != QM_IDLE || (sa->is_dead && !sa->is_ending))
			return false;
		sa_fields(io, sa);
		return true;
	case IKE_KEEP_CHILD:
		c = container_of(k, struct child, keep);
		if (c->is_dead && !c->is_ending)
			return false;
		child_fields(io, c);
		return true;
	default:
		x = container_of(k, struct xchg, keep);
		if (!is_wanted(x))
			return false;
		FIELD(io, x->sa->conn);
		xchg_fields(io, x);
		return true;
	}
}

bool state_record(struct ike *ike, struct keep *k, struct ike_blob *record,
		  size_t *cap)
{
	struct out o = { 0 };
	struct io io = { .out = &o, .ike = ike };
	bool ok = fill(&io, k) && !o.failed;

	if (!ok) {
		ike_export_free(o.p, o.cap);
		return false;
	}
	*record = (struct ike_blob){ o.p, o.len };
	*cap = o.cap;
	return true;
}

size_t ike_state_size(size_t len)
{
	return RECORD_HEAD + len;
}

size_t ike_state_head(uint8_t *to, uint32_t total)
{
	put_be32(to, 0);
	put_be32(to + 4, total);
	return IKE_STATE_HEAD;
}

size_t ike_state_add(uint8_t *to, enum ike_keep kind, const void *p, size_t len)
{
	put_be32(to, len);
	to[4] = kind;
	memcpy(to + RECORD_HEAD, p, len);
	return RECORD_HEAD + len;
}

static void engine_fields(struct io *io, uint32_t head[3])
{
	field(io, head, 3 * sizeof(*head));
	FIELD(io, io->ike->hash_key);
}

static bool engine_record(struct ike *ike, struct ike_blob *record, size_t *cap)
{
	uint32_t head[3] = { MAGIC, FORMAT, LAYOUT };
	struct out o = { 0 };
	struct io io = { .out = &o, .ike = ike };

	engine_fields(&io, head);
	*record = (struct ike_blob){ o.p, o.len };
	*cap = o.cap;
	return !o.failed;
}

/* Each object that may have a record. */
static void each(struct ike *ike,
		 void (*fn)(void *arg, struct keep *k, uint8_t kind), void *arg)
{
	struct child *c;
	struct xchg *x;
	struct sa *sa;

	TAILQ_FOREACH(sa, &ike->sas, in_all)
	{
		fn(arg, &sa->keep, IKE_KEEP_SA);
		TAILQ_FOREACH(x, &sa->xchgs, in_sa)
		fn(arg, &x->keep, IKE_KEEP_XCHG);
	}
	TAILQ_FOREACH(c, &ike->children, in_all)
	fn(arg, &c->keep, IKE_KEEP_CHILD);
}

static void touch(void *arg, struct keep *k, uint8_t kind)
{
	keep_touch(arg, k, kind);
}

void ike_keep_all(struct ike *ike)
{
	struct ike_blob b;
	size_t cap;

	if (!ike->ops->keep)
		return;
	ike_enter(ike);
	if (engine_record(ike, &b, &cap)) {
		ike->ops->keep(ike->ctx, IKE_KEEP_ENGINE, 0, &b);
		ike_export_free((void *)b.p, cap);
	}
	each(ike, touch, ike);
	ike_leave(ike);
}

static void put_record(struct out *o, uint8_t kind, const struct ike_blob *b)
{
	uint8_t head[RECORD_HEAD];

	put_be32(head, b->len);
	head[4] = kind;
	put(o, head, sizeof(head));
	put(o, b->p, b->len);
}

static void export(void *arg, struct keep *k, uint8_t kind)
{
	struct io *io = arg;
	struct ike_blob b;
	size_t cap;

	k->kind = kind;
	if (!state_record(io->ike, k, &b, &cap))
		return;
	put_record(io->out, kind, &b);
	ike_export_free((void *)b.p, cap);
}

void *ike_export(struct ike *ike, size_t *len)
{
	uint8_t head[IKE_STATE_HEAD] = { 0 };
	struct out o = { 0 };
	struct io io = { .out = &o, .ike = ike };
	struct ike_blob b;
	size_t cap;

	ike_enter(ike);
	put(&o, head, sizeof(head));
	if (engine_record(ike, &b, &cap)) {
		put_record(&o, IKE_KEEP_ENGINE, &b);
		ike_export_free((void *)b.p, cap);
	}
	each(ike, export, &io);
	ike_leave(ike);
	if (o.failed) {
		ike_export_free(o.p, o.cap);
		return NULL;
	}
	ike_state_head(o.p, o.len);
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

/* --- read ------------------------------------------------------------------ */

static int read_engine(struct io *io)
{
	uint32_t head[3] = { 0 };

	engine_fields(io, head);
	if (head[0] != MAGIC)
		return -EINVAL;
	return head[1] == FORMAT && head[2] == LAYOUT ? 0 : -EPROTO;
}

static int read_sa(struct io *io)
{
	struct sa *sa = calloc(1, sizeof(*sa));
	struct ike *ike = io->ike;

	if (!sa)
		return -ENOMEM;
	sa_fields(io, sa);
	sa->state = QM_IDLE;
	sa->has_keys = true;
	if (io->in->failed || io->in->rest.len || sa_adopt(ike, sa)) {
		sa->host = NULL;
		octets_free(&sa->rt.msg);
		sa_free(ike, sa);
		return -EINVAL;
	}
	if (sa->conn > ike->next_conn)
		ike->next_conn = sa->conn;
	return 0;
}

static int read_child(struct io *io)
{
	struct child *c = calloc(1, sizeof(*c));
	struct ike *ike = io->ike;
	struct host *h = NULL;

	if (!c)
		return -ENOMEM;
	child_fields(io, c);
	c->agreed.name = NULL;
	if (!io->in->failed && !io->in->rest.len &&
	    !child_by_in(ike, c->in_spi))
		h = host_get(ike, &c->path);
	if (!h) {
		child_free(ike, c);
		return -EINVAL;
	}
	child_adopt(ike, c, h);
	if (c->conn > ike->next_conn)
		ike->next_conn = c->conn;
	if (c->order > ike->next_order)
		ike->next_order = c->order;
	return 0;
}

static struct sa *by_conn(const struct host *h, uint32_t conn)
{
	struct sa *sa;

	if (!h)
		return NULL;
	TAILQ_FOREACH(sa, &h->sas, in_host)
	{
		if (sa->conn == conn)
			break;
	}
	return sa;
}

static int read_xchg(struct io *io)
{
	struct xchg *x = calloc(1, sizeof(*x));
	struct ike *ike = io->ike;
	struct sa *sa = NULL;
	uint32_t conn = 0;

	if (!x)
		return -ENOMEM;
	FIELD(io, conn);
	xchg_fields(io, x);
	x->agreed.name = NULL;
	if (!io->in->failed && !io->in->rest.len &&
	    (x->state == XCHG_SENT_2 || x->state == XCHG_DONE))
		sa = by_conn(host_find(ike, &x->path), conn);
	else
		io->in->failed = true;
	/* Its SA has ended, or its pair stands already: nothing to go on with. */
	if (!sa || xchg_find(sa, x->msgid) ||
	    (x->state == XCHG_SENT_2 && child_by_in(ike, x->in_spi))) {
		xchg_free(ike, x);
		return io->in->failed ? -EINVAL : 0;
	}
	xchg_adopt(ike, x, sa);
	quick_resume(ike, x);
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

/* One of the kinds at a time: what refers to others comes after them. */
static int read_kind(struct ike *ike, struct bytes all, uint8_t kind,
		     unsigned int *n)
{
	static int (*const read[])(struct io *) = {
		[IKE_KEEP_ENGINE] = read_engine,
		[IKE_KEEP_SA] = read_sa,
		[IKE_KEEP_CHILD] = read_child,
		[IKE_KEEP_XCHG] = read_xchg,
	};
	struct bytes head, body;
	int err = 0;

	while (!err && all.len) {
		struct src s = { 0 };
		struct io io = { .in = &s, .ike = ike };

		if (!bytes_take(&all, RECORD_HEAD, &head) ||
		    head.p[4] >= IKE_KEEP_N ||
		    !bytes_take(&all, get_be32(head.p), &body))
			return -EINVAL;
		if (head.p[4] != kind)
			continue;
		s.rest = body;
		err = read[kind](&io);
		if (!err && (s.failed || s.rest.len))
			err = -EINVAL;
		*n += 1;
	}
	return err;
}

int ike_import(struct ike *ike, const void *p, size_t len)
{
	unsigned int n[IKE_KEEP_XCHG + 1] = { 0 };
	struct bytes all = bytes_of(p, len), head;
	uint8_t kind;
	int err = 0;

	if (!bytes_take(&all, IKE_STATE_HEAD, &head) || get_be32(head.p) ||
	    get_be32(head.p + 4) != len)
		return -EINVAL;
	ike_enter(ike);
	for (kind = 0; kind <= IKE_KEEP_XCHG && !err; kind++) {
		err = read_kind(ike, all, kind, &n[kind]);
		if (!err && kind == IKE_KEEP_ENGINE && n[kind] != 1)
			err = -EINVAL;
	}
	if (err)
		forget(ike);
	/* Records come as they lie in the file; who lists them wants the order. */
	TAILQ_SORT(&ike->sas, sa, in_all, conn);
	TAILQ_SORT(&ike->children, child, in_all, order);
	ike_leave(ike);
	return err;
}

void ike_state_each(const void *p, size_t len, enum ike_keep kind,
		    ike_state_fn *fn, void *arg)
{
	struct bytes all = bytes_of(p, len), head, body;

	if (!bytes_take(&all, IKE_STATE_HEAD, &head))
		return;
	while (bytes_take(&all, RECORD_HEAD, &head) &&
	       bytes_take(&all, get_be32(head.p), &body)) {
		if (head.p[4] == kind)
			fn(&(struct ike_blob){ body.p, body.len }, arg);
	}
}
