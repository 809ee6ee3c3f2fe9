// SPDX-License-Identifier: GPL-2.0-or-later
// What one of our addresses has with one remote address: SAs, children, rates, fair shares.

#include "host.h"
#include "sa.h"

/* Where the address of each SA starts to count against it. */
#define FAIR_FROM(max) ((max) / 4)
#define FAIR_MIN 8
#define SAMPLES 12 /* how many are looked at to find one that gives way */

static uint64_t host_hash(const struct ike *ike, const struct ike_path *path)
{
	uint8_t key[16 + 16 + 4] = { 0 };

	memcpy(key, path->local.addr.b, addr_len(path->local.addr.family));
	memcpy(key + 16, path->remote.addr.b,
	       addr_len(path->remote.addr.family));
	put_be32(key + 32, path->vrf);
	return siphash(ike->hash_key, key, sizeof(key));
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
	return h;
}

void host_put(struct ike *ike, struct host *h)
{
	if (h->refs)
		return;
	htab_del(&ike->hosts, &h->node);
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

/* How much better it is to lose this one than others. */
static unsigned int burden(const struct sa *sa)
{
	unsigned int b = sa->host->half_open;

	if (!sa->is_static)
		b += 1000;
	/* An answer to our cookie has proved that the address is real. */
	if (sa->state == MM_SA_SETUP || sa->state == AG_INIT_EXCH)
		b += 2000;
	return b;
}

/* The worst of a few makes room; others are looked at the next time. */
static bool evict(struct ike *ike, unsigned int than)
{
	struct sa *sa, *worst = NULL;
	unsigned int n;

	for (n = 0; n < SAMPLES; n++) {
		sa = TAILQ_FIRST(&ike->half_open);
		if (!sa)
			break;
		TAILQ_REMOVE(&ike->half_open, sa, in_half);
		TAILQ_INSERT_TAIL(&ike->half_open, sa, in_half);
		if (!worst || burden(sa) > burden(worst))
			worst = sa;
	}
	if (!worst || burden(worst) < than)
		return false;
	sa_kill(ike, worst, IKE_REASON_LIMIT);
	return true;
}

bool host_admit(struct ike *ike, struct host *h)
{
	uint32_t max = ike->limits.max_half_open;
	uint32_t share;

	if (ike->n_half_open < FAIR_FROM(max))
		return true;
	share = max / (ike->hosts.count ? ike->hosts.count : 1);
	if (share < FAIR_MIN)
		share = FAIR_MIN;
	if (h->half_open >= share)
		return false;
	return ike->n_half_open < max || evict(ike, h->half_open);
}

bool host_may_notify(struct ike *ike, struct host *h)
{
	if (h->notified && ike->now < h->notified + IKE_NOTIFY_MS)
		return false;
	h->notified = ike->now;
	return true;
}
