// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of an entry of a crypto map or of a dynamic map. */
#include <stdio.h>
#include <string.h>

#include "cfg_cmd.h"
#include "cfg_sa.h"

/* --- set peer ------------------------------------------------------------------ */

static void peer_name(const struct cmd_match *m, char *buf, size_t size)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	char as[ADDR_STR];

	snprintf(buf, size, "%s", a ? addr_fmt(a, as) : cfg_text(m, "HOST"));
}

static int set_peer(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	char name[3 * CFG_NAME_MAX];
	struct cfg_set_peer *p;

	peer_name(m, name, sizeof(name));
	if (!cfg_find(&en->peers, name) && en->peers.n == MAX_PEERS) {
		cfg_say(e, "%% An entry has at most %d peers.\n", MAX_PEERS);
		return CFG_REFUSED;
	}
	p = cfg_get(&en->peers, name);
	if (!p)
		return CFG_FAILED;
	if (cfg_addr(m, "ADDRESS"))
		p->addr = *cfg_addr(m, "ADDRESS");
	p->is_default = cmd_has(m, "default");
	p->is_dynamic = cmd_has(m, "dynamic");
	return CFG_DONE;
}

static int unset_peer(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	char name[3 * CFG_NAME_MAX];

	(void)e;
	if (!cfg_addr(m, "ADDRESS") && !cfg_text(m, "HOST")) {
		cfg_clear(&en->peers);
		return CFG_DONE;
	}
	peer_name(m, name, sizeof(name));
	cfg_del(&en->peers, cfg_find(&en->peers, name));
	return CFG_DONE;
}

static void write_peers(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;
	const struct cfg_set_peer *p;

	cfg_for_each(p, &en->peers)
		cfg_w_line(w, "set peer %s%s%s", p->obj.name,
			   p->is_default ? " default" : "",
			   p->is_dynamic ? " dynamic" : "");
}

/* --- set transform-set ----------------------------------------------------------- */

static int set_transforms(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	int i, n = 0, err = 0;

	for (i = 0; i < m->n; i++) {
		if (!m->arg[i].is_var)
			continue;
		n++;
		if (e->is_load || cfg_transform_set(e->cfg, m->arg[i].text))
			continue;
		cfg_say(e,
			"ERROR: transform set with tag \"%s\" does not "
			"exist.\n",
			m->arg[i].text);
		return CFG_REFUSED;
	}
	if (n > 6)
		return cfg_bad_word(e, m, m->arg[m->n - 1].name);
	cfg_names_clear(&en->transform_sets);
	for (i = 0; i < m->n && !err; i++)
		if (m->arg[i].is_var)
			err = cfg_names_add(&en->transform_sets,
					    m->arg[i].text);
	return cfg_status(err);
}

static int unset_transforms(struct cfg_edit *e, void *obj,
			    const struct cmd_match *m)
{
	(void)e;
	(void)m;
	cfg_names_clear(&((struct cfg_entry *)obj)->transform_sets);
	return CFG_DONE;
}

static void write_transforms(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;

	if (en->transform_sets.n)
		cfg_w_names(w, "set transform-set", &en->transform_sets);
}

/* --- set security-association ------------------------------------------------------ */

static int set_sa(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	cfg_sa_set(&((struct cfg_entry *)obj)->sa, m);
	return CFG_DONE;
}

static int unset_sa(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	static const struct cfg_sa_opts none;

	(void)e;
	cfg_sa_reset(&((struct cfg_entry *)obj)->sa, &none, m);
	return CFG_DONE;
}

static void write_sa(struct cfg_writer *w, const void *obj)
{
	cfg_sa_write(w, "set", &((const struct cfg_entry *)obj)->sa);
}

static int set_idle(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_sa_opts *sa = &((struct cfg_entry *)obj)->sa;

	(void)e;
	sa->idle = cfg_num(m, "IDLE", 0);
	sa->idle_default = cmd_has(m, "default");
	return CFG_DONE;
}

static int unset_idle(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_sa_opts *sa = &((struct cfg_entry *)obj)->sa;

	(void)e;
	(void)m;
	sa->idle = 0;
	sa->idle_default = 0;
	return CFG_DONE;
}

static void write_idle(struct cfg_writer *w, const void *obj)
{
	const struct cfg_sa_opts *sa = &((const struct cfg_entry *)obj)->sa;

	if (sa->idle)
		cfg_w_line(w, "set security-association idle-time %u%s",
			   sa->idle, sa->idle_default ? " default" : "");
}

/* --- set pfs ------------------------------------------------------------------------- */

static int set_pfs(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	((struct cfg_entry *)obj)->pfs = cfg_num(m, "GROUP", 1);
	return CFG_DONE;
}

static int unset_pfs(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	((struct cfg_entry *)obj)->pfs = 0;
	return CFG_DONE;
}

static void write_pfs(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;

	if (en->pfs == 1)
		cfg_w_line(w, "set pfs");
	else if (en->pfs)
		cfg_w_line(w, "set pfs group%u", en->pfs);
}

/* --- reverse-route --------------------------------------------------------------------- */

static int set_rri(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	const struct addr *gw = cfg_addr(m, "GATEWAY");
	int i;

	(void)e;
	/* "static" may also belong to the gateway, at the end. */
	en->rri = m->n > 1 && !strcmp(m->arg[1].name, "static") ?
			  CFG_RRI_STATIC :
			  CFG_RRI_ON;
	en->rri_remote_peer = cmd_has(m, "remote-peer");
	en->rri_gateway = gw ? *gw : (struct addr){ 0 };
	en->rri_gw_static = 0;
	for (i = 2; i < m->n; i++)
		if (gw && !strcmp(m->arg[i].name, "static"))
			en->rri_gw_static = 1;
	en->rri_tag = cfg_num(m, "TAG", 0);
	return CFG_DONE;
}

static int unset_rri(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_entry *en = obj;

	(void)e;
	(void)m;
	en->rri = CFG_RRI_OFF;
	en->rri_remote_peer = 0;
	en->rri_gw_static = 0;
	en->rri_gateway = (struct addr){ 0 };
	en->rri_tag = 0;
	return CFG_DONE;
}

static void write_rri(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;
	bool gw = en->rri_gateway.family;
	char tag[24] = "", buf[ADDR_STR];

	if (!en->rri)
		return;
	if (en->rri_tag)
		snprintf(tag, sizeof(tag), " tag %u", en->rri_tag);
	cfg_w_line(w, "reverse-route%s%s%s%s%s%s",
		   en->rri == CFG_RRI_STATIC ? " static" : "",
		   en->rri_remote_peer ? " remote-peer" : "", gw ? " " : "",
		   gw ? addr_fmt(&en->rri_gateway, buf) : "",
		   en->rri_gw_static ? " static" : "", tag);
}

/* --- set session-key ------------------------------------------------------------------- */

static uint32_t session_num(const struct cmd_match *m)
{
	int dir = cmd_has(m, "outbound") ? CFG_KEY_OUT : CFG_KEY_IN;

	return 2 * dir + (cmd_has(m, "esp") ? CFG_KEY_ESP : CFG_KEY_AH) + 1;
}

static int set_session(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	struct cfg_session_key *k;

	if (en->type != CFG_MAP_MANUAL) {
		cfg_say(e, "%% Session keys belong to entries of type "
			   "ipsec-manual.\n");
		return CFG_REFUSED;
	}
	k = cfg_get_num(&en->session_keys, session_num(m));
	if (!k)
		return CFG_FAILED;
	k->spi = cfg_num(m, "SPI", 0);
	return cfg_status(cfg_set_secret(&k->cipher, 0, cfg_text(m, "HEX")) ||
			  cfg_set_secret(&k->integ, 0, cfg_text(m, "AUTH")));
}

static int unset_session(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	int first = cmd_has(m, "inbound") || !cmd_has(m, "outbound") ? 0 : 1;
	int last = cmd_has(m, "inbound") ? 0 : 1, dir;

	(void)e;
	for (dir = first; dir <= last; dir++) {
		if (!cmd_has(m, "esp"))
			cfg_del(&en->session_keys,
				cfg_find_num(&en->session_keys, 2 * dir + 1));
		if (!cmd_has(m, "ah"))
			cfg_del(&en->session_keys,
				cfg_find_num(&en->session_keys, 2 * dir + 2));
	}
	return CFG_DONE;
}

static void write_session(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;
	const struct cfg_session_key *k;

	cfg_for_each(k, &en->session_keys)
	{
		const char *dir = (k->obj.num - 1) / 2 ? "outbound" : "inbound";

		if ((k->obj.num - 1) % 2 == CFG_KEY_AH) {
			cfg_w_line(w, "set session-key %s ah %u %s", dir,
				   k->spi, cfg_w_secret(w, &k->cipher));
			continue;
		}
		cfg_w_line(w, "set session-key %s esp %u cipher %s%s%s", dir,
			   k->spi, cfg_w_secret(w, &k->cipher),
			   k->integ.text ? " authenticator " : "",
			   k->integ.text ? cfg_w_secret(w, &k->integ) : "");
	}
}

/* --- inner access lists ----------------------------------------------------------------- */

static char **inner_acl(struct cfg_entry *en, const struct cmd_match *m)
{
	return cmd_has(m, "out") ? &en->acl_out : &en->acl_in;
}

static int set_inner(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	return cfg_status(cfg_set_str(inner_acl(obj, m), cfg_text(m, "ACL")));
}

static int unset_inner(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	return cfg_status(cfg_set_str(inner_acl(obj, m), NULL));
}

static void write_inner(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;

	if (en->acl_in)
		cfg_w_line(w, "set ip access-group %s in", en->acl_in);
	if (en->acl_out)
		cfg_w_line(w, "set ip access-group %s out", en->acl_out);
}

static int set_acl(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_entry *en = obj;
	const char *name = cfg_text(m, "ACL");

	if (cfg_acl_is_standard(name)) {
		cfg_say(e, "%% A crypto map needs an extended access list.\n");
		return CFG_REFUSED;
	}
	return cfg_status(cfg_set_str(&en->acl, name));
}

static int unset_acl(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	(void)m;
	return cfg_status(cfg_set_str(&((struct cfg_entry *)obj)->acl, NULL));
}

static void write_acl(struct cfg_writer *w, const void *obj)
{
	const struct cfg_entry *en = obj;

	if (en->acl)
		cfg_w_line(w, "match address %s", en->acl);
}

static void write_kept(struct cfg_writer *w, const void *obj)
{
	cfg_w_kept(w, &((const struct cfg_entry *)obj)->kept);
}

static const struct cfg_cmd rows[] = {
	{ .pattern = "description TEXT=line",
	  .text = "Describe the entry.",
	  CFG_TEXT(cfg_entry, description, "description") },
	{ .pattern = "set peer ( ADDRESS=addr | HOST=host ) "
		     "{ default | dynamic }",
	  .text = "A peer that may be used; the first one is tried first.",
	  .set = set_peer,
	  .unset = unset_peer,
	  .write = write_peers },
	{ .pattern = "set " CFG_SA_LIFETIME,
	  .text = "Lifetime of SAs: the first limit that is reached.",
	  .set = set_sa,
	  .unset = unset_sa,
	  .write = write_sa,
	  .no = "set " CFG_SA_NO_LIFETIME },
	{ .pattern = "set security-association idle-time IDLE=num(60-86400) "
		     "[ default ]",
	  .text = "Delete SAs that carry no traffic for so long.",
	  .set = set_idle,
	  .unset = unset_idle,
	  .write = write_idle },
	{ .pattern = "set " CFG_SA_REPLAY,
	  .text = "Window of the replay check.",
	  .set = set_sa,
	  .unset = unset_sa,
	  .no = "set " CFG_SA_NO_REPLAY },
	{ .pattern = "set security-association level per-host",
	  .text = "SAs of their own for each pair of hosts.",
	  CFG_FLAG(cfg_entry, per_host, 1,
		   "set security-association level per-host") },
	{ .pattern = "set session-key ( inbound | outbound ) "
		     "( ah SPI=num(256-4294967295) HEX=hexkey | esp "
		     "SPI=num(256-4294967295) cipher HEX=hexkey "
		     "[ authenticator AUTH=hexkey ] )",
	  .text = "Keys of an entry without ISAKMP.",
	  .set = set_session,
	  .unset = unset_session,
	  .write = write_session,
	  .no = "set session-key [ ( inbound | outbound ) [ ( ah | esp ) "
		"[ REST=line ] ] ]" },
	{ .pattern = "set transform-set TAG=name { *TAG=name }",
	  .text = "Transform sets to propose, in order of preference.",
	  .set = set_transforms,
	  .unset = unset_transforms,
	  .write = write_transforms },
	{ .pattern = "set pfs [ GROUP=pfs ]",
	  .text = "Ask for perfect forward secrecy.",
	  .set = set_pfs,
	  .unset = unset_pfs,
	  .write = write_pfs },
	{ .pattern = "set isakmp-profile PROFILE=name",
	  .text = "ISAKMP profile of the entry.",
	  CFG_TEXT(cfg_entry, isakmp_profile, "set isakmp-profile") },
	{ .pattern = "set ikev2-profile PROFILE=name",
	  .text = "IKEv2 profile of the entry.",
	  CFG_TEXT(cfg_entry, ikev2_profile, "set ikev2-profile") },
	{ .pattern = "set identity IDENTITY=name",
	  .text = "Identity list of the entry.",
	  CFG_TEXT(cfg_entry, identity, "set identity") },
	{ .pattern = "set nat demux",
	  .text = "Tell apart peers behind one NAT by their ports.",
	  CFG_FLAG(cfg_entry, nat_demux, 1, "set nat demux") },
	{ .pattern = "set ip access-group ACL=name ( in | out )",
	  .text = "Access list for inner packets.",
	  .set = set_inner,
	  .unset = unset_inner,
	  .write = write_inner },
	{ .pattern = "set reverse-route distance DISTANCE=num(1-255)",
	  .text = "Distance of reverse routes.",
	  CFG_NUM(cfg_entry, rri_distance, 0, "set reverse-route distance") },
	{ .pattern = "set reverse-route gateway GATEWAY=addr4",
	  .text = "Next hop of reverse routes.",
	  CFG_ADDR(cfg_entry, set_rri_gateway, "set reverse-route gateway") },
	{ .pattern = "set reverse-route tag TAG=num(1-4294967295)",
	  .text = "Tag of reverse routes.",
	  CFG_NUM(cfg_entry, set_rri_tag, 0, "set reverse-route tag") },
	{ .pattern = "match address ACL=name",
	  .text = "Access list with the traffic to protect.",
	  .set = set_acl,
	  .unset = unset_acl,
	  .write = write_acl },
	{ .pattern = "reverse-route [ static ] [ remote-peer [ GATEWAY=addr4 "
		     "[ static ] ] ] [ tag TAG=num(1-4294967295) ]",
	  .text = "Routes to the networks behind the peer.",
	  .set = set_rri,
	  .unset = unset_rri,
	  .write = write_rri },
	{ .write = write_kept },
};
const struct cfg_rows cfg_rows_entry = { rows, CFG_ROWS(rows), 0 };

/* What of this an IPsec profile has. */
static const struct cfg_cmd profile_rows[] = {
	{ .pattern = "description TEXT=line",
	  .text = "Describe the profile.",
	  CFG_TEXT(cfg_entry, description, "description") },
	{ .pattern = "set " CFG_SA_LIFETIME,
	  .text = "Lifetime of SAs: the first limit that is reached.",
	  .set = set_sa,
	  .unset = unset_sa,
	  .write = write_sa,
	  .no = "set " CFG_SA_NO_LIFETIME },
	{ .pattern = "set security-association idle-time IDLE=num(60-86400)",
	  .text = "Delete SAs that carry no traffic for so long.",
	  .set = set_idle,
	  .unset = unset_idle,
	  .write = write_idle },
	{ .pattern = "set " CFG_SA_REPLAY,
	  .text = "Window of the replay check.",
	  .set = set_sa,
	  .unset = unset_sa,
	  .no = "set " CFG_SA_NO_REPLAY },
	{ .pattern = "set transform-set TAG=name { *TAG=name }",
	  .text = "Transform sets to propose, in order of preference.",
	  .set = set_transforms,
	  .unset = unset_transforms,
	  .write = write_transforms },
	{ .pattern = "set pfs [ GROUP=pfs ]",
	  .text = "Ask for perfect forward secrecy.",
	  .set = set_pfs,
	  .unset = unset_pfs,
	  .write = write_pfs },
	{ .pattern = "set isakmp-profile PROFILE=name",
	  .text = "ISAKMP profile of the tunnels.",
	  CFG_TEXT(cfg_entry, isakmp_profile, "set isakmp-profile") },
	{ .pattern = "set ikev2-profile PROFILE=name",
	  .text = "IKEv2 profile of the tunnels.",
	  CFG_TEXT(cfg_entry, ikev2_profile, "set ikev2-profile") },
	{ .pattern = "set identity IDENTITY=name",
	  .text = "Identity list of the profile.",
	  CFG_TEXT(cfg_entry, identity, "set identity") },
	{ .write = write_kept },
};
const struct cfg_rows cfg_rows_ipsec_profile = { profile_rows,
						 CFG_ROWS(profile_rows), 0 };
