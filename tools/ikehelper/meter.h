/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is measured beside the configuration: use of the machine, load, clears. */
#ifndef IKEHELPER_METER_H
#define IKEHELPER_METER_H

#include "proc.h"
#include "request.h"

struct gnl;
struct meter;

/* NULL: no memory. */
struct meter *meter_new(void);
void meter_free(struct meter *m);

/* To be called every USAGE_EVERY seconds; a pid of 0 is of nobody. */
void meter_sample(struct meter *m, struct gnl *g, const pid_t pid[ROLE_N]);

/*
 * Is @r about it? Then @*frame is the answer, which the caller owns, and @*cursor
 * says whether there is more.
 */
bool meter_request(struct meter *m, struct gnl *g, const pid_t pid[ROLE_N],
		   const struct request *r, char **frame, uint64_t *cursor);

#endif
