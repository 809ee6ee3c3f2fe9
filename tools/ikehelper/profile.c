// SPDX-License-Identifier: GPL-2.0-or-later
/* ISAKMP profiles: which one a peer belongs to, by who it is. */
#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wire.h"

#define MAX_MATCHES 250
#define SCORE_CERTIFICATE 2000 /* what an authority has signed */
#define SCORE_WHOLE 1000 /* above all masks and domains */
#define SCORE_PART 200 /* above all masks */

void profile_free(struct profile *p)
{
	unsigned int i;

	for (i = 0; i < p->n_match; i++)
		free(p->match[i].text);
	free(p->match);
	free(p->name);
	certmap_free(&p->cert);
	*p = (struct profile){ 0 };
}

void profile_put(struct msg *m, const struct profile *p)
{
	unsigned int i, n = p->n_match < MAX_MATCHES ? p->n_match : MAX_MATCHES;

	msg_put_u32(m, p->ref);
	msg_put_text(m, p->name);
	msg_put_addr(m, &p->local);
	msg_put_u32(m, p->local_vrf);
	msg_put_u8(m, n);
	for (i = 0; i < n; i++) {
		msg_put_u8(m, p->match[i].kind);
		msg_put_addr(m, &p->match[i].addr);
		msg_put_addr(m, &p->match[i].mask);
		msg_put_u32(m, p->match[i].vrf);
		msg_put_text(m, p->match[i].text);
	}
	certmap_put(m, &p->cert);
}

bool profile_get(struct msg *m, struct profile *p)
{
	unsigned int i, n;

	p->ref = msg_get_u32(m);
	p->name = strdup(msg_get_text(m));
	msg_get_addr(m, &p->local);
	p->local_vrf = msg_get_u32(m);
	n = msg_get_u8(m);
	p->match = calloc(n ? n : 1, sizeof(*p->match));
	if (!p->match || !p->name)
		return false;
	p->n_match = n;
	for (i = 0; i < n; i++) {
		p->match[i].kind = msg_get_u8(m);
		msg_get_addr(m, &p->match[i].addr);
		msg_get_addr(m, &p->match[i].mask);
		p->match[i].vrf = msg_get_u32(m);
		p->match[i].text = strdup(msg_get_text(m));
		if (!p->match[i].text)
			return false;
	}
	return certmap_get(m, &p->cert) && msg_close(m) && p->ref;
}

/* --- search ------------------------------------------------------------ */

static unsigned int score_addr(const struct profile_match *w,
			       const struct ike_ident *id)
{
	struct addr a;
	unsigned int i;

	if ((id->type != IKE_ID_IPV4 && id->type != IKE_ID_IPV6) ||
	    !addr_from_bytes(&a, id->data, id->len) ||
	    a.family != w->addr.family)
		return 0;
	for (i = 0; i < addr_len(a.family); i++)
		if ((a.b[i] ^ w->addr.b[i]) & w->mask.b[i])
			return 0;
	return 1 + addr_mask_len(&w->mask);
}

static bool same_text(const struct profile_match *w, const uint8_t *p,
		      size_t len)
{
	return len && strlen(w->text) == len &&
	       !strncasecmp(w->text, (const char *)p, len);
}

static unsigned int score_text(const struct profile_match *w,
			       const struct ike_ident *id, uint8_t type)
{
	return id->type == type && same_text(w, id->data, id->len) ?
		       SCORE_WHOLE :
		       0;
}

/* Every domain that a host is in, the user's only as a whole. */
static unsigned int score_domain(const struct profile_match *w,
				 const struct ike_ident *id, uint8_t type,
				 char sign)
{
	const uint8_t *p = id->data, *end = p + id->len;

	if (id->type != type)
		return 0;
	while ((p = memchr(p, sign, end - p))) {
		p++;
		if (same_text(w, p, end - p))
			return SCORE_PART + strlen(w->text);
	}
	return 0;
}

/* The same address in another VRF is somebody else's. */
static unsigned int score(const struct profile_match *w,
			  const struct ike_path *path,
			  const struct ike_ident *id)
{
	switch (w->kind) {
	case PROFILE_ADDRESS:
		return w->vrf == path->vrf ? score_addr(w, id) : 0;
	case PROFILE_HOST:
		return score_text(w, id, IKE_ID_FQDN);
	case PROFILE_HOST_DOMAIN:
		return score_domain(w, id, IKE_ID_FQDN, '.');
	case PROFILE_USER:
		return score_text(w, id, IKE_ID_USER_FQDN);
	case PROFILE_USER_DOMAIN:
		return score_domain(w, id, IKE_ID_USER_FQDN, '@');
	case PROFILE_GROUP:
		return score_text(w, id, IKE_ID_KEY_ID);
	default:
		return 0;
	}
}

static bool is_for(const struct profile *p, const struct ike_path *path)
{
	if (p->local_vrf && p->local_vrf != path->vrf)
		return false;
	return !p->local.family || addr_eq(&p->local, &path->local.addr);
}

static unsigned int best_score(const struct profile *p,
			       const struct ike_path *path,
			       const struct ike_ident *id,
			       const struct pki_names *names)
{
	unsigned int top = 0, s, j;

	if (names->n && certmap_fits(&p->cert, names))
		return SCORE_CERTIFICATE;
	for (j = 0; j < p->n_match; j++) {
		s = score(&p->match[j], path, id);
		if (s > top)
			top = s;
	}
	return top;
}

const struct profile *profile_find(const struct profile *v, size_t n,
				   const struct ike_path *path,
				   const struct ike_ident *id,
				   struct bytes cert)
{
	const struct profile *best = NULL;
	struct pki_names names = { 0 };
	bool asks = false;
	unsigned int top = 0, s;
	size_t i;

	for (i = 0; i < n && !asks; i++)
		asks = v[i].cert.n;
	if (asks && cert.p && pki_names_read(cert, &names))
		certmap_norm(&names);
	for (i = 0; i < n; i++) {
		s = is_for(&v[i], path) ? best_score(&v[i], path, id, &names) :
					  0;
		if (s > top) {
			top = s;
			best = &v[i];
		}
	}
	pki_names_free(&names);
	return best;
}
