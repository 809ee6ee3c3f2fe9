// SPDX-License-Identifier: GPL-2.0-or-later
/* From a configuration to rules, SAs, findings and differences. */
#include "cfg_help.h"

#include "lib/cfg_check.h"
#include "lib/cfg_policy.h"
#include "lib/cfg_tunnel.h"
#include "lib/sel.h"

static char log_text[8192];

__attribute__((format(printf, 1, 2))) static void put(const char *fmt, ...)
{
	size_t n = strlen(log_text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(log_text + n, sizeof(log_text) - n, fmt, ap);
	va_end(ap);
}

static struct cfg *make(const char *text)
{
	*log_text = '\0';
	return cfg_of_text(text, NULL);
}

#define BASE                                                   \
	"crypto isakmp policy 10\n authentication pre-share\n" \
	"crypto isakmp key k address 0.0.0.0\n"

/* --- rules --------------------------------------------------------------------- */

static bool resolve(void *arg, const char *host, struct addr *a)
{
	(void)arg;
	return !strcmp(host, "gw.example.com") && addr_parse("192.0.2.77", a);
}

static void put_rule(const struct policy *p)
{
	char buf[SEL_STR], as[ADDR_STR];
	uint32_t i;

	put("%s %u.%u %s %s", p->map, p->seq, p->index,
	    names_str(names_action, p->action), sel_fmt(&p->sel, buf));
	for (i = 0; i < p->n_peers; i++)
		put(" %s", addr_fmt(&p->peer[i], as));
	put("\n");
}

static struct cfg_rules build(const struct cfg *cfg, const char *map)
{
	struct cfg_rules r;

	ok(!cfg_rules_build(&r, cfg, cfg_find(&cfg->maps, map), resolve, NULL),
	   "rules of %s", map);
	return r;
}

static const char map_text[] = BASE
	"crypto map M 20 ipsec-isakmp\n"
	" set peer 192.0.2.2\n set peer gw.example.com\n"
	" set peer 192.0.2.9 default\n match address LATER\n"
	"crypto map M 10 ipsec-isakmp\n"
	" set peer 192.0.2.1\n match address FIRST\n"
	"crypto map M 30 ipsec-isakmp\n set peer 192.0.2.3\n"
	"crypto map M 40 ipsec-isakmp\n match address FIRST\n"
	"crypto map M 50 ipsec-isakmp\n set peer 192.0.2.3\n"
	" match address EMPTY\n"
	"crypto map M 60 ipsec-isakmp dynamic D\n"
	"crypto map M 70 ipsec-isakmp dynamic NOWHERE\n"
	"crypto dynamic-map D 1\n match address DYN\n"
	"crypto dynamic-map D 2\n"
	"crypto dynamic-map D 3\n match address NEXT\n"
	"ip access-list extended FIRST\n"
	" remark only some\n"
	" deny tcp any any eq 22\n"
	" permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
	" permit tcp any gt 1023 any\n"
	" permit ip 10.0.0.0 0.255.0.255 any\n"
	" permit icmp any any echo\n"
	"ip access-list extended LATER\n permit udp any any eq 53\n"
	"ip access-list extended EMPTY\n remark nothing\n"
	"ip access-list extended DYN\n deny gre host 10.0.0.1 any\n"
	" permit gre any any\n"
	"ip access-list extended NEXT\n permit gre any any\n";

#define VTI                                                                 \
	"crypto ipsec profile V\n set pfs group14\n set isakmp-profile P\n" \
	"interface Tunnel0\n tunnel source 192.0.2.1\n"                     \
	" tunnel destination 192.0.2.2\n"
#define V4 " tunnel mode ipsec ipv4\n"
#define PROTECTED " tunnel protection ipsec profile V\n"

static const struct {
	const char *text;
	const char *rules; /* or why there are none */
	const char *local;
	const char *profile;
} tunnels[] = {
	{ VTI V4 PROTECTED, "T protect ip any any 192.0.2.2\n", "192.0.2.1",
	  "P" },
	{ VTI V4 " tunnel protection ipsec profile V isakmp-profile Q\n",
	  "T protect ip any any 192.0.2.2\n", "192.0.2.1", "Q" },
	{ VTI V4 " tunnel destination gw.example.com\n" PROTECTED,
	  "T protect ip any any 192.0.2.77\n", "192.0.2.1", "P" },
	{ VTI " tunnel mode ipsec ipv6\n tunnel source 2001:db8::1\n"
	      " tunnel destination 2001:db8::2\n" PROTECTED,
	  "T protect ipv6 any any 2001:db8::2\n", "2001:db8::1", "P" },
	{ VTI V4 " tunnel protection ipsec profile default\n",
	  "T protect ip any any 192.0.2.2\n", "192.0.2.1", NULL },
	{ VTI "crypto map Tunnel0-head-0 1 ipsec-isakmp\n set peer 10.0.0.1\n"
	      "interface Tunnel0\n" V4 PROTECTED,
	  "T protect ip any any 192.0.2.2\n", "192.0.2.1", "P" },
	{ VTI PROTECTED,
	  "its mode cannot be protected here; enter 'tunnel "
	  "mode ipsec ipv4'",
	  NULL, NULL },
	{ VTI V4 " no tunnel source\n" PROTECTED,
	  "it has no source; enter 'tunnel source'", NULL, NULL },
	{ VTI V4 " no tunnel destination\n" PROTECTED,
	  "it has no destination; enter 'tunnel destination'", NULL, NULL },
	{ VTI V4 " tunnel source 2001:db8::1\n" PROTECTED,
	  "'tunnel mode ipsec ipv4' wants IPv4 addresses as source and "
	  "destination",
	  NULL, NULL },
	{ VTI " tunnel mode ipsec ipv6\n" PROTECTED,
	  "'tunnel mode ipsec ipv6' wants IPv6 addresses as source and "
	  "destination",
	  NULL, NULL },
	{ VTI V4 " tunnel vrf red\n" PROTECTED,
	  "ISAKMP is spoken in the global table only; enter 'no tunnel vrf'",
	  NULL, NULL },
	{ VTI V4 " tunnel protection ipsec profile W\n",
	  "its IPsec profile does not exist; enter 'crypto ipsec profile'",
	  NULL, NULL },
};

static void test_tunnel(size_t i)
{
	struct cfg *cfg = make(tunnels[i].text);
	const struct cfg_if *ifc = cfg_find(&cfg->interfaces, "Tunnel0");
	const char *why = cfg_tunnel_inactive(cfg, ifc);
	const struct cfg_entry *e;
	const struct cfg_map *map;
	struct cfg_rules r;
	char a[ADDR_STR];

	ok(!cfg_tunnel_maps(cfg), "tunnel %zu", i);
	if (!tunnels[i].local) {
		is(why, tunnels[i].rules, "why not");
		ok(!ifc->crypto_map, "no map");
		cfg_free(cfg);
		return;
	}
	ok(!why, "it is active");
	is(ifc->crypto_map, "Tunnel0-head-0", "its map");
	map = cfg_find(&cfg->maps, "Tunnel0-head-0");
	r = build(cfg, "Tunnel0-head-0");
	ok(r.n == 1 && r.v[0].seq == 1, "one rule");
	put_rule(&r.v[0]);
	*log_text = 'T';
	memmove(log_text + 1, strchr(log_text, ' ') + 5,
		strlen(strchr(log_text, ' ') + 5) + 1);
	is(log_text, tunnels[i].rules, "everything");
	is(addr_fmt(&map->local, a), tunnels[i].local, "our address");
	e = cfg_find_num(&map->entries, 1);
	is(e->isakmp_profile ? e->isakmp_profile : "",
	   tunnels[i].profile ? tunnels[i].profile : "", "ISAKMP profile");
	ok(e->pfs == (tunnels[i].profile ? 14 : 0), "PFS");
	cfg_rules_free(&r);
	cfg_free(cfg);
}

static void test_tunnels(void)
{
	size_t i;

	for (i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++)
		test_tunnel(i);
}

static void test_rules(void)
{
	struct cfg *cfg = make(map_text);
	struct cfg_rules r = build(cfg, "M");
	size_t i;

	for (i = 0; i < r.n; i++)
		put_rule(&r.v[i]);
	is(log_text,
	   "M 10.20 next tcp any any eq 22\n"
	   "M 10.30 protect ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255 "
	   "192.0.2.1\n"
	   "M 10.40 discard tcp any range 1024 65535 any\n"
	   "M 10.50 discard ip 10.0.0.0 0.255.0.255 any\n"
	   "M 10.60 protect icmp any any 192.0.2.1\n"
	   "M 20.10 protect udp any any eq 53 192.0.2.9 192.0.2.2 192.0.2.77\n"
	   "M 4294901760.10 next gre host 10.0.0.1 any\n"
	   "M 4294901760.20 discard gre any any\n"
	   "M 4294901761.10 discard gre any any\n",
	   "rules in order; incomplete entries are left out");
	cfg_rules_free(&r);
	cfg->ipsec.deny = CFG_DENY_CLEAR;
	r = build(cfg, "M");
	ok(r.v[0].action == ACTION_BYPASS, "deny may mean clear text");
	cfg_rules_free(&r);
	cfg->ipsec.deny = CFG_DENY_DROP;
	r = build(cfg, "M");
	ok(r.v[0].action == ACTION_DISCARD, "or a drop");
	cfg_rules_free(&r);
	cfg_free(cfg);
}

static void put_finding(void *arg, const char *object, const char *text)
{
	(void)arg;
	put("%s: %s\n", object, text);
}

/* --- entries with keys of their own ----------------------------------------------- */

#define K16 "000102030405060708090a0b0c0d0e0f"
#define K20 "000102030405060708090a0b0c0d0e0f10111213"

static const char *manual(const char *more)
{
	static const struct addr local = { .family = 2, .b = { 192, 0, 2, 9 } };
	char text[2048];
	struct cfg *cfg;
	struct cfg_manual man;
	const char *why;

	snprintf(text, sizeof(text),
		 "crypto ipsec transform-set S esp-aes esp-sha-hmac\n"
		 "access-list 101 permit ip any any\n"
		 "crypto map M 1 ipsec-manual\n set peer 192.0.2.1\n"
		 " match address 101\n set transform-set S\n%s",
		 more);
	cfg = make(text);
	why = cfg_manual_build(
		&man, cfg,
		(void *)((struct cfg_map *)cfg->maps.first)->entries.first,
		&local);
	if (!why && man.in.proto == PROTO_AH)
		ok(man.in.spi == 300 && man.out.spi == 400 &&
			   man.out.proto == PROTO_AH &&
			   !HAS(&man.in, SA_CIPHER) &&
			   !HAS(&man.in, SA_CIPHER_KEY) &&
			   man.in.integ == INTEG_SHA1_96 &&
			   HAS(&man.out, SA_INTEG_KEY) &&
			   man.out.integ_key.len == 20 &&
			   ((const uint8_t *)man.out.integ_key.p)[19] == 0x13,
		   "SAs of AH with their keys");
	else if (!why)
		ok(man.in.spi == 300 && man.out.spi == 400 &&
			   man.in.cipher_key.len == 16 &&
			   man.out.integ_key.len == 20 &&
			   ((const uint8_t *)man.out.integ_key.p)[19] == 0x13 &&
			   man.in.dir == DIR_IN && HAS(&man.in, SA_CIPHER_KEY),
		   "SAs with their keys");
	cfg_manual_free(&man);
	cfg_free(cfg);
	return why ? why : "fine";
}

static void test_manual(void)
{
	is(manual(" set session-key inbound esp 300 cipher " K16
		  " authenticator " K20 "\n"
		  " set session-key outbound esp 400 cipher " K16
		  " authenticator " K20 "\n"),
	   "fine", "a complete entry");
	is(manual(""),
	   "a session key for ESP is missing; enter 'set session-key' for both "
	   "directions",
	   "no keys");
	is(manual(" set session-key inbound esp 300 cipher 0011 authenticator " K20
		  "\n set session-key outbound esp 400 cipher " K16
		  " authenticator " K20 "\n"),
	   "a session key has not the length that the transform set needs",
	   "a short key");
	is(manual(" set session-key inbound esp 300 cipher " K20 "\n"
		  " set session-key outbound esp 400 cipher " K20 "\n"
		  "crypto ipsec transform-set S esp-gcm\n"),
	   "its transform set must not be used with fixed keys; use esp-aes "
	   "or esp-3des with a hash",
	   "a counter under a fixed key");
	is(manual(" set session-key inbound ah 300 " K20 "\n"
		  " set session-key outbound ah 400 " K20 "\n"
		  "crypto ipsec transform-set S ah-sha-hmac\n"),
	   "fine", "AH");
	is(manual(" set session-key inbound ah 300 " K16 "\n"
		  " set session-key outbound ah 400 " K20 "\n"
		  "crypto ipsec transform-set S ah-sha-hmac\n"),
	   "a session key has not the length that the transform set needs",
	   "AH, a short key");
	is(manual(" set session-key inbound ah 300 " K20 "\n"
		  " set session-key outbound ah 400 " K20 "\n"
		  " set session-key inbound esp 300 cipher " K16
		  " authenticator " K20 "\n"
		  " set session-key outbound esp 400 cipher " K16
		  " authenticator " K20 "\n"
		  "crypto ipsec transform-set S ah-sha-hmac esp-aes "
		  "esp-sha-hmac\n"),
	   "AH beside ESP is not supported; use a transform set with one of "
	   "them",
	   "AH beside ESP");
}

/* One pair of SAs is for one line; nothing else leaves in the clear. */
static void test_manual_lines(void)
{
	struct cfg *cfg =
		make("crypto ipsec transform-set S esp-aes esp-sha-hmac\n"
		     "access-list 101 deny ip any host 10.0.0.9\n"
		     "access-list 101 permit ip any host 10.0.0.1\n"
		     "access-list 101 permit ip any host 10.0.0.2\n"
		     "crypto map M 1 ipsec-manual\n set peer 192.0.2.1\n"
		     " match address 101\n set transform-set S\n"
		     " set session-key inbound esp 300 cipher " K16
		     " authenticator " K20 "\n"
		     " set session-key outbound esp 400 cipher " K16
		     " authenticator " K20 "\n");
	struct cfg_rules r;

	cfg_rules_build(&r, cfg, (void *)cfg->maps.first, NULL, NULL);
	ok(r.n == 3 && r.v[0].action == ACTION_NEXT &&
		   r.v[1].action == ACTION_PROTECT &&
		   r.v[2].action == ACTION_DISCARD,
	   "the first permit is protected, the second one is dropped");
	cfg_rules_free(&r);
	cfg_check(cfg, put_finding, NULL);
	is(log_text,
	   "crypto map M 1: only the first permit line of access list 101 is "
	   "protected, packets of the others are dropped; enter an "
	   "ipsec-manual entry for each line\n",
	   "and that is said");
	cfg_free(cfg);
}

/* --- findings ------------------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *want;
} findings[] = {
	{ "", "" },
	{ BASE "crypto map M 10 ipsec-isakmp\n",
	  "crypto map M 10: it is not active: it has no peer; enter 'set "
	  "peer'\n" },
	{ "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\n"
	  " match address 101\naccess-list 101 permit ip any any\n",
	  "crypto map M 10: there is no pre-shared key for peer 192.0.2.1; "
	  "enter 'crypto isakmp key KEY address 192.0.2.1'\n" },
	{ BASE
	  "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\n"
	  " match address 101\n set transform-set X\n set isakmp-profile P\n"
	  "access-list 101 permit tcp any any gt 5 log\n",
	  "crypto map M 10: transform set X does not exist; enter 'crypto "
	  "ipsec transform-set X'\n"
	  "crypto map M 10: it has no transform set; enter 'set "
	  "transform-set' or 'crypto ipsec default transform-set'\n"
	  "crypto map M 10: line 10 of access list 101 cannot be negotiated "
	  "with IKEv1 (a range of ports, or a mask that is no subnet); its "
	  "packets are dropped. Write one line for each port\n"
	  "crypto map M 10: options of access list 101, such as log or "
	  "established, have no effect in a crypto map\n"
	  "crypto map M 10: ISAKMP profile P does not exist; enter 'crypto "
	  "isakmp profile P'\n" },
	{ "interface fa0/0\n crypto map M\n",
	  "interface FastEthernet0/0: crypto map M does not exist; enter "
	  "'crypto map M'\n" },
	{ BASE "crypto map M 5 ipsec-isakmp dynamic D\n",
	  "crypto map M 5: it is not active: its dynamic map does not exist; "
	  "enter 'crypto dynamic-map'\n" },
	{ "crypto isakmp profile P\n keyring R\n ca trust-point T\n",
	  "crypto isakmp profile P: it fits no peer; enter 'match identity'\n"
	  "crypto isakmp profile P: keyring R does not exist; enter 'crypto "
	  "keyring R'\n"
	  "crypto isakmp profile P: trust point T does not exist; enter "
	  "'crypto pki trustpoint T'\n" },
	{ "crypto keyring R vrf red\n"
	  "crypto isakmp profile P\n match identity address 192.0.2.1 "
	  "255.255.255.255 red\n",
	  "" },
	{ "crypto isakmp policy 5\n",
	  "crypto isakmp policy 5: it needs a certificate, and there is no "
	  "trust point; enter 'crypto pki trustpoint' or 'authentication "
	  "pre-share'\n" },
	{ "no crypto isakmp default policy\n"
	  "crypto map M 5 ipsec-isakmp dynamic D\ncrypto dynamic-map D 1\n",
	  "crypto isakmp policy: there is no policy that could be used; enter "
	  "'crypto isakmp policy' or 'crypto isakmp default policy'\n" },
	{ BASE "crypto map M local-address Loopback0\n",
	  "crypto map M: it has no entries\n"
	  "crypto map M: interface Loopback0 of its local-address is not "
	  "configured; enter 'interface Loopback0'\n" },
	{ BASE "crypto isakmp disconnect-revoked-peers\n"
	       "crypto call admission limit ike sa 5\n"
	       "crypto call admission limit ipsec sa 5\n"
	       "crypto ipsec fragmentation after-encryption\n"
	       "crypto ipsec nat-transparency spi-matching\n"
	       "crypto ipsec optional\n"
	       "no crypto isakmp diagnose error\n",
	  "crypto isakmp: disconnect-revoked-peers has no effect here\n"
	  "crypto isakmp: no diagnose error has no effect here\n"
	  "crypto call admission limit: ike sa has no effect here\n"
	  "crypto call admission limit: ipsec sa has no effect here\n"
	  "crypto ipsec: nat-transparency spi-matching has no effect here\n"
	  "crypto ipsec: optional (what is to be protected never leaves in "
	  "clear) has no effect here\n" },
	{ BASE "crypto isakmp profile P\n match identity host h\n"
	       " client authentication list l\n"
	       " client configuration address respond\n"
	       " client configuration group g\n"
	       " client pki authorization list l\n"
	       " isakmp authorization list l\n accounting l\n"
	       " virtual-template 1\n qos-group 1\n",
	  "crypto isakmp profile P: client authentication has no effect here\n"
	  "crypto isakmp profile P: client configuration address has no effect "
	  "here\n"
	  "crypto isakmp profile P: client configuration group has no effect "
	  "here\n"
	  "crypto isakmp profile P: client pki authorization has no effect "
	  "here\n"
	  "crypto isakmp profile P: isakmp authorization has no effect here\n"
	  "crypto isakmp profile P: accounting has no effect here\n"
	  "crypto isakmp profile P: virtual-template has no effect here\n"
	  "crypto isakmp profile P: qos-group has no effect here\n" },
	{ BASE "crypto map M 5 ipsec-isakmp\n set peer 192.0.2.1\n"
	       " match address 101\n set nat demux\n set identity I\n"
	       " set security-association level per-host\n"
	       " set ikev2-profile K\n set ip access-group 101 in\n"
	       "crypto map M 6 ipsec-isakmp dynamic D discover\n"
	       "crypto dynamic-map D 1\n"
	       "crypto map M client authentication list l\n"
	       "crypto map M client accounting list l\n"
	       "crypto map M client configuration address initiate\n"
	       "crypto map M isakmp authorization list l\n"
	       "access-list 101 permit ip any any\n",
	  "crypto map M 5: set security-association level per-host has no "
	  "effect here\n"
	  "crypto map M 5: set nat demux has no effect here\n"
	  "crypto map M 5: set identity has no effect here\n"
	  "crypto map M 5: set ikev2-profile has no effect here\n"
	  "crypto map M 5: set ip access-group has no effect here\n"
	  "crypto map M 6: discover has no effect here\n"
	  "crypto map M: client authentication has no effect here\n"
	  "crypto map M: client accounting has no effect here\n"
	  "crypto map M: client configuration address has no effect here\n"
	  "crypto map M: isakmp authorization has no effect here\n" },
	{ BASE "crypto map M 5 ipsec-isakmp\n set peer 192.0.2.1\n"
	       " match address 101\n set transform-set C A B H\n"
	       "crypto ipsec transform-set C esp-chacha20-poly1305\n"
	       "crypto ipsec transform-set B ah-sha-hmac esp-aes\n"
	       "crypto ipsec transform-set H ah-sha-hmac\n"
	       "crypto ipsec transform-set A esp-aes esp-sha-hmac comp-lzs\n"
	       "access-list 101 permit ip any any\n"
	       "interface fa0/0\n crypto map M redundancy G\n"
	       " crypto ipsec fragmentation after-encryption\n"
	       " ip tcp adjust-mss 1300\n"
	       "interface fa0/2\n ip tcp adjust-mss 1300\n"
	       "interface fa0/1\n crypto map M\n crypto ipsec df-bit set\n",
	  "crypto map M 5: transform set C has no number in IKEv1; the set is "
	  "never proposed\n"
	  "crypto map M 5: transform set B has AH beside ESP, which is not "
	  "supported; the set is never proposed\n"
	  "interface FastEthernet0/0: packets of crypto map M get the df-bit "
	  "of its other interface: set\n"
	  "interface FastEthernet0/0: redundancy has no effect here\n"
	  "interface FastEthernet0/2: ip tcp adjust-mss without a crypto map "
	  "has no effect here\n"
	  "interface FastEthernet0/1: packets of crypto map M are fragmented "
	  "as on its other interface: after-encryption\n"
	  "interface FastEthernet0/1: TCP through crypto map M is told the "
	  "segment of its other interface\n" },
	{ "crypto pki trustpoint T\n revocation-check ocsp\n"
	  "crypto pki trustpoint U\n revocation-check ocsp crl none\n"
	  "crypto pki trustpoint V\n revocation-check crl none\n",
	  "crypto pki trustpoint T: OCSP is not supported, so no peer is "
	  "accepted; enter 'revocation-check crl' or 'revocation-check none'\n"
	  "crypto pki trustpoint U: OCSP is not supported; only the other "
	  "methods of revocation-check are used\n" },
	{ "crypto isakmp profile P\n match certificate C\n"
	  " match certificate N\n"
	  "crypto pki certificate map C 10\n subject-name co x\n"
	  " expires-on co Jan 1 2020\n"
	  "crypto pki certificate map C 20\n"
	  "crypto pki certificate map C 30\n subject-name co y\n"
	  "crypto pki certificate map C 40\n expires-on ge Feb 30 2020\n",
	  "crypto isakmp profile P: certificate map N does not exist; enter "
	  "'crypto pki certificate map N'\n"
	  "crypto pki certificate map C 10: it fits no certificate, for a line "
	  "of it is not understood\n"
	  "crypto pki certificate map C 20: it fits no certificate; enter "
	  "'subject-name co TEXT' or the like\n"
	  "crypto pki certificate map C 40: it fits no certificate, for there "
	  "is no such date\n" },
};

static void test_findings(void)
{
	size_t i;

	for (i = 0; i < sizeof(findings) / sizeof(findings[0]); i++) {
		struct cfg *cfg = make(findings[i].text);

		cfg_check(cfg, put_finding, NULL);
		is(log_text, findings[i].want, "findings");
		cfg_free(cfg);
	}
}

/* --- what is in force --------------------------------------------------------------------- */

static void test_defaults(void)
{
	const struct cfg_isakmp_policy *p = NULL;
	struct cfg *cfg = make("");
	struct cfg_entry e = { 0 };
	int n = 0;

	while ((p = cfg_isakmp_policy_next(cfg, p)))
		n++;
	ok(n == 8, "eight default policies");
	p = cfg_default_policy(1);
	ok(p->obj.num == 65508 && p->auth == CFG_AUTH_PSK && p->group == 5 &&
		   p->encr == CFG_ENC_AES,
	   "the second one");
	ok(cfg_entry_transform(cfg, &e, 0)->cipher == CIPHER_AES_CBC &&
		   cfg_entry_transform(cfg, &e, 1)->cipher == CIPHER_DES3_CBC &&
		   !cfg_entry_transform(cfg, &e, 2),
	   "two default transform sets, AES first");
	cfg->ipsec.no_default_transform_set = 1;
	ok(!cfg_entry_transform(cfg, &e, 0), "they can be switched off");
	cfg->isakmp.no_default_policy = 1;
	ok(!cfg_isakmp_policy_next(cfg, NULL), "so can the policies");
	cfg_get_num(&cfg->policies, 7);
	p = cfg_isakmp_policy_next(cfg, NULL);
	ok(p && p->obj.num == 7 && !cfg_isakmp_policy_next(cfg, p),
	   "a policy of the user stands alone");
	cfg_free(cfg);
}

static void test_keys(void)
{
	struct cfg *cfg =
		make("crypto isakmp key any address 0.0.0.0\n"
		     "crypto isakmp key net address 10.0.0.0 "
		     "255.0.0.0\n"
		     "crypto isakmp key sub address 10.1.0.0 "
		     "255.255.0.0\n"
		     "crypto isakmp key one address 10.1.0.1\n"
		     "crypto isakmp key byname hostname GW.example\n");
	static const char *const want[][2] = {
		{ "10.1.0.1", "one" },
		{ "10.1.0.2", "sub" },
		{ "10.2.0.1", "net" },
		{ "192.0.2.1", "any" },
	};
	const struct cfg_key *k;
	struct addr a;
	size_t i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		addr_parse(want[i][0], &a);
		k = cfg_key_by_addr(cfg, NULL, &a);
		is(k ? k->key.text : "none", want[i][1], "the longest mask");
	}
	k = cfg_key_by_host(cfg, NULL, "gw.EXAMPLE");
	ok(k && !strcmp(k->key.text, "byname"), "a key by host name");
	addr_parse("2001:db8::1", &a);
	ok(!cfg_key_by_addr(cfg, NULL, &a), "no key of the other family");
	cfg_free(cfg);
}

int main(void)
{
	test_rules();
	test_tunnels();
	test_manual();
	test_manual_lines();
	test_findings();
	test_defaults();
	test_keys();
	cfg_modes_free();
	return ktap_end();
}
