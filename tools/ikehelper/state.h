/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects as records: what another engine needs to go on with them. */
#ifndef IKEHELPER_STATE_H
#define IKEHELPER_STATE_H

#include "ike.h"

struct keep;

/*
 * The record of an object, to be given to ike_export_free() with @cap. False if
 * it needs none, or without memory.
 */
bool state_record(struct ike *ike, struct keep *k, struct ike_blob *record,
		  size_t *cap);

#endif
