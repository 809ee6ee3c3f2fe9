// SPDX-License-Identifier: GPL-2.0-or-later
/* The views of what is configured for ISAKMP: policies, keys, peers, profiles. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../lib/cfg_cmd.h"
#include "../lib/cfg_names.h"
#include "daemon.h"
#include "show_cfg.h"

#define IKE_PORT 500

/* --- policies ------------------------------------------------------------ */

static row *policy_row(const struct cfg_isakmp_policy *p)
{
	row *o = json_object_new_object();

	row_num(o, "priority", p->obj.num);
	row_bool(o, "default", cfg_isakmp_policy_is_default(p));
	row_text(o, "encryption", names_str(cfg_names_encr, p->encr));
	if (p->encr == CFG_ENC_AES)
		row_num(o, "key_bits", p->key_bits);
	row_text(o, "hash", names_str(cfg_names_hash, p->hash));
	row_text(o, "authentication", names_str(cfg_names_auth, p->auth));
	row_num(o, "group", p->group);
	row_num(o, "lifetime", p->lifetime);
	return o;
}

static row *policy_rows(const struct cfg *cfg, const struct cfg_query *q,
			row *live)
{
	const struct cfg_isakmp_policy *p = NULL;
	row *all = json_object_new_array();

	(void)live;
	while ((p = cfg_isakmp_policy_next(cfg, p)))
		if (!q->only_default || cfg_isakmp_policy_is_default(p))
			json_object_array_add(all, policy_row(p));
	return all;
}

static void print_encryption(struct out *o, row *r)
{
	const char *name = daemon_text(r, "encryption");

	out_printf(o, "\tencryption algorithm:\t");
	if (!strcmp(name, "des"))
		out_printf(o, "DES - Data Encryption Standard (56 bit keys).");
	else if (!strcmp(name, "3des"))
		out_printf(o, "Three key triple DES");
	else
		out_printf(o, "AES - Advanced Encryption Standard (%lld bit %s",
			   daemon_number(r, "key_bits"),
			   daemon_flag(r, "default") ? "key.)" : "keys).");
	out_printf(o, "\n");
}

static void print_hash(struct out *o, row *r)
{
	const char *name = daemon_text(r, "hash");

	out_printf(o, "\thash algorithm:\t\t");
	if (!strcmp(name, "md5"))
		out_printf(o, "Message Digest 5\n");
	else if (!strcmp(name, "sha"))
		out_printf(o, "Secure Hash Standard\n");
	else
		out_printf(o, "Secure Hash Standard 2 (%s bit)\n",
			   name + strcspn(name, "0123456789"));
}

static const char *auth_of(row *r)
{
	const char *name = daemon_text(r, "authentication");

	return !strcmp(name, "pre-share") ? "Pre-Shared Key" :
	       !strcmp(name, "rsa-encr")  ? "Rivest-Shamir-Adleman Encryption" :
					    "Rivest-Shamir-Adleman Signature";
}

/* RFC 2409, 3526, 5903, 5114. */
static const char *group_of(long long group)
{
	static const char *const size[] = {
		[1] = "768 bit",      [2] = "1024 bit",
		[5] = "1536 bit",     [14] = "2048 bit",
		[15] = "3072 bit",    [16] = "4096 bit",
		[19] = "256 bit ecp", [20] = "384 bit ecp",
		[21] = "521 bit ecp", [24] = "2048 bit, 256 bit subgroup",
	};
	bool is_known = group > 0 && group <= 24 && size[group];

	return is_known ? size[group] : "unknown";
}

static void print_policies(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);
		bool is_default = daemon_flag(r, "default");
		long long group = daemon_number(r, "group");

		if (!i)
			out_printf(o, "%s IKE policy\n",
				   is_default ? "Default" : "Global");
		out_printf(o, "%srotection suite of priority %lld\n",
			   is_default ? "Default p" : "P",
			   daemon_number(r, "priority"));
		print_encryption(o, r);
		print_hash(o, r);
		out_printf(o, "\tauthentication method:\t%s\n", auth_of(r));
		out_printf(o, "\tDiffie-Hellman group:\t#%lld (%s)\n", group,
			   group_of(group));
		out_printf(o, "\tlifetime:\t\t%lld seconds, no volume limit\n",
			   daemon_number(r, "lifetime"));
	}
}

const struct cfg_view view_isakmp_policy = { policy_rows, print_policies,
					     NULL };

/* --- keys ---------------------------------------------------------------- */

/* Which peer a key is for, never the key. */
static row *key_row(const char *ring, const struct cfg_key *k)
{
	row *o = json_object_new_object();
	char a[ADDR_STR];

	row_text(o, "keyring", ring);
	if (k->host) {
		row_text(o, "host", k->host);
	} else {
		row_text(o, "address", addr_fmt(&k->addr, a));
		row_text(o, "mask", addr_fmt(&k->mask, a));
	}
	row_bool(o, "encrypted", k->key.type == 6);
	row_bool(o, "no_xauth", k->no_xauth);
	return o;
}

static row *key_rows(const struct cfg *cfg, const struct cfg_query *q,
		     row *live)
{
	const struct cfg_keyring *ring;
	const struct cfg_key *k;
	row *all = json_object_new_array();

	(void)q;
	(void)live;
	cfg_for_each(k, &cfg->keys)
		json_object_array_add(all, key_row(CFG_DEFAULT_KEYRING, k));
	cfg_for_each(ring, &cfg->keyrings)
	{
		cfg_for_each(k, &ring->keys)
			json_object_array_add(all, key_row(ring->obj.name, k));
	}
	return all;
}

/* "10.0.0.1", or with a mask that is not of one host behind it. */
static void key_peer(row *r, char *buf, size_t size)
{
	char a[ADDR_STR], m[ADDR_STR];
	struct addr mask = { 0 };
	int len;

	addr_parse(daemon_text(r, "mask"), &mask);
	len = addr_mask_len(&mask);
	row_ios(r, "address", a);
	if (row_has(r, "host"))
		snprintf(buf, size, "%s", daemon_text(r, "host"));
	else if (len == (int)(8 * addr_len(mask.family)))
		snprintf(buf, size, "%s", a);
	else if (len >= 0 && mask.family == AF_INET6)
		snprintf(buf, size, "%s/%d", a, len);
	else
		snprintf(buf, size, "%-14s [%s]", a, addr_fmt_ios(&mask, m));
}

static void print_keys(struct out *o, row *rows)
{
	char peer[320];
	size_t i;

	out_printf(o, "%-12s %-43s %s\n\n", "Keyring", "Hostname/Address",
		   "Preshared Key");
	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		key_peer(r, peer, sizeof(peer));
		out_printf(o, "%-12s %-43s %s\n", daemon_text(r, "keyring"),
			   peer, CFG_HIDDEN);
	}
}

const struct cfg_view view_isakmp_key = { key_rows, print_keys, NULL };

/* --- peers --------------------------------------------------------------- */

static row *peer_row(const struct cfg_peer *p)
{
	row *o = json_object_new_object();

	row_addr(o, "address", &p->addr);
	row_text(o, "host", p->host);
	row_num(o, "port", IKE_PORT);
	row_text(o, "vrf", p->vrf);
	row_text(o, "description", p->description);
	row_bool(o, "configured", true);
	return o;
}

/* What an ISAKMP SA tells about its peer; the newest comes last. */
static void add_live(row *o, row *sa)
{
	row_num(o, "port", daemon_number(sa, "remote_port"));
	row_text(o, "local", daemon_text(sa, "local"));
	row_text(o, "phase1_id", daemon_text(sa, "remote_id"));
}

static bool is_between(row *o, row *sa)
{
	return !strcmp(daemon_text(o, "address"), daemon_text(sa, "remote")) &&
	       (!row_has(o, "local") ||
		(!strcmp(daemon_text(o, "local"), daemon_text(sa, "local")) &&
		 daemon_number(o, "port") == daemon_number(sa, "remote_port")));
}

/* Behind one NAT are several peers; all have what its address has. */
static const struct cfg_peer *peer_at(const struct cfg *cfg, const char *text)
{
	const struct cfg_peer *p;
	struct addr a;

	if (!addr_parse(text, &a))
		return NULL;
	cfg_for_each(p, &cfg->peers) if (p->addr.family &&
					 addr_eq(&p->addr, &a)) return p;
	return NULL;
}

static void join_sa(row *all, const struct cfg *cfg, row *sa)
{
	const struct cfg_peer *p = peer_at(cfg, daemon_text(sa, "remote"));
	row *o;
	size_t i;

	for (i = 0; i < row_len(all); i++) {
		o = row_at(all, i);
		if (!is_between(o, sa))
			continue;
		add_live(o, sa);
		return;
	}
	o = json_object_new_object();
	row_text(o, "address", daemon_text(sa, "remote"));
	add_live(o, sa);
	if (p)
		row_text(o, "description", p->description);
	row_bool(o, "configured", p);
	json_object_array_add(all, o);
}

static bool is_peer(row *o, const struct addr *peer)
{
	struct addr a;

	return !peer ||
	       (addr_parse(daemon_text(o, "address"), &a) && addr_eq(&a, peer));
}

static row *peer_rows(const struct cfg *cfg, const struct cfg_query *q,
		      row *live)
{
	row *all = json_object_new_array(), *some;
	const struct cfg_peer *p;
	size_t i;

	cfg_for_each(p, &cfg->peers) json_object_array_add(all, peer_row(p));
	for (i = 0; i < row_len(live); i++)
		join_sa(all, cfg, row_at(live, i));
	some = json_object_new_array();
	for (i = 0; i < row_len(all); i++)
		if (is_peer(row_at(all, i), q->peer))
			json_object_array_add(some,
					      json_object_get(row_at(all, i)));
	json_object_put(all);
	return some;
}

static void print_peers(struct out *o, row *rows)
{
	char a[ADDR_STR];
	size_t i;

	for (i = 0; i < row_len(rows); i++) {
		row *r = row_at(rows, i);

		out_printf(o, "Peer: %s Port: %lld",
			   row_has(r, "address") ? row_ios(r, "address", a) :
						   daemon_text(r, "host"),
			   daemon_number(r, "port"));
		if (row_has(r, "local"))
			out_printf(o, " Local: %s", row_ios(r, "local", a));
		out_printf(o, "\n");
		if (row_has(r, "description"))
			out_printf(o, "  Description: %s\n",
				   daemon_text(r, "description"));
		if (row_has(r, "phase1_id"))
			out_printf(o, "  Phase1 id: %s\n",
				   daemon_text(r, "phase1_id"));
		if (daemon_flag(r, "configured"))
			out_printf(o, "  flags: PEER_POLICY\n");
	}
}

const struct cfg_view view_isakmp_peers = { peer_rows, print_peers,
					    "isakmp-sa" };

/* --- profiles ------------------------------------------------------------ */

static const char *identity_of(const struct cfg_profile *p)
{
	switch (p->self_id) {
	case CFG_ID_FQDN:
		return "fqdn";
	case CFG_ID_USER_FQDN:
		return "user-fqdn";
	case CFG_ID_DN:
		return "dn";
	default:
		return "ip-address";
	}
}

/* "address 10.0.0.1 255.255.255.255" of the grammar is "ip-address" here. */
static void add_match(row *list, const char *line)
{
	char text[320];

	if (!strncmp(line, "address ", 8))
		snprintf(text, sizeof(text), "ip-address %s", line + 8);
	else if (!strncmp(line, "host domain ", 12))
		snprintf(text, sizeof(text), "domain %s", line + 12);
	else if (!strncmp(line, "host ", 5))
		snprintf(text, sizeof(text), "fqdn %s", line + 5);
	else
		snprintf(text, sizeof(text), "%s", line);
	row_list_text(list, text);
}

/* Maps that name it, and the one that is the profile itself. */
static unsigned int references(const struct cfg *cfg, const char *name)
{
	const struct cfg_map *map;
	const struct cfg_entry *e;
	unsigned int n = 1;

	cfg_for_each(map, &cfg->maps)
	{
		n += map->isakmp_profile && !strcmp(map->isakmp_profile, name);
		cfg_for_each(e, &map->entries) n +=
			e->isakmp_profile && !strcmp(e->isakmp_profile, name);
	}
	cfg_for_each(map, &cfg->dynamic_maps)
	{
		cfg_for_each(e, &map->entries) n +=
			e->isakmp_profile && !strcmp(e->isakmp_profile, name);
	}
	return n;
}

static row *profile_row(const struct cfg *cfg, const struct cfg_profile *p)
{
	row *o = json_object_new_object(), *list;
	const struct cfg_id_match *m;
	uint32_t i;

	row_text(o, "name", p->obj.name);
	row_num(o, "references", references(cfg, p->obj.name));
	list = row_list(o, "identities");
	cfg_for_each(m, &p->match) add_match(list, m->obj.name);
	list = p->cert_maps.n ? row_list(o, "certificate_maps") : NULL;
	for (i = 0; i < p->cert_maps.n; i++)
		row_list_text(list, p->cert_maps.v[i]);
	row_text(o, "identity", identity_of(p));
	row_text(o, "identity_value", p->self_value);
	list = row_list(o, "keyrings");
	for (i = 0; i < p->keyrings.n; i++)
		row_list_text(list, p->keyrings.v[i]);
	row_text(o, "trustpoint", p->trustpoint);
	row_text(o, "vrf", p->vrf);
	row_text(o, "client_authentication_list", p->client_auth_list);
	row_text(o, "authorization_list", p->isakmp_author_list);
	if (p->client_address)
		row_text(o, "client_configuration_address",
			 p->client_address == CFG_ADDR_INITIATE ? "initiate" :
								  "respond");
	row_text(o, "accounting", p->accounting);
	if (p->keepalive) {
		row_num(o, "keepalive", p->keepalive);
		row_num(o, "keepalive_retry", p->keepalive_retry);
	}
	if (p->virtual_template)
		row_num(o, "virtual_template", p->virtual_template);
	return o;
}

static int by_name(const void *a, const void *b)
{
	row *const *x = a, *const *y = b;

	return strcmp(daemon_text(*x, "name"), daemon_text(*y, "name"));
}

static row *profile_rows(const struct cfg *cfg, const struct cfg_query *q,
			 row *live)
{
	row *all = json_object_new_array();
	const struct cfg_profile *p;

	(void)live;
	cfg_for_each(p, &cfg->profiles)
	{
		if (q->name && strcmp(q->name, p->obj.name))
			continue;
		if (q->vrf && (!p->vrf || strcmp(q->vrf, p->vrf)))
			continue;
		json_object_array_add(all, profile_row(cfg, p));
	}
	json_object_array_sort(all, by_name);
	return all;
}

static void print_names(struct out *o, const char *title, row *list,
			const char *none)
{
	size_t i;

	out_printf(o, "   %s:", title);
	for (i = 0; i < row_len(list); i++)
		out_printf(o, " %s", json_object_get_string(row_at(list, i)));
	out_printf(o, "%s%s\n", i ? "" : " ", i ? "" : none);
}

static void print_profile(struct out *o, row *r)
{
	static const char *const more[][2] = {
		{ "vrf", "vrf" },
		{ "client_authentication_list", "client authentication list" },
		{ "authorization_list", "isakmp authorization list" },
		{ "client_configuration_address",
		  "client configuration address" },
		{ "accounting", "accounting" },
	};
	row *maps = row_get(r, "certificate_maps");
	row *ids = row_get(r, "identities");
	size_t i;

	out_printf(o, "ISAKMP PROFILE %s\n", daemon_text(r, "name"));
	out_printf(o, "   Ref Count = %lld\n", daemon_number(r, "references"));
	out_printf(o, "   Identities matched are:\n");
	for (i = 0; i < row_len(ids); i++)
		out_printf(o, "    %s\n",
			   json_object_get_string(row_at(ids, i)));
	out_printf(o, "   Certificate maps matched are:\n");
	for (i = 0; i < row_len(maps); i++)
		out_printf(o, "    %s\n",
			   json_object_get_string(row_at(maps, i)));
	out_printf(o, "   Identity presented is: %s%s%s\n",
		   daemon_text(r, "identity"),
		   row_has(r, "identity_value") ? " " : "",
		   daemon_text(r, "identity_value"));
	print_names(o, "keyring(s)", row_get(r, "keyrings"), "<none>");
	out_printf(o, "   trustpoint(s): %s\n",
		   row_has(r, "trustpoint") ? daemon_text(r, "trustpoint") :
					      "<all>");
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (row_has(r, more[i][0]))
			out_printf(o, "   %s: %s\n", more[i][1],
				   daemon_text(r, more[i][0]));
	if (row_has(r, "keepalive"))
		out_printf(o, "   keepalive: %lld retry %lld\n",
			   daemon_number(r, "keepalive"),
			   daemon_number(r, "keepalive_retry"));
	if (row_has(r, "virtual_template"))
		out_printf(o, "   virtual-template: %lld\n",
			   daemon_number(r, "virtual_template"));
}

static void print_profiles(struct out *o, row *rows)
{
	size_t i;

	for (i = 0; i < row_len(rows); i++)
		print_profile(o, row_at(rows, i));
}

const struct cfg_view view_isakmp_profile = { profile_rows, print_profiles,
					      NULL };
