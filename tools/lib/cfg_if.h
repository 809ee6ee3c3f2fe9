/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces, trust points and certificate maps. */
#ifndef LIB_CFG_IF_H
#define LIB_CFG_IF_H

#include "addr.h"
#include "cfg_obj.h"

/* tunnel mode; the first one is the default of IOS. */
enum {
	CFG_TUN_GRE,
	CFG_TUN_GRE_MULTIPOINT,
	CFG_TUN_GRE_V6,
	CFG_TUN_IPSEC_V4,
	CFG_TUN_IPSEC_V6,
	CFG_TUN_IPIP,
};

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
	uint16_t mss; /* or MSS_AUTO; 0 if not configured */
	uint8_t is_shut;
	uint8_t old_vrf; /* written as "ip vrf forwarding" */
	uint8_t tunnel_mode; /* CFG_TUN_* */
	uint32_t mtu; /* ip mtu, 0 if not configured */
	char *tunnel_source; /* an interface; NULL: @tunnel_local */
	struct addr tunnel_local;
	char *tunnel_host; /* NULL: @tunnel_peer */
	struct addr tunnel_peer;
	char *tunnel_vrf;
	char *protection; /* name of the ipsec profile */
	char *protection_profile; /* its isakmp-profile, NULL: that of both */
	uint8_t is_shared;
	struct cfg_tab kept; /* struct cfg_kept */
};

/* One line of an entry of a certificate map. */
enum {
	CFG_CERT_SUBJECT = 1,
	CFG_CERT_ISSUER,
	CFG_CERT_ALT,
	CFG_CERT_UNSTRUCTURED,
	CFG_CERT_NAME, /* any of these but the issuer */
	CFG_CERT_SERIAL,
	CFG_CERT_VALID_START,
	CFG_CERT_EXPIRES_ON,
};

/* Parts of a text are for names, before and since for dates. */
enum {
	CFG_CERT_EQ = 1,
	CFG_CERT_NE,
	CFG_CERT_CO,
	CFG_CERT_NC,
	CFG_CERT_LT,
	CFG_CERT_GE,
};

struct cfg_cert_rule {
	struct cfg_obj obj; /* name: the line */
	uint8_t field; /* CFG_CERT_SUBJECT ... */
	uint8_t op; /* CFG_CERT_EQ ... */
	char *text; /* or a date, see lib/date.h */
};

/* crypto pki certificate map NAME SEQ; all lines must fit. */
struct cfg_cert_entry {
	struct cfg_obj obj; /* num: SEQ */
	struct cfg_tab rules; /* struct cfg_cert_rule */
	struct cfg_tab kept; /* struct cfg_kept; with one it fits nobody */
};

static inline bool cfg_cert_is_date(uint8_t field)
{
	return field == CFG_CERT_VALID_START || field == CFG_CERT_EXPIRES_ON;
}

/* Without a line, or with one that makes no sense, it would fit too many. */
bool cfg_cert_entry_may_fit(const struct cfg_cert_entry *e);

/* All entries of one name; one of them must fit. */
struct cfg_cert_map {
	struct cfg_obj obj;
	struct cfg_tab entries; /* struct cfg_cert_entry */
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
