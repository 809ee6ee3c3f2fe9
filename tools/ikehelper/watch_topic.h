/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topics of debug lines by their names. */
#ifndef IKEHELPER_WATCH_TOPIC_H
#define IKEHELPER_WATCH_TOPIC_H

#include <stdbool.h>
#include <stddef.h>

#include "topic.h"

/* The name of topic number @i, NULL behind the last one; @bit becomes its bit. */
const char *watch_topic(size_t i, unsigned int *bit);

/* The name of one of @bits, or NULL. */
const char *watch_topic_of(unsigned int bits);

/*
 * A list of names, one blank between them; with @off what "undebug" of them takes
 * away. 0: there is another word.
 */
unsigned int watch_topic_bits(const char *text, bool off);

#endif
