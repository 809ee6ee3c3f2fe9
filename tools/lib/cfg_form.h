/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How rows become commands: the positive form, "no" and "default". */
#ifndef LIB_CFG_FORM_H
#define LIB_CFG_FORM_H

#include "cfg_cmd.h"

enum cfg_form { CFG_FORM_SET, CFG_FORM_NO, CFG_FORM_DEFAULT };

/* Group @i of the rows of a mode; NULL behind the last one. */
const struct cfg_rows *cfg_mode_group(enum cfg_mode mode, unsigned int i);

/* The row behind a command that matched, and in which form. */
const struct cfg_cmd *cfg_mode_row(enum cfg_mode mode, const struct cmd *cmd,
				   enum cfg_form *form);

/* Give the compiled tables back; they come again when needed. */
void cfg_modes_free(void);

/* Do what a row without functions says. */
int cfg_value_set(void *obj, const struct cfg_cmd *row, enum cfg_form form,
		  const struct cmd_match *m);

/* Write the value of such a row, if it is not the default. */
void cfg_value_write(struct cfg_writer *w, const struct cfg_cmd *row,
		     const void *obj);

#endif
