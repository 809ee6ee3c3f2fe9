// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The parent's part of taking over from an earlier run. The state is a sealed file
 * that the engine writes; each run begins a new one with a key of its own, so
 * what an earlier run has left is used once. The keys are in the kernel's keyring,
 * under the number that the file has in its head.
 */
#include "adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../lib/gnl.h"
#include "../lib/log.h"
#include "../lib/secret.h"
#include "keyring.h"
#include "msg.h"
#include "vault.h"

#define PATIENCE 100 /* tenths of a second */

struct adopt {
	char *path, *new_path;
	int old, new;
	bool has_old; /* key */
	uint8_t old_id[VAULT_ID], id[VAULT_ID];
	uint8_t old_key[VAULT_KEY], key[VAULT_KEY];
};

static const char *key_name(const uint8_t id[VAULT_ID], char buf[64])
{
	char *at = buf + sprintf(buf, "ipsecgw:state:");
	int i;

	for (i = 0; i < VAULT_ID; i++)
		at += sprintf(at, "%02x", id[i]);
	return buf;
}

static void drop_key(const uint8_t id[VAULT_ID])
{
	char name[64];

	keyring_drop(key_name(id, name));
}

/* The engine of the last run holds the lock as long as it lives. */
static bool lock(int fd)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	int i;

	for (i = 0; i < PATIENCE; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return true;
		nanosleep(&tenth, NULL);
	}
	return false;
}

static bool is_safe(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && !st.st_uid &&
	       !(st.st_mode & 077) && st.st_nlink == 1;
}

static void open_old(struct adopt *a)
{
	const char *why = NULL;
	char name[64];
	int err;

	a->old = open(a->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (a->old < 0) {
		if (errno != ENOENT)
			log_warn("%s: %s", a->path, strerror(errno));
		return;
	}
	err = is_safe(a->old) ? 0 : -EPERM;
	if (err)
		why = "others than root may have written it";
	else if (!lock(a->old))
		why = "another ikehelper uses it";
	else
		err = vault_id(a->old, a->old_id);
	if (!why && !err) {
		err = keyring_get(key_name(a->old_id, name), a->old_key,
				  VAULT_KEY);
		a->has_old = !err;
	}
	if (!why && err)
		why = err == -ENODATA ? NULL :
		      err == -EBADMSG ? "it is damaged" :
		      err == -EPROTO  ? "it is of another version" :
		      err == -ENOKEY  ? "there is no key for it" :
					strerror(-err);
	if (why)
		log_warn("%s cannot be used, tunnels begin anew: %s", a->path,
			 why);
	if (a->has_old)
		return;
	close(a->old);
	a->old = -1;
}

/* A run that was killed while it began has left its file and key. */
static void clean_up(struct adopt *a)
{
	uint8_t id[VAULT_ID];
	int fd = open(a->new_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return;
	if (!vault_id(fd, id))
		drop_key(id);
	close(fd);
	unlink(a->new_path);
}

static int make_key(struct adopt *a)
{
	char name[64];

	if (getrandom(a->id, VAULT_ID, 0) != VAULT_ID ||
	    getrandom(a->key, VAULT_KEY, 0) != VAULT_KEY)
		return -EIO;
	return keyring_put(key_name(a->id, name), a->key, VAULT_KEY);
}

static void open_new(struct adopt *a)
{
	int err;

	clean_up(a);
	a->new = open(a->new_path,
		      O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	err = a->new < 0 ? -errno : 0;
	if (!err && flock(a->new, LOCK_EX | LOCK_NB))
		err = -errno;
	if (!err)
		err = make_key(a);
	if (!err)
		return;
	log_warn("%s: tunnels will not outlive this run: %s", a->new_path,
		 strerror(-err));
	if (a->new >= 0) {
		close(a->new);
		unlink(a->new_path);
	}
	a->new = -1;
}

struct adopt *adopt_new(const char *path)
{
	struct adopt *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->old = -1;
	a->new = -1;
	a->path = strdup(path);
	if (!a->path || asprintf(&a->new_path, "%s.new", path) < 0) {
		a->new_path = NULL;
		adopt_free(a);
		return NULL;
	}
	open_old(a);
	open_new(a);
	return a;
}

void adopt_free(struct adopt *a)
{
	if (!a)
		return;
	if (a->old >= 0)
		close(a->old);
	if (a->new >= 0)
		close(a->new);
	free(a->path);
	free(a->new_path);
	secret_wipe(a, sizeof(*a));
	free(a);
}

int adopt_old(const struct adopt *a)
{
	return a->old;
}

int adopt_state(const struct adopt *a)
{
	return a->new;
}

void adopt_put_keys(struct adopt *a, struct msg *m)
{
	msg_put_bytes(m, a->old_key, a->has_old ? VAULT_KEY : 0);
	msg_put_bytes(m, a->key, a->new >= 0 ? VAULT_KEY : 0);
	msg_put_bytes(m, a->id, VAULT_ID);
	secret_wipe(a->old_key, VAULT_KEY);
	secret_wipe(a->key, VAULT_KEY);
}

void adopt_commit(struct adopt *a)
{
	if (a->new >= 0 ? rename(a->new_path, a->path) : unlink(a->path))
		if (errno != ENOENT)
			log_warn("%s: %s", a->path, strerror(errno));
	if (a->has_old)
		drop_key(a->old_id);
	a->has_old = false;
}

void adopt_discard(struct adopt *a)
{
	if (a->new < 0)
		return;
	unlink(a->path);
	drop_key(a->id);
}

int adopt_held(struct gnl *g, struct ike_held **held, size_t *n)
{
	struct gnl_dump d = { 0 };
	struct ike_held *list = NULL, *more;
	size_t cap = 0;
	struct sa sa;
	int err = gnl_sa_dump(g, NULL, &d);

	*n = 0;
	while (!err && gnl_sa_next(&d, &sa)) {
		/* A reserved SPI ends by itself. */
		if (sa.state == STATE_LARVAL)
			continue;
		if (*n == cap) {
			cap = cap ? 2 * cap : 64;
			more = reallocarray(list, cap, sizeof(*list));
			if (!more) {
				err = -ENOMEM;
				break;
			}
			list = more;
		}
		list[(*n)++] = (struct ike_held){
			.spi = sa.spi,
			.dir = sa.dir,
			.proto = sa.proto,
			.is_ours = sa.flags & SA_FLAG_NEGOTIATED,
			.remote = sa.remote,
		};
	}
	gnl_dump_free(&d);
	if (err) {
		free(list);
		return err;
	}
	*held = list;
	return 0;
}
