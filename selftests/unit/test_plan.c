// SPDX-License-Identifier: GPL-2.0-or-later
// From the configuration to what the engine and the keys role are told of it.
#include "cfg_help.h"

#include <net/if.h>

#include "ikehelper/compile.h"
#include "ikehelper/psk.h"
#include "ikehelper/trust_file.h"
#include "ikehelper/wire.h"

static struct refs *refs;

/* What a role has got is what was put, octet for octet. */
static struct msg *arrived(struct msg *m)
{
	m->pos = 0;
	return m;
}

/* What a name server would say. */
static bool say_name(void *arg, const char *host, struct addr *a)
{
	(void)arg;
	return !strcmp(host, "west.example.com") &&
	       addr_parse("203.0.113.77", a);
}

/* VRFs of the system, and the interface that is in each. */
static const struct {
	const char *name, *dev;
	uint32_t index;
} vrfs[] = { { "red", "eth1", 10 },
	     { "blue", "eth2", 20 },
	     { "web", "eth3", 30 } };

#define VRFS (sizeof(vrfs) / sizeof(vrfs[0]))

static uint32_t vrf_named(void *arg, const char *name)
{
	size_t i;

	(void)arg;
	for (i = 0; i < VRFS; i++)
		if (!strcmp(vrfs[i].name, name))
			return vrfs[i].index;
	return VRF_NONE;
}

static uint32_t vrf_of(void *arg, const char *dev, char name[IF_NAMESIZE])
{
	size_t i;

	(void)arg;
	for (i = 0; i < VRFS; i++) {
		if (strcmp(vrfs[i].dev, dev))
			continue;
		strcpy(name, vrfs[i].name);
		return vrfs[i].index;
	}
	return 0;
}

static const struct compile_names names = { say_name, NULL, vrf_named, vrf_of,
					    NULL };

static struct plan *plan_of(const char *text, struct cfg **cfg)
{
	struct plan *p = plan_new();
	struct trust_files *trusts;
	struct wants *w;
	struct msg m;
	size_t i;

	*cfg = cfg_of_text(text, NULL);
	refs = refs_new();
	trusts = trust_files_read(*cfg, NULL);
	w = compile(*cfg, trusts, &names, refs);
	for (i = 0; i < w->n_profiles; i++) {
		msg_init(&m, 0, 0);
		profile_put(&m, &w->profiles[i]);
		ok(plan_add_profile(p, arrived(&m)), "a profile is told");
		msg_free(&m);
	}
	for (i = 0; i < w->n_peers; i++) {
		msg_init(&m, 0, 0);
		plan_put_peer(&m, &w->peers[i]);
		if (!plan_add_peer(p, arrived(&m)))
			ok(false, "peer %zu is told", i);
		msg_free(&m);
	}
	for (i = 0; i < w->n_flows; i++) {
		msg_init(&m, 0, 0);
		plan_put_flow(&m, &w->flows[i]);
		if (!plan_add_flow(p, arrived(&m)))
			ok(false, "flow %zu is told", i);
		msg_free(&m);
	}
	ok(plan_finish(p), "the plan is complete");
	wants_free(w);
	trust_files_free(trusts);
	return p;
}

static void plan_end(struct plan *p, struct cfg *cfg)
{
	plan_free(p);
	cfg_free(cfg);
	refs_free(refs);
}

static struct ike_path path_to(const char *remote)
{
	struct ike_path path = { 0 };

	addr_parse("192.0.2.1", &path.local.addr);
	addr_parse(remote, &path.remote.addr);
	return path;
}

static struct ike_ident ident(uint8_t type, const char *text)
{
	struct ike_ident id = { .type = type };
	struct addr a;

	if (type == IKE_ID_IPV4) {
		addr_parse(text, &a);
		memcpy(id.data, a.b, id.len = 4);
	} else {
		memcpy(id.data, text, id.len = strlen(text));
	}
	return id;
}

/* The profile of who comes from @remote with this identity; "refused". */
static const char *profile_of(const struct plan *p, const char *remote,
			      uint8_t type, const char *text)
{
	static const char *const all[] = { "A", "B", "C", "D", "E", "N" };
	struct ike_ident id = ident(type, text);
	struct ike_path path = path_to(remote);
	const struct ike_peer *peer =
		plan_peer_find(p, &path, &id, bytes_of(NULL, 0));
	size_t i;

	if (!peer)
		return "refused";
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (peer->profile == ref_of_profile(refs, all[i]))
			return all[i];
	return peer->profile ? "another" : "none";
}

static const char profiles_text[] =
	"hostname gate\nip domain name example.net\n"
	"crypto isakmp policy 10\n authentication pre-share\n"
	"crypto isakmp key any address 0.0.0.0 0.0.0.0\n"
	"crypto isakmp keepalive 100 3\n"
	"crypto keyring R\n"
	" pre-shared-key address 198.51.100.0 255.255.255.0 key ring\n"
	"crypto keyring S\n"
	" pre-shared-key hostname road.example.org key road\n"
	"crypto isakmp profile E\n match identity host domain example.com\n"
	"crypto isakmp profile B\n keyring R\n"
	" match identity address 198.51.100.0 255.255.255.0\n"
	" self-identity fqdn\n keepalive 20 retry 5\n"
	"crypto isakmp profile A\n keyring R default\n"
	" match identity address 198.51.100.7 255.255.255.255\n"
	" match identity user domain corp\n initiate mode aggressive\n"
	" self-identity user-fqdn me@here\n"
	"crypto isakmp profile C\n keyring S\n match identity host gw.example.com\n"
	" match identity group sales\n"
	"crypto isakmp profile D\n match identity host gw.example.com\n"
	"crypto isakmp profile N\n match identity user domain other.org\n"
	" local-address 203.0.113.9\n"
	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
	"access-list 102 permit ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255\n"
	"crypto map M 10 ipsec-isakmp\n set peer 198.51.100.7\n"
	" match address 101\n set isakmp-profile A\n"
	"crypto map M 20 ipsec-isakmp\n set peer 198.51.100.7\n"
	" match address 102\n"
	"crypto map M 30 ipsec-isakmp\n set peer 198.51.100.8\n"
	" match address 102\n set isakmp-profile nowhere\n"
	"crypto dynamic-map D 5\n set isakmp-profile B\n"
	"crypto map M 65000 ipsec-isakmp dynamic D\n";

static void match(void)
{
	struct cfg *cfg;
	struct plan *p = plan_of(profiles_text, &cfg);

	is(profile_of(p, "198.51.100.9", IKE_ID_IPV4, "198.51.100.9"), "B",
	   "by address and mask");
	is(profile_of(p, "198.51.100.7", IKE_ID_IPV4, "198.51.100.7"), "A",
	   "the longest mask wins");
	is(profile_of(p, "192.0.2.7", IKE_ID_IPV4, "192.0.2.7"), "none",
	   "no profile fits");
	is(profile_of(p, "192.0.2.7", IKE_ID_FQDN, "GW.example.com"), "C",
	   "the whole name before its domain, the first one by name");
	is(profile_of(p, "192.0.2.7", IKE_ID_FQDN, "a.b.example.com"), "E",
	   "a domain");
	is(profile_of(p, "192.0.2.7", IKE_ID_FQDN, "notexample.com"), "none",
	   "a name that only ends like it");
	is(profile_of(p, "192.0.2.7", IKE_ID_USER_FQDN, "joe@corp"), "A",
	   "the domain of a user");
	is(profile_of(p, "192.0.2.7", IKE_ID_KEY_ID, "sales"), "C", "a group");
	is(profile_of(p, "192.0.2.7", IKE_ID_IPV4, "198.51.100.9"), "refused",
	   "a profile whose keyring has no key for the address");
	is(profile_of(p, "192.0.2.7", IKE_ID_USER_FQDN, "joe@other.org"),
	   "none", "a profile for another address of ours");
	plan_end(p, cfg);
}

static const struct ike_peer *peer_of(const struct plan *p, const char *remote,
				      uint8_t type, const char *text)
{
	struct ike_ident id = ident(type, text);
	struct ike_path path = path_to(remote);

	return plan_peer_find(p, &path, &id, bytes_of(NULL, 0));
}

static void effect(void)
{
	struct cfg *cfg;
	struct plan *p = plan_of(profiles_text, &cfg);
	const struct ike_peer *b, *a, *none;
	struct ike_path path = path_to("198.51.100.9");

	b = peer_of(p, "198.51.100.9", IKE_ID_IPV4, "198.51.100.9");
	a = peer_of(p, "198.51.100.7", IKE_ID_IPV4, "198.51.100.7");
	none = plan_peer_find(p, &path, NULL, bytes_of(NULL, 0));
	ok(b->dpd_interval == 20 && b->dpd_retry == 5 &&
		   none->dpd_interval == 100 && none->dpd_retry == 3,
	   "keepalives of the profile and of all");
	ok(b->local_id.type == IKE_ID_FQDN && b->local_id.len == 16 &&
		   !memcmp(b->local_id.data, "gate.example.net", 16),
	   "self-identity fqdn is our own name");
	ok(a->local_id.type == IKE_ID_USER_FQDN && a->local_id.len == 7 &&
		   !none->local_id.type,
	   "self-identity user-fqdn; else the address");
	ok(a->flags & IKE_PEER_AGGRESSIVE &&
		   !((b->flags | none->flags) & IKE_PEER_AGGRESSIVE),
	   "only one profile begins with aggressive mode");
	plan_end(p, cfg);
}

/* Entries that a peer of this profile may use, as their numbers. */
static const char *flows_of(const struct plan *p, const char *remote,
			    const struct ike_peer *peer)
{
	static char text[64];
	struct ike_path path = path_to(remote);
	const struct ike_flow *f = NULL;

	text[0] = '\0';
	while ((f = plan_flow_next(p, &path, peer->ref, f ? f->ref : 0))) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%u", *text ? " " : "",
			 plan_flow_entry(p, f->ref)->seq);
	}
	return text;
}

static void flows(void)
{
	struct cfg *cfg;
	struct plan *p = plan_of(profiles_text, &cfg);
	const struct ike_peer *a, *b, *none;
	struct ike_path path = path_to("198.51.100.7");
	const struct plan_flow *pf;
	const struct ike_flow *f;

	a = peer_of(p, "198.51.100.7", IKE_ID_IPV4, "198.51.100.7");
	b = peer_of(p, "198.51.100.9", IKE_ID_IPV4, "198.51.100.9");
	none = plan_peer_find(p, &path, NULL, bytes_of(NULL, 0));
	is(flows_of(p, "198.51.100.7", a), "10 20",
	   "an entry of its profile, and one for any");
	is(flows_of(p, "198.51.100.7", none), "20", "without a profile");
	is(flows_of(p, "198.51.100.9", b), "65000",
	   "a template for one profile only");
	path = path_to("198.51.100.9");
	f = plan_flow_next(p, &path, b->ref, 0);
	pf = f ? plan_flow_entry(p, f->ref) : NULL;
	is(pf ? pf->dynamic : "", "D", "of this dynamic map");
	ok(pf && pf->dynamic_seq == 5, "and this entry");
	path = path_to("198.51.100.7");
	f = plan_flow_next(p, &path, a->ref, 0);
	ok(f && f->peer == a->ref, "the entry begins with its profile");
	f = plan_flow_next(p, &path, none->ref, 0);
	ok(f && f->peer == none->ref, "the other one without");
	path = path_to("198.51.100.8");
	f = plan_flow_next(p, &path, none->ref, 0);
	ok(!f, "a profile that does not exist: the entry is for nobody");
	plan_end(p, cfg);
}

static void by_name(void)
{
	struct cfg *cfg;
	struct plan *p = plan_of(
		"crypto isakmp policy 10\n authentication pre-share\n"
		"crypto isakmp key west hostname west.example.com\n"
		"access-list 101 permit ip any 10.2.0.0 0.0.255.255\n"
		"crypto isakmp peer hostname west.example.com\n"
		" set aggressive-mode client-endpoint fqdn east\n"
		" set aggressive-mode password both\n"
		"crypto map M 10 ipsec-isakmp\n set peer west.example.com\n"
		" match address 101\n"
		"crypto map M 20 ipsec-isakmp\n set peer lost.example.com\n"
		" match address 101\n",
		&cfg);
	struct ike_path path = path_to("203.0.113.77");
	const struct ike_peer *peer =
		plan_peer_find(p, &path, NULL, bytes_of(NULL, 0));
	const struct ike_flow *f;

	ok(peer && peer->n_p1 == 1 && peer->flags & IKE_PEER_STATIC,
	   "a peer by its name, with the key for the name");
	ok(peer && peer->flags & IKE_PEER_AGGRESSIVE &&
		   peer->local_id.type == IKE_ID_FQDN &&
		   peer->local_id.len == 4,
	   "with what crypto isakmp peer says of the name");
	f = plan_flow_next(p, &path, peer ? peer->ref : 0, 0);
	ok(f && f->n_peers == 1 && f->peer == peer->ref, "is that of the flow");
	ok(f && !plan_flow_next(p, &path, peer->ref, f->ref),
	   "a name without an address is nobody");
	plan_end(p, cfg);
}

/* --- transforms, interfaces ------------------------------------------------------ */

/* What the system has; the names of unit tests are those of no machine. */
unsigned int __wrap_if_nametoindex(const char *name);
struct if_nameindex *__wrap_if_nameindex(void);
void __wrap_if_freenameindex(struct if_nameindex *list);

static struct if_nameindex devices[] = { { 1, (char *)"lo" },
					 { 2, (char *)"eth0" },
					 { 3, (char *)"FastEthernet0" },
					 { 4, (char *)"fa0" },
					 { 5, (char *)"tun7" },
					 { 0, NULL } };

unsigned int __wrap_if_nametoindex(const char *name)
{
	size_t i;

	for (i = 0; devices[i].if_index; i++)
		if (!strcmp(devices[i].if_name, name))
			return devices[i].if_index;
	return 0;
}

struct if_nameindex *__wrap_if_nameindex(void)
{
	return devices;
}

void __wrap_if_freenameindex(struct if_nameindex *list)
{
	(void)list;
}

static const char ifs_text[] =
	"crypto isakmp policy 10\n authentication pre-share\n"
	"crypto isakmp key any address 0.0.0.0 0.0.0.0\n"
	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
	"crypto ipsec transform-set S esp-aes esp-sha-hmac comp-lzs\n"
	"crypto ipsec transform-set C esp-chacha20-poly1305\n"
	"crypto ipsec df-bit set\n"
	"crypto ipsec fragmentation after-encryption\n"
	"crypto map M 10 ipsec-isakmp\n set peer 198.51.100.7\n"
	" match address 101\n set transform-set S C A B\n"
	"crypto ipsec transform-set A ah-sha256-hmac\n"
	"crypto ipsec transform-set B ah-sha256-hmac esp-aes\n"
	"crypto map N 10 ipsec-isakmp\n set peer 198.51.100.8\n"
	" match address 101\n"
	"crypto map L 10 ipsec-isakmp dynamic D\n"
	"crypto dynamic-map D 1\n match address STD\n"
	"ip access-list standard STD\n permit 10.1.0.0 0.0.255.255\n"
	"crypto dynamic-map D 2\n match address FINE\n"
	"ip access-list extended FINE\n permit tcp any gt 1023 any\n"
	" permit ip 10.0.0.0 0.255.0.255 any\n"
	"interface eth0\n crypto map M\n"
	"interface fa0\n crypto map M\n crypto ipsec df-bit clear\n"
	" crypto ipsec fragmentation before-encryption\n"
	" ip tcp adjust-mss auto\n"
	"interface Tunnel7\n crypto map N\n"
	"interface GigabitEthernet0/1\n device eth0\n crypto map N\n"
	"interface ens9\n crypto map N\n";

/* Lines of certificate maps reach the engine; entries that may not fit do not. */
static void certmaps(void)
{
	struct cfg *cfg = cfg_of_text(
		"crypto isakmp profile P\n match certificate C\n"
		" match certificate D\n match certificate NONE\n"
		"crypto pki certificate map C 10\n subject-name co X\n"
		" issuer-name eq cn = Y\n"
		"crypto pki certificate map C 20\n subject-name co y\n"
		" expires-on co Jan 1 2020\n"
		"crypto pki certificate map C 30\n"
		"crypto pki certificate map D 10\n serial-number ne 5\n",
		NULL);
	struct refs *r = refs_new();
	struct wants *w = compile(cfg, NULL, &names, r);
	struct profile got = { 0 };
	struct msg m;

	msg_init(&m, 0, 0);
	profile_put(&m, &w->profiles[0]);
	ok(profile_get(arrived(&m), &got) && got.cert.n == 3,
	   "three lines of certificate maps are told");
	ok(got.cert.v[0].entry == got.cert.v[1].entry &&
		   got.cert.v[2].entry != got.cert.v[1].entry,
	   "of two entries: with a line that is not understood none");
	is(got.cert.v[1].text, "cn=y", "as they are compared");
	ok(got.cert.v[1].field == CFG_CERT_ISSUER &&
		   got.cert.v[1].op == CFG_CERT_EQ &&
		   got.cert.v[2].field == CFG_CERT_SERIAL &&
		   got.cert.v[2].op == CFG_CERT_NE,
	   "with what is compared, and how");
	profile_free(&got);
	msg_free(&m);
	wants_free(w);
	refs_free(r);
	cfg_free(cfg);
}

static const char except_text[] =
	"crypto isakmp policy 10\n authentication pre-share\n"
	"crypto isakmp key any address 0.0.0.0 0.0.0.0\n"
	"ip access-list extended L\n"
	" permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
	" remark what follows is of one host\n"
	" deny ip host 10.1.0.9 any\n"
	" permit tcp any any range 80 90\n"
	" deny ip any 10.4.0.0 0.0.255.255\n"
	" permit ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255\n"
	"ip access-list extended NOTHING\n"
	"crypto dynamic-map D 5\n match address L\n"
	"crypto dynamic-map D 6\n match address NOTHING\n"
	"crypto map M 10 ipsec-isakmp\n set peer 198.51.100.7\n"
	" match address L\n"
	"crypto map M 20 ipsec-isakmp\n set peer 198.51.100.8\n"
	" match address L\n"
	"crypto map N 10 ipsec-isakmp dynamic D\n";

/* Flow @i as the engine has it, which is in @to. */
static struct plan_flow told(const struct wants *w, size_t i, struct plan **to)
{
	const struct plan_flow *pf;
	struct msg m;

	*to = plan_new();
	msg_init(&m, 0, 0);
	plan_put_flow(&m, &w->flows[i]);
	ok(plan_add_flow(*to, arrived(&m)) && plan_finish(*to),
	   "flow %zu is told", i);
	msg_free(&m);
	pf = plan_flow_entry(*to, w->flows[i].flow.ref);
	return *pf;
}

/* What earlier lines take out of a flow goes with it, of each entry its own. */
static void excepts(void)
{
	struct cfg *cfg = cfg_of_text(except_text, NULL);
	struct refs *r = refs_new();
	struct wants *w = compile(cfg, NULL, &names, r);
	uint32_t generation = w->flows[5].flow.generation;
	struct plan *p;
	size_t i;

	ok(w->n_flows == 6, "an empty list is not for whatever a peer wants");
	for (i = 0; i < w->n_flows; i++) {
		const struct ike_flow *f = &w->flows[i].flow;

		ok(f->is_dynamic == (i > 3) && f->n_except == (i % 2 ? 2 : 0),
		   "flow %zu has those before it that it overlaps: %u", i,
		   f->n_except);
		is(f->acl, "L", "of this list");
	}
	for (i = 1; i < 6; i += 4) {
		struct ike_flow f = told(w, i, &p).flow;

		ok(f.n_except == 2 && f.except[0].line == 30 &&
			   f.except[0].action == ACTION_NEXT &&
			   !f.except[0].is_permit &&
			   f.except[0].sel.src.b[3] == 9,
		   "the deny of a host");
		ok(f.n_except == 2 && f.except[1].line == 40 &&
			   f.except[1].action == ACTION_DISCARD &&
			   f.except[1].is_permit &&
			   f.except[1].sel.dport_max == 90,
		   "the permit that cannot be negotiated");
		plan_free(p);
	}
	ok(!w->flows[1].flow.generation && generation,
	   "temporary entries last as long as they are the same");
	wants_free(w);
	cfg->ipsec.deny = CFG_DENY_DROP;
	w = compile(cfg, NULL, &names, r);
	ok(w->flows[5].flow.generation != generation &&
		   w->flows[5].flow.except[0].action == ACTION_DISCARD,
	   "another meaning of deny is another entry");
	wants_free(w);
	refs_free(r);
	cfg_free(cfg);
}

static void interfaces(void)
{
	struct cfg *cfg = cfg_of_text(ifs_text, NULL);
	struct refs *r = refs_new();
	struct wants *w = compile(cfg, NULL, &names, r);
	const struct ike_flow *m = &w->flows[0].flow, *n = &w->flows[1].flow;

	ok(w->n_flows == 2,
	   "a standard list is for no entry, nor is what IKEv1 cannot say");
	ok(m->n_p2 == 2 && m->p2[0].esp == IKE_ESP_AES_CBC && !m->p2[0].ah,
	   "comp-lzs is left out, and what IKEv1 has no number for");
	ok(m->p2[1].ah == IKE_AH_SHA256 &&
		   m->p2[1].ah_auth == IKE_AUTHALG_SHA256 && !m->p2[1].esp &&
		   !m->p2[1].esp_keylen && !m->p2[1].esp_auth,
	   "AH, but not beside ESP");
	ok(m->how.df == CFG_DF_CLEAR && n->how.df == CFG_DF_SET,
	   "the df-bit of an interface, else that of all");
	ok(!m->how.frag_after && n->how.frag_after,
	   "the same for when to cut what is too long");
	ok(m->how.mss == MSS_AUTO && !n->how.mss, "and for what TCP is told");
	ok(w->n_binds == 5, "five interfaces");
	is(w->binds[0].dev, "eth0", "eth0, which is called Ethernet0");
	is(w->binds[1].dev, "FastEthernet0", "a name that there is");
	is(w->binds[2].dev, "tun7", "Tunnel7");
	is(w->binds[3].dev, "eth0", "what is configured");
	is(w->binds[4].dev, "ens9", "a name that is not there yet");
	wants_free(w);
	refs_free(r);
	cfg_free(cfg);
}

/* --- keys ---------------------------------------------------------------------------- */

static void add_vrf_key(struct psk_set *s, const char *addr, int len,
			const char *host, uint32_t ring, const char *local,
			const char *key, uint32_t vrf)
{
	struct addr a = { 0 }, mask = { 0 }, l = { 0 };
	struct msg m;

	if (addr && addr_parse(addr, &a))
		addr_mask(a.family, len, &mask);
	if (local)
		addr_parse(local, &l);
	msg_init(&m, 0, 0);
	msg_put_addr(&m, &a);
	msg_put_addr(&m, &mask);
	msg_put_text(&m, host);
	msg_put_u32(&m, ring);
	msg_put_addr(&m, &l);
	msg_put_u32(&m, vrf);
	msg_put_bytes(&m, key, strlen(key));
	if (!psks_add(s, arrived(&m)))
		ok(false, "a key is told");
	msg_free(&m);
}

static void add_key(struct psk_set *s, const char *addr, int len,
		    const char *host, uint32_t ring, const char *local,
		    const char *key)
{
	add_vrf_key(s, addr, len, host, ring, local, key, 0);
}

static void allow(struct psk_set *s, uint32_t profile, uint32_t ring)
{
	struct msg m;

	msg_init(&m, 0, 0);
	msg_put_u32(&m, profile);
	msg_put_u32(&m, ring);
	if (!psks_allow(s, arrived(&m)))
		ok(false, "a keyring is told");
	msg_free(&m);
}

static const char *key_in(const struct psk_set *s, uint32_t vrf,
			  uint32_t profile, const char *remote,
			  const char *name)
{
	static char text[64];
	struct ike_ident id = ident(IKE_ID_FQDN, name ? name : "");
	struct ike_key_req req = { .profile = profile,
				   .path = path_to(remote),
				   .remote_id = name ? &id : NULL };
	const struct psk *p;

	req.path.vrf = vrf;
	p = psks_find(s, &req);
	snprintf(text, sizeof(text), "%.*s", p ? (int)p->key.len : 4,
		 p ? (const char *)p->key.p : "none");
	return text;
}

static const char *key_of(const struct psk_set *s, uint32_t profile,
			  const char *remote, const char *name)
{
	return key_in(s, 0, profile, remote, name);
}

static void vrf_keys(void)
{
	struct psk_set s = { 0 };

	add_key(&s, "10.0.0.1", 32, NULL, 0, NULL, "default");
	add_key(&s, "10.0.0.1", 32, NULL, 1, NULL, "global");
	add_vrf_key(&s, "10.0.0.0", 8, NULL, 2, NULL, "red", 10);
	add_vrf_key(&s, NULL, 0, "gw.example", 2, NULL, "named", 10);
	is(key_in(&s, 0, 0, "10.0.0.1", NULL), "default",
	   "in the global table: not keyrings of VRFs");
	is(key_in(&s, 10, 0, "10.0.0.1", NULL), "red",
	   "in a VRF: its own keyring, whatever the masks");
	is(key_in(&s, 10, 0, "10.0.0.1", "gw.example"), "named",
	   "by name, in its VRF");
	is(key_in(&s, 20, 0, "10.0.0.1", "gw.example"), "default",
	   "in a VRF without a keyring: the global one, no other");
	psks_free(&s);
}

static void keys(void)
{
	struct psk_set s = { 0 };

	add_key(&s, "0.0.0.0", 0, NULL, 0, NULL, "any");
	add_key(&s, "10.0.0.0", 8, NULL, 1, NULL, "net");
	add_key(&s, "10.0.0.5", 32, NULL, 2, "192.0.2.1", "here");
	add_key(&s, "10.0.0.6", 32, NULL, 2, "192.0.2.2", "elsewhere");
	add_key(&s, NULL, 0, "road.example", 2, NULL, "road");
	allow(&s, 11, 1);
	allow(&s, 12, 2);
	allow(&s, 12, 0);
	is(key_of(&s, 0, "10.1.1.1", NULL), "net",
	   "before a profile is known: the longest mask of all keyrings");
	is(key_of(&s, 0, "10.0.0.5", NULL), "here", "local-address is ours");
	is(key_of(&s, 0, "10.0.0.6", NULL), "net", "local-address is not");
	is(key_of(&s, 11, "10.0.0.5", NULL), "net",
	   "only keyrings of the profile");
	is(key_of(&s, 11, "172.16.0.1", NULL), "none", "not the global one");
	is(key_of(&s, 12, "10.1.1.1", NULL), "any", "but if it is named");
	is(key_of(&s, 12, "10.1.1.1", "ROAD.example"), "road", "by name");
	is(key_of(&s, 11, "10.1.1.1", "road.example"), "net",
	   "a name of another keyring");
	psks_free(&s);
}

/* --- VRFs ---------------------------------------------------------------------------- */

static const char in_vrfs[] =
	"crypto isakmp policy 10\n authentication pre-share\n"
	"crypto keyring KR vrf red\n"
	" pre-shared-key address 172.16.0.2 key r\n"
	"crypto keyring KB vrf blue\n"
	" pre-shared-key address 172.16.0.2 key b\n"
	"crypto keyring KW vrf web\n"
	" pre-shared-key address 172.17.0.0 255.255.0.0 key w\n"
	"crypto isakmp profile A\n vrf red\n keyring KW\n"
	" match identity address 172.17.1.2 255.255.255.255 web\n"
	"crypto isakmp profile B\n vrf nowhere\n keyring KW\n"
	" match identity address 172.17.2.2 255.255.255.255 web\n"
	"crypto isakmp peer address 172.16.0.2 vrf blue\n"
	" set aggressive-mode client-endpoint fqdn gw.example\n"
	" set aggressive-mode password x\n"
	"crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
	"crypto map R 10 ipsec-isakmp\n set peer 172.16.0.2\n"
	" set transform-set T\n match address 101\n"
	"crypto map B 10 ipsec-isakmp\n set peer 172.16.0.2\n"
	" set transform-set T\n match address 101\n"
	"crypto map W 10 ipsec-isakmp\n set peer 172.17.1.2\n"
	" set transform-set T\n set isakmp-profile A\n match address 101\n"
	"crypto map W 20 ipsec-isakmp\n set peer 172.17.2.2\n"
	" set transform-set T\n set isakmp-profile B\n match address 101\n"
	"interface Ethernet1\n device eth1\n crypto map R\n"
	"interface Ethernet2\n device eth2\n crypto map B\n"
	"interface Ethernet3\n device eth3\n crypto map W\n"
	"access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n";

static const struct ike_peer *peer_in(const struct plan *p, uint32_t vrf,
				      const char *remote, bool has_id)
{
	struct ike_ident id = ident(IKE_ID_IPV4, remote);
	struct ike_path path = path_to(remote);

	path.vrf = vrf;
	return plan_peer_find(p, &path, has_id ? &id : NULL, bytes_of(NULL, 0));
}

/* Number of a flow with this peer in the VRF, and how many there are. */
static uint32_t flow_in(const struct plan *p, uint32_t vrf, const char *remote,
			const struct ike_peer *peer, unsigned int *n)
{
	struct ike_path path = path_to(remote);
	const struct ike_flow *f = NULL;
	uint32_t first = 0;

	path.vrf = vrf;
	for (*n = 0; (f = plan_flow_next(p, &path, peer->ref, f ? f->ref : 0));
	     ++*n)
		first = first ? first : f->ref;
	return first;
}

static void front_vrfs(void)
{
	const struct ike_peer *red, *blue, *a, *b;
	struct cfg *cfg;
	struct plan *p = plan_of(in_vrfs, &cfg);
	uint32_t fr, fb;
	unsigned int nr, nb;

	red = peer_in(p, 10, "172.16.0.2", false);
	blue = peer_in(p, 20, "172.16.0.2", false);
	ok(red && blue && red != blue, "one address in two VRFs: two peers");
	ok(!peer_in(p, 0, "172.16.0.2", false), "and none in the global table");
	ok(!(red->flags & IKE_PEER_AGGRESSIVE) &&
		   blue->flags & IKE_PEER_AGGRESSIVE,
	   "crypto isakmp peer with a VRF is about that one");
	fr = flow_in(p, 10, "172.16.0.2", red, &nr);
	fb = flow_in(p, 20, "172.16.0.2", blue, &nb);
	ok(nr == 1 && nb == 1 && fr != fb, "each has the flow of its map");
	ok(plan_flow(p, fr)->vrf == 10 && plan_flow(p, fb)->vrf == 20,
	   "in its VRF");
	ok(red->generation != blue->generation && !red->ivrf,
	   "without a profile what is inside is of the same VRF");
	a = peer_in(p, 30, "172.17.1.2", true);
	ok(a && a->ivrf == 10, "a profile by address and VRF, its inside VRF");
	b = peer_in(p, 30, "172.17.2.2", true);
	ok(b && b->ivrf == VRF_NONE, "an inside VRF that does not exist");
	ok(!peer_in(p, 10, "172.17.1.2", true), "the same address elsewhere");
	plan_end(p, cfg);
}

static void inside_vrfs(void)
{
	struct cfg *cfg = cfg_of_text(in_vrfs, NULL);
	struct refs *r = refs_new();
	struct wants *w = compile(cfg, NULL, &names, r);
	uint32_t ivrf[4] = { 0 };
	size_t i;

	for (i = 0; i < w->n_rules && i < 4; i++)
		ivrf[i] = w->rules[i].policy.ivrf;
	ok(w->n_rules == 4 && !ivrf[0] && !ivrf[1] && ivrf[2] == 10 && !ivrf[3],
	   "a rule is for the VRF of its entry's profile");
	ok(w->n_fronts == 3 && w->fronts[0] == 10 && w->fronts[1] == 20 &&
		   w->fronts[2] == 30,
	   "IKE is spoken in the VRFs of the interfaces");
	is(want_vrf_name(w, 20), "blue", "their names are known");
	wants_free(w);
	refs_free(r);
	cfg_free(cfg);
}

int main(void)
{
	match();
	effect();
	flows();
	by_name();
	excepts();
	interfaces();
	certmaps();
	keys();
	vrf_keys();
	front_vrfs();
	inside_vrfs();
	cfg_modes_free();
	return ktap_end();
}
