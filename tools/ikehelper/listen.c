// SPDX-License-Identifier: GPL-2.0-or-later
/* What the daemon's surroundings expect: control socket, systemd. */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/log.h"

#define BACKLOG 128

int make_folder(const char *path)
{
	char *copy = strdup(path), *p;
	int err = copy ? 0 : -1;

	for (p = copy; !err && p && (p = strchr(p + 1, '/'));) {
		*p = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			err = -1;
		*p = '/';
	}
	if (!err && mkdir(path, 0755) && errno != EEXIST)
		err = -1;
	if (err)
		log_error("folder %s: %s", path, strerror(errno));
	free(copy);
	return err;
}

/* A socket that nobody answers at is what a crash has left. */
static int take_place(int fd, const struct sockaddr_un *a)
{
	int probe;

	if (!bind(fd, (const struct sockaddr *)a, sizeof(*a)))
		return 0;
	if (errno != EADDRINUSE)
		return -1;
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (probe >= 0 &&
	    !connect(probe, (const struct sockaddr *)a, sizeof(*a))) {
		close(probe);
		errno = EADDRINUSE;
		return -1;
	}
	if (probe >= 0)
		close(probe);
	unlink(a->sun_path);
	return bind(fd, (const struct sockaddr *)a, sizeof(*a));
}

int listen_control(const char *path, gid_t gid)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char *slash, folder[sizeof(a.sun_path)];
	mode_t mask;
	int fd, err;

	if (strlen(path) >= sizeof(a.sun_path)) {
		log_error("the path of the control socket is too long");
		return -1;
	}
	strcpy(a.sun_path, path);
	strcpy(folder, path);
	slash = strrchr(folder, '/');
	if (slash && slash != folder) {
		*slash = '\0';
		if (make_folder(folder))
			return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		log_error("control socket: %s", strerror(errno));
		return -1;
	}
	/* Nobody may come in before its group and mode are right. */
	mask = umask(0777);
	err = take_place(fd, &a);
	umask(mask);
	if (!err)
		err = chown(path, 0, gid);
	if (!err)
		err = chmod(path, 0660);
	if (!err)
		err = listen(fd, BACKLOG);
	if (!err)
		return fd;
	log_error("control socket %s: %s%s", path, strerror(errno),
		  errno == EADDRINUSE ? "; another ikehelper listens there" :
					"");
	close(fd);
	return -1;
}

int notify_systemd(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len;
	ssize_t n;
	int fd;

	if (!path)
		return 0;
	len = strlen(path);
	if (len >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, len);
	if (*path == '@')
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	n = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (void *)&a,
		   offsetof(struct sockaddr_un, sun_path) + len);
	close(fd);
	return n < 0 ? -1 : 0;
}
