// SPDX-License-Identifier: GPL-2.0-or-later
/* The kinds of configured objects: their fields, which differ from zero. */
#include "cfg.h"

#define DAY 86400

#define CLASS(noun, text, s, fn)                                     \
	const struct cfg_class cfg_class_##noun = { text, sizeof(s), \
						    noun##_fields, fn }
#define END                         \
	{                           \
		NULL, 0, 0, 0, NULL \
	}

static const struct cfg_field kept_fields[] = {
	CFG_F_HINT(cfg_kept, section),
	CFG_F_HINT(cfg_kept, is_suspect),
	CFG_F_TAB(cfg_kept, body, &cfg_class_kept),
	END,
};
CLASS(kept, "line", struct cfg_kept, NULL);

static void init_isakmp_policy(void *obj)
{
	struct cfg_isakmp_policy *p = obj;

	p->encr = CFG_ENC_DES;
	p->hash = CFG_HASH_SHA;
	p->auth = CFG_AUTH_RSA_SIG;
	p->group = 1;
	p->lifetime = DAY;
}

static const struct cfg_field isakmp_policy_fields[] = {
	CFG_F_POD(cfg_isakmp_policy, encr),
	CFG_F_POD(cfg_isakmp_policy, hash),
	CFG_F_POD(cfg_isakmp_policy, auth),
	CFG_F_POD(cfg_isakmp_policy, group),
	CFG_F_POD(cfg_isakmp_policy, key_bits),
	CFG_F_POD(cfg_isakmp_policy, lifetime),
	END,
};
CLASS(isakmp_policy, "crypto isakmp policy", struct cfg_isakmp_policy,
      init_isakmp_policy);

static const struct cfg_field key_fields[] = {
	CFG_F_POD(cfg_key, addr),     CFG_F_POD(cfg_key, mask),
	CFG_F(cfg_key, host, STR),    CFG_F(cfg_key, key, SECRET),
	CFG_F_POD(cfg_key, no_xauth), END,
};
CLASS(key, "crypto isakmp key", struct cfg_key, NULL);

static const struct cfg_field keyring_fields[] = {
	CFG_F(cfg_keyring, vrf, STR),
	CFG_F(cfg_keyring, description, STR),
	CFG_F(cfg_keyring, local_if, STR),
	CFG_F_POD(cfg_keyring, local),
	CFG_F(cfg_keyring, local_vrf, STR),
	CFG_F_TAB(cfg_keyring, keys, &cfg_class_key),
	END,
};
CLASS(keyring, "crypto keyring", struct cfg_keyring, NULL);

static const struct cfg_field peer_fields[] = {
	CFG_F_POD(cfg_peer, addr),	   CFG_F(cfg_peer, host, STR),
	CFG_F(cfg_peer, vrf, STR),	   CFG_F(cfg_peer, description, STR),
	CFG_F_POD(cfg_peer, aggr_id),	   CFG_F(cfg_peer, aggr_value, STR),
	CFG_F(cfg_peer, aggr_key, SECRET), END,
};
CLASS(peer, "crypto isakmp peer", struct cfg_peer, NULL);

static const struct cfg_field group_fields[] = {
	CFG_F(cfg_group, key, SECRET),
	CFG_F(cfg_group, pool, STR),
	CFG_F(cfg_group, domain, STR),
	CFG_F(cfg_group, acl, STR),
	CFG_F_POD(cfg_group, dns),
	CFG_F_POD(cfg_group, wins),
	CFG_F_POD(cfg_group, netmask),
	CFG_F_POD(cfg_group, max_users),
	CFG_F_TAB(cfg_group, kept, &cfg_class_kept),
	END,
};
CLASS(group, "crypto isakmp client configuration group", struct cfg_group,
      NULL);

static const struct cfg_field id_match_fields[] = {
	CFG_F_POD(cfg_id_match, type), CFG_F_POD(cfg_id_match, addr),
	CFG_F_POD(cfg_id_match, mask), CFG_F(cfg_id_match, value, STR),
	CFG_F(cfg_id_match, vrf, STR), END,
};
CLASS(id_match, "match identity", struct cfg_id_match, NULL);

static const struct cfg_field profile_fields[] = {
	CFG_F(cfg_profile, description, STR),
	CFG_F(cfg_profile, vrf, STR),
	CFG_F(cfg_profile, keyrings, NAMES),
	CFG_F_POD(cfg_profile, self_id),
	CFG_F(cfg_profile, self_value, STR),
	CFG_F_TAB(cfg_profile, match, &cfg_class_id_match),
	CFG_F(cfg_profile, cert_maps, NAMES),
	CFG_F(cfg_profile, trustpoint, STR),
	CFG_F(cfg_profile, client_auth_list, STR),
	CFG_F_POD(cfg_profile, client_address),
	CFG_F(cfg_profile, client_group, STR),
	CFG_F(cfg_profile, client_pki_list, STR),
	CFG_F(cfg_profile, isakmp_author_list, STR),
	CFG_F(cfg_profile, accounting, STR),
	CFG_F_POD(cfg_profile, initiate_aggressive),
	CFG_F_POD(cfg_profile, keepalive),
	CFG_F_POD(cfg_profile, keepalive_retry),
	CFG_F(cfg_profile, local_if, STR),
	CFG_F_POD(cfg_profile, local),
	CFG_F(cfg_profile, local_vrf, STR),
	CFG_F_POD(cfg_profile, virtual_template),
	CFG_F_POD(cfg_profile, qos_group),
	CFG_F_TAB(cfg_profile, kept, &cfg_class_kept),
	END,
};
CLASS(profile, "crypto isakmp profile", struct cfg_profile, NULL);

static const struct cfg_field trustpoint_fields[] = {
	CFG_F(cfg_trustpoint, enrollment, STR),
	CFG_F(cfg_trustpoint, subject, STR),
	CFG_F(cfg_trustpoint, fqdn, STR),
	CFG_F(cfg_trustpoint, ip_address, STR),
	CFG_F(cfg_trustpoint, serial, STR),
	CFG_F(cfg_trustpoint, revocation, STR),
	CFG_F(cfg_trustpoint, rsakeypair, STR),
	CFG_F(cfg_trustpoint, ca_file, STR),
	CFG_F(cfg_trustpoint, cert_file, STR),
	CFG_F(cfg_trustpoint, key_file, STR),
	CFG_F(cfg_trustpoint, crl_file, STR),
	CFG_F_TAB(cfg_trustpoint, kept, &cfg_class_kept),
	END,
};
CLASS(trustpoint, "crypto pki trustpoint", struct cfg_trustpoint, NULL);

static const struct cfg_field cert_rule_fields[] = {
	CFG_F_POD(cfg_cert_rule, field),
	CFG_F_POD(cfg_cert_rule, op),
	CFG_F(cfg_cert_rule, text, STR),
	END,
};
CLASS(cert_rule, "line", struct cfg_cert_rule, NULL);

static const struct cfg_field cert_entry_fields[] = {
	CFG_F_TAB(cfg_cert_entry, rules, &cfg_class_cert_rule),
	CFG_F_TAB(cfg_cert_entry, kept, &cfg_class_kept),
	END,
};
CLASS(cert_entry, "entry", struct cfg_cert_entry, NULL);

static const struct cfg_field cert_map_fields[] = {
	CFG_F_TAB(cfg_cert_map, entries, &cfg_class_cert_entry),
	END,
};
CLASS(cert_map, "crypto pki certificate map", struct cfg_cert_map, NULL);

static void init_transform_set(void *obj)
{
	struct cfg_transform_set *t = obj;

	t->mode = MODE_TUNNEL;
}

static const struct cfg_field transform_set_fields[] = {
	CFG_F_POD(cfg_transform_set, cipher),
	CFG_F_POD(cfg_transform_set, integ),
	CFG_F_POD(cfg_transform_set, ah),
	CFG_F_POD(cfg_transform_set, comp_lzs),
	CFG_F_POD(cfg_transform_set, mode),
	CFG_F_POD(cfg_transform_set, mode_given),
	CFG_F_POD(cfg_transform_set, require),
	CFG_F_POD(cfg_transform_set, key_bits),
	END,
};
CLASS(transform_set, "crypto ipsec transform-set", struct cfg_transform_set,
      init_transform_set);

static const struct cfg_field set_peer_fields[] = {
	CFG_F_POD(cfg_set_peer, addr),
	CFG_F_POD(cfg_set_peer, is_default),
	CFG_F_POD(cfg_set_peer, is_dynamic),
	END,
};
CLASS(set_peer, "set peer", struct cfg_set_peer, NULL);

static const struct cfg_field session_key_fields[] = {
	CFG_F_POD(cfg_session_key, spi),
	CFG_F(cfg_session_key, cipher, SECRET),
	CFG_F(cfg_session_key, integ, SECRET),
	END,
};
CLASS(session_key, "set session-key", struct cfg_session_key, NULL);

static const struct cfg_field entry_fields[] = {
	CFG_F_POD(cfg_entry, type),
	CFG_F_POD(cfg_entry, discover),
	CFG_F_POD(cfg_entry, pfs),
	CFG_F_POD(cfg_entry, per_host),
	CFG_F_POD(cfg_entry, nat_demux),
	CFG_F_POD(cfg_entry, rri),
	CFG_F_POD(cfg_entry, rri_remote_peer),
	CFG_F_POD(cfg_entry, rri_gw_static),
	CFG_F_POD(cfg_entry, rri_tag),
	CFG_F_POD(cfg_entry, set_rri_tag),
	CFG_F_POD(cfg_entry, rri_distance),
	CFG_F_POD(cfg_entry, rri_gateway),
	CFG_F_POD(cfg_entry, set_rri_gateway),
	CFG_F_POD(cfg_entry, sa),
	CFG_F(cfg_entry, dynamic, STR),
	CFG_F(cfg_entry, description, STR),
	CFG_F(cfg_entry, acl, STR),
	CFG_F_TAB(cfg_entry, peers, &cfg_class_set_peer),
	CFG_F(cfg_entry, transform_sets, NAMES),
	CFG_F(cfg_entry, isakmp_profile, STR),
	CFG_F(cfg_entry, ikev2_profile, STR),
	CFG_F(cfg_entry, identity, STR),
	CFG_F(cfg_entry, acl_in, STR),
	CFG_F(cfg_entry, acl_out, STR),
	CFG_F_TAB(cfg_entry, session_keys, &cfg_class_session_key),
	CFG_F_TAB(cfg_entry, kept, &cfg_class_kept),
	END,
};
CLASS(entry, "entry", struct cfg_entry, NULL);

/* What an entry has but for peers and traffic. */
const struct cfg_class cfg_class_ipsec_profile = { "crypto ipsec profile",
						   sizeof(struct cfg_entry),
						   entry_fields, NULL };

static const struct cfg_field map_fields[] = {
	CFG_F_POD(cfg_map, is_v6),
	CFG_F_POD(cfg_map, client_address),
	CFG_F_TAB(cfg_map, entries, &cfg_class_entry),
	CFG_F(cfg_map, local_if, STR),
	CFG_F_POD(cfg_map, local),
	CFG_F(cfg_map, client_auth_list, STR),
	CFG_F(cfg_map, client_acct_list, STR),
	CFG_F(cfg_map, isakmp_author_list, STR),
	CFG_F(cfg_map, isakmp_profile, STR),
	END,
};
CLASS(map, "crypto map", struct cfg_map, NULL);

const struct cfg_class cfg_class_dynamic_map = { "crypto dynamic-map",
						 sizeof(struct cfg_map),
						 map_fields, NULL };

static const struct cfg_field if_fields[] = {
	CFG_F(cfg_if, device, STR),
	CFG_F(cfg_if, description, STR),
	CFG_F(cfg_if, crypto_map, STR),
	CFG_F(cfg_if, redundancy, STR),
	CFG_F(cfg_if, vrf, STR),
	CFG_F_POD(cfg_if, addr),
	CFG_F_POD(cfg_if, mask),
	CFG_F(cfg_if, secondary, NAMES),
	CFG_F_POD(cfg_if, df),
	CFG_F_POD(cfg_if, frag),
	CFG_F_POD(cfg_if, is_shut),
	CFG_F_POD(cfg_if, old_vrf),
	CFG_F_POD(cfg_if, tunnel_mode),
	CFG_F_POD(cfg_if, mtu),
	CFG_F(cfg_if, tunnel_source, STR),
	CFG_F_POD(cfg_if, tunnel_local),
	CFG_F(cfg_if, tunnel_host, STR),
	CFG_F_POD(cfg_if, tunnel_peer),
	CFG_F(cfg_if, tunnel_vrf, STR),
	CFG_F(cfg_if, protection, STR),
	CFG_F(cfg_if, protection_profile, STR),
	CFG_F_POD(cfg_if, is_shared),
	CFG_F_TAB(cfg_if, kept, &cfg_class_kept),
	END,
};
CLASS(if, "interface", struct cfg_if, NULL);

static const struct cfg_field ace_fields[] = {
	CFG_F_POD(cfg_ace, action),
	CFG_F_POD(cfg_ace, sel),
	CFG_F(cfg_ace, text, STR),
	END,
};
CLASS(ace, "line", struct cfg_ace, NULL);

static const struct cfg_field acl_fields[] = {
	CFG_F_POD(cfg_acl, is_standard),
	CFG_F_POD(cfg_acl, is_named),
	CFG_F_TAB(cfg_acl, aces, &cfg_class_ace),
	CFG_F_INDEX(cfg_acl, texts, &cfg_class_kept),
	END,
};
CLASS(acl, "access-list", struct cfg_acl, NULL);

static void init_cfg(void *obj)
{
	struct cfg *c = obj;

	c->isakmp.identity = CFG_ID_ADDRESS;
	c->isakmp.keepalive_retry = 2;
	c->isakmp.xauth_timeout = 60;
	c->isakmp.diagnose = 50;
	c->isakmp.max_in_negotiation = 1000;
	c->ipsec.sa.seconds = 3600;
	c->ipsec.sa.kilobytes = 4608000;
	c->ipsec.sa.replay_window = 64;
	c->ipsec.history_failures = CFG_HISTORY;
	c->ipsec.history_tunnels = CFG_HISTORY;
}

static const struct cfg_field cfg_fields[] = {
	CFG_F(cfg, hostname, STR),
	CFG_F(cfg, domain, STR),
	CFG_F_POD(cfg, isakmp),
	CFG_F_POD(cfg, ipsec),
	CFG_F_POD(cfg, no_session_log),
	CFG_F_TAB(cfg, policies, &cfg_class_isakmp_policy),
	CFG_F_TAB(cfg, keys, &cfg_class_key),
	CFG_F_TAB(cfg, keyrings, &cfg_class_keyring),
	CFG_F_TAB(cfg, peers, &cfg_class_peer),
	CFG_F_TAB(cfg, groups, &cfg_class_group),
	CFG_F_TAB(cfg, profiles, &cfg_class_profile),
	CFG_F_TAB(cfg, trustpoints, &cfg_class_trustpoint),
	CFG_F_TAB(cfg, cert_maps, &cfg_class_cert_map),
	CFG_F_TAB(cfg, transform_sets, &cfg_class_transform_set),
	CFG_F_TAB(cfg, ipsec_profiles, &cfg_class_ipsec_profile),
	CFG_F_TAB(cfg, dynamic_maps, &cfg_class_dynamic_map),
	CFG_F_TAB(cfg, maps, &cfg_class_map),
	CFG_F_TAB(cfg, interfaces, &cfg_class_if),
	CFG_F_TAB(cfg, acls, &cfg_class_acl),
	CFG_F_TAB(cfg, kept, &cfg_class_kept),
	END,
};
const struct cfg_class cfg_class = { "configuration", sizeof(struct cfg),
				     cfg_fields, init_cfg };
