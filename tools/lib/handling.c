// SPDX-License-Identifier: GPL-2.0-or-later
/* What becomes of packets beside their protection, into a request for an SA. */
#include "handling.h"

void handling_set(struct sa *sa, const struct sa_handling *how)
{
	if (how->mss) {
		sa->mss = how->mss;
		PUT(sa, SA_MSS);
	}
	if (sa->dir == DIR_IN)
		return;
	sa->df = how->df;
	PUT(sa, SA_DF);
	if (how->frag_after) {
		sa->flags |= SA_FLAG_FRAG_AFTER;
		PUT(sa, SA_FLAGS);
	}
}
