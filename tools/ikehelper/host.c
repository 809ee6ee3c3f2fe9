// SPDX-License-Identifier: GPL-2.0-or-later
// What one of our addresses has with one remote address: SAs, children, rates, fair shares.

#include "host.h"
#include "sa.h"

/* Where the address of each SA starts to count against it. */
#define FAIR_FROM(max) ((max) / 4)
#define FAIR_MIN 8
#define SAMPLES 12 /* how many are looked at to find one that gives way */
#define PATIENCE_MS 10000 /* with a peer that may have as much to do as we */

/* How many of the last ones have proved their address, out of PROVED_ALL. */
#define PROVED_ALL (1 << 16)
#define PROVED_FEW (PROVED_ALL / 4)
#define PROVED_SAMPLES 64

/* Who wants a place. */
struct newcomer {
	uint32_t share; /* of each address */
	bool is_static;
};

static uint64_t host_hash(const struct ike *ike, const struct ike_path *path)
{
	uint8_t key[16 + 16 + 4] = { 0 };

	memcpy(key, path->local.addr.b, addr_len(path->local.addr.family));
	memcpy(key + 16, path->remote.addr.b,
	       addr_len(path->remote.addr.family));
	put_be32(key + 32, path->vrf);
	return siphash(ike->hash_key, key, sizeof(key));
}

static uint64_t remote_hash(const struct ike *ike, const struct addr *remote)
{
	return siphash(ike->hash_key, remote->b, addr_len(remote->family));
}

struct host *host_find(struct ike *ike, const struct ike_path *path)
{
	struct hnode *n = htab_first(&ike->hosts, host_hash(ike, path));

	for (; n; n = htab_same(n)) {
		struct host *h = container_of(n, struct host, node);

		if (h->vrf == path->vrf &&
		    addr_eq(&h->local, &path->local.addr) &&
		    addr_eq(&h->remote, &path->remote.addr))
			return h;
	}
	return NULL;
}

struct host *host_next(struct ike *ike, const struct addr *remote,
		       const struct host *h)
{
	struct hnode *n =
		h ? htab_same(&h->by_remote) :
		    htab_first(&ike->by_remote, remote_hash(ike, remote));

	for (; n; n = htab_same(n)) {
		struct host *at = container_of(n, struct host, by_remote);

		if (addr_eq(&at->remote, remote))
			return at;
	}
	return NULL;
}

struct host *host_get(struct ike *ike, const struct ike_path *path)
{
	struct host *h = host_find(ike, path);

	if (h)
		return h;
	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->local = path->local.addr;
	h->remote = path->remote.addr;
	h->vrf = path->vrf;
	TAILQ_INIT(&h->sas);
	TAILQ_INIT(&h->children);
	htab_add(&ike->hosts, &h->node, host_hash(ike, path));
	htab_add(&ike->by_remote, &h->by_remote, remote_hash(ike, &h->remote));
	return h;
}

void host_put(struct ike *ike, struct host *h)
{
	if (h->refs)
		return;
	htab_del(&ike->hosts, &h->node);
	htab_del(&ike->by_remote, &h->by_remote);
	free(h);
}

void host_hold(struct host *h)
{
	h->refs++;
}

void host_drop(struct ike *ike, struct host *h)
{
	h->refs--;
	host_put(ike, h);
}

/* An answer to our cookie proves that the address is real. */
bool host_is_unproved(const struct sa *sa)
{
	return sa->state == MM_SA_SETUP || sa->state == AG_INIT_EXCH;
}

void host_outcome(struct ike *ike, bool proved)
{
	int aim = proved ? PROVED_ALL : 0;

	ike->proved += (aim - ike->proved) / PROVED_SAMPLES;
}

/* How much better it is to lose this one than others. */
static unsigned int burden(const struct sa *sa)
{
	unsigned int b = sa->host->half_open;

	if (!sa->is_static)
		b += 1000;
	if (host_is_unproved(sa))
		b += 2000;
	return b;
}

/*
 * Has all been read that the peer may have sent in good time? While we do not
 * catch up with what comes in, it is us who are late, up to a point.
 */
static bool is_silent(const struct ike *ike, const struct sa *sa)
{
	return sa->rt.replied + PATIENCE_MS <= ike->caught_up ||
	       sa->rt.replied + 2 * PATIENCE_MS <= ike->now;
}

/*
 * What is half done is finished first: a peer that is told nothing begins again
 * after a while. But forged addresses never go on, so when hardly anybody does,
 * each has its place only as long as nobody else needs it.
 */
static bool gives_way(const struct ike *ike, const struct sa *sa,
		      const struct newcomer *n)
{
	if (sa->host->half_open > n->share || is_silent(ike, sa))
		return true;
	return host_is_unproved(sa) &&
	       ((n->is_static && !sa->is_static) || ike->proved < PROVED_FEW);
}

/* The worst of a few makes room; others are looked at the next time. */
static bool evict(struct ike *ike, const struct newcomer *newcomer)
{
	struct sa *sa, *worst = NULL;
	unsigned int n;

	for (n = 0; n < SAMPLES; n++) {
		sa = TAILQ_FIRST(&ike->half_open);
		if (!sa)
			break;
		TAILQ_REMOVE(&ike->half_open, sa, in_half);
		TAILQ_INSERT_TAIL(&ike->half_open, sa, in_half);
		if (gives_way(ike, sa, newcomer) &&
		    (!worst || burden(sa) > burden(worst)))
			worst = sa;
	}
	if (!worst)
		return false;
	if (host_is_unproved(worst) && is_silent(ike, worst))
		host_outcome(ike, false);
	sa_kill(ike, worst, IKE_REASON_LIMIT);
	return true;
}

bool host_admit(struct ike *ike, struct host *h, bool is_static)
{
	uint32_t max = ike->limits.max_half_open;
	struct newcomer n = { .is_static = is_static };

	if (ike->n_half_open < FAIR_FROM(max)) {
		ike->proved = PROVED_ALL;
		return true;
	}
	n.share = max / (ike->hosts.count ? ike->hosts.count : 1);
	if (n.share < FAIR_MIN)
		n.share = FAIR_MIN;
	if (h->half_open >= n.share)
		return false;
	return ike->n_half_open < max || evict(ike, &n);
}

bool host_may_notify(struct ike *ike, struct host *h)
{
	if (h->notified && ike->now < h->notified + IKE_NOTIFY_MS)
		return false;
	h->notified = ike->now;
	return true;
}
