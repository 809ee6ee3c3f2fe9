/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the configuration to peers and the profiles that they may have. */
#ifndef IKEHELPER_COMPILE_PEER_H
#define IKEHELPER_COMPILE_PEER_H

#include "compile.h"

/*
 * The peer at one address in a VRF, 0 the global table: as it is before it has said who it is, and in each
 * profile that has a key for it. Returns the one to begin with: that of
 * @profile, or without one if that is 0.
 */
uint32_t want_host(struct wants *w, struct refs *refs, const struct addr *a,
		   uint32_t vrf, uint32_t profile);

/*
 * Whoever may come to a dynamic map on an interface in the VRF: all who have a
 * key there, or a certificate.
 */
void want_strangers(struct wants *w, struct refs *refs, uint32_t vrf);

void want_profiles(struct wants *w, struct refs *refs);

#endif
