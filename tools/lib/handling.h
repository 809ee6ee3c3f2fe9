/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of packets beside their protection, into a request for an SA. */
#ifndef LIB_HANDLING_H
#define LIB_HANDLING_H

#include "model_sa.h"

/* As far as it concerns the direction of @sa. */
void handling_set(struct sa *sa, const struct sa_handling *how);

#endif
