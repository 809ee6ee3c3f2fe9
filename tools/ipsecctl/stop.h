/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that end a command which runs on. */
#ifndef IPSECCTL_STOP_H
#define IPSECCTL_STOP_H

#include <signal.h>
#include <stdbool.h>

/* Until stop_end() they come only while the command waits. */
void stop_begin(void);
void stop_end(void);

/* What to wait with. */
const sigset_t *stop_mask(void);

/* One has come. */
bool stop_wanted(void);

/* The size of the terminal has changed since this was asked last. */
bool stop_resized(void);

#endif
