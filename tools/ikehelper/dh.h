/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diffie-Hellman groups 1, 2, 5, 14, 15, 16, 19, 20, 21. A key is made for one
 * exchange and used once: that is what makes the short check of the other
 * side's value enough (RFC 6989, 2.1).
 */
#ifndef IKE_DH_H
#define IKE_DH_H

#include "bytes.h"

struct dh;

/* After crypto_init(): fetch and prepare. 0 or a negative errno. */
int dh_init(void);
void dh_exit(void);

/* Octets of the KE payload and of the shared secret; 0: group unknown. */
size_t dh_public_len(uint16_t group);
size_t dh_secret_len(uint16_t group);

/* A fresh key pair, or NULL with errno (ENOTSUP for an unknown group). */
struct dh *dh_create(uint16_t group);

/* Wipes the private key. Takes NULL. */
void dh_free(struct dh *dh);

uint16_t dh_group(const struct dh *dh);

/* Our public value, as the KE payload wants it; lives as long as @dh. */
struct bytes dh_public(const struct dh *dh);

/*
 * The shared secret, dh_secret_len() octets to @secret. Refuses (-EBADMSG) a
 * value of another length, 0, 1, p-1 or more in MODP groups, and a point that is
 * not on the curve. Works once; -EALREADY after that, and the private key is
 * gone after success.
 */
int dh_derive(struct dh *dh, struct bytes peer, uint8_t *secret);

#endif
