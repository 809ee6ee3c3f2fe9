/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAT detection: hashes of addresses and ports (RFC 3947, 3.2). */
#ifndef IKE_NATD_H
#define IKE_NATD_H

#include "bytes.h"
#include "../lib/addr.h"

struct ike_hdr;
struct ike_msg;

/* HASH(CKY-I | CKY-R | IP | port) to @out, crypto_hash_len(@hash) octets. */
int natd_hash(uint16_t hash, const struct ike_hdr *h, const struct addr *a,
	      uint16_t port, uint8_t *out);

/* What the NAT-D payloads of a message say. */
struct natd_verdict {
	bool present; /* there were at least two */
	bool behind_us; /* our address was changed: we are behind NAT */
	bool behind_peer; /* the peer is */
};

/*
 * Compare the NAT-D payloads of @m (of the RFC, or of the drafts when @old):
 * the first speaks of us, each other one of the peer. @h has both cookies.
 * 0, IKE_N_PAYLOAD_MALFORMED for a wrong length, or a negative errno.
 */
struct natd_ends {
	uint16_t hash;
	const struct addr *us, *peer;
	uint16_t us_port, peer_port;
};

int natd_check(const struct ike_msg *m, const struct ike_hdr *h, bool old,
	       const struct natd_ends *ends, struct natd_verdict *v);

#endif
