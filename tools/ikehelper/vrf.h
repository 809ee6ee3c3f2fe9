/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VRFs of this system: Linux devices, what is in them, and when that changes. */
#ifndef IKEHELPER_VRF_H
#define IKEHELPER_VRF_H

#include <net/if.h>
#include <stdint.h>

struct event_base;
struct vrfs;

/* @changed: an answer that was given would be another one now. NULL: errno. */
struct vrfs *vrfs_new(struct event_base *base, void (*changed)(void *arg),
		      void *arg);
void vrfs_free(struct vrfs *v);

/* The questions before this one are over; those that are asked again count. */
void vrfs_round(struct vrfs *v);

/* The VRF with this name: the index of its device, VRF_NONE if it is none. */
uint32_t vrfs_named(void *vrfs, const char *name);

/* The VRF that a device is in, with its name; 0 if it is in none. */
uint32_t vrfs_of(void *vrfs, const char *dev, char name[IF_NAMESIZE]);

#endif
