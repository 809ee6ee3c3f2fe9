// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of trust points. The parent reads them, for nobody else can open
 * files, and looks at nothing but who else may read the private key: the roles
 * that need a file find out what is in it.
 */
#include "trust_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/cfg.h"
#include "../lib/cfg_if.h"
#include "../lib/log.h"
#include "../lib/secret.h"

#define MAX_CERT (1 << 20) /* octets of a file */
#define MAX_CRL (4 << 20)
#define MAX_PRIVATE (64 << 10)
#define MAX_WHY 512

enum file { FILE_CA, FILE_CRL, FILE_CERT, FILE_KEY, FILE_N };

struct files {
	struct trust_info info;
	struct secret file[FILE_N];
	char *name;
	char why[MAX_WHY]; /* what is wrong, "" nothing */
};

struct trust_files {
	struct files *v;
	size_t n;
};

void trust_files_free(struct trust_files *t)
{
	size_t i;
	int f;

	for (i = 0; t && i < t->n; i++) {
		for (f = 0; f < FILE_N; f++)
			secret_free(&t->v[i].file[f]);
		free(t->v[i].name);
	}
	if (t)
		free(t->v);
	free(t);
}

/* --- one file ------------------------------------------------------------ */

static int read_all(int fd, struct secret *s, size_t len)
{
	ssize_t n;

	if (secret_alloc(s, len + 1))
		return -ENOMEM;
	while (s->len < s->cap) {
		n = read(fd, s->p + s->len, s->cap - s->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return 0;
		s->len += n;
	}
	return -EFBIG; /* it grows */
}

/* NULL, or why a private key cannot be trusted to be one. */
static const char *key_fault(const struct stat *st)
{
	if (st->st_uid && st->st_uid != geteuid())
		return "it does not belong to root";
	if (st->st_mode & 077)
		return "others may read it (chmod 600)";
	return NULL;
}

static const char *read_file(const char *path, enum file what, struct secret *s)
{
	static const size_t most[FILE_N] = { MAX_CERT, MAX_CRL, MAX_CERT,
					     MAX_PRIVATE };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *fault = NULL;
	struct stat st;
	int err;

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		fault = "it is not a file";
	else if (what == FILE_KEY)
		fault = key_fault(&st);
	if (!fault && st.st_size > (off_t)most[what])
		fault = "it is too long";
	if (!fault) {
		err = read_all(fd, s, st.st_size);
		if (err)
			fault = strerror(-err);
	}
	close(fd);
	if (fault)
		secret_free(s);
	return fault;
}

/* --- one trust point ------------------------------------------------------- */

/* Is @word among the methods of "revocation-check"? Without any it is crl. */
static bool has_method(const struct cfg_trustpoint *tp, const char *word)
{
	const char *at = tp->revocation ? tp->revocation : "crl";
	size_t len = strlen(word), n;

	for (; *at; at += n + (at[n] == ' ')) {
		n = strcspn(at, " ");
		if (n == len && !memcmp(at, word, len))
			return true;
	}
	return false;
}

static void take(struct files *f, const struct cfg_trustpoint *tp,
		 enum file what)
{
	static const char *const names[FILE_N] = { "ca", "crl", "cert", "key" };
	struct bytes *b[FILE_N] = { &f->info.ca, &f->info.crl, &f->info.cert,
				    &f->info.key };
	size_t len = strlen(f->why);
	char path[PATH_MAX];
	const char *fault;

	cfg_trustpoint_file(tp, names[what], path, sizeof(path));
	errno = 0;
	fault = read_file(path, what, &f->file[what]);
	if (!fault) {
		*b[what] = bytes_of(f->file[what].p, f->file[what].len);
		return;
	}
	/* What is not needed may be missing. */
	if (what == FILE_CRL && !f->info.need_crl && errno == ENOENT)
		return;
	snprintf(f->why + len, sizeof(f->why) - len, "%s%s: %s",
		 len ? "; " : "", path, fault);
}

static bool read_one(struct files *f, const struct cfg_trustpoint *tp)
{
	f->name = strdup(tp->obj.name);
	if (!f->name)
		return false;
	f->info.name = f->name;
	f->info.need_crl = !has_method(tp, "none");
	take(f, tp, FILE_CA);
	take(f, tp, FILE_CERT);
	take(f, tp, FILE_KEY);
	if (has_method(tp, "crl"))
		take(f, tp, FILE_CRL);
	else if (f->info.need_crl && !*f->why)
		snprintf(f->why, sizeof(f->why),
			 "OCSP is not supported: no peer is accepted");
	return true;
}

static const struct files *find(const struct trust_files *t, const char *name)
{
	size_t i;

	for (i = 0; t && i < t->n; i++)
		if (!strcmp(t->v[i].name, name))
			return &t->v[i];
	return NULL;
}

static void complain(const struct files *f, const struct files *before)
{
	if (*f->why && !(before && !strcmp(before->why, f->why)))
		log_warn("trust point %s: %s", f->name, f->why);
}

/* --- all ------------------------------------------------------------------- */

struct trust_files *trust_files_read(const struct cfg *cfg,
				     const struct trust_files *old)
{
	struct trust_files *t = calloc(1, sizeof(*t));
	const struct cfg_trustpoint *tp;

	if (!t)
		return NULL;
	t->v = calloc(cfg->trustpoints.n + 1, sizeof(*t->v));
	if (!t->v) {
		free(t);
		return NULL;
	}
	cfg_for_each(tp, &cfg->trustpoints)
	{
		struct files *f = &t->v[t->n++];

		f->info.ref = t->n;
		if (!read_one(f, tp)) {
			trust_files_free(t);
			return NULL;
		}
		complain(f, find(old, f->name));
	}
	return t;
}

static bool same(const struct files *a, const struct files *b)
{
	int i;

	if (strcmp(a->name, b->name) || a->info.need_crl != b->info.need_crl)
		return false;
	for (i = 0; i < FILE_N; i++)
		if (!a->file[i].p != !b->file[i].p ||
		    !secret_equal(&a->file[i], &b->file[i]))
			return false;
	return true;
}

bool trust_files_equal(const struct trust_files *a, const struct trust_files *b)
{
	size_t i;

	if (!a || !b || a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!same(&a->v[i], &b->v[i]))
			return false;
	return true;
}

const struct trust_info *trust_files_at(const struct trust_files *t, size_t i)
{
	return t && i < t->n ? &t->v[i].info : NULL;
}

uint32_t trust_files_ref(const struct trust_files *t, const char *name)
{
	const struct files *f = name ? find(t, name) : NULL;

	return f ? f->info.ref : 0;
}

bool trust_files_can_sign(const struct trust_files *t, uint32_t ref)
{
	size_t i;

	for (i = 0; t && i < t->n; i++) {
		const struct trust_info *info = &t->v[i].info;

		if ((!ref || info->ref == ref) && info->ca.p && info->cert.p &&
		    info->key.p)
			return true;
	}
	return false;
}
