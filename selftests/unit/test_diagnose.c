// SPDX-License-Identifier: GPL-2.0-or-later
/* From collected facts to what is said to be wrong. */
#include "ktap.h"

#include <json-c/json.h>
#include <sys/socket.h>

#include "ctl_main.h"
#include "ipsecctl/daemon.h"
#include "ipsecctl/diagnose.h"
#include "lib/names.h"
#include "lib/sel.h"
#include "mock_gnl.h"
#include "show_world.h"

/* --- one world ----------------------------------------------------------- */

#define NOW 1763740800

static struct view view;
static struct ns ns;
static struct diagnose_facts facts;
static struct policy *rule; /* of 172.0.0.2; that of 172.0.0.3 behind it */
static struct sa *in, *out; /* of the first */
static struct diagnose_route to_peer, to_net;

static void route(void *arg, const struct addr *dst, const char *ifname,
		  struct diagnose_route *r)
{
	(void)arg;
	ok(!strcmp(ifname, "lo") || !*ifname, "as seen from the map");
	*r = dst->b[0] == 172 ? to_peer : to_net;
}

/* A tunnel that works, and a second one without SAs. */
static void begin(void)
{
	mock_list_map.n = mock_list_policy.n = mock_list_sa.n = 0;
	world_kernel("up");
	rule = &mock_list_policy.v[0];
	rule->stats = (struct stats){ .in_packets = 40, .out_packets = 50 };
	in = &mock_list_sa.v[0];
	out = &mock_list_sa.v[1];
	in->stats.in_packets = 40;
	out->stats.out_packets = 50;
	memset(&ns, 0, sizeof(ns));
	to_peer = (struct diagnose_route){ .is_known = true, .dev = "lo" };
	to_net = to_peer;
	facts = (struct diagnose_facts){
		.view = &view,
		.ns = &ns,
		.has_daemon = true,
		.now = NOW,
		.route = route,
		.ikes = json_tokener_parse(
			"[{\"state\": \"QM_IDLE\", \"remote\": \"172.0.0.2\","
			"\"up\": 600}]"),
	};
}

/* Add a failure; the text has its other members. */
static void fail(const char *peer, int phase, int age, const char *kind,
		 const char *more)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"time\": %d, \"phase\": %d, \"remote\": \"%s\","
		 "\"kind\": \"%s\", \"refused_by\": \"us\"%s}",
		 NOW - age, phase, peer, kind, more);
	if (!facts.failures)
		facts.failures = json_object_new_array();
	json_object_array_add(facts.failures, json_tokener_parse(text));
}

static void drop(const char *reason)
{
	uint32_t i;

	for (i = 0; names_drop(i); i++)
		if (!strcmp(names_drop(i), reason))
			ns.drops[ns.n_drops++] =
				(struct counter){ .reason = i, .packets = 7 };
}

static void add_text(char *said, size_t size, row *all)
{
	size_t i, n = 0;

	*said = '\0';
	for (i = 0; i < row_len(all); i++) {
		row *r = row_at(all, i);
		const char *level = daemon_text(r, "level");

		/* What is in order is told by its code alone. */
		n += snprintf(said + n, size - n, "%s%s%s", n ? " " : "",
			      *level == 'e' ? "!" :
			      *level == 'w' ? "?" :
					      "",
			      daemon_text(r, "code"));
		ok(!!*daemon_text(r, "text") && !!*daemon_text(r, "step"),
		   "a sentence, in a step");
	}
}

/* "10.0.0.1" is a peer, "10.0.0.1 10.0.0.2 [PROTO [PORT]]" a flow. */
static struct diagnose_target target_of(const char *text)
{
	struct diagnose_target t = { 0 };
	char a[64], b[64];
	int n = sscanf(text, "%63s %63s %u %u", a, b, &t.proto, &t.port);

	addr_parse(a, n > 1 ? &t.src : &t.peer);
	if (n > 1)
		addr_parse(b, &t.dst);
	return t;
}

static void expect(const char *name, const char *target, const char *want)
{
	struct diagnose_target t = target_of(target);
	struct out *o = out_new_memory(false);
	char said[2048];
	row *all;

	if (view_collect((struct gnl *)&view, &view))
		return;
	all = diagnose(&facts, &t);
	add_text(said, sizeof(said), all);
	ok(diagnose_is_bad(all) == (strpbrk(want, "!?") != NULL),
	   "%s: the verdict", name);
	if (!ok(!strcmp(said, want), "%s", name))
		printf("# want %s\n# have %s\n", want, said);
	diagnose_print(o, all);
	ok(!!*out_text(o), "%s: prints", name);
	out_free(o);
	json_object_put(all);
	json_object_put(facts.ikes);
	json_object_put(facts.sessions);
	json_object_put(facts.failures);
	view_free(&view);
}

#define FINE "map-entry peer-route phase1-up phase2-up both-ways lifetime"

static void test_map(void)
{
	begin();
	expect("all is well", "172.0.0.2", FINE " flow-route");
	begin();
	expect("a flow", "10.10.10.9 10.30.30.1", FINE " flow-route");
	begin();
	expect("the way back", "10.30.30.1 10.10.10.9", "!flow-reversed");
	begin();
	expect("of nobody", "10.9.9.9 10.8.8.8", "!flow-unmatched");
	begin();
	rule->action = ACTION_BYPASS;
	expect("denied", "10.10.10.9 10.30.30.1", "!flow-clear");
	begin();
	rule->action = ACTION_DISCARD;
	expect("discarded", "10.10.10.9 10.30.30.1", "!flow-discard");
	begin();
	rule->action = ACTION_NEXT;
	expect("a detour", "10.10.10.9 10.30.30.1", "!flow-unmatched");
	begin();
	expect("no such peer", "172.0.0.9",
	       "!peer-unknown peer-route phase1-none");
	begin();
	mock_list_map.n = 0;
	expect("no map", "172.0.0.2", "!map-unbound peer-route phase1-up");
	begin();
	facts.view = NULL;
	facts.ns = NULL;
	expect("no module", "172.0.0.2",
	       "!module-missing peer-route phase1-up");
	begin();
	expect("another protocol", "172.0.0.1 172.0.0.3 17", "!flow-unmatched");
	begin();
	rule->sel.proto = 6;
	rule->sel.dport_min = rule->sel.dport_max = 80;
	PUT(&rule->sel, SEL_DPORT_MIN);
	PUT(&rule->sel, SEL_DPORT_MAX);
	expect("another port", "10.10.10.9 10.30.30.1 6 81", "!flow-unmatched");
	begin();
	rule->sel.proto = 6;
	rule->sel.dport_min = rule->sel.dport_max = 80;
	PUT(&rule->sel, SEL_DPORT_MIN);
	PUT(&rule->sel, SEL_DPORT_MAX);
	expect("the port", "10.10.10.9 10.30.30.1 6 80", FINE " flow-route");
}

static void test_reachability(void)
{
	begin();
	to_peer.err = -ENETUNREACH;
	expect("no route to the peer", "172.0.0.2",
	       "map-entry !peer-no-route phase1-up phase2-up both-ways "
	       "lifetime flow-route");
	begin();
	strcpy(to_peer.dev, "w1");
	expect("by another interface", "172.0.0.2",
	       "map-entry !peer-other-interface phase1-up phase2-up both-ways "
	       "lifetime flow-route");
	begin();
	to_peer.neighbour = RTNL_FAILED;
	expect("the next hop is dead", "172.0.0.2",
	       "map-entry !neighbour-failed phase1-up phase2-up both-ways "
	       "lifetime flow-route");
	begin();
	to_peer.neighbour = RTNL_LOOKED_FOR;
	expect("or may be", "172.0.0.2",
	       "map-entry ?neighbour-unanswered phase1-up phase2-up both-ways "
	       "lifetime flow-route");
	begin();
	to_net.err = -ENETUNREACH;
	expect("no route into the tunnel", "172.0.0.2", FINE " !flow-no-route");
	begin();
	strcpy(to_net.dev, "w1");
	expect("past the tunnel", "172.0.0.2", FINE " !flow-other-interface");
	begin();
	to_peer.is_known = to_net.is_known = false;
	expect("the kernel does not tell", "172.0.0.2",
	       "map-entry phase1-up phase2-up both-ways lifetime");
}

#define THIRD "map-entry peer-route "
#define IDLE " phase2-idle flow-route"

static void test_phase1(void)
{
	static const struct {
		const char *kind, *code, *more;
	} kinds[] = {
		{ "NO_PROPOSAL_CHOSEN", "!phase1-no-proposal difference",
		  ", \"attribute\": \"group\", \"theirs\": \"aes, group 5\", "
		  "\"ours\": \"aes, group 14\"" },
		{ "AUTHENTICATION_FAILED", "!phase1-authentication", "" },
		{ "PAYLOAD_MALFORMED", "!phase1-authentication", "" },
		{ "INVALID_HASH_INFORMATION", "!phase1-authentication", "" },
		{ "INVALID_SIGNATURE", "!phase1-certificate", "" },
		{ "NO_PRESHARED_KEY", "!phase1-no-key", "" },
		{ "NO_PEER_CONFIGURED", "!phase1-no-peer", "" },
		{ "INVALID_ID_INFORMATION", "!phase1-identity", "" },
		{ "NO_ANSWER", "!peer-silent", "" },
		{ "DEAD_PEER", "!peer-dead", "" },
		{ "PEER_NOTIFY", "!phase1-no-proposal",
		  ", \"notify\": \"NO_PROPOSAL_CHOSEN\"" },
		{ "PEER_NOTIFY", "!phase1-failed", "" },
	};
	char want[256];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		begin();
		fail("172.0.0.3", 1, 5, kinds[i].kind, kinds[i].more);
		snprintf(want, sizeof(want), THIRD "%s" IDLE, kinds[i].code);
		expect(kinds[i].kind, "172.0.0.3", want);
	}
	begin();
	fail("172.0.0.2", 1, 700, "NO_ANSWER", "");
	expect("a failure that was", "172.0.0.2", FINE " flow-route");
	begin();
	fail("172.0.0.3", 1, 5, "NO_ANSWER", "");
	fail("172.0.0.3", 1, 4, "AUTHENTICATION_FAILED", "");
	expect("the newest failure counts", "172.0.0.3",
	       THIRD "!phase1-authentication" IDLE);
	begin();
	json_object_array_add(
		facts.ikes,
		json_tokener_parse("{\"state\": \"MM_KEY_EXCH\", \"remote\": "
				   "\"172.0.0.3\"}"));
	expect("negotiating", "172.0.0.3", THIRD "?phase1-negotiating" IDLE);
	begin();
	facts.has_daemon = false;
	json_object_put(facts.ikes);
	facts.ikes = NULL;
	expect("no daemon, but SAs", "172.0.0.2",
	       THIRD "?daemon-down phase2-up both-ways lifetime flow-route");
	begin();
	facts.has_daemon = false;
	json_object_put(facts.ikes);
	facts.ikes = NULL;
	expect("no daemon", "172.0.0.3", THIRD "!daemon-down" IDLE);
	begin();
	facts.sessions = json_tokener_parse(
		"[{\"remote\": \"172.0.0.3\", \"up\": false, \"seconds\": 60,"
		"\"reason\": \"peer dead\"}]");
	expect("a session that was", "172.0.0.3",
	       THIRD "phase1-none ?session-down" IDLE);
	begin();
	facts.sessions = json_tokener_parse(
		"[{\"remote\": \"172.0.0.2\", \"up\": true, \"seconds\": 600,"
		"\"past_pairs\": 60}]");
	expect("rekeys all the time", "172.0.0.2",
	       THIRD "phase1-up ?rekey-often phase2-up both-ways lifetime "
		     "flow-route");
}

static void test_phase2(void)
{
	static const struct {
		const char *kind, *code;
	} kinds[] = {
		{ "NO_PROPOSAL_CHOSEN", "!phase2-no-proposal" },
		{ "INVALID_ID_INFORMATION", "!phase2-proxies" },
		{ "NO_ANSWER", "!phase2-silent" },
		{ "KERNEL", "!phase2-kernel" },
		{ "UNSUPPORTED_EXCHANGE_TYPE", "!phase2-failed" },
	};
	char want[256];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		begin();
		fail("172.0.0.3", 2, 5, kinds[i].kind, "");
		snprintf(want, sizeof(want),
			 THIRD "phase1-none !phase2-none %s flow-route",
			 kinds[i].code);
		expect(kinds[i].kind, "172.0.0.3", want);
	}
	begin();
	fail("172.0.0.2", 2, 3000, "NO_ANSWER", "");
	expect("older than the SAs", "172.0.0.2", FINE " flow-route");
	begin();
	mock_list_policy.v[1].stats.err_no_sa = 3;
	expect("asked for", "172.0.0.3",
	       THIRD "phase1-none !phase2-none flow-route");
}

static void test_counters(void)
{
	static const struct {
		size_t offset;
		const char *code;
	} errors[] = {
		{ offsetof(struct stats, err_auth), "?decrypt-errors" },
		{ offsetof(struct stats, err_replay), "?replay" },
		{ offsetof(struct stats, err_identity), "?wrong-identity" },
		{ offsetof(struct stats, err_decaps), "?malformed" },
		{ offsetof(struct stats, err_send), "?send-errors" },
		{ offsetof(struct stats, err_seq), "?sequence" },
	};
	static const char *const drops[][2] = {
		{ "out-too-big", "?mtu" },
		{ "out-fragment", "?fragments" },
		{ "in-encap", "?nat-encap" },
		{ "in-address", "?nat-address" },
		{ "in-unknown-spi", "?unknown-spi" },
	};
	char want[256];
	size_t i;

	begin();
	in->stats.in_packets = 0;
	expect("encaps only", "172.0.0.2",
	       THIRD "phase1-up phase2-up ?encaps-only lifetime flow-route");
	begin();
	out->stats.out_packets = 0;
	expect("decaps only", "172.0.0.2",
	       THIRD "phase1-up phase2-up ?decaps-only lifetime flow-route");
	begin();
	in->stats.in_packets = 0;
	out->stats.out_packets = 2;
	expect("a packet on its way", "172.0.0.2", FINE " flow-route");
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		begin();
		*(uint64_t *)((char *)&rule->stats + errors[i].offset) = 1;
		snprintf(want, sizeof(want),
			 THIRD "phase1-up phase2-up %s both-ways lifetime "
			       "flow-route",
			 errors[i].code);
		expect(errors[i].code + 1, "172.0.0.2", want);
	}
	for (i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		begin();
		drop(drops[i][0]);
		snprintf(want, sizeof(want), FINE " %s flow-route",
			 drops[i][1]);
		expect(drops[i][0], "172.0.0.2", want);
	}
	begin();
	mock_list_map.v[0].clear_drops = 2;
	expect("in clear", "172.0.0.2", FINE " ?clear-in flow-route");
	begin();
	out->age = in->age = 3600;
	expect("beyond its lifetime", "172.0.0.2",
	       THIRD "phase1-up phase2-up both-ways !expired flow-route");
	begin();
	out->plain_mtu = 1400;
	expect("what fits", "172.0.0.2", FINE " mtu-fits flow-route");
}

int main(void)
{
	test_map();
	test_reachability();
	test_phase1();
	test_phase2();
	test_counters();
	return ktap_end();
}
