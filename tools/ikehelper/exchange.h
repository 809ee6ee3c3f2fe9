/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A datagram finds its SA and its exchange; building and sending of answers. */
#ifndef IKEHELPER_EXCHANGE_H
#define IKEHELPER_EXCHANGE_H

#include "encode.h"
#include "sa.h"

/* A message on its way through the engine. */
struct in {
	const struct ike_path *path;
	struct bytes raw; /* as it came, fragments joined */
	struct ike_msg m; /* checked; decrypted once in_decrypt() was called */
	uint8_t iv[IKE_BLOCK_MAX]; /* behind it, if it proves to be good */
};

/* Decrypt with @iv, which stays as it is. 0 or a notification. */
int in_decrypt(struct ike *ike, struct sa *sa, struct in *in,
	       const uint8_t *iv);

/* HASH(1), or HASH(2) with @ni: is it right? */
bool in_hash_ok(struct ike *ike, const struct sa *sa, const struct in *in,
		struct bytes ni);

/* Begin a message of @sa in the engine's buffer. */
void out_start(struct ike *ike, struct sa *sa, struct enc *e, uint8_t exchange,
	       uint32_t msgid);

/* Fill HASH(1), or HASH(2) with @ni, at @at over all that follows it. */
void out_hash(struct sa *sa, struct enc *e, size_t at, uint32_t msgid,
	      struct bytes ni);

/* End it; encrypt with @iv, which moves on, unless NULL. Empty on failure. */
struct bytes out_finish(struct sa *sa, struct enc *e, uint8_t *iv);

/* Send, in fragments where that was agreed. */
void out_send(struct ike *ike, struct sa *sa, struct bytes msg);

/* Send again what an exchange sent last. */
void out_again(struct ike *ike, struct sa *sa, const struct retrans *r);

/* An error in the clear, at most one in a second to an address. */
void out_error(struct ike *ike, struct sa *sa, uint16_t type);

/* Work on a datagram that was put aside. */
void exchange_held(struct ike *ike, struct sa *sa);

#endif
