// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration model: new, free, copy, and what is in force. */
#include "cfg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define DAY 86400
#define TS_1 "#!default_transform_set_1"
#define TS_0 "#!default_transform_set_0"

struct cfg *cfg_new(void)
{
	return cfg_obj_new(&cfg_class);
}

void cfg_free(struct cfg *cfg)
{
	cfg_obj_free(cfg);
}

struct cfg *cfg_copy(const struct cfg *cfg)
{
	struct cfg *new = cfg_new();

	if (new && !cfg_obj_copy(new, cfg))
		return new;
	cfg_free(new);
	return NULL;
}

bool cfg_equal(const struct cfg *a, const struct cfg *b)
{
	return cfg_obj_equal(a, b);
}

/* --- policies ---------------------------------------------------------- */

#define DEFAULT(prio, au, en, ha, gr, bits)                                \
	{                                                                  \
		.obj = { .class = &cfg_class_isakmp_policy, .num = prio }, \
		.auth = CFG_AUTH_##au, .encr = CFG_ENC_##en,               \
		.hash = CFG_HASH_##ha, .group = gr, .lifetime = DAY,       \
		.key_bits = bits                                           \
	}

static const struct cfg_isakmp_policy default_policies[] = {
	DEFAULT(65507, RSA_SIG, AES, SHA, 5, 128),
	DEFAULT(65508, PSK, AES, SHA, 5, 128),
	DEFAULT(65509, RSA_SIG, AES, MD5, 5, 128),
	DEFAULT(65510, PSK, AES, MD5, 5, 128),
	DEFAULT(65511, RSA_SIG, 3DES, SHA, 2, 0),
	DEFAULT(65512, PSK, 3DES, SHA, 2, 0),
	DEFAULT(65513, RSA_SIG, 3DES, MD5, 2, 0),
	DEFAULT(65514, PSK, 3DES, MD5, 2, 0),
};

#define N_DEFAULT (sizeof(default_policies) / sizeof(default_policies[0]))

const struct cfg_isakmp_policy *cfg_default_policy(unsigned int i)
{
	return i < N_DEFAULT ? &default_policies[i] : NULL;
}

bool cfg_isakmp_policy_is_default(const struct cfg_isakmp_policy *p)
{
	return p >= default_policies && p < default_policies + N_DEFAULT;
}

const struct cfg_isakmp_policy *
cfg_isakmp_policy_next(const struct cfg *cfg,
		       const struct cfg_isakmp_policy *prev)
{
	if (prev && !cfg_isakmp_policy_is_default(prev))
		return (void *)prev->obj.next;
	if (prev)
		return cfg_default_policy(prev - default_policies + 1);
	if (cfg->policies.n)
		return (void *)cfg->policies.first;
	return cfg->isakmp.no_default_policy ? NULL : default_policies;
}

/* --- transform sets ---------------------------------------------------- */

static const struct cfg_transform_set default_sets[] = {
	{ .obj = { .class = &cfg_class_transform_set, .name = (char *)TS_1 },
	  .cipher = CIPHER_AES_CBC,
	  .integ = INTEG_SHA1_96,
	  .mode = MODE_TRANSPORT,
	  .key_bits = 128 },
	{ .obj = { .class = &cfg_class_transform_set, .name = (char *)TS_0 },
	  .cipher = CIPHER_DES3_CBC,
	  .integ = INTEG_SHA1_96,
	  .mode = MODE_TRANSPORT },
};

#define N_SETS (sizeof(default_sets) / sizeof(default_sets[0]))

const struct cfg_transform_set *cfg_transform_set(const struct cfg *cfg,
						  const char *name)
{
	unsigned int i;

	for (i = 0; i < N_SETS; i++)
		if (!strcmp(default_sets[i].obj.name, name))
			return &default_sets[i];
	return cfg_find(&cfg->transform_sets, name);
}

const struct cfg_transform_set *cfg_entry_transform(const struct cfg *cfg,
						    const struct cfg_entry *e,
						    unsigned int i)
{
	unsigned int k;

	if (!e->transform_sets.n) {
		if (i >= N_SETS || cfg->ipsec.no_default_transform_set)
			return NULL;
		return &default_sets[i];
	}
	for (k = 0; k < e->transform_sets.n; k++) {
		const struct cfg_transform_set *t;

		t = cfg_transform_set(cfg, e->transform_sets.v[k]);
		if (t && !i--)
			return t;
	}
	return NULL;
}

/* --- settings of SAs ---------------------------------------------------- */

struct cfg_sa_opts cfg_entry_sa(const struct cfg *cfg,
				const struct cfg_entry *e)
{
	struct cfg_sa_opts sa = cfg->ipsec.sa;

	if (e->sa.seconds)
		sa.seconds = e->sa.seconds;
	if (e->sa.kilobytes)
		sa.kilobytes = e->sa.kilobytes;
	if (e->sa.idle) {
		sa.idle = e->sa.idle;
		sa.idle_default = e->sa.idle_default;
	}
	if (e->sa.replay_window || e->sa.replay_off) {
		sa.replay_window = e->sa.replay_window;
		sa.replay_off = e->sa.replay_off;
	}
	return sa;
}

/* --- keys --------------------------------------------------------------- */

static bool covers(const struct cfg_key *k, const struct addr *peer)
{
	unsigned int i;

	if (k->addr.family != peer->family)
		return false;
	for (i = 0; i < addr_len(peer->family); i++)
		if ((k->addr.b[i] ^ peer->b[i]) & k->mask.b[i])
			return false;
	return true;
}

static const struct cfg_tab *keys_of(const struct cfg *cfg,
				     const struct cfg_keyring *keyring)
{
	return keyring ? &keyring->keys : &cfg->keys;
}

char *cfg_key_name(const struct addr *a, const struct addr *mask,
		   char buf[CFG_KEY_NAME])
{
	char as[ADDR_STR], ms[ADDR_STR];
	int len = addr_mask_len(mask);

	if (a->family == AF_INET && len < 0)
		snprintf(buf, CFG_KEY_NAME, "%s %s", addr_fmt(a, as),
			 addr_fmt(mask, ms));
	else
		snprintf(buf, CFG_KEY_NAME, "%s/%d", addr_fmt(a, as), len);
	return buf;
}

const struct cfg_key *cfg_key_by_addr(const struct cfg *cfg,
				      const struct cfg_keyring *keyring,
				      const struct addr *peer)
{
	const struct cfg_tab *keys = keys_of(cfg, keyring);
	const struct cfg_key *k, *best = NULL;
	char name[CFG_KEY_NAME];
	struct addr mask;

	/* With thousands of peers nearly every key is for one address. */
	addr_mask(peer->family, 8 * addr_len(peer->family), &mask);
	k = cfg_find(keys, cfg_key_name(peer, &mask, name));
	if (k)
		return k;
	cfg_for_each(k, keys) if (covers(k, peer) &&
				  (!best || addr_cmp(&k->mask, &best->mask) >
						    0)) best = k;
	return best;
}

const struct cfg_key *cfg_key_by_host(const struct cfg *cfg,
				      const struct cfg_keyring *keyring,
				      const char *host)
{
	const struct cfg_key *k;

	cfg_for_each(k, keys_of(cfg, keyring)) if (k->host &&
						   !strcasecmp(k->host,
							       host)) return k;
	return NULL;
}

/* --- trust points ------------------------------------------------------- */

char *cfg_trustpoint_file(const struct cfg_trustpoint *tp, const char *what,
			  char *buf, size_t size)
{
	const char *file = tp->key_file, *end = ".key";

	if (!strcmp(what, "ca")) {
		file = tp->ca_file;
		end = "-ca.pem";
	} else if (!strcmp(what, "crl")) {
		file = tp->crl_file;
		end = ".crl";
	} else if (!strcmp(what, "cert")) {
		file = tp->cert_file;
		end = ".pem";
	}
	if (file)
		snprintf(buf, size, "%s", file);
	else
		snprintf(buf, size, CFG_PKI_DIR "/%s%s", tp->obj.name, end);
	return buf;
}
