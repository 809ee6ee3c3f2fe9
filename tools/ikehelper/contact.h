/* SPDX-License-Identifier: GPL-2.0-or-later */
/* INITIAL-CONTACT (RFC 2407 4.6.3.3): one side has lost all that it had. */
#ifndef IKEHELPER_CONTACT_H
#define IKEHELPER_CONTACT_H

#include "exchange.h"

/* Have we nothing with this peer but what is being negotiated? */
bool contact_is_first(const struct sa *sa, const struct ike_peer *peer);
void contact_fill(struct sa *sa, struct enc *e);

/* Does the message, which is authenticated, say it? */
bool contact_is_told(const struct ike_msg *m);

/* Then what there was with this peer goes. */
void contact_take(struct ike *ike, struct sa *sa);

#endif
