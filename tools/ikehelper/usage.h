/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory and processor time of the daemon's processes, now and lately. */
#ifndef IKEHELPER_USAGE_H
#define IKEHELPER_USAGE_H

#include <sys/types.h>

#include "proc.h"

#define USAGE_EVERY 5 /* seconds between samples */

struct usage;

/* @proc is where /proc is. NULL: no memory. */
struct usage *usage_new(const char *proc);
void usage_free(struct usage *u);

/* To be called every USAGE_EVERY seconds; a pid of 0 is of nobody. */
void usage_sample(struct usage *u, const pid_t pid[ROLE_N]);

/* A frame with one row for each process, and the last one for the machine. */
char *usage_frame(const struct usage *u, const pid_t pid[ROLE_N]);

#endif
