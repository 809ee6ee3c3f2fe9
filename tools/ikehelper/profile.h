/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISAKMP profiles: which one a peer belongs to, by who it says that it is. */
#ifndef IKEHELPER_PROFILE_H
#define IKEHELPER_PROFILE_H

#include "certmap.h"
#include "msg.h"
#include "peercfg.h"

enum profile_match_kind {
	PROFILE_ADDRESS = 1, /* address and mask */
	PROFILE_HOST, /* FQDN, as a whole */
	PROFILE_HOST_DOMAIN, /* what stands behind its first dot */
	PROFILE_USER, /* user FQDN, as a whole */
	PROFILE_USER_DOMAIN, /* what stands behind its @ */
	PROFILE_GROUP, /* key id */
};

/* "match identity", one line. */
struct profile_match {
	uint8_t kind;
	struct addr addr, mask;
	uint32_t vrf; /* PROFILE_ADDRESS: only there, 0 global */
	char *text;
};

struct profile {
	uint32_t ref; /* not 0 */
	char *name;
	struct addr local; /* only at this address of ours; none: any */
	uint32_t local_vrf; /* only there, 0 any */
	uint32_t ivrf; /* of what is protected, 0 any; the parent's only */
	struct profile_match *match; /* any of them */
	unsigned int n_match;
	struct certmap cert; /* certificates that it is for, too */
};

void profile_free(struct profile *p);

/* Side by side: the parent puts, the engine gets into a cleared one. */
void profile_put(struct msg *m, const struct profile *p);
bool profile_get(struct msg *m, struct profile *p);

/*
 * The profile that fits best: by the certificate before by the identity, the
 * whole name before its domain, a long mask before a short one; among equals the
 * first one. @cert is the peer's own one, or absent. NULL: none.
 */
const struct profile *profile_find(const struct profile *v, size_t n,
				   const struct ike_path *path,
				   const struct ike_ident *id,
				   struct bytes cert);

#endif
