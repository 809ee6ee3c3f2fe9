/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon's surroundings expect: control socket, systemd. */
#ifndef IKEHELPER_LISTEN_H
#define IKEHELPER_LISTEN_H

#include <sys/types.h>

/*
 * The control socket at @path, for root and @gid (0: root only). Its folder is
 * made. A descriptor, or -1 after it has said why.
 */
int listen_control(const char *path, gid_t gid);

/* An empty folder that nobody can write to. 0, or -1 after it has said why. */
int make_folder(const char *path);

/* Tell systemd, if it has started us: sd_notify(3). 0, or -1 with errno. */
int notify_systemd(const char *text);

#endif
