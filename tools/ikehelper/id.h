/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identities of phase 1 and proxy identities of phase 2 (RFC 2407, 4.6.2). */
#ifndef IKE_ID_H
#define IKE_ID_H

#include "bytes.h"
#include "../lib/addr.h"

#define IKE_ID_STR 256 /* longest printed identity with its terminator */
#define IKE_ID_MAX 2048 /* octets of data that we take from a peer */

/* An identity. @data is not owned unless it comes from id_copy(). */
struct ike_id {
	uint8_t type; /* enum ike_id_type; 0 means none */
	uint8_t protocol; /* 0 is any */
	uint16_t port; /* 0 is any */
	struct bytes data;
};

/* What a proxy identity covers: all of @protocol and @port from @lo to @hi. */
struct id_range {
	struct addr lo, hi;
	uint8_t protocol;
	uint16_t port;
};

/*
 * From the body of an ID payload. Lengths, masks (contiguous), ranges (in
 * order), names (no zero or control octets, not empty) and the outer DER of a
 * DN are checked. Returns 0 or IKE_N_INVALID_ID_INFORMATION /
 * IKE_N_PAYLOAD_MALFORMED; @why (if not NULL) gets a sentence.
 */
int id_parse(struct bytes body, struct ike_id *id, const char **why);

/* Own copy of an identity: 0 or -ENOMEM. id_free() also takes a zeroed one. */
int id_copy(struct ike_id *dst, const struct ike_id *src);
void id_free(struct ike_id *id);

/*
 * Same type and data; names without regard to case. Protocol and port do not
 * count. DNs octet by octet: pki_dn_eq() knows more.
 */
bool id_eq(const struct ike_id *a, const struct ike_id *b);

/* An identity of @type over memory of the caller. */
struct ike_id id_of(uint8_t type, const void *data, size_t len);

/* The IPv4 or IPv6 identity of an address; it points to @a. */
struct ike_id id_of_addr(const struct addr *a);

/*
 * Print an identity for a person: "192.0.2.1", "r1.example.com",
 * "10.1.0.0/255.255.0.0", "10.0.0.1-10.0.0.9", "CN=r1,O=Example". Never longer
 * than IKE_ID_STR and always printable. Returns @buf.
 */
char *id_fmt(const struct ike_id *id, char buf[IKE_ID_STR]);

/* "IPV4_ADDR", "FQDN" ... as IOS debug output writes them. */
const char *id_type_name(uint8_t type);

/* A proxy identity as a range; false for a type that is no address. */
bool id_to_range(const struct ike_id *id, struct id_range *r);

/*
 * A range as proxy identity: a host, a subnet if it is one, else a range. The
 * octets go to @buf.
 */
struct ike_id id_of_range(const struct id_range *r, uint8_t buf[32]);

bool id_range_eq(const struct id_range *a, const struct id_range *b);

/* Is @in a part of @out (protocol and port 0 of @out cover all)? */
bool id_range_within(const struct id_range *in, const struct id_range *out);

/* Outer DER of a Name: bounded, definite, minimal lengths, known nesting. */
bool id_dn_ok(struct bytes der);

/* Print a Name, most specific part last as in the certificate. */
char *id_dn_fmt(struct bytes der, char buf[IKE_ID_STR]);

#endif
