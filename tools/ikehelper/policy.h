/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we would agree to, in numbers of the wire: filled from configuration. */
#ifndef IKE_POLICY_H
#define IKE_POLICY_H

#include "../lib/model.h"
#include "bytes.h"
#include "wire.h"
#include "wire_esp.h"

/* The default policies have this priority and those behind it. */
#define IKE_P1_DEFAULTS 65507

/* One ISAKMP policy, or one transform of phase 1 that was offered. */
struct ike_p1_policy {
	uint32_t priority; /* as configured; only shown */
	uint16_t encr; /* enum ike_encr */
	uint16_t keylen; /* bits; for AES only, else 0 */
	uint16_t hash; /* enum ike_hash */
	uint16_t auth; /* enum ike_auth */
	uint16_t group;
	uint32_t seconds; /* 0: none said */
	uint32_t kbytes; /* 0: none */
};

/*
 * Attributes of one phase 2 transform. In a policy, @encap is
 * IKE_ENCAP_TUNNEL or _TRANSPORT; the forms of NAT traversal are made from it.
 */
struct ike_p2_attrs {
	uint16_t keylen; /* bits; 0 for those with one size */
	uint16_t auth; /* enum ike_auth_alg */
	uint16_t encap; /* enum ike_encap */
	uint16_t group; /* PFS; 0: none */
	uint16_t esn; /* 0 or 1 */
	uint32_t seconds;
	uint32_t kbytes;
};

/*
 * One transform set with what the crypto map adds. A protocol whose transform
 * is 0 is not part of it; at least one of ESP and AH is.
 */
struct ike_p2_policy {
	const char *name; /* of the transform set; only shown, not owned */
	uint8_t esp; /* enum ike_esp */
	uint16_t esp_keylen; /* bits without salt; 0 for DES, 3DES, NULL */
	uint16_t esp_auth; /* enum ike_auth_alg, 0 for AEAD or none */
	uint8_t ah; /* enum ike_ah */
	uint16_t ah_auth; /* enum ike_auth_alg, goes with @ah */
	uint8_t ipcomp; /* enum ike_ipcomp */
	uint16_t encap; /* IKE_ENCAP_TUNNEL or IKE_ENCAP_TRANSPORT */
	uint16_t group; /* PFS; 0: none of our own */
	uint32_t seconds;
	uint32_t kbytes;
};

/* Which of the two protects, as the kernel numbers it and as IKE does. */
static inline uint8_t p2_proto(const struct ike_p2_policy *p)
{
	return p->ah ? PROTO_AH : PROTO_ESP;
}

static inline uint8_t p2_protocol(const struct ike_p2_policy *p)
{
	return p->ah ? IKE_PROTO_AH : IKE_PROTO_ESP;
}

/* SPIs of the protocols of one phase 2 SA, host byte order; 0: not used. */
struct ike_p2_spis {
	uint32_t esp;
	uint32_t ah;
	uint16_t cpi;
};

#endif
