// SPDX-License-Identifier: GPL-2.0-or-later
// Debug lines about proposals: each transform as it is held against a policy.

#include "trace.h"
#include "attr.h"
#include "ikename.h"
#include "proposal_match.h"

#include <stdio.h>

#define MAX_COMPARED 64 /* of one message; a peer may send hundreds */

static const char *or_number(const char *name, uint32_t n, char buf[16])
{
	if (!name)
		snprintf(buf, 16, "%u", n);
	return name ? name : buf;
}

static const char *encr_name(uint16_t encr)
{
	return encr == IKE_ENCR_AES  ? "AES-CBC" :
	       encr == IKE_ENCR_3DES ? "3DES-CBC" :
	       encr == IKE_ENCR_DES  ? "DES-CBC" :
				       NULL;
}

static const char *hash_name(uint16_t hash)
{
	static const char *const names[] = {
		[IKE_HASH_MD5] = "MD5",	      [IKE_HASH_SHA1] = "SHA",
		[IKE_HASH_SHA256] = "SHA256", [IKE_HASH_SHA384] = "SHA384",
		[IKE_HASH_SHA512] = "SHA512",
	};

	return hash < sizeof(names) / sizeof(names[0]) ? names[hash] : NULL;
}

static const char *esp_name(uint8_t esp)
{
	switch (esp) {
	case IKE_ESP_DES:
		return "ESP_DES";
	case IKE_ESP_3DES:
		return "ESP_3DES";
	case IKE_ESP_NULL:
		return "ESP_NULL";
	case IKE_ESP_AES_CBC:
		return "ESP_AES";
	case IKE_ESP_AES_CTR:
		return "ESP_AES_CTR";
	case IKE_ESP_AES_GCM_8:
	case IKE_ESP_AES_GCM_12:
	case IKE_ESP_AES_GCM_16:
		return "ESP_AES_GCM";
	case IKE_ESP_AES_GMAC:
		return "ESP_GMAC";
	}
	return NULL;
}

static const char *auth_name(uint16_t auth)
{
	static const char *const names[] = {
		[IKE_AUTHALG_MD5] = "HMAC-MD5",
		[IKE_AUTHALG_SHA] = "HMAC-SHA",
		[IKE_AUTHALG_SHA256] = "HMAC-SHA256",
		[IKE_AUTHALG_SHA384] = "HMAC-SHA384",
		[IKE_AUTHALG_SHA512] = "HMAC-SHA512",
	};

	return auth < sizeof(names) / sizeof(names[0]) ? names[auth] : NULL;
}

static const char *encap_name(uint16_t encap)
{
	switch (encap) {
	case IKE_ENCAP_TUNNEL:
		return "Tunnel";
	case IKE_ENCAP_TRANSPORT:
		return "Transport";
	case IKE_ENCAP_UDP_TUNNEL:
	case IKE_ENCAP_DRAFT_TUNNEL:
		return "Tunnel-UDP";
	case IKE_ENCAP_UDP_TRANSPORT:
	case IKE_ENCAP_DRAFT_TRANSPORT:
		return "Transport-UDP";
	}
	return "unknown";
}

/* "0x0 0x1 0x51 0x80": the octets of a number, as it stands on the wire. */
static char *octets(uint32_t n, char buf[32])
{
	snprintf(buf, 32, " 0x%X 0x%X 0x%X 0x%X", n >> 24, n >> 16 & 0xff,
		 n >> 8 & 0xff, n & 0xff);
	return buf;
}

static void life(struct ike *ike, const struct sa *sa, const char *prefix,
		 const char *unit, uint32_t n)
{
	char buf[32];

	if (!n)
		return;
	trace_sa(ike, sa, "      %slife type in %s", prefix, unit);
	if (n > 0xffff)
		trace_sa(ike, sa, "      %slife duration (VPI) of %s", prefix,
			 octets(n, buf));
	else
		trace_sa(ike, sa, "      %slife duration (basic) of %u", prefix,
			 n);
}

/* --- phase 1 --------------------------------------------------------------- */

static void attributes_p1(struct ike *ike, const struct sa *sa,
			  const struct ike_p1_policy *p)
{
	char buf[16];

	trace_sa(ike, sa, "      encryption %s",
		 or_number(encr_name(p->encr), p->encr, buf));
	if (p->keylen)
		trace_sa(ike, sa, "      keylength of %u", p->keylen);
	trace_sa(ike, sa, "      hash %s",
		 or_number(hash_name(p->hash), p->hash, buf));
	trace_sa(ike, sa, "      default group %u", p->group);
	trace_sa(ike, sa, "      auth %s",
		 p->auth == IKE_AUTH_RSA_SIG ?
			 "RSA sig" :
			 or_number(ikename_auth(p->auth), p->auth, buf));
	life(ike, sa, "", "seconds", p->seconds);
	life(ike, sa, "", "kilobytes", p->kbytes);
}

static void differs(struct ike *ike, const struct sa *sa, enum ike_diff d)
{
	static const char *const what[IKE_DIFF_MAX] = {
		[IKE_DIFF_ENCR] = "Encryption algorithm",
		[IKE_DIFF_HASH] = "Hash algorithm",
		[IKE_DIFF_AUTH] = "Authentication method",
		[IKE_DIFF_GROUP] = "Diffie-Hellman group",
	};

	if (d == IKE_DIFF_KEYLEN)
		trace_bad(ike, sa, "Proposed key length does not match policy");
	else if (d < IKE_DIFF_MAX && what[d])
		trace_bad(ike, sa, "%s offered does not match policy!",
			  what[d]);
	else
		trace_bad(ike, sa, "%s offered is not supported!",
			  explain_diff_name(d));
}

/* True: they fit, and nothing more is compared. */
static bool compare(struct ike *ike, const struct sa *sa,
		    const struct ike_transform *t,
		    const struct ike_p1_policy *pol, bool is_last)
{
	unsigned int next = is_last ? 0 : IKE_PL_TRANSFORM;
	enum ike_diff d = proposal_diff_p1(t, pol);

	trace_sa(ike, sa,
		 "Checking ISAKMP transform %u against priority %u policy",
		 t->number, pol->priority);
	attributes_p1(ike, sa, &t->p1);
	if (d == IKE_DIFF_NONE) {
		trace_sa(ike, sa, "atts are acceptable. Next payload is %u",
			 next);
		return true;
	}
	differs(ike, sa, d);
	trace_bad(ike, sa, "atts are not acceptable. Next payload is %u", next);
	return false;
}

void trace_offer_p1(struct ike *ike, const struct sa *sa,
		    const struct ike_sa_offer *o,
		    const struct ike_p1_policy *pol, unsigned int n)
{
	unsigned int i, k, p, left = MAX_COMPARED;

	if (!is_traced(ike, TRACE_ISAKMP | TRACE_ISAKMP_ERROR))
		return;
	for (i = 0; i < n; i++) {
		for (p = 0; p < o->n_prop; p++) {
			const struct ike_proposal *prop = &o->prop[p];

			for (k = 0; k < prop->n; k++) {
				if (!left--) {
					trace_sa(
						ike, sa,
						"more transforms are compared without a line");
					return;
				}
				if (compare(ike, sa, &o->tf[prop->first + k],
					    &pol[i], k + 1 == prop->n))
					return;
			}
		}
	}
	trace_bad(ike, sa, "no offers accepted!");
}

/* --- phase 2 --------------------------------------------------------------- */

static void attributes_p2(struct ike *ike, const struct sa *sa,
			  const struct ike_p2_attrs *a)
{
	char buf[16];

	trace_sa(ike, sa, "   attributes in transform:");
	if (a->encap)
		trace_sa(ike, sa, "      encaps is %u (%s)", a->encap,
			 encap_name(a->encap));
	life(ike, sa, "SA ", "seconds", a->seconds);
	life(ike, sa, "SA ", "kilobytes", a->kbytes);
	if (a->auth)
		trace_sa(ike, sa, "      authenticator is %s",
			 or_number(auth_name(a->auth), a->auth, buf));
	if (a->keylen)
		trace_sa(ike, sa, "      key length is %u", a->keylen);
	if (a->group)
		trace_sa(ike, sa, "      group is %u", a->group);
}

void trace_offer_p2(struct ike *ike, const struct sa *sa,
		    const struct ike_sa_offer *o)
{
	unsigned int p, k, left = MAX_COMPARED;
	char buf[16];

	if (!is_traced(ike, TRACE_ISAKMP | TRACE_ISAKMP_ERROR))
		return;
	for (p = 0; p < o->n_prop; p++) {
		const struct ike_proposal *prop = &o->prop[p];

		trace_sa(ike, sa, "Checking IPSec proposal %u", prop->number);
		for (k = 0; k < prop->n && left; k++, left--) {
			const struct ike_transform *t = &o->tf[prop->first + k];

			if (prop->protocol == IKE_PROTO_ESP)
				trace_sa(ike, sa, "transform %u, %s", t->number,
					 or_number(esp_name(t->id), t->id,
						   buf));
			else
				trace_sa(ike, sa,
					 "transform %u, protocol %u id %u",
					 t->number, prop->protocol, t->id);
			attributes_p2(ike, sa, &t->p2);
			if (t->unknown)
				trace_bad(ike, sa, "attribute %u is unknown",
					  t->unknown);
			else
				trace_sa(ike, sa, "atts are acceptable.");
		}
	}
}
