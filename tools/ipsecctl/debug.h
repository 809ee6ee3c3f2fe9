/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug lines that the shell prints between its prompts. */
#ifndef IPSECCTL_DEBUG_H
#define IPSECCTL_DEBUG_H

#include "ctl.h"

/* Where more lines come from, to wait for them; -1: from nowhere. */
int debug_fd(const struct ctx *c);

/* Print what has come; without waiting. */
void debug_drain(struct ctx *c);

void debug_end(struct ctx *c);

#endif
