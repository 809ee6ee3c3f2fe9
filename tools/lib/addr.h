/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, masks and prefixes: parse, print, compare. */
#ifndef LIB_ADDR_H
#define LIB_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDR_STR 64 /* longest printed address with its terminator */

/* An address; family 0 means none. */
struct addr {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint8_t b[16];
};

/* Octets of an address of @family: 4, 16, or 0 for another family. */
unsigned int addr_len(uint8_t family);

/* "192.0.2.1" or "2001:db8::1"; false if @text is neither. */
bool addr_parse(const char *text, struct addr *a);

/* "A/LEN"; the mask gets the family of the address. */
bool addr_parse_prefix(const char *text, struct addr *a, struct addr *mask);

/* Lower case, as inet_ntop(3); "none" without an address. Returns @buf. */
char *addr_fmt(const struct addr *a, char buf[ADDR_STR]);

/* As routers print it: IPv6 in upper case. Returns @buf. */
char *addr_fmt_ios(const struct addr *a, char buf[ADDR_STR]);

/* The mask of @len leading ones. */
void addr_mask(uint8_t family, unsigned int len, struct addr *mask);

/* Length of a mask whose ones all lead, -1 for another one. */
int addr_mask_len(const struct addr *mask);

/* All bits turned over (a wildcard mask becomes a mask and back). */
void addr_invert(struct addr *a);

bool addr_eq(const struct addr *a, const struct addr *b);

/* Order by family, then value: below, equal to or above 0. */
int addr_cmp(const struct addr *a, const struct addr *b);

/* No address at all, or all zero. */
bool addr_is_zero(const struct addr *a);

/* From @len octets of a message; false if they are not 4 or 16. */
bool addr_from_bytes(struct addr *a, const void *p, size_t len);

#endif
