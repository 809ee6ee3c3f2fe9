// SPDX-License-Identifier: GPL-2.0-or-later
/* NAT detection, and vendor IDs that are hashes of texts. */
#include "ktap.h"

#include "ike_build.h"
#include "ikehelper/crypto.h"
#include "ikehelper/natd.h"
#include "ikehelper/vid.h"

static struct addr us, peer, nat;
static struct natd_verdict v;

static void put_natd(const struct addr *a, uint16_t port)
{
	uint8_t sum[IKE_HASH_MAX];

	/* The header was just written to the buffer. */
	struct ike_hdr h = { .icookie = "initiat", .rcookie = "" };

	natd_hash(IKE_HASH_SHA1, &h, a, port, sum);
	enc_payload(&enc, IKE_PL_NATD, bytes_of(sum, 20));
}

static int check(bool old)
{
	struct natd_ends ends = { IKE_HASH_SHA1, &us, &peer, 500, 500 };

	if (parse())
		return -1;
	return natd_check(&msg, &msg.hdr, old, &ends, &v);
}

static void test_check(void)
{
	start(IKE_EX_MAIN, 0);
	put_natd(&us, 500);
	put_natd(&peer, 500);
	ok(!check(false) && v.present && !v.behind_us && !v.behind_peer,
	   "nobody is behind NAT");
	ok(!check(true) && !v.present, "other payloads count with drafts");
	start(IKE_EX_MAIN, 0);
	put_natd(&nat, 500);
	put_natd(&peer, 500);
	ok(!check(false) && v.behind_us && !v.behind_peer, "we are");
	start(IKE_EX_MAIN, 0);
	put_natd(&us, 500);
	put_natd(&nat, 500);
	ok(!check(false) && !v.behind_us && v.behind_peer, "the peer is");
	put_natd(&peer, 500);
	ok(!check(false) && !v.behind_peer, "one of several addresses is its");
	start(IKE_EX_MAIN, 0);
	put_natd(&us, 500);
	put_natd(&peer, 1024);
	ok(!check(false) && v.behind_peer, "by its port");
	start(IKE_EX_MAIN, 0);
	put_natd(&us, 500);
	ok(!check(false) && !v.present && !v.behind_peer, "only one payload");
	filled(IKE_PL_NATD, 16, 1);
	ok(check(false) == IKE_N_PAYLOAD_MALFORMED, "a hash of another length");
}

static void test_vids(void)
{
	static const struct {
		const char *text;
		enum vid vid;
	} t[] = {
		{ "RFC 3947", VID_NATT_RFC },
		{ "draft-ietf-ipsec-nat-t-ike-00", VID_NATT_00 },
		{ "draft-ietf-ipsec-nat-t-ike-01", VID_NATT_01 },
		{ "draft-ietf-ipsec-nat-t-ike-02", VID_NATT_02 },
		{ "draft-ietf-ipsec-nat-t-ike-02\n", VID_NATT_02N },
		{ "draft-ietf-ipsec-nat-t-ike-03", VID_NATT_03 },
		{ "draft-ietf-ipsec-nat-t-ike-04", VID_NATT_04 },
		{ "draft-ietf-ipsec-nat-t-ike-05", VID_NATT_05 },
		{ "draft-ietf-ipsec-nat-t-ike-06", VID_NATT_06 },
		{ "draft-ietf-ipsec-nat-t-ike-07", VID_NATT_07 },
		{ "draft-ietf-ipsec-nat-t-ike-08", VID_NATT_08 },
		{ "draft-ietf-ipsec-nat-t-ike", VID_NATT_DRAFT },
		{ "FRAGMENTATION", VID_FRAG },
		{ "strongSwan", VID_STRONGSWAN },
		{ "KAME/racoon", VID_RACOON },
		{ "Vid-Initial-Contact", VID_MS_INITIAL_CONTACT },
	};
	uint8_t sum[IKE_HASH_MAX];
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct bytes b = bytes_of(t[i].text, strlen(t[i].text));

		crypto_hash(IKE_HASH_MD5, &b, 1, sum);
		ok(vid_match(bytes_of(sum, 16)) == t[i].vid, "%s",
		   vid_name(t[i].vid));
	}
}

int main(void)
{
	ok(!crypto_init(NULL), "start");
	addr_parse("192.0.2.1", &us);
	addr_parse("198.51.100.1", &peer);
	addr_parse("10.0.0.1", &nat);
	test_check();
	test_vids();
	crypto_exit();
	return ktap_end();
}
