// SPDX-License-Identifier: GPL-2.0-or-later
/* SAs of crypto map entries whose keys are configured. */
#include <string.h>

#include "cfg_policy.h"

/*
 * A counter that begins again under the same key gives everything away: these
 * must have fresh keys (RFC 3686 2.1, RFC 4106 2, RFC 4309 2, RFC 7634 2).
 */
static bool needs_fresh_keys(uint8_t cipher)
{
	return cipher == CIPHER_AES_CTR || cipher == CIPHER_AES_GCM ||
	       cipher == CIPHER_AES_GMAC || cipher == CIPHER_AES_CCM ||
	       cipher == CIPHER_CHACHA20_POLY1305;
}

/* Octets of a key of ESP; 0 for none. */
static size_t cipher_len(const struct cfg_transform_set *t)
{
	switch (t->cipher) {
	case CIPHER_DES_CBC:
		return 8;
	case CIPHER_DES3_CBC:
		return 24;
	case CIPHER_AES_CBC:
		return t->key_bits / 8;
	default:
		return 0;
	}
}

static size_t integ_len(uint8_t integ)
{
	switch (integ) {
	case INTEG_MD5_96:
		return 16;
	case INTEG_SHA1_96:
		return 20;
	case INTEG_SHA256_128:
		return 32;
	case INTEG_SHA384_192:
		return 48;
	case INTEG_SHA512_256:
		return 64;
	default:
		return 0;
	}
}

static const char *read_key(struct secret *s, struct blob *blob,
			    const struct cfg_secret *hex, size_t len)
{
	size_t n = hex->text ? strlen(hex->text) : 0;

	if (n != 2 * len)
		return n && !len ? "a session key is given that the transform "
				   "set does not need" :
				   "a session key has not the length that the "
				   "transform set needs";
	if (n && secret_alloc(s, len))
		return "out of memory";
	if (n && secret_from_hex(s, hex->text, n))
		return "a session key is not hexadecimal";
	blob->p = s->p;
	blob->len = len;
	return NULL;
}

static void fill(struct sa *sa, const struct cfg_transform_set *t,
		 const struct addr *local, const struct addr *peer,
		 uint32_t spi)
{
	sa->spi = spi;
	sa->proto = t->ah ? PROTO_AH : PROTO_ESP;
	sa->mode = t->mode;
	sa->local = *local;
	sa->remote = *peer;
	sa->cipher = t->cipher;
	sa->integ = t->ah ? t->ah : t->integ;
	PUT(sa, SA_SPI);
	PUT(sa, SA_PROTO);
	PUT(sa, SA_DIR);
	PUT(sa, SA_MODE);
	PUT(sa, SA_LOCAL);
	PUT(sa, SA_REMOTE);
	if (t->cipher)
		PUT(sa, SA_CIPHER);
	PUT(sa, SA_INTEG);
	if (sa->cipher_key.len)
		PUT(sa, SA_CIPHER_KEY);
	if (sa->integ_key.len)
		PUT(sa, SA_INTEG_KEY);
}

const char *cfg_manual_build(struct cfg_manual *man, const struct cfg *cfg,
			     const struct cfg_entry *e,
			     const struct addr *local)
{
	const struct cfg_set_peer *peer = (void *)e->peers.first;
	const struct cfg_transform_set *t = cfg_entry_transform(cfg, e, 0);
	const char *why = cfg_entry_inactive(cfg, e);
	int dir;

	memset(man, 0, sizeof(*man));
	if (why)
		return why;
	if (t->ah && t->cipher)
		return "AH beside ESP is not supported; use a transform set "
		       "with one of them";
	if (needs_fresh_keys(t->cipher))
		return "its transform set must not be used with fixed keys; "
		       "use esp-aes or esp-3des with a hash";
	if (!peer->addr.family)
		return "ipsec-manual needs the address of its peer";
	for (dir = CFG_KEY_IN; dir <= CFG_KEY_OUT && !why; dir++) {
		struct sa *sa = dir == CFG_KEY_IN ? &man->in : &man->out;
		int which = t->ah ? CFG_KEY_AH : CFG_KEY_ESP;
		const struct cfg_session_key *k =
			cfg_find_num(&e->session_keys, 2 * dir + which + 1);

		if (!t->ah)
			why = read_key(&man->key[2 * dir], &sa->cipher_key,
				       &k->cipher, cipher_len(t));
		/* That of AH is the only one of its line. */
		if (!why)
			why = read_key(&man->key[2 * dir + 1], &sa->integ_key,
				       t->ah ? &k->cipher : &k->integ,
				       integ_len(t->ah ? t->ah : t->integ));
		sa->dir = dir == CFG_KEY_IN ? DIR_IN : DIR_OUT;
		fill(sa, t, local, &peer->addr, k->spi);
	}
	return why;
}

void cfg_manual_free(struct cfg_manual *man)
{
	size_t i;

	for (i = 0; i < 4; i++)
		secret_free(&man->key[i]);
	memset(man, 0, sizeof(*man));
}
