// SPDX-License-Identifier: GPL-2.0-or-later
// What must outlive the engine: which objects have changed, their records.

#include "keep.h"
#include "ike_priv.h"
#include "state.h"

void keep_touch(struct ike *ike, struct keep *k, uint8_t kind)
{
	if (!ike->ops->keep || k->is_dirty)
		return;
	if (!k->id)
		k->id = ++ike->next_keep;
	k->kind = kind;
	k->is_dirty = true;
	TAILQ_INSERT_TAIL(&ike->dirty, k, in_dirty);
}

static void write_one(struct ike *ike, struct keep *k)
{
	struct ike_blob b;
	size_t cap;

	k->is_dirty = false;
	if (!state_record(ike, k, &b, &cap)) {
		/* There is nothing of it that would be of use later. */
		if (k->is_written)
			ike->ops->keep(ike->ctx, k->kind, k->id, NULL);
		k->is_written = false;
		return;
	}
	ike->ops->keep(ike->ctx, k->kind, k->id, &b);
	ike_export_free((void *)b.p, cap);
	k->is_written = true;
}

void keep_sync(struct ike *ike)
{
	struct keep *k;

	while ((k = TAILQ_FIRST(&ike->dirty))) {
		TAILQ_REMOVE(&ike->dirty, k, in_dirty);
		write_one(ike, k);
	}
}

void keep_drop(struct ike *ike, struct keep *k)
{
	if (k->is_dirty)
		TAILQ_REMOVE(&ike->dirty, k, in_dirty);
	k->is_dirty = false;
	if (k->is_written)
		ike->ops->keep(ike->ctx, k->kind, k->id, NULL);
	k->is_written = false;
}
