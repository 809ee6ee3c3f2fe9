/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of JSON for control clients. */
#ifndef IKEHELPER_FRAME_H
#define IKEHELPER_FRAME_H

#include <stdbool.h>

struct json_object;

/* {"rows": [...], "more": ...}; takes over @rows. Free it; NULL: no memory. */
char *frame_rows(struct json_object *rows, bool more);

/* {"error": sentence} */
char *frame_error(const char *sentence);

#endif
