// SPDX-License-Identifier: GPL-2.0-or-later
/* Trust points: files as the parent reads them, messages, who signs. */
#include "cfg_help.h"

#include "pki_make.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "ikehelper/compile.h"
#include "ikehelper/crypto.h"
#include "ikehelper/request.h"
#include "ikehelper/signer.h"
#include "ikehelper/trust_file.h"
#include "lib/log.h"

static EVP_PKEY *root_key, *key, *other_key;
static X509 *root, *cert;
static char said[LOG_LINE]; /* the last line of the log */

static void hear(enum log_level level, const char *line)
{
	(void)level;
	snprintf(said, sizeof(said), "%s", line);
}

static void make_files(void)
{
	int64_t now = time(NULL);
	struct spec ca = { .cn = "root",
			   .key = root_key,
			   .from = now - DAY,
			   .to = now + DAY,
			   .ca = "critical,CA:TRUE" };
	struct spec own = { .cn = "r1",
			    .key = key,
			    .from = now - DAY,
			    .to = now + DAY,
			    .signer = root_key,
			    .alt = "DNS:r1.test" };
	X509_CRL *crl;

	root = make_cert(&ca);
	own.issuer = root;
	cert = make_cert(&own);
	save_cert("ca", root, NULL);
	save_cert("cert", cert, root);
	chmod(save_key("key", key, NULL), 0600);
	crl = make_crl(root, root_key, NULL, now + DAY);
	save_crl("crl", crl);
	X509_CRL_free(crl);
}

/* A configuration with one trust point, whose files are as given. */
static void configure(struct ed *d, const char *revocation)
{
	char lines[1024];

	ed_start(d);
	snprintf(lines, sizeof(lines),
		 "crypto pki trustpoint TP\n%s\nfile ca %s\nfile crl %s\n"
		 "file certificate %s\nfile private-key %s\nexit\n"
		 "crypto isakmp policy 10\nauthentication rsa-sig\nexit\n"
		 "crypto isakmp policy 20\nauthentication pre-share\nexit\n"
		 "crypto isakmp key secret address 192.0.2.2\n"
		 "crypto isakmp identity dn\n"
		 "access-list 101 permit ip any any\n"
		 "crypto map M 10 ipsec-isakmp\nset peer 192.0.2.2\n"
		 "match address 101\n",
		 revocation, make_path("ca"), make_path("crl"),
		 make_path("cert"), make_path("key"));
	ok(ed_lines(d, lines) == CFG_DONE, "configured");
}

/* What a peer is offered: "10 20", "20" ... */
static const char *offered(const struct cfg *cfg, const struct trust_files *t)
{
	static char text[64];
	struct refs *refs = refs_new();
	struct wants *w = compile(cfg, t, NULL, refs);
	const struct ike_peer *p = &w->peers[0].peer;
	unsigned int i;

	*text = '\0';
	for (i = 0; i < p->n_p1; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%u", i ? " " : "", p->p1[i].priority);
	ok(p->flags & IKE_PEER_DN_ID, "the identity is the subject");
	wants_free(w);
	refs_free(refs);
	return text;
}

static void expect_files(const struct cfg *cfg, const char *policies,
			 const char *line)
{
	struct trust_files *t;
	const char *got;

	*said = '\0';
	t = trust_files_read(cfg, NULL);
	got = offered(cfg, t);
	ok(!strcmp(got, policies) && strstr(said, line) && !*said == !*line,
	   "policies %s: %s", got, said);
	trust_files_free(t);
}

static void test_files(void)
{
	struct ed d;
	struct trust_files *a, *b;
	const struct trust_info *info;

	configure(&d, "revocation-check crl");
	expect_files(d.cfg, "10 20", "");
	a = trust_files_read(d.cfg, NULL);
	info = trust_files_at(a, 0);
	ok(info && info->need_crl && info->crl.p &&
		   bytes_eq(info->ca, read_file(make_path("ca"))) &&
		   bytes_eq(info->key, read_file(make_path("key"))) &&
		   !trust_files_at(a, 1) &&
		   trust_files_ref(a, "TP") == info->ref &&
		   !trust_files_ref(a, "TQ") && !trust_files_ref(a, NULL),
	   "its files");
	b = trust_files_read(d.cfg, a);
	ok(trust_files_equal(a, b) && !trust_files_equal(a, NULL),
	   "the same once more");
	trust_files_free(b);
	chmod(save_key("key", other_key, NULL), 0600);
	b = trust_files_read(d.cfg, a);
	ok(!trust_files_equal(a, b), "another key");
	trust_files_free(b);
	trust_files_free(a);
	chmod(save_key("key", key, NULL), 0644);
	expect_files(d.cfg, "20", "others may read it");
	chmod(make_path("key"), 0640);
	expect_files(d.cfg, "20", "others may read it");
	chmod(make_path("key"), 0600);
	unlink(make_path("cert"));
	expect_files(d.cfg, "20", "cert: No such file");
	a = trust_files_read(d.cfg, NULL);
	*said = '\0';
	b = trust_files_read(d.cfg, a);
	ok(!*said, "which is said once");
	trust_files_free(a);
	trust_files_free(b);
	mkdir(make_path("cert"), 0700);
	expect_files(d.cfg, "20", "it is not a file");
	rmdir(make_path("cert"));
	save_cert("cert", cert, root);
	if (truncate(make_path("ca"), 2 << 20))
		abort();
	expect_files(d.cfg, "20", "it is too long");
	save_cert("ca", root, NULL);
	ed_end(&d);
}

/* The methods of "revocation-check", with a CRL and without. */
static void test_methods(void)
{
	static const struct {
		const char *line;
		bool need, has;
		const char *missing; /* what is said without a file */
	} method[] = {
		{ "", true, true, "crl: No such file" },
		{ "revocation-check crl", true, true, "crl: No such file" },
		{ "revocation-check crl none", false, true, "" },
		{ "revocation-check ocsp crl", true, true,
		  "crl: No such file" },
		{ "revocation-check none", false, false, "" },
		{ "revocation-check ocsp", true, false, "not supported" },
	};
	struct trust_files *t;
	const struct trust_info *info;
	struct ed d;
	size_t i;

	for (i = 0; i < sizeof(method) / sizeof(method[0]); i++) {
		configure(&d, method[i].line);
		t = trust_files_read(d.cfg, NULL);
		info = trust_files_at(t, 0);
		ok(info->need_crl == method[i].need &&
			   !!info->crl.p == method[i].has,
		   "\"%s\"", method[i].line);
		trust_files_free(t);
		rename(make_path("crl"), make_path("away"));
		expect_files(d.cfg, "10 20", method[i].missing);
		rename(make_path("away"), make_path("crl"));
		ed_end(&d);
	}
}

static const struct ike_peer *peer_of(const struct wants *w, uint32_t profile)
{
	size_t i;

	for (i = 0; i < w->n_peers; i++)
		if (w->peers[i].peer.profile == profile)
			return &w->peers[i].peer;
	return NULL;
}

/* "ca trust-point" of a profile: that one and no other. */
static void test_profile(void)
{
	struct refs *refs = refs_new();
	const struct ike_peer *p, *e, *q, *none;
	struct trust_files *t;
	struct wants *w;
	struct ed d;

	configure(&d, "revocation-check none");
	ok(ed_lines(&d, "exit\ncrypto pki trustpoint EMPTY\n"
			"revocation-check none\nexit\n"
			"crypto isakmp profile P\nca trust-point TP\n"
			"match identity address 192.0.2.2\nexit\n"
			"crypto isakmp profile E\nca trust-point EMPTY\n"
			"match identity host a.test\nexit\n"
			"crypto isakmp profile Q\nca trust-point NONE\n"
			"match identity host b.test\nexit\n") == CFG_DONE,
	   "three profiles");
	t = trust_files_read(d.cfg, NULL);
	w = compile(d.cfg, t, NULL, refs);
	p = peer_of(w, ref_of_profile(refs, "P"));
	e = peer_of(w, ref_of_profile(refs, "E"));
	q = peer_of(w, ref_of_profile(refs, "Q"));
	none = peer_of(w, 0);
	ok(p && p->trust && p->trust == trust_files_ref(t, "TP") &&
		   p->n_p1 == 2,
	   "the trust point of a profile, and what it can sign");
	ok(e && e->trust && e->trust == trust_files_ref(t, "EMPTY") &&
		   e->n_p1 == 1 && e->p1[0].auth == IKE_AUTH_PSK,
	   "one without a certificate signs nothing");
	ok(q && q->trust == UINT32_MAX && q->n_p1 == 1,
	   "one that does not exist is no other one");
	ok(none && !none->trust && none->n_p1 == 2, "without a profile: any");
	wants_free(w);
	trust_files_free(t);
	refs_free(refs);
	ed_end(&d);
}

static struct trust_info info_of(const char *key_path)
{
	return (struct trust_info){ .ref = 3,
				    .name = "TP",
				    .need_crl = true,
				    .cert = read_file(make_path("cert")),
				    .key = read_file(key_path) };
}

static void test_message(void)
{
	struct trust_info info = info_of(make_path("key")), got;
	struct msg m, in;
	size_t len;
	unsigned int taken = 0;

	msg_init(&m, MSG_PLAN_TRUST, 0);
	trust_put(&m, &info, true);
	in = m;
	ok(trust_get(&in, &got) && got.ref == 3 && !strcmp(got.name, "TP") &&
		   got.need_crl && !got.ca.p && !got.crl.p &&
		   bytes_eq(got.cert, info.cert) && bytes_eq(got.key, info.key),
	   "there and back");
	len = m.len;
	for (in.len = 0; in.len < len; in.len++) {
		in.pos = 0;
		in.is_bad = false;
		taken += trust_get(&in, &got);
	}
	ok(!taken, "cut anywhere");
	msg_free(&m);
	msg_init(&m, MSG_PLAN_TRUST, 0);
	trust_put(&m, &info, false);
	in = m;
	ok(trust_get(&in, &got) && !got.key.p, "without the private key");
	msg_free(&m);
}

static void test_signer(void)
{
	uint8_t hash[20] = "twenty octets of it";
	struct ike_key_req req = { .op = IKE_KEY_SIGN,
				   .trust = 3,
				   .data = { hash, sizeof(hash) } };
	struct trust_info info = info_of(make_path("key"));
	struct ike_key_answer a = { 0 };
	struct signer_set s = { 0 };
	struct signature sig;
	struct msg m;

	msg_init(&m, MSG_PLAN_TRUST, 0);
	trust_put(&m, &info, true);
	ok(signers_add(&s, &m), "a trust point");
	signers_answer(&s, &req, &a, &sig);
	ok(!a.err && a.data.len == 256 && a.n_cert == 2,
	   "a signature and the chain");
	req.trust = 4;
	signers_answer(&s, &req, &a, &sig);
	ok(a.err == -ENOKEY && a.why, "none by another trust point");
	msg_free(&m);
	signers_free(&s);

	/* A key of another certificate is of no use. */
	info = info_of(save_key("other", other_key, NULL));
	msg_init(&m, MSG_PLAN_TRUST, 0);
	trust_put(&m, &info, true);
	req.trust = 3;
	memset(&a, 0, sizeof(a));
	ok(signers_add(&s, &m) && strstr(said, "trust point TP: the private"),
	   "%s", said);
	signers_answer(&s, &req, &a, &sig);
	ok(a.err == -ENOKEY, "nothing is signed with it");
	msg_free(&m);
	signers_free(&s);
}

int main(void)
{
	char command[64];

	make_start();
	ok(!crypto_init(NULL), "start");
	log_sink(hear);
	root_key = make_rsa(2048);
	key = make_rsa(2048);
	other_key = make_rsa(2048);
	make_files();
	test_files();
	test_methods();
	test_profile();
	test_message();
	test_signer();
	X509_free(root);
	X509_free(cert);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other_key);
	crypto_exit();
	snprintf(command, sizeof(command), "rm -r %s", make_dir);
	ok(!system(command), "the end");
	return ktap_end();
}
