// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any SA payload against a set of policies. What is chosen is agreed by the
 * other side too; what is not is explained.
 */
#include <stdlib.h>

#include "ikehelper/attr.h"
#include "ikehelper/encode.h"
#include "ikehelper/payload.h"
#include "ikehelper/proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ike_sa_offer offer, answer;
static struct ike_explain why;
static uint8_t out[IKE_MSG_MAX];

static const struct ike_p1_policy p1[] = {
	{ 10, IKE_ENCR_AES, 256, IKE_HASH_SHA256, IKE_AUTH_RSA_SIG, 14, 86400,
	  0 },
	{ 20, IKE_ENCR_AES, 128, IKE_HASH_SHA1, IKE_AUTH_PSK, 5, 3600, 0 },
	{ 30, IKE_ENCR_3DES, 0, IKE_HASH_MD5, IKE_AUTH_PSK, 2, 86400, 1000 },
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
	  .esp_auth = IKE_AUTHALG_MD5,
	  .encap = IKE_ENCAP_TRANSPORT,
	  .group = 2,
	  .seconds = 3600 },
	{ .name = "ah",
	  .ah = IKE_AH_SHA,
	  .ah_auth = IKE_AUTHALG_SHA,
	  .esp = IKE_ESP_AES_GCM_16,
	  .esp_keylen = 256,
	  .ipcomp = IKE_IPCOMP_DEFLATE,
	  .encap = IKE_ENCAP_TUNNEL },
};

static void check_text(void)
{
	char text[IKE_EXPLAIN_STR], *s;

	if (why.diff == IKE_DIFF_NONE || why.diff >= IKE_DIFF_MAX)
		abort();
	for (s = explain_fmt(&why, text); *s; s++)
		if (*s < ' ' || *s > '~')
			abort();
}

/* The SA payload in @e as the other side reads it. */
static void read_answer(struct enc *e, bool phase1)
{
	size_t len = enc_finish(e);

	if (!len || proposal_parse(bytes_of(out + IKE_HDR_LEN + IKE_GEN_LEN,
					    len - IKE_HDR_LEN - IKE_GEN_LEN),
				   phase1, &answer))
		abort();
}

static void phase1(const struct ike_match_opts *opt, struct enc *e)
{
	struct ike_p1_choice c, theirs;

	if (proposal_match_p1(&offer, p1, 3, opt, &c, &why)) {
		check_text();
		return;
	}
	if (c.policy > 2 || c.agreed.seconds > p1[c.policy].seconds)
		abort();
	proposal_reply_p1(e, &c);
	read_answer(e, true);
	if (proposal_check_p1(&answer, p1, 3, &theirs, &why) ||
	    theirs.policy != c.policy ||
	    theirs.agreed.seconds != c.agreed.seconds)
		abort();
}

static void phase2(const struct ike_match_opts *opt, struct enc *e)
{
	struct ike_p2_spis ours = { 0x1000, 0x2000, 0x3000 };
	struct ike_p2_choice c, theirs;

	if (proposal_match_p2(&offer, p2, 3, opt, &c, &why)) {
		check_text();
		return;
	}
	if (c.policy > 2 || !c.n || c.n > 3 ||
	    (c.agreed.group && !attr_group_ok(c.agreed.group)) ||
	    c.agreed.seconds > 3600u * 24 * 365 * 200)
		abort();
	proposal_reply_p2(e, &c, &ours);
	read_answer(e, false);
	if (proposal_check_p2(&answer, &c.agreed, 1, opt->encap_udp, &theirs,
			      &why) ||
	    (c.agreed.esp && theirs.spis.esp != 0x1000))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t udp[] = { 0, IKE_ENCAP_UDP_TUNNEL,
					IKE_ENCAP_DRAFT_TUNNEL, 0 };
	struct ike_hdr h = { .icookie = "c", .exchange = IKE_EX_MAIN };
	struct ike_match_opts opt;
	struct enc e;
	uint8_t *copy;
	uint8_t how;

	if (!size || size > 20000)
		return 0;
	how = *data++;
	size--;
	copy = malloc(size ? size : 1);
	memcpy(copy, data, size);
	opt = (struct ike_match_opts){ how & 2, how & 4, udp[how >> 3 & 3] };
	enc_start(&e, out, sizeof(out), &h);
	if (proposal_parse(bytes_of(copy, size), how & 1, &offer)) {
		if (!offer.why)
			abort();
	} else if (how & 1) {
		phase1(&opt, &e);
	} else {
		phase2(&opt, &e);
	}
	free(copy);
	return 0;
}
