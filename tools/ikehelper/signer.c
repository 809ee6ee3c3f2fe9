// SPDX-License-Identifier: GPL-2.0-or-later
/* The private keys of trust points, and what is signed with them. */
#include "signer.h"

#include <errno.h>
#include <stdlib.h>

#include "../lib/log.h"
#include "trust_msg.h"

#define MAX_SIGNERS 1000

/* A private key, with the certificate that it is of. */
struct signer {
	uint32_t trust;
	struct pki_key *key; /* NULL: it cannot be used */
};

void signers_free(struct signer_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		pki_key_free(s->v[i].key);
	free(s->v);
	*s = (struct signer_set){ 0 };
}

bool signers_add(struct signer_set *s, struct msg *m)
{
	struct trust_info info;
	struct signer *v;
	char why[PKI_WHY];

	if (!trust_get(m, &info) || s->n >= MAX_SIGNERS)
		return false;
	v = realloc(s->v, (s->n + 1) * sizeof(*v));
	if (!v)
		return false;
	s->v = v;
	v[s->n] = (struct signer){ .trust = info.ref };
	if (info.cert.p && info.key.p) {
		v[s->n].key = pki_key_load(info.cert, info.key, why);
		if (!v[s->n].key)
			log_error("trust point %s: %s", info.name, why);
	}
	s->n++;
	return true;
}

static const struct pki_key *key_of(const struct signer_set *s, uint32_t trust)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->v[i].trust == trust)
			return s->v[i].key;
	return NULL;
}

void signers_answer(const struct signer_set *s, const struct ike_key_req *req,
		    struct ike_key_answer *a, struct signature *out)
{
	const struct pki_key *key = key_of(s, req->trust);
	struct bytes der;
	int len;

	if (!key) {
		a->err = -ENOKEY;
		a->why = "the private key of the trust point cannot be used";
		return;
	}
	len = pki_sign(key, bytes_of(req->data.p, req->data.len), out->sig);
	if (len < 0) {
		a->err = len;
		a->why = "the private key does not sign";
		return;
	}
	a->data.p = out->sig;
	a->data.len = len;
	for (; a->n_cert < KEY_MAX_CERTS; a->n_cert++) {
		der = pki_key_cert(key, a->n_cert);
		if (!der.p)
			break;
		out->cert[a->n_cert] = (struct ike_blob){ der.p, der.len };
	}
	a->cert = out->cert;
}
