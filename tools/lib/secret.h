/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for keys: allocate, read, compare in constant time, wipe. */
#ifndef LIB_SECRET_H
#define LIB_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Octets that never reach the swap (if the limit allows) or a core file. */
struct secret {
	unsigned char *p;
	size_t len; /* in use */
	size_t cap;
};

/* Room for @cap octets; 0 or a negative errno. */
int secret_alloc(struct secret *s, size_t cap);

/* Forget what is in it, keep the room. */
void secret_clear(struct secret *s);

/* Wipe and give back. Does nothing for one that was never allocated. */
void secret_free(struct secret *s);

/* Overwrite memory in a way that the compiler cannot leave out. */
void secret_wipe(void *p, size_t len);

/* Equal content, in a time that depends on the lengths only. */
bool secret_equal(const struct secret *a, const struct secret *b);

/*
 * Read hexadecimal digits, an even number, "0x" in front or not.
 * -EINVAL for anything else, -E2BIG if it is too long.
 */
int secret_from_hex(struct secret *s, const char *hex, size_t len);

/*
 * Read hexadecimal digits from a descriptor up to its end, or up to the end
 * of the line when @line. Blanks around them do not count.
 */
int secret_from_fd(struct secret *s, int fd, bool line);

/* The same from a file. @is_open is set if others may read the file. */
int secret_from_file(struct secret *s, const char *path, bool *is_open);

/* Could this word be a key? Errors leave such words out of what they say. */
bool secret_suspect(const char *word);

/* The process leaves no core file and others cannot trace it. */
void secret_harden(void);

#endif
