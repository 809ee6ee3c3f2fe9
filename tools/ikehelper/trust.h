/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trust points in use: who we are by our certificates, and whether peers are who
 * they say. It reads what peers send, so it has no private key.
 */
#ifndef IKEHELPER_TRUST_H
#define IKEHELPER_TRUST_H

#include "ike.h"
#include "pki.h"
#include "trust_msg.h"

struct trusts;

struct trusts *trusts_new(void);
void trusts_free(struct trusts *t);

/* One more, as far as its files can be read; false: no memory. */
bool trusts_add(struct trusts *t, const struct trust_info *info);

/* Our certificate for a peer: see own_cert() of struct ike_ops. */
uint32_t trusts_own(const struct trusts *t, const struct ike_peer *peer,
		    struct bytes names, struct ike_ident *id, const char **why);

/* Names of the authorities of trust point @only, or of all of them if 0. */
unsigned int trusts_names(const struct trusts *t, uint32_t only,
			  struct bytes *name, unsigned int max);

/* What became of a question of the kind IKE_KEY_VERIFY. */
struct trust_verdict {
	uint32_t id;
	uint16_t notify; /* 0: all is right */
	char why[PKI_WHY];
	char theirs[IKE_FAIL_TEXT], ours[IKE_FAIL_TEXT];
};

void trusts_verify(const struct trusts *t, uint32_t only,
		   const struct ike_key_req *req, struct trust_verdict *v);

/* As the answer to the protocol; it points to @v. */
struct ike_key_answer trust_answer(const struct trust_verdict *v);

#endif
