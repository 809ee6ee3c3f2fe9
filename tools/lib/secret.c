// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory for keys: allocate, read, compare in constant time, wipe. */
#include "secret.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUSPECT_DIGITS 16
#define TEXT_MAX 4096

static size_t round_up(size_t n)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (n + page - 1) / page * page;
}

int secret_alloc(struct secret *s, size_t cap)
{
	size_t size = round_up(cap ? cap : 1);
	void *p;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	/* Best effort: an ordinary user has a small limit of locked memory. */
	(void)mlock(p, size);
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_WIPEONFORK);
	s->p = p;
	s->len = 0;
	s->cap = cap;
	return 0;
}

void secret_clear(struct secret *s)
{
	if (s->p)
		secret_wipe(s->p, s->cap);
	s->len = 0;
}

void secret_free(struct secret *s)
{
	if (!s->p)
		return;
	secret_clear(s);
	munmap(s->p, round_up(s->cap ? s->cap : 1));
	memset(s, 0, sizeof(*s));
}

void secret_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	unsigned char diff = 0;
	size_t i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++)
		diff |= a->p[i] ^ b->p[i];
	return !diff;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int secret_from_hex(struct secret *s, const char *hex, size_t len)
{
	size_t i;

	s->len = 0;
	if (len >= 2 && hex[0] == '0' && (hex[1] == 'x' || hex[1] == 'X')) {
		hex += 2;
		len -= 2;
	}
	if (!len || len % 2)
		return -EINVAL;
	if (len / 2 > s->cap)
		return -E2BIG;
	for (i = 0; i < len; i += 2) {
		int hi = hex_digit(hex[i]), lo = hex_digit(hex[i + 1]);

		if (hi < 0 || lo < 0) {
			secret_clear(s);
			return -EINVAL;
		}
		s->p[i / 2] = hi << 4 | lo;
	}
	s->len = len / 2;
	return 0;
}

/* One octet at a time if a line is wanted: what follows is not ours. */
static int read_text(struct secret *text, int fd, bool line)
{
	while (text->len < text->cap) {
		size_t want = line ? 1 : text->cap - text->len;
		ssize_t n = read(fd, text->p + text->len, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n || (line && text->p[text->len] == '\n'))
			return 0;
		text->len += n;
	}
	return -E2BIG;
}

int secret_from_fd(struct secret *s, int fd, bool line)
{
	struct secret text = { 0 };
	const char *p;
	size_t n;
	int err;

	err = secret_alloc(&text, TEXT_MAX);
	if (err)
		return err;
	err = read_text(&text, fd, line);
	if (!err) {
		p = (const char *)text.p;
		for (n = text.len; n && isspace((unsigned char)*p); n--)
			p++;
		while (n && isspace((unsigned char)p[n - 1]))
			n--;
		err = secret_from_hex(s, p, n);
	}
	secret_free(&text);
	return err;
}

int secret_from_file(struct secret *s, const char *path, bool *is_open)
{
	struct stat st;
	int fd, err;

	*is_open = false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		*is_open = st.st_mode & (S_IRGRP | S_IROTH);
	err = secret_from_fd(s, fd, false);
	close(fd);
	return err;
}

bool secret_suspect(const char *word)
{
	size_t n = 0;

	if (word[0] == '0' && (word[1] | 0x20) == 'x')
		word += 2;
	for (; *word; word++) {
		if (hex_digit(*word) >= 0)
			n++;
		else if (n < SUSPECT_DIGITS)
			return false;
	}
	return n >= SUSPECT_DIGITS;
}

void secret_harden(void)
{
#ifndef __SANITIZE_ADDRESS__
	/* The leak checker of a sanitizer must be able to trace us. */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}
