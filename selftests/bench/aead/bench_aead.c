// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bench only: what the cipher alone costs, one seal and one open of a linear
 * buffer in place. Loading the module measures; the parameters hold the result.
 */
#include <crypto/aead.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

enum { ICV = 16, ESP_AAD = 8, ESP_IV = 8, NONCE = 12, SALT = 4 };

static char *alg = "gcm(aes)";
module_param(alg, charp, 0444);
static uint len = 64;
module_param(len, uint, 0444);
static uint key_len = 16;
module_param(key_len, uint, 0444);
static uint calls = 1000;
module_param(calls, uint, 0444);

/* Results: nanoseconds per call, and which implementation it was. */
static uint seal;
module_param(seal, uint, 0444);
static uint open;
module_param(open, uint, 0444);
static char driver[CRYPTO_MAX_ALG_NAME];
module_param_string(driver, driver, sizeof(driver), 0444);

struct run {
	struct crypto_aead *tfm;
	struct aead_request *req;
	struct scatterlist sg[2];
	u8 *buf; /* AAD, IV (rfc4106 wants it there), text, ICV */
	u8 iv[NONCE];
};

/* ICV and all; the text of an opened buffer is sealed again. */
static int one(struct run *r, bool is_seal)
{
	int err;

	aead_request_set_crypt(r->req, r->sg, r->sg, is_seal ? len : len + ICV,
			       r->iv);
	err = is_seal ? crypto_aead_encrypt(r->req) :
			crypto_aead_decrypt(r->req);
	/* Asynchronous would go on in another context: not measured here. */
	return err == -EINPROGRESS || err == -EBUSY ? -EOPNOTSUPP : err;
}

static int measure(struct run *r)
{
	u64 t_seal = 0, t_open = 0, t;
	int err = 0;
	uint i;

	for (i = 0; !err && i < calls + 10; i++) {
		if (i == 10) /* warm by now */
			t_seal = t_open = 0;
		local_bh_disable();
		t = ktime_get_ns();
		err = one(r, true);
		t_seal += ktime_get_ns() - t;
		t = ktime_get_ns();
		err = err ?: one(r, false);
		t_open += ktime_get_ns() - t;
		local_bh_enable();
	}
	/* What reading the clock costs is not the cipher's. */
	t = ktime_get_ns();
	for (i = 0; i < 100; i++)
		ktime_get_ns();
	t = div_u64(ktime_get_ns() - t, 100);
	seal = div_u64(t_seal, calls) - t;
	open = div_u64(t_open, calls) - t;
	return err;
}

static int prepare(struct run *r)
{
	bool is_esp = !strncmp(alg, "rfc", 3);
	u8 key[64];
	int err;

	if (key_len + SALT > sizeof(key) || !calls || len > PAGE_SIZE)
		return -EINVAL;
	get_random_bytes(key, sizeof(key));
	err = crypto_aead_setkey(r->tfm, key, key_len + (is_esp ? SALT : 0));
	err = err ?: crypto_aead_setauthsize(r->tfm, ICV);
	if (err)
		return err;
	r->req = aead_request_alloc(r->tfm, GFP_KERNEL);
	r->buf = kzalloc(ESP_AAD + ESP_IV + len + ICV, GFP_KERNEL);
	if (!r->req || !r->buf)
		return -ENOMEM;
	if (is_esp) {
		sg_init_one(r->sg, r->buf, ESP_AAD + ESP_IV + len + ICV);
		aead_request_set_ad(r->req, ESP_AAD + ESP_IV);
	} else {
		sg_init_table(r->sg, 2);
		sg_set_buf(&r->sg[0], r->buf, ESP_AAD);
		sg_set_buf(&r->sg[1], r->buf + ESP_AAD + ESP_IV, len + ICV);
		aead_request_set_ad(r->req, ESP_AAD);
	}
	aead_request_set_callback(r->req, 0, NULL, NULL);
	return 0;
}

static int __init bench_aead_init(void)
{
	struct run r = { 0 };
	int err;

	r.tfm = crypto_alloc_aead(alg, 0, 0);
	if (IS_ERR(r.tfm))
		return PTR_ERR(r.tfm);
	strscpy(driver, crypto_tfm_alg_driver_name(crypto_aead_tfm(r.tfm)),
		sizeof(driver));
	err = prepare(&r);
	err = err ?: measure(&r);
	aead_request_free(r.req);
	kfree(r.buf);
	crypto_free_aead(r.tfm);
	return err;
}

static void __exit bench_aead_exit(void)
{
}

module_init(bench_aead_init);
module_exit(bench_aead_exit);
MODULE_DESCRIPTION("Cost of the cipher alone");
MODULE_LICENSE("GPL");
