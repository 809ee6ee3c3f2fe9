// SPDX-License-Identifier: GPL-2.0-or-later
// Two engines, with everything that can be negotiated: each cipher of phase 1
// with each hash, group, authentication and mode; each transform of phase 2.

#include "../unit/ktap.h"
#include "world.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const uint16_t groups[] = { 1, 2, 5, 14, 15, 16, 19, 20, 21, 24 };

/* Both have one and the same pair with the same keys, and packets pass. */
static bool is_agreed(struct world *w)
{
	struct wpair *a = world_active(w, 0, 0), *b = world_active(w, 1, 0);

	return a && b &&
	       !memcmp(&a->p.in_cipher, &b->p.out_cipher,
		       sizeof(struct krn_key)) &&
	       !memcmp(&a->p.out_integ, &b->p.in_integ,
		       sizeof(struct krn_key)) &&
	       a->proto == b->proto && a->p.cipher == b->p.cipher &&
	       a->p.integ == b->p.integ && a->p.mode == b->p.mode &&
	       world_is_up(w);
}

/* One negotiation; node @from begins. */
static bool comes_up(const struct ike_p1_policy *p1,
		     const struct ike_p2_policy *p2, bool aggressive, int from)
{
	static struct world w;
	static uint64_t seed;
	struct wpair *pair;
	bool good;
	int i;

	world_init(&w, ++seed);
	for (i = 0; i < 2; i++) {
		w.node[i].p1[0] = *p1;
		w.node[i].p1[0].priority = 10;
		w.node[i].p1[0].seconds = 86400;
		w.node[i].p2[0].group = p2->group;
		if (p2->esp || p2->ah) {
			w.node[i].p2[0].esp = p2->esp;
			w.node[i].p2[0].esp_keylen = p2->esp_keylen;
			w.node[i].p2[0].esp_auth = p2->esp_auth;
			w.node[i].p2[0].ah = p2->ah;
			w.node[i].p2[0].ah_auth = p2->ah_auth;
			w.node[i].p2[0].encap = p2->encap;
		}
		if (aggressive)
			w.node[i].peer.flags |= IKE_PEER_AGGRESSIVE;
	}
	if (p2->encap == IKE_ENCAP_TRANSPORT)
		world_flow_of_gateways(&w);
	world_traffic(&w, from, 0);
	world_run(&w, 3000);
	good = is_agreed(&w) &&
	       aggressive == (w.node[from].states[0] == AG_INIT_EXCH);
	pair = world_active(&w, from, 0);
	if (good && (p2->esp || p2->ah))
		good = pair->p.mode == (p2->encap == IKE_ENCAP_TRANSPORT ?
						MODE_TRANSPORT :
						MODE_TUNNEL);
	world_exit(&w);
	return good;
}

static void phase1(bool aggressive, uint16_t auth, const char *name)
{
	static const uint16_t hashes[] = { IKE_HASH_MD5, IKE_HASH_SHA1,
					   IKE_HASH_SHA256, IKE_HASH_SHA384,
					   IKE_HASH_SHA512 };
	static const struct {
		uint16_t encr, bits;
	} ciphers[] = { { IKE_ENCR_DES, 0 },
			{ IKE_ENCR_3DES, 0 },
			{ IKE_ENCR_AES, 128 },
			{ IKE_ENCR_AES, 192 },
			{ IKE_ENCR_AES, 256 } };
	struct ike_p2_policy p2 = { 0 };
	unsigned int c, h, g, n = 0, good = 0;

	for (c = 0; c < N(ciphers); c++) {
		for (h = 0; h < N(hashes); h++) {
			for (g = 0; g < N(groups); g++, n++) {
				struct ike_p1_policy p = {
					.encr = ciphers[c].encr,
					.keylen = ciphers[c].bits,
					.hash = hashes[h],
					.group = groups[g],
					.auth = auth,
				};

				if (comes_up(&p, &p2, aggressive, n % 2))
					good++;
				else
					printf("# cipher %u/%u hash %u group %u\n",
					       p.encr, p.keylen, p.hash,
					       p.group);
			}
		}
	}
	ok(n && good == n, "%s: %u of %u", name, good, n);
}

/* With @p2, in both modes, without PFS and with each group by turns. */
static void each_mode(struct ike_p2_policy *p2, unsigned int *n,
		      unsigned int *good)
{
	static const uint16_t encaps[] = { IKE_ENCAP_TUNNEL,
					   IKE_ENCAP_TRANSPORT };
	const struct ike_p1_policy p1 = { .encr = IKE_ENCR_AES,
					  .keylen = 128,
					  .hash = IKE_HASH_SHA256,
					  .group = 19,
					  .auth = IKE_AUTH_PSK };
	unsigned int e, pfs;

	for (e = 0; e < N(encaps); e++) {
		for (pfs = 0; pfs < 2; pfs++, ++*n) {
			p2->encap = encaps[e];
			p2->group = pfs ? groups[*n / 2 % N(groups)] : 0;
			if (comes_up(&p1, p2, false, *n / 4 % 2))
				++*good;
			else
				printf("# esp %u/%u auth %u ah %u encap %u group %u\n",
				       p2->esp, p2->esp_keylen, p2->esp_auth,
				       p2->ah, p2->encap, p2->group);
		}
	}
}

static void phase2(void)
{
	static const uint16_t auths[] = { IKE_AUTHALG_MD5, IKE_AUTHALG_SHA,
					  IKE_AUTHALG_SHA256,
					  IKE_AUTHALG_SHA384,
					  IKE_AUTHALG_SHA512 };
	static const struct {
		uint8_t esp;
		uint16_t bits;
		bool is_aead;
	} esps[] = {
		{ IKE_ESP_NULL, 0, false },
		{ IKE_ESP_DES, 0, false },
		{ IKE_ESP_3DES, 0, false },
		{ IKE_ESP_AES_CBC, 128, false },
		{ IKE_ESP_AES_CBC, 192, false },
		{ IKE_ESP_AES_CBC, 256, false },
		{ IKE_ESP_AES_CTR, 128, false },
		{ IKE_ESP_AES_CTR, 192, false },
		{ IKE_ESP_AES_CTR, 256, false },
		{ IKE_ESP_AES_GCM_16, 128, true },
		{ IKE_ESP_AES_GCM_16, 192, true },
		{ IKE_ESP_AES_GCM_16, 256, true },
		{ IKE_ESP_AES_CCM_16, 128, true },
		{ IKE_ESP_AES_CCM_16, 192, true },
		{ IKE_ESP_AES_CCM_16, 256, true },
		{ IKE_ESP_AES_GMAC, 128, true },
		{ IKE_ESP_AES_GMAC, 192, true },
		{ IKE_ESP_AES_GMAC, 256, true },
	};
	unsigned int i, a, n = 0, good = 0;

	for (i = 0; i < N(esps); i++) {
		struct ike_p2_policy p2 = { .esp = esps[i].esp,
					    .esp_keylen = esps[i].bits };

		for (a = 0; a < (esps[i].is_aead ? 1 : N(auths)); a++) {
			p2.esp_auth = esps[i].is_aead ? IKE_AUTHALG_NONE :
							auths[a];
			each_mode(&p2, &n, &good);
		}
	}
	ok(n && good == n, "transforms of phase 2, both modes, PFS: %u of %u",
	   good, n);
}

static void phase2_ah(void)
{
	static const struct {
		uint8_t ah;
		uint16_t auth;
	} ahs[] = {
		{ IKE_AH_MD5, IKE_AUTHALG_MD5 },
		{ IKE_AH_SHA, IKE_AUTHALG_SHA },
		{ IKE_AH_SHA256, IKE_AUTHALG_SHA256 },
		{ IKE_AH_SHA384, IKE_AUTHALG_SHA384 },
		{ IKE_AH_SHA512, IKE_AUTHALG_SHA512 },
	};
	unsigned int i, n = 0, good = 0;

	for (i = 0; i < N(ahs); i++) {
		struct ike_p2_policy p2 = { .ah = ahs[i].ah,
					    .ah_auth = ahs[i].auth };

		each_mode(&p2, &n, &good);
	}
	ok(n && good == n, "AH, both modes, PFS: %u of %u", good, n);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	phase1(false, IKE_AUTH_PSK, "main mode, pre-shared keys");
	phase1(true, IKE_AUTH_PSK, "aggressive mode, pre-shared keys");
	phase1(false, IKE_AUTH_RSA_SIG, "main mode, signatures");
	phase1(true, IKE_AUTH_RSA_SIG, "aggressive mode, signatures");
	phase2();
	phase2_ah();
	return ktap_end();
}
