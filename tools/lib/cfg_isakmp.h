/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "crypto isakmp" and "crypto keyring" configure. */
#ifndef LIB_CFG_ISAKMP_H
#define LIB_CFG_ISAKMP_H

#include "addr.h"
#include "cfg_obj.h"

/* Values of a policy are the numbers of RFC 2409, appendix A. */
enum { CFG_ENC_DES = 1, CFG_ENC_3DES = 5, CFG_ENC_AES = 7 };
enum { CFG_HASH_MD5 = 1, CFG_HASH_SHA, CFG_HASH_TIGER, CFG_HASH_SHA256 };
enum { CFG_HASH_SHA384 = 5, CFG_HASH_SHA512 };
enum { CFG_AUTH_PSK = 1, CFG_AUTH_RSA_SIG = 3, CFG_AUTH_RSA_ENCR = 4 };

/* crypto isakmp policy N; obj.num is the priority. */
struct cfg_isakmp_policy {
	struct cfg_obj obj;
	uint8_t encr;
	uint8_t hash;
	uint8_t auth;
	uint8_t group; /* the number on the wire */
	uint16_t key_bits; /* AES only, else 0 */
	uint32_t lifetime; /* seconds */
};

/* A pre-shared key of the default keyring or of a named one. */
struct cfg_key {
	struct cfg_obj obj; /* name: "A MASK" or "hostname H" */
	struct addr addr; /* family 0 when @host tells the peer */
	struct addr mask;
	char *host;
	struct cfg_secret key;
	uint8_t no_xauth;
};

/* crypto keyring NAME */
struct cfg_keyring {
	struct cfg_obj obj;
	char *vrf, *description;
	char *local_if; /* local-address, one of these */
	struct addr local;
	char *local_vrf;
	struct cfg_tab keys; /* struct cfg_key */
};

/* An identity as a profile presents or expects it. */
enum cfg_id {
	CFG_ID_NONE,
	CFG_ID_ADDRESS,
	CFG_ID_ADDRESS6,
	CFG_ID_FQDN,
	CFG_ID_FQDN_DOMAIN,
	CFG_ID_USER_FQDN,
	CFG_ID_USER_DOMAIN,
	CFG_ID_GROUP,
	CFG_ID_DN,
};

/* crypto isakmp peer */
struct cfg_peer {
	struct cfg_obj obj; /* name: "address A" or "hostname H", with VRF */
	struct addr addr;
	char *host;
	char *vrf;
	char *description; /* at most 80 characters */
	uint8_t aggr_id; /* enum cfg_id, for aggressive mode */
	char *aggr_value;
	struct cfg_secret aggr_key;
};

/* match identity, one line */
struct cfg_id_match {
	struct cfg_obj obj; /* name: the line behind "match identity" */
	uint8_t type; /* enum cfg_id */
	struct addr addr;
	struct addr mask;
	char *value;
	char *vrf;
};

/* client configuration address */
enum { CFG_ADDR_INITIATE = 1, CFG_ADDR_RESPOND = 2 };

/* crypto isakmp profile NAME */
struct cfg_profile {
	struct cfg_obj obj;
	char *description;
	char *vrf;
	struct cfg_names keyrings; /* none: the default one */
	uint8_t self_id; /* enum cfg_id, 0 for the global setting */
	char *self_value; /* NULL with CFG_ID_FQDN: our own name */
	struct cfg_tab match; /* struct cfg_id_match, any of them */
	struct cfg_names cert_maps; /* match certificate, any of them */
	char *trustpoint;
	char *client_auth_list;
	uint8_t client_address; /* CFG_ADDR_* bits */
	char *client_group;
	char *client_pki_list;
	char *isakmp_author_list;
	char *accounting;
	uint8_t initiate_aggressive;
	uint32_t keepalive; /* seconds, 0 for the global setting */
	uint32_t keepalive_retry;
	char *local_if, *local_vrf;
	struct addr local;
	uint32_t virtual_template;
	uint32_t qos_group;
	struct cfg_tab kept; /* struct cfg_kept */
};

/* crypto isakmp client configuration group NAME */
struct cfg_group {
	struct cfg_obj obj;
	struct cfg_secret key;
	char *pool;
	char *domain;
	char *acl;
	struct addr dns[2];
	struct addr wins[2];
	struct addr netmask;
	uint32_t max_users;
	struct cfg_tab kept; /* struct cfg_kept */
};

/* crypto isakmp ..., one of each */
struct cfg_isakmp {
	uint8_t is_off; /* no crypto isakmp enable */
	uint8_t no_default_policy;
	uint8_t identity; /* CFG_ID_ADDRESS, _FQDN or _DN */
	uint8_t periodic; /* keepalives: every interval, not on demand */
	uint8_t no_aggressive;
	uint8_t invalid_spi_recovery;
	uint8_t fragmentation;
	uint8_t disconnect_revoked;
	uint8_t no_diagnose;
	uint32_t keepalive; /* seconds, 0 for off */
	uint32_t keepalive_retry;
	uint32_t nat_keepalive; /* seconds, 0 for off */
	uint32_t xauth_timeout;
	uint32_t diagnose; /* entries of the failure ring */
	uint32_t max_sa; /* call admission, 0 for no limit */
	uint32_t max_in_negotiation;
	uint32_t max_ipsec_sa;
};

#endif
