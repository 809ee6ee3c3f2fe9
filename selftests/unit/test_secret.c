// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory for keys: reading, comparing, wiping. */
#include "ktap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/secret.h"

static struct secret s;

static int from_hex(const char *hex)
{
	return secret_from_hex(&s, hex, strlen(hex));
}

static bool is_zero(const void *p, size_t n)
{
	const unsigned char *b = p;

	while (n)
		if (b[--n])
			return false;
	return true;
}

static void test_hex(void)
{
	ok(!from_hex("0x00fF10") && s.len == 3 && s.p[1] == 0xff &&
		   s.p[2] == 0x10,
	   "hexadecimal with 0x");
	ok(!from_hex("a1B2") && s.len == 2 && s.p[0] == 0xa1, "without 0x");
	ok(from_hex("") == -EINVAL, "nothing");
	ok(from_hex("0x") == -EINVAL, "only 0x");
	ok(from_hex("123") == -EINVAL, "an odd number of digits");
	ok(from_hex("12g4") == -EINVAL, "another letter");
	ok(is_zero(s.p, s.cap), "what was read before the error is wiped");
	ok(from_hex("0102030405060708090a0b0c0d0e0f1011") == -E2BIG,
	   "one octet too many");
	ok(!from_hex("0102030405060708090a0b0c0d0e0f10") && s.len == 16,
	   "as many as there is room");
}

static void test_wipe(void)
{
	unsigned char key[32];
	struct secret none = { 0 };

	memset(key, 0xa5, sizeof(key));
	secret_wipe(key, sizeof(key));
	ok(is_zero(key, sizeof(key)), "memory is wiped");
	from_hex("ffffffffffffffff");
	secret_clear(&s);
	ok(!s.len && is_zero(s.p, s.cap), "a secret is wiped");
	secret_free(&none);
	ok(!none.p, "nothing to give back");
}

static int from_text(const char *text, bool line, char *rest, size_t size)
{
	int p[2], err;
	ssize_t n;

	if (pipe(p) || write(p[1], text, strlen(text)) < 0)
		return -errno;
	close(p[1]);
	err = secret_from_fd(&s, p[0], line);
	n = read(p[0], rest, size - 1);
	rest[n > 0 ? n : 0] = '\0';
	close(p[0]);
	return err;
}

static void test_read(void)
{
	char rest[64], path[] = "/tmp/unit-secret-XXXXXX";
	bool is_open;
	int fd;

	ok(!from_text("0x0102\n", false, rest, sizeof(rest)) && s.len == 2,
	   "a newline at the end does not count");
	ok(!from_text("  0102 \n0304\n", true, rest, sizeof(rest)) &&
		   s.len == 2 && !strcmp(rest, "0304\n"),
	   "one line, and no octet more");
	ok(from_text("01\n02\n", false, rest, sizeof(rest)) == -EINVAL,
	   "two lines are no key");
	ok(from_text("", true, rest, sizeof(rest)) == -EINVAL, "no key at all");

	fd = mkstemp(path);
	ok(fd >= 0 && write(fd, "beef\n", 5) == 5, "a file");
	fchmod(fd, 0600);
	ok(!secret_from_file(&s, path, &is_open) && s.len == 2 && !is_open,
	   "a key from a file");
	fchmod(fd, 0644);
	ok(!secret_from_file(&s, path, &is_open) && is_open,
	   "a file that others may read is told");
	close(fd);
	unlink(path);
	ok(secret_from_file(&s, path, &is_open) == -ENOENT, "no such file");
}

static void test_compare(void)
{
	struct secret t = { 0 };

	secret_alloc(&t, 16);
	from_hex("010203");
	secret_from_hex(&t, "010203", 6);
	ok(secret_equal(&s, &t), "equal");
	secret_from_hex(&t, "010204", 6);
	ok(!secret_equal(&s, &t), "the last octet differs");
	secret_from_hex(&t, "000203", 6);
	ok(!secret_equal(&s, &t), "the first one");
	secret_from_hex(&t, "01020300", 8);
	ok(!secret_equal(&s, &t), "of another length");
	secret_free(&t);
	ok(secret_suspect("0x0123456789abcdef"), "may be a key");
	ok(secret_suspect("0123456789abcdefZ"), "a key with a slip");
	ok(!secret_suspect("0x1234abcd"), "an SPI");
	ok(!secret_suspect("2001:db8:1111:2222:3333:4444:5555:6666"),
	   "an IPv6 address");
	ok(!secret_suspect("replay-window"), "a keyword");
}

int main(void)
{
	ok(!secret_alloc(&s, 16) && s.cap == 16, "room for a secret");
	test_hex();
	test_wipe();
	test_read();
	test_compare();
	secret_free(&s);
	return ktap_end();
}
