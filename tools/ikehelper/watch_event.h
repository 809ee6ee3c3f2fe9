/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to tunnels, for those who monitor. */
#ifndef IKEHELPER_WATCH_EVENT_H
#define IKEHELPER_WATCH_EVENT_H

#include "watch.h"

void watch_tunnel(struct watch *w, const struct ike_event *ev);
void watch_failed(struct watch *w, const struct ike_failure *f);

#endif
