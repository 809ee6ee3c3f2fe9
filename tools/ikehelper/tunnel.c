// SPDX-License-Identifier: GPL-2.0-or-later
/* Phase 2 tunnels: all pairs of SAs of one rule with one peer. */
#include "tunnel.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "../lib/stats.h"
#include "htab.h"
#include "sorted.h"

#define MAX_WAITING 4096 /* SAs whose last figures have not come */
#define MAGIC 0x54554e31 /* "TUN1" */

struct tunnel {
	struct hnode by_ends;
	TAILQ_ENTRY(tunnel) in_all;
	struct tunnel_info info;
	uint64_t since; /* milliseconds */
	uint64_t record; /* of the history, once it has ended */
	unsigned int n_pairs;
	unsigned int n_members; /* those whose figures are awaited, too */
	bool is_listed;
};

/* What another run goes on with; it knows the SAs from elsewhere. */
struct saved {
	uint32_t magic, rule;
	uint64_t order, since, refreshes, expired;
	struct addr local, remote;
	struct stats past;
};

/* One SA. */
struct member {
	struct hnode node;
	TAILQ_ENTRY(member) waiting;
	struct tunnel *tunnel;
	uint32_t spi;
	uint8_t dir;
	struct addr remote; /* an outbound SPI is the peer's choice */
	bool is_gone; /* for us, not for the kernel */
	bool is_counted;
};

TAILQ_HEAD(tunnel_list, tunnel);
TAILQ_HEAD(member_list, member);

struct tunnels {
	struct tunnel_ops ops;
	uint64_t key[2];
	struct htab by_ends, members;
	struct tunnel_list all;
	struct member_list waiting;
	unsigned int n_waiting;
	uint64_t n_ever;
};

/* --- tables -------------------------------------------------------------- */

static uint64_t ends_hash(const struct tunnels *t, uint32_t rule,
			  const struct addr *remote)
{
	uint8_t buf[20];

	memcpy(buf, remote->b, 16);
	memcpy(buf + 16, &rule, 4);
	return siphash(t->key, buf, sizeof(buf));
}

static struct tunnel *find(const struct tunnels *t, uint32_t rule,
			   const struct addr *remote)
{
	struct hnode *n;

	for (n = htab_first(&t->by_ends, ends_hash(t, rule, remote)); n;
	     n = htab_same(n)) {
		struct tunnel *tu = container_of(n, struct tunnel, by_ends);

		if (tu->info.rule == rule && addr_eq(&tu->info.remote, remote))
			return tu;
	}
	return NULL;
}

static uint64_t member_hash(const struct tunnels *t, uint8_t dir, uint32_t spi)
{
	uint32_t buf[2] = { dir, spi };

	return siphash(t->key, buf, sizeof(buf));
}

static struct member *find_member(const struct tunnels *t, uint8_t dir,
				  uint32_t spi, const struct addr *remote)
{
	struct hnode *n;

	for (n = htab_first(&t->members, member_hash(t, dir, spi)); n;
	     n = htab_same(n)) {
		struct member *m = container_of(n, struct member, node);

		if (m->dir == dir && m->spi == spi &&
		    (dir == DIR_IN || addr_eq(&m->remote, remote)))
			return m;
	}
	return NULL;
}

static void keep(const struct tunnels *t, const struct tunnel *tu)
{
	const struct tunnel_info *i = &tu->info;
	struct saved saved;

	/* Padding too has a value. */
	memset(&saved, 0, sizeof(saved));
	saved.magic = MAGIC;
	saved.rule = i->rule;
	saved.order = i->order;
	saved.since = tu->since;
	saved.refreshes = i->refreshes;
	saved.expired = i->expired;
	saved.local = i->local;
	saved.remote = i->remote;
	saved.past = i->past;
	t->ops.keep(t->ops.ctx, i->order,
		    &(struct ike_blob){ (void *)&saved, sizeof(saved) });
}

static void unlist(struct tunnels *t, struct tunnel *tu)
{
	if (!tu->is_listed)
		return;
	t->ops.keep(t->ops.ctx, tu->info.order, NULL);
	htab_del(&t->by_ends, &tu->by_ends);
	TAILQ_REMOVE(&t->all, tu, in_all);
	tu->is_listed = false;
}

/* The last SA takes its tunnel with it. */
static void member_free(struct tunnels *t, struct member *m)
{
	htab_del(&t->members, &m->node);
	if (m->is_gone) {
		TAILQ_REMOVE(&t->waiting, m, waiting);
		t->n_waiting--;
	}
	if (!--m->tunnel->n_members) {
		unlist(t, m->tunnel);
		free(m->tunnel);
	}
	free(m);
}

/* --- pairs --------------------------------------------------------------- */

static struct tunnel *begin(struct tunnels *t, uint32_t rule,
			    const struct addr *local, const struct addr *remote)
{
	struct tunnel *tu = calloc(1, sizeof(*tu));

	if (!tu)
		return NULL;
	tu->info.order = ++t->n_ever;
	tu->info.rule = rule;
	tu->info.local = *local;
	tu->info.remote = *remote;
	tu->since = t->ops.now(t->ops.ctx);
	tu->is_listed = true;
	htab_add(&t->by_ends, &tu->by_ends,
		 ends_hash(t, rule, &tu->info.remote));
	TAILQ_INSERT_TAIL(&t->all, tu, in_all);
	return tu;
}

static struct member *member_new(struct tunnels *t, uint8_t dir, uint32_t spi,
				 const struct addr *remote)
{
	struct member *m = find_member(t, dir, spi, remote);

	/* The number is used again, so nothing more comes for the old one. */
	if (m && m->is_gone)
		member_free(t, m);
	else if (m)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->dir = dir;
	m->spi = spi;
	m->remote = *remote;
	return m;
}

static void join(struct tunnels *t, struct tunnel *tu, struct member *m)
{
	m->tunnel = tu;
	tu->n_members++;
	htab_add(&t->members, &m->node, member_hash(t, m->dir, m->spi));
}

/* What the newest pair has agreed on. */
static void set_agreed(struct tunnel_info *i, const struct ike_child_info *c)
{
	i->vrf = c->path.vrf;
	i->esp = c->p2.esp;
	i->key_bits = c->p2.esp_keylen;
	i->esp_auth = c->p2.esp_auth;
	i->group = c->p2.group;
	i->encap = c->p2.encap;
	i->seconds = c->p2.seconds;
	i->kbytes = c->p2.kbytes;
	i->left_seconds = i->seconds / (c->is_initiator ? 10 : 20);
	i->left_kbytes = i->kbytes / (c->is_initiator ? 10 : 20);
}

void tunnel_up(struct tunnels *t, const struct ike_child_info *c,
	       bool is_refresh)
{
	const struct addr *remote = &c->path.remote.addr;
	struct member *in = member_new(t, DIR_IN, c->in_spi, remote);
	struct member *out = in ? member_new(t, DIR_OUT, c->out_spi, remote) :
				  NULL;
	struct tunnel *tu = out ? find(t, c->rule, remote) : NULL;

	if (out && !tu)
		tu = begin(t, c->rule, &c->path.local.addr, remote);
	if (!tu) {
		free(in);
		free(out);
		return;
	}
	join(t, tu, in);
	join(t, tu, out);
	set_agreed(&tu->info, c);
	tu->n_pairs++;
	tu->info.current += 2;
	tu->info.refreshes += is_refresh;
	keep(t, tu);
}

static void fill(const struct tunnels *t, const struct tunnel *tu,
		 struct tunnel_info *info)
{
	*info = tu->info;
	info->up = (t->ops.now(t->ops.ctx) - tu->since) / 1000;
}

/* Its last figures come from the kernel, before or after. */
static void await(struct tunnels *t, struct member *m)
{
	if (!m || m->is_gone)
		return;
	if (m->is_counted) {
		member_free(t, m);
		return;
	}
	m->is_gone = true;
	TAILQ_INSERT_TAIL(&t->waiting, m, waiting);
	if (++t->n_waiting > MAX_WAITING)
		member_free(t, TAILQ_FIRST(&t->waiting));
}

void tunnel_down(struct tunnels *t, const struct ike_child_info *c,
		 enum ike_reason reason)
{
	struct member *m = find_member(t, DIR_IN, c->in_spi, NULL);
	struct tunnel *tu = m ? m->tunnel : NULL;
	struct tunnel_info info;

	if (!m || m->is_gone)
		return;
	if (!--tu->n_pairs) {
		/* As it was when it ended: with its last pair. */
		fill(t, tu, &info);
		unlist(t, tu);
		tu->record = t->ops.ended(t->ops.ctx, &info, reason);
	}
	tu->info.current -= 2;
	tu->info.expired += 2;
	if (tu->is_listed)
		keep(t, tu);
	/* The inbound one last: the first one may not be the last member. */
	await(t, find_member(t, DIR_OUT, c->out_spi, &m->remote));
	await(t, m);
}

void tunnel_gone(struct tunnels *t, const struct krn_gone *gone)
{
	struct member *m = find_member(t, gone->dir, gone->spi, &gone->remote);
	struct tunnel *tu = m ? m->tunnel : NULL;

	if (!m || m->is_counted)
		return;
	stats_add(&tu->info.past, &gone->stats);
	if (tu->is_listed)
		keep(t, tu);
	if (tu->record)
		t->ops.more(t->ops.ctx, tu->record, &gone->stats);
	m->is_counted = true;
	if (m->is_gone)
		member_free(t, m);
}

/* --- taking over ---------------------------------------------------------- */

void tunnel_restore(struct tunnels *t, const struct ike_blob *record)
{
	uint64_t last = t->n_ever;
	struct saved saved;
	struct tunnel *tu;

	if (record->len != sizeof(saved))
		return;
	memcpy(&saved, record->p, sizeof(saved));
	if (saved.magic != MAGIC || find(t, saved.rule, &saved.remote))
		return;
	tu = begin(t, saved.rule, &saved.local, &saved.remote);
	if (!tu)
		return;
	tu->info.order = saved.order;
	tu->info.refreshes = saved.refreshes;
	tu->info.expired = saved.expired;
	tu->info.past = saved.past;
	if (saved.since < tu->since)
		tu->since = saved.since;
	t->n_ever = saved.order > last ? saved.order : last;
}

void tunnel_adopt(struct tunnels *t, const struct ike_child_info *c)
{
	struct tunnel *tu;
	uint64_t now = t->ops.now(t->ops.ctx);

	tunnel_up(t, c, false);
	tu = find(t, c->rule, &c->path.remote.addr);
	/* Without what was kept of it, it is up for as long as its SAs. */
	if (tu && now > c->up * 1000 && tu->since > now - c->up * 1000)
		tu->since = now - c->up * 1000;
}

void tunnel_adopted(struct tunnels *t)
{
	struct tunnel_info info;
	struct tunnel *tu, *next;

	TAILQ_SORT(&t->all, tunnel, in_all, info.order);
	for (tu = TAILQ_FIRST(&t->all); tu; tu = next) {
		next = TAILQ_NEXT(tu, in_all);
		if (tu->n_members)
			continue;
		fill(t, tu, &info);
		unlist(t, tu);
		t->ops.ended(t->ops.ctx, &info, IKE_REASON_KERNEL);
		free(tu);
	}
}

void tunnel_keep_all(const struct tunnels *t)
{
	const struct tunnel *tu;

	TAILQ_FOREACH(tu, &t->all, in_all)
	{
		keep(t, tu);
	}
}

void tunnel_next(const struct tunnels *t, uint64_t after, tunnel_fn *fn,
		 void *arg)
{
	struct tunnel_info info;
	struct tunnel *tu;
	bool go_on = true;

	for (tu = TAILQ_FIRST(&t->all); tu && go_on;
	     tu = TAILQ_NEXT(tu, in_all)) {
		if (tu->info.order <= after)
			continue;
		fill(t, tu, &info);
		go_on = fn(&info, arg);
	}
}

/* --- begin and end ------------------------------------------------------- */

struct tunnels *tunnels_new(const struct tunnel_ops *ops, const uint64_t key[2])
{
	struct tunnels *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ops = *ops;
	memcpy(t->key, key, sizeof(t->key));
	TAILQ_INIT(&t->all);
	TAILQ_INIT(&t->waiting);
	if (!htab_init(&t->by_ends) && !htab_init(&t->members))
		return t;
	tunnels_free(t);
	return NULL;
}

static void keep_nothing(void *ctx, uint64_t order,
			 const struct ike_blob *record)
{
	(void)ctx;
	(void)order;
	(void)record;
}

void tunnels_free(struct tunnels *t)
{
	struct tunnel *tu;
	size_t i;

	if (!t)
		return;
	/* All stay with who keeps them. */
	t->ops.keep = keep_nothing;
	for (i = 0; i < t->members.size; i++)
		while (t->members.bucket[i])
			member_free(t, container_of(t->members.bucket[i],
						    struct member, node));
	while ((tu = TAILQ_FIRST(&t->all))) {
		unlist(t, tu);
		free(tu);
	}
	htab_exit(&t->by_ends);
	htab_exit(&t->members);
	free(t);
}
