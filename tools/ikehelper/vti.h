/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunnel interfaces: made, set up, removed. */
#ifndef IKEHELPER_VTI_H
#define IKEHELPER_VTI_H

struct rtnl;
struct wants;

/*
 * Make what @new wants and is not there, and remove what only @old wanted (NULL:
 * nothing). Nothing else that has the name of one is touched. To be called again
 * when something of it was gone.
 */
void vti_apply(struct rtnl *r, const struct wants *old, struct wants *new);

#endif
