// SPDX-License-Identifier: GPL-2.0-or-later
/* Pre-shared keys in their keyrings, and which one is for whom. */
#include "psk.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire.h"

#define MAX_PSKS 100000

void psks_free(struct psk_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		secret_free(&s->v[i].key);
		free(s->v[i].host);
	}
	free(s->v);
	free(s->use);
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

bool psks_add(struct psk_set *s, struct msg *m)
{
	struct psk *p = psk_new(s);
	const uint8_t *key;
	size_t len;

	if (!p)
		return false;
	msg_get_addr(m, &p->addr);
	msg_get_addr(m, &p->mask);
	p->host = strdup(msg_get_text(m));
	p->ring = msg_get_u32(m);
	msg_get_addr(m, &p->local);
	p->vrf = msg_get_u32(m);
	key = msg_get_bytes(m, &len);
	if (!p->host || !msg_close(m) || secret_alloc(&p->key, len + 1))
		return false;
	memcpy(p->key.p, key, len);
	p->key.len = len;
	return true;
}

bool psks_allow(struct psk_set *s, struct msg *m)
{
	struct ring_use *v;

	v = s->n_use < MAX_PSKS ? realloc(s->use, (s->n_use + 1) * sizeof(*v)) :
				  NULL;
	if (!v)
		return false;
	s->use = v;
	v[s->n_use].profile = msg_get_u32(m);
	v[s->n_use++].ring = msg_get_u32(m);
	return msg_close(m);
}

/* --- search ------------------------------------------------------------ */

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

/* Is it for this question: of a keyring of the profile, at this address? */
static bool may_use(const struct psk_set *s, const struct psk *p,
		    const struct ike_key_req *req)
{
	size_t i;

	if (p->ring && p->vrf != req->path.vrf)
		return false;
	if (p->local.family && !addr_eq(&p->local, &req->path.local.addr))
		return false;
	for (i = 0; req->profile && i < s->n_use; i++)
		if (s->use[i].profile == req->profile &&
		    s->use[i].ring == p->ring)
			return true;
	return !req->profile;
}

/* In a VRF its own keyrings come before the global one. */
static bool is_better(const struct psk *p, const struct psk *than, uint32_t vrf)
{
	if (vrf && !p->ring != !than->ring)
		return p->ring;
	return addr_mask_len(&p->mask) > addr_mask_len(&than->mask);
}

const struct psk *psks_find(const struct psk_set *s,
			    const struct ike_key_req *req)
{
	const struct psk *best = NULL, *p;
	size_t i;

	for (i = 0; i < s->n; i++) {
		p = &s->v[i];
		if (!may_use(s, p, req))
			continue;
		if (is_host(p, req->remote_id))
			return p;
		if (covers(p, &req->path.remote.addr) &&
		    (!best || is_better(p, best, req->path.vrf)))
			best = p;
	}
	return best;
}
