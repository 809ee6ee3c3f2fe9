// SPDX-License-Identifier: GPL-2.0-or-later
/* Negotiation: offers, choices, answers, and why there is none. */
#include "ktap.h"

#include "ike_build.h"
#include "ikehelper/attr.h"
#include "ikehelper/ikename.h"
#include "ikehelper/vid.h"

static struct ike_sa_offer offer;
static struct ike_p1_choice c1;
static struct ike_p2_choice c2;
static struct ike_explain x;
static const struct ike_match_opts lax;

/* The default policies 65507 to 65514 in their order, RSA left out. */
static const struct ike_p1_policy p1[] = {
	{ 65508, IKE_ENCR_AES, 128, IKE_HASH_SHA1, IKE_AUTH_PSK, 5, 86400, 0 },
	{ 65510, IKE_ENCR_AES, 128, IKE_HASH_MD5, IKE_AUTH_PSK, 5, 86400, 0 },
	{ 65512, IKE_ENCR_3DES, 0, IKE_HASH_SHA1, IKE_AUTH_PSK, 2, 86400, 0 },
	{ 65514, IKE_ENCR_3DES, 0, IKE_HASH_MD5, IKE_AUTH_PSK, 2, 3600, 0 },
};

static const struct ike_p2_policy p2[] = {
	{ .name = "aes",
	  .esp = IKE_ESP_AES_CBC,
	  .esp_keylen = 128,
	  .esp_auth = IKE_AUTHALG_SHA,
	  .encap = IKE_ENCAP_TUNNEL,
	  .seconds = 3600,
	  .kbytes = 4608000 },
	{ .name = "tdes",
	  .esp = IKE_ESP_3DES,
	  .esp_auth = IKE_AUTHALG_SHA,
	  .encap = IKE_ENCAP_TUNNEL,
	  .group = 2,
	  .seconds = 3600 },
	{ .name = "all",
	  .ah = IKE_AH_SHA,
	  .ah_auth = IKE_AUTHALG_SHA,
	  .esp = IKE_ESP_AES_GCM_16,
	  .esp_keylen = 256,
	  .ipcomp = IKE_IPCOMP_DEFLATE,
	  .encap = IKE_ENCAP_TRANSPORT,
	  .group = 14,
	  .seconds = 600 },
};

static const struct ike_p2_spis spis = { 0x11223344, 0x55667788, 0x99aa };

/* Parse the SA payload that is in enc. */
static int take(bool phase1)
{
	if (parse()) {
		printf("# %s\n", msg.why);
		return -1;
	}
	return proposal_parse(msg.sa, phase1, &offer);
}

static int offer_p1(const struct ike_p1_policy *p, unsigned int n)
{
	start(IKE_EX_MAIN, 0);
	proposal_fill_p1(&enc, p, n);
	return take(true);
}

static int offer_p2(const struct ike_p2_policy *p, unsigned int n, uint16_t udp)
{
	start(IKE_EX_QUICK, 0);
	proposal_fill_p2(&enc, p, n, &spis, udp);
	return take(false);
}

static void test_p1_order(void)
{
	struct ike_p1_policy theirs[] = { p1[3], p1[2], p1[1], p1[0] };

	ok(!offer_p1(theirs, 4) && offer.n_prop == 1 && offer.n_tf == 4 &&
		   offer.tf[2].p1.keylen == 128 &&
		   offer.tf[3].p1.seconds == 86400,
	   "four policies offered");
	ok(!proposal_match_p1(&offer, p1, 4, &lax, &c1, &x) && c1.policy == 0 &&
		   c1.tf->number == 4,
	   "our order counts, not the peer's");
	ok(!proposal_match_p1(&offer, p1 + 2, 2, &lax, &c1, &x) &&
		   c1.policy == 0 && c1.tf->number == 2 &&
		   c1.agreed.priority == 65512,
	   "with other policies another");
}

static void test_p1_answer(void)
{
	struct bytes chosen;

	offer_p1(p1, 4);
	proposal_match_p1(&offer, p1 + 1, 1, &lax, &c1, &x);
	chosen = c1.tf->raw;
	start(IKE_EX_MAIN, 0);
	proposal_reply_p1(&enc, &c1);
	done();
	/* Behind header, SA and proposal; only "next payload" may differ. */
	ok(enc.len == 28 + 4 + 8 + 8 + chosen.len &&
		   !memcmp(buf + 49, chosen.p + 1, chosen.len - 1) &&
		   buf[48] == 0,
	   "the answer is what was offered, octet by octet");
	ok(!take(true) && !proposal_check_p1(&offer, p1, 4, &c1, &x) &&
		   c1.policy == 1,
	   "and the initiator takes it");
	ok(proposal_check_p1(&offer, p1 + 2, 2, &c1, &x) ==
		   IKE_N_NO_PROPOSAL_CHOSEN,
	   "but not what it never offered");
	offer_p1(p1, 2);
	ok(proposal_check_p1(&offer, p1, 4, &c1, &x) ==
			   IKE_N_BAD_PROPOSAL_SYNTAX &&
		   x.diff == IKE_DIFF_SYNTAX,
	   "nor two transforms");
}

static void test_p1_life(void)
{
	struct ike_p1_policy theirs = p1[0];
	struct ike_match_opts strict = { .strict_life = true };

	theirs.seconds = 3600;
	offer_p1(&theirs, 1);
	ok(!proposal_match_p1(&offer, p1, 4, &strict, &c1, &x) &&
		   c1.agreed.seconds == 3600,
	   "a shorter life is taken");
	theirs.seconds = 100000;
	offer_p1(&theirs, 1);
	ok(!proposal_match_p1(&offer, p1, 4, &lax, &c1, &x) &&
		   c1.agreed.seconds == 86400 && c1.offered.seconds == 100000,
	   "a longer one becomes ours");
	ok(proposal_match_p1(&offer, p1, 4, &strict, &c1, &x) &&
		   x.diff == IKE_DIFF_LIFE && x.offered == 100000 &&
		   x.ours == 86400,
	   "or is refused");
	theirs.seconds = 0;
	offer_p1(&theirs, 1);
	ok(!proposal_match_p1(&offer, p1, 4, &lax, &c1, &x) &&
		   c1.agreed.seconds == 86400,
	   "none said is ours");
	theirs.kbytes = 1000;
	offer_p1(&theirs, 1);
	ok(!proposal_match_p1(&offer, p1, 4, &lax, &c1, &x) &&
		   c1.agreed.kbytes == 1000,
	   "kilobytes too");
}

/* Data of a RESPONDER-LIFETIME notification. */
static void test_life_data(void)
{
	uint32_t seconds, kbytes;
	unsigned int phase1;

	for (phase1 = 0; phase1 < 2; phase1++) {
		enc = (struct enc){ .p = buf, .cap = sizeof(buf) };
		attr_fill_life(&enc, phase1, 1200, 3000000);
		ok(attr_parse_life(bytes_of(buf, enc.len), phase1, &seconds,
				   &kbytes) &&
			   seconds == 1200 && kbytes == 3000000,
		   "lives of phase %u", 2 - phase1);
		ok(!attr_parse_life(bytes_of(buf, enc.len - 1), phase1,
				    &seconds, &kbytes) &&
			   !attr_parse_life(bytes_of(buf, 4), phase1, &seconds,
					    &kbytes),
		   "cut");
		ok(attr_parse_life(bytes_of(buf, 0), phase1, &seconds,
				   &kbytes) &&
			   !seconds && !kbytes,
		   "none");
	}
}

/* One attribute of the only offer differs. */
static void explain_p1(struct ike_p1_policy theirs, enum ike_diff diff,
		       const char *line)
{
	char text_buf[IKE_EXPLAIN_STR];

	offer_p1(&theirs, 1);
	ok(proposal_match_p1(&offer, &p1[0], 1, &lax, &c1, &x) ==
			   IKE_N_NO_PROPOSAL_CHOSEN &&
		   x.diff == diff,
	   "%s differs", explain_diff_name(diff));
	is(explain_fmt(&x, text_buf), line, "and it says so");
}

#define OURS "; policy 65508 has aes 128, sha, pre-share, group 5, 86400 s; "

static void test_p1_explain(void)
{
	struct ike_p1_policy t = p1[0];
	char line[IKE_EXPLAIN_STR];

	t.encr = IKE_ENCR_3DES;
	t.keylen = 0;
	explain_p1(t, IKE_DIFF_ENCR,
		   "offered 3des, sha, pre-share, group 5, 86400 s" OURS
		   "encryption differs (5, ours 7)");
	t = p1[0];
	t.keylen = 256;
	explain_p1(t, IKE_DIFF_KEYLEN,
		   "offered aes 256, sha, pre-share, group 5, 86400 s" OURS
		   "key length differs (256, ours 128)");
	t = p1[0];
	t.hash = 77;
	explain_p1(t, IKE_DIFF_HASH,
		   "offered aes 128, hash 77, pre-share, group 5, 86400 s" OURS
		   "hash differs (77, ours 2)");
	t = p1[0];
	t.auth = IKE_AUTH_RSA_SIG;
	explain_p1(t, IKE_DIFF_AUTH,
		   "offered aes 128, sha, rsa-sig, group 5, 86400 s" OURS
		   "authentication differs (3, ours 1)");
	t = p1[0];
	t.group = 2;
	explain_p1(t, IKE_DIFF_GROUP,
		   "offered aes 128, sha, pre-share, group 2, 86400 s" OURS
		   "group differs (2, ours 5)");
	ok(proposal_match_p1(&offer, p1, 0, &lax, &c1, &x) &&
		   x.diff == IKE_DIFF_NO_POLICY,
	   "no policy at all");
	is(explain_fmt(&x, line),
	   "1 transforms offered; nothing is configured here", "in words");
}

/* Of several misses the nearest is told. */
static void test_nearest(void)
{
	struct ike_p1_policy theirs[] = {
		{ 0, IKE_ENCR_DES, 0, IKE_HASH_MD5, IKE_AUTH_PSK, 1, 60, 0 },
		{ 0, IKE_ENCR_AES, 128, IKE_HASH_MD5, IKE_AUTH_PSK, 14, 60, 0 },
		{ 0, IKE_ENCR_3DES, 0, IKE_HASH_SHA256, IKE_AUTH_PSK, 2, 60,
		  0 },
	};

	offer_p1(theirs, 3);
	ok(proposal_match_p1(&offer, p1, 4, &lax, &c1, &x) &&
		   x.diff == IKE_DIFF_GROUP && x.policy == 1 &&
		   x.transform == 2 && x.offered == 14 && x.ours == 5 &&
		   x.n_offers == 3 && x.n_policies == 4,
	   "the nearest pair of many");
	theirs[0].group = 14;
	offer_p1(theirs, 1);
	ok(proposal_match_p1(&offer, p1, 4, &lax, &c1, &x) &&
		   x.diff == IKE_DIFF_ENCR && x.policy == 0,
	   "of equal ones the first policy");
}

static void test_p2(void)
{
	struct ike_match_opts strict = { .strict_pfs = true };

	ok(!offer_p2(p2, 3, 0) && offer.n_prop == 5 &&
		   offer.prop[2].number == 3 && offer.prop[4].number == 3 &&
		   offer.prop[4].protocol == IKE_PROTO_IPCOMP &&
		   offer.prop[4].spi.len == 2,
	   "three transform sets offered");
	ok(!proposal_match_p2(&offer, p2, 3, &lax, &c2, &x) && c2.policy == 0 &&
		   c2.n == 1 && c2.spis.esp == spis.esp &&
		   c2.agreed.kbytes == 4608000,
	   "the first");
	ok(!proposal_match_p2(&offer, p2 + 2, 1, &strict, &c2, &x) &&
		   c2.n == 3 && c2.spis.ah == spis.ah &&
		   c2.spis.cpi == spis.cpi && c2.agreed.group == 14 &&
		   c2.encap == IKE_ENCAP_TRANSPORT,
	   "AH, ESP and IPComp together");
	start(IKE_EX_QUICK, 0);
	proposal_reply_p2(&enc, &c2, &(struct ike_p2_spis){ 300, 400, 500 });
	ok(!take(false) && !proposal_check_p2(&offer, p2, 3, 0, &c2, &x) &&
		   c2.policy == 2 && c2.spis.esp == 300 && c2.spis.ah == 400 &&
		   c2.spis.cpi == 500,
	   "the answer to it");
	ok(proposal_check_p2(&offer, p2, 2, 0, &c2, &x) ==
			   IKE_N_NO_PROPOSAL_CHOSEN &&
		   x.diff == IKE_DIFF_PROTOCOL,
	   "which one who never offered it refuses");
	offer_p2(p2, 2, 0);
	ok(proposal_check_p2(&offer, p2, 2, 0, &c2, &x) ==
		   IKE_N_BAD_PROPOSAL_SYNTAX,
	   "two proposals are no answer");
}

static void test_pfs(void)
{
	struct ike_match_opts strict = { .strict_pfs = true };
	struct ike_p2_policy theirs = p2[0];

	theirs.group = 14;
	offer_p2(&theirs, 1, 0);
	ok(!proposal_match_p2(&offer, p2, 1, &lax, &c2, &x) &&
		   c2.agreed.group == 14,
	   "PFS that we do not ask for");
	ok(proposal_match_p2(&offer, p2, 1, &strict, &c2, &x) &&
		   x.diff == IKE_DIFF_GROUP && x.offered == 14 && !x.ours,
	   "may be refused");
	ok(proposal_check_p2(&offer, p2, 1, 0, &c2, &x),
	   "and is no answer to an offer without");
	theirs.group = 1024;
	offer_p2(&theirs, 1, 0);
	ok(proposal_match_p2(&offer, p2, 1, &lax, &c2, &x) &&
		   x.diff == IKE_DIFF_GROUP,
	   "a group that there is not");
	offer_p2(&p2[0], 1, 0);
	theirs.group = 2;
	ok(proposal_match_p2(&offer, &theirs, 1, &lax, &c2, &x) &&
		   x.diff == IKE_DIFF_GROUP && !x.offered,
	   "no PFS when we want it");
}

static void test_encap(void)
{
	static const struct {
		uint16_t udp, tunnel, transport;
	} t[] = {
		{ 0, 1, 2 },
		{ IKE_ENCAP_UDP_TUNNEL, 3, 4 },
		{ IKE_ENCAP_DRAFT_TUNNEL, 61443, 61444 },
	};
	struct ike_p2_policy ours = p2[0];
	unsigned int i, k;

	for (i = 0; i < 3; i++) {
		ours.encap = IKE_ENCAP_TUNNEL;
		offer_p2(&ours, 1, t[i].udp);
		ok(offer.tf[0].p2.encap == t[i].tunnel, "tunnel is %u",
		   t[i].tunnel);
		ours.encap = IKE_ENCAP_TRANSPORT;
		offer_p2(&ours, 1, t[i].udp);
		ok(offer.tf[0].p2.encap == t[i].transport, "transport is %u",
		   t[i].transport);
		for (k = 0; k < 3; k++) {
			struct ike_match_opts o = { .encap_udp = t[k].udp };
			int err = proposal_match_p2(&offer, &ours, 1, &o, &c2,
						    &x);

			ok((err == 0) == (i == k) &&
				   (err || c2.encap == t[i].transport),
			   "%u with %u", t[i].udp, t[k].udp);
		}
	}
}

/* A proposal by hand: AH with group 2, ESP with the group given. */
static int ah_esp(uint8_t group, const struct ike_p2_policy *ours)
{
	uint8_t sa[] = "\0\0\0\1\0\0\0\1"
		       "\2\0\0\x1c\1\2\4\1\0\0\1\0"
		       "\0\0\0\x10\1\3\0\0\x80\5\0\2\x80\3\0\2"
		       "\0\0\0\x1c\1\3\4\1\0\0\1\1"
		       "\0\0\0\x10\1\3\0\0\x80\5\0\2\x80\3\0\2";

	sa[sizeof(sa) - 2] = group;
	if (proposal_parse(bytes_of(sa, sizeof(sa) - 1), false, &offer))
		return -1;
	return proposal_match_p2(&offer, ours, 1, &lax, &c2, &x);
}

static void test_several_protocols(void)
{
	struct ike_p2_policy ours = { .name = "both",
				      .ah = IKE_AH_SHA,
				      .ah_auth = IKE_AUTHALG_SHA,
				      .esp = IKE_ESP_3DES,
				      .esp_auth = IKE_AUTHALG_SHA,
				      .encap = IKE_ENCAP_TUNNEL };
	static struct ike_p2_policy many[20];
	unsigned int i;

	ok(!ah_esp(2, &ours) && c2.agreed.group == 2 &&
		   c2.encap == IKE_ENCAP_TUNNEL,
	   "mode not said: tunnel");
	ok(ah_esp(5, &ours) == IKE_N_NO_PROPOSAL_CHOSEN &&
		   x.diff == IKE_DIFF_GROUP,
	   "protocols with different groups");
	ours.encap = IKE_ENCAP_TRANSPORT;
	ok(ah_esp(2, &ours) && x.diff == IKE_DIFF_ENCAP && x.offered == 1 &&
		   x.ours == 2,
	   "transport is not what is not said");
	for (i = 0; i < 20; i++)
		many[i] = p2[2];
	ok(!offer_p2(many, 20, 0) && offer.n_prop == PROPOSAL_MAX / 3 * 3,
	   "no more transform sets than we read");
	/* Extended sequence numbers are not agreed by accident. */
	start(IKE_EX_QUICK, 0);
	proposal_fill_p2(&enc, p2, 1, &spis, 0);
	done();
	memcpy(buf + enc.len - 4, "\x80\x0b\0\1", 4);
	ok(!take(false) && offer.tf[0].p2.esn == 1, "extended numbers");
}

static void test_p2_explain(void)
{
	char line[IKE_EXPLAIN_STR];
	struct ike_p2_policy theirs = p2[0];

	theirs.esp_auth = IKE_AUTHALG_MD5;
	theirs.encap = IKE_ENCAP_TRANSPORT;
	offer_p2(&theirs, 1, 0);
	ok(proposal_match_p2(&offer, p2, 1, &lax, &c2, &x), "no transform set");
	is(explain_fmt(&x, line),
	   "offered esp-aes 128 esp-md5-hmac, transport, no PFS, 3600 s, "
	   "4608000 kB; transform set aes has esp-aes 128 esp-sha-hmac, tunnel, "
	   "no PFS, 3600 s, 4608000 kB; authentication differs (1, ours 2)",
	   "and why");
	offer_p2(&p2[2], 1, 0);
	ok(proposal_match_p2(&offer, p2, 1, &lax, &c2, &x), "other protocols");
	is(explain_fmt(&x, line),
	   "offered ah-sha-hmac esp-gcm 256 comp-deflate, transport, group 14, "
	   "600 s; transform set aes has esp-aes 128 esp-sha-hmac, tunnel, "
	   "no PFS, 3600 s, 4608000 kB; the protocols differ",
	   "and why");
}

/* Numbers that nobody knows, as large as they get: text is cut, not spilt. */
static void test_strange_numbers(void)
{
	char line[IKE_EXPLAIN_STR], *tiny;
	struct ike_explain w;
	unsigned int size, d, long_ones = 0;

	memset(&w, 0xff, sizeof(w));
	w.p2_ours.name = NULL;
	w.p2.name = NULL;
	for (d = 0; d < 256; d++) {
		w.diff = d;
		w.phase = 1 + d % 2;
		if (!strlen(explain_fmt(&w, line)) ||
		    strlen(line) >= IKE_EXPLAIN_STR)
			long_ones++;
	}
	ok(!long_ones, "an explanation of nonsense");
	for (size = 1; size < 120; size++) {
		tiny = malloc(size);
		if (strlen(explain_p1_fmt(&w.p1, tiny, size)) >= size ||
		    strlen(explain_p2_fmt(&w.p2, tiny, size)) >= size)
			long_ones++;
		free(tiny);
	}
	ok(!long_ones, "in every small buffer");
	for (d = long_ones = 0; d < 65536; d++) {
		const char *names[] = {
			ikename_exchange(d),  ikename_payload(d),
			ikename_notify(d),    ikename_encr(d),
			ikename_hash(d),      ikename_auth(d),
			ikename_esp(d),	      ikename_esp_auth(d),
			explain_diff_name(d), id_type_name(d),
			vid_name(d)
		};

		for (size = 0; size < sizeof(names) / sizeof(*names); size++)
			if (names[size] && strlen(names[size]) > 40)
				long_ones++;
	}
	ok(!long_ones, "names of all numbers");
	is(ikename_notify(IKE_N_NO_PROPOSAL_CHOSEN), "NO_PROPOSAL_CHOSEN",
	   "one of them");
}

/* An SA payload by hand: DOI, situation, proposals. */
#define SA "\0\0\0\1\0\0\0\1"
#define AES_SHA_PSK_5                                                        \
	"\x80\1\0\7\x80\x0e\0\x80\x80\2\0\2\x80\3\0\1\x80\4\0\5\x80\x0b\0\1" \
	"\x80\x0c\x0e\x10"
#define TF "\0\0\0\x24\1\1\0\0" AES_SHA_PSK_5
#define PROP "\0\0\0\x2c\1\1\0\1"

static int raw(const char *octets, size_t len, bool phase1)
{
	return proposal_parse(tight(bytes_of(octets, len)), phase1, &offer);
}

#define RAW(octets) raw(octets, sizeof(octets) - 1, true)
#define RAW2(octets) raw(octets, sizeof(octets) - 1, false)

static void test_sa(void)
{
	static const char good[] = SA PROP TF;
	char bad[sizeof(good)];
	unsigned int i, odd = 0;

	ok(!RAW(SA PROP TF) && offer.tf[0].p1.seconds == 3600, "one by hand");
	ok(RAW("\0\0\0\2\0\0\0\1" PROP TF) == IKE_N_DOI_NOT_SUPPORTED &&
		   RAW("\0\0\0\0\0\0\0\1" PROP TF) == IKE_N_DOI_NOT_SUPPORTED &&
		   RAW("\xff\xff\xff\xff\0\0\0\1" PROP TF) ==
			   IKE_N_DOI_NOT_SUPPORTED,
	   "another DOI");
	ok(RAW("\0\0\0\1\0\0\0\3" PROP TF) == IKE_N_SITUATION_NOT_SUPPORTED &&
		   RAW("\0\0\0\1\xff\xff\xff\xff" PROP TF) ==
			   IKE_N_SITUATION_NOT_SUPPORTED,
	   "another situation");
	for (i = 0; i < sizeof(good) - 1; i++)
		if (!raw(good, i, true))
			odd++;
	ok(!odd, "cut anywhere");
	ok(RAW(SA PROP TF "\0"), "an octet behind it");
	/* Every octet of both headers, every value. */
	for (i = 0; i < 256 * 16; i++) {
		unsigned int at = 8 + i / 256;

		memcpy(bad, good, sizeof(good));
		bad[at] = i & 0xff;
		if (raw(bad, sizeof(good) - 1, true))
			continue;
		/* Free: reserved octets, numbers, the transform's id. */
		if (memcmp(bad, good, sizeof(good)) && at != 9 && at != 12 &&
		    at != 17 && at != 20 && at != 21 && at != 22 && at != 23)
			odd++;
	}
	ok(!odd, "every octet of the headers");
}

static void test_counts(void)
{
	ok(RAW(SA "\0\0\0\x2c\1\1\0\2" TF) == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "two transforms promised, one there");
	ok(RAW(SA "\0\0\0\x2c\1\1\0\0" TF) == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "none promised");
	ok(RAW(SA "\0\0\0\x08\1\1\0\0") == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "none at all");
	ok(RAW(SA
	       "\0\0\0\x50\1\1\0\1\3\0\0\x24\1\1\0\0" AES_SHA_PSK_5
	       "\0\0\0\x24\2\1\0\0" AES_SHA_PSK_5) == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "one promised, two there");
	ok(!RAW(SA "\0\0\0\x50\1\1\0\2\3\0\0\x24\1\1\0\0" AES_SHA_PSK_5
		   "\0\0\0\x24\2\1\0\0" AES_SHA_PSK_5),
	   "two and two");
	ok(RAW(SA
	       "\0\0\0\x50\1\1\0\2\3\0\0\x24\1\1\0\0" AES_SHA_PSK_5
	       "\0\0\0\x24\1\1\0\0" AES_SHA_PSK_5) == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "two with one number");
	ok(RAW(SA "\2"
		  "\0\0\x2c\1\1\0\1" TF PROP TF) == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "two proposals with one number in phase 1");
	ok(RAW(SA "\2"
		  "\0\0\x2c\2\1\0\1" TF PROP TF) == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "numbers that go down");
	ok(RAW2(SA PROP TF) == IKE_N_INVALID_PROTOCOL_ID, "ISAKMP in phase 2");
}

#define ESP(spi) SA "\0\0\0\x14\1\3\4\1" spi "\0\0\0\x08\1\x0c\0\0"

static void test_spi(void)
{
	ok(!RAW2(ESP("\0\0\1\0")) && offer.prop[0].spi.len == 4, "an SPI");
	ok(RAW2(ESP("\0\0\0\0")) == IKE_N_INVALID_SPI &&
		   RAW2(ESP("\0\0\0\xff")) == IKE_N_INVALID_SPI,
	   "reserved ones");
	ok(RAW2(SA "\0\0\0\x10\1\3\0\1\0\0\0\x08\1\x0c\0\0") ==
		   IKE_N_INVALID_SPI,
	   "none");
	ok(RAW2(SA "\0\0\0\x12\1\3\2\1\1\1\0\0\0\x08\1\x0c\0\0") ==
		   IKE_N_INVALID_SPI,
	   "one of two octets for ESP");
	ok(!RAW2(SA "\0\0\0\x12\1\4\2\1\1\1\0\0\0\x08\1\2\0\0") &&
		   !RAW2(SA "\0\0\0\x14\1\4\4\1\0\0\1\1\0\0\0\x08\1\2\0\0"),
	   "two or four octets for IPComp");
	ok(RAW2(SA "\0\0\0\x14\1\4\4\1\0\1\1\1\0\0\0\x08\1\2\0\0") ==
		   IKE_N_INVALID_SPI,
	   "a CPI that is too large");
	ok(RAW2(SA "\0\0\0\x10\1\3\xff\1\0\0\0\x08\1\x0c\0\0") ==
		   IKE_N_BAD_PROPOSAL_SYNTAX,
	   "one beyond the proposal");
	ok(!RAW(SA "\0\0\0\x3c\1\1\x10\1"
		   "0123456789abcdef" TF),
	   "16 octets in phase 1");
	ok(RAW(SA "\0\0\0\x3d\1\1\x11\1"
		  "0123456789abcdefg" TF) == IKE_N_INVALID_SPI,
	   "17");
}

/* One transform of phase 1 with these attributes. */
static int attrs(const char *octets, size_t len)
{
	static char sa[300];

	memcpy(sa, SA "\0\0\0\0\1\1\0\1\0\0\0\0\1\1\0\0", 24);
	memcpy(sa + 24, octets, len);
	sa[11] = 16 + len;
	sa[19] = 8 + len;
	return raw(sa, 24 + len, true);
}

#define ATTRS(octets) attrs(octets, sizeof(octets) - 1)

static void test_attributes(void)
{
	ok(!ATTRS("") && !offer.tf[0].p1.encr, "no attribute");
	ok(ATTRS("\x80\1\0\7\x80\1\0\7") == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "a doubled one");
	ok(ATTRS("\x80\1\0") == IKE_N_BAD_PROPOSAL_SYNTAX, "half of one");
	ok(ATTRS("\0\x0c\0\4\0\0") == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "a value beyond the transform");
	ok(ATTRS("\0\x0c\0\0") == IKE_N_BAD_PROPOSAL_SYNTAX, "an empty value");
	ok(!ATTRS("\x80\x0b\0\1\0\x0c\0\4\0\1\x51\x80\x80\x0b\0\2\x80\x0c\0\5") &&
		   offer.tf[0].p1.seconds == 86400 &&
		   offer.tf[0].p1.kbytes == 5,
	   "two lives, short and long form");
	ok(!ATTRS("\x80\x0b\0\1\0\x0c\0\x08\0\0\0\1\0\0\0\0") &&
		   offer.tf[0].p1.seconds == UINT32_MAX,
	   "a life of 8 octets");
	ok(ATTRS("\x80\x0b\0\1\0\x0c\0\x09\0\0\0\1\0\0\0\0\0") ==
		   IKE_N_BAD_PROPOSAL_SYNTAX,
	   "of 9");
	ok(!ATTRS("\0\1\0\x09\0\0\0\0\0\0\0\0\7") &&
		   offer.tf[0].unknown == IKE_P1_ENCR,
	   "a cipher of 9");
	ok(ATTRS("\x80\x0c\0\5") == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "a life without type");
	ok(ATTRS("\x80\x0b\0\1") == IKE_N_BAD_PROPOSAL_SYNTAX,
	   "a type without life");
	ok(ATTRS("\x80\x0b\0\1\x80\x0b\0\2\x80\x0c\0\5") ==
		   IKE_N_BAD_PROPOSAL_SYNTAX,
	   "two types, one life");
	ok(ATTRS("\x80\x0b\0\1\x80\x0c\0\5\x80\x0b\0\1\x80\x0c\0\5") ==
		   IKE_N_BAD_PROPOSAL_SYNTAX,
	   "seconds twice");
	ok(!ATTRS("\x80\x63\0\1") && offer.tf[0].unknown == 99,
	   "one that nobody knows");
	proposal_match_p1(&offer, p1, 4, &lax, &c1, &x);
	ok(x.diff == IKE_DIFF_ATTR && x.offered == 99, "is told");
	ok(!ATTRS("\0\1\0\2\0\7\0\4\0\3\0\0\5") &&
		   offer.tf[0].p1.encr == IKE_ENCR_AES &&
		   offer.tf[0].p1.group == 5,
	   "numbers in the long form");
	ok(!ATTRS("\0\4\0\4\0\1\0\5") && offer.tf[0].unknown == 4 &&
		   !offer.tf[0].p1.group,
	   "one that does not fit is not cut to one that does");
}

/* Many transforms: up to the limits and above. */
static void test_limits(void)
{
	static struct ike_p1_policy many[256];
	static char sa[20000];
	size_t at;
	unsigned int i, n;

	for (i = 0; i < 256; i++)
		many[i] = p1[0];
	start(IKE_EX_MAIN, 0);
	proposal_fill_p1(&enc, many, 256);
	ok(!take(true) && offer.n_tf == 255, "as many transforms as count");
	for (n = PROPOSAL_MAX; n <= PROPOSAL_MAX + 1; n++) {
		memcpy(sa, SA, 8);
		for (i = 0, at = 8; i < n; i++, at += 20) {
			memcpy(sa + at,
			       "\2\0\0\x14\1\3\4\1\0\0\1\1"
			       "\0\0\0\x08\1\x0c\0\0",
			       20);
			sa[at] = i + 1 < n ? 2 : 0;
			sa[at + 4] = i + 1;
		}
		ok((raw(sa, at, false) == 0) == (n == PROPOSAL_MAX),
		   "%u proposals", n);
	}
}

/*
 * All transforms of up to 6 octets of attributes over the octets that mean
 * something there: what is taken is a list of attributes.
 */
static void test_exhaustive(void)
{
	static const uint8_t octets[] = { 0, 1, 2, 4, 11, 12, 0x80, 0xff };
	unsigned long n = 0, taken = 0, count, k, r;
	unsigned int len, i;
	char a[8];

	for (len = 0; len <= 6; len++) {
		for (count = 1, i = 0; i < len; i++)
			count *= sizeof(octets);
		for (k = 0; k < count; k++, n++) {
			for (i = 0, r = k; i < len; i++, r /= sizeof(octets))
				a[i] = octets[r % sizeof(octets)];
			if (attrs(a, len))
				continue;
			taken++;
			/* Short forms have 4 octets, none is empty. */
			if (len != 0 && len < 4)
				abort();
			proposal_match_p1(&offer, p1, 4, &lax, &c1, &x);
		}
	}
	ok(n > 290000 && taken > 100, "%lu short transforms, %lu are some", n,
	   taken);
}

int main(void)
{
	test_p1_order();
	test_p1_answer();
	test_p1_life();
	test_life_data();
	test_p1_explain();
	test_nearest();
	test_p2();
	test_pfs();
	test_encap();
	test_several_protocols();
	test_p2_explain();
	test_strange_numbers();
	test_sa();
	test_counts();
	test_spi();
	test_attributes();
	test_limits();
	test_exhaustive();
	return ktap_end();
}
