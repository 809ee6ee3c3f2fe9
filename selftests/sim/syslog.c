// SPDX-License-Identifier: GPL-2.0-or-later
/* The log lines that monitoring looks for, each provoked. */
#include "../unit/ktap.h"
#include "ikehelper/exchange.h"
#include "ikehelper/ike_priv.h"
#include "world.h"

static struct world w;
static char said[200000];
static unsigned int n_said;

static void hear(struct world *world, int i, const char *line)
{
	size_t n = strlen(said);

	(void)world;
	n_said += *line == '%';
	snprintf(said + n, sizeof(said) - n, "%d %s\n", i, line);
}

static void begin(uint64_t seed)
{
	world_init(&w, seed);
	w.said = hear;
	w.trace = getenv("TRACE");
	said[0] = '\0';
	n_said = 0;
}

static void run(uint64_t ms)
{
	world_traffic(&w, 0, 0);
	world_run(&w, ms);
}

/* Node @i has said that, and this world is done. */
static void expect(int i, const char *text)
{
	char line[400];

	snprintf(line, sizeof(line), "%d %s\n", i, text);
	if (!ok(strstr(said, line) != NULL, "%s", text))
		printf("# said: %.300s\n", said);
}

/* --- messages of others --------------------------------------------------- */

static void get_cookies(const struct ike_sa_info *info, void *arg)
{
	memcpy(arg, info->icookie, 8);
	memcpy((uint8_t *)arg + 8, info->rcookie, 8);
}

/* A message for the SA of node 1: exchange, flags, length that it claims. */
static void inject(uint8_t exchange, uint8_t flags, uint8_t len, bool stray)
{
	struct ike_path path = { .local = { w.node[0].addr, 500 },
				 .remote = { w.node[1].addr, 500 } };
	uint8_t m[52] = { 0 };

	if (stray)
		memset(m, 0x77, 16);
	else
		ike_each_sa(w.node[1].ike, get_cookies, m);
	m[16] = IKE_PL_HASH;
	m[17] = IKE_VERSION;
	m[18] = exchange;
	m[19] = flags;
	m[23] = 9;
	m[27] = len;
	m[31] = 24; /* of the payload, when it is in the clear */
	world_inject(&w, 1, &path, m, sizeof(m));
}

/* What only who has the keys can send: a hash of 64 octets instead of 20. */
static void long_hash(void)
{
	static const uint8_t zero[64];
	struct ike *ike = w.node[1].ike;
	struct ike_path path = { .remote = { w.node[0].addr, 500 } };
	struct in in = { .path = &path };

	in.m.hash = bytes_of(zero, sizeof(zero));
	in_hash_ok(ike, TAILQ_FIRST(&ike->sas), &in, bytes_of(NULL, 0));
}

static void messages(void)
{
	unsigned int i;

	begin(1);
	run(3000);
	inject(IKE_EX_MAIN, IKE_F_ENC, 52, true);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-4-IKMP_NO_SA: IKE message from 192.0.2.1 has no SA and is not an initialization offer.");
	inject(IKE_EX_QUICK, 0, 52, false);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-6-IKMP_NOT_ENCRYPTED: IKE packet from 192.0.2.1 was not encrypted and it should've been.");
	inject(IKE_EX_TRANS, IKE_F_ENC, 52, false);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-6-IKMP_UNK_EXCHANGE: IKE peer at 192.0.2.1 sent a message with an unknown exchange 6");
	inject(IKE_EX_QUICK, IKE_F_ENC, 200, false);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-4-IKMP_PKT_OVERFLOW: ISAKMP message from 192.0.2.1 larger (200) than the UDP packet length (52)");
	inject(IKE_EX_QUICK, 0x80, 52, true);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.1 failed its sanity check or is malformed");
	inject(IKE_EX_QUICK, IKE_F_ENC, 52, false);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-6-IKMP_CRYPT_FAILURE: IKE (connection id 1001) unable to decrypt packet");
	long_hash();
	expect(1,
	       "%CRYPTO-4-IKMP_HASH_SIZE_EXCEEDED: IKE hash from 192.0.2.1 exceeds size");
	world_run(&w, 5000);
	n_said = 0;
	for (i = 0; i < 300; i++)
		inject(IKE_EX_MAIN, IKE_F_ENC, 52, true);
	world_run(&w, 900);
	ok(n_said >= 10 && n_said <= 20, "a flood of 300: %u lines in a second",
	   n_said);
	world_exit(&w);
}

static bool stop_third(struct world *world, int from,
		       const struct ike_path *path, const uint8_t *p,
		       size_t len, void *arg)
{
	unsigned int *n = arg;

	(void)world;
	(void)path;
	(void)p;
	(void)len;
	return !from && ++*n > 1;
}

/* The answer of the responder gets another group on its way. */
static bool change_group(struct world *world, int from,
			 const struct ike_path *path, const uint8_t *p,
			 size_t len, void *arg)
{
	static const uint8_t group[] = { 0x80, IKE_P1_GROUP, 0, 19 };
	uint8_t *at = memmem((void *)p, len, group, sizeof(group));

	(void)world;
	(void)path;
	(void)arg;
	if (from && at)
		at[3] = 14;
	return false;
}

static struct {
	uint8_t p[2000];
	size_t len;
} first;

static bool keep_first(struct world *world, int from,
		       const struct ike_path *path, const uint8_t *p,
		       size_t len, void *arg)
{
	(void)world;
	(void)path;
	(void)arg;
	if (!from && !first.len && len < sizeof(first.p)) {
		memcpy(first.p, p, len);
		first.len = len;
	}
	return false;
}

static void negotiations(void)
{
	struct ike_path path;
	unsigned int n = 0;

	begin(2);
	w.tap = stop_third;
	w.tap_arg = &n;
	run(500);
	inject(IKE_EX_QUICK, IKE_F_ENC, 52, false);
	world_run(&w, 200);
	expect(1,
	       "%CRYPTO-6-IKMP_SA_NOT_AUTH: Cannot accept Quick Mode exchange from 192.0.2.1 if SA is not authenticated!");
	world_exit(&w);

	begin(3);
	w.tap = change_group;
	run(1000);
	expect(0,
	       "%CRYPTO-6-IKMP_SA_NOT_OFFERED: Remote peer 192.0.2.2 responded with attribute group not offered or changed");
	world_exit(&w);

	begin(4);
	w.tap = keep_first;
	run(1000);
	path = (struct ike_path){ .local = { w.node[0].addr, 500 },
				  .remote = { w.node[1].addr, 500 } };
	w.node[1].ike->limits.max_half_open = 32;
	for (n = 0; n < 40; n++) {
		first.p[0]++;
		world_inject(&w, 1, &path, first.p, first.len);
	}
	world_run(&w, 500);
	expect(1,
	       "%CRYPTO-4-IKE_DENY_SA_REQ: IKE denied an incoming SA request from 192.0.2.1 due to too many half-open negotiations");
	world_exit(&w);
}

static void failures(void)
{
	begin(5);
	strcpy(w.node[1].psk, "another");
	run(3000);
	expect(1,
	       "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 192.0.2.1 failed its sanity check or is malformed");
	expect(1,
	       "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 192.0.2.1");
	world_exit(&w);

	begin(6);
	w.node[0].p1[0].auth = IKE_AUTH_RSA_SIG;
	w.node[1].p1[0].auth = IKE_AUTH_RSA_SIG;
	strcpy(w.node[1].psk, "another");
	run(3000);
	expect(1,
	       "%CRYPTO-6-IKMP_AUTH_FAIL: Authentication method 3 failed with host 192.0.2.1");
	world_exit(&w);

	begin(7);
	w.node[0].key_fails = true;
	run(3000);
	expect(0,
	       "%CRYPTO-6-IKMP_NO_PRESHARED_KEY: Pre-shared key for remote peer at 192.0.2.2 is missing");
	world_exit(&w);

	begin(8);
	w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
	w.node[1].peer.flags &= ~IKE_PEER_AGGRESSIVE_OK;
	run(1000);
	expect(1,
	       "%CRYPTO-5-IKMP_AG_MODE_DISABLED: Unable to initiate or respond to Aggressive Mode while disabled");
	world_exit(&w);

	begin(9);
	w.node[1].flow[0].sel.dst.b[1] = 77;
	run(3000);
	expect(1,
	       "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Quick mode failed with peer at 192.0.2.1");
	world_exit(&w);

	begin(10);
	run(5000);
	ok(!strstr(said, "%CRYPTO"), "nothing of it when all goes well");
	world_exit(&w);
}

/* A negotiation that came to nothing: who, and how often. */
static void setups(void)
{
	begin(11);
	w.node[1].p1[0].group = 5;
	run(1000);
	expect(1,
	       "%CRYPTO-5-IKMP_SETUP_FAILURE: IKE SETUP FAILED for local:192.0.2.2 local_id:None remote:192.0.2.1 remote_id:None IKE profile:None fvrf:None fail_reason:no ISAKMP policy matches the offer fail_class_cnt:1");
	world_run(&w, 60000);
	run(3000);
	ok(strstr(said, "fail_class_cnt:2") != NULL,
	   "the next one has a number more");
	world_exit(&w);

	begin(12);
	w.node[1].profile = 5;
	w.node[1].profile_psk = w.node[0].psk;
	w.node[1].flow[0].sel.dst.b[1] = 77;
	run(3000);
	expect(1,
	       "%CRYPTO-5-IPSEC_SETUP_FAILURE: IPSEC SETUP FAILED for local:192.0.2.2 local_id:192.0.2.2 remote:192.0.2.1 remote_id:192.0.2.1 IKE profile:five fvrf:None fail_reason:proxy identities not supported fail_class_cnt:1");
	world_exit(&w);
}

static void events(void)
{
	begin(13);
	w.node[0].p1[0].priority = IKE_P1_DEFAULTS + 1;
	w.node[1].p2[0].name = "#!default_transform_set_1";
	run(3000);
	expect(0,
	       "%CRYPTO-6-IKMP_POLICY_DEFAULT: Using ISAKMP Default policies");
	expect(1,
	       "%CRYPTO-5-IPSEC_DEFAULT_TRANSFORM: Using Default IPsec transform-set");
	ok(!strstr(said, "1 %CRYPTO-6") && !strstr(said, "0 %CRYPTO-5"),
	   "each only where it is so");
	w.node[0].is_manual = true;
	world_clear(&w, 0, IKE_CLEAR_ISAKMP);
	expect(0,
	       "%CRYPTO-6-ISAKMP_MANUAL_DELETE: IKE SA manually deleted. Do 'clear crypto sa peer 192.0.2.2' to manually clear IPSec SA's covered by this IKE SA.");
	w.node[0].is_manual = false;
	world_exit(&w);
}

int main(void)
{
	messages();
	negotiations();
	failures();
	setups();
	events();
	return ktap_end();
}
