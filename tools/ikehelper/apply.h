/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bring the kernel from what one configuration wants to what another wants. */
#ifndef IKEHELPER_APPLY_H
#define IKEHELPER_APPLY_H

struct gnl;
struct wants;

/*
 * Rules that are in both stay, with their SAs; packets see the old rules of a
 * map or the new ones, never a part. @old NULL: what is in the kernel under the
 * names of the maps is from an earlier run; temporary entries stay. The numbers that the
 * kernel gave are in @new afterwards. Returns the number of complaints, which
 * have been logged.
 */
unsigned int apply_rules(struct gnl *g, const struct wants *old,
			 struct wants *new);

/*
 * Interfaces get their maps and lose them. The number of interfaces that do
 * not exist; to be called again when there may be more.
 */
unsigned int apply_binds(struct gnl *g, const struct wants *old,
			 const struct wants *new);

#endif
