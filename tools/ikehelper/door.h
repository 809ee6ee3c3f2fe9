/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's sockets: those of the global table and of each VRF in use. */
#ifndef IKEHELPER_DOOR_H
#define IKEHELPER_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "krn.h"
#include "net.h"

struct doors;
struct event_base;

struct door_ops {
	/* A message; false: enough for now. */
	bool (*packet)(void *ctx, const struct ike_path *path, const uint8_t *p,
		       size_t len);
	/* Before some of them, and after. */
	void (*begin)(void *ctx);
	void (*end)(void *ctx);
	void *ctx;
};

/*
 * @fd: of the global table, -1 for none; @pass: where others come from, or -1.
 * NULL: no memory. Nothing is read before doors_open().
 */
struct doors *doors_new(struct event_base *base, const struct door_ops *ops,
			const int fd[NET_N], int pass);
void doors_free(struct doors *d);

/* Begin to read, or pause: messages wait, or get lost, meanwhile. */
void doors_open(struct doors *d, bool open);

/* What the parent has handed over and taken back. */
void doors_take(struct doors *d);

/* Is there more to be read than was read at once? */
bool doors_are_behind(const struct doors *d);

/* 0 or a negative errno; through the VRF of the path. */
int doors_send(struct doors *d, const struct ike_path *path, const void *p,
	       size_t len);
void doors_keepalive(struct doors *d, const struct ike_path *path);

#endif
