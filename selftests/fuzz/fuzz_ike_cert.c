// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a peer shows to prove who it is: a chain of certificates, an identity, a
 * signature. None of it is ever taken, for no input knows the private key of the
 * authority. The same octets are read as a file of a trust point, too.
 *
 * Input: how many certificates (1 to 4), kind of the identity, then length (16
 * bits) and octets of each certificate and of the identity, and the signature.
 */
#include <stdlib.h>
#include <string.h>

#include "../selftests/unit/pki_make.h"
#include "ikehelper/certmap.h"
#include "ikehelper/crypto.h"
#include "ikehelper/id.h"
#include "ikehelper/pki.h"
#include "ikehelper/pki_cert.h"
#include "lib/cfg_if.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct pki *pki;
static const uint8_t hash[20] = "hash of the exchange";

/* An authority whose key nobody has. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *why;
	char text[PKI_WHY];
	EVP_PKEY *key;
	uint8_t *der = NULL;
	X509 *ca;
	int len;

	(void)argc;
	(void)argv;
	if (crypto_init(&why))
		abort();
	key = make_rsa(2048);
	ca = make_ca("CA", key, NULL, NULL);
	len = i2d_X509(ca, &der);
	pki = pki_create();
	if (!pki || len <= 0 || pki_add_anchors(pki, bytes_of(der, len), text))
		abort();
	OPENSSL_free(der);
	X509_free(ca);
	EVP_PKEY_free(key);
	return 0;
}

static struct bytes take(struct bytes *in, size_t len)
{
	struct bytes b;

	if (len > in->len)
		len = in->len;
	b = bytes_of(in->p, len);
	in->p += len;
	in->len -= len;
	return b;
}

static struct bytes take_part(struct bytes *in)
{
	struct bytes n = take(in, 2);

	return take(in, n.len == 2 ? n.p[0] << 8 | n.p[1] : 0);
}

static void check_text(const char *s, size_t size)
{
	if (strnlen(s, size) == size)
		abort();
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			abort();
}

/* A text is in a name, or it is not: never both, and never neither. */
static void map_of(struct bytes der)
{
	struct certmap_rule rule = { 1, CFG_CERT_NAME, CFG_CERT_CO,
				     (char *)"ca" };
	struct certmap map = { &rule, 1 };
	struct pki_names names;
	bool has;

	if (!pki_names_read(der, &names))
		return;
	certmap_norm(&names);
	has = certmap_fits(&map, &names);
	rule.op = CFG_CERT_NC;
	if (certmap_fits(&map, &names) == has)
		abort();
	rule.op = CFG_CERT_EQ;
	if (certmap_fits(&map, &names) && !has)
		abort();
	pki_names_free(&names);
}

static void one_cert(struct bytes der, const struct ike_id *id)
{
	struct x509_st *cert = pki_cert_parse(der);
	uint8_t host[PKI_HOST_MAX];
	char text[PKI_WHY];

	check_text(pki_cert_text(der, text, sizeof(text)), sizeof(text));
	if (!cert)
		return;
	if (pki_cert_host(cert, host) > PKI_HOST_MAX)
		abort();
	pki_cert_has_id(cert, id);
	pki_cert_may_sign(cert);
	pki_cert_is_weak(cert);
	pki_cert_key_fault(cert);
	map_of(der);
	X509_free(cert);
}

static void as_file(struct bytes file)
{
	struct pki *other = pki_create();
	char why[PKI_WHY] = "";

	if (!other)
		return;
	if (pki_add_anchors(other, file, why))
		check_text(why, sizeof(why));
	if (pki_add_crls(other, file, why))
		check_text(why, sizeof(why));
	pki_anchor_name(other, 0);
	pki_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size), head = take(&in, 2), body;
	struct pki_check c = { .hash = bytes_of(hash, sizeof(hash)),
			       .now = NOW };
	char why[PKI_WHY] = "", text[IKE_ID_STR];
	struct ike_id id;
	unsigned int i;

	if (head.len < 2)
		return 0;
	c.n_cert = head.p[0] % 4 + 1;
	for (i = 0; i < c.n_cert; i++)
		c.cert[i] = take_part(&in);
	body = take_part(&in);
	id = id_of(head.p[1], body.p, body.len);
	c.id = &id;
	c.sig = in;
	for (i = 0; i < c.n_cert; i++)
		one_cert(c.cert[i], &id);
	check_text(id_fmt(&id, text), sizeof(text));
	if (!pki_dn_eq(body, body) && pki_dn_eq(body, c.cert[0]))
		abort();
	if (!pki_verify(pki, &c, why))
		abort();
	check_text(why, sizeof(why));
	as_file(c.cert[0]);
	return 0;
}
