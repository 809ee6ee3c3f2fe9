// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificate maps: names of certificates, lines and entries that fit them. */
#include "ktap.h"
#include "pki_make.h"

#include "ikehelper/certmap.h"
#include "ikehelper/crypto.h"
#include "lib/cfg_if.h"

static struct pki_names names;

/* Told as the parent tells it; the engine's one. */
static struct certmap told(const struct certmap_rule *r, unsigned int n)
{
	struct certmap map = { (struct certmap_rule *)r, n }, got = { 0 };
	struct msg m;

	msg_init(&m, 0, 0);
	certmap_put(&m, &map);
	m.pos = 0;
	if (!certmap_get(&m, &got) || got.n != n)
		ok(false, "a map is told");
	msg_free(&m);
	return got;
}

static bool fits(const struct certmap_rule *r, unsigned int n)
{
	struct certmap map = told(r, n);
	bool good = certmap_fits(&map, &names);

	certmap_free(&map);
	return good;
}

static void line(uint8_t field, uint8_t op, const char *text, bool want)
{
	struct certmap_rule r = {
		.entry = 1, .field = field, .op = op, .text = (char *)text
	};

	ok(fits(&r, 1) == want, "%u %u '%s': %s", field, op, text,
	   want ? "fits" : "does not fit");
}

/* A text that is there, or not, by all four operators. */
static void whole(uint8_t field, const char *text, bool there)
{
	line(field, CFG_CERT_EQ, text, there);
	line(field, CFG_CERT_NE, text, !there);
}

static void part(uint8_t field, const char *text, bool there)
{
	line(field, CFG_CERT_CO, text, there);
	line(field, CFG_CERT_NC, text, !there);
}

static bool take(X509 *cert)
{
	uint8_t *der = NULL;
	int len = i2d_X509(cert, &der);
	bool good = pki_names_read(bytes_of(der, len), &names);

	certmap_norm(&names);
	OPENSSL_free(der);
	X509_free(cert);
	return good;
}

static void test_names(EVP_PKEY *key, X509 *ca)
{
	struct spec s = { .cn = "Gate  West, ou=admin",
			  .key = key,
			  .issuer = ca,
			  .signer = key,
			  .alt = "DNS:West.example.com,email:ops@example.com,"
				 "IP:192.0.2.7",
			  .host = "R1.example.com" };

	ok(take(make_cert(&s)), "names of a certificate");
	whole(CFG_CERT_SUBJECT,
	      "unstructuredName=R1.example.com , CN = gate west\\, ou=admin , "
	      "o=TEST",
	      true);
	whole(CFG_CERT_SUBJECT,
	      "O=Test,CN=Gate West\\, ou=admin,unstructuredName=r1.example.com",
	      true);
	whole(CFG_CERT_SUBJECT, "cn=gate west", false);
	part(CFG_CERT_SUBJECT, "CN= Gate West", true);
	part(CFG_CERT_SUBJECT, "o=test", true);
	part(CFG_CERT_SUBJECT, ",ou=admin", true);
	part(CFG_CERT_SUBJECT, "o=testing", false);
	whole(CFG_CERT_ISSUER, "cn=Root,o=Test", true);
	part(CFG_CERT_ISSUER, "west", false);
	whole(CFG_CERT_ALT, "west.example.com", true);
	whole(CFG_CERT_ALT, "192.0.2.7", true);
	part(CFG_CERT_ALT, "ops@", true);
	part(CFG_CERT_ALT, "r1", false);
	whole(CFG_CERT_UNSTRUCTURED, "r1.example.com", true);
	part(CFG_CERT_UNSTRUCTURED, "west", false);
	part(CFG_CERT_NAME, "west.example.com", true);
	part(CFG_CERT_NAME, "r1.example", true);
	part(CFG_CERT_NAME, "gate", true);
	part(CFG_CERT_NAME, "root", false);
	part(99, "west", false);
	pki_names_free(&names);
}

static void test_serial(EVP_PKEY *key)
{
	struct spec s = { .cn = "x", .key = key };
	X509 *cert = make_unsigned(&s);

	ASN1_INTEGER_set(X509_get_serialNumber(cert), 0xa4b);
	X509_sign(cert, key, EVP_sha256());
	ok(take(cert), "a certificate without alternative names");
	whole(CFG_CERT_SERIAL, "0A:4B", true);
	whole(CFG_CERT_SERIAL, "0xa4b", true);
	whole(CFG_CERT_SERIAL, "a4", false);
	part(CFG_CERT_SERIAL, "4b", true);
	part(CFG_CERT_SERIAL, "b4", false);
	whole(CFG_CERT_ALT, "x", false);
	whole(CFG_CERT_UNSTRUCTURED, "x", false);
}

#define JAN_2 1767312000 /* 2026, 00:00 UTC */

static void test_dates(EVP_PKEY *key)
{
	static const struct {
		const char *text;
		int64_t from, to; /* from JAN_2 on; to 0: no date */
	} dates[] = {
		{ "Jan 2 2026", 0, DAY },
		{ " 2  january 2026 ", 0, DAY },
		{ "02 01 2026", 0, DAY },
		{ "2 jan 2026 00:01", 60, 120 },
		{ "JANU 2 2026 23:59:59", DAY - 1, DAY },
		{ "29 Feb 2028", 788 * DAY, 789 * DAY },
		{ "29 Feb 2026", 0, 0 },
		{ "Jan 0 2026", 0, 0 },
		{ "2 13 2026", 0, 0 },
		{ "Ja 2 2026", 0, 0 },
		{ "Jane 2 2026", 0, 0 },
		{ "Jan 2 26", 0, 0 },
		{ "Jan 2 2026 24:00", 0, 0 },
		{ "Jan 2 2026 12:60", 0, 0 },
		{ "Jan 2 2026 12", 0, 0 },
		{ "Jan 2 2026 12:00:00 UTC", 0, 0 },
		{ "Jan 2", 0, 0 },
		{ "", 0, 0 },
	};
	struct spec s = {
		.cn = "x", .key = key, .from = JAN_2 + 3600, .to = JAN_2 + DAY
	};
	uint8_t from = CFG_CERT_VALID_START, to = CFG_CERT_EXPIRES_ON;
	struct date_span d;
	size_t i;

	for (i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		bool good = date_parse(dates[i].text, &d);

		ok(dates[i].to ? good && d.from == JAN_2 + dates[i].from &&
					 d.to == JAN_2 + dates[i].to :
				 !good,
		   "date '%s'", dates[i].text);
	}
	ok(take(make_cert(&s)), "a certificate of one day");
	whole(from, "Jan 2 2026", true);
	whole(from, "Jan 2 2026 01:00", true);
	whole(from, "Jan 2 2026 00:59", false);
	whole(from, "Jan 3 2026", false);
	whole(to, "Jan 3 2026 00:00:00", true);
	whole(to, "Jan 2 2026", false);
	line(from, CFG_CERT_LT, "Jan 2 2026 01:00:01", true);
	line(from, CFG_CERT_LT, "Jan 2 2026 01:00:00", false);
	line(from, CFG_CERT_GE, "Jan 2 2026 01:00:00", true);
	line(from, CFG_CERT_GE, "Jan 2 2026 01:00:01", false);
	line(to, CFG_CERT_GE, "Jan 3 2026", true);
	line(to, CFG_CERT_LT, "Jan 3 2026", false);
	line(to, CFG_CERT_CO, "Jan 3 2026", false);
	pki_names_free(&names);
}

/* All lines of an entry, one entry of the map. */
static void test_entries(void)
{
	struct certmap_rule r[] = {
		{ 1, CFG_CERT_SUBJECT, CFG_CERT_CO, (char *)"cn=x", { 0 } },
		{ 1, CFG_CERT_SERIAL, CFG_CERT_EQ, (char *)"1", { 0 } },
		{ 2, CFG_CERT_SUBJECT, CFG_CERT_CO, (char *)"cn=x", { 0 } },
		{ 2, CFG_CERT_SUBJECT, CFG_CERT_NC, (char *)"cn=y", { 0 } },
	};

	ok(!fits(r, 2), "one line of two is not enough");
	ok(fits(r, 4), "the second entry fits");
	r[3].text = (char *)"CN=X";
	ok(!fits(r, 4), "no entry fits");
	ok(!fits(r, 0), "a map without lines fits nobody");
	pki_names_free(&names);
}

/* What cannot be told as a whole is not told: "nc" must not gain by it. */
static void test_refused(EVP_PKEY *key)
{
	char alt[4096] = "";
	struct spec s = { .cn = "x", .key = key, .alt = alt };
	X509 *cert;
	int i;

	for (i = 0; i < 70; i++)
		snprintf(alt + strlen(alt), sizeof(alt) - strlen(alt),
			 "%sDNS:h%d", i ? "," : "", i);
	ok(!take(make_cert(&s)) && !names.n, "too many names");
	s.alt = NULL;
	cert = make_unsigned(&s);
	{
		GENERAL_NAMES *gens = sk_GENERAL_NAME_new_null();
		GENERAL_NAME *gen = GENERAL_NAME_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();

		ASN1_STRING_set(text, "good.example\0.evil", 18);
		GENERAL_NAME_set0_value(gen, GEN_DNS, text);
		sk_GENERAL_NAME_push(gens, gen);
		X509_add1_ext_i2d(cert, NID_subject_alt_name, gens, 0, 0);
		sk_GENERAL_NAME_pop_free(gens, GENERAL_NAME_free);
	}
	X509_sign(cert, key, EVP_sha256());
	ok(!take(cert) && !names.n, "a name with a zero octet");
	ok(!pki_names_read(bytes_of("junk", 4), &names) && !names.n,
	   "no certificate");
}

int main(void)
{
	const char *why;
	EVP_PKEY *key;
	X509 *ca;

	if (crypto_init(&why))
		return 1;
	key = make_rsa(2048);
	ca = make_ca("Root", key, NULL, NULL);
	test_names(key, ca);
	test_serial(key);
	test_entries();
	test_dates(key);
	test_refused(key);
	X509_free(ca);
	EVP_PKEY_free(key);
	return ktap_end();
}
