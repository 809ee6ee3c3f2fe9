/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pre-shared keys in their keyrings, and which one is for whom. */
#ifndef IKEHELPER_PSK_H
#define IKEHELPER_PSK_H

#include "../lib/secret.h"
#include "ike.h"
#include "msg.h"

struct psk {
	struct addr addr; /* family 0: by host */
	struct addr mask;
	char *host;
	uint32_t ring; /* 0: the global one */
	struct addr local; /* only at this address of ours; none: any */
	uint32_t vrf; /* only for peers there, 0 global; ring 0: for all */
	struct secret key;
};

/* The profile may use the keyring. */
struct ring_use {
	uint32_t profile, ring;
};

struct psk_set {
	struct psk *v;
	size_t n, cap;
	struct ring_use *use;
	size_t n_use;
};

void psks_free(struct psk_set *s);

/* A key, or a keyring that a profile may use, as the parent tells them. */
bool psks_add(struct psk_set *s, struct msg *m);
bool psks_allow(struct psk_set *s, struct msg *m);

/*
 * Of the keyrings that the profile of the peer may use: by name if the peer has
 * told one and it is known, else by address: the longest mask, in a VRF first of
 * its own keyrings. NULL: none.
 */
const struct psk *psks_find(const struct psk_set *s,
			    const struct ike_key_req *req);

#endif
