/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NAT traversal (RFC 3947): detection, the change to port 4500, keepalives. */
#ifndef IKEHELPER_NATT_H
#define IKEHELPER_NATT_H

#include "exchange.h"

/* NAT-D payloads, if NAT traversal was agreed. */
void natt_fill(struct ike *ike, struct sa *sa, struct enc *e,
	       const struct ike_peer *peer);

/* What the peer's say. False if they are malformed. */
bool natt_take(struct sa *sa, const struct in *in, const struct ike_peer *peer);

/* The initiator's next message goes to port 4500, if there is a NAT. */
void natt_float(struct ike *ike, struct sa *sa);

/*
 * An authenticated message came from @path: answer there, and tell the kernel
 * when the peer's end has changed.
 */
void natt_follow(struct ike *ike, struct sa *sa, const struct ike_path *path);

/* Start keepalives, if we are behind a NAT. */
void natt_start(struct ike *ike, struct sa *sa);

/* Form of encapsulation in phase 2, 0 for none. */
uint16_t natt_udp(const struct sa *sa);

#endif
