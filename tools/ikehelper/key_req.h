/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine asks about keys and certificates, and the answer. */
#ifndef IKEHELPER_KEY_REQ_H
#define IKEHELPER_KEY_REQ_H

#include "peercfg.h"

/* What a key role is asked for; ike_key_done() answers, never from within. */
enum ike_key_op {
	IKE_KEY_PSK = 1, /* prf(pre-shared key, data): SKEYID */
	IKE_KEY_SIGN, /* sign data, raw as RFC 2409 5.1 wants it; certificates */
	IKE_KEY_VERIFY, /* sig over data by the owner of cert[0], remote_id */
};

struct ike_blob {
	const uint8_t *p;
	size_t len;
};

/* Pointers are good during the call only. */
struct ike_key_req {
	uint32_t id;
	enum ike_key_op op;
	uint16_t hash; /* the negotiated one, numbers of phase 1 */
	uint16_t auth;
	uint32_t peer; /* ref */
	uint32_t profile; /* whose keyrings to look into; 0: all */
	struct ike_path path;
	const struct ike_ident *local_id;
	const struct ike_ident *remote_id; /* NULL while unknown (main mode) */
	struct ike_blob data;
	struct ike_blob sig;
	const struct ike_blob *cert; /* DER, the peer's own first */
	unsigned int n_cert;
	uint32_t trust; /* IKE_KEY_SIGN: as own_cert() said */
};

struct ike_key_answer {
	uint32_t id;
	int err; /* 0, -ENOKEY none for this peer, -EKEYREJECTED, ... */
	const char *why; /* a sentence for the log, or NULL */
	struct ike_blob data; /* SKEYID or signature */
	const struct ike_blob *cert; /* IKE_KEY_SIGN: own one first */
	unsigned int n_cert;
	/* IKE_KEY_VERIFY with an error */
	uint16_t notify; /* to be sent, which tells what failed; or 0 */
	const char *theirs, *ours; /* certificate, trust points; or NULL */
};

#endif
