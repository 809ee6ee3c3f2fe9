// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole configurations: foreign lines, pasted sessions, texts that are taken
 * as they are; random models written and loaded again; many lines.
 */
#include <time.h>

#include "cfg_help.h"

#include "lib/cfg_check.h"

static unsigned int counts[CFG_L_N];
static char seen[4096]; /* "line:class text" of all reports */

static void note(void *arg, const struct cfg_report *r)
{
	size_t n = strlen(seen);

	(void)arg;
	if (r->class != CFG_L_FOREIGN)
		snprintf(seen + n, sizeof(seen) - n, "%u:%d:%zu %s|%s\n",
			 r->line, r->class, r->column, r->text,
			 r->why ? r->why : "");
}

static struct cfg *load(const char *text)
{
	struct cfg_load l = { .report = note };

	*seen = '\0';
	cfg_of_text(text, &l);
	memcpy(counts, l.count, sizeof(counts));
	return l.cfg;
}

/* Written, loaded, written: equal models and equal text. */
static void round_trip(const struct cfg *cfg, const char *name)
{
	char *text = cfg_text_of(cfg), *text2;
	struct cfg *again = cfg_of_text(text, NULL);

	text2 = cfg_text_of(again);
	ok(cfg_equal(cfg, again), "%s: equal models", name);
	is(text2, text, "equal text");
	/* On top of itself it changes nothing. */
	cfg_load_text(&(struct cfg_load){ .cfg = again }, text, strlen(text));
	ok(cfg_equal(cfg, again), "%s: loaded twice", name);
	cfg_free(again);
	free(text);
	free(text2);
}

/* A router with everything on it, unindented as old documents show it. */
static const char router[] =
	"version 12.2\n"
	"service timestamps log datetime msec\n"
	"!\n"
	"hostname depot\n"
	"aaa new-model\n"
	"aaa accounting network LIST start-stop group radius\n"
	"ip subnet-zero\n"
	"ip domain name example.net\n"
	"!\n"
	"crypto isakmp policy 1\n"
	"authentication pre-share\n"
	"group 2\n"
	"!\n"
	"crypto isakmp policy 10\n"
	"hash md5\n"
	"authentication pre-share\n"
	"lifetime 200\n"
	"crypto isakmp key farewell address 198.51.100.2\n"
	"crypto isakmp client configuration group road\n"
	"key opensesame\n"
	"pool roadpool\n"
	"\n"
	"crypto-isakmp profile roads\n"
	"vrf inside\n"
	"match identity group road\n"
	"accounting LIST\n"
	"!\n"
	"crypto ipsec transform-set esp-des-md5 esp-des esp-md5-hmac\n"
	"crypto dynamic-map far 1\n"
	"set peer 198.51.100.2\n"
	"set security-association lifetime seconds 120\n"
	"set transform-set esp-des-md5\n"
	"reverse-route\n"
	"!\n"
	"crypto map outer 10 ipsec-isakmp dynamic far\n"
	"!\n"
	"voice call carrier capacity active\n"
	"!\n"
	"interface Loopback0\n"
	"ip address 10.9.9.9 255.255.255.0\n"
	"no ip mroute-cache\n"
	"!\n"
	"interface FastEthernet1/1\n"
	"ip address 192.0.2.1 255.255.255.0\n"
	"no ip mroute-cache\n"
	"duplex auto\n"
	"speed auto\n"
	"crypto map outer\n"
	"!\n"
	"no fair-queue\n"
	"ip route 10.0.0.0 0.0.0.0 192.0.2.254\n"
	"ip local pool roadpool 192.168.7.1 192.168.7.99\n"
	"!\n"
	"ip access-list extended secret\n"
	"permit ip host 10.0.0.1 host 10.5.0.1\n"
	"!\n"
	"access-list 101 permit ip host 10.9.9.9 host 10.10.10.10\n"
	"!\n"
	"radius-server host 198.51.100.9 auth-port 1645 key hunter2\n"
	"banner motd ^C\n"
	"interface FastEthernet9/9\n"
	"  no trespassing\n"
	"^C\n"
	"gatekeeper\n"
	"shutdown\n"
	"!\n"
	"line con 0\n"
	"exec-timeout 0 0\n"
	"line vty 5 15\n"
	"  ntp server 198.51.100.7\n"
	"end\n";

static void test_router(void)
{
	struct cfg *cfg = load(router);
	const struct cfg_isakmp_policy *p;
	const struct cfg_profile *prof;
	const struct cfg_entry *e;
	const struct cfg_map *map;
	const struct cfg_if *ifc;
	char *text;

	ok(!counts[CFG_L_SUSPECT] && !counts[CFG_L_REFUSED],
	   "no line is suspicious");
	ok(counts[CFG_L_REPAIRED] == 1, "one is repaired");
	ok(counts[CFG_L_FOREIGN] == 21, "foreign lines: %u of 21",
	   counts[CFG_L_FOREIGN]);
	is(seen,
	   "23:3:0 crypto isakmp profile roads|Taken as \"crypto isakmp "
	   "profile roads\".\n",
	   "what it was taken as");
	p = cfg_find_num(&cfg->policies, 10);
	ok(p && p->hash == CFG_HASH_MD5 && p->auth == CFG_AUTH_PSK &&
		   p->lifetime == 200 && p->group == 1,
	   "policy 10");
	ok(cfg->policies.n == 2 &&
		   cfg_isakmp_policy_next(cfg, NULL)->obj.num == 1,
	   "the default policies are off");
	prof = cfg_find(&cfg->profiles, "roads");
	ok(prof && prof->match.n == 1 && !strcmp(prof->accounting, "LIST"),
	   "the repaired profile has its lines");
	map = cfg_find(&cfg->dynamic_maps, "far");
	e = map ? cfg_find_num(&map->entries, 1) : NULL;
	ok(e && e->rri == CFG_RRI_ON && e->sa.seconds == 120 && e->peers.n == 1,
	   "the dynamic map");
	ifc = cfg_find(&cfg->interfaces, "FastEthernet1/1");
	ok(ifc && ifc->crypto_map && !strcmp(ifc->crypto_map, "outer") &&
		   ifc->kept.n == 3,
	   "the interface keeps foreign lines");
	ok(ifc && !ifc->is_shut, "shutdown of the gatekeeper is not its own");
	ok(!cfg_find(&cfg->interfaces, "FastEthernet9/9"),
	   "a banner is not read");
	text = cfg_text_of(cfg);
	ok(strstr(text, "banner motd ^C\ninterface FastEthernet9/9\n"
			"  no trespassing\n^C\n") != NULL,
	   "a banner is kept as it is");
	ok(strstr(text, "gatekeeper\n shutdown\n") != NULL, "a foreign block");
	free(text);
	round_trip(cfg, "router");
	cfg_free(cfg);
}

/* The same lines, indented in other ways, make the same configuration. */
static void test_indentation(void)
{
	static const char flat[] = "interface fa0/0\n"
				   "no ip mroute-cache\n"
				   "crypto map M\n"
				   "!\n"
				   "no fair-queue\n"
				   "ip access-list extended A\n"
				   "permit ip any any\n";
	static const char deep[] = "interface fa0/0\n"
				   "    no ip mroute-cache\n"
				   "    crypto map M\n"
				   "    !\n"
				   "no fair-queue\n"
				   "ip access-list extended A\n"
				   "    permit ip any any\n";
	struct cfg *a = load(flat), *b = load(deep);

	ok(cfg_equal(a, b), "indentation does not count");
	cfg_free(a);
	cfg_free(b);
}

/* A session as documents print it, with prompts, answers and remarks. */
static const char session[] =
	"! Configuring the first router.\n"
	"Alpha>enable\n"
	"Alpha#configure terminal\n"
	"Enter configuration commands, one per line.  End with CNTL/Z.\n"
	"Alpha(config)# crypto isakmp key identity address 198.51.100.226\n"
	"Alpha(config)# crypto map north 10 ipsec-isakmp\n"
	"% NOTE: This new crypto map will remain disabled until a peer\n"
	"        and a valid access list have been configured.\n"
	"Alpha(config-crypto-map)# set peer 198.51.100.226\n"
	"Alpha(config-crypto-map)# match address 101\n"
	"Alpha(config-crypto-map)# exit\n"
	"Alpha(config)# access-list 101 permit ip host 10.0.0.1 host 10.0.0.2\n"
	"Alpha(config)# end\n"
	"Alpha(config)# interface FastEthernet1/2\n"
	"Alpha (config-if)# crypto map north\n"
	"Alpha(config-if)# end\n"
	"Alpha(config)# crypto ipsec transform set1 esp-aes esp-sha-hmac\n"
	"Alpha(cfg-crypto-trans)# mode tunnel\n"
	"Alpha(cfg-crypto-trans)# end\n"
	"Alpha(config)# crypto map north 10\n"
	"Alpha(config-crypto-map)# set transform-set set1\n"
	"```\n"
	"Alpha(config-crypto-map)# crypto map north 20 ipsec-isakmp dynamic d\n";

static void test_session(void)
{
	struct cfg *cfg = load(session);
	const struct cfg_map *map = cfg_find(&cfg->maps, "north");
	const struct cfg_entry *e = map ? cfg_find_num(&map->entries, 10) :
					  NULL;
	const struct cfg_key *k;
	struct addr peer;

	ok(counts[CFG_L_FOREIGN] == 1 && !counts[CFG_L_SUSPECT],
	   "only the router's greeting is foreign");
	ok(e && e->acl && e->peers.n == 1 && e->transform_sets.n == 1,
	   "an entry that was completed later");
	ok(map && cfg_find_num(&map->entries, 20),
	   "a line for the parent mode");
	addr_parse("198.51.100.226", &peer);
	k = cfg_key_by_addr(cfg, NULL, &peer);
	ok(k && !strcmp(k->key.text, "identity"), "\"identity\" is the key");
	cfg_free(cfg);
}

static void test_suspects(void)
{
	struct cfg *cfg = load("crypto isakmp polcy 10\n"
			       "crypto map M 10 ipsec-isakmp\n"
			       " set per 192.0.2.1\n"
			       " set peer 192.0.2.1\n"
			       "crypto isakmp key a address 192.0.2.1\n"
			       "crypto isakmp key b address 192.0.2.1\n"
			       "access-list 101 permit ip any\n");

	is(seen,
	   "1:2:17 crypto isakmp polcy 10|Invalid input detected at '^' "
	   "marker.\n"
	   "3:2:6 set per 192.0.2.1|Invalid input detected at '^' "
	   "marker.\n"
	   "6:4:0 crypto isakmp key * address 192.0.2.1|A pre-shared key "
	   "for address mask 192.0.2.1 255.255.255.255 already exists!\n"
	   "7:2:29 access-list 101 permit ip any|Incomplete command.\n",
	   "suspicious lines");
	round_trip(cfg, "suspects");
	cfg_free(cfg);
}

static void test_secrets(void)
{
	static const char secret[] =
		"crypto isakmp key S3cret1 address 192.0.2.1\n"
		"crypto keyring R\n"
		" pre-shared-key address 192.0.2.2 key S3cret2\n"
		"crypto isakmp client configuration group G\n"
		" key 6 S3cret3\n"
		"crypto isakmp peer address 192.0.2.3\n"
		" set aggressive-mode password S3cret4\n"
		"crypto map M 1 ipsec-manual\n"
		" set session-key inbound esp 300 cipher "
		"abcdef0123456789abcdef0123456789 authenticator "
		"abcdef0123456789abcdef0123456789abcdef01\n"
		" set session-key outbound ah 300 "
		"abcdef0123456789abcdef0123456789\n"
		"radius-server host 192.0.2.9 key S3cret5\n"
		"crypto isakmp key S3cret6 addres5 192.0.2.1\n";
	struct cfg *cfg = load(secret);
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	cfg_write(f, cfg, false);
	fclose(f);
	ok(!strstr(text, "S3cret") && !strstr(text, "abcdef"),
	   "no key is shown");
	ok(strstr(text, "crypto isakmp key <removed> address 192.0.2.1") !=
		   NULL,
	   "something stands for it");
	ok(!strstr(seen, "S3cret"), "no key is reported");
	free(text);
	round_trip(cfg, "secrets");
	cfg_free(cfg);
}

/* --- random models ----------------------------------------------------------- */

static unsigned int rnd_state = 12345;

static unsigned int rnd(unsigned int n)
{
	rnd_state = rnd_state * 1103515245 + 12345;
	return (rnd_state >> 8) % n;
}

/* Lines that go together; %u is a random small number. */
static const char *const pieces[] = {
	"crypto isakmp policy %u",
	" encr aes 256",
	" hash sha256",
	" group 14",
	" authentication pre-share",
	" lifetime 7%u0",
	"crypto isakmp key k%u address 10.0.0.%u",
	"crypto isakmp key w%u address 10.%u.0.0 255.255.0.0",
	"crypto isakmp keepalive 1%u periodic",
	"crypto isakmp nat keepalive 2%u",
	"crypto keyring r%u",
	" pre-shared-key address 10.1.0.%u key q%u",
	"crypto isakmp profile p%u",
	" match identity address 10.0.%u.0 "
	"255.255.255.0",
	" keyring r%u",
	" keepalive 2%u retry 3",
	"crypto ipsec transform-set t%u esp-aes 256 esp-sha-hmac",
	" mode transport",
	"crypto dynamic-map d%u 1%u",
	" set peer 10.2.0.%u",
	"crypto map m%u %u0 ipsec-isakmp",
	" set peer 10.3.0.%u",
	" set transform-set t%u",
	" match address a%u",
	" set pfs group5",
	" set security-association lifetime kilobytes %u0000",
	"crypto map m%u 9%u ipsec-isakmp dynamic d%u",
	"interface FastEthernet%u/0",
	" crypto map m%u",
	" ip address 10.4.0.%u 255.255.255.0",
	" load-interval %u0",
	"ip access-list extended a%u",
	" permit ip 10.5.%u.0 0.0.0.255 any",
	" %u5 deny tcp any host 10.6.0.%u eq 8%u",
	" remark line %u",
	"access-list 10%u permit udp any any eq %u",
	"no access-list 10%u",
	"no crypto map m%u %u0",
	"no crypto isakmp policy %u",
	"!",
	"snmp-server location rack %u",
	"line vty %u",
	" exec-timeout %u 0",
	"no interface FastEthernet%u/0",
	"crypto isakmp peer address 10.7.0.%u",
	" description peer %u",
	"crypto isakmp nonsense %u",
};

static void test_random(void)
{
	unsigned int turn, i, failed = 0;

	for (turn = 0; turn < 300; turn++) {
		char text[8192] = "", *written, *written2;
		struct cfg *a, *b;
		size_t n = 0;

		for (i = 0; i < 60 && n < sizeof(text) - 200; i++) {
			const char *p =
				pieces[rnd(sizeof(pieces) / sizeof(pieces[0]))];

			for (; *p; p++)
				if (p[0] == '%' && p++)
					n += sprintf(text + n, "%u",
						     1 + rnd(4));
				else
					text[n++] = *p;
			text[n++] = '\n';
		}
		a = load(text);
		written = cfg_text_of(a);
		b = cfg_of_text(written, NULL);
		written2 = cfg_text_of(b);
		if (!cfg_equal(a, b)) {
			if (!failed++) {
				ktap_lines("text", text);
				ktap_lines("written", written);
				ktap_lines("written again", written2);
			}
		}
		/* A copy is equal, and a change in it is not. */
		cfg_free(b);
		b = cfg_copy(a);
		failed += !b || !cfg_equal(a, b);
		cfg_load_text(&(struct cfg_load){ .cfg = b },
			      "crypto isakmp xauth timeout 7\n", 30);
		failed += !b || cfg_equal(a, b);
		free(written);
		free(written2);
		cfg_free(a);
		cfg_free(b);
	}
	ok(!failed, "random configurations: %u of 300 fail", failed);
}

/* --- many lines ----------------------------------------------------------------- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Time for @n tunnels of five lines each, written and loaded again. */
static double load_many(unsigned int n, bool *good)
{
	struct cfg_load l = { 0 };
	size_t size, i;
	double begin;
	char *text;
	FILE *f = open_memstream(&text, &size);

	for (i = 0; i < n; i++)
		fprintf(f,
			"crypto isakmp key k%zu address 10.%zu.%zu.1\n"
			"crypto map M %zu ipsec-isakmp\n"
			" set peer 10.%zu.%zu.1\n match address A%zu\n"
			"ip access-list extended A%zu\n"
			" permit ip 10.0.0.0 0.0.0.255 10.%zu.%zu.0 0.0.0.255\n",
			i, i / 256, i % 256, i + 1, i / 256, i % 256, i, i,
			i / 256, i % 256);
	fclose(f);
	begin = seconds();
	cfg_of_text(text, &l);
	begin = seconds() - begin;
	*good = l.cfg->acls.n == n && l.cfg->keys.n == n &&
		!cfg_check(l.cfg, NULL, NULL);
	cfg_free(l.cfg);
	free(text);
	return begin;
}

static void test_many(void)
{
	bool good, good2;
	double few = load_many(1500, &good), many = load_many(12000, &good2);

	ok(good && good2, "thousands of tunnels fit together");
	printf("# 9,000 lines: %.0f ms, 72,000 lines: %.0f ms of CPU\n",
	       few * 1e3, many * 1e3);
	/* Eight times the lines; a quadratic step would make it 64. */
	ok(many < 20 * few, "time grows with the number of lines");
}

/* What follows an opener that is wrong is not for the object above it. */
static void test_wrong_opener(void)
{
	struct cfg *cfg =
		load("crypto map M 10 ipsec-isakmp\n"
		     "set peer 192.0.2.1\n"
		     "match address 101\n"
		     "crypto map M 20 ipsec-isakmpp\n"
		     "set peer 192.0.2.2\n"
		     "match address 102\n"
		     "crypto map M 30 ipsec-isakmp\n"
		     "set peer 192.0.2.3\n"
		     "crypto map M 40 gdoi\n"
		     "set group G\n"
		     "match address 103\n"
		     "crypto map M redundancy replay-interval inbound 1 "
		     "outbound 1\n");
	const struct cfg_map *map = cfg_find(&cfg->maps, "M");
	const struct cfg_entry *e = cfg_find_num(&map->entries, 10);

	ok(e->peers.n == 1 && !strcmp(e->acl, "101"),
	   "lines below a wrong opener do not reach the entry above");
	e = cfg_find_num(&map->entries, 30);
	ok(e->peers.n == 1 && !e->acl, "nor do those of a GDOI entry");
	ok(counts[CFG_L_SUSPECT] == 1 && counts[CFG_L_FOREIGN] == 6,
	   "GDOI and redundancy are foreign");
	round_trip(cfg, "a wrong opener");
	cfg_free(cfg);
}

int main(void)
{
	test_wrong_opener();
	test_router();
	test_indentation();
	test_session();
	test_suspects();
	test_secrets();
	test_random();
	test_many();
	cfg_modes_free();
	return ktap_end();
}
