/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reference of all configuration commands, made from their tables. */
#ifndef LIB_CFG_DOC_H
#define LIB_CFG_DOC_H

#include <stdio.h>

/* As reStructuredText: modes, commands, values, what "no" takes. */
void cfg_doc(FILE *f);

#endif
