// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The keys role: it alone holds pre-shared and private keys. The engine asks
 * for what is made with them, never for them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "../lib/log.h"
#include "../lib/secret.h"
#include "worker.h"
#include "crypto.h"
#include "key_msg.h"
#include "request.h"
#include "roles.h"

#define MAX_PSKS 100000

struct psk {
	struct addr addr; /* family 0: by host */
	struct addr mask;
	char *host;
	struct secret key;
};

struct psk_set {
	struct psk *v;
	size_t n, cap;
};

struct keys {
	struct worker *worker;
	struct psk_set psks; /* in force */
	struct psk_set next; /* being told */
};

/* --- the plan ---------------------------------------------------------- */

static void psks_free(struct psk_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		secret_free(&s->v[i].key);
		free(s->v[i].host);
	}
	free(s->v);
	*s = (struct psk_set){ 0 };
}

static struct psk *psk_new(struct psk_set *s)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;
		struct psk *v = cap <= MAX_PSKS * 2 ?
					realloc(s->v, cap * sizeof(*v)) :
					NULL;

		if (!v)
			return NULL;
		s->v = v;
		s->cap = cap;
	}
	return memset(&s->v[s->n++], 0, sizeof(struct psk));
}

static bool add_psk(struct keys *k, struct msg *m)
{
	struct psk *p = psk_new(&k->next);
	const uint8_t *key;
	size_t len;

	if (!p)
		return false;
	msg_get_addr(m, &p->addr);
	msg_get_addr(m, &p->mask);
	p->host = strdup(msg_get_text(m));
	key = msg_get_bytes(m, &len);
	if (!p->host || !msg_close(m) || secret_alloc(&p->key, len + 1))
		return false;
	memcpy(p->key.p, key, len);
	p->key.len = len;
	return true;
}

/* --- pre-shared keys --------------------------------------------------- */

static bool covers(const struct psk *p, const struct addr *a)
{
	unsigned int i;

	if (p->addr.family != a->family || !a->family)
		return false;
	for (i = 0; i < addr_len(a->family); i++)
		if ((a->b[i] ^ p->addr.b[i]) & p->mask.b[i])
			return false;
	return true;
}

static bool is_host(const struct psk *p, const struct ike_ident *id)
{
	return id && *p->host &&
	       (id->type == IKE_ID_FQDN || id->type == IKE_ID_USER_FQDN) &&
	       strlen(p->host) == id->len &&
	       !strncasecmp(p->host, (const char *)id->data, id->len);
}

/* By name if the peer has told one and it is known, else by address. */
static const struct psk *psk_find(const struct keys *k,
				  const struct ike_key_req *req)
{
	const struct psk *best = NULL, *p;
	size_t i;

	for (i = 0; i < k->psks.n; i++) {
		p = &k->psks.v[i];
		if (is_host(p, req->remote_id))
			return p;
		if (covers(p, &req->path.remote.addr) &&
		    (!best ||
		     addr_mask_len(&p->mask) > addr_mask_len(&best->mask)))
			best = p;
	}
	return best;
}

static void answer_psk(struct keys *k, const struct ike_key_req *req,
		       struct ike_key_answer *a, uint8_t *out)
{
	const struct psk *p = psk_find(k, req);
	struct bytes data = bytes_of(req->data.p, req->data.len);

	if (!p) {
		a->err = -ENOKEY;
		a->why = "no pre-shared key is configured for the peer";
		return;
	}
	a->err = crypto_prf(req->hash, bytes_of(p->key.p, p->key.len), &data, 1,
			    out);
	a->data.p = out;
	a->data.len = a->err ? 0 : crypto_hash_len(req->hash);
}

/* --- messages ---------------------------------------------------------- */

static void on_key(struct keys *k, struct msg *m)
{
	struct key_req_parts *parts = malloc(sizeof(*parts));
	struct ike_key_req req;
	struct ike_key_answer a = { 0 };
	uint8_t out[IKE_HASH_MAX];
	struct msg reply;

	if (!parts || !key_get_req(m, &req, parts)) {
		log_error("a question for a key makes no sense");
		free(parts);
		return;
	}
	a.id = req.id;
	if (req.op == IKE_KEY_PSK) {
		answer_psk(k, &req, &a, out);
	} else {
		a.err = -ENOKEY;
		a.why = "no trust point is configured";
	}
	msg_init(&reply, MSG_KEY_DONE, req.id);
	key_put_answer(&reply, &a);
	proc_send(worker_proc(k->worker), ROLE_ENGINE, &reply);
	secret_wipe(out, sizeof(out));
	free(parts);
}

static void on_plan(struct keys *k, struct msg *m)
{
	switch (m->type) {
	case MSG_PLAN_BEGIN:
		psks_free(&k->next);
		break;
	case MSG_PLAN_PSK:
		if (!add_psk(k, m))
			log_error("a pre-shared key could not be taken over");
		break;
	case MSG_PLAN_END:
		psks_free(&k->psks);
		k->psks = k->next;
		k->next = (struct psk_set){ 0 };
		break;
	default:
		log_error("keys: message %u is not for it", m->type);
	}
}

static void on_message(void *arg, enum role from, struct msg *m)
{
	struct keys *k = arg;

	if (from == ROLE_PARENT)
		on_plan(k, m);
	else if (from == ROLE_ENGINE && m->type == MSG_KEY)
		on_key(k, m);
	else
		log_error("keys: message %u of %s is not for it", m->type,
			  role_name[from]);
}

int keys_main(const struct role_options *o)
{
	struct keys k = { 0 };
	const char *why;
	int status = 1;

	k.worker = worker_new(ROLE_KEYS, on_message, &k);
	if (!k.worker)
		return 1;
	if (crypto_init(&why))
		log_error("libcrypto: %s", why);
	else
		status = worker_run(k.worker, o);
	psks_free(&k.psks);
	psks_free(&k.next);
	worker_free(k.worker);
	return status;
}
