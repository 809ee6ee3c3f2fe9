/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dead peer detection (RFC 3706), periodic and on demand. */
#ifndef IKEHELPER_DPD_H
#define IKEHELPER_DPD_H

#include "sa.h"

struct ike_notify;

/* Begin to watch the peer of an established SA, if that is configured. */
void dpd_start(struct ike *ike, struct sa *sa);

/* Ask now. */
void dpd_probe(struct ike *ike, struct sa *sa);

/* An authenticated message came. */
void dpd_heard(struct ike *ike, struct sa *sa);

/* R-U-THERE and its answer. */
void dpd_notify(struct ike *ike, struct sa *sa, const struct ike_notify *n);

/* The peer is dead: all that there is with it goes. */
void dpd_dead(struct ike *ike, struct sa *sa);

#endif
