/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does a configuration fit together? One sentence for each thing missing. */
#ifndef LIB_CFG_CHECK_H
#define LIB_CFG_CHECK_H

#include "cfg.h"

/* @object is the line that it is about: "crypto map test 10". */
typedef void (*cfg_finding)(void *arg, const char *object, const char *text);

/*
 * Look at what no single line can know: names that lead nowhere, entries
 * that protect nothing, keys that are missing. Nothing of it keeps the rest
 * from working. Returns the number of findings.
 */
unsigned int cfg_check(const struct cfg *cfg, cfg_finding say, void *arg);

#endif
