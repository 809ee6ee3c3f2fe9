// SPDX-License-Identifier: GPL-2.0-or-later
/* The parent's side of the kernel: carry out requests, tell of events. */
#include "krn_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/gnl.h"
#include "../lib/handling.h"
#include "../lib/log.h"
#include "instance.h"

#define EVENTS_AT_ONCE 64 /* then others have their turn */
#define DRAIN 65536 /* at the end: what all our SAs have to tell */

struct krn_run {
	struct gnl *gnl;
	struct gnl *events;
	struct krn_run_ops ops;
};

/* --- requests ---------------------------------------------------------- */

static void set_key(struct sa *sa, uint32_t spi, uint8_t dir,
		    const struct krn_req *req)
{
	sa->spi = spi;
	sa->proto = req->proto;
	sa->dir = dir;
	sa->remote = req->path.remote.addr;
	PUT(sa, SA_SPI);
	PUT(sa, SA_PROTO);
	PUT(sa, SA_DIR);
	PUT(sa, SA_REMOTE);
}

static int alloc_spi(struct krn_run *k, const struct krn_req *req,
		     struct krn_answer *a)
{
	struct sa sa = { .proto = req->proto, .remote = req->path.remote.addr };
	struct sa reply;
	int err;

	PUT(&sa, SA_PROTO);
	PUT(&sa, SA_REMOTE);
	err = gnl_sa_alloc_spi(k->gnl, &sa, &reply);
	if (!err)
		a->in_spi = reply.spi;
	return err;
}

static void set_limits(struct limits *l, uint64_t seconds, uint64_t bytes)
{
	l->seconds = seconds;
	l->bytes = bytes;
	PUT(l, LIM_SECONDS);
	PUT(l, LIM_BYTES);
}

/* What both SAs of a pair have. */
static void set_common(struct sa *sa, const struct krn_req *req)
{
	const struct krn_pair *p = req->pair;

	sa->local = req->path.local.addr;
	sa->mode = p->mode;
	PUT(sa, SA_LOCAL);
	PUT(sa, SA_MODE);
	if (p->cipher) {
		sa->cipher = p->cipher;
		PUT(sa, SA_CIPHER);
	}
	if (p->integ) {
		sa->integ = p->integ;
		PUT(sa, SA_INTEG);
	}
	if (p->icv_len) {
		sa->icv_len = p->icv_len;
		PUT(sa, SA_ICV_LEN);
	}
	/* What says so is deleted by a run to which it does not belong. */
	sa->flags |= SA_FLAG_NEGOTIATED;
	if (p->esn)
		sa->flags |= SA_FLAG_ESN;
	PUT(sa, SA_FLAGS);
	if (req->rule) {
		sa->policy = req->rule;
		PUT(sa, SA_POLICY);
	}
	if (p->encap) {
		sa->encap_local = req->path.local.port;
		sa->encap_remote = req->path.remote.port;
		PUT(sa, SA_ENCAP_LOCAL);
		PUT(sa, SA_ENCAP_REMOTE);
	}
	if (p->idle) {
		sa->idle = p->idle;
		PUT(sa, SA_IDLE);
	}
	sa->fvrf = req->path.vrf;
	PUT(sa, SA_FVRF);
	if (req->ivrf) {
		sa->ivrf = req->ivrf;
		PUT(sa, SA_IVRF);
	}
	set_limits(&sa->hard, p->hard_seconds, p->hard_bytes);
	PUT(sa, SA_HARD);
}

static void set_keys(struct sa *sa, const struct krn_key *cipher,
		     const struct krn_key *integ)
{
	if (cipher->len) {
		sa->cipher_key = (struct blob){ cipher->p, cipher->len };
		PUT(sa, SA_CIPHER_KEY);
	}
	if (integ->len) {
		sa->integ_key = (struct blob){ integ->p, integ->len };
		PUT(sa, SA_INTEG_KEY);
	}
}

static void swap_fields(uint64_t *set, int a, int b)
{
	bool had_a = *set >> a & 1, had_b = *set >> b & 1;

	*set &= ~(1ULL << a | 1ULL << b);
	*set |= (uint64_t)had_a << b | (uint64_t)had_b << a;
}

struct selector krn_mirror(const struct selector *s)
{
	struct selector m = *s;

	/* ICMP has its type and code there, which have no direction. */
	m.src = s->dst;
	m.src_mask = s->dst_mask;
	m.dst = s->src;
	m.dst_mask = s->src_mask;
	swap_fields(&m.set, SEL_SRC, SEL_DST);
	swap_fields(&m.set, SEL_SRC_MASK, SEL_DST_MASK);
	if (HAS(s, SEL_PROTO) && (s->proto == 1 || s->proto == 58))
		return m;
	m.sport_min = s->dport_min;
	m.sport_max = s->dport_max;
	m.dport_min = s->sport_min;
	m.dport_max = s->sport_max;
	swap_fields(&m.set, SEL_SPORT_MIN, SEL_DPORT_MIN);
	swap_fields(&m.set, SEL_SPORT_MAX, SEL_DPORT_MAX);
	swap_fields(&m.set, SEL_SPORT_NOT, SEL_DPORT_NOT);
	return m;
}

static int add_in(struct krn_run *k, const struct krn_req *req,
		  struct krn_answer *a)
{
	const struct krn_pair *p = req->pair;
	struct sa sa = { 0 }, reply;
	int err;

	set_key(&sa, req->in_spi, DIR_IN, req);
	set_common(&sa, req);
	set_keys(&sa, &p->in_cipher, &p->in_integ);
	sa.replay_window = p->replay_window;
	PUT(&sa, SA_REPLAY_WINDOW);
	if (p->encap)
		sa.flags |= SA_FLAG_ROAM;
	handling_set(&sa, &p->how);
	/* Time passes for both; one of them is enough to tell. */
	set_limits(&sa.soft, 0, p->soft_bytes);
	PUT(&sa, SA_SOFT);
	sa.sel[0] = krn_mirror(&p->sel);
	sa.n_sel = 1;
	PUT(&sa, SA_SELECTOR);
	err = gnl_sa_add(k->gnl, &sa, &reply);
	if (!err)
		a->in_id = reply.id;
	return err;
}

static int add_out(struct krn_run *k, const struct krn_req *req,
		   struct krn_answer *a)
{
	const struct krn_pair *p = req->pair;
	struct sa sa = { 0 }, reply;
	int err;

	set_key(&sa, req->out_spi, DIR_OUT, req);
	set_common(&sa, req);
	set_keys(&sa, &p->out_cipher, &p->out_integ);
	sa.pair = req->in_spi;
	PUT(&sa, SA_PAIR);
	handling_set(&sa, &p->how);
	if (p->standby)
		sa.flags |= SA_FLAG_STANDBY;
	if (p->encap && p->keepalive) {
		sa.keepalive = p->keepalive;
		PUT(&sa, SA_KEEPALIVE);
	}
	set_limits(&sa.soft, p->soft_seconds, p->soft_bytes);
	PUT(&sa, SA_SOFT);
	sa.sel[0] = p->sel;
	sa.n_sel = 1;
	PUT(&sa, SA_SELECTOR);
	err = gnl_sa_add(k->gnl, &sa, &reply);
	if (!err)
		a->out_id = reply.id;
	return err;
}

static int del_one(struct krn_run *k, uint32_t spi, uint8_t dir,
		   const struct krn_req *req)
{
	struct sa sa = { 0 };

	if (!spi)
		return 0;
	set_key(&sa, spi, dir, req);
	return gnl_sa_del(k->gnl, &sa);
}

static int add_pair(struct krn_run *k, const struct krn_req *req,
		    struct krn_answer *a)
{
	int err;

	if (!req->pair)
		return -EINVAL;
	if (req->ivrf == VRF_NONE) {
		log_warn("no SA with %s: the VRF of its profile does not exist",
			 addr_fmt(&req->path.remote.addr,
				  (char[ADDR_STR]){ 0 }));
		return -ENODEV;
	}
	err = add_in(k, req, a);
	if (!err)
		err = add_out(k, req, a);
	if (err) {
		log_warn("the kernel refuses an SA with %s: %s",
			 addr_fmt(&req->path.remote.addr,
				  (char[ADDR_STR]){ 0 }),
			 gnl_error(k->gnl));
		del_one(k, req->in_spi, DIR_IN, req);
	}
	return err;
}

static int activate(struct krn_run *k, const struct krn_req *req)
{
	struct sa sa = { .state = STATE_ACTIVE };

	set_key(&sa, req->out_spi, DIR_OUT, req);
	PUT(&sa, SA_STATE);
	return gnl_sa_update(k->gnl, &sa);
}

/*
 * The SA is still known by the peer's old address: the inbound one to any,
 * so it is looked up, and the outbound one by what its table says.
 */
static int find_out(struct krn_run *k, uint32_t in_spi, uint32_t out_spi,
		    struct sa *found)
{
	struct gnl_dump d = { 0 };
	struct sa filter = { .dir = DIR_OUT }, sa;
	int err;

	PUT(&filter, SA_DIR);
	err = gnl_sa_dump(k->gnl, &filter, &d);
	if (err)
		return err;
	err = -ENOENT;
	while (err && gnl_sa_next(&d, &sa)) {
		if (sa.spi == out_spi && sa.pair == in_spi) {
			*found = sa;
			err = 0;
		}
	}
	gnl_dump_free(&d);
	return err;
}

static int move_one(struct krn_run *k, const struct krn_req *req, uint8_t dir,
		    const struct addr *old)
{
	struct sa sa = { 0 };

	set_key(&sa, dir == DIR_IN ? req->in_spi : req->out_spi, dir, req);
	sa.remote = *old;
	sa.encap_remote = req->path.remote.port;
	PUT(&sa, SA_ENCAP_REMOTE);
	if (!addr_eq(old, &req->path.remote.addr)) {
		sa.new_remote = req->path.remote.addr;
		PUT(&sa, SA_NEW_REMOTE);
	}
	return gnl_sa_update(k->gnl, &sa);
}

static int move(struct krn_run *k, const struct krn_req *req)
{
	struct sa out;
	int err = find_out(k, req->in_spi, req->out_spi, &out);

	if (!err)
		err = move_one(k, req, DIR_IN, &out.remote);
	return err ? err : move_one(k, req, DIR_OUT, &out.remote);
}

static int query(struct krn_run *k, const struct krn_req *req,
		 struct krn_answer *a)
{
	struct sa key = { 0 }, sa;
	int err = 0;

	if (req->in_spi) {
		set_key(&key, req->in_spi, DIR_IN, req);
		err = gnl_sa_get(k->gnl, &key, &sa);
		a->in_packets = err ? 0 : sa.stats.in_packets;
		a->in_bytes = err ? 0 : sa.stats.in_bytes;
	}
	if (!err && req->out_spi) {
		set_key(&key, req->out_spi, DIR_OUT, req);
		err = gnl_sa_get(k->gnl, &key, &sa);
		a->out_packets = err ? 0 : sa.stats.out_packets;
		a->out_bytes = err ? 0 : sa.stats.out_bytes;
	}
	return err;
}

static int add_rule(struct krn_run *k, const struct krn_req *req,
		    struct krn_answer *a)
{
	const struct plan_flow *from = k->ops.flow(k->ops.arg, req->flow);

	return from ? instance_add(k->gnl, from, req, &a->rule) : -ENOENT;
}

void krn_run_request(struct krn_run *k, const struct krn_req *req,
		     struct krn_answer *a)
{
	int err;

	*a = (struct krn_answer){ .id = req->id };
	switch (req->op) {
	case KRN_ALLOC_SPI:
		a->err = alloc_spi(k, req, a);
		break;
	case KRN_ADD_PAIR:
		a->err = add_pair(k, req, a);
		break;
	case KRN_ACTIVATE:
		a->err = activate(k, req);
		break;
	case KRN_MOVE:
		a->err = move(k, req);
		break;
	case KRN_DELETE:
		err = del_one(k, req->in_spi, DIR_IN, req);
		a->err = del_one(k, req->out_spi, DIR_OUT, req);
		a->err = err ? err : a->err;
		break;
	case KRN_QUERY:
		a->err = query(k, req, a);
		break;
	case KRN_ADD_RULE:
		a->err = add_rule(k, req, a);
		break;
	case KRN_DEL_RULE:
		a->err = instance_del(k->gnl, req->rule);
		break;
	case KRN_ADOPT:
		break;
	default:
		a->err = -EINVAL;
	}
}

/* --- events ------------------------------------------------------------ */

static void on_acquire(struct krn_run *k, const struct policy *p)
{
	struct krn_acquire a = { .rule = p->id, .flow = p->flow };

	a.path.local.addr = p->local;
	if (p->n_peers)
		a.path.remote.addr = p->peer[0];
	k->ops.acquire(k->ops.arg, &a);
}

static void on_expire(struct krn_run *k, const struct sa *sa)
{
	struct krn_expire e = {
		.spi = sa->spi,
		.dir = sa->dir,
		.is_hard = sa->is_hard,
		.limit = sa->limit,
		.remote = sa->remote,
	};

	k->ops.expire(k->ops.arg, &e);
}

static void on_mapping(struct krn_run *k, const struct sa *sa)
{
	struct krn_mapping m = { .spi = sa->spi };

	m.remote.addr = sa->new_remote;
	m.remote.port = sa->new_port;
	k->ops.mapping(k->ops.arg, &m);
}

static void on_gone(struct krn_run *k, const struct sa *sa)
{
	struct krn_gone g = {
		.spi = sa->spi,
		.dir = sa->dir,
		.remote = sa->remote,
		.stats = sa->stats,
	};

	k->ops.gone(k->ops.arg, &g);
}

static void on_unknown(struct krn_run *k, const struct sa *sa)
{
	struct krn_unknown_spi u = { .spi = sa->spi };

	u.path.vrf = sa->fvrf;
	u.path.local.addr = sa->local;
	u.path.local.port = sa->encap_local;
	u.path.remote.addr = sa->remote;
	u.path.remote.port = sa->encap_remote;
	k->ops.unknown_spi(k->ops.arg, &u);
}

void krn_run_catch_up(struct krn_run *k)
{
	struct gnl_dump d = { 0 };
	struct policy p;

	if (gnl_acquire_dump(k->gnl, &d))
		return;
	while (gnl_policy_next(&d, &p))
		on_acquire(k, &p);
	gnl_dump_free(&d);
}

static void on_event(struct krn_run *k, const struct event *ev)
{
	switch (ev->type) {
	case EVENT_ACQUIRE:
		on_acquire(k, &ev->policy);
		break;
	case EVENT_EXPIRE:
		on_expire(k, &ev->sa);
		break;
	case EVENT_MAPPING:
		on_mapping(k, &ev->sa);
		break;
	case EVENT_SA_DEL:
		on_gone(k, &ev->sa);
		break;
	case EVENT_UNKNOWN_SPI:
		on_unknown(k, &ev->sa);
		break;
	case EVENT_LOST:
		log_warn("events of the kernel were lost; reading what waits");
		krn_run_catch_up(k);
		break;
	default:
		break;
	}
}

int krn_run_fd(const struct krn_run *k)
{
	return gnl_fd(k->events);
}

void krn_run_events(struct krn_run *k)
{
	struct event ev;
	int i;

	for (i = 0; i < EVENTS_AT_ONCE && !gnl_event_try(k->events, &ev); i++)
		on_event(k, &ev);
}

void krn_run_drain(struct krn_run *k)
{
	struct event ev;
	unsigned int left = DRAIN;

	while (left-- && !gnl_event_try(k->events, &ev))
		on_event(k, &ev);
}

/* --- connections ------------------------------------------------------- */

struct gnl *krn_run_gnl(struct krn_run *k)
{
	return k->gnl;
}

int krn_run_encap(struct krn_run *k, int fd)
{
	struct encap e = { .fd = fd };
	int err;

	PUT(&e, ENCAP_FD);
	err = gnl_encap_add(k->gnl, &e);
	if (err)
		log_error("the module refuses the socket for NAT traversal: %s",
			  gnl_error(k->gnl));
	return err;
}

static int open_both(struct krn_run *k)
{
	int err = gnl_open(&k->gnl);

	if (err) {
		log_error("%s", gnl_error(k->gnl));
		return err;
	}
	err = gnl_open(&k->events);
	if (!err)
		err = gnl_listen(k->events);
	if (err)
		log_error("%s", gnl_error(k->events));
	return err;
}

struct krn_run *krn_run_new(const struct krn_run_ops *ops)
{
	struct krn_run *k = calloc(1, sizeof(*k));

	if (!k) {
		log_error("out of memory");
		return NULL;
	}
	k->ops = *ops;
	if (!open_both(k))
		return k;
	krn_run_free(k);
	return NULL;
}

void krn_run_free(struct krn_run *k)
{
	if (!k)
		return;
	gnl_close(k->events);
	gnl_close(k->gnl);
	free(k);
}
