/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names in a certificate, as text, and when it is valid. */
#ifndef IKEHELPER_PKI_NAMES_H
#define IKEHELPER_PKI_NAMES_H

#include "bytes.h"

enum pki_name_kind {
	PKI_NAME_SUBJECT = 1,
	PKI_NAME_ISSUER,
	PKI_NAME_ALT,
	PKI_NAME_UNSTRUCTURED,
	PKI_NAME_SERIAL, /* hexadecimal */
};

#define PKI_NAMES_MAX 64

struct pki_names {
	char *text[PKI_NAMES_MAX];
	uint8_t kind[PKI_NAMES_MAX]; /* enum pki_name_kind */
	unsigned int n;
	int64_t valid_from, valid_to; /* seconds since 1970 */
};

/*
 * All of them; subject and issuer twice, with the parts in either order
 * ("CN=x,O=y"), UTF-8, special characters escaped as in RFC 2253. False if it is
 * no certificate, or if not all of its names can be told.
 */
bool pki_names_read(struct bytes der, struct pki_names *names);
void pki_names_free(struct pki_names *names);

#endif
