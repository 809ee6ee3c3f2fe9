// SPDX-License-Identifier: GPL-2.0-or-later
/* From the words of a command to the request that it makes. */
#include "ktap.h"

#include <sys/socket.h>
#include <unistd.h>

#include "ipsecctl/ctl.h"
#include "lib/log.h"
#include "lib/sel.h"
#include "mock_gnl.h"

static struct ctx ctx;

/* --- what main.c gives the commands ------------------------------------ */

struct gnl *ctl_gnl(struct ctx *c)
{
	return (struct gnl *)c; /* never looked into */
}

int ctl_refused(struct ctx *c, const char *what)
{
	log_error("%s: %s", what, gnl_error(c->gnl));
	return FAILED;
}

void ctl_check_dump(const struct gnl_dump *d)
{
	(void)d;
}

int ctl_run_line(struct ctx *c, const struct cmd_line *line)
{
	static struct cmd_match m;
	int status;

	if (cmd_parse(c->cmds, line, &m) != CMD_OK)
		return USAGE;
	c->out = out_new_memory(false);
	status = m.cmd->run(c, &m);
	out_end(c->out);
	out_free(c->out);
	return status;
}

/* Run one line; its status. The request is in mock. */
static int run(const char *text)
{
	static struct cmd_line line;
	static char words[4096];
	uint32_t id = mock.policy_id;
	int n = mock.n;

	memset(&mock, 0, sizeof(mock));
	mock.policy_id = id;
	mock.n = n;
	if (cmd_split(&line, text, words))
		return USAGE;
	return ctl_run_line(&ctx, &line);
}

static bool called(const char *name)
{
	return mock.call && !strcmp(mock.call, name);
}

static bool has_addr(const struct addr *a, const char *text)
{
	struct addr want;

	return addr_parse(text, &want) && addr_eq(a, &want);
}

/* --- SAs --------------------------------------------------------------- */

static void test_sa_add(void)
{
	const struct sa *s = &mock.sa;

	ok(!run("sa add dir out spi 0x101 local 172.16.0.1 remote 172.16.0.2 "
		"mode transport cipher aes-cbc key 0x000102 integ hmac-sha1-96 "
		"integ-key a0a1 icv 12 replay-window 128 policy 7 pair 0x100 "
		"df set frag-after mss 1300 tfc-pad 900 out-mark 5 "
		"dscp 46 encap 4500 4501 keepalive 20 idle 30 seq 9"),
	   "an SA with everything");
	ok(called("sa_add"), "it is added");
	ok(s->dir == DIR_OUT && s->spi == 0x101 && s->proto == PROTO_ESP,
	   "its key");
	ok(has_addr(&s->local, "172.16.0.1") &&
		   has_addr(&s->remote, "172.16.0.2"),
	   "addresses");
	ok(s->mode == MODE_TRANSPORT && s->cipher == CIPHER_AES_CBC &&
		   s->integ == INTEG_SHA1_96 && s->icv_len == 12,
	   "transform");
	ok(s->cipher_key.len == 3 && mock.cipher_key[2] == 2 &&
		   s->integ_key.len == 2 && mock.integ_key[0] == 0xa0,
	   "keys");
	ok(s->replay_window == 128 && s->policy == 7 && s->pair == 0x100 &&
		   s->seq == 9 && s->idle == 30,
	   "numbers");
	ok(s->df == DF_SET && s->dscp == 46 && s->mss == 1300 &&
		   s->tfc_pad == 900 && s->out_mark == 5 &&
		   s->flags == (SA_FLAG_SET_DSCP | SA_FLAG_FRAG_AFTER) &&
		   HAS(s, SA_FLAGS),
	   "outer header");
	ok(s->encap_local == 4500 && s->encap_remote == 4501 &&
		   s->keepalive == 20,
	   "UDP encapsulation");
	ok(!HAS(s, SA_SOFT) && !HAS(s, SA_SELECTOR) && !HAS(s, SA_ID),
	   "and nothing else");
	ok(!run("sa add dir in spi 256 mss auto esn standby no-ecn decap-dscp roam"),
	   "flags");
	ok(s->flags == (SA_FLAG_ESN | SA_FLAG_STANDBY | SA_FLAG_NO_ECN |
			SA_FLAG_DECAP_DSCP | SA_FLAG_ROAM),
	   "all of them");
	ok(s->mss == MSS_AUTO && HAS(s, SA_MSS), "what fits is for TCP");
	ok(s->mode == MODE_TUNNEL && HAS(s, SA_MODE), "tunnel is the default");
}

static void test_keys_wiped(void)
{
	size_t i;
	bool clean = true;

	run("sa add dir in spi 256 key 0102030405060708 integ-key 0a0b0c0d");
	for (i = 0; i < ctx.cipher_key.cap; i++)
		clean = clean && !ctx.cipher_key.p[i] && !ctx.integ_key.p[i];
	ok(clean && mock.sa.cipher_key.len == 8, "keys are wiped after use");
	clean = true;
	ok(run("sa add dir in spi 256 key 01020304 integ-key xyz") == USAGE,
	   "a wrong key");
	for (i = 0; i < ctx.cipher_key.cap; i++)
		clean = clean && !ctx.cipher_key.p[i];
	ok(clean, "keys are wiped after an error");
}

static void test_limits(void)
{
	const struct sa *s = &mock.sa;

	ok(!run("sa add dir in spi 256 soft kilobytes 4 seconds 60 hard "
		"packets 9 bytes 77 hard seconds 100"),
	   "limits");
	ok(s->soft.bytes == 4096 && s->soft.seconds == 60 &&
		   !HAS(&s->soft, LIM_PACKETS),
	   "soft");
	ok(s->hard.packets == 9 && s->hard.bytes == 77 &&
		   s->hard.seconds == 100,
	   "hard");
	ok(!run("sa update dir out spi 256 remote 10.0.0.1 state standby "
		"encap-remote-port 5 soft seconds 0"),
	   "update");
	ok(called("sa_update") && s->state == STATE_STANDBY &&
		   s->encap_remote == 5 && HAS(&s->soft, LIM_SECONDS),
	   "what it sends");
	ok(!run("sa update dir out spi 256 remote ::1 new-remote ::2 local ::3") &&
		   has_addr(&s->remote, "::1") &&
		   has_addr(&s->new_remote, "::2") &&
		   has_addr(&s->local, "::3"),
	   "other addresses");
	ok(run("sa update dir out spi 256 policy 2") == USAGE,
	   "the rule stays");
	ok(run("sa update dir out spi 256 state larval") == USAGE,
	   "only two states can be set");
}

static void test_sa_rest(void)
{
	const struct sa *s = &mock.sa;

	ok(!run("sa delete dir in spi 0x1000") && called("sa_del") &&
		   s->spi == 0x1000 && s->proto == PROTO_ESP,
	   "delete");
	ok(run("sa delete spi 0x1000") == USAGE, "delete without direction");
	ok(run("sa get dir in") == USAGE, "get without SPI");
	ok(!run("sa get spi 256 dir out remote ::1") && called("sa_get") &&
		   has_addr(&s->remote, "::1"),
	   "get");
	ok(!run("sa list") && called("sa_dump") && !s->set, "list all");
	ok(!run("sa list dir out remote 1.1.1.1 policy 5") &&
		   s->dir == DIR_OUT && s->policy == 5 && HAS(s, SA_REMOTE),
	   "list some");
	ok(!run("sa flush policy 5") && called("sa_flush"), "flush");
	ok(!run("sa alloc-spi remote 1.1.1.1 min 300 max 400") &&
		   called("sa_alloc_spi") && s->min_spi == 300 &&
		   s->max_spi == 400 && has_addr(&s->remote, "1.1.1.1"),
	   "alloc-spi");
	ok(run("sa add dir in spi 255") == USAGE, "a reserved SPI");
	ok(run("sa add dir in") == USAGE, "no SPI");
}

static void test_lookup(void)
{
	int n;

	mock.policy_id = 42;
	ctx.rule.id = 0;
	ok(!run("sa add dir in spi 256 map M seq 10 index 3 seq 77") &&
		   mock.sa.policy == 42 && mock.sa.seq == 77,
	   "a rule by its map, and a sequence number");
	n = mock.n;
	run("sa add dir in spi 257 map M seq 10 index 3");
	ok(mock.n == n + 1 && mock.sa.policy == 42, "looked up once");
	run("policy add map M seq 11 permit ip any any");
	n = mock.n;
	run("sa add dir in spi 258 map M seq 10 index 3");
	ok(mock.n == n + 2, "again after a rule was added");
	run("sa add dir in spi 258 map M seq 10");
	ok(mock.n == n + 4, "another rule is looked up");
}

/* --- selectors --------------------------------------------------------- */

static void test_selectors(void)
{
	static const char *const cases[][2] = {
		{ "ip any any", "ip any any" },
		{ "tcp 10.0.0.0 0.0.0.255 eq 80 any",
		  "tcp 10.0.0.0 0.0.0.255 eq 80 any" },
		{ "tcp any gt 1023 host 10.0.0.1 eq www",
		  "tcp any range 1024 65535 host 10.0.0.1 eq 80" },
		{ "udp 10.0.0.0/8 neq 500 10.1.0.0/16 range isakmp 4500",
		  "udp 10.0.0.0 0.255.255.255 neq 500 10.1.0.0 0.0.255.255 range 500 4500" },
		{ "47 host 10.0.0.1 host 10.0.0.2",
		  "gre host 10.0.0.1 host 10.0.0.2" },
		{ "200 any any", "200 any any" },
		{ "icmp any any echo", "icmp any any 8" },
		{ "icmp any any 3 1", "icmp any any 3 1" },
		{ "icmp6 any any echo-reply 0", "icmp6 any any 129 0" },
		{ "ipv6 2001:db8::/32 any", "ipv6 2001:db8::/32 any" },
		{ "ip 10.0.0.1 0.0.255.0 any", "ip 10.0.0.1 0.0.255.0 any" },
		{ "all any any", "all any any" },
		{ "tcp host ::1 lt 1024 any", "tcp host ::1 range 0 1023 any" },
	};
	char line[256], buf[SEL_STR];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(line, sizeof(line), "policy add map M seq 1 permit %s",
			 cases[i][0]);
		ok(!run(line), "take '%s'", cases[i][0]);
		is(sel_fmt(&mock.policy.sel, buf), cases[i][1], "it means");
		snprintf(line, sizeof(line), "policy add map M seq 1 permit %s",
			 cases[i][1]);
		ok(!run(line), "and can be given back");
		is(sel_fmt(&mock.policy.sel, buf), cases[i][1], "as it is");
	}
}

static void test_bad_selectors(void)
{
	static const char *const bad[] = {
		"ip any any eq 80",
		"ip any",
		"tcp any eq 65536 any",
		"tcp any range 9 8 any",
		"ip host 10.0.0.1 host ::1",
		"256 any any",
		"ip 10.0.0.1 any",
		"icmp6 host 10.0.0.1 any",
		"ip 10.0.0.0 ::1 any",
		"tcp any eq -1 any",
		"icmp any any 256",
		"icmp any any 3 300",
		"icmp any any packet-too-big",
	};
	char line[256];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "policy add map M seq 1 permit %s",
			 bad[i]);
		ok(run(line) == USAGE && !mock.call, "refuse '%s'", bad[i]);
	}
}

static void test_sa_selectors(void)
{
	const struct sa *s = &mock.sa;

	ok(!run("sa add dir in spi 256 selector tcp any host 10.0.0.1 eq 80 "
		"selector udp any any esn"),
	   "two selectors");
	ok(s->n_sel == 2 && s->sel[0].proto == 6 && s->sel[1].proto == 17 &&
		   s->flags == SA_FLAG_ESN,
	   "and what follows them");
	ok(run("sa add dir in spi 256 selector ip any any selector ip any any "
	       "selector ip any any selector ip any any selector ip any any") ==
		   USAGE,
	   "five are too many");
}

/* --- rules, maps, settings --------------------------------------------- */

static void test_policy(void)
{
	const struct policy *p = &mock.policy;

	ok(!run("policy add map VPN seq 10 index 2 deny tcp any any eq 22 peer "
		"10.0.0.1 peer 10.0.0.2 staged"),
	   "a rule");
	ok(called("policy_add") && !strcmp(p->map, "VPN") && p->seq == 10 &&
		   p->index == 2 && p->action == ACTION_BYPASS &&
		   p->n_peers == 2 && HAS(p, POLICY_STAGED),
	   "what it sends");
	ok(!run("policy add map V seq 1 next ip any any") &&
		   p->action == ACTION_NEXT && p->index == 1 &&
		   !HAS(p, POLICY_PEER),
	   "index 1 when it is not given");
	ok(!run("policy add map V seq 1 perm ip any any") &&
		   p->action == ACTION_PROTECT,
	   "permit cut short");
	ok(!run("policy delete id 5 staged") && called("policy_del") &&
		   p->id == 5 && HAS(p, POLICY_STAGED),
	   "delete by number");
	ok(!run("policy delete map V seq 1 index 1") && !HAS(p, POLICY_ID) &&
		   HAS(p, POLICY_INDEX),
	   "delete by map");
	ok(!run("policy get id 5") && called("policy_get"), "get");
	ok(!run("policy list map V") && called("policy_dump"), "list");
	ok(!run("policy flush map V staged") && called("policy_flush") &&
		   HAS(p, POLICY_STAGED),
	   "flush");
	ok(run("policy add map V seq 1 permit ip any any peer 1.1.1.1 peer "
	       "1.1.1.1 peer 1.1.1.1 peer 1.1.1.1 peer 1.1.1.1 peer 1.1.1.1 "
	       "peer 1.1.1.1 peer 1.1.1.1 peer 1.1.1.1") == USAGE,
	   "nine peers are too many");
	ok(run("policy add map 0123456789012345678901234567890123456789012345"
	       "678901234567890123 seq 1 permit ip any any") == USAGE,
	   "a name of 64 letters");
}

static void test_map(void)
{
	ok(!run("map bind V dev lo local 10.0.0.1 local6 fd00::1") &&
		   called("map_bind") && mock.map.ifindex == 1 &&
		   HAS(&mock.map, MAP_LOCAL4) && HAS(&mock.map, MAP_LOCAL6),
	   "bind");
	ok(!run("map bind V dev lo") && !HAS(&mock.map, MAP_LOCAL4),
	   "bind without address");
	ok(run("map bind V dev nosuch0") == FAILED && !mock.call,
	   "no such interface");
	ok(run("map bind V dev lo local ::1") == USAGE, "wrong family");
	ok(!run("map unbind dev lo") && called("map_unbind"), "unbind");
	ok(!run("map commit V") && called("map_commit") &&
		   !strcmp(mock.map.name, "V"),
	   "commit");
	ok(!run("map list") && called("map_dump"), "list");
}

static void test_conf(void)
{
	ok(!run("conf set max-sas 5") && called("conf_set") &&
		   mock.conf.v[CONF_MAX_SAS] == 5 &&
		   mock.conf.set == 1ULL << CONF_MAX_SAS,
	   "a setting");
	ok(!run("conf set exclusive 1") && mock.conf.exclusive == 1,
	   "one that is smaller");
	ok(run("conf set exclusive 256") == USAGE, "too great for it");
	ok(run("conf set nonsense 1") == USAGE, "no such setting");
	ok(!run("conf get") && called("conf_get"), "get");
	ok(!run("stats nonzero") && called("stats_get"), "stats");
	ok(!run("metrics") && mock.n, "metrics");
	ok(run("metrics output /nonexistent/x") == FAILED,
	   "metrics to where there is no folder");
	ok(!run("acquire list") && called("acquire_dump"), "acquires");
	ok(!run("encap list") && called("encap_dump"), "sockets");
	ok(!run("sh cry ips sa de") && mock.n, "a view");
}

/* --- batch ------------------------------------------------------------- */

static int run_batch(const char *text, size_t len, bool go_on)
{
	char path[] = "/tmp/unit-batch-XXXXXX";
	int fd = mkstemp(path), status;

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		return -1;
	close(fd);
	mock.n = 0;
	status = ctl_batch(&ctx, path, go_on);
	unlink(path);
	return status;
}

static void test_batch(void)
{
	static char big[40000];
	char *p = big;
	int i;

	ok(!run_batch("sa list\n\n# x\n ! y\nsa list", 25, false) &&
		   mock.n == 2,
	   "comments, blank lines, no newline at the end");
	ok(run_batch("sa list\nfoo\nsa list\n", 20, false) == USAGE &&
		   mock.n == 1,
	   "an error ends it");
	ok(run_batch("sa list\nfoo\nsa list\n", 20, true) == USAGE &&
		   mock.n == 2,
	   "or not, and is told");
	ok(!run_batch("", 0, false) && !mock.n, "an empty file");
	for (i = 0; i < 4000; i++)
		p = stpcpy(p, "sa list \n");
	ok(!run_batch(big, p - big, false) && mock.n == 4000, "many lines");
	memset(big, 'x', 39990);
	strcpy(big + 30000, "\nsa list\n");
	ok(run_batch(big, 30009, true) == USAGE && mock.n == 1,
	   "a line that is too long");
	memset(big, 'x', 39990);
	ok(run_batch(big, 39990, true) == USAGE && !mock.n,
	   "the same without end");
	ok(ctl_batch(&ctx, "/nonexistent/file", false) == FAILED,
	   "no such file");
}

int main(void)
{
	char err[256];

	log_init("test");
	secret_alloc(&ctx.cipher_key, MAX_KEY);
	secret_alloc(&ctx.integ_key, MAX_KEY);
	ctx.cmds = cmd_compile(&ctl_table, err, sizeof(err));
	if (!ok(ctx.cmds != NULL, "the table compiles")) {
		printf("# %s\n", err);
		return ktap_end();
	}
	ok(!cmd_check_help(stdout, ctx.cmds), "every word has its help");
	test_sa_add();
	test_keys_wiped();
	test_limits();
	test_sa_rest();
	test_lookup();
	test_selectors();
	test_bad_selectors();
	test_sa_selectors();
	test_policy();
	test_map();
	test_conf();
	test_batch();
	cmd_free(ctx.cmds);
	secret_free(&ctx.cipher_key);
	secret_free(&ctx.integ_key);
	return ktap_end();
}
