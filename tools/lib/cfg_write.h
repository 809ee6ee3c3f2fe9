/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model as configuration lines: show running-config, saving. */
#ifndef LIB_CFG_WRITE_H
#define LIB_CFG_WRITE_H

#include <stdio.h>

#include "cfg_mode.h"

/* The lines from "!" to "end", in an order that can be loaded again. */
void cfg_write(FILE *f, const struct cfg *cfg, bool with_secrets);

/* One object with its lines, as "show running-config interface IF". */
void cfg_write_obj(FILE *f, const struct cfg *cfg, enum cfg_mode mode,
		   const void *obj);

/*
 * Write a startup file: all of it or nothing, readable for its owner only.
 * 0 or a negative errno.
 */
int cfg_save(const char *path, const struct cfg *cfg);

#endif
