/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors as sets of packets: is one part of another, do they meet? */
#ifndef LIB_SEL_SET_H
#define LIB_SEL_SET_H

#include "model_rule.h"

/* Every packet of @in is one of @out. False also if that is hard to tell. */
bool sel_is_within(const struct selector *in, const struct selector *out);

/* Some packet is of both. */
bool sel_overlap(const struct selector *a, const struct selector *b);

#endif
