// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Debug lines of two engines: the words that people search for, in their order,
 * for what goes right and for each common failure; and never a key.
 */
#include "../unit/ktap.h"
#include "ikehelper/ike_priv.h"
#include "ikehelper/sa.h"
#include "ikehelper/trace.h"
#include "world.h"

#define EVERYTHING \
	(TRACE_ISAKMP | TRACE_ISAKMP_ERROR | TRACE_IPSEC | TRACE_IPSEC_ERROR)

struct lines {
	char *line[4000];
	unsigned int topics[4000];
	unsigned int n;
};

static struct lines lines[2];
static struct world w;
static unsigned int leaks; /* lines with something secret */

/* --- what no line may have -------------------------------------------------- */

static bool has_octets(const char *line, const uint8_t *p, size_t len)
{
	char hex[17], upper[17];
	size_t i;

	/* Eight of its hexadecimal digits are enough to be seen. */
	if (len < 4)
		return false;
	for (i = 0; i + 4 <= len; i++) {
		snprintf(hex, sizeof(hex), "%02x%02x%02x%02x", p[i], p[i + 1],
			 p[i + 2], p[i + 3]);
		snprintf(upper, sizeof(upper), "%02X%02X%02X%02X", p[i],
			 p[i + 1], p[i + 2], p[i + 3]);
		if (strstr(line, hex) || strstr(line, upper))
			return true;
	}
	return false;
}

static bool has_secret(const struct node *n, const char *line)
{
	struct sa *sa;
	unsigned int i;

	if (strstr(line, n->psk))
		return true;
	for (i = 0; i < n->room; i++) {
		const struct krn_pair *p = &n->pair[i].p;

		if (has_octets(line, p->in_cipher.p, p->in_cipher.len) ||
		    has_octets(line, p->in_integ.p, p->in_integ.len) ||
		    has_octets(line, p->out_cipher.p, p->out_cipher.len))
			return true;
	}
	if (!n->ike)
		return false;
	TAILQ_FOREACH(sa, &n->ike->sas, in_all)
	{
		const struct keymat *k = &sa->km;
		const struct sa_setup *s = sa->setup;

		if (sa->has_keys && has_octets(line, k->skeyid, k->len))
			return true;
		if (s && (has_octets(line, s->ni.p, s->ni.len) ||
			  has_octets(line, s->nr.p, s->nr.len) ||
			  has_octets(line, s->gxy.p, s->gxy.len)))
			return true;
	}
	return false;
}

static void seen(struct world *world, int i, unsigned int topics,
		 const char *line)
{
	struct lines *l = &lines[i];
	const char *p;

	for (p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			leaks++;
	if (has_secret(&world->node[0], line) ||
	    has_secret(&world->node[1], line)) {
		printf("# secret: %s\n", line);
		leaks++;
	}
	if (l->n == 4000)
		return;
	l->topics[l->n] = topics;
	l->line[l->n++] = strdup(line);
}

static void forget(void)
{
	int i;

	for (i = 0; i < 2; i++)
		while (lines[i].n)
			free(lines[i].line[--lines[i].n]);
}

static void begin(uint64_t seed)
{
	forget();
	world_init(&w, seed);
	w.seen = seen;
	w.trace = getenv("TRACE");
	ike_trace(w.node[0].ike, EVERYTHING);
	ike_trace(w.node[1].ike, EVERYTHING);
}

static void run(uint64_t ms)
{
	world_traffic(&w, 0, 0);
	world_run(&w, ms);
}

/* All of @want, ended by NULL, are parts of lines of node @i, in this order. */
static void expect(int i, const char *what, const char *const want[])
{
	unsigned int at = 0;

	for (; *want; want++) {
		while (at < lines[i].n && !strstr(lines[i].line[at], *want))
			at++;
		if (at++ == lines[i].n) {
			ok(false, "%s: no line has \"%s\" there", what, *want);
			return;
		}
	}
	ok(true, "%s", what);
}

/* --- what goes right --------------------------------------------------------- */

static void main_mode(void)
{
	static const char *const initiator[] = {
		"ISAKMP: (0):Created a peer struct for 192.0.2.2, peer port 500",
		"ISAKMP: (0):local port 500, remote port 500",
		"Can not start Aggressive mode, trying Main mode.",
		"Input = IKE_MESG_FROM_IPSEC, IKE_SA_REQ_MM",
		"Old State = IKE_READY  New State = IKE_I_MM1",
		"beginning Main Mode exchange",
		"ISAKMP-PAK: (0):sending packet to 192.0.2.2 my_port 500 peer_port 500 (I) MM_NO_STATE",
		"ISAKMP-PAK: (0):received packet from 192.0.2.2 dport 500 sport 500 Global (I) MM_NO_STATE",
		"Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH",
		"Old State = IKE_I_MM1  New State = IKE_I_MM2",
		"processing SA payload. message ID = 0",
		"Checking ISAKMP transform 1 against priority 10 policy",
		"encryption AES-CBC",
		"keylength of 128",
		"hash SHA",
		"default group 19",
		"auth pre-share",
		"life type in seconds",
		"life duration (VPI) of  0x0 0x1 0x51 0x80",
		"atts are acceptable. Next payload is 0",
		"vendor ID is RFC 3947",
		"Old State = IKE_I_MM2  New State = IKE_I_MM2",
		"(I) MM_SA_SETUP",
		"Old State = IKE_I_MM2  New State = IKE_I_MM3",
		"Old State = IKE_I_MM3  New State = IKE_I_MM4",
		"processing KE payload. message ID = 0",
		"processing NONCE payload. message ID = 0",
		"No NAT Found for self or peer",
		"found peer pre-shared key matching 192.0.2.2",
		"ISAKMP: (1001):SA is doing",
		"pre-shared key authentication using id type ID_IPV4_ADDR",
		"Old State = IKE_I_MM4  New State = IKE_I_MM5",
		"Old State = IKE_I_MM5  New State = IKE_I_MM6",
		"processing ID payload. message ID = 0",
		"processing HASH payload. message ID = 0",
		"Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE",
		"SA authentication status:",
		"        authenticated",
		"SA has been authenticated with 192.0.2.2",
		NULL
	};
	static const char *const responder[] = {
		"Input = IKE_MESG_FROM_PEER, IKE_MM_EXCH",
		"Old State = IKE_READY  New State = IKE_R_MM1",
		"Checking ISAKMP transform 1 against priority 10 policy",
		"atts are acceptable. Next payload is 0",
		"Old State = IKE_R_MM1  New State = IKE_R_MM2",
		"Old State = IKE_R_MM2  New State = IKE_R_MM3",
		"Old State = IKE_R_MM3  New State = IKE_R_MM4",
		"Old State = IKE_R_MM4  New State = IKE_R_MM5",
		"ID payload",
		"type         : 1 (ID_IPV4_ADDR)",
		"address      : 192.0.2.1",
		"Old State = IKE_R_MM5  New State = IKE_P1_COMPLETE",
		NULL
	};
	static const char *const quick_i[] = {
		"beginning Quick Mode exchange, M-ID of ",
		"QM Initiator gets spi",
		"IPSEC(sa_request): ,",
		"(key eng. msg.) OUTBOUND local= 192.0.2.1:500, remote= 192.0.2.2:500,",
		"local_proxy= 10.1.0.0/255.255.255.0/256/0,",
		"remote_proxy= 10.2.0.0/255.255.255.0/256/0,",
		"protocol= ESP, transform= ",
		"Input = IKE_MESG_INTERNAL, IKE_INIT_QM",
		"Old State = IKE_QM_READY  New State = IKE_QM_I_QM1",
		"Checking IPSec proposal 1",
		"transform 1, ESP_AES",
		"attributes in transform:",
		"encaps is 1 (Tunnel)",
		"atts are acceptable.",
		"Old State = IKE_QM_I_QM1  New State = IKE_QM_IPSEC_INSTALL_AWAIT",
		"IPSEC(create_sa): sa created,",
		"(sa) sa_dest= 192.0.2.1, sa_proto= 50,",
		"Successfully installed IPSEC SA (SPI:0x",
		"Input = IKE_MESG_FROM_IPSEC, IPSEC_INSTALL_DONE",
		"New State = IKE_QM_PHASE2_COMPLETE",
		"error FALSE reason \"No Error\"",
		"IPSEC(key_engine_enable_outbound): rec'd enable notify from ISAKMP",
		NULL
	};
	static const char *const quick_r[] = {
		"Old State = IKE_QM_READY  New State = IKE_QM_SPI_STARVE",
		"Crypto mapdb : proxy_match",
		"src addr     : 10.2.0.0",
		"dst addr     : 10.1.0.0",
		"IPSEC(validate_proposal_request): proposal part #1,",
		"(key eng. msg.) INBOUND local= 192.0.2.2:500",
		"(ipsec_process_proposal)Map Accepted: CMAP, 10",
		"Input = IKE_MESG_INTERNAL, IKE_GOT_SPI",
		"IPSEC(key_engine): got a queue event with 1 KMI message(s)",
		"IPSEC(crypto_ipsec_create_ipsec_sas): Map found CMAP, 10",
		"Old State = IKE_QM_IPSEC_INSTALL_AWAIT  New State = IKE_QM_R_QM2",
		"Old State = IKE_QM_R_QM2  New State = IKE_QM_PHASE2_COMPLETE",
		NULL
	};
	static const char *const cleared[] = {
		"sending delete of IPSEC SA, SPI 0x",
		"sending delete of ISAKMP SA",
		"deleting SA reason \"Death by tree-walk\" state (I) QM_IDLE (peer 192.0.2.2)",
		"Input = IKE_MESG_INTERNAL, IKE_PHASE1_DEL", NULL
	};
	static const char *const told[] = {
		"Input = IKE_MESG_FROM_PEER, IKE_INFO_DELETE",
		"processing DELETE payload", "IPSEC(delete_sa): deleting SA,",
		"deleting SA reason \"Receive Delete notification from the peer\"",
		NULL
	};

	begin(1);
	run(5000);
	ok(world_is_up(&w), "a pair is up");
	expect(0, "main mode, initiator", initiator);
	expect(1, "main mode, responder", responder);
	expect(0, "quick mode, initiator", quick_i);
	expect(1, "quick mode, responder", quick_r);
	forget();
	world_clear(&w, 0, IKE_CLEAR_ISAKMP | IKE_CLEAR_IPSEC);
	world_run(&w, 1000);
	expect(0, "cleared here", cleared);
	expect(1, "and at the peer", told);
	world_exit(&w);
}

static void aggressive_mode(void)
{
	static const char *const initiator[] = {
		"Input = IKE_MESG_FROM_IPSEC, IKE_SA_REQ_AM",
		"Old State = IKE_READY  New State = IKE_I_AM1",
		"beginning Aggressive Mode exchange",
		"Old State = IKE_I_AM1  New State = IKE_P1_COMPLETE", NULL
	};
	static const char *const responder[] = {
		"Old State = IKE_READY  New State = IKE_R_AM_AAA_AWAIT",
		"Old State = IKE_R_AM_AAA_AWAIT  New State = IKE_R_AM2",
		"Old State = IKE_R_AM2  New State = IKE_P1_COMPLETE", NULL
	};
	static const char *const nat[] = { "NAT found, self is inside NAT",
					   "my_port 4500 peer_port 4500",
					   "encaps is 3 (Tunnel-UDP)", NULL };

	begin(2);
	w.node[0].peer.flags |= IKE_PEER_AGGRESSIVE;
	run(5000);
	expect(0, "aggressive mode, initiator", initiator);
	expect(1, "aggressive mode, responder", responder);
	world_exit(&w);
	begin(3);
	w.nat = true;
	run(5000);
	expect(0, "a NAT", nat);
	world_exit(&w);
}

/* --- what goes wrong ---------------------------------------------------------- */

static void phase1_fails(void)
{
	static const char *const policy[] = {
		"Checking ISAKMP transform 1 against priority 10 policy",
		"ISAKMP-ERROR: (0):Diffie-Hellman group offered does not match policy!",
		"ISAKMP-ERROR: (0):atts are not acceptable. Next payload is 0",
		"ISAKMP-ERROR: (0):no offers accepted!",
		"ISAKMP-ERROR: (0):phase 1 SA policy not acceptable! (local 192.0.2.2 remote 192.0.2.1)",
		"NO_PROPOSAL_CHOSEN",
		"ISAKMP: (0):Sending NOTIFY NO_PROPOSAL_CHOSEN protocol 1",
		NULL
	};
	static const char *const told[] = {
		"ISAKMP: (0):processing NOTIFY NO_PROPOSAL_CHOSEN protocol 1",
		"NO_PROPOSAL_CHOSEN", NULL
	};
	static const char *const keys[] = {
		"Old State = IKE_R_MM4  New State = IKE_R_MM5",
		"Input = IKE_MESG_INTERNAL, IKE_PROCESS_ERROR",
		"Old State = IKE_R_MM5  New State = IKE_R_MM4",
		"ISAKMP-ERROR: (1001):AUTHENTICATION_FAILED (pre-shared key or certificate mismatch)",
		NULL
	};
	static const char *const again[] = {
		"incrementing error counter on sa, attempt 1: retransmit phase 1",
		"ISAKMP: (1001):retransmitting phase 1 MM_KEY_EXCH...",
		"ISAKMP-ERROR: (1001):deleting SA reason \"Death by retransmission P1\" state (I) MM_KEY_EXCH (peer 192.0.2.2)",
		NULL
	};
	static const char *const silent[] = {
		"ISAKMP: (0):retransmitting phase 1 MM_NO_STATE...",
		"NO_ANSWER",
		"deleting SA reason \"Death by retransmission P1\" state (I) MM_NO_STATE (peer 192.0.2.2)",
		NULL
	};
	static const char *const no_key[] = {
		"ISAKMP-ERROR: (0):No pre-shared key with 192.0.2.2!", NULL
	};

	begin(4);
	w.node[1].p1[0].group = 5;
	run(3000);
	expect(1, "another policy", policy);
	expect(0, "which the initiator hears", told);
	world_exit(&w);
	begin(5);
	strcpy(w.node[1].psk, "another");
	run(90000);
	expect(1, "another pre-shared key", keys);
	expect(0, "the initiator tries again", again);
	world_exit(&w);
	begin(6);
	w.cut = true;
	run(60000);
	expect(0, "a silent peer", silent);
	world_exit(&w);
	begin(7);
	w.node[0].key_fails = true;
	run(3000);
	expect(0, "no pre-shared key", no_key);
	world_exit(&w);
}

static void phase2_fails(void)
{
	static const char *const sets[] = {
		"Checking IPSec proposal 1",
		"IPSEC(ipsec_process_proposal): transform proposal not supported for identity:",
		"{esp-aes ",
		"ISAKMP-ERROR: (1001):IPSec policy invalidated proposal with error 256",
		"ISAKMP-ERROR: (1001):phase 2 SA policy not acceptable! (local 192.0.2.2 remote 192.0.2.1)",
		"error TRUE reason \"QM rejected\"",
		"ISAKMP: (1001):Sending NOTIFY NO_PROPOSAL_CHOSEN protocol 3",
		NULL
	};
	static const char *const told[] = {
		"processing NOTIFY NO_PROPOSAL_CHOSEN protocol 3",
		"error TRUE reason \"Delete Larval\"", NULL
	};
	static const char *const proxies[] = {
		"IPSEC(ipsec_process_proposal): proxy identities not supported",
		"IPSec policy invalidated proposal with error 32",
		"Sending NOTIFY INVALID_ID_INFORMATION protocol 3", NULL
	};
	static const char *const dead[] = { "DPD incrementing error counter (1/",
					    "DPD: peer not responding!", NULL };
	unsigned int i;

	begin(8);
	w.node[1].p2[0].esp_auth = IKE_AUTHALG_MD5;
	run(3000);
	expect(1, "another transform set", sets);
	expect(0, "which the initiator hears", told);
	world_exit(&w);
	begin(9);
	w.node[1].flow[0].sel.dst.b[1] = 77;
	run(3000);
	expect(1, "other proxy identities", proxies);
	world_exit(&w);
	begin(10);
	w.node[0].peer.flags |= IKE_PEER_DPD_PERIODIC;
	run(5000);
	world_stop(&w, 1);
	for (i = 0; i < 10; i++) {
		world_traffic(&w, 0, 0);
		world_run(&w, 6000);
	}
	expect(0, "a dead peer", dead);
	world_start(&w, 1);
	world_exit(&w);
}

/* --- what is not said ----------------------------------------------------------- */

static void topics(void)
{
	unsigned int i, wrong = 0;

	begin(11);
	ike_trace(w.node[0].ike, 0);
	ike_trace(w.node[1].ike, TRACE_ISAKMP_ERROR);
	run(5000);
	ok(!lines[0].n && !lines[1].n && world_is_up(&w),
	   "nothing is said when nobody listens, or nothing goes wrong");
	world_exit(&w);
	begin(12);
	w.node[1].p1[0].group = 5;
	ike_trace(w.node[1].ike, TRACE_ISAKMP_ERROR);
	run(3000);
	for (i = 0; i < lines[1].n; i++)
		wrong += strncmp(lines[1].line[i], "ISAKMP-ERROR: ", 14) != 0;
	ok(lines[1].n > 3 && !wrong, "errors only: %u lines", lines[1].n);
	world_exit(&w);
	begin(13);
	ike_trace(w.node[0].ike, TRACE_IPSEC);
	run(3000);
	for (i = 0; i < lines[0].n; i++)
		wrong += !(lines[0].topics[i] & TRACE_IPSEC);
	ok(lines[0].n > 3 && !wrong, "IPsec only: %u lines", lines[0].n);
	world_exit(&w);
}

/* What a peer calls itself goes to a terminal. */
static void identity(void)
{
	unsigned int i, found = 0;

	begin(14);
	w.node[0].peer.local_id = (struct ike_ident){
		.type = IKE_ID_KEY_ID, .len = 9, .data = "a\033[2J\nb\x9b\x07"
	};
	w.node[1].peer.flags |= IKE_PEER_ANY_ID;
	run(3000);
	for (i = 0; i < lines[1].n; i++)
		found += strstr(lines[1].line[i], "ID_KEY_ID") != NULL;
	ok(found, "an identity with control characters is told of");
	/* Whatever else a line is made of. */
	trace(w.node[0].ike, TRACE_IPSEC, NULL, 0, "map %s",
	      "a\033[2Jb\r\n\x7f");
	ok(!strcmp(lines[0].line[lines[0].n - 1], "map a?[2Jb???"),
	   "a line cannot steer a terminal: %s", lines[0].line[lines[0].n - 1]);
	world_exit(&w);
}

int main(void)
{
	main_mode();
	aggressive_mode();
	phase1_fails();
	phase2_fails();
	topics();
	identity();
	ok(!leaks, "no line has a key, a nonce or a control character");
	forget();
	return ktap_end();
}
