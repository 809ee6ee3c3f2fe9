// SPDX-License-Identifier: GPL-2.0-or-later
// An ISAKMP SA, from its first message to its end, and the tables of them.

#include "sa.h"
#include "child.h"
#include "dpd.h"
#include "natt.h"
#include "phase1.h"
#include "trace.h"

#include <errno.h>

#define DUPLICATE_MS 60000 /* a second SA with a peer lives on for this long */

static const uint8_t no_cookie[IKE_COOKIE_LEN];

static uint64_t cookie_hash(const struct ike *ike, const uint8_t *cookie)
{
	return siphash(ike->hash_key, cookie, IKE_COOKIE_LEN);
}

static uint64_t first_hash(const struct ike *ike, const struct ike_path *path,
			   const uint8_t *icookie)
{
	uint8_t key[IKE_COOKIE_LEN + 16 + 2 + 4] = { 0 };

	memcpy(key, icookie, IKE_COOKIE_LEN);
	memcpy(key + 8, path->remote.addr.b,
	       addr_len(path->remote.addr.family));
	put_be16(key + 24, path->remote.port);
	put_be32(key + 26, path->vrf);
	return siphash(ike->hash_key, key, sizeof(key));
}

static struct sa *by_own(struct ike *ike, const uint8_t *cookie)
{
	struct hnode *n = htab_first(&ike->by_cookie, cookie_hash(ike, cookie));

	for (; n; n = htab_same(n)) {
		struct sa *sa = container_of(n, struct sa, by_cookie);

		if (!memcmp(sa->initiator ? sa->icookie : sa->rcookie, cookie,
			    IKE_COOKIE_LEN))
			return sa;
	}
	return NULL;
}

struct sa *sa_find(struct ike *ike, const uint8_t *icookie,
		   const uint8_t *rcookie)
{
	struct sa *sa = by_own(ike, rcookie);

	if (sa && !sa->initiator &&
	    !memcmp(sa->icookie, icookie, IKE_COOKIE_LEN))
		return sa;
	sa = by_own(ike, icookie);
	if (!sa || !sa->initiator)
		return NULL;
	/* The answer to the first message brings the other cookie. */
	if (memcmp(sa->rcookie, rcookie, IKE_COOKIE_LEN) &&
	    memcmp(sa->rcookie, no_cookie, IKE_COOKIE_LEN))
		return NULL;
	return sa;
}

struct sa *sa_find_first(struct ike *ike, const struct ike_path *path,
			 const uint8_t *icookie)
{
	struct hnode *n =
		htab_first(&ike->by_first, first_hash(ike, path, icookie));

	for (; n; n = htab_same(n)) {
		struct sa *sa = container_of(n, struct sa, by_first);

		if (!memcmp(sa->icookie, icookie, IKE_COOKIE_LEN) &&
		    addr_eq(&sa->path.remote.addr, &path->remote.addr))
			return sa;
	}
	return NULL;
}

/* Our cookie: unknown to others, never 0, used once. */
static void new_cookie(struct ike *ike, uint8_t *cookie)
{
	do {
		ike->ops->random(ike->ctx, cookie, IKE_COOKIE_LEN);
	} while (!memcmp(cookie, no_cookie, IKE_COOKIE_LEN) ||
		 by_own(ike, cookie));
}

/* Into the tables. */
static void publish(struct ike *ike, struct sa *sa)
{
	const uint8_t *own = sa->initiator ? sa->icookie : sa->rcookie;

	sa->wait.owner = sa;
	TAILQ_INIT(&sa->xchgs);
	htab_add(&ike->by_cookie, &sa->by_cookie, cookie_hash(ike, own));
	if (!sa->initiator && sa->setup)
		htab_add(&ike->by_first, &sa->by_first,
			 first_hash(ike, &sa->path, sa->icookie));
	TAILQ_INSERT_TAIL(&ike->sas, sa, in_all);
	TAILQ_INSERT_TAIL(&sa->host->sas, sa, in_host);
	host_hold(sa->host);
	ike->n_sas++;
}

struct sa *sa_create(struct ike *ike, const struct ike_path *path,
		     bool initiator, const uint8_t *icookie)
{
	struct sa *sa;
	struct host *h;

	if (ike->n_sas >= ike->limits.max_sas)
		return NULL;
	h = host_get(ike, path);
	if (!h)
		return NULL;
	sa = calloc(1, sizeof(*sa));
	if (sa)
		sa->setup = calloc(1, sizeof(*sa->setup));
	if (!sa || !sa->setup) {
		free(sa);
		host_put(ike, h);
		return NULL;
	}
	sa->host = h;
	sa->path = *path;
	sa->initiator = initiator;
	sa->created = ike->now;
	if (icookie)
		memcpy(sa->icookie, icookie, IKE_COOKIE_LEN);
	new_cookie(ike, initiator ? sa->icookie : sa->rcookie);
	sa->conn = ++ike->next_conn;
	if (TAILQ_EMPTY(&h->sas)) {
		char a[ADDR_STR];

		trace_sa(ike, sa, "Created a peer struct for %s, peer port %u",
			 addr_fmt_ios(&path->remote.addr, a),
			 path->remote.port);
	}
	publish(ike, sa);
	if (!initiator) {
		sa->is_half_open = true;
		h->half_open++;
		ike->n_half_open++;
		TAILQ_INSERT_TAIL(&ike->half_open, sa, in_half);
	}
	return sa;
}

void sa_setup_free(struct sa *sa)
{
	struct sa_setup *s = sa->setup;

	if (!s)
		return;
	octets_free(&s->sai_b);
	octets_free(&s->own_ke);
	octets_free(&s->peer_ke);
	octets_free(&s->ni);
	octets_free(&s->nr);
	octets_free(&s->gxy);
	octets_free(&s->own_id_b);
	octets_free(&s->peer_id_b);
	octets_free(&s->held);
	octets_free(&s->request);
	octets_free(&s->names);
	dh_free(s->dh);
	free(s->offered);
	free(s);
	sa->setup = NULL;
}

static void not_half_open(struct ike *ike, struct sa *sa)
{
	if (!sa->is_half_open)
		return;
	sa->is_half_open = false;
	sa->host->half_open--;
	ike->n_half_open--;
	TAILQ_REMOVE(&ike->half_open, sa, in_half);
}

void sa_kill(struct ike *ike, struct sa *sa, enum ike_reason reason)
{
	struct ike_sa_info info;
	struct ike_event ev = { .kind = IKE_EVENT_SA_DOWN,
				.reason = reason,
				.sa = &info };
	struct xchg *x;

	if (sa->is_dead)
		return;
	sa->is_dead = true;
	trace_deleted(ike, sa, reason);
	sa_info(ike, sa, &info);
	not_half_open(ike, sa);
	htab_del(&ike->by_cookie, &sa->by_cookie);
	htab_del(&ike->by_first, &sa->by_first);
	if (ike->next_sa == sa)
		ike->next_sa = TAILQ_NEXT(sa, in_all);
	TAILQ_REMOVE(&ike->sas, sa, in_all);
	TAILQ_REMOVE(&sa->host->sas, sa, in_host);
	ike->n_sas--;
	wait_cancel(ike, &sa->wait);
	retrans_free(ike, &sa->rt);
	timer_stop(&ike->timers, &sa->life);
	timer_stop(&ike->timers, &sa->keepalive);
	timer_stop(&ike->timers, &sa->dpd.timer);
	TAILQ_INSERT_TAIL(&ike->dead_sas, sa, in_all);
	ike->ops->event(ike->ctx, &ev);
	while ((x = TAILQ_FIRST(&sa->xchgs)))
		quick_orphan(ike, x, reason);
}

void sa_free(struct ike *ike, struct sa *sa)
{
	if (sa->host)
		host_drop(ike, sa->host);
	sa_setup_free(sa);
	keymat_clear(&sa->km);
	secret_wipe(sa->iv, sizeof(sa->iv));
	id_free(&sa->local_id);
	id_free(&sa->remote_id);
	if (sa->join)
		frag_free(sa->join);
	free(sa->join);
	free(sa->quick_seen.id);
	free(sa->info_seen.id);
	free(sa);
}

void sa_set_state(struct ike *ike, struct sa *sa, enum ike_state state)
{
	struct ike_sa_info info;
	struct ike_event ev = { .kind = IKE_EVENT_SA_STATE, .sa = &info };

	if (sa->state == state)
		return;
	if (sa->is_half_open && host_is_unproved(sa))
		host_outcome(ike, true);
	sa->state = state;
	if (state == QM_IDLE)
		ev.kind = IKE_EVENT_SA_UP;
	sa_info(ike, sa, &info);
	ike->ops->event(ike->ctx, &ev);
}

bool sa_same_peer(const struct sa *sa, const struct ike_path *path,
		  const struct ike_id *remote_id)
{
	return sa->path.vrf == path->vrf &&
	       addr_eq(&sa->path.local.addr, &path->local.addr) &&
	       sa->remote_id.type && id_eq(&sa->remote_id, remote_id);
}

struct sa *sa_usable(struct host *h, uint32_t peer, const struct ike_id *id)
{
	struct sa *sa;

	TAILQ_FOREACH_REVERSE(sa, &h->sas, sa_list, in_host)
	{
		if (sa->state != QM_IDLE || sa->is_closing)
			continue;
		if (id ? sa_same_peer(sa, &sa->path, id) :
			 !peer || sa->peer == peer)
			return sa;
	}
	return NULL;
}

struct sa *sa_pending(struct host *h, uint32_t peer)
{
	struct sa *sa;

	TAILQ_FOREACH(sa, &h->sas, in_host)
	{
		if (sa->initiator && sa->state != QM_IDLE && sa->peer == peer &&
		    !sa->is_closing)
			return sa;
	}
	return NULL;
}

/*
 * One side decides what is one too many, as both see things in another order:
 * the one with the lower identity, which no NAT changes.
 */
bool sa_decides(const struct ike_id *own, const struct ike_id *other,
		const struct ike_path *path)
{
	size_t n = own->data.len < other->data.len ? own->data.len :
						     other->data.len;
	int d = n ? memcmp(own->data.p, other->data.p, n) : 0;

	if (!d)
		d = (int)own->data.len - (int)other->data.len;
	if (!d)
		d = addr_cmp(&path->local.addr, &path->remote.addr);
	return d < 0;
}

static struct sa *newer(const struct sa *sa)
{
	struct sa *other;

	TAILQ_FOREACH(other, &sa->host->sas, in_host)
	{
		if (other == sa || other->state != QM_IDLE ||
		    other->is_closing ||
		    !sa_same_peer(other, &sa->path, &sa->remote_id))
			continue;
		if (other->established > sa->established ||
		    (other->established == sa->established &&
		     other->conn > sa->conn))
			return other;
	}
	return NULL;
}

static void duplicate_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct sa *sa = container_of(t, struct sa, life);

	/* The other one may be gone meanwhile. */
	if (!newer(sa)) {
		sa_start_life(ike, sa);
		return;
	}
	info_delete_sa(ike, sa);
	sa_kill(ike, sa, IKE_REASON_REKEYED);
}

/* A newer one has come up: this one goes, later. */
static void retire(struct ike *ike, struct sa *sa)
{
	uint64_t at = ike->now + DUPLICATE_MS;

	if (sa->life.is_set && sa->life.fn == duplicate_timer)
		return;
	if (!sa_decides(&sa->local_id, &sa->remote_id, &sa->path))
		at += 2 * DUPLICATE_MS;
	if (at > sa->expires)
		at = sa->expires;
	sa->is_rekey = true;
	timer_stop(&ike->timers, &sa->dpd.timer);
	timer_set(&ike->timers, &sa->life, at, duplicate_timer);
}

static void life_timer(void *arg, struct timer *t)
{
	struct ike *ike = arg;
	struct sa *sa = container_of(t, struct sa, life);

	if (ike->now >= sa->expires) {
		info_delete_sa(ike, sa);
		sa_kill(ike, sa, IKE_REASON_LIFETIME);
		return;
	}
	timer_set(&ike->timers, &sa->life, sa->expires, life_timer);
	if (!sa->is_rekey && !newer(sa)) {
		sa->is_rekey = true;
		phase1_rekey(ike, sa);
	}
}

void sa_start_life(struct ike *ike, struct sa *sa)
{
	/* The initiator first, so that both rarely begin at once. */
	uint64_t life = (uint64_t)sa->p1.seconds * 1000;
	uint64_t before = life / (sa->initiator ? 10 : 20);
	uint64_t at;

	before += ike_random_below(ike, life / 20 > UINT32_MAX ? UINT32_MAX :
								 life / 20);
	at = sa->expires > before ? sa->expires - before : ike->now;
	sa->is_rekey = false;
	timer_set(&ike->timers, &sa->life, at, life_timer);
	dpd_start(ike, sa);
	natt_start(ike, sa);
}

static void forget_answer(void *arg, struct timer *t)
{
	struct sa *sa = container_of(t, struct sa, rt.timer);

	(void)arg;
	octets_free(&sa->rt.msg);
}

int sa_adopt(struct ike *ike, struct sa *sa)
{
	const uint8_t *own = sa->initiator ? sa->icookie : sa->rcookie;

	if (by_own(ike, own) || ike->n_sas >= ike->limits.max_sas)
		return -EINVAL;
	sa->host = host_get(ike, &sa->path);
	if (!sa->host)
		return -ENOMEM;
	publish(ike, sa);
	sa_start_life(ike, sa);
	if (sa->rt.msg.p && sa->established + IKE_LINGER_MS > ike->now)
		timer_set(&ike->timers, &sa->rt.timer,
			  sa->established + IKE_LINGER_MS, forget_answer);
	else
		octets_free(&sa->rt.msg);
	return 0;
}

void sa_settle(struct ike *ike, struct sa *sa)
{
	if (newer(sa))
		retire(ike, sa);
}

/* Flows that wait for another SA with this peer need wait no longer. */
static void take_waiting(struct ike *ike, struct sa *sa)
{
	struct sa *other;
	struct xchg *x, *next;

	TAILQ_FOREACH(other, &sa->host->sas, in_host)
	{
		if (other == sa || other->peer != sa->peer ||
		    other->state == QM_IDLE)
			continue;
		for (x = TAILQ_FIRST(&other->xchgs); x; x = next) {
			next = TAILQ_NEXT(x, in_sa);
			xchg_move(ike, x, sa);
		}
	}
}

void sa_up(struct ike *ike, struct sa *sa)
{
	struct sa *other;
	struct xchg *x, *next;
	char a[ADDR_STR];

	trace_sa(ike, sa, "SA authentication status:");
	trace_more(ike, sa, "authenticated");
	trace_sa(ike, sa, "SA has been authenticated with %s",
		 addr_fmt_ios(&sa->path.remote.addr, a));
	not_half_open(ike, sa);
	sa->established = ike->now;
	sa->heard = ike->now;
	sa->expires = ike->now + (uint64_t)sa->p1.seconds * 1000;
	htab_del(&ike->by_first, &sa->by_first);
	sa_setup_free(sa);
	timer_set(&ike->timers, &sa->rt.timer, ike->now + IKE_LINGER_MS,
		  forget_answer);
	sa_start_life(ike, sa);
	sa_set_state(ike, sa, QM_IDLE);
	keep_touch(ike, &sa->keep, IKE_KEEP_SA);
	TAILQ_FOREACH(other, &sa->host->sas, in_host)
	{
		if (other != sa && other->state == QM_IDLE &&
		    sa_same_peer(other, &sa->path, &sa->remote_id))
			retire(ike, other);
	}
	take_waiting(ike, sa);
	for (x = TAILQ_FIRST(&sa->xchgs); x && !sa->is_dead; x = next) {
		next = TAILQ_NEXT(x, in_sa);
		if (x->state == XCHG_WAIT_SA)
			quick_begin(ike, x);
	}
}

void sa_move(struct ike *ike, struct sa *sa, const struct ike_path *path)
{
	struct host *h = host_get(ike, path);
	struct host *old = sa->host;
	struct ike_sa_info info;
	struct ike_event ev = { .kind = IKE_EVENT_PEER_MOVED, .sa = &info };

	if (!h)
		return;
	sa->path = *path;
	keep_touch(ike, &sa->keep, IKE_KEEP_SA);
	if (h != old) {
		TAILQ_REMOVE(&old->sas, sa, in_host);
		TAILQ_INSERT_TAIL(&h->sas, sa, in_host);
		if (sa->is_half_open) {
			old->half_open--;
			h->half_open++;
		}
		sa->host = h;
		host_hold(h);
		host_drop(ike, old);
	}
	sa_info(ike, sa, &info);
	ike->ops->event(ike->ctx, &ev);
}

bool sa_msgid_new(struct sa_seen *seen, uint32_t msgid)
{
	unsigned int i, n = seen->n < SA_SEEN ? seen->n : SA_SEEN;

	for (i = 0; i < n; i++) {
		if (seen->id[i] == msgid)
			return false;
	}
	/* Grows at 0, 4, 8, 16 ... */
	if (!n || (n == seen->n && n >= 4 && n < SA_SEEN && !(n & (n - 1)))) {
		uint32_t *p = reallocarray(seen->id, n ? n * 2 : 4, sizeof(*p));

		if (!p)
			return false;
		seen->id = p;
	}
	seen->id[seen->n % SA_SEEN] = msgid;
	seen->n++;
	if (seen->n == 2 * SA_SEEN)
		seen->n = SA_SEEN;
	return true;
}
