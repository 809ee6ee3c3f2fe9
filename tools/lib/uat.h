/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SAs with their keys as lines of Wireshark's file "esp_sa". */
#ifndef LIB_UAT_H
#define LIB_UAT_H

#include <stdbool.h>

#include "model_sa.h"

#define UAT_LINE 1024 /* room for a line: it holds keys, so wipe it */

/*
 * One SA: addresses in the direction of its packets, SPI, algorithms, keys as the
 * module gets them, ESN. A line with its newline; without keys, as a comment, if
 * Wireshark knows no such transform. False if there is no room.
 */
bool uat_line(const struct sa *sa, char buf[UAT_LINE]);

#endif
