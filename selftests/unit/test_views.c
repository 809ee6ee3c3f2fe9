// SPDX-License-Identifier: GPL-2.0-or-later
/* The views from made-up objects: exact text, and what JSON holds. */
#include "ktap.h"

#include <json-c/json.h>
#include <sys/socket.h>

#include "ipsecctl/view.h"
#include "lib/names.h"
#include "lib/sel.h"

static struct view v;

static void set_addr(struct addr *a, const char *text)
{
	addr_parse(text, a);
}

static void set_host(struct selector *s, const char *src, const char *dst,
		     uint32_t proto)
{
	struct sel_build b;
	struct addr a, m;

	sel_start(&b, proto);
	if (src) {
		addr_parse_prefix(src, &a, &m);
		sel_addr(&b, false, &a, &m);
		addr_parse_prefix(dst, &a, &m);
		sel_addr(&b, true, &a, &m);
	}
	sel_end(&b, s);
}

static struct policy *add_policy(uint32_t id, const char *map, uint32_t seq)
{
	struct policy *p;

	v.policy = realloc(v.policy, (v.n_policies + 1) * sizeof(*p));
	p = &v.policy[v.n_policies++];
	memset(p, 0, sizeof(*p));
	p->id = id;
	p->seq = seq;
	p->action = ACTION_PROTECT;
	strcpy(p->map, map);
	PUT(p, POLICY_ID);
	PUT(p, POLICY_MAP);
	PUT(p, POLICY_SEQ);
	PUT(p, POLICY_STATS);
	PUT(&p->stats, 0);
	return p;
}

static struct sa *add_sa(uint32_t id, uint8_t dir, uint32_t spi)
{
	struct sa *sa;

	v.sa = realloc(v.sa, (v.n_sas + 1) * sizeof(*v.sa));
	memset(&v.sa[v.n_sas], 0, sizeof(*v.sa));
	sa = &v.sa[v.n_sas++].sa;
	sa->id = id;
	sa->dir = dir;
	sa->spi = spi;
	sa->policy = 1;
	sa->state = STATE_ACTIVE;
	sa->mode = MODE_TRANSPORT;
	sa->cipher = CIPHER_DES3_CBC;
	sa->integ = INTEG_SHA1_96;
	sa->replay_window = dir == DIR_IN ? 64 : 0;
	sa->flags = SA_FLAG_WEAK;
	sa->hard.bytes = 4608000ULL * 1024;
	sa->hard.seconds = 3600;
	sa->age = 208;
	set_addr(&sa->local, "172.22.1.3");
	set_addr(&sa->remote, "172.22.1.4");
	sa->set = 1ULL << SA_ID | 1ULL << SA_SPI | 1ULL << SA_DIR |
		  1ULL << SA_AGE | 1ULL << SA_UNUSED | 1ULL << SA_FLAGS |
		  1ULL << SA_CIPHER;
	return sa;
}

static struct view_binding *add_binding(const char *ifname, const char *map)
{
	struct view_binding *b;

	v.binding = realloc(v.binding, (v.n_bindings + 1) * sizeof(*b));
	b = &v.binding[v.n_bindings++];
	memset(b, 0, sizeof(*b));
	strcpy(b->ifname, ifname);
	strcpy(b->map.name, map);
	b->map.ifindex = 7;
	b->map.mtu = 1500;
	set_addr(&b->map.local4, "172.22.1.3");
	PUT(&b->map, MAP_NAME);
	return b;
}

/* The flow of the classic sample: one pair of SAs, GRE in transport mode. */
static void classic(void)
{
	struct policy *p = add_policy(1, "TUNNELMAP", 10);
	struct sa *sa;

	add_binding("FastEthernet0/1", "TUNNELMAP");
	set_host(&p->sel, "172.22.1.3/32", "172.22.1.4/32", 47);
	set_addr(&p->peer[0], "172.22.1.4");
	p->n_peers = 1;
	p->out_spi = 0xEB99FB6C;
	set_addr(&p->out_remote, "172.22.1.4");
	PUT(p, POLICY_OUT_REMOTE);
	p->stats.out_packets = 466;
	p->stats.in_packets = 1156;
	p->stats.send_errors = 1;
	sa = add_sa(2000, DIR_IN, 0x5A48ACC4);
	sa->stats.in_packets = 1156;
	sa->stats.in_bytes = 1388 * 1024 + 1023;
	sa = add_sa(2001, DIR_OUT, 0xEB99FB6C);
	sa->pair = 0x5A48ACC4;
	sa->stats.out_packets = 466;
	sa->stats.out_bytes = 45 * 1024;
}

static void reset(void)
{
	view_free(&v);
}

static char *text;

/* The printed view. */
static const char *show(const struct view_filter *f)
{
	struct out *o = out_new_memory(false);

	show_ipsec_sa_print(o, &v, f);
	out_end(o);
	free(text);
	text = strdup(out_text(o));
	out_free(o);
	return text;
}

static const char head[] =
	"\n"
	"interface: FastEthernet0/1\n"
	"    Crypto map tag: TUNNELMAP, local addr. 172.22.1.3\n"
	"\n";

static const char flow[] =
	"   local  ident (addr/mask/prot/port): (172.22.1.3/255.255.255.255/47/0)\n"
	"   remote ident (addr/mask/prot/port): (172.22.1.4/255.255.255.255/47/0)\n"
	"   current_peer: 172.22.1.4\n"
	"     PERMIT, flags={origin_is_acl,transport_parent,parent_is_transport,}\n"
	"    #pkts encaps: 466, #pkts encrypt: 466, #pkts digest 466\n"
	"    #pkts decaps: 1156, #pkts decrypt: 1156, #pkts verify 1156\n"
	"    #pkts compressed: 0, #pkts decompressed: 0\n"
	"    #pkts not compressed: 0, #pkts compr. failed: 0, #pkts decompress failed: 0\n"
	"    #send errors 1, #recv errors 0\n"
	"\n"
	"     local crypto endpt.: 172.22.1.3, remote crypto endpt.: 172.22.1.4\n"
	"     path mtu 1500, media mtu 1500\n"
	"     current outbound spi: EB99FB6C\n"
	"\n";

static const char lists[] =
	"     inbound esp sas:\n"
	"      spi: 0x5A48ACC4(1514712260)\n"
	"        transform: esp-3des esp-sha-hmac ,\n"
	"        in use settings ={Transport, }\n"
	"        slot: 0, conn id: 2000, flow_id: 1, crypto map: TUNNELMAP\n"
	"        sa timing: remaining key lifetime (k/sec): (4606612/3392)\n"
	"        IV size: 8 bytes\n"
	"        replay detection support: Y\n"
	"\n"
	"     inbound ah sas:\n"
	"\n"
	"     inbound pcp sas:\n"
	"\n"
	"     outbound esp sas:\n"
	"      spi: 0xEB99FB6C(3952737132)\n"
	"        transform: esp-3des esp-sha-hmac ,\n"
	"        in use settings ={Transport, }\n"
	"        slot: 0, conn id: 2001, flow_id: 2, crypto map: TUNNELMAP\n"
	"        sa timing: remaining key lifetime (k/sec): (4607955/3392)\n"
	"        IV size: 8 bytes\n"
	"        replay detection support: Y\n"
	"\n"
	"     outbound ah sas:\n"
	"\n"
	"     outbound pcp sas:\n"
	"\n";

static void test_plain(void)
{
	struct view_filter f = { 0 };
	char want[8192];

	classic();
	view_link(&v);
	snprintf(want, sizeof(want), "%s%s%s", head, flow, lists);
	is(show(&f), want, "the classic sample");
	f.is_identity = true;
	snprintf(want, sizeof(want), "%s%s", head, flow);
	is(show(&f), want, "identity");
	reset();
}

static void test_empty(void)
{
	struct view_filter f = { 0 };
	struct policy *p;

	is(show(&f), "", "nothing bound");
	f.map = "NONE";
	is(show(&f), "No SAs found\n", "an unknown map");
	f.map = NULL;
	p = add_policy(1, "M", 10);
	add_binding("eth0", "M");
	set_host(&p->sel, "172.22.1.3/32", "172.22.1.4/32", 0);
	view_link(&v);
	show(&f);
	ok(strstr(text, "   current_peer: 0.0.0.0\n"), "no peer");
	ok(strstr(text, "     current outbound spi: 0\n"), "no SPI");
	ok(strstr(text, "     PERMIT, flags={origin_is_acl,}\n"), "flags");
	ok(strstr(text, "     inbound esp sas:\n\n     inbound ah sas:\n\n"
			"     inbound pcp sas:\n\n     outbound esp sas:\n\n"
			"     outbound ah sas:\n\n     outbound pcp sas:\n\n"),
	   "all headings are there");
	v.policy[0].action = ACTION_BYPASS;
	show(&f);
	ok(strstr(text, "     DENY, flags"), "a rule that denies");
	reset();
}

static void test_filters(void)
{
	struct view_filter f = { 0 };
	struct addr peer;

	classic();
	add_binding("eth9", "OTHER");
	view_link(&v);
	f.map = "TUNNELMAP";
	ok(strstr(show(&f), "FastEthernet") && !strstr(text, "eth9"), "map");
	f.map = NULL;
	f.ifname = "eth9";
	ok(!strstr(show(&f), "FastEthernet") && strstr(text, "eth9"),
	   "interface");
	f.ifname = NULL;
	set_addr(&peer, "172.22.1.4");
	f.peer = &peer;
	ok(strstr(show(&f), "FastEthernet") && !strstr(text, "eth9"), "peer");
	set_addr(&peer, "172.22.1.9");
	is(show(&f), "No SAs found\n", "unknown peer");
	reset();
}

static void test_rekey(void)
{
	struct view_filter f = { 0 };
	struct view_count n;
	struct sa *sa;
	char *first, *second;

	classic();
	sa = add_sa(2002, DIR_IN, 0x1111);
	sa = add_sa(2003, DIR_OUT, 0x2222);
	sa->pair = 0x1111;
	add_sa(2004, DIR_IN, 0x3333)->state = STATE_LARVAL;
	v.policy[0].out_spi = 0x2222;
	view_link(&v);
	show(&f);
	first = strstr(text, "spi: 0x1111(4369)");
	second = strstr(text, "spi: 0x5A48ACC4(");
	ok(first && second && first < second, "newest first");
	ok(strstr(text, "Status: ACTIVE\n") &&
		   strstr(text, "Status: ACTIVE(deleted)\n"),
	   "both pairs have their state");
	ok(!strstr(text, "0x3333"), "a reserved SPI is not an SA");
	show_ipsec_sa_count(&v, NULL, &n);
	ok(n.total == 4 && n.active == 2 && n.rekeying == 2, "count");
	reset();
}

static void test_pair_age(void)
{
	struct view_filter f = { 0 };

	classic();
	v.sa[1].sa.age = 207;
	view_link(&v);
	show(&f);
	ok(strstr(text, "(4606612/3392)") && strstr(text, "(4607955/3392)"),
	   "the seconds of a pair are the same");
	reset();
}

static void test_special(void)
{
	struct view_filter f = { 0 };
	struct sa *sa;

	classic();
	sa = &v.sa[0].sa;
	sa->mode = MODE_TUNNEL;
	sa->cipher = CIPHER_AES_GCM;
	sa->integ = INTEG_NONE;
	sa->key_bits = 256;
	sa->flags = SA_FLAG_ESN;
	sa->encap_local = 4500;
	sa->hard.bytes = 0;
	sa->replay_window = 0;
	sa = &v.sa[1].sa;
	sa->cipher = CIPHER_NULL;
	sa->hard.bytes = sa->hard.seconds = 0;
	sa->path_mtu = 1400;
	view_link(&v);
	show(&f);
	ok(strstr(text, "        transform: esp-gcm 256 ,\n"), "key length");
	ok(strstr(text, "={Tunnel UDP-Encaps, esn}\n"), "settings");
	ok(strstr(text,
		  "lifetime (sec): 3392\n        Kilobyte Volume Rekey has been disabled\n"),
	   "no limit of volume");
	ok(strstr(text, "        no sa timing\n"), "no limit at all");
	ok(strstr(text, "        IV size: 0 bytes\n"), "no IV");
	ok(strstr(text, "support: N\n") && !strstr(text, "support: Y\n"),
	   "no replay window in, none out");
	ok(strstr(text, "encaps: 466, #pkts encrypt: 0, #pkts digest 466"),
	   "nothing is encrypted by null");
	ok(strstr(text, "path mtu 1400, media mtu 1500"), "path mtu");
	v.sa[0].age = 4000;
	show(&f);
	ok(strstr(text, "lifetime (sec): 0\n"), "nothing is left below zero");
	reset();
}

static const char detail[] =
	"\n"
	"interface: FastEthernet0/1\n"
	"    Crypto map tag: TUNNELMAP, local addr 172.22.1.3\n"
	"\n"
	"   protected vrf: (none)\n"
	"   local  ident (addr/mask/prot/port): (172.22.1.3/255.255.255.255/47/0)\n"
	"   remote ident (addr/mask/prot/port): (172.22.1.4/255.255.255.255/47/0)\n"
	"   current_peer 172.22.1.4 port 500\n"
	"     PERMIT, flags={origin_is_acl,transport_parent,parent_is_transport,}\n"
	"    #pkts encaps: 466, #pkts encrypt: 466, #pkts digest: 466\n"
	"    #pkts decaps: 1156, #pkts decrypt: 1156, #pkts verify: 1156\n"
	"    #pkts compressed: 0, #pkts decompressed: 0\n"
	"    #pkts not compressed: 0, #pkts compr. failed: 0\n"
	"    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
	"    #pkts no sa (send) 1, #pkts invalid sa (rcv) 2\n"
	"    #pkts encaps failed (send) 3, #pkts decaps failed (rcv) 4\n"
	"    #pkts invalid prot (recv) 5, #pkts verify failed: 6\n"
	"    #pkts invalid identity (recv) 7, #pkts invalid len (rcv) 8\n"
	"    #pkts replay rollover (send): 9, #pkts replay rollover (rcv) 0\n"
	"    ##pkts replay failed (rcv): 10\n"
	"    #pkts tagged (send): 0, #pkts untagged (rcv): 0\n"
	"    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0\n"
	"    #pkts internal err (send): 11, #pkts internal err (recv) 12\n"
	"\n"
	"     local crypto endpt.: 172.22.1.3, remote crypto endpt.: 172.22.1.4\n"
	"     plaintext mtu 1446, path mtu 1500, ip mtu 1500, ip mtu idb FastEthernet0/1\n"
	"     current outbound spi: 0xEB99FB6C(3952737132)\n"
	"     PFS (Y/N): N, DH group: none\n"
	"\n"
	"     inbound esp sas:\n"
	"      spi: 0x5A48ACC4(1514712260)\n"
	"        transform: esp-3des esp-sha-hmac ,\n"
	"        Note: esp-3des esp-sha-hmac is no longer considered secure\n"
	"        in use settings ={Transport, }\n"
	"        conn id: 2000, flow_id: SW:1, sibling_flags 80000000, crypto map: TUNNELMAP\n"
	"        sa timing: remaining key lifetime (k/sec): (4606612/3392)\n"
	"        IV size: 8 bytes\n"
	"        replay detection support: Y  replay window size: 128\n"
	"        Status: ACTIVE(ACTIVE)\n"
	"\n"
	"     inbound ah sas:\n"
	"\n"
	"     inbound pcp sas:\n"
	"\n"
	"     outbound esp sas:\n"
	"      spi: 0xEB99FB6C(3952737132)\n"
	"        transform: esp-3des esp-sha-hmac ,\n"
	"        Note: esp-3des esp-sha-hmac is no longer considered secure\n"
	"        in use settings ={Transport, }\n"
	"        conn id: 2001, flow_id: SW:2, sibling_flags 80000000, crypto map: TUNNELMAP\n"
	"        sa timing: remaining key lifetime (k/sec): (4607955/3392)\n"
	"        IV size: 8 bytes\n"
	"        replay detection support: Y  replay window size: 128\n"
	"        Status: ACTIVE(ACTIVE)\n"
	"\n"
	"     outbound ah sas:\n"
	"\n"
	"     outbound pcp sas:\n"
	"\n";

static void test_detail(void)
{
	struct view_filter f = { .is_detail = true };
	struct stats *s;

	classic();
	s = &v.policy[0].stats;
	s->err_no_sa = 1;
	s->err_invalid_sa = 2;
	s->err_send = 2;
	s->err_encrypt = 1;
	s->err_decaps = 4;
	s->err_proto = 5;
	s->err_auth = 6;
	s->err_identity = 7;
	s->err_length = 8;
	s->err_seq = 9;
	s->err_replay = 10;
	s->err_send_internal = 11;
	s->err_recv_internal = 12;
	v.sa[0].sa.replay_window = 128;
	v.sa[1].sa.plain_mtu = 1446;
	v.sa[1].sa.path_mtu = 1500;
	view_link(&v);
	is(show(&f), detail, "detail");
	reset();
}

static void test_mtu(void)
{
	static const struct {
		uint8_t mode, cipher, integ, icv_len;
		const char *want;
	} cases[] = {
		{ MODE_TUNNEL, CIPHER_AES_GCM, INTEG_NONE, 16,
		  "plaintext mtu 1446," },
		{ MODE_TUNNEL, CIPHER_AES_CBC, INTEG_SHA256_128, 16,
		  "plaintext mtu 1438," },
		{ MODE_TRANSPORT, CIPHER_AES_CBC, INTEG_SHA1_96, 12,
		  "plaintext mtu 1458," },
	};
	struct view_filter f = { .is_detail = true };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sa *sa;

		classic();
		sa = &v.sa[1].sa;
		sa->mode = cases[i].mode;
		sa->cipher = cases[i].cipher;
		sa->integ = cases[i].integ;
		sa->icv_len = cases[i].icv_len;
		view_link(&v);
		ok(strstr(show(&f), cases[i].want) != NULL, "%s",
		   cases[i].want);
		reset();
	}
}

static void test_ipv6(void)
{
	struct view_filter f = { .is_detail = true };
	struct policy *p = add_policy(1, "M", 10);
	struct view_binding *b = add_binding("eth0", "M");
	struct sa *sa;

	memset(&b->map.local4, 0, sizeof(b->map.local4));
	set_addr(&b->map.local6, "2001:db8::1");
	set_host(&p->sel, "2001:db8:a::/48", "2001:db8:b::/48", 0);
	p->out_spi = 0x200;
	sa = add_sa(2001, DIR_OUT, 0x200);
	set_addr(&sa->local, "2001:db8::1");
	set_addr(&sa->remote, "2001:db8::2");
	sa->mode = MODE_TUNNEL;
	view_link(&v);
	show(&f);
	ok(strstr(text, "local addr 2001:DB8::1\n"), "address of the head");
	ok(strstr(text, "(2001:DB8:A::/48/0/0)"), "identity");
	ok(strstr(text, "   current_peer 2001:DB8::2 port 500\n"), "peer");
	ok(strstr(text,
		  "endpt.: 2001:DB8::1,\n     remote crypto endpt.: 2001:DB8::2\n"),
	   "endpoints on two lines");
	ok(strstr(text, "ipv6 mtu 1500, ipv6 mtu idb eth0\n"), "mtu");
	ok(strstr(text, "sibling_flags 80000040"), "tunnel");
	reset();
}

static void show_active(struct out *o, const struct view *view)
{
	show_engine_print_active(o, view, NULL);
}

static const char *show_out(void (*print)(struct out *, const struct view *))
{
	struct out *o = out_new_memory(false);

	print(o, &v);
	out_end(o);
	free(text);
	text = strdup(out_text(o));
	out_free(o);
	return text;
}

static void test_engine(void)
{
	struct sa *sa;

	is(show_out(show_active),
	   "  ID Interface       IP-Address      State  Algorithm           Encrypt  Decrypt\n",
	   "no connection");
	classic();
	sa = add_sa(2002, DIR_IN, 0x3333);
	sa->state = STATE_LARVAL;
	sa->policy = 0;
	memset(&sa->local, 0, sizeof(sa->local));
	view_link(&v);
	is(show_out(show_active),
	   "  ID Interface       IP-Address      State  Algorithm           Encrypt  Decrypt\n"
	   "2000 FastEthernet0/1 172.22.1.3      set    HMAC_SHA+3DES_56_C        0     1156\n"
	   "2001 FastEthernet0/1 172.22.1.3      set    HMAC_SHA+3DES_56_C      466        0\n"
	   "2002                                 alloc                            0        0\n",
	   "connections");
	is(show_out(show_engine_print_dropped),
	   "Packets dropped because of connection not established:\n"
	   "Interface            IP-Address      Drop Count\n",
	   "nothing dropped");
	v.binding[0].map.no_sa_drops = 5;
	is(show_out(show_engine_print_dropped),
	   "Packets dropped because of connection not established:\n"
	   "Interface            IP-Address      Drop Count\n"
	   "FastEthernet0/1      172.22.1.3               5\n",
	   "dropped packets");
	reset();
}

static void test_address(void)
{
	struct out *o = out_new_memory(false);
	struct addr dst;

	classic();
	view_link(&v);
	show_ipsec_sa_print_address(o, &v, NULL, false);
	is(out_text(o),
	   "\n"
	   "fvrf/address: (none)/172.22.1.3\n"
	   "   protocol: ESP\n"
	   "      spi: 0x5A48ACC4(1514712260)\n"
	   "        transform: esp-3des esp-sha-hmac ,\n"
	   "        in use settings ={Transport, }\n"
	   "        slot: 0, conn id: 2000, flow_id: 1, crypto map: TUNNELMAP\n"
	   "        sa timing: remaining key lifetime (k/sec): (4606612/3392)\n"
	   "        IV size: 8 bytes\n"
	   "        replay detection support: Y\n"
	   "\n"
	   "fvrf/address: (none)/172.22.1.4\n"
	   "   protocol: ESP\n"
	   "      spi: 0xEB99FB6C(3952737132)\n"
	   "        transform: esp-3des esp-sha-hmac ,\n"
	   "        in use settings ={Transport, }\n"
	   "        slot: 0, conn id: 2001, flow_id: 2, crypto map: TUNNELMAP\n"
	   "        sa timing: remaining key lifetime (k/sec): (4607955/3392)\n"
	   "        IV size: 8 bytes\n"
	   "        replay detection support: Y\n",
	   "by address");
	out_free(o);
	o = out_new_memory(false);
	set_addr(&dst, "172.22.1.9");
	show_ipsec_sa_print_address(o, &v, &dst, false);
	is(out_text(o), "No SAs found\n", "no such address");
	out_free(o);
	reset();
}

static void test_count(void)
{
	struct out *o = out_new_memory(false);
	struct view_count n;
	struct sa *sa;

	show_ipsec_sa_count(&v, NULL, &n);
	show_ipsec_sa_print_count(o, &n);
	is(out_text(o),
	   "IPsec SA total: 0, active: 0, rekeying: 0, unused: 0, invalid: 0\n",
	   "no SAs");
	out_free(o);
	add_sa(2000, DIR_IN, 1000)->state = STATE_EXPIRED;
	sa = add_sa(2002, DIR_IN, 1001);
	sa->idle = 100;
	sa->set &= ~(1ULL << SA_UNUSED);
	add_sa(2004, DIR_IN, 1002);
	add_sa(2006, DIR_IN, 1003)->state = STATE_LARVAL;
	view_link(&v);
	show_ipsec_sa_count(&v, NULL, &n);
	ok(n.total == 3 && n.invalid == 1 && n.unused == 1 && n.active == 1 &&
		   !n.rekeying,
	   "each kind");
	reset();
}

/* A device that is there, as VRFs are known by their devices. */
#define VRF 1 /* lo */

static void test_vrfs(void)
{
	struct view_filter lo = { .vrf = "lo", .is_detail = true };
	struct view_filter global = { .vrf = "Global" };
	struct view_filter front = { .fvrf = "red", .is_detail = true };
	struct view_filter other = { .fvrf = "blue", .is_detail = true };
	struct out *o = out_new_memory(false);
	struct view_count n;
	json_object *list;
	uint32_t i;

	classic();
	strcpy(v.binding[0].fvrf, "red");
	view_link(&v);
	ok(strstr(show(&front), "   protected vrf: red\n"),
	   "without an inside VRF it is that of the interface");
	reset();
	classic();
	strcpy(v.binding[0].fvrf, "red");
	for (i = 0; i < v.n_sas; i++) {
		v.sa[i].sa.fvrf = 7777;
		v.sa[i].sa.ivrf = VRF;
		PUT(&v.sa[i].sa, SA_FVRF);
		PUT(&v.sa[i].sa, SA_IVRF);
	}
	view_link(&v);
	ok(strstr(show(&lo), "   protected vrf: lo\n"), "that of the SAs");
	is(show(&global), "No SAs found\n", "of the global table: none");
	ok(strstr(show(&front), "protected vrf"), "by front-door VRF");
	ok(!strstr(show(&other), "protected"), "by another one");
	show_ipsec_sa_print_address(o, &v, NULL, false);
	ok(strstr(out_text(o), "\nfvrf/address: #7777/172.22.1.3\n"),
	   "by address, a VRF that is gone");
	out_free(o);
	show_ipsec_sa_count(&v, "lo", &n);
	ok(n.total == v.n_sas, "counted");
	show_ipsec_sa_count(&v, "Global", &n);
	ok(!n.total, "and none of the global table");
	list = show_ipsec_sa_json(&v, &lo);
	ok(strstr(json_object_to_json_string(list), "\"ivrf\": \"lo\"") &&
		   strstr(json_object_to_json_string(list),
			  "\"fvrf\": \"red\""),
	   "JSON has their names");
	json_object_put(list);
	v.policy[0].ivrf = 8888;
	PUT(&v.policy[0], POLICY_IVRF);
	ok(strstr(show(&front), "protected vrf: #8888\n"),
	   "that of the rule goes before");
	reset();
}

static void test_json(void)
{
	struct view_filter f = { 0 };
	json_object *list, *o, *sas;
	const unsigned char key[] = "not to be seen";

	classic();
	v.sa[0].sa.cipher_key.p = key;
	v.sa[0].sa.cipher_key.len = sizeof(key);
	PUT(&v.sa[0].sa, SA_CIPHER_KEY);
	view_link(&v);
	list = show_ipsec_sa_json(&v, &f);
	ok(json_object_array_length(list) == 1, "one binding");
	o = json_object_array_get_idx(list, 0);
	is(json_object_get_string(json_object_object_get(o, "interface")),
	   "FastEthernet0/1", "its interface");
	o = json_object_array_get_idx(json_object_object_get(o, "flows"), 0);
	sas = json_object_object_get(o, "inbound_esp_sas");
	o = json_object_array_get_idx(sas, 0);
	ok(json_object_get_boolean(json_object_object_get(o, "weak")), "weak");
	is(json_object_get_string(json_object_object_get(o, "cipher")),
	   "des3-cbc", "cipher by name");
	is(json_object_get_string(json_object_object_get(o, "transform")),
	   "esp-3des esp-sha-hmac", "transform");
	ok(!json_object_object_get(o, "cipher_key") &&
		   !strstr(json_object_get_string(list), "key\""),
	   "no key");
	json_object_put(list);
	reset();
}

int main(void)
{
	test_plain();
	test_empty();
	test_filters();
	test_rekey();
	test_pair_age();
	test_special();
	test_detail();
	test_mtu();
	test_ipv6();
	test_engine();
	test_address();
	test_count();
	test_vrfs();
	test_json();
	free(text);
	return ktap_end();
}
