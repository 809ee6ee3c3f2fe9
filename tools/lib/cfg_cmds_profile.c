// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto keyring, isakmp profile, isakmp client group. */
#include <stdio.h>
#include <string.h>

#include "cfg_cmd.h"
#include "cfg_key.h"

#define LOCAL_ADDRESS \
	"local-address ( ADDRESS=addr4 | IF=name [ UNIT=name ] ) [ VRF=name ]"

/* An address, or an interface: where IKE is spoken from. */
struct local {
	char **ifname;
	struct addr *addr;
	char **vrf;
};

static int set_local(struct cfg_edit *e, const struct local *l,
		     const struct cmd_match *m)
{
	const struct addr *a = m ? cfg_addr(m, "ADDRESS") : NULL;
	const char *word = m ? cfg_text(m, "IF") : NULL;
	const char *unit = m ? cfg_text(m, "UNIT") : NULL;
	const char *vrf = m ? cfg_text(m, "VRF") : NULL;
	char name[2 * CFG_NAME_MAX];

	/* The second word is a VRF when the first one is complete. */
	if (unit && !cfg_ifname(word, unit, name, sizeof(name))) {
		vrf = unit;
		unit = NULL;
	}
	if (word && !cfg_ifname(word, unit, name, sizeof(name)))
		return cfg_bad_word(e, m, "IF");
	memset(l->addr, 0, sizeof(*l->addr));
	if (a)
		*l->addr = *a;
	return cfg_status(cfg_set_str(l->ifname, word ? name : NULL) ||
			  cfg_set_str(l->vrf, vrf));
}

static void write_local(struct cfg_writer *w, const char *ifname,
			const struct addr *a, const char *vrf)
{
	char buf[ADDR_STR];

	if (ifname || a->family)
		cfg_w_line(w, "local-address %s%s%s",
			   ifname ? ifname : addr_fmt(a, buf), vrf ? " " : "",
			   vrf ? vrf : "");
}

/* --- crypto keyring ---------------------------------------------------------- */

static int set_ring_key(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	return cfg_key_set(e, &((struct cfg_keyring *)obj)->keys, m);
}

static int unset_ring_key(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	(void)e;
	return cfg_key_unset(&((struct cfg_keyring *)obj)->keys, m);
}

static void write_ring_keys(struct cfg_writer *w, const void *obj)
{
	const struct cfg_keyring *r = obj;
	const struct cfg_key *k;
	char peer[CFG_KEY_PEER];

	cfg_for_each(k, &r->keys)
		cfg_w_line(w, "pre-shared-key %s key %s", cfg_key_peer(k, peer),
			   cfg_w_secret(w, &k->key));
}

static int set_ring_local(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_keyring *r = obj;
	struct local l = { &r->local_if, &r->local, &r->local_vrf };

	return set_local(e, &l, m);
}

static int unset_ring_local(struct cfg_edit *e, void *obj,
			    const struct cmd_match *m)
{
	(void)m;
	return set_ring_local(e, obj, NULL);
}

static void write_ring_local(struct cfg_writer *w, const void *obj)
{
	const struct cfg_keyring *r = obj;

	write_local(w, r->local_if, &r->local, r->local_vrf);
}

static const struct cfg_cmd keyring_rows[] = {
	{ .pattern = "description TEXT=line",
	  .text = "Describe the keyring.",
	  CFG_TEXT(cfg_keyring, description, "description") },
	{ .pattern = LOCAL_ADDRESS,
	  .text = "Only for negotiations at this address of ours.",
	  .set = set_ring_local,
	  .unset = unset_ring_local,
	  .write = write_ring_local },
	{ .pattern = "pre-shared-key " CFG_KEY_FOR
		     " key [ TYPE=keytype ] KEY=key",
	  .text = "Set the pre-shared key for a remote peer.",
	  .set = set_ring_key,
	  .unset = unset_ring_key,
	  .write = write_ring_keys,
	  .no = "pre-shared-key " CFG_KEY_FOR
		" [ key [ TYPE=keytype ] KEY=key ]" },
};
const struct cfg_rows cfg_rows_keyring = { keyring_rows, CFG_ROWS(keyring_rows),
					   0 };

static int enter_keyring(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_keyring *r =
		cfg_get(&((struct cfg *)obj)->keyrings, cfg_text(m, "KEYRING"));

	if (!r)
		return CFG_FAILED;
	cfg_enter(e, CFG_M_KEYRING, r->obj.name, 0);
	if (!cfg_text(m, "VRF"))
		return CFG_DONE;
	return cfg_status(cfg_set_str(&r->vrf, cfg_text(m, "VRF")));
}

static int no_keyring(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->keyrings;

	(void)e;
	cfg_del(t, cfg_find(t, cfg_text(m, "KEYRING")));
	return CFG_DONE;
}

static void write_keyrings(struct cfg_writer *w, const void *obj)
{
	const struct cfg_keyring *r;

	cfg_for_each(r, &((const struct cfg *)obj)->keyrings)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto keyring %s%s%s", r->obj.name,
			   r->vrf ? " vrf " : "", r->vrf ? r->vrf : "");
		cfg_w_block(w, CFG_M_KEYRING, r);
	}
}

/* --- crypto isakmp profile: identities ------------------------------------------ */

/* "match identity": the keyword and the kind of identity behind it. */
static const struct {
	enum cfg_id id;
	const char *arg;
	const char *word;
} ids[] = {
	{ CFG_ID_GROUP, "GROUP", "group" },
	{ CFG_ID_ADDRESS, "ADDRESS", "address" },
	{ CFG_ID_FQDN, "HOST", "host" },
	{ CFG_ID_FQDN_DOMAIN, "HOSTDOMAIN", "host domain" },
	{ CFG_ID_USER_FQDN, "USER", "user" },
	{ CFG_ID_USER_DOMAIN, "USERDOMAIN", "user domain" },
};
#define N_IDS (sizeof(ids) / sizeof(ids[0]))

/* The line as it is written, which is also the name of the object. */
static size_t match_name(const struct cmd_match *m, char *buf, size_t size)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	const struct addr *mask = cfg_addr(m, "MASK");
	const char *vrf = cfg_text(m, "VRF");
	char as[ADDR_STR], ms[ADDR_STR];
	size_t i = 0;

	while (i < N_IDS && !cfg_text(m, ids[i].arg))
		i++;
	if (i == N_IDS)
		return i;
	if (a && mask && addr_mask_len(mask) == 32)
		mask = NULL;
	snprintf(buf, size, "%s %s%s%s%s%s", ids[i].word,
		 a ? addr_fmt(a, as) : cfg_text(m, ids[i].arg), mask ? " " : "",
		 mask ? addr_fmt(mask, ms) : "", vrf ? " " : "",
		 vrf ? vrf : "");
	return i;
}

static int set_match(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	struct cfg_profile *p = obj;
	char name[3 * CFG_NAME_MAX];
	struct cfg_id_match *im;
	size_t i = match_name(m, name, sizeof(name));

	(void)e;
	if (i == N_IDS)
		return CFG_INCOMPLETE;
	im = cfg_get(&p->match, name);
	if (!im)
		return CFG_FAILED;
	im->type = ids[i].id;
	if (a) {
		im->addr = *a;
		addr_mask(AF_INET, 32, &im->mask);
		if (cfg_addr(m, "MASK"))
			im->mask = *cfg_addr(m, "MASK");
	}
	return cfg_status(
		cfg_set_str(&im->vrf, cfg_text(m, "VRF")) ||
		cfg_set_str(&im->value, a ? NULL : cfg_text(m, ids[i].arg)));
}

static int unset_match(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_profile *p = obj;
	char name[3 * CFG_NAME_MAX];

	(void)e;
	if (match_name(m, name, sizeof(name)) == N_IDS)
		cfg_clear(&p->match);
	else
		cfg_del(&p->match, cfg_find(&p->match, name));
	return CFG_DONE;
}

static void write_match(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p = obj;
	const struct cfg_id_match *im;

	cfg_for_each(im, &p->match)
		cfg_w_line(w, "match identity %s", im->obj.name);
}

static int set_cert_map(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_names *n = &((struct cfg_profile *)obj)->cert_maps;
	const char *name = cfg_text(m, "MAP");

	(void)e;
	cfg_names_del(n, name);
	return cfg_status(cfg_names_add(n, name));
}

static int unset_cert_map(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_names *n = &((struct cfg_profile *)obj)->cert_maps;

	(void)e;
	if (cfg_text(m, "MAP"))
		cfg_names_del(n, cfg_text(m, "MAP"));
	else
		cfg_names_clear(n);
	return CFG_DONE;
}

static void write_cert_maps(struct cfg_writer *w, const void *obj)
{
	const struct cfg_names *n =
		&((const struct cfg_profile *)obj)->cert_maps;
	uint32_t i;

	for (i = 0; i < n->n; i++)
		cfg_w_line(w, "match certificate %s", n->v[i]);
}

static int set_self(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	const char *fqdn = cfg_text(m, "FQDN"), *user = cfg_text(m, "USER");
	struct cfg_profile *p = obj;

	(void)e;
	if (cmd_has(m, "address"))
		p->self_id = cmd_has(m, "ipv6") ? CFG_ID_ADDRESS6 :
						  CFG_ID_ADDRESS;
	else
		p->self_id = user ? CFG_ID_USER_FQDN : CFG_ID_FQDN;
	return cfg_status(cfg_set_str(&p->self_value, user ? user : fqdn));
}

static int unset_self(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_profile *p = obj;

	(void)e;
	(void)m;
	p->self_id = CFG_ID_NONE;
	return cfg_status(cfg_set_str(&p->self_value, NULL));
}

static void write_self(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p = obj;
	const char *kind = "fqdn";

	if (!p->self_id)
		return;
	if (p->self_id == CFG_ID_ADDRESS || p->self_id == CFG_ID_ADDRESS6)
		kind = p->self_id == CFG_ID_ADDRESS ? "address" :
						      "address ipv6";
	else if (p->self_id == CFG_ID_USER_FQDN)
		kind = "user-fqdn";
	cfg_w_line(w, "self-identity %s%s%s", kind, p->self_value ? " " : "",
		   p->self_value ? p->self_value : "");
}

/* --- crypto isakmp profile: the rest ----------------------------------------------- */

static int set_keyrings(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_profile *p = obj;
	int i, err = 0;

	(void)e;
	cfg_names_clear(&p->keyrings);
	for (i = 0; i < m->n && !err; i++)
		if (m->arg[i].is_var)
			err = cfg_names_add(&p->keyrings, m->arg[i].text);
	return cfg_status(err);
}

static int unset_keyrings(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	(void)e;
	(void)m;
	cfg_names_clear(&((struct cfg_profile *)obj)->keyrings);
	return CFG_DONE;
}

static void write_keyrings_of(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p = obj;

	if (p->keyrings.n)
		cfg_w_names(w, "keyring", &p->keyrings);
}

static int set_client_address(struct cfg_edit *e, void *obj,
			      const struct cmd_match *m)
{
	struct cfg_profile *p = obj;

	(void)e;
	p->client_address |= cmd_has(m, "initiate") ? CFG_ADDR_INITIATE :
						      CFG_ADDR_RESPOND;
	return CFG_DONE;
}

static int unset_client_address(struct cfg_edit *e, void *obj,
				const struct cmd_match *m)
{
	struct cfg_profile *p = obj;

	(void)e;
	if (!cmd_has(m, "respond"))
		p->client_address &= ~CFG_ADDR_INITIATE;
	if (!cmd_has(m, "initiate"))
		p->client_address &= ~CFG_ADDR_RESPOND;
	return CFG_DONE;
}

static void write_client_address(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p = obj;

	if (p->client_address & CFG_ADDR_INITIATE)
		cfg_w_line(w, "client configuration address initiate");
	if (p->client_address & CFG_ADDR_RESPOND)
		cfg_w_line(w, "client configuration address respond");
}

static int set_keepalive(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_profile *p = obj;

	(void)e;
	p->keepalive = cfg_num(m, "SECONDS", 0);
	p->keepalive_retry = cfg_num(m, "RETRY", 0);
	return CFG_DONE;
}

static int unset_keepalive(struct cfg_edit *e, void *obj,
			   const struct cmd_match *m)
{
	struct cfg_profile *p = obj;

	(void)e;
	(void)m;
	p->keepalive = 0;
	p->keepalive_retry = 0;
	return CFG_DONE;
}

static void write_keepalive(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p = obj;

	if (p->keepalive)
		cfg_w_line(w, "keepalive %u retry %u", p->keepalive,
			   p->keepalive_retry);
}

static int set_profile_local(struct cfg_edit *e, void *obj,
			     const struct cmd_match *m)
{
	struct cfg_profile *p = obj;
	struct local l = { &p->local_if, &p->local, &p->local_vrf };

	return set_local(e, &l, m);
}

static int unset_profile_local(struct cfg_edit *e, void *obj,
			       const struct cmd_match *m)
{
	(void)m;
	return set_profile_local(e, obj, NULL);
}

static void write_profile_local(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p = obj;

	write_local(w, p->local_if, &p->local, p->local_vrf);
}

static void write_profile_kept(struct cfg_writer *w, const void *obj)
{
	cfg_w_kept(w, &((const struct cfg_profile *)obj)->kept);
}

static const struct cfg_cmd profile_rows[] = {
	{ .pattern = "description TEXT=line",
	  .text = "Describe the profile.",
	  CFG_TEXT(cfg_profile, description, "description") },
	{ .pattern = "vrf VRF=name",
	  .text = "VRF of the protected packets.",
	  CFG_TEXT(cfg_profile, vrf, "vrf") },
	{ .pattern = "keyring KEYRING=name { *KEYRING=name }",
	  .text = "Keyrings that may be used, \"default\" for the global one.",
	  .set = set_keyrings,
	  .unset = unset_keyrings,
	  .write = write_keyrings_of },
	{ .pattern = "self-identity ( address [ ipv6 ] | fqdn [ FQDN=host ] | "
		     "user-fqdn USER=name )",
	  .text = "Identity that is presented to peers.",
	  .set = set_self,
	  .unset = unset_self,
	  .write = write_self },
	{ .pattern = "match identity ( group GROUP=name | address "
		     "ADDRESS=addr4 [ MASK=mask ] [ VRF=name ] | host "
		     "HOST=host | host domain HOSTDOMAIN=host | user "
		     "USER=name | user domain USERDOMAIN=host )",
	  .text = "Peers that this profile is for.",
	  .set = set_match,
	  .unset = unset_match,
	  .write = write_match },
	{ .pattern = "match certificate MAP=name",
	  .text = "Peers whose certificate fits a certificate map.",
	  .set = set_cert_map,
	  .unset = unset_cert_map,
	  .write = write_cert_maps },
	{ .pattern = "ca trust-point NAME=name",
	  .text = "Trust point that validates certificates.",
	  CFG_TEXT(cfg_profile, trustpoint, "ca trust-point") },
	{ .pattern = "client authentication list LIST=name",
	  .text = "Extended authentication by an AAA list.",
	  CFG_TEXT(cfg_profile, client_auth_list,
		   "client authentication list") },
	{ .pattern = "client configuration address ( initiate | respond )",
	  .text = "Assign addresses to clients.",
	  .set = set_client_address,
	  .unset = unset_client_address,
	  .write = write_client_address },
	{ .pattern = "client configuration group GROUP=name",
	  .text = "Client group of all peers of the profile.",
	  CFG_TEXT(cfg_profile, client_group, "client configuration group") },
	{ .pattern = "client pki authorization list LIST=name",
	  .text = "Authorization of certificates by an AAA list.",
	  CFG_TEXT(cfg_profile, client_pki_list,
		   "client pki authorization list") },
	{ .pattern = "isakmp authorization list LIST=name",
	  .text = "Data of client groups from an AAA list.",
	  CFG_TEXT(cfg_profile, isakmp_author_list,
		   "isakmp authorization list") },
	{ .pattern = "accounting LIST=name",
	  .text = "Accounting of sessions by an AAA list.",
	  CFG_TEXT(cfg_profile, accounting, "accounting") },
	{ .pattern = "initiate mode aggressive",
	  .text = "Start in aggressive mode.",
	  CFG_FLAG(cfg_profile, initiate_aggressive, 1,
		   "initiate mode aggressive") },
	{ .pattern = "keepalive SECONDS=num(10-3600) retry RETRY=num(2-60)",
	  .text = "Detect dead peers (RFC 3706).",
	  .set = set_keepalive,
	  .unset = unset_keepalive,
	  .write = write_keepalive },
	{ .pattern = LOCAL_ADDRESS,
	  .text = "Only for negotiations at this address of ours.",
	  .set = set_profile_local,
	  .unset = unset_profile_local,
	  .write = write_profile_local },
	{ .pattern = "virtual-template NUMBER=num(1-200)",
	  .text = "Template of the tunnel interfaces.",
	  CFG_NUM(cfg_profile, virtual_template, 0, "virtual-template") },
	{ .pattern = "qos-group NUMBER=num(1-1023)",
	  .text = "QoS group of the protected packets.",
	  CFG_NUM(cfg_profile, qos_group, 0, "qos-group") },
	{ .write = write_profile_kept },
};
const struct cfg_rows cfg_rows_profile = { profile_rows, CFG_ROWS(profile_rows),
					   0 };

static int enter_profile(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->profiles;
	const char *name = cfg_text(m, "PROFILE");
	const char *list = cfg_text(m, "LIST");
	bool is_new = !cfg_find(t, name);
	struct cfg_profile *p = cfg_get(t, name);

	if (!p)
		return CFG_FAILED;
	if (is_new && !e->is_load)
		cfg_say(e, "%% A profile is deemed incomplete until it has "
			   "match identity statements\n");
	cfg_enter(e, CFG_M_PROFILE, name, 0);
	return list ? cfg_status(cfg_set_str(&p->accounting, list)) : CFG_DONE;
}

static int no_profile(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_tab *t = &((struct cfg *)obj)->profiles;

	(void)e;
	cfg_del(t, cfg_find(t, cfg_text(m, "PROFILE")));
	return CFG_DONE;
}

static void write_profiles(struct cfg_writer *w, const void *obj)
{
	const struct cfg_profile *p;

	cfg_for_each(p, &((const struct cfg *)obj)->profiles)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto isakmp profile %s", p->obj.name);
		cfg_w_block(w, CFG_M_PROFILE, p);
	}
}

/* --- rows of the global mode -------------------------------------------------------- */

static const struct cfg_cmd rows[] = {
	{ .pattern = "crypto keyring KEYRING=name [ vrf VRF=name ]",
	  .text = "Edit a keyring.",
	  .set = enter_keyring,
	  .unset = no_keyring,
	  .write = write_keyrings,
	  .no = "crypto keyring KEYRING=name [ vrf VRF=name ]" },
	{ .pattern = "crypto isakmp client configuration group GROUP=name",
	  .text = "Edit a group of clients.",
	  .set = cfg_group_enter,
	  .unset = cfg_group_no,
	  .write = cfg_group_write_all,
	  .no = "crypto isakmp client configuration group GROUP=name" },
	{ .pattern = "crypto isakmp profile PROFILE=name "
		     "[ accounting LIST=name ]",
	  .text = "Edit a profile.",
	  .set = enter_profile,
	  .unset = no_profile,
	  .write = write_profiles,
	  .no = "crypto isakmp profile PROFILE=name [ accounting LIST=name ]" },
};
const struct cfg_rows cfg_rows_profiles = { rows, CFG_ROWS(rows),
					    CFG_AT_ISAKMP };
