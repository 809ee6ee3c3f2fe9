/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the history is given to the parent, who keeps it in a file. */
#ifndef IKEHELPER_SAVER_H
#define IKEHELPER_SAVER_H

#include "history.h"
#include "proc.h"

struct saver;
struct ike;

/* NULL: no memory. */
struct saver *saver_new(struct proc *proc, struct history *h, struct ike *ike);
void saver_free(struct saver *s);

/* The parent gives what an earlier run has kept. */
void saver_read(struct saver *s, struct msg *m);

/* After each piece of work: soon, if something has changed. */
void saver_poke(struct saver *s);

/* Now, if something has changed. */
void saver_flush(struct saver *s);

#endif
