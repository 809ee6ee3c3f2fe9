// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions: all that we have with one peer, its status and its figures. */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "../lib/fmt.h"
#include "../lib/log.h"
#include "htab.h"
#include "id.h"
#include "sorted.h"

#define MAX_IDLE 1000 /* sessions without SAs that are remembered */
#define MAX_WAITING 4096 /* SAs whose last figures have not come */
#define MAGIC 0x53455331 /* "SES1" */

struct session {
	TAILQ_ENTRY(session) in_all;
	struct hnode by_path, by_peer;
	struct session_info info;
	struct ike_ident remote_id;
	uint64_t since; /* milliseconds */
	unsigned int n_members; /* those whose figures are awaited, too */
};

/* What another run goes on with; it knows the SAs from elsewhere. */
struct saved {
	uint32_t magic, id;
	struct ike_path path;
	uint64_t n_past, since;
	uint32_t ivrf;
	uint8_t is_up, reason;
	struct session_sums past;
};

enum what { IKE_SA, IN_SA, OUT_SA };

/* An SA of a session. */
struct member {
	struct hnode node;
	TAILQ_ENTRY(member) waiting;
	struct session *session;
	enum what what;
	uint32_t number; /* connection, or SPI */
	struct addr remote; /* of an outbound SA: its SPI is the peer's choice */
	bool is_gone; /* for us, not for the kernel */
	bool is_counted;
};

TAILQ_HEAD(session_list, session);
TAILQ_HEAD(member_list, member);

struct sessions {
	struct session_ops ops;
	uint64_t key[2];
	struct htab by_path, by_peer, members;
	struct session_list all;
	struct member_list waiting;
	unsigned int n_waiting, n_idle;
	uint32_t last_id;
	bool is_silent, is_adopting;
};

/* --- tables -------------------------------------------------------------- */

static uint64_t path_hash(const struct sessions *s, const struct ike_path *p)
{
	uint8_t buf[40] = { 0 };

	memcpy(buf, p->local.addr.b, 16);
	memcpy(buf + 16, p->remote.addr.b, 16);
	memcpy(buf + 32, &p->remote.port, 2);
	memcpy(buf + 34, &p->vrf, 4);
	return siphash(s->key, buf, sizeof(buf));
}

static bool same_path(const struct ike_path *a, const struct ike_path *b)
{
	return addr_eq(&a->local.addr, &b->local.addr) &&
	       addr_eq(&a->remote.addr, &b->remote.addr) &&
	       a->remote.port == b->remote.port && a->vrf == b->vrf;
}

static uint64_t peer_hash(const struct sessions *s, const struct addr *peer)
{
	return siphash(s->key, peer->b, addr_len(peer->family));
}

/* Into the tables, by its path; and out of them. */
static void publish(struct sessions *s, struct session *se)
{
	const struct ike_path *path = &se->info.path;

	htab_add(&s->by_path, &se->by_path, path_hash(s, path));
	htab_add(&s->by_peer, &se->by_peer, peer_hash(s, &path->remote.addr));
}

static void withdraw(struct sessions *s, struct session *se)
{
	htab_del(&s->by_path, &se->by_path);
	htab_del(&s->by_peer, &se->by_peer);
}

static struct session *find(const struct sessions *s,
			    const struct ike_path *path)
{
	struct hnode *n;

	for (n = htab_first(&s->by_path, path_hash(s, path)); n;
	     n = htab_same(n)) {
		struct session *se = container_of(n, struct session, by_path);

		if (same_path(&se->info.path, path))
			return se;
	}
	return NULL;
}

static uint64_t member_hash(const struct sessions *s, enum what what,
			    uint32_t number)
{
	uint32_t buf[2] = { what, number };

	return siphash(s->key, buf, sizeof(buf));
}

static struct member *find_member(const struct sessions *s, enum what what,
				  uint32_t number, const struct addr *remote)
{
	struct hnode *n;

	for (n = htab_first(&s->members, member_hash(s, what, number)); n;
	     n = htab_same(n)) {
		struct member *m = container_of(n, struct member, node);

		if (m->what == what && m->number == number &&
		    (what != OUT_SA || addr_eq(&m->remote, remote)))
			return m;
	}
	return NULL;
}

static void keep(const struct sessions *s, const struct session *se)
{
	const struct session_info *i = &se->info;
	struct saved saved;

	if (!s->ops.keep)
		return;
	/* Padding too has a value; that of a whole path would come with it. */
	memset(&saved, 0, sizeof(saved));
	saved.magic = MAGIC;
	saved.id = i->id;
	saved.path.local.addr = i->path.local.addr;
	saved.path.local.port = i->path.local.port;
	saved.path.remote.addr = i->path.remote.addr;
	saved.path.remote.port = i->path.remote.port;
	saved.path.vrf = i->path.vrf;
	saved.ivrf = i->ivrf;
	saved.n_past = i->n_past;
	saved.since = se->since;
	saved.is_up = i->is_up;
	saved.reason = i->reason;
	saved.past = i->past;
	s->ops.keep(s->ops.ctx, i->id,
		    &(struct ike_blob){ (void *)&saved, sizeof(saved) });
}

static void session_free(struct sessions *s, struct session *se)
{
	if (s->ops.keep)
		s->ops.keep(s->ops.ctx, se->info.id, NULL);
	withdraw(s, se);
	TAILQ_REMOVE(&s->all, se, in_all);
	s->n_idle--;
	free(se);
}

/* Peers may come from ever new ports: forget the oldest without SAs. */
static void forget_some(struct sessions *s)
{
	struct session *se, *next;

	for (se = TAILQ_FIRST(&s->all); se && s->n_idle > MAX_IDLE; se = next) {
		next = TAILQ_NEXT(se, in_all);
		if (!se->n_members)
			session_free(s, se);
	}
}

static void member_free(struct sessions *s, struct member *m)
{
	htab_del(&s->members, &m->node);
	if (m->is_gone) {
		TAILQ_REMOVE(&s->waiting, m, waiting);
		s->n_waiting--;
	}
	if (!--m->session->n_members) {
		s->n_idle++;
		forget_some(s);
	}
	free(m);
}

static struct session *get(struct sessions *s, const struct ike_path *path)
{
	struct session *se = find(s, path);

	if (se)
		return se;
	se = calloc(1, sizeof(*se));
	if (!se)
		return NULL;
	se->info.id = ++s->last_id;
	se->info.path = *path;
	se->info.ivrf = path->vrf;
	se->info.remote_id = &se->remote_id;
	se->since = s->ops.now(s->ops.ctx);
	publish(s, se);
	TAILQ_INSERT_TAIL(&s->all, se, in_all);
	s->n_idle++;
	return se;
}

/* It is one more SA of a session. NULL: no memory, or it is there already. */
static struct session *join(struct sessions *s, const struct ike_path *path,
			    enum what what, uint32_t number)
{
	struct member *m = find_member(s, what, number, &path->remote.addr);
	struct session *se;

	if (m && !m->is_gone)
		return NULL;
	/* The number is used again, so nothing more comes for the old one. */
	if (m)
		member_free(s, m);
	se = get(s, path);
	m = se ? calloc(1, sizeof(*m)) : NULL;
	if (!m)
		return NULL;
	m->session = se;
	m->what = what;
	m->number = number;
	m->remote = path->remote.addr;
	htab_add(&s->members, &m->node, member_hash(s, what, number));
	if (!se->n_members++)
		s->n_idle--;
	return se;
}

/* --- up and down --------------------------------------------------------- */

/* " Description: connection from site A Id: gw.example.com" */
static void fmt_who(const struct sessions *s, const struct session *se,
		    char *buf, size_t size)
{
	const struct ike_ident *i = &se->remote_id;
	struct ike_id id = id_of(i->type, i->data, i->len);
	const char *text = s->ops.describe(s->ops.ctx, &se->info.path);
	char name[IKE_ID_STR];

	snprintf(buf, size, "%s%s%s%s", text ? " Description: " : "",
		 text ? text : "", i->type ? " Id: " : "",
		 i->type ? id_fmt(&id, name) : "");
	fmt_clean(buf, strlen(buf));
}

/* " fvrf=internet ivrf=customer", without what is global. */
static void fmt_vrfs(const struct sessions *s, const struct session_info *i,
		     char *buf, size_t size)
{
	const char *f = NULL, *v = NULL;

	if (s->ops.vrf) {
		f = s->ops.vrf(s->ops.ctx, i->path.vrf);
		v = s->ops.vrf(s->ops.ctx, i->ivrf);
	}
	snprintf(buf, size, "%s%s%s%s", f ? " fvrf=" : "", f ? f : "",
		 v ? " ivrf=" : "", v ? v : "");
}

static void tell(const struct sessions *s, const struct session *se)
{
	const struct ike_end *peer = &se->info.path.remote;
	char a[ADDR_STR], who[LOG_LINE / 2], vrfs[80];

	if (s->is_silent || s->is_adopting)
		return;
	fmt_who(s, se, who, sizeof(who));
	fmt_vrfs(s, &se->info, vrfs, sizeof(vrfs));
	log_info(
		"%%CRYPTO-5-SESSION_STATUS: Crypto tunnel is %s. Peer %s:%u%s%s",
		se->info.is_up ? "UP" : "DOWN", addr_fmt_ios(&peer->addr, a),
		peer->port, vrfs, who);
}

static void settle(struct sessions *s, struct session *se,
		   enum ike_reason reason)
{
	struct session_info *i = &se->info;
	bool is_up = i->n_pairs || (i->is_up && i->n_ike);

	if (is_up == i->is_up)
		return;
	i->is_up = is_up;
	i->reason = is_up ? IKE_REASON_NONE : reason;
	se->since = s->ops.now(s->ops.ctx);
	tell(s, se);
}

static void sa_joins(struct sessions *s, const struct ike_sa_info *sa)
{
	struct session *se = join(s, &sa->path, IKE_SA, sa->conn);

	if (!se)
		return;
	se->remote_id = sa->remote_id;
	se->info.ivrf = sa->ivrf;
	se->info.n_ike++;
	settle(s, se, IKE_REASON_NONE);
	keep(s, se);
}

static void sa_leaves(struct sessions *s, const struct ike_sa_info *sa,
		      enum ike_reason reason)
{
	struct member *m = find_member(s, IKE_SA, sa->conn, NULL);

	if (!m)
		return;
	m->session->info.n_ike--;
	settle(s, m->session, reason);
	keep(s, m->session);
	member_free(s, m);
}

static void child_joins(struct sessions *s, const struct ike_child_info *c)
{
	struct session *se = join(s, &c->path, IN_SA, c->in_spi);

	if (!se)
		return;
	join(s, &c->path, OUT_SA, c->out_spi);
	if (c->remote_id.type)
		se->remote_id = c->remote_id;
	se->info.ivrf = c->ivrf;
	se->info.n_pairs++;
	settle(s, se, IKE_REASON_NONE);
	keep(s, se);
}

/* Its last figures come from the kernel, before or after. */
static void await(struct sessions *s, struct member *m)
{
	if (!m || m->is_gone)
		return;
	if (m->is_counted) {
		member_free(s, m);
		return;
	}
	m->is_gone = true;
	TAILQ_INSERT_TAIL(&s->waiting, m, waiting);
	if (++s->n_waiting > MAX_WAITING)
		member_free(s, TAILQ_FIRST(&s->waiting));
}

static void child_leaves(struct sessions *s, const struct ike_child_info *c,
			 enum ike_reason reason)
{
	struct member *m = find_member(s, IN_SA, c->in_spi, NULL);
	struct session *se = m ? m->session : NULL;

	if (!m || m->is_gone)
		return;
	se->info.n_pairs--;
	se->info.n_past++;
	settle(s, se, reason);
	keep(s, se);
	await(s, find_member(s, OUT_SA, c->out_spi, &c->path.remote.addr));
	await(s, m);
}

static void sa_moves(struct sessions *s, const struct ike_sa_info *sa)
{
	struct member *m = find_member(s, IKE_SA, sa->conn, NULL);

	if (!m)
		return;
	withdraw(s, m->session);
	m->session->info.path = sa->path;
	publish(s, m->session);
	keep(s, m->session);
}

void session_event(struct sessions *s, const struct ike_event *ev)
{
	switch (ev->kind) {
	case IKE_EVENT_SA_UP:
		sa_joins(s, ev->sa);
		break;
	case IKE_EVENT_SA_DOWN:
		sa_leaves(s, ev->sa, ev->reason);
		break;
	case IKE_EVENT_CHILD_UP:
		child_joins(s, ev->child);
		break;
	case IKE_EVENT_CHILD_DOWN:
		child_leaves(s, ev->child, ev->reason);
		break;
	case IKE_EVENT_PEER_MOVED:
		sa_moves(s, ev->sa);
		break;
	default:
		break;
	}
}

void session_restore(struct sessions *s, const struct ike_blob *record)
{
	uint32_t last = s->last_id;
	struct session *se;
	struct saved saved;

	if (record->len != sizeof(saved))
		return;
	memcpy(&saved, record->p, sizeof(saved));
	if (saved.magic != MAGIC || find(s, &saved.path))
		return;
	se = get(s, &saved.path);
	if (!se)
		return;
	se->info.id = saved.id;
	se->info.ivrf = saved.ivrf;
	se->info.n_past = saved.n_past;
	se->info.is_up = saved.is_up;
	se->info.reason = saved.reason;
	se->info.past = saved.past;
	if (saved.since < se->since)
		se->since = saved.since;
	s->last_id = saved.id > last ? saved.id : last;
}

/* Without what was kept of it, it is up for as long as its SAs. */
static void up_since(struct sessions *s, const struct ike_path *path,
		     uint64_t seconds)
{
	struct session *se = find(s, path);
	uint64_t now = s->ops.now(s->ops.ctx);

	if (se && se->info.is_up && now > seconds * 1000 &&
	    se->since > now - seconds * 1000)
		se->since = now - seconds * 1000;
}

void session_adopt_sa(struct sessions *s, const struct ike_sa_info *sa)
{
	s->is_adopting = true;
	if (sa->state == QM_IDLE)
		sa_joins(s, sa);
	s->is_adopting = false;
}

void session_adopt_child(struct sessions *s, const struct ike_child_info *c)
{
	s->is_adopting = true;
	child_joins(s, c);
	s->is_adopting = false;
	up_since(s, &c->path, c->up);
}

void session_adopted(struct sessions *s)
{
	struct session *se;

	TAILQ_SORT(&s->all, session, in_all, info.id);
	TAILQ_FOREACH(se, &s->all, in_all)
	{
		settle(s, se, IKE_REASON_KERNEL);
		keep(s, se);
	}
	forget_some(s);
}

void session_keep_all(const struct sessions *s)
{
	const struct session *se;

	TAILQ_FOREACH(se, &s->all, in_all)
	{
		keep(s, se);
	}
}

/* --- figures ------------------------------------------------------------- */

void session_gone(struct sessions *s, const struct krn_gone *gone)
{
	struct member *m = find_member(s, gone->dir == DIR_IN ? IN_SA : OUT_SA,
				       gone->spi, &gone->remote);
	struct session_sums *sums;

	if (!m || m->is_counted)
		return;
	sums = &m->session->info.past;
	sums->in_packets += gone->stats.in_packets;
	sums->in_bytes += gone->stats.in_bytes;
	sums->out_packets += gone->stats.out_packets;
	sums->out_bytes += gone->stats.out_bytes;
	m->is_counted = true;
	keep(s, m->session);
	if (m->is_gone)
		member_free(s, m);
}

void session_logging(struct sessions *s, bool on)
{
	s->is_silent = !on;
}

static bool tell_row(const struct sessions *s, const struct session *se,
		     session_fn *fn, void *arg)
{
	struct session_info info = se->info;

	info.seconds = (s->ops.now(s->ops.ctx) - se->since) / 1000;
	return fn(&info, arg);
}

static void next_of_peer(const struct sessions *s, uint64_t after,
			 const struct addr *peer, session_fn *fn, void *arg)
{
	struct sorted_list l = { 0 };
	struct session *se;
	struct hnode *n;
	size_t i;

	for (n = htab_first(&s->by_peer, peer_hash(s, peer)); n;
	     n = htab_same(n)) {
		se = container_of(n, struct session, by_peer);
		if (se->info.id > after &&
		    addr_eq(&se->info.path.remote.addr, peer))
			sorted_add(&l, se->info.id, se);
	}
	sorted_sort(&l);
	for (i = 0; i < l.n && tell_row(s, l.v[i].element, fn, arg); i++)
		;
	free(l.v);
}

void session_next(const struct sessions *s, uint64_t after,
		  const struct addr *peer, session_fn *fn, void *arg)
{
	struct session *se;

	if (peer) {
		next_of_peer(s, after, peer, fn, arg);
		return;
	}
	TAILQ_FOREACH(se, &s->all, in_all)
	{
		if (se->info.id > after && !tell_row(s, se, fn, arg))
			break;
	}
}

/* --- begin and end ------------------------------------------------------- */

struct sessions *sessions_new(const struct session_ops *ops,
			      const uint64_t key[2])
{
	struct sessions *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->ops = *ops;
	s->key[0] = key[0];
	s->key[1] = key[1];
	TAILQ_INIT(&s->all);
	TAILQ_INIT(&s->waiting);
	if (!htab_init(&s->by_path) && !htab_init(&s->by_peer) &&
	    !htab_init(&s->members))
		return s;
	sessions_free(s);
	return NULL;
}

void sessions_free(struct sessions *s)
{
	struct session *se;
	size_t i;

	if (!s)
		return;
	for (i = 0; i < s->members.size; i++)
		while (s->members.bucket[i]) {
			struct hnode *n = s->members.bucket[i];

			htab_del(&s->members, n);
			free(container_of(n, struct member, node));
		}
	while ((se = TAILQ_FIRST(&s->all))) {
		withdraw(s, se);
		TAILQ_REMOVE(&s->all, se, in_all);
		free(se);
	}
	htab_exit(&s->by_path);
	htab_exit(&s->by_peer);
	htab_exit(&s->members);
	free(s);
}
