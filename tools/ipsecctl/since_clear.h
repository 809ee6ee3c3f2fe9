/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views count from the last "clear crypto sa counters" on. */
#ifndef IPSECCTL_SINCE_CLEAR_H
#define IPSECCTL_SINCE_CLEAR_H

#include "view.h"

struct json_object;

/*
 * Ask the daemon for the counters as they were then, and take them away from
 * those of the view. Without a daemon there is nothing to take away.
 */
void since_clear(struct view *v);

/* The same with the daemon's rows. */
void since_clear_rows(struct view *v, struct json_object *rows);

#endif
