// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file with the history: read once, replaced as a whole. The parent does
 * not look into it: what is made of it is made where nothing can be done with
 * it.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/log.h"

#define MAX_SIZE (6 << 20) /* a message has room for more */
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static bool is_broken; /* it has been said */

static uint8_t *read_whole(int fd, size_t size, size_t *len)
{
	uint8_t *p = malloc(size ? size : 1);
	ssize_t n = 1;

	for (*len = 0; p && *len < size && n; *len += n) {
		n = read(fd, p + *len, size - *len);
		if (n >= 0)
			continue;
		free(p);
		return NULL;
	}
	return p;
}

uint8_t *store_read(const char *path, size_t *len)
{
	/* A pipe in its place must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint8_t *p = NULL;
	struct stat st;

	*len = 0;
	if (fd < 0 && errno == ENOENT)
		return NULL;
	errno = fd < 0 ? errno : 0;
	if (fd >= 0 && !fstat(fd, &st)) {
		if (!S_ISREG(st.st_mode))
			errno = EINVAL;
		else if (st.st_size > MAX_SIZE)
			errno = EFBIG;
		else
			p = read_whole(fd, st.st_size, len);
	}
	if (!p)
		log_warn("the history of earlier runs is not used: %s: %s",
			 path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return p;
}

/* If that fails the file cannot be made, and that is said. */
static void make_place(const char *path)
{
	char *folder = strdup(path), *slash;

	slash = folder ? strrchr(folder, '/') : NULL;
	if (slash && slash != folder) {
		*slash = '\0';
		mkdir(folder, 0700);
	}
	free(folder);
}

static int write_whole(int fd, const uint8_t *p, size_t len)
{
	ssize_t n;

	for (; len; p += n, len -= n) {
		n = write(fd, p, len);
		if (n < 0)
			return -1;
	}
	return 0;
}

/*
 * Not fsync(2), which may take seconds while peers wait: what a loss of power
 * leaves behind is found to be damaged.
 */
static int replace(const char *path, const char *tmp, const void *p, size_t len)
{
	int fd = open(tmp,
		      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	int err = fd < 0 ? errno : 0;

	if (!err && write_whole(fd, p, len))
		err = errno;
	if (fd >= 0 && close(fd) && !err)
		err = errno;
	if (!err && rename(tmp, path))
		err = errno;
	if (err)
		unlink(tmp);
	return err;
}

void store_write(const char *path, const void *p, size_t len)
{
	char *tmp = NULL;
	int err = 0;

	if (asprintf(&tmp, "%s.new", path) < 0) {
		tmp = NULL;
		err = ENOMEM;
	}
	if (!err) {
		make_place(path);
		err = replace(path, tmp, p, len);
	}
	free(tmp);
	if (err && !is_broken)
		log_warn("the history is not kept: %s: %s", path,
			 strerror(err));
	is_broken = err;
}

char *store_boot(char *buf, size_t size)
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}
