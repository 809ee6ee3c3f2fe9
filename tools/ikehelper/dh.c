// SPDX-License-Identifier: GPL-2.0-or-later
/* Diffie-Hellman groups 1, 2, 5, 14, 15, 16, 19, 20, 21 over libcrypto. */
#include "dh.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>

#include "crypto.h"
#include "wire.h"

/* Exponent for groups that libcrypto has no name (and so no size) for. */
#define SHORT_EXPONENT 256

#define POINT_UNCOMPRESSED 4

struct group {
	uint16_t number;
	uint16_t secret_len; /* octets: of p, of a coordinate */
	bool ec;
	bool has_subgroup; /* of small order (RFC 5114) */
	const char *name; /* NULL: by its prime */
	BIGNUM *(*prime)(BIGNUM *bn);
	EVP_PKEY *params;
	EVP_PKEY_CTX *gen;
	uint8_t *top; /* p - 1; MODP */
};

static struct group groups[] = {
	{ .number = 1, .secret_len = 96, .prime = BN_get_rfc2409_prime_768 },
	{ .number = 2, .secret_len = 128, .prime = BN_get_rfc2409_prime_1024 },
	{ .number = 5, .secret_len = 192, .name = "modp_1536" },
	{ .number = 14, .secret_len = 256, .name = "modp_2048" },
	{ .number = 15, .secret_len = 384, .name = "modp_3072" },
	{ .number = 16, .secret_len = 512, .name = "modp_4096" },
	{ .number = 19, .secret_len = 32, .ec = true, .name = "P-256" },
	{ .number = 20, .secret_len = 48, .ec = true, .name = "P-384" },
	{ .number = 21, .secret_len = 66, .ec = true, .name = "P-521" },
	{ .number = 24,
	  .secret_len = 256,
	  .has_subgroup = true,
	  .name = "dh_2048_256" },
};

#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

struct dh {
	const struct group *group;
	EVP_PKEY *key; /* NULL when it was used */
	uint8_t public[IKE_KE_MAX];
};

static const struct group *find(uint16_t number)
{
	size_t i;

	for (i = 0; i < N_GROUPS; i++)
		if (groups[i].number == number)
			return &groups[i];
	return NULL;
}

/* What the library calls keys of its kind. */
static const char *key_type(const struct group *g)
{
	if (g->ec)
		return "EC";
	return g->has_subgroup ? "DHX" : "DH";
}

static size_t public_len(const struct group *g)
{
	return g->ec ? 2 * g->secret_len : g->secret_len;
}

/* Parameters of a group: its name, or its prime with generator 2. */
static OSSL_PARAM *group_params(const struct group *g)
{
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	BIGNUM *p = NULL, *two = NULL;
	OSSL_PARAM *params = NULL;
	int good;

	if (g->name) {
		good = b && OSSL_PARAM_BLD_push_utf8_string(
				    b, OSSL_PKEY_PARAM_GROUP_NAME, g->name, 0);
	} else {
		p = g->prime(NULL);
		two = BN_new();
		good = b && p && two && BN_set_word(two, 2) &&
		       OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_FFC_P, p) &&
		       OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_FFC_G, two) &&
		       OSSL_PARAM_BLD_push_int(b, OSSL_PKEY_PARAM_DH_PRIV_LEN,
					       SHORT_EXPONENT);
	}
	if (good)
		params = OSSL_PARAM_BLD_to_param(b);
	BN_free(p);
	BN_free(two);
	OSSL_PARAM_BLD_free(b);
	return params;
}

/* p - 1 as octets, for the check of what a peer sends. */
static bool note_top(struct group *g)
{
	BIGNUM *p = NULL;
	bool good =
		EVP_PKEY_get_bn_param(g->params, OSSL_PKEY_PARAM_FFC_P, &p) > 0;

	g->top = malloc(g->secret_len);
	good = good && g->top &&
	       BN_bn2binpad(p, g->top, g->secret_len) == g->secret_len;
	BN_free(p);
	if (good)
		g->top[g->secret_len - 1]--;
	return good;
}

static bool init_group(struct group *g)
{
	OSSL_PARAM *params = group_params(g);
	/* What the parameters say of it is not asked when a key is made. */
	int bits = SHORT_EXPONENT;
	const OSSL_PARAM exponent[] = {
		OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_DH_PRIV_LEN, &bits),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx;
	bool good;

	ctx = EVP_PKEY_CTX_new_from_name(crypto_libctx(), key_type(g), NULL);
	good = ctx && params && EVP_PKEY_fromdata_init(ctx) > 0 &&
	       EVP_PKEY_fromdata(ctx, &g->params, EVP_PKEY_KEY_PARAMETERS,
				 params) > 0;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	if (!good)
		return false;
	g->gen = EVP_PKEY_CTX_new_from_pkey(crypto_libctx(), g->params, NULL);
	return g->gen && EVP_PKEY_keygen_init(g->gen) > 0 &&
	       (g->name || EVP_PKEY_CTX_set_params(g->gen, exponent) > 0) &&
	       (g->ec || note_top(g));
}

int dh_init(void)
{
	size_t i;

	if (!crypto_libctx())
		return -EINVAL;
	for (i = 0; i < N_GROUPS; i++) {
		if (groups[i].gen)
			continue;
		if (!init_group(&groups[i])) {
			dh_exit();
			return -ENOTSUP;
		}
	}
	return 0;
}

void dh_exit(void)
{
	size_t i;

	for (i = 0; i < N_GROUPS; i++) {
		EVP_PKEY_CTX_free(groups[i].gen);
		EVP_PKEY_free(groups[i].params);
		free(groups[i].top);
		groups[i].gen = NULL;
		groups[i].params = NULL;
		groups[i].top = NULL;
	}
}

size_t dh_public_len(uint16_t group)
{
	const struct group *g = find(group);

	return g ? public_len(g) : 0;
}

size_t dh_secret_len(uint16_t group)
{
	const struct group *g = find(group);

	return g ? g->secret_len : 0;
}

/* The public value of @key as the KE payload has it. */
static bool note_public(struct dh *dh)
{
	uint8_t point[1 + IKE_KE_MAX];
	size_t want = public_len(dh->group), got;
	size_t skip = dh->group->ec ? 1 : 0;

	if (EVP_PKEY_get_octet_string_param(dh->key,
					    OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
					    point, sizeof(point), &got) <= 0 ||
	    got != want + skip || (skip && point[0] != POINT_UNCOMPRESSED))
		return false;
	memcpy(dh->public, point + skip, want);
	return true;
}

struct dh *dh_create(uint16_t group)
{
	const struct group *g = find(group);
	struct dh *dh;

	if (!g || !g->gen) {
		errno = ENOTSUP;
		return NULL;
	}
	dh = calloc(1, sizeof(*dh));
	if (!dh)
		return NULL;
	dh->group = g;
	if (EVP_PKEY_generate(g->gen, &dh->key) <= 0 || !note_public(dh)) {
		dh_free(dh);
		ERR_clear_error();
		errno = EIO;
		return NULL;
	}
	return dh;
}

void dh_free(struct dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->key);
	free(dh);
}

uint16_t dh_group(const struct dh *dh)
{
	return dh->group->number;
}

struct bytes dh_public(const struct dh *dh)
{
	return bytes_of(dh->public, public_len(dh->group));
}

/* 1 < y < p - 1: enough for a safe prime and a fresh key (RFC 6989, 2.1). */
static bool is_in_range(const struct group *g, struct bytes y)
{
	uint8_t high = 0;
	size_t i;

	for (i = 0; i + 1 < y.len; i++)
		high |= y.p[i];
	if (!high && y.p[y.len - 1] <= 1)
		return false;
	return memcmp(y.p, g->top, y.len) < 0;
}

/* The peer's value as a key, or NULL if it is none. */
static EVP_PKEY *peer_key(const struct group *g, struct bytes peer)
{
	uint8_t point[1 + IKE_KE_MAX];
	size_t skip = g->ec ? 1 : 0;
	EVP_PKEY *key;

	if (peer.len != public_len(g) || (!g->ec && !is_in_range(g, peer)))
		return NULL;
	point[0] = POINT_UNCOMPRESSED;
	memcpy(point + skip, peer.p, peer.len);
	key = EVP_PKEY_new();
	if (key && EVP_PKEY_copy_parameters(key, g->params) > 0 &&
	    EVP_PKEY_set1_encoded_public_key(key, point, peer.len + skip) > 0)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static bool derive(struct dh *dh, EVP_PKEY *peer, uint8_t *secret)
{
	const struct group *g = dh->group;
	size_t len = g->secret_len;
	EVP_PKEY_CTX *ctx;
	unsigned int pad = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
		OSSL_PARAM_construct_end(),
	};
	bool good;

	ctx = EVP_PKEY_CTX_new_from_pkey(crypto_libctx(), dh->key, NULL);
	/*
	 * The library's own check of a MODP value is a second exponentiation
	 * that costs more than all the rest; is_in_range() did what is needed
	 * where the prime is safe. Points are checked in full, and so are values
	 * that may lie outside the subgroup (RFC 6989, 2.2).
	 */
	good = ctx && EVP_PKEY_derive_init_ex(ctx, g->ec ? NULL : params) > 0 &&
	       EVP_PKEY_derive_set_peer_ex(ctx, peer,
					   g->ec || g->has_subgroup) > 0 &&
	       EVP_PKEY_derive(ctx, secret, &len) > 0 && len == g->secret_len;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

int dh_derive(struct dh *dh, struct bytes peer, uint8_t *secret)
{
	EVP_PKEY *key;
	bool good;

	if (!dh->key)
		return -EALREADY;
	key = peer_key(dh->group, peer);
	good = key && derive(dh, key, secret);
	EVP_PKEY_free(key);
	if (!good) {
		ERR_clear_error();
		return -EBADMSG;
	}
	/* Gone, so that it cannot serve a second exchange. */
	EVP_PKEY_free(dh->key);
	dh->key = NULL;
	return 0;
}
