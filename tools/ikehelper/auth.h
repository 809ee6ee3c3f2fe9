/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys, identities and proofs of phase 1; asks the key role. */
#ifndef IKEHELPER_AUTH_H
#define IKEHELPER_AUTH_H

#include "phase1.h"

typedef void auth_fn(struct ike *ike, struct sa *sa);

/* Our half of the key exchange, once the group is known, and the nonce. */
bool auth_make_ke(struct ike *ike, struct sa *sa);
void auth_fill_ke(struct sa *sa, struct enc *e);

/* The peer's half, kept; false if there is none that fits the group. */
bool auth_take_ke(struct ike *ike, struct sa *sa, const struct in *in);

/* g^xy and all keys, which may take a question; then @fn, unless it failed. */
void auth_keys(struct ike *ike, struct sa *sa, auth_fn *fn);

/*
 * Main mode finds the key by the address; only now its profile is known. @fn if
 * that may use the same key, else reported and dead.
 */
void auth_same_key(struct ike *ike, struct sa *sa, auth_fn *fn);

/* Our ID payload, the same one each time. */
void auth_fill_id(struct ike *ike, struct sa *sa, struct enc *e,
		  const struct ike_peer *peer);

/* The peer's, kept; is it one that is acceptable? Reports if not. */
bool auth_take_id(struct ike *ike, struct sa *sa, const struct in *in);

/*
 * HASH or CERT and SIG payloads into the message that @fn builds: @fn is called
 * with the answer of the key role, NULL for a pre-shared key.
 */
typedef void auth_sign_fn(struct ike *ike, struct sa *sa,
			  const struct ike_key_answer *a);
void auth_sign(struct ike *ike, struct sa *sa, wait_key_fn *fn);
bool auth_fill_proof(struct sa *sa, struct enc *e,
		     const struct ike_key_answer *a);

/* Ask for a certificate where signatures authenticate. */
void auth_fill_request(struct ike *ike, struct sa *sa, struct enc *e,
		       const struct ike_peer *peer);

/* Check what the peer proved; @fn if it is right, else reported and dead. */
void auth_check(struct ike *ike, struct sa *sa, const struct in *in,
		auth_fn *fn);

#endif
