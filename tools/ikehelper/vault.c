// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of sealed records: AES-256-GCM, each with a number that is used once.
 *
 *	head: what it is, the key's number, salt, check (HEAD octets of UNIT)
 *	records: each in a piece of UNIT << class octets: REC octets in clear
 *	that are authenticated too, cipher text, tag
 *
 * A new version of a record goes to another piece before the old one is wiped,
 * so that a process that is killed leaves at least one of them whole. The one with
 * the higher number counts.
 */
#include "vault.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/secret.h"
#include "bytes.h"
#include "crypto.h"
#include "htab.h"

#define MAGIC "ipsecgw\n"
#define VERSION_NOW 1
#define SALT 32
#define HEAD_OPEN (8 + 4 + VAULT_ID + SALT)
#define CHECK 16
#define HEAD (HEAD_OPEN + CHECK)
#define REC_MAGIC 0x52656331
#define REC 32
#define TAG CRYPTO_TAG
#define UNIT 512
#define CLASSES 8 /* up to 64 KiB */
#define MAX_FILE (256u << 20)

/* Where a record is. */
struct slot {
	struct hnode node;
	uint8_t kind, class;
	uint64_t id;
	uint32_t at; /* in units */
};

struct places {
	uint32_t *at;
	size_t n, cap;
};

struct vault {
	int fd; /* -1: nothing is kept */
	uint32_t end; /* of the file, in units */
	uint64_t seq;
	uint8_t key[VAULT_KEY]; /* of the records */
	struct htab slots;
	struct places free[CLASSES];
	uint8_t *buf; /* one piece */
};

static void put_be64(uint8_t *p, uint64_t v)
{
	put_be32(p, v >> 32);
	put_be32(p + 4, v);
}

static uint64_t get_be64(const uint8_t *p)
{
	return (uint64_t)get_be32(p) << 32 | get_be32(p + 4);
}

/* Keys for two purposes from the one we have. */
static int derive(const uint8_t key[VAULT_KEY], const char *purpose,
		  const uint8_t *head, uint8_t out[VAULT_KEY])
{
	const struct bytes part[] = { bytes_of(purpose, strlen(purpose)),
				      bytes_of(head, HEAD_OPEN) };

	return crypto_prf(IKE_HASH_SHA256, bytes_of(key, VAULT_KEY), part, 2,
			  out);
}

/* The number of a record is used once with a key. */
static void set_nonce(uint8_t nonce[CRYPTO_NONCE], const uint8_t *rec)
{
	memset(nonce, 0, CRYPTO_NONCE);
	memcpy(nonce + 4, rec + 20, 8);
}

static bool seal(const uint8_t *key, uint8_t *rec, size_t len)
{
	uint8_t nonce[CRYPTO_NONCE];

	set_nonce(nonce, rec);
	return !crypto_seal(key, nonce, bytes_of(rec, REC), rec + REC, len);
}

static bool unseal(const uint8_t *key, const uint8_t *rec, size_t len,
		   uint8_t *out)
{
	uint8_t nonce[CRYPTO_NONCE];

	set_nonce(nonce, rec);
	return !crypto_unseal(key, nonce, bytes_of(rec, REC), rec + REC, len,
			      out);
}

/* --- begin and end ----------------------------------------------------------- */

struct vault *vault_new(void)
{
	struct vault *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->fd = -1;
	v->buf = malloc(UNIT << (CLASSES - 1));
	if (v->buf && !htab_init(&v->slots))
		return v;
	vault_free(v);
	return NULL;
}

static void forget_slots(struct vault *v)
{
	size_t i;

	for (i = 0; i < v->slots.size; i++) {
		while (v->slots.bucket[i]) {
			struct slot *s = container_of(v->slots.bucket[i],
						      struct slot, node);

			htab_del(&v->slots, &s->node);
			free(s);
		}
	}
	for (i = 0; i < CLASSES; i++)
		free(v->free[i].at);
	memset(v->free, 0, sizeof(v->free));
}

void vault_free(struct vault *v)
{
	if (!v)
		return;
	forget_slots(v);
	htab_exit(&v->slots);
	free(v->buf);
	secret_wipe(v, sizeof(*v));
	free(v);
}

static bool write_all(int fd, const void *p, size_t len, off_t at)
{
	ssize_t n;

	do {
		n = pwrite(fd, p, len, at);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)len;
}

int vault_begin(struct vault *v, int fd, const uint8_t id[VAULT_ID],
		const uint8_t key[VAULT_KEY])
{
	uint8_t head[HEAD_OPEN + VAULT_KEY] = MAGIC;
	int err;

	put_be32(head + 8, VERSION_NOW);
	memcpy(head + 12, id, VAULT_ID);
	err = crypto_random(head + 12 + VAULT_ID, SALT);
	if (!err)
		err = derive(key, "record", head, v->key);
	if (!err)
		err = derive(key, "check", head, head + HEAD_OPEN);
	if (err)
		return err;
	if (!write_all(fd, head, HEAD, 0))
		return errno ? -errno : -EIO;
	v->fd = fd;
	v->end = 1;
	v->seq = 0;
	return 0;
}

/* --- write ------------------------------------------------------------------- */

static uint64_t hash_of(enum ike_keep kind, uint64_t id)
{
	return id * IKE_KEEP_N + kind;
}

static struct slot *find(const struct vault *v, enum ike_keep kind, uint64_t id)
{
	struct hnode *n = htab_first(&v->slots, hash_of(kind, id));

	return n ? container_of(n, struct slot, node) : NULL;
}

/* Better nothing than old state. */
static int give_up(struct vault *v, int err)
{
	const uint8_t none[HEAD] = { 0 };

	write_all(v->fd, none, sizeof(none), 0);
	v->fd = -1;
	forget_slots(v);
	return err ? err : -EIO;
}

static bool take_place(struct vault *v, unsigned int class, uint32_t *at)
{
	struct places *f = &v->free[class];
	uint32_t units = 1u << class;

	if (f->n) {
		*at = f->at[--f->n];
		return true;
	}
	if ((uint64_t)(v->end + units) * UNIT > MAX_FILE)
		return false;
	*at = v->end;
	v->end += units;
	return true;
}

/* Wipe what is there; the place may be used again, if there is memory for that. */
static bool give_place(struct vault *v, unsigned int class, uint32_t at)
{
	struct places *f = &v->free[class];
	size_t len = UNIT << class;

	memset(v->buf, 0, len);
	if (!write_all(v->fd, v->buf, len, (off_t)at * UNIT))
		return false;
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		uint32_t *p = reallocarray(f->at, cap, sizeof(*p));

		if (!p)
			return true;
		f->at = p;
		f->cap = cap;
	}
	f->at[f->n++] = at;
	return true;
}

static int write_record(struct vault *v, struct slot *s,
			const struct ike_blob *b)
{
	uint8_t *rec = v->buf;
	size_t len;
	bool ok;

	s->class = 0;
	while (s->class < CLASSES &&
	       (size_t)UNIT << s->class < REC + b->len + TAG)
		s->class ++;
	if (s->class == CLASSES)
		return -E2BIG;
	if (!take_place(v, s->class, &s->at))
		return -EFBIG;
	len = (size_t)UNIT << s->class;
	memset(rec, 0, len);
	put_be32(rec, REC_MAGIC);
	rec[4] = s->kind;
	rec[5] = s->class;
	put_be32(rec + 8, b->len);
	put_be64(rec + 12, s->id);
	put_be64(rec + 20, ++v->seq);
	memcpy(rec + REC, b->p, b->len);
	ok = seal(v->key, rec, b->len);
	if (!ok)
		secret_wipe(rec, len);
	return ok && write_all(v->fd, rec, len, (off_t)s->at * UNIT) ? 0 : -EIO;
}

int vault_put(struct vault *v, enum ike_keep kind, uint64_t id,
	      const struct ike_blob *record)
{
	struct slot *s, *old;
	int err;

	if (v->fd < 0)
		return 0;
	old = find(v, kind, id);
	if (record) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return give_up(v, -ENOMEM);
		s->kind = kind;
		s->id = id;
		err = write_record(v, s, record);
		if (err) {
			free(s);
			return give_up(v, err);
		}
		if (old)
			htab_del(&v->slots, &old->node);
		htab_add(&v->slots, &s->node, hash_of(kind, id));
	} else if (old) {
		htab_del(&v->slots, &old->node);
	}
	if (old) {
		bool wiped = give_place(v, old->class, old->at);

		free(old);
		if (!wiped)
			return give_up(v, -EIO);
	}
	return 0;
}

/* --- read -------------------------------------------------------------------- */

static int check_head(const uint8_t *head, size_t len)
{
	if (!len)
		return -ENODATA;
	if (len < HEAD || memcmp(head, MAGIC, 8))
		return -EBADMSG;
	return get_be32(head + 8) == VERSION_NOW ? 0 : -EPROTO;
}

int vault_id(int fd, uint8_t id[VAULT_ID])
{
	uint8_t head[HEAD];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	int err = n < 0 ? -errno : check_head(head, n);

	if (!err)
		memcpy(id, head + 12, VAULT_ID);
	return err;
}

/* A record that was read; its octets are in struct found.plain. */
struct record {
	uint8_t kind;
	uint64_t id, seq;
	size_t at, len;
};

struct found {
	struct record *r;
	size_t n;
	uint8_t *plain;
	size_t used;
	bool damaged;
};

static bool is_zero(const uint8_t *p, size_t len)
{
	return !*p && !memcmp(p, p + 1, len - 1);
}

/* The piece at the front of @p: how many octets to go on. */
static size_t read_piece(const uint8_t *key, const uint8_t *p, size_t left,
			 struct found *f)
{
	struct record *r = &f->r[f->n];
	size_t piece, len;

	if (left < UNIT) {
		f->damaged |= left && !is_zero(p, left);
		return left;
	}
	if (is_zero(p, UNIT))
		return UNIT;
	len = get_be32(p + 8);
	piece = p[5] < CLASSES ? (size_t)UNIT << p[5] : 0;
	if (get_be32(p) != REC_MAGIC || piece > left || len > piece ||
	    REC + len + TAG > piece ||
	    !unseal(key, p, len, f->plain + f->used)) {
		f->damaged = true;
		return UNIT;
	}
	*r = (struct record){ .kind = p[4],
			      .id = get_be64(p + 12),
			      .seq = get_be64(p + 20),
			      .at = f->used,
			      .len = len };
	f->used += len;
	f->n++;
	return piece;
}

/* By kind and number, the newest of each first. */
static int cmp_record(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->seq > y->seq ? -1 : x->seq < y->seq;
}

static bool is_newest(const struct found *f, size_t i)
{
	return !i || f->r[i].kind != f->r[i - 1].kind ||
	       f->r[i].id != f->r[i - 1].id;
}

static int collect(struct found *f, void **p, size_t *len)
{
	size_t total = IKE_STATE_HEAD, at, i;
	uint8_t *all;

	if (f->n)
		qsort(f->r, f->n, sizeof(*f->r), cmp_record);
	for (i = 0; i < f->n; i++)
		if (is_newest(f, i))
			total += ike_state_size(f->r[i].len);
	all = malloc(total);
	if (!all)
		return -ENOMEM;
	at = ike_state_head(all, total);
	for (i = 0; i < f->n; i++)
		if (is_newest(f, i))
			at += ike_state_add(all + at, f->r[i].kind,
					    f->plain + f->r[i].at, f->r[i].len);
	*p = all;
	*len = total;
	return 0;
}

static int read_file(int fd, uint8_t **p, size_t *len)
{
	size_t cap = 1 << 16;
	ssize_t n = 1;
	uint8_t *more;

	*len = 0;
	*p = malloc(cap);
	while (*p && n) {
		if (*len == cap) {
			cap *= 2;
			more = cap > 2 * (size_t)MAX_FILE ? NULL :
							    realloc(*p, cap);
			if (!more)
				break;
			*p = more;
		}
		n = pread(fd, *p + *len, cap - *len, *len);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			*len += n;
	}
	if (*p && !n)
		return 0;
	free(*p);
	return n < 0 ? -errno : !*p ? -ENOMEM : -EFBIG;
}

static int read_pieces(const uint8_t *key, const uint8_t *file, size_t size,
		       struct found *f)
{
	size_t at;

	f->r = calloc(size / UNIT + 1, sizeof(*f->r));
	f->plain = malloc(size);
	if (!f->r || !f->plain)
		return -ENOMEM;
	for (at = UNIT; at < size;)
		at += read_piece(key, file + at, size - at, f);
	return 0;
}

int vault_read(int fd, const uint8_t key[VAULT_KEY], void **p, size_t *len,
	       bool *damaged)
{
	uint8_t check[VAULT_KEY], of_records[VAULT_KEY], *file;
	struct found f = { 0 };
	size_t size;
	int err = read_file(fd, &file, &size);

	if (err)
		return err;
	err = check_head(file, size);
	if (!err)
		err = derive(key, "check", file, check);
	if (!err && !crypto_equal(check, file + HEAD_OPEN, CHECK))
		err = -EKEYREJECTED;
	if (!err)
		err = derive(key, "record", file, of_records);
	if (!err)
		err = read_pieces(of_records, file, size, &f);
	if (!err)
		err = collect(&f, p, len);
	*damaged = f.damaged;
	secret_wipe(of_records, sizeof(of_records));
	if (f.plain)
		secret_wipe(f.plain, size);
	free(f.plain);
	free(f.r);
	free(file);
	return err;
}
