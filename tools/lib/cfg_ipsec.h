/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "crypto ipsec", "crypto map" and "interface" configure. */
#ifndef LIB_CFG_IPSEC_H
#define LIB_CFG_IPSEC_H

#include "addr.h"
#include "cfg_obj.h"
#include "model.h"

/* crypto ipsec transform-set NAME; CIPHER_* and INTEG_* of the module. */
struct cfg_transform_set {
	struct cfg_obj obj;
	uint8_t cipher; /* 0: no ESP */
	uint8_t integ; /* of ESP, INTEG_NONE if there is none */
	uint8_t ah; /* INTEG_* of AH, INTEG_NONE: no AH */
	uint8_t comp_lzs;
	uint8_t mode; /* MODE_TUNNEL or MODE_TRANSPORT */
	uint8_t mode_given; /* written even if it is the default */
	uint8_t require; /* transport or nothing */
	uint16_t key_bits; /* AES */
};

/*
 * Settings of SAs, at the top and in an entry. In an entry 0 means: as
 * above it; at the top the defaults are filled in.
 */
enum { CFG_NO_LIMIT = 1 }; /* "lifetime kilobytes disable"; less than any */

struct cfg_sa_opts {
	uint32_t seconds;
	uint32_t kilobytes; /* or CFG_NO_LIMIT */
	uint32_t idle; /* seconds; 0 at the top: off */
	uint32_t replay_window; /* packets */
	uint8_t in_days; /* the lifetime was given in days */
	uint8_t replay_off;
	uint8_t idle_default; /* only with the default peer */
	uint8_t spare;
};

/* Value of a group field that is not configured: no PFS. */
enum { CFG_DF_COPY, CFG_DF_SET, CFG_DF_CLEAR };
enum { CFG_FRAG_BEFORE, CFG_FRAG_AFTER, CFG_FRAG_MTU };
enum { CFG_DENY_JUMP, CFG_DENY_CLEAR, CFG_DENY_DROP };

/* crypto ipsec ..., one of each */
/* Tables of the MIB keep that many records unless told otherwise, or at most. */
#define CFG_HISTORY 200
#define CFG_HISTORY_MAX 65535

struct cfg_ipsec {
	struct cfg_sa_opts sa;
	uint8_t no_default_transform_set;
	uint8_t df; /* CFG_DF_*, the values of the module */
	uint8_t frag; /* CFG_FRAG_* */
	uint8_t no_udp_encap;
	uint8_t spi_matching;
	uint8_t optional; /* clear text while there is no SA */
	uint8_t deny; /* CFG_DENY_* */
	uint8_t spare;
	uint32_t optional_retry;
	uint32_t history_failures; /* records of the MIB's tables */
	uint32_t history_tunnels;
};

/* set peer; @addr has no family for a host that is to be looked up. */
struct cfg_set_peer {
	struct cfg_obj obj; /* name: the address or the host name */
	struct addr addr;
	uint8_t is_default;
	uint8_t is_dynamic;
};

/* set session-key; an index of these and CFG_KEY_AH or CFG_KEY_ESP. */
enum { CFG_KEY_IN, CFG_KEY_OUT };
enum { CFG_KEY_AH, CFG_KEY_ESP };

struct cfg_session_key {
	struct cfg_obj obj; /* num: 2 * direction + protocol + 1 */
	uint32_t spi;
	struct cfg_secret cipher; /* hexadecimal digits; AH: its key */
	struct cfg_secret integ;
};

enum cfg_map_type {
	CFG_MAP_NONE, /* not yet: created by a set-wide command */
	CFG_MAP_ISAKMP,
	CFG_MAP_MANUAL,
	CFG_MAP_DYNAMIC, /* refers to a dynamic map */
	CFG_MAP_TEMPLATE, /* an entry of a dynamic map */
};

enum { CFG_RRI_OFF, CFG_RRI_ON, CFG_RRI_STATIC };

/* crypto map NAME SEQ, crypto dynamic-map NAME SEQ; obj.num is SEQ. */
struct cfg_entry {
	struct cfg_obj obj;
	uint8_t type; /* enum cfg_map_type */
	uint8_t discover;
	uint8_t pfs; /* group, 0 for none */
	uint8_t per_host;
	uint8_t nat_demux;
	uint8_t rri; /* CFG_RRI_* */
	uint8_t rri_remote_peer;
	uint8_t rri_gw_static;
	uint32_t rri_tag; /* of "reverse-route" */
	struct addr rri_gateway; /* of "reverse-route remote-peer" */
	struct addr set_rri_gateway; /* of "set reverse-route" */
	uint32_t set_rri_tag;
	uint32_t rri_distance; /* 0: not configured */
	struct cfg_sa_opts sa;
	char *dynamic; /* CFG_MAP_DYNAMIC: name of the dynamic map */
	char *description;
	char *acl; /* match address */
	struct cfg_tab peers; /* struct cfg_set_peer, in order */
	struct cfg_names transform_sets; /* in order of preference */
	char *isakmp_profile;
	char *ikev2_profile;
	char *identity;
	char *acl_in; /* set ip access-group */
	char *acl_out;
	struct cfg_tab session_keys; /* struct cfg_session_key */
	struct cfg_tab kept; /* struct cfg_kept */
};

/* All entries of one name, and what holds for the whole set. */
struct cfg_map {
	struct cfg_obj obj;
	uint8_t is_v6;
	uint8_t client_address; /* CFG_ADDR_* bits */
	struct cfg_tab entries; /* struct cfg_entry */
	char *local_if; /* local-address */
	struct addr local; /* the same of a tunnel interface, cfg_tunnel.h */
	char *client_auth_list;
	char *client_acct_list;
	char *isakmp_author_list;
	char *isakmp_profile;
	struct cfg_tab kept; /* struct cfg_kept */
};

#endif
