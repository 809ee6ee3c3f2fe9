// SPDX-License-Identifier: GPL-2.0-or-later
/* Sealed records: what was written comes back, or nothing, whatever is changed. */
#include "ktap.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ikehelper/bytes.h"
#include "ikehelper/crypto.h"
#include "ikehelper/vault.h"
#include "lib/secret.h"

#define MANY 3000

static const uint8_t key[VAULT_KEY] = "a key of two and thirty octets.";
static const uint8_t id[VAULT_ID] = "number1";
static struct vault *v;

static int new_file(void)
{
	return memfd_create("vault", 0);
}

static int begin(void)
{
	int fd = new_file();

	vault_free(v);
	v = vault_new();
	if (fd < 0 || !v || vault_begin(v, fd, id, key))
		abort();
	return fd;
}

static void put(enum ike_keep kind, uint64_t number, const char *text)
{
	struct ike_blob b = { (const uint8_t *)text, strlen(text) };

	if (vault_put(v, kind, number, &b))
		abort();
}

/* All records as "kind:text ", or the error. */
static const char *content(int fd, bool *damaged)
{
	static char out[65536];
	struct bytes all, head, body;
	char *at = out;
	size_t len;
	void *p;
	int err = vault_read(fd, key, &p, &len, damaged);

	if (err)
		return strerror(-err);
	all = bytes_of(p, len);
	bytes_take(&all, IKE_STATE_HEAD, &head);
	*at = '\0';
	while (bytes_take(&all, ike_state_size(0), &head) &&
	       bytes_take(&all, get_be32(head.p), &body))
		at += sprintf(at, "%u:%.*s ", head.p[4], (int)body.len, body.p);
	ike_export_free(p, len);
	return out;
}

static void round_trip(void)
{
	bool damaged;
	int fd = begin(), i;
	off_t size;

	put(IKE_KEEP_CHILD, 7, "child");
	put(IKE_KEEP_SA, 7, "first");
	put(IKE_KEEP_SA, 8, "other");
	put(IKE_KEEP_SA, 7, "second");
	put(IKE_KEEP_ENGINE, 0, "engine");
	is(content(fd, &damaged), "0:engine 1:second 1:other 2:child ",
	   "records come back by kind, the newest of each");
	vault_put(v, IKE_KEEP_SA, 8, NULL);
	vault_put(v, IKE_KEEP_SA, 99, NULL);
	is(content(fd, &damaged), "0:engine 1:second 2:child ",
	   "one that was wiped does not");
	ok(!damaged, "nothing is damaged");
	size = lseek(fd, 0, SEEK_END);
	for (i = 0; i < 1000; i++)
		put(IKE_KEEP_SA, 7, i % 2 ? "odd" : "even");
	ok(lseek(fd, 0, SEEK_END) <= size + 512, "places are used again");
	is(content(fd, &damaged), "0:engine 1:odd 2:child ", "as it should be");
	close(fd);
}

static bool holds(const uint8_t *file, size_t len, const char *text)
{
	return memmem(file, len, text, strlen(text));
}

static void secrecy(void)
{
	static uint8_t file[65536];
	int fd = begin();
	ssize_t n;

	put(IKE_KEEP_SA, 1, "SKEYID of a peer");
	put(IKE_KEEP_SA, 1, "SKEYID of another");
	n = pread(fd, file, sizeof(file), 0);
	ok(n > 1024 && !holds(file, n, "SKEYID"), "nothing is in clear");
	close(fd);
}

/* One bit of each octet: another content is never read. */
static void every_octet(void)
{
	static const char good[] = "1:a tunnel 2:its keys ";
	unsigned int wrong = 0, refused = 0, unnoticed = 0;
	int fd = begin();
	uint8_t c, d;
	off_t i, size;
	bool damaged;

	put(IKE_KEEP_SA, 1, "a tunnel");
	put(IKE_KEEP_CHILD, 2, "its keys");
	size = lseek(fd, 0, SEEK_END);
	for (i = 0; i < size; i++) {
		const char *got;

		if (pread(fd, &c, 1, i) != 1)
			abort();
		d = c ^ 1 << i % 8;
		if (pwrite(fd, &d, 1, i) != 1)
			abort();
		got = content(fd, &damaged);
		if (!strcmp(got, good))
			unnoticed++;
		else if (!strcmp(got, "1:a tunnel ") ||
			 !strcmp(got, "2:its keys "))
			refused += damaged;
		else if (!strstr(got, ":"))
			refused++;
		else
			wrong++;
		if (pwrite(fd, &c, 1, i) != 1)
			abort();
	}
	ok(!wrong, "no change of an octet gives another content");
	/* What is padding does not count: behind the head and the records. */
	ok(refused == 68 + 2 * (32 + 8 + 16) && refused + unnoticed == size,
	   "%u octets that count, %u that do not", refused, unnoticed);
	is(content(fd, &damaged), good, "put back it is good");
	close(fd);
}

static void cut(void)
{
	unsigned int whole = 0;
	int fd = begin();
	bool damaged;
	off_t size;

	put(IKE_KEEP_SA, 1, "a tunnel");
	for (size = lseek(fd, 0, SEEK_END) - 1; size >= 0; size--) {
		if (ftruncate(fd, size))
			abort();
		whole += !strcmp(content(fd, &damaged), "1:a tunnel ");
	}
	ok(!whole, "cut short it gives nothing");
	close(fd);
}

static void refusals(void)
{
	uint8_t other[VAULT_KEY] = "another", got[VAULT_ID];
	int fd = begin();
	bool damaged;
	size_t len;
	void *p;

	put(IKE_KEEP_SA, 1, "a tunnel");
	ok(!vault_id(fd, got) && !memcmp(got, id, VAULT_ID),
	   "the number of the key is in it");
	ok(vault_read(fd, other, &p, &len, &damaged) == -EKEYREJECTED,
	   "another key is refused");
	if (pwrite(fd, "\0\0\0\2", 4, 8) != 4)
		abort();
	ok(vault_read(fd, key, &p, &len, &damaged) == -EPROTO &&
		   vault_id(fd, got) == -EPROTO,
	   "another version is refused");
	if (ftruncate(fd, 0))
		abort();
	ok(vault_id(fd, got) == -ENODATA, "an empty file has nothing");
	close(fd);
}

static void sizes(void)
{
	static uint8_t big[70000];
	struct ike_blob b = { big, 60000 };
	int fd = begin();
	bool damaged;
	size_t len;
	void *p;

	ok(!vault_put(v, IKE_KEEP_XCHG, 1, &b) &&
		   !vault_read(fd, key, &p, &len, &damaged) &&
		   len == IKE_STATE_HEAD + ike_state_size(60000),
	   "a large record");
	ike_export_free(p, len);
	b.len = sizeof(big);
	ok(vault_put(v, IKE_KEEP_XCHG, 2, &b) == -E2BIG &&
		   vault_read(fd, key, &p, &len, &damaged) == -EBADMSG,
	   "after one that is too large nothing counts");
	ok(!vault_put(v, IKE_KEEP_XCHG, 2, NULL), "and nothing more is said");
	close(fd);
}

static void many(void)
{
	int fd = begin(), i, round;
	bool damaged;
	size_t len;
	void *p;

	for (round = 0; round < 3; round++)
		for (i = 0; i < MANY; i++)
			put(IKE_KEEP_SA, i, "0123456789abcdef");
	ok(!vault_read(fd, key, &p, &len, &damaged) && !damaged &&
		   len == IKE_STATE_HEAD + MANY * ike_state_size(16),
	   "%d records", MANY);
	ike_export_free(p, len);
	ok(lseek(fd, 0, SEEK_END) <= (MANY + 2) * 512, "in as many places");
	close(fd);
}

int main(void)
{
	if (crypto_init(NULL))
		return 1;
	round_trip();
	secrecy();
	every_octet();
	cut();
	refusals();
	sizes();
	many();
	vault_free(v);
	crypto_exit();
	return ktap_end();
}
