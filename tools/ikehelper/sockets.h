/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's part of the sockets: open them, hand them to module and engine. */
#ifndef IKEHELPER_SOCKETS_H
#define IKEHELPER_SOCKETS_H

#include <stddef.h>
#include <stdint.h>

struct krn_run;
struct sockets;

/* Those of the global table. NULL after it has said why. */
struct sockets *sockets_new(struct krn_run *krn);
void sockets_free(struct sockets *s);

/* Those of the global table, and the end of the engine, for its start. */
const int *sockets_global(const struct sockets *s);
int sockets_engine(const struct sockets *s);

/*
 * Go over to those of the @n VRFs @vrf: the engine gets new ones and gives up
 * others. How many cannot be had now; ask again later.
 */
unsigned int sockets_use(struct sockets *s, const uint32_t *vrf, size_t n);

#endif
