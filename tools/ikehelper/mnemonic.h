/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log lines under the names that monitoring looks for: "%CRYPTO-4-...". */
#ifndef IKEHELPER_MNEMONIC_H
#define IKEHELPER_MNEMONIC_H

#include "report.h"

/* Those that belong to a failure which was just logged. */
void mnemonic_failure(struct ike *ike, const struct report *r,
		      const struct ike_failure *f);

/* Those of what happens to SAs; @is_manual: an operator deletes ISAKMP SAs. */
void mnemonic_event(struct ike *ike, const struct ike_event *ev,
		    bool is_manual);

/* About a message that anybody can send: a few in a second. */
__attribute__((format(printf, 2, 3))) void mnemonic(struct ike *ike,
						    const char *fmt, ...);

/* The usual ones: the peer's address between two texts. */
void mnemonic_peer(struct ike *ike, const struct ike_path *path,
		   const char *before, const char *behind);

#endif
