/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data attributes (RFC 2408, 3.3) and what those of a transform mean. */
#ifndef IKE_ATTR_H
#define IKE_ATTR_H

#include "policy.h"

struct enc;

/* One attribute; the value of the short form is two octets. */
struct ike_attr {
	uint16_t type; /* without IKE_ATTR_TV */
	bool is_short;
	struct bytes value;
};

/* Take the first attribute off @rest: 1, 0 at the end, -EBADMSG. */
int attr_next(struct bytes *rest, struct ike_attr *a);

/* Its value as a number; false for an empty one or more than 8 octets. */
bool attr_number(const struct ike_attr *a, uint64_t *v);

/*
 * The attributes of a transform as numbers. 0; IKE_N_BAD_PROPOSAL_SYNTAX for
 * malformed or doubled ones, a life without its type; or
 * IKE_N_ATTRIBUTES_NOT_SUPPORTED with the first one not known in @unknown.
 */
int attr_parse_p1(struct bytes attrs, struct ike_p1_policy *p,
		  uint16_t *unknown);
int attr_parse_p2(struct bytes attrs, struct ike_p2_attrs *p,
		  uint16_t *unknown);

/*
 * Lifetimes in the data of a RESPONDER-LIFETIME notification of phase 1 or 2;
 * what is not said is 0. False if malformed.
 */
bool attr_parse_life(struct bytes attrs, bool phase1, uint32_t *seconds,
		     uint32_t *kbytes);

/* The reverse, also as data of that notification. 0 leaves a life out. */
void attr_fill_p1(struct enc *e, const struct ike_p1_policy *p);
void attr_fill_p2(struct enc *e, const struct ike_p2_attrs *p);
void attr_fill_life(struct enc *e, bool phase1, uint32_t seconds,
		    uint32_t kbytes);

/* Diffie-Hellman groups that we can do. */
bool attr_group_ok(uint16_t group);

#endif
