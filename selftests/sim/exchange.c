// SPDX-License-Identifier: GPL-2.0-or-later
// Two engines, one exchange after the other, message by message.

#include "../unit/ktap.h"
#include "world.h"

static void main_and_quick(void)
{
	struct world w;
	static const enum ike_state initiator[] = { MM_SA_SETUP, MM_KEY_EXCH,
						    MM_KEY_AUTH, QM_IDLE };
	struct wpair *a, *b;

	world_init(&w, 1);
	w.trace = getenv("TRACE");
	world_traffic(&w, 0, 0);
	world_run(&w, 5000);
	a = world_active(&w, 0, 0);
	b = world_active(&w, 1, 0);
	ok(a && b, "main and quick mode bring up a pair");
	ok(a && b && a->in_spi == b->out_spi && a->out_spi == b->in_spi,
	   "the SPIs are those of the other side");
	ok(a && b &&
		   !memcmp(&a->p.in_cipher, &b->p.out_cipher,
			   sizeof(struct krn_key)) &&
		   !memcmp(&a->p.out_integ, &b->p.in_integ,
			   sizeof(struct krn_key)),
	   "both have the same keys");
	ok(w.node[0].n_states == 4 &&
		   !memcmp(w.node[0].states, initiator, sizeof(initiator)),
	   "the states are MM_SA_SETUP MM_KEY_EXCH MM_KEY_AUTH QM_IDLE");
	world_traffic(&w, 0, 0);
	world_traffic(&w, 1, 0);
	world_run(&w, 100);
	ok(w.node[0].delivered == 1 && w.node[1].delivered == 1,
	   "packets pass both ways");
	world_exit(&w);
}

int main(void)
{
	main_and_quick();
	return ktap_end();
}
