/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crypto maps of an earlier run that are no longer configured. */
#ifndef IKEHELPER_LEFTOVER_H
#define IKEHELPER_LEFTOVER_H

struct gnl;
struct wants;

/* Note the maps and interfaces of @w in the file @path, for another run. */
void leftover_save(const char *path, const struct wants *w);

/*
 * The first deed of a run: what is noted there and is not in @w goes from the
 * kernel, with its SAs. Maps that were made by hand are not noted.
 */
void leftover_clear(const char *path, struct gnl *g, const struct wants *w);

#endif
