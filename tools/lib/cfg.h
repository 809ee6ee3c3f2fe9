/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration model: structs, defaults, free, copy, compare. */
#ifndef LIB_CFG_H
#define LIB_CFG_H

#include "cfg_acl.h"
#include "cfg_if.h"
#include "cfg_ipsec.h"
#include "cfg_isakmp.h"

#define CFG_FILE "/etc/ipsecgw/ipsecgw.conf" /* the startup configuration */
#define CFG_PKI_DIR "/etc/ipsecgw/pki"
#define CFG_DEFAULT_KEYRING "default"
#define CFG_KEY_NAME (2 * ADDR_STR)
#define CFG_SEQ_MAX 65535 /* of a map; later ones are instances */

/* Sections of the configuration, in the order in which it is written. */
enum cfg_section {
	CFG_AT_TOP,
	CFG_AT_PKI,
	CFG_AT_ISAKMP,
	CFG_AT_IPSEC,
	CFG_AT_MAP,
	CFG_AT_IF,
	CFG_AT_ACL,
	CFG_AT_END,
};

/* The whole configuration. */
struct cfg {
	struct cfg_obj obj;
	char *hostname; /* NULL: the system's */
	char *domain; /* ip domain name */
	struct cfg_isakmp isakmp;
	struct cfg_ipsec ipsec;
	uint8_t no_session_log; /* no crypto logging session */
	struct cfg_tab policies; /* struct cfg_isakmp_policy, by priority */
	struct cfg_tab keys; /* struct cfg_key of the default keyring */
	struct cfg_tab keyrings; /* struct cfg_keyring */
	struct cfg_tab peers; /* struct cfg_peer */
	struct cfg_tab groups; /* struct cfg_group */
	struct cfg_tab profiles; /* struct cfg_profile */
	struct cfg_tab trustpoints; /* struct cfg_trustpoint */
	struct cfg_tab cert_maps; /* struct cfg_cert_map */
	struct cfg_tab transform_sets; /* struct cfg_transform_set */
	struct cfg_tab ipsec_profiles; /* struct cfg_entry */
	struct cfg_tab dynamic_maps; /* struct cfg_map */
	struct cfg_tab maps; /* struct cfg_map */
	struct cfg_tab interfaces; /* struct cfg_if */
	struct cfg_tab acls; /* struct cfg_acl */
	struct cfg_tab kept; /* struct cfg_kept */
};

/* An empty configuration with all defaults. NULL: no memory. */
struct cfg *cfg_new(void);
void cfg_free(struct cfg *cfg);

/* A copy that shares nothing. */
struct cfg *cfg_copy(const struct cfg *cfg);
bool cfg_equal(const struct cfg *a, const struct cfg *b);

/* --- what is in force ------------------------------------------------- */

/*
 * The policies in use, by ascending priority: those of the user, or else
 * the default ones. @prev NULL for the first one; NULL behind the last one.
 */
const struct cfg_isakmp_policy *
cfg_isakmp_policy_next(const struct cfg *cfg,
		       const struct cfg_isakmp_policy *prev);
bool cfg_isakmp_policy_is_default(const struct cfg_isakmp_policy *p);

/* The eight default policies, in use or not; NULL beyond the last one. */
const struct cfg_isakmp_policy *cfg_default_policy(unsigned int i);

/* A transform set of the user or, by its "#!..." name, a default one. */
const struct cfg_transform_set *cfg_transform_set(const struct cfg *cfg,
						  const char *name);

/* The transform set @i of an entry, default ones included; NULL at the end. */
const struct cfg_transform_set *cfg_entry_transform(const struct cfg *cfg,
						    const struct cfg_entry *e,
						    unsigned int i);

/* The settings that hold for an entry: its own, else the global ones. */
struct cfg_sa_opts cfg_entry_sa(const struct cfg *cfg,
				const struct cfg_entry *e);

/*
 * The pre-shared key for a peer's address: the longest mask of a keyring,
 * the default one if @keyring is NULL. NULL if there is none.
 */
const struct cfg_key *cfg_key_by_addr(const struct cfg *cfg,
				      const struct cfg_keyring *keyring,
				      const struct addr *peer);
const struct cfg_key *cfg_key_by_host(const struct cfg *cfg,
				      const struct cfg_keyring *keyring,
				      const char *host);

/* What a key for an address is called in its table. Returns @buf. */
char *cfg_key_name(const struct addr *a, const struct addr *mask,
		   char buf[CFG_KEY_NAME]);

/* A file of a trust point: "ca", "crl", "cert" or "key". Returns @buf. */
char *cfg_trustpoint_file(const struct cfg_trustpoint *tp, const char *what,
			  char *buf, size_t size);

/* --- classes, for those who compare objects ---------------------------- */

extern const struct cfg_class cfg_class, cfg_class_ipsec_profile,
	cfg_class_isakmp_policy, cfg_class_key, cfg_class_keyring,
	cfg_class_peer, cfg_class_group, cfg_class_profile, cfg_class_id_match,
	cfg_class_trustpoint, cfg_class_cert_map, cfg_class_cert_entry,
	cfg_class_cert_rule, cfg_class_transform_set, cfg_class_map,
	cfg_class_dynamic_map, cfg_class_entry, cfg_class_set_peer,
	cfg_class_session_key, cfg_class_if, cfg_class_acl, cfg_class_ace,
	cfg_class_kept;

#endif
