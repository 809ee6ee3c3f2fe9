/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal of which a command takes the whole screen. */
#ifndef IPSECCTL_SCREEN_H
#define IPSECCTL_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

/* 0 or a negative errno; keys then come one by one, without an echo. */
int screen_open(void);

/* As it was before, also after a signal. */
void screen_close(void);

/* Show the lines of @text, as many and as long as fit; false: it has gone. */
bool screen_show(const char *text);

enum { SCREEN_TIME = 0, SCREEN_EVENT = -1, SCREEN_GONE = -2 };

/*
 * Wait for @ms at most: the key that was pressed, SCREEN_TIME, SCREEN_EVENT
 * after a signal of stop.h, SCREEN_GONE when nobody is there any more.
 */
int screen_key(uint64_t ms);

#endif
