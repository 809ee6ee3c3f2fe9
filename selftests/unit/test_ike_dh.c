// SPDX-License-Identifier: GPL-2.0-or-later
/* Diffie-Hellman: vectors, agreement, and values that no peer should send. */
#include "ktap.h"

#include <sys/resource.h>

#include "vectors.h"

/* The private keys of vectors have to be put into keys. */
#include "ikehelper/dh.c"

static const uint16_t numbers[] = { 1, 2, 5, 14, 15, 16, 19, 20, 21, 24 };

/* A key of a group from its private value. */
static struct dh *with_private(uint16_t group, struct bytes x,
			       struct bytes public)
{
	const struct group *g = find(group);
	BIGNUM *bn = BN_bin2bn(x.p, x.len, NULL), *pub, *p = NULL, *two;
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	struct dh *dh = calloc(1, sizeof(*dh));
	uint8_t point[1 + IKE_KE_MAX];
	EVP_PKEY_CTX *ctx;
	OSSL_PARAM *params;

	pub = BN_bin2bn(public.p, public.len, NULL);
	two = BN_new();
	BN_set_word(two, 2);
	OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, bn);
	if (g->ec) {
		point[0] = 4;
		memcpy(point + 1, public.p, public.len);
		OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY,
						 point, public.len + 1);
	} else {
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PUB_KEY, pub);
	}
	if (g->name) {
		OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME,
						g->name, 0);
	} else {
		p = g->prime(NULL);
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_FFC_P, p);
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_FFC_G, two);
	}
	params = OSSL_PARAM_BLD_to_param(b);
	ctx = EVP_PKEY_CTX_new_from_name(crypto_libctx(), g->ec ? "EC" : "DH",
					 NULL);
	dh->group = g;
	EVP_PKEY_fromdata_init(ctx);
	if (EVP_PKEY_fromdata(ctx, &dh->key, EVP_PKEY_KEYPAIR, params) <= 0 ||
	    !note_public(dh)) {
		ERR_print_errors_fp(stdout);
		dh_free(dh);
		dh = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	BN_free(bn);
	BN_free(pub);
	BN_free(p);
	BN_free(two);
	return dh;
}

static void test_vectors(const char *path, const char *type)
{
	static struct vec v;

	vec_open(&v, path);
	while (vec_next(&v)) {
		struct bytes gx, gy, gxy;
		uint8_t one[IKE_KE_MAX], two[IKE_KE_MAX];
		uint16_t group;
		struct dh *a, *b;

		if (strcmp(vec_text(&v, "type"), type))
			continue;
		group = vec_number(&v, "group");
		gx = vec_hex(&v, "gx");
		gy = vec_hex(&v, "gy");
		gxy = vec_hex(&v, "gxy");
		a = with_private(group, vec_hex(&v, "x"), gx);
		b = with_private(group, vec_hex(&v, "y"), gy);
		ok(a && b && bytes_eq(dh_public(a), gx) &&
			   bytes_eq(dh_public(b), gy) &&
			   gxy.len == dh_secret_len(group) &&
			   !dh_derive(a, gy, one) && !dh_derive(b, gx, two) &&
			   !memcmp(one, gxy.p, gxy.len) &&
			   !memcmp(two, gxy.p, gxy.len),
		   "group %u against the vector", group);
		dh_free(a);
		dh_free(b);
	}
}

/* The primes are those of the RFCs: computed from their formulas. */
static void test_primes(void)
{
	static struct vec v;

	vec_open(&v, UNIT "/ikev1.txt");
	while (vec_next(&v)) {
		const struct group *g;
		struct bytes p;

		if (strcmp(vec_text(&v, "type"), "dh"))
			continue;
		g = find(vec_number(&v, "group"));
		p = vec_hex(&v, "p");
		ok(p.len == g->secret_len && !memcmp(p.p, g->top, p.len - 1) &&
			   p.p[p.len - 1] == g->top[p.len - 1] + 1,
		   "prime of group %u", g->number);
	}
}

/* Two fresh keys agree, and serve once. */
static void test_agree(uint16_t number)
{
	struct dh *a = dh_create(number), *b = dh_create(number);
	struct dh *c = dh_create(number);
	uint8_t one[IKE_KE_MAX], two[IKE_KE_MAX];
	struct bytes pub = dh_public(a);

	ok(!dh_derive(a, dh_public(b), one) && !dh_derive(b, pub, two) &&
		   !memcmp(one, two, dh_secret_len(number)),
	   "group %u agrees", number);
	ok(dh_derive(a, dh_public(c), one) == -EALREADY,
	   "group %u: a key serves once", number);
	ok(!bytes_eq(dh_public(a), dh_public(c)) &&
		   pub.len == dh_public_len(number) && dh_group(c) == number,
	   "group %u: keys are fresh", number);
	dh_free(a);
	dh_free(b);
	dh_free(c);
}

static bool refused(struct dh *dh, const uint8_t *p, size_t len)
{
	uint8_t secret[IKE_KE_MAX];

	return dh_derive(dh, bytes_of(p, len), secret) == -EBADMSG;
}

static void bad_lengths(struct dh *dh, uint16_t number)
{
	uint8_t y[IKE_KE_MAX + 200];
	size_t len = dh_public_len(number), i;
	unsigned int taken = 0;

	memset(y, 2, sizeof(y));
	for (i = 0; i < sizeof(y); i++)
		if (i != len && !refused(dh, y, i))
			taken++;
	ok(!taken, "group %u: every wrong length", number);
}

static void bad_numbers(struct dh *dh, uint16_t number)
{
	const struct group *g = find(number);
	size_t len = g->secret_len;
	uint8_t y[IKE_KE_MAX], secret[IKE_KE_MAX];

	memset(y, 0, len);
	ok(refused(dh, y, len), "group %u: 0", number);
	y[len - 1] = 1;
	ok(refused(dh, y, len), "group %u: 1", number);
	memcpy(y, g->top, len);
	ok(refused(dh, y, len), "group %u: p - 1", number);
	y[len - 1]++;
	ok(refused(dh, y, len), "group %u: p", number);
	memset(y, 0xff, len);
	ok(refused(dh, y, len), "group %u: above p", number);
	memcpy(y, g->top, len);
	y[len - 1]--;
	if (g->has_subgroup)
		ok(refused(dh, y, len), "group %u: not in the subgroup",
		   number);
	else
		ok(!dh_derive(dh, bytes_of(y, len), secret), "group %u: p - 2",
		   number);
}

static void bad_points(struct dh *dh, uint16_t number)
{
	size_t len = dh_public_len(number);
	struct dh *other = dh_create(number);
	uint8_t y[IKE_KE_MAX], secret[IKE_KE_MAX];

	memset(y, 0, len);
	ok(refused(dh, y, len), "group %u: 0, 0", number);
	memset(y, 0xff, len);
	ok(refused(dh, y, len), "group %u: coordinates too large", number);
	memcpy(y, dh_public(other).p, len);
	y[len - 1] ^= 1;
	ok(refused(dh, y, len), "group %u: off the curve", number);
	memset(y + len / 2, 0, len / 2);
	ok(refused(dh, y, len), "group %u: x only", number);
	ok(refused(dh, y, len / 2), "group %u: half a point", number);
	ok(!dh_derive(dh, dh_public(other), secret),
	   "group %u: still good for a point", number);
	dh_free(other);
}

static void test_bad(uint16_t number)
{
	struct dh *dh = dh_create(number);

	bad_lengths(dh, number);
	if (find(number)->ec)
		bad_points(dh, number);
	else
		bad_numbers(dh, number);
	dh_free(dh);
}

/* A confined process opens no file: nothing may be left to load. */
static void test_confined(void)
{
	struct rlimit old, none;
	unsigned int i, bad = 0;

	getrlimit(RLIMIT_NOFILE, &old);
	none = old;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	for (i = 0; i < N_GROUPS; i++) {
		struct dh *a = dh_create(numbers[i]);
		struct dh *b = dh_create(numbers[i]);
		uint8_t secret[IKE_KE_MAX];

		if (!a || !b || dh_derive(a, dh_public(b), secret) ||
		    !refused(b, secret, 3))
			bad++;
		dh_free(a);
		dh_free(b);
	}
	setrlimit(RLIMIT_NOFILE, &old);
	ok(!bad, "all of it without opening a file");
}

static void test_unknown(void)
{
	static const uint16_t bad[] = { 0,  3,	4,    17,   18,	  22,
					23, 31, 1024, 1025, 65535 };
	unsigned int i, made = 0;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (dh_create(bad[i]) || errno != ENOTSUP ||
		    dh_public_len(bad[i]) || dh_secret_len(bad[i]))
			made++;
	ok(!made, "groups that we lack, and numbers that are none");
	dh_free(NULL);
}

int main(void)
{
	unsigned int i;

	ok(dh_init() == -EINVAL, "crypto comes first");
	ok(!crypto_init(NULL) && !dh_init() && !dh_init(), "start");
	test_confined();
	test_vectors(UNIT "/rfc5903.txt", "ecdh");
	test_vectors(UNIT "/ikev1.txt", "dh");
	test_primes();
	for (i = 0; i < N_GROUPS; i++) {
		test_agree(numbers[i]);
		test_bad(numbers[i]);
	}
	test_unknown();
	dh_exit();
	crypto_exit();
	return ktap_end();
}
