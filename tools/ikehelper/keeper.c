// SPDX-License-Identifier: GPL-2.0-or-later
/* What the engine keeps for another run of it, and takes over from an earlier. */
#include "keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/secret.h"
#include "msg.h"
#include "vault.h"

#define HELD_MAX 200000 /* SAs in one message */

struct keeper {
	struct vault *vault;
	int old, new;
	bool has_old, has_new; /* keys */
	uint8_t id[VAULT_ID];
	uint8_t old_key[VAULT_KEY], new_key[VAULT_KEY];
};

struct keeper *keeper_new(int old, int new)
{
	struct keeper *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	k->old = old;
	k->new = new;
	k->vault = vault_new();
	if (k->vault)
		return k;
	keeper_free(k);
	return NULL;
}

void keeper_free(struct keeper *k)
{
	if (!k)
		return;
	vault_free(k->vault);
	secret_wipe(k, sizeof(*k));
	free(k);
}

static bool take_key(struct msg *m, uint8_t key[VAULT_KEY], bool *has)
{
	size_t len;
	const uint8_t *p = msg_get_bytes(m, &len);

	*has = len == VAULT_KEY;
	if (*has)
		memcpy(key, p, len);
	return *has || !len;
}

bool keeper_take_keys(struct keeper *k, struct msg *m)
{
	bool good = take_key(m, k->old_key, &k->has_old);
	size_t len;
	const uint8_t *p;

	good = take_key(m, k->new_key, &k->has_new) && good;
	p = msg_get_bytes(m, &len);
	if (len == VAULT_ID)
		memcpy(k->id, p, len);
	return msg_close(m) && good && len == VAULT_ID;
}

static const char *why_not(int err)
{
	switch (err) {
	case -EBADMSG:
	case -EINVAL:
		return "it is damaged";
	case -EPROTO:
		return "it is of another version";
	case -EKEYREJECTED:
		return "it was sealed with another key";
	default:
		return strerror(-err);
	}
}

static bool take_over(struct keeper *k, struct ike *ike)
{
	bool damaged;
	size_t len;
	void *p;
	int err = vault_read(k->old, k->old_key, &p, &len, &damaged);

	if (!err) {
		err = ike_import(ike, p, len);
		ike_export_free(p, len);
	}
	if (err && err != -ENODATA)
		log_warn(
			"the state of the last run cannot be used, tunnels begin anew: %s",
			why_not(err));
	if (err)
		return false;
	if (damaged)
		log_warn("a part of the state of the last run is damaged");
	return true;
}

bool keeper_start(struct keeper *k, struct ike *ike)
{
	bool adopted = k->old >= 0 && k->has_old && take_over(k, ike);
	int err;

	if (k->new >= 0 && k->has_new) {
		err = vault_begin(k->vault, k->new, k->id, k->new_key);
		if (err)
			log_warn("tunnels will not outlive this run: %s",
				 strerror(-err));
		ike_keep_all(ike);
	}
	secret_wipe(k->old_key, sizeof(k->old_key));
	secret_wipe(k->new_key, sizeof(k->new_key));
	return adopted;
}

void keeper_put(struct keeper *k, enum ike_keep kind, uint64_t id,
		const struct ike_blob *record)
{
	int err = vault_put(k->vault, kind, id, record);

	/* Once only: nothing is written from now on. */
	if (err)
		log_error(
			"the state cannot be kept any more, tunnels will not outlive this run: %s",
			strerror(-err));
}

void keeper_put_held(struct msg *m, const struct ike_held *held, size_t n)
{
	size_t i;

	msg_put_u32(m, n);
	for (i = 0; i < n; i++) {
		msg_put_u32(m, held[i].spi);
		msg_put_u8(m, held[i].dir);
		msg_put_u8(m, held[i].is_ours);
		msg_put_addr(m, &held[i].remote);
	}
}

struct ike_held *keeper_get_held(struct msg *m, size_t *n)
{
	struct ike_held *held;
	size_t i;

	*n = msg_get_u32(m);
	held = *n <= HELD_MAX ? calloc(*n + 1, sizeof(*held)) : NULL;
	for (i = 0; held && i < *n; i++) {
		held[i].spi = msg_get_u32(m);
		held[i].dir = msg_get_u8(m);
		held[i].is_ours = msg_get_u8(m);
		msg_get_addr(m, &held[i].remote);
	}
	if (held && msg_close(m))
		return held;
	free(held);
	return NULL;
}
