// SPDX-License-Identifier: GPL-2.0-or-later
/* Trust points in use: our identity, and the verification of peers. */
#include "trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../lib/log.h"
#include "id.h"
#include "wire_esp.h"

#define MAX_TRUSTS 1000

struct trust {
	uint32_t ref;
	char *name;
	struct pki *pki; /* NULL: it cannot verify */
	struct pki_key *own; /* our certificate; NULL: it cannot sign */
};

struct trusts {
	struct trust *v;
	unsigned int n;
};

struct trusts *trusts_new(void)
{
	return calloc(1, sizeof(struct trusts));
}

void trusts_free(struct trusts *t)
{
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < t->n; i++) {
		pki_free(t->v[i].pki);
		pki_key_free(t->v[i].own);
		free(t->v[i].name);
	}
	free(t->v);
	free(t);
}

/* --- what the files hold ------------------------------------------------- */

/* A CRL that cannot be read is as none: nobody is taken for good by it. */
static struct pki *load_pki(const struct trust_info *info)
{
	struct pki *pki = pki_create();
	char why[PKI_WHY];

	if (!pki)
		return NULL;
	if (pki_add_anchors(pki, info->ca, why)) {
		log_error("trust point %s: file ca: %s", info->name, why);
		pki_free(pki);
		return NULL;
	}
	pki_require_crl(pki, info->need_crl);
	if (info->crl.p && pki_add_crls(pki, info->crl, why))
		log_error("trust point %s: file crl: %s", info->name, why);
	return pki;
}

static struct pki_key *load_own(const struct trust_info *info)
{
	char why[PKI_WHY];
	struct pki_key *own = pki_key_load(info->cert, bytes_of(NULL, 0), why);
	const char *fault;

	if (!own) {
		log_error("trust point %s: file certificate: %s", info->name,
			  why);
		return NULL;
	}
	fault = pki_key_fault(own, time(NULL));
	if (fault)
		log_warn("trust point %s: %s", info->name, fault);
	return own;
}

bool trusts_add(struct trusts *t, const struct trust_info *info)
{
	struct trust *v, *one;

	if (t->n >= MAX_TRUSTS)
		return false;
	v = realloc(t->v, (t->n + 1) * sizeof(*v));
	if (!v)
		return false;
	t->v = v;
	one = &v[t->n];
	*one = (struct trust){ .ref = info->ref, .name = strdup(info->name) };
	if (!one->name)
		return false;
	t->n++;
	if (info->ca.p)
		one->pki = load_pki(info);
	if (info->cert.p)
		one->own = load_own(info);
	return true;
}

/* --- who we are ---------------------------------------------------------- */

static bool is_asked_for(const struct trust *one, struct bytes names)
{
	struct bytes head, name;

	while (bytes_take(&names, 2, &head) &&
	       bytes_take(&names, get_be16(head.p), &name)) {
		unsigned int i;

		if (pki_key_is_by(one->own, name))
			return true;
		for (i = 0; one->pki && pki_anchor_name(one->pki, i).p; i++)
			if (pki_dn_eq(pki_anchor_name(one->pki, i), name))
				return true;
	}
	return false;
}

static const struct trust *choose(const struct trusts *t, uint32_t only,
				  struct bytes names, const char **why)
{
	const struct trust *first = NULL, *one;
	int64_t now = time(NULL);
	const char *fault;
	unsigned int i;

	*why = "no trust point has a certificate for us";
	for (i = 0; i < t->n; i++) {
		one = &t->v[i];
		if (!one->own || (only && one->ref != only))
			continue;
		fault = pki_key_fault(one->own, now);
		if (fault) {
			*why = fault;
			continue;
		}
		if (is_asked_for(one, names))
			return one;
		if (!first)
			first = one;
	}
	return first;
}

static bool set_id(struct ike_ident *id, uint8_t type, struct bytes b)
{
	if (!b.p || b.len > sizeof(id->data))
		return false;
	*id = (struct ike_ident){ .type = type, .len = b.len };
	memcpy(id->data, b.p, b.len);
	return true;
}

uint32_t trusts_own(const struct trusts *t, const struct ike_peer *peer,
		    struct bytes names, struct ike_ident *id, const char **why)
{
	const struct trust *one = choose(t, peer->trust, names, why);
	struct ike_id want;

	if (!one)
		return 0;
	want = id_of(id->type, id->data, id->len);
	/*
	 * RFC 4945, 3.1: what the certificate does not have, the peer refuses.
	 * The name in the certificate goes before its subject, as in routers.
	 */
	if (peer->flags & IKE_PEER_DN_ID || !pki_key_has_id(one->own, &want)) {
		if (peer->flags & IKE_PEER_DN_ID ||
		    !set_id(id, IKE_ID_FQDN, pki_key_host(one->own)))
			set_id(id, IKE_ID_DER_DN, pki_key_subject(one->own));
	}
	return one->ref;
}

unsigned int trusts_names(const struct trusts *t, uint32_t only,
			  struct bytes *name, unsigned int max)
{
	unsigned int i, j, n = 0;
	struct bytes b;

	for (i = 0; i < t->n; i++) {
		if (!t->v[i].pki || (only && t->v[i].ref != only))
			continue;
		for (j = 0; n < max; j++) {
			b = pki_anchor_name(t->v[i].pki, j);
			if (!b.p)
				break;
			name[n++] = b;
		}
	}
	return n;
}

/* --- who peers are ------------------------------------------------------- */

static void add_name(char *text, const char *name)
{
	size_t len = strlen(text);

	snprintf(text + len, IKE_FAIL_TEXT - len, "%s%s",
		 len ? ", " : "trust point ", name);
}

static void tell_theirs(struct trust_verdict *v, const struct pki_check *c)
{
	char who[IKE_ID_STR], text[IKE_FAIL_TEXT - IKE_ID_STR];

	if (!c->n_cert)
		return;
	pki_cert_text(c->cert[0], text, sizeof(text));
	if (v->notify == IKE_N_INVALID_ID_INFORMATION)
		snprintf(v->theirs, sizeof(v->theirs), "%.*s with %s",
			 IKE_ID_STR - 7, id_fmt(c->id, who), text);
	else
		snprintf(v->theirs, sizeof(v->theirs), "%s", text);
}

void trusts_verify(const struct trusts *t, uint32_t only,
		   const struct ike_key_req *req, struct trust_verdict *v)
{
	struct pki_check c = { .hash = bytes_of(req->data.p, req->data.len),
			       .sig = bytes_of(req->sig.p, req->sig.len),
			       .now = time(NULL) };
	struct ike_id id = { 0 };
	char why[PKI_WHY];
	unsigned int i;
	int err;

	*v = (struct trust_verdict){ .id = req->id,
				     .notify = IKE_N_INVALID_CERT_AUTHORITY };
	snprintf(v->why, sizeof(v->why),
		 "no trust point has a certificate of an authority");
	if (req->remote_id)
		id = id_of(req->remote_id->type, req->remote_id->data,
			   req->remote_id->len);
	c.id = &id;
	for (; c.n_cert < req->n_cert && c.n_cert < PKI_CHAIN_MAX; c.n_cert++)
		c.cert[c.n_cert] = bytes_of(req->cert[c.n_cert].p,
					    req->cert[c.n_cert].len);
	for (i = 0; i < t->n; i++) {
		if (!t->v[i].pki || (only && t->v[i].ref != only))
			continue;
		err = pki_verify(t->v[i].pki, &c, why);
		/* The one that knows the authority has most to say. */
		if (!*v->ours || !err || err != IKE_N_INVALID_CERT_AUTHORITY) {
			v->notify = err;
			snprintf(v->why, sizeof(v->why), "%s", why);
		}
		if (!err)
			return;
		add_name(v->ours, t->v[i].name);
	}
	tell_theirs(v, &c);
}

struct ike_key_answer trust_answer(const struct trust_verdict *v)
{
	return (struct ike_key_answer){
		.id = v->id,
		.err = v->notify ? -EKEYREJECTED : 0,
		.why = v->why,
		.notify = v->notify,
		.theirs = v->theirs,
		.ours = v->ours,
	};
}
