// SPDX-License-Identifier: GPL-2.0-or-later
/* Does a configuration fit together? One sentence for each thing missing. */
#include "cfg_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cfg_names.h"
#include "cfg_policy.h"
#include "cfg_tunnel.h"

#define TEXT_MAX 400

struct check {
	const struct cfg *cfg;
	cfg_finding say;
	void *arg;
	unsigned int n;
	char object[TEXT_MAX];
	bool has_wide_keys; /* keys for more than one address */
	bool has_psk; /* a policy in use works with keys */
	bool has_rsa; /* or with certificates */
};

__attribute__((format(printf, 2, 3))) static void about(struct check *c,
							const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->object, sizeof(c->object), fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 2, 3))) static void find(struct check *c,
						       const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->n++;
	if (c->say)
		c->say(c->arg, c->object, text);
}

/* --- what is kept, and nothing else ------------------------------------------- */

/* A command that is loaded and written, and does nothing. */
static void is_void(struct check *c, bool is_there, const char *words)
{
	if (is_there)
		find(c, "%s has no effect here", words);
}

static void look_at_voids(struct check *c)
{
	const struct cfg_isakmp *i = &c->cfg->isakmp;
	const struct cfg_ipsec *s = &c->cfg->ipsec;

	about(c, "crypto isakmp");
	is_void(c, i->disconnect_revoked, "disconnect-revoked-peers");
	is_void(c, i->no_diagnose, "no diagnose error");
	about(c, "crypto call admission limit");
	is_void(c, i->max_sa, "ike sa");
	is_void(c, i->max_ipsec_sa, "ipsec sa");
	about(c, "crypto ipsec");
	is_void(c, s->spi_matching, "nat-transparency spi-matching");
	is_void(c, s->optional,
		"optional (what is to be protected never leaves in clear)");
}

/* Clients are not served: XAUTH, their addresses, AAA. */
static void look_at_profile_voids(struct check *c, const struct cfg_profile *p)
{
	is_void(c, p->client_auth_list, "client authentication");
	is_void(c, p->client_address, "client configuration address");
	is_void(c, p->client_group, "client configuration group");
	is_void(c, p->client_pki_list, "client pki authorization");
	is_void(c, p->isakmp_author_list, "isakmp authorization");
	is_void(c, p->accounting, "accounting");
	is_void(c, p->virtual_template, "virtual-template");
	is_void(c, p->qos_group, "qos-group");
}

static void look_at_entry_voids(struct check *c, const struct cfg_entry *e)
{
	is_void(c, e->per_host, "set security-association level per-host");
	is_void(c, e->nat_demux, "set nat demux");
	is_void(c, e->identity, "set identity");
	is_void(c, e->ikev2_profile, "set ikev2-profile");
	is_void(c, e->acl_in || e->acl_out, "set ip access-group");
	is_void(c, e->discover, "discover");
}

static void look_at_map_voids(struct check *c, const struct cfg_map *map)
{
	is_void(c, map->client_auth_list, "client authentication");
	is_void(c, map->client_acct_list, "client accounting");
	is_void(c, map->client_address, "client configuration address");
	is_void(c, map->isakmp_author_list, "isakmp authorization");
}

/* --- ISAKMP ------------------------------------------------------------------ */

static void look_at_policies(struct check *c)
{
	const struct cfg_isakmp_policy *p = NULL;

	while ((p = cfg_isakmp_policy_next(c->cfg, p))) {
		c->has_psk = c->has_psk || p->auth == CFG_AUTH_PSK;
		c->has_rsa = c->has_rsa || p->auth == CFG_AUTH_RSA_SIG;
		about(c, "crypto isakmp policy %u", p->obj.num);
		if (p->auth == CFG_AUTH_RSA_ENCR)
			find(c, "authentication rsa-encr is not supported; "
				"the policy is never proposed");
		else if (p->auth == CFG_AUTH_RSA_SIG &&
			 !cfg_isakmp_policy_is_default(p) &&
			 !c->cfg->trustpoints.n)
			find(c, "it needs a certificate, and there is no "
				"trust point; enter 'crypto pki trustpoint' "
				"or 'authentication pre-share'");
	}
	about(c, "crypto isakmp policy");
	if (!c->has_psk && !c->has_rsa && c->cfg->maps.n)
		find(c, "there is no policy that could be used; enter 'crypto "
			"isakmp policy' or 'crypto isakmp default policy'");
}

static void check_profile(struct check *c, const struct cfg_profile *p)
{
	uint32_t i;

	about(c, "crypto isakmp profile %s", p->obj.name);
	if (!p->match.n && !p->cert_maps.n)
		find(c, "it fits no peer; enter 'match identity'");
	for (i = 0; i < p->cert_maps.n; i++)
		if (!cfg_find(&c->cfg->cert_maps, p->cert_maps.v[i]))
			find(c,
			     "certificate map %s does not exist; enter 'crypto "
			     "pki certificate map %s'",
			     p->cert_maps.v[i], p->cert_maps.v[i]);
	for (i = 0; i < p->keyrings.n; i++) {
		const char *name = p->keyrings.v[i];

		if (strcmp(name, CFG_DEFAULT_KEYRING) &&
		    !cfg_find(&c->cfg->keyrings, name))
			find(c,
			     "keyring %s does not exist; enter 'crypto "
			     "keyring %s'",
			     name, name);
	}
	if (p->trustpoint && !cfg_find(&c->cfg->trustpoints, p->trustpoint))
		find(c,
		     "trust point %s does not exist; enter 'crypto pki "
		     "trustpoint %s'",
		     p->trustpoint, p->trustpoint);
	look_at_profile_voids(c, p);
}

/* Is @word among the methods of "revocation-check"? */
static bool has_method(const struct cfg_trustpoint *t, const char *word)
{
	const char *at = t->revocation ? strstr(t->revocation, word) : NULL;

	return at && (at == t->revocation || at[-1] == ' ');
}

static void check_cert_map(struct check *c, const struct cfg_cert_map *map)
{
	const struct cfg_cert_entry *e;

	cfg_for_each(e, &map->entries)
	{
		about(c, "crypto pki certificate map %s %u", map->obj.name,
		      e->obj.num);
		if (e->kept.n)
			find(c, "it fits no certificate, for a line of it is "
				"not understood");
		else if (!e->rules.n)
			find(c, "it fits no certificate; enter 'subject-name "
				"co TEXT' or the like");
		else if (!cfg_cert_entry_may_fit(e))
			find(c, "it fits no certificate, for there is no such "
				"date");
	}
}

static void check_trustpoint(struct check *c, const struct cfg_trustpoint *t)
{
	about(c, "crypto pki trustpoint %s", t->obj.name);
	if (!has_method(t, "ocsp"))
		return;
	if (has_method(t, "crl") || has_method(t, "none"))
		find(c, "OCSP is not supported; only the other methods of "
			"revocation-check are used");
	else
		find(c, "OCSP is not supported, so no peer is accepted; enter "
			"'revocation-check crl' or 'revocation-check none'");
}

/* --- maps ------------------------------------------------------------------------ */

static bool has_key(const struct check *c, const struct cfg_entry *e,
		    const struct addr *peer)
{
	const struct cfg_profile *p = NULL;
	const struct cfg_keyring *r;
	char name[CFG_KEY_NAME];
	struct addr mask;
	uint32_t i;

	if (e->isakmp_profile)
		p = cfg_find(&c->cfg->profiles, e->isakmp_profile);
	for (i = 0; p && i < p->keyrings.n; i++) {
		r = cfg_find(&c->cfg->keyrings, p->keyrings.v[i]);
		if (r && cfg_key_by_addr(c->cfg, r, peer))
			return true;
	}
	if (c->has_wide_keys)
		return cfg_key_by_addr(c->cfg, NULL, peer);
	addr_mask(peer->family, 8 * addr_len(peer->family), &mask);
	return cfg_find(&c->cfg->keys, cfg_key_name(peer, &mask, name));
}

static void check_peers(struct check *c, const struct cfg_entry *e)
{
	const struct cfg_set_peer *p;
	char buf[ADDR_STR];

	if (!c->has_psk || e->type == CFG_MAP_MANUAL)
		return;
	cfg_for_each(p, &e->peers) if (p->addr.family &&
				       !has_key(c, e, &p->addr) &&
				       (!c->has_rsa || !c->cfg->trustpoints.n))
		find(c,
		     "there is no pre-shared key for peer %s; enter "
		     "'crypto isakmp key KEY address %s'",
		     addr_fmt(&p->addr, buf), buf);
}

static void check_sets(struct check *c, const struct cfg_entry *e)
{
	uint32_t i;

	for (i = 0; i < e->transform_sets.n; i++) {
		const char *name = e->transform_sets.v[i];
		const struct cfg_transform_set *t =
			cfg_transform_set(c->cfg, name);

		if (!t)
			find(c,
			     "transform set %s does not exist; enter "
			     "'crypto ipsec transform-set %s'",
			     name, name);
		else if (t->ah && t->cipher)
			find(c,
			     "transform set %s has AH beside ESP, which is "
			     "not supported; the set is never proposed",
			     name);
		else if (t->cipher == CIPHER_CHACHA20_POLY1305)
			find(c,
			     "transform set %s has no number in IKEv1; the "
			     "set is never proposed",
			     name);
	}
	if (e->type != CFG_MAP_DYNAMIC && !cfg_entry_transform(c->cfg, e, 0))
		find(c, "it has no transform set; enter 'set transform-set' "
			"or 'crypto ipsec default transform-set'");
}

static void check_acl(struct check *c, const struct cfg_entry *e)
{
	const struct cfg_acl *acl = e->acl ? cfg_find(&c->cfg->acls, e->acl) :
					     NULL;
	const struct cfg_ace *ace;
	bool has_options = false;
	unsigned int permits = 0;

	if (!acl)
		return;
	if (acl->is_standard) {
		find(c,
		     "access list %s is a standard one; it takes an "
		     "extended one",
		     e->acl);
		return;
	}
	cfg_for_each(ace, &acl->aces)
	{
		if (ace->action == CFG_ACE_REMARK)
			continue;
		has_options = has_options || ace->text;
		permits += ace->action == CFG_ACE_PERMIT;
		if (e->type != CFG_MAP_MANUAL && cfg_ace_is_too_fine(ace))
			find(c,
			     "line %u of access list %s cannot be "
			     "negotiated with IKEv1 (a range of ports, or a "
			     "mask that is no subnet); its packets are "
			     "dropped. Write one line for each port",
			     ace->obj.num, e->acl);
	}
	if (e->type == CFG_MAP_MANUAL && permits > 1)
		find(c,
		     "only the first permit line of access list %s is "
		     "protected, packets of the others are dropped; enter an "
		     "ipsec-manual entry for each line",
		     e->acl);
	if (has_options)
		find(c,
		     "options of access list %s, such as log or "
		     "established, have no effect in a crypto map",
		     e->acl);
}

static void check_manual(struct check *c, const struct cfg_entry *e)
{
	static const struct addr any = { .family = AF_INET };
	struct cfg_manual man;
	const char *why = cfg_manual_build(&man, c->cfg, e, &any);

	if (why)
		find(c, "%s", why);
	cfg_manual_free(&man);
}

static void check_entry(struct check *c, const struct cfg_map *map,
			const struct cfg_entry *e)
{
	const char *why = cfg_entry_inactive(c->cfg, e);
	bool is_template = e->type == CFG_MAP_TEMPLATE;

	about(c, "crypto %s %s %u", is_template ? "dynamic-map" : "map",
	      map->obj.name, e->obj.num);
	if (why)
		find(c, "it is not active: %s", why);
	if (e->type == CFG_MAP_DYNAMIC) {
		look_at_entry_voids(c, e);
		return;
	}
	if (is_template && e->acl && !cfg_find(&c->cfg->acls, e->acl))
		find(c,
		     "access list %s does not exist; enter 'ip access-list "
		     "extended %s'",
		     e->acl, e->acl);
	check_sets(c, e);
	check_acl(c, e);
	check_peers(c, e);
	look_at_entry_voids(c, e);
	if (e->isakmp_profile &&
	    !cfg_find(&c->cfg->profiles, e->isakmp_profile))
		find(c,
		     "ISAKMP profile %s does not exist; enter 'crypto "
		     "isakmp profile %s'",
		     e->isakmp_profile, e->isakmp_profile);
	if (e->rri && e->type == CFG_MAP_MANUAL)
		find(c, "reverse-route has no effect in an ipsec-manual entry; "
			"configure the routes");
	if (e->rri_tag || e->set_rri_tag)
		find(c, "the tag of reverse routes has no effect: routes of "
			"this system have none");
	if (e->type == CFG_MAP_MANUAL && !why)
		check_manual(c, e);
}

static void check_maps(struct check *c, const struct cfg_tab *maps)
{
	const struct cfg_entry *e;
	const struct cfg_map *map;

	cfg_for_each(map, maps)
	{
		cfg_for_each(e, &map->entries) check_entry(c, map, e);
		about(c, "crypto map %s", map->obj.name);
		if (!map->entries.n)
			find(c, "it has no entries");
		if (map->local_if &&
		    !cfg_find(&c->cfg->interfaces, map->local_if))
			find(c,
			     "interface %s of its local-address is not "
			     "configured; enter 'interface %s'",
			     map->local_if, map->local_if);
		look_at_map_voids(c, map);
	}
}

static void check_if(struct check *c, const struct cfg_if *ifc)
{
	const struct cfg_ipsec *all = &c->cfg->ipsec;
	struct sa_handling how;
	const struct cfg_map *map;
	uint8_t df, frag;

	about(c, "interface %s", ifc->obj.name);
	if (ifc->protection) {
		if (cfg_tunnel_inactive(c->cfg, ifc))
			find(c, "it does not protect: %s",
			     cfg_tunnel_inactive(c->cfg, ifc));
		if (ifc->protection_profile &&
		    !cfg_find(&c->cfg->profiles, ifc->protection_profile))
			find(c, "ISAKMP profile %s does not exist",
			     ifc->protection_profile);
		is_void(c, ifc->is_shared, "tunnel protection shared");
	}
	if (!ifc->crypto_map) {
		is_void(c, ifc->mss && !ifc->protection,
			"ip tcp adjust-mss without a crypto map");
		return;
	}
	how = cfg_map_handling(c->cfg, ifc->crypto_map);
	df = ifc->df ? ifc->df - 1 : all->df;
	frag = ifc->frag ? ifc->frag - 1 : all->frag;
	map = cfg_find(&c->cfg->maps, ifc->crypto_map);
	if (!map)
		find(c, "crypto map %s does not exist; enter 'crypto map %s'",
		     ifc->crypto_map, ifc->crypto_map);
	if (how.df != df)
		find(c,
		     "packets of crypto map %s get the df-bit of its other "
		     "interface: %s",
		     ifc->crypto_map, names_str(cfg_names_df, how.df));
	if (how.frag_after != (frag == CFG_FRAG_AFTER))
		find(c,
		     "packets of crypto map %s are fragmented as on its other "
		     "interface: %s",
		     ifc->crypto_map,
		     names_str(cfg_names_frag, how.frag_after ?
						       CFG_FRAG_AFTER :
						       CFG_FRAG_BEFORE));
	if (how.mss != ifc->mss)
		find(c,
		     "TCP through crypto map %s is told the segment of its "
		     "other interface",
		     ifc->crypto_map);
	is_void(c, ifc->redundancy, "redundancy");
}

unsigned int cfg_check(const struct cfg *cfg, cfg_finding say, void *arg)
{
	struct check c = { .cfg = cfg, .say = say, .arg = arg };
	const struct cfg_profile *p;
	const struct cfg_trustpoint *t;
	const struct cfg_cert_map *m;
	const struct cfg_if *ifc;
	const struct cfg_key *k;

	cfg_for_each(
		k, &cfg->keys) if (k->addr.family &&
				   addr_mask_len(&k->mask) !=
					   (int)(8 * addr_len(k->addr.family)))
		c.has_wide_keys = true;
	look_at_policies(&c);
	cfg_for_each(p, &cfg->profiles) check_profile(&c, p);
	cfg_for_each(t, &cfg->trustpoints) check_trustpoint(&c, t);
	cfg_for_each(m, &cfg->cert_maps) check_cert_map(&c, m);
	look_at_voids(&c);
	check_maps(&c, &cfg->dynamic_maps);
	check_maps(&c, &cfg->maps);
	cfg_for_each(ifc, &cfg->interfaces) check_if(&c, ifc);
	return c.n;
}
