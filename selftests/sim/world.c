// SPDX-License-Identifier: GPL-2.0-or-later
// A world of two IKE engines: virtual time, events, the network between them.

#include "world.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "ikehelper/crypto.h"
#include "ikehelper/keymat.h"
#include "ikehelper/mnemonic.h"
#include "ikehelper/profile.h"
#include "ikehelper/trust.h"
#include "world_kernel.h"

enum item_kind { ITEM_PACKET, ITEM_ESP, ITEM_KRN, ITEM_KEY };

struct item {
	struct item *next;
	uint64_t at, seq;
	enum item_kind kind;
	int node;
	uint32_t epoch;
	struct ike_path path;
	struct krn_answer krn;
	uint32_t key_id;
	int key_err;
	uint32_t trust; /* whose key has signed, 0 none */
	bool is_verdict; /* data is a struct trust_verdict */
	uint32_t spi;
	struct krn_key key;
	size_t len;
	uint8_t data[];
};

uint64_t world_random(struct world *w)
{
	/* splitmix64 */
	uint64_t z = w->rng += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

unsigned int world_below(struct world *w, unsigned int n)
{
	return n ? world_random(w) % n : 0;
}

void world_log(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->trace)
		return;
	printf("# %10.3f ", w->now / 1000.0);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void insert(struct world *w, struct item *it)
{
	struct item **at = &w->queue;

	while (*at && ((*at)->at < it->at ||
		       ((*at)->at == it->at && (*at)->seq < it->seq)))
		at = &(*at)->next;
	it->next = *at;
	*at = it;
}

static struct item *add(struct world *w, enum item_kind kind, int node,
			uint64_t delay, size_t len)
{
	struct item *it = calloc(1, sizeof(*it) + len);

	if (!it)
		abort();
	it->kind = kind;
	it->node = node;
	it->epoch = w->node[node].epoch;
	it->at = w->now + delay;
	it->seq = ++w->seq;
	it->len = len;
	insert(w, it);
	return it;
}

static uint64_t delay(struct world *w)
{
	return w->delay_min + world_below(w, w->delay_max - w->delay_min + 1);
}

/* How the other one sees where a datagram comes from. */
static struct ike_path seen_from(const struct world *w, int from,
				 const struct ike_path *path)
{
	struct ike_path p = { .local = path->remote, .remote = path->local };

	if (!w->nat)
		return p;
	if (from == 0) {
		addr_parse("203.0.113.9", &p.remote.addr);
		p.remote.port = w->nat_port - (path->local.port != 4500);
	} else {
		p.local.addr = w->node[0].addr;
		p.local.port = path->remote.port == w->nat_port ? 4500 : 500;
	}
	return p;
}

void world_inject(struct world *w, int to, const struct ike_path *from,
		  const uint8_t *p, size_t len)
{
	uint64_t at = w->now + delay(w);
	struct item *it;

	/* One that is busy takes it when it has done what came before. */
	if (w->cost_us) {
		uint64_t *busy = &w->node[to].busy;

		if (*busy < at * 1000)
			*busy = at * 1000;
		at = *busy / 1000;
		*busy += w->cost_us;
	}
	it = add(w, ITEM_PACKET, to, at - w->now, len);
	it->path = seen_from(w, !to, from);
	memcpy(it->data, p, len);
}

static uint64_t op_now(void *ctx)
{
	struct node *n = ctx;

	return n->w->now + n->clock;
}

static void op_random(void *ctx, void *p, size_t len)
{
	struct node *n = ctx;
	uint8_t *b = p;

	while (len--)
		*b++ = world_random(n->w);
}

/* From outside only what the NAT knows gets in. */
static bool is_blocked(const struct world *w, const struct node *n,
		       const struct ike_path *path)
{
	return w->nat && n->index == 1 &&
	       (path->remote.addr.b[0] != 203 ||
		(path->remote.port != w->nat_port &&
		 path->remote.port != w->nat_port - 1));
}

static void op_send(void *ctx, const struct ike_path *path, const void *p,
		    size_t len)
{
	struct node *n = ctx;
	struct world *w = n->w;
	unsigned int copies = 1;

	if (n->is_killed)
		return;
	if (n->kill_in && !--n->kill_in) {
		world_log(w, "%d is killed %s message %u", n->index,
			  n->kill_late ? "behind" : "before", n->sent + 1);
		n->is_killed = true;
		if (!n->kill_late)
			return;
	}
	n->sent++;
	n->octets_out += len;
	world_log(w, "%d sends %zu octets, exchange %u, message id %02x%02x",
		  n->index, len, ((const uint8_t *)p)[18],
		  ((const uint8_t *)p)[20], ((const uint8_t *)p)[21]);
	if (w->tap && w->tap(w, n->index, path, p, len, w->tap_arg))
		return;
	if (w->cut || world_below(w, 1000) < w->loss || is_blocked(w, n, path))
		return;
	if (world_below(w, 1000) < w->dup)
		copies++;
	while (copies--)
		world_inject(w, !n->index, path, p, len);
}

static void op_keepalive(void *ctx, const struct ike_path *path)
{
	struct node *n = ctx;

	n->keepalives++;
	if (path->local.port != 4500)
		snprintf(n->w->broken, sizeof(n->w->broken),
			 "keepalive from port %u", path->local.port);
}

static void op_krn(void *ctx, const struct krn_req *req)
{
	struct node *n = ctx;
	struct krn_answer a = { .id = req->id };

	if (n->is_killed)
		return;
	kernel_request(n, req, &a);
	if (req->id)
		add(n->w, ITEM_KRN, n->index, world_below(n->w, 3), 0)->krn = a;
}

static const struct ike_peer *op_peer_get(void *ctx, uint32_t ref)
{
	struct node *n = ctx;

	if (ref && ref == n->stranger.ref)
		return &n->stranger;
	if (ref && ref == n->profile_peer.ref)
		return &n->profile_peer;
	return ref == n->peer.ref ? &n->peer : NULL;
}

/* As the engine role and the keys role do it. */
static void use_certs(struct node *n, const struct ike_key_req *req)
{
	const struct ike_peer *peer = op_peer_get(n, req->peer);
	struct item *it = add(n->w, ITEM_KEY, n->index, world_below(n->w, 60),
			      PKI_SIG_MAX + sizeof(struct trust_verdict));
	int len;

	it->key_id = req->id;
	it->is_verdict = req->op == IKE_KEY_VERIFY;
	if (it->is_verdict) {
		trusts_verify(n->trusts, peer ? peer->trust : UINT32_MAX, req,
			      (void *)it->data);
		return;
	}
	it->trust = req->trust;
	len = pki_sign(n->own[req->trust - 1],
		       bytes_of(req->data.p, req->data.len), it->data);
	it->key_err = len < 0 ? len : 0;
	it->len = len < 0 ? 0 : len;
}

static uint32_t op_own_cert(void *ctx, const struct ike_peer *peer,
			    struct bytes names, struct ike_ident *id,
			    const char **why)
{
	struct node *n = ctx;

	return n->trusts ? trusts_own(n->trusts, peer, names, id, why) : 1;
}

static unsigned int op_authorities(void *ctx, const struct ike_peer *peer,
				   struct bytes *name, unsigned int max)
{
	struct node *n = ctx;

	return n->trusts ? trusts_names(n->trusts, peer->trust, name, max) : 0;
}

static void op_key(void *ctx, const struct ike_key_req *req)
{
	struct node *n = ctx;
	const char *key = req->profile && n->profile_psk ? n->profile_psk :
							   n->psk;
	struct bytes psk = bytes_of(key, strlen(key));
	struct bytes data = bytes_of(req->data.p, req->data.len);
	uint8_t out[IKE_HASH_MAX];
	struct item *it;

	if (n->trusts && req->op != IKE_KEY_PSK) {
		use_certs(n, req);
		return;
	}
	it = add(n->w, ITEM_KEY, n->index, world_below(n->w, 60), sizeof(out));
	it->key_id = req->id;
	/* A toy signature: a keyed hash with a key that both ends have. */
	if (crypto_prf(req->hash, psk, &data, 1, out))
		abort();
	it->len = crypto_hash_len(req->hash);
	memcpy(it->data, out, it->len);
	if (n->key_fails)
		it->key_err = -ENOKEY;
	if (req->op == IKE_KEY_VERIFY &&
	    (req->sig.len != it->len || memcmp(req->sig.p, out, it->len)))
		it->key_err = -EKEYREJECTED;
}

struct record {
	struct record *next;
	enum ike_keep kind;
	uint64_t id;
	size_t len;
	uint8_t p[];
};

static void op_keep(void *ctx, enum ike_keep kind, uint64_t id,
		    const struct ike_blob *b)
{
	struct node *n = ctx;
	struct record **at = &n->kept, *r;

	if (n->is_killed)
		return;
	while (*at && ((*at)->kind != kind || (*at)->id != id))
		at = &(*at)->next;
	r = *at;
	if (r) {
		*at = r->next;
		free(r);
	} else if (!b) {
		snprintf(n->w->broken, sizeof(n->w->broken),
			 "record %d %llu is wiped without being there", kind,
			 (unsigned long long)id);
	}
	if (!b)
		return;
	r = malloc(sizeof(*r) + b->len);
	if (!r)
		abort();
	*r = (struct record){ n->kept, kind, id, b->len };
	memcpy(r->p, b->p, b->len);
	n->kept = r;
}

static void forget_records(struct node *n)
{
	struct record *r;

	while ((r = n->kept)) {
		n->kept = r->next;
		free(r);
	}
}

/* The state that the records are. */
static void collect(struct node *n)
{
	const struct record *r;
	size_t len = IKE_STATE_HEAD;

	for (r = n->kept; r; r = r->next)
		len += ike_state_size(r->len);
	n->saved = malloc(len);
	if (!n->saved)
		abort();
	n->saved_len = ike_state_head(n->saved, len);
	for (r = n->kept; r; r = r->next)
		n->saved_len +=
			ike_state_add((uint8_t *)n->saved + n->saved_len,
				      r->kind, r->p, r->len);
}

static void op_log(void *ctx, enum ike_log_level level,
		   const struct ike_path *path, const char *text)
{
	struct node *n = ctx;

	(void)path;
	if (level == IKE_LOG_WARN) {
		n->warnings++;
		snprintf(n->warning, sizeof(n->warning), "%s", text);
	}
	world_log(n->w, "%d says: %s", n->index, text);
	if (n->w->said)
		n->w->said(n->w, n->index, text);
}

static void op_trace(void *ctx, unsigned int topics,
		     const struct ike_path *path, uint32_t conn,
		     const char *line)
{
	struct node *n = ctx;

	(void)path;
	(void)conn;
	world_log(n->w, "%d %s", n->index, line);
	n->w->seen(n->w, n->index, topics, line);
}

static bool op_flow_entry(void *ctx, uint32_t ref, const char **map,
			  uint32_t *seq)
{
	(void)ctx;
	*map = "CMAP";
	*seq = 10 * ref;
	return true;
}

static void op_failure(void *ctx, const struct ike_failure *f)
{
	struct node *n = ctx;

	n->failures++;
	n->failure = *f;
}

static void op_event(void *ctx, const struct ike_event *ev)
{
	struct node *n = ctx;

	/* As the engine role does. */
	mnemonic_event(n->ike, ev, n->is_manual);
	switch (ev->kind) {
	case IKE_EVENT_SA_STATE:
	case IKE_EVENT_SA_UP:
		if (n->n_states < 64)
			n->states[n->n_states++] = ev->sa->state;
		n->sa_ups += ev->kind == IKE_EVENT_SA_UP;
		world_log(n->w, "%d SA %u is in %s", n->index, ev->sa->conn,
			  ike_state_name(ev->sa->state));
		break;
	case IKE_EVENT_SA_DOWN:
		n->sa_downs++;
		world_log(n->w, "%d SA %u ends: %s", n->index, ev->sa->conn,
			  ike_reason_name(ev->reason));
		break;
	case IKE_EVENT_CHILD_UP:
		n->ups++;
		world_log(n->w, "%d pair %08x/%08x is up", n->index,
			  ev->child->in_spi, ev->child->out_spi);
		break;
	case IKE_EVENT_CHILD_DOWN:
		n->downs++;
		n->heir = ev->heir;
		world_log(n->w, "%d pair %08x/%08x ends: %s", n->index,
			  ev->child->in_spi, ev->child->out_spi,
			  ike_reason_name(ev->reason));
		break;
	default:
		break;
	}
}

const struct ike_peer *world_profile_peer(struct node *n, uint32_t profile)
{
	n->profile_peer = n->peer;
	n->profile_peer.ref += 1000;
	n->profile_peer.profile = profile;
	n->profile_peer.trust = n->profile_trust;
	return &n->profile_peer;
}

static const struct ike_peer *op_peer_find(void *ctx,
					   const struct ike_path *path,
					   const struct ike_ident *id,
					   struct bytes cert)
{
	struct node *n = ctx;

	n->peer.profile = id ? n->profile : 0;
	if (n->profiles && id) {
		const struct profile *own = profile_find(
			n->profiles, n->n_profiles, path, id, cert);

		if (own)
			return world_profile_peer(n, own->ref);
	}
	if (n->stranger.ref && path->remote.addr.b[0] == 240)
		return &n->stranger;
	return n->peer.ref ? &n->peer : NULL;
}

static const struct ike_flow *op_flow_get(void *ctx, uint32_t ref)
{
	struct node *n = ctx;

	if (n->many)
		return world_many_flow(n, ref);
	return ref && ref <= n->n_flows ? &n->flow[ref - 1] : NULL;
}

static const struct ike_flow *op_flow_by_rule(void *ctx, uint32_t rule)
{
	return op_flow_get(ctx, rule > 100 ? rule - 100 : 0);
}

static const struct ike_flow *op_flow_next(void *ctx,
					   const struct ike_path *path,
					   uint32_t peer, uint32_t ref)
{
	struct node *n = ctx;

	(void)peer;
	if (n->many)
		return world_many_next(n, path, ref);
	return op_flow_get(ctx, ref + 1);
}

static const char *op_profile_name(void *ctx, uint32_t ref)
{
	(void)ctx;
	return ref == 5 ? "five" : NULL;
}

static const struct ike_ops ops = {
	.now = op_now,
	.random = op_random,
	.send = op_send,
	.keepalive = op_keepalive,
	.krn = op_krn,
	.key = op_key,
	.own_cert = op_own_cert,
	.authorities = op_authorities,
	.keep = op_keep,
	.log = op_log,
	.trace = op_trace,
	.failure = op_failure,
	.event = op_event,
	.peer_find = op_peer_find,
	.peer_get = op_peer_get,
	.flow_get = op_flow_get,
	.flow_by_rule = op_flow_by_rule,
	.flow_next = op_flow_next,
	.flow_entry = op_flow_entry,
	.profile_name = op_profile_name,
};

void world_clear(struct world *w, int i, unsigned int what)
{
	const struct ike_which all = { 0 };
	uint64_t from = 0;

	do {
		ike_clear(w->node[i].ike, &all, what, &from);
	} while (from);
}

void world_start(struct world *w, int i)
{
	struct node *n = &w->node[i];

	n->epoch++;
	n->ike = ike_new(&ops, n, &n->limits);
	if (!n->ike)
		abort();
	n->is_killed = false;
	forget_records(n);
	world_log(w, "%d starts", i);
	ike_keep_all(n->ike);
}

void world_stop(struct world *w, int i)
{
	struct node *n = &w->node[i];

	world_log(w, "%d stops", i);
	ike_free(n->ike);
	n->ike = NULL;
	n->epoch++;
	ike_export_free(n->saved, n->saved_len);
	n->saved = NULL;
	kernel_flush(n);
}

void world_save(struct world *w, int i)
{
	struct node *n = &w->node[i];

	ike_export_free(n->saved, n->saved_len);
	n->saved = ike_export(n->ike, &n->saved_len);
}

bool world_restart(struct world *w, int i)
{
	struct node *n = &w->node[i];
	bool ok;

	if (!n->saved)
		collect(n);
	world_log(w, "%d restarts with its state, %zu octets", i, n->saved_len);
	ike_free(n->ike);
	world_start(w, i);
	forget_records(n);
	ok = n->saved && !ike_import(n->ike, n->saved, n->saved_len);
	ike_export_free(n->saved, n->saved_len);
	n->saved = NULL;
	ike_keep_all(n->ike);
	if (ok)
		kernel_compare(n);
	return ok;
}

void world_kill(struct world *w, int i)
{
	struct node *n = &w->node[i];

	world_log(w, "%d is gone", i);
	ike_free(n->ike);
	n->ike = NULL;
	n->epoch++;
}

void world_esp(struct world *w, struct node *n, const struct wpair *p)
{
	struct item *it;

	if (w->cut || world_below(w, 1000) < w->loss ||
	    is_blocked(w, n, &p->path))
		return;
	it = add(w, ITEM_ESP, !n->index, delay(w), 0);
	it->spi = p->out_spi;
	it->key = p->p.out_cipher;
	it->path = seen_from(w, n->index, &p->path);
}

static void answer_key(struct node *n, const struct item *it)
{
	struct ike_blob cert = { (const uint8_t *)"certificate", 11 };
	struct ike_key_answer key = { .id = it->key_id,
				      .err = it->key_err,
				      .data = { it->data, it->len },
				      .cert = &cert,
				      .n_cert = 1 };

	if (it->is_verdict) {
		key = trust_answer((const void *)it->data);
	} else if (it->trust) {
		const struct pki_key *own = n->own[it->trust - 1];
		struct bytes der = pki_key_cert(n->shown ? n->shown : own, 0);

		cert = (struct ike_blob){ der.p, der.len };
		key.n_cert = !n->hides_cert;
	}
	ike_key_done(n->ike, &key);
}

static void deliver(struct world *w, struct item *it)
{
	struct node *n = &w->node[it->node];

	if (it->kind == ITEM_ESP)
		kernel_receive(n, it->spi, &it->key, &it->path);
	if (!n->ike)
		return;
	switch (it->kind) {
	case ITEM_PACKET:
		n->received++;
		n->octets_in += it->len;
		ike_packet(n->ike, &it->path, it->data, it->len);
		if (n->ike && n->busy <= w->now * 1000 + w->cost_us)
			ike_caught_up(n->ike);
		break;
	case ITEM_ESP:
		break;
	case ITEM_KRN:
		if (it->epoch == n->epoch)
			ike_krn_done(n->ike, &it->krn);
		break;
	case ITEM_KEY:
		if (it->epoch == n->epoch)
			answer_key(n, it);
		break;
	}
}

/* When the next timer of a node is due, in the world's time. */
static uint64_t timer_at(const struct node *n)
{
	uint64_t at = n->ike ? ike_next(n->ike) : UINT64_MAX;

	if (at == UINT64_MAX)
		return at;
	at = (int64_t)at > n->clock ? at - n->clock : 0;
	return at < n->w->now ? n->w->now : at;
}

/* Killed in the middle of a call, which has ended now. */
static bool is_dying(const struct node *n)
{
	return n->is_killed && n->ike;
}

void world_run(struct world *w, uint64_t ms)
{
	uint64_t end = w->now + ms;

	for (;;) {
		uint64_t at = w->queue ? w->queue->at : UINT64_MAX;
		int i, who = -1;

		for (i = 0; i < 2; i++) {
			if (timer_at(&w->node[i]) < at) {
				at = timer_at(&w->node[i]);
				who = i;
			}
		}
		if (at > end)
			break;
		w->now = at;
		if (who >= 0) {
			ike_run(w->node[who].ike);
		} else {
			struct item *it = w->queue;

			w->queue = it->next;
			deliver(w, it);
			free(it);
		}
		for (i = 0; i < 2; i++)
			if (is_dying(&w->node[i]))
				return;
	}
	w->now = end;
}

static void count_sa(const struct ike_sa_info *info, void *arg)
{
	*(unsigned int *)arg += info->state == QM_IDLE;
}

unsigned int world_sas(struct world *w, int i)
{
	unsigned int n = 0;

	if (w->node[i].ike)
		ike_each_sa(w->node[i].ike, count_sa, &n);
	return n;
}

void world_exit(struct world *w)
{
	struct item *it;

	ike_free(w->node[0].ike);
	ike_free(w->node[1].ike);
	forget_records(&w->node[0]);
	forget_records(&w->node[1]);
	free(w->node[0].pair);
	free(w->node[1].pair);
	ike_export_free(w->node[0].saved, w->node[0].saved_len);
	ike_export_free(w->node[1].saved, w->node[1].saved_len);
	while ((it = w->queue)) {
		w->queue = it->next;
		free(it);
	}
}
