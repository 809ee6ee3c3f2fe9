/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces and trust points. */
#ifndef LIB_CFG_IF_H
#define LIB_CFG_IF_H

#include "addr.h"
#include "cfg_obj.h"

/* interface NAME; obj.name is the long form, "FastEthernet1/0". */
struct cfg_if {
	struct cfg_obj obj;
	char *device; /* what Linux calls it, if it was given */
	char *description;
	char *crypto_map;
	char *redundancy; /* words behind the map, which have no effect */
	char *vrf;
	struct addr addr;
	struct addr mask;
	struct cfg_names secondary; /* "A MASK" */
	uint8_t df; /* CFG_DF_* + 1, 0 if not configured */
	uint8_t frag; /* CFG_FRAG_* + 1, 0 if not configured */
	uint8_t is_shut;
	uint8_t old_vrf; /* written as "ip vrf forwarding" */
	struct cfg_tab kept; /* struct cfg_kept */
};

/* crypto pki trustpoint NAME */
struct cfg_trustpoint {
	struct cfg_obj obj;
	char *enrollment; /* the words behind it */
	char *subject;
	char *fqdn;
	char *ip_address;
	char *serial;
	char *revocation; /* "crl none"; NULL: crl */
	char *rsakeypair;
	char *ca_file; /* NULL: NAME-ca.pem in the folder for keys */
	char *cert_file; /* NULL: NAME.pem */
	char *key_file; /* NULL: NAME.key */
	char *crl_file; /* NULL: NAME.crl */
	struct cfg_tab kept; /* struct cfg_kept */
};

#endif
