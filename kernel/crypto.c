// SPDX-License-Identifier: GPL-2.0-only
// The only user of the crypto API: allocate, lay out a request, submit.
#include "crypto.h"

#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <linux/netlink.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/scatterlist.h>
#include <linux/wait.h>
#include <linux/ip.h>
#include <net/esp.h>
#include "alg.h"
#include "compat.h"
#include "sa.h"

/* SPI, sequence number of 64 bits, IV: what a transform gets beside the text. */
#define AAD_MAX 32
#define IV_MAX 16

/**
 * struct op - one request to the crypto API, reused packet after packet
 * @c: what is being done
 * @phase: who of submitter and callback comes last finishes the packet
 * @err: result, valid for the one that comes last
 * @cap: octets of request context that there is room for
 * @aad: associated data that does not lie in the packet like that
 * @iv: nonce
 * @sg: associated data and text; lists of one entry start at the second
 * @req: request; last, its context follows
 *
 * Not in per-CPU memory and not on the stack: ciphers put scatterlists over
 * their context, which needs memory of the linear mapping.
 */
struct op {
	struct ipsecgw_crypt c;
	atomic_t phase;
	int err;
	unsigned int cap;
	u8 aad[AAD_MAX];
	u8 iv[IV_MAX];
	struct scatterlist sg[2];
	struct aead_request req;
};

static DEFINE_PER_CPU(struct op *, idle_op);
static DECLARE_WAIT_QUEUE_HEAD(inflight_wait);

/* A request of this CPU, or a new one while that is with an async cipher. */
static struct op *op_get(struct crypto_aead *tfm)
{
	unsigned int need = crypto_aead_reqsize(tfm);
	struct op *op = this_cpu_read(idle_op);

	if (likely(op && op->cap >= need)) {
		this_cpu_write(idle_op, NULL);
		return op;
	}
	op = kmalloc(sizeof(*op) + need, GFP_ATOMIC);
	if (!op)
		return NULL;
	op->cap = need;
	sg_init_table(op->sg, ARRAY_SIZE(op->sg));
	return op;
}

static void op_put(struct op *op)
{
	struct op *old = this_cpu_read(idle_op);

	if (likely(!old)) {
		this_cpu_write(idle_op, op);
		return;
	}
	if (old->cap >= op->cap) {
		kfree_sensitive(op);
		return;
	}
	this_cpu_write(idle_op, op);
	kfree_sensitive(old);
}

static void finish(struct op *op)
{
	struct ipsecgw_crypt c = op->c;
	int err = op->err;

	local_bh_disable();
	rcu_read_lock();
	op_put(op);
	c.done(c.sa, c.skb, c.seq, err);
	/* Last touch of the SA: its free waits for this. */
	if (atomic_dec_and_test(&c.sa->inflight))
		wake_up_all(&inflight_wait);
	rcu_read_unlock();
	local_bh_enable();
}

static void crypt_done(crypto_done_arg *arg, int err)
{
	struct op *op = crypto_done_data(arg);

	if (err == -EINPROGRESS)
		return;
	op->err = err;
	if (atomic_inc_return(&op->phase) == 2)
		finish(op);
}

/*
 * The cipher may call back before the submitter has counted the packet as in
 * flight. So both count phases and the second one finishes. The count is taken
 * inside the RCU section of the submitter, therefore a free, which starts after
 * a grace period, sees it.
 */
static int submit(struct op *op, int err)
{
	if (likely(err != -EINPROGRESS && err != -EBUSY)) {
		op_put(op);
		return err;
	}
	atomic_inc(&op->c.sa->inflight);
	if (atomic_inc_return(&op->phase) == 2)
		finish(op);
	return -EINPROGRESS;
}

/* Associated data with 64-bit sequence number: SPI, high half, low half. */
static unsigned int fill_esn_aad(struct op *op, const struct ip_esp_hdr *esph)
{
	__be32 *aad = (__be32 *)op->aad;

	aad[0] = esph->spi;
	aad[1] = htonl(upper_32_bits(op->c.seq));
	aad[2] = esph->seq_no;
	return 12;
}

/* RFC 4106, 4309, 7634: | SPI seq | as associated data, IV only in the nonce. */
static void layout_aead(struct op *op, unsigned int iv_len, unsigned int icv)
{
	struct ip_esp_hdr *esph = (struct ip_esp_hdr *)op->c.esp;
	unsigned int head = sizeof(*esph) + iv_len;

	if (op->c.sa->flags & IPSECGW_SA_FLAGS_ESN)
		sg_set_buf(&op->sg[0], op->aad, fill_esn_aad(op, esph));
	else
		sg_set_buf(&op->sg[0], esph, sizeof(*esph));
	sg_set_buf(&op->sg[1], op->c.esp + head, op->c.len - head);
	aead_request_set_ad(&op->req, op->sg[0].length);
	aead_request_set_crypt(&op->req, op->sg, op->sg, op->c.len - head - icv,
			       op->iv);
}

/* | SPI seq | IV | text: header and IV are associated data as they lie. */
static void layout_authenc(struct op *op, unsigned int iv_len, unsigned int icv)
{
	struct ip_esp_hdr *esph = (struct ip_esp_hdr *)op->c.esp;
	unsigned int head = sizeof(*esph) + iv_len;
	struct scatterlist *sg = &op->sg[1];
	unsigned int aad = head;

	if (op->c.sa->flags & IPSECGW_SA_FLAGS_ESN) {
		aad = fill_esn_aad(op, esph);
		memcpy(op->aad + aad, esph + 1, iv_len);
		aad += iv_len;
		sg_set_buf(&op->sg[0], op->aad, aad);
		sg_set_buf(&op->sg[1], op->c.esp + head, op->c.len - head);
		sg = op->sg;
	} else {
		sg_set_buf(sg, esph, op->c.len);
	}
	aead_request_set_ad(&op->req, aad);
	aead_request_set_crypt(&op->req, sg, sg, op->c.len - head - icv,
			       op->iv);
}

/* RFC 4543: no text, all up to the ICV is associated data. */
static void layout_gmac(struct op *op, unsigned int icv)
{
	struct ip_esp_hdr *esph = (struct ip_esp_hdr *)op->c.esp;
	struct scatterlist *sg = &op->sg[1];
	unsigned int aad = op->c.len - icv;

	if (op->c.sa->flags & IPSECGW_SA_FLAGS_ESN) {
		sg_set_buf(&op->sg[0], op->aad, fill_esn_aad(op, esph));
		sg_set_buf(&op->sg[1], esph + 1, op->c.len - sizeof(*esph));
		sg = op->sg;
		aad += 4;
	} else {
		sg_set_buf(sg, esph, op->c.len);
	}
	aead_request_set_ad(&op->req, aad);
	aead_request_set_crypt(&op->req, sg, sg, 0, op->iv);
}

static struct op *prepare(const struct ipsecgw_crypt *c)
{
	const struct ipsecgw_alg_cipher *alg = c->sa->alg;
	unsigned int icv = c->sa->icv_len;
	struct op *op = op_get(c->sa->tfm);

	if (unlikely(!op))
		return NULL;
	op->c = *c;
	atomic_set(&op->phase, 0);
	aead_request_set_tfm(&op->req, c->sa->tfm);
	aead_request_set_callback(&op->req, 0, crypt_done, op);
	if (likely(alg->layout != IPSECGW_LAYOUT_AUTHENC)) {
		memcpy(op->iv, c->sa->salt, 4);
		memcpy(op->iv + 4, c->esp + sizeof(struct ip_esp_hdr), 8);
		/* CCM counts its blocks in the last 4 (RFC 4309, 4). */
		memset(op->iv + 12, 0, 4);
		if (alg->layout == IPSECGW_LAYOUT_AEAD)
			layout_aead(op, 8, icv);
		else
			layout_gmac(op, icv);
	} else {
		memcpy(op->iv, c->esp + sizeof(struct ip_esp_hdr), alg->iv_len);
		layout_authenc(op, alg->iv_len, icv);
	}
	return op;
}

/* A counter where a nonce must not repeat, random where it must not be known. */
static void put_iv(const struct ipsecgw_crypt *c)
{
	const struct ipsecgw_alg_cipher *alg = c->sa->alg;
	u8 *iv = c->esp + sizeof(struct ip_esp_hdr);
	unsigned int i;
	__be64 count;
	u64 rnd;

	if (!alg->iv_random) {
		count = cpu_to_be64(c->seq);
		memcpy(iv, &count, min_t(size_t, alg->iv_len, sizeof(count)));
		return;
	}
	for (i = 0; i < alg->iv_len; i += sizeof(rnd)) {
		rnd = get_random_u64();
		memcpy(iv + i, &rnd, sizeof(rnd));
	}
}

/**
 * ipsecgw_crypto_seal() - write IV and ICV, encrypt in place
 * @c: packet; its ESP header and trailer are written
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: 0, -EINPROGRESS if @c->done will be called, or an error.
 */
int ipsecgw_crypto_seal(const struct ipsecgw_crypt *c)
{
	struct op *op;

	put_iv(c);
	op = prepare(c);
	if (unlikely(!op))
		return -ENOMEM;
	return submit(op, crypto_aead_encrypt(&op->req));
}

/**
 * ipsecgw_crypto_open() - check the ICV, decrypt in place
 * @c: packet, lengths checked
 *
 * Context: RCU read side, bottom halves disabled.
 * Return: 0, -EBADMSG if the ICV is wrong, -EINPROGRESS if @c->done will be
 * called, or another error.
 */
int ipsecgw_crypto_open(const struct ipsecgw_crypt *c)
{
	struct op *op = prepare(c);

	if (unlikely(!op))
		return -ENOMEM;
	/* A GMAC or combined request counts the ICV as part of the text. */
	op->req.cryptlen += c->sa->icv_len;
	return submit(op, crypto_aead_decrypt(&op->req));
}

static bool is_in(u8 value, const u8 *list, unsigned int n)
{
	while (n--)
		if (list[n] && list[n] == value)
			return true;
	return false;
}

/* Lengths and combinations; the sentences name what would be right. */
static int check_config(const struct ipsecgw_sa_config *cfg,
			const struct ipsecgw_alg_cipher *cipher,
			const struct ipsecgw_alg_integ *integ,
			struct netlink_ext_ack *extack)
{
	bool combined = cipher->layout != IPSECGW_LAYOUT_AUTHENC;
	unsigned int key = cfg->cipher_key_len - cipher->salt_len;

	if (combined && cfg->integ != IPSECGW_INTEG_NONE) {
		NL_SET_ERR_MSG(
			extack,
			"this cipher carries its own integrity, integ must be none");
		return -EINVAL;
	}
	if (!combined && cfg->integ == IPSECGW_INTEG_NONE) {
		NL_SET_ERR_MSG(
			extack,
			"this cipher needs an integrity algorithm, none is given");
		return -EINVAL;
	}
	if (cfg->cipher_key_len < cipher->salt_len ||
	    (cipher->key_len[0] ?
		     !is_in(key, cipher->key_len, ARRAY_SIZE(cipher->key_len)) :
		     key)) {
		NL_SET_ERR_MSG(
			extack,
			"cipher key has the wrong length (aes: 16, 24 or 32 octets, chacha20: 32, 3des: 24, des: 8, null: 0; plus salt: 4 for ctr, gcm, gmac and chacha20, 3 for ccm)");
		return -EINVAL;
	}
	if (cfg->integ_key_len != integ->key_len) {
		NL_SET_ERR_MSG(
			extack,
			"integrity key has the wrong length (md5: 16 octets, sha1: 20, sha256: 32, sha384: 48, sha512: 64, none: 0)");
		return -EINVAL;
	}
	if (cfg->icv_len && !(combined ? is_in(cfg->icv_len, cipher->icv_len,
					       ARRAY_SIZE(cipher->icv_len)) :
					 cfg->icv_len == integ->icv_len)) {
		NL_SET_ERR_MSG(
			extack,
			"this transform does not have that icv length (aes-gcm and aes-ccm: 8, 12 or 16 octets)");
		return -EINVAL;
	}
	return 0;
}

/* Both keys in the form that authenc() wants. */
static int set_authenc_key(struct crypto_aead *tfm,
			   const struct ipsecgw_sa_config *cfg)
{
	struct crypto_authenc_key_param *param;
	unsigned int len = RTA_SPACE(sizeof(*param)) + cfg->integ_key_len +
			   cfg->cipher_key_len;
	struct rtattr *rta;
	u8 *key, *p;
	int err;

	key = kzalloc(len, GFP_KERNEL);
	if (!key)
		return -ENOMEM;
	rta = (struct rtattr *)key;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(cfg->cipher_key_len);
	p = key + RTA_SPACE(sizeof(*param));
	memcpy(p, cfg->integ_key, cfg->integ_key_len);
	memcpy(p + cfg->integ_key_len, cfg->cipher_key, cfg->cipher_key_len);
	err = crypto_aead_setkey(tfm, key, len);
	kfree_sensitive(key);
	return err;
}

static int set_key(struct ipsecgw_sa *sa, const struct ipsecgw_sa_config *cfg)
{
	const struct ipsecgw_alg_cipher *alg = sa->alg;
	unsigned int len = cfg->cipher_key_len - alg->salt_len;
	u8 *salt = sa->salt;

	if (alg->layout == IPSECGW_LAYOUT_AUTHENC)
		return set_authenc_key(sa->tfm, cfg);
	/* CCM: the first octet is the size of its length field less one. */
	if (cfg->cipher == IPSECGW_CIPHER_AES_CCM)
		*salt++ = 3;
	memcpy(salt, cfg->cipher_key + len, alg->salt_len);
	return crypto_aead_setkey(sa->tfm, cfg->cipher_key, len);
}

static struct crypto_aead *alloc_tfm(const struct ipsecgw_sa_config *cfg,
				     const struct ipsecgw_alg_cipher *cipher,
				     const struct ipsecgw_alg_integ *integ)
{
	char name[CRYPTO_MAX_ALG_NAME];

	if (cipher->layout != IPSECGW_LAYOUT_AUTHENC)
		return crypto_alloc_aead(cipher->kernel_name, 0, 0);
	snprintf(name, sizeof(name), "%s(%s,%s)",
		 cfg->flags & IPSECGW_SA_FLAGS_ESN ? "authencesn" : "authenc",
		 integ->kernel_name, cipher->kernel_name);
	return crypto_alloc_aead(name, 0, 0);
}

/**
 * ipsecgw_crypto_setup() - give an SA its keyed transform
 * @sa: SA under construction
 * @cfg: algorithms and keys
 * @extack: takes the sentence on failure
 *
 * Context: process, may load modules.
 * Return: 0 or a negative error.
 */
int ipsecgw_crypto_setup(struct ipsecgw_sa *sa,
			 const struct ipsecgw_sa_config *cfg,
			 struct netlink_ext_ack *extack)
{
	const struct ipsecgw_alg_cipher *cipher =
		ipsecgw_alg_cipher(cfg->cipher);
	const struct ipsecgw_alg_integ *integ = ipsecgw_alg_integ(cfg->integ);
	int err;

	if (!cipher || !integ) {
		NL_SET_ERR_MSG(extack, "no such cipher or integrity algorithm");
		return -EINVAL;
	}
	err = check_config(cfg, cipher, integ, extack);
	if (err)
		return err;
	sa->alg = cipher;
	sa->icv_len = cfg->icv_len ?: integ->icv_len ?: cipher->icv_len[0];
	sa->key_bits = (cfg->cipher_key_len - cipher->salt_len) * 8;
	if (cipher->weak || integ->weak)
		sa->flags |= IPSECGW_SA_FLAGS_WEAK;

	sa->tfm = alloc_tfm(cfg, cipher, integ);
	if (IS_ERR(sa->tfm)) {
		err = PTR_ERR(sa->tfm);
		sa->tfm = NULL;
		NL_SET_ERR_MSG(
			extack,
			"the kernel has no implementation of this transform, see /proc/crypto");
		return err;
	}
	err = crypto_aead_setauthsize(sa->tfm, sa->icv_len);
	if (!err)
		err = set_key(sa, cfg);
	if (err) {
		NL_SET_ERR_MSG(extack, "the kernel refused the key");
		ipsecgw_crypto_teardown(sa);
	}
	return err;
}

/**
 * ipsecgw_crypto_teardown() - wipe and free the transform of an SA
 * @sa: SA that no new packet can reach, after a grace period
 *
 * Context: process; waits for packets that an async cipher still has.
 */
void ipsecgw_crypto_teardown(struct ipsecgw_sa *sa)
{
	if (!sa->tfm)
		return;
	wait_event(inflight_wait, !atomic_read(&sa->inflight));
	crypto_free_aead(sa->tfm);
	sa->tfm = NULL;
	memzero_explicit(sa->salt, sizeof(sa->salt));
}

/**
 * ipsecgw_crypto_exit() - free the requests of all CPUs
 *
 * Context: process, after the last SA is freed.
 */
void ipsecgw_crypto_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree_sensitive(per_cpu(idle_op, cpu));
		per_cpu(idle_op, cpu) = NULL;
	}
}
