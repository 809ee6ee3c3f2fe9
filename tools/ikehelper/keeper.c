// SPDX-License-Identifier: GPL-2.0-or-later
/* What the engine keeps for another run of it, and takes over from an earlier. */
#include "keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/log.h"
#include "../lib/secret.h"
#include "history.h"
#include "msg.h"
#include "session.h"
#include "vault.h"

#define HELD_MAX 200000 /* SAs in one message */

struct keeper {
	struct vault *vault;
	int old, new;
	bool has_old, has_new; /* keys */
	bool is_adopted; /* we go on with the tunnels of an earlier run */
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

void keeper_take_keys(struct keeper *k, struct msg *m)
{
	bool good = take_key(m, k->old_key, &k->has_old);
	size_t len;
	const uint8_t *p;

	good = take_key(m, k->new_key, &k->has_new) && good;
	p = msg_get_bytes(m, &len);
	if (len == VAULT_ID)
		memcpy(k->id, p, len);
	if (!msg_close(m) || !good || len != VAULT_ID)
		log_error("the keys of the state make no sense");
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

static void take_session(const struct ike_blob *record, void *arg)
{
	session_restore(arg, record);
}

static void take_tunnel(const struct ike_blob *record, void *arg)
{
	tunnel_restore(arg, record);
}

static bool take_over(struct keeper *k, struct ike *ike, struct sessions *s,
		      struct history *h)
{
	bool damaged;
	size_t len;
	void *p;
	int err = vault_read(k->old, k->old_key, &p, &len, &damaged);

	if (!err) {
		err = ike_import(ike, p, len);
		if (!err) {
			ike_state_each(p, len, IKE_KEEP_SESSION, take_session,
				       s);
			ike_state_each(p, len, IKE_KEEP_TUNNEL, take_tunnel,
				       history_live(h));
		}
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

void keeper_start(struct keeper *k, struct ike *ike, struct sessions *s,
		  struct history *h)
{
	int err;

	k->is_adopted = k->old >= 0 && k->has_old && take_over(k, ike, s, h);
	if (k->new >= 0 && k->has_new) {
		err = vault_begin(k->vault, k->new, k->id, k->new_key);
		if (err)
			log_warn("tunnels will not outlive this run: %s",
				 strerror(-err));
		ike_keep_all(ike);
		session_keep_all(s);
		tunnel_keep_all(history_tunnels(h));
	}
	secret_wipe(k->old_key, sizeof(k->old_key));
	secret_wipe(k->new_key, sizeof(k->new_key));
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

void keeper_put_tunnel(void *keeper, uint64_t order,
		       const struct ike_blob *record)
{
	keeper_put(keeper, IKE_KEEP_TUNNEL, order, record);
}

void keeper_put_held(struct msg *m, const struct ike_held *held, size_t n)
{
	size_t i;

	msg_put_u32(m, n);
	for (i = 0; i < n; i++) {
		msg_put_u32(m, held[i].spi);
		msg_put_u8(m, held[i].dir);
		msg_put_u8(m, held[i].proto);
		msg_put_u8(m, held[i].is_ours);
		msg_put_addr(m, &held[i].remote);
	}
}

static struct ike_held *get_held(struct msg *m, size_t *n)
{
	struct ike_held *held;
	size_t i;

	*n = msg_get_u32(m);
	held = *n <= HELD_MAX ? calloc(*n + 1, sizeof(*held)) : NULL;
	for (i = 0; held && i < *n; i++) {
		held[i].spi = msg_get_u32(m);
		held[i].dir = msg_get_u8(m);
		held[i].proto = msg_get_u8(m);
		held[i].is_ours = msg_get_u8(m);
		msg_get_addr(m, &held[i].remote);
	}
	if (held && msg_close(m))
		return held;
	free(held);
	return NULL;
}

static void adopt_sa(const struct ike_sa_info *info, void *arg)
{
	session_adopt_sa(arg, info);
}

static void adopt_child(const struct ike_child_info *info, void *arg)
{
	session_adopt_child(arg, info);
}

static void adopt_tunnel(const struct ike_child_info *info, void *arg)
{
	tunnel_adopt(arg, info);
}

static void count_sa(const struct ike_sa_info *info, void *arg)
{
	*(unsigned int *)arg += !info->is_deleted;
}

static void count_child(const struct ike_child_info *info, void *arg)
{
	(void)info;
	++*(unsigned int *)arg;
}

bool keeper_resume(struct keeper *k, struct msg *m, struct ike *ike,
		   struct sessions *s, struct history *h)
{
	unsigned int sas = 0, children = 0;
	size_t n;
	struct ike_held *held = get_held(m, &n);

	if (!held)
		return false;
	/* First: what turns out to have ended is news. */
	ike_each_sa(ike, adopt_sa, s);
	ike_each_child(ike, adopt_child, s);
	session_adopted(s);
	ike_each_child(ike, adopt_tunnel, history_live(h));
	tunnel_adopted(history_live(h));
	ike_resume(ike, held, n);
	free(held);
	ike_reload(ike);
	ike_each_sa(ike, count_sa, &sas);
	ike_each_child(ike, count_child, &children);
	if (k->is_adopted)
		log_info("took over %u ISAKMP SAs and %u tunnels", sas,
			 children);
	return true;
}
