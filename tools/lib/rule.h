/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules of crypto maps: their order, and whether two say the same. */
#ifndef LIB_RULE_H
#define LIB_RULE_H

#include "model_rule.h"

/* Order of rules: by map name, sequence number, index. */
int rule_cmp(const struct policy *a, const struct policy *b);

/* Same action, selector and peers; what the kernel counts does not matter. */
bool rule_same(const struct policy *a, const struct policy *b);

#endif
