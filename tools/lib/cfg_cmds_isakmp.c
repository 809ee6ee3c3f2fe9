// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands: crypto isakmp policy, key, peer, and the settings of ISAKMP. */
#include <stdio.h>
#include <string.h>

#include "cfg_cmd.h"
#include "cfg_key.h"

/* --- crypto isakmp policy --------------------------------------------------- */

static int set_encr(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_isakmp_policy *p = obj;

	(void)e;
	p->encr = cfg_num(m, "ENCR", CFG_ENC_DES);
	p->key_bits = p->encr == CFG_ENC_AES ? 128 : 0;
	return CFG_DONE;
}

static int set_aes(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_isakmp_policy *p = obj;

	(void)e;
	p->encr = CFG_ENC_AES;
	p->key_bits = cfg_num(m, "BITS", 128);
	return CFG_DONE;
}

static int unset_encr(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg_isakmp_policy *p = obj;

	(void)e;
	(void)m;
	p->encr = CFG_ENC_DES;
	p->key_bits = 0;
	return CFG_DONE;
}

static void write_encr(struct cfg_writer *w, const void *obj)
{
	const struct cfg_isakmp_policy *p = obj;

	if (p->encr == CFG_ENC_AES && p->key_bits != 128)
		cfg_w_line(w, "encr aes %u", p->key_bits);
	else if (p->encr != CFG_ENC_DES)
		cfg_w_line(w, "encr %s", names_str(cfg_names_encr, p->encr));
}

static const struct cfg_cmd policy_rows[] = {
	{ .pattern = "encryption aes [ BITS=bits ]",
	  .text = "Set the encryption algorithm to AES.",
	  .set = set_aes,
	  .unset = unset_encr,
	  .no = "encryption [ ENCR=encr [ BITS=bits ] ]" },
	{ .pattern = "encryption ENCR=encr",
	  .text = "Set the encryption algorithm.",
	  .set = set_encr,
	  .write = write_encr,
	  .no = "" },
	{ .pattern = "hash HASH=hash",
	  .text = "Set the hash algorithm.",
	  CFG_NAME(cfg_isakmp_policy, hash, CFG_HASH_SHA, cfg_names_hash,
		   "hash") },
	{ .pattern = "authentication AUTH=auth",
	  .text = "Set the authentication method.",
	  CFG_NAME(cfg_isakmp_policy, auth, CFG_AUTH_RSA_SIG, cfg_names_auth,
		   "authentication") },
	{ .pattern = "group GROUP=group",
	  .text = "Set the Diffie-Hellman group.",
	  CFG_NAME(cfg_isakmp_policy, group, 1, cfg_names_group, "group") },
	{ .pattern = "lifetime LIFETIME=num(60-86400)",
	  .text = "Set the lifetime of ISAKMP SAs in seconds.",
	  CFG_NUM(cfg_isakmp_policy, lifetime, 86400, "lifetime") },
};
const struct cfg_rows cfg_rows_policy = { policy_rows, CFG_ROWS(policy_rows),
					  0 };

static int enter_policy(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg *cfg = obj;
	uint32_t prio = cfg_num(m, "PRIORITY", 0);

	if (!cfg_get_num(&cfg->policies, prio))
		return CFG_FAILED;
	cfg_enter(e, CFG_M_POLICY, NULL, prio);
	return CFG_DONE;
}

static int no_policy(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	struct cfg *cfg = obj;

	(void)e;
	cfg_del(&cfg->policies,
		cfg_find_num(&cfg->policies, cfg_num(m, "PRIORITY", 0)));
	return CFG_DONE;
}

static void write_policies(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_isakmp_policy *p;

	cfg_for_each(p, &cfg->policies)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto isakmp policy %u", p->obj.num);
		cfg_w_block(w, CFG_M_POLICY, p);
	}
}

/* --- crypto isakmp key -------------------------------------------------------- */

static int set_key(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	return cfg_key_set(e, &((struct cfg *)obj)->keys, m);
}

static int unset_key(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	(void)e;
	return cfg_key_unset(&((struct cfg *)obj)->keys, m);
}

static void write_keys(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_key *k;
	char peer[CFG_KEY_PEER];

	if (cfg->keys.n)
		cfg_w_gap(w);
	cfg_for_each(k, &cfg->keys)
		cfg_w_line(w, "crypto isakmp key %s %s%s",
			   cfg_w_secret(w, &k->key), cfg_key_peer(k, peer),
			   k->no_xauth ? " no-xauth" : "");
}

/* --- crypto isakmp peer --------------------------------------------------------- */

static int set_description(struct cfg_edit *e, void *obj,
			   const struct cmd_match *m)
{
	struct cfg_peer *p = obj;
	const char *text = cfg_text(m, "TEXT");
	char cut[PEER_TEXT_MAX + 1];

	if (strlen(text) > PEER_TEXT_MAX && !e->is_load)
		return cfg_bad_word(e, m, "TEXT");
	if (strlen(text) > PEER_TEXT_MAX)
		cfg_say(e, "%% The description is cut to %d characters.\n",
			PEER_TEXT_MAX);
	snprintf(cut, sizeof(cut), "%s", text);
	return cfg_status(cfg_set_str(&p->description, cut));
}

static int unset_description(struct cfg_edit *e, void *obj,
			     const struct cmd_match *m)
{
	(void)e;
	(void)m;
	return cfg_status(
		cfg_set_str(&((struct cfg_peer *)obj)->description, NULL));
}

static void write_description(struct cfg_writer *w, const void *obj)
{
	const struct cfg_peer *p = obj;

	if (p->description)
		cfg_w_line(w, "description %s", p->description);
}

/* Words of a profile and of a peer for an identity of one's own. */
static const struct {
	enum cfg_id id;
	const char *arg;
	const char *word;
} endpoints[] = {
	{ CFG_ID_ADDRESS, "ADDRESS", "ipv4-address" },
	{ CFG_ID_FQDN, "FQDN", "fqdn" },
	{ CFG_ID_USER_FQDN, "USER", "user-fqdn" },
};
#define N_ENDPOINTS (sizeof(endpoints) / sizeof(endpoints[0]))

static int set_endpoint(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_peer *p = obj;
	size_t i;

	(void)e;
	for (i = 0; i < N_ENDPOINTS; i++) {
		if (!cfg_text(m, endpoints[i].arg))
			continue;
		p->aggr_id = endpoints[i].id;
		return cfg_status(cfg_set_str(&p->aggr_value,
					      cfg_text(m, endpoints[i].arg)));
	}
	return CFG_INCOMPLETE;
}

static int unset_endpoint(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_peer *p = obj;

	(void)e;
	(void)m;
	p->aggr_id = CFG_ID_NONE;
	return cfg_status(cfg_set_str(&p->aggr_value, NULL));
}

static void write_endpoint(struct cfg_writer *w, const void *obj)
{
	const struct cfg_peer *p = obj;
	size_t i;

	for (i = 0; i < N_ENDPOINTS; i++)
		if (p->aggr_id == endpoints[i].id)
			cfg_w_line(w,
				   "set aggressive-mode client-endpoint %s %s",
				   endpoints[i].word, p->aggr_value);
}

static int set_password(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_peer *p = obj;

	return cfg_secret_set(e, &p->aggr_key, m);
}

static int unset_password(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_peer *p = obj;

	(void)e;
	(void)m;
	return cfg_status(cfg_set_secret(&p->aggr_key, 0, NULL));
}

static void write_password(struct cfg_writer *w, const void *obj)
{
	const struct cfg_peer *p = obj;

	if (p->aggr_key.text)
		cfg_w_line(w, "set aggressive-mode password %s",
			   cfg_w_secret(w, &p->aggr_key));
}

static const struct cfg_cmd peer_rows[] = {
	{ .pattern = "description TEXT=line",
	  .text = "Describe the peer, in up to 80 characters.",
	  .set = set_description,
	  .unset = unset_description,
	  .write = write_description },
	{ .pattern = "set aggressive-mode client-endpoint ( ipv4-address "
		     "ADDRESS=addr4 | fqdn FQDN=host | user-fqdn USER=name )",
	  .text = "Identity to present in aggressive mode.",
	  .set = set_endpoint,
	  .unset = unset_endpoint,
	  .write = write_endpoint },
	{ .pattern = "set aggressive-mode password [ TYPE=keytype ] KEY=key",
	  .text = "Pre-shared key for aggressive mode.",
	  .set = set_password,
	  .unset = unset_password,
	  .write = write_password },
};
const struct cfg_rows cfg_rows_peer = { peer_rows, CFG_ROWS(peer_rows), 0 };

static void peer_name(const struct cmd_match *m, char *buf, size_t size)
{
	const struct addr *a = cfg_addr(m, "ADDRESS");
	const char *vrf = cfg_text(m, "VRF");
	char as[ADDR_STR];

	snprintf(buf, size, "%s %s%s%s",
		 !a		       ? "hostname" :
		 a->family == AF_INET6 ? "ipv6" :
					 "address",
		 a ? addr_fmt(a, as) : cfg_text(m, "HOST"), vrf ? " vrf " : "",
		 vrf ? vrf : "");
}

static int enter_peer(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	char name[3 * CFG_NAME_MAX];
	struct cfg *cfg = obj;
	struct cfg_peer *p;

	peer_name(m, name, sizeof(name));
	p = cfg_get(&cfg->peers, name);
	if (!p)
		return CFG_FAILED;
	if (cfg_addr(m, "ADDRESS"))
		p->addr = *cfg_addr(m, "ADDRESS");
	cfg_enter(e, CFG_M_PEER, name, 0);
	return cfg_status(cfg_set_str(&p->host, cfg_text(m, "HOST")) ||
			  cfg_set_str(&p->vrf, cfg_text(m, "VRF")));
}

static int no_peer(struct cfg_edit *e, void *obj, const struct cmd_match *m)
{
	char name[3 * CFG_NAME_MAX];
	struct cfg *cfg = obj;

	(void)e;
	peer_name(m, name, sizeof(name));
	cfg_del(&cfg->peers, cfg_find(&cfg->peers, name));
	return CFG_DONE;
}

static void write_peers(struct cfg_writer *w, const void *obj)
{
	const struct cfg *cfg = obj;
	const struct cfg_peer *p;

	cfg_for_each(p, &cfg->peers)
	{
		cfg_w_gap(w);
		cfg_w_line(w, "crypto isakmp peer %s", p->obj.name);
		cfg_w_block(w, CFG_M_PEER, p);
	}
}

/* --- settings ---------------------------------------------------------------------- */

static int set_keepalive(struct cfg_edit *e, void *obj,
			 const struct cmd_match *m)
{
	struct cfg_isakmp *i = &((struct cfg *)obj)->isakmp;

	(void)e;
	i->keepalive = cfg_num(m, "SECONDS", 0);
	i->keepalive_retry = cfg_num(m, "RETRY", 2);
	i->periodic = cmd_has(m, "periodic");
	return CFG_DONE;
}

static int unset_keepalive(struct cfg_edit *e, void *obj,
			   const struct cmd_match *m)
{
	struct cfg_isakmp *i = &((struct cfg *)obj)->isakmp;

	(void)e;
	(void)m;
	i->keepalive = 0;
	i->keepalive_retry = 2;
	i->periodic = 0;
	return CFG_DONE;
}

static void write_keepalive(struct cfg_writer *w, const void *obj)
{
	const struct cfg_isakmp *i = &((const struct cfg *)obj)->isakmp;
	char retry[16] = "";

	if (!i->keepalive)
		return;
	if (i->keepalive_retry != 2)
		snprintf(retry, sizeof(retry), " %u", i->keepalive_retry);
	cfg_w_line(w, "crypto isakmp keepalive %u%s%s", i->keepalive, retry,
		   i->periodic ? " periodic" : "");
}

static int set_diagnose(struct cfg_edit *e, void *obj,
			const struct cmd_match *m)
{
	struct cfg_isakmp *i = &((struct cfg *)obj)->isakmp;

	(void)e;
	i->no_diagnose = 0;
	i->diagnose = cfg_num(m, "ENTRIES", 50);
	return CFG_DONE;
}

static int unset_diagnose(struct cfg_edit *e, void *obj,
			  const struct cmd_match *m)
{
	struct cfg_isakmp *i = &((struct cfg *)obj)->isakmp;

	(void)m;
	i->no_diagnose = !e->is_default;
	i->diagnose = 50;
	return CFG_DONE;
}

static void write_diagnose(struct cfg_writer *w, const void *obj)
{
	const struct cfg_isakmp *i = &((const struct cfg *)obj)->isakmp;

	if (i->no_diagnose)
		cfg_w_line(w, "no crypto isakmp diagnose error");
	else if (i->diagnose != 50)
		cfg_w_line(w, "crypto isakmp diagnose error %u", i->diagnose);
}

#define PEER                                                                 \
	"crypto isakmp peer ( ( address | ip-address ) ADDRESS=addr | ipv6 " \
	"ADDRESS=addr | hostname HOST=host ) [ vrf VRF=name ]"
#define LIMIT "crypto call admission limit "

static const struct cfg_cmd rows[] = {
	{ .pattern = "crypto isakmp enable",
	  .text = "Answer and start ISAKMP on all interfaces.",
	  CFG_ON(cfg, isakmp.is_off, "crypto isakmp enable") },
	{ .pattern = "crypto isakmp default policy",
	  .text = "Use the default policies while there is no other one.",
	  CFG_ON(cfg, isakmp.no_default_policy,
		 "crypto isakmp default policy") },
	{ .pattern = "crypto isakmp policy PRIORITY=num(1-10000)",
	  .text = "Edit a protection suite.",
	  .set = enter_policy,
	  .unset = no_policy,
	  .write = write_policies,
	  .no = "crypto isakmp policy PRIORITY=num(1-10000)" },
	{ .pattern = "crypto isakmp key [ TYPE=keytype ] KEY=key " CFG_KEY_FOR
		     " [ no-xauth ]",
	  .text = "Set the pre-shared key for a remote peer.",
	  .set = set_key,
	  .unset = unset_key,
	  .write = write_keys,
	  .no = "crypto isakmp key [ TYPE=keytype ] KEY=key " CFG_KEY_FOR
		" [ no-xauth ]" },
	{ .pattern = "crypto isakmp keepalive SECONDS=num(10-3600) "
		     "[ RETRY=num(2-60) ] [ periodic | on-demand ]",
	  .text = "Detect dead peers (RFC 3706).",
	  .set = set_keepalive,
	  .unset = unset_keepalive,
	  .write = write_keepalive },
	{ .pattern = "crypto isakmp nat keepalive SECONDS=num(5-3600)",
	  .text = "Keep the mapping of a NAT alive.",
	  CFG_NUM(cfg, isakmp.nat_keepalive, 0,
		  "crypto isakmp nat keepalive") },
	{ .pattern = "crypto isakmp identity IDENTITY=identity",
	  .text = "Identity that is presented to peers.",
	  CFG_NAME(cfg, isakmp.identity, CFG_ID_ADDRESS, cfg_names_identity,
		   "crypto isakmp identity") },
	{ .pattern = "crypto isakmp aggressive-mode disable",
	  .text = "Neither start nor answer aggressive mode.",
	  CFG_FLAG(cfg, isakmp.no_aggressive, 1,
		   "crypto isakmp aggressive-mode disable") },
	{ .pattern = "crypto isakmp invalid-spi-recovery",
	  .text = "Start ISAKMP with the sender of an unknown SPI.",
	  CFG_FLAG(cfg, isakmp.invalid_spi_recovery, 1,
		   "crypto isakmp invalid-spi-recovery") },
	{ .pattern = "crypto isakmp fragmentation",
	  .text = "Fragment large ISAKMP messages.",
	  CFG_FLAG(cfg, isakmp.fragmentation, 1,
		   "crypto isakmp fragmentation") },
	{ .pattern = "crypto isakmp xauth timeout SECONDS=num(5-90)",
	  .text = "Time for an answer to extended authentication.",
	  CFG_NUM(cfg, isakmp.xauth_timeout, 60,
		  "crypto isakmp xauth timeout") },
	{ .pattern = "crypto isakmp diagnose error [ ENTRIES=num(1-50) ]",
	  .text = "Remember failed negotiations.",
	  .set = set_diagnose,
	  .unset = unset_diagnose,
	  .write = write_diagnose },
	{ .pattern = "crypto isakmp disconnect-revoked-peers",
	  .text = "End tunnels of peers whose certificate is revoked.",
	  CFG_FLAG(cfg, isakmp.disconnect_revoked, 1,
		   "crypto isakmp disconnect-revoked-peers") },
	{ .pattern = LIMIT "ike sa COUNT=num(0-99999)",
	  .text = "Most ISAKMP SAs, 0 for no limit.",
	  CFG_NUM(cfg, isakmp.max_sa, 0, LIMIT "ike sa") },
	{ .pattern = LIMIT "ike in-negotiation-sa COUNT=num(10-99999)",
	  .text = "Most ISAKMP SAs that are being negotiated.",
	  CFG_NUM(cfg, isakmp.max_in_negotiation, 1000,
		  LIMIT "ike in-negotiation-sa") },
	{ .pattern = LIMIT "ipsec sa COUNT=num(0-99999)",
	  .text = "Most IPsec SAs, 0 for no limit.",
	  CFG_NUM(cfg, isakmp.max_ipsec_sa, 0, LIMIT "ipsec sa") },
	{ .pattern = PEER,
	  .text = "Edit what is known about a peer.",
	  .set = enter_peer,
	  .unset = no_peer,
	  .write = write_peers,
	  .no = PEER },
};
const struct cfg_rows cfg_rows_isakmp = { rows, CFG_ROWS(rows), CFG_AT_ISAKMP };
